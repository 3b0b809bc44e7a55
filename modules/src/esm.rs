//! ES modules: the engine's module loader over Node's resolution, and the bridges to CommonJS and the built-ins.
//!
//! A module is known by its URL, which is also its path for the engine, so stacks name it as Node does. Loading is synchronous: the
//! loader's futures are ready at their first poll, so `require` of an ES module needs no turn of the loop.
//!
//! Implements <https://nodejs.org/api/esm.html#resolution-and-loading-algorithm>.

use std::{
    cell::{Cell, RefCell},
    path::Path,
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, Module,
    builtins::promise::PromiseState,
    js_string,
    module::{ModuleLoader, ModuleRequest, Referrer, SyntheticModuleInitializer},
    object::builtins::JsPromise,
    property::PropertyKey,
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    errors::{self, Base},
    import_hooks::ImportHooks,
    source, table,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    cjs, esm_resolve, explain,
    files::Files,
    formats::{self, Format, check_attributes, extension, mime_of},
    graph, hooks, lexer,
    resolve::is_relative,
    tracing, vm_imports, warnings,
};

/// The loader of one context.
#[derive(Default)]
pub struct Loader;

/// What one host knows of its ES modules.
#[derive(Default)]
struct State {
    /// By URL, and the `type` attribute.
    modules: RefCell<FxHashMap<(String, String), Module>>,
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
    esm_resolve::without_file(&specifier, &parent, cx).map(|url| js_string!(url).into())
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
        None => esm_resolve::url_of(specifier, base, cx)?,
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
    let Ok(url) = esm_resolve::url_of(specifier, importer, cx) else { return false };
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
        None => esm_resolve::url_of(specifier, base, cx)?,
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
        return esm_resolve::url_under(specifier, &base, conditions, cx);
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
        Some(loaded) => make_of(url, loaded, cx)?,
        None => make(url, kind, format, cx)?,
    };
    if of_hooks {
        state.of_hooks.borrow_mut().insert(module.clone());
    }
    state.modules.borrow_mut().insert(key, module.clone());
    Ok(module)
}

/// Modules that hooks are made of are others than those of the program.
const OF_HOOKS: &str = "\0hooks";

/// The module of what a hook loaded.
fn make_of(url: &str, loaded: hooks::Loaded, cx: &mut Context) -> JsResult<Module> {
    let format = loaded.format.as_deref().unwrap_or_default();
    if format == "builtin" {
        let name = url.strip_prefix("node:").unwrap_or(url);
        return builtin(name, url, cx);
    }
    let path = path_of_url(url).unwrap_or_else(|| url.to_owned());
    let text = loaded.source.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    match (format, text) {
        ("module", Some(text)) => parse(&text, url, cx),
        ("json", Some(text)) => json(&text, &path, url, cx),
        ("commonjs", Some(text)) => common_js_of(&text, &path, url, true, cx),
        ("commonjs", None) => {
            let text = Files::text(&path, Host::of(cx).sys()).map_err(|error| errors::system(&error, cx))?;
            common_js(&text, &path, url, cx)
        }
        _ => Err(errors::coded(Base::Range, "ERR_UNKNOWN_MODULE_FORMAT", format!("Unknown module format: {format} for URL {url}"), cx)),
    }
}

/// A JSON file's value as `default`: the same value that `require` gives.
fn json(text: &str, path: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    // With a query or a fragment it is another module.
    let shared = url == url_of_path(path);
    let cached = if shared { cjs::cached_exports(path, cx)? } else { None };
    let value = match cached {
        Some(value) => value,
        None => {
            let value = cjs::parse_json(text, path, cx)?;
            if shared {
                cjs::cache_exports(path, &value, cx)?;
            }
            value
        }
    };
    Ok(Module::from_value_as_default(value, cx))
}

