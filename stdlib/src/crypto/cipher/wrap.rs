//! Key wrap: RFC 3394, RFC 5649, and RFC 3217 for triple DES. One update takes all.

use sha1::{Digest, Sha1};

use super::{Direction, Transform, block::BlockCipher, modes::xor, unsupported_state};
use crate::crypto::failure::Outcome;

/// AES key wrap, with or without padding.
pub struct Wrap {
    cipher: Box<dyn BlockCipher>,
    iv: Vec<u8>,
    padded: bool,
    direction: Direction,
}

impl Wrap {
    pub fn new(cipher: Box<dyn BlockCipher>, iv: &[u8], padded: bool, direction: Direction) -> Self {
        Self { cipher, iv: iv.to_vec(), padded, direction }
    }

    /// `W` of RFC 3394, 2.2.1: `bytes` begins with the IV.
    fn wrap(&self, bytes: &mut [u8]) {
        let n = bytes.len() / 8 - 1;
        let mut block = [0; 16];
        for round in 0..6 {
            for at in 1..=n {
                block[..8].copy_from_slice(&bytes[..8]);
                block[8..].copy_from_slice(&bytes[at * 8..at * 8 + 8]);
                self.cipher.encrypt(&mut block);
                bytes[..8].copy_from_slice(&block[..8]);
                xor(&mut bytes[..8], &((n * round + at) as u64).to_be_bytes());
                bytes[at * 8..at * 8 + 8].copy_from_slice(&block[8..]);
            }
        }
    }

    fn unwrap(&self, bytes: &mut [u8]) {
        let n = bytes.len() / 8 - 1;
        let mut block = [0; 16];
        for round in (0..6).rev() {
            for at in (1..=n).rev() {
                block[..8].copy_from_slice(&bytes[..8]);
                xor(&mut block[..8], &((n * round + at) as u64).to_be_bytes());
                block[8..].copy_from_slice(&bytes[at * 8..at * 8 + 8]);
                self.cipher.decrypt(&mut block);
                bytes[..8].copy_from_slice(&block[..8]);
                bytes[at * 8..at * 8 + 8].copy_from_slice(&block[8..]);
            }
        }
    }

    fn seal(&self, input: &[u8]) -> Option<Vec<u8>> {
        let mut out = self.iv.clone();
        if self.padded {
            if input.is_empty() {
                return None;
            }
            out.extend((input.len() as u32).to_be_bytes());
        } else if input.len() < 16 || !input.len().is_multiple_of(8) {
            return None;
        }
        out.extend_from_slice(input);
        out.resize(out.len().next_multiple_of(8), 0);
        if out.len() == 16 {
            self.cipher.encrypt(&mut out);
        } else {
            self.wrap(&mut out);
        }
        Some(out)
    }

    fn open(&self, input: &[u8]) -> Option<Vec<u8>> {
        let least = if self.padded { 16 } else { 24 };
        if input.len() < least || !input.len().is_multiple_of(8) {
            return None;
        }
        let mut bytes = input.to_vec();
        if bytes.len() == 16 {
            self.cipher.decrypt(&mut bytes);
        } else {
            self.unwrap(&mut bytes);
        }
        let body = bytes.split_off(8);
        let difference = bytes.iter().zip(&self.iv).fold(0, |all, (a, b)| all | a ^ b);
        if difference != 0 {
            return None;
        }
        if !self.padded {
            return Some(body);
        }
        let len = u32::from_be_bytes(bytes[4..8].try_into().ok()?) as usize;
        let padding = body.get(len..)?;
        (padding.len() < 8 && padding.iter().all(|byte| *byte == 0)).then(|| body[..len].to_vec())
    }
}

impl Transform for Wrap {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let made = if self.direction == Direction::Encrypt { self.seal(input) } else { self.open(input) };
        made.ok_or_else(unsupported_state)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// RFC 3217, 3.1: CBC twice, the second time backwards, with a checksum of the key.
pub struct WrapDes {
    cipher: Box<dyn BlockCipher>,
    random: [u8; 8],
    direction: Direction,
}

const DES_IV: [u8; 8] = [0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05];

impl WrapDes {
    pub fn new(cipher: Box<dyn BlockCipher>, random: [u8; 8], direction: Direction) -> Self {
        Self { cipher, random, direction }
    }

    fn chain(&self, iv: [u8; 8], bytes: &mut [u8], direction: Direction) {
        let mut chain = iv;
        for block in bytes.chunks_exact_mut(8) {
            if direction == Direction::Encrypt {
                xor(block, &chain);
                self.cipher.encrypt(block);
                chain.copy_from_slice(block);
            } else {
                let hidden: [u8; 8] = (&*block).try_into().unwrap_or_default();
                self.cipher.decrypt(block);
                xor(block, &chain);
                chain = hidden;
            }
        }
    }

    fn seal(&self, input: &[u8]) -> Option<Vec<u8>> {
        if input.is_empty() || !input.len().is_multiple_of(8) {
            return None;
        }
        let mut body = input.to_vec();
        body.extend_from_slice(&Sha1::digest(input)[..8]);
        self.chain(self.random, &mut body, Direction::Encrypt);
        let mut out = self.random.to_vec();
        out.extend(body);
        out.reverse();
        self.chain(DES_IV, &mut out, Direction::Encrypt);
        Some(out)
    }

    fn open(&self, input: &[u8]) -> Option<Vec<u8>> {
        if input.len() < 24 || !input.len().is_multiple_of(8) {
            return None;
        }
        let mut bytes = input.to_vec();
        self.chain(DES_IV, &mut bytes, Direction::Decrypt);
        bytes.reverse();
        let mut body = bytes.split_off(8);
        self.chain(bytes.try_into().ok()?, &mut body, Direction::Decrypt);
        let sum = body.split_off(body.len() - 8);
        let difference = Sha1::digest(&body)[..8].iter().zip(&sum).fold(0, |all, (a, b)| all | a ^ b);
        (difference == 0).then_some(body)
    }
}

impl Transform for WrapDes {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let made = if self.direction == Direction::Encrypt { self.seal(input) } else { self.open(input) };
        made.ok_or_else(unsupported_state)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}
