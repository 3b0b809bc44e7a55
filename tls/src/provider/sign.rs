//! Private keys, and the signatures of handshakes.

use std::{fmt, sync::Arc};

use ed25519_dalek::Signer as _;
use rsa::{pkcs1::DecodeRsaPrivateKey, pkcs8::DecodePrivateKey};
use rustls::{
    Error, SignatureAlgorithm, SignatureScheme,
    sign::{Signer, SigningKey},
};
use sha2::{Sha256, Sha384, Sha512};

use super::{random::Rng, verify::PublicKey};

/// What RSA keys sign with, most wanted first.
pub static RSA_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
];

/// What keys on elliptic curves sign with in TLS 1.2.
pub(super) static ECDSA_SCHEMES: &[SignatureScheme] =
    &[SignatureScheme::ED25519, SignatureScheme::ECDSA_NISTP521_SHA512, SignatureScheme::ECDSA_NISTP384_SHA384, SignatureScheme::ECDSA_NISTP256_SHA256];

/// A private key.
pub enum PrivateKey {
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl fmt::Debug for PrivateKey {
    /// Only what kind it is.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Rsa(_) => "RSA",
            Self::P256(_) => "P-256",
            Self::P384(_) => "P-384",
            Self::P521(_) => "P-521",
            Self::Ed25519(_) => "Ed25519",
        })
    }
}

impl PrivateKey {
    /// Reads PKCS #8, PKCS #1 or SEC 1.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(der).or_else(|_| rsa::PrivateKey::from_pkcs1_der(der).map_err(|_| ())) {
            return Some(Self::Rsa(Box::new(key)));
        }
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_der(der) {
            return Some(Self::Ed25519(Box::new(key)));
        }
        if let Some(key) = p256::SecretKey::from_pkcs8_der(der).ok().or_else(|| p256::SecretKey::from_sec1_der(der).ok()) {
            return Some(Self::P256(key.into()));
        }
        if let Some(key) = p384::SecretKey::from_pkcs8_der(der).ok().or_else(|| p384::SecretKey::from_sec1_der(der).ok()) {
            return Some(Self::P384(key.into()));
        }
        if let Some(key) = p521::SecretKey::from_pkcs8_der(der).ok().or_else(|| p521::SecretKey::from_sec1_der(der).ok()) {
            return Some(Self::P521(key.into()));
        }
        None
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.to_public_key()),
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
            Self::P384(key) => PublicKey::P384(*key.verifying_key()),
            Self::P521(key) => PublicKey::P521(*key.verifying_key()),
            Self::Ed25519(key) => PublicKey::Ed25519(key.verifying_key()),
        }
    }

    /// The key as `rustls` wants it; it signs with nothing but these schemes.
    pub fn into_signing_key(self, allowed: &[SignatureScheme]) -> Arc<dyn SigningKey> {
        let schemes = self.schemes().iter().copied().filter(|scheme| allowed.contains(scheme)).collect();
        Arc::new(Signs { key: Arc::new(self), schemes })
    }

    /// What the key can sign with, most wanted first.
    pub fn schemes(&self) -> &'static [SignatureScheme] {
        match self {
            Self::Rsa(_) => RSA_SCHEMES,
            Self::P256(_) => &[SignatureScheme::ECDSA_NISTP256_SHA256],
            Self::P384(_) => &[SignatureScheme::ECDSA_NISTP384_SHA384],
            Self::P521(_) => &[SignatureScheme::ECDSA_NISTP521_SHA512],
            Self::Ed25519(_) => &[SignatureScheme::ED25519],
        }
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::Rsa(key) => match scheme {
                SignatureScheme::RSA_PSS_SHA256 => key.pss_sign_with_rng::<Sha256, _>(&mut Rng, message).ok()?,
                SignatureScheme::RSA_PSS_SHA384 => key.pss_sign_with_rng::<Sha384, _>(&mut Rng, message).ok()?,
                SignatureScheme::RSA_PSS_SHA512 => key.pss_sign_with_rng::<Sha512, _>(&mut Rng, message).ok()?,
                SignatureScheme::RSA_PKCS1_SHA256 => key.pkcs1v15_sign_with_rng::<Sha256, _>(&mut Rng, message).ok()?,
                SignatureScheme::RSA_PKCS1_SHA384 => key.pkcs1v15_sign_with_rng::<Sha384, _>(&mut Rng, message).ok()?,
                SignatureScheme::RSA_PKCS1_SHA512 => key.pkcs1v15_sign_with_rng::<Sha512, _>(&mut Rng, message).ok()?,
                _ => return None,
            },
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.try_sign(message).ok()?;
                signature.as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.try_sign(message).ok()?;
                signature.as_bytes().to_vec()
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::DerSignature = key.try_sign(message).ok()?;
                signature.as_bytes().to_vec()
            }
            Self::Ed25519(key) => key.try_sign(message).ok()?.to_bytes().to_vec(),
        })
    }
}

#[derive(Debug)]
struct Signs {
    key: Arc<PrivateKey>,
    schemes: Vec<SignatureScheme>,
}

impl SigningKey for Signs {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = self.schemes.iter().copied().find(|scheme| offered.contains(scheme))?;
        Some(Box::new(SignsWith { key: self.key.clone(), scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match &*self.key {
            PrivateKey::Rsa(_) => SignatureAlgorithm::RSA,
            PrivateKey::Ed25519(_) => SignatureAlgorithm::ED25519,
            _ => SignatureAlgorithm::ECDSA,
        }
    }
}

#[derive(Debug)]
struct SignsWith {
    key: Arc<PrivateKey>,
    scheme: SignatureScheme,
}

impl Signer for SignsWith {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.key.sign(self.scheme, message).ok_or_else(|| Error::General("signing failed".into()))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}
