//! Matching, against what the language says.

use crate::{Flags, NONE, Program, Scratch, Stopped, Text};

fn found(pattern: &str, flags: &str, text: &str) -> Option<Vec<Option<(u32, u32)>>> {
    let has = |flag| flags.contains(flag);
    let unicode = has('u') || has('v');
    let flags = Flags { icase: has('i'), multiline: has('m'), dot_all: has('s'), unicode, unicode_sets: has('v'), no_opt: false };
    let units: Vec<u16> = text.encode_utf16().collect();
    let points: Vec<u32> = if unicode { pattern.chars().map(u32::from).collect() } else { pattern.encode_utf16().map(u32::from).collect() };
    let program = Program::new(points.into_iter(), flags).expect("the pattern is right");
    let run = |text: Text<'_>| {
        let mut scratch = Scratch::default();
        let found = program.find(text, 0, false, &mut scratch, &mut || false).expect("nobody stops it");
        found.then(|| scratch.captures().chunks(2).map(|pair| (pair[0] != NONE).then_some((pair[0], pair[1]))).collect::<Vec<_>>())
    };
    let wide = run(Text::Utf16(&units));
    if let Ok(bytes) = units.iter().map(|unit| u8::try_from(*unit)).collect::<Result<Vec<_>, _>>() {
        assert_eq!(run(Text::Latin1(&bytes)), wide, "{pattern} on {text} in both encodings");
    }
    wide
}

fn whole(pattern: &str, flags: &str, text: &str) -> Option<(u32, u32)> {
    found(pattern, flags, text).and_then(|captures| captures[0])
}

#[test]
fn plain() {
    assert_eq!(whole("abc", "", "xxabcx"), Some((2, 5)));
    assert_eq!(whole("a|b|cd", "", "xcd"), Some((1, 3)));
    assert_eq!(whole("^b", "m", "a\nb"), Some((2, 3)));
    assert_eq!(whole("[^a-y]+$", "", "aazz"), Some((2, 4)));
    assert_eq!(whole("\\bfoo\\b", "", "a foo b"), Some((2, 5)));
    assert_eq!(whole("", "", ""), Some((0, 0)));
    assert_eq!(whole("x*", "", "aaa"), Some((0, 0)));
    assert_eq!(whole("a{2,3}", "", "aaaa"), Some((0, 3)));
    assert_eq!(whole("a{2,3}?", "", "aaaa"), Some((0, 2)));
    assert_eq!(whole("a+?b", "", "aaab"), Some((0, 4)));
    assert_eq!(whole("É", "i", "é"), Some((0, 1)));
}

#[test]
fn captures() {
    assert_eq!(found("(a*)(ab)?b*", "", "aabb"), Some(vec![Some((0, 4)), Some((0, 2)), None]));
    assert_eq!(found("(z)((a+)?(b+)?(c))*", "", "zaacbbbcac"), Some(vec![Some((0, 10)), Some((0, 1)), Some((8, 10)), Some((8, 9)), None, Some((9, 10))]));
    assert_eq!(found("(?:(a)|b)*", "", "ab"), Some(vec![Some((0, 2)), None]));
    assert_eq!(found("(a?)*?x", "", "aax"), Some(vec![Some((0, 3)), Some((1, 2))]));
    assert_eq!(found("()*", "", "x"), Some(vec![Some((0, 0)), None]));
    assert_eq!(found("(?:a|ab)(?:c|bcd)(d*)", "", "abcd"), Some(vec![Some((0, 4)), Some((4, 4))]));
    assert_eq!(found("(a)\\1", "", "xaa"), Some(vec![Some((1, 3)), Some((1, 2))]));
    assert_eq!(found("(A)\\1", "i", "xaA"), Some(vec![Some((1, 3)), Some((1, 2))]));
    assert_eq!(found("(?<y>a)(?<x>b)", "", "ab"), Some(vec![Some((0, 2)), Some((0, 1)), Some((1, 2))]));
}

#[test]
fn nested_loops_keep_their_counts() {
    assert_eq!(whole("^(?:(?:a|ab){2}c?)*$", "", "aabcabab"), Some((0, 8)));
    assert_eq!(whole("^(?:(?:x{1,2}y){2})+z", "", "xyxxyxxyxyz"), Some((0, 11)));
    assert_eq!(whole("^((?:ab){1,3}a?){2}b", "", "abababab"), Some((0, 8)));
    assert_eq!(whole("^(?:(?:ab){1,3}a?){2}b", "", "ababab"), Some((0, 6)));
    assert_eq!(whole("^(?:(?:ab){1,3}a?){2}b", "", "abab"), None);
    assert_eq!(whole("^(?:(?:ab){1,3}?a?){2}b", "", "abaabb"), Some((0, 6)));
}

#[test]
fn lookaround() {
    assert_eq!(found("(?=(a+))a*b\\1", "", "baaabac"), Some(vec![Some((3, 6)), Some((3, 4))]));
    assert_eq!(found("(.*?)a(?!(a+)b\\2c)\\2(.*)", "", "baaabaac"), Some(vec![Some((0, 8)), Some((0, 2)), None, Some((3, 8))]));
    assert_eq!(whole("(?<=\\$)\\d+(\\.\\d*)?", "", "cost $10.50"), Some((6, 11)));
    assert_eq!(whole("(?<!\\$)\\b\\d+", "", "$10 20"), Some((4, 6)));
    assert_eq!(found("(?<=(\\d+)(\\d+))$", "", "1053"), Some(vec![Some((4, 4)), Some((0, 1)), Some((1, 4))]));
    assert_eq!(whole("(?<=\\1(a))b", "", "aab"), Some((2, 3)));
    assert_eq!(whole("(?=a)*b", "", "b"), Some((0, 1)));
}

#[test]
fn code_points() {
    assert_eq!(whole("^.$", "u", "😀"), Some((0, 2)));
    assert_eq!(whole("^.$", "", "😀"), None);
    assert_eq!(whole("[😀-😂]+", "u", "x😀😁y"), Some((1, 5)));
    assert_eq!(whole("\\p{Lu}", "u", "aÉ"), Some((1, 2)));
    assert_eq!(whole("😀", "", "a😀"), Some((1, 3)));
    assert_eq!(whole("(?<=😀)x", "u", "😀x"), Some((2, 3)));
    assert_eq!(whole("[\\p{L}--[a-z]]", "v", "abZ"), Some((2, 3)));
}

#[test]
fn stops() {
    let program = Program::new("(a+)+b".chars().map(u32::from), Flags::default()).expect("the pattern is right");
    let text = [b'a'; 40];
    let mut asked = 0;
    let outcome = program.find(Text::Latin1(&text), 0, false, &mut Scratch::default(), &mut || {
        asked += 1;
        asked > 100
    });
    assert_eq!(outcome, Err(Stopped::Interrupted));
}

#[test]
fn deep_but_on_the_heap() {
    let program = Program::new("(?:a|b)*c".chars().map(u32::from), Flags::default()).expect("the pattern is right");
    let text = vec![b'a'; 1_000_000];
    assert_eq!(program.find(Text::Latin1(&text), 0, true, &mut Scratch::default(), &mut || false), Ok(false));
}
