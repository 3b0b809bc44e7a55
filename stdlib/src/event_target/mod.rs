//! The web's events: Event, CustomEvent, EventTarget, AbortController, AbortSignal and DOMException, as globals.
//!
//! An EventTarget's listeners are a linked list in a `Slot`, so that any native class can be one: its constructor calls [`init_target`].
//! What Node's own classes override (who makes the event of a Node-style emit, who is told of listeners) is in [`Hooks`].
//!
//! Differs from Node: listeners are never held weakly.

mod abort_controller;
mod abort_signal;
mod event;
mod node_target;
mod target;

use boa_engine::{Context, JsObject, JsResult, JsValue};
use coil_engine::table::{Export, Symbol};

pub(crate) use self::{
    abort_controller::{ABORT_CONTROLLER, abort_with, create as create_controller, signal_of},
    abort_signal::{ABORT_SIGNAL, any_of as any_signal, any_of, carrier as signal_carrier, default_reason, is_abort_signal, is_aborted, make_transferable, reason},
    event::{CUSTOM_EVENT, EVENT, construct as construct_event, create as create_event},
    node_target::NODE_EVENT_TARGET,
    target::{EVENT_TARGET, Hooks, dispatch, emit, handler, init_target, listeners, set_handler},
};

pub(crate) const EVENT_GLOBAL: Export = Export::class(&EVENT).enumerable(false);
pub(crate) const EVENT_TARGET_GLOBAL: Export = Export::class(&EVENT_TARGET).enumerable(false);
pub(crate) const CUSTOM_EVENT_GLOBAL: Export = Export::class(&CUSTOM_EVENT).enumerable(false);
pub(crate) const ABORT_CONTROLLER_GLOBAL: Export = Export::class(&ABORT_CONTROLLER).enumerable(false);
pub(crate) const ABORT_SIGNAL_GLOBAL: Export = Export::class(&ABORT_SIGNAL).enumerable(false);

/// The option of a listener that runs even where another listener stopped the event.
const RESIST_STOP_PROPAGATION: Symbol = Symbol::Private("kResistStopPropagation");
/// The option of a listener in Node's style: it gets the value, not an event.
const IS_NODE_STYLE_LISTENER: Symbol = Symbol::Private("kIsNodeStyleListener");
/// The option of an event that the runtime itself dispatches.
const TRUST_EVENT: Symbol = Symbol::Private("kTrustEvent");
/// `EventTarget[kIsEventTarget]`
const IS_EVENT_TARGET: Symbol = Symbol::For("nodejs.event_target");
const MAX_LISTENERS: Symbol = Symbol::Private("events.maxEventTargetListeners");
const MAX_LISTENERS_WARNED: Symbol = Symbol::Private("events.maxEventTargetListenersWarned");

/// Whether an object is an EventTarget.
pub(crate) fn is_event_target(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(target::state(object, cx).is_some())
}

/// Options of a listener that runs once, even where another listener stopped the event.
pub(crate) fn once_unstoppable(cx: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_null_proto();
    let resist = RESIST_STOP_PROPAGATION.to_js(cx);
    options.create_data_property_or_throw(boa_engine::js_string!("once"), true, cx)?;
    options.create_data_property_or_throw(resist, true, cx)?;
    Ok(options.into())
}

/// `${name} ${inspect(shown, options)}`: the custom inspection of these classes.
pub(crate) fn inspected(this: &JsObject, shown: &JsObject, args: &[JsValue], null_depth_stays: bool, cx: &mut Context) -> JsResult<JsValue> {
    use boa_engine::{JsArgs, js_string};
    let name = this.get(js_string!("constructor"), cx)?.to_object(cx)?.get(js_string!("name"), cx)?.to_string(cx)?;
    let given = args.get_or_undefined(1);
    let options = JsObject::with_object_proto(cx.intrinsics());
    if given.is_object() {
        options.copy_data_properties::<boa_engine::JsString>(given, Vec::new(), cx)?;
    }
    let depth = options.get(js_string!("depth"), cx)?;
    let deeper = match depth.as_number() {
        Some(depth) if depth.is_finite() && (depth.fract() == 0.0 || null_depth_stays) => JsValue::from(depth - 1.0),
        _ => depth,
    };
    options.set(js_string!("depth"), deeper, true, cx)?;
    let options = crate::util::inspect::Options::default().merged(&options, cx)?;
    let text = crate::util::inspect::inspect(&shown.clone().into(), &options, cx)?;
    Ok(js_string!(&name, &js_string!(" "), &text).into())
}

/// Whether an inspection has no depth left: then the name alone is shown.
pub(crate) fn depth_is_spent(args: &[JsValue]) -> bool {
    args.first().and_then(JsValue::as_number).is_some_and(|depth| depth < 0.0)
}
