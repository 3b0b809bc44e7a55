//! Changing what files are: permissions, owners, times, lengths.

use std::os::fd::BorrowedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Gid, Timespec, Timestamps, Uid, chmodat, chownat, utimensat};
use rustix::io::{Errno, retry_on_intr};

use super::confine::names_an_entry;
use super::{Fs, Last, Want, mode_of};
use crate::error::{Named, SysResult};

impl Fs<'_> {
    /// `fs.chmod`.
    pub fn chmod(self, path: impl AsRef<Path>, mode: u32) -> SysResult<()> {
        let mode = mode_of(mode);
        self.at(path.as_ref(), Want::Write, Last::Follow, "chmod", |dir, path| chmodat(dir, path, mode, AtFlags::empty()))
    }

    /// `fs.fchmod`. Not under a policy, as in Node: the descriptor may be one for reading only.
    pub fn fchmod(self, fd: i32, mode: u32) -> SysResult<()> {
        self.check_fd_change("fchmod API is disabled when Permission Model is enabled.", "fchmod")?;
        rustix::fs::fchmod(self.fd(fd, "fchmod")?, mode_of(mode)).named("fchmod")
    }

    /// `fs.lchmod`: of a symbolic link itself. Linux knows no such thing (ENOTSUP for links), and Node has it on macOS only.
    pub fn lchmod(self, path: impl AsRef<Path>, mode: u32) -> SysResult<()> {
        let mode = mode_of(mode);
        self.at(path.as_ref(), Want::Write, Last::Itself, "lchmod", |dir, path| chmodat(dir, path, mode, AtFlags::SYMLINK_NOFOLLOW))
    }

    /// `fs.chown`; an id of `u32::MAX` (-1) leaves that one as it is.
    pub fn chown(self, path: impl AsRef<Path>, uid: u32, gid: u32) -> SysResult<()> {
        self.at(path.as_ref(), Want::Write, Last::Follow, "chown", |dir, path| chownat(dir, path, owner(uid), group(gid), AtFlags::empty()))
    }

    /// `fs.fchown`. Not under a policy.
    pub fn fchown(self, fd: i32, uid: u32, gid: u32) -> SysResult<()> {
        self.check_fd_change("fchown API is disabled when Permission Model is enabled.", "fchown")?;
        rustix::fs::fchown(self.fd(fd, "fchown")?, owner(uid), group(gid)).named("fchown")
    }

    /// `fs.lchown`: of a symbolic link itself.
    pub fn lchown(self, path: impl AsRef<Path>, uid: u32, gid: u32) -> SysResult<()> {
        self.at_itself(path.as_ref(), "lchown", |dir, path, flags| chownat(dir, path, owner(uid), group(gid), flags))
    }

    /// `fs.utimes`: times in seconds since 1970, kept to the microsecond as libuv does. NaN leaves that time as it is, an infinite
    /// one is now.
    pub fn utimes(self, path: impl AsRef<Path>, atime: f64, mtime: f64) -> SysResult<()> {
        let times = timestamps(atime, mtime);
        self.at(path.as_ref(), Want::Write, Last::Follow, "utime", |dir, path| utimensat(dir, path, &times, AtFlags::empty()))
    }

    /// `fs.futimes`. Not under a policy.
    pub fn futimes(self, fd: i32, atime: f64, mtime: f64) -> SysResult<()> {
        self.check_fd_change("futimes API is disabled when Permission Model is enabled.", "futime")?;
        rustix::fs::futimens(self.fd(fd, "futime")?, &timestamps(atime, mtime)).named("futime")
    }

    /// `fs.lutimes`: of a symbolic link itself.
    pub fn lutimes(self, path: impl AsRef<Path>, atime: f64, mtime: f64) -> SysResult<()> {
        let times = timestamps(atime, mtime);
        self.at_itself(path.as_ref(), "lutime", |dir, path, flags| utimensat(dir, path, &times, flags))
    }

    /// `fs.truncate`: to `len` bytes, with zeros when it grows. Opens for reading and writing, as Node does, and so fails as `open`.
    pub fn truncate(self, path: impl AsRef<Path>, len: u64) -> SysResult<()> {
        let file = self.open_owned(path.as_ref(), super::flags::O_RDWR, 0o666)?;
        retry_on_intr(|| rustix::fs::ftruncate(&file, len)).named("ftruncate")
    }

    /// An operation on a link itself, or on what a path like `link/` leads to.
    fn at_itself(self, path: &Path, syscall: &'static str, call: impl FnOnce(BorrowedFd<'_>, &Path, AtFlags) -> Result<(), Errno>) -> SysResult<()> {
        if self.sys.policy.enabled && !names_an_entry(path) {
            return self.at(path, Want::Write, Last::Follow, syscall, |dir, path| call(dir, path, AtFlags::empty()));
        }
        self.at(path, Want::Write, Last::Itself, syscall, |dir, path| call(dir, path, AtFlags::SYMLINK_NOFOLLOW))
    }
}

fn owner(uid: u32) -> Option<Uid> {
    (uid != u32::MAX).then(|| Uid::from_raw(uid))
}

fn group(gid: u32) -> Option<Gid> {
    (gid != u32::MAX).then(|| Gid::from_raw(gid))
}

fn timestamps(atime: f64, mtime: f64) -> Timestamps {
    Timestamps { last_access: timespec(atime), last_modification: timespec(mtime) }
}

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates: a time out of range becomes the nearest there is")]
fn timespec(seconds: f64) -> Timespec {
    if seconds.is_infinite() {
        return Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_NOW };
    }
    if seconds.is_nan() {
        return Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT };
    }
    let micros = (seconds * 1e6).trunc();
    let sec = (micros / 1e6).floor();
    Timespec { tv_sec: sec as i64, tv_nsec: ((micros - sec * 1e6) as i64).clamp(0, 999_999) * 1000 }
}

#[cfg(test)]
mod tests {
    use super::timespec;

    #[test]
    fn times_are_kept_to_the_microsecond() {
        let parts = |seconds| {
            let time = timespec(seconds);
            (time.tv_sec, time.tv_nsec)
        };
        assert_eq!(parts(1.123_456_789), (1, 123_456_000));
        assert_eq!(parts(-1.5), (-2, 500_000_000));
        assert_eq!(parts(1e300).1, 0);
    }
}
