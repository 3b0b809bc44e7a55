//! Maps and sets, whose order does not count.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{Comparison, Memory, Mode};

/// Whether a primitive can be loosely equal to another one that is looked up.
enum Loosely {
    /// Never.
    No,
    /// To some number or string that only a search finds.
    Search,
    /// Only to this: `null` and `undefined`.
    To(JsValue),
}

impl Comparison {
    /// `setEquiv`
    pub(super) fn sets(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let first = a.set_values(usize::MAX).unwrap_or_default();
        let second = b.set_values(usize::MAX).unwrap_or_default();
        let mut unmatched: Vec<JsValue> = Vec::new();
        for (index, value) in second.iter().enumerate() {
            if has(a, value) {
                continue;
            }
            if !is_object(value) && (self.mode != Mode::Loose || !might_have_loosely(a, b, value, cx)?) {
                return Ok(false);
            }
            if unmatched.is_empty() && first.len() < SMALL {
                return self.small_sets(&first, b, second.len(), value, second.get(index + 1), memory, cx);
            }
            unmatched.push(value.clone());
        }
        if unmatched.is_empty() {
            return Ok(true);
        }
        if self.mode == Mode::Partial {
            return self.partial_set_objects(unmatched, &first, b, memory, cx);
        }
        self.set_objects(unmatched, &first, b, memory, cx)
    }

    #[allow(clippy::too_many_arguments)]
    fn small_sets(&mut self, first: &[JsValue], b: &JsObject, size: usize, value: &JsValue, next: Option<&JsValue>, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let next = next.cloned().unwrap_or_default();
        let one = first.first().cloned().unwrap_or_default();
        let two = first.get(1).cloned().unwrap_or_default();
        if self.values(&one, value, self.mode, memory, cx)? {
            return Ok(size == 1 || has(b, &two) || self.values(&two, &next, self.mode, memory, cx)?);
        }
        Ok(first.len() != 1 && self.values(&two, value, self.mode, memory, cx)? && (size == 1 || has(b, &one) || self.values(&one, &next, self.mode, memory, cx)?))
    }

    /// Whether two members are equal: those that no look-up found, which are objects unless the comparison is loose.
    fn members(&mut self, a: &JsValue, b: &JsValue, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        match (a.as_object(), b.as_object()) {
            (Some(first), Some(second)) if self.mode != Mode::Loose => self.objects(&first, &second, memory, cx),
            _ => self.values(a, b, self.mode, memory, cx),
        }
    }

