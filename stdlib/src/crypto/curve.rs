//! Named elliptic curves: one row each over the crate of the curve. Points are SEC 1 without compression, scalars as long as the field.

use ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use elliptic_curve::sec1::ToSec1Point;
use num_bigint::BigUint;
use sha2::Sha256;

use super::{
    asn1::{self, Read, Reader},
    number::padded,
};

/// A curve and its operations.
pub struct Curve {
    /// OpenSSL's name.
    pub name: &'static str,
    /// NIST's name, which JWK uses; secp256k1 has its own.
    pub jwk: Option<&'static str>,
    /// The content of its object identifier.
    pub oid: &'static [u8],
    /// OpenSSL's number.
    pub nid: i32,
    /// Bytes of a coordinate.
    pub len: usize,
    /// Bits of the field.
    pub bits: u32,
    /// The prime, `a`, `b`, the generator without compression, the order: in hexadecimal.
    params: [&'static str; 6],
    /// The public point of a scalar; none where the scalar is 0 or too great.
    pub public: fn(&[u8]) -> Option<Vec<u8>>,
    /// A point in any form without a hint of a hybrid; none where it is not on the curve.
    decode: fn(&[u8]) -> Option<Vec<u8>>,
    /// The shared coordinate.
    pub shared: fn(&[u8], &[u8]) -> Option<Vec<u8>>,
    /// `r || s` of a hash, with added entropy.
    pub sign: fn(&[u8], &[u8], &[u8]) -> Option<Vec<u8>>,
    /// Whether `r || s` signs a hash.
    pub verify: fn(&[u8], &[u8], &[u8]) -> bool,
}

impl std::fmt::Debug for Curve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Curve {
    fn eq(&self, other: &Self) -> bool {
        self.nid == other.nid
    }
}

impl Eq for Curve {}

/// How a point is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// 2 or 3, and the first coordinate.
    Compressed = 2,
    /// 4, and both coordinates.
    Uncompressed = 4,
    /// 6 or 7, and both coordinates.
    Hybrid = 6,
}

macro_rules! operations {
    ($krate:ident, $curve:ident) => {
        (
            |scalar| Some($krate::SecretKey::from_slice(scalar).ok()?.public_key().to_sec1_point(false).as_bytes().to_vec()),
            |point| Some($krate::PublicKey::from_sec1_bytes(point).ok()?.to_sec1_point(false).as_bytes().to_vec()),
            |scalar, point| {
                let key = $krate::SecretKey::from_slice(scalar).ok()?;
                let point = $krate::PublicKey::from_sec1_bytes(point).ok()?;
                let shared: $krate::AffinePoint = (point.to_projective() * *key.to_nonzero_scalar()).into();
                let bytes = $krate::PublicKey::from_affine(shared).ok()?.to_sec1_point(true);
                Some(bytes.as_bytes()[1..].to_vec())
            },
            |scalar, hash, entropy| {
                let key = $krate::SecretKey::from_slice(scalar).ok()?;
                let (signature, _) = sign_prehashed_rfc6979::<$krate::$curve, Sha256>(&key.to_nonzero_scalar(), hash, entropy);
                Some(signature.to_bytes().to_vec())
            },
            |point, hash, signature| {
                let (Ok(point), Ok(signature)) = ($krate::PublicKey::from_sec1_bytes(point), ecdsa::Signature::<$krate::$curve>::from_slice(signature)) else { return false };
                // The negative of `s` verifies as `s` does; some curves' crates want the lower one.
                verify_prehashed::<$krate::$curve>(&point.to_projective(), hash, &signature.normalize_s()).is_ok()
            },
        )
    };
}

type Operations = (fn(&[u8]) -> Option<Vec<u8>>, fn(&[u8]) -> Option<Vec<u8>>, fn(&[u8], &[u8]) -> Option<Vec<u8>>, fn(&[u8], &[u8], &[u8]) -> Option<Vec<u8>>, fn(&[u8], &[u8], &[u8]) -> bool);

#[allow(clippy::too_many_arguments, reason = "a row of a table")]
const fn row(name: &'static str, jwk: Option<&'static str>, oid: &'static [u8], nid: i32, len: usize, bits: u32, params: [&'static str; 6], operations: Operations) -> Curve {
    let (public, decode, shared, sign, verify) = operations;
    Curve { name, jwk, oid, nid, len, bits, params, public, decode, shared, sign, verify }
}

impl Curve {
    /// The point that bytes in any form mean, without compression.
    pub fn point(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match bytes.first()? {
            2..=4 => (self.decode)(bytes),
            first @ (6 | 7) => {
                let mut plain = bytes.to_vec();
                plain[0] = 4;
                let parity = bytes.last()? & 1;
                if first & 1 == parity { (self.decode)(&plain) } else { None }
            }
            _ => None,
        }
    }

