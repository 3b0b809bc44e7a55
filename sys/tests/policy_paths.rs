//! The policy on paths: what leads out of a granted tree is denied, however it leads there.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::path::Path;

use coil_sys::fs::{RmOptions, flags};
use coil_sys::{Audit, PathRules, Policy, Sys, SysError, SysResult};
use scratch::Scratch;

/// `in/` may be read and written, `ro/` read; `out/` neither.
fn confined(scratch: &Scratch) -> Sys {
    scratch.file("in/f", "inside");
    scratch.file("in/d/g", "inside too");
    scratch.file("ro/r", "read only");
    scratch.file("out/secret", "secret");
    scratch.dir("out/dir");
    let mut policy = Policy::deny_all();
    policy.fs_read = PathRules::list([scratch.join("in"), scratch.join("ro")], scratch.path());
    policy.fs_write = PathRules::list([scratch.join("in")], scratch.path());
    Sys::builder().policy(policy).cwd(scratch.join("in")).expect("there").build()
}

#[track_caller]
fn denied<T>(result: SysResult<T>, permission: &str) -> SysError {
    match result {
        Ok(_) => panic!("it was allowed"),
        Err(error) => {
            assert_eq!(error.denied.as_ref().map(|denied| denied.permission), Some(permission), "{}", error.message());
            error
        }
    }
}

const READ: &str = "FileSystemRead";
const WRITE: &str = "FileSystemWrite";

#[test]
fn what_is_granted_works_as_without_a_policy() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let fs = sys.fs();
    assert_eq!(fs.read_file("f").expect("relative"), b"inside");
    assert_eq!(fs.read_file(&scratch.join("ro/r")).expect("absolute"), b"read only");
    fs.write_file("new", b"x", flags::WRITE, 0o600, false).expect("created");
    fs.append_file("new", b"y", 0o600).expect("appended");
    assert_eq!(fs.stat("new").expect("there").size, 2);
    assert_eq!(fs.lstat("d/..").expect("there").ino, fs.stat(".").expect("there").ino);
    fs.mkdir_recursive("a/b/c", 0o777).expect("made");
    fs.rename("new", "a/b/c/moved").expect("moved");
    fs.link("a/b/c/moved", "linked").expect("linked");
    fs.copy_file("linked", "copied", 0).expect("copied");
    fs.chmod("copied", 0o640).expect("changed");
    fs.utimes("copied", 1.0, 2.0).expect("changed");
    fs.lutimes("copied", 1.0, 3.0).expect("changed");
    fs.truncate("copied", 1).expect("cut");
    assert_eq!(scratch.text("in/copied").len(), 1);
    assert_eq!(fs.readdir(".").expect("there").len(), 5);
    assert!(fs.readdir_recursive(".", true).expect("there").len() > 5);
    assert_eq!(fs.opendir("d").expect("there").read(9).expect("open").len(), 1);
    assert_eq!(fs.realpath("d/../f"), Ok(scratch.join("in/f")));
    assert!(fs.mkdtemp("t-").expect("made").to_str().expect("ascii").starts_with("t-"));
    assert!(fs.exists("f").expect("allowed") && !fs.exists("none").expect("allowed"));
    fs.rm("a", RmOptions { recursive: true, ..RmOptions::default() }).expect("removed");
    fs.unlink("linked").expect("removed");
    fs.rmdir("d").expect_err("not empty");
    assert_eq!(fs.statfs(".").expect("there").bsize, Sys::real().fs().statfs(scratch.path()).expect("there").bsize);
}

