//! `EventEmitterAsyncResource`: an emitter whose listeners run in the async context of its making.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string, property::PropertyKey};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, instantiate},
    validate,
};

use super::{EVENT_EMITTER, emit, init_emitter, method, receiver};

/// `EventEmitter.EventEmitterAsyncResource`
pub(super) fn class(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    CLASS.constructor(cx).map(JsValue::from)
}

static CLASS: Class = Class {
    name: "EventEmitterAsyncResource",
    length: 0,
    extends: Parent::Class(&EVENT_EMITTER),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Export::function("emit", 1, emit_in_scope),
        Export::function("emitDestroy", 0, emit_destroy),
        Export::getter("asyncId", |this, _args, cx| ask(this, "asyncId", cx)),
        Export::getter("triggerAsyncId", |this, _args, cx| ask(this, "triggerAsyncId", cx)),
        Export::getter("asyncResource", |this, _args, cx| Ok(resource(this, cx)?.into())),
    ],
    statics: &[],
};

static REFERENCING: Class = Class {
    name: "EventEmitterReferencingAsyncResource",
    length: 2,
    extends: Parent::Constructor(async_resource),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Export::getter("eventEmitter", |this, _args, cx| {
        let resource = receiver(this, cx)?;
        let key = Host::of(cx).named_symbol("eventEmitter", cx);
        resource.get(key, cx)
    })],
    statics: &[],
};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Resource(JsObject);

/// `AsyncResource` of `node:async_hooks`.
fn async_resource(cx: &mut Context) -> JsResult<JsObject> {
    let found = match Host::of(cx).builtin("async_hooks") {
        Some(module) => instantiate(module, cx)?.get(js_string!("AsyncResource"), cx)?.as_object(),
        None => None,
    };
    found.ok_or_else(|| errors::method_not_implemented("EventEmitterAsyncResource()", cx))
}

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    let mut options = args.get_or_undefined(0).clone();
    let target = cx.new_target();
    let given = match options.as_object() {
        Some(options) => options.get(js_string!("name"), cx)?,
        None => JsValue::undefined(),
    };
    let name = if options.is_string() {
        std::mem::take(&mut options)
    } else {
        let own = CLASS.constructor(cx)?;
        if target.as_ref().is_some_and(|target| JsObject::equals(target, &own)) {
            validate::string(&given, "options.name", cx)?;
        }
        match target {
            Some(target) if !given.to_boolean() => target.get(js_string!("name"), cx)?,
            _ => given,
        }
    };
    init_emitter(&emitter, &options, cx)?;
    let base = async_resource(cx)?;
    let made = base.construct(&[name, options], None, cx)?;
    made.set_prototype(Some(REFERENCING.prototype(cx)?));
    let key = Host::of(cx).named_symbol("eventEmitter", cx);
    let link = boa_engine::property::PropertyDescriptor::builder().value(emitter.clone()).enumerable(false);
    made.define_property_or_throw(key, link, cx)?;
    Slot::set(&emitter, Resource(made), cx)?;
    Ok(JsValue::undefined())
}

fn resource(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let slot = match this.as_object() {
        Some(object) => Slot::<Resource>::get(&object, cx),
        None => None,
    };
    let resource = slot.map(|slot| slot.borrow().data().0.clone());
    resource.ok_or_else(|| errors::plain(errors::Base::Type, "Cannot read private member #asyncResource from an object whose class did not declare it"))
}

fn emit_in_scope(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let resource = resource(this, cx)?;
    let emit = boa_engine::object::FunctionObjectBuilder::new(cx.realm(), NativeFunction::from_fn_ptr(emit::method)).build();
    let mut all = vec![emit.into(), this.clone()];
    all.extend_from_slice(args);
    method(&resource, "runInAsyncScope", &all, cx)
}

fn emit_destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let resource = resource(this, cx)?;
    method(&resource, "emitDestroy", &[], cx)?;
    Ok(JsValue::undefined())
}

fn ask(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let resource = resource(this, cx)?;
    let key = Host::of(cx).intern(name);
    let ask = resource.get(PropertyKey::String(key), cx)?;
    super::call(&resource, &ask, name, &[], cx)
}
