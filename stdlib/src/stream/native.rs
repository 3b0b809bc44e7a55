//! Streams whose source or sink is Rust: sockets, files, the standard streams, HTTP messages, compression.
//!
//! A native stream is an ordinary stream (its class extends one of this module's) with a [`Native`] attached. Its prototype carries the
//! generic hooks, so that a script can call and override them:
//!
//! ```ignore
//! prototype: &[
//!     Export::renamed("_read", "", 1, stream::native::read),
//!     Export::renamed("_write", "", 3, stream::native::write),
//!     Export::renamed("_writev", "", 2, stream::native::writev),
//!     Export::renamed("_final", "", 1, stream::native::finish),
//!     Export::renamed("_destroy", "", 2, stream::native::destroy),
//! ],
//!
//! static FILE_SOURCE: FileSource = FileSource;
//! impl Native for FileSource {
//!     fn read(&self, stream: &JsObject, size: usize, cx: &mut Context) -> JsResult<()> {
//!         // ... and in a later turn, inside Host::enter_with:
//!         // stream::push(&stream, Some(bytes.into()), cx)?;      None ends the stream
//!     }
//! }
//! // In the constructor, after `stream::init_readable(&this, &options, cx)?`:
//! stream::attach(&this, &FILE_SOURCE, cx)?;
//! ```
//!
//! As long as nobody overrides a hook it is reached without a JavaScript call, and between two native streams joined by `pipe` bytes
//! stay bytes. What belongs to one stream (a descriptor, a handle) lives in a `Slot` on the stream object.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, Gc, Trace};
use coil_engine::errors;

use super::{
    chunk::Chunk,
    destroy,
    readable_state::{Readable, readable},
    writable,
    writable_state::writable as writable_state,
};

/// A source, a sink, or both. Each method stands for the hook of the same name in Node; `done` must be called once, now or later.
#[allow(unused_variables, reason = "the names are documentation")]
pub(crate) trait Native: Sync {
    /// `_read`: bring about one [`super::push`], now or later.
    fn read(&self, stream: &JsObject, size: usize, cx: &mut Context) -> JsResult<()> {
        Err(errors::method_not_implemented("_read()", cx))
    }

    /// Whether chunks come of themselves, so that asking for more (`read(0)`) would do nothing: no tick is spent on it then.
    fn comes_of_itself(&self, stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
        Ok(false)
    }

    /// `_write`. The encoding is that of a string, `'buffer'` otherwise.
    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        Err(errors::method_not_implemented("_write()", cx))
    }

    /// `_writev`: several chunks that waited, with their encodings.
    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        Err(errors::method_not_implemented("_writev()", cx))
    }

    /// `_final`: all is written; called before `'finish'`.
    fn finish(&self, stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
        done.ok(cx)
    }

    /// `_destroy`: let go of what is held. `error` is `null` where there is none, and is passed on to `done`.
    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        done.call(error, cx)
    }
}

/// Where a hook reports its end.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Done {
    /// A write of the stream is done.
    Write(JsObject),
    /// The stream's `_final` is done.
    Final(JsObject),
    /// The stream's `_destroy` is done.
    Destroy(Gc<destroy::Destroying>),
    /// A script called the hook.
    Function(JsFunction),
    /// Nobody wants to know.
    Nobody,
}

impl Done {
    /// Done without error.
    pub(crate) fn ok(&self, cx: &mut Context) -> JsResult<()> {
        self.call(JsValue::undefined(), cx)
    }

    /// Done, with an error unless it is `null` or `undefined`.
    pub(crate) fn call(&self, error: JsValue, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Write(stream) => writable::on_write(stream, &error, cx),
            Self::Final(stream) => writable::on_final(stream, &error, cx),
            Self::Destroy(destroying) => destroy::on_destroy(destroying, error, cx),
            Self::Function(function) => {
                let args: &[JsValue] = if error.is_undefined() { &[] } else { std::slice::from_ref(&error) };
                function.call(&JsValue::undefined(), args, cx).map(drop)
            }
            Self::Nobody => Ok(()),
        }
    }

    fn of_argument(value: &JsValue) -> Self {
        value.as_function().map_or(Self::Nobody, Self::Function)
    }
}

