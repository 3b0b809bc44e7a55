//! Which names a CommonJS file exports, found by reading its text, since an `import` needs them before the file runs.
//!
//! Recognises what transpilers and people write: `exports.a =`, `module.exports.a =`, `exports['a'] =`,
//! `Object.defineProperty(exports, 'a', ...)`, `module.exports = { a, 'b': c, ...require('d') }`, `module.exports = require('d')`,
//! `__exportStar(require('d'), exports)`. The names follow <https://github.com/nodejs/cjs-module-lexer>'s documented grammar.

/// Reads the file a reexport names: its text and path, or nothing.
pub type Open<'a> = &'a dyn Fn(&str, &str) -> Option<(String, String)>;

/// The names, in order of first sight, without doubles.
pub fn export_names(text: &str, path: &str, open: Open<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut seen = vec![path.to_owned()];
    collect(text, path, open, &mut seen, &mut names);
    names
}

fn collect(text: &str, path: &str, open: Open<'_>, seen: &mut Vec<String>, names: &mut Vec<String>) {
    // Most files mention neither word; then there is nothing to read.
    if !text.contains("exports") && !text.contains("__export") {
        return;
    }
    let found = scan(&tokens(text));
    for name in found.names {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for request in found.reexports {
        if seen.len() >= REEXPORTS_MAX {
            return;
        }
        if let Some((text, path)) = open(&request, path)
            && !seen.contains(&path)
        {
            seen.push(path.clone());
            collect(&text, &path, open, seen, names);
        }
    }
}

/// Files followed through reexports: a bound against packages that reexport thousands.
const REEXPORTS_MAX: usize = 500;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Other,
    Sign(u8),
}

#[derive(Default)]
struct Found {
    names: Vec<String>,
    reexports: Vec<String>,
}

/// Words, strings and signs; comments, templates, numbers and regular expressions are passed over.
fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = memchr(b'\n', bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = text[at + 2..].find("*/").map_or(bytes.len(), |end| at + end + 4),
            b'/' if starts_regex(tokens.last()) => {
                at = skip_regex(bytes, at);
                tokens.push(Token::Other);
            }
            b'"' | b'\'' => {
                let end = skip_string(bytes, at, byte);
                let raw = text.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
                // A name with half of a surrogate pair cannot be exported.
                tokens.push(unescaped(raw).map_or(Token::Other, Token::Text));
                at = end;
            }
            b'`' => {
                at = skip_template(bytes, at);
                tokens.push(Token::Other);
            }
            _ if is_word(byte) => {
                let start = at;
                while at < bytes.len() && is_word(bytes[at]) {
                    at += 1;
                }
                let word = &text[start..at];
                tokens.push(if byte.is_ascii_digit() { Token::Other } else { Token::Word(word.to_owned()) });
            }
            _ => {
                tokens.push(Token::Sign(byte));
                at += 1;
            }
        }
    }
    tokens
}

/// The value of a string literal; nothing where it is no well-formed text.
fn unescaped(raw: &str) -> Option<String> {
    if !raw.contains('\\') {
        return Some(raw.to_owned());
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = raw.chars();
    while let Some(char) = rest.next() {
        let code = match char {
            '\\' => match rest.next()? {
                'n' => 10,
                'r' => 13,
                't' => 9,
                'b' => 8,
                'f' => 12,
                'v' => 11,
                '0' => 0,
                '\n' => continue,
                'x' => hex(&rest.by_ref().take(2).collect::<String>())?,
                'u' if rest.as_str().starts_with('{') => hex(&rest.by_ref().skip(1).take_while(|char| *char != '}').collect::<String>())?,
                'u' => hex(&rest.by_ref().take(4).collect::<String>())?,
                other => u32::from(other),
            },
            char => u32::from(char),
        };
        match u16::try_from(code) {
            Ok(unit) => units.push(unit),
            Err(_) => units.extend_from_slice(char::from_u32(code)?.encode_utf16(&mut [0; 2])),
        }
    }
    String::from_utf16(&units).ok()
}

fn hex(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 16).ok()
}

