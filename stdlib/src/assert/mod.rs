//! `node:assert`: checks that throw an [`AssertionError`](assertion_error) which says what was expected.
//!
//! Each function stands both on `assert` and on `Assert.prototype`; an instance of `Assert` brings options of its own.
//!
//! Differs from Node: the text of a falsy expression is found by a small scanner that knows no regular expressions after a closing brace.

mod assertion_error;
mod diff;
mod expression;
mod message;
mod throws;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Trace,
    introspect::ObjectKind,
    js_string,
    native_function::NativeFunctionPointer,
    object::builtins::JsRegExp,
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export, NativeModule},
    validate,
};

use self::assertion_error::{ASSERTION_ERROR, Details};
pub(crate) use self::diff::{Step, edit_script};
pub(crate) use self::throws::matches_expected;
use crate::util::{
    comparisons::{Mode, is_deep_equal, is_error},
    inspect::{self, Options},
};

/// `require('assert')`
pub static MODULE: NativeModule = NativeModule { name: "assert", exports: &[Export::build("=", |cx| Ok(assert_function(cx)?.into()))] };

/// `require('assert/strict')`
pub static STRICT: NativeModule = NativeModule { name: "assert/strict", exports: &[Export::build("=", strict_function)] };

/// `Assert`
pub static ASSERT: Class = Class {
    name: "Assert",
    length: 1,
    extends: Parent::None,
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::function("fail", 1, fail),
        Export::function("ok", 0, ok),
        Export::function("equal", 3, equal),
        Export::function("notEqual", 3, not_equal),
        Export::function("deepEqual", 3, deep_equal),
        Export::function("notDeepEqual", 3, not_deep_equal),
        Export::function("deepStrictEqual", 3, deep_strict_equal),
        Export::function("notDeepStrictEqual", 3, not_deep_strict_equal),
        Export::function("strictEqual", 3, strict_equal),
        Export::function("notStrictEqual", 3, not_strict_equal),
        Export::function("partialDeepStrictEqual", 3, partial_deep_strict_equal),
        Export::function("throws", 1, throws::throws),
        Export::build("rejects", |cx| throws::async_function("rejects", throws::rejects, cx)),
        Export::function("doesNotThrow", 1, throws::does_not_throw),
        Export::build("doesNotReject", |cx| throws::async_function("doesNotReject", throws::does_not_reject, cx)),
        Export::function("ifError", 1, if_error),
        Export::function("match", 3, matches),
        Export::function("doesNotMatch", 3, does_not_match),
    ],
    statics: &[],
};

/// What `assert` takes over from `Assert.prototype`, in this order.
const TAKEN: &[&str] = &[
    "ok",
    "fail",
    "equal",
    "notEqual",
    "deepEqual",
    "notDeepEqual",
    "deepStrictEqual",
    "notDeepStrictEqual",
    "strictEqual",
    "notStrictEqual",
    "partialDeepStrictEqual",
    "match",
    "doesNotMatch",
    "throws",
    "rejects",
    "doesNotThrow",
    "doesNotReject",
    "ifError",
];

/// Methods whose strict twin takes their place.
const STRICT_TWINS: &[(&str, &str)] = &[("equal", "strictEqual"), ("deepEqual", "deepStrictEqual"), ("notEqual", "notStrictEqual"), ("notDeepEqual", "notDeepStrictEqual")];

/// `options` of an `Assert`.
#[derive(Clone, Trace, Finalize, JsData)]
struct AssertOptions {
    diff: JsValue,
    skip_prototype: bool,
}

#[derive(Default)]
struct Made(std::cell::OnceCell<JsObject>);

