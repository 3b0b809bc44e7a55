//! `stream.values()` and `for await (const chunk of stream)`.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

use super::{
    core::{Deferred, dictionary, iter_result, promised, react, state_error},
    readable::readable_of,
    reader::{self, DefaultReader, Read, ReadRequest, Reader},
};

#[derive(Trace, Finalize)]
struct Iteration {
    reader: Gc<DefaultReader>,
    #[unsafe_ignore_trace]
    prevent_cancel: bool,
    #[unsafe_ignore_trace]
    started: Cell<bool>,
    #[unsafe_ignore_trace]
    done: Cell<bool>,
    /// The step before the next one.
    current: GcRefCell<Option<JsPromise>>,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct IterationObject(Gc<Iteration>);

/// What a read of an iterator settles.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Step {
    iteration: Gc<Iteration>,
    deferred: Deferred,
}

static ITERATOR: Class = Class {
    name: "Object",
    length: 0,
    extends: Parent::Prototype(|cx| Ok(cx.intrinsics().objects().iterator_prototypes().async_iterator())),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("next", 0, next).enumerable(true),
        Export::function("return", 1, finish).enumerable(true),
        Export::symbol(Symbol::AsyncIterator, "[Symbol.asyncIterator]", 0, |this, _args, _cx| Ok(this.clone())).enumerable(true),
    ],
    statics: &[],
};

/// `stream.values([options])`
pub(super) fn values(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = readable_of(this) else { return Err(errors::invalid_this("ReadableStream", cx)) };
    let options = dictionary(args.get_or_undefined(0), "options", cx)?;
    let prevent_cancel = match options {
        Some(options) => options.get(js_string!("preventCancel"), cx)?.to_boolean(),
        None => false,
    };
    let reader = reader::acquire(&stream, cx)?;
    let iteration = Gc::new(Iteration { reader, prevent_cancel, started: Cell::new(false), done: Cell::new(false), current: GcRefCell::new(None) });
    Ok(JsObject::from_proto_and_data(ITERATOR.prototype(cx)?, IterationObject(iteration)).into())
}

fn of(this: &JsValue) -> JsResult<Gc<Iteration>> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<IterationObject>().map(|data| data.0.clone()));
    found.ok_or_else(|| errors::plain(errors::Base::Type, "next method called on incompatible receiver"))
}

fn next(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let iteration = of(this)?;
    // The first read waits a microtask, so that the stream can start and pull.
    if !iteration.started.replace(true) {
        *iteration.current.borrow_mut() = Some(JsPromise::resolve(JsValue::undefined(), cx)?);
    }
    let before = iteration.current.borrow().clone();
    let step = match before {
        Some(before) => react(&before, &iteration, |iteration, _, cx| next_step(iteration, cx), |iteration, _, cx| next_step(iteration, cx), cx)?,
        None => {
            let result = next_step(&iteration, cx);
            promised(result, cx)?
        }
    };
    *iteration.current.borrow_mut() = Some(step.clone());
    Ok(step.into())
}

fn next_step(iteration: &Gc<Iteration>, cx: &mut Context) -> JsResult<JsValue> {
    if iteration.done.get() {
        return iter_result(JsValue::undefined(), true, cx);
    }
    if iteration.reader.stream.borrow().is_none() {
        return Err(state_error("The reader is not bound to a ReadableStream", cx));
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    let step = JsObject::new_unique(None, Step { iteration: iteration.clone(), deferred }).upcast();
    reader::read(&iteration.reader, ReadRequest::Native(settle, step), cx)?;
    Ok(promise.into())
}

fn settle(step: &JsObject, read: Read, cx: &mut Context) -> JsResult<()> {
    let found = step.downcast_ref::<Step>().map(|step| (step.iteration.clone(), step.deferred.clone()));
    let Some((iteration, deferred)) = found else { return Ok(()) };
    *iteration.current.borrow_mut() = None;
    if !matches!(read, Read::Chunk(_)) {
        iteration.done.set(true);
        reader::release(&Reader::Default(iteration.reader.clone()), cx)?;
    }
    match read {
        Read::Chunk(chunk) => {
            let result = iter_result(chunk, false, cx)?;
            deferred.resolve(result, cx)
        }
        Read::Close => {
            let result = iter_result(JsValue::undefined(), true, cx)?;
            deferred.resolve(result, cx)
        }
        Read::Error(reason) => deferred.reject(&reason, cx),
    }
}

fn finish(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let iteration = of(this)?;
    iteration.started.set(true);
    let value = args.get_or_undefined(0).clone();
    let before = iteration.current.borrow().clone();
    let step = match before {
        Some(before) => {
            let data = (iteration.clone(), value);
            react(&before, &data, |(iteration, value), _, cx| return_step(iteration, value, cx), |(iteration, value), _, cx| return_step(iteration, value, cx), cx)?
        }
        None => {
            let result = return_step(&iteration, &value, cx);
            promised(result, cx)?
        }
    };
    *iteration.current.borrow_mut() = Some(step.clone());
    Ok(step.into())
}

fn return_step(iteration: &Gc<Iteration>, value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if iteration.done.replace(true) {
        return iter_result(value.clone(), true, cx);
    }
    if iteration.reader.stream.borrow().is_none() {
        return Err(state_error("The reader is not bound to a ReadableStream", cx));
    }
    if iteration.prevent_cancel {
        reader::release(&Reader::Default(iteration.reader.clone()), cx)?;
        return iter_result(value.clone(), true, cx);
    }
    let cancelled = reader::cancel_reader(&iteration.reader, value.clone(), cx)?;
    reader::release(&Reader::Default(iteration.reader.clone()), cx)?;
    let result = react(&cancelled, value, |value, _, cx| iter_result(value.clone(), true, cx), |_, reason, _| Err(boa_engine::JsError::from_opaque(reason)), cx)?;
    Ok(result.into())
}
