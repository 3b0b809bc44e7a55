//! Text to values, without recursion: containers under construction stand on a stack of their own, so nesting is bounded by memory.

use rustc_hash::FxHashMap;
use thin_vec::ThinVec;

use crate::{
    Context, JsObject, JsString, JsValue,
    builtins::OrdinaryObject,
    dense,
    object::{
        IndexedProperties, Object, ObjectData, PropertyMap,
        internal_methods::ORDINARY_INTERNAL_METHODS,
        shape::{Shape, shared_shape::TransitionKey, slot::SlotAttributes},
    },
    property::{PropertyDescriptor, PropertyKey},
    string::JsStr,
};

use super::{revive::Origin, wrong::Wrong};

/// A code unit of either encoding.
pub(super) trait Unit: Copy + PartialEq + Into<u32> + 'static {
    /// The string of these units.
    fn string(units: &[Self]) -> JsString;
    /// The first position from `at` of a unit that a string literal cannot hold as it is.
    fn plain_end(units: &[Self], at: usize) -> usize;
}

impl Unit for u8 {
    fn string(units: &[Self]) -> JsString {
        JsString::from(JsStr::latin1(units))
    }

    fn plain_end(units: &[Self], mut at: usize) -> usize {
        while let Some(unit) = units.get(at) {
            if *unit < 0x20 || *unit == b'"' || *unit == b'\\' {
                break;
            }
            at += 1;
        }
        at
    }
}

impl Unit for u16 {
    fn string(units: &[Self]) -> JsString {
        if units.iter().all(|unit| *unit <= 0xFF) {
            let bytes: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
            return JsString::from(JsStr::latin1(&bytes));
        }
        JsString::from(JsStr::utf16(units))
    }

    fn plain_end(units: &[Self], mut at: usize) -> usize {
        while let Some(unit) = units.get(at) {
            if *unit < 0x20 || *unit == 0x22 || *unit == 0x5C {
                break;
            }
            at += 1;
        }
        at
    }
}

/// The value that `text` stands for and, if `ORIGIN`, which part of the text each primitive came from.
pub(super) fn parse<U: Unit, const ORIGIN: bool>(text: &[U], context: &mut Context) -> Result<(JsValue, Option<Origin>), Wrong> {
    Parser::<U, ORIGIN> {
        text,
        at: 0,
        values: Vec::new(),
        origins: Vec::new(),
        open: Vec::new(),
        paths: Vec::new(),
        keys: FxHashMap::default(),
        plain: context.intrinsics().templates().ordinary_object().shape().clone().into(),
    }
    .run(context)
}

struct Parser<'a, U, const ORIGIN: bool> {
    text: &'a [U],
    at: usize,
    /// Finished values of the containers under construction, innermost last.
    values: Vec<JsValue>,
    origins: Vec<Origin>,
    open: Vec<Open>,
    /// For each depth, the keys of the last object there, each with the shape of an object that has the keys up to it. Objects of
    /// one list mostly repeat them.
    paths: Vec<Vec<(PropertyKey, Shape)>>,
    /// Keys seen, by a hash of their units.
    keys: FxHashMap<u64, JsString>,
    plain: Shape,
}

/// A container under construction, its values from `start` on.
enum Open {
    Array { start: usize },
    Object { start: usize, keys: Keys },
}

/// The keys of an object under construction.
enum Keys {
    /// The first `count` of this depth's path, and integer keys apart.
    Path { count: usize, indexed: Vec<(u32, JsValue)>, next: PropertyKey },
    /// More or other ones than a path is good for: the object exists already.
    Made { object: JsObject, next: PropertyKey },
}

/// An object with more keys is a dictionary: its keys do not come again in another object.
const PATH_MAX: usize = 128;

