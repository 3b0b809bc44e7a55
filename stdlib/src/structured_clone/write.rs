//! From values to a message.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue, JsVariant,
    bytes::ByteRange,
    introspect::ObjectKind,
    js_string,
    object::builtins::{JsArray, JsArrayBuffer, JsSharedArrayBuffer},
    property::PropertyKey,
};
use coil_engine::{
    Host,
    errors::{self, Base},
    table::Symbol,
};
use rustc_hash::FxHashMap;

use super::{DEPTH_MAX, Message, Object, Text, Value};
use crate::{blob::Blob, dom_exception, messaging};

/// The message of `value`. ArrayBuffers in `transfer` are moved into it: they are detached here.
///
/// # Errors
///
/// A DataCloneError for what cannot be cloned or transferred; what getters throw. Nothing is detached then.
pub fn serialize(value: &JsValue, transfer: &[JsObject], cx: &mut Context) -> JsResult<Message> {
    serialize_from(value, transfer, None, cx)
}

/// The same, as a message that `source`, a message port, sends: it cannot send itself.
pub(crate) fn serialize_from(value: &JsValue, transfer: &[JsObject], source: Option<&JsObject>, cx: &mut Context) -> JsResult<Message> {
    for (index, object) in transfer.iter().enumerate() {
        if source.is_some_and(|source| JsObject::equals(source, object)) {
            return Err(data_clone("Transfer list contains source port", cx));
        }
        check_transfer(object, &transfer[..index], cx)?;
    }
    let mut writer = Writer { message: Message::default(), numbers: FxHashMap::default(), seen: Vec::new(), transfer, moved: Vec::new() };
    writer.message.root = writer.value(value, 0, cx)?;
    let Writer { mut message, moved, .. } = writer;
    for (number, buffer) in moved {
        let Ok(bytes) = buffer.detach(&JsValue::undefined()) else { return Err(unsupported_transfer(cx)) };
        if let Object::Buffer { bytes: place, .. } = &mut message.objects[number] {
            *place = bytes;
        }
    }
    // What is listed but not part of the value is detached all the same.
    for object in transfer {
        if messaging::is_port(&object.clone().into()) {
            message.ports.extend(messaging::take_end(object, cx)?);
            continue;
        }
        if let Ok(buffer) = JsArrayBuffer::from_object(object.clone())
            && buffer.data().is_some()
        {
            buffer.detach(&JsValue::undefined()).map(drop).map_err(|_| unsupported_transfer(cx))?;
        }
    }
    Ok(message)
}

fn check_transfer(object: &JsObject, before: &[JsObject], cx: &mut Context) -> JsResult<()> {
    if is_untransferable(object, cx)? {
        return Err(unsupported_transfer(cx));
    }
    let duplicate = before.iter().any(|other| JsObject::equals(other, object));
    if messaging::is_port(&object.clone().into()) {
        if duplicate {
            return Err(data_clone("Transfer list contains duplicate MessagePort", cx));
        }
        if messaging::is_detached(object) {
            return Err(data_clone("MessagePort in transfer list is already detached", cx));
        }
        return Ok(());
    }
    let Ok(buffer) = JsArrayBuffer::from_object(object.clone()) else {
        if object.kind() == ObjectKind::Other && !duplicate {
            // Whether its class can be transferred is found out when it is packed.
            return Ok(());
        }
        return Err(data_clone("Found invalid value in transferList.", cx));
    };
    if duplicate {
        return Err(data_clone("Transfer list contains duplicate ArrayBuffer", cx));
    }
    if buffer.data().is_none() || !buffer.is_detachable() {
        return Err(unsupported_transfer(cx));
    }
    Ok(())
}

/// `markAsUntransferable`
pub(crate) const UNTRANSFERABLE: Symbol = Symbol::Private("untransferable_object_private_symbol");
/// `markAsUncloneable`
pub(crate) const UNCLONEABLE: Symbol = Symbol::Private("uncloneable_object_private_symbol");

