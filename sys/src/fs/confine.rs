//! How a policy is held: resolve once, then use what was resolved.
//!
//! A check of a path's text followed by a use of the path would be a race, and blind to symbolic links. So with a policy on:
//!
//! 1. the text is judged, made absolute and normal: what is not granted cannot be probed for;
//! 2. the object is opened with O_PATH (for an operation on a name: the directory it is in), and the kernel says where that
//!    really is;
//! 3. that place is judged;
//! 4. the operation runs on the descriptor of step 2, through `/proc/self/fd` or relative to it. No name is looked up again.
//!
//! Where the kernel cannot say (no /proc, a system without O_PATH) the answer is no, unless everything is granted.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat, readlinkat};
use rustix::io::Errno;

use super::{Fs, Last, Want};
use crate::errno;
use crate::error::{Named, SysError, SysResult};
use crate::policy::{EnvRules, normal};
use crate::sys::Base;

/// Symbolic links followed at the end of a path that is being created; the kernel's own bound.
const LINKS_MAX: usize = 40;

/// Where an operation that was judged takes place.
pub(crate) struct Place {
    dir: Start,
    name: PathBuf,
}

enum Start {
    /// Nothing needed resolving.
    Base(Base),
    /// `name` is relative to this directory.
    Dir(OwnedFd),
    /// `name` is the way to this object through /proc; it lives as long as the descriptor.
    Object(#[expect(dead_code, reason = "keeps the object's name in /proc alive")] OwnedFd),
}

impl Place {
    pub(crate) fn dir(&self) -> BorrowedFd<'_> {
        match &self.dir {
            Start::Base(base) => base.as_fd(),
            Start::Dir(dir) => dir.as_fd(),
            Start::Object(_) => CWD,
        }
    }

    pub(crate) fn name(&self) -> &Path {
        &self.name
    }

    /// One path to it all: for the names of unix sockets, which have no call that starts from a directory. None when the path as it was
    /// given will do. Valid as long as the place.
    pub(crate) fn as_path(&self) -> Option<PathBuf> {
        match &self.dir {
            Start::Base(_) => None,
            Start::Dir(dir) => Some(proc_path(dir.as_fd()).join(&self.name)),
            Start::Object(_) => Some(self.name.clone()),
        }
    }

    fn object(fd: OwnedFd) -> Place {
        Place { name: proc_path(fd.as_fd()), dir: Start::Object(fd) }
    }
}

