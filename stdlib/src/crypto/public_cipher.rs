//! `publicEncrypt`, `privateDecrypt`, `privateEncrypt`, `publicDecrypt`: RSA on a few bytes.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};
use coil_engine::{Host, coil_sys::Sys, validate};

use super::{
    digest::{self, Algorithm},
    failure::{self, Failure, Outcome, Ssl},
    key::{Private, Public},
    key_input::{self, Purpose},
    pool::thrown,
    rsa,
};
use crate::buffer;

const PKCS1: i32 = 1;
const NONE: i32 = 3;
const OAEP: i32 = 4;

const NOT_SUPPORTED: Ssl = Ssl { code: 0x1C80_00B2, library: "Provider routines", reason: "operation not supported for this keytype" };

/// What stands beside a key.
pub struct Options {
    pub padding: i32,
    pub hash: &'static Algorithm,
    pub label: Vec<u8>,
}

fn read(args: &[JsValue], default_padding: i32, cx: &mut Context) -> JsResult<(Options, Vec<u8>)> {
    let mut options = Options { padding: default_padding, hash: sha1(), label: Vec::new() };
    let mut encoding = JsValue::undefined();
    if let Some(given) = args.get_or_undefined(0).as_object() {
        let padding = given.get(js_string!("padding"), cx)?;
        if padding.to_boolean() {
            options.padding = padding.to_i32(cx)?;
        }
        encoding = given.get(js_string!("encoding"), cx)?;
        let hash = given.get(js_string!("oaepHash"), cx)?;
        let label = given.get(js_string!("oaepLabel"), cx)?;
        let mut unknown = false;
        if !hash.is_undefined() {
            let name = validate::string(&hash, "key.oaepHash", cx)?.to_std_string_lossy();
            match digest::find(&name) {
                Some(found) => options.hash = found,
                None => unknown = true,
            }
        }
        if !label.is_undefined() {
            options.label = key_input::bytes_in(&label, &encoding, "key.oaepLabel", cx)?;
        }
        if unknown {
            return Err(Failure::error("ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest used").to_js(cx));
        }
    }
    let bytes = key_input::bytes_in(args.get_or_undefined(1), &encoding, "buffer", cx)?;
    Ok((options, bytes))
}

fn sha1() -> &'static Algorithm {
    digest::find("sha1").expect("sha1 is in the table")
}

/// RSA's public operation over padded bytes.
pub fn encrypt(key: &Public, bytes: &[u8], options: &Options, sys: &Sys) -> Outcome<Vec<u8>> {
    let Public::Rsa { key, pss } = key else { return Err(failure::OPERATION_NOT_SUPPORTED.into()) };
    if pss.is_some() {
        return Err(NOT_SUPPORTED.into());
    }
    let padded = match options.padding {
        PKCS1 => rsa::pad_type2(bytes, key.len(), sys)?,
        OAEP => rsa::pad_oaep(bytes, &options.label, options.hash, options.hash, key.len(), sys)?,
        NONE => plain(bytes, key.len())?,
        _ => return Err(Failure::Plain("error:00000000:lib(0)::reason(0)".into())),
    };
    key.apply(&padded).ok_or_else(|| failure::DATA_TOO_LARGE_FOR_MODULUS.into())
}

/// Bytes that stand for themselves.
fn plain(bytes: &[u8], len: usize) -> Outcome<Vec<u8>> {
    match bytes.len().cmp(&len) {
        std::cmp::Ordering::Less => Err(failure::DATA_TOO_SMALL_FOR_KEY_SIZE.into()),
        std::cmp::Ordering::Greater => Err(failure::DATA_TOO_LARGE_FOR_KEY_SIZE.into()),
        std::cmp::Ordering::Equal => Ok(bytes.to_vec()),
    }
}

