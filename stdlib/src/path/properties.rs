//! What holds of any two paths, in both flavours.

use proptest::{collection::vec, prelude::*};

use super::{posix, units, win32};
use crate::buffer::properties as text;

/// Paths of what paths of either system are made of, and of anything else.
fn path() -> impl Strategy<Value = Vec<u16>> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "..",
        ".",
        "",
        "/",
        "\\",
        "//",
        "\\\\",
        "c.js",
        ".x",
        "foo.",
        "C:",
        "c:",
        "CON",
        "NUL",
        "com1",
        "COM\u{b9}",
        "?",
        "UNC",
        ":",
        "\u{130}",
        " ",
        "a.b.c",
        "..a",
        "...",
    ]);
    let made = vec(piece, 0..8).prop_map(|pieces| pieces.concat().encode_utf16().collect());
    prop_oneof![4 => made, 1 => text::units()]
}

fn shown(path: &[u16]) -> String {
    String::from_utf16_lossy(path)
}

fn join(pieces: &[&[u16]]) -> Vec<u16> {
    let pieces: Vec<&[u16]> = pieces.iter().copied().filter(|piece| !piece.is_empty()).collect();
    posix::join(&pieces)
}

fn resolve(pieces: &[&[u16]]) -> Vec<u16> {
    let cwd: Vec<u16> = "/working/directory".encode_utf16().collect();
    let from = pieces.iter().rposition(|piece| posix::is_absolute(piece));
    let pieces: Vec<&[u16]> = from.map_or_else(|| vec![cwd.as_slice()], |_| Vec::new()).into_iter().chain(pieces[from.unwrap_or(0)..].iter().copied()).collect();
    posix::resolve(&pieces)
}

fn resolve_win32(pieces: &[&[u16]]) -> Vec<u16> {
    let cwd: Vec<u16> = "C:\\working\\directory".encode_utf16().collect();
    let Ok(resolved) = win32::resolve(pieces.iter().rev().map(|piece| Ok::<_, std::convert::Infallible>(piece.to_vec())), &cwd);
    resolved
}

fn join_win32(pieces: &[&[u16]]) -> Vec<u16> {
    let pieces: Vec<Vec<u16>> = pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| piece.to_vec()).collect();
    win32::join(&pieces)
}

/// The segments of a path as a shell would go through them; above the root there is nothing.
fn walk(path: &[u16]) -> Vec<Vec<u16>> {
    let mut way: Vec<Vec<u16>> = Vec::new();
    for segment in path.split(|unit| *unit == u16::from(b'/')) {
        match shown(segment).as_str() {
            "" | "." => {}
            ".." => drop(way.pop()),
            _ => way.push(segment.to_vec()),
        }
    }
    way
}

/// `format(parse(path))`, as JavaScript's `format` puts parts together.
fn formatted(path: &[u16], parts: &units::Parts, separator: char) -> Vec<u16> {
    let [root, dir, base] = [&parts.root, &parts.dir, &parts.base].map(|range| &path[range.clone()]);
    if dir.is_empty() {
        return [root, base].concat();
    }
    let separator: Vec<u16> = if dir == root { Vec::new() } else { vec![separator as u16] };
    [dir, &separator, base].concat()
}

