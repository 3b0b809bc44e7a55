//! `EventTarget`: listeners, and dispatching events to them.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue,
    job::{Job, PromiseJob},
    js_string,
    object::builtins::JsFunction,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors,
    op::thrown_value,
    table::{self, Export, Symbol},
    validate,
};

use super::{
    IS_EVENT_TARGET, IS_NODE_STYLE_LISTENER, MAX_LISTENERS, MAX_LISTENERS_WARNED, RESIST_STOP_PROPAGATION, depth_is_spent,
    event::{self, CUSTOM_EVENT, EventState},
    inspected,
};
use crate::events;

/// What a native EventTarget decides for itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Hooks {
    /// Told when listeners of a type come and go, with how many there are now.
    pub(crate) changed: Option<fn(target: &JsObject, kind: &JsString, count: usize, cx: &mut Context) -> JsResult<()>>,
    /// Makes the event of a value emitted in Node's style; a CustomEvent with the value as its detail otherwise.
    pub(crate) event_of: Option<fn(target: &JsObject, value: &JsValue, kind: &JsString, cx: &mut Context) -> JsResult<JsObject>>,
}

/// The listeners of one target.
#[derive(Trace, Finalize)]
pub(super) struct Target {
    kinds: GcRefCell<Vec<(JsString, Gc<List>)>>,
    handlers: GcRefCell<Vec<(JsString, Gc<Handler>)>>,
    #[unsafe_ignore_trace]
    hooks: Cell<Hooks>,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct TargetData(Gc<Target>);

/// The listeners of one type: a linked list, so that what happens during a dispatch is as it is in Node.
#[derive(Trace, Finalize)]
struct List {
    size: Cell<usize>,
    first: GcRefCell<Option<Gc<Listener>>>,
    resists: Cell<bool>,
}

#[derive(Trace, Finalize)]
struct Listener {
    callback: JsObject,
    once: bool,
    capture: bool,
    passive: bool,
    node_style: bool,
    resists: bool,
    removed: Cell<bool>,
    next: GcRefCell<Option<Gc<Listener>>>,
    previous: GcRefCell<Option<Gc<Listener>>>,
}

/// What stands behind an attribute such as `onabort`.
#[derive(Trace, Finalize)]
struct Handler {
    value: GcRefCell<JsValue>,
}

/// `EventTarget`
pub(crate) static EVENT_TARGET: Class = Class {
    name: "EventTarget",
    length: 0,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |this, _args, cx| {
        init_target(&this.to_object(cx)?, Hooks::default(), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[
        Export::function("addEventListener", 2, add_event_listener).enumerable(true),
        Export::function("removeEventListener", 2, remove_event_listener).enumerable(true),
        Export::function("dispatchEvent", 1, dispatch_event).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("EventTarget"),
    ],
    statics: &[Export::symbol_boolean(IS_EVENT_TARGET, true).enumerable(true)],
};

/// Makes an object an EventTarget: `super()` of a native class.
pub(crate) fn init_target(object: &JsObject, hooks: Hooks, cx: &mut Context) -> JsResult<()> {
    let target = Target { kinds: GcRefCell::default(), handlers: GcRefCell::default(), hooks: Cell::new(hooks) };
    Slot::set(object, TargetData(Gc::new(target)), cx)?;
    let (max, warned) = (MAX_LISTENERS.to_js(cx), MAX_LISTENERS_WARNED.to_js(cx));
    let default = events::default_max_listeners(cx);
    object.create_data_property_or_throw(max, default, cx)?;
    object.create_data_property_or_throw(warned, false, cx)?;
    Ok(())
}

/// The listeners of an EventTarget.
pub(super) fn state(object: &JsObject, cx: &mut Context) -> Option<Gc<Target>> {
    Slot::<TargetData>::get(object, cx).map(|data| data.borrow().data().0.clone())
}

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, Gc<Target>)> {
    if let Some(object) = this.as_object()
        && let Some(target) = state(&object, cx)
    {
        return Ok((object, target));
    }
    Err(errors::invalid_this("EventTarget", cx))
}

impl Target {
    fn list(&self, kind: &JsString) -> Option<Gc<List>> {
        self.kinds.borrow().iter().find(|(found, _)| found == kind).map(|(_, list)| list.clone())
    }

    /// How many listeners a type has.
    pub(super) fn count(&self, kind: &JsString) -> usize {
        self.list(kind).map_or(0, |list| list.size.get())
    }

    /// The types that have listeners, in the order they came.
    pub(super) fn names(&self) -> Vec<JsString> {
        self.kinds.borrow().iter().map(|(kind, _)| kind.clone()).collect()
    }

    /// Forgets the listeners of one type, or of all.
    pub(super) fn forget(&self, kind: Option<&JsString>) {
        match kind {
            Some(kind) => self.kinds.borrow_mut().retain(|(found, _)| found != kind),
            None => self.kinds.borrow_mut().clear(),
        }
    }
}

impl List {
    fn iter(&self) -> impl Iterator<Item = Gc<Listener>> {
        std::iter::successors(self.first.borrow().clone(), |listener| listener.next.borrow().clone())
    }
}

impl Listener {
    fn is(&self, callback: &JsObject, capture: bool) -> bool {
        self.capture == capture && JsObject::equals(&self.callback, callback)
    }

    fn unlink(&self, list: &List) {
        let (previous, next) = (self.previous.borrow().clone(), self.next.borrow().clone());
        match &previous {
            Some(previous) => *previous.next.borrow_mut() = next.clone(),
            None => *list.first.borrow_mut() = next.clone(),
        }
        if let Some(next) = next {
            *next.previous.borrow_mut() = previous;
        }
        self.removed.set(true);
    }
}

/// The options of one listener.
#[derive(Default)]
struct Options {
    once: bool,
    capture: bool,
    passive: bool,
    node_style: bool,
    resists: bool,
    signal: Option<JsObject>,
}

fn read_options(given: &JsValue, cx: &mut Context) -> JsResult<Options> {
    if let Some(capture) = given.as_boolean() {
        return Ok(Options { capture, ..Options::default() });
    }
    if given.is_null_or_undefined() {
        return Ok(Options::default());
    }
    let object = validate::any_object(given, "options", cx)?;
    let once = object.get(js_string!("once"), cx)?.to_boolean();
    let capture = object.get(js_string!("capture"), cx)?.to_boolean();
    let passive = object.get(js_string!("passive"), cx)?.to_boolean();
    let signal = object.get(js_string!("signal"), cx)?;
    let resists = RESIST_STOP_PROPAGATION.to_js(cx);
    let resists = object.get(resists, cx)?.to_boolean();
    let node_style = IS_NODE_STYLE_LISTENER.to_js(cx);
    let node_style = object.get(node_style, cx)?.to_boolean();
    let signal = validate::abort_signal(&signal, "options.signal", cx)?;
    Ok(Options { once, capture, passive, node_style, resists, signal })
}

/// The listener, if it can be one; `None` for null and undefined.
fn listener_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    match value.as_object() {
        Some(object) => Ok(Some(object)),
        None if value.is_null_or_undefined() => Ok(None),
        None => Err(errors::invalid_arg_type("listener", "EventListener", value, cx)),
    }
}

fn dom_string(value: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    if value.is_symbol() {
        return Err(errors::invalid_arg_value("value", value, "is invalid", cx));
    }
    value.to_string(cx)
}

/// `target.addEventListener(type, listener, options)`
pub(super) fn add_event_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, target) = receiver(this, cx)?;
    let [kind, callback, ..] = args else { return Err(errors::missing_args(&["type", "listener"], cx)) };
    let options = read_options(args.get_or_undefined(2), cx)?;
    if let Some(signal) = &options.signal {
        if signal.get(js_string!("aborted"), cx)?.to_boolean() {
            return Ok(JsValue::undefined());
        }
        let remove = table::closure(
            "",
            0,
            (object.clone(), kind.clone(), callback.clone(), options.capture),
            |_this, _args, (object, kind, callback, capture), cx| {
                let args = [kind.clone(), callback.clone(), (*capture).into()];
                remove_listener(object, &args, *capture, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::on_abort(signal, &remove, cx)?;
    }
    let Some(callback) = listener_of(callback, cx)? else {
        warn_of_no_listener(&object, kind, callback, cx)?;
        return Ok(JsValue::undefined());
    };
    let kind = dom_string(kind, cx)?;
    let listener = Listener {
        callback,
        once: options.once,
        capture: options.capture,
        passive: options.passive,
        node_style: options.node_style,
        resists: options.resists,
        removed: Cell::new(false),
        next: GcRefCell::new(None),
        previous: GcRefCell::new(None),
    };
    let size = match target.list(&kind) {
        None => {
            let resists = listener.resists;
            let list = List { size: Cell::new(1), first: GcRefCell::new(Some(Gc::new(listener))), resists: Cell::new(resists) };
            target.kinds.borrow_mut().push((kind.clone(), Gc::new(list)));
            1
        }
        Some(list) => {
            let mut last = None;
            for found in list.iter() {
                if found.is(&listener.callback, listener.capture) {
                    return Ok(JsValue::undefined());
                }
                last = Some(found);
            }
            list.resists.set(list.resists.get() || listener.resists);
            list.size.set(list.size.get() + 1);
            *listener.previous.borrow_mut() = last.clone();
            let listener = Gc::new(listener);
            match last {
                Some(last) => *last.next.borrow_mut() = Some(listener),
                None => *list.first.borrow_mut() = Some(listener),
            }
            list.size.get()
        }
    };
    added(&object, &target, &kind, size, cx)?;
    Ok(JsValue::undefined())
}

fn added(object: &JsObject, target: &Target, kind: &JsString, size: usize, cx: &mut Context) -> JsResult<()> {
    warn_of_leak(object, kind, size, cx)?;
    changed(object, target, kind, size, cx)
}

fn changed(object: &JsObject, target: &Target, kind: &JsString, size: usize, cx: &mut Context) -> JsResult<()> {
    match target.hooks.get().changed {
        Some(changed) => changed(object, kind, size, cx),
        None => Ok(()),
    }
}

fn warn_of_leak(object: &JsObject, kind: &JsString, size: usize, cx: &mut Context) -> JsResult<()> {
    let (max_key, warned) = (MAX_LISTENERS.to_js(cx), MAX_LISTENERS_WARNED.to_js(cx));
    let max = object.get(max_key, cx)?.to_number(cx)?;
    if !(max > 0.0 && size as f64 > max) || object.get(warned.clone(), cx)?.to_boolean() {
        return Ok(());
    }
    object.set(warned, true, true, cx)?;
    let name = errors::constructor_name(object, cx).unwrap_or_else(|| "EventTarget".to_owned());
    let message = format!(
        "Possible EventTarget memory leak detected. {size} {} listeners added to {name}. MaxListeners is {}. Use \
         events.setMaxListeners() to increase limit",
        kind.to_std_string_escaped(),
        JsValue::from(max).display()
    );
    warn("MaxListenersExceededWarning", &message, object, kind.clone().into(), Some(size), cx)
}

fn warn_of_no_listener(object: &JsObject, kind: &JsValue, callback: &JsValue, cx: &mut Context) -> JsResult<()> {
    let message = format!("addEventListener called with {} which has no effect.", callback.display());
    warn("AddEventListenerArgumentTypeWarning", &message, object, kind.clone(), None, cx)
}

fn warn(name: &'static str, message: &str, target: &JsObject, kind: JsValue, count: Option<usize>, cx: &mut Context) -> JsResult<()> {
    let warning = errors::plain(errors::Base::Error, message).into_opaque(cx)?.to_object(cx)?;
    warning.create_data_property_or_throw(js_string!("name"), js_string!(name), cx)?;
    warning.create_data_property_or_throw(js_string!("target"), target.clone(), cx)?;
    warning.create_data_property_or_throw(js_string!("type"), kind, cx)?;
    if let Some(count) = count {
        warning.create_data_property_or_throw(js_string!("count"), count, cx)?;
    }
    events::emit_warning(warning.into(), cx)
}

/// `target.removeEventListener(type, listener, options)`
pub(super) fn remove_event_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, _) = receiver(this, cx)?;
    if args.len() < 2 {
        return Err(errors::missing_args(&["type", "listener"], cx));
    }
    let options = args.get_or_undefined(2);
    let capture = match options.as_object() {
        Some(options) => options.get(js_string!("capture"), cx)?.as_boolean() == Some(true),
        None => false,
    };
    remove_listener(&object, args, capture, cx)?;
    Ok(JsValue::undefined())
}