impl<U: Unit, const ORIGIN: bool> Parser<'_, U, ORIGIN> {
    fn run(mut self, context: &mut Context) -> Result<(JsValue, Option<Origin>), Wrong> {
        'values: loop {
            // Here a value starts.
            if crate::limits::charge(1).is_err() {
                return Err(Wrong::stopped());
            }
            let start = self.skip_space();
            let value = match self.peek() {
                Some(0x22) => {
                    self.at += 1;
                    JsValue::from(self.string()?)
                }
                Some(0x7B) => {
                    self.at += 1;
                    self.open_object();
                    self.skip_space();
                    if self.peek() != Some(0x7D) {
                        self.key("Expected property name or '}' in")?;
                        continue 'values;
                    }
                    self.at += 1;
                    self.close(context)
                }
                Some(0x5B) => {
                    self.at += 1;
                    self.open.push(Open::Array { start: self.values.len() });
                    self.skip_space();
                    if self.peek() != Some(0x5D) {
                        continue 'values;
                    }
                    self.at += 1;
                    self.close(context)
                }
                Some(0x2D | 0x30..=0x39) => self.number()?,
                Some(0x74) => self.word(b"true", JsValue::new(true))?,
                Some(0x66) => self.word(b"false", JsValue::new(false))?,
                Some(0x6E) => self.word(b"null", JsValue::null())?,
                _ => return Err(Wrong::token(self.at)),
            };
            if ORIGIN && !value.is_object() {
                self.origins.push(Origin::Primitive { value: value.clone(), start, end: self.at });
            }

            // Here a value is finished, and perhaps the containers that it ends.
            let mut value = value;
            loop {
                let Some(open) = self.open.last_mut() else {
                    self.skip_space();
                    return match self.peek() {
                        None => Ok((value, self.origins.pop())),
                        Some(_) => Err(Wrong::named("Unexpected non-whitespace character after", self.at)),
                    };
                };
                let in_array = match open {
                    Open::Array { .. } => {
                        self.values.push(value);
                        true
                    }
                    Open::Object { .. } => {
                        self.set(value);
                        false
                    }
                };
                self.skip_space();
                match (self.peek(), in_array) {
                    (Some(0x2C), true) => {
                        self.at += 1;
                        continue 'values;
                    }
                    (Some(0x2C), false) => {
                        self.at += 1;
                        self.skip_space();
                        self.key("Expected double-quoted property name in")?;
                        continue 'values;
                    }
                    (Some(0x5D), true) | (Some(0x7D), false) => {
                        self.at += 1;
                        value = self.close(context);
                    }
                    (_, true) => return Err(Wrong::named("Expected ',' or ']' after array element in", self.at)),
                    (_, false) => return Err(Wrong::named("Expected ',' or '}' after property value in", self.at)),
                }
            }
        }
    }

    fn peek(&self) -> Option<u32> {
        self.text.get(self.at).map(|unit| (*unit).into())
    }

    fn skip_space(&mut self) -> usize {
        while matches!(self.peek(), Some(0x09 | 0x0A | 0x0D | 0x20)) {
            self.at += 1;
        }
        self.at
    }

    fn word(&mut self, word: &[u8], value: JsValue) -> Result<JsValue, Wrong> {
        for letter in word {
            if self.peek() != Some(u32::from(*letter)) {
                return Err(Wrong::token(self.at));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(0x30..=0x39)) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<JsValue, Wrong> {
        let start = self.at;
        let negative = self.peek() == Some(0x2D);
        self.at += usize::from(negative);
        let first = self.at;
        let count = self.digits();
        if count == 0 {
            return Err(Wrong::named("No number after minus sign in", self.at));
        }
        if count > 1 && self.text[first].into() == 0x30 {
            return Err(Wrong::token(first + 1));
        }
        let whole = !matches!(self.peek(), Some(0x2E | 0x45 | 0x65));
        if whole && count <= 9 {
            let number = self.text[first..self.at].iter().fold(0, |number, digit| number * 10 + ((*digit).into() as i32 - 0x30));
            return Ok(match (negative, number) {
                (true, 0) => JsValue::rational(-0.0),
                (true, _) => JsValue::new(-number),
                (false, _) => JsValue::new(number),
            });
        }
        if self.peek() == Some(0x2E) {
            self.at += 1;
            if self.digits() == 0 {
                return Err(Wrong::named("Unterminated fractional number in", self.at));
            }
        }
        if matches!(self.peek(), Some(0x45 | 0x65)) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(0x2B | 0x2D)));
            if self.digits() == 0 {
                return Err(Wrong::named("Exponent part is missing a number in", self.at));
            }
        }
        let digits: Vec<u8> = self.text[start..self.at].iter().map(|unit| (*unit).into() as u8).collect();
        Ok(JsValue::new(fast_float2::parse::<f64, _>(&digits).unwrap_or(f64::NAN)))
    }

    /// The rest of a string literal behind its opening quote.
    fn string(&mut self) -> Result<JsString, Wrong> {
        let start = self.at;
        self.at = U::plain_end(self.text, start);
        if self.peek() == Some(0x22) {
            let string = U::string(&self.text[start..self.at]);
            self.at += 1;
            return Ok(string);
        }
        self.string_with_escapes(start)
    }

    fn string_with_escapes(&mut self, start: usize) -> Result<JsString, Wrong> {
        let mut units: Vec<u16> = Vec::new();
        let mut from = start;
        loop {
            units.extend(self.text[from..self.at].iter().map(|unit| (*unit).into() as u16));
            match self.peek() {
                None => return Err(Wrong::named("Unterminated string in", self.at)),
                Some(0x22) => {
                    self.at += 1;
                    return Ok(u16::string(&units));
                }
                Some(0x5C) => {
                    self.at += 1;
                    units.push(self.escape()?);
                }
                Some(_) => return Err(Wrong::named("Bad control character in string literal in", self.at)),
            }
            from = self.at;
            self.at = U::plain_end(self.text, from);
        }
    }

    /// The unit that an escape stands for; the backslash is read.
    fn escape(&mut self) -> Result<u16, Wrong> {
        let unit = match self.peek() {
            Some(unit @ (0x22 | 0x2F | 0x5C)) => unit as u16,
            Some(0x62) => 0x08,
            Some(0x66) => 0x0C,
            Some(0x6E) => 0x0A,
            Some(0x72) => 0x0D,
            Some(0x74) => 0x09,
            Some(0x75) => {
                let mut unit = 0;
                for _ in 0..4 {
                    self.at += 1;
                    let digit = self.peek().and_then(char::from_u32).and_then(|digit| digit.to_digit(16));
                    unit = unit * 16 + digit.ok_or(Wrong::named("Bad Unicode escape in", self.at))? as u16;
                }
                unit
            }
            Some(_) => return Err(Wrong::named("Bad escaped character in", self.at)),
            None => return Err(Wrong::end()),
        };
        self.at += 1;
        Ok(unit)
    }

    /// Reads a key and its colon.
    fn key(&mut self, expected: &'static str) -> Result<(), Wrong> {
        if self.peek() != Some(0x22) {
            return Err(Wrong::named(expected, self.at));
        }
        self.at += 1;
        let start = self.at;
        let end = U::plain_end(self.text, start);
        let key = if end - start <= KEPT_KEY && end < self.text.len() && self.text[end].into() == 0x22 {
            self.at = end + 1;
            let units = &self.text[start..end];
            let hash = units.iter().fold(units.len() as u64, |hash, unit| (hash.rotate_left(5) ^ u64::from((*unit).into())).wrapping_mul(0x517c_c1b7_2722_0a95));
            match self.keys.get(&hash) {
                Some(known) if same(known, units) => known.clone(),
                _ => {
                    let key = U::string(units);
                    if self.keys.len() < KEPT_KEYS {
                        self.keys.insert(hash, key.clone());
                    }
                    key
                }
            }
        } else {
            self.string()?
        };
        self.skip_space();
        if self.peek() != Some(0x3A) {
            return Err(Wrong::named("Expected ':' after property name in", self.at));
        }
        self.at += 1;
        if let Some(Open::Object { keys: Keys::Path { next, .. } | Keys::Made { next, .. }, .. }) = self.open.last_mut() {
            *next = PropertyKey::from(key);
        }
        Ok(())
    }

    fn open_object(&mut self) {
        let keys = Keys::Path { count: 0, indexed: Vec::new(), next: PropertyKey::from(0u32) };
        self.open.push(Open::Object { start: self.values.len(), keys });
        if ORIGIN {
            self.origins.push(Origin::Open);
        }
        if self.paths.len() < self.open.len() {
            self.paths.resize_with(self.open.len(), Vec::new);
        }
    }

    /// Gives the key that was read last its value.
    fn set(&mut self, value: JsValue) {
        let depth = self.open.len() - 1;
        let path = &mut self.paths[depth];
        let Some(Open::Object { start, keys }) = self.open.last_mut() else {
            return;
        };
        if ORIGIN && let Some(origin) = self.origins.pop() {
            let key = match keys {
                Keys::Path { next, .. } | Keys::Made { next, .. } => next.clone(),
            };
            self.origins.push(Origin::Member(key, Box::new(origin)));
        }
        match keys {
            Keys::Path { indexed, next: PropertyKey::Index(index), .. } => indexed.push((index.get(), value)),
            Keys::Path { count, next, .. } if path.get(*count).is_some_and(|(key, _)| key == next) => {
                *count += 1;
                self.values.push(value);
            }
            Keys::Path { count, indexed, next } => {
                let shape = if *count == 0 { &self.plain } else { &path[*count - 1].1 };
                if let Some(slot) = shape.lookup(next) {
                    self.values[*start + slot.index as usize] = value;
                } else if *count < PATH_MAX {
                    let attributes = SlotAttributes::WRITABLE | SlotAttributes::ENUMERABLE | SlotAttributes::CONFIGURABLE;
                    let shape = shape.insert_property_transition(TransitionKey { property_key: next.clone(), attributes });
                    path.truncate(*count);
                    path.push((next.clone(), shape));
                    *count += 1;
                    self.values.push(value);
                } else {
                    let object = make(shape.clone(), self.values.split_off(*start), std::mem::take(indexed));
                    let next = next.clone();
                    insert(&object, &next, value);
                    *keys = Keys::Made { object, next };
                }
            }
            Keys::Made { object, next } => insert(object, next, value),
        }
    }

    /// The innermost container is complete.
    fn close(&mut self, context: &Context) -> JsValue {
        let depth = self.open.len() - 1;
        let Some(open) = self.open.pop() else {
            return JsValue::undefined();
        };
        match open {
            Open::Array { start } => {
                let elements: ThinVec<JsValue> = self.values.drain(start..).collect();
                if ORIGIN {
                    let from = self.origins.len() - elements.len();
                    let origins = self.origins.split_off(from);
                    self.origins.push(Origin::Array(origins));
                }
                dense::array(elements, context).into()
            }
            Open::Object { start, keys } => {
                if ORIGIN {
                    self.close_origin();
                }
                match keys {
                    Keys::Made { object, .. } => object.into(),
                    Keys::Path { count, indexed, .. } => {
                        let shape = if count == 0 { self.plain.clone() } else { self.paths[depth][count - 1].1.clone() };
                        make(shape, self.values.split_off(start), indexed).into()
                    }
                }
            }
        }
    }

    /// Gathers the members that stand at the end of `origins`, behind the mark of their object.
    fn close_origin(&mut self) {
        let mark = self.origins.iter().rposition(|origin| matches!(origin, Origin::Open)).unwrap_or(0);
        let members = self.origins.split_off(mark + 1);
        self.origins[mark] = Origin::Object(members);
    }
}

/// Longer keys are not remembered.
const KEPT_KEY: usize = 64;
/// Bounds the memory of an object that is used as a dictionary.
const KEPT_KEYS: usize = 4096;

fn same<U: Unit>(string: &JsString, units: &[U]) -> bool {
    string.len() == units.len() && string.as_str().iter().zip(units).all(|(x, y)| u32::from(x) == (*y).into())
}

fn make(shape: Shape, storage: Vec<JsValue>, indexed: Vec<(u32, JsValue)>) -> JsObject {
    let mut properties = PropertyMap::new(shape, IndexedProperties::default());
    properties.storage = storage;
    for (index, value) in indexed {
        properties.insert(&PropertyKey::from(index), data(value));
    }
    let object = Object { properties, extensible: true, private_elements: ThinVec::new(), data: ObjectData::new(OrdinaryObject) };
    JsObject::from_object_and_vtable(object, &ORDINARY_INTERNAL_METHODS)
}

fn insert(object: &JsObject, key: &PropertyKey, value: JsValue) {
    object.borrow_mut().insert(key.clone(), data(value));
}

fn data(value: JsValue) -> PropertyDescriptor {
    PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true).build()
}
