//! Compression of header fields (RFC 7541).

use std::collections::VecDeque;

use super::huffman;

/// A header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Lower case.
    pub name: Vec<u8>,
    pub value: Vec<u8>,
    /// Never to be put into a table.
    pub sensitive: bool,
}

impl Field {
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), value: value.into(), sensitive: false }
    }

    /// What it counts in a table and against `SETTINGS_MAX_HEADER_LIST_SIZE`.
    pub fn size(&self) -> usize {
        self.name.len() + self.value.len() + FIELD_OVERHEAD
    }
}

/// What a field counts beyond its text.
const FIELD_OVERHEAD: usize = 32;

/// The text is not HPACK, or does not keep to what was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Fields that both sides remember, the youngest first.
struct Table {
    fields: VecDeque<Field>,
    size: usize,
    size_max: usize,
}

impl Table {
    fn new(size_max: usize) -> Self {
        Self { fields: VecDeque::new(), size: 0, size_max }
    }

    fn resize(&mut self, size_max: usize) {
        self.size_max = size_max;
        self.shrink(0);
    }

    /// Drops the oldest until `room` more fits.
    fn shrink(&mut self, room: usize) {
        while self.size + room > self.size_max {
            match self.fields.pop_back() {
                Some(field) => self.size -= field.size(),
                None => break,
            }
        }
    }

    fn add(&mut self, field: Field) {
        let size = field.size();
        self.shrink(size);
        if size <= self.size_max {
            self.size += size;
            self.fields.push_front(field);
        }
    }

    /// The field of an index that counts the static table first.
    fn field(&self, index: usize) -> Option<(&[u8], &[u8])> {
        if let Some((name, value)) = index.checked_sub(1).and_then(|at| STATIC.get(at)) {
            return Some((name.as_bytes(), value.as_bytes()));
        }
        let field = self.fields.get(index.checked_sub(STATIC.len() + 1)?)?;
        Some((&field.name, &field.value))
    }

    /// The index of this field, and that of one with the same name.
    fn find(&self, field: &Field) -> (Option<usize>, Option<usize>) {
        let mut same_name = None;
        for (at, (name, value)) in STATIC.iter().enumerate() {
            if name.as_bytes() == field.name {
                if value.as_bytes() == field.value {
                    return (Some(at + 1), Some(at + 1));
                }
                same_name = same_name.or(Some(at + 1));
            }
        }
        for (at, other) in self.fields.iter().enumerate() {
            if other.name == field.name {
                let index = STATIC.len() + 1 + at;
                if other.value == field.value {
                    return (Some(index), Some(index));
                }
                same_name = same_name.or(Some(index));
            }
        }
        (None, same_name)
    }
}

/// Reads header blocks.
pub struct Decoder {
    table: Table,
    /// How large the peer may make the table: `SETTINGS_HEADER_TABLE_SIZE`.
    allowed: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { table: Table::new(DEFAULT_TABLE_SIZE), allowed: DEFAULT_TABLE_SIZE }
    }
}

impl Decoder {
    /// Sets how large the peer may make the table.
    pub fn allow(&mut self, size: usize) {
        self.allowed = size;
        if self.table.size_max > size {
            self.table.resize(size);
        }
    }

    /// Bytes in the table.
    pub fn table_size(&self) -> usize {
        self.table.size
    }

    /// Gives each field of a complete block. `take` answers whether it wants more; the tables are kept right either way.
    pub fn decode(&mut self, mut block: &[u8], mut take: impl FnMut(Field)) -> Result<(), Malformed> {
        let mut fields = 0;
        while let Some(first) = block.first().copied() {
            if first & 0x80 != 0 {
                let index = integer(&mut block, 7)?;
                let (name, value) = self.table.field(index).ok_or(Malformed)?;
                take(Field::new(name, value));
            } else if first & 0x40 != 0 {
                let field = self.literal(&mut block, 6)?;
                self.table.add(field.clone());
                take(field);
            } else if first & 0x20 != 0 {
                // Only before the first field.
                let size = integer(&mut block, 5)?;
                if fields > 0 || size > self.allowed {
                    return Err(Malformed);
                }
                self.table.resize(size);
                continue;
            } else {
                let mut field = self.literal(&mut block, 4)?;
                field.sensitive = first & 0x10 != 0;
                take(field);
            }
            fields += 1;
        }
        Ok(())
    }

    fn literal(&self, block: &mut &[u8], prefix: u32) -> Result<Field, Malformed> {
        let index = integer(block, prefix)?;
        let name = if index == 0 { text(block)? } else { self.table.field(index).ok_or(Malformed)?.0.to_vec() };
        Ok(Field::new(name, text(block)?))
    }
}

