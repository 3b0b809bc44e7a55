//! `fs.Utf8Stream`: a file that is written in pieces of some size, for logs.
//!
//! Follows <https://nodejs.org/api/fs.html#class-fsutf8stream>.
//!
//! Differs from Node: with `contentMode: 'buffer'` the first buffer of each piece is written, too.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::TimerId,
    errors::{self, Base},
    op::thrown_value,
    table::{self, Member, Symbol},
    validate,
};

use super::{MODULE, arguments::key};
use crate::{
    buffer::{self, Encoding},
    events,
};

/// What waits to be written: its parts, and their length.
type Piece = (Vec<JsValue>, f64);

/// The native state.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct State {
    fs: JsObject,
    retry: Option<JsObject>,
    file: GcRefCell<JsValue>,
    mode: JsValue,
    pieces: GcRefCell<VecDeque<Piece>>,
    /// What is being written.
    writing_now: GcRefCell<JsValue>,
    #[unsafe_ignore_trace]
    s: Plain,
}

/// What of it is no value of JavaScript.
struct Plain {
    bytes: bool,
    sync: bool,
    fsync: bool,
    append: bool,
    mkdir: bool,
    min: f64,
    max: f64,
    max_write: f64,
    high_water_mark: f64,
    periodic_ms: u32,
    len: Cell<f64>,
    fd: Cell<i32>,
    writing: Cell<bool>,
    ending: Cell<bool>,
    reopening: Cell<bool>,
    opening: Cell<bool>,
    destroyed: Cell<bool>,
    drain_scheduled: Cell<bool>,
    flush_pending: Cell<bool>,
    timer: RefCell<Option<TimerId>>,
}

/// Not more than a pipe of a container takes.
const MAX_WRITE: f64 = 16.0 * 1024.0;
const HIGH_WATER_MARK: f64 = 16387.0;
/// Rest before a busy file is tried again.
const BUSY_MS: u64 = 100;

/// `fs.Utf8Stream`
pub(super) static UTF8_STREAM: Class = Class {
    name: "Utf8Stream",
    length: 0,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Member::function("write", 1, write),
        Member::function("flush", 0, flush),
        Member::function("flushSync", 0, flush_sync),
        Member::function("reopen", 1, reopen),
        Member::function("end", 0, end),
        Member::function("destroy", 0, destroy),
        Member::getter("mode", |this, _, cx| with(this, cx, |state| state.mode.clone())),
        Member::getter("file", |this, _, cx| with(this, cx, |state| state.file.borrow().clone())),
        Member::getter("fd", |this, _, cx| with(this, cx, |state| state.s.fd.get().into())),
        Member::getter("minLength", |this, _, cx| with(this, cx, |state| state.s.min.into())),
        Member::getter("maxLength", |this, _, cx| with(this, cx, |state| state.s.max.into())),
        Member::getter("writing", |this, _, cx| with(this, cx, |state| state.s.writing.get().into())),
        Member::getter("sync", |this, _, cx| with(this, cx, |state| state.s.sync.into())),
        Member::getter("fsync", |this, _, cx| with(this, cx, |state| state.s.fsync.into())),
        Member::getter("append", |this, _, cx| with(this, cx, |state| state.s.append.into())),
        Member::getter("periodicFlush", |this, _, cx| with(this, cx, |state| state.s.periodic_ms.into())),
        Member::getter("contentMode", |this, _, cx| with(this, cx, |state| js_string!(if state.s.bytes { "buffer" } else { "utf8" }).into())),
        Member::getter("mkdir", |this, _, cx| with(this, cx, |state| state.s.mkdir.into())),
        Member::symbol(Symbol::Dispose, "[Symbol.dispose]", 0, destroy),
    ],
    statics: &[],
};

/// `fs.Utf8Stream`, made at its first use.
pub(super) fn class(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    UTF8_STREAM.constructor(cx).map(JsValue::from)
}

fn state_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<State>> {
    Slot::<State>::of(this, "Utf8Stream", cx)
}

fn with(this: &JsValue, cx: &mut Context, read: impl FnOnce(&State) -> JsValue) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let state = state.borrow();
    Ok(read(state.data()))
}

/// Reads the plain part of the state.
fn plain<T>(stream: &JsObject, cx: &mut Context, read: impl FnOnce(&Plain) -> T) -> JsResult<T> {
    let state = state_of(&stream.clone().into(), cx)?;
    let state = state.borrow();
    Ok(read(&state.data().s))
}

