//! From JavaScript to the pool, and from the loop into JavaScript.

use std::any::Any;

use boa_engine::{Context, JsObject, JsResult, JsValue, limits::Meter, object::builtins::JsFunction};
use coil_loop::{Outcome, WorkId};
use coil_sys::Sys;

use super::{Host, Origin};

/// What a work of the pool gave, whatever that is.
type Boxed = Box<dyn Any + Send>;

impl Host {
    /// Work for the pool; `then` runs on this thread in a later turn, in the async context of now.
    ///
    /// `then` gets no JavaScript frame: it calls into JavaScript through [`Host::enter`] only.
    pub fn offload<T: Send + 'static>(&self, label: &'static str, work: impl FnOnce(&Sys) -> T + Send + 'static, then: impl FnOnce(Outcome<T>, &mut Context) + 'static) -> WorkId {
        // What differs between works is behind two boxes: the rest of the way to the pool and back exists once.
        let work = move |sys: &Sys| -> Boxed { Box::new(work(sys)) };
        let then = move |outcome: Outcome<Boxed>, cx: &mut Context| {
            let outcome = match outcome {
                Outcome::Done(value) => Outcome::Done(*value.downcast::<T>().expect("it is what this work gave")),
                Outcome::Cancelled => Outcome::Cancelled,
            };
            then(outcome, cx);
        };
        self.offload_boxed(label, Box::new(work), Box::new(then))
    }

    /// [`Host::offload`], with the hooks of `async_hooks` told of it as a resource of that type, if there are any.
    pub fn offload_as<T: Send + 'static>(
        &self,
        resource: &'static str,
        label: &'static str,
        work: impl FnOnce(&Sys) -> T + Send + 'static,
        then: impl FnOnce(Outcome<T>, &mut Context) + 'static,
        cx: &mut Context,
    ) {
        if self.async_hooks().is_none() {
            self.offload(label, work, then);
            return;
        }
        let origin = self.origin();
        let object = JsObject::with_object_proto(cx.intrinsics());
        self.announce(&origin, resource, &object.clone().into(), cx);
        self.offload(label, work, move |outcome, cx| {
            let host = Self::of(cx);
            host.enter_origin(&origin, Some(object), cx, |cx| {
                then(outcome, cx);
                Ok(())
            });
            host.renounce(origin.id, cx);
        });
    }

    fn offload_boxed(&self, label: &'static str, work: Box<dyn FnOnce(&Sys) -> Boxed + Send>, then: Box<dyn FnOnce(Outcome<Boxed>, &mut Context)>) -> WorkId {
        let sys = self.sys.clone();
        let origin = self.origin();
        self.event_loop.offload(
            label,
            move || work(&sys),
            move |outcome, cx: &mut Context| {
                let host = Self::of(cx);
                let ids = host.async_ids.replace((origin.id, origin.trigger));
                host.with_frame(origin.frame, cx, |cx| then(outcome, cx));
                host.async_ids.set(ids);
            },
        )
    }

    /// Calls into JavaScript from the loop, then drains next-ticks and microtasks. The only way in.
    ///
    /// An error that is thrown goes to the uncaught-error handler. Gives what the function returned, if it returned.
    pub fn enter(&self, f: &JsFunction, this: &JsValue, args: &[JsValue], cx: &mut Context) -> Option<JsValue> {
        self.enter_with(cx, |cx| f.call(this, args, cx))
    }

    /// [`Host::enter`] for native code that itself calls JavaScript: several calls, one drain.
    pub fn enter_with<T>(&self, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> Option<T> {
        let mut ids = self.async_ids.get();
        if ids.0 == 0 {
            // Something of the loop that has no number of its own.
            ids.0 = self.next_async_id();
        }
        self.enter_numbered(ids, None, false, cx, body)
    }

    pub(crate) fn enter_numbered<T>(&self, ids: (u64, u64), resource: Option<JsObject>, told: bool, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> Option<T> {
        let mut value = None;
        let mut body = Some(body);
        self.enter_any(ids, resource, told, cx, &mut |cx: &mut Context| {
            if let Some(body) = body.take() {
                value = Some(body(cx)?);
            }
            Ok(())
        });
        value
    }

    /// Not generic, so that it exists once.
    fn enter_any(&self, ids: (u64, u64), resource: Option<JsObject>, told: bool, cx: &mut Context, body: &mut dyn FnMut(&mut Context) -> JsResult<()>) {
        if self.exit_code.get().is_some() {
            return;
        }
        let depth = self.depth.get();
        self.depth.set(depth + 1);
        let mut threw = false;
        let mut call = |cx: &mut Context| {
            if let Err(error) = body(cx) {
                threw = true;
                self.report(error, Origin::Exception, cx);
            }
        };
        match depth {
            0 => self.numbered(ids, resource, told, cx, |cx| self.in_domain(cx, call)),
            _ => call(cx),
        }
        self.depth.set(depth);
        if depth == 0 {
            self.notice_stop();
        }
        match depth {
            0 if threw => self.drain_later(),
            0 => self.drain(cx),
            _ => {}
        }
    }

    /// Ends the runtime where a limit has stopped its scripts and nobody passed that on: the loop must not wait for what cannot come.
    pub(super) fn notice_stop(&self) {
        if let Some(stop) = Meter::current().stopped().filter(|_| self.exit_code.get().is_none()) {
            self.stop(stop);
        }
    }

    /// After a callback that threw and was survived, what it queued waits for the next callback, as in Node: the timer after it in the same
    /// list runs before its next-ticks do. An immediate sees to it that there is a next callback.
    pub(super) fn drain_later(&self) {
        if self.exit_code.get().is_none() && self.has_queued() {
            self.event_loop.immediate(Box::new(|cx: &mut Context| Self::of(cx).drain(cx)));
        }
    }
}
