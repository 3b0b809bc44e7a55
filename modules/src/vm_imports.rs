//! Imports of the scripts and modules of `node:vm`: what they were linked with, or what their `importModuleDynamically` gives.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue, Module, js_string,
    module::{ModuleRequest, Referrer},
    object::builtins::JsFunction,
};
use coil_engine::{
    Host,
    errors::{self, Base},
    import_hooks::{ImportHooks, Request, ScriptImports},
    launch::Launch,
};

use crate::hooks;

/// The module that a source of `node:vm` imports; nothing where the importer is none.
pub(crate) fn imported(referrer: &Referrer, request: &ModuleRequest, cx: &mut Context) -> JsResult<Option<Module>> {
    let hooks = Host::of(cx).state::<ImportHooks>();
    match referrer {
        Referrer::Module(module) => {
            let Some(imports) = hooks.of_module(module) else { return Ok(None) };
            if !imports.loaded {
                return linked(&imports.links, request, cx).map(Some);
            }
            match imports.callback {
                Some(callback) => asked(&callback, imports.wrapper.into(), request, cx).map(Some),
                None => Err(missing(cx)),
            }
        }
        Referrer::Script(script) => {
            let name = script.path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
            let imports = hooks.scripts.borrow().get(&name).cloned();
            by_script(imports.unwrap_or(ScriptImports::Default), request, cx)
        }
        // Code from a string that no script runs: an `eval` called by a promise.
        Referrer::Realm(realm) => by_script(hooks.of_realm(realm), request, cx),
    }
}

fn by_script(imports: ScriptImports, request: &ModuleRequest, cx: &mut Context) -> JsResult<Option<Module>> {
    match imports {
        ScriptImports::Callback(callback, importer) => asked(&callback, importer, request, cx).map(Some),
        ScriptImports::Missing => Err(missing(cx)),
        ScriptImports::Default => Ok(None),
    }
}

/// ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING
fn missing(cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING", "A dynamic import callback was not specified.", cx)
}

fn plain(request: &ModuleRequest) -> Request {
    let mut attributes: Vec<(String, String)> = request.attributes().iter().map(|attribute| (attribute.key().to_std_string_lossy(), attribute.value().to_std_string_lossy())).collect();
    attributes.sort();
    Request { specifier: request.specifier().to_std_string_lossy(), attributes }
}

fn linked(links: &[(Request, Module)], request: &ModuleRequest, cx: &mut Context) -> JsResult<Module> {
    let request = plain(request);
    match links.iter().find(|(known, _)| *known == request) {
        Some((_, module)) => Ok(module.clone()),
        None => {
            let message = format!("request for '{}' is not yet fulfilled", request.specifier);
            Err(errors::coded(Base::Error, "ERR_VM_MODULE_LINK_FAILURE", message, cx))
        }
    }
}

/// `importModuleDynamically(specifier, importer, attributes, phase)`
fn asked(callback: &JsFunction, importer: JsValue, request: &ModuleRequest, cx: &mut Context) -> JsResult<Module> {
    let host = Host::of(cx);
    if !host.state::<Launch>().vm_modules.get() {
        let message = "A dynamic import callback was invoked without --experimental-vm-modules";
        return Err(errors::coded(Base::Type, "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG", message, cx));
    }
    let request = plain(request);
    let attributes = JsObject::with_null_proto();
    for (key, value) in &request.attributes {
        attributes.create_data_property_or_throw(js_string!(key.as_str()), js_string!(value.as_str()), cx)?;
    }
    let answer = callback.call(&JsValue::undefined(), &[js_string!(request.specifier).into(), importer, attributes.into(), js_string!("evaluation").into()], cx)?;
    let answer = hooks::awaited(&answer, cx)?;
    match host.state::<ImportHooks>().module_of.get() {
        Some(module_of) => module_of(&answer, cx),
        None => Err(errors::coded(Base::Error, "ERR_VM_MODULE_NOT_MODULE", "Provided module is not an instance of Module", cx)),
    }
}
