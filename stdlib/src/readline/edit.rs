//! What keys do to the line of a terminal.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::table;

use super::{
    cursor,
    interface::{get, line_ending, now_ms, put, state_of},
};
use crate::events;

/// The line and the cursor in it, in UTF-16 units.
struct Line {
    units: Vec<u16>,
    cursor: usize,
}

fn read(interface: &JsObject, cx: &mut Context) -> JsResult<Line> {
    let units: Vec<u16> = get(interface, "line", cx)?.to_string(cx)?.iter().collect();
    let cursor = get(interface, "cursor", cx)?.to_number(cx)?.max(0.0) as usize;
    let cursor = cursor.min(units.len());
    Ok(Line { units, cursor })
}

fn store(interface: &JsObject, line: &Line, cx: &mut Context) -> JsResult<()> {
    put(interface, "line", JsString::from(line.units.as_slice()), cx)?;
    put(interface, "cursor", line.cursor as f64, cx)
}

/// Remembers the line for undo.
fn before_edit(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = get(interface, "line", cx)?.to_string(cx)?;
    let cursor = get(interface, "cursor", cx)?.to_number(cx)?;
    let state = state_of(interface, cx)?;
    let mut state = state.borrow_mut();
    let undo = &mut state.data_mut().undo;
    undo.push((line, cursor));
    if undo.len() > UNDO_MAX {
        undo.remove(0);
    }
    Ok(())
}

/// Node's limit.
const UNDO_MAX: usize = 2048;

/// A change of the line, which is then shown anew.
fn edit(interface: &JsObject, change: impl FnOnce(&mut Line), cx: &mut Context) -> JsResult<()> {
    before_edit(interface, cx)?;
    let mut line = read(interface, cx)?;
    change(&mut line);
    store(interface, &line, cx)?;
    refresh(interface, cx)
}

fn refresh(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::method(interface, "_refreshLine", &[], cx).map(drop)
}

fn write(interface: &JsObject, text: JsString, cx: &mut Context) -> JsResult<()> {
    events::method(interface, "_writeToOutput", &[text.into()], cx).map(drop)
}

/// `_ttyWrite(s, key)`
pub fn tty_write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let (text, key) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let key = match key.as_object() {
        Some(key) => key,
        None => JsObject::with_null_proto(),
    };
    let state = state_of(&interface, cx)?;
    let previous = std::mem::replace(&mut state.borrow_mut().data_mut().previous_key, key.clone().into());
    let name = get(&key, "name", cx)?;
    let name = name.as_string().map(|name| name.to_std_string_lossy()).unwrap_or_default();
    let (ctrl, meta, shift) = (get(&key, "ctrl", cx)?.to_boolean(), get(&key, "meta", cx)?.to_boolean(), get(&key, "shift", cx)?.to_boolean());
    if matches!(name.as_str(), "up" | "down") && !ctrl && !meta && !shift {
        if state.borrow().data().search.is_none() {
            let line = read(&interface, cx)?;
            state.borrow_mut().data_mut().search = Some(JsString::from(&line.units[..line.cursor]));
        }
    } else if state.borrow_mut().data_mut().search.take().is_some() {
        let history = get(&interface, "history", cx)?.to_object(cx)?;
        let (len, index) = (get(&history, "length", cx)?.to_number(cx)?, get(&interface, "historyIndex", cx)?.to_number(cx)?);
        if len == index {
            put(&interface, "historyIndex", -1, cx)?;
        }
    }
    let first = get(&key, "sequence", cx)?.as_string().and_then(|text| text.iter().next());
    match first {
        Some(0x1f) => return travel(&interface, true, cx),
        Some(0x1e) => return travel(&interface, false, cx),
        _ if name == "escape" => return Ok(JsValue::undefined()),
        _ => {}
    }
    if ctrl && shift {
        match name.as_str() {
            "backspace" => delete_line_left(&interface, cx)?,
            "delete" => delete_line_right(&interface, cx)?,
            _ => {}
        }
    } else if ctrl {
        with_control(&interface, &name, cx)?;
    } else if meta {
        match name.as_str() {
            "b" => word_left(&interface, cx)?,
            "f" => word_right(&interface, cx)?,
            "d" | "delete" => delete_word_right(&interface, cx)?,
            "backspace" => delete_word_left(&interface, cx)?,
            _ => {}
        }
    } else {
        plain(&interface, text, &name, &previous, cx)?;
    }
    Ok(JsValue::undefined())
}

