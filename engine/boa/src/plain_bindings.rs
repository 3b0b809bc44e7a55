//! Variables of environments, read and written where the compiler put them.
//!
//! A binding can stand elsewhere than the compiler thought: a `with` or a direct `eval` comes between, or `delete` took away what an
//! `eval` had made. Where none of these is in sight, nothing is looked for and no name is touched.

use boa_ast::scope::{BindingLocator, BindingLocatorScope};

use crate::{
    Context, JsValue,
    environments::{DeclarativeEnvironment, Environment},
    vm::{CallFrame, Vm},
};

/// No binding: see [`CallFrame::plain_binding`].
pub(crate) const NONE: u32 = u32::MAX;

impl Context {
    /// The environment that has a binding, where it is the one the compiler saw; never the global object.
    #[inline(always)]
    fn plain_environment(&self, locator: &BindingLocator) -> Option<&DeclarativeEnvironment> {
        let frame = self.vm.frame();
        let global = frame.realm.environment();
        let current = frame.environments.current_declarative_ref(global)?;
        if current.with() || current.poisoned() { None } else { environment(frame, locator) }
    }

    /// The value of a binding of the running code; `None` where it has none yet, or must be looked for.
    #[inline(always)]
    pub(crate) fn read_plainly(&self, index: usize) -> Option<JsValue> {
        let locator = &self.vm.frame().code_block.bindings[index];
        self.plain_environment(locator)?.get(locator.binding_index())
    }

    /// Gives a binding of the running code a value; `false` where it has none yet, or must be looked for.
    #[inline(always)]
    pub(crate) fn write_plainly(&self, index: usize, value: &JsValue) -> bool {
        let locator = &self.vm.frame().code_block.bindings[index];
        self.plain_environment(locator).is_some_and(|environment| environment.assign(locator.binding_index(), value))
    }

    /// Whether a name that the compiler found nowhere is to be asked of the global object.
    #[inline(always)]
    pub(crate) fn is_plainly_global(&self, index: usize) -> bool {
        let frame = self.vm.frame();
        let current = frame.environments.current_declarative_ref(frame.realm.environment());
        frame.code_block.bindings[index].is_global() && current.is_some_and(|current| !current.with() && !current.poisoned())
    }
}

impl Vm {
    /// Remembers a binding that was read plainly, to be written next. `false` where another one is remembered already.
    #[inline(always)]
    pub(crate) fn keep_plain_binding(&mut self, index: u32) -> bool {
        let frame = self.frame_mut();
        let is_free = frame.plain_binding == NONE && frame.binding_stack.is_empty();
        if is_free {
            frame.plain_binding = index;
        }
        is_free
    }

    /// The binding that [`Vm::keep_plain_binding`] remembered, where it is the last one that was.
    #[inline(always)]
    pub(crate) fn take_plain_binding(&mut self) -> Option<usize> {
        let frame = self.frame_mut();
        if frame.plain_binding == NONE || !frame.binding_stack.is_empty() {
            return None;
        }
        Some(std::mem::replace(&mut frame.plain_binding, NONE) as usize)
    }

    /// Writes a binding whose place was found before. `false` where it is not there any more.
    #[inline(always)]
    pub(crate) fn write_found(&self, index: usize, value: &JsValue) -> bool {
        let frame = self.frame();
        let locator = &frame.code_block.bindings[index];
        environment(frame, locator).is_some_and(|environment| environment.assign(locator.binding_index(), value))
    }
}

#[inline(always)]
fn environment<'a>(frame: &'a CallFrame, locator: &BindingLocator) -> Option<&'a DeclarativeEnvironment> {
    match locator.scope() {
        BindingLocatorScope::GlobalObject => None,
        BindingLocatorScope::GlobalDeclarative => Some(frame.realm.environment()),
        BindingLocatorScope::Stack(index) => match frame.environments.get(index as usize)? {
            Environment::Declarative(environment) if !environment.is_deleted_binding(locator.binding_index()) => Some(environment),
            _ => None,
        },
    }
}
