//! The native stack as a limit of recursion: a `RangeError` instead of an abort.

use std::cell::Cell;

pub use boa_parser::native_stack::{TOO_DEEP, is_short, remaining};

use crate::{JsError, JsNativeError, JsNativeErrorKind, JsResult, vm::Vm};

/// Fails as V8 does where recursion has used up the thread's stack. Ask at every level whose depth a program decides.
///
/// # Errors
///
/// `RangeError: Maximum call stack size exceeded`.
#[inline]
pub fn check() -> JsResult<()> {
    if is_short() { Err(overflow()) } else { Ok(()) }
}

/// The error of a recursion that is too deep, by the engine's count of frames or the native stack.
#[cold]
#[inline(never)]
pub(crate) fn overflow() -> JsError {
    JsNativeError::range().with_message(TOO_DEEP).into()
}

/// Fails as V8 does where a call passes more arguments than its stack holds.
#[inline]
pub(crate) fn check_arguments(count: usize) -> JsResult<()> {
    if count > ARGUMENTS_MAX { Err(overflow()) } else { Ok(()) }
}

/// What V8 passes with its stack of 984 KB.
const ARGUMENTS_MAX: usize = 125_000;

/// Whether an operation that cannot fail by the specification may fail with this: where the stack ends, and where the embedder ends the
/// program, everything can.
pub(crate) fn passes_through(source: &JsError) -> bool {
    match source.as_native() {
        Some(error) => matches!(error.kind(), JsNativeErrorKind::Range) && [TOO_DEEP, crate::limits::OUT_OF_MEMORY].contains(&error.message()),
        None => source.as_engine().is_some(),
    }
}

thread_local! {
    static COMPILED_TOO_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Whether the compiler must stop here; whoever started it asks [`check_compiled`].
#[inline]
pub(crate) fn stops_compiler() -> bool {
    let short = is_short();
    if short {
        COMPILED_TOO_DEEP.set(true);
    }
    short
}

/// Fails where the compiler has left something out since the last question.
pub(crate) fn check_compiled() -> JsResult<()> {
    if COMPILED_TOO_DEEP.replace(false) { Err(overflow()) } else { Ok(()) }
}

impl Vm {
    /// Takes what a failed call has left off the stack of values.
    #[cold]
    pub(crate) fn unwind_stack(&mut self, len: usize, error: JsError) -> JsError {
        self.stack.stack.truncate(len);
        error
    }
}
