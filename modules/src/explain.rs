//! Errors of ES modules, said better than the engine can: what a program that was written as CommonJS runs into.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{Host, op::thrown_value, table};

use crate::{cjs, esm, graph, package::PackageKind, urls::path_of_url};

/// Names of CommonJS that an ES module does not have, and what to do instead where a module awaits at top level.
const NAMES_OF_COMMON_JS: &[(&str, &str)] = &[
    ("require", "replace require() with import"),
    ("module", "use export instead of module.exports/exports"),
    ("exports", "use export instead of module.exports/exports"),
    ("__filename", "use import.meta.filename instead"),
    ("__dirname", "use import.meta.dirname instead"),
];

/// The same promise, whose rejection says more where a name of CommonJS is missed in the module at `url`.
pub(crate) fn rejection(evaluated: &JsPromise, url: &str, cx: &mut Context) -> JsResult<JsPromise> {
    let rejected = table::closure(
        "",
        1,
        js_string!(url),
        |_this, args, url, cx| {
            evaluation(args.get_or_undefined(0), &url.to_std_string_lossy(), cx)?;
            Err(JsError::from_opaque(args.get_or_undefined(0).clone()))
        },
        cx,
    );
    evaluated.then(None, Some(rejected), cx)
}

/// A ReferenceError for a name of CommonJS tells what the module at `url` was taken for, and why.
pub(crate) fn evaluation(reason: &JsValue, url: &str, cx: &mut Context) -> JsResult<()> {
    let Some(error) = reason.as_object() else { return Ok(()) };
    let name = error.get(js_string!("name"), cx)?;
    let message = error.get(js_string!("message"), cx)?;
    let (Some(name), Some(message)) = (name.as_string(), message.as_string()) else { return Ok(()) };
    let message = message.to_std_string_lossy();
    let missing = message.strip_suffix(" is not defined").and_then(|missing| NAMES_OF_COMMON_JS.iter().find(|(known, _)| *known == missing));
    let (true, Some((missing, advice))) = (name == "ReferenceError", missing) else { return Ok(()) };
    if graph::awaits_itself(url, cx) {
        let told = format!(
            "Cannot determine intended module format because both '{missing}' and top-level await are present. If the code is intended to be CommonJS, wrap await in an async function. If the code is intended to be \
             an ES module, {advice}."
        );
        error.set(js_string!("code"), js_string!("ERR_AMBIGUOUS_MODULE_SYNTAX"), true, cx)?;
        return retell(&error, &message, &told, cx);
    }
    let mut told = format!("{message} in ES module scope");
    if *missing == "require" {
        told += ", you can use import instead";
    }
    if let Some(path) = path_of_url(url).filter(|path| path.ends_with(".js")) {
        let host = Host::of(cx);
        let package = host.state::<cjs::State>().resolver.packages.scope(&path, host.sys()).ok().flatten();
        if let Some(package) = package.filter(|package| package.kind == PackageKind::Module) {
            told += &format!(
                "\nThis file is being treated as an ES module because it has a '.js' file extension and '{}/package.json' contains \"type\": \"module\". To treat it as a CommonJS script, rename it to use the '.cjs' file extension.",
                package.folder
            );
        }
    }
    retell(&error, &message, &told, cx)
}

/// Gives an error another message, in its stack too.
fn retell(error: &JsObject, message: &str, told: &str, cx: &mut Context) -> JsResult<()> {
    let stack = error.get(js_string!("stack"), cx)?;
    error.set(js_string!("message"), js_string!(told), true, cx)?;
    if let Some(stack) = stack.as_string() {
        let stack = stack.to_std_string_lossy().replacen(message, told, 1);
        error.set(js_string!("stack"), js_string!(stack), true, cx)?;
    }
    Ok(())
}

/// An error of linking: a name that a CommonJS module is not known to export can be had from its default export.
pub(crate) fn linking(error: JsError, cx: &mut Context) -> JsError {
    let Some((specifier, name, line, importer)) = unresolved(&error, cx) else { return error };
    if !esm::is_common_js(&specifier, &importer, cx) {
        return error;
    }
    let mut told = format!(
        "Named export '{name}' not found. The requested module '{specifier}' is a CommonJS module, which may not support all module.exports as named exports.\nCommonJS modules can always be imported via the default \
         export, for example using:\n\nimport pkg from '{specifier}';\n"
    );
    if let (Some(start), Some(end)) = (line.find('{'), line.rfind('}'))
        && start < end
    {
        told += &format!("const {} = pkg;\n", renamed(&line[start..=end]));
    }
    let message = error.try_native(cx).map(|native| native.message().to_owned()).unwrap_or_default();
    let value = thrown_value(error, cx);
    if let Some(object) = value.as_object()
        && let Err(failed) = retell(&object, &message, &told, cx)
    {
        return failed;
    }
    JsError::from_opaque(value)
}

/// Of a name that a module does not export: the specifier, the name, the line of the import, and the importer's URL.
fn unresolved(error: &JsError, cx: &mut Context) -> Option<(String, String, String, String)> {
    let native = error.try_native(cx).ok()?;
    let rest = native.message().strip_prefix("The requested module '")?;
    let (specifier, name) = rest.split_once("' does not provide an export named '")?;
    let name = name.strip_suffix('\'')?;
    let place = error.syntax_location()?;
    Some((specifier.to_owned(), name.to_owned(), place.source_line.clone().unwrap_or_default(), place.file.clone()?))
}

/// `{ a as b }` of an import as it is written in a destructuring: `{ a: b }`.
fn renamed(names: &str) -> String {
    names.split(" as ").map(str::trim).collect::<Vec<_>>().join(": ")
}
