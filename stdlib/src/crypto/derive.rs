//! Keys from passwords and from other keys: PBKDF2, scrypt, HKDF; on the pool where a callback is given.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string, limits::charge_ns, object::builtins::JsArrayBuffer};
use coil_engine::{
    Host,
    errors::{self, Base},
    validate,
};

use super::{deliver, digest, hash::invalid_digest, input, kept};
use crate::buffer;

/// The greatest length of a key, 2 ** 31 - 1.
const KEY_MAX: f64 = 2_147_483_647.0;

/// What a key too long for the memory gives.
const NO_MEMORY: &str = "Array buffer allocation failed";

/// Work on the pool or here, whose result becomes a value.
struct Derivation {
    label: &'static str,
    work: Box<dyn FnOnce() -> Result<Vec<u8>, &'static str> + Send>,
    finish: fn(Vec<u8>, &mut Context) -> JsResult<JsValue>,
    /// What the work takes at least, for the limits of who waits for it.
    least_ns: u64,
}

/// An iteration of PBKDF2, with the fastest of the hash functions.
const ITERATION_NS: u64 = 100;
/// A block of scrypt, mixed twice.
const BLOCK_NS: u64 = 200;

impl Derivation {
    fn here(self, cx: &mut Context) -> JsResult<JsValue> {
        charge_ns(self.least_ns)?;
        match (self.work)() {
            Ok(key) => (self.finish)(key, cx),
            Err(message) => Err(failed(message, cx)),
        }
    }

    fn later(self, callback: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
        let callback = validate::function(callback, "callback", cx)?;
        let Self { label, work, finish, .. } = self;
        let resource = match label {
            "pbkdf2" => "PBKDF2REQUEST",
            "scrypt" => "SCRYPTREQUEST",
            _ => "DERIVEBITSREQUEST",
        };
        Host::of(cx).offload_as(
            resource,
            label,
            move |_| Ok(work()),
            move |outcome, cx| {
                let finish = |result: Result<Vec<u8>, &'static str>, cx: &mut Context| match result {
                    Ok(key) => finish(key, cx),
                    Err(message) => Err(failed(message, cx)),
                };
                deliver(&callback, kept(outcome), finish, cx);
            },
            cx,
        );
        Ok(JsValue::undefined())
    }
}

fn failed(message: &'static str, cx: &mut Context) -> boa_engine::JsError {
    if message == NO_MEMORY {
        return boa_engine::JsNativeError::range().with_message(message).into();
    }
    errors::coded(Base::Range, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", message, cx)
}

fn to_buffer(bytes: Vec<u8>, cx: &mut Context) -> JsResult<JsValue> {
    Ok(buffer::from_vec(bytes, cx)?.into())
}

pub(super) fn to_array_buffer(bytes: Vec<u8>, cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsArrayBuffer::from_byte_block(boa_engine::bytes::copied(&bytes), cx)?.into())
}

fn key_len(value: &JsValue, cx: &mut Context) -> JsResult<usize> {
    let len = validate::integer(value, "keylen", 0.0, KEY_MAX, cx)? as usize;
    buffer::room_for(len)?;
    Ok(len)
}

fn pbkdf2_of(args: &[JsValue], cx: &mut Context) -> JsResult<Derivation> {
    let name = validate::string(args.get_or_undefined(4), "digest", cx)?;
    let password = input::key(args.get_or_undefined(0), "password", cx)?;
    let salt = input::bytes(args.get_or_undefined(1), "salt", cx)?;
    let iterations = validate::integer(args.get_or_undefined(2), "iterations", 1.0, KEY_MAX, cx)? as u32;
    let len = key_len(args.get_or_undefined(3), cx)?;
    let Some(keyed) = digest::find(&name.to_std_string_lossy()).and_then(|algorithm| algorithm.keyed) else {
        return Err(invalid_digest(&name, cx));
    };
    let work = move || {
        let mut key = super::zeros(len).ok_or(NO_MEMORY)?;
        (keyed.pbkdf2)(&password, &salt, iterations, &mut key);
        Ok(key)
    };
    let blocks = (len / 64 + 1) as u64;
    Ok(Derivation { label: "pbkdf2", work: Box::new(work), finish: to_buffer, least_ns: u64::from(iterations) * blocks * ITERATION_NS })
}

/// `crypto.pbkdf2Sync(password, salt, iterations, keylen, digest)`
pub fn pbkdf2_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    pbkdf2_of(args, cx)?.here(cx)
}

/// `crypto.pbkdf2(password, salt, iterations, keylen, digest, callback)`
pub fn pbkdf2(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(4).is_callable() {
        return Err(errors::invalid_arg_type("digest", "string", &JsValue::undefined(), cx));
    }
    let work = pbkdf2_of(args, cx)?;
    work.later(args.get_or_undefined(5), cx)
}

/// Node's defaults.
const COST: u32 = 16_384;
const BLOCK_SIZE: u32 = 8;
const PARALLELIZATION: u32 = 1;
const MEMORY_MAX: f64 = 33_554_432.0;

