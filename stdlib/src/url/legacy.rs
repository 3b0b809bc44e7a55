//! The legacy `Url` of `url.parse`: its fields as Rust values, reading and writing them on objects, and the parser.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::Export,
    validate,
};

use super::{decode_uri_component, format, invalid_legacy_url, legacy_resolve};
use crate::{process, querystring};

/// `url.Url`
pub(super) static URL: Class = Class {
    name: "Url",
    length: 0,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: |this, _args, cx| {
        if let Some(object) = this.as_object() {
            Fields::default().write(&object, cx)?;
        }
        Ok(JsValue::undefined())
    },
    prototype: &[
        Export::function("parse", 3, parse_method),
        Export::function("format", 0, format::legacy_method),
        Export::function("resolve", 1, legacy_resolve::resolve_method),
        Export::function("resolveObject", 1, legacy_resolve::resolve_object_method),
        Export::function("parseHost", 0, parse_host_method),
    ],
    statics: &[],
};

/// The fields of a `Url`; all null in a new one.
#[derive(Clone, Default)]
pub(super) struct Fields {
    pub(super) protocol: Option<String>,
    pub(super) slashes: Option<bool>,
    pub(super) auth: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<String>,
    pub(super) hostname: Option<String>,
    pub(super) hash: Option<String>,
    pub(super) search: Option<String>,
    pub(super) query: Query,
    pub(super) pathname: Option<String>,
    pub(super) path: Option<String>,
    pub(super) href: Option<String>,
}

/// `query` is text, or an object once it was parsed.
#[derive(Clone, Default)]
pub(super) enum Query {
    #[default]
    None,
    Text(String),
    Value(JsValue),
}

impl Query {
    fn to_js(&self) -> JsValue {
        match self {
            Self::None => JsValue::null(),
            Self::Text(text) => js_string!(text.as_str()).into(),
            Self::Value(value) => value.clone(),
        }
    }
}

impl Fields {
    /// Reads an object that has some of the fields.
    pub(super) fn read(object: &JsObject, cx: &mut Context) -> JsResult<Self> {
        let mut text = |key: &str| -> JsResult<Option<String>> {
            let value = object.get(js_string!(key), cx)?;
            if !value.to_boolean() && !value.is_string() {
                return Ok(None);
            }
            Ok(Some(value.to_string(cx)?.to_std_string_lossy()))
        };
        let mut fields = Self {
            protocol: text("protocol")?,
            auth: text("auth")?,
            host: text("host")?,
            port: text("port")?,
            hostname: text("hostname")?,
            hash: text("hash")?,
            search: text("search")?,
            pathname: text("pathname")?,
            path: text("path")?,
            href: text("href")?,
            ..Self::default()
        };
        let slashes = object.get(js_string!("slashes"), cx)?;
        fields.slashes = (!slashes.is_null_or_undefined()).then(|| slashes.to_boolean());
        let query = object.get(js_string!("query"), cx)?;
        fields.query = match query.as_string() {
            Some(text) => Query::Text(text.to_std_string_lossy()),
            None if query.is_null_or_undefined() => Query::None,
            None => Query::Value(query),
        };
        Ok(fields)
    }

    /// Puts all fields on an object, in Node's order.
    pub(super) fn write(&self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let text = |value: &Option<String>| value.as_ref().map_or_else(JsValue::null, |text| js_string!(text.as_str()).into());
        let entries = [
            ("protocol", text(&self.protocol)),
            ("slashes", self.slashes.map_or_else(JsValue::null, JsValue::from)),
            ("auth", text(&self.auth)),
            ("host", text(&self.host)),
            ("port", text(&self.port)),
            ("hostname", text(&self.hostname)),
            ("hash", text(&self.hash)),
            ("search", text(&self.search)),
            ("query", self.query.to_js()),
            ("pathname", text(&self.pathname)),
            ("path", text(&self.path)),
            ("href", text(&self.href)),
        ];
        for (key, value) in entries {
            let key = PropertyKey::String(Host::of(cx).intern(key));
            object.set(key, value, true, cx)?;
        }
        Ok(())
    }

