//! Session tickets: what a server would have to remember, sealed and given to the client (RFC 5077 section 4).

use std::sync::{Mutex, PoisonError};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Nonce, Payload},
};
use rustls::server::ProducesTickets;

use crate::provider::random;

/// How long Node's ticket keys are: a name of 16 bytes, and 32 bytes of key.
pub const KEYS_LEN: usize = 48;

/// Seals tickets under keys that can be read and replaced, so that several servers can share them.
pub struct Tickets {
    keys: Mutex<[u8; KEYS_LEN]>,
    /// In seconds.
    lifetime: u32,
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Tickets")
    }
}

const NONCE_LEN: usize = 12;
const NAME_LEN: usize = 16;

impl Tickets {
    pub fn new(keys: [u8; KEYS_LEN], lifetime: u32) -> Self {
        Self { keys: Mutex::new(keys), lifetime }
    }

    pub fn keys(&self) -> [u8; KEYS_LEN] {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_keys(&self, keys: [u8; KEYS_LEN]) {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys;
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        self.lifetime
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys();
        let (name, key) = keys.split_at(NAME_LEN);
        let mut nonce = [0; NONCE_LEN];
        random::fill(&mut nonce).ok()?;
        let cipher = Aes256Gcm::new_from_slice(key).ok()?;
        let sealed = cipher.encrypt(&Nonce::<Aes256Gcm>::try_from(&nonce[..]).ok()?, Payload { msg: plain, aad: name }).ok()?;
        Some([name, &nonce, &sealed].concat())
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys();
        let (name, key) = keys.split_at(NAME_LEN);
        let (nonce, sealed) = ticket.strip_prefix(name)?.split_at_checked(NONCE_LEN)?;
        let cipher = Aes256Gcm::new_from_slice(key).ok()?;
        cipher.decrypt(&Nonce::<Aes256Gcm>::try_from(nonce).ok()?, Payload { msg: sealed, aad: name }).ok()
    }
}
