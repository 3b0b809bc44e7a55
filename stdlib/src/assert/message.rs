//! What an AssertionError says.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyDescriptor};
use coil_engine::Host;

use super::diff::{edit_script, printed, printed_inline};
use crate::util::{
    colors,
    comparisons::is_error,
    inspect::{self, Compact, Depth, Getters, Options, Sorted, Text},
};

/// Escape codes, or nothing where stderr shows no colours.
pub(super) struct Colors {
    pub(super) on: bool,
    pub(super) blue: &'static str,
    pub(super) green: &'static str,
    pub(super) white: &'static str,
    pub(super) red: &'static str,
    pub(super) gray: &'static str,
}

impl Colors {
    fn of_stderr(cx: &Context) -> Self {
        if colors::fd_shows_colors(2, cx) {
            return Self { on: true, blue: "\u{1b}[34m", green: "\u{1b}[32m", white: "\u{1b}[39m", red: "\u{1b}[31m", gray: "\u{1b}[90m" };
        }
        Self { on: false, blue: "", green: "", white: "", red: "", gray: "" }
    }
}

/// Operators whose message shows the difference, below a custom message too.
pub(super) fn shows_diff(operator: &str) -> bool {
    matches!(operator, "deepStrictEqual" | "strictEqual" | "partialDeepStrictEqual")
}

/// `kReadableOperator`
fn readable(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "deepStrictEqual" => "Expected values to be strictly deep-equal:",
        "partialDeepStrictEqual" => "Expected values to be partially and strictly deep-equal:",
        "strictEqual" => "Expected values to be strictly equal:",
        "strictEqualObject" => "Expected \"actual\" to be reference-equal to \"expected\":",
        "deepEqual" => "Expected values to be loosely deep-equal:",
        "notDeepStrictEqual" => "Expected \"actual\" not to be strictly deep-equal to:",
        "notStrictEqual" => "Expected \"actual\" to be strictly unequal to:",
        "notStrictEqualObject" => "Expected \"actual\" not to be reference-equal to \"expected\":",
        "notDeepEqual" => "Expected \"actual\" not to be loosely deep-equal to:",
        "notIdentical" => "Values have same structure but are not reference-equal:",
        "notDeepEqualUnequal" => "Expected values not to be loosely deep-equal:",
        _ => return None,
    })
}

/// `inspectValue`: everything, one property per line, sorted.
fn inspected(value: &JsValue, cx: &mut Context) -> JsResult<Text> {
    let mut options: Options = inspect::installed_options(cx)?;
    options.compact = Compact::Entries(0.0);
    options.custom_inspect = false;
    options.depth = Depth::at(1000.0);
    options.max_array_length = f64::INFINITY;
    options.show_hidden = false;
    options.show_proxy = false;
    options.sorted = Sorted::ByCodeUnits;
    options.getters = Getters::All;
    inspect::inspect_text(value, options, cx)
}

fn lines(text: &Text) -> Vec<Text> {
    text.as_bytes().split(|byte| *byte == b'\n').map(|line| Text::from_bytes(line.to_vec())).collect()
}

/// `slice(0, len)`
fn cut(text: &Text, len: usize) -> Text {
    let text = text.to_js();
    Text::from_js(&text.get(..len.min(text.len())).unwrap_or_default())
}

/// Where both are errors, copies of them stand in, so that their stacks are not compared line by line.
pub(super) fn copy_errors(actual: &mut JsValue, expected: &mut JsValue, cx: &mut Context) -> JsResult<()> {
    let error = cx.intrinsics().constructors().error().constructor();
    for value in [&*actual, &*expected] {
        let Some(object) = value.as_object().filter(|object| !object.is_callable()) else { return Ok(()) };
        if !object.has_property(js_string!("stack"), cx)? || !value.instance_of(&error.clone().into(), cx)? {
            return Ok(());
        }
    }
    for value in [actual, expected] {
        if let Some(object) = value.as_object() {
            *value = copied(&object, 0, cx)?.into();
        }
    }
    Ok(())
}

