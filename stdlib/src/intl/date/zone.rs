//! Time zones by their names, and what English calls them.
//!
//! Offsets come from the system's database; names and canonical identifiers from tables of CLDR 48.

use std::{cell::RefCell, rc::Rc};

use boa_engine::Context;
use coil_engine::{Host, coil_sys::TimeZone};

use super::pattern::ZoneName;

/// `canonical name|generic name|rule|aliases`, a line per zone.
const ZONES: &str = include_str!("../data/zones.txt");
/// `long name=short name`; without the sign there is no short name, as for most.
const NAMES: &str = include_str!("../data/zone-names.txt");
/// `long generic name=short generic name`
const GENERIC: &str = include_str!("../data/zone-generic-names.txt");
/// Spans of time: where each begins (base 36, seconds) and the names of its offsets in minutes: `:60=219,120=220;g5z2w0:...`
const RULES: &str = include_str!("../data/zone-rules.txt");

/// A time zone.
#[derive(Debug)]
pub(crate) struct Zone {
    /// `Europe/Berlin`, `UTC`, `+05:30`
    pub(crate) id: String,
    offsets: Offsets,
    spans: Vec<Span>,
    generic: &'static str,
}

/// The names of a zone's offsets, in minutes, from a time on.
#[derive(Debug)]
struct Span {
    start: i64,
    names: Vec<(i32, &'static str)>,
}

#[derive(Debug)]
enum Offsets {
    Fixed(i32),
    Rules(TimeZone),
}

/// The zones that were used, and the local one as of some number of changes.
#[derive(Default)]
struct Known {
    named: RefCell<Vec<Rc<Zone>>>,
    local: RefCell<Option<(u64, Rc<Zone>)>>,
}

/// More zones than that are read anew.
const KNOWN_MAX: usize = 64;

impl Zone {
    /// By an IANA name, in any case, or an offset such as `+05:30`.
    pub(crate) fn named(name: &str, cx: &Context) -> Option<Rc<Self>> {
        let known = Host::of(cx).state::<Known>();
        if let Some(found) = known.named.borrow().iter().find(|zone| zone.id == name) {
            return Some(found.clone());
        }
        let made = Rc::new(Self::offset(name).or_else(|| Self::of_table(name))?);
        let mut named = known.named.borrow_mut();
        if let Some(found) = named.iter().find(|zone| zone.id == made.id) {
            return Some(found.clone());
        }
        if named.len() < KNOWN_MAX {
            named.push(made.clone());
        }
        Some(made)
    }

    /// What `TZ` or the machine says.
    pub(crate) fn local(cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        let known = host.state::<Known>();
        let changes = host.sys().env().time_zone_changes();
        if let Some((as_of, zone)) = &*known.local.borrow()
            && *as_of == changes
        {
            return zone.clone();
        }
        let rules = host.sys().time_zone();
        let line = line_of(rules.name());
        let zone = Rc::new(match line {
            Some(line) => Self::of_line(line, Offsets::Rules(rules)),
            // A rule of POSIX has no name in English.
            None => Self { id: rules.name().to_owned(), offsets: Offsets::Rules(rules), spans: Vec::new(), generic: "" },
        });
        *known.local.borrow_mut() = Some((changes, zone.clone()));
        zone
    }

    /// `±hh`, `±hhmm` or `±hh:mm`
    fn offset(text: &str) -> Option<Self> {
        let sign = match text.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let rest = text.get(1..)?;
        let digits = match rest.len() {
            2 => format!("{rest}00"),
            4 => rest.to_owned(),
            5 if rest.as_bytes().get(2) == Some(&b':') => rest.replacen(':', "", 1),
            _ => return None,
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.len() != 4 {
            return None;
        }
        let (hours, minutes): (i32, i32) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
        if hours > 23 || minutes > 59 {
            return None;
        }
        let offset = sign * (hours * 60 + minutes);
        let id = format!("{}{hours:02}:{minutes:02}", if offset < 0 { '-' } else { '+' });
        Some(Self { id, offsets: Offsets::Fixed(offset * 60), spans: Vec::new(), generic: "" })
    }

    fn of_table(name: &str) -> Option<Self> {
        let line = line_of(name)?;
        if line.starts_with("UTC|") {
            return Some(Self::of_line(line, Offsets::Fixed(0)));
        }
        // The system may know the zone under another of its names only.
        let mut fields = line.split('|');
        let canonical = fields.next()?;
        let aliases = fields.nth(2).unwrap_or("").split(' ');
        let rules = std::iter::once(canonical).chain(aliases).filter(|name| !name.is_empty()).find_map(|name| {
            let zone = TimeZone::named(name);
            (zone.name() == name).then_some(zone)
        })?;
        Some(Self::of_line(line, Offsets::Rules(rules)))
    }

    fn of_line(line: &'static str, offsets: Offsets) -> Self {
        let mut fields = line.split('|');
        let id = fields.next().unwrap_or("UTC").to_owned();
        let mut at = |table: &'static str| {
            let place = fields.next().and_then(|at| at.parse::<usize>().ok())?;
            table.lines().nth(place)
        };
        let generic = at(GENERIC).unwrap_or("");
        let spans = at(RULES).unwrap_or("").split(';').filter_map(span).collect();
        Self { id, offsets, spans, generic }
    }

