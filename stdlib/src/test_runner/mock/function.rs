//! `mock.fn`, `mock.method`, `mock.getter`, `mock.setter`, and `MockFunctionContext`.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    op::thrown_value,
    table::{self, Export},
    validate,
};

use super::{key_of, mock_getter, proxy, remember, stack, tracker_of};

/// `class MockFunctionContext`
static MOCK_FUNCTION_CONTEXT: Class = Class {
    name: "MockFunctionContext",
    length: 3,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("calls", |this, _args, cx| {
            let calls = with(this, cx, |mock| mock.calls.borrow().clone())?;
            Ok(JsArray::from_iter(calls, cx).into())
        }),
        Export::function("callCount", 0, |this, _args, cx| Ok(with(this, cx, |mock| mock.calls.borrow().len())?.into())),
        Export::function("mockImplementation", 1, |this, args, cx| {
            let implementation = validate::function(args.get_or_undefined(0), "implementation", cx)?;
            with(this, cx, |mock| *mock.implementation.borrow_mut() = implementation)?;
            Ok(JsValue::undefined())
        }),
        Export::function("mockImplementationOnce", 2, implement_once),
        Export::function("restore", 0, |this, _args, cx| {
            let context = this.to_object(cx)?;
            restore(&context, cx)?;
            Ok(JsValue::undefined())
        }),
        Export::function("resetCalls", 0, |this, _args, cx| {
            with(this, cx, |mock| mock.calls.borrow_mut().clear())?;
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

/// The state of one mocked function.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(super) struct FunctionMock {
    calls: GcRefCell<Vec<JsValue>>,
    once: GcRefCell<Vec<(u32, JsFunction)>>,
    implementation: GcRefCell<JsFunction>,
    original: JsFunction,
    #[unsafe_ignore_trace]
    times: Cell<f64>,
    /// The property that was replaced.
    object: Option<JsObject>,
    #[unsafe_ignore_trace]
    key: Option<PropertyKey>,
    #[unsafe_ignore_trace]
    descriptor: Option<PropertyDescriptor>,
}

fn with<T>(this: &JsValue, cx: &mut Context, body: impl FnOnce(&FunctionMock) -> T) -> JsResult<T> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<FunctionMock>().map(|mock| body(&mock)));
    found.ok_or_else(|| errors::invalid_this("MockFunctionContext", cx))
}

fn implement_once(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let implementation = validate::function(args.get_or_undefined(0), "implementation", cx)?;
    let next = with(this, cx, |mock| mock.calls.borrow().len())?;
    let given = args.get_or_undefined(1);
    let call = if given.is_null_or_undefined() { next as f64 } else { validate::integer(given, "onCall", next as f64, validate::SAFE_INTEGER_MAX, cx)? };
    with(this, cx, |mock| {
        let mut once = mock.once.borrow_mut();
        once.retain(|(at, _)| f64::from(*at) != call);
        once.push((call as u32, implementation));
    })?;
    Ok(JsValue::undefined())
}

/// Puts back what was there.
pub(super) fn restore(context: &JsObject, cx: &mut Context) -> JsResult<()> {
    let found = context.downcast_ref::<FunctionMock>().map(|mock| (mock.object.clone(), mock.key.clone(), mock.descriptor.clone(), mock.original.clone()));
    let Some((object, key, descriptor, original)) = found else { return Err(errors::invalid_this("MockFunctionContext", cx)) };
    match (object, key, descriptor) {
        (Some(object), Some(key), Some(descriptor)) => object.define_property_or_throw(key, descriptor, cx).map(drop),
        _ => {
            if let Some(mock) = context.downcast_ref::<FunctionMock>() {
                *mock.implementation.borrow_mut() = original;
            }
            Ok(())
        }
    }
}

/// What the next call runs; the last of `times` puts the original back.
fn next_implementation(context: &JsObject, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let found = context.downcast_ref::<FunctionMock>().map(|mock| {
        let next = mock.calls.borrow().len() as u32;
        let mut once = mock.once.borrow_mut();
        let at = once.iter().position(|(call, _)| *call == next);
        let implementation = at.map_or_else(|| mock.implementation.borrow().clone(), |at| once.remove(at).1);
        (implementation, f64::from(next) + 1.0 == mock.times.get())
    });
    let Some((implementation, last)) = found else { return Ok(None) };
    if last {
        restore(context, cx)?;
    }
    Ok(Some(implementation))
}

