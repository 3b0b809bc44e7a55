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
    Context, JsArgs, JsError, JsNativeErrorKind, JsObject, JsResult, JsString, JsValue, Module,
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
    source, table,
};
use rustc_hash::FxHashMap;

use crate::{
    cjs,
    files::{Files, resolve},
    lexer,
    module::names_builtin,
    package::{Failure, PackageKind},
    resolve::is_relative,
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
}

impl ModuleLoader for Loader {
    async fn load_imported_module(self: Rc<Self>, referrer: Referrer, request: ModuleRequest, cx: &RefCell<&mut Context>) -> JsResult<Module> {
        let cx = &mut cx.borrow_mut();
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
        let url = resolve_url(&specifier, &base, cx)?;
        load(&url, kind.as_deref(), cx)
    }

    fn init_import_meta(self: Rc<Self>, meta: &JsObject, module: &Module, cx: &mut Context) {
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
    let specifier = coil_engine::validate::string(args.get_or_undefined(0), "specifier", cx)?.to_std_string_escaped();
    match resolve_url(&specifier, &base.0, cx) {
        Ok(url) => Ok(js_string!(url).into()),
        Err(error) => {
            // A relative name resolves whether or not a file is there.
            if let (true, Some(path)) = (is_relative(&specifier) || specifier.starts_with('/'), path_of_url(&base.0)) {
                return Ok(js_string!(url_of_path(&resolve(crate::files::dirname(&path), &specifier))).into());
            }
            Err(error)
        }
    }
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
        _ => url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd())),
    }
}

