//! `tls.createSecureContext`: certificates, keys, and what is allowed.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::Export,
    validate,
};
use coil_tls::{
    der::{self, Reader},
    pem,
    provider::{self, verify},
    rustls::{SignatureScheme, SupportedProtocolVersion, version},
    session::{self, Settings},
    tickets::{KEYS_LEN, Tickets},
    x509::{Certificate, chain::Trust, crl::RevocationList},
};

use super::{
    ciphers,
    credentials::{Given, STRENGTHS, authorities, byte_strings, bytes_of, not_bytes, operation_failed},
    errors, field, roots, set,
};
use crate::buffer;

/// `tls.SecureContext`: what `createSecureContext` gives.
pub(super) static SECURE_CONTEXT: Class = Class { name: "SecureContext", length: 4, extends: Parent::None, kind: Kind::Legacy, init: construct, prototype: &[], statics: &[] };

/// A secure context, native.
pub(crate) struct SecureContext {
    pub(super) settings: RefCell<Settings>,
    /// The script's own authorities; none: the default ones.
    trust: RefCell<Option<Trust>>,
    revoked: Vec<Arc<RevocationList>>,
    partial: bool,
    /// The chains that are shown, each with the key it belongs to.
    pub(super) own: Vec<Vec<Arc<Certificate>>>,
}

impl SecureContext {
    /// Whom to trust.
    pub(super) fn trust(&self, cx: &Context) -> Rc<Trust> {
        let own = self.trust.borrow();
        if own.is_none() && self.revoked.is_empty() && !self.partial {
            return roots::default_trust(cx);
        }
        let roots = match &*own {
            Some(own) => own.roots.clone(),
            None => roots::default_trust(cx).roots.clone(),
        };
        Rc::new(Trust { roots, partial: self.partial, revoked: self.revoked.clone() })
    }

    /// Trusts one more authority.
    fn add_authority(&self, certificate: Arc<Certificate>, cx: &Context) {
        let mut trust = self.trust.borrow_mut();
        let trust = trust.get_or_insert_with(|| (*roots::default_trust(cx)).clone());
        trust.roots.push(certificate);
    }
}

#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct ContextSlot(#[unsafe_ignore_trace] Rc<SecureContext>);

/// What is behind a `SecureContext` object, or behind its `context`.
pub(super) fn of(value: &JsValue, cx: &mut Context) -> Option<Rc<SecureContext>> {
    let slot = Slot::<ContextSlot>::get(&value.as_object()?, cx)?;
    Some(slot.borrow().data().0.clone())
}

/// `tls.SecureContext(secureProtocol, secureOptions, minVersion, maxVersion)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Ok(SECURE_CONTEXT.construct(args, cx)?.into());
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    for (at, key) in ["secureProtocol", "secureOptions", "minVersion", "maxVersion"].into_iter().enumerate() {
        set(&options, key, args.get_or_undefined(at).clone(), cx)?;
    }
    fill(&this.to_object(cx)?, &options, cx)?;
    Ok(JsValue::undefined())
}

