//! Orphans: descendants of a test that left its group, and the dead that nobody waits for.
//!
//! This process is their reaper. A zombie left lying would make a test that waits for its grandchild's end (`process.kill(pid, 0)`)
//! believe that it lives.

use std::{
    collections::HashSet,
    fs, io,
    process::{Child, Command},
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, set_child_subreaper, waitid, waitpid};

/// In every test's environment: finds what escaped its group.
pub const MARK: &str = "CONFORMANCE_MARK";

/// Processes that somebody here waits for.
static OURS: LazyLock<Mutex<HashSet<u32>>> = LazyLock::new(Mutex::default);

/// Makes this process the reaper of its descendants, and reaps them as they die.
pub fn start() {
    let own = Pid::from_raw(std::process::id() as i32);
    // Where the system has no subreapers, orphans go to init, which reaps them too.
    let _ = set_child_subreaper(own);
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(PAUSE);
            reap_dead();
        }
    });
}

/// How long a dead orphan may lie.
const PAUSE: Duration = Duration::from_millis(50);
/// A killed stray's own children arrive one round later.
const ROUNDS: usize = 4;

/// A mark for one test.
pub fn mark() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Starts a process that the reaper leaves alone.
///
/// # Errors
///
/// Those of starting a process.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut ours = lock();
    let child = command.spawn()?;
    ours.insert(child.id());
    Ok(child)
}

/// Forgets a process that has been waited for, and kills what still carries its mark. Gives how many there were.
pub fn release(pid: u32, mark: &str) -> usize {
    let mut ours = lock();
    ours.remove(&pid);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let strays: Vec<Pid> = children().into_iter().filter(|pid| !ours.contains(&(pid.as_raw_nonzero().get() as u32)) && carries(*pid, mark)).collect();
        if strays.is_empty() {
            break;
        }
        found += strays.len();
        for stray in strays {
            let _ = kill_process(stray, Signal::KILL);
            let _ = waitpid(Some(stray), WaitOptions::empty());
        }
    }
    found
}

fn lock() -> std::sync::MutexGuard<'static, HashSet<u32>> {
    OURS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn reap_dead() {
    let ours = lock();
    loop {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let Ok(Some(status)) = waitid(WaitId::All, options) else { return };
        let _ = status;
        // The status does not say whose it is: ask for each child that is not ours.
        let mut any = false;
        for child in children() {
            if !ours.contains(&(child.as_raw_nonzero().get() as u32)) {
                any |= matches!(waitpid(Some(child), WaitOptions::NOHANG), Ok(Some(_)));
            }
        }
        if !any {
            return;
        }
    }
}

fn children() -> Vec<Pid> {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok().and_then(Pid::from_raw)).collect::<Vec<_>>()).collect()
}

fn carries(pid: Pid, mark: &str) -> bool {
    let needle = format!("{MARK}={mark}");
    let environ = fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).unwrap_or_default();
    environ.split(|byte| *byte == 0).any(|entry| entry == needle.as_bytes())
}
