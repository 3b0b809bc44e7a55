//! File URLs and paths.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    errors::{self, Base},
    validate,
};

use super::{decode_uri_component, invalid_url, is_url, parser, percent_decode, whatwg, windows_option};

/// The path of a `file:` URL, with Node's errors: what functions that take a path or a URL call for a URL's `href`.
pub(crate) fn file_url_to_path(href: &str, cx: &mut Context) -> JsResult<String> {
    let url = parser::parse(href).ok_or_else(|| invalid_url(href, None, cx))?;
    let given = whatwg::from_parsed(url.clone(), cx)?;
    let parts = Parts { protocol: ::url::quirks::protocol(&url).to_owned(), hostname: ::url::quirks::hostname(&url).to_owned(), pathname: url.path().to_owned(), given: given.into() };
    posix_path(&parts, cx)
}

/// `url.fileURLToPath(url, options)`
pub(super) fn file_url_to_path_function(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let windows = windows_option(args, cx)?;
    let parts = Parts::of(args.get_or_undefined(0), cx)?;
    let path = if windows { windows_path(&parts, cx)? } else { posix_path(&parts, cx)? };
    Ok(js_string!(path).into())
}

/// `url.fileURLToPathBuffer(url, options)`: percent-encoded bytes that are not UTF-8 stay what they are.
pub(super) fn file_url_to_path_buffer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let windows = windows_option(args, cx)?;
    let parts = Parts::of(args.get_or_undefined(0), cx)?;
    let bytes = if windows {
        windows_path(&parts, cx)?.into_bytes()
    } else {
        parts.check_posix(cx)?;
        percent_decode(&parts.pathname, false).unwrap_or_default()
    };
    crate::buffer::from_vec(bytes, cx).map(JsValue::from)
}

/// What the conversion looks at. A foreign object that looks like a URL is read as one.
struct Parts {
    protocol: String,
    hostname: String,
    pathname: String,
    given: JsValue,
}

impl Parts {
    fn of(value: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let object = if let Some(text) = value.as_string() {
            let text = text.to_std_string_lossy();
            let url = parser::parse(&text).ok_or_else(|| invalid_url(&text, None, cx))?;
            whatwg::from_parsed(url, cx)?
        } else {
            match value.as_object() {
                Some(object) if is_url(&object, cx)? => object,
                _ => return Err(errors::invalid_arg_type("path", "string|URL", value, cx)),
            }
        };
        let parts = Self { protocol: text_of(&object, "protocol", cx)?, hostname: text_of(&object, "hostname", cx)?, pathname: text_of(&object, "pathname", cx)?, given: object.into() };
        parts.check_scheme(cx)?;
        Ok(parts)
    }

