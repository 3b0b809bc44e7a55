//! `url.resolve` and `url.resolveObject`: a reference against a base, as links in a page were resolved before WHATWG's rules.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};

use super::{
    format,
    legacy::{self, Fields, is_hostless, is_slashed, join_path, parse_text},
};

/// `url.resolve(from, to)`
pub(super) fn resolve(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    legacy::warn(cx)?;
    let base = fields_of(args.get_or_undefined(0), cx)?;
    let resolved = resolved(base, args.get_or_undefined(1), true, cx)?;
    Ok(js_string!(format::legacy(&resolved, cx)?).into())
}

/// `url.resolveObject(from, to)`
pub(super) fn resolve_object(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if !args.get_or_undefined(0).to_boolean() {
        return Ok(args.get_or_undefined(1).clone());
    }
    let base = fields_of(args.get_or_undefined(0), cx)?;
    resolved(base, args.get_or_undefined(1), false, cx)?.to_object(cx).map(JsValue::from)
}

pub(super) fn resolve_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let base = Fields::read(&this.to_object(cx)?, cx)?;
    let resolved = resolved(base, args.get_or_undefined(0), true, cx)?;
    Ok(js_string!(format::legacy(&resolved, cx)?).into())
}

pub(super) fn resolve_object_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let base = Fields::read(&this.to_object(cx)?, cx)?;
    resolved(base, args.get_or_undefined(0), false, cx)?.to_object(cx).map(JsValue::from)
}

fn fields_of(value: &JsValue, cx: &mut Context) -> JsResult<Fields> {
    match value.as_object() {
        Some(object) if legacy::URL.is_instance(value, cx)? => Fields::read(&object, cx),
        _ => {
            let text = coil_engine::validate::string(value, "url", cx)?.to_std_string_lossy();
            parse_text(&text, false, true, cx)
        }
    }
}

/// `texts_only`: `url.resolve` parses what it is given, whatever that is.
fn resolved(base: Fields, relative: &JsValue, texts_only: bool, cx: &mut Context) -> JsResult<Fields> {
    let relative = match (relative.as_string(), relative.as_object()) {
        (Some(text), _) => parse_text(&text.to_std_string_lossy(), false, true, cx)?,
        (None, Some(object)) if !texts_only => Fields::read(&object, cx)?,
        _ => {
            coil_engine::validate::string(relative, "url", cx)?;
            fields_of(relative, cx)?
        }
    };
    let mut result = join(base, relative);
    result.href = Some(format::legacy(&result, cx)?);
    Ok(result)
}

fn present(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.is_empty())
}

fn join(base: Fields, mut relative: Fields) -> Fields {
    let mut result = base;
    result.hash = relative.hash.clone();
    if relative.href.as_deref() == Some("") {
        return result;
    }
    if relative.slashes == Some(true) && !present(&relative.protocol) {
        relative.protocol = result.protocol.take();
        let protocol = relative.protocol.as_deref().unwrap_or_default();
        if is_slashed(protocol) && present(&relative.hostname) && !present(&relative.pathname) {
            relative.pathname = Some("/".to_owned());
            relative.path = Some("/".to_owned());
        }
        return relative;
    }
    if present(&relative.protocol) && relative.protocol != result.protocol {
        return other_protocol(result, relative);
    }
    Join::new(&result, &relative).run(result, relative)
}

fn other_protocol(mut result: Fields, mut relative: Fields) -> Fields {
    let protocol = relative.protocol.clone().unwrap_or_default();
    if !is_slashed(&protocol) {
        return relative;
    }
    result.protocol = relative.protocol.clone();
    if !present(&relative.host) && protocol.trim_end_matches(':') != "file" && !is_hostless(&protocol) {
        // `http:/host/path`: the first part that is not empty is the host.
        let pathname = relative.pathname.clone().unwrap_or_default();
        let mut parts: std::collections::VecDeque<&str> = pathname.split('/').collect();
        let mut host = "";
        while let Some(part) = parts.pop_front() {
            host = part;
            if !part.is_empty() {
                break;
            }
        }
        relative.host = Some(host.to_owned());
        relative.hostname.get_or_insert_default();
        if parts.front() != Some(&"") {
            parts.push_front("");
        }
        if parts.len() < 2 {
            parts.push_front("");
        }
        result.pathname = Some(Vec::from(parts).join("/"));
    } else {
        result.pathname = relative.pathname.clone();
    }
    result.search = relative.search;
    result.query = relative.query;
    result.host = Some(relative.host.clone().unwrap_or_default());
    result.auth = relative.auth;
    result.hostname = if present(&relative.hostname) { relative.hostname } else { relative.host };
    result.port = relative.port;
    if present(&result.pathname) || present(&result.search) {
        join_path(&mut result);
    }
    result.slashes = if result.slashes == Some(true) { result.slashes } else { relative.slashes };
    result
}

/// A relative path joined to an absolute one.
struct Join {
    base: Vec<String>,
    relative: Vec<String>,
    /// `mailto:` and the like: what looks like a host is the first part of the path.
    no_slashes: bool,
    is_relative_absolute: bool,
    must_end_absolute: bool,
    remove_all_dots: bool,
}

