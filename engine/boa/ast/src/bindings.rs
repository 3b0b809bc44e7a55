//! The names that a scope binds.

use boa_string::JsString;
use rustc_hash::FxHashMap;

use crate::scope::Binding;

/// Names are compared one by one up to this many; a bundle of packages has thousands in one scope, and asks for each of them often.
const FEW: usize = 12;

/// Bindings in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bindings {
    list: Vec<Binding>,
    /// Where each name is, once there are many.
    places: FxHashMap<JsString, usize>,
}

impl PartialEq for Bindings {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Bindings {
    fn place(&self, name: &JsString) -> Option<usize> {
        if self.list.len() <= FEW { self.list.iter().position(|binding| binding.is_named(name)) } else { self.places.get(name).copied() }
    }

    pub(crate) fn find(&self, name: &JsString) -> Option<&Binding> {
        self.place(name).map(|place| &self.list[place])
    }

    pub(crate) fn find_mut(&mut self, name: &JsString) -> Option<&mut Binding> {
        self.place(name).map(|place| &mut self.list[place])
    }

    /// Adds a binding of a name that is not bound yet.
    pub(crate) fn push(&mut self, binding: Binding) {
        self.list.push(binding);
        let known = self.places.len();
        if self.list.len() > FEW {
            self.places.extend(self.list[known..].iter().zip(known..).map(|(binding, place)| (binding.name().clone(), place)));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Binding> {
        self.list.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Binding> {
        self.list.iter_mut()
    }
}
