//! `REPLServer`: the session, an interface of `readline` that evaluates its lines.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::{JsArray, JsFunction},
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    op::thrown_value,
    table::{self, Member},
    validate,
};

use super::{LIBRARIES, RECOVERABLE, SLOPPY, STRICT, commands, complete, evaluate, history};
use crate::{
    events,
    readline::interface::{self, get, put},
    util::inspect,
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
        Member::function("createContext", 0, |this, _, cx| create_context(&this.to_object(cx)?, cx).map(JsValue::from)),
        Member::function("resetContext", 0, |this, _, cx| {
            let server = this.to_object(cx)?;
            reset_context(&server, cx)?;
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
        Member::function("completeOnEditorMode", 1, |_, args, _| Ok(args.get_or_undefined(0).clone())),
        Member::function("defineCommand", 2, commands::define),
    ],
    statics: &[],
};

/// What a session keeps natively; the rest are its properties.
#[derive(Default, Trace, Finalize, JsData)]
pub(super) struct Session {
    /// The command so far, while it is not complete.
    #[unsafe_ignore_trace]
    pub(super) buffered: RefCell<String>,
    /// `.editor` collects lines until Ctrl+D.
    #[unsafe_ignore_trace]
    pub(super) editor: Cell<bool>,
    #[unsafe_ignore_trace]
    saw_interrupt: Cell<bool>,
    /// A command that awaits has not ended yet.
    #[unsafe_ignore_trace]
    awaiting: Cell<bool>,
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
    if !get(&options, "completer", cx)?.to_boolean() {
        let completer = table::closure("completer", 2, server.clone(), complete::completer, cx);
        put(&options, "completer", completer, cx)?;
    }
    let prompt = get(&options, "prompt", cx)?;
    let prompt: JsValue = if prompt.is_undefined() { js_string!("> ").into() } else { prompt };
    put(&options, "prompt", prompt.clone(), cx)?;
    if get(&options, "historySize", cx)?.is_undefined() {
        put(&options, "historySize", HISTORY_SIZE, cx)?;
    }
    interface::construct(this, &[options.clone().into()], cx)?;
    Slot::set(&server, Session::default(), cx)?;
    put(&server, "_initialPrompt", prompt, cx)?;
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
    put(&server, "eval", evaluate, cx)?;
    let domain = domain_of(&server, &options, cx)?;
    put(&server, "_domain", domain, cx)?;
    reset_context(&server, cx)?;
    commands::define_all(&server, cx)?;
    define_writer(&server, &options, cx)?;
    listen(&server, cx)?;
    display_prompt(this, &[], cx)?;
    Ok(JsValue::undefined())
}

/// The domain that hears of what commands throw: the one that was given, or a new one. It prints errors.
fn domain_of(server: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let given = get(options, "domain", cx)?;
    let domain = match given.as_object() {
        Some(domain) => domain,
        None => {
            let module = table::instantiate(&crate::domain::MODULE, cx)?;
            events::method(&module, "create", &[], cx)?.to_object(cx)?
        }
    };
    let printer = table::closure(
        "debugDomainError",
        1,
        server.clone(),
        |_, args, server, cx| {
            print_error(server, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&domain, js_string!("error"), printer, cx)?;
    Ok(domain.into())
}

/// Lines of history, unless told otherwise.
const HISTORY_SIZE: i32 = 1000;

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
            Some(output) if get(output, "hasColors", cx)?.is_callable() => events::method(output, "hasColors", &[], cx)?.to_boolean(),
            _ => false,
        };
        put(&options, "useColors", colors, cx)?;
    }
    Ok(options)
}

