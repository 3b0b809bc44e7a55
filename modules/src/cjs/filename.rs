//! From a request to a file: `Module._resolveFilename`, and the errors of what is not found.

use boa_engine::{Context, JsArgs, JsError, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    errors::{self, Base},
    validate,
};

use super::{MODULE_CLASS, State, class::parent_of, file_module, replaced, tables, unknown_builtin};
use crate::{
    files::{self, dirname},
    module::names_builtin,
    package::Failure,
    resolve::{Note, node_modules_paths},
    urls::{path_of_url, url_of_path},
    warnings,
};

/// `Module._resolveFilename` for hooks: a path, or the name of a built-in.
pub(crate) fn resolve_for_hooks(specifier: &str, base: &str, cx: &mut Context) -> JsResult<String> {
    let specifier = match path_of_url(specifier) {
        Some(path) => path,
        None => specifier.to_owned(),
    };
    let file = path_of_url(base);
    let parent = match &file {
        Some(file) => file_module(file, cx)?.into(),
        None => JsValue::undefined(),
    };
    let found = resolve_filename(&js_string!(specifier), &parent, false, &JsValue::undefined(), cx)?;
    Ok(found.to_string(cx)?.to_std_string_lossy())
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

/// ERR_INVALID_PACKAGE_CONFIG. Node makes it in C++: its stack does not name its code.
pub(crate) fn invalid_config(message: &str, cx: &mut Context) -> JsError {
    with_properties(errors::plain(Base::Error, message), &[("code", js_string!("ERR_INVALID_PACKAGE_CONFIG").into())], cx)
}

/// Node's error for a specifier that a package's tables refuse.
pub(crate) fn failure_error(failure: Failure, importer: Option<&str>, cx: &mut Context) -> JsError {
    let from = |importer: Option<&str>| importer.map(|importer| format!(" imported from {importer}")).unwrap_or_default();
    match failure {
        Failure::BadMain(main, manifest) => bad_main(&main, &manifest, &main, cx),
        Failure::NotFound => errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", format!("Cannot find module{}", from(importer)), cx),
        Failure::MissingTarget(path) | Failure::MissingMain(path) => errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", format!("Cannot find module '{path}'{}", from(importer)), cx),
        Failure::InvalidConfig(path, message) => {
            let importing = importer.filter(|_| !message.is_empty()).map(|importer| format!(" while importing {}", url_of_path(importer))).unwrap_or_default();
            let message = if message.is_empty() { message } else { format!(" {message}") };
            invalid_config(&format!("Invalid package config {path}{importing}.{message}"), cx)
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
