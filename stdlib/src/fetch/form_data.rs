//! `class FormData`, and `multipart/form-data` both ways.

use std::borrow::Cow;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
};
use memchr::memmem;

use super::{
    mime,
    pairs::{self, PairList},
    webidl,
};
use crate::blob::Blob;

/// The class; `globalThis.FormData`.
pub static FORM_DATA: Class = Class {
    name: "FormData",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("append", 2, append).enumerable(true),
        Export::function("delete", 1, delete).enumerable(true),
        Export::function("get", 1, get).enumerable(true),
        Export::function("getAll", 1, get_all).enumerable(true),
        Export::function("has", 1, has).enumerable(true),
        Export::function("set", 2, set).enumerable(true),
        Export::all(Data::METHODS),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::symbol_alias(Symbol::Iterator, "entries"),
        Export::tag("FormData"),
    ],
    statics: &[],
};

/// A value: text, or a file's object.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) enum Value {
    Text(#[unsafe_ignore_trace] String),
    File(JsObject),
}

impl Value {
    fn to_js(&self) -> JsValue {
        match self {
            Self::Text(text) => js_string!(text.as_str()).into(),
            Self::File(file) => file.clone().into(),
        }
    }
}

/// A name and its value.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Entry {
    #[unsafe_ignore_trace]
    name: String,
    value: Value,
}

/// What a form holds, in the order in which it came.
pub(super) type Entries = Vec<Entry>;

#[derive(Trace, Finalize, JsData)]
struct Data(boa_gc::GcRefCell<Entries>);

/// A FormData object of these entries.
pub(super) fn object(entries: Entries, cx: &mut Context) -> JsResult<JsObject> {
    Ok(JsObject::from_proto_and_data(FORM_DATA.prototype(cx)?, Data(boa_gc::GcRefCell::new(entries))).upcast())
}

/// A copy of what a FormData holds; `None` for another value.
pub(super) fn entries_of(value: &JsValue) -> Option<Entries> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.0.borrow().clone())
}

/// Entries of text.
pub(super) fn of_pairs<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Entries {
    pairs.map(|(name, value)| Entry { name: name.into_owned(), value: Value::Text(value.into_owned()) }).collect()
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&FORM_DATA, cx)?;
    if !args.get_or_undefined(0).is_undefined() {
        return Err(webidl::type_error("FormData constructor: Argument 1 could not be converted to: undefined."));
    }
    Ok(JsObject::from_proto_and_data(prototype, Data(boa_gc::GcRefCell::default())).upcast().into())
}

fn this_form(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    match this.as_object().filter(JsObject::is::<Data>) {
        Some(object) => Ok(object),
        None => Err(webidl::illegal_invocation(cx)),
    }
}

fn read<T>(object: &JsObject, look: impl FnOnce(&Entries) -> T) -> T {
    match object.downcast_ref::<Data>() {
        Some(data) => look(&data.0.borrow()),
        None => look(&Entries::new()),
    }
}

fn change<T: Default>(object: &JsObject, change: impl FnOnce(&mut Entries) -> T) -> T {
    object.downcast_ref::<Data>().map(|data| change(&mut data.0.borrow_mut())).unwrap_or_default()
}

fn name_argument(args: &[JsValue], what: &str, cx: &mut Context) -> JsResult<String> {
    webidl::require(args, 1, what)?;
    webidl::usv_string(&args[0], cx)
}

/// The entry that `append` and `set` are given.
fn entry_argument(this: &JsValue, args: &[JsValue], what: &str, cx: &mut Context) -> JsResult<(JsObject, Entry)> {
    let form = this_form(this, cx)?;
    webidl::require(args, 2, what)?;
    let name = webidl::usv_string(&args[0], cx)?;
    let blob = Blob::of(&args[1]);
    if args.len() == 3 && blob.is_none() {
        let shown = webidl::named(&args[1], cx);
        return Err(webidl::type_error(format!("{what}: Expected value (\"{shown}\") to be an instance of Blob.")));
    }
    let value = match blob {
        None => Value::Text(webidl::usv_string(&args[1], cx)?),
        Some(blob) => {
            let filename = args.get_or_undefined(2);
            let filename = if filename.is_undefined() { None } else { Some(webidl::usv_string(filename, cx)?) };
            match (blob.file_name(), filename) {
                (Some(_), None) => Value::File(args[1].to_object(cx)?),
                (_, filename) => Value::File(file(blob, filename.unwrap_or_else(|| "blob".to_owned()), cx)?),
            }
        }
    };
    Ok((form, Entry { name, value }))
}

