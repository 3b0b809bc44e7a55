//! `Hash`, `Hmac` and the one-shot `hash`: streams that take bytes and give one digest.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::Export,
    validate,
};

use super::{
    digest::{self, Algorithm, Hasher},
    failure::{self, Failure},
    input,
};
use crate::{
    buffer::{self, Encoding},
    stream::{TRANSFORM, init_transform},
};

/// What a Hash or Hmac holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    /// None once the digest was taken.
    #[unsafe_ignore_trace]
    hasher: Option<Box<dyn Hasher>>,
    #[unsafe_ignore_trace]
    output_len: usize,
    #[unsafe_ignore_trace]
    algorithm: &'static Algorithm,
    /// Whether a second digest gives nothing, as that of a Hmac does, instead of an error.
    is_mac: bool,
    /// What the stream gave at its end, which `digest()` gives once more.
    #[unsafe_ignore_trace]
    flushed: Option<Vec<u8>>,
}

/// `crypto.Hash`
pub static HASH: Class = Class {
    name: "Hash",
    length: 2,
    extends: Parent::Class(&TRANSFORM),
    kind: Kind::Legacy,
    init: |this, args, cx| {
        if cx.new_target().is_none() {
            crate::process::emit_once("DEP0179", "crypto.Hash constructor is deprecated.", "DeprecationWarning", cx)?;
            return HASH.construct(args, cx).map(JsValue::from);
        }
        let name = validate::string(args.get_or_undefined(0), "algorithm", cx)?;
        let algorithm = find(&name, "Digest method not supported", cx)?;
        let options = args.get_or_undefined(1);
        let output_len = output_len(options, algorithm, cx)?;
        begin(this, options, State { hasher: Some((algorithm.start)()), output_len, algorithm, is_mac: false, flushed: None }, cx)
    },
    prototype: &[
        Export::function("copy", 1, copy),
        Export::renamed("_transform", "_transform", 3, transform),
        Export::renamed("_flush", "_flush", 1, flush),
        Export::function("update", 2, update),
        Export::function("digest", 1, digest_method),
    ],
    statics: &[],
};

/// `crypto.Hmac`
pub static HMAC: Class = Class {
    name: "Hmac",
    length: 3,
    extends: Parent::Class(&TRANSFORM),
    kind: Kind::Legacy,
    init: |this, args, cx| {
        if cx.new_target().is_none() {
            crate::process::emit_once("DEP0181", "crypto.Hmac constructor is deprecated.", "DeprecationWarning", cx)?;
            return HMAC.construct(args, cx).map(JsValue::from);
        }
        let name = validate::string(args.get_or_undefined(0), "hmac", cx)?;
        let key = input::key(args.get_or_undefined(1), "key", cx)?;
        let keyed = digest::find(&name.to_std_string_lossy()).and_then(|algorithm| Some((algorithm, algorithm.keyed?)));
        let Some((algorithm, keyed)) = keyed else {
            return Err(invalid_digest(&name, cx));
        };
        let state = State { hasher: Some((keyed.mac)(&key)), output_len: algorithm.output_len, algorithm, is_mac: true, flushed: None };
        begin(this, args.get_or_undefined(2), state, cx)
    },
    prototype: &[
        Export::function("update", 2, update),
        Export::function("digest", 1, digest_method),
        Export::renamed("_flush", "_flush", 1, flush),
        Export::renamed("_transform", "_transform", 3, transform),
    ],
    statics: &[],
};

/// ERR_CRYPTO_INVALID_DIGEST
pub fn invalid_digest(name: &JsString, cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Type, "ERR_CRYPTO_INVALID_DIGEST", format!("Invalid digest: {}", name.to_std_string_lossy()), cx)
}

fn find(name: &JsString, message: &str, _cx: &mut Context) -> JsResult<&'static Algorithm> {
    digest::find(&name.to_std_string_lossy()).ok_or_else(|| boa_engine::JsNativeError::error().with_message(message.to_owned()).into())
}

/// `options.outputLength`
fn output_len(options: &JsValue, algorithm: &Algorithm, cx: &mut Context) -> JsResult<usize> {
    match asked_len(options, algorithm, cx)? {
        Some(len) => Ok(len),
        None => {
            warn_of_length(algorithm, cx)?;
            Ok(algorithm.output_len)
        }
    }
}

fn asked_len(options: &JsValue, algorithm: &Algorithm, cx: &mut Context) -> JsResult<Option<usize>> {
    let asked = match options.as_object() {
        Some(options) => options.get(js_string!("outputLength"), cx)?,
        None => JsValue::undefined(),
    };
    if asked.is_undefined() {
        return Ok(None);
    }
    let len = validate::uint32(&asked, "options.outputLength", false, cx)? as usize;
    if !algorithm.extendable && len != algorithm.output_len {
        return Err(Failure::from(failure::NOT_XOF_OR_INVALID_LENGTH).to_js(cx));
    }
    Ok(Some(len))
}

/// Node warns where a function of any length is not told one.
fn warn_of_length(algorithm: &Algorithm, cx: &mut Context) -> JsResult<()> {
    if !algorithm.extendable {
        return Ok(());
    }
    let message = "Creating SHAKE128/256 digests without an explicit options.outputLength is deprecated.";
    crate::process::emit_once("DEP0198", message, "DeprecationWarning", cx)
}

fn begin(this: &JsValue, options: &JsValue, state: State, cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    init_transform(&object, options, cx)?;
    object.set(js_string!("_options"), options.clone(), true, cx)?;
    Slot::set(&object, state, cx)?;
    Ok(JsValue::undefined())
}

