//! `KeyObject` and its three kinds, and the functions that make them.

use std::sync::Arc;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_sys::Sys,
    errors::{self, Base},
    table::{Export, Symbol},
    validate,
};

use super::{
    cipher, crypto_key,
    failure::Outcome,
    jwk,
    key::{Key, Private, Public, pbe, pem, write},
    key_input::{self, Format, Purpose, Structure, option_name},
    number,
    pool::thrown,
};
use crate::buffer;

/// What a KeyObject holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    key: Arc<Key>,
}

/// `crypto.KeyObject`
pub static KEY_OBJECT: Class = Class {
    name: "KeyObject",
    length: 2,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let kind = args.get_or_undefined(0);
        let known = kind.as_string().is_some_and(|kind| ["secret", "public", "private"].contains(&kind.to_std_string_lossy().as_str()));
        if !known {
            return Err(errors::invalid_arg_value("type", kind, "is invalid", cx));
        }
        // Programs have no handles.
        Err(errors::invalid_arg_type("handle", "object", args.get_or_undefined(1), cx))
    },
    prototype: &[Export::getter("type", type_of), Export::function("equals", 1, equals), Export::tag("KeyObject")],
    statics: &[Export::function("from", 1, from)],
};

static SECRET: Class = Class {
    name: "SecretKeyObject",
    length: 1,
    extends: Parent::Class(&KEY_OBJECT),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::getter("symmetricKeySize", symmetric_size), Export::function("export", 1, export_secret), Export::function("toCryptoKey", 3, crypto_key::from_key_object)],
    statics: &[],
};

static ASYMMETRIC: Class = Class {
    name: "AsymmetricKeyObject",
    length: 0,
    extends: Parent::Class(&KEY_OBJECT),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::getter("asymmetricKeyType", asymmetric_type), Export::getter("asymmetricKeyDetails", asymmetric_details), Export::function("toCryptoKey", 3, crypto_key::from_key_object)],
    statics: &[],
};

static PUBLIC: Class = Class {
    name: "PublicKeyObject",
    length: 1,
    extends: Parent::Class(&ASYMMETRIC),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::function("export", 1, export_public)],
    statics: &[],
};

static PRIVATE: Class = Class {
    name: "PrivateKeyObject",
    length: 1,
    extends: Parent::Class(&ASYMMETRIC),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::function("export", 1, export_private)],
    statics: &[],
};

/// The key of a KeyObject.
pub fn of(value: &JsValue) -> Option<Arc<Key>> {
    Some(value.as_object()?.downcast_ref::<State>()?.key.clone())
}

/// A KeyObject of a key.
pub fn create(key: Arc<Key>, cx: &mut Context) -> JsResult<JsObject> {
    let class = match &*key {
        Key::Secret(_) => &SECRET,
        Key::Public(_) => &PUBLIC,
        Key::Private(_) => &PRIVATE,
    };
    let name = key.type_name();
    let prototype = class.prototype(cx)?;
    let object = JsObject::from_proto_and_data(prototype, State { key });
    let symbol = Symbol::Private("kKeyType").to_js(cx);
    object.create_data_property_or_throw(symbol, js_string!(name), cx)?;
    Ok(object)
}

fn this_key(this: &JsValue, cx: &mut Context) -> JsResult<Arc<Key>> {
    of(this).ok_or_else(|| errors::invalid_this("KeyObject", cx))
}

fn type_of(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(of(this).map_or_else(JsValue::undefined, |key| js_string!(key.type_name()).into()))
}

fn equals(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let other = args.get_or_undefined(0);
    let Some(other) = of(other) else { return Err(errors::invalid_arg_type("otherKeyObject", "KeyObject", other, cx)) };
    Ok(this_key(this, cx)?.is_same(&other).into())
}

/// `KeyObject.from(cryptoKey)`
fn from(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    match crypto_key::of(value) {
        Some(data) => Ok(create(data.key, cx)?.into()),
        None => Err(errors::invalid_arg_type("key", "CryptoKey", value, cx)),
    }
}

fn symmetric_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match &*this_key(this, cx)? {
        Key::Secret(bytes) => Ok((bytes.len() as f64).into()),
        _ => Ok(JsValue::undefined()),
    }
}

fn asymmetric_type(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = this_key(this, cx)?;
    Ok(key.asymmetric_type().map_or_else(JsValue::undefined, |name| js_string!(name).into()))
}

/// The name of a hash function as details show it.
fn shown_hash(name: &str) -> JsValue {
    js_string!(name).into()
}