/// `copyError`
fn copied(source: &JsObject, depth: usize, cx: &mut Context) -> JsResult<JsObject> {
    let target = JsObject::with_object_proto(cx.intrinsics());
    target.set_prototype(source.prototype_of(cx)?);
    for key in source.own_property_keys(cx)? {
        if source.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true)) {
            let value = source.get(key.clone(), cx)?;
            target.set(key, value, true, cx)?;
        }
    }
    let fixed = |value: JsValue| PropertyDescriptor::builder().value(value).writable(false).enumerable(false).configurable(false);
    let message = source.get(js_string!("message"), cx)?;
    target.define_property_or_throw(js_string!("message"), fixed(message), cx)?;
    if source.has_own_property(js_string!("cause"), cx)? {
        let mut cause = source.get(js_string!("cause"), cx)?;
        if let Some(object) = cause.as_object()
            && is_error(&object, cx)
            && depth < CAUSES_MAX
        {
            cause = copied(&object, depth + 1, cx)?.into();
        }
        target.define_property_or_throw(js_string!("cause"), fixed(cause), cx)?;
    }
    Ok(target)
}

/// `createErrDiff`
pub(super) fn difference(actual: &JsValue, expected: &JsValue, operator: &str, custom: Option<Text>, full: bool, cx: &mut Context) -> JsResult<Text> {
    let colors = Colors::of_stderr(cx);
    let mut operator = operator;
    let plain_object = |value: &JsValue| value.is_object() && !value.is_callable();
    let both = |test: &dyn Fn(&JsValue) -> bool| test(actual) && test(expected);
    if operator == "strictEqual" && (both(&plain_object) || both(&JsValue::is_callable)) {
        operator = "strictEqualObject";
    }
    let (shown_actual, shown_expected) = (inspected(actual, cx)?, inspected(expected, cx)?);
    let (actual_lines, expected_lines) = (lines(&shown_actual), lines(&shown_expected));
    let mut skipped = false;
    let mut header = format!("{}+ actual{} {}- expected{}", colors.green, colors.white, colors.red, colors.white);
    let message;
    if actual_lines.len() == 1 && expected_lines.len() == 1 && !both(&plain_object) {
        let simple = simple_difference(actual, &shown_actual, expected, &shown_expected, &colors, cx);
        message = simple.0;
        if let Some(other) = simple.1 {
            header = other;
        }
    } else if shown_actual == shown_expected {
        operator = "notIdentical";
        header = String::new();
        if actual_lines.len() > LINES_SHOWN_MAX && !full {
            let mut text = joined(&actual_lines[..LINES_SHOWN_MAX]);
            text.push_str("\n...}");
            message = text;
            skipped = true;
        } else {
            message = shown_actual;
        }
    } else {
        let script = edit_script(&actual_lines, &expected_lines, plain_object(actual));
        let partial = operator == "partialDeepStrictEqual";
        let (text, left_out) = printed(&script, partial, &colors);
        message = text;
        skipped = left_out;
        if partial {
            let sign = if colors.on { "" } else { "+ " };
            header = format!("{}{sign}actual{} {}- expected{}", colors.gray, colors.white, colors.red, colors.white);
        }
    }
    let mut text = match custom {
        Some(custom) if !custom.is_empty() => custom,
        _ => readable(operator).unwrap_or("undefined").into(),
    };
    text.push_ascii(b'\n');
    text.push_str(&header);
    if skipped {
        text.push_str("\n... Skipped lines");
    }
    text.push_ascii(b'\n');
    text.push(&message);
    text.push_ascii(b'\n');
    Ok(text)
}

fn joined(lines: &[Text]) -> Text {
    let mut text = Text::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push_ascii(b'\n');
        }
        text.push(line);
    }
    text
}

/// `getSimpleDiff`: two values of one line each; the header where it is not the usual one.
fn simple_difference(actual: &JsValue, shown_actual: &Text, expected: &JsValue, shown_expected: &Text, colors: &Colors, cx: &Context) -> (Text, Option<String>) {
    let total = shown_actual.units() + shown_expected.units();
    let quotes = [actual, expected].iter().filter(|value| value.is_string()).count() * 2;
    let is_zero = |value: &JsValue| value.as_number() == Some(0.0);
    if total.saturating_sub(quotes) <= SHORT && !(is_zero(actual) && is_zero(expected)) {
        let mut text = shown_actual.clone();
        text.push_str(" !== ");
        text.push(shown_expected);
        return (text, Some(String::new()));
    }
    let strings = actual.is_string() && expected.is_string();
    if strings && colors.on {
        let characters = |text: &Text| text.utf16().map(|unit| Text::from_js(&JsString::from(&[unit][..]))).collect::<Vec<_>>();
        let script = edit_script(&characters(shown_actual), &characters(shown_expected), false);
        let header = format!("{}actual{} {}expected{}", colors.green, colors.white, colors.red, colors.white);
        return (printed_inline(&script, colors), Some(header));
    }
    let mut text = Text::from(format!("\n{}+{} ", colors.green, colors.white));
    text.push(shown_actual);
    text.push_str(&format!("\n{}- {}", colors.red, colors.white));
    text.push(shown_expected);
    if total <= terminal_width(cx) && indicates(actual, expected) {
        let differs = shown_actual.utf16().zip(shown_expected.utf16().map(Some).chain(std::iter::repeat(None))).position(|(a, b)| Some(a) != b);
        // In the first characters it is plain to see.
        if let Some(at) = differs.filter(|at| *at >= INDICATED_FROM) {
            text.push_ascii(b'\n');
            text.push_spaces(at + 2);
            text.push_ascii(b'^');
        }
    }
    (text, None)
}

