//! What can follow what was typed.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray, property::PropertyKey};
use coil_engine::table;

use super::{LIBRARIES, server};
use crate::{events, readline::interface::get};

/// `completer(line, callback)`: names that begin as the last word does.
pub(super) fn completer(_this: &JsValue, args: &[JsValue], server: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let line = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let callback = server::callback(args.get_or_undefined(1), "callback", cx)?;
    let (found, word) = completions(server, line.trim_start(), cx)?;
    let found: Vec<JsValue> = found.into_iter().map(|name| js_string!(name).into()).collect();
    let found = JsArray::from_iter(found, cx);
    let pair = JsArray::from_iter([found.into(), js_string!(word).into()], cx);
    callback.call(&JsValue::undefined(), &[JsValue::null(), pair.into()], cx)
}

fn completions(server: &JsObject, line: &str, cx: &mut Context) -> JsResult<(Vec<String>, String)> {
    if let Some(command) = line.strip_prefix('.') {
        let commands = get(server, "commands", cx)?.to_object(cx)?;
        let mut names: Vec<String> = commands.own_property_keys(cx)?.iter().map(|key| key.to_string()).filter(|name| name.starts_with(command)).collect();
        names.sort();
        return Ok((names.into_iter().map(|name| format!(".{name}")).collect(), line.to_owned()));
    }
    for quote in ['\'', '"', '`'] {
        if let Some((_, begun)) = line.rsplit_once(&format!("require({quote}")).or_else(|| line.rsplit_once(&format!("import({quote}")))
            && !begun.contains(quote)
        {
            let mut names: Vec<String> = LIBRARIES.iter().flat_map(|name| [(*name).to_owned(), format!("node:{name}")]).filter(|name| name.starts_with(begun)).collect();
            names.sort();
            return Ok((names, begun.to_owned()));
        }
    }
    let start = line.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '?'))).map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let word = &line[start..];
    let (owner, begun) = match word.rfind('.') {
        Some(dot) => (Some(word[..dot].trim_end_matches('?')), &word[dot + 1..]),
        None => (None, word),
    };
    let Some(owner) = owner else {
        if word.is_empty() && !line.is_empty() {
            return Ok((Vec::new(), String::new()));
        }
        let context = get(server, "context", cx)?.to_object(cx)?;
        let mut names = names_of(&context, cx)?;
        names.extend(KEYWORDS.iter().map(|word| (*word).to_owned()));
        return Ok((chosen(names, begun, ""), word.to_owned()));
    };
    let Some(object) = value_of(server, owner, cx) else { return Ok((Vec::new(), word.to_owned())) };
    let names = names_of(&object, cx)?;
    let prefix = &word[..word.len() - begun.len()];
    Ok((chosen(names, begun, prefix), word.to_owned()))
}

/// Those that begin so, sorted.
fn chosen(names: Vec<String>, begun: &str, prefix: &str) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().filter(|name| name.starts_with(begun)).map(|name| format!("{prefix}{name}")).collect();
    names.sort();
    names.dedup();
    names
}

/// What a chain of names stands for. Getters are not run.
fn value_of(server: &JsObject, chain: &str, cx: &mut Context) -> Option<JsObject> {
    let mut parts = chain.split('.').map(|part| part.trim_end_matches('?'));
    let first = parts.next().filter(|first| !first.is_empty() && first.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$'))?;
    let vm = table::instantiate(&crate::vm::MODULE, cx).ok()?;
    let code: JsValue = js_string!(first).into();
    let mut value = match get(server, "useGlobal", cx).ok()?.to_boolean() {
        true => events::method(&vm, "runInThisContext", &[code], cx).ok()?,
        false => {
            let context = get(server, "context", cx).ok()?;
            events::method(&vm, "runInContext", &[code, context], cx).ok()?
        }
    };
    for part in parts {
        let object = value.to_object(cx).ok()?;
        let mut next = Some(object);
        let mut found = None;
        while let Some(object) = next {
            if let Some(own) = object.own_property(&JsString::from(part).into(), cx).ok()? {
                found = own.value().cloned();
                break;
            }
            next = object.prototype();
        }
        value = found?;
    }
    value.to_object(cx).ok()
}

/// The names of an object's properties and of what it inherits, but indices and symbols.
fn names_of(object: &JsObject, cx: &mut Context) -> JsResult<Vec<String>> {
    let mut names = Vec::new();
    let mut next = Some(object.clone());
    let mut depth = 0;
    while let Some(object) = next.filter(|_| depth < DEPTH_MAX) {
        for key in object.own_property_keys(cx)? {
            if let PropertyKey::String(name) = key {
                let name = name.to_std_string_lossy();
                if name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                    names.push(name);
                }
            }
        }
        next = object.prototype();
        depth += 1;
    }
    Ok(names)
}

/// A chain of prototypes is no longer in earnest.
const DEPTH_MAX: usize = 100;

const KEYWORDS: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "return",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];
