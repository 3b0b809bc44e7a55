//! The policy on everything but paths: network, processes, environment.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::net::SocketAddr;

use coil_sys::net::{Address, ConnectOptions, Family, ListenOptions, LookupHints};
use coil_sys::{EnvRules, NetRule, NetRules, PathRules, Policy, Sys, SysResult};
use scratch::Scratch;

fn with_net(rules: &[&str]) -> Sys {
    let mut policy = Policy::deny_all();
    policy.net = NetRules::List(rules.iter().map(|rule| NetRule::parse(rule).expect("a rule")).collect());
    Sys::builder().policy(policy).build()
}

fn local(port: u16) -> Address {
    Address::Ip(SocketAddr::from(([127, 0, 0, 1], port)))
}

fn denial<T>(result: SysResult<T>) -> (&'static str, String) {
    let denied = result.err().and_then(|error| error.denied).expect("it is denied");
    (denied.permission, denied.resource)
}

#[test]
fn without_the_network_nothing_connects_listens_or_looks_up() {
    let scratch = Scratch::new();
    let sys = Sys::builder().policy(Policy::deny_all()).build();
    let net = sys.net();
    let (options, connect) = (ListenOptions::default(), ConnectOptions::default());
    assert_eq!(denial(net.listen(&local(0), &options)), ("Net", "127.0.0.1:0".to_owned()));
    assert_eq!(denial(net.connect(&local(80), &connect)), ("Net", "127.0.0.1:80".to_owned()));
    assert_eq!(denial(net.lookup("localhost", Family::Any, LookupHints::default())), ("Net", "localhost".to_owned()));
    assert_eq!(denial(net.lookup_service("127.0.0.1:80".parse().expect("an address"))).0, "Net");
    let socket = scratch.join("s");
    assert_eq!(denial(net.listen(&Address::Path(socket.clone()), &options)), ("Net", socket.display().to_string()));
    assert_eq!(denial(net.connect(&Address::Path(socket.clone()), &connect)), ("Net", socket.display().to_string()));
    assert_eq!(denial(net.connect(&Address::Abstract(b"x".to_vec()), &connect)), ("Net", "@x".to_owned()));
    let error = net.connect(&local(80), &connect).expect_err("denied");
    assert_eq!(error.host_port_message(), "connect ERR_ACCESS_DENIED Access to this API has been restricted. Use --allow-net to manage permissions.");
    let error = net.lookup("localhost", Family::Any, LookupHints::default()).expect_err("denied");
    assert_eq!(error.dns_message(), "getaddrinfo ERR_ACCESS_DENIED localhost");
    net.socket_pair().expect("a pair of one's own is no network");
    net.pipe(true).expect("nor is a pipe");
}

#[test]
fn addresses_and_ports_are_granted_one_by_one() {
    let open = Sys::real();
    let server = open.net().listen(&local(0), &ListenOptions::default()).expect("a server");
    let address = open.net().local_address(&server).expect("bound");
    let port = address.ip().expect("TCP").port();
    let sys = with_net(&[&format!("127.0.0.1:{port}"), "10.0.0.0/8"]);
    sys.net().connect(&address, &ConnectOptions::default()).expect("granted");
    assert_eq!(denial(sys.net().connect(&local(port.wrapping_add(1)), &ConnectOptions::default())).0, "Net");
    assert_eq!(denial(sys.net().listen(&local(0), &ListenOptions::default())).0, "Net");
    let mapped: SocketAddr = format!("[::ffff:127.0.0.2]:{port}").parse().expect("an address");
    assert_eq!(denial(sys.net().connect(&Address::Ip(mapped), &ConnectOptions::default())).0, "Net");
    let has = |reference: &str| sys.has_permission("net", Some(reference.as_ref()));
    assert!(has(&format!("127.0.0.1:{port}")) && has("10.1.2.3") && !has("11.1.2.3") && !sys.has_permission("net", None));
}

#[test]
fn a_name_grants_what_it_resolved_to() {
    let open = Sys::real();
    let server = open.net().listen(&local(0), &ListenOptions::default()).expect("a server");
    let address = open.net().local_address(&server).expect("bound");
    let port = address.ip().expect("TCP").port();
    let sys = with_net(&[&format!("localhost:{port}")]);
    let connect = || sys.net().connect(&address, &ConnectOptions::default());
    assert_eq!(denial(connect()).0, "Net", "the address was not asked for by name yet");
    assert_eq!(denial(sys.net().lookup("example.com", Family::Any, LookupHints::default())).1, "example.com");
    sys.net().lookup("localhost", Family::V4, LookupHints::default()).expect("granted");
    connect().expect("the name led here");
    assert_eq!(denial(sys.net().connect(&local(port.wrapping_add(1)), &ConnectOptions::default())).0, "Net", "another port");
    assert_eq!(denial(sys.net().listen(&local(0), &ListenOptions::default())).0, "Net", "listening is no connecting");
    sys.for_worker(false).net().connect(&address, &ConnectOptions::default()).expect("workers share what was found");
}

