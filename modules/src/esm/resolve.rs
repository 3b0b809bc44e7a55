//! From a specifier in an ES module to a URL.
//!
//! Implements <https://nodejs.org/api/esm.html#resolution-algorithm-specification>.

use std::cell::RefCell;

use boa_engine::{Context, JsError, JsResult, js_string};
use coil_engine::{
    Host,
    errors::{self, Base},
};
use rustc_hash::FxHashMap;

use crate::{
    cjs,
    files::{Kind, basename, dirname, resolve},
    formats::{self, Format},
    module::names_builtin,
    package::{Failure, has_encoded_separator},
    resolve::{IMPORT, Note, is_relative},
    urls::{path_of_url, percent_decode, split_suffix, url_of_path},
    warnings,
};

/// What was resolved before: what a module was loaded from may be gone.
#[derive(Default)]
struct Known(RefCell<FxHashMap<(String, String), String>>);

/// The URL that `specifier` means in the module at `base`.
pub(crate) fn url_of(specifier: &str, base: &str, cx: &mut Context) -> JsResult<String> {
    let known = Host::of(cx).state::<Known>();
    let key = (specifier.to_owned(), base.to_owned());
    if let Some(url) = known.0.borrow().get(&key) {
        return Ok(url.clone());
    }
    let url = find(specifier, base, IMPORT, cx)?;
    known.0.borrow_mut().insert(key, url.clone());
    Ok(url)
}

/// [`url_of`] under the conditions a hook gave.
pub(crate) fn url_under(specifier: &str, base: &str, conditions: &[String], cx: &mut Context) -> JsResult<String> {
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    find(specifier, base, &conditions, cx)
}

/// `import.meta.resolve`: a path need not lead to a file.
pub(crate) fn without_file(specifier: &str, base: &str, cx: &mut Context) -> JsResult<String> {
    if is_relative(specifier) || specifier.starts_with('/') {
        return relative_url(specifier, base, cx);
    }
    if is_url(specifier) && !specifier.starts_with("node:") {
        return Ok(specifier.to_owned());
    }
    match find(specifier, base, IMPORT, cx) {
        Ok(url) => Ok(url),
        Err(error) => {
            // A folder of a package, or a file that is missing, has a URL all the same.
            let Ok(native) = error.clone().into_opaque(cx) else { return Err(error) };
            let Some(object) = native.as_object() else { return Err(error) };
            match object.get(js_string!("url"), cx)?.as_string() {
                Some(url) => {
                    let url = url.to_std_string_lossy();
                    Ok(if specifier.ends_with('/') && !url.ends_with('/') { url + "/" } else { url })
                }
                None => Err(error),
            }
        }
    }
}

/// `new URL(specifier, base).href` of a relative name.
fn relative_url(specifier: &str, base: &str, cx: &mut Context) -> JsResult<String> {
    let Some(base_path) = path_of_url(base) else { return Err(no_base(specifier, base, cx)) };
    let (name, suffix) = split_suffix(specifier);
    let path = resolve(folder_of(&base_path), &percent_decode(name));
    let folder = (name.ends_with('/') || name.ends_with("/.") || name.ends_with("/..") || name == "." || name == "..") && path != "/";
    Ok(url_of_path(&path) + if folder { "/" } else { "" } + suffix)
}

/// The folder against which names of the module at `path` are resolved: the path itself where it ends in a slash.
fn folder_of(path: &str) -> &str {
    path.strip_suffix('/').filter(|folder| !folder.is_empty()).unwrap_or_else(|| dirname(path))
}

fn is_url(specifier: &str) -> bool {
    specifier
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))
}

/// `new URL(specifier, base).href`, where the base is a URL of another scheme with an authority.
fn joined(specifier: &str, base: &str) -> Option<String> {
    let (scheme, rest) = base.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (name, suffix) = split_suffix(specifier);
    let folder = path.rfind('/').map_or("", |at| &path[..at]);
    Some(format!("{scheme}://{authority}{}{suffix}", resolve(if folder.is_empty() { "/" } else { folder }, name)))
}

fn no_base(specifier: &str, base: &str, cx: &mut Context) -> JsError {
    let message = format!("Failed to resolve module specifier \"{specifier}\" from \"{base}\": Invalid relative URL or base scheme is not hierarchical.");
    errors::coded(Base::Type, "ERR_UNSUPPORTED_RESOLVE_REQUEST", message, cx)
}

