//! `fs.createReadStream` and `fs.createWriteStream`: files as native streams. A chunk is one trip to the pool.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::Outcome,
    coil_sys::{SysError, fs::flags},
    errors,
    table::Member,
    validate,
};

use super::{
    arguments::{self, Options, key, open_flags},
    contents::FILE_MODE,
    handle,
};
use crate::{
    buffer::{self, Encoding},
    stream::{self, Chunk, Done, Native},
};

/// What belongs to one file stream.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct FileState {
    #[unsafe_ignore_trace]
    path: RefCell<Option<std::path::PathBuf>>,
    /// None until the file is open, and after it was closed.
    #[unsafe_ignore_trace]
    fd: Cell<Option<i32>>,
    #[unsafe_ignore_trace]
    flags: i32,
    #[unsafe_ignore_trace]
    mode: u32,
    /// Where the next chunk is read or written; none follows the descriptor's own position.
    #[unsafe_ignore_trace]
    position: Cell<Option<u64>>,
    /// Bytes still to be read; none reads to the end.
    #[unsafe_ignore_trace]
    left: Cell<Option<u64>>,
    #[unsafe_ignore_trace]
    bytes: Cell<u64>,
    #[unsafe_ignore_trace]
    auto_close: bool,
    #[unsafe_ignore_trace]
    flush: bool,
    /// A trip to the pool is under way: the descriptor may not be closed yet.
    #[unsafe_ignore_trace]
    busy: Cell<bool>,
    /// What waits for the file to be open, or for the trip to end.
    #[unsafe_ignore_trace]
    waiting: RefCell<Vec<Waiting>>,
}

enum Waiting {
    Read(usize),
    Write(Vec<u8>, Done),
    Close(JsValue, Done),
}

/// `fs.ReadStream`
pub(super) static READ_STREAM: Class = Class {
    name: "ReadStream",
    length: 2,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Legacy,
    init: |this, args, cx| construct(this, args, &READ_STREAM, cx),
    prototype: &[
        Member::accessor("autoClose", |this, _, cx| Ok(state(this, cx)?.borrow().data().auto_close.into()), |_, _, _| Ok(JsValue::undefined())),
        Member::function("close", 1, close),
        Member::getter("pending", pending),
        Member::accessor("bytesRead", bytes_done, |_, _, _| Ok(JsValue::undefined())),
        Member::renamed("_read", "", 1, stream::native::read),
        Member::renamed("_destroy", "", 2, stream::native::destroy),
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
        Member::accessor("autoClose", |this, _, cx| Ok(state(this, cx)?.borrow().data().auto_close.into()), |_, _, _| Ok(JsValue::undefined())),
        Member::function("close", 1, close),
        Member::getter("pending", pending),
        Member::accessor("bytesWritten", bytes_done, |_, _, _| Ok(JsValue::undefined())),
        Member::function("destroySoon", 0, |this, _, cx| {
            let this = this.to_object(cx)?;
            stream::end(&this, cx).map(|()| JsValue::undefined())
        }),
        Member::renamed("_write", "", 3, stream::native::write),
        Member::renamed("_writev", "", 2, stream::native::writev),
        Member::renamed("_destroy", "", 2, stream::native::destroy),
    ],
    statics: &[],
};

pub(super) fn read_stream_class(cx: &mut Context) -> JsResult<JsValue> {
    READ_STREAM.constructor(cx).map(JsValue::from)
}

pub(super) fn write_stream_class(cx: &mut Context) -> JsResult<JsValue> {
    WRITE_STREAM.constructor(cx).map(JsValue::from)
}

/// `fs.createReadStream(path[, options])`
pub(super) fn create_read_stream(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    READ_STREAM.construct(args, cx).map(JsValue::from)
}

/// `fs.createWriteStream(path[, options])`
pub(super) fn create_write_stream(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    WRITE_STREAM.construct(args, cx).map(JsValue::from)
}

