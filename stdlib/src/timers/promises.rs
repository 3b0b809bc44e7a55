//! `timers/promises`: timers that settle a promise, or give an async iterator.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_loop::{ImmediateId, TimerId},
    errors,
    table::{self, Export, Member, NativeModule, Symbol},
    validate,
};

use super::delay_of;

/// `timers/promises`
pub static MODULE: NativeModule = NativeModule {
    name: "timers/promises",
    exports: &[
        Export::function("setTimeout", 2, set_timeout),
        Export::function("setImmediate", 1, set_immediate),
        Export::function("setInterval", 2, set_interval),
        Export::build("scheduler", |cx| SCHEDULER.construct_hidden(cx)),
    ],
};

/// `Scheduler`
static SCHEDULER: Class = Class {
    name: "Scheduler",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Member::function("yield", 0, scheduler_yield), Member::function("wait", 2, scheduler_wait)],
    statics: &[],
};

trait Hidden {
    fn construct_hidden(&'static self, cx: &mut Context) -> JsResult<JsValue>;
}

impl Hidden for Class {
    /// An instance of a class that scripts may not construct.
    fn construct_hidden(&'static self, cx: &mut Context) -> JsResult<JsValue> {
        let prototype = self.prototype(cx)?;
        Ok(JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject).into())
    }
}

fn scheduler_yield(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_immediate(&JsValue::undefined(), &[], cx)
}

fn scheduler_wait(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let args = [args.get_or_undefined(0).clone(), JsValue::undefined(), args.get_or_undefined(1).clone()];
    set_timeout(&JsValue::undefined(), &args, cx)
}

/// What `options` of all three say.
struct Options {
    signal: Option<JsObject>,
    reference: bool,
}

fn options_of(value: &JsValue, cx: &mut Context) -> JsResult<Options> {
    let Some(options) = validate::options(value, "options", cx)? else { return Ok(Options { signal: None, reference: true }) };
    let signal = options.get(js_string!("signal"), cx)?;
    let signal = validate::abort_signal(&signal, "options.signal", cx)?;
    let reference = options.get(js_string!("ref"), cx)?;
    let reference = if reference.is_undefined() { true } else { validate::boolean(&reference, "options.ref", cx)? };
    Ok(Options { signal, reference })
}

/// What a pending promise waits for.
#[derive(Clone, Copy)]
enum Waiting {
    Timer(TimerId),
    Immediate(ImmediateId),
}

impl Waiting {
    fn cancel(self, cx: &Context) {
        let host = Host::of(cx);
        match self {
            Self::Timer(id) => host.event_loop().timer_cancel(id),
            Self::Immediate(id) => host.event_loop().immediate_cancel(id),
        };
    }
}

pub(super) fn set_timeout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let checked = if given.is_undefined() { Ok(1) } else { validate::number(given, "delay", cx).and_then(|_| delay_of(given, cx)) };
    let delay = match checked {
        Ok(delay) => delay,
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    wait(args.get_or_undefined(1).clone(), args.get_or_undefined(2), cx, move |host, reference, settle| {
        let id = host.event_loop().timer(delay, settle);
        host.event_loop().timer_ref(id, reference);
        Waiting::Timer(id)
    })
}

pub(super) fn set_immediate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    wait(args.get_or_undefined(0).clone(), args.get_or_undefined(1), cx, |host, reference, settle| {
        let id = host.event_loop().immediate(settle);
        host.event_loop().immediate_ref(id, reference);
        Waiting::Immediate(id)
    })
}

