//! `setEnvironmentData` and `getEnvironmentData`: what every worker started later gets a copy of.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::JsMap};
use coil_engine::Host;

#[derive(Default)]
struct Data(RefCell<Option<JsMap>>);

fn map(cx: &mut Context) -> JsMap {
    let data = Host::of(cx).state::<Data>();
    if let Some(map) = data.0.borrow().clone() {
        return map;
    }
    let made = JsMap::new(cx);
    *data.0.borrow_mut() = Some(made.clone());
    made
}

/// The map, to be cloned into a worker; `undefined` if there is none.
pub(super) fn value(cx: &Context) -> JsValue {
    Host::of(cx).state::<Data>().0.borrow().clone().map_or_else(JsValue::undefined, JsValue::from)
}

/// Starts with what the parent gave.
pub(super) fn set(value: &JsValue, cx: &Context) {
    let map = value.as_object().and_then(|object| JsMap::from_object(object).ok());
    *Host::of(cx).state::<Data>().0.borrow_mut() = map;
}

pub(super) fn set_environment_data(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let map = map(cx);
    let (key, value) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if value.is_undefined() {
        map.delete(key, cx)?;
    } else {
        map.set(key, value, cx)?;
    }
    Ok(JsValue::undefined())
}

pub(super) fn get_environment_data(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    map(cx).get(args.get_or_undefined(0).clone(), cx)
}
