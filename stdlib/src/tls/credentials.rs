//! Certificates and keys as the options of a context give them.

use std::sync::Arc;

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue};
use coil_engine::{errors as engine_errors, validate};
use coil_tls::{
    der::Reader,
    keys::{self, KeyError},
    pem, pkcs12,
    provider::{sign::PrivateKey, verify},
    rustls::{SignatureScheme, pki_types::CertificateDer, sign::CertifiedKey},
    x509::Certificate,
};

use super::{errors, field};
use crate::buffer;

pub(super) fn bytes_of(value: &JsValue) -> Option<Vec<u8>> {
    match value.as_string() {
        Some(text) => Some(text.to_std_string_lossy().into_bytes()),
        None if buffer::is_view(value) => buffer::bytes_of(value),
        None => None,
    }
}

/// Strings and buffers of an option, alone or in an array.
pub(super) fn byte_strings(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for entry in entries(value, cx)? {
        let Some(bytes) = bytes_of(&entry) else { return Err(not_bytes(name, &entry, cx)) };
        found.push(bytes);
    }
    Ok(found)
}

pub(super) fn not_bytes(name: &str, value: &JsValue, cx: &mut Context) -> JsError {
    engine_errors::invalid_arg_type(&format!("options.{name}"), "string|Buffer|TypedArray|DataView", value, cx)
}

fn entries(value: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    if !value.to_boolean() {
        return Ok(Vec::new());
    }
    if value.as_object().is_some_and(|object| object.is_array()) {
        return Ok(crate::http::elements(value, cx)?.unwrap_or_default());
    }
    Ok(vec![value.clone()])
}

/// The certificates of a text; there may be none.
pub(super) fn authorities(bytes: &[u8]) -> Vec<Arc<Certificate>> {
    pem::certificates(bytes).iter().filter_map(|der| Certificate::parse(der)).collect()
}

/// A chain: the first certificate must be one.
fn chain(bytes: &[u8], cx: &mut Context) -> JsResult<Vec<Arc<Certificate>>> {
    let found = pem::certificates(bytes);
    let Some(first) = found.first() else { return Err(errors::openssl(0x0480_006c, "PEM routines", "no start line", cx)) };
    if Certificate::parse(first).is_none() {
        return Err(match Reader::new(first).next() {
            None => errors::openssl(0x0680_007b, "asn1 encoding routines", "header too long", cx),
            Some(_) => errors::openssl(0x0680_00a8, "asn1 encoding routines", "wrong tag", cx),
        });
    }
    Ok(found.iter().filter_map(|der| Certificate::parse(der)).collect())
}

fn private_key(bytes: &[u8], passphrase: Option<&[u8]>, cx: &mut Context) -> JsResult<PrivateKey> {
    keys::private_key(bytes, passphrase).map_err(|error| match error {
        KeyError::Unsupported => errors::openssl(0x1e08_010c, "DECODER routines", "unsupported", cx),
        // Without a passphrase Node tries one that is empty.
        KeyError::NeedsPassphrase | KeyError::BadDecrypt => errors::openssl(0x1c80_0064, "Provider routines", "bad decrypt", cx),
    })
}

/// Chains and keys of the options, before they are joined.
#[derive(Default)]
pub(super) struct Given {
    chains: Vec<Vec<Arc<Certificate>>>,
    keys: Vec<PrivateKey>,
    pub(super) authorities: Option<Vec<Arc<Certificate>>>,
    /// Of PKCS #12 files: they are trusted as well.
    pub(super) more: Vec<Arc<Certificate>>,
}

impl Given {
    pub(super) fn parse(options: &JsObject, cx: &mut Context) -> JsResult<Self> {
        let mut given = Self::default();
        let ca = field(options, "ca", cx)?;
        for bytes in byte_strings(&ca, "ca", cx)? {
            given.authorities.get_or_insert_default().extend(authorities(&bytes));
        }
        for bytes in byte_strings(&field(options, "cert", cx)?, "cert", cx)? {
            given.chains.push(chain(&bytes, cx)?);
        }
        let passphrase = field(options, "passphrase", cx)?;
        given.parse_keys(&field(options, "key", cx)?, &passphrase, cx)?;
        given.parse_pfx(&field(options, "pfx", cx)?, &passphrase, cx)?;
        Ok(given)
    }

    fn parse_keys(&mut self, value: &JsValue, passphrase: &JsValue, cx: &mut Context) -> JsResult<()> {
        let is_array = value.as_object().is_some_and(|object| object.is_array());
        for entry in entries(value, cx)? {
            // `{ pem, passphrase }`
            let (text, own) = match entry.as_object().filter(|_| is_array && !buffer::is_view(&entry)) {
                Some(object) if !field(&object, "pem", cx)?.is_undefined() => (field(&object, "pem", cx)?, field(&object, "passphrase", cx)?),
                _ => (entry, JsValue::undefined()),
            };
            let Some(bytes) = bytes_of(&text) else { return Err(not_bytes("key", &text, cx)) };
            let passphrase = passphrase_of(if own.is_undefined() { passphrase } else { &own }, cx)?;
            self.keys.push(private_key(&bytes, passphrase.as_deref(), cx)?);
        }
        Ok(())
    }

