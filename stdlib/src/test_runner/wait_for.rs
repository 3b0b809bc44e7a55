//! `t.waitFor(condition, options)`: polls until the condition no longer throws.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{
    Host,
    errors::{self, Base},
    op::thrown_value,
    validate,
};

use crate::coroutine::{self, run};

pub(super) fn wait_for(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let condition = validate::function(args.get_or_undefined(0), "condition", cx)?;
    let (mut interval, mut timeout) = (INTERVAL_MS, TIMEOUT_MS);
    if let Some(options) = validate::options(args.get_or_undefined(1), "options", cx)? {
        let mut read = |key: &'static str, name: &str, default: f64| -> JsResult<f64> {
            let value = options.get(boa_engine::JsString::from(key), cx)?;
            if value.is_undefined() { Ok(default) } else { validate::number_within(&value, name, Some(0.0), Some(TIMEOUT_MAX_MS), cx) }
        };
        interval = read("interval", "options.interval", interval)?;
        timeout = read("timeout", "options.timeout", timeout)?;
    }
    let over = Rc::new(Cell::new(false));
    let cause = Rc::new(std::cell::RefCell::new(JsValue::undefined()));
    let (promise, settle) = JsPromise::new_pending(cx);
    let host = Host::of(cx);
    let late = {
        let (over, cause, reject) = (over.clone(), cause.clone(), settle.reject.clone());
        move |cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| {
                if over.replace(true) {
                    return Ok(());
                }
                let error = errors::plain(Base::Error, "waitFor() timed out").into_opaque(cx)?;
                let cause = cause.borrow().clone();
                if let Some(object) = error.as_object()
                    && !cause.is_undefined()
                {
                    let hidden = boa_engine::property::PropertyDescriptor::builder().value(cause).writable(true).enumerable(false).configurable(true);
                    object.define_property_or_throw(js_string!("cause"), hidden, cx)?;
                }
                reject.call(&JsValue::undefined(), &[error], cx).map(drop)
            });
        }
    };
    let timer = host.event_loop().timer(timeout.max(1.0) as u64, Box::new(late));
    coroutine::spawn(cx, |co| async move {
        while !over.get() {
            let called = run!(co, [condition] | cx | condition.call(&JsValue::undefined(), &[], cx));
            let result = match called {
                Ok(value) => co.wait(value).await,
                failed => failed,
            };
            match result {
                Ok(value) => {
                    if !over.replace(true) {
                        run!(
                            co,
                            [] | cx | {
                                Host::of(cx).event_loop().timer_cancel(timer);
                                settle.resolve.call(&JsValue::undefined(), &[value], cx)
                            }
                        )?;
                    }
                    break;
                }
                Err(error) if error.as_engine().is_some() => return Err(error),
                Err(error) => {
                    let pause = run!(
                        co,
                        [cause] | cx | {
                            *cause.borrow_mut() = thrown_value(error, cx);
                            let (pause, settle) = JsPromise::new_pending(cx);
                            let again = move |cx: &mut Context| {
                                Host::of(cx).enter_with(cx, |cx| settle.resolve.call(&JsValue::undefined(), &[], cx));
                            };
                            Host::of(cx).event_loop().timer(interval.max(1.0) as u64, Box::new(again));
                            pause
                        }
                    );
                    co.wait(pause).await?;
                }
            }
        }
        Ok(JsValue::undefined())
    })?;
    Ok(promise.into())
}

/// Between two looks.
const INTERVAL_MS: f64 = 50.0;
/// When it gives up.
const TIMEOUT_MS: f64 = 1000.0;
const TIMEOUT_MAX_MS: f64 = 2_147_483_647.0;