/// One call, as `calls` shows it.
fn track(context: &JsObject, args: &JsValue, outcome: &JsResult<JsValue>, target: JsValue, this: JsValue, cx: &mut Context) -> JsResult<()> {
    let call = JsObject::with_null_proto();
    let (error, result) = match outcome {
        Ok(result) => (JsValue::undefined(), result.clone()),
        Err(error) => (thrown_value(error.clone(), cx), JsValue::undefined()),
    };
    let stack = stack(cx)?;
    for (key, value) in [("arguments", args.clone()), ("error", error), ("result", result), ("stack", stack), ("target", target), ("this", this)] {
        call.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    if let Some(mock) = context.downcast_ref::<FunctionMock>() {
        mock.calls.borrow_mut().push(call.into());
    }
    Ok(())
}

fn list(value: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let array = value.to_object(cx)?;
    crate::events::elements(&array, cx)
}

/// The proxy that records, over `original`.
fn set_up(tracker: &JsObject, mock: FunctionMock, cx: &mut Context) -> JsResult<JsObject> {
    let original: JsObject = mock.original.clone().into();
    let prototype = MOCK_FUNCTION_CONTEXT.prototype(cx)?;
    let context = JsObject::from_proto_and_data(prototype, mock);
    let handler = JsObject::with_null_proto();
    let apply = table::closure(
        "apply",
        3,
        context.clone(),
        |_this, args, context, cx| {
            let (receiver, list_value) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
            let Some(implementation) = next_implementation(context, cx)? else { return Ok(JsValue::undefined()) };
            let outcome = list(&list_value, cx).and_then(|list| implementation.call(&receiver, &list, cx));
            track(context, &list_value, &outcome, JsValue::undefined(), receiver, cx)?;
            outcome
        },
        cx,
    );
    let construct = table::closure(
        "construct",
        3,
        context.clone(),
        |_this, args, context, cx| {
            let (target, list_value, new_target) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), args.get_or_undefined(2).as_object());
            let Some(implementation) = next_implementation(context, cx)? else { return Ok(JsValue::undefined()) };
            let implementation: JsObject = implementation.into();
            let outcome = list(&list_value, cx).and_then(|list| implementation.construct(&list, new_target.as_ref(), cx)).map(JsValue::from);
            let made = outcome.as_ref().ok().cloned().unwrap_or_default();
            track(context, &list_value, &outcome, target, made, cx)?;
            outcome
        },
        cx,
    );
    handler.create_data_property_or_throw(js_string!("apply"), apply, cx)?;
    handler.create_data_property_or_throw(js_string!("construct"), construct, cx)?;
    let get = mock_getter(&context, cx);
    handler.create_data_property_or_throw(js_string!("get"), get, cx)?;
    remember(tracker, &context);
    proxy(&original, handler, cx)
}

fn times_of(options: &Option<JsObject>, cx: &mut Context) -> JsResult<f64> {
    let Some(options) = options else { return Ok(f64::INFINITY) };
    let times = options.get(js_string!("times"), cx)?;
    if times.is_undefined() || times.as_number() == Some(f64::INFINITY) {
        return Ok(f64::INFINITY);
    }
    validate::integer(&times, "options.times", 1.0, validate::SAFE_INTEGER_MAX, cx)
}

fn is_plain_object(value: &JsValue) -> bool {
    value.is_object() && !value.is_callable()
}

/// A function that does nothing: `mock.fn()`.
fn empty(cx: &mut Context) -> JsValue {
    boa_engine::object::FunctionObjectBuilder::new(
        cx.realm(),
        boa_engine::NativeFunction::from_fn_ptr(|this, _args, cx| if cx.new_target().is_some() { Ok(this.clone()) } else { Ok(JsValue::undefined()) }),
    )
    .name(js_string!("original"))
    .host_constructor(boa_engine::object::HostConstructor::Ordinary)
    .build()
    .into()
}

/// `mock.fn(original, implementation, options)`
pub(super) fn mock_fn(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let tracker = tracker_of(this, cx)?;
    let (mut original, mut implementation, mut options) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if original.is_undefined() {
        original = empty(cx);
    }
    if implementation.is_undefined() {
        implementation = original.clone();
    }
    if is_plain_object(&original) {
        options = original;
        original = empty(cx);
        implementation = original.clone();
    } else if is_plain_object(&implementation) {
        options = implementation;
        implementation = original.clone();
    }
    let original = validate::function(&original, "original", cx)?;
    let implementation = validate::function(&implementation, "implementation", cx)?;
    let options = validate::options(&options, "options", cx)?;
    let times = times_of(&options, cx)?;
    let mock = FunctionMock {
        calls: GcRefCell::new(Vec::new()),
        once: GcRefCell::new(Vec::new()),
        implementation: GcRefCell::new(implementation),
        original,
        times: Cell::new(times),
        object: None,
        key: None,
        descriptor: None,
    };
    Ok(set_up(&tracker, mock, cx)?.into())
}

