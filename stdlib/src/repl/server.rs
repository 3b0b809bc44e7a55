//! `REPLServer`: the session, an interface of `readline` that evaluates its lines.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    op::thrown_value,
    table::{self, Member},
    validate,
};

use super::{RECOVERABLE, SLOPPY, STRICT, commands, complete, context, evaluate, failure, history, typing};
use crate::{
    events, process,
    readline::interface::{self, get, put},
};

/// `REPLServer`
pub(super) static REPL_SERVER: Class = Class {
    name: "REPLServer",
    length: 6,
    extends: Parent::Class(&interface::INTERFACE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("setupHistory", 2, history::set_up),
        Member::function("clearBufferedCommand", 0, |this, _, cx| {
            with(&this.to_object(cx)?, cx, |session| session.buffered.borrow_mut().clear())?;
            Ok(JsValue::undefined())
        }),
        Member::function("close", 0, close),
        Member::function("createContext", 0, |this, _, cx| context::create_context(&this.to_object(cx)?, cx).map(JsValue::from)),
        Member::function("resetContext", 0, |this, _, cx| {
            let server = this.to_object(cx)?;
            context::reset_context(&server, cx)?;
            Ok(JsValue::undefined())
        }),
        Member::function("displayPrompt", 1, display_prompt),
        Member::function("setPrompt", 1, |this, args, cx| {
            put(&this.to_object(cx)?, "_initialPrompt", args.get_or_undefined(0).clone(), cx)?;
            set_own_prompt(this, args.get_or_undefined(0), cx)
        }),
        Member::function("complete", 0, |this, args, cx| {
            let server = this.to_object(cx)?;
            events::method(&server, "completer", args, cx)
        }),
        Member::function("completeOnEditorMode", 1, complete::on_editor_mode),
        Member::function("defineCommand", 2, commands::define),
        Member::getter("inputStream", |this, _, cx| stream(this, "input", cx)).enumerable(false),
        Member::getter("outputStream", |this, _, cx| stream(this, "output", cx)).enumerable(false),
    ],
    statics: &[],
};

/// `server.inputStream`, `server.outputStream`: old names.
fn stream(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    process::deprecate_for_applications("DEP0141", "repl.inputStream and repl.outputStream are deprecated. Use repl.input and repl.output instead", cx)?;
    get(&this.to_object(cx)?, name, cx)
}

/// What a session keeps natively; the rest are its properties.
#[derive(Default, Trace, Finalize, JsData)]
pub(super) struct Session {
    /// The command so far, while it is not complete.
    #[unsafe_ignore_trace]
    pub(super) buffered: RefCell<String>,
    /// There is no file for the history, which the user has not been told.
    #[unsafe_ignore_trace]
    pub(super) explains_history: Cell<bool>,
    /// The lines come from a file.
    #[unsafe_ignore_trace]
    pub(super) loading: Cell<bool>,
    #[unsafe_ignore_trace]
    saw_interrupt: Cell<bool>,
    /// A command that awaits has not ended yet.
    #[unsafe_ignore_trace]
    awaiting: Cell<bool>,
    /// How many commands have awaited.
    #[unsafe_ignore_trace]
    awaited: Cell<u64>,
    /// Lines that came while it had not.
    #[unsafe_ignore_trace]
    waiting: RefCell<Vec<String>>,
    #[unsafe_ignore_trace]
    wants_to_close: Cell<bool>,
    /// The session is the program itself.
    #[unsafe_ignore_trace]
    pub(super) standalone: Cell<bool>,
}

/// Looks at a session's state.
pub(super) fn with<R>(server: &JsObject, cx: &mut Context, look: impl FnOnce(&Session) -> R) -> JsResult<R> {
    let session = Slot::<Session>::of(&server.clone().into(), "REPLServer", cx)?;
    let session = session.borrow();
    Ok(look(session.data()))
}

