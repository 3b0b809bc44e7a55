//! `tests/js/<module>/<behaviour>.js` runs in a process of its own; its output must be what is recorded beside it.
//!
//! - `<behaviour>.out`: standard output (recorded from Node)
//! - `<behaviour>.err`: standard error, where it matters
//! - `<behaviour>.code`: the exit status, where it is not 0
//!
//! A `.js` file without `.out` is a fixture of another one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn every_behaviour_file_prints_what_node_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() >= 10, "the behaviour files are found");
    let failures: Vec<String> = files.iter().filter_map(|file| failure(file)).collect();
    let count = files.len();
    assert!(failures.is_empty(), "{} of {count} behaviour files differ:\n\n{}", failures.len(), failures.join("\n\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("tests/js is readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.with_extension("out").exists() && path.extension().is_some_and(|end| end == "js" || end == "mjs" || end == "cjs") {
            files.push(path);
        }
    }
}

/// How the file's run differs from what is recorded.
fn failure(file: &Path) -> Option<String> {
    let name = file.file_name().expect("a file has a name");
    let output = Command::new(env!("CARGO_BIN_EXE_coil"))
        .arg(name)
        .current_dir(file.parent().expect("a file has a folder"))
        .env("TZ", "UTC")
        .env_remove("FORCE_COLOR")
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs");
    let recorded = |end: &str| fs::read_to_string(file.with_extension(end)).ok();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let code: i32 = recorded("code").and_then(|code| code.trim().parse().ok()).unwrap_or(0);
    let shown = file.display();
    if output.status.code() != Some(code) {
        return Some(format!("{shown}: ended with {:?}, not {code}\n{stderr}", output.status.code()));
    }
    if let Some(difference) = recorded("out").and_then(|expected| difference(&expected, &stdout)) {
        return Some(format!("{shown}: stdout {difference}\n{stderr}"));
    }
    recorded("err").and_then(|expected| difference(&expected, &stderr)).map(|difference| format!("{shown}: stderr {difference}"))
}

fn difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let line = expected.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
    let at = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
    Some(format!("differs at line {}:\n  expected: {}\n  actual:   {}", line + 1, at(expected), at(actual)))
}
