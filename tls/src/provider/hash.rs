//! SHA-256 and SHA-384, alone and in HMAC.

use std::marker::PhantomData;

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use rustls::crypto::{
    hash::{self, HashAlgorithm, Output},
    hmac as rustls_hmac, tls12, tls13,
};
use sha2::{Digest, Sha256, Sha384, digest::OutputSizeUser};

/// What a cipher suite makes of its hash function.
pub(super) struct Of {
    pub(super) hash: &'static dyn hash::Hash,
    pub(super) hkdf: &'static dyn tls13::Hkdf,
    pub(super) prf: &'static dyn tls12::Prf,
}

pub(super) static SHA256: Hashing<Sha256> = Hashing(HashAlgorithm::SHA256, PhantomData);
pub(super) static SHA384: Hashing<Sha384> = Hashing(HashAlgorithm::SHA384, PhantomData);
pub(super) static HMAC_SHA256: Macs<Sha256> = Macs(PhantomData);
pub(super) static HMAC_SHA384: Macs<Sha384> = Macs(PhantomData);

pub(super) struct Hashing<D>(HashAlgorithm, PhantomData<fn() -> D>);

impl<D: Digest + Clone + Send + Sync + 'static> hash::Hash for Hashing<D> {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(Running(D::new()))
    }

    fn hash(&self, data: &[u8]) -> Output {
        Output::new(&D::digest(data))
    }

    fn output_len(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn algorithm(&self) -> HashAlgorithm {
        self.0
    }
}

struct Running<D>(D);

impl<D: Digest + Clone + Send + Sync + 'static> hash::Context for Running<D> {
    fn fork_finish(&self) -> Output {
        Output::new(&self.0.clone().finalize())
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> Output {
        Output::new(&self.0.finalize())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

pub(super) struct Macs<D>(PhantomData<fn() -> D>);

impl<D> rustls_hmac::Hmac for Macs<D>
where
    D: EagerHash + OutputSizeUser + 'static,
    Hmac<D>: Mac + KeyInit + Clone + Send + Sync,
{
    fn with_key(&self, key: &[u8]) -> Box<dyn rustls_hmac::Key> {
        // A key of any length is a key for HMAC.
        Box::new(Keyed(<Hmac<D> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")))
    }

    fn hash_output_len(&self) -> usize {
        <D as OutputSizeUser>::output_size()
    }
}

struct Keyed<M>(M);

impl<M: Mac + Clone + Send + Sync> rustls_hmac::Key for Keyed<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> rustls_hmac::Tag {
        let mut mac = self.0.clone();
        mac.update(first);
        for part in middle {
            mac.update(part);
        }
        mac.update(last);
        rustls_hmac::Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        M::output_size()
    }
}
