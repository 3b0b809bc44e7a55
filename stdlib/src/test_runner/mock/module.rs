//! `mock.module(specifier, options)`: what `require` and `import` give in place of a module.
//!
//! `require` is replaced at `Module._load`, `import` by hooks of `module.registerHooks`: a mocked module resolves to a facade, a module
//! whose exports are the mock's.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyDescriptor};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    launch::Launch,
    table::{self, Export, Symbol},
    validate,
};

use super::super::events::Place;
use crate::{events, path::posix, process};

/// `class MockModuleContext`
static MOCK_MODULE_CONTEXT: Class = Class {
    name: "MockModuleContext",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::function("restore", 0, |this, _args, cx| {
        restore(&this.to_object(cx)?, cx);
        Ok(JsValue::undefined())
    })],
    statics: &[],
};

/// What stands for one module.
#[derive(Trace, Finalize, JsData)]
pub(super) struct ModuleMock {
    #[unsafe_ignore_trace]
    url: String,
    named: JsObject,
    default: Option<JsValue>,
    /// Whether each `require` and `import` gives the same.
    #[unsafe_ignore_trace]
    cached: bool,
    exports: GcRefCell<Option<JsValue>>,
    #[unsafe_ignore_trace]
    facade: RefCell<Option<String>>,
}

#[derive(Default)]
struct Mocks {
    /// By the URL of the module.
    active: RefCell<HashMap<String, JsObject>>,
    /// By their own URL, for as long as they may be loaded.
    facades: RefCell<HashMap<String, (JsObject, bool)>>,
    count: Cell<u64>,
    installed: Cell<bool>,
}

/// Facades ask through this for their exports.
const EXPORTS_OF: Symbol = Symbol::For("coil.test.mocks");
const SCHEME: &str = "mock-module:";

/// Whether `--experimental-test-module-mocks` is given: otherwise there is no `mock.module`.
pub(super) fn is_offered(cx: &Context) -> bool {
    let host = Host::of(cx);
    let given = |flags: &str| flags.contains("--experimental-test-module-mocks");
    host.state::<Launch>().exec_argv.borrow().iter().any(|flag| given(flag)) || host.env("NODE_OPTIONS").is_some_and(|options| given(&options))
}

/// `mock.module(specifier[, options])`
pub(super) fn mock_module(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let tracker = super::tracker_of(this, cx)?;
    let specifier = args.get_or_undefined(0);
    let specifier = match specifier.as_object() {
        Some(url) if url.get(js_string!("href"), cx)?.is_string() => url.get(js_string!("href"), cx)?.to_string(cx)?.to_std_string_lossy(),
        _ => validate::string(specifier, "specifier", cx)?.to_std_string_lossy(),
    };
    let options = match args.get_or_undefined(1) {
        given if given.is_undefined() => JsObject::with_null_proto(),
        given => validate::object(given, "options", cx)?,
    };
    let cache = options.get(js_string!("cache"), cx)?;
    let cached = if cache.is_undefined() { false } else { validate::boolean(&cache, "options.cache", cx)? };
    let named = options.get(js_string!("namedExports"), cx)?;
    let named = if named.is_undefined() { JsObject::with_null_proto() } else { validate::object(&named, "options.namedExports", cx)? };
    let default = match options.has_own_property(js_string!("defaultExport"), cx)? {
        true => Some(options.get(js_string!("defaultExport"), cx)?),
        false => None,
    };
    let url = resolved(&specifier, cx)?;
    let mocks = Host::of(cx).state::<Mocks>();
    if mocks.active.borrow().contains_key(&url) {
        let message = format!("Invalid state: Cannot mock '{specifier}'. The module is already mocked.");
        return Err(errors::coded(Base::Error, "ERR_INVALID_STATE", message, cx));
    }
    if !mocks.installed.replace(true) {
        process::emit_warning("Module mocking is an experimental feature and might change at any time", "ExperimentalWarning", None, cx)?;
        install(cx)?;
    }
    let mock = ModuleMock { url: url.clone(), named, default, cached, exports: GcRefCell::new(None), facade: RefCell::default() };
    let context = JsObject::from_proto_and_data(MOCK_MODULE_CONTEXT.prototype(cx)?, mock);
    mocks.active.borrow_mut().insert(url, context.clone());
    super::remember(&tracker, &context);
    Ok(context.into())
}

