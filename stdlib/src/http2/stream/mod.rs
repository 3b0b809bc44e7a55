//! `Http2Stream`: one request and its response, as a Duplex.
//!
//! | file | what |
//! |---|---|
//! | `io.rs` | reading, writing, ending |
//! | `closing.rs` | `close`, `destroy` |
//! | `server.rs` | `ServerHttp2Stream` |
//! | `file.rs` | `respondWithFD`, `respondWithFile` |
//! | `client.rs` | `ClientHttp2Stream`, `session.request` |

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    Host, Slot,
    async_context::AsyncOrigin,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::{Member, Symbol},
};

use super::{
    errors,
    headers::{self, Purpose},
    object::put,
    session::Session,
    settings_object,
    wire::{Phase, frame::code},
};
use crate::{
    net::idle::IdleTimer,
    stream::{self, Done},
};

pub(super) mod client;
mod closing;
mod file;
mod io;
pub(super) mod server;

pub(super) use closing::{Reset, close, closed_by_codec, destroy_with_code};
pub(super) use io::{push_data, push_end, wants_trailers, write_progress};

/// `Http2Stream`
pub(super) static HTTP2_STREAM: Class = Class {
    name: "Http2Stream",
    length: 2,
    extends: Parent::Class(&stream::DUPLEX),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[
        Member::getter("sentHeaders", |this, _args, cx| Ok(of(this, cx)?.sent_headers.borrow().clone())).enumerable(false),
        Member::getter("sentInfoHeaders", |this, _args, cx| Ok(of(this, cx)?.sent_info.borrow().clone())).enumerable(false),
        Member::getter("sentTrailers", |this, _args, cx| Ok(of(this, cx)?.sent_trailers.borrow().clone())).enumerable(false),
        Member::getter("closed", |this, _args, cx| Ok(of(this, cx)?.has(CLOSED).into())).enumerable(false),
        Member::getter("pending", |this, _args, cx| Ok((of(this, cx)?.id.get() == 0).into())).enumerable(false),
        Member::getter("id", |this, _args, cx| Ok(Some(of(this, cx)?.id.get()).filter(|id| *id != 0).map_or_else(JsValue::undefined, JsValue::from))).enumerable(false),
        Member::getter("session", session_object).enumerable(false),
        Member::getter("aborted", |this, _args, cx| Ok(of(this, cx)?.has(ABORTED).into())).enumerable(false),
        Member::getter("endAfterHeaders", |this, _args, cx| Ok(of(this, cx)?.has(END_AFTER_HEADERS).into())).enumerable(false),
        Member::getter("rstCode", |this, _args, cx| Ok(of(this, cx)?.rst_code.get().into())).enumerable(false),
        Member::getter("state", state_object).enumerable(false),
        Member::getter("scheme", |this, _args, cx| Ok(of(this, cx)?.scheme.borrow().clone())).enumerable(false),
        Member::getter("bufferSize", buffer_size).enumerable(false),
        Member::getter("headRequest", |this, _args, cx| Ok(of(this, cx)?.has(HEAD_REQUEST).into())).enumerable(false),
        Member::getter("headersSent", |this, _args, cx| Ok(of(this, cx)?.has(HEADERS_SENT).into())).enumerable(false),
        Member::function("setTimeout", 2, set_timeout),
        Member::function("close", 0, closing::close_method),
        Member::function("sendTrailers", 1, send_trailers),
        Member::function("priority", 1, priority),
        Member::renamed("_read", "_read", 1, stream::native::read),
        Member::renamed("_write", "_write", 3, stream::native::write),
        Member::renamed("_writev", "_writev", 2, stream::native::writev),
        Member::renamed("_final", "_final", 1, stream::native::finish),
        Member::renamed("_destroy", "_destroy", 2, stream::native::destroy),
        Member::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
    ],
    statics: &[],
};

