//! `http.IncomingMessage`: a request to a server, or a response to a client.
//!
//! A message made from the wire holds its head as bytes; `url`, `headers`, `rawHeaders` and the rest become JavaScript values when
//! a script first asks for them. So does the readable stream that the message is: most requests have no body, and their stream is
//! never touched.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    table::{self, Member},
};

use super::{
    HttpState, errors, field_names, incoming_fields, outgoing_fields,
    server::{Connection, ServerState},
    text,
    wire::{Head, Method},
};
use crate::{buffer, events, stream};

/// `http.IncomingMessage`
pub(in crate::http) static INCOMING_MESSAGE: Class = Class {
    name: "IncomingMessage",
    length: 1,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::accessor("connection", socket, set_socket).enumerable(false).permanent(),
        Member::accessor("headers", headers, set_headers).enumerable(false).permanent(),
        Member::accessor("headersDistinct", headers_distinct, set_headers_distinct).enumerable(false).permanent(),
        Member::accessor("trailers", trailers, set_trailers).enumerable(false).permanent(),
        Member::accessor("trailersDistinct", trailers_distinct, set_trailers_distinct).enumerable(false).permanent(),
        Member::function("setTimeout", 2, set_timeout),
        Member::function("_read", 1, read),
        Member::function("_destroy", 2, destroy),
        Member::function("_addHeaderLines", 2, add_header_lines),
        Member::function("_addHeaderLine", 3, add_header_line),
        Member::function("_addHeaderLineDistinct", 3, add_header_line_distinct),
        Member::function("_dumpAndCloseReadable", 0, dump_and_close_readable),
        Member::function("_dump", 0, dump),
        // In Node own properties of every message.
        Member::accessor("_readableState", readable_state, set_readable_state).enumerable(false),
        Member::accessor("socket", socket, set_socket).enumerable(false),
        Member::accessor("client", socket, set_client).enumerable(false),
        Member::accessor("httpVersionMajor", version_major, set_version_major).enumerable(false),
        Member::accessor("httpVersionMinor", version_minor, set_version_minor).enumerable(false),
        Member::accessor("httpVersion", version, set_version).enumerable(false),
        Member::accessor("complete", complete_flag, set_complete_flag).enumerable(false),
        Member::accessor("rawHeaders", raw_headers, set_raw_headers).enumerable(false),
        Member::accessor("rawTrailers", raw_trailers, set_raw_trailers).enumerable(false),
        Member::accessor("joinDuplicateHeaders", join_duplicates, set_join_duplicates).enumerable(false),
        Member::accessor("aborted", aborted, set_aborted).enumerable(false),
        Member::accessor("upgrade", upgrade, set_upgrade_flag).enumerable(false),
        Member::accessor("url", url, set_url).enumerable(false),
        Member::accessor("method", method, set_method).enumerable(false),
        Member::accessor("statusCode", status, set_status).enumerable(false),
        Member::accessor("statusMessage", status_message, set_status_message).enumerable(false),
        Member::accessor("_consuming", consuming, set_consuming).enumerable(false),
        Member::accessor("_dumped", dumped, set_dumped).enumerable(false),
    ],
    statics: &[],
};

/// The state of one incoming message.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Incoming {
    #[unsafe_ignore_trace]
    head: Option<Box<Head>>,
    #[unsafe_ignore_trace]
    trailer_head: Option<Box<Head>>,
    /// Fields that count for `headers`; `rawHeaders` has all.
    fields_max: u32,
    /// The connection a server's request came on.
    #[unsafe_ignore_trace]
    connection: Option<Rc<Connection>>,
    /// Set where a script gave another value, or where one was made.
    made: Made,
    is_request: bool,
    complete: bool,
    aborted: JsValue,
    join_duplicates: JsValue,
    upgrade: JsValue,
    consuming: bool,
    dumped: bool,
    /// The readable stream exists.
    has_stream: bool,
    /// The stream was done with before it existed.
    closed_early: bool,
}

