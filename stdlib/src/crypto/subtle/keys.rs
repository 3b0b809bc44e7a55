//! Keys of web cryptography: made, imported, exported.

use std::sync::Arc;

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use num_bigint::BigUint;

use super::algorithm::{Algorithm, Family, HashName, KeyAlgorithm, Operation, buffer_source, exception};
use crate::crypto::{
    crypto_key::{self, Data},
    curve::{self, Curve},
    derive::to_array_buffer,
    failure::{Failure, Outcome},
    jwk::{self, Unsupported},
    key::{Key, Private, Public, read, write},
    keygen::Recipe,
    number::random_bytes,
    octet_key, pool,
};

/// Every usage, in the order in which they are shown.
pub const USAGES: [&str; 12] = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey", "encapsulateKey", "encapsulateBits", "decapsulateKey", "decapsulateBits"];

type Usages = Vec<&'static str>;

fn data_error(message: &str, cx: &mut Context) -> JsError {
    exception("DataError", message, cx)
}

/// A key in the words of Node's messages: the article depends on what is done.
fn key_kind(algorithm: &KeyAlgorithm, importing: bool) -> String {
    match algorithm.family {
        family if family.is_aes() => "an AES".into(),
        family if family.is_rsa() => "a RSA".into(),
        Family::Hmac | Family::Kmac if importing => algorithm.name.into(),
        Family::ChaCha | Family::Hkdf | Family::Pbkdf2 | Family::Argon2 => format!("a {}", algorithm.name),
        _ if importing => format!("a {}", algorithm.name),
        _ => format!("an {}", algorithm.name),
    }
}

fn check_usages(algorithm: &KeyAlgorithm, importing: bool, usages: &[&str], allowed: impl Fn(&str) -> bool, cx: &mut Context) -> JsResult<()> {
    if usages.iter().all(|usage| allowed(usage)) {
        return Ok(());
    }
    let message = format!("Unsupported key usage for {} key", key_kind(algorithm, importing));
    Err(exception("SyntaxError", &message, cx))
}

fn aes_length(algorithm: &Algorithm, dictionary: &str, cx: &mut Context) -> JsResult<usize> {
    let length = algorithm.number(dictionary, "length", 65_535.0, cx)?;
    if ![128, 192, 256].contains(&length) {
        return Err(exception("OperationError", "AES key length must be 128, 192, or 256 bits", cx));
    }
    Ok(length as usize / 8)
}

/// Bytes of a block of a hash function, which HMAC keys have at first.
fn block_len(hash: &HashName) -> usize {
    match hash.name {
        "SHA-1" | "SHA-256" => 64,
        "SHA3-256" => 136,
        "SHA3-384" => 104,
        "SHA3-512" => 72,
        _ => 128,
    }
}

fn named_curve(algorithm: &Algorithm, dictionary: &str, cx: &mut Context) -> JsResult<&'static Curve> {
    let name = algorithm.text(dictionary, "namedCurve", cx)?;
    let found = curve::find(&name).filter(|_| name.starts_with("P-"));
    found.ok_or_else(|| exception("NotSupportedError", "Unrecognized namedCurve", cx))
}

/// How long a key of KMAC is unless told, in bits.
fn kmac_bits(name: &str) -> u32 {
    if name == "KMAC128" { 128 } else { 256 }
}

/// What `generateKey` makes.
enum Plan {
    Secret(usize),
    Pair(Recipe),
}

