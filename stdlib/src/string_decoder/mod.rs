//! `node:string_decoder`: text from chunks that may end in the middle of a character.
//!
//! [`Decoder`] is the machine, for other modules too; the class keeps its state where Node does, in a Buffer on the instance.
//!
//! Differs from Node: nothing known.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule, Symbol},
};

use crate::buffer::{self, Encoding};

/// `require('string_decoder')`
pub static MODULE: NativeModule = NativeModule { name: "string_decoder", exports: &[Export::class(&STRING_DECODER)] };

/// The class.
pub static STRING_DECODER: Class = Class {
    name: "StringDecoder",
    length: 1,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::function("write", 1, write),
        Export::function("end", 1, end),
        Export::function("text", 2, text),
        Export::getter("lastChar", last_char),
        Export::getter("lastNeed", last_need),
        Export::getter("lastTotal", last_total),
    ],
    statics: &[],
};

/// Decodes a stream of chunks; what the end of one lacks waits for the next.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    encoding: Encoding,
    /// The character that is not complete yet.
    held: [u8; HELD_MAX],
    held_len: usize,
    missing: usize,
}

impl Decoder {
    /// A decoder at the start of a stream.
    pub fn new(encoding: Encoding) -> Self {
        Self { encoding, ..Self::default() }
    }

    /// The text of a chunk, without the incomplete character at its end.
    pub fn write(&mut self, mut chunk: &[u8]) -> JsString {
        if matches!(self.encoding, Encoding::Ascii | Encoding::Latin1 | Encoding::Hex) {
            return buffer::decode(chunk, self.encoding);
        }
        let mut finished = None;
        if self.missing > 0 {
            chunk = self.take(chunk);
            if self.missing == 0 {
                finished = Some(buffer::decode(&self.held[..self.held_len], self.encoding));
                self.held_len = 0;
            }
        }
        if chunk.is_empty() {
            return finished.unwrap_or_default();
        }
        let (held, missing) = self.tail(chunk);
        let (whole, rest) = chunk.split_at(chunk.len() - held);
        self.held[..held].copy_from_slice(rest);
        (self.held_len, self.missing) = (held, missing);
        let text = buffer::decode(whole, self.encoding);
        match finished {
            Some(finished) => js_string!(&finished, &text),
            None => text,
        }
    }

    /// What is left at the end of the stream, as far as it can be text; the decoder can be used again.
    pub fn end(&mut self) -> JsString {
        let len = if self.encoding == Encoding::Utf16Le { self.held_len & !1 } else { self.held_len };
        let text = buffer::decode(&self.held[..len], self.encoding);
        (self.held_len, self.missing) = (0, 0);
        text
    }

    /// Moves what completes the held character from the chunk; gives the rest of the chunk.
    fn take<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
        let mut count = self.missing.min(chunk.len());
        let mut complete = false;
        if self.encoding == Encoding::Utf8
            && let Some(broken) = chunk[..count].iter().position(|byte| !is_continuation(*byte))
        {
            // A new character begins too early: the held one is what it is.
            count = broken;
            complete = true;
        }
        self.held[self.held_len..self.held_len + count].copy_from_slice(&chunk[..count]);
        self.held_len += count;
        self.missing = if complete { 0 } else { self.missing - count };
        &chunk[count..]
    }

    /// How many bytes at the end of a chunk belong to an incomplete character, and how many it lacks.
    fn tail(&self, chunk: &[u8]) -> (usize, usize) {
        match self.encoding {
            Encoding::Utf8 => {
                let Some(start) = chunk.iter().rposition(|byte| !is_continuation(*byte)) else { return (0, 0) };
                let held = chunk.len() - start;
                let size = match chunk[start] {
                    0xC0..=0xDF => 2,
                    0xE0..=0xEF => 3,
                    0xF0..=0xF7 => 4,
                    _ => 0,
                };
                if held < size { (held, size - held) } else { (0, 0) }
            }
            Encoding::Utf16Le if chunk.len() % 2 == 1 => (1, 1),
            Encoding::Utf16Le if chunk.last().is_some_and(|high| high & 0xFC == 0xD8) => (2, 2),
            Encoding::Base64 | Encoding::Base64Url if !chunk.len().is_multiple_of(3) => (chunk.len() % 3, 3 - chunk.len() % 3),
            _ => (0, 0),
        }
    }

    /// As Node lays it out: the held bytes, how many are missing, how many are held, the encoding's number.
    fn to_bytes(&self) -> [u8; STATE_LEN] {
        let [a, b, c, d] = self.held;
        let number = ENCODING_NUMBERS.iter().position(|encoding| *encoding == Some(self.encoding)).unwrap_or(0);
        [a, b, c, d, self.missing as u8, self.held_len as u8, number as u8]
    }

    /// The decoder that such bytes describe; a script may have changed them.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, d, missing, held_len, number] = *<&[u8; STATE_LEN]>::try_from(bytes).ok()?;
        let held_len = usize::from(held_len).min(HELD_MAX);
        let missing = usize::from(missing).min(HELD_MAX - held_len);
        let encoding = ENCODING_NUMBERS.get(usize::from(number)).copied().flatten()?;
        Some(Self { encoding, held: [a, b, c, d], held_len, missing })
    }
}

