//! RSA, RFC 8017: the two operations, the paddings over them, and the making of keys.

use coil_engine::coil_sys::Sys;
use num_bigint::BigUint;

use super::{
    asn1,
    digest::{Algorithm, Hasher, digest_of},
    failure::{self, Outcome},
    number::{self, PrimeShape, bytes_for, mod_pow, padded},
};

/// `(n, e)`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RsaPublic {
    pub n: BigUint,
    pub e: BigUint,
}

/// RFC 8017, 3.2, the second form; `d` is there too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RsaPrivate {
    pub public: RsaPublic,
    pub d: BigUint,
    pub p: BigUint,
    pub q: BigUint,
    pub dp: BigUint,
    pub dq: BigUint,
    pub qi: BigUint,
}

impl RsaPublic {
    /// Bytes of the modulus.
    pub fn len(&self) -> usize {
        bytes_for(&self.n)
    }

    /// The public operation; none where the bytes are no number below the modulus.
    pub fn apply(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(bytes);
        (number < self.n).then(|| padded(&mod_pow(&number, &self.e, &self.n), self.len()))
    }
}

impl RsaPrivate {
    /// Of two primes; none where `e` has no inverse.
    pub fn of_primes(p: BigUint, q: BigUint, e: BigUint) -> Option<Self> {
        let (p, q) = if p > q { (p, q) } else { (q, p) };
        let one = BigUint::from(1u8);
        let (p1, q1) = (&p - &one, &q - &one);
        let gcd = gcd(p1.clone(), q1.clone());
        let d = e.modinv(&(&p1 * &q1 / gcd))?;
        let (dp, dq, qi) = (&d % &p1, &d % &q1, q.modinv(&p)?);
        Some(Self { public: RsaPublic { n: &p * &q, e }, d, p, q, dp, dq, qi })
    }

    /// A fresh key. The caller has checked the sizes.
    pub fn generate(sys: &Sys, bits: usize, e: &BigUint) -> Outcome<Self> {
        let shape = |bits| PrimeShape { bits, two_high_bits: true, ..PrimeShape::default() };
        loop {
            let p = number::random_prime(sys, &shape(bits.div_ceil(2)))?;
            let q = number::random_prime(sys, &shape(bits / 2))?;
            if p == q {
                continue;
            }
            if let Some(key) = Self::of_primes(p, q, e.clone())
                && key.public.n.bits() == bits as u64
            {
                return Ok(key);
            }
        }
    }

    /// The private operation, by the Chinese remainder theorem, checked by the public one against faults.
    pub fn apply(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(bytes);
        if number >= self.public.n {
            return None;
        }
        let len = self.public.len();
        if self.p != BigUint::ZERO && self.q != BigUint::ZERO {
            let m1 = mod_pow(&number, &self.dp, &self.p);
            let m2 = mod_pow(&number, &self.dq, &self.q);
            let difference = (&m1 + &self.p - &m2 % &self.p) % &self.p;
            let result = &m2 + difference * &self.qi % &self.p * &self.q;
            // Factors that are none may give a number that is too big.
            if result < self.public.n && mod_pow(&result, &self.public.e, &self.public.n) == number {
                return Some(padded(&result, len));
            }
        }
        Some(padded(&mod_pow(&number, &self.d, &self.public.n), len))
    }
}

fn gcd(mut a: BigUint, mut b: BigUint) -> BigUint {
    while b != BigUint::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}

/// MGF1 over `target`: the mask is added to what is there.
fn mask(target: &mut [u8], seed: &[u8], algorithm: &Algorithm) {
    for (count, part) in target.chunks_mut(algorithm.output_len).enumerate() {
        let block = digest_of(algorithm, &[seed, &(count as u32).to_be_bytes()]);
        for (byte, mask) in part.iter_mut().zip(block) {
            *byte ^= mask;
        }
    }
}

/// EMSA-PKCS1-v1_5 and EME with block type 1: ones, a zero, the data.
pub fn pad_type1(data: &[u8], len: usize) -> Outcome<Vec<u8>> {
    if data.len() + 11 > len {
        return Err(failure::DATA_TOO_LARGE_FOR_KEY_SIZE.into());
    }
    let mut out = vec![0xff; len - data.len()];
    (out[0], out[1]) = (0, 1);
    if let Some(last) = out.last_mut() {
        *last = 0;
    }
    out.extend_from_slice(data);
    Ok(out)
}

