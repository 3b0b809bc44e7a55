//! `http.OutgoingMessage`: what a server's response and a client's request have in common.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    table::{Member, Symbol},
};

use super::outgoing_fields;

mod accessors;
pub(super) mod body;
pub(super) mod fields;
pub(crate) mod head;
pub(super) mod state;

pub(super) use accessors::{expects_continue, request, sent_continue, set_expects_continue, set_request, set_sent_continue, set_status, set_status_message, status, status_message};
pub(super) use state::{Channel, Data, Done, Message, Piece, UniqueNames};

/// `http.OutgoingMessage`
pub(super) static OUTGOING_MESSAGE: Class = Class {
    name: "OutgoingMessage",
    length: 1,
    extends: Parent::Class(&crate::stream::STREAM),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::getter("errored", accessors::errored).enumerable(false).permanent(),
        Member::getter("closed", accessors::closed).enumerable(false).permanent(),
        Member::getter("writableFinished", accessors::writable_finished).enumerable(false).permanent(),
        Member::getter("writableObjectMode", accessors::writable_object_mode).enumerable(false).permanent(),
        Member::getter("writableLength", accessors::writable_length).enumerable(false).permanent(),
        Member::getter("writableHighWaterMark", accessors::writable_high_water_mark).enumerable(false).permanent(),
        Member::getter("writableCorked", accessors::writable_corked).enumerable(false).permanent(),
        Member::accessor("connection", accessors::socket, accessors::set_socket).enumerable(false).permanent(),
        Member::accessor("socket", accessors::socket, accessors::set_socket).enumerable(false).permanent(),
        Member::renamed("_renderHeaders", "_renderHeaders", 0, fields::render_headers),
        Member::function("cork", 0, body::cork),
        Member::function("uncork", 0, body::uncork),
        Member::function("setTimeout", 2, body::set_timeout),
        Member::function("destroy", 1, body::destroy),
        Member::function("_send", 4, body::send_method),
        Member::function("_writeRaw", 4, body::write_raw_method),
        Member::function("_storeHeader", 2, head::store_header),
        Member::function("setHeader", 2, fields::set_header),
        Member::function("setHeaders", 1, fields::set_headers),
        Member::function("appendHeader", 2, fields::append_header),
        Member::function("getHeader", 1, fields::get_header),
        Member::function("getHeaderNames", 0, fields::get_header_names),
        Member::function("getRawHeaderNames", 0, fields::get_raw_header_names),
        Member::function("getHeaders", 0, fields::get_headers),
        Member::function("hasHeader", 1, fields::has_header),
        Member::function("removeHeader", 1, fields::remove_header),
        Member::function("_implicitHeader", 0, head::implicit_header),
        Member::getter("headersSent", accessors::headers_sent),
        Member::getter("writableEnded", accessors::finished).enumerable(false).permanent(),
        Member::getter("writableNeedDrain", accessors::writable_need_drain).enumerable(false).permanent(),
        Member::function("write", 3, body::write),
        Member::function("addTrailers", 1, fields::add_trailers),
        Member::function("end", 3, body::end),
        Member::function("_finish", 0, body::finish),
        Member::function("_flush", 0, body::flush_method),
        Member::function("_flushOutput", 1, body::flush_output_method),
        Member::function("flushHeaders", 0, body::flush_headers),
        Member::function("pipe", 0, body::pipe),
        Member::symbol(Symbol::For("nodejs.rejection"), "", 2, rejected),
        // In Node own properties of every message.
        Member::accessor("outputData", accessors::output_data, accessors::set_output_data).enumerable(false),
        Member::accessor("outputSize", accessors::queue_len, accessors::set_queue_len).enumerable(false),
        Member::accessor("writable", accessors::writable, accessors::set_writable).enumerable(false),
        Member::accessor("destroyed", accessors::destroyed, accessors::set_destroyed).enumerable(false),
        Member::accessor("_last", accessors::last, accessors::set_last).enumerable(false),
        Member::accessor("chunkedEncoding", accessors::chunked, accessors::set_chunked).enumerable(false),
        Member::accessor("shouldKeepAlive", accessors::keep_alive, accessors::set_keep_alive).enumerable(false),
        Member::accessor("maxRequestsOnConnectionReached", accessors::max_requests, accessors::set_max_requests).enumerable(false),
        Member::accessor("_defaultKeepAlive", accessors::default_keep_alive, accessors::set_default_keep_alive).enumerable(false),
        Member::accessor("useChunkedEncodingByDefault", accessors::chunked_by_default, accessors::set_chunked_by_default).enumerable(false),
        Member::accessor("sendDate", accessors::send_date, accessors::set_send_date).enumerable(false),
        Member::accessor("_removedConnection", accessors::removed_connection, accessors::set_removed_connection).enumerable(false),
        Member::accessor("_removedContLen", accessors::removed_length, accessors::set_removed_length).enumerable(false),
        Member::accessor("_removedTE", accessors::removed_encoding, accessors::set_removed_encoding).enumerable(false),
        Member::accessor("strictContentLength", accessors::strict_length, accessors::set_strict_length).enumerable(false),
        Member::accessor("_contentLength", accessors::length, accessors::set_length).enumerable(false),
        Member::accessor("_hasBody", accessors::has_body, accessors::set_has_body).enumerable(false),
        Member::accessor("_trailer", accessors::trailers, accessors::set_trailers).enumerable(false),
        Member::accessor("finished", accessors::finished, accessors::set_finished).enumerable(false),
        Member::accessor("_headerSent", accessors::head_sent, accessors::set_head_sent).enumerable(false),
        Member::accessor("_closed", accessors::closed, accessors::set_closed).enumerable(false),
        Member::accessor("_header", accessors::head, accessors::set_head).enumerable(false),
        Member::accessor("_keepAliveTimeout", accessors::timeout, accessors::set_timeout).enumerable(false),
        Member::accessor("_maxRequestsPerSocket", accessors::requests, accessors::set_requests).enumerable(false),
        Member::accessor("_onPendingData", accessors::on_pending, accessors::set_on_pending).enumerable(false),
    ],
    statics: &[],
};

