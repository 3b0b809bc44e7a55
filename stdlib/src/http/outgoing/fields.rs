//! `setHeader` and its family: fields before the head is written.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{errors as engine_errors, validate};

use super::{
    head::own_entries,
    state::{self, Message},
};
use crate::{
    events,
    http::{errors, outgoing_fields as fields, text},
};

/// `OutgoingMessage.prototype.setHeader`
pub(in crate::http) fn set_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = match state::expect(this, cx) {
        Ok(message) => message,
        Err(error) => {
            // An object of another kind that says that its headers were sent.
            let sent = match this.as_object() {
                Some(object) => object.get(js_string!("_header"), cx)?.to_boolean(),
                None => false,
            };
            return Err(if sent { errors::http_headers_sent("set", cx) } else { error });
        }
    };
    set(&message, args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(this.clone())
}

/// Sets one field, checked.
pub(in crate::http) fn set(message: &JsObject<Message>, name: &JsValue, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("set", cx));
    }
    let name = fields::validate_name(name, "Header name", cx)?;
    fields::validate_value(&name, value, cx)?;
    let lower = fields::lower(&name, cx);
    message.borrow_mut().data_mut().fields.get_or_insert_default().set(lower, name, value.clone());
    Ok(())
}

/// `OutgoingMessage.prototype.setHeaders`: from a `Headers` or a `Map`.
pub(in crate::http) fn set_headers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("set", cx));
    }
    let headers = args.get_or_undefined(0);
    let Some(object) = headers.as_object().filter(|object| !object.is_array()) else {
        return Err(engine_errors::invalid_arg_type("headers", "Headers|Map", headers, cx));
    };
    if !object.get(js_string!("keys"), cx)?.is_callable() || !object.get(js_string!("get"), cx)?.is_callable() {
        return Err(engine_errors::invalid_arg_type("headers", "Headers|Map", headers, cx));
    }
    // A Headers joins cookies when asked for one, but not while it is gone through.
    let mut cookies = Vec::new();
    let iterator = iterator_of(&object, cx)?;
    while let Some(entry) = next_value(&iterator, cx)? {
        let entry = entry.to_object(cx)?;
        let (name, value) = (entry.get(0, cx)?, entry.get(1, cx)?);
        if name.as_string().is_some_and(|name| name == "set-cookie") {
            match fields::elements(&value, cx)? {
                Some(values) => cookies.extend(values),
                None => cookies.push(value),
            }
            continue;
        }
        set(&message, &name, &value, cx)?;
    }
    if !cookies.is_empty() {
        let cookies = JsArray::from_values(cookies, cx);
        set(&message, &js_string!("set-cookie").into(), &cookies.into(), cx)?;
    }
    Ok(this.clone())
}

fn iterator_of(object: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let method = object.get(boa_engine::JsSymbol::iterator(), cx)?;
    events::call(object, &method, "[Symbol.iterator]", &[], cx)?.to_object(cx)
}

fn next_value(iterator: &JsObject, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let result = events::method(iterator, "next", &[], cx)?.to_object(cx)?;
    if result.get(js_string!("done"), cx)?.to_boolean() {
        return Ok(None);
    }
    result.get(js_string!("value"), cx).map(Some)
}

/// `OutgoingMessage.prototype.appendHeader`
pub(in crate::http) fn append_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    append(&message, args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(this.clone())
}

/// Adds values to a field.
pub(in crate::http) fn append(message: &JsObject<Message>, name: &JsValue, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("append", cx));
    }
    let checked = fields::validate_name(name, "Header name", cx)?;
    fields::validate_value(&checked, value, cx)?;
    let lower = fields::lower(&checked, cx);
    let before = message.borrow().data().fields.as_ref().and_then(|fields| fields.get(&lower)).cloned();
    let Some(before) = before else { return set(message, name, value, cx) };
    let mut values = match fields::elements(&before.value, cx)? {
        Some(values) => values,
        None => vec![before.value],
    };
    match fields::elements(value, cx)? {
        Some(more) => values.extend(more),
        None => values.push(value.clone()),
    }
    let values = JsArray::from_values(values, cx);
    message.borrow_mut().data_mut().fields.get_or_insert_default().set(lower, before.name, values.into());
    Ok(())
}

