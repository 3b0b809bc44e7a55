//! V8's serialization format, version 15, written: what `v8.serialize` and IPC of the advanced kind send.

use boa_engine::{
    Context, JsBigInt, JsError, JsObject, JsResult, JsString, JsValue,
    bytes::ByteRange,
    introspect::ObjectKind,
    js_string,
    object::builtins::{JsArray, JsArrayBuffer},
    property::PropertyKey,
    string::JsStrVariant,
};
use rustc_hash::FxHashMap;

use super::serdes;

/// The format's version.
pub(super) const VERSION: u32 = 15;
/// How deep values may nest: each level takes native stack, of which JavaScript's thread has 256 MB.
const DEPTH_MAX: usize = 20_000;

/// Bytes in the making. `owner` is the Serializer whose methods are asked about what only it can write.
pub(super) struct Writer<'a> {
    pub(super) out: Vec<u8>,
    pub(super) ids: FxHashMap<JsObject, u32>,
    pub(super) transferred: &'a [(u32, JsObject)],
    pub(super) views_are_host_objects: bool,
    pub(super) owner: JsObject,
    pub(super) depth: usize,
}

/// An unsigned number in groups of seven bits, the low ones first.
pub(super) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

impl Writer<'_> {
    pub(super) fn value(&mut self, value: &JsValue, cx: &mut Context) -> JsResult<()> {
        if let Some(object) = value.as_object() {
            return self.object(&object, cx);
        }
        if let Some(text) = value.as_string() {
            self.string(&text);
        } else if let Some(number) = value.as_number() {
            self.number(number);
        } else if let Some(yes) = value.as_boolean() {
            self.out.push(if yes { b'T' } else { b'F' });
        } else if let Some(number) = value.as_bigint() {
            self.out.push(b'Z');
            self.bigint(&number);
        } else if value.is_null() {
            self.out.push(b'0');
        } else if value.is_undefined() {
            self.out.push(b'_');
        } else {
            return Err(self.uncloneable(&value.display().to_string(), cx));
        }
        Ok(())
    }

    fn number(&mut self, number: f64) {
        let integer = number as i32;
        if f64::from(integer) == number && (number != 0.0 || number.is_sign_positive()) {
            self.integer(integer);
        } else {
            self.out.push(b'N');
            self.out.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn integer(&mut self, integer: i32) {
        self.out.push(b'I');
        let zigzag = (integer << 1) ^ (integer >> 31);
        varint(&mut self.out, u64::from(zigzag.cast_unsigned()));
    }

    /// Sign and length in bytes, then the digits: whole words, the low ones first.
    fn bigint(&mut self, number: &JsBigInt) {
        let (negative, mut bytes) = serdes::magnitude(number);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        varint(&mut self.out, (bytes.len() as u64) << 1 | u64::from(negative));
        self.out.extend_from_slice(&bytes);
    }

    fn string(&mut self, text: &JsString) {
        match text.variant() {
            JsStrVariant::Latin1(bytes) => {
                self.out.push(b'"');
                varint(&mut self.out, bytes.len() as u64);
                self.out.extend_from_slice(bytes);
            }
            JsStrVariant::Utf16(units) => {
                let length = units.len() as u64 * 2;
                let mut header = Vec::new();
                varint(&mut header, length);
                // Units stand at even places.
                if (self.out.len() + 1 + header.len()) % 2 == 1 {
                    self.out.push(0);
                }
                self.out.push(b'c');
                self.out.extend_from_slice(&header);
                self.out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
            }
        }
    }

    fn object(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let is_view = matches!(object.kind(), ObjectKind::TypedArray(_) | ObjectKind::DataView);
        if is_view
            && !self.views_are_host_objects
            && !self.ids.contains_key(object)
            && let Some(range) = ByteRange::of(object)
        {
            // What a view looks at comes before it.
            self.receiver(&range.buffer(), cx)?;
        }
        self.receiver(object, cx)
    }

    fn receiver(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        if let Some(id) = self.ids.get(object) {
            self.out.push(b'^');
            varint(&mut self.out, u64::from(*id));
            return Ok(());
        }
        let id = self.ids.len() as u32;
        self.ids.insert(object.clone(), id);
        if self.depth >= DEPTH_MAX {
            return Err(boa_engine::JsNativeError::range().with_message("Maximum call stack size exceeded").into());
        }
        self.depth += 1;
        let result = self.contents(object, cx);
        self.depth -= 1;
        result
    }

    fn contents(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        if object.is_callable() {
            let shown = JsValue::from(object.clone()).to_string(cx)?.to_std_string_lossy();
            return Err(self.uncloneable(&shown, cx));
        }
        if let Some(primitive) = object.boxed_primitive() {
            return self.boxed(&primitive, cx);
        }
        match object.kind() {
            ObjectKind::Array => self.array(object, cx),
            ObjectKind::Date => {
                self.out.push(b'D');
                self.out.extend_from_slice(&object.date_value().unwrap_or(f64::NAN).to_le_bytes());
                Ok(())
            }
            ObjectKind::RegExp => {
                let (source, flags) = object.regexp_parts().unwrap_or_default();
                self.out.push(b'R');
                self.string(&source);
                varint(&mut self.out, serdes::flag_bits(&flags.to_std_string_lossy()).into());
                Ok(())
            }
            ObjectKind::Map => {
                self.out.push(b';');
                let entries = object.map_entries(usize::MAX).unwrap_or_default();
                for (key, value) in &entries {
                    self.value(key, cx)?;
                    self.value(value, cx)?;
                }
                self.out.push(b':');
                varint(&mut self.out, entries.len() as u64 * 2);
                Ok(())
            }
            ObjectKind::Set => {
                self.out.push(b'\'');
                let values = object.set_values(usize::MAX).unwrap_or_default();
                for value in &values {
                    self.value(value, cx)?;
                }
                self.out.push(b',');
                varint(&mut self.out, values.len() as u64);
                Ok(())
            }
            ObjectKind::ArrayBuffer => self.array_buffer(object, cx),
            ObjectKind::SharedArrayBuffer => self.shared_buffer(object, cx),
            ObjectKind::TypedArray(_) | ObjectKind::DataView => self.view(object, cx),
            ObjectKind::Error => self.error(object, cx),
            ObjectKind::Ordinary | ObjectKind::Arguments => {
                self.out.push(b'o');
                let keys = object.own_property_keys(cx)?;
                let count = self.properties(object, &keys, cx)?;
                self.out.push(b'{');
                varint(&mut self.out, count);
                Ok(())
            }
            ObjectKind::Other if !JsObject::equals(object, &cx.global_object()) => self.host_object(object, cx),
            _ => {
                let shown = serdes::shown(object, cx);
                Err(self.uncloneable(&shown, cx))
            }
        }
    }

    fn boxed(&mut self, primitive: &JsValue, cx: &mut Context) -> JsResult<()> {
        if let Some(yes) = primitive.as_boolean() {
            self.out.push(if yes { b'y' } else { b'x' });
        } else if let Some(number) = primitive.as_number() {
            self.out.push(b'n');
            self.out.extend_from_slice(&number.to_le_bytes());
        } else if let Some(number) = primitive.as_bigint() {
            self.out.push(b'z');
            self.bigint(&number);
        } else if let Some(text) = primitive.as_string() {
            self.out.push(b's');
            self.string(&text);
        } else {
            return Err(self.uncloneable("#<Symbol>", cx));
        }
        Ok(())
    }

    fn array(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let length = object.get(js_string!("length"), cx)?.to_length(cx)?;
        let dense = JsArray::from_object(object.clone()).ok().and_then(|array| array.dense_values());
        let keys = object.own_property_keys(cx)?;
        let Some(elements) = dense.filter(|elements| elements.len() as u64 == length) else {
            self.out.push(b'a');
            varint(&mut self.out, length);
            let count = self.properties(object, &keys, cx)?;
            self.out.push(b'@');
            varint(&mut self.out, count);
            varint(&mut self.out, length);
            return Ok(());
        };
        self.out.push(b'A');
        varint(&mut self.out, length);
        for element in &elements {
            self.value(element, cx)?;
        }
        let others: Vec<PropertyKey> = keys.into_iter().filter(|key| !matches!(key, PropertyKey::Index(_))).collect();
        let count = self.properties(object, &others, cx)?;
        self.out.push(b'$');
        varint(&mut self.out, count);
        varint(&mut self.out, length);
        Ok(())
    }

    /// The enumerable ones of these properties; how many there are.
    fn properties(&mut self, object: &JsObject, keys: &[PropertyKey], cx: &mut Context) -> JsResult<u64> {
        let mut count = 0;
        for key in keys {
            // A getter before it may have taken it away.
            if matches!(key, PropertyKey::Symbol(_)) || !object.own_property(key, cx)?.is_some_and(|own| own.enumerable() == Some(true)) {
                continue;
            }
            let value = object.get(key.clone(), cx)?;
            match key {
                PropertyKey::Index(index) => self.number(f64::from(index.get())),
                PropertyKey::String(name) => self.string(name),
                PropertyKey::Symbol(_) => {}
            }
            self.value(&value, cx)?;
            count += 1;
        }
        Ok(count)
    }

    fn array_buffer(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        if let Some((id, _)) = self.transferred.iter().find(|(_, listed)| JsObject::equals(listed, object)) {
            self.out.push(b't');
            varint(&mut self.out, u64::from(*id));
            return Ok(());
        }
        if object.is_detached_buffer() {
            return Err(serdes::data_clone_error(&self.owner, "An ArrayBuffer is detached and could not be cloned.", cx));
        }
        let buffer = JsArrayBuffer::from_object(object.clone())?;
        let max = max_of(object, cx)?;
        let bytes = buffer.data().map(|bytes| bytes.to_vec()).unwrap_or_default();
        self.out.push(if max.is_some() { b'~' } else { b'B' });
        varint(&mut self.out, bytes.len() as u64);
        if let Some(max) = max {
            varint(&mut self.out, max);
        }
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    /// The number that the owner knows a shared buffer by.
    fn shared_buffer(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let ask = self.owner.get(js_string!("_getSharedArrayBufferId"), cx)?;
        let Some(ask) = ask.as_callable() else { return Err(self.uncloneable("#<SharedArrayBuffer>", cx)) };
        let id = ask.call(&self.owner.clone().into(), &[object.clone().into()], cx)?.to_u32(cx)?;
        self.out.push(b'u');
        varint(&mut self.out, u64::from(id));
        Ok(())
    }

    fn view(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        if self.views_are_host_objects {
            return self.host_object(object, cx);
        }
        let Some(range) = ByteRange::of(object) else { return Err(self.uncloneable("#<DataView>", cx)) };
        let tag = match object.kind() {
            ObjectKind::TypedArray(kind) => serdes::tag_of(kind),
            _ => b'?',
        };
        let resizable = max_of(&range.buffer(), cx)?.is_some();
        self.out.extend_from_slice(&[b'V', tag]);
        varint(&mut self.out, range.byte_offset as u64);
        varint(&mut self.out, range.byte_length as u64);
        varint(&mut self.out, u64::from(ByteRange::tracks_length(object)) | u64::from(resizable) << 1);
        Ok(())
    }

    /// What the owner has to write itself.
    fn host_object(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let write = self.owner.get(js_string!("_writeHostObject"), cx)?;
        let Some(write) = write.as_callable() else {
            let shown = serdes::shown(object, cx);
            return Err(self.uncloneable(&shown, cx));
        };
        self.out.push(b'\\');
        // The owner writes into its own state: lend it what there is.
        serdes::lend(&self.owner, &mut self.out, &mut self.ids);
        let written = write.call(&self.owner.clone().into(), &[object.clone().into()], cx);
        serdes::take_back(&self.owner, &mut self.out, &mut self.ids);
        written.map(drop)
    }

    fn error(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let own = |name: &'static str, cx: &mut Context| -> JsResult<Option<JsValue>> {
            let own = object.own_property(&JsString::from(name).into(), cx)?;
            Ok(own.and_then(|own| own.value().cloned()))
        };
        self.out.push(b'r');
        let name = object.get(js_string!("name"), cx)?.to_string(cx)?.to_std_string_lossy();
        if let Some((_, tag)) = ERROR_TAGS.iter().find(|(known, _)| *known == name) {
            self.out.push(*tag);
        }
        if let Some(message) = own("message", cx)? {
            let message = message.to_string(cx)?;
            self.out.push(b'm');
            self.string(&message);
        }
        if let Some(stack) = object.get(js_string!("stack"), cx)?.as_string() {
            self.out.push(b's');
            self.string(&stack);
        }
        if let Some(cause) = own("cause", cx)? {
            self.out.push(b'c');
            self.value(&cause, cx)?;
        }
        self.out.push(b'.');
        Ok(())
    }

    fn uncloneable(&self, shown: &str, cx: &mut Context) -> JsError {
        serdes::data_clone_error(&self.owner, &format!("{shown} could not be cloned."), cx)
    }
}

/// The prototypes of errors that have a tag.
pub(super) const ERROR_TAGS: &[(&str, u8)] = &[("EvalError", b'E'), ("RangeError", b'R'), ("ReferenceError", b'F'), ("SyntaxError", b'S'), ("TypeError", b'T'), ("URIError", b'U')];

/// How far a buffer can grow, where it can.
fn max_of(buffer: &JsObject, cx: &mut Context) -> JsResult<Option<u64>> {
    if !buffer.get(js_string!("resizable"), cx)?.to_boolean() {
        return Ok(None);
    }
    buffer.get(js_string!("maxByteLength"), cx)?.to_length(cx).map(Some)
}