    fn parse_pfx(&mut self, value: &JsValue, passphrase: &JsValue, cx: &mut Context) -> JsResult<()> {
        for entry in entries(value, cx)? {
            let (buffer, own) = match entry.as_object().filter(|_| !buffer::is_view(&entry)) {
                Some(object) => (field(&object, "buf", cx)?, field(&object, "passphrase", cx)?),
                None => (entry, JsValue::undefined()),
            };
            let passphrase = passphrase_of(if own.to_boolean() { &own } else { passphrase }, cx)?;
            let Some(bytes) = bytes_of(&buffer) else { return Err(operation_failed("Unable to load PFX certificate", cx)) };
            match pkcs12::read(&bytes, passphrase.as_deref().unwrap_or_default()) {
                Ok(contents) => {
                    self.keys.extend(contents.key);
                    let mut chain = contents.certificates;
                    if !chain.is_empty() {
                        let own = chain.remove(0);
                        self.more.extend(chain.iter().cloned());
                        self.chains.push([vec![own], chain].concat());
                    }
                }
                Err(failure) => return Err(pfx_failure(failure, cx)),
            }
        }
        Ok(())
    }

    /// Each chain with the key that belongs to it.
    pub(super) fn identities(&mut self, level: u8, schemes: &[SignatureScheme], cx: &mut Context) -> JsResult<(Vec<Arc<CertifiedKey>>, Vec<Vec<Arc<Certificate>>>)> {
        let (mut identities, mut own) = (Vec::new(), Vec::new());
        for chain in std::mem::take(&mut self.chains) {
            let Some(first) = chain.first() else { continue };
            if verify::strength(first.spki()).is_some_and(|strength| strength < STRENGTHS[usize::from(level)]) {
                return Err(errors::openssl(0x0a00_018f, "SSL routines", "ee key too small", cx));
            }
            let fits = |key: &PrivateKey| first.public_key().is_some_and(|public| *public == key.public());
            let same_kind = |key: &PrivateKey| first.public_key().is_some_and(|public| std::mem::discriminant(public) == std::mem::discriminant(&key.public()));
            if let Some(at) = self.keys.iter().position(fits) {
                let key = self.keys.remove(at);
                let mut shown = chain.clone();
                self.complete(&mut shown);
                let ders = shown.iter().map(|certificate| CertificateDer::from(certificate.raw().to_vec())).collect();
                identities.push(Arc::new(CertifiedKey::new(ders, key.into_signing_key(schemes))));
            } else if self.keys.iter().any(same_kind) {
                return Err(errors::openssl(0x0580_0074, "x509 certificate routines", "key values mismatch", cx));
            }
            own.push(chain);
        }
        Ok((identities, own))
    }

    /// OpenSSL adds what it finds among the authorities to a chain that is only the certificate.
    fn complete(&self, chain: &mut Vec<Arc<Certificate>>) {
        if chain.len() != 1 {
            return;
        }
        let known = || self.authorities.iter().flatten().chain(&self.more);
        while let Some(issuer) = chain.last().filter(|last| !last.is_self_issued()).and_then(|last| known().find(|authority| last.may_be_issued_by(authority))) {
            if chain.contains(issuer) {
                break;
            }
            chain.push(issuer.clone());
        }
    }
}

/// How many bits of security each level of OpenSSL's wants.
pub(super) const STRENGTHS: [u32; 6] = [0, 80, 112, 128, 192, 256];

pub(super) fn operation_failed(message: &str, cx: &mut Context) -> JsError {
    crate::crypto::native_error(engine_errors::Base::Error, "ERR_CRYPTO_OPERATION_FAILED", message, cx)
}

fn pfx_failure(failure: pkcs12::Failure, cx: &mut Context) -> JsError {
    match failure {
        pkcs12::Failure::Malformed => engine_errors::plain(engine_errors::Base::Error, "not enough data"),
        pkcs12::Failure::WrongPassword => engine_errors::plain(engine_errors::Base::Error, "mac verify failure"),
        pkcs12::Failure::Unsupported => engine_errors::coded(engine_errors::Base::Error, "ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported PKCS12 PFX data", cx),
        pkcs12::Failure::NoKey => operation_failed("Unable to load private key from PFX data", cx),
        pkcs12::Failure::NoCertificate => operation_failed("Unable to load certificate from PFX data", cx),
    }
}

fn passphrase_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<Vec<u8>>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    validate::string(value, "options.passphrase", cx).map(|text| Some(text.to_std_string_lossy().into_bytes()))
}
