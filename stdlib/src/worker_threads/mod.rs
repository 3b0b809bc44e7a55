//! `worker_threads`: JavaScript on threads of its own.
//!
//! ```js
//! const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
//! if (isMainThread) {
//!   new Worker(__filename, { workerData: 20 }).on('message', (sum) => console.log(sum)); // 210
//! } else {
//!   let sum = 0;
//!   for (let i = 1; i <= workerData; i++) sum += i;
//!   parentPort.postMessage(sum);
//! }
//! ```
//!
//! A worker has a host, a loop and a context of its own, on a thread with a deep stack. Parent and worker share nothing but mailboxes and
//! each other's `Remote`: whatever one tells the other is a closure posted to a loop, so that all of it keeps its order.
//! `thread` is the worker's side, `worker` the parent's, `failure` an uncaught error on its way.
//!
//! Follows <https://nodejs.org/api/worker_threads.html>.
//!
//! Differs from Node: of `resourceLimits` the two generations' sizes are kept, as one limit that array buffers count to; heap snapshots, profiles and `locks` are missing;
//! `moveMessagePortToContext` gives the port back.

mod environment;
mod failure;
mod options;
mod post;
mod stdio;
mod thread;
mod worker;

use boa_engine::introspect::ObjectKind;
use boa_engine::{Context, JsArgs, JsObject, JsValue, js_string};
use coil_engine::{
    errors::{self, Base},
    table::{Export, NativeModule},
};

pub(crate) use self::stdio::stdin_of_worker;
use self::thread::inside;
pub use self::thread::{Birth, Ended, Program, Run, Runner, leave};
use crate::{
    messaging::{BROADCAST_CHANNEL, MESSAGE_CHANNEL, MESSAGE_PORT, is_detached, is_port, receive_message_on_port},
    structured_clone::{UNCLONEABLE, UNTRANSFERABLE, is_untransferable, mark},
};

/// The number of the worker this host is, if it is one.
pub(crate) fn thread_id(cx: &Context) -> Option<u64> {
    inside(cx).map(|inside| inside.id)
}

/// `require('worker_threads')`
pub static MODULE: NativeModule = NativeModule {
    name: "worker_threads",
    exports: &[
        Export::boolean("isInternalThread", false),
        Export::build("isMainThread", |cx| Ok((!is_worker(cx)).into())),
        Export::class(&MESSAGE_PORT),
        Export::class(&MESSAGE_CHANNEL),
        Export::function("markAsUncloneable", 1, |_this, args, cx| {
            // What is memory can always be cloned.
            if let Some(object) = args.get_or_undefined(0).as_object().filter(|object| !matches!(object.kind(), ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer)) {
                mark(&object, UNCLONEABLE, cx)?;
            }
            Ok(JsValue::undefined())
        }),
        Export::function("markAsUntransferable", 1, |_this, args, cx| {
            if let Some(object) = args.get_or_undefined(0).as_object() {
                mark(&object, UNTRANSFERABLE, cx)?;
            }
            Ok(JsValue::undefined())
        }),
        Export::function("isMarkedAsUntransferable", 1, |_this, args, cx| match args.get_or_undefined(0).as_object() {
            Some(object) => Ok(is_untransferable(&object, cx)?.into()),
            None => Ok(false.into()),
        }),
        Export::function("moveMessagePortToContext", 0, |_this, args, cx| {
            if !is_port(args.get_or_undefined(0)) {
                return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "The \"port\" argument must be a MessagePort instance", cx));
            }
            if args.get_or_undefined(0).as_object().is_some_and(|port| is_detached(&port)) {
                return Err(errors::coded(Base::Error, "ERR_CLOSED_MESSAGE_PORT", "Cannot send data on closed MessagePort", cx));
            }
            if !args.get_or_undefined(1).is_object() {
                return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "Invalid context argument", cx));
            }
            Ok(args.get_or_undefined(0).clone())
        }),
        Export::function("receiveMessageOnPort", 1, receive_message_on_port),
        Export::build("resourceLimits", |cx| match inside(cx) {
            Some(inside) => options::limits_inside(&inside.limits, cx),
            None => Ok(JsObject::with_object_proto(cx.intrinsics()).into()),
        }),
        Export::function("postMessageToThread", 4, post::post_message_to_thread),
        Export::build("threadId", |cx| Ok(inside(cx).map_or(0.0, |inside| inside.id as f64).into())),
        Export::build("threadName", |cx| Ok(inside(cx).map_or_else(|| js_string!(), |inside| js_string!(inside.name.as_str())).into())),
        Export::symbol_value("SHARE_ENV", options::SHARE_ENV),
        Export::class(&worker::WORKER),
        Export::build("parentPort", |cx| Ok(inside(cx).map_or_else(JsValue::null, |inside| inside.parent_port.clone().into()))),
        Export::build("workerData", |cx| Ok(inside(cx).map_or_else(JsValue::null, |inside| inside.data.clone()))),
        Export::class(&BROADCAST_CHANNEL),
        Export::function("setEnvironmentData", 2, environment::set_environment_data),
        Export::function("getEnvironmentData", 1, environment::get_environment_data),
        Export::module(
            "locks",
            const {
                &NativeModule {
                    name: "worker_threads.locks",
                    exports: &[
                        Export::function("request", 2, |_this, _args, cx| Err(errors::method_not_implemented("worker_threads.locks.request()", cx))),
                        Export::function("query", 0, |_this, _args, cx| Err(errors::method_not_implemented("worker_threads.locks.query()", cx))),
                    ],
                }
            },
        ),
    ],
};

/// Whether this host is a worker.
pub(crate) fn is_worker(cx: &Context) -> bool {
    inside(cx).is_some()
}
