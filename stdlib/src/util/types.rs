//! `util.types`: what a value is, whatever scripts have done to it.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, builtins::typed_array::TypedArrayKind, introspect::ObjectKind};
use coil_engine::table::{Export, NativeModule};

/// `require('util/types')`
pub static MODULE: NativeModule = NativeModule {
    name: "util/types",
    exports: &[
        Export::renamed("isArgumentsObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Arguments)).method(),
        Export::renamed("isArrayBuffer", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::ArrayBuffer)).method(),
        Export::renamed("isAsyncFunction", "", 0, is_async_function).method(),
        Export::renamed("isBigIntObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::BigInt)).method(),
        Export::renamed("isBooleanObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Boolean)).method(),
        Export::renamed("isDataView", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::DataView)).method(),
        Export::renamed("isDate", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Date)).method(),
        Export::renamed("isExternal", "", 0, never).method(),
        Export::renamed("isGeneratorFunction", "", 0, is_generator_function).method(),
        Export::renamed("isGeneratorObject", "", 0, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::Generator | ObjectKind::AsyncGenerator))).method(),
        Export::renamed("isMap", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Map)).method(),
        Export::renamed("isMapIterator", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::MapIterator)).method(),
        Export::renamed("isModuleNamespaceObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::ModuleNamespace)).method(),
        Export::renamed("isNativeError", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Error)).method(),
        Export::renamed("isNumberObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Number)).method(),
        Export::renamed("isPromise", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Promise)).method(),
        Export::renamed("isProxy", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Proxy)).method(),
        Export::renamed("isRegExp", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::RegExp)).method(),
        Export::renamed("isSet", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Set)).method(),
        Export::renamed("isSetIterator", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::SetIterator)).method(),
        Export::renamed("isSharedArrayBuffer", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::SharedArrayBuffer)).method(),
        Export::renamed("isStringObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::String)).method(),
        Export::renamed("isSymbolObject", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::Symbol)).method(),
        Export::renamed("isWeakMap", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::WeakMap)).method(),
        Export::renamed("isWeakSet", "", 0, |_, args, _| is(args, |kind| kind == ObjectKind::WeakSet)).method(),
        Export::renamed("isAnyArrayBuffer", "", 0, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer))).method(),
        Export::renamed("isBoxedPrimitive", "", 0, is_boxed_primitive).method(),
        Export::renamed("isArrayBufferView", "isView", 1, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::TypedArray(_) | ObjectKind::DataView))).method(),
        Export::function("isTypedArray", 1, |_, args, _| is(args, |kind| matches!(kind, ObjectKind::TypedArray(_)))).method(),
        Export::function("isUint8Array", 1, |_, args, _| is_view(args, TypedArrayKind::Uint8)).method(),
        Export::function("isUint8ClampedArray", 1, |_, args, _| is_view(args, TypedArrayKind::Uint8Clamped)).method(),
        Export::function("isUint16Array", 1, |_, args, _| is_view(args, TypedArrayKind::Uint16)).method(),
        Export::function("isUint32Array", 1, |_, args, _| is_view(args, TypedArrayKind::Uint32)).method(),
        Export::function("isInt8Array", 1, |_, args, _| is_view(args, TypedArrayKind::Int8)).method(),
        Export::function("isInt16Array", 1, |_, args, _| is_view(args, TypedArrayKind::Int16)).method(),
        Export::function("isInt32Array", 1, |_, args, _| is_view(args, TypedArrayKind::Int32)).method(),
        Export::function("isFloat16Array", 1, |_, args, _| is_view(args, TypedArrayKind::Float16)).method(),
        Export::function("isFloat32Array", 1, |_, args, _| is_view(args, TypedArrayKind::Float32)).method(),
        Export::function("isFloat64Array", 1, |_, args, _| is_view(args, TypedArrayKind::Float64)).method(),
        Export::function("isBigInt64Array", 1, |_, args, _| is_view(args, TypedArrayKind::BigInt64)).method(),
        Export::function("isBigUint64Array", 1, |_, args, _| is_view(args, TypedArrayKind::BigUint64)).method(),
        Export::renamed("isKeyObject", "value", 1, |_, args, _| Ok(crate::crypto::key_of_object(args.get_or_undefined(0)).is_some().into())).read_only().permanent().method(),
        Export::renamed("isCryptoKey", "value", 1, |_, args, _| Ok(crate::crypto::crypto_key_of(args.get_or_undefined(0)).is_some().into())).read_only().permanent().method(),
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
