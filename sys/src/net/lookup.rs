//! Names and addresses, by the system's resolver. These block: they are for the pool.

use std::ffi::{CStr, CString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Net;
use crate::errno;
use crate::error::{SysError, SysResult};

/// Which addresses are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// `dns.ADDRCONFIG`, `dns.V4MAPPED` and `dns.ALL`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookupHints {
    /// Only kinds this machine has an address of.
    pub addrconfig: bool,
    /// IPv4 as IPv6 when there is no IPv6.
    pub v4mapped: bool,
    /// With `v4mapped`: both.
    pub all: bool,
}

impl LookupHints {
    /// From the number `dns.lookup` takes.
    pub fn from_bits(bits: i32) -> LookupHints {
        LookupHints { addrconfig: bits & libc::AI_ADDRCONFIG != 0, v4mapped: bits & libc::AI_V4MAPPED != 0, all: bits & libc::AI_ALL != 0 }
    }
}

impl Net<'_> {
    /// `getaddrinfo`: the addresses of a name, in the system's order, each once. What is not found is EAI_NONAME or EAI_NODATA:
    /// [`SysError::dns_code`] says ENOTFOUND for both.
    ///
    /// ```
    /// use coil_sys::{Sys, net::{Family, LookupHints}};
    ///
    /// let sys = Sys::real();
    /// let found = sys.net().lookup("127.0.0.1", Family::Any, LookupHints::default())?;
    /// assert_eq!(found, ["127.0.0.1".parse::<std::net::IpAddr>().expect("an address")]);
    /// # Ok::<(), coil_sys::SysError>(())
    /// ```
    pub fn lookup(self, host: &str, family: Family, hints: LookupHints) -> SysResult<Vec<IpAddr>> {
        let ports = self.check_lookup(host)?;
        let found = getaddrinfo(host, family, hints).map_err(|error| error.address(host))?;
        for (ip, port) in found.iter().flat_map(|ip| ports.iter().map(move |port| (*ip, *port))) {
            self.sys.pins.add(ip, port);
        }
        Ok(found)
    }

    /// `getnameinfo`: the names of an address and of a port. `dns.lookupService`.
    pub fn lookup_service(self, address: SocketAddr) -> SysResult<(String, String)> {
        self.check_lookup(&address.ip().to_string()).map_err(|error| SysError { syscall: "getnameinfo", ..error })?;
        getnameinfo(address).map_err(|error| error.address(address.ip().to_string()))
    }

    /// The ports the name is granted with; empty when the policy has no list, as nothing needs remembering then.
    pub(super) fn check_lookup(self, host: &str) -> SysResult<Vec<Option<u16>>> {
        let policy = &self.sys.policy;
        if !policy.enabled {
            return Ok(Vec::new());
        }
        let ports = policy.net.ports_of_name(host);
        let granted = !ports.is_empty();
        policy.check_net(granted, || host.to_owned(), "getaddrinfo").map_err(|error| error.address(host))?;
        Ok(if matches!(policy.net, crate::NetRules::List(_)) { ports } else { Vec::new() })
    }
}

fn getaddrinfo(host: &str, family: Family, wanted: LookupHints) -> SysResult<Vec<IpAddr>> {
    let Ok(name) = CString::new(host) else {
        return Err(failed(libc::EAI_NONAME, "getaddrinfo"));
    };
    // SAFETY: all zero is a value of this struct of numbers and null pointers.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_family = match family {
        Family::Any => libc::AF_UNSPEC,
        Family::V4 => libc::AF_INET,
        Family::V6 => libc::AF_INET6,
    };
    let flag = |on: bool, bit| if on { bit } else { 0 };
    hints.ai_flags = flag(wanted.addrconfig, libc::AI_ADDRCONFIG) | flag(wanted.v4mapped, libc::AI_V4MAPPED) | flag(wanted.all, libc::AI_ALL);
    let mut first = std::ptr::null_mut();
    // SAFETY: the name ends in NUL, the hints are filled in, and `first` receives a list that is freed below.
    let code = unsafe { libc::getaddrinfo(name.as_ptr(), std::ptr::null(), &raw const hints, &raw mut first) };
    if code != 0 {
        return Err(failed(code, "getaddrinfo"));
    }
    let mut found = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // SAFETY: elements and their addresses live until the list is freed; each address is as long as its family says.
        let ip = unsafe {
            let entry = &*next;
            next = entry.ai_next;
            ip_of(entry.ai_addr)
        };
        found.extend(ip.filter(|ip| !found.contains(ip)));
    }
    // SAFETY: it came from getaddrinfo, and nothing of it is left.
    unsafe { libc::freeaddrinfo(first) };
    Ok(found)
}

