//! `crypto.subtle`, `SubtleCrypto` and `Crypto`: web cryptography.
//!
//! ```js
//! const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
//! ```
//!
//! Implements <https://w3c.github.io/webcrypto/>, with Node's words in messages.

mod algorithm;
mod keys;
mod operations;
mod supports;

use std::sync::Arc;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, property::PropertyDescriptor};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::Export,
};

pub use algorithm::KeyAlgorithm;
use algorithm::{Algorithm, Family, HashName, Operation, buffer_source, exception};
use keys::{Exported, Material, USAGES};

use super::{
    cipher::Direction,
    crypto_key::{self, Data},
    derive::to_array_buffer,
    encapsulate,
    failure::Outcome,
    key::{Key, Private, Public},
    pool::{promise_of, promised},
    random,
};
use crate::{buffer, dom_exception};

/// `SubtleCrypto`
pub static SUBTLE_CRYPTO: Class = Class {
    name: "SubtleCrypto",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("encrypt", 3, |this, args, cx| rejecting(this, args, cx, |args, cx| cipher("encrypt", args, Direction::Encrypt, cx))).enumerable(true),
        Export::function("decrypt", 3, |this, args, cx| rejecting(this, args, cx, |args, cx| cipher("decrypt", args, Direction::Decrypt, cx))).enumerable(true),
        Export::function("sign", 3, |this, args, cx| rejecting(this, args, cx, sign)).enumerable(true),
        Export::function("verify", 4, |this, args, cx| rejecting(this, args, cx, verify)).enumerable(true),
        Export::function("digest", 2, |this, args, cx| rejecting(this, args, cx, digest)).enumerable(true),
        Export::function("generateKey", 3, |this, args, cx| rejecting(this, args, cx, generate_key)).enumerable(true),
        Export::function("deriveKey", 5, |this, args, cx| rejecting(this, args, cx, derive_key)).enumerable(true),
        Export::function("deriveBits", 2, |this, args, cx| rejecting(this, args, cx, derive_bits)).enumerable(true),
        Export::function("importKey", 5, |this, args, cx| rejecting(this, args, cx, import_key)).enumerable(true),
        Export::function("exportKey", 2, |this, args, cx| rejecting(this, args, cx, export_key)).enumerable(true),
        Export::function("wrapKey", 4, |this, args, cx| rejecting(this, args, cx, wrap_key)).enumerable(true),
        Export::function("unwrapKey", 7, |this, args, cx| rejecting(this, args, cx, unwrap_key)).enumerable(true),
        Export::function("getPublicKey", 2, |this, args, cx| rejecting(this, args, cx, get_public_key)).enumerable(true),
        Export::function("encapsulateBits", 2, |this, args, cx| rejecting(this, args, cx, encapsulate_bits)).enumerable(true),
        Export::function("encapsulateKey", 5, |this, args, cx| rejecting(this, args, cx, encapsulate_key)).enumerable(true),
        Export::function("decapsulateBits", 3, |this, args, cx| rejecting(this, args, cx, decapsulate_bits)).enumerable(true),
        Export::function("decapsulateKey", 6, |this, args, cx| rejecting(this, args, cx, decapsulate_key)).enumerable(true),
        Export::tag("SubtleCrypto"),
    ],
    statics: &[Export::function("supports", 2, supports::supports).enumerable(true)],
};

/// `Crypto`
pub static CRYPTO_CLASS: Class = Class {
    name: "Crypto",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("subtle", subtle_getter).enumerable(true),
        Export::function("getRandomValues", 1, get_random_values).enumerable(true),
        Export::function("randomUUID", 1, random_uuid).enumerable(true),
        Export::tag("Crypto"),
    ],
    statics: &[],
};

/// The two objects, made once.
#[derive(Default)]
struct Instances {
    crypto: std::cell::RefCell<Option<JsObject>>,
    subtle: std::cell::RefCell<Option<JsObject>>,
}

fn instance(class: &'static Class, pick: fn(&Instances) -> &std::cell::RefCell<Option<JsObject>>, cx: &mut Context) -> JsResult<JsValue> {
    let instances = Host::of(cx).state::<Instances>();
    let found = pick(&instances).borrow().clone();
    if let Some(found) = found {
        return Ok(found.into());
    }
    let prototype = class.prototype(cx)?;
    let made = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    *pick(&instances).borrow_mut() = Some(made.clone());
    Ok(made.into())
}

