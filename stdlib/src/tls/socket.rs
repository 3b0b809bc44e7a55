//! `tls.TLSSocket`: a `net.Socket` whose connection has TLS between its bytes and its descriptor.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors, table,
    table::Member,
    validate,
};
use coil_tls::{
    rustls::Error,
    session::{ClientWishes, Hello, Saved, Session},
    x509::chain::{self, Purpose, Verified},
};

use super::{
    carrier,
    context::{self, SecureContext},
    controls, errors, field, flag, handle, hello,
    identity::{self, merged},
    layer::{TlsLayer, Watcher},
    peer, sessions, set,
};
use crate::{
    buffer, events,
    net::{self, SOCKET, conn::Conn},
};

/// `tls.TLSSocket`
pub(crate) static TLS_SOCKET: Class = Class {
    name: "TLSSocket",
    length: 2,
    extends: Parent::Class(&SOCKET),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("disableRenegotiation", 0, controls::disable_renegotiation),
        Member::function("_destroySSL", 0, destroy_ssl),
        Member::renamed("renegotiate", "", 2, controls::renegotiate),
        Member::renamed("exportKeyingMaterial", "", 3, peer::export_keying_material),
        Member::function("setMaxSendFragment", 1, controls::set_max_send_fragment),
        Member::renamed("_handleTimeout", "", 0, handle_timeout),
        Member::renamed("_emitTLSError", "", 1, emit_tls_error_method),
        Member::renamed("_tlsError", "", 1, tls_error),
        Member::renamed("_releaseControl", "", 0, release_control),
        Member::renamed("_start", "", 0, start_method),
        Member::renamed("setServername", "", 1, controls::set_servername),
        Member::renamed("setSession", "", 1, controls::set_session),
        Member::renamed("getPeerCertificate", "", 1, peer::get_peer_certificate),
        Member::renamed("getCertificate", "", 0, peer::get_certificate),
        Member::renamed("getPeerX509Certificate", "", 1, peer::get_peer_x509_certificate),
        Member::renamed("getX509Certificate", "", 0, peer::get_x509_certificate),
        Member::renamed("setKeyCert", "", 1, controls::set_key_cert),
        Member::renamed("getCipher", "socketMethodProxy", 0, peer::get_cipher),
        Member::renamed("getSharedSigalgs", "socketMethodProxy", 0, peer::get_shared_sigalgs),
        Member::renamed("getEphemeralKeyInfo", "socketMethodProxy", 0, peer::get_ephemeral_key_info),
        Member::renamed("getFinished", "socketMethodProxy", 0, peer::get_finished),
        Member::renamed("getPeerFinished", "socketMethodProxy", 0, peer::get_peer_finished),
        Member::renamed("getProtocol", "socketMethodProxy", 0, peer::get_protocol),
        Member::renamed("getSession", "socketMethodProxy", 0, peer::get_session),
        Member::renamed("getTLSTicket", "socketMethodProxy", 0, peer::get_tls_ticket),
        Member::renamed("isSessionReused", "socketMethodProxy", 0, peer::is_session_reused),
        Member::renamed("enableTrace", "socketMethodProxy", 0, controls::enable_trace),
    ],
    statics: &[],
};

/// Properties of every socket itself.
static OWN_ACCESSORS: [Member; 1] = [Member::getter("ssl", handle::ssl)];

/// What a TLS socket keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct TlsState {
    #[unsafe_ignore_trace]
    pub(super) layer: Rc<TlsLayer>,
    #[unsafe_ignore_trace]
    pub(super) context: Rc<SecureContext>,
    pub(super) is_server: bool,
    #[unsafe_ignore_trace]
    pub(super) servername: Option<String>,
    #[unsafe_ignore_trace]
    pub(super) alpn: Vec<Vec<u8>>,
    /// The session to be resumed, by its name.
    #[unsafe_ignore_trace]
    pub(super) wanted_session: Option<Vec<u8>>,
    /// The session that this connection got last.
    #[unsafe_ignore_trace]
    pub(super) session: Option<Vec<u8>>,
    /// Where the session that was offered comes from, and where those that the server gives are kept.
    #[unsafe_ignore_trace]
    offered: Option<Rc<sessions::Pool>>,
    #[unsafe_ignore_trace]
    given: Option<Rc<sessions::Pool>>,
    /// Sessions that came before the peer was verified.
    #[unsafe_ignore_trace]
    unheard: Vec<Vec<u8>>,
    pub(super) is_verified: bool,
    pub(super) max_fragment: Option<usize>,
    #[unsafe_ignore_trace]
    verified: Option<Rc<Verified>>,
    pub(super) renegotiation_disabled: bool,
    pub(super) handle: JsObject,
}

