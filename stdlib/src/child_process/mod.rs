//! `node:child_process`: other programs, with their streams.
//!
//! ```js
//! const { execFileSync, spawn } = require('node:child_process');
//! console.log(execFileSync('echo', ['hello'], { encoding: 'utf8' }).trim());
//! const child = spawn(process.execPath, ['-p', '6 * 7']);
//! child.stdout.on('data', (data) => console.log(`${data}`.trim()));
//! child.on('close', (code) => console.log(code));
//! ```
//!
//! | file | what |
//! |---|---|
//! | `arguments.rs` | reading what the functions are given |
//! | `stdio.rs` | the `stdio` option |
//! | `child.rs` | `ChildProcess` |
//! | `handle.rs` | a child in the loop |
//! | `ipc/` | `child.send` |
//! | `spawn.rs`, `exec.rs`, `sync.rs` | the functions |
//!
//! <https://nodejs.org/api/child_process.html>
//!
//! Differs from Node: `child._handle` has no `spawn` of its own.

pub(crate) use spawn::fork;

use coil_engine::table::{Export, NativeModule};

pub(crate) mod arguments;
mod child;
mod errors;
mod exec;
mod handle;
pub mod ipc;
mod spawn;
mod stdio;
pub(crate) mod sync;

/// `require('node:child_process')`
pub static MODULE: NativeModule = NativeModule {
    name: "child_process",
    exports: &[
        Export::function("_forkChild", 2, spawn::fork_child),
        Export::class(&child::CHILD_PROCESS),
        Export::build("exec", exec::exec_function),
        Export::build("execFile", exec::exec_file_function),
        Export::function("execFileSync", 3, sync::exec_file_sync),
        Export::function("execSync", 2, sync::exec_sync),
        Export::function("fork", 1, spawn::fork),
        Export::function("spawn", 3, spawn::spawn),
        Export::function("spawnSync", 3, sync::spawn_sync),
    ],
};
