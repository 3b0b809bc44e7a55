//! What cannot be assigned to, and functions that cannot be declared.

use boa_ast::{
    Expression, Position, Punctuator, Span, Spanned,
    expression::{
        access::{PropertyAccess, SimplePropertyAccess},
        Identifier,
        literal::{Literal, PropertyDefinition},
        operator::{Unary, unary::UnaryOp},
    },
    pattern::{ArrayPatternElement, ObjectPatternElement, Pattern},
};
use boa_interner::{Interner, Sym};

use super::{
    OrAbrupt, ParseResult,
    cursor::{Code, Cursor},
};
use crate::{
    Error,
    lexer::{Error as LexError, TokenKind},
    source::ReadChar,
};

pub(super) const ASSIGNMENT: &str = "Invalid left-hand side in assignment";
pub(super) const PREFIX: &str = "Invalid left-hand side expression in prefix operation";
pub(super) const POSTFIX: &str = "Invalid left-hand side expression in postfix operation";
pub(super) const LOOP: &str = "Invalid left-hand side in for-loop";

/// `f() = 1` compiles, for the sake of old pages, and throws once `f` was called: as `f()[throw new ReferenceError(message)] = 1` would.
pub(super) fn of_call(target: &Expression, message: &str, interner: &mut Interner) -> Option<PropertyAccess> {
    let Expression::Call(call) = target.flatten() else { return None };
    let place = Span::new(start(target), call.span().end());
    let message = Literal::new(interner.get_or_intern(message), place);
    let key = Unary::new(UnaryOp::ThrowReferenceError, message.into(), place);
    Some(SimplePropertyAccess::new(call.clone().into(), Expression::from(key)).into())
}

/// Where a chain of calls and properties begins; the span of a call does so at its parenthesis.
fn start(chain: &Expression) -> Position {
    let mut first = chain.flatten();
    loop {
        first = match first {
            Expression::Call(call) => call.function(),
            Expression::PropertyAccess(PropertyAccess::Simple(access)) => access.target(),
            _ => return first.span().start(),
        }
    }
}

/// The error of an assignment to `target` whose operator stands at `position`.
pub(super) fn invalid<R: ReadChar>(target: &Expression, position: Position, cursor: &Cursor<R>) -> Error {
    if cursor.code == Code::Top && matches!(target, Expression::NewTarget(_)) {
        return Error::general("invalid new.target usage", Position::new(1, 1));
    }
    if cursor.code == Code::Top && matches!(target, Expression::SuperCall(_)) {
        return Error::general("'super' keyword unexpected here", target.span().start());
    }
    if cursor.strict()
        && let Some(place) = shorthand_of_strict_code(target)
    {
        return Error::general("Unexpected eval or arguments in strict mode", place);
    }
    Error::lex(LexError::Syntax(ASSIGNMENT.into(), position))
}

/// `{ eval }` or `{ arguments = 1 }` within what was to be a pattern.
fn shorthand_of_strict_code(target: &Expression) -> Option<Position> {
    let Expression::ObjectLiteral(object) = target else { return None };
    object.properties().iter().find_map(|property| match property {
        PropertyDefinition::IdentifierReference(name) | PropertyDefinition::CoverInitializedName(name, _) => is_strict_name(*name).then(|| name.span().start()),
        PropertyDefinition::Property(_, value) => shorthand_of_strict_code(value),
        _ => None,
    })
}

fn is_strict_name(name: Identifier) -> bool {
    matches!(name.sym(), Sym::EVAL | Sym::ARGUMENTS)
}

/// Behind a label, and as the body of an `if`, only ordinary functions can be declared.
pub(super) fn not_a_generator<R: ReadChar>(cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<()> {
    let start = cursor.peek(0, interner).or_abrupt()?.span().start();
    if cursor.peek(1, interner)?.is_some_and(|token| token.kind() == &TokenKind::Punctuator(Punctuator::Mul)) {
        return Err(Error::general("Generators can only be declared at the top level or inside a block.", start));
    }
    Ok(())
}

/// A pattern that a cover grammar was read as, where it declares: a name is declared, a property cannot be.
pub(in crate::parser) fn binding(pattern: Pattern, span: Span) -> ParseResult<Pattern> {
    if assigns(&pattern) { Err(Error::general("Illegal property in declaration context", span.start())) } else { Ok(pattern) }
}

fn assigns(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Object(pattern) => pattern.bindings().iter().any(|element| match element {
            ObjectPatternElement::AssignmentPropertyAccess { .. } | ObjectPatternElement::AssignmentRestPropertyAccess { .. } => true,
            ObjectPatternElement::Pattern { pattern, .. } => assigns(pattern),
            _ => false,
        }),
        Pattern::Array(pattern) => pattern.bindings().iter().any(|element| match element {
            ArrayPatternElement::PropertyAccess { .. } | ArrayPatternElement::PropertyAccessRest { .. } => true,
            ArrayPatternElement::Pattern { pattern, .. } | ArrayPatternElement::PatternRest { pattern } => assigns(pattern),
            _ => false,
        }),
    }
}
