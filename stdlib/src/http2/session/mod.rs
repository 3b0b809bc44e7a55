//! `Http2Session`: the codec, joined to a socket on one side and to streams on the other.
//!
//! | file | what |
//! |---|---|
//! | `transport.rs` | bytes from and to the socket, whatever it is |
//! | `dispatch.rs` | what the codec tells becomes events and streams |
//! | `methods.rs` | what scripts call |
//! | `closing.rs` | `close`, `destroy`, and the end of the socket |
//! | `proxy.rs` | `session.socket` |

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host, Slot,
    async_context::AsyncOrigin,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::{self, Member, Symbol},
};

use super::{
    errors,
    object::{field, flag, option},
    options, settings_object,
    stream::client,
    wire::{self, Side},
};
use crate::{events, net::idle::IdleTimer};

mod closing;
mod dispatch;
mod methods;
mod proxy;
mod transport;

pub(super) use closing::{destroy_on_abort, watch_socket};
pub(super) use methods::{begin_timer, timer_of};
use transport::Transport;

/// `Http2Session`
pub(super) static HTTP2_SESSION: Class = Class {
    name: "Http2Session",
    length: 3,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[
        Member::getter("connecting", |this, _args, cx| Ok(of(this, cx)?.is_connecting(cx)?.into())).enumerable(false),
        Member::getter("closed", |this, _args, cx| Ok(of(this, cx)?.closed.get().into())).enumerable(false),
        Member::getter("destroyed", |this, _args, cx| Ok(of(this, cx)?.destroyed.get().into())).enumerable(false),
        Member::getter("encrypted", methods::encrypted).enumerable(false),
        Member::getter("alpnProtocol", methods::alpn_protocol).enumerable(false),
        Member::getter("originSet", methods::origin_set).enumerable(false),
        Member::getter("socket", methods::socket).enumerable(false),
        Member::getter("type", |this, _args, cx| Ok(i32::from(of(this, cx)?.side == Side::Client).into())).enumerable(false),
        Member::getter("pendingSettingsAck", |this, _args, cx| Ok((of(this, cx)?.settings_unanswered.get() > 0).into())).enumerable(false),
        Member::getter("state", methods::state).enumerable(false),
        Member::getter("localSettings", methods::local_settings).enumerable(false),
        Member::getter("remoteSettings", methods::remote_settings).enumerable(false),
        Member::function("setNextStreamID", 1, methods::set_next_stream_id),
        Member::function("setLocalWindowSize", 1, methods::set_local_window_size),
        Member::function("ping", 2, methods::ping),
        Member::function("settings", 2, methods::settings),
        Member::function("goaway", 3, methods::goaway),
        Member::function("destroy", 2, closing::destroy_method),
        Member::function("close", 1, closing::close_method),
        Member::function("setTimeout", 2, methods::set_timeout),
        Member::function("ref", 0, methods::add_ref),
        Member::function("unref", 0, methods::remove_ref),
        Member::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, methods::inspect),
        Member::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, closing::async_dispose),
        Member::symbol(Symbol::For("nodejs.rejection"), "[nodejs.rejection]", 2, closing::rejected),
    ],
    statics: &[],
};

/// `ServerHttp2Session`
pub(super) static SERVER_HTTP2_SESSION: Class = Class {
    name: "ServerHttp2Session",
    length: 3,
    extends: Parent::Class(&HTTP2_SESSION),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[
        Member::getter("server", |this, _args, cx| Ok(of(this, cx)?.server.borrow().clone().map_or_else(JsValue::undefined, JsValue::from))).enumerable(false),
        Member::function("altsvc", 2, methods::altsvc),
        Member::function("origin", 0, methods::origin),
    ],
    statics: &[],
};

/// `ClientHttp2Session`
pub(super) static CLIENT_HTTP2_SESSION: Class = Class {
    name: "ClientHttp2Session",
    length: 2,
    extends: Parent::Class(&HTTP2_SESSION),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[Member::function("request", 2, client::request)],
    statics: &[],
};

/// A PING that waits for its answer.
pub(super) struct Ping {
    pub callback: JsFunction,
    pub sent_ns: u64,
    pub origin: AsyncOrigin,
}

