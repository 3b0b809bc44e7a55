//! What web cryptography does with keys: hides, signs, derives.

use coil_engine::coil_sys::Sys;

use boa_engine::{Context, JsResult};

use super::algorithm::{Algorithm, Family, HashName, exception};
use crate::{
    buffer,
    crypto::{
        argon,
        cipher::{self, Direction},
        crypto_key::Data,
        dh,
        failure::{self, Failure, Outcome},
        key::{Key, Private, Public},
        kmac, public_cipher,
        signature::{self, Options},
    },
};

/// Work that gives bytes.
pub type Bytes = Box<dyn FnOnce(&Sys) -> Outcome<Vec<u8>> + Send>;

fn failed() -> Failure {
    Failure::Plain("Cipher job failed".into())
}

/// A tag of a length in bits, where the algorithm has such.
fn tag_len(algorithm: &Algorithm, allowed: &[u32], cx: &mut Context) -> JsResult<usize> {
    let bits = algorithm.optional_number("tagLength", 255.0, cx)?.unwrap_or(128);
    if !allowed.contains(&bits) {
        return Err(exception("OperationError", &format!("{bits} is not a valid {} tag length", algorithm.name), cx));
    }
    Ok(bits as usize / 8)
}

/// What `encrypt` or `decrypt` does.
pub fn cipher(algorithm: &Algorithm, key: &Data, input: Vec<u8>, direction: Direction, cx: &mut Context) -> JsResult<Bytes> {
    let operation = |message: &str, cx: &mut Context| Err(exception("OperationError", message, cx));
    let key = key.clone();
    match algorithm.family {
        Family::AesCbc => {
            let iv = algorithm.bytes("AesCbcParams", "iv", cx)?;
            if iv.len() != 16 {
                return operation("algorithm.iv must contain exactly 16 bytes", cx);
            }
            Ok(Box::new(move |_| block("cbc", &key, &iv, &input, direction)))
        }
        Family::AesCtr => {
            let counter = algorithm.bytes("AesCtrParams", "counter", cx)?;
            let length = algorithm.number("AesCtrParams", "length", 255.0, cx)?;
            if counter.len() != 16 {
                return operation("algorithm.counter must contain exactly 16 bytes", cx);
            }
            if length == 0 || length > 128 {
                return operation("AES-CTR algorithm.length must be between 1 and 128", cx);
            }
            Ok(Box::new(move |_| counter_mode(&key, &counter, length, &input, direction)))
        }
        Family::AesGcm | Family::AesOcb | Family::ChaCha => {
            let iv = algorithm.bytes("AeadParams", "iv", cx)?;
            let aad = algorithm.optional_bytes("additionalData", cx)?.unwrap_or_default();
            let allowed: &[u32] = match algorithm.family {
                Family::AesGcm => &[32, 64, 96, 104, 112, 120, 128],
                Family::AesOcb => &[64, 96, 128],
                _ => &[128],
            };
            let tag_len = tag_len(algorithm, allowed, cx)?;
            if algorithm.family == Family::ChaCha && iv.len() != 12 {
                return operation("algorithm.iv must contain exactly 12 bytes", cx);
            }
            if algorithm.family == Family::AesOcb && !(1..=15).contains(&iv.len()) {
                return operation("AES-OCB algorithm.iv must be no more than 15 bytes", cx);
            }
            if direction == Direction::Decrypt && input.len() < tag_len {
                return operation("The provided data is too small.", cx);
            }
            Ok(Box::new(move |_| aead(&key, &iv, &aad, tag_len, &input, direction)))
        }
        Family::RsaOaep => {
            let label = algorithm.optional_bytes("label", cx)?.unwrap_or_default();
            let wanted = if direction == Direction::Encrypt { "public" } else { "private" };
            if key.key.type_name() != wanted {
                return Err(exception("InvalidAccessError", "The requested operation is not valid for the provided key", cx));
            }
            Ok(Box::new(move |sys| oaep(&key, label, &input, direction, sys)))
        }
        Family::AesKw => Ok(Box::new(move |_| wrap(&key, &input, direction))),
        _ => Err(exception("NotSupportedError", "Unrecognized algorithm name", cx)),
    }
}