/// JavaScript values made from the head, each when it was first asked for; `None` before.
#[derive(Default, Trace, Finalize)]
struct Made {
    socket: Option<JsValue>,
    version_major: Option<JsValue>,
    version_minor: Option<JsValue>,
    version: Option<JsValue>,
    headers: Option<JsValue>,
    headers_distinct: Option<JsValue>,
    trailers: Option<JsValue>,
    trailers_distinct: Option<JsValue>,
    raw_headers: Option<JsValue>,
    raw_trailers: Option<JsValue>,
    url: Option<JsValue>,
    method: Option<JsValue>,
    status: Option<JsValue>,
    status_message: Option<JsValue>,
}

impl Incoming {
    fn new(head: Option<Head>, is_request: bool) -> Self {
        Self {
            head: head.map(Box::new),
            trailer_head: None,
            fields_max: u32::MAX,
            connection: None,
            made: Made::default(),
            is_request,
            complete: false,
            aborted: false.into(),
            join_duplicates: false.into(),
            upgrade: JsValue::null(),
            consuming: false,
            dumped: false,
            has_stream: false,
            closed_early: false,
        }
    }
}

/// The message behind `this`, if it is one.
pub(super) fn find(this: &JsValue, cx: &mut Context) -> Option<JsObject<Incoming>> {
    of(&this.as_object()?, cx)
}

fn of(object: &JsObject, cx: &mut Context) -> Option<JsObject<Incoming>> {
    match object.clone().downcast::<Incoming>() {
        Ok(incoming) => Some(incoming),
        Err(object) => Slot::<Incoming>::get(&object, cx),
    }
}