    /// A new `Url` with these fields.
    pub(super) fn to_object(&self, cx: &mut Context) -> JsResult<JsObject> {
        let object = URL.construct(&[], cx)?;
        self.write(&object, cx)?;
        Ok(object)
    }
}

/// `url.parse(url, parseQueryString, slashesDenoteHost)`
pub(super) fn parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    warn(cx)?;
    if let Some(object) = args.get_or_undefined(0).as_object()
        && URL.is_instance(args.get_or_undefined(0), cx)?
    {
        return Ok(object.into());
    }
    parsed(args, cx)?.to_object(cx).map(JsValue::from)
}

/// What applications are told that call `url.parse`, directly or through `url.resolve` and `url.format`.
pub(super) fn warn(cx: &mut Context) -> JsResult<()> {
    process::deprecate_for_applications("DEP0169", WARNING, cx)
}

const WARNING: &str = "`url.parse()` behavior is not standardized and prone to errors that have security implications. Use the WHATWG URL API instead. CVEs \
                       are not issued for `url.parse()` vulnerabilities.";

fn parse_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fields = parsed(args, cx)?;
    if let Some(object) = this.as_object() {
        fields.write(&object, cx)?;
    }
    Ok(this.clone())
}

fn parsed(args: &[JsValue], cx: &mut Context) -> JsResult<Fields> {
    let url = validate::string(args.get_or_undefined(0), "url", cx)?.to_std_string_lossy();
    parse_text(&url, args.get_or_undefined(1).to_boolean(), args.get_or_undefined(2).to_boolean(), cx)
}

fn parse_host_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let mut fields = Fields::read(&object, cx)?;
    parse_host(&mut fields);
    fields.write(&object, cx)?;
    Ok(JsValue::undefined())
}

/// Takes the port off the host.
fn parse_host(fields: &mut Fields) {
    let mut host = fields.host.clone().unwrap_or_default();
    if let Some(colon) = host.rfind(':')
        && host[colon + 1..].bytes().all(|byte| byte.is_ascii_digit())
    {
        if colon + 1 < host.len() {
            fields.port = Some(host[colon + 1..].to_owned());
        }
        host.truncate(colon);
    }
    if !host.is_empty() {
        fields.hostname = Some(host);
    }
}

/// Whether the scheme (with its colon) is one of those that have an authority.
pub(super) fn is_slashed(protocol: &str) -> bool {
    let name = protocol.strip_suffix(':').unwrap_or(protocol);
    matches!(name, "http" | "https" | "ftp" | "gopher" | "file" | "ws" | "wss")
}

/// `javascript:` has no host, and nothing in it is escaped.
pub(super) fn is_hostless(protocol: &str) -> bool {
    protocol.strip_suffix(':').unwrap_or(protocol) == "javascript"
}

pub(super) fn is_ipv6(hostname: &str) -> bool {
    hostname.starts_with('[') && hostname.ends_with(']') && hostname.len() > 1
}

/// The parser. See `url.parse` in Node's documentation for what the parts mean.
pub(super) fn parse_text(url: &str, parse_query: bool, slashes_denote_host: bool, cx: &mut Context) -> JsResult<Fields> {
    let mut fields = Fields::default();
    let (mut rest, plain) = straightened(url);
    if plain && !slashes_denote_host && simple_path(&rest, &mut fields, parse_query, cx)? {
        return Ok(fields);
    }
    let proto = scheme(&rest).map(str::to_owned);
    let lower = proto.as_deref().unwrap_or_default().to_ascii_lowercase();
    if let Some(proto) = &proto {
        fields.protocol = Some(lower.clone());
        rest.drain(..proto.len());
    }
    let mut slashes = false;
    if slashes_denote_host || proto.is_some() || names_user(&rest) {
        slashes = rest.starts_with("//");
        if slashes && !is_hostless(&lower) {
            rest.drain(..2);
            fields.slashes = Some(true);
        }
    }
    if !is_hostless(&lower) && (slashes || proto.as_deref().is_some_and(|proto| !is_slashed(proto))) {
        rest = authority(&mut fields, rest, url, cx)?;
    }
    if !is_hostless(&lower) {
        rest = escaped(&rest);
    }
    split_rest(&mut fields, &rest, parse_query, cx)?;
    if is_slashed(&lower) && fields.hostname.as_ref().is_some_and(|name| !name.is_empty()) && fields.pathname.is_none() {
        fields.pathname = Some("/".to_owned());
    }
    join_path(&mut fields);
    fields.href = Some(format::legacy(&fields, cx)?);
    Ok(fields)
}

