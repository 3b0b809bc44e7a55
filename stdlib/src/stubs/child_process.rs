//! `child_process`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('child_process')`
pub static CHILD_PROCESS: NativeModule = NativeModule {
    name: "child_process",
    exports: &[
        function!("_forkChild", 2, "child_process._forkChild()"),
        class!("ChildProcess", "ChildProcess", 0, "child_process.ChildProcess()"),
        function!("exec", 3, "child_process.exec()"),
        function!("execFile", 4, "child_process.execFile()"),
        function!("execFileSync", 3, "child_process.execFileSync()"),
        function!("execSync", 2, "child_process.execSync()"),
        function!("fork", 1, "child_process.fork()"),
        function!("spawn", 3, "child_process.spawn()"),
        function!("spawnSync", 3, "child_process.spawnSync()"),
    ],
};
