//! coil's strings: the published `boa_string` 0.22.0 under the patch queue in `patches/`.
//!
//! The root is the published one, as `build.rs` laid it out in `upstream/`. What each patch does and why stands in
//! `docs/internals/our-boa.md`.
#![allow(macro_expanded_macro_exports_accessed_by_absolute_paths, warnings, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::todo, clippy::unimplemented, clippy::dbg_macro, clippy::disallowed_methods)]

mod appended;
mod hashing;
mod header;
mod slices;

include!("../upstream/src/lib.rs");
