//! Standard streams that cross threads.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

use super::thread::{Inside, Thread, inside};
use crate::stream::{self, Chunk, Done, Native};

/// A readable whose bytes another thread sends.
pub(super) static READABLE_WORKER_STDIO: Class = Class {
    name: "ReadableWorkerStdio",
    length: 2,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::renamed("_read", "_read", 0, stream::native::read), Export::renamed("_destroy", "", 2, stream::native::destroy)],
    statics: &[],
};

/// A writable whose bytes go to another thread.
static WRITABLE_WORKER_STDIO: Class = Class {
    name: "WritableWorkerStdio",
    length: 2,
    extends: Parent::Class(&stream::WRITABLE),
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::renamed("_write", "_write", 3, stream::native::write),
        Export::renamed("_writev", "_writev", 2, stream::native::writev),
        Export::renamed("_final", "_final", 1, stream::native::finish),
        Export::renamed("_destroy", "", 2, stream::native::destroy),
    ],
    statics: &[],
};

/// Whatever comes is pushed when it comes.
struct Pushed;
static PUSHED: Pushed = Pushed;

impl Native for Pushed {
    fn read(&self, _stream: &JsObject, _size: usize, cx: &mut Context) -> JsResult<()> {
        // Only a worker's standard input keeps its loop alive, while somebody reads.
        if let Some(inside) = inside(cx)
            && let Some(hold) = &*inside.stdin.hold.borrow()
        {
            hold.set_ref(true);
        }
        Ok(())
    }
}

/// A stream that gets what [`stream::push`] gives it.
pub(super) fn readable(cx: &mut Context) -> JsResult<JsObject> {
    let prototype = READABLE_WORKER_STDIO.prototype(cx)?;
    let object = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    stream::init_readable(&object, &JsValue::undefined(), cx)?;
    stream::attach(&object, &PUSHED, cx)?;
    Ok(object)
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Feeding(#[unsafe_ignore_trace] std::sync::Arc<Thread>);

struct Feed;
static FEED: Feed = Feed;

impl Native for Feed {
    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let bytes = crate::fs::bytes_of(chunk, encoding).to_vec();
        thread_of(stream, cx)?.post(move |cx| feed(Some(bytes), cx));
        done.ok(cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        let mut bytes = Vec::new();
        for (chunk, encoding) in chunks {
            bytes.append(&mut crate::fs::bytes_of(chunk, &encoding));
        }
        thread_of(stream, cx)?.post(move |cx| feed(Some(bytes), cx));
        done.ok(cx)
    }

    fn finish(&self, stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
        thread_of(stream, cx)?.post(|cx| feed(None, cx));
        done.ok(cx)
    }
}

fn thread_of(stream: &JsObject, cx: &mut Context) -> JsResult<std::sync::Arc<Thread>> {
    let slot = Slot::<Feeding>::of(&stream.clone().into(), "WritableWorkerStdio", cx)?;
    let thread = slot.borrow().data().0.clone();
    Ok(thread)
}

/// `worker.stdin`
pub(super) fn writable(thread: std::sync::Arc<Thread>, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = WRITABLE_WORKER_STDIO.prototype(cx)?;
    let object = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("decodeStrings"), false, cx)?;
    stream::init_writable(&object, &options.into(), cx)?;
    Slot::set(&object, Feeding(thread), cx)?;
    stream::attach(&object, &FEED, cx)?;
    Ok(object)
}

/// In the worker: a chunk of standard input has come, or its end.
fn feed(bytes: Option<Vec<u8>>, cx: &mut Context) {
    let Some(inside) = inside(cx) else { return };
    match bytes {
        Some(bytes) => inside.stdin.waiting.borrow_mut().push(bytes),
        None => inside.stdin.ended.set(true),
    }
    let host = coil_engine::Host::of(cx);
    host.enter_with(cx, |cx| flush(&inside, cx));
}

/// Gives the stream what waits, once there is a stream.
fn flush(inside: &Rc<Inside>, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = inside.stdin.stream.borrow().clone() else { return Ok(()) };
    for bytes in inside.stdin.waiting.take() {
        stream::push(&stream, Some(bytes.into()), cx)?;
    }
    if inside.stdin.ended.replace(false) {
        drop(inside.stdin.hold.borrow_mut().take());
        stream::push(&stream, None, cx)?;
    }
    Ok(())
}

/// `process.stdin` in a worker; `None` in the main thread.
pub(crate) fn stdin_of_worker(cx: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(inside) = inside(cx) else { return Ok(None) };
    let stream = readable(cx)?;
    *inside.stdin.stream.borrow_mut() = Some(stream.clone());
    if !inside.stdin.fed {
        inside.stdin.ended.set(true);
    }
    flush(&inside, cx)?;
    Ok(Some(stream.into()))
}
