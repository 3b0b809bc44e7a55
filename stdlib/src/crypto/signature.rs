//! Signatures over every kind of key, without JavaScript.

use coil_engine::coil_sys::Sys;
use num_bigint::BigUint;

use super::{
    asn1::{self, Reader},
    digest::{Algorithm, digest_of, find},
    failure::{self, Failure, Outcome, Ssl},
    key::{Group, Private, Pss, Public},
    number::{bytes_for, mod_pow, padded, random_bytes, random_positive},
    octet_key::{self, Purpose},
    rsa,
};

/// How an RSA signature is padded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Padding {
    /// RSASSA-PKCS1-v1_5
    Pkcs1,
    /// RSASSA-PSS
    Pss,
    /// None: the hash is a number as long as the modulus.
    None,
}

/// How a signature is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Node's `padding`, as OpenSSL numbers it.
    pub padding: Option<i32>,
    /// Node's `saltLength`: bytes, or one of the negative constants.
    pub salt_len: Option<i32>,
    /// Whether `r` and `s` stand side by side, as in IEEE P1363.
    pub p1363: bool,
    /// The context of Ed448 and ML-DSA.
    pub context: Vec<u8>,
}

/// `RSA_PSS_SALTLEN_DIGEST`
const SALT_DIGEST: i32 = -1;
/// `RSA_PSS_SALTLEN_MAX_SIGN` and `RSA_PSS_SALTLEN_AUTO`
const SALT_AUTO: i32 = -2;
/// As many bytes as fit.
const SALT_MAX: i32 = -3;

const INVALID_PADDING_MODE: Ssl = Ssl { code: 0x1C80_00A8, library: "Provider routines", reason: "invalid padding mode" };
const DIGEST_NOT_ALLOWED: Ssl = Ssl { code: 0x1C80_00AE, library: "Provider routines", reason: "digest not allowed" };
const PSS_SALT_TOO_SMALL: Ssl = Ssl { code: 0x1C80_00AC, library: "Provider routines", reason: "pss saltlen too small" };
const INVALID_SALT: Ssl = Ssl { code: 0x1C80_0070, library: "Provider routines", reason: "invalid salt length" };

/// Whether a kind of key signs messages, not hashes.
pub fn signs_messages(type_name: &str) -> bool {
    octet_key::find(type_name).is_some_and(|kind| kind.purpose == Purpose::Sign)
}

struct RsaScheme {
    padding: Padding,
    mgf: &'static Algorithm,
    /// Bytes of salt; none for as many as fit, or as are found.
    salt_len: Option<usize>,
}

fn rsa_scheme(pss: &Pss, algorithm: &'static Algorithm, options: &Options) -> Outcome<RsaScheme> {
    let padding = match options.padding {
        None if pss.is_some() => Padding::Pss,
        None | Some(1) => Padding::Pkcs1,
        Some(6) => Padding::Pss,
        Some(3) => Padding::None,
        Some(_) => return Err(failure::ILLEGAL_PADDING.into()),
    };
    if pss.is_some() && padding != Padding::Pss {
        return Err(failure::ILLEGAL_PADDING.into());
    }
    let mut scheme = RsaScheme { padding, mgf: algorithm, salt_len: None };
    scheme.salt_len = match options.salt_len {
        None => None,
        Some(SALT_AUTO | SALT_MAX) => None,
        Some(SALT_DIGEST) => Some(algorithm.output_len),
        Some(len) => Some(usize::try_from(len).map_err(|_| INVALID_SALT)?),
    };
    if let (Some(Some(params)), Some(len)) = (pss, scheme.salt_len)
        && len < params.salt_len as usize
    {
        return Err(PSS_SALT_TOO_SMALL.into());
    }
    if let Some(Some(params)) = pss {
        if params.hash != algorithm.name() {
            return Err(DIGEST_NOT_ALLOWED.into());
        }
        scheme.mgf = find(params.mgf).unwrap_or(algorithm);
    }
    Ok(scheme)
}

/// A signature over what a message hashes to, or over the message where the key signs such.
pub fn sign_message(key: &Private, algorithm: Option<&'static Algorithm>, message: &[u8], options: &Options, sys: &Sys) -> Outcome<Vec<u8>> {
    if let Private::Octets { kind, seed, .. } = key {
        if kind.purpose != Purpose::Sign {
            return Err(failure::OPERATION_NOT_SUPPORTED.into());
        }
        if algorithm.is_some() {
            return Err(failure::INVALID_DIGEST.into());
        }
        return (kind.sign)(seed, message, &options.context).ok_or_else(unsupported);
    }
    let algorithm = algorithm.or_else(|| default_digest(&key.public())).ok_or(failure::INVALID_DIGEST)?;
    sign_hash(key, algorithm, &digest_of(algorithm, &[message]), options, sys)
}

