//! `process.report`: what the process is and does, as an object or a file (<https://nodejs.org/api/report.html>).
//!
//! Differs from Node: there is no native stack and no list of shared objects; handles are listed by their types alone; reports are written
//! when a script asks and for errors that nobody catches, not on signals or fatal errors.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    errors::{self, Base},
    table::{self, Export},
    validate,
};

use super::{plain, stdio::write_fd};
use crate::launch_flags;

pub(super) fn object(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    let rows: &[Export] = &[
        Export::function("writeReport", 2, write_report),
        Export::function("getReport", 1, get_report),
        Export::build("directory", |cx| text_of_flag("--report-directory", "--report-dir", "", cx)),
        Export::build("filename", |cx| text_of_flag("--report-filename", "--report-filename", "", cx)),
        Export::build("compact", |cx| switch("report-compact", cx)),
        Export::build("excludeNetwork", |cx| switch("report-exclude-network", cx)),
        Export::build("signal", |cx| text_of_flag("--report-signal", "--report-signal", "SIGUSR2", cx)),
        Export::build("reportOnFatalError", |cx| switch("report-on-fatalerror", cx)),
        Export::build("reportOnSignal", |cx| switch("report-on-signal", cx)),
        Export::build("reportOnUncaughtException", |cx| switch("report-uncaught-exception", cx)),
        Export::build("excludeEnv", |cx| switch("report-exclude-env", cx)),
    ];
    table::define_all(&object, rows, true, cx)?;
    Ok(object.into())
}

/// The value of a flag under either of its names.
fn text_of_flag(name: &str, other: &str, default: &str, cx: &mut Context) -> JsResult<JsValue> {
    let value = launch_flags::value(name, cx).or_else(|| launch_flags::value(other, cx));
    Ok(js_string!(value.as_deref().unwrap_or(default)).into())
}

fn switch(name: &str, cx: &mut Context) -> JsResult<JsValue> {
    Ok(launch_flags::switch(name, cx).unwrap_or(false).into())
}

/// Writes the report of an error that nobody caught, where `process.report.reportOnUncaughtException` says so.
pub(super) fn on_uncaught(error: &JsValue, cx: &mut Context) -> JsResult<()> {
    // Without a process object only the flag can have asked.
    if super::made(cx).is_none() && launch_flags::switch("report-uncaught-exception", cx) != Some(true) {
        return Ok(());
    }
    let settings = super::object(cx)?.get(js_string!("report"), cx)?;
    let Some(object) = settings.as_object() else { return Ok(()) };
    if !object.get(js_string!("reportOnUncaughtException"), cx)?.to_boolean() {
        return Ok(());
    }
    let error = match error.as_object() {
        Some(error) => error,
        None => JsObject::with_object_proto(cx.intrinsics()),
    };
    write(&settings, &JsValue::undefined(), &Cause { event: "Exception", trigger: "Exception" }, &error, cx).map(drop)
}

/// Why a report is made.
struct Cause {
    event: &'static str,
    trigger: &'static str,
}

/// The error that the report is about: one of its own where the script has none.
fn error_of(given: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    if given.is_undefined() {
        return errors::coded(Base::Error, "ERR_SYNTHETIC", "JavaScript Callstack", cx).into_opaque(cx)?.to_object(cx);
    }
    validate::object(given, "err", cx)
}

/// `process.report.getReport([err])`
fn get_report(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let error = error_of(args.get_or_undefined(0), cx)?;
    Ok(report(this, &Cause { event: "JavaScript API", trigger: "GetReport" }, JsValue::null(), &error, cx)?.into())
}

/// `process.report.writeReport([filename][, err])`: gives the name of the file.
fn write_report(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (mut filename, mut error) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if filename.is_object() {
        error = std::mem::take(&mut filename);
    }
    let error = error_of(&error, cx)?;
    write(this, &filename, &Cause { event: "JavaScript API", trigger: "API" }, &error, cx)
}

