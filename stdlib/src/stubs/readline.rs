//! `readline`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('readline')`
pub static READLINE: NativeModule = NativeModule {
    name: "readline",
    exports: &[
        class!("Interface", "Interface", 4, "readline.Interface()"),
        function!("clearLine", 3, "readline.clearLine()"),
        function!("clearScreenDown", 2, "readline.clearScreenDown()"),
        function!("createInterface", 4, "readline.createInterface()"),
        function!("cursorTo", 4, "readline.cursorTo()"),
        function!("emitKeypressEvents", 1, "readline.emitKeypressEvents()"),
        function!("moveCursor", 4, "readline.moveCursor()"),
        Export::module("promises", &READLINE_PROMISES),
    ],
};
