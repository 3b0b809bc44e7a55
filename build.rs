//! Links the program so that it starts quickly and touches little memory.
//!
//! - Packed relative relocations, where the system's loader knows them. The built-in tables and vtables hold some 200,000 addresses
//!   that the loader relocates at start. As ordinary entries they are 24 bytes each in the file, all of which are read at every start;
//!   packed they are a bit each.
//! - The functions that programs call first lie together (`link/function-order.txt`, made by `conformance order`): an empty program
//!   keeps 3 MB of code in memory instead of 9.
#![allow(clippy::disallowed_methods, reason = "a build script asks the machine it runs on")]

use std::{env, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if is_native_gnu_linux() && glibc_version().is_some_and(|version| version >= GLIBC_WITH_RELR) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    if is_optimised() && linker_is_lld() {
        let list = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("link/function-order.txt");
        println!("cargo::rerun-if-changed={}", list.display());
        for option in [format!("--symbol-ordering-file={}", list.display()), "--no-warn-symbol-ordering".to_owned()] {
            println!("cargo::rustc-link-arg-bins=-Xlinker");
            println!("cargo::rustc-link-arg-bins={option}");
        }
    }
}

/// The first glibc whose loader reads packed relocations (DT_RELR); an older one refuses to start the program.
const GLIBC_WITH_RELR: (u32, u32) = (2, 36);

/// Whether the program will run on a system like this one.
fn is_native_gnu_linux() -> bool {
    is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && env::var("HOST").ok() == env::var("TARGET").ok()
}

fn is_optimised() -> bool {
    is("PROFILE", "release")
}

/// Whether rustc links by its own lld, as it does on x86-64 Linux unless told otherwise. Other linkers do not know the list's option.
fn linker_is_lld() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_told_otherwise = env::var_os("RUSTC_LINKER").is_some() || ["linker", "fuse-ld", "link-self-contained"].iter().any(|flag| flags.contains(flag));
    is("TARGET", "x86_64-unknown-linux-gnu") && is("HOST", "x86_64-unknown-linux-gnu") && !is_told_otherwise
}

fn is(variable: &str, value: &str) -> bool {
    env::var(variable).is_ok_and(|found| found == value)
}

fn glibc_version() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().rsplit(' ').next()?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
