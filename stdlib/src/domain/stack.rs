//! The domains that are entered, the last on top.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{Host, table};

use super::MODULE;
use crate::events;

#[derive(Default)]
pub(super) struct State {
    /// `domain._stack` as scripts see it.
    stack: RefCell<Option<JsArray>>,
    active: RefCell<JsValue>,
    /// While the outermost domain's handler runs: what it throws is uncaught.
    pub(super) suspended: Cell<bool>,
    /// The stack of the call that loaded the module.
    pub(super) loaded_at: RefCell<String>,
}

pub(super) fn state(cx: &Context) -> Rc<State> {
    Host::of(cx).state::<State>()
}

/// `process.domain`
pub(crate) fn active(cx: &mut Context) -> JsValue {
    state(cx).active.borrow().clone()
}

/// The module is loaded: nothing is active.
pub(super) fn loaded(at: String, cx: &Context) {
    let state = state(cx);
    *state.active.borrow_mut() = JsValue::null();
    *state.loaded_at.borrow_mut() = at;
}

/// `process.domain = value`
pub(super) fn set_process_domain(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_current(args.get_or_undefined(0).clone(), cx);
    Ok(JsValue::undefined())
}

/// Makes a domain the current one, for what is called and for what is captured.
fn set_current(domain: JsValue, cx: &Context) {
    let host = Host::of(cx);
    let object = domain.as_object();
    *state(cx).active.borrow_mut() = domain;
    let frame = host.async_frame();
    if object.is_none() && frame.as_ref().is_none_or(|frame| frame.domain().is_none()) {
        return;
    }
    let frame = frame.as_deref().cloned().unwrap_or_default().with_domain(object);
    host.set_async_frame(Some(Rc::new(frame)));
}

/// `domain.active = process.domain = domain`
pub(super) fn set_active(domain: JsValue, cx: &mut Context) {
    set_current(domain.clone(), cx);
    export("active", domain, cx);
}

/// A property of the module's exports, which scripts may have frozen.
fn export(name: &'static str, value: JsValue, cx: &mut Context) {
    let Ok(exports) = table::instantiate(&MODULE, cx) else { return };
    let _ = exports.set(js_string!(name), value, false, cx);
}

/// `domain.enter()`
pub(super) fn enter(domain: &JsObject, cx: &mut Context) {
    let mut stack = entered(cx);
    stack.push(domain.clone());
    fill(&stack, cx);
    set_active(domain.clone().into(), cx);
}

/// `domain.exit()`: also leaves whatever was entered after it.
pub(super) fn exit(domain: &JsObject, cx: &mut Context) {
    let mut stack = entered(cx);
    let Some(index) = stack.iter().rposition(|other| JsObject::equals(other, domain)) else { return };
    stack.truncate(index);
    fill(&stack, cx);
    set_active(stack.last().cloned().map_or_else(JsValue::undefined, JsValue::from), cx);
}

/// The stack as it is now.
pub(super) fn entered(cx: &mut Context) -> Vec<JsObject> {
    let Some(stack) = state(cx).stack.borrow().clone() else { return Vec::new() };
    let values = events::elements(&stack, cx).unwrap_or_default();
    values.iter().filter_map(JsValue::as_object).collect()
}

/// Puts these domains into the array that scripts see; one that was frozen stays as it is.
fn fill(domains: &[JsObject], cx: &mut Context) {
    let Some(stack) = state(cx).stack.borrow().clone() else { return };
    let _ = stack.set(js_string!("length"), domains.len(), false, cx);
    for (index, domain) in domains.iter().enumerate() {
        let _ = stack.set(index, domain.clone(), false, cx);
    }
}

/// Leaves all but these; the last of them is active.
pub(super) fn leave_all_but(domains: &[JsObject], cx: &mut Context) {
    fill(domains, cx);
    set_active(domains.last().cloned().map_or_else(JsValue::null, JsValue::from), cx);
}

/// What was entered before, as another array.
pub(super) fn restore(domains: Vec<JsObject>, active: JsValue, cx: &mut Context) {
    let stack = JsArray::from_iter(domains.into_iter().map(JsValue::from), cx);
    *state(cx).stack.borrow_mut() = Some(stack.clone());
    export("_stack", stack.into(), cx);
    set_active(active, cx);
}

/// Leaves every domain.
pub(super) fn clear(cx: &mut Context) {
    leave_all_but(&[], cx);
}

/// Whether an uncaught error has a domain that listens for it.
pub(super) fn listens(cx: &mut Context) -> JsResult<bool> {
    if state(cx).suspended.get() {
        return Ok(false);
    }
    for domain in entered(cx) {
        if events::listener_count(&domain, js_string!("error"), cx)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `domain._stack`
pub(super) fn array(cx: &mut Context) -> JsResult<JsValue> {
    let stack = JsArray::new(cx)?;
    *state(cx).stack.borrow_mut() = Some(stack.clone());
    Ok(stack.into())
}

/// `object.domain`, not enumerable.
pub(super) fn define_domain(object: &JsObject, domain: JsValue, cx: &mut Context) -> JsResult<()> {
    let descriptor = PropertyDescriptor::builder().value(domain).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(js_string!("domain"), descriptor, cx).map(drop)
}

/// An asynchronous resource shows the domain it was made in.
pub(crate) fn mark(resource: &JsObject, cx: &mut Context) {
    let domain = active(cx);
    if domain.is_object() {
        // It was made a moment ago: nothing keeps it from having one more property.
        let _ = define_domain(resource, domain, cx);
    }
}
