//! `test/reporters`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('test/reporters')`
pub static TEST_REPORTERS: NativeModule = NativeModule {
    name: "test/reporters",
    exports: &[
        function!("dot", 1, "test/reporters.dot()"),
        function!("junit", "junitReporter", 1, "test/reporters.junit()"),
        function!("spec", "value", 0, "test/reporters.spec()").read_only(),
        function!("tap", "tapReporter", 1, "test/reporters.tap()"),
        function!("lcov", "value", 0, "test/reporters.lcov()").read_only(),
    ],
};
