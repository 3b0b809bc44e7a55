//! `node:console`, and the global `console`.
//!
//! The global console writes to the descriptors 1 and 2 at once, without a stream, until a script has touched `process.stdout` or
//! `process.stderr` in a way that matters: see [`streams`]. A `Console` made by a script writes to the streams it was given.
//!
//! Differs from Node: `profile`, `profileEnd`, `timeStamp` and the methods of `console.context()` have no inspector to speak to and do
//! nothing.

mod inspector;
mod methods;
mod streams;
mod table;
mod time;

use std::cell::{Cell, OnceCell, RefCell};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue, Trace,
    introspect::ObjectKind,
    js_string,
    object::builtins::JsMap,
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule, Symbol, define_all},
    validate,
};
use rustc_hash::FxHashMap;

pub(crate) use streams::{Fd, stdio_made, write_warning};

/// `require('console')` is the global console.
pub static MODULE: NativeModule = NativeModule { name: "console", exports: &[Export::build("=", global_value)] };

/// `Console`
pub static CONSOLE: Class = Class {
    name: "Console",
    length: 1,
    extends: Parent::None,
    kind: Kind::Callable,
    init: construct,
    prototype: &[
        Export::function("log", 0, methods::log).method(),
        Export::function("info", 0, methods::info).method(),
        Export::function("debug", 0, methods::debug).method(),
        Export::function("warn", 0, methods::warn).method(),
        Export::function("error", 0, methods::error).method(),
        Export::function("dir", 2, methods::dir).method(),
        Export::function("time", 0, time::time).method(),
        Export::function("timeEnd", 0, time::time_end).method(),
        Export::function("timeLog", 0, time::time_log).method(),
        Export::function("trace", 0, methods::trace).method(),
        Export::function("assert", 1, methods::assert).method(),
        Export::function("clear", 0, methods::clear).method(),
        Export::function("count", 0, methods::count).method(),
        Export::function("countReset", 0, methods::count_reset).method(),
        Export::function("group", 0, methods::group).method(),
        Export::function("groupEnd", 0, methods::group_end).method(),
        Export::function("table", 2, table::table).method(),
        Export::alias("dirxml", "log"),
        Export::alias("groupCollapsed", "group"),
    ],
    statics: &[Export::symbol(Symbol::HasInstance, "value", 1, has_instance).enumerable(false).read_only().permanent()],
};

/// The methods of the global console: each acts on it whatever its `this` is.
static GLOBAL: &[Export] = &[
    Export::function("log", 0, |_, args, cx| methods::log(&global_this(cx)?, args, cx)).method(),
    Export::function("info", 0, |_, args, cx| methods::info(&global_this(cx)?, args, cx)).method(),
    Export::function("debug", 0, |_, args, cx| methods::debug(&global_this(cx)?, args, cx)).method(),
    Export::function("warn", 0, |_, args, cx| methods::warn(&global_this(cx)?, args, cx)).method(),
    Export::function("error", 0, |_, args, cx| methods::error(&global_this(cx)?, args, cx)).method(),
    Export::function("dir", 0, |_, args, cx| methods::dir(&global_this(cx)?, args, cx)).method(),
    Export::function("time", 0, |_, args, cx| time::time(&global_this(cx)?, args, cx)).method(),
    Export::function("timeEnd", 0, |_, args, cx| time::time_end(&global_this(cx)?, args, cx)).method(),
    Export::function("timeLog", 0, |_, args, cx| time::time_log(&global_this(cx)?, args, cx)).method(),
    Export::function("trace", 0, |_, args, cx| methods::trace(&global_this(cx)?, args, cx)).method(),
    Export::function("assert", 0, |_, args, cx| methods::assert(&global_this(cx)?, args, cx)).method(),
    Export::function("clear", 0, |_, args, cx| methods::clear(&global_this(cx)?, args, cx)).method(),
    Export::function("count", 0, |_, args, cx| methods::count(&global_this(cx)?, args, cx)).method(),
    Export::function("countReset", 0, |_, args, cx| methods::count_reset(&global_this(cx)?, args, cx)).method(),
    Export::function("group", 0, |_, args, cx| methods::group(&global_this(cx)?, args, cx)).method(),
    Export::function("groupEnd", 0, |_, args, cx| methods::group_end(&global_this(cx)?, args, cx)).method(),
    Export::function("table", 0, |_, args, cx| table::table(&global_this(cx)?, args, cx)).method(),
    Export::function("dirxml", 0, |_, args, cx| methods::log(&global_this(cx)?, args, cx)).method(),
    Export::function("groupCollapsed", 0, |_, args, cx| methods::group(&global_this(cx)?, args, cx)).method(),
];

