//! The order in which the linker lays out functions: those that programs run first lie first, in the order of their first call.
//!
//! A page of code costs memory when something on it runs, and the kernel maps its neighbours with it (64 KB at a time). The functions
//! that a program runs between its start and its end are a thirtieth of those that coil consists of; laid out as the compiler leaves
//! them they are spread over all of it. `link/function-order.txt` names them for the linker (`build.rs` hands it over); this module
//! makes that list by running `link/programs/*` with a breakpoint on each function.
//!
//! ```text
//! cargo rustc --release --bin coil -- -C strip=none      # a binary that still has its symbols
//! cargo run -p conformance -- order --coil target/release/coil
//! ```
//!
//! A name in the list that the binary lacks costs nothing, a function that the list lacks lies behind the others: a stale list wastes
//! memory and nothing else. Names change with the compiler's version, so the list is made anew when that changes.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::{
    sys::{
        ptrace,
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use object::{Object, ObjectKind, ObjectSection, ObjectSymbol, SymbolKind};

/// Runs every program of `link/programs` on `coil`, which must have its symbols, and writes `link/function-order.txt`. Returns how many
/// functions it names.
///
/// # Errors
///
/// A binary without symbols, a program that cannot be traced or is killed.
pub fn write(coil: &Path) -> Result<usize, String> {
    let told = |what: &Path, error: io::Error| format!("{}: {error}", what.display());
    let binary = Binary::read(coil).map_err(|error| told(coil, error))?;
    let folder = crate::root().join("link/programs");
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(|error| told(&folder, error))?;
    let mut programs: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    programs.sort();
    let mut named = HashSet::new();
    let mut list = String::new();
    for program in programs {
        let called = binary.trace(&[program.as_os_str()]).map_err(|error| told(&program, error))?;
        println!("{:5} functions: {}", called.len(), program.display());
        for name in called.into_iter().filter(|name| named.insert(*name)) {
            list.push_str(name);
            list.push('\n');
        }
    }
    let file = crate::root().join("link/function-order.txt");
    fs::write(&file, list).map_err(|error| told(&file, error))?;
    Ok(named.len())
}

/// An executable for x86-64 Linux and where each of its functions begins.
pub struct Binary {
    path: PathBuf,
    /// Whether the system chooses where it lies in memory.
    is_relocated: bool,
    functions: HashMap<u64, String>,
}

/// The instruction that stops the process.
const BREAKPOINT: u8 = 0xcc;

impl Binary {
    /// # Errors
    ///
    /// Those of reading the file; `InvalidData` where it is no executable with symbols.
    pub fn read(path: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(path)?;
        let bytes = fs::read(&path)?;
        let invalid = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
        let file = object::File::parse(&*bytes).map_err(|error| invalid(error.to_string()))?;
        let text = file.section_by_name(".text").ok_or_else(|| invalid("no code in it".to_owned()))?;
        let code = text.address()..text.address() + text.size();
        let is_function = |symbol: &object::Symbol| symbol.kind() == SymbolKind::Text && code.contains(&symbol.address());
        let functions = file.symbols().filter(is_function).filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?.to_owned())));
        let functions: HashMap<u64, String> = functions.collect();
        if functions.is_empty() {
            return Err(invalid("no symbols in it: build it with `-C strip=none`".to_owned()));
        }
        Ok(Self { is_relocated: file.kind() == ObjectKind::Dynamic, functions, path })
    }

    /// Runs the executable to its end, and returns the functions that were called, in the order of their first calls. What it prints is
    /// dropped. Its threads are followed; it must not start processes, which would run into its breakpoints.
    ///
    /// # Errors
    ///
    /// Those of tracing; `Other` where a signal ends it.
    pub fn trace(&self, arguments: &[&std::ffi::OsStr]) -> io::Result<Vec<&str>> {
        // The shell stops itself so that it can be seized before it becomes the program.
        let mut shell = Command::new("sh");
        shell.args(["-c", "kill -STOP $$; exec \"$0\" \"$@\""]).arg(&self.path).args(arguments);
        let child = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let main = Pid::from_raw(child.id() as i32);
        waitpid(main, Some(WaitPidFlag::WUNTRACED))?;
        ptrace::seize(main, ptrace::Options::PTRACE_O_TRACEEXEC | ptrace::Options::PTRACE_O_TRACECLONE | ptrace::Options::PTRACE_O_EXITKILL)?;
        kill(main, Signal::SIGCONT)?;

        let mut called = Vec::new();
        let mut breakpoints = None;
        loop {
            let status = waitpid(None, Some(WaitPidFlag::__WALL))?;
            match status {
                WaitStatus::Exited(thread, _) if thread == main => break,
                WaitStatus::Signaled(thread, signal, _) if thread == main => return Err(io::Error::other(format!("ended by {signal}"))),
                WaitStatus::PtraceEvent(thread, _, event) => {
                    if event == ptrace::Event::PTRACE_EVENT_EXEC as i32 {
                        breakpoints = Some(Breakpoints::set(self, thread)?);
                    }
                    ptrace::cont(thread, None)?;
                }
                WaitStatus::Stopped(thread, Signal::SIGTRAP) => {
                    if let Some(breakpoints) = &breakpoints {
                        called.extend(breakpoints.hit(thread)?.map(|address| self.functions[&address].as_str()));
                    }
                    ptrace::cont(thread, None)?;
                }
                WaitStatus::Stopped(thread, signal) => ptrace::cont(thread, (signal != Signal::SIGSTOP && signal != Signal::SIGCONT).then_some(signal))?,
                _ => {}
            }
        }
        Ok(called)
    }
}