/// A File of a Blob's bytes.
fn file(blob: Blob, name: String, cx: &mut Context) -> JsResult<JsObject> {
    let now_ms = Host::of(cx).sys().clock().wall_ms() as f64;
    blob.named(name, now_ms).into_object(cx)
}

fn append(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (form, entry) = entry_argument(this, args, "FormData.append", cx)?;
    change(&form, |entries| entries.push(entry));
    Ok(JsValue::undefined())
}

/// Takes the place of the first entry of its name; the others go.
fn set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (form, entry) = entry_argument(this, args, "FormData.set", cx)?;
    change(&form, |entries| {
        let first = entries.iter().position(|known| known.name == entry.name);
        match first {
            Some(first) => {
                let mut index = 0;
                let name = entry.name.clone();
                entries[first] = entry;
                entries.retain(|known| {
                    index += 1;
                    known.name != name || index == first + 1
                });
            }
            None => entries.push(entry),
        }
    });
    Ok(JsValue::undefined())
}

fn delete(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let form = this_form(this, cx)?;
    let name = name_argument(args, "FormData.delete", cx)?;
    change(&form, |entries| entries.retain(|entry| entry.name != name));
    Ok(JsValue::undefined())
}

fn get(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let form = this_form(this, cx)?;
    let name = name_argument(args, "FormData.get", cx)?;
    let found = read(&form, |entries| entries.iter().find(|entry| entry.name == name).map(|entry| entry.value.to_js()));
    Ok(found.unwrap_or_else(JsValue::null))
}

fn get_all(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let form = this_form(this, cx)?;
    let name = name_argument(args, "FormData.getAll", cx)?;
    let values: Vec<JsValue> = read(&form, |entries| entries.iter().filter(|entry| entry.name == name).map(|entry| entry.value.to_js()).collect());
    Ok(JsArray::from_iter(values, cx).into())
}

fn has(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let form = this_form(this, cx)?;
    let name = name_argument(args, "FormData.has", cx)?;
    Ok(read(&form, |entries| entries.iter().any(|entry| entry.name == name)).into())
}

impl PairList for Data {
    const NAME: &'static str = "FormData";

    fn iterator() -> &'static Class {
        &pairs::FORM_DATA_ITERATOR
    }

    fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
        this_form(this, cx)
    }

    fn pair_at(object: &JsObject, index: usize, _cx: &mut Context) -> JsResult<Option<(JsValue, JsValue)>> {
        let Some(data) = object.downcast_ref::<Data>() else { return Ok(None) };
        let entries = data.0.borrow();
        Ok(entries.get(index).map(|entry| (js_string!(entry.name.as_str()).into(), entry.value.to_js())))
    }
}

/// A name that stands twice is shown with an array.
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let form = this_form(this, cx)?;
    let shown = JsObject::with_object_proto(cx.intrinsics());
    let all = read(&form, Clone::clone);
    for entry in &all {
        let key: JsString = js_string!(entry.name.as_str());
        if shown.has_own_property(key.clone(), cx)? {
            continue;
        }
        let values: Vec<JsValue> = all.iter().filter(|other| other.name == entry.name).map(|other| other.value.to_js()).collect();
        let value = match values.as_slice() {
            [only] => only.clone(),
            _ => JsArray::from_iter(values, cx).into(),
        };
        shown.create_data_property_or_throw(key, value, cx)?;
    }
    webidl::inspect_as(this, &shown, args, cx)
}

// multipart/form-data: <https://www.rfc-editor.org/rfc/rfc7578>.

