//! PKCS #12 (RFC 7292): a key and its certificates behind a password.

use std::sync::Arc;

use hmac::{EagerHash, Hmac, KeyInit, Mac as _};
use sha2::{Digest, digest::block_api::BlockSizeUser};

use crate::{
    der::{self, Reader, oid},
    provider::sign::PrivateKey,
    x509::Certificate,
};

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Malformed,
    WrongPassword,
    /// Encrypted in a way that is not known.
    Unsupported,
    /// There is no key in it, or no certificate that belongs to its key.
    NoKey,
    NoCertificate,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    pub key: Option<PrivateKey>,
    /// The key's own certificate first.
    pub certificates: Vec<Arc<Certificate>>,
}

const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];
/// Bags: `1.2.840.113549.1.12.10.1.n`
const BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
/// Old password-based encryption: `1.2.840.113549.1.12.1.n`
const PBE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];

/// Reads a file.
pub fn read(file: &[u8], password: &[u8]) -> Result<Contents, Failure> {
    let (safe, mac) = parts(file).ok_or(Failure::Malformed)?;
    let password = match mac {
        Some(mac) => mac.verified(safe, password)?,
        None => wide(password),
    };
    let contents = read_safe(safe, &password)?;
    match &contents.key {
        None => Err(Failure::NoKey),
        Some(_) if contents.certificates.is_empty() => Err(Failure::NoCertificate),
        Some(_) => Ok(contents),
    }
}

fn read_safe(safe: &[u8], password: &Password) -> Result<Contents, Failure> {
    let mut contents = Contents::default();
    let mut infos = Reader::new(Reader::new(safe).expect(der::SEQUENCE).ok_or(Failure::Malformed)?);
    while let Some(info) = infos.optional(der::SEQUENCE) {
        let mut info = Reader::new(info);
        let kind = info.expect(der::OID).ok_or(Failure::Malformed)?;
        let content = info.optional(0xa0).ok_or(Failure::Malformed)?;
        match kind {
            DATA => {
                let bags = Reader::new(content).expect(der::OCTET_STRING).ok_or(Failure::Malformed)?;
                read_bags(bags, password, &mut contents)?;
            }
            ENCRYPTED_DATA => {
                let bags = decrypt_content(content, password)?;
                read_bags(&bags, password, &mut contents)?;
            }
            _ => return Err(Failure::Unsupported),
        }
    }
    if let Some(key) = &contents.key {
        let public = key.public();
        if let Some(at) = contents.certificates.iter().position(|certificate| certificate.public_key() == Some(&public)) {
            contents.certificates.swap(0, at);
        }
    }
    Ok(contents)
}

/// A password as it came, and as a BMPString with its end (RFC 7292 appendix B.1).
struct Password {
    plain: Vec<u8>,
    wide: Vec<u8>,
}

fn wide(password: &[u8]) -> Password {
    let mut wide: Vec<u8> = String::from_utf8_lossy(password).encode_utf16().flat_map(u16::to_be_bytes).collect();
    wide.extend_from_slice(&[0, 0]);
    Password { plain: password.to_vec(), wide }
}

/// The AuthenticatedSafe, and what protects it, if anything does.
fn parts(file: &[u8]) -> Option<(&[u8], Option<Mac<'_>>)> {
    let mut pfx = Reader::new(Reader::new(file).expect(der::SEQUENCE)?);
    pfx.expect(der::INTEGER)?;
    let mut info = Reader::new(pfx.expect(der::SEQUENCE)?);
    if info.expect(der::OID)? != DATA {
        return None;
    }
    let safe = Reader::new(info.expect(0xa0)?).expect(der::OCTET_STRING)?;
    let mac = match pfx.optional(der::SEQUENCE) {
        Some(data) => Some(Mac::parse(data)?),
        None => None,
    };
    Some((safe, mac))
}

/// MacData (RFC 7292 section 4).
struct Mac<'a> {
    hash: &'a [u8],
    value: &'a [u8],
    salt: &'a [u8],
    iterations: u32,
}

impl<'a> Mac<'a> {
    fn parse(data: &'a [u8]) -> Option<Self> {
        let mut data = Reader::new(data);
        let mut digest = Reader::new(data.expect(der::SEQUENCE)?);
        let hash = Reader::new(digest.expect(der::SEQUENCE)?).expect(der::OID)?;
        let value = digest.expect(der::OCTET_STRING)?;
        let salt = data.expect(der::OCTET_STRING)?;
        let iterations = data.optional(der::INTEGER).map_or(1, number);
        Some(Self { hash, value, salt, iterations })
    }

    /// The password with which the value is right. Without one, two are usual: one of no bytes, and an empty string with its end.
    fn verified(&self, safe: &[u8], password: &[u8]) -> Result<Password, Failure> {
        let mut candidates = vec![wide(password)];
        if password.is_empty() {
            candidates.insert(0, Password { plain: Vec::new(), wide: Vec::new() });
        }
        for candidate in candidates {
            if self.is_right(safe, &candidate.wide)? {
                return Ok(candidate);
            }
        }
        Err(Failure::WrongPassword)
    }

    fn is_right(&self, safe: &[u8], password: &[u8]) -> Result<bool, Failure> {
        match self.hash {
            oid::SHA1 => Ok(self.is_right_with::<sha1::Sha1>(safe, password)),
            oid::SHA224 => Ok(self.is_right_with::<sha2::Sha224>(safe, password)),
            oid::SHA256 => Ok(self.is_right_with::<sha2::Sha256>(safe, password)),
            oid::SHA384 => Ok(self.is_right_with::<sha2::Sha384>(safe, password)),
            oid::SHA512 => Ok(self.is_right_with::<sha2::Sha512>(safe, password)),
            _ => Err(Failure::Unsupported),
        }
    }

