//! `Sys`: the value everything goes through.

use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustix::fs::{CWD, Mode, OFlags, openat};

use crate::clock::{Clock, RealClock};
use crate::env::Env;
use crate::errno;
use crate::error::{Named, SysError, SysResult};
use crate::fs::{FdTable, Fs};
use crate::net::{Net, Pins};
use crate::os::Os;
use crate::policy::{Policy, normal};
use crate::process::Process;
use crate::random::Random;
use crate::stdio::Stdio;
use crate::zone::TimeZone;

/// The door. Cheap to clone, `Send` and `Sync`; an operation on any thread takes a `&Sys`.
///
/// It carries the policy, the working directory, the environment, the clock, the random source and the table of file
/// descriptors that scripts may name by number. A worker thread gets [`Sys::for_worker`]. A machine with another clock,
/// other permissions or another directory is another `Sys` value, not another code path.
#[derive(Clone)]
pub struct Sys(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) policy: Policy,
    pub(crate) cwd: Cwd,
    pub(crate) env: Arc<Env>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Random,
    pub(crate) fds: Arc<FdTable>,
    pub(crate) args: Arc<[OsString]>,
    pub(crate) pins: Arc<Pins>,
}

/// Where relative paths start.
#[derive(Clone)]
pub(crate) enum Cwd {
    /// At the process's own working directory; `chdir` moves the whole process.
    Process,
    /// At a directory of this `Sys` alone; `chdir` moves only this `Sys`.
    Own(Arc<RwLock<OwnCwd>>),
}

pub(crate) struct OwnCwd {
    path: PathBuf,
    dir: Arc<OwnedFd>,
}

impl Sys {
    /// This machine as it is: everything allowed, the process's environment and directory, the real clock.
    pub fn real() -> Sys {
        Sys::builder().build()
    }

    /// Chooses what differs from [`Sys::real`].
    pub fn builder() -> SysBuilder {
        SysBuilder::default()
    }

    /// The door of a worker thread: the same policy, clock and descriptors; random numbers of its own. `env` is a copy unless
    /// `share_env` (`SHARE_ENV`) is set.
    pub fn for_worker(&self, share_env: bool) -> Sys {
        let inner = &self.0;
        Sys(Arc::new(Inner {
            policy: inner.policy.clone(),
            cwd: inner.cwd.clone(),
            env: if share_env { Arc::clone(&inner.env) } else { Arc::new(inner.env.copy()) },
            clock: Arc::clone(&inner.clock),
            random: inner.random.fork(),
            fds: Arc::clone(&inner.fds),
            args: Arc::clone(&inner.args),
            pins: Arc::clone(&inner.pins),
        }))
    }

