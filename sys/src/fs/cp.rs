//! cp: whole trees in one call.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{FileType, Fs, Stat};
use crate::errno;
use crate::error::{SysError, SysResult};

/// The options of `fs.cp`, without `filter`: a filter is JavaScript, and a copy that has one goes entry by entry through the caller.
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

impl Fs<'_> {
    /// `fs.cp` of a file or, with `recursive`, a tree.
    pub fn cp(self, src: impl AsRef<Path>, dest: impl AsRef<Path>, options: &CpOptions) -> CpResult<()> {
        let (src, dest) = (src.as_ref(), dest.as_ref());
        let (from, to) = self.cp_stats(src, dest, options)?;
        check_kinds(src, dest, &from, to.as_ref(), options)?;
        self.check_not_inside(src, dest, &from)?;
        let parent = dest.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let (None, Some(parent)) = (&to, parent) {
            self.mkdir_recursive(parent, 0o777)?;
        }
        self.cp_tree(src, dest, from, to, options)
    }

    fn cp_stats(self, src: &Path, dest: &Path, options: &CpOptions) -> SysResult<(Stat, Option<Stat>)> {
        let from = if options.dereference { self.stat(src)? } else { self.lstat(src)? };
        let to = if options.dereference { self.stat_if_any(dest)? } else { self.lstat_if_any(dest)? };
        Ok((from, to))
    }

    /// A tree copied into itself would never end.
    fn check_not_inside(self, src: &Path, dest: &Path, from: &Stat) -> CpResult<()> {
        let dest_absolute = self.absolute(dest)?;
        for ancestor in dest_absolute.ancestors().skip(1) {
            let Some(stat) = self.stat_if_any(ancestor).unwrap_or_default() else {
                continue;
            };
            if from.is_dir() && (stat.dev, stat.ino) == (from.dev, from.ino) {
                let message = format!("cannot copy {} to a subdirectory of self {}", src.display(), dest.display());
                return Err(rule("ERR_FS_CP_EINVAL", message, dest, errno::EINVAL));
            }
        }
        Ok(())
    }

    /// Depth is on the heap: a tree may be deeper than the stack.
    fn cp_tree(self, src: &Path, dest: &Path, from: Stat, to: Option<Stat>, options: &CpOptions) -> CpResult<()> {
        let mut pending = vec![Step::Copy(src.to_owned(), dest.to_owned(), Some((from, to)))];
        while let Some(step) = pending.pop() {
            let (src, dest, stats) = match step {
                Step::Copy(src, dest, stats) => (src, dest, stats),
                Step::Finish(dest, from) => {
                    self.finish_dir(&dest, &from, options)?;
                    continue;
                }
            };
            let (from, to) = match stats {
                Some(stats) => stats,
                None => {
                    let stats = self.cp_stats(&src, &dest, options)?;
                    check_kinds(&src, &dest, &stats.0, stats.1.as_ref(), options)?;
                    stats
                }
            };
            match from.file_type() {
                FileType::Directory => self.enter_dir(src, dest, from, to, &mut pending)?,
                FileType::Symlink => self.cp_link(&src, &dest, to, options)?,
                _ => self.cp_file(&src, &dest, &from, to, options)?,
            }
        }
        Ok(())
    }

    fn enter_dir(self, src: PathBuf, dest: PathBuf, from: Stat, to: Option<Stat>, pending: &mut Vec<Step>) -> CpResult<()> {
        if to.is_none() {
            // Writable until its contents are there; its own permissions come last.
            self.mkdir(&dest, 0o777)?;
            pending.push(Step::Finish(dest.clone(), from));
        }
        let names: Vec<OsString> = self.readdir(&src)?.iter().map(|entry| entry.name.to_owned()).collect();
        pending.extend(names.into_iter().rev().map(|name| Step::Copy(src.join(&name), dest.join(&name), None)));
        Ok(())
    }

    fn finish_dir(self, dest: &Path, from: &Stat, options: &CpOptions) -> CpResult<()> {
        self.chmod(dest, from.mode & 0o7777)?;
        self.cp_times(dest, from, options)?;
        Ok(())
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
        let Some(to) = to else {
            return Ok(self.symlink(target, dest)?);
        };
        if to.file_type() != FileType::Symlink {
            if !options.force {
                return exists(dest, options);
            }
        } else {
            self.check_link_targets(&target, dest)?;
        }
        self.unlink(dest)?;
        Ok(self.symlink(target, dest)?)
    }

    /// Neither may a link come to point into itself, nor one that holds the source be lost.
    fn check_link_targets(self, target: &Path, dest: &Path) -> CpResult<()> {
        let old = self.absolute(&dest.parent().unwrap_or(Path::new("")).join(self.readlink(dest)?))?;
        if target != old && old.starts_with(target) && self.kind(target) == Some(FileType::Directory) {
            let message = format!("cannot copy {} to a subdirectory of self {}", target.display(), old.display());
            return Err(rule("ERR_FS_CP_EINVAL", message, dest, errno::EINVAL));
        }
        if target != old && target.starts_with(&old) && self.kind(dest) == Some(FileType::Directory) {
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
    Copy(PathBuf, PathBuf, Option<(Stat, Option<Stat>)>),
    /// The contents of a directory that was made are there.
    Finish(PathBuf, Stat),
}

fn check_kinds(src: &Path, dest: &Path, from: &Stat, to: Option<&Stat>, options: &CpOptions) -> CpResult<()> {
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
    match from.file_type() {
        FileType::Directory if !options.recursive => {
            let message = format!("Recursive option not enabled, cannot copy a directory: {}", src.display());
            Err(rule("ERR_FS_EISDIR", message, src, errno::EISDIR))
        }
        FileType::Socket => Err(rule("ERR_FS_CP_SOCKET", format!("cannot copy a socket file: {}", dest.display()), dest, errno::EINVAL)),
        FileType::Fifo => Err(rule("ERR_FS_CP_FIFO_PIPE", format!("cannot copy a FIFO pipe: {}", dest.display()), dest, errno::EINVAL)),
        FileType::Unknown => Err(rule("ERR_FS_CP_UNKNOWN", format!("cannot copy an unknown file type: {}", dest.display()), dest, errno::EINVAL)),
        _ => Ok(()),
    }
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
