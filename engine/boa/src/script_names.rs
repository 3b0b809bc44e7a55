//! Names that a script declares: they are declared when it runs, and only once.
//!
//! Implements steps 3 and 4 of <https://tc39.es/ecma262/#sec-globaldeclarationinstantiation>.

use boa_ast::{
    operations::{lexically_declared_names, var_declared_names},
    scope::Scope,
};
use boa_interner::{Interner, Sym};

use crate::{JsNativeError, JsString};

/// Gives the names of a script their places in the scope of its realm.
pub(crate) fn declare(script: &mut boa_ast::Script, scope: &Scope, interner: &Interner) -> Result<(), JsNativeError> {
    script.analyze_scope(scope, interner).map_err(|reason| match taken(script, scope, interner) {
        Some(name) => declared_twice(&name),
        None => JsNativeError::syntax().with_message(reason),
    })
}

/// `Identifier 'a' has already been declared`
pub(crate) fn declared_twice(name: &JsString) -> JsNativeError {
    JsNativeError::syntax().with_message(format!("Identifier '{}' has already been declared", name.to_std_string_lossy()))
}

/// The first name of a script that the scope has already.
fn taken(script: &boa_ast::Script, scope: &Scope, interner: &Interner) -> Option<JsString> {
    let text = |name: Sym| interner.resolve_expect(name).into_common::<JsString>(false);
    let lexical = lexically_declared_names(script).into_iter().map(text).find(|name| scope.has_binding(name));
    lexical.or_else(|| var_declared_names(script).into_iter().map(text).find(|name| scope.has_lex_binding(name)))
}
