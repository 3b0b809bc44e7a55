//! The cryptography that `rustls` runs on, from the RustCrypto crates: no C, no assembler of others.
//!
//! | file | what |
//! |---|---|
//! | `hash.rs` | hashes and HMACs |
//! | `aead.rs` | record protection: AES-GCM and ChaCha20-Poly1305 in TLS 1.2 and 1.3 |
//! | `kx.rs` | key exchange: X25519, P-256, P-384, P-521 |
//! | `sign.rs` | private keys and what they sign |
//! | `verify.rs` | public keys and what they verify |
//! | `random.rs` | where random bytes come from |

use std::sync::{Arc, OnceLock};

use rustls::{
    CipherSuite, CipherSuiteCommon, Error, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
    crypto::{CryptoProvider, KeyExchangeAlgorithm, KeyProvider, SupportedKxGroup, WebPkiSupportedAlgorithms, tls12::PrfUsingHmac, tls13::HkdfUsingHmac},
    pki_types::PrivateKeyDer,
    sign::SigningKey,
};

use crate::finished::Watched;

mod aead;
mod hash;
mod kx;
pub mod random;
pub mod sign;
pub mod verify;

/// Everything this crate can do, most wanted first.
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(with(SUITES.to_vec(), kx::GROUPS.to_vec()))).clone()
}

/// The same with a choice of cipher suites and key exchange groups.
pub fn with(cipher_suites: Vec<SupportedCipherSuite>, kx_groups: Vec<&'static dyn SupportedKxGroup>) -> CryptoProvider {
    CryptoProvider {
        cipher_suites,
        kx_groups,
        // Certificates are verified by `crate::x509`, which gives OpenSSL's answers.
        signature_verification_algorithms: WebPkiSupportedAlgorithms { all: &[], mapping: &[] },
        secure_random: &random::Source,
        key_provider: &Keys,
    }
}

/// All cipher suites, in Node's order of preference.
pub static SUITES: &[SupportedCipherSuite] = &[
    TLS13_AES_256_GCM_SHA384,
    TLS13_CHACHA20_POLY1305_SHA256,
    TLS13_AES_128_GCM_SHA256,
    ECDHE_RSA_AES128_GCM_SHA256,
    ECDHE_ECDSA_AES128_GCM_SHA256,
    ECDHE_RSA_AES256_GCM_SHA384,
    ECDHE_ECDSA_AES256_GCM_SHA384,
    ECDHE_ECDSA_CHACHA20_POLY1305,
    ECDHE_RSA_CHACHA20_POLY1305,
];

/// All groups, most wanted first.
pub fn groups() -> &'static [&'static dyn SupportedKxGroup] {
    kx::GROUPS
}

#[derive(Debug)]
struct Keys;

impl KeyProvider for Keys {
    fn load_private_key(&self, key_der: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        let key = sign::PrivateKey::from_der(key_der.secret_der()).ok_or_else(|| Error::General("no key of a known kind".into()))?;
        let schemes = key.schemes();
        Ok(key.into_signing_key(schemes))
    }
}

const fn tls13(suite: CipherSuite, hash: &'static hash::Of, aead_alg: &'static dyn rustls::crypto::cipher::Tls13AeadAlgorithm, limit: u64) -> Tls13CipherSuite {
    Tls13CipherSuite { common: CipherSuiteCommon { suite, hash_provider: hash.hash, confidentiality_limit: limit }, hkdf_provider: hash.hkdf, aead_alg, quic: None }
}

const fn tls12(suite: CipherSuite, hash: &'static hash::Of, sign: &'static [SignatureScheme], aead_alg: &'static dyn rustls::crypto::cipher::Tls12AeadAlgorithm, limit: u64) -> Tls12CipherSuite {
    Tls12CipherSuite { common: CipherSuiteCommon { suite, hash_provider: hash.hash, confidentiality_limit: limit }, kx: KeyExchangeAlgorithm::ECDHE, sign, aead_alg, prf_provider: hash.prf }
}

