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
    expression::{Await, Identifier, access::PropertyAccessField, literal::ObjectMethodDefinition},
    function::{
        AsyncArrowFunction, AsyncFunctionExpression, AsyncGeneratorExpression, ClassExpression, FormalParameter, FormalParameterList, FunctionExpression,
        GeneratorExpression,
    },
    property::PropertyName,
    visitor::Visitor,
};
use boa_interner::{Interner, Sym};
use std::ops::ControlFlow;

/// The parameters of an async arrow function whose head was read as `call`, and where they begin; none where no arrow follows.
pub(super) fn parameters<R: ReadChar>(call: &Expression, cursor: &mut Cursor<R>, interner: &mut Interner) -> ParseResult<Option<(FormalParameterList, Position)>> {
    let Expression::Call(call) = call else { return Ok(None) };
    let arrow = cursor.peek(0, interner)?.is_some_and(|token| *token.kind() == TokenKind::Punctuator(Punctuator::Arrow));
    if !arrow || !matches!(call.function(), Expression::Identifier(name) if name.sym() == Sym::ASYNC) {
        return Ok(None);
    }
    let span = call.function().span();
    if cursor.comma_after_spread == Some(call.span().end()) {
        return Err(Error::general("Rest parameter must be last formal parameter", span.start()));
    }
    if call.args().iter().any(|argument| Awaits.visit_expression(argument).is_break()) {
        return Err(Error::general("Illegal await-expression in formal parameters of async function", span.start()));
    }
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

/// Finds `await` where the parameters of an async function must have none; functions inside have parameters and a body of their own.
struct Awaits;

impl<'ast> Visitor<'ast> for Awaits {
    type BreakTy = ();

    fn visit_identifier(&mut self, name: &'ast Identifier) -> ControlFlow<()> {
        if name.sym() == Sym::AWAIT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn visit_await(&mut self, _: &'ast Await) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn visit_property_name(&mut self, name: &'ast PropertyName) -> ControlFlow<()> {
        match name {
            PropertyName::Literal(_) => ControlFlow::Continue(()),
            PropertyName::Computed(key) => self.visit_expression(key),
        }
    }

    fn visit_property_access_field(&mut self, field: &'ast PropertyAccessField) -> ControlFlow<()> {
        match field {
            PropertyAccessField::Const(_) => ControlFlow::Continue(()),
            PropertyAccessField::Expr(key) => self.visit_expression(key),
        }
    }

    fn visit_function_expression(&mut self, _: &'ast FunctionExpression) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn visit_generator_expression(&mut self, _: &'ast GeneratorExpression) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn visit_async_function_expression(&mut self, _: &'ast AsyncFunctionExpression) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn visit_async_generator_expression(&mut self, _: &'ast AsyncGeneratorExpression) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn visit_async_arrow_function(&mut self, _: &'ast AsyncArrowFunction) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn visit_object_method_definition(&mut self, method: &'ast ObjectMethodDefinition) -> ControlFlow<()> {
        self.visit_property_name(method.name())
    }

    fn visit_class_expression(&mut self, class: &'ast ClassExpression) -> ControlFlow<()> {
        class.super_ref().map_or(ControlFlow::Continue(()), |parent| self.visit_expression(parent))
    }
}
