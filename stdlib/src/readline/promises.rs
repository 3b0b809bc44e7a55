//! `node:readline/promises`.

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsPromise};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::Member,
    validate,
};

use super::{
    cursor,
    interface::{construct, promised_question},
};
use crate::events;

/// `readline.promises.Interface`
pub static INTERFACE: Class = Class {
    name: "Interface",
    length: 0,
    extends: Parent::Class(&super::INTERFACE),
    kind: Kind::Modern,
    init: construct,
    prototype: &[Member::function("question", 1, promised_question)],
    statics: &[],
};

/// `readline.promises.createInterface(input, output, completer, terminal)`
pub fn create_interface(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(INTERFACE.construct(args, cx)?.into())
}

/// `readline.promises.Readline`
pub static READLINE: Class = Class {
    name: "Readline",
    length: 1,
    extends: Parent::None,
    kind: Kind::Modern,
    init: construct_readline,
    prototype: &[
        Member::function("cursorTo", 1, cursor_to),
        Member::function("moveCursor", 2, move_cursor),
        Member::function("clearLine", 1, clear_line),
        Member::function("clearScreenDown", 0, clear_screen_down),
        Member::function("commit", 0, commit),
        Member::function("rollback", 0, rollback),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct State {
    stream: JsObject,
    auto_commit: bool,
    #[unsafe_ignore_trace]
    pending: Vec<String>,
}

/// `new Readline(stream[, options])`
fn construct_readline(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let stream = match given.as_object() {
        Some(stream) if crate::stream::WRITABLE.is_instance(given, cx)? || stream.get(js_string!("_writableState"), cx)?.is_object() => stream,
        _ => return Err(engine_errors::invalid_arg_type("stream", "Writable", given, cx)),
    };
    let mut auto_commit = false;
    if let Some(options) = args.get_or_undefined(1).as_object() {
        let given = options.get(js_string!("autoCommit"), cx)?;
        if !given.is_null_or_undefined() {
            auto_commit = validate::boolean(&given, "options.autoCommit", cx)?;
        }
    }
    Slot::set(&this.to_object(cx)?, State { stream, auto_commit, pending: Vec::new() }, cx)?;
    Ok(JsValue::undefined())
}

/// Keeps a sequence for `commit`, or writes it in the next tick.
fn add(this: &JsValue, data: String, cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Readline", cx)?;
    let now = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        if state.auto_commit {
            Some(state.stream.clone())
        } else {
            state.pending.push(data.clone());
            None
        }
    };
    if let Some(stream) = now {
        Host::of(cx).next_tick_native(move |cx| events::method(&stream, "write", &[js_string!(data).into()], cx).map(drop));
    }
    Ok(this.clone())
}

fn cursor_to(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (x, y) = (args.get_or_undefined(0), args.get_or_undefined(1));
    validate::integer(x, "x", f64::NEG_INFINITY, f64::INFINITY, cx)?;
    if !y.is_null_or_undefined() {
        validate::integer(y, "y", f64::NEG_INFINITY, f64::INFINITY, cx)?;
    }
    let data = cursor::place(x, y, cx)?.unwrap_or_default();
    add(this, data, cx)
}

fn move_cursor(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (dx, dy) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if dx.to_boolean() || dy.to_boolean() {
        let dx = validate::integer(dx, "dx", f64::NEG_INFINITY, f64::INFINITY, cx)?;
        let dy = validate::integer(dy, "dy", f64::NEG_INFINITY, f64::INFINITY, cx)?;
        return add(this, cursor::step(dx, dy).unwrap_or_default(), cx);
    }
    Ok(this.clone())
}

fn clear_line(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let direction = validate::integer(args.get_or_undefined(0), "dir", -1.0, 1.0, cx)?;
    add(this, cursor::line(direction).to_owned(), cx)
}

fn clear_screen_down(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    add(this, cursor::CLEAR_DOWN.to_owned(), cx)
}

/// `commit()`: a promise of the write's end.
fn commit(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Readline", cx)?;
    let (stream, data) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        (state.stream.clone(), std::mem::take(&mut state.pending).concat())
    };
    let (promise, resolvers) = JsPromise::new_pending(cx);
    events::method(&stream, "write", &[js_string!(data).into(), resolvers.resolve.into()], cx)?;
    Ok(promise.into())
}

fn rollback(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Slot::<State>::of(this, "Readline", cx)?;
    state.borrow_mut().data_mut().pending.clear();
    Ok(this.clone())
}