/// SETTINGS that wait for theirs.
pub(super) struct SettingsSent {
    pub callback: Option<JsFunction>,
    pub sent_ns: u64,
}

/// What is behind an `Http2Session`. The links to objects are cut when it is closed.
pub(super) struct Session {
    pub side: Side,
    pub codec: RefCell<wire::Session>,
    pub object: RefCell<Option<JsObject>>,
    pub socket: RefCell<Option<JsObject>>,
    /// What `session.socket` shows.
    pub proxy: RefCell<Option<JsObject>>,
    pub server: RefCell<Option<JsObject>>,
    pub transport: RefCell<Option<Transport>>,
    /// Streams with a number, and those that wait for one.
    pub streams: RefCell<BTreeMap<u32, JsObject>>,
    pub pending: RefCell<Vec<JsObject>>,
    /// Requests that were made before there was a connection.
    pub early_requests: RefCell<Vec<JsObject>>,
    /// Streams whose last write is not with the system yet.
    pub writers: RefCell<Vec<JsObject>>,
    pub closed: Cell<bool>,
    pub destroyed: Cell<bool>,
    pub ready: Cell<bool>,
    pub writing: Cell<bool>,
    pub receiving: Cell<bool>,
    pub flush_scheduled: Cell<bool>,
    pub goaway_code: Cell<Option<u32>>,
    pub goaway_last: Cell<Option<u32>>,
    pub pings: RefCell<VecDeque<Ping>>,
    pub settings_waiting: RefCell<VecDeque<SettingsSent>>,
    /// How many were sent and not answered; it stays when the session ends.
    pub settings_unanswered: Cell<usize>,
    pub pings_max: usize,
    pub settings_max: usize,
    pub strict_single: bool,
    pub local_settings: RefCell<Option<JsObject>>,
    pub remote_settings: RefCell<Option<JsObject>>,
    pub alpn_protocol: RefCell<JsValue>,
    pub origins: RefCell<Option<Vec<String>>>,
    pub idle: RefCell<Option<Rc<IdleTimer>>>,
    pub authority: RefCell<JsValue>,
    pub protocol: RefCell<JsValue>,
    pub first_settings: RefCell<Option<JsObject>>,
    /// `options.origins` of a server.
    first_origins: RefCell<Option<JsObject>>,
    /// What ended the session, for `finishSessionClose`.
    pub ending: RefCell<Option<JsValue>>,
    /// The signal that ends the session, and what listens to it.
    pub abort: RefCell<Option<(JsObject, JsFunction)>>,
    pub stats: Stats,
}

/// What the performance entry of a session tells.
#[derive(Default)]
pub(super) struct Stats {
    pub began_ns: Cell<u64>,
    pub ping_rtt_ns: Cell<u64>,
    pub streams_done: Cell<u32>,
    pub duration_ns: Cell<u64>,
    pub streams: Cell<u32>,
    pub streams_max: Cell<u32>,
    pub bytes_read: Cell<u64>,
    pub bytes_written: Cell<u64>,
}

#[derive(Trace, Finalize, JsData)]
struct Holder {
    #[unsafe_ignore_trace]
    session: Rc<Session>,
}

/// The session behind an object.
pub(super) fn find(object: &JsObject, cx: &mut Context) -> Option<Rc<Session>> {
    let holder = Slot::<Holder>::get(object, cx)?;
    let session = holder.borrow().data().session.clone();
    Some(session)
}

pub(super) fn of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Session>> {
    let found = this.as_object().and_then(|object| find(&object, cx));
    found.ok_or_else(|| engine_errors::invalid_this("Http2Session", cx))
}

/// The session that a socket belongs to: `socket[kBoundSession]`.
#[derive(Trace, Finalize, JsData)]
struct Bound {
    #[unsafe_ignore_trace]
    session: RefCell<Option<Rc<Session>>>,
}

fn bound_to(socket: &JsObject, cx: &mut Context) -> Option<Rc<Session>> {
    let bound = Slot::<Bound>::get(socket, cx)?;
    let session = bound.borrow().data().session.borrow().clone();
    session
}