/// The operations a stream calls, and what their absence is called.
const OPERATIONS: [(&str, bool); 9] =
    [("write", true), ("writeSync", true), ("fsync", true), ("fsyncSync", true), ("close", true), ("open", true), ("mkdir", true), ("mkdirSync", true), ("openSync", false)];

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::options(args.get_or_undefined(0), "options", cx)?;
    let get = |name: &str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(name), cx),
        None => Ok(JsValue::undefined()),
    };
    let stream = this.to_object(cx)?;
    events::init_emitter(&stream, &JsValue::undefined(), cx)?;
    let given = get("fd", cx)?;
    let dest = if given.is_null_or_undefined() { get("dest", cx)? } else { given };
    let fs = operations(&get("fs", cx)?, cx)?;
    let or = |value: JsValue, default: f64| if value.to_boolean() { value } else { default.into() };
    let min = or(get("minLength", cx)?, 0.0);
    let max = or(get("maxLength", cx)?, 0.0);
    let max_write = or(get("maxWrite", cx)?, MAX_WRITE);
    let periodic = or(get("periodicFlush", cx)?, 0.0);
    let number = |value: &JsValue, name: &str, cx: &mut Context| validate::uint32(value, name, false, cx).map(f64::from);
    let high_water_mark = number(&min, "options.minLength", cx)?.max(HIGH_WATER_MARK);
    let min = number(&min, "options.minLength", cx)?;
    let max = number(&max, "options.maxLength", cx)?;
    let max_write = number(&max_write, "options.maxWrite", cx)?;
    let periodic_ms = validate::uint32(&periodic, "options.periodicFlush", false, cx)?;
    let truth = |value: JsValue, name: &str, cx: &mut Context| if value.to_boolean() { validate::boolean(&value, name, cx) } else { Ok(false) };
    let sync = truth(get("sync", cx)?, "options.sync", cx)?;
    let fsync = truth(get("fsync", cx)?, "options.fsync", cx)?;
    let append = get("append", cx)?;
    let append = if append.is_undefined() { true } else { truth(append, "options.append", cx)? };
    let mkdir = truth(get("mkdir", cx)?, "options.mkdir", cx)?;
    let retry = get("retryEAGAIN", cx)?;
    let retry = if retry.to_boolean() { Some(validate::function(&retry, "options.retryEAGAIN", cx)?.into()) } else { None };
    let content = get("contentMode", cx)?;
    let bytes = !content.is_undefined() && validate::one_of(&content, "options.contentMode", &["buffer", "utf8"], cx)? == js_string!("buffer");
    let plain = Plain {
        bytes,
        sync,
        fsync,
        append,
        mkdir,
        min,
        max,
        max_write,
        high_water_mark,
        periodic_ms,
        len: Cell::new(0.0),
        fd: Cell::new(-1),
        writing: Cell::new(false),
        ending: Cell::new(false),
        reopening: Cell::new(false),
        opening: Cell::new(false),
        destroyed: Cell::new(false),
        drain_scheduled: Cell::new(false),
        flush_pending: Cell::new(false),
        timer: RefCell::new(None),
    };
    let empty = empty(bytes, cx)?;
    let mode = get("mode", cx)?;
    let state = State { fs, retry, file: GcRefCell::new(JsValue::null()), mode, pieces: GcRefCell::default(), writing_now: GcRefCell::new(empty), s: plain };
    let state = Slot::set(&stream, state, cx)?;
    if let Some(fd) = dest.as_number() {
        state.borrow().data().s.fd.set(fd as i32);
        let ready = stream.clone();
        Host::of(cx).next_tick_native(move |cx| events::emit(&ready, js_string!("ready"), &[], cx).map(drop));
    } else if dest.is_string() {
        open_file(&stream, dest, cx)?;
    } else {
        return Err(errors::invalid_arg_type("fd", "number|string", &dest, cx));
    }
    if min >= max_write {
        return Err(errors::invalid_arg_value_of(Base::Range, "minLength", &min.into(), &format!("should be smaller than maxWrite ({max_write})"), cx));
    }
    let on_listener = table::closure(
        "",
        1,
        stream.clone(),
        |_, args, stream, cx| {
            if args.get_or_undefined(0).as_string().is_some_and(|name| name == js_string!("drain")) {
                plain_drain(stream, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&stream, js_string!("newListener"), on_listener, cx)?;
    if periodic_ms > 0 {
        flush_later(&stream, cx)?;
    }
    Ok(JsValue::undefined())
}

fn plain_drain(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    plain(stream, cx, |s| s.drain_scheduled.set(false))
}

fn operations(given: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let given = validate::options(given, "options.fs", cx)?;
    let own = table::instantiate(&MODULE, cx)?;
    let fs = JsObject::with_null_proto();
    for (name, required) in OPERATIONS {
        let mut operation = JsValue::undefined();
        if let Some(given) = &given
            && given.has_own_property(js_string!(name), cx)?
        {
            operation = given.get(js_string!(name), cx)?;
        } else {
            let found = own.get(key(name, cx), cx)?;
            operation = if operation.is_undefined() { found } else { operation };
        }
        if required {
            validate::function(&operation, &format!("options.fs.{name}"), cx)?;
        }
        fs.create_data_property_or_throw(key(name, cx), operation, cx)?;
    }
    Ok(fs)
}

fn call(stream: &JsObject, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fs = state_of(&stream.clone().into(), cx)?.borrow().data().fs.clone();
    events::method(&fs, name, args, cx)
}

fn emit(stream: &JsObject, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    events::emit(stream, js_string!(name), args, cx).map(drop)
}

fn empty(bytes: bool, cx: &mut Context) -> JsResult<JsValue> {
    if bytes { buffer::from_slice(&[], cx).map(JsValue::from) } else { Ok(js_string!().into()) }
}

/// `data.length`
fn length(data: &JsValue) -> f64 {
    match data.as_string() {
        Some(text) => text.len() as f64,
        None => buffer::with_bytes(data, <[u8]>::len).unwrap_or(0) as f64,
    }
}

/// The parts of a piece as one.
fn joined(piece: Piece, bytes: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (mut parts, _) = piece;
    if parts.len() == 1 {
        return Ok(parts.remove(0));
    }
    if bytes {
        let all: Vec<u8> = parts.iter().flat_map(|part| buffer::bytes_of(part).unwrap_or_default()).collect();
        return buffer::from_slice(&all, cx).map(JsValue::from);
    }
    let texts: Vec<JsString> = parts.iter().filter_map(JsValue::as_string).collect();
    let texts: Vec<_> = texts.iter().map(JsString::as_str).collect();
    Ok(JsString::concat_array(&texts).into())
}

/// What is left after `count` bytes of `data` were written, and how many units of it those were. A character is not cut.
fn rest(data: &JsValue, count: f64, cx: &mut Context) -> JsResult<(JsValue, f64)> {
    let count = count.max(0.0) as usize;
    let Some(text) = data.as_string() else {
        let left = buffer::with_bytes(data, |bytes| bytes.get(count..).unwrap_or_default().to_vec()).unwrap_or_default();
        return Ok((buffer::from_slice(&left, cx)?.into(), count as f64));
    };
    let bytes = buffer::string_to_bytes(&text, Encoding::Utf8);
    if count >= bytes.len() {
        return Ok((js_string!().into(), text.len() as f64));
    }
    let mut at = count;
    while at > 0 && bytes[at] & 0xc0 == 0x80 {
        at -= 1;
    }
    let written = String::from_utf8_lossy(&bytes[..at]).encode_utf16().count();
    Ok((text.get(written..).unwrap_or_default().into(), written as f64))
}

fn destroyed(cx: &mut Context) -> JsError {
    errors::invalid_state("Utf8Stream is destroyed", cx)
}

/// `stream.write(data)`: whether more is welcome.
fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let stream = this.to_object(cx)?;
    let data = args.get_or_undefined(0);
    if plain(&stream, cx, |s| s.destroyed.get())? {
        return Err(destroyed(cx));
    }
    let bytes = plain(&stream, cx, |s| s.bytes)?;
    if bytes && !buffer::is_uint8_array(data) {
        return Err(errors::invalid_arg_type("data", "Buffer", data, cx));
    }
    if !bytes {
        validate::string(data, "data", cx)?;
    }
    let size = length(data);
    let (len, max, max_write, high) = plain(&stream, cx, |s| (s.len.get() + size, s.max, s.max_write, s.high_water_mark))?;
    if max > 0.0 && len > max {
        emit(&stream, "drop", std::slice::from_ref(data), cx)?;
        return Ok((plain(&stream, cx, |s| s.len.get())? < high).into());
    }
    {
        let state = state.borrow();
        let mut pieces = state.data().pieces.borrow_mut();
        match pieces.back_mut() {
            Some((parts, before)) if *before + size <= max_write => {
                parts.push(data.clone());
                *before += size;
            }
            _ => pieces.push_back((vec![data.clone()], size)),
        }
        state.data().s.len.set(len);
    }
    if plain(&stream, cx, |s| !s.writing.get() && s.len.get() >= s.min)? {
        actual_write(&stream, cx)?;
    }
    Ok((plain(&stream, cx, |s| s.len.get())? < high).into())
}

fn text_args(bytes: bool, fd: i32, data: JsValue) -> Vec<JsValue> {
    let mut args = vec![fd.into(), data];
    if !bytes {
        args.push(js_string!("utf8").into());
    }
    args
}

/// Writes what is being written, now.
fn write_now(stream: &JsObject, data: JsValue, cx: &mut Context) -> JsResult<f64> {
    let (bytes, fd) = plain(stream, cx, |s| (s.bytes, s.fd.get()))?;
    call(stream, "writeSync", &text_args(bytes, fd, data), cx)?.to_number(cx)
}

/// Writes what is being written, and goes on when that is done.
fn write_later(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let data = current(stream, cx)?;
    let (bytes, fd) = plain(stream, cx, |s| (s.bytes, s.fd.get()))?;
    let mut args = text_args(bytes, fd, data);
    let next = table::closure("", 2, stream.clone(), |_, args, stream, cx| release(stream, args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), cx).map(|()| JsValue::undefined()), cx);
    args.push(next.into());
    call(stream, "write", &args, cx).map(drop)
}

