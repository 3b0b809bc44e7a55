//! UDP: `dgram`, and questions to name servers.

use std::io::IoSlice;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendAncillaryBuffer, bind, connect, connect_unspec, recvfrom, sendmsg, sendmsg_addr, sockopt};

use super::{Address, Net, listen::datagram_socket, stream::SEND};
use crate::error::{Named, SysError, SysResult};

/// The options of `socket.bind`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindOptions {
    /// Another socket may be bound to the address, where multicast asks for it.
    pub reuse_address: bool,
    /// Several sockets may be bound to the same port; the kernel spreads the datagrams.
    pub reuse_port: bool,
    /// `::` without `0.0.0.0`.
    pub ipv6_only: bool,
}

/// Joining a group or leaving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// From now on.
    Add,
    /// No longer.
    Drop,
}

impl Net<'_> {
    /// A datagram socket bound to an address. Errors are `bind`'s, with the address.
    ///
    /// ```
    /// use coil_sys::{Sys, net::{Address, BindOptions}};
    ///
    /// let sys = Sys::real();
    /// let local: std::net::SocketAddr = "127.0.0.1:0".parse().expect("an address");
    /// let socket = sys.net().bind_datagram(local, &BindOptions::default())?;
    /// let Some(to) = sys.net().local_address(&socket)?.ip() else { panic!("an address") };
    /// assert_eq!(sys.net().send_to(&socket, Some(to), &[std::io::IoSlice::new(b"hi")])?, Some(2));
    /// let mut bytes = [0; 16];
    /// assert_eq!(sys.net().receive(&socket, &mut bytes)?, Some((2, Some(to))));
    /// # Ok::<(), coil_sys::SysError>(())
    /// ```
    pub fn bind_datagram(self, address: SocketAddr, options: &BindOptions) -> SysResult<OwnedFd> {
        self.check_ip(address, false, "bind")?;
        let bound = || {
            let socket = datagram_socket(if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 })?;
            if options.reuse_address {
                sockopt::set_socket_reuseaddr(&socket, true)?;
            }
            if options.reuse_port {
                sockopt::set_socket_reuseport(&socket, true)?;
            }
            if options.ipv6_only && address.is_ipv6() {
                sockopt::set_ipv6_v6only(&socket, true)?;
            }
            bind(&socket, &address)?;
            Ok(socket)
        };
        bound().named("bind").map_err(|error| Address::Ip(address).annotate(error))
    }

    /// Sends to one peer only, and hears from that one only.
    pub fn connect_datagram(self, socket: &impl AsFd, address: SocketAddr) -> SysResult<()> {
        self.check_ip(address, true, "connect")?;
        connect(socket, &address).named("connect")
    }

    /// Undoes [`Net::connect_datagram`].
    pub fn disconnect_datagram(self, socket: &impl AsFd) -> SysResult<()> {
        match connect_unspec(socket) {
            // The kernel says so, and has done it.
            Err(Errno::AFNOSUPPORT) => Ok(()),
            result => result.named("connect"),
        }
    }

    /// Sends one datagram from several places. None means not now. Without `to` it goes to the peer the socket is connected to.
    pub fn send_to(self, socket: &impl AsFd, to: Option<SocketAddr>, bytes: &[IoSlice<'_>]) -> SysResult<Option<usize>> {
        if let Some(to) = to {
            self.check_ip(to, true, "send")?;
        }
        loop {
            let control = &mut SendAncillaryBuffer::default();
            let sent = match to {
                Some(to) => sendmsg_addr(socket, &to, bytes, control, SEND),
                None => sendmsg(socket, bytes, control, SEND),
            };
            match sent {
                Err(Errno::INTR) => {}
                // The kernel's own queue is full: it passes.
                Err(Errno::AGAIN | Errno::NOBUFS) => return Ok(None),
                result => return result.map(Some).named("send"),
            }
        }
    }

    /// Takes one datagram and tells where it came from. None when none is waiting; what does not fit is cut off.
    pub fn receive(self, socket: &impl AsFd, bytes: &mut [u8]) -> SysResult<Option<(usize, Option<SocketAddr>)>> {
        loop {
            match recvfrom(socket, &mut *bytes, RecvFlags::empty()) {
                Ok((len, _, from)) => return Ok(Some((len, from.and_then(|from| SocketAddr::try_from(from).ok())))),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(None),
                Err(error) => return Err(error).named("recvmsg"),
            }
        }
    }

    /// The name of the network interface with this number.
    pub fn interface_name(self, index: u32) -> Option<String> {
        let mut name = [0; libc::IF_NAMESIZE];
        // SAFETY: the buffer is as long as the call asks for, and is written at most to its end.
        let found = unsafe { libc::if_indextoname(index, name.as_mut_ptr()) };
        if found.is_null() {
            return None;
        }
        // SAFETY: the call succeeded, so the name ends in NUL.
        Some(unsafe { std::ffi::CStr::from_ptr(name.as_ptr()) }.to_string_lossy().into_owned())
    }

    /// A socket that asks a name server about `name`: bound to a port of the system's choice, and hears from that server alone.
    /// What may be looked up may be asked about, wherever the server is.
    pub fn connect_resolver(self, server: SocketAddr, local: Option<IpAddr>, name: &str) -> SysResult<OwnedFd> {
        self.check_lookup(name)?;
        let connected = || {
            let socket = datagram_socket(if server.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 })?;
            if let Some(local) = local {
                bind(&socket, &SocketAddr::new(local, 0))?;
            }
            connect(&socket, &server)?;
            Ok(socket)
        };
        connected().named("connect")
    }

    /// The same over TCP, for answers too long for a datagram. The connection is made when the socket becomes writable.
    pub fn connect_resolver_stream(self, server: SocketAddr, local: Option<IpAddr>, name: &str) -> SysResult<OwnedFd> {
        self.check_lookup(name)?;
        let connected = || {
            let socket = super::listen::tcp_socket(&server)?;
            if let Some(local) = local {
                bind(&socket, &SocketAddr::new(local, 0))?;
            }
            match connect(&socket, &server) {
                Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(socket),
                Err(error) => Err(error),
            }
        };
        connected().named("connect")
    }

    /// `socket.setBroadcast`
    pub fn set_broadcast(self, socket: &impl AsFd, on: bool) -> SysResult<()> {
        sockopt::set_socket_broadcast(socket, on).named("setBroadcast")
    }

    /// `socket.setTTL`: 1 to 255 routers may pass a datagram on.
    pub fn set_ttl(self, socket: &impl AsFd, ttl: u32) -> SysResult<()> {
        let Some(hops) = u8::try_from(ttl).ok().filter(|hops| *hops > 0) else { return Err(Errno::INVAL).named("setTTL") };
        let result = if is_v4(socket) { sockopt::set_ip_ttl(socket, ttl) } else { sockopt::set_ipv6_unicast_hops(socket, Some(hops)) };
        result.named("setTTL")
    }

    /// `socket.setMulticastTTL`
    pub fn set_multicast_ttl(self, socket: &impl AsFd, ttl: u32) -> SysResult<()> {
        let result = match ttl {
            256.. => Err(Errno::INVAL),
            ttl if is_v4(socket) => sockopt::set_ip_multicast_ttl(socket, ttl),
            ttl => sockopt::set_ipv6_multicast_hops(socket, ttl),
        };
        result.named("setMulticastTTL")
    }

    /// `socket.setMulticastLoopback`
    pub fn set_multicast_loop(self, socket: &impl AsFd, on: bool) -> SysResult<()> {
        let result = if is_v4(socket) { sockopt::set_ip_multicast_loop(socket, on) } else { sockopt::set_ipv6_multicast_loop(socket, on) };
        result.named("setMulticastLoopback")
    }

    /// `socket.setMulticastInterface`: an address of this machine, or for IPv6 one with a zone.
    pub fn set_multicast_interface(self, socket: &impl AsFd, interface: &str) -> SysResult<()> {
        let result = match parse_scoped(interface) {
            Some((IpAddr::V4(ip), _)) if is_v4(socket) => sockopt::set_ip_multicast_if(socket, &ip),
            Some((IpAddr::V6(_), index)) if !is_v4(socket) => sockopt::set_ipv6_multicast_if(socket, index),
            _ => Err(Errno::INVAL),
        };
        result.named("setMulticastInterface")
    }

    /// `socket.addMembership` and `socket.dropMembership`.
    pub fn set_membership(self, socket: &impl AsFd, group: &str, interface: Option<&str>, change: Membership) -> SysResult<()> {
        let name = if change == Membership::Add { "addMembership" } else { "dropMembership" };
        self.membership(socket, group, interface, change).named(name)
    }

    fn membership(self, socket: &impl AsFd, group: &str, interface: Option<&str>, change: Membership) -> rustix::io::Result<()> {
        let (group, _) = parse_scoped(group).ok_or(Errno::INVAL)?;
        let interface = interface.map(|interface| parse_scoped(interface).ok_or(Errno::INVAL)).transpose()?;
        match (group, interface) {
            (IpAddr::V4(group), None | Some((IpAddr::V4(_), _))) => {
                let via = match interface {
                    Some((IpAddr::V4(via), _)) => via,
                    _ => Ipv4Addr::UNSPECIFIED,
                };
                match change {
                    Membership::Add => sockopt::set_ip_add_membership(socket, &group, &via),
                    Membership::Drop => sockopt::set_ip_drop_membership(socket, &group, &via),
                }
            }
            (IpAddr::V6(group), None | Some((IpAddr::V6(_), _))) => {
                let index = interface.map_or(0, |(_, index)| index);
                match change {
                    Membership::Add => sockopt::set_ipv6_add_membership(socket, &group, index),
                    Membership::Drop => sockopt::set_ipv6_drop_membership(socket, &group, index),
                }
            }
            _ => Err(Errno::INVAL),
        }
    }

    /// `socket.addSourceSpecificMembership` and its opposite: what this source sends to the group.
    pub fn set_source_membership(self, socket: &impl AsFd, source: &str, group: &str, interface: Option<&str>, change: Membership) -> SysResult<()> {
        let name = if change == Membership::Add { "addSourceSpecificMembership" } else { "dropSourceSpecificMembership" };
        self.source_membership(socket, source, group, interface, change).named(name)
    }

    fn source_membership(self, socket: &impl AsFd, source: &str, group: &str, interface: Option<&str>, change: Membership) -> rustix::io::Result<()> {
        let (source, _) = parse_scoped(source).ok_or(Errno::INVAL)?;
        let (group, _) = parse_scoped(group).ok_or(Errno::INVAL)?;
        let interface = interface.map(|interface| parse_scoped(interface).ok_or(Errno::INVAL)).transpose()?;
        match (source, group, interface) {
            (IpAddr::V4(source), IpAddr::V4(group), None | Some((IpAddr::V4(_), _))) => {
                let via = match interface {
                    Some((IpAddr::V4(via), _)) => via,
                    _ => Ipv4Addr::UNSPECIFIED,
                };
                match change {
                    Membership::Add => sockopt::set_ip_add_source_membership(socket, &group, &via, &source),
                    Membership::Drop => sockopt::set_ip_drop_source_membership(socket, &group, &via, &source),
                }
            }
            (IpAddr::V6(source), IpAddr::V6(group), None | Some((IpAddr::V6(_), _))) => source_membership_v6(socket, source, group, interface.map_or(0, |(_, index)| index), change),
            _ => Err(Errno::INVAL),
        }
    }
}

