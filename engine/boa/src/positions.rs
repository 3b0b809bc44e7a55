//! Which place of the source stands for an instruction, as V8 chooses it: the name of a method for its call, the operator for an
//! assignment, `new` for a construction; and which expression an error message is to name.

use boa_ast::{
    Expression, Position, Span, Spanned,
    expression::{
        Call, OptionalOperation, OptionalOperationKind,
        access::{PropertyAccess, PropertyAccessField, SimplePropertyAccess},
        literal::TemplateElement,
        operator::{binary::BinaryOp, unary::UnaryOp},
    },
    pattern::{ObjectPattern, ObjectPatternElement},
    property::PropertyName,
    statement::Throw,
};
use boa_interner::{Interner, Sym};

use crate::bytecompiler::{ByteCompiler, SourcePositionGuard};

/// The expression that the error of one instruction names: what was called, iterated or taken apart. Kept as a span, so that a
/// program that throws nothing pays for no text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Note {
    /// The address behind the instruction, which is where the program counter stands while it runs.
    pub(crate) pc: u32,
    pub(crate) start: Position,
    pub(crate) end: Position,
    pub(crate) kind: NoteKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoteKind {
    /// The value that the instruction works on.
    Operand,
    /// The first property that a pattern takes out of it.
    FirstProperty,
    /// The same, where the pattern stands within another.
    Nested,
    /// The initialiser that an array pattern takes apart.
    PatternSource,
    /// What is spread over the arguments of a call.
    SpreadArgument,
    /// The pattern takes apart what a `for` loop goes over; V8 has a name of its own for that.
    LoopValue,
}

impl<'ctx> ByteCompiler<'ctx> {
    /// Names the expression that the instruction emitted last is about.
    pub(crate) fn note(&mut self, span: Span) {
        self.push_note(span, NoteKind::Operand);
    }

    /// The same for the check that a pattern's value is an object.
    pub(crate) fn note_pattern(&mut self, source: Option<Span>, nested: bool, pattern: &ObjectPattern) {
        if let (None, true, Some(property)) = (source, nested, first_property(pattern)) {
            return self.push_note(property, NoteKind::Nested);
        }
        if let Some(source) = source {
            self.push_note(source, NoteKind::Operand);
        }
        if let Some(property) = first_property(pattern) {
            self.push_note(property, NoteKind::FirstProperty);
        }
    }

    /// Names what an array pattern takes apart: only a declaration does in V8.
    pub(crate) fn note_array_pattern(&mut self, source: Span) {
        self.push_note(source, NoteKind::PatternSource);
    }

    /// Says that a pattern takes apart the value of a loop.
    pub(crate) fn note_loop_value(&mut self, span: Span) {
        self.push_note(span, NoteKind::LoopValue);
    }

    /// Names what is spread over arguments.
    pub(crate) fn note_spread(&mut self, span: Span) {
        self.push_note(span, NoteKind::SpreadArgument);
    }

    fn push_note(&mut self, span: Span, kind: NoteKind) {
        let pc = self.bytecode.here();
        self.notes.push(Note { pc, start: span.start(), end: span.end(), kind });
    }

    pub(crate) fn property_guard(&mut self, access: &SimplePropertyAccess) -> SourcePositionGuard<'_, 'ctx> {
        SourcePositionGuard::new(self, of_property(access))
    }
}

/// The span of an expression from its first token on (the parser's begins a call at its parenthesis).
pub(crate) fn span(expression: &Expression) -> Span {
    let end = expression.span().end();
    let mut first = expression;
    loop {
        first = match first {
            Expression::Call(call) => call.function(),
            Expression::PropertyAccess(PropertyAccess::Simple(access)) => access.target(),
            Expression::PropertyAccess(PropertyAccess::Private(access)) => access.target(),
            Expression::Optional(optional) => optional.target(),
            Expression::TaggedTemplate(template) => template.tag(),
            Expression::Binary(binary) => binary.lhs(),
            Expression::Conditional(conditional) => conditional.condition(),
            _ => break,
        }
    }
    let start = first.span().start();
    if start <= end { Span::new(start, end) } else { expression.span() }
}

/// The place of expressions that may throw by themselves and say nothing of it where they are compiled.
pub(crate) fn of_expression(expression: &Expression) -> Option<Position> {
    match expression {
        Expression::Binary(binary) if !matches!(binary.op(), BinaryOp::Logical(_) | BinaryOp::Comma) => Some(after(binary.lhs().span().end(), 1)),
        Expression::Unary(unary) if !matches!(unary.op(), UnaryOp::Not | UnaryOp::Void | UnaryOp::TypeOf) => Some(unary.span().start()),
        Expression::Await(node) => Some(node.span().start()),
        Expression::Yield(node) => Some(node.span().start()),
        Expression::SuperCall(node) => Some(node.span().start()),
        Expression::ImportCall(node) => Some(node.span().start()),
        Expression::This(node) => Some(node.span().start()),
        Expression::TaggedTemplate(node) => Some(node.tag().span().end()),
        Expression::BinaryInPrivate(node) => Some(after(node.lhs().span().end(), 1)),
        Expression::TemplateLiteral(node) => node.elements().iter().find_map(|element| match element {
            TemplateElement::Expr(expression) => Some(span(expression).start()),
            TemplateElement::String(_) => None,
        }),
        _ => None,
    }
}

