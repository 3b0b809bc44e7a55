//! A child from its start to its end, with nothing else done meanwhile: `spawnSync`.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{Child, Command, Exit};
use crate::errno;
use crate::error::{SysError, SysResult};
use crate::sys::Sys;

/// What to run, what to feed it, and how much is too much.
#[derive(Debug)]
pub struct Run {
    /// What to start.
    pub command: Command,
    /// Our ends of the pipes in `command.stdio`; they do not block.
    pub pipes: Vec<RunPipe>,
    /// It is ended after so long.
    pub timeout_ms: Option<u64>,
    /// It is ended when it has written more than this, of all pipes.
    pub output_len_max: Option<u64>,
    /// What it is ended with.
    pub kill_signal: i32,
}

/// One pipe to the child.
#[derive(Debug)]
pub struct RunPipe {
    /// Our end.
    pub fd: OwnedFd,
    /// What the child reads; then, or without it at once, the end.
    pub input: Option<Vec<u8>>,
    /// Whether what the child writes is wanted.
    pub reads: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Done {
    /// The child's number.
    pub pid: u32,
    /// How it ended.
    pub exit: Option<Exit>,
    /// What it wrote, for each pipe.
    pub outputs: Vec<Vec<u8>>,
    /// ETIMEDOUT or ENOBUFS if it was ended for that.
    pub error: Option<i32>,
}

struct Pipe {
    fd: Option<OwnedFd>,
    input: Vec<u8>,
    sent: usize,
    writes: bool,
    reads: bool,
    output: Vec<u8>,
}

impl Run {
    /// Without limits; SIGTERM.
    pub fn new(command: Command) -> Run {
        Run { command, pipes: Vec::new(), timeout_ms: None, output_len_max: None, kill_signal: libc::SIGTERM }
    }

    /// Runs it. As in Node, it is over when the child has ended and nobody holds the other ends of its pipes.
    pub fn to_end(self, sys: &Sys) -> SysResult<Done> {
        let child = sys.process().spawn(self.command)?;
        let pipe = |pipe: RunPipe| Pipe { fd: Some(pipe.fd), writes: !pipe.reads || pipe.input.is_some(), input: pipe.input.unwrap_or_default(), sent: 0, reads: pipe.reads, output: Vec::new() };
        let mut running = Running {
            child,
            exit: None,
            pipes: self.pipes.into_iter().map(pipe).collect(),
            deadline: self.timeout_ms.and_then(|ms| Instant::now().checked_add(Duration::from_millis(ms))),
            output_len_max: self.output_len_max,
            kill_signal: self.kill_signal,
            error: None,
        };
        let mut buffer = vec![0; READ_LEN];
        while running.exit.is_none() || running.pipes.iter().any(|pipe| pipe.fd.is_some()) {
            running.turn(sys, &mut buffer)?;
        }
        let pid = running.child.pid();
        Ok(Done { pid, exit: running.exit, outputs: running.pipes.into_iter().map(|pipe| pipe.output).collect(), error: running.error })
    }
}

/// Bytes read at a time.
const READ_LEN: usize = 64 * 1024;

struct Running {
    child: Child,
    exit: Option<Exit>,
    pipes: Vec<Pipe>,
    deadline: Option<Instant>,
    output_len_max: Option<u64>,
    kill_signal: i32,
    error: Option<i32>,
}

impl Running {
    /// Waits until something can be done, and does it.
    fn turn(&mut self, sys: &Sys, buffer: &mut [u8]) -> SysResult<()> {
        let mut asked = Vec::with_capacity(self.pipes.len() + 1);
        let mut whose = Vec::with_capacity(self.pipes.len() + 1);
        if self.exit.is_none() {
            asked.push(PollFd::new(&self.child, PollFlags::IN));
            whose.push(None);
        }
        for (at, pipe) in self.pipes.iter().enumerate() {
            let Some(fd) = &pipe.fd else { continue };
            let mut wants = PollFlags::empty();
            wants.set(PollFlags::IN, pipe.reads);
            wants.set(PollFlags::OUT, pipe.writes);
            asked.push(PollFd::new(fd, wants));
            whose.push(Some(at));
        }
        let left = self.deadline.filter(|_| self.exit.is_none() || self.error.is_none()).map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut asked, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(SysError::of(error, "poll")),
        }
        let ready: Vec<Option<usize>> = asked.iter().zip(whose).filter(|(fd, _)| !fd.revents().is_empty()).map(|(_, at)| at).collect();
        drop(asked);
        let mut over = false;
        for at in ready {
            match at {
                None => over = true,
                Some(at) => {
                    self.pipes[at].turn(sys, buffer);
                    let written: usize = self.pipes.iter().map(|pipe| pipe.output.len()).sum();
                    if self.output_len_max.is_some_and(|max| written as u64 > max) {
                        self.end(errno::ENOBUFS);
                    }
                }
            }
        }
        if over {
            self.exit = self.child.try_wait()?;
        }
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            self.deadline = None;
            self.end(errno::ETIMEDOUT);
        }
        Ok(())
    }

    fn end(&mut self, why: i32) {
        if self.error.is_some() {
            return;
        }
        self.error = Some(why);
        // It may have ended just now; one that ignores the signal is killed, as nobody could end it later.
        if self.exit.is_none() && self.child.kill(self.kill_signal).is_err() {
            let _ = self.child.kill(libc::SIGKILL);
        }
        for pipe in &mut self.pipes {
            pipe.fd = None;
        }
    }
}

impl Pipe {
    fn turn(&mut self, sys: &Sys, buffer: &mut [u8]) {
        let Some(fd) = &self.fd else { return };
        if self.writes {
            let rest = &self.input[self.sent..];
            let sent = if rest.is_empty() { Ok(Some(0)) } else { sys.net().send(fd, rest) };
            match sent {
                Ok(sent) => self.sent += sent.unwrap_or(0),
                // The child reads no more: that is its business.
                Err(_) => self.sent = self.input.len(),
            }
            if self.sent == self.input.len() {
                self.writes = false;
                // A peer that is gone needs no end.
                let _ = sys.net().shutdown(fd, crate::net::How::Write);
                if !self.reads {
                    self.fd = None;
                    return;
                }
            }
        }
        if self.reads {
            match sys.net().read(fd, buffer) {
                Ok(None) => {}
                Ok(Some(0)) | Err(_) => self.fd = None,
                Ok(Some(len)) => self.output.extend_from_slice(&buffer[..len]),
            }
        }
    }
}
