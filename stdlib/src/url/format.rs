//! `url.format` of both kinds of URL, and `url.urlToHttpOptions`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors;

use super::{
    decode_uri_component, is_url,
    legacy::{Fields, Query, is_ipv6, is_slashed, parse_text, warn},
    parser, usv_string,
};
use crate::querystring;

/// `url.format(urlObject, options)`
pub(super) fn format(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if let Some(text) = given.as_string() {
        warn(cx)?;
        let fields = parse_text(&text.to_std_string_lossy(), false, false, cx)?;
        return Ok(js_string!(legacy(&fields, cx)?).into());
    }
    let Some(object) = given.as_object().filter(|object| !object.is_callable()) else {
        return Err(errors::invalid_arg_type("urlObject", "Object|string", given, cx));
    };
    if is_url(&object, cx)? {
        return modern(&object, args.get_or_undefined(1), cx);
    }
    let fields = Fields::read(&object, cx)?;
    Ok(js_string!(legacy(&fields, cx)?).into())
}

/// `Url.prototype.format()`
pub(super) fn legacy_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fields = Fields::read(&this.to_object(cx)?, cx)?;
    Ok(js_string!(legacy(&fields, cx)?).into())
}

fn modern(object: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let [mut fragment, mut unicode, mut search, mut auth] = [true, false, true, true];
    if options.to_boolean() {
        let Some(options) = options.as_object().filter(|options| !options.is_callable() && !options.is_array()) else {
            return Err(errors::invalid_arg_type("options", "object", options, cx));
        };
        for (key, flag) in [("fragment", &mut fragment), ("unicode", &mut unicode), ("search", &mut search), ("auth", &mut auth)] {
            let value = options.get(js_string!(key), cx)?;
            if !value.is_null_or_undefined() {
                *flag = value.to_boolean();
            }
        }
    }
    let href = object.get(js_string!("href"), cx)?;
    let href = usv_string(&href, cx)?;
    let Some(mut url) = parser::parse(&href) else {
        return Ok(js_string!(href).into());
    };
    if !fragment {
        url.set_fragment(None);
    }
    if !search {
        url.set_query(None);
    }
    if !auth {
        // Refused only by URLs that have no user.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    let mut text = url.as_str().to_owned();
    if unicode && url.has_host() {
        let host = &url[::url::Position::BeforeHost..::url::Position::AfterHost];
        let start = url[..::url::Position::BeforeHost].len();
        text.replace_range(start..start + host.len(), &::url::quirks::domain_to_unicode(host));
    }
    Ok(js_string!(text).into())
}

/// The text of a legacy URL object.
pub(super) fn legacy(fields: &Fields, cx: &mut Context) -> JsResult<String> {
    let auth = match fields.auth.as_deref() {
        Some(auth) if !auth.is_empty() => encode(auth, b"!'()*-.:_~") + "@",
        _ => String::new(),
    };
    let mut protocol = fields.protocol.clone().unwrap_or_default();
    let mut pathname = fields.pathname.clone().unwrap_or_default();
    let mut hash = fields.hash.clone().unwrap_or_default();
    let mut host = String::new();
    if let Some(name) = fields.host.as_ref().filter(|host| !host.is_empty()) {
        host = auth + name;
    } else if let Some(name) = fields.hostname.as_ref().filter(|name| !name.is_empty()) {
        host = if name.contains(':') && !is_ipv6(name) { format!("{auth}[{name}]") } else { auth + name };
        if let Some(port) = fields.port.as_ref().filter(|port| !port.is_empty()) {
            host = format!("{host}:{port}");
        }
    }
    let query = match &fields.query {
        Query::Value(value) => match value.as_object() {
            Some(object) => querystring::stringify_object(&object, cx)?.to_std_string_lossy(),
            None => String::new(),
        },
        _ => String::new(),
    };
    let mut search = match fields.search.as_deref() {
        Some(search) if !search.is_empty() => search.to_owned(),
        _ if !query.is_empty() => format!("?{query}"),
        _ => String::new(),
    };
    if !protocol.is_empty() && !protocol.ends_with(':') {
        protocol.push(':');
    }
    pathname = pathname.replace('#', "%23").replace('?', "%3F");
    let slashes = fields.slashes == Some(true);
    if slashes || is_slashed(&protocol) {
        if slashes || !host.is_empty() {
            if !pathname.is_empty() && !pathname.starts_with('/') {
                pathname.insert(0, '/');
            }
            host.insert_str(0, "//");
        } else if protocol.starts_with("file") {
            host = "//".to_owned();
        }
    }
    search = search.replace('#', "%23");
    if !hash.is_empty() && !hash.starts_with('#') {
        hash.insert(0, '#');
    }
    if !search.is_empty() && !search.starts_with('?') {
        search.insert(0, '?');
    }
    Ok(format!("{protocol}{host}{pathname}{search}{hash}"))
}

/// Percent-encodes all but letters, digits and what is listed.
fn encode(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `url.urlToHttpOptions(url)`
pub(super) fn url_to_http_options(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let Some(url) = given.as_object().filter(|object| !object.is_callable()) else {
        return Err(errors::invalid_arg_type("url", "object", given, cx));
    };
    http_options(&url, cx).map(JsValue::from)
}

/// A URL as the options of `http.request`.
pub(crate) fn http_options(url: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_null_proto();
    for key in url.own_property_keys(cx)? {
        if url.own_property(&key, cx)?.is_some_and(|property| property.enumerable() == Some(true)) {
            let value = url.get(key.clone(), cx)?;
            options.create_data_property_or_throw(key, value, cx)?;
        }
    }
    let hostname = url.get(js_string!("hostname"), cx)?;
    let bare = hostname.as_string().map(|name| name.to_std_string_lossy()).and_then(|name| Some(name.strip_prefix('[')?.strip_suffix(']')?.to_owned()));
    let hostname = bare.map_or(hostname, |name| js_string!(name).into());
    let (pathname, search) = (url.get(js_string!("pathname"), cx)?, url.get(js_string!("search"), cx)?);
    let text = |value: &JsValue, cx: &mut Context| {
        if value.to_boolean() { usv_string(value, cx) } else { Ok(String::new()) }
    };
    let path = text(&pathname, cx)? + &text(&search, cx)?;
    let (protocol, hash, href) = (url.get(js_string!("protocol"), cx)?, url.get(js_string!("hash"), cx)?, url.get(js_string!("href"), cx)?);
    for (key, value) in [("protocol", protocol), ("hostname", hostname), ("hash", hash), ("search", search), ("pathname", pathname), ("path", js_string!(path).into()), ("href", href)] {
        options.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    let port = url.get(js_string!("port"), cx)?;
    if !port.as_string().is_some_and(|port| port.is_empty()) {
        let port = port.to_number(cx)?;
        options.create_data_property_or_throw(js_string!("port"), port, cx)?;
    }
    let (user, password) = (url.get(js_string!("username"), cx)?, url.get(js_string!("password"), cx)?);
    if user.to_boolean() || password.to_boolean() {
        let (user, password) = (usv_string(&user, cx)?, usv_string(&password, cx)?);
        let auth = format!("{}:{}", decode_uri_component(&user)?, decode_uri_component(&password)?);
        options.create_data_property_or_throw(js_string!("auth"), js_string!(auth), cx)?;
    }
    Ok(options)
}
