//! Node's `perf_hooks`: the clock of a run, marks and measures.
//!
//! Differs from Node: `performance` is no EventTarget and has no `nodeTiming`; `PerformanceObserver`, histograms, `timerify`
//! and resource timing are not implemented; `eventLoopUtilization()` gives zeros, as Node does before the loop runs.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, NativeModule, Symbol},
    validate,
};

/// `require('perf_hooks')`
pub static MODULE: NativeModule = NativeModule {
    name: "perf_hooks",
    exports: &[
        Export::class(&PERFORMANCE),
        Export::class(&PERFORMANCE_ENTRY),
        Export::class(&PERFORMANCE_MARK),
        Export::class(&PERFORMANCE_MEASURE),
        Export::function("PerformanceObserver", 1, |_, _, cx| Err(errors::method_not_implemented("perf_hooks.PerformanceObserver()", cx))),
        Export::function("monitorEventLoopDelay", 0, |_, _, cx| Err(errors::method_not_implemented("perf_hooks.monitorEventLoopDelay()", cx))),
        Export::function("eventLoopUtilization", 2, event_loop_utilization),
        Export::function("timerify", 1, timerify),
        Export::function("createHistogram", 0, |_, _, cx| Err(errors::method_not_implemented("perf_hooks.createHistogram()", cx))),
        Export::build("performance", performance),
        Export::module("constants", &CONSTANTS).read_only().permanent(),
    ],
};

static CONSTANTS: NativeModule = NativeModule {
    name: "perf_hooks.constants",
    exports: &[
        Export::int("NODE_PERFORMANCE_GC_MAJOR", 4),
        Export::int("NODE_PERFORMANCE_GC_MINOR", 1),
        Export::int("NODE_PERFORMANCE_GC_INCREMENTAL", 8),
        Export::int("NODE_PERFORMANCE_GC_WEAKCB", 16),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_NO", 0),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED", 2),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_FORCED", 4),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING", 8),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE", 16),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY", 32),
        Export::int("NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE", 64),
    ],
};

static PERFORMANCE: Class = Class {
    name: "Performance",
    length: 0,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("clearMarks", 0, |_, args, cx| clear("mark", args, cx)).enumerable(true),
        Export::function("clearMeasures", 0, |_, args, cx| clear("measure", args, cx)).enumerable(true),
        Export::function("clearResourceTimings", 0, |_, _, _| Ok(JsValue::undefined())).enumerable(true),
        Export::function("getEntries", 0, |_, _, cx| Ok(entries(cx, |_| true))).enumerable(true),
        Export::function("getEntriesByName", 1, entries_by_name).enumerable(true),
        Export::function("getEntriesByType", 1, entries_by_type).enumerable(true),
        Export::function("mark", 1, mark).enumerable(true),
        Export::function("measure", 1, measure).enumerable(true),
        Export::function("now", 0, |_, _, cx| Ok(now(cx).into())).enumerable(true),
        Export::function("setResourceTimingBufferSize", 1, |_, _, _| Ok(JsValue::undefined())).enumerable(true),
        Export::getter("timeOrigin", |_, _, cx| Ok(time_origin(cx).into())).enumerable(true),
        Export::function("toJSON", 0, to_json).enumerable(true),
        Export::function("eventLoopUtilization", 2, event_loop_utilization),
        Export::function("timerify", 1, timerify),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_performance),
        Export::tag("Performance"),
    ],
    statics: &[],
};

static PERFORMANCE_ENTRY: Class = Class {
    name: "PerformanceEntry",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("name", |this, _, cx| Ok(js_string!(of(this, cx)?.name.clone()).into())).enumerable(true),
        Export::getter("entryType", |this, _, cx| Ok(js_string!(of(this, cx)?.kind).into())).enumerable(true),
        Export::getter("startTime", |this, _, cx| Ok(of(this, cx)?.start.into())).enumerable(true),
        Export::getter("duration", |this, _, cx| Ok(of(this, cx)?.duration.into())).enumerable(true),
        Export::function("toJSON", 0, entry_to_json).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_entry),
    ],
    statics: &[],
};

static PERFORMANCE_MARK: Class = Class {
    name: "PerformanceMark",
    length: 1,
    extends: Parent::Class(&PERFORMANCE_ENTRY),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let record = mark_record(args, cx)?;
        let prototype = instance_prototype(&PERFORMANCE_MARK, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, record).into())
    },
    prototype: &[Export::getter("detail", |this, _, cx| Ok(of(this, cx)?.detail.clone())).enumerable(true), Export::function("toJSON", 0, entry_to_json), Export::tag("PerformanceMark")],
    statics: &[],
};

