//! `WebAssembly`: the JavaScript interface of the specification, over the interpreter `wasmi`.
//!
//! ```js
//! const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]); // An empty module.
//! const { instance } = await WebAssembly.instantiate(bytes, {});
//! ```
//!
//! Instances that share memories, tables, globals or functions live in one store, a [`group::Group`], which the collector frees as a
//! whole. Nothing of JavaScript is called while the interpreter runs: an imported function ends the run, is called, and its result
//! resumes the run ([`call`]). So recursion between JavaScript and WebAssembly nests no interpreters, and a slice of fuel that is used up
//! is charged like any other work; and an import that promises its result suspends the run ([`suspension`]).
//!
//! The bytes of a memory lie in its store; `Memory.buffer` is a buffer over them ([`memory`]).
//!
//! Without the cargo feature `wasm` there is no `WebAssembly`: packages that carry a way without it look for the global, and one
//! whose functions only throw would send them the wrong way.
//!
//! Differs from Node:
//! - No exceptions, garbage-collected types, threads and string builtins: no `Tag`, `JSTag`, `Exception`; a shared
//!   Memory has a SharedArrayBuffer, but no instance can import it, and it does not grow.
//! - Errors of modules that do not validate are V8's for headers and sections; those of code are wasmi's, with the place in V8's form.
//! - A remainder by zero says `divide by zero`, and a quotient that is too large `float unrepresentable in integer range`, as wasmi does
//!   not tell them apart; stacks have no frames of WebAssembly.
//! - Contexts of `node:vm` share one `WebAssembly`, and `codeGeneration.wasm` is not looked at.
//! - An instance whose segments did not fit leaves no functions of its own in imported tables.
//! - Memories, tables and globals of instances that have nothing in common cannot be imported together: a LinkError says so.
//! - What was passed as an `externref` lives as long as the instances it was passed to.

use boa_engine::{Context, JsArgs, JsNativeError, JsObject, JsResult, JsValue, object::builtins::JsPromise};
use coil_engine::{
    Host,
    op::thrown_value,
    table::{Export, NativeModule, instantiate as instantiate_table},
    wasm_modules::{WasmHook, WasmModule, WasmModules},
};

mod binary;
mod call;
mod descriptor;
mod errors;
mod function;
mod global;
mod group;
mod instance;
mod linking;
mod memory;
mod module;
mod streaming;
mod suspension;
mod table;
mod values;

pub(crate) use module::carrier;

/// `globalThis.WebAssembly`
pub const GLOBAL: Export = Export::lazy("WebAssembly", namespace).enumerable(false);

/// The value of the global, also in the contexts of `node:vm`.
pub(crate) fn namespace(cx: &mut Context) -> JsResult<JsValue> {
    Ok(instantiate_table(&NAMESPACE, cx)?.into())
}

static NAMESPACE: NativeModule = NativeModule {
    name: "WebAssembly",
    exports: &[
        Export::function("compile", 1, compile).method(),
        Export::function("validate", 1, validate).method(),
        Export::function("instantiate", 1, instantiate).method(),
        Export::class(&module::MODULE).enumerable(false),
        Export::class(&instance::INSTANCE).enumerable(false),
        Export::class(&table::TABLE).enumerable(false),
        Export::class(&memory::MEMORY).enumerable(false),
        Export::class(&global::GLOBAL).enumerable(false),
        Export::class(&errors::COMPILE_ERROR).enumerable(false),
        Export::class(&errors::LINK_ERROR).enumerable(false),
        Export::class(&errors::RUNTIME_ERROR).enumerable(false),
        Export::function("compileStreaming", 1, streaming::compile).method(),
        Export::function("instantiateStreaming", 1, streaming::instantiate).method(),
        Export::class(&suspension::SUSPENDING).enumerable(false),
        Export::function("promising", 1, suspension::promising).method(),
        Export::class(&errors::SUSPEND_ERROR).enumerable(false),
        Export::tag("WebAssembly"),
    ],
};

/// What the module loader gets.
static MODULES: WasmModules = WasmModules {
    compile: |bytes, url, cx| {
        let compiled = module::compile(bytes, "WebAssembly.compile()", cx)?;
        let mut imports: Vec<String> = Vec::new();
        for import in &compiled.outline.imports {
            if import.module.starts_with("wasm-js:") {
                return Err(errors::link(&format!("Invalid Wasm import \"{}\" in {url}", import.module), cx));
            }
            if is_reserved(&import.name) {
                return Err(errors::link(&format!("Invalid Wasm import name \"{}\" in {url}", import.module), cx));
            }
            if !imports.contains(&import.module) {
                imports.push(import.module.clone());
            }
        }
        let exports: Vec<String> = compiled.outline.exports.iter().map(|export| export.name.clone()).collect();
        if let Some(name) = exports.iter().find(|name| is_reserved(name)) {
            return Err(errors::link(&format!("Invalid Wasm export name \"{name}\" in {url}"), cx));
        }
        Ok(WasmModule { object: module::create(compiled, cx)?, imports, exports })
    },
    link: |module, imports, cx| match module::of(&module.clone().into()) {
        Some(module) => linking::link(&module, Some(imports), "WebAssembly.Instance()", cx),
        None => Err(errors::incompatible()),
    },
    value_of: |value, cx| match global::place(&value) {
        Some(place) if global::is_vector(&place) => Ok(JsValue::undefined()),
        Some(place) => global::read(&place, "get WebAssembly.Global.value)", cx),
        None => Ok(value),
    },
};