/// `globalThis.crypto`, `crypto.webcrypto`
pub fn web_crypto(cx: &mut Context) -> JsResult<JsValue> {
    instance(&CRYPTO_CLASS, |instances| &instances.crypto, cx)
}

/// `crypto.subtle`
pub fn subtle(cx: &mut Context) -> JsResult<JsValue> {
    instance(&SUBTLE_CRYPTO, |instances| &instances.subtle, cx)
}

/// Whether `this` is the one object of its class: what only inherits from it is not.
fn check_this(this: &JsValue, class: &'static Class, pick: fn(&Instances) -> &std::cell::RefCell<Option<JsObject>>, cx: &mut Context) -> JsResult<()> {
    let instances = Host::of(cx).state::<Instances>();
    let known = pick(&instances).borrow().clone();
    let is_it = known.is_some_and(|known| this.as_object().is_some_and(|given| JsObject::equals(&given, &known)));
    if is_it { Ok(()) } else { Err(errors::invalid_this(class.name, cx)) }
}

fn check_crypto(this: &JsValue, cx: &mut Context) -> JsResult<()> {
    check_this(this, &CRYPTO_CLASS, |instances| &instances.crypto, cx)
}

fn subtle_getter(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_crypto(this, cx)?;
    subtle(cx)
}

fn get_random_values(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_crypto(this, cx)?;
    if args.is_empty() {
        let message = "Failed to execute 'getRandomValues' on 'Crypto': 1 argument required, but only 0 present.";
        return Err(errors::coded(Base::Type, "ERR_MISSING_ARGS", message, cx));
    }
    random::get_random_values(this, args, cx)
}

fn random_uuid(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_crypto(this, cx)?;
    random::random_uuid(this, args, cx)
}

type Method = fn(&[JsValue], &mut Context) -> JsResult<JsValue>;

/// Every method is asynchronous: what it throws rejects its promise.
fn rejecting(this: &JsValue, args: &[JsValue], cx: &mut Context, method: Method) -> JsResult<JsValue> {
    let given = check_this(this, &SUBTLE_CRYPTO, |instances| &instances.subtle, cx).and_then(|()| method(args, cx));
    match given {
        Ok(promise) => Ok(promise),
        Err(error) => promise_of(Err(error), cx),
    }
}

/// What work gave, or an OperationError with what was wrong as its cause.
fn operation<T>(outcome: Outcome<T>, cx: &mut Context) -> JsResult<T> {
    match outcome {
        Ok(value) => Ok(value),
        Err(failure) => {
            let error = dom_exception::create("The operation failed for an operation-specific reason", "OperationError", cx)?;
            let cause = failure.of_job().to_js(cx);
            let cause = coil_engine::op::thrown_value(cause, cx);
            let descriptor = PropertyDescriptor::builder().value(cause).writable(true).enumerable(false).configurable(true);
            error.define_property_or_throw(js_string!("cause"), descriptor, cx)?;
            Err(JsError::from_opaque(error.into()))
        }
    }
}

/// One method's arguments, with the words of its messages.
struct Arguments<'a> {
    method: &'static str,
    args: &'a [JsValue],
}

const ORDINALS: [&str; 7] = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th"];

impl<'a> Arguments<'a> {
    fn of(method: &'static str, least: usize, args: &'a [JsValue], cx: &mut Context) -> JsResult<Self> {
        if args.len() < least {
            let plural = if least == 1 { "argument" } else { "arguments" };
            let message = format!("Failed to execute '{method}' on 'SubtleCrypto': {least} {plural} required, but only {} present.", args.len());
            return Err(errors::coded(Base::Type, "ERR_MISSING_ARGS", message, cx));
        }
        Ok(Self { method, args })
    }

    fn context(&self, at: usize) -> String {
        format!("Failed to execute '{}' on 'SubtleCrypto': {} argument", self.method, ORDINALS[at])
    }

    fn get(&self, at: usize) -> &JsValue {
        self.args.get_or_undefined(at)
    }

    fn algorithm(&self, at: usize, operation: Operation, cx: &mut Context) -> JsResult<Algorithm> {
        Algorithm::normalize(self.get(at), operation, cx)
    }