/// Whether anything was marked in this host: nothing is looked for until then.
#[derive(Default)]
struct Marked(std::cell::Cell<bool>);

/// Marks an object for good.
pub(crate) fn mark(object: &JsObject, mark: Symbol, cx: &mut Context) -> JsResult<()> {
    Host::of(cx).state::<Marked>().0.set(true);
    let mark = mark.to_js(cx);
    let descriptor = boa_engine::property::PropertyDescriptor::builder().value(true).writable(false).enumerable(false).configurable(false);
    // A frozen object cannot be marked.
    let _ = object.define_property_or_throw(mark, descriptor, cx);
    Ok(())
}

pub(crate) fn is_untransferable(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(Host::of(cx).state::<Marked>().0.get() && marked(object, UNTRANSFERABLE, cx)?)
}

/// Whether an object itself carries one of our marks.
fn marked(object: &JsObject, mark: Symbol, cx: &mut Context) -> JsResult<bool> {
    if object.kind() == ObjectKind::Proxy {
        return Ok(false);
    }
    let mark = mark.to_js(cx);
    Ok(object.own_property(&mark.into(), cx)?.is_some())
}

fn unsupported_transfer(cx: &mut Context) -> JsError {
    data_clone("Cannot transfer object of unsupported type.", cx)
}

fn data_clone(message: &str, cx: &mut Context) -> JsError {
    dom_exception::error(message, "DataCloneError", cx)
}

/// The error for a value that cannot be cloned; `shown` as V8 shows it.
fn uncloneable(shown: &str, cx: &mut Context) -> JsError {
    data_clone(&format!("{shown} could not be cloned."), cx)
}

struct Writer<'a> {
    message: Message,
    /// The number of each object met, by its address.
    numbers: FxHashMap<usize, usize>,
    /// Keeps them alive, so that no address is used twice.
    seen: Vec<JsObject>,
    transfer: &'a [JsObject],
    /// Buffers to be detached at the end, with their numbers.
    moved: Vec<(usize, JsArrayBuffer)>,
}

