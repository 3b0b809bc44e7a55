//! What a handshake itself verifies: that the peer has the key of the certificate it shows. Whether the certificate is to be
//! believed is looked at afterwards, by `x509::chain`.

use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};

use crate::{
    provider::verify::PublicKey,
    session::{SCHEMES, Settings},
    x509::Certificate,
};

thread_local! {
    /// The OCSP response of the handshake message being processed: the verifier must be one object for all connections.
    static OCSP: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The OCSP response that came with the messages just processed.
pub(crate) fn take_ocsp() -> Option<Vec<u8>> {
    OCSP.with(|ocsp| ocsp.borrow_mut().take())
}

/// Believes every chain, for Node reports what is wrong with one after the handshake; signatures must be right.
#[derive(Debug)]
struct Believes(Vec<SignatureScheme>);

pub(crate) fn verifier(settings: &Settings) -> Arc<dyn ServerCertVerifier> {
    static USUAL: OnceLock<Arc<Believes>> = OnceLock::new();
    if settings.schemes == SCHEMES {
        return USUAL.get_or_init(|| Arc::new(Believes(SCHEMES.to_vec()))).clone();
    }
    Arc::new(Believes(settings.schemes.clone()))
}

fn verify_signature(message: &[u8], certificate: &CertificateDer<'_>, signed: &DigitallySignedStruct, is_tls13: bool) -> Result<HandshakeSignatureValid, Error> {
    let certificate = Certificate::parse(certificate).ok_or(Error::InvalidCertificate(rustls::CertificateError::BadEncoding))?;
    let key: &PublicKey = certificate.public_key().ok_or(Error::InvalidCertificate(rustls::CertificateError::BadEncoding))?;
    if key.verify_handshake(signed.scheme, message, signed.signature(), is_tls13) {
        return Ok(HandshakeSignatureValid::assertion());
    }
    Err(Error::InvalidCertificate(rustls::CertificateError::BadSignature))
}

impl ServerCertVerifier for Believes {
    fn verify_server_cert(&self, _: &CertificateDer<'_>, _: &[CertificateDer<'_>], _: &ServerName<'_>, ocsp: &[u8], _: UnixTime) -> Result<ServerCertVerified, Error> {
        if !ocsp.is_empty() {
            OCSP.with(|found| found.replace(Some(ocsp.to_vec())));
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(&self, message: &[u8], certificate: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(message, certificate, signed, false)
    }

    fn verify_tls13_signature(&self, message: &[u8], certificate: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(message, certificate, signed, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.clone()
    }
}

/// The same for a server that asks for the client's certificate.
#[derive(Debug)]
pub(crate) struct AsksClient {
    pub(crate) authorities: Vec<DistinguishedName>,
    pub(crate) schemes: Vec<SignatureScheme>,
    pub(crate) mandatory: bool,
}

impl ClientCertVerifier for AsksClient {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.authorities
    }

    fn verify_client_cert(&self, _: &CertificateDer<'_>, _: &[CertificateDer<'_>], _: UnixTime) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(&self, message: &[u8], certificate: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(message, certificate, signed, false)
    }

    fn verify_tls13_signature(&self, message: &[u8], certificate: &CertificateDer<'_>, signed: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        verify_signature(message, certificate, signed, true)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
