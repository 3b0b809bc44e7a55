//! A server's connections that are with other processes: how many there are, and when the last is closed.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors as engine_errors, table,
    table::Member,
};

use super::{
    super::{
        arguments::{get, put},
        errors,
    },
    state_of,
};
use crate::events;

/// In the process that sends: asks the one that has the sockets.
static SEND_LIST: Class = Class {
    name: "SocketListSend",
    length: 2,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Modern,
    init: |_, _, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[Member::function("close", 1, close), Member::function("getConnections", 1, get_connections)],
    statics: &[],
};

/// In the process that receives: counts.
static RECEIVE_LIST: Class = Class {
    name: "SocketListReceive",
    length: 2,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Modern,
    init: |_, _, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[],
    statics: &[],
};

fn list_of(target: &JsObject, sends: bool, key: &JsString, class: &'static Class, cx: &mut Context) -> JsResult<(JsObject, bool)> {
    let state = state_of(target, cx)?;
    let found = state.borrow().data().lists.iter().find(|(of_sent, of, _)| *of_sent == sends && of == key).map(|(_, _, list)| list.clone());
    if let Some(found) = found {
        return Ok((found, false));
    }
    let list = JsObject::from_proto_and_data(class.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    events::init_emitter(&list, &JsValue::undefined(), cx)?;
    put(&list, "child", target.clone(), cx)?;
    put(&list, "key", key.clone(), cx)?;
    put(&list, "connections", 0, cx)?;
    state.borrow_mut().data_mut().lists.push((sends, key.clone(), list.clone()));
    Ok((list, true))
}

/// A connection of `server` is sent.
pub fn sent(target: &JsObject, server: &JsObject, key: JsString, cx: &mut Context) -> JsResult<()> {
    let (list, is_new) = list_of(target, true, &key, &SEND_LIST, cx)?;
    if !is_new {
        return Ok(());
    }
    let captured = (list.clone(), server.clone());
    let exited = table::closure(
        "",
        0,
        captured,
        |_this, _args, (list, server), cx| {
            let left: Vec<JsValue> = super::arguments::elements(&get(server, "_workers", cx)?, cx)?;
            let left = left.into_iter().filter(|worker| !worker.strict_equals(&list.clone().into()));
            let left = JsArray::from_iter(left, cx);
            server.set(js_string!("_workers"), left, false, cx)?;
            events::emit(list, js_string!("exit"), &[list.clone().into()], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(target, js_string!("exit"), exited, cx)?;
    server.set(js_string!("_usingWorkers"), true, false, cx)?;
    if let Some(workers) = get(server, "_workers", cx)?.as_object() {
        events::method(&workers, "push", &[list.into()], cx)?;
    }
    Ok(())
}

/// A connection came.
pub fn received(target: &JsObject, socket: &JsObject, key: JsString, cx: &mut Context) -> JsResult<()> {
    let (list, is_new) = list_of(target, false, &key, &RECEIVE_LIST, cx)?;
    if is_new {
        let asked = table::closure("", 1, list.clone(), |_this, args, list, cx| asked(list, args.get_or_undefined(0), cx), cx);
        events::on(target, js_string!("internalMessage"), asked, cx)?;
    }
    add(&list, 1.0, cx)?;
    let closed = table::closure(
        "",
        0,
        list,
        |_this, _args, list, cx| {
            if add(list, -1.0, cx)? == 0.0 {
                events::emit(list, js_string!("empty"), &[list.clone().into()], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, js_string!("close"), closed, cx)
}

fn add(list: &JsObject, by: f64, cx: &mut Context) -> JsResult<f64> {
    let count = get(list, "connections", cx)?.to_number(cx)? + by;
    list.set(js_string!("connections"), count, true, cx)?;
    Ok(count)
}

/// The process that sent the sockets asks about them.
fn asked(list: &JsObject, message: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let message = message.to_object(cx)?;
    let (key, own) = (get(&message, "key", cx)?, get(list, "key", cx)?);
    if !key.strict_equals(&own) {
        return Ok(JsValue::undefined());
    }
    let cmd = get(&message, "cmd", cx)?.to_string(cx)?.to_std_string_lossy();
    let count = get(list, "connections", cx)?;
    match cmd.as_str() {
        "NODE_SOCKET_NOTIFY_CLOSE" if count.as_number() == Some(0.0) => answer(list, "NODE_SOCKET_ALL_CLOSED", None, cx)?,
        "NODE_SOCKET_NOTIFY_CLOSE" => {
            let empty = table::closure(
                "onempty",
                1,
                list.clone(),
                |_this, _args, list, cx| {
                    answer(list, "NODE_SOCKET_ALL_CLOSED", None, cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            );
            events::once(list, js_string!("empty"), empty, cx)?;
        }
        "NODE_SOCKET_GET_COUNT" => answer(list, "NODE_SOCKET_COUNT", Some(count), cx)?,
        _ => {}
    }
    Ok(JsValue::undefined())
}

fn answer(list: &JsObject, cmd: &str, count: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    let child = get(list, "child", cx)?.to_object(cx)?;
    if !get(&child, "connected", cx)?.to_boolean() {
        return Ok(());
    }
    let message = JsObject::with_object_proto(cx.intrinsics());
    put(&message, "cmd", js_string!(cmd), cx)?;
    let key = get(list, "key", cx)?;
    put(&message, "key", key, cx)?;
    if let Some(count) = count {
        put(&message, "count", count, cx)?;
    }
    events::method(&child, "_send", &[message.into(), JsValue::undefined(), true.into()], cx).map(drop)
}

/// Asks the other process; `callback(error, message)`.
fn request(list: &JsObject, cmd: &'static str, reply: &'static str, callback: &JsValue, cx: &mut Context) -> JsResult<()> {
    let child = get(list, "child", cx)?.to_object(cx)?;
    let Some(function) = callback.as_function() else { return Ok(()) };
    let holder = JsObject::with_null_proto();
    let closed = table::closure(
        "onclose",
        0,
        (child.clone(), JsObject::from(function.clone()), holder.clone()),
        |_this, _args, (child, callback, holder), cx| {
            let listener = get(holder, "onreply", cx)?;
            events::remove_listener(child, js_string!("internalMessage"), listener, cx)?;
            let error = coil_engine::op::thrown_value(errors::child_closed_before_reply(cx), cx);
            callback.call(&JsValue::undefined(), &[error], cx)
        },
        cx,
    );
    if !get(&child, "connected", cx)?.to_boolean() {
        closed.call(&JsValue::undefined(), &[], cx)?;
        return Ok(());
    }
    put(&holder, "onclose", closed.clone(), cx)?;
    put(&holder, "reply", js_string!(reply), cx)?;
    let replied = table::closure(
        "onreply",
        1,
        (list.clone(), JsObject::from(function), holder.clone()),
        |this, args, (list, callback, holder), cx| {
            let message = args.get_or_undefined(0).to_object(cx)?;
            let (cmd, key) = (get(&message, "cmd", cx)?, get(&message, "key", cx)?);
            if !(cmd.strict_equals(&get(holder, "reply", cx)?) && key.strict_equals(&get(list, "key", cx)?)) {
                return Ok(JsValue::undefined());
            }
            let child = this.to_object(cx)?;
            let (onclose, onreply) = (get(holder, "onclose", cx)?, get(holder, "onreply", cx)?);
            events::remove_listener(&child, js_string!("disconnect"), onclose, cx)?;
            events::remove_listener(&child, js_string!("internalMessage"), onreply, cx)?;
            let count = get(&message, "count", cx)?;
            callback.call(&JsValue::undefined(), &[JsValue::null(), count], cx)
        },
        cx,
    );
    put(&holder, "onreply", replied.clone(), cx)?;
    events::once(&child, js_string!("disconnect"), closed, cx)?;
    events::on(&child, js_string!("internalMessage"), replied, cx)?;
    let message = JsObject::with_object_proto(cx.intrinsics());
    put(&message, "cmd", js_string!(cmd), cx)?;
    let key = get(list, "key", cx)?;
    put(&message, "key", key, cx)?;
    events::method(&child, "_send", &[message.into(), JsValue::undefined(), true.into()], cx).map(drop)
}

fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = this.to_object(cx)?;
    request(&list, "NODE_SOCKET_NOTIFY_CLOSE", "NODE_SOCKET_ALL_CLOSED", args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn get_connections(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = this.to_object(cx)?;
    request(&list, "NODE_SOCKET_GET_COUNT", "NODE_SOCKET_COUNT", args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}