proptest! {
    #[test]
    fn posix_normalizing_twice_is_normalizing_once(path in path()) {
        let once = join(&[&path]);
        prop_assert_eq!(&join(&[&once]), &once, "{:?}", shown(&path));
        prop_assert_eq!(posix::is_absolute(&once), posix::is_absolute(&path));
    }

    #[test]
    fn posix_join_is_normalize_of_the_parts_between_slashes(a in path(), b in path(), c in path()) {
        let pieces: Vec<&[u16]> = [&a, &b, &c].into_iter().map(Vec::as_slice).filter(|piece| !piece.is_empty()).collect();
        let between = pieces.join(&u16::from(b'/'));
        prop_assert_eq!(join(&[&a, &b, &c]), join(&[&between]));
    }

    #[test]
    fn posix_resolve_goes_where_a_shell_would_go(a in path(), b in path()) {
        let resolved = resolve(&[&a, &b]);
        prop_assert!(posix::is_absolute(&resolved));
        let base = if posix::is_absolute(&a) { Vec::new() } else { "/working/directory/".encode_utf16().collect() };
        let whole = if posix::is_absolute(&b) { b.clone() } else { [base.as_slice(), &a, &[u16::from(b'/')], &b].concat() };
        prop_assert_eq!(walk(&resolved), walk(&whole));
        prop_assert_eq!(&resolve(&[&resolved]), &resolved);
    }

    #[test]
    fn posix_relative_leads_there(from in path(), to in path()) {
        let (from, to) = (resolve(&[&from]), resolve(&[&to]));
        let way = posix::relative(&from, &to);
        prop_assert!(!posix::is_absolute(&way));
        prop_assert_eq!(resolve(&[&from, &way]), to, "by {:?}", shown(&way));
    }

    #[test]
    fn posix_format_undoes_parse_but_for_separators_that_say_nothing(path in path()) {
        let parts = posix::parse(&path);
        let again = formatted(&path, &parts, '/');
        prop_assert_eq!(walk(&again), walk(&path), "{:?}", parts);
        prop_assert_eq!(posix::is_absolute(&again), posix::is_absolute(&path));
        prop_assert_eq!((parts.name.start, parts.name.end, parts.ext.end), (parts.base.start, parts.ext.start, parts.base.end));
    }

    #[test]
    fn posix_dirname_and_basename_make_the_path(path in path()) {
        let dir = posix::dirname(&path).map_or_else(|| vec![u16::from(b'.')], |range| path[range].to_vec());
        let base = units::last_component(&path, 0, posix::is_separator).map_or_else(Vec::new, |range| path[range].to_vec());
        prop_assert_eq!(join(&[&dir, &base, &[u16::from(b'.')]]), join(&[&path, &[u16::from(b'.')]]));
    }

    /// Latin-1 and UTF-16 are two instances of one function, and must not differ.
    #[test]
    fn posix_is_the_same_over_both_widths(a in "[ab./]{0,8}", b in "[ab./]{0,8}") {
        prop_assume!(!a.is_empty() && !b.is_empty());
        let wide = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let narrow = |units: Vec<u8>| wide(&String::from_utf8(units).expect("ASCII"));
        prop_assert_eq!(posix::join(&[wide(&a).as_slice(), &wide(&b)]), narrow(posix::join(&[a.as_bytes(), b.as_bytes()])));
        prop_assert_eq!(posix::relative(&wide(&a), &wide(&b)), narrow(posix::relative(a.as_bytes(), b.as_bytes())));
        prop_assert_eq!(posix::parse(&wide(&a)), posix::parse(a.as_bytes()));
        prop_assert_eq!(posix::dirname(&wide(&a)), posix::dirname(a.as_bytes()));
    }

    #[test]
    fn win32_normalizing_twice_is_normalizing_once(path in path()) {
        // The names of devices, and some that begin so, are marked as files of this directory by some passes and not by others, as in
        // Node: `CON//` is `CON\`, which is `.\CON\`.
        let once = win32::normalize(&path);
        prop_assume!(!once.contains(&u16::from(b':')) && !["con", "nul", "com", ".\\"].iter().any(|text| shown(&once).to_ascii_lowercase().contains(text)));
        prop_assert_eq!(&win32::normalize(&once), &once, "{:?}", shown(&path));
        prop_assert!(!once.contains(&u16::from(b'/')));
    }

    #[test]
    fn win32_resolve_gives_what_resolves_to_itself(a in path(), b in path()) {
        let resolved = resolve_win32(&[&a, &b]);
        prop_assert!(win32::is_absolute(&resolved), "{:?}", shown(&resolved));
        prop_assert!(!resolved.contains(&u16::from(b'/')));
        prop_assert_eq!(&resolve_win32(&[&resolved]), &resolved);
    }

    #[test]
    fn win32_relative_leads_there(from in "(C:|D:)?[ab.\\\\/]{0,10}", to in "(C:|D:)?[ab.\\\\/]{0,10}") {
        let wide = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let (from, to) = (resolve_win32(&[&wide(&from)]), resolve_win32(&[&wide(&to)]));
        // Between shares Node's way is not always one.
        prop_assume!(![&from, &to].iter().any(|path| shown(path).starts_with("\\\\")));
        let way = win32::relative(&from, &to);
        prop_assert_eq!(resolve_win32(&[&from, &way]), to, "from {:?} by {:?}", shown(&from), shown(&way));
    }

    #[test]
    fn win32_parts_cover_the_base_and_lie_in_the_path(path in path()) {
        let parts = win32::parse(&path);
        prop_assert_eq!((parts.name.start, parts.name.end, parts.ext.end), (parts.base.start, parts.ext.start, parts.base.end));
        let again = formatted(&path, &parts, '\\');
        prop_assert_eq!(win32::is_absolute(&again), win32::is_absolute(&path), "{:?}", shown(&again));
    }

    #[test]
    fn no_path_makes_any_of_them_panic(a in path(), b in path()) {
        join_win32(&[&a, &b]);
        win32::relative(&a, &b);
        win32::to_namespaced(&resolve_win32(&[&a]));
        win32::dirname(&a);
        posix::dirname(&a);
        posix::relative(&a, &b);
        units::without_suffix(&a, win32::name_start(&a), &b, win32::is_separator);
        units::without_suffix(&a, 0, &b, posix::is_separator);
    }
}
