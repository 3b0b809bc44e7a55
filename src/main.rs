//! The `coil` executable.
//!
//! - `flags`: the command line, as a table
//! - `run`: what it does
//! - `trace`: `--trace-loop`
//!
//! JavaScript runs on a thread of its own, for its deep stack.

use boa_engine::limits::CountingAllocator;

/// Counts what the heap takes: limits, statistics and the collector go by it.
#[global_allocator]
static ALLOCATOR: CountingAllocator<coil_sys::Pages> = CountingAllocator::over(coil_sys::Pages);

fn main() {
    coil::run::report_panics();
    coil::with_stack(|| {
        let sys = coil::Sys::real();
        sys.process().raise_descriptor_limit();
        let args = sys.process().args().iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        // Ending here spares the teardown of a heap that the system takes back anyway.
        sys.process().exit(coil::run::run(args))
    })
}
