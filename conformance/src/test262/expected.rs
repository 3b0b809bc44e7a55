//! What is expected of Test262: every test passes that `conformance/test262/failures.tsv` does not name.
//!
//! A line of it is a path below `test/` and why the test fails; a reason that begins with `run:` is what the run itself said, any other
//! was written by hand and stays. `totals.tsv` has the counts by folder, of the published engine beside ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::PathBuf,
};

use super::{Outcome, Tally};

/// Tests that fail, with the reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Failures(BTreeMap<String, String>);

/// What a run says against the list. Only tests that ran count.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Failed, and is not listed: path and what the run said.
    pub regressions: Vec<(String, String)>,
    /// Passed, and is listed.
    pub passes: Vec<String>,
}

fn folder() -> PathBuf {
    crate::root().join("conformance/test262")
}

impl Failures {
    /// The list that is checked in.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or a line has no reason.
    pub fn load() -> Result<Self, String> {
        let path = folder().join("failures.tsv");
        Self::read(&fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?)
    }

    fn read(text: &str) -> Result<Self, String> {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let cells = lines.map(|line| line.split_once('\t').ok_or_else(|| format!("no reason: {line}")));
        Ok(Self(cells.map(|cells| cells.map(|(path, reason)| (path.to_owned(), reason.to_owned()))).collect::<Result<_, _>>()?))
    }

    /// What a run says against the list.
    #[must_use]
    pub fn compare(&self, outcome: &Outcome) -> Difference {
        Difference {
            regressions: outcome.failures.iter().filter(|(path, _)| !self.0.contains_key(*path)).map(|(path, why)| (path.clone(), why.clone())).collect(),
            passes: self.0.keys().filter(|path| outcome.ran.contains(*path) && !outcome.failures.contains_key(*path)).cloned().collect(),
        }
    }

    /// Takes what came out of a run.
    pub fn update(&mut self, outcome: &Outcome) {
        self.0.retain(|path, _| !outcome.ran.contains(path) || outcome.failures.contains_key(path));
        for (path, why) in &outcome.failures {
            let reason = self.0.entry(path.clone()).or_default();
            if reason.is_empty() || reason.starts_with("run:") {
                *reason = format!("run: {}", why.chars().take(REASON_MAX).collect::<String>().trim());
            }
        }
    }

    /// Writes the list.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn save(&self) -> Result<(), String> {
        let mut text = "# Tests of Test262 that fail: path below test/, why. `run:` begins what the run said; a reason by hand is kept.\n".to_owned();
        for (path, reason) in &self.0 {
            let _ = writeln!(text, "{path}\t{reason}");
        }
        let path = folder().join("failures.tsv");
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Longer reasons are cut.
const REASON_MAX: usize = 120;

/// Writes the counts of a whole run into `totals.tsv`, into the columns of the published engine (`stock`) or into ours.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn save_totals(outcome: &Outcome, stock: bool) -> Result<(), String> {
    let path = folder().join("totals.tsv");
    let text = totals(&fs::read_to_string(&path).unwrap_or_default(), outcome, stock);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The counts of one engine: passed, failed, skipped.
type Cells = [String; 3];

fn totals(old: &str, outcome: &Outcome, stock: bool) -> String {
    let mut rows = BTreeMap::<String, [Cells; 2]>::new();
    for line in old.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t').map(str::to_owned);
        let name = cells.next().unwrap_or_default();
        let mut three = || [0; 3].map(|_| cells.next().unwrap_or_default());
        rows.insert(name, [three(), three()]);
    }
    rows.remove("all");
    let shown = |tally: &Tally| [tally.passed, tally.failed, tally.skipped].map(|count| count.to_string());
    let folders: BTreeSet<String> = rows.keys().cloned().chain(outcome.folders.keys().cloned()).collect();
    for folder in folders {
        rows.entry(folder.clone()).or_default()[usize::from(stock)] = shown(&outcome.folders.get(&folder).cloned().unwrap_or_default());
    }
    let mut all = [[0_usize; 3]; 2];
    for row in rows.values() {
        for (sum, cell) in all.iter_mut().flatten().zip(row.iter().flatten()) {
            *sum += cell.parse::<usize>().unwrap_or(0);
        }
    }
    let mut text = "# folder, then passed, failed, skipped of coil's engine, and the same of the published one\n".to_owned();
    for (name, row) in std::iter::once(("all".to_owned(), all.map(|counts| counts.map(|count| count.to_string())))).chain(rows) {
        let _ = writeln!(text, "{name}\t{}\t{}", row[0].join("\t"), row[1].join("\t"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Difference, Failures, Outcome, totals};

    fn outcome() -> Outcome {
        let mut outcome = Outcome::default();
        outcome.count("built-ins/Map/a.js", "pass", "");
        outcome.count("built-ins/Map/b.js", "fail", "why");
        outcome.count("built-ins/Map/c.js", "fail", "why else");
        outcome
    }

    #[test]
    fn only_tests_that_ran_count() {
        let listed = Failures::read("# comment\nbuilt-ins/Map/a.js\tby hand\nbuilt-ins/Map/b.js\tby hand\nlanguage/x.js\tby hand\n").expect("the list is right");
        let expected = Difference { regressions: vec![("built-ins/Map/c.js".to_owned(), "why else".to_owned())], passes: vec!["built-ins/Map/a.js".to_owned()] };
        assert_eq!(listed.compare(&outcome()), expected);
    }

    #[test]
    fn reasons_by_hand_stay() {
        let mut listed = Failures::read("built-ins/Map/a.js\tby hand\nbuilt-ins/Map/b.js\tby hand\nlanguage/x.js\trun: no\n").expect("the list is right");
        listed.update(&outcome());
        let expected = Failures::read("built-ins/Map/b.js\tby hand\nbuilt-ins/Map/c.js\trun: why else\nlanguage/x.js\trun: no\n").expect("the list is right");
        assert_eq!(listed, expected);
    }

    #[test]
    fn totals_of_two_engines() {
        let ours = totals("", &outcome(), false);
        let both = totals(&ours, &outcome(), true);
        assert!(both.contains("all\t1\t2\t0\t1\t2\t0\n") && both.contains("built-ins/Map\t1\t2\t0\t1\t2\t0\n"), "{both}");
    }
}
