//! The interface of `node:http` over streams of HTTP/2.

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use boa_gc::GcRefCell;
use coil_engine::{Slot, table};

use super::{
    object::{field, flag, set},
    server,
};
use crate::events;

mod fields;
mod request;
mod response;
mod socket;

pub(super) use request::HTTP2_SERVER_REQUEST;
pub(super) use response::HTTP2_SERVER_RESPONSE;

/// What a stream knows of the two, until it is closed: `stream[kRequest]`, `stream[kResponse]`, `stream[kProxySocket]`.
#[derive(Trace, Finalize, JsData, Default)]
struct Link {
    request: GcRefCell<Option<JsObject>>,
    response: GcRefCell<Option<JsObject>>,
    socket: GcRefCell<Option<JsObject>>,
}

fn link(stream: &JsObject, cx: &mut Context) -> JsResult<JsObject<Link>> {
    match Slot::<Link>::get(stream, cx) {
        Some(link) => Ok(link),
        None => Slot::set(stream, Link::default(), cx),
    }
}

fn request_of(stream: &JsObject, cx: &mut Context) -> Option<JsObject> {
    let link = Slot::<Link>::get(stream, cx)?;
    let request = link.borrow().data().request.borrow().clone();
    request
}

fn response_of(stream: &JsObject, cx: &mut Context) -> Option<JsObject> {
    let link = Slot::<Link>::get(stream, cx)?;
    let response = link.borrow().data().response.borrow().clone();
    response
}

type Call = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

/// Adds native listeners.
fn listen(emitter: &JsObject, listeners: &[(&'static str, Call)], cx: &mut Context) -> JsResult<()> {
    for (event, call) in listeners {
        let listener = table::function(*call, js_string!(""), 0, cx);
        let event = coil_engine::Host::of(cx).intern(event);
        events::on(emitter, event, listener, cx)?;
    }
    Ok(())
}

/// The listener of a server's `'stream'`: a request and its response.
pub(super) fn on_server_stream(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let (stream, headers, raw) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).to_object(cx)?, args.get_or_undefined(3).clone());
    let Some(state) = server::state_of(&server, cx) else { return Ok(JsValue::undefined()) };
    let options = state.borrow().data().options.borrow().clone();
    let (request_class, response_class) = (field(&options, "Http2ServerRequest", cx)?, field(&options, "Http2ServerResponse", cx)?);
    let (Some(request_class), Some(response_class)) = (request_class.as_constructor(), response_class.as_constructor()) else { return Ok(JsValue::undefined()) };
    let request = request_class.construct(&[stream.clone(), headers.clone().into(), JsValue::undefined(), raw], None, cx)?;
    let response = response_class.construct(&[stream], None, cx)?;
    let pair = [request.into(), response.clone().into()];
    let method = field(&headers, ":method", cx)?;
    if method.as_string().is_some_and(|method| method == js_string!("CONNECT")) {
        if !events::emit(&server, js_string!("connect"), &pair, cx)? {
            set(&response, "statusCode", 405, cx)?;
            events::method(&response, "end", &[], cx)?;
        }
        return Ok(JsValue::undefined());
    }
    let expected = field(&headers, "expect", cx)?;
    let event = match expected.as_string() {
        None => "request",
        Some(expected) if expected == js_string!("100-continue") => {
            if events::listener_count(&server, js_string!("checkContinue"), cx)? > 0 {
                "checkContinue"
            } else {
                events::method(&response, "writeContinue", &[], cx)?;
                "request"
            }
        }
        Some(_) if events::listener_count(&server, js_string!("checkExpectation"), cx)? > 0 => "checkExpectation",
        Some(_) => {
            set(&response, "statusCode", 417, cx)?;
            events::method(&response, "end", &[], cx)?;
            return Ok(JsValue::undefined());
        }
    };
    let event = coil_engine::Host::of(cx).intern(event);
    events::emit(&server, event, &pair, cx)?;
    Ok(JsValue::undefined())
}

/// A rejected `'request'` listener answers 500.
pub(super) fn fail(response: &JsObject, _error: &JsValue, cx: &mut Context) -> JsResult<()> {
    if flag(response, "headersSent", cx)? || flag(response, "finished", cx)? {
        return events::method(response, "destroy", &[], cx).map(drop);
    }
    let names = events::method(response, "getHeaderNames", &[], cx)?;
    for name in crate::http::elements(&names, cx)?.unwrap_or_default() {
        events::method(response, "removeHeader", &[name], cx)?;
    }
    set(response, "statusCode", 500, cx)?;
    events::method(response, "end", &[js_string!("Internal Server Error").into()], cx).map(drop)
}
