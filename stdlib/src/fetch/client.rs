//! `fetch`: from a Request over the network to a Response.

use std::{cell::RefCell, rc::Rc};

use ::url::Url;
use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, bytes, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host,
    errors::{self, Base},
    table,
};

use super::{
    body::{Body, Chunks, Message, Place},
    content,
    headers::{self, HeaderList},
    request::{self, Request},
    response::{self, Response},
    schemes::{self, Way},
    webidl,
};
use crate::{
    coroutine::{self, Co, run},
    event_target, events,
    url::parser,
    web_streams::Deferred,
};

/// Redirects that are followed.
const REDIRECTS_MAX: usize = 20;

/// Milliseconds for which a connection without requests is kept.
const KEEP_MS: i32 = 4000;

/// `fetch(input[, init])`
pub(super) fn fetch(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = match request::create(args, cx) {
        Ok(request) => Rc::new(request),
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => return Ok(JsPromise::reject(error, cx)?.into()),
    };
    coroutine::spawn(cx, |co| perform(co, request)).map(JsValue::from)
}

/// One `fetch`: what its parts have to tell each other.
#[derive(Trace, Finalize)]
pub(super) struct Exchange {
    signal: Option<JsObject>,
    listener: GcRefCell<Option<JsFunction>>,
    aborted: GcRefCell<Option<JsValue>>,
    /// The request on its way.
    outgoing: GcRefCell<Option<JsObject>>,
    /// Who waits for its response.
    waiting: GcRefCell<Option<Deferred>>,
    /// The body on its way.
    body: GcRefCell<Option<JsObject>>,
}

impl Exchange {
    pub(super) fn abort_reason(&self) -> Option<JsValue> {
        self.aborted.borrow().clone()
    }

    pub(super) fn set_body(&self, body: JsObject) {
        *self.body.borrow_mut() = Some(body);
    }

    /// Nothing more comes: the signal is left.
    pub(super) fn finish(&self, cx: &mut Context) -> JsResult<()> {
        let listener = self.listener.borrow_mut().take();
        match (&self.signal, listener) {
            (Some(signal), Some(listener)) => events::off_abort(signal, &listener, cx),
            _ => Ok(()),
        }
    }

    fn abort(&self, cx: &mut Context) -> JsResult<()> {
        let Some(signal) = &self.signal else { return Ok(()) };
        let reason = event_target::reason(signal, cx)?;
        *self.aborted.borrow_mut() = Some(reason.clone());
        let (waiting, body, outgoing) = (self.waiting.borrow_mut().take(), self.body.borrow().clone(), self.outgoing.borrow().clone());
        if let Some(waiting) = waiting {
            waiting.reject(&reason, cx)?;
        }
        if let Some(body) = body {
            content::abort(&body, &reason, cx)?;
        }
        if let Some(outgoing) = outgoing {
            events::method(&outgoing, "destroy", &[], cx)?;
        }
        Ok(())
    }
}

/// What is asked of one server.
struct Hop {
    url: Url,
    method: String,
    list: HeaderList,
    body: Option<Gc<Body>>,
}

async fn perform(co: Co, request: Rc<Request>) -> JsResult<JsValue> {
    let exchange = run!(co, [request] | cx | begin(&request, cx))?;
    let mut hop = Hop { url: request.url.clone(), method: request.method.clone(), list: headers::list_of(&request.message.headers).unwrap_or_default(), body: request.message.body() };
    let result = follow(&co, &request, &exchange, &mut hop).await;
    if result.is_err() {
        run!(co, [exchange] | cx | exchange.finish(cx))?;
    }
    result
}

