//! Keys, and editor mode, in which lines are collected until Ctrl+D.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::table;

use super::{
    history,
    server::{self, with},
};
use crate::{
    events,
    readline::{
        edit::tty_write,
        interface::{get, put, state_of},
    },
};

/// Enters or leaves editor mode, in which there is no prompt.
pub(super) fn set_editor(server: &JsObject, on: bool, cx: &mut Context) -> JsResult<()> {
    put(server, "editorMode", on, cx)?;
    let prompt = if on { js_string!().into() } else { get(server, "_initialPrompt", cx)? };
    server::set_own_prompt(&server.clone().into(), &prompt, cx).map(drop)
}

pub(super) fn in_editor(server: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(get(server, "editorMode", cx)?.to_boolean())
}

/// The session's own `_ttyWrite`.
pub(super) fn define(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    let write = table::closure(
        "",
        2,
        server.clone(),
        |_, args, server, cx| {
            on_key(server, args, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    put(server, "_ttyWrite", write, cx)
}

fn on_key(server: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let this = JsValue::from(server.clone());
    let key = args.get_or_undefined(1).as_object().unwrap_or_else(JsObject::with_null_proto);
    let name = get(&key, "name", cx)?.as_string().map(|name| name.to_std_string_lossy()).unwrap_or_default();
    let (ctrl, shift) = (get(&key, "ctrl", cx)?.to_boolean(), get(&key, "shift", cx)?.to_boolean());
    if !in_editor(server, cx)? || !get(server, "terminal", cx)?.to_boolean() {
        let empty = get(server, "line", cx)?.as_string().is_none_or(|line| line.is_empty());
        if ctrl && !shift && name == "d" && empty {
            events::method(server, "clearLine", &[], cx)?;
        }
        if !shift && (ctrl && name == "p" || !ctrl && name == "up") {
            history::explain(server, cx)?;
        }
        return tty_write(&this, args, cx).map(drop);
    }
    match (ctrl && !shift, name.as_str()) {
        (true, "d") => {
            set_editor(server, false, cx)?;
            let enter = JsObject::with_object_proto(cx.intrinsics());
            put(&enter, "name", js_string!("return"), cx)?;
            tty_write(&this, &[args.get_or_undefined(0).clone(), enter.into()], cx).map(drop)
        }
        // The history is for whole commands.
        (true, "n" | "p") | (false, "up" | "down") => Ok(()),
        (false, "tab") => {
            // A second one would list what can follow, amid the text.
            state_of(server, cx)?.borrow_mut().data_mut().previous_key = JsValue::null();
            tty_write(&this, args, cx).map(drop)
        }
        _ => tty_write(&this, args, cx).map(drop),
    }
}

/// A line in editor mode: it is kept, and what it is indented by begins the next one where it was typed key by key.
pub(super) fn keep(server: &JsObject, line: &str, cx: &mut Context) -> JsResult<()> {
    let loading = with(server, cx, |session| {
        *session.buffered.borrow_mut() += &format!("{line}\n");
        session.loading.get()
    })?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let typed = get(server, "isCompletionEnabled", cx)?.to_boolean() && !loading;
    if typed && !indent.is_empty() && get(server, "terminal", cx)?.to_boolean() {
        events::method(server, "write", &[js_string!(indent).into()], cx)?;
        let indent = JsString::from(indent);
        put(server, "cursor", indent.len() as f64, cx)?;
        put(server, "line", indent, cx)?;
    }
    server::remember(server, line, cx)
}
