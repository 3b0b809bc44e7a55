//! `Readable.from`: a stream of what an iterable gives.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsSymbol, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, Gc, Trace};
use coil_engine::{Host, class::Class, errors, op::thrown_value, table};

use super::{chunk::is_buffer, destroy, readable::READABLE};
use crate::{
    coroutine::{self, Co, run},
    events,
};

/// `Readable.from(iterable, options)`
pub(super) fn from_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    from(&READABLE, args.get_or_undefined(0), args.get_or_undefined(1), cx).map(JsValue::from)
}

/// What one stream reads from.
#[derive(Trace, Finalize)]
struct Source {
    stream: JsObject,
    iterator: JsObject,
    is_async: bool,
    /// `_read` is at work: it runs until the stream has enough.
    reading: Cell<bool>,
    /// A plain iterator has given a promise: from then on its values are waited for.
    promises: Cell<bool>,
}

type Shared = Gc<Source>;

/// The same for a class that extends Readable.
pub(super) fn from(class: &'static Class, iterable: &JsValue, given: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.set(js_string!("objectMode"), true, true, cx)?;
    if iterable.is_string() || is_buffer(iterable, cx)? {
        merge(&options, given, cx)?;
        let read = table::closure(
            "read",
            0,
            iterable.clone(),
            |this, _args, iterable, cx| {
                let stream = this.to_object(cx)?;
                events::method(&stream, "push", std::slice::from_ref(iterable), cx)?;
                events::method(&stream, "push", &[JsValue::null()], cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        options.set(js_string!("read"), read, true, cx)?;
        return class.construct(&[options.into()], cx);
    }
    let (iterator, is_async) = iterator_of(iterable, cx)?;
    options.set(js_string!("highWaterMark"), 1, true, cx)?;
    merge(&options, given, cx)?;
    let stream = class.construct(&[options.into()], cx)?;
    let source = Gc::new(Source { stream: stream.clone(), iterator, is_async, reading: Cell::new(false), promises: Cell::new(false) });
    let read = table::closure(
        "",
        0,
        source.clone(),
        |_this, _args, source, cx| {
            if !source.reading.replace(true) {
                if source.is_async {
                    read_async(source, cx)?;
                } else if source.promises.get() {
                    read_promises(source, None, cx)?;
                } else {
                    read_plain(source, cx)?;
                }
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    stream.set(js_string!("_read"), read, true, cx)?;
    let destroy = table::closure(
        "",
        2,
        source,
        |_this, args, source, cx| {
            close(source, args.get_or_undefined(0).clone(), args.get_or_undefined(1).as_function(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    stream.set(js_string!("_destroy"), destroy, true, cx)?;
    Ok(stream)
}

fn merge(options: &JsObject, given: &JsValue, cx: &mut Context) -> JsResult<()> {
    if given.is_object() {
        options.copy_data_properties::<boa_engine::JsString>(given, Vec::new(), cx)?;
    }
    Ok(())
}

fn iterator_of(iterable: &JsValue, cx: &mut Context) -> JsResult<(JsObject, bool)> {
    if !iterable.is_null_or_undefined() {
        let object = iterable.to_object(cx)?;
        for (symbol, is_async) in [(JsSymbol::async_iterator(), true), (JsSymbol::iterator(), false)] {
            let method = object.get(symbol, cx)?;
            if method.to_boolean() {
                let Some(method) = method.as_function() else {
                    return Err(errors::plain(errors::Base::Type, "iterable[Symbol.asyncIterator] is not a function"));
                };
                return Ok((method.call(iterable, &[], cx)?.to_object(cx)?, is_async));
            }
        }
    }
    Err(errors::invalid_arg_type("iterable", "Iterable", iterable, cx))
}

/// One step of the iterator's result.
fn taken(step: &JsValue, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(step) = step.as_object() else {
        return Err(errors::plain(errors::Base::Type, format!("Iterator result {} is not an object", step.display())));
    };
    let value = step.get(js_string!("value"), cx)?;
    Ok(if step.get(js_string!("done"), cx)?.to_boolean() { None } else { Some(value) })
}

fn call_next(source: &Source, cx: &mut Context) -> JsResult<JsValue> {
    events::method(&source.iterator, "next", &[], cx)
}

/// Gives a value to the stream; whether it wants more.
fn give(source: &Source, value: JsValue, cx: &mut Context) -> JsResult<bool> {
    if value.is_null() {
        source.reading.set(false);
        return Err(errors::stream_null_values(cx));
    }
    events::method(&source.stream, "push", &[value], cx).map(|more| more.to_boolean())
}

fn end(source: &Source, cx: &mut Context) -> JsResult<()> {
    events::method(&source.stream, "push", &[JsValue::null()], cx).map(drop)
}

fn is_thenable(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    match value.as_object() {
        Some(object) => Ok(object.get(js_string!("then"), cx)?.is_callable()),
        None => Ok(false),
    }
}

fn fail(source: &Source, error: boa_engine::JsError, cx: &mut Context) -> JsResult<()> {
    let error = destroy::caught(error, cx)?;
    destroy::call(&source.stream, &error, cx)
}

fn read_plain(source: &Shared, cx: &mut Context) -> JsResult<()> {
    loop {
        let step = (|| {
            let step = call_next(source, cx)?;
            let Some(value) = taken(&step, cx)? else {
                end(source, cx)?;
                return Ok(false);
            };
            if is_thenable(&value, cx)? {
                source.promises.set(true);
                read_promises(source, Some(value), cx)?;
                return Ok(false);
            }
            if give(source, value, cx)? {
                return Ok(true);
            }
            source.reading.set(false);
            Ok(false)
        })();
        match step {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return fail(source, error, cx),
        }
    }
}

/// Reads on where values may be promises, beginning with one that was just given.
fn read_promises(source: &Shared, first: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    let source = source.clone();
    coroutine::spawn(cx, |co| async move {
        let result = pump_promises(&co, &source, first).await;
        if let Err(error) = result {
            run!(co, [source] | cx | fail(&source, error, cx))?;
        }
        Ok(JsValue::undefined())
    })
    .map(drop)
}

async fn pump_promises(co: &Co, source: &Shared, first: Option<JsValue>) -> JsResult<()> {
    let mut waiting = first;
    loop {
        let value = match waiting.take() {
            Some(value) => Some(value),
            None => run!(
                co,
                [source] | cx | {
                    let step = call_next(&source, cx)?;
                    taken(&step, cx)
                }
            )?,
        };
        let Some(mut value) = value else { return run!(co, [source] | cx | end(&source, cx)) };
        if run!(co, [value] | cx | is_thenable(&value, cx))? {
            value = co.wait(value).await?;
        }
        if !run!(co, [source] | cx | give(&source, value, cx))? {
            source.reading.set(false);
            return Ok(());
        }
    }
}

fn read_async(source: &Shared, cx: &mut Context) -> JsResult<()> {
    let source = source.clone();
    coroutine::spawn(cx, |co| async move {
        let result: JsResult<()> = async {
            loop {
                let step = run!(co, [source] | cx | call_next(&source, cx))?;
                let step = co.wait(step).await?;
                let more = run!(
                    co,
                    [source] | cx | {
                        match taken(&step, cx)? {
                            Some(value) => give(&source, value, cx).map(Some),
                            None => end(&source, cx).map(|()| None),
                        }
                    }
                )?;
                match more {
                    Some(true) => {}
                    Some(false) => {
                        source.reading.set(false);
                        return Ok(());
                    }
                    None => return Ok(()),
                }
            }
        }
        .await;
        if let Err(error) = result {
            run!(co, [source] | cx | fail(&source, error, cx))?;
        }
        Ok(JsValue::undefined())
    })
    .map(drop)
}

/// Tells the iterator that nobody goes on, then calls back in the next tick, where it may throw.
fn close(source: &Shared, error: JsValue, callback: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    let iterator = source.iterator.clone();
    let given = error.clone();
    coroutine::spawn(cx, |co| async move {
        let result: JsResult<()> = async {
            if !given.is_null_or_undefined() {
                let thrown = run!(
                    co,
                    [iterator, given] | cx | {
                        let method = iterator.get(js_string!("throw"), cx)?;
                        if !method.is_callable() {
                            return Ok(None);
                        }
                        events::call(&iterator, &method, "iterator.throw", &[given], cx).map(Some)
                    }
                )?;
                if let Some(thrown) = thrown {
                    let step = co.wait(thrown).await?;
                    let (value, done) = run!(
                        co,
                        [] | cx | {
                            let step = step.to_object(cx)?;
                            let value = step.get(js_string!("value"), cx)?;
                            Ok::<_, boa_engine::JsError>((value, step.get(js_string!("done"), cx)?.to_boolean()))
                        }
                    )?;
                    co.wait(value).await?;
                    if done {
                        return Ok(());
                    }
                }
            }
            let returned = run!(
                co,
                [iterator] | cx | {
                    let method = iterator.get(js_string!("return"), cx)?;
                    if !method.is_callable() {
                        return Ok(None);
                    }
                    events::call(&iterator, &method, "iterator.return", &[], cx).map(Some)
                }
            )?;
            if let Some(returned) = returned {
                let step = co.wait(returned).await?;
                let value = run!(co, [] | cx | step.to_object(cx)?.get(js_string!("value"), cx))?;
                co.wait(value).await?;
            }
            Ok(())
        }
        .await;
        // One tick for the promise of this function.
        co.wait(JsValue::undefined()).await?;
        run!(
            co,
            [error] | cx | {
                let told = match result {
                    Ok(()) => error,
                    Err(failure) => {
                        let failure = thrown_value(failure, cx);
                        if failure.to_boolean() { failure } else { error }
                    }
                };
                if let Some(callback) = callback {
                    Host::of(cx).next_tick(callback, JsValue::undefined(), vec![told]);
                }
            }
        );
        Ok(JsValue::undefined())
    })
    .map(drop)
}
