//! The names that stack traces give to functions without one: `exports.handler` for `exports.handler = () => {}`. V8 infers them where
//! it parses.

use boa_ast::{
    Expression,
    expression::{
        access::{PropertyAccess, PropertyAccessField, SimplePropertyAccess},
        operator::{Assign, assign::AssignTarget},
    },
};
use boa_interner::{Interner, Sym};

use crate::{JsString, bytecompiler::ByteCompiler};

impl ByteCompiler<'_> {
    /// The function or class on the right of an assignment goes by its target.
    pub(crate) fn suggest_name(&mut self, assign: &Assign) {
        self.suggestion = match assign.lhs() {
            AssignTarget::Access(PropertyAccess::Simple(access)) if is_nameless(assign.rhs()) => name(access, &self.function_name, self.interner()),
            _ => None,
        };
    }
}

fn is_nameless(expression: &Expression) -> bool {
    match expression {
        Expression::FunctionExpression(function) => function.name().is_none(),
        Expression::GeneratorExpression(function) => function.name().is_none(),
        Expression::AsyncFunctionExpression(function) => function.name().is_none(),
        Expression::AsyncGeneratorExpression(function) => function.name().is_none(),
        Expression::ArrowFunction(function) => function.name().is_none(),
        Expression::AsyncArrowFunction(function) => function.name().is_none(),
        Expression::ClassExpression(class) => class.name().is_none(),
        _ => false,
    }
}

/// `a.b` for `a.b`, `a.prototype.b` and `this.a.b`; `a.<computed>` for `a[b]`. A function whose name begins with a capital letter is
/// taken for a constructor: in `A` it is `A.a.b`.
fn name(access: &SimplePropertyAccess, enclosing: &JsString, interner: &Interner) -> Option<JsString> {
    let text = |name: Sym| interner.resolve_expect(name).to_string();
    let mut parts = Vec::new();
    let mut access = access;
    for _ in 0..PARTS_MAX {
        match access.field() {
            PropertyAccessField::Const(name) if parts.is_empty() || name.sym() != Sym::PROTOTYPE => parts.push(text(name.sym())),
            PropertyAccessField::Const(_) => {}
            PropertyAccessField::Expr(key) => parts.push(match &**key {
                Expression::Literal(key) if key.as_string().is_some() => text(key.as_string()?),
                _ => "<computed>".to_owned(),
            }),
        }
        match access.target() {
            Expression::PropertyAccess(PropertyAccess::Simple(target)) => access = target,
            Expression::Identifier(name) => {
                parts.push(text(name.sym()));
                break;
            }
            Expression::This(_) => break,
            _ => return None,
        }
    }
    parts.extend(Some(enclosing.to_std_string_lossy()).filter(|name| name.starts_with(char::is_uppercase)));
    parts.reverse();
    Some(JsString::from(parts.join(".").as_str()))
}

/// A name of more parts is cut at its front.
const PARTS_MAX: usize = 16;
