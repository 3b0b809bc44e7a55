//! What a stream has to send.

use std::collections::VecDeque;

/// Data that waits for the peer's windows.
#[derive(Debug, Default)]
pub struct Outgoing {
    pieces: VecDeque<Vec<u8>>,
    /// Sent of the first piece.
    sent_of_first: usize,
    len: usize,
    /// All bytes that were ever sent.
    pub sent: u64,
    /// No more comes.
    pub ended: bool,
    /// Trailers come after the data.
    pub wants_trailers: bool,
    /// The application was asked for them.
    pub asked_trailers: bool,
    /// It stands in the session's list.
    pub is_ready: bool,
    /// A response or request with a body has begun.
    pub has_body: bool,
}

impl Outgoing {
    /// Nothing, after this many bytes were sent.
    pub fn after(sent: u64) -> Self {
        Self { sent, ..Self::default() }
    }

    pub fn push(&mut self, bytes: Vec<u8>) {
        self.len += bytes.len();
        if !bytes.is_empty() {
            self.pieces.push_back(bytes);
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether something can be done: data, or the end.
    pub fn is_active(&self) -> bool {
        self.has_body && (self.len > 0 || self.ended && !self.asked_trailers)
    }

    /// Appends this many bytes, which are there.
    pub fn take(&mut self, mut len: usize, out: &mut Vec<u8>) {
        self.len -= len;
        self.sent += len as u64;
        while len > 0 {
            let Some(first) = self.pieces.front() else { break };
            let part = len.min(first.len() - self.sent_of_first);
            out.extend_from_slice(&first[self.sent_of_first..self.sent_of_first + part]);
            self.sent_of_first += part;
            len -= part;
            if self.sent_of_first == first.len() {
                self.sent_of_first = 0;
                self.pieces.pop_front();
            }
        }
    }
}
