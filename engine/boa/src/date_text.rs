//! `Date.parse` as V8 does it, and what `Date.prototype.toString` says about the time zone.
//!
//! Text is read as a date time string of the specification as far as that goes, and by V8's tolerant rules from there on: words before
//! the first number mean nothing, what stands in parentheses means nothing, a number before a colon is a time, one behind a sign that
//! follows a time is an offset, other numbers are day, month and year in the order that makes sense.

use crate::{
    JsString, context::HostHooks,
    string::JsStrVariant,
};

/// The time value of `text`.
pub(crate) fn parse(text: &JsString, hooks: &dyn HostHooks) -> Option<i64> {
    let units: Vec<u16> = match text.as_str().variant() {
        JsStrVariant::Latin1(units) => units.iter().map(|unit| u16::from(*unit)).collect(),
        JsStrVariant::Utf16(units) => units.to_vec(),
    };
    let mut reader = Reader { tokens: Tokens { units: &units, at: 0, next: Token::End }, day: Day::default(), time: Time::default(), zone: Zone::default() };
    reader.tokens.advance();
    reader.read()?;

    let (year, month, day) = reader.day.resolve()?;
    let time = reader.time.resolve()?;
    let local = days_from_civil(year, month, day) * 86_400_000 + time;
    let value = match reader.zone.resolve() {
        Some(seconds) => local - seconds * 1000,
        None => utc(local as f64, hooks) as i64,
    };
    (value.abs() <= 8_640_000_000_000_000).then_some(value)
}