impl Fs<'_> {
    /// Judges `path` and says where to do it.
    #[cold]
    pub(crate) fn confine(self, path: &Path, want: Want, last: Last, syscall: &'static str) -> SysResult<Place> {
        self.judge_written(path, want, syscall)?;
        let base = self.sys.base();
        if self.unconfined(want) {
            return Ok(Place { dir: Start::Base(base), name: path.to_owned() });
        }
        match last {
            Last::Follow => {
                let object = open_path(base.as_fd(), path, OFlags::empty()).named_path(syscall, path)?;
                self.judge_object(object.as_fd(), path, want, syscall)?;
                Ok(Place::object(object))
            }
            Last::Itself => {
                let (dir, name) = self.judge_name(base.as_fd(), path, path, want, syscall)?;
                Ok(Place { dir: Start::Dir(dir), name })
            }
        }
    }

    /// Opens `path` under the policy.
    #[cold]
    pub(crate) fn open_confined(self, path: &Path, flags: OFlags, mode: Mode) -> SysResult<OwnedFd> {
        let want = want_of(flags);
        self.judge_written(path, want, "open")?;
        let base = self.sys.base();
        if self.unconfined(want) {
            return openat(base.as_fd(), path, flags, mode).named_path("open", path);
        }
        if flags.contains(OFlags::CREATE) && !is_tmpfile(flags) {
            return self.create_confined(&base, path, want, flags, mode);
        }
        let object = open_path(base.as_fd(), path, flags & OFlags::NOFOLLOW).named_path("open", path)?;
        self.judge_object(object.as_fd(), path, want, "open")?;
        if flags.contains(OFlags::NOFOLLOW) && is_symlink(object.as_fd()) {
            return Err(Errno::LOOP).named_path("open", path);
        }
        openat(CWD, proc_path(object.as_fd()), flags - OFlags::NOFOLLOW, mode).named_path("open", path)
    }

    /// Follows links at the end of the path itself, judging each directory a file could be created in.
    fn create_confined(self, base: &Base, path: &Path, want: Want, flags: OFlags, mode: Mode) -> SysResult<OwnedFd> {
        if ends_with_slash(path) {
            return Err(Errno::ISDIR).named_path("open", path);
        }
        let (mut dir, mut name) = self.judge_name(base.as_fd(), path, path, want, "open")?;
        for _ in 0..LINKS_MAX {
            let error = match openat(&dir, &name, flags | OFlags::NOFOLLOW, mode) {
                Ok(fd) => return Ok(fd),
                Err(error) => error,
            };
            if error != Errno::LOOP || flags.contains(OFlags::NOFOLLOW) {
                return Err(error).named_path("open", path);
            }
            let target = readlinkat(&dir, &name, Vec::new()).named_path("open", path)?;
            let target = PathBuf::from(std::ffi::OsString::from_vec(target.into_bytes()));
            if ends_with_slash(&target) {
                return Err(Errno::ISDIR).named_path("open", path);
            }
            (dir, name) = self.judge_name(dir.as_fd(), &target, path, want, "open")?;
        }
        Err(Errno::LOOP).named_path("open", path)
    }

    /// Opens the directory `path` ends in and judges the name in it. Returns both. `given` is for the error.
    fn judge_name(self, base: BorrowedFd<'_>, path: &Path, given: &Path, want: Want, syscall: &'static str) -> SysResult<(OwnedFd, PathBuf)> {
        if path.as_os_str().is_empty() {
            return Err(Errno::NOENT).named_path(syscall, given);
        }
        let (parent, name) = split_last(path);
        let dir = open_path(base, parent, OFlags::DIRECTORY).named_path(syscall, given)?;
        let bare = trim_slashes(name);
        if matches!(bare.as_os_str().as_bytes(), b"" | b"." | b"..") {
            let object = open_path(dir.as_fd(), if bare.as_os_str().is_empty() { Path::new("/") } else { bare }, OFlags::empty());
            self.judge_object(object.named_path(syscall, given)?.as_fd(), given, want, syscall)?;
        } else {
            let place = path_of_fd(dir.as_fd()).unwrap_or_default().join(bare);
            self.judge_resolved(&place, given, want, syscall)?;
        }
        Ok((dir, if name.as_os_str().is_empty() { PathBuf::from("/") } else { name.to_owned() }))
    }

    fn judge_written(self, path: &Path, want: Want, syscall: &'static str) -> SysResult<()> {
        let policy = &self.sys.policy;
        if policy.fs_read.is_all() && (policy.fs_write.is_all() || want == Want::Read) {
            return Ok(());
        }
        let absolute = self.absolute(path)?;
        if want != Want::Write {
            policy.check_read(policy.fs_read.allows_written(&absolute), path, syscall)?;
        }
        if want != Want::Read {
            policy.check_write(policy.fs_write.allows_written(&absolute), path, syscall)?;
        }
        Ok(())
    }

    fn judge_object(self, object: BorrowedFd<'_>, given: &Path, want: Want, syscall: &'static str) -> SysResult<()> {
        self.judge_resolved(&path_of_fd(object).unwrap_or_default(), given, want, syscall)
    }

    /// `place` is empty when the kernel could not say where it is: then only an unlimited grant will do.
    fn judge_resolved(self, place: &Path, given: &Path, want: Want, syscall: &'static str) -> SysResult<()> {
        let policy = &self.sys.policy;
        if want != Want::Write {
            let allowed = policy.fs_read.allows_resolved(place) && !self.is_secret(place);
            policy.check_read(allowed, given, syscall)?;
        }
        if want != Want::Read {
            let allowed = policy.fs_write.allows_resolved(place) && !is_memory(place);
            policy.check_write(allowed, given, syscall)?;
        }
        Ok(())
    }

    /// Reading needs no resolving when all may be read and there is no secret. Writing always does: see [`is_memory`].
    fn unconfined(self, want: Want) -> bool {
        let policy = &self.sys.policy;
        policy.audit_only || want == Want::Read && policy.fs_read.is_all() && policy.env == EnvRules::All
    }

    /// Variables that are hidden are not to be read from the process's own files.
    fn is_secret(self, place: &Path) -> bool {
        let is_environ = || {
            let bytes = place.as_os_str().as_bytes();
            bytes.starts_with(b"/proc/") && bytes.ends_with(b"/environ")
        };
        self.sys.policy.env != EnvRules::All && (is_environ() || is_memory(place))
    }

    /// `process.permission.has` for a path: its text and, as far as it exists, what it resolves to.
    pub(crate) fn allows(self, path: &Path, read: bool, write: bool) -> bool {
        let policy = &self.sys.policy;
        let Ok(absolute) = self.absolute(path) else {
            return false;
        };
        let granted = |written: bool, place: &Path| {
            let by = |rules: &crate::PathRules| {
                if written { rules.allows_written(place) } else { rules.allows_resolved(place) }
            };
            (!read || by(&policy.fs_read)) && (!write || by(&policy.fs_write))
        };
        if !granted(true, &absolute) {
            return false;
        }
        match open_path(self.sys.base().as_fd(), path, OFlags::empty()) {
            Ok(object) => granted(false, &path_of_fd(object.as_fd()).unwrap_or_default()),
            Err(_) => true,
        }
    }

    /// Where a name really is, whether or not there is anything of that name yet.
    pub(crate) fn realpath_of_name(self, path: &Path, last: Last) -> Option<PathBuf> {
        let base = self.sys.base();
        if last == Last::Follow {
            return path_of_fd(open_path(base.as_fd(), path, OFlags::empty()).ok()?.as_fd()).ok();
        }
        let (parent, name) = split_last(path);
        let dir = open_path(base.as_fd(), parent, OFlags::DIRECTORY).ok()?;
        names_an_entry(path).then(|| path_of_fd(dir.as_fd()).ok().map(|dir| dir.join(name)))?
    }

    /// May this descriptor's file be changed in ways its mode does not cover (owner, times)? The permission model takes these away.
    pub(crate) fn check_fd_change(self, message: &'static str, syscall: &'static str) -> SysResult<()> {
        if self.sys.policy.enabled { self.sys.policy.check_disabled(message, syscall) } else { Ok(()) }
    }

    /// Links can point anywhere, and whoever follows them need not be confined: making one takes both full grants.
    pub(crate) fn check_symlink(self) -> SysResult<()> {
        let policy = &self.sys.policy;
        if !policy.enabled || policy.fs_read.is_all() && policy.fs_write.is_all() {
            return Ok(());
        }
        policy.check_disabled("fs.symlink API requires full fs.read and fs.write permissions.", "symlink")
    }

    pub(crate) fn absolute(self, path: &Path) -> SysResult<PathBuf> {
        if path.is_absolute() { Ok(normal(path)) } else { Ok(normal(&self.sys.cwd()?.join(path))) }
    }
}

