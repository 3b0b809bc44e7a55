//! Data properties of ordinary objects, read and replaced without a descriptor in between; and which Rust function a function is.
//!
//! `JsObject::get` and `set` come here first. What needs asking (an accessor, an index, a proxy, an exotic object, a new property)
//! goes the specification's way.

use crate::{
    JsObject, JsValue,
    exotic::{ordinary_define_own_property, ordinary_get, ordinary_get_own_property, ordinary_get_prototype_of, ordinary_set},
    native_function::{Inner, NativeFunctionObject, NativeFunctionPointer},
    object::shape::slot::SlotAttributes,
    property::PropertyKey,
};
use core::ptr::fn_addr_eq;

impl JsObject {
    /// What [[Get]] gives where it runs no code: the value of a data property, `undefined` where there is no property.
    pub(crate) fn plain_get(&self, key: &PropertyKey) -> Option<JsValue> {
        if matches!(key, PropertyKey::Index(_)) {
            return None;
        }
        let mut next = match self.plain_own(key)? {
            Ok(value) => return Some(value),
            Err(prototype) => prototype,
        };
        while let Some(object) = next {
            next = match object.plain_own(key)? {
                Ok(value) => return Some(value),
                Err(prototype) => prototype,
            };
        }
        Some(JsValue::undefined())
    }

    /// The value of an own data property, or the prototype to go on with.
    fn plain_own(&self, key: &PropertyKey) -> Option<Result<JsValue, Option<JsObject>>> {
        let methods = self.vtable();
        if !(fn_addr_eq(methods.__get__, ordinary_get as fn(&_, &_, _, &mut _) -> _)
            && fn_addr_eq(methods.__get_own_property__, ordinary_get_own_property as fn(&_, &_, &mut _) -> _)
            && fn_addr_eq(methods.__get_prototype_of__, ordinary_get_prototype_of as fn(&_, &mut _) -> _))
        {
            return None;
        }
        let object = self.borrow();
        let properties = object.properties();
        match properties.shape.lookup(key) {
            Some(slot) if slot.attributes.is_accessor_descriptor() => None,
            Some(slot) => Some(Ok(properties.storage[slot.index as usize].clone())),
            None => Some(Err(properties.shape.prototype())),
        }
    }

    /// Does what [[Set]] does where the object has a writable data property of that name; `false`, and nothing done, otherwise.
    pub(crate) fn plain_set(&self, key: &PropertyKey, value: &JsValue) -> bool {
        let methods = self.vtable();
        if matches!(key, PropertyKey::Index(_))
            || !(fn_addr_eq(methods.__set__, ordinary_set as fn(&_, _, _, _, &mut _) -> _)
                && fn_addr_eq(methods.__get_own_property__, ordinary_get_own_property as fn(&_, &_, &mut _) -> _)
                && fn_addr_eq(methods.__define_own_property__, ordinary_define_own_property as fn(&_, &_, _, &mut _) -> _))
        {
            return false;
        }
        let mut object = self.borrow_mut();
        let properties = object.properties_mut();
        match properties.shape.lookup(key) {
            Some(slot) if !slot.attributes.is_accessor_descriptor() && slot.attributes.contains(SlotAttributes::WRITABLE) => {
                properties.storage[slot.index as usize] = value.clone();
                true
            }
            _ => false,
        }
    }

    /// Whether this is a function made from this Rust function. Two functions of the same code may count as the same.
    #[must_use]
    pub fn is_native_function(&self, function: NativeFunctionPointer) -> bool {
        self.downcast_ref::<NativeFunctionObject>()
            .is_some_and(|data| matches!(&data.f.inner, Inner::PointerFn(found) if fn_addr_eq(*found, function)))
    }
}
