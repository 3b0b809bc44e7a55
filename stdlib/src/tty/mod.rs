//! Node's `tty`.
//!
//! Differs from Node: `ReadStream` and `WriteStream` cannot be made yet.

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule},
};

/// `require('tty')`
pub static MODULE: NativeModule = NativeModule { name: "tty", exports: &[Export::function("isatty", 1, isatty), Export::class(&READ_STREAM), Export::class(&WRITE_STREAM)] };

static READ_STREAM: Class = Class {
    name: "ReadStream",
    length: 2,
    extends: Parent::Class(&crate::net::SOCKET),
    kind: Kind::Legacy,
    init: |_, _, cx| Err(errors::method_not_implemented("tty.ReadStream()", cx)),
    prototype: &[],
    statics: &[],
};

static WRITE_STREAM: Class = Class {
    name: "WriteStream",
    length: 1,
    extends: Parent::Class(&crate::net::SOCKET),
    kind: Kind::Legacy,
    init: |_, _, cx| Err(errors::method_not_implemented("tty.WriteStream()", cx)),
    prototype: &[],
    statics: &[],
};

/// `tty.isatty(fd)`
fn isatty(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fd = args.get_or_undefined(0).as_number().filter(|fd| fd.fract() == 0.0 && (0.0..=f64::from(i32::MAX)).contains(fd));
    Ok(fd.is_some_and(|fd| Host::of(cx).sys().stdio().is_tty(fd as i32)).into())
}
