//! `spawnSync`, `execSync` and `execFileSync`: nothing else happens until the child has ended.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    coil_sys::{
        SysResult,
        child::{ChildFd, Done, Run, RunPipe},
        signals,
    },
    errors as engine_errors,
    table::{self, Export, NativeModule},
};

use super::{
    arguments::{self, get, put},
    child, errors,
    exec::MAX_BUFFER,
    stdio::{self, Entry},
};
use crate::{
    buffer::{self, Encoding},
    events,
    net::{errors::plain_with, handle::Inner},
};

/// `child_process.spawnSync(file[, args][, options])`
pub fn spawn_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    run(args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2), cx).map(JsValue::from)
}

fn run(file: &JsValue, args: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let options = arguments::spawn(file, args, options, cx)?;
    let spawn = table::instantiate(&BINDING, cx)?.get(js_string!("spawn"), cx)?;
    let Some(spawn) = spawn.as_callable() else { return Err(engine_errors::plain(engine_errors::Base::Type, "spawn_sync.spawn is not a function")) };
    spawn.call(&JsValue::undefined(), &[options.into()], cx)?.to_object(cx)
}

/// `process.binding('spawn_sync')`: what starts every child that is waited for. Programs that follow a program's children replace
/// `spawn` in it and see, and change, what is about to be started.
pub(crate) static BINDING: NativeModule = NativeModule { name: "process.binding.spawn_sync", exports: &[Export::function("spawn", 1, spawn_read)] };

/// Starts what `spawnSync` has made of its arguments.
fn spawn_read(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(0).to_object(cx)?;
    let file = get(&options, "file", cx)?;
    let args = get(&options, "args", cx)?;
    let args = if args.is_object() { arguments::elements(&args, cx)? } else { Vec::new() };
    to_end(&options, &file, args, cx).map(JsValue::from)
}

fn to_end(options: &JsObject, file: &JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    if !options.has_own_property(js_string!("maxBuffer"), cx)? {
        put(options, "maxBuffer", MAX_BUFFER, cx)?;
    }
    let timeout_ms = arguments::timeout(options, cx)?;
    let max_buffer = arguments::max_buffer(options, cx)?;
    let kill_signal = arguments::kill_signal(options, cx)?;
    let given = get(options, "stdio", cx)?;
    let given = if given.to_boolean() { given } else { js_string!("pipe").into() };
    let entries = stdio::read(&given, true, cx)?;
    let inputs = inputs(options, &given, &entries, cx)?;

    let mut run = Run::new(child::command(options, cx)?);
    let pipes = match place(&mut run, &entries, inputs, cx) {
        Ok(pipes) => pipes,
        Err(error) => return failed(error.errno, file, args, cx),
    };
    run.timeout_ms = Some(timeout_ms).filter(|&ms| ms > 0);
    run.output_len_max = (max_buffer > 0.0 && max_buffer.is_finite()).then_some(max_buffer as u64);
    if let Some(signal) = kill_signal {
        run.kill_signal = signal;
    }
    // Whatever a stream of ours still holds comes before what the child writes.
    let sys = Host::of(cx).sys().clone();
    let done = match run.to_end(&sys) {
        Ok(done) => done,
        Err(error) if error.denied.is_some() => return Err(engine_errors::system(&error, cx)),
        Err(error) => return failed(error.errno, file, args, cx),
    };
    report(done, &pipes, entries.len(), options, file, args, cx)
}