/// Follows redirects to the response.
async fn follow(co: &Co, request: &Rc<Request>, exchange: &Gc<Exchange>, hop: &mut Hop) -> JsResult<JsValue> {
    let mut redirects = 0;
    loop {
        let (url, method) = (hop.url.clone(), hop.method.clone());
        match co.run(move |cx| schemes::way(&url, &method, cx)).await {
            Way::Network => {}
            Way::Answer(bytes, kind, with_length) => {
                let url = hop.url.clone();
                return run!(
                    co,
                    [exchange] | cx | {
                        exchange.finish(cx)?;
                        schemes::answer(&url, bytes, kind, with_length, cx).map(JsValue::from)
                    }
                );
            }
            Way::Refused(reason) => return Err(co.run(move |cx| failed(errors::plain(Base::Error, reason), cx)).await),
        }
        let message = respond(co, request, exchange, hop).await?;
        let head = run!(co, [message] | cx | Head::read(&message, cx))?;
        let target = head.redirect_target(&hop.url).filter(|_| request.redirect != "manual");
        let Some(target) = target else {
            let (url, is_head) = (hop.url.clone(), hop.method == "HEAD");
            return run!(co, [exchange, message] | cx | finished(head, url, redirects > 0, is_head, &message, &exchange, cx));
        };
        let (status, mode) = (head.status, request.redirect);
        let refused = match &target {
            _ if mode == "error" => Some("unexpected redirect"),
            _ if redirects == REDIRECTS_MAX => Some("redirect count exceeded"),
            Err(()) => Some("URL scheme must be a HTTP(S) scheme"),
            Ok(_) if status != 303 && hop.body.as_ref().is_some_and(|body| body.bytes().is_none()) => Some("a body that is a stream cannot be sent again"),
            Ok(_) => None,
        };
        if let Some(reason) = refused {
            return Err(run!(
                co,
                [message]
                    | cx
                    | match events::method(&message, "destroy", &[], cx) {
                        Ok(_) => failed(errors::plain(Base::Error, reason), cx),
                        Err(error) => error,
                    }
            ));
        }
        // What the redirecting server says is not of interest; its connection is.
        run!(co, [message] | cx | events::method(&message, "resume", &[], cx))?;
        if let Ok(target) = target {
            redirect(hop, target, status);
        }
        redirects += 1;
    }
}

/// Listens to the signal.
fn begin(request: &Request, cx: &mut Context) -> JsResult<Gc<Exchange>> {
    let exchange = Gc::new(Exchange {
        signal: request.signal.clone(),
        listener: GcRefCell::new(None),
        aborted: GcRefCell::new(None),
        outgoing: GcRefCell::new(None),
        waiting: GcRefCell::new(None),
        body: GcRefCell::new(None),
    });
    let Some(signal) = &request.signal else { return Ok(exchange) };
    if event_target::is_aborted(signal, cx)? {
        return Err(JsError::from_opaque(event_target::reason(signal, cx)?));
    }
    let listener = table::closure("", 0, exchange.clone(), |_this, _args, exchange, cx| exchange.abort(cx).map(|()| JsValue::undefined()), cx);
    if events::on_abort(signal, &listener, cx)? {
        *exchange.listener.borrow_mut() = Some(listener);
    }
    Ok(exchange)
}

/// Turns a hop to where a redirect leads: "HTTP-redirect fetch" of the standard.
fn redirect(hop: &mut Hop, target: Url, status: u16) {
    let to_get = (matches!(status, 301 | 302) && hop.method == "POST") || (status == 303 && !matches!(hop.method.as_str(), "GET" | "HEAD"));
    if to_get {
        "GET".clone_into(&mut hop.method);
        hop.body = None;
        for name in ["content-encoding", "content-language", "content-location", "content-type", "content-length"] {
            hop.list.remove(name);
        }
    }
    if target.origin() != hop.url.origin() {
        for name in ["authorization", "proxy-authorization", "cookie", "host"] {
            hop.list.remove(name);
        }
    }
    hop.url = target;
}

