//! Making many objects with the same keys, and arrays, without a property lookup per key.

use thin_vec::ThinVec;

use crate::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::OrdinaryObject,
    object::{
        IndexedProperties, JsPrototype, NativeObject,
        builtins::JsArray,
        shape::{shared_shape::template::ObjectTemplate, slot::SlotAttributes},
    },
    property::{Attribute, PropertyKey},
};
use boa_gc::{Finalize, Trace};

/// Objects that all have the same prototype and the same keys in the same order: made once, then each object costs one allocation
/// for itself and one for its values.
#[derive(Debug, Clone, Trace, Finalize)]
pub struct HostTemplate {
    template: ObjectTemplate,
    #[unsafe_ignore_trace]
    keys: usize,
}

impl HostTemplate {
    /// A template of data properties. No key may be an array index or stand there twice.
    pub fn new(prototype: JsPrototype, keys: impl IntoIterator<Item = (PropertyKey, Attribute)>, context: &Context) -> Self {
        let mut template = ObjectTemplate::new(&context.root_shape().shape().change_prototype_transition(prototype));
        let mut count = 0;
        for (key, attributes) in keys {
            template.property(key, attributes);
            count += 1;
        }
        Self { template, keys: count }
    }

    /// A template of plain objects: `Object.prototype`, every property as an assignment makes it.
    pub fn plain(names: &[&str], context: &Context) -> Self {
        let prototype = context.intrinsics().constructors().object().prototype();
        let keys = names.iter().map(|name| (PropertyKey::from(JsString::from(*name)), Attribute::all()));
        Self::new(Some(prototype), keys, context)
    }

    /// An ordinary object with `values` in the order of the keys; missing ones are `undefined`, superfluous ones dropped.
    #[must_use]
    pub fn create(&self, values: Vec<JsValue>) -> JsObject {
        self.create_with(OrdinaryObject, values)
    }

    /// An object that carries `data`; its class is that of the data.
    #[must_use]
    pub fn create_with<T: NativeObject>(&self, data: T, mut values: Vec<JsValue>) -> JsObject {
        values.resize(self.keys, JsValue::undefined());
        self.template.create(data, values)
    }
}

impl JsArray {
    /// An array of these elements.
    pub fn from_values(values: Vec<JsValue>, context: &mut Context) -> Self {
        Self::from_iter(values, context)
    }

    /// The elements of an array without holes, accessors or read-only elements; `None` otherwise. Runs no JavaScript.
    #[must_use]
    pub fn dense_values(&self) -> Option<ThinVec<JsValue>> {
        let object = self.borrow();
        let values = object.properties().to_dense_indexed_properties()?;
        (object.properties().storage.first().and_then(JsValue::as_number) == Some(values.len() as f64)).then_some(values)
    }

    /// Changes the elements of a dense array in place; the length follows. `None`, and nothing done, where the array is sparse,
    /// frozen, or of read-only length. `change` must not make objects or touch this array otherwise.
    pub fn change_dense<R>(&self, change: impl FnOnce(&mut ThinVec<JsValue>) -> R) -> Option<R> {
        let mut object = self.borrow_mut();
        if !object.extensible || !length_is_writable(&object.properties().shape) {
            return None;
        }
        let properties = object.properties_mut();
        let mut values = match &mut properties.indexed_properties {
            IndexedProperties::DenseElement(values) => std::mem::take(values),
            _ => properties.to_dense_indexed_properties()?,
        };
        if properties.storage.first().and_then(JsValue::as_number) != Some(values.len() as f64) {
            properties.indexed_properties = IndexedProperties::DenseElement(values);
            return None;
        }
        let result = change(&mut values);
        properties.storage[0] = JsValue::new(values.len());
        properties.indexed_properties = IndexedProperties::from_dense_js_value(values);
        Some(result)
    }

    /// Appends elements, as `push` does, at the cost of a vector where the array is dense.
    ///
    /// # Errors
    ///
    /// A `TypeError` where the array is frozen; what setters on `Array.prototype` throw.
    pub fn append(&self, values: Vec<JsValue>, context: &mut Context) -> JsResult<()> {
        let mut values = Some(values);
        self.change_dense(|elements| elements.extend(values.take().unwrap_or_default()));
        match values {
            Some(values) => self.push_items(&values, context).map(drop),
            None => Ok(()),
        }
    }
}

/// Whether `length`, which is the first property of every array, may be changed.
fn length_is_writable(shape: &crate::object::shape::Shape) -> bool {
    shape
        .lookup(&PropertyKey::from(crate::string::StaticJsStrings::LENGTH))
        .is_some_and(|slot| slot.attributes.contains(SlotAttributes::WRITABLE))
}
