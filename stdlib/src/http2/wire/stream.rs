//! One stream, and the windows of streams and connections.

use super::outgoing::Outgoing;

/// Where a stream is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A request that waits until the peer takes one more.
    Idle,
    Open,
    ReservedLocal,
    ReservedRemote,
}

/// One stream.
#[derive(Debug)]
pub struct Stream {
    pub phase: Phase,
    /// We send no more.
    pub local_closed: bool,
    /// The peer sends no more.
    pub remote_closed: bool,
    /// A head has been received: a final one.
    pub head_received: bool,
    /// A head has been sent: a final one.
    pub head_sent: bool,
    /// A reset was sent: what the peer still sends is ignored.
    pub is_reset: bool,
    /// What we may send.
    pub send_window: i64,
    pub recv: Window,
    pub outgoing: Outgoing,
    /// What `content-length` promised, and what came.
    pub expected_len: Option<u64>,
    pub received_len: u64,
    /// The request has no body's response: HEAD.
    pub is_head: bool,
    pub is_connect: bool,
    pub status: u16,
}

/// What the peer may send, and what of it is used up.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// How much the application wants in flight.
    pub size: i64,
    /// Received since the last update.
    pub received: i64,
    /// Taken by the application since the last update.
    pub consumed: i64,
    /// An update is on its way: until it is sent, no other is made, and a peer that sends more than it was told to is found out.
    pub is_queued: bool,
}

impl Window {
    pub fn new(size: i64) -> Self {
        Self { size, received: 0, consumed: 0, is_queued: false }
    }

    /// How much an update gives back, once it is worth one.
    pub fn update(&mut self) -> Option<u32> {
        let amount = self.consumed.min(self.received);
        if self.is_queued || amount <= 0 || amount < self.size / 2 {
            return None;
        }
        self.received -= amount;
        self.consumed -= amount;
        self.is_queued = true;
        Some(amount as u32)
    }
}
