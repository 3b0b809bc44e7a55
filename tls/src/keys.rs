//! Private keys as users give them: PEM or DER, encrypted or not.

use crate::{pem, provider::sign::PrivateKey};

/// Why a key could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// No key of a kind that is known.
    Unsupported,
    /// It is encrypted, and there is no passphrase.
    NeedsPassphrase,
    /// The passphrase is wrong.
    BadDecrypt,
}

/// Reads the first private key of a text.
pub fn private_key(given: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let blocks = pem::blocks(given);
    if blocks.is_empty() {
        return PrivateKey::from_der(given).ok_or(KeyError::Unsupported);
    }
    let block = blocks.iter().find(|block| block.label.ends_with("PRIVATE KEY")).ok_or(KeyError::Unsupported)?;
    let header = |name: &str| block.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if block.label == "ENCRYPTED PRIVATE KEY" {
        let passphrase = passphrase.ok_or(KeyError::NeedsPassphrase)?;
        let info = pkcs8::EncryptedPrivateKeyInfoRef::try_from(&block.der[..]).map_err(|_| KeyError::Unsupported)?;
        let plain = info.decrypt(passphrase).map_err(|_| KeyError::BadDecrypt)?;
        return PrivateKey::from_der(plain.as_bytes()).ok_or(KeyError::Unsupported);
    }
    if header("Proc-Type").is_some_and(|value| value.contains("ENCRYPTED")) {
        let passphrase = passphrase.ok_or(KeyError::NeedsPassphrase)?;
        let (cipher, iv) = header("DEK-Info").and_then(|value| value.split_once(',')).ok_or(KeyError::Unsupported)?;
        let iv = from_hex(iv).ok_or(KeyError::Unsupported)?;
        let plain = decrypt_traditional(cipher, &iv, passphrase, &block.der)?;
        return PrivateKey::from_der(&plain).ok_or(KeyError::BadDecrypt);
    }
    PrivateKey::from_der(&block.der).ok_or(KeyError::Unsupported)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// What OpenSSL wrote before PKCS #8: the key is MD5 of passphrase and salt, again and again.
fn decrypt_traditional(cipher: &str, iv: &[u8], passphrase: &[u8], bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
    use aes_gcm::aes;
    use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
    use md5::{Digest, Md5};

    let key_len = match cipher {
        "AES-128-CBC" => 16,
        "AES-192-CBC" | "DES-EDE3-CBC" => 24,
        "AES-256-CBC" => 32,
        _ => return Err(KeyError::Unsupported),
    };
    let salt = iv.get(..8).ok_or(KeyError::Unsupported)?;
    let mut key: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    while key.len() < key_len {
        last = Md5::new().chain_update(&last).chain_update(passphrase).chain_update(salt).finalize().to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(key_len);
    macro_rules! decrypt {
        ($cipher:ty) => {
            cbc::Decryptor::<$cipher>::new_from_slices(&key, iv).map_err(|_| KeyError::Unsupported)?.decrypt_padded_vec::<Pkcs7>(bytes).map_err(|_| KeyError::BadDecrypt)
        };
    }
    match cipher {
        "AES-128-CBC" => decrypt!(aes::Aes128),
        "AES-192-CBC" => decrypt!(aes::Aes192),
        "AES-256-CBC" => decrypt!(aes::Aes256),
        _ => decrypt!(des::TdesEde3),
    }
}