// What a stream has gone through.
pub(super) const CLOSED: u32 = 1;
pub(super) const ABORTED: u32 = 1 << 1;
pub(super) const HEADERS_SENT: u32 = 1 << 2;
pub(super) const HEAD_REQUEST: u32 = 1 << 3;
pub(super) const HAS_TRAILERS: u32 = 1 << 4;
pub(super) const TRAILERS_READY: u32 = 1 << 5;
pub(super) const TRAILERS_SENT: u32 = 1 << 6;
pub(super) const END_AFTER_HEADERS: u32 = 1 << 7;
/// `_read` was called.
pub(super) const DID_READ: u32 = 1 << 8;
/// The peer may send as much as is taken.
pub(super) const READING: u32 = 1 << 9;
/// The codec knows that no more data comes.
pub(super) const SHUT_DOWN: u32 = 1 << 10;
/// A pushed stream, or a request that was made by the peer.
pub(super) const PUSHED: u32 = 1 << 11;
pub(super) const SERVER: u32 = 1 << 12;
/// The codec has no such stream (any more).
pub(super) const NO_HANDLE: u32 = 1 << 14;
/// The body is a file: it ends when the file does.
pub(super) const SENDS_FILE: u32 = 1 << 15;

/// A write that is not done yet.
pub(super) struct PendingWrite {
    pub done: Done,
    /// How much of the stream's data is sent when it is.
    pub until: u64,
    pub is_written: bool,
    pub is_checked: bool,
}

/// What is behind an `Http2Stream`.
pub(super) struct StreamState {
    /// 0 until it has one.
    pub id: Cell<u32>,
    pub session: RefCell<Option<Rc<Session>>>,
    flags: Cell<u32>,
    pub rst_code: Cell<u32>,
    pub sent_headers: RefCell<JsValue>,
    pub sent_info: RefCell<JsValue>,
    pub sent_trailers: RefCell<JsValue>,
    pub scheme: RefCell<JsValue>,
    pub authority: RefCell<JsValue>,
    /// Data that came while nobody read.
    pub unread: Cell<usize>,
    pub queued: Cell<u64>,
    pub write: RefCell<Option<PendingWrite>>,
    /// What waits for the stream's number.
    pub early_write: RefCell<Option<(Vec<u8>, Done)>>,
    pub early_final: RefCell<Option<Done>>,
    pub early_reset: Cell<Option<u32>>,
    /// What is needed to begin the request.
    pub request: RefCell<Option<client::Request>>,
    pub idle: RefCell<Option<Rc<IdleTimer>>>,
    pub began_ns: u64,
    /// The async context that the stream was made in.
    pub origin: AsyncOrigin,
    /// The code of the session's end, for the streams that end with it.
    pub session_code: Cell<Option<u32>>,
}

#[derive(Trace, Finalize, JsData)]
struct Holder {
    #[unsafe_ignore_trace]
    state: Rc<StreamState>,
}

/// The state behind a stream.
pub(super) fn find(object: &JsObject, cx: &mut Context) -> Option<Rc<StreamState>> {
    let holder = Slot::<Holder>::get(object, cx)?;
    let state = holder.borrow().data().state.clone();
    Some(state)
}

pub(super) fn of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<StreamState>> {
    let found = this.as_object().and_then(|object| find(&object, cx));
    found.ok_or_else(|| engine_errors::invalid_this("Http2Stream", cx))
}

impl StreamState {
    pub fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn add(&self, flag: u32) {
        self.flags.set(self.flags.get() | flag);
    }

    pub fn clear(&self, flag: u32) {
        self.flags.set(self.flags.get() & !flag);
    }

    pub fn session(&self) -> Option<Rc<Session>> {
        self.session.borrow().clone()
    }

    pub fn is_pending(&self) -> bool {
        self.id.get() == 0
    }

    /// The time without activity begins anew, the session's too.
    pub fn touch(&self) {
        if let Some(idle) = self.idle.borrow().as_ref() {
            idle.push();
        }
        if let Some(session) = self.session.borrow().as_ref() {
            session.touch();
        }
    }
}

