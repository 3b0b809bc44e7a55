//! `Blob` and `File`: bytes that do not change, with a type.
//!
//! Differs from Node: a Blob made by `slice` has no own `constructor`.

mod content;

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    path::Path,
};

use boa_engine::{
    Context, JsArgs, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue, bytes, js_string,
    object::builtins::{JsArray, JsArrayBuffer, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    coil_loop::Outcome,
    errors::{self, Base},
    op::thrown_value,
    table::{Export, Symbol},
};
use rustc_hash::FxHashMap;

use self::content::Content;
use crate::{
    buffer::{self, Encoding},
    dom_exception,
    web_streams::{self, ByteController, NativeSource, Source},
};

/// The class; `globalThis.Blob`.
pub static BLOB: Class = Class {
    name: "Blob",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct_blob,
    prototype: &[
        Export::getter("type", type_of).enumerable(true),
        Export::getter("size", size).enumerable(true),
        Export::function("slice", 0, slice).enumerable(true),
        Export::function("arrayBuffer", 0, array_buffer).enumerable(true),
        Export::function("text", 0, text).enumerable(true),
        Export::function("bytes", 0, bytes_of).enumerable(true),
        Export::function("stream", 0, stream).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_blob),
        Export::tag("Blob"),
    ],
    statics: &[],
};

/// The class; `globalThis.File`.
pub static FILE: Class = Class {
    name: "File",
    length: 2,
    extends: Parent::Class(&BLOB),
    kind: Kind::Allocating,
    init: construct_file,
    prototype: &[
        Export::getter("name", name).enumerable(true),
        Export::getter("lastModified", last_modified).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_file),
        Export::tag("File"),
    ],
    statics: &[],
};

/// `Blob`
pub fn constructor(cx: &mut Context) -> JsResult<JsValue> {
    Ok(BLOB.constructor(cx)?.into())
}

/// `File`
pub fn file_constructor(cx: &mut Context) -> JsResult<JsValue> {
    Ok(FILE.constructor(cx)?.into())
}

/// What a Blob holds. Cheap to copy, and able to go to another thread.
#[derive(Clone, Debug, Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct Blob {
    #[unsafe_ignore_trace]
    content: Content,
    #[unsafe_ignore_trace]
    kind: String,
    #[unsafe_ignore_trace]
    file: Option<File>,
}

/// What makes a Blob a File.
#[derive(Clone, Debug)]
struct File {
    name: String,
    last_modified: f64,
}

impl Blob {
    /// A Blob of these bytes, of a type such as `text/plain`.
    pub fn new(bytes: Vec<u8>, kind: String) -> Self {
        Self { content: Content::of_bytes(bytes), kind, file: None }
    }

    /// The Blob that an object is.
    pub fn of(value: &JsValue) -> Option<Self> {
        value.as_object()?.downcast_ref::<Self>().map(|blob| blob.clone())
    }

    /// The bytes, of a Blob that is all in memory.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        self.content.memory()
    }

    /// Whether it is a file that is not read yet. Such a Blob stays on its thread.
    pub(crate) fn is_file_backed(&self) -> bool {
        self.content.is_file()
    }

    /// The type: `text/plain`, or nothing.
    pub fn media_type(&self) -> &str {
        &self.kind
    }

    /// The name, of a File.
    pub fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.name.as_str())
    }

    /// A File of the same bytes.
    pub fn named(mut self, name: String, last_modified_ms: f64) -> Self {
        let last_modified = self.file.map_or(last_modified_ms, |file| file.last_modified);
        self.file = Some(File { name, last_modified });
        self
    }

    /// An object that is this Blob, or File.
    ///
    /// # Errors
    ///
    /// None that a script can cause.
    pub fn into_object(self, cx: &mut Context) -> JsResult<JsObject> {
        let prototype = if self.file.is_some() { FILE.prototype(cx)? } else { BLOB.prototype(cx)? };
        Ok(JsObject::from_proto_and_data(prototype, self).upcast())
    }
}

/// `new Blob([sources[, options]])`
fn construct_blob(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&BLOB, cx)?;
    let blob = read_blob(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(JsObject::from_proto_and_data(prototype, blob).upcast().into())
}

