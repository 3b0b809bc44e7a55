//! How a head is decided and rendered: Node's `_storeHeader` and what leads to it.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey, string::JsStrVariant};
use coil_engine::{Host, errors as engine_errors};

use super::{
    body,
    state::{self, Message},
};
use crate::{
    buffer::{self, Encoding},
    events,
    http::{HttpState, errors, outgoing_fields, server, text, wire::writer::HeadWriter},
};

/// The first line of a head.
pub(in crate::http) enum Line {
    Status(u16, JsString),
    Request(JsString, JsString),
    /// Whole, with its line end: what a script gave `_storeHeader`.
    Given(JsString),
}

/// Where the fields of a head come from.
pub(in crate::http) enum Source {
    /// Those set on the message, which were checked then.
    Set,
    /// An argument: an object, an array of names and values, or an array of pairs.
    Given(JsValue),
    None,
}

/// Calls `_implicitHeader`: the first byte of the body is there, and no head yet.
pub(in crate::http) fn implicit(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = object.get(js_string!("_implicitHeader"), cx)?;
    if method.as_object().is_some_and(|method| method.is_native_function(server::response::implicit_header)) {
        return server::response::implicit(object, cx);
    }
    events::call(object, &method, "_implicitHeader", &[], cx).map(drop)
}

/// `OutgoingMessage.prototype._implicitHeader`: what a subclass must bring.
pub(in crate::http) fn implicit_header(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Err(engine_errors::method_not_implemented("_implicitHeader()", cx))
}

/// `OutgoingMessage.prototype._storeHeader`
pub(in crate::http) fn store_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let line = args.get_or_undefined(0).to_string(cx)?;
    let headers = args.get_or_undefined(1);
    let source = if headers.to_boolean() { Source::Given(headers.clone()) } else { Source::None };
    store(&object, &message, Line::Given(line), source, cx)?;
    Ok(JsValue::undefined())
}

/// Renders the head and keeps it until the first byte of the body, or the end, sends it.
pub(in crate::http) fn store(object: &JsObject, message: &JsObject<Message>, line: Line, source: Source, cx: &mut Context) -> JsResult<()> {
    let mut fields = Vec::new();
    match source {
        Source::None => {}
        Source::Set => {
            let set = message.borrow().data().fields.clone();
            for field in set.iter().flat_map(outgoing_fields::OutgoingFields::iter) {
                process(message, &mut fields, &field.name, field.value.clone(), false, cx)?;
            }
        }
        Source::Given(headers) => given(message, &mut fields, &headers, cx)?,
    }
    let http = Host::of(cx).state::<HttpState>();
    let now_s = Host::of(cx).sys().clock().wall_ms() as u64 / 1000;
    let mut out = Vec::with_capacity(HEAD_GUESS);
    let finished = {
        let mut message = message.borrow_mut();
        let mut writer = HeadWriter::new(&mut out, &mut message.data_mut().frame);
        match &line {
            Line::Status(status, reason) => with_bytes(reason, |reason| writer.status_line(*status, reason)),
            Line::Request(method, target) => {
                with_bytes(method, |method| with_bytes(target, |target| writer.request_line(method, target)));
            }
            Line::Given(line) => with_bytes(line, |line| writer.line(line)),
        }
        for (name, value) in &fields {
            with_bytes(name, |name| with_bytes(value, |value| writer.field(name, value)));
        }
        writer.finish(&mut http.date.borrow_mut(), now_s)
    };
    let Ok(at_once) = finished else { return Err(errors::http_trailer_invalid(cx)) };
    {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        message.head = Some(out);
        message.head_sent = false;
    }
    if at_once {
        body::send_head(object, message, cx)?;
    }
    Ok(())
}

/// Room for a common response head.
const HEAD_GUESS: usize = 256;

fn with_bytes(text: &JsString, read: impl FnOnce(&[u8])) {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => read(bytes),
        JsStrVariant::Utf16(units) => read(&units.iter().map(|&unit| unit as u8).collect::<Vec<_>>()),
    }
}

type Pairs = Vec<(JsString, JsString)>;

