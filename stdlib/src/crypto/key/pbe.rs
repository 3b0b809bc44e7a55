//! EncryptedPrivateKeyInfo, RFC 5958, with PBES2, RFC 8018.

use coil_engine::coil_sys::Sys;

use crate::crypto::{
    asn1::{Malformed, Read, Reader, null, octets, oid, sequence, small},
    cipher::{self, Direction, Mode, Spec},
    digest::{self, Algorithm},
    failure::{self, Failure, Outcome},
    number::random_bytes,
};

const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
const SCRYPT: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 4, 11];
/// 1.2.840.113549.2.n: HMAC under a hash function.
const HMAC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2];
const HMACS: &[(u8, &str)] = &[(7, "sha1"), (8, "sha224"), (9, "sha256"), (10, "sha384"), (11, "sha512"), (12, "sha512-224"), (13, "sha512-256")];

/// Contents of the object identifiers of ciphers that PBES2 names.
const CIPHERS: &[(&[u8], &str)] = &[
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 1], "aes-128-ecb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 21], "aes-192-ecb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 41], "aes-256-ecb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2], "aes-128-cbc"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22], "aes-192-cbc"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42], "aes-256-cbc"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 3], "aes-128-ofb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 23], "aes-192-ofb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 43], "aes-256-ofb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 4], "aes-128-cfb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 24], "aes-192-cfb"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 44], "aes-256-cfb"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7], "des-ede3-cbc"),
    (&[0x2a, 0x83, 0x1a, 0x8c, 0x9a, 0x4b, 0x3d, 1, 1, 1, 2], "camellia-128-cbc"),
    (&[0x2a, 0x83, 0x1a, 0x8c, 0x9a, 0x4b, 0x3d, 1, 1, 1, 4], "camellia-256-cbc"),
];

/// OpenSSL's count of iterations, and bytes of salt.
const ITERATIONS: u32 = 2048;
const SALT_LEN: usize = 16;
/// No file may ask for more: it would hold the program for minutes.
const ITERATIONS_MAX: u32 = 100_000_000;

/// Whether the DER looks like an encrypted key: the first member is a SEQUENCE, where PrivateKeyInfo has a number.
pub fn is_encrypted(der: &[u8]) -> bool {
    let is = || -> Read<bool> {
        let mut info = Reader(der).sequence()?;
        info.sequence()?;
        info.octets()?;
        info.end()?;
        Ok(true)
    };
    is().unwrap_or(false)
}

struct Scheme<'a> {
    derive: Derive<'a>,
    spec: &'static Spec,
    iv: &'a [u8],
    hidden: &'a [u8],
}

enum Derive<'a> {
    Pbkdf2 { algorithm: &'static Algorithm, salt: &'a [u8], iterations: u32 },
    Scrypt { salt: &'a [u8], log_n: u8, r: u32, p: u32 },
}

fn scheme(der: &[u8]) -> Read<Scheme<'_>> {
    let mut info = Reader(der).sequence()?;
    let mut algorithm = info.sequence()?;
    let hidden = info.octets()?;
    if algorithm.oid()? != PBES2 {
        return Err(Malformed::Content);
    }
    let mut params = algorithm.sequence()?;
    let (mut kdf, mut encryption) = (params.sequence()?, params.sequence()?);
    let derive = match kdf.oid()? {
        PBKDF2 => pbkdf2(kdf.sequence()?)?,
        SCRYPT => {
            let mut kdf = kdf.sequence()?;
            let (salt, n, r, p) = (kdf.octets()?, kdf.small()?, kdf.small()?, kdf.small()?);
            if !n.is_power_of_two() {
                return Err(Malformed::Content);
            }
            Derive::Scrypt { salt, log_n: n.trailing_zeros() as u8, r, p }
        }
        _ => return Err(Malformed::Content),
    };
    let id = encryption.oid()?;
    let (_, name) = CIPHERS.iter().find(|(oid, _)| *oid == id).ok_or(Malformed::Content)?;
    let spec = cipher::find(name).ok_or(Malformed::Content)?;
    let iv = encryption.octets()?;
    if iv.len() != spec.iv_len {
        return Err(Malformed::Content);
    }
    Ok(Scheme { derive, spec, iv, hidden })
}

