//! `WebAssembly.compileStreaming`, `WebAssembly.instantiateStreaming`: from a Response, once its body is there.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, object::builtins::JsPromise};
use boa_gc::{Finalize, Trace};
use coil_engine::errors::{self as node_errors, Base};

use super::{Then, compile_later, instance, module};
use crate::{fetch, web_streams};

/// `WebAssembly.compileStreaming(source)`
pub(super) fn compile(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    begin(args.get_or_undefined(0), Streaming { instantiates: false, imports: None }, cx)
}

/// `WebAssembly.instantiateStreaming(source, imports)`
pub(super) fn instantiate(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match instance::imports_object(args.get_or_undefined(1), INSTANTIATE) {
        Ok(imports) => begin(args.get_or_undefined(0), Streaming { instantiates: true, imports }, cx),
        Err(error) => Ok(JsPromise::reject(error, cx)?.into()),
    }
}

const COMPILE: &str = "WebAssembly.compileStreaming()";
const INSTANTIATE: &str = "WebAssembly.instantiateStreaming()";

/// What is to be made of the bytes.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Streaming {
    instantiates: bool,
    imports: Option<JsObject>,
}

fn begin(source: &JsValue, wanted: Streaming, cx: &mut Context) -> JsResult<JsValue> {
    let source = JsPromise::resolve(source.clone(), cx)?;
    let body = web_streams::react(&source, &(), |(), response, cx| body_of(&response, cx), |(), reason, _cx| Err(boa_engine::JsError::from_opaque(reason)), cx)?;
    let done = web_streams::react(&body, &wanted, finish, |_, reason, _cx| Err(boa_engine::JsError::from_opaque(reason)), cx)?;
    Ok(done.into())
}

/// The promise of a Response's bytes.
fn body_of(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(response) = fetch::response_facts(value) else {
        let received = node_errors::describe_received(value, cx);
        let message = format!("The \"source\" argument must be an instance of Response or an Promise resolving to Response. Received {received}");
        return Err(node_errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx));
    };
    let refused = |why: String, cx: &mut Context| Err(node_errors::coded(Base::Type, "ERR_WEBASSEMBLY_RESPONSE", format!("WebAssembly response {why}"), cx));
    if response.content_type.as_deref() != Some("application/wasm") {
        let kind = response.content_type.as_deref().unwrap_or("null");
        return refused(format!("has unsupported MIME type '{kind}'"), cx);
    }
    if !response.is_ok {
        return refused(format!("has status code {}", response.status), cx);
    }
    if response.is_used {
        return refused("body has already been used".to_owned(), cx);
    }
    fetch::array_buffer(value, cx)
}

fn finish(wanted: &Streaming, body: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let place = if wanted.instantiates { INSTANTIATE } else { COMPILE };
    let bytes = module::bytes_of(&body, place)?;
    let then = if wanted.instantiates { Then::Instance(wanted.imports.clone()) } else { Then::Module };
    Ok(compile_later(bytes, place, then, cx)?.into())
}
