//! The global `WebSocket`: a client of RFC 6455.
//!
//! ```js
//! const socket = new WebSocket('wss://example.org/chat', ['chat']);
//! socket.onopen = () => socket.send('hello');
//! socket.onmessage = ({ data }) => console.log(data);
//! ```
//!
//! [`frame`] knows the bytes, [`connection`] a socket's life from the handshake to its end; the handshake is a request of `node:http`,
//! so where it may connect to is decided there.
//!
//! Follows <https://websockets.spec.whatwg.org/>; Node offers it as <https://nodejs.org/api/globals.html#websocket>.
//!
//! Differs from Node: no compression (`permessage-deflate` is not offered); no `dispatcher` among the options; `WebSocketStream` is missing.

mod connection;
mod frame;

use std::cell::{Cell, RefCell};

use ::url::Url;
use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use boa_gc::GcRefCell;
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::Export,
};

use self::frame::{Opcode, Reader};
use crate::{
    blob::Blob,
    buffer, dom_exception,
    event_target::{EVENT_TARGET, Hooks, handler, init_target, set_handler},
    events,
};

/// `WebSocket`
pub(crate) static WEB_SOCKET: Class = Class {
    name: "WebSocket",
    length: 1,
    extends: Parent::Class(&EVENT_TARGET),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Export::function("close", 0, close).enumerable(true),
        Export::function("send", 1, send).enumerable(true),
        Export::getter("readyState", |this, _, cx| with(this, cx, |socket| JsValue::from(socket.ready_state.get()))).enumerable(true),
        Export::getter("bufferedAmount", |this, _, cx| with(this, cx, |socket| JsValue::from(socket.buffered.get() as f64))).enumerable(true),
        Export::getter("url", |this, _, cx| with(this, cx, |socket| js_string!(socket.url.as_str()).into())).enumerable(true),
        Export::getter("extensions", |this, _, cx| with(this, cx, |_| js_string!().into())).enumerable(true),
        Export::getter("protocol", |this, _, cx| with(this, cx, |socket| js_string!(socket.protocol.borrow().as_str()).into())).enumerable(true),
        Export::accessor("onopen", |this, _, cx| attribute(this, "open", cx), |this, args, cx| set_attribute(this, "open", args, cx)).enumerable(true),
        Export::accessor("onerror", |this, _, cx| attribute(this, "error", cx), |this, args, cx| set_attribute(this, "error", args, cx)).enumerable(true),
        Export::accessor("onclose", |this, _, cx| attribute(this, "close", cx), |this, args, cx| set_attribute(this, "close", args, cx)).enumerable(true),
        Export::accessor("onmessage", |this, _, cx| attribute(this, "message", cx), |this, args, cx| set_attribute(this, "message", args, cx)).enumerable(true),
        Export::accessor(
            "binaryType",
            |this, _, cx| with(this, cx, |socket| js_string!(if socket.as_buffers.get() { "arraybuffer" } else { "blob" }).into()),
            |this, args, cx| {
                let kind = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
                with(this, cx, |socket| {
                    if let Some(buffers) = ["blob", "arraybuffer"].iter().position(|known| *known == kind) {
                        socket.as_buffers.set(buffers == 1);
                    }
                    JsValue::undefined()
                })
            },
        )
        .enumerable(true),
        Export::number("CONNECTING", CONNECTING).enumerable(true).read_only().permanent(),
        Export::number("OPEN", OPEN).enumerable(true).read_only().permanent(),
        Export::number("CLOSING", CLOSING).enumerable(true).read_only().permanent(),
        Export::number("CLOSED", CLOSED).enumerable(true).read_only().permanent(),
        Export::tag("WebSocket"),
    ],
    statics: &[
        Export::number("CONNECTING", CONNECTING).enumerable(true).read_only().permanent(),
        Export::number("OPEN", OPEN).enumerable(true).read_only().permanent(),
        Export::number("CLOSING", CLOSING).enumerable(true).read_only().permanent(),
        Export::number("CLOSED", CLOSED).enumerable(true).read_only().permanent(),
    ],
};

const CONNECTING: f64 = 0.0;
const OPEN: f64 = 1.0;
const CLOSING: f64 = 2.0;
const CLOSED: f64 = 3.0;

