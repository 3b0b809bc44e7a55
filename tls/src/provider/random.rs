//! Random bytes. The source is given by whoever runs connections on this thread: the sandbox's door to the machine, or a seeded
//! stream where a run is to be repeated.

use std::cell::RefCell;

use rustls::crypto::{GetRandomFailed, SecureRandom};

type Fill = Box<dyn Fn(&mut [u8]) -> bool>;

thread_local! {
    static SOURCE: RefCell<Option<Fill>> = const { RefCell::new(None) };
}

/// Sets this thread's source. `fill` says whether it could fill all of the slice.
pub fn set_source(fill: impl Fn(&mut [u8]) -> bool + 'static) {
    SOURCE.with(|source| source.replace(Some(Box::new(fill))));
}

/// Whether this thread has a source.
pub fn has_source() -> bool {
    SOURCE.with(|source| source.borrow().is_some())
}

/// Fills a slice, or fails: a connection is never made with bytes that can be guessed.
pub fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
    let filled = SOURCE.with(|source| source.borrow().as_ref().is_some_and(|fill| fill(bytes)));
    if filled { Ok(()) } else { Err(GetRandomFailed) }
}

#[derive(Debug)]
pub(super) struct Source;

impl SecureRandom for Source {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        fill(bytes)
    }
}

/// The same for the crates that sign.
pub(super) struct Rng;

/// No random bytes are to be had.
#[derive(Debug)]
pub(super) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("no random bytes")
    }
}

impl std::error::Error for Failed {}

impl rsa::rand_core::TryRng for Rng {
    type Error = Failed;

    fn try_next_u32(&mut self) -> Result<u32, Failed> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Failed> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Failed> {
        fill(bytes).map_err(|_| Failed)
    }
}

impl rsa::rand_core::TryCryptoRng for Rng {}
