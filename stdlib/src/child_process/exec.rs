//! `exec` and `execFile`: the whole output at the end.

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
    property::PropertyDescriptor,
};
use coil_engine::{
    Host,
    coil_loop::TimerId,
    coil_sys::errno,
    table::{self, NativeModule},
};

use super::{
    arguments::{self, get, put},
    errors, spawn,
};
use crate::{
    buffer::{self, Encoding},
    events,
    net::errors::plain_with,
};

/// `exec`, with its own way to promises.
pub fn exec_function(cx: &mut Context) -> JsResult<JsValue> {
    with_promises(table::function(exec, js_string!("exec"), 3, cx), cx)
}

/// `execFile`, with its own way to promises.
pub fn exec_file_function(cx: &mut Context) -> JsResult<JsValue> {
    with_promises(table::function(exec_file, js_string!("execFile"), 4, cx), cx)
}

/// `function[util.promisify.custom]`
fn with_promises(function: JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    let get = table::closure("get", 0, JsObject::from(function.clone()), |_this, _args, function, cx| promising(function, cx), cx);
    let symbol = crate::util::promisify::CUSTOM.to_js(cx);
    let accessor = PropertyDescriptor::builder().get(get).set(JsValue::undefined()).enumerable(false).configurable(false);
    function.define_property_or_throw(symbol, accessor, cx)?;
    Ok(function.into())
}

fn promising(function: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let promised = table::closure("fn", 0, function.clone(), call_promised, cx);
    let name = function.get(js_string!("name"), cx)?;
    let descriptor = PropertyDescriptor::builder().value(name).writable(false).enumerable(false).configurable(true);
    promised.define_property_or_throw(js_string!("name"), descriptor, cx)?;
    Ok(promised.into())
}

fn call_promised(_this: &JsValue, args: &[JsValue], function: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let captured = (JsObject::from(resolvers.resolve), JsObject::from(resolvers.reject));
    let settle = table::closure(
        "",
        3,
        captured,
        |_this, args, (resolve, reject), cx| {
            let (error, stdout, stderr) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
            let target = match error.as_object() {
                Some(error) => error,
                None => JsObject::with_object_proto(cx.intrinsics()),
            };
            target.set(js_string!("stdout"), stdout.clone(), true, cx)?;
            target.set(js_string!("stderr"), stderr.clone(), true, cx)?;
            let settle = if error.is_null() { resolve } else { reject };
            settle.call(&JsValue::undefined(), &[target.into()], cx)
        },
        cx,
    );
    let mut args = args.to_vec();
    args.push(settle.into());
    let child = function.call(&JsValue::undefined(), &args, cx)?;
    let promise = JsObject::from(promise);
    promise.set(js_string!("child"), child, true, cx)?;
    Ok(promise.into())
}

/// `child_process.exec(command[, options][, callback])`
fn exec(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (command, options, callback) = arguments::exec(args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2), cx)?;
    // As in Node: what a script put in the place of `execFile` is called.
    let module: &'static NativeModule = &super::MODULE;
    let exports = table::instantiate(module, cx)?;
    events::method(&exports, "execFile", &[command, options.into(), callback], cx)
}

/// What a running `execFile` knows.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Running {
    child: JsObject,
    callback: Option<JsFunction>,
    command: JsString,
    args: Vec<JsValue>,
    outputs: [Output; 2],
    #[unsafe_ignore_trace]
    encoding: Option<Encoding>,
    max_buffer: f64,
    kill_signal: JsValue,
    killed: bool,
    exited: bool,
    error: Option<JsValue>,
    #[unsafe_ignore_trace]
    timer: Option<TimerId>,
}

#[derive(Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Output {
    chunks: Vec<JsValue>,
    len: f64,
}

type State = JsObject<Running>;