/// Gives the module itself back.
pub(super) fn restore(context: &JsObject, cx: &Context) {
    let Some(url) = context.downcast_ref::<ModuleMock>().map(|mock| mock.url.clone()) else { return };
    let mocks = Host::of(cx).state::<Mocks>();
    let mut active = mocks.active.borrow_mut();
    if active.get(&url).is_some_and(|current| JsObject::equals(current, context)) {
        active.remove(&url);
    }
}

/// The URL of what a test names, as seen from its file.
fn resolved(specifier: &str, cx: &mut Context) -> JsResult<String> {
    if specifier.starts_with("file:") {
        return Ok(specifier.to_owned());
    }
    let bare = specifier.strip_prefix("node:").unwrap_or(specifier);
    let host = Host::of(cx);
    if host.builtin(bare).is_some() {
        return Ok(format!("node:{bare}"));
    }
    let caller = Place::of_caller(cx).map_or_else(|| format!("{}/[mock]", host.cwd()), |place| place.file);
    let path = if specifier.starts_with('/') {
        specifier.to_owned()
    } else if specifier.starts_with("./") || specifier.starts_with("../") {
        let folder = caller.rsplit_once('/').map_or("/", |(folder, _)| folder);
        String::from_utf8_lossy(&posix::resolve(&[folder.as_bytes(), specifier.as_bytes()])).into_owned()
    } else {
        let Some(module) = host.builtin("module") else { return Ok(specifier.to_owned()) };
        let module = table::instantiate(module, cx)?;
        let require = events::method(&module, "createRequire", &[js_string!(caller).into()], cx)?.to_object(cx)?;
        events::method(&require, "resolve", &[js_string!(specifier).into()], cx)?.to_string(cx)?.to_std_string_lossy()
    };
    url_of(&path, cx)
}

fn url_of(path: &str, cx: &mut Context) -> JsResult<String> {
    let module = table::instantiate(&crate::url::MODULE, cx)?;
    let url = events::method(&module, "pathToFileURL", &[js_string!(path).into()], cx)?.to_object(cx)?;
    Ok(url.get(js_string!("href"), cx)?.to_string(cx)?.to_std_string_lossy())
}

fn active(url: &str, cx: &Context) -> Option<JsObject> {
    Host::of(cx).state::<Mocks>().active.borrow().get(url).cloned()
}

/// Puts itself in front of `require` and `import`.
fn install(cx: &mut Context) -> JsResult<()> {
    let Some(module) = Host::of(cx).builtin("module") else { return Ok(()) };
    let module = table::instantiate(module, cx)?;
    let before = module.get(js_string!("_load"), cx)?.to_object(cx)?;
    let load = table::closure("_load", 3, (module.clone(), before), |this, args, (module, before), cx| load_common(this, args, module, before, cx), cx);
    module.set(js_string!("_load"), load, true, cx)?;
    let hooks = JsObject::with_object_proto(cx.intrinsics());
    let resolve = table::function(|_, args, cx| resolve_hook(args, cx), js_string!("resolve"), 3, cx);
    let load = table::function(|_, args, cx| load_hook(args, cx), js_string!("load"), 3, cx);
    hooks.create_data_property_or_throw(js_string!("resolve"), resolve, cx)?;
    hooks.create_data_property_or_throw(js_string!("load"), load, cx)?;
    events::method(&module, "registerHooks", &[hooks.into()], cx)?;
    let exports_of = table::function(|_, args, cx| exports_of_facade(args, cx), js_string!("exportsOf"), 1, cx);
    let hidden = PropertyDescriptor::builder().value(exports_of).writable(false).enumerable(false).configurable(true);
    let key = EXPORTS_OF.to_js(cx);
    cx.global_object().define_property_or_throw(key, hidden, cx).map(drop)
}

