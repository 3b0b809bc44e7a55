//! coil's parser: the published `boa_parser` 0.22.0 under the patch queue in `patches/`.
//!
//! This root lists the modules that `build.rs` laid out in `upstream/` and adds our own. What each patch does and why stands in
//! `docs/internals/our-boa.md`.
#![allow(warnings, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::todo, clippy::unimplemented, clippy::dbg_macro, clippy::disallowed_methods)]

#[path = "../upstream/src/error/mod.rs"]
pub mod error;
#[path = "../upstream/src/lexer/mod.rs"]
pub mod lexer;
#[path = "../upstream/src/parser/mod.rs"]
pub mod parser;
#[path = "../upstream/src/source/mod.rs"]
pub mod source;

pub mod native_stack;
pub mod words;

pub use error::Error;
pub use lexer::Lexer;
pub use parser::Parser;
pub use source::Source;
