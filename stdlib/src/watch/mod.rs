//! `--watch`: a program runs in a process of its own, and again when one of its files changes.
//!
//! The process tells over its channel which files it has loaded ([`tell_parent`]); this one watches their folders, and what `--watch-path`
//! names. Everything else that comes over the channel goes on to whoever started this process.
//!
//! Follows <https://nodejs.org/api/cli.html#--watch>.
//!
//! Beside `--test` the flag is the test runner's.
//!
//! Differs from Node: `--env-file`s are not watched.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use coil_engine::{Host, coil_loop::TimerId, coil_sys::signals, errors, launch::Launch, table};
use rustc_hash::FxHashSet;

use crate::{carried::Carried, child_process, events, fs, path::absolute, process};

/// What is run, and what is watched beside its own files.
pub struct Options {
    /// The program and its arguments, as they were given.
    pub command: Vec<String>,
    /// What comes before them: flags.
    pub flags: Vec<String>,
    /// `--watch-path`
    pub paths: Vec<String>,
    /// `--watch-preserve-output`: the terminal is not cleared.
    pub preserves_output: bool,
    /// `--watch-kill-signal`
    pub kill_signal: Option<String>,
}

struct Watch {
    options: Options,
    child: RefCell<Option<JsObject>>,
    /// Files whose change counts.
    files: RefCell<FxHashSet<String>>,
    /// Folders that are watched.
    folders: RefCell<FxHashSet<String>>,
    /// Counts down since the last change.
    timer: Cell<Option<TimerId>>,
    restarting: Cell<bool>,
}

/// Runs the program, and again as often as its files change.
///
/// # Errors
///
/// ERR_UNKNOWN_SIGNAL where there is no such signal; those of the processes and of the file system.
pub fn run(options: Options, cx: &mut Context) -> JsResult<()> {
    if let Some(signal) = options.kill_signal.as_deref().filter(|signal| signals::number_of(signal).is_none()) {
        return Err(errors::unknown_signal(signal, cx));
    }
    let watch = Rc::new(Watch { options, child: RefCell::default(), files: RefCell::default(), folders: RefCell::default(), timer: Cell::new(None), restarting: Cell::new(false) });
    let cwd = Host::of(cx).cwd();
    if watch.options.paths.is_empty() {
        if let Some(file) = watch.options.command.first() {
            follow_file(&watch, &absolute(&cwd, file), cx)?;
        }
    } else {
        for path in watch.options.paths.clone() {
            follow_folder(&watch, &absolute(&cwd, &path), true, cx)?;
        }
    }
    let process = process::object(cx)?;
    listen(
        &process,
        "message",
        &watch,
        |watch, args, cx| {
            let child = watch.child.borrow().clone();
            match child {
                Some(child) if child.get(js_string!("connected"), cx)?.to_boolean() => events::method(&child, "send", &[args.get_or_undefined(0).clone()], cx).map(drop),
                _ => Ok(()),
            }
        },
        cx,
    )?;
    for signal in ["SIGINT", "SIGTERM"] {
        let leave: Told = if signal == "SIGINT" { |watch, _, cx| leave(watch, "SIGINT", cx) } else { |watch, _, cx| leave(watch, "SIGTERM", cx) };
        listen(&process, signal, &watch, leave, cx)?;
    }
    start(&watch, cx)
}

type Told = fn(&Rc<Watch>, &[JsValue], &mut Context) -> JsResult<()>;

fn listener(watch: &Rc<Watch>, call: Told, cx: &mut Context) -> JsFunction {
    table::closure("", 1, Carried((watch.clone(), call)), |_, args, carried, cx| (carried.0.1)(&carried.0.0, args, cx).map(|()| JsValue::undefined()), cx)
}

fn listen(target: &JsObject, event: &'static str, watch: &Rc<Watch>, call: Told, cx: &mut Context) -> JsResult<()> {
    let listener = listener(watch, call, cx);
    events::on(target, js_string!(event), listener, cx)
}

