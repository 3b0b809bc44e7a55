//! Files and directories: `sys.fs()`.
//!
//! Every operation is one call, whatever it costs below: a recursive `readdir` or `rm`, a whole `read_file`. Errors carry libuv's
//! name of the call (`scandir`, `copyfile`, `lstat`...) and the path as it was given. Descriptors are plain numbers, because
//! scripts pass numbers; only those a script may name are accepted, see [`FdTable`].
//!
//! | file | operations |
//! |---|---|
//! | `file.rs` | open, close, read, readv, write, writev, fsync, ftruncate |
//! | `whole.rs` | read_file, write_file, append_file |
//! | `stat.rs` | stat, lstat, fstat, statfs, kind, access, exists |
//! | `attributes.rs` | chmod, chown, utimes and their kin, truncate |
//! | `names.rs` | link, symlink, readlink, rename, unlink, mkdir, rmdir, mkdtemp |
//! | `realpath.rs` | realpath, in Node's two ways |
//! | `dir.rs` | readdir, recursive too, opendir |
//! | `copy.rs`, `cp.rs` | copy_file, cp |
//! | `rm.rs` | rm |
//! | `watch.rs` | watch |
//! | `confine.rs` | how a policy is held: resolve once, then use what was resolved |

mod attributes;
mod confine;
mod copy;
mod cp;
mod dir;
mod fd_table;
mod file;
mod names;
mod realpath;
mod rm;
mod stat;
mod watch;
mod whole;

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

pub(crate) use confine::{Place, path_of_fd};
pub use copy::{COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE};
pub use cp::{CpEntry, CpError, CpOptions};
pub use dir::{Dir, Entries, Entry, FileType};
pub use fd_table::FdTable;
pub use file::flags;
pub use rm::RmOptions;
pub use stat::{Stat, StatFs, Time, access};
pub use watch::{WatchEvent, Watcher};
pub use whole::{Block, READ_FILE_LEN_MAX, Room};

use crate::error::{Named, SysResult};
use crate::sys::Inner;

/// The file system, through the door.
#[derive(Clone, Copy)]
pub struct Fs<'a> {
    pub(crate) sys: &'a Inner,
}

/// A file by its path or by its descriptor: what `readFile` and `writeFile` take.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// It is opened and closed again.
    Path(&'a Path),
    /// It is used where it stands, and left open.
    Fd(i32),
}

impl<'a, P: AsRef<Path> + ?Sized> From<&'a P> for Target<'a> {
    fn from(path: &'a P) -> Target<'a> {
        Target::Path(path.as_ref())
    }
}

impl From<i32> for Target<'_> {
    fn from(fd: i32) -> Self {
        Target::Fd(fd)
    }
}

/// The permissions of a new or changed file; bits that are none are dropped.
pub(crate) fn mode_of(mode: u32) -> rustix::fs::Mode {
    #[allow(clippy::cast_possible_truncation, clippy::unnecessary_cast, reason = "16 bits on BSD")]
    rustix::fs::Mode::from_bits_truncate((mode & 0o7777) as rustix::fs::RawMode)
}

/// What an operation does to what its path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Read,
    Write,
    ReadWrite,
}

/// Is a symbolic link at the end of the path the thing itself, or what it points to?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    Follow,
    Itself,
}

impl Fs<'_> {
    /// Runs `call` on `path`, once the policy has agreed. `call` gets a directory and a path to use from there: the ones given
    /// when there is no policy, and otherwise ones that cannot lead anywhere but to what was judged.
    #[inline]
    pub(crate) fn at<T>(self, path: &Path, want: Want, last: Last, syscall: &'static str, call: impl FnOnce(BorrowedFd<'_>, &Path) -> rustix::io::Result<T>) -> SysResult<T> {
        if self.sys.policy.enabled {
            let place = self.confine(path, want, last, syscall)?;
            return call(place.dir(), place.name()).named_path(syscall, path);
        }
        call(self.sys.base().as_fd(), path).named_path(syscall, path)
    }

    /// The descriptors scripts may name.
    pub fn fds(&self) -> &FdTable {
        &self.sys.fds
    }
}