/// `subtle.generateKey(algorithm, extractable, keyUsages)`
pub fn generate(algorithm: &Algorithm, extractable: bool, usages: Usages, cx: &mut Context) -> JsResult<JsValue> {
    let mut shown = KeyAlgorithm::of(algorithm);
    let plan = plan(algorithm, &mut shown, cx)?;
    let (private, public) = shown.family.usages();
    check_usages(&shown, false, &usages, |usage| private.contains(&usage) || public.contains(&usage), cx)?;
    let of = |allowed: &[&str]| -> Usages { usages.iter().copied().filter(|usage| allowed.contains(usage)).collect() };
    let (private_usages, public_usages) = (of(private), of(public));
    if private_usages.is_empty() {
        return Err(exception("SyntaxError", "Usages cannot be empty when creating a key.", cx));
    }
    match plan {
        Plan::Secret(len) => pool::promised(
            "generateKey",
            Box::new(move |sys| random_bytes(sys, len)),
            move |bytes, cx| {
                let bytes = super::operation(bytes, cx)?;
                Ok(crypto_key::create(Data { key: Arc::new(Key::Secret(bytes)), algorithm: shown, extractable, usages: private_usages }, cx)?.into())
            },
            cx,
        ),
        Plan::Pair(recipe) => pool::promised(
            "generateKey",
            Box::new(move |sys| recipe.run(sys)),
            move |key: Outcome<Private>, cx| {
                let key = super::operation(key, cx)?;
                let public = Data { key: Arc::new(Key::Public(key.public())), algorithm: shown, extractable: true, usages: public_usages };
                let private = Data { key: Arc::new(Key::Private(key)), algorithm: shown, extractable, usages: private_usages };
                let pair = JsObject::with_null_proto();
                let (public, private) = (crypto_key::create(public, cx)?, crypto_key::create(private, cx)?);
                pair.create_data_property_or_throw(js_string!("publicKey"), public, cx)?;
                pair.create_data_property_or_throw(js_string!("privateKey"), private, cx)?;
                Ok(pair.into())
            },
            cx,
        ),
    }
}

/// Whether `generateKey` would take these parameters.
pub fn check_generation(algorithm: &Algorithm, cx: &mut Context) -> JsResult<()> {
    plan(algorithm, &mut KeyAlgorithm::of(algorithm), cx).map(drop)
}

/// Whether `importKey` would take these parameters.
pub fn check_import(algorithm: &Algorithm, cx: &mut Context) -> JsResult<()> {
    import_parameters(algorithm, cx).map(drop)
}

fn plan(algorithm: &Algorithm, shown: &mut KeyAlgorithm, cx: &mut Context) -> JsResult<Plan> {
    Ok(match algorithm.family {
        Family::ChaCha => Plan::Secret(32),
        family if family.is_aes() => Plan::Secret(aes_length(algorithm, "AesKeyGenParams", cx)?),
        Family::Hmac => {
            let hash = algorithm.hash("HmacKeyGenParams", cx)?;
            shown.hash = Some(hash);
            match algorithm.optional_number("length", f64::from(u32::MAX), cx)? {
                Some(0) => return Err(exception("OperationError", "HmacKeyGenParams.length cannot be 0", cx)),
                Some(bits) if bits % 8 != 0 => return Err(exception("NotSupportedError", "Unsupported HmacKeyGenParams.length", cx)),
                Some(bits) => Plan::Secret(bits as usize / 8),
                None if hash.name.starts_with("SHA3-") => return Err(exception("NotSupportedError", "Explicit algorithm length member is required", cx)),
                None => Plan::Secret(block_len(&hash)),
            }
        }
        Family::Kmac => match algorithm.optional_number("length", f64::from(u32::MAX), cx)? {
            Some(0) => return Err(exception("OperationError", "KmacKeyGenParams.length cannot be 0", cx)),
            Some(bits) if bits % 8 != 0 => return Err(exception("NotSupportedError", "Unsupported KmacKeyGenParams.length", cx)),
            Some(bits) => Plan::Secret(bits as usize / 8),
            None => Plan::Secret(kmac_bits(algorithm.name) as usize / 8),
        },
        family if family.is_rsa() => {
            let bits = algorithm.number("RsaHashedKeyGenParams", "modulusLength", f64::from(u32::MAX), cx)? as usize;
            let exponent = BigUint::from_bytes_be(&algorithm.bytes("RsaHashedKeyGenParams", "publicExponent", cx)?);
            shown.hash = Some(algorithm.hash("RsaHashedKeyGenParams", cx)?);
            let Ok(e) = u32::try_from(&exponent) else {
                return Err(exception("OperationError", "The publicExponent must be equivalent to an unsigned 32-bit value", cx));
            };
            Plan::Pair(Recipe::Rsa { bits, e, pss: None })
        }
        family if family.is_ec() => Plan::Pair(Recipe::Ec { curve: named_curve(algorithm, "EcKeyGenParams", cx)?, explicit: false }),
        _ => match octet_key::find_web(algorithm.name) {
            Some(kind) => Plan::Pair(Recipe::Octets(kind)),
            None => return Err(exception("NotSupportedError", "Unrecognized algorithm name", cx)),
        },
    })
}

