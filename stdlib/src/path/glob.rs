//! Glob patterns as Node's `path.matchesGlob` and `fs.glob` take them: `**`, `*`, `?`, `[a-z]`, `{a,b}`, `{1..3}`, `+(a|b)`.
//!
//! ```
//! use coil_stdlib::path::glob::{Glob, Options};
//! let glob = Glob::new("src/**/*.{js,mjs}", Options::default());
//! assert!(glob.matches("src/a/b.mjs"));
//! assert!(!glob.matches("src/.hidden/b.mjs"));
//! ```
//!
//! A backslash separates, in patterns on every system and in paths on Windows. A wildcard does not match a leading dot.

/// How a pattern is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Paths have two separators.
    pub windows: bool,
    /// Wildcards match names that begin with a dot.
    pub dot: bool,
    /// Letters match in either case.
    pub nocase: bool,
}

/// A pattern, ready to match.
#[derive(Debug, Clone)]
pub struct Glob {
    alternatives: Vec<Vec<Segment>>,
    options: Options,
}

/// What one segment of a path must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// `**`: any number of segments.
    Globstar,
    /// This text.
    Literal(String),
    /// Something a wildcard describes.
    Pattern(Vec<Node>),
}

/// One element of a segment's pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// This character.
    Char(char),
    /// `?`
    Any,
    /// `*`
    Star,
    /// `[...]`
    Class(Class),
    /// `@(...)` and kin: the kind and the alternatives.
    Group(char, Vec<Vec<Node>>),
}

/// `[a-z]`
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
    named: Vec<fn(char) -> bool>,
}

impl Glob {
    /// Reads a pattern. Every text is one.
    pub fn new(pattern: &str, options: Options) -> Self {
        let pattern = pattern.replace('\\', "/");
        let alternatives = expand_braces(&pattern).iter().map(|pattern| segments_of(pattern, options)).collect();
        Self { alternatives, options }
    }

    /// Whether `path` matches, as a whole.
    pub fn matches(&self, path: &str) -> bool {
        let path = if self.options.windows { path.replace('\\', "/") } else { path.to_owned() };
        let parts = simplified(split(&path, self.options).map(str::to_owned).collect(), |part| part.as_str());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.alternatives.iter().any(|segments| match_segments(&parts, segments, self.options))
    }

    /// The segments of each alternative, for whoever walks directories.
    pub fn alternatives(&self) -> &[Vec<Segment>] {
        &self.alternatives
    }
}

impl Segment {
    /// Whether one name matches.
    pub fn matches(&self, name: &str, options: Options) -> bool {
        match self {
            Self::Globstar => !hidden(name, options),
            Self::Literal(text) if options.nocase => text.to_lowercase() == name.to_lowercase(),
            Self::Literal(text) => text == name,
            Self::Pattern(nodes) => {
                let name: Vec<char> = name.chars().collect();
                let not_a_step = name != ['.'] && name != ['.', '.'];
                not_a_step && !(nodes == &[Node::Star] && name.is_empty()) && match_nodes(&name, 0, nodes, options)
            }
        }
    }
}

fn hidden(name: &str, options: Options) -> bool {
    name == "." || name == ".." || (!options.dot && name.starts_with('.'))
}

fn split(path: &str, options: Options) -> impl Iterator<Item = &str> {
    let share = options.windows && path.starts_with("//") && !path.starts_with("///") && path.len() > 2;
    let mut index = 0;
    let mut previous_empty = false;
    let mut parts = Vec::new();
    // Runs of separators count as one, but an empty first part says the path is absolute.
    for part in path.split('/') {
        let keep = !part.is_empty() || index == 0 || (share && index == 1) || !previous_empty;
        if keep {
            parts.push(part);
        }
        previous_empty = part.is_empty();
        index += 1;
    }
    // A trailing separator leaves one empty part.
    parts.into_iter()
}

fn segments_of(pattern: &str, options: Options) -> Vec<Segment> {
    let segments = split(pattern, options).map(segment).collect();
    let mut segments = simplified(segments, |segment| match segment {
        Segment::Literal(text) => text.as_str(),
        _ => "*",
    });
    segments.dedup_by(|next, previous| *next == Segment::Globstar && *previous == Segment::Globstar);
    segments
}

