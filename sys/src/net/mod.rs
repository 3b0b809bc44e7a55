//! Sockets, pipes and look-ups: `sys.net()`.

use std::net::IpAddr;
use std::sync::Mutex;

use crate::sys::Inner;

/// The network, through the door.
#[derive(Clone, Copy)]
pub struct Net<'a> {
    pub(crate) sys: &'a Inner,
}

/// Addresses that granted names resolved to.
#[derive(Debug, Default)]
pub(crate) struct Pins(#[expect(dead_code, reason = "soon")] Mutex<Vec<(IpAddr, Option<u16>)>>);

impl Net<'_> {
    pub(crate) fn allows(self, _reference: Option<&str>) -> bool {
        matches!(self.sys.policy.net, crate::NetRules::All)
    }
}
