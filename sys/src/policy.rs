//! What a script may do: Node's permission model, as a value that every operation of the door asks.
//!
//! The default policy is off: everything is allowed and no operation makes one system call more. An enabled policy
//! allows nothing but what it grants, with Node's meaning of the grants:
//!
//! - a directory grants itself and everything under it; `/a/b*` grants every path that starts so (what follows the first
//!   `*` is ignored); `*` grants all; anything else grants that one path. Relative ones count from the directory at start.
//! - a denial is Node's `ERR_ACCESS_DENIED`, carried by [`SysError::denied`](crate::SysError::denied).
//!
//! As in Node, the working directory may be moved anywhere, and reading and writing descriptors that are open is not judged again.
//!
//! Where this differs from Node, on purpose:
//!
//! - A path is judged twice: as it was written (so that what is not granted cannot even be probed for) and as it was resolved.
//!   A symbolic link inside a granted tree that leads out of it is denied. Node follows it.
//! - The environment is a capability too ([`EnvRules`]). Node has none, and its programs take their parameters that way, so
//!   an enabled policy still shows all of it unless a list is given; hidden variables read as `undefined`.
//!   Neither can hidden ones be read from `/proc`.
//! - The memory of a process (`/proc/*/mem`) is never written, and other processes are only signalled where child processes are granted.
//! - The network can be granted in parts ([`NetRules::List`]). Names are judged at look-up and the addresses found are
//!   remembered, so a name that later resolves elsewhere opens nothing.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::IpAddr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::errno;
use crate::error::{Denied, SysError, SysResult};

/// What is granted. Made with [`Policy::allow_all`] (the default) or [`Policy::deny_all`] and then widened field by field.
///
/// ```
/// use coil_sys::{Policy, PathRules, Sys};
///
/// let mut policy = Policy::deny_all();
/// policy.fs_read = PathRules::list(["/usr/share"], "/".as_ref());
/// let sys = Sys::builder().policy(policy).build();
///
/// let error = sys.fs().read_file("/etc/passwd").err().expect("not granted");
/// assert_eq!(error.denied.expect("by the policy").permission, "FileSystemRead");
/// assert!(sys.has_permission("fs.read", Some("/usr/share/x".as_ref())));
/// assert!(!sys.has_permission("fs.write", Some("/usr/share/x".as_ref())));
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    /// Off: nothing else here matters.
    pub enabled: bool,
    /// `--allow-fs-read`
    pub fs_read: PathRules,
    /// `--allow-fs-write`
    pub fs_write: PathRules,
    /// `--allow-net`
    pub net: NetRules,
    /// `--allow-child-process`
    pub child_process: bool,
    /// `--allow-worker`
    pub worker: bool,
    /// `--allow-addons`
    pub addons: bool,
    /// `--allow-wasi`
    pub wasi: bool,
    /// `--allow-inspector`
    pub inspector: bool,
    /// `--allow-env`: which variables exist for the script.
    pub env: EnvRules,
    /// `--permission-audit`: report what would be denied, and let it pass.
    pub audit_only: bool,
    /// Is told of every denial, on the thread that asked.
    pub audit: Option<Audit>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::allow_all()
    }
}

impl Policy {
    /// Not enabled: everything is allowed.
    pub fn allow_all() -> Policy {
        Policy {
            enabled: false,
            fs_read: PathRules::all(),
            fs_write: PathRules::all(),
            net: NetRules::All,
            child_process: true,
            worker: true,
            addons: true,
            wasi: true,
            inspector: true,
            env: EnvRules::All,
            audit_only: false,
            audit: None,
        }
    }

    /// `--permission` with nothing granted. The environment stays visible, as it does in Node.
    pub fn deny_all() -> Policy {
        Policy {
            enabled: true,
            fs_read: PathRules::none(),
            fs_write: PathRules::none(),
            net: NetRules::None,
            child_process: false,
            worker: false,
            addons: false,
            wasi: false,
            inspector: false,
            env: EnvRules::All,
            audit_only: false,
            audit: None,
        }
    }