/// Takes out `.`, and `x/..` where `x` is a name.
fn simplified<T>(parts: Vec<T>, text: impl Fn(&T) -> &str) -> Vec<T> {
    let mut out: Vec<T> = Vec::with_capacity(parts.len());
    let count = parts.len();
    for (index, part) in parts.into_iter().enumerate() {
        let name = text(&part);
        if name == "." && count > 1 {
            continue;
        }
        if name.is_empty() && index > 0 && index + 1 < count {
            continue;
        }
        if name == ".." && out.last().is_some_and(|last| !matches!(text(last), "" | "." | ".." | "**")) {
            out.pop();
            continue;
        }
        out.push(part);
    }
    out
}

fn match_segments(parts: &[&str], segments: &[Segment], options: Options) -> bool {
    let (mut part, mut segment) = (0, 0);
    // Where to go on when the last `**` has to take one more part.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if segment < segments.len() && segments[segment] == Segment::Globstar {
            if segment + 1 == segments.len() {
                let tail = &parts[part.min(parts.len())..];
                let any = part < parts.len();
                if any && tail.iter().all(|name| !hidden(name, options)) {
                    return true;
                }
            } else {
                retry = Some((part, segment));
                segment += 1;
                continue;
            }
        } else if segment < segments.len() && part < parts.len() && segments[segment].matches(parts[part], options) {
            part += 1;
            segment += 1;
            continue;
        } else if segment == segments.len() && (part == parts.len() || (part + 1 == parts.len() && parts[part].is_empty())) {
            return true;
        }
        match retry {
            Some((from, star)) if from < parts.len() && !hidden(parts[from], options) => {
                retry = Some((from + 1, star));
                (part, segment) = (from + 1, star + 1);
            }
            _ => return false,
        }
    }
}

// One segment.

fn segment(text: &str) -> Segment {
    if text == "**" {
        return Segment::Globstar;
    }
    let characters: Vec<char> = text.chars().collect();
    let mut position = 0;
    let nodes = parse(&characters, &mut position, false);
    if nodes.iter().all(|node| matches!(node, Node::Char(_))) {
        return Segment::Literal(nodes.iter().map(|node| if let Node::Char(character) = node { *character } else { ' ' }).collect());
    }
    Segment::Pattern(nodes)
}

/// Reads nodes up to the end or, in a group, up to `|` or `)`.
fn parse(text: &[char], position: &mut usize, grouped: bool) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    while let Some(character) = text.get(*position).copied() {
        if grouped && (character == '|' || character == ')') {
            break;
        }
        let opens = text.get(*position + 1) == Some(&'(') && closes(&text[*position + 1..]);
        if opens && matches!(character, '!' | '?' | '+' | '*' | '@') {
            *position += 2;
            let mut alternatives = Vec::new();
            loop {
                alternatives.push(parse(text, position, true));
                let end = text.get(*position).copied();
                *position += 1;
                if end != Some('|') {
                    break;
                }
            }
            nodes.push(Node::Group(character, alternatives));
            continue;
        }
        if character == '['
            && let Some((class, length)) = class(&text[*position..])
        {
            nodes.push(Node::Class(class));
            *position += length;
            continue;
        }
        *position += 1;
        match character {
            '*' if nodes.last() == Some(&Node::Star) => {}
            '*' => nodes.push(Node::Star),
            '?' => nodes.push(Node::Any),
            other => nodes.push(Node::Char(other)),
        }
    }
    nodes
}

