//! What this machine says about name servers and hosts: `/etc/resolv.conf` and `/etc/hosts`.
//!
//! Read whatever the policy says of files, as the system's own resolver reads them: which names may be asked about is judged
//! where they are asked about.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{Net, parse_scoped_with_port};

/// As much of `/etc/resolv.conf` as matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolverConfig {
    /// In the order in which they are asked.
    pub servers: Vec<SocketAddr>,
    /// `options timeout:n`, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// `options attempts:n`
    pub attempts: Option<u32>,
}

impl Net<'_> {
    /// The machine's name servers; itself, where it names none.
    pub fn resolver_config(self) -> ResolverConfig {
        parse_config(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    /// The names `/etc/hosts` has for an address.
    pub fn names_of(self, ip: IpAddr) -> Vec<String> {
        if self.check_lookup(&ip.to_string()).is_err() {
            return Vec::new();
        }
        parse_hosts(&std::fs::read_to_string("/etc/hosts").unwrap_or_default(), ip)
    }
}

/// No more are asked by the system's resolver either, but c-ares has no bound; a file that lists more than this is no configuration.
const SERVERS_MAX: usize = 64;
const DNS_PORT: u16 = 53;

fn parse_config(text: &str) -> ResolverConfig {
    let mut config = ResolverConfig { servers: Vec::new(), timeout_ms: None, attempts: None };
    for line in text.lines() {
        let line = line.split(['#', ';']).next().unwrap_or_default();
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") => {
                let server = words.next().and_then(|server| parse_scoped_with_port(server, DNS_PORT));
                config.servers.extend(server.filter(|_| config.servers.len() < SERVERS_MAX));
            }
            Some("options") => {
                for option in words {
                    match option.split_once(':') {
                        Some(("timeout", seconds)) => config.timeout_ms = seconds.parse::<u64>().ok().map(|seconds| seconds.saturating_mul(1000)),
                        Some(("attempts", count)) => config.attempts = count.parse().ok(),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    if config.servers.is_empty() {
        config.servers.push((Ipv4Addr::LOCALHOST, DNS_PORT).into());
    }
    config
}

fn parse_hosts(text: &str, ip: IpAddr) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        if words.next().and_then(|address| address.parse::<IpAddr>().ok()) == Some(ip) {
            names.extend(words.map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read_as_far_as_it_matters() {
        let config = parse_config("# ours\nnameserver 10.0.0.1\nsearch example.org\nnameserver fe80::1%1 ; there\noptions ndots:2 timeout:3 attempts:5\nnameserver nonsense\n");
        assert_eq!(config.servers.iter().map(SocketAddr::to_string).collect::<Vec<_>>(), ["10.0.0.1:53", "[fe80::1%1]:53"]);
        assert_eq!((config.timeout_ms, config.attempts), (Some(3000), Some(5)));
        assert_eq!(parse_config("").servers, ["127.0.0.1:53".parse::<SocketAddr>().expect("an address")]);
    }

    #[test]
    fn hosts_are_found_by_their_address() {
        let text = "127.0.0.1 localhost here # the usual\n::1 localhost6\n127.0.0.1\tme\n";
        assert_eq!(parse_hosts(text, Ipv4Addr::LOCALHOST.into()), ["localhost", "here", "me"]);
        assert!(parse_hosts(text, Ipv4Addr::BROADCAST.into()).is_empty());
    }
}