fn write(settings: &JsValue, filename: &JsValue, cause: &Cause, error: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let setting = |name: &str, cx: &mut Context| -> JsResult<String> {
        match settings.as_object() {
            Some(settings) => Ok(settings.get(js_string!(name), cx)?.to_string(cx)?.to_std_string_lossy()),
            None => Ok(String::new()),
        }
    };
    let host = Host::of(cx);
    let mut name = if filename.is_undefined() { setting("filename", cx)? } else { validate::string(filename, "file", cx)?.to_std_string_lossy() };
    if name.is_empty() {
        let now = local_time(cx)?;
        name = format!("report.{now}.{}.{}.001.json", host.sys().process().pid(), crate::worker_threads::thread_id(cx).unwrap_or(0));
    }
    let folder = setting("directory", cx)?;
    let path = if folder.is_empty() || name.starts_with('/') { name.clone() } else { format!("{folder}/{name}") };
    let report = report(settings, cause, js_string!(name.as_str()).into(), error, cx)?;
    let indent = if setting("compact", cx)? == "true" { 0 } else { 2 };
    let stringify = cx.intrinsics().objects().json().get(js_string!("stringify"), cx)?;
    let stringify = validate::function(&stringify, "JSON.stringify", cx)?;
    let text = stringify.call(&JsValue::undefined(), &[report.into(), JsValue::null(), indent.into()], cx)?;
    let text = text.to_string(cx)?.to_std_string_lossy() + "\n";
    match name.as_str() {
        "stdout" => write_fd(1, text.as_bytes(), cx),
        "stderr" => write_fd(2, text.as_bytes(), cx),
        _ => {
            let written = host.sys().fs().write_file(path.as_str(), text.as_bytes(), coil_engine::coil_sys::fs::flags::WRITE, 0o666, false);
            if let Err(mut error) = written {
                // What may not be written to is the folder, where the name was none of the script's.
                if let Some(denied) = error.denied.as_mut().filter(|_| !filename.is_string()) {
                    denied.resource = host.cwd();
                }
                return Err(errors::system(&error, cx));
            }
            write_fd(2, format!("\nWriting Node.js report to file: {name}\nNode.js report completed\n").as_bytes(), cx);
        }
    }
    Ok(js_string!(name).into())
}

/// `20260102.030405`, by the local clock.
fn local_time(cx: &mut Context) -> JsResult<String> {
    let now = cx.intrinsics().constructors().date().constructor().construct(&[], None, cx)?;
    let mut number = |method: &str| -> JsResult<u32> {
        let method = now.get(js_string!(method), cx)?;
        validate::function(&method, "Date", cx)?.call(&now.clone().into(), &[], cx)?.to_u32(cx)
    };
    let (year, month, day) = (number("getFullYear")?, number("getMonth")? + 1, number("getDate")?);
    let (hour, minute, second) = (number("getHours")?, number("getMinutes")?, number("getSeconds")?);
    Ok(format!("{year:04}{month:02}{day:02}.{hour:02}{minute:02}{second:02}"))
}

/// What a function of a built-in module gives.
fn asked(module: &'static str, function: &str, cx: &mut Context) -> JsResult<JsValue> {
    let Some(module) = Host::of(cx).builtin(module) else { return Ok(JsValue::undefined()) };
    let exports = table::instantiate(module, cx)?;
    let function = exports.get(js_string!(function), cx)?;
    match function.as_callable() {
        Some(function) => function.call(&exports.into(), &[], cx),
        None => Ok(JsValue::undefined()),
    }
}

fn report(settings: &JsValue, cause: &Cause, filename: JsValue, error: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let excludes = |name: &str, cx: &mut Context| -> JsResult<bool> {
        match settings.as_object() {
            Some(settings) => Ok(settings.get(js_string!(name), cx)?.to_boolean()),
            None => Ok(false),
        }
    };
    let without_network = excludes("excludeNetwork", cx)?;
    let header = header(cause, filename, without_network, cx)?;
    let stack = stack(error, cx)?;
    let heap = heap(cx)?;
    let (whole, thread) = usage(cx)?;
    let handles = handles(cx)?;
    let mut fields: Vec<(&str, JsValue)> = vec![
        ("header", header.into()),
        ("javascriptStack", stack.into()),
        ("javascriptHeap", heap),
        ("nativeStack", JsArray::new(cx)?.into()),
        ("resourceUsage", whole.into()),
        ("uvthreadResourceUsage", thread.into()),
        ("libuv", handles),
        ("workers", JsArray::new(cx)?.into()),
    ];
    if !excludes("excludeEnv", cx)? {
        let process = super::object(cx)?;
        let variables = JsObject::with_object_proto(cx.intrinsics());
        let env = process.get(js_string!("env"), cx)?;
        variables.copy_data_properties::<JsString>(&env, Vec::new(), cx)?;
        fields.push(("environmentVariables", variables.into()));
    }
    fields.push(("sharedObjects", JsArray::new(cx)?.into()));
    plain(&fields, cx)
}