/// What is to be fed to each descriptor.
fn inputs(options: &JsObject, stdio: &JsValue, entries: &[Entry], cx: &mut Context) -> JsResult<Vec<Option<Vec<u8>>>> {
    let given = if stdio.is_string() { Vec::new() } else { arguments::elements(stdio, cx)? };
    let encoding = get(options, "encoding", cx)?;
    let encoding = encoding.as_string().and_then(|label| Encoding::of(&label)).unwrap_or_default();
    let mut inputs = Vec::with_capacity(entries.len());
    for at in 0..entries.len() {
        let own = get(options, "input", cx)?;
        let value = if at == 0 && own.to_boolean() {
            own
        } else {
            match given.get(at).and_then(JsValue::as_object) {
                Some(entry) => get(&entry, "input", cx)?,
                None => JsValue::undefined(),
            }
        };
        inputs.push(if value.is_null_or_undefined() {
            None
        } else if let Some(text) = value.as_string() {
            Some(buffer::string_to_bytes(&text, encoding))
        } else if buffer::is_view(&value) {
            Some(buffer::bytes_of(&value).unwrap_or_default())
        } else {
            return Err(engine_errors::invalid_arg_type(&format!("options.stdio[{at}]"), "Buffer|TypedArray|DataView|string", &value, cx));
        });
    }
    Ok(inputs)
}

/// Gives the run its descriptors; which of them are pipes, in the order of the run's.
fn place(run: &mut Run, entries: &[Entry], inputs: Vec<Option<Vec<u8>>>, cx: &Context) -> SysResult<Vec<usize>> {
    let host = Host::of(cx);
    let net = host.sys().net();
    let mut pipes = Vec::new();
    for (at, (entry, input)) in entries.iter().zip(inputs).enumerate() {
        let theirs = match entry {
            Entry::Pipe | Entry::Ipc | Entry::Value => {
                let (ours, theirs) = net.socket_pair()?;
                net.set_nonblocking(&theirs, false)?;
                run.pipes.push(RunPipe { fd: ours, input, reads: at > 0 });
                pipes.push(at);
                ChildFd::Given(theirs)
            }
            Entry::Ignore => ChildFd::Ignore,
            Entry::Fd(fd) => ChildFd::Inherit(*fd),
            Entry::Wrap { inner: Inner::Conn(conn), .. } => match conn.with_fd(|fd, _| fd.try_clone()) {
                Some(Ok(fd)) => ChildFd::Given(fd),
                _ => ChildFd::Ignore,
            },
            Entry::Wrap { inner: Inner::Listener(listener), .. } => listener.duplicate().map_or(ChildFd::Ignore, ChildFd::Given),
            Entry::Wrap { .. } => ChildFd::Ignore,
        };
        run.command.stdio.push(theirs);
    }
    Ok(pipes)
}

/// The result of a child that was not started.
fn failed(number: i32, file: &JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    let error = failure(number, file, args, cx)?;
    put(&result, "error", error, cx)?;
    for name in ["status", "signal", "output"] {
        put(&result, name, JsValue::null(), cx)?;
    }
    put(&result, "pid", 0, cx)?;
    for name in ["stdout", "stderr"] {
        put(&result, name, JsValue::null(), cx)?;
    }
    Ok(result)
}

fn failure(number: i32, file: &JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let syscall = format!("spawnSync {}", file.to_string(cx)?.to_std_string_lossy());
    errors::spawn_failed(number, &syscall, file, args, cx)
}

fn report(done: Done, pipes: &[usize], count: usize, options: &JsObject, file: &JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let encoding = get(options, "encoding", cx)?;
    let label = encoding.as_string().filter(|label| !label.is_empty() && *label != js_string!("buffer"));
    let mut output = vec![JsValue::null(); count];
    for (at, bytes) in pipes.iter().zip(done.outputs) {
        if *at == 0 {
            continue;
        }
        let bytes = buffer::from_vec(bytes, cx)?;
        output[*at] = match &label {
            Some(label) => events::method(&bytes, "toString", &[label.clone().into()], cx)?,
            None => bytes.into(),
        };
    }
    let result = JsObject::with_object_proto(cx.intrinsics());
    if let Some(number) = done.error {
        let error = failure(number, file, args, cx)?;
        put(&result, "error", error, cx)?;
    }
    let (status, signal) = match done.exit {
        Some(exit) => match exit.signal {
            Some(number) => (JsValue::null(), js_string!(signals::name_of(number).unwrap_or("")).into()),
            None => (exit.code.into(), JsValue::null()),
        },
        None => (JsValue::null(), JsValue::null()),
    };
    put(&result, "status", status, cx)?;
    put(&result, "signal", signal, cx)?;
    let (stdout, stderr) = (output[1].clone(), output[2].clone());
    let output = JsArray::from_iter(output, cx);
    put(&result, "output", output, cx)?;
    put(&result, "pid", done.pid, cx)?;
    put(&result, "stdout", stdout, cx)?;
    put(&result, "stderr", stderr, cx)?;
    Ok(result)
}

