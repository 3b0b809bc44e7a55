//! Whether a chain of certificates is to be believed: what `X509_verify_cert` answers when, as Node has it do, it goes on after each
//! failure. The answer is the failure found last.

use std::sync::Arc;

use super::{Certificate, constraints, crl::RevocationList};
use crate::der::oid;

/// Whom to believe.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub roots: Vec<Arc<Certificate>>,
    /// Any certificate in `roots` ends a chain, not only one that signs itself.
    pub partial: bool,
    pub revoked: Vec<Arc<RevocationList>>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// OpenSSL's name without `X509_V_ERR_`, which Node uses as the error's code.
    pub code: &'static str,
    pub message: &'static str,
}

macro_rules! failures {
    ($($name:ident, $message:literal;)*) => {
        $(pub const $name: Failure = Failure { code: stringify!($name), message: $message };)*
    };
}

failures! {
    UNABLE_TO_GET_ISSUER_CERT, "unable to get issuer certificate";
    UNABLE_TO_GET_CRL, "unable to get certificate CRL";
    CERT_SIGNATURE_FAILURE, "certificate signature failure";
    CERT_NOT_YET_VALID, "certificate is not yet valid";
    CERT_HAS_EXPIRED, "certificate has expired";
    CRL_HAS_EXPIRED, "CRL has expired";
    DEPTH_ZERO_SELF_SIGNED_CERT, "self-signed certificate";
    SELF_SIGNED_CERT_IN_CHAIN, "self-signed certificate in certificate chain";
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "unable to get local issuer certificate";
    UNABLE_TO_VERIFY_LEAF_SIGNATURE, "unable to verify the first certificate";
    CERT_REVOKED, "certificate revoked";
    INVALID_CA, "invalid CA certificate";
    PATH_LENGTH_EXCEEDED, "path length constraint exceeded";
    INVALID_PURPOSE, "unsuitable certificate purpose";
}

/// Node has no name of its own for it.
const UNHANDLED_CRITICAL_EXTENSION: Failure = Failure { code: "UNSPECIFIED", message: "unhandled critical extension" };

/// Extensions that may be critical: those that are looked at, and those that OpenSSL lets pass as well.
const UNDERSTOOD: &[&[u8]] = &[
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::EXT_KEY_USAGE,
    // Distribution points of revocation lists; policies, their mappings and constraints, and the end of any policy.
    &[0x55, 0x1d, 0x1f],
    &[0x55, 0x1d, 0x20],
    &[0x55, 0x1d, 0x21],
    &[0x55, 0x1d, 0x24],
    &[0x55, 0x1d, 0x36],
    // Netscape's type of a certificate, and that OCSP need not be asked.
    &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05],
];

/// What the certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Server,
    Client,
}

/// A chain that was built, from the peer's certificate towards a root, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Verified {
    pub chain: Vec<Arc<Certificate>>,
    pub failure: Option<Failure>,
}

/// OpenSSL's default, which nobody changes.
const DEPTH_MAX: usize = 100;

/// Builds the chain of `presented[0]` and looks at it. `now` is in seconds since 1970.
pub fn verify(presented: &[Arc<Certificate>], trust: &Trust, purpose: Purpose, now: i64) -> Option<Verified> {
    let leaf = presented.first()?.clone();
    let mut failure = None;
    let (chain, ends_trusted, untrusted_len) = build(leaf, presented, trust);
    let is_trusted = |certificate: &Arc<Certificate>| trust.roots.contains(certificate);
    let top = chain.last()?;
    if !ends_trusted {
        let self_issued = top.is_self_issued();
        failure = Some(match chain.len() {
            1 if self_issued => DEPTH_ZERO_SELF_SIGNED_CERT,
            _ if self_issued => SELF_SIGNED_CERT_IN_CHAIN,
            len if untrusted_len < len => UNABLE_TO_GET_ISSUER_CERT,
            _ => UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        });
    }
    check_extensions(&chain, purpose, &mut failure);
    check_revocation(&chain, trust, now, &mut failure);
    check_signatures(&chain, ends_trusted && is_trusted(top), now, &mut failure);
    constraints::check(&chain, &mut failure);
    Some(Verified { chain, failure })
}

