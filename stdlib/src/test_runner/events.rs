//! What reporters are told: each event is a type such as `test:pass` and an object of data, shaped as Node's.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

/// Where a test was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) file: String,
}

/// `skip`, `todo` or `expectFailure` beside a verdict.
pub(super) enum Directive {
    None,
    Some(&'static str, JsValue),
}

/// An object without a prototype, made key by key.
pub(super) struct Data(JsObject);

impl Data {
    pub(super) fn new() -> Self {
        Self(JsObject::with_null_proto())
    }

    pub(super) fn put(self, key: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<Self> {
        self.0.create_data_property_or_throw(JsString::from(key), value, cx)?;
        Ok(self)
    }

    /// `line`, `column`, `file`
    pub(super) fn place(self, place: Option<&Place>, cx: &mut Context) -> JsResult<Self> {
        let Some(place) = place else { return Ok(self) };
        self.put("line", place.line, cx)?.put("column", place.column, cx)?.put("file", JsString::from(place.file.as_str()), cx)
    }

    pub(super) fn directive(self, directive: Directive, cx: &mut Context) -> JsResult<Self> {
        match directive {
            Directive::None => Ok(self),
            Directive::Some(key, value) => self.put(key, value, cx),
        }
    }

    pub(super) fn done(self) -> JsObject {
        self.0
    }
}

impl Place {
    /// Where the script that called the running native function did so.
    pub(super) fn of_caller(cx: &mut Context) -> Option<Self> {
        let frames = cx.capture_stack(0, CALLER_DEPTH_MAX);
        let frame = frames.into_iter().find(|frame| !frame.is_native)?;
        let file = frame.file?;
        let file = match file.strip_prefix("file://") {
            Some(_) => crate::url::file_url_to_path(&file, cx).unwrap_or(file),
            None => file,
        };
        Some(Self { line: frame.line, column: frame.column, file })
    }
}

/// Natives between the caller and us: bound functions, `Reflect.apply`.
const CALLER_DEPTH_MAX: usize = 8;
