//! Header fields between scripts and the wire.

use boa_engine::{Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, object::builtins::JsArray, property::PropertyKey};
use coil_engine::{Host, errors as engine_errors, table::Symbol};

use super::{errors, wire::Field};
use crate::http::elements;

/// `http2.sensitiveHeaders`
pub const SENSITIVE: Symbol = Symbol::Private("sensitiveHeaders");

/// What a list of fields is for: which pseudo-fields may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Request,
    Response,
    Trailers,
}

const REQUEST_PSEUDO: [&str; 6] = [":status", ":method", ":authority", ":scheme", ":path", ":protocol"];

/// Fields of which a message has one at most.
const SINGLE: [&str; 38] = [
    ":status",
    ":method",
    ":authority",
    ":scheme",
    ":path",
    ":protocol",
    "access-control-allow-credentials",
    "access-control-max-age",
    "access-control-request-method",
    "age",
    "authorization",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "dnt",
    "etag",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "tk",
    "upgrade-insecure-requests",
];
const SINGLE_TOO: [&str; 2] = ["user-agent", "x-content-type-options"];

pub fn is_single(name: &str) -> bool {
    SINGLE.contains(&name) || SINGLE_TOO.contains(&name)
}

/// What is the connection's business in HTTP/1 has no place here.
pub fn is_connection_specific(name: &str, value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    Ok(match name {
        "connection" | "upgrade" | "http2-settings" | "keep-alive" | "proxy-connection" | "transfer-encoding" => true,
        "te" => {
            let value = match value.as_object() {
                Some(list) if list.is_array() => elements(value, cx)?.and_then(|list| list.first().cloned()).unwrap_or_default(),
                _ => value.clone(),
            };
            value.as_string().is_none_or(|value| value != js_string!("trailers"))
        }
        _ => false,
    })
}

/// The fields of an object, pseudo-fields first, or of a list of names and values.
pub fn to_fields(headers: &JsObject, purpose: Purpose, strict_single: bool, cx: &mut Context) -> JsResult<Vec<Field>> {
    let sensitive = sensitive_names(headers, cx)?;
    let entries = if headers.is_array() { raw_entries(headers, cx)? } else { crate::http::own_entries(headers, cx)? };
    let (mut pseudo, mut plain) = (Vec::new(), Vec::new());
    let mut singles: Vec<String> = Vec::new();
    for (key, value) in entries {
        let given = key.to_std_string_lossy();
        if given.is_empty() || value.is_null_or_undefined() {
            continue;
        }
        let name = given.to_ascii_lowercase();
        let is_single = is_single(&name);
        let mut values = Vec::new();
        match value.as_object().filter(|list| list.is_array()) {
            None => values.push(text_of(&value, cx)?),
            Some(_) => {
                let list = elements(&value, cx)?.unwrap_or_default();
                if list.is_empty() {
                    continue;
                }
                if list.len() > 1 && is_single && strict_single {
                    return Err(errors::header_single_value(&name, cx));
                }
                for value in &list {
                    values.push(text_of(value, cx)?);
                }
            }
        }
        if is_single {
            if singles.contains(&name) && strict_single {
                return Err(errors::header_single_value(&name, cx));
            }
            singles.push(name.clone());
        }
        let is_sensitive = sensitive.contains(&name);
        if name.starts_with(':') {
            check_pseudo(&name, purpose, cx)?;
            for value in values {
                pseudo.push(Field { name: name.clone().into_bytes(), value, sensitive: is_sensitive });
            }
            continue;
        }
        if given.contains(' ') {
            return Err(engine_errors::coded(engine_errors::Base::Type, "ERR_INVALID_HTTP_TOKEN", format!("Header name must be a valid HTTP token [\"{given}\"]"), cx));
        }
        if is_connection_specific(&name, &value, cx)? {
            return Err(errors::invalid_connection_headers(&name, cx));
        }
        for value in values {
            plain.push(Field { name: name.clone().into_bytes(), value, sensitive: is_sensitive });
        }
    }
    pseudo.append(&mut plain);
    Ok(pseudo)
}

fn check_pseudo(name: &str, purpose: Purpose, cx: &mut Context) -> JsResult<()> {
    let allowed = match purpose {
        Purpose::Request => REQUEST_PSEUDO.contains(&name),
        Purpose::Response => name == ":status",
        Purpose::Trailers => false,
    };
    if allowed { Ok(()) } else { Err(errors::invalid_pseudoheader(name, cx)) }
}

/// A list of names and values, alternating.
fn raw_entries(list: &JsObject, cx: &mut Context) -> JsResult<Vec<(JsString, JsValue)>> {
    let values = elements(&list.clone().into(), cx)?.unwrap_or_default();
    let mut entries = Vec::with_capacity(values.len() / 2);
    for pair in values.chunks_exact(2) {
        entries.push((pair[0].to_string(cx)?, pair[1].clone()));
    }
    Ok(entries)
}

