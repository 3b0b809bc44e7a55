//! `SubtleCrypto.supports`: whether a method would take an algorithm.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue};
use coil_engine::errors::{self, Base};

use super::{
    SUBTLE_CRYPTO,
    algorithm::{Algorithm, Family, Operation},
    keys, operations,
};
use crate::crypto::{crypto_key::Data, key::Key};

/// `SubtleCrypto.supports(operation, algorithm, lengthOrAdditionalAlgorithm)`
pub fn supports(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let class = SUBTLE_CRYPTO.constructor(cx)?;
    if !this.as_object().is_some_and(|this| JsObject::equals(&this, &class)) {
        return Err(errors::invalid_this("SubtleCrypto constructor", cx));
    }
    if args.len() < 2 {
        let plural = if args.len() == 1 { "1 present" } else { "0 present" };
        let message = format!("Failed to execute 'supports' on 'SubtleCrypto': 2 arguments required, but only {plural}.");
        return Err(errors::coded(Base::Type, "ERR_MISSING_ARGS", message, cx));
    }
    let operation = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let answer = asked(&operation, args.get_or_undefined(1), args.get_or_undefined(2), cx);
    Ok(matches!(answer, Ok(true)).into())
}

/// An error says that it would not.
fn asked(operation: &str, algorithm: &JsValue, more: &JsValue, cx: &mut Context) -> JsResult<bool> {
    match operation {
        "encrypt" | "decrypt" => ciphers(algorithm, cx),
        "sign" | "verify" => signs(algorithm, cx),
        "digest" => digests(algorithm, cx),
        "generateKey" => {
            let algorithm = Algorithm::normalize(algorithm, Operation::GenerateKey, cx)?;
            keys::check_generation(&algorithm, cx).map(|()| true)
        }
        "importKey" => imports(algorithm, cx).map(|_| true),
        "exportKey" => exports(algorithm, cx),
        "getPublicKey" => {
            let algorithm = Algorithm::normalize(algorithm, Operation::ImportKey, cx)?;
            Ok(algorithm.family.is_rsa() || algorithm.family.is_ec() || matches!(algorithm.family, Family::Sign | Family::Agree | Family::Kem))
        }
        "deriveBits" => {
            let length = if more.is_null_or_undefined() { None } else { Some(more.to_u32(cx)?) };
            derives(algorithm, length, cx)
        }
        "deriveKey" => {
            imports(more, cx)?;
            let length = keys::derived_length(more, cx)?;
            derives(algorithm, length, cx)
        }
        "wrapKey" => {
            wraps(algorithm, cx)?;
            if more.is_undefined() { Ok(true) } else { exports(more, cx) }
        }
        "unwrapKey" => {
            wraps(algorithm, cx)?;
            if more.is_undefined() { Ok(true) } else { imports(more, cx).map(|_| true) }
        }
        "encapsulateBits" | "decapsulateBits" => Algorithm::normalize(algorithm, Operation::Encapsulate, cx).map(|_| true),
        "encapsulateKey" | "decapsulateKey" => {
            Algorithm::normalize(algorithm, Operation::Encapsulate, cx)?;
            let wanted = imports(more, cx)?;
            Ok(!(wanted.family.is_rsa() || wanted.family.is_ec() || matches!(wanted.family, Family::Sign | Family::Agree | Family::Kem)))
        }
        _ => Ok(false),
    }
}

/// A key that stands for those that would be used: only its algorithm is looked at.
fn stand_in(algorithm: &Algorithm) -> Data {
    Data { key: std::sync::Arc::new(Key::Secret(vec![0; 32])), algorithm: super::KeyAlgorithm::of(algorithm), extractable: true, usages: Vec::new() }
}

fn ciphers(algorithm: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let algorithm = Algorithm::normalize(algorithm, Operation::Encrypt, cx)?;
    if algorithm.family == Family::RsaOaep {
        return algorithm.optional_bytes("label", cx).map(|_| true);
    }
    operations::cipher(&algorithm, &stand_in(&algorithm), Vec::new(), super::Direction::Encrypt, cx).map(|_| true)
}

fn signs(algorithm: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let algorithm = Algorithm::normalize(algorithm, Operation::Sign, cx)?;
    operations::scheme(&algorithm, &stand_in(&algorithm), cx).map(|_| true)
}

fn digests(algorithm: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let algorithm = Algorithm::normalize(algorithm, Operation::Digest, cx)?;
    if algorithm.name.starts_with("cSHAKE") {
        let bits = algorithm.number("CShakeParams", "length", f64::from(u32::MAX), cx)?;
        return Ok(bits % 8 == 0);
    }
    Ok(true)
}

fn imports(algorithm: &JsValue, cx: &mut Context) -> JsResult<Algorithm> {
    let algorithm = Algorithm::normalize(algorithm, Operation::ImportKey, cx)?;
    keys::check_import(&algorithm, cx)?;
    Ok(algorithm)
}

fn exports(algorithm: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let algorithm = Algorithm::normalize(algorithm, Operation::ImportKey, cx)?;
    Ok(!matches!(algorithm.family, Family::Hkdf | Family::Pbkdf2 | Family::Argon2))
}

fn wraps(algorithm: &JsValue, cx: &mut Context) -> JsResult<()> {
    if Algorithm::normalize(algorithm, Operation::WrapKey, cx).is_ok() {
        return Ok(());
    }
    ciphers(algorithm, cx).map(drop)
}

fn derives(algorithm: &JsValue, length: Option<u32>, cx: &mut Context) -> JsResult<bool> {
    let algorithm = Algorithm::normalize(algorithm, Operation::DeriveBits, cx)?;
    if matches!(algorithm.family, Family::Ecdh | Family::Agree) {
        let public = algorithm.key("EcdhKeyDeriveParams", "public", cx)?;
        return Ok(public.algorithm.name == algorithm.name);
    }
    operations::derive(&algorithm, &stand_in(&algorithm), length, cx).map(|_| true)
}
