//! Evaluating a command: whole or not yet, as an expression where it can be one, with `await` at its top.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{Host, op::thrown_value, table};

use super::{RECOVERABLE, failure, server};
use crate::{events, readline::interface::get, vm};

#[derive(Default)]
struct Count(Cell<u64>);

/// `REPL1`, `REPL2`: what the stack calls a command.
pub(super) fn next_name(cx: &Context) -> String {
    let count = Host::of(cx).state::<Count>();
    count.0.set(count.0.get() + 1);
    format!("REPL{}", count.0.get())
}

fn compile(code: &str, file: &JsString, cx: &mut Context) -> JsResult<JsObject> {
    vm::command(code.to_owned(), file.to_std_string_lossy(), cx)
}

fn evaluate(script: &JsObject, server: &JsObject, context: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_null_proto();
    // The session shows errors itself.
    options.create_data_property_or_throw(js_string!("displayErrors"), false, cx)?;
    let breaks = get(server, "breakEvalOnSigint", cx)?.to_boolean();
    options.create_data_property_or_throw(js_string!("breakOnSigint"), breaks, cx)?;
    // In raw mode Ctrl+C would be a key that nobody reads, and no signal.
    let terminal = breaks && get(server, "terminal", cx)?.to_boolean();
    let raw = terminal && events::method(server, "_setRawMode", &[false.into()], cx)?.to_boolean();
    let result = if get(server, "useGlobal", cx)?.to_boolean() {
        events::method(script, "runInThisContext", &[options.into()], cx)
    } else {
        events::method(script, "runInContext", &[context.clone(), options.into()], cx)
    };
    if raw {
        events::method(server, "_setRawMode", &[true.into()], cx)?;
    }
    result
}

/// The value of a piece of code that is run for the session's own sake; nothing where it throws.
pub(super) fn quietly(code: &str, server: &JsObject, cx: &mut Context) -> Option<JsValue> {
    let script = compile(code, &js_string!("repl"), cx).ok()?;
    let context = get(server, "context", cx).ok()?;
    evaluate(&script, server, &context, cx).ok()
}

/// `eval(code, context, file, callback)` where no other was given.
pub(super) fn default_eval(_this: &JsValue, args: &[JsValue], server: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let context = args.get_or_undefined(1).clone();
    let file = args.get_or_undefined(2).to_string(cx)?;
    let callback = server::callback(args.get_or_undefined(3), "cb", cx)?;
    if code == "\n" {
        return callback.call(&JsValue::undefined(), &[JsValue::null()], cx);
    }
    let strict = server::is_strict(server, cx)?;
    let prefix = if strict { "'use strict'; void 0;\n" } else { "" };
    let trimmed = code.trim();
    // An object, not a block, unless it says otherwise.
    if trimmed.starts_with('{')
        && !trimmed.ends_with(';')
        && let Ok(script) = compile(&format!("{prefix}({trimmed})\n"), &file, cx)
    {
        return settle(&script, server, &context, &callback, cx);
    }
    match compile(&format!("{prefix}{code}"), &file, cx) {
        Ok(script) => settle(&script, server, &context, &callback, cx),
        Err(error) => {
            if code.contains("await")
                && let Some(rewritten) = rewrite(trimmed, &file, cx)
            {
                return settle_later(&rewritten, server, &context, &file, &callback, cx);
            }
            let error = described(error, cx)?;
            let error = if is_recoverable(&code, &error, cx)? { RECOVERABLE.construct(&[error], cx)?.into() } else { error };
            callback.call(&JsValue::undefined(), &[error], cx)
        }
    }
}

fn settle(script: &JsObject, server: &JsObject, context: &JsValue, callback: &JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    let args = match evaluate(script, server, context, cx) {
        Ok(value) => vec![JsValue::null(), value],
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => vec![thrown_value(error, cx)],
    };
    if let [thrown] = args.as_slice() {
        return failure::throw(server, thrown, cx).map(|()| JsValue::undefined());
    }
    callback.call(&JsValue::undefined(), &args, cx)
}

/// A command with `await`, as scripts can have it.
struct Rewritten {
    /// Declares the names that the command declares.
    declarations: Option<String>,
    /// Gives a promise.
    body: String,
    /// Whether the promise's value is the command's.
    gives: bool,
}

