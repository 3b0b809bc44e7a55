//! The text of a `.env` file, for `process.loadEnvFile` and `util.parseEnv`.

/// Names and values in order. Quotes (`'`, `"`, `` ` ``) keep blanks, `#` and line ends; only double quotes read `\n`.
///
/// Follows <https://nodejs.org/api/environment_variables.html#dotenv>.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n", "\n");
    let mut found = Vec::new();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return found;
        }
        if rest.starts_with('#') {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        }
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let Some(equals) = rest[..line_end].find('=') else {
            rest = &rest[line_end..];
            continue;
        };
        let name = rest[..equals].trim();
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        let after = &rest[equals + 1..];
        let value = after.trim_start_matches([' ', '\t']);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        if let Some(quote) = quote
            && let Some(end) = value[1..].find(quote)
        {
            let inner = &value[1..=end];
            let inner = if quote == '"' { inner.replace("\\n", "\n") } else { inner.to_owned() };
            found.push((name.to_owned(), inner));
            let tail = &value[end + 2..];
            rest = tail.find('\n').map_or("", |end| &tail[end..]);
            continue;
        }
        let line = &value[..value.find('\n').unwrap_or(value.len())];
        let plain = line.find('#').map_or(line, |at| &line[..at]).trim();
        found.push((name.to_owned(), plain.to_owned()));
        rest = &value[line.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn quotes_comments_and_blanks_are_read_as_in_node() {
        let text = "# top\nA=1 # one\n export B = 'x # y'\nC=\"a\\nb\"\nD=\nE=`multi\nline`\nnot a line\nF= f ";
        let found = parse(text);
        let pairs: Vec<(&str, &str)> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("A", "1"), ("B", "x # y"), ("C", "a\nb"), ("D", ""), ("E", "multi\nline"), ("F", "f")]);
    }
}