/// An address as libuv reads it: IPv6 with a zone, which is an interface's name or number.
pub fn parse_scoped(text: &str) -> Option<(IpAddr, u32)> {
    let Some((address, zone)) = text.split_once('%') else { return text.parse().ok().map(|ip| (ip, 0)) };
    let ip: Ipv6Addr = address.parse().ok()?;
    // A zone this machine does not have is none, says libuv.
    let index = zone.parse().ok().or_else(|| interface_index(zone)).unwrap_or(0);
    Some((IpAddr::V6(ip), index))
}

/// The same with a port.
pub fn parse_scoped_with_port(text: &str, port: u16) -> Option<SocketAddr> {
    Some(match parse_scoped(text)? {
        (IpAddr::V6(ip), scope) => SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope)),
        (ip, _) => SocketAddr::new(ip, port),
    })
}

/// The number of the network interface of this name.
fn interface_index(name: &str) -> Option<u32> {
    let name = std::ffi::CString::new(name).ok()?;
    // SAFETY: the name ends in NUL and outlives the call.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index != 0).then_some(index)
}

pub(super) fn is_v4(socket: &impl AsFd) -> bool {
    rustix::net::getsockname(socket).is_ok_and(|address| address.address_family() == AddressFamily::INET)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn source_membership_v6(socket: &impl AsFd, source: Ipv6Addr, group: Ipv6Addr, interface: u32, change: Membership) -> rustix::io::Result<()> {
    let option = match change {
        Membership::Add => libc::MCAST_JOIN_SOURCE_GROUP,
        Membership::Drop => libc::MCAST_LEAVE_SOURCE_GROUP,
    };
    let (group, _) = super::lookup::raw_address(SocketAddr::from((group, 0)));
    let (source, _) = super::lookup::raw_address(SocketAddr::from((source, 0)));
    let request = libc::group_source_req { gsr_interface: interface, gsr_group: group, gsr_source: source };
    // SAFETY: the option takes this struct, whose size is given with it, and the descriptor is open.
    let code = unsafe { libc::setsockopt(std::os::fd::AsRawFd::as_raw_fd(&socket.as_fd()), libc::IPPROTO_IPV6, option, (&raw const request).cast(), size_of_val(&request) as libc::socklen_t) };
    if code == 0 { Ok(()) } else { Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)) }
}

/// These systems lay the request out differently; nobody has asked for it there yet.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn source_membership_v6(_socket: &impl AsFd, _source: Ipv6Addr, _group: Ipv6Addr, _interface: u32, _change: Membership) -> rustix::io::Result<()> {
    Err(Errno::NOSYS)
}

/// For callers that have no socket yet.
pub fn not_open(syscall: &'static str) -> SysError {
    SysError::new(crate::errno::EBADF, syscall)
}