/// `new File(sources, name[, options])`
fn construct_file(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.len() < 2 {
        return Err(errors::missing_args(&["fileBits", "fileName"], cx));
    }
    let prototype = instance_prototype(&FILE, cx)?;
    let options = args.get_or_undefined(2);
    let mut blob = read_blob(&args[0], options, cx)?;
    let given = match options.as_object() {
        Some(options) => options.get(js_string!("lastModified"), cx)?,
        None => JsValue::undefined(),
    };
    let last_modified = if given.is_undefined() {
        Host::of(cx).sys().clock().wall_ms() as f64
    } else {
        let number = given.to_number(cx)?;
        if number.is_nan() { 0.0 } else { number }
    };
    let name = args[1].to_string(cx)?.to_std_string_lossy();
    blob.file = Some(File { name, last_modified });
    Ok(JsObject::from_proto_and_data(prototype, blob).upcast().into())
}

fn read_blob(sources: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Blob> {
    let parts = if sources.is_undefined() { Vec::new() } else { sequence(sources, cx)? };
    let mut native = false;
    let mut kind = JsString::default();
    if !options.is_null_or_undefined() {
        let Some(options) = options.as_object() else {
            return Err(errors::invalid_arg_type("options", "a dictionary", options, cx));
        };
        let endings = options.get(js_string!("endings"), cx)?;
        let given = options.get(js_string!("type"), cx)?;
        if !endings.is_undefined() {
            let text = endings.to_string(cx)?;
            native = text == "native";
            if !native && text != "transparent" {
                return Err(errors::invalid_arg_value("options.endings", &text.into(), "is invalid", cx));
            }
        }
        if !given.is_undefined() {
            kind = given.to_string(cx)?;
        }
    }
    let mut content = Content::default();
    let mut bytes = Vec::new();
    for part in &parts {
        match Blob::of(part) {
            Some(blob) if blob.content.has_files() => {
                content.append(&Content::of_bytes(std::mem::take(&mut bytes)));
                content.append(&blob.content);
            }
            _ => append_part(&mut bytes, part, native, cx)?,
        }
    }
    content.append(&Content::of_bytes(bytes));
    Ok(Blob { content, kind: media_type(&kind), file: None })
}

/// The elements of anything iterable but a string.
fn sequence(sources: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let iterable = match sources.as_object() {
        Some(object) => object.get(JsSymbol::iterator(), cx)?.is_callable(),
        None => false,
    };
    if !iterable {
        return Err(errors::invalid_arg_type("sources", "a sequence", sources, cx));
    }
    let from = cx.intrinsics().constructors().array().constructor().get(js_string!("from"), cx)?;
    let Some(list) = from.as_callable().map(|from| from.call(&JsValue::undefined(), std::slice::from_ref(sources), cx)).transpose()? else {
        return Ok(Vec::new());
    };
    let Some(list) = list.as_object().and_then(|list| JsArray::from_object(list).ok()) else { return Ok(Vec::new()) };
    Ok(list.dense_values().map(|values| values.to_vec()).unwrap_or_default())
}

fn append_part(bytes: &mut Vec<u8>, part: &JsValue, native_endings: bool, cx: &mut Context) -> JsResult<()> {
    if let Some(blob) = Blob::of(part) {
        bytes.extend_from_slice(&blob.bytes());
    } else if buffer::with_bytes(part, |part| bytes.extend_from_slice(part)).is_none() {
        let text = part.to_string(cx)?;
        let encoded = buffer::string_to_bytes(&text, Encoding::Utf8);
        // Native line endings are those of this system: line feeds, but on Windows.
        if native_endings && encoded.contains(&b'\n') {
            let text = String::from_utf8_lossy(&encoded).replace("\r\n", "\n");
            let text = if cfg!(windows) { text.replace('\n', "\r\n") } else { text };
            bytes.extend_from_slice(text.as_bytes());
        } else {
            bytes.extend_from_slice(&encoded);
        }
    }
    Ok(())
}

/// A type in lower case; none where it has characters that a type cannot have.
fn media_type(given: &JsString) -> String {
    let plain = given.iter().all(|unit| (0x20..=0x7E).contains(&unit));
    if plain { given.to_std_string_lossy().to_ascii_lowercase() } else { String::new() }
}

fn this_blob(this: &JsValue, cx: &mut Context) -> JsResult<Blob> {
    Blob::of(this).ok_or_else(|| errors::invalid_this("Blob", cx))
}

fn this_file(this: &JsValue, cx: &mut Context) -> JsResult<(Blob, File)> {
    let found = Blob::of(this).and_then(|blob| blob.file.clone().map(|file| (blob, file)));
    found.ok_or_else(|| errors::invalid_this("File", cx))
}

fn type_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(js_string!(this_blob(this, cx)?.kind).into())
}

fn size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::from(this_blob(this, cx)?.content.len()))
}

fn name(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(js_string!(this_file(this, cx)?.1.name).into())
}

