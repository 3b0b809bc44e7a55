//! `SysError`: what the operating system (or the policy) answered, plain and `Send`.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::errno;

/// The result of everything that goes through the door.
pub type SysResult<T> = Result<T, SysError>;

/// A failed system call, with what Node's error objects show: `errno`, `code`, `syscall`, `path`, `dest`, `address`, `port`.
///
/// There is no `From<io::Error>` on purpose: whoever makes one must name the system call.
///
/// ```
/// use coil_sys::{SysError, errno};
///
/// let error = SysError::new(errno::ENOENT, "rename").path("a").dest("b");
/// assert_eq!(error.code(), "ENOENT");
/// assert_eq!(error.message(), "ENOENT: no such file or directory, rename 'a' -> 'b'");
///
/// let error = SysError::new(errno::ECONNREFUSED, "connect").address("127.0.0.1").port(80);
/// assert_eq!(error.host_port_message(), "connect ECONNREFUSED 127.0.0.1:80");
/// assert_eq!(error.uv_host_port_message(), "connect ECONNREFUSED: connection refused 127.0.0.1:80");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SysError {
    /// The operating system's number, or one of libuv's own from 3000 on; positive. Node's `errno` is its negation.
    pub errno: i32,
    /// libuv's name for the call: `"open"`, `"scandir"`, `"copyfile"`, `"getaddrinfo"`.
    pub syscall: &'static str,
    /// As the caller gave it, not as it was resolved.
    pub path: Option<PathBuf>,
    /// The second path of a call that has two.
    pub dest: Option<PathBuf>,
    /// An IP address, a host name (for look-ups), or the path of a socket.
    pub address: Option<Box<str>>,
    /// With `address`, for TCP and UDP.
    pub port: Option<u16>,
    /// Set when the policy, not the system, said no: Node's `ERR_ACCESS_DENIED`. `errno` is then `EACCES`.
    pub denied: Option<Box<Denied>>,
}

/// What the policy refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Node's name: `"FileSystemRead"`, `"FileSystemWrite"`, `"Net"`, `"ChildProcess"`, `"WorkerThreads"`... Empty where Node
    /// gives its error no `permission` property.
    pub permission: &'static str,
    /// What was asked for: the path as given, `"127.0.0.1:80"`, a host name, a program. Empty where Node gives none.
    pub resource: String,
    /// The text of the error.
    pub message: &'static str,
}

impl SysError {
    /// An error of `syscall`. `errno` is positive.
    pub fn new(errno: i32, syscall: &'static str) -> SysError {
        SysError { errno, syscall, path: None, dest: None, address: None, port: None, denied: None }
    }

    /// The error the last libc call of this thread left behind.
    pub(crate) fn last(syscall: &'static str) -> SysError {
        SysError::new(std::io::Error::last_os_error().raw_os_error().unwrap_or(errno::UNKNOWN), syscall)
    }

    pub(crate) fn of(errno: rustix::io::Errno, syscall: &'static str) -> SysError {
        SysError::new(errno.raw_os_error(), syscall)
    }

