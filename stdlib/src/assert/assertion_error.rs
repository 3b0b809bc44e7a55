//! `AssertionError`

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyDescriptor};
use coil_engine::{
    class::{Class, Kind, Parent},
    table::{Export, Symbol},
    validate,
};

use super::{message, throw_if_instance};
use crate::util::{
    inspect::{self, Depth, Text},
    stack,
};

/// `AssertionError`
pub(super) static ASSERTION_ERROR: Class = Class {
    name: "AssertionError",
    length: 1,
    extends: Parent::Constructor(|cx| Ok(cx.intrinsics().constructors().error().constructor())),
    kind: Kind::Allocating,
    init: construct,
    prototype: &[Export::function("toString", 0, to_string), Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect_custom)],
    statics: &[],
};

/// What an error is made of.
#[derive(Clone, Default)]
pub(super) struct Details {
    pub(super) actual: JsValue,
    pub(super) expected: JsValue,
    pub(super) message: JsValue,
    pub(super) operator: &'static str,
    pub(super) diff: JsValue,
    /// The async function that checks: it stands on the stack, where a promise's reaction has only those below it that wait.
    pub(super) async_function: Option<&'static str>,
}

impl Details {
    /// The error. Its stack begins with the caller of the running native function.
    pub(super) fn error(self, cx: &mut Context) -> JsResult<JsObject> {
        let prototype = ASSERTION_ERROR.prototype(cx)?;
        let above = cx.active_function();
        let parts = Parts {
            actual: self.actual,
            expected: self.expected,
            message: self.message,
            operator: js_string!(self.operator).into(),
            details: JsValue::undefined(),
            diff: if self.diff.is_undefined() { js_string!("simple").into() } else { self.diff },
        };
        let error = make(prototype, parts, above.as_ref(), cx)?;
        if let Some(name) = self.async_function
            && let Some(stack) = error.get(js_string!("stack"), cx)?.as_string()
            && let stack = stack.to_std_string_lossy()
            && let frames = stack.find("\n    at ").unwrap_or(stack.len())
            && (stack[frames..].is_empty() || stack[frames..].starts_with("\n    at async "))
        {
            let stack = js_string!(format!("{}\n    at async {name}{}", &stack[..frames], &stack[frames..]));
            error.set(js_string!("stack"), stack, true, cx)?;
        }
        Ok(error)
    }

    /// What is thrown: the message itself where that is an error.
    pub(super) fn thrown(self, cx: &mut Context) -> JsError {
        if let Err(error) = throw_if_instance(&self.message, cx) {
            return error;
        }
        match self.error(cx) {
            Ok(error) => JsError::from_opaque(error.into()),
            Err(error) => error,
        }
    }
}

/// `new AssertionError(options)`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::object(args.get_or_undefined(0), "options", cx)?;
    let [message, operator, stack_start, details, stack_start_old, diff, actual, expected] =
        ["message", "operator", "stackStartFn", "details", "stackStartFunction", "diff", "actual", "expected"].map(|name| options.get(JsString::from(name), cx));
    let prototype = coil_engine::class::instance_prototype(&ASSERTION_ERROR, cx)?;
    let (stack_start, stack_start_old, diff) = (stack_start?, stack_start_old?, diff?);
    let above = if stack_start.to_boolean() { stack_start } else { stack_start_old };
    let parts = Parts { actual: actual?, expected: expected?, message: message?, operator: operator?, details: details?, diff: if diff.is_undefined() { js_string!("simple").into() } else { diff } };
    let above = above.as_callable().or_else(|| cx.active_function());
    Ok(make(prototype, parts, above.as_ref(), cx)?.into())
}

struct Parts {
    actual: JsValue,
    expected: JsValue,
    message: JsValue,
    operator: JsValue,
    details: JsValue,
    diff: JsValue,
}