#[test]
fn unix_sockets_take_the_right_to_write_their_path() {
    let scratch = Scratch::new();
    scratch.dir("in");
    scratch.dir("out");
    let outside = Address::Path(scratch.join("out/s"));
    let _daemon = Sys::real().net().listen(&outside, &ListenOptions::default()).expect("a server");
    scratch.link("in/evil", "../out/s");
    let mut policy = Policy::deny_all();
    policy.net = NetRules::All;
    policy.fs_write = PathRules::list([scratch.join("in")], scratch.path());
    let sys = Sys::builder().policy(policy).build();
    let net = sys.net();
    let inside = Address::Path(scratch.join("in/s"));
    let server = net.listen(&inside, &ListenOptions { writable_all: true, ..ListenOptions::default() }).expect("granted");
    net.connect(&inside, &ConnectOptions::default()).expect("granted");
    assert!(net.accept(&server).expect("listening").is_some());
    net.remove_socket(&inside).expect("removed");
    assert!(!scratch.join("in/s").exists());
    assert_eq!(denial(net.connect(&outside, &ConnectOptions::default())).0, "FileSystemWrite");
    assert_eq!(denial(net.connect(&Address::Path(scratch.join("in/evil")), &ConnectOptions::default())).0, "FileSystemWrite");
    assert_eq!(denial(net.listen(&Address::Path(scratch.join("out/t")), &ListenOptions::default())).0, "FileSystemWrite");
    assert_eq!(denial(net.remove_socket(&outside)).0, "FileSystemWrite");
    let by_rule = with_net(&[&format!("unix:{}", scratch.join("out/s").display())]);
    by_rule.net().connect(&outside, &ConnectOptions::default()).expect("granted by its path");
    assert_eq!(denial(by_rule.net().connect(&Address::Path(scratch.join("out/t")), &ConnectOptions::default())).0, "Net");
}

#[test]
fn the_rest_is_granted_or_not() {
    let sys = Sys::builder().policy(Policy::deny_all()).build();
    let policy = sys.policy();
    assert_eq!(denial(policy.check_child_process("ls", "spawn")), ("ChildProcess", "ls".to_owned()));
    assert_eq!(denial(policy.check_worker()), ("WorkerThreads", String::new()));
    assert_eq!(denial(policy.check_addons()), ("Addons", String::new()));
    assert_eq!(denial(policy.check_wasi()), ("WASI", String::new()));
    assert_eq!(denial(policy.check_inspector("x")), ("Inspector", "x".to_owned()));
    let parent = i32::try_from(sys.process().ppid()).expect("a pid");
    assert_eq!(denial(sys.process().kill(parent, 0)).0, "ChildProcess");
    sys.process().kill(i32::try_from(sys.process().pid()).expect("a pid"), 0).expect("oneself");
    let open = Sys::real();
    open.policy().check_child_process("ls", "spawn").expect("no policy");
    open.policy().check_worker().expect("no policy");
}

#[test]
fn variables_that_are_not_granted_do_not_exist() {
    let env = [("PATH", "/bin"), ("SECRET", "x"), ("APP_A", "1"), ("APP_B", "2")];
    let with = |rules: EnvRules| {
        let mut policy = Policy::deny_all();
        policy.env = rules;
        Sys::builder().policy(policy).env(env).build()
    };
    assert_eq!(with(EnvRules::All).env().names().len(), 4);
    assert!(with(EnvRules::None).env().names().is_empty());
    let some = with(EnvRules::List(vec!["PATH".into(), "APP_*".into()]));
    assert_eq!(some.env().names(), ["PATH", "APP_A", "APP_B"]);
    assert_eq!(some.env().get("SECRET"), None);
    some.env().set("SECRET", "its own");
    assert_eq!(some.env().get("SECRET"), Some("its own".into()));
    assert!(some.has_permission("env", Some("PATH".as_ref())) && !some.has_permission("env", Some("SECRET".as_ref())));
    assert_eq!(Sys::builder().env(env).build().env().names().len(), 4);

    let mut policy = Policy::deny_all();
    policy.fs_read = PathRules::all();
    policy.env = EnvRules::None;
    let sys = Sys::builder().policy(policy).build();
    for path in ["/proc/self/environ", "/proc/thread-self/environ", "/proc/self/root/proc/self/environ", "/proc/self/mem"] {
        assert_eq!(denial(sys.fs().read_file(path)).0, "FileSystemRead", "{path}");
    }
    sys.fs().read_file("/proc/self/stat").expect("no secret");
}

#[test]
fn workers_have_their_own_environment_unless_it_is_shared() {
    let sys = Sys::builder().env([("A", "1")]).build();
    let (own, shared) = (sys.for_worker(false), sys.for_worker(true));
    sys.env().set("A", "2");
    assert_eq!((own.env().get("A"), shared.env().get("A")), (Some("1".into()), Some("2".into())));
    let mut policy = Policy::deny_all();
    policy.worker = true;
    let confined = Sys::builder().policy(policy).build().for_worker(false);
    assert!(confined.fs().read_file("/etc/passwd").is_err_and(|error| error.denied.is_some()), "the policy goes with it");
}