/// Writes to the session's output.
pub(super) fn write(server: &JsObject, text: &str, cx: &mut Context) -> JsResult<()> {
    if let Some(output) = get(server, "output", cx)?.as_object() {
        events::method(&output, "write", &[js_string!(text).into()], cx)?;
    }
    Ok(())
}

/// `new REPLServer(prompt | options, source, eval, useGlobal, ignoreUndefined, replMode)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !REPL_SERVER.is_instance(this, cx)? {
        return Ok(REPL_SERVER.construct(args, cx)?.into());
    }
    let server = this.to_object(cx)?;
    let options = options_of(args, cx)?;
    let given_eval = get(&options, "eval", cx)?;
    if given_eval.to_boolean() && get(&options, "breakEvalOnSigint", cx)?.to_boolean() {
        let message = "Cannot specify both \"breakEvalOnSigint\" and \"eval\" for REPL";
        return Err(errors::coded(Base::Type, "ERR_INVALID_REPL_EVAL_CONFIG", message, cx));
    }
    let given = get(&options, "completer", cx)?;
    let completer = if given.to_boolean() { complete::with_callback(&given, cx)? } else { table::closure("completer", 2, server.clone(), complete::in_mode, cx).into() };
    put(&options, "completer", completer, cx)?;
    let prompt = get(&options, "prompt", cx)?;
    let prompt: JsValue = if prompt.is_undefined() { js_string!("> ").into() } else { prompt };
    put(&options, "prompt", prompt.clone(), cx)?;
    interface::construct(this, &[options.clone().into()], cx)?;
    Slot::set(&server, Session::default(), cx)?;
    put(&server, "_initialPrompt", prompt, cx)?;
    let manager = JsObject::with_object_proto(cx.intrinsics());
    // The file of a history is written before anything else runs.
    put(&manager, "isFlushing", false, cx)?;
    put(&server, "historyManager", manager, cx)?;
    put(&server, "allowBlockingCompletions", get(&options, "allowBlockingCompletions", cx)?.to_boolean(), cx)?;
    for name in ["useColors", "useGlobal", "ignoreUndefined", "breakEvalOnSigint"] {
        let value = get(&options, name, cx)?.to_boolean();
        put(&server, name, value, cx)?;
    }
    let mode = get(&options, "replMode", cx)?;
    let mode = if mode.to_boolean() { mode } else { SLOPPY.to_js(cx).into() };
    put(&server, "replMode", mode, cx)?;
    for (name, value) in
        [("underscoreAssigned", false.into()), ("last", JsValue::undefined()), ("underscoreErrAssigned", false.into()), ("lastError", JsValue::undefined()), ("editorMode", false.into())]
    {
        put(&server, name, value, cx)?;
    }
    let evaluate: JsValue = match given_eval.as_function() {
        Some(function) => function.into(),
        None => table::closure("defaultEval", 4, server.clone(), evaluate::default_eval, cx).into(),
    };
    let domain = failure::domain_of(&server, &options, cx)?;
    put(&server, "_domain", domain.clone(), cx)?;
    let bound = events::method(&domain, "bind", &[evaluate], cx)?;
    put(&server, "eval", bound, cx)?;
    let standalone = Host::of(cx).state::<Starting>().0.take();
    with(&server, cx, |session| session.standalone.set(standalone))?;
    if !standalone {
        failure::guard(&server, &domain, cx)?;
    }
    context::reset_context(&server, cx)?;
    commands::define_all(&server, cx)?;
    define_writer(&server, &options, cx)?;
    typing::define(&server, cx)?;
    listen(&server, cx)?;
    display_prompt(this, &[], cx)?;
    Ok(JsValue::undefined())
}

/// The session that is made next is the program itself.
#[derive(Default)]
pub(super) struct Starting(pub(super) Cell<bool>);

