//! `ReadableStream.from(iterable)`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsSymbol, JsValue, js_string};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::errors::{self, Base};

use super::{
    core::{Size, promised, react},
    default_controller::{self, DefaultController},
    readable::{NativeSource, Rs, Source, stream_value, with_source},
};
use crate::events;

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Iterated {
    iterator: JsObject,
    next: JsValue,
    controller: GcRefCell<Option<Gc<DefaultController>>>,
}

/// `ReadableStream.from(iterable)`
pub(super) fn from(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = from_iterable(args.get_or_undefined(0), cx)?;
    stream_value(&stream, cx)
}

/// A stream of what an iterable gives, async or not.
pub(crate) fn from_iterable(iterable: &JsValue, cx: &mut Context) -> JsResult<Rs> {
    if iterable.is_null_or_undefined() {
        let shown = crate::show(iterable, cx);
        return Err(errors::plain(Base::Type, format!("Cannot read properties of {shown} (reading 'Symbol(Symbol.asyncIterator)')")));
    }
    let object = iterable.to_object(cx)?;
    let mut method = object.get(JsSymbol::async_iterator(), cx)?;
    if method.is_null_or_undefined() {
        method = object.get(JsSymbol::iterator(), cx)?;
    }
    let Some(method) = method.as_function() else { return Err(errors::arg_not_iterable(iterable, cx)) };
    let iterator = method.call(iterable, &[], cx)?;
    let Some(iterator) = iterator.as_object() else { return Err(errors::invalid_state("Invalid iterator", cx)) };
    let next = iterator.get(js_string!("next"), cx)?;
    let data = JsObject::new_unique(None, Iterated { iterator, next, controller: GcRefCell::new(None) });
    let source = Source::Native(NativeSource { data: data.clone().upcast(), pull, cancel });
    let (stream, controller) = with_source(source, 0.0, Size::One, cx)?;
    *data.borrow().data().controller.borrow_mut() = Some(controller);
    Ok(stream)
}

fn parts(data: &JsObject) -> Option<(JsObject, JsValue, Option<Gc<DefaultController>>)> {
    let data = data.downcast_ref::<Iterated>()?;
    Some((data.iterator.clone(), data.next.clone(), data.controller.borrow().clone()))
}

fn pull(data: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let Some((iterator, next, controller)) = parts(data) else { return Ok(JsValue::undefined()) };
    let step = events::call(&iterator, &next, "iterator.next", &[], cx)?;
    let step = promised(Ok(step), cx)?;
    let pulled = react(
        &step,
        &controller,
        |controller, step, cx| {
            let Some(result) = step.as_object() else {
                return Err(errors::plain(Base::Type, "The promise or iterator method must return an object"));
            };
            let Some(controller) = controller else { return Ok(JsValue::undefined()) };
            if result.get(js_string!("done"), cx)?.to_boolean() {
                default_controller::close(controller, cx)?;
                return Ok(JsValue::undefined());
            }
            // A value of a plain iterator may be a promise.
            let value = result.get(js_string!("value"), cx)?;
            let value = promised(Ok(value), cx)?;
            let enqueued = react(
                &value,
                controller,
                |controller, value, cx| {
                    default_controller::enqueue(controller, value, cx)?;
                    Ok(JsValue::undefined())
                },
                |_, reason, _| Err(boa_engine::JsError::from_opaque(reason)),
                cx,
            )?;
            Ok(enqueued.into())
        },
        |_, reason, _| Err(boa_engine::JsError::from_opaque(reason)),
        cx,
    )?;
    Ok(pulled.into())
}

fn cancel(data: &JsObject, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some((iterator, _, _)) = parts(data) else { return Ok(JsValue::undefined()) };
    let method = iterator.get(js_string!("return"), cx)?;
    if method.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    let result = events::call(&iterator, &method, "iterator.return", &[reason], cx)?;
    let result = promised(Ok(result), cx)?;
    let checked = react(
        &result,
        &(),
        |(), result, _| {
            if result.is_object() { Ok(JsValue::undefined()) } else { Err(errors::plain(Base::Type, "The iterator method must return an object")) }
        },
        |(), reason, _| Err(boa_engine::JsError::from_opaque(reason)),
        cx,
    )?;
    Ok(checked.into())
}
