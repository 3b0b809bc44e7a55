//! Finding a named property along a chain of prototypes without running code and without descriptors in between.
//!
//! What needs asking (a proxy, an object of an embedder with internal methods of its own, an index) is not answered here; the
//! specification's steps then take over.

use core::ptr::fn_addr_eq;

use crate::{
    JsObject, JsString, JsValue,
    builtins::typed_array::typed_array_exotic_get,
    exotic::{ordinary_define_own_property, ordinary_get, ordinary_get_own_property, ordinary_get_prototype_of, ordinary_set},
    object::{
        internal_methods::{InternalObjectMethods, string::string_exotic_get_own_property},
        shape::slot::{Slot, SlotAttributes},
    },
    property::PropertyKey,
};

/// What an object or one of its prototypes has under a name.
pub(crate) enum Named {
    /// A data property, and its value.
    Data(Slot, JsValue),
    /// An accessor; both functions may be `undefined`.
    Accessor { slot: Slot, get: JsValue, set: JsValue },
    /// No such property.
    Absent,
}

/// Longer chains are gone through by the specification's steps, which check limits on the way.
const LONGEST: usize = 64;

/// Looks for `key`; `pass` gets every prototype that is looked at, the one that has the property included. `None` where somebody
/// must be asked.
#[inline]
pub(crate) fn find(object: &JsObject, key: &PropertyKey, mut pass: impl FnMut(&JsObject)) -> Option<Named> {
    if matches!(key, PropertyKey::Index(_)) {
        return None;
    }
    let mut prototype = match own(object, key)? {
        Ok(named) => return Some(named),
        Err(prototype) => prototype,
    };
    let mut passed = 0;
    while let Some(holder) = prototype {
        passed += 1;
        if passed > LONGEST {
            return None;
        }
        pass(&holder);
        prototype = match own(&holder, key)? {
            Ok(named) => return Some(named),
            Err(prototype) => prototype,
        };
    }
    Some(Named::Absent)
}

/// The object's own property, or the prototype to go on with.
#[inline]
fn own(object: &JsObject, key: &PropertyKey) -> Option<Result<Named, Option<JsObject>>> {
    if !reads_plainly(object.vtable(), key) {
        return None;
    }
    let object = object.borrow();
    let properties = object.properties();
    Some(match properties.shape.lookup(key) {
        Some(slot) => Ok(named(slot, &properties.storage)),
        None => Err(properties.shape.prototype()),
    })
}

/// What the object itself has under a name; the prototypes do not count.
pub(crate) fn find_own(object: &JsObject, key: &PropertyKey) -> Named {
    let object = object.borrow();
    let properties = object.properties();
    properties.shape.lookup(key).map_or(Named::Absent, |slot| named(slot, &properties.storage))
}

fn named(slot: Slot, storage: &[JsValue]) -> Named {
    let place = slot.index as usize;
    if slot.attributes.is_accessor_descriptor() {
        Named::Accessor { slot, get: storage[place].clone(), set: storage[place + 1].clone() }
    } else {
        Named::Data(slot, storage[place].clone())
    }
}

/// Whether reading `key`, which is no index, does what it does on an ordinary object.
fn reads_plainly(methods: &InternalObjectMethods, key: &PropertyKey) -> bool {
    if !fn_addr_eq(methods.__get_prototype_of__, ordinary_get_prototype_of as fn(&_, &mut _) -> _) {
        return false;
    }
    if fn_addr_eq(methods.__get__, ordinary_get as fn(&_, &_, _, &mut _) -> _) {
        return fn_addr_eq(methods.__get_own_property__, ordinary_get_own_property as fn(&_, &_, &mut _) -> _)
            || fn_addr_eq(methods.__get_own_property__, string_exotic_get_own_property as fn(&_, &_, &mut _) -> _);
    }
    fn_addr_eq(methods.__get__, typed_array_exotic_get as fn(&_, &_, _, &mut _) -> _) && !may_be_number(key)
}

/// Whether writing a name does what it does on an ordinary object.
pub(crate) fn writes_plainly(methods: &InternalObjectMethods) -> bool {
    fn_addr_eq(methods.__set__, ordinary_set as fn(&_, _, _, _, &mut _) -> _)
        && fn_addr_eq(methods.__get_own_property__, ordinary_get_own_property as fn(&_, &_, &mut _) -> _)
        && fn_addr_eq(methods.__get_prototype_of__, ordinary_get_prototype_of as fn(&_, &mut _) -> _)
        && defines_plainly(methods)
}

/// Whether defining a name does what it does on an ordinary object.
pub(crate) fn defines_plainly(methods: &InternalObjectMethods) -> bool {
    fn_addr_eq(methods.__define_own_property__, ordinary_define_own_property as fn(&_, &_, _, &mut _) -> _)
}

/// Whether the name could be what a number reads as, which typed arrays take for an index.
fn may_be_number(key: &PropertyKey) -> bool {
    match key {
        PropertyKey::Symbol(_) => false,
        PropertyKey::Index(_) => true,
        PropertyKey::String(name) => is_numeric_start(name),
    }
}

/// Whether a canonical numeric string could begin like this: `1e21`, `-5`, `Infinity`, `NaN`.
pub(crate) fn is_numeric_start(name: &JsString) -> bool {
    name.code_unit_at(0).is_some_and(|first| matches!(u8::try_from(first), Ok(b'0'..=b'9' | b'-' | b'I' | b'N')))
}

/// The attributes of a property that an assignment makes.
pub(crate) const ASSIGNED: SlotAttributes = SlotAttributes::WRITABLE.union(SlotAttributes::ENUMERABLE).union(SlotAttributes::CONFIGURABLE);
