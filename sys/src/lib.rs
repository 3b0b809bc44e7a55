//! The one door to the machine: files, network, environment, processes, clock and random numbers.
//!
//! Everything coil does to the world outside goes through a [`Sys`]. No other crate of the workspace may touch `std::fs`, `std::net`,
//! `std::env` or `std::process` (clippy holds that), so the boundary of this crate is the sandbox: a policy is enforced here, at the call
//! that opens the file or connects the socket, and nowhere else needs to remember it. It knows no JavaScript and no event loop.
//!
//! # A tour
//!
//! ```
//! use coil_sys::fs::{FileType, RmOptions, flags};
//! use coil_sys::net::{Address, ConnectOptions, ListenOptions};
//! use coil_sys::{Sys, errno};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sys = Sys::real(); // cheap to clone, Send and Sync; workers take sys.for_worker(false)
//!
//! // Files. One call per operation, however much it does below; paths are bytes, as given; descriptors are numbers.
//! let dir = sys.fs().mkdtemp(sys.os().tmpdir().join("tour-"))?;
//! let file = dir.join("notes.txt");
//! sys.fs().write_file(&file, b"hello", flags::WRITE, 0o666, false)?;
//! sys.fs().append_file(&file, b" there", 0o666)?;
//! assert_eq!(sys.fs().read_file(&file)?, b"hello there");
//! assert_eq!(sys.fs().stat(&file)?.size, 11);
//! assert_eq!(sys.fs().kind(&dir), Some(FileType::Directory)); // all that module resolution asks
//! let fd = sys.fs().open(&file, flags::O_RDONLY, 0)?;
//! let mut bytes = [0; 5];
//! assert_eq!(sys.fs().read(fd, &mut bytes, Some(6))?, 5);
//! sys.fs().close(fd)?;
//! for entry in sys.fs().readdir_recursive(&dir, true)?.iter() {
//!     assert_eq!((entry.name.to_str(), entry.kind), (Some("notes.txt"), FileType::File));
//! }
//! sys.fs().rm(&dir, RmOptions { recursive: true, ..RmOptions::default() })?;
//!
//! // Errors say what libuv's do, and name the call. The engine makes Node's error objects of them.
//! let error = sys.fs().stat(&file).err().ok_or("it was removed")?;
//! assert!(error.is(errno::ENOENT));
//! assert_eq!((error.code(), error.syscall, error.path.as_deref()), ("ENOENT", "stat", Some(file.as_path())));
//! assert_eq!(error.message(), format!("ENOENT: no such file or directory, stat '{}'", file.display()));
//!
//! // Sockets never block: what cannot be done yet is None. They are OwnedFd, to be registered with the loop and closed by dropping.
//! let server = sys.net().listen(&Address::Ip("127.0.0.1:0".parse()?), &ListenOptions::default())?;
//! let address = sys.net().local_address(&server)?;
//! let (client, _connected) = sys.net().connect(&address, &ConnectOptions::default())?;
//! let accepted = loop {
//!     match sys.net().accept(&server)? {
//!         Some(socket) => break socket,
//!         None => std::thread::yield_now(), // the loop waits here
//!     }
//! };
//! sys.net().connected(&client, &address)?; // once it is writable
//! assert_eq!(sys.net().send(&client, b"ping")?, Some(4));
//! assert_eq!(sys.net().read(&accepted, &mut bytes)?, Some(4));
//! assert_eq!(sys.net().read(&accepted, &mut bytes)?, None);
//!
//! // The rest.
//! assert!(sys.env().has("PATH") && sys.cwd()?.is_absolute());
//! assert!(sys.process().pid() > 1 && sys.os().totalmem() > 0);
//! assert!(sys.clock().wall_ms() > 1_700_000_000_000);
//! sys.random().fill(&mut bytes)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//!
//! | on a `Sys` | what | for |
//! |---|---|---|
//! | [`fs()`](Sys::fs) | [`Fs`]: every file operation, [`fs::FdTable`] | `node:fs`, module loading |
//! | [`net()`](Sys::net) | [`Net`]: TCP, unix sockets, pipes, descriptors that travel, getaddrinfo | `net`, `http`, `dns.lookup`, IPC |
//! | [`env()`](Sys::env) | [`Env`]: a copy of the environment | `process.env` |
//! | [`process()`](Sys::process) | [`Process`]: ids, kill, umask, usage, title, exit; [`child`]: starting others | `process`, `child_process` |
//! | [`os()`](Sys::os) | [`Os`]: processors, memory, interfaces, users | `os` |
//! | [`stdio()`](Sys::stdio) | [`Stdio`]: what stands behind a descriptor, raw mode | `tty`, `process.stdout` |
//! | [`clock()`](Sys::clock) | [`Clock`]: real, or a [`VirtualClock`] | everything with a time in it |
//! | [`random()`](Sys::random) | [`Random`]: the kernel's, or seeded | `crypto`, `Math.random` |
//! | [`time_zone()`](Sys::time_zone) | [`TimeZone`]: offsets from UTC, by `TZ` | `Date` |
//! | [`cwd()`](Sys::cwd), [`chdir()`](Sys::chdir) | the working directory | `process` |
//! | [`policy()`](Sys::policy), [`has_permission()`](Sys::has_permission) | [`Policy`]: what is granted | `process.permission` |
//! | [`errno`] | names, numbers and texts of errors | `util`, `os.constants` |
//!
//! # Invariants
//!
//! - **Invariant:** every failure names its system call. There is no `From<io::Error>`.
//! - **Invariant:** without a policy no operation makes a system call for its sake; with one, what was judged is what is used
//!   (`src/fs/confine.rs`).
//! - **Invariant:** a script cannot name a descriptor that was not opened for it ([`fs::FdTable`]).
//! - **Invariant:** nothing here panics on what a script asks for.
//!
//! # Systems
//!
//! Linux is complete. macOS and FreeBSD compile; there a policy that grants only some paths grants none yet, as it takes O_PATH to be held
//! without a race. Windows is not supported: the descriptors, paths and sockets here are POSIX's.
#![allow(clippy::disallowed_methods, reason = "this crate is the door the others have to use")]

pub mod child;
mod clock;
mod env;
pub mod errno;
mod error;
pub mod fs;
mod large_blocks;
pub mod net;
mod os;
mod pages;
mod policy;
mod process;
mod random;
mod small_blocks;
pub mod stdio;
mod sys;
mod zone;

pub use clock::{Clock, RealClock, VirtualClock};
pub use env::Env;
pub use errno::{ERRNO, Errno, OS_ERRNO};
pub use error::{Denied, SysError, SysResult};
pub use fs::Fs;
pub use net::Net;
pub use os::{Cpu, NetworkInterface, Os, SystemName, UserInfo};
pub use pages::Pages;
pub use policy::{Audit, EnvRules, HostRule, NetRule, NetRules, PathRules, Policy};
pub use process::{CpuTime, Process, ResourceUsage, signals};
pub use random::Random;
pub use stdio::Stdio;
pub use sys::{Sys, SysBuilder};
pub use zone::TimeZone;
