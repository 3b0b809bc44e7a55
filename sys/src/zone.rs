//! The local time zone: what `TZ` says, or the machine.
//!
//! Node keeps the C library's idea of the zone and resets it when `process.env.TZ` is assigned. Here it is a value read from the system's
//! database, so that each `Sys` has its own and setting it needs no lock on the process's environment.

use std::path::Path;
use std::sync::Arc;

use tz::TimeZoneRef;
use tz::timezone::TimeZoneSettings;

use crate::env::Env;

/// How local time differs from UTC, at any time. Cheap to clone.
///
/// ```
/// let sys = coil_sys::Sys::builder().env([("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")]).build();
/// let zone = sys.time_zone();
/// assert_eq!(zone.offset_s_at(0), 3600);
/// assert_eq!(zone.offset_s_at(1_720_000_000), 7200);
///
/// let before = sys.env().time_zone_changes();
/// sys.env().set("TZ", "UTC");
/// assert!(sys.env().time_zone_changes() > before);
/// assert_eq!(sys.time_zone().offset_s_at(0), 0);
/// ```
#[derive(Clone, Debug)]
pub struct TimeZone {
    name: Arc<str>,
    rules: Arc<tz::TimeZone>,
}

impl TimeZone {
    /// `TZ` by its name in the database or as a POSIX rule; what is neither, or empty, is UTC, as in Node.
    pub(crate) fn of_env(env: &Env) -> TimeZone {
        match env.get("TZ") {
            None => TimeZone::of_machine(),
            Some(name) => TimeZone::named(&name.to_string_lossy()),
        }
    }

    /// By its name in the database (`"Europe/Berlin"`) or as a POSIX rule (`"EST5EDT,M3.2.0,M11.1.0"`); UTC when it is neither.
    pub fn named(name: &str) -> TimeZone {
        let name = name.strip_prefix(':').unwrap_or(name);
        match SETTINGS.parse_posix_tz(name) {
            Ok(rules) => TimeZone { name: name.into(), rules: Arc::new(rules) },
            Err(_) => TimeZone { name: "UTC".into(), rules: Arc::new(tz::TimeZone::utc()) },
        }
    }

    fn of_machine() -> TimeZone {
        let link = std::fs::canonicalize("/etc/localtime").unwrap_or_default();
        let name = DIRECTORIES.iter().find_map(|dir| link.strip_prefix(dir).ok()).and_then(Path::to_str);
        match SETTINGS.parse_local() {
            Ok(rules) => TimeZone { name: name.unwrap_or("UTC").into(), rules: Arc::new(rules) },
            Err(_) => TimeZone { name: "UTC".into(), rules: Arc::new(tz::TimeZone::utc()) },
        }
    }

    /// Its name, as far as it has one: `Intl.DateTimeFormat().resolvedOptions().timeZone`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds by which local time is ahead of UTC, at a time in seconds since 1970.
    pub fn offset_s_at(&self, unix_s: i64) -> i32 {
        self.at(unix_s, |kind| kind.ut_offset()).unwrap_or(0)
    }

    /// `"CEST"`: what the zone is called at that time.
    pub fn abbreviation_at(&self, unix_s: i64) -> String {
        self.at(unix_s, |kind| kind.time_zone_designation().to_owned()).unwrap_or_else(|| "UTC".to_owned())
    }

    fn at<T>(&self, unix_s: i64, look: impl FnOnce(&tz::LocalTimeType) -> T) -> Option<T> {
        let rules: TimeZoneRef<'_> = self.rules.as_ref().as_ref();
        rules.find_local_time_type(unix_s).ok().map(look)
    }
}

const DIRECTORIES: &[&str] = TimeZoneSettings::DEFAULT_DIRECTORIES;

const SETTINGS: TimeZoneSettings<'static> = TimeZoneSettings::new(DIRECTORIES, |path| Ok(read_zone(path)?));

/// Real zones are under 10 KB.
const ZONE_LEN_MAX: u64 = 1 << 20;

/// A script chooses `TZ`, so it may name nothing outside the database, and nothing that blocks.
fn read_zone(path: &str) -> std::io::Result<Vec<u8>> {
    let inside = path == "/etc/localtime" || DIRECTORIES.iter().any(|dir| Path::new(path).starts_with(dir));
    if !inside || path.split('/').any(|part| part == "..") {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    let about = std::fs::metadata(path)?;
    if !about.is_file() || about.len() > ZONE_LEN_MAX {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    std::fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_zone_is_utc() {
        for name in ["", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "America"] {
            assert_eq!((TimeZone::named(name).name(), TimeZone::named(name).offset_s_at(0)), ("UTC", 0), "{name}");
        }
    }

    #[test]
    fn posix_rules_change_with_the_season() {
        let zone = TimeZone::named("EST5EDT,M3.2.0,M11.1.0");
        assert_eq!(zone.offset_s_at(1_704_067_200), -5 * 3600);
        assert_eq!(zone.offset_s_at(1_720_000_000), -4 * 3600);
        assert_eq!(zone.abbreviation_at(1_720_000_000), "EDT");
    }

    #[test]
    fn the_database_is_used_where_there_is_one() {
        if !Path::new("/usr/share/zoneinfo/Europe/Berlin").exists() {
            return;
        }
        let zone = TimeZone::named("Europe/Berlin");
        assert_eq!(zone.name(), "Europe/Berlin");
        assert_eq!(zone.offset_s_at(1_720_000_000), 7200);
        assert_eq!(zone.offset_s_at(-3_000_000_000), 53 * 60 + 28, "local mean time, before 1893");
    }
}
