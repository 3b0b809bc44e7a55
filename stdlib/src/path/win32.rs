//! `path.win32`: two separators, drives, UNC shares, device names.
//!
//! Always over UTF-16, for case is folded here.

use std::ops::Range;

use super::units::{Parts, append_normalized, extension, last_component};

/// Whether `unit` separates.
pub fn is_separator(unit: u16) -> bool {
    unit == SLASH || unit == BACKSLASH
}

/// Whether the path does not depend on a working directory.
pub fn is_absolute(path: &[u16]) -> bool {
    match path {
        [first, ..] if is_separator(*first) => true,
        [drive, colon, separator, ..] => is_drive(*drive, *colon) && is_separator(*separator),
        _ => false,
    }
}

fn is_drive(letter: u16, colon: u16) -> bool {
    colon == COLON && u8::try_from(letter).is_ok_and(|letter| letter.is_ascii_alphabetic())
}

fn has_drive(path: &[u16]) -> bool {
    matches!(path, [letter, colon, ..] if is_drive(*letter, *colon))
}

/// `\\server\share`: the places of both names and what is behind.
struct Unc {
    server: Range<usize>,
    share: Range<usize>,
}

/// What follows two separators at the start: a name, separators, and (maybe empty before the end) another name.
fn unc(path: &[u16]) -> Option<Unc> {
    let run = |from: usize, separators: bool| path[from..].iter().position(|unit| is_separator(*unit) != separators).map_or(path.len(), |found| from + found);
    if path.len() < 2 || !is_separator(path[0]) || !is_separator(path[1]) {
        return None;
    }
    let server = 2..run(2, false);
    if server.is_empty() || server.end == path.len() {
        return None;
    }
    let start = run(server.end, true);
    if start == path.len() {
        return None;
    }
    Some(Unc { server, share: start..run(start, false) })
}

/// A path's root as `resolve` and `normalize` take it apart.
#[derive(Default)]
struct Root {
    device: Option<Vec<u16>>,
    end: usize,
    absolute: bool,
}

/// The root as `resolve` sees it.
fn resolving_root(path: &[u16]) -> Root {
    let mut root = Root::default();
    if path.first().copied().is_some_and(is_separator) {
        root.absolute = true;
        if path.len() == 1 || !is_separator(path[1]) {
            root.end = 1;
        } else if let Some(unc) = unc(path) {
            let server = &path[unc.server];
            if server == [DOT] || server == [QUESTION] {
                root.device = Some([&[BACKSLASH, BACKSLASH], server].concat());
                root.end = 4;
            } else {
                root.device = Some([&[BACKSLASH, BACKSLASH], server, &[BACKSLASH], &path[unc.share.clone()]].concat());
                root.end = unc.share.end;
            }
        }
    } else if path.len() >= 2 && has_drive(path) {
        root.device = Some(path[..2].to_vec());
        root.end = 2;
        if path.get(2).copied().is_some_and(is_separator) {
            root.absolute = true;
            root.end = 3;
        }
    }
    root
}

/// `resolve`: takes `paths`, the last one first, as far as needed, then the working directory.
pub fn resolve<E>(mut paths: impl Iterator<Item = Result<Vec<u16>, E>>, cwd: &[u16]) -> Result<Vec<u16>, E> {
    let mut device: Vec<u16> = Vec::new();
    let mut tails: Vec<Vec<u16>> = Vec::new();
    let mut absolute = false;
    let mut ended = false;
    while !ended {
        let path = match paths.next().transpose()? {
            Some(path) if path.is_empty() => continue,
            Some(path) => path,
            None => {
                ended = true;
                if device.is_empty() || !elsewhere(cwd, &device) { cwd.to_vec() } else { [device.as_slice(), &[BACKSLASH]].concat() }
            }
        };
        let root = resolving_root(&path);
        if let Some(found) = root.device {
            if device.is_empty() {
                device = found;
            } else if lower(&found) != lower(&device) {
                continue;
            }
        }
        if absolute {
            if !device.is_empty() {
                break;
            }
        } else {
            tails.push(path[root.end.min(path.len())..].to_vec());
            absolute = root.absolute;
            if absolute && !device.is_empty() {
                break;
            }
        }
    }
    let mut out = device;
    if absolute {
        out.push(BACKSLASH);
    }
    let base = out.len();
    for tail in tails.iter().rev() {
        append_normalized(&mut out, base, tail, !absolute, b'\\', is_separator);
    }
    if out.is_empty() {
        out.push(DOT);
    }
    Ok(out)
}

