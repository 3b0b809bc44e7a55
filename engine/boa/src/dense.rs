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

/// Does what an assignment to the element behind the last one of a plain array does, where no prototype can have a say in it.
#[inline]
pub(crate) fn append(object: &JsObject, index: u64, value: &JsValue, context: &Context) -> bool {
    if !object.is_array() {
        return false;
    }
    let intrinsics = context.intrinsics();
    let mut array = object.borrow_mut();
    let properties = array.properties();
    // The length comes first: most assignments are to elements that are there.
    let Some(length) = properties.storage.first().and_then(JsValue::as_i32).filter(|length| u64::try_from(*length) == Ok(index)) else {
        return false;
    };
    if length == i32::MAX || !array.extensible || properties.shape.to_addr_usize() != intrinsics.templates().array().shape().to_addr_usize() {
        return false;
    }
    let has_place = match &properties.indexed_properties {
        IndexedProperties::DenseI32(values) => values.len() as u64 == index,
        IndexedProperties::DenseF64(values) => values.len() as u64 == index,
        IndexedProperties::DenseElement(values) => values.len() as u64 == index,
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => false,
    };
    let constructors = intrinsics.constructors();
    let (arrays, objects) = (constructors.array().prototype(), constructors.object().prototype());
    // `Array.prototype` itself must not be asked while it is borrowed.
    if !has_place || JsObject::equals(object, &arrays) || !is_without_elements(&arrays, Some(&objects)) || !is_without_elements(&objects, None) {
        return false;
    }
    let properties = array.properties_mut();
    properties.indexed_properties.push_dense(value) && {
        properties.storage[0] = JsValue::new(length + 1);
        true
    }
}

/// Deletes the elements from `length` on, where none can resist.
pub(crate) fn truncate(array: &JsObject, length: u32) -> bool {
    let mut array = array.borrow_mut();
    match &mut array.properties_mut().indexed_properties {
        IndexedProperties::DenseI32(values) => values.truncate(length as usize),
        IndexedProperties::DenseF64(values) => values.truncate(length as usize),
        IndexedProperties::DenseElement(values) => values.truncate(length as usize),
        IndexedProperties::SparseElement(values) => values.retain(|index, _| *index < length || *index == u32::MAX),
        IndexedProperties::SparseProperty(_) => return false,
    }
    true
}

/// Whether the object has no elements, and goes on with that prototype.
fn is_without_elements(object: &JsObject, prototype: Option<&JsObject>) -> bool {
    let object = object.borrow();
    let properties = object.properties();
    let is_empty = match &properties.indexed_properties {
        IndexedProperties::DenseI32(values) => values.is_empty(),
        IndexedProperties::DenseF64(values) => values.is_empty(),
        IndexedProperties::DenseElement(values) => values.is_empty(),
        IndexedProperties::SparseElement(values) => values.is_empty(),
        IndexedProperties::SparseProperty(values) => values.is_empty(),
    };
    is_empty
        && match (properties.shape.prototype(), prototype) {
            (None, None) => true,
            (Some(found), Some(prototype)) => JsObject::equals(&found, prototype),
            _ => false,
        }
}
