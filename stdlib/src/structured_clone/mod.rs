//! `structuredClone`, and the two halves it is made of: [`serialize`] makes a [`Message`] that can go to another thread,
//! [`deserialize`] makes values of it.
//!
//! ```ignore
//! let message = structured_clone::serialize(&value, &transfer, cx)?;   // Message: Send
//! let copy = structured_clone::deserialize(message, cx)?;
//! ```
//!
//! Differs from Node: nesting deeper than [`DEPTH_MAX`] is a RangeError; a FinalizationRegistry is cloned as an empty object.

mod parcel;
mod read;
mod write;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsStr, JsString, JsSymbol, JsValue,
    builtins::{array_buffer::SharedArrayBuffer, typed_array::TypedArrayKind},
    js_string,
    object::builtins::{AlignedVec, JsArray},
    string::JsStrVariant,
};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

pub use self::{
    parcel::{Carried, Carrier, Carriers},
    read::deserialize,
    write::serialize,
};
pub(crate) use self::{
    read::{deserialize_with_ports, native_error},
    write::{UNCLONEABLE, UNTRANSFERABLE, is_untransferable, mark, serialize_from},
};
use crate::{
    blob::Blob,
    messaging::{line::Line, mailbox::End},
};

/// `globalThis.structuredClone`
pub const GLOBAL: Export = Export::function("structuredClone", 2, structured_clone).enumerable(true);

/// A value outside of any engine: what `postMessage` sends. Objects are numbered, so that it can hold cycles.
#[derive(Default)]
pub struct Message {
    root: Value,
    objects: Vec<Object>,
    /// The message ports that were transferred.
    ports: Vec<End>,
}

impl Message {
    /// A copy, for one of several receivers: without ports, which cannot be in two places.
    pub(crate) fn copy(&self) -> Self {
        Self { root: self.root.clone(), objects: self.objects.clone(), ports: Vec::new() }
    }

    /// Whether the other end of `line` is in this message.
    pub(crate) fn holds_peer_of(&self, line: &Line) -> bool {
        self.ports.iter().any(|port| line.ends_at(port))
    }
}

/// A value of a message.
#[derive(Clone, Debug, Default)]
enum Value {
    #[default]
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    BigInt(String),
    String(Text),
    /// An object, by its number.
    Object(usize),
}

/// An object of a message.
#[derive(Clone, Debug)]
enum Object {
    /// Its number is taken, its content not read yet.
    Reserved,
    Plain(Vec<(Text, Value)>),
    Array {
        length: u64,
        /// The elements of an array without holes; else none, and all are properties.
        elements: Vec<Value>,
        properties: Vec<(Text, Value)>,
    },
    Map(Vec<(Value, Value)>),
    Set(Vec<Value>),
    Date(f64),
    RegExp {
        source: Text,
        flags: Text,
    },
    Boxed(Value),
    Error {
        name: &'static str,
        stack: Option<Text>,
        message: Option<Text>,
        cause: Option<Value>,
    },
    DomException {
        name: Text,
        message: Text,
        stack: Option<Text>,
    },
    Buffer {
        bytes: AlignedVec<u8>,
        max: Option<u64>,
    },
    Shared(SharedArrayBuffer),
    View {
        kind: TypedArrayKind,
        buffer: usize,
        byte_offset: usize,
        byte_length: usize,
        tracking: bool,
    },
    DataView {
        buffer: usize,
        byte_offset: usize,
        byte_length: usize,
        tracking: bool,
    },
    Blob(Blob),
    /// A KeyObject.
    Key(std::sync::Arc<crate::crypto::Key>),
    CryptoKey(crate::crypto::CryptoKeyData),
    Certificate(std::sync::Arc<crate::crypto::Certificate>),
    /// A message port, by its number among those of the message.
    Port(usize),
    /// An object of a native class that has its own way.
    Carried(parcel::Parcel),
}

/// A string's code units, in memory of its own.
#[derive(Clone, Debug)]
enum Text {
    Latin1(Box<[u8]>),
    Utf16(Box<[u16]>),
}

impl Text {
    fn of(text: &JsString) -> Self {
        match text.variant() {
            JsStrVariant::Latin1(units) => Self::Latin1(units.into()),
            JsStrVariant::Utf16(units) => Self::Utf16(units.into()),
        }
    }

    fn to_js(&self) -> JsString {
        match self {
            Self::Latin1(units) => JsStr::latin1(units).into(),
            Self::Utf16(units) => JsStr::utf16(units).into(),
        }
    }
}

/// A message can go to another thread.
const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<Message>();
};

/// How deep a value may nest: each level takes native stack, of which JavaScript's thread has 256 MB.
pub const DEPTH_MAX: usize = 20_000;

/// `structuredClone(value[, options])`
fn structured_clone(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.is_empty() {
        return Err(errors::missing_args(&["The value argument must be specified"], cx));
    }
    let options = args.get_or_undefined(1);
    let mut transfer = Vec::new();
    if !options.is_null_or_undefined() {
        let Some(options) = options.as_object() else {
            return Err(invalid("Failed to execute 'structuredClone': Options cannot be converted to a dictionary", cx));
        };
        let list = options.get(js_string!("transfer"), cx)?;
        if !list.is_undefined() {
            transfer = sequence(&list, cx)?;
        }
    }
    let message = serialize(&args[0], &transfer, cx)?;
    deserialize(message, cx)
}

/// The objects of a transfer list: anything iterable.
fn sequence(list: &JsValue, cx: &mut Context) -> JsResult<Vec<JsObject>> {
    const MESSAGE: &str = "Failed to execute 'structuredClone': transfer in Options can not be converted to sequence.";
    let Some(object) = list.as_object() else { return Err(invalid(MESSAGE, cx)) };
    if !object.get(JsSymbol::iterator(), cx)?.is_callable() {
        return Err(invalid(MESSAGE, cx));
    }
    let from = cx.intrinsics().constructors().array().constructor().get(js_string!("from"), cx)?;
    let Some(from) = from.as_callable() else { return Err(invalid(MESSAGE, cx)) };
    let values = from.call(&JsValue::undefined(), std::slice::from_ref(list), cx)?;
    let values = values.as_object().and_then(|values| JsArray::from_object(values).ok()).and_then(|values| values.dense_values());
    let values = values.unwrap_or_default();
    values.iter().map(|value| value.as_object().ok_or_else(|| invalid("Value is not an object", cx))).collect()
}

fn invalid(message: &str, cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx)
}
