//! What the parser wants to know.

/// How a pattern is to be read.
#[derive(Debug, Copy, Clone, Default)]
pub struct Flags {
    /// `i`
    pub icase: bool,
    /// `m`
    pub multiline: bool,
    /// `s`
    pub dot_all: bool,
    /// Leaves the pattern as it was written.
    pub no_opt: bool,
    /// `u`
    pub unicode: bool,
    /// `v`
    pub unicode_sets: bool,
}
