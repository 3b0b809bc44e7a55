//! Boa, the loop and the door joined: what every built-in of coil is written against.
//!
//! Start at [`table`] (a module is a table), [`op`] (an operation is a type), [`class`], then [`Host`].

pub mod async_context;
pub mod class;
pub mod context;
pub mod errors;
pub mod heap;
mod host;
pub mod import_hooks;
pub mod launch;
pub mod math_random;
pub mod notices;
pub mod op;
pub mod realms;
mod rejections;
mod slot;
pub mod source;
pub mod table;
pub mod testing;
pub mod validate;
mod waits;
pub mod wasm_modules;

pub use boa_engine;
pub use coil_loop;
pub use coil_sys;
pub use host::{ExitMode, Host, HostOptions, MethodName, Origin, UncaughtHandler, exit_status};
pub use rejections::RejectionHandler;
pub use slot::Slot;
