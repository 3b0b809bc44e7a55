//! Directories: readdir, recursive too, opendir; and the working directory.
#![allow(clippy::disallowed_methods, reason = "tests set the scene with std")]

mod scratch;

use std::path::Path;

use coil_sys::Sys;
use coil_sys::fs::{Entries, FileType};
use scratch::{Scratch, message};

fn paths(entries: &Entries) -> Vec<String> {
    entries.iter().map(|entry| entry.path.to_str().expect("ascii").to_owned()).collect()
}

#[test]
fn names_come_sorted_with_their_kinds() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    for name in ["b", "a", "B", "aa"] {
        scratch.file(name, "");
    }
    scratch.dir("d");
    scratch.link("l", "d");
    std::os::unix::net::UnixListener::bind(scratch.join("s")).expect("a socket");
    let entries = sys.fs().readdir(scratch.path()).expect("there");
    assert_eq!(paths(&entries), ["B", "a", "aa", "b", "d", "l", "s"]);
    let kinds: Vec<FileType> = entries.iter().map(|entry| entry.kind).collect();
    let file = FileType::File;
    assert_eq!(kinds, [file, file, file, file, FileType::Directory, FileType::Symlink, FileType::Socket]);
    assert!(sys.fs().readdir(scratch.join("d")).expect("there").is_empty());
}

#[test]
fn failures_are_scandirs() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    scratch.file("f", "");
    assert_eq!(message(sys.fs().readdir(scratch.join("f")), &scratch), "ENOTDIR: not a directory, scandir 'f'");
    assert_eq!(message(sys.fs().readdir(scratch.join("none")), &scratch), "ENOENT: no such file or directory, scandir 'none'");
    let recursive = sys.fs().readdir_recursive(scratch.join("none"), true);
    assert_eq!(message(recursive, &scratch), "ENOENT: no such file or directory, scandir 'none'");
    assert_eq!(message(sys.fs().opendir(scratch.join("none")), &scratch), "ENOENT: no such file or directory, opendir 'none'");
}

#[test]
fn a_tree_is_read_directory_by_directory() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    scratch.file("z", "");
    scratch.file("b/y/deep", "");
    scratch.file("b/x", "");
    scratch.file("a/w", "");
    let entries = sys.fs().readdir_recursive(scratch.path(), false).expect("there");
    assert_eq!(paths(&entries), ["a", "b", "z", "a/w", "b/x", "b/y", "b/y/deep"]);
    let deep = entries.iter().last().expect("not empty");
    assert_eq!((deep.name.to_str(), deep.parent.to_str(), deep.kind), (Some("deep"), Some("b/y"), FileType::File));
    assert_eq!(entries.iter().next().map(|entry| entry.parent.is_empty()), Some(true));
}

#[test]
fn links_to_directories_are_entered_when_asked() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    scratch.file("other/f", "");
    scratch.dir("t");
    scratch.link("t/l", "../other");
    scratch.link("t/x", "nowhere");
    assert_eq!(paths(&sys.fs().readdir_recursive(scratch.join("t"), false).expect("there")), ["l", "x"]);
    assert_eq!(paths(&sys.fs().readdir_recursive(scratch.join("t"), true).expect("there")), ["l", "x", "l/f"]);
}

#[test]
fn thousands_of_names_are_read_whole() {
    let (scratch, sys) = (Scratch::new(), Sys::real());
    for at in 0..3000 {
        scratch.file(&format!("a-rather-long-name-to-fill-more-than-one-block-{at:05}"), "");
    }
    let entries = sys.fs().readdir(scratch.path()).expect("there");
    assert_eq!(entries.len(), 3000);
    assert!(entries.iter().last().expect("some").name.to_str().expect("ascii").ends_with("02999"));
    let mut dir = sys.fs().opendir(scratch.path()).expect("there");
    let mut count = 0;
    loop {
        let some = dir.read(32).expect("open");
        assert!(some.len() <= 32);
        if some.is_empty() {
            break;
        }
        count += some.len();
    }
    assert_eq!((count, dir.read(1).expect("open").len()), (3000, 0));
    assert_eq!(dir.path(), scratch.path());
}

#[test]
fn a_directory_of_its_own_leaves_the_process_where_it_is() {
    let scratch = Scratch::new();
    scratch.file("d/f", "in d");
    let before = std::env::current_dir().expect("there");
    let sys = Sys::builder().cwd(scratch.path()).expect("there").build();
    assert_eq!(sys.cwd(), Ok(scratch.path().to_owned()));
    assert_eq!(sys.fs().read_file("d/f").expect("relative"), b"in d");
    sys.chdir("d").expect("there");
    assert_eq!(sys.cwd(), Ok(scratch.join("d")));
    assert_eq!(sys.fs().read_file("f").expect("relative"), b"in d");
    sys.chdir("..").expect("there");
    assert_eq!(sys.cwd(), Ok(scratch.path().to_owned()));
    let error = sys.chdir("none").expect_err("there is none");
    assert_eq!(error.message(), format!("ENOENT: no such file or directory, chdir '{}' -> 'none'", scratch.path().display()));
    assert_eq!(std::env::current_dir().expect("there"), before);
    assert!(Sys::builder().cwd("/nope").is_err());
    assert!(Sys::real().cwd().expect("there").is_absolute());
    assert_eq!(Sys::real().fs().kind(Path::new(".")), Some(FileType::Directory));
}