    /// Files and directories.
    #[inline]
    pub fn fs(&self) -> Fs<'_> {
        Fs { sys: &self.0 }
    }

    /// Sockets, pipes and look-ups.
    #[inline]
    pub fn net(&self) -> Net<'_> {
        Net { sys: &self.0 }
    }

    /// Environment variables.
    #[inline]
    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// This process.
    #[inline]
    pub fn process(&self) -> Process<'_> {
        Process { sys: &self.0 }
    }

    /// This machine, for the `os` module.
    #[inline]
    pub fn os(&self) -> Os<'_> {
        Os { sys: &self.0 }
    }

    /// Terminals and the three standard descriptors.
    #[inline]
    pub fn stdio(&self) -> Stdio<'_> {
        Stdio { sys: &self.0 }
    }

    /// The clock.
    #[inline]
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// The clock, to keep.
    pub fn shared_clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// The random source.
    #[inline]
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    /// What is granted.
    #[inline]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Is the permission model on (`--permission`)? When not, `process.permission` does not exist.
    #[inline]
    pub fn permissions_enabled(&self) -> bool {
        self.0.policy.enabled
    }

    /// `process.permission.has(scope, reference)`. An unknown scope has nothing. For a path, what it resolves to must be granted too.
    pub fn has_permission(&self, scope: &str, reference: Option<&Path>) -> bool {
        let policy = &self.0.policy;
        let path = |read: bool, write: bool| match reference {
            None => (!read || policy.fs_read.is_all()) && (!write || policy.fs_write.is_all()),
            Some(path) => self.fs().allows(path, read, write),
        };
        match scope {
            _ if !policy.enabled => true,
            "fs" => policy.fs_read.is_all() && policy.fs_write.is_all(),
            "fs.read" => path(true, false),
            "fs.write" => path(false, true),
            "net" => self.net().allows(reference.and_then(Path::to_str)),
            "child" => policy.child_process,
            "worker" => policy.worker,
            "wasi" => policy.wasi,
            "addon" => policy.addons,
            "inspector" => policy.inspector,
            "env" => reference.map_or(policy.env == crate::EnvRules::All, |name| policy.env.allows(name.as_os_str())),
            _ => false,
        }
    }

    /// The working directory: `process.cwd()`.
    pub fn cwd(&self) -> SysResult<PathBuf> {
        self.0.cwd()
    }

    /// Moves the working directory: `process.chdir()`. The process really moves, unless the builder gave this `Sys` a directory of
    /// its own. A failure carries where we are as `path` and the wish as `dest`, as Node's does.
    pub fn chdir(&self, path: impl AsRef<Path>) -> SysResult<()> {
        self.0.chdir(path.as_ref())
    }

    /// The time zone that `TZ`, or the machine when there is none, says. Ask again when
    /// [`Env::time_zone_changes`] has grown.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::of_env(&self.0.env)
    }
}

impl Inner {
    pub(crate) fn cwd(&self) -> SysResult<PathBuf> {
        match &self.cwd {
            Cwd::Process => std::env::current_dir().map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::UNKNOWN), "uv_cwd")),
            Cwd::Own(own) => Ok(own.read().unwrap_or_else(PoisonError::into_inner).path.clone()),
        }
    }

    /// The directory of this `Sys` where it is not the process's own: a child has to be put there.
    pub(crate) fn own_cwd(&self) -> Option<PathBuf> {
        match &self.cwd {
            Cwd::Process => None,
            Cwd::Own(own) => Some(own.read().unwrap_or_else(PoisonError::into_inner).path.clone()),
        }
    }

    fn chdir(&self, path: &Path) -> SysResult<()> {
        let moved = match &self.cwd {
            Cwd::Process => rustix::process::chdir(path),
            Cwd::Own(own) => self.chdir_own(own, path),
        };
        moved.map_err(|errno| SysError::of(errno, "chdir").path(self.cwd().unwrap_or_default()).dest(path))
    }

    fn chdir_own(&self, own: &RwLock<OwnCwd>, path: &Path) -> rustix::io::Result<()> {
        let dir = openat(self.base(), path, DIRECTORY, Mode::empty())?;
        let path = match crate::fs::path_of_fd(dir.as_fd()) {
            Ok(path) => path,
            Err(_) => normal(&self.cwd().unwrap_or_default().join(path)),
        };
        *own.write().unwrap_or_else(PoisonError::into_inner) = OwnCwd { path, dir: Arc::new(dir) };
        Ok(())
    }

    /// `path` for a call that knows no directory to start from: unix sockets.
    pub(crate) fn based(&self, path: &Path) -> PathBuf {
        match &self.cwd {
            Cwd::Own(own) if path.is_relative() => own.read().unwrap_or_else(PoisonError::into_inner).path.join(path),
            _ => path.to_owned(),
        }
    }

    /// What relative paths are opened against.
    #[inline]
    pub(crate) fn base(&self) -> Base {
        match &self.cwd {
            Cwd::Process => Base::Process,
            Cwd::Own(own) => Base::Own(Arc::clone(&own.read().unwrap_or_else(PoisonError::into_inner).dir)),
        }
    }
}

