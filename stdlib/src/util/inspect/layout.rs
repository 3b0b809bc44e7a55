//! Lines and columns: `reduceToSingleString` and `groupArrayElements`.

use boa_engine::{Context, JsObject, JsResult};

use super::{Compact, Formatter, Text, ansi, width::string_width};

/// What the entries between the braces are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entries {
    /// Properties.
    Object,
    /// Elements, and properties beside them.
    ArrayExtras,
}

impl Formatter {
    /// Everything between the braces in one line if it is short, else in several.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn joined(&mut self, mut output: Vec<Text>, base: Text, braces: [Text; 2], entries: Entries, level: i64, object: Option<&JsObject>, cx: &mut Context) -> JsResult<Text> {
        let [open, close] = braces;
        let Compact::Entries(compact) = self.options.compact else {
            return Ok(self.joined_old(&output, &base, &open, &close));
        };
        if compact >= 1.0 {
            let count = output.len();
            if entries == Entries::ArrayExtras && count > GROUPED_MIN {
                output = self.grouped(output, compact, object, cx)?;
            }
            if level >= 0 && ((self.current_depth - level) as f64) < compact && count == output.len() {
                let start = output.len() + self.indentation + open.units() + base.units() + 10;
                if self.fits(&output, start, &base) && !output.iter().any(Text::contains_newline) {
                    let mut line = Text::with_capacity(start + output.iter().map(|entry| entry.as_bytes().len() + 2).sum::<usize>());
                    if !base.is_empty() {
                        line.push(&base);
                        line.push_ascii(b' ');
                    }
                    line.push(&open);
                    line.push_ascii(b' ');
                    push_joined(&mut line, &output, ", ");
                    line.push_ascii(b' ');
                    line.push(&close);
                    return Ok(line);
                }
            }
        }
        let mut text = Text::with_capacity(output.iter().map(|entry| entry.as_bytes().len() + self.indentation + 4).sum::<usize>() + 16);
        if !base.is_empty() {
            text.push(&base);
            text.push_ascii(b' ');
        }
        text.push(&open);
        let separator = format!(",\n{:1$}", "", self.indentation + 2);
        text.push_str(&separator[1..]);
        push_joined(&mut text, &output, &separator);
        text.push_str(&separator[1..separator.len() - 2]);
        text.push(&close);
        Ok(text)
    }

    /// With `compact: true`.
    fn joined_old(&self, output: &[Text], base: &Text, open: &Text, close: &Text) -> Text {
        let mut text = Text::new();
        text.push(open);
        if self.fits(output, 0, base) {
            if !base.is_empty() {
                text.push_ascii(b' ');
                text.push(base);
            }
            text.push_ascii(b' ');
            push_joined(&mut text, output, ", ");
            text.push_ascii(b' ');
            text.push(close);
            return text;
        }
        let separator = format!(",\n{:1$}", "", self.indentation + 2);
        if base.is_empty() && open.as_bytes().len() == 1 {
            text.push_ascii(b' ');
        } else {
            if !base.is_empty() {
                text.push_ascii(b' ');
                text.push(base);
            }
            text.push_str(&separator[1..]);
        }
        push_joined(&mut text, output, &separator);
        text.push_ascii(b' ');
        text.push(close);
        text
    }

    fn fits(&self, output: &[Text], start: usize, base: &Text) -> bool {
        let max = self.options.break_length;
        let mut total = output.len() + start;
        if (total + output.len()) as f64 > max {
            return false;
        }
        for entry in output {
            total += if self.options.colors { ansi::strip_colors(entry) } else { entry.units() };
            if total as f64 > max {
                return false;
            }
        }
        !base.contains_newline()
    }

    /// More than six short elements stand in columns.
    fn grouped(&mut self, output: Vec<Text>, compact: f64, object: Option<&JsObject>, cx: &mut Context) -> JsResult<Vec<Text>> {
        let more = self.options.max_array_length < output.len() as f64;
        let count = output.len() - usize::from(more);
        let widths: Vec<usize> = output[..count].iter().map(|entry| string_width(entry, self.options.colors)).collect();
        let total: usize = widths.iter().map(|width| width + SEPARATOR_LEN).sum();
        let longest = widths.iter().copied().max().unwrap_or(0);
        let column = longest + SEPARATOR_LEN;
        let indentation = self.indentation as f64;
        if (column * 3) as f64 + indentation >= self.options.break_length || (total as f64 / column as f64 <= 5.0 && longest > 6) {
            return Ok(output);
        }
        let bias = (column as f64 - total as f64 / output.len() as f64).sqrt();
        let biased = (column as f64 - 3.0 - bias).max(1.0);
        let columns =
            ((HEIGHT_PER_WIDTH * biased * count as f64).sqrt() / biased + 0.5).floor().min(((self.options.break_length - indentation) / column as f64).floor()).min(compact * 4.0).min(COLUMNS_MAX);
        if columns <= 1.0 {
            return Ok(output);
        }
        let columns = columns as usize;
        let column_widths: Vec<usize> = (0..columns).map(|first| widths.iter().skip(first).step_by(columns).copied().max().unwrap_or(0) + SEPARATOR_LEN).collect();
        let right = match object {
            Some(object) => numbers_only(object, output.len(), cx)?,
            None => true,
        };
        let mut lines = Vec::with_capacity(count / columns + 2);
        for from in (0..count).step_by(columns) {
            let to = (from + columns).min(count);
            let mut line = Text::new();
            for at in from..to {
                let last = at + 1 == to;
                let padding = column_widths[at - from] - SEPARATOR_LEN - widths[at].min(column_widths[at - from] - SEPARATOR_LEN);
                if right {
                    line.push_spaces(padding);
                }
                line.push(&output[at]);
                if !last {
                    line.push_str(", ");
                    if !right {
                        line.push_spaces(padding);
                    }
                }
            }
            lines.push(line);
        }
        if more {
            lines.extend(output.into_iter().nth(count));
        }
        Ok(lines)
    }
}

/// Whether the first `count` elements are numbers: those are aligned to the right.
fn numbers_only(object: &JsObject, count: usize, cx: &mut Context) -> JsResult<bool> {
    for index in 0..count {
        let element = object.get(index, cx)?;
        if !element.is_number() && !element.is_bigint() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn push_joined(text: &mut Text, entries: &[Text], separator: &str) {
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        text.push(entry);
    }
}

/// Arrays with more entries than this are put in columns.
const GROUPED_MIN: usize = 6;
/// `, `
const SEPARATOR_LEN: usize = 2;
/// A character is about this many times as high as wide: columns make a square.
const HEIGHT_PER_WIDTH: f64 = 2.5;
const COLUMNS_MAX: f64 = 15.0;