/// What `importKey` is given: bytes, or a JWK.
pub enum Material {
    Bytes(Vec<u8>),
    Jwk(JsObject),
}

impl Material {
    /// Reads `keyData` as its format wants it.
    pub fn of(format: &str, value: &JsValue, context: &str, cx: &mut Context) -> JsResult<Self> {
        if format == "jwk" {
            if value.is_object() && crate::buffer::range_of(value).is_none() {
                return Ok(Self::Jwk(value.to_object(cx)?));
            }
            return Err(data_error("Invalid keyData", cx));
        }
        buffer_source(value, context, cx).map(Self::Bytes)
    }
}

/// "Import key"; usages are checked here too.
pub fn import(format: &str, material: Material, algorithm: &Algorithm, extractable: bool, usages: Usages, cx: &mut Context) -> JsResult<JsObject> {
    let (shown, length, wanted) = import_parameters(algorithm, cx)?;
    let key = if is_secret(algorithm.family) { secret(format, material, &shown, length, extractable, &usages, cx)? } else { asymmetric(format, material, &shown, wanted, extractable, &usages, cx)? };
    finish_import(key, shown, extractable, usages, cx)
}

/// What a key will say of itself, how long it must be, and on which curve it must lie.
fn import_parameters(algorithm: &Algorithm, cx: &mut Context) -> JsResult<(KeyAlgorithm, Option<u32>, Option<&'static Curve>)> {
    let mut shown = KeyAlgorithm::of(algorithm);
    let mut length = None;
    let mut wanted = None;
    match algorithm.family {
        Family::Hmac => {
            shown.hash = Some(algorithm.hash("HmacImportParams", cx)?);
            length = algorithm.optional_number("length", f64::from(u32::MAX), cx)?;
        }
        Family::Kmac => length = algorithm.optional_number("length", f64::from(u32::MAX), cx)?,
        family if family.is_rsa() => shown.hash = Some(algorithm.hash("RsaHashedImportParams", cx)?),
        family if family.is_ec() => wanted = Some(named_curve(algorithm, "EcKeyImportParams", cx)?),
        _ => {}
    }
    Ok((shown, length, wanted))
}

fn finish_import(key: Key, shown: KeyAlgorithm, extractable: bool, usages: Usages, cx: &mut Context) -> JsResult<JsObject> {
    let (private, public) = shown.family.usages();
    let allowed = if matches!(key, Key::Public(_)) { public } else { private };
    check_usages(&shown, true, &usages, |usage| allowed.contains(&usage), cx)?;
    if usages.is_empty() && !matches!(key, Key::Public(_)) {
        let message = format!("Usages cannot be empty when importing a {} key.", key.type_name());
        return Err(exception("SyntaxError", &message, cx));
    }
    crypto_key::create(Data { key: Arc::new(key), algorithm: shown, extractable, usages }, cx)
}

fn is_secret(family: Family) -> bool {
    family.is_aes() || matches!(family, Family::ChaCha | Family::Hmac | Family::Kmac | Family::Hkdf | Family::Pbkdf2 | Family::Argon2)
}

fn unable(verb: &str, shown: &KeyAlgorithm, what: &str, format: &str, cx: &mut Context) -> JsError {
    exception("NotSupportedError", &format!("Unable to {verb} {}{what} using {format} format", shown.name), cx)
}

fn text_member(object: &JsObject, name: &str, cx: &mut Context) -> JsResult<Option<String>> {
    let value = object.get(js_string!(name), cx)?;
    if value.is_undefined() { Ok(None) } else { Ok(Some(value.to_string(cx)?.to_std_string_lossy())) }
}