fn current(stream: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(&stream.clone().into(), cx)?;
    let now = state.borrow().data().writing_now.borrow().clone();
    Ok(now)
}

fn set_current(stream: &JsObject, data: JsValue, cx: &mut Context) -> JsResult<()> {
    let state = state_of(&stream.clone().into(), cx)?;
    *state.borrow().data().writing_now.borrow_mut() = data;
    Ok(())
}

fn actual_write(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let (bytes, sync) = plain(stream, cx, |s| {
        s.writing.set(true);
        (s.bytes, s.sync)
    })?;
    if length(&current(stream, cx)?) == 0.0 {
        let state = state_of(&stream.clone().into(), cx)?;
        let next = state.borrow().data().pieces.borrow_mut().pop_front();
        let next = match next {
            Some(piece) if !piece.0.is_empty() => joined(piece, bytes, cx)?,
            _ => empty(bytes, cx)?,
        };
        set_current(stream, next, cx)?;
    }
    if !sync {
        return write_later(stream, cx);
    }
    let data = current(stream, cx)?;
    match write_now(stream, data, cx) {
        Ok(count) => release(stream, JsValue::null(), count.into(), cx),
        Err(error) => {
            let error = thrown_value(error, cx);
            release(stream, error, JsValue::undefined(), cx)
        }
    }
}

