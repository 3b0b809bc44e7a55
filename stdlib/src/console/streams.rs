//! Where a console writes.
//!
//! Node's console writes to `process.stdout`, which makes a stream. Nearly no program needs that stream, so the global console writes
//! to the descriptor as long as nobody could tell: until a script replaces `process.stdout`, sets `console._stdout`, overrides the
//! stream's `write`, or leaves something in its buffer.

use std::cell::{Cell, OnceCell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction, property::PropertyKey};
use coil_engine::{Host, table};

use super::State;
use crate::util::{colors, inspect::Text};

/// The two descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fd {
    Stdout = 1,
    Stderr = 2,
}

impl Fd {
    fn process_name(self) -> &'static str {
        if self == Self::Stdout { "stdout" } else { "stderr" }
    }

    fn own_name(self) -> &'static str {
        if self == Self::Stdout { "_stdout" } else { "_stderr" }
    }

    fn handler_name(self) -> &'static str {
        if self == Self::Stdout { "_stdoutErrorHandler" } else { "_stderrErrorHandler" }
    }
}

/// What is known of the streams of `process`, per host.
#[derive(Default)]
struct Streams {
    stdout: Bound,
    stderr: Bound,
    noop: OnceCell<JsFunction>,
}

impl Streams {
    fn of(&self, fd: Fd) -> &Bound {
        if fd == Fd::Stdout { &self.stdout } else { &self.stderr }
    }
}

#[derive(Default)]
struct Bound {
    /// The stream that `process` made for the descriptor, and the `write` it came with.
    made: RefCell<Option<(JsObject, JsValue)>>,
    /// What a script put in the console's place for it.
    replaced: RefCell<Option<JsValue>>,
    /// The console has written to the descriptor: from now on this stays its stream, as Node's console keeps the one it saw first.
    settled: Cell<bool>,
}

/// `process` tells that it made the stream for a descriptor: to be called once, when it is first asked for.
pub(crate) fn stdio_made(fd: Fd, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let write = stream.get(js_string!("write"), cx)?;
    *Host::of(cx).state::<Streams>().of(fd).made.borrow_mut() = Some((stream.clone(), write));
    Ok(())
}

/// Writes one line.
pub(super) fn write(console: &JsObject, state: &JsObject<State>, fd: Fd, text: Text, cx: &mut Context) -> JsResult<()> {
    let (group, is_global) = {
        let state = state.borrow();
        (state.data().group.get(), state.data().is_global)
    };
    let mut line = text;
    if group > 0 {
        let mut indented = Text::with_capacity(line.as_bytes().len() + group + 1);
        indented.push_spaces(group);
        indented.push(&line.indented(group));
        line = indented;
    }
    line.push_ascii(b'\n');
    if is_global && let Some(stream) = replacement(fd, cx)? {
        return match stream {
            Target::Descriptor => {
                // A reader that went away is no reason to stop: Node's console ignores it too.
                let host = Host::of(cx);
                let bytes = line.into_bytes();
                let bytes = match std::str::from_utf8(&bytes) {
                    Ok(_) => bytes,
                    Err(_) => Text::from_bytes(bytes).to_string_lossy().into_owned().into_bytes(),
                };
                if !host.state::<crate::process::Redirect>().take(fd as i32, &bytes) {
                    let _ = host.sys().stdio().write_all(fd as i32, &bytes);
                }
                Ok(())
            }
            Target::Stream(stream) => write_to_stream(console, &stream, fd, &line, cx),
        };
    }
    let stream = console.get(JsString::from(fd.own_name()), cx)?;
    write_to_stream(console, &stream, fd, &line, cx)
}

/// Writes a warning where `console.error` writes.
pub(crate) fn write_warning(text: &str, cx: &mut Context) -> JsResult<()> {
    match replacement(Fd::Stderr, cx)? {
        Some(Target::Stream(stream)) => {
            let console = super::global(cx)?;
            write_to_stream(&console, &stream, Fd::Stderr, &Text::from(text.to_owned()), cx)
        }
        _ => {
            crate::process::write_fd(2, text.as_bytes(), cx);
            Ok(())
        }
    }
}

