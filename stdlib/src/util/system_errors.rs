//! Names and texts of system errors.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsMap},
};
use coil_engine::{coil_sys, errors, validate};

use super::stack;

/// `util.getSystemErrorMap()`
pub(crate) fn map(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let map = JsMap::new(cx);
    for error in coil_sys::errno::ERRNO {
        let pair = [JsValue::from(JsString::from(error.name)), JsString::from(error.description).into()];
        let pair = JsArray::from_iter(pair, cx);
        map.set(-error.number, pair, cx)?;
    }
    Ok(map.into())
}

/// `util.getSystemErrorName(err)`
pub(crate) fn name(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = negative(args.get_or_undefined(0), cx)?;
    Ok(match known(number) {
        Some(error) => JsString::from(error.name).into(),
        None => JsString::from(format!("Unknown system error {}", JsValue::from(number).display())).into(),
    })
}

/// `util.getSystemErrorMessage(err)`
pub(crate) fn message(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = negative(args.get_or_undefined(0), cx)?;
    Ok(match known(number) {
        Some(error) => JsString::from(error.description).into(),
        None => JsString::from(format!("Unknown system error {}", JsValue::from(number).display())).into(),
    })
}

fn known(number: f64) -> Option<&'static coil_sys::errno::Errno> {
    coil_sys::errno::ERRNO.iter().find(|error| f64::from(-error.number) == number)
}

fn negative(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    let number = validate::number(value, "err", cx)?;
    let safe = number.fract() == 0.0 && number.abs() <= validate::SAFE_INTEGER_MAX;
    if number >= 0.0 || !safe {
        return Err(errors::out_of_range("err", "a negative integer", value, cx));
    }
    Ok(number)
}

/// `util._errnoException(err, syscall, original)`
pub(super) fn errno_exception(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (number, syscall, original) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    let code = code_of(number);
    let mut text = format!("{} {code}", syscall.to_string(cx)?.to_std_string_lossy());
    if original.to_boolean() {
        text.push_str(&format!(" {}", original.to_string(cx)?.to_std_string_lossy()));
    }
    Ok(made(&text, number, &code, syscall, cx)?.into())
}

/// `util._exceptionWithHostPort(err, syscall, address, port, additional)`
pub(super) fn exception_with_host_port(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [number, syscall, address, port, additional] = [0, 1, 2, 3, 4].map(|index| args.get_or_undefined(index));
    let code = code_of(number);
    let mut text = format!("{} {code}", syscall.to_string(cx)?.to_std_string_lossy());
    let address_text = address.to_string(cx)?.to_std_string_lossy();
    if port.to_boolean() && port.to_number(cx)? > 0.0 {
        text.push_str(&format!(" {address_text}:{}", port.to_string(cx)?.to_std_string_lossy()));
    } else if address.to_boolean() {
        text.push_str(&format!(" {address_text}"));
    }
    if additional.to_boolean() {
        text.push_str(&format!(" - Local ({})", additional.to_string(cx)?.to_std_string_lossy()));
    }
    let error = made(&text, number, &code, syscall, cx)?;
    error.create_data_property_or_throw(js_string!("address"), address.clone(), cx)?;
    if port.to_boolean() {
        error.create_data_property_or_throw(js_string!("port"), port.clone(), cx)?;
    }
    Ok(error.into())
}

fn code_of(number: &JsValue) -> String {
    let number = number.as_number().unwrap_or(f64::NAN);
    known(number).map_or_else(|| format!("Unknown system error {}", JsValue::from(number).display()), |error| error.name.to_owned())
}

fn made(text: &str, number: &JsValue, code: &str, syscall: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let error = JsNativeError::error().with_message(text.to_owned()).into_opaque(cx);
    let above = cx.active_function();
    stack::capture(&error, above.as_ref(), cx)?;
    error.create_data_property_or_throw(js_string!("errno"), number.clone(), cx)?;
    error.create_data_property_or_throw(js_string!("code"), JsString::from(code), cx)?;
    error.create_data_property_or_throw(js_string!("syscall"), syscall.clone(), cx)?;
    Ok(error)
}
