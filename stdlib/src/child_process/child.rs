//! `ChildProcess`.

use std::{
    ffi::OsString,
    os::{fd::OwnedFd, unix::ffi::OsStringExt},
    path::PathBuf,
};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_sys::{
        SysError, SysResult,
        child::{ChildFd, Command},
        errno,
    },
    errors as engine_errors,
    table::{self, Member, Symbol},
    validate,
};

use super::{
    arguments::{self, get, put},
    errors, handle,
    stdio::{self, Entry},
};
use crate::{
    buffer::{self, Encoding},
    diagnostics_channel, events,
    net::{
        SOCKET,
        conn::{Conn, StreamKind},
        handle::{Inner, of_conn},
    },
};

/// `child_process.ChildProcess`
pub static CHILD_PROCESS: Class = Class {
    name: "ChildProcess",
    length: 0,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("spawn", 1, spawn),
        Member::function("kill", 1, kill),
        Member::symbol(Symbol::Dispose, "", 0, dispose).enumerable(true),
        Member::function("ref", 0, add_ref),
        Member::function("unref", 0, remove_ref),
    ],
    statics: &[],
};

/// `ChildProcess()`
fn construct(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(cx)?;
    events::init_emitter(&child, &JsValue::undefined(), cx)?;
    let fields = [
        ("_closesNeeded", JsValue::from(1)),
        ("_closesGot", 0.into()),
        ("connected", false.into()),
        ("signalCode", JsValue::null()),
        ("exitCode", JsValue::null()),
        ("killed", false.into()),
        ("spawnfile", JsValue::null()),
    ];
    for (name, value) in fields {
        put(&child, name, value, cx)?;
    }
    let process = handle::PROCESS.construct(&[], cx)?;
    let on_exit = table::closure("", 2, child.clone(), |_this, args, child, cx| on_exit(child, args, cx), cx);
    put(&process, "onexit", on_exit, cx)?;
    put(&child, "_handle", process, cx)?;
    diagnostics_channel::announce("child_process", &[("process", this)], cx)?;
    Ok(JsValue::undefined())
}

/// The child has ended, or (with a code below 0) was never started.
fn on_exit(child: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (code, signal) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let (name, value) = if signal.to_boolean() { ("signalCode", signal) } else { ("exitCode", code) };
    child.set(js_string!(name), value.clone(), true, cx)?;
    if let Some(stdin) = get(child, "stdin", cx)?.as_object() {
        events::method(&stdin, "destroy", &[], cx)?;
    }
    if let Some(process) = get(child, "_handle", cx)?.as_object() {
        events::method(&process, "close", &[], cx)?;
        child.set(js_string!("_handle"), JsValue::null(), true, cx)?;
    }
    let number = code.as_number().unwrap_or(0.0);
    if number < 0.0 {
        let file = get(child, "spawnfile", cx)?;
        let syscall = match file.as_string() {
            Some(file) if !file.is_empty() => format!("spawn {}", file.to_std_string_lossy()),
            _ => "spawn".to_owned(),
        };
        let list = get(child, "spawnargs", cx)?;
        let list = arguments::elements(&list, cx)?;
        let error = errors::spawn_failed(-number as i32, &syscall, &file, list, cx)?;
        events::emit(child, js_string!("error"), &[error.into()], cx)?;
    } else {
        let (code, signal) = (get(child, "exitCode", cx)?, get(child, "signalCode", cx)?);
        events::emit(child, js_string!("exit"), &[code, signal], cx)?;
    }
    // Streams nobody reads are read to their end, so that 'close' comes.
    let flushed = child.clone();
    Host::of(cx).next_tick_native(move |cx| flush_stdio(&flushed, cx));
    maybe_close(child, cx)?;
    Ok(JsValue::undefined())
}

fn flush_stdio(child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let list = get(child, "stdio", cx)?;
    let used = Symbol::Private("kIsUsedAsStdio").to_js(cx);
    for stream in arguments::elements(&list, cx)? {
        let Some(stream) = stream.as_object() else { continue };
        if get(&stream, "readable", cx)?.to_boolean() && !stream.get(used.clone(), cx)?.to_boolean() {
            events::method(&stream, "resume", &[], cx)?;
        }
    }
    Ok(())
}

