//! The native stack as a limit of recursion: a `RangeError` instead of an abort.

pub use boa_parser::native_stack::{is_short, remaining};

use crate::{JsNativeError, JsResult};

/// Fails as V8 does where recursion has used up the thread's stack. Ask at every level whose depth a program decides.
///
/// # Errors
///
/// `RangeError: Maximum call stack size exceeded`.
#[inline]
pub fn check() -> JsResult<()> {
    if is_short() { Err(overflow()) } else { Ok(()) }
}

#[cold]
fn overflow() -> crate::JsError {
    JsNativeError::range().with_message("Maximum call stack size exceeded").into()
}