/// Asks until a server answers: a kept connection that the server had closed meanwhile is no answer.
async fn respond(co: &Co, request: &Rc<Request>, exchange: &Gc<Exchange>, hop: &Hop) -> JsResult<JsObject> {
    loop {
        let stream = hop.body.as_ref().filter(|body| body.bytes().is_none()).cloned();
        let (url, method, list, body) = (hop.url.clone(), hop.method.clone(), hop.list.clone(), hop.body.clone());
        let promise = run!(
            co,
            [request, exchange] | cx | {
                let hop = Hop { url, method, list, body };
                send(&request, &exchange, &hop, cx)
            }
        )?;
        if let Some(stream) = &stream {
            run!(co, [exchange, stream] | cx | send_stream(&exchange, &stream, cx))?;
        }
        let error = match co.wait(promise).await {
            Ok(message) => match message.as_object() {
                Some(message) => return Ok(message),
                None => continue,
            },
            Err(error) => error,
        };
        if exchange.abort_reason().is_some() {
            return Err(error);
        }
        let replayable = stream.is_none();
        let again = run!(co, [exchange, error] | cx | Ok::<_, JsError>(replayable && was_stale(&exchange, &error, cx)?))?;
        if !again {
            return Err(run!(
                co,
                [] | cx | {
                    let error = coil_engine::op::thrown_value(error, cx);
                    match network_cause(&error, cx) {
                        Ok(cause) => failed(JsError::from_opaque(cause), cx),
                        Err(error) => error,
                    }
                }
            ));
        }
    }
}

/// Whether a request failed for its connection, which had served another one before.
fn was_stale(exchange: &Exchange, error: &JsError, cx: &mut Context) -> JsResult<bool> {
    let outgoing = exchange.outgoing.borrow().clone();
    let Some(outgoing) = outgoing else { return Ok(false) };
    let error = coil_engine::op::thrown_value(error.clone(), cx);
    let Some(error) = error.as_object() else { return Ok(false) };
    let code = error.get(js_string!("code"), cx)?;
    let reset = code.as_string().is_some_and(|code| code == "ECONNRESET" || code == "EPIPE");
    Ok(reset && outgoing.get(js_string!("reusedSocket"), cx)?.to_boolean())
}

/// `TypeError: fetch failed`
fn failed(cause: JsError, cx: &mut Context) -> JsError {
    webidl::caused("fetch failed", cause, cx)
}

/// What a client's error is called here: a connection that ends too early is a SocketError.
pub(super) fn network_cause(error: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let code = match error.as_object() {
        Some(object) => object.get(js_string!("code"), cx)?.as_string().map(|code| code.to_std_string_lossy()),
        None => None,
    };
    let (name, code, message) = match code.as_deref() {
        None if !error.is_object() => ("SocketError", "UND_ERR_SOCKET".to_owned(), "other side closed".to_owned()),
        Some("ECONNRESET" | "ERR_STREAM_PREMATURE_CLOSE") => ("SocketError", "UND_ERR_SOCKET".to_owned(), "other side closed".to_owned()),
        Some(code) if code.starts_with("HPE_") => {
            let reason = error.to_object(cx)?.get(js_string!("reason"), cx)?;
            let reason = if reason.is_undefined() { String::new() } else { format!(" ({})", webidl::usv_string(&reason, cx)?) };
            ("HTTPParserError", code.to_owned(), format!("Response does not match the HTTP/1.1 protocol{reason}"))
        }
        _ => return Ok(error.clone()),
    };
    let made = errors::plain(Base::Error, message).into_opaque(cx)?;
    let object = made.to_object(cx)?;
    object.create_data_property_or_throw(js_string!("name"), js_string!(name), cx)?;
    object.create_data_property_or_throw(js_string!("code"), js_string!(code), cx)?;
    Ok(made)
}

/// Where the agents are kept, one for each scheme.
#[derive(Default)]
struct Agents(RefCell<[Option<JsValue>; 2]>);

