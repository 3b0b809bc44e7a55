//! Keys as DER; what `read` reads.

use num_bigint::BigUint;

use super::{Group, Private, Pss, Public, read::oids};
use crate::crypto::{
    asn1::{element, null, number, octets, oid, sequence, small, tag},
    curve::Curve,
    digest,
    rsa::{RsaPrivate, RsaPublic},
};

fn hash_id(name: &str) -> Vec<u8> {
    let id = digest::find(name).and_then(|algorithm| algorithm.oid).unwrap_or_default();
    sequence(&[oid(id), null()])
}

fn rsa_algorithm(pss: &Pss) -> Vec<u8> {
    let Some(params) = pss else { return sequence(&[oid(oids::RSA), null()]) };
    let Some(params) = params else { return sequence(&[oid(oids::RSA_PSS)]) };
    let mut parts = Vec::new();
    if params.hash != "sha1" {
        parts.push(element(tag::explicit(0), &hash_id(params.hash)));
    }
    if params.mgf != "sha1" {
        parts.push(element(tag::explicit(1), &sequence(&[oid(oids::MGF1), hash_id(params.mgf)])));
    }
    if params.salt_len != 20 {
        parts.push(element(tag::explicit(2), &small(params.salt_len)));
    }
    sequence(&[oid(oids::RSA_PSS), sequence(&parts)])
}

fn dsa_algorithm(group: &Group) -> Vec<u8> {
    let q = group.q.clone().unwrap_or_default();
    sequence(&[oid(oids::DSA), sequence(&[number(&group.p), number(&q), number(&group.g)])])
}

fn dh_algorithm(group: &Group) -> Vec<u8> {
    let mut params = vec![number(&group.p), number(&group.g)];
    if let Some(bits) = group.private_bits {
        params.push(small(bits));
    }
    sequence(&[oid(oids::DH), sequence(&params)])
}

fn curve_params(curve: &Curve, explicit: bool) -> Vec<u8> {
    if explicit { curve.explicit() } else { oid(curve.oid) }
}

fn ec_algorithm(curve: &Curve, explicit: bool) -> Vec<u8> {
    sequence(&[oid(oids::EC), curve_params(curve, explicit)])
}

/// SubjectPublicKeyInfo
pub fn spki(key: &Public) -> Vec<u8> {
    use crate::crypto::asn1::bits;
    match key {
        Public::Rsa { key, pss } => sequence(&[rsa_algorithm(pss), bits(&pkcs1_public(key))]),
        Public::Dsa { group, y } => sequence(&[dsa_algorithm(group), bits(&number(y))]),
        Public::Dh { group, y } => sequence(&[dh_algorithm(group), bits(&number(y))]),
        Public::Ec { curve, point, explicit } => sequence(&[ec_algorithm(curve, *explicit), bits(point)]),
        Public::Octets { kind, bytes } => sequence(&[sequence(&[oid(kind.oid)]), bits(bytes)]),
    }
}

/// RSAPublicKey
pub fn pkcs1_public(key: &RsaPublic) -> Vec<u8> {
    sequence(&[number(&key.n), number(&key.e)])
}

/// RSAPrivateKey
pub fn pkcs1_private(key: &RsaPrivate) -> Vec<u8> {
    let numbers: [&BigUint; 8] = [&key.public.n, &key.public.e, &key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qi];
    let parts: Vec<Vec<u8>> = std::iter::once(small(0)).chain(numbers.into_iter().map(number)).collect();
    sequence(&parts)
}

/// ECPrivateKey, with the curve unless it stands around.
pub fn sec1(curve: &Curve, scalar: &[u8], point: &[u8], explicit: bool, with_curve: bool) -> Vec<u8> {
    use crate::crypto::asn1::bits;
    let mut parts = vec![small(1), octets(scalar)];
    if with_curve {
        parts.push(element(tag::explicit(0), &curve_params(curve, explicit)));
    }
    parts.push(element(tag::explicit(1), &bits(point)));
    sequence(&parts)
}

/// PrivateKeyInfo
pub fn pkcs8(key: &Private) -> Vec<u8> {
    pkcs8_of(key, true)
}

/// PrivateKeyInfo that holds no more of a key of ML-DSA or ML-KEM than its seed, where it has one.
pub fn pkcs8_of_seed(key: &Private) -> Vec<u8> {
    pkcs8_of(key, false)
}

fn pkcs8_of(key: &Private, expand: bool) -> Vec<u8> {
    let (algorithm, body) = match key {
        Private::Rsa { key, pss } => (rsa_algorithm(pss), pkcs1_private(key)),
        Private::Dsa { group, x, .. } => (dsa_algorithm(group), number(x)),
        Private::Dh { group, x, .. } => (dh_algorithm(group), number(x)),
        Private::Ec { curve, scalar, point, explicit } => (ec_algorithm(curve, *explicit), sec1(curve, scalar, point, *explicit, false)),
        Private::Octets { kind, seed, .. } => {
            let body = match (kind.expanded)(seed) {
                _ if key.lacks_seed() => octets(seed),
                Some(_) if !expand => element(tag::context(0), seed),
                Some(expanded) => sequence(&[octets(seed), octets(&expanded)]),
                None => octets(seed),
            };
            (sequence(&[oid(kind.oid)]), body)
        }
    };
    sequence(&[small(0), algorithm, octets(&body)])
}
