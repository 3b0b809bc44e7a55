//! `addAbortSignal`: a signal that destroys a stream.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, Trace};
use coil_engine::{errors, table};

use super::{
    destroy,
    end_of_stream::{self, Options},
    kinds,
    writable_state::Callback,
};
use crate::events;

/// `stream.addAbortSignal(signal, stream)`
pub(super) fn method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (signal, stream) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let Some(signal) = signal_of(signal, cx)? else { return Err(errors::invalid_arg_type("signal", "AbortSignal", signal, cx)) };
    if !kinds::is_node_stream(stream, cx)? && !kinds::is_web_stream(stream, cx)? {
        return Err(errors::invalid_arg_type("stream", "ReadableStream|WritableStream|Stream", stream, cx));
    }
    add(&signal, &stream.to_object(cx)?, cx)?;
    Ok(stream.clone())
}

/// The option `signal` of a stream's constructor.
pub(super) fn of_options(stream: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let signal = options.get(js_string!("signal"), cx)?;
    if !signal.to_boolean() {
        return Ok(());
    }
    match signal_of(&signal, cx)? {
        Some(signal) => add(&signal, stream, cx),
        None => Err(errors::invalid_arg_type("signal", "AbortSignal", &signal, cx)),
    }
}

fn signal_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    match value.as_object() {
        Some(object) if !object.is_callable() && object.has_property(js_string!("aborted"), cx)? => Ok(Some(object)),
        _ => Ok(None),
    }
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Watch {
    signal: JsObject,
    listener: JsFunction,
}

/// Destroys `stream` when `signal` aborts.
pub(crate) fn add(signal: &JsObject, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let on_abort = table::closure(
        "onAbort",
        0,
        (signal.clone(), stream.clone()),
        |_this, _args, (signal, stream), cx| {
            let reason = signal.get(js_string!("reason"), cx)?;
            let error: JsValue = errors::abort_object(None, Some(reason), cx)?.into();
            if kinds::is_node_stream(&stream.clone().into(), cx)? {
                destroy::call(stream, &error, cx)?;
            } else {
                let key = table::Symbol::For("nodejs.webstream.controllerErrorFunction").to_js(cx);
                let fail = stream.get(key, cx)?;
                events::call(stream, &fail, "stream[kControllerErrorFunction]", &[error], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        on_abort.call(&JsValue::undefined(), &[], cx)?;
        return Ok(());
    }
    if events::on_abort(signal, &on_abort, cx)? {
        let watch = JsObject::from_proto_and_data(None, Watch { signal: signal.clone(), listener: on_abort });
        let over = Callback::Native(
            |watch, _error, cx| {
                let parts = watch.downcast_ref::<Watch>().map(|watch| (watch.signal.clone(), watch.listener.clone()));
                match parts {
                    Some((signal, listener)) => events::off_abort(&signal, &listener, cx),
                    None => Ok(()),
                }
            },
            watch,
        );
        end_of_stream::wait(&stream.clone().into(), Options::default(), over, cx)?;
    }
    Ok(())
}
