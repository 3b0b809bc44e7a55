//! Names: link, symlink, readlink, rename, unlink, mkdir, rmdir, mkdtemp, realpath, rm, copy_file, cp.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use coil_sys::fs::{COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE, CpError, CpOptions, RmOptions};
use coil_sys::{Sys, errno};
use scratch::{Scratch, message};

#[test]
fn links_of_both_kinds() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let path = scratch.file("f", "x");
    fs.link(&path, scratch.join("g")).expect("a second name");
    assert_eq!(fs.stat(&path).expect("there").nlink, 2);
    fs.symlink("any/where", scratch.join("l")).expect("a link");
    assert_eq!(fs.readlink(scratch.join("l")).expect("a link"), Path::new("any/where"));
    let (f, none) = (&path, scratch.join("none"));
    assert_eq!(message(fs.link(&none, f), &scratch), "ENOENT: no such file or directory, link 'none' -> 'f'");
    assert_eq!(message(fs.link(f, f), &scratch), "EEXIST: file already exists, link 'f' -> 'f'");
    assert_eq!(message(fs.symlink("t", f), &scratch), "EEXIST: file already exists, symlink 't' -> 'f'");
    assert_eq!(message(fs.readlink(f), &scratch), "EINVAL: invalid argument, readlink 'f'");
}

#[test]
fn names_are_changed_and_removed() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let (f, g, none) = (scratch.file("f", "f"), scratch.file("g", "g"), scratch.join("none"));
    fs.rename(&f, &g).expect("replaces");
    assert_eq!(scratch.text("g"), "f");
    assert_eq!(message(fs.rename(&none, &g), &scratch), "ENOENT: no such file or directory, rename 'none' -> 'g'");
    fs.unlink(&g).expect("removed");
    assert_eq!(message(fs.unlink(&g), &scratch), "ENOENT: no such file or directory, unlink 'g'");
    let d = scratch.join("d");
    fs.mkdir(&d, 0o700).expect("made");
    assert_eq!(message(fs.mkdir(&d, 0o777), &scratch), "EEXIST: file already exists, mkdir 'd'");
    scratch.file("d/x", "");
    assert_eq!(message(fs.rmdir(&d), &scratch), "ENOTEMPTY: directory not empty, rmdir 'd'");
    assert_eq!(message(fs.unlink(&d), &scratch), "EISDIR: illegal operation on a directory, unlink 'd'");
    fs.unlink(d.join("x")).expect("removed");
    fs.rmdir(&d).expect("removed");
    assert_eq!(message(fs.rmdir(&d), &scratch), "ENOENT: no such file or directory, rmdir 'd'");
}

#[test]
fn missing_directories_are_made_and_the_first_is_told() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    assert_eq!(fs.mkdir_recursive(scratch.join("a/b/c"), 0o777), Ok(Some(scratch.join("a"))));
    assert_eq!(fs.mkdir_recursive(scratch.join("a/b/c"), 0o777), Ok(None));
    assert_eq!(fs.mkdir_recursive(scratch.join("a/b/d/e/"), 0o777).map(|first| first.is_some()), Ok(true));
    assert!(scratch.join("a/b/d/e").is_dir());
    scratch.file("f", "");
    assert_eq!(message(fs.mkdir_recursive(scratch.join("f"), 0o777), &scratch), "EEXIST: file already exists, mkdir 'f'");
    assert_eq!(message(fs.mkdir_recursive(scratch.join("f/x/y"), 0o777), &scratch), "ENOTDIR: not a directory, mkdir 'f/x/y'");
    assert_eq!(fs.mkdir_recursive("/", 0o777), Ok(None));
    let own = Sys::builder().cwd(scratch.path()).expect("there").build();
    assert_eq!(own.fs().mkdir_recursive("q/w/e", 0o777), Ok(Some("q".into())), "as it was given: relative");
    assert!(scratch.join("q/w/e").is_dir());
}

#[test]
fn temporary_directories_have_random_names() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let made = sys.fs().mkdtemp(scratch.join("x-")).expect("made");
    let name = made.file_name().and_then(|name| name.to_str()).expect("ascii");
    assert!(name.starts_with("x-") && name.len() == 8 && made.is_dir());
    assert_eq!(std::fs::metadata(&made).expect("there").mode() & 0o777, 0o700);
    assert_ne!(sys.fs().mkdtemp(scratch.join("x-")).expect("made"), made);
    let result = sys.fs().mkdtemp(scratch.join("no/x-"));
    assert_eq!(message(result, &scratch), "ENOENT: no such file or directory, mkdtemp 'no/x-XXXXXX'");
    let seeded = || Sys::builder().random_seed(1).build().fs().mkdtemp(scratch.join("s-")).expect("made");
    let (first, second) = (seeded(), seeded());
    assert_ne!(first, second, "the same random numbers, so the second one is tried again");
}

