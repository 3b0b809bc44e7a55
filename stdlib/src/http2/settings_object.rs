//! Settings as scripts give and see them.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{errors as engine_errors, validate};

use super::{
    errors,
    object::{field, put},
    wire::{Settings, settings},
};
use crate::buffer;

/// Numbers, names and bounds of the settings that are numbers, in the order they are sent; flags have bounds of 0 and 1.
const KNOWN: [(u16, &str, f64, f64); 8] = [
    (settings::id::HEADER_TABLE_SIZE, "headerTableSize", 0.0, U32_MAX),
    (settings::id::ENABLE_PUSH, "enablePush", 0.0, 1.0),
    (settings::id::MAX_CONCURRENT_STREAMS, "maxConcurrentStreams", 0.0, U32_MAX),
    (settings::id::INITIAL_WINDOW_SIZE, "initialWindowSize", 0.0, 2_147_483_647.0),
    (settings::id::MAX_FRAME_SIZE, "maxFrameSize", 16_384.0, 16_777_215.0),
    (settings::id::MAX_HEADER_LIST_SIZE, "maxHeaderListSize", 0.0, U32_MAX),
    (settings::id::MAX_HEADER_LIST_SIZE, "maxHeaderSize", 0.0, U32_MAX),
    (settings::id::ENABLE_CONNECT_PROTOCOL, "enableConnectProtocol", 0.0, 1.0),
];

const U32_MAX: f64 = 4_294_967_295.0;

/// `MAX_ADDITIONAL_SETTINGS`
const CUSTOM_MAX: usize = 10;

fn is_flag(id: u16) -> bool {
    matches!(id, settings::id::ENABLE_PUSH | settings::id::ENABLE_CONNECT_PROTOCOL)
}

/// Node's `validateSettings`.
pub fn check(given: Option<&JsObject>, cx: &mut Context) -> JsResult<()> {
    let Some(given) = given else { return Ok(()) };
    custom_entries(given, cx)?;
    for (_, name, min, max) in KNOWN.into_iter().filter(|(id, ..)| !is_flag(*id)) {
        let value = field(given, name, cx)?;
        if !value.is_undefined() {
            within(name, &value, min, max, cx)?;
        }
    }
    for name in ["enablePush", "enableConnectProtocol"] {
        let value = field(given, name, cx)?;
        if !value.is_undefined() && !value.is_boolean() {
            return Err(errors::invalid_setting_value(name, &value, None, cx));
        }
    }
    Ok(())
}

fn within(name: &str, value: &JsValue, min: f64, max: f64, cx: &mut Context) -> JsResult<()> {
    if value.is_undefined() {
        return Ok(());
    }
    match value.as_number().filter(|number| (min..=max).contains(number)) {
        Some(_) => Ok(()),
        None => Err(errors::invalid_setting_value(name, value, Some((min, max)), cx)),
    }
}

/// `customSettings` as entries.
fn custom_entries(given: &JsObject, cx: &mut Context) -> JsResult<Vec<(u16, u32)>> {
    let Some(custom) = field(given, "customSettings", cx)?.as_object() else { return Ok(Vec::new()) };
    let mut entries = Vec::new();
    for (key, value) in crate::http::own_entries(&custom, cx)? {
        let key: JsValue = key.into();
        let number = key.to_number(cx)?;
        if !(0.0..=65_535.0).contains(&number) {
            return Err(errors::invalid_setting_value("customSettings:id", &number.into(), Some((0.0, 65_535.0)), cx));
        }
        within("customSettings:value", &value, 0.0, U32_MAX, cx)?;
        if entries.len() == CUSTOM_MAX {
            return Err(errors::fixed("ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS", cx));
        }
        entries.push((number as u16, value.to_u32(cx)?));
    }
    Ok(entries)
}

/// Settings that are to be sent.
pub fn entries(given: Option<&JsObject>, cx: &mut Context) -> JsResult<Vec<(u16, u32)>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mut entries: Vec<(u16, u32)> = Vec::new();
    for (id, name, ..) in KNOWN {
        let value = field(given, name, cx)?;
        // `maxHeaderSize` is an alias that gives way.
        if value.is_undefined() || entries.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let number = if is_flag(id) { u32::from(value.to_boolean()) } else { value.to_u32(cx)? };
        entries.push((id, number));
    }
    for entry in custom_entries(given, cx)? {
        match entries.iter_mut().find(|(known, _)| *known == entry.0) {
            Some(known) => known.1 = entry.1,
            None => entries.push(entry),
        }
    }
    Ok(entries)
}

