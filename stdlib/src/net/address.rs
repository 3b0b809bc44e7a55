//! Addresses and rules over them, without JavaScript: what `net.isIP` accepts, and what a `BlockList` refuses.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `net.isIP`: 4, 6 or 0. An IPv6 address may carry a zone (`fe80::1%eth0`); octets have no leading zeros.
pub fn is_ip(text: &str) -> u8 {
    if text.parse::<Ipv4Addr>().is_ok() {
        return 4;
    }
    let address = match text.split_once('%') {
        Some((address, zone)) if is_zone(zone) => address,
        Some(_) => return 0,
        None => text,
    };
    if address.parse::<Ipv6Addr>().is_ok() { 6 } else { 0 }
}

fn is_zone(zone: &str) -> bool {
    !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'))
}

/// The rules of one `BlockList`, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Address(IpAddr),
    Range(IpAddr, IpAddr),
    Subnet(IpAddr, u8),
}

impl Rules {
    pub fn add_address(&mut self, address: IpAddr) {
        self.0.insert(0, Rule::Address(address));
    }

    /// `false`, and nothing added, when `end` comes before `start`.
    pub fn add_range(&mut self, start: IpAddr, end: IpAddr) -> bool {
        let ordered = match (start, end) {
            (IpAddr::V4(start), IpAddr::V4(end)) => start <= end,
            _ => mapped(start) <= mapped(end),
        };
        if ordered {
            self.0.insert(0, Rule::Range(start, end));
        }
        ordered
    }

    pub fn add_subnet(&mut self, network: IpAddr, prefix_len: u8) {
        self.0.insert(0, Rule::Subnet(network, prefix_len));
    }

    /// Whether any rule names the address. An IPv4 address and its IPv6-mapped form are the same to every rule.
    pub fn check(&self, address: IpAddr) -> bool {
        self.0.iter().any(|rule| match *rule {
            Rule::Address(found) => mapped(found) == mapped(address),
            Rule::Range(start, end) => (mapped(start)..=mapped(end)).contains(&mapped(address)),
            Rule::Subnet(network, prefix_len) => {
                let prefix_len = u32::from(prefix_len) + if network.is_ipv4() { 96 } else { 0 };
                let mask = u128::MAX.checked_shl(128 - prefix_len).unwrap_or(0);
                mapped(network) & mask == mapped(address) & mask
            }
        })
    }

    /// As `blockList.rules` shows them.
    pub fn list(&self) -> Vec<String> {
        self.0.iter().map(Rule::to_string).collect()
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let family = |address: &IpAddr| if address.is_ipv4() { "IPv4" } else { "IPv6" };
        match self {
            Self::Address(address) => write!(f, "Address: {} {address}", family(address)),
            Self::Range(start, end) => write!(f, "Range: {} {start}-{end}", family(start)),
            Self::Subnet(network, prefix_len) => write!(f, "Subnet: {} {network}/{prefix_len}", family(network)),
        }
    }
}

/// One of the lines of [`Rules::list`], read back for `fromJSON`; a line that is none is skipped, as Node does.
pub fn parse_rule(line: &str, rules: &mut Rules) {
    let after = |label: &str| {
        let at = line.find(label)?;
        Some(line[at + label.len()..].trim())
    };
    for family in ["IPv4", "IPv6"] {
        if let Some(rest) = after(&format!("Subnet: {family} ")) {
            if let Some((network, prefix)) = rest.split_once('/')
                && let (Ok(network), Ok(prefix_len)) = (network.parse::<IpAddr>(), prefix.parse::<u8>())
                && prefix_len <= if network.is_ipv4() { 32 } else { 128 }
            {
                rules.add_subnet(network, prefix_len);
            }
            return;
        }
        if let Some(rest) = after(&format!("Address: {family} ")) {
            if let Ok(address) = rest.parse() {
                rules.add_address(address);
            }
            return;
        }
        if let Some(rest) = after(&format!("Range: {family} ")) {
            if let Some((start, end)) = rest.split_once('-')
                && let (Ok(start), Ok(end)) = (start.parse(), end.parse())
            {
                rules.add_range(start, end);
            }
            return;
        }
    }
}

/// Both families on one line of numbers: an IPv4 address stands where its mapped form does.
fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn is_ip_is_as_strict_as_node() {
        for text in ["127.0.0.1", "0.0.0.0", "255.255.255.255"] {
            assert_eq!(is_ip(text), 4, "{text}");
        }
        for text in ["::1", "::", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "fe80::1%eth0", "2001:252:0:1::2008:6"] {
            assert_eq!(is_ip(text), 6, "{text}");
        }
        for text in ["", "x127.0.0.1", "01.2.3.4", "1.2.3", "1.2.3.4.5", "256.0.0.1", "::1%", "::1%a b", "1:2:3:4:5:6:7:8:9", "[::1]", "::anything", "1.2.3.4%x"] {
            assert_eq!(is_ip(text), 0, "{text}");
        }
    }

    #[test]
    fn rules_hold_for_both_forms_of_an_address() {
        let mut rules = Rules::default();
        rules.add_address(ip("1.1.1.1"));
        assert!(rules.add_range(ip("10.0.0.1"), ip("10.0.0.10")));
        assert!(!rules.add_range(ip("10.0.0.2"), ip("10.0.0.1")));
        rules.add_subnet(ip("8592:757c:efae:4e45::"), 64);
        rules.add_subnet(ip("192.168.0.0"), 16);
        for text in ["1.1.1.1", "::ffff:1.1.1.1", "10.0.0.5", "::ffff:10.0.0.10", "8592:757c:efae:4e45:f::1", "192.168.3.4"] {
            assert!(rules.check(ip(text)), "{text}");
        }
        for text in ["1.1.1.2", "10.0.0.11", "8592:757c:efae:4f45::1", "192.169.0.0", "::1"] {
            assert!(!rules.check(ip(text)), "{text}");
        }
        let lines = rules.list();
        assert_eq!(lines, ["Subnet: IPv4 192.168.0.0/16", "Subnet: IPv6 8592:757c:efae:4e45::/64", "Range: IPv4 10.0.0.1-10.0.0.10", "Address: IPv4 1.1.1.1"]);
        let mut again = Rules::default();
        lines.iter().rev().for_each(|line| parse_rule(line, &mut again));
        assert_eq!(again, rules);
    }

    #[test]
    fn a_prefix_of_nothing_holds_everything() {
        let mut rules = Rules::default();
        rules.add_subnet(ip("::"), 0);
        assert!(rules.check(ip("1.2.3.4")) && rules.check(ip("ff::1")));
    }
}
