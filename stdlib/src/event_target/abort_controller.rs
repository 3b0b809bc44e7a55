//! `AbortController`.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
};

use super::{
    abort_signal::{self, reason_or_default},
    depth_is_spent, inspected,
};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Data {
    signal: GcRefCell<Option<JsObject>>,
}

/// `AbortController`
pub(crate) static ABORT_CONTROLLER: Class = Class {
    name: "AbortController",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| {
        let prototype = instance_prototype(&ABORT_CONTROLLER, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, Data { signal: GcRefCell::new(None) }).into())
    },
    prototype: &[
        Export::getter("signal", |this, _args, cx| {
            let controller = receiver(this)?;
            signal_of(&controller, cx).map(JsValue::from)
        })
        .enumerable(true),
        Export::function("abort", 0, |this, args, cx| {
            let controller = receiver(this)?;
            let reason = reason_or_default(args, cx)?;
            abort_with(&controller, &reason, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, |this, args, cx| {
            if depth_is_spent(args) {
                return Ok(this.clone());
            }
            let controller = receiver(this)?;
            let signal = signal_of(&controller, cx)?;
            let shown = JsObject::with_object_proto(cx.intrinsics());
            shown.create_data_property_or_throw(js_string!("signal"), signal, cx)?;
            inspected(&controller, &shown, args, true, cx)
        }),
        Export::tag("AbortController"),
    ],
    statics: &[],
};

fn receiver(this: &JsValue) -> JsResult<JsObject> {
    match this.as_object() {
        Some(object) if object.is::<Data>() => Ok(object),
        _ => Err(errors::plain(errors::Base::Type, "Cannot read private member #signal from an object whose class did not declare it")),
    }
}

/// `new AbortController()`
pub(crate) fn create(cx: &mut Context) -> JsResult<JsObject> {
    let prototype = ABORT_CONTROLLER.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Data { signal: GcRefCell::new(None) }))
}

/// `controller.signal`, made when it is first asked for.
pub(crate) fn signal_of(controller: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let made = controller.downcast_ref::<Data>().and_then(|data| data.signal.borrow().clone());
    if let Some(made) = made {
        return Ok(made);
    }
    let signal = abort_signal::create(cx)?;
    if let Some(data) = controller.downcast_ref::<Data>() {
        *data.signal.borrow_mut() = Some(signal.clone());
    }
    Ok(signal)
}

/// `controller.abort(reason)`
pub(crate) fn abort_with(controller: &JsObject, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    let signal = signal_of(controller, cx)?;
    abort_signal::abort(&signal, reason, cx)
}
