//! Keys as programs give them: KeyObjects, CryptoKeys, PEM, DER, JWK; Node's checks in Node's order.

use std::sync::Arc;

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors::{self, Base};

use super::{
    asn1::{Malformed, Reader},
    crypto_key, failure,
    failure::{Failure, Outcome},
    input, jwk,
    key::{Key, Private, Public, pbe, pem, read},
    key_object,
};
use crate::buffer::{self, Encoding};

/// What a key is wanted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A public key, or a private one that has it.
    ConsumePublic,
    /// A private key.
    ConsumePrivate,
    /// `createPublicKey`
    CreatePublic,
    /// `createPrivateKey`
    CreatePrivate,
}

/// How an encoded key is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Pem,
    Der,
    Jwk,
}

/// The structure within.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Structure {
    Pkcs1,
    Spki,
    Pkcs8,
    Sec1,
}

impl Structure {
    /// As options name it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pkcs1 => "pkcs1",
            Self::Spki => "spki",
            Self::Pkcs8 => "pkcs8",
            Self::Sec1 => "sec1",
        }
    }
}

const BYTES: &str = "string|ArrayBuffer|Buffer|TypedArray|DataView";
const BYTES_OR_KEYS: &str = "string|ArrayBuffer|Buffer|TypedArray|DataView|KeyObject|CryptoKey";

/// `options.name` or `options.object.name`
pub fn option_name(name: &str, object: Option<&str>) -> String {
    object.map_or_else(|| format!("options.{name}"), |object| format!("options.{object}.{name}"))
}

fn invalid(name: &str, value: &JsValue, cx: &mut Context) -> JsError {
    errors::invalid_arg_value(name, value, "is invalid", cx)
}

/// ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS
pub fn incompatible_options(what: &str, why: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Error, "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", format!("The selected key encoding {what} {why}."), cx)
}

/// ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE
pub fn invalid_key_type(actual: &str, expected: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", format!("Invalid key object type {actual}, expected {expected}."), cx)
}

/// `format`; `fallback` where it may be absent.
pub fn format(value: &JsValue, fallback: Option<Format>, name: &str, cx: &mut Context) -> JsResult<Format> {
    if value.is_undefined()
        && let Some(fallback) = fallback
    {
        return Ok(fallback);
    }
    match value.as_string().map(|text| text.to_std_string_lossy()).as_deref() {
        Some("pem") => Ok(Format::Pem),
        Some("der") => Ok(Format::Der),
        Some("jwk") => Ok(Format::Jwk),
        _ => Err(invalid(name, value, cx)),
    }
}

/// `type`. `key_type` is that of the key, where it is known; `is_public` restricts to what such keys have.
pub fn structure(value: &JsValue, required: bool, key_type: Option<&str>, is_public: Option<bool>, name: &str, cx: &mut Context) -> JsResult<Option<Structure>> {
    if value.is_undefined() && !required {
        return Ok(None);
    }
    let found = match value.as_string().map(|text| text.to_std_string_lossy()).as_deref() {
        Some("pkcs1") => Some(Structure::Pkcs1),
        Some("spki") if is_public != Some(false) => Some(Structure::Spki),
        Some("pkcs8") if is_public != Some(true) => Some(Structure::Pkcs8),
        Some("sec1") if is_public != Some(true) => Some(Structure::Sec1),
        _ => None,
    };
    let Some(found) = found else { return Err(invalid(name, value, cx)) };
    match (found, key_type) {
        (Structure::Pkcs1, Some(key_type)) if key_type != "rsa" => Err(incompatible_options("pkcs1", "can only be used for RSA keys", cx)),
        (Structure::Sec1, Some(key_type)) if key_type != "ec" => Err(incompatible_options("sec1", "can only be used for EC keys", cx)),
        _ => Ok(Some(found)),
    }
}

/// Whether it is a string or has bytes.
pub fn is_string_or_bytes(value: &JsValue) -> bool {
    value.is_string() || buffer::is_view(value) || buffer::is_any_array_buffer(value)
}

/// The bytes of a string in an encoding, or of a buffer or view.
pub fn bytes_in(value: &JsValue, encoding: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    if let Some(text) = value.as_string() {
        let encoding = encoding.as_string().and_then(|label| Encoding::of(&label)).unwrap_or_default();
        return Ok(buffer::string_to_bytes(&text, encoding));
    }
    input::bytes(value, name, cx)
}

/// A key that is encoded.
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub format: Format,
    pub structure: Option<Structure>,
    pub passphrase: Option<Vec<u8>>,
}

/// A key that is there, or one that must be parsed.
pub enum Given {
    Key(Arc<Key>),
    Encoded(Encoded),
}

/// The key of a KeyObject or CryptoKey.
pub fn key_of(value: &JsValue) -> Option<Arc<Key>> {
    key_object::of(value).or_else(|| crypto_key::of(value).map(|data| data.key))
}

