//! Open files: open, close, read, write, their vectored kin, and which numbers are refused.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsRawFd;

use coil_sys::fs::flags;
use coil_sys::{Sys, errno};
use scratch::{Scratch, message};

#[test]
fn a_file_is_written_read_and_closed_by_its_number() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let fd = fs.open(scratch.join("f"), flags::O_RDWR | flags::O_CREAT, 0o640).expect("a new file");
    assert_eq!(fs.write(fd, b"hello", None).expect("written"), 5);
    assert_eq!(fs.write(fd, b"J", Some(0)).expect("written at a place"), 1);
    let mut bytes = [0; 8];
    assert_eq!(fs.read(fd, &mut bytes, Some(0)).expect("read at a place"), 5);
    assert_eq!(&bytes[..5], b"Jello");
    assert_eq!(fs.read(fd, &mut bytes, None).expect("read where the file stands"), 0);
    assert_eq!(fs.fstat(fd).expect("open").mode & 0o777, 0o640);
    fs.ftruncate(fd, 2).expect("cut");
    fs.fsync(fd).expect("synced");
    fs.fdatasync(fd).expect("synced");
    assert_eq!(fs.fstat(fd).expect("open").size, 2);
    fs.close(fd).expect("closed");
}

#[test]
fn vectors_past_the_systems_bound_are_all_moved() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let fd = fs.open(scratch.join("f"), flags::O_RDWR | flags::O_CREAT, 0o600).expect("a new file");
    let parts: Vec<[u8; 1]> = (0..3000_u32).map(|at| [(at % 251) as u8]).collect();
    let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
    assert_eq!(fs.writev(fd, &slices, None).expect("written"), 3000);
    assert_eq!(fs.writev(fd, &slices[..2], Some(1)).expect("written at a place"), 2);
    let mut back = vec![[0_u8; 1]; 3000];
    let mut places: Vec<IoSliceMut<'_>> = back.iter_mut().map(|part| IoSliceMut::new(part)).collect();
    assert_eq!(fs.readv(fd, &mut places, Some(0)).expect("read"), 3000);
    assert_eq!((back[0], back[1], back[2], back[2999]), (parts[0], parts[0], parts[1], parts[2999]));
    fs.close(fd).expect("closed");
}

#[test]
fn errors_name_the_call_and_the_path() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    scratch.file("f", "x");
    let open = |name: &str, how| message(fs.open(scratch.join(name), how, 0o666), &scratch);
    assert_eq!(open("none", flags::O_RDONLY), "ENOENT: no such file or directory, open 'none'");
    assert_eq!(open("f", flags::WRITE | flags::O_EXCL), "EEXIST: file already exists, open 'f'");
    assert_eq!(open("f/x", flags::O_RDONLY), "ENOTDIR: not a directory, open 'f/x'");
    assert_eq!(open(".", flags::O_RDWR), "EISDIR: illegal operation on a directory, open '.'");
    let fd = fs.open(scratch.join("f"), flags::O_RDONLY, 0).expect("a file");
    assert_eq!(message(fs.write(fd, b"x", None), &scratch), "EBADF: bad file descriptor, write");
    assert_eq!(message(fs.write_all(fd, b"x", None), &scratch), "EBADF: bad file descriptor, write");
    assert_eq!(message(fs.ftruncate(fd, 0), &scratch), "EINVAL: invalid argument, ftruncate");
    fs.close(fd).expect("closed");
}

#[test]
fn numbers_that_are_not_the_scripts_are_refused() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    // std opens close-on-exec, as all of the runtime does.
    let own = std::fs::File::open(scratch.file("f", "secret")).expect("a file");
    let mut bytes = [0; 8];
    for fd in [own.as_raw_fd(), -1, i32::MIN, i32::MAX, 60_000, 70_000] {
        assert_eq!(fs.read(fd, &mut bytes, None).expect_err("not ours").message(), "EBADF: bad file descriptor, read");
        assert_eq!(fs.close(fd).expect_err("not ours").message(), "EBADF: bad file descriptor, close");
        assert_eq!(fs.fstat(fd).expect_err("not ours").message(), "EBADF: bad file descriptor, fstat");
        assert_eq!(fs.fchmod(fd, 0).expect_err("not ours").message(), "EBADF: bad file descriptor, fchmod");
        assert!(fs.fds().take(fd).is_none());
    }
    assert_eq!(std::io::Read::read(&mut &own, &mut bytes).expect("still open"), 6);
}

#[test]
fn a_closed_number_is_refused_at_once() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let fd = fs.open(scratch.file("f", ""), flags::O_RDONLY, 0).expect("a file");
    fs.close(fd).expect("closed");
    assert!(fs.close(fd).expect_err("closed before").is(errno::EBADF));
    assert!(fs.fsync(fd).expect_err("closed before").is(errno::EBADF));
}

#[test]
fn the_standard_ones_and_those_inherited_may_be_used() {
    let sys = Sys::real();
    for fd in 0..3 {
        assert!(sys.fs().fds().may_use(fd));
    }
    // One without close-on-exec is what a parent process would have left us.
    let inherited = rustix::io::dup(std::fs::File::open("/dev/null").expect("there is one")).expect("a copy");
    assert!(sys.fs().fstat(inherited.as_raw_fd()).is_ok());
    let strict = Sys::builder().inherited_fds(false).build();
    assert!(strict.fs().fstat(inherited.as_raw_fd()).is_err());
    assert!(strict.fs().fds().may_use(1));
}

#[test]
fn one_sys_does_not_know_anothers_numbers_but_its_workers_do() {
    let (scratch, one, two) = (Scratch::new(), Sys::real(), Sys::real());
    let fd = one.fs().open(scratch.file("f", "x"), flags::O_RDONLY, 0).expect("a file");
    assert!(two.fs().fstat(fd).expect_err("another's").is(errno::EBADF));
    assert!(one.for_worker(false).fs().fstat(fd).is_ok());
    let owned = one.fs().fds().take(fd).expect("it was the script's");
    assert!(one.fs().fstat(fd).expect_err("taken").is(errno::EBADF));
    let fd = one.fs().publish(owned);
    one.fs().close(fd).expect("closed");
}