/// What [`encrypt`] hid.
pub fn decrypt(key: &Private, bytes: &[u8], options: &Options) -> Outcome<Vec<u8>> {
    let Private::Rsa { key, pss } = key else { return Err(failure::OPERATION_NOT_SUPPORTED.into()) };
    if pss.is_some() {
        return Err(NOT_SUPPORTED.into());
    }
    let len = key.public.len();
    if bytes.len() > len {
        return Err(failure::DATA_TOO_LARGE_FOR_MODULUS.into());
    }
    let opened = key.apply(bytes).ok_or(failure::DATA_TOO_LARGE_FOR_MODULUS)?;
    match options.padding {
        PKCS1 => rsa::unpad_type2(&opened, key, bytes).ok_or_else(|| failure::INVALID_PADDING.into()),
        OAEP => rsa::unpad_oaep(&opened, &options.label, options.hash, options.hash),
        NONE => Ok(opened),
        _ => Err(failure::ILLEGAL_PADDING.into()),
    }
}

/// `crypto.publicEncrypt(key, buffer)`
pub fn public_encrypt(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePublic, cx)?;
    let (options, bytes) = read(args, OAEP, cx)?;
    let public = thrown(given.public(), cx)?;
    let hidden = encrypt(&public, &bytes, &options, Host::of(cx).sys());
    Ok(buffer::from_vec(thrown(hidden, cx)?, cx)?.into())
}

/// `crypto.privateDecrypt(privateKey, buffer)`
pub fn private_decrypt(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePrivate, cx)?;
    let (options, bytes) = read(args, OAEP, cx)?;
    let private = thrown(given.private(), cx)?;
    let shown = thrown(decrypt(&private, &bytes, &options), cx)?;
    Ok(buffer::from_vec(shown, cx)?.into())
}

/// `crypto.privateEncrypt(privateKey, buffer)`
pub fn private_encrypt(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePrivate, cx)?;
    let (options, bytes) = read(args, PKCS1, cx)?;
    let private = thrown(given.private(), cx)?;
    let made = recoverable(&private, &bytes, options.padding);
    Ok(buffer::from_vec(thrown(made, cx)?, cx)?.into())
}

fn recoverable(key: &Private, bytes: &[u8], padding: i32) -> Outcome<Vec<u8>> {
    let Private::Rsa { key, .. } = key else { return Err(failure::OPERATION_NOT_SUPPORTED.into()) };
    let len = key.public.len();
    let padded = match padding {
        PKCS1 => rsa::pad_type1(bytes, len).map_err(|_| Failure::Ssl(failure::DATA_TOO_LARGE_FOR_KEY_SIZE, &[failure::PROVIDER_SIGNATURE, failure::RSA_LIB]))?,
        NONE => plain(bytes, len)?,
        _ => return Err(failure::ILLEGAL_PADDING.into()),
    };
    key.apply(&padded).ok_or_else(|| failure::DATA_TOO_LARGE_FOR_MODULUS.into())
}

/// `crypto.publicDecrypt(key, buffer)`
pub fn public_decrypt(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePublic, cx)?;
    let (options, bytes) = read(args, PKCS1, cx)?;
    let public = thrown(given.public(), cx)?;
    let shown = recover(&public, &bytes, options.padding);
    Ok(buffer::from_vec(thrown(shown, cx)?, cx)?.into())
}

fn recover(key: &Public, bytes: &[u8], padding: i32) -> Outcome<Vec<u8>> {
    let Public::Rsa { key, .. } = key else { return Err(failure::OPERATION_NOT_SUPPORTED.into()) };
    let wrong = || Failure::Ssl(failure::INVALID_PADDING, &[failure::PROVIDER_SIGNATURE, failure::RSA_LIB, failure::PADDING_CHECK_FAILED]);
    let opened = key.apply(bytes).filter(|_| bytes.len() <= key.len());
    match padding {
        PKCS1 => opened.as_deref().and_then(rsa::unpad_type1).map(<[u8]>::to_vec).ok_or_else(wrong),
        NONE => opened.ok_or_else(|| failure::DATA_TOO_LARGE_FOR_MODULUS.into()),
        _ => Err(failure::ILLEGAL_PADDING.into()),
    }
}
