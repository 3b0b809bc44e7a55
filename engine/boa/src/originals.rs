//! Which built-in objects are still as the realm was made with them.
//!
//! The specification lets a program replace nearly every step of nearly every method. A fast way that skips such steps asks here first
//! whether the program has done so. An object's shape tells which slots its properties have (the prototypes of built-ins have shapes of
//! their own, which change their address when a property goes or changes its kind), the slots tell the values.

use boa_gc::{Finalize, Trace};

use crate::{
    JsObject, JsSymbol, JsValue, js_string,
    object::shape::shared_shape::template::ObjectTemplate,
    property::{Attribute, PropertyKey},
    realm::Realm,
};

/// What a realm was made with.
#[derive(Debug, Trace, Finalize)]
pub(crate) struct Originals {
    /// `Array.prototype[Symbol.iterator]` and `next` of array iterators.
    array_iteration: Group,
    /// `Array.prototype.constructor` and `Array[Symbol.species]`.
    array_species: Group,
    /// What the methods of `RegExp.prototype` ask of a regular expression.
    regexp: Group,
    /// `RegExp.prototype.constructor` and `RegExp[Symbol.species]`.
    regexp_species: Group,
    /// An array of matches: `length`, `index`, `input`, `groups`.
    pub(crate) matched: ObjectTemplate,
    /// With `indices`.
    pub(crate) matched_with_indices: ObjectTemplate,
}

/// Objects, and what stood in some of their slots.
#[derive(Debug, Trace, Finalize)]
struct Group(Vec<Watched>);

#[derive(Debug, Trace, Finalize)]
struct Watched {
    object: JsObject,
    shape: usize,
    slots: Vec<(usize, JsValue)>,
}

impl Group {
    fn of(watched: &[(&JsObject, &[PropertyKey])]) -> Self {
        Self(watched.iter().map(|(object, keys)| Watched::of(object, keys)).collect())
    }

    fn holds(&self) -> bool {
        self.0.iter().all(Watched::holds)
    }
}

impl Watched {
    fn of(object: &JsObject, keys: &[PropertyKey]) -> Self {
        let inner = object.borrow();
        let properties = inner.properties();
        let slots = keys
            .iter()
            .filter_map(|key| properties.shape.lookup(key))
            .map(|slot| (slot.index as usize, properties.storage[slot.index as usize].clone()))
            .collect();
        Self { object: object.clone(), shape: properties.shape.to_addr_usize(), slots }
    }

    fn holds(&self) -> bool {
        let object = self.object.borrow();
        let properties = object.properties();
        properties.shape.to_addr_usize() == self.shape
            && self.slots.iter().all(|(slot, value)| properties.storage.get(*slot).is_some_and(|found| found.is_identical(value)))
    }
}

impl Originals {
    fn of(realm: &Realm) -> Self {
        let intrinsics = realm.intrinsics();
        let constructors = intrinsics.constructors();
        let key = |name: &'static str| PropertyKey::from(js_string!(name));
        let (array, regexp) = (constructors.array(), constructors.regexp());
        let (array_constructor, regexp_constructor) = (JsObject::from(array.constructor()), JsObject::from(regexp.constructor()));
        let array_iterator = intrinsics.objects().iterator_prototypes().array();
        let species: PropertyKey = JsSymbol::species().into();

        let mut matched = ObjectTemplate::new(intrinsics.templates().array().shape());
        for name in ["index", "input", "groups"] {
            matched.property(key(name), Attribute::all());
        }
        let mut matched_with_indices = matched.clone();
        matched_with_indices.property(key("indices"), Attribute::all());

        Self {
            array_iteration: Group::of(&[(&array.prototype(), &[JsSymbol::iterator().into()]), (&array_iterator, &[key("next")])]),
            array_species: Group::of(&[(&array.prototype(), &[key("constructor")]), (&array_constructor, &[species.clone()])]),
            regexp: Group::of(&[(
                &regexp.prototype(),
                &["exec", "flags", "hasIndices", "global", "ignoreCase", "multiline", "dotAll", "unicode", "unicodeSets", "sticky"].map(key),
            )]),
            regexp_species: Group::of(&[(&regexp.prototype(), &[key("constructor")]), (&regexp_constructor, &[species])]),
            matched,
            matched_with_indices,
        }
    }

    /// Iterating an array that has no own iterator gives its elements, one after another.
    pub(crate) fn array_iteration_holds(&self) -> bool {
        self.array_iteration.holds()
    }

    /// A method of an array of `Array.prototype` makes plain arrays.
    pub(crate) fn array_species_holds(&self) -> bool {
        self.array_species.holds()
    }

    /// A plain regular expression matches as its pattern and flags say.
    pub(crate) fn regexp_holds(&self) -> bool {
        self.regexp.holds()
    }

    /// A method of a plain regular expression makes plain ones.
    pub(crate) fn regexp_species_holds(&self) -> bool {
        self.regexp_species.holds()
    }
}

impl Realm {
    /// What the realm was made with. Known once the realm is complete.
    pub(crate) fn originals(&self) -> &Originals {
        self.originals_cell().get_or_init(|| Originals::of(self))
    }
}
