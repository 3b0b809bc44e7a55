//! `socket.parser`: what scripts see of the parser behind a server's socket.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::Member,
};

use super::server::Connection;

/// `HTTPParser`, as far as it is shown: the parser itself is part of its connection.
static PARSER: Class = Class {
    name: "HTTPParser",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Member::function("close", 0, nothing), Member::function("free", 0, nothing), Member::function("remove", 0, nothing), Member::getter("incoming", incoming)],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct ParserObject(#[unsafe_ignore_trace] Rc<Connection>);

/// The parser of a connection.
pub fn of_connection(connection: &Rc<Connection>, cx: &mut Context) -> JsResult<JsObject> {
    Ok(JsObject::from_proto_and_data(PARSER.prototype(cx)?, ParserObject(connection.clone())))
}

/// The connection behind `socket.parser`.
pub fn connection_of(parser: &JsValue) -> Option<Rc<Connection>> {
    let parser = parser.as_object()?;
    let parser = parser.downcast_ref::<ParserObject>()?;
    Some(parser.0.clone())
}

/// There is nothing to give back: the parser goes with its connection.
fn nothing(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// The request whose body is read.
fn incoming(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let request = connection_of(this).and_then(|connection| connection.reading_request());
    Ok(request.map_or_else(JsValue::null, JsValue::from))
}