/// Node compares the texts of the values, which are strings always.
fn indicates(_actual: &JsValue, _expected: &JsValue) -> bool {
    true
}

fn terminal_width(cx: &Context) -> usize {
    let host = Host::of(cx);
    let stdio = host.sys().stdio();
    if !stdio.is_tty(2) {
        return 80;
    }
    stdio.window_size(2).map_or(80, |(columns, _)| columns.into())
}

/// The message where none was given.
pub(super) fn generated(actual: &JsValue, expected: &JsValue, operator: &str, given: &JsValue, full: bool, cx: &mut Context) -> JsResult<Text> {
    if shows_diff(operator) {
        return difference(actual, expected, operator, None, full, cx);
    }
    if matches!(operator, "notDeepStrictEqual" | "notStrictEqual") {
        return unequal(actual, operator, full, cx);
    }
    let (mut first, mut second) = (inspected(actual, cx)?, inspected(expected, cx)?);
    let known = readable(operator);
    if operator == "notDeepEqual" && first == second {
        let mut text = Text::from(known.unwrap_or_default());
        text.push_str("\n\n");
        text.push(&first);
        if text.units() > 1024 && !full {
            text = cut(&text, 1021);
            text.push_str("...");
        }
        return Ok(text);
    }
    for text in [&mut first, &mut second] {
        if text.units() > LONG && !full {
            *text = cut(text, LONG - 3);
            text.push_str("...");
        }
    }
    let mut text = Text::new();
    let framed = if operator == "deepEqual" {
        known.map(|known| (known, "\n\nshould loosely deep-equal\n\n"))
    } else {
        readable(&format!("{operator}Unequal")).map(|known| (known, "\n\nshould not loosely deep-equal\n\n"))
    };
    match framed {
        Some((known, middle)) => {
            text.push_str(known);
            text.push_str("\n\n");
            text.push(&first);
            text.push_str(middle);
        }
        None => {
            text.push(&first);
            text.push_ascii(b' ');
            text.push_js(super::assertion_error::string_of(given, cx)?.as_str());
            text.push_ascii(b' ');
        }
    }
    text.push(&second);
    Ok(text)
}

/// `notStrictEqual` and its deep twin show one value.
fn unequal(actual: &JsValue, operator: &str, full: bool, cx: &mut Context) -> JsResult<Text> {
    let colors = Colors::of_stderr(cx);
    let mut base = readable(operator);
    if operator == "notStrictEqual" && actual.is_object() {
        base = readable("notStrictEqualObject");
    }
    let shown = inspected(actual, cx)?;
    let mut shown = lines(&shown);
    if shown.len() > LINES_SHOWN_MAX && !full {
        shown.truncate(LINES_CUT_TO);
        shown.push(format!("{}...{}", colors.blue, colors.white).into());
    }
    let mut text = Text::from(base.unwrap_or_default());
    if let [only] = shown.as_slice() {
        text.push_str(if only.units() > 5 { "\n\n" } else { " " });
        text.push(only);
    } else {
        text.push_str("\n\n");
        text.push(&joined(&shown));
        text.push_ascii(b'\n');
    }
    Ok(text)
}

/// Two values that are together no longer than this stand on one line.
const SHORT: usize = 12;
/// Operands are cut to this.
const LONG: usize = 512;
const LINES_SHOWN_MAX: usize = 50;
const LINES_CUT_TO: usize = 46;
/// The quote and two characters.
const INDICATED_FROM: usize = 3;
/// Causes of causes that are copied: a chain may be a circle.
const CAUSES_MAX: usize = 100;
