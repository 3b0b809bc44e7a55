//! What the states of both sides of a stream have in common: flags, how much waits and how much may, the error.

use std::cell::{Cell, OnceCell};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::Host;

use super::{
    flags::both,
    native::Native,
    readable_state::{is_utf8, known_encoding, unknown_encoding},
    water_mark,
};

/// The part that [`ReadableState`](super::readable_state::ReadableState) and [`WritableState`](super::writable_state::WritableState) share.
#[derive(Trace, Finalize)]
pub(crate) struct Side {
    #[unsafe_ignore_trace]
    pub(super) flags: Cell<u32>,
    #[unsafe_ignore_trace]
    pub(crate) high_water_mark: Cell<f64>,
    /// Bytes or UTF-16 units that wait; chunks in object mode.
    #[unsafe_ignore_trace]
    pub(crate) length: Cell<usize>,
    seldom: OnceCell<Box<Seldom>>,
    /// The bit of this side that says that `default_encoding` is UTF-8.
    #[unsafe_ignore_trace]
    utf8_bit: u32,
    #[unsafe_ignore_trace]
    pub(super) native: Cell<Option<&'static dyn Native>>,
}

/// What most sides never have, made when it is first set.
#[derive(Trace, Finalize, Default)]
struct Seldom {
    errored: GcRefCell<JsValue>,
    /// Where it is not UTF-8.
    default_encoding: GcRefCell<JsValue>,
}

/// How a side reads its options.
pub(super) struct Reading {
    /// The flags without options.
    pub(super) flags: u32,
    /// The option of a Duplex for this side's object mode.
    pub(super) object_mode: &'static str,
    /// The option of a Duplex for this side's high water mark.
    pub(super) high_water_mark: &'static str,
    /// Options whose `false` takes a flag away, in the order in which Node reads them.
    pub(super) switches: &'static [(&'static str, u32)],
    /// The bit for UTF-8 as the default encoding.
    pub(super) utf8_bit: u32,
}

impl Side {
    pub(super) fn create(options: Option<&JsObject>, reading: &Reading, is_duplex: bool, cx: &mut Context) -> JsResult<Self> {
        let mut flags = reading.flags;
        let mut high_water_mark = None;
        let mut default_encoding = JsValue::undefined();
        if let Some(options) = options {
            let host = Host::of(cx);
            if options.get(js_string!("objectMode"), cx)?.to_boolean() || is_duplex && options.get(host.intern(reading.object_mode), cx)?.to_boolean() {
                flags |= both::OBJECT_MODE;
            }
            high_water_mark = Some(water_mark::of_options(options, reading.high_water_mark, flags & both::OBJECT_MODE != 0, is_duplex, cx)?);
            for (option, bit) in reading.switches {
                if options.get(host.intern(option), cx)?.as_boolean() == Some(false) {
                    flags &= !bit;
                }
            }
            default_encoding = options.get(js_string!("defaultEncoding"), cx)?;
        }
        let high_water_mark = high_water_mark.unwrap_or_else(|| water_mark::default(false, cx));
        if default_encoding.is_null_or_undefined() || is_utf8(&default_encoding) {
            flags |= reading.utf8_bit;
        } else if known_encoding(&default_encoding).is_none() {
            return Err(unknown_encoding(&default_encoding, cx));
        }
        let side = Self { flags: Cell::new(flags), high_water_mark: Cell::new(high_water_mark), length: Cell::new(0), seldom: OnceCell::new(), utf8_bit: reading.utf8_bit, native: Cell::new(None) };
        if !side.has(reading.utf8_bit) {
            *side.seldom().default_encoding.borrow_mut() = default_encoding;
        }
        Ok(side)
    }

    fn seldom(&self) -> &Seldom {
        self.seldom.get_or_init(Box::default)
    }

    pub(crate) fn has(&self, bits: u32) -> bool {
        self.flags.get() & bits != 0
    }

    /// The bits of `mask` as they are.
    pub(super) fn bits(&self, mask: u32) -> u32 {
        self.flags.get() & mask
    }

    pub(super) fn add(&self, bits: u32) {
        self.flags.set(self.flags.get() | bits);
    }

    pub(super) fn clear(&self, bits: u32) {
        self.flags.set(self.flags.get() & !bits);
    }

    pub(super) fn put(&self, bits: u32, on: bool) {
        if on { self.add(bits) } else { self.clear(bits) }
    }

    pub(crate) fn object_mode(&self) -> bool {
        self.has(both::OBJECT_MODE)
    }

    /// The error, `null` where there is none.
    pub(crate) fn errored(&self) -> JsValue {
        if self.has(both::ERRORED) { self.seldom().errored.borrow().clone() } else { JsValue::null() }
    }

    pub(super) fn set_errored(&self, error: JsValue) {
        self.put(both::ERRORED, error.to_boolean());
        if error.to_boolean() {
            *self.seldom().errored.borrow_mut() = error;
        }
    }

    pub(super) fn default_encoding(&self) -> JsValue {
        if self.has(self.utf8_bit) { js_string!("utf8").into() } else { self.seldom().default_encoding.borrow().clone() }
    }

    pub(super) fn set_default_encoding(&self, encoding: JsValue) {
        self.put(self.utf8_bit, is_utf8(&encoding));
        if !self.has(self.utf8_bit) {
            *self.seldom().default_encoding.borrow_mut() = encoding;
        }
    }
}
