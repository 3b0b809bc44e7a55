//! `generateKeyPair` and `generateKey`, with their `Sync` twins.

use std::sync::Arc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host,
    coil_sys::Sys,
    errors::{self, Base},
    table, validate,
};
use num_bigint::BigUint;

use super::{
    curve::{self, Curve},
    dh,
    digest::{self, Algorithm},
    failure::{self, Failure, Outcome},
    hash::invalid_digest,
    jwk,
    key::{Group, Key, Private, PssParams, Public},
    key_input::Format,
    key_object::{self, Encoding, Exported, encode_private, encode_public, export_encoding},
    number::{PrimeShape, mod_pow, random_bytes, random_positive, random_prime},
    octet_key::{self, Octets},
    pool::{self, Finish, Work},
    rsa::RsaPrivate,
};
use crate::buffer;

/// What a pair of keys is made from.
#[derive(Clone)]
pub enum Recipe {
    Rsa { bits: usize, e: u32, pss: Option<Option<PssParams>> },
    Dsa { bits: usize, divisor: Option<usize> },
    Ec { curve: &'static Curve, explicit: bool },
    Octets(&'static Octets),
    DhGroup(Group),
    DhPrime { bits: usize, generator: u32 },
}

/// Bits of a modulus that RSA has at least and at most, as in OpenSSL.
const RSA_BITS: std::ops::RangeInclusive<usize> = 512..=16_384;
/// Bits of the primes of DSA and Diffie-Hellman at most.
const PRIME_BITS_MAX: usize = 10_000;

impl Recipe {
    /// A fresh key.
    pub fn run(&self, sys: &Sys) -> Outcome<Private> {
        match self {
            Self::Rsa { bits, e, pss } => {
                if !RSA_BITS.contains(bits) {
                    return Err(failure::KEY_SIZE_TOO_SMALL.into());
                }
                if *e < 3 || e % 2 == 0 {
                    return Err(failure::PUB_EXPONENT_OUT_OF_RANGE.into());
                }
                Ok(Private::Rsa { key: Box::new(RsaPrivate::generate(sys, *bits, &BigUint::from(*e))?), pss: *pss })
            }
            Self::Dsa { bits, divisor } => dsa(sys, *bits, *divisor),
            Self::Ec { curve, explicit } => loop {
                let mut scalar = random_bytes(sys, curve.len)?;
                // The field of P-521 ends within its first byte.
                let spare = curve.len as u32 * 8 - curve.bits;
                scalar[0] &= 0xff >> spare;
                if let Some(key) = Private::of_scalar(curve, &scalar, *explicit) {
                    return Ok(key);
                }
            },
            Self::Octets(kind) => Private::of_seed(kind, random_bytes(sys, kind.seed_len)?).ok_or_else(|| failure::KEYMGMT_FAILURE.into()),
            Self::DhGroup(group) => {
                if group.p.bits() < dh::BITS_MIN {
                    return Err(failure::DH_MODULUS_TOO_SMALL.into());
                }
                dh::generate(group.clone(), sys)
            }
            Self::DhPrime { bits, generator } => {
                if (*bits as u64) < dh::BITS_MIN || *bits > PRIME_BITS_MAX {
                    return Err(failure::DH_MODULUS_TOO_SMALL.into());
                }
                dh::generate(dh::fresh_group(*bits, *generator, sys)?, sys)
            }
        }
    }
}

/// FIPS 186-4, A.1 and B.1 in outline: a prime `q`, a prime `p = kq + 1`, a generator of the subgroup.
fn dsa(sys: &Sys, bits: usize, divisor: Option<usize>) -> Outcome<Private> {
    let divisor = divisor.unwrap_or(if bits >= 2048 { 256 } else { 224 });
    if !(512..=PRIME_BITS_MAX).contains(&bits) || divisor < 160 || divisor >= bits {
        return Err(failure::KEYMGMT_FAILURE.into());
    }
    let q = random_prime(sys, &PrimeShape { bits: divisor, ..PrimeShape::default() })?;
    let p = random_prime(sys, &PrimeShape { bits, add: Some(&q << 1), ..PrimeShape::default() })?;
    let one = BigUint::from(1u8);
    let exponent = (&p - &one) / &q;
    let mut h = BigUint::from(2u8);
    let mut g = mod_pow(&h, &exponent, &p);
    while g <= one {
        h += &one;
        g = mod_pow(&h, &exponent, &p);
    }
    let x = random_positive(sys, &q)?;
    let group = Group { p, q: Some(q), g, private_bits: None };
    Ok(Private::Dsa { y: group.public(&x), group, x })
}

fn property(options: &JsObject, name: &str, cx: &mut Context) -> JsResult<JsValue> {
    options.get(js_string!(name), cx)
}

fn bits_option(options: &JsObject, name: &str, cx: &mut Context) -> JsResult<usize> {
    let value = property(options, name, cx)?;
    Ok(validate::uint32(&value, &format!("options.{name}"), false, cx)? as usize)
}

fn hash_option(options: &JsObject, name: &str, cx: &mut Context) -> JsResult<Option<&'static Algorithm>> {
    let value = property(options, name, cx)?;
    if value.is_undefined() {
        return Ok(None);
    }
    let text = validate::string(&value, &format!("options.{name}"), cx)?;
    Ok(digest::find(&text.to_std_string_lossy()))
}

fn pss(options: &JsObject, cx: &mut Context) -> JsResult<Option<PssParams>> {
    let salt = property(options, "saltLength", cx)?;
    let salt = if salt.is_undefined() { None } else { Some(validate::int32(&salt, "options.saltLength", 0, i32::MAX, cx)? as u32) };
    let mut hashes = [None; 2];
    for (target, name) in hashes.iter_mut().zip(["hashAlgorithm", "mgf1HashAlgorithm"]) {
        *target = hash_option(options, name, cx)?;
        let given = property(options, name, cx)?;
        if target.is_none()
            && let Some(given) = given.as_string()
        {
            if name == "mgf1HashAlgorithm" {
                return Err(errors::coded(Base::Type, "ERR_CRYPTO_INVALID_DIGEST", format!("Invalid MGF1 digest: {}", given.to_std_string_lossy()), cx));
            }
            return Err(invalid_digest(&given, cx));
        }
    }
    for name in ["hash", "mgf1Hash"] {
        let old = property(options, name, cx)?;
        if !old.is_undefined() {
            return Err(errors::invalid_arg_value(&format!("options.{name}"), &old, "is no longer supported", cx));
        }
    }
    let [hash, mgf] = hashes;
    if hash.is_none() && mgf.is_none() && salt.is_none() {
        return Ok(None);
    }
    let name = hash.map_or("sha1", Algorithm::name);
    let len = hash.map_or(20, |hash| hash.output_len as u32);
    Ok(Some(PssParams { hash: name, mgf: mgf.or(hash).map_or("sha1", Algorithm::name), salt_len: salt.unwrap_or(len) }))
}

fn dh_recipe(options: &JsObject, cx: &mut Context) -> JsResult<Recipe> {
    let [group, prime_len, prime, generator] = ["group", "primeLength", "prime", "generator"].map(|name| property(options, name, cx));
    let (group, prime_len, prime, generator) = (group?, prime_len?, prime?, generator?);
    if !group.is_null_or_undefined() {
        for (value, name) in [(&prime, "prime"), (&prime_len, "primeLength"), (&generator, "generator")] {
            if !value.is_null_or_undefined() {
                return Err(errors::incompatible_option_pair("group", name, cx));
            }
        }
        let name = validate::string(&group, "options.group", cx)?.to_std_string_lossy();
        return match dh::named_group(&name) {
            Some(group) => Ok(Recipe::DhGroup(group)),
            None => Err(errors::coded(Base::Error, "ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group", cx)),
        };
    }
    let mut bits = None;
    let mut modulus = None;
    if !prime.is_null_or_undefined() {
        if !prime_len.is_null_or_undefined() {
            return Err(errors::incompatible_option_pair("prime", "primeLength", cx));
        }
        let bytes = if buffer::is_view(&prime) { buffer::bytes_of(&prime) } else { None };
        let Some(bytes) = bytes else {
            return Err(errors::invalid_arg_type("options.prime", "Buffer|TypedArray|DataView", &prime, cx));
        };
        modulus = Some(BigUint::from_bytes_be(&bytes));
    } else if prime_len.is_null_or_undefined() {
        let message = "At least one of the group, prime, or primeLength options is required";
        return Err(errors::coded(Base::Type, "ERR_MISSING_OPTION", message, cx));
    } else {
        bits = Some(validate::int32(&prime_len, "options.primeLength", 0, i32::MAX, cx)? as usize);
    }
    let generator = if generator.is_null_or_undefined() { 2 } else { validate::int32(&generator, "options.generator", 0, i32::MAX, cx)? as u32 };
    Ok(match modulus {
        Some(p) => Recipe::DhGroup(Group { p, q: None, g: generator.into(), private_bits: None }),
        None => Recipe::DhPrime { bits: bits.unwrap_or_default(), generator },
    })
}

fn recipe(kind: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Recipe> {
    let name = kind.to_string(cx)?.to_std_string_lossy();
    if let Some(kind) = octet_key::find(&name) {
        return Ok(Recipe::Octets(kind));
    }
    if !["rsa", "rsa-pss", "dsa", "ec", "dh"].contains(&name.as_str()) {
        return Err(errors::invalid_arg_value("type", kind, "must be a supported key type", cx));
    }
    let options = validate::object(options, "options", cx)?;
    match name.as_str() {
        "dsa" => {
            let bits = bits_option(&options, "modulusLength", cx)?;
            let divisor = property(&options, "divisorLength", cx)?;
            let divisor = if divisor.is_null_or_undefined() { None } else { Some(validate::int32(&divisor, "options.divisorLength", 0, i32::MAX, cx)? as usize) };
            Ok(Recipe::Dsa { bits, divisor })
        }
        "ec" => {
            let name = property(&options, "namedCurve", cx)?;
            let name = validate::string(&name, "options.namedCurve", cx)?.to_std_string_lossy();
            let encoding = property(&options, "paramEncoding", cx)?;
            let explicit = match encoding.as_string().map(|text| text.to_std_string_lossy()).as_deref() {
                Some("named") => false,
                Some("explicit") => true,
                None if encoding.is_undefined() => false,
                _ => return Err(errors::invalid_arg_value("options.paramEncoding", &encoding, "is invalid", cx)),
            };
            match curve::find(&name) {
                Some(curve) => Ok(Recipe::Ec { curve, explicit }),
                None => Err(errors::coded(Base::Type, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name", cx)),
            }
        }
        "dh" => dh_recipe(&options, cx),
        name => {
            let bits = bits_option(&options, "modulusLength", cx)?;
            let exponent = property(&options, "publicExponent", cx)?;
            let e = if exponent.is_null_or_undefined() { 65_537 } else { validate::uint32(&exponent, "options.publicExponent", false, cx)? };
            let pss = if name == "rsa-pss" { Some(pss(&options, cx)?) } else { None };
            Ok(Recipe::Rsa { bits, e, pss })
        }
    }
}

/// How the two keys are given; none for a KeyObject.
type Encodings = [Option<Encoding>; 2];

fn encodings(kind: &str, options: &JsValue, cx: &mut Context) -> JsResult<Encodings> {
    if options.is_null() {
        return Err(errors::plain(Base::Type, "Cannot destructure property 'publicKeyEncoding' of 'options' as it is null."));
    }
    let mut found = [None, None];
    let Some(options) = options.as_object() else { return Ok(found) };
    for (target, name) in found.iter_mut().zip(["publicKeyEncoding", "privateKeyEncoding"]) {
        let value = property(&options, name, cx)?;
        if value.is_null_or_undefined() {
            continue;
        }
        if !value.is_object() {
            return Err(errors::invalid_arg_value(&format!("options.{name}"), &value, "is invalid", cx));
        }
        *target = Some(export_encoding(&value, kind, name == "publicKeyEncoding", Some(name), cx)?);
    }
    Ok(found)
}

/// A key on its way to JavaScript.
enum Product {
    Object(Key),
    Jwk(Key),
    Encoded(Exported),
}

impl Product {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Object(key) => Ok(key_object::create(Arc::new(key), cx)?.into()),
            Self::Jwk(key) => Ok(jwk::write(&key, cx)?.into()),
            Self::Encoded(exported) => exported.into_js(cx),
        }
    }
}

fn products(private: Private, encodings: &Encodings, sys: &Sys) -> Outcome<[Product; 2]> {
    let public: Public = private.public();
    let first = match &encodings[0] {
        None => Product::Object(Key::Public(public)),
        Some(encoding) if encoding.format == Format::Jwk => Product::Jwk(Key::Public(public)),
        Some(encoding) => Product::Encoded(encode_public(&public, encoding)?),
    };
    let second = match &encodings[1] {
        None => Product::Object(Key::Private(private)),
        Some(encoding) if encoding.format == Format::Jwk => Product::Jwk(Key::Private(private)),
        Some(encoding) => Product::Encoded(encode_private(&private, encoding, sys)?),
    };
    Ok([first, second])
}

type PairJob = (Work<[Product; 2]>, Finish<[Product; 2]>);

fn pair_job(kind: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<PairJob> {
    let name = validate::string(kind, "type", cx)?.to_std_string_lossy();
    let encodings = encodings(&name, options, cx)?;
    if !options.is_undefined() {
        validate::object(options, "options", cx)?;
    }
    let recipe = recipe(kind, options, cx)?;
    let work: Work<[Product; 2]> = Box::new(move |sys| products(recipe.run(sys).map_err(Failure::of_job)?, &encodings, sys));
    let finish: Finish<[Product; 2]> = Box::new(|[public, private], cx| Ok(vec![public.into_js(cx)?, private.into_js(cx)?]));
    Ok((work, finish))
}

/// Options that may be left out before a callback.
fn split_callback(args: &[JsValue], cx: &mut Context) -> JsResult<(JsValue, JsFunction)> {
    let (options, callback) = (args.get_or_undefined(1), args.get_or_undefined(2));
    if options.is_callable() {
        return Ok((JsValue::undefined(), validate::function(options, "callback", cx)?));
    }
    Ok((options.clone(), validate::function(callback, "callback", cx)?))
}

/// `crypto.generateKeyPair(type, options, callback)`
fn generate_key_pair(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = split_callback(args, cx)?;
    let (work, finish) = pair_job(args.get_or_undefined(0), &options, cx)?;
    pool::later("generateKeyPair", callback, work, finish, cx);
    Ok(JsValue::undefined())
}

/// `generateKeyPair`, whose promise gives an object.
pub fn generate_key_pair_function(cx: &mut Context) -> JsResult<JsValue> {
    let function = table::function(generate_key_pair, js_string!("generateKeyPair"), 3, cx);
    let names: Vec<JsValue> = ["publicKey", "privateKey"].map(|name| js_string!(name).into()).into();
    let names = boa_engine::object::builtins::JsArray::from_iter(names, cx);
    let symbol = crate::util::promisify::ARGUMENT_NAMES.to_js(cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(names).writable(false).enumerable(false).configurable(false);
    function.define_property_or_throw(symbol, hidden, cx)?;
    Ok(function.into())
}

/// `crypto.generateKeyPairSync(type, options)`
pub fn generate_key_pair_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (work, finish) = pair_job(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    let keys = pool::here(work, finish, cx)?;
    let pair = JsObject::with_object_proto(cx.intrinsics());
    for (name, key) in ["publicKey", "privateKey"].into_iter().zip(keys) {
        pair.create_data_property_or_throw(js_string!(name), key, cx)?;
    }
    Ok(pair.into())
}

fn secret_len(kind: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<usize> {
    let name = validate::string(kind, "type", cx)?.to_std_string_lossy();
    let options = validate::object(options, "options", cx)?;
    let length = property(&options, "length", cx)?;
    match name.as_str() {
        "hmac" => {
            let len = validate::integer(&length, "options.length", 8.0, 2_147_483_647.0, cx)? as usize / 8;
            buffer::room_for(len)?;
            Ok(len)
        }
        "aes" => match length.as_number() {
            Some(bits) if [128.0, 192.0, 256.0].contains(&bits) => Ok(bits as usize / 8),
            _ => Err(errors::invalid_arg_value("options.length", &length, "must be one of: 128, 192, 256", cx)),
        },
        _ => Err(errors::invalid_arg_value("type", kind, "must be a supported key type", cx)),
    }
}

/// `crypto.generateKey(type, options, callback)`
pub fn generate_key(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = split_callback(args, cx)?;
    let len = secret_len(args.get_or_undefined(0), &options, cx)?;
    let work: Work<Vec<u8>> = Box::new(move |sys| random_bytes(sys, len));
    let finish: Finish<Vec<u8>> = Box::new(|bytes, cx| Ok(vec![key_object::create(Arc::new(Key::Secret(bytes)), cx)?.into()]));
    pool::later("generateKey", callback, work, finish, cx);
    Ok(JsValue::undefined())
}

/// `crypto.generateKeySync(type, options)`
pub fn generate_key_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let len = secret_len(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    let bytes = random_bytes(Host::of(cx).sys(), len);
    let bytes = pool::thrown(bytes, cx)?;
    Ok(key_object::create(Arc::new(Key::Secret(bytes)), cx)?.into())
}
