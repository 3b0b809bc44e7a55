//! From a text to what can be run.
//!
//! The engine's parser is generic over what it reads, so every crate that names it compiles a parser of its own (a third of a megabyte).
//! The crates above this one parse through these functions: one parser for all of them.

use std::path::Path;

use boa_engine::{Context, JsResult, Module, Script, Source, object::builtins::JsFunction, realm::Realm};

/// A script for `realm`, or the current one.
pub fn script(text: &str, path: &Path, realm: Option<Realm>, cx: &mut Context) -> JsResult<Script> {
    Script::parse(Source::from_bytes(text.as_bytes()).with_path(path), realm, cx)
}

/// Fails where the text is no script. Names that it declares are not held against those of a realm, nor added to them.
pub fn check_script(text: &str, path: &Path, cx: &mut Context) -> JsResult<()> {
    Script::check(Source::from_bytes(text.as_bytes()).with_path(path), cx)
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
