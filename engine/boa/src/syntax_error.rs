//! What V8 says of a source that does not compile.

use std::path::Path;

use boa_parser::Error;

use crate::{JsNativeError, JsString, SourceText, SpannedSourceText, native_stack::TOO_DEEP, stack::Location};

/// The error of a source that did not parse, with its place.
pub(crate) fn native(error: &Error) -> JsNativeError {
    match error {
        Error::General { message, .. } if **message == *TOO_DEEP => JsNativeError::range().with_message(TOO_DEEP),
        Error::Explained(problem) => {
            let (start, end) = (problem.start, problem.end);
            let length = if end.line_number() == start.line_number() { end.column_number().saturating_sub(start.column_number()) } else { 1 };
            let place = Location { file: problem.path.clone(), line: start.line_number(), column: start.column_number(), length: length.max(1), source_line: problem.line.clone() };
            let mut error = JsNativeError::syntax().with_message(problem.message.clone());
            error.place = Some(Box::new(place));
            error
        }
        _ => JsNativeError::syntax().with_message(error.to_string()),
    }
}

/// The error of a name that a module imports and another does not export, with the place of the import.
pub(crate) fn unresolved_import(ambiguous: bool, name: &JsString, local: &JsString, specifier: &JsString, text: Option<&SourceText>, path: Option<&Path>) -> JsNativeError {
    let (shown, specifier) = (name.to_std_string_lossy(), specifier.to_std_string_lossy());
    let mut error = JsNativeError::syntax().with_message(if ambiguous {
        format!("The requested module '{specifier}' contains conflicting star exports for name '{shown}'")
    } else {
        format!("The requested module '{specifier}' does not provide an export named '{shown}'")
    });
    let word = if shown == "default" { local.to_std_string_lossy() } else { shown };
    error.place = text.and_then(|text| import_place(text, &word, &specifier, path)).map(Box::new);
    error
}

/// The name stands between `import` and the specifier.
fn import_place(text: &SourceText, word: &str, specifier: &str, path: Option<&Path>) -> Option<Location> {
    let units = text.code_units()?;
    let source = String::from_utf16_lossy(units);
    let end = [format!("'{specifier}'"), format!("\"{specifier}\"")].iter().find_map(|quoted| source.find(quoted))?;
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '$' | '_'));
    let at = source[..end].rmatch_indices(word).map(|(at, _)| at).find(|at| !is_part(source[..*at].chars().next_back()) && !is_part(source[at + word.len()..].chars().next()))?;
    let line = source[..at].matches('\n').count() + 1;
    let column = source[..at].rsplit('\n').next().map_or(0, |before| before.encode_utf16().count()) + 1;
    let (line, column) = (u32::try_from(line).ok()?, u32::try_from(column).ok()?);
    Some(Location { file: path.map(|path| path.display().to_string()), line, column, length: 1, source_line: SpannedSourceText::new_source_only(text.clone()).line(line) })
}
