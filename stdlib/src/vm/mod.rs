//! Node's `vm`, as far as this context goes.
//!
//! Differs from Node: other contexts (`createContext`, `runInContext`, `runInNewContext`), `measureMemory` and vm modules are not
//! implemented; `timeout`, `cachedData` and import hooks are ignored.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, Script, Source, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, NativeModule},
    validate,
};

/// `require('vm')`
pub static MODULE: NativeModule = NativeModule {
    name: "vm",
    exports: &[
        Export::class(&SCRIPT),
        Export::function("createContext", 0, |_, _, cx| Err(errors::method_not_implemented("vm.createContext()", cx))),
        Export::function("createScript", 2, |_, args, cx| SCRIPT.construct(args, cx).map(JsValue::from)),
        Export::function("runInContext", 3, |_, _, cx| Err(errors::method_not_implemented("vm.runInContext()", cx))),
        Export::function("runInNewContext", 3, |_, _, cx| Err(errors::method_not_implemented("vm.runInNewContext()", cx))),
        Export::function("runInThisContext", 2, run_in_this_context),
        Export::function("isContext", 1, is_context),
        Export::function("compileFunction", 2, compile_function),
        Export::function("measureMemory", 0, |_, _, cx| Err(errors::method_not_implemented("vm.measureMemory()", cx))),
        Export::module("constants", &CONSTANTS),
    ],
};

static CONSTANTS: NativeModule = NativeModule {
    name: "vm.constants",
    exports: &[
        Export::symbol_value("USE_MAIN_CONTEXT_DEFAULT_LOADER", coil_engine::table::Symbol::Private("vm_dynamic_import_main_context_default")),
        Export::symbol_value("DONT_CONTEXTIFY", coil_engine::table::Symbol::Private("vm_context_no_contextify")),
    ],
};

static SCRIPT: Class = Class {
    name: "Script",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("runInThisContext", 1, |this, _args, cx| {
            let found = this.as_object().and_then(|object| object.downcast_ref::<Record>().map(|record| record.script.clone()));
            let script = found.ok_or_else(|| errors::invalid_this("Script", cx))?;
            script.evaluate(cx)
        }),
        Export::function("runInContext", 2, |_, _, cx| Err(errors::method_not_implemented("script.runInContext()", cx))),
        Export::function("runInNewContext", 2, |_, _, cx| Err(errors::method_not_implemented("script.runInNewContext()", cx))),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct Record {
    script: Script,
}

fn parse(code: &str, options: &JsValue, cx: &mut Context) -> JsResult<Script> {
    let filename = match options.as_object() {
        Some(options) => options.get(js_string!("filename"), cx)?,
        None => options.clone(),
    };
    let filename = if filename.is_undefined() { "evalmachine.<anonymous>".to_owned() } else { validate::string(&filename, "options.filename", cx)?.to_std_string_lossy() };
    Script::parse(Source::from_bytes(code.as_bytes()).with_path(std::path::Path::new(&filename)), None, cx)
}

/// `new vm.Script(code, options)`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let script = parse(&code, args.get_or_undefined(1), cx)?;
    let prototype = instance_prototype(&SCRIPT, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Record { script }).into())
}

/// `vm.runInThisContext(code, options)`
fn run_in_this_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    parse(&code, args.get_or_undefined(1), cx)?.evaluate(cx)
}

fn is_context(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if given.is_object() { Ok(false.into()) } else { Err(errors::invalid_arg_type("object", "object", given, cx)) }
}

/// `vm.compileFunction(code, params, options)`
fn compile_function(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let code = validate::string(args.get_or_undefined(0), "code", cx)?.to_std_string_lossy();
    let mut params = Vec::new();
    if !args.get_or_undefined(1).is_undefined() {
        let list = validate::array(args.get_or_undefined(1), "params", 0, cx)?;
        let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
        for index in 0..length {
            let param = list.get(index, cx)?;
            params.push(validate::string(&param, &format!("params[{index}]"), cx)?.to_std_string_lossy());
        }
    }
    let options = args.get_or_undefined(2);
    let options = if options.is_object() { options.clone() } else { JsValue::undefined() };
    parse(&format!("(function ({}) {{{code}\n}})", params.join(",")), &options, cx)?.evaluate(cx)
}