/// `Module._load(request, parent, isMain)`
fn load_common(this: &JsValue, args: &[JsValue], module: &JsObject, before: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let request = given.as_string().map(|request| request.to_std_string_lossy()).unwrap_or_default();
    let bare = request.strip_prefix("node:").unwrap_or(&request);
    let url = if Host::of(cx).builtin(bare).is_some() {
        Some(format!("node:{bare}"))
    } else {
        match events::method(module, "_resolveFilename", args, cx) {
            Ok(path) => Some(url_of(&path.to_string(cx)?.to_std_string_lossy(), cx)?),
            Err(error) if error.as_engine().is_some() => return Err(error),
            // URLs are for `import`.
            Err(error) if request.starts_with("file:") => return Err(error),
            // The loader, or a hook of the program, knows what that is.
            Err(_) => None,
        }
    };
    match url.and_then(|url| active(&url, cx)) {
        Some(context) => common_exports(&context, cx),
        None => before.call(this, args, cx),
    }
}

/// What `require` gives: the default export, with the named ones on it.
fn common_exports(context: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let Some((named, default, cached, made)) = context.downcast_ref::<ModuleMock>().map(|mock| (mock.named.clone(), mock.default.clone(), mock.cached, mock.exports.borrow().clone())) else {
        return Ok(JsValue::undefined());
    };
    if let Some(made) = made.filter(|_| cached) {
        return Ok(made);
    }
    let exports = default.unwrap_or_else(|| JsObject::with_object_proto(cx.intrinsics()).into());
    let keys = named.own_property_keys(cx)?;
    if !keys.is_empty() {
        let Some(object) = exports.as_object() else {
            return Err(errors::plain(Base::Error, "Cannot create mock because named exports cannot be applied to the provided default export."));
        };
        for key in keys {
            let value = named.get(key.clone(), cx)?;
            object.set(key, value, true, cx)?;
        }
    }
    if let Some(mock) = context.downcast_ref::<ModuleMock>() {
        *mock.exports.borrow_mut() = Some(exports.clone());
    }
    Ok(exports)
}

fn text(object: &JsObject, name: &'static str, cx: &mut Context) -> JsResult<String> {
    let value = object.get(js_string!(name), cx)?;
    Ok(value.as_string().map(|value| value.to_std_string_lossy()).unwrap_or_default())
}

/// `resolve(specifier, context, nextResolve)`
fn resolve_hook(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let next = args.get_or_undefined(2).to_object(cx)?;
    let result = next.call(&JsValue::undefined(), &args[..args.len().min(2)], cx)?;
    let Some(found) = result.as_object() else { return Ok(result) };
    let url = text(&found, "url", cx)?;
    let Some(context) = active(&url, cx) else { return Ok(result) };
    let is_json = url.ends_with(".json");
    if is_json {
        let attributes = args.get_or_undefined(1).to_object(cx)?.get(js_string!("importAttributes"), cx)?;
        let asks = match attributes.as_object() {
            Some(attributes) => text(&attributes, "type", cx)? == "json",
            None => false,
        };
        if !asks {
            return Ok(result);
        }
    }
    // Of a CommonJS module the default export is what `require` gives.
    let format = text(&found, "format", cx)?;
    let common = url.starts_with("node:") || format == "commonjs" || format.is_empty() && !url.ends_with(".mjs") && !is_json;
    let mocks = Host::of(cx).state::<Mocks>();
    let kept = context.downcast_ref::<ModuleMock>().and_then(|mock| if mock.cached { mock.facade.borrow().clone() } else { None });
    let facade = kept.unwrap_or_else(|| {
        let number = mocks.count.get() + 1;
        mocks.count.set(number);
        format!("{SCHEME}{number}{}", if is_json { ".json" } else { "" })
    });
    if let Some(mock) = context.downcast_ref::<ModuleMock>() {
        *mock.facade.borrow_mut() = Some(facade.clone());
    }
    mocks.facades.borrow_mut().insert(facade.clone(), (context, common));
    let answer = JsObject::with_object_proto(cx.intrinsics());
    answer.create_data_property_or_throw(js_string!("url"), js_string!(facade), cx)?;
    answer.create_data_property_or_throw(js_string!("format"), js_string!(if is_json { "json" } else { "module" }), cx)?;
    answer.create_data_property_or_throw(js_string!("shortCircuit"), true, cx)?;
    Ok(answer.into())
}

