//! `domain`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('domain')`
pub static DOMAIN: NativeModule = NativeModule {
    name: "domain",
    exports: &[
        Export::build("_stack", |cx| list(&[], cx)),
        class!("Domain", "Domain", 0, "domain.Domain()"),
        function!("createDomain", 0, "domain.createDomain()"),
        function!("create", "createDomain", 0, "domain.create()"),
        Export::null("active"),
    ],
};