/// Settings as `session.localSettings` shows them.
pub fn to_object(settings: &Settings, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    put(&object, "headerTableSize", settings.header_table_size, cx)?;
    put(&object, "enablePush", settings.enable_push, cx)?;
    put(&object, "initialWindowSize", settings.initial_window_size, cx)?;
    put(&object, "maxFrameSize", settings.max_frame_size, cx)?;
    put(&object, "maxConcurrentStreams", settings.max_concurrent_streams, cx)?;
    put(&object, "maxHeaderListSize", settings.max_header_list_size, cx)?;
    put(&object, "maxHeaderSize", settings.max_header_list_size, cx)?;
    put(&object, "enableConnectProtocol", settings.enable_connect_protocol, cx)?;
    if !settings.custom.is_empty() {
        let custom = JsObject::with_object_proto(cx.intrinsics());
        for (id, value) in &settings.custom {
            custom.create_data_property_or_throw(u32::from(*id), *value, cx)?;
        }
        put(&object, "customSettings", custom, cx)?;
    }
    Ok(object)
}

/// `http2.getDefaultSettings`
pub fn default_settings(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_null_proto();
    put(&object, "headerTableSize", 4096, cx)?;
    put(&object, "enablePush", true, cx)?;
    put(&object, "initialWindowSize", 65_535, cx)?;
    put(&object, "maxFrameSize", 16_384, cx)?;
    put(&object, "maxConcurrentStreams", u32::MAX, cx)?;
    put(&object, "maxHeaderSize", 65_535, cx)?;
    put(&object, "maxHeaderListSize", 65_535, cx)?;
    put(&object, "enableConnectProtocol", false, cx)?;
    Ok(object.into())
}

/// `http2.getPackedSettings`
pub fn packed_settings(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if !given.is_undefined() && (given.is_null() || !given.is_object()) {
        return Err(engine_errors::invalid_arg_type("settings", "Object", given, cx));
    }
    let given = given.as_object();
    check(given.as_ref(), cx)?;
    let entries = entries(given.as_ref(), cx)?;
    Ok(buffer::from_vec(settings::pack(&entries), cx)?.into())
}

/// `http2.getUnpackedSettings`
pub fn unpacked_settings(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if buffer::kind_of(given).is_none() {
        return Err(engine_errors::invalid_arg_type("buf", "Buffer|TypedArray", given, cx));
    }
    // The elements count, whatever their size.
    let Some(view) = given.as_object() else { return Ok(JsValue::undefined()) };
    let len = view.get(js_string!("length"), cx)?.to_length(cx)? as u32;
    if !len.is_multiple_of(6) {
        return Err(errors::fixed("ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH", cx));
    }
    let mut bytes = Vec::new();
    for at in 0..len {
        bytes.push(view.get(at, cx)?.to_u32(cx)? as u8);
    }
    let object = JsObject::with_object_proto(cx.intrinsics());
    let custom = JsObject::with_object_proto(cx.intrinsics());
    let mut has_custom = false;
    for (id, value) in settings::parse(&bytes) {
        let mut known = false;
        for (_, name, ..) in KNOWN.into_iter().filter(|(known, ..)| *known == id) {
            known = true;
            if is_flag(id) {
                put(&object, name, value != 0, cx)?;
            } else {
                put(&object, name, value, cx)?;
            }
        }
        if !known {
            has_custom = true;
            custom.create_data_property_or_throw(u32::from(id), value, cx)?;
        }
    }
    if has_custom {
        put(&object, "customSettings", custom, cx)?;
    }
    let options = args.get_or_undefined(1);
    if let Some(options) = options.as_object()
        && field(&options, "validate", cx)?.to_boolean()
    {
        check(Some(&object), cx)?;
    }
    Ok(object.into())
}

/// An argument that must be an object where it is given.
pub fn object_argument(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_undefined() {
        return Ok(None);
    }
    match value.as_object().filter(|object| !object.is_array()) {
        Some(object) => Ok(Some(object)),
        None => Err(engine_errors::invalid_arg_type(name, "Object", value, cx)),
    }
}

/// A callback that may be left out.
pub fn callback_argument(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<boa_engine::object::builtins::JsFunction>> {
    if value.is_undefined() {
        return Ok(None);
    }
    validate::function(value, name, cx).map(Some)
}
