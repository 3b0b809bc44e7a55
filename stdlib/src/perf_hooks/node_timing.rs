//! `performance.nodeTiming` and `eventLoopUtilization`: the milestones of the process, and how busy its loop is.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::PropertyDescriptor};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export, Symbol},
};

use super::{
    entry::{PERFORMANCE_ENTRY, inspect_as, picked},
    now,
};

/// Names that measures know without a mark.
pub(super) const MILESTONES: [&str; 6] = ["nodeStart", "v8Start", "environment", "loopStart", "loopExit", "bootstrapComplete"];

const SHOWN: [&str; 11] = ["name", "entryType", "startTime", "duration", "nodeStart", "v8Start", "bootstrapComplete", "environment", "loopStart", "loopExit", "idleTime"];

const NS_PER_MS: f64 = 1e6;

/// `PerformanceNodeTiming`
pub(super) static NODE_TIMING: Class = Class {
    name: "PerformanceNodeTiming",
    length: 0,
    extends: Parent::Prototype(|cx| PERFORMANCE_ENTRY.prototype(cx)),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, |this, args, cx| {
            let shown = to_json(this, &[], cx)?;
            inspect_as("PerformanceNodeTiming", shown, this, args, cx)
        }),
        Export::function("toJSON", 0, to_json),
    ],
    statics: &[],
};

fn to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    picked(&this, &SHOWN, cx).map(JsValue::from)
}

/// `performance.nodeTiming`
pub(super) fn node_timing(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::from_proto_and_data(NODE_TIMING.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    for (name, value) in [("name", JsValue::from(js_string!("node"))), ("entryType", js_string!("node").into()), ("startTime", 0.into())] {
        let fixed = PropertyDescriptor::builder().value(value).writable(false).enumerable(true).configurable(true);
        object.define_property_or_throw(js_string!(name), fixed, cx)?;
    }
    for name in ["duration", "nodeStart", "v8Start", "environment", "loopStart", "loopExit", "bootstrapComplete", "idleTime"] {
        let get = table::closure("get", 0, name, |_, _, name, cx| Ok(milestone(name, cx).into()), cx);
        let accessor = PropertyDescriptor::builder().get(get).set(JsValue::undefined()).enumerable(true).configurable(true);
        object.define_property_or_throw(js_string!(name), accessor, cx)?;
    }
    let get = table::function(
        |_, _, cx| {
            let metrics = Host::of(cx).event_loop().metrics();
            let object = JsObject::with_object_proto(cx.intrinsics());
            for (name, value) in [("loopCount", metrics.loop_count), ("events", metrics.events), ("eventsWaiting", metrics.events_waiting)] {
                object.create_data_property_or_throw(js_string!(name), value as f64, cx)?;
            }
            Ok(object.into())
        },
        js_string!("get"),
        0,
        cx,
    );
    let accessor = PropertyDescriptor::builder().get(get).set(JsValue::undefined()).enumerable(true).configurable(true);
    object.define_property_or_throw(js_string!("uvMetricsInfo"), accessor, cx)?;
    Ok(object.into())
}

/// A milestone in milliseconds since the runtime started. What begins with the runtime itself is at its beginning.
pub(super) fn milestone(name: &str, cx: &Context) -> f64 {
    let host = Host::of(cx);
    match name {
        "duration" => now(cx),
        "loopStart" => host.event_loop().metrics().start_ns.map_or(-1.0, |start| since_start(start, cx)),
        "loopExit" => host.noted_ns("loopExit").map_or(-1.0, |at| at as f64 / NS_PER_MS),
        "idleTime" => host.event_loop().metrics().idle_ns as f64 / NS_PER_MS,
        noted => host.noted_ns(noted).map_or_else(|| bootstrap_complete(cx), |at| at as f64 / NS_PER_MS),
    }
}

/// A runtime that runs no main script was complete when this was first asked.
fn bootstrap_complete(cx: &Context) -> f64 {
    let host = Host::of(cx);
    host.note("bootstrapComplete");
    host.noted_ns("bootstrapComplete").map_or(0.0, |at| at as f64 / NS_PER_MS)
}

/// How far the runtime's clock is ahead of the loop's, in nanoseconds: taken once, so that a moment reads the same each time.
#[derive(Default)]
struct Ahead(std::cell::OnceCell<i64>);

/// A moment of the loop's clock in milliseconds since the runtime started.
fn since_start(ns: u64, cx: &Context) -> f64 {
    let host = Host::of(cx);
    let state = host.state::<Ahead>();
    let ahead = *state.0.get_or_init(|| host.uptime_ns() as i64 - host.event_loop().now_ns() as i64);
    (ns as i64).saturating_add(ahead).max(0) as f64 / NS_PER_MS
}

/// `performance.eventLoopUtilization([earlier[, later]])`
pub(super) fn event_loop_utilization(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let metrics = Host::of(cx).event_loop().metrics();
    let times = metrics.start_ns.map(|start_ns| (start_ns, metrics.idle_ns));
    utilization(times, args, cx)
}

/// The utilization of a loop that began and was idle at these times of its clock, in nanoseconds; of one that has not begun it is nothing.
pub(crate) fn utilization(times: Option<(u64, u64)>, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some((start_ns, idle_ns)) = times else { return given(0.0, 0.0, Some(0.0), cx) };
    let (first, second) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let part = |value: &JsValue, name: &str, cx: &mut Context| value.to_object(cx)?.get(js_string!(name), cx)?.to_number(cx);
    if second.to_boolean() {
        let idle = part(first, "idle", cx)? - part(second, "idle", cx)?;
        let active = part(first, "active", cx)? - part(second, "active", cx)?;
        return given(idle, active, None, cx);
    }
    let idle = idle_ns as f64 / NS_PER_MS;
    let active = now(cx) - since_start(start_ns, cx) - idle;
    if !first.to_boolean() {
        return given(idle, active, None, cx);
    }
    let (idle, active) = (idle - part(first, "idle", cx)?, active - part(first, "active", cx)?);
    given(idle, active, None, cx)
}

fn given(idle: f64, active: f64, utilization: Option<f64>, cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [("idle", idle), ("active", active), ("utilization", utilization.unwrap_or(active / (idle + active)))] {
        object.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(object.into())
}
