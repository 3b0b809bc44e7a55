//! A child in the loop, and `child._handle`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    coil_loop::{Interest, Ready, Source, Token},
    coil_sys::{SysError, SysResult, child::Child, errno, signals},
    table::Member,
};

/// `Process` of Node's binding.
pub static PROCESS: Class = Class {
    name: "Process",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Member::function("kill", 1, kill),
        Member::function("close", 1, close),
        Member::function("hasRef", 0, has_ref),
        Member::function("ref", 0, add_ref),
        Member::function("unref", 0, remove_ref),
        Member::function("getAsyncId", 0, |_, _, _| Ok(0.into())),
    ],
    statics: &[],
};

/// The native side of a handle object.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Handle(#[unsafe_ignore_trace] RefCell<Option<Rc<Running>>>);

/// A child that the loop watches.
struct Running {
    child: Child,
    token: Cell<Option<Token>>,
    reffed: Cell<bool>,
    over: Cell<bool>,
    /// The handle object, whose `onexit` is to be called.
    object: JsObject,
}

fn construct(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&PROCESS, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Handle(RefCell::new(None))).into())
}

fn running_of(value: &JsValue) -> Option<Rc<Running>> {
    let object = value.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    let running = handle.0.borrow().clone();
    running
}

/// Has the loop watch a child; `object.onexit(code, signal)` is called when it has ended.
pub fn watch(object: &JsObject, child: Child, cx: &mut Context) -> SysResult<()> {
    let event_loop = Host::of(cx).event_loop().clone();
    let running = Rc::new(Running { child, token: Cell::new(None), reffed: Cell::new(true), over: Cell::new(false), object: object.clone() });
    let token = event_loop.register(&running.child, Interest::READABLE, running.clone()).map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::EIO), "spawn"))?;
    running.token.set(Some(token));
    if let Some(handle) = object.downcast_ref::<Handle>() {
        handle.0.replace(Some(running));
    }
    Ok(())
}

impl Source<Context> for Running {
    fn ready(self: Rc<Self>, _ready: Ready, cx: &mut Context) {
        let exit = match self.child.try_wait() {
            Ok(None) => return,
            Ok(Some(exit)) => exit,
            // Someone else waited for it: nothing is known but that it is over.
            Err(_) => coil_engine::coil_sys::child::Exit { code: 0, signal: None },
        };
        self.over.set(true);
        self.forget(cx);
        // What it wrote is told before its end, as with libuv, whose signals come after streams.
        let event_loop = Host::of(cx).event_loop().clone();
        event_loop.pending(Box::new(move |cx| {
            Host::of(cx).enter_with(cx, |cx| {
                let signal = exit.signal.and_then(signals::name_of).unwrap_or("");
                crate::events::method(&self.object, "onexit", &[exit.code.into(), js_string!(signal).into()], cx).map(drop)
            });
        }));
    }

    fn label(&self) -> &'static str {
        "ProcessWrap"
    }
}

impl Running {
    fn forget(&self, cx: &Context) {
        if let Some(token) = self.token.take() {
            // The registration ends either way.
            let _ = Host::of(cx).event_loop().deregister(token);
        }
    }
}

/// `handle.kill(signal)`: 0, or an errno below it.
fn kill(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let signal = args.get_or_undefined(0).to_i32(cx)?;
    let result = match running_of(this) {
        Some(running) if !running.over.get() => running.child.kill(signal),
        _ => Err(SysError::new(errno::ESRCH, "kill")),
    };
    Ok(result.map_or_else(|error| -error.errno, |()| 0).into())
}

/// `handle.close([callback])`: the child goes on unwatched.
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    let running = object.downcast_ref::<Handle>().and_then(|handle| handle.0.take());
    if let Some(running) = running {
        running.forget(cx);
    }
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        Host::of(cx).event_loop().clone().closing(Box::new(move |cx| {
            Host::of(cx).enter(&callback, &JsValue::undefined(), &[], cx);
        }));
    }
    Ok(JsValue::undefined())
}

fn has_ref(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(running_of(this).is_some_and(|running| running.reffed.get()).into())
}

fn set_ref(this: &JsValue, reffed: bool, cx: &Context) {
    let Some(running) = running_of(this) else { return };
    running.reffed.set(reffed);
    if let Some(token) = running.token.get() {
        Host::of(cx).event_loop().token_ref(token, reffed);
    }
}

fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, true, cx);
    Ok(JsValue::undefined())
}

fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, false, cx);
    Ok(JsValue::undefined())
}
