//! Open files.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{OFlags, openat};
use rustix::io::{Errno, fcntl_dupfd_cloexec, pread, preadv, pwrite, pwritev, read, readv, retry_on_intr, write, writev};

use super::{Fs, mode_of};
use crate::errno;
use crate::error::{Named, SysError, SysResult};

/// What `open` takes, with this system's values: `fs.constants`.
pub mod flags {
    macro_rules! flags {
        ($($name:ident)*) => { $(#[doc = concat!("`fs.constants.", stringify!($name), "`")] pub const $name: i32 = libc::$name;)* };
    }
    flags! { O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_DIRECTORY O_NOFOLLOW O_SYNC O_DSYNC O_NONBLOCK }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    flags! { O_NOATIME O_DIRECT }
    /// What the flag string `'w'` stands for.
    pub const WRITE: i32 = O_WRONLY | O_CREAT | O_TRUNC;
    /// What the flag string `'a'` stands for.
    pub const APPEND: i32 = O_WRONLY | O_CREAT | O_APPEND;
}

/// Vectors per system call; Linux and the others accept this many.
const VECTORS_MAX: usize = 1024;

impl Fs<'_> {
    /// `fs.open`: `flags` are [`flags`], `mode` is for a file that is created. The descriptor is close-on-exec.
    ///
    /// ```
    /// use coil_sys::{Sys, fs::flags};
    ///
    /// let sys = Sys::real();
    /// let fd = sys.fs().open("/proc/self/stat", flags::O_RDONLY, 0o666)?;
    /// let mut bytes = [0; 1];
    /// assert_eq!(sys.fs().read(fd, &mut bytes, None)?, 1);
    /// sys.fs().close(fd)?;
    /// assert_eq!(sys.fs().close(fd).map_err(|error| error.message()), Err("EBADF: bad file descriptor, close".to_owned()));
    /// # Ok::<(), coil_sys::SysError>(())
    /// ```
    pub fn open(self, path: impl AsRef<Path>, flags: i32, mode: u32) -> SysResult<i32> {
        Ok(self.sys.fds.publish(self.open_owned(path.as_ref(), flags, mode)?))
    }

    /// As [`Fs::open`], for use in Rust: no script learns its number.
    #[inline]
    pub fn open_owned(self, path: &Path, flags: i32, mode: u32) -> SysResult<OwnedFd> {
        let flags = OFlags::from_bits_retain(flags.cast_unsigned()) | OFlags::CLOEXEC;
        let mode = mode_of(mode);
        if self.sys.policy.enabled {
            return self.open_confined(path, flags, mode);
        }
        let base = self.sys.base();
        retry_on_intr(|| openat(base.as_fd(), path, flags, mode)).named_path("open", path)
    }

    /// `fs.close`.
    pub fn close(self, fd: i32) -> SysResult<()> {
        let fds = &self.sys.fds;
        if !fds.may_use(fd) || !fds.forget(fd) {
            return Err(SysError::new(errno::EBADF, "close"));
        }
        // SAFETY: the table held it, so nothing in Rust owns it; a number that was closed already gives EBADF.
        if unsafe { libc::close(fd) } == 0 {
            return Ok(());
        }
        let error = SysError::last("close");
        // Closed all the same; on Linux for certain, and asking again could hit a newer file.
        if error.is(errno::EINTR) || error.is(errno::EINPROGRESS) { Ok(()) } else { Err(error) }
    }

    /// `fs.read`: at `offset`, or where the file stands. 0 at the end.
    pub fn read(self, fd: i32, bytes: &mut [u8], offset: Option<u64>) -> SysResult<usize> {
        let file = self.fd(fd, "read")?;
        retry_on_intr(|| match offset {
            None => read(file, &mut *bytes),
            Some(offset) => pread(file, &mut *bytes, offset),
        })
        .named("read")
    }

    /// `fs.readv`.
    pub fn readv(self, fd: i32, bytes: &mut [IoSliceMut<'_>], offset: Option<u64>) -> SysResult<usize> {
        let file = self.fd(fd, "read")?;
        let mut total = 0;
        for vectors in bytes.chunks_mut(VECTORS_MAX) {
            let wanted: usize = vectors.iter().map(|vector| vector.len()).sum();
            let len = retry_on_intr(|| match offset {
                None => readv(file, &mut *vectors),
                Some(offset) => preadv(file, &mut *vectors, offset + total as u64),
            });
            match len {
                Ok(len) => total += len,
                Err(_) if total > 0 => break,
                Err(error) => return Err(error).named("read"),
            }
            if total < wanted {
                break;
            }
        }
        Ok(total)
    }

    /// `fs.write`: at `offset`, or where the file stands. May write less than all.
    pub fn write(self, fd: i32, bytes: &[u8], offset: Option<u64>) -> SysResult<usize> {
        let file = self.fd(fd, "write")?;
        write_some(file, bytes, offset).named("write")
    }

    /// As [`Fs::write`], until all is written.
    pub fn write_all(self, fd: i32, bytes: &[u8], offset: Option<u64>) -> SysResult<()> {
        let file = self.fd(fd, "write")?;
        write_whole(file, bytes, offset).1.named("write")
    }

    /// `fs.writev`: all vectors; less is written only when an error came after some were.
    pub fn writev(self, fd: i32, bytes: &[IoSlice<'_>], offset: Option<u64>) -> SysResult<usize> {
        let file = self.fd(fd, "write")?;
        let mut total = 0;
        for vectors in bytes.chunks(VECTORS_MAX) {
            let wanted: usize = vectors.iter().map(|vector| vector.len()).sum();
            let len = retry_on_intr(|| match offset {
                None => writev(file, vectors),
                Some(offset) => pwritev(file, vectors, offset + total as u64),
            });
            match len {
                Ok(len) => total += len,
                Err(_) if total > 0 => return Ok(total),
                Err(error) => return Err(error).named("write"),
            }
            if total < wanted {
                break;
            }
        }
        Ok(total)
    }

    /// `fs.fsync`.
    pub fn fsync(self, fd: i32) -> SysResult<()> {
        retry_on_intr(|| rustix::fs::fsync(self.sys.fds.borrow(fd)?)).named("fsync")
    }

    /// `fs.fdatasync`.
    pub fn fdatasync(self, fd: i32) -> SysResult<()> {
        retry_on_intr(|| sync_data(self.sys.fds.borrow(fd)?)).named("fdatasync")
    }

    /// `fs.ftruncate`.
    pub fn ftruncate(self, fd: i32, len: u64) -> SysResult<()> {
        retry_on_intr(|| rustix::fs::ftruncate(self.sys.fds.borrow(fd)?, len)).named("ftruncate")
    }

    /// Makes a descriptor opened elsewhere usable by scripts; see [`super::FdTable::publish`].
    pub fn publish(self, fd: OwnedFd) -> i32 {
        self.sys.fds.publish(fd)
    }

    /// A second descriptor of the same open file, owned by the caller: how 0, 1 and 2 are given to the loop, which may drop it without
    /// closing theirs.
    pub fn duplicate(self, fd: i32) -> SysResult<OwnedFd> {
        fcntl_dupfd_cloexec(self.fd(fd, "dup")?, 3).named("dup")
    }

    #[inline]
    pub(crate) fn fd(&self, fd: i32, syscall: &'static str) -> SysResult<BorrowedFd<'_>> {
        self.sys.fds.borrow(fd).named(syscall)
    }
}

#[cfg(not(target_vendor = "apple"))]
use rustix::fs::fdatasync as sync_data;
/// There the bytes alone cannot be asked for.
#[cfg(target_vendor = "apple")]
use rustix::fs::fsync as sync_data;

fn write_some(file: BorrowedFd<'_>, bytes: &[u8], offset: Option<u64>) -> Result<usize, Errno> {
    retry_on_intr(|| match offset {
        None => write(file, bytes),
        Some(offset) => pwrite(file, bytes, offset),
    })
}

/// Writes all, and says how much was written even when it fails.
pub(crate) fn write_whole(file: BorrowedFd<'_>, bytes: &[u8], offset: Option<u64>) -> (usize, Result<(), Errno>) {
    let mut written = 0;
    while written < bytes.len() {
        match write_some(file, &bytes[written..], offset.map(|offset| offset + written as u64)) {
            Ok(len) => written += len,
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}
