//! The end of a process: `exit`, `beforeExit`, the exit code.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};
use coil_engine::{Host, errors, validate};

/// What is known of the end.
#[derive(Default)]
pub(super) struct Ending {
    /// What `process.exitCode` was set to.
    code: std::cell::RefCell<JsValue>,
    exiting: std::cell::Cell<bool>,
}

impl Ending {
    /// Whether `exit` was emitted: nothing is queued from then on.
    pub(super) fn is_exiting(&self) -> bool {
        self.exiting.get()
    }
}

pub(super) fn code_get(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<Ending>().code.borrow().clone())
}

pub(super) fn code_set(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    check(value, "code", cx)?;
    *Host::of(cx).state::<Ending>().code.borrow_mut() = value.clone();
    Ok(JsValue::undefined())
}

/// An exit code is nothing, an integer, or a string of one.
fn check(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<()> {
    if value.is_null_or_undefined() {
        return Ok(());
    }
    let number = match value.as_string() {
        Some(text) if !text.is_empty() => JsValue::from(text.to_number()),
        _ => value.clone(),
    };
    if value.is_string() && number.as_number().is_none_or(|number| number.fract() != 0.0 || number.is_nan()) {
        return Err(errors::invalid_arg_type(name, "number", value, cx));
    }
    if !number.is_number() {
        return Err(errors::invalid_arg_type(name, "number", value, cx));
    }
    validate::safe_integer(&number, name, cx)?;
    Ok(())
}

pub(super) fn set_code(code: i32, cx: &Context) {
    *Host::of(cx).state::<Ending>().code.borrow_mut() = code.into();
}

/// The code the process would end with now.
pub(super) fn code(cx: &mut Context) -> i32 {
    let value = Host::of(cx).state::<Ending>().code.borrow().clone();
    match value.as_string() {
        Some(text) => text.to_number() as i64 as i32,
        None => value.as_number().unwrap_or(0.0) as i64 as i32,
    }
}

pub(super) fn exiting(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<Ending>().exiting.get().into())
}

pub(super) fn set_exiting(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Host::of(cx).state::<Ending>().exiting.set(args.get_or_undefined(0).to_boolean());
    Ok(JsValue::undefined())
}

/// `process.exit([code])`: emits `exit`, then ends.
pub(super) fn exit(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if !given.is_undefined() {
        check(given, "code", cx)?;
        *Host::of(cx).state::<Ending>().code.borrow_mut() = given.clone();
    }
    emit_exit(cx)?;
    // `process.reallyExit` is what tools replace to watch the end.
    let process = super::object(cx)?;
    let really = process.get(js_string!("reallyExit"), cx)?;
    let code = code(cx);
    if let Some(really) = really.as_callable() {
        really.call(&process.into(), &[code.into()], cx)?;
    }
    Ok(JsValue::undefined())
}

pub(super) fn really_exit(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_i32(cx)?;
    trace(code, cx);
    Err(Host::of(cx).exit(code))
}

/// `--trace-exit`: which code, and from where.
fn trace(code: i32, cx: &mut Context) {
    let host = Host::of(cx);
    if !host.state::<coil_engine::launch::Launch>().trace_exit.get() {
        return;
    }
    let thread = crate::worker_threads::thread_id(cx).map_or_else(String::new, |id| format!(", thread:{id}"));
    let object = boa_engine::JsObject::with_object_proto(cx.intrinsics());
    // Without a stack there is nothing to show.
    let stack = cx.capture_stack_trace(&object, None).and_then(|()| object.get(js_string!("stack"), cx)).ok();
    let stack = stack.and_then(|stack| stack.as_string()).map(|stack| stack.to_std_string_lossy());
    let frames: String = stack.iter().flat_map(|stack| stack.lines()).filter(|line| line.starts_with("    at ")).map(|line| format!("{line}\n")).collect();
    let text = format!("(node:{}{thread}) WARNING: Exited the environment with code {code}\n{frames}\n", host.sys().process().pid());
    super::stdio::write_fd(2, text.as_bytes(), cx);
}

fn emit_exit(cx: &mut Context) -> JsResult<()> {
    if Host::of(cx).state::<Ending>().exiting.replace(true) {
        return Ok(());
    }
    let code = code(cx);
    super::emit("exit", &[code.into()], cx)?;
    Ok(())
}

/// Says that an uncaught error ends the program: `exit` with 1, before anybody is told of the error. What a listener throws then is lost.
pub(super) fn announce_error(cx: &mut Context) -> JsResult<()> {
    if Host::of(cx).state::<Ending>().is_exiting() {
        return Ok(());
    }
    set_code(1, cx);
    match emit_exit(cx) {
        Err(error) if error.as_engine().is_some() || Host::of(cx).exit_code().is_some() => Err(error),
        _ => Ok(()),
    }
}

/// The end after an uncaught error that was announced; a listener of `exit` may have changed the code.
pub(super) fn leave_after_error(cx: &mut Context) {
    let host = Host::of(cx);
    if host.exit_code().is_none() {
        let code = code(cx);
        trace(code, cx);
        host.exit(code);
    }
}

/// The natural end: runs the loop, emits `beforeExit` while that makes new work, then `exit`. Gives the exit code.
///
/// `pending_main` gives what is to be said where the program's ES module still awaits: then the code is 13.
pub fn run_to_end(pending_main: fn(&Context) -> Option<String>, cx: &mut Context) -> i32 {
    let host = Host::of(cx);
    loop {
        host.run(cx);
        if let Some(code) = host.exit_code() {
            return code;
        }
        host.enter_with(cx, |cx| {
            let code = code(cx);
            super::emit("beforeExit", &[code.into()], cx)
        });
        if let Some(code) = host.exit_code() {
            return code;
        }
        if !host.event_loop().alive() {
            break;
        }
    }
    if host.state::<Ending>().code.borrow().is_undefined()
        && let Some(warning) = pending_main(cx)
    {
        set_code(UNSETTLED_TOP_LEVEL_AWAIT, cx);
        if !host.state::<coil_engine::launch::Launch>().no_warnings.get() {
            super::stdio::write_fd(2, warning.as_bytes(), cx);
        }
    }
    if let Err(error) = emit_exit(cx) {
        // Who listens for uncaught errors takes this one too: then the code is what it was.
        let before = host.state::<Ending>().code.borrow().clone();
        set_code(1, cx);
        host.report(error, coil_engine::Origin::Exception, cx);
        *host.state::<Ending>().code.borrow_mut() = before;
    }
    if let Some(code) = host.exit_code() {
        return code;
    }
    host.run_at_exit();
    code(cx)
}

/// Node's exit code for a main module that never settles.
const UNSETTLED_TOP_LEVEL_AWAIT: i32 = 13;
