//! Keys that are strings of octets: Ed25519, Ed448 (RFC 8032), X25519, X448 (RFC 7748), ML-DSA (FIPS 204), ML-KEM (FIPS 203).

use crypto_bigint::{
    BoxedUint, CtSelect, NonZero, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};

use super::digest;

/// What such a key is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Signatures.
    Sign,
    /// Agreement on a secret.
    Agree,
    /// Encapsulation of a secret.
    Encapsulate,
}

/// A kind of key and its operations. Private keys are seeds.
pub struct Octets {
    /// `asymmetricKeyType`
    pub name: &'static str,
    /// As web cryptography and JWK name it.
    pub web: &'static str,
    /// The content of its object identifier.
    pub oid: &'static [u8],
    /// Bytes of the seed.
    pub seed_len: usize,
    /// Bytes of the public key.
    pub public_len: usize,
    /// What it is for.
    pub purpose: Purpose,
    /// The public key of a seed.
    pub public: fn(&[u8]) -> Option<Vec<u8>>,
    /// Signs a message, under a context where the kind has one.
    pub sign: fn(&[u8], &[u8], &[u8]) -> Option<Vec<u8>>,
    /// Whether a signature is one: public key, message, context, signature.
    pub verify: fn(&[u8], &[u8], &[u8], &[u8]) -> bool,
    /// The shared secret; none where it is all zeros.
    pub agree: fn(&[u8], &[u8]) -> Option<Vec<u8>>,
    /// `(ciphertext, secret)` for a public key, from 32 random bytes.
    pub encapsulate: fn(&[u8], &[u8]) -> Option<(Vec<u8>, Vec<u8>)>,
    /// The secret of a ciphertext.
    pub decapsulate: fn(&[u8], &[u8]) -> Option<Vec<u8>>,
    /// The expanded private key beside the seed, where PKCS #8 carries both.
    pub expanded: fn(&[u8]) -> Option<Vec<u8>>,
}

impl std::fmt::Debug for Octets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Octets {}

impl Octets {
    /// Whether it is one of FIPS 203 or 204.
    pub fn is_lattice(&self) -> bool {
        self.name.starts_with("ml-")
    }

    const fn new(name: &'static str, web: &'static str, oid: &'static [u8], lens: (usize, usize), purpose: Purpose, public: fn(&[u8]) -> Option<Vec<u8>>) -> Self {
        Self {
            name,
            web,
            oid,
            seed_len: lens.0,
            public_len: lens.1,
            purpose,
            public,
            sign: |_, _, _| None,
            verify: |_, _, _, _| false,
            agree: |_, _| None,
            encapsulate: |_, _| None,
            decapsulate: |_, _| None,
            expanded: |_| None,
        }
    }
}

/// The kind of an object identifier.
pub fn find_oid(oid: &[u8]) -> Option<&'static Octets> {
    KINDS.iter().copied().find(|kind| kind.oid == oid)
}

/// The kind of `asymmetricKeyType`.
pub fn find(name: &str) -> Option<&'static Octets> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The kind of a name of web cryptography.
pub fn find_web(name: &str) -> Option<&'static Octets> {
    KINDS.iter().copied().find(|kind| kind.web == name)
}

static KINDS: &[&Octets] = &[&ED25519, &X25519, &ED448, &X448, &ML_DSA_44, &ML_DSA_65, &ML_DSA_87, &ML_KEM_512, &ML_KEM_768, &ML_KEM_1024];

static ED25519: Octets = Octets {
    sign: |seed, message, context| {
        use ed25519_dalek::Signer;
        let key = ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?);
        context.is_empty().then(|| key.sign(message).to_bytes().to_vec())
    },
    verify: |public, message, context, signature| {
        use ed25519_dalek::Verifier;
        let (Ok(public), Ok(signature)) = (public.try_into(), <&[u8; 64]>::try_from(signature)) else { return false };
        let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(public) else { return false };
        context.is_empty() && key.verify(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    },
    ..Octets::new("ed25519", "Ed25519", &[0x2b, 0x65, 0x70], (32, 32), Purpose::Sign, |seed| Some(ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?).verifying_key().to_bytes().to_vec()))
};

static X25519: Octets = Octets {
    agree: |scalar, point| {
        let secret = x25519_dalek::x25519(scalar.try_into().ok()?, point.try_into().ok()?);
        secret.iter().any(|byte| *byte != 0).then(|| secret.to_vec())
    },
    ..Octets::new("x25519", "X25519", &[0x2b, 0x65, 0x6e], (32, 32), Purpose::Agree, |scalar| Some(x25519_dalek::x25519(scalar.try_into().ok()?, x25519_dalek::X25519_BASEPOINT_BYTES).to_vec()))
};

