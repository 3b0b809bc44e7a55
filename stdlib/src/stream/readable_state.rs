//! `ReadableState`: what a readable stream knows of itself.

use std::{
    cell::{Cell, OnceCell},
    collections::VecDeque,
    ops::Deref,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_str, js_string,
    object::builtins::{JsArray, JsSet},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

use super::{
    chunk::Chunk,
    exposed::{Exposed, Shown, bit, property, state_of},
    flags::r,
    native::{Consumer, Done},
    side::{Reading, Side},
};
use crate::buffer::Encoding;

/// The state of one readable side.
#[derive(Trace, Finalize)]
pub(crate) struct ReadableState {
    side: Side,
    pub(crate) buffer: GcRefCell<VecDeque<Chunk>>,
    /// `readable: false` of a Duplex: this side is not there.
    #[unsafe_ignore_trace]
    pub(super) readable: Cell<Option<bool>>,
    pub(super) consumer: GcRefCell<Option<Consumer>>,
    seldom: OnceCell<Box<Seldom>>,
}

/// What most streams never have, made when it is first asked for: of sockets there are many.
#[derive(Trace, Finalize, Default)]
pub(super) struct Seldom {
    pub(super) pipes: GcRefCell<Vec<JsObject>>,
    pub(super) await_drain: GcRefCell<AwaitDrain>,
    decoder: GcRefCell<Option<JsObject>>,
    encoding: GcRefCell<JsValue>,
    /// A Transform's write that waits for room here.
    pub(super) transform_done: GcRefCell<Option<Done>>,
    /// The listener of `'data'` that a sole pipe added, and the pipe: chunks go that way without becoming objects.
    pub(super) pipe_listener: GcRefCell<Option<(JsObject, Gc<super::pipe::Pipe>)>>,
}

impl Deref for ReadableState {
    type Target = Side;

    fn deref(&self) -> &Side {
        &self.side
    }
}

const OPTIONS: Reading = Reading {
    flags: r::EMIT_CLOSE | r::AUTO_DESTROY | r::CONSTRUCTED | r::SYNC,
    object_mode: "readableObjectMode",
    high_water_mark: "readableHighWaterMark",
    switches: &[("emitClose", r::EMIT_CLOSE), ("autoDestroy", r::AUTO_DESTROY)],
    utf8_bit: r::DEFAULT_UTF8_ENCODING,
};

/// Whom a paused source waits for.
#[derive(Trace, Finalize, Default)]
#[boa_gc(unsafe_no_drop)]
pub(super) enum AwaitDrain {
    #[default]
    Nobody,
    One(JsObject),
    Many(Vec<JsObject>),
}

/// A handle on the state.
pub(crate) type Readable = Gc<ReadableState>;

impl ReadableState {
    /// `new ReadableState(options, stream, isDuplex)`
    pub(super) fn create(options: Option<&JsObject>, is_duplex: bool, cx: &mut Context) -> JsResult<(Readable, JsObject)> {
        let side = Side::create(options, &OPTIONS, is_duplex, cx)?;
        let encoding = match options {
            Some(options) => options.get(js_string!("encoding"), cx)?,
            None => JsValue::undefined(),
        };
        let state = Gc::new(Self { side, buffer: GcRefCell::default(), readable: Cell::new(None), consumer: GcRefCell::new(None), seldom: OnceCell::new() });
        if encoding.to_boolean() {
            let decoder = new_decoder(&encoding, cx)?;
            state.set_decoder(Some(decoder));
            state.set_encoding(encoding);
        }
        let prototype = READABLE_STATE.prototype(cx)?;
        let object = JsObject::shared(prototype, Shown::new(state.clone()), cx).upcast();
        Ok((state, object))
    }

    /// What is seldom there, made now if it is not.
    pub(super) fn seldom(&self) -> &Seldom {
        self.seldom.get_or_init(Box::default)
    }

    /// What is seldom there, where it is.
    pub(super) fn seldom_made(&self) -> Option<&Seldom> {
        self.seldom.get().map(Box::as_ref)
    }

    /// How many streams this one is piped into.
    pub(super) fn pipe_count(&self) -> usize {
        self.seldom_made().map_or(0, |seldom| seldom.pipes.borrow().len())
    }

    /// Whether a read that looks for more is under way: while it is, pushing causes no other.
    pub(crate) fn set_reading_more(&self, on: bool) {
        self.put(r::READING_MORE, on);
    }

    /// Whether a read is under way that its source will answer.
    pub(crate) fn set_reading(&self, on: bool) {
        self.put(super::flags::r::READING, on);
    }

    /// Whether the end was pushed.
    pub(crate) fn is_ended(&self) -> bool {
        self.has(r::ENDED)
    }

    pub(super) fn decoder(&self) -> Option<JsObject> {
        if self.has(r::DECODER) { self.seldom().decoder.borrow().clone() } else { None }
    }

    pub(super) fn set_decoder(&self, decoder: Option<JsObject>) {
        self.put(r::DECODER, decoder.is_some());
        if decoder.is_some() {
            *self.seldom().decoder.borrow_mut() = decoder;
        }
    }

    /// `null` where there is none.
    pub(crate) fn encoding(&self) -> JsValue {
        if self.has(r::ENCODING) { self.seldom().encoding.borrow().clone() } else { JsValue::null() }
    }

    pub(super) fn set_encoding(&self, encoding: JsValue) {
        self.put(r::ENCODING, encoding.to_boolean());
        if encoding.to_boolean() {
            *self.seldom().encoding.borrow_mut() = encoding;
        }
    }

    /// `flowing`: neither before anybody asked.
    pub(super) fn flowing(&self) -> Option<bool> {
        self.has(r::HAS_FLOWING).then(|| self.has(r::FLOWING))
    }

    pub(super) fn set_flowing(&self, flowing: Option<bool>) {
        self.put(r::HAS_FLOWING, flowing.is_some());
        self.put(r::FLOWING, flowing == Some(true));
    }
}

impl Exposed for ReadableState {
    const NAMES: &'static [&'static str] = &["highWaterMark", "buffer", "bufferIndex", "length", "pipes", "awaitDrainWriters", "readable"];

    fn field(this: &Gc<Self>, index: usize, cx: &mut Context) -> JsResult<Option<JsValue>> {
        Ok(Some(match index {
            0 => this.high_water_mark.get().into(),
            1 => buffer_array(this, cx)?,
            2 => 0.into(),
            3 => (this.length.get() as f64).into(),
            4 => {
                let pipes: Vec<JsValue> = this.seldom_made().map_or_else(Vec::new, |seldom| seldom.pipes.borrow().iter().map(|pipe| pipe.clone().into()).collect());
                JsArray::from_iter(pipes, cx).into()
            }
            5 => await_drain_value(this, cx)?,
            _ => return Ok(this.readable.get().map(JsValue::from)),
        }))
    }

    fn set_field(this: &Gc<Self>, index: usize, value: &JsValue, cx: &mut Context) -> JsResult<()> {
        match index {
            0 => this.high_water_mark.set(value.to_number(cx)?),
            1 => {
                let chunks = match value.as_object().filter(JsObject::is_array) {
                    Some(list) => crate::events::elements(&list, cx)?,
                    None => Vec::new(),
                };
                *this.buffer.borrow_mut() = chunks.into_iter().map(Chunk::Value).collect();
            }
            3 => this.length.set(value.to_length(cx)? as usize),
            4 => {
                let pipes = match value.as_object().filter(JsObject::is_array) {
                    Some(list) => crate::events::elements(&list, cx)?,
                    None => Vec::new(),
                };
                *this.seldom().pipes.borrow_mut() = pipes.iter().filter_map(JsValue::as_object).collect();
            }
            5 => {
                *this.seldom().await_drain.borrow_mut() = match value.as_object() {
                    Some(writer) => AwaitDrain::One(writer),
                    None => AwaitDrain::Nobody,
                };
            }
            6 => this.readable.set(value.as_boolean()),
            _ => {}
        }
        Ok(())
    }

    fn flags(&self) -> &Cell<u32> {
        &self.side.flags
    }
}

