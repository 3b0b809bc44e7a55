//! Marks and measures: <https://w3c.github.io/user-timing/>.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::Export,
    validate,
};
use rustc_hash::FxHashMap;

use super::{
    entry::{PERFORMANCE_ENTRY, Record, detailed, keep, of, text},
    node_timing, now, observer,
};
use crate::structured_clone;

/// `PerformanceMark`
pub(super) static PERFORMANCE_MARK: Class = Class {
    name: "PerformanceMark",
    length: 1,
    extends: Parent::Class(&PERFORMANCE_ENTRY),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let record = mark_record(args, cx)?;
        let prototype = instance_prototype(&PERFORMANCE_MARK, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, record).into())
    },
    prototype: &[
        Export::getter("detail", |this, _, cx| Ok(of(this, "PerformanceMark", cx)?.detail.clone())).enumerable(true),
        Export::function("toJSON", 0, |this, _, cx| detailed(this, "PerformanceEntry", cx)),
        Export::tag("PerformanceMark"),
    ],
    statics: &[],
};

/// `PerformanceMeasure`
pub(super) static PERFORMANCE_MEASURE: Class = Class {
    name: "PerformanceMeasure",
    length: 0,
    extends: Parent::Class(&PERFORMANCE_ENTRY),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("detail", |this, _, cx| Ok(of(this, "PerformanceMeasure", cx)?.detail.clone())).enumerable(true),
        Export::function("toJSON", 0, |this, _, cx| detailed(this, "PerformanceEntry", cx)),
        Export::tag("PerformanceMeasure"),
    ],
    statics: &[],
};

/// When the last mark of each name was set.
#[derive(Default)]
struct Marks(RefCell<FxHashMap<String, f64>>);

fn invalid_timestamp(time: f64, cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Type, "ERR_PERFORMANCE_INVALID_TIMESTAMP", format!("{} is not a valid timestamp", JsValue::from(time).display()), cx)
}

fn cloned(detail: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if detail.is_null_or_undefined() {
        return Ok(JsValue::null());
    }
    let message = structured_clone::serialize(detail, &[], cx)?;
    structured_clone::deserialize(message, cx)
}

fn mark_record(args: &[JsValue], cx: &mut Context) -> JsResult<Record> {
    let Some(given) = args.first() else { return Err(errors::missing_args(&["name"], cx)) };
    let name = text(given, cx)?;
    if node_timing::MILESTONES.contains(&name.as_str()) {
        return Err(errors::invalid_arg_value("name", &js_string!(name.as_str()).into(), "is invalid", cx));
    }
    let mut record = Record { name, kind: "mark", start: 0.0, duration: 0.0, detail: JsValue::null() };
    let options = args.get_or_undefined(1);
    let options = if options.is_null_or_undefined() { None } else { Some(validate::object(options, "options", cx)?) };
    let start = match &options {
        Some(options) => options.get(js_string!("startTime"), cx)?,
        None => JsValue::undefined(),
    };
    record.start = if start.is_null_or_undefined() { now(cx) } else { validate::number(&start, "startTime", cx)? };
    if record.start < 0.0 {
        return Err(invalid_timestamp(record.start, cx));
    }
    Host::of(cx).state::<Marks>().0.borrow_mut().insert(record.name.clone(), record.start);
    if let Some(options) = options {
        let detail = options.get(js_string!("detail"), cx)?;
        record.detail = cloned(&detail, cx)?;
    }
    Ok(record)
}

/// `performance.mark(name, options)`
pub(super) fn mark(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let record = mark_record(args, cx)?;
    let entry = JsObject::from_proto_and_data(PERFORMANCE_MARK.prototype(cx)?, record);
    observer::enqueue(&entry, "mark", cx);
    keep(&entry, "mark", cx)?;
    Ok(entry.into())
}

/// `performance.clearMarks(name)` forgets the times, too.
pub(super) fn forget(name: Option<&str>, cx: &mut Context) -> JsResult<()> {
    let marks = Host::of(cx).state::<Marks>();
    match name {
        Some(name) if node_timing::MILESTONES.contains(&name) => return Err(errors::invalid_arg_value("name", &js_string!(name).into(), "is invalid", cx)),
        Some(name) => {
            marks.0.borrow_mut().remove(name);
        }
        None => marks.0.borrow_mut().clear(),
    }
    Ok(())
}

/// A time, a milestone of the process, or when the last mark of a name was set.
fn moment(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    if let Some(time) = value.as_number() {
        return if time < 0.0 { Err(invalid_timestamp(time, cx)) } else { Ok(time) };
    }
    let name = text(value, cx)?;
    if let Some(name) = node_timing::MILESTONES.iter().find(|known| **known == name) {
        return Ok(node_timing::milestone(name, cx));
    }
    let found = Host::of(cx).state::<Marks>().0.borrow().get(&name).copied();
    found.ok_or_else(|| crate::dom_exception::error(&format!("The \"{name}\" performance mark has not been set"), "SyntaxError", cx))
}

fn bad_options(text: &str, cx: &mut Context) -> boa_engine::JsError {
    errors::coded(Base::Type, "ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS", text, cx)
}

/// `performance.measure(name, startOrOptions, endMark)`
pub(super) fn measure(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::string(args.get_or_undefined(0), "name", cx)?.to_std_string_lossy();
    let (first, last) = (args.get_or_undefined(1), args.get_or_undefined(2));
    let options = first.as_object().filter(|object| !object.is_callable());
    let get = |key: &str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let (start, end, duration) = (get("start", cx)?, get("end", cx)?, get("duration", cx)?);
    let valid = !start.is_undefined() || !end.is_undefined();
    if valid {
        if !last.is_undefined() {
            return Err(bad_options("endMark must not be specified", cx));
        }
        if !start.is_undefined() && !end.is_undefined() && !duration.is_undefined() {
            return Err(bad_options("Must not have options.start, options.end, and options.duration specified", cx));
        }
    }
    let ends = if !last.is_undefined() {
        moment(last, cx)?
    } else if !end.is_undefined() {
        moment(&end, cx)?
    } else if !start.is_undefined() && !duration.is_undefined() {
        moment(&start, cx)? + moment(&duration, cx)?
    } else {
        now(cx)
    };
    let starts = if first.is_string() {
        moment(first, cx)?
    } else if !start.is_undefined() {
        moment(&start, cx)?
    } else if valid && !duration.is_undefined() {
        ends - moment(&duration, cx)?
    } else {
        0.0
    };
    let detail = get("detail", cx)?;
    let detail = cloned(&detail, cx)?;
    let record = Record { name, kind: "measure", start: starts, duration: ends - starts, detail };
    let entry = JsObject::from_proto_and_data(PERFORMANCE_MEASURE.prototype(cx)?, record);
    observer::enqueue(&entry, "measure", cx);
    keep(&entry, "measure", cx)?;
    Ok(entry.into())
}