/// One of what has to be closed is; when all are, the child is.
pub fn maybe_close(child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let got = get(child, "_closesGot", cx)?.to_number(cx)? + 1.0;
    child.set(js_string!("_closesGot"), got, true, cx)?;
    let needed = get(child, "_closesNeeded", cx)?.to_number(cx)?;
    if got == needed {
        let (code, signal) = (get(child, "exitCode", cx)?, get(child, "signalCode", cx)?);
        events::emit(child, js_string!("close"), &[code, signal], cx)?;
    }
    Ok(())
}

/// One more thing has to be closed before the child is.
fn needs_close(child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let needed = get(child, "_closesNeeded", cx)?.to_number(cx)? + 1.0;
    child.set(js_string!("_closesNeeded"), needed, true, cx).map(drop)
}

/// `child.spawn(options)`
fn spawn(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(cx)?;
    let options = validate::object(args.get_or_undefined(0), "options", cx)?;
    start(&child, &options, cx)
}

/// What a script's text is to the system.
fn os_string(text: &JsString) -> OsString {
    OsString::from_vec(buffer::string_to_bytes(text, Encoding::Utf8))
}

/// A list of texts for the system.
fn os_strings(value: &JsValue, cx: &mut Context) -> JsResult<Vec<OsString>> {
    let list = arguments::elements(value, cx)?;
    list.iter().map(|text| Ok(os_string(&text.to_string(cx)?))).collect()
}

/// The part of a command that the options say; the descriptors come later.
pub fn command(options: &JsObject, cx: &mut Context) -> JsResult<Command> {
    let file = get(options, "file", cx)?.to_string(cx)?;
    let mut command = Command::new(os_string(&file));
    let args = get(options, "args", cx)?;
    command.args = os_strings(&args, cx)?;
    if command.args.is_empty() {
        command.args.push(command.file.clone());
    }
    let pairs = get(options, "envPairs", cx)?;
    command.env = if pairs.is_undefined() {
        let list = Host::of(cx).sys().env().list();
        list.iter().map(|(key, value)| coil_engine::coil_sys::child::pair(key, value)).collect()
    } else {
        os_strings(&pairs, cx)?
    };
    let cwd = get(options, "cwd", cx)?;
    if let Some(cwd) = cwd.as_string().filter(|cwd| !cwd.is_empty()) {
        command.cwd = Some(PathBuf::from(os_string(&cwd)));
    }
    let mut id = |name: &'static str| -> JsResult<Option<u32>> {
        let value = get(options, name, cx)?;
        if value.is_null_or_undefined() { Ok(None) } else { Ok(Some(validate::int32(&value, name, i32::MIN, i32::MAX, cx)?.cast_unsigned())) }
    };
    command.uid = id("uid")?;
    command.gid = id("gid")?;
    command.detached = get(options, "detached", cx)?.to_boolean();
    Ok(command)
}

/// The descriptors of a child and our ends of its pipes, one for each entry.
struct Placed {
    theirs: Vec<ChildFd>,
    ours: Vec<Option<OwnedFd>>,
}

fn place(entries: &[Entry], cx: &Context) -> SysResult<Placed> {
    let host = Host::of(cx);
    let net = host.sys().net();
    let mut placed = Placed { theirs: Vec::new(), ours: Vec::new() };
    for entry in entries {
        let (their, our) = match entry {
            Entry::Ignore | Entry::Value => (ChildFd::Ignore, None),
            Entry::Fd(fd) => (ChildFd::Inherit(*fd), None),
            Entry::Pipe | Entry::Ipc => {
                let (ours, theirs) = net.socket_pair()?;
                net.set_nonblocking(&theirs, false)?;
                (ChildFd::Given(theirs), Some(ours))
            }
            Entry::Wrap { inner, .. } => (ChildFd::Given(duplicate(inner)?), None),
        };
        placed.theirs.push(their);
        placed.ours.push(our);
    }
    Ok(placed)
}

fn duplicate(inner: &Inner) -> SysResult<OwnedFd> {
    let closed = || SysError::new(errno::EBADF, "spawn");
    match inner {
        Inner::Conn(conn) => conn.with_fd(|fd, _| fd.try_clone()).ok_or_else(closed)?.map_err(|_| closed()),
        Inner::Listener(listener) => listener.duplicate().ok_or_else(closed),
        Inner::None => Err(closed()),
    }
}

