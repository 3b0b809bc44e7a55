//! `--test-name-pattern`: a text, or a regular expression between slashes.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsRegExp};
use coil_engine::{errors, op::thrown_value};

/// One pattern.
#[derive(Clone)]
pub(super) struct NameFilter(JsRegExp);

impl NameFilter {
    pub(super) fn list(patterns: &[String], name: &str, cx: &mut Context) -> JsResult<Vec<Self>> {
        patterns.iter().map(|pattern| Self::parse(pattern, name, cx)).collect()
    }

    pub(super) fn parse(pattern: &str, name: &str, cx: &mut Context) -> JsResult<Self> {
        let parts = pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).filter(|(_, flags)| flags.bytes().all(|b| b.is_ascii_lowercase()));
        let (source, flags) = parts.unwrap_or((pattern, ""));
        match JsRegExp::new(js_string!(source), js_string!(flags), cx) {
            Ok(regexp) => Ok(Self(regexp)),
            Err(error) => {
                let error = thrown_value(error, cx);
                let message = match error.as_object() {
                    Some(error) => error.get(js_string!("message"), cx)?.to_string(cx)?.to_std_string_lossy(),
                    None => String::new(),
                };
                Err(errors::invalid_arg_value(name, &js_string!(pattern).into(), &format!("is an invalid regular expression. {message}"), cx))
            }
        }
    }

    /// The pattern of a `RegExp`.
    pub(super) fn of_regexp(regexp: JsObject) -> JsResult<Self> {
        Ok(Self(JsRegExp::from_object(regexp)?))
    }

    pub(super) fn is_match(&self, name: &str, cx: &mut Context) -> JsResult<bool> {
        self.0.test(js_string!(name), cx)
    }
}

/// Whether a value is a regular expression.
pub(super) fn as_regexp(value: &JsValue) -> Option<JsObject> {
    value.as_object().filter(|object| object.regexp_parts().is_some())
}
