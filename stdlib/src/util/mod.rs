//! `node:util`.
//!
//! ```js
//! const util = require('util');
//! console.log(util.inspect({ a: new Map([[1, { b: 2 }]]) }, { colors: true, depth: null }));
//! ```
//!
//! Differs from Node: `setTraceSigInt` does nothing.

mod abort;
mod call_sites;
pub(crate) mod colors;
pub(crate) mod comparisons;
pub(crate) mod debuglog;
mod deprecate;
pub(crate) mod inspect;
mod mime;
mod parse_args;
pub(crate) mod promisify;
pub(crate) mod stack;
mod style_text;
pub(crate) mod system_errors;
pub(crate) mod types;

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{
    coil_sys, errors,
    table::{self, Export, NativeModule},
    validate,
};

use self::{
    comparisons::{Mode, is_deep_equal},
    inspect::Text,
};

pub(crate) use deprecate::{deprecated, deprecated_constructor};
pub use inspect::inspect_for_messages;

/// `require('util')`
pub static MODULE: NativeModule = NativeModule {
    name: "util",
    exports: &[
        Export::function("_errnoException", 0, system_errors::errno_exception),
        Export::function("_exceptionWithHostPort", 0, system_errors::exception_with_host_port),
        Export::build("_extend", |cx| {
            let message = "The `util._extend` API is deprecated. Please use Object.assign() instead.";
            deprecated(extend, "_extend", 2, message, "DEP0060", cx)
        }),
        Export::function("callbackify", 1, promisify::callbackify),
        Export::function("convertProcessSignalToExitCode", 1, convert_signal),
        Export::renamed("debug", "debuglog", 2, debuglog::debuglog),
        Export::alias("debuglog", "debug"),
        Export::function("deprecate", 3, deprecate::deprecate),
        Export::function("format", 0, format),
        Export::function("styleText", 3, style_text::style_text),
        Export::function("formatWithOptions", 1, format_with_options),
        Export::function("getCallSites", 0, call_sites::call_sites),
        Export::function("getSystemErrorMap", 0, system_errors::map),
        Export::function("getSystemErrorName", 1, system_errors::name),
        Export::function("getSystemErrorMessage", 1, system_errors::message),
        Export::function("inherits", 2, inherits),
        Export::build("inspect", |cx| Ok(inspect::inspect_function(cx)?.into())),
        Export::build("isArray", |cx| {
            let message = "The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.";
            deprecated(is_array, "isArray", 1, message, "DEP0044", cx)
        }),
        Export::function("isDeepStrictEqual", 3, is_deep_strict_equal).method(),
        Export::build("promisify", promisify::function),
        Export::function("stripVTControlCharacters", 1, strip_vt_control_characters),
        Export::function("toUSVString", 1, to_usv_string).method(),
        Export::getter("transferableAbortSignal", |_, _, cx| Ok(table::function(abort::transferable_signal, js_string!("transferableAbortSignal"), 1, cx).into())),
        Export::getter("transferableAbortController", |_, _, cx| Ok(table::function(abort::transferable_controller, js_string!("transferableAbortController"), 0, cx).into())),
        Export::getter("aborted", |_, _, cx| Ok(table::function(abort::aborted, js_string!("aborted"), 2, cx).into())),
        Export::module("types", &types::MODULE),
        Export::function("parseEnv", 1, parse_env),
        Export::function("parseArgs", 0, parse_args::parse_args).method(),
        Export::build("TextDecoder", |cx| cx.global_object().get(js_string!("TextDecoder"), cx)),
        Export::build("TextEncoder", |cx| cx.global_object().get(js_string!("TextEncoder"), cx)),
        Export::class(&mime::MIME_TYPE),
        Export::class(&mime::MIME_PARAMS),
        Export::function("diff", 2, diff),
        Export::function("setTraceSigInt", 1, set_trace_sig_int),
    ],
};

/// `require('util/types')`
pub use types::MODULE as TYPES;

fn format(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(inspect::format(args, cx)?.into())
}

/// `util.formatWithOptions(inspectOptions, ...args)`
fn format_with_options(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let Some(options) = given.as_object().filter(|options| !options.is_callable()) else {
        return Err(errors::invalid_arg_type("inspectOptions", "Object", given, cx));
    };
    Ok(inspect::format_with_options(Some(&options), args.get(1..).unwrap_or_default(), cx)?.into())
}