    /// May a child process be started? `program` becomes the error's `resource`.
    pub fn check_child_process(&self, program: &str, syscall: &'static str) -> SysResult<()> {
        self.check(self.child_process, &CHILD_PROCESS, program, syscall)
    }

    /// May a worker thread be started?
    pub fn check_worker(&self) -> SysResult<()> {
        self.check(self.worker, &WORKER, "", "worker")
    }

    /// May native code be loaded?
    pub fn check_addons(&self) -> SysResult<()> {
        self.check(self.addons, &ADDONS, "", "dlopen")
    }

    /// May WASI be used?
    pub fn check_wasi(&self) -> SysResult<()> {
        self.check(self.wasi, &WASI, "", "wasi")
    }

    /// May the inspector be used?
    pub fn check_inspector(&self, resource: &str) -> SysResult<()> {
        self.check(self.inspector, &INSPECTOR, resource, "inspector")
    }

    /// An API the permission model takes away altogether: `message` is the whole text of the error.
    pub fn check_disabled(&self, message: &'static str, syscall: &'static str) -> SysResult<()> {
        self.check(false, &Capability { permission: "", message }, "", syscall)
    }

    /// `resource` is the path as the script gave it.
    pub(crate) fn check_read(&self, allowed: bool, resource: &Path, syscall: &'static str) -> SysResult<()> {
        self.check_path(allowed, &READ, resource, syscall)
    }

    pub(crate) fn check_write(&self, allowed: bool, resource: &Path, syscall: &'static str) -> SysResult<()> {
        self.check_path(allowed, &WRITE, resource, syscall)
    }

    pub(crate) fn check_net(&self, allowed: bool, resource: impl FnOnce() -> String, syscall: &'static str) -> SysResult<()> {
        if !self.enabled || allowed { Ok(()) } else { self.deny(&NET, resource(), syscall) }
    }

    fn check_path(&self, allowed: bool, capability: &Capability, path: &Path, syscall: &'static str) -> SysResult<()> {
        if !self.enabled || allowed {
            return Ok(());
        }
        self.deny(capability, path.to_string_lossy().into_owned(), syscall)
    }

    fn check(&self, allowed: bool, capability: &Capability, resource: &str, syscall: &'static str) -> SysResult<()> {
        if !self.enabled || allowed { Ok(()) } else { self.deny(capability, resource.to_owned(), syscall) }
    }

    #[cold]
    fn deny(&self, capability: &Capability, resource: String, syscall: &'static str) -> SysResult<()> {
        let denied = Denied { permission: capability.permission, resource, message: capability.message };
        if let Some(Audit(sink)) = &self.audit {
            sink(&denied);
        }
        if self.audit_only { Ok(()) } else { Err(SysError::new(errno::EACCES, syscall).denied(denied)) }
    }
}

struct Capability {
    permission: &'static str,
    message: &'static str,
}

macro_rules! restricted {
    ($flag:literal) => {
        concat!("Access to this API has been restricted. Use ", $flag, " to manage permissions.")
    };
}

const READ: Capability = Capability { permission: "FileSystemRead", message: restricted!("--allow-fs-read") };
const WRITE: Capability = Capability { permission: "FileSystemWrite", message: restricted!("--allow-fs-write") };
const NET: Capability = Capability { permission: "Net", message: restricted!("--allow-net") };
const CHILD_PROCESS: Capability = Capability { permission: "ChildProcess", message: restricted!("--allow-child-process") };
const WORKER: Capability = Capability { permission: "WorkerThreads", message: restricted!("--allow-worker") };
const ADDONS: Capability = Capability { permission: "Addons", message: restricted!("--allow-addons") };
const WASI: Capability = Capability { permission: "WASI", message: restricted!("--allow-wasi") };
const INSPECTOR: Capability = Capability { permission: "Inspector", message: restricted!("--allow-inspector") };

/// Is told of denials. Any function will do.
#[derive(Clone)]
pub struct Audit(Arc<dyn Fn(&Denied) + Send + Sync>);

impl Audit {
    /// Calls `sink` with each denial.
    pub fn new(sink: impl Fn(&Denied) + Send + Sync + 'static) -> Audit {
        Audit(Arc::new(sink))
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Audit")
    }
}

