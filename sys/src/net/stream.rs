//! What flows: bytes, options and ends of streams. Works on any descriptor that is a socket or a pipe.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{SendFlags, Shutdown, getpeername, getsockname, sockopt};

use super::{Address, Net};
use crate::error::{Named, SysResult};

/// Which half of a connection to shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Nothing more is read.
    Read,
    /// Nothing more is written: the other side sees the end.
    Write,
    /// Both.
    Both,
}

/// Two connected ends.
pub type Pair = (OwnedFd, OwnedFd);

impl Net<'_> {
    /// Reads what is there. `Some(0)` is the end; None means nothing yet.
    #[inline]
    pub fn read(self, stream: &impl AsFd, bytes: &mut [u8]) -> SysResult<Option<usize>> {
        loop {
            match rustix::io::read(stream, &mut *bytes) {
                Err(Errno::INTR) => {}
                result => return would_block(result).named("read"),
            }
        }
    }

    /// As [`Net::read`], into several places.
    pub fn readv(self, stream: &impl AsFd, bytes: &mut [IoSliceMut<'_>]) -> SysResult<Option<usize>> {
        loop {
            match rustix::io::readv(stream, bytes) {
                Err(Errno::INTR) => {}
                result => return would_block(result).named("read"),
            }
        }
    }

    /// Sends through a socket what it will take. None means nothing now. The other side having gone is EPIPE, never a signal.
    #[inline]
    pub fn send(self, socket: &impl AsFd, bytes: &[u8]) -> SysResult<Option<usize>> {
        loop {
            match rustix::net::send(socket, bytes, SEND) {
                Err(Errno::INTR) => {}
                result => return would_block(result).named("write"),
            }
        }
    }

    /// As [`Net::send`], from several places; those past the first 1024 wait for the next call.
    pub fn send_vectored(self, socket: &impl AsFd, bytes: &[IoSlice<'_>]) -> SysResult<Option<usize>> {
        let bytes = &bytes[..bytes.len().min(1024)];
        loop {
            match rustix::net::sendmsg(socket, bytes, &mut rustix::net::SendAncillaryBuffer::default(), SEND) {
                Err(Errno::INTR) => {}
                result => return would_block(result).named("write"),
            }
        }
    }

    /// As [`Net::send`], for pipes. The process must ignore SIGPIPE, as every Rust program does unless it asks otherwise.
    pub fn write(self, pipe: &impl AsFd, bytes: &[u8]) -> SysResult<Option<usize>> {
        loop {
            match rustix::io::write(pipe, bytes) {
                Err(Errno::INTR) => {}
                result => return would_block(result).named("write"),
            }
        }
    }

    /// As [`Net::write`], from several places.
    pub fn write_vectored(self, pipe: &impl AsFd, bytes: &[IoSlice<'_>]) -> SysResult<Option<usize>> {
        let bytes = &bytes[..bytes.len().min(1024)];
        loop {
            match rustix::io::writev(pipe, bytes) {
                Err(Errno::INTR) => {}
                result => return would_block(result).named("write"),
            }
        }
    }

    /// Shuts a half of a connection, or both.
    pub fn shutdown(self, socket: &impl AsFd, how: How) -> SysResult<()> {
        let how = match how {
            How::Read => Shutdown::Read,
            How::Write => Shutdown::Write,
            How::Both => Shutdown::Both,
        };
        rustix::net::shutdown(socket, how).named("shutdown")
    }

    /// Closes a TCP connection so that the other side sees ECONNRESET: `socket.resetAndDestroy()`.
    pub fn reset(self, socket: OwnedFd) -> SysResult<()> {
        sockopt::set_socket_linger(&socket, Some(Duration::ZERO)).named("reset")
    }

    /// This end's address.
    pub fn local_address(self, socket: &impl AsFd) -> SysResult<Address> {
        getsockname(socket).map(Address::from_any).named("getsockname")
    }

    /// The other end's address. ENOTCONN when there is none (any more).
    pub fn peer_address(self, socket: &impl AsFd) -> SysResult<Address> {
        getpeername(socket).map(|any| any.map_or(Address::Unnamed, Address::from_any)).named("getpeername")
    }

    /// `socket.setNoDelay`
    pub fn set_nodelay(self, socket: &impl AsFd, on: bool) -> SysResult<()> {
        sockopt::set_tcp_nodelay(socket, on).named("setNoDelay")
    }

    /// `socket.setKeepAlive`: after `delay_s` seconds of silence a probe a second, ten of them; 0 keeps the system's delay.
    pub fn set_keepalive(self, socket: &impl AsFd, on: bool, delay_s: u32) -> SysResult<()> {
        sockopt::set_socket_keepalive(socket, on).named("setKeepAlive")?;
        if !on || delay_s == 0 {
            return Ok(());
        }
        sockopt::set_tcp_keepidle(socket, Duration::from_secs(u64::from(delay_s))).named("setKeepAlive")?;
        sockopt::set_tcp_keepintvl(socket, Duration::from_secs(1)).named("setKeepAlive")?;
        sockopt::set_tcp_keepcnt(socket, 10).named("setKeepAlive")
    }

    /// `socket.setTypeOfService`: of IPv4, or the class of IPv6.
    pub fn set_service_type(self, socket: &impl AsFd, service_type: u8) -> SysResult<()> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if !super::datagram::is_v4(socket) {
            return sockopt::set_ipv6_tclass(socket, service_type.into()).named("setTypeOfService");
        }
        sockopt::set_ip_tos(socket, service_type).named("setTypeOfService")
    }

    /// `socket.getTypeOfService`
    pub fn service_type(self, socket: &impl AsFd) -> SysResult<u8> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if !super::datagram::is_v4(socket) {
            return sockopt::ipv6_tclass(socket).map(|class| class as u8).named("getTypeOfService");
        }
        sockopt::ip_tos(socket).named("getTypeOfService")
    }

    /// The receive buffer's size in bytes, as the system reports it (Linux: twice what was set).
    pub fn recv_buffer_size(self, socket: &impl AsFd) -> SysResult<usize> {
        sockopt::socket_recv_buffer_size(socket).named("uv_recv_buffer_size")
    }

    /// Sets the receive buffer's size.
    pub fn set_recv_buffer_size(self, socket: &impl AsFd, len: usize) -> SysResult<()> {
        sockopt::set_socket_recv_buffer_size(socket, len).named("uv_recv_buffer_size")
    }

    /// The send buffer's size in bytes.
    pub fn send_buffer_size(self, socket: &impl AsFd) -> SysResult<usize> {
        sockopt::socket_send_buffer_size(socket).named("uv_send_buffer_size")
    }

    /// Sets the send buffer's size.
    pub fn set_send_buffer_size(self, socket: &impl AsFd, len: usize) -> SysResult<()> {
        sockopt::set_socket_send_buffer_size(socket, len).named("uv_send_buffer_size")
    }

    /// Two connected unix sockets that do not block: a channel to a child.
    pub fn socket_pair(self) -> SysResult<Pair> {
        super::listen::pair().named("socketpair")
    }

    /// A pipe: the end to read from, the end to write to. Neither is inherited by children.
    pub fn pipe(self, nonblocking: bool) -> SysResult<Pair> {
        super::listen::pipe(nonblocking).named("pipe")
    }

    /// Takes a descriptor this process was started with for its own: it does not block, and is not handed on.
    pub fn adopt(self, stream: &impl AsFd) -> SysResult<()> {
        rustix::io::fcntl_setfd(stream, rustix::io::FdFlags::CLOEXEC).named("fcntl")?;
        self.set_nonblocking(stream, true)
    }

    /// Makes a descriptor of another origin return at once when there is nothing to do.
    pub fn set_nonblocking(self, stream: &impl AsFd, on: bool) -> SysResult<()> {
        rustix::io::ioctl_fionbio(stream, on).named("fcntl")
    }
}

#[cfg(not(target_vendor = "apple"))]
pub(super) const SEND: SendFlags = SendFlags::NOSIGNAL;
/// There the socket itself is told not to signal.
#[cfg(target_vendor = "apple")]
pub(super) const SEND: SendFlags = SendFlags::empty();

#[inline]
fn would_block(result: rustix::io::Result<usize>) -> rustix::io::Result<Option<usize>> {
    match result {
        Ok(len) => Ok(Some(len)),
        Err(Errno::AGAIN) => Ok(None),
        Err(error) => Err(error),
    }
}