/// Writes header blocks.
pub struct Encoder {
    table: Table,
    /// Sizes of the table that the peer must be told of with the next block: the smallest since the last, and the last.
    changed: Option<(usize, usize)>,
    /// We use no more, whatever the peer allows: `maxDeflateDynamicTableSize`.
    size_max: usize,
}

impl Encoder {
    pub fn new(size_max: usize) -> Self {
        Self { table: Table::new(DEFAULT_TABLE_SIZE.min(size_max)), changed: (size_max < DEFAULT_TABLE_SIZE).then_some((size_max, size_max)), size_max }
    }

    /// The peer allows a table of this size.
    pub fn allow(&mut self, size: usize) {
        let size = size.min(self.size_max);
        if size == self.table.size_max {
            return;
        }
        self.table.resize(size);
        let least = self.changed.map_or(size, |(least, _)| least.min(size));
        self.changed = Some((least, size));
    }

    /// Bytes in the table.
    pub fn table_size(&self) -> usize {
        self.table.size
    }

    /// Appends a block.
    pub fn encode(&mut self, fields: &[Field], out: &mut Vec<u8>) {
        if let Some((least, last)) = self.changed.take() {
            if least < last {
                put_integer(least, 5, 0x20, out);
            }
            put_integer(last, 5, 0x20, out);
        }
        for field in fields {
            self.field(field, out);
        }
    }

    fn field(&mut self, field: &Field, out: &mut Vec<u8>) {
        let (same, same_name) = self.table.find(field);
        // A short cookie can be guessed by trying, and an authorization is worth trying for.
        let never = field.sensitive || field.name == b"authorization" || field.name == b"cookie" && field.value.len() < 20;
        if let Some(index) = same.filter(|_| !never) {
            put_integer(index, 7, 0x80, out);
            return;
        }
        let (prefix, mark) = match field {
            _ if never => (4, 0x10),
            // Values that seldom come again, and what would sweep the table.
            _ if UNLIKELY.contains(&field.name.as_slice()) || field.size() > self.table.size_max / 4 * 3 => (4, 0),
            _ => (6, 0x40),
        };
        put_integer(same_name.unwrap_or(0), prefix, mark, out);
        if same_name.is_none() {
            put_text(&field.name, out);
        }
        put_text(&field.value, out);
        if prefix == 6 {
            self.table.add(field.clone());
        }
    }
}

/// Fields whose value is another every time.
const UNLIKELY: [&[u8]; 9] = [b":path", b"age", b"content-length", b"etag", b"if-modified-since", b"if-none-match", b"location", b"set-cookie", b"range"];

const DEFAULT_TABLE_SIZE: usize = 4096;

fn integer(block: &mut &[u8], prefix: u32) -> Result<usize, Malformed> {
    let (first, mut rest) = block.split_first().ok_or(Malformed)?;
    let mask = (1usize << prefix) - 1;
    let mut value = usize::from(*first) & mask;
    if value == mask {
        let mut shift = 0;
        loop {
            let (byte, after) = rest.split_first().ok_or(Malformed)?;
            rest = after;
            // No index, length or size is larger than 32 bits.
            if shift > 28 {
                return Err(Malformed);
            }
            value += usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    *block = rest;
    Ok(value)
}

fn put_integer(value: usize, prefix: u32, mark: u8, out: &mut Vec<u8>) {
    let mask = (1usize << prefix) - 1;
    if value < mask {
        out.push(mark | value as u8);
        return;
    }
    out.push(mark | mask as u8);
    let mut rest = value - mask;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn text(block: &mut &[u8]) -> Result<Vec<u8>, Malformed> {
    let is_coded = block.first().is_some_and(|first| first & 0x80 != 0);
    let len = integer(block, 7)?;
    let (coded, rest) = block.split_at_checked(len).ok_or(Malformed)?;
    *block = rest;
    if !is_coded {
        return Ok(coded.to_vec());
    }
    let mut decoded = Vec::with_capacity(len * 2);
    huffman::decode(coded, &mut decoded).ok_or(Malformed)?;
    Ok(decoded)
}

fn put_text(text: &[u8], out: &mut Vec<u8>) {
    let coded_len = huffman::encoded_len(text);
    if coded_len < text.len() {
        put_integer(coded_len, 7, 0x80, out);
        huffman::encode(text, out);
    } else {
        put_integer(text.len(), 7, 0, out);
        out.extend_from_slice(text);
    }
}

/// RFC 7541, appendix A.
static STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