fn given(message: &JsObject<Message>, fields: &mut Pairs, headers: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(list) = outgoing_fields::elements(headers, cx)? {
        let mut pairs = Vec::with_capacity(list.len());
        if let Some(first) = list.first()
            && outgoing_fields::elements(first, cx)?.is_some()
        {
            for pair in &list {
                let pair = pair.to_object(cx)?;
                pairs.push((pair.get(0, cx)?, pair.get(1, cx)?));
            }
        } else if list.len() % 2 != 0 {
            return Err(engine_errors::invalid_arg_value("headers", headers, "is invalid", cx));
        } else {
            pairs.extend(list.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())));
        }
        for (name, value) in pairs {
            let name = outgoing_fields::validate_name(&name, "Header name", cx)?;
            process(message, fields, &name, value, true, cx)?;
        }
        return Ok(());
    }
    let Some(object) = headers.as_object() else { return Ok(()) };
    for (name, value) in own_entries(&object, cx)? {
        let name = outgoing_fields::validate_name(&name.into(), "Header name", cx)?;
        process(message, fields, &name, value, true, cx)?;
    }
    Ok(())
}

/// The enumerable own properties with string keys, in order: `Object.entries`.
pub(crate) fn own_entries(object: &JsObject, cx: &mut Context) -> JsResult<Vec<(JsString, JsValue)>> {
    let mut entries = Vec::new();
    for key in object.own_property_keys(cx)? {
        let name = match &key {
            PropertyKey::String(name) => name.clone(),
            PropertyKey::Index(index) => js_string!(index.get().to_string()),
            PropertyKey::Symbol(_) => continue,
        };
        let Some(property) = object.own_property(&key, cx)? else { continue };
        if property.enumerable() == Some(true) {
            let value = match property.value() {
                Some(value) => value.clone(),
                None => object.get(key, cx)?,
            };
            entries.push((name, value));
        }
    }
    Ok(entries)
}

/// Node's `processHeader`: one name may become several fields.
fn process(message: &JsObject<Message>, fields: &mut Pairs, name: &JsString, value: JsValue, validate: bool, cx: &mut Context) -> JsResult<()> {
    let reread = text::is_ignoring_case(name, b"content-disposition") && has_length(message, fields);
    let Some(values) = outgoing_fields::elements(&value, cx)? else {
        return store_field(fields, name, &value, validate, reread, cx);
    };
    let lower = outgoing_fields::lower(name, cx);
    let joined = values.len() >= 2 && text::is_ignoring_case(name, b"cookie") || message.borrow().data().is_unique(&lower);
    if !joined {
        return values.iter().try_for_each(|value| store_field(fields, name, value, validate, reread, cx));
    }
    let joined = join(&values, cx)?;
    store_field(fields, name, &joined.into(), validate, reread, cx)
}

/// Whether a length above zero is known, from before or from a field above.
fn has_length(message: &JsObject<Message>, fields: &Pairs) -> bool {
    let known = message.borrow().data().frame.length.is_some_and(|length| length != 0.0 && !length.is_nan());
    known || fields.iter().any(|(name, value)| text::is_ignoring_case(name, b"content-length") && value.to_number() > 0.0)
}

/// `values.join('; ')`
fn join(values: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    let mut joined = js_string!("");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            joined = js_string!(&joined, &js_string!("; "));
        }
        if !value.is_null_or_undefined() {
            joined = js_string!(&joined, &text::of_value(value, cx)?);
        }
    }
    Ok(joined)
}

fn store_field(fields: &mut Pairs, name: &JsString, value: &JsValue, validate: bool, reread: bool, cx: &mut Context) -> JsResult<()> {
    if validate {
        outgoing_fields::validate_value(name, value, cx)?;
    }
    let mut text = text::of_value(value, cx)?;
    if reread {
        // As Node does: the value's Latin-1 bytes, read as UTF-8.
        let bytes = buffer::string_to_bytes(&text, Encoding::Latin1);
        text = buffer::bytes_to_string(&bytes, Encoding::Utf8, cx)?;
    }
    fields.push((name.clone(), text));
    Ok(())
}