/// A promise for `value` that settles when what `start` starts fires, or rejects when the signal aborts.
fn wait(value: JsValue, options: &JsValue, cx: &mut Context, start: impl FnOnce(&Host, bool, Box<dyn FnOnce(&mut Context)>) -> Waiting) -> JsResult<JsValue> {
    let options = match options_of(options, cx) {
        Ok(options) => options,
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    if let Some(signal) = &options.signal
        && signal.get(js_string!("aborted"), cx)?.to_boolean()
    {
        let error = abort_error(signal, cx)?;
        return Ok(JsPromise::reject(error, cx)?.into());
    }
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let ResolvingFunctions { resolve, reject } = resolvers;
    let listener: Rc<RefCell<Option<JsFunction>>> = Rc::default();
    let (done, signal) = (listener.clone(), options.signal.clone());
    let waiting = start(
        &Host::of(cx),
        options.reference,
        Box::new(move |cx| {
            let host = Host::of(cx);
            let listener = done.borrow_mut().take();
            host.enter_with(cx, |cx| {
                if let (Some(signal), Some(listener)) = (signal, listener) {
                    call_method(&signal, "removeEventListener", &[js_string!("abort").into(), listener.into()], cx)?;
                }
                resolve.call(&JsValue::undefined(), &[value], cx)
            });
        }),
    );
    if let Some(signal) = options.signal {
        let captured = Aborting { signal: signal.clone(), reject, waiting };
        let on_abort = table::closure(
            "",
            0,
            captured,
            |_this, _args, aborting, cx| {
                aborting.waiting.cancel(cx);
                let reason = abort_error(&aborting.signal, cx)?.into_opaque(cx)?;
                aborting.reject.call(&JsValue::undefined(), &[reason], cx)
            },
            cx,
        );
        listen_once(&signal, &on_abort, cx)?;
        *listener.borrow_mut() = Some(on_abort);
    }
    Ok(promise.into())
}

#[derive(Trace, Finalize)]
struct Aborting {
    signal: JsObject,
    reject: JsFunction,
    #[unsafe_ignore_trace]
    waiting: Waiting,
}

/// `new AbortError(undefined, { cause: signal.reason })`
fn abort_error(signal: &JsObject, cx: &mut Context) -> JsResult<boa_engine::JsError> {
    let reason = signal.get(js_string!("reason"), cx)?;
    Ok(errors::abort(None, Some(reason), cx))
}

fn listen_once(signal: &JsObject, listener: &JsFunction, cx: &mut Context) -> JsResult<()> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("once"), true, cx)?;
    call_method(signal, "addEventListener", &[js_string!("abort").into(), listener.clone().into(), options.into()], cx)?;
    Ok(())
}

fn call_method(object: &JsObject, name: &str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let method = object.get(js_string!(name), cx)?;
    let method = validate::function(&method, name, cx)?;
    method.call(&object.clone().into(), args, cx)
}

/// The async iterator of `setInterval`.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Interval {
    value: JsValue,
    /// The arguments, until the first value is asked for: as in a generator nothing is done before.
    unstarted: boa_gc::GcRefCell<Option<(JsValue, JsValue)>>,
    #[unsafe_ignore_trace]
    state: Rc<RefCell<IntervalState>>,
}

#[derive(Default)]
struct IntervalState {
    timer: Option<TimerId>,
    /// Firings nobody asked for yet.
    ready: u32,
    waiting: VecDeque<ResolvingFunctions>,
    aborted: Option<JsObject>,
    ended: bool,
}

static INTERVAL: Class = Class {
    name: "AsyncGenerator",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::function("next", 0, interval_next),
        Member::function("return", 1, interval_return),
        Member::symbol(Symbol::AsyncIterator, "[Symbol.asyncIterator]", 0, |this, _args, _cx| Ok(this.clone())),
        Member::tag("AsyncGenerator"),
    ],
    statics: &[],
};

fn set_interval(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = INTERVAL.prototype(cx)?;
    let unstarted = Some((args.get_or_undefined(0).clone(), args.get_or_undefined(2).clone()));
    let interval = Interval { value: args.get_or_undefined(1).clone(), unstarted: boa_gc::GcRefCell::new(unstarted), state: Rc::default() };
    Ok(JsObject::from_proto_and_data(prototype, interval).into())
}

