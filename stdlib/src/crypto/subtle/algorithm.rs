//! Algorithms of web cryptography: their names, what they can do, and their parameters.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, builtins::array_buffer::SharedArrayBuffer, js_string, object::builtins::JsUint8Array};
use coil_engine::errors::{self, Base};

use crate::{
    buffer,
    crypto::{
        crypto_key::{self, Data},
        digest::{self, Algorithm as Hash},
        key::{Key, Public},
    },
    dom_exception,
};

/// What an algorithm is one of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    AesCbc,
    AesCtr,
    AesGcm,
    AesKw,
    AesOcb,
    ChaCha,
    Hmac,
    /// KMAC128, KMAC256.
    Kmac,
    RsaPkcs1,
    RsaPss,
    RsaOaep,
    Ecdsa,
    Ecdh,
    /// Ed25519, Ed448, ML-DSA.
    Sign,
    /// X25519, X448.
    Agree,
    /// ML-KEM.
    Kem,
    Hkdf,
    Pbkdf2,
    Argon2,
    Digest,
}

/// Every algorithm by its canonical name.
static NAMES: &[(&str, Family)] = &[
    ("AES-CBC", Family::AesCbc),
    ("AES-CTR", Family::AesCtr),
    ("AES-GCM", Family::AesGcm),
    ("AES-KW", Family::AesKw),
    ("AES-OCB", Family::AesOcb),
    ("ChaCha20-Poly1305", Family::ChaCha),
    ("HMAC", Family::Hmac),
    ("KMAC128", Family::Kmac),
    ("KMAC256", Family::Kmac),
    ("RSASSA-PKCS1-v1_5", Family::RsaPkcs1),
    ("RSA-PSS", Family::RsaPss),
    ("RSA-OAEP", Family::RsaOaep),
    ("ECDSA", Family::Ecdsa),
    ("ECDH", Family::Ecdh),
    ("Ed25519", Family::Sign),
    ("Ed448", Family::Sign),
    ("ML-DSA-44", Family::Sign),
    ("ML-DSA-65", Family::Sign),
    ("ML-DSA-87", Family::Sign),
    ("X25519", Family::Agree),
    ("X448", Family::Agree),
    ("ML-KEM-512", Family::Kem),
    ("ML-KEM-768", Family::Kem),
    ("ML-KEM-1024", Family::Kem),
    ("HKDF", Family::Hkdf),
    ("PBKDF2", Family::Pbkdf2),
    ("Argon2d", Family::Argon2),
    ("Argon2i", Family::Argon2),
    ("Argon2id", Family::Argon2),
    ("SHA-1", Family::Digest),
    ("SHA-256", Family::Digest),
    ("SHA-384", Family::Digest),
    ("SHA-512", Family::Digest),
    ("SHA3-256", Family::Digest),
    ("SHA3-384", Family::Digest),
    ("SHA3-512", Family::Digest),
    ("cSHAKE128", Family::Digest),
    ("cSHAKE256", Family::Digest),
];

/// What is asked of an algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    Encrypt,
    Sign,
    Digest,
    GenerateKey,
    DeriveBits,
    ImportKey,
    KeyLength,
    WrapKey,
    Encapsulate,
}

impl Family {
    fn can(self, operation: Operation) -> bool {
        use Family as F;
        match operation {
            Operation::Encrypt => matches!(self, F::AesCbc | F::AesCtr | F::AesGcm | F::AesOcb | F::ChaCha | F::RsaOaep),
            Operation::Sign => matches!(self, F::Hmac | F::Kmac | F::RsaPkcs1 | F::RsaPss | F::Ecdsa | F::Sign),
            Operation::Digest => self == F::Digest,
            Operation::GenerateKey => !matches!(self, F::Hkdf | F::Pbkdf2 | F::Argon2 | F::Digest),
            Operation::DeriveBits => matches!(self, F::Hkdf | F::Pbkdf2 | F::Argon2 | F::Ecdh | F::Agree),
            Operation::ImportKey => self != F::Digest,
            Operation::KeyLength => self.is_aes() || matches!(self, F::Hmac | F::Kmac | F::Hkdf | F::Pbkdf2 | F::ChaCha | F::Argon2),
            Operation::WrapKey => self == F::AesKw,
            Operation::Encapsulate => self == F::Kem,
        }
    }

    /// Whether it is a mode of AES.
    pub fn is_aes(self) -> bool {
        matches!(self, Self::AesCbc | Self::AesCtr | Self::AesGcm | Self::AesKw | Self::AesOcb)
    }

    /// Whether its keys are RSA's.
    pub fn is_rsa(self) -> bool {
        matches!(self, Self::RsaPkcs1 | Self::RsaPss | Self::RsaOaep)
    }

    /// Whether its keys lie on a named curve.
    pub fn is_ec(self) -> bool {
        matches!(self, Self::Ecdsa | Self::Ecdh)
    }

