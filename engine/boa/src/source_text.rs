//! Lines and offsets of a source that the engine keeps.

use crate::spanned_source_text::{SourceText, SpannedSourceText};

impl SourceText {
    /// The whole text, in UTF-16 code units.
    pub(crate) fn code_units(&self) -> Option<&[u16]> {
        let inner = self.source_text.as_ref()?;
        Some(inner.source_text.get_code_points_from_pos(boa_ast::LinearPosition::new(0)))
    }

    /// Where each line begins. Lines end as JavaScript says: LF, CR, CR LF, U+2028, U+2029.
    fn lines(&self) -> Option<&[u32]> {
        let inner = self.source_text.as_ref()?;
        Some(inner.lines.get_or_init(|| {
            let text = self.code_units().unwrap_or_default();
            let ends = text.iter().enumerate().filter(|&(at, &unit)| match unit {
                0x0D => text.get(at + 1) != Some(&0x0A),
                0x0A | 0x2028 | 0x2029 => true,
                _ => false,
            });
            std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect()
        }))
    }
}

impl SpannedSourceText {
    /// The text of a line of the source (counted from 1), without its end.
    pub(crate) fn line(&self, line: u32) -> Option<String> {
        let lines = self.source_text.lines()?;
        let index = line.checked_sub(1)? as usize;
        let start = *lines.get(index)? as usize;
        let text = self.source_text.code_units()?;
        let end = lines.get(index + 1).map_or(text.len(), |next| *next as usize);
        Some(String::from_utf16_lossy(&text[start..end]).trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}']).to_owned())
    }

    /// The offset of a position that counts lines and columns from 1.
    pub(crate) fn offset_of(&self, line: u32, column: u32) -> Option<usize> {
        let start = *self.source_text.lines()?.get(line.checked_sub(1)? as usize)?;
        Some(start as usize + column.checked_sub(1)? as usize)
    }

    /// The text between two places of the source.
    pub(crate) fn slice(&self, start: (u32, u32), end: (u32, u32)) -> Option<Vec<u16>> {
        let (start, end) = (self.offset_of(start.0, start.1)?, self.offset_of(end.0, end.1)?);
        Some(self.source_text.code_units()?.get(start..end)?.to_vec())
    }

    /// Line and column at which the function stands in the source.
    pub(crate) fn start_position(&self) -> Option<(u32, u32)> {
        let start = self.span?.start().pos() as u32;
        let lines = self.source_text.lines()?;
        let index = lines.partition_point(|line| *line <= start).checked_sub(1)?;
        Some((index as u32 + 1, start - lines[index] + 1))
    }
}
