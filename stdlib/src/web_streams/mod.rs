//! `node:stream/web`: the streams of the web.
//!
//! ```js
//! const chunks = ReadableStream.from(['a', 'b']).pipeThrough(new TransformStream({
//!   transform(chunk, controller) { controller.enqueue(chunk.toUpperCase()); },
//! }));
//! for await (const chunk of chunks) console.log(chunk);   // A, then B
//! ```
//!
//! The algorithms are those of <https://streams.spec.whatwg.org/>, with the names of its abstract operations in the comments; a stream, a
//! reader and a controller are native structs, and the objects that scripts see are made when a script asks. Node's page:
//! <https://nodejs.org/api/webstreams.html>.
//!
//! Rust makes streams with [`with_source`], [`with_sink`] and [`with_transformer`], and reads and writes with [`acquire_reader`],
//! [`read`], [`acquire_writer`] and [`write`].
//!
//! Differs from Node: a Buffer of the pool that is enqueued is copied, not taken.

mod byob_request;
mod byte_controller;
mod compression;
mod core;
mod default_controller;
mod from_iterable;
mod iterate;
mod pipe;
mod readable;
mod reader;
mod strategy;
mod supply;
mod tee;
mod text;
mod transfer;
mod transform;
mod writable;

use coil_engine::table::{Export, NativeModule};

pub(crate) use self::{
    byte_controller::{ByteController, answer as answer_bytes, close as close_bytes, enqueue as enqueue_bytes, error as error_bytes, set_up as set_up_bytes},
    core::{Deferred, Size, handled, react, read_strategy},
    default_controller::{DefaultController, close as close_controller, enqueue, error as error_controller},
    from_iterable::from_iterable,
    readable::{NativeSource, Rs, Source, blank, cancel, cancel_value as cancel_readable, readable_of, stream_value as readable_value, with_source},
    reader::{DefaultReader, Read, ReadRequest, Reader, acquire as acquire_reader, cancel_reader, read},
    strategy::byte_length,
    supply::desired_size,
    tee::tee,
    transfer::carrier,
    writable::{
        NativeSink, Sink, Writer, Ws, abort as abort_writable, acquire as acquire_writer, close as close_writable, error_stream as error_writable, stream_value as writable_value, with_sink,
        writable_of, write,
    },
};

/// `require('stream/web')`
pub static MODULE: NativeModule = NativeModule {
    name: "stream/web",
    exports: &[
        Export::class(&readable::READABLE_STREAM),
        Export::class(&reader::DEFAULT_READER),
        Export::class(&reader::BYOB_READER),
        Export::class(&byob_request::BYOB_REQUEST),
        Export::class(&byte_controller::BYTE_CONTROLLER),
        Export::class(&default_controller::DEFAULT_CONTROLLER),
        Export::class(&transform::TRANSFORM_STREAM),
        Export::class(&transform::CONTROLLER),
        Export::class(&writable::WRITABLE_STREAM),
        Export::class(&writable::WRITER),
        Export::class(&writable::CONTROLLER),
        Export::class(&strategy::BYTE_LENGTH),
        Export::class(&strategy::COUNT),
        Export::class(&text::ENCODER_STREAM),
        Export::class(&text::DECODER_STREAM),
        Export::class(&compression::COMPRESSION_STREAM),
        Export::class(&compression::DECOMPRESSION_STREAM),
    ],
};
