//! `node:module`: what `require('module')` gives is `Module` itself, with these statics.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{
    Host, errors,
    launch::{Launch, SourceMaps, use_source_maps},
    table::{self, Export, Member, NativeModule},
    validate,
};

use crate::{
    cjs::{self, EXTENSIONS, MODULE_CLASS, WRAPPER, global_paths, string_list},
    files::{self, dirname},
    resolve::{is_relative, node_modules_paths},
    source_map,
};

/// `module`
pub static MODULE: NativeModule = NativeModule { name: "module", exports: &[Export::class_as("=", &MODULE_CLASS)] };

/// Statics of `Module`.
pub(crate) const STATICS: &[Member] = &[
    Member::build("_cache", null_object),
    Member::build("_pathCache", null_object),
    Member::build("_extensions", extensions),
    Member::build("globalPaths", global_paths_array),
    Member::lazy("Module", |cx| MODULE_CLASS.constructor(cx).map(JsValue::from)),
    Member::lazy("builtinModules", builtin_modules),
    Member::function("isBuiltin", 1, is_builtin).method(),
    Member::function("createRequire", 1, create_require),
    Member::function("_load", 3, cjs::static_load),
    Member::function("_resolveFilename", 4, cjs::static_resolve_filename),
    Member::function("_resolveLookupPaths", 2, resolve_lookup_paths),
    Member::function("_nodeModulePaths", 1, static_node_modules_paths),
    Member::function("_findPath", 3, find_path),
    Member::function("_initPaths", 0, init_paths),
    Member::function("_stat", 1, stat),
    Member::function("_preloadModules", 1, preload_modules),
    Member::function("syncBuiltinESMExports", 0, sync_builtin_exports),
    Member::function("wrap", 1, wrap),
    Member::build("wrapper", wrapper),
    Member::function("runMain", 0, run_main),
    Member::function("findPackageJSON", 2, find_package_json),
    Member::function("findSourceMap", 1, source_map::find),
    Member::function("register", 2, crate::hooks::register),
    Member::function("registerHooks", 1, crate::hooks::register_hooks),
    Member::function("enableCompileCache", 1, enable_compile_cache),
    Member::function("getCompileCacheDir", 0, nothing),
    Member::function("flushCompileCache", 1, nothing).method(),
    Member::function("getSourceMapsSupport", 0, source_maps_support),
    Member::function("setSourceMapsSupport", 1, set_source_maps_support),
    Member::class(&source_map::SOURCE_MAP),
    Member::function("stripTypeScriptTypes", 1, crate::typescript::strip_type_script_types),
];

/// `Module._initPaths()`: the environment may have changed.
fn init_paths(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let paths = global_paths_array(cx)?;
    MODULE_CLASS.constructor(cx)?.set(js_string!("globalPaths"), paths, true, cx)?;
    Ok(JsValue::undefined())
}

/// `Module._stat(path)`: 0 for a file, 1 for a directory, below 0 where there is neither.
fn stat(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = validate::string(args.get_or_undefined(0), "filename", cx)?.to_std_string_lossy();
    let host = Host::of(cx);
    let path = files::resolve(&host.cwd(), &path);
    let kind = host.state::<cjs::State>().resolver.files.kind(&path, host.sys());
    Ok(match kind {
        files::Kind::File => 0,
        files::Kind::Directory => 1,
        files::Kind::Missing => -2,
    }
    .into())
}

fn null_object(_cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsObject::with_null_proto().into())
}

fn extensions(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_null_proto();
    table::define_all(&object, EXTENSIONS, true, cx)?;
    Ok(object.into())
}

fn global_paths_array(cx: &mut Context) -> JsResult<JsValue> {
    strings(global_paths(cx), cx)
}

fn strings(list: impl IntoIterator<Item = String>, cx: &mut Context) -> JsResult<JsValue> {
    let values: Vec<JsValue> = list.into_iter().map(|text| js_string!(text).into()).collect();
    Ok(JsArray::from_iter(values, cx).into())
}

