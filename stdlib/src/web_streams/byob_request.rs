//! `ReadableStreamBYOBRequest`: the view that a source fills in place.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

use super::{
    byte_controller::{self, ByteController, View},
    core::{inspect_member, inspected, shown, state_error, wrapper},
};
use crate::buffer;

/// A request, until it is answered.
#[derive(Trace, Finalize)]
pub(crate) struct Request {
    controller: GcRefCell<Option<Gc<ByteController>>>,
    view: GcRefCell<Option<JsObject>>,
    object: GcRefCell<Option<JsObject>>,
}

wrapper!(RequestObject, Request, request_of);

/// `ReadableStreamBYOBRequest`
pub(super) static BYOB_REQUEST: Class = Class {
    name: "ReadableStreamBYOBRequest",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("view", |this, _args, cx| Ok(view_of(&*of(this, cx)?))).enumerable(true),
        Export::function("respond", 1, respond).enumerable(true),
        Export::function("respondWithNewView", 1, respond_with_new_view).enumerable(true),
        inspect_member(|this, args, cx| {
            let request = of(this, cx)?;
            let controller = request.controller.borrow().clone();
            let controller = match controller {
                Some(controller) => byte_controller::value(&controller, cx)?,
                None => JsValue::undefined(),
            };
            let view = view_of(&request);
            inspected(this, vec![("view", view), ("controller", controller)], args, cx)
        }),
        Export::tag("ReadableStreamBYOBRequest"),
    ],
    statics: &[],
};

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Request>> {
    request_of(this).ok_or_else(|| errors::invalid_this("ReadableStreamBYOBRequest", cx))
}

fn view_of(request: &Request) -> JsValue {
    request.view.borrow().clone().map_or_else(JsValue::null, JsValue::from)
}

pub(super) fn new(controller: Gc<ByteController>, view: JsObject) -> Gc<Request> {
    Gc::new(Request { controller: GcRefCell::new(Some(controller)), view: GcRefCell::new(Some(view)), object: GcRefCell::new(None) })
}

/// The object that a script's source gets.
pub(super) fn value(request: &Gc<Request>, cx: &mut Context) -> JsResult<JsValue> {
    shown(&request.object, &BYOB_REQUEST, || RequestObject(request.clone()), cx)
}

impl Request {
    pub(super) fn invalidate(&self) {
        *self.controller.borrow_mut() = None;
        *self.view.borrow_mut() = None;
    }
}

fn controller_of(request: &Request, cx: &mut Context) -> JsResult<Gc<ByteController>> {
    match request.controller.borrow().clone() {
        Some(controller) => Ok(controller),
        None => Err(state_error("This BYOB request has been invalidated", cx)),
    }
}

fn respond(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = of(this, cx)?;
    let controller = controller_of(&request, cx)?;
    let given = args.get_or_undefined(0);
    let number = given.to_number(cx)?;
    if number.is_nan() || number < 0.0 || number.is_infinite() {
        return Err(errors::invalid_arg_value("bytesWritten", given, "is invalid", cx));
    }
    if View::of(&view_of(&request)).is_none_or(|view| view.buffer_length == 0) {
        return Err(state_error("Viewed ArrayBuffer is detached", cx));
    }
    byte_controller::respond(&controller, number as usize, cx)?;
    Ok(JsValue::undefined())
}

fn respond_with_new_view(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = of(this, cx)?;
    let controller = controller_of(&request, cx)?;
    let given = args.get_or_undefined(0);
    if !buffer::is_view(given) {
        return Err(errors::invalid_arg_type("buffer", "Buffer|TypedArray|DataView", given, cx));
    }
    let Some(view) = View::of(given).filter(|view| view.buffer.data().is_some()) else {
        return Err(state_error("Viewed ArrayBuffer is detached", cx));
    };
    byte_controller::respond_with_view(&controller, given, &view, cx)?;
    Ok(JsValue::undefined())
}
