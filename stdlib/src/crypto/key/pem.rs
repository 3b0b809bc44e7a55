//! PEM, RFC 7468, and the encryption of RFC 1421 that OpenSSL's old formats use.

use coil_engine::coil_sys::Sys;

use crate::crypto::{
    cipher::{self, Direction},
    digest::{self, digest_of},
    failure::{self, Failure, Outcome},
    number::random_bytes,
};

/// One block of a PEM text.
pub struct Block {
    /// What stands after BEGIN.
    pub label: String,
    /// The cipher's name and its IV, where the block is encrypted.
    pub encryption: Option<(String, Vec<u8>)>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The blocks of a text, those that are well formed.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        rest = &rest[start + 11..];
        let Some(end) = rest.find("-----") else { break };
        let label = &rest[..end];
        let body = &rest[end + 5..];
        let footer = format!("-----END {label}-----");
        let Some(stop) = body.find(&footer) else { continue };
        if let Some(block) = block(label, &body[..stop]) {
            blocks.push(block);
        }
        rest = &body[stop + footer.len()..];
    }
    blocks
}

fn block(label: &str, body: &str) -> Option<Block> {
    let mut encryption = None;
    let mut digits = String::new();
    for line in body.lines() {
        if let Some((name, value)) = line.split_once(':') {
            if name.trim() == "DEK-Info" {
                let (cipher, iv) = value.trim().split_once(',')?;
                encryption = Some((cipher.trim().to_owned(), hex(iv.trim())?));
            }
        } else {
            digits.push_str(line.trim());
        }
    }
    let bytes = base64_simd::STANDARD.decode_to_vec(digits.as_bytes()).ok()?;
    Some(Block { label: label.to_owned(), encryption, bytes })
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// A block as text, in lines of 64 characters.
pub fn write(label: &str, headers: &str, bytes: &[u8]) -> String {
    let digits = base64_simd::STANDARD.encode_to_string(bytes);
    let mut text = format!("-----BEGIN {label}-----\n{headers}");
    for line in digits.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// EVP_BytesToKey with MD5 and one round.
fn key_of(passphrase: &[u8], salt: &[u8], len: usize) -> Vec<u8> {
    let Some(md5) = digest::find("md5") else { return Vec::new() };
    let mut key = Vec::new();
    let mut last = Vec::new();
    while key.len() < len {
        last = digest_of(md5, &[&last, passphrase, salt]);
        key.extend_from_slice(&last);
    }
    key.truncate(len);
    key
}

/// The bytes of a block, decrypted where they must be.
pub fn open(block: &Block, passphrase: Option<&[u8]>) -> Outcome<Vec<u8>> {
    let Some((name, iv)) = &block.encryption else { return Ok(block.bytes.clone()) };
    let Some(passphrase) = passphrase else {
        return Err(Failure::Ssl(failure::INTERRUPTED, &[failure::PEM_BAD_PASSWORD, failure::INTERRUPTED, failure::INTERRUPTED]));
    };
    let spec = cipher::find(name).filter(|spec| spec.iv_len == iv.len() && iv.len() >= 8).ok_or(failure::DECODER_UNSUPPORTED)?;
    let key = key_of(passphrase, &iv[..8], spec.key_len);
    let wrong = |_| Failure::Ssl(failure::BAD_DECRYPT, &[failure::PEM_BAD_DECRYPT, failure::BAD_DECRYPT]);
    cipher::run(spec, Direction::Decrypt, &key, iv, &block.bytes).map_err(wrong)
}

/// An encrypted block of an old format.
pub fn write_encrypted(label: &str, bytes: &[u8], spec: &cipher::Spec, passphrase: &[u8], sys: &Sys) -> Outcome<String> {
    let iv = random_bytes(sys, spec.iv_len)?;
    if iv.len() < 8 {
        return Err(Failure::error("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"));
    }
    let key = key_of(passphrase, &iv[..8], spec.key_len);
    let hidden = cipher::run(spec, Direction::Encrypt, &key, &iv, bytes)?;
    let iv: String = iv.iter().map(|byte| format!("{byte:02X}")).collect();
    let headers = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: {},{iv}\n\n", spec.name.to_ascii_uppercase());
    Ok(write(label, &headers, &hidden))
}
