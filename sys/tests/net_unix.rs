//! Unix sockets, pipes, and descriptors that travel.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use coil_sys::net::{Address, ConnectOptions, ListenOptions};
use coil_sys::stdio::HandleKind;
use coil_sys::{Sys, errno};
use scratch::Scratch;

#[test]
fn a_server_has_a_path() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let net = sys.net();
    let address = Address::of_path(&scratch.join("s"));
    let server = net.listen(&address, &ListenOptions::default()).expect("a server");
    assert_eq!(net.local_address(&server), Ok(address.clone()));
    let (client, done) = net.connect(&address, &ConnectOptions::default()).expect("connected");
    assert!(done);
    let accepted = net.accept(&server).expect("listening").expect("one waits");
    assert_eq!(net.peer_address(&accepted), Ok(Address::Unnamed));
    assert_eq!(net.send(&client, b"hi"), Ok(Some(2)));
    assert_eq!(net.read(&accepted, &mut [0; 4]), Ok(Some(2)));
    let error = net.listen(&address, &ListenOptions::default()).expect_err("taken");
    assert_eq!(error.uv_host_port_message(), format!("listen EADDRINUSE: address already in use {address}"));
    net.remove_socket(&address).expect("removed");
    let error = net.connect(&address, &ConnectOptions::default()).expect_err("gone");
    assert_eq!(error.host_port_message(), format!("connect ENOENT {address}"));
    let nowhere = Address::Path(scratch.join("no/s"));
    let error = net.listen(&nowhere, &ListenOptions::default()).expect_err("no directory");
    assert_eq!(error.uv_host_port_message(), format!("listen EACCES: permission denied {nowhere}"));
    let long = Address::Path(PathBuf::from("/x".repeat(100)));
    assert!(net.listen(&long, &ListenOptions::default()).expect_err("too long").is(errno::EINVAL));
    assert!(net.connect(&long, &ConnectOptions::default()).expect_err("too long").is(errno::EINVAL));
}

#[test]
fn the_sockets_file_can_be_opened_to_everyone() {
    use std::os::unix::fs::PermissionsExt;
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let options = ListenOptions { readable_all: true, writable_all: true, ..ListenOptions::default() };
    let _server = sys.net().listen(&Address::Path(scratch.join("s")), &options).expect("a server");
    let mode = std::fs::metadata(scratch.join("s")).expect("there").permissions().mode();
    assert_eq!(mode & 0o666, 0o666);
}

#[cfg(target_os = "linux")]
#[test]
fn abstract_names_leave_no_file() {
    let sys = Sys::real();
    let name = format!("\0coil-sys-{}", std::process::id());
    let address = Address::of_path(Path::new(&name));
    let server = sys.net().listen(&address, &ListenOptions::default()).expect("a server");
    assert_eq!(sys.net().local_address(&server), Ok(address.clone()));
    sys.net().connect(&address, &ConnectOptions::default()).expect("connected");
    assert!(sys.net().accept(&server).expect("listening").is_some());
    sys.net().remove_socket(&address).expect("nothing to do");
}

#[test]
fn descriptors_travel_with_bytes() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let net = sys.net();
    let (one, two) = net.socket_pair().expect("a pair");
    assert!(net.recv_with_fds(&two, &mut [0; 8]).expect("open").is_none());
    let file = std::fs::File::open(scratch.file("f", "travelled")).expect("a file");
    assert_eq!(net.send_with_fds(&one, b"take", &[file.as_fd()]), Ok(Some(4)));
    drop(file);
    let mut bytes = [0; 8];
    let (len, mut fds) = net.recv_with_fds(&two, &mut bytes).expect("open").expect("something came");
    assert_eq!((&bytes[..len], fds.len()), (&b"take"[..], 1));
    let fd = sys.fs().publish(fds.remove(0));
    assert_eq!(sys.fs().read_file(fd).expect("it is open here"), b"travelled");
    sys.fs().close(fd).expect("closed");
    assert_eq!(net.send_with_fds(&one, b"alone", &[]), Ok(Some(5)));
    drop(one);
    assert_eq!(net.recv_with_fds(&two, &mut bytes).expect("open").map(|(len, fds)| (len, fds.len())), Some((5, 0)));
    assert_eq!(net.recv_with_fds(&two, &mut bytes).expect("open").map(|(len, _)| len), Some(0));
}

#[test]
fn pipes_do_not_block_when_told() {
    let sys = Sys::real();
    let net = sys.net();
    let (read, write) = net.pipe(true).expect("a pipe");
    assert_eq!(net.read(&read, &mut [0; 4]), Ok(None));
    assert_eq!(net.write(&write, b"ab"), Ok(Some(2)));
    assert_eq!(net.write_vectored(&write, &[std::io::IoSlice::new(b"c")]), Ok(Some(1)));
    assert_eq!(net.read(&read, &mut [0; 4]), Ok(Some(3)));
    let block = vec![0; 1 << 20];
    while net.write(&write, &block).expect("open").is_some() {}
    drop(read);
    assert_eq!(net.write(&write, b"x").expect_err("nobody reads").errno_message(), "write EPIPE");
}

#[test]
fn what_stands_behind_a_number_is_told() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let net = sys.net();
    let (read, _write) = net.pipe(true).expect("a pipe");
    let (one, _two) = net.socket_pair().expect("a pair");
    let tcp = net.listen(&Address::Ip("127.0.0.1:0".parse().expect("an address")), &ListenOptions::default()).expect("a server");
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let kind = |fd: std::os::fd::OwnedFd| sys.stdio().kind(sys.fs().publish(fd));
    assert_eq!((kind(read), kind(one)), (HandleKind::Pipe, HandleKind::Pipe));
    assert_eq!((kind(tcp), kind(udp.into())), (HandleKind::Tcp, HandleKind::Udp));
    let file = sys.fs().open(scratch.file("f", ""), 0, 0).expect("a file");
    assert_eq!((sys.stdio().kind(file), sys.stdio().kind(-1)), (HandleKind::File, HandleKind::Unknown));
    assert_eq!(sys.stdio().kind(file).name(), "FILE");
    assert!(!sys.stdio().is_tty(file));
    assert!(sys.stdio().window_size(file).expect_err("no terminal").is(errno::ENOTTY));
    assert!(sys.stdio().set_raw_mode(file, true).expect_err("no terminal").is(errno::ENOTTY));
}
