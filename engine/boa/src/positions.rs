//! Which place of the source stands for an instruction, as V8 chooses it: the name of a method for its call, the operator for an
//! assignment, `new` for a construction; and which expression an error message is to name.

use boa_ast::{
    Expression, Position, Span, Spanned,
    declaration::Binding,
    expression::{
        Call, OptionalOperation, OptionalOperationKind,
        access::{PrivatePropertyAccess, PropertyAccess, PropertyAccessField, SimplePropertyAccess},
        literal::TemplateElement,
        operator::{
            Assign, Update,
            binary::BinaryOp,
            unary::UnaryOp,
            update::{UpdateOp, UpdateTarget},
        },
    },
    pattern::{ArrayPatternElement, ObjectPattern, ObjectPatternElement},
    property::PropertyName,
    statement::{Throw, iteration::IterableLoopInitializer},
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
    /// The same for what a `catch` clause caught.
    Caught,
}

/// What the compiler has gone past: V8 lets an instruction that has no place of its own stand at the last one before it, and the first
/// instruction of a statement at the statement.
#[derive(Debug, Default)]
pub(crate) struct Places {
    latest: Option<Position>,
    /// Where a statement starts, in the code and in the source.
    statement: Option<(u32, Position)>,
    /// Where the expression begins that is all of an arrow function.
    arrow: Option<Position>,
    /// Where the array pattern that comes next asks for its iterator.
    pattern: Option<Position>,
    /// Whether the body of a constructor is over, and with it what has a place.
    ended: bool,
}

impl Places {
    /// Notes that code for a place was written.
    pub(crate) fn passed(&mut self, place: Option<Position>) {
        if !self.ended && place.is_some() {
            self.latest = place;
        }
    }

    /// The place written for last.
    pub(crate) fn latest(&self) -> Option<Position> {
        self.latest
    }

    /// The statement's place, for the first of its instructions.
    pub(crate) fn of_first(&self, pc: u32) -> Option<Position> {
        self.statement.and_then(|(start, place)| (start == pc).then_some(place))
    }

    pub(crate) fn start_arrow(&mut self, body: Position) {
        self.arrow = Some(body);
    }

    pub(crate) fn start_pattern(&mut self, place: Position) {
        self.pattern = Some(place);
    }

    pub(crate) fn take_pattern(&mut self) -> Option<Position> {
        self.pattern.take()
    }

    pub(crate) fn end_body(&mut self) {
        self.ended = true;
    }
}

impl<'ctx> ByteCompiler<'ctx> {
    /// Says that a statement begins here.
    pub(crate) fn start_statement(&mut self, place: Position) {
        self.places.statement = Some((self.bytecode.here(), place));
        self.places.passed(Some(place));
    }

    /// Lets what comes next stand at the place written for last.
    pub(crate) fn push_latest_position(&mut self) {
        let latest = self.places.latest();
        self.push_source_position(latest);
    }

    /// Says that a `return` begins here, which stands a blank before its operand; an arrow function that is one expression has none.
    pub(crate) fn start_return(&mut self, operand: &Expression) {
        let start = span(operand).start();
        let place = match self.places.arrow.take() {
            Some(body) if body == start || body == operand.span().start() => of_value(operand, self.interner()),
            _ => before(start, 7),
        };
        self.start_statement(place);
    }

    /// Names the expression that the instruction emitted last is about.
    pub(crate) fn note(&mut self, span: Span) {
        self.push_note(span, NoteKind::Operand);
    }

