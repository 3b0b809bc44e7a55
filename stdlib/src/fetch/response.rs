//! `class Response`.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Gc, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, Symbol},
};

use super::{
    body::{self, Body, HasBody, Message},
    headers::{self, HeaderList},
    request::parse_url,
    webidl,
};

/// The class; `globalThis.Response`.
pub static RESPONSE: Class = Class {
    name: "Response",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("type", |this, _args, cx| Ok(js_string!(this_response(this, cx)?.kind).into())).enumerable(true),
        Export::getter("url", |this, _args, cx| Ok(js_string!(this_response(this, cx)?.url.as_str()).into())).enumerable(true),
        Export::getter("redirected", |this, _args, cx| Ok(this_response(this, cx)?.redirected.into())).enumerable(true),
        Export::getter("status", |this, _args, cx| Ok(JsValue::from(i32::from(this_response(this, cx)?.status)))).enumerable(true),
        Export::getter("ok", |this, _args, cx| Ok(this_response(this, cx)?.is_ok().into())).enumerable(true),
        Export::getter("statusText", |this, _args, cx| Ok(this_response(this, cx)?.status_text.clone().into())).enumerable(true),
        Export::getter("headers", |this, _args, cx| Ok(this_response(this, cx)?.message.headers.clone().into())).enumerable(true),
        Export::getter("body", |this, _args, cx| this_response(this, cx)?.message.body_value(cx)).enumerable(true),
        Export::getter("bodyUsed", |this, _args, cx| Ok(this_response(this, cx)?.message.is_used().into())).enumerable(true),
        Export::function("clone", 0, clone).enumerable(true),
        Export::all(Response::METHODS),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("Response"),
    ],
    statics: &[Export::function("error", 0, error).enumerable(true), Export::function("json", 1, json).enumerable(true), Export::function("redirect", 1, redirect).enumerable(true)],
};

/// Statuses of responses that have no body.
pub(super) fn has_no_body(status: u16) -> bool {
    matches!(status, 101 | 103 | 204 | 205 | 304)
}

/// What a Response is.
#[derive(Trace, Finalize)]
pub(super) struct Response {
    pub(super) message: Gc<Message>,
    #[unsafe_ignore_trace]
    pub(super) kind: &'static str,
    #[unsafe_ignore_trace]
    pub(super) url: String,
    #[unsafe_ignore_trace]
    pub(super) redirected: bool,
    #[unsafe_ignore_trace]
    pub(super) status: u16,
    pub(super) status_text: JsString,
}

impl Response {
    fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// An object that is this response.
    pub(super) fn into_object(self, cx: &mut Context) -> JsResult<JsObject> {
        Ok(JsObject::from_proto_and_data(RESPONSE.prototype(cx)?, Data(Gc::new(self))).upcast())
    }
}

#[derive(Trace, Finalize, JsData)]
struct Data(Gc<Response>);

/// What others ask of a Response before they take its body.
#[cfg(feature = "wasm")]
pub(crate) struct ResponseFacts {
    pub(crate) status: u16,
    pub(crate) is_ok: bool,
    pub(crate) is_used: bool,
    pub(crate) content_type: Option<String>,
}

/// The facts of a Response; `None` for any other value.
#[cfg(feature = "wasm")]
pub(crate) fn facts(value: &JsValue) -> Option<ResponseFacts> {
    let response = value.as_object()?.downcast_ref::<Data>().map(|data| data.0.clone())?;
    Some(ResponseFacts { status: response.status, is_ok: response.is_ok(), is_used: response.message.is_unusable(), content_type: response.message.content_type() })
}

/// `response.arrayBuffer()`, whatever a script made of it.
#[cfg(feature = "wasm")]
pub(crate) fn array_buffer(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let message = this_response(value, cx).map(|response| response.message.clone());
    body::array_buffer(message, cx)
}

fn this_response(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Response>> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Data>().map(|data| data.0.clone()));
    found.ok_or_else(|| webidl::illegal_invocation(cx))
}

