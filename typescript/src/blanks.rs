//! A text with parts blanked out and single bytes replaced.

use std::ops::Range;

/// What is to be done to a source text without moving anything in it.
#[derive(Debug, Default)]
pub(crate) struct Blanks {
    ranges: Vec<Range<usize>>,
    replaced: Vec<(usize, u8)>,
}

impl Blanks {
    /// Whitespace in place of these bytes.
    pub fn blank(&mut self, start: u32, end: u32) {
        self.ranges.push(start as usize..end as usize);
    }

    /// An ASCII character in place of one byte; it wins over a blank.
    pub fn put(&mut self, at: u32, byte: u8) {
        self.replaced.push((at as usize, byte));
    }

    /// The text with all of it done.
    pub fn apply(self, source: &str) -> String {
        let mut text = source.as_bytes().to_vec();
        for range in self.ranges {
            let Some(part) = source.get(range.clone()) else { continue };
            for (at, character) in part.char_indices().filter(|(_, character)| !stays(*character)) {
                let at = range.start + at;
                if let Some(bytes) = text.get_mut(at..at + character.len_utf8()) {
                    bytes.copy_from_slice(blank_of(bytes.len()));
                }
            }
        }
        for (at, byte) in self.replaced {
            if let Some(place) = text.get_mut(at) {
                *place = byte;
            }
        }
        String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

/// White space and line breaks are left as they are.
fn stays(character: char) -> bool {
    matches!(character, '\t' | '\u{b}' | '\u{c}' | '\u{feff}' | '\n' | '\r' | '\u{2028}' | '\u{2029}') || is_space_separator(character)
}

/// Unicode's category Zs.
fn is_space_separator(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// White space of as many UTF-8 bytes and as many UTF-16 units as the character that it replaces, so that columns stay in both.
fn blank_of(bytes: usize) -> &'static [u8] {
    match bytes {
        1 => b" ",
        2 => "\u{a0}".as_bytes(),
        3 => "\u{2002}".as_bytes(),
        _ => " \u{feff}".as_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_as_wide_as_what_it_replaces() {
        let source = "a é漢😀\n\u{2028}\tz";
        let mut blanks = Blanks::default();
        blanks.blank(0, source.len() as u32);
        let made = blanks.apply(source);
        assert_eq!(made.len(), source.len());
        assert_eq!(made.encode_utf16().count(), source.encode_utf16().count());
        assert!(made.chars().all(char::is_whitespace) || made.contains('\u{feff}'));
        assert!(made.contains("\n\u{2028}\t"));
    }

    #[test]
    fn a_put_byte_wins_over_a_blank() {
        let mut blanks = Blanks::default();
        blanks.put(1, b';');
        blanks.blank(0, 3);
        assert_eq!(blanks.apply("abc"), " ; ");
    }
}
