//! What V8 says of a source that does not parse, and where: `Unexpected token '}'`, `missing ) after argument list`.
//!
//! The parser's own errors tell which rule was broken; the token in the source tells the rest.

use std::fmt;

use boa_ast::Position;

use crate::{Error, lexer::Error as LexError};

/// An error in V8's words.
#[derive(Debug, Clone)]
pub struct Problem {
    pub message: String,
    /// Where it begins and ends; lines and columns count from 1, the end is exclusive.
    pub start: Position,
    pub end: Position,
    /// The text of the line where it begins.
    pub line: Option<String>,
    /// The path that the source was given.
    pub path: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What the source is parsed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    Script,
    Module,
    /// Parameters of a function that is made of texts.
    Parameters,
}

/// A parameter is followed by what belongs to no parameters.
const EARLY_END: &str = "Arg string terminates parameters early";
/// A comment within the parameters is not closed.
const LATE_END: &str = "Unexpected end of arg string";

impl Problem {
    /// Whether a text of parameters does not end where it should.
    #[must_use]
    pub fn is_end_of_parameters(&self) -> bool {
        [EARLY_END, LATE_END].contains(&self.message.as_str())
    }
}

/// The context of errors between parameters.
pub(crate) const PARAMETERS: &str = "parameter list";

/// Says it as V8 does. `source` is the whole text.
pub(crate) fn explain(error: Error, source: &[u16], goal: Goal, strict: bool, path: Option<String>) -> Error {
    let text = Text { source, goal, strict };
    let (message, start, len) = match error {
        Error::Explained(_) => return error,
        Error::General { ref message, .. } if **message == *crate::native_stack::TOO_DEEP => return error,
        Error::Expected { context: PARAMETERS, span, .. } if goal == Goal::Parameters => (EARLY_END.to_owned(), text.offset(span.start()), 1),
        Error::Lex { err: LexError::Syntax(message, position) } if goal == Goal::Parameters && *message == *"unterminated multiline comment" => {
            (LATE_END.to_owned(), text.offset(position), 1)
        }
        Error::Expected { expected, found, context, span } => text.expected(&expected, &found, context, text.offset(span.start())),
        Error::Unexpected { message, found, span } => text.unexpected(&message, &found, text.offset(span.start())),
        Error::AbruptEnd => text.end(),
        Error::Lex { err: LexError::Syntax(message, position) } => text.rule(message.trim_end_matches('.'), text.offset(position)),
        Error::Lex { err: LexError::IO(error) } => (if error.kind() == std::io::ErrorKind::InvalidData { "Invalid or unexpected token".to_owned() } else { error.to_string() }, source.len(), 1),
        Error::General { message, position } => text.rule(&message, text.offset(position)),
        Error::ScopeAnalysis { err } => text.rule(err, 0),
    };
    let (start, end) = (text.position(start), text.position(start.saturating_add(len)));
    Error::Explained(Box::new(Problem { message, start, end, line: text.line(start.line_number()), path }))
}

struct Text<'a> {
    source: &'a [u16],
    goal: Goal,
    strict: bool,
}

/// A message, the offset it is about, and how much of the source.
type Said = (String, usize, usize);