/// `IncomingMessage(socket)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let mut incoming = Incoming::new(None, true);
    incoming.has_stream = true;
    incoming.made.socket = Some(args.get_or_undefined(0).clone());
    Slot::set(&object, incoming, cx)?;
    init_stream(&object, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn init_stream(object: &JsObject, socket: &JsValue, cx: &mut Context) -> JsResult<()> {
    let mut options = JsValue::undefined();
    if let Some(socket) = socket.as_object() {
        let high_water_mark = socket.get(js_string!("readableHighWaterMark"), cx)?;
        let made = JsObject::with_object_proto(cx.intrinsics());
        made.create_data_property_or_throw(js_string!("highWaterMark"), high_water_mark, cx)?;
        options = made.into();
    }
    (stream::READABLE.init)(&object.clone().into(), &[options], cx)?;
    set_state(object, "readingMore", true, cx)
}

/// Sets a field of `_readableState`.
fn set_state(object: &JsObject, name: &'static str, value: bool, cx: &mut Context) -> JsResult<()> {
    let state = object.get(js_string!("_readableState"), cx)?;
    match state.as_object() {
        Some(state) => state.set(js_string!(name), value, false, cx).map(drop),
        None => Ok(()),
    }
}

/// A request that came on a connection.
pub(super) fn create(connection: &Rc<Connection>, head: Head, state: &JsObject<ServerState>, cx: &mut Context) -> JsResult<JsObject> {
    let (class, join_duplicates, fields_max) = {
        let state = state.borrow();
        let state = state.data();
        (state.incoming_class.clone(), state.join_duplicate_headers.clone(), state.limits(&crate::http::limits(cx)).fields_max)
    };
    let mut incoming = Incoming::new(Some(head), true);
    incoming.join_duplicates = join_duplicates.to_boolean().into();
    incoming.fields_max = if fields_max == 0 { u32::MAX } else { fields_max };
    incoming.connection = Some(connection.clone());
    incoming.upgrade = false.into();
    let Some(class) = class else {
        let template = Host::of(cx).state::<HttpState>().incoming_template(cx)?;
        return Ok(template.create_with(incoming, Vec::new()));
    };
    let socket = connection.socket(cx)?;
    let object = class.construct(&[socket.clone().into()], None, cx)?;
    fill(&object, incoming, socket.into(), cx);
    Ok(object)
}

/// A response that came on a client's socket.
pub(super) fn create_response(head: Head, socket: &JsObject, join_duplicates: &JsValue, fields_max: u32, cx: &mut Context) -> JsResult<JsObject> {
    let mut incoming = Incoming::new(None, false);
    incoming.upgrade = head.upgrade.into();
    incoming.head = Some(Box::new(head));
    incoming.join_duplicates = join_duplicates.to_boolean().into();
    incoming.fields_max = if fields_max == 0 { u32::MAX } else { fields_max };
    incoming.made.socket = Some(socket.clone().into());
    let template = Host::of(cx).state::<HttpState>().incoming_template(cx)?;
    Ok(template.create_with(incoming, Vec::new()))
}

/// Puts what came from the wire into an object that a script's class made.
fn fill(object: &JsObject, mut incoming: Incoming, socket: JsValue, cx: &mut Context) {
    let Some(found) = of(object, cx) else { return };
    incoming.has_stream = true;
    incoming.made.socket = Some(socket);
    *found.borrow_mut().data_mut() = incoming;
}

/// The server's answer to a request for another protocol.
pub(super) fn set_upgrade(object: &JsObject, wanted: bool, cx: &mut Context) {
    if let Some(incoming) = of(object, cx) {
        incoming.borrow_mut().data_mut().upgrade = wanted.into();
    }
}

pub(super) fn is_connect(object: &JsObject, cx: &mut Context) -> bool {
    of(object, cx).is_some_and(|incoming| incoming.borrow().data().head.as_ref().is_some_and(|head| head.method == Method::CONNECT))
}

pub(super) fn is_complete(object: &JsObject, cx: &mut Context) -> bool {
    of(object, cx).is_some_and(|incoming| incoming.borrow().data().complete)
}

/// A response that was answered as a change of protocol.
pub(super) fn is_upgrade(object: &JsObject) -> bool {
    object.downcast_ref::<Incoming>().is_some_and(|incoming| incoming.upgrade.to_boolean())
}

/// A part of the body. `false`: the stream wants no more for now.
pub(super) fn push_body(object: &JsObject, bytes: &[u8], cx: &mut Context) -> JsResult<bool> {
    let Some(incoming) = of(object, cx) else { return Ok(true) };
    if incoming.borrow().data().dumped {
        return Ok(true);
    }
    open_stream(object, &incoming, cx)?;
    let chunk = buffer::from_slice(bytes, cx)?;
    events::method(object, "push", &[chunk.into()], cx).map(|more| more.to_boolean())
}

/// The body is whole; the message may have trailers.
pub(super) fn complete(object: &JsObject, trailers: Head, cx: &mut Context) -> JsResult<()> {
    let Some(incoming) = of(object, cx) else { return Ok(()) };
    let has_stream = {
        let mut incoming = incoming.borrow_mut();
        let incoming = incoming.data_mut();
        incoming.complete = true;
        if !trailers.is_empty() {
            incoming.trailer_head = Some(Box::new(trailers));
        }
        incoming.has_stream
    };
    if has_stream {
        events::method(object, "push", &[JsValue::null()], cx)?;
    }
    Ok(())
}

/// Whether the message is a stream already.
pub(super) fn has_stream(object: &JsObject, cx: &mut Context) -> bool {
    of(object, cx).is_some_and(|incoming| incoming.borrow().data().has_stream)
}

/// Whether the message was read to its end, or will not be.
pub(super) fn is_ended(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    if has_stream(object, cx) { Ok(object.get(js_string!("readableEnded"), cx)?.to_boolean()) } else { Ok(false) }
}

/// A message that is known to have no body although it is not complete: a response with status 304.
pub(super) fn mark_complete(object: &JsObject, cx: &mut Context) {
    if let Some(incoming) = of(object, cx) {
        incoming.borrow_mut().data_mut().complete = true;
    }
}

/// The response is sent: what the script did not read of the request, nobody will.
pub(super) fn dump_unread(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(incoming) = of(object, cx) else { return Ok(()) };
    {
        let incoming = incoming.borrow();
        let incoming = incoming.data();
        if incoming.consuming {
            return Ok(());
        }
    }
    let has_stream = incoming.borrow().data().has_stream;
    if !has_stream {
        if !has_listeners(object, cx)? {
            let mut incoming = incoming.borrow_mut();
            let incoming = incoming.data_mut();
            incoming.dumped = true;
            incoming.closed_early = true;
            return Ok(());
        }
        open_stream(object, &incoming, cx)?;
    }
    // Somebody has had a piece of it: the rest is theirs.
    if object.get(js_string!("readableDidRead"), cx)?.to_boolean() {
        return Ok(());
    }
    let state = object.get(js_string!("_readableState"), cx)?;
    if let Some(state) = state.as_object()
        && state.get(js_string!("resumeScheduled"), cx)?.to_boolean()
    {
        return Ok(());
    }
    events::method(object, "_dump", &[], cx).map(drop)
}

/// With `optimizeEmptyRequests`: a request without a body has no stream events at all.
pub(super) fn close_empty(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(incoming) = of(object, cx) else { return Ok(()) };
    let has_stream = {
        let mut incoming = incoming.borrow_mut();
        let incoming = incoming.data_mut();
        incoming.dumped = true;
        incoming.closed_early = true;
        incoming.consuming = true;
        incoming.has_stream
    };
    if has_stream { mark_closed(object, cx) } else { Ok(()) }
}

/// The connection ended before the response was sent.
pub(super) fn abort(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(incoming) = of(object, cx) else { return Ok(()) };
    let has_stream = incoming.borrow().data().has_stream;
    if !has_stream {
        if !has_listeners(object, cx)? {
            let mut incoming = incoming.borrow_mut();
            let incoming = incoming.data_mut();
            incoming.aborted = true.into();
            incoming.closed_early = true;
            return Ok(());
        }
        open_stream(object, &incoming, cx)?;
    }
    let error = errors::connection_reset("aborted", cx)?;
    events::method(object, "destroy", &[error.into()], cx).map(drop)
}

/// The mark of the message's socket, where it is not the usual one.
fn high_water_mark(incoming: &JsObject<Incoming>, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let (connection, socket) = {
        let incoming = incoming.borrow();
        (incoming.data().connection.clone(), incoming.data().made.socket.clone())
    };
    if let Some(connection) = connection {
        let mark = connection.high_water_mark();
        return Ok(Some(mark.into()).filter(|_| mark != USUAL_MARK));
    }
    let Some(socket) = socket.and_then(|socket| socket.as_object()) else { return Ok(None) };
    let mark = socket.get(js_string!("readableHighWaterMark"), cx)?;
    Ok(Some(mark).filter(|mark| mark.as_number().is_some_and(|mark| mark != USUAL_MARK)))
}

/// `stream.getDefaultHighWaterMark()`
const USUAL_MARK: f64 = 65_536.0;

/// Whether anybody listens to the message: then it has events, be it read as a stream or not.
fn has_listeners(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(object.get(js_string!("_eventsCount"), cx)?.as_number().is_some_and(|count| count > 0.0))
}

/// Makes the message the stream it is.
fn open_stream(object: &JsObject, incoming: &JsObject<Incoming>, cx: &mut Context) -> JsResult<()> {
    let (closed, complete) = {
        let mut incoming = incoming.borrow_mut();
        let incoming = incoming.data_mut();
        if std::mem::replace(&mut incoming.has_stream, true) {
            return Ok(());
        }
        (incoming.closed_early, incoming.complete)
    };
    match high_water_mark(incoming, cx)? {
        Some(mark) => {
            let options = JsObject::with_null_proto();
            options.create_data_property_or_throw(js_string!("highWaterMark"), mark, cx)?;
            (stream::READABLE.init)(&object.clone().into(), &[options.into()], cx)?;
        }
        None => (stream::READABLE.init)(&object.clone().into(), &[], cx).map(drop)?,
    }
    set_state(object, "readingMore", true, cx)?;
    if closed {
        return mark_closed(object, cx);
    }
    if complete {
        events::method(object, "push", &[JsValue::null()], cx)?;
    }
    Ok(())
}

fn mark_closed(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    for name in ["ended", "endEmitted", "destroyed", "closed", "closeEmitted"] {
        set_state(object, name, true, cx)?;
    }
    Ok(())
}

/// `_readableState`: the first to ask makes the stream.
fn readable_state(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    let Some(incoming) = of(&object, cx) else { return Ok(JsValue::undefined()) };
    if incoming.borrow().data().has_stream {
        return Ok(JsValue::undefined());
    }
    open_stream(&object, &incoming, cx)?;
    object.get(js_string!("_readableState"), cx)
}

fn set_readable_state(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    define_own(this, "_readableState", args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn define_own(this: &JsValue, name: &'static str, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(object) = this.as_object() {
        let descriptor = PropertyDescriptor::builder().value(value.clone()).writable(true).enumerable(true).configurable(true);
        object.define_property_or_throw(Host::of(cx).intern(name), descriptor, cx)?;
    }
    Ok(())
}

macro_rules! made {
    ($name:literal, $field:ident, $get:ident, $set:ident, $default:expr, |$incoming:ident, $cx:ident| $make:expr) => {
        fn $get(this: &JsValue, _args: &[JsValue], $cx: &mut Context) -> JsResult<JsValue> {
            let Some(found) = find(this, $cx) else { return Ok($default) };
            if let Some(made) = &found.borrow().data().made.$field {
                return Ok(made.clone());
            }
            let value: JsValue = {
                let $incoming = &found;
                $make
            };
            found.borrow_mut().data_mut().made.$field = Some(value.clone());
            Ok(value)
        }

        fn $set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            let value = args.get_or_undefined(0);
            match find(this, cx) {
                Some(found) => found.borrow_mut().data_mut().made.$field = Some(value.clone()),
                None => define_own(this, $name, value, cx)?,
            }
            Ok(JsValue::undefined())
        }
    };
}

macro_rules! plain {
    ($name:literal, $get:ident, $set:ident, $default:expr, |$read:ident| $value:expr, |$write:ident, $given:ident| $store:expr) => {
        fn $get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            let Some(found) = find(this, cx) else { return Ok($default) };
            let found = found.borrow();
            let $read = found.data();
            Ok($value)
        }

        fn $set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            let $given = args.get_or_undefined(0);
            match find(this, cx) {
                Some(found) => {
                    let mut found = found.borrow_mut();
                    let $write = found.data_mut();
                    $store;
                }
                None => define_own(this, $name, $given, cx)?,
            }
            Ok(JsValue::undefined())
        }
    };
}

