//! What scripts ask of a session.

use std::rc::Rc;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use coil_engine::{Host, errors as engine_errors, validate};

use super::{Ping, Session, argument, of, transport::nothing};
use crate::{
    buffer, events,
    http2::{
        errors,
        object::{field, flag, put},
        settings_object,
        wire::Side,
    },
    net::{idle::IdleTimer, timer_duration},
};

impl Ping {
    fn begin(callback: JsFunction, cx: &mut Context) -> Self {
        let host = Host::of(cx);
        let origin = host.origin();
        if host.async_hooks().is_some() {
            let resource = JsObject::with_object_proto(cx.intrinsics());
            host.announce(&origin, "HTTP2PING", &resource.into(), cx);
        }
        Self { callback, sent_ns: host.uptime_ns(), origin }
    }

    /// Calls back, as an asynchronous resource that is done with then.
    pub(super) fn answer(&self, object: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
        let host = Host::of(cx);
        let this = object.clone().into();
        let result = host.in_origin(&self.origin, None, cx, |cx| self.callback.call(&this, args, cx));
        host.renounce(self.origin.id, cx);
        result.map(drop)
    }
}

pub(super) fn encrypted(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    match session.socket().filter(|_| session.ready.get()) {
        Some(socket) => Ok(flag(&socket, "encrypted", cx)?.into()),
        None => nothing(),
    }
}

pub(super) fn alpn_protocol(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(of(this, cx)?.alpn_protocol.borrow().clone())
}

pub(super) fn origin_set(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    Ok(match session.origin_list(cx)?.filter(|_| !session.destroyed.get()) {
        Some(origins) => {
            *session.origins.borrow_mut() = Some(origins.clone());
            JsArray::from_values(origins.into_iter().map(|origin| js_string!(origin).into()).collect(), cx).into()
        }
        None => JsValue::undefined(),
    })
}

pub(super) fn socket(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    if let Some(proxy) = session.proxy.borrow().clone() {
        return Ok(proxy.into());
    }
    let made = super::proxy::create(&session, cx)?;
    *session.proxy.borrow_mut() = Some(made.clone());
    Ok(made.into())
}

pub(super) fn state(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    let object = JsObject::with_object_proto(cx.intrinsics());
    if !session.has_handle() || session.is_connecting(cx)? || session.destroyed.get() {
        return Ok(object.into());
    }
    let (window, received, next_id, last_id, send_window, queue, tables) = {
        let codec = session.codec.borrow();
        let (window, received) = codec.recv_window();
        (window, received, codec.next_id(), codec.last_processed_id(), codec.send_window(), codec.waiting_len() + usize::from(codec.wants_write()), codec.table_sizes())
    };
    put(&object, "effectiveLocalWindowSize", window as f64, cx)?;
    put(&object, "effectiveRecvDataLength", received as f64, cx)?;
    put(&object, "nextStreamID", next_id, cx)?;
    put(&object, "localWindowSize", (window - received) as f64, cx)?;
    put(&object, "lastProcStreamID", last_id, cx)?;
    put(&object, "remoteWindowSize", send_window as f64, cx)?;
    put(&object, "outboundQueueSize", queue as f64, cx)?;
    put(&object, "deflateDynamicTableSize", tables.0 as f64, cx)?;
    put(&object, "inflateDynamicTableSize", tables.1 as f64, cx)?;
    Ok(object.into())
}

pub(super) fn local_settings(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    if let Some(known) = session.local_settings.borrow().clone() {
        return Ok(known.into());
    }
    if session.destroyed.get() || session.is_connecting(cx)? {
        return Ok(JsObject::with_object_proto(cx.intrinsics()).into());
    }
    let settings = session.codec.borrow().local_settings().clone();
    let object = settings_object::to_object(&settings, cx)?;
    *session.local_settings.borrow_mut() = Some(object.clone());
    Ok(object.into())
}

pub(super) fn remote_settings(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    if let Some(known) = session.remote_settings.borrow().clone() {
        return Ok(known.into());
    }
    if session.destroyed.get() || session.is_connecting(cx)? {
        return Ok(JsObject::with_object_proto(cx.intrinsics()).into());
    }
    let settings = session.codec.borrow().remote_settings().clone();
    let object = settings_object::to_object(&settings, cx)?;
    *session.remote_settings.borrow_mut() = Some(object.clone());
    Ok(object.into())
}

pub(super) fn set_next_stream_id(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    let given = args.get_or_undefined(0);
    let id = validate::number(given, "id", cx)?;
    if id <= 0.0 || id > f64::from(u32::MAX) {
        return Err(engine_errors::out_of_range("id", "> 0 and <= 4294967295", given, cx));
    }
    let fits = session.codec.borrow_mut().set_next_id(id as u32);
    if fits {
        return nothing();
    }
    let error = errors::fault(-501, None, cx)?;
    session.destroy(error.into(), JsValue::undefined(), cx)?;
    nothing()
}