/// `tls.createSecureContext(options)`
pub(super) fn create(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = match args.get_or_undefined(0).as_object() {
        Some(options) => options,
        None => JsObject::with_object_proto(cx.intrinsics()),
    };
    let object = JsObject::from_proto_and_data(SECURE_CONTEXT.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    fill(&object, &options, cx)?;
    Ok(object.into())
}

fn fill(object: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let made = Rc::new(parse(options, cx)?);
    let inner = JsObject::with_object_proto(cx.intrinsics());
    Slot::set(&inner, ContextSlot(made.clone()), cx)?;
    coil_engine::table::define_all(&inner, INNER, false, cx)?;
    set(object, "context", inner, cx)?;
    Slot::set(object, ContextSlot(made), cx)?;
    let single_use = field(options, "singleUse", cx)?;
    if single_use.to_boolean() {
        set(object, "singleUse", true, cx)?;
    }
    Ok(())
}

/// What scripts call on the inner object.
static INNER: &[Export] = &[Export::function("addCACert", 1, add_ca_cert), Export::function("setOptions", 1, set_options), Export::getter("_external", external).enumerable(false)];

fn illegal_invocation() -> JsError {
    engine_errors::plain(engine_errors::Base::Type, "Illegal invocation")
}

/// `secureOptions` of later.
fn set_options(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(context) = of(this, cx) else { return Err(illegal_invocation()) };
    let bits = args.get_or_undefined(0).to_number(cx)? as i64;
    let mut settings = context.settings.borrow_mut();
    if apply_options(bits, &mut settings.versions) {
        settings.without_tickets.get_or_insert_with(|| coil_tls::rustls::server::ServerSessionMemoryCache::new(SESSIONS_MAX));
    }
    Ok(JsValue::undefined())
}

/// The pointer that Node's own natives share: there is none.
fn external(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    // Not for what only inherits from a context.
    let own = this.as_object().map(|object| object.has_own_property(boa_engine::js_string!("_external"), cx)).transpose()?;
    match own {
        Some(true) => Ok(JsValue::undefined()),
        _ => Err(illegal_invocation()),
    }
}

fn add_ca_cert(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(context) = of(this, cx) else { return Err(illegal_invocation()) };
    let bytes = bytes_of(args.get_or_undefined(0)).unwrap_or_default();
    for certificate in authorities(&bytes) {
        context.add_authority(certificate, cx);
    }
    Ok(JsValue::undefined())
}

/// Node's `configSecureContext`, in its order.
fn parse(options: &JsObject, cx: &mut Context) -> JsResult<SecureContext> {
    roots::read_extra(cx);
    let mut versions = versions(options, cx)?;
    let chosen = suites(&field(options, "ciphers", cx)?, cx)?;
    let mut given = Given::parse(options, cx)?;
    let schemes = schemes(&field(options, "sigalgs", cx)?, cx)?;
    let (identities, own) = given.identities(chosen.level, &schemes, cx)?;
    check_engines(options, cx)?;
    let groups = groups(&field(options, "ecdhCurve", cx)?, cx)?;
    check_dhparam(&field(options, "dhparam", cx)?, chosen.level, cx)?;
    let mut revoked = Vec::new();
    for bytes in byte_strings(&field(options, "crl", cx)?, "crl", cx)? {
        let found: Vec<_> = pem::blocks(&bytes).iter().filter(|block| block.label == "X509 CRL").filter_map(|block| RevocationList::parse(&block.der)).collect();
        if found.is_empty() {
            return Err(operation_failed("Failed to parse CRL", cx));
        }
        revoked.extend(found);
    }
    let id_context = field(options, "sessionIdContext", cx)?;
    if !id_context.is_null_or_undefined() {
        validate::string(&id_context, "options.sessionIdContext", cx)?;
    }
    let ticket_keys = ticket_keys(&field(options, "ticketKeys", cx)?, cx)?;
    let timeout = field(options, "sessionTimeout", cx)?;
    let session_timeout = if timeout.is_null_or_undefined() { SESSION_TIMEOUT_S } else { validate::int32(&timeout, "options.sessionTimeout", 0, i32::MAX, cx)? as u32 };
    let secure_options = field(options, "secureOptions", cx)?;
    let mut without_tickets = false;
    if !secure_options.is_null_or_undefined() {
        let bits = validate::integer(&secure_options, "secureOptions", f64::MIN, f64::MAX, cx)? as i64;
        without_tickets = apply_options(bits, &mut versions);
    }
    // A suite of a version that is not spoken would be offered all the same.
    let suites = chosen.suites.into_iter().filter(|suite| versions.iter().any(|known| known.version == suite.version().version)).collect();
    let tickets = Arc::new(Tickets::new(ticket_keys, session_timeout));
    let mut settings = Settings::new(identities, Arc::new(provider::with(suites, groups)), tickets);
    settings.versions = versions;
    settings.schemes = schemes;
    settings.without_tickets = without_tickets.then(|| coil_tls::rustls::server::ServerSessionMemoryCache::new(SESSIONS_MAX));
    let honors = field(options, "honorCipherOrder", cx)?;
    settings.server_order = honors.is_undefined() || honors.to_boolean();
    settings.client_authorities = given.authorities.iter().flatten().chain(&given.more).map(|authority| authority.subject.raw().to_vec()).collect();
    let partial = field(options, "allowPartialTrustChain", cx)?.to_boolean();
    let trust = given.authorities.map(|roots| Trust { roots, ..Trust::default() });
    let made = SecureContext { settings: RefCell::new(settings), trust: RefCell::new(trust), revoked, partial, own };
    for certificate in given.more {
        made.add_authority(certificate, cx);
    }
    Ok(made)
}

/// Engines are libraries of OpenSSL's: none can be loaded.
fn check_engines(options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let (identifier, engine) = (field(options, "privateKeyIdentifier", cx)?, field(options, "privateKeyEngine", cx)?);
    if !identifier.is_null_or_undefined() {
        if engine.is_null_or_undefined() {
            return Err(engine_errors::invalid_arg_value("options.privateKeyEngine", &engine, "is invalid", cx));
        }
        for (key, value) in [("privateKeyIdentifier", &identifier), ("privateKeyEngine", &engine)] {
            if !value.is_string() {
                return Err(not_a_string_or_nothing(key, value, cx));
            }
        }
        return Err(errors::no_engine(cx)?);
    }
    let client = field(options, "clientCertEngine", cx)?;
    if client.is_null_or_undefined() {
        return Ok(());
    }
    Err(if client.is_string() { errors::no_engine(cx)? } else { not_a_string_or_nothing("clientCertEngine", &client, cx) })
}

fn not_a_string_or_nothing(key: &str, value: &JsValue, cx: &mut Context) -> JsError {
    engine_errors::invalid_arg_type(&format!("options.{key}"), "string|null|undefined", value, cx)
}

/// There is no DHE, but parameters that OpenSSL refuses are refused.
fn check_dhparam(value: &JsValue, level: u8, cx: &mut Context) -> JsResult<()> {
    let is_auto = value.as_string().is_some_and(|text| text == "auto");
    if value.is_null_or_undefined() || is_auto {
        return Ok(());
    }
    let Some(bytes) = bytes_of(value) else { return Err(not_bytes("dhparam", value, cx)) };
    let blocks = pem::blocks(&bytes);
    let prime = blocks.iter().find(|block| block.label == "DH PARAMETERS").and_then(|block| Reader::new(Reader::new(&block.der).expect(der::SEQUENCE)?).expect(der::INTEGER));
    let Some(prime) = prime else { return Ok(()) };
    let bits = prime.iter().skip_while(|byte| **byte == 0).count() * 8;
    if bits < DH_LEN_MIN {
        return Err(engine_errors::coded(engine_errors::Base::Type, "ERR_INVALID_ARG_VALUE", "DH parameter is less than 1024 bits", cx));
    }
    if verify::rsa_strength(bits) < STRENGTHS[usize::from(level)] {
        return Err(operation_failed("Error setting temp DH parameter", cx));
    }
    Ok(())
}

/// In bits; what Node itself refuses.
const DH_LEN_MIN: usize = 1024;

/// How long sessions live where a script does not say, in seconds.
const SESSION_TIMEOUT_S: u32 = 300;

/// `SSL_OP_NO_*`, as far as it means anything here. Whether there are to be no tickets.
fn apply_options(bits: i64, versions: &mut Vec<&'static SupportedProtocolVersion>) -> bool {
    const NO_TICKET: i64 = 1 << 14;
    const NO_TLS12: i64 = 1 << 27;
    const NO_TLS13: i64 = 1 << 29;
    if bits & NO_TLS12 != 0 {
        versions.retain(|known| known.version != version::TLS12.version);
    }
    if bits & NO_TLS13 != 0 {
        versions.retain(|known| known.version != version::TLS13.version);
    }
    bits & NO_TICKET != 0
}

/// How many sessions a server without tickets remembers: OpenSSL's default is 20 times as many, and takes as much memory.
const SESSIONS_MAX: usize = 1024;

fn ticket_keys(value: &JsValue, cx: &mut Context) -> JsResult<[u8; KEYS_LEN]> {
    let mut keys = [0; KEYS_LEN];
    if value.is_null_or_undefined() {
        Host::of(cx).sys().random().fill(&mut keys).map_err(|error| engine_errors::system(&error, cx))?;
        return Ok(keys);
    }
    if !buffer::is_view(value) {
        return Err(engine_errors::invalid_arg_type("options.ticketKeys", "Buffer|TypedArray|DataView", value, cx));
    }
    let bytes = buffer::bytes_of(value).unwrap_or_default();
    if bytes.len() != KEYS_LEN {
        let len = JsValue::from(bytes.len() as f64);
        return Err(engine_errors::invalid_arg_value("options.ticketKeys", &len, "must be exactly 48 bytes", cx));
    }
    keys.copy_from_slice(&bytes);
    Ok(keys)
}

fn suites(value: &JsValue, cx: &mut Context) -> JsResult<ciphers::Chosen> {
    let mut list = super::default_cipher_list(cx)?;
    if !value.is_null_or_undefined() {
        let given = validate::string(value, "options.ciphers", cx)?.to_std_string_escaped();
        if !given.is_empty() {
            list = given;
        }
    }
    ciphers::chosen(&list).map_err(|why| match why {
        ciphers::Unusable::Empty => {
            let parts: Vec<JsValue> = list.split(':').map(|part| boa_engine::js_string!(part).into()).collect();
            let parts = boa_engine::object::builtins::JsArray::from_iter(parts, cx).into();
            engine_errors::invalid_arg_value("options.ciphers", &parts, "is invalid", cx)
        }
        ciphers::Unusable::NoMatch => errors::openssl(0x0a00_00b9, "SSL routines", "no cipher match", cx),
        ciphers::Unusable::Command => errors::openssl(0x0a00_0118, "SSL routines", "invalid command", cx),
    })
}

fn groups(value: &JsValue, cx: &mut Context) -> JsResult<Vec<&'static dyn coil_tls::rustls::crypto::SupportedKxGroup>> {
    if value.is_null_or_undefined() {
        return Ok(provider::groups().to_vec());
    }
    let list = validate::string(value, "options.ecdhCurve", cx)?.to_std_string_escaped();
    match session::groups_named(&list) {
        Some(groups) => Ok(groups),
        None => Err(operation_failed("Failed to set ECDH curve", cx)),
    }
}

