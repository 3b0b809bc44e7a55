//! What files are: stat and its kin.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::confine::names_an_entry;
use super::{FileType, Fs, Last, Want};
use crate::errno;
use crate::error::{Named, SysResult};

/// `fs.Stats`, without its methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Which device it is on.
    pub dev: u64,
    /// Type and permissions.
    pub mode: u32,
    /// Names it has.
    pub nlink: u64,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Which device it is, if it is one.
    pub rdev: u64,
    /// What to read at a time, in bytes.
    pub blksize: u64,
    /// Its number on the device.
    pub ino: u64,
    /// Its length in bytes.
    pub size: u64,
    /// What it takes on the device, in units of 512 bytes.
    pub blocks: u64,
    /// When it was last read.
    pub atime: Time,
    /// When its bytes were last changed.
    pub mtime: Time,
    /// When it or its attributes were last changed.
    pub ctime: Time,
    /// When it was created; all zero where the file system does not keep it.
    pub birthtime: Time,
}

impl Stat {
    /// What kind of thing it is.
    pub fn file_type(&self) -> FileType {
        FileType::of_mode(self.mode)
    }

    /// Is it a directory?
    pub fn is_dir(&self) -> bool {
        self.file_type() == FileType::Directory
    }

    /// Is it a regular file?
    pub fn is_file(&self) -> bool {
        self.file_type() == FileType::File
    }
}

/// A time of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Seconds since 1970.
    pub sec: i64,
    /// Nanoseconds past them.
    pub nsec: u32,
}

impl Time {
    /// Milliseconds since 1970: `atimeMs`.
    #[expect(clippy::cast_precision_loss, reason = "exact for any date in a range of 285,000 years")]
    pub fn ms(self) -> f64 {
        self.sec as f64 * 1000.0 + f64::from(self.nsec) / 1_000_000.0
    }

    /// Nanoseconds since 1970: `atimeNs`.
    pub fn ns(self) -> i128 {
        i128::from(self.sec) * 1_000_000_000 + i128::from(self.nsec)
    }
}

/// `fs.StatFs`: sizes in blocks of `bsize` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Node, whose page on fs.StatFs says what each is")]
pub struct StatFs {
    pub kind: u64,
    pub bsize: u64,
    pub blocks: u64,
    pub bfree: u64,
    pub bavail: u64,
    pub files: u64,
    pub ffree: u64,
}

/// Rights to ask [`Fs::access`] for: `fs.constants.R_OK` and so on.
pub mod access {
    /// It exists.
    pub const F_OK: u32 = 0;
    /// It can be executed.
    pub const X_OK: u32 = 1;
    /// It can be written.
    pub const W_OK: u32 = 2;
    /// It can be read.
    pub const R_OK: u32 = 4;
}

