//! KMAC128 and KMAC256 (SP 800-185, section 4), over the permutation of Keccak.

use keccak::Keccak;

/// Bytes that each of the two takes in at once, by its security in bits.
const fn rate(bits: usize) -> usize {
    200 - bits / 4
}

/// Bytes that a customization may have, as in OpenSSL.
pub const CUSTOMIZATION_MAX: usize = 512;

/// The code of a message: `bits` is 128 or 256, `len` is in bytes.
pub fn kmac(bits: usize, key: &[u8], message: &[u8], customization: &[u8], len: usize) -> Vec<u8> {
    let rate = rate(bits);
    let mut sponge = Sponge { state: [0; 25], at: 0, rate };
    sponge.absorb(&padded(&[encoded(b"KMAC"), encoded(customization)].concat(), rate));
    sponge.absorb(&padded(&encoded(key), rate));
    sponge.absorb(message);
    let [digits @ .., count] = &mut number(len * 8)[..] else { return Vec::new() };
    sponge.absorb(digits);
    sponge.absorb(&[*count]);
    sponge.squeeze(len)
}

/// A number's bytes, as few as it takes but one at least, and how many they are.
fn number(value: usize) -> Vec<u8> {
    let bytes = (value as u64).to_be_bytes();
    let zeroes = bytes.iter().take_while(|byte| **byte == 0).count().min(7);
    let mut out = bytes[zeroes..].to_vec();
    out.push((8 - zeroes) as u8);
    out
}

/// `left_encode`
fn left_encoded(value: usize) -> Vec<u8> {
    let mut out = number(value);
    out.rotate_right(1);
    out
}

/// `encode_string`
fn encoded(text: &[u8]) -> Vec<u8> {
    [&left_encoded(text.len() * 8)[..], text].concat()
}

/// `bytepad`
fn padded(text: &[u8], rate: usize) -> Vec<u8> {
    let mut out = [&left_encoded(rate)[..], text].concat();
    out.resize(out.len().next_multiple_of(rate), 0);
    out
}

struct Sponge {
    state: [u64; 25],
    at: usize,
    rate: usize,
}

impl Sponge {
    fn add(&mut self, byte: u8) {
        self.state[self.at / 8] ^= u64::from(byte) << (8 * (self.at % 8));
    }

    fn permute(&mut self) {
        Keccak::new().with_f1600(|f1600| f1600(&mut self.state));
        self.at = 0;
    }

    fn absorb(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.add(*byte);
            self.at += 1;
            if self.at == self.rate {
                self.permute();
            }
        }
    }

    /// The end of what cSHAKE takes in, and what it gives.
    fn squeeze(mut self, len: usize) -> Vec<u8> {
        self.add(0x04);
        self.at = self.rate - 1;
        self.add(0x80);
        self.permute();
        let mut out = Vec::with_capacity(len);
        while out.len() < len {
            if self.at == self.rate {
                self.permute();
            }
            out.push((self.state[self.at / 8] >> (8 * (self.at % 8))) as u8);
            self.at += 1;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("digits")).collect()
    }

    /// The samples that NIST gives beside SP 800-185.
    #[test]
    fn samples_of_sp_800_185() {
        let key: Vec<u8> = (0x40..0x60).collect();
        assert_eq!(kmac(128, &key, &[0, 1, 2, 3], b"", 32), hex("e5780b0d3ea6f7d3a429c5706aa43a00fadbd7d49628839e3187243f456ee14e"));
        assert_eq!(kmac(128, &key, &[0, 1, 2, 3], b"My Tagged Application", 32), hex("3b1fba963cd8b0b59e8c1a6d71888b7143651af8ba0a7070c0979e2811324aa5"));
    }
}