pub(crate) enum Base {
    Process,
    Own(Arc<OwnedFd>),
}

impl AsFd for Base {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Base::Process => CWD,
            Base::Own(dir) => dir.as_fd(),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Makes a [`Sys`] that differs from the machine as it is.
///
/// ```
/// use std::sync::Arc;
/// use coil_sys::{Clock, Sys, VirtualClock};
///
/// let sys = Sys::builder().clock(Arc::new(VirtualClock::at_wall_ms(0))).random_seed(7).build();
/// assert_eq!(sys.clock().wall_ms(), 0);
/// let again = Sys::builder().random_seed(7).build();
/// assert_eq!(sys.random().next_u64(), again.random().next_u64());
/// ```
#[derive(Default)]
pub struct SysBuilder {
    policy: Policy,
    cwd: Option<OwnCwd>,
    env: Option<Vec<(OsString, OsString)>>,
    args: Option<Vec<OsString>>,
    clock: Option<Arc<dyn Clock>>,
    random_seed: Option<u64>,
    script_seed: Option<u64>,
    no_inherited_fds: bool,
}

impl SysBuilder {
    /// What is granted; everything unless said.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> SysBuilder {
        self.policy = policy;
        self
    }

    /// A working directory of this `Sys` alone, which must exist. Unless given, it is the process's, and `chdir` moves the process.
    pub fn cwd(mut self, path: impl AsRef<Path>) -> SysResult<SysBuilder> {
        let path = path.as_ref();
        let dir = openat(CWD, path, DIRECTORY, Mode::empty()).named_path("chdir", path)?;
        let path = crate::fs::path_of_fd(dir.as_fd()).unwrap_or_else(|_| path.to_owned());
        self.cwd = Some(OwnCwd { path, dir: Arc::new(dir) });
        Ok(self)
    }

    /// The environment, in place of a copy of the process's.
    #[must_use]
    pub fn env<N: Into<OsString>, V: Into<OsString>>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> SysBuilder {
        self.env = Some(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    /// The command line, in place of the process's.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> SysBuilder {
        self.args = Some(args.into_iter().map(Into::into).collect());
        self
    }

    /// A clock, in place of the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> SysBuilder {
        self.clock = Some(clock);
        self
    }

    /// Random bytes from this seed instead of the kernel's, so that a run can be repeated.
    #[must_use]
    pub fn random_seed(mut self, seed: u64) -> SysBuilder {
        self.random_seed = Some(seed);
        self
    }

    /// `Math.random` from this seed, every other random number from where it comes otherwise.
    #[must_use]
    pub fn script_seed(mut self, seed: u64) -> SysBuilder {
        self.script_seed = Some(seed);
        self
    }

    /// Whether scripts may name descriptors beyond 0, 1 and 2 that the process was started with. Yes unless said; an embedder
    /// with descriptors of its own says no.
    #[must_use]
    pub fn inherited_fds(mut self, allowed: bool) -> SysBuilder {
        self.no_inherited_fds = !allowed;
        self
    }

    /// The `Sys`.
    pub fn build(self) -> Sys {
        let variables = self.env.unwrap_or_else(|| std::env::vars_os().collect());
        let env = Env::new(variables, if self.policy.enabled { &self.policy.env } else { &crate::EnvRules::All });
        Sys(Arc::new(Inner {
            cwd: self.cwd.map_or(Cwd::Process, |own| Cwd::Own(Arc::new(RwLock::new(own)))),
            env: Arc::new(env),
            clock: self.clock.unwrap_or_else(|| Arc::new(RealClock)),
            random: Random::new(self.random_seed, self.script_seed),
            fds: Arc::new(FdTable::new(!self.no_inherited_fds)),
            args: self.args.unwrap_or_else(|| std::env::args_os().collect()).into(),
            pins: Arc::default(),
            policy: self.policy,
        }))
    }
}
