//! Terminals and the standard descriptors: `sys.stdio()`.

use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{FileType, fstat};
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};

use crate::error::{Named, SysResult};
use crate::sys::Inner;

/// Terminals and standard descriptors, through the door. Takes numbers a script may name, like [`Fs`](crate::Fs).
#[derive(Clone, Copy)]
pub struct Stdio<'a> {
    pub(crate) sys: &'a Inner,
}

/// What stands behind a descriptor: libuv's guess, by which `process.stdout` is a tty.WriteStream, a net.Socket or a file stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKind {
    /// A terminal.
    Tty,
    /// A pipe or a unix socket.
    Pipe,
    /// A file, or a device that is no terminal.
    File,
    /// A TCP socket.
    Tcp,
    /// A UDP socket.
    Udp,
    /// None of these, or not open.
    Unknown,
}

impl HandleKind {
    /// As Node's `guessHandleType` has it.
    pub fn name(self) -> &'static str {
        match self {
            HandleKind::Tty => "TTY",
            HandleKind::Pipe => "PIPE",
            HandleKind::File => "FILE",
            HandleKind::Tcp => "TCP",
            HandleKind::Udp => "UDP",
            HandleKind::Unknown => "UNKNOWN",
        }
    }
}

impl Stdio<'_> {
    /// What stands behind `fd`.
    pub fn kind(self, fd: i32) -> HandleKind {
        self.sys.fds.borrow(fd).map_or(HandleKind::Unknown, guess)
    }

    /// `tty.isatty`
    pub fn is_tty(self, fd: i32) -> bool {
        self.sys.fds.borrow(fd).is_ok_and(isatty)
    }

    /// Columns and rows of a terminal.
    pub fn window_size(self, fd: i32) -> SysResult<(u16, u16)> {
        let size = self.sys.fds.borrow(fd).and_then(tcgetwinsize).named("getWindowSize")?;
        Ok((size.ws_col, size.ws_row))
    }

    /// `tty.ReadStream.setRawMode`: raw as libuv's, or as it was before. The first mode seen is put back at exit, see [`reset_mode`].
    pub fn set_raw_mode(self, fd: i32, raw: bool) -> SysResult<()> {
        let terminal = self.sys.fds.borrow(fd).named("setRawMode")?;
        let mut saved = saved();
        let mut mode = match &*saved {
            Some(first) if first.fd == fd => first.mode.clone(),
            _ => tcgetattr(terminal).named("setRawMode")?,
        };
        if raw {
            saved.get_or_insert_with(|| Saved { fd, mode: mode.clone() });
            make_raw(&mut mode);
        }
        tcsetattr(terminal, OptionalActions::Drain, &mode).named("setRawMode")
    }

    /// Opens the terminal behind `fd` once more, for this process alone and never blocking, as libuv does: setting the shared one so
    /// would surprise the shell.
    pub fn open_tty(self, fd: i32) -> SysResult<OwnedFd> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        let terminal = self.sys.fds.borrow(fd).named("open")?;
        let name = rustix::termios::ttyname(terminal, Vec::new()).named("open")?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(CWD, &name, flags, Mode::empty()).named("open")
    }

    /// Writes all of `bytes`, waiting where the other end is slow: what goes to a terminal, a file or a pipe is there when this returns,
    /// whether or not another process made the descriptor non-blocking.
    pub fn write_all(self, fd: i32, bytes: &[u8]) -> SysResult<()> {
        let file = self.sys.fds.borrow(fd).named("write")?;
        let mut written = 0;
        while written < bytes.len() {
            match rustix::io::write(file, &bytes[written..]) {
                Ok(len) => written += len,
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => {
                    let mut waited = [rustix::event::PollFd::from_borrowed_fd(file, rustix::event::PollFlags::OUT)];
                    match rustix::event::poll(&mut waited, None) {
                        Ok(_) | Err(rustix::io::Errno::INTR) => {}
                        Err(error) => return Err(error).named("write"),
                    }
                }
                Err(error) => return Err(error).named("write"),
            }
        }
        Ok(())
    }

    /// Makes reads and writes of `fd` return at once (or not). It belongs to the open file, which other processes may share: only for
    /// pipes and sockets the runtime polls.
    pub fn set_nonblocking(self, fd: i32, nonblocking: bool) -> SysResult<()> {
        let file = self.sys.fds.borrow(fd).named("fcntl")?;
        rustix::io::ioctl_fionbio(file, nonblocking).named("fcntl")
    }
}

fn guess(fd: BorrowedFd<'_>) -> HandleKind {
    if isatty(fd) {
        return HandleKind::Tty;
    }
    let Ok(stat) = fstat(fd) else {
        return HandleKind::Unknown;
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile | FileType::CharacterDevice => HandleKind::File,
        FileType::Fifo => HandleKind::Pipe,
        FileType::Socket => guess_socket(fd),
        _ => HandleKind::Unknown,
    }
}

fn guess_socket(fd: BorrowedFd<'_>) -> HandleKind {
    use rustix::net::{AddressFamily, SocketType, getsockname, sockopt::socket_type};
    let (Ok(kind), Ok(address)) = (socket_type(fd), getsockname(fd)) else {
        return HandleKind::Unknown;
    };
    match (kind, address.address_family()) {
        (SocketType::STREAM, AddressFamily::INET | AddressFamily::INET6) => HandleKind::Tcp,
        (SocketType::STREAM, AddressFamily::UNIX) => HandleKind::Pipe,
        (SocketType::DGRAM, AddressFamily::INET | AddressFamily::INET6) => HandleKind::Udp,
        _ => HandleKind::Unknown,
    }
}

struct Saved {
    fd: i32,
    mode: Termios,
}

/// There is one controlling terminal per process, so one mode to put back.
static SAVED: Mutex<Option<Saved>> = Mutex::new(None);

fn saved() -> std::sync::MutexGuard<'static, Option<Saved>> {
    SAVED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the terminal back as it was before the first raw mode. To be called on every way out of the process.
pub fn reset_mode() {
    if let Some(first) = saved().take() {
        // SAFETY: it is not -1; should it be closed by now the call fails, which is as good.
        let terminal = unsafe { BorrowedFd::borrow_raw(first.fd) };
        let _ = tcsetattr(terminal, OptionalActions::Now, &first.mode);
    }
}

/// libuv's UV_TTY_MODE_RAW: output is still processed.
fn make_raw(mode: &mut Termios) {
    use rustix::termios::{ControlModes, InputModes, LocalModes, OutputModes, SpecialCodeIndex};
    mode.input_modes -= InputModes::BRKINT | InputModes::ICRNL | InputModes::INPCK | InputModes::ISTRIP | InputModes::IXON;
    mode.output_modes |= OutputModes::ONLCR;
    mode.control_modes |= ControlModes::CS8;
    mode.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN | LocalModes::ISIG;
    mode.special_codes[SpecialCodeIndex::VMIN] = 1;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
}
