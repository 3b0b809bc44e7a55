//! Resource timing: what a fetch tells of itself, and the buffer that is limited.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

use super::{
    entry::{PERFORMANCE_ENTRY, Record, Timeline, picked},
    observer,
};
use crate::event_target;

/// The native state.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Resource {
    url: JsValue,
    initiator: JsValue,
    timing: JsObject,
    cache: JsValue,
    status: JsValue,
    delivery: JsValue,
    #[unsafe_ignore_trace]
    shown: Record,
}

macro_rules! timing {
    ($name:literal, $key:literal) => {
        Export::getter($name, |this, _, cx| {
            let resource = this_resource(this, cx)?;
            timed(&resource, $key, cx)
        })
        .enumerable(true)
    };
}

macro_rules! connection {
    ($name:literal, $key:literal) => {
        Export::getter($name, |this, _, cx| {
            let resource = this_resource(this, cx)?;
            let connection = timed(&resource, "finalConnectionTimingInfo", cx)?;
            match connection.as_object() {
                Some(connection) => connection.get(js_string!($key), cx),
                None => Ok(JsValue::undefined()),
            }
        })
        .enumerable(true)
    };
}

macro_rules! field {
    ($name:literal, $field:ident) => {
        Export::getter($name, |this, _, cx| {
            let resource = this_resource(this, cx)?;
            let value = resource.borrow().data().$field.clone();
            Ok(value)
        })
        .enumerable(true)
    };
}

/// `PerformanceResourceTiming`
pub(super) static PERFORMANCE_RESOURCE_TIMING: Class = Class {
    name: "PerformanceResourceTiming",
    length: 0,
    extends: Parent::Class(&PERFORMANCE_ENTRY),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        field!("name", url).enumerable(false),
        timing!("startTime", "startTime").enumerable(false),
        Export::getter("duration", |this, _, cx| {
            let resource = this_resource(this, cx)?;
            Ok((timed(&resource, "endTime", cx)?.to_number(cx)? - timed(&resource, "startTime", cx)?.to_number(cx)?).into())
        }),
        field!("initiatorType", initiator),
        timing!("workerStart", "finalServiceWorkerStartTime"),
        timing!("redirectStart", "redirectStartTime"),
        timing!("redirectEnd", "redirectEndTime"),
        timing!("fetchStart", "postRedirectStartTime"),
        connection!("domainLookupStart", "domainLookupStartTime"),
        connection!("domainLookupEnd", "domainLookupEndTime"),
        connection!("connectStart", "connectionStartTime"),
        connection!("connectEnd", "connectionEndTime"),
        connection!("secureConnectionStart", "secureConnectionStartTime"),
        connection!("nextHopProtocol", "ALPNNegotiatedProtocol"),
        timing!("requestStart", "finalNetworkRequestStartTime"),
        timing!("responseStart", "finalNetworkResponseStartTime"),
        timing!("responseEnd", "endTime"),
        timing!("encodedBodySize", "encodedBodySize"),
        timing!("decodedBodySize", "decodedBodySize"),
        Export::getter("transferSize", transfer_size).enumerable(true),
        field!("deliveryType", delivery),
        field!("responseStatus", status),
        Export::function("toJSON", 0, to_json).enumerable(true),
        Export::tag("PerformanceResourceTiming"),
    ],
    statics: &[],
};

const SHOWN: [&str; 23] = [
    "name",
    "entryType",
    "startTime",
    "duration",
    "initiatorType",
    "nextHopProtocol",
    "workerStart",
    "redirectStart",
    "redirectEnd",
    "fetchStart",
    "domainLookupStart",
    "domainLookupEnd",
    "connectStart",
    "connectEnd",
    "secureConnectionStart",
    "requestStart",
    "responseStart",
    "responseEnd",
    "transferSize",
    "encodedBodySize",
    "decodedBodySize",
    "deliveryType",
    "responseStatus",
];

fn this_resource(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Resource>> {
    this.as_object().and_then(|object| object.downcast::<Resource>().ok()).ok_or_else(|| errors::invalid_this("PerformanceResourceTiming", cx))
}

fn timed(resource: &JsObject<Resource>, key: &str, cx: &mut Context) -> JsResult<JsValue> {
    let timing = resource.borrow().data().timing.clone();
    timing.get(js_string!(key), cx)
}

/// What the timeline looks for.
pub(super) fn record(object: &JsObject) -> Option<Record> {
    object.downcast_ref::<Resource>().map(|resource| resource.shown.clone())
}

fn transfer_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let resource = this_resource(this, cx)?;
    let cache = resource.borrow().data().cache.as_string();
    let is = |name: &str| cache.as_ref().is_some_and(|cache| cache == name);
    if is("local") {
        return Ok(0.into());
    }
    if is("validated") {
        return Ok(HEAD_LEN.into());
    }
    Ok((timed(&resource, "encodedBodySize", cx)?.to_number(cx)? + HEAD_LEN).into())
}