/// A set of granted paths.
#[derive(Clone, Debug, Default)]
pub struct PathRules {
    all: bool,
    /// As the grants were written: what a script's own spelling is held against.
    written: Vec<PathRule>,
    /// The same grants with symbolic links resolved at the time of granting: what a resolved path is held against.
    resolved: Vec<PathRule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PathRule {
    Exact(Vec<u8>),
    /// A directory, without a slash at its end (the root is empty), and everything under it.
    Tree(Vec<u8>),
    Prefix(Vec<u8>),
}

impl PathRules {
    /// Nothing.
    pub fn none() -> PathRules {
        PathRules::default()
    }

    /// Everything.
    pub fn all() -> PathRules {
        PathRules { all: true, ..PathRules::default() }
    }

    /// Each of `grants`, relative ones counted from `cwd`.
    pub fn list<P: AsRef<OsStr>>(grants: impl IntoIterator<Item = P>, cwd: &Path) -> PathRules {
        let mut rules = PathRules::none();
        for grant in grants {
            rules.allow(grant.as_ref(), cwd);
        }
        rules
    }

    /// Adds one grant in the spelling of `--allow-fs-read=`. Looks at the file system: a directory grants its tree.
    pub fn allow(&mut self, grant: &OsStr, cwd: &Path) {
        let bytes = grant.as_bytes();
        if bytes == b"*" {
            self.all = true;
            return;
        }
        if let Some(star) = memchr::memchr(b'*', bytes) {
            self.allow_prefix(&bytes[..star], cwd);
            return;
        }
        let written = normal(&cwd.join(grant));
        let resolved = resolve_existing(&written);
        if resolved.is_dir() {
            self.add(PathRule::Tree(trimmed(written)), PathRule::Tree(trimmed(resolved)));
        } else {
            self.add(PathRule::Exact(bytes_of(written)), PathRule::Exact(bytes_of(resolved)));
        }
    }

    /// Is everything granted?
    pub fn is_all(&self) -> bool {
        self.all
    }

    fn allow_prefix(&mut self, prefix: &[u8], cwd: &Path) {
        let slash = memchr::memrchr(b'/', prefix).map_or(0, |at| at + 1);
        let (dir, start) = prefix.split_at(slash);
        let written = normal(&cwd.join(OsStr::from_bytes(dir)));
        let resolved = resolve_existing(&written);
        if start.is_empty() {
            self.add(PathRule::Tree(trimmed(written)), PathRule::Tree(trimmed(resolved)));
            return;
        }
        let with_start = |dir: PathBuf| [&trimmed(dir)[..], b"/", start].concat();
        self.add(PathRule::Prefix(with_start(written)), PathRule::Prefix(with_start(resolved)));
    }

    fn add(&mut self, written: PathRule, resolved: PathRule) {
        self.written.push(written);
        self.resolved.push(resolved);
    }

    /// `absolute` is normal (see [`normal`]) but may lead through symbolic links.
    pub(crate) fn allows_written(&self, absolute: &Path) -> bool {
        self.all || self.written.iter().any(|rule| rule.covers(absolute.as_os_str().as_bytes()))
    }

    /// `absolute` has no symbolic links in it.
    pub(crate) fn allows_resolved(&self, absolute: &Path) -> bool {
        self.all || self.resolved.iter().any(|rule| rule.covers(absolute.as_os_str().as_bytes()))
    }
}

impl PathRule {
    fn covers(&self, path: &[u8]) -> bool {
        match self {
            PathRule::Exact(exact) => path == &exact[..],
            PathRule::Tree(dir) => path.strip_prefix(&dir[..]).is_some_and(|rest| rest.is_empty() || rest[0] == b'/'),
            PathRule::Prefix(prefix) => path.starts_with(prefix),
        }
    }
}

/// Which addresses may be connected to, listened on and looked up.
#[derive(Clone, Debug)]
pub enum NetRules {
    /// Nothing.
    None,
    /// Everything: `--allow-net`.
    All,
    /// Only these: `--allow-net=example.com:443,10.0.0.0/8,unix:/run/app.sock`.
    List(Vec<NetRule>),
}

/// One grant of [`NetRules::List`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetRule {
    /// Who.
    pub host: HostRule,
    /// At which port; `None` is any.
    pub port: Option<u16>,
}

