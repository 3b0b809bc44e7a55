//! Contexts: a realm whose global object stands over the user's object.
//!
//! What the user's object has is what the context's scripts see first, as V8's interceptors do it in Node; the language's own globals
//! are the ordinary properties of the global object itself.

use super::options;
use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    exotic::{
        InternalMethodPropertyContext, InternalObjectMethods, ORDINARY_INTERNAL_METHODS, ordinary_define_own_property, ordinary_delete, ordinary_get, ordinary_get_own_property, ordinary_has_property,
        ordinary_own_property_keys, ordinary_set, ordinary_try_get,
    },
    js_string,
    object::{JsData, builtins::JsWeakMap},
    property::{PropertyDescriptor, PropertyKey},
    realm::Realm,
};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, realms,
    table::{Export, define_all},
};

/// The data of a context's global object.
#[derive(Trace, Finalize)]
struct Global {
    sandbox: JsObject,
    /// The engine's own globals are still being defined.
    #[unsafe_ignore_trace]
    ready: std::cell::Cell<bool>,
}

impl JsData for Global {
    fn internal_methods(&self) -> &'static InternalObjectMethods {
        static METHODS: InternalObjectMethods = InternalObjectMethods {
            __get_own_property__: own_property,
            __define_own_property__: define_own_property,
            __has_property__: has_property,
            __get__: get,
            __try_get__: try_get,
            __set__: set,
            __delete__: delete,
            __own_property_keys__: own_keys,
            ..ORDINARY_INTERNAL_METHODS
        };
        &METHODS
    }
}

/// One context, behind the user's object.
#[derive(Clone, Trace, Finalize, boa_engine::JsData)]
pub(super) struct Record {
    pub(super) realm: Realm,
    /// `microtaskMode: 'afterEvaluate'`
    #[unsafe_ignore_trace]
    pub(super) own_microtasks: bool,
}

/// Which objects are contexts.
#[derive(Default)]
struct Contexts(std::cell::RefCell<Option<JsWeakMap>>);

fn contexts(cx: &mut Context) -> JsWeakMap {
    let state = Host::of(cx).state::<Contexts>();
    if let Some(map) = &*state.0.borrow() {
        return map.clone();
    }
    let map = JsWeakMap::new(cx);
    *state.0.borrow_mut() = Some(map.clone());
    map
}

/// The context of an object, if it is one.
pub(super) fn of(object: &JsObject, cx: &mut Context) -> JsResult<Option<Record>> {
    let map = contexts(cx);
    let found = map.get(object, cx)?;
    Ok(found.as_object().and_then(|holder| holder.downcast_ref::<Record>().map(|record| record.clone())))
}

/// What every context has beside the engine's own globals.
static GLOBALS: &[Export] = &[
    Export::build("Intl", crate::intl::namespace),
    #[cfg(feature = "wasm")]
    Export::build("WebAssembly", crate::webassembly::namespace),
];

/// Makes `sandbox` a context; without one, a context whose global object is its own, which is returned.
pub(super) fn create(sandbox: Option<JsObject>, of: &options::Of, cx: &mut Context) -> JsResult<JsObject> {
    let realm = match &sandbox {
        Some(sandbox) => {
            let sandbox = sandbox.clone();
            realms::create(
                move |intrinsics| {
                    let prototype = intrinsics.constructors().object().prototype();
                    JsObject::from_proto_and_data(prototype, Global { sandbox, ready: std::cell::Cell::new(false) })
                },
                cx,
            )?
        }
        None => realms::create(JsObject::with_object_proto, cx)?,
    };
    if !of.strings {
        realm.host_defined_mut().insert(realms::NoStrings);
    }
    let outer = cx.enter_realm(realm.clone());
    let global = cx.global_object();
    // Node has neither.
    for key in ["TypedArray", "Temporal"] {
        global.delete_property_or_throw(js_string!(key), cx)?;
    }
    let made = crate::intl::install(cx).and_then(|()| define_all(&global, GLOBALS, false, cx));
    cx.enter_realm(outer);
    made?;
    if let Some(data) = global.downcast_ref::<Global>() {
        data.ready.set(true);
    }
    let context = sandbox.unwrap_or(global);
    of.import.answer_realm(&realm, &context, cx);
    let record = JsObject::from_proto_and_data(None, Record { realm, own_microtasks: of.own_microtasks });
    contexts(cx).set(&context, record.into(), cx)?;
    Ok(context)
}

