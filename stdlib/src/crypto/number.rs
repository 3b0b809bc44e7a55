//! Big numbers: powers in constant time, random numbers, primes. Bytes are big-endian.

use boa_engine::JsBigInt;
use coil_engine::coil_sys::Sys;
use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use crypto_primes::{Flavor, is_prime};
use num_bigint::BigUint;

use super::failure::Outcome;

/// Bytes of `number`, padded with zeros in front to `len`.
pub fn padded(number: &BigUint, len: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let bytes = if *number == BigUint::ZERO { &[][..] } else { &bytes };
    let mut out = vec![0; len.saturating_sub(bytes.len())];
    out.extend_from_slice(bytes);
    out
}

/// Bytes that hold so many bits.
pub fn bytes_for(number: &BigUint) -> usize {
    number.bits().div_ceil(8) as usize
}

fn boxed(number: &BigUint, bits: u32) -> BoxedUint {
    BoxedUint::from_be_slice_truncated(&number.to_bytes_be(), bits)
}

/// Bits of the limbs that hold `number`.
fn precision(number: &BigUint) -> u32 {
    (number.bits().max(1) as u32).next_multiple_of(64)
}

/// `base ** exponent % modulus`, in a time that does not tell the exponent where the modulus is odd. A modulus of 0 gives 0.
pub fn mod_pow(base: &BigUint, exponent: &BigUint, modulus: &BigUint) -> BigUint {
    if *modulus == BigUint::ZERO {
        return BigUint::ZERO;
    }
    let bits = precision(modulus);
    let Some(odd) = Odd::new(boxed(modulus, bits)).into_option() else {
        return base.modpow(exponent, modulus);
    };
    let params = BoxedMontyParams::new(odd);
    let base = BoxedMontyForm::new(boxed(&(base % modulus), bits), &params);
    let power = base.pow(&boxed(exponent, precision(exponent)));
    BigUint::from_bytes_be(&power.retrieve().to_be_bytes())
}

/// A number as a BigInt of the engine, whose numbers are of another version of the crate.
pub fn to_bigint(number: &BigUint) -> JsBigInt {
    JsBigInt::from_string_radix(&number.to_str_radix(16), 16).unwrap_or_else(JsBigInt::zero)
}

/// A BigInt as a number; none where it is negative.
pub fn of_bigint(bigint: &JsBigInt) -> Option<BigUint> {
    BigUint::parse_bytes(bigint.to_string_radix(16).as_bytes(), 16)
}

/// Random bytes from the door.
pub fn random_bytes(sys: &Sys, len: usize) -> Outcome<Vec<u8>> {
    let mut bytes = vec![0; len];
    sys.random().fill(&mut bytes)?;
    Ok(bytes)
}

/// A random number below `limit`, each as likely.
pub fn random_below(sys: &Sys, limit: &BigUint) -> Outcome<BigUint> {
    let len = bytes_for(limit);
    let spare = len * 8 - limit.bits() as usize;
    loop {
        let mut bytes = random_bytes(sys, len)?;
        if let Some(first) = bytes.first_mut() {
            *first &= 0xff >> spare;
        }
        let number = BigUint::from_bytes_be(&bytes);
        if number < *limit || *limit == BigUint::ZERO {
            return Ok(number);
        }
    }
}

/// A random number from 1 to `limit - 1`.
pub fn random_positive(sys: &Sys, limit: &BigUint) -> Outcome<BigUint> {
    loop {
        let number = random_below(sys, limit)?;
        if number != BigUint::ZERO || *limit <= BigUint::from(1u8) {
            return Ok(number);
        }
    }
}

/// Whether a number is prime (with a chance of error below 2 ** -80).
pub fn is_prime_number(number: &BigUint) -> bool {
    if *number < BigUint::from(4u8) {
        return *number > BigUint::from(1u8);
    }
    if !number.bit(0) || has_small_factor(number) {
        return SMALL_PRIMES.iter().any(|prime| *number == BigUint::from(*prime));
    }
    is_prime(Flavor::Any, &boxed(number, precision(number)))
}

/// Whether one of the small primes divides a number greater than all of them, or is it.
fn has_small_factor(number: &BigUint) -> bool {
    SMALL_PRIMES.iter().any(|prime| number % *prime == BigUint::ZERO)
}

/// What a prime must be like.
#[derive(Default, Clone)]
pub struct PrimeShape {
    /// Bits of the prime.
    pub bits: usize,
    /// Whether (p - 1) / 2 is prime too.
    pub safe: bool,
    /// `p % add == rem`.
    pub add: Option<BigUint>,
    /// See `add`; 1 at first, or 3 where the prime is safe.
    pub rem: Option<BigUint>,
    /// Whether the two highest bits are set, as factors of RSA want it; without `add` only.
    pub two_high_bits: bool,
}

