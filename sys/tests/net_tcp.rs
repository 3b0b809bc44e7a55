//! TCP and the resolver, on real sockets.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

use std::io::{IoSlice, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::Duration;

use coil_sys::net::{Address, ConnectOptions, Family, How, ListenOptions, LookupHints};
use coil_sys::{Sys, errno};
use rustix::event::{PollFd, PollFlags, poll};

fn address(text: &str) -> Address {
    Address::Ip(text.parse::<SocketAddr>().expect("an address"))
}

/// Sockets do not block; tests do.
fn wait(socket: &OwnedFd, what: PollFlags) {
    let mut fds = [PollFd::new(socket, what)];
    let timeout = rustix::event::Timespec::try_from(Duration::from_secs(10)).expect("short");
    assert!(poll(&mut fds, Some(&timeout)).expect("polled") > 0, "nothing came");
}

fn pair(sys: &Sys) -> (OwnedFd, OwnedFd) {
    let server = sys.net().listen(&address("127.0.0.1:0"), &ListenOptions::default()).expect("a server");
    let local = sys.net().local_address(&server).expect("bound");
    let (client, done) = sys.net().connect(&local, &ConnectOptions::default()).expect("begun");
    if !done {
        wait(&client, PollFlags::OUT);
        sys.net().connected(&client, &local).expect("connected");
    }
    wait(&server, PollFlags::IN);
    (client, sys.net().accept(&server).expect("listening").expect("one waits"))
}

#[test]
fn bytes_go_both_ways_and_end() {
    let sys = Sys::real();
    let net = sys.net();
    let (one, two) = pair(&sys);
    let mut bytes = [0; 16];
    assert_eq!(net.read(&two, &mut bytes), Ok(None), "nothing yet is no error");
    assert_eq!(net.send(&one, b"hello"), Ok(Some(5)));
    wait(&two, PollFlags::IN);
    assert_eq!(net.read(&two, &mut bytes), Ok(Some(5)));
    let parts = [IoSlice::new(b"a"), IoSlice::new(b"bc")];
    assert_eq!(net.send_vectored(&two, &parts), Ok(Some(3)));
    wait(&one, PollFlags::IN);
    let (mut a, mut b) = ([0; 2], [0; 2]);
    assert_eq!(net.readv(&one, &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)]), Ok(Some(3)));
    assert_eq!((&a, b[0]), (b"ab", b'c'));
    net.shutdown(&one, How::Write).expect("connected");
    wait(&two, PollFlags::IN);
    assert_eq!(net.read(&two, &mut bytes), Ok(Some(0)));
    drop(one);
    while net.send(&two, b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let error = net.send(&two, b"x").expect_err("the other side is gone");
    assert_eq!(error.errno_message(), "write EPIPE");
}

#[test]
fn a_full_socket_takes_no_more() {
    let sys = Sys::real();
    let (one, _two) = pair(&sys);
    let block = vec![0; 1 << 20];
    let mut sent = 0;
    while let Some(len) = sys.net().send(&one, &block).expect("connected") {
        sent += len;
    }
    assert!(sent > 0);
}

#[test]
fn a_reset_is_seen_as_one() {
    let sys = Sys::real();
    let (one, two) = pair(&sys);
    sys.net().reset(one).expect("closed hard");
    wait(&two, PollFlags::IN);
    assert_eq!(sys.net().read(&two, &mut [0; 4]).expect_err("reset").errno_message(), "read ECONNRESET");
}

#[test]
fn both_kinds_of_address_reach_a_server_on_any() {
    let sys = Sys::real();
    let Ok(server) = sys.net().listen(&address("[::]:0"), &ListenOptions::default()) else {
        return;
    };
    let port = sys.net().local_address(&server).expect("bound").ip().expect("TCP").port();
    let (client, _) = sys.net().connect(&address(&format!("127.0.0.1:{port}")), &ConnectOptions::default()).expect("begun");
    wait(&server, PollFlags::IN);
    let accepted = sys.net().accept(&server).expect("listening").expect("one waits");
    let peer = sys.net().peer_address(&accepted).expect("connected").ip().expect("TCP");
    assert_eq!(peer.ip().to_string(), "::ffff:127.0.0.1");
    drop(client);
    let only = ListenOptions { ipv6_only: true, ..ListenOptions::default() };
    let server = sys.net().listen(&address("[::]:0"), &only).expect("a server");
    let port = sys.net().local_address(&server).expect("bound").ip().expect("TCP").port();
    let v4 = address(&format!("127.0.0.1:{port}"));
    let refused = sys.net().connect(&v4, &ConnectOptions::default()).and_then(|(socket, _)| {
        wait(&socket, PollFlags::OUT);
        sys.net().connected(&socket, &v4)
    });
    assert!(refused.expect_err("IPv6 alone").is(errno::ECONNREFUSED));
}

