//! `WritableState`: what a writable stream knows of itself.

use std::{cell::Cell, collections::VecDeque, ops::Deref};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArray, JsFunction},
    },
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export, Symbol},
};

use super::{
    chunk::Chunk,
    exposed::{Exposed, Shown, bit, property, state_of},
    flags::w,
    side::{Reading, Side},
    writable,
};

/// The state of one writable side.
#[derive(Trace, Finalize)]
pub(crate) struct WritableState {
    side: Side,
    /// How often `cork` was called without `uncork`.
    #[unsafe_ignore_trace]
    pub(crate) corked: Cell<u32>,
    /// What the write that is going on takes from `length`.
    #[unsafe_ignore_trace]
    pub(super) write_len: Cell<usize>,
    /// Callbacks of writes, and of `_final`, that `'finish'` waits for.
    #[unsafe_ignore_trace]
    pub(super) pending_callbacks: Cell<i64>,
    pub(super) buffered: GcRefCell<VecDeque<Write>>,
    pub(super) write_callback: GcRefCell<Callback>,
    pub(super) after_write: GcRefCell<Option<Gc<AfterWrite>>>,
    /// Who wants to know when all is written; nobody before the end.
    #[expect(clippy::box_collection, reason = "most streams have none, and a pointer is what that costs")]
    on_finished: GcRefCell<Option<Box<Vec<Callback>>>>,
    on_write: GcRefCell<Option<JsFunction>>,
    stream: GcRefCell<Option<JsObject>>,
}

impl Deref for WritableState {
    type Target = Side;

    fn deref(&self) -> &Side {
        &self.side
    }
}

const OPTIONS: Reading = Reading {
    flags: w::SYNC | w::CONSTRUCTED | w::EMIT_CLOSE | w::AUTO_DESTROY | w::DECODE_STRINGS | w::ALL_BUFFERS | w::ALL_NOOP,
    object_mode: "writableObjectMode",
    high_water_mark: "writableHighWaterMark",
    switches: &[("decodeStrings", w::DECODE_STRINGS), ("emitClose", w::EMIT_CLOSE), ("autoDestroy", w::AUTO_DESTROY)],
    utf8_bit: w::DEFAULT_UTF8_ENCODING,
};

/// A write that waits.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Write {
    pub(super) chunk: Chunk,
    pub(super) encoding: JsValue,
    pub(super) callback: Callback,
}

/// Who wants to know of a write's end.
#[derive(Clone, Trace, Finalize, Default)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Callback {
    /// Nobody.
    #[default]
    Nobody,
    /// A script.
    Function(JsFunction),
    /// All of these: the writes that one `_writev` took.
    Several(Gc<Vec<Callback>>),
    /// Native code: a function and what it needs.
    Native(#[unsafe_ignore_trace] fn(&JsObject, JsValue, &mut Context) -> JsResult<()>, JsObject),
}

/// Callbacks of synchronous writes, gathered for one tick.
#[derive(Trace, Finalize)]
pub(super) struct AfterWrite {
    pub(super) callback: Callback,
    #[unsafe_ignore_trace]
    pub(super) count: Cell<usize>,
}

impl Callback {
    pub(crate) fn of(value: &JsValue) -> Self {
        value.as_function().map_or(Self::Nobody, Self::Function)
    }

