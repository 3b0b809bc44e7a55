//! coil's regular expressions: the parser and optimiser of the published `regress` 0.12.0, and behind them a compiler and a
//! backtracking matcher of our own.
//!
//! A [`Program`] matches Latin-1 and UTF-16 text where it lies, at a position or from it on, into registers that the caller keeps. It
//! asks now and then whether to go on, and it cannot exhaust the native stack.
#![allow(warnings, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::todo, clippy::unimplemented, clippy::dbg_macro, clippy::disallowed_methods)]

#[path = "../upstream/src/bytesearch.rs"]
mod bytesearch;
#[path = "../upstream/src/charclasses.rs"]
mod charclasses;
#[path = "../upstream/src/codepointset.rs"]
mod codepointset;
#[path = "../upstream/src/insn.rs"]
mod insn;
#[path = "../upstream/src/ir.rs"]
mod ir;
#[path = "../upstream/src/optimizer.rs"]
mod optimizer;
#[path = "../upstream/src/parse.rs"]
mod parse;
#[path = "../upstream/src/position.rs"]
mod position;
#[path = "../upstream/src/types.rs"]
mod types;
#[path = "../upstream/src/unicode.rs"]
mod unicode;
#[path = "../upstream/src/unicodetables.rs"]
mod unicodetables;
#[path = "../upstream/src/util.rs"]
#[macro_use]
mod util;

mod api;
mod case;
mod compile;
mod first;
mod matcher;
mod program;
#[cfg(test)]
mod tests;

pub use api::Flags;
pub use matcher::{NONE, Scratch, Stopped};
pub use parse::Error;
pub use program::{Program, Text, check};