/// The data behind [`pad_type1`].
pub fn unpad_type1(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(&[0, 1])?;
    let ones = rest.iter().position(|byte| *byte != 0xff)?;
    (ones >= 8 && rest[ones] == 0).then(|| &rest[ones + 1..])
}

/// RSAES-PKCS1-v1_5: random bytes that are not zero, a zero, the data.
pub fn pad_type2(data: &[u8], len: usize, sys: &Sys) -> Outcome<Vec<u8>> {
    if data.len() + 11 > len {
        return Err(failure::DATA_TOO_LARGE_FOR_KEY_SIZE.into());
    }
    let mut out = vec![0, 2];
    while out.len() < len - data.len() - 1 {
        let drawn = number::random_bytes(sys, len)?;
        let room = len - data.len() - 1 - out.len();
        out.extend(drawn.into_iter().filter(|byte| *byte != 0).take(room));
    }
    out.push(0);
    out.extend_from_slice(data);
    Ok(out)
}

/// The data behind [`pad_type2`], or, where the padding is wrong, bytes that the key and the ciphertext make up
/// (draft-irtf-cfrg-rsa-guidance: implicit rejection).
pub fn unpad_type2(bytes: &[u8], key: &RsaPrivate, hidden: &[u8]) -> Option<Vec<u8>> {
    let sha256 = super::digest::find("sha256")?;
    let len = bytes.len();
    let hmac = |key: &[u8], parts: &[&[u8]]| -> Option<Vec<u8>> {
        let mut mac: Box<dyn Hasher> = (sha256.keyed?.mac)(key);
        parts.iter().for_each(|part| mac.update(part));
        Some(mac.finish(32))
    };
    // Shorter moduli have no room for the padding.
    let most = len.checked_sub(10).filter(|most| *most > 0)?;
    let secret = digest_of(sha256, &[&padded(&key.d, len)]);
    let kdk = hmac(&secret, &[&padded(&BigUint::from_bytes_be(hidden), len)])?;
    let prf = |label: &[u8], len: usize| -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for count in 0..len.div_ceil(32) as u16 {
            out.extend(hmac(&kdk, &[&count.to_be_bytes(), label, &((len * 8) as u16).to_be_bytes()])?);
        }
        out.truncate(len);
        Some(out)
    };
    let synthetic = prf(b"message", len)?;
    let lengths = prf(b"length", 256)?;
    let all_ones = (most + 1).next_power_of_two() - 1;
    let mut made_up = 0;
    for pair in lengths.chunks_exact(2) {
        let candidate = usize::from(u16::from_be_bytes([pair[0], pair[1]])) & all_ones;
        if candidate < most {
            made_up = candidate;
        }
    }
    // The same work whatever the bytes are: only the length of what comes out tells something.
    let (mut wrong, mut looking, mut start) = (bytes[0] | bytes[1] ^ 2, 1usize, 0usize);
    for (at, byte) in bytes.iter().enumerate().skip(2) {
        let is_zero = usize::from(*byte == 0);
        start |= (at + 1) * (looking & is_zero);
        wrong |= (looking & is_zero & usize::from(at < 10)) as u8;
        looking &= 1 - is_zero;
    }
    let keep = 0usize.wrapping_sub(usize::from(std::hint::black_box(wrong | looking as u8) == 0));
    let start = (start & keep) | ((len - made_up) & !keep);
    let chosen: Vec<u8> = bytes.iter().zip(&synthetic).map(|(real, other)| (real & keep as u8) | (other & !keep as u8)).collect();
    Some(chosen[start..].to_vec())
}

/// RSAES-OAEP, RFC 8017, 7.1.1.
pub fn pad_oaep(data: &[u8], label: &[u8], hash: &Algorithm, mgf: &Algorithm, len: usize, sys: &Sys) -> Outcome<Vec<u8>> {
    let hash_len = hash.output_len;
    if data.len() + 2 * hash_len + 2 > len {
        return Err(failure::DATA_TOO_LARGE_FOR_KEY_SIZE.into());
    }
    let mut seed = number::random_bytes(sys, hash_len)?;
    let mut block = digest_of(hash, &[label]);
    block.resize(len - hash_len - 1 - data.len() - 1, 0);
    block.push(1);
    block.extend_from_slice(data);
    mask(&mut block, &seed, mgf);
    mask(&mut seed, &block, mgf);
    Ok([vec![0], seed, block].concat())
}

