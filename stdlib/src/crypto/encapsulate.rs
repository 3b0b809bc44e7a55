//! `encapsulate` and `decapsulate`: a secret under a public key.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};

use super::{
    failure::{Failure, Outcome},
    key::{Private, Public},
    key_input::{self, Purpose},
    number::random_bytes,
    pool::{self, Finish, thrown},
};
use crate::buffer;

fn failed(what: &str) -> Failure {
    Failure::error("ERR_CRYPTO_OPERATION_FAILED", format!("Failed to perform {what}"))
}

/// `(ciphertext, secret)`
pub fn seal(key: &Public, random: &[u8]) -> Outcome<(Vec<u8>, Vec<u8>)> {
    match key {
        Public::Octets { kind, bytes } => (kind.encapsulate)(bytes, random).ok_or_else(|| failed("encapsulation")),
        _ => Err(failed("encapsulation")),
    }
}

/// The secret within.
pub fn open(key: &Private, hidden: &[u8]) -> Outcome<Vec<u8>> {
    match key {
        Private::Octets { kind, seed, .. } => (kind.decapsulate)(seed, hidden).ok_or_else(|| failed("decapsulation")),
        _ => Err(failed("decapsulation")),
    }
}

/// `crypto.encapsulate(key[, callback])`
pub fn encapsulate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = pool::optional_callback(args.get_or_undefined(1), cx)?;
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePublic, cx)?;
    let key = thrown(given.public(), cx)?;
    let finish: Finish<(Vec<u8>, Vec<u8>)> = Box::new(|(hidden, secret), cx| {
        let result = JsObject::with_object_proto(cx.intrinsics());
        for (name, bytes) in [("sharedKey", secret), ("ciphertext", hidden)] {
            let bytes = buffer::from_vec(bytes, cx)?;
            result.create_data_property_or_throw(js_string!(name), bytes, cx)?;
        }
        Ok(vec![result.into()])
    });
    pool::either("encapsulate", callback, Box::new(move |sys| seal(&key, &random_bytes(sys, 32)?)), finish, cx)
}

/// `crypto.decapsulate(key, ciphertext[, callback])`
pub fn decapsulate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = pool::optional_callback(args.get_or_undefined(2), cx)?;
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePrivate, cx)?;
    let hidden = key_input::bytes_in(args.get_or_undefined(1), &JsValue::undefined(), "ciphertext", cx)?;
    let key = thrown(given.private(), cx)?;
    let finish: Finish<Vec<u8>> = Box::new(|secret, cx| Ok(vec![buffer::from_vec(secret, cx)?.into()]));
    pool::either("decapsulate", callback, Box::new(move |_| open(&key, &hidden)), finish, cx)
}