    /// Every value of `a` finds one of `unmatched` for itself.
    fn set_objects(&mut self, mut unmatched: Vec<JsValue>, first: &[JsValue], b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let all = self.mode != Mode::Loose && unmatched.len() == first.len();
        for value in first {
            if !all {
                if has(b, value) {
                    continue;
                }
                if !is_object(value) && !value.is_null() && self.mode != Mode::Loose {
                    return Ok(false);
                }
            }
            if !self.take_equal(&mut unmatched, value, memory, cx)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn take_equal(&mut self, unmatched: &mut Vec<JsValue>, value: &JsValue, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        for at in 0..unmatched.len() {
            let other = unmatched[at].clone();
            if self.members(value, &other, memory, cx)? {
                unmatched.remove(at);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every one of `unmatched` is found in `a`.
    fn partial_set_objects(&mut self, mut unmatched: Vec<JsValue>, first: &[JsValue], b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        for value in first {
            if has(b, value) {
                continue;
            }
            for at in 0..unmatched.len() {
                let other = unmatched[at].clone();
                if self.values(value, &other, self.mode, memory, cx)? {
                    unmatched.remove(at);
                    break;
                }
            }
            if unmatched.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `mapEquiv`
    pub(super) fn maps(&mut self, a: &JsObject, b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let first = a.map_entries(usize::MAX).unwrap_or_default();
        let mut unmatched: Vec<(JsValue, JsValue)> = Vec::new();
        for (key, item) in b.map_entries(usize::MAX).unwrap_or_default() {
            if is_object(&key) {
                if unmatched.is_empty()
                    && let [(one, value)] = first.as_slice()
                {
                    return Ok(self.values(one, &key, self.mode, memory, cx)? && self.values(value, &item, self.mode, memory, cx)?);
                }
                unmatched.push((key, item));
                continue;
            }
            if let Some(value) = a.map_get(&key)
                && self.values(&value, &item, self.mode, memory, cx)?
            {
                continue;
            }
            if self.mode != Mode::Loose || !self.might_map_loosely(a, b, &key, &item, memory, cx)? {
                return Ok(false);
            }
            unmatched.push((key, item));
        }
        if unmatched.is_empty() {
            return Ok(true);
        }
        if self.mode == Mode::Partial {
            return self.partial_map_objects(unmatched, &first, memory, cx);
        }
        self.map_objects(unmatched, &first, b, memory, cx)
    }

    fn map_objects(&mut self, mut unmatched: Vec<(JsValue, JsValue)>, first: &[(JsValue, JsValue)], b: &JsObject, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        let extra = self.mode == Mode::Loose || unmatched.len() != first.len();
        for (key, item) in first {
            if extra && !is_object(key) {
                match b.map_get(key) {
                    Some(other) if self.mode != Mode::Loose || self.values(item, &other, self.mode, memory, cx)? => continue,
                    None if self.mode != Mode::Loose => return Ok(false),
                    _ => {}
                }
            }
            let Some(at) = self.position_of(&unmatched, key, item, memory, cx)? else { return Ok(false) };
            unmatched.remove(at);
        }
        Ok(true)
    }

    fn partial_map_objects(&mut self, mut unmatched: Vec<(JsValue, JsValue)>, first: &[(JsValue, JsValue)], memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        for (key, item) in first {
            if !is_object(key) {
                continue;
            }
            if let Some(at) = self.position_of(&unmatched, key, item, memory, cx)? {
                unmatched.remove(at);
            }
            if unmatched.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn position_of(&mut self, entries: &[(JsValue, JsValue)], key: &JsValue, item: &JsValue, memory: &Memory, cx: &mut Context) -> JsResult<Option<usize>> {
        for (at, (other, value)) in entries.iter().enumerate() {
            if self.members(key, other, memory, cx)? && self.values(item, value, self.mode, memory, cx)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn might_map_loosely(&mut self, a: &JsObject, b: &JsObject, key: &JsValue, item: &JsValue, memory: &Memory, cx: &mut Context) -> JsResult<bool> {
        match loosely(key, cx)? {
            Loosely::No => Ok(false),
            Loosely::Search => Ok(true),
            Loosely::To(other) => {
                let Some(value) = a.map_get(&other) else { return Ok(false) };
                Ok(self.values(&value, item, Mode::Loose, memory, cx)? && b.map_get(&other).is_none())
            }
        }
    }
}

fn has(set: &JsObject, value: &JsValue) -> bool {
    set.set_has(value) == Some(true)
}

fn is_object(value: &JsValue) -> bool {
    value.is_object() && !value.is_callable()
}

fn might_have_loosely(a: &JsObject, b: &JsObject, value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    Ok(match loosely(value, cx)? {
        Loosely::No => false,
        Loosely::Search => true,
        Loosely::To(other) => !has(b, &other) && has(a, &other),
    })
}

/// `findLooseMatchingPrimitives`
fn loosely(value: &JsValue, cx: &mut Context) -> JsResult<Loosely> {
    if value.is_undefined() {
        return Ok(Loosely::To(JsValue::null()));
    }
    if value.is_null() {
        return Ok(Loosely::To(JsValue::undefined()));
    }
    if value.is_symbol() {
        return Ok(Loosely::No);
    }
    let never = (value.is_string() || value.is_number()) && value.to_number(cx)?.is_nan();
    Ok(if never { Loosely::No } else { Loosely::Search })
}

/// Sets with fewer values are compared directly.
const SMALL: usize = 3;
