//! `process`: the program's own process.
//!
//! ```js
//! process.on('exit', (code) => console.log('leaving with', code));
//! process.exitCode = 3;
//! ```
//!
//! Follows <https://nodejs.org/api/process.html>.
//!
//! Differs from Node: `process.binding` knows `config`, `constants`, `natives` (names without texts), `spawn_sync`, `util` and
//! `uv`; other bindings, `dlopen` and the profiler's entries throw ERR_METHOD_NOT_IMPLEMENTED; `allowedNodeEnvironmentFlags` holds the flags coil takes.

mod binding;
mod env;
mod env_file;
mod execve;
mod exit;
mod finalization;
mod numbers;
mod permission;
mod report;
mod stdio;
mod uncaught;
mod warnings;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::{IntegrityLevel, builtins::JsArray},
};
use coil_engine::{
    Host, errors,
    errors::Base,
    launch::{Launch, SourceMaps, TypeScript, use_source_maps},
    table::{self, Export, NativeModule},
    validate,
};

pub use env_file::parse as parse_env;
pub use exit::run_to_end;
pub(crate) use stdio::{Redirect, write_fd};
pub(crate) use uncaught::{Elsewhere, has_capture, report_error};
pub(crate) use warnings::{deprecate_for_applications, emit_once};
pub use warnings::{emit_now as emit_warning_now, emit_warning};

/// The Node whose behaviour coil follows: `process.version`.
pub const VERSION: &str = "v25.8.1";

/// `process`
pub static MODULE: NativeModule = NativeModule { name: "process", exports: &[Export::build("=", |cx| Ok(object(cx)?.into()))] };

/// `globalThis.process`
pub const GLOBAL: Export = Export::accessor("process", global, set_global).enumerable(false);

/// What `process` is: the object, once it was asked for, or what a script put in its place.
#[derive(Default)]
struct Global(std::cell::RefCell<Option<JsValue>>);

fn global(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<Global>();
    if let Some(value) = &*state.0.borrow() {
        return Ok(value.clone());
    }
    let value = object(cx)?.into();
    Ok(state.0.borrow_mut().get_or_insert(value).clone())
}

fn set_global(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    *Host::of(cx).state::<Global>().0.borrow_mut() = Some(args.get_or_undefined(0).clone());
    Ok(JsValue::undefined())
}

