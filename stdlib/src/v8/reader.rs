//! V8's serialization format, read: versions 13 to 15.

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, bytes, js_string,
    object::builtins::{JsArray, JsArrayBuffer, JsMap, JsSet},
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::errors::{self, Base};
use rustc_hash::FxHashMap;

use super::{
    serdes,
    writer::{ERROR_TAGS, VERSION},
};

/// How deep values may nest: as for writing.
const DEPTH_MAX: usize = 20_000;

/// The oldest version that is read.
const VERSION_MIN: u32 = 13;

/// Bytes being read. `owner` is the Deserializer whose methods are asked about what only it can read.
pub(super) struct Reader {
    pub(super) bytes: std::rc::Rc<[u8]>,
    pub(super) at: usize,
    pub(super) version: u32,
    pub(super) objects: Vec<Option<JsObject>>,
    pub(super) transferred: FxHashMap<u32, JsObject>,
    pub(super) owner: JsObject,
    pub(super) depth: usize,
}

/// The data is not what a serializer wrote.
pub(super) fn malformed() -> JsError {
    errors::plain(Base::Error, "Unable to deserialize cloned data.")
}

/// The number at `at`, in groups of seven bits.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0_u64;
    let mut shift = 0;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if shift < 64 {
            number |= u64::from(byte & 0x7F) << shift;
        }
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
}

impl Reader {
    /// The header, where there is one.
    pub(super) fn header(&mut self) -> JsResult<()> {
        let unsupported = || errors::plain(Base::Error, "Unable to deserialize cloned data due to invalid or unsupported version.");
        if self.bytes.get(self.at) != Some(&0xFF) {
            return if self.version < VERSION_MIN { Err(unsupported()) } else { Ok(()) };
        }
        self.at += 1;
        let version = varint(&self.bytes, &mut self.at).ok_or_else(unsupported)?;
        if !(u64::from(VERSION_MIN)..=u64::from(VERSION)).contains(&version) {
            return Err(unsupported());
        }
        self.version = version as u32;
        Ok(())
    }

    fn byte(&mut self) -> JsResult<u8> {
        let byte = *self.bytes.get(self.at).ok_or_else(malformed)?;
        self.at += 1;
        Ok(byte)
    }

