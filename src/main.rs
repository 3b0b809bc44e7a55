//! The `coil` executable.
//!
//! - `flags`: the command line, as a table
//! - `run`: what it does
//! - `trace`: `--trace-loop`
//!
//! JavaScript runs on a thread of its own, for its deep stack.

fn main() {
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let code = coil::with_stack(move || {
        let code = coil::run::run(args);
        // Ending here spares the teardown of a heap that the system takes back anyway.
        coil::Sys::real().process().exit(code)
    });
    std::process::exit(code)
}
