//! Regular expressions in colour: each group in the colour of its depth.

use super::{Text, styles::COLORS};

/// Start and end code of each depth.
pub(super) type Palette = Vec<(String, String)>;

/// `highlightRegExp.colors`
pub(super) const COLOR_NAMES: &[&str] = &["green", "red", "yellow", "cyan", "magenta"];

pub(super) fn default_palette() -> Palette {
    let code = |name: &&str| COLORS.iter().find(|(color, ..)| color == name).map(|(_, start, end)| (start.to_string(), end.to_string()));
    COLOR_NAMES.iter().filter_map(code).collect()
}

/// `/(a|b)+/g` with escape sequences around every token.
pub(super) fn highlighted(pattern: &Text, palette: &Palette) -> Text {
    let source: Vec<char> = pattern.to_string_lossy().chars().collect();
    let mut writer = Writer { source, palette, out: Text::new(), at: 0, depth: 0, in_class: false };
    writer.run();
    writer.out
}

struct Writer<'a> {
    source: Vec<char>,
    palette: &'a Palette,
    out: Text,
    at: usize,
    depth: i32,
    in_class: bool,
}

impl Writer<'_> {
    fn peek(&self, offset: usize) -> Option<char> {
        self.source.get(self.at + offset).copied()
    }

    fn write(&mut self, text: &str) {
        if self.palette.is_empty() {
            self.out.push_str(text);
            return;
        }
        let index = usize::try_from(self.depth).map_or(0, |depth| depth % self.palette.len());
        let (start, end) = &self.palette[index];
        for part in ["\u{1b}[", start, "m", text, "\u{1b}[", end, "m"] {
            self.out.push_str(part);
        }
    }

    fn write_at(&mut self, text: &str, deeper: i32) {
        self.depth += deeper;
        self.write(text);
        self.depth -= deeper;
    }

    /// Up to `count` characters, taken.
    fn take(&mut self, count: usize) -> String {
        let to = (self.at + count).min(self.source.len());
        let text = self.source[self.at.min(to)..to].iter().collect();
        self.at += count;
        text
    }

    fn take_digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(c) = self.peek(0).filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        digits
    }

    /// What stands between `start`, whose last character is next, and `end`.
    fn group(&mut self, start: &str, end: char, up: i32) {
        self.at += 1;
        let from = self.at;
        while self.peek(0).is_some_and(|c| c != end) {
            self.at += 1;
        }
        if self.at < self.source.len() {
            let inner: String = self.source[from..self.at].iter().collect();
            self.depth -= up;
            self.write(start);
            self.write_at(&inner, 1);
            self.at += 1;
            self.write(&end.to_string());
            self.depth += up;
        } else {
            self.write_at(start, 1);
            self.at = from;
        }
    }

    fn run(&mut self) {
        self.write("/");
        self.depth = 1;
        self.at = 1;
        while let Some(c) = self.peek(0) {
            match c {
                '\\' => self.escaped(),
                _ if self.in_class => self.class_member(c),
                '[' => {
                    self.write("[");
                    self.depth += 1;
                    self.at += 1;
                    self.in_class = true;
                }
                '(' => self.open(),
                ')' => {
                    self.depth -= 1;
                    self.write(")");
                    self.at += 1;
                }
                '|' | '+' | '*' | '?' | ',' | '^' | '$' => {
                    self.write_at(&c.to_string(), 3);
                    self.at += 1;
                }
                '{' => self.quantifier(),
                '.' => {
                    self.write_at(".", 2);
                    self.at += 1;
                }
                '/' => break,
                c => {
                    self.write_at(&c.to_string(), 1);
                    self.at += 1;
                }
            }
        }
        self.write_at("/", -1);
        self.at += 1;
        if self.at < self.source.len() {
            let flags: String = self.source[self.at..].iter().collect();
            self.write(&flags);
        }
    }

    fn class_member(&mut self, c: char) {
        if c == ']' {
            self.depth -= 1;
            self.write("]");
            self.in_class = false;
        } else if c == '-' && self.source[self.at - 1] != '[' && self.peek(1).is_some_and(|next| next != ']') {
            self.write_at("-", 1);
        } else {
            self.write(&c.to_string());
        }
        self.at += 1;
    }

    fn escaped(&mut self) {
        self.at += 1;
        let mut token = String::from("\\");
        let Some(next) = self.peek(0) else {
            return if self.in_class { self.write("\\") } else { self.write_at("\\", 1) };
        };
        token.push(next);
        self.at += 1;
        let after = self.peek(0);
        match next {
            'u' | 'p' | 'P' if after == Some('{') => return self.group(&format!("{token}{{"), '}', 0),
            'k' if after == Some('<') && !self.in_class => return self.group(&format!("{token}<"), '>', 1),
            'x' if after.is_some() || self.in_class => token.push_str(&self.take(2)),
            '0'..='9' if !self.in_class => token.push_str(&self.take_digits()),
            _ => {}
        }
        if self.in_class { self.write(&token) } else { self.write_at(&token, 1) }
    }

    fn open(&mut self) {
        self.write("(");
        self.depth += 1;
        self.at += 1;
        if self.peek(0) != Some('?') {
            return;
        }
        self.at += 1;
        match (self.peek(0), self.peek(1)) {
            (Some(c @ (':' | '=' | '!')), _) => {
                self.write_at(&format!("?{c}"), -1);
                self.at += 1;
            }
            (Some('<'), Some(c @ ('=' | '!'))) => {
                self.write_at(&format!("?<{c}"), -1);
                self.at += 2;
            }
            (Some('<'), _) => {
                self.at += 1;
                let from = self.at;
                while self.peek(0).is_some_and(|c| c != '>') {
                    self.at += 1;
                }
                let name: String = self.source[from..self.at].iter().collect();
                if self.at < self.source.len() {
                    self.depth -= 1;
                    self.write("?<");
                    self.write_at(&name, 1);
                    self.write(">");
                    self.depth += 1;
                    self.at += 1;
                } else {
                    self.write_at("?<", -1);
                    self.write(&name);
                }
            }
            _ => self.write("?"),
        }
    }

    fn quantifier(&mut self) {
        self.at += 1;
        let least = self.take_digits();
        if !least.is_empty() {
            self.write("{");
            self.depth += 1;
            self.write_at(&least, 1);
        }
        if let Some(next) = self.peek(0) {
            if next == ',' {
                if least.is_empty() {
                    self.write("{");
                    self.depth += 1;
                }
                self.write(",");
                self.at += 1;
            } else if least.is_empty() {
                return self.write_at("{", 1);
            }
        }
        let most = self.take_digits();
        if !most.is_empty() {
            self.write_at(&most, 1);
        }
        if self.peek(0) == Some('}') {
            self.depth -= 1;
            self.write("}");
            self.at += 1;
        }
        if self.peek(0) == Some('?') {
            self.write_at("?", 3);
            self.at += 1;
        }
    }
}