/// Whether a failed write is tried again: the file was busy, and the option agrees.
fn tries_again(stream: &JsObject, error: &JsValue, size: f64, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = error.as_object() else { return Ok(false) };
    let code = object.get(js_string!("code"), cx)?.as_string();
    if !code.is_some_and(|code| code == js_string!("EAGAIN") || code == js_string!("EBUSY")) {
        return Ok(false);
    }
    let retry = state_of(&stream.clone().into(), cx)?.borrow().data().retry.clone();
    let Some(retry) = retry else { return Ok(true) };
    let left = plain(stream, cx, |s| s.len.get())? - size;
    Ok(retry.call(&JsValue::undefined(), &[error.clone(), size.into(), left.into()], cx)?.to_boolean())
}

fn took(stream: &JsObject, count: f64, cx: &mut Context) -> JsResult<f64> {
    let (left, units) = rest(&current(stream, cx)?, count, cx)?;
    let size = length(&left);
    set_current(stream, left, cx)?;
    plain(stream, cx, |s| s.len.set((s.len.get() - units).max(0.0)))?;
    Ok(size)
}

/// What becomes of the stream after a write.
fn release(stream: &JsObject, error: JsValue, count: JsValue, cx: &mut Context) -> JsResult<()> {
    if error.to_boolean() {
        let size = length(&current(stream, cx)?);
        if !tries_again(stream, &error, size, cx)? {
            plain(stream, cx, |s| s.writing.set(false))?;
            return emit(stream, "error", &[error], cx);
        }
        if plain(stream, cx, |s| s.sync)? {
            std::thread::sleep(std::time::Duration::from_millis(BUSY_MS));
            return release(stream, JsValue::undefined(), 0.into(), cx);
        }
        let again = stream.clone();
        Host::of(cx).event_loop().timer(
            BUSY_MS,
            Box::new(move |cx: &mut Context| {
                Host::of(cx).enter_with(cx, |cx| write_later(&again, cx));
            }),
        );
        return Ok(());
    }
    emit(stream, "write", std::slice::from_ref(&count), cx)?;
    let mut left = took(stream, count.to_number(cx)?, cx)?;
    if left > 0.0 && !plain(stream, cx, |s| s.sync)? {
        return write_later(stream, cx);
    }
    while left > 0.0 {
        let data = current(stream, cx)?;
        match write_now(stream, data, cx) {
            Ok(count) => left = took(stream, count, cx)?,
            Err(error) => {
                let error = thrown_value(error, cx);
                return release(stream, error, JsValue::undefined(), cx);
            }
        }
    }
    let (fsync, fd) = plain(stream, cx, |s| (s.fsync, s.fd.get()))?;
    if fsync {
        call(stream, "fsyncSync", &[fd.into()], cx)?;
    }
    let (len, min, ending) = plain(stream, cx, |s| (s.len.get(), s.min, s.ending.get()))?;
    if plain(stream, cx, |s| s.reopening.replace(false))? {
        plain(stream, cx, |s| s.writing.set(false))?;
        return events::method(stream, "reopen", &[], cx).map(drop);
    }
    if len > min || (ending && len > 0.0) {
        return actual_write(stream, cx);
    }
    plain(stream, cx, |s| s.writing.set(false))?;
    if ending {
        return actual_close(stream, cx);
    }
    if !plain(stream, cx, |s| s.sync)? {
        return emit(stream, "drain", &[], cx);
    }
    if !plain(stream, cx, |s| s.drain_scheduled.replace(true))? {
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| {
            if events::listener_count(&stream, js_string!("drain"), cx)? == 0 {
                return Ok(());
            }
            plain_drain(&stream, cx)?;
            emit(&stream, "drain", &[], cx)
        });
    }
    Ok(())
}

