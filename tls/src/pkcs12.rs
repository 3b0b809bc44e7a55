//! PKCS #12 (RFC 7292): a key and its certificates behind a password.

use std::sync::Arc;

use crate::{
    der::{self, Reader},
    provider::sign::PrivateKey,
    x509::Certificate,
};

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Malformed,
    WrongPassword,
    /// Encrypted in a way that is not known.
    Unsupported,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    pub key: Option<PrivateKey>,
    /// The key's own certificate first.
    pub certificates: Vec<Arc<Certificate>>,
}

const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];
/// Bags: `1.2.840.113549.1.12.10.1.n`
const BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
/// Old password-based encryption: `1.2.840.113549.1.12.1.n`
const PBE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];

/// Reads a file.
pub fn read(file: &[u8], password: &[u8]) -> Result<Contents, Failure> {
    let mut contents = Contents::default();
    let safe = authenticated_safe(file).ok_or(Failure::Malformed)?;
    let mut infos = Reader::new(Reader::new(safe).expect(der::SEQUENCE).ok_or(Failure::Malformed)?);
    while let Some(info) = infos.optional(der::SEQUENCE) {
        let mut info = Reader::new(info);
        let kind = info.expect(der::OID).ok_or(Failure::Malformed)?;
        let content = info.optional(0xa0).ok_or(Failure::Malformed)?;
        match kind {
            DATA => {
                let bags = Reader::new(content).expect(der::OCTET_STRING).ok_or(Failure::Malformed)?;
                read_bags(bags, password, &mut contents)?;
            }
            ENCRYPTED_DATA => {
                let bags = decrypt_content(content, password)?;
                read_bags(&bags, password, &mut contents)?;
            }
            _ => return Err(Failure::Unsupported),
        }
    }
    if let Some(key) = &contents.key {
        let public = key.public();
        if let Some(at) = contents.certificates.iter().position(|certificate| certificate.public_key() == Some(&public)) {
            contents.certificates.swap(0, at);
        }
    }
    Ok(contents)
}

fn authenticated_safe(file: &[u8]) -> Option<&[u8]> {
    let mut pfx = Reader::new(Reader::new(file).expect(der::SEQUENCE)?);
    pfx.expect(der::INTEGER)?;
    let mut info = Reader::new(pfx.expect(der::SEQUENCE)?);
    if info.expect(der::OID)? != DATA {
        return None;
    }
    Reader::new(info.expect(0xa0)?).expect(der::OCTET_STRING)
}

/// EncryptedData (RFC 5652 section 8).
fn decrypt_content(content: &[u8], password: &[u8]) -> Result<Vec<u8>, Failure> {
    let parse = || {
        let mut data = Reader::new(Reader::new(content).expect(der::SEQUENCE)?);
        data.expect(der::INTEGER)?;
        let mut info = Reader::new(data.expect(der::SEQUENCE)?);
        info.expect(der::OID)?;
        let algorithm = info.next_whole()?;
        // Implicitly tagged, and never split in what is found in the world.
        let bytes = info.expect(0x80)?;
        Some((algorithm, bytes))
    };
    let (algorithm, bytes) = parse().ok_or(Failure::Malformed)?;
    decrypt(algorithm, bytes, password)
}

fn read_bags(bags: &[u8], password: &[u8], contents: &mut Contents) -> Result<(), Failure> {
    let mut bags = Reader::new(Reader::new(bags).expect(der::SEQUENCE).ok_or(Failure::WrongPassword)?);
    while let Some(bag) = bags.optional(der::SEQUENCE) {
        let mut bag = Reader::new(bag);
        let id = bag.expect(der::OID).ok_or(Failure::Malformed)?;
        let value = bag.expect(0xa0).ok_or(Failure::Malformed)?;
        match id.strip_prefix(BAG) {
            Some([1]) => contents.key = PrivateKey::from_der(value),
            Some([2]) => {
                let mut info = Reader::new(Reader::new(value).expect(der::SEQUENCE).ok_or(Failure::Malformed)?);
                let algorithm = info.next_whole().ok_or(Failure::Malformed)?;
                let sealed = info.expect(der::OCTET_STRING).ok_or(Failure::Malformed)?;
                let plain = decrypt(algorithm, sealed, password)?;
                contents.key = Some(PrivateKey::from_der(&plain).ok_or(Failure::WrongPassword)?);
            }
            Some([3]) => {
                let certificate = || {
                    let mut bag = Reader::new(Reader::new(value).expect(der::SEQUENCE)?);
                    bag.expect(der::OID)?;
                    Certificate::parse(Reader::new(bag.expect(0xa0)?).expect(der::OCTET_STRING)?)
                };
                contents.certificates.extend(certificate());
            }
            _ => {}
        }
    }
    Ok(())
}

