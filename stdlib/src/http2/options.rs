//! Options of sessions.

use boa_engine::{Context, JsObject, JsResult};

use super::{
    object::field,
    wire::{Limits, Padding},
};

/// What the codec is told of a session's options.
pub fn limits(options: &JsObject, cx: &mut Context) -> JsResult<Limits> {
    let mut limits = Limits::default();
    if let Some(value) = number(options, "maxDeflateDynamicTableSize", cx)? {
        limits.deflate_table_size_max = value as usize;
    }
    if let Some(value) = number(options, "maxSettings", cx)? {
        limits.settings_max = (value as usize).max(1);
    }
    if let Some(value) = number(options, "maxSessionMemory", cx)? {
        // In megabytes.
        limits.memory_max = (value * 1_000_000.0) as usize;
    }
    if let Some(value) = number(options, "maxHeaderListPairs", cx)? {
        limits.pairs_max = (value as usize).max(4);
    }
    if let Some(value) = number(options, "maxSendHeaderBlockLength", cx)? {
        limits.send_block_len_max = value as usize;
    }
    if let Some(value) = number(options, "maxSessionInvalidFrames", cx)? {
        limits.invalid_frames_max = value as u32;
    }
    if let Some(value) = number(options, "maxSessionRejectedStreams", cx)? {
        limits.rejected_streams_max = value as u32;
    }
    if let Some(value) = number(options, "maxReservedRemoteStreams", cx)? {
        limits.reserved_max = value as usize;
    }
    if let Some(value) = number(options, "streamResetBurst", cx)? {
        limits.reset_burst = value as u64;
    }
    if let Some(value) = number(options, "streamResetRate", cx)? {
        limits.reset_rate = value as u64;
    }
    if let Some(value) = number(options, "peerMaxConcurrentStreams", cx)? {
        limits.peer_streams_max = value as u32;
    }
    limits.padding = match number(options, "paddingStrategy", cx)? {
        Some(1.0) => Padding::Aligned,
        Some(2.0) => Padding::Max,
        _ => Padding::None,
    };
    if field(options, "strictFieldWhitespaceValidation", cx)?.as_boolean() == Some(false) {
        limits.strict_whitespace = false;
    }
    if let Some(list) = field(options, "remoteCustomSettings", cx)?.as_object()
        && list.is_array()
    {
        for value in crate::events::elements(&list, cx)? {
            limits.custom_settings.push(value.to_u32(cx)? as u16);
        }
    }
    Ok(limits)
}

fn number(options: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<Option<f64>> {
    Ok(field(options, key, cx)?.as_number().filter(|value| *value >= 0.0))
}