/// The chain, whether it ends at someone who is trusted, and how many of it the peer brought.
fn build(leaf: Arc<Certificate>, presented: &[Arc<Certificate>], trust: &Trust) -> (Vec<Arc<Certificate>>, bool, usize) {
    let mut chain = vec![leaf];
    let mut untrusted_len = 1;
    while chain.len() <= DEPTH_MAX {
        let current = chain[chain.len() - 1].clone();
        let is_root = trust.roots.contains(&current);
        if is_root && (trust.partial || current.is_self_issued()) {
            return (chain, true, untrusted_len.min(untrusted_len));
        }
        if current.is_self_issued() {
            return (chain, false, untrusted_len);
        }
        let is_new = |candidate: &&Arc<Certificate>| current.may_be_issued_by(candidate) && !chain.contains(candidate);
        // One that is valid now is taken before one that is not; so is one that really signed.
        let best = |candidates: &[Arc<Certificate>]| -> Option<Arc<Certificate>> {
            let fitting: Vec<&Arc<Certificate>> = candidates.iter().filter(is_new).collect();
            let signed = fitting.iter().find(|candidate| candidate.public_key().is_some_and(|key| current.is_signed_with(key)));
            signed.or(fitting.first()).map(|found| (*found).clone())
        };
        if let Some(issuer) = best(&trust.roots) {
            chain.push(issuer);
        } else if let Some(issuer) = best(presented.get(1..).unwrap_or_default()) {
            chain.push(issuer);
            untrusted_len = chain.len();
        } else {
            return (chain, false, untrusted_len);
        }
    }
    (chain, false, untrusted_len)
}

fn check_extensions(chain: &[Arc<Certificate>], purpose: Purpose, failure: &mut Option<Failure>) {
    let mut below = 0;
    for (at, certificate) in chain.iter().enumerate() {
        if certificate.extensions.iter().any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.id.as_slice())) {
            *failure = Some(UNHANDLED_CRITICAL_EXTENSION);
        }
        if at > 0 {
            if !certificate.is_authority() {
                *failure = Some(INVALID_CA);
            }
            if let Some((_, Some(path_len))) = certificate.basic_constraints()
                && below > path_len
            {
                *failure = Some(PATH_LENGTH_EXCEEDED);
            }
            below += usize::from(!certificate.is_self_issued());
        }
        let wanted = if purpose == Purpose::Server { oid::SERVER_AUTH } else { oid::CLIENT_AUTH };
        if let Some(ids) = certificate.ext_key_usage_ids()
            && !ids.iter().any(|id| *id == wanted || *id == oid::ANY_EXT_KEY_USAGE)
        {
            *failure = Some(INVALID_PURPOSE);
        }
    }
}

/// With revocation lists given, the peer's own certificate must be spoken of by one of them.
fn check_revocation(chain: &[Arc<Certificate>], trust: &Trust, now: i64, failure: &mut Option<Failure>) {
    let Some(leaf) = chain.first().filter(|_| !trust.revoked.is_empty()) else { return };
    let Some(list) = trust.revoked.iter().find(|list| list.issuer == leaf.issuer) else {
        *failure = Some(UNABLE_TO_GET_CRL);
        return;
    };
    if list.next_update.is_some_and(|next_update| next_update < now) {
        *failure = Some(CRL_HAS_EXPIRED);
    }
    if list.serials.contains(&leaf.serial) {
        *failure = Some(CERT_REVOKED);
    }
}

/// From the top down: signatures and times.
fn check_signatures(chain: &[Arc<Certificate>], top_is_trusted: bool, now: i64, failure: &mut Option<Failure>) {
    let top = chain.len() - 1;
    if !chain[top].is_self_issued() && !top_is_trusted && top == 0 {
        *failure = Some(UNABLE_TO_VERIFY_LEAF_SIGNATURE);
        // OpenSSL looks at the time of this certificate all the same.
    }
    for at in (0..chain.len()).rev() {
        let certificate = &chain[at];
        if at < top {
            let signed = chain[at + 1].public_key().is_some_and(|key| certificate.is_signed_with(key));
            if !signed {
                *failure = Some(CERT_SIGNATURE_FAILURE);
            }
        }
        if certificate.not_before > now {
            *failure = Some(CERT_NOT_YET_VALID);
        }
        if certificate.not_after < now {
            *failure = Some(CERT_HAS_EXPIRED);
        }
    }
}
