//! `node:net`: TCP and unix sockets, clients and servers.
//!
//! | file | what |
//! |---|---|
//! | `conn.rs` | a stream socket in the loop: bytes, no JavaScript |
//! | `layer.rs` | what may lie between a connection and its descriptor |
//! | `listener.rs` | a listening socket in the loop |
//! | `idle.rs` | the inactivity timer |
//! | `socket.rs`, `connect.rs` | `net.Socket` and how it connects |
//! | `server.rs` | `net.Server` |
//! | `address.rs`, `block_list.rs`, `socket_address.rs` | addresses and rules over them |
//!
//! Differs from Node: `_handle` is an object with the members scripts use, not a stream of its own.

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use coil_engine::{
    Host,
    table::{Export, NativeModule},
    validate,
};

mod address;
pub(crate) mod address_info;
mod arguments;
pub(crate) mod block_list;
pub(crate) mod conn;
mod connect;
pub(crate) mod errors;
pub(crate) mod handle;
pub(crate) mod idle;
pub(crate) mod layer;
pub(crate) mod listener;
pub(crate) mod server;
mod socket;
mod socket_address;

use crate::launch_flags;
pub(crate) use address::is_ip as ip_version;
pub(crate) use arguments::normalize as normalize_args;
pub(crate) use connect::connect;
pub(crate) use socket::{SOCKET, Socket, timer_duration};

/// `require('node:net')`
pub static MODULE: NativeModule = NativeModule {
    name: "net",
    exports: &[
        Export::renamed("_normalizeArgs", "normalizeArgs", 1, arguments::normalize_args),
        Export::getter("BlockList", |_, _, cx| block_list::BLOCK_LIST.constructor(cx).map(JsValue::from)),
        Export::getter("SocketAddress", |_, _, cx| socket_address::SOCKET_ADDRESS.constructor(cx).map(JsValue::from)),
        Export::function("connect", 0, connect),
        Export::alias("createConnection", "connect"),
        Export::function("createServer", 2, server::create_server),
        Export::function("isIP", 1, is_ip),
        Export::function("isIPv4", 1, is_ipv4),
        Export::function("isIPv6", 1, is_ipv6),
        Export::class(&server::NET_SERVER),
        Export::class(&SOCKET),
        Export::alias("Stream", "Socket"),
        Export::function("getDefaultAutoSelectFamily", 0, get_default_auto_select_family),
        Export::function("setDefaultAutoSelectFamily", 1, set_default_auto_select_family),
        Export::function("getDefaultAutoSelectFamilyAttemptTimeout", 0, get_default_attempt_timeout),
        Export::function("setDefaultAutoSelectFamilyAttemptTimeout", 1, set_default_attempt_timeout),
    ],
};

/// What a host's sockets share.
#[derive(Default)]
pub(crate) struct NetState {
    /// `None`: as the command line says.
    auto_select_family: std::cell::Cell<Option<bool>>,
    attempt_timeout_ms: std::cell::Cell<Option<i32>>,
}

impl NetState {
    fn auto_select_family(cx: &Context) -> bool {
        let state = Host::of(cx).state::<Self>();
        let found = state.auto_select_family.get().unwrap_or_else(|| launch_flags::switch("network-family-autoselection", cx).unwrap_or(true));
        state.auto_select_family.set(Some(found));
        found
    }

    fn attempt_timeout_ms(cx: &Context) -> i32 {
        let state = Host::of(cx).state::<Self>();
        let found = state.attempt_timeout_ms.get().unwrap_or_else(|| match launch_flags::number("--network-family-autoselection-attempt-timeout", cx) {
            // Node allows for slow machines tenfold.
            Some(given) if given >= 1.0 => given.min(f64::from(i32::MAX)) as i32,
            _ => ATTEMPT_TIMEOUT_MS,
        });
        state.attempt_timeout_ms.set(Some(found));
        found
    }
}

/// How long one address has before the next is tried beside it.
const ATTEMPT_TIMEOUT_MS: i32 = 500;
/// Less would only flood the network.
const ATTEMPT_TIMEOUT_MIN_MS: i32 = 10;

fn version_of(args: &[JsValue], cx: &mut Context) -> JsResult<u8> {
    let text = match args.get_or_undefined(0).as_string() {
        Some(text) => text,
        None => args.get_or_undefined(0).to_string(cx)?,
    };
    Ok(address::is_ip(&text.to_std_string_lossy()))
}

fn is_ip(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(version_of(args, cx)?.into())
}

fn is_ipv4(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok((version_of(args, cx)? == 4).into())
}

fn is_ipv6(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok((version_of(args, cx)? == 6).into())
}

fn get_default_auto_select_family(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(NetState::auto_select_family(cx).into())
}

fn set_default_auto_select_family(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = validate::boolean(args.get_or_undefined(0), "value", cx)?;
    Host::of(cx).state::<NetState>().auto_select_family.set(Some(value));
    Ok(JsValue::undefined())
}

fn get_default_attempt_timeout(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(NetState::attempt_timeout_ms(cx).into())
}

fn set_default_attempt_timeout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = validate::int32(args.get_or_undefined(0), "value", 1, i32::MAX, cx)?;
    Host::of(cx).state::<NetState>().attempt_timeout_ms.set(Some(value.max(ATTEMPT_TIMEOUT_MIN_MS)));
    Ok(JsValue::undefined())
}
