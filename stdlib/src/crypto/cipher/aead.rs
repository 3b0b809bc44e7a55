//! Modes that authenticate: GCM, CCM, OCB and ChaCha20-Poly1305, and ChaCha20 alone.

use cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use ghash::universal_hash::{UniversalHash, common::KeyInit};

use super::{
    Direction, Transform,
    block::BlockCipher,
    modes::{Ctr, xor},
    unauthentic, unsupported_state,
};
use crate::crypto::failure::Outcome;

type Cipher = Box<dyn BlockCipher>;

/// A tag that is expected or was made, and whether it is the one.
#[derive(Default)]
struct Tag {
    expected: Option<Vec<u8>>,
    made: Option<[u8; 16]>,
}

impl Tag {
    fn close(&mut self, direction: Direction, made: [u8; 16]) -> Outcome<Vec<u8>> {
        if direction == Direction::Encrypt {
            self.made = Some(made);
            return Ok(Vec::new());
        }
        if self.matches(made) { Ok(Vec::new()) } else { Err(unauthentic()) }
    }

    fn matches(&self, made: [u8; 16]) -> bool {
        let Some(expected) = &self.expected else { return false };
        !expected.is_empty() && expected.iter().zip(&made).fold(0, |all, (a, b)| std::hint::black_box(all | a ^ b)) == 0
    }
}

/// A polynomial hash over additional data and ciphertext, each padded to blocks, and their lengths.
struct Sums<H> {
    hash: H,
    block: Vec<u8>,
    lens: [u64; 2],
    /// 0 while additional data comes, 1 from then on.
    part: usize,
}

impl<H: UniversalHash> Sums<H> {
    fn new(hash: H) -> Self {
        Self { hash, block: Vec::new(), lens: [0; 2], part: 0 }
    }

    fn take(&mut self, part: usize, mut bytes: &[u8]) {
        if part != self.part {
            self.pad();
            self.part = part;
        }
        self.lens[part] += bytes.len() as u64;
        if !self.block.is_empty() {
            let (fill, rest) = bytes.split_at(bytes.len().min(16 - self.block.len()));
            self.block.extend_from_slice(fill);
            bytes = rest;
            if self.block.len() < 16 {
                return;
            }
            self.pad();
        }
        let (whole, rest) = bytes.split_at(bytes.len() / 16 * 16);
        self.hash.update_padded(whole);
        self.block.extend_from_slice(rest);
    }

    fn pad(&mut self) {
        self.hash.update_padded(&self.block);
        self.block.clear();
    }
}

/// Takes additional data, which must come before any other; whether it did.
fn take_aad<H: UniversalHash>(sums: &mut Option<Sums<H>>, bytes: &[u8]) -> bool {
    match sums {
        Some(sums) if sums.part == 0 => {
            sums.take(0, bytes);
            true
        }
        _ => false,
    }
}

/// GCM: a counter mode of 32 bits and GHASH.
pub struct Gcm {
    stream: Ctr,
    mask: [u8; 16],
    sums: Option<Sums<ghash::GHash>>,
    direction: Direction,
    tag: Tag,
}

impl Gcm {
    pub fn new(cipher: Cipher, iv: &[u8], direction: Direction) -> Self {
        let mut key = [0; 16];
        cipher.encrypt(&mut key);
        let mut counter = [0; 16];
        if iv.len() == 12 {
            counter[..12].copy_from_slice(iv);
            counter[15] = 1;
        } else {
            let mut hash = ghash::GHash::new(&key.into());
            hash.update_padded(iv);
            let mut lens = [0; 16];
            lens[8..].copy_from_slice(&(iv.len() as u64 * 8).to_be_bytes());
            hash.update_padded(&lens);
            counter = hash.finalize().into();
        }
        let mut stream = Ctr::new(cipher, &counter, true);
        let mut mask = [0; 16];
        stream.apply(&mut mask);
        Self { stream, mask, sums: Some(Sums::new(ghash::GHash::new(&key.into()))), direction, tag: Tag::default() }
    }
}