static ED448: Octets = Octets {
    sign: |seed, message, context| {
        let key = ed448_goldilocks::SigningKey::try_from(seed).ok()?;
        Some(key.sign_ctx(context, message).ok()?.to_bytes().to_vec())
    },
    verify: |public, message, context, signature| {
        let Ok(public) = <&[u8; 57]>::try_from(public) else { return false };
        let (Ok(key), Ok(signature)) = (ed448_goldilocks::VerifyingKey::from_bytes(public), ed448_goldilocks::Signature::from_slice(signature)) else { return false };
        key.verify_ctx(&signature, context, message).is_ok()
    },
    ..Octets::new("ed448", "Ed448", &[0x2b, 0x65, 0x71], (57, 57), Purpose::Sign, |seed| Some(ed448_goldilocks::SigningKey::try_from(seed).ok()?.verifying_key().to_bytes().to_vec()))
};

static X448: Octets = Octets {
    agree: |scalar, point| x448(scalar, point).filter(|secret| secret.iter().any(|byte| *byte != 0)),
    ..Octets::new("x448", "X448", &[0x2b, 0x65, 0x6f], (56, 56), Purpose::Agree, |scalar| {
        let mut five = [0; 56];
        five[0] = 5;
        x448(scalar, &five)
    })
};

/// X448, RFC 7748, 5: the ladder in constant time.
fn x448(scalar: &[u8], point: &[u8]) -> Option<Vec<u8>> {
    let mut scalar: [u8; 56] = scalar.try_into().ok()?;
    scalar[0] &= 252;
    scalar[55] |= 128;
    let prime = BoxedUint::from_le_slice(&X448_PRIME, 448).ok()?;
    let params = BoxedMontyParams::new(Odd::new(prime.clone()).into_option()?);
    // Numbers above the prime mean what they are modulo it.
    let point = BoxedUint::from_le_slice(point, 448).ok()?.rem(&NonZero::new(prime.clone()).into_option()?);
    let number = |number: BoxedUint| BoxedMontyForm::new(number, &params);
    let small = |value: u32| number(BoxedUint::from_le_slice_truncated(&value.to_le_bytes(), 448));
    let x1 = number(point);
    let a24 = small(39_081);
    let (mut x2, mut z2, mut x3, mut z3) = (small(1), small(0), x1.clone(), small(1));
    let mut swapped = 0;
    for at in (0..448).rev() {
        let bit = scalar[at / 8] >> (at % 8) & 1;
        let choice = crypto_bigint::Choice::from_u8_lsb(bit ^ swapped);
        (x2, x3) = (x2.ct_select(&x3, choice), x3.ct_select(&x2, choice));
        (z2, z3) = (z2.ct_select(&z3, choice), z3.ct_select(&z2, choice));
        swapped = bit;
        let (a, b) = (x2.add(&z2), x2.sub(&z2));
        let (aa, bb) = (a.square(), b.square());
        let e = aa.sub(&bb);
        let (c, d) = (x3.add(&z3), x3.sub(&z3));
        let (da, cb) = (d.mul(&a), c.mul(&b));
        x3 = da.add(&cb).square();
        z3 = x1.mul(&da.sub(&cb).square());
        x2 = aa.mul(&bb);
        z2 = e.mul(&aa.add(&a24.mul(&e)));
    }
    let choice = crypto_bigint::Choice::from_u8_lsb(swapped);
    (x2, z2) = (x2.ct_select(&x3, choice), z2.ct_select(&z3, choice));
    let inverse = z2.pow(&prime.wrapping_sub(BoxedUint::from(2u8)));
    Some(x2.mul(&inverse).retrieve().to_le_bytes()[..56].to_vec())
}

/// 2 ** 448 - 2 ** 224 - 1, its lowest byte first.
const X448_PRIME: [u8; 56] = {
    let mut prime = [0xff; 56];
    prime[28] = 0xfe;
    prime
};

/// OIDs of NIST's signature algorithms, 2.16.840.1.101.3.4.3.n, and of its encapsulations, .4.n.
const fn nist(arc: u8, number: u8) -> [u8; 9] {
    [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, arc, number]
}

macro_rules! ml_dsa {
    ($name:ident, $node:literal, $web:literal, $number:literal, $len:literal, $set:ident, $shape:expr) => {
        static $name: Octets = {
            /// A seed, or an expanded key that is sound: the crate believes what it is given.
            #[allow(deprecated, reason = "PKCS #8 may carry the expanded key alone")]
            fn key(secret: &[u8]) -> Option<ml_dsa::ExpandedSigningKey<ml_dsa::$set>> {
                if let Ok(seed) = secret.try_into() {
                    return Some(ml_dsa::ExpandedSigningKey::<ml_dsa::$set>::from_seed(seed));
                }
                let key = ml_dsa::ExpandedSigningKey::<ml_dsa::$set>::from_expanded(secret.try_into().ok().filter(|_| has_small_numbers(secret, $shape))?);
                let named = digest::digest_to(64, "shake256", &key.verifying_key().encode())?;
                (secret[64..128] == named[..]).then_some(key)
            }
            Octets {
                sign: |secret, message, context| Some(key(secret)?.sign_deterministic(message, context).ok()?.encode().to_vec()),
                verify: |public, message, context, signature| {
                    let (Ok(public), Ok(signature)) = (public.try_into(), ml_dsa::Signature::<ml_dsa::$set>::try_from(signature)) else { return false };
                    ml_dsa::VerifyingKey::<ml_dsa::$set>::decode(public).verify_with_context(message, context, &signature)
                },
                #[allow(deprecated, reason = "PKCS #8 carries the expanded key beside the seed")]
                expanded: |secret| Some(key(secret)?.to_expanded().to_vec()),
                ..Octets::new($node, $web, &const { nist(3, $number) }, (32, $len), Purpose::Sign, |secret| Some(key(secret)?.verifying_key().encode().to_vec()))
            }
        };
    };
}

