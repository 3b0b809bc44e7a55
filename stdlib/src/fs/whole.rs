//! `readFile`, `writeFile` and `appendFile` as scripts call them: with a signal that stops them, and with data that comes piece by piece.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsSymbol, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    coil_sys::{Sys, SysResult, fs::flags},
    errors,
    op::{self, Op, thrown_value},
    table, validate,
};

use super::{
    arguments::{self, File, Options, key},
    contents::{AppendFile, FILE_MODE, ReadFile, WriteFile},
    handle, operations,
};
use crate::{
    blob,
    buffer::{self, Encoding},
    coroutine::{self, Iteration, run},
    events,
};

/// `fs.readFile(path[, options], callback)`
pub(super) fn read_file(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    callback_until::<ReadFile>(this, args, cx)
}

/// `fs.writeFile(file, data[, options], callback)`
pub(super) fn write_file(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    callback_until::<WriteFile>(this, args, cx)
}

/// `fs.appendFile(path, data[, options], callback)`
pub(super) fn append_file(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    callback_until::<AppendFile>(this, args, cx)
}

/// `fsPromises.readFile(path[, options])`
pub(super) fn read_file_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    promise_until::<ReadFile>(this, args, cx)
}

/// `fsPromises.writeFile(file, data[, options])`
pub(super) fn write_file_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if is_pieces(args.get_or_undefined(1), cx)? { write_pieces(args, flags::WRITE, cx) } else { promise_until::<WriteFile>(this, args, cx) }
}

/// `fsPromises.appendFile(path, data[, options])`
pub(super) fn append_file_promise(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if is_pieces(args.get_or_undefined(1), cx)? { write_pieces(args, flags::APPEND, cx) } else { promise_until::<AppendFile>(this, args, cx) }
}

/// `fs.openAsBlob(path[, options])`
pub(super) fn open_as_blob(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let kind = match validate::options(args.get_or_undefined(1), "options", cx)? {
        Some(options) => options.get(js_string!("type"), cx)?,
        None => JsValue::undefined(),
    };
    let kind = if kind.to_boolean() { validate::string(&kind, "options.type", cx)?.to_std_string_lossy() } else { String::new() };
    let path = arguments::path(args.get_or_undefined(0), "path", cx)?;
    blob::open_as_blob(&path, kind, cx)
}

/// The signal among the options, where there is one.
fn signal_of(options: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    match options.as_object() {
        Some(options) if !options.is_callable() => Ok(options.get(key("signal", cx), cx)?.as_object()),
        _ => Ok(None),
    }
}

fn aborted(signal: &JsObject, cx: &mut Context) -> JsResult<Option<JsValue>> {
    if !signal.get(js_string!("aborted"), cx)?.to_boolean() {
        return Ok(None);
    }
    let reason = signal.get(js_string!("reason"), cx)?;
    errors::abort(None, Some(reason), cx).into_opaque(cx).map(Some)
}

/// Who learns of the end: once, of the work's or of the signal's.
type Waiting<T> = Rc<RefCell<Option<T>>>;

fn callback_until<O: Op>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(signal) = signal_of(args.get_or_undefined(O::CALLBACK_AT - 1), cx)? else { return op::callback::<O>(this, args, cx) };
    let Some(callback) = args.get_or_undefined(O::CALLBACK_AT).as_function() else { return op::callback::<O>(this, args, cx) };
    let operation = O::parse(&args[..O::CALLBACK_AT], cx)?;
    if let Some(error) = aborted(&signal, cx)? {
        return callback.call(&JsValue::undefined(), &[error], cx);
    }
    until(
        operation,
        signal,
        callback,
        |callback, result, cx| op::deliver::<O>(callback, result, cx),
        |callback, error, cx| {
            Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error]);
            Ok(())
        },
        cx,
    )?;
    Ok(JsValue::undefined())
}