/// The time value of a local time, which the clock may show twice (then the first) or never (then as if it had not been set forward).
pub(crate) fn utc(local: f64, hooks: &dyn HostHooks) -> f64 {
    if !local.is_finite() {
        return f64::NAN;
    }
    let offset = |time: f64| f64::from(hooks.local_timezone_offset_seconds((time / 1000.0).floor() as i64)) * 1000.0;
    const DAY: f64 = 86_400_000.0;
    let (before, after) = (offset(local - DAY), offset(local + DAY));
    if before == after || offset(local - before) == before || offset(local - after) != after {
        return local - before;
    }
    local - after
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; days beyond the month's end count on.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// ` (Coordinated Universal Time)`: the zone's name as ICU has it in English, as far as its offsets tell.
pub(crate) fn zone_name(time: f64, hooks: &dyn HostHooks) -> JsString {
    let now = i64::from(hooks.local_timezone_offset_seconds((time / 1000.0).floor() as i64));
    // The offsets of a January and a July near 2024 tell which zone it is; the offset at `time`, whether it is summer there.
    let january = i64::from(hooks.local_timezone_offset_seconds(1_705_276_800)) / 60;
    let july = i64::from(hooks.local_timezone_offset_seconds(1_721_001_600)) / 60;
    let (standard, summer) = (january.min(july), january.max(july));
    let zone = ZONES.iter().find(|zone| zone.0 == standard && zone.1 == summer && (zone.1 == zone.0 || (zone.2 == (july > january))));
    let name = zone.map(|zone| if now / 60 > standard { zone.4 } else { zone.3 });
    match name.filter(|_| now / 60 == standard || now / 60 == summer) {
        Some(name) => JsString::from(format!(" ({name})")),
        None => {
            let (sign, minutes) = (if now < 0 { '-' } else { '+' }, now.abs() / 60);
            JsString::from(format!(" (GMT{sign}{:02}:{:02})", minutes / 60, minutes % 60))
        }
    }
}

/// Standard and summer offset in minutes, whether summer is in July, and the names of both times.
#[rustfmt::skip]
const ZONES: [(i64, i64, bool, &str, &str); 24] = [
    (0, 0, true, "Coordinated Universal Time", ""),
    (0, 60, true, "Greenwich Mean Time", "British Summer Time"),
    (60, 120, true, "Central European Standard Time", "Central European Summer Time"),
    (60, 60, true, "West Africa Standard Time", ""),
    (120, 180, true, "Eastern European Standard Time", "Eastern European Summer Time"),
    (120, 120, true, "Central Africa Time", ""),
    (180, 180, true, "Moscow Standard Time", ""),
    (240, 240, true, "Gulf Standard Time", ""),
    (300, 300, true, "Pakistan Standard Time", ""),
    (330, 330, true, "India Standard Time", ""),
    (345, 345, true, "Nepal Time", ""),
    (420, 420, true, "Indochina Time", ""),
    (480, 480, true, "China Standard Time", ""),
    (540, 540, true, "Japan Standard Time", ""),
    (600, 660, false, "Australian Eastern Standard Time", "Australian Eastern Daylight Time"),
    (600, 600, true, "Australian Eastern Standard Time", ""),
    (720, 780, false, "New Zealand Standard Time", "New Zealand Daylight Time"),
    (-180, -180, true, "Brasilia Standard Time", ""),
    (-240, -180, true, "Atlantic Standard Time", "Atlantic Daylight Time"),
    (-300, -240, true, "Eastern Standard Time", "Eastern Daylight Time"),
    (-360, -300, true, "Central Standard Time", "Central Daylight Time"),
    (-420, -360, true, "Mountain Standard Time", "Mountain Daylight Time"),
    (-420, -420, true, "Mountain Standard Time", ""),
    (-480, -420, true, "Pacific Standard Time", "Pacific Daylight Time"),
];

#[derive(Clone, Copy, PartialEq, Debug)]
enum Token {
    Number { value: i64, length: usize },
    Symbol(u16),
    Word(Word),
    Space,
    Unknown,
    End,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Word {
    Month(i64),
    /// The hours to add.
    HalfDay(i64),
    /// The offset in hours, and whether it was spelt `z`.
    Zone(i64, bool),
    TimeSeparator,
    Other,
}

struct Tokens<'a> {
    units: &'a [u16],
    at: usize,
    next: Token,
}

impl Tokens<'_> {
    /// The next token; looks one further.
    fn advance(&mut self) -> Token {
        let next = self.scan();
        std::mem::replace(&mut self.next, next)
    }

    fn skip_symbol(&mut self, symbol: char) -> bool {
        let found = self.next == Token::Symbol(symbol as u16);
        if found {
            self.advance();
        }
        found
    }

    fn unit(&self) -> Option<u16> {
        self.units.get(self.at).copied()
    }

    fn scan(&mut self) -> Token {
        let start = self.at;
        let Some(unit) = self.unit() else {
            return Token::End;
        };
        let is_digit = |unit: Option<u16>| unit.is_some_and(|unit| (0x30..=0x39).contains(&unit));
        if is_digit(Some(unit)) {
            while self.unit() == Some(0x30) {
                self.at += 1;
            }
            let (mut value, mut significant) = (0, 0);
            while let Some(digit) = self.unit().filter(|digit| is_digit(Some(*digit))) {
                if significant < 9 {
                    value = value * 10 + i64::from(digit - 0x30);
                }
                significant += 1;
                self.at += 1;
            }
            return Token::Number { value, length: self.at - start };
        }
        if is_space(unit) {
            while self.unit().is_some_and(is_space) {
                self.at += 1;
            }
            return Token::Space;
        }
        if unit >= 0x41 {
            while self.unit().is_some_and(|unit| unit >= 0x41 && !is_space(unit)) {
                self.at += 1;
            }
            return Token::Word(word(&self.units[start..self.at]));
        }
        if unit == 0x28 {
            let mut depth = 0;
            while let Some(unit) = self.unit() {
                depth += i32::from(unit == 0x28) - i32::from(unit == 0x29);
                self.at += 1;
                if depth == 0 {
                    break;
                }
            }
            return Token::Unknown;
        }
        self.at += 1;
        match char::from_u32(u32::from(unit)) {
            Some(':' | '-' | '+' | '.' | ')') => Token::Symbol(unit),
            _ => Token::Unknown,
        }
    }
}