#[test]
fn errors_of_the_system_are_as_without_a_policy() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let fs = sys.fs();
    let text = |result: SysResult<()>| result.expect_err("fails").message();
    assert_eq!(text(fs.stat("none").map(drop)), "ENOENT: no such file or directory, stat 'none'");
    assert_eq!(text(fs.read_file("none").map(drop)), "ENOENT: no such file or directory, open 'none'");
    assert_eq!(text(fs.read_file("").map(drop)), "ENOENT: no such file or directory, open ''");
    assert_eq!(text(fs.lstat("").map(drop)), "ENOENT: no such file or directory, lstat ''");
    assert_eq!(text(fs.open("", flags::WRITE, 0).map(drop)), "ENOENT: no such file or directory, open ''");
    assert_eq!(text(fs.open("d/", flags::WRITE, 0).map(drop)), "EISDIR: illegal operation on a directory, open 'd/'");
    assert_eq!(text(fs.open("d", flags::WRITE, 0).map(drop)), "EISDIR: illegal operation on a directory, open 'd'");
    assert_eq!(text(fs.open("f", flags::WRITE | flags::O_EXCL, 0).map(drop)), "EEXIST: file already exists, open 'f'");
    assert_eq!(text(fs.mkdir("d", 0)), "EEXIST: file already exists, mkdir 'd'");
    assert_eq!(text(fs.mkdir("d/..", 0)), "EEXIST: file already exists, mkdir 'd/..'");
    assert_eq!(text(fs.mkdir("no/x", 0)), "ENOENT: no such file or directory, mkdir 'no/x'");
    assert_eq!(text(fs.rmdir("d/")), "ENOTEMPTY: directory not empty, rmdir 'd/'");
    assert_eq!(text(fs.unlink("f/")), "ENOTDIR: not a directory, unlink 'f/'");
    assert_eq!(text(fs.rename("none", "x")), "ENOENT: no such file or directory, rename 'none' -> 'x'");
    assert_eq!(text(fs.readlink("f").map(drop)), "EINVAL: invalid argument, readlink 'f'");
    assert_eq!(text(fs.readlink("d/").map(drop)), "EINVAL: invalid argument, readlink 'd/'");
    assert_eq!(text(fs.realpath("d/none").map(drop)), format!("ENOENT: no such file or directory, lstat '{}'", "d/none"));
}

#[test]
fn what_is_not_granted_is_denied_by_every_operation() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let fs = sys.fs();
    let secret = scratch.join("out/secret");
    let error = denied(fs.read_file(&secret), READ);
    assert_eq!(error.message(), "Access to this API has been restricted. Use --allow-fs-read to manage permissions.");
    assert_eq!(error.denied.expect("denied").resource, secret.to_str().expect("ascii"));
    let error = denied(fs.open("../out/new", flags::WRITE, 0o666), WRITE);
    assert_eq!(error.denied.expect("denied").resource, "../out/new", "as it was given");
    denied(fs.open(&secret, flags::O_RDWR, 0), READ);
    for path in [secret.clone(), scratch.join("out/none"), "/".into(), "..".into(), "/etc/passwd".into()] {
        denied(fs.stat(&path), READ);
        denied(fs.lstat(&path), READ);
        denied(fs.stat_if_any(&path), READ);
        denied(fs.access(&path, 0), READ);
        denied(fs.exists(&path), READ);
        denied(fs.readlink(&path), READ);
        denied(fs.realpath(&path), READ);
        denied(fs.realpath_native(&path), READ);
        denied(fs.readdir(&path), READ);
        denied(fs.readdir_recursive(&path, true), READ);
        denied(fs.opendir(&path), READ);
        denied(fs.statfs(&path), READ);
        denied(fs.copy_file(&path, "x", 0), READ);
        denied(fs.rename(&path, "x"), READ);
        denied(fs.link(&path, "x"), READ);
        denied(fs.truncate(&path, 0), READ);
        denied(fs.rm(&path, RmOptions { recursive: true, force: true, ..RmOptions::default() }), READ);
        denied(fs.write_file(&path, b"", flags::WRITE, 0, false), WRITE);
        denied(fs.append_file(&path, b"", 0), WRITE);
        denied(fs.copy_file("f", &path, 0), WRITE);
        denied(fs.copy_file("d", &path, 0), WRITE);
        denied(fs.rename("f", &path), WRITE);
        denied(fs.link("f", &path), WRITE);
        denied(fs.unlink(&path), WRITE);
        denied(fs.rmdir(&path), WRITE);
        denied(fs.mkdir(&path, 0), WRITE);
        denied(fs.mkdir_recursive(&path, 0), WRITE);
        denied(fs.mkdtemp(path.join("t-")), WRITE);
        denied(fs.chmod(&path, 0), WRITE);
        denied(fs.lchmod(&path, 0), WRITE);
        denied(fs.chown(&path, 0, 0), WRITE);
        denied(fs.lchown(&path, 0, 0), WRITE);
        denied(fs.utimes(&path, 0.0, 0.0), WRITE);
        denied(fs.lutimes(&path, 0.0, 0.0), WRITE);
        assert_eq!(fs.kind(&path), None);
    }
    assert_eq!(scratch.text("out/secret"), "secret");
}