/// `crypto.createHash(algorithm[, options])`
pub fn create_hash(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    HASH.construct(args, cx).map(JsValue::from)
}

/// `crypto.createHmac(algorithm, key[, options])`
pub fn create_hmac(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    HMAC.construct(args, cx).map(JsValue::from)
}

fn finalized(cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called", cx)
}

/// Takes bytes in; false where the digest was already taken.
fn feed(object: &JsObject<State>, bytes: &[u8]) -> bool {
    let mut state = object.borrow_mut();
    state.data_mut().hasher.as_mut().map(|hasher| hasher.update(bytes)).is_some()
}

/// `hash.update(data[, inputEncoding])`
fn update(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Hash", cx)?;
    let taken = state.borrow().data().hasher.is_none();
    if taken {
        return Err(finalized(cx));
    }
    let bytes = input::data(args.get_or_undefined(0), args.get_or_undefined(1), "data", cx)?;
    feed(&state, &bytes);
    Ok(this.clone())
}

/// The digest, once.
fn take(state: &JsObject<State>) -> JsResult<Option<Vec<u8>>> {
    let len = state.borrow().data().output_len;
    buffer::room_for(len)?;
    Ok(state.borrow_mut().data_mut().hasher.take().map(|hasher| hasher.finish(len)))
}

/// `hash.digest([encoding])`
fn digest_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Hash", cx)?;
    let encoding = args.get_or_undefined(0);
    let flushed = state.borrow_mut().data_mut().flushed.take();
    let digest = match flushed {
        Some(digest) => Some(digest),
        None => take(&state)?,
    };
    let digest = match digest {
        Some(digest) => digest,
        // As Node: a second digest of a Hmac is empty, that of a Hash throws.
        None if state.borrow().data().is_mac => Vec::new(),
        None => return Err(finalized(cx)),
    };
    input::encoded(digest, encoding, cx)
}

/// `hash.copy([options])`
fn copy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Hash", cx)?;
    let (forked, algorithm) = {
        let state = state.borrow();
        (state.data().hasher.as_ref().map(|hasher| hasher.fork()), state.data().algorithm)
    };
    let Some(hasher) = forked else { return Err(finalized(cx)) };
    // Not as long as the first: as long as it is said here, or as is usual.
    let len = asked_len(args.get_or_undefined(0), algorithm, cx)?.unwrap_or(algorithm.output_len);
    let prototype = HASH.prototype(cx)?;
    let copy = JsObject::with_null_proto();
    copy.set_prototype(Some(prototype));
    let options = args.get_or_undefined(0);
    begin(&copy.clone().into(), options, State { hasher: Some(hasher), output_len: len, algorithm, is_mac: false, flushed: None }, cx)?;
    Ok(copy.into())
}

/// `hash._transform(chunk, encoding, callback)`
fn transform(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Hash", cx)?;
    let bytes = input::data(args.get_or_undefined(0), args.get_or_undefined(1), "data", cx)?;
    feed(&state, &bytes);
    call(args.get_or_undefined(2), cx)
}

/// `hash._flush(callback)`
fn flush(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Hash", cx)?;
    let digest = take(&state)?.unwrap_or_default();
    state.borrow_mut().data_mut().flushed = Some(digest.clone());
    let chunk = buffer::from_vec(digest, cx)?;
    let stream = this.to_object(cx)?;
    let push = stream.get(js_string!("push"), cx)?;
    if let Some(push) = push.as_callable() {
        push.call(this, &[chunk.into()], cx)?;
    }
    call(args.get_or_undefined(0), cx)
}

fn call(callback: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    match callback.as_callable() {
        Some(callback) => callback.call(&JsValue::undefined(), &[], cx),
        None => Ok(JsValue::undefined()),
    }
}

/// `crypto.hash(algorithm, data[, outputEncoding])`
pub fn one_shot(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::string(args.get_or_undefined(0), "algorithm", cx)?;
    let bytes = input::data(args.get_or_undefined(1), &JsValue::undefined(), "input", cx)?;
    let mut encoding = args.get_or_undefined(2).clone();
    let mut len = None;
    if let Some(options) = encoding.as_object() {
        len = Some(options.get(js_string!("outputLength"), cx)?);
        encoding = options.get(js_string!("outputEncoding"), cx)?;
    }
    if encoding.is_undefined() {
        encoding = js_string!("hex").into();
    }
    validate::string(&encoding, "outputEncoding", cx)?;
    let known = encoding.as_string().is_some_and(|name| name == js_string!("buffer") || Encoding::of(&name).is_some());
    if !known {
        return Err(errors::invalid_arg_value("outputEncoding", &encoding, "is invalid", cx));
    }
    let message = format!("Digest method {} is not supported", name.to_std_string_lossy());
    let algorithm = find(&name, &message, cx)?;
    let len = match len {
        Some(len) if !len.is_undefined() => validate::uint32(&len, "outputLength", false, cx)? as usize,
        _ => {
            warn_of_length(algorithm, cx)?;
            algorithm.output_len
        }
    };
    if !algorithm.extendable && len != algorithm.output_len {
        let message = format!("Output length {len} is invalid for {}, which does not support XOF", name.to_std_string_lossy());
        return Err(errors::plain(Base::Error, message));
    }
    buffer::room_for(len)?;
    let mut hasher = (algorithm.start)();
    hasher.update(&bytes);
    input::encoded(hasher.finish(len), &encoding, cx)
}
