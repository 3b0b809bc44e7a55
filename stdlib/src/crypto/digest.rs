//! The hash functions by OpenSSL's names, and what is built on them, over the RustCrypto crates.

use digest::{Digest, ExtendableOutput, Update, XofReader, common::BlockSizeUser};
use hkdf::SimpleHkdf;
use hmac::{KeyInit, Mac, SimpleHmac};

/// One hash function.
pub struct Algorithm {
    /// Its names, in lower case; the first is the usual one.
    names: &'static [&'static str],
    /// The content of its object identifier, where signatures name it.
    pub oid: Option<&'static [u8]>,
    /// Bytes of its output; those it gives by default where it can give any number.
    pub output_len: usize,
    /// Whether it can give any number of bytes.
    pub extendable: bool,
    /// A fresh state.
    pub start: fn() -> Box<dyn Hasher>,
    /// What is built on it; none for functions of any length.
    pub keyed: Option<KeyedFunctions>,
}

/// What is built on a hash function.
#[derive(Clone, Copy)]
pub struct KeyedFunctions {
    /// HMAC with a key.
    pub mac: fn(&[u8]) -> Box<dyn Hasher>,
    /// PBKDF2: password, salt, iterations, output.
    pub pbkdf2: fn(&[u8], &[u8], u32, &mut [u8]),
    /// HKDF: key, salt, info, output.
    pub hkdf: fn(&[u8], &[u8], &[u8], &mut [u8]),
}

/// A hash or a code on its way.
pub trait Hasher: Send {
    /// Takes bytes in.
    fn update(&mut self, bytes: &[u8]);
    /// The result; `len` matters only to functions of any length.
    fn finish(self: Box<Self>, len: usize) -> Vec<u8>;
    /// The same state once more.
    fn fork(&self) -> Box<dyn Hasher>;
}

#[derive(Clone)]
struct Fixed<D>(D);

impl<D: Digest + Clone + Send + 'static> Hasher for Fixed<D> {
    fn update(&mut self, bytes: &[u8]) {
        Digest::update(&mut self.0, bytes);
    }

    fn finish(self: Box<Self>, _len: usize) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    fn fork(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Extendable<D>(D);

impl<D: ExtendableOutput + Update + Clone + Send + 'static> Hasher for Extendable<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        self.0.finalize_xof().read(&mut out);
        out
    }

    fn fork(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Code<D: Digest + BlockSizeUser>(SimpleHmac<D>);

impl<D: Digest + BlockSizeUser + Clone + Send + 'static> Hasher for Code<D> {
    fn update(&mut self, bytes: &[u8]) {
        Mac::update(&mut self.0, bytes);
    }

    fn finish(self: Box<Self>, _len: usize) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }

    fn fork(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }
}

/// MD5 and SHA-1 of the same bytes, one after the other: what TLS signed before 1.2.
#[derive(Clone, Default)]
struct Md5Sha1(md5::Md5, sha1::Sha1);

impl Hasher for Md5Sha1 {
    fn update(&mut self, bytes: &[u8]) {
        Digest::update(&mut self.0, bytes);
        Digest::update(&mut self.1, bytes);
    }

    fn finish(self: Box<Self>, _len: usize) -> Vec<u8> {
        [self.0.finalize().as_slice(), self.1.finalize().as_slice()].concat()
    }

    fn fork(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }
}

fn mac<D: Digest + BlockSizeUser + Clone + Send + 'static>(key: &[u8]) -> Box<dyn Hasher> {
    Box::new(Code(<SimpleHmac<D> as KeyInit>::new_from_slice(key).expect("a key of HMAC has any length")))
}

fn pbkdf2<D: Digest + BlockSizeUser + Clone + Send + Sync + 'static>(password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8]) {
    ::pbkdf2::pbkdf2::<SimpleHmac<D>>(password, salt, iterations, out).expect("a key of HMAC has any length");
}

fn hkdf<D: Digest + BlockSizeUser + Clone + 'static>(key: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) {
    SimpleHkdf::<D>::new(Some(salt), key).expand(info, out).expect("the caller bounds the output to 255 blocks");
}

macro_rules! fixed {
    ($digest:ty, $len:literal, $oid:expr, $($name:literal),+) => {
        Algorithm {
            names: &[$($name),+],
            oid: $oid,
            output_len: $len,
            extendable: false,
            start: || Box::new(Fixed(<$digest>::new())),
            keyed: Some(KeyedFunctions { mac: mac::<$digest>, pbkdf2: pbkdf2::<$digest>, hkdf: hkdf::<$digest> }),
        }
    };
}

macro_rules! extendable {
    ($digest:ty, $len:literal, $name:literal) => {
        Algorithm { names: &[$name], oid: None, output_len: $len, extendable: true, start: || Box::new(Extendable(<$digest>::default())), keyed: None }
    };
}

/// NIST's object identifiers of hash functions, 2.16.840.1.101.3.4.2.n.
const fn nist(number: u8) -> [u8; 9] {
    [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, number]
}

impl Algorithm {
    /// The usual name.
    pub fn name(&self) -> &'static str {
        self.names[0]
    }
}

/// The digest of parts one after the other.
pub fn digest_of(algorithm: &Algorithm, parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = (algorithm.start)();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finish(algorithm.output_len)
}

/// The first bytes that a function of any length gives; none where there is no such function.
pub fn digest_to(len: usize, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut hasher = (find(name)?.start)();
    hasher.update(bytes);
    Some(hasher.finish(len))
}

/// The hash function of an object identifier.
pub fn find_oid(oid: &[u8]) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().find(|algorithm| algorithm.oid == Some(oid))
}

