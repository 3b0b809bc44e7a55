//! Escape sequences of terminals: finding and removing them.

use super::text::Text;

/// The text without the sequences that colour it or move the cursor.
pub(crate) fn strip(text: &Text) -> Text {
    let bytes = text.as_bytes();
    let mut kept = Text::with_capacity(bytes.len());
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let intro = introducer(&bytes[at..]);
        if intro == 0 {
            at += 1;
            continue;
        }
        match sequence(&bytes[at + intro..]) {
            Some(len) => {
                kept.push_bytes(&bytes[from..at]);
                at += intro + len;
                from = at;
            }
            None => at += intro,
        }
    }
    if from == 0 {
        return text.clone();
    }
    kept.push_bytes(&bytes[from..]);
    kept
}

/// The length of the text without its colours, which are all that `inspect` writes itself: `ESC [ digits m`.
pub(crate) fn strip_colors(text: &Text) -> usize {
    let bytes = text.as_bytes();
    let mut length = text.units();
    let mut at = 0;
    while let Some(found) = memchr::memchr(0x1b, &bytes[at..]) {
        at += found + 1;
        if bytes.get(at) == Some(&b'[') {
            let digits = bytes[at + 1..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
            // The expression that Node removes colours by: /\u001b\[\d\d?m/g.
            if (1..=2).contains(&digits) && bytes.get(at + 1 + digits) == Some(&b'm') {
                length -= digits + 3;
            }
        }
    }
    length
}

/// The width of ESC or of the one-character CSI.
fn introducer(bytes: &[u8]) -> usize {
    match bytes {
        [0x1b, ..] => 1,
        [0xc2, 0x9b, ..] => 2,
        _ => 0,
    }
}

/// How far a sequence goes after its introducer: an operating-system command up to its terminator, or parameters and a final character.
fn sequence(bytes: &[u8]) -> Option<usize> {
    let most = bytes.iter().take_while(|byte| b"[]()#;?".contains(byte)).count();
    // The run of intermediate characters gives back what the rest needs.
    (0..=most).rev().find_map(|start| command(&bytes[start..]).or_else(|| control(&bytes[start..])).map(|len| start + len))
}

/// `(;word)*` or `word(;word)*`, or nothing, then BEL or ST.
fn command(bytes: &[u8]) -> Option<usize> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-/#&.:=?%@~_".contains(&byte);
    let groups = |mut at: usize, least: usize, ends: &mut Vec<usize>| {
        ends.push(at);
        while bytes.get(at) == Some(&b';') {
            let word = bytes[at + 1..].iter().take_while(|byte| is_word(**byte)).count();
            if word < least {
                break;
            }
            at += 1 + word;
            ends.push(at);
        }
    };
    let mut ends = Vec::new();
    groups(0, 1, &mut ends);
    let head = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if head > 0 {
        groups(head, 0, &mut ends);
    }
    ends.into_iter().rev().find_map(|at| terminator(&bytes[at..]).map(|len| at + len))
}

fn terminator(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0x07, ..] => Some(1),
        [0x1b, 0x5c, ..] | [0xc2, 0x9c, ..] => Some(2),
        _ => None,
    }
}

/// `\d{1,4}(;\d{0,4})*` or nothing, then the final character.
fn control(bytes: &[u8]) -> Option<usize> {
    let digits = |at: usize| bytes[at..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let mut stops = vec![0];
    let first = digits(0);
    for len in 1..=first {
        stops.push(len);
    }
    if first > 0 {
        let mut at = first;
        while bytes.get(at) == Some(&b';') {
            let more = digits(at + 1);
            stops.extend((0..=more).map(|len| at + 1 + len));
            at += 1 + more;
        }
    }
    let is_final = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'P' | b'R'..=b'T' | b'Z' | b'c' | b'f'..=b'n' | b'q'..=b'u' | b'y' | b'=' | b'>' | b'<' | b'~');
    stops.into_iter().rev().find(|at| bytes.get(*at).is_some_and(|byte| is_final(*byte))).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips() {
        let of = |text: &str| strip(&Text::from(text)).to_string_lossy().into_owned();
        assert_eq!(of("\u{1b}[1;31mred\u{1b}[0m"), "red");
        assert_eq!(of("\u{1b}]8;;http://a.example/x?y=1\u{7}link\u{1b}]8;;\u{7}"), "link");
        assert_eq!(of("plain"), "plain");
        assert_eq!(of("\u{9b}32mgreen"), "green");
    }
}