    pub(super) fn is_nobody(&self) -> bool {
        matches!(self, Self::Nobody)
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nobody, Self::Nobody) => true,
            (Self::Function(one), Self::Function(other)) => JsObject::equals(one, other),
            _ => false,
        }
    }

    /// Tells of the end: `undefined` where there was no error.
    pub(crate) fn call(&self, error: JsValue, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Nobody => Ok(()),
            Self::Function(function) => function.call(&JsValue::undefined(), &[error], cx).map(drop),
            Self::Several(callbacks) => {
                for callback in callbacks.iter() {
                    callback.call(error.clone(), cx)?;
                }
                Ok(())
            }
            Self::Native(function, data) => function(data, error, cx),
        }
    }

    /// The function in a script's eyes.
    pub(crate) fn value(&self, cx: &mut Context) -> JsValue {
        match self {
            Self::Function(function) => function.clone().into(),
            Self::Nobody => {
                let native = NativeFunction::from_fn_ptr(|_this, _args, _cx| Ok(JsValue::undefined()));
                FunctionObjectBuilder::new(cx.realm(), native).name(js_string!("nop")).build().into()
            }
            several => table::closure(
                "",
                1,
                several.clone(),
                |_this, args, callback, cx| {
                    callback.call(args.get_or_undefined(0).clone(), cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            )
            .into(),
        }
    }
}

/// A handle on the state.
pub(crate) type Writable = Gc<WritableState>;

impl WritableState {
    /// `writableEnded`
    pub(crate) fn is_ending(&self) -> bool {
        self.has(w::ENDING)
    }

    /// Whether chunks wait for the one that is being written.
    pub(crate) fn has_buffered(&self) -> bool {
        !self.buffered.borrow().is_empty()
    }

    /// `writableFinished`
    pub(crate) fn is_finished(&self) -> bool {
        self.has(w::FINISHED)
    }

    /// `new WritableState(options, stream, isDuplex)`
    pub(super) fn create(options: Option<&JsObject>, stream: Option<&JsObject>, is_duplex: bool, cx: &mut Context) -> JsResult<(Writable, JsObject)> {
        let side = Side::create(options, &OPTIONS, is_duplex, cx)?;
        let state = Gc::new(Self {
            side,
            corked: Cell::new(0),
            write_len: Cell::new(0),
            pending_callbacks: Cell::new(0),
            buffered: GcRefCell::default(),
            write_callback: GcRefCell::default(),
            after_write: GcRefCell::default(),
            on_finished: GcRefCell::new(None),
            on_write: GcRefCell::new(None),
            stream: GcRefCell::new(stream.cloned()),
        });
        let prototype = WRITABLE_STATE.prototype(cx)?;
        let object = JsObject::shared(prototype, Shown::new(state.clone()), cx).upcast();
        Ok((state, object))
    }

    /// `writable: false` of a Duplex: this side is not there.
    pub(super) fn is_disabled(&self) -> bool {
        self.bits(w::HAS_WRITABLE | w::WRITABLE) == w::HAS_WRITABLE
    }

    pub(super) fn set_writable(&self, writable: Option<bool>) {
        self.put(w::HAS_WRITABLE, writable.is_some());
        self.put(w::WRITABLE, writable == Some(true));
    }

    /// The function that `_write` gets as its callback.
    pub(super) fn on_write(&self, cx: &mut Context) -> JsFunction {
        if let Some(function) = &*self.on_write.borrow() {
            return function.clone();
        }
        let stream = self.stream.borrow().clone();
        let function = table::closure(
            "bound onwrite",
            1,
            stream,
            |_this, args, stream, cx| {
                if let Some(stream) = stream {
                    writable::on_write(stream, args.get_or_undefined(0), cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        *self.on_write.borrow_mut() = Some(function.clone());
        function
    }

    /// Has `callback` told when all is written.
    pub(super) fn add_on_finished(&self, callback: Callback) {
        self.on_finished.borrow_mut().get_or_insert_default().push(callback);
    }

    /// Who is to be told that all is written.
    pub(super) fn take_on_finished(&self) -> Vec<Callback> {
        self.on_finished.borrow_mut().take().map_or_else(Vec::new, |callbacks| *callbacks)
    }

    /// Forgets what waits.
    pub(super) fn reset_buffer(&self) {
        self.buffered.borrow_mut().clear();
        self.add(w::ALL_BUFFERS | w::ALL_NOOP);
        self.clear(w::BUFFERED);
    }
}

impl Exposed for WritableState {
    const NAMES: &'static [&'static str] = &["highWaterMark", "length", "corked", "onwrite", "writelen", "bufferedIndex", "pendingcb"];

    fn field(this: &Gc<Self>, index: usize, cx: &mut Context) -> JsResult<Option<JsValue>> {
        Ok(Some(match index {
            0 => this.high_water_mark.get().into(),
            1 => (this.length.get() as f64).into(),
            2 => this.corked.get().into(),
            3 => this.on_write(cx).into(),
            4 => (this.write_len.get() as f64).into(),
            5 => 0.into(),
            _ => (this.pending_callbacks.get() as f64).into(),
        }))
    }

    fn set_field(this: &Gc<Self>, index: usize, value: &JsValue, cx: &mut Context) -> JsResult<()> {
        match index {
            0 => this.high_water_mark.set(value.to_number(cx)?),
            1 => this.length.set(value.to_length(cx)? as usize),
            2 => this.corked.set(value.to_u32(cx)?),
            3 => *this.on_write.borrow_mut() = value.as_function(),
            4 => this.write_len.set(value.to_length(cx)? as usize),
            6 => this.pending_callbacks.set(value.to_number(cx)? as i64),
            _ => {}
        }
        Ok(())
    }

    fn flags(&self) -> &Cell<u32> {
        &self.side.flags
    }
}

/// The waiting writes as `[{ chunk, encoding, callback }]`.
pub(super) fn buffered_array(state: &WritableState, cx: &mut Context) -> JsResult<JsValue> {
    let mut writes = std::mem::take(&mut *state.buffered.borrow_mut());
    let mut shown = Vec::with_capacity(writes.len());
    for write in &mut writes {
        let value = std::mem::replace(&mut write.chunk, Chunk::Value(JsValue::undefined())).into_value(cx)?;
        write.chunk = Chunk::Value(value.clone());
        shown.push(write_object(value, &write.encoding, &write.callback, cx)?);
    }
    *state.buffered.borrow_mut() = writes;
    Ok(JsArray::from_iter(shown, cx).into())
}

/// `{ chunk, encoding, callback }`
pub(super) fn write_object(chunk: JsValue, encoding: &JsValue, callback: &Callback, cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("chunk"), chunk, cx)?;
    object.create_data_property_or_throw(js_string!("encoding"), encoding.clone(), cx)?;
    let callback = callback.value(cx);
    object.create_data_property_or_throw(js_string!("callback"), callback, cx)?;
    Ok(object.into())
}

/// `stream._writableState`, where it is ours.
pub(crate) fn writable(stream: &JsObject, cx: &mut Context) -> JsResult<Option<Writable>> {
    let value = stream.get(js_string!("_writableState"), cx)?;
    Ok(value.as_object().and_then(|object| state_of(&object)))
}

/// The same for a method that cannot do without: the TypeError of reading from `undefined`.
pub(super) fn writable_or_throw(stream: &JsObject, cx: &mut Context) -> JsResult<Writable> {
    match writable(stream, cx)? {
        Some(state) => Ok(state),
        None => Err(errors::plain(errors::Base::Type, "Cannot read properties of undefined (reading 'Symbol(kState)')")),
    }
}

/// `Writable.WritableState`
pub(super) static WRITABLE_STATE: Class = Class {
    name: "WritableState",
    length: 3,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: |_this, args, cx| {
        let (options, stream) = (args.get_or_undefined(0).as_object(), args.get_or_undefined(1).as_object());
        let is_duplex = args.get_or_undefined(2).to_boolean();
        WritableState::create(options.as_ref(), stream.as_ref(), is_duplex, cx).map(|(_, object)| object.into())
    },
    prototype: &[
        bit!("objectMode", w::OBJECT_MODE),
        bit!("finalCalled", w::FINAL_CALLED),
        bit!("needDrain", w::NEED_DRAIN),
        bit!("ending", w::ENDING),
        bit!("ended", w::ENDED),
        bit!("finished", w::FINISHED),
        bit!("destroyed", w::DESTROYED),
        bit!("decodeStrings", w::DECODE_STRINGS),
        bit!("writing", w::WRITING),
        bit!("sync", w::SYNC),
        bit!("bufferProcessing", w::BUFFER_PROCESSING),
        bit!("constructed", w::CONSTRUCTED),
        bit!("prefinished", w::PREFINISHED),
        bit!("errorEmitted", w::ERROR_EMITTED),
        bit!("emitClose", w::EMIT_CLOSE),
        bit!("autoDestroy", w::AUTO_DESTROY),
        bit!("closed", w::CLOSED),
        bit!("closeEmitted", w::CLOSE_EMITTED),
        bit!("allBuffers", w::ALL_BUFFERS),
        bit!("allNoop", w::ALL_NOOP),
        property!("errored", |state| state.errored(), |state, value| state.set_errored(value)),
        property!("writable", |state| if state.has(w::HAS_WRITABLE) { state.has(w::WRITABLE).into() } else { JsValue::undefined() }, |state, value| state
            .set_writable(if value.is_null_or_undefined() { None } else { Some(value.to_boolean()) })),
        property!("defaultEncoding", |state| state.default_encoding(), |state, value| state.set_default_encoding(value)),
        Export::accessor(
            "writecb",
            |this, _args, cx| {
                let callback = receiver(this).map(|state| state.write_callback.borrow().clone()).unwrap_or_default();
                Ok(callback.value(cx))
            },
            |this, args, _cx| {
                if let Some(state) = receiver(this) {
                    let callback = Callback::of(args.get_or_undefined(0));
                    state.put(w::WRITE_CB, !callback.is_nobody());
                    *state.write_callback.borrow_mut() = callback;
                }
                Ok(JsValue::undefined())
            },
        )
        .enumerable(false)
        .permanent(),
        property!("afterWriteTickInfo", |_state| JsValue::null(), |_state, _value| ()),
        Export::accessor(
            "buffered",
            |this, _args, cx| match receiver(this) {
                Some(state) => buffered_array(&state, cx),
                None => Ok(JsArray::new(cx)?.into()),
            },
            |_this, _args, _cx| Ok(JsValue::undefined()),
        )
        .enumerable(false)
        .permanent(),
        Export::function("getBuffer", 0, |this, _args, cx| match receiver(this) {
            Some(state) => buffered_array(&state, cx),
            None => Ok(JsArray::new(cx)?.into()),
        }),
        Export::getter("bufferedRequestCount", |this, _args, _cx| Ok(receiver(this).map_or(0, |state| state.buffered.borrow().len()).into())).enumerable(false).permanent(),
        Export::symbol(Symbol::Private("kOnConstructed"), "onConstructed", 1, |this, args, cx| {
            if let (Some(state), Some(stream)) = (receiver(this), args.get_or_undefined(0).as_object()) {
                writable::on_constructed(&stream, &state, cx)?;
            }
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

fn receiver(this: &JsValue) -> Option<Writable> {
    state_of(&this.as_object()?)
}