fn remove_listener(object: &JsObject, args: &[JsValue], capture: bool, cx: &mut Context) -> JsResult<()> {
    let Some(target) = state(object, cx) else { return Ok(()) };
    let Some(callback) = listener_of(args.get_or_undefined(1), cx)? else { return Ok(()) };
    let kind = dom_string(args.get_or_undefined(0), cx)?;
    let Some(list) = target.list(&kind) else { return Ok(()) };
    let Some(listener) = list.iter().find(|listener| listener.is(&callback, capture)) else { return Ok(()) };
    listener.unlink(&list);
    list.size.set(list.size.get().saturating_sub(1));
    if list.size.get() == 0 {
        target.forget(Some(&kind));
    }
    changed(object, &target, &kind, list.size.get(), cx)
}

/// `target.dispatchEvent(event)`
fn dispatch_event(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, _) = receiver(this, cx)?;
    let Some(event) = args.first() else { return Err(errors::missing_args(&["event"], cx)) };
    let found = event.as_object().and_then(|object| Some((event::data_of(&object)?, object)));
    let Some((data, event)) = found else { return Err(errors::invalid_arg_type("event", "Event", event, cx)) };
    if data.dispatching.get() {
        let kind = data.kind.borrow().to_std_string_escaped();
        return Err(errors::event_recursion(&kind, cx));
    }
    dispatch(&object, &event, cx).map(JsValue::from)
}

