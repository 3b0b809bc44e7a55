//! `Duplex.from`: a Duplex of nearly anything.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors, table,
};

use super::{
    destroy::{self, destroyer},
    duplex::{DUPLEX, init_duplex},
    end_of_stream::{self, Options},
    from, kinds, wrap,
    writable_state::Callback,
};
use crate::{
    blob::Blob,
    coroutine::{self, Exit, run},
    event_target, events, web_streams,
};

/// What is made of iterables, functions and pairs.
static DUPLEXIFY: Class = Class {
    name: "Duplexify",
    length: 1,
    extends: Parent::Class(&DUPLEX),
    kind: Kind::Modern,
    init: |this, args, cx| {
        init_duplex(&this.to_object(cx)?, args.get_or_undefined(0), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[],
    statics: &[],
};

/// `Duplex.from(body)`
pub(super) fn from_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    from(args.get_or_undefined(0), "body", cx)
}

/// The same, for an argument of this name.
pub(super) fn from(body: &JsValue, name: &str, cx: &mut Context) -> JsResult<JsValue> {
    if kinds::is_duplex_node_stream(body, cx)? {
        return Ok(body.clone());
    }
    if kinds::is_readable_node_stream(body, false, cx)? {
        return pair(body.as_object(), None, cx);
    }
    if kinds::is_writable_node_stream(body, cx)? {
        return pair(None, body.as_object(), cx);
    }
    if kinds::is_node_stream(body, cx)? {
        return pair(None, None, cx);
    }
    if Blob::of(body).is_some() {
        let bytes = events::method(&body.to_object(cx)?, "arrayBuffer", &[], cx)?;
        return from(&bytes, name, cx);
    }
    if let Some(source) = web_streams::readable_of(body) {
        let readable = super::from_web::of_pair(Some(&source), None, cx)?;
        return pair(Some(readable), None, cx);
    }
    if let Some(sink) = web_streams::writable_of(body) {
        let writable = super::from_web::of_pair(None, Some(&sink), cx)?;
        return pair(None, Some(writable), cx);
    }
    if let Some(function) = body.as_function() {
        return from_function(&function, name, cx);
    }
    if kinds::is_iterable(body, false, cx)? {
        let options = object_mode(cx)?;
        options.set(js_string!("writable"), false, true, cx)?;
        return from::from(&DUPLEXIFY, body, &options.into(), cx).map(JsValue::from);
    }
    if let Some(object) = body.as_object() {
        let (readable, writable) = (object.get(js_string!("readable"), cx)?, object.get(js_string!("writable"), cx)?);
        if let (Some(source), Some(sink)) = (web_streams::readable_of(&readable), web_streams::writable_of(&writable)) {
            return super::from_web::of_pair(Some(&source), Some(&sink), cx).map(JsValue::from);
        }
        let object_like = |value: &JsValue| value.is_null() || value.is_object() && !value.is_callable();
        if object_like(&writable) || object_like(&readable) {
            let readable = match readable.to_boolean() {
                true if kinds::is_readable_node_stream(&readable, false, cx)? => readable.as_object(),
                true => from(&readable, "body", cx)?.as_object(),
                false => None,
            };
            let writable = match writable.to_boolean() {
                true if kinds::is_writable_node_stream(&writable, cx)? => writable.as_object(),
                true => from(&writable, "body", cx)?.as_object(),
                false => None,
            };
            return pair(readable, writable, cx);
        }
        if let Some(then) = object.get(js_string!("then"), cx)?.as_function() {
            return from_promise(body, &then, cx);
        }
    }
    let expected = "Blob|ReadableStream|WritableStream|Stream|Iterable|AsyncIterable|Function|{ readable, writable } pair|Promise";
    Err(errors::invalid_arg_type(name, expected, body, cx))
}

fn object_mode(cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.set(js_string!("objectMode"), true, true, cx)?;
    Ok(options)
}

/// A place for the stream that a callback made before it needs.
type StreamPlace = Gc<GcRefCell<Option<JsObject>>>;

fn from_promise(body: &JsValue, then: &JsFunction, cx: &mut Context) -> JsResult<JsValue> {
    let place: StreamPlace = Gc::new(GcRefCell::new(None));
    let fulfilled = table::closure(
        "",
        1,
        place.clone(),
        |_this, args, place, cx| {
            let Some(stream) = place.borrow().clone() else { return Ok(JsValue::undefined()) };
            let value = args.get_or_undefined(0);
            if !value.is_null_or_undefined() {
                events::method(&stream, "push", std::slice::from_ref(value), cx)?;
            }
            events::method(&stream, "push", &[JsValue::null()], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let rejected = destroy_on_rejection(&place, cx);
    then.call(body, &[fulfilled.into(), rejected.into()], cx)?;
    let options = object_mode(cx)?;
    options.set(js_string!("writable"), false, true, cx)?;
    let read = table::closure("read", 0, (), |_this, _args, (), _cx| Ok(JsValue::undefined()), cx);
    options.set(js_string!("read"), read, true, cx)?;
    let stream = DUPLEXIFY.construct(&[options.into()], cx)?;
    *place.borrow_mut() = Some(stream.clone());
    Ok(stream.into())
}

fn destroy_on_rejection(place: &StreamPlace, cx: &mut Context) -> JsFunction {
    table::closure(
        "",
        1,
        place.clone(),
        |_this, args, place, cx| {
            let stream = place.borrow().clone().map_or_else(JsValue::undefined, JsValue::from);
            destroyer(&stream, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )
}

/// The write that a generator function takes next.
#[derive(Trace, Finalize, Default)]
struct Feed {
    promise: GcRefCell<Option<JsPromise>>,
    settle: GcRefCell<Option<ResolvingFunctions>>,
}

impl Feed {
    fn renew(&self, cx: &mut Context) {
        let (promise, settle) = JsPromise::new_pending(cx);
        *self.promise.borrow_mut() = Some(promise);
        *self.settle.borrow_mut() = Some(settle);
    }

    /// Gives `{ chunk, done, cb }` to the generator.
    fn give(&self, chunk: JsValue, done: bool, callback: JsValue, cx: &mut Context) -> JsResult<()> {
        let settle = self.settle.borrow_mut().take();
        let Some(settle) = settle else { return Ok(()) };
        let given = JsObject::with_null_proto();
        given.create_data_property_or_throw(js_string!("chunk"), chunk, cx)?;
        given.create_data_property_or_throw(js_string!("done"), done, cx)?;
        given.create_data_property_or_throw(js_string!("cb"), callback, cx)?;
        settle.resolve.call(&JsValue::undefined(), &[given.into()], cx).map(drop)
    }
}

fn from_function(function: &JsFunction, name: &str, cx: &mut Context) -> JsResult<JsValue> {
    let feed = Gc::new(Feed::default());
    feed.renew(cx);
    let controller = event_target::create_controller(cx)?;
    let signal = event_target::signal_of(&controller, cx)?;
    let source = fed_generator(&feed, &signal, cx)?;
    let option = JsObject::with_object_proto(cx.intrinsics());
    option.create_data_property_or_throw(js_string!("signal"), signal, cx)?;
    let value = function.call(&JsValue::undefined(), &[source.into(), option.into()], cx)?;
    // A constructor gives a stream.
    if kinds::is_duplex_node_stream(&value, cx)? {
        return Ok(value);
    }
    let write = table::closure(
        "write",
        3,
        feed.clone(),
        |_this, args, feed, cx| {
            feed.give(args.get_or_undefined(0).clone(), false, args.get_or_undefined(2).clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let destroy = table::closure(
        "destroy",
        2,
        controller,
        |_this, args, controller, cx| {
            let reason = event_target::default_reason(cx)?;
            event_target::abort_with(controller, &reason, cx)?;
            match args.get_or_undefined(1).as_function() {
                Some(callback) => callback.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx),
                None => Ok(JsValue::undefined()),
            }
        },
        cx,
    );
    let options = object_mode(cx)?;
    options.set(js_string!("write"), write, true, cx)?;
    options.set(js_string!("destroy"), destroy, true, cx)?;
    if kinds::is_iterable(&value, false, cx)? {
        let last = table::closure(
            "final",
            1,
            feed,
            |_this, args, feed, cx| {
                feed.give(JsValue::undefined(), true, args.get_or_undefined(0).clone(), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        options.set(js_string!("final"), last, true, cx)?;
        return from::from(&DUPLEXIFY, &value, &options.into(), cx).map(JsValue::from);
    }
    let then = match value.as_object() {
        Some(object) => object.get(js_string!("then"), cx)?.as_function(),
        None => None,
    };
    let Some(then) = then else {
        return Err(errors::invalid_return_value("Iterable, AsyncIterable or AsyncFunction", name, &value, cx));
    };
    let place: StreamPlace = Gc::new(GcRefCell::new(None));
    let fulfilled = table::closure(
        "",
        1,
        (),
        |_this, args, (), cx| {
            let value = args.get_or_undefined(0);
            if value.is_null_or_undefined() { Ok(JsValue::undefined()) } else { Err(errors::invalid_return_value("nully", "body", value, cx)) }
        },
        cx,
    );
    let rejected = destroy_on_rejection(&place, cx);
    let promise = then.call(&value, &[fulfilled.into(), rejected.into()], cx)?;
    let last = table::closure(
        "final",
        1,
        (feed, promise),
        |_this, args, (feed, promise), cx| {
            let callback = args.get_or_undefined(0).as_function();
            let finished = table::closure(
                "",
                0,
                (promise.clone(), callback),
                |_this, _args, (promise, callback), cx| {
                    let (promise, callback) = (promise.clone(), callback.clone());
                    coroutine::spawn(cx, |co| async move {
                        let result = co.wait(promise).await;
                        run!(
                            co,
                            [] | cx | {
                                let told = match result {
                                    Ok(_) => JsValue::null(),
                                    Err(error) => destroy::caught(error, cx)?,
                                };
                                if let Some(callback) = callback {
                                    Host::of(cx).next_tick(callback, JsValue::undefined(), vec![told]);
                                }
                                Ok(JsValue::undefined())
                            }
                        )
                    })
                    .map(JsValue::from)
                },
                cx,
            );
            feed.give(JsValue::undefined(), true, finished.into(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    options.set(js_string!("final"), last, true, cx)?;
    options.set(js_string!("readable"), false, true, cx)?;
    let stream = DUPLEXIFY.construct(&[options.into()], cx)?;
    *place.borrow_mut() = Some(stream.clone());
    Ok(stream.into())
}

/// The async generator that a function reads the written chunks from.
fn fed_generator(feed: &Gc<Feed>, signal: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let (feed, signal) = (feed.clone(), signal.clone());
    coroutine::generator(cx, |co| async move {
        loop {
            let promise = feed.promise.borrow_mut().take();
            let Some(promise) = promise else { return Ok(JsValue::undefined()) };
            let given = co.wait(promise).await?;
            let next = run!(
                co,
                [feed, signal] | cx | {
                    let given = given.to_object(cx)?;
                    let callback = given.get(js_string!("cb"), cx)?;
                    if let Some(callback) = callback.as_function() {
                        Host::of(cx).next_tick(callback, JsValue::undefined(), Vec::new());
                    }
                    if given.get(js_string!("done"), cx)?.to_boolean() {
                        return Ok(None);
                    }
                    if event_target::is_aborted(&signal, cx)? {
                        let reason = event_target::reason(&signal, cx)?;
                        return Err(errors::abort(None, Some(reason), cx));
                    }
                    feed.renew(cx);
                    given.get(js_string!("chunk"), cx).map(Some)
                }
            )?;
            match next {
                Some(chunk) => {
                    co.give(chunk).await?;
                }
                None => return Ok::<_, Exit>(JsValue::undefined()),
            }
        }
    })
}

/// A Duplex over a readable and a writable stream.
#[derive(Trace, Finalize, Default)]
pub(super) struct Pair {
    pub(super) on_drain: GcRefCell<Option<JsFunction>>,
    pub(super) on_finish: GcRefCell<Option<JsFunction>>,
    pub(super) on_readable: GcRefCell<bool>,
    /// What `_destroy` was called with, or that nobody may be told any more.
    pub(super) on_close: GcRefCell<Closing>,
    pub(super) stream: GcRefCell<Option<JsObject>>,
    pub(super) read: GcRefCell<Option<JsObject>>,
    pub(super) write: GcRefCell<Option<JsObject>>,
    /// Of a composed row: it neither reads nor writes, so its end is the end.
    pub(super) both_over: Cell<bool>,
}

#[derive(Trace, Finalize, Default)]
#[boa_gc(unsafe_no_drop)]
pub(super) enum Closing {
    #[default]
    Open,
    Waiting(JsFunction),
    Over,
}

impl Pair {
    /// Calls what waits at `place`, once.
    pub(super) fn take(place: &GcRefCell<Option<JsFunction>>, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
        let callback = place.borrow_mut().take();
        match callback {
            Some(callback) => callback.call(&JsValue::undefined(), args, cx).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn stream(&self) -> JsResult<JsObject> {
        self.stream.borrow().clone().ok_or_else(|| errors::plain(errors::Base::Error, "the pair has no stream yet"))
    }

    /// One of the two is over.
    fn finished(&self, error: &JsValue, cx: &mut Context) -> JsResult<()> {
        let before = std::mem::replace(&mut *self.on_close.borrow_mut(), Closing::Over);
        match before {
            Closing::Waiting(callback) => callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx).map(drop),
            _ if error.to_boolean() => destroy::call(&self.stream()?, error, cx),
            _ => Ok(()),
        }
    }

    /// `_read`: pushes what the readable side has.
    pub(super) fn pull(&self, cx: &mut Context) -> JsResult<()> {
        let (Some(source), stream) = (self.read.borrow().clone(), self.stream()?) else { return Ok(()) };
        loop {
            let chunk = events::method(&source, "read", &[], cx)?;
            if chunk.is_null() {
                *self.on_readable.borrow_mut() = true;
                return Ok(());
            }
            if !events::method(&stream, "push", &[chunk], cx)?.to_boolean() {
                return Ok(());
            }
        }
    }
}

/// Defines a hook on the Duplex.
pub(super) fn hook(stream: &JsObject, name: &'static str, length: u8, pair: &Gc<Pair>, call: fn(&JsValue, &[JsValue], &Gc<Pair>, &mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<()> {
    let function = table::closure("", length, pair.clone(), call, cx);
    let key = Host::of(cx).intern(name);
    stream.set(key, function, true, cx).map(drop)
}

pub(super) fn listen(emitter: &JsObject, event: &'static str, pair: &Gc<Pair>, call: fn(&JsValue, &[JsValue], &Gc<Pair>, &mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<()> {
    let function = table::closure("", 0, pair.clone(), call, cx);
    let event = Host::of(cx).intern(event);
    events::on(emitter, event, function, cx)
}

fn pair(read: Option<JsObject>, write: Option<JsObject>, cx: &mut Context) -> JsResult<JsValue> {
    let read = match read {
        Some(read) if !read.get(js_string!("read"), cx)?.is_callable() => Some(wrap::wrap(&read.into(), &JsValue::undefined(), cx)?),
        read => read,
    };
    let value_of = |side: &Option<JsObject>| side.clone().map_or_else(JsValue::undefined, JsValue::from);
    let is_readable = kinds::is_readable(&value_of(&read), cx)? == Some(true);
    let is_writable = kinds::is_writable(&value_of(&write), cx)? == Some(true);
    let options = JsObject::with_object_proto(cx.intrinsics());
    let read_mode = match &read {
        Some(read) => read.get(js_string!("readableObjectMode"), cx)?.to_boolean(),
        None => false,
    };
    let write_mode = match &write {
        Some(write) => write.get(js_string!("writableObjectMode"), cx)?.to_boolean(),
        None => false,
    };
    options.set(js_string!("readableObjectMode"), read_mode, true, cx)?;
    options.set(js_string!("writableObjectMode"), write_mode, true, cx)?;
    options.set(js_string!("readable"), is_readable, true, cx)?;
    options.set(js_string!("writable"), is_writable, true, cx)?;
    let stream = DUPLEXIFY.construct(&[options.into()], cx)?;
    let pair = Gc::new(Pair::default());
    *pair.stream.borrow_mut() = Some(stream.clone());
    *pair.read.borrow_mut() = read.clone();
    *pair.write.borrow_mut() = write.clone();
    if let Some(write) = write.filter(|_| is_writable) {
        join_writable(&stream, &write, &pair, cx)?;
    }
    if let Some(read) = read.filter(|_| is_readable) {
        join_readable(&stream, &read, &pair, cx)?;
    }
    hook(&stream, "_destroy", 2, &pair, destroy_pair, cx)?;
    Ok(stream.into())
}

fn when_over(side: &JsObject, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    let over = table::closure(
        "",
        1,
        pair.clone(),
        |_this, args, pair, cx| {
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                let read = pair.read.borrow().clone().map_or_else(JsValue::undefined, JsValue::from);
                destroyer(&read, error, cx)?;
            }
            pair.finished(error, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    end_of_stream::wait(&side.clone().into(), Options::default(), Callback::Function(over), cx).map(drop)
}

pub(super) fn on_drain(write: &JsObject, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    listen(
        write,
        "drain",
        pair,
        |_this, _args, pair, cx| {
            Pair::take(&pair.on_drain, &[], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )
}

fn join_writable(stream: &JsObject, write: &JsObject, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    when_over(write, pair, cx)?;
    write_hooks(stream, pair, cx)?;
    on_drain(write, pair, cx)?;
    listen(
        write,
        "finish",
        pair,
        |_this, _args, pair, cx| {
            Pair::take(&pair.on_finish, &[], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )
}

/// `_write` and `_final` onto a Node stream.
pub(super) fn write_hooks(stream: &JsObject, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    hook(
        stream,
        "_write",
        3,
        pair,
        |_this, args, pair, cx| {
            let Some(target) = pair.write.borrow().clone() else { return Ok(JsValue::undefined()) };
            let more = events::method(&target, "write", &[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()], cx)?;
            let callback = args.get_or_undefined(2).as_function();
            if !more.to_boolean() {
                *pair.on_drain.borrow_mut() = callback;
            } else if let Some(callback) = callback {
                callback.call(&JsValue::undefined(), &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    hook(
        stream,
        "_final",
        1,
        pair,
        |_this, args, pair, cx| {
            let Some(target) = pair.write.borrow().clone() else { return Ok(JsValue::undefined()) };
            events::method(&target, "end", &[], cx)?;
            *pair.on_finish.borrow_mut() = args.get_or_undefined(0).as_function();
            Ok(JsValue::undefined())
        },
        cx,
    )
}

fn join_readable(stream: &JsObject, read: &JsObject, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    when_over(read, pair, cx)?;
    read_hooks(stream, read, pair, cx)
}

/// `_read` from a Node stream.
pub(super) fn read_hooks(stream: &JsObject, read: &JsObject, pair: &Gc<Pair>, cx: &mut Context) -> JsResult<()> {
    listen(
        read,
        "readable",
        pair,
        |_this, _args, pair, cx| {
            let waits = std::mem::take(&mut *pair.on_readable.borrow_mut());
            if waits {
                pair.pull(cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    listen(
        read,
        "end",
        pair,
        |_this, _args, pair, cx| {
            events::method(&pair.stream()?, "push", &[JsValue::null()], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    hook(
        stream,
        "_read",
        0,
        pair,
        |_this, _args, pair, cx| {
            pair.pull(cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )
}

fn destroy_pair(_this: &JsValue, args: &[JsValue], pair: &Gc<Pair>, cx: &mut Context) -> JsResult<JsValue> {
    let (mut error, callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).as_function());
    let over = matches!(&*pair.on_close.borrow(), Closing::Over);
    if !error.to_boolean() && !over {
        error = errors::abort_object(None, None, cx)?.into();
    }
    *pair.on_readable.borrow_mut() = false;
    *pair.on_drain.borrow_mut() = None;
    *pair.on_finish.borrow_mut() = None;
    let Some(callback) = callback else { return Ok(JsValue::undefined()) };
    if over {
        return callback.call(&JsValue::undefined(), &[error], cx);
    }
    *pair.on_close.borrow_mut() = Closing::Waiting(callback);
    for side in [&pair.write, &pair.read] {
        let side = side.borrow().clone().map_or_else(JsValue::undefined, JsValue::from);
        destroyer(&side, &error, cx)?;
    }
    Ok(JsValue::undefined())
}
