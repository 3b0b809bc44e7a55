//! `child.send` and `process.send`: messages between a process and its children, as Node's own processes send them.
//!
//! A message is a line of JSON, or with `serialization: 'advanced'` four bytes with its length, the highest first, and V8's serialization
//! format. What begins with `NODE_` in its `cmd` is between the runtimes. A socket or server travels as a descriptor
//! with the message `NODE_HANDLE`, which the other side acknowledges before the next is sent.

use std::{cell::Cell, collections::VecDeque, os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{Host, Slot, coil_sys::SysResult, errors as engine_errors, table, validate};

use self::channel::{Channel, Receiver};
use super::{
    arguments::{self, get, put},
    child, errors,
};
use crate::{
    buffer::{self, Encoding},
    events,
};

mod channel;
mod control;
mod handles;
mod socket_list;

/// What a process with a channel keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Ipc {
    #[unsafe_ignore_trace]
    channel: Rc<Channel>,
    control: JsObject,
    /// `serialization: 'advanced'`
    advanced: bool,
    /// What was read of a message that is not complete.
    part: Vec<u8>,
    /// Descriptors that came, until their message is read.
    #[unsafe_ignore_trace]
    fds: VecDeque<OwnedFd>,
    /// Messages that came before anybody listened.
    early: Vec<(JsValue, JsValue)>,
    stringify: JsObject,
    /// Sockets sent and got, by the server they belong to.
    lists: Vec<(bool, JsString, JsObject)>,
    #[unsafe_ignore_trace]
    ended: Cell<bool>,
}

type State = JsObject<Ipc>;

fn state_of(target: &JsObject, cx: &mut Context) -> JsResult<State> {
    Slot::<Ipc>::get(target, cx).ok_or_else(|| errors::ipc_channel_closed(cx))
}

/// `setupChannel`: gives `target` (a ChildProcess, or `process`) its methods and begins to read. Gives the control.
pub fn set_up(target: &JsObject, fd: OwnedFd, reffed: bool, advanced: bool, cx: &mut Context) -> JsResult<JsObject> {
    let channel = Channel::new(fd, reffed, cx);
    let control = control::make(&channel, cx)?;
    let json = cx.intrinsics().objects().json();
    let stringify = json.get(js_string!("stringify"), cx)?.to_object(cx)?;
    let ipc = Ipc { channel: channel.clone(), control: control.clone(), advanced, part: Vec::new(), fds: VecDeque::new(), early: Vec::new(), stringify, lists: Vec::new(), ended: Cell::new(false) };
    Slot::set(target, ipc, cx)?;
    put(target, "channel", control.clone(), cx)?;
    let alias = PropertyDescriptor::builder()
        .get(table::function(|this, _, cx| get(&this.to_object(cx)?, "channel", cx), js_string!("get"), 0, cx))
        .set(table::function(
            |this, args, cx| {
                this.to_object(cx)?.set(js_string!("channel"), args.get_or_undefined(0).clone(), true, cx)?;
                Ok(JsValue::undefined())
            },
            js_string!("set"),
            1,
            cx,
        ))
        .enumerable(false)
        .configurable(true);
    target.define_property_or_throw(js_string!("_channel"), alias, cx)?;
    for name in ["_handleQueue", "_pendingMessage"] {
        put(target, name, JsValue::null(), cx)?;
    }
    let internal = table::closure("", 2, target.clone(), |_this, args, target, cx| on_internal_message(target, args, cx), cx);
    events::on(target, js_string!("internalMessage"), internal, cx)?;
    let listener = table::closure("", 0, target.clone(), |_this, _args, target, cx| on_new_listener(target, cx), cx);
    events::on(target, js_string!("newListener"), listener, cx)?;
    for (name, length, call) in METHODS {
        let method = table::function(*call, js_string!(), *length, cx);
        put(target, name, method, cx)?;
        if *name == "_send" {
            put(target, "connected", true, cx)?;
        }
    }
    if let Err(error) = channel.start(Rc::new(Target(target.clone()))) {
        return Err(engine_errors::system(&error, cx));
    }
    Ok(control)
}

type Call = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

const METHODS: &[(&str, u8, Call)] = &[("send", 4, send), ("_send", 4, raw_send), ("disconnect", 0, disconnect), ("_disconnect", 0, raw_disconnect)];

/// The object that gets what arrives.
struct Target(JsObject);

