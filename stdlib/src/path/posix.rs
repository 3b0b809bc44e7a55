//! `path.posix`: one separator, one root.

use std::ops::Range;

use super::units::{Parts, Unit, append_normalized, extension, last_component};

/// Whether `unit` separates.
pub fn is_separator<U: Unit>(unit: U) -> bool {
    unit == U::from(b'/')
}

/// Whether the path begins at the root.
pub fn is_absolute<U: Unit>(path: &[U]) -> bool {
    path.first().copied().is_some_and(is_separator)
}

/// `normalize`, and `join` of several pieces. None of the pieces is empty.
pub fn join<U: Unit>(pieces: &[&[U]]) -> Vec<U> {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return vec![U::from(b'.')] };
    let absolute = is_absolute(first);
    let trailing = last.last().copied().is_some_and(is_separator);
    let mut out = Vec::with_capacity(pieces.iter().map(|piece| piece.len() + 1).sum::<usize>() + 1);
    if absolute {
        out.push(U::from(b'/'));
    }
    let base = out.len();
    for piece in pieces {
        append_normalized(&mut out, base, piece, !absolute, b'/', is_separator);
    }
    if out.len() == base {
        if !absolute {
            out.push(U::from(b'.'));
            if trailing {
                out.push(U::from(b'/'));
            }
        }
    } else if trailing {
        out.push(U::from(b'/'));
    }
    out
}

/// `resolve` of pieces whose first is absolute, or the working directory.
pub fn resolve<U: Unit>(pieces: &[&[U]]) -> Vec<U> {
    let absolute = pieces.first().is_some_and(|piece| is_absolute(piece));
    let mut out = Vec::with_capacity(pieces.iter().map(|piece| piece.len() + 1).sum());
    if absolute {
        out.push(U::from(b'/'));
    }
    let base = out.len();
    for piece in pieces {
        append_normalized(&mut out, base, piece, !absolute, b'/', is_separator);
    }
    if out.is_empty() {
        out.push(U::from(b'.'));
    }
    out
}

/// The way between two resolved paths.
pub fn relative<U: Unit>(from: &[U], to: &[U]) -> Vec<U> {
    let segments = |path| -> Vec<&[U]> { <[U]>::split(path, |unit| is_separator(*unit)).filter(|segment| !segment.is_empty()).collect() };
    let (from, to) = (segments(from), segments(to));
    let common = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    let dots: &[U] = &[U::from(b'.'), U::from(b'.')];
    let up = std::iter::repeat_n(dots, from.len() - common);
    let way: Vec<&[U]> = up.chain(to[common..].iter().copied()).collect();
    way.join(&U::from(b'/'))
}

/// `dirname`
pub fn dirname<U: Unit>(path: &[U]) -> Option<Range<usize>> {
    let root = is_absolute(path);
    let Some(component) = last_component(path, 1.min(path.len()), is_separator) else { return root.then_some(0..1) };
    // The separator before the component, which is none where the component begins the path.
    let end = component.start.checked_sub(1).filter(|end| *end >= 1);
    match end {
        None => root.then_some(0..1),
        Some(1) if root => Some(0..2),
        Some(end) => Some(0..end),
    }
}

/// `parse`
pub fn parse<U: Unit>(path: &[U]) -> Parts {
    let mut parts = Parts::default();
    let start = usize::from(is_absolute(path));
    parts.root = 0..start;
    parts.dir = 0..start;
    let Some(component) = last_component(path, start, is_separator) else { return parts };
    if component.start > start {
        parts.dir = 0..component.start - 1;
    }
    let name = &path[component.clone()];
    let dots = [U::from(b'.'), U::from(b'.')];
    // Node sees an extension in `/..`, though not in `a/..`.
    let ext = if start == 1 && component.start == 1 && name == dots { Some(1) } else { extension(name) };
    parts.set_base(component, ext);
    parts
}
