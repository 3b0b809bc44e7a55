//! `AbortSignal`.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
    validate,
};

use super::{
    MAX_LISTENERS, depth_is_spent,
    event::{self, EVENT},
    inspected,
    target::{EVENT_TARGET, Hooks, dispatch, handler, init_target, set_handler},
};
use crate::{
    dom_exception, events,
    messaging::{
        line::Line,
        mailbox::{self, End, Letter},
    },
    structured_clone::{self, Carried, Message},
};

/// What a signal knows.
#[derive(Trace, Finalize)]
struct State {
    aborted: Cell<bool>,
    reason: GcRefCell<JsValue>,
    /// Made by `any`: it follows others and is not followed itself.
    composite: bool,
    sources: GcRefCell<Vec<JsObject>>,
    followers: GcRefCell<Vec<JsObject>>,
    /// `util.transferableAbortSignal` was asked for it.
    transferable: Cell<bool>,
    /// Signals in other threads that are told of its abort.
    #[unsafe_ignore_trace]
    copies: RefCell<Vec<End>>,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Data(Gc<State>);

/// `AbortSignal`
pub(crate) static ABORT_SIGNAL: Class = Class {
    name: "AbortSignal",
    length: 0,
    extends: Parent::Class(&EVENT_TARGET),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("aborted", |this, _args, cx| Ok(of(this, cx)?.aborted.get().into())).enumerable(true),
        Export::getter("reason", |this, _args, cx| Ok(of(this, cx)?.reason.borrow().clone())),
        Export::function("throwIfAborted", 0, |this, _args, cx| {
            let signal = of(this, cx)?;
            if signal.aborted.get() {
                let reason = signal.reason.borrow().clone();
                return Err(boa_engine::JsError::from_opaque(reason));
            }
            Ok(JsValue::undefined())
        }),
        Export::accessor(
            "onabort",
            |this, _args, cx| handler(this, &js_string!("abort"), cx),
            |this, args, cx| {
                set_handler(this, &js_string!("abort"), args.get_or_undefined(0), cx)?;
                Ok(JsValue::undefined())
            },
        )
        .enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("AbortSignal"),
    ],
    statics: &[
        Export::function("abort", 0, |_this, args, cx| {
            let reason = reason_or_default(args, cx)?;
            let signal = create(cx)?;
            if let Some(state) = state(&signal) {
                state.aborted.set(true);
                *state.reason.borrow_mut() = reason;
            }
            Ok(signal.into())
        }),
        Export::function("timeout", 1, timeout),
        Export::function("any", 1, any),
    ],
};

/// A signal that nothing has aborted yet.
pub(crate) fn create(cx: &mut Context) -> JsResult<JsObject> {
    make(false, cx)
}

fn make(composite: bool, cx: &mut Context) -> JsResult<JsObject> {
    let state = State {
        aborted: Cell::new(false),
        reason: GcRefCell::default(),
        composite,
        sources: GcRefCell::default(),
        followers: GcRefCell::default(),
        transferable: Cell::new(false),
        copies: RefCell::default(),
    };
    let prototype = ABORT_SIGNAL.prototype(cx)?;
    let signal = JsObject::from_proto_and_data(prototype, Data(Gc::new(state)));
    init_target(&signal, Hooks::default(), cx)?;
    let max = MAX_LISTENERS.to_js(cx);
    signal.set(max, 0, true, cx)?;
    Ok(signal)
}