    fn key(&self, at: usize, cx: &mut Context) -> JsResult<Data> {
        let found = crypto_key::of(self.get(at));
        found.ok_or_else(|| errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", format!("{} is not of type CryptoKey.", self.context(at)), cx))
    }

    fn bytes(&self, at: usize, cx: &mut Context) -> JsResult<Vec<u8>> {
        buffer_source(self.get(at), &self.context(at), cx)
    }

    fn format(&self, at: usize, cx: &mut Context) -> JsResult<String> {
        let format = self.get(at).to_string(cx)?.to_std_string_lossy();
        if ["raw", "pkcs8", "spki", "jwk", "raw-public", "raw-seed", "raw-secret"].contains(&format.as_str()) {
            return Ok(format);
        }
        let message = format!("{} value '{format}' is not a valid enum value of type KeyFormat.", self.context(at));
        Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", message, cx))
    }

    fn usages(&self, at: usize, cx: &mut Context) -> JsResult<Vec<&'static str>> {
        usages(self.get(at), &self.context(at), cx)
    }

    /// A length in bits, or none.
    fn length(&self, at: usize, cx: &mut Context) -> JsResult<Option<u32>> {
        if self.get(at).is_null_or_undefined() {
            return Ok(None);
        }
        let number = self.get(at).to_number(cx)?;
        Ok(Some(if number.is_finite() { number.trunc().rem_euclid(4_294_967_296.0) as u32 } else { 0 }))
    }
}

fn usages(value: &JsValue, context: &str, cx: &mut Context) -> JsResult<Vec<&'static str>> {
    if !value.is_object() {
        let message = format!("{context} can not be converted to sequence.");
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx));
    }
    let mut found = Vec::new();
    let mut at = 0;
    crate::url::for_each_of(value, cx, |item, cx| {
        let text = item.to_string(cx)?.to_std_string_lossy();
        let Some(known) = USAGES.iter().find(|known| **known == text) else {
            let message = format!("{context}[{at}] value '{text}' is not a valid enum value of type KeyUsage.");
            return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", message, cx));
        };
        found.push(*known);
        at += 1;
        Ok(())
    })?;
    Ok(USAGES.iter().copied().filter(|usage| found.contains(usage)).collect())
}

fn not_valid(cx: &mut Context) -> JsError {
    exception("InvalidAccessError", "The requested operation is not valid for the provided key", cx)
}

fn cipher(method: &'static str, args: &[JsValue], direction: Direction, cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of(method, 3, args, cx)?;
    let key = args.key(1, cx)?;
    let bytes = args.bytes(2, cx)?;
    let algorithm = args.algorithm(0, Operation::Encrypt, cx)?;
    if algorithm.name != key.algorithm.name || !key.usages.contains(&method) {
        return Err(not_valid(cx));
    }
    let work = operations::cipher(&algorithm, &key, bytes, direction, cx)?;
    promised(method, work, |made, cx| to_array_buffer(operation(made, cx)?, cx), cx)
}

fn sign(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("sign", 3, args, cx)?;
    let key = args.key(1, cx)?;
    let data = args.bytes(2, cx)?;
    let algorithm = args.algorithm(0, Operation::Sign, cx)?;
    let scheme = operations::scheme(&algorithm, &key, cx)?;
    if algorithm.name != key.algorithm.name || !key.usages.contains(&"sign") {
        return Err(exception("InvalidAccessError", "Unable to use this key to sign", cx));
    }
    promised("sign", Box::new(move |sys| scheme.sign(&key, &data, sys)), |made, cx| to_array_buffer(operation(made, cx)?, cx), cx)
}

fn verify(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("verify", 4, args, cx)?;
    let key = args.key(1, cx)?;
    let (signature, data) = (args.bytes(2, cx)?, args.bytes(3, cx)?);
    let algorithm = args.algorithm(0, Operation::Sign, cx)?;
    let scheme = operations::scheme(&algorithm, &key, cx)?;
    if algorithm.name != key.algorithm.name || !key.usages.contains(&"verify") {
        return Err(exception("InvalidAccessError", "Unable to use this key to verify", cx));
    }
    promised("verify", Box::new(move |_| scheme.verify(&key, &data, &signature)), |good, cx| Ok(operation(good, cx)?.into()), cx)
}