/// The command as it is spoken of.
fn shown(watch: &Watch, cx: &mut Context) -> String {
    crate::show(&js_string!(watch.options.command.join(" ")).into(), cx)
}

fn say(text: &str, cx: &Context) {
    process::write_fd(1, text.as_bytes(), cx);
}

fn start(watch: &Rc<Watch>, cx: &mut Context) -> JsResult<()> {
    let env = JsObject::with_null_proto();
    let own = process::object(cx)?.get(js_string!("env"), cx)?;
    env.copy_data_properties::<JsString>(&own, Vec::new(), cx)?;
    env.create_data_property_or_throw(js_string!(REPORT), js_string!("1"), cx)?;
    let stdio = ["inherit", "inherit", "inherit", "ipc"].map(|kind| js_string!(kind).into());
    let stdio = JsArray::from_iter(stdio, cx);
    let options = JsObject::with_null_proto();
    options.create_data_property_or_throw(js_string!("stdio"), stdio, cx)?;
    options.create_data_property_or_throw(js_string!("env"), env, cx)?;
    let args: Vec<JsValue> = watch.options.flags.iter().chain(&watch.options.command).map(|arg| js_string!(arg.as_str()).into()).collect();
    let args = JsArray::from_iter(args, cx);
    let program = Host::of(cx).state::<Launch>().exec_path.borrow().clone();
    let module = table::instantiate(&child_process::MODULE, cx)?;
    let child = events::method(&module, "spawn", &[js_string!(program).into(), args.into(), options.into()], cx)?.to_object(cx)?;
    listen(&child, "message", watch, message, cx)?;
    listen(&child, "exit", watch, ended, cx)?;
    *watch.child.borrow_mut() = Some(child);
    Ok(())
}

/// What the program's process says: which files it has loaded, or something for whoever started this one.
fn message(watch: &Rc<Watch>, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let message = args.get_or_undefined(0);
    if let Some(object) = message.as_object()
        && object.has_own_property(js_string!(LOADED), cx)?
    {
        let files = object.get(js_string!(LOADED), cx)?.to_object(cx)?;
        for file in events::elements(&files, cx)? {
            let file = file.to_string(cx)?.to_std_string_lossy();
            if watch.options.paths.is_empty() {
                follow_file(watch, &file, cx)?;
            }
        }
        return Ok(());
    }
    let process = process::object(cx)?;
    if process.get(js_string!("send"), cx)?.is_callable() {
        events::method(&process, "send", std::slice::from_ref(message), cx)?;
    }
    Ok(())
}

/// The program has ended by itself, or to be run again.
fn ended(watch: &Rc<Watch>, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    watch.child.borrow_mut().take();
    if watch.restarting.replace(false) {
        return start(watch, cx);
    }
    let how = if args.get_or_undefined(0).as_number() == Some(0.0) { "Completed" } else { "Failed" };
    let text = format!("{how} running {}. Waiting for file changes before restarting...\n", shown(watch, cx));
    say(&text, cx);
    Ok(())
}

fn follow_file(watch: &Rc<Watch>, file: &str, cx: &mut Context) -> JsResult<()> {
    let fresh = watch.files.borrow_mut().insert(file.to_owned());
    match file.rsplit_once('/') {
        Some((folder, _)) if fresh => follow_folder(watch, if folder.is_empty() { "/" } else { folder }, false, cx),
        _ => Ok(()),
    }
}

