//! Every behaviour file under `tests/js`, and the house's own rules.
#![allow(clippy::disallowed_methods, reason = "tests run on the machine itself, not through the door")]

mod behaviours;
mod command_line;
mod dependencies;
mod limits;
mod load;
mod mutations;
mod packages;
mod table;
