//! Child processes: `sys.process().spawn(command)` starts one, [`Child`] is what the loop watches, and [`Run`] waits for one to its end.
//!
//! ```
//! use coil_sys::child::{ChildFd, Command, Run};
//! use coil_sys::Sys;
//!
//! let sys = Sys::real();
//! let (ours, theirs) = sys.net().socket_pair().expect("two descriptors are free");
//! sys.net().set_nonblocking(&theirs, false).expect("it is ours");
//! let mut command = Command::new("echo");
//! command.args = vec!["echo".into(), "hello".into()];
//! command.stdio = vec![ChildFd::Ignore, ChildFd::Given(theirs), ChildFd::Ignore];
//! let mut run = Run::new(command);
//! run.pipes.push(coil_sys::child::RunPipe { fd: ours, input: None, reads: true });
//! let done = run.to_end(&sys).expect("echo is everywhere");
//! assert_eq!(done.outputs, [b"hello\n"]);
//! assert_eq!(done.exit.map(|exit| exit.code), Some(0));
//! ```

use std::ffi::{CString, OsStr, OsString};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::errno;
use crate::error::{SysError, SysResult};
use crate::process::Process;

mod run;
mod start;

pub use run::{Done, Run, RunPipe};

/// What to start, and with what.
#[derive(Debug)]
pub struct Command {
    /// A path, or a name that is looked for in the `PATH` of `env`.
    pub file: OsString,
    /// All of argv: the first is the name the program sees.
    pub args: Vec<OsString>,
    /// `KEY=value`; this and nothing else is the child's environment.
    pub env: Vec<OsString>,
    /// The child's working directory; that of this process if none.
    pub cwd: Option<PathBuf>,
    /// The child's descriptors, by number.
    pub stdio: Vec<ChildFd>,
    /// Whom it runs as.
    pub uid: Option<u32>,
    /// Whose group it runs as.
    pub gid: Option<u32>,
    /// In a session of its own.
    pub detached: bool,
}

/// One descriptor of a child.
#[derive(Debug)]
pub enum ChildFd {
    /// `/dev/null` for the first three, nothing for others.
    Ignore,
    /// The same as this descriptor of ours, which a script named.
    Inherit(i32),
    /// This one, which is closed here.
    Given(OwnedFd),
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The code it ended with; 0 if a signal ended it.
    pub code: i32,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// A child that runs, or has ended and was not asked for yet.
#[derive(Debug)]
pub struct Child {
    pid: i32,
    over: OwnedFd,
}

impl Command {
    /// `file` with no arguments, no environment, and nothing to read or write.
    pub fn new(file: impl Into<OsString>) -> Command {
        Command { file: file.into(), args: Vec::new(), env: Vec::new(), cwd: None, stdio: Vec::new(), uid: None, gid: None, detached: false }
    }

    /// Where the program may be, in the order of trying.
    fn candidates(&self) -> SysResult<Vec<CString>> {
        let file = self.file.as_bytes();
        if file.contains(&b'/') {
            return Ok(vec![terminated(file)?]);
        }
        if file.is_empty() {
            return Err(SysError::new(errno::ENOENT, "spawn"));
        }
        let path = self.env.iter().rev().find_map(|pair| pair.as_bytes().strip_prefix(b"PATH="));
        path.unwrap_or(DEFAULT_PATH)
            .split(|&byte| byte == b':')
            .map(|directory| {
                let mut candidate = if directory.is_empty() { b".".to_vec() } else { directory.to_vec() };
                candidate.push(b'/');
                candidate.extend_from_slice(file);
                terminated(&candidate)
            })
            .collect()
    }
}

/// What execvp looks in when there is no PATH.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";

fn terminated(bytes: &[u8]) -> SysResult<CString> {
    CString::new(bytes).map_err(|_| SysError::new(errno::EINVAL, "spawn"))
}

fn all_terminated(texts: &[OsString]) -> SysResult<Vec<CString>> {
    texts.iter().map(|text| terminated(text.as_bytes())).collect()
}

impl Process<'_> {
    /// Starts a program. Errors of the system are those of `spawn`: ENOENT when there is no such program, EACCES when it is none.
    pub fn spawn(self, command: Command) -> SysResult<Child> {
        self.sys.policy.check_child_process(&command.file.to_string_lossy(), "spawn")?;
        let mut fds = Vec::with_capacity(command.stdio.len());
        for entry in &command.stdio {
            fds.push(match entry {
                ChildFd::Ignore => -1,
                ChildFd::Inherit(fd) if self.sys.fds.may_use(*fd) => *fd,
                ChildFd::Inherit(_) => return Err(SysError::new(errno::EBADF, "spawn")),
                ChildFd::Given(fd) => fd.as_raw_fd(),
            });
        }
        let cwd = match &command.cwd {
            Some(cwd) => Some(terminated(self.sys.based(cwd).as_os_str().as_bytes())?),
            None => self.sys.own_cwd().map(|cwd| terminated(cwd.as_os_str().as_bytes())).transpose()?,
        };
        start::start(start::Plan::new(&command, fds, cwd)?)
    }
}

impl Process<'_> {
    /// Turns this process into another program, with its first three descriptors; comes back only with an error.
    pub fn become_program(self, command: Command) -> SysError {
        if let Err(error) = self.sys.policy.check_child_process(&command.file.to_string_lossy(), "execve") {
            return error;
        }
        match start::Plan::new(&command, vec![0, 1, 2], None) {
            Ok(plan) => start::become_program(plan),
            Err(error) => error,
        }
    }
}

impl Child {
    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid.cast_unsigned()
    }

    /// How it ended, if it has. To be asked once: the number means nothing any more afterwards.
    pub fn try_wait(&self) -> SysResult<Option<Exit>> {
        let mut status = 0;
        loop {
            // SAFETY: the pointer is to a number that outlives the call.
            let result = unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) };
            match result {
                0 => return Ok(None),
                pid if pid == self.pid => break,
                _ => {
                    let error = SysError::last("waitpid");
                    if !error.is(errno::EINTR) {
                        return Err(error);
                    }
                }
            }
        }
        Ok(Some(if libc::WIFSIGNALED(status) { Exit { code: 0, signal: Some(libc::WTERMSIG(status)) } } else { Exit { code: libc::WEXITSTATUS(status), signal: None } }))
    }

    /// Sends it a signal; 0 only asks. The child must not have been waited for.
    pub fn kill(&self, signal: i32) -> SysResult<()> {
        // SAFETY: takes numbers only.
        if unsafe { libc::kill(self.pid, signal) } == 0 { Ok(()) } else { Err(SysError::last("kill")) }
    }
}

/// Readable when the child has ended.
impl AsFd for Child {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.over.as_fd()
    }
}

/// `KEY=value` of two texts.
pub fn pair(key: &OsStr, value: &OsStr) -> OsString {
    let mut pair = key.as_bytes().to_vec();
    pair.push(b'=');
    pair.extend_from_slice(value.as_bytes());
    OsString::from_vec(pair)
}