fn start(child: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let given = get(options, "stdio", cx)?;
    let given = if given.to_boolean() { given } else { js_string!("pipe").into() };
    let entries = stdio::read(&given, false, cx)?;
    let serialization = get(options, "serialization", cx)?;
    if !serialization.is_undefined() {
        let known = serialization.as_string().is_some_and(|mode| mode == js_string!("json") || mode == js_string!("advanced"));
        if !known {
            return Err(engine_errors::invalid_arg_value("options.serialization", &serialization, "must be one of: undefined, 'json', 'advanced'", cx));
        }
    }
    let advanced = serialization.as_string().is_some_and(|mode| mode == js_string!("advanced"));
    let channel = entries.iter().position(|entry| matches!(entry, Entry::Ipc));
    let pairs = get(options, "envPairs", cx)?;
    let mut pairs = match channel {
        Some(_) if !pairs.is_undefined() => {
            validate::array(&pairs, "options.envPairs", 0, cx)?;
            Some(arguments::elements(&pairs, cx)?)
        }
        Some(_) => Some(Vec::new()),
        None => None,
    };
    if let (Some(channel), Some(pairs)) = (channel, &mut pairs) {
        pairs.push(js_string!(format!("NODE_CHANNEL_FD={channel}")).into());
        pairs.push(js_string!(format!("NODE_CHANNEL_SERIALIZATION_MODE={}", if advanced { "advanced" } else { "json" })).into());
        let array = JsArray::from_iter(pairs.iter().cloned(), cx);
        options.set(js_string!("envPairs"), array, true, cx)?;
    }
    let file = get(options, "file", cx)?;
    let file = validate::string(&file, "options.file", cx)?;
    child.set(js_string!("spawnfile"), file, true, cx)?;
    let list = get(options, "args", cx)?;
    let list: JsValue = if list.is_undefined() { JsArray::new(cx)?.into() } else { validate::array(&list, "options.args", 0, cx)?.into() };
    child.set(js_string!("spawnargs"), list, true, cx)?;

    diagnostics_channel::announce("tracing:child_process.spawn:start", &[("process", &child.clone().into()), ("options", &options.clone().into())], cx)?;
    let mut command = command(options, cx)?;
    let placed = place(&entries, cx);
    let (started, ours) = match placed {
        Ok(placed) => {
            command.stdio = placed.theirs;
            let started = Host::of(cx).sys().process().spawn(command);
            (started, placed.ours)
        }
        Err(error) => (Err(error), entries.iter().map(|_| None).collect()),
    };
    let process = get(child, "_handle", cx)?;
    let failed = match started {
        Ok(running) => {
            let Some(process) = process.as_object() else { return Err(engine_errors::invalid_this("ChildProcess", cx)) };
            put(&process, "pid", running.pid(), cx)?;
            handle::watch(&process, running, cx).err()
        }
        Err(error) => Some(error),
    };
    if let Some(error) = &failed {
        let error = errors::errno_exception(error.errno, "spawn", cx)?;
        diagnostics_channel::announce("tracing:child_process.spawn:error", &[("process", &child.clone().into()), ("error", &error.into())], cx)?;
    }
    let number = match failed {
        None => {
            diagnostics_channel::announce("tracing:child_process.spawn:end", &[("process", &child.clone().into())], cx)?;
            let spawned = child.clone();
            Host::of(cx).next_tick_native(move |cx| events::emit(&spawned, js_string!("spawn"), &[], cx).map(drop));
            0
        }
        Some(error) if error.denied.is_none() && TOLD_LATER.contains(&error.errno) => {
            let failed = child.clone();
            let number = error.errno;
            Host::of(cx).next_tick_native(move |cx| match get(&failed, "_handle", cx)?.as_object() {
                Some(process) => events::method(&process, "onexit", &[(-number).into()], cx).map(drop),
                None => Ok(()),
            });
            if matches!(number, errno::EMFILE | errno::ENFILE) {
                return Ok((-number).into());
            }
            number
        }
        Some(error) => {
            child.set(js_string!("_handle"), JsValue::null(), true, cx)?;
            if error.denied.is_some() {
                return Err(engine_errors::system(&error, cx));
            }
            let error = errors::errno_exception(error.errno, "spawn", cx)?;
            return Err(errors::thrown(error));
        }
    };
    let pid = match process.as_object() {
        Some(process) => get(&process, "pid", cx)?,
        None => JsValue::undefined(),
    };
    child.set(js_string!("pid"), pid, true, cx)?;
    attach_streams(child, entries, ours, advanced, cx)?;
    Ok((-number).into())
}

