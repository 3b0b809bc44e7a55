//! Adding, removing and listing listeners.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
    property::PropertyKey,
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{errors, table, validate};

use super::{SHAPE_MODE, emit::elements, events_of, max_listeners, original, put, receiver};

/// `EventEmitter.prototype.addListener`
pub(crate) fn add_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    add_from(this, args, false, cx)
}

/// `EventEmitter.prototype.prependListener`
pub(super) fn prepend_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    add_from(this, args, true, cx)
}

fn add_from(this: &JsValue, args: &[JsValue], prepend: bool, cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    validate::function(args.get_or_undefined(1), "listener", cx)?;
    let event = args.get_or_undefined(0).to_property_key(cx)?;
    add_as(&emitter, &event, args.get_or_undefined(0), args.get_or_undefined(1), prepend, cx)?;
    Ok(this.clone())
}

/// Adds a listener, having told `'newListener'`.
pub(super) fn add(emitter: &JsObject, event: &PropertyKey, listener: &JsValue, prepend: bool, cx: &mut Context) -> JsResult<()> {
    add_as(emitter, event, &event.into(), listener, prepend, cx)
}

/// The same; `given` is the event as a script named it.
fn add_as(emitter: &JsObject, event: &PropertyKey, given: &JsValue, listener: &JsValue, prepend: bool, cx: &mut Context) -> JsResult<()> {
    let (events, existing) = match events_of(emitter, &js_string!("newListener").into(), cx)? {
        None => {
            let events = JsObject::shared_null(cx);
            put(emitter, js_string!("_events"), events.clone(), cx)?;
            put(emitter, js_string!("_eventsCount"), 0, cx)?;
            (events, JsValue::undefined())
        }
        Some(mut events) => {
            if !events.get(js_string!("newListener"), cx)?.is_undefined() {
                let inner = original(listener, cx)?;
                let told = if inner.is_null_or_undefined() { listener.clone() } else { inner };
                super::emit(emitter, js_string!("newListener"), &[event.into(), told], cx)?;
                // The handler may have given the emitter another `_events`.
                events = emitter.get(js_string!("_events"), cx)?.to_object(cx)?;
            }
            let existing = events.get(event.clone(), cx)?;
            (events, existing)
        }
    };
    let list = match existing.as_object() {
        None => {
            put(&events, event.clone(), listener.clone(), cx)?;
            return change_count(emitter, 1, cx).map(drop);
        }
        Some(one) if one.is_callable() => {
            let pair = if prepend { [listener.clone(), existing] } else { [existing, listener.clone()] };
            let list = JsObject::from(JsArray::from_iter(pair, cx));
            put(&events, event.clone(), list.clone(), cx)?;
            list
        }
        Some(list) => {
            let array = JsArray::from_object(list.clone())?;
            if prepend {
                let first = listener.clone();
                if array.change_dense(|values| values.insert(0, first)).is_none() {
                    array.unshift(std::slice::from_ref(listener), cx)?;
                }
            } else {
                array.append(vec![listener.clone()], cx)?;
            }
            list
        }
    };
    warn_of_leak(emitter, event, given, &list, cx)
}

/// `emitter._eventsCount += by`; gives the new count.
fn change_count(emitter: &JsObject, by: i32, cx: &mut Context) -> JsResult<f64> {
    let count = emitter.get(js_string!("_eventsCount"), cx)?;
    let count = match count.as_i32() {
        Some(count) => f64::from(count),
        None => count.to_number(cx)?,
    } + f64::from(by);
    put(emitter, js_string!("_eventsCount"), count, cx)?;
    Ok(count)
}

fn warn_of_leak(emitter: &JsObject, event: &PropertyKey, given: &JsValue, list: &JsObject, cx: &mut Context) -> JsResult<()> {
    let max = max_listeners(emitter, cx)?.to_number(cx)?;
    let length = list.get(js_string!("length"), cx)?.to_number(cx)?;
    if !(max > 0.0 && length > max) || list.get(js_string!("warned"), cx)?.to_boolean() {
        return Ok(());
    }
    put(list, js_string!("warned"), true, cx)?;
    let name = match event {
        PropertyKey::Symbol(symbol) => symbol.descriptive_string().to_std_string_escaped(),
        name => name.to_string(),
    };
    let shown = match errors::constructor_name(emitter, cx) {
        Some(name) => format!("[{name}]"),
        None => "[Object: null prototype]".to_owned(),
    };
    let message = format!(
        "Possible EventEmitter memory leak detected. {length} {name} listeners added to {shown}. MaxListeners is {}. Use \
         emitter.setMaxListeners() to increase limit",
        JsValue::from(max).display()
    );
    let warning = errors::plain(errors::Base::Error, message).into_opaque(cx)?.to_object(cx)?;
    let mut define = |key: &'static str, value: JsValue| {
        let key = coil_engine::Host::of(cx).intern(key);
        warning.create_data_property_or_throw(PropertyKey::String(key), value, cx)
    };
    define("name", js_string!("MaxListenersExceededWarning").into())?;
    define("emitter", emitter.clone().into())?;
    define("type", given.clone())?;
    define("count", length.into())?;
    super::emit_warning(warning.into(), cx)
}