/// # Safety
/// `at` is null or points to an address as long as its family says.
unsafe fn ip_of(at: *const libc::sockaddr) -> Option<IpAddr> {
    if at.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe {
        match i32::from((*at).sa_family) {
            libc::AF_INET => Some(Ipv4Addr::from(u32::from_be(at.cast::<libc::sockaddr_in>().read_unaligned().sin_addr.s_addr)).into()),
            libc::AF_INET6 => Some(Ipv6Addr::from(at.cast::<libc::sockaddr_in6>().read_unaligned().sin6_addr.s6_addr).into()),
            _ => None,
        }
    }
}

fn getnameinfo(address: SocketAddr) -> SysResult<(String, String)> {
    // The longest names there are: NI_MAXHOST and NI_MAXSERV.
    let (mut host, mut service) = ([0; 1025], [0; 32]);
    let (raw, len) = raw_address(address);
    // SAFETY: the pointers are to live memory of the lengths given with them.
    let code = unsafe { libc::getnameinfo((&raw const raw).cast(), len, host.as_mut_ptr(), host.len() as _, service.as_mut_ptr(), service.len() as _, libc::NI_NAMEREQD) };
    if code != 0 {
        return Err(failed(code, "getnameinfo"));
    }
    // SAFETY: the call succeeded, so both end in NUL.
    let text = |bytes: &[libc::c_char]| unsafe { CStr::from_ptr(bytes.as_ptr()) }.to_string_lossy().into_owned();
    Ok((text(&host), text(&service)))
}

pub(super) fn raw_address(address: SocketAddr) -> (libc::sockaddr_storage, libc::socklen_t) {
    // SAFETY: all zero is a value of these structs of numbers.
    let mut storage: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    let len = match address {
        SocketAddr::V4(v4) => {
            // SAFETY: as above.
            let mut raw: libc::sockaddr_in = unsafe { std::mem::zeroed() };
            raw.sin_family = libc::AF_INET as _;
            raw.sin_port = v4.port().to_be();
            raw.sin_addr.s_addr = u32::from(*v4.ip()).to_be();
            // SAFETY: the storage has room and alignment for every kind of address.
            unsafe { (&raw mut storage).cast::<libc::sockaddr_in>().write(raw) };
            size_of::<libc::sockaddr_in>()
        }
        SocketAddr::V6(v6) => {
            // SAFETY: as above.
            let mut raw: libc::sockaddr_in6 = unsafe { std::mem::zeroed() };
            raw.sin6_family = libc::AF_INET6 as _;
            raw.sin6_port = v6.port().to_be();
            raw.sin6_addr.s6_addr = v6.ip().octets();
            raw.sin6_scope_id = v6.scope_id();
            // SAFETY: as above.
            unsafe { (&raw mut storage).cast::<libc::sockaddr_in6>().write(raw) };
            size_of::<libc::sockaddr_in6>()
        }
    };
    (storage, len as libc::socklen_t)
}

/// The system's number as libuv's, which are the same everywhere.
fn failed(code: i32, syscall: &'static str) -> SysError {
    let name = match code {
        libc::EAI_SYSTEM => return SysError::last(syscall),
        libc::EAI_AGAIN => "EAI_AGAIN",
        libc::EAI_BADFLAGS => "EAI_BADFLAGS",
        libc::EAI_FAIL => "EAI_FAIL",
        libc::EAI_FAMILY => "EAI_FAMILY",
        libc::EAI_MEMORY => "EAI_MEMORY",
        #[cfg(not(target_os = "freebsd"))]
        libc::EAI_NODATA => "EAI_NODATA",
        libc::EAI_NONAME => "EAI_NONAME",
        libc::EAI_OVERFLOW => "EAI_OVERFLOW",
        libc::EAI_SERVICE => "EAI_SERVICE",
        libc::EAI_SOCKTYPE => "EAI_SOCKTYPE",
        #[cfg(any(target_os = "linux", target_os = "android"))]
        EAI_ADDRFAMILY => "EAI_ADDRFAMILY",
        _ => "UNKNOWN",
    };
    SysError::new(errno::number_of(name).unwrap_or(errno::UNKNOWN), syscall)
}

/// Not in the libc crate.
#[cfg(any(target_os = "linux", target_os = "android"))]
const EAI_ADDRFAMILY: i32 = -9;