/// The buffered chunks as an array; bytes become Buffers and stay so.
pub(super) fn buffer_array(state: &ReadableState, cx: &mut Context) -> JsResult<JsValue> {
    let mut chunks = std::mem::take(&mut *state.buffer.borrow_mut());
    let mut values = Vec::with_capacity(chunks.len());
    for chunk in &mut chunks {
        let value = std::mem::replace(chunk, Chunk::Value(JsValue::undefined())).into_value(cx)?;
        *chunk = Chunk::Value(value.clone());
        values.push(value);
    }
    *state.buffer.borrow_mut() = chunks;
    Ok(JsArray::from_iter(values, cx).into())
}

fn await_drain_value(state: &ReadableState, cx: &mut Context) -> JsResult<JsValue> {
    let Some(seldom) = state.seldom_made() else { return Ok(JsValue::null()) };
    let writers = match &*seldom.await_drain.borrow() {
        AwaitDrain::Nobody => return Ok(JsValue::null()),
        AwaitDrain::One(writer) => return Ok(writer.clone().into()),
        AwaitDrain::Many(writers) => writers.clone(),
    };
    let set = JsSet::new(cx);
    for writer in writers {
        set.add(writer, cx)?;
    }
    Ok(set.into())
}

/// `stream._readableState`, where it is ours.
pub(crate) fn readable(stream: &JsObject, cx: &mut Context) -> JsResult<Option<Readable>> {
    let value = stream.get(js_string!("_readableState"), cx)?;
    Ok(value.as_object().and_then(|object| state_of(&object)))
}

