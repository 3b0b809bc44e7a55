//! What is known of the graph of ES modules before any of it runs: which module imports which, and whether one of them awaits at top
//! level. `require` refuses such a graph before it runs anything.

use std::{cell::RefCell, path::Path};

use boa_engine::{
    Context, Source,
    ast::{
        operations::{ContainsSymbol, contains},
        scope::Scope,
    },
    interner::Interner,
    parser::Parser,
};
use coil_engine::Host;
use rustc_hash::{FxHashMap, FxHashSet};

/// What one host knows.
#[derive(Default)]
pub(crate) struct Graph {
    /// Static imports, by the importer's URL.
    imports: RefCell<FxHashMap<String, Vec<String>>>,
    /// Modules that await at top level, by their URL, and where: nothing where there are several places.
    awaiting: RefCell<FxHashMap<String, Option<Place>>>,
}

/// Where a module awaits.
#[derive(Clone)]
struct Place {
    line: usize,
    /// Before the caret.
    column: usize,
    text: String,
}

/// The only `await` of a text; that of a loop is none.
fn only_await(text: &str) -> Option<Place> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '$' | '_');
    let mut words = text.match_indices("await").filter(|(at, word)| !text[..*at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part));
    let (at, _) = words.next().filter(|(at, _)| !text[..*at].trim_end().ends_with("for"))?;
    if words.next().is_some() {
        return None;
    }
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    Some(Place { line: text[..at].matches('\n').count() + 1, column: text[start..at].chars().count(), text: text[start..].lines().next().unwrap_or_default().to_owned() })
}

/// ` at URL:line` with the line and a caret under it, of the one place where the graph under `url` awaits; nothing where there are more.
pub(crate) fn place_of_await(url: &str, cx: &Context) -> Option<String> {
    let mut reached = FxHashSet::default();
    mark_reached(url, &mut reached, cx);
    let graph = Host::of(cx).state::<Graph>();
    let awaiting = graph.awaiting.borrow();
    let mut found = awaiting.iter().filter(|(url, _)| reached.contains(*url));
    let (url, place) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let place = place.as_ref()?;
    Some(format!(" at {url}:{}\n{}\n{}^\n\n\n", place.line, place.text, " ".repeat(place.column)))
}

/// Notes that one module imports another.
pub(crate) fn note_import(importer: &str, imported: &str, cx: &Context) {
    let graph = Host::of(cx).state::<Graph>();
    let mut imports = graph.imports.borrow_mut();
    let list = imports.entry(importer.to_owned()).or_default();
    if !list.iter().any(|known| known == imported) {
        list.push(imported.to_owned());
    }
}

/// Notes whether the module at `url` awaits at top level.
pub(crate) fn note_source(url: &str, text: &str, cx: &Context) {
    // Most modules do not have the word; parsing those that do once more is cheap beside running them.
    if text.contains("await") && awaits(url, text) {
        Host::of(cx).state::<Graph>().awaiting.borrow_mut().insert(url.to_owned(), only_await(text));
    }
}

/// Whether the module at `url` itself awaits at top level.
pub(crate) fn awaits_itself(url: &str, cx: &Context) -> bool {
    Host::of(cx).state::<Graph>().awaiting.borrow().contains_key(url)
}

/// Adds the URLs that `url` reaches by static imports, itself among them. What is in the set already is not looked at again.
pub(crate) fn mark_reached(url: &str, reached: &mut FxHashSet<String>, cx: &Context) {
    let graph = Host::of(cx).state::<Graph>();
    let imports = graph.imports.borrow();
    let mut rest = vec![url];
    while let Some(url) = rest.pop() {
        if reached.insert(url.to_owned()) {
            rest.extend(imports.get(url).into_iter().flatten().map(String::as_str));
        }
    }
}

/// Whether one of the modules that `url` imports, directly or not, is such.
pub(crate) fn reaches(url: &str, is_such: &dyn Fn(&str) -> bool, cx: &Context) -> bool {
    let graph = Host::of(cx).state::<Graph>();
    let imports = graph.imports.borrow();
    let mut seen = FxHashSet::default();
    let mut rest = vec![url];
    while let Some(url) = rest.pop() {
        if seen.insert(url) {
            if is_such(url) {
                return true;
            }
            rest.extend(imports.get(url).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

fn awaits(url: &str, text: &str) -> bool {
    let source = Source::from_bytes(text.as_bytes()).with_path(Path::new(url));
    let mut interner = Interner::default();
    Parser::new(source).parse_module(&Scope::new_global(), &mut interner).is_ok_and(|module| contains(&module, ContainsSymbol::AwaitExpression))
}

/// The first module of the graph under `url` that awaits at top level, depth first.
pub(crate) fn awaiting(url: &str, cx: &Context) -> Option<String> {
    let graph = Host::of(cx).state::<Graph>();
    let (imports, awaiting) = (graph.imports.borrow(), graph.awaiting.borrow());
    if awaiting.is_empty() {
        return None;
    }
    let mut seen = FxHashSet::default();
    let mut rest = vec![url];
    while let Some(url) = rest.pop() {
        if !seen.insert(url) {
            continue;
        }
        if awaiting.contains_key(url) {
            return Some(url.to_owned());
        }
        rest.extend(imports.get(url).into_iter().flatten().map(String::as_str));
    }
    None
}