fn make(url: &str, kind: Option<&str>, format: Option<&str>, cx: &mut Context) -> JsResult<Module> {
    if let Some(name) = url.strip_prefix("node:") {
        return builtin(name, url, cx);
    }
    if let Some(data) = url.strip_prefix("data:") {
        return data_url(data, url, kind, cx);
    }
    let host = Host::of(cx);
    let Some(path) = path_of_url(url) else {
        let scheme = url.split(':').next().unwrap_or_default().to_owned();
        return Err(formats::unsupported_scheme(&scheme, cx));
    };
    cjs::tell_loaded(&path, cx)?;
    let declared = match format {
        Some("module") => Format::Is("module"),
        Some("commonjs") => Format::Is("commonjs"),
        Some("json") => Format::Is("json"),
        _ => formats::declared(url, cx)?,
    };
    check_attributes(url, if declared == Format::Is("json") { "json" } else { "module" }, kind, cx)?;
    let text = Files::text(&path, host.sys()).map_err(|error| errors::system(&error, cx))?;
    match declared {
        Format::Is("json") => json(&text, &path, url, cx),
        Format::Is("module") => parse(&text, url, cx),
        Format::Is("commonjs") => common_js(&text, &path, url, cx),
        Format::BySyntax(_) => by_syntax(&text, &path, url, cx),
        _ => Err(formats::unknown_extension(extension(&path), &path, cx)),
    }
}

/// A file that is CommonJS where it parses as such, and an ES module where it parses as that.
fn by_syntax(text: &str, path: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    match cjs::compile_wrapper(text, path, cx) {
        Ok(_) => common_js(text, path, url, cx),
        Err(error) if formats::is_module_syntax(text, path, &error, cx) => {
            formats::warn_of_typeless(path, cx)?;
            parse(text, url, cx)
        }
        // Let the error come out where Node gives it: at evaluation.
        Err(error) => {
            cjs::note_module_syntax(&error, path, cx)?;
            Err(error)
        }
    }
}

pub(crate) fn parse(text: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    let text = cjs::strip(text);
    graph::note_source(url, text, cx);
    source::module(text, Path::new(url), cx)
}

/// A built-in as a module: its exports by name, and whole as `default`.
fn builtin(name: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    let exports = cjs::builtin(name, cx)?.unwrap_or_default().to_object(cx)?;
    let mut names: Vec<JsString> = vec![js_string!("default")];
    for key in exports.own_property_keys(cx)? {
        let is_function_part = exports.is_callable() && ["length", "name", "prototype"].iter().any(|part| key.to_string() == *part);
        if let PropertyKey::String(key) = key
            && key != js_string!("default")
            && !is_function_part
        {
            names.push(key);
        }
    }
    let initializer = SyntheticModuleInitializer::from_copy_closure_with_captures(
        |module, exports: &JsObject, cx| {
            module.set_export(&js_string!("default"), exports.clone().into())?;
            for key in exports.own_property_keys(cx)? {
                if let PropertyKey::String(key) = key
                    && key != js_string!("default")
                {
                    let value = exports.get(key.clone(), cx)?;
                    // Names that were added since are not exported.
                    let _ = module.set_export(&key, value);
                }
            }
            Ok(())
        },
        exports,
    );
    Ok(Module::synthetic(&names, initializer, Some(url.into()), None, cx))
}

#[derive(Trace, Finalize)]
struct CommonJs {
    #[unsafe_ignore_trace]
    path: String,
    #[unsafe_ignore_trace]
    names: Vec<String>,
    #[unsafe_ignore_trace]
    text: Option<String>,
}

/// A CommonJS file as a module: it runs when the module is evaluated; names were found by reading its text.
fn common_js(text: &str, path: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    common_js_of(text, path, url, false, cx)
}