fn last_modified(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_file(this, cx)?.1.last_modified.into())
}

/// `blob.slice([start[, end[, type]]])`: shares the bytes.
fn slice(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let blob = this_blob(this, cx)?;
    let len = blob.content.len();
    let mut bound = |index: usize, default: usize| -> JsResult<usize> {
        let value = args.get_or_undefined(index);
        if value.is_undefined() {
            return Ok(default);
        }
        let number = value.to_number(cx)?.trunc();
        // NaN is 0.
        Ok(if number < 0.0 { (len as f64 + number).max(0.0) as usize } else { (number as usize).min(len) })
    };
    let start = bound(0, 0)?;
    let end = bound(1, len)?.max(start);
    let kind = args.get_or_undefined(2);
    let kind = if kind.is_undefined() { String::new() } else { media_type(&kind.to_string(cx)?) };
    Ok(Blob { content: blob.content.slice(start..end), kind, file: None }.into_object(cx)?.into())
}

/// A promise of what `make` makes of the bytes; a foreign `this` rejects.
fn promised(this: &JsValue, cx: &mut Context, make: fn(&[u8], &mut Context) -> JsResult<JsValue>) -> JsResult<JsValue> {
    let result = this_blob(this, cx).and_then(|blob| match blob.content.has_files() {
        true => read_then(&blob.content, cx, make),
        false => make(&blob.bytes(), cx),
    });
    let promise = match result {
        Ok(value) => JsPromise::resolve(value, cx)?,
        Err(error) => JsPromise::reject(error, cx)?,
    };
    Ok(promise.into())
}

/// Reads on the pool; a promise of what `make` makes of it.
fn read_then(content: &Content, cx: &mut Context, make: impl FnOnce(&[u8], &mut Context) -> JsResult<JsValue> + 'static) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let content = content.clone();
    Host::of(cx).offload(
        "blob",
        move |sys| content.read(sys),
        move |outcome, cx| {
            let result = match outcome {
                Outcome::Done(Ok(bytes)) => make(&bytes, cx),
                _ => Err(dom_exception::error("The blob could not be read", "NotReadableError", cx)),
            };
            let (settle, value) = match result {
                Ok(value) => (&resolvers.resolve, value),
                Err(error) => (&resolvers.reject, thrown_value(error, cx)),
            };
            Host::of(cx).enter(settle, &JsValue::undefined(), &[value], cx);
        },
    );
    Ok(promise.into())
}

/// `fs.openAsBlob(path[, options])`
pub(crate) fn open_as_blob(path: &Path, kind: String, cx: &mut Context) -> JsResult<JsValue> {
    let Ok(content) = Content::of_file(path, Host::of(cx).sys()) else {
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", "Unable to open file as blob", cx));
    };
    let blob = Blob { content, kind, file: None }.into_object(cx)?;
    Ok(JsPromise::resolve(blob, cx)?.into())
}

fn array_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    promised(this, cx, |bytes, cx| Ok(JsArrayBuffer::adopt(bytes::copied(bytes), cx)?.into()))
}

fn bytes_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    promised(this, cx, |bytes, cx| Ok(bytes::uint8_array(bytes::copied(bytes), None, cx)?.into()))
}

fn text(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    promised(this, cx, |bytes, cx| {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        Ok(buffer::bytes_to_string(bytes, Encoding::Utf8, cx)?.into())
    })
}

fn stream(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let blob = this_blob(this, cx)?;
    let stream = stream_of(blob, cx)?;
    web_streams::readable_value(&stream, cx)
}

/// A stream of a Blob's bytes.
pub(crate) fn stream_of(blob: Blob, cx: &mut Context) -> JsResult<web_streams::Rs> {
    let stream = web_streams::blank(cx)?;
    let data = JsObject::new_unique(None, Flow { blob, at: Cell::new(0), controller: GcRefCell::new(None) });
    let source = Source::Native(NativeSource { data: data.clone().upcast(), pull, cancel: |_, _, _| Ok(JsValue::undefined()) });
    let controller = web_streams::set_up_bytes(&stream, source, 0.0, None, |_, _| Ok(JsValue::undefined()), cx)?;
    *data.borrow().data().controller.borrow_mut() = Some(controller);
    Ok(stream)
}

/// How far `blob.stream()` has come.
#[derive(Trace, Finalize, JsData)]
struct Flow {
    blob: Blob,
    #[unsafe_ignore_trace]
    at: Cell<usize>,
    controller: GcRefCell<Option<Gc<ByteController>>>,
}

