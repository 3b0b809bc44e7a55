//! `node:dns` and `node:dns/promises`: names and addresses.
//!
//! ```js
//! const dns = require('node:dns');
//! dns.lookup('localhost', (error, address, family) => console.log(address, family));
//! dns.promises.resolveMx('example.org').then(console.log, (error) => console.log(error.code));
//! ```
//!
//! | file | what |
//! |---|---|
//! | `lookup.rs` | `lookup`, `lookupService`: the system's own resolver, on the pool |
//! | `resolver.rs` | `Resolver`, `resolve*`, `reverse`: questions to name servers |
//! | `query.rs` | one question: tries, timeouts, TCP for long answers |
//! | `message.rs` | questions and answers as bytes |
//! | `records.rs` | records as scripts see them |
//! | `timing.rs` | entries of `performance` |
//!
//! <https://nodejs.org/docs/latest-v25.x/api/dns.html>
//!
//! Differs from Node: what `lookup` and `resolve*` return is a plain object; servers are asked in turn without remembering which of
//! them failed before; no answer is cached.

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use coil_engine::{
    Host,
    table::{Export, NativeModule},
    validate,
};

pub(crate) mod lookup;
mod message;
mod query;
mod records;
mod resolver;
mod timing;

use lookup::{DefaultOrder, Order};

/// `require('node:dns')`
pub static MODULE: NativeModule = NativeModule {
    name: "dns",
    exports: &[
        Export::function("lookup", 3, lookup::lookup),
        Export::function("lookupService", 3, lookup::lookup_service),
        Export::class(&resolver::RESOLVER),
        Export::function("getDefaultResultOrder", 0, default_result_order),
        Export::function("setDefaultResultOrder", 1, set_default_result_order),
        Export::renamed("setServers", "defaultResolverSetServers", 1, resolver::set_default_servers),
        Export::int("ADDRCONFIG", lookup::ADDRCONFIG),
        Export::int("ALL", lookup::ALL),
        Export::int("V4MAPPED", lookup::V4MAPPED),
        Export::all(CODES),
        Export::all(resolver::BOUND),
        Export::getter("promises", |_, _, cx| Ok(coil_engine::table::instantiate(&PROMISES, cx)?.into())),
    ],
};

/// `require('node:dns/promises')`
pub static PROMISES: NativeModule = NativeModule {
    name: "dns/promises",
    exports: &[
        Export::function("lookup", 2, lookup::lookup_promise),
        Export::function("lookupService", 2, lookup::lookup_service_promise),
        Export::class(&resolver::RESOLVER_PROMISES),
        Export::function("getDefaultResultOrder", 0, default_result_order),
        Export::function("setDefaultResultOrder", 1, set_default_result_order),
        Export::renamed("setServers", "defaultResolverSetServers", 1, resolver::set_default_servers),
        Export::all(CODES),
        Export::all(resolver::BOUND_PROMISES),
    ],
};

/// The codes of errors.
static CODES: &[Export] = &[
    Export::string("NODATA", "ENODATA"),
    Export::string("FORMERR", "EFORMERR"),
    Export::string("SERVFAIL", "ESERVFAIL"),
    Export::string("NOTFOUND", "ENOTFOUND"),
    Export::string("NOTIMP", "ENOTIMP"),
    Export::string("REFUSED", "EREFUSED"),
    Export::string("BADQUERY", "EBADQUERY"),
    Export::string("BADNAME", "EBADNAME"),
    Export::string("BADFAMILY", "EBADFAMILY"),
    Export::string("BADRESP", "EBADRESP"),
    Export::string("CONNREFUSED", "ECONNREFUSED"),
    Export::string("TIMEOUT", "ETIMEOUT"),
    Export::string("EOF", "EOF"),
    Export::string("FILE", "EFILE"),
    Export::string("NOMEM", "ENOMEM"),
    Export::string("DESTRUCTION", "EDESTRUCTION"),
    Export::string("BADSTR", "EBADSTR"),
    Export::string("BADFLAGS", "EBADFLAGS"),
    Export::string("NONAME", "ENONAME"),
    Export::string("BADHINTS", "EBADHINTS"),
    Export::string("NOTINITIALIZED", "ENOTINITIALIZED"),
    Export::string("LOADIPHLPAPI", "ELOADIPHLPAPI"),
    Export::string("ADDRGETNETWORKPARAMS", "EADDRGETNETWORKPARAMS"),
    Export::string("CANCELLED", "ECANCELLED"),
];

/// `dns.getDefaultResultOrder()`
fn default_result_order(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).intern(lookup::default_order(cx).name()).into())
}

/// `dns.setDefaultResultOrder(order)`
fn set_default_result_order(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::one_of(args.get_or_undefined(0), "dnsOrder", Order::NAMES, cx)?;
    Host::of(cx).state::<DefaultOrder>().0.set(Order::parse(&name.to_std_string_escaped()));
    Ok(JsValue::undefined())
}
