//! `MessageEvent`, `CloseEvent` and `ErrorEvent`.

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::{IntegrityLevel, builtins::JsArray},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::Export,
};

use super::port::is_port;
use crate::event_target::{EVENT, construct_event, create_event};

#[derive(Clone, Trace, Finalize, boa_engine::JsData)]
#[boa_gc(unsafe_no_drop)]
struct MessageFields {
    data: JsValue,
    #[unsafe_ignore_trace]
    origin: JsString,
    #[unsafe_ignore_trace]
    last_event_id: JsString,
    source: JsValue,
    ports: JsObject,
}

/// `MessageEvent`
pub(crate) static MESSAGE_EVENT: Class = Class {
    name: "MessageEvent",
    length: 1,
    extends: Parent::Class(&EVENT),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let prototype = instance_prototype(&MESSAGE_EVENT, cx)?;
        let options = begin("MessageEvent", args, cx)?;
        let (object, _) = construct_event(prototype, args, cx)?;
        let data = field(options.as_ref(), "data", JsValue::null(), cx)?;
        let origin = text(options.as_ref(), "origin", cx)?;
        let last_event_id = text(options.as_ref(), "lastEventId", cx)?;
        let source = source_of(&field(options.as_ref(), "source", JsValue::null(), cx)?, cx)?;
        let ports = field(options.as_ref(), "ports", JsValue::undefined(), cx)?;
        let ports = ports_of(&ports, cx)?;
        Slot::set(&object, MessageFields { data, origin, last_event_id, source, ports }, cx)?;
        Ok(object.into())
    },
    prototype: &[
        Export::getter("data", |this, _, cx| Ok(message(this, cx)?.data)).enumerable(true),
        Export::getter("origin", |this, _, cx| Ok(message(this, cx)?.origin.into())).enumerable(true),
        Export::getter("lastEventId", |this, _, cx| Ok(message(this, cx)?.last_event_id.into())).enumerable(true),
        Export::getter("source", |this, _, cx| Ok(message(this, cx)?.source)).enumerable(true),
        Export::getter("ports", |this, _, cx| {
            let ports = message(this, cx)?.ports;
            ports.set_integrity_level(IntegrityLevel::Frozen, cx)?;
            Ok(ports.into())
        })
        .enumerable(true),
        Export::function("initMessageEvent", 1, init_message_event).enumerable(true),
        Export::tag("MessageEvent"),
    ],
    statics: &[],
};

/// A message that has come: `data`, and the ports that came with it.
pub(super) fn message_event(kind: JsString, data: JsValue, ports: Vec<JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let (object, _) = create_event(&MESSAGE_EVENT, kind, cx)?;
    let ports = JsArray::from_iter(ports.into_iter().map(JsValue::from), cx).into();
    Slot::set(&object, MessageFields { data, origin: js_string!(), last_event_id: js_string!(), source: JsValue::null(), ports }, cx)?;
    Ok(object)
}

fn message(this: &JsValue, cx: &mut Context) -> JsResult<MessageFields> {
    let slot = match this.as_object() {
        Some(object) => Slot::<MessageFields>::get(&object, cx),
        None => None,
    };
    slot.map(|slot| slot.borrow().data().clone()).ok_or_else(illegal)
}

fn illegal() -> JsError {
    errors::plain(Base::Type, "Illegal invocation")
}

fn init_message_event(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    message(this, cx)?;
    if args.is_empty() {
        return Err(errors::plain(Base::Type, "MessageEvent.initMessageEvent: 1 argument required, but 0 found."));
    }
    let at = |index: usize| args.get_or_undefined(index);
    let init = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in [("bubbles", at(1)), ("cancelable", at(2)), ("data", at(3)), ("origin", at(4)), ("lastEventId", at(5)), ("source", at(6)), ("ports", at(7))] {
        if !value.is_undefined() {
            init.create_data_property_or_throw(js_string!(name), value.clone(), cx)?;
        }
    }
    MESSAGE_EVENT.construct(&[at(0).clone(), init.into()], cx).map(JsValue::from)
}

/// Checks the arguments as the web's interfaces do; gives the dictionary.
fn begin(class: &str, args: &[JsValue], cx: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(kind) = args.first() else {
        return Err(errors::plain(Base::Type, format!("{class} constructor: 1 argument required, but 0 found.")));
    };
    if kind.is_symbol() {
        return Err(errors::plain(Base::Type, format!("{class} constructor: type is a symbol, which cannot be converted to a DOMString.")));
    }
    let options = args.get_or_undefined(1);
    if options.is_null_or_undefined() {
        return Ok(None);
    }
    match options.as_object() {
        Some(options) => Ok(Some(options)),
        None => {
            let shown = crate::show(options, cx);
            Err(errors::plain(Base::Type, format!("{class} constructor: Expected eventInitDict (\"{shown}\") to be one of: Null, Undefined, Object.")))
        }
    }
}

fn field(options: Option<&JsObject>, name: &str, default: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let value = match options {
        Some(options) => options.get(js_string!(name), cx)?,
        None => JsValue::undefined(),
    };
    Ok(if value.is_undefined() { default } else { value })
}

fn text(options: Option<&JsObject>, name: &str, cx: &mut Context) -> JsResult<JsString> {
    field(options, name, js_string!().into(), cx)?.to_string(cx)
}

