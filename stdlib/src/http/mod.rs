//! `node:http`.

pub mod wire;
