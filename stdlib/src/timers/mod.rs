//! `timers` and the timer globals.
//!
//! A `Timeout` or `Immediate` is one native object; the loop holds its callback. Nothing of a timer is JavaScript but the callback.
//!
//! ```js
//! const timeout = setTimeout((name) => console.log('hello', name), 10, 'timer');
//! timeout.unref();
//! console.log(timeout.hasRef()); // false
//! ```
//!
//! Follows <https://nodejs.org/api/timers.html>.
//!
//! Differs from Node: `timeout._idlePrev`, `_idleNext` and the other links of Node's own lists are not there.

mod promises;

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, native_function::NativeFunctionPointer, object::builtins::JsFunction};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    async_context::AsyncOrigin,
    class::{Class, Kind, Parent, instance_prototype},
    coil_loop::{ImmediateId, TimerId},
    errors,
    table::{Export, Member, NativeModule, Symbol},
    validate,
};
use rustc_hash::FxHashMap;

/// `timers`
pub static MODULE: NativeModule = NativeModule {
    name: "timers",
    exports: &[
        Export::function("setTimeout", 2, set_timeout),
        Export::function("clearTimeout", 1, clear_timeout),
        Export::function("setImmediate", 1, set_immediate),
        Export::function("clearImmediate", 1, clear_immediate),
        Export::function("setInterval", 2, set_interval),
        Export::function("clearInterval", 1, clear_timeout),
        Export::getter("promises", |_, _, cx| Ok(coil_engine::table::instantiate(&promises::MODULE, cx)?.into())),
    ],
};

pub use promises::MODULE as PROMISES;

/// `globalThis.clearImmediate`
pub const CLEAR_IMMEDIATE: Export = Export::build("clearImmediate", |cx| shared("clearImmediate", cx)).enumerable(true);
/// `globalThis.setImmediate`
pub const SET_IMMEDIATE: Export = Export::build("setImmediate", |cx| shared("setImmediate", cx)).enumerable(true);
/// `globalThis.clearInterval`
pub const CLEAR_INTERVAL: Export = Export::build("clearInterval", |cx| shared("clearInterval", cx)).enumerable(true);
/// `globalThis.clearTimeout`
pub const CLEAR_TIMEOUT: Export = Export::build("clearTimeout", |cx| shared("clearTimeout", cx)).enumerable(true);
/// `globalThis.setInterval`
pub const SET_INTERVAL: Export = Export::build("setInterval", |cx| shared("setInterval", cx)).enumerable(true);
/// `globalThis.setTimeout`
pub const SET_TIMEOUT: Export = Export::build("setTimeout", |cx| shared("setTimeout", cx)).enumerable(true);
/// `globalThis.queueMicrotask`
pub const QUEUE_MICROTASK: Export = Export::function("queueMicrotask", 1, queue_microtask).enumerable(true);

/// `globalThis.setTimeout === require('timers').setTimeout`, and it promisifies to the one of `timers/promises`.
fn shared(name: &str, cx: &mut Context) -> JsResult<JsValue> {
    let exports = coil_engine::table::instantiate(&MODULE, cx)?;
    if !Host::of(cx).state::<Shared>().ready.replace(true) {
        for (name, get) in PROMISIFIED {
            let function = exports.get(js_string!(*name), cx)?.to_object(cx)?;
            Member::symbol_getter(Symbol::For("nodejs.util.promisify.custom"), *get).define(&function, true, cx)?;
        }
    }
    exports.get(js_string!(name), cx)
}

/// What `util.promisify` makes of them.
const PROMISIFIED: &[(&str, NativeFunctionPointer)] = &[("setTimeout", promisified_timeout), ("setImmediate", promisified_immediate)];

#[derive(Default)]
struct Shared {
    ready: Cell<bool>,
}

fn promisified_timeout(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    coil_engine::table::instantiate(&promises::MODULE, cx)?.get(js_string!("setTimeout"), cx)
}

fn promisified_immediate(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    coil_engine::table::instantiate(&promises::MODULE, cx)?.get(js_string!("setImmediate"), cx)
}

/// `at Timeout._onTimeout`: what stack traces say of a callback.
pub(crate) fn method_name(this: &JsObject, function: &JsObject) -> Option<&'static str> {
    let (callback, name) =
        if let Some(timer) = this.downcast_ref::<Timer>() { (timer.callback.clone(), "_onTimeout") } else { (this.downcast_ref::<ImmediateState>()?.callback.clone(), "_onImmediate") };
    JsObject::equals(&callback, function).then_some(name)
}

