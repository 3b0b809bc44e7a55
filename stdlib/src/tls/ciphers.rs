//! Cipher suites under OpenSSL's names.

use coil_tls::{
    provider,
    rustls::{CipherSuite, SupportedCipherSuite},
};

/// A suite's name in OpenSSL and in the registry of IANA.
pub(super) fn names(suite: CipherSuite) -> (&'static str, &'static str) {
    ALL.iter().find(|(known, ..)| *known == suite).map_or(("UNKNOWN", "UNKNOWN"), |(_, openssl, standard)| (openssl, standard))
}

static ALL: &[(CipherSuite, &str, &str)] = &[
    (CipherSuite::TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
    (CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
    (CipherSuite::TLS13_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
];

/// `tls.getCiphers()`: in small letters, sorted.
pub(super) fn list() -> Vec<String> {
    let mut list: Vec<String> = ALL.iter().map(|(_, openssl, _)| openssl.to_ascii_lowercase()).collect();
    list.sort_unstable();
    list
}

/// Node's default, which names more than coil has.
pub(crate) const DEFAULT: &str = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA";

/// What a list chooses.
pub(super) struct Chosen {
    pub(super) suites: Vec<SupportedCipherSuite>,
    /// `@SECLEVEL=`, which keys must be long enough for.
    pub(super) level: u8,
}

/// Why a list chooses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// There is no suite in it, known or not.
    Empty,
    /// OpenSSL knows no suite that it means.
    NoMatch,
    /// An `@` stands before something that is no command.
    Command,
}

/// OpenSSL's default.
const LEVEL: u8 = 2;
const LEVEL_MAX: u8 = 5;

/// The suites an OpenSSL list chooses. Those of TLS 1.3 stay, unless some are named; those that coil lacks are left out, so that
/// there may be none.
pub(super) fn chosen(list: &str) -> Result<Chosen, Unusable> {
    let (tls13, others): (Vec<&str>, Vec<&str>) = list.split(':').filter(|word| !word.is_empty()).partition(|word| word.starts_with("TLS_"));
    let mut suites: Vec<SupportedCipherSuite> = Vec::new();
    if tls13.is_empty() && others.is_empty() {
        return Err(Unusable::Empty);
    }
    if tls13.is_empty() {
        suites.extend(provider::SUITES.iter().filter(|suite| suite.tls13().is_some()));
    } else {
        let named = tls13.iter().filter_map(|word| provider::SUITES.iter().find(|suite| names(suite.suite()).0 == *word));
        suites.extend(named);
        if suites.is_empty() && !tls13.iter().any(|word| word.starts_with("TLS_AES_128_CCM")) {
            return Err(Unusable::NoMatch);
        }
    }
    let mut selection = Selection { level: LEVEL, ..Selection::default() };
    for rule in rules(&others.join(":")) {
        selection.apply(&rule)?;
    }
    if !others.is_empty() && selection.names.is_empty() {
        return Err(Unusable::NoMatch);
    }
    suites.extend(selection.names.iter().filter_map(|name| provider::SUITES.iter().find(|suite| names(suite.suite()).0 == *name)));
    Ok(Chosen { suites, level: selection.level })
}

/// A sign, if any, and a word, which may be several joined by `+`.
fn rules(list: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in list.split([':', ' ', ';', ',']) {
        // A command needs nothing between itself and what stands before it.
        let mut rest = part;
        while let Some(at) = rest.get(1..).and_then(|tail| tail.find('@')) {
            let (word, tail) = rest.split_at(at + 1);
            found.push(word.to_owned());
            rest = tail;
        }
        if !rest.is_empty() {
            found.push(rest.to_owned());
        }
    }
    found
}

/// What a list has chosen so far.
#[derive(Default)]
struct Selection {
    names: Vec<&'static str>,
    killed: Vec<&'static str>,
    level: u8,
}

impl Selection {
    fn apply(&mut self, rule: &str) -> Result<(), Unusable> {
        let (sign, word) = match rule.chars().next() {
            Some(sign @ ('!' | '-' | '+' | '@')) => (Some(sign), &rule[1..]),
            _ => (None, rule),
        };
        if sign == Some('@') {
            return self.command(word);
        }
        let meant: Vec<&'static str> = TLS12.iter().copied().filter(|name| word.split('+').all(|kind| is_meant(name, kind))).collect();
        match sign {
            None => {
                for name in meant {
                    if !self.names.contains(&name) && !self.killed.contains(&name) {
                        self.names.push(name);
                    }
                }
            }
            Some('+') => {
                let (moved, kept): (Vec<_>, Vec<_>) = self.names.iter().copied().partition(|name| meant.contains(name));
                self.names = [kept, moved].concat();
            }
            Some(sign) => {
                self.names.retain(|name| !meant.contains(name));
                if sign == '!' {
                    self.killed.extend(meant);
                }
            }
        }
        Ok(())
    }

    fn command(&mut self, command: &str) -> Result<(), Unusable> {
        if command == "STRENGTH" {
            return Ok(());
        }
        match command.strip_prefix("SECLEVEL=").and_then(|level| level.parse().ok()) {
            Some(level @ 0..=LEVEL_MAX) => {
                self.level = level;
                Ok(())
            }
            _ => Err(Unusable::Command),
        }
    }
}

/// Whether a word (a suite, or a kind of suites) means a suite.
fn is_meant(name: &str, word: &str) -> bool {
    let has_prefix = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let is_null = name.contains("NULL");
    let is_psk = name.contains("PSK");
    let is_srp = name.starts_with("SRP");
    let is_anonymous = has_prefix(&["ADH-", "AECDH-"]);
    let is_plain_rsa = !is_anonymous && !has_prefix(&["ECDHE-", "DHE-", "RSA-PSK", "PSK", "SRP"]);
    match word {
        "ALL" => !is_null,
        "COMPLEMENTOFALL" | "eNULL" | "NULL" => is_null,
        "aNULL" => is_anonymous,
        "ADH" => has_prefix(&["ADH-"]),
        "AECDH" => has_prefix(&["AECDH-"]),
        "HIGH" | "FIPS" => !is_null,
        "DEFAULT" => !is_null && !is_psk && !is_srp && !is_anonymous,
        "TLSv1.2" => name.ends_with("SHA256") || name.ends_with("SHA384") || name.contains("CHACHA20"),
        "SSLv3" | "TLSv1" | "TLSv1.0" | "SHA" | "SHA1" => name.ends_with("SHA"),
        "kRSA" => is_plain_rsa,
        "RSA" => is_plain_rsa || name.contains("-RSA-") && !is_srp || name.starts_with("RSA-PSK"),
        "aRSA" => is_plain_rsa || name.contains("-RSA-") || name.starts_with("RSA-PSK"),
        "ECDSA" | "aECDSA" => name.contains("-ECDSA-"),
        "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" | "ECDH" => has_prefix(&["ECDHE-"]),
        "DHE" | "EDH" | "kDHE" | "kEDH" | "DH" => has_prefix(&["DHE-"]),
        "PSK" | "aPSK" | "kPSK" => is_psk,
        "SRP" | "kSRP" => is_srp,
        "AESGCM" => name.contains("AES") && name.contains("GCM"),
        "AES" => name.contains("AES"),
        "AES128" => name.contains("AES128") || name.contains("AES-128"),
        "AES256" => name.contains("AES256") || name.contains("AES-256"),
        "CHACHA20" => name.contains("CHACHA20"),
        "SHA256" => name.ends_with("SHA256") && !name.contains("GCM"),
        "SHA384" => name.ends_with("SHA384") && !name.contains("GCM"),
        _ => name == word,
    }
}

/// The suites that OpenSSL knows under TLS 1.2, most wanted first. Of most of them coil knows no more than the name.
static TLS12: &[&str] = &[
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "DHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "DHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "DHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-RSA-AES256-SHA384",
    "DHE-RSA-AES256-SHA256",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-RSA-AES128-SHA256",
    "DHE-RSA-AES128-SHA256",
    "ECDHE-ECDSA-AES256-SHA",
    "ECDHE-RSA-AES256-SHA",
    "DHE-RSA-AES256-SHA",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA",
    "DHE-RSA-AES128-SHA",
    "RSA-PSK-AES256-GCM-SHA384",
    "DHE-PSK-AES256-GCM-SHA384",
    "RSA-PSK-CHACHA20-POLY1305",
    "DHE-PSK-CHACHA20-POLY1305",
    "ECDHE-PSK-CHACHA20-POLY1305",
    "AES256-GCM-SHA384",
    "PSK-AES256-GCM-SHA384",
    "PSK-CHACHA20-POLY1305",
    "RSA-PSK-AES128-GCM-SHA256",
    "DHE-PSK-AES128-GCM-SHA256",
    "AES128-GCM-SHA256",
    "PSK-AES128-GCM-SHA256",
    "AES256-SHA256",
    "AES128-SHA256",
    "ECDHE-PSK-AES256-CBC-SHA384",
    "ECDHE-PSK-AES256-CBC-SHA",
    "SRP-RSA-AES-256-CBC-SHA",
    "SRP-AES-256-CBC-SHA",
    "RSA-PSK-AES256-CBC-SHA384",
    "DHE-PSK-AES256-CBC-SHA384",
    "RSA-PSK-AES256-CBC-SHA",
    "DHE-PSK-AES256-CBC-SHA",
    "AES256-SHA",
    "PSK-AES256-CBC-SHA384",
    "PSK-AES256-CBC-SHA",
    "ECDHE-PSK-AES128-CBC-SHA256",
    "ECDHE-PSK-AES128-CBC-SHA",
    "SRP-RSA-AES-128-CBC-SHA",
    "SRP-AES-128-CBC-SHA",
    "RSA-PSK-AES128-CBC-SHA256",
    "DHE-PSK-AES128-CBC-SHA256",
    "RSA-PSK-AES128-CBC-SHA",
    "DHE-PSK-AES128-CBC-SHA",
    "AES128-SHA",
    "PSK-AES128-CBC-SHA256",
    "PSK-AES128-CBC-SHA",
    "ADH-AES256-GCM-SHA384",
    "ADH-AES128-GCM-SHA256",
    "ADH-AES256-SHA256",
    "ADH-AES128-SHA256",
    "AECDH-AES256-SHA",
    "ADH-AES256-SHA",
    "AECDH-AES128-SHA",
    "ADH-AES128-SHA",
    "AECDH-NULL-SHA",
    "ECDHE-ECDSA-NULL-SHA",
    "ECDHE-RSA-NULL-SHA",
    "NULL-SHA256",
    "NULL-SHA",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(list: &str) -> Result<Vec<&'static str>, Unusable> {
        let chosen = chosen(list)?;
        Ok(chosen.suites.iter().filter(|suite| suite.tls13().is_none()).map(|suite| names(suite.suite()).0).collect())
    }

    #[test]
    fn lists_choose_as_in_openssl() {
        assert_eq!(names_of("AES256-SHA"), Ok(vec![]));
        assert_eq!(names_of("ABC"), Err(Unusable::NoMatch));
        assert_eq!(names_of("HIGH:!HIGH"), Err(Unusable::NoMatch));
        assert_eq!(names_of(":"), Err(Unusable::Empty));
        assert_eq!(names_of("RSA@SECLEVEL=9"), Err(Unusable::Command));
        assert_eq!(names_of("ECDHE+AESGCM:!aRSA"), Ok(vec!["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"]));
        assert_eq!(chosen("ALL@SECLEVEL=0").map(|chosen| chosen.level), Ok(0));
    }
}
