//! Promises as asynchronous resources: the engine tells of them while a hook is enabled.

use std::cell::RefCell;

use boa_engine::{
    Context, JsData, JsObject,
    promise_hooks::{self, PromiseEvent},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{Host, Slot, coil_loop::Remote};

use super::{hooks, promise_hooks as functions};

/// The numbers of one promise, hung on it.
#[derive(Trace, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Numbers {
    id: u64,
    trigger: u64,
    /// Tells the hooks when the promise is collected.
    #[unsafe_ignore_trace]
    collected: RefCell<Option<Remote<Context>>>,
}

impl Finalize for Numbers {
    fn finalize(&self) {
        if let Some(remote) = self.collected.take() {
            let id = self.id;
            remote.post(move |cx| hooks::collected(id, cx));
        }
    }
}

/// What was current before each reaction that runs now.
#[derive(Default)]
struct Running(RefCell<Vec<Saved>>);

struct Saved {
    id: u64,
    ids: (u64, u64),
    resource: Option<JsObject>,
}

/// Has the engine tell of promises, or no more.
pub(super) fn watch(yes: bool, cx: &Context) {
    // Reactions that run now are still to be told of, or their numbers would stay current.
    if yes || !functions::are_set(cx) && Host::of(cx).state::<Running>().0.borrow().is_empty() {
        promise_hooks::set(yes.then_some(told as promise_hooks::PromiseHook));
    }
}

fn told(event: PromiseEvent, promise: &JsObject, parent: Option<&JsObject>, cx: &mut Context) {
    let host = Host::of(cx);
    functions::tell(event, promise, parent, cx);
    if host.async_hooks().is_none() && host.state::<Running>().0.borrow().is_empty() {
        return;
    }
    let Some((id, trigger)) = numbers(promise, parent, &host, cx) else { return };
    let table = host.async_hooks();
    match event {
        PromiseEvent::Init => {
            if let Some(table) = table {
                (table.init)(id, "PROMISE", trigger, &promise.clone().into(), cx);
            }
        }
        PromiseEvent::Resolve => {
            if let Some(table) = table {
                (table.promise_resolve)(id, cx);
            }
        }
        PromiseEvent::Before => {
            let (ids, resource) = host.replace_async_ids((id, trigger), Some(promise.clone()));
            host.state::<Running>().0.borrow_mut().push(Saved { id, ids, resource });
            if let Some(table) = table {
                (table.before)(id, cx);
            }
        }
        PromiseEvent::After => {
            if let Some(table) = table {
                (table.after)(id, cx);
            }
            let running = host.state::<Running>();
            let saved = running.0.borrow_mut().pop_if(|saved| saved.id == id);
            if let Some(Saved { ids, resource, .. }) = saved {
                host.replace_async_ids(ids, resource);
            }
            if host.async_hooks().is_none() && running.0.borrow().is_empty() && !functions::are_set(cx) {
                promise_hooks::set(None);
            }
        }
    }
}

/// The numbers of a promise, given when it is first seen.
fn numbers(promise: &JsObject, parent: Option<&JsObject>, host: &Host, cx: &mut Context) -> Option<(u64, u64)> {
    if let Some(found) = Slot::<Numbers>::get(promise, cx) {
        let found = found.borrow();
        return Some((found.data().id, found.data().trigger));
    }
    let trigger = match parent {
        Some(parent) => numbers(parent, None, host, cx)?.0,
        None => host.async_ids().0,
    };
    let id = host.next_async_id();
    let collected = hooks::destroy_hooks_exist(cx).then(|| host.event_loop().remote());
    // A frozen promise has no numbers and is not told of.
    Slot::set(promise, Numbers { id, trigger, collected: RefCell::new(collected) }, cx).ok()?;
    Some((id, trigger))
}