#[test]
fn reading_does_not_grant_writing() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let fs = sys.fs();
    let r = scratch.join("ro/r");
    denied(fs.write_file(&r, b"", flags::WRITE, 0, false), WRITE);
    denied(fs.open(&r, flags::O_RDWR, 0), WRITE);
    denied(fs.open(&r, flags::O_RDONLY | flags::O_TRUNC, 0), WRITE);
    denied(fs.open(scratch.join("ro/new"), flags::O_RDONLY | flags::O_CREAT, 0), WRITE);
    denied(fs.unlink(&r), WRITE);
    denied(fs.rename(&r, "stolen"), WRITE);
    denied(fs.link(&r, "hard"), WRITE);
    let fd = fs.open(&r, flags::O_RDONLY, 0).expect("reading is granted");
    for error in [fs.fchmod(fd, 0), fs.fchown(fd, 0, 0), fs.futimes(fd, 0.0, 0.0)] {
        let error = denied(error, "");
        assert!(error.message().ends_with("API is disabled when Permission Model is enabled."), "{}", error.message());
    }
    fs.ftruncate(fd, 0).expect_err("the system knows it is for reading");
    fs.close(fd).expect("closed");
    assert_eq!(scratch.text("ro/r"), "read only");
}

#[test]
fn a_link_out_of_the_tree_is_denied() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let fs = sys.fs();
    scratch.link("in/file", "../out/secret");
    scratch.link("in/absolute", scratch.join("out/secret"));
    scratch.link("in/dir", "../out");
    scratch.link("in/up", "..");
    scratch.link("in/chain", "d/chain");
    scratch.link("in/d/chain", "../file");
    scratch.link("in/root", "/");
    let deep = format!("root{}", scratch.join("out/secret").display());
    for path in ["file", "absolute", "dir/secret", "up/out/secret", "chain", "d/chain", "d/../dir/secret", &deep] {
        denied(fs.read_file(path), READ);
        denied(fs.stat(path), READ);
        denied(fs.access(path, 0), READ);
        denied(fs.realpath(path), READ);
        denied(fs.copy_file(path, "copy", 0), READ);
        denied(fs.write_file(path, b"x", flags::WRITE, 0, false), WRITE);
        denied(fs.append_file(path, b"x", 0), WRITE);
        denied(fs.truncate(path, 0), READ);
        denied(fs.chmod(path, 0o777), WRITE);
        denied(fs.chown(path, 0, 0), WRITE);
        denied(fs.utimes(path, 0.0, 0.0), WRITE);
        denied(fs.copy_file("f", path, 0), WRITE);
    }
    for path in ["dir", "up", "root", "dir/dir", "up/out"] {
        denied(fs.readdir(path), READ);
        denied(fs.readdir_recursive(path, true), READ);
        denied(fs.opendir(path), READ);
        denied(fs.statfs(path), READ);
    }
    // Entries of a directory that a link leads to.
    denied(fs.unlink("dir/secret"), WRITE);
    denied(fs.rmdir("dir/dir"), WRITE);
    denied(fs.mkdir("dir/new", 0o777), WRITE);
    denied(fs.mkdir_recursive("dir/new/x", 0o777), WRITE);
    denied(fs.mkdtemp("dir/t-"), WRITE);
    denied(fs.rename("dir/secret", "x"), READ);
    denied(fs.rename("f", "dir/x"), WRITE);
    denied(fs.link("dir/secret", "x"), READ);
    denied(fs.link("f", "dir/x"), WRITE);
    denied(fs.lstat("dir/secret"), READ);
    denied(fs.lstat("dir/"), READ);
    denied(fs.lstat("up/."), READ);
    denied(fs.lchown("dir/", 0, 0), WRITE);
    denied(fs.lutimes("up/..", 0.0, 0.0), WRITE);
    denied(fs.readlink("dir/"), READ);
    denied(fs.rm("dir/dir", RmOptions { recursive: true, force: true, ..RmOptions::default() }), READ);
    // The link itself is inside.
    assert_eq!(fs.readlink("file").expect("the link is ours"), Path::new("../out/secret"));
    fs.lstat("file").expect("the link is ours");
    fs.unlink("file").expect("the link is ours");
    fs.rm("dir", RmOptions { recursive: true, ..RmOptions::default() }).expect("the link is ours");
    assert_eq!((scratch.text("out/secret"), scratch.join("out/dir").is_dir()), ("secret".to_owned(), true));
    assert_eq!(std::fs::read_dir(scratch.join("out")).expect("there").count(), 2);
}