/// Names that the integration with ES modules keeps to itself.
fn is_reserved(name: &str) -> bool {
    name.starts_with("wasm:") || name.starts_with("wasm-js:")
}

/// Joins a host to WebAssembly: its module loader can make modules of it.
pub(crate) fn install(host: &Host) {
    host.state::<WasmHook>().0.set(Some(&MODULES));
}

/// `WebAssembly.validate(bytes)`
fn validate(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let bytes = module::bytes_of(args.get_or_undefined(0), "WebAssembly.validate()")?;
    module::charge(&bytes)?;
    Ok(module::is_valid(&bytes).into())
}

/// `WebAssembly.compile(bytes)`
fn compile(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let promise = match module::bytes_of(args.get_or_undefined(0), "WebAssembly.compile()") {
        Ok(bytes) => compile_later(bytes, "WebAssembly.compile()", Then::Module, cx)?,
        Err(error) => JsPromise::reject(error, cx)?,
    };
    Ok(promise.into())
}

/// `WebAssembly.instantiate(bytes, imports)`, `WebAssembly.instantiate(module, imports)`
fn instantiate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(match begin_instantiate(args, cx) {
        Ok(promise) => promise,
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => JsPromise::reject(error, cx)?,
    }
    .into())
}

fn begin_instantiate(args: &[JsValue], cx: &mut Context) -> JsResult<JsPromise> {
    const PLACE: &str = "WebAssembly.instantiate()";
    let source = args.get_or_undefined(0);
    if !source.is_object() {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a buffer source or a WebAssembly.Module object")));
    }
    let imports = instance::imports_object(args.get_or_undefined(1), PLACE)?;
    match module::of(source) {
        Some(module) => {
            let instance = linking::instantiate(&module, imports.as_ref(), PLACE, cx)?;
            JsPromise::resolve(instance, cx)
        }
        None => compile_later(module::bytes_of(source, PLACE)?, PLACE, Then::Instance(imports), cx),
    }
}

/// What becomes of a module that is compiled.
enum Then {
    /// The promise is fulfilled with it.
    Module,
    /// It is instantiated with these imports; the promise is fulfilled with both.
    Instance(Option<JsObject>),
}

/// Compiles on a thread of the pool; the promise is settled in a later turn. `place` begins the messages of errors.
fn compile_later(bytes: Vec<u8>, place: &'static str, then: Then, cx: &mut Context) -> JsResult<JsPromise> {
    module::charge(&bytes)?;
    let (promise, resolvers) = JsPromise::new_pending(cx);
    Host::of(cx).offload(
        "wasm",
        move |_sys| module::Compiled::new(bytes),
        move |outcome, cx| {
            Host::of(cx).enter_with(cx, |cx| {
                let compiled = outcome.done().unwrap_or_else(|| Err("compilation was cancelled".into()));
                let settled = match compiled {
                    Ok(compiled) => finish(compiled, then, place, cx),
                    Err(message) => Err(errors::compile(&format!("{place}: {message}"), cx)),
                };
                match settled {
                    Ok(value) => resolvers.resolve.call(&JsValue::undefined(), &[value], cx),
                    Err(error) if error.as_engine().is_some() => Err(error),
                    Err(error) => {
                        let reason = thrown_value(error, cx);
                        resolvers.reject.call(&JsValue::undefined(), &[reason], cx)
                    }
                }
            });
        },
    );
    Ok(promise)
}

fn finish(compiled: module::Compiled, then: Then, place: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let module = module::create(compiled, cx)?;
    let Then::Instance(imports) = then else { return Ok(module.into()) };
    let Some(data) = module::of(&module.clone().into()) else { return Err(JsNativeError::typ().into()) };
    let instance = linking::instantiate(&data, imports.as_ref(), place, cx)?;
    let both = JsObject::with_object_proto(cx.intrinsics());
    both.create_data_property_or_throw(boa_engine::js_string!("module"), module, cx)?;
    both.create_data_property_or_throw(boa_engine::js_string!("instance"), instance, cx)?;
    Ok(both.into())
}