/// [`common_js`]; `given` says that the text is a hook's and not the file's.
fn common_js_of(text: &str, path: &str, url: &str, given: bool, cx: &mut Context) -> JsResult<Module> {
    let host = Host::of(cx);
    host.state::<State>().common_js.borrow_mut().insert(url.to_owned());
    let names = lexer::export_names(text, path, &|request, from| {
        let state = host.state::<cjs::State>();
        let folder = crate::files::dirname(from).to_owned();
        let paths = crate::resolve::node_modules_paths(&folder);
        let extensions: Vec<String> = [".js", ".json", ".node"].map(str::to_owned).into();
        let found = state.resolver.require(request, &folder, Some(from), &paths, &extensions, host.sys()).ok()?;
        Some((Files::text(&found, host.sys()).ok()?, found))
    });
    let mut exported: Vec<JsString> = names.iter().map(|name| js_string!(name.as_str())).collect();
    for extra in ["default", "module.exports"] {
        if !names.iter().any(|name| name == extra) {
            exported.push(js_string!(extra));
        }
    }
    let initializer = SyntheticModuleInitializer::from_copy_closure_with_captures(
        |module, file: &CommonJs, cx| {
            let exports = match &file.text {
                Some(text) => {
                    let is_main = Host::of(cx).state::<State>().evaluating_main.replace(false);
                    cjs::run_given(&file.path, text, is_main, cx)?
                }
                None => run_common_js(&file.path, cx)?,
            };
            for name in &file.names {
                let key = js_string!(name.as_str());
                let value = match exports.as_object() {
                    Some(object) => object.get(key.clone(), cx)?,
                    None => JsValue::undefined(),
                };
                module.set_export(&key, value)?;
            }
            module.set_export(&js_string!("module.exports"), exports.clone())?;
            // Transpiled ES modules keep their own default inside: Node still exports module.exports.
            module.set_export(&js_string!("default"), exports)
        },
        CommonJs { path: path.to_owned(), names, text: given.then(|| text.to_owned()) },
    );
    Ok(Module::synthetic(&exported, initializer, Some(url.into()), None, cx))
}

fn run_common_js(path: &str, cx: &mut Context) -> JsResult<JsValue> {
    let is_main = {
        let state = Host::of(cx).state::<State>();
        state.evaluating_main.replace(false)
    };
    cjs::load(&js_string!(path), &JsValue::undefined(), is_main, cx)
}

fn data_url(data: &str, url: &str, kind: Option<&str>, cx: &mut Context) -> JsResult<Module> {
    let format = match mime_of(data) {
        "text/javascript" => "module",
        "application/json" => "json",
        other => {
            let message = format!("Unknown module format: {other} for URL {url}");
            return Err(errors::coded(Base::Range, "ERR_UNKNOWN_MODULE_FORMAT", message, cx));
        }
    };
    check_attributes(url, format, kind, cx)?;
    let text = data_body(data);
    if format == "json" { json(&text, url, url, cx) } else { parse(&text, url, cx) }
}

/// The text of a `data:` URL, without its scheme.
pub(crate) fn data_body(data: &str) -> String {
    let (head, body) = data.split_once(',').unwrap_or((data, ""));
    let body = percent_decode(body);
    if head.ends_with(";base64") { decode_base64(&body) } else { body }
}

fn decode_base64(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

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
    let url = esm_resolve::url_of(&specifier, &base, cx)?;
    *Host::of(cx).state::<State>().main.borrow_mut() = Some(url.clone());
    let module = load_as(&url, None, None, false, cx)?;
    run_root(&module, &url, cx)
}

/// [`import`], with the namespace as the promise's value.
pub fn import_namespace(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let base = url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd()));
    import_from(specifier, &base, false, cx).map(|(_, promise)| promise)
}

/// `require` of an ES module: loads, links and evaluates now; its namespace becomes `module.exports`.
pub fn require_esm(shell: &JsObject, path: &str, text: &str, cx: &mut Context) -> JsResult<()> {
    let url = url_of_path(path);
    let host = Host::of(cx);
    let state = host.state::<State>();
    let module = {
        let known = state.modules.borrow().get(&(url.clone(), String::new())).cloned();
        match known {
            Some(module) => module,
            None => {
                let module = parse(text, &url, cx)?;
                state.modules.borrow_mut().insert((url.clone(), String::new()), module.clone());
                module
            }
        }
    };
    let is_main = cjs::main_module(cx).is_some_and(|main| JsObject::equals(&main, shell));
    if is_main {
        *state.main.borrow_mut() = Some(url.clone());
    }
    if module.is_evaluating() {
        return Err(in_a_cycle(shell, path, cx));
    }
    trace_require(shell, path, cx)?;
    state.running.borrow_mut().push((shell.clone(), module.clone()));
    let result = evaluate_now(&module, shell, &url, is_main, cx);
    state.running.borrow_mut().pop();
    result?;
    let namespace = module.namespace(cx);
    let chosen = js_string!("module.exports");
    let exports = if namespace.has_own_property(chosen.clone(), cx)? { namespace.get(chosen, cx)? } else { with_es_module_flag(namespace, cx)? };
    shell.set(js_string!("exports"), exports, true, cx)?;
    Ok(())
}