/// Field values are Latin-1 on the wire.
fn text_of(value: &JsValue, cx: &mut Context) -> JsResult<Vec<u8>> {
    let text = value.to_string(cx)?;
    Ok(text.iter().map(|unit| unit as u8).collect())
}

/// The names that `headers[http2.sensitiveHeaders]` lists.
fn sensitive_names(headers: &JsObject, cx: &mut Context) -> JsResult<Vec<String>> {
    let list = headers.get(SENSITIVE.to_js(cx), cx)?;
    if list.is_undefined() {
        return Ok(Vec::new());
    }
    let Some(values) = elements(&list, cx)? else {
        return Err(engine_errors::invalid_arg_value("headers[http2.neverIndex]", &list, "is invalid", cx));
    };
    let mut names = Vec::with_capacity(values.len());
    for value in values {
        names.push(value.to_string(cx)?.to_std_string_lossy().to_lowercase());
    }
    Ok(names)
}

/// What a script gets to see of a block: an object, and a list of names and values.
pub fn to_objects(fields: &[Field], strict_single: bool, cx: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let object = JsObject::with_null_proto();
    let mut raw = Vec::with_capacity(fields.len() * 2);
    let mut sensitive = Vec::new();
    for field in fields {
        let name = latin1(&field.name, cx);
        let value = latin1(&field.value, cx);
        raw.extend([name.clone().into(), value.clone().into()]);
        if field.sensitive {
            sensitive.push(name.clone().into());
        }
        add(&object, &field.name, name, value, strict_single, cx)?;
    }
    let sensitive = JsArray::from_values(sensitive, cx);
    let symbol: JsSymbol = SENSITIVE.to_js(cx);
    object.create_data_property_or_throw(symbol, sensitive, cx)?;
    Ok((object, JsArray::from_values(raw, cx).into()))
}

fn add(object: &JsObject, name: &[u8], key: JsString, value: JsString, strict_single: bool, cx: &mut Context) -> JsResult<()> {
    let key = PropertyKey::from(key);
    let mut value: JsValue = value.into();
    if name == b":status" {
        value = value.to_number(cx)?.into();
    }
    let existing = object.get(key.clone(), cx)?;
    if existing.is_undefined() {
        if name == b"set-cookie" {
            value = JsArray::from_values(vec![value], cx).into();
        }
        return object.create_data_property_or_throw(key, value, cx).map(drop);
    }
    let text = std::str::from_utf8(name).unwrap_or_default();
    let separator = match text {
        "cookie" => "; ",
        "set-cookie" => {
            if let Some(list) = existing.as_object() {
                crate::events::method(&list, "push", &[value], cx)?;
            }
            return Ok(());
        }
        // The first one counts.
        _ if is_single(text) && strict_single => return Ok(()),
        _ => ", ",
    };
    let joined = JsString::concat_array(&[existing.to_string(cx)?.as_str(), js_string!(separator).as_str(), value.to_string(cx)?.as_str()]);
    object.create_data_property_or_throw(key, joined, cx).map(drop)
}

/// Names come again and again: those that are known cost nothing.
fn latin1(bytes: &[u8], cx: &Context) -> JsString {
    match bytes {
        b":method" => Host::of(cx).intern(":method"),
        b":path" => Host::of(cx).intern(":path"),
        b":scheme" => Host::of(cx).intern(":scheme"),
        b":authority" => Host::of(cx).intern(":authority"),
        b":status" => Host::of(cx).intern(":status"),
        _ => crate::http::latin1(bytes),
    }
}

/// What a list of names and values is as an object: names as they are, repeated ones with all their values.
pub fn object_of_list(list: &JsValue, values: &[JsValue], cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_null_proto();
    for pair in values.chunks_exact(2) {
        let key = PropertyKey::from(pair[0].to_string(cx)?);
        let existing = object.get(key.clone(), cx)?;
        let value = match existing.as_object() {
            _ if existing.is_undefined() => pair[1].clone(),
            Some(several) if several.is_array() => {
                crate::events::method(&several, "push", std::slice::from_ref(&pair[1]), cx)?;
                continue;
            }
            _ => JsArray::from_values(vec![existing, pair[1].clone()], cx).into(),
        };
        object.create_data_property_or_throw(key, value, cx)?;
    }
    copy_sensitive(list, &object, cx)?;
    Ok(object)
}

/// These names and values as a list that keeps what `list` says of sensitive ones.
pub fn list_like(list: &JsValue, values: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let made: JsObject = JsArray::from_values(values, cx).into();
    copy_sensitive(list, &made, cx)?;
    Ok(made)
}

fn copy_sensitive(from: &JsValue, to: &JsObject, cx: &mut Context) -> JsResult<()> {
    let symbol = SENSITIVE.to_js(cx);
    if let Some(from) = from.as_object() {
        let names = from.get(symbol.clone(), cx)?;
        if !names.is_undefined() {
            to.set(symbol, names, true, cx)?;
        }
    }
    Ok(())
}
