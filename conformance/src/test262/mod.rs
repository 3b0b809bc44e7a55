//! Test262, the suite of the language itself: how many of its tests the engine passes.
//!
//! The tests run in `engine/boa/examples/test262.rs`, the bare engine as a host that takes paths and gives verdicts. This side finds the
//! tests, watches the host, and starts it again after a test that hangs or takes it down.
//!
//! ```text
//! cargo build --profile fast -p coil-boa --example test262
//! cargo run -p conformance -- test262 --suite /path/to/test262 --only built-ins/Map
//! ```
//!
//! `conformance/test262/README.md` says which revision, and what came out.

pub mod expected;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver},
    },
    time::Duration,
};

/// What to run.
pub struct Options {
    /// The checkout of Test262.
    pub suite: PathBuf,
    /// The host: the example `test262` of `coil-boa`.
    pub host: PathBuf,
    /// Tests whose path contains one of these; all without any.
    pub only: Vec<String>,
    /// Every how many-th test: 1 for all.
    pub every: usize,
    /// How many hosts share the tests.
    pub jobs: usize,
    /// After which a test counts as hanging.
    pub timeout: Duration,
}

/// The counts of a folder, and the tests that fail with the reason.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

/// What came out: counts by folder (`built-ins/Map`), the failures, and all that ran.
#[derive(Debug, Default)]
pub struct Outcome {
    pub folders: BTreeMap<String, Tally>,
    /// Path below `test/`, and why.
    pub failures: BTreeMap<String, String>,
    /// Paths of the tests that passed or failed.
    pub ran: BTreeSet<String>,
}

impl Outcome {
    /// All folders together.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.folders.values().fold(Tally::default(), |sum, tally| Tally { passed: sum.passed + tally.passed, failed: sum.failed + tally.failed, skipped: sum.skipped + tally.skipped })
    }

    fn count(&mut self, path: &str, word: &str, why: &str) {
        let folder = path.split('/').take(2).collect::<Vec<_>>().join("/");
        let tally = self.folders.entry(folder).or_default();
        match word {
            "pass" => tally.passed += 1,
            "skip" => tally.skipped += 1,
            _ => {
                tally.failed += 1;
                self.failures.insert(path.to_owned(), why.to_owned());
            }
        }
        if word != "skip" {
            self.ran.insert(path.to_owned());
        }
    }
}

/// The tests below `suite/test`, in order; fixtures and the internationalisation suite are none.
#[must_use]
pub fn tests(options: &Options) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["annexB", "built-ins", "language"] {
        collect(&options.suite.join("test").join(folder), &mut found);
    }
    found.sort();
    let wanted = |path: &PathBuf| options.only.is_empty() || options.only.iter().any(|part| path.to_string_lossy().contains(part.as_str()));
    found.into_iter().filter(wanted).step_by(options.every.max(1)).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "js") && !path.to_string_lossy().contains("_FIXTURE") {
            found.push(path);
        }
    }
}

/// A running host.
struct Host {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Host {
    fn start(options: &Options) -> Result<Self, String> {
        let mut command = Command::new(&options.host);
        command.arg(&options.suite).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", options.host.display()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else { return Err("the host has no pipes".to_owned()) };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, stdin, lines })
    }

    /// The verdict on one test, or how the host ended over it.
    fn verdict(&mut self, path: &Path, timeout: Duration) -> Result<String, &'static str> {
        writeln!(self.stdin, "{}", path.display()).map_err(|_| "the host ended")?;
        self.lines.recv_timeout(timeout).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => "takes too long",
            mpsc::RecvTimeoutError::Disconnected => "takes the process down",
        })
    }

    fn stop(mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs the tests, on as many hosts as are asked for.
///
/// # Errors
///
/// Where a host cannot be started.
pub fn run(options: &Options) -> Result<Outcome, String> {
    let tests = tests(options);
    if tests.is_empty() {
        return Err(format!("{}: no tests there", options.suite.display()));
    }
    let (next, outcome) = (AtomicUsize::new(0), Mutex::new(Outcome::default()));
    let serve = || -> Result<(), String> {
        let mut host = None;
        while let Some(path) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut running = match host.take() {
                Some(running) => running,
                None => Host::start(options)?,
            };
            let verdict = running.verdict(path, options.timeout);
            let name = path.strip_prefix(options.suite.join("test")).unwrap_or(path).to_string_lossy();
            let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
            match verdict {
                Ok(line) => {
                    let mut parts = line.splitn(3, '\t');
                    let word = parts.next().unwrap_or_default();
                    outcome.count(&name, word, parts.nth(1).unwrap_or_default());
                    host = Some(running);
                }
                Err(why) => {
                    outcome.count(&name, "fail", why);
                    running.stop();
                }
            }
        }
        if let Some(running) = host {
            running.stop();
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let servers: Vec<_> = (0..options.jobs.max(1)).map(|_| scope.spawn(serve)).collect();
        servers.into_iter().try_for_each(|server| server.join().unwrap_or_else(|_| Err("a host's thread ended early".to_owned())))
    })?;
    Ok(outcome.into_inner().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn counts_by_folder() {
        let mut outcome = Outcome::default();
        outcome.count("built-ins/Map/a.js", "pass", "");
        outcome.count("built-ins/Map/b.js", "fail", "why");
        outcome.count("language/types/c.js", "skip", "");
        assert_eq!((outcome.folders["built-ins/Map"].passed, outcome.folders["built-ins/Map"].failed), (1, 1));
        assert_eq!((outcome.total().passed, outcome.total().failed, outcome.total().skipped), (1, 1, 1));
        assert_eq!(outcome.failures.get("built-ins/Map/b.js").map(String::as_str), Some("why"));
        assert!(outcome.ran.contains("built-ins/Map/a.js") && !outcome.ran.contains("language/types/c.js"));
    }
}
