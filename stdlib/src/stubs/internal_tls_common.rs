//! `_tls_common`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('_tls_common')`
pub static INTERNAL_TLS_COMMON: NativeModule = NativeModule {
    name: "_tls_common",
    exports: &[
        function!("SecureContext", 4, "_tls_common.SecureContext()"),
        function!("createSecureContext", 1, "_tls_common.createSecureContext()"),
        function!("translatePeerCertificate", 1, "_tls_common.translatePeerCertificate()"),
    ],
};