impl Transform for Gcm {
    fn aad(&mut self, bytes: &[u8], _plaintext_len: Option<usize>) -> bool {
        take_aad(&mut self.sums, bytes)
    }

    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        if self.direction == Direction::Decrypt
            && let Some(sums) = &mut self.sums
        {
            sums.take(1, &out);
        }
        self.stream.apply(&mut out);
        if self.direction == Direction::Encrypt
            && let Some(sums) = &mut self.sums
        {
            sums.take(1, &out);
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        let Some(mut sums) = self.sums.take() else { return Err(unsupported_state()) };
        sums.pad();
        let lens = [(sums.lens[0] * 8).to_be_bytes(), (sums.lens[1] * 8).to_be_bytes()].concat();
        sums.hash.update_padded(&lens);
        let mut tag: [u8; 16] = sums.hash.finalize().into();
        xor(&mut tag, &self.mask);
        self.tag.close(self.direction, tag)
    }

    fn set_tag(&mut self, tag: &[u8]) {
        self.tag.expected = Some(tag.to_vec());
    }

    fn tag(&self) -> Option<[u8; 16]> {
        self.tag.made
    }
}

/// CCM: everything in one update.
pub struct Ccm {
    cipher: Option<Cipher>,
    nonce: Vec<u8>,
    tag_len: usize,
    aad: Vec<u8>,
    direction: Direction,
    tag: Tag,
    failed: bool,
}

impl Ccm {
    pub fn new(cipher: Cipher, iv: &[u8], tag_len: usize, direction: Direction) -> Self {
        Self { cipher: Some(cipher), nonce: iv.to_vec(), tag_len, aad: Vec::new(), direction, tag: Tag::default(), failed: false }
    }