fn memchr(needle: u8, bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == needle).map_or(bytes.len(), |at| from + at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// After an operator or an opening bracket a slash starts a regular expression; after a value it divides.
fn starts_regex(last: Option<&Token>) -> bool {
    match last {
        None => true,
        Some(Token::Sign(sign)) => !matches!(sign, b')' | b']' | b'}'),
        Some(Token::Word(word)) => ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "instanceof", "yield", "await"].contains(&word.as_str()),
        Some(_) => false,
    }
}

fn skip_regex(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut in_class) = (from + 1, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return at + 1,
            b'\n' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn skip_string(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn skip_template(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from + 1, 0u32);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'`' if depth == 0 => return at + 1,
            b'`' => at = skip_template(bytes, at) - 1,
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'{' if depth > 0 => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'"' | b'\'' if depth > 0 => at = skip_string(bytes, at, bytes[at]) - 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn scan(tokens: &[Token]) -> Found {
    let mut found = Found::default();
    let bindings = bindings(tokens);
    let mut at = 0;
    while at < tokens.len() {
        let Token::Word(word) = &tokens[at] else {
            at += 1;
            continue;
        };
        let member_of_other = at > 0 && tokens[at - 1] == Token::Sign(b'.');
        match word.as_str() {
            "exports" if !member_of_other => member(tokens, at + 1, &mut found),
            "module" if !member_of_other && is_sign(tokens, at + 1, b'.') && is_word_at(tokens, at + 2, "exports") => {
                at += 2;
                if is_sign(tokens, at + 1, b'=') && !is_sign(tokens, at + 2, b'=') {
                    // The last assignment decides what a reexport is.
                    found.reexports.clear();
                    assigned(tokens, at + 2, &mut found);
                } else {
                    member(tokens, at + 1, &mut found);
                }
            }
            "defineProperty" if member_of_other => define_property(tokens, at + 1, &mut found),
            "Object" if !member_of_other => {
                if let Some(request) = copied(tokens, at, &bindings) {
                    found.reexports.push(request);
                }
            }
            "__exportStar" | "__export" => {
                // Also as `tslib.__exportStar(require('x'), exports)`.
                if is_sign(tokens, at + 1, b'(')
                    && let Some(request) = required(tokens, at + 2)
                {
                    found.reexports.push(request);
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Variables that hold what `require` gave: `x = require('y')`, `x = _interopRequireWildcard(require('y'))`.
fn bindings(tokens: &[Token]) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        if word != "require" {
            continue;
        }
        let Some(request) = required(tokens, at) else { continue };
        let mut before = at;
        if before >= 2 && is_sign(tokens, before - 1, b'(') && matches!(&tokens[before - 2], Token::Word(helper) if helper.starts_with("_interopRequireWildcard")) {
            before -= 2;
        }
        if before >= 2
            && is_sign(tokens, before - 1, b'=')
            && let Token::Word(name) = &tokens[before - 2]
        {
            found.push((name.as_str(), request));
        }
    }
    found
}

/// `Object.keys(x).forEach(function (k) { ... })` that copies what `x` exports: `exports[k] = x[k]`, or the same by `defineProperty`.
fn copied(tokens: &[Token], at: usize, bindings: &[(&str, String)]) -> Option<String> {
    let shape = [Token::Sign(b'.'), Token::Word("keys".to_owned()), Token::Sign(b'(')];
    if tokens.get(at + 1..at + 4)? != shape {
        return None;
    }
    let Some(Token::Word(variable)) = tokens.get(at + 4) else { return None };
    let each = [Token::Sign(b')'), Token::Sign(b'.'), Token::Word("forEach".to_owned()), Token::Sign(b'('), Token::Word("function".to_owned()), Token::Sign(b'(')];
    if tokens.get(at + 5..at + 11)? != each {
        return None;
    }
    let Some(Token::Word(key)) = tokens.get(at + 11) else { return None };
    let body = &tokens[at + 12..tokens.len().min(at + 12 + COPYING_MAX)];
    let copies = (0..body.len()).any(|at| {
        let is_key = |at: usize| is_word_at(body, at, key);
        let assigns =
            is_word_at(body, at, "exports") && is_sign(body, at + 1, b'[') && is_key(at + 2) && is_sign(body, at + 3, b']') && is_sign(body, at + 4, b'=') && is_word_at(body, at + 5, variable);
        let defines = is_word_at(body, at, "defineProperty") && is_sign(body, at + 1, b'(') && is_word_at(body, at + 2, "exports") && is_sign(body, at + 3, b',') && is_key(at + 4);
        assigns || defines
    });
    let (_, request) = bindings.iter().rev().find(|(name, _)| name == variable).filter(|_| copies)?;
    Some(request.clone())
}

/// Tokens that a copying function has at most: more is another function.
const COPYING_MAX: usize = 90;

fn is_sign(tokens: &[Token], at: usize, sign: u8) -> bool {
    tokens.get(at) == Some(&Token::Sign(sign))
}

fn is_word_at(tokens: &[Token], at: usize, word: &str) -> bool {
    matches!(tokens.get(at), Some(Token::Word(found)) if found == word)
}

/// `.name =` or `['name'] =` after `exports`; chains of assignments give each its name by their own turn.
fn member(tokens: &[Token], at: usize, found: &mut Found) {
    match (tokens.get(at), tokens.get(at + 1)) {
        (Some(Token::Sign(b'.')), Some(Token::Word(name))) if is_sign(tokens, at + 2, b'=') && !is_sign(tokens, at + 3, b'=') => found.names.push(name.clone()),
        (Some(Token::Sign(b'[')), Some(Token::Text(name))) if is_sign(tokens, at + 2, b']') && is_sign(tokens, at + 3, b'=') => found.names.push(name.clone()),
        _ => {}
    }
}

/// `(exports, 'name', { enumerable: true, get ...` or `{ value: ...`.
fn define_property(tokens: &[Token], at: usize, found: &mut Found) {
    let mut at = at;
    if !is_sign(tokens, at, b'(') {
        return;
    }
    at += 1;
    if is_word_at(tokens, at, "module") && is_sign(tokens, at + 1, b'.') {
        at += 2;
    }
    if !is_word_at(tokens, at, "exports") || !is_sign(tokens, at + 1, b',') {
        return;
    }
    let Some(Token::Text(name)) = tokens.get(at + 2) else { return };
    let mut body = &tokens[(at + 3).min(tokens.len())..];
    if !is_sign(body, 0, b',') || !is_sign(body, 1, b'{') {
        return;
    }
    body = &body[2..];
    if is_word_at(body, 0, "enumerable") && is_sign(body, 1, b':') && is_word_at(body, 2, "true") && is_sign(body, 3, b',') {
        body = &body[4..];
    }
    if is_word_at(body, 0, "value") && is_sign(body, 1, b':') || is_word_at(body, 0, "get") && returns_a_name(&body[1..]) {
        found.names.push(name.clone());
    }
}

/// `: function () { return a.b; }`, with or without the member, or the short form of the method.
fn returns_a_name(tokens: &[Token]) -> bool {
    let mut at = 0;
    if is_sign(tokens, 0, b':') && is_word_at(tokens, 1, "function") {
        at = 2;
        if matches!(tokens.get(at), Some(Token::Word(_))) {
            at += 1;
        }
    }
    let opens = is_sign(tokens, at, b'(') && is_sign(tokens, at + 1, b')') && is_sign(tokens, at + 2, b'{') && is_word_at(tokens, at + 3, "return");
    opens && matches!(tokens.get(at + 4), Some(Token::Word(_)))
}

/// What stands right of `module.exports =`.
fn assigned(tokens: &[Token], at: usize, found: &mut Found) {
    if let Some(request) = required(tokens, at) {
        found.reexports.push(request);
        return;
    }
    if !is_sign(tokens, at, b'{') {
        return;
    }
    let mut at = at + 1;
    loop {
        match tokens.get(at) {
            Some(Token::Sign(b'.')) if is_sign(tokens, at + 1, b'.') && is_sign(tokens, at + 2, b'.') => {
                match required(tokens, at + 3) {
                    Some(request) => {
                        found.reexports.push(request);
                        at += 7;
                    }
                    // What a variable brings is not known.
                    None if matches!(tokens.get(at + 3), Some(Token::Word(_))) => at += 4,
                    None => return,
                }
            }
            Some(Token::Word(name) | Token::Text(name)) => {
                if is_sign(tokens, at + 1, b',') || is_sign(tokens, at + 1, b'}') {
                    found.names.push(name.clone());
                    at += 1;
                } else if is_sign(tokens, at + 1, b':') {
                    // Only a value that begins with a word counts, and lets the reading go on.
                    if !matches!(tokens.get(at + 2), Some(Token::Word(_))) {
                        return;
                    }
                    found.names.push(name.clone());
                    at += 3;
                } else {
                    return;
                }
            }
            _ => return,
        }
        if !is_sign(tokens, at, b',') {
            return;
        }
        at += 1;
    }
}

/// `require('x')`
fn required(tokens: &[Token], at: usize) -> Option<String> {
    match (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2), tokens.get(at + 3)) {
        (Some(Token::Word(word)), Some(Token::Sign(b'(')), Some(Token::Text(request)), Some(Token::Sign(b')'))) if word == "require" => Some(request.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        export_names(text, "/a.js", &|request, _| (request == "./b").then(|| ("exports.fromB = 1".to_owned(), "/b.js".to_owned())))
    }

    #[test]
    fn assignments_to_exports_are_names() {
        assert_eq!(names("exports.a = exports.b = 1; module.exports.c = 2; exports['d'] = 3; x.exports.e = 1"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn comments_strings_and_regular_expressions_are_not_code() {
        assert_eq!(names("// exports.a = 1\n'exports.b = 1'; /exports.c = 1/.test(x); `${exports.d = 1}`; exports.e = 1 / 2"), ["e"]);
    }

    #[test]
    fn an_object_literal_gives_names_up_to_the_first_complex_value() {
        assert_eq!(names("module.exports = { a, 'b': b, c: d, e: 'x', f }"), ["a", "b", "c"]);
        assert_eq!(names("module.exports = { a, ...b, c, d: function () {}, e }"), ["a", "c", "d"]);
    }

    #[test]
    fn reexports_are_followed() {
        assert_eq!(names("module.exports = require('./b')"), ["fromB"]);
        assert_eq!(names("__exportStar(require('./b'), exports); exports.a = 1"), ["a", "fromB"]);
        assert_eq!(names("module.exports = { ...require('./b'), a }"), ["a", "fromB"]);
    }

    #[test]
    fn copying_all_keys_is_a_reexport() {
        let babel = "var _b = require('./b'); Object.keys(_b).forEach(function (key) { if (key === 'default' || key === '__esModule') return; Object.defineProperty(exports, key, { enumerable: true, get: function () { return _b[key]; } }); });";
        assert_eq!(names(babel), ["fromB"]);
        assert_eq!(names("const b = _interopRequireWildcard(require('./b')); Object.keys(b).forEach(function (k) { if (k !== 'default') exports[k] = b[k]; });"), ["fromB"]);
        assert_eq!(names("const b = require('./b'); Object.keys(b).forEach(function (k) { console.log(k); });"), [""; 0]);
    }

    #[test]
    fn define_property_is_a_name() {
        assert_eq!(
            names("Object.defineProperty(exports, '__esModule', { value: true }); Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return b.c; } })"),
            ["__esModule", "a"]
        );
        assert_eq!(names("Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return 1; } })"), [""; 0]);
    }
}