impl Writer<'_> {
    fn value(&mut self, value: &JsValue, depth: usize, cx: &mut Context) -> JsResult<Value> {
        Ok(match value.variant() {
            JsVariant::Undefined => Value::Undefined,
            JsVariant::Null => Value::Null,
            JsVariant::Boolean(value) => Value::Boolean(value),
            JsVariant::Integer32(value) => Value::Number(value.into()),
            JsVariant::Float64(value) => Value::Number(value),
            JsVariant::BigInt(value) => Value::BigInt(value.to_string()),
            JsVariant::String(value) => Value::String(Text::of(&value)),
            JsVariant::Symbol(symbol) => return Err(uncloneable(&symbol.descriptive_string().to_std_string_lossy(), cx)),
            JsVariant::Object(object) => Value::Object(self.object(&object, depth, cx)?),
        })
    }

    /// The number of an object, which is read when it is met first.
    fn object(&mut self, object: &JsObject, depth: usize, cx: &mut Context) -> JsResult<usize> {
        let address = std::ptr::from_ref(object.as_ref()).addr();
        if let Some(number) = self.numbers.get(&address) {
            return Ok(*number);
        }
        if depth > DEPTH_MAX {
            return Err(errors::plain(Base::Range, "Maximum call stack size exceeded"));
        }
        // A view's buffer comes before it, so that reading needs no second look.
        let buffer = match object.kind() {
            ObjectKind::TypedArray(_) | ObjectKind::DataView => match ByteRange::of(object) {
                Some(range) => Some(self.object(&range.buffer(), depth + 1, cx)?),
                None => None,
            },
            _ => None,
        };
        let number = self.message.objects.len();
        self.message.objects.push(Object::Reserved);
        self.numbers.insert(address, number);
        self.seen.push(object.clone());
        let read = self.read(object, number, buffer, depth + 1, cx)?;
        self.message.objects[number] = read;
        Ok(number)
    }

    fn read(&mut self, object: &JsObject, number: usize, buffer: Option<usize>, depth: usize, cx: &mut Context) -> JsResult<Object> {
        if Host::of(cx).state::<Marked>().0.get() && marked(object, UNCLONEABLE, cx)? {
            return Err(uncloneable(&shown(object, cx)?, cx));
        }
        match object.kind() {
            ObjectKind::Array => self.array(object, depth, cx),
            ObjectKind::Map => {
                let entries = object.map_entries(usize::MAX).unwrap_or_default();
                let mut read = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    read.push((self.value(&key, depth, cx)?, self.value(&value, depth, cx)?));
                }
                Ok(Object::Map(read))
            }
            ObjectKind::Set => {
                let values = object.set_values(usize::MAX).unwrap_or_default();
                Ok(Object::Set(values.iter().map(|value| self.value(value, depth, cx)).collect::<JsResult<_>>()?))
            }
            ObjectKind::Date => Ok(Object::Date(object.date_value().unwrap_or(f64::NAN))),
            ObjectKind::RegExp => {
                let (source, flags) = object.regexp_parts().unwrap_or_default();
                Ok(Object::RegExp { source: Text::of(&source), flags: Text::of(&flags) })
            }
            ObjectKind::Boolean | ObjectKind::Number | ObjectKind::String | ObjectKind::BigInt => {
                let primitive = object.boxed_primitive().unwrap_or_default();
                Ok(Object::Boxed(self.value(&primitive, depth, cx)?))
            }
            ObjectKind::Error => self.error(object, depth, cx),
            ObjectKind::ArrayBuffer => self.buffer(object, number, cx),
            ObjectKind::SharedArrayBuffer => Ok(Object::Shared(JsSharedArrayBuffer::from_object(object.clone())?.inner())),
            ObjectKind::TypedArray(kind) => {
                let range = ByteRange::of(object).ok_or_else(|| detached(cx))?;
                let tracking = ByteRange::tracks_length(object);
                Ok(Object::View { kind, buffer: buffer.unwrap_or(0), byte_offset: range.byte_offset, byte_length: range.byte_length, tracking })
            }
            ObjectKind::DataView => {
                let range = ByteRange::of(object).ok_or_else(|| detached(cx))?;
                let tracking = ByteRange::tracks_length(object);
                Ok(Object::DataView { buffer: buffer.unwrap_or(0), byte_offset: range.byte_offset, byte_length: range.byte_length, tracking })
            }
            ObjectKind::Ordinary | ObjectKind::Other if JsObject::equals(object, &cx.global_object()) => Err(uncloneable(&shown(object, cx)?, cx)),
            ObjectKind::Ordinary => self.plain(object, depth, cx),
            ObjectKind::Other => self.native(object, depth, cx),
            _ => Err(uncloneable(&shown(object, cx)?, cx)),
        }
    }

    /// An object with data of ours.
    fn native(&mut self, object: &JsObject, depth: usize, cx: &mut Context) -> JsResult<Object> {
        let listed = self.transfer.iter().any(|listed| JsObject::equals(listed, object));
        if let Some(blob) = Blob::of(&object.clone().into()) {
            if listed {
                return Err(data_clone("Found invalid value in transferList.", cx));
            }
            if blob.is_file_backed() {
                return Err(errors::coded(Base::Type, "ERR_INVALID_STATE", "Invalid state: File-backed Blobs are not cloneable", cx));
            }
            return Ok(Object::Blob(blob));
        }
        if let Some(key) = crate::crypto::key_of_object(&object.clone().into()) {
            return Ok(Object::Key(key));
        }
        if let Some(data) = crate::crypto::crypto_key_of(&object.clone().into()) {
            return Ok(Object::CryptoKey(data));
        }
        if let Some(certificate) = crate::crypto::certificate_of(&object.clone().into()) {
            return Ok(Object::Certificate(certificate));
        }
        if messaging::is_port(&object.clone().into()) {
            let ports = self.transfer.iter().filter(|listed| messaging::is_port(&JsValue::from((*listed).clone())));
            return match ports.into_iter().position(|listed| JsObject::equals(listed, object)) {
                Some(number) => Ok(Object::Port(number)),
                None => Err(data_clone("Object that needs transfer was found in message but not listed in transferList", cx)),
            };
        }
        match super::parcel::pack(object, listed, cx)? {
            Some(parcel) => Ok(Object::Carried(parcel)),
            None if listed => Err(data_clone("Found invalid value in transferList.", cx)),
            None if is_of_the_language(object, cx) => Err(uncloneable(&shown(object, cx)?, cx)),
            None if crate::url::is_of_urls(object) => Err(data_clone("Cannot clone object of unsupported type.", cx)),
            None => self.plain(object, depth, cx),
        }
    }

    fn plain(&mut self, object: &JsObject, depth: usize, cx: &mut Context) -> JsResult<Object> {
        let keys = object.own_property_keys(cx)?;
        Ok(Object::Plain(self.properties(object, keys, depth, cx)?))
    }

    /// The enumerable properties with string keys.
    fn properties(&mut self, object: &JsObject, keys: Vec<PropertyKey>, depth: usize, cx: &mut Context) -> JsResult<Vec<(Text, Value)>> {
        let mut read = Vec::with_capacity(keys.len());
        for key in keys {
            let name = match &key {
                PropertyKey::Symbol(_) => continue,
                PropertyKey::String(name) => name.clone(),
                PropertyKey::Index(index) => JsString::from(index.get()),
            };
            // A getter that ran before may have taken it away.
            if object.own_property(&key, cx)?.is_none_or(|property| property.enumerable() != Some(true)) {
                continue;
            }
            let value = object.get(key, cx)?;
            read.push((Text::of(&name), self.value(&value, depth, cx)?));
        }
        Ok(read)
    }

    fn array(&mut self, object: &JsObject, depth: usize, cx: &mut Context) -> JsResult<Object> {
        let dense = JsArray::from_object(object.clone()).ok().and_then(|array| array.dense_values());
        let mut keys = object.own_property_keys(cx)?;
        let Some(values) = dense else {
            let length = object.get(js_string!("length"), cx)?.to_length(cx)?;
            return Ok(Object::Array { length, elements: Vec::new(), properties: self.properties(object, keys, depth, cx)? });
        };
        keys.retain(|key| !matches!(key, PropertyKey::Index(_)));
        let elements = values.iter().map(|value| self.value(value, depth, cx)).collect::<JsResult<Vec<_>>>()?;
        let properties = self.properties(object, keys, depth, cx)?;
        Ok(Object::Array { length: elements.len() as u64, elements, properties })
    }

    fn error(&mut self, object: &JsObject, depth: usize, cx: &mut Context) -> JsResult<Object> {
        let stack = object.get(js_string!("stack"), cx)?.as_string().map(|stack| Text::of(&stack));
        if let Some((name, message)) = dom_exception::parts(object, cx) {
            return Ok(Object::DomException { name: Text::of(&name), message: Text::of(&message), stack });
        }
        let name = object.get(js_string!("name"), cx)?.as_string();
        let name = ERROR_NAMES.iter().find(|known| name.as_ref().is_some_and(|name| name == **known)).copied().unwrap_or("Error");
        let mut own = |key: &str| -> JsResult<Option<JsValue>> { Ok(object.own_property(&js_string!(key).into(), cx)?.and_then(|property| property.value().cloned())) };
        let message = own("message")?;
        let cause = own("cause")?;
        let message = message.map(|message| message.to_string(cx)).transpose()?.map(|message| Text::of(&message));
        let cause = cause.map(|cause| self.value(&cause, depth, cx)).transpose()?;
        Ok(Object::Error { name, stack, message, cause })
    }

    fn buffer(&mut self, object: &JsObject, number: usize, cx: &mut Context) -> JsResult<Object> {
        let buffer = JsArrayBuffer::from_object(object.clone())?;
        if buffer.data().is_none() {
            return Err(detached(cx));
        }
        let max = match object.get(js_string!("resizable"), cx)?.to_boolean() {
            true => Some(object.get(js_string!("maxByteLength"), cx)?.to_length(cx)?),
            false => None,
        };
        if self.transfer.iter().any(|listed| JsObject::equals(listed, object)) {
            self.moved.push((number, buffer));
            return Ok(Object::Buffer { bytes: boa_engine::bytes::copied(&[]), max });
        }
        let bytes = buffer.data().map(|data| boa_engine::bytes::copied(&data));
        Ok(Object::Buffer { bytes: bytes.unwrap_or_else(|| boa_engine::bytes::copied(&[])), max })
    }
}

