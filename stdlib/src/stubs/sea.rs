//! `sea`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('sea')`
pub static SEA: NativeModule = NativeModule {
    name: "sea",
    exports: &[
        function!("isSea", 0, "sea.isSea()"),
        function!("getAsset", 2, "sea.getAsset()"),
        function!("getRawAsset", 1, "sea.getRawAsset()"),
        function!("getAssetAsBlob", 2, "sea.getAssetAsBlob()"),
        function!("getAssetKeys", 0, "sea.getAssetKeys()"),
    ],
};
