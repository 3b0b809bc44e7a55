//! The options of scripts, runs and contexts, checked in Node's order.

use std::time::{Duration, Instant};

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    limits::{Meter, Stop},
    object::builtins::JsFunction,
    realm::Realm,
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, errors,
    import_hooks::{ImportHooks, ScriptImports},
    table::Symbol,
    validate,
};

use super::interrupt;

/// `vm.constants.DONT_CONTEXTIFY`
pub(super) const DONT_CONTEXTIFY: Symbol = Symbol::Private("vm_context_no_contextify");
/// `vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER`
pub(super) const DEFAULT_LOADER: Symbol = Symbol::Private("vm_dynamic_import_main_context_default");

/// Where a source says it comes from.
#[derive(Clone, Default)]
pub(super) struct Origin {
    pub(super) filename: String,
    pub(super) line: i32,
    pub(super) column: i32,
    pub(super) cached: Option<Vec<u8>>,
    pub(super) produce_cached: bool,
}

fn get(options: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    options.get(boa_engine::JsString::from(key), cx)
}

/// A given option, or nothing where it is undefined.
fn given<T>(options: &JsObject, key: &'static str, name: &str, check: impl FnOnce(&JsValue, &str, &mut Context) -> JsResult<T>, cx: &mut Context) -> JsResult<Option<T>> {
    let value = get(options, key, cx)?;
    if value.is_undefined() { Ok(None) } else { check(&value, name, cx).map(Some) }
}

