//! What has a meaning at run time, rewritten as JavaScript: enums, namespaces, parameter properties, `import x = require()`, `export =`.
//!
//! The text between the rewritten parts stays as it was, its types blanked, and everything stays on its line; a source map says where each
//! token came from.
//!
//! Unlike Node's, a name that an earlier block of the same namespace exported is not seen in a later one.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Kind;
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};

use crate::{
    eraser::after_decorators,
    error::Failure,
    parse::Parsed,
    source_map::{MapBuilder, Position, quoted},
    strip::{self, Stripper, unsupported},
};

/// JavaScript and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transformed {
    pub code: String,
    /// A source map of version 3 as JSON.
    pub map: String,
}

/// The text of `parsed` as JavaScript.
pub(crate) fn run(parsed: &Parsed<'_>, source_name: &str) -> Result<Transformed, Failure> {
    let stripper = strip::walked(parsed, Some(Rewriter::default()))?;
    let mut edits = stripper.rewriter.unwrap_or_default().edits;
    edits.sort_by_key(|edit| edit.span.start);
    let blanked = stripper.eraser.blanks.apply(parsed.source);
    Ok(assemble(parsed, &blanked, &edits, source_name))
}

/// The blanked text with the edits in it.
fn assemble(parsed: &Parsed<'_>, blanked: &str, edits: &[Edit], source_name: &str) -> Transformed {
    let mut code = String::with_capacity(blanked.len());
    let mut map = MapBuilder::default();
    let (mut made, mut source) = (Position::default(), Position::default());
    let mut at = 0;
    let mut token = 0;
    let mut copy = |until: u32, at: &mut u32, code: &mut String, made: &mut Position, source: &mut Position| {
        while *at < until {
            let next = parsed.tokens.get(token).map_or(until, |next| next.start());
            if next <= *at {
                if next == *at {
                    map.add(*made, *source);
                }
                token += 1;
                continue;
            }
            let end = next.min(until);
            let (piece, original) = (part(blanked, *at, end), part(parsed.source, *at, end));
            code.push_str(piece);
            *made = made.after(piece);
            *source = source.after(original);
            *at = end;
        }
    };
    for edit in edits {
        copy(edit.span.start, &mut at, &mut code, &mut made, &mut source);
        if edit.span.start < at {
            continue;
        }
        let replaced = part(parsed.source, at, edit.span.end);
        // As many lines as before: what follows stays on its line.
        let missing = replaced.matches('\n').count().saturating_sub(edit.text.matches('\n').count());
        let text = format!("{}{}", edit.text, "\n".repeat(missing));
        code.push_str(&text);
        made = made.after(&text);
        source = source.after(replaced);
        at = edit.span.end.max(at);
    }
    copy(parsed.source.len() as u32, &mut at, &mut code, &mut made, &mut source);
    Transformed { code, map: map.finish(source_name) }
}

fn part(text: &str, start: u32, end: u32) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// A part of the source and what stands there instead.
#[derive(Debug, Clone)]
struct Edit {
    span: Span,
    text: String,
}

/// What is to be rewritten, in a walk that rewrites.
#[derive(Debug, Default)]
pub(crate) struct Rewriter {
    edits: Vec<Edit>,
    /// Names that the statement lists around declare so far, innermost last: a second enum or namespace of a name adds to the first.
    declared: Vec<Vec<String>>,
    /// The namespaces around, innermost last.
    namespaces: Vec<String>,
}

impl Rewriter {
    fn replace(&mut self, start: u32, end: u32, text: impl Into<String>) {
        self.edits.push(Edit { span: Span::new(start, end), text: text.into() });
    }

    fn insert(&mut self, at: u32, text: impl Into<String>) {
        self.replace(at, at, text);
    }

    /// Notes that the innermost list declares a name; whether it did so before.
    fn declare(&mut self, name: &str) -> bool {
        let Some(names) = self.declared.last_mut() else { return false };
        let known = names.iter().any(|other| other == name);
        if !known {
            names.push(name.to_owned());
        }
        known
    }
}

/// How an enum or a namespace is exported: the span of the whole `export` statement.
type Exported = Option<Span>;