fn with_control(interface: &JsObject, name: &str, cx: &mut Context) -> JsResult<()> {
    match name {
        "c" => {
            if events::listener_count(interface, js_string!("SIGINT"), cx)? > 0 {
                events::emit(interface, js_string!("SIGINT"), &[], cx)?;
            } else {
                events::method(interface, "close", &[], cx)?;
            }
            Ok(())
        }
        "h" => delete_left(interface, cx),
        "d" => {
            let line = read(interface, cx)?;
            if line.units.is_empty() {
                events::method(interface, "close", &[], cx).map(drop)
            } else if line.cursor < line.units.len() {
                delete_right(interface, cx)
            } else {
                Ok(())
            }
        }
        "u" => delete_line_left(interface, cx),
        "k" => delete_line_right(interface, cx),
        "a" => move_by(interface, f64::NEG_INFINITY, cx),
        "e" => move_by(interface, f64::INFINITY, cx),
        "b" => step_left(interface, cx),
        "f" => step_right(interface, cx),
        "l" => {
            let output = get(interface, "output", cx)?;
            cursor::emit(&output, Some("\x1b[1;1H".to_owned()), cx)?;
            cursor::emit(&output, Some(cursor::CLEAR_DOWN.to_owned()), cx)?;
            refresh(interface, cx)
        }
        "n" => history_next(interface, cx),
        "p" => history_prev(interface, cx),
        "z" => {
            if events::listener_count(interface, js_string!("SIGTSTP"), cx)? > 0 {
                events::emit(interface, js_string!("SIGTSTP"), &[], cx)?;
            }
            Ok(())
        }
        "w" | "backspace" => delete_word_left(interface, cx),
        "delete" => delete_word_right(interface, cx),
        "left" => word_left(interface, cx),
        "right" => word_right(interface, cx),
        _ => Ok(()),
    }
}

fn plain(interface: &JsObject, text: &JsValue, name: &str, previous: &JsValue, cx: &mut Context) -> JsResult<()> {
    let state = state_of(interface, cx)?;
    if name != "enter" {
        state.borrow_mut().data_mut().saw_return_ms = 0.0;
    }
    match name {
        "return" => {
            let now = now_ms(cx);
            state.borrow_mut().data_mut().saw_return_ms = now;
            finish_line(interface, cx)
        }
        "enter" => {
            let (saw, now) = (state.borrow().data().saw_return_ms, now_ms(cx));
            let delay = get(interface, "crlfDelay", cx)?.to_number(cx)?;
            if saw == 0.0 || now - saw > delay {
                finish_line(interface, cx)?;
            }
            state.borrow_mut().data_mut().saw_return_ms = 0.0;
            Ok(())
        }
        "backspace" => delete_left(interface, cx),
        "delete" => delete_right(interface, cx),
        "left" => step_left(interface, cx),
        "right" => step_right(interface, cx),
        "home" => move_by(interface, f64::NEG_INFINITY, cx),
        "end" => move_by(interface, f64::INFINITY, cx),
        "up" => history_prev(interface, cx),
        "down" => history_next(interface, cx),
        "tab" if get(interface, "completer", cx)?.is_callable() && get(interface, "isCompletionEnabled", cx)?.to_boolean() => {
            let again = match previous.as_object() {
                Some(previous) => get(&previous, "name", cx)?.strict_equals(&js_string!("tab").into()),
                None => false,
            };
            events::method(interface, "_tabComplete", &[again.into()], cx).map(drop)
        }
        _ => {
            let Some(text) = text.as_string().filter(|text| !text.is_empty()) else { return Ok(()) };
            let units: Vec<u16> = text.iter().collect();
            let mut from = 0;
            while let Some((start, end)) = line_ending(&units, from) {
                insert(interface, &units[from..start], cx)?;
                finish_line(interface, cx)?;
                from = end;
            }
            insert(interface, &units[from..], cx)
        }
    }
}

