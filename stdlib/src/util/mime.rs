//! `util.MIMEType` and `util.MIMEParams`

use std::cell::RefCell;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, object::builtins::JsMap};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
};

/// `MIMEType`
pub(super) static MIME_TYPE: Class = Class {
    name: "MIMEType",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct_type,
    prototype: &[
        Export::accessor("type", type_get, type_set),
        Export::accessor("subtype", subtype_get, subtype_set),
        Export::getter("essence", essence),
        Export::getter("params", params),
        Export::function("toString", 0, type_to_string),
        Export::alias("toJSON", "toString"),
    ],
    statics: &[],
};

/// `MIMEParams`
pub(super) static MIME_PARAMS: Class = Class {
    name: "MIMEParams",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct_params,
    prototype: &[
        Export::function("delete", 1, params_delete),
        Export::function("get", 1, params_get),
        Export::function("has", 1, params_has),
        Export::function("set", 2, params_set),
        Export::function("entries", 0, params_entries),
        Export::function("keys", 0, params_keys),
        Export::function("values", 0, params_values),
        Export::function("toString", 0, params_to_string),
        Export::symbol_alias(Symbol::Iterator, "entries"),
        Export::alias("toJSON", "toString"),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct MimeType {
    #[unsafe_ignore_trace]
    kind: RefCell<String>,
    #[unsafe_ignore_trace]
    subtype: RefCell<String>,
    params: JsObject,
}

#[derive(Trace, Finalize, JsData)]
struct MimeParams {
    map: JsMap,
}

fn construct_type(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let (kind, subtype, rest) = parse(&text, cx)?;
    let params = MIME_PARAMS.construct(&[], cx)?;
    let map = map_of(&params, cx)?;
    for (name, value) in parse_params(&rest) {
        map.set(JsString::from(name), JsString::from(value), cx)?;
    }
    let prototype = instance_prototype(&MIME_TYPE, cx)?;
    let data = MimeType { kind: RefCell::new(kind), subtype: RefCell::new(subtype), params };
    Ok(JsObject::from_proto_and_data(prototype, data).into())
}

/// `parseTypeAndSubtype`: and what follows them.
fn parse(text: &str, cx: &mut Context) -> JsResult<(String, String, String)> {
    let start = text.find(|c| !is_space(c)).unwrap_or(text.len());
    let slash = text[start..].find('/').map(|at| at + start);
    let kind = &text[start..slash.unwrap_or(text.len())];
    let invalid = kind.chars().position(|c| !is_token(c));
    let Some(slash) = slash.filter(|_| !kind.is_empty() && invalid.is_none()) else {
        return Err(errors::invalid_mime_syntax("type", text, invalid, cx));
    };
    let rest = &text[slash + 1..];
    let (subtype, rest) = rest.split_once(';').unwrap_or((rest, ""));
    let subtype = subtype.trim_end_matches(is_space);
    let invalid = subtype.chars().position(|c| !is_token(c));
    if subtype.is_empty() || invalid.is_some() {
        return Err(errors::invalid_mime_syntax("subtype", text, invalid, cx));
    }
    Ok((kind.to_ascii_lowercase(), subtype.to_ascii_lowercase(), rest.to_owned()))
}

/// `name=value;name="quoted"`: the first of each name, in order. What is malformed is left out.
fn parse_params(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let text: Vec<char> = text.trim_end_matches(is_space).chars().collect();
    let mut at = 0;
    while at < text.len() {
        while text.get(at).copied().is_some_and(is_space) {
            at += 1;
        }
        let from = at;
        while text.get(at).is_some_and(|c| !matches!(c, ';' | '=')) {
            at += 1;
        }
        let name: String = text[from..at].iter().collect::<String>().to_ascii_lowercase();
        let separator = text.get(at).copied();
        at += 1;
        if separator == Some(';') {
            continue;
        }
        let Some(first) = text.get(at) else { break };
        let value = if *first == '"' {
            at += 1;
            quoted(&text, &mut at)
        } else {
            let from = at;
            while text.get(at).is_some_and(|c| *c != ';') {
                at += 1;
            }
            let value: String = text[from..at].iter().collect();
            let value = value.trim_end_matches(is_space).to_owned();
            if value.is_empty() {
                // As in Node, the separator begins the next name.
                continue;
            }
            value
        };
        let valid = !name.is_empty() && name.chars().all(is_token) && value.chars().all(is_quotable);
        if valid && !found.iter().any(|(known, _)| *known == name) {
            found.push((name, value));
        }
        at += 1;
    }
    found
}

/// Up to the closing quote or the end, without the backslashes.
fn quoted(text: &[char], at: &mut usize) -> String {
    let mut value = String::new();
    while let Some(c) = text.get(*at) {
        *at += 1;
        match c {
            '"' => break,
            '\\' => match text.get(*at) {
                Some(escaped) => {
                    value.push(*escaped);
                    *at += 1;
                }
                None => value.push('\\'),
            },
            c => value.push(*c),
        }
    }
    value
}

fn is_space(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\t' | ' ')
}

/// An HTTP token code point.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// A code point that may stand between quotes.
fn is_quotable(c: char) -> bool {
    matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}')
}

fn with_type<T>(this: &JsValue, read: impl FnOnce(&MimeType) -> T, cx: &mut Context) -> JsResult<T> {
    let object = this.as_object();
    match object.as_ref().and_then(|object| object.downcast_ref::<MimeType>()) {
        Some(data) => Ok(read(&data)),
        None => Err(errors::invalid_this("MIMEType", cx)),
    }
}

fn type_get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_type(this, |data| JsString::from(data.kind.borrow().as_str()).into(), cx)
}

