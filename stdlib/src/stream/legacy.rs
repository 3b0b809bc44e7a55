//! `Stream`, the base of all streams: an emitter with the `pipe` of Node's first streams.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
    property::PropertyKey,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    table::{self, Export},
};

use crate::events::{self, EVENT_EMITTER};

/// `stream.Stream`, which is the module itself.
pub(crate) static STREAM: Class = Class {
    name: "Stream",
    length: 1,
    extends: Parent::Class(&EVENT_EMITTER),
    kind: Kind::Legacy,
    init: |this, args, cx| {
        let stream = this.to_object(cx)?;
        events::init_emitter(&stream, args.get_or_undefined(0), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[Export::renamed("pipe", "", 2, pipe), Export::function("eventNames", 0, event_names)],
    statics: &[],
};

/// `stream.eventNames()`: the preset names without a listener do not count.
fn event_names(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let mut names = Vec::new();
    if let Some(events) = stream.get(js_string!("_events"), cx)?.as_object() {
        for key in events.own_property_keys(cx)? {
            let Some(listener) = events.get(key.clone(), cx)?.as_object() else { continue };
            let heard = listener.is_callable() || listener.is_array() && listener.get(js_string!("length"), cx)?.to_length(cx)? > 0;
            if heard {
                names.push(match key {
                    PropertyKey::Index(index) => js_string!(index.get().to_string()).into(),
                    key => JsValue::from(key),
                });
            }
        }
    }
    Ok(JsArray::from_iter(names, cx).into())
}

/// Adds a listener before all others, on emitters that cannot do so themselves too.
pub(super) fn prepend_listener(emitter: &JsObject, event: PropertyKey, listener: JsFunction, cx: &mut Context) -> JsResult<()> {
    if emitter.get(js_string!("prependListener"), cx)?.is_callable() {
        return events::prepend_listener(emitter, event, listener, cx);
    }
    let existing = match emitter.get(js_string!("_events"), cx)?.as_object() {
        Some(events) => Some((events.clone(), events.get(event.clone(), cx)?)),
        None => None,
    };
    match existing {
        Some((_, existing)) if existing.as_object().is_some_and(|list| list.is_array()) => {
            let list = JsArray::from_object(existing.to_object(cx)?)?;
            list.unshift(&[listener.into()], cx).map(drop)
        }
        Some((events, existing)) if existing.to_boolean() => {
            let list = JsArray::from_iter([listener.into(), existing], cx);
            events.set(event, list, true, cx).map(drop)
        }
        _ => events::on(emitter, event, listener, cx),
    }
}

/// One pipe of the first kind.
#[derive(Trace, Finalize)]
struct Pipe {
    source: JsObject,
    target: JsObject,
    ended: Cell<bool>,
    listeners: GcRefCell<Vec<(bool, &'static str, JsFunction)>>,
}

/// `stream.pipe(target, options)`
fn pipe(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = this.to_object(cx)?;
    let target = args.get_or_undefined(0).to_object(cx)?;
    let end = match args.get_or_undefined(1).as_object() {
        Some(options) => options.get(js_string!("end"), cx)?.as_boolean() != Some(false),
        None => true,
    };
    let end = end && !target.get(js_string!("_isStdio"), cx)?.to_boolean();
    let pipe = Gc::new(Pipe { source: source.clone(), target: target.clone(), ended: Cell::new(false), listeners: GcRefCell::default() });
    let on_data = table::closure("ondata", 1, pipe.clone(), on_data, cx);
    let on_drain = table::closure("ondrain", 0, pipe.clone(), on_drain, cx);
    let on_end = table::closure("onend", 0, pipe.clone(), on_end, cx);
    let on_close = table::closure("onclose", 0, pipe.clone(), on_close, cx);
    let on_error = table::closure("onerror", 1, pipe.clone(), on_error, cx);
    let on_cleanup = table::closure(
        "cleanup",
        0,
        pipe.clone(),
        |_this, _args, pipe, cx| {
            cleanup(pipe, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    const SOURCE: bool = true;
    const TARGET: bool = false;
    // In the order in which cleanup removes them.
    *pipe.listeners.borrow_mut() = vec![
        (SOURCE, "data", on_data.clone()),
        (TARGET, "drain", on_drain.clone()),
        (SOURCE, "end", on_end.clone()),
        (SOURCE, "close", on_close.clone()),
        (SOURCE, "error", on_error.clone()),
        (TARGET, "error", on_error.clone()),
        (SOURCE, "end", on_cleanup.clone()),
        (SOURCE, "close", on_cleanup.clone()),
        (TARGET, "close", on_cleanup.clone()),
    ];
    events::on(&source, js_string!("data"), on_data, cx)?;
    events::on(&target, js_string!("drain"), on_drain, cx)?;
    if end {
        events::on(&source, js_string!("end"), on_end, cx)?;
        events::on(&source, js_string!("close"), on_close, cx)?;
    }
    prepend_listener(&source, js_string!("error").into(), on_error.clone(), cx)?;
    prepend_listener(&target, js_string!("error").into(), on_error, cx)?;
    events::on(&source, js_string!("end"), on_cleanup.clone(), cx)?;
    events::on(&source, js_string!("close"), on_cleanup.clone(), cx)?;
    events::on(&target, js_string!("close"), on_cleanup, cx)?;
    events::emit(&target, js_string!("pipe"), &[source.into()], cx)?;
    Ok(target.into())
}

fn on_data(_this: &JsValue, args: &[JsValue], pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<JsValue> {
    if pipe.target.get(js_string!("writable"), cx)?.to_boolean() {
        let taken = events::method(&pipe.target, "write", &[args.get_or_undefined(0).clone()], cx)?;
        if taken.as_boolean() == Some(false) && pipe.source.get(js_string!("pause"), cx)?.to_boolean() {
            events::method(&pipe.source, "pause", &[], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn on_drain(_this: &JsValue, _args: &[JsValue], pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<JsValue> {
    if pipe.source.get(js_string!("readable"), cx)?.to_boolean() && pipe.source.get(js_string!("resume"), cx)?.to_boolean() {
        events::method(&pipe.source, "resume", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_end(_this: &JsValue, _args: &[JsValue], pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<JsValue> {
    if !pipe.ended.replace(true) {
        events::method(&pipe.target, "end", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_close(_this: &JsValue, _args: &[JsValue], pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<JsValue> {
    if !pipe.ended.replace(true) && pipe.target.get(js_string!("destroy"), cx)?.is_callable() {
        events::method(&pipe.target, "destroy", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_error(this: &JsValue, args: &[JsValue], pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<JsValue> {
    cleanup(pipe, cx)?;
    // Nobody else hears it: it is unhandled.
    let stream = this.to_object(cx)?;
    if stream.get(js_string!("listenerCount"), cx)?.is_callable() {
        let left = events::method(&stream, "listenerCount", &[js_string!("error").into()], cx)?;
        if left.as_number() == Some(0.0) {
            events::emit(&stream, js_string!("error"), &[args.get_or_undefined(0).clone()], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn cleanup(pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<()> {
    let listeners = pipe.listeners.borrow().clone();
    for (on_source, event, listener) in listeners {
        let emitter = if on_source { &pipe.source } else { &pipe.target };
        let event = coil_engine::Host::of(cx).intern(event);
        events::remove_listener(emitter, PropertyKey::String(event), listener, cx)?;
    }
    Ok(())
}
