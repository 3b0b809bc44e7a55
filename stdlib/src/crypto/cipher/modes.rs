//! Modes that only hide: ECB, CBC, CFB, OFB, CTR, XTS. SP 800-38A and IEEE 1619.

use super::{Direction, Transform, block::BlockCipher};
use crate::crypto::failure::{BAD_DECRYPT, Failure, Outcome, WRONG_FINAL_BLOCK_LENGTH};

type Cipher = Box<dyn BlockCipher>;

/// `target ^= with`, as far as the shorter goes.
pub fn xor(target: &mut [u8], with: &[u8]) {
    for (byte, with) in target.iter_mut().zip(with) {
        *byte ^= with;
    }
}

/// ECB and CBC: whole blocks with PKCS #7 padding.
pub struct Blocks {
    cipher: Cipher,
    /// The chained block; empty in ECB.
    chain: Vec<u8>,
    pending: Vec<u8>,
    padding: bool,
    direction: Direction,
}

impl Blocks {
    pub fn new(cipher: Cipher, iv: &[u8], direction: Direction) -> Self {
        Self { cipher, chain: iv.to_vec(), pending: Vec::new(), padding: true, direction }
    }

    fn work(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        if bytes.is_empty() {
            return bytes;
        }
        let len = self.cipher.block_len();
        match (self.direction, self.chain.is_empty()) {
            (Direction::Encrypt, true) => self.cipher.encrypt(&mut bytes),
            (Direction::Decrypt, true) => self.cipher.decrypt(&mut bytes),
            (Direction::Encrypt, false) => {
                for block in bytes.chunks_exact_mut(len) {
                    xor(block, &self.chain);
                    self.cipher.encrypt(block);
                    self.chain.copy_from_slice(block);
                }
            }
            (Direction::Decrypt, false) => {
                let hidden = bytes.clone();
                self.cipher.decrypt(&mut bytes);
                xor(&mut bytes, &self.chain);
                xor(&mut bytes[len..], &hidden);
                self.chain.copy_from_slice(&hidden[hidden.len() - len..]);
            }
        }
        bytes
    }
}

impl Transform for Blocks {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let len = self.cipher.block_len();
        self.pending.extend_from_slice(input);
        let mut ready = self.pending.len() / len * len;
        // The last block may be padding: it waits for what follows.
        if self.padding && self.direction == Direction::Decrypt && ready == self.pending.len() {
            ready = ready.saturating_sub(len);
        }
        let rest = self.pending.split_off(ready);
        let whole = std::mem::replace(&mut self.pending, rest);
        Ok(self.work(whole))
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        let len = self.cipher.block_len();
        let mut last = std::mem::take(&mut self.pending);
        if !self.padding {
            return if last.is_empty() { Ok(last) } else { Err(WRONG_FINAL_BLOCK_LENGTH.into()) };
        }
        if self.direction == Direction::Encrypt {
            let pad = len - last.len();
            last.resize(len, pad as u8);
            return Ok(self.work(last));
        }
        if last.len() != len {
            return Err(WRONG_FINAL_BLOCK_LENGTH.into());
        }
        let mut plain = self.work(last);
        let pad = usize::from(plain[len - 1]);
        if pad == 0 || pad > len || plain[len - pad..].iter().any(|byte| usize::from(*byte) != pad) {
            return Err(BAD_DECRYPT.into());
        }
        plain.truncate(len - pad);
        Ok(plain)
    }

    fn set_padding(&mut self, on: bool) {
        self.padding = on;
    }
}

/// CFB over whole blocks.
pub struct Cfb {
    cipher: Cipher,
    /// The key stream of now; ciphertext takes its place.
    register: Vec<u8>,
    used: usize,
    direction: Direction,
}

impl Cfb {
    pub fn new(cipher: Cipher, iv: &[u8], direction: Direction) -> Self {
        Self { cipher, register: iv.to_vec(), used: 0, direction }
    }
}

impl Transform for Cfb {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        for byte in &mut out {
            if self.used == 0 {
                self.cipher.encrypt(&mut self.register);
            }
            let given = *byte;
            *byte ^= self.register[self.used];
            self.register[self.used] = if self.direction == Direction::Encrypt { *byte } else { given };
            self.used = (self.used + 1) % self.register.len();
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// CFB over bytes.
pub struct Cfb8 {
    cipher: Cipher,
    register: Vec<u8>,
    direction: Direction,
}

impl Cfb8 {
    pub fn new(cipher: Cipher, iv: &[u8], direction: Direction) -> Self {
        Self { cipher, register: iv.to_vec(), direction }
    }
}

impl Transform for Cfb8 {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        for byte in &mut out {
            let mut stream = self.register.clone();
            self.cipher.encrypt(&mut stream);
            let given = *byte;
            *byte ^= stream[0];
            self.register.rotate_left(1);
            if let Some(last) = self.register.last_mut() {
                *last = if self.direction == Direction::Encrypt { *byte } else { given };
            }
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// CFB over bits.
pub struct Cfb1 {
    cipher: Cipher,
    register: Vec<u8>,
    direction: Direction,
}

impl Cfb1 {
    pub fn new(cipher: Cipher, iv: &[u8], direction: Direction) -> Self {
        Self { cipher, register: iv.to_vec(), direction }
    }

