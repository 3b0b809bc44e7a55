//! Realms of an embedder's own: each with its intrinsics, and a global object that may be exotic.

use std::cell::RefCell;

use boa_engine::{Context, JsObject, JsResult, context::intrinsics::Intrinsics, realm::Realm};

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
    realm
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
