//! `util.styleText`

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey};
use coil_engine::{errors, validate};

use super::{
    colors,
    inspect::{self, Text},
};

/// Codes that begin and end a style.
struct Codes {
    open: String,
    close: String,
    /// `bold` and `dim` end with the same code: the outer one goes on after the inner one's end.
    keeps_close: bool,
}

/// `util.styleText(format, text, { validateStream, stream })`
pub(super) fn style_text(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (format, text, options) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    let given = options.as_object();
    let mut validates = match &given {
        Some(options) => options.get(js_string!("validateStream"), cx)?,
        None => JsValue::undefined(),
    };
    if validates.is_null_or_undefined() {
        validates = true.into();
    }
    let text = validate::string(text, "text", cx)?;
    let options = validate::options(options, "options", cx)?;
    let mut plain = false;
    if validate::boolean(&validates, "options.validateStream", cx)? {
        let stream = match &options {
            Some(options) => options.get(js_string!("stream"), cx)?,
            None => JsValue::undefined(),
        };
        plain = !shows_colors(stream, cx)?;
    }
    let colors = inspect::inspect_function(cx)?.get(js_string!("colors"), cx)?.to_object(cx)?;
    let formats = match format.as_object().filter(JsObject::is_array) {
        Some(list) => {
            let count = list.get(js_string!("length"), cx)?.to_length(cx)?;
            (0..count).map(|index| list.get(index, cx)).collect::<JsResult<Vec<_>>>()?
        }
        None => vec![format.clone()],
    };
    let (mut open, mut close) = (Text::new(), Text::new());
    let mut inner = Text::from_js(&text);
    for format in &formats {
        if format.as_string().is_some_and(|format| format == "none") {
            continue;
        }
        let codes = codes_of(format, &colors, cx)?;
        open.push_str(&codes.open);
        let mut before = Text::from(codes.close.as_str());
        before.push(&close);
        close = before;
        inner = reopened(&inner, &codes);
    }
    if plain {
        return Ok(text.into());
    }
    open.push(&inner);
    open.push(&close);
    Ok(open.to_js().into())
}

/// The codes under a name of `inspect.colors`.
fn codes_of(format: &JsValue, colors: &JsObject, cx: &mut Context) -> JsResult<Codes> {
    let names = own_names(colors, cx)?;
    let found = match format.as_string() {
        Some(name) if names.contains(&name) => colors.get(name, cx)?.as_object(),
        _ => None,
    };
    let Some(pair) = found else {
        let list: Vec<String> = names.iter().map(|name| format!("'{}'", name.to_std_string_lossy())).collect();
        let reason = format!("must be one of: {}", list.join(", "));
        return Err(errors::invalid_arg_value("format", format, &reason, cx));
    };
    let start = pair.get(0, cx)?;
    let keeps_close = matches!(start.as_number(), Some(1.0 | 2.0));
    let start = start.to_string(cx)?.to_std_string_lossy();
    let end = pair.get(1, cx)?.to_string(cx)?.to_std_string_lossy();
    Ok(Codes { open: format!("\u{1b}[{start}m"), close: format!("\u{1b}[{end}m"), keeps_close })
}

fn own_names(object: &JsObject, cx: &mut Context) -> JsResult<Vec<JsString>> {
    let mut names = Vec::new();
    for key in object.own_property_keys(cx)? {
        let enumerable = object.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true));
        if let (true, PropertyKey::String(name)) = (enumerable, key) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The style begins again where one inside of it ends.
fn reopened(text: &Text, codes: &Codes) -> Text {
    let close = codes.close.as_bytes();
    let mut made = Text::new();
    let mut last = 0;
    while let Some(at) = text.find_from(close, last) {
        let after = at + close.len();
        if after >= text.as_bytes().len() {
            break;
        }
        made.push_bytes(&text.as_bytes()[last..at]);
        if codes.keeps_close {
            made.push_str(&codes.close);
        }
        made.push_str(&codes.open);
        last = after;
    }
    made.push_bytes(&text.as_bytes()[last..]);
    made
}

/// Whether the stream, `process.stdout` by default, shows colours.
fn shows_colors(stream: JsValue, cx: &mut Context) -> JsResult<bool> {
    if stream.is_null_or_undefined() {
        return Ok(colors::fd_shows_colors(1, cx));
    }
    let object = stream.as_object();
    let is_stream = match &object {
        Some(object) => is_stream(object, cx)?,
        None => false,
    };
    if !is_stream {
        return Err(errors::invalid_arg_type("stream", "ReadableStream|WritableStream|Stream", &stream, cx));
    }
    let host = coil_engine::Host::of(cx);
    let env = |name: &str| host.sys().env().get(name).map(|value| value.to_string_lossy().into_owned());
    if env("FORCE_COLOR").is_some() {
        return Ok(colors::color_depth(&env) > colors::COLORS_LEAST);
    }
    let Some(object) = object else { return Ok(false) };
    if !object.get(js_string!("isTTY"), cx)?.to_boolean() {
        return Ok(false);
    }
    match object.get(js_string!("getColorDepth"), cx)?.as_callable() {
        Some(depth) => Ok(depth.call(&object.into(), &[], cx)?.to_number(cx)? > f64::from(colors::COLORS_LEAST)),
        None => Ok(true),
    }
}

/// Node's streams by their state or methods, those of the web by theirs.
fn is_stream(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    for state in ["_readableState", "_writableState"] {
        if object.get(JsString::from(state), cx)?.to_boolean() {
            return Ok(true);
        }
    }
    let mut has = |name: &'static str| -> JsResult<bool> { Ok(object.get(JsString::from(name), cx)?.is_callable()) };
    let node = has("on")? && (has("write")? || has("pipe")?);
    let readable = has("pipeThrough")? && has("getReader")? && has("cancel")?;
    let writable = has("getWriter")? && has("abort")?;
    Ok(node || readable || writable)
}
