//! From a message to values.

use boa_engine::{
    Context, JsBigInt, JsNativeError, JsObject, JsResult, JsString, JsValue, bytes, js_string,
    object::builtins::{AlignedVec, JsArray, JsArrayBuffer, JsMap, JsSet, JsSharedArrayBuffer},
    property::{PropertyDescriptor, PropertyKey},
};

use super::{Message, Object, Text, Value};
use crate::{buffer, dom_exception, messaging};

/// The value of a message, in this realm.
///
/// # Errors
///
/// A RangeError where memory does not suffice.
pub fn deserialize(message: Message, cx: &mut Context) -> JsResult<JsValue> {
    deserialize_with_ports(message, cx).map(|(value, _)| value)
}

/// The same, with the message ports that came with it.
pub(crate) fn deserialize_with_ports(message: Message, cx: &mut Context) -> JsResult<(JsValue, Vec<JsObject>)> {
    let Message { root, mut objects, ports } = message;
    let ports = ports.into_iter().map(|end| messaging::adopt(end, cx)).collect::<JsResult<Vec<_>>>()?;
    // First every object, empty where it can hold others; then what they hold. So cycles need no care, and depth no stack.
    let mut made: Vec<JsObject> = Vec::with_capacity(objects.len());
    for object in &mut objects {
        let object = make(object, &made, &ports, cx)?;
        made.push(object);
    }
    for (object, content) in made.iter().zip(objects) {
        fill(object, content, &made, cx)?;
    }
    Ok((value(root, &made), ports))
}

fn value(value: Value, made: &[JsObject]) -> JsValue {
    match value {
        Value::Undefined => JsValue::undefined(),
        Value::Null => JsValue::null(),
        Value::Boolean(value) => value.into(),
        Value::Number(value) => value.into(),
        Value::BigInt(digits) => JsBigInt::from_string(&digits).unwrap_or_else(JsBigInt::zero).into(),
        Value::String(text) => text.to_js().into(),
        Value::Object(number) => made.get(number).cloned().map_or_else(JsValue::undefined, JsValue::from),
    }
}

/// An object without what it holds. Buffers are taken out of the message.
fn make(object: &mut Object, made: &[JsObject], ports: &[JsObject], cx: &mut Context) -> JsResult<JsObject> {
    Ok(match object {
        Object::Reserved | Object::Plain(_) => JsObject::with_object_proto(cx.intrinsics()),
        Object::Array { .. } => JsArray::from_iter([], cx).into(),
        Object::Map(_) => JsMap::new(cx).into(),
        Object::Set(_) => JsSet::new(cx).into(),
        Object::Date(time) => {
            let constructor = cx.intrinsics().constructors().date().constructor();
            constructor.construct(&[(*time).into()], None, cx)?
        }
        Object::RegExp { source, flags } => {
            let constructor = cx.intrinsics().constructors().regexp().constructor();
            constructor.construct(&[source.to_js().into(), flags.to_js().into()], None, cx)?
        }
        Object::Boxed(primitive) => value(std::mem::take(primitive), made).to_object(cx)?,
        Object::Error { name, .. } => error_of(name, cx)?,
        Object::DomException { name, message, stack } => {
            let error = dom_exception::object(message.to_js(), name.to_js(), cx)?;
            hidden(&error, "stack", stack.as_ref().map_or_else(JsValue::undefined, |stack| stack.to_js().into()), cx)?;
            error
        }
        Object::Buffer { bytes, max } => {
            let bytes = std::mem::replace(bytes, AlignedVec::new(0));
            let buffer = JsArrayBuffer::adopt(bytes, cx)?;
            match *max {
                Some(max) => buffer.with_max_byte_length(max).into(),
                None => buffer.into(),
            }
        }
        Object::Shared(shared) => JsSharedArrayBuffer::from_buffer(shared.clone(), cx).into(),
        Object::View { kind, buffer, byte_offset, byte_length, tracking } => {
            let buffer = made.get(*buffer).cloned().unwrap_or_else(JsObject::with_null_proto);
            let length = *byte_length / buffer::element_size(*kind);
            match JsArrayBuffer::from_object(buffer.clone()) {
                Ok(buffer) if !*tracking => bytes::typed_array(*kind, &buffer, *byte_offset, length, None, cx)?,
                _ => {
                    let constructor = bytes::typed_array_constructor(*kind, cx);
                    view(&constructor, buffer, *byte_offset, (!*tracking).then_some(length), cx)?
                }
            }
        }
        Object::DataView { buffer, byte_offset, byte_length, tracking } => {
            let buffer = made.get(*buffer).cloned().unwrap_or_else(JsObject::with_null_proto);
            let constructor = cx.intrinsics().constructors().data_view().constructor();
            view(&constructor, buffer, *byte_offset, (!*tracking).then_some(*byte_length), cx)?
        }
        Object::Blob(blob) => blob.clone().into_object(cx)?,
        Object::Certificate(certificate) => crate::crypto::create_certificate(certificate.clone(), cx)?,
        Object::Key(key) => crate::crypto::create_key_object(key.clone(), cx)?,
        Object::CryptoKey(data) => crate::crypto::create_crypto_key(data.clone(), cx)?,
        Object::Port(number) => ports.get(*number).cloned().unwrap_or_else(JsObject::with_null_proto),
        Object::Carried(parcel) => parcel.open(cx)?,
    })
}

