//! What both flavours of paths share: segments and the parts of a last component, over Latin-1 or UTF-16 code units.
//!
//! A path is never decoded: separators, dots and colons are ASCII, and all else is carried along, lone surrogates too.

use std::ops::Range;

use boa_engine::{JsStr, JsString};

use crate::buffer::from_units;

/// A code unit of a JavaScript string: `u8` for Latin-1, `u16` for UTF-16.
pub trait Unit: Copy + Eq + From<u8> + Into<u16> + 'static {
    /// The string of these units.
    fn text(units: &[Self]) -> JsString;
}

impl Unit for u8 {
    fn text(units: &[Self]) -> JsString {
        JsStr::latin1(units).into()
    }
}

impl Unit for u16 {
    fn text(units: &[Self]) -> JsString {
        from_units(units)
    }
}

/// Runs an expression with a name bound to the code units of a string: once for each [`Unit`], of which one runs.
#[macro_export]
macro_rules! over_units {
    ($text:expr, $units:ident => $body:expr) => {
        match $text.variant() {
            boa_engine::string::JsStrVariant::Latin1($units) => $body,
            boa_engine::string::JsStrVariant::Utf16($units) => $body,
        }
    };
}
pub use over_units;

/// Which units separate.
pub type IsSeparator<U> = fn(U) -> bool;

/// Appends the segments of `path` to `out` with `.` and `..` resolved; `out[base..]` is what `..` may take away.
///
/// A `..` that has nothing to take away stays if `above`, else vanishes.
pub fn append_normalized<U: Unit>(out: &mut Vec<U>, base: usize, path: &[U], above: bool, separator: u8, is_separator: IsSeparator<U>) {
    let dot = U::from(b'.');
    let separator = U::from(separator);
    for segment in path.split(|unit| is_separator(*unit)) {
        match segment {
            [] => {}
            [only] if *only == dot => {}
            [first, second] if *first == dot && *second == dot => {
                let last = out[base..].rsplit(|unit| *unit == separator).next().unwrap_or_default();
                if !last.is_empty() && last != [dot, dot] {
                    let cut = out.len() - last.len();
                    out.truncate(cut.saturating_sub(1).max(base));
                } else if above {
                    append_segment(out, base, segment, separator);
                }
            }
            _ => append_segment(out, base, segment, separator),
        }
    }
}

fn append_segment<U: Unit>(out: &mut Vec<U>, base: usize, segment: &[U], separator: U) {
    if out.len() > base {
        out.push(separator);
    }
    out.extend_from_slice(segment);
}

/// The last component of `path` at or behind `start`, without separators after it.
pub fn last_component<U: Unit>(path: &[U], start: usize, is_separator: IsSeparator<U>) -> Option<Range<usize>> {
    let end = start + path.get(start..)?.iter().rposition(|unit| !is_separator(*unit))? + 1;
    let begin = path[start..end].iter().rposition(|unit| is_separator(*unit)).map_or(start, |found| start + found + 1);
    Some(begin..end)
}

/// Where the extension begins in a component: at its last dot, unless that dot begins the name or the name is `..`.
pub fn extension<U: Unit>(component: &[U]) -> Option<usize> {
    let dot = U::from(b'.');
    let found = component.iter().rposition(|unit| *unit == dot)?;
    (found > 0 && component != [dot, dot]).then_some(found)
}

/// `basename(path, suffix)`: the last component without `suffix`, unless it is nothing but that.
pub fn without_suffix<U: Unit>(path: &[U], start: usize, suffix: &[U], is_separator: IsSeparator<U>) -> Range<usize> {
    if suffix == path {
        return 0..0;
    }
    let Some(component) = last_component(path, start, is_separator) else {
        // Node's scan leaves both ends where they began.
        return start..path.len().max(start);
    };
    let name = &path[component.clone()];
    if name.len() > suffix.len() && name.ends_with(suffix) {
        return component.start..component.end - suffix.len();
    }
    // Where the component itself is a true end of the suffix, Node takes the rest of the path, separators too.
    if name.len() < suffix.len() && suffix.ends_with(name) {
        return component.start..path.len();
    }
    component
}

/// The parts that `path.parse` gives, as places in the path.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Parts {
    /// `root`
    pub root: Range<usize>,
    /// `dir`
    pub dir: Range<usize>,
    /// `base`
    pub base: Range<usize>,
    /// `ext`
    pub ext: Range<usize>,
    /// `name`
    pub name: Range<usize>,
}

impl Parts {
    /// Fills `base`, `name` and `ext` from a component.
    pub fn set_base(&mut self, base: Range<usize>, extension: Option<usize>) {
        let dot = extension.map_or(base.end, |at| base.start + at);
        self.name = base.start..dot;
        self.ext = dot..base.end;
        self.base = base;
    }
}