/// A random prime of a shape.
pub fn random_prime(sys: &Sys, shape: &PrimeShape) -> Outcome<BigUint> {
    if shape.bits < 2 || (shape.safe && shape.add.is_none() && shape.bits < 6 && shape.bits != 3) {
        return Err(super::failure::BITS_TOO_SMALL.into());
    }
    let one = BigUint::from(1u8);
    let high = one.clone() << (shape.bits - 1);
    let limit = high.clone() << 1;
    // No number of a shape may be prime: a script must not wait for one for ever.
    let tries = if shape.add.is_some() { TRIES_WITH_STEP * shape.bits } else { usize::MAX };
    for _ in 0..tries {
        let mut candidate = random_below(sys, &limit)? | &high;
        if shape.two_high_bits && shape.add.is_none() && shape.bits > 1 {
            candidate.set_bit(shape.bits as u64 - 2, true);
        }
        match &shape.add {
            Some(add) => {
                let rem = shape.rem.clone().unwrap_or_else(|| BigUint::from(if shape.safe { 3u8 } else { 1u8 }));
                let over = &candidate % add;
                candidate = candidate - over + rem;
                if candidate.bits() != shape.bits as u64 {
                    continue;
                }
            }
            None if shape.bits > 2 => candidate.set_bit(0, true),
            None => {}
        }
        if shape.safe && shape.add.is_none() && shape.bits > 3 {
            // A safe prime leaves 3 when it is divided by 4.
            candidate.set_bit(1, true);
        }
        if shape.bits > 16 && has_small_factor(&candidate) {
            continue;
        }
        if shape.safe {
            let half = (&candidate - &one) >> 1;
            if (shape.bits > 17 && has_small_factor(&half)) || !is_prime_number(&half) {
                continue;
            }
        }
        if is_prime_number(&candidate) {
            return Ok(candidate);
        }
    }
    Err(super::failure::NO_SUITABLE_PRIME.into())
}

/// Candidates that are drawn for each bit of a prime with a given remainder: a safe one is found among half a million at 1024 bits.
const TRIES_WITH_STEP: usize = 4096;

/// The primes below 2048 but 2.
static SMALL_PRIMES: &[u32] = &[
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197,
    199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397, 401, 409, 419, 421, 431, 433,
    439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509, 521, 523, 541, 547, 557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619, 631, 641, 643, 647, 653, 659, 661, 673, 677,
    683, 691, 701, 709, 719, 727, 733, 739, 743, 751, 757, 761, 769, 773, 787, 797, 809, 811, 821, 823, 827, 829, 839, 853, 857, 859, 863, 877, 881, 883, 887, 907, 911, 919, 929, 937, 941, 947, 953,
    967, 971, 977, 983, 991, 997, 1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061, 1063, 1069, 1087, 1091, 1093, 1097, 1103, 1109, 1117, 1123, 1129, 1151, 1153, 1163, 1171, 1181, 1187,
    1193, 1201, 1213, 1217, 1223, 1229, 1231, 1237, 1249, 1259, 1277, 1279, 1283, 1289, 1291, 1297, 1301, 1303, 1307, 1319, 1321, 1327, 1361, 1367, 1373, 1381, 1399, 1409, 1423, 1427, 1429, 1433,
    1439, 1447, 1451, 1453, 1459, 1471, 1481, 1483, 1487, 1489, 1493, 1499, 1511, 1523, 1531, 1543, 1549, 1553, 1559, 1567, 1571, 1579, 1583, 1597, 1601, 1607, 1609, 1613, 1619, 1621, 1627, 1637,
    1657, 1663, 1667, 1669, 1693, 1697, 1699, 1709, 1721, 1723, 1733, 1741, 1747, 1753, 1759, 1777, 1783, 1787, 1789, 1801, 1811, 1823, 1831, 1847, 1861, 1867, 1871, 1873, 1877, 1879, 1889, 1901,
    1907, 1913, 1931, 1933, 1949, 1951, 1973, 1979, 1987, 1993, 1997, 1999, 2003, 2011, 2017, 2027, 2029, 2039,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_agree_with_the_plain_way() {
        for modulus in [3u32, 97, 65_537, 4_294_967_291, 1000] {
            for base in [0u32, 1, 2, 12_345, 4_000_000_000] {
                for exponent in [0u32, 1, 2, 65_537] {
                    let (base, exponent, modulus) = (BigUint::from(base), BigUint::from(exponent), BigUint::from(modulus));
                    assert_eq!(mod_pow(&base, &exponent, &modulus), base.modpow(&exponent, &modulus), "{base} {exponent} {modulus}");
                }
            }
        }
    }

    #[test]
    fn primes_are_told() {
        let primes: Vec<u32> = (0..100u32).filter(|n| is_prime_number(&BigUint::from(*n))).collect();
        assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]);
    }
}
