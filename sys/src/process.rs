//! This process: `sys.process()`.

use std::ffi::OsString;
use std::path::PathBuf;

use rustix::{
    fs::Mode,
    process::{Resource, Rlimit},
};

use crate::errno;
use crate::error::{SysError, SysResult};
use crate::fs::mode_of;
use crate::sys::Inner;

/// This process, through the door.
#[derive(Clone, Copy)]
pub struct Process<'a> {
    pub(crate) sys: &'a Inner,
}

/// Time the processor spent, in microseconds: `process.cpuUsage()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTime {
    /// In the program.
    pub user_us: u64,
    /// In the kernel for it.
    pub system_us: u64,
}

/// `process.resourceUsage()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Node, whose page says what each is")]
pub struct ResourceUsage {
    pub cpu: CpuTime,
    /// In kilobytes.
    pub max_rss: u64,
    pub shared_memory_size: u64,
    pub unshared_data_size: u64,
    pub unshared_stack_size: u64,
    pub minor_page_fault: u64,
    pub major_page_fault: u64,
    pub swapped_out: u64,
    pub fs_read: u64,
    pub fs_write: u64,
    pub ipc_sent: u64,
    pub ipc_received: u64,
    pub signals_count: u64,
    pub voluntary_context_switches: u64,
    pub involuntary_context_switches: u64,
}