/// The memory of a process is a file in /proc; who writes it is native code and past every permission.
fn is_memory(place: &Path) -> bool {
    let bytes = place.as_os_str().as_bytes();
    bytes.starts_with(b"/proc/") && bytes.ends_with(b"/mem")
}

fn want_of(flags: OFlags) -> Want {
    let changes = flags.intersects(OFlags::CREATE | OFlags::TRUNC) || is_tmpfile(flags);
    match flags & OFlags::RWMODE {
        OFlags::WRONLY => Want::Write,
        OFlags::RDONLY if !changes => Want::Read,
        _ => Want::ReadWrite,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod platform {
    use super::*;

    pub(super) fn open_path(base: BorrowedFd<'_>, path: &Path, extra: OFlags) -> rustix::io::Result<OwnedFd> {
        openat(base, path, OFlags::PATH | OFlags::CLOEXEC | extra, Mode::empty())
    }

    pub(super) fn is_tmpfile(flags: OFlags) -> bool {
        flags.contains(OFlags::TMPFILE)
    }

    /// The way to an object already open, for calls that take a path.
    pub(super) fn proc_path(fd: BorrowedFd<'_>) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))
    }

    /// Where an open file or directory is now, with no symbolic links.
    pub(crate) fn path_of_fd(fd: BorrowedFd<'_>) -> SysResult<PathBuf> {
        let path = readlinkat(CWD, proc_path(fd), Vec::new()).named("readlink")?;
        let path = PathBuf::from(std::ffi::OsString::from_vec(path.into_bytes()));
        if path.is_absolute() { Ok(path) } else { Err(SysError::new(errno::ENOENT, "readlink")) }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod platform {
    use super::*;

    /// Without O_PATH, opening could already have effects: a limited policy grants nothing here yet.
    pub(super) fn open_path(_base: BorrowedFd<'_>, _path: &Path, _extra: OFlags) -> rustix::io::Result<OwnedFd> {
        Err(Errno::NOSYS)
    }

    pub(super) fn is_tmpfile(_flags: OFlags) -> bool {
        false
    }

    pub(super) fn proc_path(fd: BorrowedFd<'_>) -> PathBuf {
        PathBuf::from(format!("/dev/fd/{}", fd.as_raw_fd()))
    }

    pub(crate) fn path_of_fd(_fd: BorrowedFd<'_>) -> SysResult<PathBuf> {
        Err(SysError::new(errno::ENOSYS, "readlink"))
    }
}

pub(crate) use platform::path_of_fd;
use platform::{is_tmpfile, open_path, proc_path};

fn is_symlink(fd: BorrowedFd<'_>) -> bool {
    fstat(fd).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

/// The directory part (`.` when there is none) and the last component, which keeps the slashes after it.
fn split_last(path: &Path) -> (&Path, &Path) {
    let bytes = path.as_os_str().as_bytes();
    let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let start = memchr::memrchr(b'/', &bytes[..end]).map_or(0, |at| at + 1);
    let (parent, name) = bytes.split_at(start);
    let parent = match parent {
        b"" if end == 0 && !bytes.is_empty() => b"/",
        b"" => b".",
        parent => parent,
    };
    let name = if end == 0 { b"" } else { name };
    (Path::new(std::ffi::OsStr::from_bytes(parent)), Path::new(std::ffi::OsStr::from_bytes(name)))
}

pub(crate) fn ends_with_slash(path: &Path) -> bool {
    path.as_os_str().as_bytes().last() == Some(&b'/')
}

/// Does the end of `path` name an entry of a directory, rather than `.`, `..`, or a directory by a slash?
pub(crate) fn names_an_entry(path: &Path) -> bool {
    !ends_with_slash(path) && !matches!(split_last(path).1.as_os_str().as_bytes(), b"" | b"." | b"..")
}

fn trim_slashes(name: &Path) -> &Path {
    let bytes = name.as_os_str().as_bytes();
    let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    Path::new(std::ffi::OsStr::from_bytes(&bytes[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_component_is_found_as_the_kernel_finds_it() {
        let split = |path: &'static str| {
            let (parent, name) = split_last(Path::new(path));
            (parent.to_str().expect("ascii"), name.to_str().expect("ascii"))
        };
        assert_eq!(split("a"), (".", "a"));
        assert_eq!(split("a/b"), ("a/", "b"));
        assert_eq!(split("a/b//"), ("a/", "b//"));
        assert_eq!(split("/a"), ("/", "a"));
        assert_eq!(split("/"), ("/", ""));
        assert_eq!(split(".."), (".", ".."));
        assert_eq!(split("a/.."), ("a/", ".."));
        assert!(names_an_entry(Path::new("a/b")));
        assert!(!names_an_entry(Path::new("a/b/")));
        assert!(!names_an_entry(Path::new("a/.")));
    }
}
