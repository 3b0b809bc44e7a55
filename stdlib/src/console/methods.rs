//! What prints, counts and groups.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::Host;

use super::{
    ColorMode, State, state_of,
    streams::{self, Fd, call},
};
use crate::util::{
    inspect::{self, Options, Text},
    stack,
};

/// `console.log`
pub(super) fn log(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    print(this, Fd::Stdout, "console.log", args, cx)
}

/// `console.info`
pub(super) fn info(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    print(this, Fd::Stdout, "console.info", args, cx)
}

/// `console.debug`
pub(super) fn debug(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    print(this, Fd::Stdout, "console.debug", args, cx)
}

/// `console.warn`
pub(super) fn warn(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    print(this, Fd::Stderr, "console.warn", args, cx)
}

/// `console.error`
pub(super) fn error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    print(this, Fd::Stderr, "console.error", args, cx)
}

fn print(this: &JsValue, fd: Fd, channel: &str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    publish(channel, args, cx)?;
    let text = formatted(&console, &state, fd, args, cx)?;
    streams::write(&console, &state, fd, text, cx)?;
    Ok(JsValue::undefined())
}

/// Tells the diagnostics channel of this method, if a script has loaded that module and listens.
fn publish(channel: &str, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let Some(module) = Host::of(cx).instance_of_builtin("diagnostics_channel") else { return Ok(()) };
    let channel = call(&module, "channel", &[JsString::from(channel).into()], cx)?.to_object(cx)?;
    if channel.get(js_string!("hasSubscribers"), cx)?.to_boolean() {
        let message = JsArray::from_iter(args.to_vec(), cx);
        call(&channel, "publish", &[message.into()], cx)?;
    }
    Ok(())
}

/// What `args` look like on a stream of this console.
fn formatted(console: &JsObject, state: &JsObject<State>, fd: Fd, args: &[JsValue], cx: &mut Context) -> JsResult<Text> {
    if let [only] = args
        && let Some(text) = only.as_string()
    {
        return Ok(Text::from_js(&text));
    }
    match inspect_options(console, state, fd, cx)? {
        Inspect::Plain { colors } => {
            let mut options = inspect::installed_options(cx)?;
            options.colors |= colors;
            inspect::format_text(Some(options), args, cx)
        }
        Inspect::Given(options) => Ok(Text::from_js(&inspect::format_with_options(Some(&options), args, cx)?)),
    }
}

/// How a console shows objects on a stream.
pub(super) enum Inspect {
    /// As always, coloured or not.
    Plain { colors: bool },
    /// As `options.inspectOptions` says.
    Given(JsObject),
}

/// `kGetInspectOptions`
pub(super) fn inspect_options(console: &JsObject, state: &JsObject<State>, fd: Fd, cx: &mut Context) -> JsResult<Inspect> {
    let (mode, is_global, given) = {
        let state = state.borrow();
        (state.data().color_mode, state.data().is_global, state.data().inspect_options.clone())
    };
    let colors = match mode {
        ColorMode::Always => true,
        ColorMode::Never => false,
        ColorMode::Auto => streams::shows_colors(console, is_global, fd, cx)?,
    };
    if given.is_empty() {
        return Ok(Inspect::Plain { colors });
    }
    let name = if fd == Fd::Stdout { "_stdout" } else { "_stderr" };
    let stream = console.get(JsString::from(name), cx)?;
    let Some((_, options)) = given.into_iter().find(|(known, _)| *known == stream) else {
        return Ok(Inspect::Plain { colors });
    };
    if options.get(js_string!("colors"), cx)?.is_undefined() {
        options.set(js_string!("colors"), colors, true, cx)?;
    }
    Ok(Inspect::Given(options))
}

/// `console.dir`
pub(super) fn dir(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    let mut options = inspect::installed_options(cx)?;
    options.custom_inspect = false;
    options = with_console_options(options, &console, &state, cx)?;
    if let Some(given) = args.get_or_undefined(1).as_object() {
        options = options.merged(&given, cx)?;
    }
    let text = inspect::inspect_text(args.get_or_undefined(0), options, cx)?;
    streams::write(&console, &state, Fd::Stdout, text, cx)?;
    Ok(JsValue::undefined())
}

