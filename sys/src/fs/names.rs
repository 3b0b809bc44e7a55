//! Names: making, changing and removing entries of directories.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, linkat, mkdirat, readlinkat, renameat, symlinkat, unlinkat};
use rustix::io::Errno;

use super::confine::names_an_entry;
use super::{Fs, Last, Want, mode_of};
use crate::errno;
use crate::error::{Named, SysError, SysResult};

/// How often `mkdtemp` tries another name; there are 62^6 of them, so that even two collisions are a sign of malice.
const MKDTEMP_TRIES: usize = 100;

impl Fs<'_> {
    /// `fs.link`: gives the file `existing` a second name. Under a policy that takes both rights to it, as whoever may
    /// write the new name may write the file.
    pub fn link(self, existing: impl AsRef<Path>, new: impl AsRef<Path>) -> SysResult<()> {
        let (existing, new) = (existing.as_ref(), new.as_ref());
        self.at_two(existing, Want::ReadWrite, new, "link", |from_dir, from, to_dir, to| linkat(from_dir, from, to_dir, to, AtFlags::empty()))
    }

    /// `fs.symlink`: `target` is written as it is given. Under a limited policy it is denied altogether, as in Node.
    pub fn symlink(self, target: impl AsRef<Path>, path: impl AsRef<Path>) -> SysResult<()> {
        let (target, path) = (target.as_ref(), path.as_ref());
        self.check_symlink()?;
        self.at(path, Want::Write, Last::Itself, "symlink", |dir, name| symlinkat(target, dir, name)).map_err(|error| SysError { path: Some(target.to_owned()), dest: Some(path.to_owned()), ..error })
    }

    /// `fs.readlink`.
    pub fn readlink(self, path: impl AsRef<Path>) -> SysResult<PathBuf> {
        let path = path.as_ref();
        if self.sys.policy.enabled && !names_an_entry(path) {
            self.stat(path).map_err(|error| SysError { syscall: "readlink", ..error })?;
            return Err(Errno::INVAL).named_path("readlink", path);
        }
        self.at(path, Want::Read, Last::Itself, "readlink", |dir, path| readlinkat(dir, path, Vec::new())).map(|target| PathBuf::from(OsString::from_vec(target.into_bytes())))
    }

    /// `fs.rename`: replaces a file that is already there.
    pub fn rename(self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> SysResult<()> {
        self.at_two(from.as_ref(), Want::ReadWrite, to.as_ref(), "rename", |from_dir, from, to_dir, to| renameat(from_dir, from, to_dir, to))
    }

    /// `fs.unlink`.
    pub fn unlink(self, path: impl AsRef<Path>) -> SysResult<()> {
        self.at(path.as_ref(), Want::Write, Last::Itself, "unlink", |dir, path| unlinkat(dir, path, AtFlags::empty()))
    }

    /// `fs.rmdir`.
    pub fn rmdir(self, path: impl AsRef<Path>) -> SysResult<()> {
        self.at(path.as_ref(), Want::Write, Last::Itself, "rmdir", |dir, path| unlinkat(dir, path, AtFlags::REMOVEDIR))
    }

    /// `fs.mkdir`.
    pub fn mkdir(self, path: impl AsRef<Path>, mode: u32) -> SysResult<()> {
        let mode = mode_of(mode);
        self.at(path.as_ref(), Want::Write, Last::Itself, "mkdir", |dir, path| mkdirat(dir, path, mode))
    }

    /// `fs.mkdir` with `recursive`: makes what is missing of the path, and says what it made first; None when all was there.
    pub fn mkdir_recursive(self, path: impl AsRef<Path>, mode: u32) -> SysResult<Option<PathBuf>> {
        let path = path.as_ref();
        let mut first = None;
        // Innermost first; the last one is tried next.
        let mut pending = vec![path];
        while let Some(next) = pending.pop() {
            let Err(error) = self.mkdir(next, mode) else {
                first.get_or_insert_with(|| next.to_owned());
                continue;
            };
            let errno = match error.errno {
                _ if error.denied.is_some() => return Err(error),
                errno::EACCES | errno::ENOSPC | errno::ENOTDIR | errno::EPERM => error.errno,
                errno::ENOENT => match next.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                    Some(parent) => {
                        pending.extend([next, parent]);
                        continue;
                    }
                    // The working directory itself is gone.
                    None => errno::ENOENT,
                },
                original => match self.stat_if_any(next) {
                    Ok(Some(stat)) if stat.is_dir() => continue,
                    Ok(Some(_)) if original == errno::EEXIST && !pending.is_empty() => errno::ENOTDIR,
                    Ok(Some(_)) => errno::EEXIST,
                    Ok(None) => errno::ENOENT,
                    Err(error) => error.errno,
                },
            };
            return Err(SysError::new(errno, "mkdir").path(path));
        }
        Ok(first)
    }

    /// `fs.mkdtemp`: makes `prefix` and six random characters, from the `Sys`'s random source. Errors name the path with `XXXXXX`.
    pub fn mkdtemp(self, prefix: impl AsRef<Path>) -> SysResult<PathBuf> {
        const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let prefix = prefix.as_ref().as_os_str().as_bytes();
        let with = |end: &[u8]| PathBuf::from(OsString::from_vec([prefix, end].concat()));
        let template = || with(b"XXXXXX");
        let mut name = [0; 6];
        for _ in 0..MKDTEMP_TRIES {
            let mut number = self.sys.random.next_u64()?;
            for byte in &mut name {
                *byte = ALPHABET[usize::try_from(number % 62).unwrap_or(0)];
                number /= 62;
            }
            let path = with(&name);
            match self.mkdir(&path, 0o700) {
                Ok(()) => return Ok(path),
                Err(error) if error.is(errno::EEXIST) => {}
                Err(mut error) => {
                    error.syscall = "mkdtemp";
                    error.path = error.path.map(|_| template());
                    if let Some(denied) = &mut error.denied {
                        denied.resource = template().to_string_lossy().into_owned();
                    }
                    return Err(error);
                }
            }
        }
        Err(SysError::new(errno::EEXIST, "mkdtemp").path(template()))
    }

    /// An operation on two names, the second of which is written.
    fn at_two(
        self,
        from: &Path,
        want: Want,
        to: &Path,
        syscall: &'static str,
        call: impl FnOnce(std::os::fd::BorrowedFd<'_>, &Path, std::os::fd::BorrowedFd<'_>, &Path) -> Result<(), Errno>,
    ) -> SysResult<()> {
        let done = if self.sys.policy.enabled {
            let add_dest = |error: SysError| {
                if error.denied.is_some() { error } else { error.path(from).dest(to) }
            };
            let from = self.confine(from, want, Last::Itself, syscall).map_err(add_dest)?;
            let to = self.confine(to, Want::Write, Last::Itself, syscall).map_err(add_dest)?;
            call(from.dir(), from.name(), to.dir(), to.name())
        } else {
            let base = self.sys.base();
            call(base.as_fd(), from, base.as_fd(), to)
        };
        done.map_err(|errno| SysError::of(errno, syscall).path(from).dest(to))
    }
}