/// What the global console has after its state.
static GLOBAL_MORE: &[Export] = &[
    Export::class(&CONSOLE),
    Export::function("profile", 0, inspector::nothing).method(),
    Export::function("profileEnd", 0, inspector::nothing).method(),
    Export::function("timeStamp", 0, inspector::nothing).method(),
    Export::function("context", 1, inspector::context).method(),
    Export::function("createTask", 0, inspector::create_task).method(),
    Export::accessor("_stdout", streams::stdout, streams::set_stdout).enumerable(false),
    Export::accessor("_stderr", streams::stderr, streams::set_stderr).enumerable(false),
];

/// What a console knows beside its visible properties.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    counts: RefCell<FxHashMap<JsString, u64>>,
    #[unsafe_ignore_trace]
    color_mode: ColorMode,
    #[unsafe_ignore_trace]
    group_width: usize,
    /// Spaces in front of every line.
    #[unsafe_ignore_trace]
    group: Cell<usize>,
    /// Streams and the options for what goes to them.
    inspect_options: Vec<(JsValue, JsObject)>,
    /// The descriptors are written to without streams.
    #[unsafe_ignore_trace]
    is_global: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColorMode {
    Auto,
    Always,
    Never,
}

/// The global console of a host.
#[derive(Default)]
struct Global(OnceCell<(JsObject, JsObject<State>)>);

/// The global console.
pub(crate) fn global(cx: &mut Context) -> JsResult<JsObject> {
    let cell = Host::of(cx).state::<Global>();
    if let Some((console, _)) = cell.0.get() {
        return Ok(console.clone());
    }
    let prototype = JsObject::with_object_proto(cx.intrinsics());
    let console = JsObject::with_object_proto(cx.intrinsics());
    console.set_prototype(Some(prototype));
    define_all(&console, GLOBAL, true, cx)?;
    let state = bind_properties(&console, true, ColorMode::Auto, GROUP_WIDTH, Vec::new(), true, cx)?;
    let (console, _) = cell.0.get_or_init(|| (console, state)).clone();
    define_all(&console, GLOBAL_MORE, true, cx)?;
    Ok(console)
}

/// The value of the global property `console`.
pub fn global_value(cx: &mut Context) -> JsResult<JsValue> {
    Ok(global(cx)?.into())
}

fn global_this(cx: &mut Context) -> JsResult<JsValue> {
    global_value(cx)
}

/// The state of a console: the methods work on what `Console` made.
fn state_of(console: &JsObject, cx: &mut Context) -> JsResult<JsObject<State>> {
    if let Some((global, state)) = Host::of(cx).state::<Global>().0.get()
        && JsObject::equals(global, console)
    {
        return Ok(state.clone());
    }
    Slot::<State>::of(&console.clone().into(), "Console", cx)
}

/// `new Console(stdout, stderr, ignoreErrors)`, `new Console(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    let first = args.get_or_undefined(0);
    let is_stream = match first.as_object() {
        Some(first) => first.get(js_string!("write"), cx)?.is_callable(),
        None => !first.to_boolean(),
    };
    let options = if is_stream { None } else { Some(first.to_object(cx)?) };
    let mut option = |name: &'static str, position: usize| -> JsResult<JsValue> {
        match &options {
            Some(options) => options.get(JsString::from(name), cx),
            None => Ok(args.get_or_undefined(position).clone()),
        }
    };
    let stdout = option("stdout", 0)?;
    let stderr = option("stderr", 1)?;
    let ignore_errors = option("ignoreErrors", 2)?;
    let [color_mode, inspect_options, group_width] = ["colorMode", "inspectOptions", "groupIndentation"].map(|name| option(name, usize::MAX));
    let (given_mode, inspect_options, group_width) = (color_mode?, inspect_options?, group_width?);
    let stderr = if stderr.is_undefined() { stdout.clone() } else { stderr };
    for (stream, name) in [(&stdout, "stdout"), (&stderr, "stderr")] {
        let writable = match stream.as_object() {
            Some(stream) => stream.get(js_string!("write"), cx)?.is_callable(),
            None => false,
        };
        if !writable {
            return Err(errors::console_writable_stream(name, cx));
        }
    }
    let color_mode = color_mode_of(&given_mode, cx)?;
    let group_width = match group_width.is_undefined() {
        true => GROUP_WIDTH,
        false => validate::integer(&group_width, "groupIndentation", 0.0, GROUP_WIDTH_MAX, cx)? as usize,
    };
    let inspect_options = read_inspect_options(&inspect_options, &stdout, &stderr, !given_mode.is_undefined(), cx)?;
    bind_methods(&this, cx)?;
    for (name, stream) in [("_stdout", stdout), ("_stderr", stderr)] {
        define_hidden(&this, name, stream, cx)?;
    }
    let ignore_errors = ignore_errors.is_undefined() || ignore_errors.to_boolean();
    bind_properties(&this, ignore_errors, color_mode, group_width, inspect_options, false, cx)?;
    Ok(JsValue::undefined())
}

