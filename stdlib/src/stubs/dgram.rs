//! `dgram`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('dgram')`
pub static DGRAM: NativeModule = NativeModule { name: "dgram", exports: &[function!("createSocket", 2, "dgram.createSocket()"), class!("Socket", "Socket", 2, "dgram.Socket()")] };