fn digest(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("digest", 2, args, cx)?;
    let data = args.bytes(1, cx)?;
    let algorithm = args.algorithm(0, Operation::Digest, cx)?;
    let shake = match algorithm.name {
        "cSHAKE128" => super::digest::find("shake128"),
        "cSHAKE256" => super::digest::find("shake256"),
        _ => None,
    };
    let (hash, len) = match shake {
        Some(hash) => {
            let bits = algorithm.number("CShakeParams", "length", f64::from(u32::MAX), cx)?;
            if bits % 8 != 0 {
                return Err(exception("NotSupportedError", "Unsupported CShakeParams length", cx));
            }
            buffer::room_for(bits as usize / 8)?;
            (hash, bits as usize / 8)
        }
        None => {
            let hash = HashName::of(args.get(0), cx)?.hash;
            (hash, hash.output_len)
        }
    };
    promised(
        "digest",
        Box::new(move |_| {
            let mut hasher = (hash.start)();
            hasher.update(&data);
            Ok(hasher.finish(len))
        }),
        |made, cx| to_array_buffer(operation(made, cx)?, cx),
        cx,
    )
}

fn generate_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("generateKey", 3, args, cx)?;
    let extractable = args.get(1).to_boolean();
    let usages = args.usages(2, cx)?;
    let algorithm = args.algorithm(0, Operation::GenerateKey, cx)?;
    keys::generate(&algorithm, extractable, usages, cx)
}

fn check_base(algorithm: &Algorithm, key: &Data, usage: &str, cx: &mut Context) -> JsResult<()> {
    if !key.usages.contains(&usage) {
        return Err(exception("InvalidAccessError", &format!("baseKey does not have {usage} usage"), cx));
    }
    if key.algorithm.name != algorithm.name {
        return Err(exception("InvalidAccessError", "Key algorithm mismatch", cx));
    }
    Ok(())
}

fn derive_bits(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("deriveBits", 2, args, cx)?;
    let key = args.key(1, cx)?;
    let length = args.length(2, cx)?;
    let algorithm = args.algorithm(0, Operation::DeriveBits, cx)?;
    check_base(&algorithm, &key, "deriveBits", cx)?;
    let work = operations::derive(&algorithm, &key, length, cx)?;
    promised("deriveBits", work, |made, cx| to_array_buffer(operation(made, cx)?, cx), cx)
}

fn derive_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("deriveKey", 5, args, cx)?;
    let key = args.key(1, cx)?;
    let extractable = args.get(3).to_boolean();
    let usages = args.usages(4, cx)?;
    let algorithm = args.algorithm(0, Operation::DeriveBits, cx)?;
    let wanted = args.algorithm(2, Operation::ImportKey, cx)?;
    let length = keys::derived_length(args.get(2), cx)?;
    check_base(&algorithm, &key, "deriveKey", cx)?;
    let work = operations::derive(&algorithm, &key, length, cx)?;
    promised(
        "deriveKey",
        work,
        move |made, cx| {
            let bytes = operation(made, cx)?;
            Ok(keys::import("raw-secret", Material::Bytes(bytes), &wanted, extractable, usages, cx)?.into())
        },
        cx,
    )
}

fn import_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("importKey", 5, args, cx)?;
    let format = args.format(0, cx)?;
    let material = Material::of(&format, args.get(1), &args.context(1), cx)?;
    let extractable = args.get(3).to_boolean();
    let usages = args.usages(4, cx)?;
    let algorithm = args.algorithm(2, Operation::ImportKey, cx)?;
    let key = keys::import(&format, material, &algorithm, extractable, usages, cx)?;
    promise_of(Ok(key.into()), cx)
}

fn export_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("exportKey", 2, args, cx)?;
    let format = args.format(0, cx)?;
    let key = args.key(1, cx)?;
    if Algorithm::normalize(&js_string!(key.algorithm.name).into(), Operation::ImportKey, cx).is_err() || matches!(key.algorithm.family, Family::Hkdf | Family::Pbkdf2 | Family::Argon2) {
        return Err(exception("NotSupportedError", &format!("{} key export is not supported", key.algorithm.name), cx));
    }
    let exported = keys::export(&format, &key, cx)?.into_js(cx)?;
    promise_of(Ok(exported), cx)
}

/// The algorithm of a wrapping: its own, or that of an encryption.
fn wrapping(args: &Arguments<'_>, at: usize, cx: &mut Context) -> JsResult<Algorithm> {
    match args.algorithm(at, Operation::WrapKey, cx) {
        Ok(algorithm) => Ok(algorithm),
        Err(_) => args.algorithm(at, Operation::Encrypt, cx),
    }
}

