//! What the command line does with its flags.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use boa_engine::{
    Context, JsResult, JsValue, js_string,
    limits::{Stop, counts_bytes},
};
use coil_engine::{
    ExitMode, Host, errors, heap,
    launch::{Launch, SourceMaps, TypeScript, use_source_maps},
};
use coil_sys::Sys;

use crate::{
    Builder, Outcome, Runtime,
    flags::{Flags, Program, UNKNOWN_REVERT, help},
    limits::BROKEN_STATUS,
    trace::Trace,
};

/// Runs the command line; gives the exit code. Call it on a thread with a deep stack: see [`crate::with_stack`].
pub fn run(args: Vec<String>) -> i32 {
    let argv0 = args.first().cloned().unwrap_or_else(|| "coil".to_owned());
    let real = Sys::real();
    let node_options = real.env().get("NODE_OPTIONS").map(|options| options.to_string_lossy().into_owned()).unwrap_or_default();
    let parse = |node_options: &str| {
        Flags::parse(args.iter().skip(1).cloned(), node_options).map_err(|message| {
            eprintln(&real, &format!("{argv0}: {message}"));
            if message.starts_with(UNKNOWN_REVERT) { UNKNOWN_CVE } else { INVALID_ARGUMENT }
        })
    };
    let flags = match parse(&node_options) {
        Ok(flags) => flags,
        Err(code) => return code,
    };
    match &flags.program {
        Program::Version => {
            println(&real, coil_stdlib::process::VERSION);
            return 0;
        }
        Program::Help => {
            println(&real, help().trim_end());
            return 0;
        }
        Program::Script(name) => {
            let _ = real.fs().write(2, crate::package_script::run(name, &flags.args, &real).as_bytes(), None);
            return 1;
        }
        Program::EngineOptions => {
            println(&real, crate::flags::engine_options().trim_end());
            return 0;
        }
        Program::Completion => {
            println(&real, crate::flags::bash_completion().trim_end());
            return 0;
        }
        _ => {}
    }
    // A file may set NODE_OPTIONS too.
    let again = match load_env_files(&flags, &argv0, &real) {
        Ok(of_files) => match of_files.get("NODE_OPTIONS").cloned() {
            Some(node_options) => parse(&node_options).map(|flags| (flags, of_files)),
            None => Ok((flags, of_files)),
        },
        Err(code) => Err(code),
    };
    let (flags, of_files) = match again {
        Ok(again) => again,
        Err(code) => return code,
    };
    real.process().ignore_file_size_signal();
    let cwd = real.cwd().map(|cwd| cwd.to_string_lossy().into_owned()).unwrap_or_default();
    let sys = door(&flags, &cwd).unwrap_or_else(|| real.clone());
    for (key, value) in &of_files {
        sys.env().set(key, value);
    }
    let mut builder: Builder = Runtime::builder().sys(sys.clone()).exit_mode(ExitMode::Process);
    builder = limited(&flags, &sys, builder);
    let trace = flags.trace_loop.as_ref().map(|_| Rc::new(Trace::default()));
    if let Some(trace) = &trace {
        builder = builder.observer(trace.clone());
    }
    let mut runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln(&real, &format!("{argv0}: {error}"));
            return 1;
        }
    };
    if let (Some(trace), Some(file)) = (trace, flags.trace_loop.clone()) {
        let writer = sys.clone();
        runtime.host().at_exit(move || {
            if let Err(error) = writer.fs().write_file(file.as_str(), trace.to_json().as_bytes(), coil_sys::fs::flags::WRITE, 0o666, false) {
                eprintln(&writer, &format!("--trace-loop: {}", error.message()));
            }
        });
    }
    launch(&flags, &argv0, &mut runtime);
    let code = start(&flags, &mut runtime);
    ended(code, &argv0, &real, &runtime)
}