static PERFORMANCE_MEASURE: Class = Class {
    name: "PerformanceMeasure",
    length: 0,
    extends: Parent::Class(&PERFORMANCE_ENTRY),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::getter("detail", |this, _, cx| Ok(of(this, cx)?.detail.clone())).enumerable(true), Export::function("toJSON", 0, entry_to_json), Export::tag("PerformanceMeasure")],
    statics: &[],
};

#[derive(Clone, Trace, Finalize, JsData)]
struct Record {
    name: String,
    #[unsafe_ignore_trace]
    kind: &'static str,
    start: f64,
    duration: f64,
    detail: JsValue,
}

/// Marks and measures of a host, by start.
#[derive(Default)]
struct Timeline(RefCell<Vec<JsObject>>);

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
    *state.0.borrow_mut() = Some(made.clone());
    Ok(made.into())
}

/// Milliseconds since the runtime started.
fn now(cx: &Context) -> f64 {
    Host::of(cx).uptime_ns() as f64 / NS_PER_MS
}

const NS_PER_MS: f64 = 1e6;

/// When the runtime started, in milliseconds of the wall clock; the same at every call.
fn time_origin(cx: &Context) -> f64 {
    #[derive(Default)]
    struct Origin(std::cell::Cell<Option<f64>>);
    let host = Host::of(cx);
    let origin = host.state::<Origin>();
    if let Some(found) = origin.0.get() {
        return found;
    }
    let made = host.sys().clock().wall_ns() as f64 / NS_PER_MS - now(cx);
    origin.0.set(Some(made));
    made
}

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Record> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Record>().map(|record| record.clone()));
    found.ok_or_else(|| errors::invalid_this("PerformanceEntry", cx))
}

fn text(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    Ok(value.to_string(cx)?.to_std_string_lossy())
}