/// `load(url, context, nextLoad)`
fn load_hook(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let url = args.get_or_undefined(0).as_string().map(|url| url.to_std_string_lossy()).unwrap_or_default();
    let facade = Host::of(cx).state::<Mocks>().facades.borrow().get(&url).cloned();
    let Some((context, common)) = facade else {
        let next = args.get_or_undefined(2).to_object(cx)?;
        return next.call(&JsValue::undefined(), &args[..args.len().min(2)], cx);
    };
    let is_json = url.ends_with(".json");
    let (named, default) = match context.downcast_ref::<ModuleMock>() {
        Some(mock) => (mock.named.clone(), mock.default.clone()),
        None => return Ok(JsValue::undefined()),
    };
    let source: JsString = if is_json {
        let json = cx.global_object().get(js_string!("JSON"), cx)?.to_object(cx)?;
        events::method(&json, "stringify", &[default.unwrap_or_else(JsValue::null)], cx)?.to_string(cx)?
    } else {
        if common {
            // Fails now where the exports do not fit together.
            common_exports(&context, cx)?;
        }
        let names: Vec<String> = named.own_property_keys(cx)?.iter().map(ToString::to_string).filter(|name| name != "default").collect();
        js_string!(facade_source(&url, &names, common || default.is_some()))
    };
    let answer = JsObject::with_object_proto(cx.intrinsics());
    answer.create_data_property_or_throw(js_string!("format"), js_string!(if is_json { "json" } else { "module" }), cx)?;
    answer.create_data_property_or_throw(js_string!("source"), source, cx)?;
    answer.create_data_property_or_throw(js_string!("shortCircuit"), true, cx)?;
    Ok(answer.into())
}

/// A module that has the exports of a mock.
fn facade_source(url: &str, names: &[String], has_default: bool) -> String {
    let mut source = format!("const mock = globalThis[Symbol.for('coil.test.mocks')]({url:?});\n");
    if has_default {
        source += "export default mock.default;\n";
    }
    for (index, name) in names.iter().enumerate() {
        source += &format!("const export{index} = mock.named[{name:?}];\nexport {{ export{index} as {name:?} }};\n");
    }
    source
}

/// The exports of a facade, for itself.
fn exports_of_facade(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let url = args.get_or_undefined(0).as_string().map(|url| url.to_std_string_lossy()).unwrap_or_default();
    let facade = Host::of(cx).state::<Mocks>().facades.borrow().get(&url).cloned();
    let Some((context, common)) = facade else { return Ok(JsValue::undefined()) };
    let Some((named, default)) = context.downcast_ref::<ModuleMock>().map(|mock| (mock.named.clone(), mock.default.clone())) else { return Ok(JsValue::undefined()) };
    let default = if common { common_exports(&context, cx)? } else { default.unwrap_or_default() };
    let exports = JsObject::with_null_proto();
    exports.create_data_property_or_throw(js_string!("named"), named, cx)?;
    exports.create_data_property_or_throw(js_string!("default"), default, cx)?;
    Ok(exports.into())
}

#[cfg(test)]
mod tests {
    use super::facade_source;

    #[test]
    fn names_of_exports_are_quoted() {
        let source = facade_source("mock-module:1", &["a b".to_owned()], true);
        assert!(source.contains("export { export0 as \"a b\" };"), "{source}");
        assert!(source.contains("export default mock.default;"), "{source}");
    }
}