fn secret(key: &Data) -> Outcome<&[u8]> {
    match &*key.key {
        Key::Secret(bytes) => Ok(bytes),
        _ => Err(failed()),
    }
}

fn block(mode: &str, key: &Data, iv: &[u8], input: &[u8], direction: Direction) -> Outcome<Vec<u8>> {
    let key = secret(key)?;
    let spec = cipher::find(&format!("aes-{}-{mode}", key.len() * 8)).ok_or_else(failed)?;
    cipher::run(spec, direction, key, iv, input)
}

fn wrap(key: &Data, input: &[u8], direction: Direction) -> Outcome<Vec<u8>> {
    let key = secret(key)?;
    let spec = cipher::find(&format!("aes{}-wrap", key.len() * 8)).ok_or_else(failed)?;
    cipher::run(spec, direction, key, &[0xa6; 8], input)
}

/// CTR whose counter is the last `length` bits: it may wrap once, but must not repeat.
fn counter_mode(key: &Data, counter: &[u8], length: u32, input: &[u8], direction: Direction) -> Outcome<Vec<u8>> {
    let start = u128::from_be_bytes(counter.try_into().map_err(|_| failed())?);
    let blocks = input.len().div_ceil(16) as u128;
    if length == 128 {
        return block("ctr", key, counter, input, direction);
    }
    let limit = 1u128 << length;
    if blocks > limit {
        return Err(failed());
    }
    let before = (limit - start % limit).min(blocks) as usize * 16;
    let (first, second) = input.split_at(before.min(input.len()));
    let mut out = block("ctr", key, counter, first, direction)?;
    let wrapped = start / limit * limit;
    out.extend(block("ctr", key, &wrapped.to_be_bytes(), second, direction)?);
    Ok(out)
}

fn aead(key: &Data, iv: &[u8], aad: &[u8], tag_len: usize, input: &[u8], direction: Direction) -> Outcome<Vec<u8>> {
    let bytes = secret(key)?;
    let name = match key.algorithm.family {
        Family::AesGcm => format!("id-aes{}-gcm", bytes.len() * 8),
        Family::AesOcb => format!("aes-{}-ocb", bytes.len() * 8),
        _ => "chacha20-poly1305".to_owned(),
    };
    let spec = cipher::find(&name).filter(|spec| spec.mode.takes_iv(iv.len()) == Some(true)).ok_or_else(failed)?;
    let mut transform = cipher::start(spec, direction, bytes, iv, tag_len, [0; 8])?;
    let (body, tag) = if direction == Direction::Decrypt { input.split_at(input.len() - tag_len) } else { (input, &[][..]) };
    if direction == Direction::Decrypt {
        transform.set_tag(tag);
    }
    if !aad.is_empty() {
        transform.aad(aad, None);
    }
    let mut out = transform.update(body)?;
    out.extend(transform.finish().map_err(|_| failed())?);
    if direction == Direction::Encrypt {
        out.extend_from_slice(&transform.tag().ok_or_else(failed)?[..tag_len]);
    }
    Ok(out)
}

fn oaep(key: &Data, label: Vec<u8>, input: &[u8], direction: Direction, sys: &Sys) -> Outcome<Vec<u8>> {
    let hash = key.algorithm.hash.ok_or_else(failed)?.hash;
    let options = public_cipher::Options { padding: 4, hash, label };
    match (&*key.key, direction) {
        (Key::Public(key), Direction::Encrypt) => public_cipher::encrypt(key, input, &options, sys),
        (Key::Private(key), Direction::Decrypt) => public_cipher::decrypt(key, input, &options),
        _ => Err(failed()),
    }
}

/// How a key signs.
pub struct Scheme {
    hash: Option<HashName>,
    options: Options,
    /// The type that a key must have.
    hmac: bool,
    kmac: Option<Kmac>,
    /// What is out of its range: the work fails with it.
    beyond: Option<Beyond>,
}

