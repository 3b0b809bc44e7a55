//! The `Finished` messages of handshakes. rustls keeps them to itself; what computes them is ours, and leaves them here.

use std::cell::RefCell;

use rustls::{
    Error,
    crypto::{
        ActiveKeyExchange,
        hmac::Tag,
        tls12::Prf,
        tls13::{Hkdf, HkdfExpander, OkmBlock},
    },
};

thread_local! {
    /// What was computed since this was last taken: a thread works at one connection at a time.
    static COMPUTED: RefCell<Vec<(Whose, Vec<u8>)>> = const { RefCell::new(Vec::new()) };
}

/// Whose message it is, where that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Client,
    Server,
    /// In TLS 1.3 the order tells: the server's comes first.
    ByOrder,
}

/// What was computed since this was last asked.
pub(crate) fn take() -> Vec<(Whose, Vec<u8>)> {
    COMPUTED.take()
}

fn keep(whose: Whose, data: &[u8]) {
    COMPUTED.with_borrow_mut(|computed| computed.push((whose, data.to_vec())));
}

/// The messages of one connection.
#[derive(Debug, Default)]
pub(crate) struct Finished(Vec<(Whose, Vec<u8>)>);

impl Finished {
    pub(crate) fn record(&mut self, computed: Vec<(Whose, Vec<u8>)>) {
        self.0.extend(computed);
        // What lies before the last two belongs to a session that was offered.
        let surplus = self.0.len().saturating_sub(2);
        self.0.drain(..surplus);
    }

    /// The client's and the server's.
    pub(crate) fn both(&self) -> Option<(&[u8], &[u8])> {
        let [(whose, first), (_, second)] = &self.0[..] else { return None };
        Some(if *whose == Whose::Client { (first, second) } else { (second, first) })
    }
}

/// Leaves what it computes of `Finished` messages here, and is otherwise what it holds.
pub(crate) struct Watched<T>(pub(crate) T);

impl<T: Hkdf> Hkdf for Watched<T> {
    fn extract_from_zero_ikm(&self, salt: Option<&[u8]>) -> Box<dyn HkdfExpander> {
        self.0.extract_from_zero_ikm(salt)
    }

    fn extract_from_secret(&self, salt: Option<&[u8]>, secret: &[u8]) -> Box<dyn HkdfExpander> {
        self.0.extract_from_secret(salt, secret)
    }

    fn expander_for_okm(&self, okm: &OkmBlock) -> Box<dyn HkdfExpander> {
        self.0.expander_for_okm(okm)
    }

    fn hmac_sign(&self, key: &OkmBlock, message: &[u8]) -> Tag {
        let tag = self.0.hmac_sign(key, message);
        keep(Whose::ByOrder, tag.as_ref());
        tag
    }
}

impl<T: Prf> Prf for Watched<T> {
    fn for_key_exchange(&self, output: &mut [u8; 48], kx: Box<dyn ActiveKeyExchange>, peer_pub_key: &[u8], label: &[u8], seed: &[u8]) -> Result<(), Error> {
        self.0.for_key_exchange(output, kx, peer_pub_key, label, seed)
    }

    fn for_secret(&self, output: &mut [u8], secret: &[u8], label: &[u8], seed: &[u8]) {
        self.0.for_secret(output, secret, label, seed);
        match label {
            b"client finished" => keep(Whose::Client, output),
            b"server finished" => keep(Whose::Server, output),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_count() {
        let mut finished = Finished::default();
        finished.record(vec![(Whose::ByOrder, vec![0]), (Whose::ByOrder, vec![1])]);
        finished.record(vec![(Whose::ByOrder, vec![2])]);
        assert_eq!(finished.both(), Some((&[2_u8][..], &[1_u8][..])));
        finished.record(vec![(Whose::Client, vec![3]), (Whose::Server, vec![4])]);
        assert_eq!(finished.both(), Some((&[3_u8][..], &[4_u8][..])));
    }
}
