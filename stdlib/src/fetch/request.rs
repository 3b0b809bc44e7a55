//! `class Request`.

use ::url::Url;
use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::{Export, Symbol},
};

use super::{
    body::{self, HasBody, Message},
    headers::{self, HeaderList},
    webidl,
};
use crate::{event_target, http::text, url::parser};

/// The class; `globalThis.Request`.
pub static REQUEST: Class = Class {
    name: "Request",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("method", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.method.as_str()).into())).enumerable(true),
        Export::getter("url", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.url.as_str()).into())).enumerable(true),
        Export::getter("headers", |this, _args, cx| Ok(this_request(this, cx)?.message.headers.clone().into())).enumerable(true),
        Export::getter("destination", |this, _args, cx| this_request(this, cx).map(|_| js_string!().into())).enumerable(true),
        Export::getter("referrer", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.referrer.as_str()).into())).enumerable(true),
        Export::getter("referrerPolicy", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.referrer_policy).into())).enumerable(true),
        Export::getter("mode", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.mode).into())).enumerable(true),
        Export::getter("credentials", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.credentials).into())).enumerable(true),
        Export::getter("cache", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.cache).into())).enumerable(true),
        Export::getter("redirect", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.redirect).into())).enumerable(true),
        Export::getter("integrity", |this, _args, cx| Ok(js_string!(this_request(this, cx)?.integrity.as_str()).into())).enumerable(true),
        Export::getter("keepalive", |this, _args, cx| Ok(this_request(this, cx)?.keepalive.into())).enumerable(true),
        Export::getter("isReloadNavigation", |this, _args, cx| this_request(this, cx).map(|_| false.into())).enumerable(true),
        Export::getter("isHistoryNavigation", |this, _args, cx| this_request(this, cx).map(|_| false.into())).enumerable(true),
        Export::getter("signal", signal).enumerable(true),
        Export::getter("body", |this, _args, cx| this_request(this, cx)?.message.body_value(cx)).enumerable(true),
        Export::getter("bodyUsed", |this, _args, cx| Ok(this_request(this, cx)?.message.is_used().into())).enumerable(true),
        Export::getter("duplex", |this, _args, cx| this_request(this, cx).map(|_| js_string!("half").into())).enumerable(true),
        Export::function("clone", 0, clone).enumerable(true),
        Export::all(Request::METHODS),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("Request"),
    ],
    statics: &[],
};

const REFERRER_POLICIES: &[&str] =
    &["", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"];
const MODES: &[&str] = &["navigate", "same-origin", "no-cors", "cors"];
const CREDENTIALS: &[&str] = &["omit", "same-origin", "include"];
const CACHES: &[&str] = &["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"];
const REDIRECTS: &[&str] = &["follow", "manual", "error"];

/// What a Request is.
#[derive(Trace, Finalize)]
pub(super) struct Request {
    pub(super) message: Gc<Message>,
    #[unsafe_ignore_trace]
    pub(super) method: String,
    #[unsafe_ignore_trace]
    pub(super) url: Url,
    /// `about:client`, a URL, or nothing.
    #[unsafe_ignore_trace]
    pub(super) referrer: String,
    #[unsafe_ignore_trace]
    referrer_policy: &'static str,
    #[unsafe_ignore_trace]
    pub(super) mode: &'static str,
    #[unsafe_ignore_trace]
    credentials: &'static str,
    #[unsafe_ignore_trace]
    pub(super) cache: &'static str,
    #[unsafe_ignore_trace]
    pub(super) redirect: &'static str,
    #[unsafe_ignore_trace]
    integrity: String,
    #[unsafe_ignore_trace]
    keepalive: bool,
    /// The signal that it was given.
    pub(super) signal: Option<JsObject>,
    /// `request.signal`, which follows that one; made when a script asks.
    own_signal: GcRefCell<Option<JsObject>>,
}

#[derive(Trace, Finalize, JsData)]
struct Data(Gc<Request>);

/// The Request that a value is.
pub(super) fn request_of(value: &JsValue) -> Option<Gc<Request>> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.0.clone())
}

