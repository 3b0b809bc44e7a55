//! A socket's life: the handshake, messages both ways, the end.

use base64_simd::STANDARD;
use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, bytes, js_string,
    object::builtins::{JsArray, JsArrayBuffer, JsFunction},
};
use coil_engine::{
    Host,
    errors::{self, Base},
    table,
};
use sha1::{Digest, Sha1};

use super::{
    CLOSED, CLOSING, OPEN,
    frame::{Broken, Opcode, Said, client_frame, close_payload},
    text, with,
};
use crate::{
    blob::Blob,
    buffer,
    event_target::dispatch,
    events,
    messaging::{CLOSE_EVENT, ERROR_EVENT, MESSAGE_EVENT},
};

/// What a server appends to the key (section 1.3 of RFC 6455).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

type Listener = fn(&JsObject, &[JsValue], &mut Context) -> JsResult<()>;

fn listen(target: &JsObject, event: &'static str, socket: &JsObject, call: Listener, cx: &mut Context) -> JsResult<()> {
    let listener = table::closure("", 1, Told(socket.clone(), call), |_, args, told, cx| (told.1)(&told.0, args, cx).map(|()| JsValue::undefined()), cx);
    events::on(target, js_string!(event), listener, cx)
}

#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Told(JsObject, #[unsafe_ignore_trace] Listener);

/// What the handshake has asked for.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Asked {
    socket: JsObject,
    #[unsafe_ignore_trace]
    accept: String,
    #[unsafe_ignore_trace]
    protocols: Vec<String>,
}

/// Asks the server to change to the protocol. What goes wrong is told later.
pub(super) fn open(socket: &JsObject, protocols: Vec<String>, fields: Vec<(String, String)>, cx: &mut Context) -> JsResult<()> {
    match ask(socket, protocols, fields, cx) {
        Err(error) if error.as_engine().is_none() => {
            fail_soon(socket, cx);
            Ok(())
        }
        result => result,
    }
}