/// `{ ...options, ...this[kGetInspectOptions](this._stdout) }`
pub(super) fn with_console_options(mut options: Options, console: &JsObject, state: &JsObject<State>, cx: &mut Context) -> JsResult<Options> {
    match inspect_options(console, state, Fd::Stdout, cx)? {
        Inspect::Plain { colors } => {
            options.colors |= colors;
            Ok(options)
        }
        Inspect::Given(given) => options.merged(&given, cx),
    }
}

/// `console.trace`
pub(super) fn trace(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    let message = formatted(&console, &state, Fd::Stderr, args, cx)?;
    let mut text = Text::from("Trace");
    if !message.is_empty() {
        text.push_str(": ");
        text.push(&message);
    }
    text.push_str(&stack::frames_text(cx)?);
    call(&console, "error", &[text.to_js().into()], cx)?;
    Ok(JsValue::undefined())
}

/// `console.assert`
pub(super) fn assert(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).to_boolean() {
        return Ok(JsValue::undefined());
    }
    let console = this.to_object(cx)?;
    let mut rest = args.get(1..).unwrap_or_default().to_vec();
    match rest.first().and_then(JsValue::as_string) {
        Some(first) => rest[0] = js_string!(&js_string!("Assertion failed: "), &first).into(),
        None => rest.insert(0, js_string!("Assertion failed").into()),
    }
    call(&console, "warn", &rest, cx)?;
    Ok(JsValue::undefined())
}

/// `console.clear`
pub(super) fn clear(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let stream = console.get(js_string!("_stdout"), cx)?;
    let Some(stream) = stream.as_object() else { return Ok(JsValue::undefined()) };
    let dumb = Host::of(cx).sys().env().get("TERM").is_some_and(|term| term == "dumb");
    if stream.get(js_string!("isTTY"), cx)?.to_boolean() && !dumb {
        call(&stream, "write", &[js_string!("\u{1b}[1;1H").into()], cx)?;
        call(&stream, "write", &[js_string!("\u{1b}[0J").into()], cx)?;
    }
    Ok(JsValue::undefined())
}

/// A label as a string; `default` where there is none.
pub(super) fn label(given: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    if given.is_undefined() { Ok(js_string!("default")) } else { given.to_string(cx) }
}

/// `console.count`
pub(super) fn count(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    let label = label(args.get_or_undefined(0), cx)?;
    let count = {
        let state = state.borrow();
        let mut counts = state.data().counts.borrow_mut();
        let count = counts.entry(label.clone()).or_default();
        *count += 1;
        *count
    };
    let line = js_string!(&label, &js_string!(format!(": {count}")));
    call(&console, "log", &[line.into()], cx)?;
    Ok(JsValue::undefined())
}

/// `console.countReset`
pub(super) fn count_reset(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    let label = label(args.get_or_undefined(0), cx)?;
    let known = state.borrow().data().counts.borrow_mut().remove(&label).is_some();
    if !known {
        let warning = format!("Count for '{}' does not exist", label.to_std_string_lossy());
        crate::events::emit_warning(JsString::from(warning).into(), cx)?;
    }
    Ok(JsValue::undefined())
}

/// `console.group`
pub(super) fn group(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    if !args.is_empty() {
        call(&console, "log", args, cx)?;
    }
    let state = state.borrow();
    let group = &state.data().group;
    group.set(group.get() + state.data().group_width);
    Ok(JsValue::undefined())
}

/// `console.groupEnd`
pub(super) fn group_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let console = this.to_object(cx)?;
    let state = state_of(&console, cx)?;
    let state = state.borrow();
    let group = &state.data().group;
    group.set(group.get().saturating_sub(state.data().group_width));
    Ok(JsValue::undefined())
}
