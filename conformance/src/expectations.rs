//! What is expected of each test: it passes, unless a line says how it ends and why.
//!
//! `conformance/node/failures.tsv` holds a line per test that does not pass: path, how it ends, reason.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

use crate::node::{Outcome, Status, Test};

/// Tests that do not pass, by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expectations(BTreeMap<String, Expected>);

/// How a test ends, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// `fail`, `timeout` or `skip`; `flaky` where it passes at times.
    pub how: How,
    /// One sentence.
    pub reason: String,
}

/// How a test that is listed ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Always like this.
    Always(Status),
    /// Like this or with a pass.
    Flaky,
}

/// What a run says against the expectations.
#[derive(Debug, Default)]
pub struct Difference {
    /// Expected to pass, and did not.
    pub regressions: Vec<Outcome>,
    /// Expected not to pass, and did.
    pub passes: Vec<String>,
    /// Listed without a test.
    pub stale: Vec<String>,
}

impl Difference {
    /// Whether all was as expected.
    pub fn is_empty(&self) -> bool {
        self.regressions.is_empty() && self.passes.is_empty() && self.stale.is_empty()
    }
}

impl Expectations {
    /// Where Node's are checked in.
    pub fn path() -> PathBuf {
        crate::root().join("conformance/node/failures.tsv")
    }

    /// Reads the list.
    ///
    /// # Errors
    ///
    /// A line that is not three cells, or a word that is no status.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut all = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [path, how, reason] = cells[..] else { return Err(format!("not three cells: {line}")) };
            let how = match how {
                "flaky" => How::Flaky,
                word => How::Always(Status::of(word).ok_or_else(|| format!("no status: {line}"))?),
            };
            if all.insert(path.to_owned(), Expected { how, reason: reason.to_owned() }).is_some() {
                return Err(format!("listed twice: {path}"));
            }
        }
        Ok(Self(all))
    }

    /// What a run of `outcomes` says. `all` are the tests that count: an entry for none of them is stale.
    pub fn compare(&self, outcomes: &[Outcome], all: &[Test]) -> Difference {
        let mut difference = Difference::default();
        for outcome in outcomes {
            let expected = self.0.get(&outcome.path).map(|expected| expected.how);
            match (expected, outcome.status) {
                (None, Status::Pass) | (Some(How::Flaky), _) => {}
                (Some(_), Status::Pass) => difference.passes.push(outcome.path.clone()),
                // A failure that has become a hang, or a skip that has become a failure, is worse than what was recorded.
                (Some(How::Always(Status::Fail)), Status::Fail | Status::Skip) => {}
                (Some(How::Always(Status::Timeout)), Status::Fail | Status::Timeout | Status::Skip) => {}
                (Some(How::Always(Status::Skip)), Status::Skip) => {}
                _ => difference.regressions.push(outcome.clone()),
            }
        }
        let known: std::collections::HashSet<&str> = all.iter().map(|test| test.path.as_str()).collect();
        difference.stale = self.0.keys().filter(|path| !known.contains(path.as_str())).cloned().collect();
        difference
    }

    /// Takes a run as the new expectation for the tests it ran; a reason that was written by hand stays.
    pub fn update(&mut self, outcomes: &[Outcome], all: &[Test]) {
        let known: std::collections::HashSet<&str> = all.iter().map(|test| test.path.as_str()).collect();
        self.0.retain(|path, _| known.contains(path.as_str()));
        for outcome in outcomes {
            let old = self.0.get(&outcome.path);
            if old.is_some_and(|old| old.how == How::Flaky) {
                continue;
            }
            if outcome.status == Status::Pass {
                self.0.remove(&outcome.path);
                continue;
            }
            let how = How::Always(outcome.status);
            let by_hand = old.filter(|old| !old.reason.starts_with(AUTOMATIC)).map(|old| old.reason.clone());
            let reason = by_hand.unwrap_or_else(|| format!("{AUTOMATIC}{}", outcome.why));
            self.0.insert(outcome.path.clone(), Expected { how, reason });
        }
    }

    /// The list as it is checked in.
    pub fn write(&self) -> String {
        let mut text = String::from(HEADER);
        for (path, Expected { how, reason }) in &self.0 {
            let how = match how {
                How::Always(status) => status.word(),
                How::Flaky => "flaky",
            };
            let reason = reason.replace(['\t', '\n'], " ");
            writeln!(text, "{path}\t{how}\t{reason}").expect("a string takes all");
        }
        text
    }

    /// Writes it where it is checked in.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn save(&self) -> Result<(), String> {
        fs::write(Self::path(), self.write()).map_err(|error| error.to_string())
    }

    /// The list that is checked in.
    ///
    /// # Errors
    ///
    /// As [`Expectations::read`]; a list that is not there is empty.
    pub fn load() -> Result<Self, String> {
        Self::read(&fs::read_to_string(Self::path()).unwrap_or_default())
    }

    /// How a path is expected to end, where it does not pass.
    pub fn get(&self, path: &str) -> Option<&Expected> {
        self.0.get(path)
    }
}

/// What a reason begins with that a run gave; one written by hand does not, and `-u` keeps it.
const AUTOMATIC: &str = "run: ";

const HEADER: &str = "\
# Tests of Node's suite that coil does not pass yet: path, how it ends, reason.
# `run:` begins what the run itself said; a reason by hand is kept by `cargo run -p conformance -- node -u`.
";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn outcome(path: &str, status: Status) -> Outcome {
        Outcome { path: path.into(), status, why: "TypeError: x".into(), duration: Duration::ZERO, attempts: 1 }
    }

    fn test(path: &str) -> Test {
        Test { path: path.into(), group: "g".into(), deno: true, bun: false }
    }

    #[test]
    fn a_regression_an_unexpected_pass_and_a_stale_line_are_told() {
        let list = Expectations::read("# c\na\tfail\tlacks x\nb\tfail\trun: y\nc\tflaky\ttimes\ngone\tskip\tz\n").expect("well formed");
        let all = [test("a"), test("b"), test("c"), test("d")];
        let difference = list.compare(&[outcome("a", Status::Fail), outcome("b", Status::Pass), outcome("c", Status::Timeout), outcome("d", Status::Fail)], &all);
        assert_eq!(difference.passes, ["b"]);
        assert_eq!(difference.stale, ["gone"]);
        assert_eq!(difference.regressions.len(), 1);
        let worse = list.compare(&[outcome("a", Status::Timeout)], &all);
        assert_eq!(worse.regressions.len(), 1);
    }

    #[test]
    fn an_update_keeps_what_was_written_by_hand() {
        let mut list = Expectations::read("a\tfail\tlacks x\nb\tfail\trun: y\n").expect("well formed");
        list.update(&[outcome("a", Status::Fail), outcome("b", Status::Timeout), outcome("d", Status::Fail)], &[test("a"), test("b"), test("d")]);
        assert_eq!(list.get("a").map(|expected| expected.reason.as_str()), Some("lacks x"));
        assert_eq!(list.get("b").map(|expected| expected.how), Some(How::Always(Status::Timeout)));
        assert_eq!(Expectations::read(&list.write()), Ok(list));
    }

    #[test]
    fn what_is_checked_in_can_be_read() {
        let list = Expectations::load().expect("well formed");
        let known = crate::node::tests();
        assert_eq!(list.compare(&[], &known).stale, Vec::<String>::new());
    }
}
