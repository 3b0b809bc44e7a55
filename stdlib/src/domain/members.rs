//! Emitters and their domains.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_str, js_string, property::PropertyKey};
use coil_engine::errors;

use super::{DOMAIN, stack};
use crate::events;

/// What `EventEmitter.init` does once domains are there: an emitter belongs to the domain it is made in.
pub(crate) fn init_emitter(emitter: &JsObject, cx: &mut Context) -> JsResult<()> {
    let active = stack::active(cx);
    let joins = active.is_object() && !DOMAIN.is_instance(&emitter.clone().into(), cx)?;
    stack::define_domain(emitter, if joins { active } else { JsValue::null() }, cx)
}

/// What `emit` does once domains are there; `plain` is what it does without.
pub(crate) fn emit(emitter: &JsObject, event: &PropertyKey, args: &[JsValue], plain: impl FnOnce(&mut Context) -> JsResult<bool>, cx: &mut Context) -> JsResult<bool> {
    let domain = emitter.get(js_string!("domain"), cx)?;
    let Some(domain) = domain.as_object() else { return plain(cx) };
    let is_process = crate::process::made(cx).is_some_and(|process| JsObject::equals(&process, emitter));
    let is_error = matches!(event, PropertyKey::String(name) if *name == js_str!("error"));
    if is_process || is_error && events::listener_count(emitter, js_string!("error"), cx)? > 0 {
        return plain(cx);
    }
    if !is_error {
        stack::enter(&domain, cx);
        let heard = plain(cx)?;
        stack::exit(&domain, cx);
        return Ok(heard);
    }
    let given = args.get_or_undefined(0);
    let error = if given.to_boolean() {
        given.clone()
    } else {
        let message = if given.is_undefined() { "Unhandled error.".to_owned() } else { format!("Unhandled error. ({})", given.display()) };
        let error = errors::coded_object(errors::Base::Error, "ERR_UNHANDLED_ERROR", &message, cx)?;
        error.create_data_property_or_throw(js_string!("context"), given.clone(), cx)?;
        error.into()
    };
    if let Some(object) = error.as_object().filter(|object| !object.is_callable()) {
        object.set(js_string!("domainEmitter"), emitter.clone(), false, cx)?;
        stack::define_domain(&object, domain.clone().into(), cx)?;
        object.set(js_string!("domainThrown"), false, false, cx)?;
    }
    // The handler must not run in the domain it handles: what it throws would come back to it.
    let (before, active) = (stack::entered(cx), stack::active(cx));
    let mut outer = before.clone();
    while let (Some(top), Some(active)) = (outer.last(), active.as_object())
        && JsObject::equals(top, &active)
    {
        outer.pop();
    }
    stack::leave_all_but(&outer, cx);
    events::emit(&domain, js_string!("error"), &[error], cx)?;
    stack::restore(before, active, cx);
    Ok(false)
}

/// `domain.add(emitter)`
pub(super) fn add(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = this.to_object(cx)?;
    let member = args.get_or_undefined(0).to_object(cx)?;
    let current = member.get(js_string!("domain"), cx)?;
    if current.as_object().is_some_and(|current| JsObject::equals(&current, &domain)) {
        return Ok(JsValue::undefined());
    }
    if let Some(current) = current.as_object() {
        events::method(&current, "remove", &[member.clone().into()], cx)?;
    }
    // A domain may be a member of another, but not in a circle.
    let mut outer = domain.get(js_string!("domain"), cx)?.as_object();
    if DOMAIN.is_instance(&member.clone().into(), cx)? {
        while let Some(next) = outer {
            if JsObject::equals(&next, &member) {
                return Ok(JsValue::undefined());
            }
            outer = next.get(js_string!("domain"), cx)?.as_object();
        }
    }
    stack::define_domain(&member, domain.clone().into(), cx)?;
    let members = domain.get(js_string!("members"), cx)?.to_object(cx)?;
    events::method(&members, "push", &[member.into()], cx)?;
    Ok(JsValue::undefined())
}

/// `domain.remove(emitter)`
pub(super) fn remove(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = this.to_object(cx)?;
    let member = args.get_or_undefined(0).to_object(cx)?;
    member.set(js_string!("domain"), JsValue::null(), false, cx)?;
    let members = domain.get(js_string!("members"), cx)?.to_object(cx)?;
    let at = events::method(&members, "indexOf", &[member.into()], cx)?;
    if at.as_number() != Some(-1.0) {
        events::method(&members, "splice", &[at, 1.into()], cx)?;
    }
    Ok(JsValue::undefined())
}