fn header(cause: &Cause, filename: JsValue, without_network: bool, cx: &mut Context) -> JsResult<JsObject> {
    let host = Host::of(cx);
    let process = super::object(cx)?;
    let of_process = |key: &str, cx: &mut Context| process.get(js_string!(key), cx);
    let (versions, release) = (of_process("versions", cx)?, of_process("release", cx)?);
    let (version, arch, platform) = (of_process("version", cx)?, of_process("arch", cx)?, of_process("platform", cx)?);
    let launch = host.state::<coil_engine::launch::Launch>();
    let words: Vec<JsValue> = {
        let (argv, flags) = (launch.argv.borrow(), launch.exec_argv.borrow());
        argv.iter().take(1).chain(flags.iter()).chain(argv.iter().skip(1)).map(|word| js_string!(word.as_str()).into()).collect()
    };
    let words = JsArray::from_iter(words, cx);
    let now = cx.intrinsics().constructors().date().constructor().construct(&[], None, cx)?;
    let text_of = |name: &str, now: &JsObject, cx: &mut Context| -> JsResult<JsValue> {
        let method = now.get(js_string!(name), cx)?;
        validate::function(&method, name, cx)?.call(&now.clone().into(), &[], cx)
    };
    let iso = text_of("toISOString", &now, cx)?.to_string(cx)?.to_std_string_lossy();
    let time = iso.split('.').next().unwrap_or_default().to_owned() + "Z";
    let stamp = text_of("getTime", &now, cx)?.to_string(cx)?;
    let name = host.sys().os().uname();
    let mut fields: Vec<(&str, JsValue)> = vec![
        ("reportVersion", 5.into()),
        ("event", js_string!(cause.event).into()),
        ("trigger", js_string!(cause.trigger).into()),
        ("filename", filename),
        ("dumpEventTime", js_string!(time).into()),
        ("dumpEventTimeStamp", stamp.into()),
        ("processId", host.sys().process().pid().into()),
        ("threadId", crate::worker_threads::thread_id(cx).map_or(0.0, |id| id as f64).into()),
        ("cwd", js_string!(host.cwd()).into()),
        ("commandLine", words.into()),
        ("nodejsVersion", version),
        ("wordSize", usize::BITS.into()),
        ("arch", arch),
        ("platform", platform),
        ("componentVersions", versions),
        ("release", release),
        ("osName", js_string!(name.sysname).into()),
        ("osRelease", js_string!(name.release).into()),
        ("osVersion", js_string!(name.version).into()),
        ("osMachine", js_string!(name.machine).into()),
        ("cpus", asked("os", "cpus", cx)?),
    ];
    if !without_network {
        fields.push(("networkInterfaces", interfaces(cx)?));
    }
    fields.push(("host", js_string!(host.sys().os().hostname()).into()));
    plain(&fields, cx)
}

/// `os.networkInterfaces()` as one list, each entry with its name.
fn interfaces(cx: &mut Context) -> JsResult<JsValue> {
    let list = JsArray::new(cx)?;
    let found = asked("os", "networkInterfaces", cx)?;
    let Some(found) = found.as_object() else { return Ok(list.into()) };
    for key in found.own_property_keys(cx)? {
        let entries = found.get(key.clone(), cx)?;
        let Some(entries) = entries.as_object() else { continue };
        for entry in crate::events::elements(&entries, cx)? {
            let shown = plain(&[("name", js_string!(key.to_string()).into())], cx)?;
            shown.copy_data_properties::<JsString>(&entry, Vec::new(), cx)?;
            list.push(shown, cx)?;
        }
    }
    Ok(list.into())
}

