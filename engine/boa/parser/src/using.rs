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
use boa_ast::{
    Declaration, Keyword, LinearPosition, Punctuator, Spanned, Statement, StatementListItem,
    declaration::{Binding, LexicalDeclaration, Variable, VariableList},
    expression::Identifier,
    statement::{
        Block,
        iteration::{ForLoopInitializer, IterableLoopInitializer},
    },
};
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

/// The declaration of `for (using x of …)`: whether it is `await using`, and its name.
pub(super) fn declared_in_head(init: Option<&ForLoopInitializer>) -> Option<(bool, Identifier)> {
    let Some(ForLoopInitializer::Lexical(lexical)) = init else { return None };
    let (is_await, list) = match lexical.declaration() {
        LexicalDeclaration::Using(list) => (false, list),
        LexicalDeclaration::AwaitUsing(list) => (true, list),
        _ => return None,
    };
    match list.as_ref() {
        [variable] => match variable.binding() {
            Binding::Identifier(name) => Some((is_await, *name)),
            Binding::Pattern(_) => None,
        },
        _ => None,
    }
}

/// `for (using x of list) body` as `for (const value of list) { using x = value; body }`, with a name that no program can write.
pub(super) fn loop_over_resources((is_await, name): (bool, Identifier), body: Statement, interner: &mut Interner) -> (IterableLoopInitializer, Statement) {
    let value = Identifier::new(interner.get_or_intern("\0resource"), name.span());
    let list: VariableList = vec![Variable::from_identifier(name, Some(value.into()))].try_into().expect("there is one");
    let declaration = if is_await { LexicalDeclaration::AwaitUsing(list) } else { LexicalDeclaration::Using(list) };
    (IterableLoopInitializer::Const(Binding::Identifier(value)), block(declaration, body))
}

/// `for (using x = a; …) body` as `{ using x = a; for (; …) body }`.
pub(super) fn loop_with_resources(declaration: LexicalDeclaration, rest: Statement) -> Statement {
    block(declaration, rest)
}

fn block(declaration: LexicalDeclaration, statement: Statement) -> Statement {
    let items = vec![StatementListItem::Declaration(Box::new(Declaration::Lexical(declaration))), StatementListItem::Statement(Box::new(statement))];
    Block::from((items, LinearPosition::new(0))).into()
}