/// The state behind a TLS socket.
pub(super) fn state_of(socket: &JsObject, cx: &mut Context) -> Option<JsObject<TlsState>> {
    Slot::<TlsState>::get(socket, cx)
}

pub(super) fn find(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject<TlsState>)> {
    let object = this.to_object(cx)?;
    match state_of(&object, cx) {
        Some(state) => Ok((object, state)),
        None => Err(engine_errors::invalid_this("TLSSocket", cx)),
    }
}

impl TlsState {
    /// Asks something of the connection, once there is one.
    pub(super) fn with_session<T>(&self, ask: impl FnOnce(&Session) -> T) -> Option<T> {
        self.layer.with_session(ask)
    }
}

/// `tls.TLSSocket(socket, options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !TLS_SOCKET.is_instance(this, cx)? {
        return Ok(TLS_SOCKET.construct(args, cx)?.into());
    }
    let object = this.to_object(cx)?;
    let given = args.get_or_undefined(0).as_object();
    let options = merged(args.get_or_undefined(1).as_object().as_ref(), None, cx)?;
    let protocols = field(&options, "ALPNProtocols", cx)?;
    let alpn = identity::alpn_names(&protocols, cx)?;
    if protocols.to_boolean() {
        identity::convert_alpn_protocols(this, &[protocols, options.clone().into()], cx)?;
    }
    for (key, value) in OWN {
        set(&object, key, value(), cx)?;
    }
    set(&object, "_tlsOptions", options.clone(), cx)?;
    let is_server = flag(&options, "isServer", cx)?;
    let secure_context = field(&options, "secureContext", cx)?;
    let context = match context::of(&secure_context, cx) {
        Some(context) => context,
        None => {
            let made = context::create(this, &[options.clone().into()], cx)?;
            set(&options, "secureContext", made.clone(), cx)?;
            context::of(&made, cx).ok_or_else(|| errors::invalid_context("secureContext", cx))?
        }
    };
    let net_options = net_options(given.as_ref(), &options, cx)?;
    (SOCKET.init)(this, &[net_options.into()], cx)?;
    let session = buffer::bytes_of(&field(&options, "session", cx)?);
    let state = TlsState {
        layer: TlsLayer::new(is_server, cx),
        context,
        is_server,
        servername: None,
        alpn,
        wanted_session: session,
        session: None,
        offered: None,
        given: None,
        unheard: Vec::new(),
        is_verified: is_server,
        max_fragment: None,
        verified: None,
        renegotiation_disabled: false,
        handle: handle::create(cx)?,
    };
    let state = Slot::set(&object, state, cx)?;
    table::define_all(&object, &OWN_ACCESSORS, true, cx)?;
    let own_handle = state.borrow().data().handle.clone();
    handle::bind(&own_handle, &state, cx)?;
    // Until the socket is the script's, what goes wrong is told as a failure of TLS.
    let fails = field(&object, "_tlsError", cx)?;
    events::on(&object, js_string!("error"), fails, cx)?;
    let sni = field(&options, "SNICallback", cx)?;
    if is_server && !sni.is_null_or_undefined() {
        validate::function(&sni, "options.SNICallback", cx)?;
        set(&object, "_SNICallback", sni, cx)?;
    }
    for key in ["requestCert", "rejectUnauthorized"] {
        let value = field(&options, key, cx)?;
        let requests = key == "requestCert";
        let value = if requests { value.to_boolean() || !is_server } else { value.as_boolean() != Some(false) };
        set(&object, if requests { "_requestCert" } else { "_rejectUnauthorized" }, value, cx)?;
    }
    let timeout = field(&options, "handshakeTimeout", cx)?.as_number().unwrap_or(0.0);
    if timeout > 0.0 {
        let handler = field(&object, "_handleTimeout", cx)?;
        events::method(&object, "setTimeout", &[timeout.into(), handler], cx)?;
    }
    match given {
        Some(below) => {
            set(&object, "_parent", below.clone(), cx)?;
            lay_over(&object, &state, &below, cx)?;
        }
        // A client begins as soon as it is connected.
        None if !is_server => {
            let start = field(&object, "_start", cx)?;
            events::once(&object, js_string!("connect"), start, cx)?;
        }
        None => {}
    }
    Ok(JsValue::undefined())
}