fn whole(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<i32> {
    validate::int32(value, name, i32::MIN, i32::MAX, cx)
}

fn bytes(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    let range = value.as_object().and_then(|object| boa_engine::bytes::ByteRange::of(&object));
    match range {
        Some(range) => Ok(range.to_vec()),
        None => Err(errors::invalid_arg_type(name, "Buffer|TypedArray|DataView", value, cx)),
    }
}

/// Options of `new vm.Script`: a file name, or an object.
pub(super) fn of_script(options: &JsValue, cx: &mut Context) -> JsResult<Origin> {
    let unnamed = || Origin { filename: UNNAMED.to_owned(), ..Origin::default() };
    if let Some(filename) = options.as_string() {
        return Ok(Origin { filename: filename.to_std_string_lossy(), ..Origin::default() });
    }
    let Some(options) = validate::options(options, "options", cx)? else { return Ok(unnamed()) };
    let filename = given(&options, "filename", "options.filename", validate::string, cx)?;
    let line = given(&options, "lineOffset", "options.lineOffset", whole, cx)?.unwrap_or(0);
    let column = given(&options, "columnOffset", "options.columnOffset", whole, cx)?.unwrap_or(0);
    let cached = given(&options, "cachedData", "options.cachedData", bytes, cx)?;
    let produce_cached = given(&options, "produceCachedData", "options.produceCachedData", validate::boolean, cx)?.unwrap_or(false);
    check_import(&options, cx)?;
    Ok(Origin { filename: filename.map_or_else(|| UNNAMED.to_owned(), |name| name.to_std_string_lossy()), line, column, cached, produce_cached })
}

fn check_import(options: &JsObject, cx: &mut Context) -> JsResult<()> {
    import_given(options, cx).map(drop)
}

/// `importModuleDynamically`
#[derive(Clone, Default, Trace, Finalize)]
pub(super) enum Import {
    #[default]
    None,
    Default,
    Callback(JsFunction),
}

impl Import {
    /// From now on this answers for code from strings in the realm, which is that of `context`.
    pub(super) fn answer_realm(&self, realm: &Realm, context: &JsObject, cx: &Context) {
        let imports = match self {
            Self::Callback(callback) => ScriptImports::Callback(callback.clone(), context.clone().into()),
            Self::Default => ScriptImports::Default,
            Self::None => return,
        };
        Host::of(cx).state::<ImportHooks>().realms.borrow_mut().push((realm.clone(), imports));
    }

    /// From now on this answers for the script of that name.
    pub(super) fn answer(&self, filename: &str, importer: &JsValue, cx: &mut Context) -> JsResult<()> {
        let hooks = Host::of(cx).state::<ImportHooks>();
        let imports = match self {
            Self::Callback(callback) => ScriptImports::Callback(callback.clone(), importer.clone()),
            Self::Default => ScriptImports::Default,
            // A name that may be a file's is that file's.
            Self::None if filename.starts_with('/') || filename.starts_with("file:") => {
                hooks.scripts.borrow_mut().remove(filename);
                return Ok(());
            }
            Self::None => ScriptImports::Missing,
        };
        hooks.scripts.borrow_mut().insert(filename.to_owned(), imports);
        Ok(())
    }
}

fn import_given(options: &JsObject, cx: &mut Context) -> JsResult<Import> {
    let import = get(options, "importModuleDynamically", cx)?;
    if import.is_undefined() {
        return Ok(Import::None);
    }
    if import.as_symbol().is_some_and(|symbol| symbol == DEFAULT_LOADER.to_js(cx)) {
        return Ok(Import::Default);
    }
    validate::function(&import, "options.importModuleDynamically", cx).map(Import::Callback)
}

/// `importModuleDynamically` of the options of a script.
pub(super) fn imports(options: &JsValue, cx: &mut Context) -> JsResult<Import> {
    let import = match options.as_object() {
        Some(options) => import_given(&options, cx)?,
        None => Import::None,
    };
    if matches!(import, Import::Default) {
        let told = Host::of(cx).state::<Told>();
        if !told.0.replace(true) {
            crate::process::emit_warning("vm.USE_MAIN_CONTEXT_DEFAULT_LOADER is an experimental feature and might change at any time", "ExperimentalWarning", None, cx)?;
        }
    }
    Ok(import)
}

/// `importModuleDynamically` of the options of a module.
pub(super) fn import_of(options: &JsObject, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    Ok(match &import_given(options, cx)? {
        Import::Callback(callback) => Some(callback.clone()),
        Import::Default | Import::None => None,
    })
}

/// Whether the default loader's warning was given.
#[derive(Default)]
struct Told(std::cell::Cell<bool>);

/// Options of one run.
#[derive(Default)]
pub(super) struct Run {
    /// Milliseconds.
    pub(super) timeout_ms: Option<u32>,
    /// `displayErrors: false`: stacks of errors stay as they are.
    pub(super) hides_errors: bool,
    pub(super) break_on_sigint: bool,
}

impl Run {
    /// Runs `body`, and stops it when its time is over or the user interrupts it.
    pub(super) fn limited<T>(&self, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> JsResult<T> {
        if !self.break_on_sigint {
            return self.timed(cx, body);
        }
        let Ok(watch) = interrupt::Watch::start() else { return self.timed(cx, body) };
        let result = self.timed(cx, body);
        let interrupted = watch.end();
        match result {
            Err(error) if interrupted && error.stop() == Some(Stop::Interrupted) => {
                Meter::current().resume();
                Err(errors::coded(errors::Base::Error, "ERR_SCRIPT_EXECUTION_INTERRUPTED", "Script execution was interrupted by `SIGINT`", cx))
            }
            result => result,
        }
    }

    /// A limit of the whole runtime that ends earlier stays one.
    fn timed<T>(&self, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> JsResult<T> {
        let Some(timeout_ms) = self.timeout_ms else { return body(cx) };
        let (meter, timeout, began) = (Meter::current(), Duration::from_millis(timeout_ms.into()), Instant::now());
        let outer = meter.time_left();
        if outer.is_some_and(|outer| outer <= timeout) {
            return body(cx);
        }
        meter.set_time(Some(timeout));
        let result = body(cx);
        meter.set_time(outer.map(|outer| outer.saturating_sub(began.elapsed())));
        match result {
            Err(error) if error.stop() == Some(Stop::Time) => Err(errors::script_execution_timeout(timeout_ms, cx)),
            result => result,
        }
    }
}

pub(super) fn of_run(options: &JsValue, cx: &mut Context) -> JsResult<Run> {
    let Some(options) = validate::options(options, "options", cx)? else { return Ok(Run::default()) };
    let timeout_ms = given(&options, "timeout", "options.timeout", |value, name, cx| validate::uint32(value, name, true, cx), cx)?;
    let display = given(&options, "displayErrors", "options.displayErrors", validate::boolean, cx)?;
    let break_on_sigint = given(&options, "breakOnSigint", "options.breakOnSigint", validate::boolean, cx)?.unwrap_or(false);
    Ok(Run { timeout_ms, hides_errors: display == Some(false), break_on_sigint })
}

/// Options of a context.
pub(super) struct Of {
    pub(super) own_microtasks: bool,
    pub(super) strings: bool,
    pub(super) import: Import,
}

/// `vm.createContext(object, options)`; for `runInNewContext` the names begin with `context`.
pub(super) fn of_context(options: &JsValue, new_context: bool, cx: &mut Context) -> JsResult<Of> {
    let mut of = Of { own_microtasks: false, strings: true, import: Import::None };
    let Some(options) = validate::options(options, "options", cx)? else { return Ok(of) };
    let (name, origin, code) = if new_context { ("contextName", "contextOrigin", "contextCodeGeneration") } else { ("name", "origin", "codeGeneration") };
    given(&options, name, &format!("options.{name}"), validate::string, cx)?;
    given(&options, origin, &format!("options.{origin}"), validate::string, cx)?;
    if let Some(generation) = given(&options, code, &format!("options.{code}"), validate::object, cx)? {
        of.strings = given(&generation, "strings", &format!("options.{code}.strings"), validate::boolean, cx)?.unwrap_or(true);
        given(&generation, "wasm", &format!("options.{code}.wasm"), validate::boolean, cx)?;
    }
    let mode = get(&options, "microtaskMode", cx)?;
    if !mode.is_undefined() {
        if !mode.as_string().is_some_and(|mode| mode == "afterEvaluate") {
            return Err(errors::invalid_arg_value("options.microtaskMode", &mode, "must be one of: 'afterEvaluate', undefined", cx));
        }
        of.own_microtasks = true;
    }
    of.import = imports(&options.into(), cx)?;
    Ok(of)
}

/// What a source without a name is called.
pub(super) const UNNAMED: &str = "evalmachine.<anonymous>";