/// What a socket keeps.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Socket {
    #[unsafe_ignore_trace]
    url: Url,
    #[unsafe_ignore_trace]
    ready_state: Cell<f64>,
    #[unsafe_ignore_trace]
    protocol: RefCell<String>,
    /// Whether bytes come as an `ArrayBuffer`, not as a `Blob`.
    #[unsafe_ignore_trace]
    as_buffers: Cell<bool>,
    /// Bytes of messages that the network has not taken yet.
    #[unsafe_ignore_trace]
    buffered: Cell<u64>,
    #[unsafe_ignore_trace]
    reader: RefCell<Reader>,
    /// The handshake's request.
    request: GcRefCell<Option<JsObject>>,
    /// The connection, once it is open.
    stream: GcRefCell<Option<JsObject>>,
    #[unsafe_ignore_trace]
    sent_close: Cell<bool>,
    /// The server's close frame: its code, if it had one, and its reason.
    #[unsafe_ignore_trace]
    received_close: RefCell<Option<(Option<u16>, String)>>,
    #[unsafe_ignore_trace]
    failed: Cell<bool>,
}

/// Looks at a socket's state.
fn with<R>(this: &JsValue, cx: &mut Context, look: impl FnOnce(&Socket) -> R) -> JsResult<R> {
    let slot = match this.as_object() {
        Some(object) => Slot::<Socket>::get(&object, cx),
        None => None,
    };
    let slot = slot.ok_or_else(|| errors::coded(Base::Type, "ERR_INVALID_THIS", "Illegal invocation", cx))?;
    let slot = slot.borrow();
    Ok(look(slot.data()))
}

fn attribute(this: &JsValue, kind: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    with(this, cx, |_| ())?;
    handler(this, &js_string!(kind), cx)
}

fn set_attribute(this: &JsValue, kind: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with(this, cx, |_| ())?;
    let handler = Some(args.get_or_undefined(0)).filter(|value| value.is_callable()).cloned().unwrap_or_default();
    set_handler(this, &js_string!(kind), &handler, cx)?;
    Ok(JsValue::undefined())
}

/// `new WebSocket(url[, protocols])`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(url) = args.first() else { return Err(errors::plain(Base::Type, "WebSocket constructor: 1 argument required, but 0 found.")) };
    let url = url.to_string(cx)?.to_std_string_lossy();
    let (protocols, fields) = asked(args.get_or_undefined(1), cx)?;
    let url = parse_url(&url).map_err(|message| dom_exception::error(message, "SyntaxError", cx))?;
    let fresh = protocols.iter().enumerate().all(|(index, name)| is_token(name) && !protocols[..index].iter().any(|before| before.eq_ignore_ascii_case(name)));
    if !fresh {
        return Err(dom_exception::error("Invalid Sec-WebSocket-Protocol value", "SyntaxError", cx));
    }
    let socket = this.to_object(cx)?;
    init_target(&socket, Hooks::default(), cx)?;
    let state = Socket {
        url,
        ready_state: Cell::new(CONNECTING),
        protocol: RefCell::default(),
        as_buffers: Cell::new(false),
        buffered: Cell::new(0),
        reader: RefCell::default(),
        request: GcRefCell::new(None),
        stream: GcRefCell::new(None),
        sent_close: Cell::new(false),
        received_close: RefCell::default(),
        failed: Cell::new(false),
    };
    Slot::set(&socket, state, cx)?;
    connection::open(&socket, protocols, fields, cx)?;
    Ok(JsValue::undefined())
}

/// The subprotocols and the further header fields of the second argument: a name, a list of names, or options.
fn asked(given: &JsValue, cx: &mut Context) -> JsResult<(Vec<String>, Vec<(String, String)>)> {
    let Some(object) = given.as_object() else {
        return Ok((if given.is_undefined() { Vec::new() } else { vec![text(given, cx)?] }, Vec::new()));
    };
    if let Some(names) = listed(&object, cx)? {
        return Ok((names, Vec::new()));
    }
    let protocols = object.get(js_string!("protocols"), cx)?;
    let names = match protocols.as_object() {
        Some(list) => listed(&list, cx)?.unwrap_or_default(),
        None if protocols.is_undefined() => Vec::new(),
        None => vec![text(&protocols, cx)?],
    };
    let mut fields = Vec::new();
    if let Some(headers) = object.get(js_string!("headers"), cx)?.as_object() {
        for key in headers.own_property_keys(cx)? {
            let value = headers.get(key.clone(), cx)?;
            fields.push((key.to_string(), text(&value, cx)?));
        }
    }
    Ok((names, fields))
}

