//! Whole files: read_file, write_file, append_file.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::os::unix::fs::MetadataExt;

use coil_sys::Sys;
use coil_sys::fs::flags;
use scratch::{Scratch, message};

#[test]
fn files_of_any_size_are_read_whole() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    for len in [0, 1, 4095, 4096, 4097, 3_000_000] {
        let text: String = ('a'..='z').cycle().take(len).collect();
        let path = scratch.file("f", &text);
        assert_eq!(sys.fs().read_file(&path).expect("a file"), text.as_bytes());
    }
}

#[test]
fn files_that_say_they_are_empty_are_read_to_their_end() {
    let sys = Sys::real();
    let status = sys.fs().read_file("/proc/self/status").expect("a file of /proc");
    assert!(status.starts_with(b"Name:"));
    let maps = sys.fs().read_file("/proc/self/smaps").expect("a file of /proc larger than one read");
    assert!(maps.len() > 4096);
    assert_eq!(sys.fs().read_file("/dev/null").expect("a device"), b"");
}

#[test]
fn by_number_reading_starts_where_the_file_stands() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let fd = fs.open(scratch.file("f", "hello"), flags::O_RDWR, 0).expect("a file");
    fs.read(fd, &mut [0; 2], None).expect("read");
    assert_eq!(fs.read_file(fd).expect("the rest"), b"llo");
    fs.write_file(fd, b"!", 0, 0, true).expect("written where it stands");
    fs.close(fd).expect("closed");
    assert_eq!(scratch.text("f"), "hello!");
}

#[test]
fn pipes_are_read_to_their_end() {
    let sys = Sys::real();
    let (read, write) = sys.net().pipe(false).expect("a pipe");
    let writer = std::thread::spawn(move || {
        for _ in 0..100 {
            rustix::io::write(&write, &[7; 3000]).expect("written");
        }
    });
    let fd = sys.fs().publish(read);
    assert_eq!(sys.fs().read_file(fd).expect("all of it").len(), 300_000);
    writer.join().expect("no panic");
    sys.fs().close(fd).expect("closed");
}

#[test]
fn overwriting_cuts_after_writing() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.file("f", "a long text that was there before");
    let before = std::fs::metadata(&path).expect("there").ino();
    fs.write_file(&path, b"short", flags::WRITE, 0o666, false).expect("written");
    assert_eq!(scratch.text("f"), "short");
    fs.write_file(&path, b"longer than it was", flags::WRITE, 0o666, true).expect("written");
    assert_eq!(scratch.text("f"), "longer than it was");
    fs.write_file(&path, b"", flags::WRITE, 0o666, false).expect("written");
    assert_eq!(scratch.text("f"), "");
    assert_eq!(std::fs::metadata(&path).expect("there").ino(), before);
    fs.write_file(&path, b"w+", flags::O_RDWR | flags::O_CREAT | flags::O_TRUNC, 0o666, false).expect("written");
    assert_eq!(scratch.text("f"), "w+");
}

#[test]
fn other_flags_do_what_they_say() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.join("f");
    fs.append_file(&path, b"one", 0o600).expect("created");
    fs.append_file(&path, b" two", 0o600).expect("appended");
    assert_eq!(scratch.text("f"), "one two");
    assert_eq!(std::fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
    let result = fs.write_file(&path, b"x", flags::WRITE | flags::O_EXCL, 0o666, false);
    assert_eq!(message(result, &scratch), "EEXIST: file already exists, open 'f'");
    fs.write_file(&path, b"ONE", flags::O_RDWR, 0o666, false).expect("r+ keeps the rest");
    assert_eq!(scratch.text("f"), "ONE two");
    fs.write_file("/dev/null", b"gone", flags::WRITE, 0o666, false).expect("a device is not cut");
}

#[test]
fn failures_are_those_of_open_read_and_write() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    assert_eq!(message(fs.read_file(&scratch.join("none")), &scratch), "ENOENT: no such file or directory, open 'none'");
    assert_eq!(message(fs.read_file(scratch.path()), &scratch), "EISDIR: illegal operation on a directory, read");
    let result = fs.write_file(&scratch.join("no/f"), b"", flags::WRITE, 0o666, false);
    assert_eq!(message(result, &scratch), "ENOENT: no such file or directory, open 'no/f'");
    assert_eq!(message(fs.read_file(99), &scratch), "EBADF: bad file descriptor, read");
    assert_eq!(message(fs.write_file(99, b"", 0, 0, false), &scratch), "EBADF: bad file descriptor, write");
    let result = fs.write_file("/dev/full", b"x", flags::WRITE, 0o666, false);
    assert_eq!(message(result, &scratch), "ENOSPC: no space left on device, write");
}