fn wrap_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("wrapKey", 4, args, cx)?;
    let format = args.format(0, cx)?;
    let (key, with) = (args.key(1, cx)?, args.key(2, cx)?);
    let algorithm = wrapping(&args, 3, cx)?;
    if algorithm.name != with.algorithm.name || !with.usages.contains(&"wrapKey") {
        return Err(not_valid(cx));
    }
    let bytes = match keys::export(&format, &key, cx)? {
        Exported::Bytes(bytes) => bytes,
        Exported::Jwk(object) => json(object, algorithm.family == Family::AesKw, cx)?,
    };
    let work = operations::cipher(&algorithm, &with, bytes, Direction::Encrypt, cx)?;
    promised("wrapKey", work, |made, cx| to_array_buffer(operation(made, cx)?, cx), cx)
}

/// A JWK as text; key wrap wants whole pieces of eight bytes.
fn json(object: JsObject, pad: bool, cx: &mut Context) -> JsResult<Vec<u8>> {
    let text = stringify(object, cx)?;
    let mut bytes = text.into_bytes();
    if pad && bytes.len() % 8 != 0 {
        bytes.resize(bytes.len().next_multiple_of(8), b' ');
    }
    Ok(bytes)
}

fn stringify(object: JsObject, cx: &mut Context) -> JsResult<String> {
    let json = cx.intrinsics().objects().json();
    let function = json.get(js_string!("stringify"), cx)?;
    match function.as_callable() {
        Some(function) => Ok(function.call(&JsValue::undefined(), &[object.into()], cx)?.to_string(cx)?.to_std_string_lossy()),
        None => Ok(String::new()),
    }
}

fn parse(bytes: &[u8], cx: &mut Context) -> JsResult<JsValue> {
    let json = cx.intrinsics().objects().json();
    let function = json.get(js_string!("parse"), cx)?;
    let text = js_string!(String::from_utf8_lossy(bytes).into_owned());
    match function.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), &[text.into()], cx),
        None => Ok(JsValue::undefined()),
    }
}

fn unwrap_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("unwrapKey", 7, args, cx)?;
    let format = args.format(0, cx)?;
    let bytes = args.bytes(1, cx)?;
    let with = args.key(2, cx)?;
    let extractable = args.get(5).to_boolean();
    let usages = args.usages(6, cx)?;
    let algorithm = wrapping(&args, 3, cx)?;
    let wanted = args.algorithm(4, Operation::ImportKey, cx)?;
    if algorithm.name != with.algorithm.name || !with.usages.contains(&"unwrapKey") {
        return Err(not_valid(cx));
    }
    let work = operations::cipher(&algorithm, &with, bytes, Direction::Decrypt, cx)?;
    promised(
        "unwrapKey",
        work,
        move |made, cx| {
            let bytes = operation(made, cx)?;
            let material = if format == "jwk" {
                let parsed = parse(&bytes, cx).ok().and_then(|value| value.as_object());
                Material::Jwk(parsed.ok_or_else(|| exception("DataError", "Invalid wrapped JWK key", cx))?)
            } else {
                Material::Bytes(bytes)
            };
            Ok(keys::import(&format, material, &wanted, extractable, usages, cx)?.into())
        },
        cx,
    )
}

fn get_public_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("getPublicKey", 2, args, cx)?;
    let key = args.key(0, cx)?;
    let usages = args.usages(1, cx)?;
    if key.key.type_name() != "private" {
        let name = if key.key.type_name() == "secret" { "NotSupportedError" } else { "InvalidAccessError" };
        return Err(exception(name, "key must be a private key", cx));
    }
    let allowed = key.algorithm.family.usages().1;
    if usages.iter().any(|usage| !allowed.contains(usage)) {
        return Err(exception("SyntaxError", &format!("Unsupported key usage for a {} key", key.algorithm.name), cx));
    }
    let Some(public) = key.key.to_public() else { return Err(not_valid(cx)) };
    let made = crypto_key::create(Data { key: Arc::new(Key::Public(public)), algorithm: key.algorithm, extractable: true, usages }, cx)?;
    promise_of(Ok(made.into()), cx)
}

