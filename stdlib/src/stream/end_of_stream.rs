//! `finished`: a callback when a stream, of any make, will do no more.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{Host, async_context::AsyncFrame, errors, table, validate};

use super::{destroy::error_value, kinds, writable_state::Callback};
use crate::events;

/// One call.
#[derive(Trace, Finalize)]
pub(crate) struct Waiting {
    stream: JsObject,
    readable: bool,
    writable: bool,
    will_emit_close: Cell<bool>,
    readable_finished: Cell<bool>,
    writable_finished: Cell<bool>,
    callback: GcRefCell<Option<Callback>>,
    listeners: GcRefCell<Option<Listeners>>,
    abort: GcRefCell<Option<(JsObject, JsFunction)>>,
    #[unsafe_ignore_trace]
    frame: Option<Rc<AsyncFrame>>,
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Listeners {
    legacy_finish: JsFunction,
    finish: JsFunction,
    end: JsFunction,
    error: JsFunction,
    close: JsFunction,
    request: JsFunction,
}

type Shared = Gc<Waiting>;

/// What to wait for.
#[derive(Default)]
pub(crate) struct Options {
    /// Whether the readable side counts; by default if there is one.
    pub(crate) readable: Option<bool>,
    /// The same for the writable side.
    pub(crate) writable: Option<bool>,
    /// Do not listen for `'error'`.
    pub(crate) ignore_error: bool,
    /// Ends the waiting.
    pub(crate) signal: Option<JsObject>,
}

impl Options {
    /// From a script's object; the signal is checked.
    pub(super) fn of(options: Option<&JsObject>, cx: &mut Context) -> JsResult<Self> {
        let Some(options) = options else { return Ok(Self::default()) };
        let signal = options.get(js_string!("signal"), cx)?;
        let signal = validate::abort_signal(&signal, "options.signal", cx)?;
        let side = |value: JsValue| if value.is_null_or_undefined() { None } else { Some(value.to_boolean()) };
        Ok(Self {
            readable: side(options.get(js_string!("readable"), cx)?),
            writable: side(options.get(js_string!("writable"), cx)?),
            ignore_error: options.get(js_string!("error"), cx)?.as_boolean() == Some(false),
            signal,
        })
    }
}

/// `stream.finished(stream, options, callback)`
pub(super) fn method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = match args {
        [_, callback] => (&JsValue::undefined(), callback),
        _ => (args.get_or_undefined(1), args.get_or_undefined(2)),
    };
    let given = if options.is_null_or_undefined() { None } else { Some(validate::object(options, "options", cx)?) };
    let callback = validate::function(callback, "callback", cx)?;
    let options = Options::of(given.as_ref(), cx)?;
    let waiting = wait(args.get_or_undefined(0), options, Callback::Function(callback), cx)?;
    Ok(table::closure(
        "cleanup",
        0,
        waiting,
        |_this, _args, waiting, cx| {
            if let Some(waiting) = waiting {
                waiting.cleanup(cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    )
    .into())
}

/// The same for native code. The callback gets `undefined` where there was no error; `None` for a web stream.
pub(crate) fn wait(stream: &JsValue, options: Options, callback: Callback, cx: &mut Context) -> JsResult<Option<Shared>> {
    if kinds::is_readable_stream(stream, cx)? || kinds::is_writable_stream(stream, cx)? {
        wait_web(stream, options, callback, cx)?;
        return Ok(None);
    }
    let Some(object) = stream.as_object() else { return Err(no_stream(stream, cx)) };
    if !kinds::is_node_stream(stream, cx)? {
        return Err(no_stream(stream, cx));
    }
    let is_readable = kinds::is_readable_node_stream(stream, false, cx)?;
    let is_writable = kinds::is_writable_node_stream(stream, cx)?;
    let readable = options.readable.unwrap_or(is_readable);
    let writable = options.writable.unwrap_or(is_writable);
    let write_state = object.get(js_string!("_writableState"), cx)?.as_object();
    let read_state = object.get(js_string!("_readableState"), cx)?.as_object();
    let will_emit_close = kinds::will_emit_close(stream, cx)? && is_readable == readable && is_writable == writable;
    let writable_finished = kinds::is_writable_finished(stream, cx)? == Some(true);
    let readable_finished = kinds::is_readable_finished(stream, false, cx)? == Some(true);
    let closed = kinds::is_closed(stream, cx)? == Some(true);
    let waiting = Gc::new(Waiting {
        stream: object.clone(),
        readable,
        writable,
        will_emit_close: Cell::new(will_emit_close),
        readable_finished: Cell::new(readable_finished),
        writable_finished: Cell::new(writable_finished),
        callback: GcRefCell::new(Some(callback)),
        listeners: GcRefCell::new(None),
        abort: GcRefCell::new(None),
        frame: Host::of(cx).async_frame(),
    });
    let listeners = listeners(&waiting, cx);
    *waiting.listeners.borrow_mut() = Some(listeners.clone());

    if kinds::is_request(&object, cx)? {
        events::on(&object, js_string!("complete"), listeners.finish.clone(), cx)?;
        if !will_emit_close {
            events::on(&object, js_string!("abort"), listeners.close.clone(), cx)?;
        }
        if object.get(js_string!("req"), cx)?.to_boolean() {
            on_request(&waiting, cx)?;
        } else {
            events::on(&object, js_string!("request"), listeners.request.clone(), cx)?;
        }
    } else if writable && write_state.is_none() {
        events::on(&object, js_string!("end"), listeners.legacy_finish.clone(), cx)?;
        events::on(&object, js_string!("close"), listeners.legacy_finish.clone(), cx)?;
    }
    if !will_emit_close && object.get(js_string!("aborted"), cx)?.is_boolean() {
        events::on(&object, js_string!("aborted"), listeners.close.clone(), cx)?;
    }
    events::on(&object, js_string!("end"), listeners.end.clone(), cx)?;
    events::on(&object, js_string!("finish"), listeners.finish.clone(), cx)?;
    if !options.ignore_error {
        events::on(&object, js_string!("error"), listeners.error.clone(), cx)?;
    }
    events::on(&object, js_string!("close"), listeners.close, cx)?;

    if closed {
        let waiting = waiting.clone();
        Host::of(cx).next_tick_native(move |cx| waiting.on_close(cx));
    } else if over_already(&waiting, stream, write_state.as_ref(), read_state.as_ref(), cx)? {
        let waiting = waiting.clone();
        Host::of(cx).next_tick_native(move |cx| waiting.on_closed(cx));
    }
    if let Some(signal) = options.signal
        && !closed
    {
        watch_signal(&waiting, &signal, cx)?;
    }
    Ok(Some(waiting))
}

fn no_stream(value: &JsValue, cx: &mut Context) -> boa_engine::JsError {
    errors::invalid_arg_type("stream", "ReadableStream|WritableStream|Stream", value, cx)
}

/// No event will come any more, for it has come.
fn over_already(waiting: &Waiting, stream: &JsValue, write_state: Option<&JsObject>, read_state: Option<&JsObject>, cx: &mut Context) -> JsResult<bool> {
    let will_emit_close = waiting.will_emit_close.get();
    for state in [write_state, read_state].into_iter().flatten() {
        if state.get(js_string!("errorEmitted"), cx)?.to_boolean() {
            return Ok(!will_emit_close);
        }
    }
    if !waiting.readable && (!will_emit_close || kinds::is_readable(stream, cx)? == Some(true)) && (waiting.writable_finished.get() || kinds::is_writable(stream, cx)? == Some(false)) {
        let pending = match write_state {
            Some(state) => state.get(js_string!("pendingcb"), cx)?,
            None => JsValue::undefined(),
        };
        if pending.is_undefined() || pending.as_number() == Some(0.0) {
            return Ok(true);
        }
    }
    if !waiting.writable && (!will_emit_close || kinds::is_writable(stream, cx)? == Some(true)) && (waiting.readable_finished.get() || kinds::is_readable(stream, cx)? == Some(false)) {
        return Ok(true);
    }
    let object = &waiting.stream;
    Ok(read_state.is_some() && object.get(js_string!("req"), cx)?.to_boolean() && object.get(js_string!("aborted"), cx)?.to_boolean())
}

fn listeners(waiting: &Shared, cx: &mut Context) -> Listeners {
    let listener = |name, length, call: fn(&Waiting, &[JsValue], &mut Context) -> JsResult<()>| {
        let native = boa_engine::NativeFunction::from_copy_closure_with_captures(
            move |_this, args, waiting: &Shared, cx| {
                call(waiting, args, cx)?;
                Ok(JsValue::undefined())
            },
            waiting.clone(),
        );
        boa_engine::object::FunctionObjectBuilder::new(cx.realm(), native).name(js_string!(name)).length(length).constructor(false).build()
    };
    Listeners {
        legacy_finish: listener("onlegacyfinish", 0, |waiting, _args, cx| if waiting.stream.get(js_string!("writable"), cx)?.to_boolean() { Ok(()) } else { waiting.on_finish(cx) }),
        finish: listener("onfinish", 0, |waiting, _args, cx| waiting.on_finish(cx)),
        end: listener("onend", 0, |waiting, _args, cx| waiting.on_end(cx)),
        error: listener("onerror", 1, |waiting, args, cx| waiting.call(args.get_or_undefined(0).clone(), cx)),
        close: listener("onclose", 0, |waiting, _args, cx| waiting.on_close(cx)),
        request: listener("onrequest", 0, on_request_listener),
    }
}

fn on_request_listener(waiting: &Waiting, _args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    on_request(waiting, cx)
}

fn on_request(waiting: &Waiting, cx: &mut Context) -> JsResult<()> {
    let listeners = waiting.listeners.borrow().clone();
    if let (Some(request), Some(listeners)) = (waiting.stream.get(js_string!("req"), cx)?.as_object(), listeners) {
        events::on(&request, js_string!("finish"), listeners.finish, cx)?;
    }
    Ok(())
}

impl Waiting {
    /// Calls the callback, once.
    fn call(&self, error: JsValue, cx: &mut Context) -> JsResult<()> {
        let Some(callback) = self.callback.borrow_mut().take() else { return Ok(()) };
        self.stop_watching(cx)?;
        let host = Host::of(cx);
        let stream = JsValue::from(self.stream.clone());
        host.with_frame(self.frame.clone(), cx, |cx| match &callback {
            Callback::Function(function) => {
                let args = if error.is_undefined() { &[][..] } else { std::slice::from_ref(&error) };
                function.call(&stream, args, cx).map(drop)
            }
            callback => callback.call(error, cx),
        })
    }

    fn on_finish(&self, cx: &mut Context) -> JsResult<()> {
        self.writable_finished.set(true);
        // Destroyed by hand: what the stream promised of 'close' may not hold.
        if self.stream.get(js_string!("destroyed"), cx)?.to_boolean() {
            self.will_emit_close.set(false);
        }
        if self.will_emit_close.get() && (!self.stream.get(js_string!("readable"), cx)?.to_boolean() || self.readable) {
            return Ok(());
        }
        if !self.readable || self.readable_finished.get() { self.call(JsValue::undefined(), cx) } else { Ok(()) }
    }

    fn on_end(&self, cx: &mut Context) -> JsResult<()> {
        self.readable_finished.set(true);
        if self.stream.get(js_string!("destroyed"), cx)?.to_boolean() {
            self.will_emit_close.set(false);
        }
        if self.will_emit_close.get() && (!self.stream.get(js_string!("writable"), cx)?.to_boolean() || self.writable) {
            return Ok(());
        }
        if !self.writable || self.writable_finished.get() { self.call(JsValue::undefined(), cx) } else { Ok(()) }
    }

    /// The error that the stream keeps, if it is one.
    fn kept_error(&self, cx: &mut Context) -> JsResult<Option<JsValue>> {
        let stream = JsValue::from(self.stream.clone());
        let mut errored = kinds::writable_errored(&stream, cx)?;
        if !errored.to_boolean() {
            errored = kinds::readable_errored(&stream, cx)?;
        }
        Ok((errored.to_boolean() && !errored.is_boolean()).then_some(errored))
    }

    fn on_close(&self, cx: &mut Context) -> JsResult<()> {
        if let Some(error) = self.kept_error(cx)? {
            return self.call(error, cx);
        }
        let stream = JsValue::from(self.stream.clone());
        let cut_off = self.readable && !self.readable_finished.get() && kinds::is_readable_node_stream(&stream, true, cx)? && kinds::is_readable_finished(&stream, false, cx)? != Some(true)
            || self.writable && !self.writable_finished.get() && kinds::is_writable_finished(&stream, cx)? != Some(true);
        if cut_off {
            let error = error_value(errors::stream_premature_close(cx), cx)?;
            return self.call(error, cx);
        }
        self.call(JsValue::undefined(), cx)
    }

    fn on_closed(&self, cx: &mut Context) -> JsResult<()> {
        let error = self.kept_error(cx)?.unwrap_or_default();
        self.call(error, cx)
    }

    /// Removes the listeners and forgets the callback.
    pub(crate) fn cleanup(&self, cx: &mut Context) -> JsResult<()> {
        *self.callback.borrow_mut() = None;
        let Some(listeners) = self.listeners.borrow().clone() else { return Ok(()) };
        let stream = &self.stream;
        events::remove_listener(stream, js_string!("aborted"), listeners.close.clone(), cx)?;
        events::remove_listener(stream, js_string!("complete"), listeners.finish.clone(), cx)?;
        events::remove_listener(stream, js_string!("abort"), listeners.close.clone(), cx)?;
        events::remove_listener(stream, js_string!("request"), listeners.request.clone(), cx)?;
        if let Some(request) = stream.get(js_string!("req"), cx)?.as_object() {
            events::remove_listener(&request, js_string!("finish"), listeners.finish.clone(), cx)?;
        }
        events::remove_listener(stream, js_string!("end"), listeners.legacy_finish.clone(), cx)?;
        events::remove_listener(stream, js_string!("close"), listeners.legacy_finish, cx)?;
        events::remove_listener(stream, js_string!("finish"), listeners.finish, cx)?;
        events::remove_listener(stream, js_string!("end"), listeners.end, cx)?;
        events::remove_listener(stream, js_string!("error"), listeners.error, cx)?;
        events::remove_listener(stream, js_string!("close"), listeners.close, cx)
    }

    fn stop_watching(&self, cx: &mut Context) -> JsResult<()> {
        let watched = self.abort.borrow_mut().take();
        match watched {
            Some((signal, listener)) => events::off_abort(&signal, &listener, cx),
            None => Ok(()),
        }
    }
}

fn watch_signal(waiting: &Shared, signal: &JsObject, cx: &mut Context) -> JsResult<()> {
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        let (waiting, signal) = (waiting.clone(), signal.clone());
        Host::of(cx).next_tick_native(move |cx| aborted(&waiting, &signal, cx));
        return Ok(());
    }
    let listener = table::closure(
        "abort",
        0,
        (waiting.clone(), signal.clone()),
        |_this, _args, (waiting, signal), cx| {
            aborted(waiting, signal, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    if events::on_abort(signal, &listener, cx)? {
        *waiting.abort.borrow_mut() = Some((signal.clone(), listener));
    }
    Ok(())
}

fn aborted(waiting: &Shared, signal: &JsObject, cx: &mut Context) -> JsResult<()> {
    let callback = waiting.callback.borrow_mut().take();
    waiting.cleanup(cx)?;
    *waiting.callback.borrow_mut() = callback;
    let reason = signal.get(js_string!("reason"), cx)?;
    let error = errors::abort_object(None, Some(reason), cx)?;
    waiting.call(error.into(), cx)
}

/// A web stream tells by a promise of its own.
fn wait_web(stream: &JsValue, options: Options, callback: Callback, cx: &mut Context) -> JsResult<()> {
    let key = table::Symbol::For("nodejs.webstream.isClosedPromise").to_js(cx);
    let closed = stream.to_object(cx)?.get(key, cx)?.to_object(cx)?.get(js_string!("promise"), cx)?;
    let called = Gc::new(GcRefCell::new(Some(callback)));
    if let Some(signal) = options.signal {
        let abort = table::closure(
            "abort",
            0,
            (called.clone(), signal.clone(), stream.clone()),
            |_this, _args, (called, signal, stream), cx| {
                let reason = signal.get(js_string!("reason"), cx)?;
                let error = errors::abort_object(None, Some(reason), cx)?;
                call_once(called, stream, &[error.into()], cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        if signal.get(js_string!("aborted"), cx)?.to_boolean() {
            Host::of(cx).next_tick(abort, JsValue::undefined(), Vec::new());
        } else {
            events::on_abort(&signal, &abort, cx)?;
        }
    }
    let settled = table::closure(
        "resolverFn",
        0,
        (called, stream.clone()),
        |_this, args, (called, stream), cx| {
            let (called, stream, args) = (called.clone(), stream.clone(), args.to_vec());
            Host::of(cx).next_tick_native(move |cx| call_once(&called, &stream, &args, cx));
            Ok(JsValue::undefined())
        },
        cx,
    );
    let promise = JsPromise::resolve(closed, cx)?;
    promise.then(Some(settled.clone()), Some(settled), cx)?;
    Ok(())
}

fn call_once(callback: &GcRefCell<Option<Callback>>, stream: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let taken = callback.borrow_mut().take();
    match taken {
        Some(Callback::Function(function)) => function.call(stream, args, cx).map(drop),
        Some(callback) => callback.call(args.get_or_undefined(0).clone(), cx),
        None => Ok(()),
    }
}

/// `stream.promises.finished(stream, options)`
pub(super) fn promise(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(1);
    let given = if options.is_null_or_undefined() { None } else { options.as_object() };
    let mut clean = false;
    if let Some(given) = &given {
        let asked = given.get(js_string!("cleanup"), cx)?;
        if asked.to_boolean() {
            clean = validate::boolean(&asked, "cleanup", cx)?;
        }
    }
    let (promise, settle) = JsPromise::new_pending(cx);
    let result = (|cx: &mut Context| {
        if !options.is_null_or_undefined() {
            validate::object(options, "options", cx)?;
        }
        let options = Options::of(given.as_ref(), cx)?;
        let slot: Gc<GcRefCell<Option<Shared>>> = Gc::new(GcRefCell::new(None));
        let callback = table::closure(
            "",
            1,
            (settle.clone(), slot.clone(), clean),
            |_this, args, (settle, slot, clean), cx| {
                let waiting = slot.borrow().clone();
                if let Some(waiting) = waiting.filter(|_| *clean) {
                    waiting.cleanup(cx)?;
                }
                let error = args.get_or_undefined(0);
                let (settle, value) = if error.to_boolean() { (&settle.reject, error.clone()) } else { (&settle.resolve, JsValue::undefined()) };
                settle.call(&JsValue::undefined(), &[value], cx)
            },
            cx,
        );
        let waiting = wait(args.get_or_undefined(0), options, Callback::Function(callback), cx)?;
        *slot.borrow_mut() = waiting;
        Ok(())
    })(cx);
    if let Err(error) = result {
        let error = super::destroy::caught(error, cx)?;
        settle.reject.call(&JsValue::undefined(), &[error], cx)?;
    }
    Ok(promise.into())
}
