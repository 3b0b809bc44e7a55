//! `compose`: several streams in a row as one Duplex.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string};
use boa_gc::Gc;
use coil_engine::{errors, table, validate};

use super::{
    add_abort_signal, destroy,
    destroy::destroyer,
    duplex::DUPLEX,
    duplexify::{self, Closing, Pair, hook, on_drain, read_hooks, write_hooks},
    end_of_stream::{self, Options},
    kinds,
    pipeline::{ignore_rejection, run_pipeline},
    writable_state::Callback,
};
use crate::{
    coroutine::{self, run},
    events,
};

/// `stream.compose(...streams)`
pub(super) fn method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    compose(args, cx)
}

/// `readable.compose(stream, options)`
pub(super) fn compose_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(1);
    let mut signal = None;
    if !options.is_null_or_undefined() {
        let options = validate::object(options, "options", cx)?;
        let given = options.get(js_string!("signal"), cx)?;
        if !given.is_null() {
            signal = validate::abort_signal(&given, "options.signal", cx)?;
        }
    }
    let composed = compose(&[this.clone(), args.get_or_undefined(0).clone()], cx)?;
    if let (Some(signal), Some(stream)) = (signal, composed.as_object()) {
        add_abort_signal::add(&signal, &stream, cx)?;
    }
    Ok(composed)
}

/// It can stand before another one.
fn gives(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    Ok(kinds::is_readable(value, cx)? == Some(true) || kinds::is_readable_stream(value, cx)? || kinds::is_transform_stream(value, cx)?)
}

/// It can stand after another one.
fn takes(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    Ok(kinds::is_writable(value, cx)? == Some(true) || kinds::is_writable_stream(value, cx)? || kinds::is_transform_stream(value, cx)?)
}

