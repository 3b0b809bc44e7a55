//! `spawn` and `fork`.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsSymbol, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{Host, coil_loop::TimerId, errors as engine_errors, launch::Launch, table, validate};

use super::{
    arguments::{self, get, put},
    child::CHILD_PROCESS,
    errors, stdio,
};
use crate::events;

/// `child_process.spawn(file[, args][, options])`
pub fn spawn(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    spawn_child(args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2), cx).map(JsValue::from)
}

/// The same for others here.
pub fn spawn_child(file: &JsValue, args: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let options = arguments::spawn(file, args, options, cx)?;
    let timeout_ms = arguments::timeout(&options, cx)?;
    let signal = get(&options, "signal", cx)?;
    let signal = validate::abort_signal(&signal, "options.signal", cx)?;
    let kill_signal = arguments::kill_signal(&options, cx)?.map_or_else(JsValue::undefined, JsValue::from);
    let child = CHILD_PROCESS.construct(&[], cx)?;
    events::method(&child, "spawn", &[options.into()], cx)?;
    if timeout_ms > 0 {
        end_after(&child, timeout_ms, kill_signal.clone(), cx)?;
    }
    if let Some(signal) = signal {
        end_with(&child, &signal, kill_signal, cx)?;
    }
    Ok(child)
}

/// A timer that goes with the child.
fn end_after(child: &JsObject, timeout_ms: u64, kill_signal: JsValue, cx: &mut Context) -> JsResult<()> {
    let timer: Rc<Cell<Option<TimerId>>> = Rc::default();
    let (target, own) = (child.clone(), timer.clone());
    let id = Host::of(cx).event_loop().timer(
        timeout_ms,
        Box::new(move |cx: &mut Context| {
            own.set(None);
            Host::of(cx).enter_with(cx, |cx| kill(&target, &kill_signal, cx).map(drop));
        }),
    );
    timer.set(Some(id));
    let ended = table::closure(
        "",
        0,
        Timer(timer),
        |_this, _args, timer, cx| {
            if let Some(id) = timer.0.take() {
                Host::of(cx).event_loop().timer_cancel(id);
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(child, js_string!("exit"), ended, cx)
}

#[derive(boa_engine::Trace, boa_engine::Finalize)]
struct Timer(#[unsafe_ignore_trace] Rc<Cell<Option<TimerId>>>);

/// `child.kill(signal)`; what it throws is the child's error.
fn kill(child: &JsObject, kill_signal: &JsValue, cx: &mut Context) -> JsResult<bool> {
    match events::method(child, "kill", std::slice::from_ref(kill_signal), cx) {
        Ok(killed) => Ok(killed.to_boolean()),
        Err(error) => {
            let error = coil_engine::op::thrown_value(error, cx);
            events::emit(child, js_string!("error"), &[error], cx)?;
            Ok(false)
        }
    }
}

/// The child is ended when the signal aborts.
fn end_with(child: &JsObject, signal: &JsObject, kill_signal: JsValue, cx: &mut Context) -> JsResult<()> {
    let captured = (child.clone(), signal.clone(), kill_signal);
    let abort = table::closure(
        "onAbortListener",
        0,
        captured,
        |_this, _args, (child, signal, kill_signal), cx| {
            let reason = signal.get(js_string!("reason"), cx)?;
            if kill(child, kill_signal, cx)? {
                let error = engine_errors::abort_object(None, Some(reason), cx)?;
                events::emit(child, js_string!("error"), &[error.into()], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        Host::of(cx).next_tick(abort, JsValue::undefined(), Vec::new());
        return Ok(());
    }
    if events::on_abort(signal, &abort, cx)? {
        let ended = table::closure(
            "",
            0,
            (signal.clone(), JsObject::from(abort)),
            |_this, _args, (signal, abort), cx| {
                if let Some(abort) = JsValue::from(abort.clone()).as_function() {
                    events::off_abort(signal, &abort, cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::once(child, js_string!("exit"), ended, cx)?;
    }
    Ok(())
}

/// `child_process.fork(modulePath[, args][, options])`
pub fn fork(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = crate::fs::validated_path(args.get_or_undefined(0), "modulePath", cx)?;
    let (mut list, mut options) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if list.as_object().is_some_and(|object| !object.is_array()) {
        (options, list) = (list, JsValue::undefined());
    } else if !list.is_null_or_undefined() {
        validate::array(&list, "args", 0, cx)?;
    }
    if !options.is_null_or_undefined() {
        validate::object(&options, "options", cx)?;
    }
    let options = arguments::spread(options.as_object().as_ref(), cx)?;
    put(&options, "shell", false, cx)?;
    let process = crate::process::object(cx)?;
    let mut program = get(&options, "execPath", cx)?;
    if !program.to_boolean() {
        program = get(&process, "execPath", cx)?;
        put(&options, "execPath", program.clone(), cx)?;
    }
    arguments::null_check(&program, "options.execPath", cx)?;
    let own = get(&process, "execArgv", cx)?;
    let given = get(&options, "execArgv", cx)?;
    let flags = if given.to_boolean() { given } else { own.clone() };
    let iterable = match flags.as_object() {
        Some(flags) => flags.get(JsSymbol::iterator(), cx)?.is_callable(),
        None => flags.is_string(),
    };
    if !iterable {
        return Err(engine_errors::plain(engine_errors::Base::Type, "execArgv is not iterable"));
    }
    let mut all = arguments::elements(&flags, cx)?;
    arguments::all_null_check(&all, "options.execArgv", cx)?;
    let eval = Host::of(cx).state::<Launch>().eval.borrow().clone();
    if let Some(text) = eval
        && flags.strict_equals(&own)
    {
        // Without the text this program was given, which would fork for ever.
        let text = js_string!(text);
        let at = all.iter().rposition(|arg| arg.as_string().is_some_and(|arg| arg == text));
        if let Some(at) = at.filter(|&at| at > 0) {
            all.drain(at - 1..=at);
        }
    }
    all.push(js_string!(path.to_string_lossy().as_ref()).into());
    all.extend(arguments::elements(&list, cx)?);

    let given = get(&options, "stdio", cx)?;
    let ipc = JsValue::from(js_string!("ipc"));
    let mut entries = if given.is_string() {
        stdio::words(&given, cx)?
    } else if given.as_object().is_some_and(|object| object.is_array()) {
        let entries = arguments::elements(&given, cx)?;
        if !entries.iter().any(|entry| entry.strict_equals(&ipc)) {
            return Err(errors::ipc_required("options.stdio", cx));
        }
        entries
    } else {
        let silent = get(&options, "silent", cx)?.to_boolean();
        stdio::words(&js_string!(if silent { "pipe" } else { "inherit" }).into(), cx)?
    };
    if !given.as_object().is_some_and(|object| object.is_array()) {
        entries.push(ipc);
    }
    let entries = JsArray::from_iter(entries, cx);
    put(&options, "stdio", entries, cx)?;
    let all = JsArray::from_iter(all, cx);
    spawn_child(&program, &all.into(), &options.into(), cx).map(JsValue::from)
}

/// `child_process._forkChild(fd, serializationMode)`
pub fn fork_child(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fd = validate::int32(args.get_or_undefined(0), "fd", 0, i32::MAX, cx)?;
    let advanced = args.get_or_undefined(1).as_string().is_some_and(|mode| mode == js_string!("advanced"));
    super::ipc::join(fd, advanced, cx)?;
    Ok(JsValue::undefined())
}