fn scrypt_of(args: &[JsValue], options: &JsValue, cx: &mut Context) -> JsResult<Derivation> {
    let password = input::key(args.get_or_undefined(0), "password", cx)?;
    let salt = input::bytes(args.get_or_undefined(1), "salt", cx)?;
    let len = key_len(args.get_or_undefined(2), cx)?;
    let (mut n, mut r, mut p, mut memory) = (COST, BLOCK_SIZE, PARALLELIZATION, MEMORY_MAX);
    if let Some(options) = options.as_object() {
        for (target, long, short) in [(&mut n, "cost", "N"), (&mut r, "blockSize", "r"), (&mut p, "parallelization", "p")] {
            let named = options.get(js_string!(long), cx)?;
            let lettered = options.get(js_string!(short), cx)?;
            if !named.is_undefined() && !lettered.is_undefined() {
                return Err(errors::incompatible_option_pair(short, long, cx));
            }
            let (value, name) = if lettered.is_undefined() { (named, long) } else { (lettered, short) };
            if !value.is_undefined() {
                *target = validate::uint32(&value, name, false, cx)?;
            }
        }
        let limit = options.get(js_string!("maxmem"), cx)?;
        if !limit.is_undefined() {
            memory = validate::integer(&limit, "maxmem", 0.0, 9_007_199_254_740_991.0, cx)?;
        }
    }
    let bad = |detail: &str, cx: &mut Context| Err(errors::coded(Base::Range, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", format!("Invalid scrypt params{detail}"), cx));
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return bad("", cx);
    }
    let needed = 128.0 * f64::from(r) * (f64::from(n) + f64::from(p) + 2.0);
    // RFC 7914, 2: N < 2 ** (16 * r), p <= (2 ** 32 - 1) * 32 / (128 * r).
    if needed > memory || (r == 1 && n >= 1 << 16) {
        return bad(": error:030000AC:digital envelope routines::memory limit exceeded", cx);
    }
    let Ok(params) = scrypt::Params::new(n.trailing_zeros() as u8, r, p) else { return bad("", cx) };
    buffer::room_for(needed as usize)?;
    let work = move || {
        let mut key = super::zeros(len).ok_or(NO_MEMORY)?;
        if len > 0 {
            scrypt::scrypt(&password, &salt, &params, &mut key).map_err(|_| "Invalid scrypt params")?;
        }
        Ok(key)
    };
    let blocks = u64::from(n).saturating_mul(u64::from(r)).saturating_mul(u64::from(p));
    Ok(Derivation { label: "scrypt", work: Box::new(work), finish: to_buffer, least_ns: blocks.saturating_mul(BLOCK_NS) })
}

/// `crypto.scryptSync(password, salt, keylen[, options])`
pub fn scrypt_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    scrypt_of(args, args.get_or_undefined(3), cx)?.here(cx)
}

/// `crypto.scrypt(password, salt, keylen[, options], callback)`
pub fn scrypt(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = if args.get_or_undefined(3).is_callable() { (JsValue::undefined(), args.get_or_undefined(3)) } else { (args.get_or_undefined(3).clone(), args.get_or_undefined(4)) };
    scrypt_of(args, &options, cx)?.later(callback, cx)
}

fn hkdf_of(args: &[JsValue], cx: &mut Context) -> JsResult<Derivation> {
    let name = validate::string(args.get_or_undefined(0), "digest", cx)?;
    let key = input::key(args.get_or_undefined(1), "ikm", cx)?;
    let salt = input::bytes(args.get_or_undefined(2), "salt", cx)?;
    let info = input::bytes(args.get_or_undefined(3), "info", cx)?;
    let len = validate::integer(args.get_or_undefined(4), "length", 0.0, KEY_MAX, cx)? as usize;
    if info.len() > INFO_MAX {
        return Err(errors::out_of_range("info", "must not contain more than 1024 bytes", &(info.len() as f64).into(), cx));
    }
    let keyed = digest::find(&name.to_std_string_lossy()).and_then(|algorithm| Some((algorithm, algorithm.keyed?)));
    let Some((algorithm, keyed)) = keyed else { return Err(invalid_digest(&name, cx)) };
    if len > algorithm.output_len * BLOCKS_MAX {
        return Err(errors::coded(Base::Range, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length", cx));
    }
    let work = move || {
        let mut out = super::zeros(len).ok_or(NO_MEMORY)?;
        (keyed.hkdf)(&key, &salt, &info, &mut out);
        Ok(out)
    };
    Ok(Derivation { label: "hkdf", work: Box::new(work), finish: to_array_buffer, least_ns: 0 })
}

/// Bytes of `info`, as in Node.
const INFO_MAX: usize = 1024;
/// Blocks of output that HKDF gives at most (RFC 5869, 2.3).
const BLOCKS_MAX: usize = 255;

/// `crypto.hkdfSync(digest, ikm, salt, info, keylen)`
pub fn hkdf_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    hkdf_of(args, cx)?.here(cx)
}

/// `crypto.hkdf(digest, ikm, salt, info, keylen, callback)`
pub fn hkdf(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let work = hkdf_of(args, cx)?;
    work.later(args.get_or_undefined(5), cx)
}
