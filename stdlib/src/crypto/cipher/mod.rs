//! Symmetric ciphers by OpenSSL's names: a table, and one transform per mode over any block cipher.

mod aead;
mod block;
mod modes;
#[cfg(test)]
mod tests;
mod wrap;

pub use block::Family;

use super::failure::{Failure, Outcome};

/// A mode of operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Electronic codebook.
    Ecb,
    /// Cipher block chaining.
    Cbc,
    /// Cipher feedback of a block.
    Cfb,
    /// Cipher feedback of a bit.
    Cfb1,
    /// Cipher feedback of a byte.
    Cfb8,
    /// Output feedback.
    Ofb,
    /// A counter of the block's size.
    Ctr,
    /// Galois/counter, SP 800-38D.
    Gcm,
    /// Counter with CBC-MAC, SP 800-38C.
    Ccm,
    /// Offset codebook, RFC 7253.
    Ocb,
    /// XTS, IEEE 1619.
    Xts,
    /// Key wrap, RFC 3394.
    Wrap,
    /// Key wrap with padding, RFC 5649.
    WrapPad,
    /// Triple DES key wrap, RFC 3217.
    WrapDes,
    /// ChaCha20, RFC 8439; its 16 bytes of IV begin with the counter.
    ChaCha20,
    /// ChaCha20-Poly1305, RFC 8439.
    ChaChaPoly,
}

impl Mode {
    /// What `getCipherInfo` calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ecb => "ecb",
            Self::Cbc => "cbc",
            Self::Cfb | Self::Cfb1 | Self::Cfb8 => "cfb",
            Self::Ofb => "ofb",
            Self::Ctr => "ctr",
            Self::Gcm => "gcm",
            Self::Ccm => "ccm",
            Self::Ocb => "ocb",
            Self::Xts => "xts",
            Self::Wrap | Self::WrapPad | Self::WrapDes => "wrap",
            Self::ChaCha20 | Self::ChaChaPoly => "stream",
        }
    }

    /// Whether it gives a tag.
    pub fn authenticates(self) -> bool {
        matches!(self, Self::Gcm | Self::Ccm | Self::Ocb | Self::ChaChaPoly)
    }

    /// Whether an IV of this length serves, where any but the table's may.
    pub fn takes_iv(self, len: usize) -> Option<bool> {
        match self {
            // As much as OpenSSL takes.
            Self::Gcm => Some((1..=128).contains(&len)),
            Self::Ccm => Some((7..=13).contains(&len)),
            Self::Ocb => Some((1..=15).contains(&len)),
            Self::ChaChaPoly => Some((1..=12).contains(&len)),
            _ => None,
        }
    }
}

/// A cipher as the table has it.
pub struct Spec {
    /// OpenSSL's name.
    pub name: &'static str,
    aliases: &'static [&'static str],
    /// OpenSSL's number.
    pub nid: i32,
    /// The block cipher.
    pub family: Family,
    /// The mode.
    pub mode: Mode,
    /// Bytes of the key.
    pub key_len: usize,
    /// Bytes of the IV; 0 where there is none.
    pub iv_len: usize,
    /// Bytes of a block, 1 for modes that need no whole blocks, 0 for streams.
    pub block_len: usize,
}

#[allow(clippy::too_many_arguments, reason = "a row of a table")]
const fn row(name: &'static str, aliases: &'static [&'static str], nid: i32, family: Family, mode: Mode, key_len: usize, iv_len: usize, block_len: usize) -> Spec {
    Spec { name, aliases, nid, family, mode, key_len, iv_len, block_len }
}

/// Encryption or decryption on its way.
pub trait Transform: Send {
    /// Takes additional data in, before any other; `plaintext_len` matters to CCM.
    fn aad(&mut self, _bytes: &[u8], _plaintext_len: Option<usize>) -> bool {
        false
    }

    /// Takes bytes in and gives those that are ready.
    fn update(&mut self, input: &[u8]) -> Outcome<Vec<u8>>;

    /// Gives what is left; a decryption that authenticates fails here.
    fn finish(&mut self) -> Outcome<Vec<u8>>;

    /// Padding of whole blocks, on at first.
    fn set_padding(&mut self, _on: bool) {}

    /// The tag that a decryption expects.
    fn set_tag(&mut self, _tag: &[u8]) {}

    /// The tag of an encryption that is finished, of 16 bytes.
    fn tag(&self) -> Option<[u8; 16]> {
        None
    }
}

/// Which way a transform goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From plaintext.
    Encrypt,
    /// To plaintext.
    Decrypt,
}