fn color_mode_of(given: &JsValue, cx: &mut Context) -> JsResult<ColorMode> {
    match given.as_boolean() {
        Some(true) => Ok(ColorMode::Always),
        Some(false) => Ok(ColorMode::Never),
        None if given.is_undefined() || given.as_string().is_some_and(|mode| mode == "auto") => Ok(ColorMode::Auto),
        None => Err(errors::invalid_arg_value("colorMode", given, "must be one of: 'auto', true, false", cx)),
    }
}

/// `options.inspectOptions`: one for all streams, or a Map from streams.
fn read_inspect_options(given: &JsValue, stdout: &JsValue, stderr: &JsValue, has_color_mode: bool, cx: &mut Context) -> JsResult<Vec<(JsValue, JsObject)>> {
    if given.is_undefined() {
        return Ok(Vec::new());
    }
    let given = validate::object(given, "options.inspectOptions", cx)?;
    let pairs = if given.kind() == ObjectKind::Map {
        let entries = given.map_entries(usize::MAX).unwrap_or_default();
        entries.into_iter().filter_map(|(stream, options)| Some((stream, options.as_object()?))).collect()
    } else {
        vec![(stdout.clone(), given.clone()), (stderr.clone(), given)]
    };
    for (_, options) in &pairs {
        if has_color_mode && !options.get(js_string!("colors"), cx)?.is_undefined() {
            return Err(errors::incompatible_option_pair("options.inspectOptions.color", "colorMode", cx));
        }
    }
    Ok(pairs)
}

/// Each method becomes the instance's own, bound to it: a subclass's too.
fn bind_methods(this: &JsObject, cx: &mut Context) -> JsResult<()> {
    let prototype = CONSOLE.prototype(cx)?;
    let bind = cx.intrinsics().constructors().function().prototype().get(js_string!("bind"), cx)?;
    let Some(bind) = bind.as_callable() else { return Ok(()) };
    for key in prototype.own_property_keys(cx)? {
        let PropertyKey::String(name) = &key else { continue };
        if prototype.own_property(&key, cx)?.is_none_or(|own| own.enumerable() != Some(true)) {
            continue;
        }
        let method = this.get(key.clone(), cx)?;
        let bound = bind.call(&method, &[this.clone().into()], cx)?;
        if let Some(bound) = bound.as_object() {
            let named = PropertyDescriptor::builder().value(name.clone());
            bound.define_property_or_throw(js_string!("name"), named, cx)?;
        }
        this.set(key, bound, true, cx)?;
    }
    Ok(())
}

/// What every console has of its own, hidden from listings.
fn bind_properties(
    this: &JsObject,
    ignore_errors: bool,
    color_mode: ColorMode,
    group_width: usize,
    inspect_options: Vec<(JsValue, JsObject)>,
    is_global: bool,
    cx: &mut Context,
) -> JsResult<JsObject<State>> {
    for (name, fd) in [("_stdoutErrorHandler", Fd::Stdout), ("_stderrErrorHandler", Fd::Stderr)] {
        let handler = streams::error_handler(this, fd, cx);
        define_hidden(this, name, handler, cx)?;
    }
    define_hidden(this, "_ignoreErrors", ignore_errors, cx)?;
    let times = JsMap::new(cx);
    define_hidden(this, "_times", times, cx)?;
    let tag = PropertyDescriptor::builder().value(js_string!("console")).writable(false).enumerable(false).configurable(true);
    this.define_property_or_throw(JsSymbol::to_string_tag(), tag, cx)?;
    let state = State { counts: RefCell::default(), color_mode, group_width, group: Cell::new(0), inspect_options, is_global };
    Slot::set(this, state, cx)
}

fn define_hidden(this: &JsObject, name: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let hidden = PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    this.define_property_or_throw(JsString::from(name), hidden, cx)?;
    Ok(())
}

/// `instance instanceof Console`: the global console is one, though it does not inherit.
fn has_instance(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let instance = args.get_or_undefined(0).to_object(cx)?;
    let is_global = Host::of(cx).state::<Global>().0.get().is_some_and(|(global, _)| JsObject::equals(global, &instance));
    if is_global || Slot::<State>::get(&instance, cx).is_some() {
        return Ok(true.into());
    }
    Ok(JsValue::undefined())
}

/// Spaces per `console.group`.
const GROUP_WIDTH: usize = 2;
const GROUP_WIDTH_MAX: f64 = 1000.0;
