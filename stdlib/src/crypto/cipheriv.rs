//! `Cipheriv` and `Decipheriv`: streams over a cipher, and what `getCiphers` and `getCipherInfo` tell.

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::Export,
    validate,
};

use super::{
    cipher::{self, Direction, Mode, Spec, Transform},
    failure::{self, Failure},
    input, key_input,
    number::random_bytes,
    pool::{invalid_state, thrown},
};
use crate::{
    buffer::{self, Encoding},
    stream::{TRANSFORM, init_transform},
    string_decoder::Decoder,
};

/// What a Cipheriv or Decipheriv holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    inner: Inner,
}

struct Inner {
    spec: &'static Spec,
    direction: Direction,
    /// None once it is finished.
    transform: Option<Box<dyn Transform>>,
    /// Bytes of the tag, where they are settled.
    tag_len: Option<usize>,
    /// What `setAuthTag` was given.
    expects_tag: bool,
    tag: Option<[u8; 16]>,
    /// Bytes that CCM takes at most.
    message_max: usize,
    /// Whether CCM or key wrap took its one piece.
    fed: bool,
    decoder: Option<(Encoding, Decoder)>,
}

/// `crypto.Cipheriv`
pub static CIPHERIV: Class = Class {
    name: "Cipheriv",
    length: 4,
    extends: Parent::Class(&TRANSFORM),
    kind: Kind::Callable,
    init: |this, args, cx| begin(this, args, Direction::Encrypt, cx),
    prototype: &methods(Export::function("getAuthTag", 0, get_auth_tag)),
    statics: &[],
};

/// `crypto.Decipheriv`
pub static DECIPHERIV: Class = Class {
    name: "Decipheriv",
    length: 4,
    extends: Parent::Class(&TRANSFORM),
    kind: Kind::Callable,
    init: |this, args, cx| begin(this, args, Direction::Decrypt, cx),
    prototype: &methods(Export::function("setAuthTag", 2, set_auth_tag)),
    statics: &[],
};

/// The methods of both classes, which differ in the one that has to do with the tag.
const fn methods(tag: Export) -> [Export; 7] {
    [
        Export::function("_transform", 3, transform),
        Export::function("_flush", 1, flush),
        Export::function("update", 3, update),
        Export::function("final", 1, final_method),
        Export::function("setAutoPadding", 1, set_auto_padding),
        tag,
        Export::function("setAAD", 2, set_aad),
    ]
}

/// `crypto.createCipheriv(algorithm, key, iv[, options])`
pub fn create_cipheriv(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    CIPHERIV.construct(args, cx).map(JsValue::from)
}

/// `crypto.createDecipheriv(algorithm, key, iv[, options])`
pub fn create_decipheriv(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    DECIPHERIV.construct(args, cx).map(JsValue::from)
}

fn invalid_iv(cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector", cx)
}

fn invalid_tag(len: usize, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_CRYPTO_INVALID_AUTH_TAG", format!("Invalid authentication tag length: {len}"), cx)
}

