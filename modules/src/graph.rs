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
    /// URLs of modules that await at top level.
    awaiting: RefCell<FxHashSet<String>>,
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
        Host::of(cx).state::<Graph>().awaiting.borrow_mut().insert(url.to_owned());
    }
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
        if awaiting.contains(url) {
            return Some(url.to_owned());
        }
        rest.extend(imports.get(url).into_iter().flatten().map(String::as_str));
    }
    None
}
