//! One test, one process: in a session of its own, with bounds of time, memory and output.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::reaper::{self, MARK};

/// What to run, and within which bounds.
pub struct Job<'a> {
    /// The program and its arguments.
    pub argv: &'a [String],
    /// The working directory.
    pub cwd: &'a Path,
    /// Variables over those of the caller.
    pub env: &'a BTreeMap<String, String>,
    /// A folder for the output files.
    pub scratch: &'a Path,
    /// After which the whole group is killed.
    pub timeout: Duration,
    /// Resident memory in MiB, after which the whole group is killed.
    pub memory_mib: u64,
}

/// What came of it.
pub struct Ended {
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub duration: Duration,
    /// The end of its standard output.
    pub stdout: String,
    /// The end of its standard error.
    pub stderr: String,
    /// The beginning of its standard output.
    pub head: String,
    /// The file that holds all of its standard output.
    out: PathBuf,
    /// Descendants that outlived it and had to be killed.
    pub strays: usize,
}

impl Ended {
    /// All of its standard output: until the next job of the same scratch folder.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn output(&self) -> Result<String, String> {
        std::fs::read(&self.out).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| format!("{}: {error}", self.out.display()))
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with a status.
    Code(i32),
    /// By a signal that was not ours.
    Signal(i32),
    /// It ran out of time.
    Timeout,
    /// It used too much memory.
    Memory,
    /// It wrote too much.
    Output,
}

/// Variables of the caller's that would change what a test sees.
const SCRUBBED: &[&str] =
    &["NODE_OPTIONS", "NODE_PATH", "NODE_ENV", "NODE_DEBUG", "NODE_NO_WARNINGS", "NODE_TEST_CONTEXT", "NODE_PENDING_DEPRECATION", "NODE_EXTRA_CA_CERTS", "NO_COLOR", "FORCE_COLOR", "TEST_PARALLEL"];

/// Bytes of output after which a test is killed: far more than any test writes, far less than the disk holds.
const OUTPUT_MAX: u64 = 64 << 20;
/// Bytes of output that are kept: enough for an error and its stack.
const TAIL: u64 = 64 << 10;
/// How often a running test is looked at.
const GLANCE: Duration = Duration::from_millis(5);
/// Bytes of a page, as /proc counts memory on the machines this runs on.
const PAGE: u64 = 4096;
/// How often its memory and output are.
const LOOK: Duration = Duration::from_millis(200);

/// Runs a job to its end.
///
/// # Errors
///
/// Where it could not be started.
pub fn run(job: &Job<'_>) -> Result<Ended, String> {
    let (out, err) = (job.scratch.join("stdout"), job.scratch.join("stderr"));
    // Files, not pipes: a grandchild that outlives the test cannot hold us up.
    let create = |path: &PathBuf| File::create(path).map_err(|error| format!("{}: {error}", path.display()));
    let (out_file, err_file) = (create(&out)?, create(&err)?);
    let mark = reaper::mark();
    let mut command = Command::new(&job.argv[0]);
    command.args(&job.argv[1..]).current_dir(job.cwd).stdin(Stdio::null()).stdout(out_file).stderr(err_file);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if SCRUBBED.contains(&&*name) || name.to_lowercase().starts_with("npm_") {
            command.env_remove(&*name);
        }
    }
    command.envs(job.env).env(MARK, &mark);
    // SAFETY: setsid is async-signal-safe and touches no memory of the parent's.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(|_| ()).map_err(Into::into));
    }
    let started = Instant::now();
    let mut child = reaper::spawn(&mut command).map_err(|error| format!("{}: {error}", job.argv[0]))?;
    let end = wait(&mut child, job, started, [&out, &err]);
    let strays = reaper::release(child.id(), &mark);
    Ok(Ended { end: end?, duration: started.elapsed(), stdout: tail(&out), stderr: tail(&err), head: head(&out), out, strays })
}

fn wait(child: &mut Child, job: &Job<'_>, started: Instant, outputs: [&PathBuf; 2]) -> Result<End, String> {
    let mut looked = started;
    let mut verdict = None;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        if started.elapsed() >= job.timeout {
            verdict = Some(End::Timeout);
        } else if looked.elapsed() >= LOOK {
            looked = Instant::now();
            if outputs.iter().any(|path| path.metadata().is_ok_and(|data| data.len() > OUTPUT_MAX)) {
                verdict = Some(End::Output);
            } else if resident_mib(child.id()) > job.memory_mib {
                verdict = Some(End::Memory);
            }
        }
        if verdict.is_some() {
            kill_group(child.id());
            break child.wait().map_err(|error| error.to_string())?;
        }
        std::thread::sleep(GLANCE);
    };
    kill_group(child.id());
    Ok(verdict.unwrap_or_else(|| end_of(status)))
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

/// Kills what is left of the group that `leader` leads.
fn kill_group(leader: u32) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // Nothing left to kill is the usual case.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

fn resident_mib(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages: u64 = text.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    (pages * PAGE) >> 20
}

fn tail(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(mut file) = File::open(path) {
        let length = file.metadata().map(|data| data.len()).unwrap_or(0);
        // What cannot be read is shown as empty.
        let _ = file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).and_then(|_| file.read_to_end(&mut bytes));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn head(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(TAIL).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
