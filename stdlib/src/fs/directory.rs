//! `readdir`, recursive too, and `opendir`.

use std::{
    cell::{Cell, RefCell},
    ffi::{OsStr, OsString},
    path::PathBuf,
    rc::Rc,
    sync::{Arc, Mutex},
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_loop::Outcome,
    coil_sys::{
        Sys, SysError,
        fs::{Entries, FileType},
    },
    errors,
    op::{IntoJs, Op, thrown_value},
    table::{self, Member, Symbol},
    validate,
};

use super::{
    arguments::{self, Options, path},
    stats::dirent,
};
use crate::buffer::Encoding;

/// `readdir(path[, options], callback)`: one trip to the pool, however deep.
pub(super) struct Readdir {
    path: PathBuf,
    shown: PathBuf,
    encoding: Option<Encoding>,
    with_types: bool,
    recursive: bool,
}

/// What it gives: names, or `Dirent`s.
pub(super) struct Listing {
    entries: Entries,
    folder: PathBuf,
    encoding: Option<Encoding>,
    with_types: bool,
}

impl Op for Readdir {
    const NAME: &'static str = "readdir";
    const NAME_SYNC: &'static str = "readdirSync";
    const LENGTH: u8 = 3;
    const LENGTH_PROMISE: u8 = 2;
    const CALLBACK_AT: usize = 2;
    type Output = Listing;

    fn check_before_callback(_args: &[JsValue], _cx: &mut Context) -> JsResult<()> {
        Ok(())
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        let options = Options::read(args.get_or_undefined(1), Some(Encoding::Utf8), cx)?;
        let path = path(args.get_or_undefined(0), "path", cx)?;
        let recursive = options.get("recursive", cx)?;
        let recursive = if recursive.is_null_or_undefined() { false } else { validate::boolean(&recursive, "options.recursive", cx)? };
        let with_types = options.get("withFileTypes", cx)?.to_boolean();
        Ok(Self { shown: path.clone(), path, encoding: options.encoding, with_types, recursive })
    }

    fn run(self, sys: &Sys) -> Result<Listing, SysError> {
        let entries = if self.recursive { sys.fs().readdir_recursive(self.path, false)? } else { sys.fs().readdir(self.path)? };
        Ok(Listing { entries, folder: self.shown, encoding: self.encoding, with_types: self.with_types })
    }
}

impl IntoJs for Listing {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        let mut values = Vec::with_capacity(self.entries.len());
        // Entries of one folder follow each other: its name is made once.
        let mut parent: Option<(OsString, JsValue)> = None;
        for entry in self.entries.iter() {
            if !self.with_types {
                values.push(arguments::name(entry.path, self.encoding, cx)?);
                continue;
            }
            let name = arguments::name(entry.name, self.encoding, cx)?;
            let folder = match &parent {
                Some((known, value)) if known == entry.parent => value.clone(),
                _ => {
                    let whole = joined(&self.folder, entry.parent);
                    let value = arguments::name(&whole, self.encoding.or(Some(Encoding::Utf8)), cx)?;
                    parent = Some((entry.parent.to_owned(), value.clone()));
                    value
                }
            };
            values.push(dirent(name, folder, entry.kind, cx)?);
        }
        Ok(JsArray::from_iter(values, cx).into())
    }
}

fn joined(folder: &std::path::Path, inner: &OsStr) -> OsString {
    if inner.is_empty() { folder.as_os_str().to_owned() } else { folder.join(inner).into_os_string() }
}

/// `opendir`: gives a `Dir`.
pub(super) struct Opendir {
    path: PathBuf,
    encoding: Option<Encoding>,
    buffer_size: usize,
    recursive: bool,
}

/// Directory handles move to pool threads and back.
pub(super) struct Opened {
    source: Source,
    path: PathBuf,
    encoding: Option<Encoding>,
    buffer_size: usize,
    /// What was read already: everything, for a recursive reading.
    ready: Vec<(OsString, PathBuf, FileType)>,
}

/// Where entries come from: a handle, or, for a recursive reading, everything at once.
#[derive(Clone)]
enum Source {
    Handle(Arc<Mutex<Option<coil_engine::coil_sys::fs::Dir>>>),
    All,
}

impl Op for Opendir {
    const NAME: &'static str = "opendir";
    const NAME_SYNC: &'static str = "opendirSync";
    const LENGTH: u8 = 3;
    const LENGTH_PROMISE: u8 = 3;
    const CALLBACK_AT: usize = 2;
    const CALLBACK_NAME: &'static str = "callback";
    type Output = Opened;