fn entries(cx: &mut Context, keep: impl Fn(&Record) -> bool) -> JsValue {
    let timeline = Host::of(cx).state::<Timeline>();
    let mut found: Vec<(f64, JsValue)> = Vec::new();
    for entry in timeline.0.borrow().iter() {
        if let Some(record) = entry.downcast_ref::<Record>()
            && keep(&record)
        {
            found.push((record.start, entry.clone().into()));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    JsArray::from_iter(found.into_iter().map(|(_, entry)| entry), cx).into()
}

fn entries_by_name(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(name) = args.first() else { return Err(errors::missing_args(&["name"], cx)) };
    let name = text(name, cx)?;
    let kind = match args.get_or_undefined(1) {
        kind if kind.is_undefined() => None,
        kind => Some(text(kind, cx)?),
    };
    Ok(entries(cx, |record| record.name == name && kind.as_ref().is_none_or(|kind| kind == record.kind)))
}

fn entries_by_type(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(kind) = args.first() else { return Err(errors::missing_args(&["type"], cx)) };
    let kind = text(kind, cx)?;
    Ok(entries(cx, |record| record.kind == kind))
}

fn clear(kind: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = match args.get_or_undefined(0) {
        name if name.is_undefined() => None,
        name => Some(text(name, cx)?),
    };
    let timeline = Host::of(cx).state::<Timeline>();
    timeline.0.borrow_mut().retain(|entry| {
        let goes = entry.downcast_ref::<Record>().is_some_and(|record| record.kind == kind && name.as_ref().is_none_or(|name| *name == record.name));
        !goes
    });
    Ok(JsValue::undefined())
}

fn keep(class: &'static Class, record: Record, cx: &mut Context) -> JsResult<JsValue> {
    let entry = JsObject::from_proto_and_data(class.prototype(cx)?, record);
    Host::of(cx).state::<Timeline>().0.borrow_mut().push(entry.clone());
    Ok(entry.into())
}

fn mark_record(args: &[JsValue], cx: &mut Context) -> JsResult<Record> {
    let Some(name) = args.first() else { return Err(errors::missing_args(&["name"], cx)) };
    let name = text(name, cx)?;
    let mut record = Record { name, kind: "mark", start: now(cx), duration: 0.0, detail: JsValue::null() };
    let options = args.get_or_undefined(1);
    if !options.is_null_or_undefined() {
        let options = validate::any_object(options, "options", cx)?;
        let start = options.get(js_string!("startTime"), cx)?;
        if !start.is_undefined() {
            let start = validate::number(&start, "startTime", cx)?;
            if start < 0.0 {
                let message = format!("{} is not a valid timestamp", JsValue::from(start).display());
                return Err(errors::coded(Base::Type, "ERR_PERFORMANCE_INVALID_TIMESTAMP", message, cx));
            }
            record.start = start;
        }
        let detail = options.get(js_string!("detail"), cx)?;
        if !detail.is_null_or_undefined() {
            record.detail = detail;
        }
    }
    Ok(record)
}

/// `performance.mark(name, options)`
fn mark(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = mark_record(args, cx)?;
    keep(&PERFORMANCE_MARK, record, cx)
}

/// A time, or the start of the last mark of a name.
fn moment(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    if let Some(time) = value.as_number() {
        return Ok(time);
    }
    let name = text(value, cx)?;
    let timeline = Host::of(cx).state::<Timeline>();
    let found = timeline.0.borrow().iter().rev().find_map(|entry| {
        let record = entry.downcast_ref::<Record>()?;
        (record.kind == "mark" && record.name == name).then_some(record.start)
    });
    found.ok_or_else(|| errors::plain(Base::Syntax, format!("The \"{name}\" performance mark has not been set")))
}

/// `performance.measure(name, startOrOptions, endMark)`
fn measure(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::string(args.get_or_undefined(0), "name", cx)?.to_std_string_lossy();
    let start;
    let (mut end, mut duration, mut detail) = (args.get_or_undefined(2).clone(), JsValue::undefined(), JsValue::null());
    match args.get_or_undefined(1).as_object() {
        Some(options) => {
            start = options.get(js_string!("start"), cx)?;
            duration = options.get(js_string!("duration"), cx)?;
            let given = options.get(js_string!("end"), cx)?;
            if !given.is_undefined() {
                end = given;
            }
            let given = options.get(js_string!("detail"), cx)?;
            if !given.is_undefined() {
                detail = given;
            }
        }
        None => start = args.get_or_undefined(1).clone(),
    }
    let lasts = duration.as_number();
    let ends = match (end.is_undefined(), lasts, start.is_undefined()) {
        (false, ..) => moment(&end, cx)?,
        (true, Some(lasts), false) => moment(&start, cx)? + lasts,
        _ => now(cx),
    };
    let starts = match (start.is_undefined(), lasts) {
        (false, _) => moment(&start, cx)?,
        (true, Some(lasts)) => ends - lasts,
        _ => 0.0,
    };
    keep(&PERFORMANCE_MEASURE, Record { name, kind: "measure", start: starts, duration: ends - starts, detail }, cx)
}

fn entry_object(record: &Record, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("name"), js_string!(record.name.as_str()), cx)?;
    object.create_data_property_or_throw(js_string!("entryType"), js_string!(record.kind), cx)?;
    object.create_data_property_or_throw(js_string!("startTime"), record.start, cx)?;
    object.create_data_property_or_throw(js_string!("duration"), record.duration, cx)?;
    object.create_data_property_or_throw(js_string!("detail"), record.detail.clone(), cx)?;
    Ok(object)
}

fn entry_to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    entry_object(&record, cx).map(JsValue::from)
}

/// `Name { ... }`, or the object itself where there is no depth left.
fn inspect_as(name: &str, shown: JsObject, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let Some(inspect) = args.get_or_undefined(2).as_function() else { return Ok(shown.into()) };
    let shown = inspect.call(&JsValue::undefined(), &[shown.into(), args.get_or_undefined(1).clone()], cx)?;
    Ok(js_string!(format!("{name} {}", text(&shown, cx)?)).into())
}

fn inspect_entry(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, cx)?;
    let shown = entry_object(&record, cx)?;
    let name = if record.kind == "mark" { "PerformanceMark" } else { "PerformanceMeasure" };
    inspect_as(name, shown, this, args, cx)
}

fn inspect_performance(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let shown = JsObject::with_object_proto(cx.intrinsics());
    shown.create_data_property_or_throw(js_string!("timeOrigin"), time_origin(cx), cx)?;
    inspect_as("Performance", shown, this, args, cx)
}

fn event_loop_utilization(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for key in ["idle", "active", "utilization"] {
        object.create_data_property_or_throw(js_string!(key), 0, cx)?;
    }
    Ok(object.into())
}

fn to_json(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("timeOrigin"), time_origin(cx), cx)?;
    let utilization = event_loop_utilization(this, args, cx)?;
    object.create_data_property_or_throw(js_string!("eventLoopUtilization"), utilization, cx)?;
    Ok(object.into())
}

fn timerify(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    validate::function(args.get_or_undefined(0), "fn", cx)?;
    Err(errors::method_not_implemented("performance.timerify()", cx))
}