/// `algorithm` is an AlgorithmIdentifier with its tag.
fn decrypt(algorithm: &[u8], sealed: &[u8], password: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut identifier = Reader::new(Reader::new(algorithm).expect(der::SEQUENCE).ok_or(Failure::Malformed)?);
    let id = identifier.expect(der::OID).ok_or(Failure::Malformed)?;
    if id == PBES2 {
        let scheme = pkcs8::pkcs5::EncryptionScheme::try_from(algorithm).map_err(|_| Failure::Unsupported)?;
        return scheme.decrypt(password, sealed).map_err(|_| Failure::WrongPassword);
    }
    let Some([kind]) = id.strip_prefix(PBE) else { return Err(Failure::Unsupported) };
    let parse = || {
        let mut params = Reader::new(identifier.clone().expect(der::SEQUENCE)?);
        let salt = params.expect(der::OCTET_STRING)?;
        let iterations = params.expect(der::INTEGER)?.iter().fold(0_u32, |count, byte| count << 8 | u32::from(*byte));
        Some((salt, iterations))
    };
    let (salt, iterations) = parse().ok_or(Failure::Malformed)?;
    let derive = |id: u8, len: usize| derive(password, salt, id, iterations, len);
    match kind {
        // pbeWithSHAAnd3-KeyTripleDES-CBC
        3 => {
            use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
            let (key, iv) = (derive(1, 24), derive(2, 8));
            let cipher = cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &iv).map_err(|_| Failure::Unsupported)?;
            cipher.decrypt_padded_vec::<Pkcs7>(sealed).map_err(|_| Failure::WrongPassword)
        }
        // pbeWithSHAAnd40BitRC2-CBC
        6 => {
            let plain = rc2_cbc_decrypt(&derive(1, 5), 40, &derive(2, 8), sealed);
            plain.ok_or(Failure::WrongPassword)
        }
        _ => Err(Failure::Unsupported),
    }
}

/// RFC 7292 appendix B.2, with SHA-1.
fn derive(password: &[u8], salt: &[u8], id: u8, iterations: u32, len: usize) -> Vec<u8> {
    use sha1::{Digest, Sha1};
    const BLOCK: usize = 64;
    let mut wide: Vec<u8> = String::from_utf8_lossy(password).encode_utf16().flat_map(u16::to_be_bytes).collect();
    wide.extend_from_slice(&[0, 0]);
    let filled = |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(if bytes.is_empty() { 0 } else { bytes.len().div_ceil(BLOCK) * BLOCK }).collect() };
    let mut input = [filled(salt), filled(&wide)].concat();
    let mut out = Vec::new();
    while out.len() < len {
        let mut block = Sha1::new().chain_update([id; BLOCK]).chain_update(&input).finalize();
        for _ in 1..iterations {
            block = Sha1::digest(block);
        }
        out.extend_from_slice(&block);
        let addend: Vec<u8> = block.iter().copied().cycle().take(BLOCK).collect();
        for part in input.chunks_mut(BLOCK) {
            let mut carry = 1_u16;
            for (byte, add) in part.iter_mut().zip(&addend).rev() {
                let sum = u16::from(*byte) + u16::from(*add) + carry;
                *byte = sum as u8;
                carry = sum >> 8;
            }
        }
    }
    out.truncate(len);
    out
}

/// RC2 (RFC 2268): nobody would choose it, but OpenSSL's old default wrote certificates with it.
fn rc2_cbc_decrypt(key: &[u8], effective_bits: usize, iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    if sealed.is_empty() || !sealed.len().is_multiple_of(8) {
        return None;
    }
    let schedule = rc2_schedule(key, effective_bits);
    let mut last: [u8; 8] = iv.try_into().ok()?;
    let mut plain = Vec::with_capacity(sealed.len());
    for block in sealed.chunks_exact(8) {
        let block: [u8; 8] = block.try_into().ok()?;
        let opened = rc2_decrypt_block(&schedule, block);
        plain.extend(opened.iter().zip(last).map(|(byte, before)| byte ^ before));
        last = block;
    }
    let padding = usize::from(*plain.last()?);
    let valid = (1..=8).contains(&padding) && plain[plain.len() - padding..].iter().all(|byte| usize::from(*byte) == padding);
    valid.then(|| {
        plain.truncate(plain.len() - padding);
        plain
    })
}

fn rc2_schedule(key: &[u8], effective_bits: usize) -> [u16; 64] {
    let mut bytes = [0_u8; 128];
    bytes[..key.len()].copy_from_slice(key);
    for at in key.len()..128 {
        bytes[at] = RC2_PI[usize::from(bytes[at - 1].wrapping_add(bytes[at - key.len()]))];
    }
    let len = effective_bits.div_ceil(8);
    let mask = 0xff_u8 >> (8 * len - effective_bits);
    bytes[128 - len] = RC2_PI[usize::from(bytes[128 - len] & mask)];
    for at in (0..128 - len).rev() {
        bytes[at] = RC2_PI[usize::from(bytes[at + 1] ^ bytes[at + len])];
    }
    std::array::from_fn(|at| u16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]]))
}

