//! `tests/js/<module>/<behaviour>.js` runs in a process of its own; its output must be what is recorded beside it.
//!
//! - `<behaviour>.out`: standard output (recorded from Node)
//! - `<behaviour>.err`: standard error, where it matters
//! - `<behaviour>.code`: the exit status, where it is not 0
//!
//! A `.js` file without `.out` is a fixture of another one. `tests/known-failures.txt` lists the files that differ, with the reason: a
//! regression fails, a file on the list that passes fails too, and so does a line without a file.

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
    let known = known_failures();
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).expect("collected below it").to_string_lossy().into_owned();
        match (failure(file), known.contains(&name)) {
            (Some(text), false) => wrong.push(text),
            (None, true) => wrong.push(format!("{name} passes: take it off tests/known-failures.txt")),
            _ => {}
        }
    }
    wrong.extend(known.iter().filter(|name| !root.join(name).exists()).map(|name| format!("{name} is listed and not there")));
    let count = files.len();
    println!("{count} behaviour files, {} known to differ", known.len());
    assert!(wrong.is_empty(), "{} of {count} behaviour files are not as expected:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

fn known_failures() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/known-failures.txt")).expect("the list is there");
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
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
