//! rm: files and whole trees in one call.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{AtFlags, Mode, OFlags, openat, unlinkat};
use rustix::io::Errno;

use super::confine::names_an_entry;
use super::dir::read_names;
use super::{FileType, Fs, Last, Want};
use crate::errno;
use crate::error::{SysError, SysResult};

/// The options of `fs.rm`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RmOptions {
    /// Directories too, with all in them. Without it, a directory is an EISDIR of `rm` (Node's ERR_FS_EISDIR).
    pub recursive: bool,
    /// Nothing there is no error.
    pub force: bool,
    /// How often to try again after EBUSY, EMFILE, ENFILE, ENOTEMPTY or EPERM.
    pub max_retries: u32,
    /// How much longer to wait before each try, in milliseconds.
    pub retry_delay_ms: u32,
}

impl Fs<'_> {
    /// `fs.rm`. Symbolic links are removed, never followed. Blocks while it waits to try again.
    pub fn rm(self, path: impl AsRef<Path>, options: RmOptions) -> SysResult<()> {
        let path = path.as_ref();
        let stat = match self.lstat(path) {
            Ok(stat) => stat,
            Err(error) if options.force && (error.is(errno::ENOENT) || error.is(errno::ENOTDIR)) => {
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if stat.is_dir() && !options.recursive {
            return Err(SysError::new(errno::EISDIR, "rm").path(path));
        }
        let mut tries = 0;
        loop {
            let result = if stat.is_dir() { self.rm_tree(path) } else { self.rm_file(path) };
            match result {
                Err(error) if options.force && error.is(errno::ENOENT) => return Ok(()),
                Err(error) if tries < options.max_retries && may_pass(&error) => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(u64::from(tries) * u64::from(options.retry_delay_ms)));
                }
                result => return result,
            }
        }
    }

    fn rm_file(self, path: &Path) -> SysResult<()> {
        self.unlink(path)
    }

    fn rm_tree(self, path: &Path) -> SysResult<()> {
        let result = self.at(path, Want::Write, Last::Itself, "rmdir", |dir, name| {
            empty_tree(open_dir(dir, name)?)?;
            unlinkat(dir, name, AtFlags::REMOVEDIR)
        });
        match result {
            // "dir/." cannot be removed by that name, and what leads there has been judged.
            Err(error) if error.is(errno::EINVAL) && !names_an_entry(path) => self.rmdir(self.realpath(path)?),
            result => result,
        }
    }
}

fn may_pass(error: &SysError) -> bool {
    let passing = [errno::EBUSY, errno::EMFILE, errno::ENFILE, errno::ENOTEMPTY, errno::EPERM];
    error.denied.is_none() && passing.contains(&error.errno)
}

/// Removes all that is in `top`. Depth costs a descriptor per level and no stack.
fn empty_tree(top: OwnedFd) -> rustix::io::Result<()> {
    let mut levels = vec![Level { dir: top, name: CString::default(), dirs: None }];
    while let Some(level) = levels.last_mut() {
        let dirs = match &mut level.dirs {
            Some(dirs) => dirs,
            None => level.dirs.insert(remove_files(level.dir.as_fd())?),
        };
        if let Some(name) = dirs.pop() {
            match open_dir(level.dir.as_fd(), &*name) {
                Ok(dir) => levels.push(Level { dir, name, dirs: None }),
                Err(Errno::NOENT) => {}
                Err(error) => return Err(error),
            }
            continue;
        }
        let Some(done) = levels.pop() else { break };
        if let Some(parent) = levels.last() {
            ignore_gone(unlinkat(&parent.dir, &*done.name, AtFlags::REMOVEDIR))?;
        }
    }
    Ok(())
}

struct Level {
    dir: OwnedFd,
    name: CString,
    /// Directories in it that are still to be removed; None before it was read.
    dirs: Option<Vec<CString>>,
}

/// Removes everything in `dir` but directories, which it returns.
fn remove_files(dir: BorrowedFd<'_>) -> rustix::io::Result<Vec<CString>> {
    let mut dirs = Vec::new();
    let mut failed = Ok(());
    read_names(dir, &mut |name, kind| {
        let Ok(name) = CString::new(name) else {
            return true;
        };
        if kind == FileType::Directory {
            dirs.push(name);
            return true;
        }
        failed = ignore_gone(unlinkat(dir, &*name, AtFlags::empty()));
        failed.is_ok()
    })?;
    failed.map(|()| dirs)
}

fn ignore_gone(result: rustix::io::Result<()>) -> rustix::io::Result<()> {
    if result == Err(Errno::NOENT) { Ok(()) } else { result }
}

/// NOFOLLOW: what was a directory when it was read may be a link by now.
fn open_dir(dir: BorrowedFd<'_>, name: impl rustix::path::Arg) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(dir, name, flags, Mode::empty())
}