/// What Node hangs on every TLS socket.
static OWN: &[(&str, fn() -> JsValue)] = &[
    ("_tlsOptions", JsValue::undefined),
    ("_secureEstablished", || false.into()),
    ("_securePending", || false.into()),
    ("_newSessionPending", || false.into()),
    ("_controlReleased", || false.into()),
    ("secureConnecting", || true.into()),
    ("_SNICallback", JsValue::null),
    ("servername", JsValue::null),
    ("alpnProtocol", JsValue::null),
    ("authorized", || false.into()),
    ("authorizationError", JsValue::null),
    ("encrypted", || true.into()),
];

fn net_options(below: Option<&JsObject>, options: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let made = JsObject::with_object_proto(cx.intrinsics());
    let half_open = match below {
        Some(below) => field(below, "allowHalfOpen", cx)?,
        None => field(options, "allowHalfOpen", cx)?,
    };
    set(&made, "allowHalfOpen", half_open, cx)?;
    for key in ["highWaterMark", "signal", "noDelay", "keepAlive", "keepAliveInitialDelay", "blockList"] {
        let value = field(options, key, cx)?;
        if !value.is_undefined() {
            set(&made, key, value, cx)?;
        }
    }
    if below.is_none() {
        let value = field(options, "onread", cx)?;
        set(&made, "onread", value, cx)?;
    }
    Ok(made)
}