/// The door that the flags ask for, where the real one does not do.
fn door(flags: &Flags, cwd: &str) -> Option<Sys> {
    let mut door = Sys::builder();
    if flags.permission.on {
        door = door.policy(flags.policy(cwd));
    }
    if let Some(seed) = flags.random_seed {
        door = door.script_seed(i64::from(seed) as u64);
    }
    (flags.permission.on || flags.random_seed.is_some()).then(|| door.build())
}

/// The limits of the flags. Memory always has one: a program that takes all there is would take the machine with it.
fn limited(flags: &Flags, sys: &Sys, mut builder: Builder) -> Builder {
    let memory = flags.max_memory_mb.map_or_else(|| heap::default_limit(sys), |mb| mb.saturating_mul(1 << 20));
    if counts_bytes() {
        builder = builder.memory_limit(memory);
    }
    if let Some(units) = flags.max_fuel {
        builder = builder.fuel(units);
    }
    if let Some(ms) = flags.max_time_ms {
        builder = builder.time_limit(Duration::from_millis(ms));
        watch(ms, sys.clone());
    }
    builder
}

/// Ends the process where the runtime cannot: in a native function that blocks.
fn watch(ms: u64, sys: Sys) {
    let watchdog = std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        std::thread::sleep(Duration::from_millis(ms) + GRACE);
        eprintln(&sys, "coil: stopped: time limit reached, in a call that blocks");
        sys.process().exit(coil_engine::exit_status(Stop::Time));
    });
    // Without the thread the runtime still stops by itself wherever it does not block.
    drop(watchdog);
}

/// How long a stopped runtime may take to end.
const GRACE: Duration = Duration::from_secs(1);

/// Says what ended the program, if it was not the program; gives the exit code.
fn ended(code: i32, argv0: &str, sys: &Sys, runtime: &Runtime) -> i32 {
    match runtime.outcome() {
        Outcome::Running { .. } => code,
        Outcome::Broken { .. } => BROKEN_STATUS,
        Outcome::Stopped { limit, usage } => {
            let code = runtime.host().exit_code().unwrap_or(code);
            runtime.host().run_at_exit();
            let (ms, mb) = (usage.time.as_millis(), usage.memory_peak >> 20);
            eprintln(sys, &format!("{argv0}: stopped: {limit} ({ms} ms, {mb} MiB, {} units of fuel)", usage.fuel));
            code
        }
    }
}

/// Node's exit code for a `--security-revert` of what is not known.
const UNKNOWN_CVE: i32 = 12;
/// Node's exit code for a command line it does not understand.
const INVALID_ARGUMENT: i32 = 9;

/// `--env-file`: a later file has its way over an earlier one, and what was set before over both. What is to be set.
fn load_env_files(flags: &Flags, argv0: &str, sys: &Sys) -> Result<BTreeMap<String, String>, i32> {
    let mut found = BTreeMap::new();
    for (file, required) in &flags.env_files {
        match sys.fs().read_file(file.as_str()) {
            Ok(bytes) => found.extend(coil_stdlib::process::parse_env(&String::from_utf8_lossy(&bytes))),
            Err(_) if !required => eprintln(sys, &format!("{file} not found. Continuing without it.")),
            Err(_) => {
                eprintln(sys, &format!("{argv0}: {file}: not found"));
                return Err(INVALID_ARGUMENT);
            }
        }
    }
    found.retain(|key, _| !sys.env().has(key));
    Ok(found)
}

/// Says of every panic what it is: a bug in coil.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let text = crate::limits::panic_text(panic.payload());
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        eprintln(&Sys::real(), &format!("coil {version}: internal error: {text}{place}\nThis is a bug in coil, not in the program. Please report it with these lines and the program."));
    }));
}

fn println(sys: &Sys, text: &str) {
    // A closed standard output leaves nobody to tell.
    let _ = sys.fs().write(1, format!("{text}\n").as_bytes(), None);
}

