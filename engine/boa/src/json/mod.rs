//! `JSON.parse`, `JSON.stringify` and `JSON.rawJSON`, with V8's messages.
//!
//! <https://tc39.es/ecma262/#sec-json-object> and <https://tc39.es/proposal-json-parse-with-source/>

mod parse;
mod revive;
mod stringify;
mod wrong;

pub(crate) use stringify::stringify;

use crate::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsValue,
    builtins::json::RawJson,
    js_string,
    object::IntegrityLevel,
    string::JsStrVariant,
};

/// `JSON.parse ( text [ , reviver ] )`
pub(crate) fn parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let Some(reviver) = args.get_or_undefined(1).as_callable() else {
        return match text.as_str().variant() {
            JsStrVariant::Latin1(units) => parse::parse::<u8, false>(units, context),
            JsStrVariant::Utf16(units) => parse::parse::<u16, false>(units, context),
        }
        .map(|(value, _)| value)
        .map_err(|wrong| wrong.into_error(&text));
    };
    let parsed = match text.as_str().variant() {
        JsStrVariant::Latin1(units) => parse::parse::<u8, true>(units, context),
        JsStrVariant::Utf16(units) => parse::parse::<u16, true>(units, context),
    };
    let (value, origin) = parsed.map_err(|wrong| wrong.into_error(&text))?;
    revive::revive(value, origin, &text, &reviver, context)
}

/// `JSON.parse` for the host: modules and files.
///
/// # Errors
///
/// A `SyntaxError` with V8's message.
pub fn parse_text(text: &crate::JsString, context: &mut Context) -> JsResult<JsValue> {
    parse(&JsValue::undefined(), &[text.clone().into()], context)
}

/// `JSON.rawJSON ( text )`
pub(crate) fn raw_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let space = |unit: Option<u16>| matches!(unit, None | Some(0x09 | 0x0A | 0x0D | 0x20));
    if text.is_empty() || space(text.code_unit_at(text.len() - 1)) {
        return Err(JsNativeError::syntax().with_message("Invalid value for JSON.rawJSON").into());
    }
    if space(text.code_unit_at(0)) || matches!(text.code_unit_at(0), Some(0x5B | 0x7B)) {
        return Err(wrong::Wrong::token(0).into_error(&text));
    }
    parse_text(&text, context)?;

    let object = JsObject::from_proto_and_data(None::<JsObject>, RawJson);
    object.create_data_property_or_throw(js_string!("rawJSON"), text, context)?;
    object.set_integrity_level(IntegrityLevel::Frozen, context)?;
    Ok(object.into())
}