/// `assert`, made once.
fn assert_function(cx: &mut Context) -> JsResult<JsObject> {
    let made = Host::of(cx).state::<Made>();
    if let Some(found) = made.0.get() {
        return Ok(found.clone());
    }
    let assert = main_function("assert", assert, cx);
    let strict = main_function("strict", strict, cx);
    let error = ASSERTION_ERROR.constructor(cx)?;
    let class = ASSERT.constructor(cx)?;
    let prototype = ASSERT.prototype(cx)?;
    let put = |target: &JsObject, name: &str, value: JsValue, cx: &mut Context| -> JsResult<()> {
        let own = PropertyDescriptor::builder().value(value).writable(true).enumerable(true).configurable(true);
        target.define_property_or_throw(JsString::from(name), own, cx).map(drop)
    };
    for target in [&assert, &strict] {
        put(target, "AssertionError", error.clone().into(), cx)?;
        for name in TAKEN {
            let method = prototype.get(JsString::from(*name), cx)?;
            put(target, name, method, cx)?;
        }
    }
    for (name, twin) in STRICT_TWINS {
        let method = prototype.get(JsString::from(*twin), cx)?;
        put(&strict, name, method, cx)?;
    }
    put(&assert, "strict", strict.clone().into(), cx)?;
    put(&assert, "Assert", class.clone().into(), cx)?;
    put(&strict, "Assert", class.into(), cx)?;
    put(&strict, "strict", strict.clone().into(), cx)?;
    Ok(made.0.get_or_init(|| assert).clone())
}

fn strict_function(cx: &mut Context) -> JsResult<JsValue> {
    assert_function(cx)?.get(js_string!("strict"), cx)
}

fn main_function(name: &'static str, call: NativeFunctionPointer, cx: &mut Context) -> JsObject {
    table::function(call, JsString::from(name), 0, cx).into()
}

/// `new Assert(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Err(errors::construct_call_required("Assert", cx));
    }
    let this = this.to_object(cx)?;
    let given = args.get_or_undefined(0).as_object();
    let mut option = |name: &'static str| -> JsResult<JsValue> {
        let Some(given) = &given else { return Ok(JsValue::undefined()) };
        let key = PropertyKey::from(JsString::from(name));
        let own = given.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true));
        if own { given.get(key, cx) } else { Ok(JsValue::undefined()) }
    };
    let diff = option("diff")?;
    let strict = option("strict")?;
    let skip_prototype = option("skipPrototype")?.to_boolean();
    if !diff.is_undefined() {
        validate::one_of(&diff, "options.diff", &["simple", "full"], cx)?;
    }
    let error = ASSERTION_ERROR.constructor(cx)?;
    this.set(js_string!("AssertionError"), error, true, cx)?;
    Slot::set(&this, AssertOptions { diff, skip_prototype }, cx)?;
    if strict.is_undefined() || strict.to_boolean() {
        for (name, twin) in STRICT_TWINS {
            let method = this.get(JsString::from(*twin), cx)?;
            this.set(JsString::from(*name), method, true, cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// The options of the `Assert` that a method was called on.
fn options_of(this: &JsValue, cx: &mut Context) -> Option<AssertOptions> {
    let holder = Slot::<AssertOptions>::get(&this.as_object()?, cx)?;
    let options = holder.borrow().data().clone();
    Some(options)
}

fn assert(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_truth(args, cx)
}

fn strict(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_truth(args, cx)
}

fn ok(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_truth(args, cx)
}

/// `innerOk`
fn check_truth(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if value.to_boolean() {
        return Ok(JsValue::undefined());
    }
    let message = args.get_or_undefined(1);
    let mut generated = true;
    let message = if args.is_empty() {
        js_string!("No value argument passed to `assert.ok()`").into()
    } else if message.is_null_or_undefined() {
        expression::message(cx)
    } else {
        throw_if_error(message, cx)?;
        generated = false;
        message.clone()
    };
    let details = Details { actual: value.clone(), expected: true.into(), message, operator: "==", ..Details::default() };
    let error = details.error(cx)?;
    error.set(js_string!("generatedMessage"), generated, true, cx)?;
    Err(JsError::from_opaque(error.into()))
}

/// A message that is an error is thrown itself.
fn throw_if_error(message: &JsValue, cx: &Context) -> JsResult<()> {
    match message.as_object() {
        Some(error) if is_error(&error, cx) => Err(JsError::from_opaque(message.clone())),
        _ => Ok(()),
    }
}

/// `fail(message)`
fn fail(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = args.get_or_undefined(0);
    throw_if_error(message, cx)?;
    let generated = message.is_undefined();
    let message = if generated { js_string!("Failed").into() } else { message.clone() };
    let details = Details { message, operator: "fail", diff: diff_of(this, cx), ..Details::default() };
    let error = details.error(cx)?;
    if generated {
        error.set(js_string!("generatedMessage"), true, true, cx)?;
    }
    Err(JsError::from_opaque(error.into()))
}

fn diff_of(this: &JsValue, cx: &mut Context) -> JsValue {
    options_of(this, cx).map(|options| options.diff.clone()).unwrap_or_default()
}

/// The first two arguments; both must be there.
fn operands(args: &[JsValue], cx: &mut Context) -> JsResult<(JsValue, JsValue)> {
    match args {
        [actual, expected, ..] => Ok((actual.clone(), expected.clone())),
        _ => Err(errors::missing_args(&["actual", "expected"], cx)),
    }
}

/// Throws what a comparison that failed throws.
fn refuse(this: &JsValue, args: &[JsValue], operator: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let message = args.get_or_undefined(2).clone();
    let details = Details { actual: args.get_or_undefined(0).clone(), expected: args.get_or_undefined(1).clone(), message, operator, diff: diff_of(this, cx), ..Details::default() };
    Err(details.thrown(cx))
}

fn is_nan(value: &JsValue) -> bool {
    value.as_number().is_some_and(f64::is_nan)
}

/// `equal`: `==`, and NaN equals NaN.
fn equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = operands(args, cx)?;
    if actual.equals(&expected, cx)? || is_nan(&actual) && is_nan(&expected) {
        return Ok(JsValue::undefined());
    }
    refuse(this, args, "==", cx)
}

fn not_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = operands(args, cx)?;
    if actual.equals(&expected, cx)? || is_nan(&actual) && is_nan(&expected) {
        return refuse(this, args, "!=", cx);
    }
    Ok(JsValue::undefined())
}

fn strict_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = operands(args, cx)?;
    if JsValue::same_value(&actual, &expected) {
        return Ok(JsValue::undefined());
    }
    refuse(this, args, "strictEqual", cx)
}