/// Watches a folder, or a file that is named in its place.
fn follow_folder(watch: &Rc<Watch>, folder: &str, all: bool, cx: &mut Context) -> JsResult<()> {
    if !watch.folders.borrow_mut().insert(folder.to_owned()) {
        return Ok(());
    }
    let options = JsObject::with_null_proto();
    options.create_data_property_or_throw(js_string!("recursive"), all, cx)?;
    let module = table::instantiate(&fs::MODULE, cx)?;
    let changed = table::closure(
        "",
        2,
        Carried((watch.clone(), folder.to_owned(), all)),
        |_, args, carried, cx| {
            let (watch, folder, all) = &carried.0;
            let name = args.get_or_undefined(1).as_string().map(|name| name.to_std_string_lossy()).unwrap_or_default();
            if *all || watch.files.borrow().contains(&format!("{}/{name}", folder.trim_end_matches('/'))) {
                changed(watch, cx);
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    let watcher = events::method(&module, "watch", &[js_string!(folder).into(), options.into(), changed.into()], cx)?.to_object(cx)?;
    // A folder that goes away is watched no longer.
    listen(&watcher, "error", watch, |_, _, _| Ok(()), cx)
}

/// Something has changed: when nothing more does for a while, the program is run again.
fn changed(watch: &Rc<Watch>, cx: &mut Context) {
    let host = Host::of(cx);
    if let Some(timer) = watch.timer.take() {
        host.event_loop().timer_cancel(timer);
    }
    let again = watch.clone();
    let timer = host.event_loop().timer(
        SETTLE_MS,
        Box::new(move |cx: &mut Context| {
            again.timer.set(None);
            Host::of(cx).enter_with(cx, |cx| restart(&again, cx));
        }),
    );
    watch.timer.set(Some(timer));
}

/// A program that is saved is written in several steps.
const SETTLE_MS: u64 = 200;

fn restart(watch: &Rc<Watch>, cx: &mut Context) -> JsResult<()> {
    if watch.restarting.get() {
        return Ok(());
    }
    if !watch.options.preserves_output && Host::of(cx).sys().stdio().is_tty(1) {
        say(CLEAR, cx);
    }
    let text = format!("Restarting {}\n", shown(watch, cx));
    say(&text, cx);
    let child = watch.child.borrow().clone();
    match child {
        Some(child) => {
            watch.restarting.set(true);
            kill(&child, watch.options.kill_signal.as_deref().unwrap_or("SIGTERM"), cx)
        }
        None => start(watch, cx),
    }
}

/// Clears a terminal.
const CLEAR: &str = "\x1bc";

fn kill(child: &JsObject, signal: &str, cx: &mut Context) -> JsResult<()> {
    events::method(child, "kill", &[js_string!(signal).into()], cx).map(drop)
}

/// This process is told to end: the program ends first.
fn leave(watch: &Rc<Watch>, signal: &'static str, cx: &mut Context) -> JsResult<()> {
    let status = 128 + signals::number_of(signal).unwrap_or_default();
    let child = watch.child.borrow_mut().take();
    let exit = table::closure(
        "",
        0,
        Carried(status),
        |_, _, status, cx| {
            let process = process::object(cx)?;
            events::method(&process, "exit", &[status.0.into()], cx)
        },
        cx,
    );
    let Some(child) = child else { return exit.call(&JsValue::undefined(), &[], cx).map(drop) };
    events::method(&child, "removeAllListeners", &[js_string!("exit").into()], cx)?;
    events::on(&child, js_string!("exit"), exit, cx)?;
    kill(&child, watch.options.kill_signal.as_deref().unwrap_or(signal), cx)
}

/// The variable by which a process knows that it is to tell what it loads; the message is Node's for CommonJS, whoever reads it.
const REPORT: &str = "WATCH_REPORT_DEPENDENCIES";
const LOADED: &str = "watch:require";

/// Where this process is to tell what it loads, it does so from now on.
pub fn set_up_child(cx: &mut Context) {
    let host = Host::of(cx);
    if host.env(REPORT).is_some() {
        host.state::<Launch>().loaded.set(Some(tell_parent));
    }
}

/// Tells of one file.
fn tell_parent(file: &str, cx: &mut Context) -> JsResult<()> {
    let process = process::object(cx)?;
    if !process.get(js_string!("send"), cx)?.is_callable() || !process.get(js_string!("connected"), cx)?.to_boolean() {
        return Ok(());
    }
    let files = JsArray::from_iter([js_string!(file).into()], cx);
    let message = JsObject::with_object_proto(cx.intrinsics());
    message.create_data_property_or_throw(js_string!(LOADED), files, cx)?;
    events::method(&process, "send", &[message.into()], cx).map(drop)
}
