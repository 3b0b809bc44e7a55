//! `headers`, `headersDistinct` and `rawHeaders`, made of a head when a script first asks for them.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};

use super::{
    field_names::{self, Repeat},
    text,
    wire::Head,
};

/// `rawHeaders`: names and values as they came, alternating.
pub fn pairs(head: &Head) -> Vec<JsValue> {
    let mut values = Vec::with_capacity(head.len() * 2);
    for (name, value) in head.fields() {
        values.push(text::latin1(name).into());
        values.push(text::latin1(value).into());
    }
    values
}

/// Fields on their way to becoming an object.
pub type Found = Vec<(JsString, Joined)>;

/// `headers`: lower-case names, repeated fields joined, dropped or collected by name.
pub fn collect(head: &Head, fields_max: usize, join_all: bool, cx: &Context) -> Found {
    let mut found = Vec::with_capacity(head.len());
    for (name, value) in head.fields().take(fields_max) {
        let (name, repeat) = field_names::lower(name, cx);
        add(&mut found, name, repeat, text::latin1(value), join_all);
    }
    found
}

/// `headersDistinct`: every name with an array of its values.
pub fn collect_distinct(head: &Head, fields_max: usize, cx: &Context) -> Found {
    let mut found = Vec::with_capacity(head.len());
    for (name, value) in head.fields().take(fields_max) {
        let (name, _) = field_names::lower(name, cx);
        add(&mut found, name, Repeat::Array, text::latin1(value), false);
    }
    found
}

/// The same from an array such as `rawHeaders` that a script changed or made.
pub fn from_pairs(pairs: &[(JsString, JsString)], is_distinct: bool, join_all: bool, cx: &mut Context) -> JsResult<JsObject> {
    let mut found = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        let (name, repeat) = lower_pair(name, cx);
        let repeat = if is_distinct { Repeat::Array } else { repeat };
        add(&mut found, name, repeat, value.clone(), join_all);
    }
    finish(found, cx)
}

/// The value of a field so far.
pub enum Joined {
    One(JsString),
    Several(Vec<JsString>, &'static str),
    Array(Vec<JsValue>),
}

fn lower_pair(name: &JsString, cx: &Context) -> (JsString, Repeat) {
    let mut bytes = Vec::with_capacity(name.len());
    text::push_latin1(&mut bytes, name);
    field_names::lower(&bytes, cx)
}

fn add(found: &mut Found, name: JsString, repeat: Repeat, value: JsString, join_all: bool) {
    // Heads are short, and fields_max bounds the longest.
    let Some((_, before)) = found.iter_mut().find(|(other, _)| *other == name) else {
        let first = if repeat == Repeat::Array { Joined::Array(vec![value.into()]) } else { Joined::One(value) };
        found.push((name, first));
        return;
    };
    let separator = match repeat {
        Repeat::Comma => ", ",
        Repeat::Semicolon => "; ",
        Repeat::First if join_all => ", ",
        Repeat::First => return,
        Repeat::Array => "",
    };
    match before {
        Joined::Array(values) => values.push(value.into()),
        Joined::Several(values, _) => values.push(value),
        Joined::One(first) => *before = Joined::Several(vec![first.clone(), value], separator),
    }
}

/// The object of these fields.
pub fn finish(found: Found, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in found {
        // In Node an assignment, which this one name turns into nothing.
        if name == js_string!("__proto__") {
            continue;
        }
        let value: JsValue = match value {
            Joined::One(value) => value.into(),
            Joined::Several(values, separator) => {
                let separator = js_string!(separator);
                let mut parts = Vec::with_capacity(values.len() * 2);
                for value in &values {
                    if !parts.is_empty() {
                        parts.push(separator.as_str());
                    }
                    parts.push(value.as_str());
                }
                JsString::concat_array(&parts).into()
            }
            Joined::Array(values) => JsArray::from_values(values, cx).into(),
        };
        object.create_data_property_or_throw(name, value, cx)?;
    }
    Ok(object)
}
