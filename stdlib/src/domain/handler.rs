//! What becomes of an error that nobody caught, where domains are entered.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, op::thrown_value};

use super::stack;
use crate::events;

/// Hands an uncaught error to the active domain, if one of those entered listens for it. Whether it did.
pub(crate) fn catch(error: &JsValue, cx: &mut Context) -> JsResult<bool> {
    if !Host::of(cx).has_domains() || !stack::listens(cx)? {
        return Ok(false);
    }
    let Some(domain) = stack::active(cx).as_object() else { return Ok(false) };
    events::method(&domain, "_errorHandler", std::slice::from_ref(error), cx)?;
    Ok(true)
}

/// Whether an uncaught error has a domain to go to.
pub(crate) fn listens(cx: &mut Context) -> JsResult<bool> {
    Ok(Host::of(cx).has_domains() && stack::listens(cx)?)
}

/// A rejected promise whose domain is `domain`: an error of the domain.
pub(crate) fn reject(domain: &JsObject, reason: &JsValue, cx: &mut Context) -> JsResult<bool> {
    events::emit(domain, js_string!("error"), std::slice::from_ref(reason), cx)
}

/// An uncaught error ends the tick: no domain stays entered between ticks.
pub(crate) fn clear(cx: &mut Context) {
    if Host::of(cx).has_domains() {
        stack::clear(cx);
    }
}

/// `domain._errorHandler(error)`
pub(super) fn error_handler(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = this.to_object(cx)?;
    let error = args.get_or_undefined(0);
    if let Some(object) = error.as_object() {
        // A frozen error stays as it is.
        let _ = stack::define_domain(&object, domain.clone().into(), cx);
        object.set(js_string!("domainThrown"), true, false, cx)?;
    }
    // Its own handler does not run in it.
    while stack::active(cx).as_object().is_some_and(|active| JsObject::equals(&active, &domain)) {
        let before = stack::entered(cx).len();
        stack::exit(&domain, cx);
        if stack::entered(cx).len() == before {
            stack::set_active(JsValue::undefined(), cx);
        }
    }
    let mut caught = false;
    if stack::entered(cx).is_empty() {
        if events::listener_count(&domain, js_string!("error"), cx)? > 0 {
            let state = stack::state(cx);
            let before = state.suspended.replace(true);
            let emitted = events::emit(&domain, js_string!("error"), std::slice::from_ref(error), cx);
            state.suspended.set(before);
            caught = emitted?;
        }
    } else {
        match events::emit(&domain, js_string!("error"), std::slice::from_ref(error), cx) {
            Ok(heard) => caught = heard,
            Err(second) if second.as_engine().is_some() => return Err(second),
            Err(second) => {
                // The handler threw: perhaps an outer domain takes that.
                let Some(outer) = stack::entered(cx).last().cloned() else { return Err(second) };
                let second = thrown_value(second, cx);
                stack::set_active(outer.clone().into(), cx);
                caught = events::method(&outer, "_errorHandler", &[second], cx)?.to_boolean();
            }
        }
    }
    stack::clear(cx);
    Ok(caught.into())
}
