//! `CryptoKey`, the key of web cryptography.

use std::sync::Arc;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

use super::{key::Key, subtle};

/// What a CryptoKey holds.
#[derive(Trace, Finalize, JsData)]
struct State {
    #[unsafe_ignore_trace]
    data: Data,
    /// `algorithm` and `usages`, made at the first look.
    shown: Option<(JsObject, JsObject)>,
}

/// A CryptoKey without JavaScript.
#[derive(Clone)]
pub struct Data {
    pub key: Arc<Key>,
    pub algorithm: subtle::KeyAlgorithm,
    pub extractable: bool,
    pub usages: Vec<&'static str>,
}

impl std::fmt::Debug for Data {
    /// Without the key: what is secret stays out of traces.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CryptoKey").field("algorithm", &self.algorithm.name).finish_non_exhaustive()
    }
}

/// `CryptoKey`
pub static CRYPTO_KEY: Class = Class {
    name: "CryptoKey",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_, _, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::getter("type", type_of).enumerable(true),
        Export::getter("extractable", extractable).enumerable(true),
        Export::getter("algorithm", algorithm).enumerable(true),
        Export::getter("usages", usages).enumerable(true),
        Export::tag("CryptoKey"),
    ],
    statics: &[],
};

/// What a CryptoKey holds.
pub fn of(value: &JsValue) -> Option<Data> {
    Some(value.as_object()?.downcast_ref::<State>()?.data.clone())
}

/// A CryptoKey.
pub fn create(data: Data, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = CRYPTO_KEY.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, State { data, shown: None }))
}

fn this_data(this: &JsValue, cx: &mut Context) -> JsResult<Data> {
    of(this).ok_or_else(|| errors::invalid_this("CryptoKey", cx))
}

fn type_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(js_string!(this_data(this, cx)?.key.type_name()).into())
}

fn extractable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(this_data(this, cx)?.extractable.into())
}

fn usages_array(data: &Data, cx: &mut Context) -> JsObject {
    let usages: Vec<JsValue> = data.usages.iter().map(|usage| js_string!(*usage).into()).collect();
    JsArray::from_iter(usages, cx).into()
}

fn shown(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let data = this_data(this, cx)?;
    let found = this.as_object().and_then(|object| object.downcast_ref::<State>().and_then(|state| state.shown.clone()));
    if let Some(found) = found {
        return Ok(found);
    }
    let algorithm = data.algorithm.to_js(&data.key, cx)?;
    let made = (algorithm, usages_array(&data, cx));
    if let Some(object) = this.as_object()
        && let Some(mut state) = object.downcast_mut::<State>()
    {
        state.shown = Some(made.clone());
    }
    Ok(made)
}

fn algorithm(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(shown(this, cx)?.0.into())
}

fn usages(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(shown(this, cx)?.1.into())
}

/// `keyObject.toCryptoKey(algorithm, extractable, keyUsages)`
pub fn from_key_object(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(key) = super::key_object::of(this) else { return Err(errors::invalid_this("KeyObject", cx)) };
    subtle::from_key(key, args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2), cx)
}

/// As programs see a CryptoKey in a console.
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let data = this_data(this, cx)?;
    // What the key is, whatever a script made of the objects that it was shown.
    let algorithm = data.algorithm.to_js(&data.key, cx)?;
    let usages = usages_array(&data, cx);
    let fields = vec![("type", js_string!(data.key.type_name()).into()), ("extractable", data.extractable.into()), ("algorithm", algorithm.into()), ("usages", usages.into())];
    crate::blob::inspect(this, "CryptoKey", fields, args, cx)
}