/// The options as an object of ours, the old form of arguments too.
fn options_of(args: &[JsValue], cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    match args.get_or_undefined(0).as_object().filter(|given| !given.is_callable()) {
        Some(given) => {
            options.copy_data_properties::<JsString>(&given.into(), Vec::new(), cx)?;
        }
        None => {
            for (index, name) in ["prompt", "source", "eval", "useGlobal", "ignoreUndefined", "replMode"].into_iter().enumerate() {
                put(&options, name, args.get_or_undefined(index).clone(), cx)?;
            }
        }
    }
    if !get(&options, "input", cx)?.to_boolean() && !get(&options, "output", cx)?.to_boolean() {
        let source = get(&options, "source", cx)?;
        let source = if source.to_boolean() { source.to_object(cx)? } else { crate::process::object(cx)? };
        for (name, part) in [("input", "stdin"), ("output", "stdout")] {
            let stream = get(&source, part, cx)?;
            put(&options, name, if stream.to_boolean() { stream } else { source.clone().into() }, cx)?;
        }
    }
    let output = get(&options, "output", cx)?.as_object();
    if get(&options, "terminal", cx)?.is_undefined() {
        let terminal = match &output {
            Some(output) => get(output, "isTTY", cx)?.to_boolean(),
            None => false,
        };
        put(&options, "terminal", terminal, cx)?;
    }
    if get(&options, "terminal", cx)?.to_boolean() && get(&options, "useColors", cx)?.is_undefined() {
        let colors = match &output {
            Some(output) if get(output, "getColorDepth", cx)?.is_callable() => events::method(output, "getColorDepth", &[], cx)?.to_number(cx)? > 2.0,
            Some(output) => get(output, "isTTY", cx)?.to_boolean(),
            None => false,
        };
        put(&options, "useColors", colors, cx)?;
    }
    Ok(options)
}

fn define_writer(server: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let given = get(options, "writer", cx)?;
    let writer = match given.as_function() {
        Some(writer) => writer.into(),
        None if get(server, "useColors", cx)?.to_boolean() => {
            let writer = table::instantiate(&super::MODULE, cx)?.get(js_string!("writer"), cx)?.to_object(cx)?;
            let options = get(&writer, "options", cx)?;
            super::coloured_writer(&options, cx)?.into()
        }
        None => table::instantiate(&super::MODULE, cx)?.get(js_string!("writer"), cx)?,
    };
    put(server, "writer", writer, cx)
}

/// What the session listens to of itself.
fn listen(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    type Listener = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;
    let closed: Listener = |_, _, server, cx| events::emit(server, js_string!("exit"), &[], cx).map(JsValue::from);
    let interrupted: Listener = |_, _, server, cx| interrupt(server, cx).map(|()| JsValue::undefined());
    let line: Listener = |_, args, server, cx| {
        let line = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
        on_line(server, &line, cx)?;
        Ok(JsValue::undefined())
    };
    for (event, listener) in [("close", closed), ("SIGINT", interrupted), ("line", line)] {
        let listener = table::closure("", 1, server.clone(), listener, cx);
        events::on(server, js_string!(event), listener, cx)?;
    }
    Ok(())
}

/// Ctrl+C: drops the command, and ends the session where there is none.
fn interrupt(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    if with(server, cx, |session| session.awaiting.get())? {
        let error = errors::coded_object(Base::Error, "ERR_SCRIPT_EXECUTION_INTERRUPTED", "Script execution was interrupted by `SIGINT`", cx)?;
        failure::show_error(server, &error.into(), cx)?;
        return go_on(server, cx);
    }
    let empty = get(server, "line", cx)?.as_string().is_none_or(|line| line.is_empty());
    events::method(server, "clearLine", &[], cx)?;
    let (fresh, again) = with(server, cx, |session| {
        let fresh = session.buffered.borrow().is_empty() && empty;
        (fresh, session.saw_interrupt.replace(fresh))
    })?;
    typing::set_editor(server, false, cx)?;
    if fresh {
        if again {
            events::method(server, "close", &[], cx)?;
            with(server, cx, |session| session.saw_interrupt.set(false))?;
            return Ok(());
        }
        write(server, "(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n", cx)?;
    }
    events::method(server, "clearBufferedCommand", &[], cx)?;
    prompt(server, cx)
}

