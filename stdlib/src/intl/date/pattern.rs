//! What a date is written as in English: from the fields that are asked for to the order in which they stand.
//!
//! The letters are those of Unicode's date patterns: <https://unicode.org/reports/tr35/tr35-dates.html#Date_Field_Symbol_Table>.

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Text(&'static str),
    /// A letter and how often it stands.
    Field(char, u8),
}

use Token::{Field, Text};

/// How wide a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Long,
    Short,
    Narrow,
}

/// A number's width, or a name's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Numeric,
    TwoDigit,
    Named(Name),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HourCycle {
    H11,
    H12,
    H23,
    H24,
}

impl HourCycle {
    pub(crate) fn is_twelve(self) -> bool {
        matches!(self, Self::H11 | Self::H12)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::H11 => "h11",
            Self::H12 => "h12",
            Self::H23 => "h23",
            Self::H24 => "h24",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::H11 => 'K',
            Self::H12 => 'h',
            Self::H23 => 'H',
            Self::H24 => 'k',
        }
    }
}

/// How a time zone is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneName {
    Short,
    Long,
    ShortOffset,
    LongOffset,
    ShortGeneric,
    LongGeneric,
}

/// The fields that are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) weekday: Option<Name>,
    pub(crate) era: Option<Name>,
    pub(crate) year: Option<Number>,
    pub(crate) month: Option<Number>,
    pub(crate) day: Option<Number>,
    pub(crate) day_period: Option<Name>,
    pub(crate) hour: Option<Number>,
    pub(crate) minute: Option<Number>,
    pub(crate) second: Option<Number>,
    pub(crate) fraction: u8,
    pub(crate) zone: Option<ZoneName>,
}

fn name_width(name: Name) -> u8 {
    match name {
        Name::Long => 4,
        Name::Short => 3,
        Name::Narrow => 5,
    }
}

fn number_width(number: Number) -> u8 {
    match number {
        Number::Numeric => 1,
        Number::TwoDigit => 2,
        Number::Named(name) => name_width(name),
    }
}

pub(crate) fn zone_field(zone: ZoneName) -> Token {
    match zone {
        ZoneName::Short => Field('z', 1),
        ZoneName::Long => Field('z', 4),
        ZoneName::ShortOffset => Field('O', 1),
        ZoneName::LongOffset => Field('O', 4),
        ZoneName::ShortGeneric => Field('v', 1),
        ZoneName::LongGeneric => Field('v', 4),
    }
}

/// A pattern: the date, the time, and what stands between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) date: Vec<Token>,
    pub(crate) time: Vec<Token>,
    pub(crate) glue: &'static str,
}

impl Pattern {
    /// The pattern's pieces in order.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        let mut tokens = self.date.clone();
        if !self.date.is_empty() && !self.time.is_empty() {
            tokens.push(Text(self.glue));
        }
        tokens.extend(&self.time);
        tokens
    }

    /// For the fields that are asked for.
    pub(crate) fn of(wanted: &Wanted, cycle: HourCycle) -> Self {
        let date = date(wanted);
        let time = time(wanted, cycle);
        let is_long = matches!(wanted.month, Some(Number::Named(Name::Long)));
        let only_weekday = wanted.weekday.is_some() && date.len() == 1 && wanted.hour.is_some() && wanted.zone.is_none();
        let glue = if only_weekday {
            " "
        } else if is_long {
            " at "
        } else {
            ", "
        };
        Self { date, time, glue }
    }

    /// For `dateStyle` and `timeStyle`.
    pub(crate) fn of_styles(date: Option<&str>, time: Option<&str>, cycle: HourCycle) -> Self {
        let named = |style| match style {
            "full" => vec![Field('E', 4), Text(", "), Field('M', 4), Text(" "), Field('d', 1), Text(", "), Field('y', 1)],
            "long" => vec![Field('M', 4), Text(" "), Field('d', 1), Text(", "), Field('y', 1)],
            "medium" => vec![Field('M', 3), Text(" "), Field('d', 1), Text(", "), Field('y', 1)],
            _ => vec![Field('M', 1), Text("/"), Field('d', 1), Text("/"), Field('y', 2)],
        };
        let clock = |style| {
            let mut wanted = Wanted { hour: Some(Number::Numeric), minute: Some(Number::TwoDigit), ..Wanted::default() };
            if style != "short" {
                wanted.second = Some(Number::TwoDigit);
            }
            wanted.zone = match style {
                "full" => Some(ZoneName::Long),
                "long" => Some(ZoneName::Short),
                _ => None,
            };
            self::time(&wanted, cycle)
        };
        let glue = if matches!(date, Some("full" | "long")) { " at " } else { ", " };
        Self { date: date.map(named).unwrap_or_default(), time: time.map(clock).unwrap_or_default(), glue }
    }

    /// How wide a field is written, 0 where it is not.
    pub(crate) fn width(&self, letters: &str) -> (char, u8) {
        let found = self.date.iter().chain(&self.time).find_map(|token| match token {
            Field(letter, width) if letters.contains(*letter) => Some((*letter, *width)),
            _ => None,
        });
        found.unwrap_or((' ', 0))
    }
}