fn compose(given: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut streams = given.to_vec();
    match streams.len() {
        0 => return Err(errors::missing_args(&["streams"], cx)),
        1 => return duplexify::from(&streams[0], "body", cx),
        _ => {}
    }
    let last = streams.len() - 1;
    for index in [0, last] {
        if streams[index].is_callable() {
            streams[index] = duplexify::from(&streams[index], "body", cx)?;
        }
    }
    for (index, stream) in streams.iter().enumerate() {
        if !kinds::is_node_stream(stream, cx)? && !kinds::is_web_stream(stream, cx)? {
            continue;
        }
        let wrong = if index < last && !gives(stream, cx)? {
            "must be readable"
        } else if index > 0 && !takes(stream, cx)? {
            "must be writable"
        } else {
            continue;
        };
        return Err(errors::invalid_arg_value(&format!("streams[{index}]"), &given[index], wrong, cx));
    }

    let pair = Gc::new(Pair::default());
    let head = streams[0].clone();
    let over = table::closure(
        "onfinished",
        1,
        pair.clone(),
        |_this, args, pair, cx| {
            finished(pair, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let tail = run_pipeline(streams, over, None, true, cx)?;
    let (writable, readable) = (takes(&head, cx)?, gives(&tail, cx)?);
    let options = JsObject::with_object_proto(cx.intrinsics());
    for (name, side, mode) in [(js_string!("writableObjectMode"), &head, js_string!("writableObjectMode")), (js_string!("readableObjectMode"), &tail, js_string!("readableObjectMode"))] {
        let mode = match side.as_object() {
            Some(side) => side.get(mode, cx)?.to_boolean(),
            None => false,
        };
        options.set(name, mode, true, cx)?;
    }
    options.set(js_string!("writable"), writable, true, cx)?;
    options.set(js_string!("readable"), readable, true, cx)?;
    let stream = DUPLEX.construct(&[options.into()], cx)?;
    *pair.stream.borrow_mut() = Some(stream.clone());
    *pair.read.borrow_mut() = tail.as_object();
    *pair.write.borrow_mut() = head.as_object();
    pair.both_over.set(!readable && !writable);
    if writable {
        write_side(&stream, &head, &tail, &pair, cx)?;
    }
    if readable {
        read_side(&stream, &tail, &pair, cx)?;
    }
    hook(&stream, "_destroy", 2, &pair, destroy_composed, cx)?;
    Ok(stream.into())
}

/// The row is done.
fn finished(pair: &Gc<Pair>, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let before = std::mem::replace(&mut *pair.on_close.borrow_mut(), Closing::Over);
    if let Closing::Waiting(callback) = &before {
        return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx).map(drop);
    }
    if error.to_boolean() || pair.both_over.get() {
        return destroy::call(&pair.stream()?, error, cx);
    }
    Ok(())
}

/// One side of a TransformStream, or the stream itself.
fn side(value: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsObject> {
    let object = value.to_object(cx)?;
    if !kinds::is_transform_stream(value, cx)? {
        return Ok(object);
    }
    let key = coil_engine::Host::of(cx).intern(name);
    object.get(key, cx)?.to_object(cx)
}

fn write_side(stream: &JsObject, head: &JsValue, tail: &JsValue, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    if kinds::is_node_stream(head, cx)? {
        write_hooks(stream, pair, cx)?;
        on_drain(&head.to_object(cx)?, pair, cx)?;
    } else {
        let writer = events::method(&side(head, "writable", cx)?, "getWriter", &[], cx)?.to_object(cx)?;
        *pair.write.borrow_mut() = Some(writer);
        hook(stream, "_write", 3, pair, |_this, args, pair, cx| web_write(pair, "write", args, cx), cx)?;
        hook(stream, "_final", 1, pair, |_this, args, pair, cx| web_write(pair, "close", args, cx), cx)?;
    }
    let over = table::closure(
        "",
        0,
        pair.clone(),
        |_this, _args, pair, cx| {
            Pair::take(&pair.on_finish, &[], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let source = side(tail, "readable", cx)?;
    end_of_stream::wait(&source.into(), Options::default(), Callback::Function(over), cx).map(drop)
}

/// `_write` and `_final` onto a web stream's writer.
fn web_write(pair: &Gc<Pair>, method: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(writer) = pair.write.borrow().clone() else { return Ok(JsValue::undefined()) };
    let closes = method == "close";
    let callback = args.get_or_undefined(if closes { 0 } else { 2 }).as_function();
    let chunk = args.get_or_undefined(0).clone();
    let pair = pair.clone();
    coroutine::spawn(cx, |co| async move {
        let ready = run!(co, [writer] | cx | writer.get(js_string!("ready"), cx));
        let result: JsResult<JsValue> = match ready {
            Ok(ready) => co.wait(ready).await,
            Err(error) => Err(error),
        };
        run!(
            co,
            [] | cx | {
                let result = result.and_then(|_| {
                    let given = if closes { &[][..] } else { std::slice::from_ref(&chunk) };
                    let done = events::method(&writer, method, given, cx)?;
                    ignore_rejection(&done, cx)
                });
                let Some(callback) = callback else { return Ok(JsValue::undefined()) };
                match result {
                    Ok(()) if closes => *pair.on_finish.borrow_mut() = Some(callback),
                    Ok(()) => {
                        callback.call(&JsValue::undefined(), &[], cx)?;
                    }
                    Err(error) => {
                        let error = destroy::caught(error, cx)?;
                        callback.call(&JsValue::undefined(), &[error], cx)?;
                    }
                }
                Ok::<_, JsError>(JsValue::undefined())
            }
        )
    })
    .map(JsValue::from)
}

fn read_side(stream: &JsObject, tail: &JsValue, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    if kinds::is_node_stream(tail, cx)? {
        return read_hooks(stream, &tail.to_object(cx)?, pair, cx);
    }
    let reader = events::method(&side(tail, "readable", cx)?, "getReader", &[], cx)?.to_object(cx)?;
    *pair.read.borrow_mut() = Some(reader);
    hook(
        stream,
        "_read",
        0,
        pair,
        |_this, _args, pair, cx| {
            let (Some(reader), stream) = (pair.read.borrow().clone(), pair.stream()?) else { return Ok(JsValue::undefined()) };
            coroutine::spawn(cx, |co| async move {
                loop {
                    let Ok(read) = run!(co, [reader] | cx | events::method(&reader, "read", &[], cx)) else { break };
                    let Ok(step) = co.wait(read).await else { break };
                    let more = run!(
                        co,
                        [stream] | cx | {
                            let step = step.to_object(cx)?;
                            let value = step.get(js_string!("value"), cx)?;
                            if !events::method(&stream, "push", &[value], cx)?.to_boolean() {
                                return Ok(false);
                            }
                            if step.get(js_string!("done"), cx)?.to_boolean() {
                                events::method(&stream, "push", &[JsValue::null()], cx)?;
                                return Ok(false);
                            }
                            Ok::<_, JsError>(true)
                        }
                    );
                    if !matches!(more, Ok(true)) {
                        break;
                    }
                }
                Ok(JsValue::undefined())
            })
            .map(JsValue::from)
        },
        cx,
    )
}

fn destroy_composed(_this: &JsValue, args: &[JsValue], pair: &Gc<Pair>, cx: &mut Context) -> JsResult<JsValue> {
    let (mut error, callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).as_function());
    let over = matches!(&*pair.on_close.borrow(), Closing::Over);
    if !error.to_boolean() && !over {
        error = errors::abort_object(None, None, cx)?.into();
    }
    *pair.on_readable.borrow_mut() = false;
    *pair.on_drain.borrow_mut() = None;
    *pair.on_finish.borrow_mut() = None;
    let tail = pair.read.borrow().clone().map_or_else(JsValue::undefined, JsValue::from);
    if kinds::is_node_stream(&tail, cx)? {
        destroyer(&tail, &error, cx)?;
    }
    let Some(callback) = callback else { return Ok(JsValue::undefined()) };
    let over = matches!(&*pair.on_close.borrow(), Closing::Over);
    if over {
        return callback.call(&JsValue::undefined(), &[error], cx);
    }
    *pair.on_close.borrow_mut() = Closing::Waiting(callback);
    Ok(JsValue::undefined())
}