/// `displayPrompt`, as the session may have it replaced.
pub(super) fn prompt(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::method(server, "displayPrompt", &[], cx).map(drop)
}

/// `server.displayPrompt([preserveCursor])`
fn display_prompt(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let unfinished = with(&server, cx, |session| !session.buffered.borrow().is_empty())?;
    let prompt = if unfinished { js_string!("| ").into() } else { get(&server, "_initialPrompt", cx)? };
    set_own_prompt(this, &prompt, cx)?;
    events::method(&server, "prompt", &args[..args.len().min(1)], cx)
}

/// `setPrompt` of the interface, below the session's own.
pub(super) fn set_own_prompt(this: &JsValue, prompt: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let set = interface::BASE.prototype(cx)?.get(js_string!("setPrompt"), cx)?;
    match set.as_callable() {
        Some(set) => set.call(this, std::slice::from_ref(prompt), cx),
        None => Ok(JsValue::undefined()),
    }
}

/// `server.close()`: later, so that what is being written comes first.
fn close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let awaiting = with(&server, cx, |session| {
        session.wants_to_close.set(true);
        session.awaiting.get()
    })?;
    if !awaiting {
        close_soon(&server, cx);
    }
    Ok(JsValue::undefined())
}

fn close_soon(server: &JsObject, cx: &mut Context) {
    let closed = server.clone();
    Host::of(cx).next_tick_native(move |cx| {
        let close = interface::BASE.prototype(cx)?.get(js_string!("close"), cx)?;
        match close.as_callable() {
            Some(close) => close.call(&closed.into(), &[], cx).map(drop),
            None => Ok(()),
        }
    });
}

fn on_line(server: &JsObject, line: &str, cx: &mut Context) -> JsResult<()> {
    let held = with(server, cx, |session| {
        session.saw_interrupt.set(false);
        if session.awaiting.get() {
            session.waiting.borrow_mut().push(line.to_owned());
        }
        session.awaiting.get()
    })?;
    if held {
        return Ok(());
    }
    if typing::in_editor(server, cx)? {
        return typing::keep(server, line, cx);
    }
    let trimmed = line.trim();
    let mut characters = trimmed.chars();
    if characters.next() == Some('.') && characters.next().is_none_or(|second| second != '.' && !second.is_ascii_digit()) {
        let (keyword, rest) = trimmed[1..].split_once(char::is_whitespace).unwrap_or((&trimmed[1..], ""));
        if commands::run(server, keyword, rest.trim(), cx)? {
            return Ok(());
        }
        if with(server, cx, |session| session.buffered.borrow().is_empty())? {
            write(server, "Invalid REPL keyword\n", cx)?;
            return finish(server, &[JsValue::null()], line, cx);
        }
    }
    let code = with(server, cx, |session| format!("{}{line}\n", session.buffered.borrow()))?;
    run(server, &code, line, cx)
}

/// `server.lines`: what `.save` writes.
pub(super) fn remember(server: &JsObject, line: &str, cx: &mut Context) -> JsResult<()> {
    let lines = get(server, "lines", cx)?.to_object(cx)?;
    events::method(&lines, "push", &[js_string!(line).into()], cx).map(drop)
}

#[derive(Trace, Finalize)]
struct Ending {
    server: JsObject,
    #[unsafe_ignore_trace]
    line: String,
}