impl<'s> Stripper<'s> {
    /// A list of statements: classes and functions of it may share their names with namespaces.
    pub fn enter_statements(&mut self, statements: &[Statement<'_>]) {
        let Some(rewriter) = &mut self.rewriter else { return };
        let names = statements.iter().filter_map(|statement| {
            let declaration = match statement {
                Statement::ExportDeclaration(export) => Some(&export.declaration),
                Statement::ExportDefaultDeclaration(export) => {
                    return match &export.declaration {
                        ExportDefaultDeclarationKind::ClassDeclaration(class) => class.id.as_ref(),
                        ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.id.as_ref(),
                        _ => None,
                    }
                    .map(|id| id.name.to_string());
                }
                other => other.as_declaration(),
            };
            match declaration? {
                Declaration::ClassDeclaration(class) if !class.declare => class.id.as_ref(),
                Declaration::FunctionDeclaration(function) if function.body.is_some() => function.id.as_ref(),
                _ => None,
            }
            .map(|id| id.name.to_string())
        });
        rewriter.declared.push(names.collect());
    }

    pub fn leave_statements(&mut self) {
        if let Some(rewriter) = &mut self.rewriter {
            rewriter.declared.pop();
        }
    }

    /// `export` before a declaration that stays.
    pub fn exported(&mut self, export: &ExportDeclaration<'_>) {
        match &export.declaration {
            Declaration::TSEnumDeclaration(enumeration) if self.rewriter.is_some() => self.rewrite_enum(enumeration, enumeration.span, Some(export.span)),
            Declaration::TSNamespaceDeclaration(namespace) if self.rewriter.is_some() => self.rewrite_namespace(namespace, namespace.span, Some(export.span)),
            declaration => {
                self.visit_exported(declaration);
                self.export_from_namespace(export);
            }
        }
    }

    /// In a namespace, `export` is an assignment to its object.
    fn export_from_namespace(&mut self, export: &ExportDeclaration<'_>) {
        let Some(rewriter) = &mut self.rewriter else { return };
        let Some(namespace) = rewriter.namespaces.last().cloned() else { return };
        let start = export.declaration.span().start;
        rewriter.replace(export.span.start, start, "");
        let mut names = Names::default();
        let mut is_mutable = false;
        match &export.declaration {
            Declaration::VariableDeclaration(variables) => {
                is_mutable = variables.kind != VariableDeclarationKind::Const;
                for declarator in &variables.declarations {
                    names.visit_binding_pattern(&declarator.id);
                }
            }
            Declaration::FunctionDeclaration(function) => names.0.extend(function.id.as_ref().map(|id| id.name.to_string())),
            Declaration::ClassDeclaration(class) => names.0.extend(class.id.as_ref().map(|id| id.name.to_string())),
            _ => {}
        }
        let assignments: Vec<String> = names
            .0
            .iter()
            .map(|name| match is_mutable {
                true => format!("Object.defineProperty({namespace}, \"{name}\", {{ enumerable: true, configurable: true, get: () => {name}, set: (value) => {{ {name} = value; }} }});"),
                false => format!("{namespace}.{name} = {name};"),
            })
            .collect();
        if !assignments.is_empty() {
            rewriter.insert(export.span.end, format!("; {}", assignments.join(" ")));
        }
    }

    /// The beginning of an enum's or a namespace's function up to its body, and its end.
    ///
    /// `initial` is what it is made of: `{}` where the function gives its value back, and an assignment where it does not.
    fn wrapper(&mut self, name: &str, exported: Exported, gives_back: bool) -> (String, String) {
        let Some(rewriter) = &mut self.rewriter else { return Default::default() };
        let known = rewriter.declare(name);
        let outer = rewriter.namespaces.last().cloned().filter(|_| exported.is_some());
        let is_nested = rewriter.declared.len() > 1;
        let export = if exported.is_some() && outer.is_none() { "export " } else { "" };
        let variable = if is_nested { "let" } else { "var" };
        let inner = match &outer {
            Some(outer) => format!("{outer}.{name} || ({outer}.{name} = {{}})"),
            None if gives_back && is_nested && !known => "{}".to_owned(),
            None if gives_back => format!("{name} || {{}}"),
            None => format!("{name} || ({name} = {{}})"),
        };
        let head = match (known, gives_back) {
            (true, _) => format!(";(({name}) => {{"),
            (false, true) => format!("{export}{variable} {name} = (({name}) => {{"),
            (false, false) => format!("{export}{variable} {name}; (({name}) => {{"),
        };
        let inner = match (&outer, gives_back, known) {
            // The name stands for the object in the rest of the outer namespace too.
            (Some(_), false, false) => format!("{name} = {inner}"),
            (None, true, true) => format!("{name} || ({name} = {{}})"),
            _ => inner,
        };
        (head, format!("}})({inner});"))
    }

    /// `enum A { X, Y = 2 }` as a function that fills an object.
    pub fn rewrite_enum(&mut self, enumeration: &TSEnumDeclaration<'_>, span: Span, exported: Exported) {
        let name = enumeration.id.name.to_string();
        let (head, tail) = self.wrapper(&name, exported, true);
        let Some(rewriter) = &mut self.rewriter else { return };
        rewriter.replace(exported.map_or(span.start, |export| export.start), enumeration.body.span.start + 1, head);
        let mut members: Vec<(String, Option<Constant>)> = Vec::new();
        for member in &enumeration.body.members {
            let Some(key) = member_name(&member.id) else {
                self.fail(unsupported("A computed name of an enum member must be a string", member.span));
                return;
            };
            let comma = self.eraser.tokens.from(member.span.end).filter(|token| token.kind() == Kind::Comma);
            let end = comma.map_or(member.span.end, |comma| comma.end());
            let key_text = quoted(&key);
            let constant = match &member.initializer {
                Some(initializer) => Constant::of(initializer, &name, &members),
                None => match members.last() {
                    None => Some(Constant::Number(0.0)),
                    Some((_, Some(Constant::Number(last)))) => Some(Constant::Number(last + 1.0)),
                    Some(_) => None,
                },
            };
            let is_string = matches!(constant, Some(Constant::Text(_))) || member.initializer.as_ref().is_some_and(is_string_like);
            let (before, after) = if is_string { (format!("{name}[{key_text}] = "), ";".to_owned()) } else { (format!("{name}[{name}[{key_text}] = "), format!("] = {key_text};")) };
            match &member.initializer {
                Some(initializer) => {
                    let value = initializer.span();
                    if let Some(rewriter) = &mut self.rewriter {
                        rewriter.replace(member.span.start, value.start, before);
                        for reference in references(initializer, &members) {
                            rewriter.insert(reference, format!("{name}."));
                        }
                        rewriter.replace(value.end, end, after);
                    }
                    self.visit_expression(initializer);
                }
                None => {
                    let value = match &constant {
                        Some(Constant::Number(number)) => number.to_string(),
                        _ => "void 0".to_owned(),
                    };
                    if let Some(rewriter) = &mut self.rewriter {
                        rewriter.replace(member.span.start, end, format!("{before}{value}{after}"));
                    }
                }
            }
            members.push((key, constant));
        }
        if let Some(rewriter) = &mut self.rewriter {
            let end = enumeration.body.span.end;
            rewriter.replace(end - 1, end, format!("return {name}; {tail}"));
        }
    }

    /// `namespace A.B { ... }` as functions that fill objects.
    pub fn rewrite_namespace(&mut self, namespace: &TSNamespaceDeclaration<'_>, span: Span, exported: Exported) {
        let name = namespace.id.name.to_string();
        let (head, tail) = self.wrapper(&name, exported, false);
        let Some(rewriter) = &mut self.rewriter else { return };
        let start = exported.map_or(span.start, |export| export.start);
        match &namespace.body {
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => {
                rewriter.replace(start, inner.span.start, format!("{head} "));
                rewriter.namespaces.push(name);
                rewriter.declared.push(Vec::new());
                self.rewrite_namespace(inner, inner.span, Some(Span::new(inner.span.start, inner.span.end)));
            }
            TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                rewriter.replace(start, block.span.start + 1, head);
                rewriter.namespaces.push(name);
                self.enter_statements(&block.body);
                for statement in &block.body {
                    self.visit_statement(statement);
                }
                if let Some(rewriter) = &mut self.rewriter {
                    rewriter.replace(block.span.end - 1, block.span.end, "");
                }
            }
        }
        if let Some(rewriter) = &mut self.rewriter {
            rewriter.declared.pop();
            rewriter.namespaces.pop();
            rewriter.insert(namespace.span.end, tail);
        }
    }