    /// The usages of its secret or private keys, and of its public ones.
    pub fn usages(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::AesKw => (&["wrapKey", "unwrapKey"], &[]),
            Self::AesCbc | Self::AesCtr | Self::AesGcm | Self::AesOcb | Self::ChaCha => (&["encrypt", "decrypt", "wrapKey", "unwrapKey"], &[]),
            Self::Hmac | Self::Kmac => (&["sign", "verify"], &[]),
            Self::RsaPkcs1 | Self::RsaPss | Self::Ecdsa | Self::Sign => (&["sign"], &["verify"]),
            Self::RsaOaep => (&["decrypt", "unwrapKey"], &["encrypt", "wrapKey"]),
            Self::Ecdh | Self::Agree => (&["deriveKey", "deriveBits"], &[]),
            Self::Kem => (&["decapsulateKey", "decapsulateBits"], &["encapsulateKey", "encapsulateBits"]),
            Self::Hkdf | Self::Pbkdf2 | Self::Argon2 => (&["deriveKey", "deriveBits"], &[]),
            Self::Digest => (&[], &[]),
        }
    }
}

/// A DOMException of this name.
pub fn exception(name: &str, message: &str, cx: &mut Context) -> JsError {
    dom_exception::error(message, name, cx)
}

fn unrecognized(cx: &mut Context) -> JsError {
    exception("NotSupportedError", "Unrecognized algorithm name", cx)
}

/// An algorithm and where its parameters stand.
#[derive(Clone)]
pub struct Algorithm {
    pub name: &'static str,
    pub family: Family,
    params: Option<JsObject>,
}

impl Algorithm {
    /// "Normalize an algorithm": its name is known and can do what is asked.
    pub fn normalize(value: &JsValue, operation: Operation, cx: &mut Context) -> JsResult<Self> {
        let params = value.as_object();
        let name = match &params {
            Some(object) => {
                let name = object.get(js_string!("name"), cx)?;
                if name.is_undefined() {
                    return Err(missing("Algorithm", "name", cx));
                }
                name
            }
            None => value.clone(),
        };
        if name.is_symbol() {
            return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "Failed to normalize algorithm: name is a Symbol and cannot be converted to a string.", cx));
        }
        let name = name.to_string(cx)?.to_std_string_lossy();
        let found = NAMES.iter().find(|(known, family)| known.eq_ignore_ascii_case(&name) && family.can(operation));
        match found {
            Some((name, family)) => Ok(Self { name, family: *family, params }),
            None => Err(unrecognized(cx)),
        }
    }

    fn get(&self, name: &str, cx: &mut Context) -> JsResult<JsValue> {
        match &self.params {
            Some(object) => object.get(js_string!(name), cx),
            None => Ok(JsValue::undefined()),
        }
    }

    fn required(&self, dictionary: &str, name: &str, cx: &mut Context) -> JsResult<JsValue> {
        let value = self.get(name, cx)?;
        if value.is_undefined() { Err(missing(dictionary, name, cx)) } else { Ok(value) }
    }

    /// A whole number that must be there.
    pub fn number(&self, dictionary: &str, name: &str, max: f64, cx: &mut Context) -> JsResult<u32> {
        let value = self.required(dictionary, name, cx)?;
        enforce_range(&value, name, max, cx)
    }

    /// A whole number that may be there.
    pub fn optional_number(&self, name: &str, max: f64, cx: &mut Context) -> JsResult<Option<u32>> {
        let value = self.get(name, cx)?;
        if value.is_undefined() { Ok(None) } else { enforce_range(&value, name, max, cx).map(Some) }
    }

    /// Bytes that must be there.
    pub fn bytes(&self, dictionary: &str, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
        let value = self.required(dictionary, name, cx)?;
        buffer_source(&value, &format!("Failed to normalize algorithm: '{name}' of '{dictionary}' (passed algorithm)"), cx)
    }

    /// Bytes that may be there.
    pub fn optional_bytes(&self, name: &str, cx: &mut Context) -> JsResult<Option<Vec<u8>>> {
        let value = self.get(name, cx)?;
        if value.is_undefined() {
            return Ok(None);
        }
        buffer_source(&value, &format!("Failed to normalize algorithm: '{name}' (passed algorithm)"), cx).map(Some)
    }

    /// A hash function that must be there.
    pub fn hash(&self, dictionary: &str, cx: &mut Context) -> JsResult<HashName> {
        let value = self.required(dictionary, "hash", cx)?;
        if self.family.is_rsa() || self.family == Family::Hmac || self.family == Family::Ecdsa {
            let name = match value.as_object() {
                Some(object) => object.get(js_string!("name"), cx)?,
                None => value.clone(),
            };
            // What has no name is told from it next.
            let name = if name.is_undefined() || name.is_symbol() { "SHA".to_owned() } else { name.to_string(cx)?.to_std_string_lossy() };
            if !name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("sha")) {
                return Err(exception("NotSupportedError", &format!("Only SHA hashes are supported in {dictionary}"), cx));
            }
        }
        HashName::of(&value, cx)
    }

    /// Text that must be there.
    pub fn text(&self, dictionary: &str, name: &str, cx: &mut Context) -> JsResult<String> {
        let value = self.required(dictionary, name, cx)?;
        Ok(value.to_string(cx)?.to_std_string_lossy())
    }

    /// A CryptoKey that must be there.
    pub fn key(&self, dictionary: &str, name: &str, cx: &mut Context) -> JsResult<Data> {
        let value = self.required(dictionary, name, cx)?;
        crypto_key::of(&value).ok_or_else(|| {
            let message = format!("Failed to normalize algorithm: '{name}' of '{dictionary}' (passed algorithm) is not of type CryptoKey.");
            errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx)
        })
    }
}

