//! Node's own suite: which tests count, how one is called, and what its end means.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;

use crate::{
    process::{self, End, Ended, Job},
    report,
};

/// A test that counts.
#[derive(Debug, Clone)]
pub struct Test {
    /// Below `test/`.
    pub path: String,
    /// Its group.
    pub group: String,
    /// Whether Deno passes it.
    pub deno: bool,
    /// Whether Bun passes it.
    pub bun: bool,
}

/// The tests that count, in the list's order.
pub fn tests() -> Vec<Test> {
    let rows = include_str!("../node/tests.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut cells = row.split('\t');
        let (path, group) = (cells.next()?.to_owned(), cells.next()?.to_owned());
        let mut passes = || cells.next() == Some("pass");
        Some(Test { path, group, deno: passes(), bun: passes() })
    })
    .collect()
}

/// What became of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It ended with status 0.
    Pass,
    /// It ended otherwise.
    Fail,
    /// It did not end.
    Timeout,
    /// It said that it cannot run here.
    Skip,
    /// The suite has no such file.
    Missing,
}

impl Status {
    /// The word for it in lists and results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Timeout => "timeout",
            Self::Skip => "skip",
            Self::Missing => "missing",
        }
    }

    /// The status of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Pass, Self::Fail, Self::Timeout, Self::Skip, Self::Missing].into_iter().find(|status| status.word() == word)
    }
}

/// A test's result.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Below `test/`.
    pub path: String,
    /// What became of it.
    pub status: Status,
    /// The line of its output that says most about why; empty where it passed.
    pub why: String,
    /// How long it took.
    pub duration: Duration,
    /// How often it was run.
    pub attempts: usize,
}

/// How a suite is run.
pub struct Options {
    /// The binary.
    pub coil: PathBuf,
    /// The folder that holds `test/`.
    pub suite: PathBuf,
    /// How many tests at once.
    pub jobs: usize,
    /// For one test.
    pub timeout: Duration,
    /// How often a test that did not pass is tried again.
    pub retries: usize,
    /// Where results go as they come, one JSON object a line.
    pub results: Option<PathBuf>,
    /// Whether progress is told.
    pub quiet: bool,
}

/// MiB of resident memory: more than any test of the list needs on Node.
const MEMORY_MIB: u64 = 4096;

/// Runs tests; the outcomes come in the tests' order.
///
/// What lies in `sequential/` uses fixed ports, so it runs alone, after the rest.
///
/// # Errors
///
/// Where the scratch folder or a process cannot be made.
pub fn run(tests: &[&Test], options: &Options) -> Result<Vec<Outcome>, String> {
    let scratch = Scratch::new()?;
    let alone = |test: &Test| test.path.starts_with("sequential/") || test.path.starts_with("pummel/");
    let (last, first): (Vec<usize>, Vec<usize>) = (0..tests.len()).partition(|index| alone(tests[*index]));
    let outcomes: Mutex<Vec<Option<Outcome>>> = Mutex::new(vec![None; tests.len()]);
    let log = options.results.as_ref().map(fs::File::create).transpose().map_err(|error| error.to_string())?;
    let log = Mutex::new(log);
    let failed: Mutex<Option<String>> = Mutex::default();
    let done = AtomicUsize::new(0);
    let one = |index: usize, slot: usize, parallel: bool| {
        let outcome = attempt(tests[index], options, &scratch.0, slot, parallel);
        match outcome {
            Ok(outcome) => {
                if let Some(log) = locked(&log).as_mut() {
                    use std::io::Write;
                    // A full disk shows in the missing lines.
                    let _ = writeln!(log, "{}", line(tests[index], &outcome));
                }
                locked(&outcomes)[index] = Some(outcome);
            }
            Err(error) => *locked(&failed) = Some(error),
        }
        let count = done.fetch_add(1, Ordering::Relaxed) + 1;
        if !options.quiet && (count.is_multiple_of(100) || count == tests.len()) {
            eprintln!("{count} of {}", tests.len());
        }
    };
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for slot in 0..options.jobs.max(1) {
            let (next, first, one) = (&next, &first, &one);
            scope.spawn(move || {
                while let Some(index) = first.get(next.fetch_add(1, Ordering::Relaxed)) {
                    one(*index, slot, options.jobs > 1);
                }
            });
        }
    });
    for index in last {
        one(index, 0, false);
    }
    if let Some(error) = locked(&failed).take() {
        return Err(error);
    }
    let outcomes = outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(outcomes.into_iter().flatten().collect())
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn line(test: &Test, outcome: &Outcome) -> String {
    json!({
        "test": outcome.path,
        "group": test.group,
        "status": outcome.status.word(),
        "why": outcome.why,
        "duration": outcome.duration.as_secs_f64(),
        "attempts": outcome.attempts,
    })
    .to_string()
}

/// A folder that goes with the run. Its path is short, for the names of unix sockets are.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("nt.{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What a test made unreadable stays.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn attempt(test: &Test, options: &Options, scratch: &Path, slot: usize, parallel: bool) -> Result<Outcome, String> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let mut outcome = once(&test.path, options, scratch, slot, parallel)?;
        outcome.attempts = attempts;
        if attempts > options.retries || !matches!(outcome.status, Status::Fail | Status::Timeout) {
            return Ok(outcome);
        }
    }
}

