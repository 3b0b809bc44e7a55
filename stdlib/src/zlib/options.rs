//! What the constructors read of their options, in Node's order.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use coil_engine::{Host, errors, errors::Base, validate};

use super::{
    Format, brotli,
    codec::Codec,
    deflate::{self, Mode},
    zstd,
};
use crate::buffer;

/// What every format has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared {
    pub(super) chunk_len: usize,
    pub(super) flush: i32,
    pub(super) finish_flush: i32,
    pub(super) full_flush: i32,
    pub(super) output_len_max: f64,
    pub(super) info: bool,
    pub(super) reject_garbage: bool,
}

/// Options as an object, if they are one.
pub(super) fn object_of(options: &JsValue) -> Option<JsObject> {
    options.as_object()
}

/// `checkFiniteNumber`: none for `undefined` and NaN.
fn finite(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<f64>> {
    if value.is_undefined() {
        return Ok(None);
    }
    match value.as_number() {
        Some(number) if number.is_finite() => Ok(Some(number)),
        Some(number) if number.is_nan() => Ok(None),
        Some(_) => Err(errors::out_of_range(name, "a finite number", value, cx)),
        None => validate::number(value, name, cx).map(Some),
    }
}

/// `checkRangesOrGetDefault`
pub(super) fn ranged(value: &JsValue, name: &str, low: f64, high: f64, default: f64, cx: &mut Context) -> JsResult<f64> {
    match finite(value, name, cx)? {
        None => Ok(default),
        Some(number) if number < low || number > high => Err(errors::out_of_range(name, &format!(">= {low} and <= {high}"), value, cx)),
        Some(number) => Ok(number),
    }
}

fn option(options: Option<&JsObject>, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    match options {
        Some(options) => options.get(js_string!(name), cx),
        None => Ok(JsValue::undefined()),
    }
}

fn ranged_option(options: Option<&JsObject>, name: &'static str, low: f64, high: f64, default: f64, cx: &mut Context) -> JsResult<f64> {
    let value = option(options, name, cx)?;
    ranged(&value, &format!("options.{name}"), low, high, default, cx)
}

impl Shared {
    pub(super) fn read(format: Format, options: Option<&JsObject>, cx: &mut Context) -> JsResult<Self> {
        // Z_BLOCK, BROTLI_OPERATION_EMIT_METADATA, ZSTD_e_end
        let (flush_max, finish, full) = match format {
            Format::Zlib(_) => (5.0, 4.0, 3),
            Format::BrotliEncode | Format::BrotliDecode => (3.0, 2.0, 1),
            Format::ZstdCompress | Format::ZstdDecompress => (2.0, 2.0, 1),
        };
        let size = option(options, "chunkSize", cx)?;
        let chunk_len = match finite(&size, "options.chunkSize", cx)? {
            None => CHUNK_LEN,
            Some(len) if len < CHUNK_LEN_MIN => return Err(errors::out_of_range("options.chunkSize", &format!(">= {CHUNK_LEN_MIN}"), &size, cx)),
            Some(len) if len > CHUNK_LEN_MAX => return Err(errors::coded(Base::Range, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory", cx)),
            Some(len) => {
                buffer::room_for(len as usize)?;
                len as usize
            }
        };
        let flush = ranged_option(options, "flush", 0.0, flush_max, 0.0, cx)? as i32;
        let finish_flush = ranged_option(options, "finishFlush", 0.0, flush_max, finish, cx)? as i32;
        let limit = len_max(cx);
        let output_len_max = ranged_option(options, "maxOutputLength", 1.0, limit, limit, cx)?;
        let info = option(options, "info", cx)?.to_boolean();
        let reject_garbage = option(options, "rejectGarbageAfterEnd", cx)?.as_boolean() == Some(true);
        Ok(Self { chunk_len, flush, finish_flush, full_flush: full, output_len_max, info, reject_garbage })
    }
}

/// Level, strategy and the codec of a zlib format.
pub(super) fn zlib(mode: Mode, options: Option<&JsObject>, cx: &mut Context) -> JsResult<deflate::Settings> {
    let given = option(options, "windowBits", cx)?;
    let inflating = matches!(mode, Mode::Inflate | Mode::Gunzip | Mode::Unzip);
    let zero = given.is_null_or_undefined() || given.as_number() == Some(0.0);
    let window_bits = match options {
        Some(_) if zero && inflating => 0.0,
        Some(_) if mode == Mode::DeflateRaw && given.as_number() == Some(8.0) => 9.0,
        _ => {
            let low = if mode == Mode::Gzip { 9.0 } else { 8.0 };
            ranged(&given, "options.windowBits", low, 15.0, 15.0, cx)?
        }
    };
    let level = ranged_option(options, "level", -1.0, 9.0, -1.0, cx)?;
    let mem_level = ranged_option(options, "memLevel", 1.0, 9.0, 8.0, cx)?;
    let strategy = ranged_option(options, "strategy", 0.0, 4.0, 0.0, cx)?;
    let dictionary = dictionary(options, cx)?;
    Ok(deflate::Settings { mode, window_bits: window_bits as i32, level: level as i32, mem_level: mem_level as i32, strategy: strategy as i32, dictionary, single: false })
}

fn dictionary(options: Option<&JsObject>, cx: &mut Context) -> JsResult<Option<Vec<u8>>> {
    let given = option(options, "dictionary", cx)?;
    if given.is_undefined() {
        return Ok(None);
    }
    match buffer::bytes_of(&given) {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(errors::invalid_arg_type("options.dictionary", "Buffer|TypedArray|DataView|ArrayBuffer", &given, cx)),
    }
}

/// `options.params`: numbers by number.
fn params(options: Option<&JsObject>, key_max: f64, refuse: fn(&str, &mut Context) -> boa_engine::JsError, cx: &mut Context) -> JsResult<Vec<(u32, f64)>> {
    let mut found: Vec<(u32, f64)> = Vec::new();
    let Some(params) = option(options, "params", cx)?.as_object() else { return Ok(found) };
    for key in params.own_property_keys(cx)? {
        if matches!(key, PropertyKey::Symbol(_)) {
            continue;
        }
        let text = JsValue::from(key.clone()).to_string(cx)?;
        let number = JsValue::from(text.clone()).to_number(cx)?;
        let taken = found.iter().any(|(other, _)| f64::from(*other) == number);
        if number.is_nan() || number < 0.0 || number > key_max || number.fract() != 0.0 || taken {
            return Err(refuse(&text.to_std_string_lossy(), cx));
        }
        let value = params.get(key, cx)?;
        let given = match (value.as_number(), value.as_boolean()) {
            (Some(number), _) => number,
            (None, Some(yes)) => f64::from(u8::from(yes)),
            _ => return Err(errors::invalid_arg_type("options.params[key]", "number", &value, cx)),
        };
        // Node's mark of what was not given.
        if given != -1.0 {
            found.push((number as u32, given));
        }
    }
    Ok(found)
}

/// The codec for a format other than zlib's.
pub(super) fn other(format: Format, options: Option<&JsObject>, cx: &mut Context) -> JsResult<Codec> {
    match format {
        Format::BrotliEncode | Format::BrotliDecode => {
            let params = params(options, BROTLI_PARAM_MAX, errors::brotli_invalid_param, cx)?;
            let params = params.into_iter().map(|(key, value)| (key, value as i64 as u32)).collect();
            let settings = brotli::Settings { params, dictionary: dictionary(options, cx)? };
            let made = if format == Format::BrotliEncode {
                brotli::Encoder::new(settings).map(|codec| Codec::BrotliEncode(Box::new(codec)))
            } else {
                brotli::Decoder::new(settings).map(|codec| Codec::BrotliDecode(Box::new(codec)))
            };
            made.map_err(|()| errors::zlib_initialization_failed("Initialization failed", cx))
        }
        _ => {
            let compress = format == Format::ZstdCompress;
            let key_max = if compress { ZSTD_C_PARAM_MAX } else { ZSTD_D_PARAM_MAX };
            let params = params(options, key_max, errors::zstd_invalid_param, cx)?;
            let params = params.into_iter().map(|(key, value)| (key, value as i64 as i32)).collect();
            let pledged_len = if compress { pledged(options, cx)? } else { None };
            let settings = zstd::Settings { params, dictionary: dictionary(options, cx)?, pledged_len };
            let made = if compress {
                zstd::Compressor::new(settings).map(|codec| Codec::ZstdCompress(Box::new(codec)))
            } else {
                zstd::Decompressor::new(&settings).map(|codec| Codec::ZstdDecompress(Box::new(codec)))
            };
            made.map_err(|refused| {
                let message = match refused {
                    zstd::Refused::Parameter => "Setting parameter failed",
                    zstd::Refused::Dictionary => "Failed to load dictionary",
                };
                errors::zlib_initialization_failed(message, cx)
            })
        }
    }
}

fn pledged(options: Option<&JsObject>, cx: &mut Context) -> JsResult<Option<u64>> {
    let given = option(options, "pledgedSrcSize", cx)?;
    if given.is_undefined() {
        return Ok(None);
    }
    let number = validate::number(&given, "options.pledgedSrcSize", cx)?;
    if number < 0.0 {
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", "pledgedSrcSize may not be negative", cx));
    }
    Ok(Some(number as u64))
}

/// `require('buffer').kMaxLength` as it was when this module was asked for: a program may have set it.
#[derive(Default)]
struct LenMax(std::cell::OnceCell<f64>);

/// Notes the limit, when the module is made.
pub(super) fn note_len_max(cx: &mut Context) -> JsResult<()> {
    let exports = coil_engine::table::instantiate(&buffer::MODULE, cx)?;
    let limit = exports.get(js_string!("kMaxLength"), cx)?.as_number().unwrap_or(validate::SAFE_INTEGER_MAX);
    let _ = Host::of(cx).state::<LenMax>().0.set(limit);
    Ok(())
}

fn len_max(cx: &Context) -> f64 {
    Host::of(cx).state::<LenMax>().0.get().copied().unwrap_or(validate::SAFE_INTEGER_MAX)
}

/// Node's default.
const CHUNK_LEN: usize = 16 * 1024;
const CHUNK_LEN_MIN: f64 = 64.0;
/// One block of output has to be a Buffer.
const CHUNK_LEN_MAX: f64 = coil_engine::context::BUFFER_BYTES_MAX as f64;
/// `BROTLI_PARAM_SIZE_HINT` and what follows, up to `BROTLI_PARAM_NDIRECT`.
const BROTLI_PARAM_MAX: f64 = 8.0;
/// `ZSTD_c_overlapLog`
const ZSTD_C_PARAM_MAX: f64 = 402.0;
/// `ZSTD_d_windowLogMax`
const ZSTD_D_PARAM_MAX: f64 = 100.0;
