//! What is blanked for each kind of type syntax, and what keeps its neighbours apart.
//!
//! Blanking may join what the types kept apart. Where a statement goes and the next line begins with `(`, `[`, `/`, `+`, `-` or a template,
//! a `;` is left; where an arrow would come to stand on another line than its parameters, a parenthesis moves.

use oxc_ast::ast::*;
use oxc_parser::Kind;
use oxc_span::Span;

use crate::{blanks::Blanks, tokens::Tokens};

/// A source, its tokens, and what is to be blanked in it.
pub(crate) struct Eraser<'s> {
    pub source: &'s str,
    pub tokens: Tokens<'s>,
    pub blanks: Blanks,
}

impl<'s> Eraser<'s> {
    pub fn new(source: &'s str, tokens: Tokens<'s>) -> Self {
        Self { source, tokens, blanks: Blanks::default() }
    }

    pub fn blank(&mut self, span: Span) {
        self.blanks.blank(span.start, span.end);
    }

    /// Blanks the token of this kind that is next from `at`.
    pub fn blank_token(&mut self, kind: Kind, at: u32) {
        if let Some(token) = self.tokens.from(at).filter(|token| token.kind() == kind) {
            self.blank(token.span());
        }
    }

    /// Blanks a span and the comma after it.
    pub fn blank_with_comma(&mut self, span: Span) {
        let comma = self.tokens.from(span.end).filter(|token| token.kind() == Kind::Comma);
        self.blanks.blank(span.start, comma.map_or(span.end, |comma| comma.end()));
    }

    /// Blanks a member of a class and the semicolon that ends it.
    pub fn blank_member(&mut self, span: Span) {
        let semicolon = self.tokens.from(span.end).filter(|token| token.kind() == Kind::Semicolon && self.tokens.before(span.end).is_none_or(|last| last.kind() != Kind::Semicolon));
        self.blanks.blank(span.start, semicolon.map_or(span.end, |semicolon| semicolon.end()));
    }

    pub fn breaks_line(&self, start: u32, end: u32) -> bool {
        self.source.get(start as usize..end as usize).is_some_and(|part| part.contains(['\n', '\r', '\u{2028}', '\u{2029}']))
    }

    /// Blanks a statement; a `;` keeps what is before it apart from what follows.
    pub fn blank_statement(&mut self, span: Span) {
        self.blank(span);
        let first = self.tokens.index_from(span.start);
        let Some(before) = first.checked_sub(1).and_then(|index| self.tokens.get(index)) else { return };
        let Some(next) = self.tokens.from(span.end).filter(|next| self.breaks_line(span.end, next.start())) else { return };
        let continues = matches!(next.kind(), Kind::LParen | Kind::LBrack | Kind::NoSubstitutionTemplate | Kind::TemplateHead | Kind::Plus | Kind::Minus | Kind::RegExp | Kind::Slash);
        if continues {
            let at = if before.kind() == Kind::Semicolon { before.start() } else { span.start };
            self.blanks.put(at, b';');
        }
    }

    /// Blanks `as T` or `satisfies T` behind an expression; a `;` where the next line would become a call or a member of it.
    pub fn blank_assertion(&mut self, expression_end: u32, end: u32, is_const: bool) {
        self.blanks.blank(expression_end, end);
        let continues =
            self.tokens.from(end).is_some_and(|next| self.breaks_line(end, next.start()) && matches!(next.kind(), Kind::LParen | Kind::LBrack | Kind::NoSubstitutionTemplate | Kind::TemplateHead));
        if continues
            && !is_const
            && let Some(keyword) = self.tokens.from(expression_end)
        {
            self.blanks.put(keyword.start(), b';');
        }
    }

    /// Moves the opening parenthesis of an arrow function to where its type parameters began.
    pub fn move_parenthesis_back(&mut self, parameters: Span) {
        if let Some(parenthesis) = self.tokens.from(parameters.end).filter(|token| token.kind() == Kind::LParen) {
            self.blanks.put(parenthesis.start(), b' ');
            self.blanks.put(parameters.start, b'(');
        }
    }

