//! How a specifier becomes code: resolution, packages, CommonJS, ES modules, `node:module`.
//!
//! [`run_main`] is the entry point: it runs a file as `coil file.js` does. [`resolve`] and [`package`] hold the algorithms and know no
//! JavaScript; [`cjs`] and [`esm`] run what they find.

pub mod cjs;
mod cycle;
pub mod esm;
mod explain;
pub mod files;
mod formats;
mod graph;
pub mod hooks;
mod lexer;
pub mod mapped_stacks;
mod module;
pub mod package;
pub mod resolve;
mod source_map;
mod tracing;
mod typescript;
pub mod urls;
mod vm_imports;
mod warnings;

use boa_engine::{Context, JsError, JsResult, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{Host, Origin, errors, table};

pub use esm::Loader;
pub use module::{MODULE, preload};
pub use package::{ScriptProblem, script as package_script};
pub use typescript::Text;

use crate::{
    files::{Files, Kind},
    package::PackageKind,
};

/// Runs the file at `path` (absolute or relative to the working directory) as the program: CommonJS or ES module, by Node's rules.
///
/// An error of the file is returned; one of a module that awaits at top level goes to the uncaught-error handler later.
pub fn run_main(path: &str, cx: &mut Context) -> JsResult<()> {
    if let Some(replaced) = cjs::replaced_run_main(cx)? {
        Host::of(cx).note("bootstrapComplete");
        let constructor = cjs::MODULE_CLASS.constructor(cx)?;
        return replaced.call(&constructor.into(), &[js_string!(path).into()], cx).map(drop);
    }
    run_file(path, cx)
}

/// [`run_main`], whatever `Module.runMain` is.
pub(crate) fn run_file(path: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    host.note("bootstrapComplete");
    let cwd = host.cwd();
    let absolute = files::resolve(&cwd, path);
    let state = host.state::<cjs::State>();
    // The program's file is known by its real name, unless `--preserve-symlinks-main` says otherwise.
    let preserves = state.resolver.files.preserve.replace(state.resolver.files.preserve_main.get());
    let result = run_absolute(path, &absolute, preserves, cx);
    state.resolver.files.preserve.set(preserves);
    result
}

fn run_absolute(path: &str, absolute: &str, preserves: bool, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let state = host.state::<cjs::State>();
    let extensions: Vec<String> = [".js", ".json", ".node", ".mjs"].map(str::to_owned).into();
    let folder_only = path.ends_with('/');
    let found = state.resolver.path(absolute, folder_only, &extensions[..3], host.sys());
    state.resolver.notes.borrow_mut().clear();
    let Ok(Some(found)) = found else {
        // The way through `Module._resolveFilename` gives Node's error.
        return cjs::load(&js_string!(absolute), &JsValue::null(), true, cx).map(|_| ());
    };
    state.resolver.files.preserve.set(preserves);
    let is_module = match files::basename(&found).rsplit_once('.').map(|(_, extension)| extension) {
        Some("mjs" | "wasm") => true,
        Some("mts") if typescript::is_on(cx) => true,
        Some("cts") if typescript::is_on(cx) => false,
        Some("cjs" | "json" | "node") => false,
        _ => {
            let package = state.resolver.packages.scope(&found, host.sys());
            package.map_err(|failure| cjs::failure_error(failure, None, cx))?.is_some_and(|package| package.kind == PackageKind::Module)
        }
    };
    let hooked = state.imports_main.get() && hooks::any(cx);
    if is_module || hooked {
        let evaluated = esm::run_main(&found, cx)?;
        watch_main(evaluated, cx);
        return Ok(());
    }
    if state.resolver.files.preserve_main.get() == preserves {
        return cjs::load(&js_string!(found), &JsValue::null(), true, cx).map(|_| ());
    }
    cjs::load_resolved(&js_string!(found), cx)
}

/// Reports the rejection of the program's own module; remembers that it is still awaiting.
pub fn watch_main(evaluated: JsPromise, cx: &mut Context) {
    let host = Host::of(cx);
    let state = host.state::<MainPromise>();
    *state.0.borrow_mut() = Some(evaluated.clone());
    let rejected = table::function(
        |_this, args, cx| {
            let reason = args.first().cloned().unwrap_or_default();
            Host::of(cx).report(JsError::from_opaque(reason), Origin::Rejection, cx);
            Ok(JsValue::undefined())
        },
        js_string!(),
        1,
        cx,
    );
    // `then` on a promise of the engine's own cannot fail but for a limit, which ends the run anyway.
    let _ = evaluated.catch(rejected, cx);
}

#[derive(Default)]
struct MainPromise(std::cell::RefCell<Option<JsPromise>>);

/// What is said where the program's ES module still awaits at the end of the loop, which is exit code 13.
pub fn pending_main(cx: &Context) -> Option<String> {
    let state = Host::of(cx).state::<MainPromise>();
    let promise = state.0.borrow().clone()?;
    if !matches!(promise.state(), boa_engine::builtins::promise::PromiseState::Pending) {
        return None;
    }
    let place = esm::main_url(cx).and_then(|url| graph::place_of_await(&url, cx)).unwrap_or_default();
    Some(format!("Warning: Detected unsettled top-level await{place}\n"))
}

/// Names of built-in modules as globals, for `-e`, `-p` and the like: each is loaded when it is first used. `crypto` is the module there, not
/// the global of the web.
pub fn offer_builtins(cx: &mut Context) -> JsResult<()> {
    let global = cx.global_object();
    for module in Host::of(cx).builtins() {
        let name = module.name;
        if name.starts_with('_') || name.contains('/') || NOT_OFFERED.contains(&name) || name != "crypto" && global.has_own_property(js_string!(name), cx)? {
            continue;
        }
        let get = coil_engine::table::closure(
            name,
            0,
            js_string!(name),
            |this, _args, name, cx| {
                let value = match cjs::builtin(&name.to_std_string_escaped(), cx)? {
                    Some(value) => value,
                    None => JsValue::undefined(),
                };
                keep_global(this, name, value.clone(), cx)?;
                Ok(value)
            },
            cx,
        );
        let set = coil_engine::table::closure(
            name,
            1,
            js_string!(name),
            |this, args, name, cx| {
                keep_global(this, name, args.first().cloned().unwrap_or_default(), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        let accessor = boa_engine::property::PropertyDescriptor::builder().get(get).set(set).enumerable(false).configurable(true);
        global.define_property_or_throw(js_string!(name), accessor, cx)?;
    }
    Ok(())
}

fn keep_global(this: &JsValue, name: &boa_engine::JsString, value: JsValue, cx: &mut Context) -> JsResult<()> {
    let target = this.as_object().unwrap_or_else(|| cx.global_object());
    let data = boa_engine::property::PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    target.define_property_or_throw(name.clone(), data, cx).map(drop)
}

/// Those that Node does not offer either.
const NOT_OFFERED: &[&str] = &["sys", "wasi", "process", "console", "module", "test", "sea", "sqlite", "constants"];

/// Runs a text as `-e` does: as CommonJS with `require` of the working directory, its value returned.
pub fn run_text(text: &str, name: &str, cx: &mut Context) -> JsResult<JsValue> {
    let script = coil_engine::source::script(text, std::path::Path::new(name), None, cx)?;
    run_script(&script, name, cx)
}

/// [`run_text`], for a text that was compiled: one that is an ES module must not find these names.
pub fn run_script(script: &boa_engine::Script, name: &str, cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let cwd = host.cwd();
    let module = cjs::new_module(&js_string!(name).into(), &JsValue::undefined(), cx)?;
    let filename: JsValue = js_string!(format!("{cwd}/{name}")).into();
    module.set(js_string!("filename"), filename, true, cx)?;
    let paths: Vec<JsValue> = resolve::node_modules_paths(&cwd).into_iter().map(|path| js_string!(path).into()).collect();
    let paths = boa_engine::object::builtins::JsArray::from_iter(paths, cx);
    module.set(js_string!("paths"), paths, true, cx)?;
    let global = cx.global_object();
    let require = cjs::make_require(&module, cx)?;
    let exports = module.get(js_string!("exports"), cx)?;
    for (key, value) in [("module", JsValue::from(module)), ("exports", exports), ("require", require.into()), ("__filename", js_string!(name).into()), ("__dirname", js_string!(".").into())] {
        let descriptor = boa_engine::property::PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
        global.define_property_or_throw(js_string!(key), descriptor, cx)?;
    }
    script.evaluate(cx)
}

/// Whether a text can only be an ES module; decides for `-e` and piped programs as syntax detection does for files.
pub fn is_module_text(text: &str, error: &JsError, cx: &mut Context) -> bool {
    formats::is_module_syntax(text, "/[eval1]", error, cx)
}

/// Reads a program's text through the door, with Node's error.
pub fn read_text(path: &str, cx: &mut Context) -> JsResult<String> {
    let host = Host::of(cx);
    Files::text(path, host.sys()).map_err(|error| errors::system(&error, cx))
}

/// Whether `path` is a directory.
pub fn is_directory(path: &str, cx: &Context) -> bool {
    let host = Host::of(cx);
    host.state::<cjs::State>().resolver.files.kind(path, host.sys()) == Kind::Directory
}
