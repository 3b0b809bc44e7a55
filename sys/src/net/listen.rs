//! Servers.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};

use super::{Address, Net, abstract_name, unix_name};
use crate::error::{Named, SysError, SysResult};
use crate::fs::{Last, Want};

/// The options of `server.listen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenOptions {
    /// How many connections may wait to be accepted.
    pub backlog: i32,
    /// `::` without `0.0.0.0`.
    pub ipv6_only: bool,
    /// Several sockets may listen on the same port; the kernel spreads the connections.
    pub reuse_port: bool,
    /// The socket's file is readable for everyone (unix sockets).
    pub readable_all: bool,
    /// The socket's file is writable for everyone (unix sockets).
    pub writable_all: bool,
}

impl Default for ListenOptions {
    /// As Node has it.
    fn default() -> ListenOptions {
        ListenOptions { backlog: 511, ipv6_only: false, reuse_port: false, readable_all: false, writable_all: false }
    }
}

impl Net<'_> {
    /// A socket that listens, bound as libuv does: SO_REUSEADDR, both kinds of IP on `::` unless `ipv6_only`. Errors are `listen`'s,
    /// with the address.
    ///
    /// ```
    /// use coil_sys::{Sys, net::{Address, ListenOptions}};
    ///
    /// let sys = Sys::real();
    /// let local: std::net::SocketAddr = "127.0.0.1:0".parse().expect("an address");
    /// let server = sys.net().listen(&Address::from(local), &ListenOptions::default())?;
    /// let address = sys.net().local_address(&server)?;
    /// let error = sys.net().listen(&address, &ListenOptions::default()).err().expect("it is taken");
    /// assert_eq!(error.uv_host_port_message(), format!("listen EADDRINUSE: address already in use {address}"));
    /// assert!(sys.net().accept(&server)?.is_none());
    /// # Ok::<(), coil_sys::SysError>(())
    /// ```
    pub fn listen(self, address: &Address, options: &ListenOptions) -> SysResult<OwnedFd> {
        let socket = self.bind(address, options, "listen")?;
        listen(&socket, options.backlog).named("listen").map_err(|error| address.annotate(error))?;
        Ok(socket)
    }

    /// Makes a bound socket listen: one that was handed over, or bound with [`Net::bind`].
    pub fn listen_on(self, socket: &impl AsFd, backlog: i32) -> SysResult<()> {
        listen(socket, backlog).named("listen")
    }

    /// A stream socket bound to an address, not yet listening. `syscall` is what its errors shall say: `"listen"` for servers,
    /// `"bind"` for a client's local address.
    pub fn bind(self, address: &Address, options: &ListenOptions, syscall: &'static str) -> SysResult<OwnedFd> {
        match address {
            Address::Ip(ip) => {
                self.check_ip(*ip, false, syscall)?;
                bind_ip(*ip, options).named(syscall).map_err(|error| address.annotate(error))
            }
            Address::Path(path) => self.bind_path(path, options, syscall).map_err(|error| address.annotate(error)),
            Address::Abstract(name) => {
                self.check_abstract(name, syscall)?;
                let bound = unix_socket().and_then(|socket| bind(&socket, &abstract_name(name)?).map(|()| socket));
                bound.named(syscall).map_err(|error| address.annotate(error))
            }
            Address::Unnamed => Err(Errno::INVAL).named(syscall),
        }
    }

    fn bind_path(self, path: &Path, options: &ListenOptions, syscall: &'static str) -> SysResult<OwnedFd> {
        let place = self.place_of(path, Last::Itself, syscall)?;
        let socket = unix_socket().named(syscall)?;
        let name = unix_name(&place.path).named(syscall)?;
        bind(&socket, &name).map_err(|error| SysError::of(bind_error(error), syscall))?;
        if options.readable_all || options.writable_all {
            let mut mode = rustix::fs::stat(&place.path).named(syscall)?.st_mode & 0o777;
            mode |= if options.readable_all { 0o444 } else { 0 };
            mode |= if options.writable_all { 0o222 } else { 0 };
            rustix::fs::chmod(&place.path, rustix::fs::Mode::from_bits_truncate(mode)).named(syscall)?;
        }
        Ok(socket)
    }

    /// Takes one connection. None when none is waiting. EMFILE and its like are errors: the caller decides whether to shed load.
    #[inline]
    pub fn accept(self, server: &impl AsFd) -> SysResult<Option<OwnedFd>> {
        loop {
            match accept(server) {
                Ok(socket) => return Ok(Some(socket)),
                Err(Errno::AGAIN) => return Ok(None),
                // The client has gone while it waited; the next may be there.
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(error) => return Err(error).named("accept"),
            }
        }
    }

    /// Does this socket listen? For `server.listen({ fd })`.
    pub fn is_listening(self, socket: &impl AsFd) -> bool {
        platform::is_listening(socket)
    }

    /// Removes the file of a unix socket that listened; libuv does so when the server closes.
    pub fn remove_socket(self, address: &Address) -> SysResult<()> {
        match address {
            Address::Path(path) => {
                let place = self.place_of(path, Last::Itself, "unlink")?;
                rustix::fs::unlink(&place.path).named_path("unlink", path)
            }
            _ => Ok(()),
        }
    }

    /// Where a unix socket's file is, once judged. A rule `unix:/path` is enough; otherwise it takes the network and writing there.
    pub(super) fn place_of(self, path: &Path, last: Last, syscall: &'static str) -> SysResult<SocketPlace> {
        let policy = &self.sys.policy;
        let as_given = || SocketPlace { path: self.sys.based(path), kept: None };
        if !policy.enabled {
            return Ok(as_given());
        }
        let fs = crate::Fs { sys: self.sys };
        let real = match fs.realpath_of_name(path, last) {
            Some(real) if policy.net.allows_unix(&real) && !matches!(policy.net, crate::NetRules::All) => Some(real),
            _ => None,
        };
        if let Some(real) = real {
            return Ok(SocketPlace { path: real, kept: None });
        }
        let all = matches!(policy.net, crate::NetRules::All);
        policy.check_net(all, || path.to_string_lossy().into_owned(), syscall)?;
        let place = fs.confine(path, Want::Write, last, syscall)?;
        match place.as_path() {
            Some(path) => Ok(SocketPlace { path, kept: Some(place) }),
            None => Ok(as_given()),
        }
    }
}