impl Process<'_> {
    /// `process.pid`
    pub fn pid(self) -> u32 {
        std::process::id()
    }

    /// `process.ppid`
    pub fn ppid(self) -> u32 {
        rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get().cast_unsigned())
    }

    /// The command line: the program's name as it was called, then its arguments.
    pub fn args(&self) -> &[OsString] {
        &self.sys.args
    }

    /// `process.execPath`: the program that is running, links resolved.
    pub fn exec_path(self) -> SysResult<PathBuf> {
        std::env::current_exe().map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::UNKNOWN), "uv_exepath"))
    }

    /// `process.exit`, past all that is Rust's: nothing is dropped. Terminals are put back as they were.
    pub fn exit(self, code: i32) -> ! {
        crate::stdio::reset_mode();
        // `std::process::exit` would still run this thread's destructors, the whole heap of the engine among them.
        let _ = std::io::Write::flush(&mut std::io::stdout());
        // SAFETY: the call ends the process and touches nothing of it.
        unsafe { libc::_exit(code) }
    }

    /// `process.abort`
    pub fn abort(self) -> ! {
        std::process::abort()
    }

    /// `process.umask`: sets it if a new one is given, and returns the old. There is no reading it without setting; the short
    /// gap is Node's too.
    #[allow(clippy::useless_conversion, reason = "16 bits on BSD")]
    pub fn umask(self, new: Option<u32>) -> u32 {
        match new {
            Some(mask) => rustix::process::umask(mode_of(mask & 0o777)).bits().into(),
            None => {
                let old = rustix::process::umask(Mode::empty());
                rustix::process::umask(old);
                old.bits().into()
            }
        }
    }

    /// `process.getuid()`
    pub fn uid(self) -> u32 {
        rustix::process::getuid().as_raw()
    }

    /// `process.geteuid()`
    pub fn euid(self) -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// `process.getgid()`
    pub fn gid(self) -> u32 {
        rustix::process::getgid().as_raw()
    }

    /// `process.getegid()`
    pub fn egid(self) -> u32 {
        rustix::process::getegid().as_raw()
    }

    /// `process.getgroups()`: with the effective one, as Node adds it.
    pub fn groups(self) -> SysResult<Vec<u32>> {
        let groups = rustix::process::getgroups().map_err(|errno| SysError::of(errno, "getgroups"))?;
        let mut groups: Vec<u32> = groups.into_iter().map(rustix::process::Gid::as_raw).collect();
        let effective = self.egid();
        if !groups.contains(&effective) {
            groups.push(effective);
        }
        Ok(groups)
    }

    /// `process.setuid(id)`: of all threads.
    pub fn set_uid(self, id: u32) -> SysResult<()> {
        // SAFETY: takes a number only.
        done(unsafe { libc::setuid(id) }, "setuid")
    }

    /// `process.seteuid(id)`
    pub fn set_euid(self, id: u32) -> SysResult<()> {
        // SAFETY: takes a number only.
        done(unsafe { libc::seteuid(id) }, "seteuid")
    }

    /// `process.setgid(id)`
    pub fn set_gid(self, id: u32) -> SysResult<()> {
        // SAFETY: takes a number only.
        done(unsafe { libc::setgid(id) }, "setgid")
    }

    /// `process.setegid(id)`
    pub fn set_egid(self, id: u32) -> SysResult<()> {
        // SAFETY: takes a number only.
        done(unsafe { libc::setegid(id) }, "setegid")
    }

    /// `process.setgroups(groups)`
    pub fn set_groups(self, groups: &[u32]) -> SysResult<()> {
        // SAFETY: the pointer and the length are of one slice, which outlives the call.
        done(unsafe { libc::setgroups(groups.len() as _, groups.as_ptr()) }, "setgroups")
    }

    /// `process.initgroups(user, extra_group)`
    pub fn init_groups(self, user: &str, extra_group: u32) -> SysResult<()> {
        let user = std::ffi::CString::new(user).map_err(|_| SysError::new(errno::EINVAL, "initgroups"))?;
        // SAFETY: the string ends in NUL and outlives the call.
        done(unsafe { libc::initgroups(user.as_ptr(), extra_group as _) }, "initgroups")
    }

    /// `process.kill(pid, signal)`: 0 only asks whether it is there; a negative `pid` means a group. Any process of this user can be
    /// reached, as in Node; under a policy only this one, unless child processes are granted.
    pub fn kill(self, pid: i32, signal: i32) -> SysResult<()> {
        if self.sys.policy.enabled && i64::from(pid) != i64::from(self.pid()) && pid != 0 {
            self.sys.policy.check_child_process(&pid.to_string(), "kill")?;
        }
        // SAFETY: takes numbers only.
        done(unsafe { libc::kill(pid, signal) }, "kill")
    }

    /// A file that would become larger than it may is an error of the write (EFBIG), not the end of the process.
    pub fn ignore_file_size_signal(self) {
        // SAFETY: ignoring a signal runs no handler, and SIGXFSZ comes to the thread that writes only.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    }

    /// `process.hrtime.bigint()`: nanoseconds by the `Sys`'s clock.
    pub fn hrtime_ns(self) -> u64 {
        self.sys.clock.monotonic_ns()
    }

    /// `process.memoryUsage.rss()`: bytes of memory in use by this process.
    pub fn rss(self) -> SysResult<u64> {
        platform::rss()
    }

    /// Lets this process open as many descriptors as it may: the soft limit becomes the hard one, as Node does at its start.
    pub fn raise_descriptor_limit(self) {
        let limit = rustix::process::getrlimit(Resource::Nofile);
        if limit.current != limit.maximum {
            // Where it is refused (a hard limit above the kernel's own) the limit stays as it is.
            let _ = rustix::process::setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
        }
    }

    /// How much address space the process may take (RLIMIT_AS); `None` for as much as there is.
    pub fn address_space_limit(self) -> Option<u64> {
        rustix::process::getrlimit(Resource::As).current
    }

    /// `process.cpuUsage()`
    pub fn cpu_usage(self) -> CpuTime {
        usage(libc::RUSAGE_SELF).cpu
    }

    /// `process.threadCpuUsage()`: of the calling thread.
    pub fn thread_cpu_usage(self) -> CpuTime {
        usage(platform::RUSAGE_THREAD).cpu
    }

    /// `process.resourceUsage()`
    pub fn resource_usage(self) -> ResourceUsage {
        usage(libc::RUSAGE_SELF)
    }

    /// `process.title`: what `ps` shows.
    pub fn title(self) -> String {
        platform::title().unwrap_or_else(|| self.args().first().map(|arg| arg.to_string_lossy().into_owned()).unwrap_or_default())
    }

    /// Sets `process.title`; cut to the room the command line had.
    pub fn set_title(self, title: &str) {
        platform::set_title(title);
    }
}

fn done(result: i32, syscall: &'static str) -> SysResult<()> {
    if result == 0 { Ok(()) } else { Err(SysError::last(syscall)) }
}