/// Undo, or redo.
fn travel(interface: &JsObject, back: bool, cx: &mut Context) -> JsResult<JsValue> {
    let line = read(interface, cx)?;
    let now = (JsString::from(line.units.as_slice()), line.cursor as f64);
    let state = state_of(interface, cx)?;
    let entry = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        let (from, to) = if back { (&mut state.undo, &mut state.redo) } else { (&mut state.redo, &mut state.undo) };
        let entry = from.pop();
        if entry.is_some() {
            to.push(now);
        }
        entry
    };
    if let Some((text, cursor)) = entry {
        put(interface, "line", text, cx)?;
        put(interface, "cursor", cursor, cx)?;
        refresh(interface, cx)?;
    }
    Ok(JsValue::undefined())
}

/// The line is done: it goes to history, the screen and the listeners.
fn finish_line(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = add_history(interface, cx)?;
    {
        let state = state_of(interface, cx)?;
        let mut state = state.borrow_mut();
        state.data_mut().undo.clear();
        state.data_mut().redo.clear();
    }
    events::method(interface, "clearLine", &[], cx)?;
    events::method(interface, "_onLine", &[line], cx).map(drop)
}

fn add_history(interface: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let line = get(interface, "line", cx)?.to_string(cx)?;
    if line.is_empty() {
        return Ok(js_string!().into());
    }
    let size = get(interface, "historySize", cx)?.to_number(cx)?;
    if size == 0.0 || line.to_std_string_lossy().trim().is_empty() {
        return Ok(line.into());
    }
    let history = get(interface, "history", cx)?.to_object(cx)?;
    let mut entries = crate::child_process::arguments::elements(&history.clone().into(), cx)?;
    let value = JsValue::from(line);
    if !entries.first().is_some_and(|first| first.strict_equals(&value)) {
        if get(interface, "removeHistoryDuplicates", cx)?.to_boolean()
            && let Some(at) = entries.iter().position(|entry| entry.strict_equals(&value))
        {
            entries.remove(at);
            events::method(&history, "splice", &[at.into(), 1.into()], cx)?;
        }
        events::method(&history, "unshift", &[value], cx)?;
        if entries.len() as f64 + 1.0 > size {
            events::method(&history, "pop", &[], cx)?;
        }
    }
    put(interface, "historyIndex", -1, cx)?;
    let line = history.get(0, cx)?;
    events::emit(interface, js_string!("history"), &[history.into()], cx)?;
    Ok(line)
}

fn insert(interface: &JsObject, units: &[u16], cx: &mut Context) -> JsResult<()> {
    before_edit(interface, cx)?;
    let mut line = read(interface, cx)?;
    if line.cursor < line.units.len() {
        line.units.splice(line.cursor..line.cursor, units.iter().copied());
        line.cursor += units.len();
        store(interface, &line, cx)?;
        return refresh(interface, cx);
    }
    let (_, before) = cursor_pos(interface, cx)?;
    line.units.extend_from_slice(units);
    line.cursor += units.len();
    store(interface, &line, cx)?;
    let (_, after) = cursor_pos(interface, cx)?;
    if before < after { refresh(interface, cx) } else { write(interface, JsString::from(units), cx) }
}

