//! `diagnostics_channel.tracingChannel`: five channels around one operation.

use boa_engine::{
    Context, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, closure},
    validate,
};

use super::{channel, has_subscribers, publish, run_stores, subscribe, unsubscribe};

static TRACING_CHANNEL: Class = Class {
    name: "TracingChannel",
    length: 1,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |_this, _args, _cx| Ok(JsValue::undefined()),
    prototype: &[
        Export::getter("hasSubscribers", |this, _args, cx| Ok(Five::of(this, cx)?.active().into())),
        Export::function("subscribe", 1, subscribe_all),
        Export::function("unsubscribe", 1, unsubscribe_all),
        Export::function("traceSync", 1, trace_sync),
        Export::function("tracePromise", 1, trace_promise),
        Export::function("traceCallback", 1, trace_callback),
    ],
    statics: &[],
};

const NAMES: [&str; 5] = ["start", "end", "asyncStart", "asyncEnd", "error"];

/// `tracingChannel(nameOrChannels)`
pub(super) fn tracing_channel(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let made = TRACING_CHANNEL.construct(&[], cx)?;
    for name in NAMES {
        let one = if let Some(prefix) = given.as_string() {
            channel(&js_string!(format!("tracing:{}:{name}", prefix.to_std_string_lossy())).into(), cx)?
        } else if let Some(channels) = given.as_object() {
            let one = channels.get(js_string!(name), cx)?;
            if one.is_null_or_undefined() {
                return Err(errors::plain(errors::Base::Type, "Cannot convert undefined or null to object"));
            }
            match super::receiver(&one, cx) {
                Ok(one) => one,
                Err(_) => return Err(errors::invalid_arg_type(&format!("nameOrChannels.{name}"), "Channel", &one, cx)),
            }
        } else {
            return Err(errors::invalid_arg_type("nameOrChannels", "string|TracingChannel|Object", given, cx));
        };
        let shown = boa_engine::property::PropertyDescriptor::builder().value(one).writable(false).enumerable(false).configurable(false);
        made.define_property_or_throw(js_string!(name), shown, cx)?;
    }
    Ok(made.into())
}

#[derive(Clone, Trace, Finalize, JsData)]
struct Five {
    start: JsObject,
    end: JsObject,
    async_start: JsObject,
    async_end: JsObject,
    error: JsObject,
}

impl Five {
    fn of(this: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let object = this.to_object(cx)?;
        let mut one = |name: &str| -> JsResult<JsObject> {
            let value = object.get(js_string!(name), cx)?;
            super::receiver(&value, cx)
        };
        Ok(Self { start: one("start")?, end: one("end")?, async_start: one("asyncStart")?, async_end: one("asyncEnd")?, error: one("error")? })
    }

    fn all(&self) -> [&JsObject; 5] {
        [&self.start, &self.end, &self.async_start, &self.async_end, &self.error]
    }

    fn active(&self) -> bool {
        self.all().into_iter().any(has_subscribers)
    }

    /// Runs between `start` and `end`; what is thrown goes through `error`.
    fn around(&self, message: &JsValue, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<JsValue>) -> JsResult<JsValue> {
        run_stores(&self.start, message, cx, |cx| {
            let result = body(cx);
            let result = match result {
                Ok(value) => Ok(value),
                Err(error) => self.failed(message, error, cx),
            };
            publish(&self.end, message, cx);
            result
        })
    }

    fn failed(&self, message: &JsValue, error: JsError, cx: &mut Context) -> JsResult<JsValue> {
        let value = error.into_opaque(cx)?;
        set(message, "error", &value, cx)?;
        publish(&self.error, message, cx);
        Err(JsError::from_opaque(value))
    }
}

fn set(message: &JsValue, key: &str, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(object) = message.as_object() {
        object.set(js_string!(key), value.clone(), true, cx)?;
    }
    Ok(())
}

