//! What a person reads: tables, and the line of a failure that says most.

use std::collections::BTreeMap;

use crate::node::{Outcome, Status, Test};

/// Results of a group.
#[derive(Debug, Default, Clone)]
pub struct Group {
    /// How many tests count.
    pub tests: usize,
    /// By status.
    pub by_status: BTreeMap<Status, usize>,
    /// How many Deno passes.
    pub deno: usize,
    /// How many Bun passes.
    pub bun: usize,
}

impl Group {
    /// How many have a status.
    pub fn count(&self, status: Status) -> usize {
        self.by_status.get(&status).copied().unwrap_or(0)
    }
}

/// Groups by name.
pub fn groups<'a>(tests: impl Iterator<Item = (&'a Test, Status)>) -> BTreeMap<String, Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (test, status) in tests {
        let group = groups.entry(test.group.clone()).or_default();
        group.tests += 1;
        *group.by_status.entry(status).or_default() += 1;
        group.deno += usize::from(test.deno);
        group.bun += usize::from(test.bun);
    }
    groups
}

/// A Markdown table of groups with a total.
pub fn table(groups: &BTreeMap<String, Group>) -> String {
    let mut total = Group::default();
    let mut rows = vec![["group", "tests", "pass", "fail", "timeout", "skip", "passed", "Deno", "Bun"].map(str::to_owned)];
    let row = |name: &str, group: &Group| {
        let count = |status| group.count(status).to_string();
        [
            name.to_owned(),
            group.tests.to_string(),
            count(Status::Pass),
            (group.count(Status::Fail) + group.count(Status::Missing)).to_string(),
            count(Status::Timeout),
            count(Status::Skip),
            percent(group.count(Status::Pass), group.tests),
            group.deno.to_string(),
            group.bun.to_string(),
        ]
    };
    for (name, group) in groups {
        rows.push(row(name, group));
        total.tests += group.tests;
        total.deno += group.deno;
        total.bun += group.bun;
        for (status, count) in &group.by_status {
            *total.by_status.entry(*status).or_default() += count;
        }
    }
    rows.push(row("all", &total));
    align(&rows)
}

fn align<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().enumerate().map(|(column, cell)| if column == 0 { format!("{cell:<0$}", width(column)) } else { format!("{cell:>0$}", width(column)) }).collect();
        text += &format!("| {} |\n", cells.join(" | "));
        if number == 0 {
            let rules: Vec<String> = (0..N).map(|column| "-".repeat(width(column) + 1) + if column == 0 { "-" } else { ":" }).collect();
            text += &format!("|{}|\n", rules.join("|"));
        }
    }
    text
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "-".into() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}

/// Failures gathered by what they say, most frequent first.
pub fn failures(outcomes: &[Outcome], most: usize) -> String {
    let mut by_line: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| !matches!(outcome.status, Status::Pass | Status::Skip)) {
        by_line.entry(&outcome.why).or_default().push(&outcome.path);
    }
    let mut lines: Vec<_> = by_line.into_iter().collect();
    lines.sort_by_key(|(_, tests)| std::cmp::Reverse(tests.len()));
    lines.iter().take(most).map(|(line, tests)| format!("{:5}  {line}\n         {}\n", tests.len(), tests[..tests.len().min(3)].join("\n         "))).collect()
}

/// The line of an output that names an error: `TypeError: ...`, `Error [CODE]: ...`, `Mismatched ...`.
///
/// Lines of the program's text, which stacks show, are never taken.
pub fn first_error(stderr: &str, stdout: &str) -> Option<String> {
    let line = stderr.lines().chain(stdout.lines()).map(str::trim).find(|line| names_an_error(line))?;
    Some(without_colours(line).chars().take(LINE_MAX).collect())
}

/// Characters of a failure's line that are kept.
const LINE_MAX: usize = 140;

fn names_an_error(line: &str) -> bool {
    if line.starts_with("Mismatched ") {
        return true;
    }
    let line = line.strip_prefix("Uncaught ").or_else(|| line.strip_prefix("error: ")).unwrap_or(line);
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let is_name = name.ends_with("Error") && name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
    is_name && (line.contains(": ") || line.contains('[') || line.len() == name.len())
}

fn without_colours(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text += before;
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_found_and_the_program_is_not() {
        let stderr = "/x/test.js:3\nconst error = new Error('a: b');\n  ^\n\nTypeError: fs.x is not a function\n    at y\n";
        assert_eq!(first_error(stderr, "").as_deref(), Some("TypeError: fs.x is not a function"));
        assert_eq!(first_error("", "Mismatched f calls. Expected 1, actual 0.").as_deref(), Some("Mismatched f calls. Expected 1, actual 0."));
        assert_eq!(first_error("  throw new Error('x')\n", ""), None);
    }
}
