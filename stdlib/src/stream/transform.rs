//! `Transform` and `PassThrough`: a Duplex whose output is made from its input.

use std::cell::OnceCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string,
    object::{FunctionObjectBuilder, builtins::JsFunction},
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export},
};

use super::{
    chunk::Chunk,
    destroy,
    duplex::{DUPLEX, init_duplex},
    flags::{r, w},
    hooks,
    native::Done,
    readable,
    readable_state::readable_or_throw,
    water_mark,
    writable_state::writable_or_throw,
};
use crate::events;

/// `stream.Transform`
pub(crate) static TRANSFORM: Class = Class {
    name: "Transform",
    length: 1,
    extends: Parent::Class(&DUPLEX),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::renamed("_final", "final", 1, final_method),
        Export::renamed("_transform", "", 3, |_this, _args, cx| Err(errors::method_not_implemented("_transform()", cx))),
        Export::renamed("_write", "", 3, write_method),
        Export::renamed("_read", "", 0, read_method),
    ],
    statics: &[],
};

/// `stream.PassThrough`
pub(crate) static PASS_THROUGH: Class = Class {
    name: "PassThrough",
    length: 1,
    extends: Parent::Class(&TRANSFORM),
    kind: Kind::Legacy,
    init: |this, args, cx| {
        if cx.new_target().is_none() && !PASS_THROUGH.is_instance(this, cx)? {
            return PASS_THROUGH.construct(args, cx).map(JsValue::from);
        }
        init_transform(&this.to_object(cx)?, args.get_or_undefined(0), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[Export::renamed("_transform", "", 3, pass_through)],
    statics: &[],
};

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !TRANSFORM.is_instance(this, cx)? {
        return TRANSFORM.construct(args, cx).map(JsValue::from);
    }
    init_transform(&this.to_object(cx)?, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_transform(stream: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<()> {
    let given = options.as_object();
    let mut options = options.clone();
    if let Some(given) = &given {
        let object_mode = given.get(js_string!("objectMode"), cx)?.to_boolean();
        let mark = water_mark::of_options(given, "readableHighWaterMark", object_mode, true, cx)?;
        if mark == 0.0 {
            // The readable side keeps nothing; the writable side must not keep something in its place.
            let copy = JsObject::with_object_proto(cx.intrinsics());
            copy.copy_data_properties::<boa_engine::JsString>(&given.clone().into(), Vec::new(), cx)?;
            let own = given.get(js_string!("writableHighWaterMark"), cx)?;
            copy.set(js_string!("highWaterMark"), JsValue::null(), true, cx)?;
            copy.set(js_string!("readableHighWaterMark"), mark, true, cx)?;
            copy.set(js_string!("writableHighWaterMark"), if own.to_boolean() { own } else { 0.into() }, true, cx)?;
            options = copy.into();
        }
    }
    let (read_state, _) = init_duplex(stream, &options, cx)?;
    // `_read` is there and does no harm before the first read.
    read_state.clear(r::SYNC);
    if let Some(given) = options.as_object() {
        hooks::take(stream, &given, &[hooks::TRANSFORM, hooks::FLUSH], cx)?;
    }
    let listener = prefinish_listener(cx);
    events::on(stream, js_string!("prefinish"), listener, cx)
}

#[derive(Default)]
struct State {
    prefinish: OnceCell<JsFunction>,
}

/// The listener that every Transform has: flushes where `_final` is not the one that would.
fn prefinish_listener(cx: &mut Context) -> JsFunction {
    let state = Host::of(cx).state::<State>();
    let made = state.prefinish.get_or_init(|| FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(prefinish)).name(js_string!("prefinish")).build());
    made.clone()
}

fn prefinish(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let hook = stream.get(js_string!("_final"), cx)?;
    if !hook.as_object().is_some_and(|hook| hook.is_native_function(final_method)) {
        finish_with(&stream, None, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `transform._final(callback)`
pub(super) fn final_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let done = args.get_or_undefined(0).as_function().map(Done::Function);
    finish_with(&this.to_object(cx)?, done, cx)?;
    Ok(JsValue::undefined())
}

pub(super) fn finish(stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
    finish_with(stream, Some(done), cx)
}

fn finish_with(stream: &JsObject, done: Option<Done>, cx: &mut Context) -> JsResult<()> {
    let flush = stream.get(js_string!("_flush"), cx)?;
    if !flush.is_callable() || stream.get(js_string!("destroyed"), cx)?.to_boolean() {
        push(stream, JsValue::null().into(), cx)?;
        return match done {
            Some(done) => done.ok(cx),
            None => Ok(()),
        };
    }
    let flushed = table::closure(
        "",
        2,
        (stream.clone(), done),
        |_this, args, (stream, done), cx| {
            let (error, data) = (args.get_or_undefined(0), args.get_or_undefined(1));
            if error.to_boolean() {
                match done {
                    Some(done) => done.call(error.clone(), cx)?,
                    None => destroy::call(stream, error, cx)?,
                }
                return Ok(JsValue::undefined());
            }
            if !data.is_null_or_undefined() {
                push(stream, data.clone().into(), cx)?;
            }
            push(stream, JsValue::null().into(), cx)?;
            if let Some(done) = done {
                done.ok(cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::call(stream, &flush, "this._flush", &[flushed.into()], cx).map(drop)
}

fn push(stream: &JsObject, chunk: Chunk, cx: &mut Context) -> JsResult<()> {
    push_through(stream, chunk, cx).map(drop)
}

/// `this.push(chunk)`, through an overriding one. Gives whether there is room for more.
pub(crate) fn push_through(stream: &JsObject, chunk: Chunk, cx: &mut Context) -> JsResult<bool> {
    let method = stream.get(js_string!("push"), cx)?;
    if method.as_object().is_some_and(|method| method.is_native_function(readable::push_method)) {
        return readable::push(stream, Some(chunk), cx);
    }
    let value = chunk.into_value(cx)?;
    Ok(events::call(stream, &method, "this.push", &[value], cx)?.to_boolean())
}

/// `transform._write(chunk, encoding, callback)`
pub(super) fn write_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let done = args.get_or_undefined(2).as_function().map_or(Done::Nobody, Done::Function);
    write(&stream, Chunk::Value(args.get_or_undefined(0).clone()), args.get_or_undefined(1), done, cx)?;
    Ok(JsValue::undefined())
}

pub(super) fn write(stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
    let before = readable_or_throw(stream, cx)?.length.get();
    let hook = stream.get(js_string!("_transform"), cx)?;
    if hook.as_object().is_some_and(|hook| hook.is_native_function(pass_through)) {
        return transformed(stream, before, &done, &JsValue::null(), Some(chunk), cx);
    }
    let callback = table::closure(
        "",
        2,
        (stream.clone(), before, done),
        |_this, args, (stream, before, done), cx| {
            let value = args.get_or_undefined(1);
            let chunk = if value.is_null_or_undefined() { None } else { Some(Chunk::Value(value.clone())) };
            transformed(stream, *before, done, args.get_or_undefined(0), chunk, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let value = chunk.into_value(cx)?;
    events::call(stream, &hook, "this._transform", &[value, encoding.clone(), callback.into()], cx).map(drop)
}

/// What `_transform` calls when it is done. `before` is how much the readable side held then.
fn transformed(stream: &JsObject, before: usize, done: &Done, error: &JsValue, chunk: Option<Chunk>, cx: &mut Context) -> JsResult<()> {
    if error.to_boolean() {
        return done.call(error.clone(), cx);
    }
    if let Some(chunk) = chunk {
        push(stream, chunk, cx)?;
    }
    let (read_state, write_state) = (readable_or_throw(stream, cx)?, writable_or_throw(stream, cx)?);
    let length = read_state.length.get();
    if read_state.has(r::ENDED) {
        // Ended by hand: the news must get around first.
        let done = done.clone();
        Host::of(cx).next_tick_native(move |cx| done.ok(cx));
        Ok(())
    } else if write_state.has(w::ENDED) || before == length || (length as f64) < read_state.high_water_mark.get() {
        done.ok(cx)
    } else {
        *read_state.seldom().transform_done.borrow_mut() = Some(done.clone());
        Ok(())
    }
}

/// `transform._read()`
pub(super) fn read_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    read(&this.to_object(cx)?, cx)?;
    Ok(JsValue::undefined())
}

/// There is room again: the write that waited is done.
pub(crate) fn read(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let waiting = readable_or_throw(stream, cx)?.seldom_made().and_then(|seldom| seldom.transform_done.borrow_mut().take());
    match waiting {
        Some(done) => done.ok(cx),
        None => Ok(()),
    }
}

/// `passThrough._transform(chunk, encoding, callback)`
fn pass_through(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match args.get_or_undefined(2).as_function() {
        Some(done) => done.call(&JsValue::undefined(), &[JsValue::null(), args.get_or_undefined(0).clone()], cx),
        None => Err(errors::plain(errors::Base::Type, "cb is not a function")),
    }
}
