//! `PerformanceObserver`: who is told of entries as they come, once per turn.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
    validate,
};

use super::entry::{self, inspect_as, list, record, text};

/// What may be observed.
const TYPES: [&str; 9] = ["dns", "function", "gc", "http", "http2", "mark", "measure", "net", "resource"];

/// The native state of an observer.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Observer {
    callback: JsValue,
    buffer: GcRefCell<Vec<JsObject>>,
    #[unsafe_ignore_trace]
    types: RefCell<Vec<&'static str>>,
    /// Several types at once, or one per call of `observe`; none before the first.
    #[unsafe_ignore_trace]
    multiple: Cell<Option<bool>>,
}

/// Who observes, and who is to be told in this turn.
#[derive(Default)]
struct Observers {
    all: RefCell<Vec<JsObject>>,
    pending: RefCell<Vec<JsObject>>,
    scheduled: Cell<bool>,
}

/// `PerformanceObserver`
pub(super) static PERFORMANCE_OBSERVER: Class = Class {
    name: "PerformanceObserver",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
        let prototype = instance_prototype(&PERFORMANCE_OBSERVER, cx)?;
        let observer = Observer { callback: callback.into(), buffer: GcRefCell::default(), types: RefCell::default(), multiple: Cell::new(None) };
        Ok(JsObject::from_proto_and_data(prototype, observer).into())
    },
    prototype: &[
        Export::function("observe", 0, observe).enumerable(true),
        Export::function("disconnect", 0, |this, _, cx| {
            let observer = this_observer(this, cx)?;
            disconnect(&observer, cx);
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("takeRecords", 0, |this, _, cx| {
            let observer = this_observer(this, cx)?;
            let taken = std::mem::take(&mut *observer.borrow().data().buffer.borrow_mut());
            Ok(list(taken, cx))
        })
        .enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("PerformanceObserver"),
    ],
    statics: &[Export::getter("supportedEntryTypes", supported)],
};

fn supported(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    #[derive(Default)]
    struct Made(std::cell::OnceCell<JsValue>);
    let made = Host::of(cx).state::<Made>();
    if let Some(made) = made.0.get() {
        return Ok(made.clone());
    }
    let types = JsArray::from_iter(TYPES.map(|name| js_string!(name).into()), cx);
    JsObject::from(types.clone()).set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, cx)?;
    Ok(made.0.get_or_init(|| types.into()).clone())
}

fn this_observer(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<Observer>> {
    this.as_object().and_then(|object| object.downcast::<Observer>().ok()).ok_or_else(|| errors::invalid_this("PerformanceObserver", cx))
}

/// `observer.observe(options)`
fn observe(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let observer = this_observer(this, cx)?;
    let options = validate::options(args.get_or_undefined(0), "options", cx)?;
    let get = |key: &str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let (types, kind, buffered) = (get("entryTypes", cx)?, get("type", cx)?, get("buffered", cx)?);
    if types.is_undefined() && kind.is_undefined() {
        return Err(errors::missing_args(&["options.entryTypes", "options.type"], cx));
    }
    if !types.is_null_or_undefined() && !kind.is_null_or_undefined() {
        return Err(errors::invalid_arg_value("options.entryTypes", &types, "options.entryTypes can not set with options.type together", cx));
    }
    let multiple = observer.borrow().data().multiple.get();
    let multiple = match multiple {
        None => kind.is_undefined(),
        Some(false) if !types.is_undefined() => {
            return Err(crate::dom_exception::error("PerformanceObserver can not change to multiple observations", "InvalidModificationError", cx));
        }
        Some(true) if !kind.is_undefined() => {
            return Err(crate::dom_exception::error("PerformanceObserver can not change to single observation", "InvalidModificationError", cx));
        }
        Some(multiple) => multiple,
    };
    observer.borrow().data().multiple.set(Some(multiple));
    if multiple {
        let Some(given) = types.as_object().filter(JsObject::is_array) else {
            return Err(errors::invalid_arg_type("options.entryTypes", "string[]", &types, cx));
        };
        let mut wanted = Vec::new();
        for index in 0..given.get(js_string!("length"), cx)?.to_length(cx)? {
            wanted.extend(known(&given.get(index, cx)?));
        }
        *observer.borrow().data().types.borrow_mut() = wanted;
    } else {
        let Some(name) = known(&kind) else { return Ok(JsValue::undefined()) };
        observer.borrow().data().types.borrow_mut().push(name);
        if buffered.to_boolean() {
            let before = entry::wanted(cx, |record| record.kind == name);
            observer.borrow().data().buffer.borrow_mut().extend(before);
            schedule(observer.clone().upcast(), cx);
        }
    }
    if observer.borrow().data().types.borrow().is_empty() {
        disconnect(&observer, cx);
        return Ok(JsValue::undefined());
    }
    let observers = Host::of(cx).state::<Observers>();
    let object = observer.upcast();
    let mut all = observers.all.borrow_mut();
    if !all.iter().any(|other| JsObject::equals(other, &object)) {
        all.push(object);
    }
    Ok(JsValue::undefined())
}

fn known(value: &JsValue) -> Option<&'static str> {
    let name = value.as_string()?;
    TYPES.into_iter().find(|known| name == *known)
}

fn disconnect(observer: &JsObject<Observer>, cx: &Context) {
    let observers = Host::of(cx).state::<Observers>();
    let object = observer.clone().upcast();
    observers.all.borrow_mut().retain(|other| !JsObject::equals(other, &object));
    observers.pending.borrow_mut().retain(|other| !JsObject::equals(other, &object));
    let observer = observer.borrow();
    let data = observer.data();
    data.buffer.borrow_mut().clear();
    data.types.borrow_mut().clear();
    data.multiple.set(None);
}