fn eprintln(sys: &Sys, text: &str) {
    let _ = sys.fs().write(2, format!("{text}\n").as_bytes(), None);
}

/// Tells the built-ins what the flags say.
pub(crate) fn launch(flags: &Flags, argv0: &str, runtime: &mut Runtime) {
    let host = runtime.host().clone();
    let launch = host.state::<Launch>();
    let modules = host.state::<coil_modules::cjs::State>();
    *launch.argv0.borrow_mut() = argv0.to_owned();
    *launch.exec_argv.borrow_mut() = flags.exec_args.clone();
    *launch.disabled_warnings.borrow_mut() = flags.disabled_warnings.clone();
    launch.unhandled_rejections.set(flags.unhandled_rejections);
    if !flags.conditions.is_empty() {
        *modules.resolver.conditions.borrow_mut() = flags.conditions.clone();
    }
    let is_set = |name: &str| host.env(name).as_deref() == Some("1");
    modules.resolver.files.preserve.set(flags.has("--preserve-symlinks") || is_set("NODE_PRESERVE_SYMLINKS"));
    modules.resolver.files.preserve_main.set(flags.has("--preserve-symlinks-main") || is_set("NODE_PRESERVE_SYMLINKS_MAIN"));
    let takes_away = |name: &str| flags.taken_away.iter().any(|taken| taken == name);
    modules.refuses_esm.set(takes_away("--no-experimental-require-module") || takes_away("--no-require-module"));
    modules.no_detection.set(takes_away("--no-experimental-detect-module"));
    modules.prints_awaits.set(flags.exec_args.iter().any(|flag| flag == "--experimental-print-required-tla"));
    modules.imports_main.set(!flags.import.is_empty() || !flags.loaders.is_empty());
    modules.traces_esm.set(flags.trace_require_module.as_ref().map(|mode| mode == "no-node-modules"));
    launch.max_http_header_size.set(flags.max_http_header_size);
    launch.no_code_from_strings.set(flags.has("--disallow-code-generation-from-strings"));
    let no_addons = flags.permission.on && !flags.permission.allow.iter().any(|allowed| allowed == "addons");
    if no_addons || flags.taken_away.iter().any(|name| name == "--no-addons") {
        modules.resolver.no_addons.set(true);
    }
    let redirect = flags.redirect_warnings.clone().or_else(|| host.env("NODE_REDIRECT_WARNINGS")).filter(|file| !file.is_empty());
    *launch.redirect_warnings.borrow_mut() = redirect.unwrap_or_default();
    *launch.disable_proto.borrow_mut() = flags.disable_proto.clone();
    launch.no_warnings.set(flags.has("--no-warnings"));
    launch.trace_warnings.set(flags.has("--trace-warnings"));
    launch.trace_deprecation.set(flags.has("--trace-deprecation"));
    launch.throw_deprecation.set(flags.has("--throw-deprecation"));
    launch.no_deprecation.set(flags.has("--no-deprecation"));
    let pending = host.env("NODE_PENDING_DEPRECATION").as_deref() == Some("1");
    launch.pending_deprecation.set(pending || flags.has("--pending-deprecation"));
    if flags.has("--trace-sync-io") {
        host.set_traces_sync_io();
    }
    launch.trace_exit.set(flags.switches.contains(&"--trace-exit"));
    launch.trace_uncaught.set(flags.has("--trace-uncaught"));
    launch.abort_on_uncaught.set(flags.exec_args.iter().any(|flag| flag.replace('_', "-") == "--abort-on-uncaught-exception"));
    launch.type_script.set(match () {
        () if takes_away("--no-strip-types") || takes_away("--no-experimental-strip-types") => TypeScript::Off,
        () if flags.has("--experimental-transform-types") => TypeScript::Transform,
        () => TypeScript::Strip,
    });
    launch.jitless.set(flags.exec_args.iter().any(|flag| flag == "--jitless"));
    launch.expose_gc.set(flags.has("--expose-gc"));
    launch.vm_modules.set(flags.has("--experimental-vm-modules"));
    launch.import_meta_resolve.set(flags.exec_args.iter().any(|flag| flag == "--experimental-import-meta-resolve"));
    launch.refuses_esm.set(modules.refuses_esm.get());
    *launch.test.borrow_mut() = flags.test.clone();
    if runner_requires(flags) {
        let mut test = launch.test.borrow_mut();
        test.requires.clone_from(&flags.require);
        test.imports.clone_from(&flags.import);
    }
    let mut argv = launch.argv.borrow_mut();
    argv.truncate(1);
    match &flags.program {
        Program::Check(file) if file == "-" => argv.push("-".to_owned()),
        Program::File(file) if flags.test.runs => argv.push(file.clone()),
        Program::Stdin if flags.test.runs => {}
        Program::File(file) | Program::Check(file) => argv.push(coil_modules::files::resolve(&host.cwd(), file)),
        Program::Stdin => argv.push("-".to_owned()),
        _ => {}
    }
    argv.extend(flags.args.iter().cloned());
    if matches!(flags.program, Program::Stdin) && flags.args.is_empty() && !flags.test.runs {
        argv.truncate(1);
    }
    if let Program::Text { text, .. } = &flags.program {
        *launch.eval.borrow_mut() = Some(text.clone());
    }
}

