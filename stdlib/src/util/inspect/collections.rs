//! What arrays, maps, sets, buffers, iterators and promises hold.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{promise::PromiseState, typed_array::TypedArrayKind},
    bytes::ByteRange,
    introspect::ObjectKind,
    js_string,
    property::PropertyKey,
};

use super::{Contents, Entries, Formatter, Plan, Planned, Style, Text, names::prefix, primitive, property::KeyRole};

/// Room for what is shown of a list; one that is shown whole may be four thousand million holes.
fn list_of(shown: usize) -> Vec<Text> {
    Vec::with_capacity(shown.min(ROOM_MAX) + 1)
}

const ROOM_MAX: usize = 1000;

impl Formatter {
    pub(super) fn plan_iterable(&mut self, object: &JsObject, kind: ObjectKind, plan: &mut Plan, cx: &mut Context) -> JsResult<Planned> {
        let sized = |plan: &Plan, fallback: &str, size: usize| prefix(plan.constructor.as_ref(), &plan.tag, fallback, &format!("({size})"));
        match kind {
            ObjectKind::Array => {
                let length = object.get(js_string!("length"), cx)?.to_length(cx)?;
                let usual = plan.tag.is_empty() && plan.constructor.as_ref().is_some_and(|name| name.as_bytes() == b"Array");
                let mut open = if usual { Text::new() } else { sized(plan, "Array", length as usize) };
                open.push_ascii(b'[');
                plan.keys = self.keys_beside_elements(object, cx)?;
                if length == 0 && plan.is_bare() {
                    open.push_ascii(b']');
                    return Ok(Planned::Done(open));
                }
                plan.braces = [open, "]".into()];
                plan.entries = Entries::ArrayExtras;
                plan.contents = Contents::Array;
            }
            ObjectKind::Set | ObjectKind::Map => {
                let (name, contents) = if kind == ObjectKind::Set { ("Set", Contents::Set) } else { ("Map", Contents::Map) };
                let size = object.collection_size().unwrap_or(0);
                let mut open = sized(plan, name, size);
                open.push_ascii(b'{');
                plan.keys = self.keys(object, cx)?;
                if size == 0 && plan.is_bare() {
                    open.push_ascii(b'}');
                    return Ok(Planned::Done(open));
                }
                plan.braces = [open, "}".into()];
                plan.contents = contents;
            }
            ObjectKind::TypedArray(kind) => {
                let length = view_len(object, kind);
                let fallback = if plan.constructor.is_none() { view_name(kind) } else { "" };
                let mut open = sized(plan, fallback, length);
                open.push_ascii(b'[');
                plan.keys = self.keys_beside_elements(object, cx)?;
                if length == 0 && plan.keys.is_empty() && !self.options.show_hidden {
                    open.push_ascii(b']');
                    return Ok(Planned::Done(open));
                }
                plan.braces = [open, "]".into()];
                plan.entries = Entries::ArrayExtras;
                plan.contents = Contents::Numbers;
                if self.options.show_hidden {
                    plan.extra_keys = &["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"];
                }
            }
            ObjectKind::MapIterator | ObjectKind::SetIterator => {
                let name = if kind == ObjectKind::MapIterator { "Map Iterator" } else { "Set Iterator" };
                plan.keys = self.keys(object, cx)?;
                let mut open = Text::from("[");
                if plan.tag.as_bytes() != name.as_bytes() && !plan.tag.is_empty() {
                    open.push(&plan.tag);
                    open.push_str("] [");
                }
                open.push_str(name);
                open.push_str("] {");
                plan.braces = [open, "}".into()];
                plan.contents = Contents::Iterator;
            }
            _ => return Ok(Planned::No),
        }
        Ok(Planned::Yes)
    }

