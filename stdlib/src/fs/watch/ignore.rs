//! The `ignore` option of watching: a glob, a regular expression, a function, or a list of them.

use boa_engine::{Context, JsObject, JsResult, JsValue, builtins::regexp::RegExp, js_string, object::builtins::JsFunction};
use coil_engine::{errors, validate};

use crate::path::glob::{Glob, Options};

/// What is not told of.
pub(super) struct Ignore(Vec<Matcher>);

enum Matcher {
    /// A pattern without a slash is one for the last name of a path.
    Glob {
        glob: Box<Glob>,
        base: bool,
    },
    RegExp(JsObject),
    Function(JsFunction),
}

impl Ignore {
    /// `validateIgnoreOption`; none for null and undefined.
    pub(super) fn read(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<Self>> {
        if value.is_null_or_undefined() {
            return Ok(None);
        }
        let Some(list) = value.as_object().filter(JsObject::is_array) else {
            return Ok(Some(Self(vec![matcher(value, name, cx)?])));
        };
        let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
        let mut matchers = Vec::new();
        for index in 0..length {
            let value = list.get(index, cx)?;
            matchers.push(matcher(&value, &format!("{name}[{index}]"), cx)?);
        }
        Ok(Some(Self(matchers)))
    }

    /// Whether one of them matches.
    pub(super) fn matches(&self, name: &JsValue, cx: &mut Context) -> JsResult<bool> {
        for matcher in &self.0 {
            let found = match matcher {
                Matcher::Glob { glob, base } => {
                    let text = name.to_string(cx)?.to_std_string_lossy();
                    let text = if *base { text.rsplit('/').next().unwrap_or(&text) } else { &text };
                    glob.matches(text)
                }
                Matcher::RegExp(regexp) => {
                    let exec = cx.intrinsics().constructors().regexp().prototype().get(js_string!("exec"), cx)?;
                    !validate::function(&exec, "exec", cx)?.call(&regexp.clone().into(), std::slice::from_ref(name), cx)?.is_null()
                }
                Matcher::Function(function) => function.call(&JsValue::undefined(), std::slice::from_ref(name), cx)?.to_boolean(),
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn matcher(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Matcher> {
    if let Some(text) = value.as_string() {
        if text.is_empty() {
            return Err(errors::invalid_arg_value(name, value, "must be a non-empty string", cx));
        }
        let text = text.to_std_string_lossy();
        return Ok(Matcher::Glob { glob: Box::new(Glob::new(&text, Options::default())), base: !text.contains('/') });
    }
    if let Some(function) = value.as_function() {
        return Ok(Matcher::Function(function));
    }
    match value.as_object().filter(|object| object.is::<RegExp>()) {
        Some(regexp) => Ok(Matcher::RegExp(regexp)),
        None => Err(errors::invalid_arg_type(name, "string|RegExp|Function", value, cx)),
    }
}
