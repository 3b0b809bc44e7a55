//! `_stream_readable` and the like: classes of `stream` under the names of old, with a warning.

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::{
    class::Class,
    table::{Export, NativeModule},
};

use super::{DUPLEX, PASS_THROUGH, READABLE, TRANSFORM, WRITABLE};

/// Warns of the module `name`, and gives its class.
fn warned(name: &str, class: &'static Class, cx: &mut Context) -> JsResult<JsValue> {
    let message = format!("The {name} module is deprecated. Use `node:stream` instead.");
    crate::process::emit_warning(&message, "DeprecationWarning", Some("DEP0193"), cx)?;
    class.constructor(cx).map(JsValue::from)
}

/// One module that is a class of `stream`.
macro_rules! module {
    ($static:ident, $name:literal, $class:ident) => {
        #[doc = concat!("`require('", $name, "')`")]
        pub static $static: NativeModule = NativeModule { name: $name, exports: &[Export::build("=", |cx| warned($name, &$class, cx))] };
    };
}

module!(STREAM_DUPLEX, "_stream_duplex", DUPLEX);
module!(STREAM_PASSTHROUGH, "_stream_passthrough", PASS_THROUGH);
module!(STREAM_READABLE, "_stream_readable", READABLE);
module!(STREAM_TRANSFORM, "_stream_transform", TRANSFORM);
module!(STREAM_WRITABLE, "_stream_writable", WRITABLE);