impl Receiver for Target {
    fn received(self: Rc<Self>, bytes: &[u8], fds: Vec<OwnedFd>, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| receive(&self.0, bytes, fds, cx));
    }

    fn ended(self: Rc<Self>, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| ended(&self.0, cx));
    }
}

fn receive(target: &JsObject, bytes: &[u8], fds: Vec<OwnedFd>, cx: &mut Context) -> JsResult<()> {
    let state = state_of(target, cx)?;
    let (advanced, messages) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.fds.extend(fds);
        state.part.extend_from_slice(bytes);
        let messages = if state.advanced { complete_by_length(&mut state.part) } else { complete_lines(&mut state.part, bytes.len()) };
        (state.advanced, messages)
    };
    for message in messages {
        let message = if advanced {
            crate::v8::messages::value_of(&message, cx)?
        } else {
            let text = buffer::bytes_to_string(&message, Encoding::Utf8, cx)?;
            boa_engine::json::parse_text(&text, cx)?
        };
        let cmd = internal_cmd(&message, cx)?;
        let handle = match cmd.as_deref() {
            Some("NODE_HANDLE") => {
                let fd = state.borrow_mut().data_mut().fds.pop_front();
                match fd {
                    Some(fd) => handles::object_of_fd(fd, cx)?,
                    None => JsValue::undefined(),
                }
            }
            _ => JsValue::undefined(),
        };
        handle_message(target, message, handle, cmd.is_some(), cx)?;
    }
    Ok(())
}

/// Takes the whole lines off what was read; the last `new` bytes are new, and before them is no end of a line.
fn complete_lines(part: &mut Vec<u8>, new: usize) -> Vec<Vec<u8>> {
    let old = part.len() - new;
    let Some(end) = part[old..].iter().rposition(|&byte| byte == b'\n') else { return Vec::new() };
    let rest = part.split_off(old + end + 1);
    let complete = std::mem::replace(part, rest);
    complete.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

/// Takes the whole messages off what was read, each behind its length.
fn complete_by_length(part: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let (mut messages, mut at) = (Vec::new(), 0);
    while let Some((head, rest)) = part[at..].split_first_chunk::<4>() {
        let Some(message) = usize::try_from(u32::from_be_bytes(*head)).ok().and_then(|len| rest.get(..len)) else { break };
        messages.push(message.to_vec());
        at += head.len() + message.len();
    }
    part.drain(..at);
    messages
}

/// A message as it is written.
fn written(message: &JsValue, advanced: bool, stringify: &JsObject, cx: &mut Context) -> JsResult<Vec<u8>> {
    if advanced {
        let body = crate::v8::messages::bytes_of(message, cx)?;
        let Ok(len) = u32::try_from(body.len()) else {
            return Err(engine_errors::plain(engine_errors::Base::Range, "The message is too long for the channel"));
        };
        let mut bytes = len.to_be_bytes().to_vec();
        bytes.extend_from_slice(&body);
        return Ok(bytes);
    }
    let text = stringify.call(&JsValue::undefined(), std::slice::from_ref(message), cx)?;
    // As Node's template has it.
    let text = text.to_string(cx)?;
    let mut bytes = buffer::string_to_bytes(&text, Encoding::Utf8);
    bytes.push(b'\n');
    Ok(bytes)
}

/// The `cmd` of a message between runtimes.
fn internal_cmd(message: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    let Some(object) = message.as_object() else { return Ok(None) };
    let cmd = get(&object, "cmd", cx)?;
    let cmd = cmd.as_string().map(|cmd| cmd.to_std_string_lossy());
    Ok(cmd.filter(|cmd| cmd.len() > PREFIX.len() && cmd.starts_with(PREFIX)))
}

const PREFIX: &str = "NODE_";

/// Tells a message in the next tick.
fn handle_message(target: &JsObject, message: JsValue, handle: JsValue, internal: bool, cx: &mut Context) -> JsResult<()> {
    if get(target, "channel", cx)?.is_null_or_undefined() {
        return Ok(());
    }
    let target = target.clone();
    Host::of(cx).next_tick_native(move |cx| {
        if internal {
            return events::emit(&target, js_string!("internalMessage"), &[message, handle], cx).map(drop);
        }
        if events::listener_count(&target, js_string!("message"), cx)? > 0 {
            return events::emit(&target, js_string!("message"), &[message, handle], cx).map(drop);
        }
        let state = state_of(&target, cx)?;
        state.borrow_mut().data_mut().early.push((message, handle));
        Ok(())
    });
    Ok(())
}

/// Somebody may listen to messages now.
fn on_new_listener(target: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let target = target.clone();
    Host::of(cx).next_tick_native(move |cx| {
        if get(&target, "channel", cx)?.is_null_or_undefined() || events::listener_count(&target, js_string!("message"), cx)? == 0 {
            return Ok(());
        }
        let state = state_of(&target, cx)?;
        let early = std::mem::take(&mut state.borrow_mut().data_mut().early);
        for (message, handle) in early {
            events::emit(&target, js_string!("message"), &[message, handle], cx)?;
        }
        Ok(())
    });
    Ok(JsValue::undefined())
}

/// The other side is gone.
fn ended(target: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = state_of(target, cx)?;
    let channel = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.part.clear();
        state.ended.set(true);
        state.channel.clone()
    };
    events::method(target, "disconnect", &[], cx)?;
    channel.close();
    target.set(js_string!("channel"), JsValue::null(), true, cx)?;
    if child::CHILD_PROCESS.is_instance(&target.clone().into(), cx)? {
        child::maybe_close(target, cx)?;
    }
    Ok(())
}

