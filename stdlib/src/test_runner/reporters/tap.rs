//! `tap`: the Test Anything Protocol, version 13, with YAML blocks.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey};

use super::{super::interrupt, Reporter};
use crate::util::inspect::{self, Options};

pub(super) struct Tap;

impl Reporter for Tap {
    fn begin(&mut self) -> String {
        "TAP version 13\n".to_owned()
    }

    fn pieces(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<Vec<String>> {
        Ok(match kind {
            "test:fail" => vec![line("not ok", data, cx)?, details(data, true, cx)?],
            "test:pass" => vec![line("ok", data, cx)?, details(data, false, cx)?],
            _ => vec![self.event(kind, data, cx)?],
        })
    }

    fn event(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<String> {
        Ok(match kind {
            "test:fail" | "test:pass" => self.pieces(kind, data, cx)?.concat(),
            "test:plan" => format!("{}1..{}\n", indent(data, cx)?, text(data, "count", cx)?),
            "test:start" => format!("{}# Subtest: {}\n", indent(data, cx)?, escape(&text(data, "name", cx)?)),
            "test:stderr" | "test:stdout" => text(data, "message", cx)?.split(['\n', '\r']).filter(|line| !line.is_empty()).map(|line| format!("# {}\n", escape(line))).collect(),
            "test:diagnostic" => format!("{}# {}\n", indent(data, cx)?, escape(&text(data, "message", cx)?)),
            "test:interrupted" => format!("# {}\n", escape(&interrupt::text(data, cx)?)),
            _ => String::new(),
        })
    }
}

pub(super) fn text(data: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<String> {
    Ok(data.get(JsString::from(key), cx)?.to_string(cx)?.to_std_string_lossy())
}

fn indent(data: &JsObject, cx: &mut Context) -> JsResult<String> {
    let nesting = data.get(js_string!("nesting"), cx)?.to_length(cx)?;
    Ok("    ".repeat(nesting as usize))
}

/// A string with something in it, as ` text`.
fn reason(value: &JsValue) -> String {
    match value.as_string() {
        Some(text) if !text.is_empty() => format!(" {}", escape(&text.to_std_string_lossy())),
        _ => String::new(),
    }
}

fn line(status: &str, data: &JsObject, cx: &mut Context) -> JsResult<String> {
    let mut line = format!("{}{status} {}", indent(data, cx)?, text(data, "testNumber", cx)?);
    let name = text(data, "name", cx)?;
    if !name.is_empty() {
        line += &format!(" {}", escape(&format!("- {name}")));
    }
    for (key, word) in [("skip", "SKIP"), ("todo", "TODO"), ("expectFailure", "EXPECTED FAILURE")] {
        let value = data.get(JsString::from(key), cx)?;
        if !value.is_undefined() {
            line += &format!(" # {word}{}", reason(&value));
            break;
        }
    }
    Ok(line + "\n")
}

fn details(data: &JsObject, with_place: bool, cx: &mut Context) -> JsResult<String> {
    let indent = indent(data, cx)?;
    let details = data.get(js_string!("details"), cx)?.to_object(cx)?;
    let mut out = format!("{indent}  ---\n");
    for key in ["duration_ms", "type"] {
        let value = details.get(JsString::from(key), cx)?;
        out += &yaml(&indent, Some(key), &value, &mut Vec::new(), cx)?;
    }
    if with_place && data.get(js_string!("file"), cx)?.to_boolean() {
        let place = format!("{}:{}:{}", text(data, "file", cx)?, text(data, "line", cx)?, text(data, "column", cx)?);
        out += &yaml(&indent, Some("location"), &js_string!(place).into(), &mut Vec::new(), cx)?;
    }
    let error = details.get(js_string!("error"), cx)?;
    out += &yaml(&indent, None, &error, &mut Vec::new(), cx)?;
    Ok(out + &format!("{indent}  ...\n"))
}

/// Backslashes and hashes mean something in TAP.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{8}' => out.push_str("\\\\b"),
            '\u{c}' => out.push_str("\\\\f"),
            '\t' => out.push_str("\\\\t"),
            '\n' => out.push_str("\\\\n"),
            '\r' => out.push_str("\\\\r"),
            '\u{b}' => out.push_str("\\\\v"),
            '\\' => out.push_str("\\\\"),
            '#' => out.push_str("\\#"),
            c => out.push(c),
        }
    }
    out
}

fn shown(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    let options = Options { break_length: f64::INFINITY, ..Options::default() };
    Ok(inspect::inspect(value, &options, cx)?.to_std_string_lossy())
}