/// Longest delay in ms; a longer one fires after 1 ms with a warning, as in Node.
const TIMEOUT_MAX: f64 = 2_147_483_647.0;

/// A timer's native state.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Timer {
    #[unsafe_ignore_trace]
    id: Cell<Option<TimerId>>,
    callback: JsFunction,
    args: Box<[JsValue]>,
    #[unsafe_ignore_trace]
    delay: Cell<u64>,
    #[unsafe_ignore_trace]
    repeat: Cell<bool>,
    #[unsafe_ignore_trace]
    reference: Cell<bool>,
    #[unsafe_ignore_trace]
    destroyed: Cell<bool>,
    #[unsafe_ignore_trace]
    primitive: Cell<u32>,
    #[unsafe_ignore_trace]
    origin: AsyncOrigin,
}

/// `Timeout`
static TIMEOUT: Class = Class {
    name: "Timeout",
    length: 5,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: construct_timeout,
    prototype: &[
        Member::function("ref", 0, timer_ref),
        Member::function("unref", 0, timer_unref),
        Member::function("hasRef", 0, timer_has_ref),
        Member::function("refresh", 0, timer_refresh),
        Member::function("close", 0, timer_close),
        Member::symbol(Symbol::ToPrimitive, "[Symbol.toPrimitive]", 0, timer_to_primitive),
        Member::symbol(Symbol::Dispose, "[Symbol.dispose]", 0, timer_dispose),
        Member::accessor("_idleTimeout", timer_idle_timeout, timer_stop_repeating).enumerable(false),
        Member::accessor("_repeat", timer_repeat, timer_set_repeat).enumerable(false),
        Member::accessor("_onTimeout", timer_callback, timer_stop_repeating).enumerable(false),
        Member::accessor("_destroyed", timer_destroyed, ignore).enumerable(false),
    ],
    statics: &[],
};

/// Timers known by their number, since only `+timeout` gives one.
#[derive(Default)]
struct Known {
    next: Cell<u32>,
    timers: std::cell::RefCell<FxHashMap<u32, JsObject<Timer>>>,
}

fn construct_timeout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let delay = delay_of(args.get_or_undefined(1), cx)?;
    let prototype = instance_prototype(&TIMEOUT, cx)?;
    let repeat = args.get_or_undefined(3).to_boolean();
    Ok(make_timer(prototype, callback, Box::default(), delay, repeat, cx).upcast().into())
}

fn make_timer(prototype: JsObject, callback: JsFunction, args: Box<[JsValue]>, delay: u64, repeat: bool, cx: &mut Context) -> JsObject<Timer> {
    let timer = Timer {
        id: Cell::new(None),
        callback,
        args,
        delay: Cell::new(delay),
        repeat: Cell::new(repeat),
        reference: Cell::new(true),
        destroyed: Cell::new(false),
        primitive: Cell::new(0),
        origin: Host::of(cx).origin(),
    };
    let timer = JsObject::new(cx.root_shape(), prototype, timer);
    announce(&timer.clone().upcast(), "Timeout", |object| object.downcast_ref::<Timer>().map(|timer| timer.origin.clone()), cx);
    timer
}

/// Tells hooks and domains, if there are any, of a new timer.
fn announce(object: &JsObject, kind: &'static str, origin: fn(&JsObject) -> Option<AsyncOrigin>, cx: &mut Context) {
    let host = Host::of(cx);
    if host.has_domains() {
        crate::domain::mark(object, cx);
    }
    if host.async_hooks().is_some()
        && let Some(origin) = origin(object)
    {
        host.announce(&origin, kind, &object.clone().into(), cx);
    }
}

/// Node's rule: anything that is not within 1..=TIMEOUT_MAX is 1; fractions are cut.
fn delay_of(value: &JsValue, cx: &mut Context) -> JsResult<u64> {
    let number = match value.as_number() {
        Some(number) => number,
        None if value.is_undefined() => return Ok(1),
        None => value.to_number(cx)?,
    };
    if (1.0..=TIMEOUT_MAX).contains(&number) {
        return Ok(number as u64);
    }
    if number > TIMEOUT_MAX {
        warn(cx, "TimeoutOverflowWarning", &format!("{} does not fit into a 32-bit signed integer.", JsValue::from(number).display()))?;
    } else if number < 0.0 && !told(cx).negative.replace(true) {
        warn(cx, "TimeoutNegativeWarning", &format!("{} is a negative number.", JsValue::from(number).display()))?;
    } else if number.is_nan() && !told(cx).nan.replace(true) {
        warn(cx, "TimeoutNaNWarning", "NaN is not a number.")?;
    }
    Ok(1)
}

