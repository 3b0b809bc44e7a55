//! `tls`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('tls')`
pub static TLS: NativeModule = NativeModule {
    name: "tls",
    exports: &[
        Export::int("CLIENT_RENEG_LIMIT", 3),
        Export::int("CLIENT_RENEG_WINDOW", 600),
        Export::string(
            "DEFAULT_CIPHERS",
            "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA",
        ),
        Export::string("DEFAULT_ECDH_CURVE", "auto"),
        Export::string("DEFAULT_MIN_VERSION", "TLSv1.2"),
        Export::string("DEFAULT_MAX_VERSION", "TLSv1.3"),
        function!("getCiphers", "", 0, "tls.getCiphers()"),
        Export::build("rootCertificates", |cx| list(&[], cx)),
        function!("getCACertificates", 0, "tls.getCACertificates()"),
        function!("setDefaultCACertificates", 1, "tls.setDefaultCACertificates()"),
        function!("convertALPNProtocols", 2, "tls.convertALPNProtocols()"),
        function!("checkServerIdentity", 2, "tls.checkServerIdentity()"),
        function!("createSecureContext", 1, "tls.createSecureContext()"),
        function!("SecureContext", 4, "tls.SecureContext()"),
        class!("TLSSocket", "TLSSocket", 2, "tls.TLSSocket()"),
        class!("Server", "Server", 2, "tls.Server()"),
        function!("createServer", 2, "tls.createServer()"),
        function!("connect", 0, "tls.connect()"),
    ],
};