/// Makes the object of a stream; `id` 0 is a request that has not begun.
pub(super) fn create(class: &'static Class, session: &Rc<Session>, id: u32, cx: &mut Context) -> JsResult<(JsObject, Rc<StreamState>)> {
    let object = JsObject::from_proto_and_data(class.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    let state = Rc::new(StreamState {
        id: Cell::new(id),
        session: RefCell::new(Some(session.clone())),
        flags: Cell::new(0),
        rst_code: Cell::new(code::NO_ERROR),
        sent_headers: RefCell::default(),
        sent_info: RefCell::default(),
        sent_trailers: RefCell::default(),
        scheme: RefCell::default(),
        authority: RefCell::default(),
        unread: Cell::new(0),
        queued: Cell::new(0),
        write: RefCell::default(),
        early_write: RefCell::default(),
        early_final: RefCell::default(),
        early_reset: Cell::new(None),
        request: RefCell::default(),
        idle: RefCell::default(),
        began_ns: Host::of(cx).uptime_ns(),
        origin: Host::of(cx).origin(),
        session_code: Cell::new(None),
    });
    Slot::set(&object, Holder { state: state.clone() }, cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "decodeStrings", false, cx)?;
    put(&options, "autoDestroy", false, cx)?;
    put(&options, "allowHalfOpen", true, cx)?;
    let (readable, _) = stream::init_duplex(&object, &options.into(), cx)?;
    // What comes is kept without asking for more, until somebody reads.
    readable.set_reading_more(true);
    stream::attach(&object, &io::STREAM_IO, cx)?;
    let paused = coil_engine::table::function(io::paused, js_string!("streamOnPause"), 0, cx);
    crate::events::on(&object, js_string!("pause"), paused, cx)?;
    if id != 0 {
        session.streams.borrow_mut().insert(id, object.clone());
    } else {
        // What is written before there is a number goes in one piece.
        stream::cork(&object, cx)?;
        session.add_pending(&object);
    }
    Ok((object, state))
}

/// The request was HEAD: the response has no body.
pub(super) fn mark_head(stream: &JsObject, cx: &mut Context) {
    if let Some(state) = find(stream, cx) {
        state.add(HEAD_REQUEST);
    }
}

/// The request's head was all of it.
pub(super) fn mark_end_after_headers(stream: &JsObject, cx: &mut Context) {
    if let Some(state) = find(stream, cx) {
        state.add(END_AFTER_HEADERS);
    }
}

/// `scheme://authority` of a stream.
pub(super) fn origin_of(stream: &JsObject, cx: &mut Context) -> Option<String> {
    let state = find(stream, cx)?;
    let (scheme, authority) = (state.scheme.borrow().clone(), state.authority.borrow().clone());
    Some(format!("{}://{}", scheme.as_string()?.to_std_string_escaped(), authority.as_string()?.to_std_string_escaped()))
}

fn session_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?.session();
    Ok(session.and_then(|session| session.object()).map_or_else(JsValue::undefined, JsValue::from))
}

fn state_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = JsObject::with_object_proto(cx.intrinsics());
    let Some(session) = state.session().filter(|_| !state.is_pending()) else { return Ok(object.into()) };
    let found = {
        let codec = session.codec.borrow();
        codec.stream(state.id.get()).map(|stream| {
            let number = match stream.phase {
                Phase::Idle => 1,
                Phase::ReservedLocal => 3,
                Phase::ReservedRemote => 4,
                Phase::Open => match (stream.local_closed, stream.remote_closed) {
                    (false, false) => 2,
                    (true, false) => 5,
                    (false, true) => 6,
                    (true, true) => 7,
                },
            };
            let begun = stream.phase != Phase::Idle;
            (number, begun, stream.local_closed, stream.remote_closed, stream.recv.size)
        })
    };
    let Some((number, begun, local, remote, window)) = found else {
        return Ok(object.into());
    };
    put(&object, "state", number, cx)?;
    put(&object, "weight", if begun { 16 } else { 0 }, cx)?;
    put(&object, "sumDependencyWeight", 0, cx)?;
    put(&object, "localClose", i32::from(local), cx)?;
    put(&object, "remoteClose", i32::from(remote), cx)?;
    put(&object, "localWindowSize", if begun { window as f64 } else { 0.0 }, cx)?;
    Ok(object.into())
}

