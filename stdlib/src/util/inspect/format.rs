//! `util.format`: placeholders, and what is left over.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue, JsVariant,
    introspect::json_stringify,
    js_string,
    string::{JsStr, JsStrVariant},
};

use super::{
    Depth, Options, Text, inspect_text,
    module::{installed_options, shallow},
    names::BUILT_IN,
    primitive,
};

/// `util.format(...args)`
pub(crate) fn format(args: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    format_with_options(None, args, cx)
}

/// `util.formatWithOptions(options, ...args)`
pub(crate) fn format_with_options(options: Option<&JsObject>, args: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    if let [only] = args
        && let Some(text) = only.as_string()
    {
        return Ok(text);
    }
    let options = Given { object: options.cloned(), made: None };
    Ok(format_args(options, args, cx)?.to_js())
}

/// The same with options that Rust made, as a text.
pub(crate) fn format_text(options: Option<Options>, args: &[JsValue], cx: &mut Context) -> JsResult<Text> {
    if let [only] = args
        && let Some(text) = only.as_string()
    {
        return Ok(Text::from_js(&text));
    }
    format_args(Given { object: None, made: options }, args, cx)
}

/// Options, read when something is inspected.
struct Given {
    object: Option<JsObject>,
    made: Option<Options>,
}

impl Given {
    fn options(&mut self, cx: &mut Context) -> JsResult<Options> {
        if let Some(made) = &self.made {
            return Ok(made.clone());
        }
        let installed = installed_options(cx)?;
        match &self.object {
            Some(object) => installed.merged(object, cx),
            None => Ok(installed),
        }
    }

    fn separator(&mut self, cx: &mut Context) -> JsResult<bool> {
        Ok(self.options(cx)?.numeric_separator)
    }
}

fn format_args(mut options: Given, args: &[JsValue], cx: &mut Context) -> JsResult<Text> {
    let mut text = Text::new();
    let mut rest = args;
    if let Some(template) = args.first().and_then(JsValue::as_string) {
        let (taken, replaced) = replace(&template, &args[1..], &mut text, &mut options, cx)?;
        if replaced {
            rest = &args[1 + taken..];
        } else {
            text = Text::from_js(&template);
            rest = &args[1..];
        }
        if !rest.is_empty() {
            text.push_ascii(b' ');
        }
    }
    for (index, value) in rest.iter().enumerate() {
        if index > 0 {
            text.push_ascii(b' ');
        }
        match value.as_string() {
            Some(value) => text.push_js(value.as_str()),
            None => {
                let options = options.options(cx)?;
                let shown = inspect_text(value, options, cx)?;
                text.push(&shown);
            }
        }
    }
    Ok(text)
}

/// Replaces the placeholders: how many arguments that took, and whether there was any placeholder.
fn replace(template: &JsString, args: &[JsValue], text: &mut Text, options: &mut Given, cx: &mut Context) -> JsResult<(usize, bool)> {
    let percent = match template.variant() {
        JsStrVariant::Latin1(bytes) => memchr::memchr(b'%', bytes).is_some(),
        JsStrVariant::Utf16(units) => units.contains(&u16::from(b'%')),
    };
    if !percent {
        return Ok((0, false));
    }
    let unit = |at: usize| template.code_unit_at(at).unwrap_or(0);
    let mut taken = 0;
    let mut last = 0;
    let mut at = 0;
    while at + 1 < template.len() {
        if unit(at) != u16::from(b'%') {
            at += 1;
            continue;
        }
        let kind = u8::try_from(unit(at + 1)).unwrap_or(0);
        if kind == b'%' {
            push_range(text, template, last, at + 1);
            last = at + 2;
        } else if taken < args.len() && b"sjdOoifc".contains(&kind) {
            push_range(text, template, last, at);
            placeholder(kind, &args[taken], text, options, cx)?;
            taken += 1;
            last = at + 2;
        }
        at += 2;
    }
    if last == 0 {
        return Ok((0, false));
    }
    push_range(text, template, last, template.len());
    Ok((taken, true))
}

fn push_range(text: &mut Text, template: &JsString, from: usize, to: usize) {
    match template.variant() {
        JsStrVariant::Latin1(bytes) => text.push_js(JsStr::latin1(&bytes[from.min(to)..to])),
        JsStrVariant::Utf16(units) => text.push_js(JsStr::utf16(&units[from.min(to)..to])),
    }
}

