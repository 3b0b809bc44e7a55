//! placeholder for streams until stream lands
use boa_engine::*;
use coil_engine::errors;
pub(super) fn create_read_stream(_:&JsValue,_:&[JsValue],cx:&mut Context)->JsResult<JsValue>{Err(errors::method_not_implemented("fs.createReadStream()",cx))}
pub(super) fn create_write_stream(_:&JsValue,_:&[JsValue],cx:&mut Context)->JsResult<JsValue>{Err(errors::method_not_implemented("fs.createWriteStream()",cx))}
pub(super) fn read_stream_class(_cx:&mut Context)->JsResult<JsValue>{Ok(JsValue::undefined())}
pub(super) fn write_stream_class(_cx:&mut Context)->JsResult<JsValue>{Ok(JsValue::undefined())}