fn ask(socket: &JsObject, protocols: Vec<String>, fields: Vec<(String, String)>, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let mut key = [0; 16];
    if let Err(error) = host.sys().random().fill(&mut key) {
        return Err(errors::system(&error, cx));
    }
    let key = STANDARD.encode_to_string(key);
    let accept = STANDARD.encode_to_string(Sha1::digest(format!("{key}{GUID}")));
    let url = with(&socket.clone().into(), cx, |state| state.url.clone())?;
    let secure = url.scheme() == "wss";
    let Some(module) = host.builtin(if secure { "https" } else { "http" }) else { return Err(errors::method_not_implemented("WebSocket()", cx)) };
    let module = table::instantiate(module, cx)?;
    let name = url.host_str().unwrap_or_default();
    let with_port = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
    let mut head: Vec<(String, String)> = [("host", with_port.as_str()), ("connection", "Upgrade"), ("upgrade", "websocket")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    head.extend(fields);
    head.push(("sec-websocket-key".into(), key));
    head.push(("sec-websocket-version".into(), "13".into()));
    if !protocols.is_empty() {
        head.push(("sec-websocket-protocol".into(), protocols.join(", ")));
    }
    let head: Vec<JsValue> = head.into_iter().flat_map(|(name, value)| [js_string!(name).into(), js_string!(value).into()]).collect();
    let head = JsArray::from_iter(head, cx);
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let port = url.port().unwrap_or(if secure { 443 } else { 80 });
    let options = JsObject::with_null_proto();
    let values: [(&str, JsValue); 5] = [("hostname", js_string!(bare).into()), ("port", port.into()), ("path", js_string!(path).into()), ("headers", head.into()), ("agent", false.into())];
    for (name, value) in values {
        options.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    let request = events::method(&module, "request", &[options.into()], cx)?.to_object(cx)?;
    with(&socket.clone().into(), cx, |state| *state.request.borrow_mut() = Some(request.clone()))?;
    let asked = Asked { socket: socket.clone(), accept, protocols };
    let upgraded: JsFunction = table::closure("", 3, asked, |_, args, asked, cx| upgraded(asked, args, cx).map(|()| JsValue::undefined()), cx);
    events::on(&request, js_string!("upgrade"), upgraded, cx)?;
    listen(&request, "response", socket, |socket, _, cx| fail(socket, cx), cx)?;
    listen(&request, "error", socket, |socket, _, cx| fail(socket, cx), cx)?;
    events::method(&request, "end", &[], cx).map(drop)
}

/// `'upgrade'` of the request: the server has changed to a protocol.
fn upgraded(asked: &Asked, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let socket = &asked.socket;
    let this = JsValue::from(socket.clone());
    let message = args.get_or_undefined(0).to_object(cx)?;
    let stream = args.get_or_undefined(1).to_object(cx)?;
    with(&this, cx, |state| *state.stream.borrow_mut() = Some(stream.clone()))?;
    listen(&stream, "error", socket, |_, _, _| Ok(()), cx)?;
    listen(&stream, "close", socket, ended, cx)?;
    let headers = message.get(js_string!("headers"), cx)?.to_object(cx)?;
    let mut field = |name: &'static str| -> JsResult<Option<String>> {
        let value = headers.get(js_string!(name), cx)?;
        if value.is_undefined() { Ok(None) } else { text(&value, cx).map(Some) }
    };
    let is_websocket = field("upgrade")?.is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    let upgrades = field("connection")?.is_some_and(|value| value.split(',').any(|word| word.trim().eq_ignore_ascii_case("upgrade")));
    let accepted = field("sec-websocket-accept")?.is_some_and(|value| value.trim() == asked.accept);
    // None were offered.
    let extends = field("sec-websocket-extensions")?.is_some();
    let protocol = field("sec-websocket-protocol")?;
    let known = protocol.as_ref().is_none_or(|protocol| asked.protocols.contains(protocol));
    if !(is_websocket && upgrades && accepted && !extends && known) {
        return fail(socket, cx);
    }
    with(&this, cx, |state| {
        state.protocol.replace(protocol.unwrap_or_default());
        state.ready_state.set(OPEN);
        state.request.borrow_mut().take();
    })?;
    fire(socket, &crate::event_target::EVENT, "open", &[], cx)?;
    listen(&stream, "data", socket, |socket, args, cx| received(socket, args.get_or_undefined(0), cx), cx)?;
    listen(&stream, "end", socket, ended, cx)?;
    let rest = args.get_or_undefined(2);
    received(socket, rest, cx)?;
    events::method(&stream, "resume", &[], cx).map(drop)
}

/// Bytes from the server.
fn received(socket: &JsObject, chunk: &JsValue, cx: &mut Context) -> JsResult<()> {
    let this = JsValue::from(socket.clone());
    let Some(bytes) = buffer::bytes_of(chunk) else { return Ok(()) };
    with(&this, cx, |state| state.reader.borrow_mut().push(&bytes))?;
    loop {
        if with(&this, cx, |state| state.ready_state.get() == CLOSED || state.received_close.borrow().is_some())? {
            return Ok(());
        }
        match with(&this, cx, |state| state.reader.borrow_mut().next())? {
            Ok(None) => return Ok(()),
            Ok(Some(said)) => hear(socket, said, cx)?,
            Err(Broken(code, reason)) => {
                if with(&this, cx, |state| !state.sent_close.replace(true))? {
                    write(socket, Opcode::Close, &close_payload(Some(code), reason), None, cx)?;
                }
                return fail(socket, cx);
            }
        }
    }
}

fn hear(socket: &JsObject, said: Said, cx: &mut Context) -> JsResult<()> {
    let this = JsValue::from(socket.clone());
    let data: JsValue = match said {
        Said::Ping(payload) => {
            let answers = with(&this, cx, |state| !state.sent_close.get())?;
            return if answers { write(socket, Opcode::Pong, &payload, None, cx) } else { Ok(()) };
        }
        Said::Close(code, reason) => {
            let answers = with(&this, cx, |state| {
                state.ready_state.set(CLOSING);
                state.received_close.replace(Some((code, reason)));
                !state.sent_close.replace(true)
            })?;
            if answers {
                write(socket, Opcode::Close, &close_payload(code, ""), None, cx)?;
            }
            return await_end(socket, cx);
        }
        Said::Text(text) => js_string!(text).into(),
        Said::Binary(payload) if with(&this, cx, |state| state.as_buffers.get())? => JsArrayBuffer::adopt(bytes::copied(&payload), cx)?.into(),
        Said::Binary(payload) => Blob::new(payload, String::new()).into_object(cx)?.into(),
    };
    if with(&this, cx, |state| state.ready_state.get() != OPEN)? {
        return Ok(());
    }
    let origin = with(&this, cx, |state| js_string!(state.url.origin().ascii_serialization()))?;
    fire(socket, &MESSAGE_EVENT, "message", &[("data", data), ("origin", origin.into())], cx)
}

/// Sends a message.
pub(super) fn send(socket: &JsObject, opcode: Opcode, payload: &[u8], cx: &mut Context) -> JsResult<()> {
    let len = payload.len() as f64;
    let written = table::closure(
        "",
        0,
        (socket.clone(), len),
        |_, _, (socket, len), cx| with(&socket.clone().into(), cx, |state| state.buffered.set(state.buffered.get().saturating_sub(*len as u64))).map(|()| JsValue::undefined()),
        cx,
    );
    write(socket, opcode, payload, Some(written), cx)
}

fn write(socket: &JsObject, opcode: Opcode, payload: &[u8], then: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = with(&socket.clone().into(), cx, |state| state.stream.borrow().clone())? else { return Ok(()) };
    let mut mask = [0; 4];
    if let Err(error) = Host::of(cx).sys().random().fill(&mut mask) {
        return Err(errors::system(&error, cx));
    }
    let frame = buffer::from_slice(&client_frame(opcode, payload, mask), cx)?;
    let mut args = vec![JsValue::from(frame)];
    args.extend(then.map(JsValue::from));
    events::method(&stream, "write", &args, cx).map(drop)
}

/// Begins to close: the server answers, and ends the connection.
pub(super) fn close(socket: &JsObject, code: Option<u16>, reason: &str, cx: &mut Context) -> JsResult<()> {
    with(&socket.clone().into(), cx, |state| {
        state.ready_state.set(CLOSING);
        state.sent_close.set(true);
    })?;
    // A reason has to have a code.
    let code = code.or_else(|| (!reason.is_empty()).then_some(1000));
    write(socket, Opcode::Close, &close_payload(code, reason), None, cx)
}

/// Closes what is not open yet.
pub(super) fn give_up(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    with(&socket.clone().into(), cx, |state| state.ready_state.set(CLOSING))?;
    fail_soon(socket, cx);
    Ok(())
}

fn fail_soon(socket: &JsObject, cx: &mut Context) {
    let socket = socket.clone();
    Host::of(cx).next_tick_native(move |cx| fail(&socket, cx));
}

/// "Fail the WebSocket connection": it is over, and was not closed cleanly.
fn fail(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let request = with(&socket.clone().into(), cx, |state| {
        state.failed.set(true);
        state.request.borrow_mut().take()
    })?;
    leave(socket, cx)?;
    if let Some(request) = request {
        events::method(&request, "destroy", &[], cx)?;
    }
    finish(socket, cx)
}

/// Both sides have said that they close: the server is the one to end the connection (section 7.1.1), within a time.
fn await_end(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = with(&socket.clone().into(), cx, |state| state.stream.borrow().clone())? else { return Ok(()) };
    let late = table::closure("", 0, stream.clone(), |_, _, stream, cx| events::method(stream, "destroy", &[], cx), cx);
    events::method(&stream, "setTimeout", &[END_WAIT_MS.into(), late.into()], cx).map(drop)
}

/// As long as browsers wait.
const END_WAIT_MS: i32 = 3000;

/// Lets the connection go, once what was written is on its way.
fn leave(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    match with(&socket.clone().into(), cx, |state| state.stream.borrow().clone())? {
        Some(stream) => events::method(&stream, "destroySoon", &[], cx).map(drop),
        None => Ok(()),
    }
}

/// The connection has ended.
fn ended(socket: &JsObject, _args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let clean = with(&socket.clone().into(), cx, |state| state.sent_close.get() && state.received_close.borrow().is_some())?;
    if clean { finish(socket, cx) } else { fail(socket, cx) }
}

/// Tells of the end, once.
fn finish(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let this = JsValue::from(socket.clone());
    let (over, failed, closed) = with(&this, cx, |state| (state.ready_state.replace(CLOSED) == CLOSED, state.failed.get(), state.received_close.borrow().clone()))?;
    if over {
        return Ok(());
    }
    if failed {
        let error = errors::plain(Base::Type, "").into_opaque(cx)?;
        fire(socket, &ERROR_EVENT, "error", &[("error", error)], cx)?;
    }
    let (code, reason) = match closed {
        Some((code, reason)) if !failed => (code.unwrap_or(NO_CODE), reason),
        _ => (ABNORMAL, String::new()),
    };
    let values = [("wasClean", (!failed).into()), ("code", code.into()), ("reason", js_string!(reason).into())];
    fire(socket, &CLOSE_EVENT, "close", &values, cx)
}

/// The code where a close frame has none, and where there is no close frame (section 7.4.1).
const NO_CODE: u16 = 1005;
const ABNORMAL: u16 = 1006;

fn fire(socket: &JsObject, class: &'static coil_engine::class::Class, kind: &str, fields: &[(&str, JsValue)], cx: &mut Context) -> JsResult<()> {
    let init = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in fields {
        init.create_data_property_or_throw(js_string!(*name), value.clone(), cx)?;
    }
    let event = class.construct(&[JsString::from(kind).into(), init.into()], cx)?;
    dispatch(socket, &event, cx).map(drop)
}