/// Messages between the runtimes.
fn on_internal_message(target: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (message, handle) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let cmd = internal_cmd(message, cx)?;
    match cmd.as_deref() {
        Some(cmd @ ("NODE_HANDLE_ACK" | "NODE_HANDLE_NACK")) => acknowledged(target, cmd == "NODE_HANDLE_ACK", cx)?,
        Some("NODE_HANDLE") => {
            let answer = JsObject::with_object_proto(cx.intrinsics());
            let arrived = handle.is_object();
            put(&answer, "cmd", js_string!(if arrived { "NODE_HANDLE_ACK" } else { "NODE_HANDLE_NACK" }), cx)?;
            events::method(target, "_send", &[answer.into(), JsValue::null(), true.into()], cx)?;
            if arrived {
                let message = message.to_object(cx)?;
                handles::got(target, &message, handle, cx)?;
            }
        }
        _ => {}
    }
    Ok(JsValue::undefined())
}

/// A handle was received: the next may be sent.
fn acknowledged(target: &JsObject, well: bool, cx: &mut Context) -> JsResult<()> {
    if let Some(pending) = get(target, "_pendingMessage", cx)?.as_object() {
        if well {
            handles::close_pending(target, cx)?;
        } else {
            let tries = get(&pending, "retransmissions", cx)?.to_number(cx)?;
            pending.set(js_string!("retransmissions"), tries + 1.0, true, cx)?;
            if tries >= RETRANSMISSIONS_MAX {
                handles::close_pending(target, cx)?;
                crate::process::emit_warning("Handle did not reach the receiving process correctly", "SentHandleNotReceivedWarning", None, cx)?;
            }
        }
    }
    let queue = get(target, "_handleQueue", cx)?;
    target.set(js_string!("_handleQueue"), JsValue::null(), true, cx)?;
    let again = get(target, "_pendingMessage", cx)?;
    for entry in again.as_object().into_iter().map(JsValue::from).chain(arguments::elements(&queue, cx)?) {
        let entry = entry.to_object(cx)?;
        let mut args = Vec::with_capacity(4);
        for name in ["message", "handle", "options", "callback"] {
            args.push(get(&entry, name, cx)?);
        }
        events::method(target, "_send", &args, cx)?;
    }
    let disconnects = !get(target, "connected", cx)?.to_boolean() && get(target, "channel", cx)?.to_boolean() && !get(target, "_handleQueue", cx)?.to_boolean();
    if disconnects {
        events::method(target, "_disconnect", &[], cx)?;
    }
    Ok(())
}

/// Node's `MAX_HANDLE_RETRANSMISSIONS`
const RETRANSMISSIONS_MAX: f64 = 3.0;

/// `target.send(message[, handle[, options]][, callback])`
fn send(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = this.to_object(cx)?;
    let nth = |at: usize| args.get(at).cloned().unwrap_or_default();
    let (message, mut handle, mut options, mut callback) = (nth(0), nth(1), nth(2), nth(3));
    if handle.is_callable() {
        callback = std::mem::take(&mut handle);
        options = JsValue::undefined();
    } else if options.is_callable() {
        callback = std::mem::take(&mut options);
    } else if !options.is_undefined() {
        validate::object(&options, "options", cx)?;
    }
    let copy = JsObject::with_object_proto(cx.intrinsics());
    put(&copy, "swallowErrors", false, cx)?;
    if let Some(options) = options.as_object() {
        for (name, value) in crate::http::own_entries(&options, cx)? {
            copy.create_data_property_or_throw(name, value, cx)?;
        }
    }
    if get(&target, "connected", cx)?.to_boolean() {
        return events::method(&target, "_send", &[message, handle, copy.into(), callback], cx);
    }
    let error = coil_engine::op::thrown_value(errors::ipc_channel_closed(cx), cx);
    fail_later(&target, error, &callback, cx);
    Ok(false.into())
}

