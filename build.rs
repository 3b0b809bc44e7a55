//! Links the program with packed relative relocations where the system's loader knows them.
//!
//! The built-in tables and vtables hold some 200,000 addresses that the loader relocates at start. As ordinary entries they are 24 bytes
//! each in the file, all of which are read at every start; packed they are a bit each.
#![allow(clippy::disallowed_methods, reason = "a build script asks the machine it runs on")]

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if is_native_gnu_linux() && glibc_version().is_some_and(|version| version >= GLIBC_WITH_RELR) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The first glibc whose loader reads packed relocations (DT_RELR); an older one refuses to start the program.
const GLIBC_WITH_RELR: (u32, u32) = (2, 36);

/// Whether the program will run on a system like this one.
fn is_native_gnu_linux() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && env::var("HOST").ok() == env::var("TARGET").ok()
}

fn glibc_version() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().rsplit(' ').next()?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
