//! The process that forks workers.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{Host, errors as engine_errors, table};

use super::{WORKER, handles, is_connected, messages};
use crate::{
    child_process::{
        arguments::{self, get, put},
        fork,
    },
    events,
};

/// What the primary of a host knows.
#[derive(Default)]
pub struct Primary {
    cluster: RefCell<Option<JsObject>>,
    /// Where the end of all workers is told, apart from what scripts listen to.
    intercom: RefCell<Option<JsObject>>,
    ids: Cell<u32>,
    initialized: Cell<bool>,
    /// `SCHED_RR`, from the first fork on.
    pub(super) round_robin: Cell<bool>,
}

const SCHED_NONE: i32 = 1;
const SCHED_RR: i32 = 2;

pub fn fill(cluster: &JsObject, cx: &mut Context) -> JsResult<()> {
    let worker = WORKER.constructor(cx)?;
    put(cluster, "Worker", worker, cx)?;
    for name in ["workers", "settings"] {
        let empty = JsObject::with_object_proto(cx.intrinsics());
        put(cluster, name, empty, cx)?;
    }
    put(cluster, "SCHED_NONE", SCHED_NONE, cx)?;
    put(cluster, "SCHED_RR", SCHED_RR, cx)?;
    let policy = match Host::of(cx).env("NODE_CLUSTER_SCHED_POLICY").as_deref() {
        Some("none") => SCHED_NONE,
        _ => SCHED_RR,
    };
    put(cluster, "schedulingPolicy", policy, cx)?;
    let set_up = table::function(set_up_primary, js_string!(), 1, cx);
    put(cluster, "setupPrimary", set_up.clone(), cx)?;
    put(cluster, "setupMaster", set_up, cx)?;
    let fork = table::function(fork_worker, js_string!(), 1, cx);
    put(cluster, "fork", fork, cx)?;
    let disconnect = table::function(disconnect_all, js_string!(), 1, cx);
    put(cluster, "disconnect", disconnect, cx)?;
    let intercom = events::create(cx)?;
    let state = Host::of(cx).state::<Primary>();
    state.cluster.replace(Some(cluster.clone()));
    state.intercom.replace(Some(intercom));
    Ok(())
}

fn cluster(cx: &mut Context) -> JsResult<JsObject> {
    let found = Host::of(cx).state::<Primary>().cluster.borrow().clone();
    found.ok_or_else(|| engine_errors::invalid_state("cluster is not set up", cx))
}

fn intercom(cx: &mut Context) -> JsResult<JsObject> {
    let found = Host::of(cx).state::<Primary>().intercom.borrow().clone();
    found.ok_or_else(|| engine_errors::invalid_state("cluster is not set up", cx))
}

/// `cluster.setupPrimary([settings])`
fn set_up_primary(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let cluster = cluster(cx)?;
    let settings = JsObject::with_object_proto(cx.intrinsics());
    let process = crate::process::object(cx)?;
    let argv = get(&process, "argv", cx)?;
    let argv = arguments::elements(&argv, cx)?;
    let rest = JsArray::from_iter(argv.iter().skip(2).cloned(), cx);
    put(&settings, "args", rest, cx)?;
    put(&settings, "exec", argv.get_or_undefined(1).clone(), cx)?;
    let exec_argv = get(&process, "execArgv", cx)?;
    put(&settings, "execArgv", exec_argv, cx)?;
    put(&settings, "silent", false, cx)?;
    for from in [get(&cluster, "settings", cx)?, args.get_or_undefined(0).clone()] {
        let Some(from) = from.as_object() else { continue };
        for (name, value) in crate::http::own_entries(&from, cx)? {
            settings.create_data_property_or_throw(name, value, cx)?;
        }
    }
    cluster.set(js_string!("settings"), settings.clone(), true, cx)?;
    let state = Host::of(cx).state::<Primary>();
    if !state.initialized.replace(true) {
        let policy = get(&cluster, "schedulingPolicy", cx)?;
        match policy.as_number() {
            Some(number) if number == f64::from(SCHED_NONE) || number == f64::from(SCHED_RR) => state.round_robin.set(number == f64::from(SCHED_RR)),
            _ => {
                let message = format!("Bad cluster.schedulingPolicy: {}", policy.to_string(cx)?.to_std_string_lossy());
                return Err(engine_errors::plain(engine_errors::Base::Error, message));
            }
        }
    }
    Host::of(cx).next_tick_native(move |cx| events::emit(&cluster, js_string!("setup"), &[settings.into()], cx).map(drop));
    Ok(JsValue::undefined())
}