/// The host part of a [`NetRule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostRule {
    /// `*`
    Any,
    /// A name, in lower case; `*.example.com` grants every name under it.
    Name(String),
    /// An address, or a network with the length of its prefix.
    Network(IpAddr, u8),
    /// `unix:/path`
    Unix(PathBuf),
}

impl NetRule {
    /// Reads `host`, `host:port`, `10.0.0.0/8`, `[::1]:80`, `*:443`, `unix:/path`. `None` when it is none of these.
    pub fn parse(text: &str) -> Option<NetRule> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Some(NetRule { host: HostRule::Unix(PathBuf::from(path)), port: None });
        }
        let (host, port) = split_port(text)?;
        let port = match port {
            Some(digits) => Some(digits.parse().ok()?),
            None => None,
        };
        Some(NetRule { host: parse_host(host)?, port })
    }
}

fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None if rest.is_empty() => Some((host, None)),
            None => None,
        };
    }
    match text.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Some((text, None)),
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

fn parse_host(host: &str) -> Option<HostRule> {
    if host == "*" {
        return Some(HostRule::Any);
    }
    if let Some((network, length)) = host.split_once('/') {
        let network: IpAddr = network.parse().ok()?;
        let length: u8 = length.parse().ok()?;
        let length_max = if network.is_ipv4() { 32 } else { 128 };
        return (length <= length_max).then_some(HostRule::Network(network, length));
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Some(HostRule::Network(ip, if ip.is_ipv4() { 32 } else { 128 }));
    }
    if host.is_empty() { None } else { Some(HostRule::Name(host.to_ascii_lowercase())) }
}

impl NetRules {
    pub(crate) fn allows_ip(&self, ip: IpAddr, port: u16) -> bool {
        self.any(port, |host| match host {
            HostRule::Any => true,
            HostRule::Network(network, length) => in_network(ip, *network, *length),
            HostRule::Name(_) | HostRule::Unix(_) => false,
        })
    }

    pub(crate) fn allows_unix(&self, path: &Path) -> bool {
        match self {
            NetRules::None => false,
            NetRules::All => true,
            NetRules::List(rules) => rules.iter().any(|rule| matches!(&rule.host, HostRule::Unix(granted) if granted == path)),
        }
    }

    /// The ports `name` may be used with: empty when it may not be looked up at all.
    pub(crate) fn ports_of_name(&self, name: &str) -> Vec<Option<u16>> {
        match self {
            NetRules::None => Vec::new(),
            NetRules::All => vec![None],
            NetRules::List(rules) => rules.iter().filter(|rule| names(&rule.host, name)).map(|rule| rule.port).collect(),
        }
    }

    fn any(&self, port: u16, host: impl Fn(&HostRule) -> bool) -> bool {
        match self {
            NetRules::None => false,
            NetRules::All => true,
            NetRules::List(rules) => rules.iter().any(|rule| rule.port.is_none_or(|granted| granted == port) && host(&rule.host)),
        }
    }
}

fn names(rule: &HostRule, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    match rule {
        HostRule::Any => true,
        HostRule::Name(granted) => match granted.strip_prefix('*') {
            Some(suffix) => name.len() > suffix.len() && name.to_ascii_lowercase().ends_with(suffix),
            None => name.eq_ignore_ascii_case(granted),
        },
        HostRule::Network(network, length) => name.parse().is_ok_and(|ip| in_network(ip, *network, *length)),
        HostRule::Unix(_) => false,
    }
}

/// An IPv4 address that came wrapped in IPv6 is judged as what it is.
fn in_network(ip: IpAddr, network: IpAddr, length: u8) -> bool {
    match (ip.to_canonical(), network.to_canonical()) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            let shift = 32 - u32::from(length.min(32));
            u32::from(ip).checked_shr(shift) == u32::from(network).checked_shr(shift)
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            let shift = 128 - u32::from(length.min(128));
            u128::from(ip).checked_shr(shift) == u128::from(network).checked_shr(shift)
        }
        _ => false,
    }
}

