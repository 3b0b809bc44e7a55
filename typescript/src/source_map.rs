//! A source map of version 3 for a text that was made of one source.
//!
//! Implements <https://tc39.es/ecma426/>.

/// Positions of the made text and of the source, in the order of the made text.
#[derive(Debug, Default)]
pub(crate) struct MapBuilder {
    mappings: String,
    line: u32,
    last_column: i64,
    last_source_line: i64,
    last_source_column: i64,
    line_has_segment: bool,
}

/// A line and a column in UTF-16 units, both counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub line: u32,
    pub column: u32,
}

impl Position {
    /// The position behind `text` that begins here.
    pub fn after(self, text: &str) -> Self {
        text.chars().fold(self, |at, character| match character {
            '\n' => Self { line: at.line + 1, column: 0 },
            other => Self { line: at.line, column: at.column + other.len_utf16() as u32 },
        })
    }
}

impl MapBuilder {
    /// What stands at `made` came from `source`.
    pub fn add(&mut self, made: Position, source: Position) {
        while self.line < made.line {
            self.mappings.push(';');
            self.line += 1;
            self.last_column = 0;
            self.line_has_segment = false;
        }
        if self.line_has_segment {
            self.mappings.push(',');
        }
        self.line_has_segment = true;
        let (column, source_line, source_column) = (i64::from(made.column), i64::from(source.line), i64::from(source.column));
        self.number(column - self.last_column);
        self.number(0);
        self.number(source_line - self.last_source_line);
        self.number(source_column - self.last_source_column);
        (self.last_column, self.last_source_line, self.last_source_column) = (column, source_line, source_column);
    }

    /// One number in base-64 VLQ: the sign in the lowest bit, five bits a digit.
    fn number(&mut self, number: i64) {
        let mut rest = number.unsigned_abs() << 1 | u64::from(number < 0);
        loop {
            let digit = (rest & 31) as usize;
            rest >>= 5;
            let digit = if rest > 0 { digit | 32 } else { digit };
            self.mappings.push(DIGITS.get(digit).copied().map_or('A', char::from));
            if rest == 0 {
                return;
            }
        }
    }

    /// The map as JSON.
    pub fn finish(self, source_name: &str) -> String {
        format!("{{\"version\":3,\"sources\":[{}],\"names\":[],\"mappings\":\"{}\"}}", quoted(source_name), self.mappings)
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A string as JSON and JavaScript write it.
pub(crate) fn quoted(text: &str) -> String {
    let mut made = String::with_capacity(text.len() + 2);
    made.push('"');
    for character in text.chars() {
        match character {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '\n' => made.push_str("\\n"),
            '\r' => made.push_str("\\r"),
            '\t' => made.push_str("\\t"),
            other if (other as u32) < 0x20 => made.push_str(&format!("\\u{:04x}", other as u32)),
            other => made.push(other),
        }
    }
    made.push('"');
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_base_64() {
        let mut map = MapBuilder::default();
        map.add(Position { line: 0, column: 0 }, Position { line: 0, column: 10 });
        map.add(Position { line: 1, column: 4 }, Position { line: 2, column: 3 });
        map.add(Position { line: 1, column: 40 }, Position { line: 2, column: 3 });
        assert_eq!(map.finish("a\"b.ts"), r#"{"version":3,"sources":["a\"b.ts"],"names":[],"mappings":"AAAU;IAEP,oCAAA"}"#);
    }
}