fn buffer_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    let own = object.get(js_string!("writableLength"), cx)?.to_number(cx)?;
    let queued = match state.session() {
        Some(session) => session.codec.borrow().stream(state.id.get()).map_or(0, |stream| stream.outgoing.len()),
        None => 0,
    };
    Ok((own + queued as f64).into())
}

fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    if object.get(js_string!("destroyed"), cx)?.to_boolean() {
        return Ok(this.clone());
    }
    let timer = state.idle.borrow().clone();
    let timer = timer.unwrap_or_else(|| super::session::timer_of(&object, cx));
    *state.idle.borrow_mut() = Some(timer.clone());
    super::session::begin_timer(&object, &timer, args, cx)?;
    Ok(this.clone())
}

/// `stream.sendTrailers(headers)`
fn send_trailers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    if object.get(js_string!("destroyed"), cx)?.to_boolean() || state.has(CLOSED) {
        return Err(errors::fixed("ERR_HTTP2_INVALID_STREAM", cx));
    }
    if state.has(TRAILERS_SENT) {
        return Err(errors::fixed("ERR_HTTP2_TRAILERS_ALREADY_SENT", cx));
    }
    if !state.has(TRAILERS_READY) {
        return Err(errors::fixed("ERR_HTTP2_TRAILERS_NOT_READY", cx));
    }
    let given = settings_object::object_argument(args.get_or_undefined(0), "headers", cx)?;
    let copy = JsObject::with_null_proto();
    if let Some(given) = &given {
        for (key, value) in crate::http::own_entries(given, cx)? {
            copy.create_data_property_or_throw(key, value, cx)?;
        }
        let sensitive = headers::SENSITIVE.to_js(cx);
        let list = given.get(sensitive.clone(), cx)?;
        if !list.is_undefined() {
            copy.create_data_property_or_throw(sensitive, list, cx)?;
        }
    }
    state.touch();
    let strict = state.session().is_none_or(|session| session.strict_single);
    let fields = headers::to_fields(&copy, Purpose::Trailers, strict, cx)?;
    *state.sent_trailers.borrow_mut() = copy.into();
    state.add(TRAILERS_SENT);
    state.clear(HAS_TRAILERS);
    let Some(session) = state.session() else { return Ok(JsValue::undefined()) };
    session.codec.borrow_mut().trailers(state.id.get(), &fields);
    session.schedule_flush(cx);
    // The answer to a HEAD request ended with its headers, and what waits for that is still to be told.
    if !state.has(HEAD_REQUEST) {
        closing::destroy_if_done(&object, &state, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `stream.priority()`: HTTP/2 has no priorities any more; the first call says so.
fn priority(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    super::object::warn_once("http2Stream.priority is longer supported after priority signalling was deprecated in RFC 9113", "DeprecationWarning", Some("DEP0194"), cx)?;
    if object.get(js_string!("destroyed"), cx)?.to_boolean() || state.has(CLOSED) {
        return Err(errors::fixed("ERR_HTTP2_INVALID_STREAM", cx));
    }
    Ok(JsValue::undefined())
}

/// What `util.inspect` shows.
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let own = this.to_object(cx)?;
    let shown = JsObject::with_object_proto(cx.intrinsics());
    put(&shown, "id", if state.is_pending() { js_string!("<pending>").into() } else { JsValue::from(state.id.get()) }, cx)?;
    put(&shown, "closed", state.has(CLOSED), cx)?;
    for key in ["destroyed", "state", "readableState", "writableState"] {
        let name = match key {
            "readableState" => "_readableState",
            "writableState" => "_writableState",
            other => other,
        };
        let value = super::object::field(&own, name, cx)?;
        put(&shown, key, value, cx)?;
    }
    let text = crate::show(&shown.into(), cx);
    Ok(js_string!(format!("Http2Stream {text}")).into())
}