/// The command with an async function around it, where it has `await` at its top and nothing else is wrong with it.
fn rewrite(code: &str, file: &JsString, cx: &mut Context) -> Option<Rewritten> {
    let code = code.trim_end_matches(';');
    for kind in ["const ", "let ", "var "] {
        if let Some(rest) = code.strip_prefix(kind)
            && let Some((target, value)) = rest.split_once('=')
            && !value.starts_with('=')
        {
            let names = names_of(target)?;
            let body = format!("(async () => {{ ({} = {value}); }})()", target.trim());
            compile(&body, file, cx).ok()?;
            return Some(Rewritten { declarations: Some(format!("let {};", names.join(", "))), body, gives: false });
        }
    }
    let expression = format!("(async () => (\n{code}\n))()");
    if compile(&expression, file, cx).is_ok() {
        return Some(Rewritten { declarations: None, body: expression, gives: true });
    }
    let statements = format!("(async () => {{\n{code}\n}})()");
    compile(&statements, file, cx).ok()?;
    Some(Rewritten { declarations: None, body: statements, gives: false })
}

/// The names in a pattern of names alone.
fn names_of(pattern: &str) -> Option<Vec<&str>> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ',' | '{' | '}' | '[' | ']' | ' ' | '.');
    if !pattern.chars().all(plain) {
        return None;
    }
    Some(pattern.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).filter(|name| !name.is_empty()).collect())
}

#[derive(Clone, boa_gc::Trace, boa_gc::Finalize)]
struct Awaited {
    server: JsObject,
    callback: JsObject,
    gives: bool,
    /// Which of the session's commands it is.
    number: u64,
}

fn settle_later(rewritten: &Rewritten, server: &JsObject, context: &JsValue, file: &JsString, callback: &JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    let start = |cx: &mut Context| -> JsResult<JsValue> {
        if let Some(declarations) = &rewritten.declarations {
            let script = compile(declarations, file, cx)?;
            evaluate(&script, server, context, cx)?;
        }
        let script = compile(&rewritten.body, file, cx)?;
        evaluate(&script, server, context, cx)
    };
    let promise = match start(cx) {
        Ok(promise) => promise.to_object(cx)?,
        Err(error) => {
            let error = described(error, cx)?;
            return callback.call(&JsValue::undefined(), &[error], cx);
        }
    };
    let number = server::hold(server, cx)?;
    let awaited = Awaited { server: server.clone(), callback: callback.clone().into(), gives: rewritten.gives, number };
    let fulfilled = table::closure(
        "",
        1,
        awaited.clone(),
        |_, args, awaited, cx| {
            if !server::holds(&awaited.server, awaited.number, cx)? {
                return Ok(JsValue::undefined());
            }
            let value = if awaited.gives { args.get_or_undefined(0).clone() } else { JsValue::undefined() };
            awaited.callback.call(&JsValue::undefined(), &[JsValue::null(), value], cx)?;
            server::go_on(&awaited.server, cx).map(|()| JsValue::undefined())
        },
        cx,
    );
    let rejected = table::closure(
        "",
        1,
        awaited,
        |_, args, awaited, cx| {
            if !server::holds(&awaited.server, awaited.number, cx)? {
                return Ok(JsValue::undefined());
            }
            failure::show_error(&awaited.server, args.get_or_undefined(0), cx)?;
            server::go_on(&awaited.server, cx).map(|()| JsValue::undefined())
        },
        cx,
    );
    events::method(&promise, "then", &[fulfilled.into(), rejected.into()], cx)?;
    Ok(JsValue::undefined())
}

/// A syntax error whose stack shows the line it is in.
fn described(error: JsError, cx: &mut Context) -> JsResult<JsValue> {
    let place = error.syntax_location();
    let value = thrown_value(error, cx);
    if let (Some(place), Some(object)) = (place, value.as_object())
        && let Some(line) = place.source_line
    {
        let name = get(&object, "name", cx)?.to_string(cx)?.to_std_string_lossy();
        let message = get(&object, "message", cx)?.to_string(cx)?.to_std_string_lossy();
        let before = " ".repeat(place.column.saturating_sub(1) as usize);
        let carets = "^".repeat(place.length.max(1) as usize);
        let stack = format!("{line}\n{before}{carets}\n\n{name}: {message}\n");
        object.set(js_string!("stack"), js_string!(stack), false, cx)?;
    }
    Ok(value)
}

