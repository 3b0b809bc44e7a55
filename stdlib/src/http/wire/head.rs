//! A message head: one buffer and ranges into it.

use super::Method;

/// Where one field lies in [`Head::bytes`]: its name is `name..value`, its value `value..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    name: u32,
    value: u32,
    end: u32,
}

/// A request line or status line with its fields, in the order they came.
///
/// Nothing is converted: names keep their case, values are bytes (Latin-1 to JavaScript).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    bytes: Vec<u8>,
    fields: Vec<Field>,
    /// The length of the request target or reason phrase, which `bytes` begins with.
    line_len: u32,
    pub method: Method,
    pub status: u16,
    pub version_major: u8,
    pub version_minor: u8,
    /// What the message says about the connection: it may be used again after this message.
    pub keep_alive: bool,
    /// The message asks for another protocol (`Upgrade` with `Connection: upgrade`, or CONNECT).
    pub upgrade: bool,
    /// A `Content-Length` field is there.
    pub has_length: bool,
    /// A `Transfer-Encoding` field is there.
    pub has_encoding: bool,
    pub has_host: bool,
    pub has_expect: bool,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            fields: Vec::new(),
            line_len: 0,
            method: Method::GET,
            status: 0,
            version_major: 0,
            version_minor: 0,
            keep_alive: false,
            upgrade: false,
            has_length: false,
            has_encoding: false,
            has_host: false,
            has_expect: false,
        }
    }
}

impl Head {
    /// The request target, as it stood on the request line.
    pub fn target(&self) -> &[u8] {
        &self.bytes[..self.line_len as usize]
    }

    /// The reason phrase of a response.
    pub fn reason(&self) -> &[u8] {
        self.target()
    }

    pub fn is_http_1_1(&self) -> bool {
        self.version_major == 1 && self.version_minor == 1
    }

    pub fn len(&self) -> usize {
        self.fields.len()
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub fn name(&self, field: Field) -> &[u8] {
        &self.bytes[field.name as usize..field.value as usize]
    }

    pub fn value(&self, field: Field) -> &[u8] {
        &self.bytes[field.value as usize..field.end as usize]
    }

    /// Names and values, in order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|&field| (self.name(field), self.value(field)))
    }

    /// The first field of this name, in whatever case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields().find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// How many bytes this head holds on the heap.
    pub fn heap_size(&self) -> usize {
        self.bytes.capacity() + self.fields.capacity() * size_of::<Field>()
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.bytes.capacity() == 0 {
            // Most heads fit, so most messages allocate twice and no more.
            self.bytes.reserve(bytes.len().max(HEAD_GUESS));
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn end_line(&mut self) {
        self.line_len = self.bytes.len() as u32;
    }

    /// Where a name that is being read begins.
    pub(super) fn name_start(&self) -> usize {
        self.fields.last().map_or(self.line_len, |field| field.end) as usize
    }

    pub(super) fn open_name(&self) -> &[u8] {
        &self.bytes[self.name_start()..]
    }

    /// The name is whole: its value begins here.
    pub(super) fn end_name(&mut self) {
        let name = self.name_start() as u32;
        let value = self.bytes.len() as u32;
        if self.fields.capacity() == 0 {
            self.fields.reserve(FIELDS_GUESS);
        }
        self.fields.push(Field { name, value, end: value });
    }

    /// The value is whole: white space at its end is not part of it.
    pub(super) fn end_value(&mut self) {
        let Some(field) = self.fields.last_mut() else { return };
        let value = &self.bytes[field.value as usize..];
        let kept = value.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
        field.end = field.value + kept as u32;
        self.bytes.truncate(field.end as usize);
    }

    /// Forgets the last field: the message has more of them than the limit.
    pub(super) fn drop_last(&mut self) {
        if let Some(field) = self.fields.pop() {
            self.bytes.truncate(field.name as usize);
        }
    }
}

/// Room for a common request head in one allocation.
const HEAD_GUESS: usize = 240;
const FIELDS_GUESS: usize = 8;
