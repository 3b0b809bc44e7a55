//! `process.emitWarning`, and how a warning is shown when nobody listens.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors, errors::Base, launch::Launch, validate};
use rustc_hash::FxHashSet;

use crate::{console, util::stack};

/// Codes that were warned about: a deprecation is told once.
#[derive(Default)]
struct Told(RefCell<FxHashSet<String>>, std::cell::Cell<bool>);

/// Emits a warning from native code: `(node:PID) [code] Name: message`.
///
/// # Errors
///
/// None but those of the engine.
pub fn emit_warning(message: &str, name: &str, code: Option<&str>, cx: &mut Context) -> JsResult<()> {
    let warning = make(message, name, code, None, cx)?;
    emit(warning, name, cx)
}

/// As [`emit_warning`], but shown and heard before this returns.
///
/// # Errors
///
/// What a listener throws.
pub fn emit_now(message: &str, cx: &mut Context) -> JsResult<()> {
    let warning = make(message, "Warning", None, None, cx)?;
    show(&warning, cx)?;
    super::emit("warning", &[warning.into()], cx).map(drop)
}

/// As [`emit_warning`], but only the first time for this code.
pub(crate) fn emit_once(code: &str, message: &str, name: &str, cx: &mut Context) -> JsResult<()> {
    if !Host::of(cx).state::<Told>().0.borrow_mut().insert(code.to_owned()) {
        return Ok(());
    }
    emit_warning(message, name, Some(code), cx)
}

/// A deprecation of what applications call: told once, and not where a package calls it, whose user could do nothing about it.
///
/// Goes through `process.emitWarning`, which a script may have replaced.
pub(crate) fn deprecate_for_applications(code: &'static str, message: &str, cx: &mut Context) -> JsResult<()> {
    let for_all = code == "DEP0005" && Host::of(cx).state::<Launch>().pending_deprecation.get();
    if Host::of(cx).state::<Told>().0.borrow().contains(code) || !for_all && stack::called_from_node_modules(cx) {
        return Ok(());
    }
    Host::of(cx).state::<Told>().0.borrow_mut().insert(code.to_owned());
    let process = super::object(cx)?;
    if let Some(warn) = process.get(js_string!("emitWarning"), cx)?.as_callable() {
        let args = [js_string!(message).into(), js_string!("DeprecationWarning").into(), js_string!(code).into()];
        warn.call(&process.into(), &args, cx)?;
    }
    Ok(())
}

/// Emits an error object as a warning.
pub(crate) fn emit_object(warning: JsObject, cx: &mut Context) -> JsResult<()> {
    let name = warning.get(js_string!("name"), cx)?.to_string(cx)?.to_std_string_escaped();
    emit(warning, &name, cx)
}

fn make(message: &str, name: &str, code: Option<&str>, detail: Option<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let error = errors::plain(Base::Error, message).into_opaque(cx)?.to_object(cx)?;
    errors::rename(&error, name, message, cx)?;
    if let Some(code) = code {
        error.create_data_property_or_throw(js_string!("code"), js_string!(code), cx)?;
    }
    if let Some(detail) = detail {
        error.create_data_property_or_throw(js_string!("detail"), detail, cx)?;
    }
    Ok(error)
}

/// `process.emitWarning(warning[, type | options[, code[, ctor]]])`
pub(super) fn emit_warning_js(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (warning, kind, code) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    let mut name = "Warning".to_owned();
    let mut given_code = code.clone();
    let mut detail = None;
    if let Some(options) = kind.as_object().filter(|object| !object.is_array() && !object.is_callable()) {
        let text = options.get(js_string!("type"), cx)?;
        if !text.is_undefined() {
            name = text.to_string(cx)?.to_std_string_escaped();
        }
        given_code = options.get(js_string!("code"), cx)?;
        detail = Some(options.get(js_string!("detail"), cx)?).filter(JsValue::is_string);
    } else if !kind.is_undefined() && !kind.is_callable() {
        name = validate::string(kind, "type", cx)?.to_std_string_escaped();
    }
    if given_code.is_callable() {
        given_code = JsValue::undefined();
    }
    let code = match given_code.is_undefined() {
        true => None,
        false => Some(validate::string(&given_code, "code", cx)?.to_std_string_escaped()),
    };
    let warning = match warning.as_object() {
        Some(error) if error.error_kind().is_some() => error,
        _ => match warning.as_string() {
            Some(text) => make(&text.to_std_string_escaped(), &name, code.as_deref(), detail, cx)?,
            None => return Err(errors::invalid_arg_type("warning", "string|Error", warning, cx)),
        },
    };
    let name = warning.get(js_string!("name"), cx)?.to_string(cx)?.to_std_string_escaped();
    emit(warning, &name, cx)?;
    Ok(JsValue::undefined())
}

fn emit(warning: JsObject, name: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let launch = host.state::<Launch>();
    if name == "DeprecationWarning" {
        if launch.no_deprecation.get() || super::flag("noDeprecation", cx)? {
            return Ok(());
        }
        if launch.throw_deprecation.get() || super::flag("throwDeprecation", cx)? {
            host.next_tick_native(move |_cx| Err(JsError::from_opaque(warning.into())));
            return Ok(());
        }
    }
    host.next_tick_native(move |cx| {
        // Node's listener was there before any of the script's.
        show(&warning, cx)?;
        super::emit("warning", &[warning.clone().into()], cx)?;
        Ok(())
    });
    Ok(())
}

/// Node's own listener: prints to stderr, unless warnings are off.
fn show(warning: &JsObject, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let launch = host.state::<Launch>();
    if launch.no_warnings.get() || host.env("NODE_NO_WARNINGS").as_deref() == Some("1") {
        return Ok(());
    }
    let mut text_of = |key: &str| -> JsResult<Option<String>> {
        let value = warning.get(js_string!(key), cx)?;
        Ok(value.as_string().map(|text| text.to_std_string_escaped()))
    };
    let name = text_of("name")?.unwrap_or_default();
    let message = text_of("message")?.unwrap_or_default();
    let code = text_of("code")?;
    let detail = text_of("detail")?;
    let stack = text_of("stack")?;
    let disabled = launch.disabled_warnings.borrow();
    if disabled.contains(&name) || code.as_ref().is_some_and(|code| disabled.contains(code)) {
        return Ok(());
    }
    let deprecation = name == "DeprecationWarning";
    let trace = launch.trace_warnings.get() || (deprecation && launch.trace_deprecation.get());
    let mut line = format!("(node:{}) ", host.sys().process().pid());
    if let Some(code) = &code {
        line += &format!("[{code}] ");
    }
    match stack.filter(|_| trace) {
        Some(stack) => line += &stack,
        None => line += &format!("{name}: {message}"),
    }
    if let Some(detail) = detail {
        line += &format!("\n{detail}");
    }
    line.push('\n');
    if !trace && !host.state::<Told>().1.replace(true) {
        let flag = if deprecation { "--trace-deprecation" } else { "--trace-warnings" };
        let program = launch.exec_path.borrow().rsplit('/').next().unwrap_or("coil").to_owned();
        line += &format!("(Use `{program} {flag} ...` to show where the warning was created)\n");
    }
    let file = launch.redirect_warnings.borrow().clone();
    if !file.is_empty() && host.sys().fs().append_file(file.as_str(), line.as_bytes(), 0o666).is_ok() {
        return Ok(());
    }
    console::write_warning(&line, cx)
}
