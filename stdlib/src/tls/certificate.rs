//! Certificates as `getPeerCertificate` shows them.

use std::sync::Arc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_tls::{
    der::{self, oid},
    provider::verify::PublicKey,
    x509::{Certificate, text, time},
};
use sha1::Digest;

use crate::buffer;

/// Node's legacy object for a certificate: all of its keys, whether they have a value or not.
pub(crate) fn to_object(certificate: &Certificate, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    let put = |key: &str, value: JsValue, cx: &mut Context| object.create_data_property_or_throw(js_string!(key), value, cx).map(drop);
    put("subject", name(&certificate.subject.attributes, cx)?, cx)?;
    put("issuer", name(&certificate.issuer.attributes, cx)?, cx)?;
    put("subjectaltname", certificate.alt_names().map_or_else(JsValue::undefined, |names| js_string!(text::alt_names(&names)).into()), cx)?;
    put("infoAccess", info_access(certificate, cx)?, cx)?;
    put("ca", certificate.basic_constraints().is_some_and(|(is_authority, _)| is_authority).into(), cx)?;
    let key = Key::of(certificate, cx)?;
    put("modulus", key.modulus, cx)?;
    put("exponent", key.exponent, cx)?;
    put("pubkey", key.public, cx)?;
    put("bits", key.bits, cx)?;
    put("valid_from", js_string!(time::shown(certificate.not_before)).into(), cx)?;
    put("valid_to", js_string!(time::shown(certificate.not_after)).into(), cx)?;
    put("fingerprint", js_string!(colons(&sha1::Sha1::digest(certificate.raw()))).into(), cx)?;
    put("fingerprint256", js_string!(colons(&sha2::Sha256::digest(certificate.raw()))).into(), cx)?;
    put("fingerprint512", js_string!(colons(&sha2::Sha512::digest(certificate.raw()))).into(), cx)?;
    let usages = match certificate.ext_key_usage() {
        Some(ids) => {
            let ids: Vec<JsValue> = ids.into_iter().map(|id| js_string!(id).into()).collect();
            JsArray::from_iter(ids, cx).into()
        }
        None => JsValue::undefined(),
    };
    put("ext_key_usage", usages, cx)?;
    let serial = hex(&certificate.serial);
    put("serialNumber", js_string!(if serial.is_empty() { "0".to_owned() } else { serial }).into(), cx)?;
    let raw = buffer::from_slice(certificate.raw(), cx)?;
    put("raw", raw.into(), cx)?;
    put("asn1Curve", key.asn1_curve, cx)?;
    put("nistCurve", key.nist_curve, cx)?;
    Ok(object)
}

/// A chain: each certificate has its issuer's, and the last its own if it signed itself.
pub(super) fn chain_to_object(chain: &[Arc<Certificate>], cx: &mut Context) -> JsResult<JsValue> {
    let mut objects = Vec::with_capacity(chain.len());
    for certificate in chain {
        objects.push(to_object(certificate, cx)?);
    }
    for (at, object) in objects.iter().enumerate() {
        let issuer = match objects.get(at + 1) {
            Some(issuer) => issuer,
            None if chain[at].is_self_issued() => object,
            None => continue,
        };
        object.create_data_property_or_throw(js_string!("issuerCertificate"), issuer.clone(), cx)?;
    }
    Ok(objects.into_iter().next().map_or_else(JsValue::undefined, Into::into))
}

/// What is said more than once is an array.
fn name(attributes: &[(String, String)], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_null_proto();
    for (at, (key, value)) in attributes.iter().enumerate() {
        if attributes[..at].iter().any(|(before, _)| before == key) {
            continue;
        }
        let all: Vec<JsValue> = attributes[at..].iter().filter(|(other, _)| other == key).map(|(_, value)| js_string!(value.as_str()).into()).collect();
        let value: JsValue = if all.len() == 1 { js_string!(value.as_str()).into() } else { JsArray::from_iter(all, cx).into() };
        object.create_data_property_or_throw(js_string!(key.as_str()), value, cx)?;
    }
    Ok(object.into())
}

fn info_access(certificate: &Certificate, cx: &mut Context) -> JsResult<JsValue> {
    let Some(entries) = certificate.info_access() else { return Ok(JsValue::undefined()) };
    let object = JsObject::with_null_proto();
    for (method, place) in entries {
        let method = match method.as_str() {
            "1.3.6.1.5.5.7.48.1" => "OCSP",
            "1.3.6.1.5.5.7.48.2" => "CA Issuers",
            other => other,
        };
        let (kind, value) = text::parts(&place);
        let key = js_string!(format!("{method} - {kind}"));
        let list = match object.get(key.clone(), cx)?.as_object() {
            Some(list) => JsArray::from_object(list)?,
            None => JsArray::new(cx)?,
        };
        list.push(js_string!(value), cx)?;
        object.create_data_property_or_throw(key, list, cx)?;
    }
    Ok(object.into())
}

/// What is told of a public key, by its kind.
#[derive(Default)]
struct Key {
    modulus: JsValue,
    exponent: JsValue,
    public: JsValue,
    bits: JsValue,
    asn1_curve: JsValue,
    nist_curve: JsValue,
}

impl Key {
    fn of(certificate: &Certificate, cx: &mut Context) -> JsResult<Self> {
        let mut key = Self::default();
        if let Some((modulus, exponent)) = certificate.public_key().and_then(PublicKey::rsa_parts) {
            key.bits = ((modulus.len() * 8) as f64 - f64::from(modulus.first().map_or(0, |first| first.leading_zeros()))).into();
            key.modulus = js_string!(hex(&modulus)).into();
            let exponent = hex(&exponent).to_ascii_lowercase();
            key.exponent = js_string!(format!("0x{}", exponent.trim_start_matches('0'))).into();
            key.public = buffer::from_slice(certificate.spki(), cx)?.into();
            return Ok(key);
        }
        let Some((oid::EC_PUBLIC_KEY, curve, point)) = der::spki_parts(certificate.spki()) else { return Ok(key) };
        let (bits, asn1, nist) = match curve {
            oid::P256 => (256, "prime256v1", Some("P-256")),
            oid::P384 => (384, "secp384r1", Some("P-384")),
            oid::P521 => (521, "secp521r1", Some("P-521")),
            oid::SECP256K1 => (256, "secp256k1", None),
            _ => return Ok(key),
        };
        key.bits = bits.into();
        key.public = buffer::from_slice(point, cx)?.into();
        key.asn1_curve = js_string!(asn1).into();
        key.nist_curve = nist.map_or_else(JsValue::undefined, |nist| js_string!(nist).into());
        Ok(key)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}