impl HasBody for Response {
    fn message(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Message>> {
        Ok(this_response(this, cx)?.message.clone())
    }
}

/// ResponseInit.
struct Init {
    status: u16,
    status_text: JsString,
    headers: HeaderList,
}

fn read_init(value: &JsValue, cx: &mut Context) -> JsResult<Init> {
    let init = webidl::dictionary(value, cx)?;
    let init = init.as_ref();
    let status = match webidl::member(init, "status", cx)? {
        Some(status) => status.to_u32(cx)? as u16,
        None => 200,
    };
    let status_text = match webidl::member(init, "statusText", cx)? {
        Some(text) => webidl::byte_string(&text, cx)?,
        None => JsString::default(),
    };
    let list = match webidl::member(init, "headers", cx)? {
        Some(given) => headers::read_init(&given, "Response constructor", "init.headers", cx)?,
        None => HeaderList::default(),
    };
    if !(200..=599).contains(&status) {
        return Err(errors::plain(Base::Range, "init[\"status\"] must be in the range of 200 to 599, inclusive."));
    }
    // A reason-phrase: tabs, spaces, what is visible, and what is beyond ASCII.
    if !status_text.iter().all(|unit| unit == 0x09 || (unit >= 0x20 && unit != 0x7F)) {
        return Err(webidl::type_error("Invalid statusText"));
    }
    Ok(Init { status, status_text, headers: list })
}

fn make(mut init: Init, content: Option<(Body, Option<String>)>, cx: &mut Context) -> JsResult<Response> {
    let content = match content {
        None => None,
        Some(_) if has_no_body(init.status) => return Err(webidl::type_error(format!("Response constructor: Invalid response status code {}", init.status))),
        Some((content, kind)) => {
            body::set_type(&mut init.headers, kind);
            Some(content)
        }
    };
    let headers = headers::object(init.headers, false, cx)?;
    Ok(Response { message: Message::new(headers, content), kind: "default", url: String::new(), redirected: false, status: init.status, status_text: init.status_text })
}

/// `new Response([body[, init]])`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&RESPONSE, cx)?;
    let given = args.get_or_undefined(0);
    let content = if given.is_null_or_undefined() { None } else { Some(body::extract(given, false, "Response", cx)?) };
    let init = read_init(args.get_or_undefined(1), cx)?;
    let response = make(init, content, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Data(Gc::new(response))).upcast().into())
}

/// `Response.error()`
fn error(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let headers = headers::object(HeaderList::default(), true, cx)?;
    let response = Response { message: Message::new(headers, None), kind: "error", url: String::new(), redirected: false, status: 0, status_text: JsString::default() };
    Ok(response.into_object(cx)?.into())
}

/// `Response.json(data[, init])`
fn json(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    webidl::require(args, 1, "Response.json")?;
    let stringify = cx.intrinsics().objects().json().get(js_string!("stringify"), cx)?;
    let text = match stringify.as_function() {
        Some(stringify) => stringify.call(&JsValue::undefined(), &args[..1], cx)?,
        None => JsValue::undefined(),
    };
    if text.is_undefined() {
        return Err(webidl::type_error("Value is not JSON serializable"));
    }
    let bytes = webidl::usv_string(&text, cx)?.into_bytes();
    let init = read_init(args.get_or_undefined(1), cx)?;
    let response = make(init, Some((Body::of_bytes(bytes), Some("application/json".to_owned()))), cx)?;
    Ok(response.into_object(cx)?.into())
}

/// `Response.redirect(url[, status])`
fn redirect(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    webidl::require(args, 1, "Response.redirect")?;
    let text = webidl::usv_string(&args[0], cx)?;
    let given = args.get_or_undefined(1);
    let status = if given.is_undefined() { 302 } else { given.to_u32(cx)? as u16 };
    let url = parse_url(&text, cx)?;
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Err(errors::plain(Base::Range, format!("Invalid status code {status}")));
    }
    let mut list = HeaderList::default();
    list.append("location".to_owned(), js_string!(url.as_str()));
    let headers = headers::object(list, true, cx)?;
    let response = Response { message: Message::new(headers, None), kind: "default", url: String::new(), redirected: false, status, status_text: JsString::default() };
    Ok(response.into_object(cx)?.into())
}

fn clone(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let response = this_response(this, cx)?;
    if response.message.is_unusable() {
        return Err(webidl::type_error("Response.clone: Body has already been consumed."));
    }
    let content = match response.message.body() {
        Some(content) => Some(content.copy(cx)?),
        None => None,
    };
    let list = headers::list_of(&response.message.headers).unwrap_or_default();
    let headers = headers::object(list, response.kind == "error", cx)?;
    let copy = Response {
        message: Message::new(headers, content),
        kind: response.kind,
        url: response.url.clone(),
        redirected: response.redirected,
        status: response.status,
        status_text: response.status_text.clone(),
    };
    Ok(copy.into_object(cx)?.into())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let response = this_response(this, cx)?;
    let fields = [
        ("status", JsValue::from(i32::from(response.status))),
        ("statusText", response.status_text.clone().into()),
        ("headers", response.message.headers.clone().into()),
        ("body", response.message.body_value(cx)?),
        ("bodyUsed", response.message.is_used().into()),
        ("ok", response.is_ok().into()),
        ("redirected", response.redirected.into()),
        ("type", js_string!(response.kind).into()),
        ("url", js_string!(response.url.as_str()).into()),
    ];
    webidl::inspect(this, &fields, args, cx)
}
