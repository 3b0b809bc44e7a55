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
mod promise_hooks;
mod promises;
mod resource;
mod storage;

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::IntegrityLevel};
use coil_engine::{
    Host,
    table::{Export, NativeModule},
};

pub(crate) use self::{promise_hooks::PROMISE_HOOKS, storage::storage_key};

/// `require('async_hooks')`
pub static MODULE: NativeModule = NativeModule {
    name: "async_hooks",
    exports: &[
        Export::getter("AsyncLocalStorage", |_, _, cx| Ok(storage::ASYNC_LOCAL_STORAGE.constructor(cx)?.into())),
        Export::function("createHook", 1, hooks::create_hook),
        Export::function("executionAsyncId", 0, |_, _, cx| Ok((Host::of(cx).async_ids().0 as f64).into())),
        Export::function("triggerAsyncId", 0, |_, _, cx| Ok((Host::of(cx).async_ids().1 as f64).into())),
        Export::function("executionAsyncResource", 0, execution_async_resource),
        Export::build("asyncWrapProviders", providers),
        Export::class(&resource::ASYNC_RESOURCE),
    ],
};

/// What `type` can be of the resources of Node itself, each with its number.
fn providers(cx: &mut Context) -> JsResult<JsValue> {
    let providers = JsObject::with_null_proto();
    for (number, name) in PROVIDERS.iter().enumerate() {
        providers.create_data_property_or_throw(js_string!(*name), number as i32, cx)?;
    }
    providers.set_integrity_level(IntegrityLevel::Frozen, cx)?;
    Ok(providers.into())
}

const PROVIDERS: &[&str] = &[
    "NONE",
    "DIRHANDLE",
    "DNSCHANNEL",
    "ELDHISTOGRAM",
    "FILEHANDLE",
    "FILEHANDLECLOSEREQ",
    "BLOBREADER",
    "FSEVENTWRAP",
    "FSREQCALLBACK",
    "FSREQPROMISE",
    "GETADDRINFOREQWRAP",
    "GETNAMEINFOREQWRAP",
    "HEAPSNAPSHOT",
    "HTTP2SESSION",
    "HTTP2STREAM",
    "HTTP2PING",
    "HTTP2SETTINGS",
    "HTTPINCOMINGMESSAGE",
    "HTTPCLIENTREQUEST",
    "LOCKS",
    "JSSTREAM",
    "JSUDPWRAP",
    "MESSAGEPORT",
    "PIPECONNECTWRAP",
    "PIPESERVERWRAP",
    "PIPEWRAP",
    "PROCESSWRAP",
    "PROMISE",
    "QUERYWRAP",
    "QUIC_ENDPOINT",
    "QUIC_LOGSTREAM",
    "QUIC_PACKET",
    "QUIC_SESSION",
    "QUIC_STREAM",
    "QUIC_UDP",
    "SHUTDOWNWRAP",
    "SIGNALWRAP",
    "STATWATCHER",
    "STREAMPIPE",
    "TCPCONNECTWRAP",
    "TCPSERVERWRAP",
    "TCPWRAP",
    "TTYWRAP",
    "UDPSENDWRAP",
    "UDPWRAP",
    "SIGINTWATCHDOG",
    "WORKER",
    "WORKERCPUPROFILE",
    "WORKERCPUUSAGE",
    "WORKERHEAPPROFILE",
    "WORKERHEAPSNAPSHOT",
    "WORKERHEAPSTATISTICS",
    "WRITEWRAP",
    "ZLIB",
    "CHECKPRIMEREQUEST",
    "PBKDF2REQUEST",
    "KEYPAIRGENREQUEST",
    "KEYGENREQUEST",
    "KEYEXPORTREQUEST",
    "ARGON2REQUEST",
    "CIPHERREQUEST",
    "DERIVEBITSREQUEST",
    "HASHREQUEST",
    "RANDOMBYTESREQUEST",
    "RANDOMPRIMEREQUEST",
    "SCRYPTREQUEST",
    "SIGNREQUEST",
    "TLSWRAP",
    "VERIFYREQUEST",
];

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