/// `child_process.execFile(file[, args][, options][, callback])`
fn exec_file(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = arguments::exec_file(args, cx)?;
    let options = JsObject::with_null_proto();
    put(&options, "encoding", js_string!("utf8"), cx)?;
    put(&options, "timeout", 0, cx)?;
    put(&options, "maxBuffer", MAX_BUFFER, cx)?;
    put(&options, "killSignal", js_string!("SIGTERM"), cx)?;
    for name in ["cwd", "env"] {
        put(&options, name, JsValue::null(), cx)?;
    }
    put(&options, "shell", false, cx)?;
    if let Some(own) = &given.options {
        for (name, value) in crate::http::own_entries(own, cx)? {
            options.create_data_property_or_throw(name, value, cx)?;
        }
    }
    let timeout_ms = arguments::timeout(&options, cx)?;
    let max_buffer = arguments::max_buffer(&options, cx)?;
    let kill_signal = arguments::kill_signal(&options, cx)?.map_or_else(JsValue::undefined, JsValue::from);
    let encoding = get(&options, "encoding", cx)?;
    let encoding = encoding.as_string().filter(|label| *label != js_string!("buffer")).and_then(|label| Encoding::of(&label).map(|encoding| (label, encoding)));

    let passed = JsObject::with_object_proto(cx.intrinsics());
    for name in ["cwd", "env", "gid", "shell", "signal", "uid"] {
        let value = get(&options, name, cx)?;
        put(&passed, name, value, cx)?;
    }
    for name in ["windowsHide", "windowsVerbatimArguments"] {
        let on = get(&options, name, cx)?.to_boolean();
        put(&passed, name, on, cx)?;
    }
    let list = JsArray::from_iter(given.args.iter().cloned(), cx);
    let child = spawn::spawn_child(&given.file, &list.into(), &passed.into(), cx)?;

    let command = given.file.to_string(cx)?;
    let state = JsObject::new_unique(
        None,
        Running {
            child: child.clone(),
            callback: given.callback.as_function(),
            command,
            args: given.args,
            outputs: Default::default(),
            encoding: encoding.as_ref().map(|(_, encoding)| *encoding),
            max_buffer,
            kill_signal,
            killed: false,
            exited: false,
            error: None,
            timer: None,
        },
    );
    if timeout_ms > 0 {
        let timed = state.clone();
        let id = Host::of(cx).event_loop().timer(
            timeout_ms,
            Box::new(move |cx: &mut Context| {
                timed.borrow_mut().data_mut().timer = None;
                Host::of(cx).enter_with(cx, |cx| kill(&timed, cx));
            }),
        );
        state.borrow_mut().data_mut().timer = Some(id);
    }
    for (at, name) in OUTPUTS.iter().enumerate() {
        let Some(stream) = get(&child, name, cx)?.as_object() else { continue };
        if let Some((label, _)) = &encoding {
            events::method(&stream, "setEncoding", &[label.clone().into()], cx)?;
        }
        let listener: fn(&JsValue, &[JsValue], &State, &mut Context) -> JsResult<JsValue> =
            if at == 0 { |_, args, state, cx| take(state, 0, args.get_or_undefined(0), cx) } else { |_, args, state, cx| take(state, 1, args.get_or_undefined(0), cx) };
        let name = if at == 0 { "onChildStdout" } else { "onChildStderr" };
        let listener = table::closure(name, 1, state.clone(), listener, cx);
        events::on(&stream, js_string!("data"), listener, cx)?;
    }
    let closed = table::closure("exithandler", 2, state.clone(), |_, args, state, cx| exited(state, args.get_or_undefined(0), args.get_or_undefined(1), cx), cx);
    events::on(&child, js_string!("close"), closed, cx)?;
    let failed = table::closure(
        "errorhandler",
        1,
        state,
        |_, args, state, cx| {
            state.borrow_mut().data_mut().error = Some(args.get_or_undefined(0).clone());
            destroy_outputs(state, cx)?;
            exited(state, &JsValue::undefined(), &JsValue::undefined(), cx)
        },
        cx,
    );
    events::on(&child, js_string!("error"), failed, cx)?;
    Ok(child.into())
}

/// Bytes of output that are kept unless told otherwise.
pub const MAX_BUFFER: i32 = 1024 * 1024;
const OUTPUTS: [&str; 2] = ["stdout", "stderr"];

/// A chunk of output.
fn take(state: &State, at: usize, chunk: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (child, max) = {
        let state = state.borrow();
        (state.data().child.clone(), state.data().max_buffer)
    };
    let stream = get(&child, OUTPUTS[at], cx)?.to_object(cx)?;
    let text = chunk.as_string();
    let len = match &text {
        Some(text) => {
            let label = get(&stream, "readableEncoding", cx)?;
            let encoding = label.as_string().and_then(|label| Encoding::of(&label)).unwrap_or_default();
            buffer::byte_length(text.as_str(), encoding) as f64
        }
        None => chunk.to_object(cx)?.get(js_string!("length"), cx)?.to_number(cx)?,
    };
    let before = {
        let mut state = state.borrow_mut();
        let output = &mut state.data_mut().outputs[at];
        output.len += len;
        output.len - len
    };
    if before + len <= max {
        state.borrow_mut().data_mut().outputs[at].chunks.push(chunk.clone());
        return Ok(JsValue::undefined());
    }
    let kept = (max - before).max(0.0);
    let kept: JsValue = match &text {
        Some(text) => text.get(0..text.len().min(kept as usize)).unwrap_or_default().into(),
        None => events::method(&chunk.to_object(cx)?, "slice", &[0.into(), kept.into()], cx)?,
    };
    let error = coil_engine::op::thrown_value(errors::stdio_max_buffer(OUTPUTS[at], cx), cx);
    {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.outputs[at].chunks.push(kept);
        state.error = Some(error);
    }
    kill(state, cx)?;
    Ok(JsValue::undefined())
}

