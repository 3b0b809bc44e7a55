//! `Sign` and `Verify`, and the one-shot `sign` and `verify`.

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::Export,
    validate,
};

use super::{
    cipheriv::check_encoding,
    digest::{self, Algorithm, Hasher},
    hash::invalid_digest,
    input,
    key::{Private, Public},
    key_input::{self, Given, Purpose},
    pool::{self, invalid_state, thrown},
    signature::{self, Options},
};
use crate::{
    buffer,
    stream::{WRITABLE, init_writable},
};

/// What a Sign or Verify holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    algorithm: &'static Algorithm,
    /// None once the signature was made.
    #[unsafe_ignore_trace]
    hasher: Option<Box<dyn Hasher>>,
}

/// `crypto.Sign`
pub static SIGN: Class = Class {
    name: "Sign",
    length: 2,
    extends: Parent::Class(&WRITABLE),
    kind: Kind::Callable,
    init: begin,
    prototype: &[Export::function("_write", 3, write), Export::function("update", 2, update), Export::function("sign", 2, sign_method)],
    statics: &[],
};

/// `crypto.Verify`
pub static VERIFY: Class = Class {
    name: "Verify",
    length: 2,
    extends: Parent::Class(&WRITABLE),
    kind: Kind::Callable,
    init: begin,
    prototype: &[Export::function("_write", 3, write), Export::function("update", 2, update), Export::function("verify", 3, verify_method)],
    statics: &[],
};

/// `crypto.createSign(algorithm[, options])`
pub fn create_sign(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    SIGN.construct(args, cx).map(JsValue::from)
}

/// `crypto.createVerify(algorithm[, options])`
pub fn create_verify(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    VERIFY.construct(args, cx).map(JsValue::from)
}

fn begin(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::string(args.get_or_undefined(0), "algorithm", cx)?;
    let algorithm = digest::find(&name.to_std_string_lossy()).filter(|algorithm| !algorithm.extendable);
    let Some(algorithm) = algorithm else {
        return Err(errors::coded(Base::Type, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest", cx));
    };
    let object = this.to_object(cx)?;
    init_writable(&object, args.get_or_undefined(1), cx)?;
    Slot::set(&object, State { algorithm, hasher: Some((algorithm.start)()) }, cx)?;
    Ok(JsValue::undefined())
}

fn not_initialised(cx: &mut Context) -> JsError {
    invalid_state("Not initialised", cx)
}

fn feed(this: &JsValue, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
    let state = Slot::<State>::of(this, "Sign", cx)?;
    let fed = state.borrow_mut().data_mut().hasher.as_mut().map(|hasher| hasher.update(bytes)).is_some();
    if fed { Ok(()) } else { Err(not_initialised(cx)) }
}

/// `sign._write(chunk, encoding, callback)`
fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = input::data(args.get_or_undefined(0), args.get_or_undefined(1), "data", cx)?;
    feed(this, &bytes, cx)?;
    match args.get_or_undefined(2).as_callable() {
        Some(callback) => callback.call(&JsValue::undefined(), &[], cx),
        None => Ok(JsValue::undefined()),
    }
}

/// `sign.update(data[, inputEncoding])`
fn update(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_encoding(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    let bytes = input::data(args.get_or_undefined(0), args.get_or_undefined(1), "data", cx)?;
    feed(this, &bytes, cx)?;
    Ok(this.clone())
}

/// The hash of what came, once.
fn take(this: &JsValue, cx: &mut Context) -> JsResult<(&'static Algorithm, Vec<u8>)> {
    let state = Slot::<State>::of(this, "Sign", cx)?;
    let (algorithm, hasher) = {
        let mut state = state.borrow_mut();
        (state.data().algorithm, state.data_mut().hasher.take())
    };
    match hasher {
        Some(hasher) => Ok((algorithm, hasher.finish(algorithm.output_len))),
        None => Err(not_initialised(cx)),
    }
}

fn int_option(options: &JsObject, name: &str, cx: &mut Context) -> JsResult<Option<i32>> {
    let value = options.get(js_string!(name), cx)?;
    if value.is_undefined() {
        return Ok(None);
    }
    match value.as_number().filter(|number| number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX)) {
        Some(number) => Ok(Some(number as i32)),
        None => Err(errors::invalid_arg_value(&format!("options.{name}"), &value, "is invalid", cx)),
    }
}

/// `padding`, `saltLength`, `dsaEncoding` and `context` beside a key.
fn options_of(value: &JsValue, cx: &mut Context) -> JsResult<Options> {
    let Some(given) = value.as_object() else { return Ok(Options::default()) };
    let mut options = Options { padding: int_option(&given, "padding", cx)?, salt_len: int_option(&given, "saltLength", cx)?, ..Options::default() };
    let encoding = given.get(js_string!("dsaEncoding"), cx)?;
    if !encoding.is_undefined() {
        options.p1363 = match encoding.as_string().map(|text| text.to_std_string_lossy()).as_deref() {
            Some("der") => false,
            Some("ieee-p1363") => true,
            _ => return Err(errors::invalid_arg_value("options.dsaEncoding", &encoding, "is invalid", cx)),
        };
    }
    Ok(options)
}

fn context_of(value: &JsValue, cx: &mut Context) -> JsResult<Vec<u8>> {
    let Some(given) = value.as_object() else { return Ok(Vec::new()) };
    let context = given.get(js_string!("context"), cx)?;
    if context.is_undefined() {
        return Ok(Vec::new());
    }
    let bytes = if context.is_string() { None } else { buffer::bytes_of(&context) };
    bytes.ok_or_else(|| errors::invalid_arg_type("options.context", "ArrayBuffer|Buffer|TypedArray|DataView", &context, cx))
}

fn key_required(cx: &mut Context) -> JsError {
    errors::coded(Base::Error, "ERR_CRYPTO_SIGN_KEY_REQUIRED", "No key provided to sign", cx)
}

fn unsupported(cx: &mut Context) -> JsError {
    errors::coded(Base::Error, "ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported crypto operation", cx)
}

fn private_of(value: &JsValue, cx: &mut Context) -> JsResult<Given> {
    key_input::prepare(value, Purpose::ConsumePrivate, cx)
}

fn public_of(value: &JsValue, cx: &mut Context) -> JsResult<Given> {
    key_input::prepare(value, Purpose::ConsumePublic, cx)
}

/// `sign.sign(privateKey[, outputEncoding])`
fn sign_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = args.get_or_undefined(0);
    if !key.to_boolean() {
        return Err(key_required(cx));
    }
    let given = private_of(key, cx)?;
    let options = options_of(key, cx)?;
    let private: Private = thrown(given.private(), cx)?;
    if signature::signs_messages(private.type_name()) {
        return Err(unsupported(cx));
    }
    let (algorithm, hash) = take(this, cx)?;
    let made = signature::sign_hash(&private, algorithm, &hash, &options, Host::of(cx).sys());
    let made = thrown(made, cx)?;
    let encoding = args.get_or_undefined(1);
    if encoding.to_boolean() { input::encoded(made, encoding, cx) } else { Ok(buffer::from_vec(made, cx)?.into()) }
}

