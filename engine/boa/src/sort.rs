//! Sorting for `Array.prototype.sort`, `toSorted` and the typed arrays.
//!
//! A comparison function of a program may be inconsistent, throw, or change the array that is being sorted; the standard library's
//! sort may panic on the first of these. So values are sorted by [`merge_runs`], which asks in the order in which V8 asks: natural
//! runs extended by binary insertion, merged with galloping (Tim Peters' listsort). A comparison that answers at random gives the
//! order that it gives in Node.

use std::cmp::Ordering;

use thin_vec::ThinVec;

use crate::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, JsVariant,
    builtins::array::Array,
    dense,
    string::JsStr,
};

/// `Array.prototype.sort ( comparefn )`, <https://tc39.es/ecma262/#sec-array.prototype.sort>
pub(crate) fn sort(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let compare = comparison(args)?;
    let object = this.to_object(context)?;
    let length = object.length_of_array_like(context)?;

    let (mut items, mut undefined) = (Vec::new(), 0u64);
    let mut take = |value: JsValue| if value.is_undefined() { undefined += 1 } else { items.push(value) };
    if let Some(values) = dense::values(&object, length) {
        values.into_iter().for_each(&mut take);
    } else {
        for index in 0..length {
            if let Some(value) = object.try_get(index, context)? {
                take(value);
            }
        }
    }
    let items = sorted(items, compare.as_ref(), context)?;

    let holes = length - items.len() as u64 - undefined;
    let all = items.into_iter().chain((0..undefined).map(|_| JsValue::undefined()));
    if holes == 0 && dense::can_replace(&object, length) {
        dense::replace(&object, all.collect());
        return Ok(object.into());
    }
    for (index, value) in all.enumerate() {
        object.set(index as u64, value, true, context)?;
    }
    for index in length - holes..length {
        object.delete_property_or_throw(index, context)?;
    }
    Ok(object.into())
}

/// `Array.prototype.toSorted ( comparefn )`, <https://tc39.es/ecma262/#sec-array.prototype.tosorted>
pub(crate) fn to_sorted(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let compare = comparison(args)?;
    let object = this.to_object(context)?;
    let length = object.length_of_array_like(context)?;
    if length > u64::from(u32::MAX) {
        return Err(JsNativeError::range().with_message("Invalid array length").into());
    }
    let values = match dense::values(&object, length) {
        Some(values) => values,
        None => (0..length).map(|index| object.get(index, context)).collect::<JsResult<_>>()?,
    };
    let mut undefined = 0;
    let items = values.into_iter().filter(|value| { undefined += usize::from(value.is_undefined()); !value.is_undefined() }).collect();
    let mut items = sorted(items, compare.as_ref(), context)?;
    items.resize(items.len() + undefined, JsValue::undefined());
    Ok(Array::create_array_from_list(items, context).into())
}

/// The values of a typed array in the order of `compare`.
pub(crate) fn sort_numbers(values: Vec<JsValue>, compare: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    sorted(values, Some(compare), context)
}

/// Step 1 of both methods: a function, or `None` for `undefined`.
pub(crate) fn comparison(args: &[JsValue]) -> JsResult<Option<JsObject>> {
    let compare = args.first().filter(|compare| !compare.is_undefined());
    let Some(compare) = compare else {
        return Ok(None);
    };
    match compare.as_callable() {
        Some(compare) => Ok(Some(compare)),
        None => Err(JsNativeError::typ()
            .with_message(format!("The comparison function must be either a function or undefined: {}", crate::words::of_value(compare)))
            .into()),
    }
}

fn sorted(items: Vec<JsValue>, compare: Option<&JsObject>, context: &mut Context) -> JsResult<Vec<JsValue>> {
    if items.len() < 2 {
        return Ok(items);
    }
    match compare {
        Some(compare) => {
            let less = |x: &JsValue, y: &JsValue| {
                let order = compare.call(&JsValue::undefined(), &[x.clone(), y.clone()], context)?;
                let order = match order.variant() {
                    JsVariant::Integer32(order) => f64::from(order),
                    _ => order.to_number(context)?,
                };
                Ok(order < 0.0)
            };
            merge_runs(items, less)
        }
        None => sorted_by_text(items, context),
    }
}

