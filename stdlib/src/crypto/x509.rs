//! `X509Certificate` and `Certificate`.

use std::sync::Arc;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, Symbol},
    validate,
};
use num_bigint::BigUint;

use super::{
    asn1::{Reader, dotted, tag},
    certificate::{Certificate, shown_time, unix_time},
    digest::{self, Algorithm, digest_of},
    failure,
    key::{Key, Private, Public, pem, read, write},
    key_input, key_object,
    names::{self, General},
    pool::thrown,
    signature::{Options, verify_message},
};
use crate::buffer;

/// What an X509Certificate holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    certificate: Arc<Certificate>,
    public_key: Option<JsObject>,
    /// Another X509Certificate, where the chain is known.
    issuer: Option<JsObject>,
}

/// `crypto.X509Certificate`
pub static X509_CERTIFICATE: Class = Class {
    name: "X509Certificate",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let value = args.get_or_undefined(0);
        if !value.is_string() && !buffer::is_view(value) {
            return Err(errors::invalid_arg_type("buffer", "string|Buffer|TypedArray|DataView", value, cx));
        }
        let bytes = key_input::bytes_in(value, &JsValue::undefined(), "buffer", cx)?;
        let parsed = Certificate::of_bytes(&bytes).map_err(|_| failure::PEM_NO_START_LINE.into());
        let certificate = Arc::new(thrown(parsed, cx)?);
        let prototype = instance_prototype(&X509_CERTIFICATE, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, State { certificate, public_key: None, issuer: None }).into())
    },
    prototype: &[
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::getter("subject", |this, _, cx| text(this, cx, |certificate| Some(names::lines(&certificate.subject)))),
        Export::getter("subjectAltName", |this, _, cx| text(this, cx, alternatives)),
        Export::getter("issuer", |this, _, cx| text(this, cx, |certificate| Some(names::lines(&certificate.issuer)))),
        Export::getter("issuerCertificate", issuer_certificate),
        Export::getter("infoAccess", |this, _, cx| text(this, cx, info_access)),
        Export::getter("validFrom", |this, _, cx| text(this, cx, |certificate| Some(shown_time(&certificate.validity[0])))),
        Export::getter("validTo", |this, _, cx| text(this, cx, |certificate| Some(shown_time(&certificate.validity[1])))),
        Export::getter("validFromDate", |this, _, cx| date(this, 0, cx)),
        Export::getter("validToDate", |this, _, cx| date(this, 1, cx)),
        Export::getter("fingerprint", |this, _, cx| text(this, cx, |certificate| fingerprint(certificate, "sha1"))),
        Export::getter("fingerprint256", |this, _, cx| text(this, cx, |certificate| fingerprint(certificate, "sha256"))),
        Export::getter("fingerprint512", |this, _, cx| text(this, cx, |certificate| fingerprint(certificate, "sha512"))),
        Export::getter("keyUsage", key_usage),
        Export::getter("serialNumber", |this, _, cx| text(this, cx, |certificate| Some(serial(certificate)))),
        Export::getter("signatureAlgorithm", |this, _, cx| text(this, cx, |certificate| Some(signature_name(certificate)))),
        Export::getter("signatureAlgorithmOid", |this, _, cx| text(this, cx, |certificate| Some(dotted(&certificate.algorithm.0)))),
        Export::getter("raw", raw),
        Export::getter("publicKey", public_key),
        Export::function("toString", 0, to_text),
        Export::function("toJSON", 0, to_text),
        Export::getter("ca", |this, _, cx| Ok(is_ca(&*this_certificate(this, cx)?).into())),
        Export::function("checkHost", 2, check_host),
        Export::function("checkEmail", 2, check_email),
        Export::function("checkIP", 2, check_ip),
        Export::function("checkIssued", 1, check_issued),
        Export::function("checkPrivateKey", 1, check_private_key),
        Export::function("verify", 1, verify),
        Export::function("toLegacyObject", 0, to_legacy_object),
    ],
    statics: &[],
};

