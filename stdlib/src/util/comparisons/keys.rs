//! Properties and elements.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, property::PropertyKey};
use rustc_hash::FxHashSet;

use super::{Comparison, Memory, Mode, Pairs, length};

/// What is compared beside properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Iteration {
    None,
    Array,
    Set,
    Map,
}

impl Comparison {
    /// The enumerable keys of `b` that are no elements; `None` where `a` has another count.
    pub(super) fn keys_beside_elements(&self, a: &JsObject, b: &JsObject, cx: &mut Context) -> JsResult<Option<Vec<PropertyKey>>> {
        let symbols = self.mode != Mode::Loose;
        let keys = beside_elements(b, symbols, cx)?;
        if self.mode != Mode::Partial && keys.len() != beside_elements(a, symbols, cx)?.len() {
            return Ok(None);
        }
        Ok(Some(keys))
    }

    /// `keyCheck`
    pub(super) fn check_keys(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, iteration: Iteration, beside: Option<Vec<PropertyKey>>, cx: &mut Context) -> JsResult<bool> {
        let mut first = None;
        let second = match beside {
            Some(keys) => keys,
            None => {
                let mut second = enumerable_strings(b, cx)?;
                if self.mode == Mode::Partial {
                    second.extend(enumerable_symbols(b, cx)?);
                } else {
                    let mut keys = enumerable_strings(a, cx)?;
                    if keys.len() != second.len() {
                        return Ok(false);
                    }
                    if self.mode != Mode::Loose {
                        keys.extend(enumerable_symbols(a, cx)?);
                        second.extend(enumerable_symbols(b, cx)?);
                        if keys.len() != second.len() {
                            return Ok(false);
                        }
                    }
                    first = Some(keys);
                }
                second
            }
        };
        if second.is_empty() {
            let empty = match iteration {
                Iteration::None => true,
                Iteration::Array => length(b, cx)? == 0,
                Iteration::Set | Iteration::Map => b.collection_size() == Some(0),
            };
            if empty {
                return Ok(true);
            }
        }
        self.remembered(a, b, first.as_deref(), &second, memory, iteration, cx)
    }

    /// `handleCycles`
    #[allow(clippy::too_many_arguments)]
    fn remembered(&mut self, a: &JsObject, b: &JsObject, first: Option<&[PropertyKey]>, second: &[PropertyKey], memory: &Memory, iteration: Iteration, cx: &mut Context) -> JsResult<bool> {
        let pair = (a.clone(), b.clone());
        let pairs = match memory {
            Memory::Off => return self.equivalent(a, b, first, second, memory, iteration, cx),
            Memory::Empty => {
                let pairs = Pairs { first: pair, second: None, deep: false, set: None };
                let memory = Memory::Pairs(Rc::new(RefCell::new(pairs)));
                return self.equivalent(a, b, first, second, &memory, iteration, cx);
            }
            Memory::Pairs(pairs) => pairs.clone(),
        };
        {
            let mut pairs = pairs.borrow_mut();
            if pairs.set.is_none() {
                if !pairs.deep {
                    if pairs.first.0 == pair.0 {
                        return Ok(pairs.first.1 == pair.1);
                    }
                    if pairs.first.1 == pair.1 {
                        return Ok(false);
                    }
                    pairs.second = Some(pair);
                    pairs.deep = true;
                    drop(pairs);
                    let result = self.equivalent(a, b, first, second, memory, iteration, cx);
                    if let Memory::Pairs(pairs) = memory {
                        pairs.borrow_mut().deep = false;
                    }
                    return result;
                }
                let mut set = FxHashSet::default();
                let (first, second) = &pairs.first;
                set.extend([first.clone(), second.clone()]);
                set.extend(pairs.second.iter().flat_map(|(first, second)| [first.clone(), second.clone()]));
                pairs.set = Some(set);
            }
            let Some(set) = pairs.set.as_mut() else { return Ok(false) };
            let before = set.len();
            set.extend([pair.0.clone(), pair.1.clone()]);
            if before + 2 != set.len() {
                return Ok(before == set.len());
            }
        }
        let result = self.equivalent(a, b, first, second, memory, iteration, cx);
        if let Some(set) = pairs.borrow_mut().set.as_mut() {
            set.remove(&pair.0);
            set.remove(&pair.1);
        }
        result
    }

    /// `objEquiv`
    #[allow(clippy::too_many_arguments)]
    fn equivalent(&mut self, a: &JsObject, b: &JsObject, first: Option<&[PropertyKey]>, second: &[PropertyKey], memory: &Memory, iteration: Iteration, cx: &mut Context) -> JsResult<bool> {
        let mut in_order = true;
        for (index, key) in second.iter().enumerate() {
            in_order = in_order && first.is_some_and(|first| first.get(index) == Some(key));
            if !in_order && !has_enumerable(a, key, cx)? {
                return Ok(false);
            }
            let (one, other) = (a.get(key.clone(), cx)?, b.get(key.clone(), cx)?);
            if !self.values(&one, &other, self.mode, memory, cx)? {
                return Ok(false);
            }
        }
        match iteration {
            Iteration::None => Ok(true),
            Iteration::Array if self.mode == Mode::Partial => self.partial_arrays(a, b, memory, cx),
            Iteration::Array => self.arrays(a, b, memory, cx),
            Iteration::Set => self.sets(a, b, memory, cx),
            Iteration::Map => self.maps(a, b, memory, cx),
        }
    }

