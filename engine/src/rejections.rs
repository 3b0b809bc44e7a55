//! Rejected promises nobody handled: gathered while JavaScript runs, reported when the queues are empty.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsValue, builtins::promise::Promise};

use crate::{Host, async_context::AsyncFrame};

/// What the engine told of promises.
#[derive(Default)]
pub struct Rejections {
    /// Rejected and not yet reported, with the frame it was rejected in.
    pending: RefCell<Vec<Pending>>,
    /// Reported; a handler may still come.
    reported: RefCell<Vec<(JsObject, u64)>>,
    /// Got their handler after the report.
    handled_late: RefCell<Vec<(JsObject, u64)>>,
    handler: RefCell<Option<Rc<dyn RejectionHandler>>>,
    busy: Cell<bool>,
    last: Cell<u64>,
}

struct Pending {
    promise: JsObject,
    frame: Option<Rc<AsyncFrame>>,
    number: u64,
}

/// What is done with them: `unhandledRejection`, `rejectionHandled`, or an uncaught error.
pub trait RejectionHandler {
    /// Nobody handled `promise`, the host's rejection `number`.
    fn unhandled(&self, promise: &JsObject, reason: &JsValue, number: u64, cx: &mut Context);
    /// A handler came after the report.
    fn handled(&self, promise: &JsObject, number: u64, cx: &mut Context);
}

impl Host {
    /// Sets what is done with rejections nobody handled.
    pub fn set_rejection_handler(&self, handler: Rc<dyn RejectionHandler>) {
        *self.rejections.handler.borrow_mut() = Some(handler);
    }
}

impl Rejections {
    pub(crate) fn pending(&self) -> bool {
        !self.pending.borrow().is_empty() || !self.handled_late.borrow().is_empty()
    }

    pub(crate) fn rejected(&self, promise: &JsObject<Promise>, frame: Option<Rc<AsyncFrame>>) {
        let number = self.last.get() + 1;
        self.last.set(number);
        self.pending.borrow_mut().push(Pending { promise: promise.clone().upcast(), frame, number });
    }

    pub(crate) fn handled(&self, promise: &JsObject<Promise>) {
        let promise = promise.clone().upcast();
        let mut pending = self.pending.borrow_mut();
        if let Some(at) = pending.iter().position(|other| JsObject::equals(&other.promise, &promise)) {
            pending.remove(at);
            return;
        }
        let mut reported = self.reported.borrow_mut();
        if let Some(at) = reported.iter().position(|(other, _)| JsObject::equals(other, &promise)) {
            let late = reported.remove(at);
            self.handled_late.borrow_mut().push(late);
        }
    }

    /// Reports what is pending; whether anything was.
    pub(crate) fn process(host: &Host, cx: &mut Context) -> bool {
        let this = &host.rejections;
        let Some(handler) = this.handler.borrow().clone() else {
            this.pending.borrow_mut().clear();
            return false;
        };
        if this.busy.replace(true) {
            return false;
        }
        let mut any = false;
        for (promise, number) in this.handled_late.take() {
            any = true;
            handler.handled(&promise, number, cx);
        }
        for Pending { promise, frame, number } in this.pending.take() {
            any = true;
            let reason = boa_engine::object::builtins::JsPromise::from_object(promise.clone()).map(|promise| promise.state());
            let reason = match reason {
                Ok(boa_engine::builtins::promise::PromiseState::Rejected(reason)) => reason,
                _ => JsValue::undefined(),
            };
            let mut reported = this.reported.borrow_mut();
            if reported.len() >= REPORTED_MAX {
                reported.remove(0);
            }
            reported.push((promise.clone(), number));
            drop(reported);
            host.with_frame(frame, cx, |cx| handler.unhandled(&promise, &reason, number, cx));
            if host.exit_code().is_some() {
                break;
            }
        }
        this.busy.set(false);
        any
    }
}

/// Reported promises that are remembered for `rejectionHandled`: each keeps its promise alive, so there is a bound.
const REPORTED_MAX: usize = 1024;
