//! Hostile scripts: each is run in a process of its own, with 2 GiB of address space and ten seconds of processor time, and must end as its header says.
//!
//! The header's lines stand at the top of `conformance/hostile/<class>/<name>.js`:
//!
//! - `// flags: --max-time=300`: coil's flags
//! - `// out: text`: a line of standard output; all of them, in order (recorded from Node where Node runs the script)
//! - `// exit: 3`: the exit status; 0 without it
//! - `// oneof: 1 123`: any of these statuses
//! - `// err: text`: what standard error contains
//!
//! Whatever the header says, these are failures: a panic, a signal, running out of time.
//!
//! `conformance/hostile/known-failures.txt` lists scripts whose output differs from Node's, with the reason. Being listed excuses no
//! abort, no panic and no hang.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What the header of a script says.
#[derive(Debug, Default)]
pub struct Expected {
    flags: Vec<String>,
    out: Option<String>,
    err: Vec<String>,
    exits: Vec<i32>,
}

impl Expected {
    fn of(text: &str) -> Self {
        let mut expected = Self::default();
        for line in text.lines().take_while(|line| line.starts_with("// ") || line.starts_with("// out:")) {
            let (key, value) = line[3..].split_once(':').unwrap_or((&line[3..], ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match key {
                "flags" => expected.flags = value.split_whitespace().map(str::to_owned).collect(),
                "exit" | "oneof" => expected.exits = value.split_whitespace().filter_map(|status| status.parse().ok()).collect(),
                "err" => expected.err.push(value.to_owned()),
                "out" => {
                    let out = expected.out.get_or_insert_default();
                    out.push_str(value);
                    out.push('\n');
                }
                _ => break,
            }
        }
        if expected.exits.is_empty() {
            expected.exits.push(0);
        }
        expected
    }
}

/// How a run was wrong.
#[derive(Debug)]
pub enum Wrong {
    /// The process panicked, aborted, or did not end: never excused.
    Fatal(String),
    /// It ended, but not as expected.
    Differs(String),
}

/// Runs every script of `folder` whose name contains `only`; gives what was wrong, by name, and how many there were.
pub fn run(binary: &Path, folder: &Path, only: &str) -> (BTreeMap<String, Wrong>, usize) {
    let mut scripts = Vec::new();
    collect(folder, &mut scripts);
    scripts.retain(|script| script.to_string_lossy().contains(only));
    scripts.sort();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let workers = thread::available_parallelism().map_or(2, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(what) = check(binary, script) {
                        let name = script.strip_prefix(folder).unwrap_or(script).with_extension("").to_string_lossy().into_owned();
                        wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(name, what);
                    }
                }
            });
        }
    });
    (wrong.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner), scripts.len())
}

fn collect(folder: &Path, scripts: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, scripts);
        } else if path.extension().is_some_and(|end| end == "js" || end == "mjs") {
            scripts.push(path);
        }
    }
}

/// What is wrong with one script's run.
pub fn check(binary: &Path, script: &Path) -> Option<Wrong> {
    let text = match fs::read_to_string(script) {
        Ok(text) => text,
        Err(error) => return Some(Wrong::Differs(format!("cannot be read: {error}"))),
    };
    let expected = Expected::of(&text);
    let limits = format!("ulimit -v {ADDRESS_SPACE_KB}; ulimit -t {CPU_S}; ulimit -c 0; exec \"$0\" \"$@\"");
    let child = Command::new("sh")
        .args(["-c", &limits])
        .arg(binary)
        .args(&expected.flags)
        .arg(script)
        .current_dir(std::env::temp_dir())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = match child {
        Ok(child) => child,
        Err(error) => return Some(Wrong::Fatal(format!("cannot be started: {error}"))),
    };
    let Some(Ended { status, out, err }) = wait(child) else {
        return Some(Wrong::Fatal(format!("did not end within {} seconds", TIME.as_secs())));
    };
    let tail: String = err.lines().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n    ");
    let Some(status) = status else {
        return Some(Wrong::Fatal(format!("ended by a signal\n    {tail}")));
    };
    if err.contains("internal error") || status == 70 || status == 134 {
        return Some(Wrong::Fatal(format!("status {status}\n    {tail}")));
    }
    if !expected.exits.contains(&status) {
        return Some(Wrong::Differs(format!("status {status}, not {:?}\n    {tail}", expected.exits)));
    }
    if let Some(missing) = expected.err.iter().find(|text| !err.contains(text.as_str())) {
        return Some(Wrong::Differs(format!("nothing on standard error of: {missing}\n    {tail}")));
    }
    let wanted = expected.out.as_deref()?;
    if wanted == out {
        return None;
    }
    let line = wanted.lines().zip(out.lines()).take_while(|(wanted, found)| wanted == found).count();
    let (wanted, found) = (wanted.lines().nth(line).unwrap_or("(the end)"), out.lines().nth(line).unwrap_or("(the end)"));
    let short = |text: &str| text.chars().take(160).collect::<String>();
    Some(Wrong::Differs(format!("line {}:\n    wanted {}\n    found  {}", line + 1, short(wanted), short(found))))
}

/// 2 GiB.
const ADDRESS_SPACE_KB: u64 = 2 << 20;
/// Seconds of processor time that a script may take: the machine may be busy with other things.
const CPU_S: u64 = 10;
/// When waiting is given up.
const TIME: Duration = Duration::from_secs(60);

struct Ended {
    /// None: a signal.
    status: Option<i32>,
    out: String,
    err: String,
}

fn wait(mut child: Child) -> Option<Ended> {
    let out = child.stdout.take().map(drain);
    let err = child.stderr.take().map(drain);
    let began = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if began.elapsed() < TIME => thread::sleep(Duration::from_millis(5)),
            _ => break None,
        }
    };
    if status.is_none() {
        // It may have ended in between; then there is nothing to kill.
        let _ = child.kill();
        let _ = child.wait();
    }
    let read = |pipe: Option<thread::JoinHandle<String>>| pipe.and_then(|pipe| pipe.join().ok()).unwrap_or_default();
    let (out, err) = (read(out), read(err));
    status.map(|status| Ended { status: status.code(), out, err })
}

/// Reads a pipe to its end, so that the process never waits for us.
fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read counts.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The scripts that are known to differ from Node, with the reasons.
pub fn known(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("known-failures.txt")).unwrap_or_default();
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}
