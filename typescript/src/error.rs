//! Why a text did not become JavaScript.

use std::fmt;

/// The kinds of failure that a caller tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StripErrorKind {
    /// It is no TypeScript, or it is nested deeper than the parser goes.
    InvalidSyntax,
    /// It is TypeScript, and types alone are not all that would have to go.
    UnsupportedSyntax,
}

/// A failure and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripError {
    pub kind: StripErrorKind,
    pub message: String,
    /// The line where the failing part begins, counted from 1.
    pub line: u32,
    /// The failing lines with their neighbours, carets under what is meant; ends with a line break unless it is empty.
    pub snippet: String,
}

impl fmt::Display for StripError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.message, self.line)
    }
}

impl std::error::Error for StripError {}

/// A failure at a span of the source, before it has a snippet.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub kind: StripErrorKind,
    pub message: String,
    pub span: oxc_span::Span,
}