/// `path` from `pathname` and `search`, where there is one of them.
pub(super) fn join_path(fields: &mut Fields) {
    if fields.pathname.is_some() || fields.search.is_some() {
        let (pathname, search) = (fields.pathname.as_deref().unwrap_or_default(), fields.search.as_deref().unwrap_or_default());
        fields.path = Some(format!("{pathname}{search}"));
    }
}

/// Without the white space and control characters around it, and with slashes for the backslashes before the query. Also: has it neither `#` nor `@`?
fn straightened(url: &str) -> (String, bool) {
    let white = |c: char| matches!(c, '\0'..=' ' | '\u{a0}' | '\u{feff}');
    let mut split = false;
    let mut plain = true;
    let text = url.trim_matches(white).chars().map(|c| {
        match c {
            '#' => {
                plain = false;
                split = true;
            }
            '@' => plain = false,
            '?' => split = true,
            '\\' if !split => return '/',
            _ => {}
        }
        c
    });
    let text = text.collect();
    (text, plain)
}

/// A path and perhaps a query, and nothing else: the common case of a request's target.
fn simple_path(rest: &str, fields: &mut Fields, parse_query: bool, cx: &mut Context) -> JsResult<bool> {
    let (path, search) = match rest.find('?') {
        Some(at) => (&rest[..at], Some(&rest[at..])),
        None => (rest, None),
    };
    let slashes = path.len() - path.trim_start_matches('/').len();
    let white = |text: &str| text.contains(|c: char| c.is_whitespace() || c == '\u{feff}');
    if !(1..=2).contains(&slashes) || white(rest) {
        return Ok(false);
    }
    fields.path = Some(rest.to_owned());
    fields.href = Some(rest.to_owned());
    fields.pathname = Some(path.to_owned());
    match search {
        Some(search) => set_search(fields, search, parse_query, cx)?,
        None if parse_query => fields.query = empty_query(),
        None => {}
    }
    Ok(true)
}

fn set_search(fields: &mut Fields, search: &str, parse_query: bool, cx: &mut Context) -> JsResult<()> {
    fields.search = Some(search.to_owned());
    let text = &search[1..];
    fields.query = if parse_query { Query::Value(querystring::parse_text(&js_string!(text), cx)?.into()) } else { Query::Text(text.to_owned()) };
    Ok(())
}

fn empty_query() -> Query {
    Query::Value(JsObject::with_null_proto().into())
}

/// `http:` of `http://...`, as it is written.
fn scheme(text: &str) -> Option<&str> {
    let colon = text.find(':')?;
    let valid = colon > 0 && text[..colon].bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte));
    valid.then(|| &text[..=colon])
}

/// `//user@host`
fn names_user(text: &str) -> bool {
    let Some(text) = text.strip_prefix("//") else {
        return false;
    };
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    !user.is_empty() && !user.contains('/') && host.starts_with(|c| c != '@' && c != '/')
}

