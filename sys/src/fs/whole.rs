//! Whole files in one call.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use aligned_vec::{AVec, ConstAlign};
use rustix::fs::{FileType, fstat, ftruncate};
use rustix::io::{Errno, read, retry_on_intr};

use super::file::{flags, write_whole};
use super::{Fs, Target};
use crate::errno;
use crate::error::{Named, SysError, SysResult};

/// The most `read_file` reads, as in Node: 2 GiB less one. Beyond it the error is EFBIG of `read`; Node's is
/// ERR_FS_FILE_TOO_LARGE.
pub const READ_FILE_LEN_MAX: u64 = (1 << 31) - 1;

/// What is asked for when the size is not known beforehand (`/proc`, pipes), and grows by.
const CHUNK: usize = 64 * 1024;

impl Fs<'_> {
    /// `fs.readFile`: open, fstat, read, close; for a small file nothing else. A file that says it is empty (as those in `/proc`
    /// do), a pipe or a device is read until its end. By descriptor, reading starts where the file stands.
    ///
    /// ```
    /// let sys = coil_sys::Sys::real();
    /// assert!(!sys.fs().read_file("/proc/self/stat")?.is_empty());
    /// let error = sys.fs().read_file("/nope").err().expect("there is none");
    /// assert_eq!(error.message(), "ENOENT: no such file or directory, open '/nope'");
    /// let error = sys.fs().read_file("/").err().expect("a directory");
    /// assert_eq!(error.message(), "EISDIR: illegal operation on a directory, read");
    /// # Ok::<(), coil_sys::SysError>(())
    /// ```
    pub fn read_file<'t>(self, target: impl Into<Target<'t>>) -> SysResult<Vec<u8>> {
        self.read_file_with(target, flags::O_RDONLY)
    }

    /// As [`Fs::read_file`], opening with `open_flags` (`fs.readFile`'s option `flag`), into whatever shall hold the bytes.
    pub fn read_file_with<'t, R: Room>(self, target: impl Into<Target<'t>>, open_flags: i32) -> SysResult<R> {
        match target.into() {
            Target::Path(path) => read_to_end(self.open_owned(path, open_flags, 0o666)?.as_fd()),
            Target::Fd(fd) => read_to_end(self.fd(fd, "read")?),
        }
    }

    /// `fs.writeFile`: `open_flags` as for [`Fs::open`] (usually [`flags::WRITE`]), `mode` for a file that is created, `flush` to
    /// have it on disk when this returns.
    ///
    /// An existing file that is overwritten is not emptied first but cut to its new length after: on ext4 that is many times
    /// faster. Should writing fail, it is cut where writing stopped, so no old bytes are left behind new ones.
    pub fn write_file<'t>(self, target: impl Into<Target<'t>>, bytes: &[u8], open_flags: i32, mode: u32, flush: bool) -> SysResult<()> {
        let path = match target.into() {
            Target::Path(path) => path,
            Target::Fd(fd) => return finish(self.fd(fd, "write")?, bytes, flush),
        };
        let overwrites = open_flags & (flags::O_TRUNC | flags::O_APPEND | flags::O_EXCL) == flags::O_TRUNC && open_flags & (flags::O_WRONLY | flags::O_RDWR) != 0;
        if !overwrites {
            let file = self.open_owned(path, open_flags, mode)?;
            return finish(file.as_fd(), bytes, flush);
        }
        let file = self.open_owned(path, open_flags & !flags::O_TRUNC, mode)?;
        overwrite(&file, bytes, flush)
    }

    /// `fs.appendFile` with its defaults.
    pub fn append_file<'t>(self, target: impl Into<Target<'t>>, bytes: &[u8], mode: u32) -> SysResult<()> {
        self.write_file(target, bytes, flags::APPEND, mode, false)
    }
}

fn overwrite(file: &OwnedFd, bytes: &[u8], flush: bool) -> SysResult<()> {
    let before = fstat(file).named("fstat")?;
    let (written, result) = write_whole(file.as_fd(), bytes, None);
    let old_len = u64::try_from(before.st_size).unwrap_or(0);
    if FileType::from_raw_mode(before.st_mode) == FileType::RegularFile && old_len > written as u64 {
        retry_on_intr(|| ftruncate(file, written as u64)).named("ftruncate")?;
    }
    result.named("write")?;
    sync(file.as_fd(), flush)
}

fn finish(file: BorrowedFd<'_>, bytes: &[u8], flush: bool) -> SysResult<()> {
    write_whole(file, bytes, None).1.named("write")?;
    sync(file, flush)
}