/// Makes a session over a socket.
pub(super) fn create(side: Side, given: Option<&JsObject>, socket: &JsObject, server: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    if bound_to(socket, cx).is_some() {
        return Err(errors::fixed("ERR_HTTP2_SOCKET_BOUND", cx));
    }
    let none = JsObject::with_null_proto();
    let given = given.unwrap_or(&none);
    let limits = options::limits(given, cx)?;
    let class = if side == Side::Server { &SERVER_HTTP2_SESSION } else { &CLIENT_HTTP2_SESSION };
    let object = JsObject::from_proto_and_data(class.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    (events::EVENT_EMITTER.init)(&object.clone().into(), &[], cx)?;
    let session = Rc::new(Session {
        side,
        codec: RefCell::new(wire::Session::new(side, limits)),
        object: RefCell::new(Some(object.clone())),
        socket: RefCell::new(Some(socket.clone())),
        proxy: RefCell::default(),
        server: RefCell::new(server.cloned()),
        transport: RefCell::default(),
        streams: RefCell::default(),
        pending: RefCell::default(),
        early_requests: RefCell::default(),
        writers: RefCell::default(),
        closed: Cell::new(false),
        destroyed: Cell::new(false),
        ready: Cell::new(false),
        writing: Cell::new(false),
        receiving: Cell::new(false),
        flush_scheduled: Cell::new(false),
        goaway_code: Cell::new(None),
        goaway_last: Cell::new(None),
        pings: RefCell::default(),
        settings_waiting: RefCell::default(),
        settings_unanswered: Cell::new(0),
        pings_max: count(given, "maxOutstandingPings", 10, cx)?,
        settings_max: count(given, "maxOutstandingSettings", 10, cx)?,
        strict_single: field(given, "strictSingleValueFields", cx)?.as_boolean() != Some(false),
        local_settings: RefCell::default(),
        remote_settings: RefCell::default(),
        alpn_protocol: RefCell::default(),
        origins: RefCell::default(),
        idle: RefCell::default(),
        authority: RefCell::default(),
        protocol: RefCell::default(),
        first_settings: RefCell::new(field(given, "settings", cx)?.as_object()),
        first_origins: RefCell::new(field(given, "origins", cx)?.as_object().filter(|list| side == Side::Server && list.is_array())),
        ending: RefCell::default(),
        abort: RefCell::default(),
        stats: Stats::default(),
    });
    session.stats.began_ns.set(Host::of(cx).uptime_ns());
    Slot::set(&object, Holder { session: session.clone() }, cx)?;
    Slot::set(socket, Bound { session: RefCell::new(Some(session.clone())) }, cx)?;
    if let Some(server) = server {
        super::server::add_session(server, &object, cx);
    }
    let is_connecting = flag(socket, "connecting", cx)? || flag(socket, "secureConnecting", cx)?;
    if !is_connecting {
        session.set_up(cx)?;
        return Ok(object);
    }
    let event = if flag(socket, "encrypted", cx)? { js_string!("secureConnect") } else { js_string!("connect") };
    let connected = table::closure(
        "",
        0,
        object.clone(),
        |this, _args, object, cx| {
            let Some(session) = find(object, cx) else { return Ok(JsValue::undefined()) };
            if let Err(error) = session.set_up(cx) {
                let error = error.into_opaque(cx)?;
                let socket = this.to_object(cx)?;
                events::method(&socket, "destroy", &[error], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, event, connected, cx)?;
    Ok(object)
}

fn count(options: &JsObject, key: &'static str, default: usize, cx: &mut Context) -> JsResult<usize> {
    let value = option(Some(options), key, cx)?.as_number();
    Ok(value.filter(|value| *value >= 0.0).map_or(default, |value| (value as usize).max(1)))
}

impl Session {
    /// Node's `setupHandle`: the socket is connected.
    fn set_up(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        // It may be gone before it was there.
        if self.destroyed.get() {
            return Ok(());
        }
        let (Some(object), Some(socket)) = (self.object(), self.socket()) else { return Ok(()) };
        if flag(&socket, "destroyed", cx)? {
            return Ok(());
        }
        if flag(&socket, "encrypted", cx)? {
            let renegotiation = field(&socket, "disableRenegotiation", cx)?;
            if renegotiation.is_callable() {
                events::method(&socket, "disableRenegotiation", &[], cx)?;
            }
            *self.alpn_protocol.borrow_mut() = field(&socket, "alpnProtocol", cx)?;
        } else {
            *self.alpn_protocol.borrow_mut() = js_string!("h2c").into();
        }
        self.ready.set(true);
        let first = self.first_settings.take();
        settings_object::check(first.as_ref(), cx)?;
        let entries = settings_object::entries(first.as_ref(), cx)?;
        self.send_settings(entries, None, cx);
        if let Some(origins) = { self.first_origins.take() } {
            let origins = events::elements(&origins, cx)?;
            methods::origin(&object.clone().into(), &origins, cx)?;
        }
        let transport = Transport::take(self, &socket, &object, cx)?;
        *self.transport.borrow_mut() = Some(transport);
        self.schedule_flush(cx);
        super::object::emit_later(&object, "connect", vec![object.clone().into(), socket.into()], cx);
        self.begin_early_requests(cx)?;
        self.read_what_is_there(cx)
    }

    pub fn send_settings(&self, entries: Vec<(u16, u32)>, callback: Option<JsFunction>, cx: &Context) {
        self.settings_waiting.borrow_mut().push_back(SettingsSent { callback, sent_ns: Host::of(cx).uptime_ns() });
        self.settings_unanswered.set(self.settings_unanswered.get() + 1);
        self.codec.borrow_mut().settings(entries);
    }

    pub fn object(&self) -> Option<JsObject> {
        self.object.borrow().clone()
    }

    pub fn socket(&self) -> Option<JsObject> {
        self.socket.borrow().clone()
    }

    /// Whether the codec and the socket are joined: `session[kHandle] !== undefined`.
    pub fn has_handle(&self) -> bool {
        self.transport.borrow().is_some()
    }

    pub fn is_connecting(&self, _cx: &mut Context) -> JsResult<bool> {
        Ok(!self.ready.get())
    }

    /// Throws where a destroyed session is asked for something.
    pub fn check_alive(&self, cx: &mut Context) -> JsResult<()> {
        if self.destroyed.get() { Err(errors::fixed("ERR_HTTP2_INVALID_SESSION", cx)) } else { Ok(()) }
    }

    /// The time without activity begins anew.
    pub fn touch(&self) {
        if let Some(idle) = self.idle.borrow().as_ref() {
            idle.push();
        }
    }

    /// A stream that has not got its number yet is remembered.
    pub fn add_pending(&self, stream: &JsObject) {
        self.pending.borrow_mut().push(stream.clone());
    }

    pub fn remove_pending(&self, stream: &JsObject) {
        self.pending.borrow_mut().retain(|other| !JsObject::equals(other, stream));
        self.early_requests.borrow_mut().retain(|other| !JsObject::equals(other, stream));
    }

    pub fn stream(&self, id: u32) -> Option<JsObject> {
        self.streams.borrow().get(&id).cloned()
    }

    fn all_streams(&self) -> (Vec<JsObject>, Vec<JsObject>) {
        (self.pending.borrow().clone(), self.streams.borrow().values().cloned().collect())
    }

    fn begin_early_requests(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let early = std::mem::take(&mut *self.early_requests.borrow_mut());
        if early.is_empty() {
            return Ok(());
        }
        let session = self.clone();
        // With the 'connect' event, after the listeners that were there first.
        Host::of(cx).next_tick_native(move |cx| {
            for stream in early {
                client::begin(&session, &stream, cx)?;
            }
            Ok(())
        });
        Ok(())
    }
}

/// An error somebody threw is uncaught; it keeps nothing else from happening.
pub(super) fn report(result: JsResult<()>, cx: &mut Context) {
    if let Err(error) = result {
        Host::of(cx).report(error, coil_engine::Origin::Exception, cx);
    }
}

/// An argument, or `undefined`.
pub(super) fn argument(args: &[JsValue], at: usize) -> JsValue {
    args.get_or_undefined(at).clone()
}