fn promise_until<O: Op>(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    // A file is named by a handle here, not by the number of its descriptor.
    if args.get_or_undefined(0).is_number() {
        let path = arguments::path(args.get_or_undefined(0), "path", cx).map(drop);
        return handle::rejected(O::parse(args, cx).map(drop).and(path).expect_err("a number is no path"), cx);
    }
    let signal = match signal_of(args.get_or_undefined(O::CALLBACK_AT - 1), cx) {
        Ok(Some(signal)) => signal,
        Ok(None) => return op::promise::<O>(this, args, cx),
        Err(error) => return handle::rejected(error, cx),
    };
    let operation = match O::parse(args, cx) {
        Ok(operation) => operation,
        Err(error) => return handle::rejected(error, cx),
    };
    if let Some(error) = aborted(&signal, cx)? {
        return handle::rejected(JsError::from_opaque(error), cx);
    }
    let (promise, resolvers) = JsPromise::new_pending(cx);
    until(operation, signal, resolvers, op::settle::<O>, |resolvers: ResolvingFunctions, error, cx| resolvers.reject.call(&JsValue::undefined(), &[error], cx).map(drop), cx)?;
    Ok(promise.into())
}

/// Does the work, and forgets it where the signal comes first.
fn until<O: Op, T: 'static>(
    operation: O,
    signal: JsObject,
    waiting: T,
    done: fn(T, Result<O::Output, coil_engine::coil_sys::SysError>, &mut Context),
    stop: fn(T, JsValue, &mut Context) -> JsResult<()>,
    cx: &mut Context,
) -> JsResult<()> {
    let waiting: Waiting<T> = Rc::new(RefCell::new(Some(waiting)));
    let (stopped, by) = (waiting.clone(), signal.clone());
    let listener: Listener = Rc::new(move |cx: &mut Context| {
        let waiting = stopped.borrow_mut().take();
        let Some(waiting) = waiting else { return Ok(()) };
        match aborted(&by, cx)? {
            Some(error) => stop(waiting, error, cx),
            None => Ok(()),
        }
    });
    let on_abort = abort_listener(listener, cx);
    events::on_abort(&signal, &on_abort, cx)?;
    op::offload(operation, cx, move |result, cx| {
        let waiting = waiting.borrow_mut().take();
        let Some(waiting) = waiting else { return };
        Host::of(cx).enter_with(cx, |cx| events::off_abort(&signal, &on_abort, cx));
        done(waiting, result, cx);
    });
    Ok(())
}

type Listener = Rc<dyn Fn(&mut Context) -> JsResult<()>>;