/// Checks what a JWK says of its use.
fn check_jwk(object: &JsObject, kty: &str, shown: &KeyAlgorithm, extractable: bool, usages: &[&str], cx: &mut Context) -> JsResult<()> {
    match text_member(object, "kty", cx)? {
        None => return Err(data_error("Invalid keyData", cx)),
        Some(found) if found != kty => return Err(data_error("Invalid JWK \"kty\" Parameter", cx)),
        _ => {}
    }
    if !usages.is_empty()
        && let Some(found) = text_member(object, "use", cx)?
    {
        let expected = if shown.family.usages().0.contains(&"sign") { "sig" } else { "enc" };
        if found != expected {
            return Err(data_error("Invalid JWK \"use\" Parameter", cx));
        }
    }
    let operations = object.get(js_string!("key_ops"), cx)?;
    if let Some(list) = operations.as_object() {
        let list = JsArray::from_object(list)?;
        let mut found = Vec::new();
        for at in 0..list.length(cx)? {
            found.push(list.at(at as i64, cx)?.to_string(cx)?.to_std_string_lossy());
        }
        if usages.iter().any(|usage| !found.iter().any(|operation| operation == usage)) {
            return Err(data_error("Key operations and usage mismatch", cx));
        }
    }
    let ext = object.get(js_string!("ext"), cx)?;
    if !ext.is_undefined() && !ext.to_boolean() && extractable {
        return Err(data_error("JWK \"ext\" Parameter and extractable mismatch", cx));
    }
    Ok(())
}

/// JWK's `alg` of a key.
fn jwk_alg(shown: &KeyAlgorithm, key: &Key) -> Option<String> {
    let hash = |prefix: &str| shown.hash.map(|hash| format!("{prefix}{}", hash.name.trim_start_matches("SHA-")));
    match (shown.family, key) {
        (Family::Hmac, _) => hash("HS").filter(|_| shown.hash.is_some_and(|hash| hash.name.starts_with("SHA-"))),
        (Family::Kmac, _) => Some(format!("K{}", &shown.name[4..])),
        (Family::Ecdsa, _) => match key.to_public()? {
            Public::Ec { curve, .. } => match curve.jwk? {
                "P-256" => Some("ES256".into()),
                "P-384" => Some("ES384".into()),
                "P-521" => Some("ES512".into()),
                _ => None,
            },
            _ => None,
        },
        // There are no names for RSA with SHA-3.
        (family, _) if family.is_rsa() && shown.hash.is_some_and(|hash| hash.name.starts_with("SHA3-")) => None,
        (Family::RsaPkcs1, _) => hash("RS"),
        (Family::RsaPss, _) => hash("PS"),
        (Family::RsaOaep, _) => Some(if shown.hash.is_some_and(|hash| hash.name == "SHA-1") { "RSA-OAEP".into() } else { hash("RSA-OAEP-")? }),
        (Family::ChaCha, _) => Some("C20P".into()),
        (family, Key::Secret(bytes)) if family.is_aes() => Some(format!("A{}{}", bytes.len() * 8, &shown.name[4..])),
        (Family::Sign, _) => Some(shown.name.into()),
        _ => None,
    }
}

fn check_alg(object: &JsObject, shown: &KeyAlgorithm, key: &Key, cx: &mut Context) -> JsResult<()> {
    let Some(found) = text_member(object, "alg", cx)? else { return Ok(()) };
    let legacy = matches!(shown.family, Family::Sign) && found == "EdDSA";
    let good = match jwk_alg(shown, key) {
        Some(alg) => alg == found || legacy,
        None => true,
    };
    if good { Ok(()) } else { Err(data_error("JWK \"alg\" does not match the requested algorithm", cx)) }
}