/// The socket runs over another stream: a `net.Socket`'s own connection, or any Duplex.
fn lay_over(object: &JsObject, state: &JsObject<TlsState>, below: &JsObject, cx: &mut Context) -> JsResult<()> {
    let closes = table::closure("", 0, object.clone(), |_this, _args, socket, cx| events::method(socket, "destroy", &[], cx), cx);
    let closes_below = table::closure("", 0, below.clone(), |_this, _args, below, cx| events::method(below, "destroy", &[], cx), cx);
    if net::Socket::is_connecting(below, cx) {
        set(object, "connecting", true, cx)?;
        let connected = table::closure(
            "",
            0,
            (object.clone(), state.clone(), below.clone()),
            |_this, _args, (object, state, below), cx| {
                set(object, "connecting", false, cx)?;
                attach(object, state, below, cx)?;
                events::emit(object, js_string!("connect"), &[], cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::once(below, js_string!("connect"), connected, cx)?;
    } else {
        attach(object, state, below, cx)?;
    }
    let fails = table::closure("", 1, object.clone(), |_this, args, socket, cx| events::method(socket, "_emitTLSError", &[args.get_or_undefined(0).clone()], cx), cx);
    events::on(below, js_string!("error"), fails, cx)?;
    events::on(below, js_string!("close"), closes, cx)?;
    events::on(object, js_string!("close"), closes_below, cx)
}

fn attach(object: &JsObject, state: &JsObject<TlsState>, below: &JsObject, cx: &mut Context) -> JsResult<()> {
    let own = net::Socket::conn_of(below, cx).filter(|conn| !conn.is_closed());
    let is_socket = own.is_some();
    let conn = match own {
        Some(conn) if conn.layer().is_none() => {
            net::Socket::lie_below(below, object, cx);
            conn
        }
        Some(conn) => carrier::over(&conn, cx),
        None => carrier::connect(below, cx)?,
    };
    let layer = state.borrow().data().layer.clone();
    layer.watch(Rc::new(SocketWatcher { socket: object.clone(), state: state.clone() }));
    conn.set_layer(layer);
    net::Socket::adopt(object, &conn, cx);
    let (object, below, pauses) = (object.clone(), below.clone(), flag(&field(object, "_tlsOptions", cx)?.to_object(cx)?, "pauseOnConnect", cx)?);
    if pauses {
        set(&object, "readableFlowing", false, cx)?;
    }
    // In the next tick, so that whoever made the socket can listen to it first.
    Host::of(cx).next_tick_native(move |cx| {
        if conn.is_closed() {
            return Ok(());
        }
        // What the stream below had read already belongs to TLS.
        while is_socket && field(&below, "readableLength", cx)?.to_number(cx)? > 0.0 {
            let chunk = events::method(&below, "read", &[], cx)?;
            let Some(bytes) = buffer::bytes_of(&chunk) else { break };
            let conn = conn.clone();
            Host::of(cx).event_loop().pending(Box::new(move |cx| conn.feed(&bytes, cx)));
        }
        // A descriptor that cannot be watched shows itself at the next write.
        let _ = conn.layer_changed();
        if !flag(&object, "destroyed", cx)? && !pauses {
            events::method(&object, "read", &[0.into()], cx)?;
        }
        Ok(())
    });
    Ok(())
}

/// `tlsSocket._start()`: a client's handshake begins.
fn start_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    if flag(&socket, "connecting", cx)? {
        let again = field(&socket, "_start", cx)?;
        events::once(&socket, js_string!("connect"), again, cx)?;
        return Ok(JsValue::undefined());
    }
    let Some(conn) = net::Socket::conn_of(&socket, cx) else { return Ok(JsValue::undefined()) };
    let layer = state.borrow().data().layer.clone();
    if conn.layer().is_none() {
        layer.watch(Rc::new(SocketWatcher { socket: socket.clone(), state: state.clone() }));
        conn.set_layer(layer.clone());
    }
    start(&socket, &state, &conn, &layer, cx)?;
    Ok(JsValue::undefined())
}

fn start(socket: &JsObject, state: &JsObject<TlsState>, conn: &Rc<Conn>, layer: &Rc<TlsLayer>, cx: &mut Context) -> JsResult<()> {
    let logs_keys = events::listener_count(socket, js_string!("keylog"), cx)? > 0;
    let (context, wishes, session) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        let wishes = ClientWishes { servername: state.servername.clone(), alpn: state.alpn.clone(), session: None, logs_keys, max_fragment: state.max_fragment };
        (state.context.clone(), wishes, state.wanted_session.clone())
    };
    let (session, pool) = session.and_then(|name| sessions::take(&name, cx)).unzip();
    state.borrow_mut().data_mut().offered = pool;
    let settings = context.settings.borrow().clone();
    let (conn, layer) = (conn.clone(), layer.clone());
    // What fails at once is told in a later turn, as what fails later is.
    if settings.versions.is_empty() {
        Host::of(cx).event_loop().pending(Box::new(move |cx| layer.start(&conn, &settings, ClientWishes { session, ..wishes }, cx)));
        return Ok(());
    }
    layer.start(&conn, &settings, ClientWishes { session, ..wishes }, cx);
    Ok(())
}

/// Connects a connection's TLS with its socket, as long as it is open.
struct SocketWatcher {
    socket: JsObject,
    state: JsObject<TlsState>,
}

impl Watcher for SocketWatcher {
    fn start(&self, cx: &mut Context) -> JsResult<()> {
        events::method(&self.socket, "_start", &[], cx).map(drop)
    }

    fn hello(&self, hello: Hello, cx: &mut Context) -> JsResult<()> {
        hello::choose_context(&self.socket, &self.state, hello, cx)
    }

    fn secure(&self, cx: &mut Context) -> JsResult<()> {
        finish(&self.socket, &self.state, cx)
    }

    fn sessions(&self, saved: Vec<Saved>, cx: &mut Context) -> JsResult<()> {
        for saved in saved {
            let (pool, renewed) = {
                let mut state = self.state.borrow_mut();
                let state = state.data_mut();
                let was_resumed = state.with_session(Session::was_resumed) == Some(true);
                if was_resumed && let Some(pool) = &state.offered { (pool.clone(), true) } else { (state.given.get_or_insert_default().clone(), false) }
            };
            if renewed {
                // The same session under another ticket.
                pool.add(saved);
                continue;
            }
            let name = sessions::keep(saved, &pool, cx);
            let is_verified = {
                let mut state = self.state.borrow_mut();
                let state = state.data_mut();
                state.session = Some(name.clone());
                state.is_verified
            };
            if is_verified {
                let session = buffer::from_slice(&name, cx)?;
                events::emit(&self.socket, js_string!("session"), &[session.into()], cx)?;
            } else {
                self.state.borrow_mut().data_mut().unheard.push(name);
            }
        }
        Ok(())
    }

    fn key_lines(&self, lines: Vec<String>, cx: &mut Context) -> JsResult<()> {
        let options = field(&self.socket, "_tlsOptions", cx)?.to_object(cx)?;
        let server = field(&options, "server", cx)?.as_object();
        for line in lines {
            let line: JsValue = buffer::from_slice(format!("{line}\n").as_bytes(), cx)?.into();
            events::emit(&self.socket, js_string!("keylog"), std::slice::from_ref(&line), cx)?;
            if let Some(server) = &server {
                events::emit(server, js_string!("keylog"), &[line, self.socket.clone().into()], cx)?;
            }
        }
        Ok(())
    }

    fn failed(&self, error: Error, first: [u8; 5], cx: &mut Context) -> JsResult<()> {
        if flag(&self.socket, "_hadError", cx)? {
            return Ok(());
        }
        set(&self.socket, "_hadError", true, cx)?;
        let is_server = self.state.borrow().data().is_server;
        let error = errors::of_connection(&error, first, is_server, cx)?;
        if flag(&self.socket, "_secureEstablished", cx)? { emit_tls_error(&self.socket, error.into(), cx) } else { events::method(&self.socket, "destroy", &[error.into()], cx).map(drop) }
    }
}

/// With `--tls-keylog=file`, the secrets of every connection go there.
pub(super) fn log_keys(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    if crate::launch_flags::value("--tls-keylog", cx).is_none() {
        return Ok(());
    }
    let log = |_this: &JsValue, args: &[JsValue], cx: &mut Context| {
        if let (Some(path), Some(line)) = (crate::launch_flags::value("--tls-keylog", cx), buffer::bytes_of(args.get_or_undefined(0))) {
            // A log that cannot be written is no reason to lose the connection.
            let _ = Host::of(cx).sys().fs().append_file(std::path::Path::new(&path), &line, 0o600);
        }
        Ok(JsValue::undefined())
    };
    let log = table::function(log, js_string!("keylog"), 1, cx);
    events::on(socket, js_string!("keylog"), log, cx)
}

/// Node's `_finishInit`.
fn finish(socket: &JsObject, state: &JsObject<TlsState>, cx: &mut Context) -> JsResult<()> {
    if flag(socket, "destroyed", cx)? {
        return Ok(());
    }
    let (alpn, servername) = {
        let state = state.borrow();
        let alpn = state.data().with_session(|session| session.connection().and_then(|connection| connection.alpn_protocol().map(<[u8]>::to_vec))).flatten();
        (alpn, state.data().servername.clone())
    };
    let alpn = alpn.map_or(JsValue::from(false), |name| js_string!(String::from_utf8_lossy(&name).as_ref()).into());
    set(socket, "alpnProtocol", alpn, cx)?;
    if field(socket, "servername", cx)?.is_null() {
        let servername = servername.map_or(JsValue::from(false), |name| js_string!(name).into());
        set(socket, "servername", servername, cx)?;
    }
    set(socket, "_secureEstablished", true, cx)?;
    name_session(state, cx);
    let options = field(socket, "_tlsOptions", cx)?.to_object(cx)?;
    if field(&options, "handshakeTimeout", cx)?.as_number().is_some_and(|timeout| timeout > 0.0) {
        let handler = field(socket, "_handleTimeout", cx)?;
        events::method(socket, "setTimeout", &[0.into(), handler], cx)?;
    }
    if flag(&options, "requestOCSP", cx)? && !state.borrow().data().is_server {
        let response = state.borrow().data().with_session(|session| session.ocsp.clone()).flatten();
        let response = match response {
            Some(response) => buffer::from_slice(&response, cx)?.into(),
            None => JsValue::null(),
        };
        events::emit(socket, js_string!("OCSPResponse"), &[response], cx)?;
    }
    events::emit(socket, js_string!("secure"), &[], cx).map(drop)
}

/// A session that was resumed is the one that was asked for. One of TLS 1.3 comes later: until then there is one that nobody can
/// resume.
fn name_session(state: &JsObject<TlsState>, cx: &mut Context) {
    let unusable = || sessions::unusable(cx);
    let mut state = state.borrow_mut();
    let state = state.data_mut();
    if state.session.is_none() {
        let was_resumed = state.with_session(Session::was_resumed) == Some(true);
        state.session = state.wanted_session.take().filter(|_| was_resumed).or_else(|| Some(unusable()));
    }
}

/// What is wrong with the peer's certificate, if anything. Looked at once.
pub(super) fn verify(state: &JsObject<TlsState>, cx: &mut Context) -> Option<chain::Failure> {
    match verified(state, cx) {
        Some(verified) => verified.failure,
        // Nobody showed anything.
        None => Some(chain::UNABLE_TO_GET_ISSUER_CERT),
    }
}

/// The peer's chain as far as it could be built.
pub(super) fn verified(state: &JsObject<TlsState>, cx: &mut Context) -> Option<Rc<Verified>> {
    if let Some(known) = &state.borrow().data().verified {
        return Some(known.clone());
    }
    let (presented, context, is_server) = {
        let state = state.borrow();
        let state = state.data();
        (state.with_session(Session::peer_certificates).unwrap_or_default(), state.context.clone(), state.is_server)
    };
    let trust = context.trust(cx);
    let now = Host::of(cx).sys().clock().wall_ms() / 1000;
    let purpose = if is_server { Purpose::Client } else { Purpose::Server };
    let found = Rc::new(chain::verify(&presented, &trust, purpose, now)?);
    state.borrow_mut().data_mut().verified = Some(found.clone());
    Some(found)
}

/// The peer is who it should be: sessions that came before are told now.
pub(super) fn set_verified(socket: &JsObject, state: &JsObject<TlsState>, cx: &mut Context) -> JsResult<()> {
    let unheard = {
        let mut state = state.borrow_mut();
        state.data_mut().is_verified = true;
        std::mem::take(&mut state.data_mut().unheard)
    };
    for name in unheard {
        let session = buffer::from_slice(&name, cx)?;
        events::emit(socket, js_string!("session"), &[session.into()], cx)?;
    }
    Ok(())
}

/// `tlsSocket._tlsError(error)`: the error, if it is the socket's to tell.
fn tls_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let error = args.get_or_undefined(0).clone();
    events::emit(&socket, js_string!("_tlsError"), std::slice::from_ref(&error), cx)?;
    Ok(if flag(&socket, "_controlReleased", cx)? { error } else { JsValue::null() })
}

