//! Telling an embedder of promises: when one is made, resolved, and before and after its reactions run. What `async_hooks` rests on.
//!
//! Nobody is told unless [`set`] was called on the thread; then the cost is a look at a thread-local cell.

use std::cell::{Cell, RefCell};

use crate::{Context, JsObject, JsResult, builtins::promise::PromiseCapability};

/// What happened to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseEvent {
    /// It was made; its parent is the promise it follows, if any.
    Init,
    /// One of its resolving functions was called for the first time.
    Resolve,
    /// A reaction whose result becomes its own is about to run.
    Before,
    /// That reaction has run.
    After,
}

/// Gets the event, the promise and, of a new promise, its parent.
pub type PromiseHook = fn(PromiseEvent, &JsObject, Option<&JsObject>, &mut Context);

thread_local! {
    static HOOK: Cell<Option<PromiseHook>> = const { Cell::new(None) };
    /// The parent of the promise that is made next.
    static PARENT: RefCell<Option<JsObject>> = const { RefCell::new(None) };
}

/// Sets who is told of the promises of this thread; nobody by `None`.
pub fn set(hook: Option<PromiseHook>) {
    HOOK.set(hook);
}

/// Whether anybody is told.
#[inline]
pub(crate) fn is_active() -> bool {
    HOOK.get().is_some()
}

/// The next promise made follows this one.
#[inline]
pub(crate) fn follows(parent: &JsObject) {
    if is_active() {
        PARENT.set(Some(parent.clone()));
    }
}

/// A promise was made.
#[inline]
pub(crate) fn made(promise: &JsObject, context: &mut Context) {
    if let Some(hook) = HOOK.get() {
        let parent = PARENT.take();
        hook(PromiseEvent::Init, promise, parent.as_ref(), context);
    }
}

/// Something else happened to a promise.
#[inline]
pub(crate) fn tell(event: PromiseEvent, promise: &JsObject, context: &mut Context) {
    if let Some(hook) = HOOK.get() {
        hook(event, promise, None, context);
    }
}

/// Runs a reaction of a promise between its [`PromiseEvent::Before`] and its [`PromiseEvent::After`].
#[inline]
pub(crate) fn around<T>(promise: &JsObject, context: &mut Context, steps: impl FnOnce(&mut Context) -> T) -> T {
    tell(PromiseEvent::Before, promise, context);
    let outer = context.vm.reacting.replace(promise.clone());
    let result = steps(context);
    context.vm.reacting = outer;
    tell(PromiseEvent::After, promise, context);
    result
}

/// While somebody is told, an `await` has a promise of its own, as in V8: reactions are told of by their promise.
pub(crate) fn of_await(promise: &JsObject, context: &mut Context) -> JsResult<Option<PromiseCapability>> {
    if !is_active() {
        return Ok(None);
    }
    follows(promise);
    let constructor = context.intrinsics().constructors().promise().constructor();
    PromiseCapability::new(&constructor, context).map(Some)
}
