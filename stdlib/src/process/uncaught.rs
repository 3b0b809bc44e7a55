//! Errors nobody caught: `uncaughtException`, `unhandledRejection`, and Node's last words on stderr.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    limits::{Stop, is_out_of_memory},
    object::builtins::JsFunction,
    property::PropertyDescriptor,
    stack::error_location,
};
use coil_engine::{
    Host, Origin, RejectionHandler, errors,
    errors::Base,
    launch::{Launch, UnhandledRejections},
    op::thrown_value,
};

/// `process.setUncaughtExceptionCaptureCallback`
#[derive(Default)]
struct Capture(RefCell<Option<JsFunction>>);

/// Joins a host to this module: from now on its uncaught errors and rejections follow Node's rules.
pub(super) fn install(host: &Host) {
    host.set_uncaught(Rc::new(uncaught));
    host.set_rejection_handler(Rc::new(Rejected));
}

/// What becomes of an error nobody caught.
fn uncaught(error: JsError, origin: Origin, cx: &mut Context) {
    let host = Host::of(cx);
    if error.as_engine().is_none() {
        let place = place_of(&error, cx);
        let value = thrown_value(error, cx);
        let place = place.or_else(|| if origin == Origin::Rejection { place_in_node(&value, cx) } else { None });
        if let Err(second) = dispatch(&value, origin, place.as_ref(), cx) {
            // `process.exit` in a listener has said its code already.
            if let Some(stop) = second.stop().filter(|_| host.exit_code().is_none()) {
                host.stop(stop);
            }
            // A listener that throws ends the program with status 7.
            if host.exit_code().is_none() {
                let place = place_of(&second, cx);
                let value = thrown_value(second, cx);
                let elsewhere = host.state::<Elsewhere>().0.borrow().clone();
                let aborts = host.state::<Launch>().abort_on_uncaught.get() && host.exit_mode() == coil_engine::ExitMode::Process;
                let code = match elsewhere {
                    Some(tell) => {
                        tell(&value, cx);
                        1
                    }
                    None => {
                        report(&value, place.as_ref(), cx);
                        if aborts { super::ABORTED } else { 7 }
                    }
                };
                host.exit(code);
            }
        }
    } else {
        // A limit of the engine: no listener may run.
        super::stdio::write_fd(2, format!("{error}\n").as_bytes(), cx);
        host.exit(1);
    }
}

fn dispatch(value: &JsValue, origin: Origin, place: Option<&Place>, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    if aborts(cx)? {
        report(value, place, cx);
        host.exit(super::ABORTED);
        return Ok(());
    }
    let origin: JsValue = js_string!(match origin {
        Origin::Exception => "uncaughtException",
        Origin::Rejection => "unhandledRejection",
    })
    .into();
    let args = [value.clone(), origin];
    if let Some(process) = super::made(cx)
        && !process.get(js_string!("_fatalException"), cx)?.is_callable()
    {
        // A script took the handler away: Node's code for that.
        report(value, place, cx);
        host.exit(6);
        return Ok(());
    }
    super::emit("uncaughtExceptionMonitor", &args, cx)?;
    let capture = host.state::<Capture>().0.borrow().clone();
    if let Some(capture) = capture {
        capture.call(&JsValue::undefined(), std::slice::from_ref(value), cx)?;
        return Ok(());
    }
    if crate::domain::catch(value, cx)? {
        return Ok(());
    }
    crate::domain::clear(cx);
    if super::emit("uncaughtException", &args, cx)? {
        return Ok(());
    }
    // Who listens for `exit` runs before anybody is told, and may end the program by its own code instead.
    super::exit::announce_error(cx)?;
    let elsewhere = host.state::<Elsewhere>().0.borrow().clone();
    let is_out_of_memory = is_out_of_memory(value);
    match elsewhere {
        // Who runs this is told of the limit itself.
        Some(_) if is_out_of_memory => {}
        Some(tell) => tell(value, cx),
        None => report(value, place, cx),
    }
    super::report::on_uncaught(value, cx)?;
    if is_out_of_memory {
        // Nobody reacted to the refusal: the limit is what ended the program.
        host.stop(Stop::Memory);
    } else {
        super::exit::leave_after_error(cx);
    }
    Ok(())
}

