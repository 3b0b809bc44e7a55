//! The moment between two programs.
//!
//! On Linux the child shares our memory until it has become another program (as after `vfork`), so that starting one costs the same
//! however much memory this process holds. What runs in it allocates nothing, takes no lock and writes nothing but the plan's error.

use std::ffi::{CString, c_char, c_int};
#[cfg(any(target_os = "linux", target_os = "android"))]
use std::{
    ffi::c_void,
    sync::atomic::{AtomicI32, Ordering},
};

use super::{Child, Command, all_terminated};
use crate::errno;
use crate::error::{SysError, SysResult};

/// Everything the child needs, made before it exists.
pub(super) struct Plan {
    candidates: Vec<CString>,
    argv: Vec<*const c_char>,
    /// For a script without `#!`: `/bin/sh`, the script, its arguments.
    shell_argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
    cwd: Option<CString>,
    fds: Vec<c_int>,
    uid: Option<u32>,
    gid: Option<u32>,
    detached: bool,
    /// Where the child that shares our memory leaves its error.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    failed: AtomicI32,
    /// What the pointers above point to.
    _texts: (Vec<CString>, Vec<CString>),
}

impl Plan {
    pub(super) fn new(command: &Command, fds: Vec<c_int>, cwd: Option<CString>) -> SysResult<Plan> {
        let args = all_terminated(&command.args)?;
        let env = all_terminated(&command.env)?;
        let pointers = |texts: &[CString]| -> Vec<*const c_char> { texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect() };
        let argv = pointers(&args);
        let mut shell_argv = vec![c"/bin/sh".as_ptr(), std::ptr::null()];
        shell_argv.extend(argv.iter().skip(1));
        if argv.len() < 2 {
            shell_argv.push(std::ptr::null());
        }
        let (uid, gid, detached) = (command.uid, command.gid, command.detached);
        let envp = pointers(&env);
        Ok(Plan {
            candidates: command.candidates()?,
            argv,
            shell_argv,
            envp,
            cwd,
            fds,
            uid,
            gid,
            detached,
            #[cfg(any(target_os = "linux", target_os = "android"))]
            failed: AtomicI32::new(0),
            _texts: (args, env),
        })
    }

    /// In the child: becomes the other program, or gives the error that was in the way.
    fn enter(&mut self) -> c_int {
        // SAFETY: only calls that may be made between fork and exec, on memory the plan owns.
        unsafe {
            for signal in 1..=SIGNAL_MAX {
                // Fails for those that cannot be caught.
                libc::signal(signal, libc::SIG_DFL);
            }
            let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
            libc::sigemptyset(none.as_mut_ptr());
            libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
            if self.detached {
                libc::setsid();
            }
            if let Err(errno) = self.place_fds() {
                return errno;
            }
            if let Some(cwd) = &self.cwd
                && libc::chdir(cwd.as_ptr()) != 0
            {
                return last();
            }
            if (self.uid.is_some() || self.gid.is_some()) && libc::geteuid() == 0 {
                become_groupless();
            }
            if let Some(gid) = self.gid
                && set_gid(gid) != 0
            {
                return last();
            }
            if let Some(uid) = self.uid
                && set_uid(uid) != 0
            {
                return last();
            }
            let mut result = libc::ENOENT;
            for candidate in &self.candidates {
                libc::execve(candidate.as_ptr(), self.argv.as_ptr(), self.envp.as_ptr());
                match last() {
                    libc::ENOENT | libc::ENOTDIR => {}
                    libc::EACCES => result = libc::EACCES,
                    libc::ENOEXEC => {
                        self.shell_argv[1] = candidate.as_ptr();
                        libc::execve(c"/bin/sh".as_ptr(), self.shell_argv.as_ptr(), self.envp.as_ptr());
                        return last();
                    }
                    other => return other,
                }
            }
            result
        }
    }

    /// Puts each descriptor at its number.
    ///
    /// # Safety
    /// In the child only: it changes the table of descriptors.
    unsafe fn place_fds(&mut self) -> Result<(), c_int> {
        let count = self.fds.len() as c_int;
        // SAFETY: system calls on numbers; those that are named were open when the plan was made.
        unsafe {
            // One that lies in the way of a lower number moves up first.
            for at in 0..count {
                let fd = self.fds[at as usize];
                if fd < 0 || fd >= at {
                    continue;
                }
                let moved = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, count);
                if moved < 0 {
                    return Err(last());
                }
                self.fds[at as usize] = moved;
            }
            for at in 0..count {
                let fd = self.fds[at as usize];
                if fd < 0 {
                    if at < 3 {
                        let null = libc::open(c"/dev/null".as_ptr(), if at == 0 { libc::O_RDONLY } else { libc::O_RDWR });
                        if null < 0 {
                            return Err(last());
                        }
                        if null != at {
                            libc::dup2(null, at);
                            libc::close(null);
                        }
                    }
                    continue;
                }
                if fd == at {
                    libc::fcntl(fd, libc::F_SETFD, 0);
                } else if libc::dup2(fd, at) < 0 {
                    return Err(last());
                }
                if at < 3 {
                    let flags = libc::fcntl(at, libc::F_GETFL);
                    if flags >= 0 && flags & libc::O_NONBLOCK != 0 {
                        libc::fcntl(at, libc::F_SETFL, flags & !libc::O_NONBLOCK);
                    }
                }
            }
            // What this process itself was started with is not handed on unless it was named.
            #[cfg(any(target_os = "linux", target_os = "android"))]
            libc::syscall(libc::SYS_close_range, count.max(3), c_int::MAX, libc::CLOSE_RANGE_CLOEXEC);
        }
        Ok(())
    }
}