/// The certificate of an X509Certificate.
pub fn of(value: &JsValue) -> Option<Arc<Certificate>> {
    Some(value.as_object()?.downcast_ref::<State>()?.certificate.clone())
}

/// An X509Certificate.
pub fn create(certificate: Arc<Certificate>, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = X509_CERTIFICATE.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, State { certificate, public_key: None, issuer: None }))
}

/// The first certificate of a chain; each has the next one for its issuer.
pub fn of_chain(chain: &[&[u8]], cx: &mut Context) -> JsResult<Option<JsObject>> {
    let mut issuer = None;
    for raw in chain.iter().rev() {
        let parsed = Certificate::of_bytes(raw).map_err(|_| failure::PEM_NO_START_LINE.into());
        let certificate = Arc::new(thrown(parsed, cx)?);
        let prototype = X509_CERTIFICATE.prototype(cx)?;
        issuer = Some(JsObject::from_proto_and_data(prototype, State { certificate, public_key: None, issuer }));
    }
    Ok(issuer)
}

fn issuer_certificate(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    this_certificate(this, cx)?;
    let issuer = this.as_object().and_then(|object| object.downcast_ref::<State>().and_then(|state| state.issuer.clone()));
    Ok(issuer.map_or_else(JsValue::undefined, Into::into))
}

fn this_certificate(this: &JsValue, cx: &mut Context) -> JsResult<Arc<Certificate>> {
    of(this).ok_or_else(|| errors::invalid_this("X509Certificate", cx))
}

fn text(this: &JsValue, cx: &mut Context, read: fn(&Certificate) -> Option<String>) -> JsResult<JsValue> {
    let certificate = this_certificate(this, cx)?;
    Ok(read(&certificate).map_or_else(JsValue::undefined, |text| js_string!(text).into()))
}

fn alternatives(certificate: &Certificate) -> Option<String> {
    let names = names::alternatives(certificate)?;
    Some(names.iter().map(General::shown).collect::<Vec<_>>().join(", "))
}

fn info_access(certificate: &Certificate) -> Option<String> {
    let accesses = names::accesses(certificate)?;
    Some(accesses.iter().map(|(method, location)| format!("{method} - {}", location.shown())).collect::<Vec<_>>().join("\n"))
}

fn date(this: &JsValue, at: usize, cx: &mut Context) -> JsResult<JsValue> {
    let seconds = unix_time(&this_certificate(this, cx)?.validity[at]);
    let time = seconds.map_or(f64::NAN, |seconds| seconds as f64 * 1000.0);
    let constructor = cx.intrinsics().constructors().date().constructor();
    Ok(constructor.construct(&[time.into()], None, cx)?.into())
}

fn fingerprint(certificate: &Certificate, name: &str) -> Option<String> {
    let digest = digest_of(digest::find(name)?, &[&certificate.der]);
    Some(digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"))
}

fn serial(certificate: &Certificate) -> String {
    let bytes = BigUint::from_bytes_be(&certificate.serial).to_bytes_be();
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Signature algorithms: identifier, OpenSSL's name, hash function.
const SIGNATURES: &[(&str, &str, &str)] = &[
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption", "md5"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption", "sha1"),
    ("1.2.840.113549.1.1.10", "rsassaPss", ""),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption", "sha256"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption", "sha384"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption", "sha512"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption", "sha224"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1", "sha1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224", "sha224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256", "sha256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384", "sha384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512", "sha512"),
    ("1.2.840.10040.4.3", "dsaWithSHA1", "sha1"),
    ("2.16.840.1.101.3.4.3.2", "dsa_with_SHA256", "sha256"),
    ("1.3.101.112", "ED25519", ""),
    ("1.3.101.113", "ED448", ""),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44", ""),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65", ""),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87", ""),
];

fn signature_name(certificate: &Certificate) -> String {
    let oid = dotted(&certificate.algorithm.0);
    SIGNATURES.iter().find(|(known, ..)| *known == oid).map_or(oid, |(_, name, _)| (*name).to_owned())
}

