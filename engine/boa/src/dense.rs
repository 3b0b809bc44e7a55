//! Fast ways through arrays that are what they seem: elements without holes, accessors or read-only ones, and a length that says so.
//!
//! Every function here either does the whole of its work without running JavaScript, or does nothing and says so; the published code,
//! which follows the specification step by step, then takes over.

use thin_vec::ThinVec;

use crate::{
    Context, JsObject, JsValue,
    builtins::array::Array,
    object::{IndexedProperties, shape::slot::SlotAttributes},
    property::PropertyKey,
    string::StaticJsStrings,
};

/// The elements of an array of `length`; `None` where `object` is none, or has holes or special elements.
pub(crate) fn values(object: &JsObject, length: u64) -> Option<Vec<JsValue>> {
    if !object.is_array() {
        return None;
    }
    let object = object.borrow();
    match &object.properties().indexed_properties {
        IndexedProperties::DenseI32(values) if values.len() as u64 == length => Some(values.iter().copied().map(JsValue::from).collect()),
        IndexedProperties::DenseF64(values) if values.len() as u64 == length => Some(values.iter().copied().map(JsValue::from).collect()),
        IndexedProperties::DenseElement(values) if values.len() as u64 == length => Some(values.to_vec()),
        _ => None,
    }
}

/// Whether [`replace`] may put other elements in the place of these.
pub(crate) fn can_replace(object: &JsObject, length: u64) -> bool {
    object.is_array() && {
        let object = object.borrow();
        let properties = object.properties();
        let dense = match &properties.indexed_properties {
            IndexedProperties::DenseI32(values) => values.len(),
            IndexedProperties::DenseF64(values) => values.len(),
            IndexedProperties::DenseElement(values) => values.len(),
            _ => return false,
        };
        dense as u64 == length && properties.storage[0].as_number() == Some(length as f64)
    }
}

/// Puts as many other elements in the place of the elements of a dense array.
pub(crate) fn replace(object: &JsObject, values: ThinVec<JsValue>) {
    object.borrow_mut().properties_mut().indexed_properties = storage(values);
}

/// The tightest storage of these elements.
pub(crate) fn storage(values: ThinVec<JsValue>) -> IndexedProperties {
    if values.is_empty() || values.iter().all(|value| value.as_i32().is_some()) {
        return IndexedProperties::DenseI32(values.iter().filter_map(JsValue::as_i32).collect());
    }
    if values.iter().all(JsValue::is_number) {
        return IndexedProperties::DenseF64(values.iter().filter_map(JsValue::as_number).collect());
    }
    IndexedProperties::DenseElement(values)
}

/// An array of these elements.
pub(crate) fn array(values: ThinVec<JsValue>, context: &Context) -> JsObject {
    let length = JsValue::new(values.len());
    context.intrinsics().templates().array().create_with_indexed_properties(Array, vec![length], storage(values))
}
