//! What an outgoing message is, natively: one struct behind `ServerResponse`, `ClientRequest` and `OutgoingMessage`.
//!
//! A message the server makes carries it as the object's own data. One that a constructor made on a foreign `this`
//! (`util.inherits`, `class extends`) has it in a slot. [`find`] knows both.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsData, JsObject, JsResult, JsString, JsValue, Trace, bytes::ByteRange, object::builtins::JsFunction};
use coil_engine::Slot;

use crate::http::{outgoing_fields::OutgoingFields, server::Connection, wire::writer::Outgoing};

/// The state of one outgoing message. Names in backquotes are Node's.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct Message {
    /// What frames the message on the wire.
    #[unsafe_ignore_trace]
    pub frame: Outgoing,
    /// `kOutHeaders`
    pub fields: Option<OutgoingFields>,
    /// `_header`: the head as it is sent, once it is decided.
    #[unsafe_ignore_trace]
    pub head: Option<Vec<u8>>,
    /// `_headerSent`
    pub head_sent: bool,
    pub finished: bool,
    pub destroyed: bool,
    /// `_closed`: `'close'` was emitted.
    pub closed: bool,
    pub writable: bool,
    /// `kErrored`
    pub errored: JsValue,
    /// `kNeedDrain`
    pub need_drain: bool,
    /// `kCorked`
    pub corked: u32,
    /// `kChunkedBuffer`: pieces of one chunk, collected while corked.
    pub corked_pieces: Vec<Piece>,
    /// `kChunkedLength`
    pub corked_len: usize,
    /// `outputData`: what waits for the message's turn.
    pub queue: Vec<Piece>,
    /// `outputSize`
    pub queue_len: usize,
    /// `_trailer`: complete lines.
    #[unsafe_ignore_trace]
    pub trailers: Vec<u8>,
    /// `strictContentLength`
    pub strict_length: bool,
    /// `kBytesWritten`
    pub body_len: f64,
    /// `kHighWaterMark`
    pub high_water_mark: f64,
    /// `kRejectNonStandardBodyWrites`
    pub rejects_body: bool,
    /// `kUniqueHeaders`: lower-case names whose values are joined into one field.
    #[unsafe_ignore_trace]
    pub unique: Option<Rc<UniqueNames>>,
    /// `kSocket`
    pub channel: Channel,
    /// `statusCode`, as the script set it.
    pub status: JsValue,
    /// `statusMessage`
    pub status_message: JsValue,
    /// `req` of a response.
    pub request: Option<JsObject>,
    /// `_sent100`
    pub sent_continue: bool,
    /// `_expect_continue`
    pub expects_continue: bool,
    /// `_onPendingData`, where a script or a mock set one.
    pub on_pending: Option<JsFunction>,
    /// The connection the message belongs to, before its turn too.
    #[unsafe_ignore_trace]
    pub owner: Option<Rc<Connection>>,
}

/// Names of `uniqueHeaders`, in lower case.
#[derive(Debug)]
pub struct UniqueNames(pub Vec<JsString>);

/// Where a message's bytes go.
#[derive(Clone, Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub enum Channel {
    /// Not assigned yet, or no longer.
    #[default]
    None,
    /// A server's connection, which makes a socket object only when a script asks for it.
    Connection(#[unsafe_ignore_trace] Rc<Connection>),
    /// A stream: the client's socket, or any duplex a script brought.
    Stream(JsObject),
}

/// Bytes on their way, and whom to tell when they are gone.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct Piece {
    pub data: Data,
    pub done: Done,
}

/// Bytes, or where they are.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub enum Data {
    Owned(#[unsafe_ignore_trace] Vec<u8>),
    /// A script's buffer, which it must not change until the write is done: as in Node, it is not copied.
    View(#[unsafe_ignore_trace] ByteRange),
}

/// What happens when a write is done.
#[derive(Clone, Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub enum Done {
    #[default]
    Nothing,
    Callback(JsFunction),
    Callbacks(Vec<JsFunction>),
    /// The message is finished: `'finish'`.
    Finish(JsObject),
}

impl Data {
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.len(),
            Self::View(range) => range.byte_length,
        }
    }

    pub fn read<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Owned(bytes) => read(bytes),
            Self::View(range) => range.read(read),
        }
    }
}

impl Message {
    pub fn new(high_water_mark: f64) -> Self {
        Self {
            frame: Outgoing::default(),
            fields: None,
            head: None,
            head_sent: false,
            finished: false,
            destroyed: false,
            closed: false,
            writable: true,
            errored: JsValue::null(),
            need_drain: false,
            corked: 0,
            corked_pieces: Vec::new(),
            corked_len: 0,
            queue: Vec::new(),
            queue_len: 0,
            trailers: Vec::new(),
            strict_length: false,
            body_len: 0.0,
            high_water_mark,
            rejects_body: false,
            unique: None,
            channel: Channel::None,
            status: JsValue::from(200),
            status_message: JsValue::undefined(),
            request: None,
            sent_continue: false,
            expects_continue: false,
            on_pending: None,
            owner: None,
        }
    }

    /// Whether several values of this name go into one field.
    pub fn is_unique(&self, lower: &JsString) -> bool {
        self.unique.as_ref().is_some_and(|names| names.0.contains(lower))
    }

    /// Node's `strictContentLength(msg)`: the announced length must be the body's.
    pub fn checks_length(&self) -> bool {
        let encoding = self.fields.as_ref().is_some_and(|fields| fields.iter().any(|field| field.lower == "transfer-encoding"));
        self.strict_length && self.frame.length.is_some() && self.frame.has_body && !self.frame.removed_length && !self.frame.chunked && !encoding
    }
}

/// The message behind `this`, if it is one.
pub fn find(this: &JsValue, cx: &mut Context) -> Option<JsObject<Message>> {
    let object = this.as_object()?;
    of(&object, cx)
}

/// The message behind an object.
pub fn of(object: &JsObject, cx: &mut Context) -> Option<JsObject<Message>> {
    match object.clone().downcast::<Message>() {
        Ok(message) => Some(message),
        Err(object) => Slot::<Message>::get(&object, cx),
    }
}

/// The message behind `this`, or Node's error for a foreign receiver.
pub fn expect(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Message>> {
    match find(this, cx) {
        Some(message) => Ok(message),
        None => Slot::<Message>::of(this, "OutgoingMessage", cx),
    }
}