fn open_file(stream: &JsObject, file: JsValue, cx: &mut Context) -> JsResult<()> {
    let (append, mkdir, sync) = plain(stream, cx, |s| {
        s.opening.set(true);
        s.writing.set(true);
        s.drain_scheduled.set(false);
        (s.append, s.mkdir, s.sync)
    })?;
    let flags: JsValue = js_string!(if append { "a" } else { "w" }).into();
    let mode = state_of(&stream.clone().into(), cx)?.borrow().data().mode.clone();
    let text = file.to_string(cx)?.to_std_string_lossy();
    let folder: JsValue = js_string!(match text.rfind('/') {
        Some(0) => "/",
        Some(at) => &text[..at],
        None => ".",
    })
    .into();
    let recursive = JsObject::with_object_proto(cx.intrinsics());
    recursive.create_data_property_or_throw(js_string!("recursive"), true, cx)?;
    if sync {
        let opened = (|| {
            if mkdir {
                call(stream, "mkdirSync", &[folder, recursive.into()], cx)?;
            }
            call(stream, "openSync", &[file.clone(), flags, mode], cx)
        })();
        return match opened {
            Ok(fd) => file_opened(stream, file, Ok(fd), cx),
            Err(error) => {
                let value = thrown_value(error, cx);
                file_opened(stream, file, Err(value.clone()), cx)?;
                Err(JsError::from_opaque(value))
            }
        };
    }
    let opened = table::closure(
        "fileOpened",
        2,
        (stream.clone(), file.clone()),
        |_, args, (stream, file), cx| {
            let error = args.get_or_undefined(0);
            let result = if error.to_boolean() { Err(error.clone()) } else { Ok(args.get_or_undefined(1).clone()) };
            file_opened(stream, file.clone(), result, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    if !mkdir {
        return call(stream, "open", &[file, flags, mode, opened.into()], cx).map(drop);
    }
    let made = table::closure(
        "",
        1,
        (stream.clone(), [file, flags, mode], JsObject::from(opened)),
        |_, args, (stream, open, opened), cx| {
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                return opened.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            let [file, flags, mode] = open.clone();
            call(stream, "open", &[file, flags, mode, opened.clone().into()], cx)
        },
        cx,
    );
    call(stream, "mkdir", &[folder, recursive.into(), made.into()], cx).map(drop)
}

fn file_opened(stream: &JsObject, file: JsValue, result: Result<JsValue, JsValue>, cx: &mut Context) -> JsResult<()> {
    let (reopening, sync) = plain(stream, cx, |s| {
        s.opening.set(false);
        s.writing.set(false);
        (s.reopening.replace(false), s.sync)
    })?;
    let fd = match result {
        Ok(fd) => fd.to_number(cx)? as i32,
        Err(error) if sync => {
            let stream = stream.clone();
            Host::of(cx).next_tick_native(move |cx| if events::listener_count(&stream, js_string!("error"), cx)? > 0 { emit(&stream, "error", &[error], cx) } else { Ok(()) });
            return Ok(());
        }
        Err(error) => return emit(stream, "error", &[error], cx),
    };
    {
        let state = state_of(&stream.clone().into(), cx)?;
        let state = state.borrow();
        state.data().s.fd.set(fd);
        *state.data().file.borrow_mut() = file;
    }
    if sync {
        let ready = stream.clone();
        Host::of(cx).next_tick_native(move |cx| emit(&ready, "ready", &[], cx));
    } else {
        emit(stream, "ready", &[], cx)?;
    }
    if plain(stream, cx, |s| s.destroyed.get())? {
        return Ok(());
    }
    if plain(stream, cx, |s| (!s.writing.get() && s.len.get() > s.min) || s.flush_pending.get())? {
        return actual_write(stream, cx);
    }
    if reopening {
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| emit(&stream, "drain", &[], cx));
    }
    Ok(())
}

/// `stream.reopen([file])`: the file has been moved away, say.
fn reopen(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let stream = this.to_object(cx)?;
    let given = args.get_or_undefined(0).clone();
    if plain(&stream, cx, |s| s.destroyed.get())? {
        return Err(destroyed(cx));
    }
    if plain(&stream, cx, |s| s.opening.get())? {
        let again = table::closure("", 0, (stream.clone(), given), |_, _, (stream, given), cx| events::method(stream, "reopen", std::slice::from_ref(given), cx), cx);
        events::once(&stream, js_string!("ready"), again, cx)?;
        return Ok(JsValue::undefined());
    }
    if plain(&stream, cx, |s| s.ending.get())? {
        return Ok(JsValue::undefined());
    }
    if !state.borrow().data().file.borrow().to_boolean() {
        let message = "Operation failed: Unable to reopen a file descriptor, you must pass a file to SonicBoom";
        return Err(errors::coded(Base::Error, "ERR_OPERATION_FAILED", message, cx));
    }
    if given.to_boolean() {
        *state.borrow().data().file.borrow_mut() = given;
    }
    if plain(&stream, cx, |s| {
        s.reopening.set(true);
        s.writing.get()
    })? {
        return Ok(JsValue::undefined());
    }
    let old = plain(&stream, cx, |s| s.fd.get())?;
    let close = table::closure(
        "",
        0,
        (stream.clone(), old),
        |_, _, (stream, old), cx| {
            if plain(stream, cx, |s| s.fd.get())? == *old {
                return Ok(JsValue::undefined());
            }
            let done = table::closure(
                "",
                1,
                stream.clone(),
                |_, args, stream, cx| {
                    if args.get_or_undefined(0).to_boolean() {
                        emit(stream, "error", std::slice::from_ref(args.get_or_undefined(0)), cx)?;
                    }
                    Ok(JsValue::undefined())
                },
                cx,
            );
            call(stream, "close", &[(*old).into(), done.into()], cx)
        },
        cx,
    );
    events::once(&stream, js_string!("ready"), close, cx)?;
    let file = state.borrow().data().file.borrow().clone();
    open_file(&stream, file, cx)?;
    Ok(JsValue::undefined())
}

/// `stream.end()`
fn end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    if plain(&stream, cx, |s| s.destroyed.get())? {
        return Err(destroyed(cx));
    }
    if plain(&stream, cx, |s| s.opening.get())? {
        let again = table::closure("", 0, stream.clone(), |_, _, stream, cx| events::method(stream, "end", &[], cx), cx);
        events::once(&stream, js_string!("ready"), again, cx)?;
        return Ok(JsValue::undefined());
    }
    if plain(&stream, cx, |s| s.ending.replace(true) || s.writing.get())? {
        return Ok(JsValue::undefined());
    }
    if plain(&stream, cx, |s| s.len.get() > 0.0 && s.fd.get() >= 0)? {
        actual_write(&stream, cx)?
    } else {
        actual_close(&stream, cx)?
    }
    Ok(JsValue::undefined())
}

/// `stream.destroy()`
fn destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    if !plain(&stream, cx, |s| s.destroyed.get())? {
        actual_close(&stream, cx)?;
    }
    Ok(JsValue::undefined())
}

