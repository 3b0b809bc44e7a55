//! Exported functions: functions of WebAssembly as objects of JavaScript, one for each.

use boa_engine::{Context, JsObject, JsValue, NativeFunction, js_string, object::FunctionObjectBuilder};
use boa_gc::{Finalize, Gc, Trace};
use wasmi::{Func, FuncType};

use super::{
    call,
    group::{Group, Place},
};

/// What an exported function carries.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Exported {
    pub(super) place: Place<Func>,
    #[unsafe_ignore_trace]
    pub(super) ty: FuncType,
}

/// The exported function that a value is.
pub(super) fn exported(value: &JsValue) -> Option<Exported> {
    value.as_object()?.native_captures::<Exported>()
}

/// The object for a function of the store. Its name is the function's index in its module.
pub(super) fn object(group: &Gc<Group>, func: Func, cx: &mut Context) -> JsObject {
    if let Some(found) = group.object(&func) {
        return found;
    }
    let ty = group.with(|store| func.ty(&*store));
    let length = ty.params().len();
    let name = js_string!(group.index_of(func).to_string());
    let exported = Exported { place: Place { group: group.clone(), handle: func }, ty };
    let native = NativeFunction::from_copy_closure_with_captures(|_this, args, exported: &Exported, cx| call::from_js(exported, args, cx), exported);
    let object: JsObject = FunctionObjectBuilder::new(cx.realm(), native).name(name).length(length).constructor(false).hidden().build().into();
    group.set_object(&func, object.clone());
    object
}

/// The function that an exported function is in the store of `group`: its own, or one that calls it. `None` for any other value.
pub(super) fn in_group(value: &JsValue, group: &Gc<Group>) -> Option<Func> {
    let Exported { place, ty } = exported(value)?;
    if Gc::ptr_eq(&place.group, group) {
        return Some(place.handle);
    }
    let object = value.as_object()?;
    let func = group.import(object.clone(), ty, false, place.group.index_of(place.handle));
    // It comes back as the same object.
    group.set_object(&func, object);
    Some(func)
}