/// Columns and rows that a text takes.
fn display_pos(interface: &JsObject, text: &JsString, cx: &mut Context) -> JsResult<(f64, f64)> {
    let columns = get(interface, "columns", cx)?.to_number(cx)?;
    let tab = get(interface, "tabSize", cx)?.to_number(cx)?;
    let (mut offset, mut rows) = (0.0, 0.0);
    let stripped = crate::util::inspect::width::strip_control(&text.to_std_string_lossy());
    for c in stripped.chars() {
        match c {
            '\n' => {
                let more = if columns.is_finite() { (offset / columns).ceil() } else { 0.0 };
                rows += if more == 0.0 { 1.0 } else { more };
                offset = 0.0;
            }
            '\t' => offset += tab - offset % tab,
            c => {
                let width = crate::util::inspect::width::char_width(c) as f64;
                if width == 2.0 && (offset + 1.0) % columns == 0.0 {
                    offset += 1.0;
                }
                offset += width;
            }
        }
    }
    if !columns.is_finite() {
        return Ok((offset, rows));
    }
    let rest = offset % columns;
    Ok((rest, rows + (offset - rest) / columns))
}

fn cursor_pos(interface: &JsObject, cx: &mut Context) -> JsResult<(f64, f64)> {
    let line = read(interface, cx)?;
    let prompt = state_of(interface, cx)?.borrow().data().prompt.clone();
    let prompt = prompt.to_string(cx)?;
    display_pos(interface, &js_string!(&prompt, &JsString::from(&line.units[..line.cursor])), cx)
}

fn move_by(interface: &JsObject, by: f64, cx: &mut Context) -> JsResult<()> {
    if by == 0.0 {
        return Ok(());
    }
    let before = cursor_pos(interface, cx)?;
    let line = read(interface, cx)?;
    put(interface, "cursor", (line.cursor as f64 + by).clamp(0.0, line.units.len() as f64), cx)?;
    let after = cursor_pos(interface, cx)?;
    if before.1 != after.1 {
        return refresh(interface, cx);
    }
    let output = get(interface, "output", cx)?;
    cursor::emit(&output, cursor::step(after.0 - before.0, 0.0), cx)
}

/// Units of the character that ends at the cursor.
fn len_left(line: &Line) -> usize {
    let before = &line.units[..line.cursor];
    match before {
        [] => 0,
        [.., high, low] if (0xd800..0xdc00).contains(high) && (0xdc00..0xe000).contains(low) => 2,
        _ => 1,
    }
}

/// Units of the character that begins at the cursor; 1 at the end, as in Node.
fn len_right(line: &Line) -> usize {
    match &line.units[line.cursor..] {
        [high, low, ..] if (0xd800..0xdc00).contains(high) && (0xdc00..0xe000).contains(low) => 2,
        _ => 1,
    }
}

fn step_left(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    move_by(interface, -(len_left(&line) as f64), cx)
}

fn step_right(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    move_by(interface, len_right(&line) as f64, cx)
}

fn is_space(unit: u16) -> bool {
    char::from_u32(u32::from(unit)).is_some_and(|c| c.is_whitespace() || c == '\u{feff}')
}

fn is_word(unit: u16) -> bool {
    unit == u16::from(b'_') || u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_alphanumeric())
}

fn run(units: impl Iterator<Item = u16>, kind: impl Fn(u16) -> bool) -> usize {
    units.take_while(|unit| kind(*unit)).count()
}

/// How far the word left of the cursor goes: `/^\s*(?:[^\w\s]+|\w+)?/` backwards.
fn word_before(line: &Line) -> usize {
    let back = |skip: usize| line.units[..line.cursor - skip].iter().rev().copied();
    let spaces = run(back(0), is_space);
    let other = run(back(spaces), |unit| !is_word(unit) && !is_space(unit));
    spaces + if other > 0 { other } else { run(back(spaces), is_word) }
}

/// How far the word right of it goes: `/^(?:\s+|[^\w\s]+|\w+)\s*/`.
fn word_after(line: &Line) -> usize {
    let rest = |skip: usize| line.units[line.cursor + skip..].iter().copied();
    let spaces = run(rest(0), is_space);
    let other = run(rest(0), |unit| !is_word(unit) && !is_space(unit));
    let first = if spaces > 0 {
        spaces
    } else if other > 0 {
        other
    } else {
        run(rest(0), is_word)
    };
    first + run(rest(first), is_space)
}

