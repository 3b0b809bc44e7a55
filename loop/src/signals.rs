//! Signals (Unix): the handler writes the signal's number into a pipe, the loop reads it in the poll phase.

use crate::arena::{Arena, Key};
use crate::poller::{Fd, SIGNALS};
use crate::reactor::Reactor;
use std::cell::RefCell;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// In a cell of its own, so that it can be called while watchers come and go.
pub(crate) type Listener<C> = Rc<RefCell<dyn FnMut(&mut C)>>;

pub(crate) struct Signals<C> {
    /// Both ends of the pipe, from the first signal watched to the last.
    pipe: RefCell<Option<(PipeReader, Arc<PipeWriter>)>>,
    watchers: RefCell<Arena<Watcher<C>>>,
}

pub(crate) struct Watcher<C> {
    signum: i32,
    pub reffed: bool,
    pub callback: Listener<C>,
    /// Shared by this loop's watchers of one signal, which is written into the pipe once.
    caught: Rc<process::Caught>,
}

impl<C> Signals<C> {
    pub fn new() -> Self {
        Signals { pipe: RefCell::new(None), watchers: RefCell::new(Arena::new()) }
    }

    pub fn watch(&self, signum: i32, callback: Listener<C>, reactor: &Reactor<C>) -> io::Result<Key> {
        let writer = self.open_pipe(reactor)?;
        let known = self.watchers.borrow().iter().find_map(|(_, other)| (other.signum == signum).then(|| other.caught.clone()));
        let caught = match known {
            Some(caught) => Ok(caught),
            None => process::Caught::new(signum, writer).map(Rc::new),
        };
        let watching = caught.map(|caught| self.watchers.borrow_mut().insert(Watcher { signum, reffed: false, callback, caught }));
        self.close_pipe_if_unused(reactor);
        watching
    }

    pub fn remove(&self, key: Key, reactor: &Reactor<C>) -> Option<Watcher<C>> {
        let watcher = self.watchers.borrow_mut().remove(key);
        self.close_pipe_if_unused(reactor);
        watcher
    }

    pub fn set_ref(&self, key: Key, reffed: bool) -> Option<bool> {
        Some(std::mem::replace(&mut self.watchers.borrow_mut().get_mut(key)?.reffed, reffed))
    }

    pub fn has_ref(&self, key: Key) -> bool {
        self.watchers.borrow().get(key).is_some_and(|watcher| watcher.reffed)
    }

    pub fn reffed(&self) -> usize {
        self.watchers.borrow().iter().filter(|(_, watcher)| watcher.reffed).count()
    }

    pub fn keys(&self) -> Vec<Key> {
        self.watchers.borrow().iter().map(|(key, _)| key).collect()
    }

    /// The callback of a watcher, if it is still there.
    pub fn callback(&self, key: Key) -> Option<Listener<C>> {
        Some(self.watchers.borrow().get(key)?.callback.clone())
    }

    /// Takes the next caught signal; returns who watches it, in the order of watching.
    pub fn take_caught(&self) -> Option<Vec<Key>> {
        let mut signum = [0];
        // It does not block: an error means there is none.
        (&self.pipe.borrow().as_ref()?.0).read_exact(&mut signum).ok()?;
        let watchers = self.watchers.borrow();
        let of_signal = watchers.iter().filter(|(_, watcher)| watcher.signum == i32::from(signum[0]));
        let mut keys: Vec<_> = of_signal.map(|(key, _)| key).collect();
        keys.sort_by_key(|key| key.seq);
        Some(keys)
    }

    fn open_pipe(&self, reactor: &Reactor<C>) -> io::Result<Arc<PipeWriter>> {
        let mut pipe = self.pipe.borrow_mut();
        if let Some((_, writer)) = &*pipe {
            return Ok(writer.clone());
        }
        let (reader, writer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&reader, true)?;
        rustix::io::ioctl_fionbio(&writer, true)?;
        reactor.poller().add(Fd::of(&reader), SIGNALS, crate::Interest::READABLE)?;
        reactor.watched(1);
        let writer = Arc::new(writer);
        *pipe = Some((reader, writer.clone()));
        Ok(writer)
    }

    fn close_pipe_if_unused(&self, reactor: &Reactor<C>) {
        if self.watchers.borrow().len() > 0 {
            return;
        }
        if let Some((reader, _)) = self.pipe.borrow_mut().take() {
            reactor.watched(-1);
            // The descriptor is closed right after: nothing can be lost if the system does not find it.
            let _ = reactor.poller().delete(Fd::of(&reader));
        }
    }
}

/// A flag that is raised as soon as a signal comes, also while the thread of the loop runs something else. As long as there is one, no
/// loop is told of the signal; when the last is dropped, the signal does again what it did before.
pub struct SignalFlag {
    raised: Arc<AtomicBool>,
    /// Ends the catching with the flag.
    _caught: process::Caught,
    _held: process::Held,
}

