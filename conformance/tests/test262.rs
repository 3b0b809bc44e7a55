//! `cargo test -p conformance --test test262`: a slice of Test262 against `conformance/test262/failures.tsv`.
//!
//! `TEST262` names the checkout (see `conformance/test262/README.md`); the host is the engine's example `test262`, built beside coil.
#![allow(clippy::disallowed_methods, reason = "a test runs on the machine itself")]

use std::{path::PathBuf, time::Duration};

use conformance::test262::{Options, expected::Failures, run};

/// Every how many-th test: 3,000 of them, half a minute of a fast build.
const EVERY: usize = 16;

#[test]
fn a_slice_ends_as_expected() {
    let Some(suite) = std::env::var_os("TEST262").map(PathBuf::from) else {
        println!("SKIPPED: no Test262; TEST262 names its checkout");
        return;
    };
    let host = conformance::coil_binary().map(|coil| coil.with_file_name("examples").join("test262"));
    let Some(host) = host.ok().filter(|host| host.exists()) else {
        println!("SKIPPED: no host; cargo build --profile fast -p coil -p coil-boa --bin coil --example test262");
        return;
    };
    let options = Options { suite, host, only: Vec::new(), every: EVERY, jobs: 2, timeout: Duration::from_secs(60) };
    let outcome = run(&options).expect("the host starts");
    let difference = Failures::load().expect("the list can be read").compare(&outcome);
    assert!(outcome.ran.len() > 2000, "the tests are found");
    assert_eq!(difference, conformance::test262::expected::Difference::default());
}
