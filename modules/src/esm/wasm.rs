//! A file of WebAssembly as a module: its imports are modules, its exports are its names.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult, JsString, Module, js_string, module::SyntheticModuleInitializer};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, errors,
    wasm_modules::{WasmHook, WasmModule},
};
use rustc_hash::FxHashMap;

use super::{import_module, node, required::namespace_of};
use crate::{
    formats::{self, extension},
    warnings,
};

/// What runs when the module is evaluated.
#[derive(Trace, Finalize)]
struct Instantiation {
    module: JsObject,
    #[unsafe_ignore_trace]
    url: String,
    dependencies: Vec<Dependency>,
    #[unsafe_ignore_trace]
    names: Vec<String>,
}

/// A module that it imports from.
#[derive(Trace, Finalize)]
struct Dependency {
    #[unsafe_ignore_trace]
    specifier: String,
    module: Module,
    #[unsafe_ignore_trace]
    url: String,
}

/// The exports of instances by the URLs of their modules: what another one imports of them is not unwrapped.
#[derive(Default)]
struct Instances(RefCell<FxHashMap<String, JsObject>>);

/// The module of the file at `path`. What it imports is loaded with it.
pub(super) fn module(path: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    let host = Host::of(cx);
    let Some(hook) = host.state::<WasmHook>().0.get() else { return Err(formats::unknown_extension(extension(path), path, cx)) };
    let bytes = host.sys().fs().read_file(std::path::Path::new(path)).map_err(|error| errors::system(&error, cx))?;
    warnings::experimental_once("Importing WebAssembly module instances is an experimental feature and might change at any time", cx)?;
    let WasmModule { object, imports, exports } = (hook.compile)(bytes, url, cx)?;
    let mut dependencies = Vec::with_capacity(imports.len());
    for specifier in imports {
        let found = import_module(&specifier, url, Some(&node(url, false)), None, false, cx)?;
        dependencies.push(Dependency { specifier, module: found.module, url: found.url });
    }
    let names: Vec<JsString> = exports.iter().map(|name| js_string!(name.as_str())).collect();
    let initializer = SyntheticModuleInitializer::from_copy_closure_with_captures(instantiate, Instantiation { module: object, url: url.to_owned(), dependencies, names: exports });
    Ok(Module::synthetic(&names, initializer, Some(url.into()), None, cx))
}

fn instantiate(module: &boa_engine::module::SyntheticModule, work: &Instantiation, cx: &mut Context) -> JsResult<()> {
    let Some(hook) = Host::of(cx).state::<WasmHook>().0.get() else { return Ok(()) };
    let instances = Host::of(cx).state::<Instances>();
    let imports = JsObject::with_null_proto();
    for dependency in &work.dependencies {
        let namespace = namespace_of(&dependency.module, cx)?;
        let instance = instances.0.borrow().get(&dependency.url).cloned();
        imports.create_data_property_or_throw(js_string!(dependency.specifier.as_str()), instance.unwrap_or(namespace), cx)?;
    }
    let exports = (hook.link)(&work.module, &imports, cx)?;
    instances.0.borrow_mut().insert(work.url.clone(), exports.clone());
    for name in &work.names {
        let name = js_string!(name.as_str());
        let value = exports.get(name.clone(), cx)?;
        module.set_export(&name, (hook.value_of)(value, cx)?)?;
    }
    Ok(())
}
