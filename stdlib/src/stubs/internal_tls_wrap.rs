//! `_tls_wrap`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('_tls_wrap')`
pub static INTERNAL_TLS_WRAP: NativeModule = NativeModule {
    name: "_tls_wrap",
    exports: &[
        class!("TLSSocket", "TLSSocket", 2, "_tls_wrap.TLSSocket()"),
        class!("Server", "Server", 2, "_tls_wrap.Server()"),
        function!("createServer", 2, "_tls_wrap.createServer()"),
        function!("connect", 0, "_tls_wrap.connect()"),
    ],
};