fn state(object: &JsObject) -> Option<Gc<State>> {
    object.downcast_ref::<Data>().map(|data| data.0.clone())
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Gc<State>> {
    let mut object = this.as_object();
    // Node keeps this in properties, which are seen through a proxy.
    while let Some(Some(Some((target, _)))) = object.as_ref().map(JsObject::proxy_parts) {
        object = Some(target);
    }
    match object.and_then(|object| state(&object)) {
        Some(state) => Ok(state),
        None => Err(errors::invalid_this("AbortSignal", cx)),
    }
}

/// Whether an object is one of these signals.
pub(crate) fn is_abort_signal(object: &JsObject) -> bool {
    object.is::<Data>()
}

/// `signal.aborted`, of one of these or of any other make.
pub(crate) fn is_aborted(signal: &JsObject, cx: &mut Context) -> JsResult<bool> {
    match state(signal) {
        Some(state) => Ok(state.aborted.get()),
        None => Ok(signal.get(js_string!("aborted"), cx)?.to_boolean()),
    }
}

/// `signal.reason`, of one of these or of any other make.
pub(crate) fn reason(signal: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    match state(signal) {
        Some(state) => Ok(state.reason.borrow().clone()),
        None => signal.get(js_string!("reason"), cx),
    }
}

/// The reason given, or an AbortError.
pub(super) fn reason_or_default(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match args.first() {
        Some(reason) if !reason.is_undefined() => Ok(reason.clone()),
        _ => default_reason(cx),
    }
}

/// The reason where none is given: an AbortError.
pub(crate) fn default_reason(cx: &mut Context) -> JsResult<JsValue> {
    crate::dom_exception::create("This operation was aborted", "AbortError", cx).map(JsValue::from)
}

/// Aborts a signal and those that follow it, then tells their listeners.
pub(crate) fn abort(signal: &JsObject, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(own) = state(signal) else { return Ok(()) };
    if own.aborted.replace(true) {
        return Ok(());
    }
    *own.reason.borrow_mut() = reason.clone();
    let mut told = vec![signal.clone()];
    for follower in own.followers.borrow().iter() {
        if let Some(state) = state(follower)
            && !state.aborted.replace(true)
        {
            *state.reason.borrow_mut() = reason.clone();
            told.push(follower.clone());
        }
    }
    for signal in told {
        tell_copies(&signal, reason, cx);
        let (event, _) = event::create(&EVENT, js_string!("abort"), cx)?;
        dispatch(&signal, &event, cx)?;
    }
    Ok(())
}

/// `AbortSignal.timeout(delay)`: its timer keeps no process alive.
fn timeout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let delay = validate::uint32(args.get_or_undefined(0), "delay", false, cx)?;
    let signal = create(cx)?;
    let told = signal.clone();
    let host = Host::of(cx);
    let timer = host.event_loop().timer(
        u64::from(delay.max(1)),
        Box::new(move |cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| {
                let reason = crate::dom_exception::create("The operation was aborted due to timeout", "TimeoutError", cx)?;
                abort(&told, &reason.into(), cx)
            });
        }),
    );
    host.event_loop().timer_ref(timer, false);
    Ok(signal.into())
}

/// `AbortSignal.any(signals)`
fn any(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut signals = Vec::new();
    for (index, value) in sequence(args.get_or_undefined(0), cx)?.into_iter().enumerate() {
        match value.as_object().filter(is_abort_signal) {
            Some(signal) => signals.push(signal),
            None => {
                let received = errors::describe_received(&value, cx);
                let message = format!("The \"signals[{index}]\" argument must be an instance of AbortSignal. Received {received}");
                return Err(errors::coded(errors::Base::Type, "ERR_INVALID_ARG_TYPE", message, cx));
            }
        }
    }
    any_of(&signals, cx).map(JsValue::from)
}

/// A signal that aborts with the first of these.
pub(crate) fn any_of(signals: &[JsObject], cx: &mut Context) -> JsResult<JsObject> {
    let result = make(true, cx)?;
    let Some(own) = state(&result) else { return Ok(result) };
    for signal in signals {
        let Some(source) = state(signal) else { continue };
        if source.aborted.get() {
            let reason = source.reason.borrow().clone();
            abort(&result, &reason, cx)?;
            return Ok(result);
        }
        let sources = if source.composite { source.sources.borrow().clone() } else { vec![signal.clone()] };
        for source in sources {
            if own.sources.borrow().iter().any(|known| JsObject::equals(known, &source)) {
                continue;
            }
            if let Some(state) = state(&source) {
                state.followers.borrow_mut().push(result.clone());
            }
            own.sources.borrow_mut().push(source);
        }
    }
    Ok(result)
}