fn is_space(unit: u16) -> bool {
    matches!(unit, 0x09..=0x0D | 0x20 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 | 0xFEFF)
}

/// Words count by their first three letters; only months may have more.
fn word(units: &[u16]) -> Word {
    let mut start = [0u8; 3];
    for (letter, unit) in start.iter_mut().zip(units) {
        *letter = u8::try_from(*unit).unwrap_or(0).to_ascii_lowercase();
    }
    let months = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    if let Some(month) = months.iter().position(|month| **month == start) {
        return Word::Month(month as i64 + 1);
    }
    if units.len() > 3 {
        return Word::Other;
    }
    match &start {
        b"am\0" => Word::HalfDay(0),
        b"pm\0" => Word::HalfDay(12),
        b"ut\0" | b"utc" | b"gmt" => Word::Zone(0, false),
        b"z\0\0" => Word::Zone(0, true),
        b"edt" => Word::Zone(-4, false),
        b"est" | b"cdt" => Word::Zone(-5, false),
        b"cst" | b"mdt" => Word::Zone(-6, false),
        b"mst" | b"pdt" => Word::Zone(-7, false),
        b"pst" => Word::Zone(-8, false),
        b"t\0\0" => Word::TimeSeparator,
        _ => Word::Other,
    }
}

#[derive(Default)]
struct Day {
    numbers: [i64; 3],
    count: usize,
    month: Option<i64>,
    is_standard: bool,
}

impl Day {
    fn add(&mut self, number: i64) -> Option<()> {
        *self.numbers.get_mut(self.count)? = number;
        self.count += 1;
        Some(())
    }

    fn resolve(&self) -> Option<(i64, i64, i64)> {
        if self.count == 0 {
            return None;
        }
        let mut numbers = self.numbers;
        numbers[self.count..].fill(1);
        let [first, second, third] = numbers;
        let (mut year, month, day) = match self.month {
            None if self.is_standard || !is_day(first) => (first, second, third),
            None => (third, first, second),
            Some(month) if !is_day(first) => (first, month, second),
            Some(month) => (second, month, first),
        };
        if !self.is_standard {
            year += match year {
                0..=49 => 2000,
                50..=99 => 1900,
                _ => 0,
            };
        }
        (is_month(month) && is_day(day)).then_some((year, month, day))
    }
}

fn is_month(number: i64) -> bool {
    (1..=12).contains(&number)
}

fn is_day(number: i64) -> bool {
    (1..=31).contains(&number)
}

#[derive(Default)]
struct Time {
    /// Hour, minute, second, millisecond.
    numbers: [i64; 4],
    count: usize,
    half_day: Option<i64>,
}

impl Time {
    fn add(&mut self, number: i64) -> Option<()> {
        *self.numbers.get_mut(self.count)? = number;
        self.count += 1;
        Some(())
    }

    fn add_final(&mut self, number: i64) {
        let _ = self.add(number);
        self.count = 4;
    }

    fn expects(&self, number: i64) -> bool {
        let end = match self.count {
            1 | 2 => 60,
            3 => 1000,
            _ => 0,
        };
        (0..end).contains(&number)
    }

    fn resolve(&self) -> Option<i64> {
        let [mut hour, minute, second, millisecond] = self.numbers;
        if let Some(half_day) = self.half_day {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half_day;
        }
        let is_end_of_day = hour == 24 && minute == 0 && second == 0 && millisecond == 0;
        let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second) && (0..1000).contains(&millisecond);
        (is_time || is_end_of_day).then_some(((hour * 60 + minute) * 60 + second) * 1000 + millisecond)
    }
}

#[derive(Default)]
struct Zone {
    sign: Option<i64>,
    hour: Option<i64>,
    minute: Option<i64>,
}