/// Runs the program in a process of its own as often as its files change, where `--watch` asks for it; nothing otherwise.
fn watched(flags: &Flags, runtime: &mut Runtime) -> Option<i32> {
    let Program::File(file) = &flags.program else { return None };
    let asked = flags.has("--watch") || !flags.watch_paths.is_empty();
    if !asked || flags.test.runs {
        return None;
    }
    let mut rest = flags.exec_args.iter();
    let mut kept = Vec::new();
    while let Some(flag) = rest.next() {
        match flag.as_str() {
            "--watch-path" | "--watch-kill-signal" => drop(rest.next()),
            flag if flag.starts_with("--watch") => {}
            _ => kept.push(flag.clone()),
        }
    }
    let options = coil_stdlib::watch::Options {
        command: std::iter::once(file.clone()).chain(flags.args.iter().cloned()).collect(),
        flags: kept,
        paths: flags.watch_paths.clone(),
        preserves_output: flags.has("--watch-preserve-output"),
        kill_signal: flags.watch_kill_signal.clone(),
    };
    runtime.enter(|cx| {
        coil_stdlib::child_process::ipc::join_parent(cx)?;
        coil_stdlib::watch::run(options, cx)
    });
    Some(runtime.run())
}

/// Whether the test runner itself loads what `--require` names: it does so after the global setup.
fn runner_requires(flags: &Flags) -> bool {
    flags.test.runs && flags.test.isolation.as_deref() == Some("none")
}