/// What is out of its range.
enum Beyond {
    Range(String),
    /// KMAC's customization is too long.
    Customization,
}

impl Beyond {
    fn failure(&self) -> Failure {
        match self {
            Self::Range(message) => Failure::range("ERR_OUT_OF_RANGE", message),
            Self::Customization => Failure::Job(failure::INVALID_CUSTOM_LENGTH),
        }
    }
}

/// The parameters of KMAC: its strength and length in bits, and what tells one use from another.
struct Kmac {
    bits: usize,
    len: usize,
    customization: Vec<u8>,
}

/// The parameters of `sign` and `verify`.
pub fn scheme(algorithm: &Algorithm, key: &Data, cx: &mut Context) -> JsResult<Scheme> {
    let mut scheme = Scheme { hash: key.algorithm.hash, options: Options::default(), hmac: false, kmac: None, beyond: None };
    match algorithm.family {
        Family::Hmac => scheme.hmac = true,
        Family::Kmac => {
            let len = algorithm.number("KmacParams", "length", f64::from(u32::MAX), cx)?;
            if len % 8 != 0 {
                return Err(exception("NotSupportedError", "Unsupported KmacParams length", cx));
            }
            let customization = algorithm.optional_bytes("customization", cx)?.unwrap_or_default();
            if customization.len() > kmac::CUSTOMIZATION_MAX {
                scheme.beyond = Some(Beyond::Customization);
            }
            scheme.kmac = Some(Kmac { bits: if algorithm.name == "KMAC128" { 128 } else { 256 }, len: len as usize / 8, customization });
        }
        Family::RsaPkcs1 => scheme.options.padding = Some(1),
        Family::RsaPss => {
            scheme.options.padding = Some(6);
            let salt_len = algorithm.number("RsaPssParams", "saltLength", f64::from(u32::MAX), cx)?;
            let max = salt_len_max(key);
            if f64::from(salt_len) > max {
                scheme.beyond = Some(Beyond::Range(format!("The value of \"algorithm.saltLength\" is out of range. It must be >= 0 && <= {max}. Received {salt_len}")));
            }
            scheme.options.salt_len = Some(salt_len.min(i32::MAX as u32) as i32);
        }
        Family::Ecdsa => {
            scheme.hash = Some(algorithm.hash("EcdsaParams", cx)?);
            scheme.options.p1363 = true;
        }
        _ => {
            scheme.hash = None;
            scheme.options.context = algorithm.optional_bytes("context", cx)?.unwrap_or_default();
            if scheme.options.context.len() > 255 {
                scheme.beyond = Some(Beyond::Range("context string must be at most 255 bytes".to_owned()));
            }
        }
    }
    Ok(scheme)
}

/// What a key of RSA has room for beside the hash: as many bytes as its modulus, without its highest bit.
fn salt_len_max(key: &Data) -> f64 {
    match (key.key.to_public(), key.algorithm.hash) {
        (Some(Public::Rsa { key, .. }), Some(hash)) => (key.n.bits().saturating_sub(1).div_ceil(8) as f64) - hash.hash.output_len as f64 - 2.0,
        _ => f64::INFINITY,
    }
}

fn tagged(key: &Data, parameters: &Kmac, data: &[u8]) -> Outcome<Vec<u8>> {
    Ok(kmac::kmac(parameters.bits, secret(key)?, data, &parameters.customization, parameters.len))
}

fn same(made: &[u8], given: &[u8]) -> bool {
    made.len() == given.len() && made.iter().zip(given).fold(0, |all, (a, b)| std::hint::black_box(all | a ^ b)) == 0
}

fn hmac(key: &Data, scheme: &Scheme, data: &[u8]) -> Outcome<Vec<u8>> {
    let hash = scheme.hash.ok_or_else(failed)?.hash;
    let mut mac = (hash.keyed.ok_or_else(failed)?.mac)(secret(key)?);
    mac.update(data);
    Ok(mac.finish(hash.output_len))
}

