//! Fast ways through arrays that are what they seem: elements without holes, accessors or read-only ones, and a length that says so.
//!
//! Every function here either does the whole of its work without running JavaScript, or does nothing and says so; the published code,
//! which follows the specification step by step, then takes over.

use thin_vec::ThinVec;

use crate::{
    Context, JsObject, JsResult, JsValue,
    builtins::array::Array,
    limits,
    object::{IndexedProperties, PropertyMap, shape::slot::SlotAttributes},
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

/// Where the first element from `start` on is that `is_same` says so of: `Some(None)` where none is. `None` where the array has holes or
/// special elements. The work is charged before it is done.
pub(crate) fn position(object: &JsObject, length: u64, start: u64, is_same: impl Fn(&JsValue) -> bool) -> JsResult<Option<Option<usize>>> {
    if !has_all(object, length) || start > length {
        return Ok(None);
    }
    limits::charge(length - start)?;
    let start = start as usize;
    let object = object.borrow();
    let found = match &object.properties().indexed_properties {
        IndexedProperties::DenseI32(values) => values[start..].iter().position(|value| is_same(&JsValue::from(*value))),
        IndexedProperties::DenseF64(values) => values[start..].iter().position(|value| is_same(&JsValue::from(*value))),
        IndexedProperties::DenseElement(values) => values[start..].iter().position(is_same),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => return Ok(None),
    };
    Ok(Some(found.map(|index| start + index)))
}

/// Whether an array has all of its `length` elements, and none is special.
fn has_all(object: &JsObject, length: u64) -> bool {
    object.is_array()
        && match &object.borrow().properties().indexed_properties {
            IndexedProperties::DenseI32(values) => values.len() as u64 == length,
            IndexedProperties::DenseF64(values) => values.len() as u64 == length,
            IndexedProperties::DenseElement(values) => values.len() as u64 == length,
            IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => false,
        }
}

/// Charges a copy of so many elements, and asks for its memory before it is taken.
pub(crate) fn charge_copy(count: u64) -> JsResult<()> {
    limits::charge(count)?;
    limits::reserve(count.saturating_mul(size_of::<JsValue>() as u64))
}

/// Some of the elements of an array of `length`; `None` as for [`values`]. The work is charged before it is done.
pub(crate) fn part(object: &JsObject, length: u64, range: std::ops::Range<u64>) -> JsResult<Option<ThinVec<JsValue>>> {
    if !has_all(object, length) {
        return Ok(None);
    }
    charge_copy(range.end.saturating_sub(range.start))?;
    let range = range.start as usize..range.end as usize;
    let object = object.borrow();
    Ok(match &object.properties().indexed_properties {
        IndexedProperties::DenseI32(values) => values.get(range).map(|values| values.iter().copied().map(JsValue::from).collect()),
        IndexedProperties::DenseF64(values) => values.get(range).map(|values| values.iter().copied().map(JsValue::from).collect()),
        IndexedProperties::DenseElement(values) => values.get(range).map(|values| values.iter().cloned().collect()),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => None,
    })
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

/// Takes `deleted` elements from `start` on out of a plain array and puts `items` there; gives what was taken out. The elements behind
/// them are moved by a copy of memory, which is charged before it is done.
pub(crate) fn splice(object: &JsObject, length: u64, start: u64, deleted: u64, items: &[JsValue], context: &Context) -> JsResult<Option<ThinVec<JsValue>>> {
    let Ok(new_length) = i32::try_from(length - deleted + items.len() as u64) else { return Ok(None) };
    if !can_grow(object, length, context) {
        return Ok(None);
    }
    limits::charge_bytes((length - start) * size_of::<JsValue>() as u64)?;
    limits::charge(items.len() as u64)?;
    let (start, end) = (start as usize, (start + deleted) as usize);
    let mut array = object.borrow_mut();
    let properties = array.properties_mut();
    let elements = &mut properties.indexed_properties;
    let fit = match elements {
        IndexedProperties::DenseI32(_) => items.iter().all(|item| item.as_i32().is_some()),
        IndexedProperties::DenseF64(_) => items.iter().all(JsValue::is_number),
        _ => true,
    };
    if !fit {
        *elements = IndexedProperties::DenseElement(match elements {
            IndexedProperties::DenseI32(values) => values.iter().copied().map(JsValue::from).collect(),
            IndexedProperties::DenseF64(values) => values.iter().copied().map(JsValue::from).collect(),
            _ => return Ok(None),
        });
    }
    let taken = match elements {
        IndexedProperties::DenseI32(values) => exchange(values, start..end, items.iter().filter_map(JsValue::as_i32)),
        IndexedProperties::DenseF64(values) => exchange(values, start..end, items.iter().filter_map(JsValue::as_number)),
        IndexedProperties::DenseElement(values) => exchange(values, start..end, items.iter().cloned()),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => return Ok(None),
    };
    properties.storage[0] = JsValue::new(new_length);
    Ok(Some(taken))
}

fn exchange<T: Into<JsValue>>(values: &mut ThinVec<T>, range: std::ops::Range<usize>, mut items: impl Iterator<Item = T>) -> ThinVec<JsValue> {
    let start = range.start;
    let taken = values.drain(range).map(Into::into).collect();
    match (items.next(), items.next()) {
        (None, _) => {}
        (Some(item), None) => values.insert(start, item),
        (Some(first), Some(second)) => {
            let mut rest = values.split_off(start);
            values.extend([first, second]);
            values.extend(items);
            values.append(&mut rest);
        }
    }
    taken
}

/// Whether an array was just made, and is nothing but an array.
pub(crate) fn is_new(object: &JsObject, context: &Context) -> bool {
    object.is_array() && {
        let array = object.borrow();
        let properties = array.properties();
        let is_empty = match &properties.indexed_properties {
            IndexedProperties::DenseI32(values) => values.is_empty(),
            IndexedProperties::DenseF64(values) => values.is_empty(),
            IndexedProperties::DenseElement(values) => values.is_empty(),
            IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => false,
        };
        is_empty && array.extensible && properties.shape.to_addr_usize() == context.intrinsics().templates().array().shape().to_addr_usize()
    }
}

/// Puts elements into such an array.
pub(crate) fn fill(object: &JsObject, values: ThinVec<JsValue>) {
    let mut array = object.borrow_mut();
    let properties = array.properties_mut();
    properties.storage[0] = JsValue::new(values.len());
    properties.indexed_properties = storage(values);
}

/// Whether an array of `length` is plain and without holes, and no prototype has a say in what it takes up.
fn can_grow(object: &JsObject, length: u64, context: &Context) -> bool {
    let intrinsics = context.intrinsics();
    let array = object.borrow();
    let properties = array.properties();
    let says = properties.storage.first().and_then(JsValue::as_i32).and_then(|length| u64::try_from(length).ok());
    if says != Some(length) || !array.extensible || properties.shape.to_addr_usize() != intrinsics.templates().array().shape().to_addr_usize() {
        return false;
    }
    let constructors = intrinsics.constructors();
    let (arrays, objects) = (constructors.array().prototype(), constructors.object().prototype());
    // `Array.prototype` itself must not be asked while it is borrowed.
    has_all(object, length) && !JsObject::equals(object, &arrays) && is_without_elements(&arrays, Some(&objects)) && is_without_elements(&objects, None)
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

/// Does what CreateDataProperty does to the element behind the last one that a plain array holds. Its `length` may be more already.
#[inline]
pub(crate) fn define(object: &JsObject, key: &PropertyKey, value: &JsValue, context: &Context) -> bool {
    let PropertyKey::Index(index) = key else { return false };
    if !object.is_array() || index.get() >= i32::MAX as u32 {
        return false;
    }
    let index = index.get() as i32;
    let mut array = object.borrow_mut();
    let properties = array.properties();
    let Some(length) = properties.storage.first().and_then(JsValue::as_i32) else { return false };
    if !array.extensible || properties.shape.to_addr_usize() != context.intrinsics().templates().array().shape().to_addr_usize() || count(properties) != Some(index as usize) {
        return false;
    }
    let properties = array.properties_mut();
    properties.indexed_properties.push_dense(value) && {
        if length <= index {
            properties.storage[0] = JsValue::new(index + 1);
        }
        true
    }
}

/// How many elements there are, none of them special and no hole before the last.
pub(crate) fn count(properties: &PropertyMap) -> Option<usize> {
    match &properties.indexed_properties {
        IndexedProperties::DenseI32(values) => Some(values.len()),
        IndexedProperties::DenseF64(values) => Some(values.len()),
        IndexedProperties::DenseElement(values) => Some(values.len()),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => None,
    }
}

/// The same elements once more; `None` where some are special or holes.
pub(crate) fn copy(elements: &IndexedProperties) -> Option<IndexedProperties> {
    match elements {
        IndexedProperties::DenseI32(values) => Some(IndexedProperties::DenseI32(values.clone())),
        IndexedProperties::DenseF64(values) => Some(IndexedProperties::DenseF64(values.clone())),
        IndexedProperties::DenseElement(values) => Some(IndexedProperties::DenseElement(values.clone())),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => None,
    }
}

/// Whether what a method of this array makes of it is a plain array: it has nothing of its own but elements, and nobody has changed what
/// `Array.prototype.constructor` and `Array[Symbol.species]` give.
pub(crate) fn makes_arrays(object: &JsObject, context: &Context) -> bool {
    object.is_array()
        && object.borrow().properties().shape.to_addr_usize() == context.intrinsics().templates().array().shape().to_addr_usize()
        && context.realm().originals().array_species_holds()
}

/// Puts the elements of an array of `length` behind the `at` elements of a plain array. The work is charged before it is done.
pub(crate) fn extend(target: &JsObject, at: u64, object: &JsObject, length: u64, context: &Context) -> JsResult<bool> {
    let Some(end) = i32::try_from(at + length).ok().filter(|_| target.is_array()) else { return Ok(false) };
    {
        let array = target.borrow();
        let properties = array.properties();
        let is_plain = array.extensible && properties.shape.to_addr_usize() == context.intrinsics().templates().array().shape().to_addr_usize();
        if !is_plain || count(properties).map(|count| count as u64) != Some(at) {
            return Ok(false);
        }
    }
    let Some(values) = part(object, length, 0..length)? else { return Ok(false) };
    // What is there moves, and may need twice the room while it does.
    limits::reserve(2 * end as u64 * size_of::<JsValue>() as u64)?;
    let mut array = target.borrow_mut();
    let properties = array.properties_mut();
    properties.storage[0] = JsValue::new(end);
    if at == 0 {
        properties.indexed_properties = storage(values);
    } else {
        for value in &values {
            properties.indexed_properties.push_dense(value);
        }
    }
    Ok(true)
}

/// Turns the elements of an array of `length` around. The work is charged before it is done.
pub(crate) fn reverse(object: &JsObject, length: u64) -> JsResult<bool> {
    if !has_all(object, length) {
        return Ok(false);
    }
    limits::charge(length)?;
    match &mut object.borrow_mut().properties_mut().indexed_properties {
        IndexedProperties::DenseI32(values) => values.reverse(),
        IndexedProperties::DenseF64(values) => values.reverse(),
        IndexedProperties::DenseElement(values) => values.reverse(),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => return Ok(false),
    }
    Ok(true)
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
