//! Rust values in native functions.

use boa_gc::{Finalize, Trace};

/// A Rust value that a native function carries.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct Carried<T: Clone + 'static>(#[unsafe_ignore_trace] pub(crate) T);
