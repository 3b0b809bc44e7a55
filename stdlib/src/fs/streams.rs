//! `fs.createReadStream` and `fs.createWriteStream`: files as streams. A chunk is one trip to the pool.
//!
//! A stream calls the `open`, `read`, `write`, `writev`, `fsync` and `close` of its `fs` option, of the `FileHandle` it was given, or of the
//! module `fs`. As long as those of the module are the original ones, chunks go to the pool without becoming JavaScript values.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    native_function::NativeFunctionPointer,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::Outcome,
    coil_sys::{SysError, errno},
    errors,
    table::{self, Member, Symbol},
    validate,
};

use super::{
    MODULE,
    arguments::{self, Options, key},
    contents, handle,
};
use crate::{
    buffer::{self, Encoding},
    events,
    stream::{self, Chunk, Done, Native},
};

/// What belongs to one file stream.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct FileState {
    /// Whose operations are called.
    fs: JsObject,
    /// A trip is under way: the descriptor may not be closed yet.
    #[unsafe_ignore_trace]
    busy: Cell<bool>,
}

/// `fs.ReadStream`
pub(super) static READ_STREAM: Class = Class {
    name: "ReadStream",
    length: 2,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Legacy,
    init: |this, args, cx| construct(this, args, &READ_STREAM, cx),
    prototype: &[
        Member::accessor("autoClose", |this, _, cx| auto_close(this, "_readableState", "ReadStream", cx), |this, args, cx| set_auto_close(this, "_readableState", "ReadStream", args, cx))
            .enumerable(false),
        Member::renamed("_construct", "_construct", 1, open),
        Member::renamed("_read", "", 1, read_method),
        Member::renamed("_destroy", "", 2, destroy_method),
        Member::renamed("close", "", 1, close_reader),
        Member::getter("pending", pending).enumerable(false),
    ],
    statics: &[],
};

/// `fs.WriteStream`
pub(super) static WRITE_STREAM: Class = Class {
    name: "WriteStream",
    length: 2,
    extends: Parent::Class(&stream::WRITABLE),
    kind: Kind::Legacy,
    init: |this, args, cx| construct(this, args, &WRITE_STREAM, cx),
    prototype: &[
        Member::accessor("autoClose", |this, _, cx| auto_close(this, "_writableState", "WriteStream", cx), |this, args, cx| set_auto_close(this, "_writableState", "WriteStream", args, cx))
            .enumerable(false),
        Member::renamed("_construct", "_construct", 1, open),
        Member::renamed("_write", "", 3, write_method),
        Member::renamed("_writev", "", 2, writev_method),
        Member::renamed("_destroy", "", 2, destroy_method),
        Member::renamed("close", "", 1, close_writer),
        Member::build("destroySoon", |cx| stream::WRITABLE.prototype(cx)?.get(js_string!("end"), cx)),
        Member::getter("pending", pending).enumerable(false),
    ],
    statics: &[],
};

/// Tells `_destroy` that the trip under way has ended.
const IO_DONE: Symbol = Symbol::Private("kIoDone");

pub(super) fn read_stream_class(cx: &mut Context) -> JsResult<JsValue> {
    READ_STREAM.constructor(cx).map(JsValue::from)
}

pub(super) fn write_stream_class(cx: &mut Context) -> JsResult<JsValue> {
    WRITE_STREAM.constructor(cx).map(JsValue::from)
}

/// Both create functions may be called with `new`.
pub(super) fn create_function(name: &'static str, call: NativeFunctionPointer, cx: &mut Context) -> JsResult<JsValue> {
    let native = boa_engine::NativeFunction::from_fn_ptr(call);
    Ok(boa_engine::object::FunctionObjectBuilder::new(cx.realm(), native).name(js_string!(name)).length(2).constructor(true).build().into())
}

/// `fs.createReadStream(path[, options])`
pub(super) fn create_read_stream(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    READ_STREAM.construct(args, cx).map(JsValue::from)
}

/// `fs.createWriteStream(path[, options])`
pub(super) fn create_write_stream(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    WRITE_STREAM.construct(args, cx).map(JsValue::from)
}

fn state(this: &JsValue, class: &str, cx: &mut Context) -> JsResult<JsObject<FileState>> {
    Slot::<FileState>::of(this, class, cx)
}

fn get(stream: &JsObject, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    stream.get(key(name, cx), cx)
}

fn set(stream: &JsObject, name: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    stream.set(key(name, cx), value, true, cx).map(drop)
}

