//! `inspector.Session`: a session of the inspector's protocol with this thread.
//!
//! <https://nodejs.org/api/inspector.html#class-inspectorsession>
//!
//! Differs from Node: there is no debugger and no profiler, so that the methods which switch a domain on or off, collect garbage or tell the
//! size of the heap are answered, all others with the protocol's error -32601, and nothing is notified.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    heap,
    op::thrown_value,
    table::Export,
    validate,
};

use crate::events::EVENT_EMITTER;

/// `inspector.Session`
pub(crate) static SESSION: Class = Class {
    name: "Session",
    length: 0,
    extends: Parent::Class(&EVENT_EMITTER),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Export::function("connect", 0, connect),
        Export::function("connectToMainThread", 0, connect_to_main_thread),
        Export::function("post", 3, post),
        Export::function("disconnect", 0, disconnect),
    ],
    statics: &[],
};

/// `Session` of `inspector/promises`
pub(crate) static PROMISES_SESSION: Class =
    Class { name: "Session", length: 0, extends: Parent::Class(&SESSION), kind: Kind::Modern, init: construct, prototype: &[Export::function("post", 2, post_promise)], statics: &[] };

#[derive(Default, Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    connected: Cell<bool>,
}

fn construct(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    (EVENT_EMITTER.init)(this, &[], cx)?;
    Slot::set(&this.to_object(cx)?, State::default(), cx)?;
    Ok(JsValue::undefined())
}

/// Sets whether a session is connected. Gives whether it was.
fn set_connected(this: &JsValue, connected: bool, cx: &mut Context) -> JsResult<bool> {
    let slot = Slot::<State>::of(this, "Session", cx)?;
    let before = slot.borrow().data().connected.replace(connected);
    Ok(before)
}

fn is_connected(this: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let slot = Slot::<State>::of(this, "Session", cx)?;
    let connected = slot.borrow().data().connected.get();
    Ok(connected)
}

/// `session.connect()`
fn connect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if set_connected(this, true, cx)? {
        return Err(errors::coded(Base::Error, "ERR_INSPECTOR_ALREADY_CONNECTED", "The inspector session is already connected", cx));
    }
    Ok(JsValue::undefined())
}

/// `session.connectToMainThread()`
fn connect_to_main_thread(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if crate::worker_threads::thread_id(cx).is_none() {
        return Err(errors::coded(Base::Error, "ERR_INSPECTOR_NOT_WORKER", "Current thread is not a worker", cx));
    }
    connect(this, args, cx)
}

/// `session.disconnect()`
fn disconnect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_connected(this, false, cx)?;
    Ok(JsValue::undefined())
}

/// `session.post(method[, params][, callback])`
fn post(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let method = validate::string(args.get_or_undefined(0), "method", cx)?.to_std_string_lossy();
    let (mut params, mut callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if !callback.to_boolean() && params.is_callable() {
        callback = std::mem::take(&mut params);
    }
    if params.to_boolean() {
        validate::object(&params, "params", cx)?;
    }
    let callback = if callback.to_boolean() { Some(validate::function(&callback, "callback", cx)?) } else { None };
    if !is_connected(this, cx)? {
        return Err(errors::coded(Base::Error, "ERR_INSPECTOR_NOT_CONNECTED", "Session is not connected", cx));
    }
    let answer = answer(&method, cx);
    if let Some(callback) = callback {
        let args = match answer {
            Ok(result) => [JsValue::null(), result.into()],
            Err(error) => [thrown_value(error, cx), JsValue::undefined()],
        };
        callback.call(&JsValue::undefined(), &args, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `session.post(method[, params])` that gives a promise.
fn post_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let callback = answered(resolvers.resolve, resolvers.reject.clone(), cx);
    let args = [args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), callback.into()];
    if let Err(error) = post(this, &args, cx) {
        let error = thrown_value(error, cx);
        resolvers.reject.call(&JsValue::undefined(), &[error], cx)?;
    }
    Ok(promise.into())
}

/// A callback that settles a promise.
fn answered(resolve: JsFunction, reject: JsFunction, cx: &mut Context) -> JsFunction {
    coil_engine::table::closure(
        "",
        2,
        (resolve, reject),
        |_this, args, (resolve, reject), cx| match args.get_or_undefined(0) {
            error if error.is_null() => resolve.call(&JsValue::undefined(), &[args.get_or_undefined(1).clone()], cx),
            error => reject.call(&JsValue::undefined(), std::slice::from_ref(error), cx),
        },
        cx,
    )
}

/// The result of a method of the protocol.
fn answer(method: &str, cx: &mut Context) -> JsResult<JsObject> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    match method {
        _ if method.split_once('.').is_some_and(|(domain, change)| DOMAINS.contains(&domain) && matches!(change, "enable" | "disable")) => {}
        "HeapProfiler.collectGarbage" => heap::collect(),
        "Runtime.getIsolateId" => drop(result.create_data_property_or_throw(js_string!("id"), js_string!(Host::of(cx).sys().process().pid().to_string()), cx)?),
        "Runtime.getHeapUsage" => {
            let used = heap::statistics().used as f64;
            for key in ["usedSize", "totalSize"] {
                result.create_data_property_or_throw(js_string!(key), used, cx)?;
            }
        }
        _ => return Err(errors::coded(Base::Error, "ERR_INSPECTOR_COMMAND", format!("Inspector error -32601: '{method}' wasn't found"), cx)),
    }
    Ok(result)
}

/// Domains that can be switched on: who does so hears of nothing.
const DOMAINS: &[&str] = &["Console", "Debugger", "DOMStorage", "HeapProfiler", "Network", "NodeRuntime", "NodeWorker", "Profiler", "Runtime"];