    /// `import x = require("y")` and `import x = A.B`.
    pub fn import_equals(&mut self, import: &TSImportEqualsDeclaration<'_>, span: Span, is_exported: bool) {
        let Some(rewriter) = &mut self.rewriter else {
            let message = "TypeScript import equals declaration is not supported in strip-only mode";
            return self.fail(unsupported(message, span));
        };
        let namespace = rewriter.namespaces.last().cloned().filter(|_| is_exported);
        let export = if is_exported && namespace.is_none() { "export " } else { "" };
        let name = import.id.name.as_str();
        let member = namespace.map(|namespace| format!("{namespace}.{name} = ")).unwrap_or_default();
        rewriter.replace(span.start, import.module_reference.span().start, format!("{export}const {name} = {member}"));
    }

    /// `export = x`
    pub fn rewrite_export_assignment(&mut self, export: &TSExportAssignment<'_>) {
        if let Some(rewriter) = &mut self.rewriter {
            rewriter.replace(export.span.start, export.expression.span().start, "module.exports = ");
        }
        self.visit_expression(&export.expression);
    }

    /// `constructor(private a)`: its modifiers go; [`Stripper::rewrite_constructor`] adds the property.
    pub fn rewrite_parameter_property(&mut self, parameter: &FormalParameter<'_>) {
        let start = after_decorators(&parameter.decorators, parameter.span);
        self.eraser.blanks.blank(start, parameter.pattern.span().start);
    }

