//! Node's `perf_hooks`: the clock of a run, marks and measures, who is told of them, histograms, and how busy the loop is.
//!
//! ```js
//! const { performance, PerformanceObserver } = require('perf_hooks');
//! new PerformanceObserver((list) => console.log(list.getEntries()[0].name)).observe({ type: 'measure' });
//! performance.measure('start to now');
//! ```
//!
//! Follows <https://nodejs.org/api/perf_hooks.html>.
//!
//! Differs from Node: no entries of the types `gc` and `dns` are made; `v8Start` is when the engine was ready;
//! histograms cannot be posted to other threads.

mod entry;
mod histogram;
pub(crate) mod measuring;
mod node_timing;
mod observer;
mod resource;
mod timerify;
mod user_timing;

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule, Symbol},
};

use self::{
    entry::{PERFORMANCE_ENTRY, inspect_as, list, text},
    node_timing::event_loop_utilization,
    observer::{ENTRY_LIST, PERFORMANCE_OBSERVER},
    resource::PERFORMANCE_RESOURCE_TIMING,
    timerify::timerify,
    user_timing::{PERFORMANCE_MARK, PERFORMANCE_MEASURE},
};
use crate::event_target::{self, EVENT_TARGET};

pub(crate) use node_timing::utilization;
pub(crate) use observer::is_observed;
pub(crate) use timerify::tell_node_entry;

/// `require('perf_hooks')`
pub static MODULE: NativeModule = NativeModule {
    name: "perf_hooks",
    exports: &[
        Export::class(&PERFORMANCE),
        Export::class(&PERFORMANCE_ENTRY),
        Export::class(&PERFORMANCE_MARK),
        Export::class(&PERFORMANCE_MEASURE),
        Export::class(&PERFORMANCE_OBSERVER),
        Export::class(&ENTRY_LIST),
        Export::class(&PERFORMANCE_RESOURCE_TIMING),
        Export::function("monitorEventLoopDelay", 0, histogram::monitor_event_loop_delay),
        Export::build("eventLoopUtilization", |cx| PERFORMANCE.prototype(cx)?.get(js_string!("eventLoopUtilization"), cx)),
        Export::build("timerify", |cx| PERFORMANCE.prototype(cx)?.get(js_string!("timerify"), cx)),
        Export::function("createHistogram", 0, histogram::create_histogram),
        Export::build("performance", performance),
        Export::module("constants", &CONSTANTS).read_only().permanent(),
    ],
};

/// The classes that are global, too.
pub static GLOBALS: &[Export] = &[
    Export::lazy("Performance", |cx| PERFORMANCE.constructor(cx).map(JsValue::from)).enumerable(false),
    Export::lazy("PerformanceEntry", |cx| PERFORMANCE_ENTRY.constructor(cx).map(JsValue::from)).enumerable(false),
    Export::lazy("PerformanceMark", |cx| PERFORMANCE_MARK.constructor(cx).map(JsValue::from)).enumerable(false),
    Export::lazy("PerformanceMeasure", |cx| PERFORMANCE_MEASURE.constructor(cx).map(JsValue::from)).enumerable(false),
    Export::lazy("PerformanceObserver", |cx| PERFORMANCE_OBSERVER.constructor(cx).map(JsValue::from)).enumerable(false),
    Export::lazy("PerformanceObserverEntryList", |cx| ENTRY_LIST.constructor(cx).map(JsValue::from)).enumerable(false),
    Export::lazy("PerformanceResourceTiming", |cx| PERFORMANCE_RESOURCE_TIMING.constructor(cx).map(JsValue::from)).enumerable(false),
];

static CONSTANTS: NativeModule = NativeModule {
    name: "perf_hooks.constants",
    exports: &[
        Export::int("NODE_PERFORMANCE_GC_MAJOR", 4).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_MINOR", 1).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_INCREMENTAL", 8).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_WEAKCB", 16).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_NO", 0).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED", 2).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_FORCED", 4).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING", 8).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE", 16).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY", 32).read_only().permanent(),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE", 64).read_only().permanent(),
        hidden("NODE_PERFORMANCE_ENTRY_TYPE_GC", 0),
        hidden("NODE_PERFORMANCE_ENTRY_TYPE_HTTP", 1),
        hidden("NODE_PERFORMANCE_ENTRY_TYPE_HTTP2", 2),
        hidden("NODE_PERFORMANCE_ENTRY_TYPE_NET", 3),
        hidden("NODE_PERFORMANCE_ENTRY_TYPE_DNS", 4),
        hidden("NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP", 0),
        hidden("NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN", 1),
        hidden("NODE_PERFORMANCE_MILESTONE_ENVIRONMENT", 2),
        hidden("NODE_PERFORMANCE_MILESTONE_NODE_START", 3),
        hidden("NODE_PERFORMANCE_MILESTONE_V8_START", 4),
        hidden("NODE_PERFORMANCE_MILESTONE_LOOP_START", 5),
        hidden("NODE_PERFORMANCE_MILESTONE_LOOP_EXIT", 6),
        hidden("NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE", 7),
    ],
};

/// A constant that `Object.keys` does not show.
const fn hidden(name: &'static str, value: i32) -> Export {
    Export::int(name, value).enumerable(false).read_only().permanent()
}