#[expect(clippy::cast_sign_loss, reason = "the kernel's counts are not negative")]
fn usage(who: i32) -> ResourceUsage {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a struct of the kind the call fills; all zero is a value of it.
    let usage = unsafe {
        libc::getrusage(who, usage.as_mut_ptr());
        usage.assume_init()
    };
    let micros = |time: libc::timeval| time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64;
    ResourceUsage {
        cpu: CpuTime { user_us: micros(usage.ru_utime), system_us: micros(usage.ru_stime) },
        max_rss: platform::kilobytes(usage.ru_maxrss as u64),
        shared_memory_size: usage.ru_ixrss as u64,
        unshared_data_size: usage.ru_idrss as u64,
        unshared_stack_size: usage.ru_isrss as u64,
        minor_page_fault: usage.ru_minflt as u64,
        major_page_fault: usage.ru_majflt as u64,
        swapped_out: usage.ru_nswap as u64,
        fs_read: usage.ru_inblock as u64,
        fs_write: usage.ru_oublock as u64,
        ipc_sent: usage.ru_msgsnd as u64,
        ipc_received: usage.ru_msgrcv as u64,
        signals_count: usage.ru_nsignals as u64,
        voluntary_context_switches: usage.ru_nvcsw as u64,
        involuntary_context_switches: usage.ru_nivcsw as u64,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod platform {
    use std::sync::{Mutex, PoisonError};

    use crate::errno;
    use crate::error::{SysError, SysResult};

    pub(super) const RUSAGE_THREAD: i32 = libc::RUSAGE_THREAD;

    pub(super) fn kilobytes(max_rss: u64) -> u64 {
        max_rss
    }

    /// The second number of statm, in pages.
    pub(super) fn rss() -> SysResult<u64> {
        let wrong = || SysError::new(errno::EINVAL, "uv_resident_set_memory");
        let mut bytes = [0; 128];
        let len = read_small("/proc/self/statm", &mut bytes).map_err(|errno| SysError::of(errno, "uv_resident_set_memory"))?;
        let text = std::str::from_utf8(&bytes[..len]).map_err(|_| wrong())?;
        let pages: u64 = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).ok_or_else(wrong)?;
        Ok(pages * rustix::param::page_size() as u64)
    }

    /// Without allocating: it is asked often.
    fn read_small(path: &str, bytes: &mut [u8]) -> rustix::io::Result<usize> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        let file = openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        rustix::io::read(&file, bytes)
    }

    static TITLE: Mutex<Option<String>> = Mutex::new(None);

    pub(super) fn title() -> Option<String> {
        TITLE.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The command line lies at the addresses `/proc/self/stat` tells, and is written through `/proc/self/mem`: the kernel checks the
    /// addresses, so nothing here is unsafe. The arguments were copied into the `Sys` before.
    pub(super) fn set_title(title: &str) {
        let mut kept = TITLE.lock().unwrap_or_else(PoisonError::into_inner);
        let room = argument_area().filter(|(start, end)| end > start);
        let Some((start, end)) = room else {
            *kept = Some(title.to_owned());
            return;
        };
        let room = usize::try_from(end - start).unwrap_or(0);
        let mut cut = title.len().min(room - 1);
        while !title.is_char_boundary(cut) {
            cut -= 1;
        }
        let mut bytes = vec![0; room];
        bytes[..cut].copy_from_slice(&title.as_bytes()[..cut]);
        if let Ok(memory) = std::fs::OpenOptions::new().write(true).open("/proc/self/mem") {
            // A kernel that forbids it keeps the old title for `ps`; the script still sees its own.
            let _ = std::os::unix::fs::FileExt::write_all_at(&memory, &bytes, start);
        }
        if let Ok(name) = std::ffi::CString::new(title) {
            let _ = rustix::thread::set_name(&name);
        }
        *kept = Some(title[..cut].to_owned());
    }

    /// Fields 48 and 49 of stat; the name in field 2 may hold spaces, so counting starts after its parenthesis.
    fn argument_area() -> Option<(u64, u64)> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(48 - 3);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod platform {
    use std::sync::{Mutex, PoisonError};

    use crate::error::SysResult;

    pub(super) const RUSAGE_THREAD: i32 = libc::RUSAGE_SELF;

    /// These systems count in bytes.
    pub(super) fn kilobytes(max_rss: u64) -> u64 {
        max_rss / 1024
    }

    /// The most it ever was: what getrusage tells everywhere.
    pub(super) fn rss() -> SysResult<u64> {
        Ok(super::usage(libc::RUSAGE_SELF).max_rss * 1024)
    }

    static TITLE: Mutex<Option<String>> = Mutex::new(None);

    pub(super) fn title() -> Option<String> {
        TITLE.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_title(title: &str) {
        *TITLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(title.to_owned());
    }
}

/// Signals by name, as `os.constants.signals` has them, in its order.
pub mod signals {
    macro_rules! signals {
        ($($(#[$only:meta])* $name:ident)*) => {
            /// Names and numbers.
            pub static SIGNALS: &[(&str, i32)] = &[$($(#[$only])* (stringify!($name), libc::$name)),*];
        };
    }

    signals! {
        SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGIOT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGCHLD
        #[cfg(any(target_os = "linux", target_os = "android"))] SIGSTKFLT
        SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO
        #[cfg(any(target_os = "linux", target_os = "android"))] SIGPOLL
        #[cfg(any(target_os = "linux", target_os = "android"))] SIGPWR
        SIGSYS
    }

    /// The number of a signal by its name.
    pub fn number_of(name: &str) -> Option<i32> {
        SIGNALS.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
    }

    /// The name of a signal.
    pub fn name_of(number: i32) -> Option<&'static str> {
        SIGNALS.iter().find(|(_, known)| *known == number).map(|(name, _)| *name)
    }
}