/// Warnings that are told once.
#[derive(Default)]
struct Told {
    negative: Cell<bool>,
    nan: Cell<bool>,
}

fn told(cx: &Context) -> std::rc::Rc<Told> {
    Host::of(cx).state::<Told>()
}

fn warn(cx: &mut Context, name: &str, reason: &str) -> JsResult<()> {
    crate::process::emit_warning(&format!("{reason}\nTimeout duration was set to 1."), name, None, cx)
}

fn set_timeout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    start(args, false, cx)
}

fn set_interval(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    start(args, true, cx)
}

fn start(args: &[JsValue], repeat: bool, cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let delay = delay_of(args.get_or_undefined(1), cx)?;
    let prototype = TIMEOUT.prototype(cx)?;
    let timer = make_timer(prototype, callback, args.get(2..).unwrap_or_default().into(), delay, repeat, cx);
    arm(&timer, cx);
    Ok(timer.upcast().into())
}

/// Puts the timer into the loop.
fn arm(timer: &JsObject<Timer>, cx: &mut Context) {
    let host = Host::of(cx);
    let held = timer.clone();
    let (delay, reference) = {
        let state = timer.borrow();
        (state.data().delay.get(), state.data().reference.get())
    };
    let id = host.event_loop().timer(delay, Box::new(move |cx| fire(&held, cx)));
    if !reference {
        host.event_loop().timer_ref(id, false);
    }
    let state = timer.borrow();
    state.data().id.set(Some(id));
    state.data().destroyed.set(false);
}

fn fire(timer: &JsObject<Timer>, cx: &mut Context) {
    let (callback, args, origin) = {
        let state = timer.borrow();
        let state = state.data();
        state.id.set(None);
        (state.callback.clone(), state.args.clone(), state.origin.clone())
    };
    let host = Host::of(cx);
    let object = timer.clone().upcast();
    let this: JsValue = object.clone().into();
    host.enter_origin(&origin, Some(object), cx, |cx| callback.call(&this, &args, cx));
    let again = {
        let state = timer.borrow();
        let state = state.data();
        // The callback may have cleared, or refreshed, its own timer.
        state.repeat.get() && !state.destroyed.get() && state.id.get().is_none()
    };
    if again && host.exit_code().is_none() {
        arm(timer, cx);
    } else if timer.borrow().data().id.get().is_none() {
        forget(timer, &host, cx);
    }
}

/// Whether an object is a timer whose callback runs now, and which it has not cleared.
pub(crate) fn is_running(object: &JsObject) -> bool {
    object.downcast_ref::<Timer>().is_some_and(|timer| timer.id.get().is_none() && !timer.destroyed.get() && timer.reference.get())
}

fn forget(timer: &JsObject<Timer>, host: &Host, cx: &mut Context) {
    let (primitive, id, destroyed) = {
        let state = timer.borrow();
        let state = state.data();
        (state.primitive.get(), state.origin.id, state.destroyed.replace(true))
    };
    if !destroyed {
        host.renounce(id, cx);
    }
    if primitive != 0 {
        host.state::<Known>().timers.borrow_mut().remove(&primitive);
    }
}

fn cancel(timer: &JsObject<Timer>, cx: &mut Context) {
    let host = Host::of(cx);
    let id = timer.borrow().data().id.take();
    if let Some(id) = id {
        host.event_loop().timer_cancel(id);
    }
    timer.borrow().data().repeat.set(false);
    forget(timer, &host, cx);
}

fn clear_timeout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if let Some(object) = value.as_object() {
        if let Ok(timer) = object.downcast::<Timer>() {
            cancel(&timer, cx);
        }
        return Ok(JsValue::undefined());
    }
    let number = match value.as_string() {
        Some(text) => text.to_number(),
        None => value.as_number().unwrap_or(f64::NAN),
    };
    let found = Host::of(cx).state::<Known>().timers.borrow().get(&(number as u32)).cloned();
    if let Some(timer) = found {
        cancel(&timer, cx);
    }
    Ok(JsValue::undefined())
}

