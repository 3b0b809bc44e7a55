//! `encapsulate` and `decapsulate`: a secret under a public key.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};

use coil_engine::coil_sys::Sys;

use super::{
    dh,
    digest::{self, Algorithm},
    failure::{Failure, Outcome},
    key::{Private, Public},
    key_input::{self, Purpose},
    number::{padded, random_bytes, random_positive},
    octet_key::Purpose as OctetPurpose,
    pool::{self, Finish, thrown},
};
use crate::buffer;

fn failed(what: &str) -> Failure {
    Failure::error("ERR_CRYPTO_OPERATION_FAILED", format!("Failed to perform {what}"))
}

/// `(ciphertext, secret)`
pub fn seal(key: &Public, sys: &Sys) -> Outcome<(Vec<u8>, Vec<u8>)> {
    match key {
        // RSASVE (SP 800-56B, 7.2.1): the secret is a random number.
        Public::Rsa { key, pss: None } => {
            let secret = padded(&random_positive(sys, &key.n)?, key.len());
            let hidden = key.apply(&secret).ok_or_else(|| failed("encapsulation"))?;
            Ok((hidden, secret))
        }
        Public::Octets { kind, bytes } if kind.purpose == OctetPurpose::Encapsulate => (kind.encapsulate)(bytes, &random_bytes(sys, 32)?).ok_or_else(|| failed("encapsulation")),
        _ => {
            let kem = DhKem::of(key).ok_or_else(|| failed("encapsulation"))?;
            let own = ephemeral(key, sys)?;
            let hidden = point_of(&own.public()).ok_or_else(|| failed("encapsulation"))?;
            let secret = kem.secret(&own, key, &hidden, key).ok_or_else(|| failed("encapsulation"))?;
            Ok((hidden, secret))
        }
    }
}

/// The secret within.
pub fn open(key: &Private, hidden: &[u8]) -> Outcome<Vec<u8>> {
    let opened = match key {
        Private::Rsa { key, pss: None } if hidden.len() == key.public.len() => key.apply(hidden),
        Private::Octets { kind, seed, .. } if kind.purpose == OctetPurpose::Encapsulate => (kind.decapsulate)(seed, hidden),
        _ => {
            let public = key.public();
            DhKem::of(&public).and_then(|kem| kem.secret(key, &public_of(&public, hidden)?, hidden, &public))
        }
    };
    opened.ok_or_else(|| failed("decapsulation"))
}

/// DHKEM (RFC 9180, 4.1): a key exchange whose one side is made for the purpose.
struct DhKem {
    id: u16,
    hash: &'static Algorithm,
    len: usize,
}

impl DhKem {
    fn of(key: &Public) -> Option<Self> {
        let name = match key {
            Public::Ec { curve, .. } => curve.name,
            Public::Octets { kind, .. } => kind.name,
            _ => return None,
        };
        let (id, hash, len) = match name {
            "prime256v1" => (0x10, "sha256", 32),
            "secp384r1" => (0x11, "sha384", 48),
            "secp521r1" => (0x12, "sha512", 64),
            "x25519" => (0x20, "sha256", 32),
            "x448" => (0x21, "sha512", 64),
            _ => return None,
        };
        Some(Self { id, hash: digest::find(hash)?, len })
    }

    /// What both sides derive: `hidden` is the point that was sent, `receiver` whom it was sent to.
    fn secret(&self, own: &Private, other: &Public, hidden: &[u8], receiver: &Public) -> Option<Vec<u8>> {
        let shared = dh::agree(own, other).ok()?;
        let suite = [&b"HPKE-v1KEM"[..], &self.id.to_be_bytes()].concat();
        let key = [&suite[..], b"eae_prk", &shared].concat();
        let info = [&(self.len as u16).to_be_bytes()[..], &suite, b"shared_secret", hidden, &point_of(receiver)?].concat();
        let mut out = vec![0; self.len];
        (self.hash.keyed?.hkdf)(&key, &[], &info, &mut out);
        Some(out)
    }
}

/// A fresh key of the same kind.
fn ephemeral(key: &Public, sys: &Sys) -> Outcome<Private> {
    let made = match key {
        Public::Ec { curve, .. } => Private::of_scalar(curve, &padded(&random_positive(sys, &curve.order())?, curve.len), false),
        Public::Octets { kind, .. } => Private::of_seed(kind, random_bytes(sys, kind.seed_len)?),
        _ => None,
    };
    made.ok_or_else(|| failed("encapsulation"))
}

fn point_of(key: &Public) -> Option<Vec<u8>> {
    match key {
        Public::Ec { point, .. } => Some(point.clone()),
        Public::Octets { bytes, .. } => Some(bytes.clone()),
        _ => None,
    }
}

/// The point that was sent, as a key of the same kind; only the form without compression counts.
fn public_of(like: &Public, point: &[u8]) -> Option<Public> {
    match like {
        Public::Ec { curve, .. } if point.first() == Some(&4) => Some(Public::Ec { curve, point: curve.point(point)?, explicit: false }),
        Public::Octets { kind, .. } if point.len() == kind.public_len => Some(Public::Octets { kind, bytes: point.to_vec() }),
        _ => None,
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
    pool::either("encapsulate", callback, Box::new(move |sys| seal(&key, sys)), finish, cx)
}

/// `crypto.decapsulate(key, ciphertext[, callback])`
pub fn decapsulate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = pool::optional_callback(args.get_or_undefined(2), cx)?;
    let given = key_input::prepare(args.get_or_undefined(0), Purpose::ConsumePrivate, cx)?;
    let hidden = key_input::bytes_in(args.get_or_undefined(1), &JsValue::undefined(), "ciphertext", cx)?;
    let key = thrown(given.private(), cx)?;
    let finish: Finish<Vec<u8>> = Box::new(|secret, cx| Ok(vec![buffer::from_vec(secret, cx)?.into()]));
    let later = callback.is_some();
    // Node words the failure of a job otherwise.
    let work = move |_: &Sys| open(&key, &hidden).map_err(|failure| if later { Failure::Plain("Deriving bits failed".into()) } else { failure });
    pool::either("decapsulate", callback, Box::new(work), finish, cx)
}