/// The data behind [`pad_oaep`].
pub fn unpad_oaep(bytes: &[u8], label: &[u8], hash: &Algorithm, mgf: &Algorithm) -> Outcome<Vec<u8>> {
    let hash_len = hash.output_len;
    if bytes.len() < 2 * hash_len + 2 {
        return Err(failure::OAEP_DECODING.into());
    }
    let mut seed = bytes[1..=hash_len].to_vec();
    let mut block = bytes[1 + hash_len..].to_vec();
    mask(&mut seed, &block, mgf);
    mask(&mut block, &seed, mgf);
    let label = digest_of(hash, &[label]);
    // Everything is looked at before anything is told.
    let mut wrong = bytes[0];
    for (a, b) in block.iter().zip(&label) {
        wrong |= a ^ b;
    }
    let (mut at, mut looking) = (0usize, 1u8);
    for (index, byte) in block.iter().enumerate().skip(hash_len) {
        let is_one = u8::from(*byte == 1);
        at |= index * usize::from(looking & is_one);
        wrong |= looking & u8::from(*byte > 1);
        looking &= u8::from(*byte == 0);
    }
    if std::hint::black_box(wrong | looking) != 0 {
        return Err(failure::OAEP_DECODING.into());
    }
    Ok(block[at + 1..].to_vec())
}

/// EMSA-PSS-ENCODE, RFC 8017, 9.1.1.
pub fn pad_pss(hash: &[u8], algorithm: &Algorithm, mgf: &Algorithm, salt: &[u8], bits: usize) -> Outcome<Vec<u8>> {
    let len = bits.div_ceil(8);
    if len < hash.len() + salt.len() + 2 {
        return Err(failure::DATA_TOO_LARGE_FOR_KEY_SIZE.into());
    }
    let digest = digest_of(algorithm, &[&[0; 8], hash, salt]);
    let mut block = vec![0; len - salt.len() - digest.len() - 2];
    block.push(1);
    block.extend_from_slice(salt);
    mask(&mut block, &digest, mgf);
    block[0] &= 0xff >> (len * 8 - bits);
    Ok([block, digest, vec![0xbc]].concat())
}

/// EMSA-PSS-VERIFY, RFC 8017, 9.1.2; without a length the salt may have any.
pub fn check_pss(encoded: &[u8], hash: &[u8], algorithm: &Algorithm, mgf: &Algorithm, salt_len: Option<usize>, bits: usize) -> bool {
    let len = bits.div_ceil(8);
    let Some(encoded) = encoded.get(encoded.len().saturating_sub(len)..) else { return false };
    if encoded.len() != len || len < hash.len() + 2 || encoded[len - 1] != 0xbc {
        return false;
    }
    let spare = 0xffu8 >> (len * 8 - bits);
    if encoded[0] & !spare != 0 {
        return false;
    }
    let (block, digest) = encoded[..len - 1].split_at(len - hash.len() - 1);
    let mut block = block.to_vec();
    mask(&mut block, digest, mgf);
    block[0] &= spare;
    let Some(one) = block.iter().position(|byte| *byte != 0) else { return false };
    let salt = &block[one + 1..];
    block[one] == 1 && salt_len.is_none_or(|len| len == salt.len()) && digest_of(algorithm, &[&[0; 8], hash, salt]) == digest
}