/// The URL that `specifier` means in the module at `base`.
fn resolve_url(specifier: &str, base: &str, cx: &mut Context) -> JsResult<String> {
    let host = Host::of(cx);
    if let Some(name) = specifier.strip_prefix("node:") {
        if host.builtin(name).is_some() {
            return Ok(specifier.to_owned());
        }
        return Err(errors::coded(Base::Error, "ERR_UNKNOWN_BUILTIN_MODULE", format!("No such built-in module: {specifier}"), cx));
    }
    if names_builtin(specifier, &host) {
        return Ok(format!("node:{specifier}"));
    }
    if specifier.starts_with("data:") {
        return Ok(specifier.to_owned());
    }
    let state = host.state::<cjs::State>();
    let base_path = path_of_url(base);
    let importer = base_path.clone().unwrap_or_else(|| base.to_owned());
    let (name, suffix) = split_suffix(specifier);
    let found = if name.starts_with("file:") {
        match path_of_url(name) {
            Some(path) => state.resolver.import_path(&path, host.sys()),
            None => Err(Failure::NotFound),
        }
    } else if is_relative(name) || name.starts_with('/') {
        let Some(base_path) = &base_path else {
            let message = format!("Failed to resolve module specifier \"{specifier}\" from \"{base}\": Invalid relative URL or base scheme is not hierarchical.");
            return Err(errors::coded(Base::Type, "ERR_UNSUPPORTED_RESOLVE_REQUEST", message, cx));
        };
        let path = resolve(crate::files::dirname(base_path), &percent_decode(name));
        if name.ends_with('/') { Err(Failure::DirectoryImport(path)) } else { state.resolver.import_path(&path, host.sys()) }
    } else if let Some((scheme, _)) = name.split_once("://") {
        let message = format!("Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol '{scheme}:'");
        return Err(errors::coded(Base::Error, "ERR_UNSUPPORTED_ESM_URL_SCHEME", message, cx));
    } else {
        state.resolver.import(name, base_path.as_deref().unwrap_or("/x"), host.sys())
    };
    match found {
        Ok(name) if name.starts_with("node:") => Ok(name),
        Ok(path) => Ok(url_of_path(&path) + suffix),
        Err(Failure::NotFound) => {
            let package = if specifier.starts_with('@') { specifier.splitn(3, '/').take(2).collect::<Vec<_>>().join("/") } else { specifier.split('/').next().unwrap_or(specifier).to_owned() };
            let message = format!("Cannot find package '{package}' imported from {importer}");
            Err(errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", message, cx))
        }
        Err(Failure::MissingTarget(path)) => {
            if let Some(error) = cjs::denied(&path, cx) {
                return Err(error);
            }
            let error = cjs::failure_error(Failure::MissingTarget(path.clone()), Some(&importer), cx);
            Err(cjs::with_properties(error, &[("url", js_string!(url_of_path(&path)).into())], cx))
        }
        Err(Failure::DirectoryImport(path)) => {
            let error = cjs::failure_error(Failure::DirectoryImport(path.clone()), Some(&importer), cx);
            Err(cjs::with_properties(error, &[("url", js_string!(url_of_path(&path)).into())], cx))
        }
        Err(failure) => Err(cjs::failure_error(failure, Some(&importer), cx)),
    }
}

/// The module at `url`, parsed but neither linked nor evaluated.
fn load(url: &str, kind: Option<&str>, cx: &mut Context) -> JsResult<Module> {
    let host = Host::of(cx);
    let state = host.state::<State>();
    let key = (url.to_owned(), kind.unwrap_or_default().to_owned());
    if let Some(module) = state.modules.borrow().get(&key) {
        return Ok(module.clone());
    }
    let module = make(url, kind, cx)?;
    state.modules.borrow_mut().insert(key, module.clone());
    Ok(module)
}

fn make(url: &str, kind: Option<&str>, cx: &mut Context) -> JsResult<Module> {
    if let Some(name) = url.strip_prefix("node:") {
        return builtin(name, url, cx);
    }
    if let Some(data) = url.strip_prefix("data:") {
        return data_url(data, url, kind, cx);
    }
    let host = Host::of(cx);
    let path = path_of_url(url).unwrap_or_default();
    let extension = path.rsplit('/').next().and_then(|name| name.rfind('.').map(|at| &name[at..])).unwrap_or_default();
    let is_json = extension == ".json";
    if is_json && kind != Some("json") {
        let message = format!("Module \"{url}\" needs an import attribute of \"type: json\"");
        return Err(errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_MISSING", message, cx));
    }
    if let (false, Some(kind)) = (is_json, kind) {
        let message = format!("Module \"{url}\" is not of type \"{kind}\"");
        return Err(errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE", message, cx));
    }
    let text = Files::text(&path, host.sys()).map_err(|error| errors::system(&error, cx))?;
    if is_json {
        let value = cjs::parse_json(&text, &path, cx)?;
        return Ok(Module::from_value_as_default(value, cx));
    }
    let format = match extension {
        ".mjs" => PackageKind::Module,
        ".cjs" => PackageKind::CommonJs,
        ".js" | "" => {
            let state = host.state::<cjs::State>();
            let package = state.resolver.packages.scope(&path, host.sys()).map_err(|failure| cjs::failure_error(failure, None, cx))?;
            package.map_or(PackageKind::None, |package| package.kind)
        }
        ".node" | ".wasm" => return Err(unknown_extension(extension, &path, cx)),
        _ => return Err(unknown_extension(extension, &path, cx)),
    };
    match format {
        PackageKind::Module => parse(&text, url, cx),
        PackageKind::CommonJs => common_js(&text, &path, url, cx),
        PackageKind::None => match cjs::compile_wrapper(&text, &path, cx) {
            Ok(_) => common_js(&text, &path, url, cx),
            Err(error) if is_module_syntax(&text, &path, &error, cx) => parse(&text, url, cx),
            // Let the error come out where Node gives it: at evaluation.
            Err(error) => Err(error),
        },
    }
}

fn unknown_extension(extension: &str, path: &str, cx: &mut Context) -> JsError {
    let message = format!("Unknown file extension \"{extension}\" for {path}");
    errors::coded(Base::Type, "ERR_UNKNOWN_FILE_EXTENSION", message, cx)
}

fn parse(text: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    let text = cjs::strip(text);
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
                if let PropertyKey::String(key) = key {
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
}

/// A CommonJS file as a module: it runs when the module is evaluated; names were found by reading its text.
fn common_js(text: &str, path: &str, url: &str, cx: &mut Context) -> JsResult<Module> {
    let host = Host::of(cx);
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
            let exports = run_common_js(&file.path, cx)?;
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
        CommonJs { path: path.to_owned(), names },
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
    let (head, body) = data.split_once(',').unwrap_or((data, ""));
    let (mime, base64) = match head.strip_suffix(";base64") {
        Some(mime) => (mime, true),
        None => (head, false),
    };
    let body = percent_decode(body);
    let text = if base64 { decode_base64(&body) } else { body };
    match mime.split(';').next().unwrap_or_default() {
        "text/javascript" => parse(&text, url, cx),
        "application/json" if kind == Some("json") => {
            let value = cjs::parse_json(&text, url, cx)?;
            Ok(Module::from_value_as_default(value, cx))
        }
        "application/json" => {
            let message = format!("Module \"{url}\" needs an import attribute of \"type: json\"");
            Err(errors::coded(Base::Type, "ERR_IMPORT_ATTRIBUTE_MISSING", message, cx))
        }
        other => {
            let message = format!("Unknown module format: {other} for URL {url}");
            Err(errors::coded(Base::Range, "ERR_UNKNOWN_MODULE_FORMAT", message, cx))
        }
    }
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

/// Whether a text that failed as CommonJS is meant as an ES module: a syntax error, and it parses as one.
pub fn is_module_syntax(text: &str, path: &str, error: &JsError, cx: &mut Context) -> bool {
    let syntax = error.try_native(cx).is_ok_and(|native| matches!(native.kind(), JsNativeErrorKind::Syntax));
    let hinted = ["import", "export", "await", "require", "module", "exports", "__filename", "__dirname"].iter().any(|word| text.contains(word));
    syntax && hinted && parse(text, &url_of_path(path), cx).is_ok()
}

/// Runs the program's ES module. The promise settles when its evaluation ends.
pub fn run_main(path: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let url = url_of_path(path);
    let state = Host::of(cx).state::<State>();
    *state.main.borrow_mut() = Some(url.clone());
    let module = load(&url, None, cx)?;
    Ok(module.load_link_evaluate(cx))
}

/// Runs a text as the program's ES module: `--input-type=module -e`.
pub fn run_text(text: &str, url: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let module = parse(text, url, cx)?;
    Ok(module.load_link_evaluate(cx))
}

/// `import(specifier)` from native code, as from a file in the working directory.
pub fn import(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let base = url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd()));
    let url = resolve_url(specifier, &base, cx)?;
    let module = load(&url, None, cx)?;
    Ok(module.load_link_evaluate(cx))
}

/// [`import`], with the namespace as the promise's value.
pub fn import_namespace(specifier: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let base = url_of_path(&format!("{}/[eval1]", Host::of(cx).cwd()));
    let url = resolve_url(specifier, &base, cx)?;
    let module = load(&url, None, cx)?;
    let namespace = coil_engine::table::closure("", 0, module.clone(), |_this, _args, module, cx| Ok(module.namespace(cx).into()), cx);
    module.load_link_evaluate(cx).then(Some(namespace), None, cx)
}

/// `require` of an ES module: loads, links and evaluates now; its namespace becomes `module.exports`.
pub fn require_esm(shell: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let url = url_of_path(path);
    let host = Host::of(cx);
    let state = host.state::<State>();
    let module = {
        let known = state.modules.borrow().get(&(url.clone(), String::new())).cloned();
        match known {
            Some(module) => module,
            None => {
                let text = Files::text(path, host.sys()).map_err(|error| errors::system(&error, cx))?;
                let module = parse(&text, &url, cx)?;
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
    state.running.borrow_mut().push((shell.clone(), module.clone()));
    let result = evaluate_now(&module, path, is_main, cx);
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
    evaluate_now(&wrapper, "", false, cx)?;
    Ok(wrapper.namespace(cx).into())
}

fn evaluate_now(module: &Module, path: &str, is_main: bool, cx: &mut Context) -> JsResult<()> {
    let loaded = module.load(cx);
    Host::of(cx).run_waiting(cx);
    settle(&loaded.state())?;
    module.link(cx)?;
    let evaluated = module.evaluate(cx)?;
    match evaluated.state() {
        PromiseState::Pending if is_main => {
            crate::watch_main(evaluated, cx);
            Ok(())
        }
        PromiseState::Pending => {
            let message = format!(
                "require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the \
                 top-level await comes from, use --experimental-print-required-tla.\n  Requiring {path} "
            );
            Err(errors::coded(Base::Error, "ERR_REQUIRE_ASYNC_MODULE", message, cx))
        }
        state => {
            if let PromiseState::Rejected(_) = state {
                // The error is thrown here, so the promise counts as handled.
                evaluated.catch(table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx), cx)?;
            }
            settle(&state)
        }
    }
}

fn settle(state: &PromiseState) -> JsResult<()> {
    match state {
        PromiseState::Rejected(reason) => Err(JsError::from_opaque(reason.clone())),
        _ => Ok(()),
    }
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
fn split_suffix(specifier: &str) -> (&str, &str) {
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
