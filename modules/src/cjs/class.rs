//! `class Module`: its instances, their parents and children.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, builtins::object::OrdinaryObject, js_string, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    table::{Member, Symbol},
    validate,
};

use super::{State, extensions, prototype_require};
use crate::{files::dirname, warnings};

/// `Module`
pub static MODULE_CLASS: Class = Class {
    name: "Module",
    length: 0,
    extends: Parent::None,
    kind: Kind::Callable,
    init: construct,
    prototype: &[
        Member::function("load", 1, extensions::prototype_load),
        Member::function("require", 1, prototype_require),
        Member::function("_compile", 3, extensions::prototype_compile),
        Member::accessor("parent", parent_get, parent_set).enumerable(false),
        Member::accessor("isPreloading", is_preloading, ignore).enumerable(false),
    ],
    statics: crate::module::STATICS,
};

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    let id = args.first().filter(|id| !id.is_undefined()).cloned().unwrap_or_else(|| js_string!().into());
    fill(&this, &id, args.get_or_undefined(1), cx)?;
    Ok(JsValue::undefined())
}

fn fill(this: &JsObject, id: &JsValue, parent: &JsValue, cx: &mut Context) -> JsResult<()> {
    let text = validate::string(id, "path", cx)?.to_std_string_escaped();
    let folder = if text.contains('/') { dirname(&text) } else { "." };
    let exports = JsObject::with_object_proto(cx.intrinsics());
    let children = JsArray::new(cx)?;
    let host = Host::of(cx);
    for (key, value) in [("id", id.clone()), ("path", js_string!(folder).into()), ("exports", exports.into()), ("filename", JsValue::null()), ("loaded", false.into()), ("children", children.into())] {
        this.create_data_property_or_throw(host.intern(key), value, cx)?;
    }
    set_parent(this, parent, cx)?;
    if let Some(parent) = parent.as_object() {
        add_child(&parent, this, cx)?;
    }
    Ok(())
}

fn set_parent(this: &JsObject, parent: &JsValue, cx: &mut Context) -> JsResult<()> {
    let key = Symbol::Private("kModuleParent").to_js(cx);
    let hidden = PropertyDescriptor::builder().value(parent.clone()).writable(true).enumerable(false).configurable(true);
    this.define_property_or_throw(key, hidden, cx)?;
    Ok(())
}

pub(crate) fn parent_of(module: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let key = Symbol::Private("kModuleParent").to_js(cx);
    module.get(key, cx)
}

/// DEP0144, under `--pending-deprecation`.
fn parent_is_deprecated(cx: &mut Context) -> JsResult<()> {
    if !Host::of(cx).state::<coil_engine::launch::Launch>().pending_deprecation.get() {
        return Ok(());
    }
    let message = "module.parent is deprecated due to accuracy issues. Please use require.main to find program entry point instead.";
    warnings::deprecated_once(message, "DEP0144", cx)
}

fn parent_get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    parent_is_deprecated(cx)?;
    parent_of(&this.to_object(cx)?, cx)
}

fn parent_set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    parent_is_deprecated(cx)?;
    set_parent(&this.to_object(cx)?, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn is_preloading(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<State>().preloading.get().into())
}

fn ignore(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

pub(super) fn add_child(parent: &JsObject, child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let children = parent.get(js_string!("children"), cx)?;
    let Some(children) = children.as_object().filter(JsObject::is_array) else { return Ok(()) };
    let known = children.dense_elements().unwrap_or_default();
    if !known.iter().any(|other| other.as_object().is_some_and(|other| JsObject::equals(&other, child))) {
        JsArray::from_object(children)?.push(child.clone(), cx)?;
    }
    Ok(())
}

pub(super) fn remove_child(parent: &JsObject, child: &JsObject, cx: &mut Context) -> JsResult<()> {
    let children = parent.get(js_string!("children"), cx)?;
    let Some(children) = children.as_object().filter(JsObject::is_array) else { return Ok(()) };
    let Some(mut kept) = children.dense_elements() else { return Ok(()) };
    kept.retain(|other| !other.as_object().is_some_and(|other| JsObject::equals(&other, child)));
    let kept = JsArray::from_iter(kept, cx);
    parent.set(js_string!("children"), kept, true, cx)?;
    Ok(())
}

/// `new Module(id, parent)` without a detour through JavaScript.
pub fn new_module(id: &JsValue, parent: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = MODULE_CLASS.prototype(cx)?;
    let module = JsObject::from_proto_and_data(prototype, OrdinaryObject);
    fill(&module, id, parent, cx)?;
    Ok(module)
}