fn schemes(value: &JsValue, cx: &mut Context) -> JsResult<Vec<SignatureScheme>> {
    if value.is_null_or_undefined() {
        return Ok(session::SCHEMES.to_vec());
    }
    let list = validate::string(value, "options.sigalgs", cx)?.to_std_string_escaped();
    if list.is_empty() {
        return Err(engine_errors::invalid_arg_value("options.sigalgs", value, "is invalid", cx));
    }
    let mut found = Vec::new();
    for word in list.split(':') {
        let Some((_, scheme)) = SIGALGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) else {
            return Err(engine_errors::plain(engine_errors::Base::Error, "error:00000000:lib(0)::reason(0)"));
        };
        found.push(*scheme);
    }
    Ok(found)
}

/// Signature algorithms under OpenSSL's names.
static SIGALGS: &[(&str, SignatureScheme)] = &[
    ("RSA-PSS+SHA256", SignatureScheme::RSA_PSS_SHA256),
    ("RSA-PSS+SHA384", SignatureScheme::RSA_PSS_SHA384),
    ("RSA-PSS+SHA512", SignatureScheme::RSA_PSS_SHA512),
    ("rsa_pss_rsae_sha256", SignatureScheme::RSA_PSS_SHA256),
    ("rsa_pss_rsae_sha384", SignatureScheme::RSA_PSS_SHA384),
    ("rsa_pss_rsae_sha512", SignatureScheme::RSA_PSS_SHA512),
    ("RSA+SHA256", SignatureScheme::RSA_PKCS1_SHA256),
    ("RSA+SHA384", SignatureScheme::RSA_PKCS1_SHA384),
    ("RSA+SHA512", SignatureScheme::RSA_PKCS1_SHA512),
    ("rsa_pkcs1_sha256", SignatureScheme::RSA_PKCS1_SHA256),
    ("rsa_pkcs1_sha384", SignatureScheme::RSA_PKCS1_SHA384),
    ("rsa_pkcs1_sha512", SignatureScheme::RSA_PKCS1_SHA512),
    ("ECDSA+SHA256", SignatureScheme::ECDSA_NISTP256_SHA256),
    ("ECDSA+SHA384", SignatureScheme::ECDSA_NISTP384_SHA384),
    ("ECDSA+SHA512", SignatureScheme::ECDSA_NISTP521_SHA512),
    ("ecdsa_secp256r1_sha256", SignatureScheme::ECDSA_NISTP256_SHA256),
    ("ecdsa_secp384r1_sha384", SignatureScheme::ECDSA_NISTP384_SHA384),
    ("ecdsa_secp521r1_sha512", SignatureScheme::ECDSA_NISTP521_SHA512),
    ("ed25519", SignatureScheme::ED25519),
];

