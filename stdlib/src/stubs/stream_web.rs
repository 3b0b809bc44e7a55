//! `stream/web`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('stream/web')`
pub static STREAM_WEB: NativeModule = NativeModule {
    name: "stream/web",
    exports: &[
        class!("ReadableStream", "ReadableStream", 0, "stream/web.ReadableStream()"),
        class!("ReadableStreamDefaultReader", "ReadableStreamDefaultReader", 1, "stream/web.ReadableStreamDefaultReader()"),
        class!("ReadableStreamBYOBReader", "ReadableStreamBYOBReader", 1, "stream/web.ReadableStreamBYOBReader()"),
        class!("ReadableStreamBYOBRequest", "ReadableStreamBYOBRequest", 0, "stream/web.ReadableStreamBYOBRequest()"),
        class!("ReadableByteStreamController", "ReadableByteStreamController", 0, "stream/web.ReadableByteStreamController()"),
        class!("ReadableStreamDefaultController", "ReadableStreamDefaultController", 0, "stream/web.ReadableStreamDefaultController()"),
        class!("TransformStream", "TransformStream", 0, "stream/web.TransformStream()"),
        class!("TransformStreamDefaultController", "TransformStreamDefaultController", 0, "stream/web.TransformStreamDefaultController()"),
        class!("WritableStream", "WritableStream", 0, "stream/web.WritableStream()"),
        class!("WritableStreamDefaultWriter", "WritableStreamDefaultWriter", 1, "stream/web.WritableStreamDefaultWriter()"),
        class!("WritableStreamDefaultController", "WritableStreamDefaultController", 0, "stream/web.WritableStreamDefaultController()"),
        class!("ByteLengthQueuingStrategy", "ByteLengthQueuingStrategy", 1, "stream/web.ByteLengthQueuingStrategy()"),
        class!("CountQueuingStrategy", "CountQueuingStrategy", 1, "stream/web.CountQueuingStrategy()"),
        class!("TextEncoderStream", "TextEncoderStream", 0, "stream/web.TextEncoderStream()"),
        class!("TextDecoderStream", "TextDecoderStream", 0, "stream/web.TextDecoderStream()"),
        class!("CompressionStream", "CompressionStream", 1, "stream/web.CompressionStream()"),
        class!("DecompressionStream", "DecompressionStream", 1, "stream/web.DecompressionStream()"),
    ],
};
