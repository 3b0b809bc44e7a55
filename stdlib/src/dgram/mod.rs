//! `node:dgram`: UDP.
//!
//! ```js
//! const dgram = require('node:dgram');
//! const server = dgram.createSocket('udp4', (message, from) => {
//!   console.log(`${message} from ${from.address}`);
//!   server.close();
//! });
//! server.bind(0, '127.0.0.1', () => {
//!   const client = dgram.createSocket('udp4');
//!   client.send('hello', server.address().port, '127.0.0.1', () => client.close());
//! });
//! ```
//!
//! | file | what |
//! |---|---|
//! | `udp.rs` | a datagram socket in the loop: bytes, no JavaScript |
//! | `socket.rs` | `dgram.Socket`: making it, binding, connecting, closing |
//! | `send.rs` | `send` and its argument forms |
//! | `options.rs` | what the system's socket is asked and told |
//!
//! <https://nodejs.org/docs/latest-v25.x/api/dgram.html>
//!
//! Differs from Node: what Node keeps under `Symbol(state symbol)` is native.

use boa_engine::{Context, JsResult, JsValue, template::HostTemplate};
use coil_engine::table::{Export, NativeModule};
use std::cell::OnceCell;

mod options;
mod send;
pub(crate) mod socket;
pub(crate) mod udp;

use socket::SOCKET;

/// `require('node:dgram')`
pub static MODULE: NativeModule = NativeModule { name: "dgram", exports: &[Export::function("createSocket", 2, create_socket), Export::class(&SOCKET)] };

/// What a host's sockets share.
#[derive(Default)]
struct DgramState {
    /// Makes the second argument of `'message'`.
    sender: OnceCell<HostTemplate>,
}

/// `dgram.createSocket`
fn create_socket(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(SOCKET.construct(args, cx)?.into())
}
