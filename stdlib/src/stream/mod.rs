//! `node:stream`: Readable, Writable, Duplex, Transform, and what joins them.
//!
//! A stream's state is a Rust struct behind `_readableState` and `_writableState`; a script reads and writes its fields there as it
//! does in Node. The hooks (`_read`, `_write`, ...) are properties, so a script overrides them; those nobody has overridden are reached
//! without a JavaScript call.
//!
//! # Streams made in Rust
//!
//! Implement [`Native`] and put the generic hooks of [`native`] on the prototype of a class that extends [`READABLE`], [`WRITABLE`] or
//! [`DUPLEX`]; its constructor calls [`init_readable`], [`init_writable`] or [`init_duplex`], then [`attach`]. From then on:
//!
//! | to | call |
//! |---|---|
//! | give data | [`push`]`(stream, Some(bytes.into()), cx)`, and `None` at the end |
//! | finish a write, `_final` or `_destroy` | `done.ok(cx)` or `done.call(error, cx)` of the [`Done`] that came with it |
//! | write to, end, read a stream of any make | [`write`], [`end`], [`read_chunk`] |
//! | fail | [`error_or_destroy`], or [`destroy_with`] at once |
//! | take a socket's bytes without `'data'` events | [`consume`] |
//! | join two | [`pipe`] |
//!
//! All of these may run JavaScript: from the loop they stand inside `Host::enter_with`.
//!
//! Differs from Node: nothing known.

mod add_abort_signal;
mod async_dispose;
mod async_iterator;
mod chunk;
mod compose;
mod consumers;
mod deprecated;
mod destroy;
mod duplex;
mod duplex_pair;
mod duplexify;
mod end_of_stream;
mod exposed;
mod flags;
mod from;
mod from_list;
mod from_web;
mod hooks;
mod kinds;
mod legacy;
pub(crate) mod native;
mod operators;
mod pipe;
mod pipeline;
mod readable;
mod readable_state;
mod shapes;
mod side;
mod to_web;
mod transform;
mod water_mark;
mod wrap;
mod writable;
mod writable_state;

use boa_engine::{Context, JsResult, JsValue, js_string, native_function::NativeFunctionPointer, object::FunctionObjectBuilder, property::PropertyDescriptor};
use coil_engine::table::{Export, NativeModule, Symbol, instantiate};

pub(crate) use self::{
    add_abort_signal::add as add_abort_signal,
    chunk::Chunk,
    destroy::{call as destroy_with, error_or_destroy},
    duplex::{DUPLEX, init_duplex},
    end_of_stream::{Options as EndOptions, wait as wait_for_end},
    legacy::STREAM,
    native::{Consumer, Done, Native, attach, consume},
    pipe::pipe,
    readable::{READABLE, init_readable, pause, push, read_chunk, resume},
    readable_state::readable as readable_state,
    transform::{PASS_THROUGH, TRANSFORM, init_transform, push_through, read as read_transform},
    writable::{WRITABLE, cork, end, init_writable, uncork, write},
    writable_state::{Callback, writable as writable_state},
};