/// `util.inherits(constructor, superConstructor)`
fn inherits(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (constructor, parent) = (args.get_or_undefined(0), args.get_or_undefined(1));
    for (value, name) in [(constructor, "ctor"), (parent, "superCtor")] {
        if value.is_null_or_undefined() {
            return Err(errors::invalid_arg_type(name, "Function", value, cx));
        }
    }
    let parent_object = parent.to_object(cx)?;
    let parent_prototype = parent_object.get(js_string!("prototype"), cx)?;
    if parent_prototype.is_undefined() {
        return Err(errors::invalid_arg_type("superCtor.prototype", "Object", &parent_prototype, cx));
    }
    let Some(object) = constructor.as_object() else {
        return Err(JsNativeError::typ().with_message("Object.defineProperty called on non-object").into());
    };
    let link = PropertyDescriptor::builder().value(parent.clone()).writable(true).enumerable(false).configurable(true);
    object.define_property_or_throw(js_string!("super_"), link, cx)?;
    let prototype = object.get(js_string!("prototype"), cx)?;
    let set_prototype_of = cx.intrinsics().constructors().object().constructor().get(js_string!("setPrototypeOf"), cx)?;
    if let Some(set) = set_prototype_of.as_callable() {
        set.call(&JsValue::undefined(), &[prototype, parent_prototype], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `util._extend(target, source)`
fn extend(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0);
    let Some(source) = args.get_or_undefined(1).as_object().filter(|source| !source.is_callable()) else {
        return Ok(target.clone());
    };
    let object = target.to_object(cx)?;
    for key in source.own_property_keys(cx)?.into_iter().rev() {
        let shown = !matches!(key, PropertyKey::Symbol(_)) && source.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true));
        if shown {
            let value = source.get(key.clone(), cx)?;
            object.set(key, value, true, cx)?;
        }
    }
    Ok(target.clone())
}

fn is_array(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(args.get_or_undefined(0).as_object().is_some_and(|object| object.is_array()).into())
}

/// `util.isDeepStrictEqual(a, b, skipPrototype)`
fn is_deep_strict_equal(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mode = if args.get_or_undefined(2).to_boolean() { Mode::StrictWithoutPrototypes } else { Mode::Strict };
    Ok(is_deep_equal(args.get_or_undefined(0), args.get_or_undefined(1), mode, cx)?.into())
}

fn strip_vt_control_characters(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = validate::string(args.get_or_undefined(0), "str", cx)?;
    let stripped = Text::from_js(&text);
    if !stripped.has_escape() {
        return Ok(text.into());
    }
    Ok(inspect::ansi::strip(&stripped).to_js().into())
}

fn to_usv_string(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    Ok(JsString::from(text.to_std_string_lossy()).into())
}

/// `util.parseEnv(content)`
fn parse_env(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let content = validate::string(args.get_or_undefined(0), "content", cx)?;
    let object = JsObject::with_null_proto();
    for (name, value) in crate::process::parse_env(&content.to_std_string_lossy()) {
        object.create_data_property_or_throw(JsString::from(name), JsString::from(value), cx)?;
    }
    Ok(object.into())
}

/// `util.convertProcessSignalToExitCode(signalCode)`
fn convert_signal(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<&str> = coil_sys::signals::SIGNALS.iter().map(|(name, _)| *name).collect();
    let name = validate::one_of(args.get_or_undefined(0), "signalCode", &names, cx)?;
    let number = coil_sys::signals::SIGNALS.iter().find(|(known, _)| name == *known).map_or(0, |(_, number)| *number);
    Ok((EXIT_BY_SIGNAL + number).into())
}

/// `util.diff(actual, expected)`
fn diff(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (actual, expected) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if actual.strict_equals(expected) {
        return Ok(JsArray::new(cx)?.into());
    }
    let actual = parts(actual, "actual", cx)?;
    let expected = parts(expected, "expected", cx)?;
    let mut steps = Vec::new();
    for (step, text) in crate::assert::edit_script(&actual, &expected, false).into_iter().rev() {
        let operation: i32 = match step {
            crate::assert::Step::Delete => -1,
            crate::assert::Step::Keep => 0,
            crate::assert::Step::Insert => 1,
        };
        let pair = [JsValue::from(operation), text.to_js().into()];
        steps.push(JsArray::from_iter(pair, cx).into());
    }
    Ok(JsArray::from_iter(steps, cx).into())
}

/// The code units of a string, or the elements of an array of strings.
fn parts(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<Text>> {
    let Some(list) = value.as_object().filter(JsObject::is_array) else {
        let text = validate::string(value, name, cx)?;
        return Ok(text.iter().map(|unit| Text::from_js(&JsString::from(&[unit][..]))).collect());
    };
    let count = list.get(js_string!("length"), cx)?.to_length(cx)?;
    (0..count)
        .map(|index| {
            let element = list.get(index, cx)?;
            Ok(Text::from_js(&validate::string(&element, &format!("{name}[{index}]"), cx)?))
        })
        .collect()
}

/// `util.setTraceSigInt(enable)`
fn set_trace_sig_int(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if crate::worker_threads::thread_id(cx).is_some() {
        return Err(errors::worker_unsupported_operation("Calling util.setTraceSigInt", cx));
    }
    Ok(JsValue::undefined())
}

/// `file:` URL of a path, as far as stack frames need it.
pub(crate) fn file_href(path: &str) -> String {
    let mut href = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.!~*'();:@&=+$,[]".contains(&byte) {
            href.push(char::from(byte));
        } else {
            href.push_str(&format!("%{byte:02X}"));
        }
    }
    href
}

/// What a shell gives for a process that a signal ended, less the signal's number.
const EXIT_BY_SIGNAL: i32 = 128;
