//! The frames `at async f` below the last one on the stack: who waits for the async function that runs, and who for that one.

use std::{cell::Cell, fmt};

use boa_gc::{Finalize, Gc, Trace};

use super::frame::{FrameFlags, Place, TraceFrame};
use crate::{
    JsObject, JsValue,
    builtins::{Promise, async_generator::AsyncGenerator, generator::GeneratorContext},
    vm::{CallFrame, Stack, Vm},
};

/// Who waits for a promise, as that knows it.
#[derive(Clone, Trace, Finalize)]
pub(crate) enum Awaiter {
    /// An async function that stopped at an `await`.
    Function(Gc<Cell<Option<GeneratorContext>>>),
    /// `Promise.all` and its kin, and the promise that they gave.
    Combinator {
        #[unsafe_ignore_trace]
        name: &'static str,
        #[unsafe_ignore_trace]
        index: u32,
        result: JsObject,
    },
    /// Another promise that goes by this one: what `then` gave, or a promise that was resolved with it.
    Promise(JsObject),
}

impl fmt::Debug for Awaiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Awaiter")
    }
}

impl Awaiter {
    pub(crate) fn new(context: Gc<Cell<Option<GeneratorContext>>>) -> Self {
        Self::Function(context)
    }

    /// The element at `index` of what `Promise.all` was given.
    pub(crate) fn combinator(name: &'static str, index: usize, result: &JsObject) -> Self {
        Self::Combinator { name, index: u32::try_from(index).unwrap_or(u32::MAX), result: result.clone() }
    }

    /// Its frame, if it has one, and the promise of its own end. `None` where it runs already.
    fn describe(&self) -> Option<(Option<TraceFrame>, Option<JsObject<Promise>>)> {
        let context = match self {
            Self::Function(context) => context,
            Self::Promise(promise) => return Some((None, promise.clone().downcast().ok())),
            Self::Combinator { name, index, result } => {
                let place = Place::Combinator { name, index: *index };
                let frame = TraceFrame { function: None, this: JsValue::undefined(), place, flags: FrameFlags::ASYNC };
                return Some((Some(frame), result.clone().downcast().ok()));
            }
        };
        let waiting = context;
        let context = waiting.take()?;
        let described = context.call_frame.as_ref().map(|frame| {
            let mut shown = TraceFrame::script(frame, Some(&context.stack));
            shown.flags |= FrameFlags::ASYNC;
            (Some(shown), own_promise(frame, &context.stack))
        });
        waiting.set(Some(context));
        described
    }
}

/// The promise that a call of an async function gave; for an async generator that of the request it works on.
fn own_promise(frame: &CallFrame, stack: &Stack) -> Option<JsObject<Promise>> {
    if frame.code_block.is_async_generator() {
        let generator = stack.get_register(frame, CallFrame::ASYNC_GENERATOR_OBJECT_REGISTER_INDEX)?.as_object()?.downcast::<AsyncGenerator>().ok()?;
        let promise = generator.try_borrow().ok()?.data().queue.front()?.capability.promise.clone();
        return promise.downcast().ok();
    }
    if !frame.code_block.is_async() {
        return None;
    }
    let value = stack.get_register(frame, CallFrame::PROMISE_CAPABILITY_PROMISE_REGISTER_INDEX)?;
    value.as_object()?.downcast::<Promise>().ok()
}

impl Vm {
    /// Adds those who wait for the outermost function, if that is an async one that a job has resumed, or else for the promise whose
    /// reaction the job is.
    pub(super) fn async_frames(&self, frames: &mut Vec<TraceFrame>, limit: usize) {
        let resumed = self.frames.get(1).filter(|frame| frame.registers_already_pushed());
        let resumed = resumed.and_then(|frame| own_promise(frame, self.outer_stacks.get(1).unwrap_or(&self.stack)));
        let mut promise = resumed.or_else(|| self.reacting.clone()?.downcast().ok());
        for _ in 0..CHAIN_MAX {
            let Some(waited_for) = promise.filter(|_| frames.len() < limit) else { return };
            let awaiter = waited_for.borrow().data().awaiter();
            let Some((frame, next)) = awaiter.as_ref().and_then(Awaiter::describe) else { return };
            frames.extend(frame);
            promise = next;
        }
    }
}

/// So many promises are followed: an error in a long chain of `then` would cost as much as the chain is long.
const CHAIN_MAX: usize = 256;
