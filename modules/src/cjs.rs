//! CommonJS: `Module`, `require`, and how a file becomes its exports.
//!
//! The steps are Node's own and replaceable where Node's are: `Module._load`, `Module._resolveFilename`, `Module._extensions` and
//! `Module.prototype.{require,load,_compile}` are looked up at each use, so that what hooks into Node hooks into coil. While nobody
//! replaced them, each step is a direct Rust call.
//!
//! Implements <https://nodejs.org/api/modules.html#all-together>.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsArgs, JsError, JsNativeErrorKind, JsObject, JsResult, JsString, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    object::builtins::{JsArray, JsFunction},
    property::PropertyDescriptor,
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    source,
    table::{self, Export, Member, Symbol},
    validate,
};

use crate::{
    cycle, esm,
    files::{self, Files, dirname},
    formats, hooks,
    module::names_builtin,
    package::{Failure, PackageKind},
    resolve::{Note, Resolver, node_modules_paths},
    tracing, warnings,
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

/// `Module`
pub static MODULE_CLASS: Class = Class {
    name: "Module",
    length: 0,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("load", 1, prototype_load),
        Member::function("require", 1, prototype_require),
        Member::function("_compile", 3, prototype_compile),
        Member::accessor("parent", parent_get, parent_set).enumerable(false),
        Member::accessor("isPreloading", is_preloading, ignore).enumerable(false),
    ],
    statics: crate::module::STATICS,
};

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        let module = MODULE_CLASS.construct(args, cx)?;
        return Ok(module.into());
    }
    let this = this.to_object(cx)?;
    let id = args.first().filter(|id| !id.is_undefined()).cloned().unwrap_or_else(|| js_string!().into());
    fill(&this, &id, args.get_or_undefined(1), cx)?;
    Ok(JsValue::undefined())
}

fn fill(this: &JsObject, id: &JsValue, parent: &JsValue, cx: &mut Context) -> JsResult<()> {
    let text = validate::string(id, "path", cx)?.to_std_string_escaped();
    let folder = if text.contains('/') { dirname(&text) } else { "." };
    let exports = JsObject::with_object_proto(cx.intrinsics());
    let children = JsArray::new(cx)?;
    let host = Host::of(cx);
    for (key, value) in [("id", id.clone()), ("path", js_string!(folder).into()), ("exports", exports.into()), ("filename", JsValue::null()), ("loaded", false.into()), ("children", children.into())] {
        this.create_data_property_or_throw(host.intern(key), value, cx)?;
    }
    set_parent(this, parent, cx)?;
    if let Some(parent) = parent.as_object() {
        add_child(&parent, this, cx)?;
    }
    Ok(())
}

fn set_parent(this: &JsObject, parent: &JsValue, cx: &mut Context) -> JsResult<()> {
    let key = Symbol::Private("kModuleParent").to_js(cx);
    let hidden = PropertyDescriptor::builder().value(parent.clone()).writable(true).enumerable(false).configurable(true);
    this.define_property_or_throw(key, hidden, cx)?;
    Ok(())
}

pub(crate) fn parent_of(module: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let key = Symbol::Private("kModuleParent").to_js(cx);
    module.get(key, cx)
}

/// DEP0144, under `--pending-deprecation`.
fn parent_is_deprecated(cx: &mut Context) -> JsResult<()> {
    if !Host::of(cx).state::<coil_engine::launch::Launch>().pending_deprecation.get() {
        return Ok(());
    }
    let message = "module.parent is deprecated due to accuracy issues. Please use require.main to find program entry point instead.";
    warnings::deprecated_once(message, "DEP0144", cx)
}

fn parent_get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    parent_is_deprecated(cx)?;
    parent_of(&this.to_object(cx)?, cx)
}

fn parent_set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    parent_is_deprecated(cx)?;
    set_parent(&this.to_object(cx)?, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn is_preloading(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<State>().preloading.get().into())
}