/// Every hash function.
static ALGORITHMS: &[Algorithm] = &[
    fixed!(sha2::Sha256, 32, Some(&nist(1)), "sha256", "rsa-sha256", "sha256withrsaencryption", "sha-256", "sha2-256"),
    fixed!(sha1::Sha1, 20, Some(&[0x2b, 0x0e, 0x03, 0x02, 0x1a]), "sha1", "rsa-sha1", "rsa-sha1-2", "sha1withrsaencryption", "ssl3-sha1", "sha-1", "dss1"),
    fixed!(md5::Md5, 16, Some(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05]), "md5", "rsa-md5", "md5withrsaencryption", "ssl3-md5"),
    fixed!(sha2::Sha512, 64, Some(&nist(3)), "sha512", "rsa-sha512", "sha512withrsaencryption", "sha-512", "sha2-512"),
    fixed!(sha2::Sha384, 48, Some(&nist(2)), "sha384", "rsa-sha384", "sha384withrsaencryption", "sha-384", "sha2-384"),
    fixed!(sha2::Sha224, 28, Some(&nist(4)), "sha224", "rsa-sha224", "sha224withrsaencryption", "sha-224", "sha2-224"),
    fixed!(sha2::Sha512_224, 28, Some(&nist(5)), "sha512-224", "rsa-sha512/224", "sha512-224withrsaencryption", "sha-512/224", "sha2-512/224"),
    fixed!(sha2::Sha512_256, 32, Some(&nist(6)), "sha512-256", "rsa-sha512/256", "sha512-256withrsaencryption", "sha-512/256", "sha2-512/256"),
    fixed!(sha3::Sha3_224, 28, Some(&nist(7)), "sha3-224", "rsa-sha3-224", "id-rsassa-pkcs1-v1_5-with-sha3-224"),
    fixed!(sha3::Sha3_256, 32, Some(&nist(8)), "sha3-256", "rsa-sha3-256", "id-rsassa-pkcs1-v1_5-with-sha3-256"),
    fixed!(sha3::Sha3_384, 48, Some(&nist(9)), "sha3-384", "rsa-sha3-384", "id-rsassa-pkcs1-v1_5-with-sha3-384"),
    fixed!(sha3::Sha3_512, 64, Some(&nist(10)), "sha3-512", "rsa-sha3-512", "id-rsassa-pkcs1-v1_5-with-sha3-512"),
    fixed!(blake2::Blake2b512, 64, None, "blake2b512", "blake2b-512"),
    fixed!(blake2::Blake2s256, 32, None, "blake2s256", "blake2s-256"),
    fixed!(ripemd::Ripemd160, 20, Some(&[0x2b, 0x24, 0x03, 0x02, 0x01]), "ripemd160", "ripemd", "rmd160", "rsa-ripemd160", "ripemd160withrsa", "ripemd-160"),
    fixed!(sm3::Sm3, 32, Some(&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11]), "sm3", "rsa-sm3", "sm3withrsaencryption"),
    Algorithm { names: &["md5-sha1"], oid: None, output_len: 36, extendable: false, start: || Box::new(Md5Sha1::default()), keyed: None },
    extendable!(shake::Shake128, 16, "shake128"),
    extendable!(shake::Shake256, 32, "shake256"),
];

/// The hash function of a name in any case.
pub fn find(name: &str) -> Option<&'static Algorithm> {
    let name = name.to_ascii_lowercase();
    ALGORITHMS.iter().find(|algorithm| algorithm.names.contains(&name.as_str()))
}

/// `crypto.getHashes()`: as OpenSSL spells and orders them.
pub const NAMES: &[&str] = &[
    "RSA-MD5",
    "RSA-RIPEMD160",
    "RSA-SHA1",
    "RSA-SHA1-2",
    "RSA-SHA224",
    "RSA-SHA256",
    "RSA-SHA3-224",
    "RSA-SHA3-256",
    "RSA-SHA3-384",
    "RSA-SHA3-512",
    "RSA-SHA384",
    "RSA-SHA512",
    "RSA-SHA512/224",
    "RSA-SHA512/256",
    "RSA-SM3",
    "blake2b512",
    "blake2s256",
    "id-rsassa-pkcs1-v1_5-with-sha3-224",
    "id-rsassa-pkcs1-v1_5-with-sha3-256",
    "id-rsassa-pkcs1-v1_5-with-sha3-384",
    "id-rsassa-pkcs1-v1_5-with-sha3-512",
    "md5",
    "md5-sha1",
    "md5WithRSAEncryption",
    "ripemd",
    "ripemd160",
    "ripemd160WithRSA",
    "rmd160",
    "sha1",
    "sha1WithRSAEncryption",
    "sha224",
    "sha224WithRSAEncryption",
    "sha256",
    "sha256WithRSAEncryption",
    "sha3-224",
    "sha3-256",
    "sha3-384",
    "sha3-512",
    "sha384",
    "sha384WithRSAEncryption",
    "sha512",
    "sha512-224",
    "sha512-224WithRSAEncryption",
    "sha512-256",
    "sha512-256WithRSAEncryption",
    "sha512WithRSAEncryption",
    "shake128",
    "shake256",
    "sm3",
    "sm3WithRSAEncryption",
    "ssl3-md5",
    "ssl3-sha1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known() {
        for name in NAMES {
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn every_function_gives_as_many_bytes_as_it_says() {
        for algorithm in ALGORITHMS {
            assert_eq!((algorithm.start)().finish(algorithm.output_len).len(), algorithm.output_len, "{}", algorithm.names[0]);
        }
    }
}
