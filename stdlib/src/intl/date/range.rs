//! `formatRange`: two times, what they have in common written once.

use super::{
    Settings,
    options::{Fields, with_defaults},
    pattern::{Name, Number, Pattern, Token, Wanted},
    write::{Local, Writer},
};
use crate::intl::parts::Parts;

/// Thin spaces around the dash.
const DASH: &str = "\u{2009}–\u{2009}";

/// The largest field in which two times differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Differs {
    Year,
    Month,
    Day,
    HalfDay,
    Hour,
    Minute,
    Second,
    Fraction,
    Nowhere,
}

fn difference(x: &Local, y: &Local) -> Differs {
    if x.year != y.year {
        Differs::Year
    } else if x.month != y.month {
        Differs::Month
    } else if x.day != y.day {
        Differs::Day
    } else if x.hour / 12 != y.hour / 12 {
        Differs::HalfDay
    } else if x.hour != y.hour {
        Differs::Hour
    } else if x.minute != y.minute {
        Differs::Minute
    } else if x.second != y.second {
        Differs::Second
    } else if x.ms != y.ms {
        Differs::Fraction
    } else {
        Differs::Nowhere
    }
}

/// The pieces of a range from `start` to `end`.
pub(crate) fn format(settings: &Settings, start: f64, end: f64) -> Parts {
    let writer = Writer { zone: &settings.zone, digits: settings.digits };
    let (x, y) = (Local::of(start, &settings.zone), Local::of(end, &settings.zone));
    let differs = difference(&x, &y);
    let single = || writer.write(&settings.tokens, start).of_source("shared");
    if differs == Differs::Nowhere || writer.write(&settings.tokens, start) == writer.write(&settings.tokens, end) && differs > smallest_shown(settings) {
        return single();
    }
    let pattern = widened(&settings.pattern, differs, settings);
    if differs <= Differs::Day && !pattern.time.is_empty() {
        let tokens = tightened(&pattern.tokens(), false);
        return join(&writer, &[], &tokens, &[], start, end);
    }
    if differs <= Differs::Day {
        let (before, inner, after) = split_date(&pattern.date, differs);
        return join(&writer, before, inner, after, start, end);
    }
    if differs > smallest_shown(settings) {
        return single();
    }
    let mut parts = writer.write(&pattern.date, start).of_source("shared");
    if !pattern.date.is_empty() {
        let mut glue = Parts::default();
        glue.push("literal", ", ");
        parts.append(glue.of_source("shared"));
    }
    let time = tightened(&pattern.time, true);
    let (before, inner, after) = split_time(&time, differs);
    parts.append(join(&writer, before, inner, after, start, end));
    parts
}

fn join(writer: &Writer<'_>, before: &[Token], inner: &[Token], after: &[Token], start: f64, end: f64) -> Parts {
    let mut parts = writer.write(before, start).of_source("shared");
    parts.append(writer.write(inner, start).of_source("startRange"));
    let mut dash = Parts::default();
    dash.push("literal", DASH);
    parts.append(dash.of_source("shared"));
    parts.append(writer.write(inner, end).of_source("endRange"));
    parts.append(writer.write(after, end).of_source("shared"));
    for part in &mut parts.0 {
        if part.value == "\u{202F}" {
            part.value = " ".to_owned();
        }
    }
    parts
}

/// Ranges have hours without a leading zero, and within a day the zone's short name.
fn tightened(tokens: &[Token], is_within_day: bool) -> Vec<Token> {
    let tighten = |token: &Token| match *token {
        Token::Field(letter @ ('h' | 'K'), 2) => Token::Field(letter, 1),
        Token::Field('z', 4) if is_within_day => Token::Field('z', 1),
        token => token,
    };
    tokens.iter().map(tighten).collect()
}

