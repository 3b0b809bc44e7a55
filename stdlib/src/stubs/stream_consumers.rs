//! `stream/consumers`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('stream/consumers')`
pub static STREAM_CONSUMERS: NativeModule = NativeModule { name: "stream/consumers", exports: &[
    function!("arrayBuffer", 1, "stream/consumers.arrayBuffer()"),
    function!("blob", 1, "stream/consumers.blob()"),
    function!("buffer", 1, "stream/consumers.buffer()"),
    function!("bytes", 1, "stream/consumers.bytes()"),
    function!("text", 1, "stream/consumers.text()"),
    function!("json", 1, "stream/consumers.json()"),
] };
