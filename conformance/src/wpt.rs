//! The web-platform-tests for what coil has of the web: URLs, encodings, streams, events and aborts, WebAssembly.
//!
//! They lie in Node's suite, below `test/fixtures/wpt`. A file holds many tests; what is expected is how many of them pass, beside
//! Node's number. Each file runs in a process of its own, by `conformance/wpt/host.js`.
//!
//! ```text
//! cargo run -p conformance -- wpt url                    # one area against the expectations
//! cargo run -p conformance -- wpt -u --node /usr/bin/node   # all; writes what came out, Node's numbers too
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    node::Options,
    process::{self, End, Job},
};

/// The areas, folders of the suite.
pub const AREAS: &[&str] = &["url", "encoding", "streams", "dom/abort", "dom/events", "wasm/jsapi", "wasm/webapi"];

/// MiB of resident memory.
const MEMORY_MIB: u64 = 2048;

/// What is expected of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Tests that pass.
    pub passed: usize,
    /// Tests that Node passes.
    pub node: usize,
    /// Why the others do not, where Node passes more.
    pub reason: String,
}

/// What came out for a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub passed: usize,
    /// Tests that fail, and how.
    pub failures: Vec<(String, String)>,
}

/// Files below `areas`, of which something is expected, by path.
pub type Table = BTreeMap<String, Expected>;

fn list() -> PathBuf {
    crate::root().join("conformance/wpt/expected.tsv")
}

/// Reads what is expected.
///
/// # Errors
///
/// A line that is not four cells.
pub fn read(text: &str) -> Result<Table, String> {
    let mut table = Table::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [path, passed, node, reason] = cells.as_slice() else { return Err(format!("not four cells: {line}")) };
        let number = |cell: &str| cell.parse::<usize>().map_err(|error| format!("{line}: {error}"));
        table.insert((*path).to_owned(), Expected { passed: number(passed)?, node: number(node)?, reason: (*reason).to_owned() });
    }
    Ok(table)
}

fn written(table: &Table) -> String {
    let mut text = "# Web-platform-tests of Node 25.8.1's suite: tests of a file that pass, that pass on Node, and why fewer do.\n".to_owned();
    for (path, expected) in table {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{path}\t{}\t{}\t{}", expected.passed, expected.node, expected.reason);
    }
    text
}

/// The files of an area that run outside a browser.
fn files(root: &Path, area: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root.join(area), &mut found);
    let mut found: Vec<String> = found.iter().filter_map(|path| Some(path.strip_prefix(root).ok()?.to_string_lossy().into_owned())).collect();
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !matches!(name.as_str(), "resources" | "crashtests" | "idlharness" | "transferable") {
            collect(&path, found);
        } else if name.ends_with(".any.js") && !name.contains("idlharness") && !name.contains("shadowrealm") {
            found.push(path);
        }
    }
}

fn run_one(binary: &Path, root: &Path, file: &str, options: &Options, scratch: &Path) -> Result<Outcome, String> {
    let host = crate::root().join("conformance/wpt/host.js");
    let argv = [binary.to_string_lossy().into_owned(), host.to_string_lossy().into_owned(), root.to_string_lossy().into_owned(), file.to_owned()];
    let ended = process::run(&Job { argv: &argv, cwd: root, env: &BTreeMap::new(), scratch, timeout: options.timeout, memory_mib: MEMORY_MIB })?;
    let mut outcome = Outcome::default();
    let mut finished = false;
    for line in ended.output()?.lines() {
        let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        match value.get("status").and_then(Value::as_u64) {
            Some(0) => outcome.passed += 1,
            Some(_) => outcome.failures.push((text("name"), text("message"))),
            None if value.get("harness").is_some() => finished = true,
            None if value.get("uncaught").is_some() => outcome.failures.push(("(uncaught)".to_owned(), text("uncaught"))),
            None => {}
        }
    }
    if !finished {
        let how = match ended.end {
            End::Code(code) => format!("ends with status {code} before its tests do: {}", ended.stderr.lines().last().unwrap_or_default()),
            End::Timeout => "does not end".to_owned(),
            other => format!("{other:?}"),
        };
        outcome.failures.push(("(file)".to_owned(), how));
    }
    Ok(outcome)
}

