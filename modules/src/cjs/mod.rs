//! CommonJS: `Module`, `require`, and how a file becomes its exports.
//!
//! The steps are Node's own and replaceable where Node's are: `Module._load`, `Module._resolveFilename`, `Module._extensions` and
//! `Module.prototype.{require,load,_compile}` are looked up at each use, so that what hooks into Node hooks into coil. While nobody
//! replaced them, each step is a direct Rust call.
//!
//! `require(id)` is here, from the call to the cache. From a request to a file: [`filename`]. From a file to its exports:
//! [`extensions`]. The objects of modules: [`class`].
//!
//! Implements <https://nodejs.org/api/modules.html#all-together>.

mod class;
mod extensions;
mod filename;

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use coil_engine::{
    Host,
    errors::{self, Base},
    table, validate,
};

pub(crate) use self::{
    class::parent_of,
    extensions::note_module_syntax,
    filename::{denied, failure_error, global_paths, invalid_config, resolve_for_hooks, string_list, with_properties},
};
pub use self::{
    class::{MODULE_CLASS, new_module},
    extensions::{EXTENSIONS, WRAPPER, compile_wrapper, parse_json, strip},
    filename::{resolve_filename, static_resolve_filename},
};
use self::{
    class::{add_child, remove_child},
    extensions::{load_module, run_wrapper},
};
use crate::{
    cycle, esm,
    files::dirname,
    hooks,
    resolve::{Resolver, node_modules_paths},
    tracing,
    urls::{path_of_url, url_of_path},
};

/// What one host knows of its modules.
#[derive(Default)]
pub struct State {
    /// From specifiers to files.
    pub resolver: Resolver,
    tables: RefCell<Option<Tables>>,
    /// `module.isPreloading`: the modules of `-r` run.
    pub preloading: Cell<bool>,
    /// `--no-experimental-require-module`: `require` takes no ES module.
    pub refuses_esm: Cell<bool>,
    /// `--import` or `--experimental-loader` was given: hooks see the program's own file as an import.
    pub imports_main: Cell<bool>,
    /// `--no-experimental-detect-module`: the syntax does not decide what a file is.
    pub no_detection: Cell<bool>,
    /// `--experimental-print-required-tla`: tell where a graph that `require` refuses awaits.
    pub prints_awaits: Cell<bool>,
    /// `--trace-require-module`: tell where `require` loads an ES module; with `true`, not where a package in `node_modules` does.
    pub traces_esm: Cell<Option<bool>>,
}

/// The objects scripts see, and the functions they may replace.
#[derive(Clone)]
struct Tables {
    cache: JsObject,
    extensions: JsObject,
    load: JsObject,
    resolve_filename: JsObject,
    require: JsObject,
    module_load: JsObject,
    compile: JsObject,
    javascript: JsObject,
    json: JsObject,
    wrap: JsObject,
    run_main: JsObject,
}

/// Makes (once) the tables behind `require.cache` and `require.extensions`.
fn tables(cx: &mut Context) -> JsResult<Tables> {
    let state = Host::of(cx).state::<State>();
    if let Some(tables) = state.tables.borrow().clone() {
        return Ok(tables);
    }
    let constructor = MODULE_CLASS.constructor(cx)?;
    let prototype = MODULE_CLASS.prototype(cx)?;
    let part = |object: &JsObject, key: &str, cx: &mut Context| -> JsResult<JsObject> { object.get(js_string!(key), cx)?.to_object(cx) };
    let extensions = part(&constructor, "_extensions", cx)?;
    let tables = Tables {
        cache: part(&constructor, "_cache", cx)?,
        load: part(&constructor, "_load", cx)?,
        resolve_filename: part(&constructor, "_resolveFilename", cx)?,
        require: part(&prototype, "require", cx)?,
        module_load: part(&prototype, "load", cx)?,
        compile: part(&prototype, "_compile", cx)?,
        javascript: part(&extensions, ".js", cx)?,
        json: part(&extensions, ".json", cx)?,
        wrap: part(&constructor, "wrap", cx)?,
        run_main: part(&constructor, "runMain", cx)?,
        extensions,
    };
    *state.tables.borrow_mut() = Some(tables.clone());
    Ok(tables)
}