/// Dispatches an event; whether nobody prevented its default.
pub(crate) fn dispatch(target: &JsObject, event: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let Some(data) = event::data_of(event) else { return Ok(true) };
    // A subclass may say otherwise what its type is.
    let kind = event.get(js_string!("type"), cx)?.to_string(cx)?;
    run(target, &kind, &event.clone().into(), Some((event.clone(), data.clone())), cx)?;
    Ok(!event.get(js_string!("defaultPrevented"), cx)?.to_boolean())
}

/// Gives `value` to Node-style listeners, and an event made of it to the others.
pub(crate) fn emit(target: &JsObject, kind: &JsString, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    run(target, kind, value, None, cx)
}

fn run(object: &JsObject, kind: &JsString, value: &JsValue, mut event: Option<(JsObject, Gc<EventState>)>, cx: &mut Context) -> JsResult<()> {
    let Some(target) = state(object, cx) else { return Ok(()) };
    if let Some((_, data)) = &event {
        begin(object, data);
    }
    let list = target.list(kind);
    let mut next = list.as_ref().and_then(|list| list.first.borrow().clone());
    if let Some(list) = list {
        while let Some(listener) = next {
            let stopped = event.as_ref().is_some_and(|(_, data)| data.stopped.get());
            if stopped && !list.resists.get() && !listener.passive {
                break;
            }
            // What this listener adds or removes does not change who comes after it.
            next = listener.next.borrow().clone();
            if listener.removed.get() || stopped && !listener.resists {
                continue;
            }
            if listener.once {
                listener.unlink(&list);
                list.size.set(list.size.get().saturating_sub(1));
                changed(object, &target, kind, list.size.get(), cx)?;
            }
            if let Err(error) = call(object, &target, &listener, kind, value, &mut event, cx) {
                uncaught(error, cx)?;
            }
            if let Some((_, data)) = &event {
                data.passive.set(false);
            }
        }
    }
    if let Some((_, data)) = &event {
        data.dispatching.set(false);
    }
    Ok(())
}

