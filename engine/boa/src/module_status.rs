//! What an embedder may know of a module's progress, and change of one that it made.

use crate::{JsResult, JsString, JsValue, Module, module::ModuleKind};

impl Module {
    /// Whether the module is being evaluated right now, further down on this thread's stack: it can neither be linked nor evaluated again
    /// before that ends.
    #[must_use]
    pub fn is_evaluating(&self) -> bool {
        match self.kind() {
            ModuleKind::SourceText(source) => source.is_evaluating(),
            ModuleKind::Synthetic(_) => false,
        }
    }

    /// Gives an export of a synthetic module another value, which everybody who imports it sees.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a module with a source of its own or one that is not linked yet, a `ReferenceError` for a name that it does
    /// not export.
    pub fn set_export(&self, name: &JsString, value: JsValue) -> JsResult<()> {
        match self.kind() {
            ModuleKind::SourceText(_) => Err(crate::JsNativeError::typ().with_message("the exports of a module with a source are its own").into()),
            ModuleKind::Synthetic(module) => module.set_export(name, value),
        }
    }

    /// The names that a synthetic module exports, in no order; none of a module with a source of its own.
    #[must_use]
    pub fn synthetic_names(&self) -> Vec<JsString> {
        match self.kind() {
            ModuleKind::SourceText(_) => Vec::new(),
            ModuleKind::Synthetic(module) => module.get_exported_names().into_iter().collect(),
        }
    }
}
