//! A source and its syntax tree, or the error that Node would give.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser, config::TokensParserConfig};
use oxc_span::{SourceType, Span};

use crate::{
    error::{Failure, StripError, StripErrorKind},
    snippet,
    tokens::Tokens,
};

/// What a parse gave.
pub(crate) struct Parsed<'p> {
    pub source: &'p str,
    pub program: &'p Program<'p>,
    pub tokens: Tokens<'p>,
}

/// Parses `source` and gives what `then` makes of its tree.
pub(crate) fn with_program<T>(source: &str, then: impl FnOnce(&Parsed<'_>) -> Result<T, Failure>) -> Result<T, StripError> {
    let allocator = Allocator::default();
    // Names are compared with texts only, never with one another.
    let options = ParseOptions { enable_ident_hashes: false, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, source, SourceType::ts()).with_options(options).with_config(TokensParserConfig).parse();
    let failure = match parsed.diagnostics.errors().next() {
        Some(error) => {
            let label = error.labels.first();
            let length = u32::try_from(source.len()).unwrap_or(u32::MAX);
            let (start, end) = label.map_or((length, length), |label| (label.offset(), label.offset().saturating_add(label.len())));
            let span = Span::new(start.min(length), end.min(length));
            let message = message_of(&error.message);
            let span = if message == NO_SEMICOLON { next_word(source, span.end) } else { span };
            Failure { kind: StripErrorKind::InvalidSyntax, message, span }
        }
        None => match then(&Parsed { source, program: &parsed.program, tokens: Tokens::new(&parsed.tokens) }) {
            Ok(made) => return Ok(made),
            Err(failure) => failure,
        },
    };
    let (line, snippet) = snippet::of(source, failure.span);
    Err(StripError { kind: failure.kind, message: failure.message, line, snippet })
}

/// What Node's parser says, where it is known; otherwise what ours says.
fn message_of(message: &str) -> String {
    if let Some((_, theirs)) = KNOWN_MESSAGES.iter().find(|(ours, _)| *ours == message) {
        return (*theirs).to_owned();
    }
    let expected = message.strip_prefix("Expected `").and_then(|rest| rest.strip_suffix('`')).and_then(|rest| rest.split_once("` but found `"));
    match expected {
        Some((expected, found)) if !expected.contains('`') => {
            let found = match found {
                "EOF" => "<eof>",
                "Identifier" => "ident",
                found => found,
            };
            format!("Expected '{expected}', got '{found}'")
        }
        _ => message.to_owned(),
    }
}

/// The word, or the one other character, that comes next from `at`; nothing at the end.
fn next_word(source: &str, at: u32) -> Span {
    let rest = source.get(at as usize..).unwrap_or_default();
    let word = rest.trim_start();
    let start = at as usize + rest.len() - word.len();
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let length = match word.find(|character| !is_word(character)) {
        Some(0) => word.chars().next().map_or(0, char::len_utf8),
        Some(length) => length,
        None => word.len(),
    };
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(place(start), place(start + length))
}

const NO_SEMICOLON: &str = "Expected ';', '}' or <eof>";

const KNOWN_MESSAGES: &[(&str, &str)] = &[
    ("`await` is only allowed within async functions and at the top levels of modules", "await isn't allowed in non-async function"),
    ("Expected a semicolon or an implicit semicolon after a statement, but found none", NO_SEMICOLON),
    ("Missing initializer in const declaration", "'const' declarations must be initialized"),
    ("Unexpected token", "Expression expected"),
    ("A 'return' statement can only be used within a function body.", "Return statement is not allowed here"),
];
