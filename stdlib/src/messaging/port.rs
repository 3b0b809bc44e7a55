//! `MessagePort` and `MessageChannel`.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_str, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_loop::Hold,
    errors::{self, Base},
    table::{Export, Symbol},
};

use super::{
    events::message_event,
    line::Line,
    mailbox::{End, Letter, pair},
};
use crate::{
    event_target::{CUSTOM_EVENT, EVENT, Hooks, NODE_EVENT_TARGET, create_event, dispatch, emit, handler, init_target, set_handler},
    events,
    structured_clone::{self, Message},
};

/// `MessagePort`
pub(crate) static MESSAGE_PORT: Class = Class {
    name: "MessagePort",
    length: 0,
    extends: Parent::Class(&NODE_EVENT_TARGET),
    kind: Kind::AllocatingLegacy,
    init: |_this, _args, cx| Err(errors::construct_call_invalid(cx)),
    prototype: &[
        Export::function("postMessage", 0, post_message),
        Export::function("start", 0, |this, _args, _cx| {
            if let Some(line) = &*of(this)?.line.borrow() {
                line.start();
            }
            Ok(JsValue::undefined())
        }),
        Export::function("ref", 0, |this, _args, _cx| {
            of(this)?.set_ref(true);
            Ok(JsValue::undefined())
        }),
        Export::function("unref", 0, |this, _args, _cx| {
            of(this)?.set_ref(false);
            Ok(JsValue::undefined())
        }),
        Export::function("hasRef", 0, |this, _args, _cx| Ok(of(this)?.has_ref().unwrap_or(false).into())),
        Export::accessor("onmessage", |this, _args, cx| handler(this, &js_string!("message"), cx), |this, args, cx| set(this, "message", args, cx)),
        Export::accessor("onmessageerror", |this, _args, cx| handler(this, &js_string!("messageerror"), cx), |this, args, cx| set(this, "messageerror", args, cx)),
        Export::function("close", 1, close),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 0, inspect).enumerable(false),
    ],
    statics: &[],
};

