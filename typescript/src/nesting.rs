//! A bound on how deep a text can nest, taken before it is parsed, and a stack that is large enough for it.
//!
//! The parser and the walks over its trees recurse. How deep they go is bounded by brackets that are open at once and, within one pair of
//! brackets, by tokens that no separator divides (`a + b + c`, `!!!!x`, `if (a) if (b)`). The bound errs upwards: what cannot be told without
//! parsing (whether `}` begins a division or a regular expression) ends the reading, and every byte after it counts.

use std::thread;

use crate::error::{StripError, StripErrorKind};

/// Runs `parse` where there is stack enough for `source`.
///
/// # Errors
///
/// What `parse` gives, and a syntax error for a text that nests deeper than [`LEVELS_MAX`].
pub(crate) fn with_stack<T: Send>(source: &str, parse: impl FnOnce() -> Result<T, StripError> + Send) -> Result<T, StripError> {
    let levels = bound(source.as_bytes());
    if levels <= LEVELS_HERE {
        return parse();
    }
    if levels > LEVELS_MAX {
        return Err(too_deep());
    }
    thread::scope(|scope| {
        let deep = thread::Builder::new().name("typescript".into()).stack_size(levels * LEVEL_STACK_BYTES).spawn_scoped(scope, parse);
        deep.ok().and_then(|deep| deep.join().ok()).unwrap_or_else(|| Err(too_deep()))
    })
}

fn too_deep() -> StripError {
    StripError { kind: StripErrorKind::InvalidSyntax, message: "The source is nested too deeply".to_owned(), line: 1, snippet: String::new() }
}

/// Levels that every thread's stack has room for, whatever called: 1,000 levels take at most 8 MB.
const LEVELS_HERE: usize = 1_000;

/// Bytes in which a regular expression is looked for: a bound, since it is looked for at every slash.
const REGULAR_EXPRESSION_BYTES_MAX: usize = 4096;

/// Levels beyond which a text is refused: no one writes it, and its stack would take 800 MB.
const LEVELS_MAX: usize = 100_000;

/// Bytes of stack that one level takes at most; measured with nested brackets, types, functions and conditionals, and doubled.
const LEVEL_STACK_BYTES: usize = 8 * 1024;

/// An upper bound of the levels of `source`.
fn bound(source: &[u8]) -> usize {
    if source.len() <= LEVELS_HERE {
        return source.len();
    }
    let mut reader = Reader { source, at: 0, levels: vec![Level::default()], open: 0, open_max: 0, last: Last::Operator };
    match reader.read() {
        Some(()) => reader.open_max,
        None => reader.open_max.max(reader.open) + (source.len() - reader.at.min(source.len())),
    }
}

/// What is open between one pair of brackets.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// Tokens since the last separator.
    tokens: usize,
    /// `else` since the level began: a chain of these nests over separators.
    elses: usize,
    /// Whether it is the `${ }` of a template, and whether it belongs to `if`, `while`, `for` or `with`.
    template: bool,
    control: bool,
}

/// The last token, as far as it says what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A value has ended: `/` divides.
    Value,
    /// A value must follow: `/` begins a regular expression.
    Operator,
    /// `if`, `while`, `for` or `with`.
    Control,
    /// `else`, and what may stand before a type: no statement begins after it.
    Joint,
    Dot,
    CloseBrace,
    /// `>`, `!`, `++`, `--`, `yield` and the like: either.
    Either,
}

struct Reader<'s> {
    source: &'s [u8],
    at: usize,
    levels: Vec<Level>,
    /// Levels open here: the sum of what is in `levels`.
    open: usize,
    open_max: usize,
    last: Last,
}

