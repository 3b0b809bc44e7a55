//! Sockets, pipes and look-ups: `sys.net()`.
//!
//! Thin operations on descriptors that never block: what cannot be done yet is `None`, not an error. Names of the calls are those
//! Node's errors show: every failed read is a `read`, every failed bind of a server a `listen`.
//!
//! | file | operations |
//! |---|---|
//! | `listen.rs` | listen, accept |
//! | `connect.rs` | connect, connected |
//! | `stream.rs` | read, write, shutdown, options, addresses, pairs and pipes |
//! | `datagram.rs` | UDP |
//! | `pass.rs` | descriptors sent to other processes |
//! | `lookup.rs` | getaddrinfo, getnameinfo |
//! | `resolver.rs` | what the machine says about name servers |
//!
//! Under a policy, addresses are judged where they are connected to or listened on. A unix socket by path also takes the right to write
//! that path (or a rule `unix:/path`): behind such sockets sit daemons that do as they are told. Node asks for the network alone.

mod connect;
mod datagram;
mod listen;
mod lookup;
mod pass;
mod resolver;
mod stream;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;
use rustix::net::{SocketAddrAny, SocketAddrUnix};

use crate::error::{SysError, SysResult};
use crate::policy::NetRules;
use crate::sys::Inner;

pub use connect::ConnectOptions;
pub use datagram::{BindOptions, Membership, not_open, parse_scoped, parse_scoped_with_port};
pub use listen::ListenOptions;
pub use lookup::{Family, LookupHints};
pub use resolver::ResolverConfig;
pub use stream::{How, Pair};

/// The network, through the door.
#[derive(Clone, Copy)]
pub struct Net<'a> {
    pub(crate) sys: &'a Inner,
}

/// Where a socket is, or is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// TCP or UDP.
    Ip(SocketAddr),
    /// A unix socket in the file system.
    Path(PathBuf),
    /// A unix socket in Linux's own space of names, without the NUL that marks it.
    Abstract(Vec<u8>),
    /// A unix socket without a name: most clients.
    Unnamed,
}

impl Address {
    /// A `path` option of `net`: one that starts with NUL is an abstract name.
    pub fn of_path(path: &Path) -> Address {
        match path.as_os_str().as_bytes().strip_prefix(b"\0") {
            Some(name) => Address::Abstract(name.to_owned()),
            None => Address::Path(path.to_owned()),
        }
    }

    /// Of TCP or UDP, as an IP address and port.
    pub fn ip(&self) -> Option<SocketAddr> {
        match self {
            Address::Ip(address) => Some(*address),
            _ => None,
        }
    }

    fn from_any(any: SocketAddrAny) -> Address {
        if let Ok(address) = SocketAddr::try_from(any.clone()) {
            return Address::Ip(address);
        }
        let Ok(unix) = SocketAddrUnix::try_from(any) else {
            return Address::Unnamed;
        };
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(name) = unix.abstract_name().filter(|name| !name.is_empty()) {
            return Address::Abstract(name.to_owned());
        }
        match unix.path_bytes() {
            Some(path) => {
                let end = memchr::memchr(0, path).unwrap_or(path.len());
                Address::Path(PathBuf::from(std::ffi::OsStr::from_bytes(&path[..end])))
            }
            None => Address::Unnamed,
        }
    }

    /// Puts it into an error, as Node shows it: `address` and `port`, or the path as `address`.
    fn annotate(&self, error: SysError) -> SysError {
        match self {
            Address::Ip(address) => error.address(address.ip().to_string()).port(address.port()),
            Address::Path(_) | Address::Abstract(_) => error.address(self.to_string()),
            Address::Unnamed => error,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Address {
        Address::Ip(address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Ip(address) => write!(out, "{}:{}", address.ip(), address.port()),
            Address::Path(path) => out.write_str(&path.to_string_lossy()),
            Address::Abstract(name) => write!(out, "\0{}", String::from_utf8_lossy(name)),
            Address::Unnamed => Ok(()),
        }
    }
}

/// The kernel's own form of a unix socket's name. One that is too long is EINVAL, as libuv has it.
fn unix_name(path: &Path) -> rustix::io::Result<SocketAddrUnix> {
    SocketAddrUnix::new(path).map_err(|error| if error == Errno::NAMETOOLONG { Errno::INVAL } else { error })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_name(name: &[u8]) -> rustix::io::Result<SocketAddrUnix> {
    SocketAddrUnix::new_abstract_name(name).map_err(|_| Errno::INVAL)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn abstract_name(_name: &[u8]) -> rustix::io::Result<SocketAddrUnix> {
    Err(Errno::INVAL)
}

/// Addresses that granted names resolved to, with the ports granted with the name.
#[derive(Debug, Default)]
pub(crate) struct Pins(Mutex<Vec<(IpAddr, Option<u16>)>>);

/// How many addresses of names are remembered; the oldest go first. A program that talks to more hosts at a time looks them up again.
const PINS_MAX: usize = 4096;

impl Pins {
    fn add(&self, ip: IpAddr, port: Option<u16>) {
        let mut pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pins.contains(&(ip, port)) {
            return;
        }
        if pins.len() == PINS_MAX {
            pins.remove(0);
        }
        pins.push((ip, port));
    }

    fn allow(&self, ip: IpAddr, port: u16) -> bool {
        let pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pins.iter().any(|(known, granted)| *known == ip && granted.is_none_or(|granted| granted == port))
    }
}

impl Net<'_> {
    /// `process.permission.has('net', reference)`: of everything, or of `host`, `host:port`, `unix:/path`.
    pub(crate) fn allows(self, reference: Option<&str>) -> bool {
        let rules = &self.sys.policy.net;
        let (NetRules::List(_), Some(reference)) = (rules, reference) else {
            return matches!(rules, NetRules::All);
        };
        if let Ok(address) = reference.parse::<SocketAddr>() {
            return rules.allows_ip(address.ip(), address.port());
        }
        if let Some(path) = reference.strip_prefix("unix:") {
            return rules.allows_unix(Path::new(path));
        }
        let (name, port) = match reference.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') => (name, port.parse::<u16>().ok()),
            _ => (reference, None),
        };
        rules.ports_of_name(name).iter().any(|granted| granted.is_none() || port.is_some() && *granted == port)
    }

    /// May this address be connected to (`pinned`: also when a granted name led to it), or listened on?
    fn check_ip(self, address: SocketAddr, pinned: bool, syscall: &'static str) -> SysResult<()> {
        let policy = &self.sys.policy;
        if !policy.enabled {
            return Ok(());
        }
        let granted = policy.net.allows_ip(address.ip(), address.port()) || pinned && self.sys.pins.allow(address.ip(), address.port());
        policy.check_net(granted, || address.to_string(), syscall).map_err(|error| Address::Ip(address).annotate(error))
    }

    fn check_abstract(self, name: &[u8], syscall: &'static str) -> SysResult<()> {
        let policy = &self.sys.policy;
        if !policy.enabled {
            return Ok(());
        }
        let shown = format!("@{}", String::from_utf8_lossy(name));
        policy.check_net(policy.net.allows_unix(Path::new(&shown)), || shown.clone(), syscall)
    }
}