fn abort_listener(listener: Listener, cx: &Context) -> JsFunction {
    #[derive(boa_gc::Trace, boa_gc::Finalize)]
    struct Held(#[unsafe_ignore_trace] Listener);
    table::closure("", 0, Held(listener), |_, _, held, cx| (held.0)(cx).map(|()| JsValue::undefined()), cx)
}

// Data that comes piece by piece.

/// `isCustomIterable`: neither text nor bytes.
fn is_pieces(data: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = data.as_object() else { return Ok(false) };
    if buffer::is_view(data) {
        return Ok(false);
    }
    Ok(object.get(JsSymbol::async_iterator(), cx)?.is_callable() || object.get(JsSymbol::iterator(), cx)?.is_callable())
}

/// Where the pieces go.
#[derive(Clone)]
struct Target {
    file: File,
    flags: JsValue,
    mode: JsValue,
    encoding: Encoding,
    flush: bool,
    signal: Option<JsObject>,
}

fn write_pieces(args: &[JsValue], default_flags: i32, cx: &mut Context) -> JsResult<JsValue> {
    match target(args, default_flags, cx) {
        Ok(target) => {
            let data = args.get_or_undefined(1).clone();
            Ok(coroutine::spawn(cx, |co| async move {
                check(&co, &target).await?;
                let (fd, own) = match target.file {
                    File::Fd(fd) => (fd, false),
                    File::Path(ref path) => {
                        let path: JsValue = js_string!(path.to_string_lossy().as_ref()).into();
                        let (flags, mode) = (target.flags.clone(), target.mode.clone());
                        let opening = run!(co, [path, flags, mode] | cx | op::promise::<operations::Open>(&JsValue::undefined(), &[path, flags, mode], cx))?;
                        (co.wait(opening).await?.as_number().unwrap_or(-1.0) as i32, true)
                    }
                };
                let mut result = pieces(&co, &target, fd, data).await;
                if result.is_ok() && target.flush {
                    let flushed = co.run(move |cx| promise_of(cx, "fsync", move |sys| sys.fs().fsync(fd))).await;
                    result = co.wait(flushed).await.map(drop);
                }
                if own {
                    let closed = co.run(move |cx| promise_of(cx, "close", move |sys| sys.fs().close(fd))).await;
                    co.wait(closed).await?;
                }
                result.map(|()| JsValue::undefined())
            })?
            .into())
        }
        Err(error) => handle::rejected(error, cx),
    }
}

fn target(args: &[JsValue], default_flags: i32, cx: &mut Context) -> JsResult<Target> {
    let options = Options::read(args.get_or_undefined(2), Some(Encoding::Utf8), cx)?;
    let flush = options.boolean("flush", false, cx)?;
    let flag = options.get("flag", cx)?;
    let mode = options.get("mode", cx)?;
    Ok(Target {
        file: arguments::file(args.get_or_undefined(0), cx)?,
        flags: if flag.to_boolean() { flag } else { default_flags.into() },
        mode: if mode.is_null_or_undefined() { FILE_MODE.into() } else { mode },
        encoding: options.encoding.unwrap_or(Encoding::Utf8),
        flush,
        signal: options.get("signal", cx)?.as_object(),
    })
}

async fn check(co: &coroutine::Co, target: &Target) -> JsResult<()> {
    let Some(signal) = target.signal.clone() else { return Ok(()) };
    match run!(co, [signal] | cx | aborted(&signal, cx))? {
        Some(error) => Err(JsError::from_opaque(error)),
        None => Ok(()),
    }
}

async fn pieces(co: &coroutine::Co, target: &Target, fd: i32, data: JsValue) -> JsResult<()> {
    check(co, target).await?;
    let iteration = Iteration::start(co, data).await?;
    while let Some(piece) = iteration.next(co).await? {
        let encoding = target.encoding;
        let written = match check(co, target).await {
            Ok(()) => co.run(move |cx| bytes_of(&piece, encoding, cx).map(|bytes| promise_of(cx, "write", move |sys| sys.fs().write_all(fd, &bytes, None)))).await,
            Err(error) => Err(error),
        };
        let result = match written {
            Ok(promise) => co.wait(promise).await,
            Err(error) => Err(error),
        };
        let result = match result {
            Ok(_) => check(co, target).await,
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            // What the iterator says to its end no longer matters.
            let _ = iteration.close(co).await;
            return Err(error);
        }
    }
    Ok(())
}

/// A view's bytes, or what `Buffer.from` makes of anything else.
fn bytes_of(piece: &JsValue, encoding: Encoding, cx: &mut Context) -> JsResult<Vec<u8>> {
    if let Some(text) = piece.as_string() {
        return Ok(buffer::string_to_bytes(&text, encoding));
    }
    if let Some(bytes) = buffer::bytes_of(piece) {
        return Ok(bytes);
    }
    let constructor = buffer::constructor(cx)?.to_object(cx)?;
    let made = events::method(&constructor, "from", std::slice::from_ref(piece), cx)?;
    Ok(buffer::bytes_of(&made).unwrap_or_default())
}

/// Work for the pool, as a promise.
fn promise_of(cx: &mut Context, label: &'static str, work: impl FnOnce(&Sys) -> SysResult<()> + Send + 'static) -> JsPromise {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    Host::of(cx).offload(label, work, move |outcome, cx| {
        let result = match outcome.done() {
            Some(Err(error)) => Err(errors::system(&error, cx)),
            _ => Ok(()),
        };
        let host = Host::of(cx);
        match result {
            Ok(()) => host.enter(&resolvers.resolve, &JsValue::undefined(), &[], cx),
            Err(error) => {
                let reason = thrown_value(error, cx);
                host.enter(&resolvers.reject, &JsValue::undefined(), &[reason], cx)
            }
        };
    });
    promise
}
