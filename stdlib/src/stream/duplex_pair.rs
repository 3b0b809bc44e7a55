//! `duplexPair`: two Duplexes, each of which reads what is written to the other.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

use super::duplex::{DUPLEX, init_duplex};
use crate::{buffer, events};

#[derive(Trace, Finalize, boa_engine::JsData, Default)]
struct Side {
    other: GcRefCell<Option<JsObject>>,
    /// The other side's write that waits to be read.
    callback: GcRefCell<Option<JsFunction>>,
}

static DUPLEX_SIDE: Class = Class {
    name: "DuplexSide",
    length: 1,
    extends: Parent::Class(&DUPLEX),
    kind: Kind::Modern,
    init: |this, args, cx| {
        let stream = this.to_object(cx)?;
        init_duplex(&stream, args.get_or_undefined(0), cx)?;
        Slot::set(&stream, Side::default(), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[
        Export::function("_read", 0, |this, _args, cx| {
            let side = Slot::<Side>::of(this, "DuplexSide", cx)?;
            let callback = side.borrow().data().callback.borrow_mut().take();
            if let Some(callback) = callback {
                callback.call(&JsValue::undefined(), &[], cx)?;
            }
            Ok(JsValue::undefined())
        }),
        Export::function("_write", 3, write),
        Export::function("_final", 1, |this, args, cx| {
            let other = other(this, cx)?;
            events::on(&other, js_string!("end"), args.get_or_undefined(0).clone(), cx)?;
            events::method(&other, "push", &[JsValue::null()], cx)?;
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

fn other(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let side = Slot::<Side>::of(this, "DuplexSide", cx)?;
    let other = side.borrow().data().other.borrow().clone();
    other.ok_or_else(|| errors::invalid_this("DuplexSide", cx))
}

fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let other = other(this, cx)?;
    let (chunk, callback) = (args.get_or_undefined(0), args.get_or_undefined(2).as_function());
    let empty = match chunk.as_string() {
        Some(text) => text.is_empty(),
        None => buffer::range_of(chunk).is_some_and(|range| range.byte_length == 0),
    };
    if empty {
        if let Some(callback) = callback {
            Host::of(cx).next_tick(callback, JsValue::undefined(), Vec::new());
        }
        return Ok(JsValue::undefined());
    }
    events::method(&other, "push", std::slice::from_ref(chunk), cx)?;
    let side = Slot::<Side>::of(&other.into(), "DuplexSide", cx)?;
    *side.borrow().data().callback.borrow_mut() = callback;
    Ok(JsValue::undefined())
}

/// `stream.duplexPair(options)`
pub(super) fn method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(0);
    let sides = [DUPLEX_SIDE.construct(std::slice::from_ref(options), cx)?, DUPLEX_SIDE.construct(std::slice::from_ref(options), cx)?];
    for (one, other) in [(0, 1), (1, 0)] {
        let side = Slot::<Side>::of(&sides[one].clone().into(), "DuplexSide", cx)?;
        *side.borrow().data().other.borrow_mut() = Some(sides[other].clone());
    }
    Ok(JsArray::from_iter(sides.map(JsValue::from), cx).into())
}
