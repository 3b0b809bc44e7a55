//! `navigator.locks`: locks by name that all threads of the program share.
//!
//! <https://nodejs.org/api/worker_threads.html#locks>, <https://w3c.github.io/web-locks/>

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
};

use boa_engine::{
    Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    async_context::AsyncFrame,
    class::{Class, Kind, Parent},
    coil_loop::Hold,
    errors::{self, Base},
    op::thrown_value,
    table::{self, Export},
    validate,
};
use rustc_hash::FxHashMap;

use super::lock_table::{self, Entry, Fate, Mode, Patience, Tell};
use crate::{
    dom_exception,
    event_target::{is_aborted, reason},
};

/// `LockManager`
static LOCK_MANAGER: Class = Class {
    name: "LockManager",
    length: 0,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::function("request", 2, request).enumerable(true), Export::function("query", 0, query).enumerable(true), Export::tag("LockManager")],
    statics: &[],
};

/// `Lock`
static LOCK: Class = Class {
    name: "Lock",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("name", |this, _args, cx| Ok(lock_of(this, cx)?.0.into())).enumerable(true),
        Export::getter("mode", |this, _args, cx| Ok(js_string!(lock_of(this, cx)?.1.name()).into())).enumerable(true),
        Export::tag("Lock"),
    ],
    statics: &[],
};

/// A lock as its holder sees it.
#[derive(Trace, Finalize, JsData)]
struct Lock {
    #[unsafe_ignore_trace]
    name: JsString,
    #[unsafe_ignore_trace]
    mode: Mode,
}

fn lock_of(this: &JsValue, cx: &mut Context) -> JsResult<(JsString, Mode)> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Lock>().map(|lock| (lock.name.clone(), lock.mode)));
    found.ok_or_else(|| errors::invalid_this("Lock", cx))
}

/// The locks of this thread.
#[derive(Default)]
struct Locks {
    manager: OnceCell<JsObject>,
    client: OnceCell<Arc<str>>,
    requests: RefCell<FxHashMap<u64, Request>>,
    /// What other threads, and this one, have to tell it.
    told: Arc<Mutex<Vec<(u64, Fate)>>>,
}

impl Drop for Locks {
    fn drop(&mut self) {
        if let Some(client) = self.client.get() {
            lock_table::forget(client);
        }
    }
}

/// A request that waits, or whose lock is held.
#[derive(Clone)]
struct Request {
    name: JsString,
    mode: Mode,
    callback: JsFunction,
    resolvers: ResolvingFunctions,
    signal: Option<Signal>,
    frame: Option<Rc<AsyncFrame>>,
    /// Keeps the program running until the answer is told; a request that waits does not.
    hold: Option<Rc<Hold>>,
}

#[derive(Clone)]
struct Signal {
    signal: JsObject,
    listener: JsFunction,
}

/// `navigator.locks`
pub(super) fn manager(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let locks = Host::of(cx).state::<Locks>();
    if let Some(made) = locks.manager.get() {
        return Ok(made.clone().into());
    }
    let prototype = LOCK_MANAGER.prototype(cx)?;
    let made = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    Ok(locks.manager.get_or_init(|| made).clone().into())
}

/// The name of this thread, as `query` shows it.
fn client(cx: &Context) -> Arc<str> {
    let host = Host::of(cx);
    let thread = crate::worker_threads::thread_id(cx).unwrap_or(0);
    host.state::<Locks>().client.get_or_init(|| format!("node-{}-{thread}", host.sys().process().pid()).into()).clone()
}

/// `navigator.locks.request(name[, options], callback)`
fn request(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    if let Err(error) = begin(args, &resolvers, cx) {
        let error = thrown_value(error, cx);
        resolvers.reject.call(&JsValue::undefined(), &[error], cx)?;
    }
    Ok(promise.into())
}