fn emit_tls_error_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    emit_tls_error(&this.to_object(cx)?, args.get_or_undefined(0).clone(), cx)?;
    Ok(JsValue::undefined())
}

fn emit_tls_error(socket: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let error = events::method(socket, "_tlsError", &[error], cx)?;
    if error.to_boolean() {
        events::method(socket, "destroy", &[error], cx)?;
    }
    Ok(())
}

fn handle_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let error = errors::handshake_timeout(cx).into_opaque(cx)?;
    let socket = this.to_object(cx)?;
    events::method(&socket, "_emitTLSError", &[error], cx)?;
    if !flag(&socket, "_controlReleased", cx)? {
        events::method(&socket, "destroy", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `tlsSocket._releaseControl()`: from now on the socket is the script's.
fn release_control(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if flag(&socket, "_controlReleased", cx)? {
        return Ok(false.into());
    }
    set(&socket, "_controlReleased", true, cx)?;
    let fails = field(&socket, "_tlsError", cx)?;
    events::remove_listener(&socket, js_string!("error"), fails, cx)?;
    Ok(true.into())
}

/// `tlsSocket._destroySSL()`: what comes after is not understood any more.
fn destroy_ssl(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let layer = state.borrow().data().layer.clone();
    layer.forget();
    Ok(JsValue::undefined())
}
