//! `pipeline`: streams, iterables and generator functions in a row, with one callback for the whole.

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_str, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{Host, errors, op::thrown_value, table, validate};

use super::{
    async_iterator,
    destroy::{self, aggregate, destroyer, error_value},
    duplexify,
    end_of_stream::{self, Options, Waiting},
    kinds,
    transform::PASS_THROUGH,
    writable_state::Callback,
};
use crate::{
    coroutine::{self, Co, Iteration, run},
    event_target, events,
};

/// One pipeline.
#[derive(Trace, Finalize)]
struct Pipeline {
    callback: GcRefCell<Option<JsFunction>>,
    error: GcRefCell<JsValue>,
    value: GcRefCell<JsValue>,
    finish_count: Cell<i32>,
    destroys: GcRefCell<VecDeque<Gc<Destroyer>>>,
    cleanups: GcRefCell<Vec<Cleanup>>,
    outer_signal: Option<JsObject>,
    abort_listener: GcRefCell<Option<JsFunction>>,
    /// What generator functions get; made when there is one.
    controller: GcRefCell<Option<JsObject>>,
}

type Shared = Gc<Pipeline>;

/// What is undone at a last stream that lives on.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
enum Cleanup {
    Waiting(Gc<Waiting>),
    ErrorListener(JsObject, JsFunction),
}

/// Destroys one stream of the row, once, unless it is over.
#[derive(Trace, Finalize)]
struct Destroyer {
    stream: JsObject,
    finished: Cell<bool>,
}

/// `stream.pipeline(...streams, callback)`
pub(super) fn method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (callback, streams) = match args.split_last() {
        Some((callback, streams)) => (callback.clone(), streams.to_vec()),
        None => (JsValue::undefined(), Vec::new()),
    };
    let callback = validate::function(&callback, "streams[stream.length - 1]", cx)?;
    run_pipeline(streams, callback, None, true, cx)
}

/// `stream.promises.pipeline(...streams, options)`
pub(super) fn promise(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(cx);
    let result = (|cx: &mut Context| {
        let mut streams = args.to_vec();
        let mut signal = None;
        let mut end = true;
        if let Some(last) = args.last()
            && let Some(options) = last.as_object().filter(|object| !object.is_callable())
            && !kinds::is_node_stream(last, cx)?
            && !kinds::is_iterable(last, false, cx)?
            && !kinds::is_web_stream(last, cx)?
        {
            streams.pop();
            let given = options.get(js_string!("signal"), cx)?;
            signal = validate::abort_signal(&given, "options.signal", cx)?;
            end = options.get(js_string!("end"), cx)?.as_boolean() != Some(false);
        }
        let callback = table::closure(
            "",
            2,
            settle.clone(),
            |_this, args, settle, cx| {
                let error = args.get_or_undefined(0);
                let (settle, value) = if error.to_boolean() { (&settle.reject, error) } else { (&settle.resolve, args.get_or_undefined(1)) };
                settle.call(&JsValue::undefined(), std::slice::from_ref(value), cx)
            },
            cx,
        );
        run_pipeline(streams, callback, signal, end, cx)
    })(cx);
    if let Err(error) = result {
        let error = destroy::caught(error, cx)?;
        settle.reject.call(&JsValue::undefined(), &[error], cx)?;
    }
    Ok(promise.into())
}