fn state(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<FileState>> {
    Slot::<FileState>::of(this, "FileStream", cx)
}

fn construct(this: &JsValue, args: &[JsValue], class: &'static Class, cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !class.is_instance(this, cx)? {
        return class.construct(args, cx).map(JsValue::from);
    }
    let this = this.to_object(cx)?;
    let reading = std::ptr::eq(class, &READ_STREAM);
    let options = Options::read(args.get_or_undefined(1), None, cx)?;
    let given = JsObject::with_object_proto(cx.intrinsics());
    if let Some(object) = &options.object {
        for name in ["encoding", "defaultEncoding", "emitClose", "highWaterMark", "signal", "objectMode"] {
            let value = object.get(js_string!(name), cx)?;
            if !value.is_undefined() {
                given.create_data_property_or_throw(js_string!(name), value, cx)?;
            }
        }
    } else if let Some(encoding) = args.get_or_undefined(1).as_string() {
        let name = if reading { "encoding" } else { "defaultEncoding" };
        given.create_data_property_or_throw(js_string!(name), encoding, cx)?;
    }
    if reading && given.get(js_string!("highWaterMark"), cx)?.is_undefined() {
        given.create_data_property_or_throw(js_string!("highWaterMark"), CHUNK_LEN, cx)?;
    }
    let auto_close = options.get("autoClose", cx)?;
    let auto_close = auto_close.is_undefined() || auto_close.to_boolean();
    given.create_data_property_or_throw(js_string!("autoDestroy"), auto_close, cx)?;
    let flush = options.boolean("flush", false, cx)?;

    let fd_given = options.get("fd", cx)?;
    let fd = match handle::fd_of(&fd_given) {
        Some(fd) => Some(fd),
        None if fd_given.is_null_or_undefined() => None,
        None => Some(arguments::fd(&fd_given, cx)?),
    };
    let path = if fd.is_some() && args.get_or_undefined(0).is_null_or_undefined() { None } else { Some(arguments::path(args.get_or_undefined(0), "path", cx)?) };
    let flag = options.get("flags", cx)?;
    let default_flags = if reading { flags::O_RDONLY } else { flags::WRITE };
    let open_flags = open_flags(&flag, default_flags, cx)?;
    let mode_given = options.get("mode", cx)?;
    let mode = arguments::mode(&mode_given, "mode", Some(FILE_MODE), cx)?;
    let (start, end) = (options.get("start", cx)?, options.get("end", cx)?);
    let first = if start.is_undefined() { None } else { Some(validate::integer(&start, "start", 0.0, validate::SAFE_INTEGER_MAX, cx)? as u64) };
    let mut left = None;
    if reading && !end.is_undefined() && end.as_number() != Some(f64::INFINITY) {
        let last = validate::integer(&end, "end", 0.0, validate::SAFE_INTEGER_MAX, cx)? as u64;
        if first.is_some_and(|first| first > last) {
            return Err(errors::out_of_range("start", &format!("<= \"end\" (here: {last})"), &start, cx));
        }
        left = Some(last + 1 - first.unwrap_or(0));
    }
    if reading {
        stream::init_readable(&this, &given.into(), cx)?;
    } else {
        stream::init_writable(&this, &given.into(), cx)?;
    }
    let file = FileState {
        path: RefCell::new(path),
        fd: Cell::new(fd),
        flags: open_flags,
        mode,
        position: Cell::new(first),
        left: Cell::new(left),
        bytes: Cell::new(0),
        auto_close,
        flush,
        busy: Cell::new(false),
        waiting: RefCell::default(),
    };
    let file = Slot::set(&this, file, cx)?;
    for (name, value) in [
        ("fd", fd.map_or_else(JsValue::null, JsValue::from)),
        ("path", if fd.is_some() { JsValue::undefined() } else { args.get_or_undefined(0).clone() }),
        ("flags", if flag.is_undefined() { js_string!(if reading { "r" } else { "w" }).into() } else { flag }),
        ("mode", mode.into()),
        ("start", start.clone()),
    ] {
        this.create_data_property_or_throw(key(name, cx), value, cx)?;
    }
    if reading {
        let end = if end.is_undefined() { f64::INFINITY.into() } else { end };
        this.create_data_property_or_throw(key("end", cx), end, cx)?;
    }
    this.create_data_property_or_throw(key("pos", cx), start, cx)?;
    stream::attach(&this, if reading { &READER } else { &WRITER }, cx)?;
    let encoding = options.get("encoding", cx)?;
    if !reading && let Some(encoding) = encoding.as_string() {
        let method = this.get(js_string!("setDefaultEncoding"), cx)?;
        validate::function(&method, "setDefaultEncoding", cx)?.call(&this.clone().into(), &[encoding.into()], cx)?;
    }
    if fd.is_none() {
        open(this, file, cx);
    }
    Ok(JsValue::undefined())
}

/// Node's `highWaterMark` of file streams.
const CHUNK_LEN: i32 = 64 * 1024;