    /// The entries before the properties.
    pub(super) fn contents(&mut self, contents: Contents, object: &JsObject, level: i64, keys: &mut Vec<PropertyKey>, braces: &mut [Text; 2], cx: &mut Context) -> JsResult<Vec<Text>> {
        match contents {
            Contents::None => Ok(Vec::new()),
            Contents::Array => self.array(object, level, cx),
            Contents::Set => self.set(object, level, cx),
            Contents::Map => self.map(object, level, cx),
            Contents::Numbers => self.numbers(object, cx),
            Contents::Iterator => self.iterator(object, level, braces, cx),
            Contents::Bytes => self.bytes(object, cx),
            Contents::Promise => self.promise(object, level, cx),
            Contents::Unknown => Ok(vec![self.special("<items unknown>", cx)?]),
            Contents::Namespace => self.namespace(object, level, std::mem::take(keys), cx),
        }
    }

    /// How many of `count` entries are shown.
    fn shown_of(&self, count: usize) -> usize {
        (count as f64).min(self.options.max_array_length.max(0.0)) as usize
    }

    fn array(&mut self, object: &JsObject, level: i64, cx: &mut Context) -> JsResult<Vec<Text>> {
        let length = object.get(js_string!("length"), cx)?.to_length(cx)? as usize;
        let shown = self.shown_of(length);
        let mut output = list_of(shown);
        for index in 0..shown {
            let key = PropertyKey::from(index);
            let Some(own) = object.own_property(&key, cx)? else {
                return self.sparse(object, level, shown, output, index, cx);
            };
            output.push(self.property(object, level, &key, KeyRole::Element, Some(own), None, cx)?);
        }
        if length > shown {
            output.push(more_items(length - shown));
        }
        Ok(output)
    }

    /// `formatSpecialArray`: from the first hole on.
    fn sparse(&mut self, object: &JsObject, level: i64, max: usize, mut output: Vec<Text>, from: usize, cx: &mut Context) -> JsResult<Vec<Text>> {
        let length = object.get(js_string!("length"), cx)?.to_length(cx)? as usize;
        let mut index = from;
        let mut passed = 0;
        for key in object.own_property_keys(cx)? {
            if output.len() >= max {
                break;
            }
            let PropertyKey::Index(at) = &key else { break };
            let at = at.get() as usize;
            let Some(own) = object.own_property(&key, cx)? else { continue };
            if own.enumerable() != Some(true) {
                continue;
            }
            passed += 1;
            if passed <= from {
                continue;
            }
            if at != index {
                output.push(self.holes(at - index, cx)?);
                index = at;
                if output.len() == max {
                    break;
                }
            }
            output.push(self.property(object, level, &key, KeyRole::Element, Some(own), None, cx)?);
            index += 1;
        }
        let remaining = length - index.min(length);
        if output.len() != max {
            if remaining > 0 {
                output.push(self.holes(remaining, cx)?);
            }
        } else if remaining > 0 {
            output.push(more_items(remaining));
        }
        Ok(output)
    }

    fn holes(&mut self, count: usize, cx: &mut Context) -> JsResult<Text> {
        let plural = if count > 1 { "s" } else { "" };
        self.styled(format!("<{count} empty item{plural}>").into(), Style::Undefined, cx)
    }

    fn set(&mut self, object: &JsObject, level: i64, cx: &mut Context) -> JsResult<Vec<Text>> {
        let size = object.collection_size().unwrap_or(0);
        let shown = self.shown_of(size);
        let mut output = list_of(shown);
        self.indentation += 2;
        for value in object.set_values(shown).unwrap_or_default() {
            output.push(self.value(&value, level, false, cx)?);
        }
        self.indentation -= 2;
        if size > shown {
            output.push(more_items(size - shown));
        }
        Ok(output)
    }

    fn map(&mut self, object: &JsObject, level: i64, cx: &mut Context) -> JsResult<Vec<Text>> {
        let size = object.collection_size().unwrap_or(0);
        let shown = self.shown_of(size);
        let mut output = list_of(shown);
        self.indentation += 2;
        for (key, value) in object.map_entries(shown).unwrap_or_default() {
            let mut entry = self.value(&key, level, false, cx)?;
            let value = self.value(&value, level, false, cx)?;
            entry.push_str(" => ");
            entry.push(&value);
            output.push(entry);
        }
        self.indentation -= 2;
        if size > shown {
            output.push(more_items(size - shown));
        }
        Ok(output)
    }