/// Which variables of the environment a script sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvRules {
    /// None of them.
    None,
    /// All of them.
    All,
    /// Those of these names; a name that ends in `*` stands for all that start so.
    List(Vec<OsString>),
}

impl EnvRules {
    pub(crate) fn allows(&self, name: &OsStr) -> bool {
        match self {
            EnvRules::None => false,
            EnvRules::All => true,
            EnvRules::List(names) => names.iter().any(|granted| match granted.as_bytes().strip_suffix(b"*") {
                Some(start) => name.as_bytes().starts_with(start),
                None => granted == name,
            }),
        }
    }
}

/// `path`, which is absolute, without `.`, `..` and doubled slashes, by its text alone.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => {
                out.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    out
}

/// Resolves symbolic links in the part of `path` that exists.
fn resolve_existing(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let Ok(resolved) = std::fs::canonicalize(ancestor) {
            let rest = path.strip_prefix(ancestor).unwrap_or(Path::new(""));
            return if rest.as_os_str().is_empty() { resolved } else { resolved.join(rest) };
        }
    }
    path.to_owned()
}

fn bytes_of(path: PathBuf) -> Vec<u8> {
    path.into_os_string().into_vec()
}

fn trimmed(path: PathBuf) -> Vec<u8> {
    let mut bytes = bytes_of(path);
    if bytes.last() == Some(&b'/') {
        bytes.pop();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(grants: &[&str]) -> PathRules {
        PathRules::list(grants, Path::new("/"))
    }

    #[test]
    fn wildcards_are_those_of_node() {
        let rules = rules(&["/nonesuch/foo*", "/show", "/slower", "/home-x/foo/*", "/files-x/index.js", "/files-x/i", "/home-x/*.js"]);
        for path in ["/nonesuch/food/x", "/show", "/home-x/foo", "/home-x/foo/a/b", "/files-x/index.js", "/files-x/i", "/home-x/another.md"] {
            assert!(rules.allows_written(Path::new(path)), "{path}");
        }
        for path in ["/nonesuch/fo", "/slow", "/slows", "/shows", "/home-xx", "/files-x/index.j", "/files-x"] {
            assert!(!rules.allows_written(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn the_root_and_a_star_grant_everything() {
        assert!(rules(&["/"]).allows_written(Path::new("/etc/passwd")));
        assert!(rules(&["*"]).is_all());
        assert!(rules(&["/*"]).allows_resolved(Path::new("/etc/passwd")));
    }

    #[test]
    fn relative_grants_count_from_the_directory_given() {
        let rules = PathRules::list(["x-y", "./a-b/../c-d*"], Path::new("/nonesuch"));
        assert!(rules.allows_written(Path::new("/nonesuch/x-y")));
        assert!(rules.allows_written(Path::new("/nonesuch/c-dd")));
        assert!(!rules.allows_written(Path::new("/nonesuch/x-y/z")), "it is no directory");
    }

    #[test]
    fn net_rules_know_names_networks_and_ports() {
        let list = ["example.com:443", "*.example.org", "10.0.0.0/8", "[::1]:80", "192.168.1.1:22"];
        let rules = NetRules::List(list.iter().map(|text| NetRule::parse(text).expect("a rule")).collect());
        assert_eq!(rules.ports_of_name("Example.com"), [Some(443)]);
        assert_eq!(rules.ports_of_name("a.example.org"), [None]);
        assert!(rules.ports_of_name("example.org").is_empty());
        assert!(rules.allows_ip("10.9.8.7".parse().expect("an address"), 1));
        assert!(rules.allows_ip("::ffff:10.9.8.7".parse().expect("an address"), 1));
        assert!(rules.allows_ip("::1".parse().expect("an address"), 80));
        assert!(!rules.allows_ip("::1".parse().expect("an address"), 81));
        assert!(!rules.allows_ip("11.0.0.1".parse().expect("an address"), 1));
        assert!(NetRule::parse("10.0.0.0/99").is_none());
        assert!(NetRule::parse("host:notaport").is_none());
    }
}