fn unsupported() -> Failure {
    Failure::error("ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported crypto operation")
}

/// The hash function that OpenSSL takes where none is named.
fn default_digest(key: &Public) -> Option<&'static Algorithm> {
    match key {
        Public::Rsa { pss: Some(Some(params)), .. } => find(params.hash),
        _ => find("sha256"),
    }
}

/// Whether a signature belongs to a message.
pub fn verify_message(key: &Public, algorithm: Option<&'static Algorithm>, message: &[u8], signature: &[u8], options: &Options) -> Outcome<bool> {
    if let Public::Octets { kind, bytes } = key {
        if kind.purpose != Purpose::Sign {
            return Err(failure::OPERATION_NOT_SUPPORTED.into());
        }
        if algorithm.is_some() {
            return Err(failure::INVALID_DIGEST.into());
        }
        return Ok((kind.verify)(bytes, message, &options.context, signature));
    }
    let algorithm = algorithm.or_else(|| default_digest(key)).ok_or(failure::INVALID_DIGEST)?;
    verify_hash(key, algorithm, &digest_of(algorithm, &[message]), signature, options)
}

/// A signature over a hash.
pub fn sign_hash(key: &Private, algorithm: &'static Algorithm, hash: &[u8], options: &Options, sys: &Sys) -> Outcome<Vec<u8>> {
    match key {
        Private::Rsa { key, pss } => {
            let scheme = rsa_scheme(pss, algorithm, options)?;
            let len = key.public.len();
            let padded = match scheme.padding {
                Padding::None => return Err(INVALID_PADDING_MODE.into()),
                Padding::Pkcs1 => {
                    let info = rsa::digest_info(algorithm, hash).ok_or(failure::INVALID_DIGEST)?;
                    rsa::pad_type1(&info, len).map_err(|_| Failure::Ssl(failure::DIGEST_TOO_BIG_FOR_RSA_KEY, &[failure::RSA_LIB]))?
                }
                Padding::Pss => {
                    let bits = key.public.n.bits() as usize - 1;
                    let most = bits.div_ceil(8).checked_sub(hash.len() + 2);
                    let least = pss.flatten().map_or(0, |params| params.salt_len as usize);
                    let salt_len = scheme.salt_len.or(most).ok_or(Failure::Ssl(failure::DATA_TOO_LARGE_FOR_KEY_SIZE, &[failure::RSA_LIB]))?.max(least);
                    let salt = random_bytes(sys, salt_len.min(len))?;
                    if salt.len() != salt_len {
                        return Err(Failure::Ssl(failure::DATA_TOO_LARGE_FOR_KEY_SIZE, &[failure::RSA_LIB]));
                    }
                    rsa::pad_pss(hash, algorithm, scheme.mgf, &salt, bits).map_err(|_| Failure::Ssl(failure::DATA_TOO_LARGE_FOR_KEY_SIZE, &[failure::RSA_LIB]))?
                }
            };
            key.apply(&padded).ok_or_else(|| failure::DATA_TOO_LARGE_FOR_MODULUS.into())
        }
        Private::Dsa { group, x, .. } => {
            let (r, s) = dsa_sign(group, x, hash, sys)?;
            Ok(write_pair(&r, &s, group.q.as_ref().map_or(0, bytes_for), options.p1363))
        }
        Private::Ec { curve, scalar, .. } => {
            let entropy = random_bytes(sys, 32)?;
            let pair = (curve.sign)(scalar, hash, &entropy).ok_or_else(unsupported)?;
            if options.p1363 {
                return Ok(pair);
            }
            let (r, s) = pair.split_at(pair.len() / 2);
            Ok(write_pair(&BigUint::from_bytes_be(r), &BigUint::from_bytes_be(s), 0, false))
        }
        Private::Dh { .. } => Err(failure::OPERATION_NOT_SUPPORTED.into()),
        Private::Octets { .. } => Err(unsupported()),
    }
}