/// The same for a method that cannot do without: the TypeError of reading from `undefined`.
pub(super) fn readable_or_throw(stream: &JsObject, cx: &mut Context) -> JsResult<Readable> {
    match readable(stream, cx)? {
        Some(state) => Ok(state),
        None => Err(errors::plain(errors::Base::Type, "Cannot read properties of undefined (reading 'Symbol(kState)')")),
    }
}

/// A StringDecoder for what a script gives as an encoding.
pub(super) fn new_decoder(encoding: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let host = coil_engine::Host::of(cx);
    let Some(module) = host.builtin("string_decoder") else { return Err(errors::method_not_implemented("setEncoding()", cx)) };
    let class = coil_engine::table::instantiate(module, cx)?.get(js_string!("StringDecoder"), cx)?;
    let Some(class) = class.as_constructor() else { return Err(errors::method_not_implemented("setEncoding()", cx)) };
    class.construct(std::slice::from_ref(encoding), None, cx)
}

pub(super) fn is_utf8(encoding: &JsValue) -> bool {
    encoding.as_string().is_some_and(|name| name == js_str!("utf8") || name == js_str!("utf-8"))
}

pub(super) fn known_encoding(encoding: &JsValue) -> Option<Encoding> {
    Encoding::of(&encoding.as_string()?)
}

pub(super) fn unknown_encoding(encoding: &JsValue, cx: &mut Context) -> boa_engine::JsError {
    let shown = match encoding.as_string() {
        Some(text) => text.to_std_string_escaped(),
        None => crate::show(encoding, cx),
    };
    errors::unknown_encoding(&shown, cx)
}

/// `Readable.ReadableState`
pub(super) static READABLE_STATE: Class = Class {
    name: "ReadableState",
    length: 3,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: |_this, args, cx| {
        let options = args.get_or_undefined(0).as_object();
        let is_duplex = args.get_or_undefined(2).to_boolean();
        ReadableState::create(options.as_ref(), is_duplex, cx).map(|(_, object)| object.into())
    },
    prototype: &[
        bit!("objectMode", r::OBJECT_MODE),
        bit!("ended", r::ENDED),
        bit!("endEmitted", r::END_EMITTED),
        bit!("reading", r::READING),
        bit!("constructed", r::CONSTRUCTED),
        bit!("sync", r::SYNC),
        bit!("needReadable", r::NEED_READABLE),
        bit!("emittedReadable", r::EMITTED_READABLE),
        bit!("readableListening", r::READABLE_LISTENING),
        bit!("resumeScheduled", r::RESUME_SCHEDULED),
        bit!("errorEmitted", r::ERROR_EMITTED),
        bit!("emitClose", r::EMIT_CLOSE),
        bit!("autoDestroy", r::AUTO_DESTROY),
        bit!("destroyed", r::DESTROYED),
        bit!("closed", r::CLOSED),
        bit!("closeEmitted", r::CLOSE_EMITTED),
        bit!("multiAwaitDrain", r::MULTI_AWAIT_DRAIN),
        bit!("readingMore", r::READING_MORE),
        bit!("dataEmitted", r::DATA_EMITTED),
        property!("errored", |state| state.errored(), |state, value| state.set_errored(value)),
        property!("defaultEncoding", |state| state.default_encoding(), |state, value| state.set_default_encoding(value)),
        property!("decoder", |state| state.decoder().map_or_else(JsValue::null, JsValue::from), |state, value| {
            state.set_decoder(value.as_object());
        }),
        property!("encoding", |state| state.encoding(), |state, value| state.set_encoding(value)),
        property!("flowing", |state| state.flowing().map_or_else(JsValue::null, JsValue::from), |state, value| {
            state.set_flowing(if value.is_null_or_undefined() { None } else { Some(value.to_boolean()) });
        }),
        Export::getter("pipesCount", |this, _args, _cx| Ok(receiver(this).map_or_else(JsValue::undefined, |state| state.pipe_count().into()))).enumerable(false).permanent(),
        property!("paused", |state| state.has(r::PAUSED).into(), |state, value| {
            state.add(r::HAS_PAUSED);
            state.put(r::PAUSED, value.to_boolean());
        }),
        Export::symbol(Symbol::Private("kOnConstructed"), "onConstructed", 1, |this, args, cx| {
            if let (Some(state), Some(stream)) = (receiver(this), args.get_or_undefined(0).as_object()) {
                super::readable::on_constructed(&stream, &state, cx)?;
            }
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

fn receiver(this: &JsValue) -> Option<Readable> {
    state_of(&this.as_object()?)
}
