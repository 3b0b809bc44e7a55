//! The fields a script sets on an outgoing message before its head is written: Node's `kOutHeaders`.

use boa_engine::{Context, Finalize, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsArray};

use super::{errors, field_names, text};

/// The fields of one message, in the order they were first set.
#[derive(Debug, Clone, Default, Trace, Finalize)]
pub struct OutgoingFields(Vec<OutgoingField>);

/// One field; several values of one name are an array.
#[derive(Debug, Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct OutgoingField {
    pub lower: JsString,
    /// As the script wrote it.
    pub name: JsString,
    pub value: JsValue,
}

impl OutgoingFields {
    pub fn iter(&self) -> impl Iterator<Item = &OutgoingField> {
        self.0.iter()
    }

    pub fn set(&mut self, lower: JsString, name: JsString, value: JsValue) {
        match self.0.iter_mut().find(|field| field.lower == lower) {
            Some(field) => {
                field.name = name;
                field.value = value;
            }
            None => self.0.push(OutgoingField { lower, name, value }),
        }
    }

    pub fn get(&self, lower: &JsString) -> Option<&OutgoingField> {
        self.0.iter().find(|field| field.lower == *lower)
    }

    pub fn remove(&mut self, lower: &JsString) {
        self.0.retain(|field| field.lower != *lower);
    }

    /// Lower-case names.
    pub fn names(&self, cx: &mut Context) -> JsArray {
        JsArray::from_values(self.0.iter().map(|field| field.lower.clone().into()).collect(), cx)
    }

    /// Names as they were written.
    pub fn raw_names(&self, cx: &mut Context) -> JsArray {
        JsArray::from_values(self.0.iter().map(|field| field.name.clone().into()).collect(), cx)
    }

    /// A shallow copy without prototype.
    pub fn to_object(&self, cx: &mut Context) -> JsResult<JsObject> {
        let object = JsObject::shared_null(cx);
        for field in &self.0 {
            object.create_data_property_or_throw(field.lower.clone(), field.value.clone(), cx)?;
        }
        Ok(object)
    }

    /// What `_renderHeaders` gives: names as they were written.
    pub fn to_raw_object(&self, cx: &mut Context) -> JsResult<JsObject> {
        let object = JsObject::with_object_proto(cx.intrinsics());
        for field in &self.0 {
            object.create_data_property_or_throw(field.name.clone(), field.value.clone(), cx)?;
        }
        Ok(object)
    }
}

/// Node's `validateHeaderName`: a token, given as a string.
pub fn validate_name(name: &JsValue, label: &str, cx: &mut Context) -> JsResult<JsString> {
    match name.as_string() {
        Some(text) if text::is_token(&text) => Ok(text),
        _ => Err(errors::invalid_http_token(label, name, cx)),
    }
}

/// Node's `validateHeaderValue`.
pub fn validate_value(name: &JsString, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if value.is_undefined() {
        return Err(errors::http_invalid_header_value(value, name, cx));
    }
    let text = text::of_value(value, cx)?;
    if !text::is_field_value(&text) {
        return Err(errors::invalid_char("header content", Some(name), cx));
    }
    Ok(())
}

/// The lower-case form of a valid name.
pub fn lower(name: &JsString, cx: &Context) -> JsString {
    field_names::lower_string(name, cx)
}

/// The elements of a value that is an array; `None` for any other.
pub fn elements(value: &JsValue, cx: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    let Some(object) = value.as_object().filter(JsObject::is_array) else { return Ok(None) };
    if let Ok(array) = JsArray::from_object(object.clone())
        && let Some(values) = array.dense_values()
    {
        return Ok(Some(values.into_iter().collect()));
    }
    let length = object.get(js_string!("length"), cx)?.to_length(cx)?;
    (0..length).map(|at| object.get(at, cx)).collect::<JsResult<Vec<_>>>().map(Some)
}