/// Whether the CommonJS file at `url` is running now.
pub(crate) fn is_running(url: &str, cx: &mut Context) -> JsResult<bool> {
    let Some(path) = path_of_url(url) else { return Ok(false) };
    let Some(module) = tables(cx)?.cache.get(js_string!(path), cx)?.as_object() else { return Ok(false) };
    Ok(!module.get(js_string!("loaded"), cx)?.to_boolean() && !esm::is_shell_of_running(&module, cx))
}

/// The exports of a file that `require` has loaded.
pub(crate) fn cached_exports(path: &str, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(module) = tables(cx)?.cache.get(js_string!(path), cx)?.as_object() else { return Ok(None) };
    if !module.get(js_string!("loaded"), cx)?.to_boolean() {
        return Ok(None);
    }
    module.get(js_string!("exports"), cx).map(Some)
}

/// Makes `value` what `require` gives for the file at `path`.
pub(crate) fn cache_exports(path: &str, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    let module = new_module(&js_string!(path).into(), &JsValue::undefined(), cx)?;
    for (key, value) in [("filename", js_string!(path).into()), ("exports", value.clone()), ("loaded", true.into())] {
        module.set(js_string!(key), value, true, cx)?;
    }
    tables(cx)?.cache.set(js_string!(path), module, true, cx).map(drop)
}

/// Runs a text as the CommonJS file at `path`, unless `require` has that file already.
pub(crate) fn run_given(path: &str, text: &str, is_main: bool, cx: &mut Context) -> JsResult<JsValue> {
    let cache = tables(cx)?.cache;
    let key = js_string!(path);
    if let Some(known) = cache.get(key.clone(), cx)?.as_object() {
        return known.get(js_string!("exports"), cx);
    }
    let module = file_module(path, cx)?;
    if is_main {
        set_main(&module, cx)?;
    }
    cache.set(key.clone(), module.clone(), true, cx)?;
    let wrapper = compile_wrapper(text, path, cx)?;
    if let Err(error) = run_wrapper(&module, &wrapper, path, cx) {
        cache.delete_property_or_throw(key, cx)?;
        return Err(error);
    }
    module.set(js_string!("loaded"), true, true, cx)?;
    module.get(js_string!("exports"), cx)
}

/// A module of the file at `path` that was not required by another.
fn file_module(path: &str, cx: &mut Context) -> JsResult<JsObject> {
    let module = new_module(&js_string!(path).into(), &JsValue::undefined(), cx)?;
    module.set(js_string!("filename"), js_string!(path), true, cx)?;
    let paths: Vec<JsValue> = node_modules_paths(dirname(path)).into_iter().map(|path| js_string!(path).into()).collect();
    let paths = JsArray::from_iter(paths, cx);
    module.set(js_string!("paths"), paths, true, cx)?;
    Ok(module)
}

/// `Module._cache`
pub fn cache(cx: &mut Context) -> JsResult<JsObject> {
    Ok(tables(cx)?.cache)
}

/// The function at `object[key]` if somebody replaced `ours`.
fn replaced(object: &JsObject, key: &'static str, ours: &JsObject, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let key = Host::of(cx).intern(key);
    let found = object.get(key, cx)?;
    match found.as_object() {
        Some(found) if JsObject::equals(&found, ours) => Ok(None),
        _ => Ok(Some(validate::function(&found, "Module hook", cx)?)),
    }
}

/// `Module.runMain`, if a script replaced it.
pub(crate) fn replaced_run_main(cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let Some(tables) = Host::of(cx).state::<State>().tables.borrow().clone() else { return Ok(None) };
    let constructor = MODULE_CLASS.constructor(cx)?;
    replaced(&constructor, "runMain", &tables.run_main, cx)
}