fn destroy_outputs(state: &State, cx: &mut Context) -> JsResult<()> {
    let child = state.borrow().data().child.clone();
    for name in OUTPUTS {
        if let Some(stream) = get(&child, name, cx)?.as_object() {
            events::method(&stream, "destroy", &[], cx)?;
        }
    }
    Ok(())
}

/// Nothing more is wanted of it.
fn kill(state: &State, cx: &mut Context) -> JsResult<()> {
    destroy_outputs(state, cx)?;
    let (child, signal) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.killed = true;
        (state.child.clone(), state.kill_signal.clone())
    };
    if let Err(error) = events::method(&child, "kill", &[signal], cx) {
        let error = coil_engine::op::thrown_value(error, cx);
        state.borrow_mut().data_mut().error = Some(error);
        exited(state, &JsValue::undefined(), &JsValue::undefined(), cx)?;
    }
    Ok(())
}

/// It has ended and its output was read: the callback is told.
fn exited(state: &State, code: &JsValue, signal: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (child, callback, error, killed, timer, chunks) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        if std::mem::replace(&mut state.exited, true) {
            return Ok(JsValue::undefined());
        }
        let chunks = [std::mem::take(&mut state.outputs[0].chunks), std::mem::take(&mut state.outputs[1].chunks)];
        (state.child.clone(), state.callback.take(), state.error.clone(), state.killed, state.timer.take(), chunks)
    };
    if let Some(timer) = timer {
        Host::of(cx).event_loop().timer_cancel(timer);
    }
    let Some(callback) = callback else { return Ok(JsValue::undefined()) };
    let mut merged = Vec::with_capacity(3);
    for (chunks, name) in chunks.into_iter().zip(OUTPUTS) {
        merged.push(merge(state, &child, chunks, name, cx)?);
    }
    let (stdout, stderr) = (merged[0].clone(), merged[1].clone());
    if error.is_none() && code.as_number() == Some(0.0) && signal.is_null() {
        return callback.call(&JsValue::undefined(), &[JsValue::null(), stdout, stderr], cx);
    }
    let (command, args) = {
        let state = state.borrow();
        (state.data().command.clone(), state.data().args.clone())
    };
    let command = arguments::joined(&command, &args, cx)?;
    let error = match error {
        Some(error) => error,
        None => {
            let text = stderr.to_string(cx)?;
            let message = format!("Command failed: {}\n{}", command.to_std_string_lossy(), text.to_std_string_lossy());
            let killed = killed || get(&child, "killed", cx)?.to_boolean();
            let code = match code.as_number() {
                Some(number) if number < 0.0 => js_string!(errno::name_of(-number as i32)).into(),
                _ => code.clone(),
            };
            plain_with(&message, &[("code", code), ("killed", killed.into()), ("signal", signal.clone())], cx)?.into()
        }
    };
    if let Some(error) = error.as_object() {
        error.set(js_string!("cmd"), command, true, cx)?;
    }
    callback.call(&JsValue::undefined(), &[error, stdout, stderr], cx)
}

fn merge(state: &State, child: &JsObject, chunks: Vec<JsValue>, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let own = state.borrow().data().encoding.is_some();
    let is_text = own
        || match get(child, name, cx)?.as_object() {
            Some(stream) => get(&stream, "readableEncoding", cx)?.to_boolean(),
            None => false,
        };
    if is_text {
        let mut units = Vec::new();
        for chunk in &chunks {
            units.extend(chunk.to_string(cx)?.iter());
        }
        return Ok(buffer::from_units(&units).into());
    }
    let mut bytes = Vec::new();
    for chunk in &chunks {
        bytes.extend(buffer::bytes_of(chunk).unwrap_or_default());
    }
    Ok(buffer::from_vec(bytes, cx)?.into())
}