/// Who takes a readable stream's chunks in Rust instead of `'data'` listeners: an HTTP parser on a socket.
#[derive(Clone, Trace, Finalize)]
pub(crate) struct Consumer {
    /// Gets each chunk as it comes, and `None` at the end.
    #[unsafe_ignore_trace]
    pub(crate) take: fn(stream: &JsObject, data: &JsObject, chunk: Option<Chunk>, cx: &mut Context) -> JsResult<()>,
    /// What it needs for that.
    pub(crate) data: JsObject,
}

/// Makes `native` the source and sink behind a stream.
pub(crate) fn attach(stream: &JsObject, native: &'static dyn Native, cx: &mut Context) -> JsResult<()> {
    if let Some(r) = readable(stream, cx)? {
        r.native.set(Some(native));
    }
    if let Some(w) = writable_state(stream, cx)? {
        w.native.set(Some(native));
    }
    Ok(())
}

/// Has a consumer take the chunks from now on, or the listeners again. The stream is as if it flowed: nothing is buffered any more.
pub(crate) fn consume(stream: &JsObject, consumer: Option<Consumer>, cx: &mut Context) -> JsResult<()> {
    if let Some(r) = readable(stream, cx)? {
        *r.consumer.borrow_mut() = consumer;
    }
    Ok(())
}

/// What a hook's receiver has attached.
fn attached(this: &JsValue, cx: &mut Context) -> JsResult<Option<(JsObject, &'static dyn Native)>> {
    let Some(stream) = this.as_object() else { return Ok(None) };
    let native = match writable_state(&stream, cx)?.and_then(|w| w.native.get()) {
        Some(native) => Some(native),
        None => readable(&stream, cx)?.and_then(|r| r.native.get()),
    };
    Ok(native.map(|native| (stream, native)))
}

/// `_read(size)`
pub(crate) fn read(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match attached(this, cx)? {
        Some((stream, native)) => {
            let size = args.get_or_undefined(0).to_length(cx)? as usize;
            native.read(&stream, size, cx)?;
            Ok(JsValue::undefined())
        }
        None => Err(errors::method_not_implemented("_read()", cx)),
    }
}

/// `_write(chunk, encoding, callback)`
pub(crate) fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match attached(this, cx)? {
        Some((stream, native)) => {
            let chunk = Chunk::Value(args.get_or_undefined(0).clone());
            native.write(&stream, chunk, args.get_or_undefined(1), Done::of_argument(args.get_or_undefined(2)), cx)?;
            Ok(JsValue::undefined())
        }
        None => Err(errors::method_not_implemented("_write()", cx)),
    }
}

/// `_writev(chunks, callback)`
pub(crate) fn writev(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some((stream, native)) = attached(this, cx)? else { return Err(errors::method_not_implemented("_writev()", cx)) };
    let mut chunks = Vec::new();
    if let Some(list) = args.get_or_undefined(0).as_object() {
        for entry in crate::events::elements(&list, cx)? {
            let entry = entry.to_object(cx)?;
            let chunk = entry.get(js_string!("chunk"), cx)?;
            chunks.push((Chunk::Value(chunk), entry.get(js_string!("encoding"), cx)?));
        }
    }
    native.writev(&stream, chunks, Done::of_argument(args.get_or_undefined(1)), cx)?;
    Ok(JsValue::undefined())
}

/// `_final(callback)`
pub(crate) fn finish(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let done = Done::of_argument(args.get_or_undefined(0));
    match attached(this, cx)? {
        Some((stream, native)) => native.finish(&stream, done, cx)?,
        None => done.ok(cx)?,
    }
    Ok(JsValue::undefined())
}

/// `_destroy(error, callback)`
pub(crate) fn destroy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (error, done) = (args.get_or_undefined(0).clone(), Done::of_argument(args.get_or_undefined(1)));
    match attached(this, cx)? {
        Some((stream, native)) => native.destroy(&stream, error, done, cx)?,
        None => done.call(error, cx)?,
    }
    Ok(JsValue::undefined())
}

/// The native behind the readable side, for calling it directly.
pub(super) fn source_of(r: &Readable) -> Option<&'static dyn Native> {
    r.native.get()
}