/// The smallest field that the pattern shows.
fn smallest_shown(settings: &Settings) -> Differs {
    let shows = |letters: &str| settings.pattern.width(letters).1 > 0;
    if shows("S") {
        Differs::Fraction
    } else if shows("s") {
        Differs::Second
    } else if shows("m") {
        Differs::Minute
    } else if shows("hHkK") {
        Differs::Hour
    } else if shows("aB") {
        Differs::HalfDay
    } else if shows("dE") {
        Differs::Day
    } else if shows("M") {
        Differs::Month
    } else {
        Differs::Year
    }
}

/// The pattern with the fields that are needed to tell the two times apart.
fn widened(pattern: &Pattern, differs: Differs, settings: &Settings) -> Pattern {
    let shows = |letters: &str| pattern.width(letters).1 > 0;
    if shows("sSHk") && !pattern.date.is_empty() {
        return pattern.clone();
    }
    let is_of_year = differs == Differs::Year;
    let is_time_of_day = !pattern.date.is_empty() && shows("hHkK") && differs <= Differs::Day && !(shows("M") && shows("d"));
    let date_is_needed = differs <= Differs::Day && pattern.date.is_empty();
    let year_is_needed = is_of_year && !shows("y") && (shows("M") || shows("d"));
    let month_is_needed = differs <= Differs::Month && !shows("M") && !shows("y") && shows("d");
    if !date_is_needed && !year_is_needed && !month_is_needed && !is_time_of_day {
        return pattern.clone();
    }
    if date_is_needed {
        let date = Pattern::of(&with_defaults(Wanted::default(), Fields::Any, Fields::Date), settings.cycle).date;
        return Pattern { date, time: pattern.time.clone(), glue: ", " };
    }
    let number = |letters: &str| match pattern.width(letters).1 {
        0 => None,
        1 => Some(Number::Numeric),
        2 => Some(Number::TwoDigit),
        3 => Some(Number::Named(Name::Short)),
        5 => Some(Number::Named(Name::Narrow)),
        _ => Some(Number::Named(Name::Long)),
    };
    let weekday = match number("E") {
        Some(Number::Named(name)) => Some(name),
        _ => None,
    };
    let wanted = Wanted {
        weekday,
        year: number("y").or((year_is_needed || is_time_of_day && is_of_year).then_some(Number::Numeric)),
        month: number("M").or(Some(Number::Numeric)),
        day: number("d").or(is_time_of_day.then_some(Number::Numeric)),
        ..Wanted::default()
    };
    Pattern { date: Pattern::of(&wanted, settings.cycle).date, time: pattern.time.clone(), glue: pattern.glue }
}

type Split<'a> = (&'a [Token], &'a [Token], &'a [Token]);

/// What a date has in common with another stands before and behind what differs: in patterns with a month's name only.
fn split_date(tokens: &[Token], differs: Differs) -> Split<'_> {
    let place = |wanted: char| tokens.iter().position(|token| matches!(token, Token::Field(letter, _) if *letter == wanted));
    let month_is_name = tokens.iter().any(|token| matches!(token, Token::Field('M', width) if *width > 2));
    let year = place('y').unwrap_or(tokens.len());
    if !month_is_name || differs == Differs::Year || place('G').is_some() {
        return (&[], tokens, &[]);
    }
    let end = if year < tokens.len() { year.saturating_sub(1) } else { tokens.len() };
    if differs == Differs::Day
        && place('E').is_none()
        && let Some(day) = place('d')
    {
        return (&tokens[..day], &tokens[day..end], &tokens[end..]);
    }
    (&[], &tokens[..end], &tokens[end..])
}

/// Hours and minutes of one half of the day share its name, and the zone's.
fn split_time(tokens: &[Token], differs: Differs) -> Split<'_> {
    let place = |letters: &str| tokens.iter().position(|token| matches!(token, Token::Field(letter, _) if letters.contains(*letter)));
    if place("sS").is_some() {
        return (&[], tokens, &[]);
    }
    let zone = place("zOv").map_or(tokens.len(), |at| at.saturating_sub(1));
    let end = match place("a") {
        Some(at) if differs > Differs::HalfDay => at.saturating_sub(1),
        _ => zone,
    };
    (&[], &tokens[..end], &tokens[end..])
}
