//! placeholder
use boa_engine::*;
pub(crate) fn stdout(_:&mut Context)->JsResult<JsValue>{Ok(JsValue::undefined())}
pub(crate) fn stdin(_:&mut Context)->JsResult<JsValue>{Ok(JsValue::undefined())}
pub(crate) fn stderr(_:&mut Context)->JsResult<JsValue>{Ok(JsValue::undefined())}
