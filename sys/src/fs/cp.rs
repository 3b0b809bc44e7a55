//! cp: whole trees in one call.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{FileType, Fs, Stat};
use crate::errno;
use crate::error::{SysError, SysResult};

/// The options of `fs.cp`, without `filter`: a filter is JavaScript, and a copy that has one goes entry by entry through the caller, with
/// [`Fs::cp_start`], [`Fs::cp_entry`] and [`Fs::cp_finish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpOptions {
    /// Directories too.
    pub recursive: bool,
    /// Overwrite what is there.
    pub force: bool,
    /// With `force` off: what is there already is an error, and otherwise left alone.
    pub error_on_exist: bool,
    /// Copy what symbolic links lead to.
    pub dereference: bool,
    /// Keep the times of access and change.
    pub preserve_timestamps: bool,
    /// Write symbolic links as they are, instead of making their targets absolute.
    pub verbatim_symlinks: bool,
    /// As for [`Fs::copy_file`].
    pub mode: u32,
}

impl Default for CpOptions {
    /// As Node has it.
    fn default() -> CpOptions {
        CpOptions { recursive: false, force: true, error_on_exist: false, dereference: false, preserve_timestamps: false, verbatim_symlinks: false, mode: 0 }
    }
}

/// Why a copy was not made: a system call's answer, or one of `fs.cp`'s own rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CpError {
    /// A system call failed.
    Sys(SysError),
    /// A rule of `fs.cp` was broken.
    Rule {
        /// Node's `code`: `"ERR_FS_CP_EEXIST"`.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// The path at fault: the error's `path`.
        path: PathBuf,
        /// The error's `errno`, positive.
        errno: i32,
    },
}

impl From<SysError> for CpError {
    fn from(error: SysError) -> CpError {
        CpError::Sys(error)
    }
}

type CpResult<T> = Result<T, CpError>;

/// What came of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CpEntry {
    /// It is copied, or was left alone.
    Done,
    /// It is a directory: its entries are to be copied, and then [`Fs::cp_finish`] called if it was made.
    Directory {
        /// The entries.
        names: Vec<OsString>,
        /// What the directory was copied from, where it was made.
        made: Option<Box<Stat>>,
    },
}