fn word_left(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    move_by(interface, -(word_before(&line) as f64), cx)
}

fn word_right(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    move_by(interface, word_after(&line) as f64, cx)
}

fn delete_left(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    let len = len_left(&line);
    if len == 0 {
        return Ok(());
    }
    edit(interface, |line| cut(line, line.cursor - len, line.cursor), cx)
}

fn delete_right(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    if line.cursor == line.units.len() {
        return Ok(());
    }
    let len = len_right(&line);
    edit(interface, |line| cut(line, line.cursor, line.cursor + len), cx)
}

/// Takes a range out of the line; the cursor stands where it was.
fn cut(line: &mut Line, from: usize, to: usize) {
    line.units.drain(from..to);
    line.cursor = from;
}

fn delete_word_left(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    let len = word_before(&line);
    if line.cursor == 0 {
        return Ok(());
    }
    edit(interface, |line| cut(line, line.cursor - len, line.cursor), cx)
}

fn delete_word_right(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let line = read(interface, cx)?;
    if line.cursor == line.units.len() {
        return Ok(());
    }
    let len = word_after(&line);
    edit(interface, |line| cut(line, line.cursor, line.cursor + len), cx)
}

fn delete_line_left(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    edit(interface, |line| cut(line, 0, line.cursor), cx)
}

fn delete_line_right(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    edit(interface, |line| cut(line, line.cursor, line.units.len()), cx)
}

fn history_next(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let at = get(interface, "historyIndex", cx)?.to_number(cx)?;
    if at < 0.0 { Ok(()) } else { history_step(interface, at, -1.0, cx) }
}

fn history_prev(interface: &JsObject, cx: &mut Context) -> JsResult<()> {
    let at = get(interface, "historyIndex", cx)?.to_number(cx)?;
    let history = get(interface, "history", cx)?.to_object(cx)?;
    let len = get(&history, "length", cx)?.to_number(cx)?;
    if at < len && len > 0.0 { history_step(interface, at, 1.0, cx) } else { Ok(()) }
}

/// The next line of the history, in this direction, that begins with what was typed.
fn history_step(interface: &JsObject, from: f64, by: f64, cx: &mut Context) -> JsResult<()> {
    before_edit(interface, cx)?;
    let history = get(interface, "history", cx)?;
    let entries = crate::child_process::arguments::elements(&history, cx)?;
    let search: Vec<u16> = state_of(interface, cx)?.borrow().data().search.as_ref().map(|search| search.iter().collect()).unwrap_or_default();
    let line = get(interface, "line", cx)?.to_string(cx)?;
    let mut at = from + by;
    let mut found = JsString::from(search.as_slice());
    while at >= 0.0 && (at as usize) < entries.len() {
        let entry = entries[at as usize].to_string(cx)?;
        if entry.iter().take(search.len()).eq(search.iter().copied()) && entry != line {
            found = entry;
            break;
        }
        at += by;
    }
    let end = found.len() as f64;
    put(interface, "line", found, cx)?;
    put(interface, "historyIndex", at, cx)?;
    put(interface, "cursor", end, cx)?;
    refresh(interface, cx)
}