    /// Parameter properties as fields of the class, and their assignments behind `super()` or at the constructor's beginning.
    pub fn rewrite_constructor(&mut self, class: &Class<'_>) {
        let Some(rewriter) = &mut self.rewriter else { return };
        let constructor = class.body.body.iter().find_map(|element| match element {
            ClassElement::MethodDefinition(method) if method.kind == MethodDefinitionKind::Constructor => Some(&method.value).filter(|value| value.body.is_some()),
            _ => None,
        });
        let Some(constructor) = constructor else { return };
        let Some(body) = &constructor.body else { return };
        let mut names = Names::default();
        for parameter in constructor.params.items.iter().filter(|parameter| parameter.accessibility.is_some() || parameter.readonly || parameter.r#override) {
            names.visit_binding_pattern(&parameter.pattern);
        }
        if names.0.is_empty() {
            return;
        }
        let fields: String = names.0.iter().map(|name| format!(" {name};")).collect();
        let assignments: String = names.0.iter().map(|name| format!(" this.{name} = {name};")).collect();
        rewriter.insert(class.body.span.start + 1, fields);
        let after_super = body.statements.iter().find_map(|statement| match statement {
            Statement::ExpressionStatement(statement) => {
                let Expression::CallExpression(call) = &statement.expression else { return None };
                matches!(call.callee, Expression::Super(_)).then_some(statement.span.end)
            }
            _ => None,
        });
        let at = after_super.or_else(|| body.directives.last().map(|last| last.span.end));
        match at {
            Some(at) => rewriter.insert(at, format!(";{assignments}")),
            None => rewriter.insert(body.span.start + 1, assignments),
        }
    }

    /// `<T>x`
    pub fn rewrite_type_assertion(&mut self, assertion: &TSTypeAssertion<'_>) {
        let Some(rewriter) = &mut self.rewriter else { return };
        rewriter.replace(assertion.span.start, assertion.expression.span().start, "(");
        rewriter.insert(assertion.span.end, ")");
    }
}

/// The name of an enum's member, where it is known without running anything.
fn member_name(id: &TSEnumMemberName<'_>) -> Option<String> {
    match id {
        TSEnumMemberName::Identifier(name) => Some(name.name.to_string()),
        TSEnumMemberName::String(text) | TSEnumMemberName::ComputedString(text) => Some(text.value.to_string()),
        TSEnumMemberName::ComputedTemplateString(template) => {
            template.quasis.first().and_then(|quasi| quasi.value.cooked.as_ref()).filter(|_| template.expressions.is_empty()).map(|text| text.to_string())
        }
    }
}

/// Whether an initializer is a string whatever is in it: such a member has no entry back from its value.
fn is_string_like(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => true,
        Expression::ParenthesizedExpression(inner) => is_string_like(&inner.expression),
        Expression::BinaryExpression(binary) => binary.operator == BinaryOperator::Addition && (is_string_like(&binary.left) || is_string_like(&binary.right)),
        _ => false,
    }
}

