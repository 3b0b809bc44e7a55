//! Name constraints (RFC 5280, section 4.2.1.10): for which names an authority speaks.

use std::{mem::discriminant, sync::Arc};

use super::{
    Certificate,
    chain::Failure,
    name::{GeneralName, Name, canonical},
};
use crate::der::{self, Reader, oid};

/// Node has no name of its own for these.
const fn failure(message: &'static str) -> Failure {
    Failure { code: "UNSPECIFIED", message }
}

const PERMITTED: Failure = failure("permitted subtree violation");
const EXCLUDED: Failure = failure("excluded subtree violation");
const MINIMUM_OR_MAXIMUM: Failure = failure("name constraints minimum and maximum not supported");
const CONSTRAINT_TYPE: Failure = failure("unsupported name constraint type");
const CONSTRAINT_SYNTAX: Failure = failure("unsupported or invalid name constraint syntax");
const NAME_SYNTAX: Failure = failure("unsupported or invalid name syntax");

/// A subtree of names.
struct Subtree {
    base: GeneralName,
    /// Neither a minimum nor a maximum depth is asked for.
    is_whole: bool,
}

fn subtrees(bytes: Option<&[u8]>) -> Option<Vec<Subtree>> {
    let mut reader = Reader::new(bytes.unwrap_or_default());
    let mut found = Vec::new();
    while !reader.is_empty() {
        let mut subtree = Reader::new(reader.expect(der::SEQUENCE)?);
        let (tag, value) = subtree.next()?;
        let is_whole = subtree.optional(0x80).is_none_or(|minimum| minimum == [0]) && subtree.is_empty();
        found.push(Subtree { base: GeneralName::parse(tag, value), is_whole });
    }
    Some(found)
}

/// Every name that a certificate goes by.
fn names(certificate: &Certificate, is_leaf: bool) -> Vec<GeneralName> {
    let subject: &Name = &certificate.subject;
    let mut names = certificate.alt_names().unwrap_or_default();
    let has_dns = names.iter().any(|name| matches!(name, GeneralName::Dns(_)));
    for (key, value) in &subject.attributes {
        match key.as_str() {
            "emailAddress" => names.push(GeneralName::Email(value.clone())),
            "CN" if is_leaf && !has_dns && is_host(value) => names.push(GeneralName::Dns(value.clone())),
            _ => {}
        }
    }
    if !subject.attributes.is_empty() {
        names.push(GeneralName::Directory(subject.attributes.clone()));
    }
    names
}

/// Whether a common name is the name of a host.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    text.contains('.') && text.split('.').all(is_label)
}

/// Whether `text` ends as `end` does, whatever the case.
fn ends_like(text: &str, end: &str) -> bool {
    let (text, end) = (text.as_bytes(), end.as_bytes());
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// Whether a host is the base, or lies below one that begins with a dot.
fn is_host_of(host: &str, base: &str) -> bool {
    if base.starts_with('.') { host.len() > base.len() && ends_like(host, base) } else { host.eq_ignore_ascii_case(base) }
}

/// Whether a name lies within a subtree of its kind.
fn lies_within(name: &GeneralName, base: &GeneralName) -> Result<bool, Failure> {
    Ok(match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => name.len() >= base.len() && canonical(&name[..base.len()]) == canonical(base),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            let below = name.len().checked_sub(base.len() + 1).is_some_and(|at| name.as_bytes()[at] == b'.');
            base.is_empty() || ends_like(name, base) && (name.len() == base.len() || base.starts_with('.') || below)
        }
        (GeneralName::Email(name), GeneralName::Email(base)) => {
            let Some((local, host)) = name.rsplit_once('@') else { return Err(NAME_SYNTAX) };
            match base.rsplit_once('@') {
                Some((own, base)) => (own.is_empty() || own == local) && host.eq_ignore_ascii_case(base),
                None => is_host_of(host, base),
            }
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => {
            let Some((_, rest)) = name.split_once("://") else { return Err(NAME_SYNTAX) };
            let host = rest.split([':', '/']).next().unwrap_or_default();
            if host.is_empty() {
                return Err(NAME_SYNTAX);
            }
            is_host_of(host, base)
        }
        (GeneralName::Ip(name), GeneralName::Ip(base)) => match base.split_at(base.len() / 2) {
            (address, mask) if base.len() == 8 || base.len() == 32 => name.len() == address.len() && name.iter().zip(address).zip(mask).all(|((a, b), mask)| (a ^ b) & mask == 0),
            _ => return Err(CONSTRAINT_SYNTAX),
        },
        _ => return Err(CONSTRAINT_TYPE),
    })
}

