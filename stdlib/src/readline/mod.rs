//! `node:readline`: lines of a stream, and a line editor on a terminal.
//!
//! ```js
//! const readline = require('node:readline');
//! const { Readable } = require('node:stream');
//! const rl = readline.createInterface({ input: Readable.from(['one\ntwo\n']) });
//! rl.on('line', (line) => console.log(line));
//! rl.on('close', () => console.log('done'));
//! ```
//!
//! | file | what |
//! |---|---|
//! | `interface.rs` | `Interface`: lines, questions, the iterator |
//! | `edit.rs` | what keys do on a terminal |
//! | `keys.rs` | from bytes to keys |
//! | `cursor.rs` | sequences that move the cursor |
//! | `promises.rs` | `readline/promises` |
//!
//! <https://nodejs.org/api/readline.html>
//!
//! Differs from Node: a line of several rows is not edited as one text of several lines; killed text is not yanked back.

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::table::{Export, NativeModule};

pub(crate) mod cursor;
pub(crate) mod edit;
pub(crate) mod interface;
mod keys;
mod promises;

pub(crate) use interface::INTERFACE;

/// `require('node:readline')`
pub static MODULE: NativeModule = NativeModule {
    name: "readline",
    exports: &[
        Export::class(&INTERFACE),
        Export::function("clearLine", 3, cursor::clear_line),
        Export::function("clearScreenDown", 2, cursor::clear_screen_down),
        Export::function("createInterface", 4, create_interface),
        Export::function("cursorTo", 4, cursor::cursor_to),
        Export::function("emitKeypressEvents", 1, keys::emit_keypress_events),
        Export::function("moveCursor", 4, cursor::move_cursor),
        Export::module("promises", &PROMISES),
    ],
};

/// `require('node:readline/promises')`
pub static PROMISES: NativeModule =
    NativeModule { name: "readline/promises", exports: &[Export::class(&promises::INTERFACE), Export::class(&promises::READLINE), Export::function("createInterface", 4, promises::create_interface)] };

/// `readline.createInterface(input, output, completer, terminal)`
fn create_interface(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(INTERFACE.construct(args, cx)?.into())
}