enum Target {
    Descriptor,
    Stream(JsValue),
}

/// Where the global console writes.
fn replacement(fd: Fd, cx: &mut Context) -> JsResult<Option<Target>> {
    let host = Host::of(cx);
    let streams = host.state::<Streams>();
    let bound = streams.of(fd);
    if let Some(stream) = bound.replaced.borrow().clone() {
        return Ok(Some(Target::Stream(stream)));
    }
    if bound.made.borrow().is_none() || !bound.settled.get() {
        look_at_process(fd, bound, cx)?;
        if let Some(stream) = bound.replaced.borrow().clone() {
            return Ok(Some(Target::Stream(stream)));
        }
        bound.settled.set(true);
    }
    let made = bound.made.borrow().clone();
    let Some((stream, write)) = made else { return Ok(Some(Target::Descriptor)) };
    let untouched = stream.get(js_string!("write"), cx)? == write && stream.get(js_string!("writableLength"), cx)?.as_number() == Some(0.0) && stream.get(js_string!("writable"), cx)?.to_boolean();
    Ok(Some(if untouched { Target::Descriptor } else { Target::Stream(stream.into()) }))
}

/// Finds out whether a script has replaced `process.stdout`.
fn look_at_process(fd: Fd, bound: &Bound, cx: &mut Context) -> JsResult<()> {
    let Some(process) = crate::process::made(cx) else { return Ok(()) };
    let name = PropertyKey::from(JsString::from(fd.process_name()));
    let Some(own) = process.own_property(&name, cx)? else { return Ok(()) };
    let value = match (own.value(), own.get().and_then(JsValue::as_object)) {
        (Some(value), _) => value.clone(),
        (None, Some(getter)) if getter.function_traits().native => return Ok(()),
        _ => process.get(name, cx)?,
    };
    let made = bound.made.borrow().as_ref().map(|(stream, _)| stream.clone());
    let is_made = value.as_object().is_some_and(|value| made.is_some_and(|made| JsObject::equals(&made, &value)));
    if !is_made {
        *bound.replaced.borrow_mut() = Some(value);
    }
    Ok(())
}

/// Through the stream, with what goes wrong caught as Node does.
fn write_to_stream(console: &JsObject, stream: &JsValue, fd: Fd, line: &Text, cx: &mut Context) -> JsResult<()> {
    let text = JsValue::from(line.to_js());
    let object = stream.to_object(cx)?;
    let ignores = console.get(js_string!("_ignoreErrors"), cx)?;
    if ignores.as_boolean() == Some(false) {
        return call(&object, "write", &[text], cx).map(drop);
    }
    let handler = console.get(JsString::from(fd.handler_name()), cx)?;
    let noop = noop(cx);
    let written = guarded_write(&object, text, handler, &noop, cx);
    call(&object, "removeListener", &[js_string!("error").into(), noop.into()], cx)?;
    match written {
        Err(error) if is_stack_overflow(&error, cx) => Err(error),
        // There is no way to pass the error on.
        _ => Ok(()),
    }
}

fn guarded_write(stream: &JsObject, text: JsValue, handler: JsValue, noop: &JsFunction, cx: &mut Context) -> JsResult<()> {
    let event = JsValue::from(js_string!("error"));
    let heard = call(stream, "listenerCount", std::slice::from_ref(&event), cx)?;
    if heard.as_number() == Some(0.0) {
        call(stream, "once", &[event, noop.clone().into()], cx)?;
    }
    call(stream, "write", &[text, handler], cx).map(drop)
}

fn is_stack_overflow(error: &boa_engine::JsError, cx: &mut Context) -> bool {
    let Ok(thrown) = error.clone().into_opaque(cx) else { return true };
    let Some(thrown) = thrown.as_object() else { return false };
    let mut is = |key: &'static str, text: &str| thrown.get(JsString::from(key), cx).is_ok_and(|value| value.as_string().is_some_and(|value| value == text));
    is("name", "RangeError") && is("message", "Maximum call stack size exceeded")
}