fn not_strict_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = operands(args, cx)?;
    if JsValue::same_value(&actual, &expected) {
        return refuse(this, args, "notStrictEqual", cx);
    }
    Ok(JsValue::undefined())
}

fn deep_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    compare(this, args, Mode::Loose, true, "deepEqual", cx)
}

fn not_deep_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    compare(this, args, Mode::Loose, false, "notDeepEqual", cx)
}

fn deep_strict_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mode = strict_mode(this, cx);
    compare(this, args, mode, true, "deepStrictEqual", cx)
}

fn not_deep_strict_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mode = strict_mode(this, cx);
    compare(this, args, mode, false, "notDeepStrictEqual", cx)
}

fn partial_deep_strict_equal(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    compare(this, args, Mode::Partial, true, "partialDeepStrictEqual", cx)
}

fn strict_mode(this: &JsValue, cx: &mut Context) -> Mode {
    match options_of(this, cx) {
        Some(options) if options.skip_prototype => Mode::StrictWithoutPrototypes,
        _ => Mode::Strict,
    }
}

fn compare(this: &JsValue, args: &[JsValue], mode: Mode, wanted: bool, operator: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = operands(args, cx)?;
    if is_deep_equal(&actual, &expected, mode, cx)? == wanted {
        return Ok(JsValue::undefined());
    }
    refuse(this, args, operator, cx)
}

fn matches(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_match(this, args, true, cx)
}

fn does_not_match(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check_match(this, args, false, cx)
}

