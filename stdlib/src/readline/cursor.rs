//! Sequences that move the cursor and clear parts of a terminal.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host, errors,
    errors::{Base, coded},
    validate,
};

use crate::events;

fn callback_of(value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if value.is_undefined() { Ok(()) } else { validate::function(value, "callback", cx).map(drop) }
}

/// Writes, or calls back at once where there is nothing to write to.
fn write(stream: &JsValue, data: Option<String>, callback: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    match (stream.as_object(), data) {
        (Some(stream), Some(data)) => events::method(&stream, "write", &[js_string!(data).into(), callback.clone()], cx),
        _ => {
            if let Some(callback) = callback.as_function() {
                Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::null()]);
            }
            Ok(true.into())
        }
    }
}

/// The sequence for a place; none where neither is a number.
pub fn place(x: &JsValue, y: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    for (name, value) in [("x", x), ("y", y)] {
        if value.as_number().is_some_and(f64::is_nan) {
            return Err(errors::invalid_arg_value(name, value, "is invalid", cx));
        }
    }
    match (x.as_number(), y.as_number()) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(coded(Base::Type, "ERR_INVALID_CURSOR_POS", "Cannot set cursor row without setting its column", cx)),
        (Some(x), None) => Ok(Some(format!("\x1b[{}G", x + 1.0))),
        (Some(x), Some(y)) => Ok(Some(format!("\x1b[{};{}H", y + 1.0, x + 1.0))),
    }
}

/// The sequence for a step.
pub fn step(dx: f64, dy: f64) -> Option<String> {
    let mut data = String::new();
    if dx < 0.0 {
        data += &format!("\x1b[{}D", -dx);
    } else if dx > 0.0 {
        data += &format!("\x1b[{dx}C");
    }
    if dy < 0.0 {
        data += &format!("\x1b[{}A", -dy);
    } else if dy > 0.0 {
        data += &format!("\x1b[{dy}B");
    }
    Some(data).filter(|data| !data.is_empty())
}

/// The sequence that clears a line: left of the cursor, right of it, or all.
pub fn line(direction: f64) -> &'static str {
    if direction < 0.0 {
        "\x1b[1K"
    } else if direction > 0.0 {
        "\x1b[0K"
    } else {
        "\x1b[2K"
    }
}

/// What is below the cursor.
pub const CLEAR_DOWN: &str = "\x1b[0J";

/// `readline.cursorTo(stream, x[, y][, callback])`
pub fn cursor_to(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (mut y, mut callback) = (args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    callback_of(&callback, cx)?;
    if y.is_callable() {
        callback = std::mem::take(&mut y);
    }
    let stream = args.get_or_undefined(0);
    let x = args.get_or_undefined(1);
    if stream.is_null_or_undefined() {
        for (name, value) in [("x", x), ("y", &y)] {
            if value.as_number().is_some_and(f64::is_nan) {
                return Err(errors::invalid_arg_value(name, value, "is invalid", cx));
            }
        }
        return write(stream, None, &callback, cx);
    }
    let data = place(x, &y, cx)?;
    write(stream, data, &callback, cx)
}

/// `readline.moveCursor(stream, dx, dy[, callback])`
pub fn move_cursor(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = args.get_or_undefined(3);
    callback_of(callback, cx)?;
    let (dx, dy) = (args.get_or_undefined(1).to_number(cx)?, args.get_or_undefined(2).to_number(cx)?);
    write(args.get_or_undefined(0), step(dx, dy), callback, cx)
}

/// `readline.clearLine(stream, dir[, callback])`
pub fn clear_line(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = args.get_or_undefined(2);
    callback_of(callback, cx)?;
    let direction = args.get_or_undefined(1).to_number(cx)?;
    write(args.get_or_undefined(0), Some(line(direction).to_owned()), callback, cx)
}

/// `readline.clearScreenDown(stream[, callback])`
pub fn clear_screen_down(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = args.get_or_undefined(1);
    callback_of(callback, cx)?;
    write(args.get_or_undefined(0), Some(CLEAR_DOWN.to_owned()), callback, cx)
}

/// The same for the editor, which writes to its own output.
pub fn emit(output: &JsValue, data: Option<String>, cx: &mut Context) -> JsResult<()> {
    let output: Option<JsObject> = output.as_object();
    match (output, data) {
        (Some(output), Some(data)) => events::method(&output, "write", &[js_string!(data).into(), JsValue::undefined()], cx).map(drop),
        _ => Ok(()),
    }
}
