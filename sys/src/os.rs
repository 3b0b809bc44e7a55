//! This machine: `sys.os()`, for the `os` module.

use std::ffi::{CStr, OsStr, OsString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::errno;
use crate::error::{Named, SysError, SysResult};
use crate::sys::Inner;

/// This machine, through the door.
#[derive(Clone, Copy)]
pub struct Os<'a> {
    pub(crate) sys: &'a Inner,
}

/// One of `os.cpus()`; times in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Node")]
pub struct Cpu {
    pub model: String,
    pub speed_mhz: u64,
    pub user_ms: u64,
    pub nice_ms: u64,
    pub sys_ms: u64,
    pub idle_ms: u64,
    pub irq_ms: u64,
}

/// One address of `os.networkInterfaces()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// `"eth0"`
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// Its netmask.
    pub netmask: IpAddr,
    /// `"00:00:00:00:00:00"` when it has none.
    pub mac: String,
    /// Does it lead to this machine only?
    pub internal: bool,
    /// The zone of a link-local IPv6 address.
    pub scope_id: u32,
}

/// `os.userInfo()`
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Node")]
pub struct UserInfo {
    pub username: OsString,
    pub uid: u32,
    pub gid: u32,
    pub shell: Option<OsString>,
    pub homedir: PathBuf,
}

/// `os.type()`, `os.release()`, `os.version()`, `os.machine()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemName {
    /// `"Linux"`
    pub sysname: String,
    /// `"6.18.44"`
    pub release: String,
    /// `"#1 SMP ..."`
    pub version: String,
    /// `"x86_64"`
    pub machine: String,
}

impl Os<'_> {
    /// `os.hostname()`
    pub fn hostname(self) -> String {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }

    /// The parts of uname.
    pub fn uname(self) -> SystemName {
        let name = rustix::system::uname();
        let text = |text: &CStr| text.to_string_lossy().into_owned();
        SystemName { sysname: text(name.sysname()), release: text(name.release()), version: text(name.version()), machine: text(name.machine()) }
    }

    /// `process.platform`
    pub fn platform(self) -> &'static str {
        match std::env::consts::OS {
            "macos" => "darwin",
            "windows" => "win32",
            "solaris" | "illumos" => "sunos",
            os => os,
        }
    }

    /// `process.arch`
    pub fn arch(self) -> &'static str {
        match std::env::consts::ARCH {
            "x86_64" => "x64",
            "x86" => "ia32",
            "aarch64" => "arm64",
            "powerpc64" => "ppc64",
            "loongarch64" => "loong64",
            arch => arch,
        }
    }

    /// `os.cpus()`
    pub fn cpus(self) -> Vec<Cpu> {
        platform::cpus()
    }

    /// `os.availableParallelism()`: processors this process may use.
    pub fn available_parallelism(self) -> usize {
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
    }

    /// `os.loadavg()`: over 1, 5 and 15 minutes.
    pub fn loadavg(self) -> [f64; 3] {
        let mut load = [0.0; 3];
        // SAFETY: the array has room for the three numbers asked for.
        unsafe { libc::getloadavg(load.as_mut_ptr(), 3) };
        load
    }

    /// `os.uptime()`: seconds since the machine started, those asleep included.
    pub fn uptime(self) -> f64 {
        platform::uptime()
    }

    /// `os.totalmem()`, in bytes.
    pub fn totalmem(self) -> u64 {
        platform::memory().total
    }

    /// `os.freemem()`, in bytes: what could be had without swapping.
    pub fn freemem(self) -> u64 {
        platform::memory().available
    }

    /// `process.constrainedMemory()`: the limit the control group sets, in bytes; 0 when there is none.
    pub fn constrained_memory(self) -> u64 {
        platform::constrained().map_or(0, |(limit, _)| limit)
    }

    /// `process.availableMemory()`: what is left under the limit, or free when there is none.
    pub fn available_memory(self) -> u64 {
        match platform::constrained() {
            Some((limit, used)) if limit < self.totalmem() => limit.saturating_sub(used),
            _ => self.freemem(),
        }
    }

    /// `os.networkInterfaces()`: those that are up, one entry per address, in the system's order.
    pub fn network_interfaces(self) -> SysResult<Vec<NetworkInterface>> {
        interfaces::list()
    }

    /// `os.userInfo()`: of the effective user. ENOENT when the system does not know them.
    pub fn user_info(self) -> SysResult<UserInfo> {
        user_info(rustix::process::geteuid().as_raw())
    }

    /// `os.homedir()`: `HOME`, or what the system knows of the user.
    pub fn homedir(self) -> SysResult<PathBuf> {
        match self.sys.env.get("HOME") {
            Some(home) => Ok(PathBuf::from(home)),
            None => Ok(self.user_info().map_err(|error| SysError { syscall: "uv_os_homedir", ..error })?.homedir),
        }
    }

    /// `os.tmpdir()`, from TMPDIR, TMP, TEMP, without a slash at its end.
    pub fn tmpdir(self) -> PathBuf {
        let named = ["TMPDIR", "TMP", "TEMP"].into_iter().find_map(|name| self.sys.env.get(name).filter(|dir| !dir.is_empty()));
        let mut dir = named.unwrap_or_else(|| OsString::from("/tmp")).into_vec();
        if dir.len() > 1 && dir.last() == Some(&b'/') {
            dir.pop();
        }
        PathBuf::from(OsString::from_vec(dir))
    }

    /// `os.getPriority(pid)`; 0 is this process.
    pub fn priority(self, pid: u32) -> SysResult<i32> {
        rustix::process::getpriority_process(pid_of(pid)).named("uv_os_getpriority")
    }

    /// `os.setPriority(pid, priority)`
    pub fn set_priority(self, pid: u32, priority: i32) -> SysResult<()> {
        rustix::process::setpriority_process(pid_of(pid), priority).named("uv_os_setpriority")
    }
}