/// `OutgoingMessage(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    init(this, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does to `this`; gives the message for a subclass to go on with.
pub(super) fn init(this: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<boa_engine::object::JsObject<Message>> {
    (crate::stream::STREAM.init)(this, &[], cx)?;
    let object = this.to_object(cx)?;
    let (mut high_water_mark, mut rejects_body) = (DEFAULT_HIGH_WATER_MARK, false);
    if let Some(options) = options.as_object() {
        if let Some(given) = options.get(js_string!("highWaterMark"), cx)?.as_number() {
            high_water_mark = given;
        }
        rejects_body = options.get(js_string!("rejectNonStandardBodyWrites"), cx)?.to_boolean();
    }
    let mut message = Message::new(high_water_mark);
    message.rejects_body = rejects_body;
    Slot::set(&object, message, cx)
}

/// Node's `parseUniqueHeadersOption`.
pub(super) fn unique_names(value: &JsValue, cx: &mut Context) -> JsResult<Option<Rc<UniqueNames>>> {
    let Some(values) = outgoing_fields::elements(value, cx)? else { return Ok(None) };
    let mut names = Vec::with_capacity(values.len());
    for value in &values {
        let name: JsString = value.to_string(cx)?;
        names.push(outgoing_fields::lower(&name, cx));
    }
    Ok(Some(Rc::new(UniqueNames(names))))
}

/// With captured rejections, a listener's rejection destroys the message.
fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    crate::events::method(&object, "destroy", &[args.get_or_undefined(0).clone()], cx)?;
    Ok(JsValue::undefined())
}

/// `stream.getDefaultHighWaterMark()`
const DEFAULT_HIGH_WATER_MARK: f64 = 65_536.0;