#[test]
fn realpath_resolves_every_link() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let f = scratch.file("d/f", "");
    scratch.link("l", "d");
    scratch.link("m", "l/../l/f");
    scratch.link("loop", "loop");
    for path in ["l/f", "m", "./d/../d/./f"] {
        assert_eq!(fs.realpath(scratch.join(path)), Ok(f.clone()));
        assert_eq!(fs.realpath_native(scratch.join(path)), Ok(f.clone()));
    }
    assert_eq!(fs.realpath("/"), Ok("/".into()));
    assert_eq!(message(fs.realpath(scratch.join("l/no/x")), &scratch), "ENOENT: no such file or directory, lstat 'd/no'");
    assert_eq!(message(fs.realpath_native(scratch.join("l/no")), &scratch), "ENOENT: no such file or directory, realpath 'l/no'");
    assert!(fs.realpath(scratch.join("loop")).expect_err("no end").is(errno::ELOOP));
    let own = Sys::builder().cwd(scratch.path()).expect("there").build();
    assert_eq!(own.fs().realpath("l/f"), Ok(f));
}

#[test]
fn realpath_of_a_pipe_is_what_proc_calls_it() {
    let sys = Sys::real();
    let (read, _write) = sys.net().pipe(false).expect("a pipe");
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&read));
    let real = sys.fs().realpath(path).expect("there");
    assert!(real.to_str().expect("ascii").contains("/fd/pipe:["), "{}", real.display());
}

const TREE: RmOptions = RmOptions { recursive: true, force: false, max_retries: 0, retry_delay_ms: 0 };

#[test]
fn rm_removes_files_trees_and_links_but_not_what_links_lead_to() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let kept = scratch.file("kept/f", "x");
    for at in 0..50 {
        scratch.file(&format!("t/{}/{at}/f", at % 7), "x");
    }
    scratch.link("t/3/l", "../../kept");
    assert_eq!(message(fs.rm(scratch.join("t"), RmOptions::default()), &scratch), "EISDIR: illegal operation on a directory, rm 't'");
    fs.rm(scratch.join("t"), TREE).expect("removed");
    assert!(!scratch.join("t").exists() && kept.exists());
    scratch.link("l", "kept");
    fs.rm(scratch.join("l"), TREE).expect("removed");
    assert!(kept.exists());
    fs.rm(&kept, RmOptions::default()).expect("removed");
    assert_eq!(message(fs.rm(&kept, TREE), &scratch), "ENOENT: no such file or directory, lstat 'kept/f'");
    fs.rm(&kept, RmOptions { force: true, ..TREE }).expect("nothing to do");
    scratch.file("own/d/f", "");
    let own = Sys::builder().cwd(scratch.path()).expect("there").build();
    own.fs().rm("own/d/.", TREE).expect("removed");
    assert!(scratch.join("own").exists() && !scratch.join("own/d").exists());
}

#[test]
fn rm_goes_as_deep_as_the_tree() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let mut deep = scratch.join("t");
    for _ in 0..300 {
        deep.push("d");
    }
    sys.fs().mkdir_recursive(&deep, 0o777).expect("made");
    sys.fs().rm(scratch.join("t"), TREE).expect("removed");
    assert!(!scratch.join("t").exists());
}

