//! The expression before the cursor: what of a line can be completed, and what it stands for without running anything of the program's.

use std::ops::Range;

use boa_engine::{Context, JsObject, JsString, JsValue, js_string, property::PropertyKey};

use super::evaluate;

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Number,
    /// A string, a template, a regular expression: as written.
    Literal,
    /// One character, or `?.`.
    Mark,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    kind: Kind,
    at: Range<usize>,
}

/// A line as tokens. Nothing where it ends within a string or a comment.
pub(super) fn tokens(line: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        let rest = &line[at..];
        let (kind, len) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if is_name(first) && !first.is_ascii_digit() {
            (Kind::Name, rest.find(|c| !is_name(c)).unwrap_or(rest.len()))
        } else if first.is_ascii_digit() {
            (Kind::Number, rest.find(|c: char| !(is_name(c) || c == '.')).unwrap_or(rest.len()))
        } else if matches!(first, '\'' | '"' | '`') {
            (Kind::Literal, closed(rest, first)?)
        } else if rest.starts_with("//") {
            return None;
        } else if rest.starts_with("/*") {
            at += rest.find("*/")? + 2;
            continue;
        } else if first == '/' && !tokens.last().is_some_and(|last| is_value_end(last, line)) {
            let len = closed(rest, '/')?;
            (Kind::Literal, len + rest[len..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - len))
        } else if rest.starts_with("?.") && !rest[2..].starts_with(|c: char| c.is_ascii_digit()) {
            (Kind::Mark, 2)
        } else {
            (Kind::Mark, first.len_utf8())
        };
        tokens.push(Token { kind, at: at..at + len });
        at += len;
    }
    Some(tokens)
}

pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// The length of what begins with a quote and ends with the same.
fn closed(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let found = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    found.map(|(at, c)| at + c.len_utf8())
}

/// Whether a value may end with this token: what comes next is then an operator, a call or an access.
fn is_value_end(token: &Token, line: &str) -> bool {
    let text = &line[token.at.clone()];
    match token.kind {
        Kind::Name => !OPERATORS.contains(&text),
        Kind::Number | Kind::Literal => true,
        Kind::Mark => matches!(text, ")" | "]"),
    }
}

/// Words that are no values.
const OPERATORS: &[&str] = &["await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return", "throw", "typeof", "void", "yield"];
/// Words after which a name is a new one.
const DECLARING: &[&str] = &["class", "const", "function", "let", "var"];

/// What of a line is completed.
pub(super) struct Target {
    tokens: Vec<Token>,
    /// The tokens of what stands before the last dot.
    owner: Option<Range<usize>>,
    /// Where the expression begins.
    pub(super) start: usize,
    /// Where the name begins that is not complete.
    pub(super) name: usize,
}

impl Target {
    /// Nothing where there is nothing to complete.
    pub(super) fn of(line: &str) -> Option<Self> {
        let tokens = tokens(line)?;
        let text = |index: usize| &line[tokens[index].at.clone()];
        let last = tokens.last()?;
        if last.at.end != line.len() {
            return None;
        }
        let (mut before, mut name) = (tokens.len(), line.len());
        if last.kind == Kind::Name {
            before -= 1;
            name = last.at.start;
        }
        let after_dot = before > 0 && matches!(text(before - 1), "." | "?.");
        if after_dot {
            let start = chain_start(&tokens, before - 1, line)?;
            return Some(Self { owner: Some(start..before - 1), start: tokens[start].at.start, name, tokens });
        }
        // `1.` is a number and a dot that asks for nothing.
        if last.kind != Kind::Name || before > 0 && DECLARING.contains(&text(before - 1)) {
            return None;
        }
        Some(Self { owner: None, start: name, name, tokens })
    }

    /// Whether a property is completed, not a global name.
    pub(super) fn is_property(&self) -> bool {
        self.owner.is_some()
    }

    /// The object whose properties are completed. No getter of the program runs for it, no function is called.
    pub(super) fn owner(&self, line: &str, server: &JsObject, cx: &mut Context) -> Option<JsObject> {
        let value = self.value(self.owner.clone()?, line, server, cx)?;
        let object = value.to_object(cx).ok()?;
        (!object.proxy_parts().is_some()).then_some(object)
    }

    /// The value of an access within `range`.
    fn value(&self, range: Range<usize>, line: &str, server: &JsObject, cx: &mut Context) -> Option<JsValue> {
        let text = |index: usize| &line[self.tokens[index].at.clone()];
        let mut at = match text(range.start) {
            "(" | "[" => closing(&self.tokens, range.start, line)? + 1,
            _ => range.start + 1,
        };
        let mut value = self.simple(range.start..at, line, server, cx)?;
        while at < range.end {
            let key = match text(at) {
                "[" => {
                    let end = closing(&self.tokens, at, line)?;
                    let key = self.simple(at + 1..end, line, server, cx)?.to_property_key(cx).ok()?;
                    at = end + 1;
                    key
                }
                "." | "?." if text(at + 1) == "[" => {
                    if text(at) == "." {
                        return None;
                    }
                    at += 1;
                    continue;
                }
                "." | "?." => {
                    at += 2;
                    PropertyKey::from(JsString::from(text(at - 1)))
                }
                _ => return None,
            };
            value = property(&value, &key, cx)?;
        }
        Some(value)
    }