/// Errors of starting that are events; others are thrown.
const TOLD_LATER: &[i32] = &[errno::EACCES, errno::EAGAIN, errno::EMFILE, errno::ENFILE, errno::ENOENT];

fn attach_streams(child: &JsObject, entries: Vec<Entry>, ours: Vec<Option<OwnedFd>>, advanced: bool, cx: &mut Context) -> JsResult<()> {
    let mut streams: Vec<JsValue> = Vec::with_capacity(entries.len());
    let mut channel = None;
    for (at, (entry, fd)) in entries.into_iter().zip(ours).enumerate() {
        let mut stream = JsValue::null();
        match (entry, fd) {
            (Entry::Ipc, fd) => {
                needs_close(child, cx)?;
                channel = fd;
            }
            (Entry::Wrap { inner, stream }, _) => lend(&inner, &stream, cx)?,
            (_, Some(fd)) => {
                let options = JsObject::with_object_proto(cx.intrinsics());
                let conn = Conn::new(StreamKind::Pipe, Some(fd), cx);
                let handle = of_conn(&conn, cx)?;
                put(&options, "handle", handle, cx)?;
                put(&options, "readable", at > 0, cx)?;
                stream = SOCKET.construct(&[options.into()], cx)?.into();
            }
            _ => {}
        }
        streams.push(stream);
    }
    for stream in streams.iter().skip(1).filter_map(JsValue::as_object) {
        needs_close(child, cx)?;
        let closed = table::closure(
            "",
            0,
            child.clone(),
            |_this, _args, child, cx| {
                maybe_close(child, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::on(&stream, js_string!("close"), closed, cx)?;
    }
    for (at, name) in ["stdin", "stdout", "stderr"].into_iter().enumerate() {
        put(child, name, streams.get(at).cloned().unwrap_or_else(JsValue::null), cx)?;
    }
    let array = JsArray::from_iter(streams, cx);
    put(child, "stdio", array, cx)?;
    if let Some(fd) = channel {
        super::ipc::set_up(child, fd, true, advanced, cx)?;
    }
    Ok(())
}

/// A stream that the child reads or writes from now on is left alone here.
fn lend(inner: &Inner, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Inner::Conn(conn) = inner {
        conn.read_stop();
    }
    if stream.get(js_string!("pause"), cx)?.is_callable() {
        events::method(stream, "pause", &[], cx)?;
        stream.set(js_string!("readableFlowing"), false, false, cx)?;
        if let Some(state) = stream.get(js_string!("_readableState"), cx)?.as_object() {
            state.set(js_string!("reading"), false, false, cx)?;
        }
    }
    let used = Symbol::Private("kIsUsedAsStdio").to_js(cx);
    stream.set(used, true, false, cx)?;
    Ok(())
}

/// `child.kill([signal])`
fn kill(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    let signal = match given.as_number() {
        Some(0.0) => 0,
        _ if given.is_undefined() => SIGTERM,
        _ => arguments::valid_signal(given, cx)?,
    };
    send_signal(&child, signal, cx).map(JsValue::from)
}

const SIGTERM: i32 = 15;

/// `child.kill(signal)` with a number.
fn send_signal(child: &JsObject, signal: i32, cx: &mut Context) -> JsResult<bool> {
    let Some(process) = get(child, "_handle", cx)?.as_object() else { return Ok(false) };
    let result = events::method(&process, "kill", &[signal.into()], cx)?.to_i32(cx)?;
    match -result {
        0 => {
            child.set(js_string!("killed"), true, true, cx)?;
            Ok(true)
        }
        errno::ESRCH => Ok(false),
        number @ (errno::EINVAL | errno::ENOSYS) => Err(errors::thrown(errors::errno_exception(number, "kill", cx)?)),
        number => {
            let error = errors::errno_exception(number, "kill", cx)?;
            events::emit(child, js_string!("error"), &[error.into()], cx)?;
            Ok(false)
        }
    }
}

/// `child[Symbol.dispose]()`
fn dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(cx)?;
    if !get(&child, "killed", cx)?.to_boolean() {
        events::method(&child, "kill", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn to_handle(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(cx)?;
    if let Some(process) = get(&child, "_handle", cx)?.as_object() {
        events::method(&process, name, &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `child.ref()`
fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    to_handle(this, "ref", cx)
}

/// `child.unref()`
fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    to_handle(this, "unref", cx)
}