/// Reads the head, or gives `otherwise` for a message that was made without one.
fn of_head<T>(incoming: &JsObject<Incoming>, otherwise: T, read: impl FnOnce(&Head) -> T) -> T {
    match &incoming.borrow().data().head {
        Some(head) => read(head),
        None => otherwise,
    }
}

made!("httpVersionMajor", version_major, version_major, set_version_major, JsValue::null(), |incoming, cx| of_head(incoming, JsValue::null(), |head| head.version_major.into()));
made!("httpVersionMinor", version_minor, version_minor, set_version_minor, JsValue::null(), |incoming, cx| of_head(incoming, JsValue::null(), |head| head.version_minor.into()));
made!("httpVersion", version, version, set_version, JsValue::null(), |incoming, cx| {
    of_head(incoming, JsValue::null(), |head| match (head.version_major, head.version_minor) {
        (1, 1) => Host::of(cx).intern("1.1").into(),
        (major, minor) => js_string!(format!("{major}.{minor}")).into(),
    })
});
made!("url", url, url, set_url, js_string!("").into(), |incoming, cx| {
    let is_request = incoming.borrow().data().is_request;
    if is_request { of_head(incoming, js_string!("").into(), |head| text::latin1(head.target()).into()) } else { js_string!("").into() }
});
made!("method", method, method, set_method, JsValue::null(), |incoming, cx| {
    let is_request = incoming.borrow().data().is_request;
    let method = if is_request { of_head(incoming, None, |head| Some(head.method.name())) } else { None };
    method.map_or_else(JsValue::null, |method| Host::of(cx).intern(method).into())
});
made!("statusCode", status, status, set_status, JsValue::null(), |incoming, cx| {
    let is_request = incoming.borrow().data().is_request;
    if is_request { JsValue::null() } else { of_head(incoming, JsValue::null(), |head| head.status.into()) }
});
made!("statusMessage", status_message, status_message, set_status_message, JsValue::null(), |incoming, cx| {
    let is_request = incoming.borrow().data().is_request;
    if is_request { JsValue::null() } else { of_head(incoming, JsValue::null(), |head| text::latin1(head.reason()).into()) }
});
made!("rawHeaders", raw_headers, raw_headers, set_raw_headers, JsArray::new(cx)?.into(), |incoming, cx| {
    let pairs = of_head(incoming, Vec::new(), incoming_fields::pairs);
    JsArray::from_values(pairs, cx).into()
});
made!("rawTrailers", raw_trailers, raw_trailers, set_raw_trailers, JsArray::new(cx)?.into(), |incoming, cx| {
    let pairs = match &incoming.borrow().data().trailer_head {
        Some(head) => incoming_fields::pairs(head),
        None => Vec::new(),
    };
    JsArray::from_values(pairs, cx).into()
});
made!("headers", headers, headers, set_headers, JsValue::undefined(), |incoming, cx| fields(incoming, false, false, cx)?.into());
made!("headersDistinct", headers_distinct, headers_distinct, set_headers_distinct, JsValue::undefined(), |incoming, cx| fields(incoming, false, true, cx)?.into());
made!("trailers", trailers, trailers, set_trailers, JsValue::undefined(), |incoming, cx| fields(incoming, true, false, cx)?.into());
made!("trailersDistinct", trailers_distinct, trailers_distinct, set_trailers_distinct, JsValue::undefined(), |incoming, cx| fields(incoming, true, true, cx)?.into());
made!("socket", socket, socket, set_socket, JsValue::undefined(), |incoming, cx| {
    let connection = incoming.borrow().data().connection.clone();
    match connection {
        Some(connection) => connection.socket(cx)?.into(),
        None => JsValue::undefined(),
    }
});
plain!("complete", complete_flag, set_complete_flag, false.into(), |incoming| incoming.complete.into(), |incoming, value| {
    incoming.complete = value.to_boolean();
});
plain!("aborted", aborted, set_aborted, false.into(), |incoming| incoming.aborted.clone(), |incoming, value| {
    incoming.aborted = value.clone();
});
plain!("upgrade", upgrade, set_upgrade_flag, JsValue::null(), |incoming| incoming.upgrade.clone(), |incoming, value| {
    incoming.upgrade = value.clone();
});
plain!("joinDuplicateHeaders", join_duplicates, set_join_duplicates, false.into(), |incoming| incoming.join_duplicates.clone(), |incoming, value| {
    incoming.join_duplicates = value.clone();
});
plain!("_consuming", consuming, set_consuming, false.into(), |incoming| incoming.consuming.into(), |incoming, value| {
    incoming.consuming = value.to_boolean();
});
plain!("_dumped", dumped, set_dumped, false.into(), |incoming| incoming.dumped.into(), |incoming, value| {
    incoming.dumped = value.to_boolean();
});