fn actual_close(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let fd = plain(stream, cx, |s| s.fd.get())?;
    if fd < 0 {
        let again = table::closure("", 0, stream.clone(), |_, _, stream, cx| actual_close(stream, cx).map(|()| JsValue::undefined()), cx);
        return events::once(stream, js_string!("ready"), again, cx);
    }
    let timer = plain(stream, cx, |s| {
        s.destroyed.set(true);
        s.timer.borrow_mut().take()
    })?;
    if let Some(timer) = timer {
        Host::of(cx).event_loop().timer_cancel(timer);
    }
    state_of(&stream.clone().into(), cx)?.borrow().data().pieces.borrow_mut().clear();
    // What fsync says does not matter: not every descriptor has it.
    let synced = table::closure(
        "closeWrapped",
        0,
        (stream.clone(), fd),
        |_, _, (stream, fd), cx| {
            if *fd == 1 || *fd == 2 {
                return closed(stream, JsValue::undefined(), cx);
            }
            let done = table::closure("done", 1, stream.clone(), |_, args, stream, cx| closed(stream, args.get_or_undefined(0).clone(), cx), cx);
            call(stream, "close", &[(*fd).into(), done.into()], cx)
        },
        cx,
    );
    match call(stream, "fsync", &[fd.into(), synced.into()], cx) {
        Err(error) if error.as_engine().is_some() => Err(error),
        _ => Ok(()),
    }
}