impl Join {
    fn new(result: &Fields, relative: &Fields) -> Self {
        let absolute = |path: &Option<String>| path.as_ref().is_some_and(|path| path.starts_with('/'));
        let parts = |path: &Option<String>| match path {
            Some(path) if !path.is_empty() => path.split('/').map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let is_relative_absolute = present(&relative.host) || absolute(&relative.pathname);
        let must_end_absolute = is_relative_absolute || absolute(&result.pathname) || (present(&result.host) && present(&relative.pathname));
        Self {
            base: parts(&result.pathname),
            relative: parts(&relative.pathname),
            no_slashes: result.protocol.as_ref().is_some_and(|protocol| !protocol.is_empty() && !is_slashed(protocol)),
            is_relative_absolute,
            must_end_absolute,
            remove_all_dots: must_end_absolute,
        }
    }

    fn run(mut self, mut result: Fields, mut relative: Fields) -> Fields {
        if self.no_slashes {
            self.hosts_to_paths(&mut result, &mut relative);
        }
        if self.is_relative_absolute {
            if relative.host.is_some() {
                if result.host != relative.host {
                    result.auth = None;
                }
                result.host = relative.host.clone();
                result.port = relative.port.clone();
            }
            if relative.hostname.is_some() {
                if result.hostname != relative.hostname {
                    result.auth = None;
                }
                result.hostname = relative.hostname.clone();
            }
            (result.search, result.query) = (relative.search.clone(), relative.query.clone());
            self.base = std::mem::take(&mut self.relative);
        } else if !self.relative.is_empty() {
            self.base.pop();
            self.base.append(&mut self.relative);
            (result.search, result.query) = (relative.search.clone(), relative.query.clone());
        } else if relative.search.is_some() {
            if self.no_slashes {
                self.path_to_host(&mut result, true);
            }
            (result.search, result.query) = (relative.search, relative.query);
            join_path(&mut result);
            return result;
        }
        if self.base.is_empty() {
            result.pathname = None;
            result.path = result.search.as_ref().filter(|search| !search.is_empty()).map(|search| format!("/{search}"));
            return result;
        }
        self.remove_dots(present(&result.host) || present(&relative.host));
        let is_absolute = self.base.first().is_some_and(|first| first.is_empty() || first.starts_with('/'));
        if self.no_slashes {
            self.path_to_host(&mut result, !is_absolute);
        }
        self.must_end_absolute |= present(&result.host) && !self.base.is_empty();
        if self.must_end_absolute && !is_absolute {
            self.base.insert(0, String::new());
        }
        if self.base.is_empty() {
            (result.pathname, result.path) = (None, None);
        } else {
            result.pathname = Some(self.base.join("/"));
        }
        join_path(&mut result);
        if present(&relative.auth) {
            result.auth = relative.auth;
        }
        result.slashes = if result.slashes == Some(true) { result.slashes } else { relative.slashes };
        result
    }

    fn hosts_to_paths(&mut self, result: &mut Fields, relative: &mut Fields) {
        fn put(parts: &mut Vec<String>, host: String) {
            match parts.first_mut() {
                Some(first) if first.is_empty() => *first = host,
                _ => parts.insert(0, host),
            }
        }
        result.hostname = Some(String::new());
        result.port = None;
        if let Some(host) = result.host.take().filter(|host| !host.is_empty()) {
            put(&mut self.base, host);
        }
        result.host = Some(String::new());
        if present(&relative.protocol) {
            (relative.hostname, relative.port, result.auth) = (None, None, None);
            if let Some(host) = relative.host.take().filter(|host| !host.is_empty()) {
                put(&mut self.relative, host);
            }
        }
        let opens = |parts: &[String]| parts.first().is_some_and(String::is_empty);
        self.must_end_absolute &= opens(&self.relative) || opens(&self.base);
    }

    /// The way back: the first part is the host, and a user may stand before it.
    fn path_to_host(&mut self, result: &mut Fields, take: bool) {
        let host = if take && !self.base.is_empty() { self.base.remove(0) } else { String::new() };
        match host.split_once('@') {
            Some((user, name)) if !user.is_empty() => {
                let name = name.split('@').next().unwrap_or_default().to_owned();
                result.auth = Some(user.to_owned());
                (result.host, result.hostname) = (Some(name.clone()), Some(name));
            }
            _ => (result.host, result.hostname) = (Some(host.clone()), Some(host)),
        }
    }

    fn remove_dots(&mut self, has_host: bool) {
        let last = self.base.last().map(String::as_str).unwrap_or_default();
        let trailing_slash = ((has_host || self.base.len() > 1) && matches!(last, "." | "..")) || last.is_empty();
        let mut up = 0;
        let mut kept = Vec::new();
        for part in self.base.drain(..).rev() {
            match part.as_str() {
                "." => {}
                ".." => up += 1,
                _ if up > 0 => up -= 1,
                _ => kept.push(part),
            }
        }
        kept.reverse();
        if !self.must_end_absolute && !self.remove_all_dots {
            kept.splice(0..0, std::iter::repeat_n("..".to_owned(), up));
        }
        if self.must_end_absolute && kept.first().is_none_or(|first| !first.is_empty() && !first.starts_with('/')) {
            kept.insert(0, String::new());
        }
        if trailing_slash && !kept.join("/").ends_with('/') {
            kept.push(String::new());
        }
        self.base = kept;
    }
}