const PROPERTIES: &[Export] = &[
    Export::string("version", VERSION).read_only(),
    Export::build("versions", versions).read_only(),
    Export::build("arch", |cx| Ok(js_string!(Host::of(cx).sys().os().arch()).into())).read_only(),
    Export::build("platform", |cx| Ok(js_string!(Host::of(cx).sys().os().platform()).into())).read_only(),
    Export::build("release", release).read_only(),
    Export::function("_rawDebug", 0, raw_debug),
    Export::build("moduleLoadList", empty_list).read_only(),
    Export::function("binding", 1, binding::binding),
    Export::function("_linkedBinding", 1, |_, _, cx| Err(errors::method_not_implemented("process._linkedBinding()", cx))),
    Export::accessor("_exiting", exit::exiting, exit::set_exiting),
    Export::accessor("exitCode", exit::code_get, exit::code_set).permanent(),
    Export::lazy("config", config),
    Export::function("dlopen", 0, |_, args, cx| match args.len() {
        0 | 1 => Err(errors::coded(Base::Type, "ERR_MISSING_ARGS", "process.dlopen needs at least 2 arguments", cx)),
        _ if crate::launch_flags::switch("addons", cx) == Some(false) => Err(errors::coded(Base::Error, "ERR_DLOPEN_DISABLED", "Cannot load native addon because loading addons is disabled.", cx)),
        _ => Err(errors::method_not_implemented("process.dlopen()", cx)),
    })
    .method(),
    Export::function("uptime", 0, numbers::uptime).method(),
    Export::function("_getActiveRequests", 0, numbers::active_requests).method(),
    Export::function("_getActiveHandles", 0, numbers::active_handles).method(),
    Export::function("getActiveResourcesInfo", 0, numbers::active_resources).method(),
    Export::function("reallyExit", 0, exit::really_exit).method(),
    Export::function("_kill", 0, numbers::raw_kill).method(),
    Export::function("loadEnvFile", 0, load_env_file),
    Export::function("cpuUsage", 1, numbers::cpu_usage),
    Export::function("threadCpuUsage", 1, numbers::thread_cpu_usage),
    Export::function("resourceUsage", 0, numbers::resource_usage),
    Export::build("memoryUsage", numbers::memory_usage_function),
    Export::function("constrainedMemory", 0, numbers::constrained_memory).method(),
    Export::function("availableMemory", 0, numbers::available_memory).method(),
    Export::function("kill", 2, numbers::kill),
    Export::function("exit", 1, exit::exit),
    Export::function("execve", 1, execve::execve),
    Export::function("ref", 1, reference),
    Export::function("unref", 1, unreference),
    Export::lazy("finalization", finalization::object),
    Export::build("hrtime", numbers::hrtime_function),
    Export::function("openStdin", 0, open_stdin),
    Export::function("getuid", 0, |_, _, cx| Ok(Host::of(cx).sys().process().uid().into())).method(),
    Export::function("geteuid", 0, |_, _, cx| Ok(Host::of(cx).sys().process().euid().into())).method(),
    Export::function("getgid", 0, |_, _, cx| Ok(Host::of(cx).sys().process().gid().into())).method(),
    Export::function("getegid", 0, |_, _, cx| Ok(Host::of(cx).sys().process().egid().into())).method(),
    Export::function("getgroups", 0, numbers::groups).method(),
    Export::lazy("allowedNodeEnvironmentFlags", allowed_flags),
    Export::build("features", features).read_only().permanent(),
    Export::function("_fatalException", 2, uncaught::fatal_exception).method(),
    Export::function("setUncaughtExceptionCaptureCallback", 1, uncaught::set_capture_callback),
    Export::function("hasUncaughtExceptionCaptureCallback", 0, uncaught::has_capture_callback),
    Export::function("emitWarning", 4, warnings::emit_warning_js),
    Export::function("nextTick", 1, next_tick),
    Export::function("_tickCallback", 0, tick_callback),
    Export::getter("sourceMapsEnabled", |_, _, cx| Ok(Host::of(cx).state::<Launch>().source_maps.get().into())),
    Export::function("setSourceMapsEnabled", 1, set_source_maps),
    Export::function("getBuiltinModule", 1, get_builtin_module),
    Export::function("_debugProcess", 0, |_, _, cx| Err(errors::method_not_implemented("process._debugProcess()", cx))).method(),
    Export::function("_debugEnd", 0, |_, _, cx| Err(errors::method_not_implemented("process._debugEnd()", cx))).method(),
    Export::function("_startProfilerIdleNotifier", 0, |_, _, _| Ok(JsValue::undefined())).method(),
    Export::function("_stopProfilerIdleNotifier", 0, |_, _, _| Ok(JsValue::undefined())).method(),
    Export::lazy("stdout", crate::stdio::stdout),
    Export::lazy("stdin", crate::stdio::stdin),
    Export::lazy("stderr", crate::stdio::stderr),
    Export::function("abort", 0, |_, _, cx| Err(Host::of(cx).exit(ABORTED))).method(),
    Export::function("umask", 1, numbers::umask),
    Export::function("chdir", 1, chdir),
    Export::function("cwd", 0, cwd),
    Export::function("initgroups", 2, numbers::init_groups),
    Export::function("setgroups", 1, numbers::set_groups),
    Export::function("setegid", 1, numbers::set_egid),
    Export::function("seteuid", 1, numbers::set_euid),
    Export::function("setgid", 1, numbers::set_gid),
    Export::function("setuid", 1, numbers::set_uid),
    Export::build("env", env::make),
    Export::accessor("title", title, set_title),
    Export::build("argv", |cx| strings(&Host::of(cx).state::<Launch>().argv.borrow().clone(), cx)),
    Export::build("execArgv", |cx| strings(&Host::of(cx).state::<Launch>().exec_argv.borrow().clone(), cx)),
    Export::build("pid", |cx| Ok(Host::of(cx).sys().process().pid().into())).read_only(),
    Export::getter("ppid", |_, _, cx| Ok(Host::of(cx).sys().process().ppid().into())),
    Export::build("execPath", |cx| Ok(js_string!(Host::of(cx).state::<Launch>().exec_path.borrow().as_str()).into())),
    Export::int("debugPort", 9229),
    Export::build("argv0", argv0).read_only(),
    Export::build("_preload_modules", empty_list).read_only(),
    Export::lazy("report", report::object),
];

/// As a shell shows a process that SIGABRT ended.
pub(crate) const ABORTED: i32 = 134;

#[derive(Default)]
struct State(std::cell::RefCell<Option<JsObject>>);

/// The process object, if anything has asked for it.
pub(crate) fn made(cx: &Context) -> Option<JsObject> {
    Host::of(cx).state::<State>().0.borrow().clone()
}