/// Who is told of a fatal error instead of standard error: a worker thread's parent.
#[derive(Default)]
pub(crate) struct Elsewhere(RefCell<Option<Tell>>);

type Tell = Rc<dyn Fn(&JsValue, &mut Context)>;

impl Elsewhere {
    /// From now on `tell` is told.
    pub(crate) fn set(&self, tell: impl Fn(&JsValue, &mut Context) + 'static) {
        *self.0.borrow_mut() = Some(Rc::new(tell));
    }
}

/// Whether `--abort-on-uncaught-exception` takes the program down before any listener runs.
fn aborts(cx: &mut Context) -> JsResult<bool> {
    let host = Host::of(cx);
    if !host.state::<Launch>().abort_on_uncaught.get() || host.exit_mode() == coil_engine::ExitMode::Return || has_capture(cx) {
        return Ok(false);
    }
    Ok(!crate::domain::listens(cx)?)
}

/// Where an error comes from.
pub(crate) struct Place {
    /// `file:line` and the source with a caret.
    shown: String,
    /// `file:line:column`
    at: String,
}

/// Where an error comes from, as far as the engine knows, or the source map of the file.
fn place_of(error: &JsError, cx: &mut Context) -> Option<Place> {
    let place = error.syntax_location().or_else(|| error.throw_location()).or_else(|| error.as_opaque().and_then(error_location))?;
    let mapped = Host::of(cx).state::<Launch>().mapped_place.get().and_then(|map| map(&place, cx));
    let place = mapped.unwrap_or(place);
    let shown = errors::excerpt(&place)?;
    let at = format!("{}:{}:{}", place.file?, place.line, place.column);
    Some(Place { shown, at })
}

/// Where Node's own code raises what was rejected and has no place: it shows that line of itself.
fn place_in_node(value: &JsValue, cx: &mut Context) -> Option<Place> {
    let wrapped = value.as_object().and_then(|error| error.get(js_string!("code"), cx).ok()).and_then(|code| code.as_string()).is_some_and(|code| code == "ERR_UNHANDLED_REJECTION");
    let strict = Host::of(cx).state::<Launch>().unhandled_rejections.get() == UnhandledRejections::Strict;
    let (file, line, source) = match (wrapped, is_error_like(value, cx).ok()?) {
        (true, _) if strict => ("node:internal/process/promises", 281, "    reason : new UnhandledPromiseRejection(reason);"),
        (true, _) => ("node:internal/process/promises", 330, "      new UnhandledPromiseRejection(reason);"),
        (false, true) => ("node:internal/process/promises", 332, "    triggerUncaughtException(err, true /* fromPromise */);"),
        (false, false) => ("node:internal/modules/run_main", 107, "    triggerUncaughtException("),
    };
    let column = source.find("new ").or_else(|| source.find("trigger"))?;
    Some(Place { shown: format!("{file}:{line}\n{source}\n{:column$}^\n", ""), at: format!("{file}:{line}:{}", column + 1) })
}

/// Whether a stack says already where its error was thrown: `file:line`, the line, a caret below it.
fn begins_with_excerpt(stack: &str) -> bool {
    let caret = stack.lines().nth(2).map(str::trim).is_some_and(|line| !line.is_empty() && line.bytes().all(|byte| byte == b'^'));
    begins_with_place(stack) && caret
}

