//! The enumerable names of objects that are nothing special, without a descriptor for each: `Object.keys` and its like, `for (k in o)`.
//!
//! A proxy, an object with internal methods of its own, an element that is an accessor or hidden: those are asked as the
//! specification says, and nothing here answers.

use core::ptr::fn_addr_eq;

use boa_gc::{Finalize, Trace};

use crate::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::Array,
    exotic::{ordinary_get_own_property, ordinary_get_prototype_of, ordinary_own_property_keys},
    dense, limits, lookup,
    object::{
        IndexedProperties, PropertyMap,
        internal_methods::InternalObjectMethods,
        shape::Shape,
    },
    property::{PropertyKey, PropertyNameKind},
};

/// Longer chains are gone through by the specification's steps, which check limits on the way.
const LONGEST: usize = 64;

/// `EnumerableOwnProperties`. Nothing where somebody must be asked, or where reading a value would run code.
pub(crate) fn list(object: &JsObject, kind: PropertyNameKind, context: &Context) -> JsResult<Option<Vec<JsValue>>> {
    if !lists_plainly(object.vtable()) {
        return Ok(None);
    }
    let found = {
        let object = object.borrow();
        let properties = object.properties();
        let Some(elements) = elements(properties) else { return Ok(None) };
        let named = properties.shape.enumerable_names();
        limits::charge((elements.len() + named.len()) as u64)?;
        let names_only = matches!(kind, PropertyNameKind::Key);
        if !names_only && named.iter().any(|(_, slot)| slot.attributes.is_accessor_descriptor()) {
            return Ok(None);
        }
        if names_only {
            let elements = elements.into_iter().map(|index| JsString::from(index).into());
            return Ok(Some(elements.chain(named.into_iter().map(|(name, _)| name.into())).collect()));
        }
        let elements = elements.into_iter().map(|index| (JsString::from(index), properties.get_element(index).unwrap_or_default()));
        let named = named.into_iter().map(|(name, slot)| (name, properties.storage[slot.index as usize].clone()));
        elements.chain(named).collect::<Vec<_>>()
    };
    let shown = |(name, value): (JsString, JsValue)| match kind {
        PropertyNameKind::KeyAndValue => Array::create_array_from_list([name.into(), value], context).into(),
        _ => value,
    };
    Ok(Some(found.into_iter().map(shown).collect()))
}

/// What `CopyDataProperties` takes from an object that is nothing special: its enumerable properties and their values, symbols last.
/// Nothing where somebody must be asked, or where reading a value would run code.
pub(crate) fn data_properties(object: &JsObject) -> JsResult<Option<Vec<(PropertyKey, JsValue)>>> {
    if !lists_plainly(object.vtable()) {
        return Ok(None);
    }
    let object = object.borrow();
    let properties = object.properties();
    let Some(elements) = elements(properties) else { return Ok(None) };
    let mut named = properties.shape.enumerable();
    dense::charge_copy((elements.len() + named.len()) as u64)?;
    if named.iter().any(|(_, slot)| slot.attributes.is_accessor_descriptor()) {
        return Ok(None);
    }
    named.sort_by_key(|(key, _)| matches!(key, PropertyKey::Symbol(_)));
    let elements = elements.into_iter().map(|index| (PropertyKey::from(index), properties.get_element(index).unwrap_or_default()));
    let named = named.into_iter().map(|(key, slot)| (key, properties.storage[slot.index as usize].clone()));
    Ok(Some(elements.chain(named).collect()))
}

