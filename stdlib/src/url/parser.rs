//! Parsing and changing URLs as the specification of today has it, over a parser that follows an older text of it in places.
//!
//! Whoever makes a [`Url`] from text goes through [`parse`] and [`join`]: `Url::parse` is called nowhere else.

use ::url::{Url, quirks};

/// A URL from text; `None` where there is none in it.
pub(crate) fn parse(text: &str) -> Option<Url> {
    Url::parse(text).ok().map(current)
}

/// A URL from text that may be relative to `base`.
pub(crate) fn join(base: &Url, text: &str) -> Option<Url> {
    base.join(text).ok().map(current)
}

/// What the specification has changed since: `^` is escaped in paths, and so is a space that ends an opaque path before a query or fragment.
fn current(mut url: Url) -> Url {
    let path = url.path();
    if !url.cannot_be_a_base() {
        if path.contains('^') {
            let path = path.replace('^', "%5E");
            url.set_path(&path);
        }
    } else if (url.query().is_some() || url.fragment().is_some())
        && let Some(path) = path.strip_suffix(' ')
    {
        let path = format!("{path}%20");
        url.set_path(&path);
    }
    url
}

/// The setter of `pathname`.
pub(super) fn set_pathname(url: &mut Url, text: &str) {
    // What is not seen in URLs counts for nothing: such a path is empty, not the root.
    quirks::set_pathname(url, &text.replace(['\t', '\n', '\r'], ""));
    if !url.cannot_be_a_base() && url.path().contains('^') {
        let path = url.path().replace('^', "%5E");
        url.set_path(&path);
    }
}

/// The setter of `protocol`: refused where the URL would make no sense, as for one with a port that is to be a `file:` URL.
pub(super) fn set_protocol(url: &mut Url, text: &str) {
    let before = url.scheme().to_owned();
    if quirks::set_protocol(url, text).is_ok() && url.scheme() != before {
        return;
    }
    // From another special scheme to `file:` is a way that the parser below does not know.
    let to_file = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:")) || text.eq_ignore_ascii_case("file");
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if to_file && plain && matches!(url.scheme(), "http" | "https" | "ws" | "wss" | "ftp") {
        let changed = format!("file{}", &url.as_str()[url.scheme().len()..]);
        if let Some(changed) = parse(&changed) {
            *url = changed;
        }
    }
}

/// The setter of `host`.
pub(super) fn set_host(url: &mut Url, text: &str) {
    set_unless_hostless(url, |changed| quirks::set_host(changed, text));
}

/// The setter of `hostname`.
pub(super) fn set_hostname(url: &mut Url, text: &str) {
    set_unless_hostless(url, |changed| quirks::set_hostname(changed, text));
}

/// A URL with a user name or a password keeps its host, which the library takes away from one without a special scheme.
fn set_unless_hostless(url: &mut Url, set: impl FnOnce(&mut Url) -> Result<(), ()>) {
    let mut changed = url.clone();
    let is_hostless = |url: &Url| url.host_str().is_none_or(str::is_empty);
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if set(&mut changed).is_ok() && !(has_credentials && is_hostless(&changed)) {
        *url = changed;
    }
}

/// The ASCII form of a domain name, empty where it is none. What a URL's `hostname` takes is taken: up to a slash or a `?`.
pub(super) fn domain_to_ascii(domain: &str) -> String {
    let Ok(mut url) = Url::parse("ws://x") else { return String::new() };
    match quirks::set_hostname(&mut url, domain) {
        Ok(()) if !domain.is_empty() => quirks::hostname(&url).to_owned(),
        _ => String::new(),
    }
}
