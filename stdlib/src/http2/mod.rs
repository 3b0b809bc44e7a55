//! `node:http2`: servers and clients of HTTP/2.
//!
//! ```js
//! const server = http2.createServer((request, response) => response.end('hello'));
//! server.listen(0, () => {
//!   const client = http2.connect(`http://localhost:${server.address().port}`);
//!   client.request({ ':path': '/' }).on('response', (headers) => console.log(headers[':status'])).on('close', () => { client.close(); server.close(); }).resume();
//! });
//! ```
//!
//! | file | what |
//! |---|---|
//! | `wire/` | frames, HPACK, windows, the state of a connection: bytes only |
//! | `session/` | `Http2Session`: the codec between a socket and streams |
//! | `stream/` | `Http2Stream` |
//! | `server.rs`, `connect.rs` | where sessions come from |
//! | `compat/` | `Http2ServerRequest`, `Http2ServerResponse`: the interface of `node:http` |
//! | `headers.rs`, `settings_object.rs`, `options.rs` | between scripts' objects and the wire |
//!
//! Follows <https://nodejs.org/api/http2.html>; where a script can tell, frames are treated as nghttp2 treats them.
//!
//! Differs from Node: performance entries are made of sessions, not of streams; the binding's classes are not there.

use coil_engine::table::{Export, NativeModule};

mod channels;
mod compat;
mod connect;
mod constants;
mod errors;
mod headers;
mod object;
mod options;
mod server;
mod session;
mod settings_object;
mod stream;
pub mod wire;

/// `require('node:http2')`
pub static MODULE: NativeModule = NativeModule {
    name: "http2",
    exports: &[
        Export::build("connect", connect::function),
        Export::module("constants", &constants::CONSTANTS),
        Export::function("createServer", 2, server::create_server),
        Export::function("createSecureServer", 2, server::create_secure_server),
        Export::function("getDefaultSettings", 0, settings_object::default_settings),
        Export::function("getPackedSettings", 1, settings_object::packed_settings),
        Export::function("getUnpackedSettings", 1, settings_object::unpacked_settings),
        Export::function("performServerHandshake", 1, server::perform_server_handshake),
        Export::symbol_value("sensitiveHeaders", headers::SENSITIVE),
        Export::class(&compat::HTTP2_SERVER_REQUEST),
        Export::class(&compat::HTTP2_SERVER_RESPONSE),
    ],
};
