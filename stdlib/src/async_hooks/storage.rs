//! `class AsyncLocalStorage`: a value that follows what a call starts.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction, property::PropertyDescriptor};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    async_context::AsyncFrame,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, closure},
    validate,
};

use super::next_key;

/// `async_hooks.AsyncLocalStorage`
pub(super) static ASYNC_LOCAL_STORAGE: Class = Class {
    name: "AsyncLocalStorage",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("name", |this, _args, cx| Ok(js_string!(of(this, cx)?.name.clone()).into())),
        Export::function("disable", 0, disable),
        Export::function("enterWith", 1, enter_with),
        Export::function("run", 2, run),
        Export::function("exit", 1, exit),
        Export::function("getStore", 0, get_store),
    ],
    statics: &[Export::function("bind", 1, bind), Export::function("snapshot", 0, snapshot)],
};

#[derive(Clone, Trace, Finalize, JsData)]
struct Record {
    #[unsafe_ignore_trace]
    key: u64,
    default: JsValue,
    name: String,
}

/// The key of a storage in the async frames.
pub(crate) fn storage_key(value: &JsValue) -> Option<u64> {
    value.as_object()?.downcast_ref::<Record>().map(|record| record.key)
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut record = Record { key: next_key(cx), default: JsValue::undefined(), name: String::new() };
    let given = args.get_or_undefined(0);
    if !given.is_undefined() {
        let Some(options) = given.as_object().filter(|options| !options.is_callable() && !options.is_array()) else {
            return Err(errors::invalid_arg_type("options", "object", given, cx));
        };
        record.default = options.get(js_string!("defaultValue"), cx)?;
        let name = options.get(js_string!("name"), cx)?;
        if !name.is_undefined() {
            record.name = name.to_string(cx)?.to_std_string_lossy();
        }
    }
    let prototype = instance_prototype(&ASYNC_LOCAL_STORAGE, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, record).into())
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Record> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Record>().map(|record| record.clone()));
    found.ok_or_else(|| errors::invalid_this("AsyncLocalStorage", cx))
}

fn store(record: &Record, cx: &Context) -> JsValue {
    let frame = Host::of(cx).async_frame();
    frame.and_then(|frame| frame.get(record.key).cloned()).unwrap_or_else(|| record.default.clone())
}

fn frame_with(key: u64, value: Option<JsValue>, cx: &Context) -> Option<Rc<AsyncFrame>> {
    let before = Host::of(cx).async_frame();
    Some(Rc::new(before.as_deref().cloned().unwrap_or_default().with(key, value)))
}

fn get_store(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    Ok(store(&record, cx))
}

fn disable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    Host::of(cx).set_async_frame(frame_with(record.key, None, cx));
    Ok(JsValue::undefined())
}

fn enter_with(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    Host::of(cx).set_async_frame(frame_with(record.key, Some(args.get_or_undefined(0).clone()), cx));
    Ok(JsValue::undefined())
}

/// `run(store, callback, ...args)`
fn run(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    run_with(&record, args.get_or_undefined(0), args.get(1..).unwrap_or_default(), cx)
}

/// `exit(callback, ...args)`
fn exit(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    run_with(&record, &JsValue::undefined(), args, cx)
}

fn run_with(record: &Record, value: &JsValue, call: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (callback, args) = (callable(call.get_or_undefined(0))?, call.get(1..).unwrap_or_default());
    let prior = store(record, cx);
    if JsValue::same_value(&prior, value) {
        return callback.call(&JsValue::null(), args, cx);
    }
    Host::of(cx).set_async_frame(frame_with(record.key, Some(value.clone()), cx));
    let result = callback.call(&JsValue::null(), args, cx);
    // Only this storage goes back: what `enterWith` and `disable` did to others in between stays.
    let prior = (!prior.is_undefined()).then_some(prior);
    Host::of(cx).set_async_frame(frame_with(record.key, prior, cx));
    result
}

/// What `Reflect.apply` says of something that is no function.
pub(super) fn callable(value: &JsValue) -> JsResult<JsFunction> {
    value.as_function().ok_or_else(|| {
        let (shown, kind) = (value.display().to_string(), value.type_of());
        errors::plain(Base::Type, format!("Function.prototype.apply was called on {shown}, which is a {kind} and not a function"))
    })
}

/// A frame that a function keeps. Frames hold JavaScript values by handles that are roots.
#[derive(Trace, Finalize)]
struct Kept {
    #[unsafe_ignore_trace]
    frame: Option<Rc<AsyncFrame>>,
    call: JsValue,
}

/// `AsyncLocalStorage.bind(fn)`
fn bind(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let function = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let length = function.get(js_string!("length"), cx)?;
    let kept = Kept { frame: Host::of(cx).async_frame(), call: function.into() };
    let bound = closure(
        "bound",
        0,
        kept,
        |this, args, kept, cx| {
            let call = callable(&kept.call)?;
            Host::of(cx).with_frame(kept.frame.clone(), cx, |cx| call.call(this, args, cx))
        },
        cx,
    );
    define_length(&bound, length, cx)?;
    Ok(bound.into())
}

/// Gives a function the `length` of the one it stands for.
pub(super) fn define_length(function: &JsFunction, length: JsValue, cx: &mut Context) -> JsResult<()> {
    let descriptor = PropertyDescriptor::builder().value(length).writable(false).enumerable(false).configurable(true);
    function.define_property_or_throw(js_string!("length"), descriptor, cx)?;
    Ok(())
}

/// `AsyncLocalStorage.snapshot()`: a function that calls another one in the context of now.
fn snapshot(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let kept = Kept { frame: Host::of(cx).async_frame(), call: JsValue::undefined() };
    let restore = closure(
        "bound",
        1,
        kept,
        |this, args, kept, cx| {
            let call = callable(args.get_or_undefined(0))?;
            let args = args.get(1..).unwrap_or_default();
            Host::of(cx).with_frame(kept.frame.clone(), cx, |cx| call.call(this, args, cx))
        },
        cx,
    );
    Ok(restore.into())
}
