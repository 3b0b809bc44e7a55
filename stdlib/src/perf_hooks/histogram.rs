//! Histograms: `createHistogram` and `monitorEventLoopDelay`, on the HDR histogram Node uses too.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsArgs, JsBigInt, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsMap};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    coil_loop::TimerId,
    errors::{self, Base},
    table::{Export, Symbol},
    validate,
};
use hdrhistogram::Histogram as Hdr;

use super::entry::{inspect_as, picked};

/// The native state; a clone of a histogram shares it.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(super) struct Histogram {
    #[unsafe_ignore_trace]
    shared: Rc<Shared>,
    recordable: bool,
    percentiles: GcRefCell<Option<JsObject>>,
}

struct Shared {
    values: RefCell<Hdr<u64>>,
    exceeds: Cell<u64>,
    /// When `recordDelta` was last called.
    previous_ns: Cell<Option<u64>>,
    /// The monitor of the loop's delay, while it is on.
    timer: Cell<Option<TimerId>>,
    enabled: Cell<bool>,
    resolution_ms: u64,
}

/// `Histogram`
static HISTOGRAM: Class = Class {
    name: "Histogram",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::getter("count", |this, _, cx| Ok((this_shared(this, cx)?.values.borrow().len() as f64).into())),
        Export::getter("countBigInt", |this, _, cx| Ok(JsBigInt::from(this_shared(this, cx)?.values.borrow().len()).into())),
        Export::getter("min", |this, _, cx| Ok((min(&this_shared(this, cx)?.values.borrow()) as f64).into())),
        Export::getter("minBigInt", |this, _, cx| Ok(JsBigInt::from(min(&this_shared(this, cx)?.values.borrow())).into())),
        Export::getter("max", |this, _, cx| Ok((this_shared(this, cx)?.values.borrow().max() as f64).into())),
        Export::getter("maxBigInt", |this, _, cx| Ok(JsBigInt::from(this_shared(this, cx)?.values.borrow().max()).into())),
        Export::getter("mean", |this, _, cx| Ok(unless_empty(&this_shared(this, cx)?.values.borrow(), Hdr::mean).into())),
        Export::getter("exceeds", |this, _, cx| Ok((this_shared(this, cx)?.exceeds.get() as f64).into())),
        Export::getter("exceedsBigInt", |this, _, cx| Ok(JsBigInt::from(this_shared(this, cx)?.exceeds.get()).into())),
        Export::getter("stddev", |this, _, cx| Ok(unless_empty(&this_shared(this, cx)?.values.borrow(), Hdr::stdev).into())),
        Export::function("percentile", 1, |this, args, cx| Ok((percentile(this, args, cx)? as f64).into())),
        Export::function("percentileBigInt", 1, |this, args, cx| Ok(JsBigInt::from(percentile(this, args, cx)?).into())),
        Export::getter("percentiles", |this, _, cx| percentiles(this, |value| (value as f64).into(), cx)),
        Export::getter("percentilesBigInt", |this, _, cx| percentiles(this, |value| JsBigInt::from(value).into(), cx)),
        Export::function("reset", 0, |this, _, cx| {
            let shared = this_shared(this, cx)?;
            shared.values.borrow_mut().reset();
            shared.exceeds.set(0);
            shared.previous_ns.set(None);
            Ok(JsValue::undefined())
        }),
        Export::function("toJSON", 0, to_json),
    ],
    statics: &[],
};