    fn bit(&mut self, given: u8) -> u8 {
        let mut stream = self.register.clone();
        self.cipher.encrypt(&mut stream);
        let made = given ^ stream[0] >> 7;
        let mut carry = if self.direction == Direction::Encrypt { made } else { given };
        for byte in self.register.iter_mut().rev() {
            let out = *byte >> 7;
            *byte = *byte << 1 | carry;
            carry = out;
        }
        made
    }
}

impl Transform for Cfb1 {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        Ok(input.iter().map(|byte| (0..8).rev().fold(0, |made, at| made << 1 | self.bit(byte >> at & 1))).collect())
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// OFB.
pub struct Ofb {
    cipher: Cipher,
    register: Vec<u8>,
    used: usize,
}

impl Ofb {
    pub fn new(cipher: Cipher, iv: &[u8]) -> Self {
        Self { cipher, register: iv.to_vec(), used: 0 }
    }
}

impl Transform for Ofb {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        for byte in &mut out {
            if self.used == 0 {
                self.cipher.encrypt(&mut self.register);
            }
            *byte ^= self.register[self.used];
            self.used = (self.used + 1) % self.register.len();
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// CTR: a big-endian counter of the whole block, or of its last four bytes (as GCM counts).
pub struct Ctr {
    cipher: Cipher,
    counter: Vec<u8>,
    /// Counter bytes that count.
    width: usize,
    stream: Vec<u8>,
    used: usize,
}

/// Blocks of key stream that are made at once.
const BATCH: usize = 64;

impl Ctr {
    pub fn new(cipher: Cipher, iv: &[u8], narrow: bool) -> Self {
        let width = if narrow { 4 } else { iv.len() };
        Self { cipher, counter: iv.to_vec(), width, stream: Vec::new(), used: 0 }
    }

    /// The cipher beneath.
    pub fn cipher(&self) -> &dyn BlockCipher {
        &*self.cipher
    }

    fn step(&mut self) {
        let start = self.counter.len() - self.width;
        for byte in self.counter[start..].iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    /// Hides or shows bytes where they are.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            if self.used == self.stream.len() {
                let blocks = (bytes.len() - at).div_ceil(self.counter.len()).min(BATCH);
                self.stream.clear();
                for _ in 0..blocks {
                    self.stream.extend_from_slice(&self.counter);
                    self.step();
                }
                self.cipher.encrypt(&mut self.stream);
                self.used = 0;
            }
            let part = (bytes.len() - at).min(self.stream.len() - self.used);
            xor(&mut bytes[at..at + part], &self.stream[self.used..]);
            self.used += part;
            at += part;
        }
    }
}

impl Transform for Ctr {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        self.apply(&mut out);
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// XTS: each update is a data unit of its own, as in OpenSSL.
pub struct Xts {
    data: Cipher,
    tweak: Vec<u8>,
    direction: Direction,
}

impl Xts {
    pub fn new(data: Cipher, key: Cipher, iv: &[u8], direction: Direction) -> Self {
        let mut tweak = iv.to_vec();
        key.encrypt(&mut tweak);
        Self { data, tweak, direction }
    }

    fn block(&self, block: &mut [u8], tweak: &[u8]) {
        xor(block, tweak);
        match self.direction {
            Direction::Encrypt => self.data.encrypt(block),
            Direction::Decrypt => self.data.decrypt(block),
        }
        xor(block, tweak);
    }
}

/// The tweak of the next block.
fn next_tweak(tweak: &[u8]) -> Vec<u8> {
    let mut next = Vec::with_capacity(tweak.len());
    let mut carry = 0;
    for byte in tweak {
        next.push(byte << 1 | carry);
        carry = byte >> 7;
    }
    next[0] ^= carry * 0x87;
    next
}

impl Transform for Xts {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        if input.is_empty() {
            return Ok(Vec::new());
        }
        if input.len() < 16 {
            return Err(Failure::Plain("Unsupported state".into()));
        }
        let mut out = input.to_vec();
        let tail = out.len() % 16;
        let whole = out.len() / 16 * 16;
        let mut tweak = self.tweak.clone();
        let plain_end = if tail == 0 { whole } else { whole - 16 };
        for at in (0..plain_end).step_by(16) {
            self.block(&mut out[at..at + 16], &tweak);
            tweak = next_tweak(&tweak);
        }
        if tail > 0 {
            // The last whole block lends its end to the part of a block that follows.
            let last = next_tweak(&tweak);
            let (first, second) = if self.direction == Direction::Encrypt { (&tweak, &last) } else { (&last, &tweak) };
            self.block(&mut out[plain_end..whole], first);
            for at in 0..tail {
                out.swap(plain_end + at, whole + at);
            }
            self.block(&mut out[plain_end..whole], second);
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}