    fn is_right_with<D>(&self, safe: &[u8], password: &[u8]) -> bool
    where
        D: EagerHash,
        Hmac<D>: hmac::Mac + KeyInit,
    {
        let key = derive::<D>(password, self.salt, 3, self.iterations, <D as Digest>::output_size());
        match <Hmac<D> as KeyInit>::new_from_slice(&key) {
            Ok(mac) => mac.chain_update(safe).verify_slice(self.value).is_ok(),
            Err(_) => false,
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0_u32, |count, byte| count << 8 | u32::from(*byte))
}

/// EncryptedData (RFC 5652 section 8).
fn decrypt_content(content: &[u8], password: &Password) -> Result<Vec<u8>, Failure> {
    let parse = || {
        let mut data = Reader::new(Reader::new(content).expect(der::SEQUENCE)?);
        data.expect(der::INTEGER)?;
        let mut info = Reader::new(data.expect(der::SEQUENCE)?);
        info.expect(der::OID)?;
        let algorithm = info.next_whole()?;
        // Implicitly tagged, and never split in what is found in the world.
        let bytes = info.expect(0x80)?;
        Some((algorithm, bytes))
    };
    let (algorithm, bytes) = parse().ok_or(Failure::Malformed)?;
    decrypt(algorithm, bytes, password)
}

fn read_bags(bags: &[u8], password: &Password, contents: &mut Contents) -> Result<(), Failure> {
    let mut bags = Reader::new(Reader::new(bags).expect(der::SEQUENCE).ok_or(Failure::WrongPassword)?);
    while let Some(bag) = bags.optional(der::SEQUENCE) {
        let mut bag = Reader::new(bag);
        let id = bag.expect(der::OID).ok_or(Failure::Malformed)?;
        let value = bag.expect(0xa0).ok_or(Failure::Malformed)?;
        match id.strip_prefix(BAG) {
            Some([1]) => contents.key = PrivateKey::from_der(value),
            Some([2]) => {
                let mut info = Reader::new(Reader::new(value).expect(der::SEQUENCE).ok_or(Failure::Malformed)?);
                let algorithm = info.next_whole().ok_or(Failure::Malformed)?;
                let sealed = info.expect(der::OCTET_STRING).ok_or(Failure::Malformed)?;
                let plain = decrypt(algorithm, sealed, password)?;
                contents.key = Some(PrivateKey::from_der(&plain).ok_or(Failure::WrongPassword)?);
            }
            Some([3]) => {
                let certificate = || {
                    let mut bag = Reader::new(Reader::new(value).expect(der::SEQUENCE)?);
                    bag.expect(der::OID)?;
                    Certificate::parse(Reader::new(bag.expect(0xa0)?).expect(der::OCTET_STRING)?)
                };
                contents.certificates.extend(certificate());
            }
            _ => {}
        }
    }
    Ok(())
}

/// `algorithm` is an AlgorithmIdentifier with its tag.
fn decrypt(algorithm: &[u8], sealed: &[u8], password: &Password) -> Result<Vec<u8>, Failure> {
    let mut identifier = Reader::new(Reader::new(algorithm).expect(der::SEQUENCE).ok_or(Failure::Malformed)?);
    let id = identifier.expect(der::OID).ok_or(Failure::Malformed)?;
    if id == PBES2 {
        let scheme = pkcs8::pkcs5::EncryptionScheme::try_from(algorithm).map_err(|_| Failure::Unsupported)?;
        return scheme.decrypt(&password.plain, sealed).map_err(|_| Failure::WrongPassword);
    }
    let Some([kind]) = id.strip_prefix(PBE) else { return Err(Failure::Unsupported) };
    let parse = || {
        let mut params = Reader::new(identifier.clone().expect(der::SEQUENCE)?);
        let salt = params.expect(der::OCTET_STRING)?;
        let iterations = number(params.expect(der::INTEGER)?);
        Some((salt, iterations))
    };
    let (salt, iterations) = parse().ok_or(Failure::Malformed)?;
    let derive = |id: u8, len: usize| derive::<sha1::Sha1>(&password.wide, salt, id, iterations, len);
    match kind {
        // pbeWithSHAAnd3-KeyTripleDES-CBC
        3 => {
            use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
            let (key, iv) = (derive(1, 24), derive(2, 8));
            let cipher = cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &iv).map_err(|_| Failure::Unsupported)?;
            cipher.decrypt_padded_vec::<Pkcs7>(sealed).map_err(|_| Failure::WrongPassword)
        }
        // RC2 and RC4: nobody should read anything under them any more, and OpenSSL does not.
        _ => Err(Failure::Unsupported),
    }
}

/// RFC 7292 appendix B.2. `password` is wide, with its end.
fn derive<D: EagerHash>(password: &[u8], salt: &[u8], id: u8, iterations: u32, len: usize) -> Vec<u8> {
    let block_len = <D as BlockSizeUser>::block_size();
    let filled = |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(bytes.len().div_ceil(block_len) * block_len).collect() };
    let mut input = [filled(salt), filled(password)].concat();
    let diversifier = vec![id; block_len];
    let mut out = Vec::new();
    while out.len() < len {
        let mut block = D::new().chain_update(&diversifier).chain_update(&input).finalize();
        for _ in 1..iterations {
            block = D::digest(block);
        }
        out.extend_from_slice(&block);
        let addend: Vec<u8> = block.iter().copied().cycle().take(block_len).collect();
        for part in input.chunks_mut(block_len) {
            let mut carry = 1_u16;
            for (byte, add) in part.iter_mut().zip(&addend).rev() {
                let sum = u16::from(*byte) + u16::from(*add) + carry;
                *byte = sum as u8;
                carry = sum >> 8;
            }
        }
    }
    out.truncate(len);
    out
}