pub(super) fn set_local_window_size(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    let size = validate::int32(args.get_or_undefined(0), "windowSize", 0, i32::MAX, cx)?;
    session.codec.borrow_mut().set_local_window(i64::from(size));
    session.schedule_flush(cx);
    nothing()
}

pub(super) fn ping(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    let (mut given, mut callback) = (argument(args, 0), argument(args, 1));
    if given.is_callable() {
        callback = std::mem::take(&mut given);
    }
    let payload = match given.is_null_or_undefined() {
        true => {
            // Anything that the next one is unlikely to be.
            let now_ns = Host::of(cx).uptime_ns();
            now_ns.to_be_bytes()
        }
        false => {
            let bytes = if buffer::is_view(&given) { buffer::bytes_of(&given) } else { None };
            let Some(bytes) = bytes else { return Err(engine_errors::invalid_arg_type("payload", "Buffer|TypedArray|DataView", &given, cx)) };
            <[u8; 8]>::try_from(bytes.as_slice()).map_err(|_| errors::fixed("ERR_HTTP2_PING_LENGTH", cx))?
        }
    };
    let callback = validate::function(&callback, "callback", cx)?;
    if !session.has_handle() {
        return Ok(ping_when_connected(&session, payload, callback, cx)?.into());
    }
    send_ping(&session, payload, callback, cx)
}

fn ping_when_connected(session: &Rc<Session>, payload: [u8; 8], callback: JsFunction, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = session.object() else { return Ok(false) };
    let payload = buffer::from_slice(&payload, cx)?;
    let later = coil_engine::table::closure(
        "",
        0,
        (object.clone(), JsValue::from(payload), callback),
        |_this, _args, (object, payload, callback), cx| events::method(object, "ping", &[payload.clone(), callback.clone().into()], cx),
        cx,
    );
    events::once(&object, js_string!("connect"), later, cx)?;
    Ok(true)
}

fn send_ping(session: &Rc<Session>, payload: [u8; 8], callback: JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = session.object() else { return Ok(false.into()) };
    let ping = Ping::begin(callback, cx);
    if session.pings.borrow().len() >= session.pings_max {
        let error = errors::fixed_value("ERR_HTTP2_PING_CANCEL", cx)?;
        ping.answer(&object, &[error], cx)?;
        return Ok(false.into());
    }
    session.pings.borrow_mut().push_back(ping);
    session.codec.borrow_mut().ping(payload);
    session.schedule_flush(cx);
    Ok(true.into())
}

pub(super) fn settings(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    let given = validate::object(args.get_or_undefined(0), "settings", cx)?;
    settings_object::check(Some(&given), cx)?;
    let callback = settings_object::callback_argument(args.get_or_undefined(1), "callback", cx)?;
    if session.settings_waiting.borrow().len() >= session.settings_max {
        let error = errors::fixed_value("ERR_HTTP2_MAX_PENDING_SETTINGS_ACK", cx)?;
        session.destroy(error, JsValue::undefined(), cx)?;
        return nothing();
    }
    let entries = settings_object::entries(Some(&given), cx)?;
    session.send_settings(entries, callback, cx);
    session.schedule_flush(cx);
    nothing()
}

pub(super) fn goaway(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    let (code, last, data) = (argument(args, 0), argument(args, 1), argument(args, 2));
    if !data.is_undefined() && !buffer::is_view(&data) {
        return Err(engine_errors::invalid_arg_type("opaqueData", "Buffer|TypedArray|DataView", &data, cx));
    }
    let code = if code.is_undefined() { 0.0 } else { validate::number(&code, "code", cx)? };
    let last = if last.is_undefined() { 0.0 } else { validate::number(&last, "lastStreamID", cx)? };
    let data = buffer::bytes_of(&data).unwrap_or_default();
    {
        let mut codec = session.codec.borrow_mut();
        let last = if last <= 0.0 { codec.last_processed_id() } else { last as u32 };
        codec.goaway(code as u32, last, &data);
    }
    session.schedule_flush(cx);
    nothing()
}

/// `setTimeout` of sessions and streams.
pub(super) fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    let Some(object) = session.object() else { return Ok(this.clone()) };
    if session.destroyed.get() {
        return Ok(this.clone());
    }
    let timer = session.idle.borrow().clone();
    let timer = timer.unwrap_or_else(|| timer_of(&object, cx));
    *session.idle.borrow_mut() = Some(timer.clone());
    begin_timer(&object, &timer, args, cx)?;
    Ok(this.clone())
}