    /// The value of what neither calls nor changes anything.
    fn simple(&self, range: Range<usize>, line: &str, server: &JsObject, cx: &mut Context) -> Option<JsValue> {
        let tokens = &self.tokens[range];
        let is_simple = tokens.iter().enumerate().all(|(index, token)| {
            let text = &line[token.at.clone()];
            let after_value = index > 0 && is_value_end(&tokens[index - 1], line);
            match token.kind {
                Kind::Name => !OPERATORS.contains(&text) && !DECLARING.contains(&text) && !matches!(text, "async" | "import"),
                Kind::Number => true,
                Kind::Literal => !text.contains("${") && !(after_value && text.starts_with('`')),
                Kind::Mark => match text {
                    "(" => !after_value,
                    "=" | "{" | "}" | ";" => false,
                    "+" | "-" => index == 0 || &line[tokens[index - 1].at.clone()] != text,
                    _ => true,
                },
            }
        });
        let code = &line[tokens.first()?.at.start..tokens.last()?.at.end];
        if !is_simple {
            return None;
        }
        evaluate::quietly(&format!("({code})"), server, cx)
    }
}

/// The property of a value. An accessor of its own is not run: it may be the program's.
fn property(value: &JsValue, key: &PropertyKey, cx: &mut Context) -> Option<JsValue> {
    let object = value.to_object(cx).ok()?;
    if object.proxy_parts().is_some() {
        return None;
    }
    match object.own_property(key, cx).ok()? {
        Some(own) => own.value().cloned(),
        None => object.try_get_with_receiver(key, value.clone(), cx).ok()?,
    }
}

/// Where the access begins whose tokens end before `end`.
fn chain_start(tokens: &[Token], end: usize, line: &str) -> Option<usize> {
    let text = |index: usize| &line[tokens[index].at.clone()];
    let mut end = end;
    loop {
        let last = end.checked_sub(1)?;
        let mut start = match text(last) {
            ")" => opening(tokens, last, line)?,
            "]" => opening(tokens, last, line)?,
            _ if tokens[last].kind == Kind::Mark || !is_value_end(&tokens[last], line) => return None,
            _ => last,
        };
        let before = start.checked_sub(1);
        let follows_value = before.is_some_and(|before| is_value_end(&tokens[before], line));
        match (text(start), before) {
            ("(", _) if follows_value => return None,
            ("[", _) if follows_value => end = start,
            (_, Some(before)) if matches!(text(before), "." | "?.") => {
                // Three dots are no access.
                if before > 0 && text(before - 1) == "." {
                    return Some(start);
                }
                start = before;
                end = start;
            }
            _ => return Some(start),
        }
    }
}

/// The bracket that opens what the one at `index` closes.
fn opening(tokens: &[Token], index: usize, line: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for at in (0..=index).rev() {
        match &line[tokens[at].at.clone()] {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The bracket that closes what the one at `index` opens.
fn closing(tokens: &[Token], index: usize, line: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(index) {
        match &line[token.at.clone()] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The groups of names that can follow: an object's own first, then those of each prototype.
pub(super) fn names_of(object: &JsObject, cx: &mut Context) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    let mut next = Some(object.clone());
    while let Some(object) = next.filter(|object| groups.len() < DEPTH_MAX && !object.proxy_parts().is_some()) {
        let keys = object.own_property_keys(cx).unwrap_or_default();
        let names = keys.into_iter().filter_map(|key| match key {
            PropertyKey::String(name) => Some(name.to_std_string_lossy()),
            _ => None,
        });
        groups.push(names.filter(|name| is_identifier(name) && !name.starts_with("__define") && !name.starts_with("__lookup")).collect());
        next = object.prototype();
    }
    groups
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(is_name) && name.starts_with(|c: char| !c.is_ascii_digit())
}

/// A chain of prototypes is no longer in earnest.
const DEPTH_MAX: usize = 100;

/// The object that holds the session's globals.
pub(super) fn global(server: &JsObject, cx: &mut Context) -> Option<JsObject> {
    evaluate::quietly("globalThis", server, cx)?.as_object()
}

/// A text as an array's element.
pub(super) fn text(value: String) -> JsValue {
    js_string!(value).into()
}

#[cfg(test)]
mod tests {
    use super::Target;

    fn found(line: &str) -> Option<(&str, &str)> {
        Target::of(line).map(|target| (&line[target.start..], &line[target.name..]))
    }

    #[test]
    fn the_last_access_is_found() {
        assert_eq!(found("x = a.b"), Some(("a.b", "b")));
        assert_eq!(found("f(a['x y']?.c."), Some(("a['x y']?.c.", "")));
        assert_eq!(found("''.a"), Some(("''.a", "a")));
        assert_eq!(found("(1).to"), Some(("(1).to", "to")));
        assert_eq!(found("...a."), Some(("a.", "")));
        assert_eq!(found("f()."), None);
        assert_eq!(found("let a"), None);
        assert_eq!(found("'a"), None);
        assert_eq!(found("a+"), None);
    }
}
