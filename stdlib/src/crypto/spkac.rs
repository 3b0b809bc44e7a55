//! `Certificate`: signed public keys and challenges, as browsers once sent them.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors::Base,
    table::Export,
};

use super::{
    asn1::{Read, Reader},
    digest, failure,
    key::{pem, read},
    key_input, names,
    signature::{Options, verify_message},
};
use crate::buffer;

/// `crypto.Certificate`
pub static CERTIFICATE: Class = Class {
    name: "Certificate",
    length: 0,
    extends: Parent::None,
    kind: Kind::Callable,
    init: |_this, _args, _cx| Ok(JsValue::undefined()),
    prototype: METHODS,
    statics: &[Export::function("exportChallenge", 2, export_challenge), Export::function("exportPublicKey", 2, export_public_key), Export::function("verifySpkac", 2, verify_spkac)],
};

const METHODS: &[Export] = &[Export::function("verifySpkac", 2, verify_spkac), Export::function("exportPublicKey", 2, export_public_key), Export::function("exportChallenge", 2, export_challenge)];

/// SignedPublicKeyAndChallenge
struct Spkac {
    signed: Vec<u8>,
    spki: Vec<u8>,
    challenge: String,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

fn parse(der: &[u8]) -> Read<Spkac> {
    let mut outer = Reader(der).sequence()?;
    let signed = outer.any()?;
    let algorithm = outer.sequence()?.oid()?.to_vec();
    let signature = outer.bits()?.to_vec();
    let mut inner = Reader(signed.content);
    let spki = inner.any()?.whole.to_vec();
    let challenge = names::text(inner.any()?);
    Ok(Spkac { signed: signed.whole.to_vec(), spki, challenge, algorithm, signature })
}

/// More than OpenSSL takes, in bytes.
const SPKAC_LEN_MAX: usize = i32::MAX as usize;

fn of(args: &[JsValue], cx: &mut Context) -> JsResult<Option<Spkac>> {
    if buffer::range_of(args.get_or_undefined(0)).is_some_and(|range| range.byte_length > SPKAC_LEN_MAX) {
        return Err(failure::native(Base::Range, "ERR_OUT_OF_RANGE", "spkac is too large", cx));
    }
    let bytes = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "spkac", cx)?;
    let text: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_whitespace() && *byte != 0).collect();
    Ok(base64_simd::STANDARD.decode_to_vec(&text).ok().and_then(|der| parse(&der).ok()))
}

/// `Certificate.verifySpkac(spkac[, encoding])`
fn verify_spkac(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(spkac) = of(args, cx)? else { return Ok(false.into()) };
    let Ok(key) = read::spki(&spkac.spki) else { return Ok(false.into()) };
    // The last arc names the hash function of RSA.
    let hash = match spkac.algorithm.last() {
        Some(4) => "md5",
        Some(5) => "sha1",
        Some(12) => "sha384",
        Some(13) => "sha512",
        _ => "sha256",
    };
    let good = verify_message(&key, digest::find(hash), &spkac.signed, &spkac.signature, &Options::default());
    Ok(good.unwrap_or(false).into())
}

/// `Certificate.exportPublicKey(spkac[, encoding])`
fn export_public_key(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match of(args, cx)? {
        Some(spkac) => Ok(buffer::from_vec(pem::write("PUBLIC KEY", "", &spkac.spki).into_bytes(), cx)?.into()),
        None => Ok(js_string!("").into()),
    }
}

/// `Certificate.exportChallenge(spkac[, encoding])`
fn export_challenge(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match of(args, cx)? {
        Some(spkac) => Ok(buffer::from_vec(spkac.challenge.into_bytes(), cx)?.into()),
        None => Ok(js_string!("").into()),
    }
}