fn this_request(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Request>> {
    request_of(this).ok_or_else(|| webidl::illegal_invocation(cx))
}

impl HasBody for Request {
    fn message(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Message>> {
        Ok(this_request(this, cx)?.message.clone())
    }
}

/// A URL; `TypeError: Failed to parse URL from ...` where it is none.
pub(super) fn parse_url(text: &str, cx: &mut Context) -> JsResult<Url> {
    match parser::parse(text) {
        Some(url) => Ok(url),
        None => {
            let cause = crate::url::invalid_url(text, None, cx);
            Err(webidl::caused(&format!("Failed to parse URL from {text}"), cause, cx))
        }
    }
}

/// The URL of a Request's input, which may not tell a password.
fn input_url(input: &JsValue, cx: &mut Context) -> JsResult<Url> {
    let text = webidl::usv_string(input, cx)?;
    let url = parse_url(&text, cx)?;
    if url.username().is_empty() && url.password().is_none() {
        return Ok(url);
    }
    Err(webidl::type_error(format!("Request cannot be constructed from a URL that includes credentials: {text}")))
}

/// A method: the usual ones are written in capitals.
fn method(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    let given = webidl::byte_string(value, cx)?;
    let name = given.to_std_string_lossy();
    if !text::is_token(&given) {
        return Err(webidl::type_error(format!("'{name}' is not a valid HTTP method.")));
    }
    let upper = name.to_ascii_uppercase();
    if matches!(upper.as_str(), "CONNECT" | "TRACE" | "TRACK") {
        return Err(webidl::type_error(format!("'{name}' HTTP method is unsupported.")));
    }
    let usual = matches!(upper.as_str(), "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT");
    Ok(if usual { upper } else { name })
}

/// What a Request begins as: a copy of another one, or of a URL.
fn base(input: &JsValue, cx: &mut Context) -> JsResult<(Request, Option<Gc<Request>>)> {
    let original = request_of(input);
    let request = match &original {
        Some(original) => Request {
            message: original.message.clone(),
            method: original.method.clone(),
            url: original.url.clone(),
            referrer: original.referrer.clone(),
            referrer_policy: original.referrer_policy,
            mode: original.mode,
            credentials: original.credentials,
            cache: original.cache,
            redirect: original.redirect,
            integrity: original.integrity.clone(),
            keepalive: original.keepalive,
            signal: original.own_signal.borrow().clone().or_else(|| original.signal.clone()),
            own_signal: GcRefCell::new(None),
        },
        None => {
            let url = input_url(input, cx)?;
            let headers = headers::object(HeaderList::default(), false, cx)?;
            Request {
                message: Message::new(headers, None),
                method: "GET".to_owned(),
                url,
                referrer: "about:client".to_owned(),
                referrer_policy: "",
                mode: "cors",
                credentials: "same-origin",
                cache: "default",
                redirect: "follow",
                integrity: String::new(),
                keepalive: false,
                signal: None,
                own_signal: GcRefCell::new(None),
            }
        }
    };
    Ok((request, original))
}

/// Members of RequestInit but for the headers and the body.
fn read_members(request: &mut Request, init: Option<&JsObject>, cx: &mut Context) -> JsResult<()> {
    if let Some(given) = webidl::member(init, "window", cx)?
        && !given.is_null()
    {
        return Err(webidl::type_error("'window' option 'client' must be null"));
    }
    if let Some(given) = webidl::member(init, "method", cx)? {
        request.method = method(&given, cx)?;
    }
    if let Some(given) = webidl::member(init, "referrer", cx)? {
        let text = webidl::usv_string(&given, cx)?;
        request.referrer = match text.as_str() {
            "" => String::new(),
            "about:client" => text,
            _ => match parser::parse(&text) {
                Some(url) => url.into(),
                None => {
                    let cause = crate::url::invalid_url(&text, None, cx);
                    return Err(webidl::caused(&format!("Referrer \"{text}\" is not a valid URL."), cause, cx));
                }
            },
        };
    }
    if let Some(word) = webidl::one_of(init, "referrerPolicy", REFERRER_POLICIES, cx)? {
        request.referrer_policy = word;
    }
    if let Some(word) = webidl::one_of(init, "mode", MODES, cx)? {
        if word == "navigate" {
            return Err(webidl::type_error("Request constructor: invalid request mode navigate."));
        }
        request.mode = word;
    }
    if let Some(word) = webidl::one_of(init, "credentials", CREDENTIALS, cx)? {
        request.credentials = word;
    }
    if let Some(word) = webidl::one_of(init, "cache", CACHES, cx)? {
        request.cache = word;
    }
    if request.cache == "only-if-cached" && request.mode != "same-origin" {
        return Err(webidl::type_error("'only-if-cached' can be set only with 'same-origin' mode"));
    }
    if let Some(word) = webidl::one_of(init, "redirect", REDIRECTS, cx)? {
        request.redirect = word;
    }
    if let Some(given) = webidl::member(init, "integrity", cx)? {
        request.integrity = webidl::usv_string(&given, cx)?;
    }
    if let Some(given) = webidl::member(init, "keepalive", cx)? {
        request.keepalive = given.to_boolean();
    }
    if let Some(given) = webidl::member(init, "signal", cx)? {
        request.signal = match given.as_object().filter(event_target::is_abort_signal) {
            Some(signal) => Some(signal),
            None if given.is_null() => None,
            None => {
                let shown = webidl::named(&given, cx);
                return Err(webidl::type_error(format!("RequestInit: Expected signal (\"{shown}\") to be an instance of AbortSignal.")));
            }
        };
    }
    Ok(())
}

/// A Request of the arguments of its constructor, or of `fetch`.
pub(super) fn create(args: &[JsValue], cx: &mut Context) -> JsResult<Request> {
    let input = args.get_or_undefined(0);
    let init = webidl::dictionary(args.get_or_undefined(1), cx)?;
    let init = init.as_ref();
    let (mut request, original) = base(input, cx)?;
    read_members(&mut request, init, cx)?;
    let mut list = match webidl::member(init, "headers", cx)? {
        Some(given) => headers::read_init(&given, "Request constructor", "init.headers", cx)?,
        None => headers::list_of(&request.message.headers).unwrap_or_default(),
    };
    let given = webidl::member(init, "body", cx)?.filter(|body| !body.is_null());
    let inherited = original.as_ref().and_then(|original| original.message.body());
    let bodiless = matches!(request.method.as_str(), "GET" | "HEAD");
    if bodiless && (given.is_some() || inherited.is_some()) {
        return Err(webidl::type_error("Request with GET/HEAD method cannot have body."));
    }
    let content = match given {
        Some(given) => {
            let (content, kind) = body::extract(&given, request.keepalive, "Request", cx)?;
            body::set_type(&mut list, kind);
            if content.bytes().is_none() && webidl::member(init, "duplex", cx)?.is_none() {
                return Err(webidl::type_error("RequestInit: duplex option is required when sending a body."));
            }
            Some(content)
        }
        None => match inherited {
            Some(inherited) if inherited.is_unusable() => return Err(webidl::type_error("Cannot construct a Request with a Request object that has already been used.")),
            Some(inherited) => {
                // The new one takes the content over.
                let content = inherited.copy(cx)?;
                match inherited.bytes() {
                    Some(_) => inherited.take(),
                    None => {
                        let stream = inherited.stream(cx)?;
                        crate::web_streams::acquire_reader(&stream, cx)?;
                    }
                }
                Some(content)
            }
            None => None,
        },
    };
    let headers = headers::object(list, false, cx)?;
    request.message = Message::new(headers, content);
    Ok(request)
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&REQUEST, cx)?;
    webidl::require(args, 1, "Request constructor")?;
    let request = create(args, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Data(Gc::new(request))).upcast().into())
}