#[test]
fn nothing_is_created_through_a_link() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let fs = sys.fs();
    scratch.link("in/new", "../out/new");
    scratch.link("in/absolute", scratch.join("out/new"));
    scratch.link("in/first", "second");
    scratch.link("in/second", "new");
    scratch.link("in/dir", "../out/dir");
    scratch.link("in/loop", "loop");
    for path in ["new", "absolute", "first", "second", "dir/new", "d/../new"] {
        denied(fs.open(path, flags::WRITE, 0o666), WRITE);
        denied(fs.open(path, flags::APPEND, 0o666), WRITE);
        denied(fs.write_file(path, b"x", flags::WRITE, 0o666, false), WRITE);
        denied(fs.copy_file("f", path, 0), WRITE);
    }
    assert!(fs.open("new", flags::WRITE | flags::O_EXCL, 0o666).expect_err("a link is there").is(coil_sys::errno::EEXIST));
    assert!(fs.open("new", flags::WRITE | flags::O_NOFOLLOW, 0o666).expect_err("a link is there").is(coil_sys::errno::ELOOP));
    assert!(fs.open("loop", flags::WRITE, 0o666).expect_err("no end").is(coil_sys::errno::ELOOP));
    // A link that stays inside is followed, also to something new.
    scratch.link("in/good", "d/made");
    fs.write_file("good", b"made", flags::WRITE, 0o666, false).expect("inside");
    assert_eq!(scratch.text("in/d/made"), "made");
    // From inside into what may only be read.
    scratch.link("in/to-ro", "../ro/r");
    assert_eq!(fs.read_file("to-ro").expect("reading is granted"), b"read only");
    denied(fs.write_file("to-ro", b"", flags::WRITE, 0, false), WRITE);
    assert_eq!(std::fs::read_dir(scratch.join("out/dir")).expect("there").count(), 0);
    assert!(!scratch.join("out/new").exists());
}

#[test]
fn trees_are_not_left_by_recursive_operations() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    scratch.link("in/d/out", "../../out");
    let entries = sys.fs().readdir_recursive(".", true).expect("there");
    assert!(entries.iter().all(|entry| entry.name != "secret"));
    denied(
        sys.fs().cp("d", "copy", &coil_sys::fs::CpOptions { recursive: true, dereference: true, ..Default::default() }).map_err(|error| match error {
            coil_sys::fs::CpError::Sys(error) => error,
            coil_sys::fs::CpError::Rule { message, .. } => panic!("{message}"),
        }),
        READ,
    );
    sys.fs().rm("d", RmOptions { recursive: true, ..RmOptions::default() }).expect("removed");
    assert_eq!(scratch.text("out/secret"), "secret");
}

#[test]
fn making_links_takes_both_full_grants() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    let error = denied(sys.fs().symlink("f", "l"), "");
    assert_eq!(error.message(), "fs.symlink API requires full fs.read and fs.write permissions.");
    let mut policy = Policy::deny_all();
    policy.fs_read = PathRules::all();
    policy.fs_write = PathRules::all();
    let sys = Sys::builder().policy(policy).build();
    sys.fs().symlink("f", scratch.join("l")).expect("granted");
}

#[test]
fn a_directory_that_is_swapped_for_a_link_meanwhile_opens_nothing() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    scratch.file("in/swap/secret", "inside");
    scratch.file("in/other/x", "");
    let (swap, aside, link) = (scratch.join("in/swap"), scratch.join("in/aside"), scratch.link("in/evil", "../out"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                std::fs::rename(&swap, &aside).expect("moved away");
                std::fs::rename(&link, &swap).expect("the link in its place");
                std::fs::rename(&swap, &link).expect("and back");
                std::fs::rename(&aside, &swap).expect("and back");
            }
        });
        let mut read = 0;
        for _ in 0..3000 {
            if let Ok(bytes) = sys.fs().read_file("swap/secret") {
                assert_eq!(bytes, b"inside");
                read += 1;
            }
            let _ = sys.fs().write_file("swap/made", b"", flags::WRITE, 0o666, false);
            let _ = sys.fs().mkdir("swap/made-dir", 0o777);
            let _ = sys.fs().rm("swap/secret2", RmOptions { recursive: true, force: true, ..RmOptions::default() });
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(read > 0, "it is there half of the time");
    });
    assert_eq!(std::fs::read_dir(scratch.join("out")).expect("there").count(), 2, "nothing was made outside");
}