fn check_key(key: Arc<Key>, purpose: Purpose, value: &JsValue, cx: &mut Context) -> JsResult<Given> {
    let kind = key.type_name();
    match purpose {
        Purpose::CreatePrivate => return Err(errors::invalid_arg_type("key", BYTES, value, cx)),
        Purpose::ConsumePrivate | Purpose::CreatePublic if kind != "private" => return Err(invalid_key_type(kind, "private", cx)),
        Purpose::ConsumePublic if kind == "secret" => return Err(invalid_key_type(kind, "private or public", cx)),
        _ => {}
    }
    Ok(Given::Key(key))
}

/// Reads what stands for a key.
pub fn prepare(value: &JsValue, purpose: Purpose, cx: &mut Context) -> JsResult<Given> {
    prepare_named(value, purpose, "key", cx)
}

/// As [`prepare`], under another name in messages.
pub fn prepare_named(value: &JsValue, purpose: Purpose, name: &str, cx: &mut Context) -> JsResult<Given> {
    if let Some(key) = key_of(value) {
        return check_key(key, purpose, value, cx);
    }
    if is_string_or_bytes(value) {
        let bytes = bytes_in(value, &JsValue::undefined(), "key", cx)?;
        return Ok(Given::Encoded(Encoded { bytes, format: Format::Pem, structure: None, passphrase: None }));
    }
    let kinds = if purpose == Purpose::CreatePrivate { BYTES } else { BYTES_OR_KEYS };
    if value.is_null() {
        return Err(errors::plain(Base::Type, format!("Cannot destructure property 'key' of '{name}' as it is null.")));
    }
    let Some(options) = value.as_object().filter(|_| !value.is_callable()) else {
        return Err(errors::invalid_arg_type(name, kinds, value, cx));
    };
    let data = options.get(js_string!("key"), cx)?;
    let encoding = options.get(js_string!("encoding"), cx)?;
    let format = options.get(js_string!("format"), cx)?;
    if let Some(key) = key_of(&data) {
        return check_key(key, purpose, &data, cx);
    }
    if format.as_string().is_some_and(|format| format == js_string!("jwk")) {
        let object = coil_engine::validate::object(&data, &format!("{name}.key"), cx)?;
        let private = matches!(purpose, Purpose::ConsumePrivate | Purpose::CreatePrivate);
        return jwk::read(&object, private, cx).map(|key| Given::Key(Arc::new(key)));
    }
    if !is_string_or_bytes(&data) {
        return Err(errors::invalid_arg_type(&format!("{name}.key"), kinds, &data, cx));
    }
    let is_public = if matches!(purpose, Purpose::ConsumePrivate | Purpose::CreatePrivate) { Some(false) } else { None };
    let bytes = bytes_in(&data, &encoding, "key", cx)?;
    encoded(bytes, &options, is_public, cx).map(Given::Encoded)
}

fn encoded(bytes: Vec<u8>, options: &JsObject, is_public: Option<bool>, cx: &mut Context) -> JsResult<Encoded> {
    let value = options.get(js_string!("format"), cx)?;
    let form = format(&value, Some(Format::Pem), "options.format", cx)?;
    let value = options.get(js_string!("type"), cx)?;
    let structure = structure(&value, form == Format::Der, None, is_public, "options.type", cx)?;
    let passphrase = options.get(js_string!("passphrase"), cx)?;
    if !passphrase.is_undefined() && !is_string_or_bytes(&passphrase) {
        return Err(invalid("options.passphrase", &passphrase, cx));
    }
    let encoding = options.get(js_string!("encoding"), cx)?;
    let passphrase = if passphrase.is_undefined() { None } else { Some(bytes_in(&passphrase, &encoding, "key.passphrase", cx)?) };
    Ok(Encoded { bytes, format: form, structure, passphrase })
}

impl Given {
    /// The public key, which may be that of a private one.
    pub fn public(self) -> Outcome<Public> {
        match self {
            Self::Key(key) => key.to_public().ok_or_else(|| failure::DECODER_UNSUPPORTED.into()),
            Self::Encoded(encoded) => match encoded.public_or_private()? {
                Key::Private(key) => Ok(key.public()),
                Key::Public(key) => Ok(key),
                Key::Secret(_) => Err(failure::DECODER_UNSUPPORTED.into()),
            },
        }
    }

    /// The private key.
    pub fn private(self) -> Outcome<Private> {
        match self {
            Self::Key(key) => match &*key {
                Key::Private(key) => Ok(key.clone()),
                _ => Err(failure::DECODER_UNSUPPORTED.into()),
            },
            Self::Encoded(encoded) => encoded.private(),
        }
    }
}

/// A passphrase may have so many bytes.
const PASSPHRASE_MAX: usize = 1024;

/// OpenSSL's error where DER of a known structure is none.
fn malformed(error: Malformed) -> Failure {
    match error {
        Malformed::Header => Failure::Ssl(failure::ASN1_HEADER_TOO_LONG, &[failure::ASN1_NESTED, failure::ASN1_BAD_HEADER]),
        Malformed::Tag => Failure::Ssl(failure::ASN1_WRONG_TAG, &[failure::ASN1_NESTED, failure::ASN1_WRONG_TAG]),
        Malformed::Content => failure::DECODER_UNSUPPORTED.into(),
    }
}

