//! What resolution asks of the file system, remembered for the length of one load.

use std::cell::{Cell, RefCell};

use coil_engine::coil_sys::{Sys, SysError};
use rustc_hash::FxHashMap;

/// What a path is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A regular file, or anything that is no directory.
    File,
    /// A directory.
    Directory,
    /// Nothing is there, or it may not be seen.
    Missing,
}

/// A door with a memory: one `require` of a deep tree looks at the same paths again and again.
#[derive(Default)]
pub struct Files {
    kinds: RefCell<FxHashMap<String, Kind>>,
    real: RefCell<FxHashMap<String, String>>,
    depth: Cell<u32>,
    /// `--preserve-symlinks`: a link is a place of its own.
    pub preserve: Cell<bool>,
    /// `--preserve-symlinks-main`: the program's own file too.
    pub preserve_main: Cell<bool>,
}

impl Files {
    /// Remembers kinds until the matching [`Files::end`]; nests.
    pub fn begin(&self) {
        self.depth.set(self.depth.get() + 1);
    }

    /// Forgets kinds when the outermost load ended: files may appear between loads.
    pub fn end(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
        if self.depth.get() == 0 {
            self.kinds.borrow_mut().clear();
        }
    }

    /// What `path` is, following symbolic links.
    pub fn kind(&self, path: &str, sys: &Sys) -> Kind {
        if let Some(kind) = self.kinds.borrow().get(path) {
            return *kind;
        }
        let kind = match sys.fs().stat(path) {
            Ok(stat) if stat.is_dir() => Kind::Directory,
            Ok(_) => Kind::File,
            Err(_) => Kind::Missing,
        };
        if self.depth.get() > 0 {
            self.kinds.borrow_mut().insert(path.to_owned(), kind);
        }
        kind
    }

    /// `path` without symbolic links.
    pub fn real(&self, path: &str, sys: &Sys) -> String {
        if self.preserve.get() {
            return path.to_owned();
        }
        if let Some(real) = self.real.borrow().get(path) {
            return real.clone();
        }
        let real = sys.fs().realpath(path).ok().and_then(|real| real.into_os_string().into_string().ok()).unwrap_or_else(|| path.to_owned());
        self.real.borrow_mut().insert(path.to_owned(), real.clone());
        real
    }

    /// The file's text; bytes that are no UTF-8 become U+FFFD, as in Node.
    pub fn text(path: &str, sys: &Sys) -> Result<String, SysError> {
        let bytes = sys.fs().read_file(path)?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

/// `path` resolved against `base` and without `.` and `..`, as `path.resolve(base, path)`.
pub fn resolve(base: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_owned() } else { format!("{base}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The folder that holds `path`, as `path.dirname`.
pub fn dirname(path: &str) -> &str {
    match path.trim_end_matches('/').rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// The last part of `path`.
pub fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
