//! `spec`: a tree with check marks, then what failed in full.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::Host;

use super::{super::interrupt, Reporter, tap::text};
use crate::util::inspect::{self, Options};

pub(super) struct Spec {
    colors: Colors,
    /// Started and not yet told, the innermost last.
    started: Vec<(u64, String)>,
    failed: Vec<JsObject>,
}

/// Escape sequences; empty where standard output shows no colours.
#[derive(Clone, Copy, Default)]
pub(super) struct Colors {
    pub(super) red: &'static str,
    pub(super) green: &'static str,
    pub(super) blue: &'static str,
    pub(super) yellow: &'static str,
    pub(super) gray: &'static str,
    pub(super) white: &'static str,
    pub(super) reset: &'static str,
    pub(super) on: bool,
}

impl Colors {
    pub(super) fn of_stdout(cx: &mut Context) -> JsResult<Self> {
        let host = Host::of(cx);
        let on = match host.env("FORCE_COLOR") {
            Some(_) => crate::util::colors::color_depth(&|name| host.env(name)) > 2,
            None => {
                let stdout = crate::process::object(cx)?.get(js_string!("stdout"), cx)?.to_object(cx)?;
                let is_tty = stdout.get(js_string!("isTTY"), cx)?.to_boolean();
                is_tty && crate::util::colors::color_depth(&|name| host.env(name)) > 2
            }
        };
        Ok(if on {
            Self { red: "\u{1b}[31m", green: "\u{1b}[32m", blue: "\u{1b}[34m", yellow: "\u{1b}[33m", gray: "\u{1b}[90m", white: "\u{1b}[39m", reset: "\u{1b}[0m", on }
        } else {
            Self::default()
        })
    }
}

impl Spec {
    pub(super) fn new(cx: &mut Context) -> JsResult<Self> {
        Ok(Self { colors: Colors::of_stdout(cx)?, started: Vec::new(), failed: Vec::new() })
    }

    /// A verdict, after the parents that were not named yet.
    fn verdict(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<String> {
        self.started.pop();
        let mut out = String::new();
        for (nesting, name) in self.started.drain(..) {
            out += &format!("{}{ARROW}{name}\n", indent(nesting));
        }
        let nesting = data.get(js_string!("nesting"), cx)?.to_length(cx)?;
        out += &report(kind, data, None, &indent(nesting), self.colors, cx)?;
        Ok(out + "\n")
    }

    fn failures(&mut self, cx: &mut Context) -> JsResult<String> {
        if self.failed.is_empty() {
            return Ok(String::new());
        }
        let Colors { red, white, .. } = self.colors;
        let mut parts = vec![format!("\n{red}{CROSS}failing tests:{white}\n")];
        for data in std::mem::take(&mut self.failed) {
            if data.get(js_string!("file"), cx)?.to_boolean() {
                let file = super::super::session::relative(&text(&data, "file", cx)?, cx);
                parts.push(format!("test at {file}:{}:{}", text(&data, "line", cx)?, text(&data, "column", cx)?));
            }
            parts.push(report("test:fail", &data, Some(""), "", self.colors, cx)?);
        }
        Ok(parts.join("\n"))
    }
}

impl Reporter for Spec {
    fn event(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<String> {
        match kind {
            "test:fail" => {
                let details = data.get(js_string!("details"), cx)?.to_object(cx)?;
                let error = details.get(js_string!("error"), cx)?;
                let of_subtests = super::super::failure::kind_of(&error, cx)?.as_deref() == Some("subtestsFailed");
                if !of_subtests {
                    self.failed.push(data.clone());
                }
                self.verdict(kind, data, cx)
            }
            "test:pass" => self.verdict(kind, data, cx),
            "test:start" => {
                let nesting = data.get(js_string!("nesting"), cx)?.to_length(cx)?;
                self.started.push((nesting, text(data, "name", cx)?));
                Ok(String::new())
            }
            "test:stderr" | "test:stdout" => text(data, "message", cx),
            "test:diagnostic" => {
                let Colors { red, blue, yellow, white, .. } = self.colors;
                let color = match text(data, "level", cx)?.as_str() {
                    "warn" => yellow,
                    "error" => red,
                    _ => blue,
                };
                let nesting = data.get(js_string!("nesting"), cx)?.to_length(cx)?;
                Ok(format!("{color}{}{INFO}{}{white}\n", indent(nesting), text(data, "message", cx)?))
            }
            "test:interrupted" => Ok(format!("\n{}{}{}\n", self.colors.yellow, interrupt::text(data, cx)?, self.colors.white)),
            "test:summary" if data.get(js_string!("file"), cx)?.is_undefined() => self.failures(cx),
            _ => Ok(String::new()),
        }
    }

    fn end(&mut self, cx: &mut Context) -> JsResult<String> {
        self.failures(cx)
    }
}

fn indent(nesting: u64) -> String {
    "  ".repeat(nesting as usize)
}

/// One line of a verdict; with the error below it where `error_indent` says how far in.
pub(super) fn report(kind: &str, data: &JsObject, error_indent: Option<&str>, indent: &str, colors: Colors, cx: &mut Context) -> JsResult<String> {
    let Colors { gray, white, yellow, .. } = colors;
    let (mut color, mut symbol) = if kind == "test:fail" { (colors.red, CROSS) } else { (colors.green, CHECK) };
    let details = data.get(js_string!("details"), cx)?.to_object(cx)?;
    let mut title = text(data, "name", cx)?;
    let duration = details.get(js_string!("duration_ms"), cx)?;
    if duration.to_boolean() {
        title += &format!(" {gray}({}ms){white}", duration.to_string(cx)?.to_std_string_lossy());
    }
    let mut get = |key: &'static str| data.get(JsString::from(key), cx);
    let (skip, todo, expected) = (get("skip")?, get("todo")?, get("expectFailure")?);
    let said = |value: &JsValue, word: &str| value.as_string().filter(|text| !text.is_empty()).map_or_else(|| word.to_owned(), |text| text.to_std_string_lossy());
    if !skip.is_undefined() {
        title += &format!(" # {}", said(&skip, "SKIP"));
        (color, symbol) = (gray, HYPHEN);
    } else if !todo.is_undefined() {
        title += &format!(" # {}", said(&todo, "TODO"));
        if kind == "test:fail" {
            (color, symbol) = (yellow, ALERT);
        }
    } else if !expected.is_undefined() {
        title += " # EXPECTED FAILURE";
    }
    let error = details.get(js_string!("error"), cx)?;
    let error = match error_indent {
        Some(inner) if error.to_boolean() => format_error(&error, inner, colors, cx)?,
        _ => String::new(),
    };
    Ok(format!("{indent}{color}{symbol}{title}{white}{error}"))
}

fn format_error(error: &JsValue, indent: &str, colors: Colors, cx: &mut Context) -> JsResult<String> {
    let shown = if super::super::failure::is_failure(error, cx)? { super::super::failure::cause(error, cx)? } else { error.clone() };
    let options = Options { colors: colors.on, break_length: f64::INFINITY, ..Options::default() };
    let text = inspect::inspect(&shown, &options, cx)?.to_std_string_lossy();
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    Ok(format!("\n{indent}  {}\n", lines.join(&format!("\n{indent}  "))))
}

const CROSS: &str = "\u{2716} ";
const CHECK: &str = "\u{2714} ";
const INFO: &str = "\u{2139} ";
const ARROW: &str = "\u{25b6} ";
const HYPHEN: &str = "\u{fe63} ";
const ALERT: &str = "\u{26a0} ";
