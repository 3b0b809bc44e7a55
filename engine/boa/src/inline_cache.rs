//! Inline caches: what a place in the code remembers of the named property it reads, writes or defines.
//!
//! A cache knows a property by the shape of the object it was found through, and by the object's internal methods (an ordinary object
//! and an exotic one can share a shape). That says nothing of prototypes, whose properties come, go and change kind while the object's
//! shape stays: so what is found on a prototype, or nowhere, or is made because no prototype minds, is bound to the shapes of all
//! prototypes on the way. The shape of one single object grows in place; its number of properties tells.
//!
//! Shapes of receivers are held weakly. Prototypes and their shapes are held strongly: four entries at most for a place in the code.

use std::{cell::Cell, fmt, ptr};

use boa_gc::{Finalize, GcRefCell, Trace};
use thin_vec::ThinVec;

use crate::{
    JsObject, JsString, JsValue,
    builtins::typed_array::BuiltinTypedArray,
    bytecompiler::{ByteCompiler, Register},
    lookup::{self, ASSIGNED, Named},
    object::{
        internal_methods::InternalObjectMethods,
        shape::{Shape, WeakShape, shared_shape::TransitionKey, slot::SlotAttributes},
    },
    property::PropertyKey,
    string::StaticJsStrings,
    vm::Constant,
};

/// How many shapes a place remembers before it gives up.
const CAPACITY: usize = 4;
/// How far up a property may be found and still be remembered.
const LONGEST_PATH: usize = 12;
/// How often what was remembered may turn out wrong before a place gives up.
const PATIENCE: u8 = 100;

/// What one place in the code remembers.
#[derive(Clone, Trace, Finalize)]
pub(crate) struct InlineCache {
    /// The name that is accessed.
    pub(crate) name: JsString,
    entries: GcRefCell<ThinVec<Entry>>,
    #[unsafe_ignore_trace]
    disappointments: Cell<u8>,
    /// Too many shapes, or too many changes: nothing is remembered any more.
    #[unsafe_ignore_trace]
    megamorphic: Cell<bool>,
}

#[derive(Clone, Trace, Finalize)]
struct Entry {
    shape: WeakShape,
    /// The prototypes up to the one that has the property; all of them where none has.
    path: ThinVec<Step>,
    /// The shape after a property was added.
    grown: Option<Shape>,
    #[unsafe_ignore_trace]
    address: usize,
    #[unsafe_ignore_trace]
    methods: &'static InternalObjectMethods,
    /// The number of properties that the object must have, where its shape grows in place and a new property would hide what was found.
    #[unsafe_ignore_trace]
    properties: Option<usize>,
    #[unsafe_ignore_trace]
    place: Place,
}

/// A prototype as it was when something was found on it or behind it.
#[derive(Clone, Trace, Finalize)]
struct Step {
    object: JsObject,
    shape: Shape,
    #[unsafe_ignore_trace]
    properties: Option<usize>,
}

/// Where a value is in the storage of the object that has it, and what to do with it.
#[derive(Clone, Copy)]
enum Place {
    Data(usize),
    Getter(usize),
    Setter(usize),
    /// The engine's own getter of the length of typed arrays.
    Length,
    Absent,
    /// A write adds a property to the object.
    Append,
}

/// What a read found.
pub(crate) enum Read {
    Value(JsValue),
    /// The getter is still to be called.
    Getter(JsObject),
    Absent,
}

/// What a write did.
pub(crate) enum Write {
    Done,
    /// The setter is still to be called.
    Setter(JsObject),
}

impl fmt::Debug for InlineCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InlineCache").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Display for InlineCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(name:{} entries:{})", self.name.display_escaped(), self.entries.borrow().len())
    }
}

impl Step {
    fn new(object: &JsObject) -> Self {
        let shape = object.borrow().shape().clone();
        Self { object: object.clone(), properties: shape.own_length(), shape }
    }

    #[inline]
    fn holds(&self) -> bool {
        let object = self.object.borrow();
        let shape = object.shape();
        shape.to_addr_usize() == self.shape.to_addr_usize() && self.properties.is_none_or(|count| shape.own_length() == Some(count))
    }
}

impl Entry {
    #[inline]
    fn holds(&self, shape: &Shape) -> bool {
        self.shape.is_alive() && self.properties.is_none_or(|count| shape.own_length() == Some(count)) && self.path.iter().all(Step::holds)
    }

    /// The value at `index` in the storage of the object that has the property.
    #[inline]
    fn stored(&self, own: &[JsValue], index: usize) -> JsValue {
        match self.path.last() {
            None => own[index].clone(),
            Some(step) => step.object.borrow().properties().storage[index].clone(),
        }
    }
}

