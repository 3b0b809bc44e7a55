//! `createHook`: who wants to know of asynchronous resources.
//!
//! While no hook is enabled the host has no table to call: nothing is counted, nothing is made.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    async_context::AsyncHooks,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    launch::Launch,
    op::thrown_value,
    table::Export,
    validate,
};

use super::promises;
use crate::{events, process};

static ASYNC_HOOK: Class = Class {
    name: "AsyncHook",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| make(args.get_or_undefined(0), cx).map(JsValue::from),
    prototype: &[Export::function("enable", 0, enable), Export::function("disable", 0, disable)],
    statics: &[],
};

/// The functions of one hook.
#[derive(Clone, Default, Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Hook {
    init: Option<JsFunction>,
    before: Option<JsFunction>,
    after: Option<JsFunction>,
    destroy: Option<JsFunction>,
    promise_resolve: Option<JsFunction>,
}

/// The enabled hooks of a host, in the order of enabling.
#[derive(Default)]
struct Enabled {
    hooks: RefCell<Rc<Vec<JsObject>>>,
    /// Resources that are done with and not yet told of.
    destroyed: RefCell<Vec<u64>>,
    scheduled: Cell<bool>,
}

/// `createHook(callbacks)`
pub(super) fn create_hook(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    make(args.get_or_undefined(0), cx).map(JsValue::from)
}

fn make(callbacks: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let callbacks = callbacks.to_object(cx)?;
    let mut hook = Hook::default();
    let slots = [&mut hook.init, &mut hook.before, &mut hook.after, &mut hook.destroy, &mut hook.promise_resolve];
    for (slot, name) in slots.into_iter().zip(["init", "before", "after", "destroy", "promiseResolve"]) {
        let callback = callbacks.get(js_string!(name), cx)?;
        if callback.is_undefined() {
            continue;
        }
        let Some(callback) = callback.as_function() else {
            return Err(errors::coded(Base::Type, "ERR_ASYNC_CALLBACK", format!("hook.{name} must be a function"), cx));
        };
        *slot = Some(callback);
    }
    let track = callbacks.get(js_string!("trackPromises"), cx)?;
    if !track.is_undefined() {
        validate::boolean(&track, "trackPromises", cx)?;
    }
    let prototype = ASYNC_HOOK.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, hook))
}

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    this.as_object().filter(|object| object.is::<Hook>()).ok_or_else(|| errors::invalid_this("AsyncHook", cx))
}

fn enable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let hook = receiver(this, cx)?;
    let host = Host::of(cx);
    let enabled = host.state::<Enabled>();
    let known = enabled.hooks.borrow().iter().any(|other| JsObject::equals(other, &hook));
    if !known {
        // A new list: who is being told now is not disturbed.
        let mut hooks = enabled.hooks.borrow().as_ref().clone();
        hooks.push(hook);
        *enabled.hooks.borrow_mut() = Rc::new(hooks);
        host.set_async_hooks(Some(&TABLE));
        promises::watch(true, cx);
    }
    Ok(this.clone())
}

fn disable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let hook = receiver(this, cx)?;
    let host = Host::of(cx);
    let enabled = host.state::<Enabled>();
    let mut hooks = enabled.hooks.borrow().as_ref().clone();
    hooks.retain(|other| !JsObject::equals(other, &hook));
    if hooks.is_empty() {
        host.set_async_hooks(None);
        promises::watch(false, cx);
    }
    *enabled.hooks.borrow_mut() = Rc::new(hooks);
    Ok(this.clone())
}

static TABLE: AsyncHooks = AsyncHooks {
    init: |id, kind, trigger, resource, cx| {
        let args = [(id as f64).into(), js_string!(kind).into(), (trigger as f64).into(), resource.clone()];
        tell(|hook| hook.init.clone(), &args, cx);
    },
    before: |id, cx| tell(|hook| hook.before.clone(), &[(id as f64).into()], cx),
    after: |id, cx| tell(|hook| hook.after.clone(), &[(id as f64).into()], cx),
    destroy,
    promise_resolve: |id, cx| tell(|hook| hook.promise_resolve.clone(), &[(id as f64).into()], cx),
};

fn tell(which: fn(&Hook) -> Option<JsFunction>, args: &[JsValue], cx: &mut Context) {
    let host = Host::of(cx);
    let hooks = host.state::<Enabled>().hooks.borrow().clone();
    for object in hooks.iter() {
        let callback = object.downcast_ref::<Hook>().and_then(|hook| which(&hook));
        if let Some(callback) = callback
            && let Err(error) = callback.call(&object.clone().into(), args, cx)
        {
            fatal(error, cx);
            return;
        }
        if host.exit_code().is_some() {
            return;
        }
    }
}

/// A hook that throws ends the program: the hooks' own state could not be trusted any more.
fn fatal(error: boa_engine::JsError, cx: &mut Context) {
    if error.as_engine().is_some() {
        return;
    }
    let thrown = thrown_value(error, cx);
    let stack = match thrown.as_object() {
        Some(error) => error.get(js_string!("stack"), cx).ok().and_then(|stack| stack.as_string()),
        None => None,
    };
    let text = stack.map_or_else(|| format!("Error: {}", crate::show(&thrown, cx)), |stack| stack.to_std_string_lossy());
    process::write_fd(2, format!("{text}\n").as_bytes(), cx);
    if Host::of(cx).state::<Launch>().abort_on_uncaught.get() {
        Host::of(cx).exit(process::ABORTED);
        return;
    }
    if let Ok(process) = process::object(cx) {
        // It ends the program; what comes back says so again.
        let _ = events::method(&process, "exit", &[1.into()], cx);
    }
}

/// Resources that are done with are told of together, when the loop has time.
fn destroy(id: u64, cx: &mut Context) {
    let host = Host::of(cx);
    let enabled = host.state::<Enabled>();
    enabled.destroyed.borrow_mut().push(id);
    if !enabled.scheduled.replace(true) {
        host.event_loop().immediate(Box::new(|cx: &mut Context| flush(cx)));
    }
}

fn flush(cx: &mut Context) {
    let host = Host::of(cx);
    let enabled = host.state::<Enabled>();
    enabled.scheduled.set(false);
    loop {
        let ids = enabled.destroyed.take();
        if ids.is_empty() {
            return;
        }
        for id in ids {
            host.enter_with(cx, |cx| {
                tell(|hook| hook.destroy.clone(), &[(id as f64).into()], cx);
                Ok(())
            });
        }
    }
}

/// A resource that the collector found: its hooks are told in a later turn.
pub(super) fn collected(id: u64, cx: &mut Context) {
    if Host::of(cx).async_hooks().is_some() {
        destroy(id, cx);
        flush(cx);
    }
}

/// Whether any enabled hook wants to hear of the end of resources.
pub(super) fn destroy_hooks_exist(cx: &Context) -> bool {
    let hooks = Host::of(cx).state::<Enabled>().hooks.borrow().clone();
    hooks.iter().any(|object| object.downcast_ref::<Hook>().is_some_and(|hook| hook.destroy.is_some()))
}