/// Calls the completer with what stands before the cursor.
fn tab_complete(interface: &JsObject, again: bool, cx: &mut Context) -> JsResult<()> {
    events::method(interface, "pause", &[], cx)?;
    let line = read(interface, cx)?;
    let text = JsValue::from(JsString::from(&line.units[..line.cursor]));
    let completer = get(interface, "completer", cx)?.to_object(cx)?;
    let done = table::closure(
        "",
        2,
        (interface.clone(), again),
        |_this, args, (interface, again), cx| {
            events::method(interface, "resume", &[], cx)?;
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                let shown = crate::show(error, cx);
                write(interface, js_string!(format!("Tab completion error: {shown}")), cx)?;
                return Ok(JsValue::undefined());
            }
            completed(interface, args.get_or_undefined(1), *again, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    if completer.get(js_string!("length"), cx)?.as_number() == Some(2.0) {
        return completer.call(&interface.clone().into(), &[text, done.into()], cx).map(drop);
    }
    let value = match completer.call(&interface.clone().into(), &[text], cx) {
        Ok(value) => value,
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => {
            let error = coil_engine::op::thrown_value(error, cx);
            return done.call(&JsValue::undefined(), &[error], cx).map(drop);
        }
    };
    let then = match value.as_object() {
        Some(promise) => promise.get(js_string!("then"), cx)?.as_function().map(|then| (promise, then)),
        None => None,
    };
    let Some((promise, then)) = then else { return done.call(&JsValue::undefined(), &[JsValue::null(), value], cx).map(drop) };
    let captured = JsObject::from(done);
    let fulfilled = table::closure("", 1, captured.clone(), |_this, args, done, cx| done.call(&JsValue::undefined(), &[JsValue::null(), args.get_or_undefined(0).clone()], cx), cx);
    let rejected = table::closure("", 1, captured, |_this, args, done, cx| done.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx), cx);
    then.call(&promise.into(), &[fulfilled.into(), rejected.into()], cx).map(drop)
}

fn completed(interface: &JsObject, value: &JsValue, again: bool, cx: &mut Context) -> JsResult<()> {
    let pair = crate::child_process::arguments::elements(value, cx)?;
    let given = crate::child_process::arguments::elements(pair.get_or_undefined(0), cx)?;
    if given.is_empty() {
        return Ok(());
    }
    let mut all: Vec<Vec<u16>> = Vec::with_capacity(given.len());
    for entry in &given {
        all.push(entry.to_string(cx)?.iter().collect());
    }
    let on: Vec<u16> = match pair.get_or_undefined(1) {
        on if on.is_undefined() => Vec::new(),
        on => on.to_string(cx)?.iter().collect(),
    };
    let prefix = common_prefix(&all);
    if prefix.starts_with(&on) && prefix.len() > on.len() {
        return insert(interface, &prefix[on.len()..], cx);
    }
    if !on.starts_with(&prefix) {
        return edit(
            interface,
            |line| {
                let from = line.cursor.saturating_sub(on.len());
                line.units.splice(from..line.cursor, prefix.iter().copied());
                line.cursor = from + prefix.len();
            },
            cx,
        );
    }
    if !again {
        return Ok(());
    }
    let columns = get(interface, "columns", cx)?.to_number(cx)?;
    write(interface, js_string!(table_of(&all, columns)), cx)?;
    refresh(interface, cx)
}

/// The completions side by side.
fn table_of(all: &[Vec<u16>], columns: f64) -> String {
    let texts: Vec<String> = all.iter().map(|units| String::from_utf16_lossy(units)).collect();
    let widths: Vec<usize> = texts.iter().map(|text| text.chars().map(crate::util::inspect::width::char_width).sum()).collect();
    let width = widths.iter().copied().max().unwrap_or(0) + 2;
    let fitting = columns / width as f64;
    let per_row = if fitting.is_finite() && fitting >= 1.0 { fitting as usize } else { 1 };
    let mut shown = "\r\n".to_owned();
    let (mut in_row, mut blanks) = (0, 0);
    for (text, len) in texts.iter().zip(widths) {
        if text.is_empty() || in_row == per_row {
            shown += "\r\n";
            (in_row, blanks) = (0, 0);
        } else {
            shown += &" ".repeat(blanks);
        }
        if text.is_empty() {
            shown += "\r\n";
        } else {
            shown += text;
            blanks = width - len;
            in_row += 1;
        }
    }
    if in_row > 0 {
        shown += "\r\n\r\n";
    }
    shown
}

fn common_prefix(all: &[Vec<u16>]) -> Vec<u16> {
    let mut words = all.iter().filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return Vec::new() };
    let len = words.fold(first.len(), |len, word| first.iter().zip(word).take(len).take_while(|(a, b)| a == b).count());
    first[..len].to_vec()
}