/// `object[name](...args)`
pub(super) fn call(object: &JsObject, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(name);
    let method = object.get(key, cx)?;
    match method.as_callable() {
        Some(method) => method.call(&object.clone().into(), args, cx),
        None => Err(coil_engine::errors::plain(coil_engine::errors::Base::Type, format!("stream.{name} is not a function"))),
    }
}

fn noop(cx: &mut Context) -> JsFunction {
    let streams = Host::of(cx).state::<Streams>();
    streams.noop.get_or_init(|| table::function(|_, _, _| Ok(JsValue::undefined()), js_string!("noop"), 0, cx)).clone()
}

/// The callback of a write: an error that comes later is no uncaught one.
pub(super) fn error_handler(console: &JsObject, fd: Fd, cx: &mut Context) -> JsFunction {
    match fd {
        Fd::Stdout => table::closure("", 1, console.clone(), |_, args, console, cx| late_error(console, Fd::Stdout, args, cx), cx),
        Fd::Stderr => table::closure("", 1, console.clone(), |_, args, console, cx| late_error(console, Fd::Stderr, args, cx), cx),
    }
}

fn late_error(console: &JsObject, fd: Fd, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).is_null() {
        return Ok(JsValue::undefined());
    }
    let stream = console.get(JsString::from(fd.own_name()), cx)?.to_object(cx)?;
    let state = stream.get(js_string!("_writableState"), cx)?.to_object(cx)?;
    if !state.get(js_string!("errorEmitted"), cx)?.to_boolean() {
        let event = JsValue::from(js_string!("error"));
        if call(&stream, "listenerCount", std::slice::from_ref(&event), cx)?.as_number() == Some(0.0) {
            let noop = noop(cx);
            call(&stream, "once", &[event, noop.into()], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// Whether what goes to `fd` of this console is coloured when it says `auto`.
pub(super) fn shows_colors(console: &JsObject, is_global: bool, fd: Fd, cx: &mut Context) -> JsResult<bool> {
    if is_global && matches!(replacement(fd, cx)?, Some(Target::Descriptor)) {
        return Ok(colors::fd_shows_colors(fd as i32, cx));
    }
    let host = Host::of(cx);
    let env = |name: &str| host.sys().env().get(name).map(|value| value.to_string_lossy().into_owned());
    if env("FORCE_COLOR").is_some() {
        return Ok(colors::color_depth(&env) > colors::COLORS_LEAST);
    }
    let stream = console.get(JsString::from(fd.own_name()), cx)?;
    let Some(stream) = stream.as_object() else { return Ok(false) };
    if !stream.get(js_string!("isTTY"), cx)?.to_boolean() {
        return Ok(false);
    }
    match stream.get(js_string!("getColorDepth"), cx)?.as_callable() {
        Some(depth) => Ok(depth.call(&stream.into(), &[], cx)?.to_number(cx)? > f64::from(colors::COLORS_LEAST)),
        None => Ok(true),
    }
}

/// `console._stdout`
pub(super) fn stdout(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    stream_of_process(Fd::Stdout, cx)
}

/// `console._stderr`
pub(super) fn stderr(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    stream_of_process(Fd::Stderr, cx)
}

pub(super) fn set_stdout(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    replace(Fd::Stdout, args.get_or_undefined(0), cx)
}

pub(super) fn set_stderr(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    replace(Fd::Stderr, args.get_or_undefined(0), cx)
}

fn replace(fd: Fd, stream: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let streams = Host::of(cx).state::<Streams>();
    // What is falsy makes the console ask `process` again.
    *streams.of(fd).replaced.borrow_mut() = stream.to_boolean().then(|| stream.clone());
    Ok(JsValue::undefined())
}

fn stream_of_process(fd: Fd, cx: &mut Context) -> JsResult<JsValue> {
    let streams = Host::of(cx).state::<Streams>();
    let bound = streams.of(fd);
    if let Some(stream) = bound.replaced.borrow().clone() {
        return Ok(stream);
    }
    if bound.settled.get()
        && let Some((stream, _)) = bound.made.borrow().clone()
    {
        return Ok(stream.into());
    }
    crate::process::object(cx)?.get(JsString::from(fd.process_name()), cx)
}