fn source_of(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if value.is_null() || is_port(value) {
        return Ok(value.clone());
    }
    let shown = crate::show(value, cx);
    Err(errors::plain(Base::Type, format!("MessageEvent constructor: Expected eventInitDict.source (\"{shown}\") to be an instance of MessagePort.")))
}

fn ports_of(value: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    if value.is_undefined() {
        return Ok(JsArray::new(cx)?.into());
    }
    let iterable = match value.as_object() {
        Some(object) => object.get(JsSymbol::iterator(), cx)?.is_callable(),
        None => false,
    };
    if !iterable {
        let shown = crate::show(value, cx);
        return Err(errors::plain(Base::Type, format!("MessageEvent constructor: eventInitDict.ports ({shown}) is not iterable.")));
    }
    let from = cx.intrinsics().constructors().array().constructor().get(js_string!("from"), cx)?;
    let list = from.as_callable().ok_or_else(illegal)?.call(&JsValue::undefined(), std::slice::from_ref(value), cx)?.to_object(cx)?;
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    for index in 0..length {
        let port = list.get(index, cx)?;
        if !is_port(&port) {
            let shown = crate::show(&port, cx);
            return Err(errors::plain(Base::Type, format!("MessageEvent constructor: Expected eventInitDict.ports[{index}] (\"{shown}\") to be an instance of MessagePort.")));
        }
    }
    Ok(list)
}

#[derive(Clone, Trace, Finalize, boa_engine::JsData)]
#[boa_gc(unsafe_no_drop)]
struct CloseFields {
    was_clean: bool,
    code: u16,
    #[unsafe_ignore_trace]
    reason: JsString,
}

/// `CloseEvent`
pub(crate) static CLOSE_EVENT: Class = Class {
    name: "CloseEvent",
    length: 1,
    extends: Parent::Class(&EVENT),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let prototype = instance_prototype(&CLOSE_EVENT, cx)?;
        let options = begin("CloseEvent", args, cx)?;
        let (object, _) = construct_event(prototype, args, cx)?;
        let was_clean = field(options.as_ref(), "wasClean", false.into(), cx)?.to_boolean();
        let code = field(options.as_ref(), "code", 0.into(), cx)?.to_uint16(cx)?;
        let reason = text(options.as_ref(), "reason", cx)?;
        Slot::set(&object, CloseFields { was_clean, code, reason }, cx)?;
        Ok(object.into())
    },
    prototype: &[
        Export::getter("wasClean", |this, _, cx| Ok(close(this, cx)?.was_clean.into())).enumerable(true),
        Export::getter("code", |this, _, cx| Ok(close(this, cx)?.code.into())).enumerable(true),
        Export::getter("reason", |this, _, cx| Ok(close(this, cx)?.reason.into())).enumerable(true),
        Export::tag("CloseEvent"),
    ],
    statics: &[],
};

fn close(this: &JsValue, cx: &mut Context) -> JsResult<CloseFields> {
    let slot = match this.as_object() {
        Some(object) => Slot::<CloseFields>::get(&object, cx),
        None => None,
    };
    slot.map(|slot| slot.borrow().data().clone()).ok_or_else(illegal)
}

#[derive(Clone, Trace, Finalize, boa_engine::JsData)]
#[boa_gc(unsafe_no_drop)]
struct ErrorFields {
    #[unsafe_ignore_trace]
    message: JsString,
    #[unsafe_ignore_trace]
    filename: JsString,
    lineno: u32,
    colno: u32,
    error: JsValue,
}

/// `ErrorEvent`
pub(crate) static ERROR_EVENT: Class = Class {
    name: "ErrorEvent",
    length: 2,
    extends: Parent::Class(&EVENT),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let prototype = instance_prototype(&ERROR_EVENT, cx)?;
        let options = begin("ErrorEvent", args, cx)?;
        let (object, _) = construct_event(prototype, args, cx)?;
        let message = text(options.as_ref(), "message", cx)?;
        let filename = text(options.as_ref(), "filename", cx)?;
        let lineno = field(options.as_ref(), "lineno", 0.into(), cx)?.to_u32(cx)?;
        let colno = field(options.as_ref(), "colno", 0.into(), cx)?.to_u32(cx)?;
        let error = field(options.as_ref(), "error", JsValue::undefined(), cx)?;
        Slot::set(&object, ErrorFields { message, filename, lineno, colno, error }, cx)?;
        Ok(object.into())
    },
    prototype: &[
        Export::getter("message", |this, _, cx| Ok(error(this, cx)?.message.into())).enumerable(true),
        Export::getter("filename", |this, _, cx| Ok(error(this, cx)?.filename.into())).enumerable(true),
        Export::getter("lineno", |this, _, cx| Ok(error(this, cx)?.lineno.into())).enumerable(true),
        Export::getter("colno", |this, _, cx| Ok(error(this, cx)?.colno.into())).enumerable(true),
        Export::getter("error", |this, _, cx| Ok(error(this, cx)?.error)).enumerable(true),
        Export::tag("ErrorEvent"),
    ],
    statics: &[],
};

fn error(this: &JsValue, cx: &mut Context) -> JsResult<ErrorFields> {
    let slot = match this.as_object() {
        Some(object) => Slot::<ErrorFields>::get(&object, cx),
        None => None,
    };
    slot.map(|slot| slot.borrow().data().clone()).ok_or_else(illegal)
}