/// Whether a stack begins with `file:line`.
fn begins_with_place(stack: &str) -> bool {
    stack.lines().next().and_then(|line| line.rsplit_once(':')).is_some_and(|(_, line)| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a stack begins with a place and lines of a source, however they are marked, and a free line below them.
fn begins_with_source(stack: &str) -> bool {
    begins_with_place(stack) && stack.split("\n    at ").next().is_some_and(|head| head.contains("\n\n"))
}

/// Writes an error that ends the program, wherever it came from.
pub(crate) fn report_error(value: &JsValue, cx: &mut Context) {
    report(value, None, cx);
}

/// Writes an uncaught error as Node does.
pub(crate) fn report(value: &JsValue, place: Option<&Place>, cx: &mut Context) {
    let trace = Host::of(cx).state::<Launch>().trace_uncaught.get();
    let is_error = value.as_object().is_some_and(|object| object.error_kind().is_some());
    if is_error {
        frame_of_the_loader(value, cx);
    }
    // Objects are shown as `util.inspect` shows them, primitives as text, of which a symbol has none.
    let shown = match (value.as_string(), value.as_bigint()) {
        (Some(text), _) => text.to_std_string_lossy(),
        (_, Some(number)) => number.to_string(),
        _ if value.is_symbol() => String::new(),
        _ => crate::show(value, cx),
    };
    let shown = match value.as_object().filter(|_| is_error).map(|error| crate::events::place_of_emission(&error, cx)) {
        Some(Ok(Some((stack, enhanced)))) => shown.replacen(&stack, &enhanced, 1),
        _ => shown,
    };
    let mut text = String::new();
    // A stack that begins with the place (a file that `require` could not compile) says it already.
    let place = place.filter(|place| !shown.starts_with(&place.shown) && !(is_error && begins_with_excerpt(&shown)));
    if let Some(place) = place {
        // Node leaves a line free above what is no error.
        text.extend((!is_error).then_some('\n'));
        text += &place.shown;
    }
    if (is_error && place.is_some()) || (place.is_none() && !shown.contains("^\n\n") && !(is_error && begins_with_source(&shown))) {
        text.push('\n');
    }
    text += &shown;
    text.push('\n');
    if let Some(place) = place.filter(|_| trace) {
        let frames = value.as_object().filter(|_| is_error).and_then(|error| error.get(js_string!("stack"), cx).ok()).and_then(|stack| stack.as_string());
        let frames = frames.map(|stack| stack.to_std_string_lossy());
        let frames = frames.as_deref().and_then(|stack| stack.find("\n    at ").map(|start| stack[start + 1..].to_owned()));
        text += &format!("Thrown at:\n{}\n", frames.unwrap_or_else(|| format!("    at {}", place.at)));
    } else if !value.is_object() {
        let program = Host::of(cx).state::<Launch>().exec_path.borrow().rsplit('/').next().unwrap_or("coil").to_owned();
        text += &format!("(Use `{program} --trace-uncaught ...` to show where the exception was thrown)\n");
    }
    text += &format!("\nNode.js {}\n", super::VERSION);
    super::stdio::write_fd(2, text.as_bytes(), cx);
}

/// An error that the start of the program raised, before any JavaScript ran, has no frames of its own: as in Node its stack shows
/// who loads the program.
fn frame_of_the_loader(value: &JsValue, cx: &mut Context) {
    let Some(error) = value.as_object() else { return };
    let Ok(stack) = error.get(js_string!("stack"), cx) else { return };
    let Some(stack) = stack.as_string().map(|stack| stack.to_std_string_lossy()) else { return };
    let limit = cx.intrinsics().constructors().error().constructor().get(js_string!("stackTraceLimit"), cx);
    let is_traced = limit.is_ok_and(|limit| limit.as_number().is_some_and(|limit| limit >= 1.0));
    // A stack that the program wrote is left as it is.
    let is_own = value.to_string(cx).is_ok_and(|header| stack.ends_with(&header.to_std_string_lossy()));
    if is_traced && is_own && !stack.contains("\n    at ") {
        let stack = js_string!(format!("{stack}\n    at node:internal/main/run_main_module"));
        let descriptor = PropertyDescriptor::builder().value(stack).writable(true).enumerable(false).configurable(true);
        // A frozen error is shown as it is.
        let _ = error.define_property_or_throw(js_string!("stack"), descriptor, cx);
    }
}

struct Rejected;

impl RejectionHandler for Rejected {
    fn unhandled(&self, promise: &JsObject, reason: &JsValue, number: u64, cx: &mut Context) {
        let host = Host::of(cx);
        if let Err(error) = unhandled(promise, reason, number, cx) {
            host.report(error, Origin::Exception, cx);
        }
    }

    fn handled(&self, promise: &JsObject, number: u64, cx: &mut Context) {
        let host = Host::of(cx);
        let late = super::emit("rejectionHandled", &[promise.clone().into()], cx);
        let late = late.and_then(|heard| match heard || !host.state::<Warned>().0.borrow_mut().remove(&number) {
            true => Ok(()),
            false => super::warnings::emit_warning(&format!("Promise rejection was handled asynchronously (rejection id: {number})"), "PromiseRejectionHandledWarning", None, cx),
        });
        if let Err(error) = late {
            host.report(error, Origin::Exception, cx);
        }
    }
}

fn unhandled(promise: &JsObject, reason: &JsValue, number: u64, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let domain = host.async_frame().and_then(|frame| frame.domain().cloned());
    if let Some(domain) = domain {
        crate::domain::reject(&domain, reason, cx)?;
        return Ok(());
    }
    let mode = host.state::<Launch>().unhandled_rejections.get();
    let emit = |cx: &mut Context| super::emit("unhandledRejection", &[reason.clone(), promise.clone().into()], cx);
    match mode {
        UnhandledRejections::Throw => {
            if !emit(cx)? {
                fail(reason, cx)?;
            }
        }
        UnhandledRejections::Strict => {
            fail(reason, cx)?;
            if host.exit_code().is_none() && !emit(cx)? {
                warn(reason, number, cx)?;
            }
        }
        UnhandledRejections::Warn => {
            emit(cx)?;
            warn(reason, number, cx)?;
        }
        UnhandledRejections::WarnWithErrorCode => {
            if !emit(cx)? {
                warn(reason, number, cx)?;
                super::exit::set_code(1, cx);
            }
        }
        UnhandledRejections::None => {
            emit(cx)?;
        }
    }
    Ok(())
}

/// What Node takes for an error here: anything with a stack of its own.
fn is_error_like(reason: &JsValue, cx: &mut Context) -> JsResult<bool> {
    match reason.as_object() {
        Some(object) => Ok(object.own_property(&js_string!("stack").into(), cx)?.is_some()),
        None => Ok(false),
    }
}

/// A value as a message shows it, without running any code of the script: V8's `NoSideEffectsToString`.
fn shown_plainly(reason: &JsValue, cx: &mut Context) -> String {
    let Some(object) = reason.as_object() else {
        return match reason.as_bigint() {
            Some(number) => number.to_string(),
            None => reason.as_string().map_or_else(|| reason.display().to_string(), |text| text.to_std_string_lossy()),
        };
    };
    let constructors = cx.intrinsics().constructors();
    if object.is_callable() {
        let to_string = constructors.function().prototype().get(js_string!("toString"), cx).ok().and_then(|method| method.as_function());
        let source = to_string.and_then(|method| method.call(reason, &[], cx).ok()).and_then(|source| source.as_string());
        return source.map_or_else(|| crate::show(reason, cx), |source| source.to_std_string_lossy());
    }
    let plain = constructors.object().prototype();
    // Who writes itself in a way of its own is shown by its kind alone, for that way would have to be called.
    let mut holder = Some(object.clone());
    while let Some(found) = holder.filter(|found| !found.is::<boa_engine::builtins::proxy::Proxy>()) {
        if JsObject::equals(&found, &plain) {
            return format!("#<{}>", errors::constructor_name(&object, cx).unwrap_or_else(|| "Object".to_owned()));
        }
        if found.own_property(&js_string!("toString").into(), cx).ok().flatten().is_some() {
            break;
        }
        holder = found.prototype();
    }
    format!("[object {}]", if object.is_array() { "Array" } else { "Object" })
}

/// The rejection becomes an uncaught error; a reason that is no Error is wrapped.
fn fail(reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    let error = if is_error_like(reason, cx)? {
        JsError::from_opaque(reason.clone())
    } else {
        let shown = shown_plainly(reason, cx);
        let message = format!(
            "This error originated either by throwing inside of an async function without a catch block, or by rejecting a \
             promise which was not handled with .catch(). The promise rejected with the reason \"{shown}\"."
        );
        let object = errors::plain(Base::Error, &message).into_opaque(cx)?.to_object(cx)?;
        errors::rename(&object, "UnhandledPromiseRejection", &message, cx)?;
        let frame = if Host::of(cx).state::<Launch>().unhandled_rejections.get() == UnhandledRejections::Strict { STRICT_FRAME } else { THROW_FRAME };
        let stack = js_string!(format!("UnhandledPromiseRejection: {message}\n    at {frame}\n{REJECTION_FRAMES}"));
        let stack = PropertyDescriptor::builder().value(stack).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(js_string!("stack"), stack, cx)?;
        object.create_data_property_or_throw(js_string!("code"), js_string!("ERR_UNHANDLED_REJECTION"), cx)?;
        JsError::from_opaque(object.into())
    };
    Host::of(cx).report(error, Origin::Rejection, cx);
    Ok(())
}

/// The frames of Node's own code that such an error has.
const REJECTION_FRAMES: &str = "    at processPromiseRejections (node:internal/process/promises:413:17)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:32)";
const STRICT_FRAME: &str = "strictUnhandledRejectionsMode (node:internal/process/promises:281:14)";
const THROW_FRAME: &str = "throwUnhandledRejectionsMode (node:internal/process/promises:330:7)";

fn warn(reason: &JsValue, number: u64, cx: &mut Context) -> JsResult<()> {
    Host::of(cx).state::<Warned>().0.borrow_mut().insert(number);
    let shown = if is_error_like(reason, cx)? { reason.to_object(cx)?.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy() } else { shown_plainly(reason, cx) };
    super::warnings::emit_warning(&shown, "UnhandledPromiseRejectionWarning", None, cx)?;
    let message = format!(
        "Unhandled promise rejection. This error originated either by throwing inside of an async function without a catch \
         block, or by rejecting a promise which was not handled with .catch(). To terminate the node process on unhandled \
         promise rejection, use the CLI flag `--unhandled-rejections=strict` (see \
         https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: {number})"
    );
    let warning = errors::plain(Base::Error, &message).into_opaque(cx)?.to_object(cx)?;
    errors::rename(&warning, "UnhandledPromiseRejectionWarning", &message, cx)?;
    if is_error_like(reason, cx)? {
        let stack = reason.to_object(cx)?.get(js_string!("stack"), cx)?;
        warning.set(js_string!("stack"), stack, false, cx)?;
    }
    super::warnings::emit_object(warning, cx)
}

/// Rejections that were warned about.
#[derive(Default)]
struct Warned(RefCell<rustc_hash::FxHashSet<u64>>);

pub(super) fn set_capture_callback(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let capture = Host::of(cx).state::<Capture>();
    let value = args.get_or_undefined(0);
    if value.is_null() {
        *capture.0.borrow_mut() = None;
        return Ok(JsValue::undefined());
    }
    let Some(callback) = value.as_function() else {
        return Err(errors::invalid_arg_type("fn", "Function|null", value, cx));
    };
    if Host::of(cx).has_domains() {
        return Err(crate::domain::cannot_capture(cx)?);
    }
    if capture.0.borrow().is_some() {
        let message = "`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active";
        return Err(errors::coded(Base::Error, "ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET", message, cx));
    }
    *capture.0.borrow_mut() = Some(callback);
    Ok(JsValue::undefined())
}

/// Whether a capture callback is set.
pub(crate) fn has_capture(cx: &Context) -> bool {
    Host::of(cx).state::<Capture>().0.borrow().is_some()
}

pub(super) fn has_capture_callback(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<Capture>().0.borrow().is_some().into())
}

/// `process._fatalException(error, fromPromise)`
pub(super) fn fatal_exception(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let error = validate_any(args.get_or_undefined(0));
    let origin = if args.get_or_undefined(1).to_boolean() { Origin::Rejection } else { Origin::Exception };
    Host::of(cx).report(error, origin, cx);
    Ok(true.into())
}

fn validate_any(value: &JsValue) -> JsError {
    JsError::from_opaque(value.clone())
}