fn sync(file: BorrowedFd<'_>, flush: bool) -> SysResult<()> {
    if flush { rustix::fs::fsync(file).named("fsync") } else { Ok(()) }
}

fn read_to_end<R: Room>(file: BorrowedFd<'_>) -> SysResult<R> {
    let stat = fstat(file).named("fstat")?;
    let len = u64::try_from(stat.st_size).unwrap_or(0);
    let mut bytes = R::empty();
    if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && len > 0 {
        if len > READ_FILE_LEN_MAX {
            return Err(SysError::new(errno::EFBIG, "read"));
        }
        read_sized(file, &mut bytes, usize::try_from(len).unwrap_or(usize::MAX))?;
        return Ok(bytes);
    }
    // A directory or a tiny file of /proc needs no allocation to say so.
    let mut first = [0; 4096];
    let len = retry_on_intr(|| read(file, &mut first[..])).named("read")?;
    if len == 0 {
        return Ok(bytes);
    }
    make_room(&mut bytes, len)?;
    bytes.append(&first[..len]);
    loop {
        if bytes.spare().is_empty() {
            // Twice as much each time, as vectors grow.
            let more = bytes.len().max(CHUNK);
            make_room(&mut bytes, more)?;
        }
        if bytes.len() as u64 > READ_FILE_LEN_MAX {
            return Err(SysError::new(errno::EFBIG, "read"));
        }
        if !read_more(file, &mut bytes, usize::MAX)? {
            return Ok(bytes);
        }
    }
}

/// As many bytes as the file said it has, or fewer when it ends before: one read unless the system gives it in parts.
fn read_sized(file: BorrowedFd<'_>, bytes: &mut impl Room, len: usize) -> SysResult<()> {
    make_room(bytes, len)?;
    while bytes.len() < len && read_more(file, bytes, len - bytes.len())? {}
    Ok(())
}

fn make_room(bytes: &mut impl Room, more: usize) -> SysResult<()> {
    if bytes.try_reserve(more) { Ok(()) } else { Err(SysError::new(errno::ENOMEM, "read")) }
}

/// Reads once into the room there is, `len` bytes at most. False at the end.
fn read_more(file: BorrowedFd<'_>, bytes: &mut impl Room, len: usize) -> SysResult<bool> {
    let len = retry_on_intr(|| {
        let spare = bytes.spare();
        let len = len.min(spare.len());
        read(file, &mut spare[..len]).map(|(filled, _)| filled.len())
    });
    match len {
        Ok(len) => {
            // SAFETY: the system has filled so many bytes of the room.
            unsafe { bytes.set_len(bytes.len() + len) };
            Ok(len > 0)
        }
        Err(Errno::AGAIN) => Err(SysError::new(errno::EAGAIN, "read")),
        Err(error) => Err(error).named("read"),
    }
}

/// What a file is read into: a vector, or the block an array buffer adopts.
pub trait Room: Sized {
    /// Without bytes and without room.
    fn empty() -> Self;

    /// How many bytes are there.
    fn len(&self) -> usize;

    /// Whether nothing is there yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for so many bytes more, and not much beyond; `false` where memory is refused.
    fn try_reserve(&mut self, more: usize) -> bool;

    /// The room behind what is there.
    fn spare(&mut self) -> &mut [MaybeUninit<u8>];

    /// Adds bytes for which there is room.
    fn append(&mut self, bytes: &[u8]);

    /// # Safety
    ///
    /// So many bytes are there.
    unsafe fn set_len(&mut self, len: usize);
}

impl Room for Vec<u8> {
    fn empty() -> Self {
        Self::new()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn try_reserve(&mut self, more: usize) -> bool {
        self.try_reserve_exact(more).is_ok()
    }

    fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
        self.spare_capacity_mut()
    }

    fn append(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    unsafe fn set_len(&mut self, len: usize) {
        // SAFETY: the caller's promise is ours.
        unsafe { self.set_len(len) };
    }
}

/// Bytes aligned as array buffers are.
pub type Block = AVec<u8, ConstAlign<64>>;

impl Room for Block {
    fn empty() -> Self {
        Self::new(0)
    }

    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn try_reserve(&mut self, more: usize) -> bool {
        self.try_reserve_exact(more).is_ok()
    }

    fn spare(&mut self) -> &mut [MaybeUninit<u8>] {
        let (len, capacity) = (self.as_slice().len(), self.capacity());
        // SAFETY: behind its bytes the block has room up to its capacity.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr().add(len).cast(), capacity - len) }
    }

    fn append(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    unsafe fn set_len(&mut self, len: usize) {
        // SAFETY: the caller's promise is ours.
        unsafe { self.set_len(len) };
    }
}
