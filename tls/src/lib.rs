//! TLS without JavaScript: the cryptography that `rustls` runs on, certificates and keys as Node's users give them, and OpenSSL's
//! verdicts over chains of certificates.
//!
//! Invariant: no JavaScript, no sockets, no files. Random bytes come from where [`provider::random::set_source`] says.

mod believing;
pub mod der;
mod finished;
pub mod keys;
pub mod pem;
pub mod pkcs12;
pub mod provider;
pub mod session;
pub mod tickets;
pub mod x509;

pub use rustls;

/// Certificates of the authorities that Mozilla trusts, as DER.
pub fn root_certificates() -> impl Iterator<Item = &'static [u8]> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(AsRef::as_ref)
}