/// Whether a signature belongs to a hash.
pub fn verify_hash(key: &Public, algorithm: &'static Algorithm, hash: &[u8], signature: &[u8], options: &Options) -> Outcome<bool> {
    match key {
        Public::Rsa { key, pss } => {
            let scheme = rsa_scheme(pss, algorithm, options)?;
            if signature.len() != key.len() {
                return Ok(false);
            }
            let Some(opened) = key.apply(signature) else { return Ok(false) };
            Ok(match scheme.padding {
                Padding::None => return Err(INVALID_PADDING_MODE.into()),
                Padding::Pkcs1 => {
                    let info = rsa::digest_info(algorithm, hash).ok_or(failure::INVALID_DIGEST)?;
                    rsa::pad_type1(&info, key.len()).is_ok_and(|expected| expected == opened)
                }
                Padding::Pss => rsa::check_pss(&opened, hash, algorithm, scheme.mgf, scheme.salt_len, key.n.bits() as usize - 1),
            })
        }
        Public::Dsa { group, y } => {
            let len = group.q.as_ref().map_or(0, bytes_for);
            Ok(read_pair(signature, len, options.p1363).is_some_and(|(r, s)| dsa_verify(group, y, hash, &r, &s)))
        }
        Public::Ec { curve, point, .. } => {
            let Some((r, s)) = read_pair(signature, curve.len, options.p1363) else { return Ok(false) };
            if r.bits() > curve.len as u64 * 8 || s.bits() > curve.len as u64 * 8 {
                return Ok(false);
            }
            Ok((curve.verify)(point, hash, &[padded(&r, curve.len), padded(&s, curve.len)].concat()))
        }
        Public::Dh { .. } => Err(failure::OPERATION_NOT_SUPPORTED.into()),
        Public::Octets { .. } => Err(unsupported()),
    }
}

/// `r` and `s`, as DER or side by side.
fn write_pair(r: &BigUint, s: &BigUint, len: usize, p1363: bool) -> Vec<u8> {
    if p1363 { [padded(r, len), padded(s, len)].concat() } else { asn1::sequence(&[asn1::number(r), asn1::number(s)]) }
}

fn read_pair(signature: &[u8], len: usize, p1363: bool) -> Option<(BigUint, BigUint)> {
    if p1363 {
        let (r, s) = signature.split_at_checked(len).filter(|(_, s)| s.len() == len)?;
        return Some((BigUint::from_bytes_be(r), BigUint::from_bytes_be(s)));
    }
    let mut outer = Reader(signature);
    let mut pair = outer.sequence().ok()?;
    let (r, s) = (pair.number().ok()?, pair.number().ok()?);
    (pair.is_empty() && outer.is_empty()).then_some((r, s))
}

/// The leftmost bits of a hash, as many as `q` has.
fn leftmost(hash: &[u8], q: &BigUint) -> BigUint {
    let number = BigUint::from_bytes_be(hash);
    number >> (hash.len() as u64 * 8).saturating_sub(q.bits())
}

/// FIPS 186-4, 4.6
fn dsa_sign(group: &Group, x: &BigUint, hash: &[u8], sys: &Sys) -> Outcome<(BigUint, BigUint)> {
    let q = group.q.clone().filter(|q| *q > BigUint::from(2u8)).ok_or(failure::DSA_BAD_FFC)?;
    let z = leftmost(hash, &q);
    for _ in 0..TRIES {
        let k = random_positive(sys, &q)?;
        let r = mod_pow(&group.g, &k, &group.p) % &q;
        let Some(inverse) = k.modinv(&q) else { continue };
        let s = inverse * (&z + x * &r) % &q;
        if r != BigUint::ZERO && s != BigUint::ZERO {
            return Ok((r, s));
        }
    }
    Err(failure::DSA_BAD_FFC.into())
}

/// A sound group gives a signature at the first try but once in 2 ** 160.
const TRIES: usize = 32;

/// FIPS 186-4, 4.7
fn dsa_verify(group: &Group, y: &BigUint, hash: &[u8], r: &BigUint, s: &BigUint) -> bool {
    let Some(q) = &group.q else { return false };
    if *r == BigUint::ZERO || *s == BigUint::ZERO || r >= q || s >= q {
        return false;
    }
    let Some(w) = s.modinv(q) else { return false };
    let u1 = leftmost(hash, q) * &w % q;
    let u2 = r * &w % q;
    let v = mod_pow(&group.g, &u1, &group.p) * mod_pow(y, &u2, &group.p) % &group.p % q;
    v == *r
}