/// What a response's head is taken to weigh: a fixed number in the standard.
const HEAD_LEN: f64 = 300.0;

fn to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    this_resource(this, cx)?;
    let this = this.to_object(cx)?;
    picked(&this, &SHOWN, cx).map(JsValue::from)
}

/// `performance.markResourceTiming(timingInfo, url, initiator, global, cacheMode, bodyInfo, status[, deliveryType])`
pub(super) fn mark_resource_timing(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let cache = args.get_or_undefined(4).clone();
    let known = cache.as_string().is_some_and(|cache| cache.is_empty() || cache == js_string!("local"));
    if !known {
        let assert = coil_engine::table::instantiate(&crate::assert::MODULE, cx)?;
        let message = js_string!("cache must be an empty string or 'local'");
        return crate::events::method(&assert, "fail", &[message.into()], cx);
    }
    let timing = args.get_or_undefined(0).to_object(cx)?;
    let url = args.get_or_undefined(1).clone();
    let start = timing.get(js_string!("startTime"), cx)?.to_number(cx)?;
    let shown = Record { name: url.to_string(cx)?.to_std_string_lossy(), kind: "resource", start, duration: 0.0, detail: JsValue::null() };
    let delivery = args.get_or_undefined(7);
    let delivery = if delivery.is_undefined() { js_string!().into() } else { delivery.clone() };
    let resource = Resource { url, initiator: args.get_or_undefined(2).clone(), timing, cache, status: args.get_or_undefined(6).clone(), delivery, shown };
    let entry = JsObject::from_proto_and_data(PERFORMANCE_RESOURCE_TIMING.prototype(cx)?, resource);
    observer::enqueue(&entry, "resource", cx);
    buffer(entry.clone(), cx);
    Ok(entry.into())
}

/// The resource entries' own limit: <https://w3c.github.io/resource-timing/#dfn-add-a-performanceresourcetiming-entry>.
struct Limit {
    most: Cell<usize>,
    /// What came when the buffer was full.
    waiting: RefCell<Vec<JsObject>>,
    full: Cell<bool>,
}

impl Default for Limit {
    fn default() -> Self {
        Self { most: Cell::new(RESOURCES_MAX), waiting: RefCell::default(), full: Cell::new(false) }
    }
}

/// The standard's default.
const RESOURCES_MAX: usize = 250;

/// `performance.setResourceTimingBufferSize(most)`
pub(super) fn set_buffer_size(most: u32, cx: &Context) {
    Host::of(cx).state::<Limit>().most.set(most as usize);
}

fn kept(cx: &Context) -> usize {
    Host::of(cx).state::<Timeline>().entries.borrow().iter().filter(|entry| entry.is::<Resource>()).count()
}

fn buffer(entry: JsObject, cx: &mut Context) {
    let host = Host::of(cx);
    let limit = host.state::<Limit>();
    if !limit.full.get() && kept(cx) < limit.most.get() {
        host.state::<Timeline>().entries.borrow_mut().push(entry);
        return;
    }
    limit.waiting.borrow_mut().push(entry);
    if limit.full.replace(true) {
        return;
    }
    host.event_loop().immediate(Box::new(|cx: &mut Context| {
        // One way in for all events: what they resolve runs when the buffer is as it will be.
        Host::of(cx).enter_with(cx, tell_full);
    }));
}

fn tell_full(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let limit = host.state::<Limit>();
    loop {
        let before = limit.waiting.borrow().len();
        if before == 0 {
            break;
        }
        let performance = super::performance(cx)?.to_object(cx)?;
        let (event, _) = event_target::create_event(&event_target::EVENT, js_string!("resourcetimingbufferfull"), cx)?;
        event_target::dispatch(&performance, &event, cx)?;
        let room = limit.most.get().saturating_sub(kept(cx));
        let mut waiting = limit.waiting.borrow_mut();
        let moved = room.min(waiting.len());
        let after = waiting.len() - moved;
        host.state::<Timeline>().entries.borrow_mut().extend(waiting.iter().take(moved).cloned());
        waiting.drain(..moved);
        if before <= after {
            waiting.clear();
        }
    }
    limit.full.set(false);
    Ok(())
}
