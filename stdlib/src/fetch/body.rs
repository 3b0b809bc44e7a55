//! Bodies of requests and responses: where they come from, and `text()`, `json()` and their like.

use std::{cell::Cell, cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsSymbol, JsValue, bytes, js_string,
    object::builtins::{JsArrayBuffer, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::table::Export;

use super::{
    form_data::{self, Entries},
    headers::{self, HeaderList},
    webidl,
};
use crate::{
    blob::{self, Blob},
    buffer::{self, Encoding},
    web_streams::{self, DefaultReader, Deferred, Read, ReadRequest, Rs},
};

/// A body. Bytes that are all there become a stream when a script asks for one.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Body {
    #[unsafe_ignore_trace]
    bytes: Option<Blob>,
    /// The bytes were taken without a stream.
    #[unsafe_ignore_trace]
    taken: Cell<bool>,
    stream: GcRefCell<Option<Rs>>,
}

impl Body {
    fn of_blob(blob: Blob) -> Self {
        Self { bytes: Some(blob), taken: Cell::new(false), stream: GcRefCell::new(None) }
    }

    /// A body of these bytes.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self::of_blob(Blob::new(bytes, String::new()))
    }

    /// A body of a stream.
    pub(super) fn of_stream(stream: Rs) -> Self {
        Self { bytes: None, taken: Cell::new(false), stream: GcRefCell::new(Some(stream)) }
    }

    /// The bytes, where they are all there.
    pub(super) fn bytes(&self) -> Option<std::borrow::Cow<'_, [u8]>> {
        self.bytes.as_ref().map(Blob::bytes)
    }

    /// `bodyUsed`
    pub(super) fn is_used(&self) -> bool {
        self.taken.get() || self.stream.borrow().as_ref().is_some_and(|stream| stream.is_disturbed())
    }

    /// Whether it cannot be read, now or any more.
    pub(super) fn is_unusable(&self) -> bool {
        self.is_used() || self.stream.borrow().as_ref().is_some_and(|stream| stream.is_locked())
    }

    /// The bytes are taken.
    pub(super) fn take(&self) {
        self.taken.set(true);
    }

    /// The stream, made at the first call.
    pub(super) fn stream(&self, cx: &mut Context) -> JsResult<Rs> {
        if let Some(stream) = self.stream.borrow().as_ref() {
            return Ok(stream.clone());
        }
        let blob = self.bytes.clone().unwrap_or_else(|| Blob::new(Vec::new(), String::new()));
        let stream = blob::stream_of(blob, cx)?;
        if self.taken.get() {
            web_streams::cancel(&stream, JsValue::undefined(), cx)?;
        }
        *self.stream.borrow_mut() = Some(stream.clone());
        Ok(stream)
    }

    /// A second body of the same content; a stream is teed.
    pub(super) fn copy(&self, cx: &mut Context) -> JsResult<Self> {
        let stream = self.stream.borrow().clone();
        match (stream, &self.bytes) {
            (None, Some(blob)) => Ok(Self::of_blob(blob.clone())),
            (Some(stream), _) => {
                let (first, second) = web_streams::tee(&stream, true, cx)?;
                *self.stream.borrow_mut() = Some(first);
                Ok(Self { bytes: self.bytes.clone(), taken: Cell::new(false), stream: GcRefCell::new(Some(second)) })
            }
            (None, None) => Ok(Self::of_bytes(Vec::new())),
        }
    }
}

/// What a Request and a Response have in common.
#[derive(Trace, Finalize)]
pub(super) struct Message {
    pub(super) headers: JsObject,
    pub(super) body: GcRefCell<Option<Gc<Body>>>,
}

impl Message {
    pub(super) fn new(headers: JsObject, body: Option<Body>) -> Gc<Self> {
        Gc::new(Self { headers, body: GcRefCell::new(body.map(Gc::new)) })
    }

    pub(super) fn body(&self) -> Option<Gc<Body>> {
        self.body.borrow().clone()
    }

    pub(super) fn is_used(&self) -> bool {
        self.body().is_some_and(|body| body.is_used())
    }

    pub(super) fn is_unusable(&self) -> bool {
        self.body().is_some_and(|body| body.is_unusable())
    }

