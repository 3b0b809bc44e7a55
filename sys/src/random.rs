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
    /// What `Math.random` begins with, where only its numbers are to be repeated.
    script_seed: Option<u64>,
}

impl Random {
    /// From the kernel, or from `seed`; `Math.random` from `script_seed`, or from the same source.
    pub(crate) fn new(seed: Option<u64>, script_seed: Option<u64>) -> Random {
        Random { seeded: seed.map(|seed| Mutex::new(ChaCha20Rng::seed_from_u64(seed))), script_seed }
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

    /// The seed of `Math.random` in a new runtime.
    pub fn script_seed(&self) -> SysResult<u64> {
        self.script_seed.map_or_else(|| self.next_u64(), Ok)
    }

    /// A random number, for the seeds of hash tables and names.
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
        let seed = self.seeded.as_ref().map(|stream| stream.lock().unwrap_or_else(PoisonError::into_inner).next_u64());
        Random::new(seed, self.script_seed)
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