fn secret(format: &str, material: Material, shown: &KeyAlgorithm, length: Option<u32>, extractable: bool, usages: &[&str], cx: &mut Context) -> JsResult<Key> {
    let derives = matches!(shown.family, Family::Hkdf | Family::Pbkdf2 | Family::Argon2);
    check_usages(shown, true, usages, |usage| shown.family.usages().0.contains(&usage), cx)?;
    if derives && extractable {
        return Err(exception("SyntaxError", &format!("{} keys are not extractable", shown.name), cx));
    }
    let raw = match format {
        "raw-secret" => true,
        "raw" => !matches!(shown.family, Family::ChaCha | Family::AesOcb | Family::Argon2 | Family::Kmac),
        _ => false,
    };
    let key = match material {
        Material::Bytes(bytes) if raw => Key::Secret(bytes),
        Material::Jwk(object) if !derives => {
            check_jwk(&object, "oct", shown, extractable, usages, cx)?;
            let Some(k) = text_member(&object, "k", cx)? else { return Err(data_error("Invalid keyData", cx)) };
            let key = Key::Secret(jwk::decode(&k));
            check_alg(&object, shown, &key, cx)?;
            key
        }
        _ => return Err(unable("import", shown, "", format, cx)),
    };
    let Key::Secret(bytes) = &key else { return Err(data_error("Invalid keyData", cx)) };
    match shown.family {
        Family::Hmac | Family::Kmac => {
            if bytes.is_empty() {
                return Err(data_error("Zero-length key is not supported", cx));
            }
            let dictionary = if shown.family == Family::Hmac { "HmacImportParams" } else { "KmacImportParams" };
            match length {
                Some(0) => return Err(data_error(&format!("{dictionary}.length cannot be 0"), cx)),
                Some(bits) if bits % 8 != 0 => return Err(exception("NotSupportedError", &format!("Unsupported {dictionary}.length"), cx)),
                Some(bits) if bits as usize != bytes.len() * 8 => return Err(data_error("Invalid key length", cx)),
                _ => {}
            }
        }
        Family::ChaCha if bytes.len() != 32 => return Err(data_error("Invalid key length", cx)),
        family if family.is_aes() && ![16, 24, 32].contains(&bytes.len()) => return Err(data_error("Invalid key length", cx)),
        _ => {}
    }
    Ok(key)
}

fn asymmetric(format: &str, material: Material, shown: &KeyAlgorithm, wanted: Option<&'static Curve>, extractable: bool, usages: &[&str], cx: &mut Context) -> JsResult<Key> {
    let invalid = |cx: &mut Context| data_error("Invalid keyData", cx);
    let octets = octet_key::find_web(shown.name);
    let (private, public) = shown.family.usages();
    match format {
        "spki" | "raw" | "raw-public" => check_usages(shown, true, usages, |usage| public.contains(&usage), cx)?,
        "pkcs8" | "raw-seed" => check_usages(shown, true, usages, |usage| private.contains(&usage), cx)?,
        _ => {}
    }
    let key = match (format, material) {
        ("spki", Material::Bytes(bytes)) => read::spki(&bytes).map(Key::Public).map_err(|_| invalid(cx))?,
        ("pkcs8", Material::Bytes(bytes)) => read::pkcs8(&bytes).map(Key::Private).map_err(|_| invalid(cx))?,
        ("jwk", Material::Jwk(object)) => jwk_key(&object, shown, wanted, extractable, usages, cx)?,
        ("raw" | "raw-public", Material::Bytes(bytes)) if wanted.is_some() || octets.is_some() => {
            if octets.is_some_and(octet_key::Octets::is_lattice) && format == "raw" {
                return Err(unable("import", shown, "", format, cx));
            }
            let public = match (wanted, octets) {
                (Some(curve), _) => curve.point(&bytes).map(|point| Public::Ec { curve, point, explicit: false }),
                (None, Some(kind)) if bytes.len() == kind.public_len => Some(Public::Octets { kind, bytes }),
                _ => None,
            };
            Key::Public(public.ok_or_else(|| invalid(cx))?)
        }
        ("raw-seed", Material::Bytes(bytes)) if octets.is_some_and(octet_key::Octets::is_lattice) => {
            let key = octets.and_then(|kind| Private::of_seed(kind, bytes));
            Key::Private(key.ok_or_else(|| invalid(cx))?)
        }
        _ => return Err(unable("import", shown, "", format, cx)),
    };
    let fits = match (key.to_public(), octets) {
        (Some(Public::Rsa { pss, .. }), _) if shown.family.is_rsa() => pss.is_none(),
        (Some(Public::Ec { curve, .. }), _) if shown.family.is_ec() => {
            if wanted != Some(curve) {
                return Err(data_error("Named curve mismatch", cx));
            }
            true
        }
        (Some(Public::Octets { kind, .. }), Some(expected)) => kind == expected,
        _ => false,
    };
    if fits { Ok(key) } else { Err(data_error("Invalid key type", cx)) }
}

