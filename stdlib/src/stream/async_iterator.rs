//! `for await (const chunk of readable)`.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{op::thrown_value, table, validate};

use super::{
    destroy::{aggregate, destroyer},
    end_of_stream::{self, Options},
    readable::{self, read_method},
    wrap,
    writable_state::Callback,
};
use crate::{
    coroutine::{self, Exit, Iteration, run},
    events,
};

/// `readable[Symbol.asyncIterator]()`
pub(super) fn default_iterator_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    iterate(&this.to_object(cx)?, true, cx).map(JsValue::from)
}

/// `readable.iterator(options)`
pub(super) fn iterator_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(0);
    let mut destroys = true;
    if !options.is_undefined() {
        let options = validate::object(options, "options", cx)?;
        destroys = options.get(js_string!("destroyOnReturn"), cx)?.as_boolean() != Some(false);
    }
    iterate(&this.to_object(cx)?, destroys, cx).map(JsValue::from)
}

/// Wakes the iterator.
#[derive(Trace, Finalize, Default)]
struct Wake {
    stream: GcRefCell<Option<JsObject>>,
    resolve: GcRefCell<Option<JsFunction>>,
    /// The error; `null` at a good end; nothing while the stream goes on.
    error: GcRefCell<Option<JsValue>>,
}

impl Wake {
    fn wake(&self, cx: &mut Context) -> JsResult<()> {
        let resolve = self.resolve.borrow_mut().take();
        match resolve {
            Some(resolve) => resolve.call(&JsValue::undefined(), &[], cx).map(drop),
            None => Ok(()),
        }
    }
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct WakeData(Gc<Wake>);

enum Step {
    Chunk(JsValue),
    Failed(JsValue),
    End,
    Wait,
}

/// As [`iterate`], but a stream of the first kind is touched only when the first chunk is asked for: nobody may ever ask.
pub(super) fn iterate_when_asked(stream: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    if stream.get(js_string!("read"), cx)?.is_callable() {
        return iterate(stream, true, cx);
    }
    let stream = stream.clone();
    coroutine::generator(cx, |co| async move {
        let inner = run!(co, [stream] | cx | iterate(&stream, true, cx))?;
        let chunks = Iteration::start(&co, inner.into()).await?;
        while let Some(chunk) = chunks.next(&co).await? {
            if let Err(exit) = co.give(chunk).await {
                chunks.close(&co).await?;
                return Err(exit);
            }
        }
        Ok(JsValue::undefined())
    })
}

/// An async iterator over a stream of any make; `destroys` says whether leaving the loop destroys it.
pub(super) fn iterate(stream: &JsObject, destroys: bool, cx: &mut Context) -> JsResult<JsObject> {
    let stream = if stream.get(js_string!("read"), cx)?.is_callable() {
        stream.clone()
    } else {
        let options = JsObject::with_object_proto(cx.intrinsics());
        options.set(js_string!("objectMode"), true, true, cx)?;
        wrap::wrap(&stream.clone().into(), &options.into(), cx)?
    };
    let source = stream.clone();
    let generator = coroutine::generator(cx, |co| async move {
        let stream = source;
        let wake = Gc::new(Wake::default());
        let (next, waiting) = run!(co, [stream, wake] | cx | start(&stream, &wake, cx))?;
        let result: Result<(), Exit> = async {
            loop {
                match run!(co, [stream, wake] | cx | step(&stream, &wake, cx))? {
                    Step::Chunk(chunk) => {
                        co.give(chunk).await?;
                    }
                    Step::Failed(error) => return Err(boa_engine::JsError::from_opaque(error).into()),
                    Step::End => return Ok(()),
                    Step::Wait => {
                        let promise = run!(
                            co,
                            [wake] | cx | {
                                let (promise, settle) = JsPromise::new_pending(cx);
                                let before = wake.resolve.borrow_mut().replace(settle.resolve.clone());
                                drop(before);
                                promise
                            }
                        );
                        co.wait(promise).await?;
                    }
                }
            }
        }
        .await;
        let result = match result {
            Err(Exit::Error(error)) if error.as_engine().is_none() => {
                let error = run!(
                    co,
                    [wake] | cx | {
                        let thrown = thrown_value(error, cx);
                        let known = wake.error.borrow().clone().unwrap_or_default();
                        let error = aggregate(&known, &thrown, cx)?;
                        *wake.error.borrow_mut() = Some(error.clone());
                        Ok::<_, boa_engine::JsError>(error)
                    }
                )?;
                Err(boa_engine::JsError::from_opaque(error).into())
            }
            result => result,
        };
        run!(
            co,
            [stream, wake] | cx | {
                let error = wake.error.borrow().clone();
                let failed = error.as_ref().is_some_and(JsValue::to_boolean);
                if (failed || destroys) && (error.is_none() || auto_destroys(&stream, cx)?) {
                    return destroyer(&stream.into(), &JsValue::null(), cx);
                }
                events::method(&stream, "off", &[js_string!("readable").into(), next.into()], cx)?;
                match waiting {
                    Some(waiting) => waiting.cleanup(cx),
                    None => Ok(()),
                }
            }
        )?;
        result.map(|()| JsValue::undefined())
    })?;
    generator.create_data_property_or_throw(js_string!("stream"), stream, cx)?;
    Ok(generator)
}

fn auto_destroys(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    match stream.get(js_string!("_readableState"), cx)?.as_object() {
        Some(state) => Ok(state.get(js_string!("autoDestroy"), cx)?.to_boolean()),
        None => Ok(false),
    }
}

fn start(stream: &JsObject, wake: &Gc<Wake>, cx: &mut Context) -> JsResult<(JsFunction, Option<Gc<end_of_stream::Waiting>>)> {
    *wake.stream.borrow_mut() = Some(stream.clone());
    let next = table::closure(
        "next",
        1,
        wake.clone(),
        |_this, _args, wake, cx| {
            wake.wake(cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(stream, js_string!("readable"), next.clone(), cx)?;
    let ended = Callback::Native(
        |data, error, cx| {
            let Some(wake) = data.downcast_ref::<WakeData>().map(|data| data.0.clone()) else { return Ok(()) };
            let outcome = if error.to_boolean() {
                let known = wake.error.borrow().clone().unwrap_or_default();
                aggregate(&known, &error, cx)?
            } else {
                JsValue::null()
            };
            *wake.error.borrow_mut() = Some(outcome);
            wake.wake(cx)
        },
        JsObject::from_proto_and_data(None, WakeData(wake.clone())),
    );
    let options = Options { writable: Some(false), ..Options::default() };
    let waiting = end_of_stream::wait(&stream.clone().into(), options, ended, cx)?;
    Ok((next, waiting))
}

fn step(stream: &JsObject, wake: &Wake, cx: &mut Context) -> JsResult<Step> {
    if !stream.get(js_string!("destroyed"), cx)?.to_boolean() {
        let method = stream.get(js_string!("read"), cx)?;
        let chunk = match method.as_object() {
            Some(method) if method.is_native_function(read_method) => match readable::read_chunk(stream, cx)? {
                Some(chunk) => chunk.into_value(cx)?,
                None => JsValue::null(),
            },
            _ => events::call(stream, &method, "stream.read", &[], cx)?,
        };
        if !chunk.is_null() {
            return Ok(Step::Chunk(chunk));
        }
    }
    Ok(match wake.error.borrow().clone() {
        Some(error) if error.to_boolean() => Step::Failed(error),
        Some(_) => Step::End,
        None => Step::Wait,
    })
}
