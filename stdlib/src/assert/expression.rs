//! The text of the expression that was falsy: `assert.ok(a === b)`.

use boa_engine::{Context, JsString, JsValue};

use crate::{reserved_words::RESERVED_WORDS, util::stack};

/// `The expression evaluated to a falsy value: ...`, where the line of the call can be had.
pub(super) fn message(cx: &mut Context) -> JsValue {
    let Some((line, column)) = stack::caller_line(cx) else { return JsValue::undefined() };
    let expression = first_expression(&line, column);
    if expression.is_empty() {
        return JsValue::undefined();
    }
    let mut shown = String::with_capacity(expression.len());
    for c in expression.chars() {
        match c {
            '\u{8}' => shown.push_str("\\b"),
            '\u{c}' => shown.push_str("\\f"),
            '\t' | '\n' | '\r' => shown.push(c),
            c if c < ' ' => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => shown.push(c),
        }
    }
    JsString::from(format!("The expression evaluated to a falsy value:\n\n  {shown}\n")).into()
}

/// `getFirstExpression`: from the name before the call's place to the parenthesis that closes it. `start` counts characters from 0.
fn first_expression(line: &str, start: usize) -> String {
    let chars: Vec<char> = line.chars().collect();
    let mut scanner = Scanner { chars: &chars, at: 0, value_before: false, braces: Vec::new() };
    let mut last: Option<Token> = None;
    let mut member_start = None;
    let mut depth = 0;
    let mut end = chars.len();
    while let Some(token) = scanner.next() {
        if token.start < start {
            match token.kind {
                Kind::Semicolon => {
                    member_start = None;
                    continue;
                }
                Kind::Member if last.as_ref().is_some_and(|last| last.kind == Kind::Name) => {
                    member_start = member_start.or(last.as_ref().map(|last| last.start));
                }
                Kind::Member | Kind::Name | Kind::Literal => {}
                _ => member_start = None,
            }
            last = Some(token);
            continue;
        }
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => {
                depth -= 1;
                if depth == 0 {
                    end = token.start + 1;
                    break;
                }
            }
            // Node cuts at a token where it means a position: nothing is left.
            Kind::Semicolon => return String::new(),
            _ => {}
        }
    }
    let from = member_start.unwrap_or(start).min(end);
    chars[from..end].iter().collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `.`, `?.`, `[`, `]`
    Member,
    Name,
    /// A string or a number.
    Literal,
    Open,
    Close,
    Semicolon,
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
}

/// Cuts one line into tokens.
struct Scanner<'a> {
    chars: &'a [char],
    at: usize,
    /// Whether a slash divides.
    value_before: bool,
    /// Open braces; `true` for those of a template's `${`.
    braces: Vec<bool>,
}

impl Scanner<'_> {
    fn peek(&self, offset: usize) -> Option<char> {
        self.chars.get(self.at + offset).copied()
    }

    fn next(&mut self) -> Option<Token> {
        loop {
            let c = self.peek(0)?;
            if c.is_whitespace() {
                self.at += 1;
            } else if c == '/' && self.peek(1) == Some('/') {
                return None;
            } else if c == '/' && self.peek(1) == Some('*') {
                self.at += 2;
                while self.peek(0).is_some() && !(self.peek(0) == Some('*') && self.peek(1) == Some('/')) {
                    self.at += 1;
                }
                self.at += 2;
            } else {
                break;
            }
        }
        let start = self.at;
        let c = self.peek(0)?;
        self.at += 1;
        let kind = match c {
            ';' => Kind::Semicolon,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '[' | ']' => Kind::Member,
            '?' if self.peek(0) == Some('.') && !self.peek(1).is_some_and(|c| c.is_ascii_digit()) => {
                self.at += 1;
                Kind::Member
            }
            '.' if !self.peek(0).is_some_and(|c| c.is_ascii_digit()) => Kind::Member,
            '\'' | '"' => {
                self.skip_string(c)?;
                Kind::Literal
            }
            '`' => {
                self.skip_template()?;
                Kind::Other
            }
            '{' => {
                self.braces.push(false);
                Kind::Other
            }
            '}' => {
                if self.braces.pop() == Some(true) {
                    self.skip_template()?;
                }
                Kind::Other
            }
            '/' if !self.value_before => {
                self.skip_regexp()?;
                Kind::Other
            }
            c if c.is_ascii_digit() || c == '.' => {
                self.skip_word();
                Kind::Literal
            }
            c if is_word(c) || c == '#' || c == '\\' => {
                self.skip_word();
                let word: String = self.chars[start..self.at].iter().collect();
                // After a reserved word a slash begins an expression.
                self.value_before = !RESERVED_WORDS.contains(&word.as_str());
                return Some(Token { kind: if self.value_before { Kind::Name } else { Kind::Other }, start });
            }
            _ => Kind::Other,
        };
        self.value_before = matches!(c, ')' | ']' | '}' | '`' | '\'' | '"' | '/') || kind == Kind::Literal;
        Some(Token { kind, start })
    }

    fn skip_word(&mut self) {
        while self.peek(0).is_some_and(is_word) {
            self.at += 1;
        }
    }

    fn skip_string(&mut self, quote: char) -> Option<()> {
        loop {
            let c = self.peek(0)?;
            self.at += if c == '\\' { 2 } else { 1 };
            if c == quote {
                return Some(());
            }
        }
    }

    fn skip_template(&mut self) -> Option<()> {
        loop {
            let c = self.peek(0)?;
            self.at += if c == '\\' { 2 } else { 1 };
            if c == '`' {
                return Some(());
            }
            if c == '$' && self.peek(0) == Some('{') {
                self.at += 1;
                self.braces.push(true);
                return Some(());
            }
        }
    }

    fn skip_regexp(&mut self) -> Option<()> {
        let mut in_class = false;
        loop {
            let c = self.peek(0)?;
            self.at += if c == '\\' { 2 } else { 1 };
            match c {
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => break,
                _ => {}
            }
        }
        self.skip_word();
        Some(())
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::first_expression;

    #[test]
    fn finds_the_call() {
        assert_eq!(first_expression("assert(x)", 0), "assert(x)");
        assert_eq!(first_expression("  assert.ok(a === (b, c)); next()", 9), "assert.ok(a === (b, c))");
        assert_eq!(first_expression("f(); assert['ok'](v)", 17), "assert['ok'](v)");
        assert_eq!(first_expression("assert?.ok(')' === /\\)/)", 8), "assert?.ok(')' === /\\)/)");
        assert_eq!(first_expression("assert.ok(function () {", 7), "assert.ok(function () {");
        assert_eq!(first_expression("assert.ok(() => { a; b }", 7), "");
        assert_eq!(first_expression("assert(`a${b(1)}c`)", 0), "assert(`a${b(1)}c`)");
    }
}
