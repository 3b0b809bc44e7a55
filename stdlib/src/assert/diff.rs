//! The shortest way from one list of lines to another: Myers' algorithm, and how it is shown.

use super::message::Colors;
use crate::util::inspect::Text;

/// One step of an edit script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Only in what is expected.
    Delete,
    /// In both.
    Keep,
    /// Only in what is there.
    Insert,
}

/// The steps and their lines, last one first. A comma at the end of a line does not count where `commas` says so.
pub(crate) fn edit_script(actual: &[Text], expected: &[Text], commas: bool) -> Vec<(Step, Text)> {
    let (n, m) = (actual.len() as isize, expected.len() as isize);
    let same = |x: isize, y: isize| same_line(&actual[x as usize], &expected[y as usize], commas);
    // Row d holds the furthest x on the diagonals -d-1..=d+1 before step d.
    let mut rows: Vec<Vec<isize>> = Vec::new();
    let mut furthest = vec![0; 3];
    'search: for d in 0..=n + m {
        rows.push(furthest.clone());
        let at = |k: isize| (k + d + 1) as usize;
        let mut next = vec![0; furthest.len() + 2];
        next[1..=furthest.len()].copy_from_slice(&furthest);
        let mut k = -d;
        while k <= d {
            let mut x = if k == -d || k != d && furthest[at(k - 1)] < furthest[at(k + 1)] { furthest[at(k + 1)] } else { furthest[at(k - 1)] + 1 };
            let mut y = x - k;
            while x < n && y < m && same(x, y) {
                x += 1;
                y += 1;
            }
            furthest[at(k)] = x;
            next[at(k) + 1] = x;
            if x >= n && y >= m {
                break 'search;
            }
            k += 2;
        }
        furthest = next;
    }
    back(&rows, actual, expected, commas)
}

fn back(rows: &[Vec<isize>], actual: &[Text], expected: &[Text], commas: bool) -> Vec<(Step, Text)> {
    let (mut x, mut y) = (actual.len() as isize, expected.len() as isize);
    let mut script = Vec::new();
    for (d, row) in rows.iter().enumerate().rev() {
        let d = d as isize;
        let k = x - y;
        let at = |k: isize| (k + d + 1) as usize;
        let up = k == -d || k != d && row[at(k - 1)] < row[at(k + 1)];
        let before = if up { k + 1 } else { k - 1 };
        let before_x = row[at(before)];
        let before_y = before_x - before;
        while x > before_x && y > before_y {
            let line = &actual[x as usize - 1];
            let line = if commas && !line.as_bytes().ends_with(b",") { &expected[y as usize - 1] } else { line };
            script.push((Step::Keep, line.clone()));
            x -= 1;
            y -= 1;
        }
        if d > 0 {
            if x > before_x {
                x -= 1;
                script.push((Step::Insert, actual[x as usize].clone()));
            } else {
                y -= 1;
                script.push((Step::Delete, expected[y as usize].clone()));
            }
        }
    }
    script
}

fn same_line(a: &Text, b: &Text, commas: bool) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    commas && (b.strip_suffix(b",") == Some(a) || a.strip_suffix(b",") == Some(b))
}

/// The lines with their signs; whether some in the middle were left out.
pub(super) fn printed(script: &[(Step, Text)], partial: bool, colors: &Colors) -> (Text, bool) {
    let mut message = Text::new();
    let mut skipped = false;
    let mut kept = 0;
    let context = |message: &mut Text, line: &Text| {
        message.push_str(colors.white);
        message.push_str("  ");
        message.push(line);
        message.push_ascii(b'\n');
    };
    for index in (0..script.len()).rev() {
        let (step, line) = &script[index];
        if *step != Step::Keep && script.get(index + 1).is_some_and(|(before, _)| *before == Step::Keep) {
            // What one line would stand for is shown instead.
            match kept {
                _ if kept == CONTEXT + 1 => context(&mut message, &script[index + 1].1),
                _ if kept == CONTEXT + 2 => {
                    context(&mut message, &script[index + 2].1);
                    context(&mut message, &script[index + 1].1);
                }
                _ if kept >= CONTEXT + 3 => {
                    message.push_str(colors.blue);
                    message.push_str("...");
                    message.push_str(colors.white);
                    message.push_ascii(b'\n');
                    context(&mut message, &script[index + 1].1);
                    skipped = true;
                }
                _ => {}
            }
            kept = 0;
        }
        match step {
            Step::Insert if partial => {
                for part in [colors.gray, if colors.on { " " } else { "+" }, " "] {
                    message.push_str(part);
                }
                message.push(line);
                message.push_str(colors.white);
                message.push_ascii(b'\n');
            }
            Step::Insert => signed(&mut message, colors.green, "+", colors.white, line),
            Step::Delete => signed(&mut message, colors.red, "-", colors.white, line),
            Step::Keep => {
                if kept < CONTEXT {
                    context(&mut message, line);
                }
                kept += 1;
            }
        }
    }
    let end = message.as_bytes().trim_ascii_end().len();
    let mut text = Text::from("\n");
    text.push(&message.slice(0, end));
    (text, skipped)
}

fn signed(message: &mut Text, color: &str, sign: &str, white: &str, line: &Text) {
    for part in [color, sign, white, " "] {
        message.push_str(part);
    }
    message.push(line);
    message.push_ascii(b'\n');
}

/// Two strings in one line, what differs in colour.
pub(super) fn printed_inline(script: &[(Step, Text)], colors: &Colors) -> Text {
    let mut text = Text::from("\n");
    for (step, part) in script.iter().rev() {
        text.push_str(match step {
            Step::Insert => colors.green,
            Step::Delete => colors.red,
            Step::Keep => colors.white,
        });
        text.push(part);
        text.push_str(colors.white);
    }
    text
}

/// Lines in common that are shown around a difference.
const CONTEXT: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn script(a: &[&str], b: &[&str]) -> Vec<(Step, String)> {
        let texts = |lines: &[&str]| lines.iter().map(|line| Text::from(*line)).collect::<Vec<_>>();
        edit_script(&texts(a), &texts(b), true).into_iter().rev().map(|(step, line)| (step, line.to_string_lossy().into_owned())).collect()
    }

    #[test]
    fn finds_the_shortest_way() {
        use Step::{Delete, Insert, Keep};
        let steps = |a: &[&str], b: &[&str]| script(a, b).into_iter().map(|(step, _)| step).collect::<Vec<_>>();
        assert_eq!(steps(&["a", "b"], &["a", "b"]), [Keep, Keep]);
        assert_eq!(steps(&["a"], &["b"]), [Insert, Delete]);
        assert_eq!(steps(&[], &["b"]), [Delete]);
        assert_eq!(steps(&["a", "x", "c"], &["a", "y", "c"]), [Keep, Insert, Delete, Keep]);
        assert_eq!(steps(&["a,"], &["a"]), [Keep]);
    }
}
