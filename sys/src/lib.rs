//! The one door to the machine: files, network, environment, processes, clock and random numbers.
#![allow(clippy::disallowed_methods, reason = "this crate is the door the others have to use")]

mod child;
mod clock;
mod env;
pub mod errno;
mod error;
pub mod fs;
pub mod net;
mod os;
mod policy;
mod process;
mod random;
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
pub use policy::{Audit, EnvRules, HostRule, NetRule, NetRules, PathRules, Policy};
pub use process::{CpuTime, Process, ResourceUsage, signals};
pub use random::Random;
pub use stdio::Stdio;
pub use sys::{Sys, SysBuilder};
pub use zone::TimeZone;