fn this_timer(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Timer>> {
    this.as_object().and_then(|object| object.downcast::<Timer>().ok()).ok_or_else(|| errors::invalid_this("Timeout", cx))
}

fn set_ref(this: &JsValue, yes: bool, cx: &mut Context) -> JsResult<JsValue> {
    // As in Node, nothing happens to what is no timer.
    let Ok(timer) = this_timer(this, cx) else { return Ok(this.clone()) };
    let state = timer.borrow();
    state.data().reference.set(yes);
    if let Some(id) = state.data().id.get() {
        Host::of(cx).event_loop().timer_ref(id, yes);
    }
    Ok(this.clone())
}

fn timer_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, true, cx)
}

fn timer_unref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, false, cx)
}

fn timer_has_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let state = timer.borrow();
    Ok(state.data().reference.get().into())
}

fn timer_refresh(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let (id, destroyed) = {
        let state = timer.borrow();
        (state.data().id.take(), state.data().destroyed.get())
    };
    if let Some(id) = id {
        Host::of(cx).event_loop().timer_cancel(id);
    }
    // A cleared timer stays cleared; one that has fired starts again.
    if id.is_some() || !destroyed || !timer.borrow().data().repeat.get() {
        arm(&timer, cx);
    }
    Ok(this.clone())
}

fn timer_close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    cancel(&timer, cx);
    Ok(this.clone())
}

fn timer_dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    cancel(&timer, cx);
    Ok(JsValue::undefined())
}

fn timer_to_primitive(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let known = Host::of(cx).state::<Known>();
    let number = timer.borrow().data().primitive.get();
    if number != 0 {
        return Ok(number.into());
    }
    let number = known.next.get() + 1;
    known.next.set(number);
    timer.borrow().data().primitive.set(number);
    known.timers.borrow_mut().insert(number, timer);
    Ok(number.into())
}

fn timer_idle_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let state = timer.borrow();
    let state = state.data();
    Ok(if state.destroyed.get() { JsValue::from(-1) } else { JsValue::from(state.delay.get() as f64) })
}

fn timer_repeat(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let state = timer.borrow();
    let state = state.data();
    Ok(if state.repeat.get() { JsValue::from(state.delay.get() as f64) } else { JsValue::null() })
}

fn timer_set_repeat(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let repeat = args.get_or_undefined(0).as_number();
    let state = timer.borrow();
    state.data().repeat.set(repeat.is_some());
    if let Some(delay) = repeat {
        state.data().delay.set(delay.max(1.0) as u64);
    }
    Ok(JsValue::undefined())
}

/// `_idleTimeout = -1` and `_onTimeout = null` end an interval.
fn timer_stop_repeating(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let value = args.get_or_undefined(0);
    if value.is_null() || value.as_number() == Some(-1.0) {
        timer.borrow().data().repeat.set(false);
    }
    Ok(JsValue::undefined())
}

fn timer_callback(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let state = timer.borrow();
    let state = state.data();
    Ok(if state.destroyed.get() { JsValue::null() } else { state.callback.clone().into() })
}

fn timer_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let timer = this_timer(this, cx)?;
    let state = timer.borrow();
    Ok(state.data().destroyed.get().into())
}

fn ignore(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// An immediate's native state.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct ImmediateState {
    #[unsafe_ignore_trace]
    id: Cell<Option<ImmediateId>>,
    callback: JsFunction,
    args: Box<[JsValue]>,
    #[unsafe_ignore_trace]
    reference: Cell<bool>,
    #[unsafe_ignore_trace]
    origin: AsyncOrigin,
}

/// `Immediate`
static IMMEDIATE: Class = Class {
    name: "Immediate",
    length: 2,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: construct_immediate,
    prototype: &[
        Member::function("ref", 0, immediate_ref),
        Member::function("unref", 0, immediate_unref),
        Member::function("hasRef", 0, immediate_has_ref),
        Member::symbol(Symbol::Dispose, "[Symbol.dispose]", 0, immediate_dispose),
        Member::accessor("_onImmediate", immediate_callback, ignore).enumerable(false),
        Member::accessor("_destroyed", immediate_destroyed, ignore).enumerable(false),
    ],
    statics: &[],
};

fn construct_immediate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let prototype = instance_prototype(&IMMEDIATE, cx)?;
    Ok(schedule(prototype, callback, Box::default(), cx).upcast().into())
}