fn view(constructor: &JsObject, buffer: JsObject, offset: usize, length: Option<usize>, cx: &mut Context) -> JsResult<JsObject> {
    let mut args = vec![buffer.into(), JsValue::from(offset)];
    args.extend(length.map(JsValue::from));
    constructor.construct(&args, None, cx)
}

/// An error of the class with this name; a plain Error for an unknown one.
pub(crate) fn native_error(class: &str) -> JsNativeError {
    match class {
        "EvalError" => JsNativeError::eval(),
        "RangeError" => JsNativeError::range(),
        "ReferenceError" => JsNativeError::reference(),
        "SyntaxError" => JsNativeError::syntax(),
        "TypeError" => JsNativeError::typ(),
        "URIError" => JsNativeError::uri(),
        _ => JsNativeError::error(),
    }
}

fn error_of(name: &str, cx: &mut Context) -> JsResult<JsObject> {
    let error = native_error(name);
    let error = error.into_opaque(cx);
    error.delete_property_or_throw(js_string!("message"), cx)?;
    Ok(error)
}

fn fill(object: &JsObject, content: Object, made: &[JsObject], cx: &mut Context) -> JsResult<()> {
    match content {
        Object::Plain(properties) => define(object, properties, made, cx),
        Object::Array { length, elements, properties } => {
            let array = JsArray::from_object(object.clone())?;
            if elements.is_empty() {
                object.set(js_string!("length"), length, true, cx)?;
            } else {
                array.append(elements.into_iter().map(|element| value(element, made)).collect(), cx)?;
            }
            define(object, properties, made, cx)
        }
        Object::Map(entries) => {
            let map = JsMap::from_object(object.clone())?;
            for (key, entry) in entries {
                map.set(value(key, made), value(entry, made), cx)?;
            }
            Ok(())
        }
        Object::Set(values) => {
            let Ok(set) = JsSet::from_object(object.clone()) else { return Ok(()) };
            for entry in values {
                set.add(value(entry, made), cx)?;
            }
            Ok(())
        }
        Object::Error { stack, message, cause, .. } => {
            let text = |text: Option<Text>| text.map(|text| JsValue::from(text.to_js()));
            hidden(object, "stack", text(stack).unwrap_or_default(), cx)?;
            if let Some(message) = text(message) {
                hidden(object, "message", message, cx)?;
            }
            if let Some(cause) = cause {
                hidden(object, "cause", value(cause, made), cx)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn define(object: &JsObject, properties: Vec<(Text, Value)>, made: &[JsObject], cx: &mut Context) -> JsResult<()> {
    for (name, property) in properties {
        let key: PropertyKey = name.to_js().into();
        object.create_data_property_or_throw(key, value(property, made), cx)?;
    }
    Ok(())
}

/// A property as errors have them: not enumerable.
fn hidden(object: &JsObject, name: &'static str, value: JsValue, cx: &mut Context) -> JsResult<()> {
    let descriptor = PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(JsString::from(name), descriptor, cx)?;
    Ok(())
}