/// `MessageChannel`
pub(crate) static MESSAGE_CHANNEL: Class = Class {
    name: "MessageChannel",
    length: 0,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: |this, _args, cx| {
        if cx.new_target().is_none() {
            return Err(errors::coded(Base::Type, "ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`", cx));
        }
        let channel = this.to_object(cx)?;
        let (one, other) = pair();
        let (port1, port2) = (adopt(one, cx)?, adopt(other, cx)?);
        channel.create_data_property_or_throw(js_string!("port1"), port1, cx)?;
        channel.create_data_property_or_throw(js_string!("port2"), port2, cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct Port(#[unsafe_ignore_trace] Rc<State>);

struct State {
    line: RefCell<Option<Rc<Line>>>,
    /// Gone when the port is closed.
    hold: RefCell<Option<Hold>>,
    /// The ports that came with the message that is being told.
    receiving: RefCell<Vec<JsObject>>,
}

impl State {
    fn set_ref(&self, reffed: bool) {
        if let Some(hold) = &*self.hold.borrow() {
            hold.set_ref(reffed);
        }
    }

    fn has_ref(&self) -> Option<bool> {
        self.hold.borrow().as_ref().map(Hold::has_ref)
    }

    fn is_open(&self) -> bool {
        self.line.borrow().as_ref().is_some_and(|line| line.is_open())
    }
}

fn state(object: &JsObject) -> Option<Rc<State>> {
    object.downcast_ref::<Port>().map(|port| port.0.clone())
}

fn of(this: &JsValue) -> JsResult<Rc<State>> {
    this.as_object().and_then(|object| state(&object)).ok_or_else(|| errors::plain(Base::Type, "Illegal invocation"))
}

/// Whether a value is a MessagePort.
pub(crate) fn is_port(value: &JsValue) -> bool {
    value.as_object().is_some_and(|object| object.is::<Port>())
}

/// A MessagePort over an end.
pub(crate) fn adopt(end: End, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = MESSAGE_PORT.prototype(cx)?;
    let hold = Host::of(cx).event_loop().hold_as("MessagePort");
    hold.set_ref(false);
    let state = Rc::new(State { line: RefCell::new(None), hold: RefCell::new(Some(hold)), receiving: RefCell::default() });
    let port = JsObject::from_proto_and_data(prototype, Port(state.clone()));
    init_target(&port, HOOKS, cx)?;
    let object = port.clone();
    let line = Line::open(end, move |letter, cx| receive(&object, letter, cx), cx);
    *state.line.borrow_mut() = Some(line);
    let host = Host::of(cx);
    if host.async_hooks().is_some() {
        let origin = host.origin();
        host.announce(&origin, "MESSAGEPORT", &port.clone().into(), cx);
    }
    Ok(port)
}

const HOOKS: Hooks = Hooks { changed: Some(changed), event_of: Some(event_of) };

/// A port that is listened to starts and keeps the loop alive. What comes while nobody listens any more waits.
fn changed(port: &JsObject, kind: &JsString, count: usize, _cx: &mut Context) -> JsResult<()> {
    if *kind != js_str!("message") {
        return Ok(());
    }
    if let Some(state) = state(port) {
        state.set_ref(count > 0);
        if let Some(line) = &*state.line.borrow() {
            if count > 0 { line.start() } else { line.stop() }
        }
    }
    Ok(())
}

fn event_of(port: &JsObject, value: &JsValue, kind: &JsString, cx: &mut Context) -> JsResult<JsObject> {
    if *kind != js_str!("message") && *kind != js_str!("messageerror") {
        let (event, data) = create_event(&CUSTOM_EVENT, kind.clone(), cx)?;
        *data.detail.borrow_mut() = if value.is_undefined() { JsValue::null() } else { value.clone() };
        return Ok(event);
    }
    let ports = state(port).map(|state| state.receiving.borrow().clone()).unwrap_or_default();
    let value = if value.is_undefined() { JsValue::null() } else { value.clone() };
    message_event(kind.clone(), value, ports, cx)
}

fn receive(port: &JsObject, letter: Letter, cx: &mut Context) -> JsResult<()> {
    match letter {
        Letter::Close => closed(port, cx),
        Letter::Message(message) => tell(port, message, cx),
    }
}

fn tell(port: &JsObject, message: Message, cx: &mut Context) -> JsResult<()> {
    let Some(state) = state(port) else { return Ok(()) };
    let (value, ports, kind) = match structured_clone::deserialize_with_ports(message, cx) {
        Ok((value, ports)) => (value, ports, js_string!("message")),
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => (coil_engine::op::thrown_value(error, cx), Vec::new(), js_string!("messageerror")),
    };
    let before = state.receiving.replace(ports);
    let told = emit(port, &kind, &value, cx);
    state.receiving.replace(before);
    told
}

/// The port is closed: it lets the loop go, and says so in the closing phase.
fn closed(port: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(state) = state(port) else { return Ok(()) };
    // What has come by now is still handed over; the other end is told when this one is closed for good.
    let line = state.line.borrow_mut().take();
    let port = port.clone();
    let event_loop = Host::of(cx).event_loop().clone();
    event_loop.closing(Box::new(move |cx: &mut Context| {
        if let Some(line) = line {
            drop(line.take(cx));
        }
        drop(state.hold.borrow_mut().take());
        let host = Host::of(cx);
        host.enter_with(cx, |cx| {
            let (event, _) = create_event(&EVENT, js_string!("close"), cx)?;
            dispatch(&port, &event, cx)
        });
    }));
    Ok(())
}

/// `port.close(callback)`
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this)?;
    let port = this.to_object(cx)?;
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        events::method(&port, "once", &[js_string!("close").into(), callback.into()], cx)?;
    }
    if state.is_open() {
        closed(&port, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Takes a port's end to send it elsewhere; the port is closed here.
pub(crate) fn take_end(port: &JsObject, cx: &mut Context) -> JsResult<Option<End>> {
    let Some(state) = state(port) else { return Ok(None) };
    let line = state.line.borrow_mut().take();
    let end = line.and_then(|line| line.take(cx));
    closed(port, cx)?;
    Ok(end)
}

/// Whether a port was closed or moved away.
pub(crate) fn is_detached(port: &JsObject) -> bool {
    state(port).is_none_or(|state| !state.is_open())
}

/// `port.postMessage(value, transferList | options)`
fn post_message(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this)?;
    let port = this.to_object(cx)?;
    let Some(value) = args.first() else {
        return Err(errors::coded(Base::Type, "ERR_MISSING_ARGS", "Not enough arguments to MessagePort.postMessage", cx));
    };
    let transfer = transfer_list(args.get_or_undefined(1), cx)?;
    let message = structured_clone::serialize_from(value, &transfer, Some(&port), cx)?;
    let line = state.line.borrow().clone();
    let Some(line) = line else { return Ok(JsValue::undefined()) };
    if message.holds_peer_of(&line) {
        crate::process::emit_warning("The target port was posted to itself, and the communication channel was lost", "Warning", None, cx)?;
        drop(message);
        closed(&port, cx)?;
        return Ok(true.into());
    }
    line.send(message);
    Ok(true.into())
}

/// The second argument of `postMessage`: a list, or options with `transfer`.
pub(crate) fn transfer_list(given: &JsValue, cx: &mut Context) -> JsResult<Vec<JsObject>> {
    const LIST: &str = "Optional transferList argument must be an iterable";
    if given.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let Some(object) = given.as_object() else { return Err(not_iterable(LIST, cx)) };
    if let Some(list) = sequence(&object, cx)? {
        return Ok(list);
    }
    let list = object.get(js_string!("transfer"), cx)?;
    if list.is_undefined() {
        return Ok(Vec::new());
    }
    let found = match list.as_object() {
        Some(list) => sequence(&list, cx)?,
        None => None,
    };
    found.ok_or_else(|| not_iterable("Optional options.transfer argument must be an iterable", cx))
}

fn not_iterable(message: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx)
}

fn sequence(list: &JsObject, cx: &mut Context) -> JsResult<Option<Vec<JsObject>>> {
    if !list.get(JsSymbol::iterator(), cx)?.is_callable() {
        return Ok(None);
    }
    let iterate = list.get(JsSymbol::iterator(), cx)?;
    let Some(iterate) = iterate.as_callable() else { return Ok(None) };
    let Some(iterator) = iterate.call(&list.clone().into(), &[], cx)?.as_object() else { return Ok(None) };
    let next = iterator.get(js_string!("next"), cx)?;
    let Some(next) = next.as_callable() else { return Ok(None) };
    let mut objects = Vec::new();
    loop {
        let Some(result) = next.call(&iterator.clone().into(), &[], cx)?.as_object() else { return Ok(None) };
        if result.get(js_string!("done"), cx)?.to_boolean() {
            return Ok(Some(objects));
        }
        match result.get(js_string!("value"), cx)?.as_object() {
            Some(object) => objects.push(object),
            None => return Err(crate::dom_exception::error("Found invalid value in transferList.", "DataCloneError", cx)),
        }
    }
}

fn set(this: &JsValue, kind: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let value = if value.is_callable() { value.clone() } else { JsValue::null() };
    set_handler(this, &js_string!(kind), &value, cx)?;
    Ok(JsValue::undefined())
}

fn inspect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Ok(state) = of(this) else { return Ok(this.clone()) };
    let prototype = MESSAGE_PORT.prototype(cx)?;
    let shown = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    shown.create_data_property_or_throw(js_string!("active"), state.has_ref().is_some(), cx)?;
    if let Some(reffed) = state.has_ref() {
        shown.create_data_property_or_throw(js_string!("refed"), reffed, cx)?;
    }
    Ok(shown.into())
}

/// `receiveMessageOnPort(port)`: what lies there now, if anything does.
pub(crate) fn receive_message_on_port(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let line = match given.as_object() {
        Some(object) => match state(&object) {
            Some(state) => Some(state.line.borrow().clone()),
            None => super::broadcast::line_of(&object, cx),
        },
        None => None,
    };
    let Some(line) = line else {
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "The \"port\" argument must be a MessagePort instance", cx));
    };
    match line.and_then(|line| line.poll()) {
        None => Ok(JsValue::undefined()),
        Some(Letter::Close) => {
            if let Some(port) = given.as_object() {
                closed(&port, cx)?;
            }
            Ok(JsValue::undefined())
        }
        Some(Letter::Message(message)) => {
            let (value, _) = structured_clone::deserialize_with_ports(message, cx)?;
            let found = JsObject::with_object_proto(cx.intrinsics());
            found.create_data_property_or_throw(js_string!("message"), value, cx)?;
            Ok(found.into())
        }
    }
}
