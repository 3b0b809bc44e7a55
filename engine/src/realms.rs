//! Realms of an embedder's own: each with its intrinsics, and a global object that may be exotic.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult, context::intrinsics::Intrinsics, js_string, property::PropertyDescriptor, realm::Realm};

use crate::{Host, errors, launch::Launch, table};

/// Makes the global object of a realm from the realm's intrinsics.
type MakeGlobal = Box<dyn FnOnce(&Intrinsics) -> JsObject>;

thread_local! {
    /// The engine asks for the global object without a context: what it should be waits here while a realm is made.
    static NEXT_GLOBAL: RefCell<Option<MakeGlobal>> = const { RefCell::new(None) };
}

/// A realm whose global object is `make`'s. The engine's own globals are defined on it.
pub fn create(make: impl FnOnce(&Intrinsics) -> JsObject + 'static, cx: &mut Context) -> JsResult<Realm> {
    NEXT_GLOBAL.set(Some(Box::new(make)));
    let realm = cx.create_realm();
    NEXT_GLOBAL.take();
    let realm = realm?;
    let prototype = realm.intrinsics().constructors().object().prototype();
    restrict_proto(&prototype, cx)?;
    Ok(realm)
}

/// Does to a realm's `Object.prototype` what `--disable-proto` asks for.
///
/// # Errors
///
/// None but those of the engine.
pub fn restrict_proto(prototype: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mode = Host::of(cx).state::<Launch>().disable_proto.borrow().clone();
    match mode.as_deref() {
        Some("delete") => prototype.delete_property_or_throw(js_string!("__proto__"), cx).map(drop),
        Some("throw") => {
            let refuse = table::function(
                |_, _, cx| {
                    let message = "Accessing Object.prototype.__proto__ has been disallowed with --disable-proto=throw";
                    Err(errors::coded(errors::Base::Error, "ERR_PROTO_ACCESS", message, cx))
                },
                js_string!("thrower"),
                0,
                cx,
            );
            let accessor = PropertyDescriptor::builder().get(refuse.clone()).set(refuse).enumerable(false).configurable(true);
            prototype.define_property_or_throw(js_string!("__proto__"), accessor, cx).map(drop)
        }
        _ => Ok(()),
    }
}

/// What the hooks give the engine.
pub(crate) fn global_object(intrinsics: &Intrinsics) -> JsObject {
    match NEXT_GLOBAL.take() {
        Some(make) => make(intrinsics),
        None => JsObject::with_object_proto(intrinsics),
    }
}

/// On a realm whose scripts may not make code from strings.
#[derive(boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
pub struct NoStrings;
