//! Parameters of a function that is made of texts, as `new Function('a, b', body)` is.

use boa_ast::{Punctuator, Spanned};
use boa_interner::Interner;

use super::{ParseResult, cursor::Cursor};
use crate::{Error, lexer::TokenKind, source::ReadChar, words::PARAMETERS};

/// What stands behind the parameters: the parenthesis that was put there, and nothing else.
pub(super) fn end<R: ReadChar>(cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<()> {
    let Some(first) = cursor.next(interner)? else { return Err(Error::AbruptEnd) };
    let is_last = cursor.peek(0, interner)?.is_none();
    if is_last && *first.kind() == TokenKind::Punctuator(Punctuator::CloseParen) {
        return Ok(());
    }
    Err(Error::expected(["end of parameters".to_owned()], first.to_string(interner), first.span(), PARAMETERS))
}