fn placeholder(kind: u8, value: &JsValue, text: &mut Text, options: &mut Given, cx: &mut Context) -> JsResult<()> {
    let made = match kind {
        b's' => return plain_string(value, text, options, cx),
        b'j' => return json(value, text, cx),
        b'O' => inspect_text(value, options.options(cx)?, cx)?,
        b'o' => {
            let mut options = options.options(cx)?;
            options.show_hidden = true;
            options.show_proxy = true;
            options.depth = Depth::at(4.0);
            inspect_text(value, options, cx)?
        }
        b'd' | b'i' if value.is_bigint() => {
            let digits = value.as_bigint().map(|value| value.to_string()).unwrap_or_default();
            primitive::bigint(&digits, options.separator(cx)?)
        }
        b'd' | b'i' | b'f' if value.is_symbol() => "NaN".into(),
        b'd' => {
            let number = value.to_number(cx)?;
            primitive::number(number, options.separator(cx)?)
        }
        b'i' | b'f' => {
            let number = parsed(kind == b'i', value, cx)?;
            primitive::number(number, options.separator(cx)?)
        }
        _ => Text::new(),
    };
    text.push(&made);
    Ok(())
}

/// `parseInt` or `parseFloat`, whatever a script has put in their place.
fn parsed(integer: bool, value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    let functions = cx.intrinsics().objects();
    let function = if integer { functions.parse_int() } else { functions.parse_float() };
    function.call(&JsValue::undefined(), std::slice::from_ref(value), cx)?.to_number(cx)
}

/// `%s`: what `String()` gives, unless that would be `[object Object]`.
fn plain_string(value: &JsValue, text: &mut Text, options: &mut Given, cx: &mut Context) -> JsResult<()> {
    match value.variant() {
        JsVariant::Integer32(value) => text.push(&primitive::int(value, options.separator(cx)?)),
        JsVariant::Float64(value) => text.push(&primitive::number(value, options.separator(cx)?)),
        JsVariant::BigInt(value) => text.push(&primitive::bigint(&value.to_string(), options.separator(cx)?)),
        JsVariant::Symbol(symbol) => text.push_js(symbol.descriptive_string().as_str()),
        JsVariant::Object(object) if !object.is_callable() && has_built_in_to_string(&object, cx)? => {
            let shown = inspect_text(value, shallow(options.options(cx)?), cx)?;
            text.push(&shown);
        }
        _ => text.push_js(value.to_string(cx)?.as_str()),
    }
    Ok(())
}

/// Whether the object's string form is one of the language's, not one that a user wrote.
fn has_built_in_to_string(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let object = match object.proxy_parts() {
        Some(None) => return Ok(true),
        Some(Some((target, _))) => target,
        None => object.clone(),
    };
    let to_string = object.get(js_string!("toString"), cx)?.is_callable();
    let to_primitive = object.get(JsSymbol::to_primitive(), cx)?.is_callable();
    if !to_string && !to_primitive {
        return Ok(true);
    }
    let owns = |object: &JsObject, cx: &mut Context| -> JsResult<bool> {
        Ok(to_string && object.has_own_property(js_string!("toString"), cx)? || to_primitive && object.has_own_property(JsSymbol::to_primitive(), cx)?)
    };
    if owns(&object, cx)? {
        return Ok(false);
    }
    let mut pointer = object;
    loop {
        let Some(next) = pointer.prototype_of(cx)? else { return Ok(false) };
        pointer = next;
        if owns(&pointer, cx)? {
            break;
        }
    }
    let own = pointer.own_property(&js_string!("constructor").into(), cx)?;
    let Some(constructor) = own.and_then(|own| own.value().and_then(JsValue::as_callable)) else { return Ok(false) };
    let name = constructor.get(js_string!("name"), cx)?;
    Ok(name.as_string().is_some_and(|name| BUILT_IN.iter().any(|known| name == **known)))
}

/// `%j`
fn json(value: &JsValue, text: &mut Text, cx: &mut Context) -> JsResult<()> {
    match json_stringify(value, cx) {
        Ok(made) => text.push_js(made.to_string(cx)?.as_str()),
        Err(error) => {
            let about = first_line(&error, cx)?;
            if about.is_none() || about != cycle_message(cx)? {
                return Err(error);
            }
            text.push_str("[Circular]");
        }
    }
    Ok(())
}

/// What the engine says of an object that holds itself.
fn cycle_message(cx: &mut Context) -> JsResult<Option<String>> {
    let cycle = JsObject::with_object_proto(cx.intrinsics());
    cycle.create_data_property_or_throw(js_string!("a"), cycle.clone(), cx)?;
    match json_stringify(&cycle.into(), cx) {
        Ok(_) => Ok(None),
        Err(error) => first_line(&error, cx),
    }
}

/// The first line of a TypeError's message.
fn first_line(error: &JsError, cx: &mut Context) -> JsResult<Option<String>> {
    let Ok(thrown) = error.clone().into_opaque(cx) else { return Ok(None) };
    let Some(thrown) = thrown.as_object() else { return Ok(None) };
    let name = thrown.get(js_string!("name"), cx)?;
    if name.as_string().is_none_or(|name| name != "TypeError") {
        return Ok(None);
    }
    let message = thrown.get(js_string!("message"), cx)?.to_string(cx)?.to_std_string_lossy();
    Ok(message.lines().next().map(str::to_owned))
}