fn nothing(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// `module.syncBuiltinESMExports()`
fn sync_builtin_exports(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    crate::esm::sync_builtins(cx)?;
    Ok(JsValue::undefined())
}

fn builtin_modules(cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<String> = Host::of(cx).builtins().iter().map(|module| scheme_if_needed(module.name)).collect();
    let list = strings(names, cx)?;
    if let Some(list) = list.as_object() {
        list.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
    }
    Ok(list)
}

/// Modules that only exist with `node:`.
const SCHEME_ONLY: &[&str] = &["sea", "sqlite", "test", "test/reporters"];

/// Whether a specifier names a built-in module: a few do only with `node:` before them.
pub(crate) fn names_builtin(specifier: &str, host: &Host) -> bool {
    match specifier.strip_prefix("node:") {
        Some(name) => host.builtin(name).is_some(),
        None => !SCHEME_ONLY.contains(&specifier) && host.builtin(specifier).is_some(),
    }
}

fn scheme_if_needed(name: &str) -> String {
    if SCHEME_ONLY.contains(&name) { format!("node:{name}") } else { name.to_owned() }
}

fn is_builtin(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(name) = args.get_or_undefined(0).as_string() else { return Ok(false.into()) };
    let name = name.to_std_string_escaped();
    Ok(names_builtin(&name, &Host::of(cx)).into())
}

/// `module.createRequire(filename)`: a path, a `file:` URL, or a URL object.
fn create_require(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let text = match given.as_object() {
        Some(url) => url.get(js_string!("href"), cx)?,
        None => given.clone(),
    };
    let reason = "must be a file URL object, file URL string, or absolute path string";
    let Some(text) = text.as_string().map(|text| text.to_std_string_escaped()) else {
        return Err(errors::invalid_arg_value("filename", given, reason, cx));
    };
    let path = match text.strip_prefix("file://") {
        Some(_) => crate::urls::path_of_url(&text),
        None if text.starts_with('/') => Some(text),
        None => None,
    };
    let Some(path) = path else { return Err(errors::invalid_arg_value("filename", given, reason, cx)) };
    let file = if path.ends_with('/') { format!("{path}noop.js") } else { path };
    let filename: JsValue = js_string!(file.as_str()).into();
    let module = cjs::new_module(&filename, &JsValue::undefined(), cx)?;
    module.set(js_string!("filename"), filename, true, cx)?;
    let paths = strings(node_modules_paths(dirname(&file)), cx)?;
    module.set(js_string!("paths"), paths, true, cx)?;
    Ok(cjs::make_require(&module, cx)?.into())
}

/// `Module._resolveLookupPaths(request, parent)`
pub(crate) fn resolve_lookup_paths(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = validate::string(args.get_or_undefined(0), "request", cx)?.to_std_string_escaped();
    if names_builtin(&request, &Host::of(cx)) {
        return Ok(JsValue::null());
    }
    let parent = args.get_or_undefined(1).as_object();
    if is_relative(&request) {
        let file = match &parent {
            Some(parent) => parent.get(js_string!("filename"), cx)?.as_string(),
            None => None,
        };
        let folder = file.map_or_else(|| ".".to_owned(), |file| dirname(&file.to_std_string_escaped()).to_owned());
        return strings([folder], cx);
    }
    let mut paths = match parent {
        Some(parent) => string_list(&parent.get(js_string!("paths"), cx)?, cx)?,
        None => Vec::new(),
    };
    paths.extend(global_paths(cx));
    strings(paths, cx)
}

fn static_node_modules_paths(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let from = validate::string(args.get_or_undefined(0), "path", cx)?.to_std_string_escaped();
    let from = files::resolve(&Host::of(cx).cwd(), &from);
    strings(node_modules_paths(&from), cx)
}

fn find_path(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = validate::string(args.get_or_undefined(0), "request", cx)?.to_std_string_escaped();
    let paths = string_list(args.get_or_undefined(1), cx)?;
    let host = Host::of(cx);
    let state = host.state::<cjs::State>();
    let extensions: Vec<String> = [".js", ".json", ".node"].map(str::to_owned).into();
    let starts = if request.starts_with('/') { vec![String::new()] } else { paths };
    for folder in starts {
        let path = files::resolve(&folder, &request);
        let found = state.resolver.path(&path, request.ends_with('/'), &extensions, host.sys());
        if let Some(found) = found.map_err(|failure| cjs::failure_error(failure, None, cx))? {
            return Ok(js_string!(found).into());
        }
    }
    Ok(false.into())
}

fn preload_modules(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let requests = string_list(args.get_or_undefined(0), cx)?;
    preload(&requests, cx)?;
    Ok(JsValue::undefined())
}

/// Requires each of `-r`'s modules as from the working directory.
pub fn preload(requests: &[String], cx: &mut Context) -> JsResult<()> {
    let cwd = Host::of(cx).cwd();
    let parent = cjs::new_module(&js_string!("internal/preload").into(), &JsValue::undefined(), cx)?;
    let paths = strings(node_modules_paths(&cwd), cx)?;
    parent.set(js_string!("paths"), paths, true, cx)?;
    let state = Host::of(cx).state::<cjs::State>();
    state.preloading.set(true);
    let result = requests.iter().try_for_each(|request| cjs::require(&parent, &js_string!(request.as_str()).into(), cx).map(drop));
    state.preloading.set(false);
    result
}

fn wrap(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    Ok(js_string!(&js_string!(WRAPPER[0]), &text, &js_string!(WRAPPER[1])).into())
}

fn wrapper(cx: &mut Context) -> JsResult<JsValue> {
    strings(WRAPPER.map(str::to_owned), cx)
}

fn run_main(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let process = cx.global_object().get(js_string!("process"), cx)?.to_object(cx)?;
    let argv = process.get(js_string!("argv"), cx)?.to_object(cx)?;
    let main = argv.get(1, cx)?.to_string(cx)?.to_std_string_escaped();
    crate::run_file(&main, cx)?;
    Ok(JsValue::undefined())
}

/// `module.findPackageJSON(specifier[, base])`
fn find_package_json(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).is_undefined() {
        return Err(errors::missing_args(&["specifier"], cx));
    }
    let href = |value: &JsValue, cx: &mut Context| -> JsResult<JsValue> {
        match value.as_object() {
            Some(url) if !url.is_callable() && !url.get(js_string!("href"), cx)?.is_undefined() => url.get(js_string!("href"), cx),
            _ => Ok(value.clone()),
        }
    };
    let given = href(args.get_or_undefined(0), cx)?;
    let Some(specifier) = given.as_string().map(|text| text.to_std_string_lossy()) else {
        return Err(errors::invalid_arg_type("specifier", "string|URL", &given, cx));
    };
    let base = match args.get_or_undefined(1) {
        base if base.is_undefined() => "data:".to_owned(),
        base => validate::string(&href(base, cx)?, "base", cx)?.to_std_string_lossy(),
    };
    let host = Host::of(cx);
    let state = host.state::<cjs::State>();
    let scope = |path: &str| {
        let inside = if state.resolver.files.kind(path, host.sys()) == files::Kind::Directory { format!("{path}/x") } else { path.to_owned() };
        let package = state.resolver.packages.scope(&inside, host.sys()).ok().flatten();
        package.map_or_else(JsValue::undefined, |package| js_string!(format!("{}/package.json", package.folder)).into())
    };
    if let Some(path) = crate::urls::path_of_url(&specifier) {
        return Ok(scope(&path));
    }
    if specifier.split_once("://").is_some_and(|(scheme, _)| scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return Err(errors::coded(errors::Base::Type, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file", cx));
    }
    let base_path = crate::urls::path_of_url(&base).or_else(|| base.starts_with('/').then(|| base.clone()));
    let is_path = specifier.is_empty() || specifier.starts_with('/') || is_relative(&specifier);
    let Some(base_path) = base_path else {
        if is_path && base.starts_with("data:") {
            let message = format!("Failed to resolve module specifier \"{specifier}\" from \"{base}\": Invalid relative URL or base scheme is not hierarchical.");
            return Err(errors::coded(errors::Base::Type, "ERR_UNSUPPORTED_RESOLVE_REQUEST", message, cx));
        }
        return Err(errors::coded(errors::Base::Type, "ERR_INVALID_URL", "Invalid URL", cx));
    };
    if is_path {
        return Ok(scope(&files::resolve(dirname(&base_path), &specifier)));
    }
    let name_parts = if specifier.starts_with('@') { 2 } else { 1 };
    let name = specifier.split('/').take(name_parts).collect::<Vec<_>>().join("/");
    for modules in node_modules_paths(dirname(&base_path)) {
        if let Ok(Some(package)) = state.resolver.packages.in_folder(&format!("{modules}/{name}"), host.sys()) {
            return Ok(js_string!(format!("{}/package.json", package.folder)).into());
        }
    }
    Err(errors::coded(errors::Base::Error, "ERR_MODULE_NOT_FOUND", format!("Cannot find package '{name}' imported from {base_path}"), cx))
}

fn enable_compile_cache(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    // constants.compileCacheStatus.DISABLED: there is no cache to enable.
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("status"), 3, cx)?;
    Ok(result.into())
}

fn source_maps_support(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let launch = Host::of(cx).state::<Launch>();
    let result = JsObject::with_null_proto();
    for (key, value) in [("enabled", launch.source_maps.get()), ("nodeModules", launch.source_maps_of_packages.get()), ("generatedCode", launch.source_maps_of_generated_code.get())] {
        let value = PropertyDescriptor::builder().value(value).enumerable(true).writable(false).configurable(false);
        result.define_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(result.into())
}

/// `module.setSourceMapsSupport(enabled[, { nodeModules, generatedCode }])`
fn set_source_maps_support(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let enabled = validate::boolean(args.get_or_undefined(0), "enabled", cx)?;
    let (mut packages, mut generated) = (false, false);
    if let Some(options) = validate::options(args.get_or_undefined(1), "options", cx)? {
        for (key, option) in [("nodeModules", &mut packages), ("generatedCode", &mut generated)] {
            let given = options.get(js_string!(key), cx)?;
            if !given.is_undefined() {
                *option = validate::boolean(&given, &format!("options.{key}"), cx)?;
            }
        }
    }
    use_source_maps(SourceMaps { enabled, node_modules: packages, generated_code: generated }, cx)?;
    Ok(JsValue::undefined())
}