fn construct(this: &JsValue, args: &[JsValue], class: &'static Class, cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !class.is_instance(this, cx)? {
        return class.construct(args, cx).map(JsValue::from);
    }
    let this = this.to_object(cx)?;
    let reading = std::ptr::eq(class, &READ_STREAM);
    let options = Options::read(args.get_or_undefined(1), None, cx)?;
    // What is set here stands before what the caller gave; the caller's object is only looked at.
    let given = JsObject::from_proto_and_data(options.object.clone(), boa_engine::builtins::object::OrdinaryObject);
    if let Some(encoding) = args.get_or_undefined(1).as_string() {
        given.create_data_property_or_throw(key("encoding", cx), encoding, cx)?;
    }
    if reading && options.get("highWaterMark", cx)?.is_undefined() {
        given.create_data_property_or_throw(key("highWaterMark", cx), CHUNK_LEN, cx)?;
    }
    if !reading {
        given.create_data_property_or_throw(key("decodeStrings", cx), true, cx)?;
    }
    let fs = take_source(&this, args.get_or_undefined(0), &options, reading, cx)?;
    let auto_close = options.get("autoClose", cx)?;
    let auto_close: JsValue = if auto_close.is_undefined() { true.into() } else { auto_close };
    given.create_data_property_or_throw(key("autoDestroy", cx), auto_close.clone(), cx)?;
    check_operations(&this, &fs, reading, auto_close.to_boolean(), &options, cx)?;
    let start = options.get("start", cx)?;
    set(&this, "start", start.clone(), cx)?;
    if reading {
        let end = options.get("end", cx)?;
        set(&this, "end", end.clone(), cx)?;
        set(&this, "pos", JsValue::undefined(), cx)?;
        set(&this, "bytesRead", 0, cx)?;
        check_start(&this, &start, cx)?;
        if end.is_undefined() {
            set(&this, "end", f64::INFINITY, cx)?;
        } else if end.as_number() != Some(f64::INFINITY) {
            let last = validate::integer(&end, "end", 0.0, validate::SAFE_INTEGER_MAX, cx)?;
            if start.as_number().is_some_and(|start| start > last) {
                return Err(errors::out_of_range("start", &format!("<= \"end\" (here: {last})"), &start, cx));
            }
        }
    } else {
        set(&this, "pos", JsValue::undefined(), cx)?;
        set(&this, "bytesWritten", 0, cx)?;
        check_start(&this, &start, cx)?;
    }
    Slot::set(&this, FileState { fs: fs.clone(), busy: Cell::new(false) }, cx)?;
    let own = JsObject::equals(&fs, &table::instantiate(&MODULE, cx)?);
    if reading {
        stream::init_readable(&this, &given.into(), cx)?;
        if own && is_native(&this, "_read", read_method, cx)? {
            stream::attach(&this, &FILE, cx)?;
        }
    } else {
        stream::init_writable(&this, &given.into(), cx)?;
        if own && is_native(&this, "_write", write_method, cx)? && is_native(&this, "_writev", writev_method, cx)? {
            stream::attach(&this, &FILE, cx)?;
        }
        let encoding = if args.get_or_undefined(1).is_string() { args.get_or_undefined(1).clone() } else { options.get("encoding", cx)? };
        if encoding.to_boolean() {
            events::method(&this, "setDefaultEncoding", &[encoding], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// Node's `highWaterMark` of file streams.
const CHUNK_LEN: i32 = 64 * 1024;

fn is_native(object: &JsObject, name: &'static str, call: NativeFunctionPointer, cx: &mut Context) -> JsResult<bool> {
    Ok(get(object, name, cx)?.as_object().is_some_and(|function| function.is_native_function(call)))
}

/// The file: a path to be opened, a descriptor, or a FileHandle. Gives whose operations are called.
fn take_source(this: &JsObject, path: &JsValue, options: &Options, reading: bool, cx: &mut Context) -> JsResult<JsObject> {
    let given = options.get("fd", cx)?;
    let custom = options.get("fs", cx)?;
    let fs = match custom.as_object() {
        Some(fs) => fs,
        None => table::instantiate(&MODULE, cx)?,
    };
    if given.is_null_or_undefined() {
        set(this, "fd", JsValue::null(), cx)?;
        let operation = get(&fs, "open", cx)?;
        validate::function(&operation, "options.fs.open", cx)?;
        let shown = arguments::path(path, "path", cx)?;
        let url = path.as_object().is_some_and(|object| !buffer::is_uint8_array(&object.into()));
        let shown = if url { js_string!(shown.to_string_lossy().as_ref()).into() } else { path.clone() };
        set(this, "path", shown, cx)?;
        let flags = options.get("flags", cx)?;
        let flags = if flags.is_undefined() { js_string!(if reading { "r" } else { "w" }).into() } else { flags };
        set(this, "flags", flags, cx)?;
        let mode = options.get("mode", cx)?;
        set(this, "mode", if mode.is_undefined() { contents::FILE_MODE.into() } else { mode }, cx)?;
        return Ok(fs);
    }
    if given.is_number() {
        let fd = arguments::validated_fd(&given, cx)?;
        set(this, "fd", fd, cx)?;
        return Ok(fs);
    }
    let Some(file) = handle::handle_of(&given) else {
        return Err(errors::invalid_arg_type("options.fd", "number|FileHandle", &given, cx));
    };
    if custom.to_boolean() {
        return Err(errors::method_not_implemented("FileHandle with fs", cx));
    }
    let fs = handle_operations(&file, cx)?;
    handle::add_ref(&file);
    let closing = table::closure("bound close", 0, this.clone(), |_, _, stream, cx| events::method(stream, "close", &[], cx), cx);
    events::on(&file, js_string!("close"), closing, cx)?;
    let fd = handle::fd_of(&given).unwrap_or(-1);
    let fd = arguments::validated_fd(&fd.into(), cx)?;
    set(this, "fd", fd, cx)?;
    Ok(fs)
}

fn check_operations(this: &JsObject, fs: &JsObject, reading: bool, auto_close: bool, options: &Options, cx: &mut Context) -> JsResult<()> {
    let check = |name: &'static str, shown: &str, cx: &mut Context| {
        let operation = get(fs, name, cx)?;
        validate::function(&operation, shown, cx).map(drop)
    };
    if reading {
        check("read", "options.fs.read", cx)?;
    } else {
        let (write, writev) = (get(fs, "write", cx)?, get(fs, "writev", cx)?);
        if !write.to_boolean() && !writev.to_boolean() {
            return Err(errors::invalid_arg_type("options.fs.write", "function", &write, cx));
        }
        for (operation, shown, hook) in [(write, "options.fs.write", "_write"), (writev, "options.fs.writev", "_writev")] {
            if operation.to_boolean() {
                validate::function(&operation, shown, cx)?;
            } else {
                set(this, hook, JsValue::null(), cx)?;
            }
        }
    }
    if auto_close {
        check("close", "options.fs.close", cx)?;
    }
    if !reading {
        let flush = options.get("flush", cx)?;
        if flush.is_null_or_undefined() {
            set(this, "flush", false, cx)?;
        } else {
            set(this, "flush", flush.clone(), cx)?;
            validate::boolean(&flush, "options.flush", cx)?;
            check("fsync", "options.fs.fsync", cx)?;
        }
    }
    Ok(())
}

fn check_start(this: &JsObject, start: &JsValue, cx: &mut Context) -> JsResult<()> {
    if !start.is_undefined() {
        validate::integer(start, "start", 0.0, validate::SAFE_INTEGER_MAX, cx)?;
        set(this, "pos", start.clone(), cx)?;
    }
    Ok(())
}

/// The operations of a `FileHandle`, in the form of those of `fs`.
fn handle_operations(file: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let fs = JsObject::with_object_proto(cx.intrinsics());
    let refuse = table::function(|_, _, cx| Err(errors::method_not_implemented("open()", cx)), js_string!("open"), 4, cx);
    fs.create_data_property_or_throw(js_string!("open"), refuse, cx)?;
    let close = table::closure(
        "close",
        2,
        file.clone(),
        |_, args, file, cx| {
            handle::drop_ref(file, cx)?;
            let closed = events::method(file, "close", &[], cx)?;
            settle(&closed, args.get_or_undefined(1).clone(), None, cx)
        },
        cx,
    );
    fs.create_data_property_or_throw(js_string!("close"), close, cx)?;
    let fsync = table::closure(
        "fsync",
        2,
        file.clone(),
        |_, args, file, cx| {
            let done = events::method(file, "sync", &[], cx)?;
            settle(&done, args.get_or_undefined(1).clone(), None, cx)
        },
        cx,
    );
    fs.create_data_property_or_throw(js_string!("fsync"), fsync, cx)?;
    let read = table::closure("read", 6, file.clone(), |_, args, file, cx| through(file, "read", args, 5, "bytesRead", cx), cx);
    fs.create_data_property_or_throw(js_string!("read"), read, cx)?;
    let write = table::closure("write", 6, file.clone(), |_, args, file, cx| through(file, "write", args, 5, "bytesWritten", cx), cx);
    fs.create_data_property_or_throw(js_string!("write"), write, cx)?;
    let writev = table::closure("writev", 4, file.clone(), |_, args, file, cx| through(file, "writev", args, 3, "bytesWritten", cx), cx);
    fs.create_data_property_or_throw(js_string!("writev"), writev, cx)?;
    Ok(fs)
}

/// `handle[name](...args)`, whose result the callback at `at` gets as `(error, count, buffer)`.
fn through(file: &JsObject, name: &'static str, args: &[JsValue], at: usize, count: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let promise = events::method(file, name, args.get(1..at).unwrap_or_default(), cx)?;
    settle(&promise, args.get_or_undefined(at).clone(), Some((count, args.get_or_undefined(1).clone())), cx)
}

#[derive(Trace, Finalize)]
struct Settling {
    callback: JsValue,
    #[unsafe_ignore_trace]
    count: Option<&'static str>,
    buffer: JsValue,
}

/// Gives what becomes of a promise to a callback.
fn settle(promise: &JsValue, callback: JsValue, given: Option<(&'static str, JsValue)>, cx: &mut Context) -> JsResult<JsValue> {
    let promise = JsPromise::resolve(promise.clone(), cx)?;
    let (count, buffer) = given.map_or((None, JsValue::undefined()), |(count, buffer)| (Some(count), buffer));
    let done = table::closure(
        "",
        1,
        Settling { callback: callback.clone(), count, buffer: buffer.clone() },
        |_, args, settling, cx| {
            let callback = validate::function(&settling.callback, "cb", cx)?;
            let Some(count) = settling.count else { return callback.call(&JsValue::undefined(), &[], cx) };
            let count = args.get_or_undefined(0).to_object(cx)?.get(js_string!(count), cx)?;
            callback.call(&JsValue::undefined(), &[JsValue::null(), count, settling.buffer.clone()], cx)
        },
        cx,
    );
    let failed = table::closure(
        "",
        1,
        Settling { callback, count, buffer },
        |_, args, settling, cx| {
            let callback = validate::function(&settling.callback, "cb", cx)?;
            callback.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone(), 0.into(), settling.buffer.clone()], cx)
        },
        cx,
    );
    promise.then(Some(done), Some(failed), cx)?;
    Ok(JsValue::undefined())
}

/// `_construct(callback)`: opens the file.
fn open(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    if get(&stream, "fd", cx)?.is_number() {
        return callback.call(&JsValue::undefined(), &[], cx);
    }
    if get(&stream, "open", cx)?.is_callable() {
        return open_overridden(&stream, callback, cx);
    }
    let fs = state(this, "FileStream", cx)?.borrow().data().fs.clone();
    let opened = table::closure(
        "",
        2,
        (stream.clone(), callback),
        |_, args, (stream, callback), cx| {
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            let fd = args.get_or_undefined(1).clone();
            set(stream, "fd", fd.clone(), cx)?;
            callback.call(&JsValue::undefined(), &[], cx)?;
            events::emit(stream, js_string!("open"), &[fd], cx)?;
            events::emit(stream, js_string!("ready"), &[], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let args = [get(&stream, "path", cx)?, get(&stream, "flags", cx)?, get(&stream, "mode", cx)?, opened.into()];
    events::method(&fs, "open", &args, cx)
}

/// A script has given the stream an `open` of its own, as was done before `_construct`: its events tell when it is done.
fn open_overridden(stream: &JsObject, callback: JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    let original = get(stream, "emit", cx)?;
    let emit = table::closure(
        "",
        0,
        (original, callback),
        |this, args, (original, callback), cx| {
            let stream = this.to_object(cx)?;
            let event = args.get_or_undefined(0).as_string();
            if event.as_ref().is_some_and(|event| *event == js_string!("open")) {
                set(&stream, "emit", original.clone(), cx)?;
                callback.call(&JsValue::undefined(), &[], cx)?;
                return events::call(&stream, original, "emit", args, cx);
            }
            if event.is_some_and(|event| event == js_string!("error")) {
                set(&stream, "emit", original.clone(), cx)?;
                return callback.call(&JsValue::undefined(), std::slice::from_ref(args.get_or_undefined(1)), cx);
            }
            events::call(&stream, original, "emit", args, cx)
        },
        cx,
    );
    set(stream, "emit", emit, cx)?;
    events::method(stream, "open", &[], cx)
}

// Reading.

fn read_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let size = args.get_or_undefined(0).to_number(cx)?;
    read(&this.to_object(cx)?, size, cx)?;
    Ok(JsValue::undefined())
}

fn read(stream: &JsObject, size: f64, cx: &mut Context) -> JsResult<()> {
    let file = state(&stream.clone().into(), "ReadStream", cx)?;
    let position = get(stream, "pos", cx)?;
    let from = if position.is_undefined() { get(stream, "bytesRead", cx)? } else { position.clone() };
    let end = get(stream, "end", cx)?.to_number(cx)?;
    let left = end - from.to_number(cx)? + 1.0;
    let size = if size.is_nan() || left.is_nan() { f64::NAN } else { size.min(left) };
    if size <= 0.0 {
        return stream::push(stream, None, cx).map(drop);
    }
    // As `Buffer.allocUnsafeSlow` checks it, into which Node reads.
    let len = buffer::unwiped_size(&size.into(), cx)?;
    buffer::room_for(len)?;
    let fs = file.borrow().data().fs.clone();
    let fd = get(stream, "fd", cx)?;
    file.borrow().data().busy.set(true);
    let native = is_native(&fs, "read", contents::read, cx)?;
    match fd.as_number() {
        Some(fd) if native => read_natively(stream.clone(), file, fd as i32, len, position.as_number().map(|position| position as u64), cx),
        _ => read_through(stream, &fs, fd, len, position, cx)?,
    }
    Ok(())
}

fn read_natively(stream: JsObject, file: JsObject<FileState>, fd: i32, len: usize, position: Option<u64>, cx: &Context) {
    Host::of(cx).offload(
        "read",
        move |sys| {
            let mut bytes = vec![0; len];
            let read = sys.fs().read(fd, &mut bytes, position)?;
            bytes.truncate(read);
            Ok::<_, SysError>(bytes)
        },
        move |outcome, cx| {
            Host::of(cx).enter_with(cx, |cx| match finished(outcome, "read") {
                Ok(bytes) => {
                    let count = bytes.len();
                    was_read(&stream, &file, JsValue::null(), count as f64, move |_| Ok(Chunk::from(bytes)), cx)
                }
                Err(error) => {
                    let error = errors::system_object(&error, cx)?;
                    was_read(&stream, &file, error.into(), 0.0, |_| Ok(Chunk::from(Vec::new())), cx)
                }
            });
        },
    );
}

fn read_through(stream: &JsObject, fs: &JsObject, fd: JsValue, len: usize, position: JsValue, cx: &mut Context) -> JsResult<()> {
    let target = buffer::from_vec(vec![0; len], cx)?;
    let done = table::closure(
        "",
        3,
        stream.clone(),
        |_, args, stream, cx| {
            let file = state(&stream.clone().into(), "ReadStream", cx)?;
            let count = args.get_or_undefined(1).to_number(cx)?;
            let bytes = args.get_or_undefined(2).clone();
            let chunk = move |_: &mut Context| {
                let part = buffer::with_bytes(&bytes, |bytes| bytes[..(count as usize).min(bytes.len())].to_vec());
                Ok(Chunk::from(part.unwrap_or_default()))
            };
            was_read(stream, &file, args.get_or_undefined(0).clone(), count, chunk, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(fs, "read", &[fd, target.into(), 0.into(), len.into(), position, done.into()], cx).map(drop)
}

fn was_read(stream: &JsObject, file: &JsObject<FileState>, error: JsValue, count: f64, chunk: impl FnOnce(&mut Context) -> JsResult<Chunk>, cx: &mut Context) -> JsResult<()> {
    file.borrow().data().busy.set(false);
    if get(stream, "destroyed", cx)?.to_boolean() {
        let done = IO_DONE.to_js(cx);
        return events::emit(stream, done, &[error], cx).map(drop);
    }
    if error.to_boolean() {
        return stream::error_or_destroy(stream, error, false, cx);
    }
    if count <= 0.0 {
        return stream::push(stream, None, cx).map(drop);
    }
    advance(stream, "pos", count, cx)?;
    advance(stream, "bytesRead", count, cx)?;
    let chunk = chunk(cx)?;
    stream::push(stream, Some(chunk), cx).map(drop)
}

/// Adds to a number that may be undefined, and then stays so.
fn advance(stream: &JsObject, name: &'static str, count: f64, cx: &mut Context) -> JsResult<()> {
    match get(stream, name, cx)?.as_number() {
        Some(number) => set(stream, name, number + count, cx),
        None => Ok(()),
    }
}

fn finished<T>(outcome: Outcome<Result<T, SysError>>, syscall: &'static str) -> Result<T, SysError> {
    outcome.done().unwrap_or_else(|| Err(SysError::new(errno::ECANCELED, syscall)))
}

// Writing.

fn write_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let done = args.get_or_undefined(2).as_function().map_or(Done::Nobody, Done::Function);
    write(&this.to_object(cx)?, Chunk::Value(args.get_or_undefined(0).clone()), args.get_or_undefined(1), done, cx)?;
    Ok(JsValue::undefined())
}

fn write(stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let file = state(&stream.clone().into(), "WriteStream", cx)?;
    let fs = file.borrow().data().fs.clone();
    let (fd, position) = (get(stream, "fd", cx)?, get(stream, "pos", cx)?);
    file.borrow().data().busy.set(true);
    if let Some(fd) = fd.as_number()
        && is_native(&fs, "write", contents::write, cx)?
    {
        let bytes = bytes_of(chunk, encoding);
        advance(stream, "pos", bytes.len() as f64, cx)?;
        write_natively(stream.clone(), file, "write", fd as i32, bytes, position.as_number(), done, cx);
        return Ok(());
    }
    let data = chunk.into_value(cx)?;
    let size = buffer::with_bytes(&data, <[u8]>::len).unwrap_or(0) as f64;
    let writing = Writing { stream: stream.clone(), done, size, position: position.clone(), retries: 0 };
    write_through(writing, data, cx)?;
    advance(stream, "pos", size, cx)
}

#[expect(clippy::too_many_arguments, reason = "one call, two callers")]
fn write_natively(stream: JsObject, file: JsObject<FileState>, name: &'static str, fd: i32, bytes: Vec<u8>, position: Option<f64>, done: Done, cx: &Context) {
    let count = bytes.len() as f64;
    Host::of(cx).offload(
        name,
        move |sys| sys.fs().write_all(fd, &bytes, position.map(|position| position as u64)),
        move |outcome, cx| {
            Host::of(cx).enter_with(cx, |cx| {
                let error = match finished(outcome, name) {
                    Ok(()) => {
                        advance(&stream, "bytesWritten", count, cx)?;
                        JsValue::undefined()
                    }
                    Err(error) => errors::system_object(&error, cx)?.into(),
                };
                was_written(&stream, &file, error, &done, name, cx)
            });
        },
    );
}

fn was_written(stream: &JsObject, file: &JsObject<FileState>, error: JsValue, done: &Done, name: &'static str, cx: &mut Context) -> JsResult<()> {
    file.borrow().data().busy.set(false);
    if !get(stream, "destroyed", cx)?.to_boolean() {
        return done.call(error, cx);
    }
    let error = if error.to_boolean() { error } else { errors::stream_destroyed(name, cx).into_opaque(cx)? };
    done.call(error.clone(), cx)?;
    let event = IO_DONE.to_js(cx);
    events::emit(stream, event, &[error], cx).map(drop)
}

/// A write through operations of JavaScript, which may take part of it only.
#[derive(Clone, Trace, Finalize)]
struct Writing {
    stream: JsObject,
    done: Done,
    size: f64,
    position: JsValue,
    retries: u32,
}

/// Writes without progress in a row before it is given up, as Node.
const RETRIES_MAX: u32 = 5;

fn write_through(writing: Writing, data: JsValue, cx: &mut Context) -> JsResult<()> {
    let stream = writing.stream.clone();
    let fs = state(&stream.clone().into(), "WriteStream", cx)?.borrow().data().fs.clone();
    let (fd, position, size) = (get(&stream, "fd", cx)?, writing.position.clone(), writing.size);
    let next = table::closure("", 3, writing, |_, args, writing, cx| part_written(writing, args, "write", cx).map(|()| JsValue::undefined()), cx);
    events::method(&fs, "write", &[fd, data, 0.into(), size.into(), position, next.into()], cx).map(drop)
}

fn writev_through(writing: Writing, chunks: JsValue, cx: &mut Context) -> JsResult<()> {
    let stream = writing.stream.clone();
    let fs = state(&stream.clone().into(), "WriteStream", cx)?.borrow().data().fs.clone();
    let (fd, position) = (get(&stream, "fd", cx)?, writing.position.clone());
    let next = table::closure("", 3, writing, |_, args, writing, cx| part_written(writing, args, "writev", cx).map(|()| JsValue::undefined()), cx);
    events::method(&fs, "writev", &[fd, chunks, position, next.into()], cx).map(drop)
}

fn part_written(writing: &Writing, args: &[JsValue], name: &'static str, cx: &mut Context) -> JsResult<()> {
    let mut error = args.get_or_undefined(0).clone();
    let mut count = args.get_or_undefined(1).to_number(cx)?;
    if let Some(object) = error.as_object()
        && object.get(js_string!("code"), cx)?.as_string().is_some_and(|code| code == js_string!("EAGAIN"))
    {
        (error, count) = (JsValue::null(), 0.0);
    }
    let (stream, done) = (&writing.stream, &writing.done);
    let file = state(&stream.clone().into(), "WriteStream", cx)?;
    if error.to_boolean() || get(stream, "destroyed", cx)?.to_boolean() {
        return was_written(stream, &file, error, done, name, cx);
    }
    advance(stream, "bytesWritten", count, cx)?;
    let left = writing.size - count;
    let retries = if count > 0.0 { 0 } else { writing.retries + 1 };
    if retries > RETRIES_MAX {
        let error = errors::coded(errors::Base::Error, "ERR_SYSTEM_ERROR", format!("A system error occurred: {name} failed"), cx).into_opaque(cx)?;
        return was_written(stream, &file, error, done, name, cx);
    }
    if left.is_nan() || left <= 0.0 {
        return was_written(stream, &file, JsValue::undefined(), done, name, cx);
    }
    let position = writing.position.as_number().map_or(JsValue::undefined(), |position| (position + count).into());
    let next = Writing { stream: stream.clone(), done: done.clone(), size: left, position, retries };
    let buffers = args.get_or_undefined(2);
    let mut bytes = Vec::new();
    match buffers.as_object().filter(JsObject::is_array) {
        Some(list) => {
            for index in 0..list.get(js_string!("length"), cx)?.to_length(cx)? {
                bytes.append(&mut buffer::bytes_of(&list.get(index, cx)?).unwrap_or_default());
            }
        }
        None => bytes = buffer::bytes_of(buffers).unwrap_or_default(),
    }
    bytes.drain(..(count.max(0.0) as usize).min(bytes.len()));
    let rest: JsValue = buffer::from_vec(bytes, cx)?.into();
    if name == "write" {
        return write_through(next, rest, cx);
    }
    let list = JsArray::from_iter([rest], cx);
    writev_through(next, list.into(), cx)
}

/// `_writev(chunks, callback)`
fn writev_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = args.get_or_undefined(0).to_object(cx)?;
    let mut chunks = Vec::new();
    for index in 0..list.get(js_string!("length"), cx)?.to_length(cx)? {
        let entry = list.get(index, cx)?.to_object(cx)?;
        chunks.push((Chunk::Value(entry.get(js_string!("chunk"), cx)?), entry.get(js_string!("encoding"), cx)?));
    }
    let done = args.get_or_undefined(1).as_function().map_or(Done::Nobody, Done::Function);
    writev(&this.to_object(cx)?, chunks, done, cx)?;
    Ok(JsValue::undefined())
}

fn writev(stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
    let file = state(&stream.clone().into(), "WriteStream", cx)?;
    let fs = file.borrow().data().fs.clone();
    let (fd, position) = (get(stream, "fd", cx)?, get(stream, "pos", cx)?);
    file.borrow().data().busy.set(true);
    if let Some(fd) = fd.as_number()
        && is_native(&fs, "writev", contents::writev, cx)?
    {
        let mut bytes = Vec::new();
        for (chunk, encoding) in chunks {
            bytes.append(&mut bytes_of(chunk, &encoding));
        }
        advance(stream, "pos", bytes.len() as f64, cx)?;
        write_natively(stream.clone(), file, "writev", fd as i32, bytes, position.as_number(), done, cx);
        return Ok(());
    }
    let mut values = Vec::new();
    let mut size = 0;
    for (chunk, _) in chunks {
        let value = chunk.into_value(cx)?;
        size += buffer::with_bytes(&value, <[u8]>::len).unwrap_or(0);
        values.push(value);
    }
    let list = JsArray::from_iter(values, cx);
    writev_through(Writing { stream: stream.clone(), done, size: size as f64, position, retries: 0 }, list.into(), cx)?;
    advance(stream, "pos", size as f64, cx)
}

/// A chunk's bytes; a string that `decodeStrings: false` left one is encoded here.
pub(crate) fn bytes_of(chunk: Chunk, encoding: &JsValue) -> Vec<u8> {
    if let Chunk::Value(value) = &chunk
        && let Some(text) = value.as_string()
    {
        let encoding = encoding.as_string().as_ref().and_then(Encoding::of).unwrap_or(Encoding::Utf8);
        return buffer::string_to_bytes(&text, encoding);
    }
    chunk.into_vec()
}

// Closing.

fn destroy_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let done = args.get_or_undefined(1).as_function().map_or(Done::Nobody, Done::Function);
    destroy(&this.to_object(cx)?, args.get_or_undefined(0).clone(), done, cx)?;
    Ok(JsValue::undefined())
}

fn destroy(stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let busy = state(&stream.clone().into(), "FileStream", cx)?.borrow().data().busy.get();
    if !busy {
        return flush_and_close(stream, error, done, cx);
    }
    let later = table::closure(
        "",
        1,
        (stream.clone(), error, done),
        |_, args, (stream, error, done), cx| {
            let error = if error.to_boolean() { error } else { args.get_or_undefined(0) };
            flush_and_close(stream, error.clone(), done.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let event = IO_DONE.to_js(cx);
    events::once(stream, event, later, cx)
}

fn flush_and_close(stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let fd = get(stream, "fd", cx)?;
    if !fd.to_boolean() {
        return done.call(error, cx);
    }
    if !get(stream, "flush", cx)?.to_boolean() {
        return close(stream, error, done, cx);
    }
    let fs = state(&stream.clone().into(), "FileStream", cx)?.borrow().data().fs.clone();
    let flushed = table::closure(
        "",
        1,
        (stream.clone(), error, done),
        |_, args, (stream, error, done), cx| {
            let error = if error.to_boolean() { error } else { args.get_or_undefined(0) };
            close(stream, error.clone(), done.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&fs, "fsync", &[fd, flushed.into()], cx).map(drop)
}

fn close(stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let fs = state(&stream.clone().into(), "FileStream", cx)?.borrow().data().fs.clone();
    let fd = get(stream, "fd", cx)?;
    let closed = table::closure(
        "",
        1,
        (error, done),
        |_, args, (error, done), cx| {
            let failed = args.get_or_undefined(0);
            done.call(if failed.to_boolean() { failed.clone() } else { error.clone() }, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&fs, "close", &[fd, closed.into()], cx)?;
    set(stream, "fd", JsValue::null(), cx)
}

/// `readStream.close([callback])`
fn close_reader(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    if args.get_or_undefined(0).is_callable() {
        let finished = table::instantiate(&stream::MODULE, cx)?;
        events::method(&finished, "finished", &[this.clone(), args.get_or_undefined(0).clone()], cx)?;
    }
    events::method(&stream, "destroy", &[], cx)?;
    Ok(JsValue::undefined())
}

/// `writeStream.close([callback])`
fn close_writer(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let callback = args.get_or_undefined(0);
    if callback.to_boolean() {
        if get(&stream, "closed", cx)?.to_boolean() {
            Host::of(cx).next_tick(validate::function(callback, "callback", cx)?, JsValue::undefined(), Vec::new());
            return Ok(JsValue::undefined());
        }
        events::on(&stream, js_string!("close"), callback.clone(), cx)?;
    }
    if !get(&stream, "autoClose", cx)?.to_boolean() {
        let destroy = get(&stream, "destroy", cx)?;
        events::on(&stream, js_string!("finish"), destroy, cx)?;
    }
    events::method(&stream, "end", &[], cx)?;
    Ok(JsValue::undefined())
}

fn pending(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    Ok(get(&this, "fd", cx)?.is_null().into())
}

fn auto_close(this: &JsValue, side: &'static str, class: &str, cx: &mut Context) -> JsResult<JsValue> {
    state(this, class, cx)?;
    let this = this.to_object(cx)?;
    get(&this, side, cx)?.to_object(cx)?.get(js_string!("autoDestroy"), cx)
}

fn set_auto_close(this: &JsValue, side: &'static str, class: &str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    state(this, class, cx)?;
    let this = this.to_object(cx)?;
    get(&this, side, cx)?.to_object(cx)?.set(js_string!("autoDestroy"), args.get_or_undefined(0).clone(), true, cx)?;
    Ok(JsValue::undefined())
}

/// The module's own files, for a stream's native side.
struct File;
static FILE: File = File;

impl Native for File {
    fn read(&self, stream: &JsObject, size: usize, cx: &mut Context) -> JsResult<()> {
        read(stream, size as f64, cx)
    }

    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        write(stream, chunk, encoding, done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        writev(stream, chunks, done, cx)
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        // A subclass may have a `_destroy` of its own.
        let hook = get(stream, "_destroy", cx)?;
        if hook.as_object().is_none_or(|hook| hook.is_native_function(destroy_method)) {
            return destroy(stream, error, done, cx);
        }
        let finish = table::closure("", 1, done, |_, args, done, cx| done.call(args.get_or_undefined(0).clone(), cx).map(|()| JsValue::undefined()), cx);
        events::call(stream, &hook, "_destroy", &[error, finish.into()], cx).map(drop)
    }
}