    /// `body`: the stream, or null.
    pub(super) fn body_value(&self, cx: &mut Context) -> JsResult<JsValue> {
        let Some(body) = self.body() else { return Ok(JsValue::null()) };
        let stream = body.stream(cx)?;
        web_streams::readable_value(&stream, cx)
    }

    pub(super) fn content_type(&self) -> Option<String> {
        headers::list_of(&self.headers)?.get("content-type").map(|value| value.to_std_string_lossy())
    }
}

/// A body of what scripts may give as one (BodyInit), and the type it has by itself. `what` names the class in messages.
pub(super) fn extract(value: &JsValue, keepalive: bool, what: &str, cx: &mut Context) -> JsResult<(Body, Option<String>)> {
    if value.is_symbol() {
        return Err(webidl::type_error(format!("{what}: body is a symbol, which cannot be converted to a DOMString.")));
    }
    if let Some(stream) = web_streams::readable_of(value) {
        if keepalive {
            return Err(webidl::type_error("keepalive"));
        }
        if stream.is_disturbed() || stream.is_locked() {
            return Err(webidl::type_error("Response body object should not be disturbed or locked"));
        }
        return Ok((Body::of_stream(stream), None));
    }
    if let Some(blob) = Blob::of(value) {
        let kind = (!blob.media_type().is_empty()).then(|| blob.media_type().to_owned());
        return Ok((Body::of_blob(blob), kind));
    }
    if let Some(bytes) = buffer::bytes_of(value) {
        return Ok((Body::of_bytes(bytes), None));
    }
    if let Some(entries) = form_data::entries_of(value) {
        let (bytes, boundary) = form_data::encode(&entries, cx)?;
        return Ok((Body::of_bytes(bytes), Some(format!("multipart/form-data; boundary={boundary}"))));
    }
    if let Some(object) = value.as_object() {
        if crate::url::is_search_params(&object) {
            let text = webidl::usv_string(value, cx)?;
            return Ok((Body::of_bytes(text.into_bytes()), Some("application/x-www-form-urlencoded;charset=UTF-8".to_owned())));
        }
        if object.get(JsSymbol::async_iterator(), cx)?.is_callable() {
            let stream = web_streams::from_iterable(value, cx)?;
            return Ok((Body::of_stream(stream), None));
        }
    }
    let text = webidl::usv_string(value, cx)?;
    Ok((Body::of_bytes(text.into_bytes()), Some("text/plain;charset=UTF-8".to_owned())))
}

/// Gives a message of `headers` the type of its body, where none was given.
pub(super) fn set_type(list: &mut HeaderList, kind: Option<String>) {
    if let Some(kind) = kind.filter(|_| !list.contains("content-type")) {
        list.append("content-type".to_owned(), js_string!(kind));
    }
}

/// What a body is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Json,
    ArrayBuffer,
    Bytes,
    Blob,
    FormData,
}

/// A class whose objects have a body: Request and Response.
pub(super) trait HasBody: Sized + 'static {
    /// The message of a receiver.
    fn message(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Message>>;

    /// The methods that read the body.
    const METHODS: &'static [Export] = &[
        Export::function("blob", 0, |this, _args, cx| consume(Self::message(this, cx), Shape::Blob, cx)).enumerable(true),
        Export::function("arrayBuffer", 0, |this, _args, cx| consume(Self::message(this, cx), Shape::ArrayBuffer, cx)).enumerable(true),
        Export::function("text", 0, |this, _args, cx| consume(Self::message(this, cx), Shape::Text, cx)).enumerable(true),
        Export::function("json", 0, |this, _args, cx| consume(Self::message(this, cx), Shape::Json, cx)).enumerable(true),
        Export::function("formData", 0, |this, _args, cx| consume(Self::message(this, cx), Shape::FormData, cx)).enumerable(true),
        Export::function("bytes", 0, |this, _args, cx| consume(Self::message(this, cx), Shape::Bytes, cx)).enumerable(true),
    ];
}

/// The whole body as an ArrayBuffer.
#[cfg(feature = "wasm")]
pub(super) fn array_buffer(message: JsResult<Gc<Message>>, cx: &mut Context) -> JsResult<JsValue> {
    consume(message, Shape::ArrayBuffer, cx)
}