fn jwk_key(object: &JsObject, shown: &KeyAlgorithm, wanted: Option<&'static Curve>, extractable: bool, usages: &[&str], cx: &mut Context) -> JsResult<Key> {
    let octets = octet_key::find_web(shown.name);
    let (kty, private_member) = match (shown.family, octets) {
        (family, _) if family.is_rsa() => ("RSA", "d"),
        (family, _) if family.is_ec() => ("EC", "d"),
        (_, Some(kind)) if kind.is_lattice() => ("AKP", "priv"),
        _ => ("OKP", "d"),
    };
    check_jwk(object, kty, shown, extractable, usages, cx)?;
    let crv = text_member(object, "crv", cx)?;
    if let Some(curve) = wanted
        && crv.as_deref() != curve.jwk
    {
        return Err(data_error("JWK \"crv\" does not match the requested algorithm", cx));
    }
    if kty == "OKP" && crv.as_deref() != Some(shown.name) {
        return Err(data_error("JWK \"crv\" Parameter and algorithm name mismatch", cx));
    }
    if kty == "AKP" && text_member(object, "alg", cx)?.as_deref() != Some(shown.name) {
        return Err(data_error("JWK \"alg\" Parameter and algorithm name mismatch", cx));
    }
    let private = !object.get(js_string!(private_member), cx)?.is_undefined();
    let public_member = if kty == "AKP" { "pub" } else { "x" };
    if octets.is_some() && private && object.get(js_string!(public_member), cx)?.is_undefined() {
        return Err(data_error("Invalid JWK", cx));
    }
    let key = jwk::read(object, private, cx).map_err(|_| data_error("Invalid keyData", cx))?;
    // Both halves must be of one key.
    if octets.is_some()
        && let Some(Public::Octets { bytes, .. }) = key.to_public()
        && text_member(object, public_member, cx)?.is_none_or(|text| jwk::decode(&text) != bytes)
    {
        return Err(data_error("Invalid keyData", cx));
    }
    check_alg(object, shown, &key, cx)?;
    Ok(key)
}

/// "Export key": bytes or an object.
pub enum Exported {
    Bytes(Vec<u8>),
    Jwk(JsObject),
}

impl Exported {
    /// An ArrayBuffer or the object.
    pub fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Bytes(bytes) => to_array_buffer(bytes, cx),
            Self::Jwk(object) => Ok(object.into()),
        }
    }
}

