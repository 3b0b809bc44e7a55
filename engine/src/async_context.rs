//! The asynchronous context: what AsyncLocalStorage, domains and the tracer rest on.
//!
//! A frame is an immutable list of (storage, value). Whatever runs later (timers, ticks, promise handlers, operations) captures the
//! frame at registration and runs in it.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue};

use crate::Host;

/// One immutable frame.
#[derive(Clone, Default)]
pub struct AsyncFrame {
    entries: Vec<(u64, JsValue)>,
    domain: Option<JsObject>,
}

impl AsyncFrame {
    /// The value under `key`.
    pub fn get(&self, key: u64) -> Option<&JsValue> {
        self.entries.iter().find(|(found, _)| *found == key).map(|(_, value)| value)
    }

    /// This frame with `key` set, or removed by `None`.
    pub fn with(&self, key: u64, value: Option<JsValue>) -> Self {
        let mut entries: Vec<_> = self.entries.iter().filter(|(found, _)| *found != key).cloned().collect();
        if let Some(value) = value {
            entries.push((key, value));
        }
        Self { entries, domain: self.domain.clone() }
    }

    /// The domain that calls made in this frame belong to.
    pub fn domain(&self) -> Option<&JsObject> {
        self.domain.as_ref()
    }

    /// This frame in another domain, or in none.
    pub fn with_domain(&self, domain: Option<JsObject>) -> Self {
        Self { entries: self.entries.clone(), domain }
    }
}

/// Where an asynchronous call comes from: the frame it was made in, its own number, and that of what made it.
#[derive(Clone, Default)]
pub struct AsyncOrigin {
    /// The frame of its making.
    pub frame: Option<Rc<AsyncFrame>>,
    /// `executionAsyncId()` while it runs.
    pub id: u64,
    /// `triggerAsyncId()` while it runs.
    pub trigger: u64,
}

/// Who is told of asynchronous resources: `async_hooks.createHook`, while a hook is enabled.
pub struct AsyncHooks {
    /// A resource is made: its number, its type, what triggered it, itself.
    pub init: fn(u64, &str, u64, &JsValue, &mut Context),
    /// Its callback is about to run.
    pub before: fn(u64, &mut Context),
    /// Its callback has run.
    pub after: fn(u64, &mut Context),
    /// It is done with.
    pub destroy: fn(u64, &mut Context),
    /// It is a promise, and was resolved.
    pub promise_resolve: fn(u64, &mut Context),
}

/// How domains are entered and left around callbacks, once `domain` is loaded.
pub struct DomainHooks {
    /// `domain.enter()`
    pub enter: fn(&JsObject, &mut Context),
    /// `domain.exit()`
    pub exit: fn(&JsObject, &mut Context),
}

impl Host {
    /// The current frame, to be captured by whatever runs later.
    pub fn async_frame(&self) -> Option<Rc<AsyncFrame>> {
        self.async_frame.borrow().clone()
    }

    /// Replaces the current frame from now on.
    pub fn set_async_frame(&self, frame: Option<Rc<AsyncFrame>>) {
        *self.async_frame.borrow_mut() = frame;
    }

    /// Runs `body` in `frame`, then goes back to the frame of before.
    pub fn with_frame<T>(&self, frame: Option<Rc<AsyncFrame>>, cx: &mut Context, body: impl FnOnce(&mut Context) -> T) -> T {
        let before = self.async_frame.replace(frame);
        let result = body(cx);
        *self.async_frame.borrow_mut() = before;
        result
    }

    /// Runs a callback in the domain of the current frame, if it has one.
    pub(crate) fn in_domain<T>(&self, cx: &mut Context, body: impl FnOnce(&mut Context) -> T) -> T {
        let Some(hooks) = self.domains.get() else { return body(cx) };
        let domain = self.async_frame.borrow().as_ref().and_then(|frame| frame.domain.clone());
        let Some(domain) = domain else { return body(cx) };
        (hooks.enter)(&domain, cx);
        let result = body(cx);
        (hooks.exit)(&domain, cx);
        result
    }

    /// Sets how domains are entered and left.
    pub fn set_domain_hooks(&self, hooks: &'static DomainHooks) {
        self.domains.set(Some(hooks));
    }