impl Reader<'_> {
    /// Reads to the end; nothing where the text cannot be told apart from another at `self.at`.
    fn read(&mut self) -> Option<()> {
        if self.source.starts_with(b"#!") {
            self.skip_line();
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'/' if self.peek(1) == Some(b'/') => self.skip_line(),
                b'/' if self.peek(1) == Some(b'*') => self.skip_past(b"*/"),
                b'<' if self.rest().starts_with(b"<!--") => return None,
                b'-' if self.rest().starts_with(b"-->") => return None,
                b'/' => self.slash()?,
                b'"' | b'\'' => self.string(byte),
                b'`' => self.template(),
                b'(' | b'[' | b'{' => self.open_bracket(byte),
                b')' | b']' | b'}' => self.close_bracket(byte),
                b',' | b';' => self.separator(),
                byte if is_word(byte) => self.word(),
                byte => self.operator(byte),
            }
            self.open_max = self.open_max.max(self.open);
        }
        Some(())
    }

    fn rest(&self) -> &[u8] {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.source.get(self.at + ahead).copied()
    }

    fn skip_line(&mut self) {
        self.at += self.rest().iter().position(|byte| *byte == b'\n').unwrap_or(self.rest().len());
    }

    fn skip_past(&mut self, end: &[u8]) {
        self.at += self.rest().windows(end.len()).skip(end.len()).position(|window| window == end).map_or(self.rest().len(), |at| at + 2 * end.len());
    }

    fn token(&mut self, last: Last) {
        self.open += 1;
        if let Some(level) = self.levels.last_mut() {
            level.tokens += 1;
        }
        self.last = last;
    }

    fn separator(&mut self) {
        self.at += 1;
        self.reset();
        self.last = Last::Operator;
    }

    /// Nothing that began on this level before goes on.
    fn reset(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            self.open -= level.tokens;
            level.tokens = 0;
        }
    }

    fn operator(&mut self, byte: u8) {
        let twice = self.peek(1) == Some(byte);
        let last = match byte {
            b'.' => Last::Dot,
            b'>' if self.before() == Some(b'=') => Last::Operator,
            b'>' => Last::Either,
            b'!' => self.exclamation(),
            b'+' | b'-' if twice => Last::Either,
            b'<' => Last::Joint,
            _ => Last::Operator,
        };
        self.at += 1;
        self.token(last);
    }

    /// The byte before this one.
    fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).and_then(|at| self.source.get(at)).copied()
    }

    /// `!` negates what follows, or stands behind a value on the same line and says that it is not null.
    fn exclamation(&self) -> Last {
        let mut spaces = self.source.get(..self.at).unwrap_or_default().iter().rev().take_while(|byte| byte.is_ascii_whitespace());
        let breaks_line = spaces.any(|byte| matches!(byte, b'\n' | b'\r'));
        let behind_comment = self.source.get(..self.at).unwrap_or_default().trim_ascii_end().ends_with(b"*/");
        match self.last {
            Last::Value if !breaks_line && !behind_comment => Last::Value,
            Last::Value | Last::CloseBrace | Last::Either => Last::Either,
            _ => Last::Operator,
        }
    }

    fn word(&mut self) {
        let length = self.rest().iter().position(|byte| !is_word(*byte)).unwrap_or(self.rest().len());
        let word = self.source.get(self.at..self.at + length).unwrap_or_default();
        let (before, is_name) = (self.last, self.last == Last::Dot);
        let joins = JOINTS.contains(&word);
        // A word behind a value begins another statement, unless it joins what follows to it.
        if !is_name && (matches!(before, Last::Value | Last::CloseBrace) && !joins || before != Last::Joint && STATEMENTS.contains(&word)) {
            self.reset();
        }
        let last = match word {
            _ if is_name => Last::Value,
            b"if" | b"while" | b"for" | b"with" => Last::Control,
            b"await" if before == Last::Control => Last::Control,
            _ if PREFIXES.contains(&word) => Last::Either,
            _ if joins => Last::Joint,
            _ if BEFORE_VALUES.contains(&word) => Last::Operator,
            _ => Last::Value,
        };
        self.at += length;
        self.token(last);
        if word == b"else" && !is_name {
            self.open += 1;
            if let Some(level) = self.levels.last_mut() {
                level.elses += 1;
            }
        }
    }

    fn open_bracket(&mut self, byte: u8) {
        let control = byte == b'(' && self.last == Last::Control;
        self.at += 1;
        self.token(Last::Operator);
        self.levels.push(Level { control, ..Level::default() });
    }

    fn close_bracket(&mut self, byte: u8) {
        self.at += 1;
        let closed = if self.levels.len() > 1 { self.levels.pop().unwrap_or_default() } else { Level::default() };
        self.open -= closed.tokens + closed.elses;
        if closed.template && byte == b'}' {
            return self.template_text();
        }
        self.last = match byte {
            b'}' => Last::CloseBrace,
            _ if closed.control => Last::Operator,
            _ => Last::Value,
        };
    }

    /// A string ends with its line, unless a backslash stands before the line's end.
    fn string(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == quote || byte == b'\n' {
                break;
            }
        }
        self.token(Last::Value);
    }

    fn template(&mut self) {
        self.at += 1;
        self.token(Last::Value);
        self.template_text();
    }

    /// The text of a template up to its end or to the next `${`.
    fn template_text(&mut self) {
        while let Some(byte) = self.peek(0) {
            if byte == b'$' && self.peek(1) == Some(b'{') {
                self.at += 2;
                self.token(Last::Operator);
                self.levels.push(Level { template: true, ..Level::default() });
                return;
            }
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'`' {
                break;
            }
        }
        self.last = Last::Value;
    }

    /// A division or a regular expression.
    fn slash(&mut self) -> Option<()> {
        let divides = matches!(self.last, Last::Value | Last::Dot);
        let rest = self.source.get(self.at..self.source.len().min(self.at + REGULAR_EXPRESSION_BYTES_MAX)).unwrap_or_default();
        let end = if divides { None } else { regular_expression_end(rest) };
        if end.is_none() && !divides && rest.len() == REGULAR_EXPRESSION_BYTES_MAX && !rest.contains(&b'\n') {
            return None;
        }
        let is_expression = match (self.last, end) {
            (Last::Value | Last::Dot, _) | (_, None) => false,
            (Last::Operator | Last::Control | Last::Joint, _) => true,
            (Last::CloseBrace | Last::Either, Some(end)) => {
                let inside = rest.get(1..end.saturating_sub(1)).unwrap_or_default();
                let is_plain = !inside.iter().any(|byte| b"\"'`()[]{}/".contains(byte)) && !matches!(rest.get(end), Some(b'/' | b'*'));
                is_plain.then_some(true)?
            }
        };
        self.at += if is_expression { end.unwrap_or(1) } else { 1 };
        self.token(if is_expression { Last::Value } else { Last::Operator });
        Some(())
    }
}

