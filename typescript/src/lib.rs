//! TypeScript as a runtime needs it: types are taken out of a text, and what is left is JavaScript.
//!
//! [`strip`] replaces type syntax by spaces, so that every line and column stays where it was and no source map is needed.
//! [`transform`] also rewrites what has a meaning at run time (enums, namespaces, parameter properties, `import x = require()`), and tells
//! where each part came from.
//!
//! Implements <https://nodejs.org/api/typescript.html>. Parsing is oxc's; everything after it is here. The crate knows no JavaScript engine
//! and no files.
//!
//! ```
//! let text = "const answer: number = 42 as any;";
//! assert_eq!(coil_typescript::strip(text).unwrap(), "const answer         = 42       ;");
//!
//! let error = coil_typescript::strip("enum Colour { Red }").unwrap_err();
//! assert_eq!(error.message, "TypeScript enum is not supported in strip-only mode");
//! ```

mod blanks;
mod eraser;
mod error;
mod nesting;
mod parse;
mod snippet;
mod source_map;
mod strip;
mod tokens;
mod transform;

pub use error::{StripError, StripErrorKind};
pub use transform::Transformed;

/// The JavaScript in `source`, of the same number of UTF-16 units in each line.
///
/// # Errors
///
/// What is no TypeScript, what has a meaning at run time that blanking would lose, and what is nested too deeply.
pub fn strip(source: &str) -> Result<String, StripError> {
    let source = without_mark(source);
    nesting::with_stack(source, || parse::with_program(source, strip::run))
}

/// The JavaScript in `source`, with enums, namespaces, parameter properties and `import =` rewritten.
///
/// `source_name` is what the source map calls the source.
///
/// # Errors
///
/// What is no TypeScript, what no JavaScript can be made of, and what is nested too deeply.
///
/// ```
/// let made = coil_typescript::transform("enum Colour { Red }", "colour.ts").unwrap();
/// assert_eq!(made.code, "var Colour = ((Colour) => { Colour[Colour[\"Red\"] = 0] = \"Red\"; return Colour; })(Colour || {});");
/// ```
pub fn transform(source: &str, source_name: &str) -> Result<Transformed, StripError> {
    let source = without_mark(source);
    nesting::with_stack(source, || parse::with_program(source, |parsed| transform::run(parsed, source_name)))
}

/// A byte order mark is no part of a program.
fn without_mark(source: &str) -> &str {
    source.strip_prefix('\u{feff}').unwrap_or(source)
}