/// A timer that emits `'timeout'`.
pub(in crate::http2) fn timer_of(object: &JsObject, cx: &Context) -> Rc<IdleTimer> {
    let timer = IdleTimer::new(cx);
    let object = object.clone();
    timer.set_expired(Some(Rc::new(move |cx: &mut Context| {
        Host::of(cx).enter_with(cx, |cx| {
            if flag(&object, "destroyed", cx)? {
                return Ok(());
            }
            events::emit(&object, js_string!("timeout"), &[], cx).map(drop)
        });
    })));
    timer
}

pub(in crate::http2) fn begin_timer(object: &JsObject, timer: &Rc<IdleTimer>, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let given = args.get_or_undefined(0);
    let duration_ms = timer_duration(given, "msecs", cx)?;
    let callback = args.get_or_undefined(1);
    object.set(js_string!("timeout"), given.clone(), false, cx)?;
    timer.set(duration_ms);
    if callback.is_undefined() {
        return Ok(());
    }
    let callback = validate::function(callback, "callback", cx)?;
    if duration_ms == 0 { events::remove_listener(object, js_string!("timeout"), callback, cx) } else { events::once(object, js_string!("timeout"), callback, cx) }
}

pub(super) fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    on_socket(this, "ref", cx)
}

pub(super) fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    on_socket(this, "unref", cx)
}

fn on_socket(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(socket) = of(this, cx)?.socket()
        && field(&socket, name, cx)?.is_callable()
    {
        events::method(&socket, name, &[], cx)?;
    }
    nothing()
}

/// What `util.inspect` shows.
pub(super) fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    let Some(own) = this.as_object() else { return Ok(this.clone()) };
    let depth = args.get_or_undefined(0);
    if depth.as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    put(&shown, "type", i32::from(session.side == Side::Client), cx)?;
    put(&shown, "closed", session.closed.get(), cx)?;
    put(&shown, "destroyed", session.destroyed.get(), cx)?;
    let kind = if session.side == Side::Server { "ServerHttp2Session" } else { "ClientHttp2Session" };
    for (key, read) in [("state", state as Getter), ("localSettings", local_settings), ("remoteSettings", remote_settings)] {
        let value = read(&own.clone().into(), &[], cx)?;
        put(&shown, key, value, cx)?;
    }
    let text = crate::show(&shown.into(), cx);
    Ok(js_string!(format!("{kind} {text}")).into())
}

type Getter = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

/// `session.altsvc(alt, originOrStream)`
pub(super) fn altsvc(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    let (mut id, mut origin) = (0, String::new());
    let given = args.get_or_undefined(1);
    if given.is_string() {
        origin = origin_of(given, cx)?.filter(|origin| origin != "null").ok_or_else(|| errors::fixed("ERR_HTTP2_ALTSVC_INVALID_ORIGIN", cx))?;
    } else if given.is_number() {
        let number = given.as_number().unwrap_or(0.0);
        if number <= 0.0 || number > f64::from(u32::MAX) || number.fract() != 0.0 {
            return Err(engine_errors::out_of_range("originOrStream", "> 0 && < 4294967296", given, cx));
        }
        id = number as u32;
    } else if let Some(object) = given.as_object() {
        // A URL, or anything with an `origin`.
        let value = field(&object, "origin", cx)?;
        if !value.is_string() {
            return Err(engine_errors::invalid_arg_type("originOrStream", "string|number|URL|object", given, cx));
        }
        origin = value.to_string(cx)?.to_std_string_lossy();
        if origin.is_empty() || origin == "null" {
            return Err(errors::fixed("ERR_HTTP2_ALTSVC_INVALID_ORIGIN", cx));
        }
    } else if !given.is_undefined() {
        return Err(engine_errors::invalid_arg_type("originOrStream", "string|number|URL|object", given, cx));
    }
    let alt = validate::string(args.get_or_undefined(0), "alt", cx)?;
    let value: Vec<u8> = alt.iter().map(|unit| unit as u8).collect();
    if !alt.iter().all(|unit| unit == 9 || (0x20..=0xff).contains(&unit) && unit != 0x7f) {
        return Err(engine_errors::coded(engine_errors::Base::Type, "ERR_INVALID_CHAR", "Invalid character in alt", cx));
    }
    if origin.len() + value.len() > FRAME_TEXT_MAX {
        return Err(errors::fixed("ERR_HTTP2_ALTSVC_LENGTH", cx));
    }
    let is_there = id == 0 || session.codec.borrow().stream(id).is_some();
    if is_there {
        session.codec.borrow_mut().altsvc(id, origin.as_bytes(), &value);
        session.schedule_flush(cx);
    }
    nothing()
}

/// What ALTSVC and ORIGIN have room for.
const FRAME_TEXT_MAX: usize = 16_382;

