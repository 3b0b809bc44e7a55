//! `generatePrime` and `checkPrime`, with their `Sync` twins.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{
    errors::{self, Base},
    validate,
};
use num_bigint::BigUint;

use super::{
    derive::to_array_buffer,
    failure::{self, Failure},
    number::{self, PrimeShape, is_prime_number, padded, random_prime},
    pool::{self, Finish, Work},
};
use crate::buffer;

/// As many bytes as a number of OpenSSL's may have.
const NUMBER_LEN_MAX: usize = i32::MAX as usize / 256 * 8;

const KINDS: &str = "ArrayBuffer|TypedArray|Buffer|DataView|bigint";

/// A number that is not negative, from a bigint or from bytes.
fn number_of(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<BigUint> {
    if let Some(bigint) = value.as_bigint() {
        let Some(number) = number::of_bigint(&bigint) else {
            return Err(errors::out_of_range(name, ">= 0", value, cx));
        };
        return Ok(number);
    }
    let bytes = if value.is_string() { None } else { buffer::bytes_of(value) };
    match bytes {
        Some(bytes) => {
            let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
            if bytes.len() - zeroes > NUMBER_LEN_MAX {
                return Err(Failure::from(failure::BIGNUM_TOO_LONG).to_js(cx));
            }
            Ok(BigUint::from_bytes_be(&bytes))
        }
        None => Err(errors::invalid_arg_type(name, KINDS, value, cx)),
    }
}

fn flag(options: &JsObject, name: &str, cx: &mut Context) -> JsResult<bool> {
    let value = options.get(js_string!(name), cx)?;
    if value.is_undefined() { Ok(false) } else { validate::boolean(&value, &format!("options.{name}"), cx) }
}

type PrimeJob = (Work<BigUint>, Finish<BigUint>);

fn prime_job(size: usize, options: &JsValue, cx: &mut Context) -> JsResult<PrimeJob> {
    let mut shape = PrimeShape { bits: size, two_high_bits: true, ..PrimeShape::default() };
    let mut bigint = false;
    if !options.is_undefined() {
        let options = validate::object(options, "options", cx)?;
        shape.safe = flag(&options, "safe", cx)?;
        bigint = flag(&options, "bigint", cx)?;
        for (target, name) in [(&mut shape.add, "add"), (&mut shape.rem, "rem")] {
            let value = options.get(js_string!(name), cx)?;
            if !value.is_undefined() {
                *target = Some(number_of(&value, &format!("options.{name}"), cx)?);
            }
        }
    }
    let out_of_range = |message: &str, cx: &mut Context| Err(errors::coded(Base::Range, "ERR_OUT_OF_RANGE", message, cx));
    if let Some(add) = &shape.add {
        if add.bits() > size as u64 || *add == BigUint::ZERO {
            return out_of_range("invalid options.add", cx);
        }
        if shape.rem.as_ref().is_some_and(|rem| rem >= add) {
            return out_of_range("invalid options.rem", cx);
        }
    }
    let len = size.div_ceil(8);
    let work: Work<BigUint> = Box::new(move |sys| {
        random_prime(sys, &shape).map_err(|failure| match failure {
            Failure::Ssl(error, _) => Failure::Job(error),
            failure => failure,
        })
    });
    let finish: Finish<BigUint> = Box::new(move |prime, cx| Ok(vec![if bigint { number::to_bigint(&prime).into() } else { to_array_buffer(padded(&prime, len), cx)? }]));
    Ok((work, finish))
}

fn size_of(value: &JsValue, cx: &mut Context) -> JsResult<usize> {
    Ok(validate::int32(value, "size", 1, i32::MAX, cx)? as usize)
}

fn split(args: &[JsValue], cx: &mut Context) -> JsResult<(JsValue, JsFunction)> {
    let (options, callback) = (args.get_or_undefined(1), args.get_or_undefined(2));
    if options.is_callable() { Ok((JsValue::undefined(), validate::function(options, "callback", cx)?)) } else { Ok((options.clone(), validate::function(callback, "callback", cx)?)) }
}

/// `crypto.generatePrime(size[, options], callback)`
pub fn generate_prime(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let size = size_of(args.get_or_undefined(0), cx)?;
    let (options, callback) = split(args, cx)?;
    let (work, finish) = prime_job(size, &options, cx)?;
    pool::later("generatePrime", callback, work, finish, cx);
    Ok(JsValue::undefined())
}

/// `crypto.generatePrimeSync(size[, options])`
pub fn generate_prime_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let size = size_of(args.get_or_undefined(0), cx)?;
    let (work, finish) = prime_job(size, args.get_or_undefined(1), cx)?;
    Ok(pool::here(work, finish, cx)?.into_iter().next().unwrap_or_default())
}

fn check_options(options: &JsValue, cx: &mut Context) -> JsResult<()> {
    if options.is_undefined() {
        return Ok(());
    }
    let options = validate::object(options, "options", cx)?;
    let checks = options.get(js_string!("checks"), cx)?;
    if !checks.is_undefined() {
        validate::int32(&checks, "options.checks", 0, i32::MAX, cx)?;
    }
    Ok(())
}

/// `crypto.checkPrime(candidate[, options], callback)`
pub fn check_prime(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let candidate = number_of(args.get_or_undefined(0), "candidate", cx)?;
    let (options, callback) = split(args, cx)?;
    check_options(&options, cx)?;
    pool::later("checkPrime", callback, Box::new(move |_| Ok(is_prime_number(&candidate))), Box::new(|prime: bool, _| Ok(vec![prime.into()])), cx);
    Ok(JsValue::undefined())
}

/// `crypto.checkPrimeSync(candidate[, options])`
pub fn check_prime_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let candidate = number_of(args.get_or_undefined(0), "candidate", cx)?;
    check_options(args.get_or_undefined(1), cx)?;
    Ok(is_prime_number(&candidate).into())
}