    fn tag(&mut self) -> JsResult<u8> {
        loop {
            let tag = self.byte()?;
            // Padding.
            if tag != 0 {
                return Ok(tag);
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes[self.at.min(self.bytes.len())..].iter().copied().find(|byte| *byte != 0)
    }

    fn number(&mut self) -> JsResult<u64> {
        varint(&self.bytes, &mut self.at).ok_or_else(malformed)
    }

    fn take(&mut self, length: u64) -> JsResult<Vec<u8>> {
        let length = usize::try_from(length).map_err(|_| malformed())?;
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or_else(malformed)?;
        let taken = self.bytes[self.at..end].to_vec();
        self.at = end;
        Ok(taken)
    }

    fn double(&mut self) -> JsResult<f64> {
        let bytes = self.take(8)?;
        let mut word = [0; 8];
        word.copy_from_slice(&bytes);
        Ok(f64::from_le_bytes(word))
    }

    /// One value with all it holds.
    pub(super) fn value(&mut self, cx: &mut Context) -> JsResult<JsValue> {
        if self.depth >= DEPTH_MAX {
            return Err(JsNativeError::range().with_message("Maximum call stack size exceeded").into());
        }
        self.depth += 1;
        let result = self.value_at_depth(cx);
        self.depth -= 1;
        let value = result?;
        // A buffer may be followed by the view that it was written for.
        if let Some(buffer) = value.as_object().filter(is_buffer)
            && self.peek() == Some(b'V')
        {
            return self.view(&buffer, cx).map(JsValue::from);
        }
        Ok(value)
    }

    fn value_at_depth(&mut self, cx: &mut Context) -> JsResult<JsValue> {
        let tag = self.tag()?;
        Ok(match tag {
            b'_' => JsValue::undefined(),
            b'0' => JsValue::null(),
            b'T' => true.into(),
            b'F' => false.into(),
            b'I' => {
                let zigzag = self.number()? as u32;
                ((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()).into()
            }
            b'U' => (self.number()? as u32).into(),
            b'N' => self.double()?.into(),
            b'Z' => self.bigint()?,
            b'"' | b'c' | b'S' => self.string_of(tag)?.into(),
            b'^' => {
                let id = self.number()? as usize;
                self.objects.get(id).cloned().flatten().ok_or_else(malformed)?.into()
            }
            _ => self.object(tag, cx)?.into(),
        })
    }

    fn bigint(&mut self) -> JsResult<JsValue> {
        let field = self.number()?;
        let bytes = self.take(field >> 1)?;
        Ok(serdes::bigint_of(field & 1 == 1, &bytes).into())
    }

    fn string_of(&mut self, tag: u8) -> JsResult<JsString> {
        let length = self.number()?;
        let bytes = self.take(length)?;
        Ok(match tag {
            b'"' => JsString::from(boa_engine::JsStr::latin1(&bytes)),
            b'c' => {
                let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
                JsString::from(units.as_slice())
            }
            _ => JsString::from(String::from_utf8_lossy(&bytes).as_ref()),
        })
    }

    fn string(&mut self) -> JsResult<JsString> {
        match self.tag()? {
            tag @ (b'"' | b'c' | b'S') => self.string_of(tag),
            _ => Err(malformed()),
        }
    }

    /// The number that the next object is known by.
    fn reserve(&mut self) -> usize {
        self.objects.push(None);
        self.objects.len() - 1
    }

    fn known(&mut self, id: usize, object: JsObject) -> JsObject {
        self.objects[id] = Some(object.clone());
        object
    }

    fn object(&mut self, tag: u8, cx: &mut Context) -> JsResult<JsObject> {
        let id = self.reserve();
        match tag {
            b'o' => {
                let object = self.known(id, JsObject::with_object_proto(cx.intrinsics()));
                self.properties(&object, b'{', cx)?;
                Ok(object)
            }
            b'a' | b'A' => self.array(tag, id, cx),
            b'D' => {
                let time = self.double()?;
                let constructor = cx.intrinsics().constructors().date().constructor();
                let date = constructor.construct(&[time.into()], None, cx)?;
                Ok(self.known(id, date))
            }
            b'y' | b'x' => self.boxed((tag == b'y').into(), id, cx),
            b'n' => {
                let number = self.double()?;
                self.boxed(number.into(), id, cx)
            }
            b'z' => {
                let number = self.bigint()?;
                self.boxed(number, id, cx)
            }
            b's' => {
                let text = self.string()?;
                self.boxed(text.into(), id, cx)
            }
            b'R' => {
                let source = self.string()?;
                let flags = serdes::flags_of(self.number()? as u32).ok_or_else(malformed)?;
                let constructor = cx.intrinsics().constructors().regexp().constructor();
                let regexp = constructor.construct(&[source.into(), js_string!(flags).into()], None, cx).map_err(|_| malformed())?;
                Ok(self.known(id, regexp))
            }
            b';' => {
                let map = JsMap::new(cx);
                let object = self.known(id, map.clone().into());
                while self.peek() != Some(b':') {
                    let key = self.value(cx)?;
                    let value = self.value(cx)?;
                    map.set(key, value, cx)?;
                }
                self.end()?;
                Ok(object)
            }
            b'\'' => {
                let set = JsSet::new(cx);
                let object = self.known(id, set.clone().into());
                while self.peek() != Some(b',') {
                    let value = self.value(cx)?;
                    set.add(value, cx)?;
                }
                self.end()?;
                Ok(object)
            }
            b'B' | b'~' => {
                let length = self.number()?;
                let max = if tag == b'~' { Some(self.number()?) } else { None };
                if max.is_some_and(|max| max < length) {
                    return Err(malformed());
                }
                let bytes = self.take(length)?;
                let buffer = JsArrayBuffer::adopt(bytes::copied(&bytes), cx)?;
                let buffer = match max {
                    Some(max) => buffer.with_max_byte_length(max),
                    None => buffer,
                };
                Ok(self.known(id, buffer.into()))
            }
            b't' | b'u' => {
                let number = self.number()? as u32;
                let buffer = self.transferred.get(&number).cloned().ok_or_else(malformed)?;
                Ok(self.known(id, buffer))
            }
            b'r' => self.error(id, cx),
            b'\\' => self.host_object(id, cx),
            _ => Err(malformed()),
        }
    }

    /// The tag and the count that end a collection.
    fn end(&mut self) -> JsResult<()> {
        self.tag()?;
        self.number().map(drop)
    }

    fn boxed(&mut self, primitive: JsValue, id: usize, cx: &mut Context) -> JsResult<JsObject> {
        let object = primitive.to_object(cx)?;
        Ok(self.known(id, object))
    }

    /// Keys and values up to the tag `end`.
    fn properties(&mut self, object: &JsObject, end: u8, cx: &mut Context) -> JsResult<()> {
        loop {
            if self.peek() == Some(end) {
                self.tag()?;
                // How many there were.
                return self.number().map(drop);
            }
            let key = self.value(cx)?;
            if !key.is_string() && !key.is_number() {
                return Err(malformed());
            }
            let key: PropertyKey = key.to_property_key(cx)?;
            let value = self.value(cx)?;
            object.create_data_property_or_throw(key, value, cx)?;
        }
    }

    fn array(&mut self, tag: u8, id: usize, cx: &mut Context) -> JsResult<JsObject> {
        let length = self.number()?;
        if length > u64::from(u32::MAX) {
            return Err(malformed());
        }
        let array = JsArray::from_iter([], cx);
        let object = self.known(id, array.clone().into());
        if tag == b'A' {
            // Every element takes a byte at least.
            if length > (self.bytes.len() - self.at) as u64 {
                return Err(malformed());
            }
            for index in 0..length {
                if self.peek() == Some(b'-') {
                    self.tag()?;
                    continue;
                }
                let value = self.value(cx)?;
                object.create_data_property_or_throw(index, value, cx)?;
            }
        }
        object.set(js_string!("length"), length, true, cx)?;
        self.properties(&object, if tag == b'A' { b'$' } else { b'@' }, cx)?;
        self.number()?;
        Ok(object)
    }

    fn view(&mut self, buffer: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
        let id = self.reserve();
        self.tag()?;
        let tag = self.byte()?;
        let (offset, length) = (self.number()? as usize, self.number()? as usize);
        let flags = if self.version >= 14 { self.number()? } else { 0 };
        let constructor = match serdes::kind_of_tag(tag) {
            Some(kind) => bytes::typed_array_constructor(kind, cx),
            None if tag == b'?' => cx.intrinsics().constructors().data_view().constructor(),
            None => return Err(malformed()),
        };
        let size = serdes::kind_of_tag(tag).map_or(1, crate::buffer::element_size);
        if length % size != 0 || offset % size != 0 {
            return Err(malformed());
        }
        let mut args = vec![buffer.clone().into(), JsValue::from(offset)];
        if flags & 1 == 0 {
            args.push(JsValue::from(length / size));
        }
        let view = constructor.construct(&args, None, cx).map_err(|_| malformed())?;
        Ok(self.known(id, view))
    }

    fn error(&mut self, id: usize, cx: &mut Context) -> JsResult<JsObject> {
        let mut name = "Error";
        let (mut message, mut stack, mut cause) = (None, None, None);
        // What the cause holds may refer to the error itself: V8 makes it at the end too, so that this is malformed there.
        loop {
            match self.tag()? {
                b'm' => message = Some(self.string()?),
                b's' => stack = Some(self.string()?),
                b'c' => cause = Some(self.value(cx)?),
                b'.' => break,
                tag => name = ERROR_TAGS.iter().find(|(_, known)| *known == tag).map(|(name, _)| *name).ok_or_else(malformed)?,
            }
        }
        let constructor = serdes::error_constructor(name, cx);
        let args: Vec<JsValue> = message.into_iter().map(JsValue::from).collect();
        let error = constructor.construct(&args, None, cx)?;
        let hidden = |value: JsValue| PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
        if let Some(cause) = cause {
            error.define_property_or_throw(js_string!("cause"), hidden(cause), cx)?;
        }
        let stack = stack.map_or_else(JsValue::undefined, JsValue::from);
        error.define_property_or_throw(js_string!("stack"), hidden(stack), cx)?;
        Ok(self.known(id, error))
    }

    /// What the owner has to read itself.
    fn host_object(&mut self, id: usize, cx: &mut Context) -> JsResult<JsObject> {
        let read = self.owner.get(js_string!("_readHostObject"), cx)?;
        let Some(read) = read.as_callable() else { return Err(malformed()) };
        serdes::give_back(self);
        let object = read.call(&self.owner.clone().into(), &[], cx);
        serdes::resume(self);
        let Some(object) = object?.as_object() else {
            return Err(errors::plain(Base::Type, "readHostObject must return an object"));
        };
        Ok(self.known(id, object))
    }
}

fn is_buffer(object: &JsObject) -> bool {
    use boa_engine::introspect::ObjectKind;
    matches!(object.kind(), ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer)
}