/// `text()` and its like: a promise of the whole body. A foreign receiver rejects.
fn consume(message: JsResult<Gc<Message>>, shape: Shape, cx: &mut Context) -> JsResult<JsValue> {
    let promise = match message.and_then(|message| read_whole(&message, shape, cx)) {
        Ok(promise) => promise,
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => JsPromise::reject(error, cx)?,
    };
    Ok(promise.into())
}

fn read_whole(message: &Message, shape: Shape, cx: &mut Context) -> JsResult<JsPromise> {
    let kind = message.content_type();
    let Some(body) = message.body() else {
        let value = shaped(Vec::new(), shape, kind.as_deref(), cx)?;
        return JsPromise::resolve(value, cx);
    };
    if body.is_unusable() {
        return Err(webidl::type_error("Body is unusable: Body has already been read"));
    }
    if body.stream.borrow().is_none()
        && let Some(bytes) = body.bytes()
    {
        body.take();
        let bytes = bytes.to_vec();
        let value = shaped(bytes, shape, kind.as_deref(), cx)?;
        return JsPromise::resolve(value, cx);
    }
    let stream = body.stream(cx)?;
    let reader = web_streams::acquire_reader(&stream, cx)?;
    let done = Deferred::new(cx);
    let promise = done.promise.clone();
    let collector = Collector { reader, done, shape, kind, bytes: RefCell::default(), reading: Cell::new(false), got: Cell::new(false) };
    collect(&JsObject::new_unique(None, collector).upcast(), cx)?;
    Ok(promise)
}

/// Reads a stream to its end.
#[derive(Trace, Finalize, JsData)]
struct Collector {
    reader: Gc<DefaultReader>,
    done: Deferred,
    #[unsafe_ignore_trace]
    shape: Shape,
    #[unsafe_ignore_trace]
    kind: Option<String>,
    #[unsafe_ignore_trace]
    bytes: RefCell<Vec<u8>>,
    /// A read was asked for that may answer at once.
    #[unsafe_ignore_trace]
    reading: Cell<bool>,
    /// It did, with a chunk.
    #[unsafe_ignore_trace]
    got: Cell<bool>,
}

/// Reads on until a chunk has to be waited for: a loop, as queued chunks come within the call that asks for them.
fn collect(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    loop {
        let Some(reader) = object.downcast_ref::<Collector>().map(|collector| {
            collector.reading.set(true);
            collector.got.set(false);
            collector.reader.clone()
        }) else {
            return Ok(());
        };
        web_streams::read(&reader, ReadRequest::Native(collected, object.clone()), cx)?;
        let again = object.downcast_ref::<Collector>().is_some_and(|collector| {
            collector.reading.set(false);
            collector.got.get()
        });
        if !again {
            return Ok(());
        }
    }
}

fn collected(object: &JsObject, read: Read, cx: &mut Context) -> JsResult<()> {
    let Some((done, shape, kind)) = object.downcast_ref::<Collector>().map(|collector| (collector.done.clone(), collector.shape, collector.kind.clone())) else {
        return Ok(());
    };
    match read {
        Read::Chunk(chunk) => {
            let took = object.downcast_ref::<Collector>().is_some_and(|collector| {
                let is_bytes = buffer::is_uint8_array(&chunk);
                is_bytes && buffer::with_bytes(&chunk, |bytes| collector.bytes.borrow_mut().extend_from_slice(bytes)).is_some()
            });
            if !took {
                let reason = webidl::type_error("Received non-Uint8Array chunk").into_opaque(cx)?;
                return done.reject(&reason, cx);
            }
            let within = object.downcast_ref::<Collector>().is_some_and(|collector| {
                collector.got.set(true);
                collector.reading.get()
            });
            if within { Ok(()) } else { collect(object, cx) }
        }
        Read::Close => {
            let bytes = object.downcast_ref::<Collector>().map(|collector| collector.bytes.take()).unwrap_or_default();
            match shaped(bytes, shape, kind.as_deref(), cx) {
                Ok(value) => done.resolve(value, cx),
                Err(error) if error.as_engine().is_some() => Err(error),
                Err(error) => {
                    let reason = coil_engine::op::thrown_value(error, cx);
                    done.reject(&reason, cx)
                }
            }
        }
        Read::Error(reason) => done.reject(&reason, cx),
    }
}