fn missing(dictionary: &str, name: &str, cx: &mut Context) -> JsError {
    let message = format!("Failed to normalize algorithm: passed algorithm can not be converted to '{dictionary}' because '{name}' is required in '{dictionary}'.");
    errors::coded(Base::Type, "ERR_MISSING_OPTION", message, cx)
}

fn enforce_range(value: &JsValue, name: &str, max: f64, cx: &mut Context) -> JsResult<u32> {
    let number = value.to_number(cx)?;
    let whole = number.trunc();
    if !number.is_finite() || whole < 0.0 || whole > max {
        let message = format!("Failed to normalize algorithm: '{name}' (passed algorithm) is outside the expected range of 0 to {max}.");
        return Err(errors::coded(Base::Type, "ERR_OUT_OF_RANGE", message, cx));
    }
    Ok(whole as u32)
}

/// The bytes of a BufferSource.
pub fn buffer_source(value: &JsValue, context: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    let range = if value.is_string() { None } else { buffer::range_of(value) };
    let is_shared = range.as_ref().is_some_and(|range| range.buffer().is::<SharedArrayBuffer>());
    if is_shared && buffer::is_view(value) {
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", format!("{context} is a view on a SharedArrayBuffer, which is not allowed."), cx));
    }
    let bytes = range.filter(|_| !is_shared).map(|range| range.to_vec());
    bytes.ok_or_else(|| errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", format!("{context} is not instance of ArrayBuffer, Buffer, TypedArray, or DataView."), cx))
}

/// A hash function under its name of web cryptography.
#[derive(Clone, Copy)]
pub struct HashName {
    pub name: &'static str,
    pub hash: &'static Hash,
}

impl HashName {
    /// Of a name or an object with one.
    pub fn of(value: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let algorithm = Algorithm::normalize(value, Operation::Digest, cx)?;
        match digest::find(algorithm.name) {
            Some(hash) => Ok(Self { name: algorithm.name, hash }),
            None => Err(unrecognized(cx)),
        }
    }
}

/// `key.algorithm`, but for what the key itself tells.
#[derive(Clone, Copy)]
pub struct KeyAlgorithm {
    pub name: &'static str,
    pub family: Family,
    pub hash: Option<HashName>,
}

impl KeyAlgorithm {
    /// Of an algorithm without a hash function.
    pub fn of(algorithm: &Algorithm) -> Self {
        Self { name: algorithm.name, family: algorithm.family, hash: None }
    }

    /// The object that programs see.
    pub fn to_js(self, key: &Key, cx: &mut Context) -> JsResult<JsObject> {
        let object = JsObject::with_object_proto(cx.intrinsics());
        object.create_data_property_or_throw(js_string!("name"), js_string!(self.name), cx)?;
        match (key.to_public(), key) {
            (_, Key::Secret(bytes)) if self.family.is_aes() || matches!(self.family, Family::Hmac | Family::Kmac) => {
                object.create_data_property_or_throw(js_string!("length"), (bytes.len() * 8) as f64, cx)?;
            }
            (Some(Public::Rsa { key, .. }), _) => {
                object.create_data_property_or_throw(js_string!("modulusLength"), key.n.bits() as f64, cx)?;
                let exponent = JsUint8Array::from_iter(key.e.to_bytes_be(), cx)?;
                object.create_data_property_or_throw(js_string!("publicExponent"), JsValue::from(exponent), cx)?;
            }
            (Some(Public::Ec { curve, .. }), _) => {
                object.create_data_property_or_throw(js_string!("namedCurve"), js_string!(curve.jwk.unwrap_or(curve.name)), cx)?;
            }
            _ => {}
        }
        if let Some(hash) = self.hash {
            let inner = JsObject::with_object_proto(cx.intrinsics());
            inner.create_data_property_or_throw(js_string!("name"), js_string!(hash.name), cx)?;
            object.create_data_property_or_throw(js_string!("hash"), inner, cx)?;
        }
        Ok(object)
    }
}
