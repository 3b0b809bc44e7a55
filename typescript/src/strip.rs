//! The walk that takes types out of a tree and leaves everything else where it was.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Kind;
use oxc_span::{GetSpan, Span};

use crate::{
    eraser::{Eraser, after_decorators, continues_member},
    error::{Failure, StripErrorKind},
    parse::Parsed,
    tokens::Tokens,
    transform::Rewriter,
};

/// The text of `parsed` without its types.
pub(crate) fn run(parsed: &Parsed<'_>) -> Result<String, Failure> {
    let stripper = walked(parsed, None)?;
    Ok(stripper.eraser.blanks.apply(parsed.source))
}

/// Walks the tree; with a rewriter, what has a meaning at run time is rewritten instead of refused.
pub(crate) fn walked<'s>(parsed: &Parsed<'s>, rewriter: Option<Rewriter>) -> Result<Stripper<'s>, Failure> {
    module_keyword(&parsed.program.body, parsed.tokens)?;
    let mut stripper = Stripper { eraser: Eraser::new(parsed.source, parsed.tokens), rewriter, failure: None };
    stripper.visit_program(parsed.program);
    match stripper.failure.take() {
        Some(failure) => Err(failure),
        None => Ok(stripper),
    }
}

/// `module A {}`: an old spelling of namespaces that nothing accepts.
pub(crate) fn module_keyword(statements: &[Statement<'_>], tokens: Tokens<'_>) -> Result<(), Failure> {
    for statement in statements {
        let declaration = match statement {
            Statement::ExportDeclaration(export) => Some(&export.declaration),
            other => other.as_declaration(),
        };
        let Some(Declaration::TSNamespaceDeclaration(namespace)) = declaration else { continue };
        let mut innermost = &namespace.body;
        while let TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) = innermost {
            innermost = &inner.body;
        }
        if let TSNamespaceDeclarationBody::TSModuleBlock(block) = innermost {
            module_keyword(&block.body, tokens)?;
        }
        if namespace.kind == TSNamespaceDeclarationKind::Module {
            let keyword = tokens.find(Kind::Module, namespace.span.start, namespace.id.span.start);
            let start = keyword.map_or(namespace.span.start, |keyword| keyword.start());
            return Err(unsupported("`module` keyword is not supported. Use `namespace` instead.", Span::new(start, namespace.id.span.end)));
        }
    }
    Ok(())
}

pub(crate) fn unsupported(message: &str, span: Span) -> Failure {
    Failure { kind: StripErrorKind::UnsupportedSyntax, message: message.to_owned(), span }
}

fn invalid(message: &str, span: Span) -> Failure {
    Failure { kind: StripErrorKind::InvalidSyntax, message: message.to_owned(), span }
}

/// Whether a declaration is gone when its types are.
pub(crate) fn is_type_only(declaration: &Declaration<'_>) -> bool {
    match declaration {
        Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_) | Declaration::TSExternalModuleDeclaration(_) => true,
        Declaration::VariableDeclaration(variables) => variables.declare,
        Declaration::FunctionDeclaration(function) => function.declare || function.body.is_none(),
        Declaration::ClassDeclaration(class) => class.declare,
        Declaration::TSEnumDeclaration(enumeration) => enumeration.declare,
        Declaration::TSNamespaceDeclaration(namespace) => namespace.declare || is_without_values(&namespace.body),
        Declaration::TSGlobalDeclaration(global) => global.declare || global.body.body.iter().all(is_statement_without_values),
        Declaration::TSImportEqualsDeclaration(import) => import.import_kind == ImportOrExportKind::Type,
    }
}

fn is_without_values(body: &TSNamespaceDeclarationBody<'_>) -> bool {
    match body {
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => is_without_values(&inner.body),
        TSNamespaceDeclarationBody::TSModuleBlock(block) => block.directives.is_empty() && block.body.iter().all(is_statement_without_values),
    }
}

/// Whether a statement of a namespace gives it no value. What is merely declared in it counts as one.
fn is_statement_without_values(statement: &Statement<'_>) -> bool {
    let declaration = match statement {
        Statement::ExportDeclaration(export) => Some(&export.declaration),
        other => other.as_declaration(),
    };
    match declaration {
        Some(Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_)) => true,
        Some(Declaration::TSNamespaceDeclaration(namespace)) => is_without_values(&namespace.body),
        _ => false,
    }
}

/// The walk.
pub(crate) struct Stripper<'s> {
    pub eraser: Eraser<'s>,
    pub rewriter: Option<Rewriter>,
    failure: Option<Failure>,
}

