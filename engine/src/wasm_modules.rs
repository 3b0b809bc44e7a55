//! How the module loader makes modules of WebAssembly, whose interpreter is in a crate above it.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsValue};

/// What `WebAssembly` offers to the loader.
pub struct WasmModules {
    /// Compiles the binary module at a URL.
    pub compile: fn(Vec<u8>, &str, &mut Context) -> JsResult<WasmModule>,
    /// Instantiates one with an object of imports; gives the object with the exports, of which globals are read by `value_of`.
    pub link: fn(&JsObject, &JsObject, &mut Context) -> JsResult<JsObject>,
    /// What an export is to an ES module: the value of a global, and anything else itself.
    pub value_of: fn(JsValue, &mut Context) -> JsResult<JsValue>,
}

/// A module that is compiled.
pub struct WasmModule {
    /// The `WebAssembly.Module`.
    pub object: JsObject,
    /// The modules that it imports from, each once.
    pub imports: Vec<String>,
    /// The names that it exports.
    pub exports: Vec<String>,
}

/// Of one host: nothing where WebAssembly is not built in.
#[derive(Default)]
pub struct WasmHook(pub Cell<Option<&'static WasmModules>>);