/// Consumers of transpiled code ask for `__esModule` where there is a default export.
fn with_es_module_flag(namespace: JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let default = js_string!("default");
    let flag = js_string!("__esModule");
    if !namespace.has_own_property(default, cx)? || namespace.has_own_property(flag.clone(), cx)? {
        return Ok(namespace.into());
    }
    let mut names: Vec<JsString> = vec![flag];
    for key in namespace.own_property_keys(cx)? {
        if let PropertyKey::String(key) = key {
            names.push(key);
        }
    }
    let initializer = SyntheticModuleInitializer::from_copy_closure_with_captures(
        |module, namespace: &JsObject, cx| {
            module.set_export(&js_string!("__esModule"), true.into())?;
            for key in namespace.own_property_keys(cx)? {
                if let PropertyKey::String(key) = key {
                    let value = namespace.get(key.clone(), cx)?;
                    module.set_export(&key, value)?;
                }
            }
            Ok(())
        },
        namespace,
    );
    let wrapper = Module::synthetic(&names, initializer, None, None, cx);
    load_and_link(&wrapper, cx)?;
    settle(&wrapper.evaluate(cx)?.state())?;
    Ok(wrapper.namespace(cx).into())
}

fn load_and_link(module: &Module, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let state = host.state::<State>();
    state.requiring.set(state.requiring.get() + 1);
    let loaded = nested(cx, |cx| host.run_waiting_of(cx, |cx| module.load(cx)));
    state.requiring.set(state.requiring.get() - 1);
    if matches!(loaded.state(), PromiseState::Rejected(_)) {
        // The error is thrown here, so the promise counts as handled.
        loaded.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
    }
    settle(&loaded.state())?;
    module.link(cx).map_err(|error| explain::linking(error, cx))
}

fn evaluate_now(module: &Module, shell: &JsObject, url: &str, is_main: bool, cx: &mut Context) -> JsResult<()> {
    load_and_link(module, cx)?;
    graph::mark_reached(url, &mut Host::of(cx).state::<State>().loaded.borrow_mut(), cx);
    let prints = Host::of(cx).state::<cjs::State>().prints_awaits.get();
    if !is_main && !prints && graph::awaiting(url, cx).is_some() {
        return Err(asynchronous(shell, url, cx));
    }
    let evaluated = module.evaluate(cx)?;
    match evaluated.state() {
        PromiseState::Pending if is_main => {
            crate::watch_main(evaluated, cx);
            Ok(())
        }
        PromiseState::Pending => {
            let place = if prints { graph::place_of_await(url, cx) } else { None };
            if let Some(place) = place {
                // Like Node, past the streams: the error that follows may end the program. A closed stream leaves nobody to tell.
                let _ = Host::of(cx).sys().fs().write(2, format!("Error: unexpected top-level await{place}").as_bytes(), None);
            }
            Err(asynchronous(shell, url, cx))
        }
        state => {
            if let PromiseState::Rejected(reason) = &state {
                // The error is thrown here, so the promise counts as handled.
                evaluated.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
                explain::evaluation(reason, url, cx)?;
            }
            settle(&state)
        }
    }
}

/// ERR_REQUIRE_ASYNC_MODULE
fn asynchronous(shell: &JsObject, url: &str, cx: &mut Context) -> JsError {
    let parent = cjs::parent_of(shell, cx).ok().and_then(|parent| parent.as_object());
    let from = parent.and_then(|parent| parent.get(js_string!("filename"), cx).ok()?.as_string());
    let from = from.map(|from| format!("\n  From {} ", from.to_std_string_lossy())).unwrap_or_default();
    let path = path_of_url(url).unwrap_or_else(|| url.to_owned());
    let message = format!(
        "require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the \
         top-level await comes from, use --experimental-print-required-tla.{from}\n  Requiring {path} "
    );
    errors::coded(Base::Error, "ERR_REQUIRE_ASYNC_MODULE", message, cx)
}

