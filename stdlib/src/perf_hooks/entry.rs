//! Entries of the performance timeline: what they are, and where marks, measures and resources are kept.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

/// What an entry says.
#[derive(Clone, Trace, Finalize, JsData)]
pub(super) struct Record {
    pub(super) name: String,
    #[unsafe_ignore_trace]
    pub(super) kind: &'static str,
    pub(super) start: f64,
    pub(super) duration: f64,
    pub(super) detail: JsValue,
}

/// `PerformanceEntry`
pub(super) static PERFORMANCE_ENTRY: Class = Class {
    name: "PerformanceEntry",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("name", |this, _, cx| Ok(js_string!(of(this, "PerformanceEntry", cx)?.name.clone()).into())).enumerable(true),
        Export::getter("entryType", |this, _, cx| Ok(js_string!(of(this, "PerformanceEntry", cx)?.kind).into())).enumerable(true),
        Export::getter("startTime", |this, _, cx| Ok(of(this, "PerformanceEntry", cx)?.start.into())).enumerable(true),
        Export::getter("duration", |this, _, cx| Ok(of(this, "PerformanceEntry", cx)?.duration.into())).enumerable(true),
        Export::function("toJSON", 0, |this, _, cx| {
            let record = of(this, "PerformanceEntry", cx)?;
            plain(&record, false, cx).map(JsValue::from)
        })
        .enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_entry),
    ],
    statics: &[],
};

/// The entries of Node's own types: `function`, `gc`, `http`, `net`, `dns`.
pub(super) static PERFORMANCE_NODE_ENTRY: Class = Class {
    name: "PerformanceNodeEntry",
    length: 0,
    extends: Parent::Class(&PERFORMANCE_ENTRY),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::getter("detail", |this, _, cx| Ok(of(this, "NodePerformanceEntry", cx)?.detail.clone())), Export::function("toJSON", 0, |this, _, cx| detailed(this, "PerformanceEntry", cx))],
    statics: &[],
};

/// A plain object of these properties of an entry.
pub(super) fn picked(this: &JsObject, names: &[&'static str], cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for name in names.iter().copied() {
        let value = this.get(js_string!(name), cx)?;
        object.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    Ok(object)
}

/// The record of a receiver.
pub(super) fn of(this: &JsValue, class: &str, cx: &mut Context) -> JsResult<Record> {
    let found = this.as_object().and_then(|object| record(&object));
    found.ok_or_else(|| errors::invalid_this(class, cx))
}

/// The record of an entry; none for any other object.
pub(super) fn record(object: &JsObject) -> Option<Record> {
    object.downcast_ref::<Record>().map(|record| record.clone()).or_else(|| super::resource::record(object))
}

/// `toJSON` of an entry with a `detail`.
pub(super) fn detailed(this: &JsValue, class: &str, cx: &mut Context) -> JsResult<JsValue> {
    let record = of(this, class, cx)?;
    plain(&record, true, cx).map(JsValue::from)
}

fn plain(record: &Record, detail: bool, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("name"), js_string!(record.name.as_str()), cx)?;
    object.create_data_property_or_throw(js_string!("entryType"), js_string!(record.kind), cx)?;
    object.create_data_property_or_throw(js_string!("startTime"), record.start, cx)?;
    object.create_data_property_or_throw(js_string!("duration"), record.duration, cx)?;
    if detail {
        object.create_data_property_or_throw(js_string!("detail"), record.detail.clone(), cx)?;
    }
    Ok(object)
}

fn inspect_entry(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let shown = crate::events::method(&object, "toJSON", &[], cx)?;
    let name = object.get(js_string!("constructor"), cx)?.to_object(cx)?.get(js_string!("name"), cx)?.to_string(cx)?.to_std_string_lossy();
    inspect_as(&name, shown, this, args, cx)
}

/// `Name { ... }`, or the object itself where there is no depth left.
pub(super) fn inspect_as(name: &str, shown: JsValue, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    let given = args.get_or_undefined(1);
    let mut depth = JsValue::null();
    if let Some(given) = given.as_object() {
        for key in given.own_property_keys(cx)? {
            let value = given.get(key.clone(), cx)?;
            options.create_data_property_or_throw(key, value, cx)?;
        }
        if let Some(left) = given.get(js_string!("depth"), cx)?.as_number() {
            depth = (left - 1.0).into();
        }
    }
    options.create_data_property_or_throw(js_string!("depth"), depth, cx)?;
    let inspect = coil_engine::table::instantiate(&crate::util::MODULE, cx)?;
    let shown = crate::events::method(&inspect, "inspect", &[shown, options.into()], cx)?.to_string(cx)?.to_std_string_lossy();
    Ok(js_string!(format!("{name} {shown}")).into())
}

/// Marks, measures and resources of a host, in the order they came.
#[derive(Default)]
pub(super) struct Timeline {
    pub(super) entries: RefCell<Vec<JsObject>>,
    warned: Cell<u8>,
}

/// Entries of one type from which Node suspects a leak.
const WARN_COUNT: usize = 1_000_000;

/// Keeps an entry.
pub(super) fn keep(entry: &JsObject, kind: &'static str, cx: &mut Context) -> JsResult<()> {
    let timeline = Host::of(cx).state::<Timeline>();
    let count = {
        let mut entries = timeline.entries.borrow_mut();
        entries.push(entry.clone());
        entries.len()
    };
    let bit = if kind == "mark" { 1 } else { 2 };
    if count > WARN_COUNT && timeline.warned.get() & bit == 0 {
        timeline.warned.set(timeline.warned.get() | bit);
        let clear = if kind == "mark" { "performance.clearMarks" } else { "performance.clearMeasures" };
        let text = format!("Possible perf_hooks memory leak detected. {count} {kind} entries added to the global performance entry buffer. Use {clear} to clear the buffer.");
        crate::process::emit_warning(&text, "MaxPerformanceEntryBufferExceededWarning", None, cx)?;
    }
    Ok(())
}

/// The entries of the timeline that are wanted, by their start.
pub(super) fn wanted(cx: &Context, keep: impl Fn(&Record) -> bool) -> Vec<JsObject> {
    let timeline = Host::of(cx).state::<Timeline>();
    let mut found: Vec<(f64, JsObject)> = Vec::new();
    for entry in timeline.entries.borrow().iter() {
        if let Some(record) = record(entry)
            && keep(&record)
        {
            found.push((record.start, entry.clone()));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, entry)| entry).collect()
}

pub(super) fn list(entries: Vec<JsObject>, cx: &mut Context) -> JsValue {
    JsArray::from_iter(entries.into_iter().map(JsValue::from), cx).into()
}

/// Removes the entries of a type, all or those of a name.
pub(super) fn clear(kind: &'static str, name: Option<&str>, cx: &Context) {
    let timeline = Host::of(cx).state::<Timeline>();
    timeline.entries.borrow_mut().retain(|entry| {
        let goes = record(entry).is_some_and(|record| record.kind == kind && name.is_none_or(|name| *name == record.name));
        !goes
    });
}

/// A value as text, the way a template literal does it.
pub(super) fn text(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    Ok(value.to_string(cx)?.to_std_string_lossy())
}
