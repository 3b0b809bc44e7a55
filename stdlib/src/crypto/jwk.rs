//! JSON Web Keys, RFC 7517, 7518, 8037.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    errors::{self, Base},
    validate,
};
use num_bigint::BigUint;

use super::{
    curve, failure,
    key::{Key, Private, Public},
    number::padded,
    octet_key::{self, Octets},
    rsa::{RsaPrivate, RsaPublic},
};

/// Text of bytes in base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Bytes of base64url, as forgiving as Node is.
pub fn decode(text: &str) -> Vec<u8> {
    crate::buffer::string_to_bytes(&js_string!(text), crate::buffer::Encoding::Base64Url)
}

fn invalid(message: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_CRYPTO_INVALID_JWK", message, cx)
}

fn member(object: &JsObject, name: &str, cx: &mut Context) -> JsResult<String> {
    let value = object.get(js_string!(name), cx)?;
    Ok(validate::string(&value, &format!("key.{name}"), cx)?.to_std_string_lossy())
}

/// The key of a JWK; the private part is read only where it is wanted.
pub fn read(object: &JsObject, private: bool, cx: &mut Context) -> JsResult<Key> {
    let kty = object.get(js_string!("kty"), cx)?;
    let kty = validate::one_of(&kty, "key.kty", &["RSA", "EC", "OKP", "AKP"], cx)?.to_std_string_lossy();
    match kty.as_str() {
        "RSA" => rsa(object, private, cx),
        "EC" => ec(object, private, cx),
        kty => octets(object, kty == "AKP", private, cx),
    }
}

fn octets(object: &JsObject, lattice: bool, private: bool, cx: &mut Context) -> JsResult<Key> {
    let name = object.get(js_string!(if lattice { "alg" } else { "crv" }), cx)?;
    let name =
        if lattice { validate::one_of(&name, "key.alg", &["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"], cx)? } else { validate::one_of(&name, "key.crv", &["Ed25519", "Ed448", "X25519", "X448"], cx)? };
    let (public_name, private_name) = if lattice { ("pub", "priv") } else { ("x", "d") };
    let public = member(object, public_name, cx)?;
    let seed = if private { Some(member(object, private_name, cx)?) } else { None };
    let Some(kind) = octet_key::find_web(&name.to_std_string_lossy()) else { return Err(invalid("Invalid JWK data", cx)) };
    let key = octets_of(kind, &public, seed.as_deref());
    key.ok_or_else(|| invalid("Invalid JWK data", cx))
}

fn octets_of(kind: &'static Octets, public: &str, seed: Option<&str>) -> Option<Key> {
    let public = decode(public);
    if let Some(seed) = seed {
        let key = Private::of_seed(kind, decode(seed))?;
        let matches = matches!(&key, Private::Octets { public: derived, .. } if *derived == public);
        return (matches || !kind.is_lattice()).then_some(Key::Private(key));
    }
    (public.len() == kind.public_len).then_some(Key::Public(Public::Octets { kind, bytes: public }))
}

