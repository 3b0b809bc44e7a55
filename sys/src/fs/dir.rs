//! Directories: reading them.

use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, openat, statat};

use super::{Fs, Last, Want};
use crate::error::{Named, SysResult};

/// What a name stands for: `fs.constants.UV_DIRENT_*`, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum FileType {
    Unknown = 0,
    File = 1,
    Directory = 2,
    Symlink = 3,
    Fifo = 4,
    Socket = 5,
    CharDevice = 6,
    BlockDevice = 7,
}

impl FileType {
    /// Of the `mode` of a [`Stat`](super::Stat).
    pub fn of_mode(mode: u32) -> FileType {
        #[allow(clippy::useless_conversion, reason = "the type of a mode varies by system")]
        from_rustix(rustix::fs::FileType::from_raw_mode(mode.try_into().unwrap_or(0)))
    }
}

fn from_rustix(kind: rustix::fs::FileType) -> FileType {
    match kind {
        rustix::fs::FileType::RegularFile => FileType::File,
        rustix::fs::FileType::Directory => FileType::Directory,
        rustix::fs::FileType::Symlink => FileType::Symlink,
        rustix::fs::FileType::Fifo => FileType::Fifo,
        rustix::fs::FileType::Socket => FileType::Socket,
        rustix::fs::FileType::CharacterDevice => FileType::CharDevice,
        rustix::fs::FileType::BlockDevice => FileType::BlockDevice,
        _ => FileType::Unknown,
    }
}

/// The entries of a directory: one block of bytes for all names, so that a hundred thousand of them cost a few allocations.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    /// Of the bare name, past the path of its directory.
    name: usize,
    end: usize,
    kind: FileType,
}

/// One of [`Entries`].
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Relative to the directory that was read; the bare name unless it was read recursively.
    pub path: &'a OsStr,
    /// The bare name.
    pub name: &'a OsStr,
    /// The directory it is in, relative to the one that was read; empty for that one.
    pub parent: &'a OsStr,
    /// What it is; a symbolic link is a link.
    pub kind: FileType,
}

impl Entries {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Each, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.spans.iter().map(|span| {
            let part = |start: usize, end: usize| OsStr::from_bytes(&self.bytes[start..end]);
            Entry { path: part(span.start, span.end), name: part(span.name, span.end), parent: part(span.start, span.name.saturating_sub(1).max(span.start)), kind: span.kind }
        })
    }

    fn push(&mut self, parent: &[u8], name: &[u8], kind: FileType) {
        let start = self.bytes.len();
        if !parent.is_empty() {
            self.bytes.extend_from_slice(parent);
            self.bytes.push(b'/');
        }
        let bare = self.bytes.len();
        self.bytes.extend_from_slice(name);
        self.spans.push(Span { start, name: bare, end: self.bytes.len(), kind });
    }

    /// Sorts by name those from `first` on, which are of one directory.
    fn sort_from(&mut self, first: usize) {
        let bytes = &self.bytes;
        self.spans[first..].sort_unstable_by(|a, b| bytes[a.name..a.end].cmp(&bytes[b.name..b.end]));
    }

    /// Those read from a directory, which must be open, are added.
    fn read_from(&mut self, dir: BorrowedFd<'_>, parent: &[u8]) -> rustix::io::Result<()> {
        let first = self.spans.len();
        read_names(dir, &mut |name, kind| {
            self.push(parent, name, kind);
            true
        })?;
        self.sort_from(first);
        Ok(())
    }
}

impl Fs<'_> {
    /// `fs.readdir`: names and kinds, sorted by their bytes as libuv's scandir does.
    ///
    /// ```
    /// let sys = coil_sys::Sys::real();
    /// let entries = sys.fs().readdir("/proc/self/task")?;
    /// assert!(entries.iter().all(|entry| entry.kind == coil_sys::fs::FileType::Directory));
    /// let error = sys.fs().readdir("/nope").err().expect("there is none");
    /// assert_eq!(error.message(), "ENOENT: no such file or directory, scandir '/nope'");
    /// # Ok::<(), coil_sys::SysError>(())
    /// ```
    pub fn readdir(self, path: impl AsRef<Path>) -> SysResult<Entries> {
        let path = path.as_ref();
        let dir = self.open_dir(path, "scandir")?;
        let mut entries = Entries::default();
        entries.read_from(dir.as_fd(), b"").named_path("scandir", path)?;
        Ok(entries)
    }

    /// `fs.readdir` with `recursive`: the whole tree in one call, directory by directory as Node orders it. `through_links`: also
    /// into directories that symbolic links lead to, as Node does unless `withFileTypes` is set.
    pub fn readdir_recursive(self, path: impl AsRef<Path>, through_links: bool) -> SysResult<Entries> {
        let path = path.as_ref();
        let top = self.open_dir(path, "scandir")?;
        let mut entries = Entries::default();
        entries.read_from(top.as_fd(), b"").named_path("scandir", path)?;
        let mut next = 0;
        // Grows while it is walked: breadth first.
        while next < entries.len() {
            let Span { start, end, kind, .. } = entries.spans[next];
            next += 1;
            let descend = kind == FileType::Directory || kind == FileType::Symlink && through_links;
            if !descend {
                continue;
            }
            let inner = entries.bytes[start..end].to_vec();
            self.descend(top.as_fd(), path, &inner, kind, &mut entries)?;
        }
        Ok(entries)
    }

    fn descend(self, top: BorrowedFd<'_>, path: &Path, inner: &[u8], kind: FileType, entries: &mut Entries) -> SysResult<()> {
        let relative = Path::new(OsStr::from_bytes(inner));
        let opened = if kind == FileType::Symlink {
            // Out of the tree, perhaps: to be judged like any other path.
            match self.kind(path.join(relative)) {
                Some(FileType::Directory) => self.open_dir(&path.join(relative), "scandir")?,
                _ => return Ok(()),
            }
        } else if self.sys.policy.enabled {
            self.open_dir(&path.join(relative), "scandir")?
        } else {
            openat(top, relative, DIRECTORY, Mode::empty()).named_path("scandir", &path.join(relative))?
        };
        entries.read_from(opened.as_fd(), inner).named_path("scandir", &path.join(relative))
    }

    /// `fs.opendir`: read in parts, in the order of the directory.
    pub fn opendir(self, path: impl AsRef<Path>) -> SysResult<Dir> {
        let path = path.as_ref();
        let dir = self.open_dir(path, "opendir")?;
        Ok(Dir { path: path.to_owned(), dir, pending: Entries::default(), read: 0, ended: false })
    }

    pub(super) fn open_dir(self, path: &Path, syscall: &'static str) -> SysResult<OwnedFd> {
        self.at(path, Want::Read, Last::Follow, syscall, |dir, path| openat(dir, path, DIRECTORY, Mode::empty()))
    }
}

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A directory that is being read: `fs.Dir`. Dropping it closes it.
#[derive(Debug)]
pub struct Dir {
    path: PathBuf,
    dir: OwnedFd,
    pending: Entries,
    read: usize,
    ended: bool,
}