/// The default order: by the code units of `ToString`. Objects are asked at every comparison, as the specification has it.
fn sorted_by_text(mut items: Vec<JsValue>, context: &mut Context) -> JsResult<Vec<JsValue>> {
    crate::limits::charge(items.len() as u64 * u64::from(items.len().ilog2()) / 4)?;
    if items.iter().all(JsValue::is_string) {
        let mut keyed: Vec<JsString> = items.iter().filter_map(JsValue::as_string).collect();
        keyed.sort_by(compare_text);
        return Ok(keyed.into_iter().map(JsValue::from).collect());
    }
    if items.iter().all(|item| item.as_i32().is_some_and(|number| number >= 0)) {
        items.sort_by_cached_key(|item| DecimalKey::new(item.as_i32().unwrap_or_default()));
        return Ok(items);
    }
    if !items.iter().any(JsValue::is_object) {
        let mut keyed = items.into_iter().map(|item| Ok((item.to_string(context)?, item))).collect::<JsResult<Vec<_>>>()?;
        keyed.sort_by(|(x, _), (y, _)| compare_text(x, y));
        return Ok(keyed.into_iter().map(|(_, item)| item).collect());
    }
    merge_runs(items, |x, y| Ok(compare_text(&x.to_string(context)?, &y.to_string(context)?) == Ordering::Less))
}

/// By code units.
pub(crate) fn compare_text(x: &JsString, y: &JsString) -> Ordering {
    match (x.as_str().as_latin1(), y.as_str().as_latin1()) {
        (Some(x), Some(y)) => x.cmp(y),
        _ => x.as_str().iter().cmp(y.as_str().iter()),
    }
}

/// Orders whole numbers as their decimal digits: the digits as a left-aligned number, then how many there are.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DecimalKey(u64, u32);

impl DecimalKey {
    fn new(number: i32) -> Self {
        let number = u64::from(number.unsigned_abs());
        let digits = number.checked_ilog10().map_or(1, |log| log + 1);
        Self(number * 10u64.pow(10 - digits), digits)
    }
}

/// Sorts stably by `less`, which may fail; then nothing of the order is kept.
pub(crate) fn merge_runs<T, E>(items: Vec<T>, mut less: impl FnMut(&T, &T) -> Result<bool, E>) -> Result<Vec<T>, E> {
    let mut work = Runs {
        order: (0..items.len() as u32).collect(),
        spare: Vec::new(),
        pending: Vec::new(),
        gallop_after: GALLOP_AFTER,
        less: |x: u32, y: u32| less(&items[x as usize], &items[y as usize]),
    };
    work.sort()?;
    let order = work.order;
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|index| items[index as usize].take()).collect())
}

/// The state of a sort: a permutation that becomes ordered, and the runs found so far as (start, length).
struct Runs<F> {
    order: Vec<u32>,
    spare: Vec<u32>,
    pending: Vec<(usize, usize)>,
    gallop_after: usize,
    less: F,
}

/// After so many wins in a row of one side, look ahead in leaps.
const GALLOP_AFTER: usize = 7;

/// Fewer items are not searched for runs.
const SHORT: usize = 8;

impl<E, F: FnMut(u32, u32) -> Result<bool, E>> Runs<F> {
    fn sort(&mut self) -> Result<(), E> {
        let length = self.order.len();
        if length < SHORT {
            return self.insert(0, 1, length);
        }
        let shortest = shortest_run(length);
        let mut low = 0;
        while low < length {
            let mut run = self.count_run(low, length)?;
            if run < shortest {
                let forced = shortest.min(length - low);
                self.insert(low, low + run, low + forced)?;
                run = forced;
            }
            self.pending.push((low, run));
            self.merge_where_needed()?;
            low += run;
        }
        while self.pending.len() > 1 {
            let mut at = self.pending.len() - 2;
            if at > 0 && self.pending[at - 1].1 < self.pending[at + 1].1 {
                at -= 1;
            }
            self.merge(at)?;
        }
        Ok(())
    }

