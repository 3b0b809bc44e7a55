//! `node:events`: the EventEmitter on which streams, sockets, servers and the process rest.
//!
//! What Node's users see is real: `_events` is an object without prototype whose values are one listener or an array of them,
//! `_eventsCount` and `_maxListeners` stand beside it. Native modules use [`emit`], [`on`], [`once`] and their kin: these call a method
//! that a script has overridden, and go straight to Rust when none has.
//!
//! Differs from Node: nothing known.

mod async_resource;
mod emit;
mod iterate;
mod listeners;
mod promise;
mod statics;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule, Symbol},
    validate,
};

pub(crate) use emit::{elements, place_of_emission};
pub(crate) use iterate::iterate_first;
pub(crate) use listeners::{add_listener as add_listener_method, remove_all_listeners as remove_all_listeners_method, remove_listener as remove_listener_method};
pub(crate) use statics::{off_abort, on_abort};

/// The module is the class itself.
pub static MODULE: NativeModule = NativeModule { name: "events", exports: &[Export::class_as("=", &EVENT_EMITTER)] };

/// `EventEmitter`
pub static EVENT_EMITTER: Class = Class {
    name: "EventEmitter",
    length: 1,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::undefined("_events"),
        Export::int("_eventsCount", 0),
        Export::undefined("_maxListeners"),
        Export::function("setMaxListeners", 1, set_max_listeners),
        Export::function("getMaxListeners", 0, get_max_listeners),
        Export::function("emit", 0, emit::method),
        Export::function("addListener", 2, listeners::add_listener),
        Export::alias("on", "addListener"),
        Export::function("prependListener", 2, listeners::prepend_listener),
        Export::function("once", 2, listeners::once),
        Export::function("prependOnceListener", 2, listeners::prepend_once_listener),
        Export::function("removeListener", 2, listeners::remove_listener),
        Export::alias("off", "removeListener"),
        Export::function("removeAllListeners", 1, listeners::remove_all_listeners),
        Export::function("listeners", 1, listeners::listeners),
        Export::function("rawListeners", 1, listeners::raw_listeners),
        Export::function("listenerCount", 2, listeners::listener_count),
        Export::function("eventNames", 0, listeners::event_names),
        Export::symbol_boolean(CAPTURE, false).enumerable(false).permanent(),
    ],
    statics: &[
        Export::function("addAbortListener", 2, statics::add_abort_listener),
        Export::function("once", 2, promise::once).method(),
        Export::function("on", 2, iterate::on),
        Export::function("getEventListeners", 2, statics::get_event_listeners),
        Export::function("getMaxListeners", 1, statics::get_max_listeners),
        Export::function("listenerCount", 2, statics::listener_count),
        Export::build("EventEmitter", |cx| EVENT_EMITTER.constructor(cx).map(JsValue::from)),
        Export::boolean("usingDomains", false),
        Export::symbol_value("captureRejectionSymbol", REJECTION),
        Export::accessor("captureRejections", statics::capture_rejections, statics::set_capture_rejections).permanent(),
        Export::getter("EventEmitterAsyncResource", async_resource::class),
        Export::symbol_value("errorMonitor", ERROR_MONITOR),
        Export::accessor("defaultMaxListeners", statics::default_max_listeners, statics::set_default_max_listeners).permanent(),
        Export::symbol_value("kMaxEventTargetListeners", MAX_EVENT_TARGET_LISTENERS).enumerable(false).read_only().permanent(),
        Export::symbol_value("kMaxEventTargetListenersWarned", MAX_EVENT_TARGET_LISTENERS_WARNED).enumerable(false).read_only().permanent(),
        Export::renamed("setMaxListeners", "", 0, statics::set_max_listeners),
        Export::renamed("init", "", 1, init),
    ],
};

const CAPTURE: Symbol = Symbol::Private("kCapture");
const SHAPE_MODE: Symbol = Symbol::Private("shapeMode");
const ERROR_MONITOR: Symbol = Symbol::Private("events.errorMonitor");
const REJECTION: Symbol = Symbol::For("nodejs.rejection");
const MAX_EVENT_TARGET_LISTENERS: Symbol = Symbol::Private("events.maxEventTargetListeners");
const MAX_EVENT_TARGET_LISTENERS_WARNED: Symbol = Symbol::Private("events.maxEventTargetListenersWarned");
/// Where the printer of fatal errors finds a function that gives the stack with the place of the emit.
const ENHANCE_STACK: Symbol = Symbol::Private("kEnhanceStackBeforeInspector");

