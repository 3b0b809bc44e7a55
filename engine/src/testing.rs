//! A context for tests and examples: the real loop and door, no built-in modules.

use std::rc::Rc;

use boa_engine::{Context, module::IdleModuleLoader};
use coil_loop::EventLoop;
use coil_sys::Sys;

use crate::{ExitMode, Host, HostOptions, table::NativeModule};

/// A context without modules.
pub fn context() -> Context {
    context_with(&[])
}

/// A context with these built-in modules.
pub fn context_with(builtins: &'static [&'static NativeModule]) -> Context {
    let event_loop = EventLoop::new(coil_loop::Options::default()).expect("the machine gives a poller");
    let host = Host::new(HostOptions { event_loop, sys: Sys::real(), builtins, exit_mode: ExitMode::Return });
    crate::context::build(&host, Rc::new(IdleModuleLoader), &[]).expect("a context without globals builds")
}
