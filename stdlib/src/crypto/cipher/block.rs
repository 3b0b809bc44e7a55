//! Block ciphers behind one object each: the modes are written once over them, not once per cipher.

use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

/// A keyed block cipher. Batches of blocks keep the parallel code of the crates.
pub trait BlockCipher: Send {
    /// Bytes of a block: 16, or 8 for DES.
    fn block_len(&self) -> usize;
    /// Encrypts whole blocks, each on its own.
    fn encrypt(&self, blocks: &mut [u8]);
    /// Decrypts whole blocks, each on its own.
    fn decrypt(&self, blocks: &mut [u8]);
}

struct Keyed<C>(C);

impl<C: BlockCipherEncrypt + BlockCipherDecrypt + Send> BlockCipher for Keyed<C> {
    fn block_len(&self) -> usize {
        C::block_size()
    }

    fn encrypt(&self, blocks: &mut [u8]) {
        let (blocks, rest) = Array::slice_as_chunks_mut(blocks);
        debug_assert!(rest.is_empty(), "callers pass whole blocks");
        self.0.encrypt_blocks(blocks);
    }

    fn decrypt(&self, blocks: &mut [u8]) {
        let (blocks, rest) = Array::slice_as_chunks_mut(blocks);
        debug_assert!(rest.is_empty(), "callers pass whole blocks");
        self.0.decrypt_blocks(blocks);
    }
}

/// The block ciphers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// AES, FIPS 197.
    Aes,
    /// ARIA, RFC 5794.
    Aria,
    /// Camellia, RFC 3713.
    Camellia,
    /// Triple DES with two or three keys.
    Des,
    /// SM4, GB/T 32907.
    Sm4,
    /// No block cipher: ChaCha20.
    ChaCha,
}

fn keyed<C: KeyInit + BlockCipherEncrypt + BlockCipherDecrypt + Send + 'static>(key: &[u8]) -> Option<Box<dyn BlockCipher>> {
    Some(Box::new(Keyed(C::new_from_slice(key).ok()?)))
}

/// The cipher of a family under a key; none where the key has no length of the family.
pub fn with_key(family: Family, key: &[u8]) -> Option<Box<dyn BlockCipher>> {
    match (family, key.len()) {
        (Family::Aes, 16) => keyed::<aes::Aes128>(key),
        (Family::Aes, 24) => keyed::<aes::Aes192>(key),
        (Family::Aes, 32) => keyed::<aes::Aes256>(key),
        (Family::Aria, 16) => keyed::<aria::Aria128>(key),
        (Family::Aria, 24) => keyed::<aria::Aria192>(key),
        (Family::Aria, 32) => keyed::<aria::Aria256>(key),
        (Family::Camellia, 16) => keyed::<camellia::Camellia128>(key),
        (Family::Camellia, 24) => keyed::<camellia::Camellia192>(key),
        (Family::Camellia, 32) => keyed::<camellia::Camellia256>(key),
        (Family::Des, 16) => keyed::<des::TdesEde2>(key),
        (Family::Des, 24) => keyed::<des::TdesEde3>(key),
        (Family::Sm4, 16) => keyed::<sm4::Sm4>(key),
        _ => None,
    }
}