    /// Seconds ahead of UTC.
    pub(crate) fn offset_s_at(&self, unix_s: i64) -> i32 {
        match &self.offsets {
            Offsets::Fixed(offset) => *offset,
            Offsets::Rules(zone) => zone.offset_s_at(unix_s),
        }
    }

    /// What it is called at a time.
    pub(crate) fn name_at(&self, unix_s: i64, style: ZoneName) -> String {
        let offset = self.offset_s_at(unix_s);
        let found = match style {
            ZoneName::Short => self.specific(unix_s, offset).and_then(|name| name.split_once('=').map(|(_, short)| short)),
            ZoneName::Long => self.specific(unix_s, offset).map(|name| name.split('=').next().unwrap_or(name)),
            ZoneName::ShortGeneric => self.generic.split_once('=').map(|(_, short)| short),
            ZoneName::LongGeneric => self.generic.split_once('=').map(|(long, _)| long),
            ZoneName::ShortOffset | ZoneName::LongOffset => None,
        };
        match found {
            Some(name) => name.to_owned(),
            None if style == ZoneName::ShortOffset && offset == 0 => "GMT+0".to_owned(),
            None => offset_name(offset, matches!(style, ZoneName::Long | ZoneName::LongOffset | ZoneName::LongGeneric)),
        }
    }

    /// The line of the names at a time.
    fn specific(&self, unix_s: i64, offset_s: i32) -> Option<&'static str> {
        let span = self.spans.iter().rfind(|span| span.start <= unix_s)?;
        let named = span.names.iter().find(|(minutes, _)| *minutes == offset_s / 60);
        // Local mean time goes by the name of the zone's standard time.
        let usual = || span.names.iter().find(|(_, names)| names.contains("Standard")).or(span.names.first()).filter(|_| unix_s < 0);
        named.or_else(usual).map(|(_, names)| *names)
    }

    /// Its long name at a time, as `Date.prototype.toString` shows it.
    pub(crate) fn long_name_at(&self, unix_s: i64) -> String {
        self.name_at(unix_s, ZoneName::Long)
    }
}

/// `g5z2w0:60=219,120=220`
fn span(text: &str) -> Option<Span> {
    let (start, names) = text.split_once(':')?;
    let start = if start.is_empty() { i64::MIN } else { i64::from_str_radix(start, 36).ok()? };
    let name = |entry: &str| {
        let (minutes, at) = entry.split_once('=')?;
        Some((minutes.parse().ok()?, NAMES.lines().nth(at.parse().ok()?)?))
    };
    Some(Span { start, names: names.split(',').filter_map(name).collect() })
}

/// `GMT+5:30`, `GMT+05:30`
fn offset_name(offset_s: i32, is_long: bool) -> String {
    let (sign, offset) = (if offset_s < 0 { '-' } else { '+' }, offset_s.unsigned_abs());
    let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
    let seconds = if seconds > 0 { format!(":{seconds:02}") } else { String::new() };
    match (is_long, offset, minutes) {
        (false, 0, _) => "GMT".to_owned(),
        (true, ..) => format!("GMT{sign}{hours:02}:{minutes:02}{seconds}"),
        (false, _, 0) if seconds.is_empty() => format!("GMT{sign}{hours}"),
        (false, ..) => format!("GMT{sign}{hours}:{minutes:02}{seconds}"),
    }
}

/// The line of a zone by any of its names, in any case.
fn line_of(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return None;
    }
    ZONES.lines().find(|line| {
        let mut fields = line.split('|');
        fields.next().is_some_and(|canonical| canonical.eq_ignore_ascii_case(name)) || fields.nth(2).is_some_and(|aliases| aliases.split(' ').any(|alias| alias.eq_ignore_ascii_case(name)))
    })
}

/// The canonical names, in order.
pub(crate) fn canonical_names() -> impl Iterator<Item = &'static str> {
    ZONES.lines().filter_map(|line| line.split('|').next())
}
