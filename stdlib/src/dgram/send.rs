//! `socket.send` and `socket.sendto`: many argument forms, one datagram.

use std::{io::IoSlice, net::IpAddr};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, bytes::ByteRange, object::builtins::JsFunction};
use coil_engine::{
    Host,
    coil_sys::{SysError, SysResult, errno},
    errors as engine_errors, validate,
};

use super::socket::{BindState, ConnectState, SocketState, bind_implicitly, destination, enqueue, find, look_up, running};
use crate::{
    buffer, events,
    http::elements,
    net::{block_list, errors},
};

/// The pieces of one datagram.
enum Piece {
    Owned(Vec<u8>),
    /// A part of a script's buffer, not copied unless the datagram has to wait.
    View {
        range: ByteRange,
        offset: usize,
        len: usize,
    },
}

/// One datagram and where it goes.
struct Datagram {
    pieces: Vec<Piece>,
    /// None where the socket is connected.
    port: Option<u16>,
    address: Option<JsString>,
    callback: Option<JsFunction>,
}

/// What a datagram may be made of, as errors name it.
const PIECE_TYPES: &str = "string|Buffer|TypedArray|DataView";

/// `socket.sendto(buffer, offset, length, port, address, callback)`
pub fn sendto(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    validate::number(args.get_or_undefined(1), "offset", cx)?;
    validate::number(args.get_or_undefined(2), "length", cx)?;
    validate::number(args.get_or_undefined(3), "port", cx)?;
    validate::string(args.get_or_undefined(4), "address", cx)?;
    let socket = this.to_object(cx)?;
    events::method(&socket, "send", args, cx)?;
    Ok(JsValue::undefined())
}

/// `socket.send(msg[, offset, length][, port][, address][, callback])`
pub fn send(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let arg = |at: usize| args.get_or_undefined(at);
    let connected = state.borrow().data().connect_state == ConnectState::Connected;
    let (mut port, mut address, mut callback) = (arg(3).clone(), arg(4).clone(), arg(5).clone());
    let pieces = if !connected && (address.to_boolean() || port.to_boolean() && !port.is_callable()) {
        vec![slice(arg(0), arg(1), arg(2), cx)?]
    } else if !connected {
        callback = port;
        port = arg(1).clone();
        address = arg(2).clone();
        whole(arg(0), cx)?
    } else {
        let pieces = if arg(2).is_number() {
            let piece = slice(arg(0), arg(1), arg(2), cx)?;
            if port.is_callable() {
                callback = port;
                port = JsValue::null();
            }
            vec![piece]
        } else {
            callback = arg(1).clone();
            whole(arg(0), cx)?
        };
        if port.to_boolean() || address.to_boolean() {
            return Err(engine_errors::socket_dgram_is_connected(cx));
        }
        pieces
    };
    let port = if connected { None } else { Some(validate::port(&port, "Port", false, cx)?) };
    if address.is_callable() {
        callback = address;
        address = JsValue::undefined();
    } else if !address.is_null_or_undefined() {
        validate::string(&address, "address", cx)?;
    }
    running(&state, cx)?;
    bind_implicitly(&socket, &state, cx)?;
    let datagram = Datagram { pieces, port, address: address.as_string(), callback: callback.as_function() };
    let bind_state = state.borrow().data().bind_state;
    if bind_state == BindState::Bound {
        dispatch(&socket, &state, datagram, cx)?;
        return Ok(JsValue::undefined());
    }
    let (socket_then, state_then) = (socket.clone(), state.clone());
    enqueue(&socket, &state, Box::new(move |cx| dispatch(&socket_then, &state_then, datagram, cx)), cx)?;
    Ok(JsValue::undefined())
}

/// Node's `sliceBuffer`.
fn slice(given: &JsValue, offset: &JsValue, length: &JsValue, cx: &mut Context) -> JsResult<Piece> {
    let Some(piece) = piece(given) else { return Err(engine_errors::invalid_arg_type("buffer", PIECE_TYPES, given, cx)) };
    let (offset, length) = (offset.to_u32(cx)? as usize, length.to_u32(cx)? as usize);
    let byte_length = piece.len();
    if offset > byte_length {
        return Err(engine_errors::buffer_out_of_bounds(Some("offset"), cx));
    }
    if offset + length > byte_length {
        return Err(engine_errors::buffer_out_of_bounds(Some("length"), cx));
    }
    Ok(match piece {
        Piece::Owned(mut bytes) => {
            bytes.truncate(offset + length);
            bytes.drain(..offset);
            Piece::Owned(bytes)
        }
        Piece::View { range, .. } => Piece::View { range, offset, len: length },
    })
}

/// One piece, or a list of them.
fn whole(given: &JsValue, cx: &mut Context) -> JsResult<Vec<Piece>> {
    let Some(list) = elements(given, cx)? else {
        return match piece(given) {
            Some(piece) => Ok(vec![piece]),
            None => Err(engine_errors::invalid_arg_type("buffer", PIECE_TYPES, given, cx)),
        };
    };
    match list.iter().map(piece).collect() {
        Some(pieces) => Ok(pieces),
        None => Err(engine_errors::invalid_arg_type("buffer list arguments", PIECE_TYPES, given, cx)),
    }
}