/// An error to the callback, or as an event.
fn fail_later(target: &JsObject, error: JsValue, callback: &JsValue, cx: &mut Context) {
    let host = Host::of(cx);
    match callback.as_function() {
        Some(callback) => host.next_tick(callback, JsValue::undefined(), vec![error]),
        None => {
            let target = target.clone();
            host.next_tick_native(move |cx| events::emit(&target, js_string!("error"), &[error], cx).map(drop));
        }
    }
}

/// `target._send(message, handle, options, callback)`
fn raw_send(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = this.to_object(cx)?;
    let nth = |at: usize| args.get(at).cloned().unwrap_or_default();
    let (mut message, handle, mut options, callback) = (nth(0), nth(1), nth(2), nth(3));
    let state = state_of(&target, cx)?;
    if message.is_undefined() {
        return Err(engine_errors::missing_args(&["message"], cx));
    }
    if !(message.is_string() || message.is_number() || message.is_boolean() || message.is_null() || message.is_object() && !message.is_callable()) {
        return Err(engine_errors::invalid_arg_type("message", "string|object|number|boolean", &message, cx));
    }
    if options.is_boolean() {
        let legacy = JsObject::with_object_proto(cx.intrinsics());
        put(&legacy, "swallowErrors", options, cx)?;
        options = legacy.into();
    }
    let options = match options.as_object() {
        Some(options) => options,
        None => JsObject::with_object_proto(cx.intrinsics()),
    };
    let queue = get(&target, "_handleQueue", cx)?.as_object();
    let mut sent = None;
    if handle.to_boolean() {
        let kind = handles::kind_of(&handle, cx)?;
        if let Some(queue) = queue {
            return enqueue(&queue, &callback, &handle, &options, &message, cx);
        }
        let wrapped = JsObject::with_object_proto(cx.intrinsics());
        put(&wrapped, "cmd", js_string!("NODE_HANDLE"), cx)?;
        put(&wrapped, "type", js_string!(kind.name()), cx)?;
        put(&wrapped, "msg", message.clone(), cx)?;
        sent = handles::take(&target, kind, &wrapped, &handle, &options, cx)?;
        if sent.is_some() {
            message = wrapped.into();
        }
    } else if let Some(queue) = queue {
        let answers = matches!(internal_cmd(&message, cx)?.as_deref(), Some("NODE_HANDLE_ACK" | "NODE_HANDLE_NACK"));
        if !answers {
            return enqueue(&queue, &callback, &JsValue::null(), &options, &message, cx);
        }
    }
    let (channel, control, advanced, stringify) = {
        let state = state.borrow();
        let state = state.data();
        (state.channel.clone(), state.control.clone(), state.advanced, state.stringify.clone())
    };
    let bytes = written(&message, advanced, &stringify, cx)?;
    let (counted, told) = (control.clone(), callback.clone());
    let (fd, native) = match sent {
        Some(handles::Sent { fd, native }) => (Some(fd), native),
        None => (None, None),
    };
    let has_handle = fd.is_some();
    let result = channel.write(bytes, fd, move || {
        Box::new(move |_result: SysResult<()>, cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| {
                control::count(&counted.into(), -1, cx)?;
                match told.as_function() {
                    Some(callback) => callback.call(&JsValue::undefined(), &[JsValue::null()], cx).map(drop),
                    None => Ok(()),
                }
            });
        })
    });
    match result {
        Ok(at_once) => {
            if has_handle {
                let queue = JsArray::new(cx)?;
                target.set(js_string!("_handleQueue"), queue, true, cx)?;
                if let Some(native) = native {
                    handles::keep_pending(&target, &message, native, &options, &callback, cx)?;
                }
            }
            if !at_once {
                control::count(&control.into(), 1, cx)?;
            } else if let Some(callback) = callback.as_function() {
                Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::null()]);
            }
        }
        Err(error) => {
            if let Some(native) = native.and_then(|native| native.as_object()) {
                events::method(&native, "close", &[], cx)?;
            }
            if !get(&options, "swallowErrors", cx)?.to_boolean() {
                let error = errors::errno_exception(error.errno, "write", cx)?;
                fail_later(&target, error.into(), &callback, cx);
            }
        }
    }
    Ok((channel.queue_len() < QUEUE_LEN_MAX).into())
}