/// The public key that encapsulates.
fn encapsulating(args: &Arguments<'_>, usage: &str, cx: &mut Context) -> JsResult<Public> {
    let key = args.key(1, cx)?;
    let algorithm = args.algorithm(0, Operation::Encapsulate, cx)?;
    if key.algorithm.name != algorithm.name {
        return Err(exception("InvalidAccessError", "key algorithm mismatch", cx));
    }
    if !key.usages.contains(&usage) {
        return Err(exception("InvalidAccessError", &format!("encapsulationKey does not have {usage} usage"), cx));
    }
    match &*key.key {
        Key::Public(public) => Ok(public.clone()),
        _ => Err(not_valid(cx)),
    }
}

fn decapsulating(args: &Arguments<'_>, usage: &str, cx: &mut Context) -> JsResult<Private> {
    let key = args.key(1, cx)?;
    let algorithm = args.algorithm(0, Operation::Encapsulate, cx)?;
    if key.algorithm.name != algorithm.name {
        return Err(exception("InvalidAccessError", "key algorithm mismatch", cx));
    }
    if !key.usages.contains(&usage) {
        return Err(exception("InvalidAccessError", &format!("decapsulationKey does not have {usage} usage"), cx));
    }
    match &*key.key {
        Key::Private(private) => Ok(private.clone()),
        _ => Err(not_valid(cx)),
    }
}

fn sealed(secret: JsValue, hidden: Vec<u8>, cx: &mut Context) -> JsResult<JsValue> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("sharedKey"), secret, cx)?;
    let hidden = to_array_buffer(hidden, cx)?;
    result.create_data_property_or_throw(js_string!("ciphertext"), hidden, cx)?;
    Ok(result.into())
}

fn encapsulate_bits(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("encapsulateBits", 2, args, cx)?;
    let key = encapsulating(&args, "encapsulateBits", cx)?;
    promised(
        "encapsulateBits",
        Box::new(move |sys| encapsulate::seal(&key, sys)),
        |made, cx| {
            let (hidden, secret) = operation(made, cx)?;
            let secret = to_array_buffer(secret, cx)?;
            sealed(secret, hidden, cx)
        },
        cx,
    )
}

fn encapsulate_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("encapsulateKey", 5, args, cx)?;
    let extractable = args.get(3).to_boolean();
    let usages = args.usages(4, cx)?;
    let key = encapsulating(&args, "encapsulateKey", cx)?;
    let wanted = args.algorithm(2, Operation::ImportKey, cx)?;
    promised(
        "encapsulateKey",
        Box::new(move |sys| encapsulate::seal(&key, sys)),
        move |made, cx| {
            let (hidden, secret) = operation(made, cx)?;
            let secret = keys::import("raw-secret", Material::Bytes(secret), &wanted, extractable, usages, cx)?;
            sealed(secret.into(), hidden, cx)
        },
        cx,
    )
}

fn decapsulate_bits(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("decapsulateBits", 3, args, cx)?;
    let hidden = args.bytes(2, cx)?;
    let key = decapsulating(&args, "decapsulateBits", cx)?;
    promised("decapsulateBits", Box::new(move |_| encapsulate::open(&key, &hidden)), |made, cx| to_array_buffer(operation(made, cx)?, cx), cx)
}

fn decapsulate_key(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = Arguments::of("decapsulateKey", 6, args, cx)?;
    let hidden = args.bytes(2, cx)?;
    let extractable = args.get(4).to_boolean();
    let usages = args.usages(5, cx)?;
    let key = decapsulating(&args, "decapsulateKey", cx)?;
    let wanted = args.algorithm(3, Operation::ImportKey, cx)?;
    promised(
        "decapsulateKey",
        Box::new(move |_| encapsulate::open(&key, &hidden)),
        move |made, cx| {
            let secret = operation(made, cx)?;
            Ok(keys::import("raw-secret", Material::Bytes(secret), &wanted, extractable, usages, cx)?.into())
        },
        cx,
    )
}

/// `keyObject.toCryptoKey(algorithm, extractable, keyUsages)`
pub fn from_key(key: Arc<Key>, algorithm: &JsValue, extractable: &JsValue, given: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let algorithm = Algorithm::normalize(algorithm, Operation::ImportKey, cx)?;
    let usages = usages(given, "Failed to execute 'toCryptoKey' on 'KeyObject': 3rd argument", cx)?;
    Ok(keys::of_key_object(&key, &algorithm, extractable.to_boolean(), usages, cx)?.into())
}