fn ec(object: &JsObject, private: bool, cx: &mut Context) -> JsResult<Key> {
    let crv = member(object, "crv", cx)?;
    let x = member(object, "x", cx)?;
    let y = member(object, "y", cx)?;
    let d = if private { Some(member(object, "d", cx)?) } else { None };
    let Some(curve) = curve::find_jwk(&crv) else {
        return Err(errors::coded(Base::Error, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name", cx));
    };
    let coordinate = |text: &str| curve.scalar(&decode(text));
    let point = coordinate(&x).zip(coordinate(&y)).and_then(|(x, y)| curve.point(&[vec![4], x, y].concat()));
    let Some(point) = point else { return Err(invalid("Invalid JWK EC key", cx)) };
    let Some(d) = d else { return Ok(Key::Public(Public::Ec { curve, point, explicit: false })) };
    match Private::of_scalar(curve, &decode(&d), false) {
        Some(Private::Ec { scalar, .. }) => Ok(Key::Private(Private::Ec { curve, scalar, point, explicit: false })),
        _ => Err(invalid("Invalid JWK EC key", cx)),
    }
}

fn rsa(object: &JsObject, private: bool, cx: &mut Context) -> JsResult<Key> {
    let mut number = |name: &str| -> JsResult<BigUint> { Ok(BigUint::from_bytes_be(&decode(&member(object, name, cx)?))) };
    let public = RsaPublic { n: number("n")?, e: number("e")? };
    let private = if private {
        let (d, p, q, dp, dq, qi) = (number("d")?, number("p")?, number("q")?, number("dp")?, number("dq")?, number("qi")?);
        Some(RsaPrivate { public: public.clone(), d, p, q, dp, dq, qi })
    } else {
        None
    };
    if public.n == BigUint::ZERO {
        return Err(invalid("Invalid JWK RSA key", cx));
    }
    Ok(match private {
        Some(key) => Key::Private(Private::Rsa { key: Box::new(key), pss: None }),
        None => Key::Public(Public::Rsa { key: public, pss: None }),
    })
}

/// The members of a JWK in Node's order.
pub fn members(key: &Key) -> Result<Vec<(&'static str, String)>, Unsupported> {
    Ok(match key {
        Key::Secret(bytes) => vec![("kty", "oct".into()), ("k", encode(bytes))],
        Key::Public(key) => public_members(key, None)?,
        Key::Private(private) => public_members(&private.public(), Some(private))?,
    })
}

/// Why a key has no JWK.
pub enum Unsupported {
    /// The curve is none of JWK's.
    Curve(&'static str),
    /// The kind is none of JWK's.
    Kind,
    /// A JWK would hold the seed, which is not known.
    Seed,
}

fn public_members(public: &Public, private: Option<&Private>) -> Result<Vec<(&'static str, String)>, Unsupported> {
    let number = |number: &BigUint| encode(&number.to_bytes_be());
    Ok(match (public, private) {
        (Public::Rsa { key, pss: None }, private) => {
            let mut members = vec![("kty", "RSA".into()), ("n", number(&key.n)), ("e", number(&key.e))];
            if let Some(Private::Rsa { key, .. }) = private {
                let parts = [("d", &key.d), ("p", &key.p), ("q", &key.q), ("dp", &key.dp), ("dq", &key.dq), ("qi", &key.qi)];
                members.extend(parts.map(|(name, part)| (name, number(part))));
            }
            members
        }
        (Public::Ec { curve, point, .. }, private) => {
            let crv = curve.jwk.ok_or(Unsupported::Curve(curve.name))?;
            let (x, y) = point[1..].split_at(curve.len);
            let mut members = vec![("kty", "EC".into()), ("x", encode(x)), ("y", encode(y)), ("crv", crv.into())];
            if let Some(Private::Ec { scalar, .. }) = private {
                members.push(("d", encode(&padded(&BigUint::from_bytes_be(scalar), curve.len))));
            }
            members
        }
        (Public::Octets { kind, bytes }, private) => {
            let seed = if let Some(Private::Octets { seed, .. }) = private { Some(encode(seed)) } else { None };
            if kind.name.starts_with("ml-kem") {
                return Err(Unsupported::Kind);
            }
            if private.is_some_and(Private::lacks_seed) {
                return Err(Unsupported::Seed);
            }
            let mut members = Vec::new();
            if kind.is_lattice() {
                members.extend(seed.map(|seed| ("priv", seed)));
                members.extend([("kty", "AKP".into()), ("alg", kind.web.into()), ("pub", encode(bytes))]);
            } else {
                members.push(("crv", kind.web.into()));
                members.extend(seed.map(|seed| ("d", seed)));
                members.extend([("x", encode(bytes)), ("kty", "OKP".into())]);
            }
            members
        }
        _ => return Err(Unsupported::Kind),
    })
}

/// The JWK of a key as an object.
pub fn write(key: &Key, cx: &mut Context) -> JsResult<JsObject> {
    let members = match members(key) {
        Ok(members) => members,
        Err(Unsupported::Curve(name)) => return Err(errors::coded(Base::Error, "ERR_CRYPTO_JWK_UNSUPPORTED_CURVE", format!("Unsupported JWK EC curve: {name}."), cx)),
        Err(Unsupported::Seed) => return Err(failure::native(Base::Error, "ERR_CRYPTO_OPERATION_FAILED", "key does not have an available seed", cx)),
        Err(Unsupported::Kind) => return Err(errors::coded(Base::Error, "ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.", cx)),
    };
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in members {
        object.create_data_property_or_throw(js_string!(name), JsValue::from(js_string!(value)), cx)?;
    }
    Ok(object)
}