fn closed(stream: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if error.to_boolean() {
        emit(stream, "error", &[error], cx)?;
        return Ok(JsValue::undefined());
    }
    if plain(stream, cx, |s| s.ending.get() && !s.writing.get())? {
        emit(stream, "finish", &[], cx)?;
    }
    emit(stream, "close", &[], cx)?;
    Ok(JsValue::undefined())
}

/// `stream.flushSync()`
fn flush_sync(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let stream = this.to_object(cx)?;
    let (gone, fd, bytes, writing) = plain(&stream, cx, |s| (s.destroyed.get(), s.fd.get(), s.bytes, s.writing.get()))?;
    if gone {
        return Err(destroyed(cx));
    }
    if fd < 0 {
        return Err(errors::invalid_state("Invalid file descriptor", cx));
    }
    let now = current(&stream, cx)?;
    if !writing && length(&now) > 0.0 {
        let size = length(&now);
        state.borrow().data().pieces.borrow_mut().push_front((vec![now], size));
        let empty = empty(bytes, cx)?;
        set_current(&stream, empty, cx)?;
    }
    loop {
        let next = state.borrow().data().pieces.borrow_mut().pop_front();
        let Some(piece) = next else { break };
        let mut left = joined(piece, bytes, cx)?;
        while length(&left) > 0.0 {
            match write_now(&stream, left.clone(), cx) {
                Ok(count) => {
                    let (after, units) = rest(&left, count, cx)?;
                    left = after;
                    plain(&stream, cx, |s| s.len.set((s.len.get() - units).max(0.0)))?;
                }
                Err(error) => {
                    let value = thrown_value(error, cx);
                    if !tries_again(&stream, &value, length(&left), cx)? {
                        let size = length(&left);
                        state.borrow().data().pieces.borrow_mut().push_front((vec![left], size));
                        return Err(JsError::from_opaque(value));
                    }
                    std::thread::sleep(std::time::Duration::from_millis(BUSY_MS));
                }
            }
        }
    }
    if !bytes
        && let Err(error) = call(&stream, "fsyncSync", &[fd.into()], cx)
        && error.as_engine().is_some()
    {
        return Err(error);
    }
    Ok(JsValue::undefined())
}