fn stack(error: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let stack = error.get(js_string!("stack"), cx)?.as_string().map(|stack| stack.to_std_string_lossy()).unwrap_or_default();
    let (frames, message): (Vec<&str>, Vec<&str>) = stack.lines().partition(|line| line.trim_start().starts_with("at "));
    let frames: Vec<JsValue> = frames.into_iter().map(|line| js_string!(line.trim()).into()).collect();
    let frames = JsArray::from_iter(frames, cx);
    let properties = JsObject::with_object_proto(cx.intrinsics());
    for key in error.own_property_keys(cx)? {
        if error.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true)) {
            let value = error.get(key.clone(), cx)?;
            let shown = crate::show(&value, cx);
            let shown = value.as_string().unwrap_or_else(|| js_string!(shown));
            properties.create_data_property_or_throw(key, shown, cx)?;
        }
    }
    plain(&[("message", js_string!(message.join("\n")).into()), ("stack", frames.into()), ("errorProperties", properties.into())], cx)
}

fn heap(cx: &mut Context) -> JsResult<JsValue> {
    let figures = asked("v8", "getHeapStatistics", cx)?;
    let Some(figures) = figures.as_object() else { return Ok(figures) };
    let names =
        [("totalMemory", "total_heap_size"), ("usedMemory", "used_heap_size"), ("memoryLimit", "heap_size_limit"), ("availableMemory", "total_available_size"), ("externalMemory", "external_memory")];
    let mut fields = Vec::new();
    for (name, figure) in names {
        fields.push((name, figures.get(js_string!(figure), cx)?));
    }
    plain(&fields, cx).map(JsValue::from)
}

/// What the process and this thread used.
fn usage(cx: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let host = Host::of(cx);
    let (process, os) = (host.sys().process(), host.sys().os());
    let (all, own) = (process.cpu_usage(), process.thread_cpu_usage());
    let used = process.resource_usage();
    let seconds = |us: u64| JsValue::from(us as f64 / 1e6);
    let rss = process.rss().unwrap_or_default();
    let whole = plain(
        &[
            ("free_memory", (os.freemem() as f64).into()),
            ("total_memory", (os.totalmem() as f64).into()),
            ("rss", (rss as f64).into()),
            ("constrained_memory", (os.constrained_memory() as f64).into()),
            ("available_memory", (os.available_memory() as f64).into()),
            ("userCpuSeconds", seconds(all.user_us)),
            ("kernelCpuSeconds", seconds(all.system_us)),
            ("maxRss", (used.max_rss as f64 * 1024.0).into()),
        ],
        cx,
    )?;
    let thread = plain(&[("userCpuSeconds", seconds(own.user_us)), ("kernelCpuSeconds", seconds(own.system_us))], cx)?;
    Ok((whole, thread))
}

/// What the loop waits for, by libuv's names of types.
fn handles(cx: &mut Context) -> JsResult<JsValue> {
    let process = super::object(cx)?;
    let list = JsArray::new(cx)?;
    let active = process.get(js_string!("getActiveResourcesInfo"), cx)?;
    let Some(active) = active.as_callable() else { return Ok(list.into()) };
    let names = active.call(&process.into(), &[], cx)?;
    let Some(names) = names.as_object() else { return Ok(list.into()) };
    for name in crate::events::elements(&names, cx)? {
        let name = name.to_string(cx)?.to_std_string_lossy();
        let kind = TYPES.iter().find(|(part, _)| name.contains(part)).map_or("async", |(_, kind)| *kind);
        let entry = plain(&[("type", js_string!(kind).into()), ("is_active", true.into()), ("is_referenced", true.into())], cx)?;
        list.push(entry, cx)?;
    }
    Ok(list.into())
}

/// Parts of the names of resources, and the types of their handles.
const TYPES: &[(&str, &str)] =
    &[("TCP", "tcp"), ("UDP", "udp"), ("Pipe", "pipe"), ("TTY", "tty"), ("Time", "timer"), ("Process", "process"), ("Signal", "signal"), ("FSEvent", "fs_event"), ("StatWatcher", "fs_poll")];