impl SignalFlag {
    /// From now on the signal raises the flag.
    ///
    /// # Errors
    ///
    /// Those of `sigaction`: there is no such signal, or it cannot be caught.
    pub fn new(signum: i32) -> io::Result<Self> {
        let raised = Arc::new(AtomicBool::new(false));
        Ok(Self { raised: raised.clone(), _caught: process::Caught::raising(signum, raised)?, _held: process::Held::new(signum) })
    }

    /// The flag itself, for other threads.
    pub fn raised(&self) -> Arc<AtomicBool> {
        self.raised.clone()
    }
}

/// The part that belongs to the whole process: which signals are caught, for how many loops, and what happened to them
/// before.
#[allow(unsafe_code)]
mod process {
    use signal_hook_registry::SigId;
    use std::collections::BTreeMap;
    use std::io::{self, PipeWriter};
    use std::mem::MaybeUninit;
    use std::ptr;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    /// A signal caught for one watcher. When the last of a signal is dropped, the signal does again what it did before.
    pub(super) struct Caught {
        signum: i32,
        id: SigId,
    }

    /// Keeps a signal from the loops.
    pub(super) struct Held(i32);

    /// By signal: how many keep it from the loops.
    static HELD: [AtomicUsize; SIGNALS_MAX] = [const { AtomicUsize::new(0) }; SIGNALS_MAX];
    const SIGNALS_MAX: usize = 65;

    impl Held {
        pub fn new(signum: i32) -> Self {
            if let Some(count) = Self::count(signum) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            Self(signum)
        }

        fn count(signum: i32) -> Option<&'static AtomicUsize> {
            HELD.get(usize::try_from(signum).ok()?)
        }

        fn is(signum: i32) -> bool {
            Self::count(signum).is_some_and(|count| count.load(Ordering::Relaxed) > 0)
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            if let Some(count) = Self::count(self.0) {
                count.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    struct Disposition {
        watchers: usize,
        /// Before anyone watched.
        before: libc::sigaction,
        /// The registry installs its handler once for each signal and leaves it there for ever, which would swallow the
        /// signal after the last watcher has gone. So it is put aside then, and put back for the next watcher.
        handler: Option<libc::sigaction>,
    }

    static DISPOSITIONS: Mutex<BTreeMap<i32, Disposition>> = Mutex::new(BTreeMap::new());

    impl Caught {
        pub fn new(signum: i32, writer: Arc<PipeWriter>) -> io::Result<Self> {
            let byte = u8::try_from(signum).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
            Self::doing(signum, move || {
                if Held::is(signum) {
                    return;
                }
                // If the pipe is full, the loop has plenty to read already.
                let _ = rustix::io::write(&*writer, &[byte]);
            })
        }

        /// Raises a flag.
        pub fn raising(signum: i32, flag: Arc<AtomicBool>) -> io::Result<Self> {
            Self::doing(signum, move || flag.store(true, Ordering::Relaxed))
        }

        /// `action` runs in the signal handler: it writes to a pipe that does not block, or stores into an atomic.
        fn doing(signum: i32, action: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
            if signum == libc::SIGKILL || signum == libc::SIGSTOP {
                return Err(io::Error::from_raw_os_error(libc::EINVAL));
            }
            let mut dispositions = dispositions();
            let before = exchange(signum, None)?;
            // SAFETY: the action runs in a signal handler: as said above it does one thing that is allowed there, and
            // touches nothing else; the registry saves and restores errno around it.
            let id = unsafe { signal_hook_registry::register_signal_unchecked(signum, action) }?;
            let disposition = dispositions.entry(signum).or_insert(Disposition { watchers: 0, before, handler: None });
            disposition.watchers += 1;
            if let Some(handler) = disposition.handler.take() {
                disposition.before = exchange(signum, Some(&handler))?;
            }
            Ok(Caught { signum, id })
        }
    }

    impl Drop for Caught {
        fn drop(&mut self) {
            let mut dispositions = dispositions();
            signal_hook_registry::unregister(self.id);
            let Some(disposition) = dispositions.get_mut(&self.signum) else {
                return;
            };
            disposition.watchers -= 1;
            if disposition.watchers == 0 {
                disposition.handler = exchange(self.signum, Some(&disposition.before)).ok();
            }
        }
    }

    fn dispositions() -> MutexGuard<'static, BTreeMap<i32, Disposition>> {
        DISPOSITIONS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what a signal does, if `new` is given; returns what it did.
    fn exchange(signum: i32, new: Option<&libc::sigaction>) -> io::Result<libc::sigaction> {
        let mut old = MaybeUninit::uninit();
        // SAFETY: both pointers are to sigaction structures or null, as sigaction(2) wants; `new` is one it returned.
        let result = unsafe { libc::sigaction(signum, new.map_or(ptr::null(), ptr::from_ref), old.as_mut_ptr()) };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: sigaction succeeded, so it filled in `old`.
        Ok(unsafe { old.assume_init() })
    }
}
