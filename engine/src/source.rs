//! From a text to what can be run.
//!
//! Scripts, modules and functions are made here, so that their errors read alike whoever asks for them.

use std::path::Path;

use boa_engine::{
    Context, JsNativeError, JsResult, JsString, Module, Script, Source,
    ast::{
        operations::{lexically_declared_names, var_declared_names},
        scope::Scope,
    },
    interner::Sym,
    object::builtins::JsFunction,
    parser::Parser,
    realm::Realm,
};

/// A script for `realm`, or the current one.
///
/// What it declares is declared there from now on: a script that is only looked at goes through [`declares_names`].
///
/// # Errors
///
/// A `SyntaxError` where the text is none, or declares what the realm's scripts have declared before.
pub fn script(text: &str, path: &Path, realm: Option<Realm>, cx: &mut Context) -> JsResult<Script> {
    Script::parse(Source::from_bytes(text.as_bytes()).with_path(path), realm.clone(), cx).map_err(|error| {
        let scope = realm.as_ref().unwrap_or(cx.realm()).scope().clone();
        match error.as_native().is_some_and(|error| error.message().to_string().contains(TAKEN)).then(|| taken(text, &scope, cx)).flatten() {
            Some(name) => JsNativeError::syntax().with_message(format!("Identifier '{name}' has already been declared")).into(),
            None => error,
        }
    })
}

/// Part of the engine's message where a script declares a name again. It does not say which.
const TAKEN: &str = "duplicate lexical declaration";

/// The first name of a script that `scope` has already.
fn taken(text: &str, scope: &Scope, cx: &mut Context) -> Option<String> {
    let parsed = parsed(text, cx)?;
    let lexical = lexically_declared_names(&parsed);
    let var = var_declared_names(&parsed);
    let text_of = |name: Sym| JsString::from(cx.interner().resolve_expect(name).to_string());
    let lexical = lexical.into_iter().map(text_of).find(|name| scope.has_binding(name));
    let name = lexical.or_else(|| var.into_iter().map(text_of).find(|name| scope.has_lex_binding(name)));
    name.map(|name| name.to_std_string_lossy())
}

/// The syntax tree of a script, in no realm's scope.
fn parsed(text: &str, cx: &mut Context) -> Option<boa_engine::ast::Script> {
    Parser::new(Source::from_bytes(text.as_bytes())).parse_script(&Scope::new_global(), cx.interner_mut()).ok()
}

/// Whether a text that is to be a script declares names with `let`, `const` or `class`. Nothing is declared by it.
///
/// # Errors
///
/// A `SyntaxError` where it is no script.
pub fn declares_names(text: &str, path: &Path, cx: &mut Context) -> JsResult<bool> {
    if let Some(parsed) = parsed(text, cx) {
        return Ok(!lexically_declared_names(&parsed).is_empty());
    }
    // The engine's own entry says what is wrong, and where; it declares nothing of a text that does not parse.
    script(text, path, None, cx).map(|_| true)
}

/// A script without a name.
pub fn nameless_script(text: &str, cx: &mut Context) -> JsResult<Script> {
    Script::parse(Source::from_bytes(text.as_bytes()), None, cx)
}

/// An ES module of the current realm.
pub fn module(text: &str, path: &Path, cx: &mut Context) -> JsResult<Module> {
    Module::parse(Source::from_bytes(text.as_bytes()).with_path(path), None, cx)
}

/// A function of `parameters` whose body is the text.
pub fn function(text: &str, path: &Path, parameters: &[&str], cx: &mut Context) -> JsResult<JsFunction> {
    boa_engine::compile_function(Source::from_bytes(text.as_bytes()).with_path(path), parameters, cx)
}