/// Starts the process of a worker.
fn start(id: u32, env: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let cluster = cluster(cx)?;
    let settings = get(&cluster, "settings", cx)?.to_object(cx)?;
    let variables = JsObject::with_object_proto(cx.intrinsics());
    let process = crate::process::object(cx)?;
    for from in [get(&process, "env", cx)?, env.clone()] {
        let Some(from) = from.as_object() else { continue };
        for (name, value) in crate::http::own_entries(&from, cx)? {
            variables.create_data_property_or_throw(name, value, cx)?;
        }
    }
    put(&variables, "NODE_UNIQUE_ID", js_string!(id.to_string()), cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    for name in ["cwd", "serialization", "silent", "windowsHide", "execArgv", "stdio", "gid", "uid"] {
        let value = get(&settings, name, cx)?;
        put(&options, name, value, cx)?;
    }
    put(&options, "env", variables, cx)?;
    let flags = get(&settings, "execArgv", cx)?;
    let flags = arguments::elements(&flags, cx)?;
    let flags = JsArray::from_iter(flags, cx);
    put(&options, "execArgv", flags, cx)?;
    let (program, list) = (get(&settings, "exec", cx)?, get(&settings, "args", cx)?);
    fork(&JsValue::undefined(), &[program, list, options.into()], cx)?.to_object(cx)
}

/// `cluster.fork([env])`
fn fork_worker(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let cluster = cluster(cx)?;
    events::method(&cluster, "setupPrimary", &[], cx)?;
    let state = Host::of(cx).state::<Primary>();
    let id = state.ids.get() + 1;
    state.ids.set(id);
    let process = start(id, args.get_or_undefined(0), cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "id", id, cx)?;
    put(&options, "process", process.clone(), cx)?;
    let worker = WORKER.construct(&[options.into()], cx)?;

    let message = table::closure(
        "",
        2,
        cluster.clone(),
        |this, args, cluster, cx| {
            let args = [this.clone(), args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()];
            events::emit(cluster, js_string!("message"), &args, cx).map(JsValue::from)
        },
        cx,
    );
    events::on(&worker, js_string!("message"), message, cx)?;
    let exited = table::closure("", 2, (cluster.clone(), worker.clone()), |_this, args, (cluster, worker), cx| on_exit(cluster, worker, args, cx), cx);
    events::once(&process, js_string!("exit"), exited, cx)?;
    let gone = table::closure("", 0, (cluster.clone(), worker.clone()), |_this, _args, (cluster, worker), cx| on_disconnect(cluster, worker, cx), cx);
    events::once(&process, js_string!("disconnect"), gone, cx)?;
    messages::listen(&process, &worker, on_message, cx)?;
    let (forked, told) = (worker.clone(), cluster.clone());
    Host::of(cx).next_tick_native(move |cx| events::emit(&told, js_string!("fork"), &[forked.into()], cx).map(drop));
    let workers = get(&cluster, "workers", cx)?.to_object(cx)?;
    workers.create_data_property_or_throw(js_string!(id.to_string()), worker.clone(), cx)?;
    Ok(worker.into())
}

fn settle_reason(worker: &JsObject, state: &str, cx: &mut Context) -> JsResult<()> {
    let meant = get(worker, "exitedAfterDisconnect", cx)?.to_boolean();
    worker.set(js_string!("exitedAfterDisconnect"), meant, true, cx)?;
    worker.set(js_string!("state"), js_string!(state), true, cx).map(drop)
}

fn on_exit(cluster: &JsObject, worker: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (code, signal) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if !is_connected(worker, cx)? {
        handles::remove_all_of(worker, cx)?;
        remove_worker(worker, cx)?;
    }
    settle_reason(worker, "dead", cx)?;
    events::emit(worker, js_string!("exit"), &[code.clone(), signal.clone()], cx)?;
    events::emit(cluster, js_string!("exit"), &[worker.clone().into(), code, signal], cx)?;
    Ok(JsValue::undefined())
}

fn on_disconnect(cluster: &JsObject, worker: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    handles::remove_all_of(worker, cx)?;
    if events::method(worker, "isDead", &[], cx)?.to_boolean() {
        remove_worker(worker, cx)?;
    }
    settle_reason(worker, "disconnected", cx)?;
    events::emit(worker, js_string!("disconnect"), &[], cx)?;
    events::emit(cluster, js_string!("disconnect"), &[worker.clone().into()], cx)?;
    Ok(JsValue::undefined())
}

fn remove_worker(worker: &JsObject, cx: &mut Context) -> JsResult<()> {
    let cluster = cluster(cx)?;
    let workers = get(&cluster, "workers", cx)?.to_object(cx)?;
    let id = get(worker, "id", cx)?.to_property_key(cx)?;
    workers.delete_property_or_throw(id, cx)?;
    if crate::http::own_entries(&workers, cx)?.is_empty() {
        let intercom = intercom(cx)?;
        events::emit(&intercom, js_string!("disconnect"), &[], cx)?;
    }
    Ok(())
}

/// `cluster.disconnect([callback])`
fn disconnect_all(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (cluster, intercom) = (cluster(cx)?, intercom(cx)?);
    let workers = get(&cluster, "workers", cx)?.to_object(cx)?;
    let workers = crate::http::own_entries(&workers, cx)?;
    if workers.is_empty() {
        let told = intercom.clone();
        Host::of(cx).next_tick_native(move |cx| events::emit(&told, js_string!("disconnect"), &[], cx).map(drop));
    }
    for (_, worker) in workers {
        let worker = worker.to_object(cx)?;
        if is_connected(&worker, cx)? {
            events::method(&worker, "disconnect", &[], cx)?;
        }
    }
    let callback = args.get_or_undefined(0);
    if callback.is_callable() {
        events::once(&intercom, js_string!("disconnect"), callback.clone(), cx)?;
    }
    Ok(JsValue::undefined())
}

/// A message of a worker.
fn on_message(worker: &JsObject, message: &JsObject, _handle: &JsValue, cx: &mut Context) -> JsResult<()> {
    let cluster = cluster(cx)?;
    let act = get(message, "act", cx)?;
    let Some(act) = act.as_string() else { return Ok(()) };
    match act.to_std_string_lossy().as_str() {
        "online" => {
            worker.set(js_string!("state"), js_string!("online"), true, cx)?;
            events::emit(worker, js_string!("online"), &[], cx)?;
            events::emit(&cluster, js_string!("online"), &[worker.clone().into()], cx)?;
        }
        "exitedAfterDisconnect" => {
            worker.set(js_string!("exitedAfterDisconnect"), true, true, cx)?;
            let answer = JsObject::with_object_proto(cx.intrinsics());
            let number = get(message, "seq", cx)?;
            put(&answer, "ack", number, cx)?;
            send(worker, &answer, JsValue::undefined(), None, cx)?;
        }
        "listening" => {
            let info = JsObject::with_object_proto(cx.intrinsics());
            for name in ["addressType", "address", "port", "fd"] {
                let value = get(message, name, cx)?;
                put(&info, name, value, cx)?;
            }
            worker.set(js_string!("state"), js_string!("listening"), true, cx)?;
            events::emit(worker, js_string!("listening"), &[info.clone().into()], cx)?;
            events::emit(&cluster, js_string!("listening"), &[worker.clone().into(), info.into()], cx)?;
        }
        "queryServer" if !get(worker, "exitedAfterDisconnect", cx)?.to_boolean() => handles::query(worker, message, cx)?,
        "close" => {
            let key = get(message, "key", cx)?.to_string(cx)?.to_std_string_lossy();
            handles::remove(&key, worker, cx)?;
        }
        _ => {}
    }
    Ok(())
}

/// Sends a worker a message.
pub fn send(worker: &JsObject, message: &JsObject, handle: JsValue, reply: Option<messages::Reply>, cx: &mut Context) -> JsResult<bool> {
    let process = get(worker, "process", cx)?.to_object(cx)?;
    messages::send(&process, message, handle, reply, cx)
}

/// `worker.disconnect()`
pub fn disconnect_worker(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let worker = this.to_object(cx)?;
    worker.set(js_string!("exitedAfterDisconnect"), true, true, cx)?;
    let message = messages::act("disconnect", cx)?;
    send(&worker, &message, JsValue::undefined(), None, cx)?;
    handles::remove_all_of(&worker, cx)?;
    remove_worker(&worker, cx)?;
    Ok(this.clone())
}

/// `worker.destroy([signal])`
pub fn destroy_worker(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let process = get(&this.to_object(cx)?, "process", cx)?.to_object(cx)?;
    let signal = args.get_or_undefined(0);
    let signal = if signal.to_boolean() { signal.clone() } else { js_string!("SIGTERM").into() };
    events::method(&process, "kill", &[signal], cx)?;
    Ok(JsValue::undefined())
}
