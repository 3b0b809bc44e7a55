//! `node:tls`: encrypted connections, clients and servers.
//!
//! ```js
//! const tls = require('node:tls');
//! const socket = tls.connect({ port: 443, host: 'example.org', servername: 'example.org' }, () => {
//!   console.log(socket.authorized, socket.getProtocol());
//! });
//! ```
//!
//! | file | what |
//! |---|---|
//! | `layer.rs` | TLS between a connection and its reader: no JavaScript on the way of the bytes |
//! | `carrier.rs` | a script's Duplex in place of a descriptor |
//! | `socket.rs`, `peer.rs`, `connect.rs` | `TLSSocket`, what it tells of its peer, `tls.connect` |
//! | `handle.rs` | `tlsSocket._handle` |
//! | `server.rs`, `hello.rs` | `tls.Server`, and what it answers to a client's first words |
//! | `context.rs`, `roots.rs`, `ciphers.rs` | what connections are made with |
//! | `certificate.rs`, `identity.rs` | certificates as objects, and whom they are for |
//!
//! The protocol is `rustls`, its cryptography and the verdicts on certificates are in the crate `coil-tls`.
//!
//! Differs from Node: TLS 1.2 and 1.3 only, and of TLS 1.2 the suites with ECDHE and an AEAD; no renegotiation, no external PSK, no
//! DHE, no X448. Servers keep sessions in tickets alone: there is no `'newSession'`, `'resumeSession'` or `'OCSPRequest'`. A client
//! sends no server name that looks like an address. A session of `getSession()` names one that this process keeps: it cannot be taken
//! to another process.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    table::{Export, NativeModule},
};

use crate::events;

mod carrier;
pub(crate) mod certificate;
mod ciphers;
mod connect;
mod context;
mod controls;
mod credentials;
mod errors;
mod handle;
mod hello;
mod identity;
mod layer;
mod peer;
mod roots;
pub(crate) mod server;
mod sessions;
pub(crate) mod socket;

pub(crate) use ciphers::DEFAULT as CORE_CIPHERS;
pub(crate) use connect::connect;
pub(crate) use handle::of_socket as handle_of;
pub(crate) use server::TLS_SERVER;
pub(crate) use socket::TLS_SOCKET;

/// `require('node:tls')`
pub static MODULE: NativeModule = NativeModule {
    name: "tls",
    exports: &[
        Export::int("CLIENT_RENEG_LIMIT", 3),
        Export::int("CLIENT_RENEG_WINDOW", 600),
        Export::build("DEFAULT_CIPHERS", default_ciphers),
        Export::string("DEFAULT_ECDH_CURVE", "auto"),
        Export::build("DEFAULT_MIN_VERSION", default_min_version),
        Export::build("DEFAULT_MAX_VERSION", default_max_version),
        Export::renamed("getCiphers", "", 0, get_ciphers),
        Export::getter("rootCertificates", roots::root_certificates).permanent(),
        Export::function("getCACertificates", 0, roots::get_ca_certificates),
        Export::function("setDefaultCACertificates", 1, roots::set_default_ca_certificates),
        Export::function("convertALPNProtocols", 2, identity::convert_alpn_protocols),
        Export::function("checkServerIdentity", 2, identity::check_server_identity),
        Export::function("createSecureContext", 1, context::create),
        Export::class(&context::SECURE_CONTEXT),
        Export::class(&TLS_SOCKET),
        Export::class(&TLS_SERVER),
        Export::function("createServer", 2, server::create_server),
        Export::function("connect", 0, connect),
    ],
};

/// `require('_tls_common')`
pub static COMMON: NativeModule = NativeModule {
    name: "_tls_common",
    exports: &[Export::class(&context::SECURE_CONTEXT), Export::function("createSecureContext", 1, context::create), Export::function("translatePeerCertificate", 1, translate_peer_certificate)],
};