fn make(prototype: JsObject, parts: Parts, above: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let mut parts = parts;
    let operator = parts.operator.as_string().map(|operator| operator.to_std_string_lossy()).unwrap_or_default();
    let full = parts.diff.as_string().is_some_and(|diff| diff == "full");
    let text = if parts.message.is_null_or_undefined() {
        message::copy_errors(&mut parts.actual, &mut parts.expected, cx)?;
        message::generated(&parts.actual, &parts.expected, &operator, &parts.operator, full, cx)?
    } else if message::shows_diff(&operator) {
        let custom = if parts.message.to_boolean() { Some(Text::from_js(&parts.message.to_string(cx)?)) } else { None };
        message::difference(&parts.actual, &parts.expected, &operator, custom, full, cx)?
    } else {
        Text::from_js(&string_of(&parts.message, cx)?)
    };
    let text = text.to_js();
    let error = stack::error_object(prototype, cx);
    let hidden = |value: JsValue| PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    error.define_property_or_throw(js_string!("message"), hidden(text.into()), cx)?;
    let mut put = |name: &str, value: JsValue| error.create_data_property_or_throw(JsString::from(name), value, cx).map(drop);
    put("generatedMessage", (!parts.message.to_boolean()).into())?;
    error.define_property_or_throw(js_string!("name"), hidden(js_string!("AssertionError [ERR_ASSERTION]").into()), cx)?;
    let mut put = |name: &str, value: JsValue| error.create_data_property_or_throw(JsString::from(name), value, cx).map(drop);
    put("code", js_string!("ERR_ASSERTION").into())?;
    if parts.details.to_boolean() {
        for name in ["actual", "expected", "operator"] {
            put(name, JsValue::undefined())?;
        }
        put_details(&error, &parts.details, cx)?;
    } else {
        put("actual", parts.actual)?;
        put("expected", parts.expected)?;
        put("operator", parts.operator)?;
    }
    stack::capture(&error, above, cx)?;
    // The stack is written now, with the code in it; the name stays without.
    error.get(js_string!("stack"), cx)?;
    error.set(js_string!("name"), js_string!("AssertionError"), true, cx)?;
    error.create_data_property_or_throw(js_string!("diff"), parts.diff, cx)?;
    Ok(error)
}

/// `options.details`: the failures of several checks in one error.
fn put_details(error: &JsObject, details: &JsValue, cx: &mut Context) -> JsResult<()> {
    let details = details.to_object(cx)?;
    let count = details.get(js_string!("length"), cx)?.to_length(cx)?;
    for index in 0..count {
        let detail = details.get(index, cx)?.to_object(cx)?;
        for (name, key) in [("message", "message"), ("actual", "actual"), ("expected", "expected"), ("operator", "operator"), ("stack trace", "stack")] {
            let value = detail.get(JsString::from(key), cx)?;
            error.create_data_property_or_throw(JsString::from(format!("{name} {index}")), value, cx)?;
        }
    }
    Ok(())
}

/// `String(value)`
pub(super) fn string_of(value: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    match value.as_symbol() {
        Some(symbol) => Ok(symbol.descriptive_string()),
        None => value.to_string(cx),
    }
}

fn to_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    let mut part = |name: &'static str| -> JsResult<String> { Ok(this.get(JsString::from(name), cx)?.to_string(cx)?.to_std_string_lossy()) };
    let (name, code, message) = (part("name")?, part("code")?, part("message")?);
    Ok(JsString::from(format!("{name} [{code}]: {message}")).into())
}

/// Long operands are not shown in full: the message shows them.
fn inspect_custom(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    let actual = this.get(js_string!("actual"), cx)?;
    let expected = this.get(js_string!("expected"), cx)?;
    for (name, value) in [("actual", &actual), ("expected", &expected)] {
        if let Some(text) = value.as_string() {
            this.set(JsString::from(name), shortened(&text), true, cx)?;
        }
    }
    let mut options = inspect::installed_options(cx)?;
    if let Some(given) = args.get_or_undefined(1).as_object() {
        options = options.merged(&given, cx)?;
    }
    options.custom_inspect = false;
    options.depth = Depth::at(0.0);
    let shown = inspect::inspect(&this.clone().into(), &options, cx);
    this.set(js_string!("actual"), actual, true, cx)?;
    this.set(js_string!("expected"), expected, true, cx)?;
    shown.map(JsValue::from)
}

/// `addEllipsis`: ten lines, or what follows the first 512 characters (as Node has it).
fn shortened(text: &JsString) -> JsString {
    let ends: Vec<usize> = text.iter().enumerate().filter(|(_, unit)| *unit == u16::from(b'\n')).map(|(at, _)| at).take(LINES_MAX).collect();
    if ends.len() == LINES_MAX {
        let head = text.get(..ends[LINES_MAX - 1]).unwrap_or_default();
        return js_string!(&head, &js_string!("\n..."));
    }
    if text.len() > LONG {
        let rest = text.get(LONG..).unwrap_or_default();
        return js_string!(&rest, &js_string!("..."));
    }
    text.clone()
}

const LINES_MAX: usize = 10;
const LONG: usize = 512;