fn pid_of(pid: u32) -> Option<rustix::process::Pid> {
    i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw)
}

fn user_info(uid: u32) -> SysResult<UserInfo> {
    let mut room = vec![0; 4096];
    loop {
        let mut entry = std::mem::MaybeUninit::<libc::passwd>::zeroed();
        let mut found = std::ptr::null_mut();
        // SAFETY: all pointers are to live memory of the sizes given; `found` is null or points to `entry`.
        let error = unsafe { libc::getpwuid_r(uid, entry.as_mut_ptr(), room.as_mut_ptr(), room.len(), &raw mut found) };
        if error == libc::ERANGE && room.len() < USER_LEN_MAX {
            room.resize(room.len() * 2, 0);
            continue;
        }
        if error != 0 {
            return Err(SysError::new(error, "uv_os_get_passwd"));
        }
        if found.is_null() {
            return Err(SysError::new(errno::ENOENT, "uv_os_get_passwd"));
        }
        // SAFETY: the call filled it; its strings lie in `room`.
        return Ok(unsafe { copy_user(&entry.assume_init()) });
    }
}

/// The longest entry of the user database that is read; real ones are a hundred bytes.
const USER_LEN_MAX: usize = 1 << 20;

/// # Safety
/// The strings of `entry` are null or end in NUL.
unsafe fn copy_user(entry: &libc::passwd) -> UserInfo {
    let text = |at: *const libc::c_char| {
        // SAFETY: the caller's promise.
        (!at.is_null()).then(|| OsStr::from_bytes(unsafe { CStr::from_ptr(at) }.to_bytes()).to_owned())
    };
    UserInfo { username: text(entry.pw_name).unwrap_or_default(), uid: entry.pw_uid, gid: entry.pw_gid, shell: text(entry.pw_shell), homedir: PathBuf::from(text(entry.pw_dir).unwrap_or_default()) }
}

mod interfaces {
    use super::*;