/// `session.origin(...origins)`
pub(super) fn origin(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.check_alive(cx)?;
    if args.is_empty() {
        return nothing();
    }
    let (mut origins, mut len) = (Vec::new(), 0);
    for given in args {
        let origin = match given.as_object() {
            _ if given.is_string() => origin_of(given, cx)?,
            Some(object) => {
                let value = field(&object, "origin", cx)?;
                if !value.is_string() {
                    return Err(engine_errors::invalid_arg_type("origin.origin", "string", &value, cx));
                }
                Some(value.to_string(cx)?.to_std_string_lossy())
            }
            None => return Err(engine_errors::invalid_arg_type("origin", "string|URL|object", given, cx)),
        };
        let origin = origin.filter(|origin| !origin.is_empty() && origin != "null").ok_or_else(|| errors::fixed("ERR_HTTP2_INVALID_ORIGIN", cx))?;
        len += origin.len() + 2;
        origins.push(origin.into_bytes());
    }
    if len > FRAME_TEXT_MAX {
        return Err(errors::fixed("ERR_HTTP2_ORIGIN_LENGTH", cx));
    }
    session.codec.borrow_mut().origin(origins.iter().map(Vec::as_slice));
    session.schedule_flush(cx);
    nothing()
}

/// `new URL(text).origin`
fn origin_of(text: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    let constructor = crate::url::url_constructor(cx)?;
    let Some(constructor) = constructor.as_constructor() else { return Ok(None) };
    let url = constructor.construct(std::slice::from_ref(text), None, cx)?;
    let origin = field(&url, "origin", cx)?;
    Ok(Some(origin.to_string(cx)?.to_std_string_lossy()))
}

impl Session {
    /// Of what origins the peer speaks with authority: at first of the one that was connected to.
    pub(super) fn origin_list(&self, cx: &mut Context) -> JsResult<Option<Vec<String>>> {
        let Some(socket) = self.socket().filter(|_| self.ready.get()) else { return Ok(None) };
        if !flag(&socket, "encrypted", cx)? {
            return Ok(None);
        }
        if let Some(known) = self.origins.borrow().clone() {
            return Ok(Some(known));
        }
        let mut name = field(&socket, "servername", cx)?;
        if !name.to_boolean() {
            let mut address = field(&socket, "remoteAddress", cx)?.to_string(cx)?.to_std_string_lossy();
            if address.contains(':') {
                address = format!("[{address}]");
            }
            name = js_string!(address).into();
        }
        let mut origin = format!("https://{}", name.to_string(cx)?.to_std_string_lossy());
        let port = field(&socket, "remotePort", cx)?;
        if port.as_number().is_some_and(|port| port != 443.0) {
            origin.push_str(&format!(":{}", port.to_u32(cx)?));
        }
        Ok(Some(vec![origin]))
    }

    /// The peer does not speak for the stream's origin.
    pub(super) fn forget_origin(&self, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
        let Some(mut origins) = self.origin_list(cx)? else { return Ok(()) };
        let origin = crate::http2::stream::origin_of(stream, cx);
        origins.retain(|known| Some(known) != origin.as_ref());
        *self.origins.borrow_mut() = Some(origins);
        Ok(())
    }

    /// Tells observers of the session's life.
    pub(super) fn tell_performance(&self, cx: &mut Context) -> JsResult<()> {
        if !crate::perf_hooks::is_observed("http2", cx) || !self.ready.get() {
            return Ok(());
        }
        let detail = JsObject::with_object_proto(cx.intrinsics());
        let stats = &self.stats;
        put(&detail, "bytesRead", stats.bytes_read.get() as f64, cx)?;
        put(&detail, "bytesWritten", stats.bytes_written.get() as f64, cx)?;
        put(&detail, "framesReceived", self.codec.borrow().frames_received, cx)?;
        put(&detail, "framesSent", self.codec.borrow().frames_sent, cx)?;
        put(&detail, "maxConcurrentStreams", stats.streams_max.get(), cx)?;
        put(&detail, "pingRTT", stats.ping_rtt_ns.get() as f64 / 1e6, cx)?;
        put(&detail, "streamAverageDuration", stats.average_duration_ms(), cx)?;
        put(&detail, "streamCount", stats.streams.get(), cx)?;
        put(&detail, "type", js_string!(if self.side == Side::Server { "server" } else { "client" }), cx)?;
        let began_ns = stats.began_ns.get();
        crate::perf_hooks::tell_node_entry("http2", "Http2Session", began_ns, &detail.into(), cx)
    }
}

impl super::Stats {
    fn average_duration_ms(&self) -> f64 {
        let count = f64::from(self.streams_done.get());
        if count == 0.0 { 0.0 } else { self.duration_ns.get() as f64 / 1e6 / count }
    }
}