fn agent(secure: bool, module: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let agents = Host::of(cx).state::<Agents>();
    if let Some(agent) = &agents.0.borrow()[usize::from(secure)] {
        return Ok(agent.clone());
    }
    let options = JsObject::with_null_proto();
    options.create_data_property_or_throw(js_string!("keepAlive"), true, cx)?;
    options.create_data_property_or_throw(js_string!("timeout"), KEEP_MS, cx)?;
    let constructor = module.get(js_string!("Agent"), cx)?;
    let Some(constructor) = constructor.as_constructor() else { return Err(errors::method_not_implemented("fetch()", cx)) };
    let agent: JsValue = constructor.construct(&[options.into()], None, cx)?.into();
    agents.0.borrow_mut()[usize::from(secure)] = Some(agent.clone());
    Ok(agent)
}

/// Sends a request's head, and its body where the bytes are there. The promise is of the response's message.
fn send(request: &Request, exchange: &Gc<Exchange>, hop: &Hop, cx: &mut Context) -> JsResult<JsPromise> {
    let secure = hop.url.scheme() == "https";
    let name = if secure { "https" } else { "http" };
    let Some(module) = Host::of(cx).builtin(name) else { return Err(errors::method_not_implemented("fetch()", cx)) };
    let module = table::instantiate(module, cx)?;
    let options = options(request, hop, secure, &module, cx)?;
    let ask = module.get(js_string!("request"), cx)?;
    let Some(ask) = ask.as_function() else { return Err(errors::method_not_implemented("fetch()", cx)) };
    let outgoing = ask.call(&JsValue::undefined(), &[options.into()], cx)?.to_object(cx)?;
    let waiting = Deferred::new(cx);
    let promise = waiting.promise.clone();
    *exchange.outgoing.borrow_mut() = Some(outgoing.clone());
    *exchange.waiting.borrow_mut() = Some(waiting);
    let responded = table::closure(
        "",
        1,
        exchange.clone(),
        |_this, args, exchange, cx| {
            let waiting = exchange.waiting.borrow_mut().take();
            match waiting {
                Some(waiting) => waiting.resolve(args.get_or_undefined(0).clone(), cx)?,
                None => drop(events::method(&args.get_or_undefined(0).to_object(cx)?, "destroy", &[], cx)?),
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    let broken = table::closure(
        "",
        1,
        exchange.clone(),
        |_this, args, exchange, cx| {
            let waiting = exchange.waiting.borrow_mut().take();
            if let Some(waiting) = waiting {
                waiting.reject(args.get_or_undefined(0), cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&outgoing, js_string!("response"), responded, cx)?;
    events::on(&outgoing, js_string!("error"), broken, cx)?;
    match &hop.body {
        None => drop(events::method(&outgoing, "end", &[], cx)?),
        Some(body) => {
            if let Some(content) = body.bytes().map(std::borrow::Cow::into_owned) {
                body.take();
                let content = bytes::uint8_array(bytes::copied(&content), None, cx)?;
                events::method(&outgoing, "end", &[content.into()], cx)?;
            }
        }
    }
    Ok(promise)
}

/// The client's options.
fn options(request: &Request, hop: &Hop, secure: bool, module: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_null_proto();
    let host = hop.url.host_str().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let mut path = hop.url.path().to_owned();
    if let Some(query) = hop.url.query() {
        path.push('?');
        path.push_str(query);
    }
    let fields: Vec<JsValue> = head_fields(request, hop, secure).into_iter().flat_map(|(name, value)| [js_string!(name).into(), value.into()]).collect();
    let fields = JsArray::from_iter(fields, cx);
    let agent = agent(secure, module, cx)?;
    let values: [(&str, JsValue); 7] = [
        ("protocol", js_string!(format!("{}:", hop.url.scheme())).into()),
        ("hostname", js_string!(bare).into()),
        ("port", hop.url.port_or_known_default().map_or_else(JsValue::undefined, JsValue::from)),
        ("method", js_string!(hop.method.as_str()).into()),
        ("path", js_string!(path).into()),
        ("headers", fields.into()),
        ("agent", agent),
    ];
    for (key, value) in values {
        options.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(options)
}

/// The fields of a head, in the order in which Node's `fetch` sends them.
fn head_fields(request: &Request, hop: &Hop, secure: bool) -> Vec<(String, JsString)> {
    let list = &hop.list;
    let mut fields: Vec<(String, JsString)> = Vec::new();
    let mut add = |name: &str, value: JsString| fields.push((name.to_owned(), value));
    let host = match hop.url.port() {
        Some(port) => format!("{}:{port}", hop.url.host_str().unwrap_or_default()),
        None => hop.url.host_str().unwrap_or_default().to_owned(),
    };
    add("host", js_string!(host));
    // A connection that answered HEAD is not used again: some servers send a body all the same.
    let connection = if hop.method == "HEAD" { "close" } else { "keep-alive" };
    add("connection", list.get("connection").unwrap_or_else(|| js_string!(connection)));
    for (name, value) in list.fields() {
        let own = matches!(name.to_ascii_lowercase().as_str(), "host" | "connection" | "content-length" | "transfer-encoding");
        if !own {
            add(name, value.clone());
        }
    }
    let mut default = |name: &str, value: &str| {
        if !list.contains(name) {
            add(name, js_string!(value));
        }
    };
    default("accept", "*/*");
    default("accept-language", "*");
    if let Some(referrer) = parser::parse(&request.referrer).filter(|url| matches!(url.scheme(), "http" | "https")) {
        default("referer", referrer.as_str().split('#').next().unwrap_or_default());
    }
    default("sec-fetch-mode", request.mode);
    default("user-agent", "node");
    match request.cache {
        "no-store" | "reload" => {
            default("pragma", "no-cache");
            default("cache-control", "no-cache");
        }
        "no-cache" => default("cache-control", "max-age=0"),
        _ => {}
    }
    let encodings = match secure {
        _ if list.contains("range") => "identity",
        true => "br, gzip, deflate",
        false => "gzip, deflate",
    };
    default("accept-encoding", encodings);
    match &hop.body {
        Some(body) => match body.bytes() {
            Some(bytes) => add("content-length", js_string!(bytes.len().to_string())),
            None => add("transfer-encoding", js_string!("chunked")),
        },
        None if matches!(hop.method.as_str(), "POST" | "PUT" | "PATCH") => add("content-length", js_string!("0")),
        None => {}
    }
    fields
}

/// Sends a body that is a stream, chunk by chunk, as fast as the connection takes it.
fn send_stream(exchange: &Gc<Exchange>, body: &Gc<Body>, cx: &mut Context) -> JsResult<()> {
    let outgoing = exchange.outgoing.borrow().clone();
    let Some(outgoing) = outgoing else { return Ok(()) };
    let stream = body.stream(cx)?;
    let chunks = Rc::new(Chunks::new(&stream, cx)?);
    let exchange = exchange.clone();
    let sent = coroutine::spawn(cx, |co| async move {
        let place: Place = Rc::default();
        loop {
            let asked = run!(co, [chunks, place] | cx | chunks.ask(&place, cx))?;
            if let Err(error) = co.wait(asked).await {
                // The stream broke: so does the request.
                run!(
                    co,
                    [outgoing, exchange] | cx | {
                        let reason = coil_engine::op::thrown_value(error, cx);
                        let waiting = exchange.waiting.borrow_mut().take();
                        if let Some(waiting) = waiting {
                            waiting.reject(&reason, cx)?;
                        }
                        events::method(&outgoing, "destroy", &[], cx)
                    }
                )?;
                return Ok(JsValue::undefined());
            }
            let chunk = place.borrow_mut().take();
            let Some(chunk) = chunk else {
                run!(co, [outgoing] | cx | events::method(&outgoing, "end", &[], cx))?;
                return Ok(JsValue::undefined());
            };
            let drained = run!(co, [outgoing, chunks] | cx | write(&outgoing, &chunks, &chunk, cx))?;
            if let Some(drained) = drained {
                co.wait(drained).await?;
            }
        }
    })?;
    crate::web_streams::handled(&sent, cx)
}

/// Writes a chunk; the promise is there where the connection has enough for now.
fn write(outgoing: &JsObject, chunks: &Rc<Chunks>, chunk: &[u8], cx: &mut Context) -> JsResult<Option<JsPromise>> {
    if outgoing.get(js_string!("destroyed"), cx)?.to_boolean() {
        chunks.cancel(JsValue::undefined(), cx)?;
        return Ok(Some(JsPromise::new_pending(cx).0));
    }
    let bytes = bytes::uint8_array(bytes::copied(chunk), None, cx)?;
    let more = events::method(outgoing, "write", &[bytes.into()], cx)?.to_boolean();
    if more || chunk.is_empty() {
        return Ok(None);
    }
    let drained = Deferred::new(cx);
    let promise = drained.promise.clone();
    let settled = Gc::new(GcRefCell::new(Some(drained)));
    for event in ["drain", "close"] {
        let listener = table::closure(
            "",
            0,
            settled.clone(),
            |_this, _args, settled, cx| {
                let drained = settled.borrow_mut().take();
                if let Some(drained) = drained {
                    drained.resolve(JsValue::undefined(), cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::once(outgoing, js_string!(event), listener, cx)?;
    }
    Ok(Some(promise))
}

/// The head of a response.
struct Head {
    status: u16,
    status_text: JsString,
    list: HeaderList,
}

impl Head {
    fn read(message: &JsObject, cx: &mut Context) -> JsResult<Self> {
        let status = message.get(js_string!("statusCode"), cx)?.to_u32(cx)? as u16;
        let status_text = message.get(js_string!("statusMessage"), cx)?.to_string(cx)?;
        let raw = message.get(js_string!("rawHeaders"), cx)?;
        let raw = raw.as_object().and_then(|raw| JsArray::from_object(raw).ok()).and_then(|raw| raw.dense_values().map(|values| values.to_vec())).unwrap_or_default();
        let mut list = HeaderList::default();
        for pair in raw.chunks_exact(2) {
            let (name, value) = (pair[0].to_string(cx)?, pair[1].to_string(cx)?);
            list.append(name.to_std_string_lossy().to_ascii_lowercase(), value);
        }
        Ok(Self { status, status_text, list })
    }

    /// Where a redirect leads, if it is one; an error where that is no URL of HTTP.
    fn redirect_target(&self, base: &Url) -> Option<Result<Url, ()>> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = self.list.get("location")?;
        let target = parser::join(base, &location.to_std_string_lossy()).ok_or(()).and_then(|mut target| {
            if target.fragment().is_none() {
                target.set_fragment(base.fragment());
            }
            if matches!(target.scheme(), "http" | "https") { Ok(target) } else { Err(()) }
        });
        Some(target)
    }
}

/// The Response of the last hop.
fn finished(head: Head, mut url: Url, redirected: bool, is_head: bool, message: &JsObject, exchange: &Gc<Exchange>, cx: &mut Context) -> JsResult<JsValue> {
    url.set_fragment(None);
    let body = if is_head || response::has_no_body(head.status) {
        exchange.finish(cx)?;
        events::method(message, "resume", &[], cx)?;
        None
    } else {
        let encodings = head.list.get("content-encoding").map(|value| value.to_std_string_lossy()).unwrap_or_default();
        let stream = content::stream_of(message, &encodings, exchange, cx)?;
        Some(Body::of_stream(stream))
    };
    let headers = headers::object(head.list, true, cx)?;
    let made = Response { message: Message::new(headers, body), kind: "basic", url: url.into(), redirected, status: head.status, status_text: head.status_text };
    Ok(made.into_object(cx)?.into())
}