/// `stream.flush([callback])`
fn flush(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = state_of(this, cx)?;
    let stream = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    let callback = if given.is_undefined() { None } else { Some(validate::function(given, "cb", cx)?) };
    if plain(&stream, cx, |s| s.destroyed.get())? {
        if let Some(callback) = callback {
            let error = destroyed(cx).into_opaque(cx)?;
            callback.call(&JsValue::undefined(), &[error], cx)?;
        }
        return Ok(JsValue::undefined());
    }
    if plain(&stream, cx, |s| s.min <= 0.0)? {
        if let Some(callback) = callback {
            callback.call(&JsValue::undefined(), &[], cx)?;
        }
        return Ok(JsValue::undefined());
    }
    on_drain(&stream, callback, cx)?;
    if plain(&stream, cx, |s| s.writing.get())? {
        return Ok(JsValue::undefined());
    }
    {
        let state = state.borrow();
        let mut pieces = state.data().pieces.borrow_mut();
        if pieces.is_empty() {
            pieces.push_back((Vec::new(), 0.0));
        }
    }
    actual_write(&stream, cx)?;
    Ok(JsValue::undefined())
}

/// Calls back once all is written and on disk.
fn on_drain(stream: &JsObject, callback: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    plain(stream, cx, |s| s.flush_pending.set(true))?;
    let callback: JsFunction = match callback {
        Some(callback) => callback,
        None => table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(""), 1, cx),
    };
    let drained = table::closure(
        "onDrain",
        0,
        (stream.clone(), callback.clone()),
        |_, _, (stream, callback), cx| {
            let (skip, fd) = plain(stream, cx, |s| (s.fsync || s.destroyed.get(), s.fd.get()))?;
            let listener = stream.get(FLUSH_ERROR.to_js(cx), cx)?;
            if listener.is_callable() {
                events::remove_listener(stream, js_string!("error"), listener, cx)?;
            }
            if skip {
                return over(None, stream, callback, cx);
            }
            let synced = table::closure(
                "",
                1,
                (stream.clone(), callback.clone()),
                |_, args, (stream, callback), cx| {
                    let error = args.get_or_undefined(0).clone();
                    let closed = match error.as_object() {
                        Some(object) => object.get(js_string!("code"), cx)?.as_string().is_some_and(|code| code == js_string!("EBADF")),
                        None => false,
                    };
                    over(if closed { None } else { Some(error) }, stream, callback, cx)
                },
                cx,
            );
            match call(stream, "fsync", &[fd.into(), synced.into()], cx) {
                Err(error) => {
                    let error = thrown_value(error, cx);
                    over(Some(error), stream, callback, cx)
                }
                done => done,
            }
        },
        cx,
    );
    let failed = table::closure(
        "onError",
        1,
        (stream.clone(), callback, JsObject::from(drained.clone())),
        |_, args, (stream, callback, drained), cx| {
            over(Some(args.get_or_undefined(0).clone()), stream, callback, cx)?;
            events::remove_listener(stream, js_string!("drain"), drained.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let symbol = FLUSH_ERROR.to_js(cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(failed.clone()).writable(true).enumerable(false).configurable(true);
    stream.define_property_or_throw(symbol, hidden, cx)?;
    events::once(stream, js_string!("drain"), drained, cx)?;
    events::once(stream, js_string!("error"), failed, cx)
}

/// A flush has ended.
fn over(error: Option<JsValue>, stream: &JsObject, callback: &JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    plain(stream, cx, |s| s.flush_pending.set(false))?;
    callback.call(&JsValue::undefined(), error.as_slice(), cx)
}

/// The `error` listener of a flush that waits.
const FLUSH_ERROR: Symbol = Symbol::Private("kFlushError");

/// Flushes again and again; keeps nothing alive.
fn flush_later(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let delay = plain(stream, cx, |s| s.periodic_ms)?;
    let again = stream.clone();
    let timer = host.event_loop().timer(
        delay.into(),
        Box::new(move |cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| {
                if plain(&again, cx, |s| s.destroyed.get())? {
                    return Ok(());
                }
                flush_later(&again, cx)?;
                events::method(&again, "flush", &[], cx).map(drop)
            });
        }),
    );
    host.event_loop().timer_ref(timer, false);
    plain(stream, cx, |s| *s.timer.borrow_mut() = Some(timer))
}
