//! The sections of a binary module, as far as `wasmi` keeps them to itself: the order of imports and exports, the start function, custom
//! sections.

use std::ops::Range;

/// What is read of a module that is valid.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// In the order of the binary; wasmi sorts them by kind, in the order of [`Kind`].
    pub(super) imports: Vec<Imported>,
    /// In the order of the binary.
    pub(super) exports: Vec<Exported>,
    /// Names of custom sections and where their content lies.
    pub(super) custom_sections: Vec<(String, Range<usize>)>,
    /// The index of the start function.
    pub(super) start: Option<u32>,
    /// Functions that the module itself defines.
    pub(super) functions: u32,
}

/// One import.
#[derive(Debug)]
pub(super) struct Imported {
    pub(super) module: String,
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// One export.
#[derive(Debug)]
pub(super) struct Exported {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// Kinds of imports and exports, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Function,
    Table,
    Memory,
    Global,
}

impl Kind {
    fn of(number: u8) -> Option<Self> {
        [Self::Function, Self::Table, Self::Memory, Self::Global].get(usize::from(number)).copied()
    }

    /// Its name in JavaScript.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Global => "global",
        }
    }
}

/// The export under which the start function is called: no name that a compiler makes up.
pub(super) const START: &str = "\0start";

impl Outline {
    /// Reads the sections; what does not read as one ends the reading.
    pub(super) fn of(module: &[u8]) -> Self {
        let mut outline = Self::default();
        for section in sections(module) {
            let mut content = Reader { bytes: module, at: section.content.start, end: section.content.end };
            let read = match section.id {
                CUSTOM => outline.custom(&mut content),
                IMPORT => outline.imports(&mut content),
                FUNCTION => content.number().map(|count| outline.functions = count),
                EXPORT => outline.exports(&mut content),
                START_SECTION => content.number().map(|index| outline.start = Some(index)),
                _ => Some(()),
            };
            if read.is_none() {
                break;
            }
        }
        outline
    }

    fn custom(&mut self, content: &mut Reader<'_>) -> Option<()> {
        let name = content.name()?;
        self.custom_sections.push((name, content.at..content.end));
        Some(())
    }

    fn imports(&mut self, content: &mut Reader<'_>) -> Option<()> {
        for _ in 0..content.number()? {
            let (module, name) = (content.name()?, content.name()?);
            let kind = Kind::of(content.byte()?)?;
            match kind {
                Kind::Function => content.skip_number()?,
                Kind::Table => {
                    content.byte()?;
                    content.skip_limits()?;
                }
                Kind::Memory => content.skip_limits()?,
                Kind::Global => {
                    content.byte()?;
                    content.byte()?;
                }
            }
            self.imports.push(Imported { module, name, kind });
        }
        Some(())
    }

    fn exports(&mut self, content: &mut Reader<'_>) -> Option<()> {
        for _ in 0..content.number()? {
            let name = content.name()?;
            let kind = Kind::of(content.byte()?)?;
            content.number()?;
            self.exports.push(Exported { name, kind });
        }
        Some(())
    }
}

/// The module without its start section, whose function is exported as [`START`] instead: so it can be called after the module is
/// instantiated, in a way that can be resumed. `None` for a module without a start function.
pub(super) fn without_start(module: &[u8]) -> Option<Vec<u8>> {
    let index = Outline::of(module).start?;
    let mut made = module.get(..HEADER_LEN)?.to_vec();
    let mut exported = false;
    for section in sections(module) {
        match section.id {
            EXPORT => {
                let mut content = Reader { bytes: module, at: section.content.start, end: section.content.end };
                let count = content.number()?;
                write_exports(count, module.get(content.at..content.end)?, index, &mut made);
                exported = true;
            }
            // In a valid module it comes right behind the exports.
            START_SECTION if !exported => write_exports(0, &[], index, &mut made),
            START_SECTION => {}
            _ => made.extend_from_slice(module.get(section.start..section.content.end)?),
        }
    }
    Some(made)
}

fn write_exports(count: u32, entries: &[u8], start: u32, to: &mut Vec<u8>) {
    let mut content = Vec::with_capacity(entries.len() + 16);
    write_number(count.saturating_add(1), &mut content);
    content.extend_from_slice(entries);
    write_number(START.len() as u32, &mut content);
    content.extend_from_slice(START.as_bytes());
    content.push(0);
    write_number(start, &mut content);
    to.push(EXPORT);
    write_number(content.len() as u32, to);
    to.extend_from_slice(&content);
}

fn write_number(mut number: u32, to: &mut Vec<u8>) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