/// The module is the class `Stream`.
pub static MODULE: NativeModule = NativeModule {
    name: "stream",
    exports: &[
        Export::class_as("=", &STREAM),
        Export::function("isDestroyed", 1, kinds::is_destroyed_method),
        Export::function("isDisturbed", 1, kinds::is_disturbed_method),
        Export::function("isErrored", 1, kinds::is_errored_method),
        Export::function("isReadable", 1, kinds::is_readable_method),
        Export::function("isWritable", 1, kinds::is_writable_method),
        Export::class_as("Readable", &READABLE),
        Export::class_as("Writable", &WRITABLE),
        Export::class_as("Duplex", &DUPLEX),
        Export::class_as("Transform", &TRANSFORM),
        Export::class_as("PassThrough", &PASS_THROUGH),
        Export::function("duplexPair", 1, duplex_pair::method),
        Export::build("pipeline", |cx| promisable("pipeline", 0, pipeline::method, |faces| faces.0, cx)),
        Export::function("addAbortSignal", 2, add_abort_signal::method),
        Export::build("finished", |cx| promisable("eos", 3, end_of_stream::method, |faces| faces.1, cx)),
        Export::renamed("destroy", "destroyer", 2, destroy::destroyer_method),
        Export::function("compose", 0, compose::method),
        Export::function("setDefaultHighWaterMark", 2, water_mark::set_default_high_water_mark),
        Export::function("getDefaultHighWaterMark", 1, water_mark::get_default_high_water_mark),
        Export::getter("promises", |_this, _args, cx| Ok(instantiate(&PROMISES, cx)?.into())),
        Export::class_as("Stream", &STREAM),
        Export::renamed("_isArrayBufferView", "isView", 1, |_this, args, _cx| Ok(crate::buffer::is_view(boa_engine::JsArgs::get_or_undefined(args, 0)).into())),
        Export::renamed("_isUint8Array", "isUint8Array", 1, |_this, args, _cx| Ok(crate::buffer::is_uint8_array(boa_engine::JsArgs::get_or_undefined(args, 0)).into())),
        Export::function("_uint8ArrayToBuffer", 1, |_this, args, cx| {
            let view = boa_engine::JsArgs::get_or_undefined(args, 0);
            Ok(chunk::buffer_of_view(view, cx)?.unwrap_or_default())
        }),
    ],
};

/// `require('stream/promises')`
pub static PROMISES: NativeModule = NativeModule { name: "stream/promises", exports: &[Export::function("finished", 2, end_of_stream::promise), Export::function("pipeline", 0, pipeline::promise)] };

pub use consumers::MODULE as CONSUMERS;
pub(crate) use consumers::parse_json;
pub use deprecated::{STREAM_DUPLEX, STREAM_PASSTHROUGH, STREAM_READABLE, STREAM_TRANSFORM, STREAM_WRITABLE};

/// The old names of the classes.
macro_rules! legacy_module {
    ($place:ident, $name:literal, $class:ident) => {
        /// A class under the name of the file that once held it.
        pub static $place: NativeModule = NativeModule { name: $name, exports: &[Export::class_as("=", &$class)] };
    };
}

legacy_module!(LEGACY_DUPLEX, "_stream_duplex", DUPLEX);
legacy_module!(LEGACY_PASS_THROUGH, "_stream_passthrough", PASS_THROUGH);
legacy_module!(LEGACY_READABLE, "_stream_readable", READABLE);
legacy_module!(LEGACY_TRANSFORM, "_stream_transform", TRANSFORM);
legacy_module!(LEGACY_WRITABLE, "_stream_writable", WRITABLE);

/// The promise faces by name.
struct Faces(&'static str, &'static str);

const FACES: Faces = Faces("pipeline", "finished");

/// A function that `util.promisify` turns into its promise face.
fn promisable(name: &'static str, length: usize, call: NativeFunctionPointer, face: fn(&Faces) -> &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let native = boa_engine::NativeFunction::from_fn_ptr(call);
    let function = FunctionObjectBuilder::new(cx.realm(), native).name(js_string!(name)).length(length).build();
    let key = Symbol::For("nodejs.util.promisify.custom").to_js(cx);
    let face = face(&FACES);
    let getter = boa_engine::NativeFunction::from_copy_closure(move |_this, _args, cx| {
        let promises = instantiate(&PROMISES, cx)?;
        promises.get(js_string!(face), cx)
    });
    let getter = FunctionObjectBuilder::new(cx.realm(), getter).name(js_string!("get")).build();
    let descriptor = PropertyDescriptor::builder().get(getter).enumerable(true).configurable(false);
    function.define_property_or_throw(key, descriptor, cx)?;
    Ok(function.into())
}
