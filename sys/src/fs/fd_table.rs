//! Which descriptors a script may name.
//!
//! JavaScript names files by number, and any number is easily guessed. The runtime's own descriptors (the poller, the wake-up
//! pipe, listening sockets) must not be among those a script can close or write to. So the door keeps the set of numbers it
//! handed out, and answers EBADF for every other. What the process was started with (`3<file`, a pipe from the parent) is
//! recognised without looking at start: such descriptors cannot be close-on-exec, and all of the runtime's own are.

use std::collections::HashSet;
use std::os::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::io::{Errno, FdFlags, fcntl_getfd};

/// Numbers below this have a bit each; those above, which need a raised limit, share a set.
const DIRECT: usize = 1 << 16;

/// The set of descriptors that were opened for scripts. Shared by a `Sys` and its workers.
#[derive(Debug)]
pub struct FdTable {
    direct: Box<[AtomicU64]>,
    high: Mutex<HashSet<i32>>,
    inherited: bool,
}

impl FdTable {
    /// One that holds 0, 1 and 2. `inherited`: also whatever the process was started with.
    pub(crate) fn new(inherited: bool) -> FdTable {
        let table = FdTable { direct: (0..DIRECT / 64).map(|_| AtomicU64::new(0)).collect(), high: Mutex::default(), inherited };
        for fd in 0..3 {
            table.note(fd);
        }
        table
    }

    /// Hands a descriptor to the scripts, which from now on may use and close it by its number.
    pub fn publish(&self, fd: OwnedFd) -> i32 {
        let fd = fd.into_raw_fd();
        self.note(fd);
        fd
    }

    /// Takes a descriptor back from the scripts, to own it: `new net.Socket({ fd })`. `None` if it is not theirs.
    pub fn take(&self, fd: i32) -> Option<OwnedFd> {
        if !self.may_use(fd) || !self.forget(fd) {
            return None;
        }
        // SAFETY: the table held it, so it is open and nothing else owns it; it no longer is in the table.
        Some(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    /// May scripts name it?
    pub fn may_use(&self, fd: i32) -> bool {
        self.holds(fd) || self.adopt(fd)
    }

    /// The descriptor of this number; EBADF when it is not the scripts'.
    #[inline]
    pub(crate) fn borrow(&self, fd: i32) -> Result<BorrowedFd<'_>, Errno> {
        if !self.may_use(fd) {
            return Err(Errno::BADF);
        }
        // SAFETY: it is not -1 and the table holds it. A script may close it meanwhile from another thread, as it can in
        // Node; the system then answers EBADF or uses the script's newer file, and memory is not touched.
        Ok(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    fn holds(&self, fd: i32) -> bool {
        match split(fd) {
            Some((at, bit)) => self.direct[at].load(Ordering::Acquire) & bit != 0,
            None => fd >= 0 && self.high().contains(&fd),
        }
    }

    fn note(&self, fd: i32) {
        match split(fd) {
            Some((at, bit)) => {
                self.direct[at].fetch_or(bit, Ordering::AcqRel);
            }
            None => {
                self.high().insert(fd);
            }
        }
    }

    /// Was it there?
    pub(crate) fn forget(&self, fd: i32) -> bool {
        match split(fd) {
            Some((at, bit)) => self.direct[at].fetch_and(!bit, Ordering::AcqRel) & bit != 0,
            None => self.high().remove(&fd),
        }
    }

    #[cold]
    fn adopt(&self, fd: i32) -> bool {
        if !self.inherited || fd < 0 {
            return false;
        }
        // SAFETY: F_GETFD only asks about a number; it is not -1.
        let asked = unsafe { BorrowedFd::borrow_raw(fd) };
        let inherited = fcntl_getfd(asked).is_ok_and(|flags| !flags.contains(FdFlags::CLOEXEC));
        if inherited {
            self.note(fd);
        }
        inherited
    }

    fn high(&self) -> std::sync::MutexGuard<'_, HashSet<i32>> {
        self.high.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn split(fd: i32) -> Option<(usize, u64)> {
    let at = usize::try_from(fd).ok().filter(|at| *at < DIRECT)?;
    Some((at / 64, 1 << (at % 64)))
}