/// Shows what the child said of its failure, unless the script has asked for that itself.
fn pass_stderr(options: &JsValue, result: &JsObject, cx: &mut Context) -> JsResult<()> {
    let own = match options.as_object() {
        Some(options) => get(&options, "stdio", cx)?.to_boolean(),
        None => false,
    };
    let stderr = get(result, "stderr", cx)?;
    if own || !stderr.to_boolean() {
        return Ok(());
    }
    let process = crate::process::object(cx)?;
    let stream = get(&process, "stderr", cx)?.to_object(cx)?;
    events::method(&stream, "write", &[stderr], cx).map(drop)
}

/// `checkExecSyncError`
fn check(result: &JsObject, command: &str, cx: &mut Context) -> JsResult<JsValue> {
    let error = get(result, "error", cx)?;
    if let Some(error) = error.as_object() {
        for (name, value) in crate::http::own_entries(result, cx)? {
            error.set(name, value, true, cx)?;
        }
        return Err(errors::thrown(error));
    }
    if get(result, "status", cx)?.as_number() == Some(0.0) {
        return get(result, "stdout", cx);
    }
    let mut message = format!("Command failed: {command}");
    let stderr = get(result, "stderr", cx)?;
    if let Some(text) = stderr.as_string() {
        if !text.is_empty() {
            message += &format!("\n{}", text.to_std_string_lossy());
        }
    } else if let Some(bytes) = buffer::bytes_of(&stderr).filter(|bytes| !bytes.is_empty()) {
        message += &format!("\n{}", String::from_utf8_lossy(&bytes));
    }
    let error = plain_with(&message, &[], cx)?;
    for (name, value) in crate::http::own_entries(result, cx)? {
        error.set(name, value, true, cx)?;
    }
    Err(errors::thrown(error))
}

/// `child_process.execFileSync(file[, args][, options])`
pub fn exec_file_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = arguments::exec_file(args.get(..3.min(args.len())).unwrap_or_default(), cx)?;
    let list = JsArray::from_iter(given.args.iter().cloned(), cx);
    let options = match &given.options {
        Some(options) => options.clone().into(),
        None => JsObject::with_object_proto(cx.intrinsics()).into(),
    };
    let result = run(&given.file, &list.into(), &options, cx)?;
    pass_stderr(&options, &result, cx)?;
    let argv0 = match &given.options {
        Some(options) => get(options, "argv0", cx)?,
        None => JsValue::undefined(),
    };
    let program = if argv0.to_boolean() { argv0 } else { given.file };
    let program = program.to_string(cx)?;
    let command = arguments::joined(&program, &given.args, cx)?;
    check(&result, &command.to_std_string_lossy(), cx)
}

/// `child_process.execSync(command[, options])`
pub fn exec_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (command, options, _) = arguments::exec(args.get_or_undefined(0), args.get_or_undefined(1), &JsValue::null(), cx)?;
    let options = JsValue::from(options);
    let result = run(&command, &options, &JsValue::undefined(), cx)?;
    pass_stderr(&options, &result, cx)?;
    let command = command.to_string(cx)?;
    check(&result, &command.to_std_string_lossy(), cx)
}