/// Where a regular expression that begins here ends, behind its second slash; it does not leave its line.
fn regular_expression_end(text: &[u8]) -> Option<usize> {
    let mut in_class = false;
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            b'\n' => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@' | b'\\' | 0x80..)
}

/// Words that carry on what stands before them.
const JOINTS: &[&[u8]] = &[b"as", b"satisfies", b"in", b"instanceof", b"extends", b"is", b"else", b"of"];

/// Words that may stand before a value or a type, or be a name.
const PREFIXES: &[&[u8]] = &[b"yield", b"await", b"async", b"keyof", b"readonly", b"unique", b"infer", b"asserts", b"abstract"];

/// Reserved words that only begin statements.
const STATEMENTS: &[&[u8]] = &[b"const", b"export", b"return", b"throw", b"var"];

/// Words after which a value stands.
const BEFORE_VALUES: &[&[u8]] = &[b"return", b"typeof", b"case", b"do", b"new", b"void", b"delete", b"throw", b"default"];

#[cfg(test)]
mod tests {
    use super::*;

    fn bound_of(text: &str) -> usize {
        let padded = format!("{text}\n{}", " ".repeat(LEVELS_HERE));
        bound(padded.as_bytes())
    }

    #[test]
    fn nesting_is_never_bounded_too_low() {
        let deep = 5_000;
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{a:", "}"),
            ("-", ""),
            ("a=>", ""),
            ("a?b:", ""),
            ("1+", ""),
            ("if(a)", ";"),
            ("keyof ", ""),
            ("for await (a of b)", ";"),
            ("await ", ""),
            ("`${", "}`"),
            ("(\")\"+", ")"),
            ("(/[)]/,", ")"),
            ("f(\")\")+(`)`+", ")"),
            ("(!/[)]/&&", ")"),
            ("(a=>/[)]/,", ")"),
            ("(a!/2,\")\"+", ")"),
            ("if(a){}else ", ";"),
        ] {
            let text = format!("{}1{}", open.repeat(deep), close.repeat(deep));
            assert!(bound_of(&text) >= deep, "{open}");
        }
    }

    #[test]
    fn ordinary_text_is_flat() {
        let text = "export function f(a: string, b = /[(]/): void {\n  if (a) { g(\"(\"); } else { return b }\n}\n".repeat(5_000);
        assert!(bound_of(&text) < 100);
        let text = "if (!/^[(]$/.test(a)) f((b) => /[)}\"]/.test(b!), c! / 2, `${d}(`)\n".repeat(5_000);
        assert!(bound_of(&text) < 100);
        let text = "const a = { b: 1 }\nexport const c = a.b / 2 // don't (\n".repeat(5_000);
        assert!(bound_of(&text) < 100);
    }

    #[test]
    fn too_deep_a_text_is_an_error() {
        let text = format!("x = {}1{}", "(".repeat(200_000), ")".repeat(200_000));
        assert_eq!(with_stack(&text, || Ok(())).expect_err("it is too deep").kind, StripErrorKind::InvalidSyntax);
    }
}