/// The process object, made at its first use.
pub fn object(cx: &mut Context) -> JsResult<JsObject> {
    let host = Host::of(cx);
    let state = host.state::<State>();
    if let Some(process) = state.0.borrow().clone() {
        return Ok(process);
    }
    let parent = crate::events::EVENT_EMITTER.prototype(cx)?;
    let prototype = JsObject::from_proto_and_data(Some(parent), boa_engine::builtins::object::OrdinaryObject);
    let constructor = table::function(|_, _, _| Ok(JsValue::undefined()), js_string!("process"), 0, cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(constructor.clone()).writable(true).enumerable(false).configurable(true);
    constructor.define_property_or_throw(
        js_string!("prototype"),
        boa_engine::property::PropertyDescriptor::builder().value(prototype.clone()).writable(false).enumerable(false).configurable(false),
        cx,
    )?;
    prototype.define_property_or_throw(js_string!("constructor"), hidden, cx)?;
    let process = JsObject::from_proto_and_data(Some(prototype), boa_engine::builtins::object::OrdinaryObject);
    *state.0.borrow_mut() = Some(process.clone());
    table::define_all(&process, PROPERTIES, true, cx)?;
    table::define_all(&process, &[Export::tag("process").writable().permanent()], false, cx)?;
    let eval = host.state::<Launch>().eval.borrow().clone();
    if let Some(text) = eval {
        process.create_data_property_or_throw(js_string!("_eval"), js_string!(text), cx)?;
    }
    let launch = host.state::<Launch>();
    let switches =
        [("noDeprecation", &launch.no_deprecation), ("throwDeprecation", &launch.throw_deprecation), ("traceDeprecation", &launch.trace_deprecation), ("traceProcessWarnings", &launch.trace_warnings)];
    for (key, _) in switches.into_iter().filter(|(_, switch)| switch.get()) {
        process.create_data_property_or_throw(js_string!(key), true, cx)?;
    }
    permission::define(&process, cx)?;
    crate::events::init_emitter(&process, &JsValue::undefined(), cx)?;
    crate::signals::watch(&process, cx)?;
    Ok(process)
}

/// `process.setSourceMapsEnabled(enabled)`
fn set_source_maps(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let enabled = validate::boolean(args.get_or_undefined(0), "enabled", cx)?;
    use_source_maps(SourceMaps { enabled, node_modules: enabled, generated_code: enabled }, cx)?;
    Ok(JsValue::undefined())
}

/// Joins a host to this module: uncaught errors and rejections follow Node's rules from now on.
pub fn install(host: &Host) {
    uncaught::install(host);
}

/// `process.emit(name, ...args)`, if the process object was ever made: without it nobody listens.
pub(crate) fn emit(name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<bool> {
    let host = Host::of(cx);
    let process = host.state::<State>().0.borrow().clone();
    let Some(process) = process else { return Ok(false) };
    let emit = process.get(js_string!("emit"), cx)?;
    let emit = validate::function(&emit, "process.emit", cx)?;
    let mut all: Vec<JsValue> = vec![host.intern(name).into()];
    all.extend_from_slice(args);
    Ok(emit.call(&process.into(), &all, cx)?.to_boolean())
}

/// Writes to standard error at once.
pub(crate) fn write_stderr(text: &str, cx: &Context) {
    stdio::write_fd(2, text.as_bytes(), cx);
}

/// `process.exitCode = code`
pub(crate) fn set_exit_code(code: i32, cx: &Context) {
    exit::set_code(code, cx);
}

/// A switch that scripts set on `process`: `noDeprecation`, `throwDeprecation`.
fn flag(name: &str, cx: &mut Context) -> JsResult<bool> {
    let process = Host::of(cx).state::<State>().0.borrow().clone();
    match process {
        Some(process) => Ok(process.get(js_string!(name), cx)?.to_boolean()),
        None => Ok(false),
    }
}

fn strings(list: &[String], cx: &mut Context) -> JsResult<JsValue> {
    let values: Vec<JsValue> = list.iter().map(|text| js_string!(text.as_str()).into()).collect();
    Ok(JsArray::from_iter(values, cx).into())
}

fn empty_list(cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsArray::new(cx)?.into())
}

fn plain(pairs: &[(&str, JsValue)], cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in pairs {
        object.create_data_property_or_throw(js_string!(*key), value.clone(), cx)?;
    }
    Ok(object)
}

/// Node's own version, coil's and its engine's. `openssl`, `uv` and `icu` name the interface that is followed, as programs ask by them whether
/// there is `crypto` or `Intl`; `cldr` and `tz` are what the tables of `Intl` were made from. Names of other parts coil does not have are left out, so that programs that ask for them see it.
fn versions(cx: &mut Context) -> JsResult<JsValue> {
    let text = |text: &str| JsValue::from(js_string!(text));
    let pairs = [
        ("node", text(&VERSION[1..])),
        ("boa", text("0.22.0")),
        ("cldr", text("48.0")),
        ("coil", text(env!("CARGO_PKG_VERSION"))),
        ("icu", text("78.2")),
        ("modules", text("141")),
        ("openssl", text("3.5.5")),
        ("tz", text("2025c")),
        ("unicode", text("17.0")),
        ("uv", text("1.51.0")),
    ];
    let object = plain(&pairs, cx)?;
    object.set_integrity_level(IntegrityLevel::Frozen, cx)?;
    Ok(object.into())
}

fn release(cx: &mut Context) -> JsResult<JsValue> {
    Ok(plain(&[("name", js_string!("node").into())], cx)?.into())
}

fn features(cx: &mut Context) -> JsResult<JsValue> {
    let pairs = [
        ("inspector", false),
        ("debug", false),
        ("uv", true),
        ("ipv6", true),
        ("tls_alpn", true),
        ("tls_sni", true),
        ("tls_ocsp", true),
        ("tls", true),
        ("openssl_is_boringssl", false),
        ("cached_builtins", true),
        ("require_module", !Host::of(cx).state::<Launch>().refuses_esm.get()),
        ("quic", false),
    ];
    let type_script = match Host::of(cx).state::<Launch>().type_script.get() {
        TypeScript::Strip => js_string!("strip").into(),
        TypeScript::Transform => js_string!("transform").into(),
        TypeScript::Off => JsValue::from(false),
    };
    let pairs: Vec<(&str, JsValue)> = pairs.into_iter().map(|(key, value)| (key, JsValue::from(value))).chain([("typescript", type_script)]).collect();
    Ok(plain(&pairs, cx)?.into())
}

fn config(cx: &mut Context) -> JsResult<JsValue> {
    let [include, libraries, defines, cflags] = [(); 4].map(|()| JsArray::from_iter([], cx));
    let defaults = [("include_dirs", include.into()), ("libraries", libraries.into()), ("defines", defines.into()), ("cflags", cflags.into()), ("default_configuration", js_string!("Release").into())];
    let defaults = plain(&defaults, cx)?;
    let arch = js_string!(Host::of(cx).sys().os().arch());
    let variables = [
        ("host_arch", arch.clone().into()),
        ("target_arch", arch.into()),
        ("node_module_version", 141.into()),
        ("napi_build_version", js_string!("10").into()),
        ("node_shared", false.into()),
        ("icu_small", true.into()),
        ("icu_ver_major", js_string!("78").into()),
        ("v8_enable_i18n_support", 1.into()),
        ("node_use_openssl", true.into()),
        ("node_use_amaro", true.into()),
        ("asan", 0.into()),
        ("node_builtin_shareable_builtins", JsArray::new(cx)?.into()),
    ];
    let variables = plain(&variables, cx)?;
    let object = plain(&[("target_defaults", defaults.into()), ("variables", variables.into())], cx)?;
    Ok(object.into())
}

fn allowed_flags(cx: &mut Context) -> JsResult<JsValue> {
    let set = boa_engine::object::builtins::JsSet::new(cx);
    for flag in ALLOWED_FLAGS {
        set.add(js_string!(*flag), cx)?;
    }
    Ok(set.into())
}

/// Flags that NODE_OPTIONS may hold.
pub const ALLOWED_FLAGS: &[&str] = &[
    "--disable-warning",
    "--expose-gc",
    "--no-deprecation",
    "--no-warnings",
    "--pending-deprecation",
    "--require",
    "--stack-trace-limit",
    "--throw-deprecation",
    "--trace-deprecation",
    "--trace-uncaught",
    "--trace-warnings",
    "--unhandled-rejections",
    "-r",
];

fn raw_debug(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = crate::util::inspect::format(args, cx)?;
    write_fd(2, format!("{}\n", text.to_std_string_lossy()).as_bytes(), cx);
    Ok(JsValue::undefined())
}

fn next_tick(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let host = Host::of(cx);
    if host.state::<exit::Ending>().is_exiting() {
        return Ok(JsValue::undefined());
    }
    if host.async_hooks().is_some() {
        let origin = host.origin();
        let resource = JsObject::with_object_proto(cx.intrinsics());
        resource.create_data_property_or_throw(js_string!("callback"), callback.clone(), cx)?;
        let rest = JsArray::from_iter(args[1..].iter().cloned(), cx);
        resource.create_data_property_or_throw(js_string!("args"), rest, cx)?;
        host.announce(&origin, "TickObject", &resource.clone().into(), cx);
        host.next_tick_of(callback, args[1..].to_vec(), origin, resource);
    } else {
        host.next_tick(callback, JsValue::undefined(), args[1..].to_vec());
    }
    Ok(JsValue::undefined())
}

fn tick_callback(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Host::of(cx).drain(cx);
    Ok(JsValue::undefined())
}

fn get_builtin_module(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = validate::string(args.get_or_undefined(0), "id", cx)?.to_std_string_escaped();
    let module = Host::of(cx).builtin(id.strip_prefix("node:").unwrap_or(&id));
    match module {
        Some(module) => Ok(table::instantiate(module, cx)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

pub(crate) fn cwd(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let cwd = Host::of(cx).sys().cwd();
    match cwd {
        Ok(cwd) => Ok(js_string!(cwd.to_string_lossy().as_ref()).into()),
        Err(error) => Err(lost_cwd(&error, cx)),
    }
}

/// Node says what probably happened.
fn lost_cwd(error: &coil_engine::coil_sys::SysError, cx: &mut Context) -> boa_engine::JsError {
    let message = format!("{}: process.cwd failed with error {}, the current working directory was likely removed without changing the working directory, uv_cwd", error.code(), error.description());
    let properties = [("errno", JsValue::from(-error.errno)), ("code", js_string!(error.code()).into()), ("syscall", js_string!("uv_cwd").into())];
    match crate::net::errors::plain_with(&message, &properties, cx) {
        Ok(object) => boa_engine::JsError::from_opaque(object.into()),
        Err(error) => error,
    }
}

fn chdir(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = validate::string(args.get_or_undefined(0), "directory", cx)?.to_std_string_escaped();
    let result = Host::of(cx).sys().chdir(&path);
    result.map(|()| JsValue::undefined()).map_err(|error| errors::system(&error, cx))
}

fn title(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let title = Host::of(cx).sys().process().title();
    Ok(js_string!(title).into())
}

fn set_title(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let title = args.get_or_undefined(0).to_string(cx)?.to_std_string_escaped();
    Host::of(cx).sys().process().set_title(&title);
    Ok(JsValue::undefined())
}

fn argv0(cx: &mut Context) -> JsResult<JsValue> {
    let argv0 = Host::of(cx).state::<Launch>().argv0.borrow().clone();
    Ok(js_string!(argv0).into())
}

fn open_stdin(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stdin = object(cx)?.get(js_string!("stdin"), cx)?.to_object(cx)?;
    let resume = stdin.get(js_string!("resume"), cx)?;
    validate::function(&resume, "stdin.resume", cx)?.call(&stdin.clone().into(), &[], cx)?;
    Ok(stdin.into())
}

fn reference(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    call_either(args.get_or_undefined(0), "nodejs.ref", "ref", cx)
}

fn unreference(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    call_either(args.get_or_undefined(0), "nodejs.unref", "unref", cx)
}

fn call_either(value: &JsValue, symbol: &'static str, name: &str, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = value.as_object() else { return Ok(JsValue::undefined()) };
    let symbol = Host::of(cx).registered_symbol(symbol, cx);
    let mut method = object.get(symbol, cx)?;
    if !method.is_callable() {
        method = object.get(js_string!(name), cx)?;
    }
    if let Some(method) = method.as_callable() {
        method.call(value, &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `process.loadEnvFile([path])`: what is set already stays.
fn load_env_file(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = match args.get_or_undefined(0) {
        value if value.is_undefined() => ".env".into(),
        value => crate::fs::path_argument(value, "path", cx)?,
    };
    let host = Host::of(cx);
    let text = host.sys().fs().read_file(path.as_path()).map_err(|error| errors::system(&error, cx))?;
    for (name, value) in parse_env(&String::from_utf8_lossy(&text)) {
        if host.env(&name).is_none() {
            host.sys().env().set(&name, &value);
        }
    }
    Ok(JsValue::undefined())
}

/// The error for an id argument that is neither a number nor a name.
fn unknown_credential(kind: &str, name: &str, cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Error, "ERR_UNKNOWN_CREDENTIAL", format!("{kind} identifier does not exist: {name}"), cx)
}
