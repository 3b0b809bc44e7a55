//! What an inline cache may remember, and for how long.
//!
//! A cache knows a property by the shape of the object it was found through. That says nothing of the prototype that holds it, whose
//! properties come, go and change kind while the object's shape stays: so a cached place in a prototype is bound to the prototype's shape
//! too. And a write that must do more than store (the `length` of an array cuts it) is never remembered.

use crate::{
    JsObject,
    object::shape::{
        Shape,
        slot::{Slot, SlotAttributes},
    },
    property::PropertyKey,
    string::StaticJsStrings,
};

/// The shape of the prototype that holds the property at `slot`; none where the object has it itself.
///
/// An error where it must not be remembered: a shape that belongs to one object grows in place, so a property that later hides the
/// prototype's would go unnoticed.
pub(crate) fn holder(shape: &Shape, slot: Slot) -> Result<Option<Shape>, ()> {
    if !slot.attributes.contains(SlotAttributes::PROTOTYPE) {
        return Ok(None);
    }
    match shape.prototype() {
        Some(prototype) if !shape.is_unique() => Ok(Some(prototype.borrow().shape().clone())),
        _ => Err(()),
    }
}

/// Whether the prototype still has the shape it had when its property was cached.
#[inline]
pub(crate) fn is_current(shape: &Shape, holder: Option<&Shape>) -> bool {
    let Some(holder) = holder else { return true };
    shape.prototype().is_some_and(|prototype| prototype.borrow().shape().to_addr_usize() == holder.to_addr_usize())
}

/// Whether setting the property does no more than store the value.
pub(crate) fn is_plain_set(object: &JsObject, name: &PropertyKey) -> bool {
    !(object.is_array() && *name == PropertyKey::from(StaticJsStrings::LENGTH))
}