/// `subtle.exportKey(format, key)`
pub fn export(format: &str, data: &Data, cx: &mut Context) -> JsResult<Exported> {
    let shown = &data.algorithm;
    if !data.extractable {
        return Err(exception("InvalidAccessException", "key is not extractable", cx));
    }
    let kind = data.key.type_name();
    let lattice = octet_key::find_web(shown.name).filter(|kind| kind.is_lattice());
    if matches!((&*data.key, format), (Key::Private(key), "pkcs8" | "raw-seed") if key.lacks_seed()) {
        return super::operation(Err(Failure::error("ERR_CRYPTO_OPERATION_FAILED", "Failed to get raw seed")), cx);
    }
    match (format, &*data.key) {
        ("jwk", key) if lattice.is_none_or(|kind| !kind.name.starts_with("ml-kem")) => return export_jwk(key, data, cx).map(Exported::Jwk),
        ("spki", Key::Public(key)) => return Ok(Exported::Bytes(write::spki(key))),
        ("pkcs8", Key::Private(key)) => return Ok(Exported::Bytes(write::pkcs8_of_seed(key))),
        ("raw-secret", Key::Secret(bytes)) => return Ok(Exported::Bytes(bytes.clone())),
        ("raw", Key::Secret(bytes)) if !matches!(shown.family, Family::ChaCha | Family::AesOcb | Family::Kmac) => return Ok(Exported::Bytes(bytes.clone())),
        ("raw" | "raw-public", Key::Public(Public::Ec { point, .. })) => return Ok(Exported::Bytes(point.clone())),
        ("raw", Key::Public(Public::Octets { bytes, .. })) if lattice.is_none() => return Ok(Exported::Bytes(bytes.clone())),
        ("raw-public", Key::Public(Public::Octets { bytes, .. })) => return Ok(Exported::Bytes(bytes.clone())),
        ("raw-seed", Key::Private(Private::Octets { seed, .. })) if lattice.is_some() => return Ok(Exported::Bytes(seed.clone())),
        _ => {}
    }
    Err(unable("export", shown, &format!(" {kind} key"), format, cx))
}

fn export_jwk(key: &Key, data: &Data, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    let usages: Vec<JsValue> = data.usages.iter().map(|usage| js_string!(*usage).into()).collect();
    let usages = JsArray::from_iter(usages, cx);
    object.create_data_property_or_throw(js_string!("key_ops"), usages, cx)?;
    object.create_data_property_or_throw(js_string!("ext"), data.extractable, cx)?;
    // Keys of ML-DSA have it among their own members, those of ECDSA go without.
    let own = data.algorithm.name.starts_with("ML-") || data.algorithm.family == Family::Ecdsa;
    if let Some(alg) = jwk_alg(&data.algorithm, key).filter(|_| !own) {
        object.create_data_property_or_throw(js_string!("alg"), js_string!(alg), cx)?;
    }
    let members = jwk::members(key).map_err(|unsupported| match unsupported {
        Unsupported::Seed => Failure::error("ERR_CRYPTO_OPERATION_FAILED", "key does not have an available seed").to_js(cx),
        _ => exception("NotSupportedError", "Unable to export key using jwk format", cx),
    })?;
    for (name, value) in members {
        object.create_data_property_or_throw(js_string!(name), js_string!(value), cx)?;
    }
    Ok(object)
}

/// The length of a key that is derived, in bits; none where any does.
pub fn derived_length(value: &JsValue, cx: &mut Context) -> JsResult<Option<u32>> {
    let algorithm = Algorithm::normalize(value, Operation::KeyLength, cx)?;
    Ok(match algorithm.family {
        Family::ChaCha => Some(256),
        family if family.is_aes() => Some(aes_length(&algorithm, "AesDerivedKeyParams", cx)? as u32 * 8),
        Family::Hmac => match algorithm.optional_number("length", f64::from(u32::MAX), cx)? {
            Some(0) => return Err(exception("OperationError", "HmacImportParams.length cannot be 0", cx)),
            Some(bits) => Some(bits),
            None => Some(block_len(&algorithm.hash("HmacImportParams", cx)?) as u32 * 8),
        },
        Family::Kmac => Some(algorithm.optional_number("length", f64::from(u32::MAX), cx)?.unwrap_or_else(|| kmac_bits(algorithm.name))),
        _ => None,
    })
}

/// `keyObject.toCryptoKey(algorithm, extractable, keyUsages)`: the key goes through the format that it has.
pub fn of_key_object(key: &Arc<Key>, algorithm: &Algorithm, extractable: bool, usages: Usages, cx: &mut Context) -> JsResult<JsObject> {
    let (format, bytes) = match &**key {
        Key::Secret(bytes) => ("raw-secret", bytes.clone()),
        Key::Public(key) => ("spki", write::spki(key)),
        Key::Private(key) => ("pkcs8", write::pkcs8(key)),
    };
    import(format, Material::Bytes(bytes), algorithm, extractable, usages, cx)
}
