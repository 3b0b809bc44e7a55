//! The asynchronous context: what AsyncLocalStorage, domains and the tracer rest on.
//!
//! A frame is an immutable list of (storage, value). Whatever runs later (timers, ticks, promise handlers, operations) captures the
//! frame at registration and runs in it.

use std::rc::Rc;

use boa_engine::{Context, JsValue};

use crate::Host;

/// One immutable frame.
#[derive(Clone, Default)]
pub struct AsyncFrame {
    entries: Vec<(u64, JsValue)>,
}

impl AsyncFrame {
    /// The value under `key`.
    pub fn get(&self, key: u64) -> Option<&JsValue> {
        self.entries.iter().find(|(found, _)| *found == key).map(|(_, value)| value)
    }

    /// This frame with `key` set, or removed by `None`.
    pub fn with(&self, key: u64, value: Option<JsValue>) -> Self {
        let mut entries: Vec<_> = self.entries.iter().filter(|(found, _)| *found != key).cloned().collect();
        if let Some(value) = value {
            entries.push((key, value));
        }
        Self { entries }
    }
}

impl Host {
    /// The current frame, to be captured by whatever runs later.
    pub fn async_frame(&self) -> Option<Rc<AsyncFrame>> {
        self.async_frame.borrow().clone()
    }

    /// Replaces the current frame from now on.
    pub fn set_async_frame(&self, frame: Option<Rc<AsyncFrame>>) {
        *self.async_frame.borrow_mut() = frame;
    }

    /// Runs `body` in `frame`, then goes back to the frame of before.
    pub fn with_frame<T>(&self, frame: Option<Rc<AsyncFrame>>, cx: &mut Context, body: impl FnOnce(&mut Context) -> T) -> T {
        let before = self.async_frame.replace(frame);
        let result = body(cx);
        *self.async_frame.borrow_mut() = before;
        result
    }
}