/// `EventEmitter.prototype.once`
pub(super) fn once(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let (event, listener) = (args.get_or_undefined(0), validate::function(args.get_or_undefined(1), "listener", cx)?);
    let wrapped = wrap_once(&emitter, event, &listener, cx)?;
    let event = event.to_property_key(cx)?;
    super::on(&emitter, event, wrapped, cx)?;
    Ok(this.clone())
}

/// `EventEmitter.prototype.prependOnceListener`
pub(super) fn prepend_once_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let (event, listener) = (args.get_or_undefined(0), validate::function(args.get_or_undefined(1), "listener", cx)?);
    let wrapped = wrap_once(&emitter, event, &listener, cx)?;
    super::method(&emitter, "prependListener", &[event.clone(), wrapped.into()], cx)?;
    Ok(this.clone())
}

/// What `once` puts in the listener's place.
#[derive(Trace, Finalize)]
struct Once {
    fired: Cell<bool>,
    emitter: JsObject,
    event: JsValue,
    listener: JsFunction,
    wrapper: GcRefCell<Option<JsFunction>>,
}

fn wrap_once(emitter: &JsObject, event: &JsValue, listener: &JsFunction, cx: &mut Context) -> JsResult<JsFunction> {
    let once = Once { fired: Cell::new(false), emitter: emitter.clone(), event: event.clone(), listener: listener.clone(), wrapper: GcRefCell::new(None) };
    let once = boa_gc::Gc::new(once);
    let wrapper = table::closure("bound onceWrapper", 0, once.clone(), fire_once, cx);
    wrapper.create_data_property_or_throw(js_string!("listener"), listener.clone(), cx)?;
    *once.wrapper.borrow_mut() = Some(wrapper.clone());
    Ok(wrapper)
}

fn fire_once(_this: &JsValue, args: &[JsValue], once: &boa_gc::Gc<Once>, cx: &mut Context) -> JsResult<JsValue> {
    if once.fired.get() {
        return Ok(JsValue::undefined());
    }
    let wrapper = once.wrapper.borrow().clone();
    if let Some(wrapper) = wrapper {
        let event = once.event.to_property_key(cx)?;
        super::remove_listener(&once.emitter, event, wrapper, cx)?;
    }
    once.fired.set(true);
    once.listener.call(&once.emitter.clone().into(), args, cx)
}

/// `EventEmitter.prototype.removeListener`
pub(crate) fn remove_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    validate::function(args.get_or_undefined(1), "listener", cx)?;
    let event = args.get_or_undefined(0).to_property_key(cx)?;
    remove(&emitter, &event, args.get_or_undefined(1), cx)?;
    Ok(this.clone())
}

/// Removes a listener, then tells `'removeListener'`.
pub(super) fn remove(emitter: &JsObject, event: &PropertyKey, listener: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(events) = events_of(emitter, event, cx)? else { return Ok(()) };
    let found = events.get(event.clone(), cx)?;
    let Some(list) = found.as_object() else { return Ok(()) };
    if found.strict_equals(listener) || original(&found, cx)?.strict_equals(listener) {
        let left = change_count(emitter, -1, cx)?;
        let shape_mode = SHAPE_MODE.to_js(cx);
        if emitter.get(shape_mode, cx)?.to_boolean() {
            put(&events, event.clone(), JsValue::undefined(), cx)?;
        } else if left == 0.0 {
            put(emitter, js_string!("_events"), JsObject::shared_null(cx), cx)?;
        } else {
            events.delete_property_or_throw(event.clone(), cx)?;
        }
        if !events.get(js_string!("removeListener"), cx)?.is_undefined() {
            let inner = original(&found, cx)?;
            let told = if inner.to_boolean() { inner } else { listener.clone() };
            super::emit(emitter, js_string!("removeListener"), &[event.into(), told], cx)?;
        }
        return Ok(());
    }
    if list.is_callable() {
        return Ok(());
    }
    let mut position = None;
    for (index, candidate) in elements(&list, cx)?.iter().enumerate().rev() {
        if candidate.strict_equals(listener) || original(candidate, cx)?.strict_equals(listener) {
            position = Some(index);
            break;
        }
    }
    let Some(position) = position else { return Ok(()) };
    let array = JsArray::from_object(list.clone())?;
    let left = match array.change_dense(|values| {
        values.remove(position);
        values.len()
    }) {
        Some(left) => left,
        None => {
            array.splice(position as u32, Some(1), &[], cx)?;
            array.length(cx)? as usize
        }
    };
    if left == 1 {
        let last = list.get(0, cx)?;
        put(&events, event.clone(), last, cx)?;
    }
    if !events.get(js_string!("removeListener"), cx)?.is_undefined() {
        super::emit(emitter, js_string!("removeListener"), &[event.into(), listener.clone()], cx)?;
    }
    Ok(())
}