    /// With the path the call was about.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> SysError {
        self.path = Some(path.as_ref().to_owned());
        self
    }

    /// With the second path of the call.
    #[must_use]
    pub fn dest(mut self, dest: impl AsRef<Path>) -> SysError {
        self.dest = Some(dest.as_ref().to_owned());
        self
    }

    /// With the address or host name the call was about.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> SysError {
        self.address = Some(address.into().into_boxed_str());
        self
    }

    /// With the port the call was about.
    #[must_use]
    pub fn port(mut self, port: u16) -> SysError {
        self.port = Some(port);
        self
    }

    /// Marks it as refused by the policy.
    #[must_use]
    pub fn denied(mut self, denied: Denied) -> SysError {
        self.denied = Some(Box::new(denied));
        self
    }

    /// `"ENOENT"`. For a look-up that found nothing, Node says `"ENOTFOUND"`: see [`SysError::dns_code`].
    pub fn code(&self) -> &'static str {
        errno::name_of(self.errno)
    }

    /// libuv's text for the number: `"no such file or directory"`.
    pub fn description(&self) -> &'static str {
        errno::description_of(self.errno)
    }

    /// Is it this number, and the system's own answer rather than the policy's?
    pub fn is(&self, errno: i32) -> bool {
        self.errno == errno && self.denied.is_none()
    }

    /// The text of a file system error (Node's UVException): `ENOENT: no such file or directory, open '/nope'`.
    pub fn message(&self) -> String {
        if let Some(denied) = &self.denied {
            return denied.message.to_owned();
        }
        let mut text = format!("{}: {}, {}", self.code(), self.description(), self.syscall);
        if let Some(path) = &self.path {
            push_quoted(&mut text, " ", path.as_os_str());
        }
        if let Some(dest) = &self.dest {
            push_quoted(&mut text, " -> ", dest.as_os_str());
        }
        text
    }

    /// The short text streams and `process.kill` use (Node's ErrnoException): `write EPIPE`.
    pub fn errno_message(&self) -> String {
        format!("{} {}", self.syscall, self.shown_code())
    }

    /// The text of a failed connection (Node's ExceptionWithHostPort): `connect ECONNREFUSED 127.0.0.1:80`.
    pub fn host_port_message(&self) -> String {
        if let Some(denied) = &self.denied {
            return format!("{} ERR_ACCESS_DENIED {}", self.syscall, denied.message);
        }
        format!("{} {}{}", self.syscall, self.shown_code(), self.details())
    }

    /// The text of a failed listen or bind (Node's UVExceptionWithHostPort):
    /// `listen EADDRINUSE: address already in use 127.0.0.1:80`.
    pub fn uv_host_port_message(&self) -> String {
        if self.denied.is_some() {
            return self.host_port_message();
        }
        format!("{} {}: {}{}", self.syscall, self.code(), self.description(), self.details())
    }

    /// The code of a failed look-up: nothing found is `"ENOTFOUND"`, whichever way the system put it.
    pub fn dns_code(&self) -> &'static str {
        match self.shown_code() {
            "EAI_NODATA" | "EAI_NONAME" => "ENOTFOUND",
            code => code,
        }
    }

    /// The text of a failed look-up (Node's DNSException): `getaddrinfo ENOTFOUND nosuch.example`.
    pub fn dns_message(&self) -> String {
        match &self.address {
            Some(host) => format!("{} {} {host}", self.syscall, self.dns_code()),
            None => format!("{} {}", self.syscall, self.dns_code()),
        }
    }

    fn shown_code(&self) -> &'static str {
        if self.denied.is_some() { "ERR_ACCESS_DENIED" } else { self.code() }
    }

    fn details(&self) -> String {
        match (&self.address, self.port) {
            (Some(address), Some(port)) if port > 0 => format!(" {address}:{port}"),
            (Some(address), _) => format!(" {address}"),
            (None, _) => String::new(),
        }
    }
}

impl fmt::Display for SysError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&if self.address.is_some() { self.uv_host_port_message() } else { self.message() })
    }
}

impl std::error::Error for SysError {}

/// Names the system call in a raw result: `rustix::fs::fsync(fd).named("fsync")`.
pub(crate) trait Named<T> {
    fn named(self, syscall: &'static str) -> SysResult<T>;
    fn named_path(self, syscall: &'static str, path: &Path) -> SysResult<T>;
}

impl<T> Named<T> for rustix::io::Result<T> {
    fn named(self, syscall: &'static str) -> SysResult<T> {
        self.map_err(|errno| SysError::of(errno, syscall))
    }

    fn named_path(self, syscall: &'static str, path: &Path) -> SysResult<T> {
        self.map_err(|errno| SysError::of(errno, syscall).path(path))
    }
}

fn push_quoted(text: &mut String, before: &str, path: &OsStr) {
    text.push_str(before);
    text.push('\'');
    text.push_str(&path.to_string_lossy());
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_nodes_shapes() {
        let error = SysError::new(errno::ENOENT, "open").path("/nope");
        assert_eq!(error.message(), "ENOENT: no such file or directory, open '/nope'");
        assert_eq!(SysError::new(errno::EPIPE, "write").errno_message(), "write EPIPE");
        let error = SysError::new(errno::EADDRINUSE, "listen").address("::").port(80);
        assert_eq!(error.uv_host_port_message(), "listen EADDRINUSE: address already in use :::80");
        let error = SysError::new(3008, "getaddrinfo").address("nosuch.example");
        assert_eq!(error.dns_message(), "getaddrinfo ENOTFOUND nosuch.example");
        let error = SysError::new(errno::ENOENT, "connect").address("/tmp/no.sock");
        assert_eq!(error.host_port_message(), "connect ENOENT /tmp/no.sock");
    }

    #[test]
    fn an_error_is_small_enough_to_return_by_value() {
        assert!(size_of::<SysError>() <= 120);
    }
}