/// Whether a key signed a certificate.
pub fn is_signed_by(certificate: &Certificate, key: &Public) -> bool {
    let oid = dotted(&certificate.algorithm.0);
    let Some((_, name, hash)) = SIGNATURES.iter().find(|(known, ..)| *known == oid) else { return false };
    let mut options = Options::default();
    let mut algorithm: Option<&'static Algorithm> = digest::find(hash);
    if *name == "rsassaPss" {
        let Ok(params) = Reader(&certificate.algorithm.1).sequence().and_then(read::pss_params) else { return false };
        options.padding = Some(6);
        options.salt_len = Some(params.salt_len as i32);
        algorithm = digest::find(params.hash);
    }
    let fits = match key {
        Public::Rsa { .. } => oid.starts_with("1.2.840.113549.1.1."),
        Public::Ec { .. } => oid.starts_with("1.2.840.10045."),
        Public::Dsa { .. } => oid == "1.2.840.10040.4.3" || oid == "2.16.840.1.101.3.4.3.2",
        Public::Octets { kind, .. } => dotted(kind.oid) == oid,
        Public::Dh { .. } => false,
    };
    fits && verify_message(key, algorithm, &certificate.signed, &certificate.signature, &options).unwrap_or(false)
}

/// The content of 2.5.29.37.
const EXT_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
/// The content of 2.5.29.19.
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
/// The content of 2.5.29.15.
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];

fn key_usages(certificate: &Certificate) -> Option<Vec<String>> {
    let mut list = Reader(certificate.extension(EXT_KEY_USAGE)?).sequence().ok()?;
    let mut found = Vec::new();
    while let Ok(oid) = list.oid() {
        found.push(dotted(oid));
    }
    Some(found)
}

fn key_usage(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(usages) = key_usages(&*this_certificate(this, cx)?) else { return Ok(JsValue::undefined()) };
    let usages: Vec<JsValue> = usages.into_iter().map(|usage| js_string!(usage).into()).collect();
    Ok(JsArray::from_iter(usages, cx).into())
}

fn is_ca(certificate: &Certificate) -> bool {
    let Some(content) = certificate.extension(BASIC_CONSTRAINTS) else { return false };
    let Ok(mut constraints) = Reader(content).sequence() else { return false };
    constraints.optional(tag::BOOLEAN).ok().flatten().is_some_and(|flag| flag != [0])
}

fn raw(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let certificate = this_certificate(this, cx)?;
    Ok(buffer::from_slice(&certificate.der, cx)?.into())
}

fn public_key(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let certificate = this_certificate(this, cx)?;
    let known = this.as_object().and_then(|object| object.downcast_ref::<State>().and_then(|state| state.public_key.clone()));
    if let Some(known) = known {
        return Ok(known.into());
    }
    let key = certificate.public_key().map_err(|_| failure::DECODER_UNSUPPORTED.into());
    let key = thrown(key, cx)?;
    let made = key_object::create(Arc::new(Key::Public(key)), cx)?;
    if let Some(object) = this.as_object()
        && let Some(mut state) = object.downcast_mut::<State>()
    {
        state.public_key = Some(made.clone());
    }
    Ok(made.into())
}

fn to_text(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let certificate = this_certificate(this, cx)?;
    Ok(js_string!(pem::write("CERTIFICATE", "", &certificate.der)).into())
}

const SHOWN: [&str; 15] = [
    "subject",
    "subjectAltName",
    "issuer",
    "infoAccess",
    "validFrom",
    "validTo",
    "validFromDate",
    "validToDate",
    "fingerprint",
    "fingerprint256",
    "fingerprint512",
    "keyUsage",
    "serialNumber",
    "signatureAlgorithm",
    "signatureAlgorithmOid",
];

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let mut fields = Vec::new();
    for name in SHOWN {
        fields.push((name, object.get(js_string!(name), cx)?));
    }
    crate::blob::inspect(this, "X509Certificate", fields, args, cx)
}

