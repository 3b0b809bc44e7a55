//! ES modules: the engine's module loader over Node's resolution, and the bridges to CommonJS and the built-ins.
//!
//! A module is known by its URL, which is also its path for the engine, so stacks name it as Node does. Loading is synchronous: the
//! loader's futures are ready at their first poll, so `require` of an ES module needs no turn of the loop.
//!
//! From a specifier to a URL: [`resolve`]. From a URL to a module: [`make`]. `require` of an ES module: [`required`].
//!
//! Implements <https://nodejs.org/api/esm.html#resolution-and-loading-algorithm>.

mod make;
mod required;
mod resolve;
mod wasm;

use std::{
    cell::{Cell, RefCell},
    path::Path,
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, Module,
    builtins::promise::PromiseState,
    js_string,
    module::{ModuleLoader, ModuleRequest, Referrer},
    object::builtins::JsPromise,
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    errors::{self, Base},
    import_hooks::ImportHooks,
    table,
};
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use self::{
    make::{parse, sync_builtins},
    required::{exports_of_running, is_shell_of_running, require_esm},
};
use crate::{
    cjs, explain, graph, hooks,
    resolve::is_relative,
    tracing,
    urls::{path_of_url, url_of_path},
    vm_imports,
};

/// The loader of one context.
#[derive(Default)]
pub struct Loader;

/// What one host knows of its ES modules.
#[derive(Default)]
struct State {
    /// By URL, and the `type` attribute.
    modules: RefCell<FxHashMap<(String, String), Module>>,
    /// Built-ins that were imported, and what `require` gives for them.
    builtins: RefCell<Vec<(Module, JsObject)>>,
    /// Modules that `require` is running, by their CommonJS shell: for cycles.
    running: RefCell<Vec<(JsObject, Module)>>,
    main: RefCell<Option<String>>,
    evaluating_main: Cell<bool>,
    /// How many graphs `require` loads now.
    requiring: Cell<u32>,
    /// Nodes of the graph whose static imports are loaded: what they ask for from now on is `import()`.
    loaded: RefCell<FxHashSet<String>>,
    /// Modules that hooks are made of, which share none with the program.
    of_hooks: RefCell<FxHashSet<Module>>,
    /// How often this thread waits for a promise, or loads a graph at once, with a script further up on the stack.
    nested: Cell<u32>,
    /// URLs of CommonJS files that stand as modules.
    common_js: RefCell<FxHashSet<String>>,
}

