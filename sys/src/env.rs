//! The environment: a copy taken at the start, owned by the `Sys`.
//!
//! A script that sets a variable changes this copy, not the process's own environment, which other threads may be reading
//! inside the C library. Children get the copy. Order is that of the environment, then that of setting, as in Node.

use std::ffi::{OsStr, OsString};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::policy::EnvRules;

/// The environment of a `Sys`: `sys.env()`.
///
/// ```
/// let sys = coil_sys::Sys::builder().env([("A", "1")]).build();
/// sys.env().set("B", "2");
/// assert_eq!(sys.env().get("B").as_deref(), Some("2".as_ref()));
/// assert_eq!(sys.env().names(), ["A", "B"]);
/// sys.env().delete("A");
/// assert!(!sys.env().has("A"));
/// ```
#[derive(Debug)]
pub struct Env {
    variables: RwLock<Vec<(OsString, OsString)>>,
    time_zone_changes: AtomicU64,
}

impl Env {
    pub(crate) fn new(variables: impl IntoIterator<Item = (OsString, OsString)>, rules: &EnvRules) -> Env {
        let visible = variables.into_iter().filter(|(name, _)| rules.allows(name)).collect();
        Env { variables: RwLock::new(visible), time_zone_changes: AtomicU64::new(0) }
    }

    /// The copy a worker thread starts with.
    pub(crate) fn copy(&self) -> Env {
        Env { variables: RwLock::new(self.read().clone()), time_zone_changes: AtomicU64::new(0) }
    }

    /// The value of `name`.
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<OsString> {
        self.with(name.as_ref(), OsStr::to_owned)
    }

    /// Calls `look` with the value of `name`, without copying it.
    pub fn with<T>(&self, name: &OsStr, look: impl FnOnce(&OsStr) -> T) -> Option<T> {
        self.read().iter().find(|(known, _)| known == name).map(|(_, value)| look(value))
    }

    /// Is there such a variable?
    pub fn has(&self, name: impl AsRef<OsStr>) -> bool {
        self.with(name.as_ref(), |_| ()).is_some()
    }

    /// Sets a variable. One with an empty name, or with `=` or NUL in its name, cannot exist and is passed over, as by Node.
    pub fn set(&self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        let (name, value) = (name.as_ref(), value.as_ref());
        let bytes = name.as_encoded_bytes();
        if bytes.is_empty() || bytes.contains(&b'=') || bytes.contains(&0) || value.as_encoded_bytes().contains(&0) {
            return;
        }
        let mut variables = self.write();
        match variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => variables.push((name.to_owned(), value.to_owned())),
        }
        drop(variables);
        self.note_time_zone(name);
    }

    /// Removes a variable, if there is one.
    pub fn delete(&self, name: impl AsRef<OsStr>) {
        let name = name.as_ref();
        self.write().retain(|(known, _)| known != name);
        self.note_time_zone(name);
    }

    /// All names, in order.
    pub fn names(&self) -> Vec<OsString> {
        self.read().iter().map(|(name, _)| name.clone()).collect()
    }

    /// All variables, in order.
    pub fn list(&self) -> Vec<(OsString, OsString)> {
        self.read().clone()
    }

    /// Grows whenever `TZ` is set or removed. Whoever keeps a [`TimeZone`](crate::TimeZone) compares, and asks
    /// [`Sys::time_zone`](crate::Sys::time_zone) anew when it has grown: that is what Node's DateTimeConfigurationChange does.
    pub fn time_zone_changes(&self) -> u64 {
        self.time_zone_changes.load(Ordering::Acquire)
    }

    fn note_time_zone(&self, name: &OsStr) {
        if name == "TZ" {
            self.time_zone_changes.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<(OsString, OsString)>> {
        self.variables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<(OsString, OsString)>> {
        self.variables.write().unwrap_or_else(PoisonError::into_inner)
    }
}
