//! Colours: what `inspect.styles` and `inspect.colors` say.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{Formatter, Text, module, regexp};

/// What a piece of text is: a key of `inspect.styles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Special,
    Number,
    BigInt,
    Boolean,
    Undefined,
    Null,
    String,
    Symbol,
    Date,
    RegExp,
    Module,
    Name,
}

impl Style {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Special => "special",
            Self::Number => "number",
            Self::BigInt => "bigint",
            Self::Boolean => "boolean",
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::String => "string",
            Self::Symbol => "symbol",
            Self::Date => "date",
            Self::RegExp => "regexp",
            Self::Module => "module",
            Self::Name => "name",
        }
    }

    /// The colour of a script that has changed nothing.
    fn default_color(self) -> Option<(u8, u8)> {
        let name = STYLES.iter().find(|(style, _)| *style == self.name())?.1;
        let name = if name == "grey" { "gray" } else { name };
        COLORS.iter().find(|(color, ..)| *color == name).map(|(_, start, end)| (*start, *end))
    }
}

impl Formatter {
    /// `ctx.stylize`
    pub(crate) fn styled(&mut self, text: Text, style: Style, cx: &mut Context) -> JsResult<Text> {
        if self.options.colors {
            return colored(text, style, cx);
        }
        let Some(stylize) = self.options.stylize.clone() else { return Ok(text) };
        let args = [text.to_js().into(), js_string!(style.name()).into()];
        let made = stylize.call(&JsValue::undefined(), &args, cx)?;
        Ok(Text::from_js(&made.to_string(cx)?))
    }
}

/// `stylizeWithColor`
fn colored(text: Text, style: Style, cx: &mut Context) -> JsResult<Text> {
    match module::made_inspect(cx) {
        Some(inspect) => colored_by(&inspect, text, style.name(), cx),
        None if style == Style::RegExp => Ok(regexp::highlighted(&text, &regexp::default_palette())),
        None => Ok(match style.default_color() {
            Some((start, end)) => wrapped(&text, &start.to_string(), &end.to_string()),
            None => text,
        }),
    }
}

/// By the tables as the script has left them.
pub(super) fn colored_by(inspect: &JsObject, text: Text, style: &str, cx: &mut Context) -> JsResult<Text> {
    let styles = inspect.get(js_string!("styles"), cx)?.to_object(cx)?;
    let style = styles.get(JsString::from(style), cx)?;
    if style.is_undefined() {
        return Ok(text);
    }
    let colors = inspect.get(js_string!("colors"), cx)?.to_object(cx)?;
    let key = style.to_property_key(cx)?;
    let color = colors.get(key, cx)?;
    if let Some(color) = color.as_object() {
        let start = color.get(0, cx)?.to_string(cx)?;
        let end = color.get(1, cx)?.to_string(cx)?;
        return Ok(wrapped(&text, &start.to_std_string_lossy(), &end.to_std_string_lossy()));
    }
    let Some(style) = style.as_callable() else { return Ok(text) };
    let made = style.call(&JsValue::undefined(), &[text.to_js().into()], cx)?;
    Ok(Text::from_js(&made.to_string(cx)?))
}

pub(super) fn wrapped(text: &Text, start: &str, end: &str) -> Text {
    let mut made = Text::with_capacity(text.as_bytes().len() + 10);
    for part in ["\u{1b}[", start, "m"] {
        made.push_str(part);
    }
    made.push(text);
    for part in ["\u{1b}[", end, "m"] {
        made.push_str(part);
    }
    made
}

/// `inspect.styles`, but `regexp`, which is a function.
pub(super) const STYLES: &[(&str, &str)] = &[
    ("special", "cyan"),
    ("number", "yellow"),
    ("bigint", "yellow"),
    ("boolean", "yellow"),
    ("undefined", "grey"),
    ("null", "bold"),
    ("string", "green"),
    ("symbol", "green"),
    ("date", "magenta"),
    ("regexp", ""),
    ("module", "underline"),
];

/// `inspect.colors`: the codes that begin and end each.
pub(crate) const COLORS: &[(&str, u8, u8)] = &[
    ("reset", 0, 0),
    ("bold", 1, 22),
    ("dim", 2, 22),
    ("italic", 3, 23),
    ("underline", 4, 24),
    ("blink", 5, 25),
    ("inverse", 7, 27),
    ("hidden", 8, 28),
    ("strikethrough", 9, 29),
    ("doubleunderline", 21, 24),
    ("black", 30, 39),
    ("red", 31, 39),
    ("green", 32, 39),
    ("yellow", 33, 39),
    ("blue", 34, 39),
    ("magenta", 35, 39),
    ("cyan", 36, 39),
    ("white", 37, 39),
    ("bgBlack", 40, 49),
    ("bgRed", 41, 49),
    ("bgGreen", 42, 49),
    ("bgYellow", 43, 49),
    ("bgBlue", 44, 49),
    ("bgMagenta", 45, 49),
    ("bgCyan", 46, 49),
    ("bgWhite", 47, 49),
    ("framed", 51, 54),
    ("overlined", 53, 55),
    ("gray", 90, 39),
    ("redBright", 91, 39),
    ("greenBright", 92, 39),
    ("yellowBright", 93, 39),
    ("blueBright", 94, 39),
    ("magentaBright", 95, 39),
    ("cyanBright", 96, 39),
    ("whiteBright", 97, 39),
    ("bgGray", 100, 49),
    ("bgRedBright", 101, 49),
    ("bgGreenBright", 102, 49),
    ("bgYellowBright", 103, 49),
    ("bgBlueBright", 104, 49),
    ("bgMagentaBright", 105, 49),
    ("bgCyanBright", 106, 49),
    ("bgWhiteBright", 107, 49),
];

/// Other names of colours: accessors that are not enumerable.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("gray", "grey"),
    ("gray", "blackBright"),
    ("bgGray", "bgGrey"),
    ("bgGray", "bgBlackBright"),
    ("dim", "faint"),
    ("strikethrough", "crossedout"),
    ("strikethrough", "strikeThrough"),
    ("strikethrough", "crossedOut"),
    ("hidden", "conceal"),
    ("inverse", "swapColors"),
    ("inverse", "swapcolors"),
    ("doubleunderline", "doubleUnderline"),
];
