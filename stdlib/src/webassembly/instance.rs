//! `WebAssembly.Instance`.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::Export,
};

use super::{errors, linking, module};

/// `WebAssembly.Instance`
pub(super) static INSTANCE: Class = Class {
    name: "Instance",
    length: 1,
    extends: Parent::None,
    kind: Kind::Native(Some("WebAssembly")),
    init: construct,
    prototype: &[Export::getter("exports", exports).enumerable(true), Export::tag("WebAssembly.Instance")],
    statics: &[],
};

/// What an Instance is: the frozen object with its exports, which hold all that lives of it.
#[derive(Trace, Finalize, JsData)]
struct Data {
    exports: JsObject,
}

/// An Instance with these exports.
pub(super) fn create(prototype: JsObject, exports: JsObject) -> JsObject {
    JsObject::from_proto_and_data(prototype, Data { exports }).upcast()
}

/// Whether an object is an Instance.
pub(super) fn is_instance(object: &JsObject) -> bool {
    object.is::<Data>()
}

/// The object of imports that an argument is; `place` begins the message of the error.
pub(super) fn imports_object(value: &JsValue, place: &str) -> JsResult<Option<JsObject>> {
    match value.as_object() {
        None if !value.is_undefined() => Err(errors::type_error(format!("{place}: Argument 1 must be an object"))),
        imports => Ok(imports),
    }
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Instance()";
    let Some(module) = module::of(args.get_or_undefined(0)) else {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a WebAssembly.Module")));
    };
    let imports = imports_object(args.get_or_undefined(1), PLACE)?;
    let exports = linking::link(&module, imports.as_ref(), PLACE, cx)?;
    Ok(create(instance_prototype(&INSTANCE, cx)?, exports).into())
}

fn exports(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Data>().map(|data| data.exports.clone()));
    let found = found.ok_or_else(|| errors::type_error("WebAssembly.Instance.exports: Receiver is not a WebAssembly.Instance"))?;
    Ok(found.into())
}