fn open(stream: JsObject, file: JsObject<FileState>, cx: &mut Context) {
    let (path, flags, mode) = {
        let file = file.borrow();
        let file = file.data();
        file.busy.set(true);
        (file.path.borrow().clone().unwrap_or_default(), file.flags, file.mode)
    };
    Host::of(cx).offload(
        "open",
        move |sys| sys.fs().open(path, flags, mode),
        move |outcome, cx| {
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                let result = finished(outcome, "open");
                let close_at_once = {
                    let file = file.borrow();
                    let file = file.data();
                    file.busy.set(false);
                    if let Ok(fd) = &result {
                        file.fd.set(Some(*fd));
                    }
                    file.waiting.borrow().iter().any(|waiting| matches!(waiting, Waiting::Close(..)))
                };
                match result {
                    Ok(fd) => {
                        stream.set(key("fd", cx), fd, false, cx)?;
                        if !close_at_once {
                            crate::events::emit(&stream, js_string!("open"), &[fd.into()], cx)?;
                            crate::events::emit(&stream, js_string!("ready"), &[], cx)?;
                        }
                        resume(&stream, &file, cx)
                    }
                    Err(error) => {
                        let error = errors::system_object(&error, cx)?;
                        let waiting = file.borrow().data().waiting.take();
                        let mut closing = false;
                        for waiting in waiting {
                            match waiting {
                                Waiting::Close(error, done) => {
                                    closing = true;
                                    done.call(error, cx)?;
                                }
                                Waiting::Write(_, _) | Waiting::Read(_) => {}
                            }
                        }
                        if closing { Ok(()) } else { stream::destroy_with(&stream, &error.into(), cx) }
                    }
                }
            });
        },
    );
}

fn finished<T>(outcome: Outcome<Result<T, SysError>>, syscall: &'static str) -> Result<T, SysError> {
    outcome.done().unwrap_or_else(|| Err(SysError::new(coil_engine::coil_sys::errno::ECANCELED, syscall)))
}

/// Goes on with what waited.
fn resume(stream: &JsObject, file: &JsObject<FileState>, cx: &mut Context) -> JsResult<()> {
    let waiting = file.borrow().data().waiting.take();
    for waiting in waiting {
        match waiting {
            Waiting::Read(size) => read(stream, file.clone(), size, cx)?,
            Waiting::Write(bytes, done) => write(stream, file.clone(), bytes, done, cx)?,
            Waiting::Close(error, done) => close_file(file.clone(), error, done, cx)?,
        }
    }
    Ok(())
}

fn read(stream: &JsObject, file: JsObject<FileState>, size: usize, cx: &mut Context) -> JsResult<()> {
    let (fd, position, len) = {
        let file = file.borrow();
        let file = file.data();
        let Some(fd) = file.fd.get().filter(|_| !file.busy.get()) else {
            file.waiting.borrow_mut().push(Waiting::Read(size));
            return Ok(());
        };
        let len = file.left.get().map_or(size as u64, |left| left.min(size as u64)) as usize;
        (fd, file.position.get(), len)
    };
    if len == 0 {
        return stream::push(stream, None, cx).map(drop);
    }
    file.borrow().data().busy.set(true);
    let stream = stream.clone();
    Host::of(cx).offload(
        "read",
        move |sys| {
            let mut bytes = vec![0; len];
            let read = sys.fs().read(fd, &mut bytes, position)?;
            bytes.truncate(read);
            Ok::<_, SysError>(bytes)
        },
        move |outcome, cx| {
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                let result = finished(outcome, "read");
                {
                    let file = file.borrow();
                    let file = file.data();
                    file.busy.set(false);
                    if let Ok(bytes) = &result {
                        let count = bytes.len() as u64;
                        file.bytes.set(file.bytes.get() + count);
                        file.position.set(file.position.get().map(|position| position + count));
                        file.left.set(file.left.get().map(|left| left - count));
                    }
                }
                resume(&stream, &file, cx)?;
                match result {
                    Ok(bytes) if bytes.is_empty() => stream::push(&stream, None, cx).map(drop),
                    Ok(bytes) => stream::push(&stream, Some(bytes.into()), cx).map(drop),
                    Err(error) => {
                        let error = errors::system_object(&error, cx)?;
                        stream::error_or_destroy(&stream, error.into(), false, cx)
                    }
                }
            });
        },
    );
    Ok(())
}

