//! Data properties of ordinary objects, read and replaced without a descriptor in between; and which Rust function a function is.
//!
//! `JsObject::get` and `set` come here first. What needs asking (an accessor, an index, a proxy, an exotic object, a new property)
//! goes the specification's way.

use crate::{
    Context, JsObject, JsResult, JsValue,
    builtins::OrdinaryObject,
    lookup::{self, Named},
    native_function::{Inner, NativeFunctionObject, NativeFunctionPointer},
    object::{NativeObject, shape::slot::SlotAttributes},
    property::PropertyKey,
};
use core::ptr::fn_addr_eq;

impl<T: NativeObject> JsObject<T> {
    /// An object whose shape is that of every other one made alike: less memory and faster access than a shape of its own, which
    /// [`JsObject::from_proto_and_data`] gives and which suits an object of which there is one.
    pub fn shared(prototype: impl Into<Option<JsObject>>, data: T, context: &Context) -> Self {
        JsObject::from_proto_and_data_with_shared_shape(context.root_shape(), prototype, data)
    }
}

impl JsObject {
    /// An object without a prototype, as [`JsObject::shared`] makes it.
    #[must_use]
    pub fn shared_null(context: &Context) -> Self {
        JsObject::shared(None, OrdinaryObject, context).upcast()
    }

    /// [`JsObject::get`] of a key that somebody else has.
    ///
    /// # Errors
    ///
    /// What a getter or a proxy throws.
    pub fn get_by(&self, key: &PropertyKey, context: &mut Context) -> JsResult<JsValue> {
        match self.plain_get(key) {
            Some(value) => Ok(value),
            None => self.get(key.clone(), context),
        }
    }

    /// What [[Get]] gives where it runs no code: the value of a data property, `undefined` where there is no property.
    pub(crate) fn plain_get(&self, key: &PropertyKey) -> Option<JsValue> {
        match lookup::find(self, key, |_| ())? {
            Named::Data(_, value) => Some(value),
            Named::Absent => Some(JsValue::undefined()),
            Named::Accessor { .. } => None,
        }
    }

    /// Does what [[Set]] does where the object has a writable data property of that name; `false`, and nothing done, otherwise.
    pub(crate) fn plain_set(&self, key: &PropertyKey, value: &JsValue) -> bool {
        if matches!(key, PropertyKey::Index(_)) || !lookup::writes_plainly(self.vtable()) {
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

    /// Does what CreateDataProperty does where an ordinary object has no property of that name, or one such as an assignment makes;
    /// `false`, and nothing done, otherwise.
    pub(crate) fn plain_define(&self, key: &PropertyKey, value: &JsValue) -> bool {
        if matches!(key, PropertyKey::Index(_)) || !lookup::defines_plainly(self.vtable()) {
            return false;
        }
        let mut object = self.borrow_mut();
        let is_extensible = object.extensible;
        let properties = object.properties_mut();
        match properties.shape.lookup(key) {
            Some(slot) if !slot.attributes.is_accessor_descriptor() && slot.attributes & ASSIGNED == ASSIGNED => {
                properties.storage[slot.index as usize] = value.clone();
                true
            }
            None if is_extensible => {
                properties.add(key, value.clone());
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

    /// A copy of what a native function carries, where that is of this type: see `NativeFunction::from_copy_closure_with_captures`.
    #[must_use]
    pub fn native_captures<T: Clone + 'static>(&self) -> Option<T> {
        match &self.downcast_ref::<NativeFunctionObject>()?.f.inner {
            Inner::Closure(closure) => closure.captures().downcast_ref::<T>().cloned(),
            Inner::PointerFn(_) => None,
        }
    }
}

const ASSIGNED: SlotAttributes = SlotAttributes::WRITABLE.union(SlotAttributes::ENUMERABLE).union(SlotAttributes::CONFIGURABLE);