/// How a host's name is matched.
struct HostRules {
    subject: Subject,
    wildcards: bool,
    partial_wildcards: bool,
    multi_label: bool,
    single_label: bool,
}

#[derive(PartialEq, Eq)]
enum Subject {
    Default,
    Always,
    Never,
}

fn rules(value: &JsValue, cx: &mut Context) -> JsResult<HostRules> {
    let mut rules = HostRules { subject: Subject::Default, wildcards: true, partial_wildcards: true, multi_label: false, single_label: false };
    if value.is_undefined() {
        return Ok(rules);
    }
    let options = validate::object(value, "options", cx)?;
    let subject = options.get(js_string!("subject"), cx)?;
    if !subject.is_undefined() {
        let label = validate::string(&subject, "options.subject", cx)?.to_std_string_lossy();
        rules.subject = match label.as_str() {
            "default" => Subject::Default,
            "always" => Subject::Always,
            "never" => Subject::Never,
            _ => return Err(errors::invalid_arg_value("options.subject", &subject, "is invalid", cx)),
        };
    }
    let flags =
        [(&mut rules.wildcards, "wildcards"), (&mut rules.partial_wildcards, "partialWildcards"), (&mut rules.multi_label, "multiLabelWildcards"), (&mut rules.single_label, "singleLabelSubdomains")];
    for (target, name) in flags {
        let flag = options.get(js_string!(name), cx)?;
        if !flag.is_undefined() {
            *target = validate::boolean(&flag, &format!("options.{name}"), cx)?;
        }
    }
    Ok(rules)
}

/// Whether a pattern of a certificate covers a host, RFC 6125, 6.4.3, as OpenSSL reads it.
fn matches_host(pattern: &str, host: &str, rules: &HostRules) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some((first, rest)), true) = (pattern.split_once('.'), rules.wildcards) else { return false };
    let Some((before, after)) = first.split_once('*') else { return false };
    if after.contains('*') || !rest.contains('.') || rest.contains('*') || first.to_ascii_lowercase().starts_with("xn--") {
        return false;
    }
    let partial = !before.is_empty() || !after.is_empty();
    if partial && !rules.partial_wildcards {
        return false;
    }
    let tail = format!(".{rest}");
    let Some(head) = host.len().checked_sub(tail.len()).and_then(|at| host.split_at_checked(at)).filter(|(_, end)| end.eq_ignore_ascii_case(&tail)).map(|(head, _)| head) else {
        return false;
    };
    if head.contains('.') && !(rules.multi_label && !partial) {
        return false;
    }
    if partial && head.to_ascii_lowercase().starts_with("xn--") {
        return false;
    }
    let lower = head.to_ascii_lowercase();
    head.len() > before.len() + after.len() && lower.starts_with(&before.to_ascii_lowercase()) && lower.ends_with(&after.to_ascii_lowercase())
}

fn subject_values(certificate: &Certificate, name: &str) -> Vec<String> {
    names::attributes(&certificate.subject).into_iter().filter(|attribute| attribute.name == name).map(|attribute| attribute.value).collect()
}

/// `x509.checkHost(name[, options])`
fn check_host(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = validate::string(args.get_or_undefined(0), "name", cx)?.to_std_string_lossy();
    let rules = rules(args.get_or_undefined(1), cx)?;
    let certificate = this_certificate(this, cx)?;
    if host.contains('\0') {
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", "Invalid name", cx));
    }
    let listed: Vec<String> = names::alternatives(&certificate)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|name| match name {
            General::Dns(name) => Some(name),
            _ => None,
        })
        .collect();
    let covers = |pattern: &str| {
        // A host that begins with a dot stands for what lies beneath.
        match host.strip_prefix('.').filter(|_| !host[1..].is_empty()) {
            Some(_) => {
                let lower = pattern.to_ascii_lowercase();
                let end = host.to_ascii_lowercase();
                lower.ends_with(&end) && lower.len() > end.len() && (!rules.single_label || !lower[..lower.len() - end.len()].contains('.'))
            }
            None => matches_host(pattern, &host, &rules),
        }
    };
    let mut found = listed.iter().find(|pattern| covers(pattern.as_str())).cloned();
    let common = rules.subject == Subject::Always || (rules.subject == Subject::Default && listed.is_empty());
    if found.is_none() && common {
        found = subject_values(&certificate, "CN").into_iter().find(|pattern| covers(pattern.as_str()));
    }
    Ok(found.map_or_else(JsValue::undefined, |name| js_string!(name).into()))
}