/// How an expanded key of ML-DSA holds its two secret vectors: how many polynomials they have, and the bound of their numbers.
struct Shape {
    polynomials: usize,
    eta: u8,
}

/// Whether the numbers of an expanded key's secret vectors lie within their bound (FIPS 204, algorithm 25, which leaves it to the
/// caller).
fn has_small_numbers(secret: &[u8], shape: Shape) -> bool {
    let bits = if shape.eta == 2 { 3 } else { 4 };
    let Some(vectors) = secret.get(128..128 + shape.polynomials * 32 * bits) else { return false };
    let digit = |at: usize| {
        let (byte, shift) = (at * bits / 8, at * bits % 8);
        let pair = u16::from(vectors[byte]) | u16::from(vectors.get(byte + 1).copied().unwrap_or(0)) << 8;
        (pair >> shift) as u8 & ((1 << bits) - 1)
    };
    // All are looked at, whatever the first ones are: the key is secret.
    (0..shape.polynomials * 256).fold(true, |all, at| all & (digit(at) <= 2 * shape.eta))
}

ml_dsa!(ML_DSA_44, "ml-dsa-44", "ML-DSA-44", 17, 1312, MlDsa44, Shape { polynomials: 8, eta: 2 });
ml_dsa!(ML_DSA_65, "ml-dsa-65", "ML-DSA-65", 18, 1952, MlDsa65, Shape { polynomials: 11, eta: 4 });
ml_dsa!(ML_DSA_87, "ml-dsa-87", "ML-DSA-87", 19, 2592, MlDsa87, Shape { polynomials: 15, eta: 2 });

macro_rules! ml_kem {
    ($name:ident, $node:literal, $web:literal, $number:literal, $len:literal, $set:ident) => {
        static $name: Octets = {
            /// A seed, or an expanded key.
            #[allow(deprecated, reason = "PKCS #8 may carry the expanded key alone")]
            fn key(secret: &[u8]) -> Option<ml_kem::DecapsulationKey<ml_kem::$set>> {
                use ml_kem::ExpandedKeyEncoding;
                if let Ok(seed) = secret.try_into() {
                    return Some(ml_kem::DecapsulationKey::<ml_kem::$set>::from_seed(seed));
                }
                ml_kem::DecapsulationKey::<ml_kem::$set>::from_expanded_bytes(secret.try_into().ok()?).ok()
            }
            Octets {
                encapsulate: |public, random| {
                    let key = ml_kem::EncapsulationKey::<ml_kem::$set>::new(public.try_into().ok()?).ok()?;
                    let (hidden, secret) = key.encapsulate_deterministic(random.try_into().ok()?);
                    Some((hidden.to_vec(), secret.to_vec()))
                },
                decapsulate: |secret, hidden| {
                    use ml_kem::Decapsulate;
                    Some(key(secret)?.decapsulate(hidden.try_into().ok()?).to_vec())
                },
                #[allow(deprecated, reason = "PKCS #8 carries the expanded key beside the seed")]
                expanded: |secret| {
                    use ml_kem::ExpandedKeyEncoding;
                    Some(key(secret)?.to_expanded_bytes().to_vec())
                },
                ..Octets::new($node, $web, &const { nist(4, $number) }, (64, $len), Purpose::Encapsulate, |secret| {
                    use ml_kem::KeyExport;
                    Some(key(secret)?.encapsulation_key().to_bytes().to_vec())
                })
            }
        };
    };
}

ml_kem!(ML_KEM_512, "ml-kem-512", "ML-KEM-512", 1, 800, MlKem512);
ml_kem!(ML_KEM_768, "ml-kem-768", "ML-KEM-768", 2, 1184, MlKem768);
ml_kem!(ML_KEM_1024, "ml-kem-1024", "ML-KEM-1024", 3, 1568, MlKem1024);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x448_is_that_of_rfc_7748() {
        let hex = |text: &str| (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits")).collect::<Vec<u8>>();
        let scalar = hex("3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3");
        let point = hex("06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086");
        let secret = hex("ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f");
        assert_eq!(x448(&scalar, &point), Some(secret));
    }

    #[test]
    fn public_keys_are_as_long_as_the_table_says() {
        for kind in KINDS {
            assert_eq!((kind.public)(&vec![7; kind.seed_len]).map(|key| key.len()), Some(kind.public_len), "{}", kind.name);
        }
    }
}
