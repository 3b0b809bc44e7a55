//! From a file to its exports: `Module._extensions`, the function around a CommonJS text, and `module._compile`.

use boa_engine::{
    Context, JsArgs, JsError, JsNativeErrorKind, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use coil_engine::{
    Host,
    errors::{self, Base},
    source,
    table::Export,
    validate,
};

use super::{MODULE_CLASS, State, class::parent_of, main_module, make_require, replaced, tables};
use crate::{
    esm,
    files::{self, Files, dirname},
    formats, hooks,
    package::PackageKind,
    resolve::node_modules_paths,
    source_map, typescript,
    urls::url_of_path,
    warnings,
};

pub(super) fn prototype_load(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = validate::string(args.get_or_undefined(0), "filename", cx)?.to_std_string_escaped();
    load_module(&this.to_object(cx)?, &path, cx)?;
    Ok(JsValue::undefined())
}

/// `Module.prototype.load`: by the extension's function.
pub(super) fn load_module(module: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
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
fn extension_js(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let module = validate::any_object(args.get_or_undefined(0), "module", cx)?;
    let path = validate::string(args.get_or_undefined(1), "filename", cx)?.to_std_string_escaped();
    load_javascript(&module, &path, cx)?;
    Ok(JsValue::undefined())
}

fn load_javascript(module: &JsObject, path: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let url = if path.starts_with('/') { url_of_path(path) } else { path.to_owned() };
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
    let given_format = hooked.as_ref().and_then(|loaded| loaded.format.as_deref());
    let type_script = match given_format {
        Some(format) => typescript::without_types(format).map(|_| format.to_owned()),
        None => type_script_format(path, cx)?.map(str::to_owned),
    };
    let kind = if let Some(format) = type_script.as_deref().or(given_format) {
        match format {
            "module" | "module-typescript" => PackageKind::Module,
            "typescript" => PackageKind::None,
            _ => PackageKind::CommonJs,
        }
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
    if kind == PackageKind::Module && host.state::<State>().refuses_esm.get() {
        return Err(esm_refused(module, &text, path, cx));
    }
    let tables = tables(cx)?;
    let hook = if kind == PackageKind::Module { None } else { replaced(module, "_compile", &tables.compile, cx)? };
    if let Some(hook) = hook {
        let format = type_script.map_or_else(JsValue::undefined, |format| js_string!(format).into());
        hook.call(&module.clone().into(), &[js_string!(text).into(), js_string!(path).into(), format], cx)?;
        return Ok(());
    }
    let text = if type_script.is_some() { typescript::strip_module(&text, path, cx)? } else { text };
    if kind == PackageKind::Module {
        return esm::require_esm(module, path, &text, cx);
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

/// What the name of a file and its package say of it as TypeScript; nothing where it is none.
fn type_script_format(path: &str, cx: &mut Context) -> JsResult<Option<&'static str>> {
    if !typescript::is_on(cx) {
        return Ok(None);
    }
    Ok(match path {
        path if path.ends_with(".mts") => Some("module-typescript"),
        path if path.ends_with(".cts") => Some("commonjs-typescript"),
        path if path.ends_with(".ts") => Some(match formats::package_kind(path, cx)? {
            PackageKind::Module => "module-typescript",
            PackageKind::CommonJs => "commonjs-typescript",
            PackageKind::None => "typescript",
        }),
        _ => None,
    })
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

pub(super) fn prototype_compile(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let module = this.to_object(cx)?;
    let text = args.get_or_undefined(0).to_string(cx)?.to_std_string_escaped();
    let path = validate::string(args.get_or_undefined(1), "filename", cx)?.to_std_string_escaped();
    let format = args.get_or_undefined(2).as_string().map(|format| format.to_std_string_lossy());
    let text = if format.is_some_and(|format| typescript::without_types(&format).is_some()) { typescript::strip_module(&text, &path, cx)? } else { text };
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
    source_map::note(text, path, cx);
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

pub(super) fn run_wrapper(module: &JsObject, wrapper: &JsFunction, path: &str, cx: &mut Context) -> JsResult<JsValue> {
    let exports = module.get(js_string!("exports"), cx)?;
    let require = make_require(module, cx)?;
    let args = [exports.clone(), require.into(), module.clone().into(), js_string!(path).into(), js_string!(dirname(path)).into()];
    wrapper.call(&exports, &args, cx)
}

/// `Module._extensions['.json']`
fn extension_json(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
fn extension_node(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = args.get_or_undefined(1).to_string(cx)?.to_std_string_escaped();
    Err(errors::coded(Base::Error, "ERR_DLOPEN_FAILED", format!("{path}: coil does not load native add-ons"), cx))
}

/// The table behind `Module._extensions`.
pub const EXTENSIONS: &[Export] = &[Export::renamed(".js", "", 2, extension_js), Export::renamed(".json", "", 2, extension_json), Export::renamed(".node", "", 2, extension_node)];
