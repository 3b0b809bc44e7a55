//! Lays out the patched source; see `build_support.rs` beside the engine.

#[path = "../build_support.rs"]
mod build_support;

fn main() {
    build_support::lay_out("boa_string", "../pristine", "patches", "upstream");
}