/// `OutgoingMessage.prototype.getHeader`
pub(in crate::http) fn get_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    let lower = fields::lower(&name, cx);
    let message = message.borrow();
    let found = message.data().fields.as_ref().and_then(|fields| fields.get(&lower));
    Ok(found.map_or_else(JsValue::undefined, |field| field.value.clone()))
}

/// `OutgoingMessage.prototype.hasHeader`
pub(in crate::http) fn has_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    let lower = fields::lower(&name, cx);
    let message = message.borrow();
    Ok(message.data().fields.as_ref().is_some_and(|fields| fields.get(&lower).is_some()).into())
}

/// `OutgoingMessage.prototype.removeHeader`
pub(in crate::http) fn remove_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("remove", cx));
    }
    let lower = fields::lower(&name, cx);
    let mut message = message.borrow_mut();
    let message = message.data_mut();
    if lower == "connection" {
        message.frame.removed_connection = true;
    } else if lower == "content-length" {
        message.frame.removed_length = true;
    } else if lower == "transfer-encoding" {
        message.frame.removed_encoding = true;
    } else if lower == "date" {
        message.frame.send_date = false;
    }
    if let Some(fields) = &mut message.fields {
        fields.remove(&lower);
    }
    Ok(JsValue::undefined())
}

/// `OutgoingMessage.prototype.getHeaderNames`
pub(in crate::http) fn get_header_names(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fields = state::expect(this, cx)?.borrow().data().fields.clone().unwrap_or_default();
    Ok(fields.names(cx).into())
}

/// `OutgoingMessage.prototype.getRawHeaderNames`
pub(in crate::http) fn get_raw_header_names(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fields = state::expect(this, cx)?.borrow().data().fields.clone().unwrap_or_default();
    Ok(fields.raw_names(cx).into())
}

/// `OutgoingMessage.prototype.getHeaders`
pub(in crate::http) fn get_headers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fields = state::expect(this, cx)?.borrow().data().fields.clone().unwrap_or_default();
    Ok(fields.to_object(cx)?.into())
}

/// `OutgoingMessage.prototype._renderHeaders`
pub(in crate::http) fn render_headers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("render", cx));
    }
    let fields = message.borrow().data().fields.clone().unwrap_or_default();
    Ok(fields.to_raw_object(cx)?.into())
}

/// `OutgoingMessage.prototype.addTrailers`
pub(in crate::http) fn add_trailers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let headers = args.get_or_undefined(0);
    let mut pairs = Vec::new();
    match fields::elements(headers, cx)? {
        Some(list) => {
            for pair in &list {
                let pair = pair.to_object(cx)?;
                pairs.push((pair.get(0, cx)?, pair.get(1, cx)?));
            }
        }
        None => {
            let object = headers.to_object(cx)?;
            pairs.extend(own_entries(&object, cx)?.into_iter().map(|(name, value)| (JsValue::from(name), value)));
        }
    }
    let mut lines = Vec::new();
    for (name, value) in &pairs {
        let name = fields::validate_name(name, "Trailer name", cx)?;
        let unique = {
            let lower = fields::lower(&name, cx);
            message.borrow().data().is_unique(&lower)
        };
        let values = match fields::elements(value, cx)? {
            Some(values) if values.len() > 1 && !unique => values,
            Some(values) => {
                let mut joined = js_string!("");
                for (at, value) in values.iter().enumerate() {
                    let value = text::of_value(value, cx)?;
                    joined = if at == 0 { value } else { js_string!(&joined, &js_string!("; "), &value) };
                }
                vec![joined.into()]
            }
            None => vec![value.clone()],
        };
        for value in &values {
            let value = text::of_value(value, cx)?;
            if !text::is_field_value(&value) {
                return Err(errors::invalid_char("trailer content", Some(&name), cx));
            }
            text::push_latin1(&mut lines, &name);
            lines.extend_from_slice(b": ");
            text::push_latin1(&mut lines, &value);
            lines.extend_from_slice(b"\r\n");
        }
    }
    message.borrow_mut().data_mut().trailers = lines;
    Ok(JsValue::undefined())
}