/// The texts that an iterable gives; nothing where it is none.
fn listed(object: &JsObject, cx: &mut Context) -> JsResult<Option<Vec<String>>> {
    let iterate = object.get(boa_engine::JsSymbol::iterator(), cx)?;
    let Some(iterate) = iterate.as_callable() else { return Ok(None) };
    let iterator = iterate.call(&object.clone().into(), &[], cx)?.to_object(cx)?;
    let mut names = Vec::new();
    loop {
        let step = events::method(&iterator, "next", &[], cx)?.to_object(cx)?;
        if step.get(js_string!("done"), cx)?.to_boolean() {
            return Ok(Some(names));
        }
        let value = step.get(js_string!("value"), cx)?;
        names.push(text(&value, cx)?);
    }
}

fn text(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    Ok(value.to_string(cx)?.to_std_string_lossy())
}

fn parse_url(text: &str) -> Result<Url, &'static str> {
    let mut url = crate::url::parser::parse(text).ok_or("TypeError: Invalid URL")?;
    let scheme = match url.scheme() {
        "http" => "ws",
        "https" => "wss",
        scheme => scheme,
    }
    .to_owned();
    if !matches!(scheme.as_str(), "ws" | "wss") || url.set_scheme(&scheme).is_err() {
        return Err("expected a ws: or wss: url");
    }
    // An empty fragment is one too.
    if url.fragment().is_some() {
        return Err("hash");
    }
    Ok(url)
}

/// `token` of RFC 9110.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// `socket.send(data)`
fn send(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = with(this, cx, |socket| socket.ready_state.get())?;
    let Some(data) = args.first() else { return Err(errors::plain(Base::Type, "WebSocket.send: 1 argument required, but 0 found.")) };
    let (opcode, payload) = if let Some(blob) = Blob::of(data) {
        (Opcode::Binary, blob.bytes().into_owned())
    } else if let Some(bytes) = buffer::bytes_of(data) {
        (Opcode::Binary, bytes)
    } else {
        (Opcode::Text, text(data, cx)?.into_bytes())
    };
    if state == CONNECTING {
        return Err(dom_exception::error("Sent before connected.", "InvalidStateError", cx));
    }
    with(this, cx, |socket| socket.buffered.set(socket.buffered.get() + payload.len() as u64))?;
    if state == OPEN {
        connection::send(&this.to_object(cx)?, opcode, &payload, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `socket.close([code[, reason]])`
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = with(this, cx, |socket| socket.ready_state.get())?;
    let code = match args.get_or_undefined(0) {
        code if code.is_undefined() => None,
        code => Some(clamped(code.to_number(cx)?)),
    };
    let reason = match args.get_or_undefined(1) {
        reason if reason.is_undefined() => String::new(),
        reason => text(reason, cx)?,
    };
    if code.is_some_and(|code| code != 1000 && !(3000..=4999).contains(&code)) {
        return Err(dom_exception::error("invalid code", "InvalidAccessError", cx));
    }
    if reason.len() > REASON_LEN_MAX {
        let message = format!("Reason must be less than {REASON_LEN_MAX} bytes; received {}", reason.len());
        return Err(dom_exception::error(&message, "SyntaxError", cx));
    }
    let socket = this.to_object(cx)?;
    if state == CONNECTING {
        connection::give_up(&socket, cx)?;
    } else if state == OPEN {
        connection::close(&socket, code, &reason, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `[Clamp] unsigned short` of the Web IDL.
fn clamped(number: f64) -> u16 {
    if number.is_nan() { 0 } else { number.clamp(0.0, f64::from(u16::MAX)).round_ties_even() as u16 }
}

/// What a close frame has room for beside its code.
const REASON_LEN_MAX: usize = 123;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_protocols_are_checked() {
        assert_eq!(parse_url("http://a/b").map(String::from), Ok("ws://a/b".into()));
        assert_eq!(parse_url("wss://a/#").map(String::from), Err("hash"));
        assert!(is_token("chat.v1") && !is_token("a b") && !is_token(""));
        assert_eq!(clamped(f64::NAN), 0);
        assert_eq!(clamped(1e9), u16::MAX);
    }
}
