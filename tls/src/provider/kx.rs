//! Key exchange with elliptic curves.

use rustls::{
    Error, NamedGroup, PeerMisbehaved,
    crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup},
};
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

use super::random;

/// Most wanted first, as Node's `'auto'`.
pub(super) static GROUPS: &[&dyn SupportedKxGroup] = &[&X25519, &P256, &P384, &P521];

#[derive(Debug)]
struct X25519;

impl SupportedKxGroup for X25519 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut secret = [0; 32];
        random::fill(&mut secret)?;
        Ok(Box::new(X25519Started { public: x25519(secret, X25519_BASEPOINT_BYTES), secret }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

struct X25519Started {
    secret: [u8; 32],
    public: [u8; 32],
}

impl ActiveKeyExchange for X25519Started {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer: [u8; 32] = peer.try_into().map_err(|_| invalid_share())?;
        let shared = x25519(self.secret, peer);
        // A point of small order takes the secret out of it (RFC 7748 section 6.1).
        if shared == [0; 32] {
            return Err(invalid_share());
        }
        Ok(SharedSecret::from(&shared[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

fn invalid_share() -> Error {
    PeerMisbehaved::InvalidKeyShare.into()
}

/// A curve of NIST: its crate, the group's name, the length of a scalar and how many bits of its first byte count.
macro_rules! nist {
    ($name:ident, $started:ident, $curve:ident, $group:expr, $len:literal, $mask:literal) => {
        #[derive(Debug)]
        struct $name;

        impl SupportedKxGroup for $name {
            fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
                // Few numbers of this length are no scalar: that all of them are is the source's fault.
                for _ in 0..ATTEMPTS {
                    let mut bytes = [0; $len];
                    random::fill(&mut bytes)?;
                    bytes[0] &= $mask;
                    if let Ok(secret) = $curve::SecretKey::from_slice(&bytes) {
                        let public = $curve::Sec1Point::from(secret.public_key()).as_bytes().to_vec();
                        return Ok(Box::new($started { secret, public }));
                    }
                }
                Err(Error::FailedToGetRandomBytes)
            }

            fn name(&self) -> NamedGroup {
                $group
            }
        }

        struct $started {
            secret: $curve::SecretKey,
            public: Vec<u8>,
        }

        impl ActiveKeyExchange for $started {
            fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
                // Only the uncompressed form is allowed (RFC 8446 section 4.2.8.2).
                if peer.first() != Some(&4) {
                    return Err(invalid_share());
                }
                let peer = $curve::PublicKey::from_sec1_bytes(peer).map_err(|_| invalid_share())?;
                let shared = self.secret.diffie_hellman(&peer);
                Ok(SharedSecret::from(shared.raw_secret_bytes().as_slice()))
            }

            fn pub_key(&self) -> &[u8] {
                &self.public
            }

            fn group(&self) -> NamedGroup {
                $group
            }
        }
    };
}

/// A random number is no scalar of P-256 once in 2^32; of the others, more rarely.
const ATTEMPTS: usize = 32;

nist!(P256, P256Started, p256, NamedGroup::secp256r1, 32, 0xff);
nist!(P384, P384Started, p384, NamedGroup::secp384r1, 48, 0xff);
nist!(P521, P521Started, p521, NamedGroup::secp521r1, 66, 0x01);