/// `require('_tls_wrap')`
pub static WRAP: NativeModule = NativeModule {
    name: "_tls_wrap",
    exports: &[Export::class(&TLS_SOCKET), Export::class(&TLS_SERVER), Export::function("createServer", 2, server::create_server), Export::function("connect", 0, connect)],
};

/// `tls.DEFAULT_CIPHERS` as a program starts with it.
pub(crate) fn default_ciphers(cx: &mut Context) -> JsResult<JsValue> {
    let list = crate::launch_flags::value("--tls-cipher-list", cx);
    Ok(js_string!(list.as_deref().unwrap_or(ciphers::DEFAULT)).into())
}

fn default_min_version(cx: &mut Context) -> JsResult<JsValue> {
    let flag = |name: &str| crate::launch_flags::switch(name, cx) == Some(true);
    let lowest = [("tls-min-v1.0", "TLSv1"), ("tls-min-v1.1", "TLSv1.1"), ("tls-min-v1.2", "TLSv1.2"), ("tls-min-v1.3", "TLSv1.3")];
    let found = lowest.iter().find(|(name, _)| flag(name)).map_or("TLSv1.2", |(_, version)| version);
    Ok(js_string!(found).into())
}

fn default_max_version(cx: &mut Context) -> JsResult<JsValue> {
    let flag = |name: &str| crate::launch_flags::switch(name, cx) == Some(true);
    let found = if !flag("tls-max-v1.3") && flag("tls-max-v1.2") { "TLSv1.2" } else { "TLSv1.3" };
    Ok(js_string!(found).into())
}

/// `tls.DEFAULT_MIN_VERSION` and `tls.DEFAULT_MAX_VERSION`, as a script may have set them.
fn default_versions(cx: &mut Context) -> JsResult<(u16, u16)> {
    let mut found = [context::version_of_name("TLSv1.2"), context::version_of_name("TLSv1.3")];
    if let Some(exports) = exports(cx) {
        for (at, key) in ["DEFAULT_MIN_VERSION", "DEFAULT_MAX_VERSION"].into_iter().enumerate() {
            let name = field(&exports, key, cx)?.as_string().map(|name| name.to_std_string_escaped());
            found[at] = name.as_deref().and_then(context::version_of_name).or(found[at]);
        }
    }
    Ok((found[0].unwrap_or(0x0303), found[1].unwrap_or(0x0304)))
}

/// `tls.DEFAULT_CIPHERS`, as a script may have set it.
fn default_cipher_list(cx: &mut Context) -> JsResult<String> {
    let list = match exports(cx) {
        Some(exports) => field(&exports, "DEFAULT_CIPHERS", cx)?,
        None => default_ciphers(cx)?,
    };
    Ok(list.as_string().map_or_else(|| ciphers::DEFAULT.to_owned(), |list| list.to_std_string_escaped()))
}

/// The exports of `tls`, if it was loaded.
fn exports(cx: &mut Context) -> Option<JsObject> {
    Host::of(cx).instance_of_builtin("tls")
}

/// `tls.createSecureContext(options)`, which may be the script's.
fn secure_context(options: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    match exports(cx) {
        Some(exports) => events::method(&exports, "createSecureContext", &[options.clone().into()], cx),
        None => context::create(&JsValue::undefined(), &[options.clone().into()], cx),
    }
}

/// `tls.getCiphers()`
fn get_ciphers(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = ciphers::list().into_iter().map(|name| js_string!(name).into()).collect();
    Ok(JsArray::from_iter(names, cx).into())
}

fn translate_peer_certificate(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(args.first().cloned().unwrap_or(JsValue::null()))
}

/// `object[key]`
pub(crate) fn field(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(key);
    object.get(key, cx)
}

/// `Boolean(object[key])`
pub(crate) fn flag(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<bool> {
    field(object, key, cx).map(|value| value.to_boolean())
}

/// `object[key] = value`
pub(crate) fn set(object: &JsObject, key: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let key = Host::of(cx).intern(key);
    object.set(key, value, true, cx).map(drop)
}
