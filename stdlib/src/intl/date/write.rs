//! From a time to the pieces of a pattern.

use super::{
    pattern::{Token, ZoneName},
    zone::Zone,
};
use crate::intl::{number::data::Digits, parts::Parts};

/// A time by the calendar and the clock of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    pub(crate) day: i64,
    /// From Sunday, 0.
    pub(crate) weekday: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    pub(crate) ms: i64,
    unix_s: i64,
}

impl Local {
    /// Of a time value in milliseconds.
    pub(crate) fn of(time: f64, zone: &Zone) -> Self {
        let time = time as i64;
        let unix_s = time.div_euclid(1000);
        let local_s = unix_s + i64::from(zone.offset_s_at(unix_s));
        let days = local_s.div_euclid(86_400);
        let clock = local_s.rem_euclid(86_400);
        let (year, month, day) = civil(days);
        Self { year, month, day, weekday: (days + 4).rem_euclid(7), hour: clock / 3600, minute: clock / 60 % 60, second: clock % 60, ms: time.rem_euclid(1000), unix_s }
    }
}

/// Year, month and day of a day since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Writes the pieces of a pattern.
pub(crate) struct Writer<'a> {
    pub(crate) zone: &'a Zone,
    pub(crate) digits: &'static Digits,
}

impl Writer<'_> {
    pub(crate) fn write(&self, tokens: &[Token], time: f64) -> Parts {
        let local = Local::of(time, self.zone);
        let mut parts = Parts::default();
        let shows_minute = tokens.iter().any(|token| matches!(token, Token::Field('m', _)));
        for token in tokens {
            match *token {
                Token::Text(text) => parts.push("literal", text),
                Token::Field(letter, width) => {
                    let (kind, value) = self.field(letter, width, &local, shows_minute);
                    parts.push(kind, value);
                }
            }
        }
        parts
    }

    fn field(&self, letter: char, width: u8, local: &Local, shows_minute: bool) -> (&'static str, String) {
        let number = |value: i64| self.number(value, usize::from(width));
        match letter {
            'G' => ("era", era(local.year, width).to_owned()),
            'y' => {
                // Before the year 1 they count backwards.
                let year = if local.year <= 0 { 1 - local.year } else { local.year };
                ("year", if width == 2 { number(year % 100) } else { number(year) })
            }
            'M' if width <= 2 => ("month", number(local.month)),
            'M' => ("month", name(&MONTHS, local.month - 1, width)),
            'd' => ("day", number(local.day)),
            'E' => ("weekday", name(&WEEKDAYS, local.weekday, width)),
            'h' => ("hour", number((local.hour + 11) % 12 + 1)),
            'K' => ("hour", number(local.hour % 12)),
            'H' => ("hour", number(local.hour)),
            'k' => ("hour", number((local.hour + 23) % 24 + 1)),
            'm' => ("minute", number(local.minute)),
            's' => ("second", number(local.second)),
            'S' => {
                let divisor = [100, 10, 1].get(usize::from(width) - 1).copied().unwrap_or(1);
                ("fractionalSecond", number(local.ms / divisor))
            }
            'a' => ("dayPeriod", if local.hour < 12 { "AM" } else { "PM" }.to_owned()),
            'B' => ("dayPeriod", day_period(local, width, shows_minute).to_owned()),
            _ => {
                let style = match (letter, width) {
                    ('z', 1) => ZoneName::Short,
                    ('O', 1) => ZoneName::ShortOffset,
                    ('O', _) => ZoneName::LongOffset,
                    ('v', 1) => ZoneName::ShortGeneric,
                    ('v', _) => ZoneName::LongGeneric,
                    _ => ZoneName::Long,
                };
                ("timeZoneName", self.zone.name_at(local.unix_s, style))
            }
        }
    }

    fn number(&self, value: i64, width: usize) -> String {
        self.digits.of(&format!("{value:0width$}"))
    }
}

fn name(names: &[&str], at: i64, width: u8) -> String {
    let name = names.get(at as usize).copied().unwrap_or("");
    let length = match width {
        3 => 3,
        5 => 1,
        _ => name.len(),
    };
    name.get(..length).unwrap_or(name).to_owned()
}

fn era(year: i64, width: u8) -> &'static str {
    match (year > 0, width) {
        (true, 4) => "Anno Domini",
        (true, 5) => "A",
        (true, _) => "AD",
        (false, 4) => "Before Christ",
        (false, 5) => "B",
        (false, _) => "BC",
    }
}

/// The flexible day period.
fn day_period(local: &Local, width: u8, shows_minute: bool) -> &'static str {
    match local.hour {
        12 if local.minute == 0 || !shows_minute => {
            if width == 5 {
                "n"
            } else {
                "noon"
            }
        }
        0..=11 => "in the morning",
        12..=17 => "in the afternoon",
        18..=20 => "in the evening",
        _ => "at night",
    }
}