fn unreadable<E>(_: E) -> Failure {
    Failure::Plain("Failed to read asymmetric key".into())
}

impl Encoded {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn passphrase(&self) -> Option<&[u8]> {
        self.passphrase.as_deref().filter(|passphrase| passphrase.len() <= PASSPHRASE_MAX)
    }

    fn private(&self) -> Outcome<Private> {
        if self.format == Format::Der {
            return match self.structure {
                Some(Structure::Pkcs1) => read::pkcs1_private(&self.bytes).map(|key| Private::Rsa { key, pss: None }).map_err(|_| failure::DECODER_UNSUPPORTED.into()),
                Some(Structure::Sec1) => read::sec1(&self.bytes, None).map_err(|_| failure::DECODER_UNSUPPORTED.into()),
                _ if pbe::is_encrypted(&self.bytes) => match (&self.passphrase, self.passphrase()) {
                    (None, _) => Err(Failure::typ("ERR_MISSING_PASSPHRASE", "Passphrase required for encrypted key")),
                    (Some(_), None) => Err(Failure::Ssl(failure::PEM_BAD_PASSWORD, &[failure::PEM_BAD_PASSWORD])),
                    (_, passphrase) => read::pkcs8(&pbe::open(&self.bytes, passphrase)?).map_err(malformed),
                },
                _ => read::pkcs8(&self.bytes).map_err(malformed),
            };
        }
        let blocks = pem::blocks(&self.text());
        let known = |label: &str| label == "PRIVATE KEY" || label == "ENCRYPTED PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY" || label == "DSA PRIVATE KEY";
        let Some(block) = blocks.iter().find(|block| known(&block.label)) else { return Err(failure::DECODER_UNSUPPORTED.into()) };
        let unsupported = |_| Failure::from(failure::DECODER_UNSUPPORTED);
        match block.label.as_str() {
            "ENCRYPTED PRIVATE KEY" => read::pkcs8(&pbe::open(&block.bytes, self.passphrase())?).map_err(unsupported),
            "RSA PRIVATE KEY" => read::pkcs1_private(&pem::open(block, self.passphrase())?).map(|key| Private::Rsa { key, pss: None }).map_err(unsupported),
            "EC PRIVATE KEY" => read::sec1(&pem::open(block, self.passphrase())?, None).map_err(unsupported),
            "DSA PRIVATE KEY" => read::dsa_private(&pem::open(block, self.passphrase())?).map_err(unsupported),
            _ => read::pkcs8(&block.bytes).map_err(unsupported),
        }
    }

    fn public_or_private(&self) -> Outcome<Key> {
        if self.format == Format::Der {
            return match self.structure {
                Some(Structure::Spki) => read::spki(&self.bytes).map(Key::Public).map_err(unreadable),
                Some(Structure::Pkcs1) if !is_private_rsa(&self.bytes) => read::pkcs1_public(&self.bytes).map(|key| Key::Public(Public::Rsa { key, pss: None })).map_err(unreadable),
                _ => self.private().map(Key::Private),
            };
        }
        let blocks = pem::blocks(&self.text());
        for block in &blocks {
            match block.label.as_str() {
                "PUBLIC KEY" => return read::spki(&block.bytes).map(Key::Public).map_err(malformed),
                "RSA PUBLIC KEY" => return read::pkcs1_public(&block.bytes).map(|key| Key::Public(Public::Rsa { key, pss: None })).map_err(malformed),
                "CERTIFICATE" | "X509 CERTIFICATE" => {
                    return super::certificate::Certificate::parse(&block.bytes).and_then(|certificate| certificate.public_key()).map(Key::Public).map_err(malformed);
                }
                _ => {}
            }
        }
        self.private().map(Key::Private)
    }
}

/// RSAPrivateKey begins with the version 0, RSAPublicKey with the modulus.
fn is_private_rsa(der: &[u8]) -> bool {
    Reader(der).sequence().and_then(|mut key| key.number()).is_ok_and(|first| first < 2u8.into())
}

/// The bytes of a secret: of a KeyObject or CryptoKey that is one, or given as they are.
pub fn secret(value: &JsValue, encoding: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    if let Some(key) = key_of(value) {
        return match &*key {
            Key::Secret(bytes) => Ok(bytes.clone()),
            other => Err(invalid_key_type(other.type_name(), "secret", cx)),
        };
    }
    if !is_string_or_bytes(value) {
        return Err(errors::invalid_arg_type(name, BYTES_OR_KEYS, value, cx));
    }
    bytes_in(value, encoding, name, cx)
}

/// `createSecretKey`'s bytes.
pub fn new_secret(value: &JsValue, encoding: &JsValue, cx: &mut Context) -> JsResult<Vec<u8>> {
    if !is_string_or_bytes(value) {
        return Err(errors::invalid_arg_type("key", "ArrayBuffer|Buffer|TypedArray|DataView", value, cx));
    }
    bytes_in(value, encoding, "key", cx)
}
