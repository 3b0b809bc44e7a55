//! `class AsyncResource`: the context of its making, for callbacks that something else calls.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    async_context::AsyncOrigin,
    class::{Class, Kind, Parent, instance_prototype},
    coil_loop::Remote,
    errors::{self, Base},
    table::{Export, closure},
    validate,
};

use super::{
    hooks,
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
        Export::function("emitDestroy", 0, emit_destroy),
        Export::function("asyncId", 0, |this, _args, cx| Ok((of(this, cx)?.id as f64).into())),
        Export::function("triggerAsyncId", 0, |this, _args, cx| Ok((of(this, cx)?.trigger as f64).into())),
        Export::function("bind", 2, bind),
    ],
    statics: &[Export::function("bind", 3, static_bind)],
};

#[derive(Trace, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Record {
    #[unsafe_ignore_trace]
    origin: AsyncOrigin,
    /// Tells the hooks when the resource is collected, unless it was destroyed before.
    #[unsafe_ignore_trace]
    collected: RefCell<Option<Remote<Context>>>,
}

impl Finalize for Record {
    fn finalize(&self) {
        if let Some(remote) = self.collected.take() {
            let id = self.origin.id;
            remote.post(move |cx| hooks::collected(id, cx));
        }
    }
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<AsyncOrigin> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Record>().map(|record| record.origin.clone()));
    found.ok_or_else(|| errors::invalid_this("AsyncResource", cx))
}

/// `new AsyncResource(type, options | triggerAsyncId)`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let kind = validate::string(args.get_or_undefined(0), "type", cx)?;
    let options = args.get_or_undefined(1);
    let (given, manual) = match options.as_object() {
        Some(options) => (options.get(js_string!("triggerAsyncId"), cx)?, options.get(js_string!("requireManualDestroy"), cx)?.to_boolean()),
        None if options.is_number() || options.is_undefined() => (options.clone(), false),
        None => (JsValue::undefined(), false),
    };
    let trigger = if given.is_undefined() {
        host.async_ids().0
    } else {
        match given.as_number() {
            Some(id) if id.fract() == 0.0 && (-1.0..=validate::SAFE_INTEGER_MAX).contains(&id) => id.max(0.0) as u64,
            _ => {
                let message = format!("Invalid triggerAsyncId value: {}", given.to_string(cx)?.to_std_string_lossy());
                return Err(errors::coded(Base::Range, "ERR_INVALID_ASYNC_ID", message, cx));
            }
        }
    };
    let hooked = host.async_hooks().is_some();
    if hooked && kind.is_empty() {
        return Err(errors::coded(Base::Type, "ERR_ASYNC_TYPE", "Invalid name for async \"type\": ", cx));
    }
    let origin = AsyncOrigin { trigger, ..host.origin() };
    let collected = (!manual && hooked && hooks::destroy_hooks_exist(cx)).then(|| host.event_loop().remote());
    let prototype = instance_prototype(&ASYNC_RESOURCE, cx)?;
    let object = JsObject::from_proto_and_data(prototype, Record { origin: origin.clone(), collected: RefCell::new(collected) });
    if hooked {
        host.announce(&origin, &kind.to_std_string_lossy(), &object.clone().into(), cx);
    }
    Ok(object.into())
}

/// `emitDestroy()`
fn emit_destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let origin = of(this, cx)?;
    if let Some(record) = this.as_object().as_ref().and_then(|object| object.downcast_ref::<Record>()) {
        record.collected.take();
    }
    Host::of(cx).renounce(origin.id, cx);
    Ok(this.clone())
}

/// `runInAsyncScope(fn, thisArg, ...args)`
fn run_in_async_scope(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let origin = of(this, cx)?;
    scope(&origin, this.as_object(), args.get_or_undefined(0), args.get_or_undefined(1), args.get(2..).unwrap_or_default(), cx)
}

fn scope(origin: &AsyncOrigin, resource: Option<JsObject>, call: &JsValue, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let call = callable(call)?;
    Host::of(cx).in_origin(origin, resource, cx, |cx| call.call(this, args, cx))
}

#[derive(Trace, Finalize)]
struct Bound {
    #[unsafe_ignore_trace]
    origin: AsyncOrigin,
    resource: Option<JsObject>,
    call: JsValue,
    this: JsValue,
}

fn bind(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let origin = of(this, cx)?;
    bound(origin, this.as_object(), args.get_or_undefined(0), args.get_or_undefined(1), cx)
}

fn bound(origin: AsyncOrigin, resource: Option<JsObject>, call: &JsValue, this: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let function = validate::function(call, "fn", cx)?;
    let length = function.get(js_string!("length"), cx)?;
    let kept = Bound { origin, resource, call: function.into(), this: this.clone() };
    let bound = closure(
        "bound",
        0,
        kept,
        |this, args, kept, cx| {
            let this = if kept.this.is_undefined() { this } else { &kept.this };
            scope(&kept.origin, kept.resource.clone(), &kept.call, this, args, cx)
        },
        cx,
    );
    define_length(&bound, length, cx)?;
    Ok(bound.into())
}

/// `AsyncResource.bind(fn, type, thisArg)`
fn static_bind(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let function = args.get_or_undefined(0);
    let kind = match args.get_or_undefined(1) {
        kind if kind.to_boolean() => kind.clone(),
        _ => match function.as_object() {
            Some(function) => function.get(js_string!("name"), cx)?,
            None => JsValue::undefined(),
        },
    };
    let kind = if kind.to_boolean() { kind } else { js_string!("bound-anonymous-fn").into() };
    let resource = ASYNC_RESOURCE.construct(&[kind], cx)?;
    let origin = of(&resource.clone().into(), cx)?;
    bound(origin, Some(resource), function, args.get_or_undefined(2), cx)
}
