//! `readline/promises`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('readline/promises')`
pub static READLINE_PROMISES: NativeModule = NativeModule {
    name: "readline/promises",
    exports: &[
        class!("Interface", "Interface", 0, "readline/promises.Interface()"),
        class!("Readline", "Readline", 1, "readline/promises.Readline()"),
        function!("createInterface", 4, "readline/promises.createInterface()"),
    ],
};
