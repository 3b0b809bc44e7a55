//! `punycode`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('punycode')`
pub static PUNYCODE: NativeModule = NativeModule { name: "punycode", exports: &[
    Export::string("version", "2.1.0"),
    Export::module("ucs2", const { &NativeModule { name: "punycode.ucs2", exports: &[
        function!("decode", "ucs2decode", 1, "punycode.ucs2.decode()"),
        function!("encode", "ucs2encode", 1, "punycode.ucs2.encode()"),
    ] } }),
    function!("decode", 1, "punycode.decode()"),
    function!("encode", 1, "punycode.encode()"),
    function!("toASCII", 1, "punycode.toASCII()"),
    function!("toUnicode", 1, "punycode.toUnicode()"),
] };