/// The other side is more than two reads behind: `send` says so.
const QUEUE_LEN_MAX: usize = 65_536 * 2;

/// A message waits for the handle before it to be acknowledged.
fn enqueue(queue: &JsObject, callback: &JsValue, handle: &JsValue, options: &JsObject, message: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let entry = JsObject::with_object_proto(cx.intrinsics());
    put(&entry, "callback", callback.clone(), cx)?;
    put(&entry, "handle", handle.clone(), cx)?;
    put(&entry, "options", options.clone(), cx)?;
    put(&entry, "message", message.clone(), cx)?;
    let queue = JsArray::from_object(queue.clone())?;
    queue.push(entry, cx)?;
    Ok((queue.length(cx)? == 1).into())
}

/// `target.disconnect()`
fn disconnect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = this.to_object(cx)?;
    if !get(&target, "connected", cx)?.to_boolean() {
        let error = coil_engine::op::thrown_value(errors::ipc_disconnected(cx), cx);
        events::emit(&target, js_string!("error"), &[error], cx)?;
        return Ok(JsValue::undefined());
    }
    target.set(js_string!("connected"), false, true, cx)?;
    if !get(&target, "_handleQueue", cx)?.to_boolean() {
        events::method(&target, "_disconnect", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `target._disconnect()`
fn raw_disconnect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = this.to_object(cx)?;
    let state = state_of(&target, cx)?;
    target.set(js_string!("channel"), JsValue::null(), true, cx)?;
    if get(&target, "_pendingMessage", cx)?.to_boolean() {
        handles::close_pending(&target, cx)?;
    }
    let (channel, partly) = {
        let state = state.borrow();
        (state.data().channel.clone(), !state.data().part.is_empty())
    };
    let fired = Rc::new(Cell::new(false));
    let own = target.clone();
    let finish = move |cx: &mut Context| -> JsResult<()> {
        if fired.replace(true) {
            return Ok(());
        }
        channel.close();
        events::emit(&own, js_string!("disconnect"), &[], cx).map(drop)
    };
    if !partly {
        Host::of(cx).next_tick_native(finish);
        return Ok(JsValue::undefined());
    }
    // A message is being read: it is told first.
    let finish = Finish(Box::new(finish));
    let finish = table::closure("finish", 0, finish, |_this, _args, finish, cx| (finish.0)(cx).map(|()| JsValue::undefined()), cx);
    for event in ["message", "internalMessage"] {
        events::once(&target, js_string!(event), finish.clone(), cx)?;
    }
    Ok(JsValue::undefined())
}

#[derive(Trace, Finalize)]
struct Finish(#[unsafe_ignore_trace] Box<dyn Fn(&mut Context) -> JsResult<()>>);

/// What a process that was forked does first: finds its channel.
pub fn join_parent(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let Some(fd) = host.env("NODE_CHANNEL_FD") else { return Ok(()) };
    let advanced = host.env("NODE_CHANNEL_SERIALIZATION_MODE").as_deref() == Some("advanced");
    for name in ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"] {
        host.sys().env().delete(name);
    }
    let Ok(fd) = fd.parse::<i32>() else { return Ok(()) };
    join(fd, advanced, cx)
}

/// `child_process._forkChild(fd, serializationMode)`
pub fn join(fd: i32, advanced: bool, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let Some(fd) = host.sys().fs().fds().take(fd) else {
        return Err(engine_errors::system(&coil_engine::coil_sys::SysError::new(coil_engine::coil_sys::errno::EBADF, "open"), cx));
    };
    if let Err(error) = host.sys().net().adopt(&fd) {
        return Err(engine_errors::system(&error, cx));
    }
    let process = crate::process::object(cx)?;
    let control = set_up(&process, fd, false, advanced, cx)?;
    for (event, by) in [("newListener", 1), ("removeListener", -1)] {
        let counted = table::closure(
            "",
            1,
            (control.clone(), by),
            |_this, args, (control, by), cx| {
                let name = args.get_or_undefined(0).as_string();
                if name.is_some_and(|name| name == js_string!("message") || name == js_string!("disconnect")) {
                    control::count(&control.clone().into(), *by, cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::on(&process, js_string!(event), counted, cx)?;
    }
    Ok(())
}