/// The month's field and the day's, parted as they are beside each other.
fn month_and_day(month: Number, day: Number) -> Vec<Token> {
    let separator = if matches!(month, Number::Named(_)) { " " } else { "/" };
    vec![Field('M', number_width(month)), Text(separator), Field('d', number_width(day))]
}

fn date(wanted: &Wanted) -> Vec<Token> {
    let weekday = wanted.weekday.map(|name| Field('E', name_width(name)));
    let year = wanted.year.map(|number| Field('y', number_width(number)));
    let era = wanted.era.map(|name| Field('G', name_width(name)));
    let mut tokens = Vec::with_capacity(10);
    match (wanted.month, wanted.day) {
        (Some(month), Some(day)) => {
            if let Some(weekday) = weekday {
                tokens.extend([weekday, Text(", ")]);
            }
            tokens.extend(month_and_day(month, day));
            if let Some(year) = year {
                tokens.extend([Text(if matches!(month, Number::Named(_)) { ", " } else { "/" }), year]);
            }
            if let Some(era) = era {
                tokens.extend([Text(" "), era]);
            }
            return tokens;
        }
        (Some(month), None) if year.is_some() || era.is_none() => {
            tokens.push(Field('M', number_width(month)));
            if let Some(year) = year {
                tokens.extend([Text(if matches!(month, Number::Named(_)) { " " } else { "/" }), year]);
            }
            if let Some(era) = era {
                tokens.extend([Text(" "), era]);
            }
        }
        (None, Some(day)) if year.is_none() && era.is_none() => tokens.push(Field('d', number_width(day))),
        (None, Some(day)) if wanted.year == Some(Number::TwoDigit) && era.is_none() && weekday.is_none() => {
            return [Some(Field('d', number_width(day))), Some(Text(" ")), year].into_iter().flatten().collect();
        }
        (None, Some(day)) if weekday.is_some() && era.is_none() => {
            // There is no such order in English: what is left over follows.
            let day = Field('d', number_width(day));
            return [Some(day), Some(Text(" ")), weekday, Some(Text(" ")), year].into_iter().flatten().collect();
        }
        (month, day) => {
            tokens.extend(year);
            if let Some(era) = era {
                if year.is_some() {
                    tokens.push(Text(" "));
                }
                tokens.push(era);
            }
            if let Some(month) = month {
                tokens.extend([Text(" (month: "), Field('M', number_width(month)), Text(")")]);
            }
            if let Some(day) = day {
                tokens.extend([Text(" (day: "), Field('d', number_width(day)), Text(")")]);
            }
        }
    }
    if let Some(weekday) = weekday {
        if !tokens.is_empty() {
            tokens.push(Text(" "));
        }
        tokens.push(weekday);
    }
    tokens
}

fn time(wanted: &Wanted, cycle: HourCycle) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(10);
    let has_fraction = wanted.fraction > 0;
    // Between two fields the second one stands in full.
    let needs_second = wanted.second.is_some() || has_fraction && wanted.minute.is_some();
    if let Some(hour) = wanted.hour {
        let width = if cycle.is_twelve() { number_width(hour) } else { 2 };
        tokens.push(Field(cycle.letter(), width));
        if wanted.minute.is_some() {
            tokens.extend([Text(":"), Field('m', 2)]);
            if needs_second {
                tokens.extend([Text(":"), Field('s', 2)]);
            }
        }
    } else if wanted.minute.is_some() && needs_second {
        tokens.extend([Field('m', 2), Text(":"), Field('s', 2)]);
    } else if wanted.minute.is_some() {
        tokens.push(Field('m', 1));
    } else if wanted.second.is_some() {
        tokens.push(Field('s', 1));
    }
    let second_is_last = needs_second && (wanted.hour.is_none() || wanted.minute.is_some());
    if has_fraction && (second_is_last || tokens.is_empty()) {
        if second_is_last {
            tokens.push(Text("."));
        }
        tokens.push(Field('S', wanted.fraction));
    }
    let period = match (wanted.hour, wanted.day_period) {
        (Some(_), Some(name)) if cycle.is_twelve() => Some(Field('B', name_width(name))),
        (Some(_), _) if cycle.is_twelve() => Some(Field('a', 1)),
        (None, Some(name)) if tokens.is_empty() => Some(Field('B', name_width(name))),
        _ => None,
    };
    if let Some(period) = period {
        if !tokens.is_empty() {
            // Narrow and without a break before AM and PM; `format` shows it as a plain space.
            tokens.push(Text(if matches!(period, Field('a', _)) { "\u{202F}" } else { " " }));
        }
        tokens.push(period);
    }
    if wanted.hour.is_some() && wanted.minute.is_none() && wanted.second.is_some() {
        tokens.extend([Text(" (second: "), Field('s', 1), Text(")")]);
    }
    if let Some(zone) = wanted.zone {
        if wanted.hour.is_some() && wanted.minute.is_none() && !cycle.is_twelve() {
            tokens.push(Text("h"));
        }
        if !tokens.is_empty() {
            tokens.push(Text(" "));
        }
        tokens.push(zone_field(zone));
    }
    tokens
}