fn begin(target: &JsObject, data: &EventState) {
    *data.target.borrow_mut() = Some(target.clone());
    data.dispatching.set(true);
}

fn call(object: &JsObject, target: &Target, listener: &Listener, kind: &JsString, value: &JsValue, event: &mut Option<(JsObject, Gc<EventState>)>, cx: &mut Context) -> JsResult<()> {
    let argument = if listener.node_style {
        value.clone()
    } else {
        if event.is_none() {
            let made = make_event(object, target, value, kind, cx)?;
            begin(object, &made.1);
            *event = Some(made);
        }
        let Some((event, data)) = &event else { return Ok(()) };
        if listener.passive {
            data.passive.set(true);
        }
        event.clone().into()
    };
    let result = if listener.callback.is_callable() {
        let result = listener.callback.call(&object.clone().into(), &[argument], cx);
        if !listener.node_style
            && let Some((_, data)) = &event
        {
            data.dispatching.set(false);
        }
        result?
    } else {
        handle_event(&listener.callback, argument, cx)?
    };
    watch(&result, cx)
}

/// `listener.handleEvent(event)`, whose errors come out as those of a promise.
fn handle_event(listener: &JsObject, argument: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let handled = (|| {
        let handle = listener.get(js_string!("handleEvent"), cx)?;
        if !handle.to_boolean() {
            return Ok(JsValue::undefined());
        }
        events::call(listener, &handle, "listener.handleEvent", &[argument], cx)
    })();
    match handled {
        Ok(value) => Ok(value),
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => {
            cx.enqueue_job(Job::PromiseJob(PromiseJob::new(move |cx| {
                uncaught(error, cx)?;
                Ok(JsValue::undefined())
            })));
            Ok(JsValue::undefined())
        }
    }
}