    /// Whether `domain` is loaded.
    pub fn has_domains(&self) -> bool {
        self.domains.get().is_some()
    }

    /// Sets who is told of asynchronous resources; nobody by `None`, and then it costs nothing.
    pub fn set_async_hooks(&self, hooks: Option<&'static AsyncHooks>) {
        self.async_hooks.set(hooks);
    }

    /// Who is told of asynchronous resources.
    pub fn async_hooks(&self) -> Option<&'static AsyncHooks> {
        self.async_hooks.get()
    }

    /// A number no resource has had.
    pub fn next_async_id(&self) -> u64 {
        let id = self.last_async_id.get() + 1;
        self.last_async_id.set(id);
        id
    }

    /// `executionAsyncId()` and `triggerAsyncId()`.
    pub fn async_ids(&self) -> (u64, u64) {
        self.async_ids.get()
    }

    /// Makes other numbers and another resource current; gives those of before.
    pub fn replace_async_ids(&self, ids: (u64, u64), resource: Option<JsObject>) -> ((u64, u64), Option<JsObject>) {
        (self.async_ids.replace(ids), self.async_resource.replace(resource))
    }

    /// The resource whose callback runs, if it is an object.
    pub fn async_resource(&self) -> Option<JsObject> {
        self.async_resource.borrow().clone()
    }

    /// Sets what [`Host::async_resource`] gives until the callback ends.
    pub fn set_async_resource(&self, resource: JsObject) {
        *self.async_resource.borrow_mut() = Some(resource);
    }

    /// The origin of a call that is made now.
    pub fn origin(&self) -> AsyncOrigin {
        AsyncOrigin { frame: self.async_frame(), id: self.next_async_id(), trigger: self.async_ids.get().0 }
    }

    /// Tells the hooks, if there are any, of a new resource.
    pub fn announce(&self, origin: &AsyncOrigin, kind: &str, resource: &JsValue, cx: &mut Context) {
        if let Some(hooks) = self.async_hooks.get() {
            (hooks.init)(origin.id, kind, origin.trigger, resource, cx);
        }
    }

    /// Tells the hooks, if there are any, that a resource is done with.
    pub fn renounce(&self, id: u64, cx: &mut Context) {
        if let Some(hooks) = self.async_hooks.get() {
            (hooks.destroy)(id, cx);
        }
    }

    /// Calls into JavaScript from the loop as [`Host::enter_with`] does, for a call that was made at `origin`.
    pub fn enter_origin<T>(&self, origin: &AsyncOrigin, resource: Option<JsObject>, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> Option<T> {
        let before = self.async_frame.replace(origin.frame.clone());
        let value = self.enter_numbered((origin.id, origin.trigger), resource, true, cx, body);
        *self.async_frame.borrow_mut() = before;
        value
    }

    /// Runs `body` as the callback of a resource, between its `before` and its `after`.
    pub fn in_origin<T>(&self, origin: &AsyncOrigin, resource: Option<JsObject>, cx: &mut Context, body: impl FnOnce(&mut Context) -> T) -> T {
        let frame = self.async_frame.replace(origin.frame.clone());
        let result = self.numbered((origin.id, origin.trigger), resource, true, cx, |cx| self.in_domain(cx, body));
        *self.async_frame.borrow_mut() = frame;
        result
    }

    /// Runs `body` under the numbers of a resource; `told` says whether the hooks know it.
    pub(crate) fn numbered<T>(&self, ids: (u64, u64), resource: Option<JsObject>, told: bool, cx: &mut Context, body: impl FnOnce(&mut Context) -> T) -> T {
        let ids_before = self.async_ids.replace(ids);
        let resource_before = self.async_resource.replace(resource);
        if let Some(hooks) = self.async_hooks.get().filter(|_| told) {
            (hooks.before)(ids.0, cx);
        }
        let result = body(cx);
        if let Some(hooks) = self.async_hooks.get().filter(|_| told) {
            (hooks.after)(ids.0, cx);
        }
        self.async_ids.set(ids_before);
        *self.async_resource.borrow_mut() = resource_before;
        result
    }
}
