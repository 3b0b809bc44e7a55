//! `v8.promiseHooks`: functions that are told of every promise, without the numbers of `async_hooks`.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsFunction, promise_hooks::PromiseEvent};
use coil_engine::{
    Host, Origin, errors,
    table::{self, Export, NativeModule},
};

use super::promises;

/// `v8.promiseHooks`
pub(crate) static PROMISE_HOOKS: NativeModule = NativeModule {
    name: "v8.promiseHooks",
    exports: &[
        Export::function("createHook", 0, create_hook),
        Export::renamed("onInit", "", 1, |_, args, cx| add(PromiseEvent::Init, args.get_or_undefined(0), cx)),
        Export::renamed("onBefore", "", 1, |_, args, cx| add(PromiseEvent::Before, args.get_or_undefined(0), cx)),
        Export::renamed("onAfter", "", 1, |_, args, cx| add(PromiseEvent::After, args.get_or_undefined(0), cx)),
        Export::renamed("onSettled", "", 1, |_, args, cx| add(PromiseEvent::Resolve, args.get_or_undefined(0), cx)),
    ],
};

/// The functions that want to know, by event.
#[derive(Default)]
struct Listening {
    init: Functions,
    before: Functions,
    after: Functions,
    settled: Functions,
}

/// A list that is replaced, never changed: who is being told now is not disturbed.
type Functions = RefCell<Rc<Vec<JsFunction>>>;

impl Listening {
    fn to(&self, event: PromiseEvent) -> &Functions {
        match event {
            PromiseEvent::Init => &self.init,
            PromiseEvent::Before => &self.before,
            PromiseEvent::After => &self.after,
            PromiseEvent::Resolve => &self.settled,
        }
    }

    fn is_empty(&self) -> bool {
        [&self.init, &self.before, &self.after, &self.settled].iter().all(|functions| functions.borrow().is_empty())
    }
}

/// Whether any function wants to be told of promises.
pub(super) fn are_set(cx: &Context) -> bool {
    !Host::of(cx).state::<Listening>().is_empty()
}

/// Tells the functions of an event. What they throw is uncaught.
pub(super) fn tell(event: PromiseEvent, promise: &JsObject, parent: Option<&JsObject>, cx: &mut Context) {
    let host = Host::of(cx);
    let functions = host.state::<Listening>().to(event).borrow().clone();
    if functions.is_empty() {
        return;
    }
    let mut args = vec![promise.clone().into()];
    if event == PromiseEvent::Init {
        args.push(parent.map_or_else(JsValue::undefined, |parent| parent.clone().into()));
    }
    for function in functions.iter() {
        if let Err(error) = function.call(&JsValue::undefined(), &args, cx) {
            host.report(error, Origin::Exception, cx);
        }
    }
}

/// What a hook is called in messages.
fn name_of(event: PromiseEvent) -> &'static str {
    match event {
        PromiseEvent::Init => "initHook",
        PromiseEvent::Before => "beforeHook",
        PromiseEvent::After => "afterHook",
        PromiseEvent::Resolve => "settledHook",
    }
}

#[derive(Trace, Finalize)]
struct Stop {
    #[unsafe_ignore_trace]
    event: PromiseEvent,
    function: JsFunction,
}

/// Adds one function; the function that is given takes it away again.
fn add(event: PromiseEvent, hook: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    // An async function would make promises of its own at every call.
    let Some(function) = hook.as_function().filter(|function| !function.function_traits().is_async) else {
        return Err(errors::invalid_arg_type(name_of(event), "function", hook, cx));
    };
    {
        let listening = Host::of(cx).state::<Listening>();
        let mut functions = listening.to(event).borrow().as_ref().clone();
        functions.push(function.clone());
        *listening.to(event).borrow_mut() = Rc::new(functions);
    }
    promises::watch(true, cx);
    Ok(table::closure("bound stop", 0, Stop { event, function }, stop, cx).into())
}

fn stop(_this: &JsValue, _args: &[JsValue], stop: &Stop, cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let listening = host.state::<Listening>();
    let mut functions = listening.to(stop.event).borrow().as_ref().clone();
    if let Some(index) = functions.iter().position(|function| JsObject::equals(function, &stop.function)) {
        functions.remove(index);
    }
    *listening.to(stop.event).borrow_mut() = Rc::new(functions);
    if listening.is_empty() && host.async_hooks().is_none() {
        promises::watch(false, cx);
    }
    Ok(JsValue::undefined())
}

#[derive(Trace, Finalize)]
struct Stops(Vec<JsValue>);

/// `promiseHooks.createHook({ init, before, after, settled })`
fn create_hook(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut stops = Vec::new();
    let given = args.get_or_undefined(0);
    if !given.is_undefined() {
        let callbacks = given.to_object(cx)?;
        for (name, event) in [("init", PromiseEvent::Init), ("before", PromiseEvent::Before), ("after", PromiseEvent::After), ("settled", PromiseEvent::Resolve)] {
            let hook = callbacks.get(js_string!(name), cx)?;
            if hook.to_boolean() {
                stops.push(add(event, &hook, cx)?);
            }
        }
    }
    let stop_all = |_: &JsValue, _: &[JsValue], stops: &Stops, cx: &mut Context| {
        for stop in stops.0.iter().filter_map(JsValue::as_callable) {
            stop.call(&JsValue::undefined(), &[], cx)?;
        }
        Ok(JsValue::undefined())
    };
    Ok(table::closure("", 0, Stops(stops), stop_all, cx).into())
}
