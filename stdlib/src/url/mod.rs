//! Node's `url`: the WHATWG `URL` and `URLSearchParams`, file URLs and paths, and the legacy `url.parse` family.
//!
//! Differs from Node: what [`pattern`] says of URLPattern; several slashes that begin the path of a `file:` URL are one; the legacy
//! parser gives U+FFFD for half a surrogate pair; `pathToFileURL` keeps the control characters that end a path.

use boa_engine::{Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    errors::{self, Base},
    table::{Export, NativeModule},
};

mod context;
mod file;
mod format;
mod iterator;
mod legacy;
mod legacy_resolve;
pub(crate) mod parser;
pub(crate) mod pattern;
#[cfg(test)]
mod properties;
mod search_params;
mod whatwg;

#[cfg(feature = "wasm")]
pub(crate) use self::iterator::each_by as for_each_by;
pub(crate) use self::{
    file::file_url_to_path,
    iterator::{Shows, each as for_each_of},
};
use self::{search_params::URL_SEARCH_PARAMS, whatwg::URL};

/// `require('url')`
pub static MODULE: NativeModule = NativeModule {
    name: "url",
    exports: &[
        Export::class(&legacy::URL),
        Export::renamed("parse", "urlParse", 3, legacy::parse),
        Export::renamed("resolve", "urlResolve", 2, legacy_resolve::resolve),
        Export::renamed("resolveObject", "urlResolveObject", 2, legacy_resolve::resolve_object),
        Export::renamed("format", "urlFormat", 2, format::format),
        Export::class(&URL),
        Export::build("URLPattern", pattern::class).enumerable(true),
        Export::class(&URL_SEARCH_PARAMS),
        Export::function("domainToASCII", 1, domain_to_ascii),
        Export::function("domainToUnicode", 1, domain_to_unicode),
        Export::function("pathToFileURL", 2, file::path_to_file_url),
        Export::function("fileURLToPath", 1, file::file_url_to_path_function),
        Export::function("fileURLToPathBuffer", 1, file::file_url_to_path_buffer),
        Export::function("urlToHttpOptions", 1, format::url_to_http_options),
    ],
};

/// The global `URL`.
pub fn url_constructor(cx: &mut Context) -> JsResult<JsValue> {
    URL.constructor(cx).map(JsValue::from)
}

/// The global `URLSearchParams`.
pub fn search_params_constructor(cx: &mut Context) -> JsResult<JsValue> {
    URL_SEARCH_PARAMS.constructor(cx).map(JsValue::from)
}

fn domain_to_ascii(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = required(args, "domain", cx)?;
    Ok(js_string!(parser::domain_to_ascii(&domain)).into())
}

fn domain_to_unicode(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let domain = required(args, "domain", cx)?;
    let ascii = parser::domain_to_ascii(&domain);
    // Addresses have no other form.
    let unicode = ::url::quirks::domain_to_unicode(&ascii);
    Ok(js_string!(if unicode.is_empty() { ascii } else { unicode }).into())
}

/// The one argument a function must get, as a string.
fn required(args: &[JsValue], name: &str, cx: &mut Context) -> JsResult<String> {
    match args.first() {
        Some(value) => usv_string(value, cx),
        None => Err(errors::missing_args(&[name], cx)),
    }
}

/// Web IDL's USVString: lone surrogates become U+FFFD.
fn usv_string(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    Ok(value.to_string(cx)?.to_std_string_lossy())
}

/// Whether an object is a URL or a URLSearchParams.
pub(crate) fn is_of_urls(object: &JsObject) -> bool {
    whatwg::is_url(object) || search_params::is_search_params(object)
}

/// Whether an object is a URLSearchParams.
pub(crate) fn is_search_params(object: &JsObject) -> bool {
    search_params::is_search_params(object)
}

/// ERR_INVALID_URL as `new URL` throws it: a plain TypeError with `code`, `input` and `base`.
pub(crate) fn invalid_url(input: &str, base: Option<&str>, cx: &mut Context) -> JsError {
    let object = JsNativeError::typ().with_message("Invalid URL").into_opaque(cx);
    let code = js_string!("ERR_INVALID_URL");
    let made = object.create_data_property_or_throw(js_string!("code"), code, cx).and_then(|_| described(object, input, base, cx));
    made.map_or_else(|error| error, |error| JsError::from_opaque(error.into()))
}

/// ERR_INVALID_URL as the legacy parser and the setter of `href` throw it, with its code in its name.
pub(crate) fn invalid_legacy_url(input: &str, cx: &mut Context) -> JsError {
    let made = errors::coded_object(Base::Type, "ERR_INVALID_URL", "Invalid URL", cx).and_then(|error| described(error, input, None, cx));
    made.map_or_else(|error| error, |error| JsError::from_opaque(error.into()))
}

fn described(error: JsObject, input: &str, base: Option<&str>, cx: &mut Context) -> JsResult<JsObject> {
    error.create_data_property_or_throw(js_string!("input"), js_string!(input), cx)?;
    if let Some(base) = base {
        error.create_data_property_or_throw(js_string!("base"), js_string!(base), cx)?;
    }
    Ok(error)
}

/// Node's `isURL`: the legacy object has `auth` and `path`, which the modern one has not.
pub(crate) fn is_url(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(object.get(js_string!("href"), cx)?.to_boolean()
        && object.get(js_string!("protocol"), cx)?.to_boolean()
        && object.get(js_string!("auth"), cx)?.is_undefined()
        && object.get(js_string!("path"), cx)?.is_undefined())
}

/// `decodeURIComponent`
fn decode_uri_component(text: &str) -> JsResult<String> {
    let decoded = percent_decode(text, true).and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| errors::plain(Base::Uri, "URI malformed"))
}

/// The bytes of a percent-encoded text; `strict` refuses a `%` that is not followed by two hexadecimal digits.
fn percent_decode(text: &str, strict: bool) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'%', ..) if strict => return None,
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Some(out)
}

/// The options argument of the file functions: `options?.windows`.
fn windows_option(args: &[JsValue], cx: &mut Context) -> JsResult<bool> {
    match args.get_or_undefined(1).as_object() {
        Some(options) => Ok(options.get(js_string!("windows"), cx)?.to_boolean()),
        None => Ok(false),
    }
}