struct Section {
    id: u8,
    start: usize,
    content: Range<usize>,
}

fn sections(module: &[u8]) -> impl Iterator<Item = Section> + '_ {
    let mut reader = Reader { bytes: module, at: HEADER_LEN, end: module.len() };
    std::iter::from_fn(move || {
        let start = reader.at;
        let id = reader.byte()?;
        let len = reader.number()? as usize;
        let content = reader.at..reader.at.checked_add(len)?;
        reader.at = content.end;
        (content.end <= reader.end).then_some(Section { id, start, content })
    })
}

/// Reads numbers and names in a range of the module.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(..self.end)?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// LEB128, unsigned, of up to 32 bits.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// LEB128 of any length.
    fn skip_number(&mut self) -> Option<()> {
        while self.byte()? & 0x80 != 0 {}
        Some(())
    }

    /// The limits of a table or memory: flags, the least and, where the flags say so, the largest size.
    fn skip_limits(&mut self) -> Option<()> {
        let flags = self.byte()?;
        self.skip_number()?;
        if flags & 1 != 0 { self.skip_number() } else { Some(()) }
    }

    fn name(&mut self) -> Option<String> {
        let len = self.number()? as usize;
        let end = self.at.checked_add(len).filter(|end| *end <= self.end)?;
        let name = String::from_utf8_lossy(self.bytes.get(self.at..end)?).into_owned();
        self.at = end;
        Some(name)
    }
}

const HEADER_LEN: usize = 8;
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const FUNCTION: u8 = 3;
const EXPORT: u8 = 7;
const START_SECTION: u8 = 8;

/// What V8 says of a header or a frame of sections that is wrong, as far as a look at these finds it.
pub(super) fn header_error(module: &[u8]) -> Option<String> {
    if module.is_empty() {
        return Some("BufferSource argument is empty".into());
    }
    for (at, expected, what) in [(0, b"\0asm", "magic word"), (4, b"\x01\0\0\0", "version")] {
        let Some(found) = module.get(at..at + 4) else { return Some(format!("expected 4 bytes, fell off end @+{at}")) };
        if found != expected {
            return Some(format!("expected {what} {}, found {} @+{at}", hexadecimal(expected), hexadecimal(found)));
        }
    }
    let mut reader = Reader { bytes: module, at: HEADER_LEN, end: module.len() };
    let mut before = 0;
    while reader.at < module.len() {
        let start = reader.at;
        let id = reader.byte()?;
        let len = reader.number()? as usize;
        let Some(name) = SECTION_NAMES.get(usize::from(id)) else { return Some(format!("unknown section code #0x{id:02x} @+{}", reader.at)) };
        let remaining = module.len() - reader.at;
        if len > remaining {
            return Some(format!("section (code {id}, \"{name}\") extends past end of the module (length {len}, remaining bytes {remaining}) @+{start}"));
        }
        let order = SECTION_ORDER.get(usize::from(id)).copied().unwrap_or(0);
        if id != CUSTOM {
            if order <= before {
                return Some(format!("unexpected section <{name}> @+{}", reader.at));
            }
            before = order;
        }
        reader.at += len;
    }
    None
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

const SECTION_NAMES: [&str; 14] = ["Custom", "Type", "Import", "Function", "Table", "Memory", "Global", "Export", "Start", "Element", "Code", "Data", "DataCount", "Tag"];
/// Where each section stands: that of tags behind that of memories, the count of data before the code.
const SECTION_ORDER: [u8; 14] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

#[cfg(test)]
mod tests {
    use super::*;

    const STARTED: &[u8] = &[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 4, 1, 2, 0, 11];

    #[test]
    fn the_start_function_becomes_an_export() {
        let made = without_start(STARTED).unwrap_or_default();
        let outline = Outline::of(&made);
        assert_eq!(outline.start, None);
        assert_eq!(outline.exports.iter().map(|export| (export.name.as_str(), export.kind)).collect::<Vec<_>>(), [(START, Kind::Function)]);
        assert_eq!(outline.functions, 1);
        assert_eq!(header_error(&made), None);
    }

    #[test]
    fn frames_that_are_wrong_are_told() {
        assert_eq!(header_error(&[1, 2, 3]).as_deref(), Some("expected 4 bytes, fell off end @+0"));
        let long = [b"\0asm\x01\0\0\0".as_slice(), &[1, 100, 0]].concat();
        assert_eq!(header_error(&long).as_deref(), Some("section (code 1, \"Type\") extends past end of the module (length 100, remaining bytes 1) @+8"));
    }
}