#[test]
fn a_grant_that_is_a_link_itself_grants_what_it_led_to() {
    let scratch = Scratch::new();
    scratch.file("real/f", "x");
    scratch.file("elsewhere/f", "y");
    scratch.link("alias", "real");
    let mut policy = Policy::deny_all();
    policy.fs_read = PathRules::list([scratch.join("alias")], Path::new("/"));
    let sys = Sys::builder().policy(policy).build();
    assert_eq!(sys.fs().read_file(&scratch.join("alias/f")).expect("granted"), b"x");
    denied(sys.fs().read_file(&scratch.join("real/f")), READ);
    std::fs::remove_file(scratch.join("alias")).expect("ours");
    scratch.link("alias", "elsewhere");
    denied(sys.fs().read_file(&scratch.join("alias/f")), READ);
}

#[test]
fn single_files_and_prefixes_are_granted_alone() {
    let scratch = Scratch::new();
    scratch.file("a.txt", "a");
    scratch.file("ab.txt", "ab");
    scratch.file("b.txt", "b");
    let mut policy = Policy::deny_all();
    policy.fs_read = PathRules::list(["a*", "b.txt"], scratch.path());
    policy.fs_write = PathRules::list(["later.txt"], scratch.path());
    let sys = Sys::builder().policy(policy).cwd(scratch.path()).expect("there").build();
    for name in ["a.txt", "ab.txt", "b.txt"] {
        sys.fs().read_file(name).expect("granted");
    }
    scratch.file("b.txt2", "");
    denied(sys.fs().read_file("b.txt2"), READ);
    denied(sys.fs().readdir("."), READ);
    sys.fs().write_file("later.txt", b"made", flags::WRITE, 0o666, false).expect("it need not exist before");
    denied(sys.fs().mkdir("later", 0), WRITE);
}

#[test]
fn the_memory_of_processes_is_never_written() {
    let mut policy = Policy::deny_all();
    policy.fs_read = PathRules::all();
    policy.fs_write = PathRules::all();
    let sys = Sys::builder().policy(policy).build();
    denied(sys.fs().open("/proc/self/mem", flags::O_RDWR, 0), WRITE);
    denied(sys.fs().open("/proc/thread-self/mem", flags::O_WRONLY, 0), WRITE);
    denied(sys.fs().write_file("/proc/self/task/../mem", b"x", flags::WRITE, 0, false), WRITE);
}

#[test]
fn permissions_are_told_as_node_tells_them() {
    let scratch = Scratch::new();
    let sys = confined(&scratch);
    scratch.link("in/file", "../out/secret");
    let has = |scope: &str, path: &str| sys.has_permission(scope, Some(&scratch.join(path)));
    assert!(has("fs.read", "in") && has("fs.read", "in/f") && has("fs.read", "in/") && has("fs.read", "in/not/yet") && has("fs.write", "in/f"));
    assert!(!has("fs.read", "inx") && !has("fs.read", "out/secret") && !has("fs.write", "ro/r"));
    assert!(!has("fs.read", "in/file"), "it leads out");
    assert!(!sys.has_permission("fs", None) && !sys.has_permission("fs.read", None));
    for scope in ["child", "worker", "wasi", "addon", "inspector", "net", "nonsense"] {
        assert!(!sys.has_permission(scope, None));
    }
    assert!(sys.permissions_enabled() && !Sys::real().permissions_enabled());
}

#[test]
fn denials_are_told_to_the_audit_and_can_be_let_pass() {
    use std::sync::{Arc, Mutex};
    let scratch = Scratch::new();
    let path = scratch.file("f", "x");
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = Arc::clone(&seen);
    let mut policy = Policy::deny_all();
    policy.audit = Some(Audit::new(move |denied| sink.lock().expect("no panic").push(format!("{} {}", denied.permission, denied.resource))));
    let strict = Sys::builder().policy(policy.clone()).build();
    denied(strict.fs().read_file(&path), READ);
    policy.audit_only = true;
    let lenient = Sys::builder().policy(policy).build();
    assert_eq!(lenient.fs().read_file(&path).expect("let pass"), b"x");
    lenient.policy().check_child_process("ls", "spawn").expect("let pass");
    let line = format!("FileSystemRead {}", path.display());
    assert_eq!(*seen.lock().expect("no panic"), [line.clone(), line, "ChildProcess ls".to_owned()]);
}