impl Zone {
    fn set(&mut self, hours: i64) {
        (self.sign, self.hour, self.minute) = (Some(if hours < 0 { -1 } else { 1 }), Some(hours.abs()), Some(0));
    }

    fn expects(&self, number: i64) -> bool {
        self.hour.is_some() && self.minute.is_none() && (0..60).contains(&number)
    }

    /// The offset in seconds; `None` for local time.
    fn resolve(&self) -> Option<i64> {
        self.sign.map(|sign| sign * (self.hour.unwrap_or(0) * 3600 + self.minute.unwrap_or(0) * 60))
    }
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    day: Day,
    time: Time,
    zone: Zone,
}

/// How reading a date time string of the specification ended.
enum Standard {
    Whole,
    /// Here the tolerant rules take over, with this token.
    Until(Token),
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        let Standard::Until(mut token) = self.standard()? else {
            return Some(());
        };
        let mut seen_number = self.day.count > 0;
        while token != Token::End {
            self.tolerant(token, &mut seen_number)?;
            token = self.tokens.advance();
        }
        Some(())
    }

    /// A number of exactly `length` digits that comes next.
    fn fixed(&self, length: usize) -> Option<i64> {
        match self.tokens.next {
            Token::Number { value, length: found } if found == length => Some(value),
            _ => None,
        }
    }

    fn take_fixed(&mut self, length: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.fixed(length).filter(|value| range.contains(value))?;
        self.tokens.advance();
        Some(value)
    }

    /// `YYYY-MM-DDTHH:mm:ss.sssZ`; `None` where it is wrong beyond repair.
    fn standard(&mut self) -> Option<Standard> {
        if let Token::Symbol(sign @ (0x2B | 0x2D)) = self.tokens.next {
            let token = self.tokens.advance();
            let Some(year) = self.fixed(6) else {
                return Some(Standard::Until(token));
            };
            self.tokens.advance();
            if sign == 0x2D && year == 0 {
                return Some(Standard::Until(token));
            }
            self.day.add(if sign == 0x2D { -year } else { year })?;
        } else if let Some(year) = self.fixed(4) {
            self.tokens.advance();
            self.day.add(year)?;
        } else {
            return Some(Standard::Until(self.tokens.advance()));
        }
        for last in [12, 31] {
            if !self.tokens.skip_symbol('-') {
                break;
            }
            let Some(number) = self.take_fixed(2, 1..=last) else {
                return Some(Standard::Until(self.tokens.advance()));
            };
            self.day.add(number)?;
        }
        match self.tokens.next {
            Token::Word(Word::TimeSeparator) => {
                self.tokens.advance();
                self.standard_time()?;
            }
            Token::End => self.zone.set(0),
            _ => return Some(Standard::Until(self.tokens.advance())),
        }
        self.day.is_standard = true;
        Some(Standard::Whole)
    }

    fn standard_time(&mut self) -> Option<()> {
        let hour = self.take_fixed(2, 0..=24)?;
        let last = if hour == 24 { 0 } else { 59 };
        self.time.add(hour)?;
        self.tokens.skip_symbol(':').then_some(())?;
        let minute = self.take_fixed(2, 0..=last)?;
        self.time.add(minute)?;
        if self.tokens.skip_symbol(':') {
            let second = self.take_fixed(2, 0..=last)?;
            self.time.add(second)?;
            if self.tokens.skip_symbol('.') {
                let Token::Number { value, length } = self.tokens.advance() else {
                    return None;
                };
                if hour == 24 && value > 0 {
                    return None;
                }
                self.time.add(milliseconds(value, length))?;
            }
        }
        match self.tokens.next {
            Token::Word(Word::Zone(_, true)) => {
                self.tokens.advance();
                self.zone.set(0);
            }
            Token::Symbol(sign @ (0x2B | 0x2D)) => {
                self.tokens.advance();
                self.zone.sign = Some(if sign == 0x2B { 1 } else { -1 });
                let (hour, minute) = match self.fixed(4) {
                    Some(both) => {
                        self.tokens.advance();
                        (both / 100, both % 100)
                    }
                    None => {
                        let hour = self.take_fixed(2, 0..=23)?;
                        self.tokens.skip_symbol(':').then_some(())?;
                        (hour, self.take_fixed(2, 0..=59)?)
                    }
                };
                if hour > 23 || minute > 59 {
                    return None;
                }
                (self.zone.hour, self.zone.minute) = (Some(hour), Some(minute));
            }
            _ => {}
        }
        (self.tokens.next == Token::End).then_some(())
    }

    fn tolerant(&mut self, token: Token, seen_number: &mut bool) -> Option<()> {
        match token {
            Token::Number { value, .. } => {
                *seen_number = true;
                self.number(value)
            }
            Token::Word(Word::HalfDay(hours)) if self.time.count > 0 => {
                self.time.half_day = Some(hours);
                Some(())
            }
            Token::Word(Word::Month(month)) => {
                self.day.month = Some(month);
                self.tokens.skip_symbol('-');
                Some(())
            }
            Token::Word(Word::Zone(hours, _)) if *seen_number => {
                self.zone.set(hours);
                Some(())
            }
            Token::Word(_) => (!*seen_number && !matches!(self.tokens.next, Token::Number { .. })).then_some(()),
            Token::Symbol(sign @ (0x2B | 0x2D)) if self.time.count > 0 || (self.zone.hour == Some(0) && self.zone.minute == Some(0)) => {
                *seen_number = true;
                self.offset(if sign == 0x2B { 1 } else { -1 })
            }
            Token::Symbol(0x2B | 0x2D | 0x29) => (!*seen_number).then_some(()),
            _ => Some(()),
        }
    }

    fn number(&mut self, number: i64) -> Option<()> {
        if self.tokens.skip_symbol(':') {
            if self.tokens.skip_symbol(':') {
                if self.time.count > 0 {
                    return None;
                }
                self.time.add(number)?;
                return self.time.add(0);
            }
            self.time.add(number)?;
            self.tokens.skip_symbol('.');
            return Some(());
        }
        if self.tokens.skip_symbol('.') && self.time.expects(number) {
            self.time.add(number)?;
            let Token::Number { value, length } = self.tokens.advance() else {
                return None;
            };
            self.time.add_final(milliseconds(value, length));
            return Some(());
        }
        if self.zone.expects(number) {
            self.zone.minute = Some(number);
            return Some(());
        }
        if self.time.expects(number) {
            self.time.add_final(number);
            return matches!(self.tokens.next, Token::End | Token::Space | Token::Word(Word::Zone(_, true)) | Token::Symbol(0x2B | 0x2D)).then_some(());
        }
        self.day.add(number)?;
        self.tokens.skip_symbol('-');
        Some(())
    }

    /// What follows the sign of an offset, which may be nothing.
    fn offset(&mut self, sign: i64) -> Option<()> {
        self.zone.sign = Some(sign);
        let (mut number, mut digits) = (0, 0);
        if let Token::Number { value, length } = self.tokens.next {
            (number, digits) = (value, length);
            self.tokens.advance();
        }
        (self.zone.hour, self.zone.minute) = match digits {
            _ if self.tokens.next == Token::Symbol(0x3A) => (Some(number), None),
            1 | 2 => (Some(number), Some(0)),
            3 | 4 => (Some(number / 100), Some(number % 100)),
            _ => return None,
        };
        Some(())
    }
}

/// The first three digits behind a decimal point.
fn milliseconds(number: i64, length: usize) -> i64 {
    match length {
        1 => number * 100,
        2 => number * 10,
        3 => number,
        _ => number / 10i64.pow(length.min(9) as u32 - 3),
    }
}
