//! Parameters of `Content-Type` and of `data:` URLs.

/// The value of a parameter, its quotes taken off.
pub(super) fn parameter(kind: &str, name: &str) -> Option<String> {
    parameters(kind).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Names in lower case and values of `type/subtype; name=value; ...`.
fn parameters(kind: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let Some((_, mut rest)) = kind.split_once(';') else { return found };
    loop {
        rest = rest.trim_start();
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let name = rest[..end].trim().to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            if let Some(quoted) = after.strip_prefix('"') {
                let (text, len) = unquoted(quoted);
                value = text;
                rest = &quoted[len..];
                rest = &rest[rest.find(';').unwrap_or(rest.len())..];
            } else {
                let end = after.find(';').unwrap_or(after.len());
                after[..end].trim_end().clone_into(&mut value);
                rest = &after[end..];
            }
            if !name.is_empty() && !found.iter().any(|(key, _)| *key == name) {
                found.push((name, value));
            }
        }
        match rest.strip_prefix(';') {
            Some(after) => rest = after,
            None => return found,
        }
    }
}

/// A quoted string up to its closing quote, and how many bytes it took with the quote.
fn unquoted(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => {
                value.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, index + 1),
            _ => value.push(character),
        }
    }
    (value, text.len())
}

/// A type as Blob's `type` shows it: its essence in lower case, then its parameters; empty where it is no type.
pub(super) fn serialized(kind: &str) -> String {
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    let sound = essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    if !sound {
        return String::new();
    }
    let mut text = essence;
    for (name, value) in parameters(kind) {
        text.push(';');
        text.push_str(&name);
        text.push('=');
        if is_token(&value) {
            text.push_str(&value);
        } else {
            text.push('"');
            text.push_str(&value.replace('\\', "\\\\").replace('"', "\\\""));
            text.push('"');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_with_and_without_quotes() {
        assert_eq!(parameter("multipart/form-data; boundary=x-1", "boundary").as_deref(), Some("x-1"));
        assert_eq!(parameter("a/b;q=1;Boundary=\"a;\\\"b\" ; c=d", "boundary").as_deref(), Some("a;\"b"));
        assert_eq!(parameter("a/b;q=1;boundary=\"a\" ; c=d", "c").as_deref(), Some("d"));
        assert_eq!(parameter("a/b", "boundary"), None);
        assert_eq!(parameter("a/b;boundary", "boundary"), None);
    }

    #[test]
    fn types_are_serialized_in_lower_case() {
        assert_eq!(serialized("Text/Plain; Charset=UTF-8"), "text/plain;charset=UTF-8");
        assert_eq!(serialized("nonsense"), "");
        assert_eq!(serialized("a/b;c=\"d e\""), "a/b;c=\"d e\"");
    }
}
