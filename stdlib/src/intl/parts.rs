//! What a format writes: pieces with their types, which are a text or the array of `formatToParts`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};

/// One piece.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) kind: &'static str,
    pub(super) value: String,
    /// `startRange`, `endRange`, `shared`; empty outside ranges.
    pub(super) source: &'static str,
}

/// The pieces of a formatted value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parts(pub(super) Vec<Part>);

impl Parts {
    pub(super) fn push(&mut self, kind: &'static str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            return;
        }
        // Literals that meet are one.
        if kind == "literal"
            && let Some(last) = self.0.last_mut()
            && last.kind == "literal"
            && last.source.is_empty()
        {
            last.value.push_str(&value);
            return;
        }
        self.0.push(Part { kind, value, source: "" });
    }

    pub(super) fn append(&mut self, other: Parts) {
        for part in other.0 {
            if part.source.is_empty() { self.push(part.kind, part.value) } else { self.0.push(part) }
        }
    }

    /// All pieces are of this side of a range.
    pub(super) fn of_source(mut self, source: &'static str) -> Self {
        for part in &mut self.0 {
            part.source = source;
        }
        self
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().map(|part| part.value.as_str()).collect()
    }

    pub(super) fn to_js_string(&self) -> JsValue {
        JsString::from(self.text()).into()
    }

    /// `[{ type, value }, ...]`, with `source` in ranges and what `more` adds.
    pub(super) fn to_array(&self, more: Option<(&'static str, &str)>, cx: &mut Context) -> JsResult<JsValue> {
        let mut made = Vec::with_capacity(self.0.len());
        for part in &self.0 {
            let object = JsObject::with_object_proto(cx.intrinsics());
            object.create_data_property_or_throw(js_string!("type"), js_string!(part.kind), cx)?;
            object.create_data_property_or_throw(js_string!("value"), js_string!(part.value.as_str()), cx)?;
            if !part.source.is_empty() {
                object.create_data_property_or_throw(js_string!("source"), js_string!(part.source), cx)?;
            }
            if let Some((key, value)) = more
                && (part.kind != "literal" || key == "literal")
            {
                object.create_data_property_or_throw(js_string!(key), js_string!(value), cx)?;
            }
            made.push(object.into());
        }
        Ok(JsArray::from_iter(made, cx).into())
    }
}
