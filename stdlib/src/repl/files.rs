//! Completions of names within `require('`, `import('` and `fs.f('`.

use boa_engine::{Context, JsObject, JsResult};
use coil_engine::Host;

use super::{
    complete::{Found, chosen},
    expression::is_name,
};
use crate::{events, readline::interface::get};

/// What follows in a line that ends within the string of such a call; nothing where it does not.
pub(super) fn completions(server: &JsObject, line: &str, cx: &mut Context) -> JsResult<Option<Found>> {
    let Some((call, begun)) = begun_argument(line) else { return Ok(None) };
    let callee = callee_of(call);
    if matches!(callee, "require" | "import") {
        let whole = begun.chars().all(|c| is_name(c) || matches!(c, '@' | '.' | '/' | ':' | '-'));
        return if whole { modules(server, begun, callee == "require", cx).map(Some) } else { Ok(None) };
    }
    if callee.starts_with("fs.") && get(server, "allowBlockingCompletions", cx)?.to_boolean() {
        return Ok(Some(paths(begun, cx)));
    }
    Ok(None)
}

/// `call(` and what its string holds so far, where a line ends within the first argument of a call.
fn begun_argument(line: &str) -> Option<(&str, &str)> {
    let quote = line.rfind(['\'', '"', '`'])?;
    let call = line[..quote].trim_end().strip_suffix('(')?;
    Some((call.trim_end(), &line[quote + 1..]))
}

/// The name that is called, with the dots in it.
fn callee_of(call: &str) -> &str {
    let start = call.rfind(|c: char| !(is_name(c) || c == '.')).map_or(0, |at| at + call[at..].chars().next().map_or(1, char::len_utf8));
    &call[start..]
}

/// Modules: built in, installed, or beside the working directory.
fn modules(server: &JsObject, begun: &str, require: bool, cx: &mut Context) -> JsResult<Found> {
    let word = Some(begun.to_owned());
    let host = Host::of(cx);
    match begun {
        "." => return Ok(Found { groups: vec![vec!["../".into(), "./".into()]], word }),
        ".." => return Ok(Found { groups: vec![vec!["../".into()]], word }),
        _ => {}
    }
    let relative = begun.starts_with("./") || begun.starts_with("../");
    let (folder, last) = begun.rsplit_once('/').map_or(("", begun), |(folder, last)| (folder, last));
    let roots = if begun.starts_with('/') {
        Vec::new()
    } else if relative {
        vec![host.cwd()]
    } else {
        let context = get(server, "context", cx)?.to_object(cx)?;
        let mut roots = Vec::new();
        if let Some(module) = get(&context, "module", cx)?.as_object()
            && let Some(list) = get(&module, "paths", cx)?.as_object()
        {
            for root in events::elements(&list, cx)? {
                roots.push(root.to_string(cx)?.to_std_string_lossy());
            }
        }
        roots
    };
    let mut found = Vec::new();
    for root in roots {
        let inside = if folder.is_empty() { root } else { format!("{root}/{folder}") };
        for name in entries(&inside, cx) {
            let path = format!("{inside}/{name}");
            let shown = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if !name.starts_with(last) || name.starts_with('.') && last.is_empty() {
                continue;
            }
            if host.sys().fs().stat(&path).is_ok_and(|stat| stat.is_dir()) {
                found.push(format!("{shown}/"));
                if (require || !relative) && entries(&path, cx).iter().any(|entry| entry == "package.json" || entry.starts_with("index.")) {
                    found.push(shown);
                }
            } else if require {
                let plain = [".js", ".json", ".node"].iter().find_map(|extension| shown.strip_suffix(extension));
                found.extend(plain.filter(|plain| relative || !plain.ends_with("index")).map(str::to_owned));
            } else if [".js", ".mjs", ".cjs", ".json", ".node"].iter().any(|extension| shown.ends_with(extension)) {
                found.push(shown);
            }
        }
    }
    let mut groups = chosen(vec![found], begun);
    if !relative {
        let (plain, schemed) = builtins(cx)?;
        let starting = |names: Vec<String>| -> Vec<String> {
            let mut names: Vec<String> = names.into_iter().filter(|name| name.starts_with(begun)).collect();
            names.sort();
            names
        };
        groups.insert(0, starting(plain));
        groups.insert(0, starting(schemed));
    }
    Ok(Found { groups, word })
}

/// The names of built-in modules, and those with `node:` before them. A program may add to the first.
fn builtins(cx: &mut Context) -> JsResult<(Vec<String>, Vec<String>)> {
    let listed = super::builtin_modules(cx)?;
    let mut plain = Vec::new();
    for name in events::elements(&listed, cx)? {
        plain.push(name.to_string(cx)?.to_std_string_lossy());
    }
    let host = Host::of(cx);
    let mut schemed: Vec<String> = plain.iter().filter(|name| super::LIBRARIES.contains(&name.as_str())).map(|name| format!("node:{name}")).collect();
    schemed.extend(ONLY_SCHEMED.iter().filter(|name| host.builtin(name).is_some()).map(|name| format!("node:{name}")));
    Ok((plain, schemed))
}

/// Modules that have no name without `node:`.
const ONLY_SCHEMED: &[&str] = &["sea", "sqlite", "test", "test/reporters"];

/// Files and folders that a path begins.
fn paths(begun: &str, cx: &mut Context) -> Found {
    let (folder, last) = begun.rsplit_once('/').map_or((".", begun), |(folder, last)| (if folder.is_empty() { "/" } else { folder }, last));
    // A folder that is named whole is looked into.
    let is_folder = Host::of(cx).sys().fs().stat(begun).is_ok_and(|stat| stat.is_dir());
    let (folder, last) = if is_folder { (begun, "") } else { (folder, last) };
    let mut names: Vec<String> = entries(folder, cx).into_iter().filter(|name| name.starts_with(last)).collect();
    names.sort();
    let word = if names.is_empty() { begun } else { last };
    Found { groups: vec![names], word: Some(word.to_owned()) }
}

/// The names in a folder; none where it cannot be read.
fn entries(folder: &str, cx: &mut Context) -> Vec<String> {
    match Host::of(cx).sys().fs().readdir(folder) {
        Ok(entries) => entries.iter().map(|entry| entry.name.to_string_lossy().into_owned()).collect(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{begun_argument, callee_of};

    #[test]
    fn a_call_that_is_not_closed_is_found() {
        assert_eq!(begun_argument("x = require ( 'a/b"), Some(("x = require", "a/b")));
        assert_eq!(begun_argument("require('a', 'b"), None);
        assert_eq!(callee_of("x = fs.promises.readFile"), "fs.promises.readFile");
    }
}