impl Scheme {
    /// A signature.
    pub fn sign(&self, key: &Data, data: &[u8], sys: &Sys) -> Outcome<Vec<u8>> {
        if let Some(beyond) = &self.beyond {
            return Err(beyond.failure());
        }
        if let Some(parameters) = &self.kmac {
            return tagged(key, parameters, data);
        }
        match &*key.key {
            Key::Private(private) => signature::sign_message(private, self.hash.map(|hash| hash.hash), data, &self.options, sys),
            _ if self.hmac => hmac(key, self, data),
            _ => Err(failed()),
        }
    }

    /// Whether a signature is one.
    pub fn verify(&self, key: &Data, data: &[u8], given: &[u8]) -> Outcome<bool> {
        if let Some(beyond) = &self.beyond {
            return Err(beyond.failure());
        }
        if let Some(parameters) = &self.kmac {
            return Ok(same(&tagged(key, parameters, data)?, given));
        }
        match &*key.key {
            Key::Public(public) => signature::verify_message(public, self.hash.map(|hash| hash.hash), data, given, &self.options),
            _ if self.hmac => Ok(same(&hmac(key, self, data)?, given)),
            _ => Err(failed()),
        }
    }
}

/// What `deriveBits` does; the length is in bits.
pub fn derive(algorithm: &Algorithm, key: &Data, length: Option<u32>, cx: &mut Context) -> JsResult<Bytes> {
    match algorithm.family {
        Family::Ecdh | Family::Agree => agree(algorithm, key, length, cx),
        Family::Argon2 => argon(algorithm, key, length, cx),
        _ => {
            let hash = match algorithm.family {
                Family::Hkdf => Some((algorithm.hash("HkdfParams", cx)?, algorithm.bytes("HkdfParams", "salt", cx)?)),
                Family::Pbkdf2 => Some((algorithm.hash("Pbkdf2Params", cx)?, algorithm.bytes("Pbkdf2Params", "salt", cx)?)),
                _ => None,
            };
            let Some((hash, salt)) = hash else {
                return Err(exception("NotSupportedError", "Unrecognized algorithm name", cx));
            };
            if algorithm.family == Family::Hkdf {
                let info = algorithm.bytes("HkdfParams", "info", cx)?;
                let len = whole_bytes(length, cx)?;
                return Ok(hkdf(key.clone(), hash, salt, info, len));
            }
            let iterations = algorithm.number("Pbkdf2Params", "iterations", f64::from(u32::MAX), cx)?;
            if iterations == 0 {
                return Err(exception("OperationError", "iterations cannot be zero", cx));
            }
            let len = whole_bytes(length, cx)?;
            Ok(pbkdf2(key.clone(), hash, salt, iterations, len))
        }
    }
}

fn whole_bytes(length: Option<u32>, cx: &mut Context) -> JsResult<usize> {
    match length {
        None => Err(exception("OperationError", "length cannot be null", cx)),
        Some(bits) if bits % 8 != 0 => Err(exception("OperationError", "length must be a multiple of 8", cx)),
        Some(bits) => {
            let len = bits as usize / 8;
            buffer::room_for(len)?;
            Ok(len)
        }
    }
}