fn begin(args: &[JsValue], resolvers: &ResolvingFunctions, cx: &mut Context) -> JsResult<()> {
    let (mut options, mut callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if callback.is_undefined() {
        callback = std::mem::take(&mut options);
    }
    let name = args.get_or_undefined(0);
    if name.is_symbol() {
        return Err(errors::invalid_arg_value("value", name, "is invalid", cx));
    }
    let name = name.to_string(cx)?;
    let callback = validate::function(&callback, "callback", cx)?;
    let Options { mode, patience, signal } = Options::read(&options, cx)?;
    if let Some(signal) = &signal
        && is_aborted(signal, cx)?
    {
        return Err(boa_engine::JsError::from_opaque(reason(signal, cx)?));
    }
    refuse(&name, mode, patience, signal.is_some(), cx)?;
    let host = Host::of(cx);
    let frame = host.async_frame();
    let hold = Some(Rc::new(host.event_loop().hold_as("LockManager")));
    let tell = tell(&host);
    let Some(id) = lock_table::request(name.to_std_string_lossy(), mode, Patience::from(patience), client(cx), tell) else {
        return Err(dom_exception::error("Too many requests wait for locks", "QuotaExceededError", cx));
    };
    let signal = match signal {
        Some(signal) => Some(listen(signal, id, cx)?),
        None => None,
    };
    host.state::<Locks>().requests.borrow_mut().insert(id, Request { name, mode, callback, resolvers: resolvers.clone(), signal, frame, hold });
    wake(cx);
    Ok(())
}

/// Tells this thread, from whichever thread. What came together is told together, before any promise goes on.
fn tell(host: &Host) -> Tell {
    let told = host.state::<Locks>().told.clone();
    let remote = host.event_loop().remote();
    Arc::new(move |id, fate| {
        told.lock().unwrap_or_else(PoisonError::into_inner).push((id, fate));
        // A thread that is no more has nobody to be told.
        remote.post(deliver);
    })
}

/// What `request` was given beside name and callback.
struct Options {
    mode: Mode,
    patience: Wishes,
    signal: Option<JsObject>,
}

/// Both ways not to wait, as they were asked for.
#[derive(Clone, Copy)]
struct Wishes {
    if_available: bool,
    steal: bool,
}

impl From<Wishes> for Patience {
    fn from(wishes: Wishes) -> Self {
        match wishes {
            Wishes { steal: true, .. } => Self::Steals,
            Wishes { if_available: true, .. } => Self::Leaves,
            _ => Self::Waits,
        }
    }
}

impl Options {
    fn read(options: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let mut read = Self { mode: Mode::Exclusive, patience: Wishes { if_available: false, steal: false }, signal: None };
        if options.is_null_or_undefined() || options.is_callable() {
            return Ok(read);
        }
        let Some(options) = options.as_object() else {
            return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "Value cannot be converted to a dictionary", cx));
        };
        read.patience.if_available = options.get(js_string!("ifAvailable"), cx)?.to_boolean();
        let mode = options.get(js_string!("mode"), cx)?;
        if !mode.is_undefined() {
            let mode = mode.to_string(cx)?.to_std_string_lossy();
            read.mode = match mode.as_str() {
                "exclusive" => Mode::Exclusive,
                "shared" => Mode::Shared,
                _ => return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", format!("mode value '{mode}' is not a valid enum value of type LockMode."), cx)),
            };
        }
        let signal = options.get(js_string!("signal"), cx)?;
        read.patience.steal = options.get(js_string!("steal"), cx)?.to_boolean();
        read.signal = validate::abort_signal(&signal, "options.signal", cx)?;
        Ok(read)
    }
}

/// Refuses what cannot be asked for together.
fn refuse(name: &JsString, mode: Mode, wishes: Wishes, has_signal: bool, cx: &mut Context) -> JsResult<()> {
    let problem = if name.to_std_string_lossy().starts_with('-') {
        "Lock name may not start with hyphen"
    } else if wishes.if_available && wishes.steal {
        "ifAvailable and steal are mutually exclusive"
    } else if mode != Mode::Exclusive && wishes.steal {
        "mode: \"shared\" and steal are mutually exclusive"
    } else if has_signal && (wishes.steal || wishes.if_available) {
        "signal cannot be used with steal or ifAvailable"
    } else {
        return Ok(());
    };
    Err(dom_exception::error(problem, "NotSupportedError", cx))
}

/// Gives up the request when its signal aborts.
fn listen(signal: JsObject, id: u64, cx: &mut Context) -> JsResult<Signal> {
    let listener = table::closure(
        "",
        0,
        Id(id),
        |_this, _args, id, cx| {
            let request = Host::of(cx).state::<Locks>().requests.borrow_mut().remove(&id.0);
            let Some(Request { resolvers, signal: Some(Signal { signal, .. }), .. }) = request else { return Ok(JsValue::undefined()) };
            lock_table::release(id.0);
            wake(cx);
            let reason = reason(&signal, cx)?;
            resolvers.reject.call(&JsValue::undefined(), &[reason], cx)
        },
        cx,
    );
    call(&signal, "addEventListener", &listener, cx)?;
    Ok(Signal { signal, listener })
}

fn call(signal: &JsObject, method: &'static str, listener: &JsFunction, cx: &mut Context) -> JsResult<()> {
    let method = signal.get(js_string!(method), cx)?;
    let method = validate::function(&method, "signal", cx)?;
    method.call(&signal.clone().into(), &[js_string!("abort").into(), listener.clone().into()], cx).map(drop)
}