fn subscribe_all(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let five = Five::of(this, cx)?;
    let handlers = args.get_or_undefined(0).to_object(cx)?;
    for (name, channel) in NAMES.into_iter().zip(five.all()) {
        let handler = handlers.get(js_string!(name), cx)?;
        if handler.to_boolean() {
            subscribe(channel, &handler, cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn unsubscribe_all(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let five = Five::of(this, cx)?;
    let handlers = args.get_or_undefined(0).to_object(cx)?;
    let mut done = true;
    for (name, channel) in NAMES.into_iter().zip(five.all()) {
        let handler = handlers.get(js_string!(name), cx)?;
        if handler.to_boolean() && !unsubscribe(channel, &handler) {
            done = false;
        }
    }
    Ok(done.into())
}

/// The message a traced call publishes: what was given, or a new object.
fn context_argument(value: &JsValue, cx: &mut Context) -> JsValue {
    if value.is_undefined() { JsObject::with_object_proto(cx.intrinsics()).into() } else { value.clone() }
}

/// `traceSync(fn, context, thisArg, ...args)`
fn trace_sync(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let five = Five::of(this, cx)?;
    let call = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let (receiver, rest) = (args.get_or_undefined(2), args.get(3..).unwrap_or_default());
    if !five.active() {
        return call.call(receiver, rest, cx);
    }
    let message = context_argument(args.get_or_undefined(1), cx);
    five.around(&message, cx, |cx| {
        let result = call.call(receiver, rest, cx)?;
        set(&message, "result", &result, cx)?;
        Ok(result)
    })
}

#[derive(Clone, Trace, Finalize)]
struct Traced {
    five: Five,
    message: JsValue,
    callback: Option<JsFunction>,
}

/// `tracePromise(fn, context, thisArg, ...args)`
fn trace_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let five = Five::of(this, cx)?;
    let call = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let (receiver, rest) = (args.get_or_undefined(2), args.get(3..).unwrap_or_default());
    if !five.active() {
        return call.call(receiver, rest, cx);
    }
    let message = context_argument(args.get_or_undefined(1), cx);
    let traced = Traced { five: five.clone(), message: message.clone(), callback: None };
    five.around(&message, cx, |cx| {
        let result = call.call(receiver, rest, cx)?;
        let promise = JsPromise::resolve(result, cx)?;
        let resolved = closure(
            "resolve",
            1,
            traced.clone(),
            |_this, args, traced, cx| {
                let value = args.get_or_undefined(0).clone();
                set(&traced.message, "result", &value, cx)?;
                publish(&traced.five.async_start, &traced.message, cx);
                publish(&traced.five.async_end, &traced.message, cx);
                Ok(value)
            },
            cx,
        );
        let rejected = closure(
            "reject",
            1,
            traced,
            |_this, args, traced, cx| {
                let value = args.get_or_undefined(0).clone();
                set(&traced.message, "error", &value, cx)?;
                publish(&traced.five.error, &traced.message, cx);
                publish(&traced.five.async_start, &traced.message, cx);
                publish(&traced.five.async_end, &traced.message, cx);
                Err(JsError::from_opaque(value))
            },
            cx,
        );
        Ok(promise.then(Some(resolved), Some(rejected), cx)?.into())
    })
}

/// `traceCallback(fn, position, context, thisArg, ...args)`
fn trace_callback(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let five = Five::of(this, cx)?;
    let call = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let (receiver, mut rest) = (args.get_or_undefined(3), args.get(4..).unwrap_or_default().to_vec());
    if !five.active() {
        return call.call(receiver, &rest, cx);
    }
    let position = match args.get_or_undefined(1) {
        position if position.is_undefined() => -1,
        position => position.to_i32(cx)?,
    };
    let at = if position < 0 { rest.len().checked_sub(position.unsigned_abs() as usize) } else { Some(position.unsigned_abs() as usize) };
    let given = at.and_then(|at| rest.get(at)).cloned().unwrap_or_default();
    let callback = validate::function(&given, "callback", cx)?;
    let message = context_argument(args.get_or_undefined(2), cx);
    let traced = Traced { five: five.clone(), message: message.clone(), callback: Some(callback) };
    let wrapped = closure("wrappedCallback", 2, traced, called_back, cx);
    if let Some(slot) = at.and_then(|at| rest.get_mut(at)) {
        *slot = wrapped.into();
    }
    five.around(&message, cx, |cx| call.call(receiver, &rest, cx))
}

fn called_back(this: &JsValue, args: &[JsValue], traced: &Traced, cx: &mut Context) -> JsResult<JsValue> {
    let error = args.get_or_undefined(0);
    if error.to_boolean() {
        set(&traced.message, "error", error, cx)?;
        publish(&traced.five.error, &traced.message, cx);
    } else {
        set(&traced.message, "result", args.get_or_undefined(1), cx)?;
    }
    run_stores(&traced.five.async_start, &traced.message, cx, |cx| {
        let result = match &traced.callback {
            Some(callback) => callback.call(this, args, cx),
            None => Ok(JsValue::undefined()),
        };
        publish(&traced.five.async_end, &traced.message, cx);
        result
    })
}
