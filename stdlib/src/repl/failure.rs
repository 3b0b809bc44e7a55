//! What becomes of an error that a command has thrown, at once or later.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    errors::{self, Base},
    table,
};

use super::{
    evaluate,
    server::{prompt, with, write},
};
use crate::{
    events, process,
    readline::interface::{get, put},
};

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
    if tell_program(server, error, cx)? {
        return Ok(());
    }
    let object = error.as_object().filter(|object| object.error_kind().is_some());
    let is_error = object.is_some();
    if let Some(object) = object {
        if get(&object, "domainThrown", cx)?.to_boolean() {
            for name in ["domain", "domainThrown"] {
                object.delete_property_or_throw(js_string!(name), cx)?;
            }
        }
        evaluate::shorten_stack(&object, cx)?;
    }
    let shown = events::method(server, "writer", std::slice::from_ref(error), cx)?.to_string(cx)?.to_std_string_lossy();
    // An error without frames is shown in brackets, which are not for here.
    let inner = shown.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).filter(|_| is_error);
    let shown = inner.map_or(shown.clone(), str::to_owned);
    let line_len = line_len(cx)?;
    let mut text = String::new();
    let mut marked = false;
    for line in shown.split_inclusive('\n') {
        if !marked && names_error(line) {
            text += if line.len() <= line_len { "Uncaught " } else { "Uncaught:\n" };
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
    if get(server, "closed", cx)?.to_boolean() { Ok(()) } else { prompt(server, cx) }
}

/// `repl.writer.options.breakLength`: the longest line that `Uncaught` stands in front of.
fn line_len(cx: &mut Context) -> JsResult<usize> {
    let writer = table::instantiate(&super::MODULE, cx)?.get(js_string!("writer"), cx)?.to_object(cx)?;
    let options = get(&writer, "options", cx)?.to_object(cx)?;
    Ok(get(&options, "breakLength", cx)?.to_number(cx)? as usize)
}

/// Where the session is the program, its own listeners are told of the error instead. Whether there are any.
fn tell_program(server: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let process = process::object(cx)?;
    if !with(server, cx, |session| session.standalone.get())? || events::listener_count(&process, js_string!("uncaughtException"), cx)? == 0 {
        return Ok(false);
    }
    let (server, error) = (server.clone(), error.clone());
    Host::of(cx).next_tick_native(move |cx| {
        events::emit(&process, js_string!("uncaughtException"), std::slice::from_ref(&error), cx)?;
        events::method(&server, "clearBufferedCommand", &[], cx)?;
        if get(&server, "closed", cx)?.to_boolean() { Ok(()) } else { prompt(&server, cx) }
    });
    Ok(true)
}

/// The session's domain: the one that was given, or a new one. It prints the errors of what runs in it.
pub(super) fn domain_of(server: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
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
            print_error(server, args.first().unwrap_or(&JsValue::undefined()), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&domain, js_string!("error"), printer, cx)?;
    Ok(domain)
}

/// An error of a command that has not been given back: the domain that is active hears of it, which need not be the session's.
pub(super) fn throw(server: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(active) = crate::domain::active(cx).as_object() else { return show_error(server, error, cx) };
    events::emit(&active, js_string!("error"), std::slice::from_ref(error), cx)?;
    events::method(&active, "exit", &[], cx).map(drop)
}

/// Commands must not listen for `uncaughtException`: the errors of the session would end with them. A listener on `process` sees to
/// that until the session ends.
pub(super) fn guard(server: &JsObject, domain: &JsObject, cx: &mut Context) -> JsResult<()> {
    let process = process::object(cx)?;
    let refuse = table::closure(
        "",
        2,
        domain.clone(),
        |_, args, domain, cx| {
            let added = args.first().and_then(JsValue::as_string).is_some_and(|event| event == "uncaughtException");
            if added && crate::domain::active(cx).as_object().is_some_and(|active| JsObject::equals(&active, domain)) {
                return Err(errors::coded(Base::Type, "ERR_INVALID_REPL_INPUT", "Listeners for `uncaughtException` cannot be used in the REPL", cx));
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&process, "prependListener", &[js_string!("newListener").into(), refuse.clone().into()], cx)?;
    let over = table::closure(
        "",
        0,
        (process, JsObject::from(refuse)),
        |_, _, (process, refuse), cx| events::remove_listener(process, js_string!("newListener"), refuse.clone(), cx).map(|_| JsValue::undefined()),
        cx,
    );
    events::once(server, js_string!("exit"), over, cx)
}

/// Whether a line begins with the name of an error, in brackets or not.
fn names_error(line: &str) -> bool {
    let line = line.strip_prefix('[').unwrap_or(line);
    let word: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    word.contains("Error") && word.chars().next().is_some_and(char::is_uppercase)
}
