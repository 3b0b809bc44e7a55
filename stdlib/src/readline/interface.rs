//! `readline.Interface`.

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors,
    errors::{Base, coded},
    table::{self, Member, Symbol},
    validate,
};

use super::{edit, keys};
use crate::{events, string_decoder::STRING_DECODER};

/// `readline.Interface`
pub(crate) static INTERFACE: Class = Class {
    name: "Interface",
    length: 4,
    extends: Parent::Class(&BASE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::build("question", question_function),
        Member::accessor("_decoder", |this, _, cx| with(this, cx, |state| state.decoder.clone()), |this, args, cx| keep(this, args, cx, |state, value| state.decoder = value))
            .enumerable(false)
            .permanent(),
        Member::accessor(
            "_line_buffer",
            |this, _, cx| with(this, cx, |state| state.part.clone().map_or_else(JsValue::undefined, JsValue::from)),
            |this, args, cx| keep(this, args, cx, |state, value| state.part = value.as_string()),
        )
        .enumerable(false)
        .permanent(),
        Member::accessor("_oldPrompt", |this, _, cx| with(this, cx, |state| state.old_prompt.clone()), |this, args, cx| keep(this, args, cx, |state, value| state.old_prompt = value))
            .enumerable(false)
            .permanent(),
        Member::accessor("_previousKey", |this, _, cx| with(this, cx, |state| state.previous_key.clone()), |this, args, cx| keep(this, args, cx, |state, value| state.previous_key = value))
            .enumerable(false)
            .permanent(),
        Member::accessor("_prompt", |this, _, cx| with(this, cx, |state| state.prompt.clone()), |this, args, cx| keep(this, args, cx, |state, value| state.prompt = value))
            .enumerable(false)
            .permanent(),
        Member::accessor(
            "_questionCallback",
            |this, _, cx| with(this, cx, |state| state.question.clone().map_or_else(JsValue::null, JsValue::from)),
            |this, args, cx| keep(this, args, cx, |state, value| state.question = value.as_function()),
        )
        .enumerable(false)
        .permanent(),
        Member::accessor(
            "_sawKeyPress",
            |this, _, cx| with(this, cx, |state| state.saw_key_press.into()),
            |this, args, cx| keep(this, args, cx, |state, value| state.saw_key_press = value.to_boolean()),
        )
        .enumerable(false)
        .permanent(),
        Member::accessor(
            "_sawReturnAt",
            |this, _, cx| with(this, cx, |state| state.saw_return_ms.into()),
            |this, args, cx| keep(this, args, cx, |state, value| state.saw_return_ms = value.as_number().unwrap_or_default()),
        )
        .enumerable(false)
        .permanent(),
        Member::renamed("_setRawMode", "[_setRawMode]", 1, set_raw_mode),
        Member::renamed("_onLine", "[_onLine]", 1, on_line),
        Member::renamed("_writeToOutput", "[_writeToOutput]", 1, write_to_output),
        Member::renamed("_addHistory", "[_addHistory]", 0, edit::add_history_method),
        Member::renamed("_refreshLine", "[_refreshLine]", 0, edit::refresh_method),
        Member::renamed("_normalWrite", "[_normalWrite]", 1, normal_write_method),
        Member::renamed("_insertString", "[_insertString]", 1, edit::insert_method),
        Member::renamed("_tabComplete", "", 1, edit::tab_complete_method),
        Member::renamed("_wordLeft", "[_wordLeft]", 0, edit::word_left_method),
        Member::renamed("_wordRight", "[_wordRight]", 0, edit::word_right_method),
        Member::renamed("_deleteLeft", "[_deleteLeft]", 0, edit::delete_left_method),
        Member::renamed("_deleteRight", "[_deleteRight]", 0, edit::delete_right_method),
        Member::renamed("_deleteWordLeft", "[_deleteWordLeft]", 0, edit::delete_word_left_method),
        Member::renamed("_deleteWordRight", "[_deleteWordRight]", 0, edit::delete_word_right_method),
        Member::renamed("_deleteLineLeft", "[_deleteLineLeft]", 0, edit::delete_line_left_method),
        Member::renamed("_deleteLineRight", "[_deleteLineRight]", 0, edit::delete_line_right_method),
        Member::renamed("_line", "[_line]", 0, edit::line_method),
        Member::renamed("_historyNext", "[_historyNext]", 0, edit::history_next_method),
        Member::renamed("_historyPrev", "[_historyPrev]", 0, edit::history_prev_method),
        Member::renamed("_getDisplayPos", "[_getDisplayPos]", 1, edit::display_pos_method),
        Member::renamed("_getCursorPos", "getCursorPos", 0, edit::cursor_pos_method),
        Member::renamed("_moveCursor", "[_moveCursor]", 1, edit::move_cursor_method),
        Member::renamed("_ttyWrite", "[_ttyWrite]", 2, edit::tty_write),
    ],
    statics: &[],
};

