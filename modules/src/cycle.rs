//! What `require` gives for a file that is still running: its exports so far, which warn of names they do not have yet.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::JsProxy,
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::Host;

use crate::warnings;

/// The prototype that unfinished exports have.
#[derive(Default)]
struct Watching(std::cell::OnceCell<JsObject>);

fn watching(cx: &mut Context) -> JsResult<JsObject> {
    let state = Host::of(cx).state::<Watching>();
    if let Some(made) = state.0.get() {
        return Ok(made.clone());
    }
    let target = JsObject::with_object_proto(cx.intrinsics());
    let proxy = JsProxy::builder(target).get(get).get_own_property_descriptor(own_property).build(cx)?;
    let made: JsObject = proxy.into();
    Ok(state.0.get_or_init(|| made).clone())
}

fn is_plain(exports: &JsObject, cx: &Context) -> bool {
    exports.proxy_parts().is_none() && exports.prototype().is_some_and(|prototype| JsObject::equals(&prototype, &cx.intrinsics().constructors().object().prototype()))
}

/// The exports of a module that has not ended, watched from now on where they are a plain object.
pub(crate) fn unfinished(exports: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = exports.as_object()
        && is_plain(&object, cx)
        && !object.get(js_string!("__esModule"), cx)?.to_boolean()
    {
        object.set_prototype(Some(watching(cx)?));
    }
    Ok(exports)
}

/// The module has ended: its exports are watched no more.
pub(crate) fn finished(exports: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(object) = exports.as_object() else { return Ok(()) };
    if object.proxy_parts().is_some() {
        return Ok(());
    }
    let state = Host::of(cx).state::<Watching>();
    if let (Some(prototype), Some(watching)) = (object.prototype(), state.0.get())
        && JsObject::equals(&prototype, watching)
    {
        object.set_prototype(Some(cx.intrinsics().constructors().object().prototype()));
    }
    Ok(())
}

fn is_known(target: &JsObject, key: &PropertyKey, cx: &mut Context) -> JsResult<bool> {
    let flag = PropertyKey::from(js_string!("__esModule"));
    Ok(*key == flag || target.has_property(key.clone(), cx)?)
}

fn warn(key: &JsValue, cx: &mut Context) -> JsResult<()> {
    let shown = match key.as_symbol() {
        Some(symbol) => symbol.descriptive_string().to_std_string_lossy(),
        None => key.to_string(cx)?.to_std_string_lossy(),
    };
    warnings::emit(&format!("Accessing non-existent property '{shown}' of module exports inside circular dependency"), None, None, cx)
}

fn get(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0).to_object(cx)?;
    let key = args.get_or_undefined(1).to_property_key(cx)?;
    if is_known(&target, &key, cx)? {
        return target.get(key, cx);
    }
    warn(args.get_or_undefined(1), cx)?;
    Ok(JsValue::undefined())
}

fn own_property(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0).to_object(cx)?;
    let key = args.get_or_undefined(1).to_property_key(cx)?;
    if target.has_own_property(key.clone(), cx)? || key == PropertyKey::from(js_string!("__esModule")) {
        let found: Option<PropertyDescriptor> = target.own_property(&key, cx)?;
        return Ok(match found {
            Some(found) => {
                let shown = JsObject::with_object_proto(cx.intrinsics());
                for (name, value) in [("value", found.value().cloned().unwrap_or_default()), ("writable", true.into()), ("enumerable", true.into()), ("configurable", true.into())] {
                    shown.create_data_property_or_throw(js_string!(name), value, cx)?;
                }
                shown.into()
            }
            None => JsValue::undefined(),
        });
    }
    warn(args.get_or_undefined(1), cx)?;
    Ok(JsValue::undefined())
}
