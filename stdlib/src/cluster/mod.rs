//! `node:cluster`: several processes that serve the same ports.
//!
//! ```js
//! const cluster = require('node:cluster');
//! if (cluster.isPrimary) {
//!   cluster.fork();
//!   cluster.on('exit', (worker, code) => console.log(`worker ${worker.id} ended with ${code}`));
//! } else {
//!   console.log(`I am worker ${cluster.worker.id}`);
//!   process.exit(3);
//! }
//! ```
//!
//! | file | what |
//! |---|---|
//! | `primary.rs`, `handles.rs` | the process that forks, and what it shares |
//! | `child.rs` | a worker |
//! | `messages.rs` | what they tell each other |
//!
//! <https://nodejs.org/api/cluster.html>
//!
//! Differs from Node: no inspector ports.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    table::{Export, Member, NativeModule},
};

use crate::{
    child_process::arguments::{get, put},
    events,
};

mod child;
mod handles;
mod messages;
mod primary;

pub(crate) use child::{Query, is_worker, query_datagram, query_server};

/// `require('node:cluster')`
pub static MODULE: NativeModule = NativeModule { name: "cluster", exports: &[Export::build("=", make)] };

/// Of each new process that was forked as a worker: joins its primary.
pub fn set_up_worker(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    if !host.sys().env().has(UNIQUE_ID) {
        return Ok(());
    }
    let cluster = coil_engine::table::instantiate(&MODULE, cx)?;
    events::method(&cluster, "_setupWorker", &[], cx)?;
    host.sys().env().delete(UNIQUE_ID);
    Ok(())
}

const UNIQUE_ID: &str = "NODE_UNIQUE_ID";

fn make(cx: &mut Context) -> JsResult<JsValue> {
    let cluster = events::create(cx)?;
    let worker = Host::of(cx).sys().env().has(UNIQUE_ID);
    for (name, on) in [("isWorker", worker), ("isMaster", !worker), ("isPrimary", !worker)] {
        put(&cluster, name, on, cx)?;
    }
    if worker {
        child::fill(&cluster, cx)?
    } else {
        primary::fill(&cluster, cx)?
    }
    Ok(cluster.into())
}

/// `cluster.Worker`
static WORKER: Class = Class {
    name: "Worker",
    length: 1,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::renamed("kill", "", 0, |this, args, cx| events::method(&this.to_object(cx)?, "destroy", args, cx).map(|_| JsValue::undefined())),
        Member::renamed("send", "", 0, |this, args, cx| {
            let process = get(&this.to_object(cx)?, "process", cx)?.to_object(cx)?;
            events::method(&process, "send", args, cx)
        }),
        Member::renamed("isDead", "", 0, is_dead),
        Member::renamed("isConnected", "", 0, |this, _args, cx| {
            let process = get(&this.to_object(cx)?, "process", cx)?.to_object(cx)?;
            get(&process, "connected", cx)
        }),
        Member::renamed("disconnect", "", 0, |this, args, cx| if is_worker(cx) { child::disconnect(this, args, cx) } else { primary::disconnect_worker(this, args, cx) }),
        Member::renamed("destroy", "", 1, |this, args, cx| if is_worker(cx) { child::destroy(this, args, cx) } else { primary::destroy_worker(this, args, cx) }),
    ],
    statics: &[],
};

/// `Worker(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !WORKER.is_instance(this, cx)? {
        return Ok(WORKER.construct(args, cx)?.into());
    }
    let worker = this.to_object(cx)?;
    events::init_emitter(&worker, &JsValue::undefined(), cx)?;
    let options = match args.get_or_undefined(0).as_object() {
        Some(options) => options,
        None => JsObject::with_null_proto(),
    };
    put(&worker, "exitedAfterDisconnect", JsValue::undefined(), cx)?;
    let state = get(&options, "state", cx)?;
    put(&worker, "state", if state.to_boolean() { state } else { js_string!("none").into() }, cx)?;
    let id = get(&options, "id", cx)?.to_i32(cx)?;
    put(&worker, "id", id, cx)?;
    let process = get(&options, "process", cx)?;
    if let Some(object) = process.as_object() {
        put(&worker, "process", process, cx)?;
        for name in ["error", "message"] {
            let passed = coil_engine::table::closure(
                "",
                2,
                (worker.clone(), name == "error"),
                |_this, args, (worker, is_error), cx| {
                    let event = if *is_error { "error" } else { "message" };
                    let args = [args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()];
                    events::emit(worker, js_string!(event), &args, cx).map(JsValue::from)
                },
                cx,
            );
            events::on(&object, js_string!(name), passed, cx)?;
        }
    }
    Ok(JsValue::undefined())
}

fn is_dead(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let process = get(&this.to_object(cx)?, "process", cx)?.to_object(cx)?;
    let (code, signal) = (get(&process, "exitCode", cx)?, get(&process, "signalCode", cx)?);
    Ok((!code.is_null_or_undefined() || !signal.is_null_or_undefined()).into())
}

/// `worker.isConnected()`
fn is_connected(worker: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(events::method(worker, "isConnected", &[], cx)?.to_boolean())
}
