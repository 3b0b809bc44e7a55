//! Telling `async (x) => ...` from a call of a function named `async`.
//!
//! Both begin alike, and how far away the arrow is nobody knows. So the head is read as a call, as the grammar's cover says, and where an
//! arrow follows on the same line its arguments become parameters.
//!
//! <https://tc39.es/ecma262/#prod-CoverCallExpressionAndAsyncArrowHead>

use super::{Error, ParseResult, cursor::Cursor, expression::expression_to_formal_parameters};
use crate::{lexer::TokenKind, source::ReadChar};
use boa_ast::{
    Expression, Position, Punctuator, Spanned,
    declaration::Variable,
    expression::Identifier,
    function::{FormalParameter, FormalParameterList},
};
use boa_interner::{Interner, Sym};

/// The parameters of an async arrow function whose head was read as `call`, and where they begin; none where no arrow follows.
pub(super) fn parameters<R: ReadChar>(call: &Expression, cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<Option<(FormalParameterList, Position)>> {
    let Expression::Call(call) = call else { return Ok(None) };
    let arrow = cursor.peek(0, interner)?.is_some_and(|token| *token.kind() == TokenKind::Punctuator(Punctuator::Arrow));
    if !arrow || !matches!(call.function(), Expression::Identifier(name) if name.sym() == Sym::ASYNC) {
        return Ok(None);
    }
    let span = call.function().span();
    let mut parameters = Vec::new();
    for argument in call.args() {
        let Expression::Spread(rest) = argument else {
            // A comma inside parentheses is one argument, which no parameter can be.
            expression_to_formal_parameters(argument, &mut parameters, cursor.strict(), span)?;
            continue;
        };
        let before = parameters.len();
        expression_to_formal_parameters(rest.target(), &mut parameters, cursor.strict(), span)?;
        let Some(last) = parameters.pop().filter(|last| parameters.len() == before && last.init().is_none()) else {
            return Err(Error::general("Rest parameter may not have a default initializer", span.start()));
        };
        parameters.push(FormalParameter::new(last.variable().clone(), true));
    }
    let rest_before_end = parameters.iter().rev().skip(1).any(FormalParameter::is_rest_param);
    if rest_before_end {
        return Err(Error::general("Rest parameter must be last formal parameter", span.start()));
    }
    Ok(Some((FormalParameterList::from(parameters), span.end())))
}