fn set_client(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    define_own(this, "client", args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// `headers` and its three siblings: from the head, or from the raw array where a script put one there.
fn fields(incoming: &JsObject<Incoming>, of_trailers: bool, is_distinct: bool, cx: &mut Context) -> JsResult<JsObject> {
    let (raw, fields_max, join_all) = {
        let incoming = incoming.borrow();
        let incoming = incoming.data();
        let raw = if of_trailers { &incoming.made.raw_trailers } else { &incoming.made.raw_headers };
        (raw.clone(), incoming.fields_max as usize, incoming.join_duplicates.to_boolean())
    };
    if let Some(raw) = raw {
        let values = outgoing_fields::elements(&raw, cx)?.unwrap_or_default();
        let mut pairs = Vec::with_capacity(values.len() / 2);
        for pair in values.chunks_exact(2).take(fields_max) {
            pairs.push((pair[0].to_string(cx)?, pair[1].to_string(cx)?));
        }
        return incoming_fields::from_pairs(&pairs, is_distinct, join_all, cx);
    }
    let found = {
        let incoming = incoming.borrow();
        let incoming = incoming.data();
        let head = if of_trailers { &incoming.trailer_head } else { &incoming.head };
        match head {
            Some(head) if is_distinct => incoming_fields::collect_distinct(head, fields_max, cx),
            Some(head) => incoming_fields::collect(head, fields_max, join_all, cx),
            None => Vec::new(),
        }
    };
    incoming_fields::finish(found, cx)
}

/// `IncomingMessage.prototype.setTimeout`
fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let callback = args.get_or_undefined(1);
    if callback.to_boolean() {
        events::on(&object, js_string!("timeout"), callback.clone(), cx)?;
    }
    let socket = object.get(js_string!("socket"), cx)?.to_object(cx)?;
    events::method(&socket, "setTimeout", &[args.get_or_undefined(0).clone()], cx)?;
    Ok(this.clone())
}

/// `IncomingMessage.prototype._read`: bodies are pushed as they come; all there is to do is let them come.
fn read(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let Some(incoming) = of(&object, cx) else { return Ok(JsValue::undefined()) };
    let first = !std::mem::replace(&mut incoming.borrow_mut().data_mut().consuming, true);
    if first {
        set_state(&object, "readingMore", false, cx)?;
    }
    let (connection, socket) = {
        let incoming = incoming.borrow();
        (incoming.data().connection.clone(), incoming.data().made.socket.clone())
    };
    match (connection, socket.and_then(|socket| socket.as_object())) {
        (Some(connection), _) => connection.resume_reading(cx)?,
        (None, Some(socket)) => {
            let paused = socket.get(js_string!("_paused"), cx)?.to_boolean();
            if !paused && socket.get(js_string!("readable"), cx)?.to_boolean() {
                events::method(&socket, "resume", &[], cx)?;
            }
        }
        (None, None) => {}
    }
    Ok(JsValue::undefined())
}

/// `IncomingMessage.prototype._destroy`
fn destroy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let (error, callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    let ended = object.get(js_string!("readableEnded"), cx)?.to_boolean();
    let complete = object.get(js_string!("complete"), cx)?.to_boolean();
    if !ended || !complete {
        object.set(js_string!("aborted"), true, false, cx)?;
        events::emit(&object, js_string!("aborted"), &[], cx)?;
    }
    let aborted = object.get(js_string!("aborted"), cx)?.to_boolean();
    if aborted && let Some(incoming) = of(&object, cx) {
        let (connection, socket) = {
            let incoming = incoming.borrow();
            (incoming.data().connection.clone(), incoming.data().made.socket.clone())
        };
        // One that was taken away, as `stream.destroy` does, leaves the connection alone.
        match (connection, socket.as_ref().map(JsValue::as_object)) {
            (Some(connection), None) => connection.destroy(error.clone(), cx)?,
            (_, Some(Some(socket))) if !socket.get(js_string!("destroyed"), cx)?.to_boolean() => {
                events::method(&socket, "destroy", std::slice::from_ref(&error), cx)?;
                return when_closed(&object, &socket, error, callback, cx);
            }
            _ => {}
        }
    }
    Host::of(cx).next_tick_native(move |cx| settle(&object, error, &callback, cx));
    Ok(JsValue::undefined())
}

/// The message is destroyed when its socket is.
fn when_closed(object: &JsObject, socket: &JsObject, error: JsValue, callback: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let captured = (object.clone(), error, callback);
    let closed = table::closure(
        "",
        0,
        captured,
        |_this, _args, (object, error, callback), cx| {
            let (object, error, callback) = (object.clone(), error.clone(), callback.clone());
            Host::of(cx).next_tick_native(move |cx| settle(&object, error, &callback, cx));
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, js_string!("close"), closed, cx)?;
    Ok(JsValue::undefined())
}

/// An error that nobody listens for is not emitted: that is how it always was.
fn settle(object: &JsObject, error: JsValue, callback: &JsValue, cx: &mut Context) -> JsResult<()> {
    let heard = events::listener_count(object, js_string!("error"), cx)? > 0;
    let args = if heard { vec![error] } else { Vec::new() };
    match callback.as_function() {
        Some(callback) => callback.call(&JsValue::undefined(), &args, cx).map(drop),
        None => Ok(()),
    }
}

/// `IncomingMessage.prototype._addHeaderLines`
fn add_header_lines(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let headers = args.get_or_undefined(0);
    let Some(values) = outgoing_fields::elements(headers, cx)?.filter(|values| !values.is_empty()) else {
        return Ok(JsValue::undefined());
    };
    let complete = object.get(js_string!("complete"), cx)?.to_boolean();
    let count = args.get_or_undefined(1).to_length(cx)? as usize;
    object.set(if complete { js_string!("rawTrailers") } else { js_string!("rawHeaders") }, headers.clone(), false, cx)?;
    let Some(incoming) = of(&object, cx) else { return Ok(JsValue::undefined()) };
    incoming.borrow_mut().data_mut().fields_max = (count / 2) as u32;
    let made = {
        let incoming = incoming.borrow();
        let made = &incoming.data().made;
        if complete { made.trailers.clone() } else { made.headers.clone() }
    };
    if let Some(made) = made {
        for pair in values.chunks_exact(2).take(count / 2) {
            add_header_line(this, &[pair[0].clone(), pair[1].clone(), made.clone()], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// `IncomingMessage.prototype._addHeaderLine`
fn add_header_line(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let (field, value) = (args.get_or_undefined(0).to_string(cx)?, args.get_or_undefined(1).clone());
    let target = args.get_or_undefined(2).to_object(cx)?;
    let mut bytes = Vec::new();
    text::push_latin1(&mut bytes, &field);
    let (name, repeat) = field_names::lower(&bytes, cx);
    let before = target.get(name.clone(), cx)?;
    let join_all = object.get(js_string!("joinDuplicateHeaders"), cx)?.to_boolean();
    let separator = match repeat {
        field_names::Repeat::Array => {
            match before.as_object() {
                Some(list) => drop(events::method(&list, "push", &[value], cx)?),
                None => {
                    let list = JsArray::from_values(vec![value], cx);
                    target.set(name, list, true, cx)?;
                }
            }
            return Ok(JsValue::undefined());
        }
        field_names::Repeat::Comma => ", ",
        field_names::Repeat::Semicolon => "; ",
        field_names::Repeat::First if join_all => ", ",
        field_names::Repeat::First => {
            if before.is_undefined() {
                target.set(name, value, true, cx)?;
            }
            return Ok(JsValue::undefined());
        }
    };
    let joined: JsValue = match before.as_string() {
        Some(before) => {
            let value: JsString = value.to_string(cx)?;
            js_string!(&before, &js_string!(separator), &value).into()
        }
        None => value,
    };
    target.set(name, joined, true, cx)?;
    Ok(JsValue::undefined())
}

/// `IncomingMessage.prototype._addHeaderLineDistinct`
fn add_header_line_distinct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let field = args.get_or_undefined(0).to_string(cx)?;
    let name = field_names::lower_string(&field, cx);
    let (value, target) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).to_object(cx)?);
    match target.get(name.clone(), cx)?.as_object() {
        Some(list) => drop(events::method(&list, "push", &[value], cx)?),
        None => {
            let list = JsArray::from_values(vec![value], cx);
            target.set(name, list, true, cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// `IncomingMessage.prototype._dumpAndCloseReadable`
fn dump_and_close_readable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    object.set(js_string!("_dumped"), true, false, cx)?;
    mark_closed(&object, cx)?;
    Ok(JsValue::undefined())
}

/// `IncomingMessage.prototype._dump`: what is left of the body is read and thrown away.
fn dump(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    if object.get(js_string!("_dumped"), cx)?.to_boolean() {
        return Ok(JsValue::undefined());
    }
    object.set(js_string!("_dumped"), true, false, cx)?;
    // What is buffered would still be told.
    events::method(&object, "removeAllListeners", &[js_string!("data").into()], cx)?;
    events::method(&object, "resume", &[], cx)?;
    Ok(JsValue::undefined())
}

/// The prototype that native messages have.
pub(super) fn prototype(cx: &mut Context) -> JsResult<JsObject> {
    INCOMING_MESSAGE.prototype(cx)
}
