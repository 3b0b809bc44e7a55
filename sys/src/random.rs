//! Random bytes: from the kernel, or from a seed so that a run can be repeated.

use std::sync::{Mutex, PoisonError};

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use crate::error::SysResult;

/// Where random bytes come from. Seeded ones are ChaCha20: the same seed gives the same bytes on every machine.
#[derive(Debug)]
pub struct Random {
    /// None: the kernel's.
    seeded: Option<Mutex<ChaCha20Rng>>,
}

impl Random {
    pub(crate) fn system() -> Random {
        Random { seeded: None }
    }

    pub(crate) fn seeded(seed: u64) -> Random {
        Random { seeded: Some(Mutex::new(ChaCha20Rng::seed_from_u64(seed))) }
    }

    /// Fills `bytes`. Fit for keys, unless seeded.
    pub fn fill(&self, bytes: &mut [u8]) -> SysResult<()> {
        match &self.seeded {
            Some(stream) => {
                stream.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
                Ok(())
            }
            None => fill_from_kernel(bytes),
        }
    }

    /// A random number, for the seeds of hash tables, `Math.random` and names.
    pub fn next_u64(&self) -> SysResult<u64> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Do two runs get the same bytes?
    pub fn is_seeded(&self) -> bool {
        self.seeded.is_some()
    }

    /// A source for another thread: of its own when seeded, so that threads do not disturb each other's sequence.
    pub(crate) fn fork(&self) -> Random {
        match &self.seeded {
            Some(stream) => Random::seeded(stream.lock().unwrap_or_else(PoisonError::into_inner).next_u64()),
            None => Random::system(),
        }
    }
}

#[cfg(not(any(target_vendor = "apple", target_os = "freebsd")))]
fn fill_from_kernel(mut bytes: &mut [u8]) -> SysResult<()> {
    use rustix::rand::{GetRandomFlags, getrandom};
    while !bytes.is_empty() {
        match getrandom(&mut *bytes, GetRandomFlags::empty()) {
            Ok(len) => bytes = &mut bytes[len..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(crate::SysError::of(error, "getrandom")),
        }
    }
    Ok(())
}

/// getentropy gives 256 bytes at most.
#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
fn fill_from_kernel(bytes: &mut [u8]) -> SysResult<()> {
    for part in bytes.chunks_mut(256) {
        // SAFETY: the pointer and the length are of one slice.
        if unsafe { libc::getentropy(part.as_mut_ptr().cast(), part.len()) } != 0 {
            return Err(crate::SysError::last("getentropy"));
        }
    }
    Ok(())
}
