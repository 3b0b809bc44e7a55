//! `t.plan(count)`: how many assertions and subtests a test is to make.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsResult, JsValue, builtins::promise::ResolvingFunctions, js_string, object::builtins::JsPromise};
use coil_engine::{Host, errors, validate};

use super::failure::{self, Failure};

/// How long a plan waits for what is missing.
#[derive(Clone, Copy)]
enum Wait {
    No,
    Ever,
    Ms(f64),
}

pub(super) struct Plan {
    expected: f64,
    actual: Cell<u32>,
    wait: Wait,
    waiting: RefCell<Option<(JsPromise, ResolvingFunctions, Option<coil_engine::coil_loop::TimerId>)>>,
}

impl Plan {
    pub(super) fn new(count: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Rc<Self>> {
        let expected = f64::from(validate::uint32(count, "count", false, cx)?);
        let mut wait = Wait::No;
        if let Some(options) = validate::options(options, "options", cx)? {
            let given = options.get(js_string!("wait"), cx)?;
            if let Some(yes) = given.as_boolean() {
                wait = if yes { Wait::Ever } else { Wait::No };
            } else if given.is_number() {
                wait = Wait::Ms(validate::number_within(&given, "options.wait", Some(0.0), Some(2_147_483_647.0), cx)?);
            } else if !given.is_undefined() {
                return Err(errors::invalid_arg_type("options.wait", "boolean|number", &given, cx));
            }
        }
        Ok(Rc::new(Self { expected, actual: Cell::new(0), wait, waiting: RefCell::default() }))
    }

    /// One assertion more.
    pub(super) fn count(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.actual.set(self.actual.get() + 1);
        let waits = self.waiting.borrow().is_some();
        if waits {
            self.check(cx)?;
        }
        Ok(())
    }

    /// Nothing where the plan is met, the promise of that where it may still be, else an error.
    pub(super) fn check(self: &Rc<Self>, cx: &mut Context) -> JsResult<Option<JsPromise>> {
        let (actual, expected) = (self.actual.get(), self.expected);
        if f64::from(actual) == expected {
            let waiting = self.waiting.borrow_mut().take();
            if let Some((_, settle, timer)) = waiting {
                if let Some(timer) = timer {
                    Host::of(cx).event_loop().timer_cancel(timer);
                }
                settle.resolve.call(&JsValue::undefined(), &[], cx)?;
            }
            return Ok(None);
        }
        if matches!(self.wait, Wait::No) {
            return Err(failure::thrown(&format!("plan expected {expected} assertions but received {actual}"), Failure::TestCode, cx));
        }
        if let Some((promise, ..)) = &*self.waiting.borrow() {
            return Ok(Some(promise.clone()));
        }
        let (promise, settle) = JsPromise::new_pending(cx);
        let timer = match self.wait {
            Wait::Ms(ms) => {
                let plan = self.clone();
                let reject = settle.reject.clone();
                let late = move |cx: &mut Context| {
                    Host::of(cx).enter_with(cx, |cx| {
                        let shown = JsValue::from(ms).display().to_string();
                        let message = format!("plan timed out after {shown}ms with {} assertions when expecting {}", plan.actual.get(), plan.expected);
                        let error = failure::text(&message, Failure::TestTimeout, cx)?;
                        reject.call(&JsValue::undefined(), &[error], cx).map(drop)
                    });
                };
                Some(Host::of(cx).event_loop().timer(ms.max(1.0) as u64, Box::new(late)))
            }
            _ => None,
        };
        *self.waiting.borrow_mut() = Some((promise.clone(), settle, timer));
        Ok(Some(promise))
    }
}