fn start(flags: &Flags, runtime: &mut Runtime) -> i32 {
    let host = runtime.host().clone();
    if let Some(code) = watched(flags, runtime) {
        return code;
    }
    let ready = runtime.enter(|cx| prepare(flags, cx));
    if let Some(code) = host.exit_code() {
        return code;
    }
    if ready.is_none() || !import(flags, runtime) {
        return runtime.run();
    }
    if let Some(code) = host.exit_code() {
        return code;
    }
    let warns_first = flags.test.runs || !matches!(flags.program, Program::File(_));
    if warns_first {
        runtime.enter(|cx| warn_of_grants(flags, cx));
    }
    if let (Program::File(_), Some(_)) = (&flags.program, flags.input_type.as_deref()) {
        runtime.enter(|cx| Err::<(), _>(errors::coded(errors::Base::Error, "ERR_INPUT_TYPE_NOT_ALLOWED", "--input-type can only be used with string input via --eval, --print, or STDIN", cx)));
        return runtime.run();
    }
    if flags.interactive && flags.input_type.is_some() && matches!(flags.program, Program::Stdin) {
        eprintln(host.sys(), "Cannot specify --input-type for REPL");
        return INVALID_ARGUMENT;
    }
    match &flags.program {
        Program::File(_) | Program::Stdin if flags.test.runs => {
            host.enter_with(runtime.context(), coil_stdlib::test_runner::run_command);
            runtime.run()
        }
        Program::File(url) if flags.has("--entry-url") => {
            runtime.enter(|cx| {
                warn_of_grants(flags, cx)?;
                coil_stdlib::process::emit_warning("--entry-url is an experimental feature and might change at any time", "ExperimentalWarning", None, cx)?;
                let evaluated = coil_modules::esm::run_url(url, cx)?;
                coil_modules::watch_main(evaluated, cx);
                Ok(())
            });
            runtime.run()
        }
        Program::File(file) => {
            // The program may listen to what is warned of here.
            runtime.enter(|cx| {
                warn_of_grants(flags, cx)?;
                coil_modules::run_main(file, cx)
            });
            runtime.run()
        }
        Program::Check(file) => {
            let is_module = flags.input_type.as_deref() == Some("module");
            runtime.enter(|cx| check(file, is_module, cx));
            host.exit_code().unwrap_or(0)
        }
        Program::Text { text, .. } if flags.interactive => {
            runtime.enter(|cx| {
                coil_stdlib::repl::run_session(cx)?;
                coil_modules::offer_builtins(cx)?;
                coil_modules::run_text(text, "[eval]", cx)?;
                coil_stdlib::repl::offer_modules(cx)
            });
            runtime.run()
        }
        Program::Stdin if flags.interactive || !flags.explicit_stdin && host.sys().stdio().is_tty(0) => {
            runtime.enter(|cx| {
                coil_modules::offer_builtins(cx)?;
                coil_stdlib::repl::run_session(cx)
            });
            runtime.run()
        }
        Program::Text { text, print } => run_text(text, "[eval]", *print, flags, runtime),
        Program::Stdin => match read_stdin(&host) {
            Ok(text) => run_text(&text, "[stdin]", flags.prints, flags, runtime),
            Err(message) => {
                eprintln(host.sys(), &message);
                1
            }
        },
        Program::Version | Program::Help | Program::Completion | Program::EngineOptions | Program::Script(_) => 0,
    }
}

/// What comes before the program: limits, `gc`, `-r`, `--import`.
pub(crate) fn prepare(flags: &Flags, cx: &mut Context) -> JsResult<()> {
    if let Some(limit) = flags.stack_trace_limit {
        let error = cx.intrinsics().constructors().error().constructor();
        error.set(js_string!("stackTraceLimit"), limit, false, cx)?;
    }
    let transforms = flags.has("--experimental-transform-types") && !flags.taken_away.iter().any(|taken| taken == "--no-enable-source-maps");
    if transforms || flags.has("--enable-source-maps") {
        use_source_maps(SourceMaps { enabled: true, node_modules: true, generated_code: true }, cx)?;
    }
    for (name, globals) in TAKEN_AWAY {
        if flags.taken_away.iter().any(|taken| taken == name) {
            for global in *globals {
                let object = cx.global_object();
                object.delete_property_or_throw(js_string!(*global), cx)?;
            }
        }
    }
    cx.strict(flags.has("--use-strict"));
    let prototype = cx.intrinsics().constructors().object().prototype();
    coil_engine::realms::restrict_proto(&prototype, cx)?;
    if flags.has("--expose-gc") {
        let gc = coil_engine::table::function(
            |_, _, _| {
                coil_engine::heap::collect();
                Ok(JsValue::undefined())
            },
            js_string!("gc"),
            0,
            cx,
        );
        cx.global_object().set(js_string!("gc"), gc, false, cx)?;
    }
    if let Some(title) = &flags.title {
        Host::of(cx).sys().process().set_title(title);
    }
    coil_stdlib::child_process::ipc::join_parent(cx)?;
    coil_stdlib::cluster::set_up_worker(cx)?;
    if flags.has("--experimental-vm-modules") {
        coil_stdlib::vm::offer_modules(cx)?;
    }
    coil_stdlib::watch::set_up_child(cx);
    if !runner_requires(flags) {
        coil_modules::preload(&flags.require, cx)?;
    }
    for loader in &flags.loaders {
        coil_modules::hooks::use_loader(loader, cx)?;
    }
    Ok(())
}