/// Runs areas, all of them where none is named. Whether everything was as expected.
///
/// # Errors
///
/// Where the suite or the list cannot be read, or a process not be started.
pub fn run(areas: &[String], only: &[String], options: &Options, node: Option<&Path>, update: bool) -> Result<bool, String> {
    if let Some(unknown) = areas.iter().find(|area| !AREAS.contains(&area.as_str())) {
        return Err(format!("no area {unknown}: there are {}", AREAS.join(", ")));
    }
    let root = options.suite.join("test/fixtures/wpt");
    let mut table = read(&fs::read_to_string(list()).unwrap_or_default())?;
    let scratch = std::env::temp_dir().join(format!("coil-wpt-{}", std::process::id()));
    fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let mut sound = true;
    let mut seen = BTreeSet::new();
    let mut totals = Vec::new();
    for area in AREAS.iter().filter(|area| areas.is_empty() || areas.iter().any(|wanted| wanted == *area)) {
        let (mut passed, mut of_node, mut count) = (0, 0, 0);
        for file in files(&root, area) {
            if !only.is_empty() && !only.iter().any(|part| file.contains(part.as_str())) {
                continue;
            }
            let outcome = run_one(&options.coil, &root, &file, options, &scratch)?;
            let expected = table.get(&file).cloned();
            let node = match node {
                Some(binary) => run_one(binary, &root, &file, options, &scratch)?.passed,
                None => expected.as_ref().map_or(0, |expected| expected.node),
            };
            (passed, of_node, count) = (passed + outcome.passed, of_node + node, count + 1);
            if only.is_empty() && outcome.passed < node || !only.is_empty() {
                for (name, message) in &outcome.failures {
                    println!("{file}: {name}: {}", message.lines().next().unwrap_or_default());
                }
            }
            if update {
                let reason = expected.map(|expected| expected.reason).filter(|reason| !reason.is_empty() && outcome.passed < node);
                let reason = reason.unwrap_or_else(|| if outcome.passed < node { run_reason(&outcome) } else { String::new() });
                table.insert(file.clone(), Expected { passed: outcome.passed, node, reason });
            } else {
                let wanted = expected.map_or(0, |expected| expected.passed);
                if outcome.passed != wanted {
                    sound = false;
                    println!("{file}: {wanted} tests should pass, {} do{}", outcome.passed, if outcome.passed > wanted { ": record it with -u" } else { "" });
                }
            }
            seen.insert(file);
        }
        totals.push((*area, count, passed, of_node));
    }
    // What is left behind in the system's folder for scratch files does no harm.
    let _ = fs::remove_dir_all(&scratch);
    println!("\n| area | files | tests passed | on Node |\n|------|------:|-------------:|--------:|");
    for (area, count, passed, of_node) in &totals {
        println!("| {area} | {count} | {passed} | {of_node} |");
    }
    if areas.is_empty() && only.is_empty() {
        let stale: Vec<String> = table.keys().filter(|path| !seen.contains(*path)).cloned().collect();
        for path in stale {
            if update {
                table.remove(&path);
            } else {
                sound = false;
                println!("listed, but no such file: {path}");
            }
        }
    }
    if update {
        fs::write(list(), written(&table)).map_err(|error| format!("{}: {error}", list().display()))?;
        return Ok(true);
    }
    println!("{} passed, {} failed", if sound { seen.len() } else { 0 }, usize::from(!sound));
    Ok(sound)
}

/// What a run says where no one has written why.
fn run_reason(outcome: &Outcome) -> String {
    let first = outcome.failures.first().map(|(name, message)| format!("{name}: {message}")).unwrap_or_default();
    let line: String = first.lines().next().unwrap_or_default().replace('\t', " ").chars().take(120).collect();
    format!("run: {line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_reads_what_it_writes() {
        let table = Table::from([("url/a.any.js".to_owned(), Expected { passed: 3, node: 4, reason: "it is so".to_owned() })]);
        assert_eq!(read(&written(&table)), Ok(table));
        assert!(read("a\tb").is_err());
    }

    #[test]
    fn the_list_that_is_checked_in_is_sound() {
        let table = read(include_str!("../wpt/expected.tsv")).expect("four cells a line");
        assert!(table.len() > 100, "{} files", table.len());
        for (path, expected) in table {
            assert_eq!(expected.passed < expected.node, !expected.reason.is_empty(), "{path}: a reason where, and only where, Node passes more");
        }
    }
}