impl Fs<'_> {
    /// `fs.stat`: follows symbolic links.
    #[inline]
    pub fn stat(self, path: impl AsRef<Path>) -> SysResult<Stat> {
        self.at(path.as_ref(), Want::Read, Last::Follow, "stat", |dir, path| stat_at(dir, path, AtFlags::empty()))
    }

    /// `fs.lstat`: of a symbolic link itself.
    #[inline]
    pub fn lstat(self, path: impl AsRef<Path>) -> SysResult<Stat> {
        let path = path.as_ref();
        if self.sys.policy.enabled && !names_an_entry(path) {
            // "link/" and "dir/.." lead on, so here too: what they lead to is to be judged.
            return self.at(path, Want::Read, Last::Follow, "lstat", |dir, path| stat_at(dir, path, AtFlags::empty()));
        }
        self.at(path, Want::Read, Last::Itself, "lstat", |dir, path| stat_at(dir, path, AtFlags::SYMLINK_NOFOLLOW))
    }

    /// `fs.fstat`.
    pub fn fstat(self, fd: i32) -> SysResult<Stat> {
        stat_fd(self.fd(fd, "fstat")?).named("fstat")
    }

    /// `fs.stat` with `throwIfNoEntry: false`: None when there is nothing of that name. Costs no error value.
    pub fn stat_if_any(self, path: impl AsRef<Path>) -> SysResult<Option<Stat>> {
        self.stat_opt(path.as_ref(), "stat", AtFlags::empty())
    }

    /// `fs.lstat` with `throwIfNoEntry: false`.
    pub fn lstat_if_any(self, path: impl AsRef<Path>) -> SysResult<Option<Stat>> {
        self.stat_opt(path.as_ref(), "lstat", AtFlags::SYMLINK_NOFOLLOW)
    }

    fn stat_opt(self, path: &Path, syscall: &'static str, flags: AtFlags) -> SysResult<Option<Stat>> {
        if self.sys.policy.enabled {
            return if_any(if flags.is_empty() { self.stat(path) } else { self.lstat(path) });
        }
        match stat_at(self.sys.base().as_fd(), path, flags) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(error).named_path(syscall, path),
        }
    }

    /// What is there, following symbolic links: all that module resolution asks. None when nothing is, or it may not be known.
    pub fn kind(self, path: impl AsRef<Path>) -> Option<FileType> {
        let path = path.as_ref();
        if self.sys.policy.enabled {
            return self.stat(path).ok().map(|stat| stat.file_type());
        }
        let base = self.sys.base();
        stat_at(base.as_fd(), path, AtFlags::empty()).ok().map(|stat| stat.file_type())
    }

    /// `fs.existsSync`. A denial is an error, as in Node.
    pub fn exists(self, path: impl AsRef<Path>) -> SysResult<bool> {
        match self.access(path, access::F_OK) {
            Ok(()) => Ok(true),
            Err(error) if error.denied.is_some() => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// `fs.access`: `mode` is made of [`access`]'s bits. Judged by the real user, not the effective one.
    pub fn access(self, path: impl AsRef<Path>, mode: u32) -> SysResult<()> {
        let mode = rustix::fs::Access::from_bits_truncate(mode as _);
        self.at(path.as_ref(), Want::Read, Last::Follow, "access", |dir, path| rustix::fs::accessat(dir, path, mode, AtFlags::empty()))
    }

    /// `fs.statfs`.
    pub fn statfs(self, path: impl AsRef<Path>) -> SysResult<StatFs> {
        self.at(path.as_ref(), Want::Read, Last::Follow, "statfs", |dir, path| {
            let own = std::os::fd::AsRawFd::as_raw_fd(&dir) == std::os::fd::AsRawFd::as_raw_fd(&rustix::fs::CWD);
            if own || path.is_absolute() { rustix::fs::statfs(path) } else { statfs_at(dir, path) }
        })
        .map(|stat| from_statfs(&stat))
    }
}

fn if_any(result: SysResult<Stat>) -> SysResult<Option<Stat>> {
    match result {
        Ok(stat) => Ok(Some(stat)),
        Err(error) if error.is(errno::ENOENT) || error.is(errno::ENOTDIR) => Ok(None),
        Err(error) => Err(error),
    }
}

fn statfs_at(dir: BorrowedFd<'_>, path: &Path) -> rustix::io::Result<rustix::fs::StatFs> {
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
    rustix::fs::fstatfs(rustix::fs::openat(dir, path, flags, rustix::fs::Mode::empty())?)
}

#[allow(clippy::cast_sign_loss, clippy::unnecessary_cast, reason = "the kernel's counts are not negative; types vary by system")]
fn from_statfs(stat: &rustix::fs::StatFs) -> StatFs {
    StatFs {
        kind: stat.f_type as u64,
        bsize: stat.f_bsize as u64,
        blocks: stat.f_blocks as u64,
        bfree: stat.f_bfree as u64,
        bavail: stat.f_bavail as u64,
        files: stat.f_files as u64,
        ffree: stat.f_ffree as u64,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod platform {
    use rustix::fs::{Statx, StatxFlags, makedev, statx};

    use super::*;

    #[inline]
    pub(crate) fn stat_at(dir: BorrowedFd<'_>, path: &Path, flags: AtFlags) -> rustix::io::Result<Stat> {
        match statx(dir, path, flags, StatxFlags::BASIC_STATS | StatxFlags::BTIME) {
            Ok(stat) => Ok(from_statx(&stat)),
            // Before Linux 4.11, and under sandboxes that do not know the call.
            Err(Errno::NOSYS | Errno::PERM) => rustix::fs::statat(dir, path, flags).map(|stat| super::from_stat(&stat)),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn stat_fd(fd: BorrowedFd<'_>) -> rustix::io::Result<Stat> {
        stat_at(fd, Path::new(""), AtFlags::EMPTY_PATH)
    }

    fn from_statx(stat: &Statx) -> Stat {
        let time = |time: &rustix::fs::StatxTimestamp| Time { sec: time.tv_sec, nsec: time.tv_nsec };
        Stat {
            dev: makedev(stat.stx_dev_major, stat.stx_dev_minor),
            mode: u32::from(stat.stx_mode),
            nlink: u64::from(stat.stx_nlink),
            uid: stat.stx_uid,
            gid: stat.stx_gid,
            rdev: makedev(stat.stx_rdev_major, stat.stx_rdev_minor),
            blksize: u64::from(stat.stx_blksize),
            ino: stat.stx_ino,
            size: stat.stx_size,
            blocks: stat.stx_blocks,
            atime: time(&stat.stx_atime),
            mtime: time(&stat.stx_mtime),
            ctime: time(&stat.stx_ctime),
            birthtime: time(&stat.stx_btime),
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod platform {
    use super::*;

    pub(crate) fn stat_at(dir: BorrowedFd<'_>, path: &Path, flags: AtFlags) -> rustix::io::Result<Stat> {
        rustix::fs::statat(dir, path, flags).map(|stat| super::from_stat(&stat))
    }

    pub(crate) fn stat_fd(fd: BorrowedFd<'_>) -> rustix::io::Result<Stat> {
        rustix::fs::fstat(fd).map(|stat| super::from_stat(&stat))
    }
}

pub(crate) use platform::{stat_at, stat_fd};

#[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation, clippy::unnecessary_cast, reason = "types vary by system; values fit")]
fn from_stat(stat: &rustix::fs::Stat) -> Stat {
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let birthtime = Time { sec: stat.st_birthtime as i64, nsec: stat.st_birthtime_nsec as u32 };
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let birthtime = Time::default();
    Stat {
        dev: stat.st_dev as u64,
        mode: stat.st_mode as u32,
        nlink: stat.st_nlink as u64,
        uid: stat.st_uid,
        gid: stat.st_gid,
        rdev: stat.st_rdev as u64,
        blksize: stat.st_blksize as u64,
        ino: stat.st_ino as u64,
        size: stat.st_size as u64,
        blocks: stat.st_blocks as u64,
        atime: Time { sec: stat.st_atime as i64, nsec: stat.st_atime_nsec as u32 },
        mtime: Time { sec: stat.st_mtime as i64, nsec: stat.st_mtime_nsec as u32 },
        ctime: Time { sec: stat.st_ctime as i64, nsec: stat.st_ctime_nsec as u32 },
        birthtime,
    }
}