impl Stripper<'_> {
    /// Keeps the first failure: it is the one that is told.
    pub fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn refuse(&mut self, what: &str, span: Span) {
        self.fail(unsupported(&format!("TypeScript {what} is not supported in strip-only mode"), span));
    }

    /// A declaration behind `export`.
    pub fn visit_exported(&mut self, declaration: &Declaration<'_>) {
        walk::walk_declaration(self, declaration);
    }

    /// A statement's body that goes with its types leaves an empty statement.
    fn keep_body(&mut self, body: &Statement<'_>) {
        if body.as_declaration().is_some_and(is_type_only) {
            self.eraser.blanks.put(body.span().start, b';');
        }
    }

    /// Blanks specifiers of this kind in the braces of an import or an export.
    fn specifier(&mut self, span: Span, kind: ImportOrExportKind) {
        if kind == ImportOrExportKind::Type {
            self.eraser.blank_with_comma(span);
        }
    }

    /// `override` where no class is extended.
    fn check_override(&mut self, class: &Class<'_>) {
        if class.heritage.is_some() {
            return;
        }
        for element in &class.body.body {
            let (overrides, span) = match element {
                ClassElement::MethodDefinition(method) => (method.r#override, method.span),
                ClassElement::PropertyDefinition(property) => (property.r#override, property.span),
                ClassElement::AccessorProperty(accessor) => (accessor.r#override, accessor.span),
                _ => (false, class.span),
            };
            if overrides {
                let keyword = self.eraser.tokens.find(Kind::Override, span.start, span.end).map_or(span, |keyword| keyword.span());
                self.fail(invalid("This member cannot have an 'override' modifier because its containing class does not extend another class.", keyword));
            }
        }
    }
}

impl<'a> Visit<'a> for Stripper<'_> {
    fn visit_statements(&mut self, statements: &oxc_allocator::Vec<'a, Statement<'a>>) {
        self.enter_statements(statements);
        walk::walk_statements(self, statements);
        self.leave_statements();
    }

    // Declarations and modules.

    fn visit_declaration(&mut self, declaration: &Declaration<'a>) {
        if is_type_only(declaration) {
            return self.eraser.blank_statement(declaration.span());
        }
        walk::walk_declaration(self, declaration);
    }

    fn visit_export_declaration(&mut self, export: &ExportDeclaration<'a>) {
        if is_type_only(&export.declaration) {
            return self.eraser.blank_statement(export.span);
        }
        if let Declaration::TSImportEqualsDeclaration(import) = &export.declaration {
            return self.import_equals(import, export.span, true);
        }
        self.exported(export);
    }

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        let is_type = match &export.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.body.is_none(),
            _ => false,
        };
        if is_type {
            return self.eraser.blank_statement(export.span);
        }
        walk::walk_export_default_declaration(self, export);
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        if export.export_kind == ImportOrExportKind::Type {
            self.eraser.blank_statement(export.span);
        }
    }

    fn visit_export_named_declaration(&mut self, export: &ExportNamedDeclaration<'a>) {
        if export.export_kind == ImportOrExportKind::Type {
            return self.eraser.blank_statement(export.span);
        }
        walk::walk_export_named_declaration(self, export);
    }

    fn visit_export_from_declaration(&mut self, export: &ExportFromDeclaration<'a>) {
        if export.export_kind == ImportOrExportKind::Type {
            return self.eraser.blank_statement(export.span);
        }
        walk::walk_export_from_declaration(self, export);
    }

    fn visit_export_specifier(&mut self, specifier: &ExportSpecifier<'a>) {
        self.specifier(specifier.span, specifier.export_kind);
    }

    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        if import.import_kind == ImportOrExportKind::Type {
            return self.eraser.blank_statement(import.span);
        }
        walk::walk_import_declaration(self, import);
    }

    fn visit_import_specifier(&mut self, specifier: &ImportSpecifier<'a>) {
        self.specifier(specifier.span, specifier.import_kind);
    }

    fn visit_ts_import_equals_declaration(&mut self, import: &TSImportEqualsDeclaration<'a>) {
        self.import_equals(import, import.span, false);
    }

    fn visit_ts_export_assignment(&mut self, export: &TSExportAssignment<'a>) {
        if self.rewriter.is_none() {
            return self.refuse("export assignment", export.span);
        }
        self.rewrite_export_assignment(export);
    }

    fn visit_ts_enum_declaration(&mut self, enumeration: &TSEnumDeclaration<'a>) {
        if self.rewriter.is_none() {
            return self.refuse("enum", enumeration.span);
        }
        self.rewrite_enum(enumeration, enumeration.span, None);
    }

    fn visit_ts_namespace_declaration(&mut self, namespace: &TSNamespaceDeclaration<'a>) {
        if self.rewriter.is_none() {
            return self.refuse("namespace declaration", namespace.span);
        }
        self.rewrite_namespace(namespace, namespace.span, None);
    }

    fn visit_ts_global_declaration(&mut self, global: &TSGlobalDeclaration<'a>) {
        self.refuse("namespace declaration", global.span);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if declarator.definite {
            self.eraser.blank_token(Kind::Bang, declarator.id.span().end);
        }
        walk::walk_variable_declarator(self, declarator);
    }

    // Statements whose body may be a declaration, and those whose argument must begin on their line.

    fn visit_if_statement(&mut self, statement: &IfStatement<'a>) {
        walk::walk_if_statement(self, statement);
        self.keep_body(&statement.consequent);
        if let Some(alternate) = &statement.alternate {
            self.keep_body(alternate);
        }
    }

    fn visit_for_statement(&mut self, statement: &ForStatement<'a>) {
        walk::walk_for_statement(self, statement);
        self.keep_body(&statement.body);
    }

    fn visit_for_in_statement(&mut self, statement: &ForInStatement<'a>) {
        walk::walk_for_in_statement(self, statement);
        self.keep_body(&statement.body);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        walk::walk_for_of_statement(self, statement);
        self.keep_body(&statement.body);
    }

    fn visit_while_statement(&mut self, statement: &WhileStatement<'a>) {
        walk::walk_while_statement(self, statement);
        self.keep_body(&statement.body);
    }

    fn visit_do_while_statement(&mut self, statement: &DoWhileStatement<'a>) {
        walk::walk_do_while_statement(self, statement);
        self.keep_body(&statement.body);
    }

    fn visit_with_statement(&mut self, statement: &WithStatement<'a>) {
        let keyword = Span::new(statement.span.start, statement.span.start + "with".len() as u32);
        self.fail(invalid("The 'with' statement is not supported. All symbols in a 'with' block will have type 'any'.", keyword));
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        walk::walk_return_statement(self, statement);
        self.eraser.keep_arrow_on_line(statement.argument.as_ref());
    }

    fn visit_yield_expression(&mut self, expression: &YieldExpression<'a>) {
        walk::walk_yield_expression(self, expression);
        self.eraser.keep_arrow_on_line(expression.argument.as_ref());
    }

    fn visit_throw_statement(&mut self, statement: &ThrowStatement<'a>) {
        walk::walk_throw_statement(self, statement);
        self.eraser.keep_arrow_on_line(Some(&statement.argument));
    }

    // Functions.

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        self.eraser.erase_arrow_signature(arrow);
        walk::walk_arrow_function_expression(self, arrow);
    }

    fn visit_ts_this_parameter(&mut self, parameter: &TSThisParameter<'a>) {
        self.eraser.blank_with_comma(parameter.span);
    }

    fn visit_formal_parameter(&mut self, parameter: &FormalParameter<'a>) {
        if parameter.accessibility.is_some() || parameter.readonly || parameter.r#override {
            if self.rewriter.is_none() {
                return self.refuse("parameter property", Span::new(parameter.pattern.span().start, parameter.span.end));
            }
            self.rewrite_parameter_property(parameter);
        }
        if parameter.optional {
            self.eraser.blank_token(Kind::Question, parameter.pattern.span().end);
        }
        walk::walk_formal_parameter(self, parameter);
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        if property.kind == PropertyKind::Get
            && let Expression::FunctionExpression(getter) = &property.value
        {
            self.eraser.blank_between_parentheses(getter.params.span);
        }
        walk::walk_object_property(self, property);
    }

    // Classes.

    fn visit_class(&mut self, class: &Class<'a>) {
        self.check_override(class);
        self.eraser.erase_class_head(class);
        self.rewrite_constructor(class);
        walk::walk_class(self, class);
    }

    fn visit_ts_class_implements_list(&mut self, _implements: &oxc_allocator::Vec<'a, TSClassImplements<'a>>) {}

    fn visit_method_definition(&mut self, method: &MethodDefinition<'a>) {
        if method.value.body.is_none() || method.r#type == MethodDefinitionType::TSAbstractMethodDefinition {
            return self.eraser.blank_member(method.span);
        }
        let start = after_decorators(&method.decorators, method.span);
        let has_modifier = method.r#override || method.accessibility.is_some();
        if has_modifier {
            self.eraser.blank_modifiers(start, method.key.span().start);
        }
        if method.optional {
            self.eraser.blank_token(Kind::Question, self.eraser.key_end(method.key.span(), method.computed));
        }
        let is_public_key = !matches!(method.key, PropertyKey::PrivateIdentifier(_)) && method.kind != MethodDefinitionKind::Constructor;
        if has_modifier && is_public_key && !method.r#static && method.decorators.is_empty() && (method.value.generator || continues_member(&method.key, method.computed)) {
            self.eraser.blanks.put(start, b';');
        }
        walk::walk_method_definition(self, method);
    }

    fn visit_property_definition(&mut self, property: &PropertyDefinition<'a>) {
        if property.declare || property.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
            return self.eraser.blank_member(property.span);
        }
        let start = after_decorators(&property.decorators, property.span);
        let has_modifier = property.readonly || property.r#override || property.accessibility.is_some();
        if has_modifier {
            self.eraser.blank_modifiers(start, property.key.span().start);
        }
        let key_end = self.eraser.key_end(property.key.span(), property.computed);
        if property.optional {
            self.eraser.blank_token(Kind::Question, key_end);
        }
        if property.definite {
            self.eraser.blank_token(Kind::Bang, key_end);
        }
        // Alone on a line these would begin an accessor or a static member.
        if property.value.is_none()
            && let PropertyKey::StaticIdentifier(name) = &property.key
            && matches!(name.name.as_str(), "get" | "set" | "static")
            && let Some(annotation) = &property.type_annotation
        {
            self.eraser.blanks.put(annotation.span.start, b';');
        }
        if has_modifier && !property.r#static && property.decorators.is_empty() && continues_member(&property.key, property.computed) {
            self.eraser.blanks.put(start, b';');
        }
        walk::walk_property_definition(self, property);
    }

    fn visit_accessor_property(&mut self, accessor: &AccessorProperty<'a>) {
        if accessor.r#type == AccessorPropertyType::TSAbstractAccessorProperty {
            return self.eraser.blank_member(accessor.span);
        }
        let start = after_decorators(&accessor.decorators, accessor.span);
        self.eraser.blank_modifiers(start, accessor.key.span().start);
        if accessor.definite {
            self.eraser.blank_token(Kind::Bang, self.eraser.key_end(accessor.key.span(), accessor.computed));
        }
        walk::walk_accessor_property(self, accessor);
    }

    fn visit_ts_index_signature(&mut self, signature: &TSIndexSignature<'a>) {
        self.eraser.blank_member(signature.span);
    }

    // Expressions.

    fn visit_ts_as_expression(&mut self, assertion: &TSAsExpression<'a>) {
        let is_const =
            matches!(&assertion.type_annotation, TSType::TSTypeReference(reference) if matches!(&reference.type_name, TSTypeName::IdentifierReference(name) if name.name.as_str() == "const"));
        self.eraser.blank_assertion(assertion.expression.span().end, assertion.span.end, is_const);
        self.visit_expression(&assertion.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, assertion: &TSSatisfiesExpression<'a>) {
        self.eraser.blank_assertion(assertion.expression.span().end, assertion.span.end, false);
        self.visit_expression(&assertion.expression);
    }

    fn visit_ts_type_assertion(&mut self, assertion: &TSTypeAssertion<'a>) {
        if self.rewriter.is_none() {
            self.fail(unsupported("The angle-bracket syntax for type assertions, `<T>expr`, is not supported in type strip mode. Instead, use the 'as' syntax: `expr as T`.", assertion.span));
        }
        self.rewrite_type_assertion(assertion);
        self.visit_expression(&assertion.expression);
    }

    fn visit_ts_non_null_expression(&mut self, assertion: &TSNonNullExpression<'a>) {
        self.eraser.blanks.blank(assertion.span.end - 1, assertion.span.end);
        self.visit_expression(&assertion.expression);
    }

    fn visit_ts_instantiation_expression(&mut self, instantiation: &TSInstantiationExpression<'a>) {
        self.eraser.blanks.blank(instantiation.expression.span().end, instantiation.span.end);
        self.visit_expression(&instantiation.expression);
    }

    // Types: nothing in them is looked at.

    fn visit_ts_type_annotation(&mut self, annotation: &TSTypeAnnotation<'a>) {
        self.eraser.blank(annotation.span);
    }

    fn visit_ts_type_parameter_declaration(&mut self, parameters: &TSTypeParameterDeclaration<'a>) {
        self.eraser.blank(parameters.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, arguments: &TSTypeParameterInstantiation<'a>) {
        self.eraser.blank(arguments.span);
    }
}
