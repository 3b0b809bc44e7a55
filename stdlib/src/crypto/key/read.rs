//! Keys from DER: SubjectPublicKeyInfo (RFC 5280), PKCS #8 (RFC 5958), PKCS #1 (RFC 8017), SEC 1 (RFC 5915), and OpenSSL's own of DSA.

use num_bigint::BigUint;

use super::{Group, Private, Pss, PssParams, Public};
use crate::crypto::{
    asn1::{Malformed, Read, Reader, tag},
    curve::{self, Curve},
    digest,
    octet_key::{self, Octets},
    rsa::{RsaPrivate, RsaPublic},
};

/// Contents of the object identifiers of keys.
pub mod oids {
    pub const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    pub const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
    pub const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
    pub const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
    pub const DH: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1];
    pub const DHX: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1];
    pub const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
}

/// What an AlgorithmIdentifier says of a key.
enum Kind {
    Rsa(Pss),
    Dsa(Group),
    Dh(Group),
    Ec(&'static Curve, bool),
    Octets(&'static Octets),
}

fn algorithm(mut reader: Reader<'_>) -> Read<Kind> {
    let oid = reader.oid()?;
    Ok(match oid {
        oids::RSA => Kind::Rsa(None),
        oids::RSA_PSS => Kind::Rsa(Some(if reader.is_empty() || reader.peek() == Some(tag::NULL) { None } else { Some(pss_params(reader.sequence()?)?) })),
        oids::DSA => {
            let mut params = reader.sequence()?;
            let (p, q, g) = (params.number()?, params.number()?, params.number()?);
            Kind::Dsa(Group { p, q: Some(q), g, private_bits: None })
        }
        oids::DH => {
            let mut params = reader.sequence()?;
            let (p, g) = (params.number()?, params.number()?);
            let private_bits = if params.is_empty() { None } else { Some(params.small()?) };
            Kind::Dh(Group { p, q: None, g, private_bits })
        }
        oids::DHX => {
            let mut params = reader.sequence()?;
            let (p, g, q) = (params.number()?, params.number()?, params.number()?);
            Kind::Dh(Group { p, q: Some(q), g, private_bits: None })
        }
        oids::EC => {
            let (curve, explicit) = curve_of(&mut reader)?.ok_or(Malformed::Content)?;
            Kind::Ec(curve, explicit)
        }
        oid => Kind::Octets(octet_key::find_oid(oid).ok_or(Malformed::Content)?),
    })
}

/// A curve by name or parameters, and whether it was by parameters; none where nothing is left.
fn curve_of(reader: &mut Reader<'_>) -> Read<Option<(&'static Curve, bool)>> {
    match reader.peek() {
        None => Ok(None),
        Some(tag::OID) => Ok(Some((curve::find_oid(reader.oid()?).ok_or(Malformed::Content)?, false))),
        Some(_) => Ok(curve::of_explicit(reader.sequence()?)?.map(|curve| (curve, true))),
    }
}

fn hash_name(mut reader: Reader<'_>) -> Read<&'static str> {
    Ok(digest::find_oid(reader.oid()?).ok_or(Malformed::Content)?.name())
}

/// RSASSA-PSS-params
pub fn pss_params(mut reader: Reader<'_>) -> Read<PssParams> {
    let mut params = PssParams { hash: "sha1", mgf: "sha1", salt_len: 20 };
    if let Some(inner) = reader.optional(tag::explicit(0))? {
        params.hash = hash_name(Reader(inner).sequence()?)?;
    }
    if let Some(inner) = reader.optional(tag::explicit(1))? {
        let mut mgf = Reader(inner).sequence()?;
        if mgf.oid()? != oids::MGF1 {
            return Err(Malformed::Content);
        }
        params.mgf = hash_name(mgf.sequence()?)?;
    }
    if let Some(inner) = reader.optional(tag::explicit(2))? {
        params.salt_len = Reader(inner).small()?;
    }
    Ok(params)
}

/// SubjectPublicKeyInfo
pub fn spki(der: &[u8]) -> Read<Public> {
    let mut info = Reader(der).sequence()?;
    let kind = algorithm(info.sequence()?)?;
    let bytes = info.bits()?;
    Ok(match kind {
        Kind::Rsa(pss) => Public::Rsa { key: pkcs1_public(bytes)?, pss },
        Kind::Dsa(group) => Public::Dsa { group, y: Reader(bytes).number()? },
        Kind::Dh(group) => Public::Dh { group, y: Reader(bytes).number()? },
        Kind::Ec(curve, explicit) => Public::Ec { curve, point: curve.point(bytes).ok_or(Malformed::Content)?, explicit },
        Kind::Octets(kind) if bytes.len() == kind.public_len => Public::Octets { kind, bytes: bytes.to_vec() },
        Kind::Octets(_) => return Err(Malformed::Content),
    })
}

/// RSAPublicKey
pub fn pkcs1_public(der: &[u8]) -> Read<RsaPublic> {
    let mut key = Reader(der).sequence()?;
    let (n, e) = (key.number()?, key.number()?);
    if n == BigUint::ZERO {
        return Err(Malformed::Content);
    }
    Ok(RsaPublic { n, e })
}

/// RSAPrivateKey of two primes
pub fn pkcs1_private(der: &[u8]) -> Read<Box<RsaPrivate>> {
    let mut key = Reader(der).sequence()?;
    if key.small()? != 0 {
        return Err(Malformed::Content);
    }
    let mut next = || key.number();
    let (n, e, d, p, q, dp, dq, qi) = (next()?, next()?, next()?, next()?, next()?, next()?, next()?, next()?);
    if n == BigUint::ZERO {
        return Err(Malformed::Content);
    }
    Ok(Box::new(RsaPrivate { public: RsaPublic { n, e }, d, p, q, dp, dq, qi }))
}

/// ECPrivateKey; the curve may be known from around it.
pub fn sec1(der: &[u8], around: Option<(&'static Curve, bool)>) -> Read<Private> {
    let mut key = Reader(der).sequence()?;
    if key.small()? != 1 {
        return Err(Malformed::Content);
    }
    let scalar = key.octets()?;
    let named = match key.optional(tag::explicit(0))? {
        Some(inner) => curve_of(&mut Reader(inner))?,
        None => None,
    };
    let (curve, explicit) = named.or(around).ok_or(Malformed::Content)?;
    Private::of_scalar(curve, scalar, explicit).ok_or(Malformed::Content)
}

/// DSAPrivateKey of OpenSSL
pub fn dsa_private(der: &[u8]) -> Read<Private> {
    let mut key = Reader(der).sequence()?;
    key.small()?;
    let mut next = || key.number();
    let (p, q, g, y, x) = (next()?, next()?, next()?, next()?, next()?);
    Ok(Private::Dsa { group: Group { p, q: Some(q), g, private_bits: None }, y, x })
}

/// PrivateKeyInfo
pub fn pkcs8(der: &[u8]) -> Read<Private> {
    let mut info = Reader(der).sequence()?;
    if info.small()? > 1 {
        return Err(Malformed::Content);
    }
    let kind = algorithm(info.sequence()?)?;
    let bytes = info.octets()?;
    Ok(match kind {
        Kind::Rsa(pss) => Private::Rsa { key: pkcs1_private(bytes)?, pss },
        Kind::Dsa(group) => {
            let x = Reader(bytes).number()?;
            Private::Dsa { y: group.public(&x), group, x }
        }
        Kind::Dh(group) => {
            let x = Reader(bytes).number()?;
            Private::Dh { y: group.public(&x), group, x }
        }
        Kind::Ec(curve, explicit) => sec1(bytes, Some((curve, explicit)))?,
        Kind::Octets(kind) if kind.is_lattice() => lattice(kind, bytes)?,
        Kind::Octets(kind) => Private::of_seed(kind, Reader(bytes).octets()?.to_vec()).ok_or(Malformed::Content)?,
    })
}

/// A key of ML-DSA or ML-KEM: its seed, the expanded key, or both (RFC 9881, 6).
fn lattice(kind: &'static Octets, bytes: &[u8]) -> Read<Private> {
    let mut reader = Reader(bytes);
    let found = match reader.peek() {
        Some(tag::SEQUENCE) => {
            let mut both = reader.sequence()?;
            let (seed, expanded) = (both.octets()?, both.octets()?);
            // They must be the same key.
            if (kind.expanded)(seed).as_deref() != Some(expanded) {
                return Err(Malformed::Content);
            }
            Private::of_seed(kind, seed.to_vec())
        }
        Some(tag::OCTET_STRING) => Private::of_expanded(kind, reader.octets()?.to_vec()),
        _ => Private::of_seed(kind, reader.take(tag::context(0))?.to_vec()),
    };
    found.ok_or(Malformed::Content)
}
