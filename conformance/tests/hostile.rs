//! `cargo test -p conformance --test hostile`: the hostile scripts. `HOSTILE=buffers/` runs those whose path contains it, `COIL` names
//! the binary.
#![allow(clippy::disallowed_methods, reason = "a test runs on the machine itself")]

use conformance::hostile::{self, Wrong};

#[test]
fn nothing_a_script_does_aborts_panics_or_hangs() {
    let binary = match conformance::coil_binary() {
        Ok(binary) => binary,
        Err(reason) => {
            println!("not run: {reason}");
            return;
        }
    };
    let folder = conformance::root().join("conformance/hostile");
    let only = std::env::var("HOSTILE").unwrap_or_default();
    let (wrong, count) = hostile::run(&binary, &folder, &only);
    let known = hostile::known(&folder);
    let mut failures: Vec<String> = wrong
        .iter()
        .filter(|(name, what)| matches!(what, Wrong::Fatal(_)) || !known.contains(*name))
        .map(|(name, what)| match what {
            Wrong::Fatal(text) => format!("{name}: FATAL {text}"),
            Wrong::Differs(text) => format!("{name}: {text}"),
        })
        .collect();
    failures.extend(known.iter().filter(|name| name.contains(&only) && !wrong.contains_key(*name)).map(|name| format!("{name} is as expected: take it off known-failures.txt")));
    println!("{count} hostile scripts, {} known to differ from Node", known.len());
    assert!(only.is_empty() && count >= 150 || !only.is_empty(), "the scripts are found");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}