    fn check_before_callback(_args: &[JsValue], _cx: &mut Context) -> JsResult<()> {
        Ok(())
    }

    fn parse(args: &[JsValue], cx: &mut Context) -> JsResult<Self> {
        let path = path(args.get_or_undefined(0), "path", cx)?;
        let options = Options::read(args.get_or_undefined(1), Some(Encoding::Utf8), cx)?;
        let size = options.get("bufferSize", cx)?;
        let buffer_size = if size.is_undefined() { 32 } else { validate::uint32(&size, "options.bufferSize", true, cx)? as usize };
        let recursive = options.get("recursive", cx)?.to_boolean();
        Ok(Self { path, encoding: options.encoding, buffer_size, recursive })
    }

    fn run(self, sys: &Sys) -> Result<Self::Output, SysError> {
        let (encoding, buffer_size) = (self.encoding, self.buffer_size);
        if self.recursive {
            let entries = sys.fs().readdir_recursive(&self.path, false)?;
            let all = entries.iter().map(|entry| (entry.name.to_owned(), PathBuf::from(joined(&self.path, entry.parent)), entry.kind)).collect();
            return Ok(Opened { source: Source::All, path: self.path, encoding, buffer_size, ready: all });
        }
        let handle = sys.fs().opendir(&self.path)?;
        let source = Source::Handle(Arc::new(Mutex::new(Some(handle))));
        Ok(Opened { source, path: self.path, encoding, buffer_size, ready: Vec::new() })
    }
}

/// `fs.opendirSync(path[, options])`, whose errors name no path.
pub(super) fn opendir_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let operation = Opendir::parse(args, cx)?;
    match operation.run(Host::of(cx).sys()) {
        Ok(opened) => opened.into_js(cx),
        Err(error) => Err(errors::system(&SysError { path: None, ..error }, cx)),
    }
}

impl IntoJs for Opened {
    fn into_js(self, cx: &mut Context) -> JsResult<JsValue> {
        let mut opened = self;
        let mut ready = std::mem::take(&mut opened.ready);
        ready.reverse();
        let prototype = DIR.prototype(cx)?;
        let dir = Dir { opened, ready: Rc::new(RefCell::new(ready)), closed: Cell::new(false), reading: Rc::new(Cell::new(0)), closings: RefCell::default() };
        Ok(JsObject::from_proto_and_data(prototype, dir).into())
    }
}

/// The native state of a `Dir`.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(super) struct Dir {
    #[unsafe_ignore_trace]
    opened: Opened,
    /// Read and not yet given, last first.
    #[unsafe_ignore_trace]
    ready: Rc<RefCell<Vec<(OsString, PathBuf, FileType)>>>,
    #[unsafe_ignore_trace]
    closed: Cell<bool>,
    #[unsafe_ignore_trace]
    reading: Rc<Cell<u32>>,
    /// Closings that wait for readings under way.
    #[unsafe_ignore_trace]
    closings: RefCell<Vec<Closing>>,
}

type Closing = Box<dyn FnOnce(&mut Context)>;

/// `fs.Dir`
pub(super) static DIR: Class = Class {
    name: "Dir",
    length: 3,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_, args, cx| Err(if args.is_empty() { errors::missing_args(&["handle"], cx) } else { errors::illegal_constructor(cx) }),
    prototype: &[
        Member::getter("path", |this, _, cx| {
            let dir = this_dir(this, cx)?;
            let dir = dir.borrow();
            Ok(js_string!(dir.data().opened.path.to_string_lossy().as_ref()).into())
        }),
        Member::function("read", 1, read),
        Member::function("readSync", 0, read_sync),
        Member::function("close", 1, close),
        Member::function("closeSync", 0, close_sync),
        Member::function("entries", 0, entries),
        Member::symbol(Symbol::Dispose, "[Symbol.dispose]", 0, close_sync_quietly),
        Member::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, dispose_later),
        Member::symbol(Symbol::AsyncIterator, "entries", 0, entries),
    ],
    statics: &[],
};