/// Bytes of one chunk of `blob.stream()`: Node's.
const CHUNK_LEN: usize = 64 * 1024;

fn pull(data: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let found = data.downcast_ref::<Flow>().and_then(|flow| {
        let (at, len) = (flow.at.get(), flow.blob.content.len());
        let end = len.min(at + CHUNK_LEN);
        flow.at.set(end);
        let controller = flow.controller.borrow().clone()?;
        Some((controller, flow.blob.content.slice(at..end), end == len))
    });
    let Some((controller, part, last)) = found else { return Ok(JsValue::undefined()) };
    if part.has_files() {
        return read_then(&part, cx, move |bytes, cx| give(&controller, bytes, last, cx));
    }
    give(&controller, &part.memory(), last, cx)
}

/// One chunk into the stream, and its end after the last.
fn give(controller: &Gc<ByteController>, bytes: &[u8], last: bool, cx: &mut Context) -> JsResult<JsValue> {
    if !bytes.is_empty() {
        let chunk = boa_engine::object::builtins::JsUint8Array::from_bytes(bytes, cx)?;
        web_streams::enqueue_bytes(controller, &chunk.into(), cx)?;
    }
    if last {
        web_streams::close_bytes(controller, cx)?;
        web_streams::answer_bytes(controller, cx)?;
    }
    Ok(JsValue::undefined())
}

fn inspect_blob(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let blob = this_blob(this, cx)?;
    let fields = vec![("size", JsValue::from(blob.content.len())), ("type", js_string!(blob.kind).into())];
    inspect(this, "Blob", fields, args, cx)
}

fn inspect_file(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (blob, file) = this_file(this, cx)?;
    let fields = vec![("size", JsValue::from(blob.content.len())), ("type", js_string!(blob.kind).into()), ("name", js_string!(file.name).into()), ("lastModified", file.last_modified.into())];
    inspect(this, "File", fields, args, cx)
}

/// `Blob { size: 3, type: '' }`, by the inspector that asked.
pub(crate) fn inspect(this: &JsValue, class: &str, fields: Vec<(&'static str, JsValue)>, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in fields {
        shown.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    let Some(inspect) = args.get_or_undefined(2).as_callable() else { return Ok(shown.into()) };
    let inner = JsObject::with_object_proto(cx.intrinsics());
    if let Some(options) = args.get_or_undefined(1).as_object() {
        for key in options.own_property_keys(cx)? {
            let value = options.get(key.clone(), cx)?;
            inner.create_data_property_or_throw(key, value, cx)?;
        }
        let depth = options.get(js_string!("depth"), cx)?;
        let depth = depth.as_number().map_or(JsValue::null(), |depth| (depth - 1.0).into());
        inner.create_data_property_or_throw(js_string!("depth"), depth, cx)?;
    }
    let text = inspect.call(&JsValue::undefined(), &[shown.into(), inner.into()], cx)?.to_string(cx)?;
    Ok(js_string!(&js_string!(class), &js_string!(" "), &text).into())
}

// Object URLs.

/// `URL.createObjectURL(blob)`: a URL that [`resolve_object_url`] understands until [`revoke_object_url`].
///
/// # Errors
///
/// Where the machine has no random bytes.
pub fn create_object_url(blob: Blob, cx: &mut Context) -> JsResult<String> {
    let host = Host::of(cx);
    let mut random = [0; 16];
    if let Err(error) = host.sys().random().fill(&mut random) {
        return Err(errors::system(&error, cx));
    }
    let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let id = format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
    host.state::<ObjectUrls>().0.borrow_mut().insert(id.clone(), blob);
    Ok(format!("{PREFIX}{id}"))
}

/// `URL.revokeObjectURL(url)`
pub fn revoke_object_url(url: &str, cx: &Context) {
    if let Some(id) = url.strip_prefix(PREFIX) {
        Host::of(cx).state::<ObjectUrls>().0.borrow_mut().remove(id);
    }
}

/// `buffer.resolveObjectURL(url)`
pub(crate) fn resolve_object_url(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let url = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    match object_url(&url, cx) {
        Some(blob) => Ok(blob.into_object(cx)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// The Blob behind a URL of [`create_object_url`].
pub(crate) fn object_url(url: &str, cx: &Context) -> Option<Blob> {
    let urls = Host::of(cx).state::<ObjectUrls>();
    let found = urls.0.borrow().get(url.strip_prefix(PREFIX)?).cloned();
    found
}

const PREFIX: &str = "blob:nodedata:";

#[derive(Default)]
struct ObjectUrls(RefCell<FxHashMap<String, Blob>>);
