//! `_stream_wrap`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('_stream_wrap')`
pub static STREAM_WRAP: NativeModule = NativeModule { name: "_stream_wrap", exports: &[class!("=", "JSStreamSocket", 1, "_stream_wrap.JSStreamSocket()")] };
