//! A directory of its own for each test, removed when the test ends.
#![allow(dead_code, clippy::disallowed_methods, reason = "not every test file uses all of it; tests set the scene with std")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use coil_sys::SysError;

pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("coil-sys-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::fs::canonicalize(std::env::temp_dir()).expect("a temporary directory").join(name);
        std::fs::create_dir(&dir).expect("the name is new");
        Scratch(dir)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, with the directories above it.
    pub fn file(&self, name: &str, bytes: &str) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("directories");
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    pub fn dir(&self, name: &str) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(&path).expect("directories");
        path
    }

    pub fn link(&self, name: &str, target: impl AsRef<Path>) -> PathBuf {
        let path = self.join(name);
        std::os::unix::fs::symlink(target, &path).expect("a link");
        path
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).expect("a file")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The message of a failure, with the scratch directory left out.
pub fn message<T>(result: Result<T, SysError>, scratch: &Scratch) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(error) => error.message().replace(&format!("{}/", scratch.path().display()), ""),
    }
}