impl InlineCache {
    pub(crate) fn new(name: JsString) -> Self {
        Self { name, entries: GcRefCell::new(ThinVec::new()), disappointments: Cell::new(0), megamorphic: Cell::new(false) }
    }

    /// Reads from memory, or looks along the prototypes and remembers. `None` where somebody must be asked.
    #[inline]
    pub(crate) fn read(&self, object: &JsObject) -> Option<Read> {
        self.remembered_read(object).or_else(|| self.look(object))
    }

    #[inline]
    fn remembered_read(&self, object: &JsObject) -> Option<Read> {
        let entries = self.entries.borrow();
        let borrowed = object.borrow();
        let shape = borrowed.shape();
        let index = position(&entries, object, shape)?;
        let entry = &entries[index];
        if !entry.holds(shape) {
            drop(entries);
            self.forget(index);
            return None;
        }
        let own = &borrowed.properties().storage;
        Some(match entry.place {
            Place::Data(place) => Read::Value(entry.stored(own, place)),
            Place::Getter(place) => getter(&entry.stored(own, place)),
            Place::Length => Read::Value(BuiltinTypedArray::length_of(object).unwrap_or_else(JsValue::undefined)),
            Place::Absent => Read::Absent,
            Place::Setter(_) | Place::Append => return None,
        })
    }

    #[cold]
    fn look(&self, object: &JsObject) -> Option<Read> {
        let key = PropertyKey::from(self.name.clone());
        let mut path = ThinVec::new();
        let remembers = !self.megamorphic.get();
        let named = lookup::find(object, &key, |prototype| {
            if remembers {
                path.push(Step::new(prototype));
            }
        })?;
        let (place, read) = match named {
            Named::Absent => (Place::Absent, Read::Absent),
            Named::Data(slot, value) => (Place::Data(slot.index as usize), Read::Value(value)),
            Named::Accessor { slot, get, .. } => match get.as_object() {
                Some(function) if is_length(&self.name, object, &function) => {
                    (Place::Length, Read::Value(BuiltinTypedArray::length_of(object)?))
                }
                _ => (Place::Getter(slot.index as usize), getter(&get)),
            },
        };
        if remembers {
            self.remember(object, place, path, None);
        }
        Some(read)
    }

    /// Writes where the name was written before, or looks along the prototypes and remembers. `None`, and nothing done, where somebody
    /// must be asked or an error is due.
    #[inline]
    pub(crate) fn write(&self, object: &JsObject, value: &JsValue) -> Option<Write> {
        self.remembered_write(object, value).or_else(|| self.look_to_write(object, value))
    }

    #[inline]
    fn remembered_write(&self, object: &JsObject, value: &JsValue) -> Option<Write> {
        let entries = self.entries.borrow();
        let mut borrowed = object.borrow_mut();
        let shape = borrowed.shape();
        let index = position(&entries, object, shape)?;
        let entry = &entries[index];
        if !entry.holds(shape) {
            drop(entries);
            self.forget(index);
            return None;
        }
        match (entry.place, &entry.grown) {
            (Place::Data(place), _) => {
                borrowed.properties_mut().storage[place] = value.clone();
                Some(Write::Done)
            }
            (Place::Append, Some(grown)) if borrowed.extensible => {
                let properties = borrowed.properties_mut();
                properties.storage.push(value.clone());
                properties.shape = grown.clone();
                Some(Write::Done)
            }
            (Place::Setter(place), _) => entry.stored(&borrowed.properties().storage, place).as_object().map(Write::Setter),
            _ => None,
        }
    }

    #[cold]
    fn look_to_write(&self, object: &JsObject, value: &JsValue) -> Option<Write> {
        if !(lookup::writes_plainly(object.vtable()) || object.is_array() && self.name != StaticJsStrings::LENGTH) {
            return None;
        }
        let key = PropertyKey::from(self.name.clone());
        let mut path = ThinVec::new();
        let mut is_plain = true;
        let named = lookup::find(object, &key, |prototype| {
            is_plain &= lookup::writes_plainly(prototype.vtable());
            path.push(Step::new(prototype));
        })?;
        if !is_plain {
            return None;
        }
        match named {
            Named::Accessor { slot, set, .. } => {
                let setter = set.as_object()?;
                self.remember(object, Place::Setter(slot.index as usize + 1), path, None);
                Some(Write::Setter(setter))
            }
            Named::Data(slot, _) if !slot.attributes.contains(SlotAttributes::WRITABLE) => None,
            Named::Data(slot, _) if path.is_empty() => {
                let place = slot.index as usize;
                object.borrow_mut().properties_mut().storage[place] = value.clone();
                self.remember(object, Place::Data(place), path, None);
                Some(Write::Done)
            }
            Named::Data(..) | Named::Absent => self.append(object, key, value, path),
        }
    }