/// Whether anyone observes entries of this type: what is not observed need not be measured.
pub(crate) fn is_observed(kind: &str, cx: &Context) -> bool {
    let observers = Host::of(cx).state::<Observers>();
    observers.all.borrow().iter().any(|observer| observes(observer, kind))
}

fn observes(observer: &JsObject, kind: &str) -> bool {
    observer.downcast_ref::<Observer>().is_some_and(|observer| observer.types.borrow().contains(&kind))
}

/// Tells the observers of a type of an entry, in a later turn.
pub(super) fn enqueue(entry: &JsObject, kind: &str, cx: &Context) {
    let observers = Host::of(cx).state::<Observers>();
    let interested: Vec<JsObject> = observers.all.borrow().iter().filter(|observer| observes(observer, kind)).cloned().collect();
    for observer in interested {
        if let Some(observer) = observer.downcast_ref::<Observer>() {
            observer.buffer.borrow_mut().push(entry.clone());
        }
        schedule(observer, cx);
    }
}

fn schedule(observer: JsObject, cx: &Context) {
    let host = Host::of(cx);
    let observers = host.state::<Observers>();
    {
        let mut pending = observers.pending.borrow_mut();
        if !pending.iter().any(|other| JsObject::equals(other, &observer)) {
            pending.push(observer);
        }
    }
    if observers.scheduled.replace(true) {
        return;
    }
    host.event_loop().immediate(Box::new(|cx: &mut Context| {
        let host = Host::of(cx);
        let observers = host.state::<Observers>();
        observers.scheduled.set(false);
        let pending = std::mem::take(&mut *observers.pending.borrow_mut());
        for observer in pending {
            host.enter_with(cx, |cx| dispatch(&observer, cx));
        }
    }));
}

fn dispatch(observer: &JsObject, cx: &mut Context) -> JsResult<()> {
    let this = this_observer(&observer.clone().into(), cx)?;
    let (taken, callback) = {
        let this = this.borrow();
        let taken = std::mem::take(&mut *this.data().buffer.borrow_mut());
        (taken, this.data().callback.clone())
    };
    let mut sorted: Vec<(f64, JsObject)> = taken.into_iter().map(|entry| (record(&entry).map_or(0.0, |record| record.start), entry)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let entries = EntryList { entries: sorted.into_iter().map(|(_, entry)| entry).collect() };
    let entries = JsObject::from_proto_and_data(ENTRY_LIST.prototype(cx)?, entries);
    validate::function(&callback, "callback", cx)?.call(&JsValue::undefined(), &[entries.into(), observer.clone().into()], cx).map(drop)
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let observer = this_observer(this, cx)?;
    let object = observer.clone().upcast();
    let observers = Host::of(cx).state::<Observers>();
    let has = |list: &RefCell<Vec<JsObject>>| list.borrow().iter().any(|other| JsObject::equals(other, &object));
    let (types, buffer) = {
        let observer = observer.borrow();
        let types = observer.data().types.borrow().clone();
        let buffer = observer.data().buffer.borrow().clone();
        (types, buffer)
    };
    let shown = JsObject::with_object_proto(cx.intrinsics());
    shown.create_data_property_or_throw(js_string!("connected"), has(&observers.all), cx)?;
    shown.create_data_property_or_throw(js_string!("pending"), has(&observers.pending), cx)?;
    let types = JsArray::from_iter(types.into_iter().map(|name| js_string!(name).into()), cx);
    shown.create_data_property_or_throw(js_string!("entryTypes"), types, cx)?;
    let buffer = list(buffer, cx);
    shown.create_data_property_or_throw(js_string!("buffer"), buffer, cx)?;
    inspect_as("PerformanceObserver", shown.into(), this, args, cx)
}

/// What an observer's callback gets.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct EntryList {
    entries: Vec<JsObject>,
}

/// `PerformanceObserverEntryList`
pub(super) static ENTRY_LIST: Class = Class {
    name: "PerformanceObserverEntryList",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("getEntries", 0, |this, _, cx| {
            let entries = entries_of(this, cx)?;
            Ok(list(entries, cx))
        })
        .enumerable(true),
        Export::function("getEntriesByType", 1, |this, args, cx| {
            let entries = entries_of(this, cx)?;
            let Some(kind) = args.first() else { return Err(errors::missing_args(&["type"], cx)) };
            let kind = text(kind, cx)?;
            Ok(list(entries.into_iter().filter(|entry| record(entry).is_some_and(|record| record.kind == kind)).collect(), cx))
        })
        .enumerable(true),
        Export::function("getEntriesByName", 1, |this, args, cx| {
            let entries = entries_of(this, cx)?;
            let Some(name) = args.first() else { return Err(errors::missing_args(&["name"], cx)) };
            let name = text(name, cx)?;
            let kind = args.get_or_undefined(1);
            let kind = if kind.is_null_or_undefined() { None } else { Some(text(kind, cx)?) };
            let wanted = |entry: &JsObject| record(entry).is_some_and(|record| record.name == name && kind.as_ref().is_none_or(|kind| *kind == record.kind));
            Ok(list(entries.into_iter().filter(wanted).collect(), cx))
        })
        .enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, |this, args, cx| {
            let entries = entries_of(this, cx)?;
            let shown = list(entries, cx);
            inspect_as("PerformanceObserverEntryList", shown, this, args, cx)
        }),
        Export::tag("PerformanceObserverEntryList"),
    ],
    statics: &[],
};

fn entries_of(this: &JsValue, cx: &mut Context) -> JsResult<Vec<JsObject>> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<EntryList>().map(|list| list.entries.clone()));
    found.ok_or_else(|| errors::invalid_this("PerformanceObserverEntryList", cx))
}
