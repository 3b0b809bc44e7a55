//! Node's `async_hooks`: AsyncLocalStorage and AsyncResource on the engine's async context.
//!
//! Differs from Node: hooks of `createHook` can be enabled and never hear of anything; `executionAsyncId()` is 1 unless an
//! AsyncResource runs; `executionAsyncResource()` is an empty object.

mod resource;
mod storage;

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::{Export, NativeModule},
    validate,
};

pub(crate) use self::storage::storage_key;

/// `require('async_hooks')`
pub static MODULE: NativeModule = NativeModule {
    name: "async_hooks",
    exports: &[
        Export::class(&storage::ASYNC_LOCAL_STORAGE),
        Export::function("createHook", 1, create_hook),
        Export::function("executionAsyncId", 0, |_, _, cx| Ok(ids(cx).current.get().into())),
        Export::function("triggerAsyncId", 0, |_, _, cx| Ok(ids(cx).trigger.get().into())),
        Export::function("executionAsyncResource", 0, execution_async_resource),
        Export::build("asyncWrapProviders", |_cx| Ok(JsObject::with_null_proto().into())),
        Export::class(&resource::ASYNC_RESOURCE),
    ],
};

/// The numbers of async resources.
pub(crate) struct Ids {
    last: Cell<u64>,
    current: Cell<u64>,
    trigger: Cell<u64>,
}

impl Default for Ids {
    fn default() -> Self {
        // 1 is the main script.
        Self { last: Cell::new(1), current: Cell::new(1), trigger: Cell::new(0) }
    }
}

impl Ids {
    /// A number no resource has had.
    fn next(&self) -> u64 {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }
}

fn ids(cx: &Context) -> std::rc::Rc<Ids> {
    Host::of(cx).state::<Ids>()
}

#[derive(Default)]
struct TopLevel(std::cell::RefCell<Option<JsObject>>);

fn execution_async_resource(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<TopLevel>();
    let made = state.0.borrow_mut().get_or_insert_with(JsObject::with_null_proto).clone();
    Ok(made.into())
}

static ASYNC_HOOK: Class = Class {
    name: "AsyncHook",
    length: 1,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |_this, _args, _cx| Ok(JsValue::undefined()),
    prototype: &[Export::function("enable", 0, |this, _, _| Ok(this.clone())), Export::function("disable", 0, |this, _, _| Ok(this.clone()))],
    statics: &[],
};

fn create_hook(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callbacks = validate::any_object(args.get_or_undefined(0), "callbacks", cx)?;
    for name in ["init", "before", "after", "destroy", "promiseResolve"] {
        let callback = callbacks.get(js_string!(name), cx)?;
        if !callback.is_undefined() && !callback.is_callable() {
            return Err(errors::coded(Base::Type, "ERR_ASYNC_CALLBACK", format!("hook.{name} must be a function"), cx));
        }
    }
    ASYNC_HOOK.construct(&[], cx).map(JsValue::from)
}