/// Which part of a property is mocked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Asked,
    Getter,
    Setter,
}

/// `mock.method(object, name, implementation, options)`
pub(super) fn mock_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    method(this, args, Part::Asked, cx)
}

/// `mock.getter(object, name, implementation, options)`
pub(super) fn mock_getter_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    method(this, args, Part::Getter, cx)
}

/// `mock.setter(object, name, implementation, options)`
pub(super) fn mock_setter_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    method(this, args, Part::Setter, cx)
}

fn method(this: &JsValue, args: &[JsValue], part: Part, cx: &mut Context) -> JsResult<JsValue> {
    let tracker = tracker_of(this, cx)?;
    let (target, name) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let (mut implementation, mut options) = (args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    if is_plain_object(&implementation) {
        options = std::mem::take(&mut implementation);
    }
    if part != Part::Asked
        && let Some(options) = options.as_object()
    {
        let key = if part == Part::Getter { "getter" } else { "setter" };
        let given = options.get(js_string!(key), cx)?;
        if given.as_boolean() == Some(false) {
            return Err(errors::invalid_arg_value(&format!("options.{key}"), &given, "cannot be false", cx));
        }
    }
    let key = key_of(name, "methodName", cx)?;
    let object = if target.is_callable() { target.to_object(cx)? } else { validate::object(target, "object", cx)? };
    let given = if implementation.is_undefined() { None } else { Some(validate::function(&implementation, "implementation", cx)?) };
    let options = validate::options(&options, "options", cx)?;
    let flag = |key: &'static str, name: &str, cx: &mut Context| -> JsResult<bool> {
        let Some(options) = &options else { return Ok(false) };
        let value = options.get(js_string!(key), cx)?;
        if value.is_undefined() { Ok(false) } else { validate::boolean(&value, name, cx) }
    };
    let getter = flag("getter", "options.getter", cx)? || part == Part::Getter;
    let setter = flag("setter", "options.setter", cx)? || part == Part::Setter;
    let times = times_of(&options, cx)?;
    if getter && setter {
        return Err(errors::invalid_arg_value("options.setter", &true.into(), "cannot be used with 'options.getter'", cx));
    }
    let mut descriptor = None;
    let mut at = Some(object.clone());
    while let Some(holder) = at {
        descriptor = holder.own_property(&key, cx)?;
        if descriptor.is_some() {
            break;
        }
        at = holder.prototype_of(cx)?;
    }
    let original = descriptor
        .as_ref()
        .and_then(|descriptor| {
            if getter {
                descriptor.get()
            } else if setter {
                descriptor.set()
            } else {
                descriptor.value()
            }
            .cloned()
        })
        .unwrap_or_default();
    let (Some(function), Some(descriptor)) = (original.as_function(), descriptor) else {
        return Err(errors::invalid_arg_value("methodName", &original, "must be a method", cx));
    };
    let mock = FunctionMock {
        calls: GcRefCell::new(Vec::new()),
        once: GcRefCell::new(Vec::new()),
        implementation: GcRefCell::new(given.unwrap_or_else(|| function.clone())),
        original: function,
        times: Cell::new(times),
        object: Some(object.clone()),
        key: Some(key.clone()),
        descriptor: Some(descriptor.clone()),
    };
    let mocked = set_up(&tracker, mock, cx)?;
    let replaced = PropertyDescriptor::builder().configurable(descriptor.configurable().unwrap_or(false)).enumerable(descriptor.enumerable().unwrap_or(false));
    let replaced = if getter {
        replaced.get(mocked.clone()).set(descriptor.set().cloned().unwrap_or_default()).build()
    } else if setter {
        replaced.get(descriptor.get().cloned().unwrap_or_default()).set(mocked.clone()).build()
    } else {
        replaced.value(mocked.clone()).writable(descriptor.writable().unwrap_or(false)).build()
    };
    object.define_property_or_throw(key, replaced, cx)?;
    Ok(mocked.into())
}
