//! `mock`: functions, methods, properties, modules and timers that a test watches or replaces.

mod function;
mod module;
mod property;
mod timers;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export},
};

/// `class MockTracker`
static MOCK_TRACKER: Class = Class {
    name: "MockTracker",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Ok(create(cx)?.into()),
    prototype: &[
        Export::getter("timers", timers_of),
        Export::function("fn", 0, function::mock_fn),
        Export::function("method", 2, function::mock_method),
        Export::function("getter", 2, function::mock_getter_method),
        Export::function("setter", 2, function::mock_setter_method),
        Export::getter("module", |_this, _args, cx| match module::is_offered(cx) {
            true => Ok(table::function(module::mock_module, js_string!("module"), 1, cx).into()),
            false => Ok(JsValue::undefined()),
        }),
        Export::function("reset", 0, |this, _args, cx| {
            let tracker = this.to_object(cx)?;
            reset(&tracker, cx)?;
            Ok(JsValue::undefined())
        }),
        Export::function("restoreAll", 0, |this, _args, cx| {
            let tracker = this.to_object(cx)?;
            restore_all(&tracker, cx)?;
            Ok(JsValue::undefined())
        }),
        Export::function("property", 3, property::mock_property),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Tracker {
    /// Contexts, each with a `restore` of its own.
    mocks: GcRefCell<Vec<JsObject>>,
    timers: GcRefCell<Option<JsObject>>,
}

/// `new MockTracker()`
pub(super) fn create(cx: &mut Context) -> JsResult<JsObject> {
    let prototype = MOCK_TRACKER.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Tracker { mocks: GcRefCell::new(Vec::new()), timers: GcRefCell::new(None) }))
}

fn timers_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let tracker = tracker_of(this, cx)?;
    let made = tracker.downcast_ref::<Tracker>().and_then(|tracker| tracker.timers.borrow().clone());
    if let Some(made) = made {
        return Ok(made.into());
    }
    let made = timers::create(cx)?;
    if let Some(tracker) = tracker.downcast_ref::<Tracker>() {
        *tracker.timers.borrow_mut() = Some(made.clone());
    }
    Ok(made.into())
}

fn tracker_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    this.as_object().filter(JsObject::is::<Tracker>).ok_or_else(|| errors::invalid_this("MockTracker", cx))
}

fn remember(tracker: &JsObject, context: &JsObject) {
    if let Some(tracker) = tracker.downcast_ref::<Tracker>() {
        tracker.mocks.borrow_mut().push(context.clone());
    }
}

fn restore_all(tracker: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mocks = tracker.downcast_ref::<Tracker>().map(|tracker| tracker.mocks.borrow().clone()).unwrap_or_default();
    for context in mocks {
        if context.is::<property::PropertyMock>() {
            property::restore(&context, cx)?;
        } else if context.is::<module::ModuleMock>() {
            module::restore(&context, cx);
        } else {
            function::restore(&context, cx)?;
        }
    }
    Ok(())
}

/// `mock.reset()`
pub(super) fn reset(tracker: &JsObject, cx: &mut Context) -> JsResult<()> {
    restore_all(tracker, cx)?;
    let timers = match tracker.downcast_ref::<Tracker>() {
        Some(tracker) => {
            tracker.mocks.borrow_mut().clear();
            tracker.timers.borrow().clone()
        }
        None => None,
    };
    if let Some(timers) = timers {
        timers::reset(&timers, cx)?;
    }
    Ok(())
}

/// `Symbol | string`, as a key.
fn key_of(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<boa_engine::property::PropertyKey> {
    if !value.is_string() && !value.is_symbol() {
        return Err(errors::invalid_arg_type(name, "string|symbol", value, cx));
    }
    value.to_property_key(cx)
}

/// A proxy of `target` with the traps of `handler`.
fn proxy(target: &JsObject, handler: JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let constructor = cx.intrinsics().constructors().proxy().constructor();
    constructor.construct(&[target.clone().into(), handler.into()], None, cx)
}

/// A `get` trap that knows `mock` and leaves the rest to the target.
fn mock_getter(context: &JsObject, cx: &mut Context) -> JsValue {
    coil_engine::table::closure(
        "get",
        3,
        context.clone(),
        |_this, args, context, cx| {
            let key = args.get_or_undefined(1);
            if key.as_string().is_some_and(|key| key == "mock") {
                return Ok(context.clone().into());
            }
            let target = args.get_or_undefined(0).to_object(cx)?;
            let key = key.to_property_key(cx)?;
            target.get(key, cx)
        },
        cx,
    )
    .into()
}

/// `new Error()`, for the stack of a call.
fn stack(cx: &mut Context) -> JsResult<JsValue> {
    let constructor = cx.intrinsics().constructors().error().constructor();
    Ok(constructor.construct(&[], None, cx)?.into())
}