#[test]
fn failures_carry_the_address() {
    let sys = Sys::real();
    let server = sys.net().listen(&address("127.0.0.1:0"), &ListenOptions::default()).expect("a server");
    let local = sys.net().local_address(&server).expect("bound");
    let error = sys.net().listen(&local, &ListenOptions::default()).expect_err("taken");
    assert_eq!(error.uv_host_port_message(), format!("listen EADDRINUSE: address already in use {local}"));
    assert_eq!((error.address.as_deref(), error.port), (Some("127.0.0.1"), local.ip().map(|ip| ip.port())));
    drop(server);
    let outcome = sys.net().connect(&local, &ConnectOptions::default()).and_then(|(socket, done)| {
        assert!(!done);
        wait(&socket, PollFlags::OUT);
        sys.net().connected(&socket, &local)
    });
    assert_eq!(outcome.expect_err("nobody listens").host_port_message(), format!("connect ECONNREFUSED {local}"));
    let error = sys.net().listen(&address("192.0.2.1:0"), &ListenOptions::default()).expect_err("not ours");
    assert_eq!(error.uv_host_port_message(), "listen EADDRNOTAVAIL: address not available 192.0.2.1");
    let from = ConnectOptions { local: Some("192.0.2.1:5".parse().expect("an address")) };
    let error = sys.net().connect(&local, &from).expect_err("not ours");
    assert_eq!(error.host_port_message(), "bind EADDRNOTAVAIL 192.0.2.1:5");
}

#[test]
fn servers_may_share_a_port_when_they_say_so() {
    let sys = Sys::real();
    let shared = ListenOptions { reuse_port: true, ..ListenOptions::default() };
    let first = sys.net().listen(&address("127.0.0.1:0"), &shared).expect("a server");
    let local = sys.net().local_address(&first).expect("bound");
    sys.net().listen(&local, &shared).expect("another");
    assert!(sys.net().listen(&local, &ListenOptions::default()).is_err());
    assert!(sys.net().is_listening(&first));
    let bound = sys.net().bind(&address("127.0.0.1:0"), &ListenOptions::default(), "bind").expect("bound");
    assert!(!sys.net().is_listening(&bound));
    sys.net().listen_on(&bound, 5).expect("now it does");
    assert!(sys.net().is_listening(&bound));
}

#[test]
fn options_are_set() {
    let sys = Sys::real();
    let net = sys.net();
    let (one, two) = pair(&sys);
    net.set_nodelay(&one, true).expect("TCP");
    net.set_keepalive(&one, true, 30).expect("TCP");
    net.set_keepalive(&one, false, 0).expect("TCP");
    net.set_recv_buffer_size(&one, 30_000).expect("a socket");
    net.set_send_buffer_size(&one, 30_000).expect("a socket");
    assert!(net.recv_buffer_size(&one).expect("a socket") >= 30_000);
    assert!(net.send_buffer_size(&one).expect("a socket") >= 30_000);
    assert_eq!(net.local_address(&one), net.peer_address(&two));
    let alone = net.bind(&address("127.0.0.1:0"), &ListenOptions::default(), "bind").expect("bound");
    assert!(net.peer_address(&alone).expect_err("nobody").is(errno::ENOTCONN));
    assert_eq!(net.shutdown(&alone, How::Both).expect_err("nobody").errno_message(), "shutdown ENOTCONN");
}

#[test]
fn running_out_of_descriptors_is_an_error_of_accept() {
    // In a process of its own: the limit is the whole process's.
    if std::env::var_os("COIL_SYS_EMFILE").is_none() {
        let me = std::env::current_exe().expect("this test");
        let test = "running_out_of_descriptors_is_an_error_of_accept";
        let status = std::process::Command::new(me).args([test, "--exact"]).env("COIL_SYS_EMFILE", "1").status();
        assert!(status.expect("ran").success());
        return;
    }
    let sys = Sys::real();
    let server = sys.net().listen(&address("127.0.0.1:0"), &ListenOptions::default()).expect("a server");
    let local = sys.net().local_address(&server).expect("bound");
    let (client, _) = sys.net().connect(&local, &ConnectOptions::default()).expect("begun");
    wait(&server, PollFlags::IN);
    let limit = rustix::process::Rlimit { current: Some(20), maximum: Some(20) };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).expect("lower");
    let filling: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    assert_eq!(sys.net().accept(&server).expect_err("full").errno_message(), "accept EMFILE");
    assert_eq!(sys.fs().open("/dev/null", 0, 0).expect_err("full").message(), "EMFILE: too many open files, open '/dev/null'");
    drop((filling, client));
    assert!(sys.net().accept(&server).expect("room again").is_some());
}

#[test]
fn names_are_looked_up() {
    let sys = Sys::real();
    let lookup = |host: &str, family| sys.net().lookup(host, family, LookupHints::default());
    let found = lookup("localhost", Family::V4).expect("every machine has it");
    assert_eq!(found, ["127.0.0.1".parse::<std::net::IpAddr>().expect("an address")]);
    assert_eq!(lookup("::1", Family::Any).expect("an address is its own").len(), 1);
    let error = lookup("nosuch.invalid", Family::Any).expect_err("reserved as never existing");
    assert!(["ENOTFOUND", "EAI_AGAIN"].contains(&error.dns_code()), "{}", error.dns_message());
    assert_eq!(error.dns_message(), format!("getaddrinfo {} nosuch.invalid", error.dns_code()));
    assert_eq!(lookup("a\0b", Family::Any).expect_err("no name").dns_code(), "ENOTFOUND");
    assert_eq!(LookupHints::from_bits(0), LookupHints::default());
    if let Ok((host, service)) = sys.net().lookup_service("127.0.0.1:80".parse().expect("an address")) {
        assert!(!host.is_empty() && !service.is_empty());
    }
}
