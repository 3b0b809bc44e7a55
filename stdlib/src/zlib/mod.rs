//! `node:zlib`: gzip, deflate, Brotli and Zstandard, as streams and in one call.
//!
//! ```js
//! const zlib = require('node:zlib');
//! const packed = zlib.gzipSync('hello '.repeat(100));
//! console.log(packed.length < 600, zlib.gunzipSync(packed).toString().length);   // true 600
//! fs.createReadStream('a.txt').pipe(zlib.createGzip()).pipe(fs.createWriteStream('a.txt.gz'));
//! ```
//!
//! Lengths are bytes. Errors carry `errno` and `code` (`Z_DATA_ERROR`, `Z_BUF_ERROR`, `ERR__ERROR_FORMAT_...`, `ZSTD_error_...`). The work
//! of streams and of the calls with a callback is done in the worker pool. Node's page: <https://nodejs.org/api/zlib.html>.
//!
//! Differs from Node: compressed bytes are those of zlib-rs, brotli and structured-zstd, of about the same length and not byte for byte the
//! same; BROTLI_PARAM_NPOSTFIX, BROTLI_PARAM_NDIRECT and Zstandard's worker parameters have no
//! effect; nothing but a script writes to `_outBuffer`.

mod brotli;
mod codec;
mod constants;
mod convenience;
mod deflate;
mod engine;
mod options;
mod sync_write;
mod zstd;

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::IntegrityLevel};
use coil_engine::{
    errors,
    table::{Export, NativeModule, instantiate},
};

use crate::buffer::{self, Encoding};

/// One of the formats, in one of the directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Zlib(deflate::Mode),
    BrotliEncode,
    BrotliDecode,
    ZstdCompress,
    ZstdDecompress,
}

/// The faces with a callback and without one.
macro_rules! one_shot {
    ($name:literal, $sync:literal, $class:ident) => {
        Export::all(
            const {
                &[
                    Export::renamed($name, "asyncBufferWrapper", 3, |_this, args, cx| convenience::callback(&engine::$class, args, cx)),
                    Export::renamed($sync, "syncBufferWrapper", 2, |_this, args, cx| convenience::sync(&engine::$class, args, cx)),
                ]
            },
        )
    };
}

/// `zlib.createX(options)`
macro_rules! create {
    ($name:literal, $class:ident) => {
        Export::renamed($name, "value", 1, |_this, args, cx| engine::$class.construct(&[args.get_or_undefined(0).clone()], cx).map(JsValue::from)).read_only()
    };
}

/// `require('zlib')`
pub static MODULE: NativeModule = NativeModule {
    name: "zlib",
    exports: &[
        Export::function("crc32", 1, crc32),
        Export::class(&engine::DEFLATE),
        Export::class(&engine::INFLATE),
        Export::class(&engine::GZIP),
        Export::class(&engine::GUNZIP),
        Export::class(&engine::DEFLATE_RAW),
        Export::class(&engine::INFLATE_RAW),
        Export::class(&engine::UNZIP),
        Export::class(&engine::BROTLI_COMPRESS),
        Export::class(&engine::BROTLI_DECOMPRESS),
        Export::class(&engine::ZSTD_COMPRESS),
        Export::class(&engine::ZSTD_DECOMPRESS),
        one_shot!("deflate", "deflateSync", DEFLATE),
        one_shot!("gzip", "gzipSync", GZIP),
        one_shot!("deflateRaw", "deflateRawSync", DEFLATE_RAW),
        one_shot!("unzip", "unzipSync", UNZIP),
        one_shot!("inflate", "inflateSync", INFLATE),
        one_shot!("gunzip", "gunzipSync", GUNZIP),
        one_shot!("inflateRaw", "inflateRawSync", INFLATE_RAW),
        one_shot!("brotliCompress", "brotliCompressSync", BROTLI_COMPRESS),
        one_shot!("brotliDecompress", "brotliDecompressSync", BROTLI_DECOMPRESS),
        one_shot!("zstdCompress", "zstdCompressSync", ZSTD_COMPRESS),
        one_shot!("zstdDecompress", "zstdDecompressSync", ZSTD_DECOMPRESS),
        create!("createDeflate", DEFLATE),
        create!("createInflate", INFLATE),
        create!("createDeflateRaw", DEFLATE_RAW),
        create!("createInflateRaw", INFLATE_RAW),
        create!("createGzip", GZIP),
        create!("createGunzip", GUNZIP),
        create!("createUnzip", UNZIP),
        create!("createBrotliCompress", BROTLI_COMPRESS),
        create!("createBrotliDecompress", BROTLI_DECOMPRESS),
        create!("createZstdCompress", ZSTD_COMPRESS),
        create!("createZstdDecompress", ZSTD_DECOMPRESS),
        Export::module("constants", &constants::CONSTANTS).read_only().permanent(),
        Export::build("codes", codes).read_only().permanent(),
        Export::all(constants::LEGACY),
    ],
};

