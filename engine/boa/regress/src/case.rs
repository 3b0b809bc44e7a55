//! Which characters are one where case is ignored, <https://tc39.es/ecma262/#sec-runtime-semantics-canonicalize-ch>.
//!
//! With `u` or `v` they are those of one simple case folding, which the published tables give; without, those of one upper case, where a
//! character beyond ASCII never becomes one of ASCII, and none becomes several.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    codepointset::{CodePointSet, Interval},
    unicode,
};

/// What `c` stands for where case is ignored.
pub(crate) fn canonical(c: u32, unicode: bool) -> u32 {
    if unicode { unicode::fold(c) } else { upper(c) }
}

/// All characters that match a literal `c`.
pub(crate) fn expand_code_point(c: u32, ignores_case: bool, unicode: bool) -> Vec<u32> {
    match ignores_case {
        false => vec![c],
        true if unicode => unicode::unfold_char(c),
        true if c < 0x80 => match u8::try_from(c).map(char::from) {
            Ok(letter) if letter.is_ascii_alphabetic() => vec![u32::from(letter.to_ascii_uppercase()), u32::from(letter.to_ascii_lowercase())],
            _ => vec![c],
        },
        true => VARIANTS.get(&upper(c)).cloned().unwrap_or_else(|| vec![c]),
    }
}

/// The set with the variants of all that is in it.
pub(crate) fn with_variants(set: CodePointSet, unicode: bool) -> CodePointSet {
    if unicode {
        return unicode::add_icase_code_points(set);
    }
    let mut all = set.clone();
    for interval in set.intervals() {
        for (here, other) in [(b'a', b'A'), (b'A', b'a')] {
            let (first, last) = (interval.first.max(u32::from(here)), interval.last.min(u32::from(here) + 25));
            if first <= last {
                let shift = |c: u32| c - u32::from(here) + u32::from(other);
                all.add(Interval { first: shift(first), last: shift(last) });
            }
        }
        if interval.last >= 0x80 {
            let variants = VARIANTS.values().filter(|variants| variants.iter().any(|c| interval.contains(*c)));
            variants.flatten().for_each(|c| all.add_one(*c));
        }
    }
    all
}

/// The characters beyond ASCII that are not alone, by their upper case.
static VARIANTS: LazyLock<HashMap<u32, Vec<u32>>> = LazyLock::new(|| {
    let mut by_upper = HashMap::<u32, Vec<u32>>::new();
    for c in 0x80..=0xFFFF {
        by_upper.entry(upper(c)).or_default().push(c);
    }
    by_upper.retain(|_, variants| variants.len() > 1);
    by_upper
});

fn upper(c: u32) -> u32 {
    let Some(letter) = char::from_u32(c) else {
        return c;
    };
    if letter.is_ascii() {
        return u32::from(letter.to_ascii_uppercase());
    }
    let mut mapped = letter.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) if c <= 0xFFFF && (0x80..=0xFFFF).contains(&u32::from(upper)) => u32::from(upper),
        _ => c,
    }
}