/// The path to use for a socket, and what keeps it valid.
pub(super) struct SocketPlace {
    pub(super) path: PathBuf,
    #[expect(dead_code, reason = "keeps the descriptor the path goes through")]
    kept: Option<crate::fs::Place>,
}

/// A path that does not exist is EACCES to libuv, for Windows' sake.
fn bind_error(error: Errno) -> Errno {
    if error == Errno::NOENT { Errno::ACCESS } else { error }
}

fn bind_ip(address: SocketAddr, options: &ListenOptions) -> rustix::io::Result<OwnedFd> {
    let socket = tcp_socket(&address)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if options.reuse_port {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, options.ipv6_only)?;
    }
    bind(&socket, &address)?;
    Ok(socket)
}

pub(super) fn tcp_socket(address: &SocketAddr) -> rustix::io::Result<OwnedFd> {
    stream_socket(if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 })
}

pub(super) fn unix_socket() -> rustix::io::Result<OwnedFd> {
    stream_socket(AddressFamily::UNIX)
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
mod platform {
    use super::*;

    const FLAGS: SocketFlags = SocketFlags::NONBLOCK.union(SocketFlags::CLOEXEC);

    pub(super) fn stream_socket(family: AddressFamily) -> rustix::io::Result<OwnedFd> {
        socket_with(family, SocketType::STREAM, FLAGS, None)
    }

    pub(in crate::net) fn datagram_socket(family: AddressFamily) -> rustix::io::Result<OwnedFd> {
        socket_with(family, SocketType::DGRAM, FLAGS, None)
    }

    #[inline]
    pub(super) fn accept(server: &impl AsFd) -> rustix::io::Result<OwnedFd> {
        rustix::net::accept_with(server, FLAGS)
    }

    pub(super) fn is_listening(socket: &impl AsFd) -> bool {
        sockopt::socket_acceptconn(socket).unwrap_or(false)
    }

    pub(in crate::net) fn pair() -> rustix::io::Result<super::super::Pair> {
        rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, FLAGS, None)
    }

    pub(in crate::net) fn pipe(nonblocking: bool) -> rustix::io::Result<super::super::Pair> {
        use rustix::pipe::{PipeFlags, pipe_with};
        pipe_with(if nonblocking { PipeFlags::CLOEXEC | PipeFlags::NONBLOCK } else { PipeFlags::CLOEXEC })
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
mod platform {
    use super::*;

    /// These systems cannot set both flags in one call.
    fn prepared(socket: OwnedFd) -> rustix::io::Result<OwnedFd> {
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        #[cfg(target_vendor = "apple")]
        sockopt::set_socket_nosigpipe(&socket, true)?;
        Ok(socket)
    }

    pub(super) fn stream_socket(family: AddressFamily) -> rustix::io::Result<OwnedFd> {
        prepared(socket_with(family, SocketType::STREAM, SocketFlags::empty(), None)?)
    }

    pub(in crate::net) fn datagram_socket(family: AddressFamily) -> rustix::io::Result<OwnedFd> {
        prepared(socket_with(family, SocketType::DGRAM, SocketFlags::empty(), None)?)
    }

    pub(super) fn accept(server: &impl AsFd) -> rustix::io::Result<OwnedFd> {
        prepared(rustix::net::accept(server)?)
    }

    /// These systems cannot be asked; listening again is harmless to a socket that does, and fails on one that is connected.
    pub(super) fn is_listening(socket: &impl AsFd) -> bool {
        rustix::net::getpeername(socket).is_err() && rustix::net::listen(socket, 511).is_ok()
    }

    pub(in crate::net) fn pair() -> rustix::io::Result<super::super::Pair> {
        let (one, two) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?;
        Ok((prepared(one)?, prepared(two)?))
    }

    pub(in crate::net) fn pipe(nonblocking: bool) -> rustix::io::Result<super::super::Pair> {
        let (read, write) = rustix::pipe::pipe()?;
        for end in [&read, &write] {
            rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC)?;
            rustix::io::ioctl_fionbio(end, nonblocking)?;
        }
        Ok((read, write))
    }
}

use platform::{accept, stream_socket};
pub(super) use platform::{datagram_socket, pair, pipe};