/// `_refreshLine()`: writes prompt and line anew.
pub fn refresh_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    let state = state_of(&interface, cx)?;
    let prompt = state.borrow().data().prompt.clone();
    let line = js_string!(&prompt.to_string(cx)?, &get(&interface, "line", cx)?.to_string(cx)?);
    let (columns, rows) = display_pos(&interface, &line, cx)?;
    let at = cursor_pos(&interface, cx)?;
    let output = get(&interface, "output", cx)?;
    let before = state.borrow().data().prev_rows;
    if before > 0.0 {
        cursor::emit(&output, cursor::step(0.0, -before), cx)?;
    }
    cursor::emit(&output, Some("\x1b[1G".to_owned()), cx)?;
    cursor::emit(&output, Some(cursor::CLEAR_DOWN.to_owned()), cx)?;
    write(&interface, line, cx)?;
    if columns == 0.0 {
        write(&interface, js_string!(" "), cx)?;
    }
    cursor::emit(&output, Some(format!("\x1b[{}G", at.0 + 1.0)), cx)?;
    if rows > at.1 {
        cursor::emit(&output, cursor::step(0.0, at.1 - rows), cx)?;
    }
    state.borrow_mut().data_mut().prev_rows = at.1;
    Ok(JsValue::undefined())
}

/// `rl.clearLine()`
pub fn clear_line_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let interface = this.to_object(cx)?;
    move_by(&interface, f64::INFINITY, cx)?;
    write(&interface, js_string!("\r\n"), cx)?;
    put(&interface, "line", js_string!(), cx)?;
    put(&interface, "cursor", 0, cx)?;
    state_of(&interface, cx)?.borrow_mut().data_mut().prev_rows = 0.0;
    Ok(JsValue::undefined())
}

fn pos_object((columns, rows): (f64, f64), cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("cols"), columns, cx)?;
    object.create_data_property_or_throw(js_string!("rows"), rows, cx)?;
    Ok(object.into())
}

/// `_getDisplayPos(text)`
pub fn display_pos_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    let pos = display_pos(&this.to_object(cx)?, &text, cx)?;
    pos_object(pos, cx)
}

/// `rl.getCursorPos()`
pub fn cursor_pos_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pos = cursor_pos(&this.to_object(cx)?, cx)?;
    pos_object(pos, cx)
}

/// `_insertString(text)`
pub fn insert_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let units: Vec<u16> = args.get_or_undefined(0).to_string(cx)?.iter().collect();
    insert(&this.to_object(cx)?, &units, cx)?;
    Ok(JsValue::undefined())
}

/// `_moveCursor(dx)`
pub fn move_cursor_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let by = args.get_or_undefined(0).to_number(cx)?;
    move_by(&this.to_object(cx)?, by, cx)?;
    Ok(JsValue::undefined())
}

/// `_tabComplete(lastKeypressWasTab)`
pub fn tab_complete_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    tab_complete(&this.to_object(cx)?, args.get_or_undefined(0).to_boolean(), cx)?;
    Ok(JsValue::undefined())
}

/// `_addHistory()`
pub fn add_history_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    add_history(&this.to_object(cx)?, cx)
}

macro_rules! methods {
    ($($name:ident = $call:ident;)*) => {$(
        pub fn $name(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            $call(&this.to_object(cx)?, cx)?;
            Ok(JsValue::undefined())
        }
    )*};
}

methods! {
    line_method = finish_line;
    history_next_method = history_next;
    history_prev_method = history_prev;
    word_left_method = word_left;
    word_right_method = word_right;
    delete_left_method = delete_left;
    delete_right_method = delete_right;
    delete_word_left_method = delete_word_left;
    delete_word_right_method = delete_word_right;
    delete_line_left_method = delete_line_left;
    delete_line_right_method = delete_line_right;
}