/// `require(id)` in the file of `module`.
pub fn require(module: &JsObject, id: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let tables = tables(cx)?;
    if let Some(hook) = replaced(module, "require", &tables.require, cx)? {
        return hook.call(&module.clone().into(), std::slice::from_ref(id), cx);
    }
    require_direct(module, id, cx)
}

fn prototype_require(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    require_direct(&this.to_object(cx)?, args.get_or_undefined(0), cx)
}

fn require_direct(module: &JsObject, id: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let text = validate::string(id, "id", cx)?;
    if text.is_empty() {
        return Err(errors::invalid_arg_value("id", id, "must be a non-empty string", cx));
    }
    let state = Host::of(cx).state::<State>();
    state.resolver.files.begin();
    let result = tracing::load(&text, module, cx);
    state.resolver.files.end();
    result
}

/// `Module._load`, replaced or not.
pub fn load(request: &JsString, parent: &JsValue, is_main: bool, cx: &mut Context) -> JsResult<JsValue> {
    let tables = tables(cx)?;
    let constructor = MODULE_CLASS.constructor(cx)?;
    if let Some(hook) = replaced(&constructor, "_load", &tables.load, cx)? {
        return hook.call(&constructor.into(), &[request.clone().into(), parent.clone(), is_main.into()], cx);
    }
    load_direct(request, parent, is_main, cx)
}

/// `Module._load(request, parent, isMain)`
pub fn static_load(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = validate::string(args.get_or_undefined(0), "request", cx)?;
    load_direct(&request, args.get_or_undefined(1), args.get_or_undefined(2).to_boolean(), cx)
}

fn load_direct(request: &JsString, parent: &JsValue, is_main: bool, cx: &mut Context) -> JsResult<JsValue> {
    let text = request.to_std_string_escaped();
    let from = match parent.as_object() {
        Some(parent) => parent.get(js_string!("filename"), cx)?.as_string().map(|name| url_of_path(&name.to_std_string_lossy())),
        None => None,
    };
    if let Some(found) = hooks::resolve(&text, from.as_deref(), None, hooks::Asker::Require, cx)? {
        let filename = path_of_url(&found.url).unwrap_or(found.url);
        if let Some(name) = filename.strip_prefix("node:")
            && let Some(exports) = builtin(name, cx)?
        {
            hooks::load(&filename, None, None, hooks::Asker::Require, cx)?;
            return Ok(exports);
        }
        return load_file(js_string!(filename).into(), parent, is_main, cx);
    }
    if let Some(name) = text.strip_prefix("node:") {
        return builtin(name, cx)?.ok_or_else(|| unknown_builtin(&text, cx));
    }
    let filename = resolve_filename(request, parent, is_main, &JsValue::undefined(), cx)?;
    load_file(filename, parent, is_main, cx)
}

/// The program's own file, whose name is settled already.
pub(crate) fn load_resolved(path: &JsString, cx: &mut Context) -> JsResult<()> {
    load_file(path.clone().into(), &JsValue::null(), true, cx).map(drop)
}

/// What `Module._load` does once the file is known.
fn load_file(filename: JsValue, parent: &JsValue, is_main: bool, cx: &mut Context) -> JsResult<JsValue> {
    let tables = tables(cx)?;
    let key: JsString = filename.to_string(cx)?;
    let cached = tables.cache.get(key.clone(), cx)?;
    if let Some(cached) = cached.as_object() {
        if let Some(parent) = parent.as_object() {
            add_child(&parent, &cached, cx)?;
        }
        if !cached.get(js_string!("loaded"), cx)?.to_boolean()
            && let Some(exports) = esm::exports_of_running(&cached, cx)?
        {
            return Ok(exports);
        }
        let exports = cached.get(js_string!("exports"), cx)?;
        return if cached.get(js_string!("loaded"), cx)?.to_boolean() { Ok(exports) } else { cycle::unfinished(exports, cx) };
    }
    let path = key.to_std_string_escaped();
    if let Some(exports) = builtin(path.strip_prefix("node:").unwrap_or(&path), cx)?
        && !path.starts_with('/')
    {
        return Ok(exports);
    }
    tell_loaded(&path, cx)?;
    let module = new_module(&filename, parent, cx)?;
    if is_main {
        set_main(&module, cx)?;
    }
    tables.cache.create_data_property_or_throw(key.clone(), module.clone(), cx)?;
    let loaded = match replaced(&module, "load", &tables.module_load, cx)? {
        Some(hook) => hook.call(&module.clone().into(), &[filename], cx).map(|_| ()),
        None => load_module(&module, &path, cx),
    };
    if let Err(error) = loaded {
        tables.cache.delete_property_or_throw(key, cx)?;
        if let Some(parent) = parent.as_object() {
            remove_child(&parent, &module, cx)?;
        }
        return Err(error);
    }
    let exports = module.get(js_string!("exports"), cx)?;
    cycle::finished(&exports, cx)?;
    Ok(exports)
}

