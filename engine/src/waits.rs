//! `Atomics.waitAsync`: who waits on this thread. Whichever thread notifies tells the loop, which settles the promise.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use boa_engine::{Context, JsValue, context::WaitEnd, js_string, object::builtins::JsFunction};

use crate::Host;

/// The waits that have not ended.
#[derive(Default)]
pub(crate) struct Waits {
    count: Cell<u64>,
    resolve: RefCell<HashMap<u64, JsFunction>>,
}

/// A wait begins, at whose end `resolve` is called with how it ended.
pub(crate) fn begin(host: &Host, resolve: &JsFunction) -> WaitEnd {
    let id = host.waits.count.get();
    host.waits.count.set(id + 1);
    host.waits.resolve.borrow_mut().insert(id, resolve.clone());
    let remote = host.event_loop().remote();
    Box::new(move |timed_out| {
        // A loop that is no more has nobody who waits.
        remote.post(move |cx| end(id, timed_out, cx));
    })
}

fn end(id: u64, timed_out: bool, cx: &mut Context) {
    let host = Host::of(cx);
    let Some(resolve) = host.waits.resolve.borrow_mut().remove(&id) else { return };
    let how = if timed_out { js_string!("timed-out") } else { js_string!("ok") };
    host.enter_with(cx, |cx| resolve.call(&JsValue::undefined(), &[how.into()], cx).map(|_| ()));
}