impl Text<'_> {
    fn starts(&self) -> Vec<usize> {
        let ends = self.source.iter().enumerate().filter(|&(at, &unit)| match unit {
            0x0D => self.source.get(at + 1) != Some(&0x0A),
            0x0A | 0x2028 | 0x2029 => true,
            _ => false,
        });
        std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
    }

    /// The parser counts code points in a line.
    fn offset(&self, position: Position) -> usize {
        let starts = self.starts();
        let Some(start) = starts.get(position.line_number() as usize - 1) else { return self.source.len() };
        let mut offset = *start;
        for _ in 1..position.column_number() {
            let pair = self.source.get(offset).is_some_and(|unit| (0xD800..0xDC00).contains(unit)) && self.source.get(offset + 1).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
            offset += 1 + usize::from(pair);
        }
        offset.min(self.source.len())
    }

    fn position(&self, offset: usize) -> Position {
        let starts = self.starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let column = offset - starts[line - 1] + 1;
        Position::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    fn line(&self, line: u32) -> Option<String> {
        let starts = self.starts();
        let start = *starts.get(line as usize - 1)?;
        let end = starts.get(line as usize).copied().unwrap_or(self.source.len());
        Some(String::from_utf16_lossy(&self.source[start..end]).trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}']).to_owned())
    }

    fn char(&self, offset: usize) -> Option<char> {
        char::decode_utf16(self.source.get(offset..)?.iter().copied()).next()?.ok()
    }

    fn end(&self) -> Said {
        ("Unexpected end of input".to_owned(), self.source.len(), 0)
    }

    /// `Unexpected token 'x'`, by what stands there.
    fn token(&self, at: usize) -> Said {
        match self.char(at) {
            Some(')') if self.before(at).ends_with("import(") => return ("import() requires a specifier".to_owned(), at, 1),
            Some('(') if self.before(at).ends_with("new import") => return ("Cannot use new with import".to_owned(), at, 1),
            _ => {}
        }
        let Some(first) = self.char(at) else { return self.end() };
        if first == '\n' || first == '\r' {
            return ("Invalid or unexpected token".to_owned(), at, 1);
        }
        let word = self.word(at);
        let len = word.encode_utf16().count();
        match word.as_str() {
            "" => {}
            "enum" => return ("Unexpected reserved word".to_owned(), at, len),
            "await" if self.goal == Goal::Module => return ("Unexpected reserved word".to_owned(), at, len),
            word if KEYWORDS.contains(&word) => return (format!("Unexpected token '{word}'"), at, len),
            word if self.strict && STRICT_WORDS.contains(&word) => return ("Unexpected strict mode reserved word".to_owned(), at, len),
            word => return (format!("Unexpected identifier '{word}'"), at, len),
        }
        match first {
            '0'..='9' | '.' if first != '.' || self.char(at + 1).is_some_and(|next| next.is_ascii_digit()) => {
                let len = self.source[at..].iter().take_while(|unit| char::from_u32(u32::from(**unit)).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))).count();
                ("Unexpected number".to_owned(), at, len)
            }
            '"' | '\'' => {
                let mut end = at + 1;
                while self.char(end).is_some_and(|inner| inner != first && inner != '\n') {
                    end += if self.char(end) == Some('\\') { 2 } else { 1 };
                }
                ("Unexpected string".to_owned(), at, end + 1 - at)
            }
            '`' => ("Unexpected template string".to_owned(), at, 1),
            '#' => {
                let name = self.word(at + 1);
                if name.is_empty() { ("Invalid or unexpected token".to_owned(), at, 1) } else { (format!("Unexpected identifier '#{name}'"), at, name.len() + 1) }
            }
            '@' | '\\' => ("Invalid or unexpected token".to_owned(), at, 1),
            _ => {
                let operator = PUNCTUATORS.iter().find(|operator| operator.chars().enumerate().all(|(index, c)| self.char(at + index) == Some(c)));
                match operator {
                    Some(operator) => (format!("Unexpected token '{operator}'"), at, operator.len()),
                    None => ("Invalid or unexpected token".to_owned(), at, first.len_utf16()),
                }
            }
        }
    }

    fn word(&self, at: usize) -> String {
        let mut word = String::new();
        let mut offset = at;
        while let Some(next) = self.char(offset).filter(|c| c.is_alphabetic() || matches!(c, '$' | '_') || (!word.is_empty() && c.is_alphanumeric())) {
            word.push(next);
            offset += next.len_utf16();
        }
        word
    }

    /// The word before an offset, and where it begins.
    fn word_before(&self, at: usize) -> Option<(String, usize)> {
        let mut end = at;
        while end > 0 && self.char(end - 1).is_some_and(|c| c == ' ' || c == '\t') {
            end -= 1;
        }
        let mut start = end;
        while start > 0 && self.char(start - 1).is_some_and(|c| c.is_alphanumeric() || matches!(c, '$' | '_')) {
            start -= 1;
        }
        (start < end).then(|| (String::from_utf16_lossy(&self.source[start..end]), start))
    }

    /// V8 points to the token before.
    fn missing_parenthesis(&self, at: usize) -> Said {
        let end = self.source[..at].iter().rposition(|unit| !matches!(*unit, 0x20 | 0x09 | 0x0A | 0x0D)).map_or(at, |last| last + 1);
        let (start, len) = self.word_before(end).map_or((end.saturating_sub(1), 1), |(_, start)| (start, end - start));
        ("missing ) after argument list".to_owned(), start, len)
    }

    fn await_before(&self, at: usize) -> Option<Said> {
        let (word, start) = self.word_before(at)?;
        (word == "await").then(|| ("await is only valid in async functions and the top level bodies of modules".to_owned(), start, 5))
    }

    fn expected(&self, expected: &[String], found: &str, context: &str, at: usize) -> Said {
        if context == "argument list" || (context == "parameter list" && self.word_before_parenthesis_is_async(at)) {
            return self.missing_parenthesis(at);
        }
        if let Some(said) = self.await_before(at) {
            return said;
        }
        if let Some((word, start)) = self.word_before(at)
            && word == "let"
            && expected.iter().any(|token| token == ";")
            && !self.word(at).is_empty()
        {
            return ("Lexical declaration cannot appear in a single-statement context".to_owned(), start, 3);
        }
        if found == "**" {
            let message = "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence";
            return (message.to_owned(), at, 2);
        }
        if context == "import.meta" && found == "(" {
            return self.token(at);
        }
        if context == "import declaration" || context.contains("import.meta") {
            return ("Cannot use import statement outside a module".to_owned(), at, 6);
        }
        if context == "CoverParenthesizedExpressionAndArrowParameterList" && found == "," {
            return ("Rest parameter must be last formal parameter".to_owned(), at, 1);
        }
        if found == "=" && expected.iter().any(|token| token == "property `meta`") {
            return self.token(at);
        }
        self.token(at)
    }

    fn word_before_parenthesis_is_async(&self, at: usize) -> bool {
        let before = String::from_utf16_lossy(&self.source[at.saturating_sub(40)..at]);
        before.rfind("async (").is_some_and(|start| !before[start..].contains(')')) && self.char(at) == Some('=')
    }

    fn unexpected(&self, message: &str, found: &str, at: usize) -> Said {
        let said = |text: &str| {
            let (_, at, len) = self.token(at);
            (text.to_owned(), at, len)
        };
        match message {
            "statement" if found == "return" => said("Illegal return statement"),
            "primary expression" if found == "..." => self.rest_outside_parameters(at),
            "private identifier without `in`" => self.private_name_alone(at),
            "throw statement" => ("Illegal newline after throw".to_owned(), at, 1),
            "for await...of is only valid in async functions or async generators" => said("Unexpected reserved word"),
            "strict reserved word cannot be an identifier" => said("Unexpected strict mode reserved word"),
            "reserved word cannot be an identifier" if found == "enum" => said("Unexpected reserved word"),
            "rest parameter must be the last formal parameter" | "rest parameter must be last formal parameter" => said("Rest parameter must be last formal parameter"),
            "more than one switch default" => said("More than one default clause in switch statement"),
            "parenthesized expression with non-binding expression" => said("Invalid destructuring assignment target"),
            "Invalid tagged template on optional chain" => said(message),
            _ if found == "import" && self.goal != Goal::Module && self.char(at + 6) != Some('(') => match self.char(at + 6) {
                Some('.') => ("Cannot use 'import.meta' outside a module".to_owned(), at, 11),
                _ => ("Cannot use import statement outside a module".to_owned(), at, 6),
            },
            _ => self.await_before(at).unwrap_or_else(|| self.token(at)),
        }
    }

    fn private_name_alone(&self, at: usize) -> Said {
        let name = self.word(at + 1);
        let declared = self.hashes().any(|(other, place)| other == name && place != at && !self.before(place).ends_with('.'));
        if declared { self.token(at) } else { (format!("Private field '#{name}' must be declared in an enclosing class"), at, name.encode_utf16().count() + 1) }
    }

    /// V8 takes it for the last parameter of an arrow function; what stands right behind it may be wrong already.
    fn rest_outside_parameters(&self, at: usize) -> Said {
        let behind = at + 3;
        let begins = self.char(behind).is_some_and(|next| next.is_alphabetic() || next.is_whitespace() || matches!(next, '$' | '_' | '[' | '{'));
        if begins { ("Unexpected token '...'".to_owned(), at, 3) } else { self.token(behind) }
    }

    /// A broken rule, which has no token of its own.
    fn rule(&self, message: &str, at: usize) -> Said {
        let token = |text: &str| {
            let (_, start, len) = self.token(at);
            (text.to_owned(), start, len)
        };
        if let Some(name) = message.strip_prefix("Identifier '").and_then(|rest| rest.strip_suffix("' has already been declared")) {
            let (start, len) = self.second_declaration(name).unwrap_or((at, 1));
            return (message.to_owned(), start, len);
        }
        let lower = message.to_ascii_lowercase();
        match message {
            "unterminated template literal" => self.end(),
            "'arguments' not allowed in class static block" => self.found("arguments", "'arguments' is not allowed in class field initializer or static initialization block", at),
            "expected statement" => self.token(at),
            "'n' suffix not allowed in octal representation" | "invalid identifier part" | "Abrupt end: Expecting private identifier" | "Abrupt end: No exponential value found" => {
                (INVALID.to_owned(), at, 1)
            }
            "Expecting Token '.' as part of spread" => ("Unexpected token '.'".to_owned(), at, 1),
            "invalid private identifier usage" => match self.undeclared_private() {
                Some((name, start)) => (format!("Private field '#{name}' must be declared in an enclosing class"), start, name.encode_utf16().count() + 1),
                None => token("Unexpected identifier"),
            },
            "private identifier has already been declared" => {
                let name = self.word(if self.char(at) == Some('#') { at + 1 } else { at });
                let (name, start) = if name.is_empty() { self.first_hash().unwrap_or_default() } else { (name, at) };
                (format!("Identifier '#{name}' has already been declared"), start, name.len() + 1)
            }
            "invalid new.target usage" => self.found("new.target", "new.target expression is not allowed here", at),
            "illegal break statement" => self.found("break", "Illegal break statement", at),
            "Invalid left-hand side in assignment" => {
                let operator = [at, at.saturating_sub(0)].into_iter().find(|at| self.char(*at) == Some('+') || self.char(*at) == Some('-'));
                let double = |at: usize| self.char(at) == self.char(at + 1) && matches!(self.char(at), Some('+' | '-'));
                match operator.filter(|at| double(*at)) {
                    Some(operator) => match self.operand_before(operator) {
                        Some(start) => ("Invalid left-hand side expression in postfix operation".to_owned(), start, operator - start),
                        None => {
                            let (_, start, len) = self.token(self.skip_blanks(operator + 2));
                            ("Invalid left-hand side expression in prefix operation".to_owned(), start, len)
                        }
                    },
                    None => self.assignment(at),
                }
            }
            "unexpected identifier `eval` in strict mode" | "unexpected identifier `arguments` in strict mode" => token("Unexpected eval or arguments in strict mode"),
            "with statement not allowed in strict mode" => token("Strict mode code may not include a with statement"),
            "cannot delete variables in strict mode" => {
                let (_, start, len) = self.token(self.skip_blanks(at + 6));
                ("Delete of an unqualified identifier in strict mode.".to_owned(), start, len)
            }
            "cannot delete private fields" => token("Private fields can not be deleted"),
            "'let' is disallowed as a lexically bound name" => token("let is disallowed as a lexically bound name"),
            "a class may only have one constructor" => token("A class may only have one constructor"),
            "class constructor may not be a getter method" | "class constructor may not be a setter method" => token("Class constructor may not be an accessor"),
            "class constructor may not be an async method" => token("Class constructor may not be an async method"),
            "class constructor may not be a generator method" => token("Class constructor may not be a generator"),
            "class constructor may not be a private method" => token("Classes may not have a field named 'constructor'"),
            "class may not have field definitions named 'constructor'" => token("Classes may not have a field named 'constructor'"),
            "class may not have static method definitions named 'prototype'" | "class may not have static field definitions named 'constructor' or 'prototype'" => {
                token("Classes may not have a static property named 'prototype'")
            }
            "'arguments' not allowed in class field definition" => self.found("arguments", "'arguments' is not allowed in class field initializer or static initialization block", at),
            "invalid left-hand side expression 'async' of a for-of loop" => token("The left-hand side of a for-of loop may not be 'async'."),
            "invalid variable for iterable loop" => token("Invalid left-hand side in for-loop"),
            "`import.meta` expression outside a module" | "invalid `import.meta` expression outside a module" => ("Cannot use 'import.meta' outside a module".to_owned(), at, 11),
            "missing ) after argument list" => self.missing_parenthesis(at),
            "Cannot use import statement outside a module" if self.goal == Goal::Module => self.end(),
            "Missing catch or finally after try" | "Invalid optional chain from new expression" => token(message),
            _ if lower.starts_with("duplicate __proto__ fields") => token("Duplicate __proto__ fields are not allowed in object literals"),
            "invalid escape in template literal" => match self.source[at..].windows(2).find_map(|pair| (pair[0] == u16::from(b'\\')).then(|| u8::try_from(pair[1]).unwrap_or(0))) {
                Some(b'x') => ("Invalid hexadecimal escape sequence".to_owned(), at, 1),
                Some(b'0'..=b'7') => ("Octal escape sequences are not allowed in template strings".to_owned(), at, 1),
                _ => ("Invalid Unicode escape sequence".to_owned(), at, 1),
            },
            "`await` can only be used in a `for await .. of` loop" => ("Unexpected token 'in'".to_owned(), at, 2),
            _ if lower.starts_with("unexpected end of file when looking for character") => ("Invalid Unicode escape sequence".to_owned(), at, 1),
            "unterminated multiline comment" => (INVALID.to_owned(), at, 2),
            "abrupt end on regular expression" | "new lines are not allowed in regular expressions" => ("Invalid regular expression: missing /".to_owned(), at, 1),
            "underscores are not allowed at the end of numeric literals" => ("Numeric separators are not allowed at the end of numeric literals".to_owned(), at, 1),
            "only one underscore is allowed as numeric separator" => ("Only one underscore is allowed as numeric separator".to_owned(), at, 1),
            "implicit octal literals are not allowed in strict mode" => token("Octal literals are not allowed in strict mode."),
            "leading 0's are not allowed in strict mode" => token("Decimals with leading zeros are not allowed in strict mode."),
            "octal escape sequences are not allowed in strict mode" | "legacy octal escape sequences are not allowed in strict mode" => {
                ("Octal escape sequences are not allowed in strict mode.".to_owned(), at, 2)
            }
            "octal escape sequences are not allowed in template literal" => ("Octal escape sequences are not allowed in template strings".to_owned(), at, 2),
            "decimal escape sequences are not allowed in strict mode" | "\\8 and \\9 are not allowed in strict mode" => ("\\8 and \\9 are not allowed in strict mode.".to_owned(), at, 2),
            "\\8 and \\9 are not allowed in template literal" => ("\\8 and \\9 are not allowed in template strings.".to_owned(), at, 2),
            "invalid Hexadecimal escape sequence" => ("Invalid hexadecimal escape sequence".to_owned(), at, 2),
            "invalid Unicode escape sequence" | "malformed Unicode character escape sequence" => ("Invalid Unicode escape sequence".to_owned(), at, 2),
            "Unicode codepoint must not be greater than 0x10FFFF in escape sequence" => ("Undefined Unicode code-point".to_owned(), at, 2),
            "Expected initializer for const declaration" => ("Missing initializer in const declaration".to_owned(), at, 1),
            _ if lower.contains("left-hand side in assignment") || lower.starts_with("illegal 'use strict'") || lower.starts_with("duplicate parameter name") => token(message),
            "duplicate parameter name not allowed in unique formal parameters" => token("Duplicate parameter name not allowed in this context"),
            _ if message.contains("Expected initializer") => ("Missing initializer in destructuring declaration".to_owned(), at, 1),
            _ if message.contains("invalid super") => self.found("super", "'super' keyword unexpected here", at),
            _ if message.contains("module cannot contain `super`") => self.found("super", "'super' keyword unexpected here", at),
            _ if message.contains("module cannot contain `new.target`") => self.found("new.target", "new.target expression is not allowed here", at),
            _ if message.starts_with("illegal continue statement") => {
                let (_, start, _) = self.found("continue", "", at);
                let label = self.word(self.skip_blanks(start + 8));
                if label.is_empty() {
                    ("Illegal continue statement: no surrounding iteration statement".to_owned(), start, 8)
                } else {
                    (format!("Undefined label '{label}'"), self.skip_blanks(start + 8), label.len())
                }
            }
            _ if message.starts_with("undefined break target: ") || message.starts_with("undefined continue target: ") => {
                let label = message.rsplit(": ").next().unwrap_or_default();
                let said = format!("Undefined label '{label}'");
                self.found(label, &said, at)
            }
            _ if message.starts_with("duplicate label: ") => {
                let label = message.rsplit(": ").next().unwrap_or_default();
                let said = format!("Label '{label}' has already been declared");
                self.found(label, &said, at)
            }
            _ if message.starts_with("Invalid regular expression: too many flags") || lower.contains("regular expression flag") => ("Invalid regular expression flags".to_owned(), at, 1),
            _ if message.starts_with("Invalid regular expression") => {
                let (literal, pattern) = self.regexp_literal(at);
                let problem = regexp(message.strip_prefix("Invalid regular expression literal: ").unwrap_or(message), &pattern);
                (format!("Invalid regular expression: {literal}: {problem}"), at, literal.encode_utf16().count())
            }
            _ if message.starts_with("Async functions can only be") || message.starts_with("Generators can only be") => token(message),
            _ if message.contains("functions can only be declared") => token(if self.strict || message.starts_with("in strict") {
                "In strict mode code, functions can only be declared at top level or inside a block."
            } else {
                "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement."
            }),
            _ if message.contains("can't have an initializer") => {
                let kind = if message.contains("for-of") { "for-of" } else { "for-in" };
                token(&format!("{kind} loop variable declaration may not have an initializer."))
            }
            _ if message.contains("only one variable can be declared in the head of a") => {
                let kind = if message.contains("for-of") { "for-of" } else { "for-in" };
                token(&format!("Invalid left-hand side in {kind} loop: Must have a single binding."))
            }
            _ if message.contains("invalid object literal") => match self.duplicate_proto() {
                Some(start) => ("Duplicate __proto__ fields are not allowed in object literals".to_owned(), start, 9),
                None => match self.shorthand_initializer() {
                    Some(start) => ("Invalid shorthand property initializer".to_owned(), start, 1),
                    None => token("Invalid shorthand property initializer"),
                },
            },
            _ if message.contains("not allowed in strict mode") && (message.contains("eval") || message.contains("arguments")) => token("Unexpected eval or arguments in strict mode"),
            _ if message.contains("'eval' or 'arguments' in strict mode") || message.contains("`eval` or `arguments`") => token("Unexpected eval or arguments in strict mode"),
            _ if message.contains("escaped characters") => token("Keyword must not contain escaped characters"),
            _ if message.starts_with("keyword `yield` not allowed") => token("Unexpected identifier 'yield'"),
            _ if message.starts_with("keyword `await` not allowed") => token("Unexpected reserved word"),
            _ if message.starts_with("could not find the exported binding `") => {
                let name = message.split('`').nth(1).unwrap_or_default();
                let said = format!("Export '{name}' is not defined in module");
                self.found(name, &said, at)
            }
            _ if message.starts_with("exported name `") => {
                let name = message.split('`').nth(1).unwrap_or_default();
                (format!("Duplicate export of '{name}'"), at, 1)
            }
            _ if message.starts_with("unexpected ") || message.contains("unexpected char") || message.contains("literal must not be followed") || message.contains("digit") => {
                (INVALID.to_owned(), at, 1)
            }
            _ if message.contains("unterminated") || message.contains("abrupt end") || message.contains("Unterminated") => (INVALID.to_owned(), at, 1),
            _ => token(message),
        }
    }

    /// The literal that begins here, with its flags, and its pattern.
    fn regexp_literal(&self, at: usize) -> (String, String) {
        let mut end = at + 1;
        let mut in_class = false;
        while let Some(next) = self.char(end).filter(|next| *next != '\n') {
            match next {
                '\\' => end += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => break,
                _ => {}
            }
            end += 1;
        }
        let end = end.min(self.source.len());
        let pattern = String::from_utf16_lossy(&self.source[at + 1..end]);
        (format!("/{pattern}/{}", self.word(end + 1)), pattern)
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while self.char(at).is_some_and(|c| c == ' ' || c == '\t') {
            at += 1;
        }
        at
    }

    /// The place where a word stands first, from `at` on.
    fn found(&self, word: &str, said: &str, at: usize) -> Said {
        let units: Vec<u16> = word.encode_utf16().collect();
        let is_part = |offset: usize| self.char(offset).is_some_and(|c| c.is_alphanumeric() || matches!(c, '$' | '_'));
        let start = (at..self.source.len()).find(|start| self.source[*start..].starts_with(&units) && (*start == 0 || !is_part(start - 1)) && !is_part(start + units.len()));
        (said.to_owned(), start.unwrap_or(at), if start.is_some() { units.len() } else { 1 })
    }

    /// Where a name is declared for the second time: the second place where it stands behind what declares.
    fn second_declaration(&self, name: &str) -> Option<(usize, usize)> {
        let len = name.encode_utf16().count();
        let mut at = 0;
        let mut seen = false;
        while at < self.source.len() {
            let (_, start, found) = self.found(name, "", at);
            if found == 1 && len != 1 || start < at || (start == at && self.word(start) != name) {
                return None;
            }
            let before = self.before(start);
            let declares = before.ends_with(['(', ',', '{', '[', ':']) || ["let", "const", "var", "class", "function", "function*"].iter().any(|word| before.ends_with(word));
            if declares {
                if seen {
                    return Some((start, len));
                }
                seen = true;
            }
            at = start + len;
        }
        None
    }

    fn before(&self, at: usize) -> String {
        String::from_utf16_lossy(&self.source[at.saturating_sub(16)..at]).trim_end().to_owned()
    }

    fn hashes(&self) -> impl Iterator<Item = (String, usize)> + '_ {
        (0..self.source.len()).filter(|at| self.source[*at] == u16::from(b'#')).map(|at| (self.word(at + 1), at)).filter(|(name, _)| !name.is_empty())
    }

    fn first_hash(&self) -> Option<(String, usize)> {
        self.hashes().next()
    }

    fn undeclared_private(&self) -> Option<(String, usize)> {
        let is_use = |at: usize| self.before(at).ends_with('.');
        let declared: Vec<String> = self.hashes().filter(|(_, at)| !is_use(*at)).map(|(name, _)| name).collect();
        self.hashes().find(|(name, at)| is_use(*at) && !declared.contains(name)).or_else(|| self.first_hash())
    }

    fn duplicate_proto(&self) -> Option<usize> {
        let (_, first, len) = self.found("__proto__", "", 0);
        let (_, second, found) = self.found("__proto__", "", first + len);
        (len > 1 && found > 1).then_some(second)
    }

    /// The `=` of `{ a = 1 }`.
    fn shorthand_initializer(&self) -> Option<usize> {
        (0..self.source.len()).find(|at| {
            self.char(*at) == Some('=') && self.char(at + 1) != Some('=') && self.char(at + 1) != Some('>') && {
                let (_, start) = self.word_before(*at).unwrap_or_default();
                self.before(start).ends_with(['{', ','])
            }
        })
    }

    /// Where the operand of a postfix operator begins, if one stands before it.
    fn operand_before(&self, at: usize) -> Option<usize> {
        let before = self.before(at);
        if !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | ')' | ']')) {
            return None;
        }
        Some(self.word_before(at).map_or(at - 1, |(_, start)| start))
    }

    /// `at` is the operator of the assignment; patterns have a message of their own.
    fn assignment(&self, at: usize) -> Said {
        let before = self.before(at);
        if self.strict && (before.ends_with("eval") || before.ends_with("arguments")) {
            let start = self.word_before(at).map_or(at, |(_, start)| start);
            return ("Unexpected eval or arguments in strict mode".to_owned(), start, before_len(&self.source[start..at]));
        }
        let said = if before.ends_with([']', '}']) { "Invalid destructuring assignment target" } else { "Invalid left-hand side in assignment" };
        let line = self.starts().into_iter().rfind(|start| *start <= at).unwrap_or(0);
        let start = self.source[line..at].iter().rposition(|unit| matches!(*unit, 0x3B | 0x7B)).map_or(line, |offset| line + offset + 1);
        let start = self.skip_blanks(start);
        (said.to_owned(), start, before_len(&self.source[start..at]))
    }
}