    pub(super) fn list() -> SysResult<Vec<NetworkInterface>> {
        let mut first = std::ptr::null_mut();
        // SAFETY: the call sets `first` to a list that is freed below.
        if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
            return Err(SysError::last("uv_interface_addresses"));
        }
        let mut found = Vec::new();
        let mut macs: Vec<(String, String)> = Vec::new();
        let mut next = first;
        while !next.is_null() {
            // SAFETY: the list's elements live until it is freed, and its strings and addresses with them.
            let entry = unsafe { &*next };
            next = entry.ifa_next;
            let up = entry.ifa_flags as i32 & (libc::IFF_UP | libc::IFF_RUNNING) == libc::IFF_UP | libc::IFF_RUNNING;
            if !up || entry.ifa_addr.is_null() {
                continue;
            }
            // SAFETY: as above.
            let name = unsafe { CStr::from_ptr(entry.ifa_name) }.to_string_lossy().into_owned();
            // SAFETY: as above; each address is as long as its family says.
            unsafe {
                if let Some(mac) = mac_of(entry.ifa_addr) {
                    macs.push((name, mac));
                } else if let Some((address, scope_id)) = ip_of(entry.ifa_addr) {
                    let unspecified = if address.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
                    let netmask = ip_of(entry.ifa_netmask).map_or(unspecified, |(mask, _)| mask);
                    let internal = entry.ifa_flags as i32 & libc::IFF_LOOPBACK != 0;
                    found.push(NetworkInterface { name, address, netmask, mac: String::new(), internal, scope_id });
                }
            }
        }
        // SAFETY: it came from getifaddrs and nothing borrowed from it is left.
        unsafe { libc::freeifaddrs(first) };
        for interface in &mut found {
            let mac = macs.iter().find(|(name, _)| *name == interface.name);
            interface.mac = mac.map_or_else(|| "00:00:00:00:00:00".to_owned(), |(_, mac)| mac.clone());
        }
        Ok(found)
    }

    /// # Safety
    /// `at` is null or points to an address as long as its family says.
    unsafe fn ip_of(at: *const libc::sockaddr) -> Option<(IpAddr, u32)> {
        if at.is_null() {
            return None;
        }
        // SAFETY: the caller's promise.
        unsafe {
            match i32::from((*at).sa_family) {
                libc::AF_INET => {
                    let address = at.cast::<libc::sockaddr_in>().read_unaligned();
                    Some((IpAddr::V4(Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr))), 0))
                }
                libc::AF_INET6 => {
                    let address = at.cast::<libc::sockaddr_in6>().read_unaligned();
                    Some((IpAddr::V6(Ipv6Addr::from(address.sin6_addr.s6_addr)), address.sin6_scope_id))
                }
                _ => None,
            }
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    unsafe fn mac_of(at: *const libc::sockaddr) -> Option<String> {
        // SAFETY: the caller promises an address as long as its family says.
        unsafe {
            if i32::from((*at).sa_family) != libc::AF_PACKET {
                return None;
            }
            Some(mac_text(&at.cast::<libc::sockaddr_ll>().read_unaligned().sll_addr[..6]))
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    unsafe fn mac_of(at: *const libc::sockaddr) -> Option<String> {
        // SAFETY: the caller promises an address as long as its family says.
        unsafe {
            if i32::from((*at).sa_family) != libc::AF_LINK {
                return None;
            }
            let link = at.cast::<libc::sockaddr_dl>().read_unaligned();
            let start = usize::from(link.sdl_nlen);
            let bytes: Vec<u8> = link.sdl_data.iter().skip(start).take(6).map(|byte| byte.cast_unsigned()).collect();
            Some(mac_text(&bytes))
        }
    }

    fn mac_text(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
    }
}

struct Memory {
    total: u64,
    available: u64,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod platform {
    use std::path::Path;

    use super::*;

    pub(super) fn memory() -> Memory {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let line = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
        };
        Memory { total: line("MemTotal:").unwrap_or(0), available: line("MemAvailable:").or_else(|| line("MemFree:")).unwrap_or(0) }
    }

    pub(super) fn uptime() -> f64 {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        #[expect(clippy::cast_precision_loss, reason = "seconds since start are few")]
        let seconds = now.tv_sec as f64 + now.tv_nsec as f64 / 1e9;
        (seconds * 100.0).floor() / 100.0
    }

    /// Model and speed of /proc/cpuinfo, times of /proc/stat.
    pub(super) fn cpus() -> Vec<Cpu> {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |name: &str| {
            let of_name = info.lines().filter(|line| line.starts_with(name));
            of_name.filter_map(|line| line.split_once(": ").map(|(_, value)| value)).collect::<Vec<_>>()
        };
        let (models, speeds) = (field("model name"), field("cpu MHz"));
        let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let lines = stat.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu "));
        lines.enumerate().map(|(at, line)| cpu(line, models.get(at).copied(), speed(at, speeds.get(at).copied()))).collect()
    }

    fn cpu(line: &str, model: Option<&str>, speed_mhz: u64) -> Cpu {
        // SAFETY: takes a number only.
        let ticks_per_s = u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).unwrap_or(100).max(1);
        let times: Vec<u64> = line.split_whitespace().skip(1).map(|ticks| ticks.parse::<u64>().unwrap_or(0) * 1000 / ticks_per_s).collect();
        let time = |at: usize| times.get(at).copied().unwrap_or(0);
        Cpu { model: model.unwrap_or("unknown").to_owned(), speed_mhz, user_ms: time(0), nice_ms: time(1), sys_ms: time(2), idle_ms: time(3), irq_ms: time(5) }
    }

    fn speed(at: usize, in_cpuinfo: Option<&str>) -> u64 {
        let scaling = std::fs::read_to_string(format!("/sys/devices/system/cpu/cpu{at}/cpufreq/scaling_cur_freq"));
        let khz = scaling.ok().and_then(|text| text.trim().parse::<u64>().ok());
        let whole = |mhz: &str| mhz.split('.').next().and_then(|whole| whole.parse().ok());
        khz.map(|khz| khz / 1000).or_else(|| in_cpuinfo.and_then(whole)).unwrap_or(0)
    }

    /// Limit and use of the innermost control group that has a limit, of either version.
    pub(super) fn constrained() -> Option<(u64, u64)> {
        let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        let number = |path: &Path| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
        for line in groups.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (controllers, group) = (parts.next()?, parts.next()?.trim_start_matches('/'));
            let (root, limit, used) = match controllers {
                "" => ("/sys/fs/cgroup", "memory.max", "memory.current"),
                names if names.split(',').any(|name| name == "memory") => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
                _ => continue,
            };
            let innermost = Path::new(root).join(group);
            for dir in innermost.ancestors().take_while(|dir| dir.starts_with(root)) {
                if let Some(found) = number(&dir.join(limit)) {
                    return Some((found, number(&dir.join(used)).unwrap_or(0)));
                }
            }
        }
        None
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod platform {
    use super::*;

    fn pages(name: i32) -> u64 {
        // SAFETY: takes a number only.
        u64::try_from(unsafe { libc::sysconf(name) }).unwrap_or(0)
    }

    pub(super) fn memory() -> Memory {
        let total = pages(libc::_SC_PHYS_PAGES) * rustix::param::page_size() as u64;
        Memory { total, available: total }
    }

    pub(super) fn uptime() -> f64 {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        #[expect(clippy::cast_precision_loss, reason = "seconds since start are few")]
        let seconds = now.tv_sec as f64;
        seconds
    }

    pub(super) fn cpus() -> Vec<Cpu> {
        let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        vec![Cpu { model: "unknown".to_owned(), ..Cpu::default() }; count]
    }

    pub(super) fn constrained() -> Option<(u64, u64)> {
        None
    }
}
