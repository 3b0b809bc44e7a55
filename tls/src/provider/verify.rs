//! Public keys, and what they verify: handshakes and certificates.

use p256::ecdsa::signature::Verifier;
use rsa::{pkcs1::DecodeRsaPublicKey, traits::PublicKeyParts};
use rustls::SignatureScheme;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::der::{self, Reader, oid};

/// A public key.
#[derive(Clone, Debug, PartialEq)]
pub enum PublicKey {
    Rsa(rsa::PublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

/// A hash function in a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    RsaPkcs1(HashKind),
    /// The hash, and how long the salt is.
    RsaPss(HashKind, usize),
    Ecdsa(HashKind),
    Ed25519,
}

impl Algorithm {
    /// Reads an AlgorithmIdentifier (the contents of its SEQUENCE).
    pub fn parse(identifier: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(identifier);
        let id = reader.expect(der::OID)?;
        Some(match id {
            oid::SHA1_WITH_RSA => Self::RsaPkcs1(HashKind::Sha1),
            oid::SHA224_WITH_RSA => Self::RsaPkcs1(HashKind::Sha224),
            oid::SHA256_WITH_RSA => Self::RsaPkcs1(HashKind::Sha256),
            oid::SHA384_WITH_RSA => Self::RsaPkcs1(HashKind::Sha384),
            oid::SHA512_WITH_RSA => Self::RsaPkcs1(HashKind::Sha512),
            oid::ECDSA_SHA1 => Self::Ecdsa(HashKind::Sha1),
            oid::ECDSA_SHA224 => Self::Ecdsa(HashKind::Sha224),
            oid::ECDSA_SHA256 => Self::Ecdsa(HashKind::Sha256),
            oid::ECDSA_SHA384 => Self::Ecdsa(HashKind::Sha384),
            oid::ECDSA_SHA512 => Self::Ecdsa(HashKind::Sha512),
            oid::ED25519 => Self::Ed25519,
            oid::RSASSA_PSS => return Self::parse_pss(&mut reader),
            _ => return None,
        })
    }

    /// RSASSA-PSS-params (RFC 4055 section 3.1); what is left out has its default.
    fn parse_pss(reader: &mut Reader<'_>) -> Option<Self> {
        let (mut hash, mut salt_len) = (HashKind::Sha1, 20);
        if !reader.is_empty() {
            let mut params = Reader::new(reader.expect(der::SEQUENCE)?);
            while let Some((tag, value)) = params.next() {
                let mut value = Reader::new(value);
                match tag {
                    0xa0 => {
                        let mut identifier = Reader::new(value.expect(der::SEQUENCE)?);
                        hash = HashKind::of_oid(identifier.expect(der::OID)?)?;
                    }
                    0xa2 => salt_len = value.expect(der::INTEGER)?.iter().fold(0_usize, |len, byte| (len << 8 | usize::from(*byte)) & 0xffff),
                    _ => {}
                }
            }
        }
        Some(Self::RsaPss(hash, salt_len))
    }
}

impl HashKind {
    fn of_oid(id: &[u8]) -> Option<Self> {
        Some(match id {
            oid::SHA1 => Self::Sha1,
            oid::SHA224 => Self::Sha224,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            _ => return None,
        })
    }

    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha224 => Sha224::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        let (algorithm, parameters, key) = der::spki_parts(spki)?;
        match algorithm {
            oid::RSA_ENCRYPTION | oid::RSASSA_PSS => rsa_public(key).map(Self::Rsa),
            oid::ED25519 => ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok().map(Self::Ed25519),
            oid::EC_PUBLIC_KEY => match parameters {
                oid::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok().map(Self::P256),
                oid::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok().map(Self::P384),
                oid::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(key).ok().map(Self::P521),
                _ => None,
            },
            _ => None,
        }
    }

