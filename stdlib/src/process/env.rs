//! `process.env`: an exotic object over the door's environment. Values are strings; what is assigned becomes one.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue,
    exotic::{InternalMethodPropertyContext, InternalObjectMethods, ORDINARY_INTERNAL_METHODS, ordinary_get, ordinary_get_own_property, ordinary_has_property, ordinary_try_get},
    js_string,
    object::JsData,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{Host, errors, launch::Launch};

#[derive(Trace, Finalize)]
struct Environment;

impl JsData for Environment {
    fn internal_methods(&self) -> &'static InternalObjectMethods {
        static METHODS: InternalObjectMethods = InternalObjectMethods {
            __get_own_property__: own_property,
            __define_own_property__: define_own_property,
            __has_property__: has_property,
            __get__: get,
            __try_get__: try_get,
            __set__: set,
            __delete__: delete,
            __own_property_keys__: own_keys,
            ..ORDINARY_INTERNAL_METHODS
        };
        &METHODS
    }
}

/// The object behind `process.env`.
pub(super) fn make(cx: &mut Context) -> JsResult<JsValue> {
    let prototype = cx.intrinsics().constructors().object().prototype();
    Ok(JsObject::from_proto_and_data(prototype, Environment).into())
}

fn name(key: &PropertyKey) -> Option<String> {
    match key {
        PropertyKey::String(text) => Some(text.to_std_string_escaped()),
        PropertyKey::Index(index) => Some(index.get().to_string()),
        PropertyKey::Symbol(_) => None,
    }
}

fn lookup(key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> Option<JsString> {
    cx.not_cacheable();
    let name = name(key)?;
    Host::of(cx).env(&name).map(|value| js_string!(value))
}

fn own_property(object: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<Option<PropertyDescriptor>> {
    if let Some(value) = lookup(key, cx) {
        return Ok(Some(PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true).build()));
    }
    if name(key).is_some() {
        return Ok(None);
    }
    ordinary_get_own_property(object, key, cx)
}

fn define_own_property(_object: &JsObject, key: &PropertyKey, descriptor: PropertyDescriptor, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    if descriptor.is_accessor_descriptor() {
        return Err(invalid_define("'process.env' does not accept an accessor(getter/setter) descriptor", cx));
    }
    if [descriptor.configurable(), descriptor.writable(), descriptor.enumerable()] != [Some(true); 3] || descriptor.value().is_none() {
        return Err(invalid_define("'process.env' only accepts a configurable, writable, and enumerable data descriptor", cx));
    }
    assign(key, descriptor.value().cloned().unwrap_or_default(), cx)
}

fn invalid_define(message: &str, cx: &mut Context) -> JsError {
    errors::coded(errors::Base::Type, "ERR_INVALID_OBJECT_DEFINE_PROPERTY", message, cx)
}

fn has_property(object: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    if lookup(key, cx).is_some() {
        return Ok(true);
    }
    ordinary_has_property(object, key, cx)
}

fn get(object: &JsObject, key: &PropertyKey, receiver: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<JsValue> {
    if let Some(value) = lookup(key, cx) {
        return Ok(value.into());
    }
    ordinary_get(object, key, receiver, cx)
}

fn try_get(object: &JsObject, key: &PropertyKey, receiver: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<Option<JsValue>> {
    if let Some(value) = lookup(key, cx) {
        return Ok(Some(value.into()));
    }
    ordinary_try_get(object, key, receiver, cx)
}

fn set(_object: &JsObject, key: PropertyKey, value: JsValue, _receiver: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    assign(&key, value, cx)
}

fn assign(key: &PropertyKey, value: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    cx.not_cacheable();
    let host = Host::of(cx);
    let Some(name) = name(key) else {
        return Err(errors::plain(errors::Base::Type, "Cannot convert a Symbol value to a string"));
    };
    let plain = value.is_string() || value.is_number() || value.is_boolean();
    if !plain && host.state::<Launch>().pending_deprecation.get() {
        let message = "Assigning any value other than a string, number, or boolean to a process.env property is deprecated. Please make sure to convert the value to a string before setting process.env with it.";
        super::warnings::emit_once("DEP0104", message, "DeprecationWarning", cx)?;
    }
    let text = value.to_string(cx)?.to_std_string_escaped();
    // A name with "=" and an empty one cannot be in an environment; libuv drops them too.
    if !name.is_empty() && !name.contains('=') && !name.contains('\0') {
        let end = text.find('\0').unwrap_or(text.len());
        host.sys().env().set(&name, &text[..end]);
    }
    Ok(true)
}

fn delete(_object: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    cx.not_cacheable();
    if let Some(name) = name(key) {
        Host::of(cx).sys().env().delete(&name);
    }
    Ok(true)
}

fn own_keys(_object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let names = Host::of(cx).sys().env().names();
    Ok(names.into_iter().map(|name| PropertyKey::from(js_string!(name.to_string_lossy().as_ref()))).collect())
}
