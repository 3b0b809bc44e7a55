//! `CompileError`, `LinkError`, `RuntimeError`, `SuspendError`, and what traps are called.

use boa_engine::{Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, builtins::error::ErrorKind, js_string, property::PropertyDescriptor};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::Export,
};
use wasmi::TrapCode;

/// `WebAssembly.CompileError`
pub(super) static COMPILE_ERROR: Class = error_class("CompileError", |_, args, cx| construct(&COMPILE_ERROR, args, cx), &[name("CompileError"), NO_MESSAGE]);

/// `WebAssembly.LinkError`
pub(super) static LINK_ERROR: Class = error_class("LinkError", |_, args, cx| construct(&LINK_ERROR, args, cx), &[name("LinkError"), NO_MESSAGE]);

/// `WebAssembly.RuntimeError`
pub(super) static RUNTIME_ERROR: Class = error_class("RuntimeError", |_, args, cx| construct(&RUNTIME_ERROR, args, cx), &[name("RuntimeError"), NO_MESSAGE]);

/// `WebAssembly.SuspendError`
pub(super) static SUSPEND_ERROR: Class = error_class("SuspendError", |_, args, cx| construct(&SUSPEND_ERROR, args, cx), &[name("SuspendError"), NO_MESSAGE]);

const fn name(name: &'static str) -> Export {
    Export::string("name", name)
}

const NO_MESSAGE: Export = Export::string("message", "");

const fn error_class(name: &'static str, init: boa_engine::native_function::NativeFunctionPointer, prototype: &'static [Export]) -> Class {
    let extends = Parent::Constructor(|cx| Ok(cx.intrinsics().constructors().error().constructor()));
    Class { name, length: 1, extends, kind: Kind::Native(None), init, prototype, statics: &[] }
}

fn construct(class: &'static Class, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(class, cx)?;
    let message = args.get_or_undefined(0);
    let message = if message.is_undefined() { None } else { Some(message.to_string(cx)?) };
    let error = make(prototype, message, cx)?;
    if let Some(options) = args.get_or_undefined(1).as_object()
        && options.has_property(js_string!("cause"), cx)?
    {
        let cause = options.get(js_string!("cause"), cx)?;
        hidden(&error, js_string!("cause"), cause, cx)?;
    }
    Ok(error.into())
}

fn make(prototype: JsObject, message: Option<JsString>, cx: &mut Context) -> JsResult<JsObject> {
    let error = cx.new_error_object(ErrorKind::Error, prototype);
    if let Some(message) = message {
        hidden(&error, js_string!("message"), message.into(), cx)?;
    }
    Ok(error)
}

fn hidden(object: &JsObject, key: JsString, value: JsValue, cx: &mut Context) -> JsResult<()> {
    let descriptor = PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(key, descriptor, cx).map(drop)
}

fn error(class: &'static Class, message: &str, cx: &mut Context) -> JsError {
    let made = class.prototype(cx).and_then(|prototype| make(prototype, Some(js_string!(message)), cx));
    made.map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

/// A CompileError.
pub(super) fn compile(message: &str, cx: &mut Context) -> JsError {
    error(&COMPILE_ERROR, message, cx)
}

/// A LinkError.
pub(super) fn link(message: &str, cx: &mut Context) -> JsError {
    error(&LINK_ERROR, message, cx)
}

/// A RuntimeError.
pub(super) fn runtime(message: &str, cx: &mut Context) -> JsError {
    error(&RUNTIME_ERROR, message, cx)
}

/// A SuspendError.
pub(super) fn suspend(message: &str, cx: &mut Context) -> JsError {
    error(&SUSPEND_ERROR, message, cx)
}

/// A TypeError without a code: V8's own have none.
pub(super) fn type_error(message: impl Into<std::borrow::Cow<'static, str>>) -> JsError {
    JsNativeError::typ().with_message(message.into()).into()
}

/// A RangeError.
pub(super) fn range_error(message: impl Into<std::borrow::Cow<'static, str>>) -> JsError {
    JsNativeError::range().with_message(message.into()).into()
}

/// What V8 says of a value that has no counterpart on the other side.
pub(super) fn incompatible() -> JsError {
    type_error("type incompatibility when transforming from/to JS")
}

/// The error of a run that ended in one.
pub(super) fn trap(error: &wasmi::Error, cx: &mut Context) -> JsError {
    let message = match error.as_trap_code() {
        Some(TrapCode::StackOverflow) => return range_error("Maximum call stack size exceeded"),
        Some(TrapCode::UnreachableCodeReached) => "unreachable",
        Some(TrapCode::MemoryOutOfBounds) => "memory access out of bounds",
        Some(TrapCode::TableOutOfBounds) => "table index is out of bounds",
        Some(TrapCode::IndirectCallToNull | TrapCode::BadSignature) => "null function or function signature mismatch",
        Some(TrapCode::IntegerDivisionByZero) => "divide by zero",
        Some(TrapCode::IntegerOverflow | TrapCode::BadConversionToInteger) => "float unrepresentable in integer range",
        _ => return runtime(&error.to_string(), cx),
    };
    runtime(message, cx)
}
