//! Who answers for the imports of sources that have no file: those of `node:vm`.
//!
//! `node:vm` registers here what its scripts and modules may import; the module loader asks before it looks at files.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult, JsValue, Module, object::builtins::JsFunction, realm::Realm};
use rustc_hash::FxHashMap;

/// `import()` in a script, by the name it was compiled under.
#[derive(Clone)]
pub enum ScriptImports {
    /// `importModuleDynamically`, and the object it is told as the importer.
    Callback(JsFunction, JsValue),
    /// `vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER`: as from a file.
    Default,
    /// Nobody answers.
    Missing,
}

/// What a module of `node:vm` imports.
#[derive(Clone)]
pub struct ModuleImports {
    /// The object that stands for the module.
    pub wrapper: JsObject,
    /// Its `importModuleDynamically`.
    pub callback: Option<JsFunction>,
    /// Its `initializeImportMeta`.
    pub meta: Option<JsFunction>,
    /// The modules it was linked with, by specifier and attributes.
    pub links: Vec<(Request, Module)>,
    /// Its static imports are loaded: what it asks for from now on is `import()`.
    pub loaded: bool,
}

/// A specifier and the attributes beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub specifier: String,
    pub attributes: Vec<(String, String)>,
}

/// The module behind what an import callback gave.
pub type ModuleOf = fn(&JsValue, &mut Context) -> JsResult<Module>;

/// Of one host.
#[derive(Default)]
pub struct ImportHooks {
    /// By the script's name.
    pub scripts: RefCell<FxHashMap<String, ScriptImports>>,
    /// Of code from a string that no script runs, by its realm.
    pub realms: RefCell<Vec<(Realm, ScriptImports)>>,
    /// In the order of their making.
    pub modules: RefCell<Vec<(Module, ModuleImports)>>,
    /// Set by `node:vm`.
    pub module_of: std::cell::Cell<Option<ModuleOf>>,
}

impl ImportHooks {
    /// What is known of a realm of `node:vm`.
    pub fn of_realm(&self, realm: &Realm) -> ScriptImports {
        let realms = self.realms.borrow();
        realms.iter().find(|(known, _)| known == realm).map_or(ScriptImports::Missing, |(_, imports)| imports.clone())
    }

    /// What is known of a module of `node:vm`; nothing of another.
    pub fn of_module(&self, module: &Module) -> Option<ModuleImports> {
        self.modules.borrow().iter().find(|(known, _)| known == module).map(|(_, imports)| imports.clone())
    }

    /// Changes what is known of a module.
    pub fn change(&self, module: &Module, change: impl FnOnce(&mut ModuleImports)) {
        if let Some((_, imports)) = self.modules.borrow_mut().iter_mut().find(|(known, _)| known == module) {
            change(imports);
        }
    }
}