static PERFORMANCE: Class = Class {
    name: "Performance",
    length: 0,
    extends: Parent::Class(&EVENT_TARGET),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("clearMarks", 0, |this, args, cx| {
            let name = optional_name(this, args, cx)?;
            user_timing::forget(name.as_deref(), cx)?;
            entry::clear("mark", name.as_deref(), cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("clearMeasures", 0, |this, args, cx| {
            let name = optional_name(this, args, cx)?;
            entry::clear("measure", name.as_deref(), cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("clearResourceTimings", 0, |this, args, cx| {
            let name = optional_name(this, args, cx)?;
            entry::clear("resource", name.as_deref(), cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("getEntries", 0, |this, _, cx| {
            check(this, cx)?;
            let entries = entry::wanted(cx, |_| true);
            Ok(list(entries, cx))
        })
        .enumerable(true),
        Export::function("getEntriesByName", 1, entries_by_name).enumerable(true),
        Export::function("getEntriesByType", 1, entries_by_type).enumerable(true),
        Export::function("mark", 1, |this, args, cx| {
            check(this, cx)?;
            user_timing::mark(args, cx)
        })
        .enumerable(true),
        Export::function("measure", 1, |this, args, cx| {
            check(this, cx)?;
            if args.is_empty() {
                return Err(errors::missing_args(&["name"], cx));
            }
            user_timing::measure(args, cx)
        })
        .enumerable(true),
        Export::function("now", 0, |this, _, cx| {
            check(this, cx)?;
            Ok(now(cx).into())
        })
        .enumerable(true),
        Export::function("setResourceTimingBufferSize", 1, |this, args, cx| {
            check(this, cx)?;
            if args.is_empty() {
                return Err(errors::missing_args(&["maxSize"], cx));
            }
            let most = args.get_or_undefined(0).to_u32(cx)?;
            resource::set_buffer_size(most, cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::getter("timeOrigin", |this, _, cx| {
            check(this, cx)?;
            Ok(time_origin(cx).into())
        })
        .enumerable(true),
        Export::function("toJSON", 0, to_json).enumerable(true),
        Export::function("eventLoopUtilization", 2, event_loop_utilization),
        Export::build("nodeTiming", node_timing::node_timing),
        Export::function("markResourceTiming", 7, resource::mark_resource_timing),
        Export::function("timerify", 1, timerify),
        Export::accessor(
            "onresourcetimingbufferfull",
            |this, _, cx| event_target::handler(this, &js_string!("resourcetimingbufferfull"), cx),
            |this, args, cx| {
                event_target::set_handler(this, &js_string!("resourcetimingbufferfull"), args.get_or_undefined(0), cx)?;
                Ok(JsValue::undefined())
            },
        )
        .enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_performance),
        Export::tag("Performance"),
    ],
    statics: &[],
};

/// The one `performance` of a host.
#[derive(Default)]
struct Made(RefCell<Option<JsObject>>);

/// The global `performance`.
pub fn performance(cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<Made>();
    if let Some(made) = state.0.borrow().clone() {
        return Ok(made.into());
    }
    let prototype = PERFORMANCE.prototype(cx)?;
    let made = JsObject::from_proto_and_data(prototype, boa_engine::builtins::object::OrdinaryObject);
    event_target::init_target(&made, event_target::Hooks::default(), cx)?;
    *state.0.borrow_mut() = Some(made.clone());
    Ok(made.into())
}

/// `validateThisInternalField(this, kPerformanceBrand, 'Performance')`
fn check(this: &JsValue, cx: &mut Context) -> JsResult<()> {
    let made = Host::of(cx).state::<Made>().0.borrow().clone();
    match (this.as_object(), made) {
        (Some(this), Some(made)) if JsObject::equals(&this, &made) => Ok(()),
        _ => Err(errors::invalid_this("Performance", cx)),
    }
}

fn optional_name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<Option<String>> {
    check(this, cx)?;
    match args.get_or_undefined(0) {
        name if name.is_undefined() => Ok(None),
        name => text(name, cx).map(Some),
    }
}

/// Milliseconds since the runtime started.
fn now(cx: &Context) -> f64 {
    Host::of(cx).uptime_ns() as f64 / NS_PER_MS
}

const NS_PER_MS: f64 = 1e6;

/// When the process started, in milliseconds of the wall clock: the same at every call and in every thread.
fn time_origin(cx: &Context) -> f64 {
    static ORIGIN: std::sync::OnceLock<f64> = std::sync::OnceLock::new();
    let host = Host::of(cx);
    *ORIGIN.get_or_init(|| {
        let wall = host.sys().clock().wall_ns() as f64;
        let up = host.sys().clock().monotonic_ns().saturating_sub(host.process_started_ns());
        (wall - up as f64) / NS_PER_MS
    })
}

fn entries_by_name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    let Some(name) = args.first() else { return Err(errors::missing_args(&["name"], cx)) };
    let name = text(name, cx)?;
    let kind = match args.get_or_undefined(1) {
        kind if kind.is_undefined() => None,
        kind => Some(text(kind, cx)?),
    };
    let entries = entry::wanted(cx, |record| record.name == name && kind.as_ref().is_none_or(|kind| kind == record.kind));
    Ok(list(entries, cx))
}

fn entries_by_type(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    let Some(kind) = args.first() else { return Err(errors::missing_args(&["type"], cx)) };
    let kind = text(kind, cx)?;
    let entries = entry::wanted(cx, |record| record.kind == kind);
    Ok(list(entries, cx))
}

fn inspect_performance(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for name in ["nodeTiming", "timeOrigin"] {
        let value = object.get(js_string!(name), cx)?;
        shown.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    inspect_as("Performance", shown.into(), this, args, cx)
}

fn to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    let this = this.to_object(cx)?;
    let object = JsObject::with_object_proto(cx.intrinsics());
    for name in ["nodeTiming", "timeOrigin"] {
        let value = this.get(js_string!(name), cx)?;
        object.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    let utilization = crate::events::method(&this, "eventLoopUtilization", &[], cx)?;
    object.create_data_property_or_throw(js_string!("eventLoopUtilization"), utilization, cx)?;
    Ok(object.into())
}
