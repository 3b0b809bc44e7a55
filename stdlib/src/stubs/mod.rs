//! The modules of Node that coil lacks: each imports fine under Node's own names, constants have Node's values, and every function
//! or class throws ERR_METHOD_NOT_IMPLEMENTED when it is called.
//!
//! The tables were recorded from Node 25. A module that gets written leaves this folder.
//!
//! Differs from Node: everything but names, lengths and constants.

use boa_engine::{Context, JsResult, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule},
};

/// A function that throws: its name, its length, and what the error calls it.
macro_rules! function {
    ($key:literal, $length:literal, $what:literal) => {
        Export::function($key, $length, |_, _, cx| Err(errors::method_not_implemented($what, cx)))
    };
    ($key:literal, $name:literal, $length:literal, $what:literal) => {
        Export::renamed($key, $name, $length, |_, _, cx| Err(errors::method_not_implemented($what, cx)))
    };
}

/// A class whose constructor throws. It can be extended and named in `instanceof`.
macro_rules! class {
    ($key:literal, $name:literal, $length:literal, $what:literal) => {
        Export::class_as(
            $key,
            const { &Class { name: $name, length: $length, extends: Parent::None, kind: Kind::Legacy, init: |_, _, cx| Err(errors::method_not_implemented($what, cx)), prototype: &[], statics: &[] } },
        )
    };
}

pub(crate) use {class, function};

mod inspector;
mod inspector_promises;
mod sea;
mod sqlite;
mod stream_wrap;
mod trace_events;
mod wasi;
pub mod web;

pub use inspector::INSPECTOR;
pub use inspector_promises::INSPECTOR_PROMISES;
pub use sea::SEA;
pub use sqlite::SQLITE;
pub use stream_wrap::STREAM_WRAP;
pub use trace_events::TRACE_EVENTS;
pub use wasi::WASI;