/// The user's object, once the engine's globals are there.
fn sandbox(global: &JsObject, cx: &mut InternalMethodPropertyContext<'_>) -> Option<JsObject> {
    cx.not_cacheable();
    sandbox_of(global)
}

fn sandbox_of(global: &JsObject) -> Option<JsObject> {
    global.downcast_ref::<Global>().filter(|data| data.ready.get()).map(|data| data.sandbox.clone())
}

/// The user's object is never seen from within: the global object is.
fn outward(value: JsValue, sandbox: &JsObject, global: &JsObject) -> JsValue {
    match value.as_object() {
        Some(object) if JsObject::equals(&object, sandbox) => global.clone().into(),
        _ => value,
    }
}

fn own_property(global: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<Option<PropertyDescriptor>> {
    if let Some(sandbox) = sandbox(global, cx)
        && let Some(found) = sandbox.own_property(key, cx)?
    {
        return Ok(Some(found));
    }
    ordinary_get_own_property(global, key, cx)
}

fn has_property(global: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    if let Some(sandbox) = sandbox(global, cx)
        && sandbox.has_property(key.clone(), cx)?
    {
        return Ok(true);
    }
    ordinary_has_property(global, key, cx)
}

fn get(global: &JsObject, key: &PropertyKey, receiver: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<JsValue> {
    if let Some(sandbox) = sandbox(global, cx)
        && let Some(value) = sandbox.try_get_with_receiver(key, sandbox.clone().into(), cx)?
    {
        return Ok(outward(value, &sandbox, global));
    }
    ordinary_get(global, key, receiver, cx)
}

fn try_get(global: &JsObject, key: &PropertyKey, receiver: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<Option<JsValue>> {
    if let Some(sandbox) = sandbox(global, cx)
        && let Some(value) = sandbox.try_get_with_receiver(key, sandbox.clone().into(), cx)?
    {
        return Ok(Some(outward(value, &sandbox, global)));
    }
    ordinary_try_get(global, key, receiver, cx)
}

fn is_read_only(descriptor: Option<&PropertyDescriptor>) -> bool {
    descriptor.is_some_and(|descriptor| descriptor.is_data_descriptor() && descriptor.writable() == Some(false))
}

fn set(global: &JsObject, key: PropertyKey, value: JsValue, receiver: JsValue, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    let Some(sandbox) = sandbox(global, cx) else { return ordinary_set(global, key, value, receiver, cx) };
    let own = ordinary_get_own_property(global, &key, cx)?;
    let users = sandbox.own_property(&key, cx)?;
    if is_read_only(own.as_ref()) || is_read_only(users.as_ref()) {
        return Ok(false);
    }
    if own.is_none() && users.is_none() && matches!(key, PropertyKey::Symbol(_)) {
        return ordinary_set(global, key, value, receiver, cx);
    }
    let receiver = sandbox.clone().into();
    if sandbox.set_with_receiver(key.clone(), value.clone(), receiver, cx)? {
        // What the global object has of that name follows: it is what is left once the user's object loses it.
        if own.is_some_and(|own| own.is_data_descriptor()) {
            let value = PropertyDescriptor::builder().value(value).build();
            ordinary_define_own_property(global, &key, value, cx)?;
        }
        return Ok(true);
    }
    // An object that takes nothing more leaves the global object to keep it.
    let plain = PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true).build();
    ordinary_define_own_property(global, &key, plain, cx)
}

fn define_own_property(global: &JsObject, key: &PropertyKey, descriptor: PropertyDescriptor, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    let Some(sandbox) = sandbox(global, cx) else { return ordinary_define_own_property(global, key, descriptor, cx) };
    let own = ordinary_get_own_property(global, key, cx)?;
    if is_read_only(own.as_ref()) && own.as_ref().is_some_and(|own| own.configurable() == Some(false)) {
        return ordinary_define_own_property(global, key, descriptor, cx);
    }
    sandbox.define_own(key, descriptor, cx)
}

fn delete(global: &JsObject, key: &PropertyKey, cx: &mut InternalMethodPropertyContext<'_>) -> JsResult<bool> {
    if let Some(sandbox) = sandbox(global, cx)
        && !sandbox.delete_own(key, cx)?
    {
        return Ok(false);
    }
    ordinary_delete(global, key, cx)
}

fn own_keys(global: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut keys = match sandbox_of(global) {
        Some(sandbox) => sandbox.own_property_keys(cx)?,
        None => Vec::new(),
    };
    for key in ordinary_own_property_keys(global, cx)? {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}