/// Whether a working directory is absolute on another drive than `device`.
fn elsewhere(cwd: &[u16], device: &[u16]) -> bool {
    lower(&cwd[..cwd.len().min(2)]) != lower(device) && cwd.get(2) == Some(&BACKSLASH)
}

/// `normalize`
pub fn normalize(path: &[u16]) -> Vec<u16> {
    match path {
        [] => return vec![DOT],
        [only] => return vec![if *only == SLASH { BACKSLASH } else { *only }],
        _ => {}
    }
    let mut root = Root::default();
    let colon = path.iter().position(|unit| *unit == COLON);
    if is_separator(path[0]) {
        root.absolute = true;
        if !is_separator(path[1]) {
            root.end = 1;
        } else if let Some(unc) = unc(path) {
            let server = &path[unc.server];
            if server == [DOT] || server == [QUESTION] {
                root.device = Some([&[BACKSLASH, BACKSLASH], server].concat());
                root.end = 4;
                // `\\?\COM1:` names a device.
                let possible = colon.map_or(&[][..], |colon| path.get(4..=colon).unwrap_or_default());
                if is_reserved(&possible[..possible.len().saturating_sub(1)]) {
                    root.device = Some([ascii("\\\\?\\").as_slice(), possible].concat());
                    root.end = 4 + possible.len();
                }
            } else if unc.share.end == path.len() {
                return [&[BACKSLASH, BACKSLASH], server, &[BACKSLASH], &path[unc.share], &[BACKSLASH]].concat();
            } else {
                root.device = Some([&[BACKSLASH, BACKSLASH], server, &[BACKSLASH], &path[unc.share.clone()]].concat());
                root.end = unc.share.end;
            }
        }
    } else if let Some(colon) = colon.filter(|colon| *colon > 0) {
        if colon == 1 && has_drive(path) {
            root.device = Some(path[..2].to_vec());
            root.end = 2;
            if path.get(2).copied().is_some_and(is_separator) {
                root.absolute = true;
                root.end = 3;
            }
        } else if is_reserved(&path[..colon]) {
            root.device = Some(path[..=colon].to_vec());
            root.end = colon + 1;
        }
    }
    let mut tail = Vec::new();
    append_normalized(&mut tail, 0, path.get(root.end..).unwrap_or_default(), !root.absolute, b'\\', is_separator);
    if tail.is_empty() && !root.absolute {
        tail.push(DOT);
    }
    if !tail.is_empty() && path.last().copied().is_some_and(is_separator) {
        tail.push(BACKSLASH);
    }
    let here = ascii(".\\");
    if !root.absolute && root.device.is_none() && colon.is_some() {
        // What would read as a drive or a stream is marked as a file of this directory.
        let stream = path.iter().enumerate().any(|(index, unit)| *unit == COLON && path.get(index + 1).is_none_or(|next| is_separator(*next)));
        if has_drive(&tail) || stream {
            return [here, tail].concat();
        }
    }
    let named = match colon {
        Some(colon) => &path[..colon],
        // Node cuts the last unit off where there is no colon.
        None => &path[..path.len() - 1],
    };
    let device = root.device.unwrap_or_default();
    if is_reserved(named) {
        return [here, device, tail].concat();
    }
    let separator: &[u16] = if root.absolute { &[BACKSLASH] } else { &[] };
    [device.as_slice(), separator, &tail].concat()
}

