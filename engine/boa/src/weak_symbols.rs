//! Symbols as keys of weak collections and as targets of `WeakRef` and `FinalizationRegistry`.
//!
//! The collector knows objects only, so a symbol that is held weakly gets an object that stands in for it, one per symbol and context.
//! The stand-in lives as long as somebody holds the symbol; symbols nobody holds are looked for now and then.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::{Context, JsData, JsObject, JsSymbol, JsValue, builtins::symbol::Symbol};
use boa_gc::{Finalize, Trace};

/// The object that holds `value`'s place in weak collections; `None` where the value cannot be held weakly.
pub(crate) fn key(value: &JsValue, context: &mut Context) -> Option<JsObject> {
    if let Some(symbol) = value.as_symbol() {
        return (!Symbol::is_registered(&symbol)).then(|| stand_in(symbol, context));
    }
    value.as_object()
}

/// The value whose place `object` holds.
pub(crate) fn value(object: JsObject) -> JsValue {
    let symbol = object.downcast_ref::<StandIn>().map(|stand_in| stand_in.symbol.clone());
    symbol.map_or_else(|| object.into(), JsValue::from)
}

#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct StandIn {
    symbol: JsSymbol,
}

struct StandIns {
    objects: FxHashMap<u64, JsObject>,
    look_at: usize,
}

fn stand_in(symbol: JsSymbol, context: &mut Context) -> JsObject {
    if context.get_data::<RefCell<StandIns>>().is_none() {
        context.insert_data(RefCell::new(StandIns { objects: FxHashMap::default(), look_at: 64 }));
    }
    let hash = symbol.hash();
    let known = context.get_data::<RefCell<StandIns>>().and_then(|stand_ins| stand_ins.borrow().objects.get(&hash).cloned());
    if let Some(known) = known {
        return known;
    }
    let object = JsObject::from_proto_and_data(None::<JsObject>, StandIn { symbol });
    if let Some(stand_ins) = context.get_data::<RefCell<StandIns>>() {
        let mut stand_ins = stand_ins.borrow_mut();
        stand_ins.objects.insert(hash, object.clone());
        if stand_ins.objects.len() >= stand_ins.look_at {
            stand_ins.objects.retain(|_, object| object.downcast_ref::<StandIn>().is_some_and(|stand_in| stand_in.symbol.holders() != Some(1)));
            stand_ins.look_at = 2 * stand_ins.objects.len().max(32);
        }
    }
    object
}