fn find(specifier: &str, base: &str, conditions: &[&str], cx: &mut Context) -> JsResult<String> {
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
    state.resolver.notes.borrow_mut().clear();
    state.resolver.slashes.borrow_mut().clear();
    let base_path = path_of_url(base);
    let importer = base_path.clone().unwrap_or_else(|| base.to_owned());
    let (name, suffix) = split_suffix(specifier);
    let mut suffix = suffix.to_owned();
    let is_path = name.starts_with("file:") || is_relative(name) || name.starts_with('/');
    if is_path && has_encoded_separator(name) {
        let shown = if name.starts_with("file:") { path_of_url(name).unwrap_or_else(|| name.to_owned()) } else { name.to_owned() };
        let failure = Failure::InvalidSpecifier(shown, "must not include encoded \"/\" or \"\\\" characters".to_owned());
        return Err(cjs::failure_error(failure, Some(&importer), cx));
    }
    let found = if name.starts_with("file:") {
        match path_of_url(name) {
            Some(path) => state.resolver.import_path(&path, host.sys()),
            None => {
                let message = "File URL host must be \"localhost\" or empty on linux";
                let error = errors::coded(Base::Type, "ERR_INVALID_FILE_URL_HOST", message, cx);
                let input = if name.matches('/').count() == 2 { format!("{name}/") } else { name.to_owned() };
                return Err(cjs::with_properties(error, &[("input", js_string!(input).into()), ("module", js_string!(base).into())], cx));
            }
        }
    } else if is_path {
        let Some(base_path) = &base_path else {
            return joined(specifier, base).ok_or_else(|| no_base(specifier, base, cx));
        };
        let path = resolve(folder_of(base_path), &percent_decode(name));
        if name.ends_with('/') {
            let is_folder = state.resolver.files.kind(&path, host.sys()) == Kind::Directory;
            Err(if is_folder { Failure::DirectoryImport(path + "/") } else { Failure::MissingTarget(path + "/") })
        } else {
            state.resolver.import_path(&path, host.sys())
        }
    } else if is_url(name) {
        // Whether it can be loaded is found out then.
        return Ok(specifier.to_owned());
    } else {
        let Some(base_path) = base_path.as_deref() else {
            if base.contains("://") {
                let error = errors::coded(Base::Type, "ERR_INVALID_URL", "Invalid URL", cx);
                return Err(cjs::with_properties(error, &[("input", js_string!(base).into())], cx));
            }
            return Err(no_base(specifier, base, cx));
        };
        // The base may be a folder: a file in it is meant.
        let parent = if base_path.ends_with('/') { format!("{base_path}x") } else { base_path.to_owned() };
        match state.resolver.import_url(name, &parent, conditions, host.sys()) {
            Ok((path, behind)) => {
                suffix = behind;
                Ok(path)
            }
            Err(failure) => Err(failure),
        }
    };
    warnings::slashes(Some(&importer), cx)?;
    match found {
        Ok(path) => {
            warn_of_extended(&importer, cx)?;
            Ok(url_of_path(&path) + &suffix)
        }
        Err(Failure::BareTarget(name, _)) if names_builtin(&name, &host) => Ok(format!("node:{name}")),
        Err(failure) => Err(explain(failure, specifier, base_path.as_deref(), &importer, cx)),
    }
}

/// DEP0151: a package whose `main` does not name its file.
fn warn_of_extended(importer: &str, cx: &mut Context) -> JsResult<()> {
    let notes = Host::of(cx).state::<cjs::State>().resolver.notes.take();
    for note in notes {
        let Note::Extended(folder, main, path) = note else { continue };
        // Node warns of what could only be an ES module.
        if formats::declared(&url_of_path(&path), cx)? != Format::Is("module") {
            continue;
        }
        let message = match main {
            Some(main) => {
                let found = path.strip_prefix(&format!("{folder}/")).unwrap_or(&path);
                format!(
                    "Package {folder}/ has a \"main\" field set to \"{main}\", excluding the full filename and extension to the resolved file at \"{found}\", imported from {importer}.\n Automatic extension resolution of the \
                     \"main\" field is deprecated for ES modules."
                )
            }
            None => {
                let found = path.strip_prefix(&format!("{folder}/")).unwrap_or(&path);
                format!(
                    "No \"main\" or \"exports\" field defined in the package.json for {folder}/ resolving the main entry point \"{found}\", imported from {importer}.\nDefault \"index\" lookups for the main are deprecated for ES \
                     modules."
                )
            }
        };
        warnings::emit(&message, Some("DeprecationWarning"), Some("DEP0151"), cx)?;
    }
    Ok(())
}