    /// CBC-MAC over the formatted nonce, additional data and plaintext, SP 800-38C, A.2.
    fn mac(&self, cipher: &dyn BlockCipher, plain: &[u8]) -> [u8; 16] {
        let width = 15 - self.nonce.len();
        let mut bytes = vec![0; 16];
        bytes[0] = u8::from(!self.aad.is_empty()) << 6 | (((self.tag_len as u8).max(2) - 2) / 2) << 3 | (width as u8 - 1);
        bytes[1..=self.nonce.len()].copy_from_slice(&self.nonce);
        let len = (plain.len() as u64).to_be_bytes();
        let kept = width.min(8);
        bytes[16 - kept..].copy_from_slice(&len[8 - kept..]);
        match self.aad.len() {
            0 => {}
            len if len < 0xff00 => bytes.extend((len as u16).to_be_bytes()),
            len => {
                bytes.extend([0xff, 0xfe]);
                bytes.extend((len as u32).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&self.aad);
        bytes.resize(bytes.len().next_multiple_of(16), 0);
        bytes.extend_from_slice(plain);
        bytes.resize(bytes.len().next_multiple_of(16), 0);
        let mut mac = [0; 16];
        for block in bytes.chunks_exact(16) {
            xor(&mut mac, block);
            cipher.encrypt(&mut mac);
        }
        mac
    }
}

impl Transform for Ccm {
    fn aad(&mut self, bytes: &[u8], _plaintext_len: Option<usize>) -> bool {
        self.aad = bytes.to_vec();
        self.cipher.is_some()
    }

    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let Some(cipher) = self.cipher.take() else { return Err(unsupported_state()) };
        let mut counter = [0; 16];
        counter[0] = (15 - self.nonce.len() - 1) as u8;
        counter[1..=self.nonce.len()].copy_from_slice(&self.nonce);
        let mut stream = Ctr::new(cipher, &counter, false);
        let mut mask = [0; 16];
        stream.apply(&mut mask);
        let mut out = input.to_vec();
        let mut tag = if self.direction == Direction::Encrypt { self.mac(stream.cipher(), input) } else { [0; 16] };
        stream.apply(&mut out);
        if self.direction == Direction::Decrypt {
            tag = self.mac(stream.cipher(), &out);
        }
        xor(&mut tag, &mask);
        if self.direction == Direction::Encrypt {
            self.tag.made = Some(tag);
        } else if !self.tag.matches(tag) {
            // The plaintext stays here: Node tells at the end.
            self.failed = true;
            return Ok(Vec::new());
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        if self.cipher.is_some() && !self.failed {
            // Nothing came: the message is empty.
            self.update(&[])?;
        }
        if self.failed { Err(unauthentic()) } else { Ok(Vec::new()) }
    }

    fn set_tag(&mut self, tag: &[u8]) {
        self.tag.expected = Some(tag.to_vec());
    }

    fn tag(&self) -> Option<[u8; 16]> {
        self.tag.made
    }
}

/// Doubling in GF(2^128), RFC 7253, 2.
fn double(block: &[u8; 16]) -> [u8; 16] {
    let number = u128::from_be_bytes(*block);
    ((number << 1) ^ ((number >> 127) * 0x87)).to_be_bytes()
}

/// One pass of OCB's offsets: over data or over additional data.
struct Offsets {
    offset: [u8; 16],
    sum: [u8; 16],
    count: u64,
    pending: Vec<u8>,
}

/// OCB3.
pub struct Ocb {
    cipher: Cipher,
    star: [u8; 16],
    dollar: [u8; 16],
    data: Offsets,
    extra: Offsets,
    direction: Direction,
    tag: Tag,
}

impl Ocb {
    pub fn new(cipher: Cipher, iv: &[u8], tag_len: usize, direction: Direction) -> Self {
        let mut star = [0; 16];
        cipher.encrypt(&mut star);
        let dollar = double(&star);
        let mut nonce = [0; 16];
        nonce[16 - iv.len()..].copy_from_slice(iv);
        nonce[0] |= ((tag_len * 8 % 128) as u8) << 1;
        nonce[15 - iv.len()] |= 1;
        let bottom = u32::from(nonce[15] & 0x3f);
        nonce[15] &= 0xc0;
        cipher.encrypt(&mut nonce);
        let mut stretch = nonce.to_vec();
        stretch.extend((0..8).map(|at| nonce[at] ^ nonce[at + 1]));
        let skip = (bottom / 8) as usize;
        let shift = bottom % 8;
        let mut offset = [0; 16];
        for (at, byte) in offset.iter_mut().enumerate() {
            let pair = u16::from(stretch[at + skip]) << 8 | u16::from(stretch.get(at + skip + 1).copied().unwrap_or(0));
            *byte = (pair << shift >> 8) as u8;
        }
        let fresh = |offset| Offsets { offset, sum: [0; 16], count: 0, pending: Vec::new() };
        Self { cipher, star, dollar, data: fresh(offset), extra: fresh([0; 16]), direction, tag: Tag::default() }
    }

    /// `L_ntz(i)`
    fn step(&self, count: u64) -> [u8; 16] {
        (0..=count.trailing_zeros()).fold(self.dollar, |step, _| double(&step))
    }

    fn hash(&mut self, bytes: &[u8], last: bool) {
        self.extra.pending.extend_from_slice(bytes);
        while self.extra.pending.len() >= 16 {
            let mut block: Vec<u8> = self.extra.pending.drain(..16).collect();
            self.extra.count += 1;
            let step = self.step(self.extra.count);
            xor(&mut self.extra.offset, &step);
            xor(&mut block, &self.extra.offset);
            self.cipher.encrypt(&mut block);
            xor(&mut self.extra.sum, &block);
        }
        if last && !self.extra.pending.is_empty() {
            let mut block = std::mem::take(&mut self.extra.pending);
            block.push(0x80);
            block.resize(16, 0);
            xor(&mut self.extra.offset, &self.star);
            xor(&mut block, &self.extra.offset);
            self.cipher.encrypt(&mut block);
            xor(&mut self.extra.sum, &block);
        }
    }
}

impl Transform for Ocb {
    fn aad(&mut self, bytes: &[u8], _plaintext_len: Option<usize>) -> bool {
        self.hash(bytes, false);
        true
    }

    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        self.data.pending.extend_from_slice(input);
        let whole = self.data.pending.len() / 16 * 16;
        let rest = self.data.pending.split_off(whole);
        let mut out = std::mem::replace(&mut self.data.pending, rest);
        for block in out.chunks_exact_mut(16) {
            self.data.count += 1;
            let step = self.step(self.data.count);
            xor(&mut self.data.offset, &step);
            if self.direction == Direction::Encrypt {
                xor(&mut self.data.sum, block);
            }
            xor(block, &self.data.offset);
            match self.direction {
                Direction::Encrypt => self.cipher.encrypt(block),
                Direction::Decrypt => self.cipher.decrypt(block),
            }
            xor(block, &self.data.offset);
            if self.direction == Direction::Decrypt {
                xor(&mut self.data.sum, block);
            }
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        self.hash(&[], true);
        let mut last = std::mem::take(&mut self.data.pending);
        if !last.is_empty() {
            xor(&mut self.data.offset, &self.star);
            let mut pad = self.data.offset;
            self.cipher.encrypt(&mut pad);
            let given = last.clone();
            xor(&mut last, &pad);
            let mut plain = if self.direction == Direction::Encrypt { given } else { last.clone() };
            plain.push(0x80);
            xor(&mut self.data.sum, &plain);
        }
        let mut tag = self.data.sum;
        xor(&mut tag, &self.data.offset);
        xor(&mut tag, &self.dollar);
        self.cipher.encrypt(&mut tag);
        xor(&mut tag, &self.extra.sum);
        self.tag.close(self.direction, tag)?;
        Ok(last)
    }

    fn set_tag(&mut self, tag: &[u8]) {
        self.tag.expected = Some(tag.to_vec());
    }

    fn tag(&self) -> Option<[u8; 16]> {
        self.tag.made
    }
}

/// ChaCha20 with the counter in its IV.
pub struct ChaCha(chacha20::ChaCha20);

impl ChaCha {
    pub fn new(key: &[u8], iv: &[u8]) -> Option<Self> {
        let (counter, nonce) = iv.split_at_checked(4)?;
        let mut stream = chacha20::ChaCha20::new_from_slices(key, nonce).ok()?;
        let counter = u32::from_le_bytes(counter.try_into().ok()?);
        stream.try_seek(u64::from(counter) * 64).ok()?;
        Some(Self(stream))
    }
}

impl Transform for ChaCha {
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        self.0.try_apply_keystream(&mut out).map_err(|_| unsupported_state())?;
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// ChaCha20-Poly1305.
pub struct ChaChaPoly {
    stream: chacha20::ChaCha20,
    sums: Option<Sums<poly1305::Poly1305>>,
    direction: Direction,
    tag: Tag,
}

impl ChaChaPoly {
    pub fn new(key: &[u8], iv: &[u8], direction: Direction) -> Option<Self> {
        let mut nonce = [0; 12];
        nonce[12usize.checked_sub(iv.len())?..].copy_from_slice(iv);
        let mut stream = chacha20::ChaCha20::new_from_slices(key, &nonce).ok()?;
        let mut first = [0; 64];
        stream.try_apply_keystream(&mut first).ok()?;
        let hash = poly1305::Poly1305::new_from_slice(&first[..32]).ok()?;
        Some(Self { stream, sums: Some(Sums::new(hash)), direction, tag: Tag::default() })
    }
}

impl Transform for ChaChaPoly {
    fn aad(&mut self, bytes: &[u8], _plaintext_len: Option<usize>) -> bool {
        take_aad(&mut self.sums, bytes)
    }

    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>> {
        let mut out = input.to_vec();
        let Some(sums) = &mut self.sums else { return Err(unsupported_state()) };
        if self.direction == Direction::Decrypt {
            sums.take(1, &out);
        }
        self.stream.try_apply_keystream(&mut out).map_err(|_| unsupported_state())?;
        if self.direction == Direction::Encrypt {
            sums.take(1, &out);
        }
        Ok(out)
    }

    fn finish(&mut self) -> Outcome<Vec<u8>> {
        let Some(mut sums) = self.sums.take() else { return Err(unsupported_state()) };
        sums.pad();
        let lens = [sums.lens[0].to_le_bytes(), sums.lens[1].to_le_bytes()].concat();
        sums.hash.update_padded(&lens);
        let tag = sums.hash.finalize().into();
        self.tag.close(self.direction, tag)
    }

    fn set_tag(&mut self, tag: &[u8]) {
        self.tag.expected = Some(tag.to_vec());
    }

    fn tag(&self) -> Option<[u8; 16]> {
        self.tag.made
    }
}