/// `--trace-require-module`
fn trace_require(shell: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let Some(spares_packages) = host.state::<cjs::State>().traces_esm.get() else { return Ok(()) };
    let parent = cjs::parent_of(shell, cx)?.as_object();
    let from = match parent {
        Some(parent) => parent.get(js_string!("filename"), cx)?.as_string().map(|name| name.to_std_string_lossy()),
        None => None,
    };
    if spares_packages && from.as_deref().is_some_and(|from| from.contains("/node_modules/")) {
        return Ok(());
    }
    let from = from.map_or_else(String::new, |from| format!(" {from}"));
    let message = format!("CommonJS module{from} is loading ES Module {path} using require().\nSupport for loading ES Module in require() is an experimental feature and might change at any time");
    warnings::emit(&message, Some("ExperimentalWarning"), None, cx)
}

fn settle(state: &PromiseState) -> JsResult<()> {
    match state {
        PromiseState::Rejected(reason) => Err(JsError::from_opaque(reason.clone())),
        _ => Ok(()),
    }
}

/// Whether a CommonJS module stands for an ES module that `require` runs.
pub(crate) fn is_shell_of_running(shell: &JsObject, cx: &Context) -> bool {
    Host::of(cx).state::<State>().running.borrow().iter().any(|(other, _)| JsObject::equals(other, shell))
}

/// What `require` gives for a module whose ES module is still running: a cycle through both worlds.
pub fn exports_of_running(shell: &JsObject, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let state = Host::of(cx).state::<State>();
    let running = state.running.borrow().iter().any(|(other, _)| JsObject::equals(other, shell));
    if running {
        let name = shell.get(js_string!("filename"), cx)?.to_string(cx)?.to_std_string_escaped();
        return Err(in_a_cycle(shell, &name, cx));
    }
    Ok(None)
}

/// ERR_REQUIRE_CYCLE_MODULE
fn in_a_cycle(shell: &JsObject, path: &str, cx: &mut Context) -> JsError {
    let parent = cjs::parent_of(shell, cx).ok().and_then(|parent| parent.as_object());
    let from = parent.and_then(|parent| parent.get(js_string!("filename"), cx).ok()).and_then(|name| name.as_string());
    let from = from.map(|name| format!("(from {}) ", name.to_std_string_lossy())).unwrap_or_default();
    let message = format!(
        "Cannot require() ES Module {path} in a cycle. {from}A cycle involving require(esm) is not allowed to maintain invariants mandated by the ECMAScript specification. \
         Try making at least part of the dependency in the graph lazily loaded."
    );
    errors::coded(Base::Error, "ERR_REQUIRE_CYCLE_MODULE", message, cx)
}

/// `/a b.mjs` as `file:///a%20b.mjs`.
pub fn url_of_path(path: &str) -> String {
    let mut url = String::from("file://");
    for byte in path.bytes() {
        match byte {
            b'%' | b'\\' | b'\n' | b'\r' | b'\t' | b' ' | b'"' | b'#' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}' | b'^' | b'|' | 0x80.. => {
                url.push_str(&format!("%{byte:02X}"));
            }
            byte => url.push(byte.into()),
        }
    }
    url
}

/// The path of a `file:` URL, without query and fragment.
pub fn path_of_url(url: &str) -> Option<String> {
    let rest = url.strip_prefix("file://").or_else(|| url.strip_prefix("file:"))?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    rest.starts_with('/').then(|| percent_decode(split_suffix(rest).0))
}

/// Splits off `?query` and `#fragment`; a leading `#` is a name of `imports`.
pub(crate) fn split_suffix(specifier: &str) -> (&str, &str) {
    let start = usize::from(specifier.starts_with('#'));
    let is_path = start == 0 && (is_relative(specifier) || specifier.starts_with('/') || specifier.starts_with("file:"));
    match specifier[start..].find(['?', '#']).filter(|_| is_path) {
        Some(at) => specifier.split_at(start + at),
        None => (specifier, ""),
    }
}

pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (hex(at + 1), hex(at + 2))
        {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
