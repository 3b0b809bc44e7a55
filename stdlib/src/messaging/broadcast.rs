//! `BroadcastChannel`: messages to all of one name, in all threads.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::Hold,
    errors,
    table::{Export, Symbol},
};

use super::{
    events::message_event,
    line::Line,
    mailbox::{Letter, join},
};
use crate::{
    dom_exception,
    event_target::{EVENT_TARGET, Hooks, dispatch, handler, init_target, set_handler},
    structured_clone,
};

/// `BroadcastChannel`
pub(crate) static BROADCAST_CHANNEL: Class = Class {
    name: "BroadcastChannel",
    length: 1,
    extends: Parent::Class(&EVENT_TARGET),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Export::getter("name", |this, _args, cx| Ok(of(this, cx)?.name.clone().into())).enumerable(true),
        Export::function("close", 0, close).enumerable(true),
        Export::function("postMessage", 1, post_message).enumerable(true),
        Export::function("ref", 0, |this, _args, cx| set_ref(this, true, cx)),
        Export::function("unref", 0, |this, _args, cx| set_ref(this, false, cx)),
        Export::accessor("onmessage", |this, _args, cx| attribute(this, "message", cx), |this, args, cx| set(this, "message", args, cx)).enumerable(true),
        Export::accessor("onmessageerror", |this, _args, cx| attribute(this, "messageerror", cx), |this, args, cx| set(this, "messageerror", args, cx)).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct Channel(#[unsafe_ignore_trace] Rc<State>);

struct State {
    name: JsString,
    line: RefCell<Option<Rc<Line>>>,
    hold: RefCell<Option<Hold>>,
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<State>> {
    let slot = Slot::<Channel>::of(this, "BroadcastChannel", cx)?;
    let state = slot.borrow().data().0.clone();
    Ok(state)
}

/// The line of a BroadcastChannel: `None` for other objects.
pub(super) fn line_of(object: &JsObject, cx: &mut Context) -> Option<Option<Rc<Line>>> {
    let slot = Slot::<Channel>::get(object, cx)?;
    let line = slot.borrow().data().0.line.borrow().clone();
    Some(line)
}

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(name) = args.first() else { return Err(errors::missing_args(&["name"], cx)) };
    let name = name.to_string(cx)?;
    let channel = this.to_object(cx)?;
    init_target(&channel, Hooks::default(), cx)?;
    let hold = Host::of(cx).event_loop().hold_as("BroadcastChannel");
    let state = Rc::new(State { name: name.clone(), line: RefCell::new(None), hold: RefCell::new(Some(hold)) });
    Slot::set(&channel, Channel(state.clone()), cx)?;
    let line = Line::open(join(&name.to_std_string_lossy()), move |letter, cx| receive(&channel, letter, cx), cx);
    line.start();
    *state.line.borrow_mut() = Some(line);
    Ok(JsValue::undefined())
}

fn receive(channel: &JsObject, letter: Letter, cx: &mut Context) -> JsResult<()> {
    let Letter::Message(message) = letter else { return Ok(()) };
    let (kind, value) = match structured_clone::deserialize_with_ports(message, cx) {
        Ok((value, _)) => ("message", value),
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => ("messageerror", coil_engine::op::thrown_value(error, cx)),
    };
    let value = if value.is_undefined() { JsValue::null() } else { value };
    let event = message_event(js_string!(kind), value, Vec::new(), cx)?;
    dispatch(channel, &event, cx).map(drop)
}

fn close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let line = state.line.borrow_mut().take();
    if let Some(line) = line {
        drop(line.take(cx));
    }
    drop(state.hold.borrow_mut().take());
    Ok(JsValue::undefined())
}

fn post_message(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let Some(value) = args.first() else { return Err(errors::missing_args(&["message"], cx)) };
    let line = state.line.borrow().clone();
    let Some(line) = line else { return Err(dom_exception::error("BroadcastChannel is closed.", "InvalidStateError", cx)) };
    let message = structured_clone::serialize(value, &[], cx)?;
    line.send(message);
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    if let Some(hold) = &*state.hold.borrow() {
        hold.set_ref(reffed);
    }
    Ok(this.clone())
}

fn attribute(this: &JsValue, kind: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    of(this, cx)?;
    handler(this, &js_string!(kind), cx)
}

fn set(this: &JsValue, kind: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    of(this, cx)?;
    set_handler(this, &js_string!(kind), args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    if crate::event_target::depth_is_spent(args) {
        return Ok(js_string!("BroadcastChannel").into());
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    shown.create_data_property_or_throw(js_string!("name"), state.name.clone(), cx)?;
    shown.create_data_property_or_throw(js_string!("active"), state.line.borrow().is_some(), cx)?;
    let object = this.to_object(cx)?;
    crate::event_target::inspected(&object, &shown, args, false, cx)
}