/// `zlib.codes`, frozen.
fn codes(cx: &mut Context) -> JsResult<JsValue> {
    options::note_len_max(cx)?;
    let codes = instantiate(&constants::CODES, cx)?;
    codes.set_integrity_level(IntegrityLevel::Frozen, cx)?;
    Ok(codes.into())
}

/// A codec of `CompressionStream` or `DecompressionStream`.
pub(crate) struct WebCodec {
    codec: codec::Codec,
    finish: i32,
}

/// The codec of a format by its name on the web; `None` for another name.
pub(crate) fn web_codec(format: &str, compress: bool) -> Option<WebCodec> {
    let mode = match (format, compress) {
        ("deflate", true) => deflate::Mode::Deflate,
        ("deflate", false) => deflate::Mode::Inflate,
        ("deflate-raw", true) => deflate::Mode::DeflateRaw,
        ("deflate-raw", false) => deflate::Mode::InflateRaw,
        ("gzip", true) => deflate::Mode::Gzip,
        ("gzip", false) => deflate::Mode::Gunzip,
        ("brotli", true) => return Some(WebCodec { codec: codec::Codec::BrotliEncode(Box::new(brotli::Encoder::new(brotli::Settings::default()).ok()?)), finish: 2 }),
        ("brotli", false) => return Some(WebCodec { codec: codec::Codec::BrotliDecode(Box::new(brotli::Decoder::new(brotli::Settings::default()).ok()?)), finish: 2 }),
        _ => return None,
    };
    let settings = deflate::Settings { mode, window_bits: 15, level: -1, mem_level: 8, strategy: 0, dictionary: None, single: true };
    let codec = if compress { codec::Codec::Deflate(Box::new(deflate::Compressor::new(settings))) } else { codec::Codec::Inflate(Box::new(deflate::Decompressor::new(settings))) };
    Some(WebCodec { codec, finish: 4 })
}

impl WebCodec {
    /// Takes a chunk, or the end. Gives the output and whether input is left over after the end of the format.
    ///
    /// # Errors
    ///
    /// Message, code and errno of Node's error.
    pub(crate) fn run(&mut self, input: &[u8], last: bool) -> Result<(Vec<u8>, bool), (&'static str, String, i32)> {
        let flush = if last { self.finish } else { 0 };
        match self.codec.whole(input, flush, u64::MAX) {
            Ok(Some((output, read))) => Ok((output, read < input.len())),
            Ok(None) => Ok((Vec::new(), false)),
            Err(failure) => Err((failure.message, failure.code, failure.errno)),
        }
    }
}

/// `zlib.crc32(data[, value])`
fn crc32(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (data, value) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if !data.is_string() && !buffer::is_view(data) {
        return Err(errors::invalid_arg_type("data", "Buffer|TypedArray|DataView|string", data, cx));
    }
    let start = if value.is_undefined() { 0 } else { coil_engine::validate::uint32(value, "value", false, cx)? };
    let sum = match data.as_string() {
        Some(text) => zlib_rs::crc32::crc32(start, &buffer::string_to_bytes(&text, Encoding::Utf8)),
        None => buffer::with_bytes(data, |bytes| zlib_rs::crc32::crc32(start, bytes)).unwrap_or(start),
    };
    Ok(sum.into())
}