/// `RecordableHistogram`: what `createHistogram` gives.
static RECORDABLE_HISTOGRAM: Class = Class {
    name: "RecordableHistogram",
    length: 0,
    extends: Parent::Class(&HISTOGRAM),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("record", 1, |this, args, cx| {
            let shared = recordable(this, cx)?;
            let value = args.get_or_undefined(0);
            let value = match value.as_bigint() {
                Some(big) => big.to_string().parse().unwrap_or(0),
                None => validate::integer(value, "val", 1.0, validate::SAFE_INTEGER_MAX, cx)? as u64,
            };
            shared.record(value);
            Ok(JsValue::undefined())
        }),
        Export::function("recordDelta", 0, |this, _, cx| {
            let shared = recordable(this, cx)?;
            let now = Host::of(cx).uptime_ns();
            if let Some(previous) = shared.previous_ns.replace(Some(now)) {
                shared.record(now.saturating_sub(previous));
            }
            Ok(JsValue::undefined())
        }),
        Export::function("add", 1, |this, args, cx| {
            let shared = recordable(this, cx)?;
            let Ok(other) = recordable(args.get_or_undefined(0), cx) else {
                return Err(errors::invalid_arg_type("other", "RecordableHistogram", args.get_or_undefined(0), cx));
            };
            shared.exceeds.set(shared.exceeds.get() + other.exceeds.get());
            let others: Vec<(u64, u64)> = other.values.borrow().iter_recorded().map(|step| (step.value_iterated_to(), step.count_at_value())).collect();
            for (value, count) in others {
                if shared.values.borrow_mut().record_n(value, count).is_err() {
                    shared.exceeds.set(shared.exceeds.get() + count);
                }
            }
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

/// `ELDHistogram`: what `monitorEventLoopDelay` gives.
static DELAY_HISTOGRAM: Class = Class {
    name: "ELDHistogram",
    length: 0,
    extends: Parent::Class(&HISTOGRAM),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("enable", 0, |this, _, cx| {
            let shared = delay_shared(this, cx)?;
            if shared.enabled.replace(true) {
                return Ok(false.into());
            }
            shared.previous_ns.set(None);
            watch(&shared, cx);
            Ok(true.into())
        }),
        Export::function("disable", 0, disable),
        Export::symbol(Symbol::Dispose, "[Symbol.dispose]", 0, |this, args, cx| {
            disable(this, args, cx)?;
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

fn disable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let shared = delay_shared(this, cx)?;
    if let Some(timer) = shared.timer.take() {
        Host::of(cx).event_loop().timer_cancel(timer);
    }
    Ok(shared.enabled.replace(false).into())
}

/// How late a timer of the resolution comes, again and again. It keeps nothing alive.
fn watch(shared: &Rc<Shared>, cx: &Context) {
    let host = Host::of(cx);
    let next = shared.clone();
    let timer = host.event_loop().timer(
        shared.resolution_ms,
        Box::new(move |cx| {
            next.timer.set(None);
            let now = Host::of(cx).uptime_ns();
            if let Some(previous) = next.previous_ns.replace(Some(now)) {
                next.record(now.saturating_sub(previous).max(1));
            }
            if next.enabled.get() {
                watch(&next, cx);
            }
        }),
    );
    host.event_loop().timer_ref(timer, false);
    shared.timer.set(Some(timer));
}

impl Shared {
    fn record(&self, value: u64) {
        if self.values.borrow_mut().record(value).is_err() {
            self.exceeds.set(self.exceeds.get() + 1);
        }
    }
}

/// Whether an object is a histogram.
pub(super) fn is_histogram(object: &JsObject) -> bool {
    object.is::<Histogram>()
}

fn this_histogram(this: &JsValue, class: &str, cx: &mut Context) -> JsResult<JsObject<Histogram>> {
    this.as_object().and_then(|object| object.downcast::<Histogram>().ok()).ok_or_else(|| errors::invalid_this(class, cx))
}

fn this_shared(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Shared>> {
    let histogram = this_histogram(this, "Histogram", cx)?;
    let shared = histogram.borrow().data().shared.clone();
    Ok(shared)
}

fn recordable(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Shared>> {
    let histogram = this_histogram(this, "RecordableHistogram", cx)?;
    let (shared, recordable) = {
        let histogram = histogram.borrow();
        (histogram.data().shared.clone(), histogram.data().recordable)
    };
    if recordable { Ok(shared) } else { Err(errors::invalid_this("RecordableHistogram", cx)) }
}

fn delay_shared(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Shared>> {
    let histogram = this_histogram(this, "ELDHistogram", cx)?;
    let (shared, recordable) = {
        let histogram = histogram.borrow();
        (histogram.data().shared.clone(), histogram.data().recordable)
    };
    if recordable || !DELAY_HISTOGRAM.is_instance(this, cx)? { Err(errors::invalid_this("ELDHistogram", cx)) } else { Ok(shared) }
}

/// What an empty histogram says is the least of all: the greatest there is.
fn min(values: &Hdr<u64>) -> u64 {
    if values.is_empty() { i64::MAX.unsigned_abs() } else { values.min() }
}

fn unless_empty(values: &Hdr<u64>, of: fn(&Hdr<u64>) -> f64) -> f64 {
    if values.is_empty() { f64::NAN } else { of(values) }
}

fn percentile(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<u64> {
    let shared = this_shared(this, cx)?;
    let given = args.get_or_undefined(0);
    let wanted = validate::number(given, "percentile", cx)?;
    if wanted.is_nan() || wanted <= 0.0 || wanted > 100.0 {
        return Err(errors::out_of_range("percentile", "> 0 && <= 100", given, cx));
    }
    let value = shared.values.borrow().value_at_percentile(wanted);
    Ok(value)
}

/// The map of percentiles, the same object at each call.
fn percentiles(this: &JsValue, show: fn(u64) -> JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let histogram = this_histogram(this, "Histogram", cx)?;
    let steps: Vec<(f64, u64)> = {
        let histogram = histogram.borrow();
        let values = histogram.data().shared.values.borrow();
        values.iter_quantiles(1).map(|step| (step.quantile_iterated_to() * 100.0, values.highest_equivalent(step.value_iterated_to()))).collect()
    };
    let made = histogram.borrow().data().percentiles.borrow().clone();
    let map = match made {
        Some(map) => JsMap::from_object(map)?,
        None => {
            let map = JsMap::new(cx);
            *histogram.borrow().data().percentiles.borrow_mut() = Some(map.clone().into());
            map
        }
    };
    map.clear(cx)?;
    for (percentile, value) in steps {
        map.set(percentile, show(value), cx)?;
    }
    Ok(map.into())
}

const SHOWN: [&str; 7] = ["min", "max", "mean", "exceeds", "stddev", "count", "percentiles"];

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    if crate::event_target::depth_is_spent(args) {
        let name = coil_engine::errors::constructor_name(&object, cx).unwrap_or_else(|| "Histogram".to_owned());
        return Ok(js_string!(format!("[{name}]")).into());
    }
    let shown = picked(&object, &SHOWN, cx)?;
    inspect_as("Histogram", shown.into(), this, args, cx)
}

fn to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let shared = this_shared(this, cx)?;
    let object = this.to_object(cx)?;
    let shown = picked(&object, &["count", "min", "max", "mean", "exceeds", "stddev"], cx)?;
    let percentiles = JsObject::with_object_proto(cx.intrinsics());
    let steps: Vec<(f64, u64)> = {
        let values = shared.values.borrow();
        values.iter_quantiles(1).map(|step| (step.quantile_iterated_to() * 100.0, values.highest_equivalent(step.value_iterated_to()))).collect()
    };
    for (percentile, value) in steps {
        let key = JsValue::from(percentile).to_property_key(cx)?;
        percentiles.create_data_property_or_throw(key, value as f64, cx)?;
    }
    shown.create_data_property_or_throw(js_string!("percentiles"), percentiles, cx)?;
    Ok(shown.into())
}

fn made(values: Hdr<u64>, recordable: bool, resolution_ms: u64, class: &'static Class, cx: &mut Context) -> JsResult<JsValue> {
    let shared = Shared { values: RefCell::new(values), exceeds: Cell::new(0), previous_ns: Cell::new(None), timer: Cell::new(None), enabled: Cell::new(false), resolution_ms };
    let histogram = Histogram { shared: Rc::new(shared), recordable, percentiles: GcRefCell::new(None) };
    Ok(JsObject::from_proto_and_data(class.prototype(cx)?, histogram).into())
}

fn unusable(error: &hdrhistogram::CreationError) -> JsError {
    errors::plain(Base::Range, format!("Invalid histogram options: {error}"))
}

/// `createHistogram([options])`
pub(super) fn create_histogram(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::options(args.get_or_undefined(0), "options", cx)?;
    let get = |key: &str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let (lowest, highest, figures) = (get("lowest", cx)?, get("highest", cx)?, get("figures", cx)?);
    let low = match lowest.as_bigint() {
        Some(big) => big.to_f64(),
        None if lowest.is_undefined() => 1.0,
        None => validate::integer(&lowest, "options.lowest", 1.0, validate::SAFE_INTEGER_MAX, cx)?,
    };
    let high = match highest.as_bigint() {
        Some(big) if big.to_f64() < 2.0 * low => return Err(errors::invalid_arg_value_of(Base::Range, "options.highest", &highest, "is invalid", cx)),
        Some(big) => big.to_f64(),
        None if highest.is_undefined() => validate::SAFE_INTEGER_MAX,
        None => validate::integer(&highest, "options.highest", 2.0 * low, validate::SAFE_INTEGER_MAX, cx)?,
    };
    let figures = if figures.is_undefined() { 3.0 } else { validate::integer(&figures, "options.figures", 1.0, 5.0, cx)? };
    let values = Hdr::new_with_bounds(low as u64, high as u64, figures as u8).map_err(|error| unusable(&error))?;
    made(values, true, 0, &RECORDABLE_HISTOGRAM, cx)
}

/// `monitorEventLoopDelay([options])`
pub(super) fn monitor_event_loop_delay(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::options(args.get_or_undefined(0), "options", cx)?;
    let resolution = match options {
        Some(options) => options.get(js_string!("resolution"), cx)?,
        None => JsValue::undefined(),
    };
    let resolution = if resolution.is_undefined() { 10.0 } else { validate::integer(&resolution, "options.resolution", 1.0, validate::SAFE_INTEGER_MAX, cx)? };
    // An hour in nanoseconds, as in Node.
    let values = Hdr::new_with_bounds(1, DELAY_MAX_NS, 3).map_err(|error| unusable(&error))?;
    made(values, false, resolution as u64, &DELAY_HISTOGRAM, cx)
}

const DELAY_MAX_NS: u64 = 3_600_000_000_000;
