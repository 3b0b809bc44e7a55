//! Lays out the patched engine source; see `build_support.rs`.

#[path = "build_support.rs"]
mod build_support;

fn main() {
    build_support::lay_out("boa_engine", "pristine", "patches", "upstream");
}