fn explain(failure: Failure, specifier: &str, base_path: Option<&str>, importer: &str, cx: &mut Context) -> JsError {
    match failure {
        Failure::NotFound => {
            let package = if specifier.starts_with('@') { specifier.splitn(3, '/').take(2).collect::<Vec<_>>().join("/") } else { specifier.split('/').next().unwrap_or(specifier).to_owned() };
            let mut message = format!("Cannot find package '{package}' imported from {importer}");
            if let Some(hint) = base_path.and_then(|base| hint(specifier, base, cx)) {
                message += &format!("\nDid you mean to import \"{hint}\"?");
            }
            errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", message, cx)
        }
        Failure::MissingMain(path) => {
            // Node makes this one in C++, too.
            let message = format!("Cannot find package '{path}' imported from {importer}");
            cjs::with_properties(errors::plain(Base::Error, message), &[("code", js_string!("ERR_MODULE_NOT_FOUND").into())], cx)
        }
        Failure::MissingTarget(path) => {
            if let Some(error) = cjs::denied(&path, cx) {
                return error;
            }
            let mut message = format!("Cannot find module '{path}' imported from {importer}");
            if let Some(hint) = base_path.and_then(|base| hint(specifier, base, cx)) {
                message += &format!("\nDid you mean to import \"{hint}\"?");
            }
            let error = errors::coded(Base::Error, "ERR_MODULE_NOT_FOUND", message, cx);
            cjs::with_properties(error, &[("url", js_string!(url_of_path(&path)).into())], cx)
        }
        Failure::DirectoryImport(path) => {
            let mut message = format!("Directory import '{path}' is not supported resolving ES modules imported from {importer}");
            if let Some(hint) = base_path.and_then(|base| hint(specifier, base, cx)) {
                message += &format!("\nDid you mean to import \"{hint}\"?");
            }
            let error = errors::coded(Base::Error, "ERR_UNSUPPORTED_DIR_IMPORT", message, cx);
            let slash = if specifier.ends_with('/') && !path.ends_with('/') { "/" } else { "" };
            cjs::with_properties(error, &[("url", js_string!(url_of_path(&path) + slash).into())], cx)
        }
        Failure::InvalidConfig(path, message) if message.is_empty() => cjs::invalid_config(&format!("Invalid package config {path} while importing \"{specifier}\" from {importer}."), cx),
        failure => cjs::failure_error(failure, Some(importer), cx),
    }
}

/// What `require` would have found, as an ES module would name it.
fn hint(specifier: &str, base: &str, cx: &Context) -> Option<String> {
    let host = Host::of(cx);
    let state = host.state::<cjs::State>();
    let folder = folder_of(base).to_owned();
    let of_url = specifier.strip_prefix("file:").and_then(|_| path_of_url(specifier));
    let specifier = of_url.as_deref().unwrap_or(specifier);
    let paths = crate::resolve::node_modules_paths(&folder);
    let extensions: Vec<String> = [".js", ".json", ".node"].map(str::to_owned).into();
    let found = state.resolver.require(specifier, &folder, Some(base), &paths, &extensions, host.sys()).ok();
    state.resolver.notes.borrow_mut().clear();
    let found = found.filter(|found| found.starts_with('/'))?;
    let encoded = |path: &str| url_of_path(path).trim_start_matches("file://").to_owned();
    if specifier.starts_with("./") || specifier.starts_with("../") {
        return Some(relative(&folder, &found, &encoded));
    }
    if specifier.starts_with('/') {
        return Some(encoded(&found));
    }
    let name_len = if specifier.starts_with('@') { 2 } else { 1 };
    let name = specifier.split('/').take(name_len).collect::<Vec<_>>().join("/");
    let at = found.rfind(&format!("/node_modules/{name}/"));
    match at {
        Some(at) => Some(encoded(&found[at + "/node_modules/".len()..])),
        None => Some(relative(&folder, &found, &encoded)),
    }
}

/// `to` from the folder `from`: always with `./` or `../` before.
fn relative(from: &str, to: &str, encoded: &dyn Fn(&str) -> String) -> String {
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let folder: Vec<&str> = dirname(to).split('/').filter(|part| !part.is_empty()).collect();
    let same = from.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = from.len() - same;
    let mut parts: Vec<String> = if up == 0 { vec![".".to_owned()] } else { vec!["..".to_owned(); up] };
    parts.extend(folder[same..].iter().map(|part| encoded(part)));
    parts.push(encoded(basename(to)));
    parts.join("/")
}
