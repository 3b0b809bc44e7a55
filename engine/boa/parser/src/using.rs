//! Telling a `using` declaration from the identifier `using`.
//!
//! `using` is an ordinary identifier everywhere; it opens a declaration only where a binding identifier follows it on the same line, and
//! never at the top level of a script or directly in a `case`. So the lexer knows no such keyword and the parser looks ahead.
//!
//! <https://tc39.es/proposal-explicit-resource-management/#prod-UsingDeclaration>

use super::{ParseResult, cursor::Cursor};
use crate::{
    lexer::{Token, TokenKind, token::ContainsEscapeSequence},
    source::ReadChar,
};
use boa_ast::{Keyword, Punctuator};
use boa_interner::{Interner, Sym};

/// Whether `token` spells `using` without an escape.
pub(super) fn is_using(token: &Token) -> bool {
    matches!(token.kind(), TokenKind::IdentifierName((Sym::USING, ContainsEscapeSequence(false))))
}

/// Whether the coming tokens open a `using` declaration, or an `await using` one after `await`.
///
/// In the head of a `for` loop `using of` is a loop over the values of a variable called `using`, unless `=` follows.
pub(super) fn opens_using<R: ReadChar>(after_await: bool, for_head: bool, cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<bool> {
    let first = usize::from(cursor.peek_is_line_terminator(0, interner)? == Some(true));
    let first = first + usize::from(after_await);
    if !cursor.peek_no_skip_line_term(first, interner)?.is_some_and(is_using) {
        return Ok(false);
    }
    let Some(name) = cursor.peek_no_skip_line_term(first + 1, interner)? else {
        return Ok(false);
    };
    Ok(match name.kind() {
        TokenKind::IdentifierName(_) => true,
        TokenKind::Keyword((Keyword::Of, _)) if for_head => is_assign_ahead(first + 2, cursor, interner)?,
        TokenKind::Keyword((Keyword::Of, _)) => true,
        TokenKind::Keyword((Keyword::Await | Keyword::Yield | Keyword::Let | Keyword::Async, _)) => true,
        _ => false,
    })
}

/// Whether the token `skip` places ahead is `=`; the parser cannot look further than three.
fn is_assign_ahead<R: ReadChar>(skip: usize, cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<bool> {
    let token = if skip <= 3 { cursor.peek_no_skip_line_term(skip, interner)? } else { None };
    Ok(token.is_some_and(|token| *token.kind() == TokenKind::Punctuator(Punctuator::Assign)))
}