fn write(stream: &JsObject, file: JsObject<FileState>, bytes: Vec<u8>, done: Done, cx: &mut Context) -> JsResult<()> {
    let (fd, position) = {
        let file = file.borrow();
        let file = file.data();
        let Some(fd) = file.fd.get().filter(|_| !file.busy.get()) else {
            file.waiting.borrow_mut().push(Waiting::Write(bytes, done));
            return Ok(());
        };
        file.busy.set(true);
        (fd, file.position.get())
    };
    let stream = stream.clone();
    let count = bytes.len() as u64;
    Host::of(cx).offload(
        "write",
        move |sys| sys.fs().write_all(fd, &bytes, position),
        move |outcome, cx| {
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                let result = finished(outcome, "write");
                {
                    let file = file.borrow();
                    let file = file.data();
                    file.busy.set(false);
                    if result.is_ok() {
                        file.bytes.set(file.bytes.get() + count);
                        file.position.set(file.position.get().map(|position| position + count));
                    }
                }
                resume(&stream, &file, cx)?;
                match result {
                    Ok(()) => done.ok(cx),
                    Err(error) => {
                        let error = errors::system_object(&error, cx)?;
                        done.call(error.into(), cx)
                    }
                }
            });
        },
    );
    Ok(())
}

/// Closes the descriptor once nothing uses it; `error` is what the stream is destroyed with.
fn close_file(file: JsObject<FileState>, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let (fd, flush) = {
        let file = file.borrow();
        let file = file.data();
        if file.busy.get() {
            file.waiting.borrow_mut().push(Waiting::Close(error, done));
            return Ok(());
        }
        (file.fd.take(), file.flush)
    };
    let Some(fd) = fd else { return done.call(error, cx) };
    Host::of(cx).offload(
        "close",
        move |sys| {
            if flush {
                sys.fs().fsync(fd)?;
            }
            sys.fs().close(fd)
        },
        move |outcome, cx| {
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                let error = match finished(outcome, "close") {
                    Err(failed) if error.is_null_or_undefined() => errors::system_object(&failed, cx)?.into(),
                    _ => error,
                };
                done.call(error, cx)
            });
        },
    );
    Ok(())
}

struct Reader;
static READER: Reader = Reader;

impl Native for Reader {
    fn read(&self, stream: &JsObject, size: usize, cx: &mut Context) -> JsResult<()> {
        let file = state(&stream.clone().into(), cx)?;
        read(stream, file, size, cx)
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        destroy(stream, error, done, cx)
    }
}

struct Writer;
static WRITER: Writer = Writer;

impl Native for Writer {
    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let file = state(&stream.clone().into(), cx)?;
        let bytes = bytes_of(chunk, encoding);
        write(stream, file, bytes, done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        let file = state(&stream.clone().into(), cx)?;
        let mut bytes = Vec::new();
        for (chunk, encoding) in chunks {
            bytes.append(&mut bytes_of(chunk, &encoding));
        }
        write(stream, file, bytes, done, cx)
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        destroy(stream, error, done, cx)
    }
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

fn destroy(stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let file = state(&stream.clone().into(), cx)?;
    stream.set(key("fd", cx), JsValue::null(), false, cx)?;
    close_file(file, error, done, cx)
}

/// `stream.close([callback])`
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let callback = args.get_or_undefined(0);
    let file = state(this, cx)?;
    if callback.is_callable() {
        let closed = stream.get(js_string!("closed"), cx)?.to_boolean();
        if closed {
            Host::of(cx).next_tick(validate::function(callback, "cb", cx)?, JsValue::undefined(), Vec::new());
            return Ok(JsValue::undefined());
        }
        crate::events::once(&stream, js_string!("close"), callback.clone(), cx)?;
    }
    let _ = file;
    if WRITE_STREAM.is_instance(this, cx)? {
        stream::end(&stream, cx)?;
        if !state(this, cx)?.borrow().data().auto_close {
            stream::destroy_with(&stream, &JsValue::null(), cx)?;
        }
    } else {
        stream::destroy_with(&stream, &JsValue::null(), cx)?;
    }
    Ok(JsValue::undefined())
}

fn pending(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let file = state(this, cx)?;
    let pending = file.borrow().data().fd.get().is_none();
    Ok(pending.into())
}

fn bytes_done(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let file = state(this, cx)?;
    let bytes = file.borrow().data().bytes.get();
    Ok((bytes as f64).into())
}
