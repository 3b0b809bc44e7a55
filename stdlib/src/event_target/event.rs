//! `Event` and `CustomEvent`.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
    validate,
};

use super::{TRUST_EVENT, depth_is_spent, inspected};

/// What an event knows of itself.
#[derive(Trace, Finalize)]
pub(crate) struct EventState {
    pub(crate) kind: GcRefCell<JsString>,
    pub(super) target: GcRefCell<Option<JsObject>>,
    pub(crate) detail: GcRefCell<JsValue>,
    pub(super) bubbles: Cell<bool>,
    pub(super) cancelable: Cell<bool>,
    pub(super) composed: Cell<bool>,
    pub(super) default_prevented: Cell<bool>,
    pub(super) propagation_stopped: Cell<bool>,
    pub(super) stopped: Cell<bool>,
    pub(super) dispatching: Cell<bool>,
    pub(super) passive: Cell<bool>,
    trusted: Cell<bool>,
    time_stamp: Cell<f64>,
}

/// The data of an event object.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct EventData(Gc<EventState>);

/// `Event`
pub(crate) static EVENT: Class = Class {
    name: "Event",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let prototype = instance_prototype(&EVENT, cx)?;
        construct(prototype, args, cx).map(|(object, _)| object.into())
    },
    prototype: &[
        Export::function("initEvent", 1, init_event).enumerable(true),
        Export::function("stopImmediatePropagation", 0, |this, _args, cx| {
            let event = of(this, cx)?;
            event.propagation_stopped.set(true);
            event.stopped.set(true);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("preventDefault", 0, |this, _args, cx| {
            of(this, cx)?.prevent_default();
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::getter("target", |this, _args, cx| Ok(of(this, cx)?.target_value())).enumerable(true),
        Export::getter("currentTarget", |this, _args, cx| {
            let event = of(this, cx)?;
            Ok(if event.dispatching.get() { event.target_value() } else { JsValue::null() })
        })
        .enumerable(true),
        Export::getter("srcElement", |this, _args, cx| Ok(of(this, cx)?.target_value())).enumerable(true),
        Export::getter("type", |this, _args, cx| Ok(of(this, cx)?.kind.borrow().clone().into())).enumerable(true),
        Export::getter("cancelable", |this, _args, cx| Ok(of(this, cx)?.cancelable.get().into())).enumerable(true),
        Export::getter("defaultPrevented", |this, _args, cx| Ok(of(this, cx)?.is_prevented().into())).enumerable(true),
        Export::getter("timeStamp", |this, _args, cx| Ok(of(this, cx)?.time_stamp.get().into())).enumerable(true),
        Export::function("composedPath", 0, |this, _args, cx| {
            let event = of(this, cx)?;
            let path = if event.dispatching.get() { vec![event.target_value()] } else { Vec::new() };
            Ok(JsArray::from_iter(path, cx).into())
        })
        .enumerable(true),
        Export::accessor(
            "returnValue",
            |this, _args, cx| Ok((!of(this, cx)?.is_prevented()).into()),
            |this, args, cx| {
                let event = of(this, cx)?;
                if !args.get_or_undefined(0).to_boolean() {
                    event.prevent_default();
                }
                Ok(JsValue::undefined())
            },
        )
        .enumerable(true),
        Export::getter("bubbles", |this, _args, cx| Ok(of(this, cx)?.bubbles.get().into())).enumerable(true),
        Export::getter("composed", |this, _args, cx| Ok(of(this, cx)?.composed.get().into())).enumerable(true),
        Export::getter("eventPhase", |this, _args, cx| Ok(if of(this, cx)?.dispatching.get() { 2.into() } else { 0.into() })).enumerable(true),
        Export::accessor(
            "cancelBubble",
            |this, _args, cx| Ok(of(this, cx)?.propagation_stopped.get().into()),
            |this, args, cx| {
                let event = of(this, cx)?;
                if args.get_or_undefined(0).to_boolean() {
                    event.propagation_stopped.set(true);
                }
                Ok(JsValue::undefined())
            },
        )
        .enumerable(true),
        Export::function("stopPropagation", 0, |this, _args, cx| {
            of(this, cx)?.propagation_stopped.set(true);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::getter("isTrusted", |this, _args, _cx| {
            let event = this.as_object().and_then(|object| data_of(&object));
            Ok(event.is_some_and(|event| event.trusted.get()).into())
        })
        .enumerable(true)
        .permanent(),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("Event"),
    ],
    statics: &[
        Export::int("NONE", 0).enumerable(true).read_only().permanent(),
        Export::int("CAPTURING_PHASE", 1).enumerable(true).read_only().permanent(),
        Export::int("AT_TARGET", 2).enumerable(true).read_only().permanent(),
        Export::int("BUBBLING_PHASE", 3).enumerable(true).read_only().permanent(),
    ],
};

/// `CustomEvent`
pub(crate) static CUSTOM_EVENT: Class = Class {
    name: "CustomEvent",
    length: 1,
    extends: Parent::Class(&EVENT),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let prototype = instance_prototype(&CUSTOM_EVENT, cx)?;
        let (object, event) = construct(prototype, args, cx)?;
        let detail = match args.get_or_undefined(1).as_object() {
            Some(options) => options.get(js_string!("detail"), cx)?,
            None => JsValue::undefined(),
        };
        *event.detail.borrow_mut() = if detail.is_undefined() { JsValue::null() } else { detail };
        Ok(object.into())
    },
    prototype: &[
        Export::getter("detail", |this, _args, cx| {
            let event = this.as_object().and_then(|object| data_of(&object));
            match event.map(|event| event.detail.borrow().clone()) {
                Some(detail) if !detail.is_undefined() => Ok(detail),
                _ => Err(errors::invalid_this("CustomEvent", cx)),
            }
        })
        .enumerable(true),
        Export::tag("CustomEvent"),
    ],
    statics: &[],
};

/// What `new Event(type, options)` does, for a class that extends it.
pub(crate) fn construct(prototype: JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<(JsObject, Gc<EventState>)> {
    let Some(kind) = args.first() else { return Err(errors::missing_args(&["type"], cx)) };
    let options = args.get_or_undefined(1);
    let options = if options.is_null_or_undefined() { None } else { Some(validate::object(options, "options", cx)?) };
    let mut flags = [false; 3];
    let mut trusted = false;
    if let Some(options) = &options {
        for (flag, key) in flags.iter_mut().zip([js_string!("bubbles"), js_string!("cancelable"), js_string!("composed")]) {
            *flag = options.get(key, cx)?.to_boolean();
        }
        let trust = TRUST_EVENT.to_js(cx);
        trusted = options.get(trust, cx)?.to_boolean();
    }
    let kind = kind.to_string(cx)?;
    Ok(make(prototype, kind, flags, trusted, cx))
}

fn make(prototype: JsObject, kind: JsString, [bubbles, cancelable, composed]: [bool; 3], trusted: bool, cx: &mut Context) -> (JsObject, Gc<EventState>) {
    let state = Gc::new(EventState {
        kind: GcRefCell::new(kind),
        target: GcRefCell::new(None),
        detail: GcRefCell::default(),
        bubbles: Cell::new(bubbles),
        cancelable: Cell::new(cancelable),
        composed: Cell::new(composed),
        default_prevented: Cell::new(false),
        propagation_stopped: Cell::new(false),
        stopped: Cell::new(false),
        dispatching: Cell::new(false),
        passive: Cell::new(false),
        trusted: Cell::new(trusted),
        time_stamp: Cell::new(Host::of(cx).uptime_ns() as f64 / NS_PER_MS),
    });
    (JsObject::from_proto_and_data(prototype, EventData(state.clone())), state)
}

const NS_PER_MS: f64 = 1_000_000.0;

/// An event of the runtime's own: `class` is Event or one that extends it; further fields belong in a `Slot` on the object.
pub(crate) fn create(class: &'static Class, kind: JsString, cx: &mut Context) -> JsResult<(JsObject, Gc<EventState>)> {
    let prototype = class.prototype(cx)?;
    Ok(make(prototype, kind, [false; 3], true, cx))
}

/// The state behind an event object.
pub(crate) fn data_of(object: &JsObject) -> Option<Gc<EventState>> {
    object.downcast_ref::<EventData>().map(|data| data.0.clone())
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Gc<EventState>> {
    match this.as_object().and_then(|object| data_of(&object)) {
        Some(event) => Ok(event),
        None => Err(errors::invalid_this("Event", cx)),
    }
}

impl EventState {
    fn prevent_default(&self) {
        if self.cancelable.get() && !self.passive.get() {
            self.default_prevented.set(true);
        }
    }

    /// `defaultPrevented`
    pub(super) fn is_prevented(&self) -> bool {
        self.cancelable.get() && self.default_prevented.get()
    }

    fn target_value(&self) -> JsValue {
        self.target.borrow().clone().map_or_else(JsValue::null, JsValue::from)
    }
}

/// `event.initEvent(type, bubbles, cancelable)`
fn init_event(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(kind) = args.first() else { return Err(errors::missing_args(&["type"], cx)) };
    let event = of(this, cx)?;
    if !event.dispatching.get() {
        let kind = kind.to_string(cx)?;
        *event.kind.borrow_mut() = kind;
        event.bubbles.set(args.get_or_undefined(1).to_boolean());
        event.cancelable.set(args.get_or_undefined(2).to_boolean());
    }
    Ok(JsValue::undefined())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let event = of(this, cx)?;
    let object = this.to_object(cx)?;
    if depth_is_spent(args) {
        return object.get(js_string!("constructor"), cx)?.to_object(cx)?.get(js_string!("name"), cx);
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    let kind = event.kind.borrow().clone();
    shown.create_data_property_or_throw(js_string!("type"), kind, cx)?;
    shown.create_data_property_or_throw(js_string!("defaultPrevented"), event.default_prevented.get(), cx)?;
    shown.create_data_property_or_throw(js_string!("cancelable"), event.cancelable.get(), cx)?;
    shown.create_data_property_or_throw(js_string!("timeStamp"), event.time_stamp.get(), cx)?;
    inspected(&object, &shown, args, false, cx)
}
