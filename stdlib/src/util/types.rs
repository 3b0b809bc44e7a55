//! `util.types`: what a value is, whatever scripts have done to it.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, builtins::typed_array::TypedArrayKind, introspect::ObjectKind};
use coil_engine::table::{Export, NativeModule};

/// `require('util/types')`
pub static MODULE: NativeModule = NativeModule {
    name: "util/types",
    exports: &[
        Export::renamed("isArgumentsObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Arguments)),
        Export::renamed("isArrayBuffer", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::ArrayBuffer)),
        Export::renamed("isAsyncFunction", "", 0, is_async_function),
        Export::renamed("isBigIntObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::BigInt)),
        Export::renamed("isBooleanObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Boolean)),
        Export::renamed("isDataView", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::DataView)),
        Export::renamed("isDate", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Date)),
        Export::renamed("isExternal", "", 0, never),
        Export::renamed("isGeneratorFunction", "", 0, is_generator_function),
        Export::renamed("isGeneratorObject", "", 0, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::Generator | ObjectKind::AsyncGenerator))),
        Export::renamed("isMap", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Map)),
        Export::renamed("isMapIterator", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::MapIterator)),
        Export::renamed("isModuleNamespaceObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::ModuleNamespace)),
        Export::renamed("isNativeError", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Error)),
        Export::renamed("isNumberObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Number)),
        Export::renamed("isPromise", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Promise)),
        Export::renamed("isProxy", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Proxy)),
        Export::renamed("isRegExp", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::RegExp)),
        Export::renamed("isSet", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Set)),
        Export::renamed("isSetIterator", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::SetIterator)),
        Export::renamed("isSharedArrayBuffer", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::SharedArrayBuffer)),
        Export::renamed("isStringObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::String)),
        Export::renamed("isSymbolObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Symbol)),
        Export::renamed("isWeakMap", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::WeakMap)),
        Export::renamed("isWeakSet", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::WeakSet)),
        Export::renamed("isAnyArrayBuffer", "", 0, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer))),
        Export::renamed("isBoxedPrimitive", "", 0, is_boxed_primitive),
        Export::renamed("isArrayBufferView", "isView", 1, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::TypedArray(_) | ObjectKind::DataView))),
        Export::function("isTypedArray", 1, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::TypedArray(_)))),
        Export::function("isUint8Array", 1, |_, args, _| is_view(args, TypedArrayKind::Uint8)),
        Export::function("isUint8ClampedArray", 1, |_, args, _| is_view(args, TypedArrayKind::Uint8Clamped)),
        Export::function("isUint16Array", 1, |_, args, _| is_view(args, TypedArrayKind::Uint16)),
        Export::function("isUint32Array", 1, |_, args, _| is_view(args, TypedArrayKind::Uint32)),
        Export::function("isInt8Array", 1, |_, args, _| is_view(args, TypedArrayKind::Int8)),
        Export::function("isInt16Array", 1, |_, args, _| is_view(args, TypedArrayKind::Int16)),
        Export::function("isInt32Array", 1, |_, args, _| is_view(args, TypedArrayKind::Int32)),
        Export::function("isFloat16Array", 1, |_, args, _| is_view(args, TypedArrayKind::Float16)),
        Export::function("isFloat32Array", 1, |_, args, _| is_view(args, TypedArrayKind::Float32)),
        Export::function("isFloat64Array", 1, |_, args, _| is_view(args, TypedArrayKind::Float64)),
        Export::function("isBigInt64Array", 1, |_, args, _| is_view(args, TypedArrayKind::BigInt64)),
        Export::function("isBigUint64Array", 1, |_, args, _| is_view(args, TypedArrayKind::BigUint64)),
        Export::renamed("isKeyObject", "value", 1, |_, args, _| Ok(crate::crypto::key_of_object(args.get_or_undefined(0)).is_some().into())).read_only().permanent(),
        Export::renamed("isCryptoKey", "value", 1, |_, args, _| Ok(crate::crypto::crypto_key_of(args.get_or_undefined(0)).is_some().into())).read_only().permanent(),
    ],
};

fn never(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(false.into())
}

fn is(args: &[JsValue], test: impl Fn(ObjectKind) -> bool) -> JsResult<JsValue> {
    Ok(args.get_or_undefined(0).as_object().is_some_and(|object| test(object.kind())).into())
}

fn is_view(args: &[JsValue], wanted: TypedArrayKind) -> JsResult<JsValue> {
    is(args, |kind| kind == ObjectKind::TypedArray(wanted))
}

/// No value is of this kind here.
fn is_async_function(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(function(args).is_some_and(|function| function.function_traits().is_async || is_native_async(&function, cx)).into())
}

fn is_generator_function(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(function(args).is_some_and(|function| function.function_traits().generator).into())
}

fn is_boxed_primitive(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(args.get_or_undefined(0).as_object().is_some_and(|object| object.boxed_primitive().is_some()).into())
}

fn function(args: &[JsValue]) -> Option<JsObject> {
    args.get_or_undefined(0).as_callable()
}

/// A native function that passes for an async one: its prototype says so.
pub(crate) fn is_native_async(function: &JsObject, cx: &Context) -> bool {
    let prototype = cx.intrinsics().constructors().async_function().prototype();
    function.function_traits().native && function.prototype().is_some_and(|found| JsObject::equals(&found, &prototype))
}
