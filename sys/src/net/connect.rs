//! Clients.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{bind, connect, sockopt};

use super::listen::{tcp_socket, unix_socket};
use super::{Address, Net, abstract_name, unix_name};
use crate::error::{Named, SysError, SysResult};
use crate::fs::Last;

/// Where a connection shall come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectOptions {
    /// `localAddress` and `localPort`.
    pub local: Option<SocketAddr>,
}

impl Net<'_> {
    /// Begins to connect. The flag says whether it is connected already (a unix socket always is); otherwise it will be, or have
    /// failed, when the socket becomes writable: ask [`Net::connected`] then. Errors are `connect`'s, with the address.
    pub fn connect(self, address: &Address, options: &ConnectOptions) -> SysResult<(OwnedFd, bool)> {
        let named = |result: rustix::io::Result<()>| match result {
            Ok(()) => Ok(true),
            Err(Errno::INPROGRESS | Errno::INTR) => Ok(false),
            Err(error) => Err(address.annotate(SysError::of(error, "connect"))),
        };
        match address {
            Address::Ip(ip) => {
                self.check_ip(*ip, true, "connect")?;
                let socket = tcp_socket(ip).named("connect").map_err(|error| address.annotate(error))?;
                if let Some(local) = options.local {
                    bind_local(&socket, local)?;
                }
                let done = named(connect(&socket, ip))?;
                Ok((socket, done))
            }
            Address::Path(path) => {
                let place = self.place_of(path, Last::Follow, "connect").map_err(|error| address.annotate(error))?;
                let name = unix_name(&place.path).named("connect").map_err(|error| address.annotate(error))?;
                let socket = unix_socket().named("connect").map_err(|error| address.annotate(error))?;
                let done = named(connect(&socket, &name))?;
                Ok((socket, done))
            }
            Address::Abstract(name) => {
                self.check_abstract(name, "connect")?;
                let name = abstract_name(name).named("connect").map_err(|error| address.annotate(error))?;
                let socket = unix_socket().named("connect").map_err(|error| address.annotate(error))?;
                let done = named(connect(&socket, &name))?;
                Ok((socket, done))
            }
            Address::Unnamed => Err(SysError::new(crate::errno::EINVAL, "connect")),
        }
    }

    /// How a connection that had begun turned out. `address` is for the error.
    pub fn connected(self, socket: &impl AsFd, address: &Address) -> SysResult<()> {
        let outcome = sockopt::socket_error(socket).and_then(|outcome| outcome);
        outcome.named("connect").map_err(|error| address.annotate(error))
    }
}

fn bind_local(socket: &OwnedFd, local: SocketAddr) -> SysResult<()> {
    let annotate = |error| Address::Ip(local).annotate(error);
    sockopt::set_socket_reuseaddr(socket, true).named("bind").map_err(annotate)?;
    bind(socket, &local).named("bind").map_err(annotate)
}