/// Evaluates `code`; the callback prints what comes of it.
pub(super) fn run(server: &JsObject, code: &str, line: &str, cx: &mut Context) -> JsResult<()> {
    let ending = Ending { server: server.clone(), line: line.to_owned() };
    let end = table::closure("finish", 2, ending, |_, args, ending, cx| finish(&ending.server, args, &ending.line, cx).map(|()| JsValue::undefined()), cx);
    let context = get(server, "context", cx)?;
    let name = evaluate::next_name(cx);
    let evaluate = get(server, "eval", cx)?;
    let Some(evaluate) = evaluate.as_callable() else { return Err(errors::plain(Base::Type, "self.eval is not a function")) };
    let args = [js_string!(code).into(), context, js_string!(name).into(), end.into()];
    match evaluate.call(&server.clone().into(), &args, cx) {
        Err(error) if error.as_engine().is_none() => {
            let error = thrown_value(error, cx);
            failure::throw(server, &error, cx)
        }
        result => result.map(drop),
    }
}

/// Lines wait from now on until [`go_on`]; the number of the command that they wait for.
pub(super) fn hold(server: &JsObject, cx: &mut Context) -> JsResult<u64> {
    with(server, cx, |session| {
        session.awaiting.set(true);
        session.awaited.set(session.awaited.get() + 1);
        session.awaited.get()
    })
}

/// Whether lines wait for this command, which may have been given up.
pub(super) fn holds(server: &JsObject, number: u64, cx: &mut Context) -> JsResult<bool> {
    with(server, cx, |session| session.awaiting.get() && session.awaited.get() == number)
}

/// Takes the lines that came in the meantime.
pub(super) fn go_on(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    let (lines, closing) = with(server, cx, |session| {
        session.awaiting.set(false);
        (session.waiting.take(), session.wants_to_close.get())
    })?;
    for line in lines {
        on_line(server, &line, cx)?;
    }
    if closing && !with(server, cx, |session| session.awaiting.get())? {
        close_soon(server, cx);
    }
    Ok(())
}

/// The callback of an evaluation: `(error)`, or `(null, value)`.
fn finish(server: &JsObject, args: &[JsValue], line: &str, cx: &mut Context) -> JsResult<()> {
    let error = args.get_or_undefined(0);
    let fresh = with(server, cx, |session| session.buffered.borrow().is_empty())?;
    remember(server, line, cx)?;
    if error.to_boolean() {
        if fresh && line.trim().starts_with("npm ") {
            write(server, "npm should be run outside of the Node.js REPL, in your normal shell.\n(Press Ctrl+D to exit.)\n", cx)?;
            return prompt(server, cx);
        }
        if RECOVERABLE.is_instance(error, cx)? {
            with(server, cx, |session| *session.buffered.borrow_mut() += &format!("{line}\n"))?;
            return prompt(server, cx);
        }
        let error = match error.as_object() {
            Some(object) if object.has_own_property(js_string!("err"), cx)? => get(&object, "err", cx)?,
            _ => error.clone(),
        };
        return failure::show_error(server, &error, cx);
    }
    events::method(server, "clearBufferedCommand", &[], cx)?;
    if let Some(value) = args.get(1)
        && (!get(server, "ignoreUndefined", cx)?.to_boolean() || !value.is_undefined())
    {
        if !get(server, "underscoreAssigned", cx)?.to_boolean() {
            put(server, "last", value.clone(), cx)?;
        }
        let shown = events::method(server, "writer", std::slice::from_ref(value), cx)?.to_string(cx)?;
        write(server, &format!("{}\n", shown.to_std_string_lossy()), cx)?;
    }
    if get(server, "closed", cx)?.to_boolean() { Ok(()) } else { prompt(server, cx) }
}

/// Whether the session's commands are strict code.
pub(super) fn is_strict(server: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let strict: JsValue = STRICT.to_js(cx).into();
    Ok(get(server, "replMode", cx)?.strict_equals(&strict))
}

/// An argument that must be a function where it is given.
pub(super) fn callback(value: &JsValue, name: &str, cx: &mut Context) -> Result<JsFunction, JsError> {
    validate::function(value, name, cx)
}
