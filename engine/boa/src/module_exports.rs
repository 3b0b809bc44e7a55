//! Which module stands behind a name that comes through `export *`.
//!
//! Asking every module for every name takes a square of their number where one file exports many others. Where no module can be come to
//! in two ways, which is nearly always, one walk tells who exports what; the answer to a question is the same as that of
//! <https://tc39.es/ecma262/#sec-resolveexport>, steps 8 to 10.

use boa_gc::{Finalize, Trace};
use boa_interner::Interner;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    JsString, Module, js_str,
    module::{ModuleKind, SourceTextModule},
};

/// An entry of a module that names what it exports, by its index.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Explicit {
    Local(usize),
    Indirect(usize),
}

/// By name, the modules that export it themselves, in the order of the `export *`.
pub(crate) type Owners = FxHashMap<JsString, Vec<Module>>;

/// What comes through the `export *` of a module.
#[derive(Debug, Trace, Finalize)]
pub(crate) enum Stars {
    Tree(Owners),
    /// A module can be come to in two ways, or in a circle: each name has to be asked for by itself.
    Graph,
}

impl SourceTextModule {
    /// The modules to ask for a name that this one has only through `export *`.
    pub(crate) fn star_candidates(&self, name: &JsString, interner: &Interner) -> Vec<Module> {
        self.learn_stars(interner);
        match &*self.stars.borrow() {
            Some(Stars::Tree(owners)) => owners.get(name).cloned().unwrap_or_default(),
            _ => self.star_modules(),
        }
    }

    /// The names that come through `export *`; nothing where they have to be gathered from module to module.
    pub(crate) fn star_names(&self, interner: &Interner) -> Option<Vec<JsString>> {
        self.learn_stars(interner);
        match &*self.stars.borrow() {
            Some(Stars::Tree(owners)) => Some(owners.keys().cloned().collect()),
            _ => None,
        }
    }

    fn learn_stars(&self, interner: &Interner) {
        if self.stars.borrow().is_none() {
            let owners = self.owners(&mut FxHashSet::default(), interner);
            *self.stars.borrow_mut() = Some(owners.map_or(Stars::Graph, Stars::Tree));
        }
    }

    /// Who exports what, beneath this module; nothing where a module is met again.
    fn owners(&self, met: &mut FxHashSet<Module>, interner: &Interner) -> Option<Owners> {
        let explicit = self.explicit_exports(interner);
        let mut all = Owners::default();
        for module in self.star_modules() {
            if !met.insert(module.clone()) {
                return None;
            }
            let mut found = match module.kind() {
                ModuleKind::SourceText(source) => {
                    let mut found = source.owners(met, interner)?;
                    for name in source.explicit_exports(interner).keys() {
                        found.insert(name.clone(), vec![module.clone()]);
                    }
                    found
                }
                ModuleKind::Synthetic(synthetic) => synthetic.get_exported_names().into_iter().map(|name| (name, vec![module.clone()])).collect(),
            };
            found.remove(&JsString::from(js_str!("default")));
            if all.is_empty() {
                all = found;
            } else {
                for (name, modules) in found {
                    all.entry(name).or_default().extend(modules);
                }
            }
        }
        for name in explicit.keys() {
            all.remove(name);
        }
        Some(all)
    }
}