/// `join` of pieces that are not empty.
pub fn join(pieces: &[Vec<u16>]) -> Vec<u16> {
    let Some(first) = pieces.first() else { return vec![DOT] };
    let mut joined = pieces.join(&BACKSLASH);
    // Two leading separators make a UNC path only when the first piece has exactly those: `join('//', 'a')` does not.
    let leading = first.iter().take_while(|unit| is_separator(**unit)).count();
    if !(leading == 2 && first.len() > 2) {
        let count = joined.iter().take_while(|unit| is_separator(**unit)).count();
        if count >= 2 {
            joined.splice(..count, [BACKSLASH]);
        }
    }
    let reserved = joined.split(|unit| *unit == BACKSLASH).any(|part| part.iter().position(|unit| *unit == COLON).is_some_and(|colon| is_reserved(&part[..colon])));
    if reserved {
        return joined.into_iter().map(|unit| if unit == SLASH { BACKSLASH } else { unit }).collect();
    }
    normalize(&joined)
}

/// The way between two resolved paths; the target itself where there is none.
pub fn relative(from: &[u16], to: &[u16]) -> Vec<u16> {
    let (from_lower, to_lower) = (lower(from), lower(to));
    if from_lower == to_lower {
        return Vec::new();
    }
    if from_lower.len() != from.len() || to_lower.len() != to.len() {
        return relative_by_segments(from, to);
    }
    let trimmed = |path: &[u16]| {
        let start = path.iter().take_while(|unit| **unit == BACKSLASH).count();
        let trailing = path[start..].iter().rev().take_while(|unit| **unit == BACKSLASH).count();
        start..(path.len() - trailing).max(start)
    };
    let (from_range, to_range) = (trimmed(&from_lower), trimmed(&to_lower));
    let (from_part, to_part) = (&from_lower[from_range], &to_lower[to_range.clone()]);
    let equal = from_part.iter().zip(to_part).take_while(|(from, to)| from == to).count();
    let mut common = from_part[..equal].iter().rposition(|unit| *unit == BACKSLASH);
    if equal < from_part.len().min(to_part.len()) {
        if common.is_none() {
            return to.to_vec();
        }
    } else {
        if to_part.len() > equal {
            if to_part[equal] == BACKSLASH {
                return to[to_range.start + equal + 1..].to_vec();
            }
            if equal == 2 {
                return to[to_range.start + 2..].to_vec();
            }
        }
        if from_part.len() > equal {
            if from_part[equal] == BACKSLASH {
                common = Some(equal);
            } else if equal == 2 {
                common = Some(3);
            }
        }
    }
    let common = common.unwrap_or(0);
    let left = from_part.get(common + 1..);
    let ups = left.map_or(0, |left| left.split(|unit| *unit == BACKSLASH).count());
    let mut out: Vec<u16> = Vec::new();
    for _ in 0..ups {
        out.extend(if out.is_empty() { ascii("..") } else { ascii("\\..") });
    }
    let mut start = to_range.start + common;
    if out.is_empty() && to.get(start) == Some(&BACKSLASH) {
        start += 1;
    }
    out.extend(to.get(start..to_range.end).unwrap_or_default());
    out
}

/// Where folding case changes lengths, places do not correspond.
fn relative_by_segments(from: &[u16], to: &[u16]) -> Vec<u16> {
    let segments = |path| -> Vec<&[u16]> {
        let mut segments: Vec<&[u16]> = <[u16]>::split(path, |unit| *unit == BACKSLASH).collect();
        if segments.last().is_some_and(|last| last.is_empty()) {
            segments.pop();
        }
        segments
    };
    let (from, parts) = (segments(from), segments(to));
    let common = from.iter().zip(&parts).take_while(|(from, to)| lower(from) == lower(to)).count();
    if common == 0 {
        return to.to_vec();
    }
    let dots = ascii("..");
    let up = std::iter::repeat_n(dots.as_slice(), from.len() - common);
    let way: Vec<&[u16]> = up.chain(parts[common..].iter().copied()).collect();
    way.join(&BACKSLASH)
}

/// `toNamespacedPath` of a resolved path; `None` where the argument itself is the answer.
pub fn to_namespaced(resolved: &[u16]) -> Option<Vec<u16>> {
    match resolved {
        [] | [_] | [_, _] => None,
        [BACKSLASH, BACKSLASH, third, ..] if *third != QUESTION && *third != DOT => Some([ascii("\\\\?\\UNC\\").as_slice(), &resolved[2..]].concat()),
        [letter, colon, BACKSLASH, ..] if is_drive(*letter, *colon) => Some([ascii("\\\\?\\").as_slice(), resolved].concat()),
        _ => Some(resolved.to_vec()),
    }
}

