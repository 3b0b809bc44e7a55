//! What an embedder may know of a module's progress.

use crate::{Module, module::ModuleKind};

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
}