/// `x509.checkEmail(email[, options])`
fn check_email(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let email = validate::string(args.get_or_undefined(0), "email", cx)?.to_std_string_lossy();
    let rules = rules(args.get_or_undefined(1), cx)?;
    let certificate = this_certificate(this, cx)?;
    let same = |known: &str| match (known.rsplit_once('@'), email.rsplit_once('@')) {
        (Some((name, host)), Some((wanted, wanted_host))) => name == wanted && host.eq_ignore_ascii_case(wanted_host),
        _ => known == email,
    };
    let listed: Vec<String> = names::alternatives(&certificate)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|name| match name {
            General::Email(name) => Some(name),
            _ => None,
        })
        .collect();
    let mut found = listed.iter().any(|known| same(known));
    let common = rules.subject == Subject::Always || (rules.subject == Subject::Default && listed.is_empty());
    if !found && common {
        found = subject_values(&certificate, "emailAddress").iter().any(|known| same(known));
    }
    Ok(if found { args.get_or_undefined(0).clone() } else { JsValue::undefined() })
}

/// `x509.checkIP(ip)`
fn check_ip(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let ip = validate::string(args.get_or_undefined(0), "ip", cx)?.to_std_string_lossy();
    let certificate = this_certificate(this, cx)?;
    let bytes = match ip.parse() {
        Ok(core::net::IpAddr::V4(address)) => address.octets().to_vec(),
        Ok(core::net::IpAddr::V6(address)) => address.octets().to_vec(),
        Err(_) => return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", "Invalid IP", cx)),
    };
    let found = names::alternatives(&certificate).unwrap_or_default().contains(&General::Ip(bytes));
    Ok(if found { args.get_or_undefined(0).clone() } else { JsValue::undefined() })
}

/// `x509.checkIssued(otherCert)`: whether the other is named as the issuer and may be one.
fn check_issued(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let Some(issuer) = of(value) else { return Err(errors::invalid_arg_type("otherCert", "X509Certificate", value, cx)) };
    let certificate = this_certificate(this, cx)?;
    if certificate.issuer != issuer.subject {
        return Ok(false.into());
    }
    let may_sign = match issuer.extension(KEY_USAGE) {
        // The bits count from the highest; the sixth is keyCertSign.
        Some(content) => Reader(content).take(tag::BIT_STRING).is_ok_and(|bits| bits.get(1).is_some_and(|byte| byte & 0x04 != 0)),
        None => true,
    };
    Ok(may_sign.into())
}

/// `x509.checkPrivateKey(privateKey)`
fn check_private_key(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let Some(key) = key_object::of(value) else { return Err(errors::invalid_arg_type("pkey", "KeyObject", value, cx)) };
    let Key::Private(key) = &*key else { return Err(errors::invalid_arg_value("pkey", value, "is invalid", cx)) };
    let certified = this_certificate(this, cx)?.public_key().ok();
    Ok((certified == Some(Private::public(key))).into())
}

/// `x509.verify(publicKey)`
fn verify(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let Some(key) = key_object::of(value) else { return Err(errors::invalid_arg_type("pkey", "KeyObject", value, cx)) };
    let Key::Public(key) = &*key else { return Err(errors::invalid_arg_value("pkey", value, "is invalid", cx)) };
    Ok(is_signed_by(&*this_certificate(this, cx)?, key).into())
}