fn check_name(name: &GeneralName, permitted: &[Subtree], excluded: &[Subtree]) -> Result<(), Failure> {
    let of_kind = |subtrees: &[Subtree]| -> Result<Option<bool>, Failure> {
        let mut found = None;
        for subtree in subtrees.iter().filter(|subtree| discriminant(&subtree.base) == discriminant(name)) {
            if !subtree.is_whole {
                return Err(MINIMUM_OR_MAXIMUM);
            }
            found = Some(found == Some(true) || lies_within(name, &subtree.base)?);
        }
        Ok(found)
    };
    if of_kind(permitted)? == Some(false) {
        return Err(PERMITTED);
    }
    if of_kind(excluded)? == Some(true) { Err(EXCLUDED) } else { Ok(()) }
}

fn check_names(certificate: &Certificate, is_leaf: bool, constraints: &[u8]) -> Result<(), Failure> {
    let mut fields = Reader::new(Reader::new(constraints).expect(der::SEQUENCE).ok_or(CONSTRAINT_SYNTAX)?);
    let permitted = subtrees(fields.optional(0xa0)).ok_or(CONSTRAINT_SYNTAX)?;
    let excluded = subtrees(fields.optional(0xa1)).ok_or(CONSTRAINT_SYNTAX)?;
    names(certificate, is_leaf).iter().try_for_each(|name| check_name(name, &permitted, &excluded))
}

/// Whether each certificate has only names that those above speak for. Authorities that issued themselves are left out.
pub(super) fn check(chain: &[Arc<Certificate>], failure: &mut Option<Failure>) {
    for (at, certificate) in chain.iter().enumerate().rev().filter(|(at, certificate)| *at == 0 || !certificate.is_self_issued()) {
        for authority in &chain[at + 1..] {
            if let Some(constraints) = authority.extension(oid::NAME_CONSTRAINTS)
                && let Err(found) = check_names(certificate, at == 0, &constraints.value)
            {
                *failure = Some(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(name: GeneralName, base: GeneralName) -> Option<bool> {
        lies_within(&name, &base).ok()
    }

    #[test]
    fn hosts_lie_below_their_domains() {
        let dns = |name: &str, base: &str| within(GeneralName::Dns(name.into()), GeneralName::Dns(base.into()));
        for (name, base, good) in [
            ("a.example.org", "example.org", true),
            ("example.org", "EXAMPLE.org", true),
            ("badexample.org", "example.org", false),
            ("a.example.org", ".example.org", true),
            ("example.org", ".example.org", false),
            ("anything", "", true),
        ] {
            assert_eq!(dns(name, base), Some(good), "{name} {base}");
        }
    }

    #[test]
    fn other_kinds_of_names() {
        let email = |name: &str, base: &str| within(GeneralName::Email(name.into()), GeneralName::Email(base.into()));
        assert_eq!(email("a@example.org", "example.org"), Some(true));
        assert_eq!(email("a@b.example.org", "example.org"), Some(false));
        assert_eq!(email("a@b.example.org", ".example.org"), Some(true));
        assert_eq!(email("A@example.org", "a@example.org"), Some(false));
        assert_eq!(email("nobody", "example.org"), None);
        let uri = |name: &str, base: &str| within(GeneralName::Uri(name.into()), GeneralName::Uri(base.into()));
        assert_eq!(uri("https://a.example.org:1/b", ".example.org"), Some(true));
        assert_eq!(uri("https://example.org/b", "example.org"), Some(true));
        assert_eq!(uri("mailto:a", "example.org"), None);
        let ip = |name: [u8; 4], base: [u8; 8]| within(GeneralName::Ip(name.to_vec()), GeneralName::Ip(base.to_vec()));
        assert_eq!(ip([10, 1, 2, 3], [10, 0, 0, 0, 255, 0, 0, 0]), Some(true));
        assert_eq!(ip([11, 1, 2, 3], [10, 0, 0, 0, 255, 0, 0, 0]), Some(false));
    }
}
