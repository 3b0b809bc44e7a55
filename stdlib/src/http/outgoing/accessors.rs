//! Node's own properties of an outgoing message, as accessors over [`Message`].
//!
//! On an object that is no message (a prototype, a mock made by `Object.create`) a getter gives what a fresh message has, and a
//! setter makes an own property, as the assignment does in Node.

use super::{
    body,
    state::{self, Channel, Message},
};
use crate::http::text;
use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};

macro_rules! field {
    ($name:literal, $get:ident, $set:ident, |$message:ident| $read:expr, |$target:ident, $value:ident, $cx:ident| $write:expr) => {
        pub(in crate::http) fn $get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            let read = |$message: &Message| -> JsValue { $read };
            Ok(match state::find(this, cx) {
                Some(message) => read(message.borrow().data()),
                None => read(&Message::new(0.0)),
            })
        }

        pub(in crate::http) fn $set(this: &JsValue, args: &[JsValue], $cx: &mut Context) -> JsResult<JsValue> {
            let $value = args.get_or_undefined(0);
            match state::find(this, $cx) {
                Some(message) => {
                    let write = |$target: &mut Message| $write;
                    write(message.borrow_mut().data_mut());
                }
                None => define_own(this, $name, $value, $cx)?,
            }
            Ok(JsValue::undefined())
        }
    };
}

macro_rules! flag {
    ($name:literal, $get:ident, $set:ident, $($place:ident).+) => {
        field!($name, $get, $set, |message| message.$($place).+.into(), |message, value, cx| message.$($place).+ = value.to_boolean());
    };
}

fn define_own(this: &JsValue, name: &'static str, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(object) = this.as_object() {
        object.create_data_property_or_throw(js_string!(name), value.clone(), cx)?;
    }
    Ok(())
}

flag!("_last", last, set_last, frame.last);
flag!("chunkedEncoding", chunked, set_chunked, frame.chunked);
flag!("shouldKeepAlive", keep_alive, set_keep_alive, frame.keep_alive);
flag!("maxRequestsOnConnectionReached", max_requests, set_max_requests, frame.max_requests_reached);
flag!("_defaultKeepAlive", default_keep_alive, set_default_keep_alive, frame.default_keep_alive);
flag!("useChunkedEncodingByDefault", chunked_by_default, set_chunked_by_default, frame.chunked_by_default);
flag!("sendDate", send_date, set_send_date, frame.send_date);
flag!("_removedConnection", removed_connection, set_removed_connection, frame.removed_connection);
flag!("_removedContLen", removed_length, set_removed_length, frame.removed_length);
flag!("_removedTE", removed_encoding, set_removed_encoding, frame.removed_encoding);
flag!("_hasBody", has_body, set_has_body, frame.has_body);
flag!("strictContentLength", strict_length, set_strict_length, strict_length);
flag!("finished", finished, set_finished, finished);
flag!("destroyed", destroyed, set_destroyed, destroyed);
flag!("writable", writable, set_writable, writable);
flag!("_headerSent", head_sent, set_head_sent, head_sent);
flag!("_closed", closed, set_closed, closed);
flag!("_sent100", sent_continue, set_sent_continue, sent_continue);
flag!("_expect_continue", expects_continue, set_expects_continue, expects_continue);
field!("statusCode", status, set_status, |message| message.status.clone(), |message, value, cx| message.status = value.clone());
field!("statusMessage", status_message, set_status_message, |message| message.status_message.clone(), |message, value, cx| {
    message.status_message = value.clone();
});
field!("_contentLength", length, set_length, |message| message.frame.length.map_or_else(JsValue::null, JsValue::from), |message, value, cx| {
    message.frame.length = value.as_number();
});
field!("_keepAliveTimeout", timeout, set_timeout, |message| message.frame.keep_alive_timeout_ms.into(), |message, value, cx| {
    message.frame.keep_alive_timeout_ms = value.as_number().unwrap_or(0.0);
});
field!("_maxRequestsPerSocket", requests, set_requests, |message| message.frame.requests_max.into(), |message, value, cx| {
    message.frame.requests_max = value.as_number().unwrap_or(0.0) as u32;
});
field!("_trailer", trailers, set_trailers, |message| text::latin1(&message.trailers).into(), |message, value, cx| {
    message.trailers.clear();
    if let Some(value) = value.as_string() {
        text::push_latin1(&mut message.trailers, &value);
    }
});
field!("outputSize", queue_len, set_queue_len, |message| message.queue_len.into(), |message, value, cx| {
    message.queue_len = value.as_number().unwrap_or(0.0) as usize;
});
field!("_onPendingData", on_pending, set_on_pending, |message| message.on_pending.clone().map_or_else(JsValue::null, Into::into), |message, value, cx| {
    message.on_pending = value.as_function();
});
field!("req", request, set_request, |message| message.request.clone().map_or_else(JsValue::undefined, Into::into), |message, value, cx| {
    message.request = value.as_object();
});
field!("_header", head, set_head, |message| message.head.as_ref().map_or_else(JsValue::null, |head| text::latin1(head).into()), |message, value, cx| {
    message.head = value.as_string().map(|value| {
        let mut head = Vec::new();
        text::push_latin1(&mut head, &value);
        head
    });
});