    /// The length of the run that starts at `low`; a strictly descending one is reversed.
    fn count_run(&mut self, low: usize, high: usize) -> Result<usize, E> {
        if low + 1 == high {
            return Ok(1);
        }
        let descending = (self.less)(self.order[low + 1], self.order[low])?;
        let mut end = low + 2;
        while end < high && (self.less)(self.order[end], self.order[end - 1])? == descending {
            end += 1;
        }
        if descending {
            self.order[low..end].reverse();
        }
        Ok(end - low)
    }

    /// Binary insertion: `low..start` is in order, `low..high` becomes so.
    fn insert(&mut self, low: usize, start: usize, high: usize) -> Result<(), E> {
        for next in start.max(low + 1)..high {
            let pivot = self.order[next];
            let (mut left, mut right) = (low, next);
            while left < right {
                let middle = left + (right - left) / 2;
                if (self.less)(pivot, self.order[middle])? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.order.copy_within(left..next, left + 1);
            self.order[left] = pivot;
        }
        Ok(())
    }

    /// Keeps the lengths of the pending runs falling faster than Fibonacci's numbers.
    fn merge_where_needed(&mut self) -> Result<(), E> {
        while self.pending.len() > 1 {
            let mut at = self.pending.len() - 2;
            if !self.falls(at + 1) || !self.falls(at) {
                if self.pending[at - 1].1 < self.pending[at + 1].1 {
                    at -= 1;
                }
            } else if self.pending[at].1 > self.pending[at + 1].1 {
                break;
            }
            self.merge(at)?;
        }
        Ok(())
    }

    fn falls(&self, at: usize) -> bool {
        at < 2 || self.pending[at - 2].1 > self.pending[at - 1].1 + self.pending[at].1
    }

    /// Merges pending runs `at` and `at + 1`.
    fn merge(&mut self, at: usize) -> Result<(), E> {
        let (mut start_a, mut length_a) = self.pending[at];
        let (start_b, mut length_b) = self.pending[at + 1];
        self.pending[at].1 = length_a + length_b;
        self.pending.remove(at + 1);

        let skip = gallop_right(&self.order[start_a..start_a + length_a], self.order[start_b], 0, &mut self.less)?;
        start_a += skip;
        length_a -= skip;
        if length_a == 0 {
            return Ok(());
        }
        let last_a = self.order[start_a + length_a - 1];
        length_b = gallop_left(&self.order[start_b..start_b + length_b], last_a, length_b - 1, &mut self.less)?;
        if length_b == 0 {
            return Ok(());
        }
        if length_a <= length_b { self.merge_low(start_a, length_a, start_b, length_b) } else { self.merge_high(start_a, length_a, start_b, length_b) }
    }

    /// From the left, the shorter first run set aside.
    fn merge_low(&mut self, start_a: usize, mut length_a: usize, start_b: usize, mut length_b: usize) -> Result<(), E> {
        let mut aside = std::mem::take(&mut self.spare);
        aside.clear();
        aside.extend_from_slice(&self.order[start_a..start_a + length_a]);
        let (mut to, mut a, mut b) = (start_a, 0, start_b);

        let outcome = 'merging: {
            self.order[to] = self.order[b];
            (to, b, length_b) = (to + 1, b + 1, length_b - 1);
            if length_b == 0 || length_a == 1 {
                break 'merging Ok(());
            }
            let mut gallop_after = self.gallop_after;
            loop {
                let (mut wins_a, mut wins_b) = (0, 0);
                loop {
                    match (self.less)(self.order[b], aside[a]) {
                        Err(thrown) => break 'merging Err(thrown),
                        Ok(true) => {
                            self.order[to] = self.order[b];
                            (to, b, length_b) = (to + 1, b + 1, length_b - 1);
                            (wins_a, wins_b) = (0, wins_b + 1);
                            if length_b == 0 {
                                break 'merging Ok(());
                            }
                            if wins_b >= gallop_after {
                                break;
                            }
                        }
                        Ok(false) => {
                            self.order[to] = aside[a];
                            (to, a, length_a) = (to + 1, a + 1, length_a - 1);
                            (wins_a, wins_b) = (wins_a + 1, 0);
                            if length_a == 1 {
                                break 'merging Ok(());
                            }
                            if wins_a >= gallop_after {
                                break;
                            }
                        }
                    }
                }
                gallop_after += 1;
                loop {
                    gallop_after = gallop_after.saturating_sub(1).max(1);
                    self.gallop_after = gallop_after;

                    wins_a = match gallop_right(&aside[a..a + length_a], self.order[b], 0, &mut self.less) {
                        Err(thrown) => break 'merging Err(thrown),
                        Ok(wins) => wins,
                    };
                    self.order[to..to + wins_a].copy_from_slice(&aside[a..a + wins_a]);
                    (to, a, length_a) = (to + wins_a, a + wins_a, length_a - wins_a);
                    if wins_a > 0 && length_a <= 1 {
                        break 'merging Ok(());
                    }
                    self.order[to] = self.order[b];
                    (to, b, length_b) = (to + 1, b + 1, length_b - 1);
                    if length_b == 0 {
                        break 'merging Ok(());
                    }

                    wins_b = match gallop_left(&self.order[b..b + length_b], aside[a], 0, &mut self.less) {
                        Err(thrown) => break 'merging Err(thrown),
                        Ok(wins) => wins,
                    };
                    self.order.copy_within(b..b + wins_b, to);
                    (to, b, length_b) = (to + wins_b, b + wins_b, length_b - wins_b);
                    if wins_b > 0 && length_b == 0 {
                        break 'merging Ok(());
                    }
                    self.order[to] = aside[a];
                    (to, a, length_a) = (to + 1, a + 1, length_a - 1);
                    if length_a == 1 {
                        break 'merging Ok(());
                    }
                    if wins_a < GALLOP_AFTER && wins_b < GALLOP_AFTER {
                        break;
                    }
                }
                gallop_after += 1;
                self.gallop_after = gallop_after;
            }
        };

        // What is left: of A all, or its last element behind the rest of B.
        self.order.copy_within(b..b + length_b, to);
        self.order[to + length_b..to + length_b + length_a].copy_from_slice(&aside[a..a + length_a]);
        self.spare = aside;
        outcome
    }