    /// Verifies a signature of a certificate or a revocation list.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Rsa(key), Algorithm::RsaPkcs1(hash)) => {
                match hash {
                    HashKind::Sha1 => key.pkcs1v15_verify::<Sha1>(message, signature),
                    HashKind::Sha224 => key.pkcs1v15_verify::<Sha224>(message, signature),
                    HashKind::Sha256 => key.pkcs1v15_verify::<Sha256>(message, signature),
                    HashKind::Sha384 => key.pkcs1v15_verify::<Sha384>(message, signature),
                    HashKind::Sha512 => key.pkcs1v15_verify::<Sha512>(message, signature),
                }
            }
            .is_ok(),
            (Self::Rsa(key), Algorithm::RsaPss(hash, salt_len)) => verify_pss(key, hash, salt_len, message, signature),
            (Self::Ed25519(key), Algorithm::Ed25519) => match ed25519_dalek::Signature::from_slice(signature) {
                Ok(signature) => key.verify(message, &signature).is_ok(),
                Err(_) => false,
            },
            (_, Algorithm::Ecdsa(hash)) => self.verify_prehashed(&hash.digest(message), signature),
            _ => false,
        }
    }

    fn verify_prehashed(&self, digest: &[u8], signature: &[u8]) -> bool {
        use p256::ecdsa::signature::hazmat::PrehashVerifier;
        match self {
            Self::P256(key) => p256::ecdsa::DerSignature::from_bytes(signature).is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok()),
            Self::P384(key) => p384::ecdsa::DerSignature::from_bytes(signature).is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok()),
            Self::P521(key) => p521::ecdsa::DerSignature::from_bytes(signature).is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok()),
            _ => false,
        }
    }

    /// Verifies a handshake's signature. In TLS 1.3 a curve is tied to its hash, and RSA signs with PSS only.
    pub fn verify_handshake(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8], is_tls13: bool) -> bool {
        let algorithm = match scheme {
            SignatureScheme::RSA_PSS_SHA256 => Algorithm::RsaPss(HashKind::Sha256, 32),
            SignatureScheme::RSA_PSS_SHA384 => Algorithm::RsaPss(HashKind::Sha384, 48),
            SignatureScheme::RSA_PSS_SHA512 => Algorithm::RsaPss(HashKind::Sha512, 64),
            SignatureScheme::RSA_PKCS1_SHA256 if !is_tls13 => Algorithm::RsaPkcs1(HashKind::Sha256),
            SignatureScheme::RSA_PKCS1_SHA384 if !is_tls13 => Algorithm::RsaPkcs1(HashKind::Sha384),
            SignatureScheme::RSA_PKCS1_SHA512 if !is_tls13 => Algorithm::RsaPkcs1(HashKind::Sha512),
            SignatureScheme::ECDSA_NISTP256_SHA256 => Algorithm::Ecdsa(HashKind::Sha256),
            SignatureScheme::ECDSA_NISTP384_SHA384 => Algorithm::Ecdsa(HashKind::Sha384),
            SignatureScheme::ECDSA_NISTP521_SHA512 => Algorithm::Ecdsa(HashKind::Sha512),
            SignatureScheme::ED25519 => Algorithm::Ed25519,
            _ => return false,
        };
        let right_curve = match (self, scheme) {
            (Self::P256(_), SignatureScheme::ECDSA_NISTP256_SHA256) | (Self::P384(_), SignatureScheme::ECDSA_NISTP384_SHA384) | (Self::P521(_), SignatureScheme::ECDSA_NISTP521_SHA512) => true,
            (Self::P256(_) | Self::P384(_) | Self::P521(_), _) => !is_tls13,
            _ => true,
        };
        right_curve && self.verify(algorithm, message, signature)
    }

    /// An RSA key's modulus and exponent.
    pub fn rsa_parts(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let Self::Rsa(key) = self else { return None };
        Some((trimmed(&key.n_bytes()), trimmed(&key.e_bytes())))
    }
}

/// How many bits of security the key of a SubjectPublicKeyInfo gives, as OpenSSL counts them; keys of other kinds are not judged.
pub fn strength(spki: &[u8]) -> Option<u32> {
    let (algorithm, _, key) = der::spki_parts(spki)?;
    if !matches!(algorithm, oid::RSA_ENCRYPTION | oid::RSASSA_PSS) {
        return None;
    }
    let modulus = Reader::new(Reader::new(key).expect(der::SEQUENCE)?).expect(der::INTEGER)?;
    Some(rsa_strength(trimmed(modulus).len() * 8))
}

/// How many bits of security a modulus of so many bits gives (SP 800-57 part 1, table 2).
pub fn rsa_strength(bits: usize) -> u32 {
    match bits {
        15_360.. => 256,
        7680.. => 192,
        3072.. => 128,
        2048.. => 112,
        1024.. => 80,
        _ => 0,
    }
}

fn trimmed(bytes: &[u8]) -> Vec<u8> {
    let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeroes..].to_vec()
}

/// Keys that would be too small to be made today are still read: Node reads them.
fn rsa_public(key: &[u8]) -> Option<rsa::PublicKey> {
    rsa::PublicKey::from_pkcs1_der(key).ok()
}

fn verify_pss(key: &rsa::PublicKey, hash: HashKind, salt_len: usize, message: &[u8], signature: &[u8]) -> bool {
    fn with<D>(key: &rsa::PublicKey, salt_len: usize, message: &[u8], signature: &[u8]) -> bool
    where
        D: Digest + sha2::digest::FixedOutputReset,
    {
        let Ok(signature) = rsa::pss::Signature::try_from(signature) else { return false };
        rsa::pss::VerifyingKey::<D>::new_with_salt_len(key.clone(), salt_len).verify(message, &signature).is_ok()
    }
    match hash {
        HashKind::Sha1 => with::<Sha1>(key, salt_len, message, signature),
        HashKind::Sha224 => with::<Sha224>(key, salt_len, message, signature),
        HashKind::Sha256 => with::<Sha256>(key, salt_len, message, signature),
        HashKind::Sha384 => with::<Sha384>(key, salt_len, message, signature),
        HashKind::Sha512 => with::<Sha512>(key, salt_len, message, signature),
    }
}