/// Reads user, host and port off the front; gives what follows.
fn authority(fields: &mut Fields, rest: String, url: &str, cx: &mut Context) -> JsResult<String> {
    let mut text = String::with_capacity(rest.len());
    let (mut at_sign, mut end, mut ended) = (None, None, false);
    for c in rest.chars() {
        if !ended && matches!(c, '\t' | '\n' | '\r') {
            continue;
        }
        if !ended {
            match c {
                ' ' | '"' | '%' | '\'' | ';' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                    end.get_or_insert(text.len());
                }
                '#' | '/' | '?' => {
                    end.get_or_insert(text.len());
                    ended = true;
                }
                '@' => {
                    at_sign = Some(text.len());
                    end = None;
                }
                _ => {}
            }
        }
        text.push(c);
    }
    let start = match at_sign {
        Some(at) => {
            fields.auth = Some(decode_uri_component(&text[..at])?);
            at + 1
        }
        None => 0,
    };
    let end = end.unwrap_or(text.len());
    fields.host = Some(text[start..end].to_owned());
    let mut rest = text[end..].to_owned();
    parse_host(fields);
    let mut hostname = fields.hostname.take().unwrap_or_default();
    let ipv6 = is_ipv6(&hostname);
    if !ipv6 && let Some(bad) = hostname.find(['/', '\\', '#', '?', ':']) {
        if hostname.as_bytes()[bad] == b':' {
            return Err(errors::invalid_arg_value("url", &js_string!("Invalid port in url").into(), url, cx));
        }
        rest = format!("/{}{rest}", &hostname[bad..]);
        hostname.truncate(bad);
    }
    hostname = if hostname.len() > HOSTNAME_LEN_MAX { String::new() } else { hostname.to_lowercase() };
    if !hostname.is_empty() {
        let forbidden = |c: char| matches!(c, '\0' | '\t' | '\n' | '\r' | ' ' | '#' | '%' | '/' | '<' | '>' | '?' | '@' | '\\' | '^' | '|');
        if ipv6 {
            if hostname.contains(forbidden) {
                return Err(invalid_legacy_url(url, cx));
            }
        } else {
            hostname = to_ascii(&hostname);
            if hostname.is_empty() || hostname.contains(|c| forbidden(c) || matches!(c, ':' | '[' | ']')) {
                return Err(invalid_legacy_url(url, cx));
            }
        }
    }
    let port = fields.port.as_ref().map(|port| format!(":{port}")).unwrap_or_default();
    fields.host = Some(format!("{hostname}{port}"));
    if ipv6 {
        hostname = hostname[1..hostname.len() - 1].to_owned();
        if !rest.starts_with('/') {
            rest.insert(0, '/');
        }
    }
    fields.hostname = Some(hostname);
    Ok(rest)
}

/// The longest name the domain name system has.
const HOSTNAME_LEN_MAX: usize = 255;

/// International names in ASCII, empty where they are wrong; others, such as `a_b` or `1.2`, stay what they are.
fn to_ascii(hostname: &str) -> String {
    let international = !hostname.is_ascii() || hostname.split('.').any(|label| label.starts_with("xn--"));
    if international { ::url::quirks::domain_to_ascii(hostname) } else { hostname.to_owned() }
}

/// What a URL may not hold as it is.
fn escaped(rest: &str) -> String {
    let mut out = String::with_capacity(rest.len());
    for c in rest.chars() {
        match c {
            '\t' | '\n' | '\r' | ' ' | '"' | '\'' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

fn split_rest(fields: &mut Fields, rest: &str, parse_query: bool, cx: &mut Context) -> JsResult<()> {
    let (before, hash) = rest.find('#').map_or((rest, None), |at| (&rest[..at], Some(&rest[at..])));
    fields.hash = hash.map(str::to_owned);
    let pathname = match before.find('?') {
        Some(at) => {
            set_search(fields, &before[at..], parse_query, cx)?;
            &before[..at]
        }
        None => {
            if parse_query {
                fields.query = empty_query();
            }
            before
        }
    };
    fields.pathname = (!pathname.is_empty()).then(|| pathname.to_owned());
    Ok(())
}