fn before_len(text: &[u16]) -> usize {
    text.iter().rposition(|unit| !matches!(*unit, 0x20 | 0x09)).map_or(1, |last| last + 1)
}

/// What V8 says of a regular expression that does not parse.
#[must_use]
pub fn regexp(message: &str, pattern: &str) -> String {
    let depth = || {
        let mut depth = 0i32;
        let mut characters = pattern.chars();
        while let Some(next) = characters.next() {
            match next {
                '\\' => drop(characters.next()),
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                break;
            }
        }
        depth
    };
    match message {
        "Unbalanced parenthesis" => if depth() < 0 { "Unmatched ')'" } else { "Unterminated group" }.to_owned(),
        "Unbalanced bracket" => "Unterminated character class".to_owned(),
        "Invalid atom character" => "Nothing to repeat".to_owned(),
        "Incomplete escape" => "\\ at end of pattern".to_owned(),
        "Invalid quantifier" => "numbers out of order in {} quantifier".to_owned(),
        "Invalid token at named capture group identifier" => "Invalid capture group name".to_owned(),
        "Invalid unicode escape" => "Invalid Unicode escape".to_owned(),
        _ if message.starts_with("Range values reversed") => "Range out of order in character class".to_owned(),
        _ if message.starts_with("Backreference to invalid named capture group") => "Invalid named capture referenced".to_owned(),
        _ => message.to_owned(),
    }
}

const INVALID: &str = "Invalid or unexpected token";

const KEYWORDS: &[&str] = &[
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
    "super",
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

const STRICT_WORDS: &[&str] = &["implements", "interface", "let", "package", "private", "protected", "public", "static", "yield"];

/// Longest first.
const PUNCTUATORS: &[&str] = &[
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "<<", ">>", "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":", "=", ".",
];
