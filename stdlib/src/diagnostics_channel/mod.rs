//! Node's `diagnostics_channel`: named channels that libraries publish to and tools listen on.
//!
//! Differs from Node: a channel is kept for ever once it was named; stores bound to a channel are AsyncLocalStorages of
//! `node:async_hooks`.

mod tracing;

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, object::builtins::JsFunction};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule, Symbol},
    validate,
};

/// `require('diagnostics_channel')`
pub static MODULE: NativeModule = NativeModule {
    name: "diagnostics_channel",
    exports: &[
        Export::function("channel", 1, |_, args, cx| channel(args.get_or_undefined(0), cx).map(JsValue::from)),
        Export::function("hasSubscribers", 1, |_, args, cx| {
            let found = known(args.get_or_undefined(0), cx);
            Ok(found.is_some_and(|channel| has_subscribers(&channel)).into())
        }),
        Export::function("subscribe", 2, |_, args, cx| {
            let channel = channel(args.get_or_undefined(0), cx)?;
            subscribe(&channel, args.get_or_undefined(1), cx)
        }),
        Export::function("tracingChannel", 1, tracing::tracing_channel),
        Export::function("unsubscribe", 2, |_, args, cx| {
            let channel = channel(args.get_or_undefined(0), cx)?;
            Ok(unsubscribe(&channel, args.get_or_undefined(1)).into())
        }),
        Export::class(&CHANNEL),
    ],
};

/// `diagnostics_channel.Channel`
static CHANNEL: Class = Class {
    name: "Channel",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| make(args.get_or_undefined(0), cx).map(JsValue::from),
    prototype: &[
        Export::function("subscribe", 1, |this, args, cx| {
            let channel = receiver(this, cx)?;
            subscribe(&channel, args.get_or_undefined(0), cx)
        }),
        Export::function("unsubscribe", 0, |this, args, cx| Ok(unsubscribe(&receiver(this, cx)?, args.get_or_undefined(0)).into())),
        Export::function("bindStore", 2, bind_store),
        Export::function("unbindStore", 0, unbind_store),
        Export::getter("hasSubscribers", |this, _args, cx| Ok(has_subscribers(&receiver(this, cx)?).into())),
        Export::function("publish", 0, |this, args, cx| {
            publish(&receiver(this, cx)?, args.get_or_undefined(0), cx);
            Ok(JsValue::undefined())
        }),
        Export::function("runStores", 3, |this, args, cx| {
            let channel = receiver(this, cx)?;
            let call = validate::function(args.get_or_undefined(1), "fn", cx)?;
            let rest = args.get(3..).unwrap_or_default();
            run_stores(&channel, args.get_or_undefined(0), cx, |cx| call.call(args.get_or_undefined(2), rest, cx))
        }),
    ],
    statics: &[Export::symbol(Symbol::HasInstance, "[Symbol.hasInstance]", 1, has_instance)],
};

/// `channel instanceof Channel`: a channel itself, not an object further down the chain.
fn has_instance(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = args.get_or_undefined(0).to_object(cx)?.prototype();
    let prototype = CHANNEL.prototype(cx)?;
    Ok(found.is_some_and(|found| JsObject::equals(&found, &prototype)).into())
}

#[derive(Trace, Finalize, JsData)]
struct Record {
    subscribers: GcRefCell<Vec<JsFunction>>,
    stores: GcRefCell<Vec<(JsValue, JsValue)>>,
    name: JsValue,
}

/// The channels of a host, by name.
#[derive(Default)]
struct Channels(RefCell<Vec<(JsValue, JsObject)>>);

fn make(name: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let record = Record { subscribers: GcRefCell::default(), stores: GcRefCell::default(), name: name.clone() };
    let channel = JsObject::from_proto_and_data(CHANNEL.prototype(cx)?, record);
    channel.create_data_property_or_throw(boa_engine::js_string!("name"), name.clone(), cx)?;
    Ok(channel)
}

fn known(name: &JsValue, cx: &mut Context) -> Option<JsObject> {
    let channels = Host::of(cx).state::<Channels>();
    let channels = channels.0.borrow();
    channels.iter().find(|(found, _)| found == name).map(|(_, channel)| channel.clone())
}

/// The channel of a name, made at its first use.
pub(crate) fn channel(name: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    if let Some(found) = known(name, cx) {
        return Ok(found);
    }
    if !name.is_string() && !name.is_symbol() {
        return Err(errors::invalid_arg_type("channel", "string|symbol", name, cx));
    }
    let made = make(name, cx)?;
    Host::of(cx).state::<Channels>().0.borrow_mut().push((name.clone(), made.clone()));
    Ok(made)
}