    fn check_scheme(&self, cx: &mut Context) -> JsResult<()> {
        if self.protocol == "file:" {
            return Ok(());
        }
        Err(errors::coded(Base::Type, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file", cx))
    }

    fn check_posix(&self, cx: &mut Context) -> JsResult<()> {
        if !self.hostname.is_empty() {
            let message = format!("File URL host must be \"localhost\" or empty on {}", Host::of(cx).sys().os().platform());
            return Err(errors::coded(Base::Type, "ERR_INVALID_FILE_URL_HOST", message, cx));
        }
        if has_encoded(&self.pathname, &["2f"]) {
            return Err(self.invalid_path("must not include encoded / characters", cx));
        }
        Ok(())
    }

    fn invalid_path(&self, reason: &str, cx: &mut Context) -> JsError {
        let message = format!("File URL path {reason}");
        let made = errors::coded_object(Base::Type, "ERR_INVALID_FILE_URL_PATH", &message, cx).and_then(|error| {
            error.create_data_property_or_throw(js_string!("input"), self.given.clone(), cx)?;
            Ok(error)
        });
        made.map_or_else(|error| error, |error| JsError::from_opaque(error.into()))
    }
}

fn text_of(object: &JsObject, key: &str, cx: &mut Context) -> JsResult<String> {
    let value = object.get(js_string!(key), cx)?;
    if value.is_undefined() {
        return Ok(String::new());
    }
    Ok(value.to_string(cx)?.to_std_string_lossy())
}

fn has_encoded(path: &str, codes: &[&str]) -> bool {
    let bytes = path.as_bytes();
    bytes.windows(3).any(|found| found[0] == b'%' && codes.iter().any(|code| found[1..].eq_ignore_ascii_case(code.as_bytes())))
}

fn posix_path(parts: &Parts, cx: &mut Context) -> JsResult<String> {
    parts.check_scheme(cx)?;
    parts.check_posix(cx)?;
    decode_uri_component(&parts.pathname)
}

fn windows_path(parts: &Parts, cx: &mut Context) -> JsResult<String> {
    if has_encoded(&parts.pathname, &["2f", "5c"]) {
        return Err(parts.invalid_path("must not include encoded \\ or / characters", cx));
    }
    let path = decode_uri_component(&parts.pathname.replace('/', "\\"))?;
    if !parts.hostname.is_empty() {
        return Ok(format!("\\\\{}{path}", ::url::quirks::domain_to_unicode(&parts.hostname)));
    }
    match path.as_bytes() {
        [_, letter, b':', ..] if letter.is_ascii_alphabetic() => Ok(path[1..].to_owned()),
        _ => Err(parts.invalid_path("must be absolute", cx)),
    }
}

/// `url.pathToFileURL(path, options)`
pub(super) fn path_to_file_url(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = validate::string(args.get_or_undefined(0), "path", cx)?.to_std_string_lossy();
    let href = if windows_option(args, cx)? {
        windows_href(&path, cx)?
    } else {
        let cwd = if path.starts_with('/') { String::new() } else { Host::of(cx).cwd() };
        format!("file://{}", encode_path(&resolve(&cwd, &path)))
    };
    let url = parser::parse(&href).ok_or_else(|| invalid_url(&href, None, cx))?;
    whatwg::from_parsed(url, cx).map(JsValue::from)
}

/// The URL of a path of Windows: of a drive, or of a share (`\\\\server\\share`, also behind `\\\\?\\UNC\\`).
fn windows_href(path: &str, cx: &mut Context) -> JsResult<String> {
    let flat = path.replace('/', "\\");
    let Some(share) = flat.strip_prefix("\\\\") else {
        let units: Vec<u16> = path.encode_utf16().collect();
        let cwd: Vec<u16> = Host::of(cx).cwd().encode_utf16().collect();
        let resolved = crate::path::win32::resolve([Ok::<_, JsError>(units)].into_iter(), &cwd)?;
        let mut resolved = String::from_utf16_lossy(&resolved).replace('\\', "/");
        if flat.ends_with('\\') && !resolved.ends_with('/') {
            resolved.push('/');
        }
        return Ok(format!("file:///{}", encode_path(&resolved)));
    };
    let share = share.strip_prefix("?\\UNC\\").unwrap_or(share);
    // `\\\\?\\C:\\` is a drive behind the prefix of long paths.
    if let Some(long) = share.strip_prefix("?\\")
        && long.as_bytes().get(1) == Some(&b':')
    {
        return Ok(format!("file:///{}", encode_path(&long.replace('\\', "/"))));
    }
    let shown = JsValue::from(js_string!(path));
    match share.find('\\') {
        None => Err(errors::invalid_arg_value("path", &shown, "Missing UNC resource path", cx)),
        Some(0) => Err(errors::invalid_arg_value("path", &shown, "Empty UNC servername", cx)),
        Some(at) => Ok(format!("file://{}{}", &share[..at], encode_path(&share[at..].replace('\\', "/")))),
    }
}

/// An absolute path without dots; a slash at the end stays.
fn resolve(cwd: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in cwd.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut resolved = format!("/{}", parts.join("/"));
    if path.ends_with('/') && !resolved.ends_with('/') {
        resolved.push('/');
    }
    resolved
}

/// What a path may not hold when it is read back as a URL.
fn encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.!$&'()*+,:;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_and_encoded() {
        assert_eq!(resolve("/a/b", "../c/./d/"), "/a/c/d/");
        assert_eq!(encode_path("/a b#é"), "/a%20b%23%C3%A9");
    }
}