fn this_dir(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Dir>> {
    this.as_object().and_then(|object| object.downcast::<Dir>().ok()).ok_or_else(|| errors::invalid_this("Dir", cx))
}

fn check_open(dir: &JsObject<Dir>, cx: &mut Context) -> JsResult<()> {
    let (closed, reading) = {
        let dir = dir.borrow();
        (dir.data().closed.get(), dir.data().reading.get() > 0)
    };
    if closed {
        return Err(arguments::coded("ERR_DIR_CLOSED", "Directory handle was closed", cx));
    }
    let _ = reading;
    Ok(())
}

fn check_idle(dir: &JsObject<Dir>, cx: &mut Context) -> JsResult<()> {
    if dir.borrow().data().reading.get() > 0 {
        return Err(arguments::coded("ERR_DIR_CONCURRENT_OPERATION", "Cannot do synchronous work on directory handle with concurrent asynchronous operations", cx));
    }
    Ok(())
}

fn take_ready(dir: &JsObject<Dir>, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let (next, encoding) = {
        let dir = dir.borrow();
        (dir.data().ready.borrow_mut().pop(), dir.data().opened.encoding)
    };
    let Some((name, parent, kind)) = next else { return Ok(None) };
    let name = arguments::name(&name, encoding, cx)?;
    let parent = arguments::name(parent.as_os_str(), Some(Encoding::Utf8), cx)?;
    dirent(name, parent, kind, cx).map(Some)
}

/// Reads the next batch; on any thread.
fn batch(source: &Source, path: &std::path::Path, size: usize) -> Result<Vec<(OsString, PathBuf, FileType)>, SysError> {
    let Source::Handle(handle) = source else { return Ok(Vec::new()) };
    let mut handle = handle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(handle) = handle.as_mut() else { return Ok(Vec::new()) };
    let mut batch: Vec<_> = handle.read(size)?.into_iter().map(|(name, kind)| (name, path.to_owned(), kind)).collect();
    batch.reverse();
    Ok(batch)
}

fn read_sync(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    check_open(&dir, cx)?;
    check_idle(&dir, cx)?;
    if let Some(entry) = take_ready(&dir, cx)? {
        return Ok(entry);
    }
    let result = {
        let dir = dir.borrow();
        let opened = &dir.data().opened;
        batch(&opened.source, &opened.path, opened.buffer_size)
    };
    match result {
        Ok(batch) => *dir.borrow().data().ready.borrow_mut() = batch,
        Err(error) => return Err(errors::system(&error, cx)),
    }
    Ok(take_ready(&dir, cx)?.unwrap_or_else(JsValue::null))
}

/// `dir.read([callback])`
fn read(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    let given = args.get_or_undefined(0);
    if given.is_undefined() {
        let (promise, resolvers) = JsPromise::new_pending(cx);
        if let Err(error) = check_open(&dir, cx) {
            let reason = thrown_value(error, cx);
            resolvers.reject.call(&JsValue::undefined(), &[reason], cx)?;
            return Ok(promise.into());
        }
        next(dir, cx, move |result, cx| {
            let host = Host::of(cx);
            match result {
                Ok(value) => host.enter(&resolvers.resolve, &JsValue::undefined(), &[value], cx),
                Err(error) => {
                    let reason = thrown_value(error, cx);
                    host.enter(&resolvers.reject, &JsValue::undefined(), &[reason], cx)
                }
            };
        })?;
        return Ok(promise.into());
    }
    let callback = validate::function(given, "callback", cx)?;
    check_open(&dir, cx)?;
    next(dir, cx, move |result, cx| {
        let host = Host::of(cx);
        match result {
            Ok(value) => host.enter(&callback, &JsValue::undefined(), &[JsValue::null(), value], cx),
            Err(error) => {
                let reason = thrown_value(error, cx);
                host.enter(&callback, &JsValue::undefined(), &[reason], cx)
            }
        };
    })?;
    Ok(JsValue::undefined())
}

/// The next entry: from what was read already, in a next tick, or from the pool.
fn next(dir: JsObject<Dir>, cx: &mut Context, then: impl FnOnce(JsResult<JsValue>, &mut Context) + 'static) -> JsResult<()> {
    let host = Host::of(cx);
    if let Some(entry) = take_ready(&dir, cx)? {
        host.next_tick_native(move |cx| {
            then(Ok(entry), cx);
            Ok(())
        });
        return Ok(());
    }
    let (source, path, size, reading) = {
        let dir = dir.borrow();
        let opened = &dir.data().opened;
        (opened.source.clone(), opened.path.clone(), opened.buffer_size, dir.data().reading.clone())
    };
    reading.set(reading.get() + 1);
    host.offload(
        "readdir",
        move |_sys| batch(&source, &path, size),
        move |outcome, cx| {
            reading.set(reading.get() - 1);
            let result = match outcome {
                Outcome::Done(Ok(batch)) => {
                    {
                        let dir = dir.borrow();
                        let mut ready = dir.data().ready.borrow_mut();
                        // Readings that overlapped come in order: the later batch stands behind.
                        let before = std::mem::replace(&mut *ready, batch);
                        ready.extend(before);
                    }
                    take_ready(&dir, cx).map(|entry| entry.unwrap_or_else(JsValue::null))
                }
                Outcome::Done(Err(error)) => Err(errors::system_async(&error, cx)),
                _ => Ok(JsValue::null()),
            };
            then(result, cx);
            let closings = if reading.get() == 0 { std::mem::take(&mut *dir.borrow().data().closings.borrow_mut()) } else { Vec::new() };
            for closing in closings {
                closing(cx);
            }
        },
    );
    Ok(())
}

fn shut(dir: &JsObject<Dir>) {
    let dir = dir.borrow();
    dir.data().closed.set(true);
    if let Source::Handle(handle) = &dir.data().opened.source {
        handle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}

fn close_sync(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    check_open(&dir, cx)?;
    check_idle(&dir, cx)?;
    shut(&dir);
    Ok(JsValue::undefined())
}

fn close_sync_quietly(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    if dir.borrow().data().closed.get() {
        return Ok(JsValue::undefined());
    }
    close_sync(this, args, cx)
}

/// `await using dir`: one that is closed already stays so.
fn dispose_later(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    if dir.borrow().data().closed.get() {
        return Ok(JsPromise::resolve(JsValue::undefined(), cx)?.into());
    }
    close(this, &[], cx)
}

/// `dir.close([callback])`
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    let given = args.get_or_undefined(0);
    let checked = check_open(&dir, cx);
    if checked.is_ok() && dir.borrow().data().reading.get() > 0 {
        return close_later(&dir, given, cx);
    }
    if given.is_undefined() {
        return Ok(match checked {
            Ok(()) => {
                shut(&dir);
                JsPromise::resolve(JsValue::undefined(), cx)?.into()
            }
            Err(error) => JsPromise::reject(error, cx)?.into(),
        });
    }
    let callback = validate::function(given, "callback", cx)?;
    let args = match checked {
        Ok(()) => {
            shut(&dir);
            JsValue::null()
        }
        Err(error) => thrown_value(error, cx),
    };
    Host::of(cx).next_tick(callback, JsValue::undefined(), vec![args]);
    Ok(JsValue::undefined())
}

/// Closes once the readings under way have ended.
fn close_later(dir: &JsObject<Dir>, callback: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let (done, args, given) = if callback.is_undefined() {
        (resolvers.resolve, vec![JsValue::undefined()], promise.into())
    } else {
        (validate::function(callback, "callback", cx)?, vec![JsValue::null()], JsValue::undefined())
    };
    let closing = dir.clone();
    dir.borrow().data().closings.borrow_mut().push(Box::new(move |cx| {
        shut(&closing);
        Host::of(cx).enter(&done, &JsValue::undefined(), &args, cx);
    }));
    Ok(given)
}

/// `for await (const entry of dir)`: closes the directory at its end.
fn entries(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = this_dir(this, cx)?;
    let iterator = JsObject::with_object_proto(cx.intrinsics());
    let next = table::closure("next", 0, dir.clone().upcast(), entries_next, cx);
    let back = table::closure("return", 0, dir.upcast(), entries_return, cx);
    iterator.create_data_property_or_throw(js_string!("next"), next, cx)?;
    iterator.create_data_property_or_throw(js_string!("return"), back, cx)?;
    let own = table::function(|this, _, _| Ok(this.clone()), js_string!("[Symbol.asyncIterator]"), 0, cx);
    iterator.create_data_property_or_throw(boa_engine::JsSymbol::async_iterator(), own, cx)?;
    Ok(iterator.into())
}

fn entries_next(_this: &JsValue, _args: &[JsValue], dir: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let value = read(&dir.clone().into(), &[], cx)?;
    let promise = JsPromise::from_object(value.to_object(cx)?)?;
    let wrap = table::closure(
        "",
        1,
        dir.clone(),
        |_this, args, dir, cx| {
            let value = args.get_or_undefined(0);
            let done = value.is_null();
            if done {
                close(&dir.clone().into(), &[], cx)?;
            }
            result(if done { JsValue::undefined() } else { value.clone() }, done, cx)
        },
        cx,
    );
    Ok(promise.then(Some(wrap), None, cx)?.into())
}

fn entries_return(_this: &JsValue, args: &[JsValue], dir: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    close(&dir.clone().into(), &[], cx)?;
    let done = result(args.get_or_undefined(0).clone(), true, cx)?;
    Ok(JsPromise::resolve(done, cx)?.into())
}

fn result(value: JsValue, done: bool, cx: &mut Context) -> JsResult<JsValue> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("value"), value, cx)?;
    result.create_data_property_or_throw(js_string!("done"), done, cx)?;
    Ok(result.into())
}