fn ignore(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

fn add_child(parent: &JsObject, child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let children = parent.get(js_string!("children"), cx)?;
    let Some(children) = children.as_object().filter(JsObject::is_array) else { return Ok(()) };
    let known = children.dense_elements().unwrap_or_default();
    if !known.iter().any(|other| other.as_object().is_some_and(|other| JsObject::equals(&other, child))) {
        JsArray::from_object(children)?.push(child.clone(), cx)?;
    }
    Ok(())
}

fn remove_child(parent: &JsObject, child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let children = parent.get(js_string!("children"), cx)?;
    let Some(children) = children.as_object().filter(JsObject::is_array) else { return Ok(()) };
    let Some(mut kept) = children.dense_elements() else { return Ok(()) };
    kept.retain(|other| !other.as_object().is_some_and(|other| JsObject::equals(&other, child)));
    let kept = JsArray::from_iter(kept, cx);
    parent.set(js_string!("children"), kept, true, cx)?;
    Ok(())
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
    let Some(path) = esm::path_of_url(url) else { return Ok(false) };
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

/// `Module._resolveFilename` for hooks: a path, or the name of a built-in.
pub(crate) fn resolve_for_hooks(specifier: &str, base: &str, cx: &mut Context) -> JsResult<String> {
    let specifier = match esm::path_of_url(specifier) {
        Some(path) => path,
        None => specifier.to_owned(),
    };
    let file = esm::path_of_url(base);
    let parent = match &file {
        Some(file) => file_module(file, cx)?.into(),
        None => JsValue::undefined(),
    };
    let found = resolve_filename(&js_string!(specifier), &parent, false, &JsValue::undefined(), cx)?;
    Ok(found.to_string(cx)?.to_std_string_lossy())
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
        Some(parent) => parent.get(js_string!("filename"), cx)?.as_string().map(|name| esm::url_of_path(&name.to_std_string_lossy())),
        None => None,
    };
    if let Some(found) = hooks::resolve(&text, from.as_deref(), None, hooks::Asker::Require, cx)? {
        let filename = esm::path_of_url(&found.url).unwrap_or(found.url);
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

/// `new Module(id, parent)` without a detour through JavaScript.
pub fn new_module(id: &JsValue, parent: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = MODULE_CLASS.prototype(cx)?;
    let module = JsObject::from_proto_and_data(prototype, OrdinaryObject);
    fill(&module, id, parent, cx)?;
    Ok(module)
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

/// `Module._resolveFilename`, replaced or not.
pub fn resolve_filename(request: &JsString, parent: &JsValue, is_main: bool, options: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let tables = tables(cx)?;
    let constructor = MODULE_CLASS.constructor(cx)?;
    let args = [request.clone().into(), parent.clone(), is_main.into(), options.clone()];
    match replaced(&constructor, "_resolveFilename", &tables.resolve_filename, cx)? {
        Some(hook) => hook.call(&constructor.into(), &args, cx),
        None => static_resolve_filename(&JsValue::undefined(), &args, cx),
    }
}

/// `Module._resolveFilename(request, parent, isMain, options)`
pub fn static_resolve_filename(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = validate::string(args.get_or_undefined(0), "request", cx)?.to_std_string_escaped();
    let host = Host::of(cx);
    if names_builtin(&request, &host) {
        return Ok(js_string!(request).into());
    }
    if request.starts_with("node:") {
        return Err(unknown_builtin(&request, cx));
    }
    let parent = args.get_or_undefined(1);
    let parent_file = match parent.as_object() {
        Some(parent) => parent.get(js_string!("filename"), cx)?.as_string().map(|name| name.to_std_string_escaped()),
        None => None,
    };
    let cwd = host.cwd();
    // What `-r` and commands of the REPL name is looked up as from a file in the working directory.
    let parent_file = match (&parent_file, parent.as_object()) {
        (None, Some(parent)) => parent.get(js_string!("id"), cx)?.as_string().filter(|id| *id == "internal/preload" || *id == "<repl>").map(|_| format!("{cwd}/[preload]")),
        _ => parent_file,
    };
    let mut folder = match &parent_file {
        Some(file) => dirname(file).to_owned(),
        None => cwd.clone(),
    };
    let mut paths = match parent.as_object() {
        Some(parent) => string_list(&parent.get(js_string!("paths"), cx)?, cx)?,
        None => node_modules_paths(&folder),
    };
    paths.extend(global_paths(cx));
    let extensions = extension_names(cx)?;
    let state = host.state::<State>();
    // `options.paths`: each is a folder to start from.
    if let Some(options) = args.get_or_undefined(3).as_object() {
        let given = options.get(js_string!("paths"), cx)?;
        if !given.is_undefined() {
            if !given.as_object().is_some_and(|object| object.is_array()) {
                return Err(errors::invalid_arg_value("options.paths", &given, "is invalid", cx));
            }
            for start in given_paths(&given, cx)? {
                folder = files::resolve(&cwd, &start);
                let mut paths = node_modules_paths(&folder);
                paths.extend(global_paths(cx));
                if let Ok(found) = state.resolver.require(&request, &folder, parent_file.as_deref(), &paths, &extensions, host.sys()) {
                    return Ok(js_string!(found).into());
                }
            }
            return Err(not_found(&request, parent, cx));
        }
    }
    state.resolver.slashes.borrow_mut().clear();
    let found = state.resolver.require(&request, &folder, parent_file.as_deref(), &paths, &extensions, host.sys());
    let notes = state.resolver.notes.take();
    // What a package's own tables say names the file that asked; what another's say does not.
    let base = parent_file.as_deref().filter(|parent| request.starts_with('#') || state.resolver.is_self_reference(&request, parent, host.sys()));
    warnings::slashes(base, cx)?;
    match found {
        Ok(found) => {
            if let Some((manifest, main)) = notes.into_iter().find_map(|note| if let Note::BadMain(manifest, main) = note { Some((manifest, main)) } else { None }) {
                let message = format!("Invalid 'main' field in '{manifest}' of '{main}'. Please either fix that or report it to the module author");
                warnings::deprecated_for(&manifest, &message, "DEP0128", cx)?;
            }
            Ok(js_string!(found).into())
        }
        Err(Failure::NotFound) => {
            let named = request.starts_with('/') || crate::resolve::is_relative(&request);
            match named.then(|| denied(&files::resolve(&folder, &request), cx)).flatten() {
                Some(error) => Err(error),
                None => Err(not_found(&request, parent, cx)),
            }
        }
        Err(Failure::MissingTarget(path) | Failure::DirectoryImport(path)) => Err(missing_target(&path, cx)),
        Err(Failure::BareTarget(name, _)) if names_builtin(&name, &host) => Ok(js_string!(name).into()),
        Err(Failure::BareTarget(..)) => Err(missing_target(&request, cx)),
        Err(Failure::EncodedSeparator(path)) => Err(failure_error(Failure::EncodedSeparator(format!("file://{path}")), base, cx)),
        Err(Failure::BadMain(main, manifest)) => Err(bad_main(&main, &manifest, &request, cx)),
        Err(failure) => Err(failure_error(failure, base, cx)),
    }
}

/// ERR_ACCESS_DENIED, where the policy does not let a path be seen at all: whether it is there is not told.
pub(crate) fn denied(path: &str, cx: &mut Context) -> Option<JsError> {
    let host = Host::of(cx);
    let error = host.sys().fs().stat(path).err().filter(|error| error.denied.is_some())?;
    Some(errors::system(&error, cx))
}

/// `options.paths` of `require.resolve`: strings.
fn given_paths(list: &JsValue, cx: &mut Context) -> JsResult<Vec<String>> {
    let Some(list) = list.as_object() else { return Ok(Vec::new()) };
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut paths = Vec::new();
    for at in 0..length {
        let path = list.get(at, cx)?;
        paths.push(validate::string(&path, &format!("paths[{at}]"), cx)?.to_std_string_lossy());
    }
    Ok(paths)
}

/// MODULE_NOT_FOUND with the chain of requiring files.
fn not_found(request: &str, parent: &JsValue, cx: &mut Context) -> JsError {
    let mut stack = Vec::new();
    let mut cursor = parent.as_object();
    while let Some(module) = cursor.take() {
        let shown = ["filename", "id"].into_iter().find_map(|key| module.get(js_string!(key), cx).ok()?.as_string());
        stack.push(shown.map(|name| name.to_std_string_escaped()).unwrap_or_default());
        if stack.len() >= REQUIRE_STACK_MAX {
            break;
        }
        cursor = parent_of(&module, cx).ok().and_then(|parent| parent.as_object());
    }
    let mut message = format!("Cannot find module '{request}'");
    if !stack.is_empty() {
        message += "\nRequire stack:\n- ";
        message += &stack.join("\n- ");
    }
    let error = errors::plain(Base::Error, message);
    let names: Vec<JsValue> = stack.into_iter().map(|name| js_string!(name).into()).collect();
    let names = JsArray::from_iter(names, cx);
    with_properties(error, &[("code", js_string!("MODULE_NOT_FOUND").into()), ("requireStack", names.into())], cx)
}

/// A cycle of parents would never end.
const REQUIRE_STACK_MAX: usize = 1000;

fn missing_target(path: &str, cx: &mut Context) -> JsError {
    let error = errors::plain(Base::Error, format!("Cannot find module '{path}'"));
    with_properties(error, &[("code", js_string!("MODULE_NOT_FOUND").into()), ("path", js_string!(path).into())], cx)
}

fn bad_main(main: &str, manifest: &str, request: &str, cx: &mut Context) -> JsError {
    let error = errors::plain(Base::Error, format!("Cannot find module '{main}'. Please verify that the package.json has a valid \"main\" entry"));
    let properties = [("code", js_string!("MODULE_NOT_FOUND").into()), ("path", js_string!(manifest).into()), ("requestPath", js_string!(request).into())];
    with_properties(error, &properties, cx)
}

/// Adds own properties to an error that is about to be thrown.
pub(crate) fn with_properties(error: JsError, properties: &[(&str, JsValue)], cx: &mut Context) -> JsError {
    let value = match error.into_opaque(cx) {
        Ok(value) => value,
        Err(limit) => return limit,
    };
    if let Some(object) = value.as_object() {
        for (key, value) in properties {
            if let Err(error) = object.create_data_property_or_throw(js_string!(*key), value.clone(), cx) {
                return error;
            }
        }
    }
    JsError::from_opaque(value)
}

/// Node's error for a specifier that a package's tables refuse.
pub(crate) fn failure_error(failure: Failure, importer: Option<&str>, cx: &mut Context) -> JsError {
    let from = |importer: Option<&str>| importer.map(|importer| format!(" imported from {importer}")).unwrap_or_default();
    match failure {
        Failure::BadMain(main, manifest) => bad_main(&main, &manifest, &main, cx),
        Failure::NotFound => errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", format!("Cannot find module{}", from(importer)), cx),
        Failure::MissingTarget(path) => errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", format!("Cannot find module '{path}'{}", from(importer)), cx),
        Failure::InvalidConfig(path, message) => {
            let importing = importer.filter(|_| !message.is_empty()).map(|importer| format!(" while importing {}", esm::url_of_path(importer))).unwrap_or_default();
            let message = if message.is_empty() { message } else { format!(" {message}") };
            errors::coded(Base::Error, "ERR_INVALID_PACKAGE_CONFIG", format!("Invalid package config {path}{importing}.{message}"), cx)
        }
        Failure::NotExported(folder, subpath) if subpath == "." => {
            let message = format!("No \"exports\" main defined in {folder}/package.json{}", from(importer));
            errors::coded(Base::Error, "ERR_PACKAGE_PATH_NOT_EXPORTED", message, cx)
        }
        Failure::NotExported(folder, subpath) => {
            let message = format!("Package subpath '{subpath}' is not defined by \"exports\" in {folder}/package.json{}", from(importer));
            errors::coded(Base::Error, "ERR_PACKAGE_PATH_NOT_EXPORTED", message, cx)
        }
        Failure::ImportNotDefined(specifier, folder) => {
            let place = folder.map(|folder| format!(" in package {folder}/package.json")).unwrap_or_default();
            let message = format!("Package import specifier \"{specifier}\" is not defined{place}{}", from(importer));
            errors::coded(Base::Type, "ERR_PACKAGE_IMPORT_NOT_DEFINED", message, cx)
        }
        Failure::InvalidTarget(folder, key, target, internal) => {
            let table = if internal { "imports" } else { "exports" };
            let what = if key == "." && !internal { "main target".to_owned() } else { format!("target \"{target}\" defined for '{key}'") };
            let what = if key == "." && !internal { format!("\"exports\" {what} \"{target}\" defined") } else { format!("\"{table}\" {what}") };
            let hint = if !internal && !target.is_empty() && !target.starts_with("./") { "; targets must start with \"./\"" } else { "" };
            let message = format!("Invalid {what} in the package config {folder}/package.json{}{hint}", from(importer));
            errors::coded(Base::Error, "ERR_INVALID_PACKAGE_TARGET", message, cx)
        }
        Failure::InvalidSpecifier(specifier, reason) => {
            let message = format!("Invalid module \"{specifier}\" {reason}{}", from(importer));
            errors::coded(Base::Type, "ERR_INVALID_MODULE_SPECIFIER", message, cx)
        }
        Failure::EncodedSeparator(path) => {
            let message = format!("Invalid module \"{path}\" must not include encoded \"/\" or \"\\\" characters{}", from(importer));
            errors::coded(Base::Type, "ERR_INVALID_MODULE_SPECIFIER", message, cx)
        }
        Failure::BareTarget(name, manifest) => errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", format!("Cannot find package '{name}'{}", from(Some(manifest.as_str()))), cx),
        Failure::DirectoryImport(path) => {
            let message = format!("Directory import '{path}' is not supported resolving ES modules{}", from(importer));
            errors::coded(Base::Error, "ERR_UNSUPPORTED_DIR_IMPORT", message, cx)
        }
    }
}

/// `Module.globalPaths`: NODE_PATH and the homes of old.
pub(crate) fn global_paths(cx: &Context) -> Vec<String> {
    let host = Host::of(cx);
    let mut paths: Vec<String> = host.env("NODE_PATH").map(|list| list.split(':').filter(|path| !path.is_empty()).map(str::to_owned).collect()).unwrap_or_default();
    if let Some(home) = host.env("HOME") {
        paths.push(format!("{home}/.node_modules"));
        paths.push(format!("{home}/.node_libraries"));
    }
    // As if the executable stood in `PREFIX/bin`.
    let executable = host.state::<coil_engine::launch::Launch>().exec_path.borrow().clone();
    if executable.starts_with('/') {
        paths.push(files::resolve(dirname(dirname(&executable)), "lib/node"));
    }
    paths
}

fn extension_names(cx: &mut Context) -> JsResult<Vec<String>> {
    let extensions = tables(cx)?.extensions;
    let keys = extensions.own_property_keys(cx)?;
    Ok(keys.into_iter().map(|key| key.to_string()).collect())
}

/// A JavaScript array of strings.
pub(crate) fn string_list(value: &JsValue, cx: &mut Context) -> JsResult<Vec<String>> {
    let Some(list) = value.as_object() else { return Ok(Vec::new()) };
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut strings = Vec::new();
    for index in 0..length {
        strings.push(list.get(index, cx)?.to_string(cx)?.to_std_string_escaped());
    }
    Ok(strings)
}

fn prototype_load(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = validate::string(args.get_or_undefined(0), "filename", cx)?.to_std_string_escaped();
    load_module(&this.to_object(cx)?, &path, cx)?;
    Ok(JsValue::undefined())
}

/// `Module.prototype.load`: by the extension's function.
fn load_module(module: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let tables = tables(cx)?;
    let filename: JsValue = js_string!(path).into();
    module.set(js_string!("filename"), filename.clone(), true, cx)?;
    let paths: Vec<JsValue> = node_modules_paths(dirname(path)).into_iter().map(|path| js_string!(path).into()).collect();
    let paths = JsArray::from_iter(paths, cx);
    module.set(js_string!("paths"), paths, true, cx)?;
    let extension = registered_extension(path, &tables.extensions, cx)?;
    let loader = tables.extensions.get(js_string!(extension.as_str()), cx)?;
    match loader.as_object() {
        Some(loader) if JsObject::equals(&loader, &tables.javascript) => load_javascript(module, path, cx)?,
        Some(loader) if JsObject::equals(&loader, &tables.json) => load_json(module, path, cx)?,
        _ => {
            let loader = validate::function(&loader, "Module._extensions", cx)?;
            loader.call(&tables.extensions.clone().into(), &[module.clone().into(), filename], cx)?;
        }
    }
    module.set(js_string!("loaded"), true, true, cx)?;
    Ok(())
}

/// The longest registered extension of the file, `.js` when there is none.
fn registered_extension(path: &str, extensions: &JsObject, cx: &mut Context) -> JsResult<String> {
    let name = files::basename(path);
    for (at, _) in name.match_indices('.').filter(|(at, _)| *at > 0) {
        if extensions.has_property(js_string!(&name[at..]), cx)? {
            return Ok(name[at..].to_owned());
        }
    }
    Ok(".js".to_owned())
}

/// `Module._extensions['.js']`
pub fn extension_js(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let module = validate::any_object(args.get_or_undefined(0), "module", cx)?;
    let path = validate::string(args.get_or_undefined(1), "filename", cx)?.to_std_string_escaped();
    load_javascript(&module, &path, cx)?;
    Ok(JsValue::undefined())
}

fn load_javascript(module: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let url = if path.starts_with('/') { esm::url_of_path(path) } else { path.to_owned() };
    let hooked = hooks::load(&url, None, None, hooks::Asker::Require, cx)?;
    if let Some(loaded) = &hooked
        && loaded.format.as_deref() == Some("json")
    {
        let text = String::from_utf8_lossy(loaded.source.as_deref().unwrap_or_default()).into_owned();
        let value = parse_json(&text, path, cx)?;
        return module.set(js_string!("exports"), value, true, cx).map(drop);
    }
    let given = hooked.as_ref().and_then(|loaded| loaded.source.as_ref()).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let text = match given {
        Some(text) => text,
        None => Files::text(path, host.sys()).map_err(|error| errors::system(&error, cx))?,
    };
    let kind = if let Some(format) = hooked.as_ref().and_then(|loaded| loaded.format.as_deref()) {
        if format == "module" { PackageKind::Module } else { PackageKind::CommonJs }
    } else if path.ends_with(".mjs") {
        PackageKind::Module
    } else if path.ends_with(".js") {
        formats::package_kind(path, cx)?
    } else if path.ends_with(".cjs") {
        PackageKind::CommonJs
    } else {
        // An ES module by its package is none by that alone where it has no extension.
        if formats::package_kind(path, cx)? == PackageKind::CommonJs { PackageKind::CommonJs } else { PackageKind::None }
    };
    if kind == PackageKind::Module {
        if host.state::<State>().refuses_esm.get() {
            return Err(esm_refused(module, &text, path, cx));
        }
        return esm::require_esm(module, path, &text, cx);
    }
    let tables = tables(cx)?;
    if let Some(hook) = replaced(module, "_compile", &tables.compile, cx)? {
        hook.call(&module.clone().into(), &[js_string!(text).into(), js_string!(path).into()], cx)?;
        return Ok(());
    }
    match compile_wrapper(&text, path, cx) {
        Ok(wrapper) => run_wrapper(module, &wrapper, path, cx).map(|_| ()),
        Err(error) if kind == PackageKind::None && !host.state::<State>().refuses_esm.get() && formats::is_module_syntax(&text, path, &error, cx) => {
            if main_module(cx).is_some_and(|main| JsObject::equals(&main, module)) {
                formats::warn_of_typeless(path, cx)?;
            }
            esm::require_esm(module, path, &text, cx)
        }
        Err(error) => {
            note_module_syntax(&error, path, cx)?;
            Err(errors::excerpt_in_stack(error, cx))
        }
    }
}

/// Warns at once, before the error ends the program, where what did not compile as CommonJS is syntax of ES modules.
pub(crate) fn note_module_syntax(error: &JsError, path: &str, cx: &mut Context) -> JsResult<()> {
    if !is_of_modules(error, cx) {
        return Ok(());
    }
    let message = format!("Failed to load the ES module: {path}. Make sure to set \"type\": \"module\" in the nearest package.json file or use the .mjs extension.");
    warnings::emit_now(&message, cx)
}

/// Whether what did not compile is syntax that only ES modules have.
fn is_of_modules(error: &JsError, cx: &mut Context) -> bool {
    let Ok(native) = error.try_native(cx) else { return false };
    let message = native.message().to_owned();
    matches!(native.kind(), JsNativeErrorKind::Syntax)
        && ["Cannot use import statement outside a module", "Unexpected token 'export'", "Cannot use 'import.meta' outside a module"].contains(&message.as_str())
}

/// ERR_REQUIRE_ESM, under `--no-experimental-require-module`: with what may be done about it.
fn esm_refused(module: &JsObject, text: &str, path: &str, cx: &mut Context) -> JsError {
    let parent = parent_of(module, cx).ok().and_then(|parent| parent.as_object());
    let from = parent.and_then(|parent| parent.get(js_string!("filename"), cx).ok()?.as_string()).map(|name| name.to_std_string_lossy());
    let shown_from = from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    let name = files::basename(path);
    let is_module = compile_wrapper(text, path, cx).err().is_some_and(|error| formats::is_module_syntax(text, path, &error, cx));
    let advice = if path.ends_with(".mjs") {
        format!("Instead change the require of {path} to a dynamic import() which is available in all CommonJS modules.")
    } else if is_module {
        let place = from.map(|from| format!(" in {from}")).unwrap_or_default();
        format!("Instead change the require of {name}{place} to a dynamic import() which is available in all CommonJS modules.")
    } else {
        let host = Host::of(cx);
        let folder = host.state::<State>().resolver.packages.scope(path, host.sys()).ok().flatten().map(|package| package.folder.clone()).unwrap_or_default();
        format!(
            "{name} is treated as an ES module file as it is a .js file whose nearest parent package.json contains \"type\": \"module\" which declares all .js files in that package scope as ES modules.\n\
             Instead either rename {name} to end in .cjs, change the requiring code to use dynamic import() which is available in all CommonJS modules, or change \"type\": \"module\" to \"type\": \"commonjs\" in \
             {folder}/package.json to treat all .js files as CommonJS (using .mjs for all ES modules instead).\n"
        )
    };
    errors::coded(Base::Error, "ERR_REQUIRE_ESM", format!("require() of ES Module {path}{shown_from} not supported.\n{advice}"), cx)
}

fn prototype_compile(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let module = this.to_object(cx)?;
    let text = args.get_or_undefined(0).to_string(cx)?.to_std_string_escaped();
    let path = validate::string(args.get_or_undefined(1), "filename", cx)?.to_std_string_escaped();
    let wrapper = compile_wrapper(&text, &path, cx).map_err(|error| errors::excerpt_in_stack(error, cx))?;
    run_wrapper(&module, &wrapper, &path, cx)
}

/// What stands before and after a CommonJS file's text: `Module.wrapper`.
pub const WRAPPER: [&str; 2] = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"];

/// The text around a file's that a script asks for: `Module.wrapper` was changed, or `Module.wrap` replaced.
fn patched_wrap(text: &str, cx: &mut Context) -> JsResult<Option<String>> {
    let Some(tables) = Host::of(cx).state::<State>().tables.borrow().clone() else { return Ok(None) };
    let constructor = MODULE_CLASS.constructor(cx)?;
    let text = strip(text);
    if let Some(wrap) = replaced(&constructor, "wrap", &tables.wrap, cx)? {
        let wrapped = wrap.call(&constructor.into(), &[js_string!(text).into()], cx)?;
        return wrapped.to_string(cx).map(|wrapped| Some(wrapped.to_std_string_lossy()));
    }
    let Some(parts) = constructor.get(js_string!("wrapper"), cx)?.as_object() else { return Ok(None) };
    let (before, after) = (parts.get(0, cx)?, parts.get(1, cx)?);
    let is = |part: &JsValue, ours: &str| part.as_string().is_some_and(|part| part == ours);
    if is(&before, WRAPPER[0]) && is(&after, WRAPPER[1]) {
        return Ok(None);
    }
    let (before, after) = (before.to_string(cx)?.to_std_string_lossy(), after.to_string(cx)?.to_std_string_lossy());
    Ok(Some(format!("{before}{text}{after}")))
}

/// The file's text as a function of Node's five names. Lines and columns are those of the file.
pub fn compile_wrapper(text: &str, path: &str, cx: &mut Context) -> JsResult<JsFunction> {
    if let Some(wrapped) = patched_wrap(text, cx)? {
        let made = source::script(&wrapped, std::path::Path::new(path), None, cx)?.evaluate(cx)?;
        return validate::function(&made, "Module.wrap()", cx);
    }
    source::function(strip(text), std::path::Path::new(path), &["exports", "require", "module", "__filename", "__dirname"], cx)
}

/// Without a byte order mark, and with a `#!` line turned into a comment of the same place.
pub fn strip(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.starts_with("#!") {
        return text.find('\n').map_or("", |end| &text[end..]);
    }
    text
}

fn run_wrapper(module: &JsObject, wrapper: &JsFunction, path: &str, cx: &mut Context) -> JsResult<JsValue> {
    let exports = module.get(js_string!("exports"), cx)?;
    let require = make_require(module, cx)?;
    let args = [exports.clone(), require.into(), module.clone().into(), js_string!(path).into(), js_string!(dirname(path)).into()];
    wrapper.call(&exports, &args, cx)
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

/// `Module._extensions['.json']`
pub fn extension_json(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let module = validate::any_object(args.get_or_undefined(0), "module", cx)?;
    let path = validate::string(args.get_or_undefined(1), "filename", cx)?.to_std_string_escaped();
    load_json(&module, &path, cx)?;
    Ok(JsValue::undefined())
}

fn load_json(module: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let text = Files::text(path, host.sys()).map_err(|error| errors::system(&error, cx))?;
    let value = parse_json(&text, path, cx)?;
    module.set(js_string!("exports"), value, true, cx)?;
    Ok(())
}

/// `JSON.parse` with the file's name before the message.
pub fn parse_json(text: &str, path: &str, cx: &mut Context) -> JsResult<JsValue> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parse = cx.intrinsics().objects().json().get(js_string!("parse"), cx)?;
    let parse = validate::function(&parse, "JSON.parse", cx)?;
    parse.call(&JsValue::undefined(), &[js_string!(text).into()], cx).map_err(|error| {
        let Ok(native) = error.try_native(cx) else { return error };
        if !matches!(native.kind(), JsNativeErrorKind::Syntax) {
            return error;
        }
        errors::plain(Base::Syntax, format!("{path}: {}", native.message()))
    })
}

/// `Module._extensions['.node']`: coil loads no machine code.
pub fn extension_node(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = args.get_or_undefined(1).to_string(cx)?.to_std_string_escaped();
    Err(errors::coded(Base::Error, "ERR_DLOPEN_FAILED", format!("{path}: coil does not load native add-ons"), cx))
}

/// The table behind `Module._extensions`.
pub const EXTENSIONS: &[Export] = &[Export::renamed(".js", "", 2, extension_js), Export::renamed(".json", "", 2, extension_json), Export::renamed(".node", "", 2, extension_node)];
