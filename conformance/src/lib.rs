//! Whether coil is what it says it is: runners for suites that others wrote, and what is expected of each of their tests.
//!
//! A suite is a checkout named on the command line or by an environment variable; none of its code is in this repository. What is
//! checked in are lists: which tests count, and which of them fail and why. A regression fails, a pass that nobody expected fails
//! until it is recorded, and so does an entry without a test.
//!
//! ```text
//! cargo run -p conformance -- node fs url       # two groups of Node's suite against the expectations
//! cargo run -p conformance -- node -u           # all groups; writes what came out as the new expectations
//! cargo run -p conformance -- selfcheck         # can this binary fail a test?
//! cargo run -p conformance -- test262           # the language's suite on the bare engine
//! cargo run -p conformance -- wpt url           # the web-platform-tests of an area
//! cargo run -p conformance -- npm               # packages of the registry, beside Node
//! cargo run -p conformance -- compat            # writes docs/compat/README.md
//! cargo run -p conformance -- order             # writes link/function-order.txt
//! ```
//!
//! Node's suite is the `test` tree of Node 25.8.1: `NODE_SUITE` names the folder that holds `test/`.

#![allow(clippy::disallowed_methods, reason = "a tool for the developer's machine, not part of the product")]

pub mod compat;
pub mod expectations;
pub mod hostile;
pub mod node;
pub mod npm;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod order;
pub mod process;
pub mod reaper;
pub mod report;
pub mod selfcheck;
pub mod test262;
pub mod wpt;

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository")
}

/// The newest coil binary that was built: `COIL`, or that of the release, fast or dev profile.
///
/// # Errors
///
/// What to do where there is none.
pub fn coil_binary() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("COIL") {
        return Ok(path.into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let built = ["release", "fast", "debug"].map(|profile| target.join(profile).join("coil"));
    let newest = built.into_iter().filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path))).max();
    newest.map(|(_, path)| path).ok_or_else(|| "no coil binary: `cargo build --release`, or name one by COIL or --coil".to_owned())
}