/// `verify.verify(object, signature[, signatureEncoding])`
fn verify_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = args.get_or_undefined(0);
    let given = public_of(key, cx)?;
    let options = options_of(key, cx)?;
    let signature = key_input::bytes_in(args.get_or_undefined(1), args.get_or_undefined(2), "signature", cx)?;
    let public: Public = thrown(given.public(), cx)?;
    if signature::signs_messages(public.type_name()) {
        return Err(unsupported(cx));
    }
    let (algorithm, hash) = take(this, cx)?;
    let good = signature::verify_hash(&public, algorithm, &hash, &signature, &options);
    Ok(thrown(good, cx)?.into())
}

/// The hash function that a one-shot names; none where it names none.
fn algorithm_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<&'static Algorithm>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let name = validate::string(value, "algorithm", cx)?;
    match digest::find(&name.to_std_string_lossy()) {
        Some(algorithm) => Ok(Some(algorithm)),
        None => Err(invalid_digest(&name, cx)),
    }
}

/// `crypto.sign(algorithm, data, key[, callback])`
pub fn sign_one_shot(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (name, key) = (args.get_or_undefined(0), args.get_or_undefined(2));
    if !name.is_null_or_undefined() {
        validate::string(name, "algorithm", cx)?;
    }
    let callback = pool::optional_callback(args.get_or_undefined(3), cx)?;
    let data = key_input::bytes_in(args.get_or_undefined(1), &JsValue::undefined(), "data", cx)?;
    if !key.to_boolean() {
        return Err(key_required(cx));
    }
    let mut options = options_of(key, cx)?;
    options.context = context_of(key, cx)?;
    let given = private_of(key, cx)?;
    let private = thrown(given.private(), cx)?;
    let algorithm = algorithm_of(name, cx)?;
    pool::either("sign", callback, Box::new(move |sys| signature::sign_message(&private, algorithm, &data, &options, sys)), Box::new(|made, cx| Ok(vec![buffer::from_vec(made, cx)?.into()])), cx)
}

/// `crypto.verify(algorithm, data, key, signature[, callback])`
pub fn verify_one_shot(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (name, key, given) = (args.get_or_undefined(0), args.get_or_undefined(2), args.get_or_undefined(3));
    if !name.is_null_or_undefined() {
        validate::string(name, "algorithm", cx)?;
    }
    let callback = pool::optional_callback(args.get_or_undefined(4), cx)?;
    let data = key_input::bytes_in(args.get_or_undefined(1), &JsValue::undefined(), "data", cx)?;
    if key.is_null_or_undefined() {
        let shown = if key.is_null() { "null" } else { "undefined" };
        return Err(errors::plain(Base::Type, format!("Cannot read properties of {shown} (reading 'padding')")));
    }
    let mut options = options_of(key, cx)?;
    options.context = context_of(key, cx)?;
    let bytes = if buffer::is_view(given) { buffer::bytes_of(given) } else { None };
    let Some(bytes) = bytes else {
        return Err(errors::invalid_arg_type("signature", "Buffer|TypedArray|DataView", given, cx));
    };
    let prepared = public_of(key, cx)?;
    let public = thrown(prepared.public(), cx)?;
    let algorithm = algorithm_of(name, cx)?;
    pool::either("verify", callback, Box::new(move |_| signature::verify_message(&public, algorithm, &data, &bytes, &options)), Box::new(|good: bool, _| Ok(vec![good.into()])), cx)
}
