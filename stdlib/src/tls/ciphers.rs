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
pub(super) const DEFAULT: &str = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA";

/// The suites an OpenSSL list chooses; `None` where it chooses nothing that OpenSSL knows. Suites of TLS 1.3 that are not named
/// stay, as in Node, unless some are.
pub(super) fn chosen(list: &str) -> Option<Vec<SupportedCipherSuite>> {
    let is_tls13 = |suite: &&SupportedCipherSuite| suite.tls13().is_some();
    let words: Vec<&str> = list.split([':', ',', ' ']).filter(|word| !word.is_empty()).collect();
    let (named, others): (Vec<&str>, Vec<&str>) = words.iter().copied().partition(|word| word.starts_with("TLS_"));
    let mut suites: Vec<SupportedCipherSuite> = Vec::new();
    if named.is_empty() {
        suites.extend(provider::SUITES.iter().filter(is_tls13));
    } else {
        suites.extend(named.iter().filter_map(|word| provider::SUITES.iter().find(|suite| names(suite.suite()).0 == *word)));
    }
    let mut known = false;
    let mut removed: Vec<&str> = Vec::new();
    for word in others {
        if let Some(word) = word.strip_prefix(['!', '-']) {
            removed.push(word);
            continue;
        }
        if word.starts_with('@') {
            continue;
        }
        let word = word.strip_prefix('+').unwrap_or(word);
        let found: Vec<&SupportedCipherSuite> = provider::SUITES.iter().filter(|suite| suite.tls13().is_none() && matches(suite, word)).collect();
        known |= !found.is_empty() || is_known(word);
        for suite in found {
            if !suites.contains(suite) {
                suites.push(*suite);
            }
        }
    }
    suites.retain(|suite| suite.tls13().is_some() || !removed.iter().any(|word| matches(suite, word)));
    let only_tls13 = words.iter().all(|word| word.starts_with("TLS_"));
    (known || only_tls13 && !suites.is_empty() || words.is_empty()).then_some(suites)
}

/// Whether a word of a list (a suite, or a kind of suites, or kinds joined by `+`) means this suite.
fn matches(suite: &SupportedCipherSuite, word: &str) -> bool {
    let name = names(suite.suite()).0;
    word.split('+').all(|word| {
        name == word
            || match word {
                "ALL" | "HIGH" | "DEFAULT" | "COMPLEMENTOFDEFAULT" | "TLSv1.2" | "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" | "ECDH" | "FIPS" => true,
                "RSA" | "aRSA" => name.contains("-RSA-"),
                "ECDSA" | "aECDSA" => name.contains("-ECDSA-"),
                "AESGCM" => name.contains("GCM"),
                "AES" => name.contains("AES"),
                "AES128" => name.contains("AES128"),
                "AES256" => name.contains("AES256"),
                "CHACHA20" => name.contains("CHACHA20"),
                "SHA256" => name.ends_with("SHA256"),
                "SHA384" => name.ends_with("SHA384"),
                _ => false,
            }
    })
}

/// Words that OpenSSL knows and that mean nothing coil has.
fn is_known(word: &str) -> bool {
    ["AES", "DHE-", "ECDHE-", "ECDH-", "PSK", "RSA-", "CAMELLIA", "ARIA", "LOW", "MEDIUM", "EXP", "DES-", "SEED", "NULL", "ADH", "AECDH", "SRP", "DH", "kRSA", "SHA", "SSLv3", "TLSv1", "kDHE", "EDH"]
        .iter()
        .any(|known| word.starts_with(known))
}