/// What a function of the runtime knows of a request.
#[derive(Clone, Trace, Finalize)]
struct Id(#[unsafe_ignore_trace] u64);

/// Holds the program open for those requests of this thread that are answered: they are told in this turn or the next.
fn wake(cx: &Context) {
    let waiting = lock_table::waiting_of(&client(cx));
    for (id, request) in Host::of(cx).state::<Locks>().requests.borrow().iter() {
        if let Some(hold) = &request.hold {
            hold.set_ref(!waiting.contains(id));
        }
    }
}

/// On the thread that asked: what has become of its requests.
fn deliver(cx: &mut Context) {
    let host = Host::of(cx);
    let told = std::mem::take(&mut *host.state::<Locks>().told.lock().unwrap_or_else(PoisonError::into_inner));
    if told.is_empty() {
        return;
    }
    host.enter_with(cx, |cx| {
        for (id, fate) in told {
            let locks = Host::of(cx).state::<Locks>();
            let request = match fate {
                Fate::Granted => locks.requests.borrow_mut().get_mut(&id).map(|request| {
                    request.hold = None;
                    request.clone()
                }),
                Fate::Unavailable | Fate::Stolen => locks.requests.borrow_mut().remove(&id),
            };
            let Some(request) = request else { continue };
            let frame = request.frame.clone();
            Host::of(cx).with_frame(frame, cx, |cx| answer(id, fate, &request, cx))?;
        }
        Ok(())
    });
}

fn answer(id: u64, fate: Fate, request: &Request, cx: &mut Context) -> JsResult<()> {
    match fate {
        Fate::Granted => granted(id, request, cx),
        Fate::Unavailable => {
            let result = request.callback.call(&JsValue::undefined(), &[JsValue::null()], cx);
            settle(&request.resolvers, result, cx)
        }
        Fate::Stolen => {
            let error = dom_exception::error("The operation was aborted", "AbortError", cx);
            settle(&request.resolvers, Err(error), cx)
        }
    }
}

/// Settles a promise with what a callback returned or threw.
fn settle(resolvers: &ResolvingFunctions, result: JsResult<JsValue>, cx: &mut Context) -> JsResult<()> {
    match result {
        Ok(value) => resolvers.resolve.call(&JsValue::undefined(), &[value], cx).map(drop),
        Err(error) => {
            let error = error.into_opaque(cx)?;
            resolvers.reject.call(&JsValue::undefined(), &[error], cx).map(drop)
        }
    }
}

/// Calls the callback with its lock, which is released when what it returns settles.
fn granted(id: u64, request: &Request, cx: &mut Context) -> JsResult<()> {
    if let Some(Signal { signal, listener }) = &request.signal {
        call(signal, "removeEventListener", listener, cx)?;
    }
    let prototype = LOCK.prototype(cx)?;
    let lock = JsObject::from_proto_and_data(prototype, Lock { name: request.name.clone(), mode: request.mode });
    let result = request.callback.call(&JsValue::undefined(), &[lock.into()], cx);
    let promise = match result {
        Ok(value) => JsPromise::resolve(value, cx)?,
        Err(error) => {
            let error = error.into_opaque(cx)?;
            JsPromise::reject(boa_engine::JsError::from_opaque(error), cx)?
        }
    };
    let released = |settle: &JsFunction, cx: &mut Context| {
        table::closure(
            "",
            1,
            (Id(id), settle.clone()),
            |_this, args, (id, settle), cx| {
                // Who lost the lock to another has been told so.
                if Host::of(cx).state::<Locks>().requests.borrow_mut().remove(&id.0).is_some() {
                    lock_table::release(id.0);
                    wake(cx);
                    settle.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        )
    };
    let (fulfilled, rejected) = (released(&request.resolvers.resolve, cx), released(&request.resolvers.reject, cx));
    promise.then(Some(fulfilled), Some(rejected), cx).map(drop)
}

/// `navigator.locks.query()`
fn query(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let is_manager = LOCK_MANAGER.is_instance(this, cx)?;
    let result = if is_manager { shown(cx) } else { Err(errors::invalid_this("LockManager", cx)) };
    settle(&resolvers, result, cx)?;
    Ok(promise.into())
}

fn shown(cx: &mut Context) -> JsResult<JsValue> {
    let (held, waiting) = lock_table::snapshot();
    let result = JsObject::with_object_proto(cx.intrinsics());
    // As in Node, who got a lock last is shown first.
    let held = held.into_iter().rev().collect();
    for (key, entries) in [("held", held), ("pending", waiting)] {
        let entries: Vec<JsValue> = entries.iter().map(|entry| shown_entry(entry, cx)).collect::<JsResult<_>>()?;
        let entries = JsArray::from_values(entries, cx);
        result.create_data_property_or_throw(js_string!(key), entries, cx)?;
    }
    Ok(result.into())
}

fn shown_entry(entry: &Entry, cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, text) in [("name", entry.name.as_str()), ("mode", entry.mode.name()), ("clientId", &*entry.client)] {
        object.create_data_property_or_throw(js_string!(key), js_string!(text), cx)?;
    }
    Ok(object.into())
}
