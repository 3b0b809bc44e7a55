//! `TextDecoder`: bytes of any encoding of the web to strings.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, js_string, string::Utf16JsStringBuilder};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, Symbol},
};
use encoding_rs::{DecoderResult, Encoding as WebEncoding, UTF_8};

use super::inspect_as;
use crate::buffer::{self, Encoding, from_units};

/// The class.
pub static TEXT_DECODER: Class = Class {
    name: "TextDecoder",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("decode", 0, decode).enumerable(true),
        Export::getter("encoding", encoding).enumerable(true),
        Export::getter("fatal", fatal).enumerable(true),
        Export::getter("ignoreBOM", ignore_bom).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("TextDecoder"),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct TextDecoder {
    #[unsafe_ignore_trace]
    encoding: &'static WebEncoding,
    fatal: bool,
    ignore_bom: bool,
    /// What a stream has come to, while one is on.
    #[unsafe_ignore_trace]
    stream: RefCell<Option<encoding_rs::Decoder>>,
}

/// `new TextDecoder([encoding[, options]])`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&TEXT_DECODER, cx)?;
    let label = args.get_or_undefined(0);
    let label = if label.is_undefined() { js_string!("utf-8") } else { label.to_string(cx)? };
    let (mut fatal, mut ignore_bom) = (false, false);
    if let Some(options) = options(args.get_or_undefined(1), cx)? {
        fatal = options.get(js_string!("fatal"), cx)?.to_boolean();
        ignore_bom = options.get(js_string!("ignoreBOM"), cx)?.to_boolean();
    }
    let shown = label.to_std_string_lossy();
    let Some(encoding) = WebEncoding::for_label_no_replacement(shown.as_bytes()) else {
        // Labels of the encoding that stands for those that are dangerous are told by its name.
        let shown = if WebEncoding::for_label(shown.as_bytes()).is_some() { "replacement" } else { shown.as_str() };
        return Err(errors::coded(Base::Range, "ERR_ENCODING_NOT_SUPPORTED", format!("The \"{shown}\" encoding is not supported"), cx));
    };
    let data = TextDecoder { encoding, fatal, ignore_bom, stream: RefCell::default() };
    Ok(JsObject::from_proto_and_data(prototype, data).upcast().into())
}

/// An options argument: any object, or null and undefined for none.
fn options(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    value.as_object().map(Some).ok_or_else(|| errors::invalid_arg_type("options", "object", value, cx))
}

fn decoder(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<TextDecoder>> {
    let found = this.as_object().and_then(|object| object.downcast::<TextDecoder>().ok());
    found.ok_or_else(|| errors::invalid_this("TextDecoder", cx))
}

/// `decoder.decode([input[, options]])`
fn decode(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let decoder = decoder(this, cx)?;
    let input = args.get_or_undefined(0);
    let stream = match options(args.get_or_undefined(1), cx)? {
        Some(options) => options.get(js_string!("stream"), cx)?.to_boolean(),
        None => false,
    };
    let range = buffer::range_of(input);
    if range.is_none() && !input.is_undefined() {
        return Err(wrong_input(&decoder, input, cx));
    }
    let decoded = {
        let decoder = decoder.borrow();
        match &range {
            Some(range) => range.read(|bytes| decoder.data().decode(bytes, stream)),
            None => decoder.data().decode(&[], stream),
        }
    };
    match decoded {
        Some(text) if text.len() > buffer::STRING_LENGTH_MAX => Err(errors::string_too_long(buffer::STRING_LENGTH_MAX, cx)),
        Some(text) => Ok(text.into()),
        None => {
            let name = encoding_name(&decoder);
            let message = format!("The encoded data was not valid for encoding {name}");
            Err(errors::coded(Base::Type, "ERR_ENCODING_INVALID_ENCODED_DATA", message, cx))
        }
    }
}

/// Node's three messages for what is no bytes.
fn wrong_input(decoder: &JsObject<TextDecoder>, input: &JsValue, cx: &mut Context) -> JsError {
    let encoding = decoder.borrow().data().encoding;
    if encoding.is_single_byte() {
        return errors::invalid_arg_type("input", "ArrayBuffer|ArrayBufferView", input, cx);
    }
    let name = if encoding == UTF_8 { "list" } else { "input" };
    let message = format!("The \"{name}\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.");
    errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx)
}

impl TextDecoder {
    /// The text of a chunk; `None` for invalid data where that is fatal.
    fn decode(&self, bytes: &[u8], stream: bool) -> Option<JsString> {
        let started = self.stream.borrow_mut().take();
        if started.is_none() && !stream && self.encoding == UTF_8 {
            return self.decode_utf8(bytes);
        }
        let mut decoder = started.unwrap_or_else(|| if self.ignore_bom { self.encoding.new_decoder_without_bom_handling() } else { self.encoding.new_decoder_with_bom_removal() });
        let text = run(&mut decoder, bytes, !stream, self.fatal)?;
        if stream {
            *self.stream.borrow_mut() = Some(decoder);
        }
        Some(text)
    }

    /// All at once, without a state.
    fn decode_utf8(&self, bytes: &[u8]) -> Option<JsString> {
        let bytes = if self.ignore_bom { bytes } else { bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes) };
        if self.fatal && simdutf8::basic::from_utf8(bytes).is_err() {
            return None;
        }
        Some(buffer::decode(bytes, Encoding::Utf8))
    }
}

fn run(decoder: &mut encoding_rs::Decoder, bytes: &[u8], last: bool, fatal: bool) -> Option<JsString> {
    let mut units = [0; CHUNK];
    let mut builder = Utf16JsStringBuilder::new();
    let mut read = 0;
    loop {
        let (ended, taken, written) = if fatal {
            let (result, taken, written) = decoder.decode_to_utf16_without_replacement(&bytes[read..], &mut units, last);
            if matches!(result, DecoderResult::Malformed(..)) {
                return None;
            }
            (result == DecoderResult::InputEmpty, taken, written)
        } else {
            let (result, taken, written, _) = decoder.decode_to_utf16(&bytes[read..], &mut units, last);
            (result == encoding_rs::CoderResult::InputEmpty, taken, written)
        };
        read += taken;
        if ended && builder.is_empty() {
            return Some(from_units(&units[..written]));
        }
        builder.extend_from_slice(&units[..written]);
        if ended {
            return Some(builder.build());
        }
    }
}

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";
/// Code units decoded at a time.
const CHUNK: usize = 2048;

fn encoding_name(decoder: &JsObject<TextDecoder>) -> String {
    decoder.borrow().data().encoding.name().to_ascii_lowercase()
}

fn encoding(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(js_string!(encoding_name(&decoder(this, cx)?)).into())
}

fn fatal(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(decoder(this, cx)?.borrow().data().fatal.into())
}

fn ignore_bom(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(decoder(this, cx)?.borrow().data().ignore_bom.into())
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let decoder = decoder(this, cx)?;
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(js_string!("[TextDecoder]").into());
    }
    let class = decoder.clone().upcast().get(js_string!("constructor"), cx)?.as_object();
    let class = match class {
        Some(class) => class,
        None => TEXT_DECODER.constructor(cx)?,
    };
    let (fatal, ignore_bom) = {
        let decoder = decoder.borrow();
        (decoder.data().fatal, decoder.data().ignore_bom)
    };
    let fields = vec![("encoding", js_string!(encoding_name(&decoder)).into()), ("fatal", fatal.into()), ("ignoreBOM", ignore_bom.into())];
    inspect_as(&class, fields, args, cx)
}