fn pbkdf2(mut params: Reader<'_>) -> Read<Derive<'_>> {
    let salt = params.octets()?;
    let iterations = params.small()?;
    if iterations == 0 || iterations > ITERATIONS_MAX {
        return Err(Malformed::Content);
    }
    if params.peek() == Some(crate::crypto::asn1::tag::INTEGER) {
        params.small()?;
    }
    let mut name = "sha1";
    if !params.is_empty() {
        let mut prf = params.sequence()?;
        let (last, front) = prf.oid()?.split_last().ok_or(Malformed::Content)?;
        let known = HMACS.iter().find(|(number, _)| number == last && front == HMAC);
        name = known.ok_or(Malformed::Content)?.1;
    }
    Ok(Derive::Pbkdf2 { algorithm: digest::find(name).ok_or(Malformed::Content)?, salt, iterations })
}

impl Derive<'_> {
    fn key(&self, passphrase: &[u8], len: usize) -> Option<Vec<u8>> {
        let mut key = vec![0; len];
        match self {
            Self::Pbkdf2 { algorithm, salt, iterations } => (algorithm.keyed?.pbkdf2)(passphrase, salt, *iterations, &mut key),
            Self::Scrypt { salt, log_n, r, p } => {
                if *log_n > 20 || *r > 64 || *p > 64 {
                    return None;
                }
                scrypt::scrypt(passphrase, salt, &scrypt::Params::new(*log_n, *r, *p).ok()?, &mut key).ok()?;
            }
        }
        Some(key)
    }
}

/// The PrivateKeyInfo within.
pub fn open(der: &[u8], passphrase: Option<&[u8]>) -> Outcome<Vec<u8>> {
    let scheme = scheme(der).map_err(|_| failure::DECODER_UNSUPPORTED)?;
    let Some(passphrase) = passphrase else {
        return Err(Failure::Ssl(failure::INTERRUPTED, &[failure::PEM_BAD_PASSWORD, failure::INTERRUPTED, failure::UNABLE_TO_GET_PASSPHRASE, failure::INTERRUPTED, failure::INTERRUPTED]));
    };
    let key = scheme.derive.key(passphrase, scheme.spec.key_len).ok_or(failure::DECODER_UNSUPPORTED)?;
    let wrong = |_| Failure::Ssl(failure::BAD_DECRYPT, &[failure::PKCS12_FINAL, failure::BAD_DECRYPT, failure::PKCS12_FINAL, failure::BAD_DECRYPT]);
    cipher::run(scheme.spec, Direction::Decrypt, &key, scheme.iv, scheme.hidden).map_err(wrong)
}

/// EncryptedPrivateKeyInfo of a PrivateKeyInfo, under a cipher that PBES2 names.
pub fn seal(der: &[u8], spec: &Spec, passphrase: &[u8], sys: &Sys) -> Outcome<Vec<u8>> {
    let known = CIPHERS.iter().find(|(_, name)| *name == spec.name);
    let Some((id, _)) = known.filter(|_| matches!(spec.mode, Mode::Ecb | Mode::Cbc | Mode::Ofb | Mode::Cfb)) else {
        return Err(Failure::error("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"));
    };
    let (salt, iv) = (random_bytes(sys, SALT_LEN)?, random_bytes(sys, spec.iv_len)?);
    let algorithm = digest::find("sha256").ok_or(failure::DECODER_UNSUPPORTED)?;
    let derive = Derive::Pbkdf2 { algorithm, salt: &salt, iterations: ITERATIONS };
    let key = derive.key(passphrase, spec.key_len).ok_or(failure::DECODER_UNSUPPORTED)?;
    let hidden = cipher::run(spec, Direction::Encrypt, &key, &iv, der)?;
    let prf = sequence(&[oid(&[HMAC, &[9]].concat()), null()]);
    let kdf = sequence(&[oid(PBKDF2), sequence(&[octets(&salt), small(ITERATIONS), prf])]);
    let params = sequence(&[kdf, sequence(&[oid(id), octets(&iv)])]);
    Ok(sequence(&[sequence(&[oid(PBES2), params]), octets(&hidden)]))
}