/// The bytes of a form, and the boundary that parts them.
pub(super) fn encode(entries: &Entries, cx: &mut Context) -> JsResult<(Vec<u8>, String)> {
    let mut random = [0; 8];
    if let Err(error) = Host::of(cx).sys().random().fill(&mut random) {
        return Err(errors::system(&error, cx));
    }
    let boundary = format!("----formdata-undici-{:012}", u64::from_le_bytes(random) % 1_000_000_000_000);
    let quoted = |name: &str| name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22");
    let mut bytes = Vec::new();
    for entry in entries {
        let name = quoted(&normal_lines(&entry.name));
        bytes.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
        match &entry.value {
            Value::Text(text) => bytes.extend_from_slice(format!("\r\n\r\n{}", normal_lines(text)).as_bytes()),
            Value::File(file) => {
                let Some(blob) = Blob::of(&file.clone().into()) else { continue };
                let kind = if blob.media_type().is_empty() { "application/octet-stream" } else { blob.media_type() };
                let filename = quoted(blob.file_name().unwrap_or("blob"));
                bytes.extend_from_slice(format!("; filename=\"{filename}\"\r\nContent-Type: {kind}\r\n\r\n").as_bytes());
                bytes.extend_from_slice(&blob.bytes());
            }
        }
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((bytes, boundary))
}

/// Every line end as CRLF.
fn normal_lines(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut previous = '\0';
    for character in text.chars() {
        match character {
            '\n' if previous == '\r' => normal.push('\n'),
            '\n' => normal.push_str("\r\n"),
            _ => {
                if previous == '\r' {
                    normal.push('\n');
                }
                normal.push(character);
            }
        }
        previous = character;
    }
    if previous == '\r' {
        normal.push('\n');
    }
    normal
}

/// The entries of a form's bytes; the reason where they are none.
pub(super) fn decode(bytes: &[u8], kind: &str, cx: &mut Context) -> Result<Entries, String> {
    let boundary = mime::parameter(kind, "boundary").ok_or("missing boundary in content-type header")?;
    let parts = split(bytes, &boundary)?;
    let mut entries = Entries::new();
    for (part, content) in parts {
        let text = String::from_utf8_lossy(content);
        let value = match part.filename {
            None => Value::Text(text.into_owned()),
            Some(filename) => {
                let kind = part.kind.unwrap_or_else(|| "text/plain".to_owned());
                let blob = Blob::new(content.to_vec(), kind);
                Value::File(file(blob, filename, cx).map_err(|error| error.to_string())?)
            }
        };
        entries.push(Entry { name: part.name, value });
    }
    Ok(entries)
}

/// The head of a part.
#[derive(Default, Debug, PartialEq)]
struct Part {
    name: String,
    filename: Option<String>,
    kind: Option<String>,
}

/// The heads and contents of the parts.
fn split<'a>(bytes: &'a [u8], boundary: &str) -> Result<Vec<(Part, &'a [u8])>, String> {
    let dashes = format!("--{boundary}");
    let delimiter = format!("\r\n{dashes}");
    let mut rest = bytes;
    // A preamble of line ends.
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        rest = after;
    }
    let mut parts = Vec::new();
    rest = rest.strip_prefix(dashes.as_bytes()).ok_or("no boundary found in multipart body")?;
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        rest = rest.strip_prefix(b"\r\n").ok_or("expected CRLF")?;
        let (part, after) = head(rest)?;
        let end = memmem::find(after, delimiter.as_bytes()).ok_or("expected boundary after body")?;
        parts.push((part, &after[..end]));
        rest = &after[end + delimiter.len()..];
    }
}

/// The head of a part and what follows it.
fn head(bytes: &[u8]) -> Result<(Part, &[u8]), String> {
    let mut part = Part::default();
    let mut named = false;
    let mut rest = bytes;
    loop {
        let end = memmem::find(rest, b"\r\n").ok_or("expected CRLF")?;
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 2..];
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or("expected :")?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                let unescaped = |text: String| text.replace("%0A", "\n").replace("%0a", "\n").replace("%0D", "\r").replace("%0d", "\r").replace("%22", "\"");
                if !value.trim_start().to_ascii_lowercase().starts_with("form-data") {
                    return Err("expected form-data for content-disposition header".to_owned());
                }
                part.name = unescaped(mime::parameter(value, "name").ok_or("expected name=\" in content-disposition header")?);
                part.filename = mime::parameter(value, "filename").map(unescaped);
                named = true;
            }
            "content-type" => part.kind = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    if named { Ok((part, rest)) } else { Err("header name is null".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_split_into_its_parts() {
        let bytes =
            b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--x\r\ncontent-disposition: form-data; name=\"f%22\"; filename=\"n.txt\"\r\nContent-Type: a/b\r\n\r\n\r\n--x--\r\n";
        let parts = split(bytes, "x").expect("it is well formed");
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], (Part { name: "a".into(), ..Part::default() }, &b"1\r\n2"[..]));
        assert_eq!(parts[1], (Part { name: "f\"".into(), filename: Some("n.txt".into()), kind: Some("a/b".into()) }, &b""[..]));
    }

    #[test]
    fn broken_forms_are_refused() {
        for bytes in [&b""[..], b"--x", b"--x\r\n", b"--x\r\n\r\nabc", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nabc", b"y"] {
            assert!(split(bytes, "x").is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn line_ends_are_made_crlf() {
        assert_eq!(normal_lines("a\nb\r\nc\rd\r"), "a\r\nb\r\nc\r\nd\r\n");
    }
}
