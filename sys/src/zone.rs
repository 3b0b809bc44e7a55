//! The local time zone.

use crate::env::Env;

/// What `TZ` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone {
    /// As it was set.
    pub name: Option<String>,
}

impl TimeZone {
    pub(crate) fn of_env(env: &Env) -> TimeZone {
        TimeZone { name: env.get("TZ").map(|name| name.to_string_lossy().into_owned()) }
    }
}
