//! `throws`, `rejects` and their opposites.

use boa_engine::{
    Context, Finalize, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, Trace, introspect::ObjectKind, js_string, native_function::NativeFunctionPointer, object::builtins::JsPromise,
    property::PropertyKey,
};
use coil_engine::{errors, op::thrown_value, table, validate};

use super::{
    assertion_error::{Details, string_of},
    exec, is_regexp, shown,
};
use crate::util::{
    comparisons::{Mode, is_deep_equal, is_error},
    inspect::{self, Depth},
};

/// Which of the four functions checks: its name, and what it says of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Check {
    name: &'static str,
    noun: &'static str,
}

impl Check {
    /// Its name, where it checks a promise.
    fn async_function(self) -> Option<&'static str> {
        (self.noun == "rejection").then_some(self.name)
    }
}

const THROWS: Check = Check { name: "throws", noun: "exception" };
const REJECTS: Check = Check { name: "rejects", noun: "rejection" };
const DOES_NOT_THROW: Check = Check { name: "doesNotThrow", noun: "exception" };
const DOES_NOT_REJECT: Check = Check { name: "doesNotReject", noun: "rejection" };

/// `throws(fn, error, message)`
pub(super) fn throws(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let outcome = call_guarded(args.get_or_undefined(0), cx)?;
    expect_error(THROWS, outcome, args.get(1..).unwrap_or_default(), cx)
}

/// As `throws` checks an error that was thrown.
pub(crate) fn matches_expected(error: &JsValue, expected: &JsValue, cx: &mut Context) -> JsResult<()> {
    expect_error(THROWS, Some(error.clone()), std::slice::from_ref(expected), cx).map(drop)
}

/// `doesNotThrow(fn, error, message)`
pub(super) fn does_not_throw(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let outcome = call_guarded(args.get_or_undefined(0), cx)?;
    expect_no_error(DOES_NOT_THROW, outcome, args.get(1..).unwrap_or_default(), cx)
}

/// `rejects(promiseFn, error, message)`
pub(super) fn rejects(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    settle_later(args, true, cx)
}

/// `doesNotReject(promiseFn, error, message)`
pub(super) fn does_not_reject(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    settle_later(args, false, cx)
}

/// A native function that passes for an async one.
pub(super) fn async_function(name: &'static str, call: NativeFunctionPointer, cx: &mut Context) -> JsResult<JsValue> {
    let function = table::function(call, JsString::from(name), 1, cx);
    let prototype = cx.intrinsics().constructors().async_function().prototype();
    function.set_prototype(Some(prototype));
    Ok(function.into())
}

/// What the function threw; `None` where it returned.
fn call_guarded(function: &JsValue, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let function = validate::function(function, "fn", cx)?;
    match function.call(&JsValue::undefined(), &[], cx) {
        Ok(_) => Ok(None),
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => Ok(Some(thrown_value(error, cx))),
    }
}

/// Everything that goes wrong rejects the promise that is returned.
fn settle_later(args: &[JsValue], expects: bool, cx: &mut Context) -> JsResult<JsValue> {
    match wait_for(args.get_or_undefined(0), cx) {
        Ok(promise) => {
            let rest = Rest(args.get(1..).unwrap_or_default().to_vec());
            let (fulfilled, rejected) = if expects {
                (
                    table::closure("rejects", 1, rest.clone(), |_, _, rest, cx| expect_error(REJECTS, None, &rest.0, cx), cx),
                    table::closure("rejects", 1, rest, |_, args, rest, cx| expect_error(REJECTS, Some(args.get_or_undefined(0).clone()), &rest.0, cx), cx),
                )
            } else {
                (
                    table::closure("", 1, rest.clone(), |_, _, rest, cx| expect_no_error(DOES_NOT_REJECT, None, &rest.0, cx), cx),
                    table::closure("", 1, rest, |_, args, rest, cx| expect_no_error(DOES_NOT_REJECT, Some(args.get_or_undefined(0).clone()), &rest.0, cx), cx),
                )
            };
            Ok(promise.then(Some(fulfilled), Some(rejected), cx)?.into())
        }
        Err(error) => Ok(JsPromise::reject(error, cx)?.into()),
    }
}

#[derive(Clone, Trace, Finalize)]
struct Rest(Vec<JsValue>);

/// The promise that is given, or that the function given returns.
fn wait_for(given: &JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    let promise = match given.as_callable() {
        Some(function) => {
            let promise = function.call(&JsValue::undefined(), &[], cx)?;
            if !is_promise_like(&promise, cx)? {
                return Err(errors::invalid_return_value("instance of Promise", "promiseFn", &promise, cx));
            }
            promise
        }
        None if is_promise_like(given, cx)? => given.clone(),
        None => return Err(errors::invalid_arg_type("promiseFn", "Function|Promise", given, cx)),
    };
    JsPromise::resolve(promise, cx)
}

