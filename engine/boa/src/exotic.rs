//! Exotic objects of an embedder: its own [[Get]], [[Set]], [[OwnPropertyKeys]] and so on.
//!
//! Implement `JsData` for the data by hand and name the methods that differ; the others are those of ordinary objects:
//!
//! ```ignore
//! #[derive(Trace, Finalize)]
//! struct Environment;
//!
//! impl JsData for Environment {
//!     fn internal_methods(&self) -> &'static InternalObjectMethods {
//!         static METHODS: InternalObjectMethods =
//!             InternalObjectMethods { __get__: environment_get, __set__: environment_set, ..ORDINARY_INTERNAL_METHODS };
//!         &METHODS
//!     }
//! }
//! ```
//!
//! Two rules. Override [[Get]] and `__try_get__` (`[[HasProperty]]` and [[Get]] in one) together: global variables and `with` use the
//! latter. And say [`InternalMethodPropertyContext::not_cacheable`] in every property method whose answer does not follow from the
//! object's shape; otherwise an access site may remember where it once found the property.

pub use crate::object::internal_methods::{
    CallValue, InternalMethodCallContext, InternalMethodPropertyContext, InternalObjectMethods, ORDINARY_INTERNAL_METHODS,
    get_prototype_from_constructor, is_compatible_property_descriptor, ordinary_define_own_property, ordinary_delete, ordinary_get,
    ordinary_get_own_property, ordinary_get_prototype_of, ordinary_has_property, ordinary_is_extensible, ordinary_own_property_keys,
    ordinary_prevent_extensions, ordinary_set, ordinary_set_prototype_of, ordinary_try_get,
};

use crate::{
    Context, JsObject, JsResult, JsValue,
    object::shape::slot::SlotAttributes,
    property::{PropertyDescriptor, PropertyKey},
};

impl InternalMethodPropertyContext<'_> {
    /// Keeps inline caches from remembering the answer of the property method that is running.
    pub fn not_cacheable(&mut self) {
        self.slot().attributes |= SlotAttributes::NOT_CACHEABLE;
    }
}

impl InternalMethodCallContext<'_> {
    /// In [[Call]]: takes `this` and the arguments off the stack. Finish with [`CallValue::complete`].
    pub fn take_call(&mut self, argument_count: usize) -> (JsValue, Vec<JsValue>) {
        let args = self.vm.stack.calling_convention_pop_arguments(argument_count);
        let _function = self.vm.stack.pop();
        (self.vm.stack.pop(), args)
    }

    /// In [[Construct]]: takes new.target and the arguments off the stack. Finish with [`CallValue::complete`].
    pub fn take_construct(&mut self, argument_count: usize) -> (JsValue, Vec<JsValue>) {
        let new_target = self.vm.stack.pop();
        (new_target, self.take_call(argument_count).1)
    }
}

impl CallValue {
    /// The result of [[Call]] or [[Construct]] (an object there).
    pub fn complete(value: impl Into<JsValue>, context: &mut InternalMethodCallContext<'_>) -> Self {
        context.vm.stack.push(value.into());
        Self::Complete
    }
}

/// The internal methods of any object, for an exotic object that stands in front of another one.
impl JsObject {
    /// [[GetOwnProperty]].
    ///
    /// # Errors
    ///
    /// What a proxy throws; the same for all of these.
    pub fn own_property(&self, key: &PropertyKey, context: &mut Context) -> JsResult<Option<PropertyDescriptor>> {
        self.__get_own_property__(key, &mut context.into())
    }

    /// [[DefineOwnProperty]]: `false` where it was refused.
    pub fn define_own(&self, key: &PropertyKey, descriptor: PropertyDescriptor, context: &mut Context) -> JsResult<bool> {
        self.__define_own_property__(key, descriptor, &mut context.into())
    }

    /// [[Get]] with the `this` of getters given.
    pub fn get_with_receiver(&self, key: &PropertyKey, receiver: JsValue, context: &mut Context) -> JsResult<JsValue> {
        self.__get__(key, receiver, &mut context.into())
    }

    /// [[HasProperty]] and [[Get]] in one: `None` where there is no such property.
    pub fn try_get_with_receiver(&self, key: &PropertyKey, receiver: JsValue, context: &mut Context) -> JsResult<Option<JsValue>> {
        self.__try_get__(key, receiver, &mut context.into())
    }

    /// [[Set]] with the object that is to get the property given: `false` where it was refused.
    pub fn set_with_receiver(&self, key: PropertyKey, value: JsValue, receiver: JsValue, context: &mut Context) -> JsResult<bool> {
        self.__set__(key, value, receiver, &mut context.into())
    }

    /// [[Delete]]: `false` where it was refused.
    pub fn delete_own(&self, key: &PropertyKey, context: &mut Context) -> JsResult<bool> {
        self.__delete__(key, &mut context.into())
    }
}