/// How many records AES-GCM may protect under one key (draft-irtf-cfrg-aead-limits, section 5.1.1).
const GCM_LIMIT: u64 = 1 << 24;
/// ChaCha20-Poly1305 has no limit that a connection could reach (section 5.2.1).
const CHACHA_LIMIT: u64 = u64::MAX;

static SHA256: hash::Of = hash::Of { hash: &hash::SHA256, hkdf: &Watched(HkdfUsingHmac(&hash::HMAC_SHA256)), prf: &Watched(PrfUsingHmac(&hash::HMAC_SHA256)) };
static SHA384: hash::Of = hash::Of { hash: &hash::SHA384, hkdf: &Watched(HkdfUsingHmac(&hash::HMAC_SHA384)), prf: &Watched(PrfUsingHmac(&hash::HMAC_SHA384)) };

const TLS13_AES_256_GCM_SHA384: SupportedCipherSuite = SupportedCipherSuite::Tls13({
    static SUITE: Tls13CipherSuite = tls13(CipherSuite::TLS13_AES_256_GCM_SHA384, &SHA384, &aead::AES_256_GCM, GCM_LIMIT);
    &SUITE
});
const TLS13_AES_128_GCM_SHA256: SupportedCipherSuite = SupportedCipherSuite::Tls13({
    static SUITE: Tls13CipherSuite = tls13(CipherSuite::TLS13_AES_128_GCM_SHA256, &SHA256, &aead::AES_128_GCM, GCM_LIMIT);
    &SUITE
});
const TLS13_CHACHA20_POLY1305_SHA256: SupportedCipherSuite = SupportedCipherSuite::Tls13({
    static SUITE: Tls13CipherSuite = tls13(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, &SHA256, &aead::CHACHA20_POLY1305, CHACHA_LIMIT);
    &SUITE
});
const ECDHE_RSA_AES128_GCM_SHA256: SupportedCipherSuite = SupportedCipherSuite::Tls12({
    static SUITE: Tls12CipherSuite = tls12(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, &SHA256, sign::RSA_SCHEMES, &aead::AES_128_GCM, GCM_LIMIT);
    &SUITE
});
const ECDHE_RSA_AES256_GCM_SHA384: SupportedCipherSuite = SupportedCipherSuite::Tls12({
    static SUITE: Tls12CipherSuite = tls12(CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, &SHA384, sign::RSA_SCHEMES, &aead::AES_256_GCM, GCM_LIMIT);
    &SUITE
});
const ECDHE_RSA_CHACHA20_POLY1305: SupportedCipherSuite = SupportedCipherSuite::Tls12({
    static SUITE: Tls12CipherSuite = tls12(CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, &SHA256, sign::RSA_SCHEMES, &aead::CHACHA20_POLY1305, CHACHA_LIMIT);
    &SUITE
});
const ECDHE_ECDSA_AES128_GCM_SHA256: SupportedCipherSuite = SupportedCipherSuite::Tls12({
    static SUITE: Tls12CipherSuite = tls12(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, &SHA256, sign::ECDSA_SCHEMES, &aead::AES_128_GCM, GCM_LIMIT);
    &SUITE
});
const ECDHE_ECDSA_AES256_GCM_SHA384: SupportedCipherSuite = SupportedCipherSuite::Tls12({
    static SUITE: Tls12CipherSuite = tls12(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, &SHA384, sign::ECDSA_SCHEMES, &aead::AES_256_GCM, GCM_LIMIT);
    &SUITE
});
const ECDHE_ECDSA_CHACHA20_POLY1305: SupportedCipherSuite = SupportedCipherSuite::Tls12({
    static SUITE: Tls12CipherSuite = tls12(CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, &SHA256, sign::ECDSA_SCHEMES, &aead::CHACHA20_POLY1305, CHACHA_LIMIT);
    &SUITE
});
