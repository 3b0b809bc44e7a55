//! Imports that promise their results: `WebAssembly.Suspending` and `WebAssembly.promising`.
//!
//! A run that calls such an import ends as for any other import, and is resumed when the promise is settled. Nothing waits meanwhile: the
//! suspended run is a value that the promise's reactions carry.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsData, JsObject, JsResult, JsValue, NativeFunction, js_string, native_stack,
    object::{
        FunctionObjectBuilder,
        builtins::{JsFunction, JsPromise},
    },
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    op::thrown_value,
    table::Export,
};
use wasmi::{FuncType, ResumableCall, ResumableCallHostTrap};

use super::{
    call::{self, Progress},
    errors, function,
    function::Exported,
    group::Vals,
};
use crate::web_streams;

/// `WebAssembly.Suspending`
pub(super) static SUSPENDING: Class =
    Class { name: "Suspending", length: 1, extends: Parent::None, kind: Kind::Native(Some("WebAssembly")), init: construct, prototype: &[Export::tag("WebAssembly.Suspending")], statics: &[] };

/// What a Suspending is.
#[derive(Trace, Finalize, JsData)]
struct Data {
    callee: JsObject,
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(callee) = args.get_or_undefined(0).as_object().filter(JsObject::is_callable) else {
        return Err(errors::type_error("WebAssembly.Suspending(): Argument 0 must be a function"));
    };
    let prototype = instance_prototype(&SUSPENDING, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Data { callee }).upcast().into())
}

/// The function that a Suspending wraps.
pub(super) fn suspending(value: &JsValue) -> Option<JsObject> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.callee.clone())
}

/// How many promising functions run now, on this thread's stack.
#[derive(Default)]
struct Running(Cell<u32>);

/// What a plain call of an import that suspends throws.
pub(super) fn refused(cx: &mut Context) -> boa_engine::JsError {
    let running = Host::of(cx).state::<Running>().0.get() > 0;
    errors::suspend(if running { "trying to suspend JS frames" } else { "trying to suspend without WebAssembly.promising" }, cx)
}

/// What a promising function carries.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Promising(Exported);

/// `WebAssembly.promising(func)`
pub(super) fn promising(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.promising()";
    let func = args.get_or_undefined(0);
    if !func.is_callable() {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a function")));
    }
    let Some(exported) = function::exported(func) else {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a WebAssembly exported function")));
    };
    let name = js_string!(exported.place.group.index_of(exported.place.handle).to_string());
    let length = exported.ty.params().len();
    let native = NativeFunction::from_copy_closure_with_captures(|_this, args, promising: &Promising, cx| begin(&promising.0, args, cx), Promising(exported));
    Ok(FunctionObjectBuilder::new(cx.realm(), native).name(name).length(length).constructor(false).hidden().build().into())
}

/// A run between its start and the settling of its promise.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Run {
    exported: Exported,
    resolve: JsFunction,
    reject: JsFunction,
    /// What is resumed with the results of the import of this type; without a call they are the run's own.
    #[unsafe_ignore_trace]
    suspended: Rc<RefCell<Option<Suspended>>>,
}

type Suspended = (Option<ResumableCallHostTrap>, FuncType);

fn begin(exported: &Exported, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    native_stack::check()?;
    let inputs = call::inputs(exported, args, cx)?;
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let run = Run { exported: exported.clone(), resolve: resolvers.resolve, reject: resolvers.reject, suspended: Rc::default() };
    let mut outputs = call::outputs(&exported.ty);
    let reached = exported.place.group.run(0, |store| exported.place.handle.call_resumable(store, &inputs, &mut outputs));
    let ended = run.go_on(reached, outputs, cx);
    run.settle(ended, cx)?;
    Ok(promise.into())
}

impl Run {
    /// Runs to the end, whose value is given, or to the next promise.
    fn go_on(&self, reached: Result<ResumableCall, wasmi::Error>, mut outputs: Vals, cx: &mut Context) -> JsResult<Option<JsValue>> {
        let running = Host::of(cx).state::<Running>();
        running.0.set(running.0.get() + 1);
        let progress = call::drive(&self.exported.place.group, reached, &mut outputs, true, cx);
        running.0.set(running.0.get() - 1);
        match progress? {
            Progress::Done => call::results_to_js(&outputs, &self.exported.place.group, cx).map(Some),
            Progress::Waits { call, ty, promise } => {
                *self.suspended.borrow_mut() = Some((call, ty));
                web_streams::react(&promise, self, Self::fulfilled, Self::rejected, cx)?;
                Ok(None)
            }
        }
    }

    fn fulfilled(&self, value: JsValue, cx: &mut Context) -> JsResult<JsValue> {
        let suspended = self.suspended.borrow_mut().take();
        let Some((call, ty)) = suspended else { return Ok(JsValue::undefined()) };
        let group = &self.exported.place.group;
        let reached = call::results(&value, &ty, group, cx).and_then(|results| match call {
            Some(call) => {
                let mut outputs = call::outputs(&self.exported.ty);
                let reached = group.run(0, |store| call.resume(store, &results, &mut outputs));
                self.go_on(reached, outputs, cx)
            }
            None => call::results_to_js(&results, group, cx).map(Some),
        });
        self.settle(reached, cx)?;
        Ok(JsValue::undefined())
    }

    fn rejected(&self, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
        self.suspended.borrow_mut().take();
        self.reject.call(&JsValue::undefined(), &[reason], cx)
    }

    /// Settles the promise of a run that has ended.
    fn settle(&self, ended: JsResult<Option<JsValue>>, cx: &mut Context) -> JsResult<()> {
        match ended {
            Ok(None) => Ok(()),
            Ok(Some(value)) => self.resolve.call(&JsValue::undefined(), &[value], cx).map(drop),
            Err(error) if error.as_engine().is_some() => Err(error),
            Err(error) => {
                let reason = thrown_value(error, cx);
                self.reject.call(&JsValue::undefined(), &[reason], cx).map(drop)
            }
        }
    }
}
