//! The house's direction: who may use whom.

use std::{fs, path::Path};

/// Each crate, and the crates of ours and of the engine that it may name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("loop", &[]),
    ("sys", &[]),
    ("engine", &["coil-loop", "coil-sys", "boa_engine", "boa_gc"]),
    ("tls", &[]),
    ("stdlib", &["coil-engine", "coil-tls", "boa_engine", "boa_gc"]),
    ("typescript", &[]),
    ("modules", &["coil-engine", "coil-typescript", "boa_engine", "boa_gc"]),
    ("conformance", &[]),
];

#[test]
fn dependencies_point_one_way() {
    for (folder, allowed) in MAY_USE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("Cargo.toml");
        let text = fs::read_to_string(&path).expect("each crate has a manifest");
        let section = text.split("[dependencies]").nth(1).unwrap_or_default();
        let section = section.split("\n[").next().unwrap_or_default();
        for line in section.lines() {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let ours = name.starts_with("coil") || name.starts_with("boa");
            assert!(!ours || allowed.contains(&name), "{folder} may not use {name}");
        }
    }
}