fn asymmetric_details(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = this_key(this, cx)?;
    let details = JsObject::with_object_proto(cx.intrinsics());
    let mut add = |name: &str, value: JsValue| details.create_data_property_or_throw(js_string!(name), value, cx).map(drop);
    match key.to_public() {
        Some(Public::Rsa { key, pss }) => {
            add("modulusLength", (key.n.bits() as f64).into())?;
            add("publicExponent", number::to_bigint(&key.e).into())?;
            if let Some(Some(params)) = pss {
                add("hashAlgorithm", shown_hash(params.hash))?;
                add("mgf1HashAlgorithm", shown_hash(params.mgf))?;
                add("saltLength", params.salt_len.into())?;
            }
        }
        Some(Public::Dsa { group, .. }) => {
            add("modulusLength", (group.p.bits() as f64).into())?;
            add("divisorLength", (group.q.map_or(0, |q| q.bits()) as f64).into())?;
        }
        Some(Public::Ec { curve, .. }) => add("namedCurve", js_string!(curve.name).into())?,
        _ => {}
    }
    Ok(details.into())
}

/// `secret.export([options])`
fn export_secret(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = this_key(this, cx)?;
    let options = args.get_or_undefined(0);
    if !options.is_undefined() {
        let options = validate::object(options, "options", cx)?;
        let format = options.get(js_string!("format"), cx)?;
        if !format.is_undefined() {
            let known = format.as_string().map(|format| format.to_std_string_lossy());
            match known.as_deref() {
                Some("buffer") => {}
                Some("jwk") => return Ok(jwk::write(&key, cx)?.into()),
                _ => return Err(errors::invalid_arg_value("options.format", &format, "must be one of: undefined, 'buffer', 'jwk'", cx)),
            }
        }
    }
    match &*key {
        Key::Secret(bytes) => Ok(buffer::from_slice(bytes, cx)?.into()),
        _ => Err(errors::invalid_this("SecretKeyObject", cx)),
    }
}

/// How a key is exported.
#[derive(Clone)]
pub struct Encoding {
    pub format: Format,
    structure: Option<Structure>,
    cipher: Option<&'static cipher::Spec>,
    passphrase: Vec<u8>,
}

/// Reads the options of an export, as [`key_input`] reads those of an import. `object` is where they stand in other options.
pub fn export_encoding(value: &JsValue, key_type: &str, is_public: bool, object: Option<&str>, cx: &mut Context) -> JsResult<Encoding> {
    let Some(options) = value.as_object() else { return Err(errors::invalid_arg_type("options", "object", value, cx)) };
    let given = options.get(js_string!("format"), cx)?;
    let format = key_input::format(&given, None, &option_name("format", object), cx)?;
    let given = options.get(js_string!("type"), cx)?;
    let structure = key_input::structure(&given, format != Format::Jwk, Some(key_type), Some(is_public), &option_name("type", object), cx)?;
    let mut encoding = Encoding { format, structure, cipher: None, passphrase: Vec::new() };
    if is_public {
        return Ok(encoding);
    }
    let name = options.get(js_string!("cipher"), cx)?;
    let passphrase = options.get(js_string!("passphrase"), cx)?;
    if name.is_null_or_undefined() {
        if !passphrase.is_undefined() {
            return Err(errors::invalid_arg_value(&option_name("cipher", object), &name, "is invalid", cx));
        }
        return Ok(encoding);
    }
    let Some(label) = name.as_string() else {
        return Err(errors::invalid_arg_value(&option_name("cipher", object), &name, "is invalid", cx));
    };
    if format == Format::Der && matches!(structure, Some(Structure::Pkcs1 | Structure::Sec1)) {
        return Err(key_input::incompatible_options(structure.map_or("", Structure::label), "does not support encryption", cx));
    }
    if !key_input::is_string_or_bytes(&passphrase) {
        return Err(errors::invalid_arg_value(&option_name("passphrase", object), &passphrase, "is invalid", cx));
    }
    let text_encoding = options.get(js_string!("encoding"), cx)?;
    encoding.passphrase = key_input::bytes_in(&passphrase, &text_encoding, "key.passphrase", cx)?;
    if format == Format::Jwk {
        return Err(key_input::incompatible_options("jwk", "does not support encryption", cx));
    }
    encoding.cipher = cipher::find(&label.to_std_string_lossy());
    if encoding.cipher.is_none() {
        return Err(errors::coded(Base::Error, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher", cx));
    }
    Ok(encoding)
}

/// An exported key: text, or bytes.
pub enum Exported {
    Text(String),
    Bytes(Vec<u8>),
}

impl Exported {
    /// A string or a Buffer.
    pub fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Text(text) => Ok(js_string!(text).into()),
            Self::Bytes(bytes) => Ok(buffer::from_vec(bytes, cx)?.into()),
        }
    }
}

