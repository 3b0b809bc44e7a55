//! `class AsyncResource`: the context of its making, for callbacks that something else calls.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    async_context::AsyncFrame,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, closure},
    validate,
};

use super::{
    ids,
    storage::{callable, define_length},
};

/// `async_hooks.AsyncResource`
pub(super) static ASYNC_RESOURCE: Class = Class {
    name: "AsyncResource",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("runInAsyncScope", 2, run_in_async_scope),
        Export::function("emitDestroy", 0, |this, _args, cx| of(this, cx).map(|_| this.clone())),
        Export::function("asyncId", 0, |this, _args, cx| Ok(of(this, cx)?.id.into())),
        Export::function("triggerAsyncId", 0, |this, _args, cx| Ok(of(this, cx)?.trigger.into())),
        Export::function("bind", 2, bind),
    ],
    statics: &[Export::function("bind", 3, static_bind)],
};

#[derive(Clone, Trace, Finalize, JsData)]
struct Record {
    #[unsafe_ignore_trace]
    frame: Option<Rc<AsyncFrame>>,
    id: u64,
    trigger: u64,
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Record> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Record>().map(|record| record.clone()));
    found.ok_or_else(|| errors::invalid_this("AsyncResource", cx))
}

/// `new AsyncResource(type, options | triggerAsyncId)`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    validate::string(args.get_or_undefined(0), "type", cx)?;
    let given = match args.get_or_undefined(1).as_object() {
        Some(options) => options.get(js_string!("triggerAsyncId"), cx)?,
        None => args.get_or_undefined(1).clone(),
    };
    let trigger = if given.is_undefined() {
        ids(cx).current.get()
    } else {
        match given.as_number() {
            Some(id) if id.fract() == 0.0 && (-1.0..=validate::SAFE_INTEGER_MAX).contains(&id) => id.max(0.0) as u64,
            _ => {
                let message = format!("Invalid triggerAsyncId value: {}", given.to_string(cx)?.to_std_string_lossy());
                return Err(errors::coded(Base::Range, "ERR_INVALID_ASYNC_ID", message, cx));
            }
        }
    };
    let record = Record { frame: Host::of(cx).async_frame(), id: ids(cx).next(), trigger };
    let prototype = instance_prototype(&ASYNC_RESOURCE, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, record).into())
}

/// `runInAsyncScope(fn, thisArg, ...args)`
fn run_in_async_scope(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    scope(&record, args.get_or_undefined(0), args.get_or_undefined(1), args.get(2..).unwrap_or_default(), cx)
}

fn scope(record: &Record, call: &JsValue, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let call = callable(call)?;
    let ids = ids(cx);
    let before = (ids.current.replace(record.id), ids.trigger.replace(record.trigger));
    let result = Host::of(cx).with_frame(record.frame.clone(), cx, |cx| call.call(this, args, cx));
    ids.current.set(before.0);
    ids.trigger.set(before.1);
    result
}

#[derive(Trace, Finalize)]
struct Bound {
    record: Record,
    call: JsValue,
    this: JsValue,
}

fn bind(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    bound(record, args.get_or_undefined(0), args.get_or_undefined(1), cx)
}

fn bound(record: Record, call: &JsValue, this: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let function = validate::function(call, "fn", cx)?;
    let length = function.get(js_string!("length"), cx)?;
    let kept = Bound { record, call: function.into(), this: this.clone() };
    let bound = closure(
        "bound",
        0,
        kept,
        |this, args, kept, cx| {
            let this = if kept.this.is_undefined() { this } else { &kept.this };
            scope(&kept.record, &kept.call, this, args, cx)
        },
        cx,
    );
    define_length(&bound, length, cx)?;
    Ok(bound.into())
}

/// `AsyncResource.bind(fn, type, thisArg)`
fn static_bind(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = Record { frame: Host::of(cx).async_frame(), id: ids(cx).next(), trigger: ids(cx).current.get() };
    bound(record, args.get_or_undefined(0), args.get_or_undefined(2), cx)
}
