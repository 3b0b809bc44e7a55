//! Node's modules and globals, one folder each, all alike: a static table in `mod.rs`, listed once here.

use coil_engine::table::{Export, NativeModule};

pub mod buffer;
pub mod event_target;
pub mod events;
pub mod util;

/// Every built-in module that `require` and `import` find.
pub static MODULES: &[&NativeModule] = &[
    &buffer::MODULE,
    &events::MODULE,
    &util::MODULE,
];

/// Every property of the global object that is not the engine's own.
pub static GLOBALS: &[Export] = &[
    Export::lazy("Buffer", buffer::constructor).enumerable(false),
];

/// What a host needs before its first script: call it once, after the context is built.
pub fn prepare(host: &coil_engine::Host) {
    host.set_inspect(util::inspect_for_messages);
}