/// What the interfaces of `readline` and `readline/promises` share.
pub(crate) static BASE: Class = Class {
    name: "InterfaceConstructor",
    length: 4,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::getter("columns", columns),
        Member::function("setPrompt", 1, set_prompt),
        Member::function("getPrompt", 0, |this, _, cx| with(this, cx, |state| state.prompt.clone())),
        Member::function("prompt", 1, prompt_method),
        Member::function("close", 0, close_method),
        Member::function("pause", 0, pause),
        Member::function("resume", 0, resume),
        Member::function("write", 2, write),
        Member::function("clearLine", 0, edit::clear_line_method),
        Member::function("getCursorPos", 0, edit::cursor_pos_method),
        Member::symbol(Symbol::AsyncIterator, "[Symbol.asyncIterator]", 0, async_iterator).enumerable(false),
        Member::symbol(Symbol::Dispose, "[Symbol.dispose]", 0, close_method).enumerable(false),
    ],
    statics: &[],
};

/// What an interface keeps natively; the rest are its properties.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct State {
    pub prompt: JsValue,
    old_prompt: JsValue,
    question: Option<JsFunction>,
    /// A line that has begun.
    part: Option<JsString>,
    /// The `StringDecoder` of an input that is no terminal.
    decoder: JsValue,
    /// Whether a terminal has told of a key.
    pub saw_key_press: bool,
    /// When a carriage return was seen, in milliseconds; 0 if it was not the last.
    pub saw_return_ms: f64,
    pub previous_key: JsValue,
    /// What up and down look for.
    pub search: Option<JsString>,
    /// Lines and cursors before the last changes, and those that were taken back.
    pub undo: Vec<(JsString, f64)>,
    pub redo: Vec<(JsString, f64)>,
    iterator: Option<JsValue>,
    pub prev_rows: f64,
}

/// The state behind an interface.
pub fn state_of(interface: &JsObject, cx: &mut Context) -> JsResult<JsObject<State>> {
    Slot::<State>::of(&interface.clone().into(), "Interface", cx)
}

fn with(this: &JsValue, cx: &mut Context, read: fn(&State) -> JsValue) -> JsResult<JsValue> {
    let state = state_of(&this.to_object(cx)?, cx)?;
    let value = read(state.borrow().data());
    Ok(value)
}

fn keep(this: &JsValue, args: &[JsValue], cx: &mut Context, write: fn(&mut State, JsValue)) -> JsResult<JsValue> {
    let state = state_of(&this.to_object(cx)?, cx)?;
    write(state.borrow_mut().data_mut(), args.get_or_undefined(0).clone());
    Ok(JsValue::undefined())
}

/// A property.
pub fn get(object: &JsObject, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(name);
    object.get(key, cx)
}

/// Sets a property.
pub fn put(object: &JsObject, name: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let key = Host::of(cx).intern(name);
    object.set(key, value.into(), true, cx).map(drop)
}