#[test]
fn copy_file_copies_bytes_and_permissions() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    let (f, g) = (scratch.file("f", "hello"), scratch.file("g", "something longer"));
    std::fs::set_permissions(&f, std::fs::Permissions::from_mode(0o640)).expect("ours");
    fs.copy_file(&f, &g, 0).expect("overwritten");
    assert_eq!((scratch.text("g").as_str(), fs.stat(&g).expect("there").mode & 0o777), ("hello", 0o640));
    let again = fs.copy_file(&f, &g, COPYFILE_EXCL);
    assert_eq!(message(again, &scratch), "EEXIST: file already exists, copyfile 'f' -> 'g'");
    fs.copy_file(&f, &f, 0).expect("onto itself: nothing");
    assert_eq!(scratch.text("f"), "hello");
    fs.copy_file(&f, scratch.join("h"), COPYFILE_FICLONE).expect("cloned or copied");
    assert_eq!(scratch.text("h"), "hello");
    if let Err(error) = fs.copy_file(&f, scratch.join("i"), COPYFILE_FICLONE_FORCE) {
        assert_eq!(error.syscall, "copyfile");
        assert!(!scratch.join("i").exists(), "a copy that failed is removed");
    }
    let none = scratch.join("none");
    assert_eq!(message(fs.copy_file(&none, &g, 0), &scratch), "ENOENT: no such file or directory, copyfile 'none' -> 'g'");
    let dir = scratch.dir("d");
    assert_eq!(message(fs.copy_file(&dir, &none, 0), &scratch), "EISDIR: illegal operation on a directory, copyfile 'd' -> 'none'");
    assert!(!none.exists());
    fs.copy_file("/proc/self/status", &g, 0).expect("a file of /proc");
    assert!(scratch.text("g").starts_with("Name:"));
    let big = "x".repeat(3_000_000);
    fs.copy_file(scratch.file("big", &big), scratch.join("big2"), 0).expect("copied");
    assert_eq!(scratch.text("big2").len(), big.len());
}

#[test]
fn cp_copies_trees() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    let fs = sys.fs();
    scratch.file("src/a/b/f", "f");
    scratch.file("src/g", "g");
    scratch.link("src/l", "g");
    std::fs::set_permissions(scratch.join("src/a"), std::fs::Permissions::from_mode(0o500)).expect("ours");
    let all = CpOptions { recursive: true, ..CpOptions::default() };
    fs.cp(scratch.join("src"), scratch.join("x/dest"), &all).expect("copied");
    assert_eq!((scratch.text("x/dest/a/b/f"), scratch.text("x/dest/g")), ("f".to_owned(), "g".to_owned()));
    assert_eq!(fs.stat(scratch.join("x/dest/a")).expect("there").mode & 0o777, 0o500);
    assert_eq!(fs.readlink(scratch.join("x/dest/l")).expect("a link"), scratch.join("src/g"), "made absolute");
    let verbatim = CpOptions { verbatim_symlinks: true, preserve_timestamps: true, ..all };
    fs.utimes(scratch.join("src/g"), 5.0, 6.0).expect("ours");
    fs.cp(scratch.join("src"), scratch.join("v"), &verbatim).expect("copied");
    assert_eq!(fs.readlink(scratch.join("v/l")).expect("a link"), Path::new("g"));
    assert_eq!(fs.stat(scratch.join("v/g")).expect("there").mtime.sec, 6);
    fs.cp(scratch.join("src"), scratch.join("f"), &CpOptions { dereference: true, ..all }).expect("copied");
    assert_eq!(fs.lstat(scratch.join("f/l")).map(|stat| stat.is_file()), Ok(true));
    for dir in ["src/a", "x/dest/a", "v/a", "f/a"] {
        std::fs::set_permissions(scratch.join(dir), std::fs::Permissions::from_mode(0o700)).expect("ours");
    }
}

#[test]
fn cp_keeps_nodes_rules() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    scratch.file("d/f", "f");
    scratch.file("g", "g");
    let code = |src: &str, dest: &str, options: CpOptions| match sys.fs().cp(scratch.join(src), scratch.join(dest), &options) {
        Ok(()) => "ok",
        Err(CpError::Rule { code, .. }) => code,
        Err(CpError::Sys(error)) => error.code(),
    };
    let plain = CpOptions::default();
    let all = CpOptions { recursive: true, ..plain };
    assert_eq!(code("d", "e", plain), "ERR_FS_EISDIR");
    assert_eq!(code("d", "d", all), "ERR_FS_CP_EINVAL");
    assert_eq!(code("d", "d/sub", all), "ERR_FS_CP_EINVAL");
    assert_eq!(code("d", "g", all), "ERR_FS_CP_DIR_TO_NON_DIR");
    assert_eq!(code("g", "d", all), "ERR_FS_CP_NON_DIR_TO_DIR");
    assert_eq!(code("none", "d", all), "ENOENT");
    assert_eq!(code("g", "d/f", CpOptions { force: false, error_on_exist: true, ..plain }), "ERR_FS_CP_EEXIST");
    assert_eq!(code("g", "d/f", CpOptions { force: false, ..plain }), "ok");
    assert_eq!(scratch.text("d/f"), "f");
    assert_eq!(code("g", "d/f", plain), "ok");
    assert_eq!(scratch.text("d/f"), "g");
}