/// `EventEmitter.prototype.removeAllListeners`
pub(crate) fn remove_all_listeners(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let Some(events) = events_of(&emitter, &js_string!("removeListener").into(), cx)? else { return Ok(this.clone()) };
    let shape_mode = SHAPE_MODE.to_js(cx);

    // Nobody to tell.
    if events.get(js_string!("removeListener"), cx)?.is_undefined() {
        match args.first() {
            None => clear(&emitter, cx)?,
            Some(event) => {
                let event = event.to_property_key(cx)?;
                if !events.get(event.clone(), cx)?.is_undefined() {
                    if change_count(&emitter, -1, cx)? == 0.0 {
                        put(&emitter, js_string!("_events"), JsObject::shared_null(cx), cx)?;
                    } else {
                        events.delete_property_or_throw(event, cx)?;
                    }
                }
            }
        }
        put(&emitter, shape_mode, false, cx)?;
        return Ok(this.clone());
    }

    let Some(event) = args.first() else {
        for key in events.own_property_keys(cx)? {
            if key != PropertyKey::from(js_string!("removeListener")) {
                super::method(&emitter, "removeAllListeners", &[key.into()], cx)?;
            }
        }
        super::method(&emitter, "removeAllListeners", &[js_string!("removeListener").into()], cx)?;
        clear(&emitter, cx)?;
        put(&emitter, shape_mode, false, cx)?;
        return Ok(this.clone());
    };
    let key = event.to_property_key(cx)?;
    let found = events.get(key.clone(), cx)?;
    match found.as_object() {
        Some(one) if one.is_callable() => super::remove_listener(&emitter, key, found, cx)?,
        Some(list) => {
            for listener in elements(&list, cx)?.into_iter().rev() {
                super::remove_listener(&emitter, key.clone(), listener, cx)?;
            }
        }
        None => {}
    }
    Ok(this.clone())
}

fn clear(emitter: &JsObject, cx: &mut Context) -> JsResult<()> {
    put(emitter, js_string!("_events"), JsObject::shared_null(cx), cx)?;
    put(emitter, js_string!("_eventsCount"), 0, cx)
}

/// `EventEmitter.prototype.listeners`
pub(super) fn listeners(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let event = args.get_or_undefined(0).to_property_key(cx)?;
    let mut listeners = bare(&emitter, &event, cx)?;
    for listener in &mut listeners {
        *listener = function_of(listener, cx)?;
    }
    Ok(JsArray::from_iter(listeners, cx).into())
}

/// `EventEmitter.prototype.rawListeners`
pub(super) fn raw_listeners(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let event = args.get_or_undefined(0).to_property_key(cx)?;
    let listeners = bare(&emitter, &event, cx)?;
    Ok(JsArray::from_iter(listeners, cx).into())
}

/// The listeners of an event as they stand there, wrappers of `once` too.
fn bare(emitter: &JsObject, event: &PropertyKey, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let Some(events) = events_of(emitter, event, cx)? else { return Ok(Vec::new()) };
    let found = events.get(event.clone(), cx)?;
    match found.as_object() {
        Some(one) if one.is_callable() => Ok(vec![found]),
        Some(list) => elements(&list, cx),
        None => Ok(Vec::new()),
    }
}

/// The function behind a wrapper of `once`, or the listener itself.
fn function_of(listener: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let inner = original(listener, cx)?;
    Ok(if inner.is_callable() { inner } else { listener.clone() })
}

/// `EventEmitter.prototype.listenerCount`
pub(super) fn listener_count(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let event = args.get_or_undefined(0).to_property_key(cx)?;
    let wanted = args.get_or_undefined(1);
    if wanted.is_null_or_undefined() {
        return super::listener_count(&emitter, event, cx).map(|count| (count as f64).into());
    }
    let mut count = 0;
    for listener in bare(&emitter, &event, cx)? {
        if listener.strict_equals(wanted) || original(&listener, cx)?.strict_equals(wanted) {
            count += 1;
        }
    }
    Ok(count.into())
}

/// `EventEmitter.prototype.eventNames`
pub(super) fn event_names(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let mut names = Vec::new();
    if emitter.get(js_string!("_eventsCount"), cx)?.to_number(cx)? > 0.0
        && let Some(events) = emitter.get(js_string!("_events"), cx)?.as_object()
    {
        names.extend(events.own_property_keys(cx)?.into_iter().map(|key| match key {
            PropertyKey::Index(index) => js_string!(index.get().to_string()).into(),
            key => JsValue::from(key),
        }));
    }
    Ok(JsArray::from_iter(names, cx).into())
}