/// An option that is an unsigned number of 32 bits.
fn unsigned_option(options: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<usize>> {
    let Some(options) = options.as_object() else { return Ok(None) };
    let value = options.get(js_string!(name), cx)?;
    if value.is_undefined() {
        return Ok(None);
    }
    match value.as_number().filter(|number| number.fract() == 0.0 && (0.0..=4_294_967_295.0).contains(number)) {
        Some(number) => Ok(Some(number as usize)),
        None => Err(errors::invalid_arg_value(&format!("options.{name}"), &value, "is invalid", cx)),
    }
}

fn gcm_tag_len(len: usize) -> bool {
    matches!(len, 4 | 8 | 12..=16)
}

fn begin(this: &JsValue, args: &[JsValue], direction: Direction, cx: &mut Context) -> JsResult<JsValue> {
    let (name, options) = (args.get_or_undefined(0), args.get_or_undefined(3));
    let name = validate::string(name, "cipher", cx)?.to_std_string_lossy();
    let encoding = match options.as_object() {
        Some(options) => options.get(js_string!("encoding"), cx)?,
        None => JsValue::undefined(),
    };
    let key = key_input::secret(args.get_or_undefined(1), &encoding, "key", cx)?;
    let iv = match args.get_or_undefined(2) {
        value if value.is_null() => None,
        value => Some(key_input::bytes_in(value, &JsValue::undefined(), "iv", cx)?),
    };
    let tag_len = unsigned_option(options, "authTagLength", cx)?;
    let inner = start(&name, direction, &key, iv.as_deref(), tag_len, cx)?;
    let object = this.to_object(cx)?;
    init_transform(&object, options, cx)?;
    object.set(js_string!("_options"), options.clone(), true, cx)?;
    Slot::set(&object, State { inner }, cx)?;
    Ok(JsValue::undefined())
}

fn start(name: &str, direction: Direction, key: &[u8], iv: Option<&[u8]>, tag_len: Option<usize>, cx: &mut Context) -> JsResult<Inner> {
    let Some(spec) = cipher::find(name) else {
        return Err(errors::coded(Base::Error, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher", cx));
    };
    let mode = spec.mode;
    let len = iv.map(<[u8]>::len);
    let fits = match len {
        None => spec.iv_len == 0,
        Some(len) => mode.takes_iv(len).unwrap_or(len == spec.iv_len || mode == Mode::WrapDes && len == 0),
    };
    if !fits {
        return Err(invalid_iv(cx));
    }
    let tag_len = match (mode, tag_len) {
        (Mode::Gcm, Some(len)) if !gcm_tag_len(len) => return Err(invalid_tag(len, cx)),
        (Mode::Gcm, len) => len,
        (Mode::ChaChaPoly, None) => Some(16),
        (Mode::Ccm | Mode::Ocb, None) => {
            let message = format!("authTagLength required for {name}");
            return Err(errors::coded(Base::Type, "ERR_CRYPTO_INVALID_AUTH_TAG", message, cx));
        }
        (Mode::Ccm, Some(len)) if !(4..=16).contains(&len) || len % 2 != 0 => return Err(invalid_tag(len, cx)),
        (Mode::Ocb | Mode::ChaChaPoly, Some(len)) if len == 0 || len > 16 => return Err(invalid_tag(len, cx)),
        (_, len) => len,
    };
    let message_max = match (mode, len) {
        (Mode::Ccm, Some(12)) => 16_777_215,
        (Mode::Ccm, Some(13)) => 65_535,
        _ => i32::MAX as usize,
    };
    if key.len() != spec.key_len {
        return Err(errors::coded(Base::Range, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length", cx));
    }
    let mut random = [0; 8];
    if mode == Mode::WrapDes {
        let drawn = random_bytes(Host::of(cx).sys(), 8);
        random.copy_from_slice(&thrown(drawn, cx)?);
    }
    let transform = cipher::start(spec, direction, key, iv.unwrap_or_default(), tag_len.unwrap_or(16), random);
    let transform = thrown(transform, cx)?;
    Ok(Inner { spec, direction, transform: Some(transform), tag_len, expects_tag: false, tag: None, message_max, fed: false, decoder: None })
}

fn state_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<State>> {
    Slot::<State>::of(this, "Cipher", cx)
}

/// Checks an encoding against the data, as Node does for hexadecimal.
pub fn check_encoding(data: &JsValue, encoding: &JsValue, cx: &mut Context) -> JsResult<()> {
    let (Some(text), Some(label)) = (data.as_string(), encoding.as_string()) else { return Ok(()) };
    if Encoding::of(&label) == Some(Encoding::Hex) && text.len() % 2 != 0 {
        let reason = format!("is invalid for data of length {}", text.len());
        return Err(errors::invalid_arg_value("encoding", encoding, &reason, cx));
    }
    Ok(())
}

fn feed(inner: &mut Inner, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let Some(transform) = &mut inner.transform else { return Err(cipher::unsupported_state()) };
    if inner.spec.mode == Mode::Ccm {
        if bytes.len() > inner.message_max {
            return Err(Failure::range("ERR_CRYPTO_INVALID_MESSAGELEN", "Invalid message length"));
        }
        if inner.direction == Direction::Decrypt && !inner.expects_tag {
            return Err(cipher::unsupported_state());
        }
    }
    inner.fed = true;
    transform.update(bytes)
}

/// `cipher.update(data[, inputEncoding][, outputEncoding])`
fn update(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (data, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    check_encoding(data, encoding, cx)?;
    let state = state_of(this, cx)?;
    let block_len = state.borrow().data().inner.spec.block_len;
    if buffer::range_of(data).is_some_and(|range| range.byte_length > i32::MAX as usize - block_len) {
        // OpenSSL counts with 32 bits.
        return thrown(Err(cipher::unsupported_state()), cx);
    }
    let bytes = input::data(data, encoding, "data", cx)?;
    let fed = feed(&mut state.borrow_mut().data_mut().inner, &bytes);
    let out = thrown(fed, cx)?;
    encoded(&state, out, args.get_or_undefined(2), false, cx)
}

/// Bytes as a Buffer, or as text of a decoder that holds incomplete characters back.
fn encoded(state: &JsObject<State>, bytes: Vec<u8>, label: &JsValue, last: bool, cx: &mut Context) -> JsResult<JsValue> {
    let wants_text = label.to_boolean() && !label.as_string().is_some_and(|label| label == js_string!("buffer"));
    if !wants_text {
        return Ok(buffer::from_vec(bytes, cx)?.into());
    }
    let encoding = label.as_string().and_then(|label| Encoding::of(&label));
    let Some(encoding) = encoding else {
        let shown = label.to_string(cx)?.to_std_string_lossy();
        return Err(errors::unknown_encoding(&shown, cx));
    };
    let text = {
        let mut state = state.borrow_mut();
        let (known, decoder) = state.data_mut().inner.decoder.get_or_insert_with(|| (encoding, Decoder::new(encoding)));
        (*known == encoding).then(|| {
            let text = decoder.write(&bytes);
            if last { js_string!(&text, &decoder.end()) } else { text }
        })
    };
    text.map(JsValue::from).ok_or_else(|| errors::internal_assertion("Cannot change encoding", cx))
}

fn finish(inner: &mut Inner) -> Result<Vec<u8>, Failure> {
    let Some(mut transform) = inner.transform.take() else {
        return Err(Failure::error("ERR_CRYPTO_INVALID_STATE", "Invalid state"));
    };
    if inner.spec.mode == Mode::Ccm && inner.direction == Direction::Encrypt && !inner.fed {
        return Err(Failure::Ssl(failure::TAG_NOT_SET, &[failure::TAG_NOT_SET]));
    }
    if inner.spec.mode == Mode::Ccm && inner.direction == Direction::Decrypt && !inner.expects_tag {
        return Err(cipher::unauthentic());
    }
    if inner.spec.mode.authenticates() && inner.direction == Direction::Decrypt && !inner.expects_tag {
        return Err(cipher::unauthentic());
    }
    let out = transform.finish()?;
    inner.tag = transform.tag();
    Ok(out)
}

/// `cipher.final([outputEncoding])`
fn final_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let finished = finish(&mut state.borrow_mut().data_mut().inner);
    let out = thrown(finished, cx)?;
    encoded(&state, out, args.get_or_undefined(0), true, cx)
}

/// `cipher.setAutoPadding([autoPadding])`
fn set_auto_padding(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let on = args.first().is_none_or(|value| value.is_undefined() || value.to_boolean());
    let state = state_of(this, cx)?;
    let set = state.borrow_mut().data_mut().inner.transform.as_mut().map(|transform| transform.set_padding(on)).is_some();
    if set { Ok(this.clone()) } else { Err(invalid_state("Invalid state for operation setAutoPadding", cx)) }
}

/// `cipher.getAuthTag()`
fn get_auth_tag(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let (tag, len) = {
        let state = state.borrow();
        let inner = &state.data().inner;
        (inner.tag.filter(|_| inner.transform.is_none()), inner.tag_len.unwrap_or(16))
    };
    match tag {
        Some(tag) => Ok(buffer::from_slice(&tag[..len.min(16)], cx)?.into()),
        None => Err(invalid_state("Invalid state for operation getAuthTag", cx)),
    }
}

/// `decipher.setAuthTag(buffer[, encoding])`
fn set_auth_tag(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let tag = key_input::bytes_in(args.get_or_undefined(0), args.get_or_undefined(1), "buffer", cx)?;
    let state = state_of(this, cx)?;
    let (mode, settled, ready) = {
        let state = state.borrow();
        let inner = &state.data().inner;
        (inner.spec.mode, inner.tag_len, inner.transform.is_some() && inner.spec.mode.authenticates() && !inner.expects_tag)
    };
    if !ready {
        return Err(invalid_state("Invalid state for operation setAuthTag", cx));
    }
    let valid = match mode {
        Mode::Gcm => settled.is_none_or(|len| len == tag.len()) && gcm_tag_len(tag.len()),
        _ => settled == Some(tag.len()),
    };
    if !valid {
        return Err(invalid_tag(tag.len(), cx));
    }
    if mode == Mode::Gcm && settled.is_none() && tag.len() < 16 {
        let message = "Using AES-GCM authentication tags of less than 128 bits without specifying the authTagLength option when initializing decryption is deprecated.";
        crate::process::emit_once("DEP0182", message, "DeprecationWarning", cx)?;
    }
    let mut state = state.borrow_mut();
    let inner = &mut state.data_mut().inner;
    inner.expects_tag = true;
    inner.tag_len = Some(tag.len());
    if let Some(transform) = &mut inner.transform {
        transform.set_tag(&tag);
    }
    Ok(this.clone())
}

/// `cipher.setAAD(buffer[, options])`
fn set_aad(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(1);
    let encoding = match options.as_object() {
        Some(options) => options.get(js_string!("encoding"), cx)?,
        None => JsValue::undefined(),
    };
    let plaintext_len = unsigned_option(options, "plaintextLength", cx)?;
    let bytes = key_input::bytes_in(args.get_or_undefined(0), &encoding, "aadbuf", cx)?;
    let state = state_of(this, cx)?;
    let outcome = {
        let mut state = state.borrow_mut();
        aad(&mut state.data_mut().inner, &bytes, plaintext_len)
    };
    if thrown(outcome, cx)? { Ok(this.clone()) } else { Err(invalid_state("Invalid state for operation setAAD", cx)) }
}

fn aad(inner: &mut Inner, bytes: &[u8], plaintext_len: Option<usize>) -> Result<bool, Failure> {
    if inner.transform.is_none() || !inner.spec.mode.authenticates() {
        return Ok(false);
    }
    if inner.spec.mode == Mode::Ccm {
        let Some(len) = plaintext_len else {
            return Err(Failure::typ("ERR_MISSING_ARGS", "options.plaintextLength required for CCM mode with AAD"));
        };
        if len > inner.message_max {
            return Err(Failure::range("ERR_CRYPTO_INVALID_MESSAGELEN", "Invalid message length"));
        }
    }
    Ok(inner.transform.as_mut().is_some_and(|transform| transform.aad(bytes, plaintext_len)))
}

/// `cipher._transform(chunk, encoding, callback)`
fn transform(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let out = update(this, &[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()], cx)?;
    push(this, out, cx)?;
    call(args.get_or_undefined(2), &[], cx)
}

/// `cipher._flush(callback)`
fn flush(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pushed = final_method(this, &[], cx).and_then(|out| push(this, out, cx));
    match pushed {
        Ok(()) => call(args.get_or_undefined(0), &[], cx),
        Err(error) => {
            let error = coil_engine::op::thrown_value(error, cx);
            call(args.get_or_undefined(0), &[error], cx)
        }
    }
}

fn push(this: &JsValue, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
    let push = this.to_object(cx)?.get(js_string!("push"), cx)?;
    if let Some(push) = push.as_callable() {
        push.call(this, &[chunk], cx)?;
    }
    Ok(())
}

fn call(callback: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match callback.as_callable() {
        Some(callback) => callback.call(&JsValue::undefined(), args, cx),
        None => Ok(JsValue::undefined()),
    }
}

/// `crypto.getCiphers()`
pub fn get_ciphers(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = cipher::NAMES.iter().map(|name| js_string!(*name).into()).collect();
    Ok(JsArray::from_iter(names, cx).into())
}

/// `crypto.getCipherInfo(nameOrNid[, options])`
pub fn get_cipher_info(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0);
    if !name.is_string() && !name.is_number() {
        return Err(errors::invalid_arg_type("nameOrNid", "string|number", name, cx));
    }
    let nid = match name.as_number() {
        Some(_) => Some(validate::int32(name, "nameOrNid", i32::MIN, i32::MAX, cx)?),
        None => None,
    };
    let (mut key_len, mut iv_len) = (None, None);
    let options = args.get_or_undefined(1);
    if !options.is_undefined() {
        let options = validate::object(options, "options", cx)?;
        let mut length = |name: &str| -> JsResult<Option<usize>> {
            let value = options.get(js_string!(name), cx)?;
            if value.is_undefined() {
                return Ok(None);
            }
            let number = validate::number(&value, &format!("options.{name}"), cx)?;
            Ok(Some(if number >= 0.0 { number as usize } else { usize::MAX }))
        };
        key_len = length("keyLength")?;
        iv_len = length("ivLength")?;
    }
    let found = match nid {
        Some(nid) => cipher::find_nid(nid),
        None => cipher::find(&name.to_string(cx)?.to_std_string_lossy()),
    };
    let Some(spec) = found else { return Ok(JsValue::undefined()) };
    let mut shown_iv = spec.iv_len;
    if let Some(len) = iv_len {
        if len != 0 && !spec.mode.takes_iv(len).unwrap_or(len == spec.iv_len) {
            return Ok(JsValue::undefined());
        }
        shown_iv = len;
    }
    if key_len.is_some_and(|len| len != spec.key_len) {
        return Ok(JsValue::undefined());
    }
    let info = JsObject::with_object_proto(cx.intrinsics());
    let mut add = |name: &str, value: JsValue| info.create_data_property_or_throw(js_string!(name), value, cx).map(drop);
    add("mode", js_string!(spec.mode.label()).into())?;
    add("name", js_string!(spec.name).into())?;
    add("nid", spec.nid.into())?;
    add("keyLength", (spec.key_len as f64).into())?;
    // A stream has no blocks to speak of.
    if spec.block_len != 0 {
        add("blockSize", (spec.block_len as f64).into())?;
    }
    if shown_iv != 0 {
        add("ivLength", (shown_iv as f64).into())?;
    }
    Ok(info.into())
}
