//! Keys as Rust has them: no JavaScript, so that they cross to the pool and to workers.

pub mod pbe;
pub mod pem;
pub mod read;
pub mod write;

use num_bigint::BigUint;

use super::{
    curve::Curve,
    number::{bytes_for, mod_pow},
    octet_key::Octets,
    rsa::{RsaPrivate, RsaPublic},
};

/// Restrictions of an RSASSA-PSS key, RFC 4055, 3.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PssParams {
    /// The hash function.
    pub hash: &'static str,
    /// The hash function of MGF1.
    pub mgf: &'static str,
    /// Bytes of salt, at least.
    pub salt_len: u32,
}

/// Whether an RSA key is for PSS only, and its restrictions then.
pub type Pss = Option<Option<PssParams>>;

/// A prime, the order of a subgroup, a generator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    pub p: BigUint,
    /// DSA has it always, Diffie-Hellman where X9.42 or a named group gave it.
    pub q: Option<BigUint>,
    pub g: BigUint,
    /// Bits of a private key, where Diffie-Hellman's parameters say.
    pub private_bits: Option<u32>,
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Public {
    Rsa {
        key: RsaPublic,
        pss: Pss,
    },
    Dsa {
        group: Group,
        y: BigUint,
    },
    Dh {
        group: Group,
        y: BigUint,
    },
    /// `explicit`: written with parameters in place of a name.
    Ec {
        curve: &'static Curve,
        point: Vec<u8>,
        explicit: bool,
    },
    Octets {
        kind: &'static Octets,
        bytes: Vec<u8>,
    },
}

/// A private key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Private {
    Rsa {
        key: Box<RsaPrivate>,
        pss: Pss,
    },
    Dsa {
        group: Group,
        y: BigUint,
        x: BigUint,
    },
    Dh {
        group: Group,
        y: BigUint,
        x: BigUint,
    },
    Ec {
        curve: &'static Curve,
        scalar: Vec<u8>,
        point: Vec<u8>,
        explicit: bool,
    },
    /// Of a key of ML-DSA or ML-KEM without a seed, `seed` is the expanded key.
    Octets {
        kind: &'static Octets,
        seed: Vec<u8>,
        public: Vec<u8>,
    },
}

/// Any key.
#[derive(Clone, PartialEq, Eq)]
pub enum Key {
    Secret(Vec<u8>),
    Public(Public),
    Private(Private),
}

impl std::fmt::Debug for Key {
    /// Its type alone: what is secret stays out of traces.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.type_name())
    }
}

impl Key {
    /// Whether two keys are one; secrets are compared in constant time.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Secret(a), Self::Secret(b)) => a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| std::hint::black_box(all | a ^ b)) == 0,
            (a, b) => a.with_named_curve() == b.with_named_curve(),
        }
    }

    /// The same key with its curve told by name, for comparisons: how a curve is written makes no other key.
    fn with_named_curve(&self) -> Self {
        let mut key = self.clone();
        if let Self::Public(Public::Ec { explicit, .. }) | Self::Private(Private::Ec { explicit, .. }) = &mut key {
            *explicit = false;
        }
        key
    }
}

impl Public {
    /// `asymmetricKeyType`
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Rsa { pss: None, .. } => "rsa",
            Self::Rsa { .. } => "rsa-pss",
            Self::Dsa { .. } => "dsa",
            Self::Dh { .. } => "dh",
            Self::Ec { .. } => "ec",
            Self::Octets { kind, .. } => kind.name,
        }
    }
}

impl Private {
    /// The public key that belongs to it.
    pub fn public(&self) -> Public {
        match self {
            Self::Rsa { key, pss } => Public::Rsa { key: key.public.clone(), pss: *pss },
            Self::Dsa { group, y, .. } => Public::Dsa { group: group.clone(), y: y.clone() },
            Self::Dh { group, y, .. } => Public::Dh { group: group.clone(), y: y.clone() },
            Self::Ec { curve, point, explicit, .. } => Public::Ec { curve, point: point.clone(), explicit: *explicit },
            Self::Octets { kind, public, .. } => Public::Octets { kind, bytes: public.clone() },
        }
    }

    /// `asymmetricKeyType`
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Rsa { pss: None, .. } => "rsa",
            Self::Rsa { .. } => "rsa-pss",
            Self::Dsa { .. } => "dsa",
            Self::Dh { .. } => "dh",
            Self::Ec { .. } => "ec",
            Self::Octets { kind, .. } => kind.name,
        }
    }

    /// A private key of a curve; none where the scalar is 0 or too great.
    pub fn of_scalar(curve: &'static Curve, scalar: &[u8], explicit: bool) -> Option<Self> {
        let scalar = curve.scalar(scalar)?;
        let point = (curve.public)(&scalar)?;
        Some(Self::Ec { curve, scalar, point, explicit })
    }

    /// A private key of a seed; none where its length is wrong.
    pub fn of_seed(kind: &'static Octets, seed: Vec<u8>) -> Option<Self> {
        if seed.len() != kind.seed_len {
            return None;
        }
        let public = (kind.public)(&seed)?;
        Some(Self::Octets { kind, seed, public })
    }

    /// A private key whose seed is not known; none where the key is not sound.
    pub fn of_expanded(kind: &'static Octets, expanded: Vec<u8>) -> Option<Self> {
        if !kind.is_lattice() || expanded.len() == kind.seed_len {
            return None;
        }
        let public = (kind.public)(&expanded)?;
        Some(Self::Octets { kind, seed: expanded, public })
    }

    /// Whether it is a key whose seed is not known.
    pub fn lacks_seed(&self) -> bool {
        matches!(self, Self::Octets { kind, seed, .. } if kind.is_lattice() && seed.len() != kind.seed_len)
    }
}

impl Key {
    /// `keyObject.type`
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Secret(_) => "secret",
            Self::Public(_) => "public",
            Self::Private(_) => "private",
        }
    }

    /// `asymmetricKeyType`
    pub fn asymmetric_type(&self) -> Option<&'static str> {
        match self {
            Self::Secret(_) => None,
            Self::Public(key) => Some(key.type_name()),
            Self::Private(key) => Some(key.type_name()),
        }
    }

    /// The public part of a public or private key.
    pub fn to_public(&self) -> Option<Public> {
        match self {
            Self::Secret(_) => None,
            Self::Public(key) => Some(key.clone()),
            Self::Private(key) => Some(key.public()),
        }
    }
}

impl Group {
    /// Bytes of the prime.
    pub fn len(&self) -> usize {
        bytes_for(&self.p)
    }

    /// `g ** x % p`
    pub fn public(&self, x: &BigUint) -> BigUint {
        mod_pow(&self.g, x, &self.p)
    }
}