fn set_immediate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let prototype = IMMEDIATE.prototype(cx)?;
    Ok(schedule(prototype, callback, args.get(1..).unwrap_or_default().into(), cx).upcast().into())
}

fn schedule(prototype: JsObject, callback: JsFunction, args: Box<[JsValue]>, cx: &mut Context) -> JsObject<ImmediateState> {
    let host = Host::of(cx);
    let state = ImmediateState { id: Cell::new(None), callback, args, reference: Cell::new(true), origin: host.origin() };
    let immediate = JsObject::new(cx.root_shape(), prototype, state);
    announce(&immediate.clone().upcast(), "Immediate", |object| object.downcast_ref::<ImmediateState>().map(|immediate| immediate.origin.clone()), cx);
    let held = immediate.clone();
    let id = host.event_loop().immediate(Box::new(move |cx| fire_immediate(&held, cx)));
    immediate.borrow().data().id.set(Some(id));
    immediate
}

fn fire_immediate(immediate: &JsObject<ImmediateState>, cx: &mut Context) {
    let (callback, args, origin) = {
        let state = immediate.borrow();
        let state = state.data();
        state.id.set(None);
        (state.callback.clone(), state.args.clone(), state.origin.clone())
    };
    let host = Host::of(cx);
    let object = immediate.clone().upcast();
    let this: JsValue = object.clone().into();
    host.enter_origin(&origin, Some(object), cx, |cx| callback.call(&this, &args, cx));
    host.renounce(origin.id, cx);
}

fn clear_immediate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = args.get_or_undefined(0).as_object()
        && let Ok(immediate) = object.downcast::<ImmediateState>()
    {
        let id = immediate.borrow().data().id.take();
        if let Some(id) = id {
            let host = Host::of(cx);
            host.event_loop().immediate_cancel(id);
            let number = immediate.borrow().data().origin.id;
            host.renounce(number, cx);
        }
    }
    Ok(JsValue::undefined())
}

fn this_immediate(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<ImmediateState>> {
    this.as_object().and_then(|object| object.downcast::<ImmediateState>().ok()).ok_or_else(|| errors::invalid_this("Immediate", cx))
}

fn set_immediate_ref(this: &JsValue, yes: bool, cx: &mut Context) -> JsResult<JsValue> {
    let immediate = this_immediate(this, cx)?;
    let state = immediate.borrow();
    state.data().reference.set(yes);
    if let Some(id) = state.data().id.get() {
        Host::of(cx).event_loop().immediate_ref(id, yes);
    }
    Ok(this.clone())
}

fn immediate_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_immediate_ref(this, true, cx)
}

fn immediate_unref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_immediate_ref(this, false, cx)
}

fn immediate_has_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let immediate = this_immediate(this, cx)?;
    let state = immediate.borrow();
    Ok(state.data().reference.get().into())
}

fn immediate_dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    clear_immediate(&JsValue::undefined(), std::slice::from_ref(this), cx)
}

fn immediate_callback(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let immediate = this_immediate(this, cx)?;
    let state = immediate.borrow();
    Ok(if state.data().id.get().is_some() { state.data().callback.clone().into() } else { JsValue::null() })
}

fn immediate_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let immediate = this_immediate(this, cx)?;
    let state = immediate.borrow();
    Ok(state.data().id.get().is_none().into())
}

/// `queueMicrotask(callback)`: an error the callback throws is uncaught.
fn queue_microtask(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let host = Host::of(cx);
    let origin = host.origin();
    let resource = host.async_hooks().is_some().then(|| JsObject::with_object_proto(cx.intrinsics()));
    if let Some(resource) = &resource {
        host.announce(&origin, "Microtask", &resource.clone().into(), cx);
    }
    let realm = cx.realm().clone();
    let job = boa_engine::job::PromiseJob::with_realm(
        move |cx| {
            let host = Host::of(cx);
            let told = resource.is_some();
            host.in_origin(&origin, resource, cx, |cx| {
                // In its domain still.
                if let Err(error) = callback.call(&JsValue::undefined(), &[], cx) {
                    host.report(error, coil_engine::Origin::Exception, cx);
                }
            });
            if told {
                host.renounce(origin.id, cx);
            }
            Ok(JsValue::undefined())
        },
        realm,
    );
    cx.enqueue_job(job.into());
    Ok(JsValue::undefined())
}