    /// From the right, the shorter second run set aside.
    fn merge_high(&mut self, start_a: usize, mut length_a: usize, start_b: usize, mut length_b: usize) -> Result<(), E> {
        let mut aside = std::mem::take(&mut self.spare);
        aside.clear();
        aside.extend_from_slice(&self.order[start_b..start_b + length_b]);
        // `to` and the lengths name the ends of what is still open: A is `start_a..start_a + length_a`, B is `aside[..length_b]`.
        let mut to = start_b + length_b;

        let outcome = 'merging: {
            to -= 1;
            self.order[to] = self.order[start_a + length_a - 1];
            length_a -= 1;
            if length_a == 0 || length_b == 1 {
                break 'merging Ok(());
            }
            let mut gallop_after = self.gallop_after;
            loop {
                let (mut wins_a, mut wins_b) = (0, 0);
                loop {
                    match (self.less)(aside[length_b - 1], self.order[start_a + length_a - 1]) {
                        Err(thrown) => break 'merging Err(thrown),
                        Ok(true) => {
                            to -= 1;
                            self.order[to] = self.order[start_a + length_a - 1];
                            length_a -= 1;
                            (wins_a, wins_b) = (wins_a + 1, 0);
                            if length_a == 0 {
                                break 'merging Ok(());
                            }
                            if wins_a >= gallop_after {
                                break;
                            }
                        }
                        Ok(false) => {
                            to -= 1;
                            self.order[to] = aside[length_b - 1];
                            length_b -= 1;
                            (wins_a, wins_b) = (0, wins_b + 1);
                            if length_b == 1 {
                                break 'merging Ok(());
                            }
                            if wins_b >= gallop_after {
                                break;
                            }
                        }
                    }
                }
                gallop_after += 1;
                loop {
                    gallop_after = gallop_after.saturating_sub(1).max(1);
                    self.gallop_after = gallop_after;

                    let stays = match gallop_right(&self.order[start_a..start_a + length_a], aside[length_b - 1], length_a - 1, &mut self.less) {
                        Err(thrown) => break 'merging Err(thrown),
                        Ok(stays) => stays,
                    };
                    wins_a = length_a - stays;
                    to -= wins_a;
                    self.order.copy_within(start_a + stays..start_a + length_a, to);
                    length_a = stays;
                    if wins_a > 0 && length_a == 0 {
                        break 'merging Ok(());
                    }
                    to -= 1;
                    self.order[to] = aside[length_b - 1];
                    length_b -= 1;
                    if length_b == 1 {
                        break 'merging Ok(());
                    }

                    let stays = match gallop_left(&aside[..length_b], self.order[start_a + length_a - 1], length_b - 1, &mut self.less) {
                        Err(thrown) => break 'merging Err(thrown),
                        Ok(stays) => stays,
                    };
                    wins_b = length_b - stays;
                    to -= wins_b;
                    self.order[to..to + wins_b].copy_from_slice(&aside[stays..length_b]);
                    length_b = stays;
                    if wins_b > 0 && length_b <= 1 {
                        break 'merging Ok(());
                    }
                    to -= 1;
                    self.order[to] = self.order[start_a + length_a - 1];
                    length_a -= 1;
                    if length_a == 0 {
                        break 'merging Ok(());
                    }
                    if wins_a < GALLOP_AFTER && wins_b < GALLOP_AFTER {
                        break;
                    }
                }
                gallop_after += 1;
                self.gallop_after = gallop_after;
            }
        };