fn is_promise_like(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if object.kind() == ObjectKind::Promise {
        return Ok(true);
    }
    Ok(!object.is_callable() && object.get(js_string!("then"), cx)?.is_callable() && object.get(js_string!("catch"), cx)?.is_callable())
}

/// `expectsError`
fn expect_error(check: Check, outcome: Option<JsValue>, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const EXPECTED: &str = "Object|Error|Function|RegExp";
    let mut error = args.get_or_undefined(0).clone();
    let mut message = args.get_or_undefined(1).clone();
    if let Some(text) = error.as_string() {
        if args.len() >= 2 {
            return Err(errors::invalid_arg_type("error", EXPECTED, &error, cx));
        }
        let actual = outcome.clone().unwrap_or_else(|| JsObject::with_object_proto(cx.intrinsics()).into());
        match actual.as_object().filter(|object| !object.is_callable()) {
            Some(object) => {
                let own = object.get(js_string!("message"), cx)?;
                if own.strict_equals(&error) {
                    let reason = format!("The error message \"{}\" is identical to the message.", text.to_std_string_lossy());
                    return Err(errors::ambiguous_argument("error/message", &reason, cx));
                }
            }
            None if actual.strict_equals(&error) => {
                let reason = format!("The error \"{}\" is identical to the message.", text.to_std_string_lossy());
                return Err(errors::ambiguous_argument("error/message", &reason, cx));
            }
            None => {}
        }
        message = std::mem::take(&mut error);
    } else if !error.is_null_or_undefined() && !error.is_object() {
        return Err(errors::invalid_arg_type("error", EXPECTED, &error, cx));
    }
    let Some(actual) = outcome else {
        return Err(missing(check, &error, &message, cx));
    };
    if error.to_boolean() {
        check_exception(check, &actual, &error, &message, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Nothing was thrown.
fn missing(check: Check, error: &JsValue, message: &JsValue, cx: &mut Context) -> JsError {
    let text = || -> JsResult<String> {
        let mut text = format!("Missing expected {}", check.noun);
        if let Some(object) = error.as_object() {
            let name = object.get(js_string!("name"), cx)?;
            if name.to_boolean() {
                text.push_str(&format!(" ({})", name.to_string(cx)?.to_std_string_lossy()));
            }
        }
        if message.to_boolean() {
            text.push_str(&format!(": {}", message.to_string(cx)?.to_std_string_lossy()));
        } else {
            text.push('.');
        }
        Ok(text)
    };
    let mut text = text;
    match text() {
        Ok(text) => {
            let details = Details { expected: error.clone(), message: JsString::from(text).into(), operator: check.name, async_function: check.async_function(), ..Details::default() };
            details.thrown(cx)
        }
        Err(error) => error,
    }
}

/// `expectedException`
fn check_exception(check: Check, actual: &JsValue, expected: &JsValue, message: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(object) = expected.as_object() else { return Ok(()) };
    let generated = !message.to_boolean();
    let text = if is_regexp(expected) {
        let input = string_of(actual, cx)?;
        if exec(expected, &input, cx)? {
            return Ok(());
        }
        let (regexp, input) = (shown(expected, cx)?, shown(&input.into(), cx)?);
        format!("The input did not match the regular expression {regexp}. Input:\n\n{input}\n")
    } else if object.is_callable() {
        match check_by_function(&object, actual, cx)? {
            None => return Ok(()),
            Some(text) => text,
        }
    } else {
        return check_by_object(check, actual, &object, message, cx);
    };
    let message = if generated { JsString::from(text).into() } else { message.clone() };
    throw_failure(check, actual, expected, message, generated, cx)
}

fn throw_failure(check: Check, actual: &JsValue, expected: &JsValue, message: JsValue, generated: bool, cx: &mut Context) -> JsResult<()> {
    let details = Details { actual: actual.clone(), expected: expected.clone(), message, operator: check.name, async_function: check.async_function(), ..Details::default() };
    let error = details.error(cx)?;
    error.set(js_string!("generatedMessage"), generated, true, cx)?;
    Err(JsError::from_opaque(error.into()))
}

/// A class, or a function that says `true`. What is wrong, or nothing.
fn check_by_function(expected: &JsObject, actual: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    if is_instance(expected, actual, cx)? {
        return Ok(None);
    }
    if inherits_error(expected, cx)? {
        return instance_problem(expected, actual, cx).map(Some);
    }
    let this = JsObject::with_object_proto(cx.intrinsics());
    let result = expected.call(&this.into(), std::slice::from_ref(actual), cx)?;
    if result.as_boolean() == Some(true) {
        return Ok(None);
    }
    let name = expected.get(js_string!("name"), cx)?;
    let name = if name.to_boolean() { format!("\"{}\" ", name.to_string(cx)?.to_std_string_lossy()) } else { String::new() };
    let mut text = format!("The {name}validation function is expected to return \"true\". Received {}", shown(&result, cx)?);
    if actual.as_object().is_some_and(|actual| is_error(&actual, cx)) {
        text.push_str(&format!("\n\nCaught error:\n\n{}", actual.to_string(cx)?.to_std_string_lossy()));
    }
    Ok(Some(text))
}

fn is_instance(expected: &JsObject, actual: &JsValue, cx: &mut Context) -> JsResult<bool> {
    // Arrow functions have no prototype: they are no classes.
    Ok(!expected.get(js_string!("prototype"), cx)?.is_undefined() && actual.instance_of(&expected.clone().into(), cx)?)
}

/// `Error.isPrototypeOf(expected)`
fn inherits_error(expected: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let error = cx.intrinsics().constructors().error().constructor();
    let mut next = expected.prototype_of(cx)?;
    while let Some(found) = next {
        if JsObject::equals(&found, &error) {
            return Ok(true);
        }
        next = found.prototype_of(cx)?;
    }
    Ok(false)
}

fn instance_problem(expected: &JsObject, actual: &JsValue, cx: &mut Context) -> JsResult<String> {
    let name = expected.get(js_string!("name"), cx)?;
    let mut text = format!("The error is expected to be an instance of \"{}\". Received ", string_of(&name, cx)?.to_std_string_lossy());
    let Some(error) = actual.as_object().filter(|object| is_error(object, cx)) else {
        let mut options = inspect::installed_options(cx)?;
        options.depth = Depth::at(-1.0);
        let shown = inspect::inspect(actual, &options, cx)?.to_std_string_lossy();
        text.push_str(&format!("\"{shown}\""));
        return Ok(text);
    };
    let constructor = error.get(js_string!("constructor"), cx)?;
    let mut own = match constructor.as_object() {
        Some(constructor) => constructor.get(js_string!("name"), cx)?,
        None => JsValue::undefined(),
    };
    if !own.to_boolean() {
        own = error.get(js_string!("name"), cx)?;
    }
    if own.strict_equals(&name) {
        text.push_str("an error with identical name but a different prototype.");
    } else {
        text.push_str(&format!("\"{}\"", string_of(&own, cx)?.to_std_string_lossy()));
    }
    let message = error.get(js_string!("message"), cx)?;
    if message.to_boolean() {
        text.push_str(&format!("\n\nError message:\n\n{}", string_of(&message, cx)?.to_std_string_lossy()));
    }
    Ok(text)
}

/// An object whose properties the error must have.
fn check_by_object(check: Check, actual: &JsValue, expected: &JsObject, message: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(object) = actual.as_object().filter(|object| !object.is_callable()) else {
        let details =
            Details { actual: actual.clone(), expected: expected.clone().into(), message: message.clone(), operator: "deepStrictEqual", async_function: check.async_function(), ..Details::default() };
        let error = details.error(cx)?;
        error.set(js_string!("operator"), js_string!(check.name), true, cx)?;
        return Err(JsError::from_opaque(error.into()));
    };
    let mut keys = enumerable_keys(expected, cx)?;
    let error_class = cx.intrinsics().constructors().error().constructor();
    if JsValue::from(expected.clone()).instance_of(&error_class.into(), cx)? {
        keys.extend([js_string!("name").into(), js_string!("message").into()]);
    } else if keys.is_empty() {
        return Err(errors::invalid_arg_value("error", &expected.clone().into(), "may not be an empty object", cx));
    }
    for key in &keys {
        let wanted = expected.get(key.clone(), cx)?;
        let found = object.get(key.clone(), cx)?;
        if let Some(text) = found.as_string()
            && is_regexp(&wanted)
            && exec(&wanted, &text, cx)?
        {
            continue;
        }
        if object.has_property(key.clone(), cx)? && is_deep_equal(&found, &wanted, Mode::Strict, cx)? {
            continue;
        }
        return Err(property_problem(check, actual, &object, expected, message, &keys, cx));
    }
    Ok(())
}

/// A property differs: shown in place of the whole objects are only the properties that were asked for.
fn property_problem(check: Check, actual: &JsValue, object: &JsObject, expected: &JsObject, message: &JsValue, keys: &[PropertyKey], cx: &mut Context) -> JsError {
    let expected_value = JsValue::from(expected.clone());
    if message.to_boolean() {
        let details = Details { actual: actual.clone(), expected: expected_value, message: message.clone(), operator: check.name, async_function: check.async_function(), ..Details::default() };
        return details.thrown(cx);
    }
    let mut made = || -> JsResult<JsObject> {
        let prototype = comparison_prototype(cx)?;
        let first = comparison(object, keys, None, &prototype, cx)?;
        let second = comparison(expected, keys, Some(object), &prototype, cx)?;
        let details = Details { actual: first.into(), expected: second.into(), operator: "deepStrictEqual", async_function: check.async_function(), ..Details::default() };
        let error = details.error(cx)?;
        error.set(js_string!("actual"), actual.clone(), true, cx)?;
        error.set(js_string!("expected"), expected_value.clone(), true, cx)?;
        error.set(js_string!("operator"), js_string!(check.name), true, cx)?;
        Ok(error)
    };
    made().map_or_else(|error| error, |error| JsError::from_opaque(error.into()))
}

/// The prototype of a class `Comparison`, which the message names.
fn comparison_prototype(cx: &mut Context) -> JsResult<JsObject> {
    let constructor = table::function(|_, _, _| Ok(JsValue::undefined()), js_string!("Comparison"), 0, cx);
    let prototype = JsObject::with_object_proto(cx.intrinsics());
    let hidden = |value: JsValue| boa_engine::property::PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
    prototype.define_property_or_throw(js_string!("constructor"), hidden(constructor.clone().into()), cx)?;
    constructor.define_property_or_throw(js_string!("prototype"), hidden(prototype.clone().into()), cx)?;
    Ok(prototype)
}

/// Those of `keys` that `source` has; an expression that matches gives way to what it matched.
fn comparison(source: &JsObject, keys: &[PropertyKey], actual: Option<&JsObject>, prototype: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let made = JsObject::with_object_proto(cx.intrinsics());
    made.set_prototype(Some(prototype.clone()));
    for key in keys {
        if !source.has_property(key.clone(), cx)? {
            continue;
        }
        let mut value = source.get(key.clone(), cx)?;
        if let Some(actual) = actual
            && is_regexp(&value)
        {
            let found = actual.get(key.clone(), cx)?;
            if let Some(text) = found.as_string()
                && exec(&value, &text, cx)?
            {
                value = found;
            }
        }
        made.create_data_property_or_throw(key.clone(), value, cx)?;
    }
    Ok(made)
}

fn enumerable_keys(object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut found = Vec::new();
    for key in object.own_property_keys(cx)? {
        let shown = !matches!(key, PropertyKey::Symbol(_)) && object.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true));
        if shown {
            found.push(key);
        }
    }
    Ok(found)
}

/// `expectsNoError`
fn expect_no_error(check: Check, outcome: Option<JsValue>, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(actual) = outcome else { return Ok(JsValue::undefined()) };
    let mut error = args.get_or_undefined(0).clone();
    let mut message = args.get_or_undefined(1).clone();
    if error.is_string() {
        message = std::mem::take(&mut error);
    }
    if error.to_boolean() && !is_matching(&actual, &error, cx)? {
        return Err(JsError::from_opaque(actual));
    }
    let own = match actual.as_object() {
        Some(object) => object.get(js_string!("message"), cx)?,
        None => JsValue::undefined(),
    };
    let details = if message.to_boolean() { format!(": {}", string_of(&message, cx)?.to_std_string_lossy()) } else { ".".to_owned() };
    let text = format!("Got unwanted {}{details}\nActual message: \"{}\"", check.noun, string_of(&own, cx)?.to_std_string_lossy());
    let details = Details { actual, expected: error, message: JsString::from(text).into(), operator: check.name, async_function: check.async_function(), ..Details::default() };
    Err(details.thrown(cx))
}

/// `hasMatchingError`
fn is_matching(actual: &JsValue, expected: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(function) = expected.as_callable() else {
        if is_regexp(expected) {
            let input = string_of(actual, cx)?;
            return exec(expected, &input, cx);
        }
        return Err(errors::invalid_arg_type("expected", "Function|RegExp", expected, cx));
    };
    if is_instance(&function, actual, cx)? {
        return Ok(true);
    }
    if inherits_error(&function, cx)? {
        return Ok(false);
    }
    let this = JsObject::with_object_proto(cx.intrinsics());
    let result = function.call(&this.into(), std::slice::from_ref(actual), cx)?;
    Ok(result.as_boolean() == Some(true))
}