fn detached(cx: &mut Context) -> JsError {
    data_clone("An ArrayBuffer is detached and could not be cloned.", cx)
}

/// An object as V8's messages show it: a function by its source, others as `#<Class>` or `[object Tag]`.
fn shown(object: &JsObject, cx: &mut Context) -> JsResult<String> {
    if object.is_callable() {
        let target = object.proxy_parts().flatten().map_or_else(|| object.clone(), |(target, _)| target);
        let prototype = cx.intrinsics().constructors().function().prototype();
        let to_string = prototype.get(js_string!("toString"), cx)?;
        return match to_string.as_callable() {
            Some(to_string) => Ok(to_string.call(&target.into(), &[], cx)?.to_string(cx)?.to_std_string_lossy()),
            None => Ok("#<Function>".to_owned()),
        };
    }
    let object = object.proxy_parts().flatten().map_or_else(|| object.clone(), |(target, _)| target);
    let own = plain_property(&object, js_string!("toString").into(), cx)?;
    let common = cx.intrinsics().constructors().object().prototype().get(js_string!("toString"), cx)?;
    let constructor = plain_property(&object, js_string!("constructor").into(), cx)?.as_object().filter(JsObject::is_callable);
    let name = match constructor {
        Some(constructor) => plain_property(&constructor, js_string!("name").into(), cx)?.as_string().filter(|name| !name.is_empty()),
        None => None,
    };
    if JsValue::strict_equals(&own, &common)
        && let Some(name) = &name
    {
        return Ok(format!("#<{}>", name.to_std_string_lossy()));
    }
    let tag = plain_property(&object, JsSymbol::to_string_tag().into(), cx)?.as_string().or(name);
    Ok(format!("[object {}]", tag.map_or_else(|| "Object".to_owned(), |tag| tag.to_std_string_lossy())))
}

/// Whether an object of the engine's own kind holds what no message can: its iterators (those over strings and regular expressions have
/// no kind that tells) and what watches over finalization.
fn is_of_the_language(object: &JsObject, cx: &Context) -> bool {
    let iterator = cx.intrinsics().objects().iterator_prototypes().string().prototype();
    let registry = cx.intrinsics().constructors().finalization_registry().prototype();
    let mut next = object.prototype();
    while let Some(holder) = next {
        if JsObject::equals(&registry, &holder) || iterator.as_ref().is_some_and(|iterator| JsObject::equals(iterator, &holder)) {
            return true;
        }
        next = holder.prototype();
    }
    false
}

/// A property as a message may ask for it: no accessor runs.
fn plain_property(object: &JsObject, key: PropertyKey, cx: &mut Context) -> JsResult<JsValue> {
    let mut next = Some(object.clone());
    while let Some(holder) = next {
        if let Some(found) = holder.own_property(&key, cx)? {
            return Ok(found.value().cloned().unwrap_or_default());
        }
        next = holder.prototype();
    }
    Ok(JsValue::undefined())
}

/// Errors of other names are cloned as Error.
const ERROR_NAMES: [&str; 6] = ["EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];
