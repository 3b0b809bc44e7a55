//! The lines around a failure as Node shows them above the error.

use oxc_span::Span;
use unicode_width::UnicodeWidthChar;

/// The line of the span's start, counted from 1, and the lines of the span with one before and one after.
///
/// One line gets carets under what is meant; more are marked with `>` at the first and the last.
pub(crate) fn of(source: &str, span: Span) -> (u32, String) {
    let (start, end) = (span.start as usize, (span.end as usize).max(span.start as usize));
    let lines = lines_of(source);
    let first = line_at(&lines, start);
    let last = if end > start { line_at(&lines, end - 1) } else { first };
    let number = u32::try_from(first + 1).unwrap_or(u32::MAX);
    let mut shown = String::new();
    let from = first.saturating_sub(1);
    for (index, (at, text)) in lines.iter().enumerate().take(last + 2).skip(from) {
        let is_last_empty = index + 1 == lines.len() && text.is_empty() && index > last;
        if is_last_empty {
            break;
        }
        let text = expand_tabs(text);
        if first == last {
            shown.push_str(&text);
            shown.push('\n');
            if index == first && end > start {
                let before = width_of(source.get(*at..start).unwrap_or_default());
                let meant = width_of_from(source.get(start..end).unwrap_or_default(), before).max(1);
                shown.push_str(&" ".repeat(before));
                shown.push_str(&"^".repeat(meant));
                shown.push('\n');
            }
        } else {
            shown.push_str(if index == first || index == last { "  > " } else { "    " });
            shown.push_str(&text);
            shown.push('\n');
        }
    }
    (number, shown)
}

/// Where each line begins, and its text without the line break.
fn lines_of(source: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in source.split('\n') {
        lines.push((at, line.strip_suffix('\r').unwrap_or(line)));
        at += line.len() + 1;
    }
    lines
}

fn line_at(lines: &[(usize, &str)], at: usize) -> usize {
    lines.partition_point(|(start, _)| *start <= at).saturating_sub(1)
}

fn expand_tabs(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut column = 0;
    for character in text.chars() {
        let width = width_at(character, column);
        if character == '\t' {
            made.push_str(&" ".repeat(width))
        } else {
            made.push(character)
        }
        column += width;
    }
    made
}

fn width_of(text: &str) -> usize {
    width_of_from(text, 0)
}

/// Columns that `text` takes when it begins at this column.
fn width_of_from(text: &str, column: usize) -> usize {
    text.chars().fold(column, |column, character| column + width_at(character, column)) - column
}

fn width_at(character: char, column: usize) -> usize {
    if character == '\t' { TAB_WIDTH - column % TAB_WIDTH } else { character.width().unwrap_or(0) }
}

const TAB_WIDTH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_carets_by_display_width() {
        let source = "let 漢字=1; enum A{b}";
        let (line, shown) = of(source, Span::new(14, source.len() as u32));
        assert_eq!((line, shown.as_str()), (1, "let 漢字=1; enum A{b}\n            ^^^^^^^^^\n"));
    }

    #[test]
    fn more_lines_are_marked_at_both_ends() {
        let source = "let a=1;\nenum A{\n  b\n}\nlet d;";
        let (line, shown) = of(source, Span::new(9, 22));
        assert_eq!((line, shown.as_str()), (2, "    let a=1;\n  > enum A{\n      b\n  > }\n    let d;\n"));
    }

    #[test]
    fn tabs_are_four_columns() {
        let (_, shown) = of("\tlet a=1;\tenum A{b}\nfoo", Span::new(10, 19));
        assert_eq!(shown, "    let a=1;    enum A{b}\n                ^^^^^^^^^\nfoo\n");
    }
}
