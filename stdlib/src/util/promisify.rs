//! Callbacks to promises and back.

use std::cell::OnceCell;

use boa_engine::{
    Context, Finalize, JsArgs, JsError, JsObject, JsResult, JsSymbol, JsValue, Trace,
    introspect::ObjectKind,
    js_string,
    object::builtins::{JsFunction, JsPromise},
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{
    Host, errors,
    errors::Base,
    table::{self, Symbol},
    validate,
};

/// A function under this symbol stands in for the promisified one.
pub(crate) const CUSTOM: Symbol = Symbol::For("nodejs.util.promisify.custom");
/// Names for what a callback gets after the error: the promise gives an object with them.
pub(crate) const ARGUMENT_NAMES: Symbol = Symbol::Private("customPromisifyArgs");

#[derive(Default)]
struct Made(OnceCell<JsFunction>);

/// `util.promisify`, with its `custom`.
pub(super) fn function(cx: &mut Context) -> JsResult<JsValue> {
    let made = Host::of(cx).state::<Made>();
    if let Some(found) = made.0.get() {
        return Ok(found.clone().into());
    }
    let function = table::function(promisify, js_string!("promisify"), 1, cx);
    let custom = CUSTOM.to_js(cx);
    function.create_data_property_or_throw(js_string!("custom"), custom, cx)?;
    Ok(made.0.get_or_init(|| function).clone().into())
}

/// `util.promisify(original)`
fn promisify(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let original = validate::function(args.get_or_undefined(0), "original", cx)?;
    let symbol = CUSTOM.to_js(cx);
    let custom = original.get(symbol.clone(), cx)?;
    if custom.to_boolean() {
        let function = validate::function(&custom, "util.promisify.custom", cx)?;
        mark(&function, symbol, cx)?;
        return Ok(function.into());
    }
    let names = ARGUMENT_NAMES.to_js(cx);
    let names = original.get(names, cx)?;
    let captured = Original { function: original.clone().into(), names };
    let function = table::closure("fn", 0, captured, call_promisified, cx);
    function.set_prototype(original.prototype_of(cx)?);
    mark(&function, symbol, cx)?;
    copy_properties(&original, &function, |_, _| {}, cx)?;
    Ok(function.into())
}

fn mark(function: &JsObject, symbol: JsSymbol, cx: &mut Context) -> JsResult<()> {
    let own = PropertyDescriptor::builder().value(function.clone()).writable(false).enumerable(false).configurable(true);
    function.define_property_or_throw(symbol, own, cx).map(drop)
}

#[derive(Clone, Trace, Finalize)]
struct Original {
    function: JsObject,
    names: JsValue,
}

fn call_promisified(this: &JsValue, args: &[JsValue], original: &Original, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let captured = Settle { resolve: resolvers.resolve.clone().into(), reject: resolvers.reject.clone().into(), names: original.names.clone() };
    let callback = table::closure("", 1, captured, settle, cx);
    let mut args = args.to_vec();
    args.push(callback.into());
    match original.function.call(this, &args, cx) {
        Ok(result) => {
            if result.as_object().is_some_and(|result| result.kind() == ObjectKind::Promise) {
                let message = "Calling promisify on a function that returns a Promise is likely a mistake.";
                crate::process::emit_warning(message, "DeprecationWarning", Some("DEP0174"), cx)?;
            }
        }
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => {
            let reason = coil_engine::op::thrown_value(error, cx);
            resolvers.reject.call(&JsValue::undefined(), &[reason], cx)?;
        }
    }
    Ok(promise.into())
}

#[derive(Clone, Trace, Finalize)]
struct Settle {
    resolve: JsObject,
    reject: JsObject,
    names: JsValue,
}

fn settle(_this: &JsValue, args: &[JsValue], settle: &Settle, cx: &mut Context) -> JsResult<JsValue> {
    let error = args.get_or_undefined(0);
    if error.to_boolean() {
        return settle.reject.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
    }
    let values = args.get(1..).unwrap_or_default();
    let value = match settle.names.as_object() {
        Some(names) if values.len() > 1 => {
            let named = JsObject::with_object_proto(cx.intrinsics());
            let count = names.get(js_string!("length"), cx)?.to_length(cx)?;
            for index in 0..count {
                let name = names.get(index, cx)?.to_property_key(cx)?;
                named.set(name, values.get_or_undefined(index as usize).clone(), true, cx)?;
            }
            named.into()
        }
        _ => values.get_or_undefined(0).clone(),
    };
    settle.resolve.call(&JsValue::undefined(), &[value], cx)?;
    Ok(JsValue::undefined())
}

/// Copies the own properties of a function, `length` and `name` among them, each as `change` leaves it.
fn copy_properties(from: &JsObject, to: &JsObject, change: impl Fn(&PropertyKey, &mut PropertyDescriptor), cx: &mut Context) -> JsResult<()> {
    for key in from.own_property_keys(cx)? {
        if let Some(mut own) = from.own_property(&key, cx)? {
            change(&key, &mut own);
            to.define_property_or_throw(key, own, cx)?;
        }
    }
    Ok(())
}

/// `util.callbackify(original)`
pub(super) fn callbackify(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let original = validate::function(args.get_or_undefined(0), "original", cx)?;
    let function = table::closure("callbackified", 0, JsObject::from(original.clone()), call_callbackified, cx);
    let change = |key: &PropertyKey, own: &mut PropertyDescriptor| {
        let PropertyKey::String(name) = key else { return };
        let value = match own.value() {
            Some(value) if *name == "length" => value.as_number().map(|length| JsValue::from(length + 1.0)),
            Some(value) if *name == "name" => value.as_string().map(|name| js_string!(&name, &js_string!("Callbackified")).into()),
            _ => None,
        };
        if let Some(value) = value {
            *own = PropertyDescriptor::builder().value(value).maybe_writable(own.writable()).maybe_enumerable(own.enumerable()).maybe_configurable(own.configurable()).build();
        }
    };
    copy_properties(&original, &function, change, cx)?;
    Ok(function.into())
}

fn call_callbackified(this: &JsValue, args: &[JsValue], original: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let callback = args.last().cloned().unwrap_or_default();
    let callback = validate::function(&callback, "last argument", cx)?;
    let promise = original.call(this, &args[..args.len().saturating_sub(1)], cx)?.to_object(cx)?;
    let captured = Callback { function: callback.into(), this: this.clone() };
    let fulfilled = table::closure("", 1, captured.clone(), |_, args, callback, cx| later(callback, args.get_or_undefined(0), true, cx), cx);
    let rejected = table::closure("", 1, captured, |_, args, callback, cx| later(callback, args.get_or_undefined(0), false, cx), cx);
    let then = promise.get(js_string!("then"), cx)?;
    match then.as_callable() {
        Some(then) => then.call(&promise.into(), &[fulfilled.into(), rejected.into()], cx)?,
        None => return Err(errors::plain(Base::Type, "Reflect.apply(...).then is not a function")),
    };
    Ok(JsValue::undefined())
}

#[derive(Clone, Trace, Finalize)]
struct Callback {
    function: JsObject,
    this: JsValue,
}

/// The callback runs as a next-tick, so that what it throws is uncaught and not a rejection.
fn later(callback: &Callback, value: &JsValue, fulfilled: bool, cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let Some(function) = JsFunction::from_object(callback.function.clone()) else { return Ok(JsValue::undefined()) };
    let args = if fulfilled {
        vec![JsValue::null(), value.clone()]
    } else if value.to_boolean() {
        vec![value.clone()]
    } else {
        vec![falsy_rejection(value, cx)?]
    };
    host.next_tick(function, callback.this.clone(), args);
    Ok(JsValue::undefined())
}

/// ERR_FALSY_VALUE_REJECTION: `null` would say that all went well.
fn falsy_rejection(reason: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let error: JsError = errors::falsy_value_rejection(reason, cx);
    let error = coil_engine::op::thrown_value(error, cx);
    if let Some(object) = error.as_object()
        && let Some(stack) = object.get(js_string!("stack"), cx)?.as_string()
        && !stack.to_std_string_lossy().contains("\n    at ")
    {
        // What Node's stack begins with: the reaction of the promise was called by nobody else.
        let stack = js_string!(&stack, &js_string!(REACTION_FRAME));
        object.set(js_string!("stack"), stack, false, cx)?;
    }
    Ok(error)
}

/// The frame under every reaction of a promise.
const REACTION_FRAME: &str = "\n    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)";