    /// `return <T>` on a line, `(x) => ...` on the next: the parenthesis must stay on the first.
    pub fn keep_arrow_on_line(&mut self, argument: Option<&Expression<'_>>) {
        if let Some(Expression::ArrowFunctionExpression(arrow)) = argument
            && !arrow.r#async
            && let Some(parameters) = &arrow.type_parameters
            && let Some(parenthesis) = self.tokens.from(parameters.span.end)
            && self.breaks_line(parameters.span.start, parenthesis.start())
        {
            self.move_parenthesis_back(parameters.span);
        }
    }

    /// Where the return type of an arrow function spans lines, its closing parenthesis moves to the type's end.
    pub fn move_parenthesis_on(&mut self, annotation: Span) {
        let Some(parenthesis) = self.tokens.before(annotation.start).filter(|token| token.kind() == Kind::RParen) else { return };
        let Some(arrow) = self.tokens.from(annotation.end) else { return };
        if !self.breaks_line(parenthesis.start(), arrow.start()) {
            return;
        }
        self.blank(parenthesis.span());
        let last = self.source.get(..annotation.end as usize).and_then(|text| text.chars().next_back()).map_or(1, |last| last.len_utf8() as u32);
        for at in annotation.end - last..annotation.end {
            self.blanks.put(at, b' ');
        }
        self.blanks.put(annotation.end - last, b')');
    }

    /// Blanks the type parameters and the return type of an arrow function.
    pub fn erase_arrow_signature(&mut self, arrow: &ArrowFunctionExpression<'_>) {
        if let Some(parameters) = &arrow.type_parameters
            && arrow.r#async
            && self.breaks_line(parameters.span.start, parameters.span.end)
        {
            self.move_parenthesis_back(parameters.span);
        }
        if let Some(annotation) = &arrow.return_type {
            self.move_parenthesis_on(annotation.span);
        }
    }

    /// Blanks `abstract` before a class and `implements ...` behind its name.
    pub fn erase_class_head(&mut self, class: &Class<'_>) {
        let start = after_decorators(&class.decorators, class.span);
        if class.r#abstract
            && let Some(keyword) = self.tokens.find(Kind::Abstract, start, class.body.span.start)
        {
            self.blank(keyword.span());
        }
        if let (Some(first), Some(last)) = (class.implements.first(), class.implements.last())
            && let Some(keyword) = self.tokens.before(first.span.start)
        {
            self.blanks.blank(keyword.start(), last.span.end);
        }
    }

    /// Blanks what is between the parentheses of this span: the parameters of a getter.
    pub fn blank_between_parentheses(&mut self, span: Span) {
        if span.end > span.start + 1 {
            self.blanks.blank(span.start + 1, span.end - 1);
        }
    }

    /// Blanks `public`, `override`, `readonly` and the like between the start of a member and its key.
    pub fn blank_modifiers(&mut self, start: u32, key: u32) {
        let mut index = self.tokens.index_from(start);
        let mut at = start;
        while at < key {
            let (Some(token), Some(next)) = (self.tokens.get(index), self.tokens.get(index + 1)) else { return };
            at = token.end();
            index += 1;
            if self.breaks_line(token.end(), next.start()) || !may_follow_modifier(next.kind()) {
                return;
            }
            match token.kind() {
                Kind::Static => {}
                Kind::Readonly | Kind::Public | Kind::Protected | Kind::Private | Kind::Override => self.blank(token.span()),
                _ => return,
            }
        }
    }

    /// The end of a key, its bracket included.
    pub fn key_end(&self, key: Span, computed: bool) -> u32 {
        if !computed {
            return key.end;
        }
        self.tokens.from(key.end).filter(|token| token.kind() == Kind::RBrack).map_or(key.end, |bracket| bracket.end())
    }
}

/// A word that is a modifier is one only before these.
fn may_follow_modifier(kind: Kind) -> bool {
    kind.is_identifier_name() || kind.is_number() || matches!(kind, Kind::LBrack | Kind::LCurly | Kind::Star | Kind::Dot3 | Kind::PrivateIdentifier | Kind::Str)
}

/// Whether a key without its modifiers would carry on the member before it.
pub(crate) fn continues_member(key: &PropertyKey<'_>, computed: bool) -> bool {
    computed || matches!(key, PropertyKey::StaticIdentifier(name) if matches!(name.name.as_str(), "in" | "instanceof"))
}

/// Where a member begins behind its decorators.
pub(crate) fn after_decorators(decorators: &[Decorator<'_>], span: Span) -> u32 {
    decorators.last().map_or(span.start, |last| last.span.end.max(span.start))
}
