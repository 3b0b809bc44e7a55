//! Going through arrays, maps, sets and strings without a result object for each element.
//!
//! `for (const x of array)`, spread elements and array patterns call `next` of an iterator and take its result apart. Where `next` is
//! the engine's own, nobody can see that it was not called.

use boa_gc::{Finalize, Trace};

use crate::{
    Context, JsObject, JsResult, JsValue,
    builtins::{
        array::{Array, ArrayIterator},
        iterable::{IteratorResult, create_iter_result_object},
        map::map_iterator::MapIterator,
        object::for_in_iterator::ForInIterator,
        set::set_iterator::SetIterator,
        string::string_iterator::StringIterator,
        typed_array::BuiltinTypedArray,
    },
    bytes,
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

/// The next value of one of the engine's own iterators: `Some(None)` at the end. `None`, and nothing done, where `next` is to be called.
#[inline]
pub(crate) fn advance(iterator: &JsObject, next: &JsValue, context: &mut Context) -> JsResult<Option<Option<JsValue>>> {
    // Nobody else sees an iterator over names; it has no `next`.
    if let Some(mut names) = iterator.downcast_mut::<ForInIterator>() {
        return names.next(context).map(Some);
    }
    Ok(of_array(iterator, next, context).or_else(|| of_collection(iterator, next, context)))
}

/// The next value of an iterator over a map, a set or a string.
fn of_collection(iterator: &JsObject, next: &JsValue, context: &Context) -> Option<Option<JsValue>> {
    let next = next.as_object()?;
    if let Some(mut state) = iterator.downcast_mut::<MapIterator>() {
        return next.is_native_function(MapIterator::next).then(|| state.advance(context));
    }
    if let Some(mut state) = iterator.downcast_mut::<SetIterator>() {
        return next.is_native_function(SetIterator::next).then(|| state.advance(context));
    }
    let mut state = iterator.downcast_mut::<StringIterator>()?;
    next.is_native_function(StringIterator::next).then(|| state.advance())
}

/// The next value of an iterator over an array or a typed array.
#[inline]
fn of_array(iterator: &JsObject, next: &JsValue, context: &Context) -> Option<Option<JsValue>> {
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