/// What `--permission` says of grants that lead around it.
fn warn_of_grants(flags: &Flags, cx: &mut Context) -> JsResult<()> {
    if !flags.permission.on {
        return Ok(());
    }
    let granted = |what: &&&str| flags.permission.allow.iter().any(|allowed| allowed == **what);
    for what in ["addons", "child-process", "inspector", "wasi", "worker"].iter().filter(granted) {
        let message = format!("The flag --allow-{what} must be used with extreme caution. It could invalidate the permission model.");
        coil_stdlib::process::emit_warning(&message, "SecurityWarning", None, cx)?;
    }
    for (name, paths) in [("read", &flags.permission.fs_read), ("write", &flags.permission.fs_write)] {
        if paths.iter().any(|path| path.contains(',')) {
            let message = format!(
                "The --allow-fs-{name} CLI flag has changed. Passing a comma-separated list of paths is no longer valid. Documentation can be found at https://nodejs.org/api/permissions.html#file-system-permissions"
            );
            coil_stdlib::process::emit_warning(&message, "Warning", None, cx)?;
        }
    }
    if flags.permission.allow.iter().any(|allowed| allowed == "net") {
        coil_stdlib::process::emit_warning("The flag --allow-net is under experimental phase.", "ExperimentalWarning", None, cx)?;
    }
    Ok(())
}

/// `--import`: each module has run before the next one does, and all of them before the program. False where one failed.
pub(crate) fn import(flags: &Flags, runtime: &mut Runtime) -> bool {
    // The files import it, in their processes or in this one.
    if flags.test.runs {
        return true;
    }
    for specifier in &flags.import {
        let Some(evaluated) = runtime.enter(|cx| {
            let evaluated = coil_modules::esm::import(specifier, cx)?;
            coil_modules::watch_main(evaluated.clone(), cx);
            Ok(evaluated)
        }) else {
            return false;
        };
        runtime.wait_for(&evaluated);
    }
    true
}

/// Globals that a flag takes away.
const TAKEN_AWAY: &[(&str, &[&str])] = &[
    ("--no-experimental-websocket", &["WebSocket", "CloseEvent"]),
    ("--no-experimental-eventsource", &["EventSource"]),
    ("--no-experimental-global-navigator", &["navigator", "Navigator"]),
    ("--no-experimental-fetch", &["fetch", "FormData", "Headers", "Request", "Response", "MessageEvent"]),
    ("--no-experimental-global-customevent", &["CustomEvent"]),
];

/// `--check` without a file.
fn check_stdin(is_module: bool, cx: &mut Context) -> JsResult<()> {
    let text = read_stdin(&Host::of(cx)).map_err(|message| errors::plain(errors::Base::Error, message))?;
    if is_module {
        return coil_engine::source::module(&text, std::path::Path::new("[stdin]"), cx).map(drop);
    }
    match coil_modules::cjs::compile_wrapper(&text, "[stdin]", cx) {
        Err(error) if !coil_modules::is_module_text(&text, &error, cx) => Err(error),
        _ => Ok(()),
    }
}