    fn arrays(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let loose = self.mode == Mode::Loose;
        for index in 0..length(a, cx)? {
            let other = b.get(index, cx)?;
            if other.is_undefined() {
                if !b.has_own_property(index, cx)? {
                    return self.sparse_arrays(a, b, memory, index as usize, cx);
                }
                let one = a.get(index, cx)?;
                if (!one.is_undefined() || !a.has_own_property(index, cx)?) && (!loose || !one.is_null()) {
                    return Ok(false);
                }
                continue;
            }
            let one = a.get(index, cx)?;
            let same = !one.is_undefined() && self.values(&one, &other, self.mode, memory, cx)?;
            if !same && (!loose || !other.is_null()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn sparse_arrays(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, from: usize, cx: &mut Context) -> JsResult<bool> {
        let (first, second) = (enumerable_strings(a, cx)?, enumerable_strings(b, cx)?);
        if first.len() != second.len() {
            return Ok(false);
        }
        for key in second.iter().skip(from) {
            let one = a.get(key.clone(), cx)?;
            if one.is_undefined() && !a.has_own_property(key.clone(), cx)? {
                return Ok(false);
            }
            let other = b.get(key.clone(), cx)?;
            if !self.values(&one, &other, self.mode, memory, cx)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn partial_arrays(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let (many, few) = (length(a, cx)?, length(b, cx)?);
        let mut at = 0;
        for index in 0..few {
            let other = b.get(index, cx)?;
            if other.is_undefined() && !b.has_own_property(index, cx)? {
                return self.partial_sparse_arrays(a, b, memory, at, index as usize, cx);
            }
            loop {
                let one = a.get(at, cx)?;
                if one.is_undefined() && !a.has_own_property(at, cx)? {
                    return self.partial_sparse_arrays(a, b, memory, at, index as usize, cx);
                }
                if self.values(&one, &other, self.mode, memory, cx)? {
                    break;
                }
                at += 1;
                if at as u64 > many - few + index {
                    return Ok(false);
                }
            }
            at += 1;
        }
        Ok(true)
    }

    fn partial_sparse_arrays(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, from_a: usize, from_b: usize, cx: &mut Context) -> JsResult<bool> {
        let (first, second) = (enumerable_strings(a, cx)?, enumerable_strings(b, cx)?);
        let (many, few) = (first.len().saturating_sub(from_a), second.len().saturating_sub(from_b));
        if many < few {
            return Ok(false);
        }
        let mut at = from_a;
        for index in 0..few {
            let other = b.get(second[from_b + index].clone(), cx)?;
            loop {
                let Some(key) = first.get(at) else { return Ok(false) };
                let one = a.get(key.clone(), cx)?;
                if self.values(&one, &other, self.mode, memory, cx)? {
                    break;
                }
                at += 1;
                if at + few > first.len() + index {
                    return Ok(false);
                }
            }
            at += 1;
        }
        Ok(true)
    }
}

/// Whether `key` is an own enumerable property.
pub(super) fn has_enumerable(object: &JsObject, key: &PropertyKey, cx: &mut Context) -> JsResult<bool> {
    Ok(object.own_property(key, cx)?.is_some_and(|own| own.enumerable() == Some(true)))
}

/// `Object.keys`
pub(super) fn enumerable_strings(object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let keys = object.own_property_keys(cx)?;
    enumerable(object, keys.into_iter().filter(|key| !matches!(key, PropertyKey::Symbol(_))), cx)
}

fn enumerable_symbols(object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let keys = object.own_property_keys(cx)?;
    enumerable(object, keys.into_iter().filter(|key| matches!(key, PropertyKey::Symbol(_))), cx)
}

fn beside_elements(object: &JsObject, symbols: bool, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let keys = if object.proxy_parts().is_some() { object.own_property_keys(cx)? } else { object.borrow().shape().keys() };
    let wanted = |key: &PropertyKey| match key {
        PropertyKey::String(_) => true,
        PropertyKey::Symbol(_) => symbols,
        PropertyKey::Index(_) => false,
    };
    enumerable(object, keys.into_iter().filter(wanted), cx)
}

fn enumerable(object: &JsObject, keys: impl Iterator<Item = PropertyKey>, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut found = Vec::new();
    for key in keys {
        if has_enumerable(object, &key, cx)? {
            found.push(key);
        }
    }
    Ok(found)
}
