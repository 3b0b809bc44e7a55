//! From a text to what can be run.
//!
//! Scripts, modules and functions are made here, so that their errors read alike whoever asks for them.

use std::path::Path;

use boa_engine::{Context, JsResult, Module, Script, Source, object::builtins::JsFunction, realm::Realm};

/// A script for `realm`, or the current one.
/// What it declares is declared when it runs, which is a `SyntaxError` where the realm's scripts have declared it before.
///
/// # Errors
///
/// A `SyntaxError` where the text is none.
pub fn script(text: &str, path: &Path, realm: Option<Realm>, cx: &mut Context) -> JsResult<Script> {
    Script::parse(Source::from_bytes(text.as_bytes()).with_path(path), realm, cx)
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