/// Makes an object that has no properties yet the same as another one of the same prototype that has only such as an assignment makes.
pub(crate) fn adopt(source: &JsObject, target: &JsObject) -> JsResult<bool> {
    if !lists_plainly(source.vtable()) || !lookup::defines_plainly(target.vtable()) || JsObject::equals(source, target) {
        return Ok(false);
    }
    let source = source.borrow();
    let mut target = target.borrow_mut();
    let (from, to) = (source.properties(), target.properties());
    let Some(shape) = from.shape.as_shared().filter(|_| target.extensible && to.shape.is_shared() && to.storage.is_empty() && dense::count(to) == Some(0)) else {
        return Ok(false);
    };
    let is_same_prototype = match (shape.prototype(), to.shape.prototype()) {
        (Some(one), Some(other)) => JsObject::equals(&one, &other),
        (None, None) => true,
        _ => false,
    };
    let Some(elements) = dense::count(from).filter(|_| is_same_prototype && shape.are_assigned()) else { return Ok(false) };
    dense::charge_copy((from.storage.len() + elements) as u64)?;
    let Some(elements) = dense::copy(&from.indexed_properties) else { return Ok(false) };
    let (shape, storage) = (from.shape.clone(), from.storage.clone());
    let to = target.properties_mut();
    (to.shape, to.storage, to.indexed_properties) = (shape, storage, elements);
    Ok(true)
}

/// Whether the names of such an object and their attributes are those of its property map.
fn lists_plainly(methods: &InternalObjectMethods) -> bool {
    fn_addr_eq(methods.__own_property_keys__, ordinary_own_property_keys as fn(&_, &mut _) -> _)
        && fn_addr_eq(methods.__get_own_property__, ordinary_get_own_property as fn(&_, &_, &mut _) -> _)
        && fn_addr_eq(methods.__get_prototype_of__, ordinary_get_prototype_of as fn(&_, &mut _) -> _)
}

/// The indexes of the elements, ascending. Nothing where some may be hidden or accessors.
fn elements(properties: &PropertyMap) -> Option<Vec<u32>> {
    let mut indexes: Vec<u32> = match &properties.indexed_properties {
        IndexedProperties::SparseProperty(elements) if !elements.is_empty() => return None,
        _ => properties.index_property_keys().collect(),
    };
    indexes.sort_unstable();
    Some(indexes)
}

/// What `for (k in o)` goes through where neither `o` nor its prototypes are special and only `o` has enumerable names.
#[derive(Debug, Clone, Finalize, Trace)]
pub(crate) struct Walk {
    object: JsObject,
    /// As it was when the names were collected.
    shape: Shape,
    #[unsafe_ignore_trace]
    elements: std::vec::IntoIter<u32>,
    #[unsafe_ignore_trace]
    names: std::vec::IntoIter<JsString>,
}

impl Walk {
    pub(crate) fn new(object: &JsObject) -> JsResult<Option<Self>> {
        if !lists_plainly(object.vtable()) {
            return Ok(None);
        }
        let borrowed = object.borrow();
        let properties = borrowed.properties();
        let Some(elements) = elements(properties) else { return Ok(None) };
        if !are_nameless(properties.shape.prototype()) {
            return Ok(None);
        }
        let names: Vec<_> = properties.shape.enumerable_names().into_iter().map(|(name, _)| name).collect();
        limits::charge((elements.len() + names.len()) as u64)?;
        let shape = properties.shape.clone();
        Ok(Some(Self { object: object.clone(), shape, elements: elements.into_iter(), names: names.into_iter() }))
    }

    /// The next name that is still there. Like V8, this does not ask whether it is still enumerable.
    pub(crate) fn next(&mut self) -> Option<JsString> {
        let object = self.object.borrow();
        let properties = object.properties();
        for index in self.elements.by_ref() {
            if properties.get_element(index).is_some() {
                return Some(JsString::from(index));
            }
        }
        // The shape of one object alone changes in place.
        let is_unchanged = self.shape.own_length().is_none() && self.shape.to_addr_usize() == properties.shape.to_addr_usize();
        self.names.by_ref().find(|name| is_unchanged || properties.shape.lookup(&PropertyKey::from(name.clone())).is_some())
    }
}

/// Whether no object of a chain of prototypes has an enumerable name.
fn are_nameless(mut prototype: Option<JsObject>) -> bool {
    for _ in 0..LONGEST {
        let Some(object) = prototype else { return true };
        if !lists_plainly(object.vtable()) {
            return false;
        }
        let object = object.borrow();
        let properties = object.properties();
        if properties.index_property_keys().next().is_some() || properties.shape.has_enumerable_names() {
            return false;
        }
        prototype = properties.shape.prototype();
    }
    false
}
