//! `Atomics.waitAsync`: who waits on this thread. Whichever thread notifies leaves a word here and wakes the loop, which settles the
//! promise. A wait keeps no program running; what was notified when nothing else runs is still heard, as Node hears it.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use boa_engine::{Context, JsValue, context::WaitEnd, js_string, object::builtins::JsFunction};

use crate::Host;

/// The waits that have not ended.
#[derive(Default)]
pub(crate) struct Waits {
    count: Cell<u64>,
    resolve: RefCell<HashMap<u64, JsFunction>>,
    ended: Arc<Mutex<Vec<Ended>>>,
}

struct Ended {
    id: u64,
    timed_out: bool,
}

/// A wait begins, at whose end `resolve` is called with how it ended.
pub(crate) fn begin(host: &Host, resolve: &JsFunction) -> WaitEnd {
    let id = host.waits.count.get();
    host.waits.count.set(id + 1);
    host.waits.resolve.borrow_mut().insert(id, resolve.clone());
    let ended = Arc::clone(&host.waits.ended);
    let remote = host.event_loop().remote();
    Box::new(move |timed_out| {
        ended.lock().unwrap_or_else(PoisonError::into_inner).push(Ended { id, timed_out });
        // A loop that is no more has nobody who waits.
        remote.post(|cx| {
            settle(&Host::of(cx), cx);
        });
    })
}

/// Settles the promises of the waits that have ended. Returns whether there were any.
pub(crate) fn settle(host: &Host, cx: &mut Context) -> bool {
    let ended = std::mem::take(&mut *host.waits.ended.lock().unwrap_or_else(PoisonError::into_inner));
    let any = !ended.is_empty();
    for Ended { id, timed_out } in ended {
        let Some(resolve) = host.waits.resolve.borrow_mut().remove(&id) else { continue };
        let how = if timed_out { js_string!("timed-out") } else { js_string!("ok") };
        host.enter_with(cx, |cx| resolve.call(&JsValue::undefined(), &[how.into()], cx).map(|_| ()));
    }
    any
}