    /// The same for the check that a pattern's value is an object.
    pub(crate) fn note_pattern(&mut self, source: Option<Span>, nested: bool, pattern: &ObjectPattern) {
        let plain = source.is_none() && nested || !is_destructured(pattern);
        if let (true, Some(property)) = (plain, first_property(pattern)) {
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

    /// Says that an array pattern takes apart the value of a loop.
    pub(crate) fn note_loop_value(&mut self, span: Span) {
        self.push_note(span, NoteKind::LoopValue);
    }

    /// Says what the value is that an object pattern takes apart.
    pub(crate) fn note_pattern_value(&mut self, kind: NoteKind, pattern: &ObjectPattern) {
        match (kind, first_property(pattern)) {
            (NoteKind::Nested, Some(property)) => self.push_note(property, kind),
            (NoteKind::Nested, None) => {}
            _ => self.push_note(pattern.span(), kind),
        }
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
        Expression::Binary(binary) if !matches!(binary.op(), BinaryOp::Logical(_) | BinaryOp::Comma) => Some(binary.operator()),
        Expression::Unary(unary) if !matches!(unary.op(), UnaryOp::Not | UnaryOp::Void | UnaryOp::TypeOf) => Some(unary.span().start()),
        Expression::Await(node) => Some(node.span().start()),
        Expression::Yield(node) => Some(node.span().start()),
        Expression::SuperCall(node) => Some(node.span().start()),
        Expression::ImportCall(node) => Some(node.span().start()),
        Expression::This(node) => Some(node.span().start()),
        Expression::TaggedTemplate(node) => Some(node.tag().span().end()),
        Expression::BinaryInPrivate(node) => Some(after(node.lhs().span().end(), 1)),
        Expression::TemplateLiteral(node) => match node.elements() {
            [TemplateElement::Expr(Expression::Identifier(_)), ..] => Some(node.span().start()),
            elements => elements.iter().find_map(|element| match element {
                TemplateElement::Expr(expression) => Some(span(expression).start()),
                TemplateElement::String(_) => None,
            }),
        },
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
    match pattern.bindings().first() {
        Some(ObjectPatternElement::RestProperty { ident }) => ident.span().start(),
        _ => first_property(pattern).map_or(pattern.span().start(), Span::start),
    }
}

/// An element of an array pattern, while which is taken the iterator may fail.
pub(crate) fn of_element(element: &ArrayPatternElement) -> Option<Position> {
    match element {
        ArrayPatternElement::Elision => None,
        ArrayPatternElement::SingleName { ident, .. } | ArrayPatternElement::SingleNameRest { ident } => Some(ident.span().start()),
        ArrayPatternElement::PropertyAccess { access, .. } | ArrayPatternElement::PropertyAccessRest { access } => Some(access.span().start()),
        ArrayPatternElement::Pattern { pattern, .. } | ArrayPatternElement::PatternRest { pattern } => Some(pattern.span().start()),
    }
}

/// What a `for` loop assigns to, which is where it stands while it asks for the next value.
pub(crate) fn of_loop_variable(variable: &IterableLoopInitializer) -> Position {
    let binding = |binding: &Binding| match binding {
        Binding::Identifier(name) => name.span().start(),
        Binding::Pattern(pattern) => pattern.span().start(),
    };
    match variable {
        IterableLoopInitializer::Identifier(name) => name.span().start(),
        IterableLoopInitializer::Access(access) => access.span().start(),
        IterableLoopInitializer::Var(variable) => binding(variable.binding()),
        IterableLoopInitializer::Let(variable) | IterableLoopInitializer::Const(variable) => binding(variable),
        IterableLoopInitializer::Pattern(pattern) => pattern.span().start(),
    }
}

/// Where the iterator of `[a] = value` is asked for: at the operator, but at a call that is the value.
pub(crate) fn of_pattern_assignment(assign: &Assign, interner: &Interner) -> Position {
    match assign.rhs() {
        Expression::Call(call) => of_call(call, false, interner),
        _ => assign.operator(),
    }
}

/// The name of a property.
pub(crate) fn of_access(access: &PropertyAccess) -> Position {
    match access {
        PropertyAccess::Simple(access) => of_property(access),
        PropertyAccess::Private(access) => access.field().span().start(),
        PropertyAccess::Super(access) => access.span().start(),
    }
}

/// `++` behind its operand, or the operand behind it.
pub(crate) fn of_update(update: &Update) -> Position {
    match update.op() {
        UpdateOp::IncrementPre | UpdateOp::DecrementPre => match update.target() {
            UpdateTarget::Identifier(name) => name.span().start(),
            UpdateTarget::PropertyAccess(access) => of_access(access),
        },
        UpdateOp::IncrementPost | UpdateOp::DecrementPost => before(update.span().end(), 2),
    }
}

/// The dot of `a.#b`.
pub(crate) fn before_private(access: &PrivatePropertyAccess) -> Position {
    before(access.field().span().start(), 1)
}

/// The place of an expression itself: of a call its callee's name, of a property its name, of an operation the operator.
pub(crate) fn of_value(expression: &Expression, interner: &Interner) -> Position {
    match expression.flatten() {
        Expression::Call(call) => of_call(call, false, interner),
        Expression::PropertyAccess(PropertyAccess::Simple(access)) => of_property(access),
        Expression::Binary(binary) => binary.operator(),
        Expression::Assign(assign) => assign.operator(),
        expression => span(expression).start(),
    }
}

/// Whether V8 speaks of destructuring where the first property is taken out of nothing: it does not see it behind a default.
fn is_destructured(pattern: &ObjectPattern) -> bool {
    !matches!(
        pattern.bindings().first(),
        Some(
            ObjectPatternElement::SingleName { default_init: Some(_), .. }
                | ObjectPatternElement::Pattern { default_init: Some(_), .. }
                | ObjectPatternElement::AssignmentPropertyAccess { .. }
        )
    )
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

pub(crate) fn before(position: Position, columns: u32) -> Position {
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
