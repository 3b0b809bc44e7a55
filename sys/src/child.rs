//! Child processes: to come.