/// Beyond the kernel's last.
const SIGNAL_MAX: c_int = 64;

fn last() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL)
}

// The library's functions of these names would change all threads of the process whose memory is shared.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod ids {
    use std::ffi::{c_int, c_long};

    /// # Safety
    /// In the child only.
    pub(super) unsafe fn become_groupless() {
        // SAFETY: no list is read when its length is 0.
        unsafe { libc::syscall(libc::SYS_setgroups, 0 as c_long, std::ptr::null::<libc::gid_t>()) };
    }

    /// # Safety
    /// In the child only.
    pub(super) unsafe fn set_gid(gid: u32) -> c_int {
        // SAFETY: takes a number only.
        (unsafe { libc::syscall(libc::SYS_setgid, c_long::from(gid)) }) as c_int
    }

    /// # Safety
    /// In the child only.
    pub(super) unsafe fn set_uid(uid: u32) -> c_int {
        // SAFETY: takes a number only.
        (unsafe { libc::syscall(libc::SYS_setuid, c_long::from(uid)) }) as c_int
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod ids {
    use std::ffi::c_int;

    /// # Safety
    /// In the child only.
    pub(super) unsafe fn become_groupless() {
        // SAFETY: no list is read when its length is 0.
        unsafe { libc::setgroups(0, std::ptr::null()) };
    }

    /// # Safety
    /// In the child only.
    pub(super) unsafe fn set_gid(gid: u32) -> c_int {
        // SAFETY: takes a number only.
        unsafe { libc::setgid(gid) }
    }

    /// # Safety
    /// In the child only.
    pub(super) unsafe fn set_uid(uid: u32) -> c_int {
        // SAFETY: takes a number only.
        unsafe { libc::setuid(uid) }
    }
}

use ids::{become_groupless, set_gid, set_uid};

#[cfg(any(target_os = "linux", target_os = "android"))]
extern "C" fn main_of_child(plan: *mut c_void) -> c_int {
    // SAFETY: `start` passes its plan, which it does not touch until this process has ended or become another program.
    let plan = unsafe { &mut *plan.cast::<Plan>() };
    let errno = plan.enter();
    plan.failed.store(errno, Ordering::Release);
    // SAFETY: ends this process without running what the other has registered.
    unsafe { libc::_exit(127) }
}

/// Makes this process what the plan says.
pub(super) fn become_program(mut plan: Plan) -> SysError {
    crate::stdio::reset_mode();
    SysError::new(plan.enter(), "execve")
}

/// Starts what the plan says.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn start(mut plan: Plan) -> SysResult<Child> {
    let mut stack: Vec<u128> = Vec::with_capacity(STACK_LEN / 16);
    let (all, mut before) = (std::mem::MaybeUninit::<libc::sigset_t>::uninit(), std::mem::MaybeUninit::<libc::sigset_t>::uninit());
    let mut all = all;
    // SAFETY: the sets are filled by the calls that get them. No signal is handled while the child shares our memory and its handlers. The
    // stack is ours until the child no longer runs on it, which CLONE_VFORK waits for; it grows downwards from its aligned end.
    let pid = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        let top = stack.as_mut_ptr().add(stack.capacity());
        let pid = libc::clone(main_of_child, top.cast(), libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD, (&raw mut plan).cast());
        let failed = last();
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut());
        if pid < 0 {
            return Err(SysError::new(failed, "spawn"));
        }
        pid
    };
    let failed = plan.failed.load(Ordering::Acquire);
    if failed != 0 {
        reap(pid);
        return Err(SysError::new(failed, "spawn"));
    }
    let over = rustix::process::Pid::from_raw(pid).map(|pid| rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()));
    match over {
        Some(Ok(over)) => Ok(Child { pid, over }),
        Some(Err(error)) => Err(SysError::of(error, "pidfd_open")),
        None => Err(SysError::new(errno::ESRCH, "pidfd_open")),
    }
}

/// A child needs some hundred bytes; a page more for whatever handler the system adds.
#[cfg(any(target_os = "linux", target_os = "android"))]
const STACK_LEN: usize = 32 * 1024;

fn reap(pid: c_int) {
    // SAFETY: a child of ours that was not waited for; nothing is written.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
}

/// Elsewhere the child gets a copy of our memory; a thread waits for its end.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn start(mut plan: Plan) -> SysResult<Child> {
    use std::os::fd::AsRawFd;

    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let named = |error: std::io::Error| SysError::new(error.raw_os_error().unwrap_or(errno::UNKNOWN), "pipe");
    let (told, tell) = std::io::pipe().map_err(named)?;
    // SAFETY: the child makes only calls that may be made between fork and exec.
    let pid = unsafe { libc::fork() };
    if pid < 0 {
        return Err(SysError::last("spawn"));
    }
    if pid == 0 {
        let errno = plan.enter().to_ne_bytes();
        // SAFETY: the pointer and the length are of one array.
        unsafe {
            libc::write(tell.as_raw_fd(), errno.as_ptr().cast(), errno.len());
            libc::_exit(127)
        }
    }
    drop(tell);
    let mut errno = [0; 4];
    if matches!(rustix::io::read(&told, &mut errno), Ok(4)) {
        reap(pid);
        return Err(SysError::new(i32::from_ne_bytes(errno), "spawn"));
    }
    let (over, end) = std::io::pipe().map_err(named)?;
    std::thread::spawn(move || {
        if let Some(pid) = Pid::from_raw(pid) {
            // Whoever reads the pipe's end reaps it.
            let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
        }
        drop(end);
    });
    Ok(Child { pid, over: over.into() })
}
