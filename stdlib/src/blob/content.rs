//! What a Blob is made of: bytes in memory, and pieces of files that are read when the bytes are asked for.
//!
//! A file must be as it was when the Blob was made, else its bytes cannot be read any more: as in Node its length and the time of its
//! last change are compared before each reading.

use std::{
    borrow::Cow,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use coil_engine::coil_sys::{Sys, SysResult};

/// The bytes of a Blob. Cheap to copy, and able to go to another thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Memory { bytes: Arc<[u8]>, range: Range<usize> },
    File { file: Arc<Backing>, range: Range<usize> },
}

/// A file as it was.
#[derive(Debug)]
struct Backing {
    path: PathBuf,
    size: u64,
    /// Seconds and nanoseconds of the last change.
    modified: (i64, u32),
}

/// `O_RDONLY`
const READ_ONLY: i32 = 0;

/// The file is gone, or another than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

impl Piece {
    fn range(&self) -> &Range<usize> {
        match self {
            Self::Memory { range, .. } | Self::File { range, .. } => range,
        }
    }

    fn within(&self, range: Range<usize>) -> Self {
        match self {
            Self::Memory { bytes, .. } => Self::Memory { bytes: bytes.clone(), range },
            Self::File { file, .. } => Self::File { file: file.clone(), range },
        }
    }
}

impl Content {
    /// Bytes in memory.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { pieces: vec![Piece::Memory { bytes: bytes.into(), range }] }
    }

    /// A file as it is now.
    pub(super) fn of_file(path: &Path, sys: &Sys) -> SysResult<Self> {
        let stat = sys.fs().stat(path)?;
        // Who may not read it does not get its length either.
        sys.fs().open_owned(path, READ_ONLY, 0)?;
        let file = Backing { path: path.to_owned(), size: stat.size, modified: (stat.mtime.sec, stat.mtime.nsec) };
        Ok(Self { pieces: vec![Piece::File { file: Arc::new(file), range: 0..stat.size as usize }] })
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.range().len()).sum()
    }

    /// Adds what another Blob is made of.
    pub(super) fn append(&mut self, other: &Self) {
        self.pieces.extend(other.pieces.iter().cloned());
    }

    /// The part of it in `range`, which lies within.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let mut pieces = Vec::new();
        let mut at = 0;
        for piece in &self.pieces {
            let own = piece.range();
            let from = range.start.clamp(at, at + own.len()) - at;
            let to = range.end.clamp(at, at + own.len()) - at;
            at += own.len();
            // A piece of a file stays though nothing of it is left: it is still asked whether the file is as it was.
            if from < to || own.is_empty() {
                pieces.push(piece.within(own.start + from..own.start + to));
            }
        }
        Self { pieces }
    }

    /// Whether any of it is in a file.
    pub(super) fn has_files(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::File { .. }))
    }

    /// Whether it is one file, or a part of one, and nothing else.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.pieces.as_slice(), [Piece::File { .. }])
    }

    /// The bytes of what is in memory.
    pub(super) fn memory(&self) -> Cow<'_, [u8]> {
        match self.pieces.as_slice() {
            [] => Cow::Borrowed(&[]),
            [Piece::Memory { bytes, range }] => Cow::Borrowed(&bytes[range.clone()]),
            pieces => {
                let mut all = Vec::with_capacity(self.len());
                for piece in pieces {
                    if let Piece::Memory { bytes, range } = piece {
                        all.extend_from_slice(&bytes[range.clone()]);
                    }
                }
                Cow::Owned(all)
            }
        }
    }

    /// All the bytes, with those of the files. On any thread.
    pub(super) fn read(&self, sys: &Sys) -> Result<Vec<u8>, Unreadable> {
        let mut all = Vec::with_capacity(self.len());
        for piece in &self.pieces {
            match piece {
                Piece::Memory { bytes, range } => all.extend_from_slice(&bytes[range.clone()]),
                Piece::File { file, range } => file.read(range.clone(), &mut all, sys)?,
            }
        }
        Ok(all)
    }
}

impl Backing {
    fn read(&self, range: Range<usize>, into: &mut Vec<u8>, sys: &Sys) -> Result<(), Unreadable> {
        let unreadable = |_| Unreadable;
        let stat = sys.fs().stat(&self.path).map_err(unreadable)?;
        if stat.size != self.size || (stat.mtime.sec, stat.mtime.nsec) != self.modified {
            return Err(Unreadable);
        }
        if range.is_empty() {
            return Ok(());
        }
        let fd = sys.fs().open(&self.path, READ_ONLY, 0).map_err(unreadable)?;
        let result = self.read_open(fd, range, into, sys);
        // What was read is read.
        let _ = sys.fs().close(fd);
        result
    }

    fn read_open(&self, fd: i32, range: Range<usize>, into: &mut Vec<u8>, sys: &Sys) -> Result<(), Unreadable> {
        let start = into.len();
        into.resize(start + range.len(), 0);
        let mut at = 0;
        while at < range.len() {
            let offset = (range.start + at) as u64;
            match sys.fs().read(fd, &mut into[start + at..], Some(offset)) {
                Ok(0) | Err(_) => return Err(Unreadable),
                Ok(count) => at += count,
            }
        }
        Ok(())
    }
}
