//! Watching files and directories for changes: inotify(7).
//!
//! One [`Watcher`] per loop serves any number of watches: it is one descriptor to wait for.

use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::path::Path;

use super::Fs;
use crate::error::SysResult;

/// What may have happened to what is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchEvent {
    /// Which watch it is about: what [`Fs::watch`] gave. Negative when events were lost.
    pub watch: i32,
    /// Contents or attributes changed.
    pub changed: bool,
    /// Something was created, deleted, or moved.
    pub renamed: bool,
    /// It is about a directory.
    pub directory: bool,
    /// The watch has ended: what it watched is gone, or it was removed.
    pub ended: bool,
    /// Which entry of the watched directory; none for the watched thing itself.
    pub name: Option<OsString>,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::ffi::OsStr;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;

    use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init, remove_watch};
    use rustix::fs::{Mode, OFlags, openat};
    use rustix::io::Errno;

    use super::super::{Last, Want};
    use super::{BorrowedFd, Fs, Path, SysResult, WatchEvent};
    use crate::error::Named;
    use crate::sys::Cwd;

    /// Where events of watches come from.
    #[derive(Debug)]
    pub struct Watcher(OwnedFd);

    /// As libuv asks for.
    const WATCHED: WatchFlags = WatchFlags::ATTRIB
        .union(WatchFlags::CREATE)
        .union(WatchFlags::MODIFY)
        .union(WatchFlags::DELETE)
        .union(WatchFlags::DELETE_SELF)
        .union(WatchFlags::MOVE_SELF)
        .union(WatchFlags::MOVED_FROM)
        .union(WatchFlags::MOVED_TO);
    const CHANGED: ReadFlags = ReadFlags::ATTRIB.union(ReadFlags::MODIFY);
    const NO_EVENT: ReadFlags = ReadFlags::IGNORED.union(ReadFlags::ISDIR).union(ReadFlags::UNMOUNT).union(ReadFlags::QUEUE_OVERFLOW);
    /// Bytes read at once: some hundred events.
    const READ_LEN: usize = 16 * 1024;

    impl Fs<'_> {
        /// A source of events without watches. Its descriptor is readable when there is one to [`Watcher::read`].
        pub fn watcher(self) -> SysResult<Watcher> {
            init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map(Watcher).named("watch")
        }

        /// Watches `path`, through symbolic links; of a directory, its entries, but not theirs. The same thing watched twice has one number.
        pub fn watch(self, watcher: &Watcher, path: impl AsRef<Path>) -> SysResult<i32> {
            let path = path.as_ref();
            if !self.sys.policy.enabled && matches!(self.sys.cwd, Cwd::Process) {
                return add_watch(&watcher.0, path, WATCHED).named_path("watch", path);
            }
            // inotify knows no directory to start from: what was judged is named through its descriptor.
            self.at(path, Want::Read, Last::Follow, "watch", |dir, name| {
                let object = openat(dir, name, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
                add_watch(&watcher.0, format!("/proc/self/fd/{}", object.as_raw_fd()), WATCHED)
            })
        }
    }

    impl Watcher {
        /// Ends a watch. One that has ended by itself is fine.
        pub fn remove(&self, watch: i32) {
            let _ = remove_watch(&self.0, watch);
        }

        /// The events that wait, as many as one read gives; empty when there are none.
        pub fn read(&self) -> SysResult<Vec<WatchEvent>> {
            let mut bytes = [MaybeUninit::uninit(); READ_LEN];
            let mut reader = Reader::new(&self.0, &mut bytes);
            let mut events = Vec::new();
            loop {
                let event = match reader.next() {
                    Ok(event) => event,
                    Err(Errno::WOULDBLOCK) => return Ok(events),
                    Err(Errno::INTR) => continue,
                    Err(error) => return Err(error).named("watch"),
                };
                let flags = event.events();
                events.push(WatchEvent {
                    watch: event.wd(),
                    changed: flags.intersects(CHANGED),
                    renamed: !(flags - CHANGED - NO_EVENT).is_empty(),
                    directory: flags.contains(ReadFlags::ISDIR),
                    ended: flags.contains(ReadFlags::IGNORED),
                    name: event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()).to_owned()),
                });
                if reader.is_buffer_empty() {
                    return Ok(events);
                }
            }
        }
    }

    impl AsFd for Watcher {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use std::os::fd::AsFd;

    use super::{BorrowedFd, Fs, Path, SysResult, WatchEvent};
    use crate::error::SysError;

    /// Where events of watches come from: not written for this system.
    #[derive(Debug)]
    pub struct Watcher(std::os::fd::OwnedFd);

    impl Fs<'_> {
        /// ENOSYS.
        pub fn watcher(self) -> SysResult<Watcher> {
            Err(SysError::new(libc::ENOSYS, "watch"))
        }

        /// ENOSYS.
        pub fn watch(self, _watcher: &Watcher, path: impl AsRef<Path>) -> SysResult<i32> {
            Err(SysError::new(libc::ENOSYS, "watch").path(path))
        }
    }

    impl Watcher {
        /// Nothing.
        pub fn remove(&self, _watch: i32) {}

        /// Nothing.
        pub fn read(&self) -> SysResult<Vec<WatchEvent>> {
            Ok(Vec::new())
        }
    }

    impl AsFd for Watcher {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

pub use system::Watcher;