impl ModuleLoader for Loader {
    async fn load_imported_module(self: Rc<Self>, referrer: Referrer, request: ModuleRequest, cx: &RefCell<&mut Context>) -> JsResult<Module> {
        let cx = &mut cx.borrow_mut();
        if let Some(module) = vm_imports::imported(&referrer, &request, cx)? {
            return Ok(module);
        }
        let base = referrer_url(&referrer, cx);
        let specifier = request.specifier().to_std_string_escaped();
        let kind = request.get_attribute("type").map(JsString::to_std_string_escaped);
        for attribute in request.attributes() {
            let key = attribute.key().to_std_string_escaped();
            if key != "type" {
                let message = format!("Import attribute \"{key}\" with value \"{}\" is not supported", attribute.value().to_std_string_escaped());
                return Err(errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_UNSUPPORTED", message, cx));
            }
        }
        let state = Host::of(cx).state::<State>();
        let of_hooks = matches!(&referrer, Referrer::Module(module) if state.of_hooks.borrow().contains(module));
        let importer = node(&base, of_hooks);
        if matches!(referrer, Referrer::Module(_)) && !state.loaded.borrow().contains(&importer) {
            return import_module(&specifier, &base, Some(&importer), kind.as_deref(), of_hooks, cx).map(|found| found.module);
        }
        let traced = tracing::import_begins(&specifier, &base, cx)?;
        let found = import_module(&specifier, &base, None, kind.as_deref(), of_hooks, cx).and_then(|found| {
            prepare(&found.module, &found.node, cx)?;
            Ok(found)
        });
        match found {
            Ok(found) => {
                evaluate_import(&found, traced, cx)?;
                Ok(found.module)
            }
            Err(error) => Err(tracing::import_failed(traced.as_ref(), error, cx)),
        }
    }

    fn init_import_meta(self: Rc<Self>, meta: &JsObject, module: &Module, cx: &mut Context) {
        if let Some(imports) = Host::of(cx).state::<ImportHooks>().of_module(module) {
            if let Some(callback) = imports.meta {
                // The engine has no way to hear of an error here.
                let _ = callback.call(&JsValue::undefined(), &[meta.clone().into(), imports.wrapper.into()], cx);
            }
            return;
        }
        // Defining data properties on a fresh ordinary object cannot fail.
        let _ = fill_meta(meta, module, cx);
    }
}

fn fill_meta(meta: &JsObject, module: &Module, cx: &mut Context) -> JsResult<()> {
    let url = module.path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(path) = path_of_url(&url) {
        meta.create_data_property_or_throw(js_string!("dirname"), js_string!(crate::files::dirname(&path)), cx)?;
        meta.create_data_property_or_throw(js_string!("filename"), js_string!(path), cx)?;
    }
    let is_main = Host::of(cx).state::<State>().main.borrow().as_deref() == Some(&url);
    meta.create_data_property_or_throw(js_string!("main"), is_main, cx)?;
    let resolve = table::closure("resolve", 2, Importer(url.clone()), meta_resolve, cx);
    meta.create_data_property_or_throw(js_string!("resolve"), resolve, cx)?;
    meta.create_data_property_or_throw(js_string!("url"), js_string!(url), cx)?;
    Ok(())
}

#[derive(Trace, Finalize)]
struct Importer(#[unsafe_ignore_trace] String);

fn meta_resolve(_this: &JsValue, args: &[JsValue], base: &Importer, cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let specifier = match given.as_object() {
        Some(url) => url.get(js_string!("href"), cx)?.to_string(cx)?,
        None => given.to_string(cx)?,
    };
    let specifier = specifier.to_std_string_lossy();
    let mut parent = base.0.clone();
    let second = args.get_or_undefined(1);
    if !second.is_undefined() && Host::of(cx).state::<coil_engine::launch::Launch>().import_meta_resolve.get() {
        let href = match second.as_object() {
            Some(url) if !url.is_callable() && !url.is_array() => url.get(js_string!("href"), cx)?,
            _ => second.clone(),
        };
        let Some(href) = href.as_string() else { return Err(errors::invalid_arg_type("parentURL", "string|URL", second, cx)) };
        parent = href.to_std_string_lossy();
    }
    if let Some(found) = hooks::resolve(&specifier, Some(&parent), None, hooks::Asker::Import, cx)? {
        return Ok(js_string!(found.url).into());
    }
    resolve::without_file(&specifier, &parent, cx).map(|url| js_string!(url).into())
}

fn referrer_url(referrer: &Referrer, cx: &Context) -> String {
    let path = match referrer {
        Referrer::Module(module) => module.path().map(Path::to_path_buf),
        Referrer::Script(script) => script.path().map(Path::to_path_buf),
        Referrer::Realm(_) => None,
    };
    match path.map(|path| path.to_string_lossy().into_owned()) {
        Some(url) if url.contains("://") || url.starts_with("data:") => url,
        Some(path) if path.starts_with('/') => url_of_path(&path),
        Some(path) if path == "[eval]" => url_of_path(&format!("{}/{path}", Host::of(cx).cwd())),
        _ => url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd())),
    }
}

/// A module, and what it is called in the graph.
struct Found {
    module: Module,
    url: String,
    node: String,
}

/// What a module is called in the graph: those that hooks are made of have names of their own.
fn node(url: &str, of_hooks: bool) -> String {
    if of_hooks { format!("{url}{OF_HOOKS}") } else { url.to_owned() }
}

/// Under what a module of the graph is known.
fn key_of(node: &str) -> (String, String) {
    match node.strip_suffix(OF_HOOKS) {
        Some(url) => (url.to_owned(), OF_HOOKS.to_owned()),
        None => (node.to_owned(), String::new()),
    }
}

/// Lets other work go on, with a script further up on the stack.
pub(crate) fn nested<T>(cx: &mut Context, body: impl FnOnce(&mut Context) -> T) -> T {
    let state = Host::of(cx).state::<State>();
    state.nested.set(state.nested.get() + 1);
    let result = body(cx);
    state.nested.set(state.nested.get() - 1);
    result
}

/// Loads and links a module with all that it imports.
fn prepare(module: &Module, node: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let loading = nested(cx, |cx| host.run_waiting_of(cx, |cx| module.load(cx)));
    match loading.state() {
        // It is being loaded further up on the stack.
        PromiseState::Pending => return Ok(()),
        PromiseState::Rejected(reason) => {
            loading.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
            return Err(JsError::from_opaque(reason));
        }
        PromiseState::Fulfilled(_) => {}
    }
    let state = host.state::<State>();
    graph::mark_reached(node, &mut state.loaded.borrow_mut(), cx);
    if meets_evaluating(module, node, cx) {
        return Ok(());
    }
    module.link(cx).map_err(|error| explain::linking(error, cx))
}