    fn numbers(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Vec<Text>> {
        let ObjectKind::TypedArray(kind) = object.kind() else { return Ok(Vec::new()) };
        let length = view_len(object, kind);
        let shown = self.shown_of(length);
        let mut output = list_of(shown);
        for index in 0..shown {
            let element = object.get(index, cx)?;
            output.push(self.primitive(&element, cx)?);
        }
        if length > shown {
            output.push(more_items(length - shown));
        }
        Ok(output)
    }

    fn iterator(&mut self, object: &JsObject, level: i64, braces: &mut [Text; 2], cx: &mut Context) -> JsResult<Vec<Text>> {
        let Some(preview) = object.iterator_preview() else { return Ok(Vec::new()) };
        if !preview.entries {
            let shown = self.shown_of(preview.values.len());
            let mut output = list_of(shown);
            self.indentation += 2;
            for value in &preview.values[..shown] {
                output.push(self.value(value, level, false, cx)?);
            }
            self.indentation -= 2;
            if preview.values.len() > shown {
                output.push(more_items(preview.values.len() - shown));
            }
            return Ok(output);
        }
        let end = b" Iterator] {";
        if braces[0].as_bytes().ends_with(end) {
            braces[0] = braces[0].slice(0, braces[0].as_bytes().len() - end.len());
            braces[0].push_str(" Entries] {");
        }
        let count = preview.values.len() / 2;
        let shown = self.shown_of(count);
        let mut output = list_of(shown);
        self.indentation += 2;
        for pair in preview.values.chunks_exact(2).take(shown) {
            let key = self.value(&pair[0], level, false, cx)?;
            let value = self.value(&pair[1], level, false, cx)?;
            output.push(self.joined(vec![key, value], Text::new(), ["[".into(), "]".into()], Entries::ArrayExtras, level, None, cx)?);
        }
        self.indentation -= 2;
        if count > shown {
            output.push(more_items(count - shown));
        }
        Ok(output)
    }

    fn bytes(&mut self, object: &JsObject, cx: &mut Context) -> JsResult<Vec<Text>> {
        if object.is_detached_buffer() {
            return Ok(vec![self.special("(detached)", cx)?]);
        }
        let Some(range) = ByteRange::of(object) else { return Ok(Vec::new()) };
        let max = self.options.max_array_length;
        let (hex, length) = range.read(|bytes| {
            let shown = (bytes.len() as f64).min(max.max(0.0)) as usize;
            (hex(&bytes[..shown]), bytes.len())
        });
        let mut text = self.special("[Uint8Contents]", cx)?;
        text.push_str(": <");
        text.push_str(&hex);
        let remaining = length as f64 - max;
        if remaining > 0.0 {
            let plural = if remaining > 1.0 { "s" } else { "" };
            text.push_str(&format!(" ... {} more byte{plural}", primitive::number(remaining, false).to_string_lossy()));
        }
        text.push_ascii(b'>');
        Ok(vec![text])
    }

    fn promise(&mut self, object: &JsObject, level: i64, cx: &mut Context) -> JsResult<Vec<Text>> {
        let (value, rejected) = match object.promise_state() {
            Some(PromiseState::Fulfilled(value)) => (value, false),
            Some(PromiseState::Rejected(value)) => (value, true),
            _ => return Ok(vec![self.special("<pending>", cx)?]),
        };
        self.indentation += 2;
        let shown = self.value(&value, level, false, cx)?;
        self.indentation -= 2;
        if !rejected {
            return Ok(vec![shown]);
        }
        let mut text = self.special("<rejected>", cx)?;
        text.push_ascii(b' ');
        text.push(&shown);
        Ok(vec![text])
    }

    fn namespace(&mut self, object: &JsObject, level: i64, keys: Vec<PropertyKey>, cx: &mut Context) -> JsResult<Vec<Text>> {
        let mut output = Vec::with_capacity(keys.len());
        for key in keys {
            match self.property(object, level, &key, KeyRole::Named, None, None, cx) {
                Ok(text) => output.push(text),
                Err(_) => {
                    // The module has not come to this binding yet.
                    let mut text = self.key_name(&key, true, cx)?;
                    text.push_str(": ");
                    let shown = self.special("<uninitialized>", cx)?;
                    text.push(&shown);
                    output.push(text);
                }
            }
        }
        Ok(output)
    }

    /// A property that the prototype defines, shown as `[name]: value`.
    pub(super) fn extra_property(&mut self, object: &JsObject, level: i64, key: &str, within_view: bool, cx: &mut Context) -> JsResult<Text> {
        let name = js_string!(key);
        let value = match object.get(name.clone(), cx) {
            Ok(value) => value,
            Err(error) => {
                let buffer = object.get(js_string!("buffer"), cx)?.as_object().ok_or(error)?;
                buffer.get(name, cx)?
            }
        };
        self.indentation += 2;
        let shown = self.value(&value, level, within_view, cx)?;
        self.indentation -= 2;
        let mut text = self.styled(format!("[{key}]").into(), Style::String, cx)?;
        text.push_str(": ");
        text.push(&shown);
        Ok(text)
    }

    /// Sorts the entries as `options.sorted` says.
    pub(super) fn sort(&mut self, output: &mut Vec<Text>, entries: Entries, key_count: usize, cx: &mut Context) -> JsResult<()> {
        if matches!(self.options.sorted, super::Sorted::No) {
            return Ok(());
        }
        let from = match entries {
            Entries::Object => 0,
            _ if key_count > 1 => output.len() - key_count.min(output.len()),
            _ => return Ok(()),
        };
        let part = output.split_off(from);
        let sorted = match self.options.sorted.clone() {
            super::Sorted::By(compare) => sorted_by(part, &compare, cx)?,
            _ => {
                let mut part = part;
                part.sort_by(Text::compare);
                part
            }
        };
        output.extend(sorted);
        Ok(())
    }
}

/// A stable merge sort whose comparison may throw or contradict itself.
fn sorted_by(part: Vec<Text>, compare: &JsObject, cx: &mut Context) -> JsResult<Vec<Text>> {
    if part.len() < 2 {
        return Ok(part);
    }
    let mut left = part;
    let right = left.split_off(left.len() / 2);
    let mut left = sorted_by(left, compare, cx)?.into_iter().peekable();
    let mut right = sorted_by(right, compare, cx)?.into_iter().peekable();
    let mut merged = Vec::new();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let order = compare.call(&JsValue::undefined(), &[first.to_js().into(), second.to_js().into()], cx)?.to_number(cx)?;
        merged.extend(if order > 0.0 { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn more_items(count: usize) -> Text {
    let plural = if count > 1 { "s" } else { "" };
    format!("... {count} more item{plural}").into()
}

/// `61 62 63`
fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// The elements of a typed array.
fn view_len(object: &JsObject, kind: TypedArrayKind) -> usize {
    ByteRange::of(object).map_or(0, |range| range.byte_length / element_size(kind))
}

fn element_size(kind: TypedArrayKind) -> usize {
    match kind {
        TypedArrayKind::Int8 | TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => 1,
        TypedArrayKind::Int16 | TypedArrayKind::Uint16 | TypedArrayKind::Float16 => 2,
        TypedArrayKind::Int32 | TypedArrayKind::Uint32 | TypedArrayKind::Float32 => 4,
        TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64 | TypedArrayKind::Float64 => 8,
    }
}

/// `Uint8Array` and so on.
pub(crate) fn view_name(kind: TypedArrayKind) -> &'static str {
    match kind {
        TypedArrayKind::Int8 => "Int8Array",
        TypedArrayKind::Uint8 => "Uint8Array",
        TypedArrayKind::Uint8Clamped => "Uint8ClampedArray",
        TypedArrayKind::Int16 => "Int16Array",
        TypedArrayKind::Uint16 => "Uint16Array",
        TypedArrayKind::Int32 => "Int32Array",
        TypedArrayKind::Uint32 => "Uint32Array",
        TypedArrayKind::BigInt64 => "BigInt64Array",
        TypedArrayKind::BigUint64 => "BigUint64Array",
        TypedArrayKind::Float16 => "Float16Array",
        TypedArrayKind::Float32 => "Float32Array",
        TypedArrayKind::Float64 => "Float64Array",
    }
}