/// The breakpoints in a running process, one on each function that has not been called.
struct Breakpoints {
    memory: File,
    /// Where the executable lies.
    base: u64,
    /// What the breakpoints replace.
    replaced: HashMap<u64, u8>,
}

impl Breakpoints {
    fn set(binary: &Binary, process: Pid) -> io::Result<Self> {
        let base = if binary.is_relocated { base_of(&binary.path, process)? } else { 0 };
        let memory = OpenOptions::new().read(true).write(true).open(format!("/proc/{process}/mem"))?;
        let mut replaced = HashMap::new();
        for &address in binary.functions.keys() {
            let mut byte = [0];
            memory.read_exact_at(&mut byte, base + address)?;
            memory.write_all_at(&[BREAKPOINT], base + address)?;
            replaced.insert(address, byte[0]);
        }
        Ok(Self { memory, base, replaced })
    }

    /// A thread has stopped at a breakpoint: removes it and moves the thread back before it. Returns the function's address, or nothing
    /// where another thread came here first or the stop is not ours.
    fn hit(&self, thread: Pid) -> io::Result<Option<u64>> {
        let mut registers = ptrace::getregs(thread)?;
        let stopped_at = registers.rip.wrapping_sub(1);
        let address = stopped_at.wrapping_sub(self.base);
        let Some(&byte) = self.replaced.get(&address) else { return Ok(None) };
        registers.rip = stopped_at;
        ptrace::setregs(thread, registers)?;
        let mut present = [0];
        self.memory.read_exact_at(&mut present, stopped_at)?;
        if present[0] != BREAKPOINT {
            return Ok(None);
        }
        self.memory.write_all_at(&[byte], stopped_at)?;
        Ok(Some(address))
    }
}

/// Where the system has put an executable in a process's memory.
fn base_of(path: &Path, process: Pid) -> io::Result<u64> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
    let first = maps.lines().find(|line| line.ends_with(&*path.to_string_lossy())).and_then(|line| line.split('-').next());
    first.and_then(|start| u64::from_str_radix(start, 16).ok()).ok_or_else(|| io::Error::other("the executable is not mapped"))
}