/// Runs one file of the suite.
pub(crate) fn once(path: &str, options: &Options, scratch: &Path, slot: usize, parallel: bool) -> Result<Outcome, String> {
    let outcome = |status, why: String, duration| Outcome { path: path.to_owned(), status, why, duration, attempts: 1 };
    let relative = format!("test/{path}");
    let Ok(text) = fs::read(options.suite.join(&relative)) else {
        return Ok(outcome(Status::Missing, "the suite has no such file".into(), Duration::ZERO));
    };
    let asked = Asked::read(&String::from_utf8_lossy(&text));
    let mut argv = vec![options.coil.to_string_lossy().into_owned()];
    argv.extend(asked.flags);
    argv.push(relative);
    let (folder, output) = (scratch.join(format!("s{slot}")), scratch.join(format!("o{slot}")));
    for folder in [&folder, &output] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut env = BTreeMap::from([
        ("NODE_TEST_DIR".to_owned(), folder.to_string_lossy().into_owned()),
        ("TEST_THREAD_ID".to_owned(), slot.to_string()),
        ("TEST_SERIAL_ID".to_owned(), slot.to_string()),
        ("NODE_COMMON_PORT".to_owned(), (FIRST_PORT + PORTS_EACH * slot).to_string()),
    ]);
    if parallel {
        env.insert("TEST_PARALLEL".into(), "1".into());
    }
    env.extend(asked.env);
    let ended = process::run(&Job { argv: &argv, cwd: &options.suite, env: &env, scratch: &output, timeout: options.timeout, memory_mib: MEMORY_MIB })?;
    let (status, why) = judge(&ended, &Places::of(&options.suite, scratch));
    Ok(outcome(status, why, ended.duration))
}

const FIRST_PORT: usize = 12_346;
const PORTS_EACH: usize = 100;

/// Where this machine keeps the suite and what tests write: names that mean nothing elsewhere.
struct Places(Vec<(String, &'static str)>);

impl Places {
    fn of(suite: &Path, scratch: &Path) -> Self {
        let mut all = Vec::new();
        for (path, name) in [(suite, "<suite>"), (scratch, "<tmp>"), (std::env::temp_dir().as_path(), "<tmp>")] {
            let whole = path.canonicalize().unwrap_or_default();
            all.extend([path, whole.as_path()].into_iter().filter(|path| path.is_absolute()).map(|path| (path.to_string_lossy().trim_end_matches('/').to_owned(), name)));
        }
        Self(all)
    }

    /// A text in which they are called by what they are.
    fn hidden(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (path, name)| replaced(&text, path, name))
    }
}

/// A text with `name` where the whole path stood, not only the beginning of a longer name.
fn replaced(text: &str, path: &str, name: &str) -> String {
    let mut parts = text.split(path);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let goes_on = part.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        out += if goes_on { path } else { name };
        out += part;
    }
    out
}

fn judge(ended: &Ended, places: &Places) -> (Status, String) {
    let why = || report::first_error(&places.hidden(&ended.stderr), &places.hidden(&ended.stdout));
    match ended.end {
        End::Code(0) => match skip_reason(&ended.head) {
            Some(reason) => (Status::Skip, reason),
            None => (Status::Pass, String::new()),
        },
        End::Code(code) => (Status::Fail, why().unwrap_or_else(|| format!("ends with status {code}"))),
        End::Signal(signal) => (Status::Fail, format!("ends by signal {signal}")),
        End::Timeout => (Status::Timeout, "does not end".into()),
        End::Memory => (Status::Fail, "uses too much memory".into()),
        End::Output => (Status::Fail, "writes without end".into()),
    }
}

/// What stands behind `1..0 # Skipped:`.
fn skip_reason(output: &str) -> Option<String> {
    let line = output.lines().find_map(|line| line.trim_start().strip_prefix("1..0 # "))?;
    let rest = line.strip_prefix("Skipped").or_else(|| line.strip_prefix("skipped")).or_else(|| line.strip_prefix("Skip")).or_else(|| line.strip_prefix("SKIP"))?;
    Some(rest.trim_start_matches(':').trim().to_owned())
}

/// What a test's first lines ask of its runner.
struct Asked {
    flags: Vec<String>,
    env: Vec<(String, String)>,
}

impl Asked {
    fn read(text: &str) -> Self {
        let words = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix("//")?.trim_start().strip_prefix(name));
            line.unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        let env = words("Env:").into_iter().filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))).collect();
        Self { flags: words("Flags:"), env }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let tests = tests();
        assert_eq!(tests.len(), 3468);
        assert_eq!(tests.iter().filter(|test| test.deno).count(), 2771);
        assert_eq!(tests.iter().filter(|test| test.bun).count(), 2692);
    }

    #[test]
    fn flags_and_variables_are_read() {
        let asked = Asked::read("// Flags: --expose-gc --title=x\n//  Env: A=1\n'use strict';");
        assert_eq!(asked.flags, ["--expose-gc", "--title=x"]);
        assert_eq!(asked.env, [("A".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn paths_of_the_machine_are_named() {
        let places = Places(vec![("/tmp/suite".into(), "<suite>"), ("/tmp".into(), "<tmp>")]);
        assert_eq!(places.hidden("at /tmp/suite/test/a.js, /tmp/x and /tmp/suite9"), "at <suite>/test/a.js, <tmp>/x and <tmp>/suite9");
        assert_eq!(places.hidden("/tmpdir"), "/tmpdir");
    }

    #[test]
    fn a_skip_is_told_from_a_pass() {
        assert_eq!(skip_reason("x\n1..0 # Skipped: missing crypto\n").as_deref(), Some("missing crypto"));
        assert_eq!(skip_reason("ok 1\n"), None);
    }
}