/// The values of an iterable object.
fn sequence(value: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let refuse = |cx: &mut Context| errors::coded(errors::Base::Type, "ERR_INVALID_ARG_TYPE", "signals can not be converted to sequence.", cx);
    let Some(object) = value.as_object() else { return Err(refuse(cx)) };
    let method = object.get(boa_engine::JsSymbol::iterator(), cx)?;
    let Some(method) = method.as_function() else { return Err(refuse(cx)) };
    let iterator = method.call(value, &[], cx)?.to_object(cx)?;
    let next = iterator.get(js_string!("next"), cx)?;
    let mut values = Vec::new();
    loop {
        let step = events::call(&iterator, &next, "next", &[], cx)?.to_object(cx)?;
        if step.get(js_string!("done"), cx)?.to_boolean() {
            return Ok(values);
        }
        values.push(step.get(js_string!("value"), cx)?);
    }
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if depth_is_spent(args) {
        return Ok(this.clone());
    }
    let aborted = of(this, cx)?.aborted.get();
    let shown = JsObject::with_object_proto(cx.intrinsics());
    shown.create_data_property_or_throw(js_string!("aborted"), aborted, cx)?;
    inspected(&this.to_object(cx)?, &shown, args, true, cx)
}

/// From now on the signal can go to other threads.
pub(crate) fn make_transferable(signal: &JsObject) {
    if let Some(state) = state(signal) {
        state.transferable.set(true);
    }
}

/// A signal on its way to another thread.
struct Copied {
    aborted: bool,
    /// Why, where that can be sent.
    reason: Option<Message>,
    /// What tells of an abort to come.
    line: Option<End>,
}

/// Packs a signal that may go to other threads. It stays usable here, and can be sent again.
pub(crate) fn carrier(object: &JsObject, transfer: bool, cx: &mut Context) -> JsResult<Option<Box<dyn Carried>>> {
    let Some(state) = state(object).filter(|state| state.transferable.get()) else { return Ok(None) };
    if !transfer {
        return Err(dom_exception::error("Object that needs transfer was found in message but not listed in transferList", "DataCloneError", cx));
    }
    if state.aborted.get() {
        let reason = state.reason.borrow().clone();
        return Ok(Some(Box::new(Copied { aborted: true, reason: Some(structured_clone::serialize(&reason, &[], cx)?), line: None })));
    }
    let (own, other) = mailbox::pair();
    state.copies.borrow_mut().push(own);
    Ok(Some(Box::new(Copied { aborted: false, reason: None, line: Some(other) })))
}

/// Tells the copies in other threads why this signal has aborted.
fn tell_copies(signal: &JsObject, reason: &JsValue, cx: &mut Context) {
    let Some(state) = state(signal) else { return };
    for copy in state.copies.take() {
        // A reason that cannot be cloned: the copies abort for the usual one.
        if let Ok(message) = structured_clone::serialize(reason, &[], cx).or_else(|_| structured_clone::serialize(&JsValue::undefined(), &[], cx)) {
            copy.send(message);
        }
    }
}

impl Carried for Copied {
    fn revive(self: Box<Self>, cx: &mut Context) -> JsResult<JsObject> {
        let signal = create(cx)?;
        make_transferable(&signal);
        if self.aborted {
            let reason = self.reason.map_or_else(|| Ok(JsValue::undefined()), |reason| structured_clone::deserialize(reason, cx))?;
            abort(&signal, &reason, cx)?;
        }
        if let Some(end) = self.line {
            let told = signal.clone();
            let line = Line::open(
                end,
                move |letter, cx| match letter {
                    Letter::Message(message) => {
                        let reason = structured_clone::deserialize(message, cx)?;
                        let reason = if reason.is_undefined() { default_reason(cx)? } else { reason };
                        abort(&told, &reason, cx)
                    }
                    Letter::Close => Ok(()),
                },
                cx,
            );
            line.start();
        }
        Ok(signal)
    }

    fn copy(&self) -> Box<dyn Carried> {
        Box::new(Self { aborted: self.aborted, reason: self.reason.as_ref().map(Message::copy), line: None })
    }
}