impl Fs<'_> {
    /// `fs.cp` of a file or, with `recursive`, a tree.
    pub fn cp(self, src: impl AsRef<Path>, dest: impl AsRef<Path>, options: &CpOptions) -> CpResult<()> {
        let (src, dest) = (src.as_ref(), dest.as_ref());
        let first = self.cp_start(src, dest, options)?;
        let mut pending = Vec::new();
        enter(first, src, dest, &mut pending);
        // Depth is on the heap: a tree may be deeper than the stack.
        while let Some(step) = pending.pop() {
            match step {
                Step::Copy(src, dest) => enter(self.cp_entry(&src, &dest, options)?, &src, &dest, &mut pending),
                Step::Finish(dest, from) => self.cp_finish(&dest, &from, options)?,
            }
        }
        Ok(())
    }

    /// Begins a copy: judges the two paths, makes the directory `dest` is to be in, and copies `src` itself.
    pub fn cp_start(self, src: &Path, dest: &Path, options: &CpOptions) -> CpResult<CpEntry> {
        let (from, to) = self.cp_stats(src, dest, options)?;
        self.check_pair(src, dest, &from, to.as_ref())?;
        self.check_not_inside(src, dest, &from)?;
        let parent = dest.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let (None, Some(parent)) = (&to, parent) {
            self.mkdir_recursive(parent, 0o777)?;
        }
        self.cp_one(src, dest, &from, to, options)
    }

    /// Copies one entry of a directory that is being copied.
    pub fn cp_entry(self, src: &Path, dest: &Path, options: &CpOptions) -> CpResult<CpEntry> {
        let (from, to) = self.cp_stats(src, dest, options)?;
        self.check_pair(src, dest, &from, to.as_ref())?;
        self.cp_one(src, dest, &from, to, options)
    }

    /// Ends the copy of a directory that was made: its entries are there.
    pub fn cp_finish(self, dest: &Path, from: &Stat, options: &CpOptions) -> SysResult<()> {
        self.chmod(dest, from.mode & 0o7777)?;
        self.cp_times(dest, from, options)
    }

    fn cp_stats(self, src: &Path, dest: &Path, options: &CpOptions) -> SysResult<(Stat, Option<Stat>)> {
        let from = if options.dereference { self.stat(src)? } else { self.lstat(src)? };
        let to = if options.dereference { self.stat_if_any(dest)? } else { self.lstat_if_any(dest)? };
        Ok((from, to))
    }

    fn check_pair(self, src: &Path, dest: &Path, from: &Stat, to: Option<&Stat>) -> CpResult<()> {
        if let Some(to) = to {
            if (from.dev, from.ino) == (to.dev, to.ino) {
                return Err(rule("ERR_FS_CP_EINVAL", "src and dest cannot be the same".to_owned(), dest, errno::EINVAL));
            }
            if from.is_dir() && !to.is_dir() {
                let message = format!("cannot overwrite non-directory {} with directory {}", dest.display(), src.display());
                return Err(rule("ERR_FS_CP_DIR_TO_NON_DIR", message, dest, errno::EISDIR));
            }
            if !from.is_dir() && to.is_dir() {
                let message = format!("cannot overwrite directory {} with non-directory {}", dest.display(), src.display());
                return Err(rule("ERR_FS_CP_NON_DIR_TO_DIR", message, dest, errno::ENOTDIR));
            }
        }
        if from.is_dir() && self.absolute(dest)?.starts_with(self.absolute(src)?) {
            return Err(inside(src, dest));
        }
        Ok(())
    }

    /// A tree copied into itself would never end: no directory above `dest` may be `src`, under whatever name.
    fn check_not_inside(self, src: &Path, dest: &Path, from: &Stat) -> CpResult<()> {
        let src_absolute = self.absolute(src)?;
        let dest_absolute = self.absolute(dest)?;
        for ancestor in dest_absolute.ancestors().skip(1) {
            if ancestor.parent().is_none() || Some(ancestor) == src_absolute.parent() {
                break;
            }
            let Some(stat) = self.stat_if_any(ancestor)? else { break };
            if (stat.dev, stat.ino) == (from.dev, from.ino) {
                return Err(inside(src, dest));
            }
        }
        Ok(())
    }

    fn cp_one(self, src: &Path, dest: &Path, from: &Stat, to: Option<Stat>, options: &CpOptions) -> CpResult<CpEntry> {
        let refused = |code, what: &str| Err(rule(code, format!("cannot copy {what}: {}", dest.display()), dest, errno::EINVAL));
        match from.file_type() {
            FileType::Directory if !options.recursive => Err(rule("ERR_FS_EISDIR", format!("{} is a directory (not copied)", src.display()), src, errno::EISDIR)),
            FileType::Directory => self.enter_dir(src, dest, from, to, options),
            FileType::Symlink => self.cp_link(src, dest, to, options).map(|()| CpEntry::Done),
            FileType::Socket => refused("ERR_FS_CP_SOCKET", "a socket file"),
            FileType::Fifo => refused("ERR_FS_CP_FIFO_PIPE", "a FIFO pipe"),
            FileType::Unknown => refused("ERR_FS_CP_UNKNOWN", "an unknown file type"),
            _ => self.cp_file(src, dest, from, to, options).map(|()| CpEntry::Done),
        }
    }

    fn enter_dir(self, src: &Path, dest: &Path, from: &Stat, to: Option<Stat>, options: &CpOptions) -> CpResult<CpEntry> {
        if to.is_none() {
            // Writable until its contents are there; its own permissions come last.
            self.mkdir(dest, 0o777)?;
        } else if !options.force {
            exists(dest, options)?;
        }
        let names: Vec<OsString> = self.readdir(src)?.iter().map(|entry| entry.name.to_owned()).collect();
        Ok(CpEntry::Directory { names, made: to.is_none().then(|| Box::new(*from)) })
    }

    fn cp_file(self, src: &Path, dest: &Path, from: &Stat, to: Option<Stat>, options: &CpOptions) -> CpResult<()> {
        if to.is_some() {
            if !options.force {
                return exists(dest, options);
            }
            self.unlink(dest)?;
        }
        self.copy_file(src, dest, options.mode)?;
        self.cp_times(dest, from, options)?;
        Ok(())
    }

    fn cp_link(self, src: &Path, dest: &Path, to: Option<Stat>, options: &CpOptions) -> CpResult<()> {
        let mut target = self.readlink(src)?;
        if !options.verbatim_symlinks && target.is_relative() {
            target = self.absolute(&src.parent().unwrap_or(Path::new("")).join(target))?;
        }
        match to {
            Some(to) if to.file_type() == FileType::Symlink => {
                self.check_link_targets(src, &target, dest)?;
                self.unlink(dest)?;
            }
            // What is no link is not overwritten: the system says EEXIST.
            _ => {}
        }
        Ok(self.symlink(target, dest)?)
    }

    /// Neither may a link come to point into itself, nor one that holds the source be lost.
    fn check_link_targets(self, src: &Path, target: &Path, dest: &Path) -> CpResult<()> {
        let old = self.absolute(&dest.parent().unwrap_or(Path::new("")).join(self.readlink(dest)?))?;
        let new = self.absolute(target)?;
        if self.kind(src) == Some(FileType::Directory) && old.starts_with(&new) {
            let message = format!("cannot copy {} to a subdirectory of self {}", target.display(), old.display());
            return Err(rule("ERR_FS_CP_EINVAL", message, dest, errno::EINVAL));
        }
        if new.starts_with(&old) && self.kind(dest) == Some(FileType::Directory) {
            let message = format!("cannot overwrite {} with {}", old.display(), target.display());
            return Err(rule("ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY", message, dest, errno::EINVAL));
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "kept to the microsecond for any date in 285 years")]
    fn cp_times(self, dest: &Path, from: &Stat, options: &CpOptions) -> SysResult<()> {
        if !options.preserve_timestamps {
            return Ok(());
        }
        let seconds = |time: super::Time| time.sec as f64 + f64::from(time.nsec) / 1e9;
        self.utimes(dest, seconds(from.atime), seconds(from.mtime))
    }
}

enum Step {
    Copy(PathBuf, PathBuf),
    /// The contents of a directory that was made are there.
    Finish(PathBuf, Box<Stat>),
}

fn enter(entry: CpEntry, src: &Path, dest: &Path, pending: &mut Vec<Step>) {
    let CpEntry::Directory { names, made } = entry else { return };
    if let Some(from) = made {
        pending.push(Step::Finish(dest.to_owned(), from));
    }
    pending.extend(names.into_iter().rev().map(|name| Step::Copy(src.join(&name), dest.join(&name))));
}

fn inside(src: &Path, dest: &Path) -> CpError {
    let message = format!("cannot copy {} to a subdirectory of self {}", src.display(), dest.display());
    rule("ERR_FS_CP_EINVAL", message, dest, errno::EINVAL)
}

fn exists(dest: &Path, options: &CpOptions) -> CpResult<()> {
    if options.error_on_exist {
        return Err(rule("ERR_FS_CP_EEXIST", format!("{} already exists", dest.display()), dest, errno::EEXIST));
    }
    Ok(())
}

fn rule(code: &'static str, message: String, path: &Path, errno: i32) -> CpError {
    CpError::Rule { code, message, path: path.to_owned(), errno }
}
