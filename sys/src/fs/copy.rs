//! Copying a file.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, fstat, ftruncate};
use rustix::io::{Errno, read, retry_on_intr};

use super::file::{flags, write_whole};
use super::stat::stat_fd;
use super::{Fs, Stat};
use crate::error::{Named, SysError, SysResult};

/// `fs.constants.COPYFILE_EXCL`: fail when there is a file already.
pub const COPYFILE_EXCL: u32 = 1;
/// `fs.constants.COPYFILE_FICLONE`: share the blocks if the file system can.
pub const COPYFILE_FICLONE: u32 = 2;
/// `fs.constants.COPYFILE_FICLONE_FORCE`: share the blocks or fail.
pub const COPYFILE_FICLONE_FORCE: u32 = 4;

impl Fs<'_> {
    /// `fs.copyFile`: bytes and permissions, in the kernel where it can. Errors carry both paths. When copying fails half-way, the
    /// copy is removed.
    pub fn copy_file(self, from: impl AsRef<Path>, to: impl AsRef<Path>, mode: u32) -> SysResult<()> {
        let (from, to) = (from.as_ref(), to.as_ref());
        self.copy_opened(from, to, mode).map_err(|error| match error.denied {
            Some(_) => error,
            None => SysError::new(error.errno, "copyfile").path(from).dest(to),
        })
    }

    fn copy_opened(self, from: &Path, to: &Path, mode: u32) -> SysResult<()> {
        let source = self.open_owned(from, flags::O_RDONLY, 0)?;
        let stat = stat_fd(source.as_fd()).named("copyfile")?;
        // Node's permission check covers both paths before anything is opened for writing; a directory copies nothing.
        if stat.is_dir() {
            self.check_written_dest(to)?;
            return Err(Errno::ISDIR).named("copyfile");
        }
        let exclusive = if mode & COPYFILE_EXCL != 0 { flags::O_EXCL } else { 0 };
        let dest = self.open_owned(to, flags::O_WRONLY | flags::O_CREAT | exclusive, stat.mode & 0o777)?;
        let was = stat_fd(dest.as_fd()).named("copyfile")?;
        if (was.dev, was.ino) == (stat.dev, stat.ino) {
            return Ok(());
        }
        let copied = fill(&source, &dest, &stat, &was, mode);
        if copied.is_err() && FileType::from_raw_mode(was.mode as _) == FileType::RegularFile {
            // The error that led here is the one to tell.
            let _ = self.unlink(to);
        }
        copied.named("copyfile")
    }

    fn check_written_dest(self, to: &Path) -> SysResult<()> {
        if !self.sys.policy.enabled {
            return Ok(());
        }
        self.confine(to, super::Want::Write, super::Last::Itself, "copyfile").map(|_| ())
    }
}

fn fill(source: &OwnedFd, dest: &OwnedFd, stat: &Stat, was: &Stat, mode: u32) -> rustix::io::Result<()> {
    let regular = FileType::from_raw_mode(was.mode as _) == FileType::RegularFile;
    if regular && was.size > 0 {
        retry_on_intr(|| ftruncate(dest, 0))?;
    }
    if was.mode & 0o7777 != stat.mode & 0o7777 {
        match rustix::fs::fchmod(dest, super::mode_of(stat.mode)) {
            // Mounts such as CIFS do not know permissions.
            Err(Errno::PERM) if !regular || fstat(dest).is_ok() => {}
            result => result?,
        }
    }
    if mode & (COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE) != 0 {
        match clone_blocks(dest.as_fd(), source.as_fd()) {
            Ok(()) => return Ok(()),
            Err(error) if mode & COPYFILE_FICLONE_FORCE != 0 => return Err(error),
            Err(_) => {}
        }
    }
    copy_bytes(source.as_fd(), dest.as_fd(), stat.size)
}

/// What one call is asked to move: large, yet not so large that a signal could not get between.
const STEP: usize = 1 << 30;

#[cfg(any(target_os = "linux", target_os = "android"))]
fn clone_blocks(dest: BorrowedFd<'_>, source: BorrowedFd<'_>) -> rustix::io::Result<()> {
    rustix::fs::ioctl_ficlone(dest, source)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn clone_blocks(_dest: BorrowedFd<'_>, _source: BorrowedFd<'_>) -> rustix::io::Result<()> {
    Err(Errno::NOTSUP)
}

/// copy_file_range, then sendfile, then by hand: each where the one before is not to be had.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn copy_bytes(source: BorrowedFd<'_>, dest: BorrowedFd<'_>, size: u64) -> rustix::io::Result<()> {
    // A file of /proc says it is empty, and the kernel's ways then copy nothing.
    if size == 0 {
        return copy_by_hand(source, dest);
    }
    let mut started = false;
    loop {
        match retry_on_intr(|| rustix::fs::copy_file_range(source, None, dest, None, STEP)) {
            Ok(0) if started => return Ok(()),
            Ok(0) => return copy_by_hand(source, dest),
            Ok(_) => started = true,
            Err(Errno::ACCESS | Errno::NOSYS | Errno::NOTSUP | Errno::XDEV | Errno::PERM | Errno::INVAL | Errno::BADF) => break,
            Err(error) => return Err(error),
        }
    }
    loop {
        match retry_on_intr(|| rustix::fs::sendfile(dest, source, None, STEP)) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(Errno::INVAL | Errno::NOSYS) => return copy_by_hand(source, dest),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn copy_bytes(source: BorrowedFd<'_>, dest: BorrowedFd<'_>, _size: u64) -> rustix::io::Result<()> {
    let _ = STEP;
    copy_by_hand(source, dest)
}

fn copy_by_hand(source: BorrowedFd<'_>, dest: BorrowedFd<'_>) -> rustix::io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let len = retry_on_intr(|| read(source, &mut bytes[..]))?;
        if len == 0 {
            return Ok(());
        }
        write_whole(dest, &bytes[..len], None).1?;
    }
}