const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// The longest character: four bytes of UTF-8 or UTF-16.
const HELD_MAX: usize = 4;
const STATE_LEN: usize = HELD_MAX + 3;
const STATE: Symbol = Symbol::Private("kNativeDecoder");
/// Node's numbers for encodings; 6 is `buffer`.
const ENCODING_NUMBERS: [Option<Encoding>; 8] =
    [Some(Encoding::Ascii), Some(Encoding::Utf8), Some(Encoding::Base64), Some(Encoding::Utf16Le), Some(Encoding::Latin1), Some(Encoding::Hex), None, Some(Encoding::Base64Url)];

/// `new StringDecoder([encoding])`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else {
        let message = "Cannot set properties of undefined (setting 'encoding')";
        return Err(errors::plain(errors::Base::Type, message));
    };
    let label = args.get_or_undefined(0);
    let encoding = match label.as_string() {
        None if label.is_null_or_undefined() => Some(Encoding::Utf8),
        None => None,
        Some(text) if text.is_empty() => Some(Encoding::Utf8),
        Some(text) => Encoding::of(&text),
    };
    let Some(encoding) = encoding else {
        let shown = match label.as_string() {
            Some(text) => text.to_std_string_lossy(),
            None => crate::show(label, cx),
        };
        return Err(errors::unknown_encoding(&shown, cx));
    };
    object.set(js_string!("encoding"), js_string!(encoding.name()), true, cx)?;
    let mut block = buffer::zeroed(STATE_LEN)?;
    block.copy_from_slice(&Decoder::new(encoding).to_bytes());
    let state = buffer::from_block(block, cx)?;
    object.set(STATE.to_js(cx), state, true, cx)?;
    Ok(JsValue::undefined())
}

/// The state on an instance.
fn state_of(this: &JsValue, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(object) = this.as_object() else { return Ok(None) };
    let state = object.get(STATE.to_js(cx), cx)?;
    Ok(state.is_object().then_some(state))
}

/// Runs `work` on the decoder of an instance and keeps what becomes of it.
fn with_decoder<R>(this: &JsValue, work: impl FnOnce(&mut Decoder) -> R, cx: &mut Context) -> JsResult<R> {
    if let Some(state) = state_of(this, cx)?
        && let Some(mut decoder) = buffer::with_bytes(&state, Decoder::from_bytes).flatten()
    {
        let result = work(&mut decoder);
        buffer::with_bytes_mut(&state, |bytes| bytes.copy_from_slice(&decoder.to_bytes()));
        return Ok(result);
    }
    Err(errors::invalid_this("StringDecoder", cx))
}

/// `decoder.write(buffer)`
fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let chunk = args.get_or_undefined(0);
    if chunk.is_string() {
        return Ok(chunk.clone());
    }
    let Some(range) = buffer::range_of(chunk).filter(|_| buffer::is_view(chunk)) else {
        return Err(errors::invalid_arg_type("buf", "Buffer|TypedArray|DataView", chunk, cx));
    };
    let text = with_decoder(this, |decoder| range.read(|bytes| decoder.write(bytes)), cx)?;
    if text.len() > buffer::STRING_LENGTH_MAX {
        return Err(errors::string_too_long(buffer::STRING_LENGTH_MAX, cx));
    }
    Ok(text.into())
}

/// `decoder.end([buffer])`
fn end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let chunk = args.get_or_undefined(0);
    let text = if chunk.is_undefined() {
        JsString::default()
    } else {
        // As in Node, a subclass's `write` is what runs.
        let write = this.to_object(cx)?.get(js_string!("write"), cx)?;
        let Some(write) = write.as_callable() else {
            return Err(errors::plain(errors::Base::Type, "this.write is not a function"));
        };
        write.call(this, std::slice::from_ref(chunk), cx)?.to_string(cx)?
    };
    let rest = with_decoder(this, Decoder::end, cx)?;
    Ok(js_string!(&text, &rest).into())
}

/// `decoder.text(buffer, offset)`: starts over.
fn text(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, |decoder| (decoder.held_len, decoder.missing) = (0, 0), cx)?;
    let chunk = args.get_or_undefined(0).to_object(cx)?;
    let Some(slice) = chunk.get(js_string!("slice"), cx)?.as_callable() else {
        return Err(errors::plain(errors::Base::Type, "buf.slice is not a function"));
    };
    let rest = slice.call(&chunk.into(), &[args.get_or_undefined(1).clone()], cx)?;
    write(this, &[rest], cx)
}

fn last_char(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(range) = state_of(this, cx)?.and_then(|state| buffer::range_of(&state)) else {
        return Err(errors::invalid_this("StringDecoder", cx));
    };
    match range.array_buffer() {
        Some(memory) => Ok(buffer::over(&memory, range.byte_offset, HELD_MAX, cx)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

fn last_need(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, |decoder| JsValue::from(decoder.missing), cx)
}

fn last_total(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, |decoder| JsValue::from(decoder.held_len + decoder.missing), cx)
}

#[cfg(test)]
mod properties;
