//! Going through arrays without a result object for each element.
//!
//! `for (const x of array)`, spread elements and array patterns call `next` of an iterator and take its result apart. Where `next` is
//! the engine's own, the iterator is over an array or a typed array, and the element is there, nobody can see that it was not called.

use boa_gc::{Finalize, Trace};

use crate::{
    Context, JsObject, JsValue,
    builtins::{
        array::{Array, ArrayIterator},
        iterable::{IteratorResult, create_iter_result_object},
        typed_array::BuiltinTypedArray,
    },
    bytes,
    object::{IndexedProperties, shape::slot::SlotAttributes},
    property::PropertyNameKind,
};

/// What an iterator gave last.
#[derive(Clone, Debug, Finalize, Trace)]
pub(crate) enum Step {
    /// Nothing yet, or nothing any more.
    None,
    /// What `next` returned.
    Result(IteratorResult),
    /// A value that [`advance`] found.
    Value(JsValue),
}

impl Step {
    pub(crate) fn value(&self, context: &mut Context) -> crate::JsResult<JsValue> {
        match self {
            Self::None => Ok(JsValue::undefined()),
            Self::Result(result) => result.value(context),
            Self::Value(value) => Ok(value.clone()),
        }
    }

    /// The object that `next` returned, or would have.
    pub(crate) fn object(&self, context: &mut Context) -> JsObject {
        let (value, is_done) = match self {
            Self::Result(result) => return result.object().clone(),
            Self::Value(value) => (value.clone(), false),
            Self::None => (JsValue::undefined(), true),
        };
        let result = create_iter_result_object(value, is_done, context);
        result.as_object().unwrap_or_else(JsObject::with_null_proto)
    }
}

/// The next value of an iterator over an array: `Some(None)` at the end. `None`, and nothing done, where `next` is to be called.
#[inline]
pub(crate) fn advance(iterator: &JsObject, next: &JsValue, context: &mut Context) -> Option<Option<JsValue>> {
    let mut state = iterator.downcast_mut::<ArrayIterator>()?;
    if !next.as_object()?.is_native_function(ArrayIterator::next) {
        return None;
    }
    if state.done {
        return Some(None);
    }
    let index = state.next_index;
    let element = if state.array.is_array() {
        let array = state.array.borrow();
        let properties = array.properties();
        let length = properties.storage.first()?.as_number()?;
        if index as f64 >= length { None } else { Some(properties.get_dense_property(u32::try_from(index).ok()?)?) }
    } else {
        let length = BuiltinTypedArray::length_of(&state.array)?.as_number()?;
        if index as f64 >= length {
            // The buffer may be gone: an error then.
            return None;
        }
        Some(bytes::element(&state.array, u32::try_from(index).ok()?)?)
    };
    let Some(element) = element else {
        state.done = true;
        return Some(None);
    };
    state.next_index = index + 1;
    let kind = state.kind;
    drop(state);
    Some(Some(match kind {
        PropertyNameKind::Key => index.into(),
        PropertyNameKind::Value => element,
        PropertyNameKind::KeyAndValue => Array::create_array_from_list([index.into(), element], context).into(),
    }))
}

/// Whether a prototype and those above it are plain objects that have nothing to enumerate: `Object.prototype`, as it mostly is.
pub(crate) fn is_barren(prototype: &JsObject, context: &Context) -> bool {
    let last = context.intrinsics().constructors().object().prototype();
    if !JsObject::equals(prototype, &last) {
        return false;
    }
    let object = prototype.borrow();
    let properties = object.properties();
    let has_elements = match &properties.indexed_properties {
        IndexedProperties::DenseI32(values) => !values.is_empty(),
        IndexedProperties::DenseF64(values) => !values.is_empty(),
        IndexedProperties::DenseElement(values) => !values.is_empty(),
        IndexedProperties::SparseElement(_) | IndexedProperties::SparseProperty(_) => true,
    };
    let shape = &properties.shape;
    !has_elements && shape.keys().iter().all(|key| shape.lookup(key).is_some_and(|slot| !slot.attributes.contains(SlotAttributes::ENUMERABLE)))
}