/// Adds a value to a list of values of one name.
fn gather(object: &JsObject, name: &str, value: &str, lists: bool, cx: &mut Context) -> JsResult<()> {
    let key = js_string!(name);
    let known = object.get(key.clone(), cx)?;
    let value = JsValue::from(js_string!(value));
    let value = match known.as_object() {
        Some(list) => {
            JsArray::from_object(list)?.push(value, cx)?;
            return Ok(());
        }
        None if known.is_undefined() && !lists => value,
        None if known.is_undefined() => JsArray::from_iter([value], cx).into(),
        None => JsArray::from_iter([known, value], cx).into(),
    };
    object.create_data_property_or_throw(key, value, cx)?;
    Ok(())
}

fn legacy_name(name: &[u8], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_null_proto();
    for attribute in names::attributes(name) {
        gather(&object, &attribute.name, &attribute.value, false, cx)?;
    }
    Ok(object.into())
}

/// What `tls` gives of a certificate.
pub fn legacy(certificate: &Certificate, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    let shown = |text: Option<String>| text.map_or_else(JsValue::undefined, |text| js_string!(text).into());
    let mut fields: Vec<(&str, JsValue)> = vec![("subject", legacy_name(&certificate.subject, cx)?), ("issuer", legacy_name(&certificate.issuer, cx)?)];
    fields.push(("subjectaltname", shown(alternatives(certificate))));
    let access = match names::accesses(certificate) {
        Some(accesses) => {
            let object = JsObject::with_null_proto();
            for (method, location) in accesses {
                let shown = location.shown();
                let (kind, value) = shown.split_once(':').unwrap_or((&shown, ""));
                gather(&object, &format!("{method} - {kind}"), value, true, cx)?;
            }
            object.into()
        }
        None => JsValue::undefined(),
    };
    fields.push(("infoAccess", access));
    fields.push(("ca", is_ca(certificate).into()));
    let mut key = [("modulus", JsValue::undefined()), ("exponent", JsValue::undefined()), ("pubkey", JsValue::undefined()), ("bits", JsValue::undefined())];
    let mut curves = [JsValue::undefined(), JsValue::undefined()];
    match certificate.public_key() {
        Ok(Public::Rsa { key: rsa, pss }) => {
            key[0].1 = js_string!(format!("{:X}", rsa.n)).into();
            key[1].1 = js_string!(format!("0x{:x}", rsa.e)).into();
            key[2].1 = buffer::from_vec(write::spki(&Public::Rsa { key: rsa.clone(), pss }), cx)?.into();
            key[3].1 = (rsa.n.bits() as f64).into();
        }
        Ok(Public::Ec { curve, point, .. }) => {
            key[2].1 = buffer::from_slice(&point, cx)?.into();
            key[3].1 = (curve.order().bits() as f64).into();
            curves = [js_string!(curve.name).into(), curve.jwk.filter(|name| name.starts_with("P-")).map_or_else(JsValue::undefined, |name| js_string!(name).into())];
        }
        _ => {}
    }
    fields.extend(key);
    fields.push(("valid_from", shown(Some(shown_time(&certificate.validity[0])))));
    fields.push(("valid_to", shown(Some(shown_time(&certificate.validity[1])))));
    for (field, name) in [("fingerprint", "sha1"), ("fingerprint256", "sha256"), ("fingerprint512", "sha512")] {
        fields.push((field, shown(fingerprint(certificate, name))));
    }
    let usages = match key_usages(certificate) {
        Some(usages) => {
            let usages: Vec<JsValue> = usages.into_iter().map(|usage| js_string!(usage).into()).collect();
            JsArray::from_iter(usages, cx).into()
        }
        None => JsValue::undefined(),
    };
    fields.push(("ext_key_usage", usages));
    fields.push(("serialNumber", shown(Some(serial(certificate)))));
    fields.push(("raw", buffer::from_slice(&certificate.der, cx)?.into()));
    let [asn1_curve, nist_curve] = curves;
    fields.push(("asn1Curve", asn1_curve));
    fields.push(("nistCurve", nist_curve));
    for (name, value) in fields {
        object.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    Ok(object)
}

fn to_legacy_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let certificate = this_certificate(this, cx)?;
    Ok(legacy(&certificate, cx)?.into())
}