        // What is left of A moves up; then B, of which one element or (where A is used up) all may be left.
        self.order.copy_within(start_a..start_a + length_a, to - length_a);
        to -= length_a;
        self.order[to - length_b..to].copy_from_slice(&aside[..length_b]);
        self.spare = aside;
        outcome
    }
}

/// Between 32 and 64, so that the number of runs is a power of two or a little less.
fn shortest_run(mut length: usize) -> usize {
    let mut rest = 0;
    while length >= 64 {
        rest |= length & 1;
        length >>= 1;
    }
    length + rest
}

/// How many elements of `run` are less than `key`, looking from `hint` in growing leaps.
fn gallop_left<E>(run: &[u32], key: u32, hint: usize, less: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<usize, E> {
    let (mut last, mut offset) = (0, 1);
    let (mut low, mut high);
    if less(run[hint], key)? {
        let most = run.len() - hint;
        while offset < most && less(run[hint + offset], key)? {
            last = offset;
            offset = offset * 2 + 1;
        }
        (low, high) = (hint + last + 1, hint + offset.min(most));
    } else {
        let most = hint + 1;
        while offset < most && !less(run[hint - offset], key)? {
            last = offset;
            offset = offset * 2 + 1;
        }
        (low, high) = (most - offset.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(run[middle], key)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// How many elements of `run` are not greater than `key`.
fn gallop_right<E>(run: &[u32], key: u32, hint: usize, less: &mut impl FnMut(u32, u32) -> Result<bool, E>) -> Result<usize, E> {
    let (mut last, mut offset) = (0, 1);
    let (mut low, mut high);
    if less(key, run[hint])? {
        let most = hint + 1;
        while offset < most && less(key, run[hint - offset])? {
            last = offset;
            offset = offset * 2 + 1;
        }
        (low, high) = (most - offset.min(most), hint - last);
    } else {
        let most = run.len() - hint;
        while offset < most && !less(key, run[hint + offset])? {
            last = offset;
            offset = offset * 2 + 1;
        }
        (low, high) = (hint + last + 1, hint + offset.min(most));
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(key, run[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(high)
}