fn argon(algorithm: &Algorithm, key: &Data, length: Option<u32>, cx: &mut Context) -> JsResult<Bytes> {
    let most = f64::from(u32::MAX);
    let memory = algorithm.number("Argon2Params", "memory", most, cx)?;
    let nonce = algorithm.bytes("Argon2Params", "nonce", cx)?;
    let parallelism = algorithm.number("Argon2Params", "parallelism", most, cx)?;
    let passes = algorithm.number("Argon2Params", "passes", most, cx)?;
    let secret_value = algorithm.optional_bytes("secretValue", cx)?.unwrap_or_default();
    let data = algorithm.optional_bytes("associatedData", cx)?.unwrap_or_default();
    let version = algorithm.optional_number("version", 255.0, cx)?.unwrap_or(0x13);
    let wrong = |message: &str, cx: &mut Context| Err(exception("OperationError", message, cx));
    if parallelism == 0 || parallelism > 16_777_215 {
        return wrong("parallelism must be > 0 and < 16777215", cx);
    }
    if memory < parallelism.saturating_mul(8) {
        return wrong("memory must be at least 8 times the degree of parallelism", cx);
    }
    if version != 0x13 {
        return wrong(&format!("{version} is not a valid Argon2 version"), cx);
    }
    let tag_len = whole_bytes(length, cx)?;
    if tag_len < 4 {
        return wrong("length must be >= 32", cx);
    }
    let beyond = |name: &str, least: u32, found: u64| {
        Failure::range("ERR_OUT_OF_RANGE", format!("The value of \"parameters.{name}\" is out of range. It must be >= {least} && <= 4294967295. Received {found}"))
    };
    let key = key.clone();
    let kind = algorithm.name;
    Ok(Box::new(move |_| {
        if nonce.len() < 8 {
            return Err(beyond("nonce.byteLength", 8, nonce.len() as u64));
        }
        if passes == 0 {
            return Err(beyond("passes", 1, 0));
        }
        let message = secret(&key)?.to_vec();
        argon::Recipe::new(kind, message, nonce, tag_len).costs(memory, passes, parallelism).bound(secret_value, data).run()
    }))
}

fn hkdf(key: Data, hash: HashName, salt: Vec<u8>, info: Vec<u8>, len: usize) -> Bytes {
    Box::new(move |_| {
        let mut out = vec![0; len];
        if len > hash.hash.output_len * 255 {
            return Err(failed());
        }
        (hash.hash.keyed.ok_or_else(failed)?.hkdf)(secret(&key)?, &salt, &info, &mut out);
        Ok(out)
    })
}

fn pbkdf2(key: Data, hash: HashName, salt: Vec<u8>, iterations: u32, len: usize) -> Bytes {
    Box::new(move |_| {
        let mut out = vec![0; len];
        if len > 0 {
            (hash.hash.keyed.ok_or_else(failed)?.pbkdf2)(secret(&key)?, &salt, iterations, &mut out);
        }
        Ok(out)
    })
}

fn agree(algorithm: &Algorithm, key: &Data, length: Option<u32>, cx: &mut Context) -> JsResult<Bytes> {
    let public = algorithm.key("EcdhKeyDeriveParams", "public", cx)?;
    let access = |message: &str, cx: &mut Context| Err(exception("InvalidAccessError", message, cx));
    if public.key.type_name() != "public" {
        return access("algorithm.public must be a public key", cx);
    }
    if key.key.type_name() != "private" {
        return access("baseKey must be a private key", cx);
    }
    if public.algorithm.name != key.algorithm.name {
        return access("key algorithm mismatch", cx);
    }
    let curves = (curve_of(&key.key), curve_of(&public.key));
    if curves.0 != curves.1 {
        return access("Named curve mismatch", cx);
    }
    if let Some(bits) = length
        && bits.div_ceil(8) as usize > secret_len(&key.key)
    {
        return Err(exception("OperationError", "derived bit length is too small", cx));
    }
    let key = key.clone();
    Ok(Box::new(move |_| {
        let (Key::Private(private), Key::Public(public)) = (&*key.key, &*public.key) else { return Err(failed()) };
        let mut secret = dh::agree(private, public)?;
        let Some(bits) = length else { return Ok(secret) };
        secret.truncate(bits.div_ceil(8) as usize);
        if bits % 8 != 0
            && let Some(last) = secret.last_mut()
        {
            *last &= 0xff << (8 - bits % 8);
        }
        Ok(secret)
    }))
}

fn curve_of(key: &Key) -> Option<&'static str> {
    match key.to_public()? {
        Public::Ec { curve, .. } => Some(curve.name),
        Public::Octets { kind, .. } => Some(kind.name),
        _ => None,
    }
}

/// Bytes of the secret that a key agrees on.
fn secret_len(key: &Key) -> usize {
    match key {
        Key::Private(Private::Ec { curve, .. }) => curve.len,
        Key::Private(Private::Octets { kind, .. }) => kind.public_len,
        _ => 0,
    }
}
