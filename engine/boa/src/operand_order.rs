//! Operands that a later operand may change: `a + a++`, `d !== (d = f(d))`.
//!
//! A variable that no closure has lies in a register, and an operation reads it there when it is done, not when its operand is
//! evaluated. Where the other operand may assign to it, it is copied first.

use core::ops::ControlFlow;

use boa_ast::{
    Expression,
    expression::operator::{Assign, Update},
    visitor::{VisitWith, Visitor},
};

/// Whether evaluating this may assign to a variable. Says so of what is too long to be looked through.
pub(crate) fn may_assign(expression: &Expression) -> bool {
    match expression {
        Expression::Identifier(_) | Expression::Literal(_) | Expression::This(_) => false,
        _ => Assignments { left: LOOKED_THROUGH }.visit_expression(expression).is_break(),
    }
}

/// How many expressions are looked at before a copy is the cheaper way.
const LOOKED_THROUGH: usize = 64;

struct Assignments {
    left: usize,
}

impl<'ast> Visitor<'ast> for Assignments {
    type BreakTy = ();

    fn visit_expression(&mut self, node: &'ast Expression) -> ControlFlow<()> {
        let Some(left) = self.left.checked_sub(1) else { return ControlFlow::Break(()) };
        self.left = left;
        node.visit_with(self)
    }

    fn visit_assign(&mut self, _: &'ast Assign) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn visit_update(&mut self, _: &'ast Update) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}