/// A value that is known without running anything.
#[derive(Debug, Clone, PartialEq)]
enum Constant {
    Number(f64),
    Text(String),
}

impl Constant {
    /// The value of an initializer in the enum `name`, whose members so far are `members`.
    fn of(expression: &Expression<'_>, name: &str, members: &[(String, Option<Self>)]) -> Option<Self> {
        let member = |key: &str| members.iter().rev().find(|(other, _)| other == key).and_then(|(_, value)| value.clone());
        match expression {
            Expression::NumericLiteral(number) => Some(Self::Number(number.value)),
            Expression::StringLiteral(text) => Some(Self::Text(text.value.to_string())),
            Expression::TemplateLiteral(template) if template.expressions.is_empty() => template.quasis.first()?.value.cooked.as_ref().map(|text| Self::Text(text.to_string())),
            Expression::ParenthesizedExpression(inner) => Self::of(&inner.expression, name, members),
            Expression::Identifier(identifier) => member(identifier.name.as_str()),
            Expression::StaticMemberExpression(access) if matches!(&access.object, Expression::Identifier(object) if object.name.as_str() == name) => member(access.property.name.as_str()),
            Expression::UnaryExpression(unary) => {
                let Self::Number(value) = Self::of(&unary.argument, name, members)? else { return None };
                match unary.operator {
                    UnaryOperator::UnaryPlus => Some(Self::Number(value)),
                    UnaryOperator::UnaryNegation => Some(Self::Number(-value)),
                    UnaryOperator::BitwiseNot => Some(Self::Number(f64::from(!to_int32(value)))),
                    _ => None,
                }
            }
            Expression::BinaryExpression(binary) => match (Self::of(&binary.left, name, members)?, Self::of(&binary.right, name, members)?) {
                (Self::Number(left), Self::Number(right)) => binary_number(binary.operator, left, right).map(Self::Number),
                (Self::Text(left), Self::Text(right)) if binary.operator == BinaryOperator::Addition => Some(Self::Text(left + &right)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn binary_number(operator: BinaryOperator, left: f64, right: f64) -> Option<f64> {
    let (a, b) = (to_int32(left), to_int32(right));
    let shift = (b as u32) & 31;
    Some(match operator {
        BinaryOperator::Addition => left + right,
        BinaryOperator::Subtraction => left - right,
        BinaryOperator::Multiplication => left * right,
        BinaryOperator::Division => left / right,
        BinaryOperator::Remainder => left % right,
        BinaryOperator::Exponential => left.powf(right),
        BinaryOperator::ShiftLeft => f64::from(a.wrapping_shl(shift)),
        BinaryOperator::ShiftRight => f64::from(a >> shift),
        BinaryOperator::ShiftRightZeroFill => f64::from((a as u32) >> shift),
        BinaryOperator::BitwiseAnd => f64::from(a & b),
        BinaryOperator::BitwiseOR => f64::from(a | b),
        BinaryOperator::BitwiseXOR => f64::from(a ^ b),
        _ => return None,
    })
}

/// ToInt32 of <https://tc39.es/ecma262/#sec-toint32>.
fn to_int32(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    number.trunc().rem_euclid(4_294_967_296.0) as u32 as i32
}

/// Where an initializer names members of its enum without saying so.
fn references(expression: &Expression<'_>, members: &[(String, Option<Constant>)]) -> Vec<u32> {
    let mut finder = MemberReferences { members, found: Vec::new() };
    finder.visit_expression(expression);
    finder.found
}

struct MemberReferences<'m> {
    members: &'m [(String, Option<Constant>)],
    found: Vec<u32>,
}

impl<'a> Visit<'a> for MemberReferences<'_> {
    fn visit_identifier_reference(&mut self, reference: &IdentifierReference<'a>) {
        if self.members.iter().any(|(name, _)| name == reference.name.as_str()) {
            self.found.push(reference.span.start);
        }
    }
}

/// The names that a pattern binds.
#[derive(Default)]
struct Names(Vec<String>);

impl<'a> Visit<'a> for Names {
    fn visit_binding_identifier(&mut self, identifier: &BindingIdentifier<'a>) {
        self.0.push(identifier.name.to_string());
    }

    fn visit_assignment_pattern(&mut self, pattern: &AssignmentPattern<'a>) {
        walk::walk_binding_pattern(self, &pattern.left);
    }
}
