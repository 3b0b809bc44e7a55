//! `mock.property` and `MockPropertyContext`.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export},
    validate,
};

use super::{key_of, mock_getter, proxy, remember, stack, tracker_of};

/// `class MockPropertyContext`
static MOCK_PROPERTY_CONTEXT: Class = Class {
    name: "MockPropertyContext",
    length: 3,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("accesses", |this, _args, cx| {
            let accesses = with(this, cx, |mock| mock.accesses.borrow().clone())?;
            Ok(JsArray::from_iter(accesses, cx).into())
        }),
        Export::function("accessCount", 0, |this, _args, cx| Ok(with(this, cx, |mock| mock.accesses.borrow().len())?.into())),
        Export::function("mockImplementation", 1, |this, args, cx| set(this, args.get_or_undefined(0).clone(), cx)),
        Export::function("mockImplementationOnce", 2, |this, args, cx| {
            let next = with(this, cx, |mock| mock.accesses.borrow().len())? as f64;
            let given = args.get_or_undefined(1);
            let at = if given.is_null_or_undefined() { next } else { validate::integer(given, "onAccess", next, validate::SAFE_INTEGER_MAX, cx)? };
            let value = args.get_or_undefined(0).clone();
            with(this, cx, |mock| {
                let mut once = mock.once.borrow_mut();
                once.retain(|(known, _)| f64::from(*known) != at);
                once.push((at as u32, value));
            })?;
            Ok(JsValue::undefined())
        }),
        Export::function("resetAccesses", 0, |this, _args, cx| {
            with(this, cx, |mock| mock.accesses.borrow_mut().clear())?;
            Ok(JsValue::undefined())
        }),
        Export::function("restore", 0, |this, _args, cx| {
            let context = this.to_object(cx)?;
            restore(&context, cx)?;
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

/// The state of one mocked property.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(super) struct PropertyMock {
    object: JsObject,
    #[unsafe_ignore_trace]
    key: PropertyKey,
    name: JsValue,
    value: GcRefCell<JsValue>,
    original: JsValue,
    #[unsafe_ignore_trace]
    descriptor: PropertyDescriptor,
    accesses: GcRefCell<Vec<JsValue>>,
    once: GcRefCell<Vec<(u32, JsValue)>>,
}

fn with<T>(this: &JsValue, cx: &mut Context, body: impl FnOnce(&PropertyMock) -> T) -> JsResult<T> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<PropertyMock>().map(|mock| body(&mock)));
    found.ok_or_else(|| errors::invalid_this("MockPropertyContext", cx))
}

/// Puts the property back.
pub(super) fn restore(context: &JsObject, cx: &mut Context) -> JsResult<()> {
    let context: JsValue = context.clone().into();
    let (object, key, descriptor, original) = with(&context, cx, |mock| (mock.object.clone(), mock.key.clone(), mock.descriptor.clone(), mock.original.clone()))?;
    let mut restored = PropertyDescriptor::builder().value(original);
    if let Some(yes) = descriptor.configurable() {
        restored = restored.configurable(yes);
    }
    if let Some(yes) = descriptor.enumerable() {
        restored = restored.enumerable(yes);
    }
    if let Some(yes) = descriptor.writable() {
        restored = restored.writable(yes);
    }
    object.define_property_or_throw(key, restored, cx).map(drop)
}

/// The value of this access: the one set for it alone, else `value`.
fn access(this: &JsValue, kind: &'static str, value: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let value = with(this, cx, |mock| {
        let next = mock.accesses.borrow().len() as u32;
        let mut once = mock.once.borrow_mut();
        let at = once.iter().position(|(access, _)| *access == next);
        at.map_or(value, |at| once.remove(at).1)
    })?;
    let record = JsObject::with_null_proto();
    let stack = stack(cx)?;
    for (key, value) in [("type", js_string!(kind).into()), ("value", value.clone()), ("stack", stack)] {
        record.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    with(this, cx, |mock| mock.accesses.borrow_mut().push(record.into()))?;
    Ok(value)
}

fn set(this: &JsValue, value: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (writable, name) = with(this, cx, |mock| (mock.descriptor.writable().unwrap_or(false), mock.name.clone()))?;
    if !writable {
        return Err(errors::invalid_arg_value("propertyName", &name, "cannot be set", cx));
    }
    let value = access(this, "set", value, cx)?;
    with(this, cx, |mock| *mock.value.borrow_mut() = value)?;
    Ok(JsValue::undefined())
}

/// `mock.property(object, propertyName, value)`
pub(super) fn mock_property(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let tracker = tracker_of(this, cx)?;
    let object = validate::object(args.get_or_undefined(0), "object", cx)?;
    let name = args.get_or_undefined(1).clone();
    let key = key_of(&name, "propertyName", cx)?;
    let original = object.get(key.clone(), cx)?;
    let value = args.get(2).cloned().unwrap_or_else(|| original.clone());
    let Some(descriptor) = object.own_property(&key, cx)? else {
        return Err(errors::invalid_arg_value("propertyName", &name, "is not a property of the object", cx));
    };
    let prototype = MOCK_PROPERTY_CONTEXT.prototype(cx)?;
    let mock = PropertyMock {
        object: object.clone(),
        key: key.clone(),
        name,
        value: GcRefCell::new(value),
        original,
        descriptor: descriptor.clone(),
        accesses: GcRefCell::new(Vec::new()),
        once: GcRefCell::new(Vec::new()),
    };
    let context = JsObject::from_proto_and_data(prototype, mock);
    let get = table::closure(
        "get",
        0,
        context.clone(),
        |_this, _args, context, cx| {
            let this: JsValue = context.clone().into();
            let value = with(&this, cx, |mock| mock.value.borrow().clone())?;
            access(&this, "get", value, cx)
        },
        cx,
    );
    let set = table::closure("set", 1, context.clone(), |_this, args, context, cx| set(&context.clone().into(), args.get_or_undefined(0).clone(), cx), cx);
    let watched = PropertyDescriptor::builder().configurable(descriptor.configurable().unwrap_or(false)).enumerable(descriptor.enumerable().unwrap_or(false)).get(get).set(set);
    object.define_property_or_throw(key, watched, cx)?;
    remember(&tracker, &context);
    let handler = JsObject::with_null_proto();
    let get = mock_getter(&context, cx);
    handler.create_data_property_or_throw(js_string!("get"), get, cx)?;
    Ok(proxy(&object, handler, cx)?.into())
}
