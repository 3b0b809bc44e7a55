//! Session tickets: what a server would have to remember, sealed and given to the client (RFC 5077 section 4).

use std::sync::{Arc, Mutex, PoisonError};

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
    /// Tickets under these keys, good for `lifetime` seconds.
    pub fn new(keys: [u8; KEYS_LEN], lifetime: u32) -> Self {
        Self { keys: Mutex::new(keys), lifetime }
    }

    /// The keys: `server.getTicketKeys()`.
    pub fn keys(&self) -> [u8; KEYS_LEN] {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Other keys from now on: `server.setTicketKeys(keys)`.
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

/// The tickets of one connection: one of TLS 1.2 that is resumed keeps its ticket, as in Node. In TLS 1.3 a ticket is good for one
/// connection, so that clients need new ones.
pub(crate) struct OneConnection {
    tickets: Arc<Tickets>,
    /// The ticket that was good.
    taken: Mutex<Option<Vec<u8>>>,
}

impl OneConnection {
    pub(crate) fn over(tickets: &Arc<Tickets>) -> Arc<Self> {
        Arc::new(Self { tickets: tickets.clone(), taken: Mutex::default() })
    }
}

impl std::fmt::Debug for OneConnection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("OneConnection")
    }
}

impl ProducesTickets for OneConnection {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        self.tickets.lifetime()
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        match &*self.taken.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(ticket) if is_tls12(plain) => Some(ticket.clone()),
            _ => self.tickets.encrypt(plain),
        }
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        let plain = self.tickets.decrypt(ticket)?;
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).replace(ticket.to_vec());
        Some(plain)
    }
}

/// Whether a session, as rustls writes it, is one of TLS 1.2: the version stands behind the server's name, if there is one.
fn is_tls12(plain: &[u8]) -> bool {
    let version = match plain {
        [0, rest @ ..] => rest,
        [1, len, rest @ ..] => rest.get(usize::from(*len)..).unwrap_or_default(),
        _ => return false,
    };
    version.starts_with(&[3, 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_sessions() {
        assert!(is_tls12(&[0, 3, 3, 0xc0, 0x2f]));
        assert!(is_tls12(&[1, 2, b'a', b'b', 3, 3]));
        assert!(!is_tls12(&[1, 2, b'a', b'b', 3, 4]));
        assert!(!is_tls12(&[1, 200, 3, 3]));
        assert!(!is_tls12(&[]));
    }
}