/// An error that no script threw still says where it comes from.
fn with_place(error: boa_engine::JsError, cx: &mut Context) -> boa_engine::JsError {
    let value = coil_engine::op::thrown_value(error, cx);
    if let Some(object) = value.as_object()
        && let Ok(stack) = object.get(js_string!("stack"), cx)
        && let Some(stack) = stack.as_string()
        && !stack.to_std_string_lossy().contains("\n    at ")
    {
        let stack = js_string!(&stack, &js_string!("\n    at checkSyntax (node:internal/main/check_syntax)"));
        // An error's stack can be written; if a script has sealed it, it stays as it is.
        let _ = object.set(js_string!("stack"), stack, false, cx);
    }
    boa_engine::JsError::from_opaque(value)
}

/// `--check`: parses the file, runs nothing.
fn check(file: &str, is_module: bool, cx: &mut Context) -> JsResult<()> {
    if file == "-" {
        return check_stdin(is_module, cx);
    }
    let named = coil_modules::files::resolve(&Host::of(cx).cwd(), file);
    let found = match coil_modules::cjs::resolve_filename(&js_string!(named.as_str()), &JsValue::null(), true, &JsValue::undefined(), cx) {
        Ok(found) => found,
        Err(error) => return Err(with_place(error, cx)),
    };
    let path = found.to_string(cx)?.to_std_string_lossy();
    let text = coil_modules::read_text(&path, cx)?;
    if path.ends_with(".mjs") {
        coil_engine::source::module(&text, std::path::Path::new(&path), cx)?;
        return Ok(());
    }
    match coil_modules::cjs::compile_wrapper(&text, &path, cx) {
        Err(error) if !coil_modules::is_module_text(&text, &error, cx) => Err(error),
        _ => Ok(()),
    }
}

fn read_stdin(host: &Host) -> Result<String, String> {
    let bytes = host.sys().fs().read_file(0).map_err(|error| error.message())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn run_text(text: &str, name: &str, print: bool, flags: &Flags, runtime: &mut Runtime) -> i32 {
    runtime.enter(|cx| {
        let input_type = flags.input_type.as_deref();
        if !matches!(input_type, Some("module" | "module-typescript")) {
            coil_modules::offer_builtins(cx)?;
        }
        match coil_modules::Text::of(text, name, input_type, cx)? {
            coil_modules::Text::Module(_) if print => Err(errors::coded(errors::Base::Error, "ERR_EVAL_ESM_CANNOT_PRINT", "--print cannot be used with ESM input", cx)),
            coil_modules::Text::Module(text) => run_module_text(&text, name, cx),
            coil_modules::Text::Script(script) => {
                let value = coil_modules::run_script(&script, name, cx)?;
                if print { print_at_exit(value, cx) } else { Ok(()) }
            }
        }
    });
    runtime.run()
}

/// Prints what a text gave when the program ends, before its own listeners: a promise has had its time until then.
fn print_at_exit(value: JsValue, cx: &mut Context) -> JsResult<()> {
    let show = coil_engine::table::closure(
        "",
        0,
        value,
        |_, _, value, cx| {
            let shown = match value.as_string() {
                Some(text) => text.to_std_string_lossy(),
                None => coil_stdlib::show(value, cx),
            };
            println(Host::of(cx).sys(), &shown);
            Ok(JsValue::undefined())
        },
        cx,
    );
    let process = coil_stdlib::process::object(cx)?;
    match process.get(js_string!("prependListener"), cx)?.as_callable() {
        Some(prepend) => prepend.call(&process.into(), &[js_string!("exit").into(), show.into()], cx).map(drop),
        None => Ok(()),
    }
}

pub(crate) fn run_module_text(text: &str, name: &str, cx: &mut Context) -> JsResult<()> {
    let url = coil_modules::urls::url_of_path(&format!("{}/{}", Host::of(cx).cwd(), name.replace("[eval]", "[eval1]")));
    let evaluated = coil_modules::esm::run_text(text, &url, cx)?;
    coil_modules::watch_main(evaluated, cx);
    Ok(())
}