/// `dirname`; `None` for `.`.
pub fn dirname(path: &[u16]) -> Option<Range<usize>> {
    if path.len() <= 1 {
        return path.first().copied().is_some_and(is_separator).then_some(0..1);
    }
    let root = if is_separator(path[0]) {
        match unc(path) {
            Some(unc) if unc.share.end == path.len() => return Some(0..path.len()),
            Some(unc) => Some(unc.share.end + 1),
            None => Some(1),
        }
    } else if has_drive(path) {
        Some(if path.get(2).copied().is_some_and(is_separator) { 3 } else { 2 })
    } else {
        None
    };
    let offset = root.unwrap_or(0);
    let end = last_component(path, offset, is_separator).filter(|component| component.start > offset).map(|component| component.start - 1);
    end.or(root).map(|end| 0..end)
}

/// Where `basename` and `extname` begin to look: behind a drive.
pub fn name_start(path: &[u16]) -> usize {
    if has_drive(path) { 2 } else { 0 }
}

/// `parse`
pub fn parse(path: &[u16]) -> Parts {
    let len = path.len();
    let mut parts = Parts::default();
    let mut root = 0;
    match path {
        [] => return parts,
        [only] => {
            if is_separator(*only) {
                (parts.root, parts.dir) = (0..1, 0..1);
            } else {
                parts.set_base(0..1, None);
            }
            return parts;
        }
        [first, ..] if is_separator(*first) => {
            root = match unc(path) {
                Some(unc) if unc.share.end == len => len,
                Some(unc) => unc.share.end + 1,
                None => 1,
            };
        }
        _ if has_drive(path) => {
            let separated = path.get(2).copied().is_some_and(is_separator);
            root = if separated { 3 } else { 2 };
            if root == len {
                (parts.root, parts.dir) = (0..len, 0..len);
                return parts;
            }
        }
        _ => {}
    }
    parts.root = 0..root;
    parts.dir = 0..root;
    if let Some(component) = last_component(path, root, is_separator) {
        if component.start > root {
            parts.dir = 0..component.start - 1;
        }
        let ext = extension(&path[component.clone()]);
        parts.set_base(component, ext);
    }
    parts
}

/// CON, NUL, COM1 and kin, in any case.
fn is_reserved(name: &[u16]) -> bool {
    let upper = |unit: u16| u8::try_from(unit).map_or(unit, |unit| unit.to_ascii_uppercase().into());
    let name: Vec<u16> = name.iter().map(|unit| upper(*unit)).collect();
    match name.as_slice() {
        [a, b, c] => [ascii("CON"), ascii("PRN"), ascii("AUX"), ascii("NUL")].iter().any(|device| device == &[*a, *b, *c]),
        [a, b, c, digit] => {
            let port = ascii("COM") == [*a, *b, *c] || ascii("LPT") == [*a, *b, *c];
            // The superscripts ¹ ² ³ count as digits.
            port && (matches!(digit, 0x31..=0x39) || matches!(digit, 0xB9 | 0xB2 | 0xB3))
        }
        _ => false,
    }
}

fn lower(path: &[u16]) -> Vec<u16> {
    if path.iter().all(|unit| *unit < 0x80) {
        return path.iter().map(|unit| u16::from((*unit as u8).to_ascii_lowercase())).collect();
    }
    let mut out = Vec::with_capacity(path.len());
    for decoded in char::decode_utf16(path.iter().copied()) {
        match decoded {
            Ok(character) => character.to_lowercase().for_each(|lower| out.extend_from_slice(lower.encode_utf16(&mut [0; 2]))),
            Err(lone) => out.push(lone.unpaired_surrogate()),
        }
    }
    out
}

fn ascii(text: &str) -> Vec<u16> {
    text.bytes().map(u16::from).collect()
}

const SLASH: u16 = b'/' as u16;
const BACKSLASH: u16 = b'\\' as u16;
const COLON: u16 = b':' as u16;
const DOT: u16 = b'.' as u16;
const QUESTION: u16 = b'?' as u16;
