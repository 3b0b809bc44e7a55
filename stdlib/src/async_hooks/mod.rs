//! Node's `async_hooks`: AsyncLocalStorage, AsyncResource and createHook on the engine's async context.
//!
//! ```js
//! const { AsyncLocalStorage } = require('async_hooks');
//! const request = new AsyncLocalStorage();
//! request.run({ id: 7 }, () => setTimeout(() => console.log(request.getStore().id), 10)); // 7
//! ```
//!
//! Follows <https://nodejs.org/api/async_hooks.html>.
//!
//! Differs from Node: hooks hear of promises, timers, immediates, ticks, microtasks, workers, ports and AsyncResources, not of sockets
//! and file requests.

mod hooks;
mod promises;
mod resource;
mod storage;

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue};
use coil_engine::{
    Host,
    table::{Export, NativeModule},
};

pub(crate) use self::storage::storage_key;

/// `require('async_hooks')`
pub static MODULE: NativeModule = NativeModule {
    name: "async_hooks",
    exports: &[
        Export::class(&storage::ASYNC_LOCAL_STORAGE),
        Export::function("createHook", 1, hooks::create_hook),
        Export::function("executionAsyncId", 0, |_, _, cx| Ok((Host::of(cx).async_ids().0 as f64).into())),
        Export::function("triggerAsyncId", 0, |_, _, cx| Ok((Host::of(cx).async_ids().1 as f64).into())),
        Export::function("executionAsyncResource", 0, execution_async_resource),
        Export::build("asyncWrapProviders", |_cx| Ok(JsObject::with_null_proto().into())),
        Export::class(&resource::ASYNC_RESOURCE),
    ],
};

/// The keys of storages in the async frames.
#[derive(Default)]
struct Keys(Cell<u64>);

fn next_key(cx: &Context) -> u64 {
    let keys: Rc<Keys> = Host::of(cx).state::<Keys>();
    keys.0.set(keys.0.get() + 1);
    keys.0.get()
}

#[derive(Default)]
struct TopLevel(std::cell::RefCell<Option<JsObject>>);

fn execution_async_resource(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    if let Some(resource) = host.async_resource() {
        return Ok(resource.into());
    }
    if host.async_ids().0 <= 1 {
        let state = host.state::<TopLevel>();
        let made = state.0.borrow_mut().get_or_insert_with(|| JsObject::with_object_proto(cx.intrinsics())).clone();
        return Ok(made.into());
    }
    // The callback's own, made when it is first asked for.
    let made = JsObject::with_object_proto(cx.intrinsics());
    host.set_async_resource(made.clone());
    Ok(made.into())
}
