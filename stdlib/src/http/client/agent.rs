//! `http.Agent`: a pool of connections to each host, port and family.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{
    Host, Slot,
    async_context::AsyncFrame,
    class::{Class, Kind, Parent},
    table::{self, Member},
    validate,
};

use super::{field, flag, merged, object_field, set};
use crate::{
    events,
    http::{HttpState, outgoing_fields},
    net,
};

/// `http.Agent`
pub(crate) static AGENT: Class = Class {
    name: "Agent",
    length: 1,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("createConnection", 0, create_connection),
        Member::function("getName", 0, get_name),
        Member::function("addRequest", 4, add_request),
        Member::function("createSocket", 3, create_socket),
        Member::function("removeSocket", 2, remove_socket),
        Member::function("keepSocketAlive", 1, keep_socket_alive),
        Member::function("reuseSocket", 2, reuse_socket),
        Member::function("destroy", 0, destroy),
    ],
    statics: &[Member::number("defaultMaxSockets", f64::INFINITY)],
};

/// `http.Agent(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !AGENT.is_instance(this, cx)? {
        return Ok(AGENT.construct(args, cx)?.into());
    }
    (events::EVENT_EMITTER.init)(this, &[], cx)?;
    let agent = this.to_object(cx)?;
    let options = merged(args.get_or_undefined(0).as_object().as_ref(), None, cx)?;
    set(&agent, "options", options.clone(), cx)?;
    let default = |value: JsValue, default: JsValue| if value.to_boolean() { value } else { default };
    let port = default(field(&options, "defaultPort", cx)?, 80.into());
    set(&agent, "defaultPort", port, cx)?;
    let protocol = default(field(&options, "protocol", cx)?, js_string!("http:").into());
    set(&agent, "protocol", protocol, cx)?;
    if field(&options, "noDelay", cx)?.is_undefined() {
        set(&options, "noDelay", true, cx)?;
    }
    // Or it would be taken for the path of a unix socket.
    set(&options, "path", JsValue::null(), cx)?;
    for key in ["requests", "sockets", "freeSockets"] {
        set(&agent, key, JsObject::shared_null(cx), cx)?;
    }
    let max_sockets = field(&AGENT.constructor(cx)?, "defaultMaxSockets", cx)?;
    let settings: [(&'static str, JsValue); 5] =
        [("keepAliveMsecs", 1000.into()), ("keepAlive", false.into()), ("maxSockets", max_sockets), ("maxFreeSockets", 256.into()), ("scheduling", js_string!("lifo").into())];
    for (key, otherwise) in settings {
        let value = default(field(&options, key, cx)?, otherwise);
        set(&agent, key, value, cx)?;
    }
    let total = field(&options, "maxTotalSockets", cx)?;
    set(&agent, "maxTotalSockets", total.clone(), cx)?;
    set(&agent, "totalSocketCount", 0, cx)?;
    let buffer = field(&options, "agentKeepAliveTimeoutBuffer", cx)?;
    let buffer = buffer.as_number().filter(|buffer| *buffer >= 0.0 && buffer.is_finite()).unwrap_or(1000.0);
    set(&agent, "agentKeepAliveTimeoutBuffer", buffer, cx)?;
    let scheduling = field(&agent, "scheduling", cx)?;
    validate::one_of(&scheduling, "scheduling", &["fifo", "lifo"], cx)?;
    if total.is_undefined() {
        set(&agent, "maxTotalSockets", f64::INFINITY, cx)?;
    } else {
        validate::number_within(&total, "maxTotalSockets", Some(1.0), None, cx)?;
    }
    let free = table::function(on_free, js_string!(""), 2, cx);
    events::on(&agent, js_string!("free"), free, cx)?;
    Ok(JsValue::undefined())
}

/// A socket's request is done: the next request that waits gets it, or the pool does, or it is closed.
fn on_free(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    let (socket, options) = (args.get_or_undefined(0).to_object(cx)?, args.get_or_undefined(1).clone());
    let name = name_of(&agent, &options, cx)?;
    if !flag(&socket, "writable", cx)? {
        return events::method(&socket, "destroy", &[], cx);
    }
    let requests = object_field(&agent, "requests", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
    if let Some(waiting) = list(&requests, &name, cx)?
        && let Some(request) = shift(&waiting)?
    {
        if length(&waiting, cx)? == 0 {
            requests.delete_property_or_throw(name, cx)?;
        }
        let request = request.to_object(cx)?;
        let queued = Slot::<Queued>::get(&request, cx).and_then(|queued| queued.borrow_mut().data_mut().frame.take());
        Host::of(cx).with_frame(queued, cx, |cx| set_request_socket(&agent, &request, &socket, cx))?;
        return Ok(JsValue::undefined());
    }
    let request = object_field(&socket, "_httpMessage", cx)?;
    let keeps = match &request {
        Some(request) => flag(request, "shouldKeepAlive", cx)? && flag(&agent, "keepAlive", cx)?,
        None => false,
    };
    if !keeps {
        return events::method(&socket, "destroy", &[], cx);
    }
    let free_sockets = object_field(&agent, "freeSockets", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
    let free = match list(&free_sockets, &name, cx)? {
        Some(free) => free,
        None => JsArray::new(cx)?,
    };
    let free_len = length(&free, cx)?;
    let mut count = free_len;
    if let Some(sockets) = object_field(&agent, "sockets", cx)?
        && let Some(used) = list(&sockets, &name, cx)?
    {
        count += length(&used, cx)?;
    }
    let number = |key: &'static str, cx: &mut Context| field(&agent, key, cx)?.to_number(cx);
    let full = number("totalSocketCount", cx)? > number("maxTotalSockets", cx)? || count as f64 > number("maxSockets", cx)? || free_len as f64 >= number("maxFreeSockets", cx)?;
    if full || !events::method(&agent, "keepSocketAlive", &[socket.clone().into()], cx)?.to_boolean() {
        return events::method(&socket, "destroy", &[], cx);
    }
    free_sockets.set(name, free.clone(), true, cx)?;
    set(&socket, "_httpMessage", JsValue::null(), cx)?;
    events::method(&agent, "removeSocket", &[socket.clone().into(), options], cx)?;
    let listener = free_error_listener(cx)?;
    events::once(&socket, js_string!("error"), listener, cx)?;
    free.push(socket, cx)?;
    Ok(JsValue::undefined())
}

/// The error listener of a socket that nobody uses: one function, so that it can be removed.
fn free_error_listener(cx: &mut Context) -> JsResult<JsObject> {
    let http = Host::of(cx).state::<HttpState>();
    http.listener("freeSocketErrorListener", free_socket_error, cx)
}

fn free_socket_error(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    events::method(&socket, "destroy", &[], cx)?;
    events::emit(&socket, js_string!("agentRemove"), &[], cx)?;
    Ok(JsValue::undefined())
}

/// `Agent.prototype.createConnection`
fn create_connection(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    net::connect(&JsValue::undefined(), args, cx)
}

/// `Agent.prototype.getName`
fn get_name(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut name = String::new();
    let options = args.get_or_undefined(0).as_object().unwrap_or_else(|| JsObject::shared_null(cx));
    let text = |key: &'static str, otherwise: &str, cx: &mut Context| -> JsResult<String> {
        let value = field(&options, key, cx)?;
        if value.to_boolean() { Ok(value.to_string(cx)?.to_std_string_escaped()) } else { Ok(otherwise.to_owned()) }
    };
    name += &text("host", "localhost", cx)?;
    name.push(':');
    name += &text("port", "", cx)?;
    name.push(':');
    name += &text("localAddress", "", cx)?;
    if let Some(family) = field(&options, "family", cx)?.as_number().filter(|family| *family == 4.0 || *family == 6.0) {
        name += &format!(":{family}");
    }
    let path = field(&options, "socketPath", cx)?;
    if path.to_boolean() {
        name += &format!(":{}", path.to_string(cx)?.to_std_string_escaped());
    }
    Ok(js_string!(name).into())
}

fn name_of(agent: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    events::method(agent, "getName", std::slice::from_ref(options), cx)?.to_string(cx)
}

/// `object[name]`, where it is an array.
fn list(object: &JsObject, name: &JsString, cx: &mut Context) -> JsResult<Option<JsArray>> {
    match object.get(name.clone(), cx)?.as_object() {
        Some(list) => JsArray::from_object(list).map(Some),
        None => Ok(None),
    }
}

fn length(list: &JsArray, cx: &mut Context) -> JsResult<u64> {
    list.length(cx)
}

fn shift(list: &JsArray) -> JsResult<Option<JsValue>> {
    Ok(list.change_dense(|values| if values.is_empty() { None } else { Some(values.remove(0)) }).flatten())
}

fn pop(list: &JsArray) -> JsResult<Option<JsValue>> {
    Ok(list.change_dense(|values| values.pop()).flatten())
}

/// `Agent.prototype.addRequest`
fn add_request(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    let request = args.get_or_undefined(0).to_object(cx)?;
    let given = match args.get_or_undefined(1) {
        // `addRequest(req, host, port, localAddress)`, as it once was.
        host if host.is_string() => {
            let options = JsObject::shared_null(cx);
            set(&options, "host", host.clone(), cx)?;
            set(&options, "port", args.get_or_undefined(2).clone(), cx)?;
            set(&options, "localAddress", args.get_or_undefined(3).clone(), cx)?;
            Some(options)
        }
        options => options.as_object(),
    };
    let own = object_field(&agent, "options", cx)?;
    let options = merged(given.as_ref(), own.as_ref(), cx)?;
    normalize(&options, &request, cx)?;
    let name = name_of(&agent, &options.clone().into(), cx)?;
    let sockets = object_field(&agent, "sockets", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
    let used = match list(&sockets, &name, cx)? {
        Some(used) => used,
        None => {
            let used = JsArray::new(cx)?;
            sockets.set(name.clone(), used.clone(), true, cx)?;
            used
        }
    };
    let (free, free_len) = take_free(&agent, &name, cx)?;
    let count = (free_len + length(&used, cx)?) as f64;
    if let Some(socket) = free {
        events::method(&agent, "reuseSocket", &[socket.clone().into(), request.clone().into()], cx)?;
        set_request_socket(&agent, &request, &socket, cx)?;
        used.push(socket, cx)?;
        return Ok(JsValue::undefined());
    }
    let number = |key: &'static str, cx: &mut Context| field(&agent, key, cx)?.to_number(cx);
    let has_room = count < number("maxSockets", cx)? && number("totalSocketCount", cx)? < number("maxTotalSockets", cx)?;
    if has_room {
        let done = table::closure(
            "",
            2,
            (agent.clone(), request.clone()),
            |_this, args, (agent, request), cx| {
                let (error, socket) = (args.get_or_undefined(0), args.get_or_undefined(1));
                if error.to_boolean() {
                    events::method(request, "onSocket", &[socket.clone(), error.clone()], cx)?;
                } else {
                    let socket = socket.to_object(cx)?;
                    set_request_socket(agent, request, &socket, cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        return events::method(&agent, "createSocket", &[request.into(), options.into(), done.into()], cx);
    }
    // Over the limit: it waits until a socket is free.
    let requests = object_field(&agent, "requests", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
    let waiting = match list(&requests, &name, cx)? {
        Some(waiting) => waiting,
        None => {
            let waiting = JsArray::new(cx)?;
            requests.set(name, waiting.clone(), true, cx)?;
            waiting
        }
    };
    let key = Host::of(cx).named_symbol("requestOptions", cx);
    request.set(key, options, true, cx)?;
    Slot::set(&request, Queued { frame: Host::of(cx).async_frame() }, cx)?;
    waiting.push(request, cx)?;
    Ok(JsValue::undefined())
}

/// What a request that waits for a socket remembers: where it was made.
#[derive(Trace, Finalize, JsData)]
struct Queued {
    #[unsafe_ignore_trace]
    frame: Option<Rc<AsyncFrame>>,
}

/// A socket of the pool that is still open, and how many are left there.
fn take_free(agent: &JsObject, name: &JsString, cx: &mut Context) -> JsResult<(Option<JsObject>, u64)> {
    let Some(free_sockets) = object_field(agent, "freeSockets", cx)? else { return Ok((None, 0)) };
    let Some(free) = list(&free_sockets, name, cx)? else { return Ok((None, 0)) };
    while let Some(first) = free.get(0, cx)?.as_object() {
        if !flag(&first, "destroyed", cx)? {
            break;
        }
        shift(&free)?;
    }
    let is_fifo = field(agent, "scheduling", cx)?.as_string().is_some_and(|scheduling| scheduling == "fifo");
    let socket = if is_fifo { shift(&free)? } else { pop(&free)? };
    let left = length(&free, cx)?;
    if left == 0 {
        free_sockets.delete_property_or_throw(name.clone(), cx)?;
    }
    Ok((socket.and_then(|socket| socket.as_object()), left))
}

/// What `addRequest` and `createSocket` both make of their options.
fn normalize(options: &JsObject, request: &JsObject, cx: &mut Context) -> JsResult<()> {
    let socket_path = field(options, "socketPath", cx)?;
    if socket_path.to_boolean() {
        set(options, "path", socket_path, cx)?;
    }
    let given = field(options, "servername", cx)?;
    if given.to_boolean() || given.as_string().is_some_and(|name| name.is_empty()) {
        return Ok(());
    }
    let mut name = field(options, "host", cx)?;
    let host = events::method(request, "getHeader", &[js_string!("host").into()], cx)?;
    if host.to_boolean() {
        let host = validate::string(&host, "options.headers.host", cx)?.to_std_string_escaped();
        let bare = match host.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map_or(host.as_str(), |(address, _)| address),
            None => host.split(':').next().unwrap_or_default(),
        };
        name = js_string!(bare).into();
    }
    // An address is no name.
    if name.as_string().is_some_and(|name| net::ip_version(&name.to_std_string_lossy()) != 0) {
        name = js_string!("").into();
    }
    set(options, "servername", name, cx)
}

/// `Agent.prototype.createSocket`
fn create_socket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    let request = args.get_or_undefined(0).to_object(cx)?;
    let own = object_field(&agent, "options", cx)?;
    let options = merged(args.get_or_undefined(1).as_object().as_ref(), own.as_ref(), cx)?;
    normalize(&options, &request, cx)?;
    let mut timeout = field(&request, "timeout", cx)?;
    if !timeout.to_boolean()
        && let Some(own) = &own
    {
        timeout = field(own, "timeout", cx)?;
    }
    if timeout.to_boolean() {
        set(&options, "timeout", timeout, cx)?;
    }
    let name = name_of(&agent, &options.clone().into(), cx)?;
    set(&options, "_agentKey", name.clone(), cx)?;
    set(&options, "encoding", JsValue::null(), cx)?;
    let keep_alive = field(&agent, "keepAlive", cx)?;
    if keep_alive.to_boolean() {
        set(&options, "keepAlive", keep_alive, cx)?;
        let delay = field(&agent, "keepAliveMsecs", cx)?;
        set(&options, "keepAliveInitialDelay", delay, cx)?;
    }
    let created = Created { agent: agent.clone(), options: options.clone(), name, callback: args.get_or_undefined(2).clone() };
    let done = once(created, on_create, cx);
    let socket = events::method(&agent, "createConnection", &[options.into(), done.clone().into()], cx)?;
    if socket.to_boolean() {
        done.call(&JsValue::undefined(), &[JsValue::null(), socket], cx)?;
    }
    Ok(JsValue::undefined())
}

#[derive(Clone, Trace, Finalize)]
struct Created {
    agent: JsObject,
    options: JsObject,
    name: JsString,
    callback: JsValue,
}

/// A function that does something at its first call only.
fn once<T: Trace + Clone + 'static>(captures: T, act: fn(&T, &[JsValue], &mut Context) -> JsResult<()>, cx: &mut Context) -> boa_engine::object::builtins::JsFunction {
    let called = boa_gc::Gc::new(boa_gc::GcRefCell::new(false));
    table::closure(
        "",
        0,
        (captures, called, Act(act)),
        |_this, args, (captures, called, act), cx| {
            if !std::mem::replace(&mut *called.borrow_mut(), true) {
                (act.0)(captures, args, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    )
}

/// A plain function as a capture.
#[derive(Trace, Finalize)]
struct Act<T: 'static>(#[unsafe_ignore_trace] fn(&T, &[JsValue], &mut Context) -> JsResult<()>);

fn on_create(created: &Created, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let Created { agent, options, name, callback } = created;
    let Some(callback) = callback.as_function() else { return Ok(()) };
    let error = args.get_or_undefined(0);
    if error.to_boolean() {
        return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx).map(drop);
    }
    let socket = args.get_or_undefined(1).to_object(cx)?;
    let sockets = object_field(agent, "sockets", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
    let used = match list(&sockets, name, cx)? {
        Some(used) => used,
        None => {
            let used = JsArray::new(cx)?;
            sockets.set(name.clone(), used.clone(), true, cx)?;
            used
        }
    };
    used.push(socket.clone(), cx)?;
    change_total(agent, 1.0, cx)?;
    install_listeners(agent, &socket, options, cx)?;
    callback.call(&JsValue::undefined(), &[JsValue::null(), socket.into()], cx).map(drop)
}

fn change_total(agent: &JsObject, by: f64, cx: &mut Context) -> JsResult<()> {
    let count = field(agent, "totalSocketCount", cx)?.to_number(cx)?;
    set(agent, "totalSocketCount", count + by, cx)
}

fn install_listeners(agent: &JsObject, socket: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let pooled = (agent.clone(), socket.clone(), options.clone());
    let free = table::closure(
        "onFree",
        0,
        pooled.clone(),
        |_this, _args, (agent, socket, options), cx| {
            events::emit(agent, js_string!("free"), &[socket.clone().into(), options.clone().into()], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(socket, js_string!("free"), free.clone(), cx)?;
    let close = table::closure(
        "onClose",
        1,
        pooled.clone(),
        |_this, _args, (agent, socket, options), cx| {
            change_total(agent, -1.0, cx)?;
            events::method(agent, "removeSocket", &[socket.clone().into(), options.clone().into()], cx)
        },
        cx,
    );
    events::on(socket, js_string!("close"), close.clone(), cx)?;
    let timeout = table::closure(
        "onTimeout",
        0,
        pooled.clone(),
        |_this, _args, (agent, socket, _), cx| {
            let Some(free) = object_field(agent, "freeSockets", cx)? else { return Ok(JsValue::undefined()) };
            for (_, list) in crate::http::own_entries(&free, cx)? {
                let sockets = outgoing_fields::elements(&list, cx)?.unwrap_or_default();
                if sockets.iter().any(|free| free.as_object().is_some_and(|free| JsObject::equals(&free, socket))) {
                    return events::method(socket, "destroy", &[], cx);
                }
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(socket, js_string!("timeout"), timeout.clone(), cx)?;
    // An upgraded connection is no longer the pool's.
    let removed = table::closure(
        "onRemove",
        0,
        (pooled, (free, close, timeout)),
        |_this, _args, (pooled, listeners), cx| {
            let (agent, socket, options) = pooled;
            let (free, close, timeout) = listeners;
            change_total(agent, -1.0, cx)?;
            events::method(agent, "removeSocket", &[socket.clone().into(), options.clone().into()], cx)?;
            events::remove_listener(socket, js_string!("close"), close.clone(), cx)?;
            events::remove_listener(socket, js_string!("free"), free.clone(), cx)?;
            events::remove_listener(socket, js_string!("timeout"), timeout.clone(), cx)?;
            events::method(socket, "removeAllListeners", &[js_string!("agentRemove").into()], cx)
        },
        cx,
    );
    events::on(socket, js_string!("agentRemove"), removed, cx)
}

/// `Agent.prototype.removeSocket`
fn remove_socket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    let socket = args.get_or_undefined(0).to_object(cx)?;
    let mut options = args.get_or_undefined(1).clone();
    let name = name_of(&agent, &options, cx)?;
    let mut sets = vec![object_field(&agent, "sockets", cx)?];
    if !flag(&socket, "writable", cx)? {
        sets.push(object_field(&agent, "freeSockets", cx)?);
    }
    for sockets in sets.into_iter().flatten() {
        let Some(found) = list(&sockets, &name, cx)? else { continue };
        let removed = found.change_dense(|values| {
            let at = values.iter().position(|value| value.as_object().is_some_and(|value| JsObject::equals(&value, &socket)));
            at.map(|at| values.remove(at)).is_some()
        });
        if removed == Some(true) && length(&found, cx)? == 0 {
            sockets.delete_property_or_throw(name.clone(), cx)?;
        }
    }
    let requests = object_field(&agent, "requests", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
    let mut request = match list(&requests, &name, cx)? {
        Some(waiting) => waiting.get(0, cx)?.as_object(),
        None => None,
    };
    let key = Host::of(cx).named_symbol("requestOptions", cx);
    if request.is_none()
        && let Some((other, waiting)) = crate::http::own_entries(&requests, cx)?.into_iter().next()
    {
        let sockets = object_field(&agent, "sockets", cx)?.unwrap_or_else(|| JsObject::shared_null(cx));
        let used = match list(&sockets, &other, cx)? {
            Some(used) => length(&used, cx)?,
            None => 0,
        };
        if used == 0 {
            request = waiting.to_object(cx)?.get(0, cx)?.as_object();
            if let Some(request) = &request {
                options = request.get(key.clone(), cx)?;
            }
        }
    }
    let Some(request) = request.filter(|_| options.to_boolean()) else { return Ok(JsValue::undefined()) };
    request.set(key, JsValue::undefined(), true, cx)?;
    let done = table::closure(
        "",
        2,
        request.clone(),
        |_this, args, request, cx| {
            let (error, socket) = (args.get_or_undefined(0), args.get_or_undefined(1));
            if error.to_boolean() {
                return events::method(request, "onSocket", &[JsValue::null(), error.clone()], cx);
            }
            super::emit_free(&socket.to_object(cx)?, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&agent, "createSocket", &[request.into(), options, done.into()], cx)
}

/// `Agent.prototype.keepSocketAlive`: whether the socket may be used again; it waits without keeping the program alive.
fn keep_socket_alive(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    let socket = args.get_or_undefined(0).to_object(cx)?;
    let delay = field(&agent, "keepAliveMsecs", cx)?;
    events::method(&socket, "setKeepAlive", &[true.into(), delay], cx)?;
    events::method(&socket, "unref", &[], cx)?;
    let mut timeout_ms = match object_field(&agent, "options", cx)? {
        Some(options) => field(&options, "timeout", cx)?.as_number().unwrap_or(0.0),
        None => 0.0,
    };
    let mut keeps = true;
    if let Some(hint_s) = announced_timeout(&socket, cx)? {
        // The server announced when it will close: the socket goes a little earlier, so that no request meets its end.
        let buffer_ms = field(&agent, "agentKeepAliveTimeoutBuffer", cx)?.as_number().unwrap_or(1000.0);
        let hint_ms = hint_s * 1000.0 - buffer_ms;
        if hint_ms <= 0.0 {
            keeps = false;
        } else if hint_ms < timeout_ms {
            timeout_ms = hint_ms;
        }
    }
    if field(&socket, "timeout", cx)?.as_number() != Some(timeout_ms) {
        events::method(&socket, "setTimeout", &[timeout_ms.into()], cx)?;
    }
    Ok(keeps.into())
}

/// `Keep-Alive: timeout=5` of the response that came last.
fn announced_timeout(socket: &JsObject, cx: &mut Context) -> JsResult<Option<f64>> {
    let Some(request) = object_field(socket, "_httpMessage", cx)? else { return Ok(None) };
    let Some(response) = object_field(&request, "res", cx)? else { return Ok(None) };
    let Some(headers) = object_field(&response, "headers", cx)? else { return Ok(None) };
    let Some(hint) = headers.get(js_string!("keep-alive"), cx)?.as_string() else { return Ok(None) };
    let hint = hint.to_std_string_escaped();
    let digits = hint.strip_prefix("timeout=").unwrap_or_default();
    let digits = &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()];
    Ok(digits.parse().ok())
}

/// `Agent.prototype.reuseSocket`
fn reuse_socket(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, request) = (args.get_or_undefined(0).to_object(cx)?, args.get_or_undefined(1).to_object(cx)?);
    let listener = free_error_listener(cx)?;
    events::remove_listener(&socket, js_string!("error"), listener, cx)?;
    set(&request, "reusedSocket", true, cx)?;
    events::method(&socket, "ref", &[], cx)
}

/// `Agent.prototype.destroy`
fn destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    for key in ["freeSockets", "sockets"] {
        let Some(sockets) = object_field(&agent, key, cx)? else { continue };
        for (_, list) in crate::http::own_entries(&sockets, cx)? {
            for socket in outgoing_fields::elements(&list, cx)?.unwrap_or_default() {
                let socket = socket.to_object(cx)?;
                events::method(&socket, "destroy", &[], cx)?;
            }
        }
    }
    Ok(JsValue::undefined())
}

fn set_request_socket(agent: &JsObject, request: &JsObject, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::method(request, "onSocket", &[socket.clone().into()], cx)?;
    let own = match object_field(agent, "options", cx)? {
        Some(options) => field(&options, "timeout", cx)?,
        None => JsValue::undefined(),
    };
    let own = if own.to_boolean() { own } else { 0.into() };
    let wanted = field(request, "timeout", cx)?;
    if wanted.is_undefined() || wanted.strict_equals(&own) {
        return Ok(());
    }
    events::method(socket, "setTimeout", &[wanted], cx).map(drop)
}

/// `http.globalAgent`
pub(in crate::http) fn global_agent(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let http = Host::of(cx).state::<HttpState>();
    if let Some(agent) = http.global_agent.borrow().as_ref() {
        return Ok(agent.clone());
    }
    let options = JsObject::shared_null(cx);
    set(&options, "keepAlive", true, cx)?;
    set(&options, "scheduling", js_string!("lifo"), cx)?;
    set(&options, "timeout", 5000, cx)?;
    let agent: JsValue = AGENT.construct(&[options.into()], cx)?.into();
    http.global_agent.replace(Some(agent.clone()));
    Ok(agent)
}

/// `http.globalAgent = agent`
pub(in crate::http) fn set_global_agent(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let http = Host::of(cx).state::<HttpState>();
    http.global_agent.replace(Some(args.get_or_undefined(0).clone()));
    Ok(JsValue::undefined())
}