/// A public key as PEM or DER.
pub fn encode_public(key: &Public, encoding: &Encoding) -> Outcome<Exported> {
    let (label, der) = match (encoding.structure, key) {
        (Some(Structure::Pkcs1), Public::Rsa { key, .. }) => ("RSA PUBLIC KEY", write::pkcs1_public(key)),
        _ => ("PUBLIC KEY", write::spki(key)),
    };
    Ok(if encoding.format == Format::Pem { Exported::Text(pem::write(label, "", &der)) } else { Exported::Bytes(der) })
}

/// A private key as PEM or DER.
pub fn encode_private(key: &Private, encoding: &Encoding, sys: &Sys) -> Outcome<Exported> {
    let old = match (encoding.structure, key) {
        (Some(Structure::Pkcs1), Private::Rsa { key, .. }) => Some(("RSA PRIVATE KEY", write::pkcs1_private(key))),
        (Some(Structure::Sec1), Private::Ec { curve, scalar, point, explicit }) => Some(("EC PRIVATE KEY", write::sec1(curve, scalar, point, *explicit, true))),
        _ => None,
    };
    let pem = encoding.format == Format::Pem;
    if let Some((label, der)) = old {
        return Ok(match encoding.cipher {
            Some(spec) => Exported::Text(pem::write_encrypted(label, &der, spec, &encoding.passphrase, sys)?),
            None if pem => Exported::Text(pem::write(label, "", &der)),
            None => Exported::Bytes(der),
        });
    }
    let (label, der) = match encoding.cipher {
        Some(spec) => ("ENCRYPTED PRIVATE KEY", pbe::seal(&write::pkcs8(key), spec, &encoding.passphrase, sys)?),
        None => ("PRIVATE KEY", write::pkcs8(key)),
    };
    Ok(if pem { Exported::Text(pem::write(label, "", &der)) } else { Exported::Bytes(der) })
}

/// `publicKey.export(options)`
fn export_public(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = this_key(this, cx)?;
    let options = args.get_or_undefined(0);
    if is_jwk(options, cx)? {
        return Ok(jwk::write(&key, cx)?.into());
    }
    let encoding = export_encoding(options, key.asymmetric_type().unwrap_or(""), true, None, cx)?;
    let Some(public) = key.to_public() else { return Err(errors::invalid_this("PublicKeyObject", cx)) };
    let exported = encode_public(&public, &encoding).map_err(|failure| failure.to_js(cx))?;
    exported.into_js(cx)
}

fn is_jwk(options: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(options) = options.as_object() else { return Ok(false) };
    Ok(options.get(js_string!("format"), cx)?.as_string().is_some_and(|format| format == js_string!("jwk")))
}

/// `privateKey.export(options)`
fn export_private(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = this_key(this, cx)?;
    let options = args.get_or_undefined(0);
    if is_jwk(options, cx)? {
        if let Some(options) = options.as_object()
            && !options.get(js_string!("passphrase"), cx)?.is_undefined()
        {
            return Err(key_input::incompatible_options("jwk", "does not support encryption", cx));
        }
        return Ok(jwk::write(&key, cx)?.into());
    }
    let encoding = export_encoding(options, key.asymmetric_type().unwrap_or(""), false, None, cx)?;
    let Key::Private(private) = &*key else { return Err(errors::invalid_this("PrivateKeyObject", cx)) };
    let exported = encode_private(private, &encoding, Host::of(cx).sys()).map_err(|failure| failure.to_js(cx))?;
    exported.into_js(cx)
}

/// `crypto.createSecretKey(key[, encoding])`
pub fn create_secret_key(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = key_input::new_secret(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(create(Arc::new(Key::Secret(bytes)), cx)?.into())
}

/// `crypto.createPublicKey(key)`
pub fn create_public_key(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::CreatePublic, cx)?;
    let key = thrown(given.public(), cx)?;
    Ok(create(Arc::new(Key::Public(key)), cx)?.into())
}

/// `crypto.createPrivateKey(key)`
pub fn create_private_key(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::CreatePrivate, cx)?;
    let key = thrown(given.private(), cx)?;
    Ok(create(Arc::new(Key::Private(key)), cx)?.into())
}