fn define_writer(server: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let given = get(options, "writer", cx)?;
    let writer = match given.as_function() {
        Some(writer) => writer.into(),
        None if get(server, "useColors", cx)?.to_boolean() => table::function(
            |_, args, cx| {
                let writer = table::instantiate(&super::MODULE, cx)?.get(js_string!("writer"), cx)?.to_object(cx)?;
                let options = get(&writer, "options", cx)?;
                let mut merged = inspect::installed_options(cx)?;
                if let Some(options) = options.as_object() {
                    merged = merged.merged(&options, cx)?;
                }
                merged.colors = true;
                inspect::inspect(args.get_or_undefined(0), &merged, cx).map(JsValue::from)
            },
            js_string!("writer"),
            1,
            cx,
        )
        .into(),
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
    let empty = get(server, "line", cx)?.as_string().is_none_or(|line| line.is_empty());
    events::method(server, "clearLine", &[], cx)?;
    let (fresh, again) = with(server, cx, |session| {
        let fresh = session.buffered.borrow().is_empty() && !session.editor.replace(false) && empty;
        (fresh, session.saw_interrupt.replace(fresh))
    })?;
    put(server, "editorMode", false, cx)?;
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
fn set_own_prompt(this: &JsValue, prompt: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
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
    if with(server, cx, |session| session.editor.get())? {
        with(server, cx, |session| *session.buffered.borrow_mut() += &format!("{line}\n"))?;
        return Ok(());
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
    if !trimmed.is_empty() {
        let lines = get(server, "lines", cx)?.to_object(cx)?;
        events::method(&lines, "push", &[js_string!(line).into()], cx)?;
    }
    let code = with(server, cx, |session| format!("{}{line}\n", session.buffered.borrow()))?;
    run(server, &code, line, cx)
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
            show_error(server, &error, cx)
        }
        result => result.map(drop),
    }
}

/// Lines wait from now on until [`go_on`].
pub(super) fn hold(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    with(server, cx, |session| session.awaiting.set(true))
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
        return show_error(server, &error, cx);
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

/// An error that a command has thrown: the session's domain hears of it, and prints it.
pub(super) fn show_error(server: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    match get(server, "_domain", cx)?.as_object() {
        Some(domain) => events::emit(&domain, js_string!("error"), std::slice::from_ref(error), cx).map(drop),
        None => print_error(server, error, cx),
    }
}

fn print_error(server: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    if !get(server, "underscoreErrAssigned", cx)?.to_boolean() {
        put(server, "lastError", error.clone(), cx)?;
    }
    if let Some(object) = error.as_object().filter(|object| object.error_kind().is_some()) {
        evaluate::shorten_stack(&object, cx)?;
    }
    let shown = events::method(server, "writer", std::slice::from_ref(error), cx)?.to_string(cx)?.to_std_string_lossy();
    // An error without frames is shown in brackets, which are not for here.
    let shown = shown.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).map_or(shown.clone(), str::to_owned);
    let mut text = String::new();
    let mut marked = false;
    for line in shown.split_inclusive('\n') {
        if !marked && names_error(line) {
            text += if line.len() <= LINE_LEN { "Uncaught " } else { "Uncaught:\n" };
            marked = true;
        }
        text += line;
    }
    if !marked {
        text = format!("Uncaught{}{shown}", if shown.contains('\n') { ":\n" } else { " " });
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    write(server, &text, cx)?;
    events::method(server, "clearBufferedCommand", &[], cx)?;
    prompt(server, cx)
}

/// `writer.options.breakLength`
const LINE_LEN: usize = 128;

/// Whether a line begins with the name of an error, in brackets or not.
fn names_error(line: &str) -> bool {
    let line = line.strip_prefix('[').unwrap_or(line);
    let word: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    word.contains("Error") && word.chars().next().is_some_and(char::is_uppercase)
}

fn reset_context(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    let context = create_context(server, cx)?;
    put(server, "context", context.clone(), cx)?;
    put(server, "underscoreAssigned", false, cx)?;
    put(server, "underscoreErrAssigned", false, cx)?;
    let lines = JsArray::new(cx)?;
    let level = JsArray::new(cx)?;
    put(&lines.clone().into(), "level", level, cx)?;
    put(server, "lines", lines, cx)?;
    for (name, (own, assigned)) in [("_", ("last", "underscoreAssigned")), ("_error", ("lastError", "underscoreErrAssigned"))] {
        define_result(server, &context, name, own, assigned, cx)?;
    }
    events::emit(server, js_string!("reset"), &[context.into()], cx)?;
    Ok(())
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Kept {
    server: JsObject,
    #[unsafe_ignore_trace]
    name: &'static str,
    #[unsafe_ignore_trace]
    own: &'static str,
    #[unsafe_ignore_trace]
    assigned: &'static str,
}

/// `_` and `_error`: what came last, until a command assigns them.
fn define_result(server: &JsObject, context: &JsObject, name: &'static str, own: &'static str, assigned: &'static str, cx: &mut Context) -> JsResult<()> {
    let kept = Kept { server: server.clone(), name, own, assigned };
    let read: JsFunction = table::closure("get", 0, kept.clone(), |_, _, kept, cx| get(&kept.server, kept.own, cx), cx);
    let write_to: JsFunction = table::closure(
        "set",
        1,
        kept,
        |_, args, kept, cx| {
            put(&kept.server, kept.own, args.get_or_undefined(0).clone(), cx)?;
            if !get(&kept.server, kept.assigned, cx)?.to_boolean() {
                put(&kept.server, kept.assigned, true, cx)?;
                let what = if kept.name == "_" { "Expression assignment to _ now disabled.\n" } else { "Expression assignment to _error now disabled.\n" };
                write(&kept.server, what, cx)?;
            }
            Ok(args.get_or_undefined(0).clone())
        },
        cx,
    );
    let accessor = PropertyDescriptor::builder().get(read).set(write_to).enumerable(false).configurable(true);
    context.define_property_or_throw(js_string!(name), accessor, cx).map(drop)
}

/// `server.createContext()`: the global object, or one like it for this session alone.
fn create_context(server: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let global = cx.global_object();
    if get(server, "useGlobal", cx)?.to_boolean() {
        return Ok(global);
    }
    let vm = table::instantiate(&crate::vm::MODULE, cx)?;
    let context = events::method(&vm, "createContext", &[], cx)?.to_object(cx)?;
    let run = [js_string!("Object.getOwnPropertyNames(globalThis)").into(), context.clone().into()];
    let own = events::method(&vm, "runInContext", &run, cx)?.to_object(cx)?;
    let own = events::elements(&own, cx)?;
    for key in global.own_property_keys(cx)? {
        let PropertyKey::String(name) = &key else { continue };
        if own.iter().any(|known| known.as_string().as_ref() == Some(name)) {
            continue;
        }
        if let Some(descriptor) = global.own_property(&key, cx)? {
            context.define_property_or_throw(key, descriptor, cx)?;
        }
    }
    put(&context, "global", context.clone(), cx)?;
    let output = get(server, "output", cx)?;
    let console = crate::console::CONSOLE.construct(&[output], cx)?;
    let hidden = PropertyDescriptor::builder().value(console).writable(true).enumerable(false).configurable(true);
    context.define_property_or_throw(js_string!("console"), hidden, cx)?;
    offer_modules(&context, cx)?;
    Ok(context)
}

/// `require`, `module`, and the built-in modules by their names.
fn offer_modules(context: &JsObject, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    if let Some(module) = host.builtin("module") {
        let class = table::instantiate(module, cx)?;
        let path = js_string!(format!("{}/repl", host.cwd()));
        let require = events::method(&class, "createRequire", &[path.into()], cx)?;
        let module = class.construct(&[js_string!("<repl>").into()], None, cx)?;
        let paths = events::method(&class, "_nodeModulePaths", &[js_string!(host.cwd()).into()], cx)?;
        put(&module, "paths", paths, cx)?;
        for (name, value) in [("module", module.into()), ("require", require)] {
            let own = PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
            context.define_property_or_throw(js_string!(name), own, cx)?;
        }
    }
    for name in LIBRARIES.iter().filter(|name| !name.contains('/') && !matches!(**name, "console" | "process" | "module")) {
        let Some(module) = host.builtin(name) else { continue };
        let key = js_string!(*name);
        if context.has_own_property(key.clone(), cx)? {
            continue;
        }
        let name = key.clone();
        let get_module = table::closure("get", 0, Library(module.name, context.clone()), |_, _, library, cx| library.get(cx), cx);
        let set_module = table::closure("set", 1, Library(module.name, context.clone()), |_, args, library, cx| library.set(args.get_or_undefined(0), cx), cx);
        let accessor = PropertyDescriptor::builder().get(get_module).set(set_module).enumerable(false).configurable(true);
        context.define_property_or_throw(name, accessor, cx)?;
    }
    Ok(())
}

/// A built-in module that is loaded when its name is first used.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Library(#[unsafe_ignore_trace] &'static str, JsObject);

impl Library {
    fn get(&self, cx: &mut Context) -> JsResult<JsValue> {
        let Some(module) = Host::of(cx).builtin(self.0) else { return Ok(JsValue::undefined()) };
        let exports: JsValue = table::instantiate(module, cx)?.into();
        self.set(&exports, cx)?;
        Ok(exports)
    }

    fn set(&self, value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
        let own = PropertyDescriptor::builder().value(value.clone()).writable(true).enumerable(false).configurable(true);
        self.1.define_property_or_throw(js_string!(self.0), own, cx)?;
        Ok(JsValue::undefined())
    }
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
