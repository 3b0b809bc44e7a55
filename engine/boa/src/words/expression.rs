//! How V8 prints an expression that an error names: `o.m(...).n`, `(a || b)`, `(intermediate value)`.
//!
//! The text of the expression is parsed again when the error is made, so that code which throws nothing pays nothing.

use boa_ast::{
    Expression, Statement, StatementListItem,
    expression::{
        Optional, OptionalOperationKind,
        access::{PropertyAccess, PropertyAccessField},
        literal::{Literal, LiteralKind, PropertyDefinition, TemplateElement},
        operator::{
            Binary,
            assign::AssignTarget,
            binary::{ArithmeticOp, BinaryOp},
            unary::UnaryOp,
            update::{UpdateOp, UpdateTarget},
        },
    },
    function::ClassElement,
    scope::Scope,
};
use boa_interner::{Interner, Sym};
use boa_parser::{Parser, Source};

/// What V8 prints for what it does not look into.
const VALUE: &str = "(intermediate value)";

/// An expression as V8 names it, and what kind it is.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) text: String,
    /// The callee of a call, for `f is not a function or its return value is not iterable`.
    pub(super) callee: Option<String>,
    /// A property, or the call of one.
    pub(super) is_access: bool,
}

/// Prints the expression that `source` is.
pub(super) fn print(source: &[u16]) -> Option<Printed> {
    let mut interner = Interner::default();
    with_expression(source, &mut interner, |expression, interner| {
        let expression = expression.flatten();
        let mut printer = Printer { interner, text: String::new() };
        printer.find(expression);
        let text = std::mem::take(&mut printer.text);
        let callee = match expression {
            Expression::Call(call) => Some(call.function()),
            Expression::New(new) => Some(new.constructor()),
            _ => None,
        };
        let is_access = matches!(callee.unwrap_or(expression).flatten(), Expression::PropertyAccess(_) | Expression::Optional(_));
        let callee = callee.map(|callee| {
            printer.find(callee);
            printer.text
        });
        Printed { text, callee, is_access }
    })
}

/// Parses `source` where it may stand: in a script, else in a method that has everything (`super`, `await`, `yield`, private names).
fn with_expression<R>(source: &[u16], interner: &mut Interner, then: impl Fn(&Expression, &Interner) -> R) -> Option<R> {
    let text = String::from_utf16_lossy(source);
    let plain: Vec<u16> = format!("({text}\n)").encode_utf16().collect();
    if let Ok(script) = Parser::new(Source::from_utf16(&plain)).parse_script(&Scope::new_global(), interner) {
        return Some(then(first_expression(script.statements().first()?)?, interner));
    }
    let names = private_names(&text).into_iter().map(|name| format!("#{name};")).collect::<String>();
    let wrapped: Vec<u16> = format!("(class extends Object {{ {names} async *m() {{ ({text}\n) }} }})").encode_utf16().collect();
    let script = Parser::new(Source::from_utf16(&wrapped)).parse_script(&Scope::new_global(), interner).ok()?;
    let Expression::ClassExpression(class) = first_expression(script.statements().first()?)?.flatten() else { return None };
    let method = class.elements().iter().find_map(|element| match element {
        ClassElement::MethodDefinition(method) => Some(method),
        _ => None,
    })?;
    Some(then(first_expression(method.body().statements().first()?)?, interner))
}

fn first_expression(item: &StatementListItem) -> Option<&Expression> {
    match item {
        StatementListItem::Statement(statement) => match statement.as_ref() {
            Statement::Expression(expression) => Some(expression),
            _ => None,
        },
        StatementListItem::Declaration(_) => None,
    }
}

fn private_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        text.split('#').skip(1).map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$')).collect::<String>()).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

struct Printer<'a> {
    interner: &'a Interner,
    text: String,
}

