//! `util.getCallSites`

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::validate;

/// `util.getCallSites(frameCount, options)`
pub(super) fn call_sites(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (mut count, mut options) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if options.is_undefined() && (count.is_null() || count.is_object() && !count.is_callable()) {
        options = std::mem::take(&mut count);
    }
    if !options.is_undefined() {
        let options = validate::object(&options, "options", cx)?;
        let source_map = options.get(js_string!("sourceMap"), cx)?;
        if !source_map.is_undefined() {
            validate::boolean(&source_map, "options.sourceMap", cx)?;
        }
    }
    let count = if count.is_undefined() { FRAMES_DEFAULT } else { validate::integer(&count, "frameCount", 1.0, FRAMES_MAX, cx)? as usize };
    let mut sites = Vec::new();
    for frame in cx.capture_stack(1, count) {
        let site = JsObject::with_null_proto();
        let mut put = |name: &'static str, value: JsValue| site.create_data_property_or_throw(JsString::from(name), value, cx).map(drop);
        put("functionName", JsString::from(frame.function).into())?;
        put("scriptId", js_string!("0").into())?;
        put("scriptName", JsString::from(frame.file.unwrap_or_default()).into())?;
        put("lineNumber", frame.line.into())?;
        put("columnNumber", frame.column.into())?;
        put("column", frame.column.into())?;
        sites.push(site.into());
    }
    Ok(JsArray::from_iter(sites, cx).into())
}

const FRAMES_DEFAULT: usize = 10;
const FRAMES_MAX: f64 = 200.0;
