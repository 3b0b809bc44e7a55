//! `MockTimers`: time that stands still until `tick`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
    property::PropertyDescriptor,
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::{self, Export},
    validate,
};

use super::super::tree::Carried;
use crate::{coroutine, events};

/// `class MockTimers`
static MOCK_TIMERS: Class = Class {
    name: "MockTimers",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Ok(create(cx)?.into()),
    prototype: &[
        Export::function("tick", 0, |this, args, cx| {
            let state = of(this, cx)?;
            let by = args.first().filter(|value| !value.is_undefined()).cloned().unwrap_or_else(|| 1.into());
            tick(&state, &by, cx)
        }),
        Export::function("enable", 0, enable),
        Export::function("setTime", 0, |this, args, cx| {
            let state = of(this, cx)?;
            let time = args.first().filter(|value| !value.is_undefined()).cloned().unwrap_or_else(|| 0.into());
            state.assert_enabled(cx)?;
            validate::number(&time, "time", cx)?;
            let now = state.check_time(&time, cx)?;
            state.now.set(now);
            Ok(JsValue::undefined())
        }),
        Export::symbol(table::Symbol::Dispose, "[Symbol.dispose]", 0, |this, _args, cx| {
            let state = of(this, cx)?;
            state.reset(cx)?;
            Ok(JsValue::undefined())
        }),
        Export::function("reset", 0, |this, _args, cx| {
            let state = of(this, cx)?;
            state.reset(cx)?;
            Ok(JsValue::undefined())
        }),
        Export::function("runAll", 0, |this, _args, cx| {
            let state = of(this, cx)?;
            state.assert_enabled(cx)?;
            let last = state.queue.borrow().iter().map(|timer| timer.run_at.get()).fold(f64::NEG_INFINITY, f64::max);
            if last.is_finite() {
                tick(&state, &(last - state.now.get()).max(0.0).into(), cx)?;
            }
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

/// One pending callback.
struct Timer {
    id: u32,
    callback: JsValue,
    args: Vec<JsValue>,
    run_at: Cell<f64>,
    interval: Cell<Option<f64>>,
}

/// What `enable` replaced: the object, the key and what was there.
type Replaced = (JsObject, &'static str, PropertyDescriptor);

#[derive(Default)]
struct State {
    enabled: Cell<bool>,
    now: Cell<f64>,
    next_id: Cell<u32>,
    queue: RefCell<Vec<Rc<Timer>>>,
    replaced: RefCell<Vec<Replaced>>,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Data(#[unsafe_ignore_trace] Rc<State>);

/// A timer as a script holds it.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Timer>);

static TIMEOUT: Class = Class {
    name: "Timeout",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("hasRef", 0, |_this, _args, _cx| Ok(true.into())),
        Export::function("ref", 0, |this, _args, _cx| Ok(this.clone())),
        Export::function("unref", 0, |this, _args, _cx| Ok(this.clone())),
        Export::function("refresh", 0, |this, _args, _cx| Ok(this.clone())),
    ],
    statics: &[],
};

/// `new MockTimers()`
pub(super) fn create(cx: &mut Context) -> JsResult<JsObject> {
    let prototype = MOCK_TIMERS.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Data(Rc::default())))
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<State>> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Data>().map(|data| data.0.clone()));
    found.ok_or_else(|| errors::invalid_this("MockTimers", cx))
}

/// `timers.reset()`
pub(super) fn reset(timers: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = of(&timers.clone().into(), cx)?;
    state.reset(cx)
}

impl State {
    fn assert_enabled(&self, cx: &mut Context) -> JsResult<()> {
        if self.enabled.get() { Ok(()) } else { Err(errors::invalid_state("You should enable MockTimers first by calling the .enable function", cx)) }
    }

    fn check_time(&self, time: &JsValue, cx: &mut Context) -> JsResult<f64> {
        let number = time.to_number(cx)?;
        if number < 0.0 {
            return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", format!("The argument 'time' {}. Received 'positive integer'", time.display()), cx));
        }
        Ok(number)
    }

    fn reset(&self, cx: &mut Context) -> JsResult<()> {
        if !self.enabled.replace(false) {
            return Ok(());
        }
        for (object, key, descriptor) in self.replaced.take().into_iter().rev() {
            object.define_property_or_throw(JsString::from(key), descriptor, cx)?;
        }
        self.queue.borrow_mut().clear();
        self.now.set(0.0);
        Ok(())
    }

    fn insert(&self, timer: Rc<Timer>) {
        let mut queue = self.queue.borrow_mut();
        let at = queue.iter().position(|other| other.run_at.get() > timer.run_at.get()).unwrap_or(queue.len());
        queue.insert(at, timer);
    }

    fn add(&self, callback: JsValue, delay: f64, repeats: bool, args: Vec<JsValue>) -> Rc<Timer> {
        let delay = if delay > TIMEOUT_MAX_MS { 1.0 } else { delay };
        let id = self.next_id.get() + 1;
        self.next_id.set(id);
        let timer = Rc::new(Timer { id, callback, args, run_at: Cell::new(self.now.get() + delay), interval: Cell::new(repeats.then_some(delay)) });
        self.insert(timer.clone());
        timer
    }

    fn remove(&self, id: u32) {
        let mut queue = self.queue.borrow_mut();
        if let Some(at) = queue.iter().position(|timer| timer.id == id) {
            queue.remove(at).interval.set(None);
        }
    }

    fn replace(&self, object: &JsObject, key: &'static str, value: JsValue, cx: &mut Context) -> JsResult<()> {
        if let Some(descriptor) = object.own_property(&JsString::from(key).into(), cx)? {
            self.replaced.borrow_mut().push((object.clone(), key, descriptor));
        }
        object.set(JsString::from(key), value, true, cx).map(drop)
    }
}

fn tick(state: &Rc<State>, by: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    state.assert_enabled(cx)?;
    let by = state.check_time(by, cx)?;
    state.now.set(state.now.get() + by);
    loop {
        let first = state.queue.borrow().first().cloned();
        let Some(timer) = first.filter(|timer| timer.run_at.get() <= state.now.get()) else { break };
        if let Some(callback) = timer.callback.as_callable() {
            callback.call(&JsValue::undefined(), &timer.args, cx)?;
        }
        // Its own callback may have cleared it.
        let repeats = timer.interval.get();
        let mut queue = state.queue.borrow_mut();
        if queue.first().is_some_and(|first| first.id == timer.id) {
            queue.remove(0);
        }
        drop(queue);
        if let Some(interval) = repeats {
            timer.run_at.set(timer.run_at.get() + interval);
            state.insert(timer);
        }
    }
    Ok(JsValue::undefined())
}

const APIS: &[&str] = &["setTimeout", "setInterval", "setImmediate", "Date", "scheduler.wait"];

/// `timers.enable({ apis, now })`
fn enable(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let options = args.get_or_undefined(0).as_object();
    if state.enabled.get() {
        return Err(errors::invalid_state("MockTimers is already enabled!", cx));
    }
    let (mut now, mut apis) = (JsValue::undefined(), JsValue::undefined());
    if let Some(options) = options {
        now = options.get(js_string!("now"), cx)?;
        apis = options.get(js_string!("apis"), cx)?;
    }
    if now.as_number().is_some_and(f64::is_nan) {
        return Err(errors::invalid_arg_value("now", &now, "epoch must be a positive integer received NaN", cx));
    }
    if !now.to_boolean() {
        now = 0.into();
    }
    let mut names: Vec<String> = APIS.iter().map(|name| (*name).to_owned()).collect();
    if apis.to_boolean() {
        let array = validate::array(&apis, "options.apis", 0, cx)?;
        names.clear();
        for (index, value) in events::elements(&array, cx)?.iter().enumerate() {
            names.push(validate::string(value, &format!("options.apis[{index}]"), cx)?.to_std_string_lossy());
        }
        for name in &names {
            if !APIS.contains(&name.as_str()) {
                return Err(errors::invalid_arg_value("options.apis", &js_string!(name.as_str()).into(), &format!("option {name} is not supported"), cx));
            }
        }
    }
    let start = match now.as_object().filter(|object| object.date_value().is_some()) {
        Some(date) => events::method(&date, "getTime", &[], cx)?.to_number(cx)?,
        None => match now.as_number() {
            Some(number) if number >= 0.0 => validate::number(&now, "initialTime", cx).map(|_| number)?,
            Some(_) => return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", format!("The argument 'time' {}. Received 'positive integer'", now.display()), cx)),
            None => return Err(errors::invalid_arg_type("initialTime", "number", &now, cx)),
        },
    };
    state.now.set(start);
    for name in names {
        replace_api(&state, &name, cx)?;
    }
    state.enabled.set(true);
    Ok(JsValue::undefined())
}

type Shared = Carried<Rc<State>>;

fn replace_api(state: &Rc<State>, api: &str, cx: &mut Context) -> JsResult<()> {
    let global = cx.global_object();
    let timers = table::instantiate(&crate::timers::MODULE, cx)?;
    let promises = table::instantiate(&crate::timers::PROMISES, cx)?;
    let carried = Carried(state.clone());
    let (set, clear, promised): (JsFunction, JsFunction, JsFunction) = match api {
        "setTimeout" => (
            table::closure("setTimeout", 2, carried.clone(), |_this, args, state, cx| set_timer(state, args, false, cx), cx),
            table::closure("clearTimeout", 1, carried.clone(), clear_timer, cx),
            table::closure("setTimeout", 3, carried, |_this, args, state, cx| promise(state, args.get_or_undefined(0).clone(), args.get_or_undefined(1), args.get_or_undefined(2), cx), cx),
        ),
        "setInterval" => (
            table::closure("setInterval", 2, carried.clone(), |_this, args, state, cx| set_timer(state, args, true, cx), cx),
            table::closure("clearInterval", 1, carried.clone(), clear_timer, cx),
            table::closure("setInterval", 3, carried, interval_promise, cx),
        ),
        "setImmediate" => (
            table::closure(
                "setImmediate",
                1,
                carried.clone(),
                |_this, args, state, cx| {
                    let timer = state.0.add(args.get_or_undefined(0).clone(), -1.0, false, args.get(1..).unwrap_or_default().to_vec());
                    handle(timer, cx)
                },
                cx,
            ),
            table::closure("clearImmediate", 1, carried.clone(), clear_timer, cx),
            table::closure("setImmediate", 2, carried, |_this, args, state, cx| promise(state, (-1).into(), args.get_or_undefined(0), args.get_or_undefined(1), cx), cx),
        ),
        "scheduler.wait" => {
            let scheduler = promises.get(js_string!("scheduler"), cx)?.to_object(cx)?;
            let wait = table::closure("wait", 2, carried, |_this, args, state, cx| promise(state, args.get_or_undefined(0).clone(), &JsValue::undefined(), args.get_or_undefined(1), cx), cx);
            let before = scheduler.get(js_string!("wait"), cx)?;
            let own = PropertyDescriptor::builder().value(before).writable(true).enumerable(true).configurable(true).build();
            state.replaced.borrow_mut().push((scheduler.clone(), "wait", own));
            let hidden = PropertyDescriptor::builder().value(wait).writable(true).enumerable(true).configurable(true);
            scheduler.define_property_or_throw(js_string!("wait"), hidden, cx)?;
            return Ok(());
        }
        _ => return replace_date(state, cx),
    };
    let (set_name, clear_name) = match api {
        "setTimeout" => ("setTimeout", "clearTimeout"),
        "setInterval" => ("setInterval", "clearInterval"),
        _ => ("setImmediate", "clearImmediate"),
    };
    for object in [&global, &timers] {
        state.replace(object, set_name, set.clone().into(), cx)?;
        state.replace(object, clear_name, clear.clone().into(), cx)?;
    }
    state.replace(&promises, set_name, promised.into(), cx)
}

fn handle(timer: Rc<Timer>, cx: &mut Context) -> JsResult<JsValue> {
    let prototype = TIMEOUT.prototype(cx)?;
    let id = timer.id;
    let object = JsObject::from_proto_and_data(prototype, Handle(timer));
    object.create_data_property_or_throw(js_string!("id"), id, cx)?;
    Ok(object.into())
}

fn set_timer(state: &Shared, args: &[JsValue], repeats: bool, cx: &mut Context) -> JsResult<JsValue> {
    let delay = args.get_or_undefined(1).to_number(cx)?;
    let timer = state.0.add(args.get_or_undefined(0).clone(), if delay.is_nan() { 0.0 } else { delay }, repeats, args.get(2..).unwrap_or_default().to_vec());
    handle(timer, cx)
}

fn clear_timer(_this: &JsValue, args: &[JsValue], state: &Shared, _cx: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0).as_object().and_then(|object| object.downcast_ref::<Handle>().map(|handle| handle.0.id));
    if let Some(id) = id {
        state.0.remove(id);
    }
    Ok(JsValue::undefined())
}

/// The signal of promise timers' options, and the error if it has aborted.
fn signal_of(options: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(options) = options.as_object() else { return Ok(None) };
    let signal = options.get(js_string!("signal"), cx)?;
    if !signal.to_boolean() {
        return Ok(None);
    }
    validate::abort_signal(&signal, "options.signal", cx)
}

fn abort_of(signal: &JsObject, cx: &mut Context) -> JsResult<JsError> {
    let reason = signal.get(js_string!("reason"), cx)?;
    Ok(errors::abort(None, Some(reason), cx))
}

/// A promise timer.
fn promise(state: &Shared, ms: JsValue, result: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(cx);
    let checked = signal_of(options, cx);
    let signal = match checked {
        Ok(signal) => signal,
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    if let Some(signal) = &signal {
        if signal.get(js_string!("aborted"), cx)?.to_boolean() {
            let error = abort_of(signal, cx)?;
            return Ok(JsPromise::reject(error, cx)?.into());
        }
    }
    let delay = ms.to_number(cx)?;
    let fire = table::closure("", 0, (settle.resolve.clone(), result.clone()), |_this, _args, (resolve, result), cx| resolve.call(&JsValue::undefined(), std::slice::from_ref(result), cx), cx);
    let timer = state.0.add(fire.into(), if delay.is_nan() { 0.0 } else { delay }, false, Vec::new());
    if let Some(signal) = signal {
        let kept = Carried((state.0.clone(), timer.id, settle.reject.clone(), signal.clone()));
        let listener = table::closure(
            "",
            0,
            kept,
            |_this, _args, kept, cx| {
                let (state, id, reject, signal) = &kept.0;
                state.remove(*id);
                let error = abort_of(signal, cx)?.into_opaque(cx)?;
                reject.call(&JsValue::undefined(), &[error], cx)
            },
            cx,
        );
        events::on_abort(&signal, &listener, cx)?;
    }
    Ok(promise.into())
}

/// `timersPromises.setInterval`: an async iterator of the value.
fn interval_promise(_this: &JsValue, args: &[JsValue], state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let (delay, result, options) = (args.get_or_undefined(0).to_number(cx)?, args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    let state = state.0.clone();
    let generator = coroutine::generator(cx, |gives| async move {
        let emitter = coroutine::run!(gives, [] | cx | events::create(cx))?;
        let signal = coroutine::run!(gives, [options] | cx | signal_of(&options, cx))?;
        let wait = coroutine::run!(
            gives,
            [emitter, state, signal] | cx | {
                if let Some(signal) = &signal {
                    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
                        return Err(abort_of(signal, cx)?);
                    }
                    let kept = (emitter.clone(), signal.clone());
                    let listener = table::closure(
                        "",
                        0,
                        kept,
                        |_this, _args, (emitter, signal), cx| {
                            let error = abort_of(signal, cx)?.into_opaque(cx)?;
                            events::emit(emitter, js_string!("error"), &[error], cx)?;
                            Ok(JsValue::undefined())
                        },
                        cx,
                    );
                    events::on_abort(signal, &listener, cx)?;
                }
                let fire = table::closure(
                    "",
                    0,
                    emitter.clone(),
                    |_this, _args, emitter, cx| {
                        events::emit(emitter, js_string!("data"), &[], cx)?;
                        Ok(JsValue::undefined())
                    },
                    cx,
                );
                let timer = state.add(fire.into(), if delay.is_nan() { 0.0 } else { delay }, true, Vec::new());
                let class = events::EVENT_EMITTER.constructor(cx)?;
                let iterator = events::method(&class, "on", &[emitter.into(), js_string!("data").into()], cx)?;
                Ok((iterator, timer))
            }
        );
        let (iterator, timer) = wait?;
        let each = coroutine::Iteration::start(&gives, iterator).await?;
        let outcome = loop {
            match each.next(&gives).await {
                Ok(Some(_)) => {}
                Ok(None) => break Ok(JsValue::undefined()),
                Err(error) => break Err(error.into()),
            }
            if let Err(exit) = gives.give(result.clone()).await {
                let _ = each.close(&gives).await;
                break Err(exit);
            }
        };
        state.remove(timer.id);
        outcome
    })?;
    Ok(generator.into())
}

/// `Date` that starts from the mocked time.
fn replace_date(state: &Rc<State>, cx: &mut Context) -> JsResult<()> {
    let global = cx.global_object();
    let native = global.get(js_string!("Date"), cx)?.to_object(cx)?;
    if native.get(js_string!("isMock"), cx)?.to_boolean() {
        return Err(errors::invalid_state("Date is already being mocked!", cx));
    }
    let kept = (Carried(state.clone()), native.clone());
    let make = boa_engine::NativeFunction::from_copy_closure_with_captures(
        |_this, args, (state, native): &(Shared, JsObject), cx| {
            let now = state.0.now.get();
            if cx.new_target().is_none() {
                let date = native.construct(&[now.into()], None, cx)?;
                return events::method(&date, "toString", &[], cx);
            }
            let args = if args.is_empty() { vec![now.into()] } else { args.to_vec() };
            Ok(native.construct(&args, None, cx)?.into())
        },
        kept,
    );
    let mocked: JsObject =
        boa_engine::object::FunctionObjectBuilder::new(cx.realm(), make).name(js_string!("MockDate")).length(7).host_constructor(boa_engine::object::HostConstructor::Allocating).build().into();
    for key in native.own_property_keys(cx)? {
        if let Some(descriptor) = native.own_property(&key, cx)? {
            mocked.define_property_or_throw(key, descriptor, cx)?;
        }
    }
    let now = table::closure("now", 0, Carried(state.clone()), |_this, _args, state, _cx| Ok(state.0.now.get().into()), cx);
    let text = table::closure(
        "toString",
        0,
        native,
        |_this, _args, native, cx| {
            let function = cx.intrinsics().constructors().function().prototype().get(js_string!("toString"), cx)?;
            events::call(native, &function, "toString", &[], cx)
        },
        cx,
    );
    for (key, value) in [("now", now), ("toString", text)] {
        mocked.set(js_string!(key), value, true, cx)?;
    }
    let fixed = PropertyDescriptor::builder().value(true).writable(false).enumerable(true).configurable(false);
    mocked.define_property_or_throw(js_string!("isMock"), fixed, cx)?;
    state.replace(&global, "Date", mocked.into(), cx)
}

/// The longest delay of a timer.
const TIMEOUT_MAX_MS: f64 = 2_147_483_647.0;