/// Takes the frames of the session off an error's stack: the command's own and what is below it.
pub(super) fn shorten_stack(error: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(stack) = get(error, "stack", cx)?.as_string() else { return Ok(()) };
    let stack = stack.to_std_string_lossy();
    let lines: Vec<&str> = stack.split('\n').collect();
    // A command's own code, or a function without a name that it has left to a timer.
    let is_command = |line: &str| line.trim_start().strip_prefix("at REPL").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.contains('('));
    let is_top = |line: &&str| is_command(line) || [".<anonymous> (REPL", "._onImmediate (REPL", "._onTimeout (REPL"].iter().any(|nameless| line.contains(nameless));
    let is_native = |line: &&str| line.contains("runInThisContext (<anonymous>)") || line.contains("runInContext (<anonymous>)");
    let Some(top) = lines.iter().rposition(is_top).or_else(|| lines.iter().position(is_native)) else { return Ok(()) };
    let kept = lines[..top].join("\n");
    error.set(js_string!("stack"), js_string!(kept), false, cx).map(drop)
}

/// Whether more lines could make the command whole.
fn is_recoverable(code: &str, error: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = error.as_object() else { return Ok(false) };
    if get(&object, "name", cx)?.as_string().is_none_or(|name| name != "SyntaxError") {
        return Ok(false);
    }
    let message = get(&object, "message", cx)?.to_string(cx)?.to_std_string_lossy();
    if message == "Unexpected end of input" || message.starts_with("Unterminated template") {
        return Ok(true);
    }
    Ok(match Rest::of(code) {
        Rest::Comment | Rest::Template | Rest::Continued => true,
        Rest::Open => message.starts_with("missing )") || message.starts_with("Unexpected token"),
        Rest::String | Rest::Nothing => false,
    } && (message != "Invalid or unexpected token" || Rest::of(code) != Rest::Open))
}

/// What is open at the end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Nothing,
    /// A bracket, and nothing was written after what it holds so far.
    Open,
    String,
    /// A string whose line ends with a backslash.
    Continued,
    Template,
    Comment,
}

impl Rest {
    fn of(code: &str) -> Self {
        let mut characters = code.trim_end().chars().peekable();
        let mut depth = 0_i64;
        while let Some(c) = characters.next() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '/' if characters.peek() == Some(&'/') => {
                    for c in characters.by_ref() {
                        if c == '\n' {
                            break;
                        }
                    }
                }
                '/' if characters.peek() == Some(&'*') => {
                    let mut last = ' ';
                    let mut closed = false;
                    characters.next();
                    for c in characters.by_ref() {
                        if last == '*' && c == '/' {
                            closed = true;
                            break;
                        }
                        last = c;
                    }
                    if !closed {
                        return Self::Comment;
                    }
                }
                '\'' | '"' | '`' => {
                    let mut closed = false;
                    let mut escaped = false;
                    for next in characters.by_ref() {
                        if !escaped && next == c {
                            closed = true;
                            break;
                        }
                        if next == '\n' && c != '`' && !escaped {
                            return Self::String;
                        }
                        escaped = next == '\\' && !escaped;
                    }
                    if !closed {
                        return match c {
                            '`' => Self::Template,
                            _ if escaped => Self::Continued,
                            _ => Self::String,
                        };
                    }
                }
                _ => {}
            }
        }
        if depth > 0 { Self::Open } else { Self::Nothing }
    }
}

/// `repl.isValidSyntax(code)`
pub(super) fn is_valid_syntax(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let file = js_string!("repl");
    let valid = compile(&code, &file, cx).is_ok() || code.contains("await") && rewrite(code.trim(), &file, cx).is_some();
    Ok(valid.into())
}

#[cfg(test)]
mod tests {
    use super::{Rest, names_of};

    #[test]
    fn what_is_open_is_found() {
        assert_eq!(Rest::of("f(1, (2)\n"), Rest::Open);
        assert_eq!(Rest::of("f(')') // (\n"), Rest::Nothing);
        assert_eq!(Rest::of("'a\\\n"), Rest::Continued);
        assert_eq!(Rest::of("/* (\n"), Rest::Comment);
        assert_eq!(Rest::of("`a${\n"), Rest::Template);
        assert_eq!(names_of("{ a, b }"), Some(vec!["a", "b"]));
        assert_eq!(names_of("{ a: b = 1 }"), None);
    }
}