/// Tells whoever wants to know that a file is loaded.
pub(crate) fn tell_loaded(path: &str, cx: &mut Context) -> JsResult<()> {
    match Host::of(cx).state::<coil_engine::launch::Launch>().loaded.get() {
        Some(told) => told(path, cx),
        None => Ok(()),
    }
}

/// Makes `module` the one of `require.main` and `process.mainModule`.
fn set_main(module: &JsObject, cx: &mut Context) -> JsResult<()> {
    module.set(js_string!("id"), js_string!("."), true, cx)?;
    Host::of(cx).state::<Main>().0.replace(Some(module.clone()));
    let process = cx.global_object().get(js_string!("process"), cx)?;
    if let Some(process) = process.as_object() {
        process.set(js_string!("mainModule"), module.clone(), false, cx)?;
    }
    Ok(())
}

#[derive(Default)]
struct Main(RefCell<Option<JsObject>>);

/// `require.main`
pub fn main_module(cx: &Context) -> Option<JsObject> {
    Host::of(cx).state::<Main>().0.borrow().clone()
}

/// The exports of a built-in module, or nothing.
pub fn builtin(name: &str, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(module) = Host::of(cx).builtin(name) else { return Ok(None) };
    coil_engine::notices::builtin_asked(module.name, cx)?;
    table::instantiate(module, cx).map(|exports| Some(exports.into()))
}

fn unknown_builtin(name: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Error, "ERR_UNKNOWN_BUILTIN_MODULE", format!("No such built-in module: {name}"), cx)
}

/// The `require` of one module, with `resolve`, `main`, `extensions` and `cache`.
pub fn make_require(module: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let tables = tables(cx)?;
    let require: JsObject = table::closure("require", 1, module.clone(), |_this, args, module, cx| require(module, args.get_or_undefined(0), cx), cx).into();
    let resolve: JsObject = table::closure("resolve", 2, module.clone(), require_resolve, cx).into();
    let paths = table::closure("paths", 1, module.clone(), require_resolve_paths, cx);
    resolve.create_data_property_or_throw(js_string!("paths"), paths, cx)?;
    require.create_data_property_or_throw(js_string!("resolve"), resolve, cx)?;
    let main = main_module(cx).map_or_else(JsValue::undefined, JsValue::from);
    require.create_data_property_or_throw(js_string!("main"), main, cx)?;
    require.create_data_property_or_throw(js_string!("extensions"), tables.extensions, cx)?;
    require.create_data_property_or_throw(js_string!("cache"), tables.cache, cx)?;
    Ok(require)
}

fn require_resolve(_this: &JsValue, args: &[JsValue], module: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let request = validate::string(args.get_or_undefined(0), "request", cx)?;
    resolve_filename(&request, &module.clone().into(), false, args.get_or_undefined(1), cx)
}

fn require_resolve_paths(_this: &JsValue, args: &[JsValue], module: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    validate::string(args.get_or_undefined(0), "request", cx)?;
    crate::module::resolve_lookup_paths(&JsValue::undefined(), &[args.get_or_undefined(0).clone(), module.clone().into()], cx)
}