impl Dir {
    /// As it was given to [`Fs::opendir`].
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Up to `len_max` more entries, by name and kind; none at the end. `bufferSize` is the number to ask for.
    pub fn read(&mut self, len_max: usize) -> SysResult<Vec<(std::ffi::OsString, FileType)>> {
        let mut out = Vec::new();
        while out.len() < len_max {
            if self.read == self.pending.len() && !self.fill()? {
                break;
            }
            let some = self.pending.iter().skip(self.read).take(len_max - out.len());
            let before = out.len();
            out.extend(some.map(|entry| (entry.name.to_owned(), entry.kind)));
            self.read += out.len() - before;
        }
        Ok(out)
    }

    /// One more block of the kernel's. False at the end.
    fn fill(&mut self) -> SysResult<bool> {
        if self.ended {
            return Ok(false);
        }
        self.pending = Entries::default();
        self.read = 0;
        let pending = &mut self.pending;
        let more = read_block(self.dir.as_fd(), &mut |name, kind| {
            pending.push(b"", name, kind);
            true
        });
        // libuv reads with scandir's name, but without the path.
        self.ended = !more.named("scandir")?;
        Ok(!self.pending.is_empty() || !self.ended && self.fill()?)
    }
}

/// Asks for each name, without `.` and `..`; a kind the file system does not tell is looked up. `each` returns false to stop.
pub(super) fn read_names(dir: BorrowedFd<'_>, each: &mut dyn FnMut(&[u8], FileType) -> bool) -> rustix::io::Result<()> {
    while read_block(dir, each)? {}
    Ok(())
}

/// False at the end, or when `each` returned false.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn read_block(dir: BorrowedFd<'_>, each: &mut dyn FnMut(&[u8], FileType) -> bool) -> rustix::io::Result<bool> {
    /// The bytes of one getdents call: about a thousand entries.
    const BLOCK: usize = 32 * 1024;
    let mut block = [std::mem::MaybeUninit::<u8>::uninit(); BLOCK];
    let mut entries = rustix::fs::RawDir::new(dir, &mut block);
    let mut some = false;
    loop {
        if some && entries.is_buffer_empty() {
            return Ok(true);
        }
        let entry = match entries.next() {
            None => return Ok(false),
            // The directory was removed meanwhile: nothing more is in it.
            Some(Err(rustix::io::Errno::NOENT)) => return Ok(false),
            Some(entry) => entry?,
        };
        some = true;
        if !offer(dir, entry.file_name(), entry.file_type(), each) {
            return Ok(false);
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn read_block(dir: BorrowedFd<'_>, each: &mut dyn FnMut(&[u8], FileType) -> bool) -> rustix::io::Result<bool> {
    for entry in rustix::fs::Dir::read_from(dir)? {
        let entry = entry?;
        if !offer(dir, entry.file_name(), entry.file_type(), each) {
            return Ok(false);
        }
    }
    Ok(false)
}

fn offer(dir: BorrowedFd<'_>, name: &std::ffi::CStr, kind: rustix::fs::FileType, each: &mut dyn FnMut(&[u8], FileType) -> bool) -> bool {
    if matches!(name.to_bytes(), b"." | b"..") {
        return true;
    }
    let kind = match from_rustix(kind) {
        FileType::Unknown => statat(dir, name, AtFlags::SYMLINK_NOFOLLOW).map_or(FileType::Unknown, |stat| from_rustix(rustix::fs::FileType::from_raw_mode(stat.st_mode))),
        kind => kind,
    };
    each(name.to_bytes(), kind)
}