impl Printer<'_> {
    fn name(&mut self, name: Sym) {
        let name = self.interner.resolve_expect(name).join(str::to_owned, String::from_utf16_lossy, true);
        self.text += &name;
    }

    /// The expression, or that there is one where nothing was printed for it.
    fn find(&mut self, expression: &Expression) {
        let len = self.text.len();
        self.visit(expression.flatten());
        if self.text.len() == len {
            self.text += VALUE;
        }
    }

    fn visit(&mut self, expression: &Expression) {
        if boa_parser::native_stack::is_short() {
            return;
        }
        match expression {
            Expression::Identifier(name) => self.name(name.sym()),
            Expression::This(_) => self.text += "this",
            Expression::Literal(literal) => self.literal(literal),
            Expression::RegExpLiteral(literal) => {
                self.text.push('/');
                self.name(literal.pattern());
                self.text.push('/');
                self.name(literal.flags());
            }
            Expression::ArrayLiteral(array) => {
                self.text.push('[');
                for (index, element) in array.as_ref().iter().enumerate() {
                    if index > 0 {
                        self.text.push(',');
                    }
                    match element {
                        Some(element) => self.find(element),
                        None => self.text += VALUE,
                    }
                }
                self.text.push(']');
            }
            Expression::ObjectLiteral(object) => {
                self.text.push('{');
                for property in object.properties() {
                    match property {
                        PropertyDefinition::Property(_, value) if matches!(value.flatten(), Expression::ObjectLiteral(_)) => self.find(value),
                        _ => self.text += VALUE,
                    }
                }
                self.text.push('}');
            }
            Expression::Spread(spread) => {
                self.text += "(...";
                self.find(spread.target());
                self.text.push(')');
            }
            Expression::TemplateLiteral(template) => self.template(template.elements()),
            Expression::PropertyAccess(access) => self.access(access),
            Expression::Optional(optional) => self.optional(optional),
            Expression::Call(call) => {
                self.find(call.function());
                self.text += "(...)";
            }
            Expression::TaggedTemplate(template) => {
                self.find(template.tag());
                self.text += "(...)";
            }
            Expression::ImportCall(call) => {
                self.text += "ImportCall(";
                self.find(call.specifier());
                self.text.push(')');
            }
            Expression::Assign(assign) => match assign.lhs() {
                AssignTarget::Identifier(name) => self.name(name.sym()),
                AssignTarget::Access(access) => self.access(access),
                AssignTarget::Pattern(_) => {}
            },
            Expression::Unary(unary) => {
                if let Some(number) = number(expression) {
                    self.text += &number_text(number);
                    return;
                }
                let operator = unary.op().to_string();
                self.text.push('(');
                self.text += operator.trim();
                if matches!(unary.op(), UnaryOp::Delete | UnaryOp::TypeOf | UnaryOp::Void) {
                    self.text.push(' ');
                }
                self.find(unary.target());
                self.text.push(')');
            }
            Expression::Update(update) => {
                let (before, after) = match update.op() {
                    UpdateOp::IncrementPost => ("", "++"),
                    UpdateOp::DecrementPost => ("", "--"),
                    UpdateOp::IncrementPre => ("++", ""),
                    UpdateOp::DecrementPre => ("--", ""),
                };
                self.text.push('(');
                self.text += before;
                match update.target() {
                    UpdateTarget::Identifier(name) => self.name(name.sym()),
                    UpdateTarget::PropertyAccess(access) => self.access(access),
                }
                self.text += after;
                self.text.push(')');
            }
            Expression::Binary(binary) => match number(expression) {
                Some(number) => self.text += &number_text(number),
                None => self.binary(binary),
            },
            Expression::Conditional(_) => self.text += &VALUE.repeat(3),
            _ => {}
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal.kind() {
            LiteralKind::String(text) => {
                self.text.push('"');
                self.name(*text);
                self.text.push('"');
            }
            LiteralKind::Num(number) => self.text += &number_text(*number),
            LiteralKind::Int(number) => self.text += &number.to_string(),
            LiteralKind::Bool(value) => self.text += if *value { "true" } else { "false" },
            LiteralKind::Null => self.text += "null",
            LiteralKind::Undefined => self.text += "undefined",
            LiteralKind::BigInt(_) => {}
        }
    }

    fn template(&mut self, elements: &[TemplateElement]) {
        match elements {
            [] => self.text += "\"\"",
            [TemplateElement::String(text)] => {
                self.text.push('"');
                self.name(*text);
                self.text.push('"');
            }
            _ => {
                for element in elements {
                    if let TemplateElement::Expr(expression) = element {
                        self.find(expression);
                    }
                }
            }
        }
    }

    fn access(&mut self, access: &PropertyAccess) {
        match access {
            PropertyAccess::Simple(access) => {
                self.find(access.target());
                self.field(access.field(), false);
            }
            PropertyAccess::Private(access) => {
                self.find(access.target());
                self.text += ".#";
                self.name(access.field().description());
            }
            PropertyAccess::Super(access) => {
                self.text += VALUE;
                self.field(access.field(), false);
            }
        }
    }

    fn field(&mut self, field: &PropertyAccessField, optional: bool) {
        let key = match field {
            PropertyAccessField::Const(name) => Some(name.sym()),
            PropertyAccessField::Expr(key) => match key.flatten() {
                Expression::Literal(literal) => literal.as_string(),
                _ => None,
            },
        };
        match (key, field) {
            (Some(name), _) => {
                self.text += if optional { "?." } else { "." };
                self.name(name);
            }
            (None, PropertyAccessField::Expr(key)) => {
                self.text += if optional { "?.[" } else { "[" };
                self.find(key);
                self.text.push(']');
            }
            (None, PropertyAccessField::Const(_)) => {}
        }
    }

    fn optional(&mut self, optional: &Optional) {
        self.find(optional.target());
        for link in optional.chain() {
            match link.kind() {
                OptionalOperationKind::SimplePropertyAccess { field } => self.field(field, link.shorted()),
                OptionalOperationKind::PrivatePropertyAccess { field } => {
                    self.text += if link.shorted() { "?.#" } else { ".#" };
                    self.name(field.description());
                }
                OptionalOperationKind::Call { .. } => self.text += "(...)",
            }
        }
    }

    /// `(a + b + c)` for operands joined by one operator, pairs in parentheses otherwise.
    fn binary(&mut self, binary: &Binary) {
        let operator = binary.op();
        self.text.push('(');
        self.operands(binary.lhs(), operator);
        self.text += &format!(" {operator} ");
        if matches!(operator, BinaryOp::Logical(_)) {
            self.operands(binary.rhs(), operator);
        } else {
            self.find(binary.rhs());
        }
        self.text.push(')');
    }

    fn operands(&mut self, expression: &Expression, operator: BinaryOp) {
        match expression {
            Expression::Binary(inner) if inner.op() == operator && !matches!(operator, BinaryOp::Relational(_)) && number(expression).is_none() => {
                self.operands(inner.lhs(), operator);
                self.text += &format!(" {operator} ");
                self.operands(inner.rhs(), operator);
            }
            _ => self.find(expression),
        }
    }
}

/// The value of arithmetic on numbers, which V8's parser has done before anybody asks.
fn number(expression: &Expression) -> Option<f64> {
    match expression.flatten() {
        Expression::Literal(literal) => match literal.kind() {
            LiteralKind::Num(number) => Some(*number),
            LiteralKind::Int(number) => Some(f64::from(*number)),
            _ => None,
        },
        Expression::Unary(unary) => match unary.op() {
            UnaryOp::Minus => Some(-number(unary.target())?),
            UnaryOp::Plus => number(unary.target()),
            _ => None,
        },
        Expression::Binary(binary) => {
            let BinaryOp::Arithmetic(operator) = binary.op() else { return None };
            let (left, right) = (number(binary.lhs())?, number(binary.rhs())?);
            match operator {
                ArithmeticOp::Add => Some(left + right),
                ArithmeticOp::Sub => Some(left - right),
                ArithmeticOp::Mul => Some(left * right),
                ArithmeticOp::Div => Some(left / right),
                ArithmeticOp::Exp | ArithmeticOp::Mod => None,
            }
        }
        _ => None,
    }
}

fn number_text(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}
