//! `NodeEventTarget`: an EventTarget that can also be used as an emitter. Not a global: message ports and workers extend it.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::Gc;
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::Export,
    validate,
};

use super::{
    IS_NODE_STYLE_LISTENER, MAX_LISTENERS, MAX_LISTENERS_WARNED,
    target::{EVENT_TARGET, Hooks, Target, add_event_listener, emit, init_target, remove_event_listener, state},
};

/// `NodeEventTarget`
pub(crate) static NODE_EVENT_TARGET: Class = Class {
    name: "NodeEventTarget",
    length: 0,
    extends: Parent::Class(&EVENT_TARGET),
    kind: Kind::Modern,
    init: |this, _args, cx| {
        init_target(&this.to_object(cx)?, Hooks::default(), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[
        Export::function("setMaxListeners", 1, set_max_listeners).enumerable(true),
        Export::function("getMaxListeners", 0, |this, _args, cx| {
            let (object, _) = receiver(this, cx)?;
            let max = MAX_LISTENERS.to_js(cx);
            object.get(max, cx)
        })
        .enumerable(true),
        Export::function("eventNames", 0, |this, _args, cx| {
            let (_, target) = receiver(this, cx)?;
            let names: Vec<JsValue> = target.names().into_iter().map(JsValue::from).collect();
            Ok(JsArray::from_iter(names, cx).into())
        })
        .enumerable(true),
        Export::function("listenerCount", 1, |this, args, cx| {
            let (_, target) = receiver(this, cx)?;
            let kind = args.get_or_undefined(0).to_string(cx)?;
            Ok(target.count(&kind).into())
        })
        .enumerable(true),
        Export::function("off", 3, remove_listener).enumerable(true),
        Export::function("removeListener", 3, remove_listener).enumerable(true),
        Export::function("on", 2, |this, args, cx| add(this, args, false, cx)).enumerable(true),
        Export::function("addListener", 2, |this, args, cx| add(this, args, false, cx)).enumerable(true),
        Export::function("emit", 2, |this, args, cx| {
            let (object, target) = receiver(this, cx)?;
            let kind = validate::string(args.get_or_undefined(0), "type", cx)?;
            let heard = target.count(&kind) > 0;
            emit(&object, &kind, args.get_or_undefined(1), cx)?;
            Ok(heard.into())
        })
        .enumerable(true),
        Export::function("once", 2, |this, args, cx| add(this, args, true, cx)).enumerable(true),
        Export::function("removeAllListeners", 1, |this, args, cx| {
            let (_, target) = receiver(this, cx)?;
            match args.get_or_undefined(0) {
                kind if kind.is_undefined() => target.forget(None),
                kind => {
                    let kind = kind.to_string(cx)?;
                    target.forget(Some(&kind));
                }
            }
            Ok(this.clone())
        })
        .enumerable(true),
    ],
    statics: &[Export::int("defaultMaxListeners", 10).enumerable(true)],
};

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, Gc<Target>)> {
    if let Some(object) = this.as_object()
        && let Some(target) = state(&object, cx)
    {
        return Ok((object, target));
    }
    Err(errors::invalid_this("NodeEventTarget", cx))
}

fn set_max_listeners(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, _) = receiver(this, cx)?;
    let count = args.get_or_undefined(0);
    validate::number_within(count, "setMaxListeners", Some(0.0), None, cx)?;
    let (max, warned) = (MAX_LISTENERS.to_js(cx), MAX_LISTENERS_WARNED.to_js(cx));
    object.set(max, count.clone(), true, cx)?;
    object.set(warned, false, true, cx)?;
    Ok(JsValue::undefined())
}

fn remove_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    receiver(this, cx)?;
    remove_event_listener(this, &[0, 1, 2].map(|index| args.get_or_undefined(index).clone()), cx)?;
    Ok(this.clone())
}

fn add(this: &JsValue, args: &[JsValue], once: bool, cx: &mut Context) -> JsResult<JsValue> {
    receiver(this, cx)?;
    let options = JsObject::with_null_proto();
    let node_style = IS_NODE_STYLE_LISTENER.to_js(cx);
    options.create_data_property_or_throw(node_style, true, cx)?;
    options.create_data_property_or_throw(js_string!("once"), once, cx)?;
    add_event_listener(this, &[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), options.into()], cx)?;
    Ok(this.clone())
}