/// DigestInfo of RFC 8017, 9.2; MD5 with SHA-1 goes without.
pub fn digest_info(algorithm: &Algorithm, hash: &[u8]) -> Option<Vec<u8>> {
    if algorithm.name() == "md5-sha1" {
        return Some(hash.to_vec());
    }
    let id = asn1::sequence(&[asn1::oid(algorithm.oid?), asn1::null()]);
    Some(asn1::sequence(&[id, asn1::octets(hash)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::digest::find;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits")).collect()
    }

    fn number(text: &str) -> BigUint {
        BigUint::from_bytes_be(&hex(text))
    }

    /// A key that OpenSSL made; what follows is what OpenSSL 3.5 makes with it.
    fn key() -> RsaPrivate {
        let (p, q) = (number("da7272d4600e87e8e293a6bf0efd72147d68c5a6c07e93393d8011434135cf29"), number("d5149e5f38ea47b079c1e90437c474acf5dd54e5d24ee80f113f4af66d456587"));
        RsaPrivate::of_primes(p, q, BigUint::from(65_537u32)).expect("a key")
    }

    #[test]
    fn signatures_agree_with_openssl() {
        let (key, sha256) = (key(), find("sha256").expect("known"));
        let hash = digest_of(sha256, &[b"abc"]);
        let padded = pad_type1(&digest_info(sha256, &hash).expect("an identifier"), 64).expect("room");
        let signature = hex("052e14925dbd9b75db70bcd28156d7afdcb782423bf2735393be09ba524289ff63a2f1282cbe269be857f5641a5d90100bd9fb9a2ef460aa67fdca1fa4b7c937");
        assert_eq!(key.apply(&padded), Some(signature.clone()));
        assert_eq!(key.public.apply(&signature), Some(padded));
    }

    #[test]
    fn pss_agrees_with_openssl() {
        let (key, sha256) = (key(), find("sha256").expect("known"));
        let hash = digest_of(sha256, &[b"abc"]);
        let bits = key.public.n.bits() as usize - 1;
        let encoded = pad_pss(&hash, sha256, sha256, &[], bits).expect("room");
        let signature = hex("861f2baecf8d6e7560092b1b8365b4bbc1a711255cc05ad0956e47ceb67f9807e3d89ffe2d2d40b2764441fc2191fa90b981da5b8944f753cab05b858fbc3997");
        assert_eq!(key.apply(&encoded), Some(signature));
        let salted = hex("75589c4cde0b82581efaef87cd151ed9cdd05ca072b2f4d7172e046566525ab71084dcf8d7521ad3bf0374ad735778ebded8da6c203aacc741c711d7c1943934");
        let encoded = key.public.apply(&salted).expect("below the modulus");
        for (salt_len, good) in [(None, true), (Some(20), true), (Some(21), false), (Some(0), false)] {
            assert_eq!(check_pss(&encoded, &hash, sha256, sha256, salt_len, bits), good, "{salt_len:?}");
        }
        assert!(!check_pss(&encoded, &[0; 32], sha256, sha256, None, bits));
    }

    #[test]
    fn decryption_agrees_with_openssl() {
        let (key, sha1) = (key(), find("sha1").expect("known"));
        let hidden = hex("893f1230eae3b9fff392d7e893acd36cbe4a7bdd361ff7523aed52f7668faa31ae39e35676c61e5a6fa0eaa9edafb6caea4e48cfed1a93f0e3ff8529ba3af06d");
        let opened = key.apply(&hidden).expect("below the modulus");
        assert_eq!(unpad_oaep(&opened, &[], sha1, sha1).ok(), Some(b"secret".to_vec()));
        assert!(unpad_oaep(&opened, b"label", sha1, sha1).is_err());
        let hidden = hex("73699f8adc4b5052b88d8cc40f3ba1e30b804c0865d72aeac276cf0a5fcceb7d6507c7da84952fb17fc3f27be5e22ecc75cfb02da546cd980fa096c22720a0fd");
        let opened = key.apply(&hidden).expect("below the modulus");
        assert_eq!(unpad_type2(&opened, &key, &hidden), Some(b"secret".to_vec()));
    }

    #[test]
    fn what_has_no_padding_opens_as_openssl_makes_it_up() {
        let key = key();
        for (byte, made_up) in [
            (3, "85d16d558bfbeac79031c7fd20245a32b3c28511681fa5e4be9b6f1490d0dd3044bc"),
            (4, "55218609d9c1fd816414ce1472c2a781b9b0bdeefdda8abeb3ce76f39083f384a866b38637a01cac2c26"),
            (5, "b790489e1d1928491ce61110ed11c87c20e4dd24372b7a33cc7f17bf497a185bd274e3fd0413a05f8fdc2c7f492fa116aff0d9f585"),
        ] {
            let mut hidden = vec![byte; 64];
            hidden[0] = 0;
            let opened = key.apply(&hidden).expect("below the modulus");
            assert_eq!(unpad_type2(&opened, &key, &hidden), Some(hex(made_up)));
        }
    }

    #[test]
    fn a_modulus_without_room_is_no_panic() {
        let key = RsaPrivate::of_primes(BigUint::from(251u8), BigUint::from(241u8), BigUint::from(7u8)).expect("a key");
        let opened = key.apply(&[9]).expect("below the modulus");
        assert_eq!(unpad_type2(&opened, &key, &[9]), None);
        assert!(pad_type1(b"x", 2).is_err());
    }
}