/// Whether linking or evaluating a module would meet one that is being evaluated further up on the stack.
fn meets_evaluating(module: &Module, node: &str, cx: &Context) -> bool {
    let state = Host::of(cx).state::<State>();
    if module.is_evaluating() {
        return true;
    }
    let modules = state.modules.borrow();
    let evaluates = |node: &str| modules.get(&key_of(node)).is_some_and(Module::is_evaluating);
    state.nested.get() > 0 && graph::reaches(node, &evaluates, cx)
}

/// Evaluates what an `import()` names, before the engine does: its error is heard of, and says more, before the import's own promise
/// settles.
fn evaluate_import(found: &Found, traced: Option<tracing::Import>, cx: &mut Context) -> JsResult<()> {
    let module = &found.module;
    if meets_evaluating(module, &found.node, cx) {
        return Ok(());
    }
    let evaluated = module.evaluate(cx)?;
    let watched = Rc::new(Watched { url: found.url.clone(), traced });
    let succeeded = watched.traced.is_some().then(|| {
        table::closure(
            "",
            0,
            (module.clone(), Watch(watched.clone())),
            |_this, _args, (module, watch), cx| {
                let namespace = module.namespace(cx).into();
                if let Some(traced) = &watch.0.traced {
                    tracing::import_succeeded(traced, namespace, cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        )
    });
    let failed = table::closure(
        "",
        1,
        Watch(watched),
        |_this, args, watch, cx| {
            let reason = args.get_or_undefined(0);
            explain::evaluation(reason, &watch.0.url, cx)?;
            tracing::import_failed(watch.0.traced.as_ref(), JsError::from_opaque(reason.clone()), cx);
            Ok(JsValue::undefined())
        },
        cx,
    );
    evaluated.then(succeeded, Some(failed), cx).map(drop)
}

/// An `import()` whose module is being evaluated.
struct Watched {
    url: String,
    traced: Option<tracing::Import>,
}

#[derive(Clone, Trace, Finalize)]
struct Watch(#[unsafe_ignore_trace] Rc<Watched>);

/// The module that `specifier` means in the module or script at `base`. `importer` is that module's name in the graph, where the import is
/// static.
fn import_module(specifier: &str, base: &str, importer: Option<&str>, kind: Option<&str>, of_hooks: bool, cx: &mut Context) -> JsResult<Found> {
    let host = Host::of(cx);
    let mut kind = kind.map(str::to_owned);
    let mut format = None;
    let url = match hooks::resolve(specifier, Some(base), kind.as_deref(), hooks::Asker::Import, cx)? {
        Some(found) => {
            format = found.format;
            kind = found.kind.unwrap_or(kind);
            found.url
        }
        None => resolve::url_of(specifier, base, cx)?,
    };
    if let Some(importer) = importer {
        graph::note_import(importer, &node(&url, of_hooks), cx);
        let state = host.state::<State>();
        if state.requiring.get() > 0 {
            refuse_cycle(specifier, base, &url, cx)?;
        }
    }
    let module = load_as(&url, kind.as_deref(), format.as_deref(), of_hooks, cx)?;
    let node = node(&url, of_hooks);
    Ok(Found { module, url, node })
}

/// Whether `specifier` means a CommonJS file in the module at `importer`.
pub(crate) fn is_common_js(specifier: &str, importer: &str, cx: &mut Context) -> bool {
    let Ok(url) = resolve::url_of(specifier, importer, cx) else { return false };
    Host::of(cx).state::<State>().common_js.borrow().contains(&url)
}

/// A graph that `require` loads may not reach what is still running.
fn refuse_cycle(specifier: &str, importer: &str, url: &str, cx: &mut Context) -> JsResult<()> {
    let state = Host::of(cx).state::<State>();
    let known = state.modules.borrow().get(&(url.to_owned(), String::new())).cloned();
    let from = path_of_url(importer).unwrap_or_else(|| importer.to_owned());
    let what = if known.is_some_and(|module| module.is_evaluating()) {
        "Module"
    } else if cjs::is_running(url, cx)? {
        "CommonJS Module"
    } else {
        return Ok(());
    };
    let message = format!("Cannot import {what} {specifier} in a cycle. (from {from})");
    Err(errors::coded(Base::Error, "ERR_REQUIRE_CYCLE_MODULE", message, cx))
}

/// `import(specifier)` from native code in the module at `base`: its URL, and the promise of its namespace.
pub(crate) fn import_from(specifier: &str, base: &str, of_hooks: bool, cx: &mut Context) -> JsResult<(String, JsPromise)> {
    let url = match hooks::resolve(specifier, Some(base), None, hooks::Asker::Import, cx)? {
        Some(found) => found.url,
        None => resolve::url_of(specifier, base, cx)?,
    };
    let module = load_as(&url, None, None, of_hooks, cx)?;
    prepare(&module, &node(&url, of_hooks), cx)?;
    let namespace = table::closure("", 0, module.clone(), |_this, _args, module, cx| Ok(module.namespace(cx).into()), cx);
    let promise = module.load_link_evaluate(cx).then(Some(namespace), None, cx)?;
    Ok((url, promise))
}

/// What `resolve` gives where no hook decides.
pub(crate) fn resolve_default(specifier: &str, parent: Option<&str>, conditions: &[String], asker: hooks::Asker, cx: &mut Context) -> JsResult<String> {
    let base = parent.map_or_else(|| url_of_path(&format!("{}/", Host::of(cx).cwd())), str::to_owned);
    if asker == hooks::Asker::Import {
        return resolve::url_under(specifier, &base, conditions, cx);
    }
    let found = cjs::resolve_for_hooks(specifier, &base, cx)?;
    Ok(match () {
        () if found.starts_with('/') => url_of_path(&found),
        () if found.contains(':') => found,
        () => format!("node:{found}"),
    })
}

/// The module at `url`, parsed but neither linked nor evaluated; a hook may have said what it is.
fn load_as(url: &str, kind: Option<&str>, format: Option<&str>, of_hooks: bool, cx: &mut Context) -> JsResult<Module> {
    let host = Host::of(cx);
    let state = host.state::<State>();
    let key = (url.to_owned(), kind.unwrap_or_default().to_owned() + if of_hooks { OF_HOOKS } else { "" });
    if let Some(module) = state.modules.borrow().get(&key) {
        return Ok(module.clone());
    }
    let module = match hooks::load(url, format, kind, hooks::Asker::Import, cx)? {
        Some(loaded) => make::of_hook(url, loaded, cx)?,
        None => make::make(url, kind, format, cx)?,
    };
    if of_hooks {
        state.of_hooks.borrow_mut().insert(module.clone());
    }
    state.modules.borrow_mut().insert(key, module.clone());
    Ok(module)
}

/// Modules that hooks are made of are others than those of the program.
const OF_HOOKS: &str = "\0hooks";

/// Runs the program's ES module. The promise settles when its evaluation ends.
pub fn run_main(path: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let mut url = url_of_path(path);
    let mut format = None;
    if let Some(found) = hooks::resolve(&url, None, None, hooks::Asker::Import, cx)? {
        url = found.url;
        format = found.format;
    }
    let state = Host::of(cx).state::<State>();
    *state.main.borrow_mut() = Some(url.clone());
    state.evaluating_main.set(true);
    let module = load_as(&url, None, format.as_deref(), false, cx)?;
    run_root(&module, &url, cx)
}

/// The URL of the program's ES module.
pub(crate) fn main_url(cx: &Context) -> Option<String> {
    Host::of(cx).state::<State>().main.borrow().clone()
}

/// Loads, links and evaluates a module that no other imports.
fn run_root(module: &Module, url: &str, cx: &mut Context) -> JsResult<JsPromise> {
    prepare(module, url, cx)?;
    if meets_evaluating(module, url, cx) {
        // It is on its way: `Module.runMain` was called by what it runs.
        return JsPromise::resolve(JsValue::undefined(), cx);
    }
    let evaluated = module.load_link_evaluate(cx);
    explain::rejection(&evaluated, url, cx)
}

/// Runs a text as the program's ES module: `--input-type=module -e`.
pub fn run_text(text: &str, url: &str, cx: &mut Context) -> JsResult<JsPromise> {
    *Host::of(cx).state::<State>().main.borrow_mut() = Some(url.to_owned());
    let module = parse(text, url, cx)?;
    run_root(&module, url, cx)
}

/// `import(specifier)` from native code, as from a file in the working directory.
pub fn import(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let base = url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd()));
    let found = import_module(specifier, &base, None, None, false, cx)?;
    run_root(&found.module, &found.url, cx)
}

/// [`import`], where what is imported is the program: a worker's URL.
pub fn import_main(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    *Host::of(cx).state::<State>().main.borrow_mut() = Some(specifier.to_owned());
    import(specifier, cx)
}

/// `--entry-url`: the program by its URL, or one relative to the working directory.
pub fn run_url(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let base = url_of_path(&format!("{}/", Host::of(cx).cwd()));
    let is_url = specifier.split_once(':').is_some_and(|(scheme, _)| scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let specifier = if is_url || specifier.starts_with('/') || is_relative(specifier) { specifier.to_owned() } else { format!("./{specifier}") };
    let url = resolve::url_of(&specifier, &base, cx)?;
    *Host::of(cx).state::<State>().main.borrow_mut() = Some(url.clone());
    let module = load_as(&url, None, None, false, cx)?;
    run_root(&module, &url, cx)
}

/// [`import`], with the namespace as the promise's value.
pub fn import_namespace(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let base = url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd()));
    import_from(specifier, &base, false, cx).map(|(_, promise)| promise)
}