impl Request {
    /// `request.signal`
    fn signal_object(&self, cx: &mut Context) -> JsResult<JsObject> {
        if let Some(made) = self.own_signal.borrow().as_ref() {
            return Ok(made.clone());
        }
        let sources: Vec<JsObject> = self.signal.iter().cloned().collect();
        let made = event_target::any_of(&sources, cx)?;
        *self.own_signal.borrow_mut() = Some(made.clone());
        Ok(made)
    }
}

fn signal(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_request(this, cx)?.signal_object(cx)?.into())
}

fn clone(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this_request(this, cx)?;
    if request.message.is_unusable() {
        return Err(webidl::type_error("unusable"));
    }
    let content = match request.message.body() {
        Some(content) => Some(content.copy(cx)?),
        None => None,
    };
    let (mut copy, _) = base(this, cx)?;
    let list = headers::list_of(&request.message.headers).unwrap_or_default();
    let headers = headers::object(list, false, cx)?;
    copy.message = Message::new(headers, content);
    Ok(JsObject::from_proto_and_data(REQUEST.prototype(cx)?, Data(Gc::new(copy))).upcast().into())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this_request(this, cx)?;
    let fields = [
        ("method", js_string!(request.method.as_str()).into()),
        ("url", js_string!(request.url.as_str()).into()),
        ("headers", request.message.headers.clone().into()),
        ("destination", js_string!().into()),
        ("referrer", js_string!(request.referrer.as_str()).into()),
        ("referrerPolicy", js_string!(request.referrer_policy).into()),
        ("mode", js_string!(request.mode).into()),
        ("credentials", js_string!(request.credentials).into()),
        ("cache", js_string!(request.cache).into()),
        ("redirect", js_string!(request.redirect).into()),
        ("integrity", js_string!(request.integrity.as_str()).into()),
        ("keepalive", request.keepalive.into()),
        ("isReloadNavigation", false.into()),
        ("isHistoryNavigation", false.into()),
        ("signal", request.signal_object(cx)?.into()),
    ];
    webidl::inspect(this, &fields, args, cx)
}
