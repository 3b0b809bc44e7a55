//! From a URL to a module: what stands there, by its format.
//!
//! ES modules are parsed; JSON, built-ins and CommonJS files become modules whose exports are filled in when they are evaluated.

use std::path::Path;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, Module, js_string, module::SyntheticModuleInitializer, property::PropertyKey};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    errors::{self, Base},
    source,
};

use super::{State, wasm};
use crate::{
    cjs,
    files::Files,
    formats::{self, Format, check_attributes, extension, mime_of},
    graph, hooks, lexer, source_map, typescript,
    urls::{data_body, path_of_url, url_of_path},
};

/// The module of what a hook loaded.
pub(super) fn of_hook(url: &str, loaded: hooks::Loaded, cx: &mut Context) -> JsResult<Module> {
    let format = loaded.format.as_deref().unwrap_or_default();
    if format == "builtin" {
        let name = url.strip_prefix("node:").unwrap_or(url);
        return builtin(name, url, cx);
    }
    let path = path_of_url(url).unwrap_or_else(|| url.to_owned());
    let text = loaded.source.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let (format, text) = match (typescript::without_types(format), text) {
        (Some(format), Some(text)) => (format.unwrap_or("commonjs"), Some(typescript::strip_module(&text, url, cx)?)),
        (_, text) => (format, text),
    };
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

/// The module at `url`, by its declared format.
pub(super) fn make(url: &str, kind: Option<&str>, format: Option<&str>, cx: &mut Context) -> JsResult<Module> {
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
        Some("wasm") => Format::Is("wasm"),
        Some("module-typescript") => Format::Is("module-typescript"),
        Some("commonjs-typescript") => Format::Is("commonjs-typescript"),
        _ => formats::declared(url, cx)?,
    };
    check_attributes(url, if declared == Format::Is("json") { "json" } else { "module" }, kind, cx)?;
    if declared == Format::Is("wasm") {
        return wasm::module(&path, url, cx);
    }
    let text = Files::text(&path, host.sys()).map_err(|error| errors::system(&error, cx))?;
    let text = match &declared {
        Format::Is(format) if typescript::without_types(format).is_some() => typescript::strip_module(&text, url, cx)?,
        Format::BySyntax(path) if formats::is_type_script(path) => typescript::strip_module(&text, path, cx)?,
        _ => text,
    };
    match declared {
        Format::Is("json") => json(&text, &path, url, cx),
        Format::Is("module" | "module-typescript") => parse(&text, url, cx),
        Format::Is("commonjs" | "commonjs-typescript") => common_js(&text, &path, url, cx),
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
    source_map::note(text, url, cx);
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
        exports.clone(),
    );
    let module = Module::synthetic(&names, initializer, Some(url.into()), None, cx);
    Host::of(cx).state::<State>().builtins.borrow_mut().push((module.clone(), exports));
    Ok(module)
}

/// Gives the exports of the built-ins that were imported the values that their objects have by now. No name comes or goes.
pub(crate) fn sync_builtins(cx: &mut Context) -> JsResult<()> {
    let builtins = Host::of(cx).state::<State>().builtins.borrow().clone();
    for (module, exports) in builtins {
        for name in module.synthetic_names() {
            if name == js_string!("default") {
                continue;
            }
            let value = match exports.has_own_property(name.clone(), cx)? {
                true => exports.get(name.clone(), cx)?,
                false => JsValue::undefined(),
            };
            // One that nobody has linked yet takes the values when it runs.
            let _ = module.set_export(&name, value);
        }
    }
    Ok(())
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
    let is_type_script = typescript::is_on(cx);
    // What Node advises where a name is missing, it advises for JavaScript alone.
    if !is_type_script || ![".ts", ".cts"].contains(&extension(path)) {
        host.state::<State>().common_js.borrow_mut().insert(url.to_owned());
    }
    let names = lexer::export_names(text, path, &|request, from| {
        let state = host.state::<cjs::State>();
        let folder = crate::files::dirname(from).to_owned();
        let paths = crate::resolve::node_modules_paths(&folder);
        let extensions: Vec<String> = [".js", ".json", ".node"].map(str::to_owned).into();
        let found = state.resolver.require(request, &folder, Some(from), &paths, &extensions, host.sys()).ok()?;
        let text = Files::text(&found, host.sys()).ok()?;
        let stripped = if is_type_script && [".ts", ".cts"].contains(&extension(&found)) { coil_typescript::strip(&text).ok() } else { None };
        Some((stripped.unwrap_or(text), found))
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