fn subtype_get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_type(this, |data| JsString::from(data.subtype.borrow().as_str()).into(), cx)
}

fn type_set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = token(args.get_or_undefined(0), "type", cx)?;
    with_type(this, |data| *data.kind.borrow_mut() = text, cx)?;
    Ok(JsValue::undefined())
}

fn subtype_set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = token(args.get_or_undefined(0), "subtype", cx)?;
    with_type(this, |data| *data.subtype.borrow_mut() = text, cx)?;
    Ok(JsValue::undefined())
}

fn token(value: &JsValue, production: &str, cx: &mut Context) -> JsResult<String> {
    let text = value.to_string(cx)?.to_std_string_lossy();
    let invalid = text.chars().position(|c| !is_token(c));
    if text.is_empty() || invalid.is_some() {
        return Err(errors::invalid_mime_syntax(production, &text, invalid, cx));
    }
    Ok(text.to_ascii_lowercase())
}

fn essence(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_type(this, |data| JsString::from(format!("{}/{}", data.kind.borrow(), data.subtype.borrow())).into(), cx)
}

fn params(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_type(this, |data| data.params.clone().into(), cx)
}

fn type_to_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let essence = with_type(this, |data| format!("{}/{}", data.kind.borrow(), data.subtype.borrow()), cx)?;
    let params = with_type(this, |data| data.params.clone(), cx)?;
    let params = joined(&params, cx)?;
    Ok(JsString::from(if params.is_empty() { essence } else { format!("{essence};{params}") }).into())
}

fn construct_params(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&MIME_PARAMS, cx)?;
    let data = MimeParams { map: JsMap::new(cx) };
    Ok(JsObject::from_proto_and_data(prototype, data).into())
}

fn map_of(params: &JsObject, cx: &mut Context) -> JsResult<JsMap> {
    let found = params.downcast_ref::<MimeParams>().map(|data| data.map.clone());
    found.ok_or_else(|| errors::invalid_this("MIMEParams", cx))
}

fn this_map(this: &JsValue, cx: &mut Context) -> JsResult<JsMap> {
    match this.as_object() {
        Some(object) => map_of(&object, cx),
        None => Err(errors::invalid_this("MIMEParams", cx)),
    }
}

fn params_delete(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    this_map(this, cx)?.delete(args.get_or_undefined(0).clone(), cx)?;
    Ok(JsValue::undefined())
}

fn params_get(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = this_map(this, cx)?.get(args.get_or_undefined(0).clone(), cx)?;
    Ok(if value.is_undefined() { JsValue::null() } else { value })
}

fn params_has(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    this_map(this, cx)?.has(args.get_or_undefined(0).clone(), cx)
}

fn params_set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let map = this_map(this, cx)?;
    let name = args.get_or_undefined(0).to_string(cx)?;
    let value = args.get_or_undefined(1).to_string(cx)?;
    let text = name.to_std_string_lossy();
    let invalid = text.chars().position(|c| !is_token(c));
    if text.is_empty() || invalid.is_some() {
        return Err(errors::invalid_mime_syntax("parameter name", &text, invalid, cx));
    }
    let text = value.to_std_string_lossy();
    let invalid = text.chars().position(|c| !is_quotable(c));
    if invalid.is_some() {
        return Err(errors::invalid_mime_syntax("parameter value", &text, invalid, cx));
    }
    map.set(name, value, cx)?;
    Ok(JsValue::undefined())
}

fn params_entries(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_map(this, cx)?.entries(cx)?.into())
}

fn params_keys(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_map(this, cx)?.keys(cx)?.into())
}

fn params_values(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_map(this, cx)?.values(cx)?.into())
}

fn params_to_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let map = JsObject::from(this_map(this, cx)?);
    Ok(JsString::from(joined_map(&map)).into())
}

fn joined(params: &JsObject, cx: &mut Context) -> JsResult<String> {
    Ok(joined_map(&map_of(params, cx)?.into()))
}

fn joined_map(map: &JsObject) -> String {
    let mut text = String::new();
    for (name, value) in map.map_entries(usize::MAX).unwrap_or_default() {
        if !text.is_empty() {
            text.push(';');
        }
        let part = |value: JsValue| value.as_string().map(|text| text.to_std_string_lossy()).unwrap_or_default();
        text.push_str(&part(name));
        text.push('=');
        text.push_str(&encoded(&part(value)));
    }
    text
}

fn encoded(value: &str) -> String {
    if value.is_empty() {
        return "\"\"".to_owned();
    }
    if value.chars().all(is_token) {
        return value.to_owned();
    }
    let mut made = String::from('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            made.push('\\');
        }
        made.push(c);
    }
    made.push('"');
    made
}