    /// Makes a property of an object literal or a class; `false`, and nothing done, where the object has it already or minds.
    #[inline]
    pub(crate) fn define(&self, object: &JsObject, value: &JsValue) -> bool {
        self.remembered_write(object, value).is_some() || self.look_to_define(object, value)
    }

    #[cold]
    fn look_to_define(&self, object: &JsObject, value: &JsValue) -> bool {
        let key = PropertyKey::from(self.name.clone());
        !matches!(key, PropertyKey::Index(_))
            && lookup::defines_plainly(object.vtable())
            && matches!(lookup::find_own(object, &key), Named::Absent)
            && self.append(object, key, value, ThinVec::new()).is_some()
    }

    /// Adds a property that the object does not have.
    fn append(&self, object: &JsObject, key: PropertyKey, value: &JsValue, path: ThinVec<Step>) -> Option<Write> {
        let before = {
            let borrowed = object.borrow();
            if !borrowed.extensible {
                return None;
            }
            borrowed.shape().clone()
        };
        // A new shape may start a collection, whose finalizers borrow objects: none is borrowed here.
        let grown = before.insert_property_transition(TransitionKey { property_key: key, attributes: ASSIGNED });
        {
            let mut borrowed = object.borrow_mut();
            let properties = borrowed.properties_mut();
            properties.shape = grown.clone();
            properties.storage.push(value.clone());
        }
        if before.is_shared() && grown.is_shared() {
            self.remember_shape(object, &before, Place::Append, path, Some(grown));
        }
        Some(Write::Done)
    }

    fn remember(&self, object: &JsObject, place: Place, path: ThinVec<Step>, grown: Option<Shape>) {
        let shape = object.borrow().shape().clone();
        self.remember_shape(object, &shape, place, path, grown);
    }

    fn remember_shape(&self, object: &JsObject, shape: &Shape, place: Place, path: ThinVec<Step>, grown: Option<Shape>) {
        if self.megamorphic.get() || path.len() > LONGEST_PATH {
            return;
        }
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= CAPACITY {
            entries.retain(|entry| entry.shape.is_alive());
        }
        if entries.len() >= CAPACITY {
            self.megamorphic.set(true);
            entries.clear();
            entries.shrink_to_fit();
            return;
        }
        let is_own = path.is_empty() && !matches!(place, Place::Absent);
        entries.push(Entry {
            shape: shape.into(),
            path,
            grown,
            address: shape.to_addr_usize(),
            methods: object.vtable(),
            properties: if is_own { None } else { shape.own_length() },
            place,
        });
    }

    #[cold]
    fn forget(&self, index: usize) {
        let mut entries = self.entries.borrow_mut();
        entries.swap_remove(index);
        let count = self.disappointments.get();
        if count >= PATIENCE {
            self.megamorphic.set(true);
            entries.clear();
        }
        self.disappointments.set(count.saturating_add(1));
    }
}

#[inline]
fn position(entries: &[Entry], object: &JsObject, shape: &Shape) -> Option<usize> {
    let address = shape.to_addr_usize();
    let methods = object.vtable();
    entries.iter().position(|entry| entry.address == address && ptr::eq(entry.methods, methods))
}

#[inline]
fn getter(function: &JsValue) -> Read {
    function.as_object().map_or_else(|| Read::Value(JsValue::undefined()), Read::Getter)
}

fn is_length(name: &JsString, object: &JsObject, getter: &JsObject) -> bool {
    *name == StaticJsStrings::LENGTH && BuiltinTypedArray::length_of(object).is_some() && getter.is_native_function(BuiltinTypedArray::length)
}

impl ByteCompiler<'_> {
    /// Emits the definition of an own property whose name is the constant at `name`.
    pub(crate) fn define_by_name(&mut self, object: &Register, value: &Register, name: u32) {
        let Some(Constant::String(name)) = self.constants.get(name as usize) else {
            unreachable!("the constant is a name")
        };
        let cache = self.ic.len() as u32;
        self.ic.push(InlineCache::new(name.clone()));
        self.bytecode.emit_define_own_property_by_name(object.variable(), value.variable(), cache.into());
    }
}