/// The channel of one of the runtime's own events, if anybody listens to it.
fn watched(name: &'static str, cx: &mut Context) -> Option<JsObject> {
    let host = Host::of(cx);
    if host.state::<Channels>().0.borrow().is_empty() {
        return None;
    }
    known(&host.intern(name).into(), cx).filter(has_subscribers)
}

/// Whether anybody listens to one of the runtime's own events.
pub(crate) fn is_watched(name: &'static str, cx: &mut Context) -> bool {
    watched(name, cx).is_some()
}

/// Publishes one of the runtime's own events, if anybody listens: the fields make the message.
pub(crate) fn announce(name: &'static str, fields: &[(&'static str, &JsValue)], cx: &mut Context) -> JsResult<()> {
    let Some(channel) = watched(name, cx) else { return Ok(()) };
    let message = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in fields {
        message.create_data_property_or_throw(Host::of(cx).intern(key), (*value).clone(), cx)?;
    }
    publish(&channel, &message.into(), cx);
    Ok(())
}

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let found = this.as_object().filter(|object| object.is::<Record>());
    found.ok_or_else(|| errors::invalid_this("Channel", cx))
}

fn look<T>(channel: &JsObject, look: impl FnOnce(&Record) -> T) -> Option<T> {
    channel.downcast_ref::<Record>().map(|record| look(&record))
}

/// Whether a channel has anybody listening, or a store.
pub(crate) fn has_subscribers(channel: &JsObject) -> bool {
    look(channel, |record| !record.subscribers.borrow().is_empty() || !record.stores.borrow().is_empty()).unwrap_or(false)
}

fn subscribe(channel: &JsObject, subscription: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let subscription = validate::function(subscription, "subscription", cx)?;
    // A new list: who is being called now is not disturbed.
    look(channel, |record| record.subscribers.borrow_mut().push(subscription));
    Ok(JsValue::undefined())
}

fn unsubscribe(channel: &JsObject, subscription: &JsValue) -> bool {
    look(channel, |record| {
        let mut subscribers = record.subscribers.borrow_mut();
        let found = subscribers.iter().position(|found| JsValue::from(found.clone()) == *subscription);
        found.map(|at| subscribers.remove(at)).is_some()
    })
    .unwrap_or(false)
}

fn bind_store(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = receiver(this, cx)?;
    let (store, transform) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    look(&channel, |record| {
        let mut stores = record.stores.borrow_mut();
        stores.retain(|(found, _)| *found != store);
        stores.push((store, transform));
    });
    Ok(JsValue::undefined())
}

fn unbind_store(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let channel = receiver(this, cx)?;
    let removed = look(&channel, |record| {
        let mut stores = record.stores.borrow_mut();
        let before = stores.len();
        stores.retain(|(found, _)| found != args.get_or_undefined(0));
        stores.len() != before
    });
    Ok(removed.unwrap_or(false).into())
}

/// An error of a subscriber is nobody's who publishes: it is uncaught, a tick later.
fn report_later(error: JsError, cx: &mut Context) {
    Host::of(cx).next_tick_native(move |_cx| Err(error));
}

/// Tells every subscriber.
pub(crate) fn publish(channel: &JsObject, message: &JsValue, cx: &mut Context) {
    let Some((subscribers, name)) = look(channel, |record| (record.subscribers.borrow().clone(), record.name.clone())) else { return };
    for subscriber in subscribers {
        if let Err(error) = subscriber.call(&JsValue::undefined(), &[message.clone(), name.clone()], cx) {
            report_later(error, cx);
        }
    }
}

/// Publishes and runs `body` with the stores bound to the channel set to the message.
pub(crate) fn run_stores(channel: &JsObject, message: &JsValue, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<JsValue>) -> JsResult<JsValue> {
    let stores = look(channel, |record| record.stores.borrow().clone()).unwrap_or_default();
    let mut frame = Host::of(cx).async_frame();
    for (store, transform) in stores {
        let Some(key) = crate::async_hooks::storage_key(&store) else { continue };
        let value = match transform.as_callable() {
            Some(transform) => match transform.call(&JsValue::undefined(), std::slice::from_ref(message), cx) {
                Ok(value) => value,
                Err(error) => {
                    report_later(error, cx);
                    continue;
                }
            },
            None => message.clone(),
        };
        frame = Some(Rc::new(frame.as_deref().cloned().unwrap_or_default().with(key, Some(value))));
    }
    Host::of(cx).with_frame(frame, cx, |cx| {
        publish(channel, message, cx);
        body(cx)
    })
}