/// `internalMatch`
fn check_match(this: &JsValue, args: &[JsValue], wanted: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (string, regexp, message) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    if !is_regexp(regexp) {
        return Err(errors::invalid_arg_type("regexp", "RegExp", regexp, cx));
    }
    if let Some(text) = string.as_string()
        && exec(regexp, &text, cx)? == wanted
    {
        return Ok(JsValue::undefined());
    }
    throw_if_instance(message, cx)?;
    let generated = !message.to_boolean();
    let message = if !generated {
        message.clone()
    } else if string.is_string() {
        let start = if wanted { "The input did not match the regular expression" } else { "The input was expected to not match the regular expression" };
        let (regexp, input) = (shown(regexp, cx)?, shown(string, cx)?);
        JsString::from(format!("{start} {regexp}. Input:\n\n{input}\n")).into()
    } else {
        let kind = string.type_of();
        let input = shown(string, cx)?;
        JsString::from(format!("The \"string\" argument must be of type string. Received type {kind} ({input})")).into()
    };
    let operator = if wanted { "match" } else { "doesNotMatch" };
    let details = Details { actual: string.clone(), expected: regexp.clone(), message, operator, diff: diff_of(this, cx), ..Details::default() };
    let error = details.error(cx)?;
    error.set(js_string!("generatedMessage"), generated, true, cx)?;
    Err(JsError::from_opaque(error.into()))
}

/// `message instanceof Error` is thrown itself.
fn throw_if_instance(message: &JsValue, cx: &mut Context) -> JsResult<()> {
    let error = cx.intrinsics().constructors().error().constructor();
    if message.is_object() && message.instance_of(&error.into(), cx)? {
        return Err(JsError::from_opaque(message.clone()));
    }
    Ok(())
}

fn is_regexp(value: &JsValue) -> bool {
    value.as_object().is_some_and(|object| object.kind() == ObjectKind::RegExp)
}

/// Whether the expression finds something in `text`.
fn exec(regexp: &JsValue, text: &JsString, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = regexp.as_object() else { return Ok(false) };
    Ok(JsRegExp::from_object(object)?.exec(text.clone(), cx)?.is_some())
}

/// `inspect(value)`
fn shown(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    let options: Options = inspect::installed_options(cx)?;
    Ok(inspect::inspect(value, &options, cx)?.to_std_string_lossy())
}

/// `ifError(value)`
fn if_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if value.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    let mut message = String::from("ifError got unwanted exception: ");
    let object = value.as_object().filter(|object| !object.is_callable());
    let text = match &object {
        Some(object) => object.get(js_string!("message"), cx)?.as_string(),
        None => None,
    };
    match (&object, text) {
        (Some(object), Some(text)) if text.is_empty() && object.get(js_string!("constructor"), cx)?.to_boolean() => {
            let constructor = object.get(js_string!("constructor"), cx)?.to_object(cx)?;
            let name = constructor.get(js_string!("name"), cx)?.to_string(cx)?;
            message.push_str(&name.to_std_string_lossy());
        }
        (Some(_), Some(text)) => message.push_str(&text.to_std_string_lossy()),
        _ => message.push_str(&shown(value, cx)?),
    }
    let details = Details { actual: value.clone(), expected: JsValue::null(), message: JsString::from(message).into(), operator: "ifError", diff: diff_of(this, cx), ..Details::default() };
    let error = details.error(cx)?;
    let original = match value.as_object() {
        Some(object) => object.get(js_string!("stack"), cx)?.as_string(),
        None => None,
    };
    if let Some(original) = original {
        join_stacks(&error, &original.to_std_string_lossy(), cx)?;
    }
    Err(JsError::from_opaque(error.into()))
}

/// The frames of the error that was passed, behind those that are new.
fn join_stacks(error: &JsObject, original: &str, cx: &mut Context) -> JsResult<()> {
    let Some(start) = original.find("\n    at") else { return Ok(()) };
    let frames: Vec<&str> = original[start + 1..].split('\n').collect();
    let own = error.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy();
    let own: Vec<&str> = own.split('\n').collect();
    let kept = frames.iter().find_map(|frame| own.iter().position(|line| line == frame)).unwrap_or(own.len());
    let joined = format!("{}\n{}", own[..kept].join("\n"), frames.join("\n"));
    error.set(js_string!("stack"), JsString::from(joined), true, cx)?;
    Ok(())
}