fn yaml(indent: &str, name: Option<&str>, value: &JsValue, seen: &mut Vec<JsObject>, cx: &mut Context) -> JsResult<String> {
    if value.is_undefined() {
        return Ok(String::new());
    }
    let prefix = format!("{indent}  {}:", name.unwrap_or("null"));
    if value.is_null() {
        return Ok(format!("{prefix} ~\n"));
    }
    let Some(object) = value.as_object().filter(|object| !object.is_callable()) else {
        if let Some(text) = value.as_string() {
            let text = text.to_std_string_lossy();
            let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
            if lines.len() > 1 {
                let mut out = format!("{prefix} |-\n");
                for line in lines {
                    out += &format!("{indent}    {line}\n");
                }
                return Ok(out);
            }
        }
        return Ok(format!("{prefix} {}\n", shown(value, cx)?));
    };
    seen.push(object.clone());
    let is_error = object.error_kind().is_some();
    let mut out = String::new();
    let mut inner = indent.to_owned();
    if name.is_some() {
        out += &prefix;
        if object.date_value().is_some() {
            out += &format!(" {}", crate::events::method(&object, "toISOString", &[], cx)?.to_string(cx)?.to_std_string_lossy());
        }
        out.push('\n');
        inner += "  ";
    }
    for key in object.own_property_keys(cx)? {
        let PropertyKey::String(key_text) = &key else {
            if let PropertyKey::Index(index) = &key {
                let value = object.get(key.clone(), cx)?;
                out += &entry(&inner, &index.get().to_string(), &value, seen, cx)?;
            }
            continue;
        };
        let key_text = key_text.to_std_string_lossy();
        if object.own_property(&key, cx)?.is_none_or(|descriptor| descriptor.enumerable() != Some(true)) || (is_error && (key_text == "cause" || key_text == "code")) {
            continue;
        }
        let value = object.get(key, cx)?;
        out += &entry(&inner, &key_text, &value, seen, cx)?;
    }
    if is_error {
        out += &error(indent, &object, seen, cx)?;
    }
    Ok(out)
}

fn entry(indent: &str, key: &str, value: &JsValue, seen: &mut Vec<JsObject>, cx: &mut Context) -> JsResult<String> {
    if value.as_object().is_some_and(|object| seen.iter().any(|other| JsObject::equals(other, &object))) {
        return Ok(format!("{indent}  {key}: <Circular>\n"));
    }
    yaml(indent, Some(key), value, seen, cx)
}

/// The parts of an error; behind a failure of the test's own code stands the error that was thrown.
fn error(indent: &str, object: &JsObject, seen: &mut Vec<JsObject>, cx: &mut Context) -> JsResult<String> {
    let get = |object: &JsObject, key: &'static str, cx: &mut Context| object.get(JsString::from(key), cx);
    let mut message = get(object, "message", cx)?;
    let mut name = get(object, "name", cx)?;
    let mut stack = get(object, "stack", cx)?;
    let mut code = get(object, "code", cx)?;
    let mut assertion = is_assertion(object, cx)?.then(|| object.clone());
    let unwraps =
        code.as_string().is_some_and(|code| code == "ERR_TEST_FAILURE") && get(object, "failureType", cx)?.as_string().is_some_and(|kind| UNWRAPPED.contains(&kind.to_std_string_lossy().as_str()));
    if unwraps && let Some(cause) = get(object, "cause", cx)?.as_object() {
        for (place, key) in [(&mut message, "message"), (&mut name, "name"), (&mut stack, "stack"), (&mut code, "code")] {
            let value = get(&cause, key, cx)?;
            if !value.is_null_or_undefined() {
                *place = value;
            }
        }
        if is_assertion(&cause, cx)? {
            assertion = Some(cause);
        }
    }
    if message.is_null_or_undefined() {
        message = js_string!("<unknown error>").into();
    }
    let mut out = yaml(indent, Some("error"), &message, seen, cx)?;
    if code.to_boolean() {
        out += &yaml(indent, Some("code"), &code, seen, cx)?;
    }
    if name.to_boolean() && !name.as_string().is_some_and(|name| name == "Error") {
        out += &yaml(indent, Some("name"), &name, seen, cx)?;
    }
    if let Some(assertion) = assertion {
        for key in ["expected", "actual"] {
            let value = get(&assertion, key, cx)?;
            out += &yaml(indent, Some(key), &value, &mut seen.clone(), cx)?;
        }
        let operator = get(&assertion, "operator", cx)?;
        if operator.to_boolean() {
            out += &yaml(indent, Some("operator"), &operator, seen, cx)?;
        }
    }
    if let Some(stack) = stack.as_string() {
        let stack = stack.to_std_string_lossy();
        let frames: Vec<&str> = stack.lines().filter_map(|line| line.trim_start().strip_prefix("at ")).collect();
        if !frames.is_empty() {
            out += &format!("{indent}  stack: |-\n");
            for frame in frames {
                out += &format!("{indent}    {frame}\n");
            }
        }
    }
    Ok(out)
}

fn is_assertion(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(object.has_property(js_string!("expected"), cx)? && object.has_property(js_string!("actual"), cx)?)
}

/// Failures whose cause is what the user wants to see.
const UNWRAPPED: &[&str] = &["uncaughtException", "unhandledRejection", "testCodeFailure", "hookFailed"];