/// Checks the arguments and starts the timer.
fn start_interval(state: &Rc<RefCell<IntervalState>>, delay: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<()> {
    if !delay.is_undefined() {
        validate::number(delay, "delay", cx)?;
    }
    let delay = delay_of(delay, cx)?;
    let options = options_of(options, cx)?;
    if let Some(signal) = &options.signal
        && signal.get(js_string!("aborted"), cx)?.to_boolean()
    {
        return Err(abort_error(signal, cx)?);
    }
    repeat(state.clone(), delay, options.reference, cx);
    if let Some(signal) = options.signal {
        let on_abort = table::closure("", 0, Abort { state: state.clone(), signal: signal.clone() }, interval_abort, cx);
        listen_once(&signal, &on_abort, cx)?;
    }
    Ok(())
}

/// The arguments of an interval that has not started yet; it counts as started then.
fn take_unstarted(this: &JsValue) -> Option<(JsValue, JsValue)> {
    let interval = this.as_object().and_then(|object| object.downcast::<Interval>().ok())?;
    let interval = interval.borrow();
    interval.data().unstarted.borrow_mut().take()
}

fn repeat(state: Rc<RefCell<IntervalState>>, delay: u64, reference: bool, cx: &Context) {
    let host = Host::of(cx);
    let held = state.clone();
    let id = host.event_loop().timer(
        delay,
        Box::new(move |cx| {
            let waiting = {
                let mut state = held.borrow_mut();
                state.timer = None;
                let waiting = state.waiting.pop_front();
                if waiting.is_none() {
                    state.ready += 1;
                }
                waiting
            };
            repeat(held.clone(), delay, reference, cx);
            if let Some(resolvers) = waiting {
                let host = Host::of(cx);
                host.enter_with(cx, |cx| resolvers.resolve.call(&JsValue::undefined(), &[], cx));
            }
        }),
    );
    host.event_loop().timer_ref(id, reference);
    state.borrow_mut().timer = Some(id);
}

#[derive(Trace, Finalize)]
struct Abort {
    #[unsafe_ignore_trace]
    state: Rc<RefCell<IntervalState>>,
    signal: JsObject,
}

fn interval_abort(_this: &JsValue, _args: &[JsValue], abort: &Abort, cx: &mut Context) -> JsResult<JsValue> {
    let waiting = {
        let mut state = abort.state.borrow_mut();
        if let Some(id) = state.timer.take() {
            Host::of(cx).event_loop().timer_cancel(id);
        }
        state.aborted = Some(abort.signal.clone());
        std::mem::take(&mut state.waiting)
    };
    for resolvers in waiting {
        let reason = abort_error(&abort.signal, cx)?.into_opaque(cx)?;
        resolvers.reject.call(&JsValue::undefined(), &[reason], cx)?;
    }
    Ok(JsValue::undefined())
}

fn this_interval(this: &JsValue, cx: &mut Context) -> JsResult<(Rc<RefCell<IntervalState>>, JsValue)> {
    let found = this.as_object().and_then(|object| object.downcast::<Interval>().ok());
    let interval = validate::this(found, "AsyncGenerator", cx)?;
    let interval = interval.borrow();
    Ok((interval.data().state.clone(), interval.data().value.clone()))
}

fn result(value: JsValue, done: bool, cx: &mut Context) -> JsResult<JsValue> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("value"), value, cx)?;
    result.create_data_property_or_throw(js_string!("done"), done, cx)?;
    Ok(result.into())
}

fn interval_next(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (state, value) = this_interval(this, cx)?;
    if let Some((delay, options)) = take_unstarted(this)
        && let Err(error) = start_interval(&state, &delay, &options, cx)
    {
        state.borrow_mut().ended = true;
        return Ok(JsPromise::reject(error, cx)?.into());
    }
    enum Next {
        Now(bool),
        Aborted(JsObject),
        Later,
    }
    let next = {
        let mut state = state.borrow_mut();
        match &state.aborted {
            Some(signal) if !state.ended => {
                let signal = signal.clone();
                state.ended = true;
                Next::Aborted(signal)
            }
            _ if state.ended => Next::Now(true),
            _ if state.ready > 0 => {
                state.ready -= 1;
                Next::Now(false)
            }
            _ => Next::Later,
        }
    };
    match next {
        Next::Now(done) => {
            let value = if done { JsValue::undefined() } else { value };
            let result = result(value, done, cx)?;
            Ok(JsPromise::resolve(result, cx)?.into())
        }
        Next::Aborted(signal) => {
            let error = abort_error(&signal, cx)?;
            Ok(JsPromise::reject(error, cx)?.into())
        }
        Next::Later => {
            let (promise, resolvers) = JsPromise::new_pending(cx);
            state.borrow_mut().waiting.push_back(resolvers);
            let give = table::closure("", 1, value, |_this, _args, value, cx| result(value.clone(), false, cx), cx);
            Ok(promise.then(Some(give), None, cx)?.into())
        }
    }
}

fn interval_return(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (state, _) = this_interval(this, cx)?;
    take_unstarted(this);
    {
        let mut state = state.borrow_mut();
        if let Some(id) = state.timer.take() {
            Host::of(cx).event_loop().timer_cancel(id);
        }
        state.ended = true;
    }
    let result = result(args.get_or_undefined(0).clone(), true, cx)?;
    Ok(JsPromise::resolve(result, cx)?.into())
}