    /// A point without compression in another form.
    pub fn encode(&self, point: &[u8], form: Form) -> Vec<u8> {
        let parity = point.last().copied().unwrap_or(0) & 1;
        match form {
            Form::Compressed => [&[2 | parity], &point[1..=self.len]].concat(),
            Form::Uncompressed => point.to_vec(),
            Form::Hybrid => [&[6 | parity], &point[1..]].concat(),
        }
    }

    /// A number as a scalar of this curve's length; none where it is longer.
    pub fn scalar(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(bytes);
        (number.bits() <= self.len as u64 * 8).then(|| padded(&number, self.len))
    }

    fn param(&self, at: usize) -> BigUint {
        BigUint::parse_bytes(self.params[at].as_bytes(), 16).unwrap_or_default()
    }

    /// The order of the generator.
    pub fn order(&self) -> BigUint {
        self.param(5)
    }

    /// ECParameters of SEC 1, C.2, in place of the name.
    pub fn explicit(&self) -> Vec<u8> {
        let field = asn1::sequence(&[asn1::oid(PRIME_FIELD), asn1::number(&self.param(0))]);
        let coefficient = |at| asn1::octets(&padded(&self.param(at), self.len));
        let generator = [vec![4], padded(&self.param(3), self.len), padded(&self.param(4), self.len)].concat();
        asn1::sequence(&[asn1::small(1), field, asn1::sequence(&[coefficient(1), coefficient(2)]), asn1::octets(&generator), asn1::number(&self.order()), asn1::small(1)])
    }
}

/// The content of 1.2.840.10045.1.1.
const PRIME_FIELD: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01];

/// The curve that explicit parameters mean: the one whose prime and order these are.
pub fn of_explicit(mut params: Reader<'_>) -> Read<Option<&'static Curve>> {
    params.number()?;
    let mut field = params.sequence()?;
    if field.oid()? != PRIME_FIELD {
        return Ok(None);
    }
    let prime = field.number()?;
    params.sequence()?;
    params.octets()?;
    let order = params.number()?;
    Ok(CURVES.iter().find(|curve| curve.param(0) == prime && curve.order() == order))
}

/// The curve of a name of OpenSSL's or NIST's.
pub fn find(name: &str) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.name == name || curve.jwk == Some(name) && name.starts_with("P-"))
}

/// The curve of JWK's `crv`.
pub fn find_jwk(name: &str) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.jwk == Some(name))
}

/// The curve of an object identifier.
pub fn find_oid(oid: &[u8]) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.oid == oid)
}

/// Every curve, in the order of their names.
pub static CURVES: &[Curve] = &[
    row(
        "secp224r1",
        None,
        &[0x2b, 0x81, 0x04, 0x00, 0x21],
        713,
        28,
        224,
        [
            "ffffffffffffffffffffffffffffffff000000000000000000000001",
            "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
            "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
            "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
            "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
            "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
        ],
        operations!(p224, NistP224),
    ),
    row(
        "prime256v1",
        Some("P-256"),
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        415,
        32,
        256,
        [
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
            "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        ],
        operations!(p256, NistP256),
    ),
    row(
        "secp256k1",
        Some("secp256k1"),
        &[0x2b, 0x81, 0x04, 0x00, 0x0a],
        714,
        32,
        256,
        [
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
            "0",
            "7",
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
            "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        ],
        operations!(k256, Secp256k1),
    ),
    row(
        "secp384r1",
        Some("P-384"),
        &[0x2b, 0x81, 0x04, 0x00, 0x22],
        715,
        48,
        384,
        [
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
            "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ],
        operations!(p384, NistP384),
    ),
    row(
        "secp521r1",
        Some("P-521"),
        &[0x2b, 0x81, 0x04, 0x00, 0x23],
        716,
        66,
        521,
        [
            "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
            "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
            "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
            "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        ],
        operations!(p521, NistP521),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_those_of_the_crates() {
        for curve in CURVES {
            let one = padded(&BigUint::from(1u8), curve.len);
            let generator = [vec![4], padded(&curve.param(3), curve.len), padded(&curve.param(4), curve.len)].concat();
            assert_eq!((curve.public)(&one), Some(generator), "{}", curve.name);
            let most = curve.order() - BigUint::from(1u8);
            assert!((curve.public)(&padded(&most, curve.len)).is_some(), "{}", curve.name);
            assert!((curve.public)(&padded(&curve.order(), curve.len)).is_none(), "{}", curve.name);
        }
    }

    #[test]
    fn a_signature_verifies_and_another_does_not() {
        for curve in CURVES {
            let scalar = padded(&BigUint::from(12_345u32), curve.len);
            let point = (curve.public)(&scalar).expect("a good scalar");
            for hash in [&[1u8; 20][..], &[2; 32], &[3; 64]] {
                let signature = (curve.sign)(&scalar, hash, &[9; 32]).expect("a good scalar");
                assert!((curve.verify)(&point, hash, &signature), "{}", curve.name);
                assert!(!(curve.verify)(&point, &[0; 32], &signature), "{}", curve.name);
            }
        }
    }
}