/// Builds the row; gives its last stream.
pub(super) fn run_pipeline(mut streams: Vec<JsValue>, callback: JsFunction, outer_signal: Option<JsObject>, end_option: bool, cx: &mut Context) -> JsResult<JsValue> {
    if let [only] = streams.as_slice()
        && let Some(list) = only.as_object().filter(JsObject::is_array)
    {
        streams = events::elements(&list, cx)?;
    }
    if streams.len() < 2 {
        return Err(errors::missing_args(&["streams"], cx));
    }
    let pipeline = Gc::new(Pipeline {
        callback: GcRefCell::new(Some(callback)),
        error: GcRefCell::default(),
        value: GcRefCell::default(),
        finish_count: Cell::new(0),
        destroys: GcRefCell::default(),
        cleanups: GcRefCell::default(),
        outer_signal: outer_signal.clone(),
        abort_listener: GcRefCell::default(),
        controller: GcRefCell::default(),
    });
    if let Some(signal) = &outer_signal {
        let abort = table::closure(
            "abort",
            0,
            pipeline.clone(),
            |_this, _args, pipeline, cx| {
                pipeline.abort(cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        if events::on_abort(signal, &abort, cx)? {
            *pipeline.abort_listener.borrow_mut() = Some(abort);
        }
    }
    let mut result = JsValue::undefined();
    for (index, stream) in streams.iter().enumerate() {
        let next = streams.get(index + 1);
        let place = Place { index, reading: next.is_some(), writing: index > 0, end: next.is_some() || end_option };
        if kinds::is_node_stream(stream, cx)? {
            watch_stream(&pipeline, stream, next, &place, cx)?;
        }
        result = if index == 0 { first(&pipeline, stream, cx)? } else { join(&pipeline, result, stream, &place, cx)? };
    }
    let aborted = match &outer_signal {
        Some(signal) => event_target::is_aborted(signal, cx)?,
        None => false,
    };
    if aborted {
        let pipeline = pipeline.clone();
        Host::of(cx).next_tick_native(move |cx| pipeline.abort(cx));
    }
    Ok(result)
}

/// Where a stream stands in the row.
struct Place {
    index: usize,
    /// Others come after it.
    reading: bool,
    /// Others come before it.
    writing: bool,
    /// It is ended with its source.
    end: bool,
}

fn watch_stream(pipeline: &Shared, stream: &JsValue, next: Option<&JsValue>, place: &Place, cx: &mut Context) -> JsResult<()> {
    if let Some(next) = next.and_then(JsValue::as_object)
        && (next.get(js_string!("closed"), cx)?.to_boolean() || next.get(js_string!("destroyed"), cx)?.to_boolean())
    {
        return Err(errors::stream_unable_to_pipe(cx));
    }
    let object = stream.to_object(cx)?;
    let last_and_readable = !place.reading && kinds::is_readable(stream, cx)? == Some(true);
    if place.end {
        let waiting = add_destroyer(pipeline, &object, place.reading, place.writing, cx)?;
        if last_and_readable && let Some(waiting) = waiting {
            pipeline.cleanups.borrow_mut().push(Cleanup::Waiting(waiting));
        }
    }
    // Errors after the pipe is done count too.
    let on_error = table::closure(
        "onError",
        1,
        pipeline.clone(),
        |_this, args, pipeline, cx| {
            let error = args.get_or_undefined(0);
            if let Some(object) = error.as_object() {
                let name = object.get(js_string!("name"), cx)?;
                let code = object.get(js_string!("code"), cx)?;
                let expected = name.as_string().is_some_and(|name| name == js_str!("AbortError")) || is_premature(&code);
                if !expected {
                    pipeline.finish(error.clone(), false, cx)?;
                }
            } else if error.to_boolean() {
                pipeline.finish(error.clone(), false, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&object, js_string!("error"), on_error.clone(), cx)?;
    if last_and_readable {
        pipeline.cleanups.borrow_mut().push(Cleanup::ErrorListener(object, on_error));
    }
    Ok(())
}

fn is_premature(code: &JsValue) -> bool {
    code.as_string().is_some_and(|code| code == js_str!("ERR_STREAM_PREMATURE_CLOSE"))
}

fn add_destroyer(pipeline: &Shared, stream: &JsObject, reading: bool, writing: bool, cx: &mut Context) -> JsResult<Option<Gc<Waiting>>> {
    let destroyer = Gc::new(Destroyer { stream: stream.clone(), finished: Cell::new(false) });
    let closed = table::closure(
        "",
        0,
        destroyer.clone(),
        |_this, _args, destroyer, _cx| {
            destroyer.finished.set(true);
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(stream, js_string!("close"), closed, cx)?;
    let over = table::closure(
        "",
        1,
        destroyer.clone(),
        |_this, args, destroyer, _cx| {
            destroyer.finished.set(!args.get_or_undefined(0).to_boolean());
            Ok(JsValue::undefined())
        },
        cx,
    );
    let options = Options { readable: Some(reading), writable: Some(writing), ..Options::default() };
    let waiting = end_of_stream::wait(&stream.clone().into(), options, Callback::Function(over), cx)?;
    pipeline.destroys.borrow_mut().push_back(destroyer);
    Ok(waiting)
}

impl Pipeline {
    fn abort(&self, cx: &mut Context) -> JsResult<()> {
        let reason = match &self.outer_signal {
            Some(signal) => event_target::reason(signal, cx)?,
            None => JsValue::undefined(),
        };
        let error = errors::abort_object(None, Some(reason), cx)?;
        self.finish(error.into(), false, cx)
    }

    /// One of those that are waited for is done.
    fn one_done(&self, error: JsValue, cx: &mut Context) -> JsResult<()> {
        let left = self.finish_count.get() - 1;
        self.finish_count.set(left);
        self.finish(error, left == 0, cx)
    }

    fn finish(&self, error: JsValue, last: bool, cx: &mut Context) -> JsResult<()> {
        if error.to_boolean() {
            let known = self.error.borrow().clone();
            let replaces = match known.as_object() {
                _ if !known.to_boolean() => true,
                Some(known) => is_premature(&known.get(js_string!("code"), cx)?),
                None => false,
            };
            if replaces {
                *self.error.borrow_mut() = error;
            }
        }
        let error = self.error.borrow().clone();
        let failed = error.to_boolean();
        if !failed && !last {
            return Ok(());
        }
        while let Some(stream) = { self.destroys.borrow_mut().pop_front() } {
            if !stream.finished.replace(true) {
                let error = if failed { error.clone() } else { error_value(errors::stream_destroyed("pipe", cx), cx)? };
                destroyer(&stream.stream.clone().into(), &error, cx)?;
            }
        }
        let listener = self.abort_listener.borrow_mut().take();
        if let (Some(signal), Some(listener)) = (&self.outer_signal, listener) {
            events::off_abort(signal, &listener, cx)?;
        }
        let controller = self.controller.borrow().clone();
        if let Some(controller) = controller {
            let reason = event_target::default_reason(cx)?;
            event_target::abort_with(&controller, &reason, cx)?;
        }
        if last {
            if !failed {
                let cleanups = self.cleanups.borrow().clone();
                for cleanup in cleanups {
                    match cleanup {
                        Cleanup::Waiting(waiting) => waiting.cleanup(cx)?,
                        Cleanup::ErrorListener(stream, listener) => events::remove_listener(&stream, js_string!("error"), listener, cx)?,
                    }
                }
            }
            let callback = self.callback.borrow_mut().take();
            if let Some(callback) = callback {
                let error = self.error.borrow().clone();
                let value = self.value.borrow().clone();
                Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error, value]);
            }
        }
        Ok(())
    }

    /// `{ signal }`, which generator functions get.
    fn signal_option(&self, cx: &mut Context) -> JsResult<JsValue> {
        let made = self.controller.borrow().clone();
        let controller = match made {
            Some(controller) => controller,
            None => {
                let controller = event_target::create_controller(cx)?;
                *self.controller.borrow_mut() = Some(controller.clone());
                controller
            }
        };
        let signal = event_target::signal_of(&controller, cx)?;
        let option = JsObject::with_object_proto(cx.intrinsics());
        option.create_data_property_or_throw(js_string!("signal"), signal, cx)?;
        Ok(option.into())
    }
}

/// The callback that counts one down.
fn finish_function(pipeline: &Shared, cx: &mut Context) -> JsFunction {
    table::closure(
        "finish",
        1,
        pipeline.clone(),
        |_this, args, pipeline, cx| {
            pipeline.one_done(args.get_or_undefined(0).clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )
}

fn expect_one_more(pipeline: &Pipeline) {
    pipeline.finish_count.set(pipeline.finish_count.get() + 1);
}

fn first(pipeline: &Shared, stream: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(function) = stream.as_function() {
        let option = pipeline.signal_option(cx)?;
        let result = function.call(&JsValue::undefined(), &[option], cx)?;
        if !kinds::is_iterable(&result, false, cx)? {
            return Err(errors::invalid_return_value("Iterable, AsyncIterable or Stream", "source", &result, cx));
        }
        return Ok(result);
    }
    if kinds::is_iterable(stream, false, cx)? || kinds::is_readable_node_stream(stream, false, cx)? || kinds::is_transform_stream(stream, cx)? {
        return Ok(stream.clone());
    }
    duplexify::from(stream, "body", cx)
}

fn join(pipeline: &Shared, source: JsValue, stream: &JsValue, place: &Place, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(function) = stream.as_function() {
        return join_function(pipeline, source, &function, place, cx);
    }
    if kinds::is_node_stream(stream, cx)? {
        let target = stream.to_object(cx)?;
        if kinds::is_readable_node_stream(&source, false, cx)? {
            pipeline.finish_count.set(pipeline.finish_count.get() + 2);
            let waiting = pipe(pipeline, &source.to_object(cx)?, &target, place.end, cx)?;
            if !place.reading
                && kinds::is_readable(stream, cx)? == Some(true)
                && let Some(waiting) = waiting
            {
                pipeline.cleanups.borrow_mut().push(Cleanup::Waiting(waiting));
            }
        } else if kinds::is_transform_stream(&source, cx)? || kinds::is_readable_stream(&source, cx)? {
            let source = readable_side(&source, cx)?;
            expect_one_more(pipeline);
            pump_to_node(pipeline, source, target, place.end, cx)?;
        } else if kinds::is_iterable(&source, false, cx)? {
            expect_one_more(pipeline);
            pump_to_node(pipeline, source, target, place.end, cx)?;
        } else {
            return Err(no_source(&source, cx));
        }
        return Ok(stream.clone());
    }
    if kinds::is_web_stream(stream, cx)? {
        let source = if kinds::is_readable_node_stream(&source, false, cx)? {
            async_iterable(&source, cx)?
        } else if kinds::is_readable_stream(&source, cx)? || kinds::is_iterable(&source, false, cx)? {
            source
        } else if kinds::is_transform_stream(&source, cx)? {
            readable_side(&source, cx)?
        } else {
            return Err(no_source(&source, cx));
        };
        expect_one_more(pipeline);
        pump_to_web(pipeline, source, stream.clone(), place.end, cx)?;
        return Ok(stream.clone());
    }
    duplexify::from(stream, "body", cx)
}

fn no_source(source: &JsValue, cx: &mut Context) -> JsError {
    errors::invalid_arg_type("val", "Readable|Iterable|AsyncIterable|ReadableStream|TransformStream", source, cx)
}

/// `value.readable || value`
fn readable_side(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let side = value.to_object(cx)?.get(js_string!("readable"), cx)?;
    Ok(if side.to_boolean() { side } else { value.clone() })
}

/// Something `for await` takes: streams of the first kind have no iterator.
fn async_iterable(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if kinds::is_iterable(value, false, cx)? {
        return Ok(value.clone());
    }
    if kinds::is_readable_node_stream(value, false, cx)? {
        let stream = value.to_object(cx)?;
        return async_iterator::iterate_when_asked(&stream, cx).map(JsValue::from);
    }
    Err(errors::invalid_arg_type("val", "Readable|Iterable|AsyncIterable", value, cx))
}

fn join_function(pipeline: &Shared, source: JsValue, function: &JsFunction, place: &Place, cx: &mut Context) -> JsResult<JsValue> {
    let source = if kinds::is_transform_stream(&source, cx)? {
        let side = source.to_object(cx)?.get(js_string!("readable"), cx)?;
        async_iterable(&side, cx)?
    } else {
        async_iterable(&source, cx)?
    };
    let option = pipeline.signal_option(cx)?;
    let result = function.call(&JsValue::undefined(), &[source, option], cx)?;
    if place.reading {
        if !kinds::is_iterable(&result, true, cx)? {
            let name = format!("transform[{}]", place.index - 1);
            return Err(errors::invalid_return_value("AsyncIterable", &name, &result, cx));
        }
        return Ok(result);
    }
    // The last one is no stream: a PassThrough stands for it, so that there is something to go on with.
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.set(js_string!("objectMode"), true, true, cx)?;
    let proxy = PASS_THROUGH.construct(&[options.into()], cx)?;
    let then = match result.as_object() {
        Some(object) => object.get(js_string!("then"), cx)?,
        None => JsValue::undefined(),
    };
    if let Some(then) = then.as_function() {
        expect_one_more(pipeline);
        let finish = finish_function(pipeline, cx);
        let fulfilled = table::closure(
            "",
            1,
            (pipeline.clone(), proxy.clone(), finish.clone(), place.end),
            |_this, args, (pipeline, proxy, finish, end), cx| {
                let value = args.get_or_undefined(0);
                *pipeline.value.borrow_mut() = value.clone();
                if !value.is_null_or_undefined() {
                    events::method(proxy, "write", std::slice::from_ref(value), cx)?;
                }
                if *end {
                    events::method(proxy, "end", &[], cx)?;
                }
                Host::of(cx).next_tick(finish.clone(), JsValue::undefined(), Vec::new());
                Ok(JsValue::undefined())
            },
            cx,
        );
        let rejected = table::closure(
            "",
            1,
            (proxy.clone(), finish),
            |_this, args, (proxy, finish), cx| {
                let error = args.get_or_undefined(0);
                events::method(proxy, "destroy", std::slice::from_ref(error), cx)?;
                Host::of(cx).next_tick(finish.clone(), JsValue::undefined(), vec![error.clone()]);
                Ok(JsValue::undefined())
            },
            cx,
        );
        then.call(&result, &[fulfilled.into(), rejected.into()], cx)?;
    } else if kinds::is_iterable(&result, true, cx)? {
        expect_one_more(pipeline);
        pump_to_node(pipeline, result, proxy.clone(), place.end, cx)?;
    } else if kinds::is_readable_stream(&result, cx)? || kinds::is_transform_stream(&result, cx)? {
        let source = readable_side(&result, cx)?;
        expect_one_more(pipeline);
        pump_to_node(pipeline, source, proxy.clone(), place.end, cx)?;
    } else {
        return Err(errors::invalid_return_value("AsyncIterable or Promise", "destination", &result, cx));
    }
    let waiting = add_destroyer(pipeline, &proxy, false, true, cx)?;
    if let Some(waiting) = waiting {
        pipeline.cleanups.borrow_mut().push(Cleanup::Waiting(waiting));
    }
    Ok(proxy.into())
}

fn pipe(pipeline: &Shared, source: &JsObject, target: &JsObject, end: bool, cx: &mut Context) -> JsResult<Option<Gc<Waiting>>> {
    let ended = Gc::new(Cell::new(false));
    let closed = table::closure(
        "",
        0,
        (pipeline.clone(), ended.clone()),
        |_this, _args, (pipeline, ended), cx| {
            if !ended.get() {
                let error = error_value(errors::stream_premature_close(cx), cx)?;
                pipeline.finish(error, false, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(target, js_string!("close"), closed, cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("end"), false, cx)?;
    events::method(source, "pipe", &[target.clone().into(), options.into()], cx)?;
    if end {
        let end_target = table::closure(
            "endFn",
            0,
            (target.clone(), ended),
            |_this, _args, (target, ended), cx| {
                ended.set(true);
                events::method(target, "end", &[], cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        if kinds::is_readable_finished(&source.clone().into(), true, cx)? == Some(true) {
            Host::of(cx).next_tick(end_target, JsValue::undefined(), Vec::new());
        } else {
            events::once(source, js_string!("end"), end_target, cx)?;
        }
    } else {
        pipeline.one_done(JsValue::undefined(), cx)?;
    }
    let source_over = table::closure(
        "",
        1,
        (pipeline.clone(), source.clone()),
        |_this, args, (pipeline, source), cx| {
            let error = args.get_or_undefined(0);
            if ended_before_close(source, error, cx)? {
                // Closed before 'end', which is still to come.
                let finish = finish_function(pipeline, cx);
                events::once(source, js_string!("end"), finish.clone(), cx)?;
                events::once(source, js_string!("error"), finish, cx)?;
            } else {
                pipeline.one_done(error.clone(), cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    let options = Options { readable: Some(true), writable: Some(false), ..Options::default() };
    end_of_stream::wait(&source.clone().into(), options, Callback::Function(source_over), cx)?;
    let options = Options { readable: Some(false), writable: Some(true), ..Options::default() };
    let finish = finish_function(pipeline, cx);
    end_of_stream::wait(&target.clone().into(), options, Callback::Function(finish), cx)
}

fn ended_before_close(source: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(error) = error.as_object() else { return Ok(false) };
    if !is_premature(&error.get(js_string!("code"), cx)?) {
        return Ok(false);
    }
    let Some(state) = source.get(js_string!("_readableState"), cx)?.as_object() else { return Ok(false) };
    Ok(state.get(js_string!("ended"), cx)?.to_boolean() && !state.get(js_string!("errored"), cx)?.to_boolean() && !state.get(js_string!("errorEmitted"), cx)?.to_boolean())
}

/// What a pump waits with for its target.
#[derive(Trace, Finalize, Default)]
struct Drain {
    error: GcRefCell<JsValue>,
    wake: GcRefCell<Option<boa_engine::builtins::promise::ResolvingFunctions>>,
}

impl Drain {
    fn resume(&self, error: &JsValue, cx: &mut Context) -> JsResult<()> {
        if error.to_boolean() {
            *self.error.borrow_mut() = error.clone();
        }
        let wake = self.wake.borrow_mut().take();
        match wake {
            Some(wake) => self.settle(&wake, cx),
            None => Ok(()),
        }
    }

    fn settle(&self, wake: &boa_engine::builtins::promise::ResolvingFunctions, cx: &mut Context) -> JsResult<()> {
        let error = self.error.borrow().clone();
        let settle = if error.to_boolean() { &wake.reject } else { &wake.resolve };
        settle.call(&JsValue::undefined(), &[error], cx).map(drop)
    }
}

async fn wait(co: &Co, drain: &Gc<Drain>) -> JsResult<()> {
    let promise = run!(
        co,
        [drain] | cx | {
            let (promise, settle) = JsPromise::new_pending(cx);
            if drain.error.borrow().to_boolean() {
                drain.settle(&settle, cx)?;
            } else {
                *drain.wake.borrow_mut() = Some(settle);
            }
            Ok::<_, JsError>(promise)
        }
    )?;
    co.wait(promise).await.map(drop)
}

/// Writes what an iterable gives to a Node stream.
fn pump_to_node(pipeline: &Shared, iterable: JsValue, target: JsObject, end: bool, cx: &mut Context) -> JsResult<()> {
    let pipeline = pipeline.clone();
    coroutine::spawn(cx, |co| async move {
        let drain = Gc::new(Drain::default());
        let (resume, waiting) = run!(
            co,
            [drain, target] | cx | {
                let resume = table::closure(
                    "resume",
                    1,
                    drain,
                    |_this, args, drain, cx| {
                        drain.resume(args.get_or_undefined(0), cx)?;
                        Ok(JsValue::undefined())
                    },
                    cx,
                );
                events::on(&target, js_string!("drain"), resume.clone(), cx)?;
                let options = Options { readable: Some(false), ..Options::default() };
                let waiting = end_of_stream::wait(&target.into(), options, Callback::Function(resume.clone()), cx)?;
                Ok::<_, JsError>((resume, waiting))
            }
        )?;
        let result: JsResult<()> = async {
            if run!(co, [target] | cx | target.get(js_string!("writableNeedDrain"), cx))?.to_boolean() {
                wait(&co, &drain).await?;
            }
            let values = Iteration::start(&co, iterable).await?;
            while let Some(value) = values.next(&co).await? {
                let written: JsResult<()> = async {
                    let more = run!(co, [target] | cx | events::method(&target, "write", &[value], cx))?;
                    if !more.to_boolean() {
                        wait(&co, &drain).await?;
                    }
                    Ok(())
                }
                .await;
                if let Err(error) = written {
                    let _ = values.close(&co).await;
                    return Err(error);
                }
            }
            if end {
                run!(co, [target] | cx | events::method(&target, "end", &[], cx))?;
                wait(&co, &drain).await?;
            }
            Ok(())
        }
        .await;
        run!(
            co,
            [pipeline, drain, target] | cx | {
                match result {
                    Ok(()) => pipeline.one_done(JsValue::undefined(), cx)?,
                    Err(error) => {
                        let thrown = destroy::caught(error, cx)?;
                        let known = drain.error.borrow().clone();
                        let error = if known.strict_equals(&thrown) { thrown } else { aggregate(&known, &thrown, cx)? };
                        pipeline.one_done(error, cx)?;
                    }
                }
                if let Some(waiting) = waiting {
                    waiting.cleanup(cx)?;
                }
                events::method(&target, "off", &[js_string!("drain").into(), resume.into()], cx)
            }
        )
    })
    .map(drop)
}

/// Writes what an iterable gives to a web stream.
fn pump_to_web(pipeline: &Shared, iterable: JsValue, target: JsValue, end: bool, cx: &mut Context) -> JsResult<()> {
    let mut target = target;
    if kinds::is_transform_stream(&target, cx)? {
        target = target.to_object(cx)?.get(js_string!("writable"), cx)?;
    }
    let writer = events::method(&target.to_object(cx)?, "getWriter", &[], cx)?.to_object(cx)?;
    let pipeline = pipeline.clone();
    coroutine::spawn(cx, |co| async move {
        let result: JsResult<()> = async {
            let values = Iteration::start(&co, iterable).await?;
            while let Some(value) = values.next(&co).await? {
                let ready = run!(co, [writer] | cx | writer.get(js_string!("ready"), cx))?;
                co.wait(ready).await?;
                run!(
                    co,
                    [writer] | cx | {
                        let written = events::method(&writer, "write", &[value], cx)?;
                        ignore_rejection(&written, cx)
                    }
                )?;
            }
            let ready = run!(co, [writer] | cx | writer.get(js_string!("ready"), cx))?;
            co.wait(ready).await?;
            if end {
                let closed = run!(co, [writer] | cx | events::method(&writer, "close", &[], cx))?;
                co.wait(closed).await?;
            }
            Ok(())
        }
        .await;
        let Err(error) = result else {
            run!(co, [pipeline] | cx | pipeline.one_done(JsValue::undefined(), cx))?;
            return Ok(JsValue::undefined());
        };
        let error = run!(co, [] | cx | thrown_value(error, cx));
        let aborted = run!(co, [writer, error] | cx | events::method(&writer, "abort", &[error], cx));
        let outcome = match aborted {
            Ok(aborted) => co.wait(aborted).await,
            Err(error) => Err(error),
        };
        run!(
            co,
            [pipeline] | cx | {
                let error = match outcome {
                    Ok(_) => error,
                    Err(later) => thrown_value(later, cx),
                };
                pipeline.one_done(error, cx)
            }
        )?;
        Ok(JsValue::undefined())
    })
    .map(drop)
}

/// `promise.catch(() => {})`
pub(super) fn ignore_rejection(promise: &JsValue, cx: &mut Context) -> JsResult<()> {
    let ignore = table::closure("", 0, (), |_this, _args, (), _cx| Ok(JsValue::undefined()), cx);
    events::method(&promise.to_object(cx)?, "catch", &[ignore.into()], cx).map(drop)
}