/// `Interface(input, output, completer, terminal)`
pub fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !BASE.is_instance(this, cx)? {
        return Ok(INTERFACE.construct(args, cx)?.into());
    }
    let interface = this.to_object(cx)?;
    put(&interface, "isCompletionEnabled", true, cx)?;
    put(&interface, "escapeCodeTimeout", keys::ESCAPE_CODE_TIMEOUT_MS, cx)?;
    put(&interface, "tabSize", 8, cx)?;
    events::init_emitter(&interface, &JsValue::undefined(), cx)?;
    let (mut input, mut output, mut completer, mut terminal) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    let mut prompt: JsValue = js_string!("> ").into();
    let (mut signal, mut crlf_delay) = (JsValue::undefined(), JsValue::undefined());
    let (mut history, mut history_size, mut remove_duplicates) = (JsValue::undefined(), JsValue::undefined(), false);
    let options = match input.as_object() {
        Some(options) if get(&options, "input", cx)?.to_boolean() => Some(options),
        _ => None,
    };
    if let Some(options) = options {
        output = get(&options, "output", cx)?;
        completer = get(&options, "completer", cx)?;
        terminal = get(&options, "terminal", cx)?;
        signal = get(&options, "signal", cx)?;
        history = get(&options, "history", cx)?;
        history_size = get(&options, "historySize", cx)?;
        remove_duplicates = get(&options, "removeHistoryDuplicates", cx)?.to_boolean();
        let tab_size = get(&options, "tabSize", cx)?;
        if !tab_size.is_undefined() {
            validate::uint32(&tab_size, "tabSize", true, cx)?;
            put(&interface, "tabSize", tab_size, cx)?;
        }
        let given = get(&options, "prompt", cx)?;
        if !given.is_undefined() {
            prompt = given;
        }
        let timeout = get(&options, "escapeCodeTimeout", cx)?;
        if !timeout.is_undefined() {
            if !timeout.as_number().is_some_and(f64::is_finite) {
                let own = get(&interface, "escapeCodeTimeout", cx)?;
                return Err(errors::invalid_arg_value("input.escapeCodeTimeout", &own, "is invalid", cx));
            }
            put(&interface, "escapeCodeTimeout", timeout, cx)?;
        }
        if signal.to_boolean() {
            validate::abort_signal(&signal, "options.signal", cx)?;
        }
        crlf_delay = get(&options, "crlfDelay", cx)?;
        input = get(&options, "input", cx)?;
    }
    if !completer.is_undefined() && !completer.is_callable() {
        return Err(errors::invalid_arg_value("completer", &completer, "is invalid", cx));
    }
    let history: JsValue = if history.is_undefined() { JsArray::new(cx)?.into() } else { validate::array(&history, "history", 0, cx)?.into() };
    let history_size: JsValue = if history_size.is_undefined() { HISTORY_SIZE.into() } else { validate::number_within(&history_size, "historySize", Some(0.0), None, cx)?.into() };
    if terminal.is_undefined()
        && let Some(output) = output.as_object()
    {
        terminal = get(&output, "isTTY", cx)?.to_boolean().into();
    }
    let terminal = terminal.to_boolean();
    put(&interface, "history", history, cx)?;
    put(&interface, "historyIndex", -1, cx)?;
    put(&interface, "historySize", history_size, cx)?;
    put(&interface, "removeHistoryDuplicates", remove_duplicates, cx)?;
    put(&interface, "line", js_string!(), cx)?;
    put(&interface, "output", output.clone(), cx)?;
    put(&interface, "input", input.clone(), cx)?;
    let delay = crlf_delay.to_number(cx)?;
    put(&interface, "crlfDelay", if crlf_delay.to_boolean() { delay.max(CRLF_DELAY_MIN_MS) } else { CRLF_DELAY_MIN_MS }, cx)?;
    put(&interface, "completer", completer, cx)?;
    put(&interface, "terminal", terminal, cx)?;
    let decoder = if terminal { JsValue::undefined() } else { STRING_DECODER.construct(&[js_string!("utf8").into()], cx)?.into() };
    let state = State {
        prompt,
        old_prompt: JsValue::undefined(),
        question: None,
        part: None,
        decoder,
        saw_key_press: false,
        saw_return_ms: 0.0,
        previous_key: JsValue::null(),
        search: None,
        undo: Vec::new(),
        redo: Vec::new(),
        iterator: None,
        prev_rows: 0.0,
    };
    Slot::set(&interface, state, cx)?;
    attach(&interface, &input.to_object(cx)?, &output, terminal, cx)?;
    if signal.to_boolean() {
        close_with(&interface, &signal.to_object(cx)?, cx)?;
    }
    events::method(&input.to_object(cx)?, "resume", &[], cx)?;
    Ok(JsValue::undefined())
}