/// What a host's emitters share.
struct State {
    default_max_listeners: std::cell::RefCell<JsValue>,
}

impl Default for State {
    fn default() -> Self {
        Self { default_max_listeners: std::cell::RefCell::new(DEFAULT_MAX_LISTENERS.into()) }
    }
}

/// More listeners of one event are taken for a leak; a useful guess, says Node.
const DEFAULT_MAX_LISTENERS: i32 = 10;

/// `EventEmitter(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    init_emitter(&emitter, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// `EventEmitter.init`
fn init(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    construct(this, args, cx)
}

/// The constructor of a class that only extends EventEmitter.
pub(crate) fn init_plain(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    init_emitter(&this.to_object(cx)?, &JsValue::undefined(), cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_emitter(emitter: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<()> {
    if Host::of(cx).has_domains() {
        crate::domain::init_emitter(emitter, cx)?;
    }
    let capture = CAPTURE.to_js(cx);
    let events = emitter.get(js_string!("_events"), cx)?;
    let inherited = match emitter.prototype() {
        _ if events.is_undefined() => JsValue::undefined(),
        Some(prototype) => prototype.get(js_string!("_events"), cx)?,
        None => JsValue::undefined(),
    };
    let fresh = events.strict_equals(&inherited);
    if fresh {
        put(emitter, js_string!("_events"), JsObject::shared_null(cx), cx)?;
        put(emitter, js_string!("_eventsCount"), 0, cx)?;
    }
    put(emitter, SHAPE_MODE.to_js(cx), !fresh, cx)?;
    let max = emitter.get(js_string!("_maxListeners"), cx)?;
    put(emitter, js_string!("_maxListeners"), if max.to_boolean() { max } else { JsValue::undefined() }, cx)?;

    let wanted = match options.as_object() {
        Some(options) => options.get(js_string!("captureRejections"), cx)?,
        None => JsValue::undefined(),
    };
    let captures = if wanted.to_boolean() { validate::boolean(&wanted, "options.captureRejections", cx)?.into() } else { EVENT_EMITTER.prototype(cx)?.get(capture.clone(), cx)? };
    put(emitter, capture, captures, cx)
}

/// `new EventEmitter()`
pub(crate) fn create(cx: &mut Context) -> JsResult<JsObject> {
    EVENT_EMITTER.construct(&[], cx)
}

/// Calls the listeners of an event, through the emitter's `emit` where a script has overridden it. Whether there were any.
pub(crate) fn emit(emitter: &JsObject, event: impl Into<PropertyKey>, args: &[JsValue], cx: &mut Context) -> JsResult<bool> {
    let event = event.into();
    let method = emitter.get(js_string!("emit"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(emit::method) => emit::direct(emitter, &event, args, cx),
        _ => {
            let mut all = Vec::with_capacity(args.len() + 1);
            all.push(JsValue::from(event));
            all.extend_from_slice(args);
            call(emitter, &method, "emit", &all, cx).map(|result| result.to_boolean())
        }
    }
}

/// `EventEmitter.defaultMaxListeners`
pub(crate) fn default_max_listeners(cx: &Context) -> JsValue {
    Host::of(cx).state::<State>().default_max_listeners.borrow().clone()
}

/// Whether `emit` on this emitter is the one of this module.
pub(crate) fn emits_natively(emitter: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let method = emitter.get(js_string!("emit"), cx)?;
    Ok(method.as_object().is_some_and(|method| method.is_native_function(emit::method)))
}

/// `emitter.on(event, listener)`
pub(crate) fn on(emitter: &JsObject, event: impl Into<PropertyKey>, listener: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let (event, listener) = (event.into(), listener.into());
    let method = emitter.get(js_string!("on"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(listeners::add_listener) => listeners::add(emitter, &event, &listener, false, cx),
        _ => call(emitter, &method, "on", &[event.into(), listener], cx).map(drop),
    }
}

/// `emitter.once(event, listener)`
pub(crate) fn once(emitter: &JsObject, event: impl Into<PropertyKey>, listener: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    method(emitter, "once", &[event.into().into(), listener.into()], cx).map(drop)
}

/// `emitter.prependListener(event, listener)`
pub(crate) fn prepend_listener(emitter: &JsObject, event: impl Into<PropertyKey>, listener: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    method(emitter, "prependListener", &[event.into().into(), listener.into()], cx).map(drop)
}

/// `emitter.removeListener(event, listener)`
pub(crate) fn remove_listener(emitter: &JsObject, event: impl Into<PropertyKey>, listener: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let (event, listener) = (event.into(), listener.into());
    let method = emitter.get(js_string!("removeListener"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(listeners::remove_listener) => listeners::remove(emitter, &event, &listener, cx),
        _ => call(emitter, &method, "removeListener", &[event.into(), listener], cx).map(drop),
    }
}

/// The emitter's `_events`, of which `reading` is wanted; `None` where there is nothing yet. A program can have put anything there.
fn events_of(emitter: &JsObject, reading: &PropertyKey, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let events = emitter.get(js_string!("_events"), cx)?;
    if events.is_null() {
        return Err(errors::plain(errors::Base::Type, format!("Cannot read properties of null (reading '{reading}')")));
    }
    Ok(events.as_object())
}

/// How many listeners an event has, read without running JavaScript where `_events` is as the constructor made it.
pub(crate) fn listener_count(emitter: &JsObject, event: impl Into<PropertyKey>, cx: &mut Context) -> JsResult<usize> {
    let Some(events) = emitter.get(js_string!("_events"), cx)?.as_object() else { return Ok(0) };
    let found = events.get(event.into(), cx)?;
    match found.as_object() {
        Some(list) if !list.is_callable() => Ok(list.get(js_string!("length"), cx)?.to_length(cx)? as usize),
        Some(_) => Ok(1),
        None => Ok(0),
    }
}

/// `emitter[name](...args)`, or the TypeError that calling what is no function gives.
pub(crate) fn method(this: &JsObject, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(name);
    let method = this.get(PropertyKey::String(key), cx)?;
    call(this, &method, name, args, cx)
}

/// Calls `method`, which `this[name]` gave.
pub(crate) fn call(this: &JsObject, method: &JsValue, name: &str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match method.as_function() {
        Some(method) => method.call(&this.clone().into(), args, cx),
        None => Err(errors::plain(errors::Base::Type, format!("{name} is not a function"))),
    }
}

/// `process.emitWarning(warning)`
pub(crate) fn emit_warning(warning: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(process) = cx.global_object().get(js_string!("process"), cx)?.as_object() else { return Ok(()) };
    match process.get(js_string!("emitWarning"), cx)?.as_function() {
        Some(emit_warning) => emit_warning.call(&process.into(), &[warning], cx).map(drop),
        None => Ok(()),
    }
}

/// `EventEmitter.prototype.setMaxListeners`
fn set_max_listeners(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let count = args.get_or_undefined(0);
    validate::number_within(count, "setMaxListeners", Some(0.0), None, cx)?;
    put(&receiver(this, cx)?, js_string!("_maxListeners"), count.clone(), cx)?;
    Ok(this.clone())
}

/// `EventEmitter.prototype.getMaxListeners`
fn get_max_listeners(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    max_listeners(&receiver(this, cx)?, cx)
}

fn max_listeners(emitter: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let own = emitter.get(js_string!("_maxListeners"), cx)?;
    Ok(if own.is_undefined() { Host::of(cx).state::<State>().default_max_listeners.borrow().clone() } else { own })
}

/// The object a method was called on; `undefined` and `null` give a TypeError.
fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    match this.as_object() {
        Some(object) => Ok(object),
        None => this.to_object(cx),
    }
}

fn put(object: &JsObject, key: impl Into<PropertyKey>, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    object.set(key, value, true, cx).map(drop)
}

/// The listener a function stands for: a wrapper made by `once` names it.
fn original(listener: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    match listener.as_object() {
        Some(object) => object.get(js_string!("listener"), cx),
        None => Ok(JsValue::undefined()),
    }
}