/// The name for `a.b`, but the dot for `a().b`; the bracket (one before the key, as it is mostly written) for `a[b]`.
pub(crate) fn of_property(access: &SimplePropertyAccess) -> Position {
    match access.field() {
        PropertyAccessField::Const(name) if follows_call(access.target()) => before(name.span().start(), 1),
        PropertyAccessField::Const(name) => name.span().start(),
        PropertyAccessField::Expr(key) => before(span(key).start(), 1),
    }
}

/// Whether there is a call among the first links of a chain; further ones are not looked for.
fn follows_call(target: &Expression) -> bool {
    let mut target = target;
    for _ in 0..8 {
        target = match target {
            Expression::Call(_) | Expression::SuperCall(_) | Expression::ImportCall(_) => return true,
            Expression::PropertyAccess(PropertyAccess::Simple(access)) => access.target(),
            _ => return false,
        }
    }
    false
}

/// `new`, the name that is called, or the parenthesis where no name stands before it.
pub(crate) fn of_call(call: &Call, construct: bool, interner: &Interner) -> Position {
    let field = |field: &PropertyAccessField| match field {
        PropertyAccessField::Const(name) if !is_reserved(name.sym(), interner) => Some(name.span().start()),
        PropertyAccessField::Const(_) | PropertyAccessField::Expr(_) => None,
    };
    let name = match call.function() {
        _ if construct => None,
        Expression::Identifier(name) => Some(name.span().start()),
        Expression::PropertyAccess(PropertyAccess::Simple(access)) => field(access.field()),
        Expression::PropertyAccess(PropertyAccess::Super(access)) => field(access.field()),
        _ => None,
    };
    name.unwrap_or_else(|| call.span().start())
}

/// A link of an optional chain: the dot or bracket, or for a call the name before it.
pub(crate) fn of_optional(link: &OptionalOperation, previous: Option<&OptionalOperation>, interner: &Interner) -> Position {
    let callee = previous.filter(|_| !link.shorted()).map(OptionalOperation::kind);
    match (link.kind(), callee) {
        (OptionalOperationKind::SimplePropertyAccess { field: PropertyAccessField::Const(name) }, _) => before(name.span().start(), 1),
        (OptionalOperationKind::SimplePropertyAccess { field: PropertyAccessField::Expr(key) }, _) => before(span(key).start(), 1),
        (OptionalOperationKind::PrivatePropertyAccess { field }, _) => before(field.span().start(), 1),
        (OptionalOperationKind::Call { .. }, Some(OptionalOperationKind::SimplePropertyAccess { field: PropertyAccessField::Const(name) })) if !is_reserved(name.sym(), interner) => {
            name.span().start()
        }
        (OptionalOperationKind::Call { .. }, _) => link.span().start(),
    }
}

/// The keyword, which stands a blank before its operand.
pub(crate) fn of_throw(statement: &Throw) -> Span {
    before(span(statement.target()).start(), 6).into()
}

/// The first property, else the whole pattern.
pub(crate) fn of_object_pattern(pattern: &ObjectPattern) -> Position {
    first_property(pattern).map_or(pattern.span().start(), Span::start)
}

fn first_property(pattern: &ObjectPattern) -> Option<Span> {
    match pattern.bindings().first()? {
        ObjectPatternElement::SingleName { name: PropertyName::Literal(name), .. }
        | ObjectPatternElement::AssignmentPropertyAccess { name: PropertyName::Literal(name), .. }
        | ObjectPatternElement::Pattern { name: PropertyName::Literal(name), .. } => Some(name.span()),
        _ => None,
    }
}

/// `columns` further on the line.
pub(crate) fn after(position: Position, columns: u32) -> Position {
    Position::new(position.line_number(), position.column_number().saturating_add(columns))
}

fn before(position: Position, columns: u32) -> Position {
    Position::new(position.line_number(), position.column_number().saturating_sub(columns).max(1))
}

/// V8 takes the place of the parenthesis where a reserved word is called: `promise.catch(f)`.
fn is_reserved(name: Sym, interner: &Interner) -> bool {
    const WORDS: &[&str] = &[
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
    ];
    interner.resolve_expect(name).utf8().is_some_and(|name| WORDS.contains(&name))
}