fn piece(value: &JsValue) -> Option<Piece> {
    if let Some(text) = value.as_string() {
        return Some(Piece::Owned(buffer::string_to_bytes(&text, buffer::Encoding::Utf8)));
    }
    if !buffer::is_view(value) {
        return None;
    }
    buffer::range_of(value).map(|range| Piece::View { offset: 0, len: range.byte_length, range })
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.len(),
            Self::View { len, .. } => *len,
        }
    }

    fn push_to(&self, all: &mut Vec<u8>) {
        match self {
            Self::Owned(bytes) => all.extend_from_slice(bytes),
            Self::View { range, offset, len } => range.read(|bytes| all.extend_from_slice(part(bytes, *offset, *len))),
        }
    }
}

/// The part, as far as the buffer still has it.
fn part(bytes: &[u8], offset: usize, len: usize) -> &[u8] {
    let end = (offset + len).min(bytes.len());
    &bytes[offset.min(end)..end]
}

/// Looks the address up and sends.
fn dispatch(socket: &JsObject, state: &JsObject<SocketState>, datagram: Datagram, cx: &mut Context) -> JsResult<()> {
    if datagram.port.is_none() {
        return transmit(state, datagram, None, cx);
    }
    let host = datagram.address.as_ref().map_or_else(String::new, JsString::to_std_string_lossy);
    running(state, cx)?;
    let (socket, state_then) = (socket.clone(), state.clone());
    look_up(state, &host, cx, move |found, cx| match found {
        Ok(ip) => transmit(&state_then, datagram, Some(ip), cx),
        Err(error) => {
            Host::of(cx).next_tick_native(move |cx| match datagram.callback {
                Some(callback) => callback.call(&JsValue::undefined(), &[error], cx).map(drop),
                None => events::emit(&socket, boa_engine::js_string!("error"), &[error], cx).map(drop),
            });
            Ok(())
        }
    })
}

/// Whether the socket's `sendBlockList` forbids an address.
pub fn is_blocked(state: &JsObject<SocketState>, ip: IpAddr, cx: &mut Context) -> JsResult<bool> {
    let list = state.borrow().data().send_block_list.clone();
    if list.to_boolean() { block_list::blocks(&list, ip, cx) } else { Ok(false) }
}

/// Node's `doSend`.
fn transmit(state: &JsObject<SocketState>, datagram: Datagram, ip: Option<String>, cx: &mut Context) -> JsResult<()> {
    let Some(udp) = state.borrow().data().udp.clone() else { return Ok(()) };
    let Datagram { pieces, port, address, callback } = datagram;
    let to = match (&ip, port) {
        (Some(ip), Some(port)) => match destination(ip, port, state) {
            Some(to) => Some(to),
            None => {
                tell(callback, Err(SysError::new(errno::EINVAL, "send")), address, Some(port), cx);
                return Ok(());
            }
        },
        _ => None,
    };
    if let (Some(to), Some(ip)) = (to, &ip)
        && is_blocked(state, to.ip(), cx)?
    {
        let error = errors::ip_blocked(ip, cx).into_opaque(cx)?;
        if let Some(callback) = callback {
            Host::of(cx).next_tick_native(move |cx| callback.call(&JsValue::undefined(), &[error], cx).map(drop));
        }
        return Ok(());
    }
    let later = callback.clone().map(|callback| {
        let address = address.clone();
        let sent: super::udp::Sent = Box::new(move |result, cx| {
            let args = outcome(result, address.as_ref(), port, cx);
            let host = Host::of(cx);
            host.enter_with(cx, |cx| callback.call(&JsValue::undefined(), &args?, cx));
        });
        sent
    });
    // Most datagrams are one piece of a script's memory, which is read where it lies.
    let result = match pieces.as_slice() {
        [Piece::View { range, offset, len }] => range.read(|bytes| udp.send(to, &[IoSlice::new(part(bytes, *offset, *len))], later)),
        pieces => {
            let mut bytes = Vec::with_capacity(pieces.iter().map(Piece::len).sum());
            pieces.iter().for_each(|piece| piece.push_to(&mut bytes));
            udp.send(to, &[IoSlice::new(&bytes)], later)
        }
    };
    match result {
        Ok(None) => {}
        Ok(Some(len)) => tell(callback, Ok(len), address, port, cx),
        Err(error) => tell(callback, Err(error), address, port, cx),
    }
    Ok(())
}

/// Calls back in the next tick; an error nobody asked for is nobody's.
fn tell(callback: Option<JsFunction>, result: SysResult<usize>, address: Option<JsString>, port: Option<u16>, cx: &mut Context) {
    let Some(callback) = callback else { return };
    Host::of(cx).next_tick_native(move |cx| {
        let args = outcome(result, address.as_ref(), port, cx)?;
        callback.call(&JsValue::undefined(), &args, cx).map(drop)
    });
}

fn outcome(result: SysResult<usize>, address: Option<&JsString>, port: Option<u16>, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    match result {
        Ok(len) => Ok(vec![JsValue::null(), len.into()]),
        Err(error) => {
            let address = address.map(JsString::to_std_string_lossy);
            errors::host_port(&error, address.as_deref(), port, None, cx).map(|error| vec![error.into()])
        }
    }
}