pub(in crate::http) fn output_data(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pieces = match state::find(this, cx) {
        Some(message) => message.borrow().data().queue.clone(),
        None => Vec::new(),
    };
    let mut rows = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let row = JsObject::with_object_proto(cx.intrinsics());
        let data = piece.data.read(text::latin1);
        row.create_data_property_or_throw(js_string!("data"), data, cx)?;
        row.create_data_property_or_throw(js_string!("encoding"), js_string!("latin1"), cx)?;
        row.create_data_property_or_throw(js_string!("callback"), JsValue::null(), cx)?;
        rows.push(row.into());
    }
    Ok(JsArray::from_values(rows, cx).into())
}

pub(in crate::http) fn set_output_data(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(message) = state::find(this, cx) else {
        define_own(this, "outputData", args.get_or_undefined(0), cx)?;
        return Ok(JsValue::undefined());
    };
    message.borrow_mut().data_mut().queue.clear();
    Ok(JsValue::undefined())
}

pub(in crate::http) fn headers_sent(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(state::find(this, cx).is_some_and(|message| message.borrow().data().head.is_some()).into())
}

pub(in crate::http) fn errored(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(state::find(this, cx).map_or_else(JsValue::undefined, |message| message.borrow().data().errored.clone()))
}

pub(in crate::http) fn writable_finished(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(message) = state::find(this, cx) else { return Ok(false.into()) };
    body::writable_finished(&message, cx).map(Into::into)
}

pub(in crate::http) fn writable_object_mode(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(false.into())
}

pub(in crate::http) fn writable_length(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(message) = state::find(this, cx) else { return Ok(f64::NAN.into()) };
    body::writable_len(&message, cx).map(Into::into)
}

pub(in crate::http) fn writable_high_water_mark(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(message) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let (channel, own) = {
        let message = message.borrow();
        (message.data().channel.clone(), message.data().high_water_mark)
    };
    match channel {
        Channel::None => Ok(own.into()),
        Channel::Connection(connection) => Ok(connection.high_water_mark().into()),
        Channel::Stream(stream) => stream.get(js_string!("writableHighWaterMark"), cx),
    }
}

pub(in crate::http) fn writable_corked(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(state::find(this, cx).map_or_else(JsValue::undefined, |message| message.borrow().data().corked.into()))
}

pub(in crate::http) fn writable_need_drain(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let needs = |message: &Message| !message.destroyed && !message.finished && message.need_drain;
    Ok(state::find(this, cx).is_some_and(|message| needs(message.borrow().data())).into())
}

pub(in crate::http) fn socket(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(message) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    body::socket(&message, cx)
}

pub(in crate::http) fn set_socket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let Some(message) = state::find(this, cx) else {
        define_own(this, "socket", value, cx)?;
        return Ok(JsValue::undefined());
    };
    body::set_socket(&message, value, cx)?;
    Ok(JsValue::undefined())
}