/// Bytes as what was asked for.
fn shaped(bytes: Vec<u8>, shape: Shape, kind: Option<&str>, cx: &mut Context) -> JsResult<JsValue> {
    match shape {
        Shape::Text => text(&bytes, cx),
        Shape::Json => {
            let text = text(&bytes, cx)?;
            crate::stream::parse_json(&text, cx)
        }
        Shape::ArrayBuffer => Ok(JsArrayBuffer::adopt(bytes::copied(&bytes), cx)?.into()),
        Shape::Bytes => Ok(bytes::uint8_array(bytes::copied(&bytes), None, cx)?.into()),
        Shape::Blob => {
            let kind = kind.map(super::mime::serialized).unwrap_or_default();
            Ok(Blob::new(bytes, kind).into_object(cx)?.into())
        }
        Shape::FormData => form(&bytes, kind, cx),
    }
}

/// UTF-8 without its byte order mark.
pub(super) fn text(bytes: &[u8], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    Ok(buffer::bytes_to_string(bytes, Encoding::Utf8, cx)?.into())
}

fn form(bytes: &[u8], kind: Option<&str>, cx: &mut Context) -> JsResult<JsValue> {
    let kind = kind.unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let entries: Entries = match essence.as_str() {
        "multipart/form-data" => match form_data::decode(bytes, kind, cx) {
            Ok(entries) => entries,
            Err(reason) => return Err(webidl::caused("Failed to parse body as FormData.", webidl::type_error(reason), cx)),
        },
        "application/x-www-form-urlencoded" => form_data::of_pairs(::url::form_urlencoded::parse(bytes)),
        _ => return Err(webidl::type_error("Content-Type was not one of \"multipart/form-data\" or \"application/x-www-form-urlencoded\".")),
    };
    Ok(form_data::object(entries, cx)?.into())
}

/// A chunk at a time of a request's body, each as bytes.
pub(super) struct Chunks {
    reader: Gc<DefaultReader>,
}

/// What [`Chunks::ask`] gave.
pub(super) type Place = Rc<RefCell<Option<Vec<u8>>>>;

impl Chunks {
    pub(super) fn new(stream: &Rs, cx: &mut Context) -> JsResult<Self> {
        Ok(Self { reader: web_streams::acquire_reader(stream, cx)? })
    }

    /// Asks for a chunk: the promise settles when `place` has it, or has nothing at the end.
    pub(super) fn ask(&self, place: &Place, cx: &mut Context) -> JsResult<JsPromise> {
        let done = Deferred::new(cx);
        let promise = done.promise.clone();
        let asked = JsObject::new_unique(None, Asked { done, place: place.clone() }).upcast();
        web_streams::read(&self.reader, ReadRequest::Native(answered, asked), cx)?;
        Ok(promise)
    }

    /// Tells the stream that no more is wanted.
    pub(super) fn cancel(&self, reason: JsValue, cx: &mut Context) -> JsResult<()> {
        let promise = web_streams::cancel_reader(&self.reader, reason, cx)?;
        web_streams::handled(&promise, cx)
    }
}

#[derive(Trace, Finalize, JsData)]
struct Asked {
    done: Deferred,
    #[unsafe_ignore_trace]
    place: Place,
}

fn answered(object: &JsObject, read: Read, cx: &mut Context) -> JsResult<()> {
    let Some((done, place)) = object.downcast_ref::<Asked>().map(|asked| (asked.done.clone(), asked.place.clone())) else { return Ok(()) };
    match read {
        Read::Chunk(chunk) if !buffer::is_uint8_array(&chunk) => {
            let reason = webidl::type_error("Received non-Uint8Array chunk").into_opaque(cx)?;
            done.reject(&reason, cx)
        }
        Read::Chunk(chunk) => {
            *place.borrow_mut() = buffer::bytes_of(&chunk);
            done.resolve(JsValue::undefined(), cx)
        }
        Read::Close => {
            *place.borrow_mut() = None;
            done.resolve(JsValue::undefined(), cx)
        }
        Read::Error(reason) => done.reject(&reason, cx),
    }
}
