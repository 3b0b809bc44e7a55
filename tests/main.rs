//! Every behaviour file under `tests/js`, and the house's own rules.

mod behaviours;
mod command_line;
mod dependencies;
mod packages;
