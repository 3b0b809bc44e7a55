//! realpath, in Node's two ways. They differ in their errors alone: `fs.realpath` fails as the `lstat` of the first component
//! that is missing, `fs.realpath.native` as `realpath` of the whole.

use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, readlinkat, readlinkat_raw, statat};
use rustix::io::Errno;

use super::{Fs, Want, path_of_fd};
use crate::error::{Named, SysError, SysResult};

/// The kernel's own bound on links in one path.
const LINKS_MAX: usize = 40;

impl Fs<'_> {
    /// `fs.realpath`.
    pub fn realpath(self, path: impl AsRef<Path>) -> SysResult<PathBuf> {
        let path = path.as_ref();
        if let Some(real) = self.realpath_by_kernel(path, "lstat")? {
            return Ok(real);
        }
        self.walk(path).map_err(|astray| SysError::of(astray.errno, astray.syscall).path(astray.at))
    }

    /// `fs.realpath.native`.
    pub fn realpath_native(self, path: impl AsRef<Path>) -> SysResult<PathBuf> {
        let path = path.as_ref();
        if let Some(real) = self.realpath_by_kernel(path, "realpath")? {
            return Ok(real);
        }
        self.walk(path).map_err(|astray| SysError::of(astray.errno, "realpath").path(path))
    }

    /// A call per component for a path that is not deep, and three slow ones for any depth. None when it cannot be had this way; walking then finds the reason.
    fn realpath_by_kernel(self, path: &Path, syscall: &'static str) -> SysResult<Option<PathBuf>> {
        if self.sys.policy.enabled {
            let place = self.confine(path, Want::Read, super::Last::Follow, syscall)?;
            return self.resolved(openat(place.dir(), place.name(), PATH_ONLY, Mode::empty()), path, syscall);
        }
        if is_real_already(path) {
            return Ok(Some(path.to_owned()));
        }
        let base = self.sys.base();
        let Ok(object) = openat(base.as_fd(), path, PATH_ONLY, Mode::empty()) else {
            return Ok(None);
        };
        Ok(path_of_fd(object.as_fd()).ok())
    }

    fn resolved(self, object: rustix::io::Result<std::os::fd::OwnedFd>, path: &Path, syscall: &'static str) -> SysResult<Option<PathBuf>> {
        let object = object.named_path(syscall, path)?;
        path_of_fd(object.as_fd()).map(Some).map_err(|error| SysError { syscall, ..error }.path(path))
    }

    fn walk(self, path: &Path) -> Result<PathBuf, Astray> {
        if path.as_os_str().is_empty() {
            return Err(astray("lstat", Path::new(""))(Errno::NOENT));
        }
        let mut at = if path.is_absolute() { PathBuf::from("/") } else { self.sys.cwd().map_err(|_| astray("lstat", Path::new(""))(Errno::NOENT))? };
        let mut pending: Vec<OsString> = components(path);
        let mut links = 0;
        while let Some(name) = pending.pop() {
            if name == ".." {
                at.pop();
                continue;
            }
            at.push(&name);
            let stat = statat(CWD, &at, AtFlags::SYMLINK_NOFOLLOW).map_err(astray("lstat", &at))?;
            if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
                continue;
            }
            // What a link leads to is asked for as a whole first, as Node does: an error names the link.
            statat(CWD, &at, AtFlags::empty()).map_err(astray("stat", &at))?;
            links += 1;
            if links > LINKS_MAX {
                return Err(astray("stat", &at)(Errno::LOOP));
            }
            let target = readlinkat(CWD, &at, Vec::new()).map_err(astray("lstat", &at))?;
            let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
            // The links of /proc to pipes and sockets name nothing: `pipe:[1234]`. They are their own real path.
            if target.is_relative() && at.starts_with("/proc") && !at.with_file_name(&target).exists() {
                at.set_file_name(&target);
                continue;
            }
            at.pop();
            if target.is_absolute() {
                at = PathBuf::from("/");
            }
            pending.extend(components(&target));
        }
        Ok(at)
    }
}

/// Where a walk could not go on.
struct Astray {
    errno: Errno,
    syscall: &'static str,
    at: PathBuf,
}

/// What a failed call makes of its error.
fn astray(syscall: &'static str, at: &Path) -> impl FnOnce(Errno) -> Astray {
    move |errno| Astray { errno, syscall, at: at.to_owned() }
}

/// Deeper than this, asking /proc is cheaper than asking for each directory.
const SHALLOW: usize = 10;

/// Is this an absolute path of a few plain names, each of which exists and is no link? Most paths asked for are, and on them
/// readlink, which fails with EINVAL, is the cheapest question there is.
fn is_real_already(path: &Path) -> bool {
    let bytes = path.as_os_str().as_bytes();
    let Some(names) = bytes.strip_prefix(b"/") else {
        return false;
    };
    if names.split(|byte| *byte == b'/').count() > SHALLOW {
        return false;
    }
    let mut end = 0;
    names.split(|byte| *byte == b'/').all(|name| {
        end += 1 + name.len();
        let mut target = [std::mem::MaybeUninit::uninit(); 1];
        !matches!(name, b"" | b"." | b"..") && readlinkat_raw(CWD, OsStr::from_bytes(&bytes[..end]), &mut target).is_err_and(|error| error == Errno::INVAL)
    })
}

/// Names and `..`, last first.
fn components(path: &Path) -> Vec<OsString> {
    let kept = path.components().filter(|component| matches!(component, Component::Normal(_) | Component::ParentDir));
    let mut names: Vec<OsString> = kept.map(|component| component.as_os_str().to_owned()).collect();
    names.reverse();
    names
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const PATH_ONLY: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const PATH_ONLY: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
