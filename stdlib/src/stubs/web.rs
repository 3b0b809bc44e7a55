//! Globals of the web that modules export.

use super::*;
use coil_engine::table;

/// The property `key` of the built-in module `module`: most globals of the web are exports of a module too.
fn export_of(module: &'static NativeModule, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    table::instantiate(module, cx)?.get(js_string!(key), cx)
}

/// Globals that are exports of a module.
macro_rules! of_module {
    ($($module:expr => $($key:literal),+;)+) => {
        &[$($(Export::lazy($key, |cx| export_of(&$module, $key, cx)).enumerable(false)),+),+]
    };
}

/// Globals whose values modules export.
pub static OF_MODULES: &[Export] = of_module! {
    crate::web_streams::MODULE => "TransformStream", "TransformStreamDefaultController", "WritableStream", "WritableStreamDefaultController", "WritableStreamDefaultWriter",
        "ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamBYOBReader", "ReadableStreamBYOBRequest", "ReadableByteStreamController",
        "ReadableStreamDefaultController", "ByteLengthQueuingStrategy", "CountQueuingStrategy", "TextEncoderStream", "TextDecoderStream",
        "CompressionStream", "DecompressionStream";
};

/// Globals of `node:crypto`.
pub static CRYPTO: &[Export] = &[
    Export::lazy("crypto", crate::crypto::web_crypto).enumerable(true),
    Export::class(&crate::crypto::CRYPTO_CLASS).enumerable(false),
    Export::class(&crate::crypto::CRYPTO_KEY).enumerable(false),
    Export::class(&crate::crypto::SUBTLE_CRYPTO).enumerable(false),
];