fn rc2_decrypt_block(schedule: &[u16; 64], block: [u8; 8]) -> [u8; 8] {
    let mut r: [u16; 4] = std::array::from_fn(|at| u16::from_le_bytes([block[2 * at], block[2 * at + 1]]));
    let mut at = 63_usize;
    let shifts = [1, 2, 3, 5];
    let mut unmix = |r: &mut [u16; 4]| {
        for i in (0..4).rev() {
            let (a, b, c) = (r[(i + 3) % 4], r[(i + 2) % 4], r[(i + 1) % 4]);
            r[i] = r[i].rotate_right(shifts[i]).wrapping_sub(schedule[at]).wrapping_sub(a & b).wrapping_sub(!a & c);
            at = at.wrapping_sub(1);
        }
    };
    let unmash = |r: &mut [u16; 4]| {
        for i in (0..4).rev() {
            r[i] = r[i].wrapping_sub(schedule[usize::from(r[(i + 3) % 4] & 63)]);
        }
    };
    for round in 0..16 {
        if round == 5 || round == 11 {
            unmash(&mut r);
        }
        unmix(&mut r);
    }
    let mut out = [0; 8];
    for (pair, word) in out.chunks_exact_mut(2).zip(r) {
        pair.copy_from_slice(&word.to_le_bytes());
    }
    out
}

/// Digits of pi, shuffled into a permutation (RFC 2268 section 2).
static RC2_PI: [u8; 256] = [
    0xd9, 0x78, 0xf9, 0xc4, 0x19, 0xdd, 0xb5, 0xed, 0x28, 0xe9, 0xfd, 0x79, 0x4a, 0xa0, 0xd8, 0x9d, 0xc6, 0x7e, 0x37, 0x83, 0x2b, 0x76, 0x53, 0x8e, 0x62, 0x4c, 0x64, 0x88, 0x44, 0x8b, 0xfb, 0xa2,
    0x17, 0x9a, 0x59, 0xf5, 0x87, 0xb3, 0x4f, 0x13, 0x61, 0x45, 0x6d, 0x8d, 0x09, 0x81, 0x7d, 0x32, 0xbd, 0x8f, 0x40, 0xeb, 0x86, 0xb7, 0x7b, 0x0b, 0xf0, 0x95, 0x21, 0x22, 0x5c, 0x6b, 0x4e, 0x82,
    0x54, 0xd6, 0x65, 0x93, 0xce, 0x60, 0xb2, 0x1c, 0x73, 0x56, 0xc0, 0x14, 0xa7, 0x8c, 0xf1, 0xdc, 0x12, 0x75, 0xca, 0x1f, 0x3b, 0xbe, 0xe4, 0xd1, 0x42, 0x3d, 0xd4, 0x30, 0xa3, 0x3c, 0xb6, 0x26,
    0x6f, 0xbf, 0x0e, 0xda, 0x46, 0x69, 0x07, 0x57, 0x27, 0xf2, 0x1d, 0x9b, 0xbc, 0x94, 0x43, 0x03, 0xf8, 0x11, 0xc7, 0xf6, 0x90, 0xef, 0x3e, 0xe7, 0x06, 0xc3, 0xd5, 0x2f, 0xc8, 0x66, 0x1e, 0xd7,
    0x08, 0xe8, 0xea, 0xde, 0x80, 0x52, 0xee, 0xf7, 0x84, 0xaa, 0x72, 0xac, 0x35, 0x4d, 0x6a, 0x2a, 0x96, 0x1a, 0xd2, 0x71, 0x5a, 0x15, 0x49, 0x74, 0x4b, 0x9f, 0xd0, 0x5e, 0x04, 0x18, 0xa4, 0xec,
    0xc2, 0xe0, 0x41, 0x6e, 0x0f, 0x51, 0xcb, 0xcc, 0x24, 0x91, 0xaf, 0x50, 0xa1, 0xf4, 0x70, 0x39, 0x99, 0x7c, 0x3a, 0x85, 0x23, 0xb8, 0xb4, 0x7a, 0xfc, 0x02, 0x36, 0x5b, 0x25, 0x55, 0x97, 0x31,
    0x2d, 0x5d, 0xfa, 0x98, 0xe3, 0x8a, 0x92, 0xae, 0x05, 0xdf, 0x29, 0x10, 0x67, 0x6c, 0xba, 0xc9, 0xd3, 0x00, 0xe6, 0xcf, 0xe1, 0x9e, 0xa8, 0x2c, 0x63, 0x16, 0x01, 0x3f, 0x58, 0xe2, 0x89, 0xa9,
    0x0d, 0x38, 0x34, 0x1b, 0xab, 0x33, 0xff, 0xb0, 0xbb, 0x48, 0x0c, 0x5f, 0xb9, 0xb1, 0xcd, 0x2e, 0xc5, 0xf3, 0xdb, 0x47, 0xe5, 0xa5, 0x9c, 0x77, 0x0a, 0xa6, 0x20, 0x68, 0xfe, 0x7f, 0xc1, 0xad,
];
