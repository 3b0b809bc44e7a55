//! `wasi`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('wasi')`
pub static WASI: NativeModule = NativeModule { name: "wasi", exports: &[class!("WASI", "WASI", 0, "wasi.WASI()")] };
