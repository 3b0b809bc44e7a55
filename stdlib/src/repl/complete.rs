//! What can follow what was typed.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};

use super::{
    expression::{self, Target, is_name},
    files, server,
};
use crate::{events, readline::interface::get, reserved_words::RESERVED_WORDS};

/// What completions are of, and those there are: in groups, the nearest last.
#[derive(Default)]
pub(super) struct Found {
    pub(super) groups: Vec<Vec<String>>,
    /// What of the line they stand for; nothing where nothing of it can be completed.
    pub(super) word: Option<String>,
}

/// `completer(line, callback)`: names that begin as the last word does.
fn completer(_this: &JsValue, args: &[JsValue], server: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let line = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let callback = server::callback(args.get_or_undefined(1), "callback", cx)?;
    let found = completions(server, &line, cx)?;
    let mut names: Vec<JsValue> = Vec::new();
    for group in found.groups.into_iter().filter(|group| !group.is_empty()) {
        if !names.is_empty() {
            names.push(js_string!().into());
        }
        names.extend(group.into_iter().map(expression::text));
    }
    let names = JsArray::from_iter(names, cx);
    let word = found.word.map_or_else(JsValue::undefined, expression::text);
    let pair = JsArray::from_iter([names.into(), word], cx);
    callback.call(&JsValue::undefined(), &[JsValue::null(), pair.into()], cx)
}

/// The completer of a session: in editor mode only what is certain is completed.
pub(super) fn in_mode(this: &JsValue, args: &[JsValue], server: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    if !super::typing::in_editor(server, cx)? {
        return completer(this, args, server, cx);
    }
    let callback = events::method(server, "completeOnEditorMode", &[args.get_or_undefined(1).clone()], cx)?;
    completer(this, &[args.get_or_undefined(0).clone(), callback], server, cx)
}

fn completions(server: &JsObject, line: &str, cx: &mut Context) -> JsResult<Found> {
    let trimmed = line.trim_start();
    if let Some(command) = trimmed.strip_prefix('.')
        && command.chars().all(is_name)
    {
        let commands = get(server, "commands", cx)?.to_object(cx)?;
        let mut names: Vec<String> = commands.own_property_keys(cx)?.iter().map(|key| key.to_string()).filter(|name| name.starts_with(command)).collect();
        names.sort();
        return Ok(Found { groups: vec![names], word: Some(command.to_owned()) });
    }
    if let Some(found) = files::completions(server, trimmed, cx)? {
        return Ok(found);
    }
    if trimmed.is_empty() {
        return Ok(Found { groups: globals(server, "", cx), word: Some(String::new()) });
    }
    let Some(target) = Target::of(line) else { return Ok(Found::default()) };
    let begun = &line[target.name..];
    let word = Some(line[target.start..].to_owned());
    if !target.is_property() {
        return Ok(Found { groups: globals(server, begun, cx), word });
    }
    let Some(owner) = target.owner(line, server, cx) else { return Ok(Found { groups: Vec::new(), word }) };
    let mut groups = chosen(expression::names_of(&owner, cx), begun);
    groups.reverse();
    let prefix = &line[target.start..target.name];
    for name in groups.iter_mut().flatten() {
        name.insert_str(0, prefix);
    }
    Ok(Found { groups, word })
}

/// Words of the language, the globals, and what the global object inherits.
fn globals(server: &JsObject, begun: &str, cx: &mut Context) -> Vec<Vec<String>> {
    let mut groups = match expression::global(server, cx) {
        Some(global) => expression::names_of(&global, cx),
        None => Vec::new(),
    };
    if !begun.is_empty() {
        groups.insert(0, keywords());
    }
    chosen(groups, begun)
}

/// The words that Node's REPL completes.
fn keywords() -> Vec<String> {
    let reserved = RESERVED_WORDS.iter().filter(|word| **word != "super");
    reserved.chain(&["async", "await", "let", "yield"]).map(|word| (*word).to_owned()).collect()
}

/// Those that begin so in any case, sorted within their group; a name is in the first group that has it.
pub(super) fn chosen(groups: Vec<Vec<String>>, begun: &str) -> Vec<Vec<String>> {
    let begun = begun.to_lowercase();
    let mut seen = rustc_hash::FxHashSet::default();
    let pick = |group: Vec<String>| {
        let mut names: Vec<String> = group.into_iter().filter(|name| name.to_lowercase().starts_with(&begun) && seen.insert(name.clone())).collect();
        names.sort();
        names
    };
    groups.into_iter().map(pick).collect()
}

/// `completer` of an interface as one that has a callback: one that takes only the line returns its answer.
pub(super) fn with_callback(given: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = given.as_object().filter(JsObject::is_callable) else { return Ok(given.clone()) };
    if get(&object, "length", cx)?.to_number(cx)? == 2.0 {
        return Ok(given.clone());
    }
    let wrapped = coil_engine::table::closure(
        "completer",
        2,
        object,
        |this, args, completer, cx| {
            let callback = server::callback(args.get_or_undefined(1), "callback", cx)?;
            let found = completer.call(this, &[args.get_or_undefined(0).clone()], cx)?;
            callback.call(&JsValue::undefined(), &[JsValue::null(), found], cx)
        },
        cx,
    );
    Ok(wrapped.into())
}

/// `completeOnEditorMode(callback)`: of what can follow only what all of them begin with is offered.
pub(super) fn on_editor_mode(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = server::callback(args.get_or_undefined(0), "callback", cx)?;
    let narrowed = coil_engine::table::closure(
        "",
        2,
        JsObject::from(callback),
        |_, args, callback, cx| {
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            let pair = args.get_or_undefined(1).to_object(cx)?;
            let (names, word) = (pair.get(0, cx)?.to_object(cx)?, pair.get(1, cx)?);
            let mut shared: Option<String> = None;
            for name in events::elements(&names, cx)? {
                let name = name.to_string(cx)?.to_std_string_lossy();
                shared = match shared {
                    _ if name.is_empty() => shared,
                    None => Some(name),
                    Some(before) => Some(before.chars().zip(name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()),
                };
            }
            let only = JsArray::from_iter([JsString::from(shared.unwrap_or_default()).into()], cx);
            let pair = JsArray::from_iter([only.into(), word], cx);
            callback.call(&JsValue::undefined(), &[JsValue::null(), pair.into()], cx)
        },
        cx,
    );
    Ok(narrowed.into())
}
