//! What files are, and changing it: stat, access, chmod, chown, utimes, truncate.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use coil_sys::fs::{FileType, access};
use coil_sys::{Sys, errno};
use scratch::{Scratch, message};

#[test]
fn stat_agrees_with_std_in_every_field() {
    use std::os::unix::fs::MetadataExt;
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let path = scratch.file("f", "hello");
    let (stat, std) = (sys.fs().stat(&path).expect("there"), std::fs::metadata(&path).expect("there"));
    assert_eq!((stat.dev, stat.ino, stat.mode, stat.nlink), (std.dev(), std.ino(), std.mode(), std.nlink()));
    assert_eq!((stat.uid, stat.gid, stat.rdev, stat.size), (std.uid(), std.gid(), std.rdev(), std.size()));
    assert_eq!((stat.blksize, stat.blocks), (std.blksize(), std.blocks()));
    assert_eq!((stat.mtime.sec, i64::from(stat.mtime.nsec)), (std.mtime(), std.mtime_nsec()));
    assert_eq!((stat.ctime.sec, i64::from(stat.ctime.nsec)), (std.ctime(), std.ctime_nsec()));
    assert_eq!((stat.atime.sec, i64::from(stat.atime.nsec)), (std.atime(), std.atime_nsec()));
    let created = std.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    if let Some(created) = created {
        assert_eq!(stat.birthtime.ns(), i128::try_from(created.as_nanos()).expect("this century"));
    }
    assert!(stat.is_file() && !stat.is_dir());
    assert_eq!(sys.fs().stat("/dev/null").expect("there").rdev, std::fs::metadata("/dev/null").expect("there").rdev());
}

#[test]
fn links_are_followed_by_stat_and_not_by_lstat() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    scratch.dir("d");
    let link = scratch.link("l", "d");
    let dangling = scratch.link("x", "nowhere");
    assert_eq!(fs.stat(&link).expect("there").file_type(), FileType::Directory);
    assert_eq!(fs.lstat(&link).expect("there").file_type(), FileType::Symlink);
    assert_eq!(fs.kind(&link), Some(FileType::Directory));
    assert_eq!(fs.kind(&dangling), None);
    assert_eq!(message(fs.stat(&dangling), &scratch), "ENOENT: no such file or directory, stat 'x'");
    assert_eq!(message(fs.lstat(scratch.join("none")), &scratch), "ENOENT: no such file or directory, lstat 'none'");
    assert_eq!(fs.stat_if_any(&dangling), Ok(None));
    assert!(fs.lstat_if_any(&dangling).expect("the link is there").is_some());
    scratch.link("loop", "loop");
    assert_eq!(message(fs.stat_if_any(scratch.join("loop")), &scratch), "ELOOP: too many symbolic links encountered, stat 'loop'");
}

#[test]
fn access_and_exists_tell_what_may_be_done() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.file("f", "");
    fs.access(&path, access::R_OK | access::W_OK).expect("it is ours");
    assert_eq!(message(fs.access(&path, access::X_OK), &scratch), "EACCES: permission denied, access 'f'");
    assert_eq!(message(fs.access(scratch.join("none"), 0), &scratch), "ENOENT: no such file or directory, access 'none'");
    assert_eq!(fs.exists(&path), Ok(true));
    assert_eq!(fs.exists(scratch.join("none")), Ok(false));
}

#[test]
fn permissions_and_owners_change() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.file("f", "");
    fs.chmod(&path, 0o4751).expect("it is ours");
    assert_eq!(fs.stat(&path).expect("there").mode & 0o7777, 0o4751);
    let fd = fs.open(&path, 0, 0).expect("a file");
    fs.fchmod(fd, 0o600).expect("it is ours");
    assert_eq!(fs.fstat(fd).expect("open").mode & 0o7777, 0o600);
    let me = fs.stat(&path).expect("there");
    fs.chown(&path, me.uid, me.gid).expect("no change");
    fs.chown(&path, u32::MAX, u32::MAX).expect("no change");
    fs.fchown(fd, u32::MAX, me.gid).expect("no change");
    fs.lchown(scratch.link("l", "nowhere"), me.uid, me.gid).expect("a link has an owner");
    fs.close(fd).expect("closed");
    let none = scratch.join("none");
    assert_eq!(message(fs.chmod(&none, 0), &scratch), "ENOENT: no such file or directory, chmod 'none'");
    assert_eq!(message(fs.chown(&none, 0, 0), &scratch), "ENOENT: no such file or directory, chown 'none'");
    assert_eq!(message(fs.lchown(&none, 0, 0), &scratch), "ENOENT: no such file or directory, lchown 'none'");
    if cfg!(target_os = "linux") {
        assert!(fs.lchmod(scratch.join("l"), 0o600).expect_err("not on Linux").is(errno::ENOTSUP));
    }
}

#[test]
fn times_are_set_to_the_microsecond() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.file("f", "");
    fs.utimes(&path, 1.123_456_789, 2.5).expect("it is ours");
    let stat = fs.stat(&path).expect("there");
    assert_eq!((stat.atime.ns(), stat.mtime.ms()), (1_123_456_000, 2500.0));
    fs.utimes(&path, f64::NAN, -1.5).expect("it is ours");
    let stat = fs.stat(&path).expect("there");
    assert_eq!((stat.atime.ns(), stat.mtime.ns()), (1_123_456_000, -1_500_000_000));
    fs.utimes(&path, f64::INFINITY, 0.0).expect("it is ours");
    assert!(fs.stat(&path).expect("there").atime.sec > 1_700_000_000);
    let link = scratch.link("l", "f");
    fs.lutimes(&link, 3.0, 4.0).expect("it is ours");
    assert_eq!(fs.lstat(&link).expect("there").mtime.sec, 4);
    assert_eq!(fs.stat(&link).expect("there").mtime.sec, 0);
    let fd = fs.open(&path, 0, 0).expect("a file");
    fs.futimes(fd, 5.0, 6.0).expect("it is ours");
    assert_eq!(fs.fstat(fd).expect("open").mtime.sec, 6);
    fs.close(fd).expect("closed");
    let none = scratch.join("none");
    assert_eq!(message(fs.utimes(&none, 0.0, 0.0), &scratch), "ENOENT: no such file or directory, utime 'none'");
    assert_eq!(message(fs.lutimes(&none, 0.0, 0.0), &scratch), "ENOENT: no such file or directory, lutime 'none'");
    assert_eq!(message(fs.futimes(99, 0.0, 0.0), &scratch), "EBADF: bad file descriptor, futime");
}

#[test]
fn files_are_cut_and_grown() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.file("f", "hello");
    fs.truncate(&path, 2).expect("it is ours");
    assert_eq!(scratch.text("f"), "he");
    fs.truncate(&path, 4).expect("it is ours");
    assert_eq!(scratch.text("f"), "he\0\0");
    assert_eq!(message(fs.truncate(scratch.join("none"), 0), &scratch), "ENOENT: no such file or directory, open 'none'");
}

#[test]
fn statfs_describes_the_file_system() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let stat = sys.fs().statfs(scratch.path()).expect("there");
    assert!(stat.bsize > 0 && stat.blocks >= stat.bfree && stat.bfree >= stat.bavail);
    assert_eq!(message(sys.fs().statfs(scratch.join("none")), &scratch), "ENOENT: no such file or directory, statfs 'none'");
    let own = Sys::builder().cwd(scratch.path()).expect("there").build();
    scratch.dir("d");
    assert_eq!(own.fs().statfs("d").expect("relative").kind, stat.kind);
}