fn make_event(object: &JsObject, target: &Target, value: &JsValue, kind: &JsString, cx: &mut Context) -> JsResult<(JsObject, Gc<EventState>)> {
    if let Some(event_of) = target.hooks.get().event_of {
        let made = event_of(object, value, kind, cx)?;
        if let Some(data) = event::data_of(&made) {
            return Ok((made, data));
        }
    }
    let (made, data) = event::create(&CUSTOM_EVENT, kind.clone(), cx)?;
    *data.detail.borrow_mut() = if value.is_undefined() { JsValue::null() } else { value.clone() };
    Ok((made, data))
}

/// A listener's rejection is uncaught.
fn watch(result: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(promise) = result.as_object() else { return Ok(()) };
    let then = promise.get(js_string!("then"), cx)?;
    let Some(then) = then.as_function() else { return Ok(()) };
    let rejected: JsFunction = table::closure(
        "",
        1,
        (),
        |_this, args, (), cx| {
            uncaught(JsError::from_opaque(args.get_or_undefined(0).clone()), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    then.call(result, &[JsValue::undefined(), rejected.into()], cx).map(drop)
}

/// The error is thrown in the next tick, where nobody catches it.
fn uncaught(error: JsError, cx: &mut Context) -> JsResult<()> {
    if error.as_engine().is_some() {
        return Err(error);
    }
    let value = thrown_value(error, cx);
    Host::of(cx).next_tick_native(move |_cx| Err(JsError::from_opaque(value)));
    Ok(())
}

/// The listeners of a type on an EventTarget; `None` for any other object.
pub(crate) fn listeners(target: &JsObject, kind: &JsValue, cx: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    let Some(target) = state(target, cx) else { return Ok(None) };
    let Some(kind) = kind.as_string() else { return Ok(Some(Vec::new())) };
    let listeners = target.list(&kind).map(|list| list.iter().map(|listener| listener.callback.clone().into()).collect());
    Ok(Some(listeners.unwrap_or_default()))
}

/// The getter of an attribute such as `onabort`.
pub(crate) fn handler(this: &JsValue, kind: &JsString, cx: &mut Context) -> JsResult<JsValue> {
    let (_, target) = receiver(this, cx)?;
    let handlers = target.handlers.borrow();
    let found = handlers.iter().find(|(found, _)| found == kind).map(|(_, handler)| handler.value.borrow().clone());
    Ok(found.filter(|value| !value.is_undefined()).unwrap_or_else(JsValue::null))
}

/// The setter of such an attribute: the handler keeps the place where it was first set.
pub(crate) fn set_handler(this: &JsValue, kind: &JsString, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    let (object, target) = receiver(this, cx)?;
    let found = target.handlers.borrow().iter().find(|(found, _)| found == kind).map(|(_, handler)| handler.clone());
    let Some(handler) = found else {
        let handler = Gc::new(Handler { value: GcRefCell::new(value.clone()) });
        let listener = table::closure(
            "eventHandler",
            0,
            handler.clone(),
            |this, args, handler, cx| {
                let value = handler.value.borrow().clone();
                match value.as_function() {
                    Some(function) => function.call(this, args, cx),
                    None => Ok(JsValue::undefined()),
                }
            },
            cx,
        );
        target.handlers.borrow_mut().push((kind.clone(), handler));
        add_event_listener(&object.into(), &[kind.clone().into(), listener.into()], cx)?;
        return Ok(());
    };
    let before = std::mem::replace(&mut *handler.value.borrow_mut(), value.clone());
    if let Some(list) = target.list(kind) {
        if before.is_callable() {
            list.size.set(list.size.get().saturating_sub(1));
            changed(&object, &target, kind, list.size.get(), cx)?;
        }
        if value.is_callable() {
            list.size.set(list.size.get() + 1);
            added(&object, &target, kind, list.size.get(), cx)?;
        }
    }
    Ok(())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    if depth_is_spent(args) {
        return object.get(js_string!("constructor"), cx)?.to_object(cx)?.get(js_string!("name"), cx);
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    inspected(&object, &shown, args, false, cx)
}