/// Whether the parenthesis that opens here is closed.
fn closes(text: &[char]) -> bool {
    let mut depth = 0_usize;
    for character in text {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

/// A class at the start of `text` and how many characters it takes.
fn class(text: &[char]) -> Option<(Class, usize)> {
    let mut class = Class { negated: false, ranges: Vec::new(), named: Vec::new() };
    let mut at = 1;
    if matches!(text.get(at), Some('!' | '^')) {
        class.negated = true;
        at += 1;
    }
    let first = at;
    loop {
        let character = *text.get(at)?;
        if character == ']' && at > first {
            return Some((class, at + 1));
        }
        if character == '[' && text.get(at + 1) == Some(&':') {
            let name: String = text[at..].iter().take_while(|character| **character != ']').collect();
            if let Some(named) = NAMED_CLASSES.iter().find(|(known, _)| name == *known) {
                class.named.push(named.1);
                at += name.chars().count() + 1;
                continue;
            }
        }
        match (text.get(at + 1), text.get(at + 2)) {
            (Some('-'), Some(end)) if *end != ']' => {
                if character <= *end {
                    class.ranges.push((character, *end));
                }
                at += 3;
            }
            _ => {
                class.ranges.push((character, character));
                at += 1;
            }
        }
    }
}

const NAMED_CLASSES: &[(&str, fn(char) -> bool)] = &[
    ("[:alnum:", char::is_alphanumeric),
    ("[:alpha:", char::is_alphabetic),
    ("[:ascii:", |c| c.is_ascii()),
    ("[:blank:", |c| c == '\t' || c == ' '),
    ("[:cntrl:", char::is_control),
    ("[:digit:", char::is_numeric),
    ("[:graph:", |c| !c.is_whitespace() && !c.is_control()),
    ("[:lower:", char::is_lowercase),
    ("[:print:", |c| !c.is_control()),
    ("[:punct:", |c| c.is_ascii_punctuation()),
    ("[:space:", char::is_whitespace),
    ("[:upper:", char::is_uppercase),
    ("[:word:", |c| c.is_alphanumeric() || c == '_'),
    ("[:xdigit:", |c| c.is_ascii_hexdigit()),
];

impl Class {
    fn matches(&self, character: char, nocase: bool) -> bool {
        let within = |character: char| self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) || self.named.iter().any(|named| named(character));
        let folded = nocase && (character.to_lowercase().any(within) || character.to_uppercase().any(within));
        (within(character) || folded) != self.negated
    }
}

fn match_nodes(name: &[char], at: usize, nodes: &[Node], options: Options) -> bool {
    match_then(name, at, nodes, options, &mut |at| at == name.len())
}

/// Matches `nodes` from `at` on, then asks `then` about the place reached.
fn match_then(name: &[char], at: usize, nodes: &[Node], options: Options, then: &mut dyn FnMut(usize) -> bool) -> bool {
    let Some((node, rest)) = nodes.split_first() else { return then(at) };
    let leading_dot = at == 0 && !options.dot && name.first() == Some(&'.');
    match node {
        Node::Char(character) => name.get(at).is_some_and(|found| same(*found, *character, options)) && match_then(name, at + 1, rest, options, then),
        Node::Any => at < name.len() && !leading_dot && match_then(name, at + 1, rest, options, then),
        Node::Class(class) => name.get(at).is_some_and(|found| !leading_dot && class.matches(*found, options.nocase)) && match_then(name, at + 1, rest, options, then),
        Node::Star => {
            if leading_dot {
                return false;
            }
            // Where nothing but a character must follow, only its places need trying.
            if let Some(Node::Char(next)) = rest.first() {
                return (at..name.len()).any(|place| same(name[place], *next, options) && match_then(name, place, rest, options, then));
            }
            (at..=name.len()).any(|place| match_then(name, place, rest, options, then))
        }
        Node::Group('!', alternatives) => {
            if leading_dot {
                return false;
            }
            let excluded = alternatives.iter().any(|alternative| {
                let whole: Vec<Node> = alternative.iter().chain(rest).cloned().collect();
                match_nodes(name, at, &whole, options)
            });
            !excluded && (at..=name.len()).any(|place| match_then(name, place, rest, options, then))
        }
        Node::Group(kind, alternatives) => {
            if matches!(kind, '?' | '*') && match_then(name, at, rest, options, then) {
                return true;
            }
            let again = matches!(kind, '+' | '*');
            alternatives.iter().any(|alternative| {
                match_then(name, at, alternative, options, &mut |place| {
                    if match_then(name, place, rest, options, then) {
                        return true;
                    }
                    // Only progress is repeated.
                    again && place > at && {
                        let repeated: Vec<Node> = std::iter::once(Node::Group('+', alternatives.clone())).chain(rest.iter().cloned()).collect();
                        match_then(name, place, &repeated, options, then)
                    }
                })
            })
        }
    }
}

fn same(first: char, second: char, options: Options) -> bool {
    first == second || (options.nocase && first.to_lowercase().eq(second.to_lowercase()))
}

// Braces.

/// The patterns that `{a,b}` and `{1..3}` stand for; at most [`EXPANSIONS_MAX`].
fn expand_braces(pattern: &str) -> Vec<String> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut out = expand(&characters);
    out.truncate(EXPANSIONS_MAX);
    out
}

