//! Numbers of descriptors and arguments: `[EnforceRange] unsigned long`, and 64-bit addresses as BigInts.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::errors;

/// Whether memories and tables are addressed with 32 or with 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    I32,
    I64,
}

impl Address {
    /// `descriptor.address`
    pub(super) fn of(descriptor: &JsObject, place: &str, cx: &mut Context) -> JsResult<Self> {
        let address = descriptor.get(js_string!("address"), cx)?;
        if address.is_undefined() {
            return Ok(Self::I32);
        }
        let address = address.to_string(cx)?.to_std_string_lossy();
        match address.as_str() {
            "i32" => Ok(Self::I32),
            "i64" => Ok(Self::I64),
            _ => Err(errors::type_error(format!("{place}: Unknown address type '{address}'; pass 'i32' or 'i64'"))),
        }
    }

    /// The address that a value is; `what` names it in errors.
    pub(super) fn read(self, value: &JsValue, place: &str, what: &str, cx: &mut Context) -> JsResult<u64> {
        if self == Self::I64 {
            let number = value.to_bigint(cx)?;
            let read = number.to_string().parse::<u64>();
            return read.map_err(|_| errors::type_error(format!("{place}: {what} must be in u64 range")));
        }
        let number = value.to_number(cx)?;
        let must_be = |how: &str| Err(errors::type_error(format!("{place}: {what} must be {how}")));
        if !number.is_finite() {
            return must_be("convertible to a valid number");
        }
        let number = number.trunc();
        if number < 0.0 {
            return must_be("non-negative");
        }
        if number > f64::from(u32::MAX) {
            return must_be("in the unsigned long range");
        }
        Ok(number as u64)
    }

    /// A size or an address as JavaScript sees it.
    pub(super) fn to_js(self, value: u64) -> JsValue {
        match self {
            Self::I32 => (value as f64).into(),
            Self::I64 => boa_engine::JsBigInt::from(value).into(),
        }
    }
}

/// `initial` and `maximum` of a memory or a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) initial: u64,
    pub(super) maximum: Option<u64>,
}

impl Limits {
    /// Reads both; `initial_max` and `maximum_max` are the bounds of the implementation.
    pub(super) fn of(descriptor: &JsObject, address: Address, initial_max: u64, maximum_max: u64, place: &str, cx: &mut Context) -> JsResult<Self> {
        let Some(initial) = bound(descriptor, "initial", address, 0, initial_max, place, cx)? else {
            return Err(errors::type_error(format!("{place}: Property 'initial' is required")));
        };
        let maximum = bound(descriptor, "maximum", address, initial, maximum_max, place, cx)?;
        Ok(Self { initial, maximum })
    }
}

fn bound(descriptor: &JsObject, key: &'static str, address: Address, min: u64, max: u64, place: &str, cx: &mut Context) -> JsResult<Option<u64>> {
    let value = descriptor.get(JsString::from(key), cx)?;
    if value.is_undefined() {
        return Ok(None);
    }
    let value = address.read(&value, place, &format!("Property '{key}'"), cx)?;
    if value < min {
        return Err(errors::range_error(format!("{place}: Property '{key}': value {value} is below the lower bound {min}")));
    }
    if value > max {
        return Err(errors::range_error(format!("{place}: Property '{key}': value {value} is above the upper bound {max}")));
    }
    Ok(Some(value))
}