/// OpenSSL's name of a scheme: its key and its hash.
pub(super) fn scheme_name(scheme: SignatureScheme) -> &'static str {
    SIGALGS.iter().find(|(_, known)| *known == scheme).map_or("", |(name, _)| name)
}

/// Versions between `minVersion` and `maxVersion`, or those of `secureProtocol`. None may be left: that shows when a connection is
/// made.
fn versions(options: &JsObject, cx: &mut Context) -> JsResult<Vec<&'static SupportedProtocolVersion>> {
    let (min, max) = (field(options, "minVersion", cx)?, field(options, "maxVersion", cx)?);
    let method = field(options, "secureProtocol", cx)?;
    let (default_min, default_max) = super::default_versions(cx)?;
    let (mut low, mut high) = (default_min, default_max);
    if !method.is_null_or_undefined() {
        let name = validate::string(&method, "options.secureProtocol", cx)?.to_std_string_escaped();
        for version in [&min, &max] {
            if !version.is_null_or_undefined() {
                let shown = engine_errors::inspect_brief(version, cx).replace('\'', "\"");
                return Err(errors::protocol_version_conflict(&shown, &format!("\"{name}\""), cx));
            }
        }
        let bare = name.trim_end_matches("_method").trim_end_matches("_server").trim_end_matches("_client");
        (low, high) = match bare {
            "SSLv23" | "TLS" => (TLS1_2, TLS1_3),
            "TLSv1" => (TLS1, TLS1),
            "TLSv1_1" => (TLS1_1, TLS1_1),
            "TLSv1_2" => (TLS1_2, TLS1_2),
            "SSLv2" => return Err(errors::invalid_protocol_method("SSLv2 methods disabled", cx)),
            "SSLv3" => return Err(errors::invalid_protocol_method("SSLv3 methods disabled", cx)),
            _ => return Err(errors::invalid_protocol_method(&format!("Unknown method: {name}"), cx)),
        };
        if !name.ends_with("_method") {
            return Err(errors::invalid_protocol_method(&format!("Unknown method: {name}"), cx));
        }
    }
    low = version_number(&min, low, "minimum", cx)?;
    high = version_number(&max, high, "maximum", cx)?;
    let all: [(u16, &'static SupportedProtocolVersion); 2] = [(TLS1_3, &version::TLS13), (TLS1_2, &version::TLS12)];
    Ok(all.into_iter().filter(|(number, _)| (low..=high).contains(number)).map(|(_, version)| version).collect())
}

const TLS1: u16 = 0x0301;
const TLS1_1: u16 = 0x0302;
const TLS1_2: u16 = 0x0303;
const TLS1_3: u16 = 0x0304;

/// `'TLSv1.2'` as the protocol has it.
pub(super) fn version_of_name(name: &str) -> Option<u16> {
    Some(match name {
        "TLSv1" => TLS1,
        "TLSv1.1" => TLS1_1,
        "TLSv1.2" => TLS1_2,
        "TLSv1.3" => TLS1_3,
        _ => return None,
    })
}

fn version_number(value: &JsValue, default: u16, which: &str, cx: &mut Context) -> JsResult<u16> {
    if value.is_null_or_undefined() {
        return Ok(default);
    }
    let name = value.as_string().map(|name| name.to_std_string_escaped());
    match name.as_deref().and_then(version_of_name) {
        Some(number) => Ok(number),
        None => {
            let shown = match name {
                Some(name) => format!("\"{name}\""),
                None => engine_errors::inspect_brief(value, cx),
            };
            Err(errors::invalid_protocol_version(&shown, which, cx))
        }
    }
}