fn expand(text: &[char]) -> Vec<String> {
    let mut from = 0;
    while let Some(open) = text[from..].iter().position(|character| *character == '{').map(|found| found + from) {
        let shell_variable = open > 0 && text[open - 1] == '$';
        let Some((close, commas)) = matching_brace(text, open) else {
            from = open + 1;
            continue;
        };
        let inner = &text[open + 1..close];
        let choices = if commas.is_empty() { sequence(inner) } else { Some(choices(text, open, close, &commas)) };
        let Some(choices) = choices.filter(|_| !shell_variable) else {
            from = open + 1;
            continue;
        };
        let before: String = text[..open].iter().collect();
        let after = expand(&text[close + 1..]);
        let mut out = Vec::new();
        'all: for choice in &choices {
            for after in &after {
                if out.len() == EXPANSIONS_MAX {
                    break 'all;
                }
                out.push(format!("{before}{choice}{after}"));
            }
        }
        return out;
    }
    vec![text.iter().collect()]
}

/// Where the brace at `open` closes, and its own commas.
fn matching_brace(text: &[char], open: usize) -> Option<(usize, Vec<usize>)> {
    let mut depth = 0_usize;
    let mut commas = Vec::new();
    for (index, character) in text.iter().enumerate().skip(open) {
        match character {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((index, commas));
                }
            }
            ',' if depth == 1 => commas.push(index),
            _ => {}
        }
    }
    None
}

fn choices(text: &[char], open: usize, close: usize, commas: &[usize]) -> Vec<String> {
    let mut bounds = vec![open];
    bounds.extend_from_slice(commas);
    bounds.push(close);
    bounds.windows(2).flat_map(|pair| expand(&text[pair[0] + 1..pair[1]])).collect()
}

/// `1..5`, `01..10..3`, `a..e`
fn sequence(inner: &[char]) -> Option<Vec<String>> {
    let inner: String = inner.iter().collect();
    let mut parts = inner.split("..");
    let (first, last, step) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let step = step.map_or(Some(1), |step| step.parse::<i64>().ok())?.unsigned_abs().max(1);
    let numbers = first.parse::<i64>().ok().zip(last.parse::<i64>().ok());
    let (from, to) = match numbers {
        Some(bounds) => bounds,
        None => match (first.chars().collect::<Vec<_>>().as_slice(), last.chars().collect::<Vec<_>>().as_slice()) {
            ([first], [last]) if first.is_ascii_alphabetic() && last.is_ascii_alphabetic() => (i64::from(u32::from(*first)), i64::from(u32::from(*last))),
            _ => return None,
        },
    };
    let padded = |text: &str| text.trim_start_matches('-').len() > 1 && text.trim_start_matches('-').starts_with('0');
    let width = if numbers.is_some() && (padded(first) || padded(last)) { first.len().max(last.len()) } else { 0 };
    let count = (from.abs_diff(to) / step).min(EXPANSIONS_MAX as u64 - 1);
    let show = |value: i64| match numbers {
        Some(_) => format!("{value:0width$}"),
        None => u32::try_from(value).ok().and_then(char::from_u32).map(String::from).unwrap_or_default(),
    };
    Some((0..=count).map(|index| (index * step) as i64).map(|way| show(if from <= to { from + way } else { from - way })).collect())
}

/// More alternatives than this are cut off: braces multiply, and a pattern may come from outside.
const EXPANSIONS_MAX: usize = 100_000;