/// Lines kept unless told otherwise.
const HISTORY_SIZE: i32 = 30;
/// A line feed that comes this soon after a carriage return belongs to it.
const CRLF_DELAY_MIN_MS: f64 = 100.0;

type Listener = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

/// Listens to the input, until the interface is closed.
fn attach(interface: &JsObject, input: &JsObject, output: &JsValue, terminal: bool, cx: &mut Context) -> JsResult<()> {
    let error: Listener = |_, args, interface, cx| events::emit(interface, js_string!("error"), &[args.get_or_undefined(0).clone()], cx).map(JsValue::from);
    let mut listeners: Vec<(JsObject, &'static str, JsFunction)> = Vec::new();
    let mut listen = |target: &JsObject, event: &'static str, name: &'static str, call: Listener, cx: &mut Context| -> JsResult<()> {
        let listener = table::closure(name, 1, interface.clone(), call, cx);
        events::on(target, js_string!(event), listener.clone(), cx)?;
        listeners.push((target.clone(), event, listener));
        Ok(())
    };
    listen(input, "error", "onerror", error, cx)?;
    if terminal {
        keys::watch(input, Some(interface.clone()), cx)?;
        let key_press: Listener = |_, args, interface, cx| {
            state_of(interface, cx)?.borrow_mut().data_mut().saw_key_press = true;
            events::method(interface, "_ttyWrite", args, cx)
        };
        listen(input, "keypress", "onkeypress", key_press, cx)?;
        listen(
            input,
            "end",
            "ontermend",
            |_, _, interface, cx| {
                let line = get(interface, "line", cx)?;
                end_with(interface, line, cx)
            },
            cx,
        )?;
        put(interface, "cursor", 0, cx)?;
        if let Some(output) = output.as_object()
            && get(&output, "on", cx)?.is_callable()
        {
            listen(&output, "resize", "onresize", |_, _, interface, cx| events::method(interface, "_refreshLine", &[], cx), cx)?;
        }
    } else {
        listen(input, "data", "ondata", |_, args, interface, cx| events::method(interface, "_normalWrite", &[args.get_or_undefined(0).clone()], cx), cx)?;
        listen(
            input,
            "end",
            "onend",
            |_, _, interface, cx| {
                let part = state_of(interface, cx)?.borrow().data().part.clone();
                end_with(interface, part.map_or_else(JsValue::undefined, JsValue::from), cx)
            },
            cx,
        )?;
    }
    if terminal {
        call_set_raw_mode(interface, true, cx)?;
    }
    let captured = Listeners(listeners.into_iter().map(|(target, event, listener)| (target, event, JsObject::from(listener))).collect());
    let closed = table::closure(
        "",
        0,
        captured,
        |_this, _args, Listeners(listeners), cx| {
            for (target, event, listener) in listeners {
                events::remove_listener(target, js_string!(*event), listener.clone(), cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(interface, js_string!("close"), closed, cx)
}

#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Listeners(Vec<(JsObject, &'static str, JsObject)>);

fn end_with(interface: &JsObject, rest: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if rest.as_string().is_some_and(|rest| !rest.is_empty()) {
        events::emit(interface, js_string!("line"), &[rest], cx)?;
    }
    events::method(interface, "close", &[], cx)
}

/// An abort closes the interface.
fn close_with(interface: &JsObject, signal: &JsObject, cx: &mut Context) -> JsResult<()> {
    let aborted = table::closure("onAborted", 0, interface.clone(), |_this, _args, interface, cx| events::method(interface, "close", &[], cx), cx);
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        Host::of(cx).next_tick(aborted, JsValue::undefined(), Vec::new());
        return Ok(());
    }
    if events::on_abort(signal, &aborted, cx)? {
        forget_abort(interface, signal, aborted, cx)?;
    }
    Ok(())
}

fn forget_abort(interface: &JsObject, signal: &JsObject, listener: JsFunction, cx: &mut Context) -> JsResult<()> {
    let closed = table::closure(
        "",
        0,
        (signal.clone(), listener),
        |_this, _args, (signal, listener), cx| {
            events::off_abort(signal, listener, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(interface, js_string!("close"), closed, cx)
}

fn columns(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let output = get(&this.to_object(cx)?, "output", cx)?;
    if let Some(output) = output.as_object() {
        let columns = get(&output, "columns", cx)?;
        if columns.to_boolean() {
            return Ok(columns);
        }
    }
    Ok(f64::INFINITY.into())
}

fn set_prompt(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    keep(this, args, cx, |state, value| state.prompt = value)
}

fn call_set_raw_mode(interface: &JsObject, raw: bool, cx: &mut Context) -> JsResult<()> {
    let this = JsValue::from(interface.clone());
    set_raw_mode(&this, &[raw.into()], cx).map(drop)
}

fn set_raw_mode(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let input = get(&this.to_object(cx)?, "input", cx)?.to_object(cx)?;
    let before = get(&input, "isRaw", cx)?;
    if get(&input, "setRawMode", cx)?.is_callable() {
        events::method(&input, "setRawMode", &[args.get_or_undefined(0).clone()], cx)?;
    }
    Ok(before)
}

/// `rl.prompt([preserveCursor])`
fn prompt_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    if get(&interface, "paused", cx)?.to_boolean() {
        events::method(&interface, "resume", &[], cx)?;
    }
    if get(&interface, "terminal", cx)?.to_boolean() && Host::of(cx).env("TERM").as_deref() != Some("dumb") {
        if !args.get_or_undefined(0).to_boolean() {
            put(&interface, "cursor", 0, cx)?;
        }
        return events::method(&interface, "_refreshLine", &[], cx);
    }
    let prompt = state_of(&interface, cx)?.borrow().data().prompt.clone();
    events::method(&interface, "_writeToOutput", &[prompt], cx)
}

fn write_to_output(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = validate::string(args.get_or_undefined(0), "stringToWrite", cx)?;
    let output = get(&this.to_object(cx)?, "output", cx)?;
    if let Some(output) = output.as_object() {
        events::method(&output, "write", &[text.into()], cx)?;
    }
    Ok(JsValue::undefined())
}

fn after_close(cx: &mut Context) -> boa_engine::JsError {
    coded(Base::Error, "ERR_USE_AFTER_CLOSE", "readline was closed", cx)
}

fn check_open(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    if get(interface, "closed", cx)?.to_boolean() { Err(after_close(cx)) } else { Ok(()) }
}

/// Asks; the callback gets the line.
pub fn ask(interface: &JsObject, query: &JsValue, callback: JsFunction, cx: &mut Context) -> JsResult<()> {
    check_open(interface, cx)?;
    let state = state_of(interface, cx)?;
    {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        if state.question.is_none() {
            state.old_prompt = std::mem::replace(&mut state.prompt, query.clone());
            state.question = Some(callback);
        }
    }
    events::method(interface, "prompt", &[], cx).map(drop)
}

/// Takes a question back.
pub fn cancel_question(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = state_of(interface, cx)?;
    let asked = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        let asked = state.question.take().is_some();
        if asked {
            state.prompt = std::mem::take(&mut state.old_prompt);
        }
        asked
    };
    if asked {
        events::method(interface, "clearLine", &[], cx)?;
    }
    Ok(())
}

/// `rl.question`, with its own way to promises.
fn question_function(cx: &mut Context) -> JsResult<JsValue> {
    let question = table::function(question, js_string!("question"), 3, cx);
    let promised = table::function(promised_question, js_string!("question"), 2, cx);
    let symbol = crate::util::promisify::CUSTOM.to_js(cx);
    question.create_data_property_or_throw(symbol, promised, cx)?;
    Ok(question.into())
}

/// `rl.question(query[, options], callback)`
fn question(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let options = args.get_or_undefined(1);
    let callback = if options.is_callable() { options } else { args.get_or_undefined(2) };
    let mut callback = callback.as_function();
    let signal = match options.as_object().filter(|_| !options.is_callable()) {
        Some(options) => get(&options, "signal", cx)?,
        None => JsValue::undefined(),
    };
    if signal.to_boolean() {
        validate::abort_signal(&signal, "options.signal", cx)?;
        let signal = signal.to_object(cx)?;
        if signal.get(js_string!("aborted"), cx)?.to_boolean() {
            return Ok(JsValue::undefined());
        }
        let aborted = table::closure(
            "onAbort",
            0,
            interface.clone(),
            |_this, _args, interface, cx| {
                cancel_question(interface, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        if events::on_abort(&signal, &aborted, cx)? {
            let own = callback.map_or_else(JsValue::undefined, JsValue::from);
            let answered = table::closure(
                "",
                1,
                (signal, aborted, own),
                |_this, args, (signal, aborted, callback), cx| {
                    events::off_abort(signal, aborted, cx)?;
                    match callback.as_function() {
                        Some(callback) => callback.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx),
                        None => Ok(JsValue::undefined()),
                    }
                },
                cx,
            );
            callback = Some(answered);
        }
    }
    if let Some(callback) = callback {
        ask(&interface, args.get_or_undefined(0), callback, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `util.promisify(rl.question)`, and `question` of `readline/promises`.
pub fn promised_question(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let signal = match args.get_or_undefined(1).as_object() {
        Some(options) => get(&options, "signal", cx)?,
        None => JsValue::undefined(),
    };
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let mut callback = resolvers.resolve.clone();
    if signal.to_boolean() {
        if let Err(error) = validate::abort_signal(&signal, "options.signal", cx) {
            let reason = coil_engine::op::thrown_value(error, cx);
            resolvers.reject.call(&JsValue::undefined(), &[reason], cx)?;
            return Ok(promise.into());
        }
        let signal = signal.to_object(cx)?;
        let captured = (interface.clone(), signal.clone(), JsObject::from(resolvers.reject.clone()));
        let aborted = table::closure(
            "onAbort",
            0,
            captured,
            |_this, _args, (interface, signal, reject), cx| {
                cancel_question(interface, cx)?;
                let reason = signal.get(js_string!("reason"), cx)?;
                let error = errors::abort_object(None, Some(reason), cx)?;
                reject.call(&JsValue::undefined(), &[error.into()], cx)
            },
            cx,
        );
        if signal.get(js_string!("aborted"), cx)?.to_boolean() {
            aborted.call(&JsValue::undefined(), &[], cx)?;
            return Ok(promise.into());
        }
        if events::on_abort(&signal, &aborted, cx)? {
            let captured = (signal, aborted, JsObject::from(resolvers.resolve.clone()));
            callback = table::closure(
                "",
                1,
                captured,
                |_this, args, (signal, aborted, resolve), cx| {
                    events::off_abort(signal, aborted, cx)?;
                    resolve.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx)
                },
                cx,
            );
        }
    }
    if let Err(error) = ask(&interface, args.get_or_undefined(0), callback, cx) {
        let reason = coil_engine::op::thrown_value(error, cx);
        resolvers.reject.call(&JsValue::undefined(), &[reason], cx)?;
    }
    Ok(promise.into())
}

/// A line is complete: it answers a question, or is told.
fn on_line(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let line = args.get_or_undefined(0).clone();
    let state = state_of(&interface, cx)?;
    let callback = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        let callback = state.question.take();
        if callback.is_some() {
            state.prompt = std::mem::take(&mut state.old_prompt);
        }
        callback
    };
    match callback {
        Some(callback) => callback.call(&JsValue::undefined(), &[line], cx),
        None => events::emit(&interface, js_string!("line"), &[line], cx).map(|_| JsValue::undefined()),
    }
}

/// `rl.close()`
fn close_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    if get(&interface, "closed", cx)?.to_boolean() {
        return Ok(JsValue::undefined());
    }
    events::method(&interface, "pause", &[], cx)?;
    if get(&interface, "terminal", cx)?.to_boolean() {
        call_set_raw_mode(&interface, false, cx)?;
    }
    put(&interface, "closed", true, cx)?;
    events::emit(&interface, js_string!("close"), &[], cx)?;
    Ok(JsValue::undefined())
}

/// `rl.pause()`
fn pause(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    flow(this, true, cx)
}

/// `rl.resume()`
fn resume(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    flow(this, false, cx)
}

fn flow(this: &JsValue, pauses: bool, cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    check_open(&interface, cx)?;
    if get(&interface, "paused", cx)?.to_boolean() == pauses {
        return Ok(JsValue::undefined());
    }
    let name = if pauses { "pause" } else { "resume" };
    let input = get(&interface, "input", cx)?.to_object(cx)?;
    events::method(&input, name, &[], cx)?;
    put(&interface, "paused", pauses, cx)?;
    events::emit(&interface, js_string!(name), &[], cx)?;
    Ok(this.clone())
}

/// `rl.write(data[, key])`
fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    check_open(&interface, cx)?;
    if get(&interface, "paused", cx)?.to_boolean() {
        events::method(&interface, "resume", &[], cx)?;
    }
    let name = if get(&interface, "terminal", cx)?.to_boolean() { "_ttyWrite" } else { "_normalWrite" };
    events::method(&interface, name, args, cx)?;
    Ok(JsValue::undefined())
}

/// The wall clock in milliseconds.
pub fn now_ms(cx: &Context) -> f64 {
    Host::of(cx).sys().clock().wall_ms() as f64
}

/// Bytes of an input that is no terminal.
fn normal_write_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    if given.is_undefined() {
        return Ok(JsValue::undefined());
    }
    let state = state_of(&interface, cx)?;
    let decoder = state.borrow().data().decoder.clone();
    let decoder = decoder.to_object(cx)?;
    let text = events::method(&decoder, "write", std::slice::from_ref(given), cx)?.to_string(cx)?;
    let delay_ms = get(&interface, "crlfDelay", cx)?.to_number(cx)?;
    let now = now_ms(cx);
    let lines = {
        let mut state = state.borrow_mut();
        split(state.data_mut(), &text, now, delay_ms)
    };
    for line in lines {
        events::method(&interface, "_onLine", &[line.into()], cx)?;
    }
    Ok(JsValue::undefined())
}

/// The lines that are complete now; the rest stays in the state.
fn split(state: &mut State, text: &JsString, now_ms: f64, delay_ms: f64) -> Vec<JsString> {
    let mut text: Vec<u16> = text.iter().collect();
    if state.saw_return_ms > 0.0 && now_ms - state.saw_return_ms <= delay_ms {
        if text.first() == Some(&LF) {
            text.remove(0);
        }
        state.saw_return_ms = 0.0;
    }
    if line_ending(&text, 0).is_none() {
        if !text.is_empty() {
            let before = state.part.take().unwrap_or_default();
            state.part = Some(js_string!(&before, &JsString::from(text.as_slice())));
        }
        return Vec::new();
    }
    if let Some(part) = state.part.take() {
        let mut whole: Vec<u16> = part.iter().collect();
        whole.append(&mut text);
        text = whole;
    }
    state.saw_return_ms = if text.last() == Some(&CR) { now_ms } else { 0.0 };
    let (mut lines, mut from) = (Vec::new(), 0);
    while let Some((start, end)) = line_ending(&text, from) {
        lines.push(JsString::from(&text[from..start]));
        from = end;
    }
    state.part = Some(JsString::from(&text[from..]));
    lines
}

const LF: u16 = 0x0a;
const CR: u16 = 0x0d;

/// The next end of a line from `from` on: `\n`, `\r`, `\r\n`, U+2028 or U+2029.
pub fn line_ending(text: &[u16], from: usize) -> Option<(usize, usize)> {
    let start = from + text.get(from..)?.iter().position(|unit| matches!(*unit, LF | CR | 0x2028 | 0x2029))?;
    let both = text[start] == CR && text.get(start + 1) == Some(&LF);
    Some((start, if both { start + 2 } else { start + 1 }))
}

/// `rl[Symbol.asyncIterator]()`: the lines.
fn async_iterator(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let state = state_of(&interface, cx)?;
    if let Some(made) = state.borrow().data().iterator.clone() {
        return Ok(made);
    }
    let options = JsObject::with_null_proto();
    let close = JsArray::from_iter([js_string!("close").into()], cx);
    options.create_data_property_or_throw(js_string!("close"), close, cx)?;
    options.create_data_property_or_throw(js_string!("highWaterMark"), 1024, cx)?;
    let made = events::iterate_first(&interface, "line", &options, cx)?;
    state.borrow_mut().data_mut().iterator = Some(made.clone());
    Ok(made)
}
