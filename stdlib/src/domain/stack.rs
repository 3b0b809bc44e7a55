//! The domains that are entered, the last on top.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::Host;

use crate::events;

#[derive(Default)]
pub(super) struct State {
    stack: RefCell<Vec<JsObject>>,
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
    set_active(args.get_or_undefined(0).clone(), cx);
    Ok(JsValue::undefined())
}

/// Makes a domain the current one, for what is called and for what is captured.
pub(super) fn set_active(domain: JsValue, cx: &Context) {
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

/// `domain.enter()`
pub(super) fn enter(domain: &JsObject, cx: &mut Context) {
    state(cx).stack.borrow_mut().push(domain.clone());
    set_active(domain.clone().into(), cx);
}

/// `domain.exit()`: also leaves whatever was entered after it.
pub(super) fn exit(domain: &JsObject, cx: &mut Context) {
    let top = {
        let state = state(cx);
        let mut stack = state.stack.borrow_mut();
        let Some(index) = stack.iter().rposition(|other| JsObject::equals(other, domain)) else { return };
        stack.truncate(index);
        stack.last().cloned()
    };
    set_active(top.map_or_else(JsValue::undefined, JsValue::from), cx);
}

/// The stack as it is now.
pub(super) fn entered(cx: &Context) -> Vec<JsObject> {
    state(cx).stack.borrow().clone()
}

/// Replaces the stack; the top of it is active.
pub(super) fn replace(stack: Vec<JsObject>, cx: &Context) {
    let top = stack.last().cloned();
    *state(cx).stack.borrow_mut() = stack;
    set_active(top.map_or_else(JsValue::null, JsValue::from), cx);
}

/// Leaves every domain.
pub(super) fn clear(cx: &Context) {
    replace(Vec::new(), cx);
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
pub(super) fn array(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stack = entered(cx);
    Ok(JsArray::from_iter(stack.into_iter().map(JsValue::from), cx).into())
}

pub(super) fn set_array(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = args.get_or_undefined(0).to_object(cx)?;
    let values = crate::events::elements(&list, cx)?;
    *state(cx).stack.borrow_mut() = values.iter().filter_map(JsValue::as_object).collect();
    Ok(JsValue::undefined())
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