/// What cannot be authenticated.
pub fn unauthentic() -> Failure {
    Failure::Plain("Unsupported state or unable to authenticate data".into())
}

/// What comes at the wrong time.
pub fn unsupported_state() -> Failure {
    Failure::Plain("Trying to add data in unsupported state".into())
}

/// The cipher of a name in any case.
pub fn find(name: &str) -> Option<&'static Spec> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    CIPHERS.iter().find(|spec| is(&spec.name) || spec.aliases.iter().any(&is))
}

/// The cipher of a number.
pub fn find_nid(nid: i32) -> Option<&'static Spec> {
    CIPHERS.iter().find(|spec| spec.nid == nid)
}

/// A transform under a key and IV whose lengths were checked. `random` is for key wrap under triple DES; `tag_len` for CCM and OCB.
pub fn start(spec: &Spec, direction: Direction, key: &[u8], iv: &[u8], tag_len: usize, random: [u8; 8]) -> Outcome<Box<dyn Transform>> {
    let invalid = || Failure::range("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
    let block = |key: &[u8]| block::with_key(spec.family, key).ok_or_else(invalid);
    Ok(match spec.mode {
        Mode::Ecb | Mode::Cbc => Box::new(modes::Blocks::new(block(key)?, iv, direction)),
        Mode::Cfb => Box::new(modes::Cfb::new(block(key)?, iv, direction)),
        Mode::Cfb1 => Box::new(modes::Cfb1::new(block(key)?, iv, direction)),
        Mode::Cfb8 => Box::new(modes::Cfb8::new(block(key)?, iv, direction)),
        Mode::Ofb => Box::new(modes::Ofb::new(block(key)?, iv)),
        Mode::Ctr => Box::new(modes::Ctr::new(block(key)?, iv, false)),
        Mode::Xts => {
            let (data, tweak) = key.split_at(key.len() / 2);
            if data == tweak {
                return Err(super::failure::XTS_DUPLICATED_KEYS.into());
            }
            Box::new(modes::Xts::new(block(data)?, block(tweak)?, iv, direction))
        }
        Mode::Wrap | Mode::WrapPad => Box::new(wrap::Wrap::new(block(key)?, iv, spec.mode == Mode::WrapPad, direction)),
        Mode::WrapDes => Box::new(wrap::WrapDes::new(block(key)?, random, direction)),
        Mode::Gcm => Box::new(aead::Gcm::new(block(key)?, iv, direction)),
        Mode::Ccm => Box::new(aead::Ccm::new(block(key)?, iv, tag_len, direction)),
        Mode::Ocb => Box::new(aead::Ocb::new(block(key)?, iv, tag_len, direction)),
        Mode::ChaCha20 => Box::new(aead::ChaCha::new(key, iv).ok_or_else(invalid)?),
        Mode::ChaChaPoly => Box::new(aead::ChaChaPoly::new(key, iv, direction).ok_or_else(invalid)?),
    })
}

/// All of `input` at once.
pub fn run(spec: &Spec, direction: Direction, key: &[u8], iv: &[u8], input: &[u8]) -> Outcome<Vec<u8>> {
    let mut transform = start(spec, direction, key, iv, 16, [0; 8])?;
    let mut out = transform.update(input)?;
    out.extend(transform.finish()?);
    Ok(out)
}

/// Every cipher.
static CIPHERS: &[Spec] = &[
    row("aes-128-cbc", &["aes128"], 419, Family::Aes, Mode::Cbc, 16, 16, 16),
    row("id-aes128-ccm", &["aes-128-ccm"], 896, Family::Aes, Mode::Ccm, 16, 12, 1),
    row("aes-128-cfb", &[], 421, Family::Aes, Mode::Cfb, 16, 16, 1),
    row("aes-128-cfb1", &[], 650, Family::Aes, Mode::Cfb1, 16, 16, 1),
    row("aes-128-cfb8", &[], 653, Family::Aes, Mode::Cfb8, 16, 16, 1),
    row("aes-128-ctr", &[], 904, Family::Aes, Mode::Ctr, 16, 16, 1),
    row("aes-128-ecb", &[], 418, Family::Aes, Mode::Ecb, 16, 0, 16),
    row("id-aes128-gcm", &["aes-128-gcm"], 895, Family::Aes, Mode::Gcm, 16, 12, 1),
    row("aes-128-ocb", &[], 958, Family::Aes, Mode::Ocb, 16, 12, 16),
    row("aes-128-ofb", &[], 420, Family::Aes, Mode::Ofb, 16, 16, 1),
    row("aes-128-xts", &[], 913, Family::Aes, Mode::Xts, 32, 16, 1),
    row("aes-192-cbc", &["aes192"], 423, Family::Aes, Mode::Cbc, 24, 16, 16),
    row("id-aes192-ccm", &["aes-192-ccm"], 899, Family::Aes, Mode::Ccm, 24, 12, 1),
    row("aes-192-cfb", &[], 425, Family::Aes, Mode::Cfb, 24, 16, 1),
    row("aes-192-cfb1", &[], 651, Family::Aes, Mode::Cfb1, 24, 16, 1),
    row("aes-192-cfb8", &[], 654, Family::Aes, Mode::Cfb8, 24, 16, 1),
    row("aes-192-ctr", &[], 905, Family::Aes, Mode::Ctr, 24, 16, 1),
    row("aes-192-ecb", &[], 422, Family::Aes, Mode::Ecb, 24, 0, 16),
    row("id-aes192-gcm", &["aes-192-gcm"], 898, Family::Aes, Mode::Gcm, 24, 12, 1),
    row("aes-192-ocb", &[], 959, Family::Aes, Mode::Ocb, 24, 12, 16),
    row("aes-192-ofb", &[], 424, Family::Aes, Mode::Ofb, 24, 16, 1),
    row("aes-256-cbc", &["aes256"], 427, Family::Aes, Mode::Cbc, 32, 16, 16),
    row("id-aes256-ccm", &["aes-256-ccm"], 902, Family::Aes, Mode::Ccm, 32, 12, 1),
    row("aes-256-cfb", &[], 429, Family::Aes, Mode::Cfb, 32, 16, 1),
    row("aes-256-cfb1", &[], 652, Family::Aes, Mode::Cfb1, 32, 16, 1),
    row("aes-256-cfb8", &[], 655, Family::Aes, Mode::Cfb8, 32, 16, 1),
    row("aes-256-ctr", &[], 906, Family::Aes, Mode::Ctr, 32, 16, 1),
    row("aes-256-ecb", &[], 426, Family::Aes, Mode::Ecb, 32, 0, 16),
    row("id-aes256-gcm", &["aes-256-gcm"], 901, Family::Aes, Mode::Gcm, 32, 12, 1),
    row("aes-256-ocb", &[], 960, Family::Aes, Mode::Ocb, 32, 12, 16),
    row("aes-256-ofb", &[], 428, Family::Aes, Mode::Ofb, 32, 16, 1),
    row("aes-256-xts", &[], 914, Family::Aes, Mode::Xts, 64, 16, 1),
    row("id-aes128-wrap", &["aes128-wrap"], 788, Family::Aes, Mode::Wrap, 16, 8, 8),
    row("id-aes128-wrap-pad", &["aes128-wrap-pad"], 897, Family::Aes, Mode::WrapPad, 16, 4, 8),
    row("id-aes192-wrap", &["aes192-wrap"], 789, Family::Aes, Mode::Wrap, 24, 8, 8),
    row("id-aes192-wrap-pad", &["aes192-wrap-pad"], 900, Family::Aes, Mode::WrapPad, 24, 4, 8),
    row("id-aes256-wrap", &["aes256-wrap"], 790, Family::Aes, Mode::Wrap, 32, 8, 8),
    row("id-aes256-wrap-pad", &["aes256-wrap-pad"], 903, Family::Aes, Mode::WrapPad, 32, 4, 8),
    row("aria-128-cbc", &["aria128"], 1066, Family::Aria, Mode::Cbc, 16, 16, 16),
    row("aria-128-ccm", &[], 1120, Family::Aria, Mode::Ccm, 16, 12, 1),
    row("aria-128-cfb", &[], 1067, Family::Aria, Mode::Cfb, 16, 16, 1),
    row("aria-128-cfb1", &[], 1080, Family::Aria, Mode::Cfb1, 16, 16, 1),
    row("aria-128-cfb8", &[], 1083, Family::Aria, Mode::Cfb8, 16, 16, 1),
    row("aria-128-ctr", &[], 1069, Family::Aria, Mode::Ctr, 16, 16, 1),
    row("aria-128-ecb", &[], 1065, Family::Aria, Mode::Ecb, 16, 0, 16),
    row("aria-128-gcm", &[], 1123, Family::Aria, Mode::Gcm, 16, 12, 1),
    row("aria-128-ofb", &[], 1068, Family::Aria, Mode::Ofb, 16, 16, 1),
    row("aria-192-cbc", &["aria192"], 1071, Family::Aria, Mode::Cbc, 24, 16, 16),
    row("aria-192-ccm", &[], 1121, Family::Aria, Mode::Ccm, 24, 12, 1),
    row("aria-192-cfb", &[], 1072, Family::Aria, Mode::Cfb, 24, 16, 1),
    row("aria-192-cfb1", &[], 1081, Family::Aria, Mode::Cfb1, 24, 16, 1),
    row("aria-192-cfb8", &[], 1084, Family::Aria, Mode::Cfb8, 24, 16, 1),
    row("aria-192-ctr", &[], 1074, Family::Aria, Mode::Ctr, 24, 16, 1),
    row("aria-192-ecb", &[], 1070, Family::Aria, Mode::Ecb, 24, 0, 16),
    row("aria-192-gcm", &[], 1124, Family::Aria, Mode::Gcm, 24, 12, 1),
    row("aria-192-ofb", &[], 1073, Family::Aria, Mode::Ofb, 24, 16, 1),
    row("aria-256-cbc", &["aria256"], 1076, Family::Aria, Mode::Cbc, 32, 16, 16),
    row("aria-256-ccm", &[], 1122, Family::Aria, Mode::Ccm, 32, 12, 1),
    row("aria-256-cfb", &[], 1077, Family::Aria, Mode::Cfb, 32, 16, 1),
    row("aria-256-cfb1", &[], 1082, Family::Aria, Mode::Cfb1, 32, 16, 1),
    row("aria-256-cfb8", &[], 1085, Family::Aria, Mode::Cfb8, 32, 16, 1),
    row("aria-256-ctr", &[], 1079, Family::Aria, Mode::Ctr, 32, 16, 1),
    row("aria-256-ecb", &[], 1075, Family::Aria, Mode::Ecb, 32, 0, 16),
    row("aria-256-gcm", &[], 1125, Family::Aria, Mode::Gcm, 32, 12, 1),
    row("aria-256-ofb", &[], 1078, Family::Aria, Mode::Ofb, 32, 16, 1),
    row("camellia-128-cbc", &["camellia128"], 751, Family::Camellia, Mode::Cbc, 16, 16, 16),
    row("camellia-128-cfb", &[], 757, Family::Camellia, Mode::Cfb, 16, 16, 1),
    row("camellia-128-cfb1", &[], 760, Family::Camellia, Mode::Cfb1, 16, 16, 1),
    row("camellia-128-cfb8", &[], 763, Family::Camellia, Mode::Cfb8, 16, 16, 1),
    row("camellia-128-ctr", &[], 963, Family::Camellia, Mode::Ctr, 16, 16, 1),
    row("camellia-128-ecb", &[], 754, Family::Camellia, Mode::Ecb, 16, 0, 16),
    row("camellia-128-ofb", &[], 766, Family::Camellia, Mode::Ofb, 16, 16, 1),
    row("camellia-192-cbc", &["camellia192"], 752, Family::Camellia, Mode::Cbc, 24, 16, 16),
    row("camellia-192-cfb", &[], 758, Family::Camellia, Mode::Cfb, 24, 16, 1),
    row("camellia-192-cfb1", &[], 761, Family::Camellia, Mode::Cfb1, 24, 16, 1),
    row("camellia-192-cfb8", &[], 764, Family::Camellia, Mode::Cfb8, 24, 16, 1),
    row("camellia-192-ctr", &[], 967, Family::Camellia, Mode::Ctr, 24, 16, 1),
    row("camellia-192-ecb", &[], 755, Family::Camellia, Mode::Ecb, 24, 0, 16),
    row("camellia-192-ofb", &[], 767, Family::Camellia, Mode::Ofb, 24, 16, 1),
    row("camellia-256-cbc", &["camellia256"], 753, Family::Camellia, Mode::Cbc, 32, 16, 16),
    row("camellia-256-cfb", &[], 759, Family::Camellia, Mode::Cfb, 32, 16, 1),
    row("camellia-256-cfb1", &[], 762, Family::Camellia, Mode::Cfb1, 32, 16, 1),
    row("camellia-256-cfb8", &[], 765, Family::Camellia, Mode::Cfb8, 32, 16, 1),
    row("camellia-256-ctr", &[], 971, Family::Camellia, Mode::Ctr, 32, 16, 1),
    row("camellia-256-ecb", &[], 756, Family::Camellia, Mode::Ecb, 32, 0, 16),
    row("camellia-256-ofb", &[], 768, Family::Camellia, Mode::Ofb, 32, 16, 1),
    row("chacha20", &[], 1019, Family::ChaCha, Mode::ChaCha20, 32, 16, 0),
    row("chacha20-poly1305", &[], 1018, Family::ChaCha, Mode::ChaChaPoly, 32, 12, 0),
    row("des-ede", &["des-ede-ecb"], 32, Family::Des, Mode::Ecb, 16, 0, 8),
    row("des-ede-cbc", &[], 43, Family::Des, Mode::Cbc, 16, 8, 8),
    row("des-ede-cfb", &[], 60, Family::Des, Mode::Cfb, 16, 8, 1),
    row("des-ede-ofb", &[], 62, Family::Des, Mode::Ofb, 16, 8, 1),
    row("des-ede3", &["des-ede3-ecb"], 33, Family::Des, Mode::Ecb, 24, 0, 8),
    row("des-ede3-cbc", &["des3"], 44, Family::Des, Mode::Cbc, 24, 8, 8),
    row("des-ede3-cfb", &[], 61, Family::Des, Mode::Cfb, 24, 8, 1),
    row("des-ede3-cfb1", &[], 658, Family::Des, Mode::Cfb1, 24, 8, 1),
    row("des-ede3-cfb8", &[], 659, Family::Des, Mode::Cfb8, 24, 8, 1),
    row("des-ede3-ofb", &[], 63, Family::Des, Mode::Ofb, 24, 8, 1),
    row("id-smime-alg-cms3deswrap", &["des3-wrap"], 246, Family::Des, Mode::WrapDes, 24, 0, 8),
    row("sm4-cbc", &["sm4"], 1134, Family::Sm4, Mode::Cbc, 16, 16, 16),
    row("sm4-cfb", &[], 1137, Family::Sm4, Mode::Cfb, 16, 16, 1),
    row("sm4-ctr", &[], 1139, Family::Sm4, Mode::Ctr, 16, 16, 1),
    row("sm4-ecb", &[], 1133, Family::Sm4, Mode::Ecb, 16, 0, 16),
    row("sm4-ofb", &[], 1135, Family::Sm4, Mode::Ofb, 16, 16, 1),
];

/// The names that `getCiphers` gives.
pub static NAMES: &[&str] = &[
    "aes-128-cbc",
    "aes-128-ccm",
    "aes-128-cfb",
    "aes-128-cfb1",
    "aes-128-cfb8",
    "aes-128-ctr",
    "aes-128-ecb",
    "aes-128-gcm",
    "aes-128-ocb",
    "aes-128-ofb",
    "aes-128-xts",
    "aes-192-cbc",
    "aes-192-ccm",
    "aes-192-cfb",
    "aes-192-cfb1",
    "aes-192-cfb8",
    "aes-192-ctr",
    "aes-192-ecb",
    "aes-192-gcm",
    "aes-192-ocb",
    "aes-192-ofb",
    "aes-256-cbc",
    "aes-256-ccm",
    "aes-256-cfb",
    "aes-256-cfb1",
    "aes-256-cfb8",
    "aes-256-ctr",
    "aes-256-ecb",
    "aes-256-gcm",
    "aes-256-ocb",
    "aes-256-ofb",
    "aes-256-xts",
    "aes128",
    "aes128-wrap",
    "aes128-wrap-pad",
    "aes192",
    "aes192-wrap",
    "aes192-wrap-pad",
    "aes256",
    "aes256-wrap",
    "aes256-wrap-pad",
    "aria-128-cbc",
    "aria-128-ccm",
    "aria-128-cfb",
    "aria-128-cfb1",
    "aria-128-cfb8",
    "aria-128-ctr",
    "aria-128-ecb",
    "aria-128-gcm",
    "aria-128-ofb",
    "aria-192-cbc",
    "aria-192-ccm",
    "aria-192-cfb",
    "aria-192-cfb1",
    "aria-192-cfb8",
    "aria-192-ctr",
    "aria-192-ecb",
    "aria-192-gcm",
    "aria-192-ofb",
    "aria-256-cbc",
    "aria-256-ccm",
    "aria-256-cfb",
    "aria-256-cfb1",
    "aria-256-cfb8",
    "aria-256-ctr",
    "aria-256-ecb",
    "aria-256-gcm",
    "aria-256-ofb",
    "aria128",
    "aria192",
    "aria256",
    "camellia-128-cbc",
    "camellia-128-cfb",
    "camellia-128-cfb1",
    "camellia-128-cfb8",
    "camellia-128-ctr",
    "camellia-128-ecb",
    "camellia-128-ofb",
    "camellia-192-cbc",
    "camellia-192-cfb",
    "camellia-192-cfb1",
    "camellia-192-cfb8",
    "camellia-192-ctr",
    "camellia-192-ecb",
    "camellia-192-ofb",
    "camellia-256-cbc",
    "camellia-256-cfb",
    "camellia-256-cfb1",
    "camellia-256-cfb8",
    "camellia-256-ctr",
    "camellia-256-ecb",
    "camellia-256-ofb",
    "camellia128",
    "camellia192",
    "camellia256",
    "chacha20",
    "chacha20-poly1305",
    "des-ede",
    "des-ede-cbc",
    "des-ede-cfb",
    "des-ede-ecb",
    "des-ede-ofb",
    "des-ede3",
    "des-ede3-cbc",
    "des-ede3-cfb",
    "des-ede3-cfb1",
    "des-ede3-cfb8",
    "des-ede3-ecb",
    "des-ede3-ofb",
    "des3",
    "des3-wrap",
    "id-aes128-CCM",
    "id-aes128-GCM",
    "id-aes128-wrap",
    "id-aes128-wrap-pad",
    "id-aes192-CCM",
    "id-aes192-GCM",
    "id-aes192-wrap",
    "id-aes192-wrap-pad",
    "id-aes256-CCM",
    "id-aes256-GCM",
    "id-aes256-wrap",
    "id-aes256-wrap-pad",
    "id-smime-alg-CMS3DESwrap",
    "sm4",
    "sm4-cbc",
    "sm4-cfb",
    "sm4-ctr",
    "sm4-ecb",
    "sm4-ofb",
];
