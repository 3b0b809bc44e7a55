//! Node's deprecated `punycode`: RFC 3492, which writes Unicode labels in ASCII.
//!
//! Differs from Node: nothing known.

use boa_engine::{Context, JsArgs, JsError, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    errors::{self, Base},
    table::{Export, NativeModule},
};

/// `require('punycode')`
pub static MODULE: NativeModule = NativeModule {
    name: "punycode",
    exports: &[
        Export::string("version", "2.1.0"),
        Export::module("ucs2", &UCS2),
        Export::function("decode", 1, |_, args, cx| {
            let input = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
            Ok(js_string!(text_of(&decode(&input)?)).into())
        }),
        Export::function("encode", 1, |_, args, cx| {
            let input = points_of(&args.get_or_undefined(0).to_string(cx)?);
            Ok(js_string!(encode(&input)?).into())
        }),
        Export::function("toASCII", 1, |_, args, cx| {
            let domain = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
            let made = map_labels(&domain, |label| {
                if label.is_ascii() {
                    return Ok(label.to_owned());
                }
                let points: Vec<u32> = label.chars().map(u32::from).collect();
                Ok(format!("xn--{}", encode(&points)?))
            })?;
            Ok(js_string!(made).into())
        }),
        Export::function("toUnicode", 1, |_, args, cx| {
            let domain = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
            let made = map_labels(&domain, |label| match label.strip_prefix("xn--") {
                Some(rest) => Ok(text_of(&decode(&rest.to_lowercase())?)),
                None => Ok(label.to_owned()),
            })?;
            Ok(js_string!(made).into())
        }),
    ],
};

static UCS2: NativeModule = NativeModule { name: "punycode.ucs2", exports: &[Export::renamed("decode", "ucs2decode", 1, ucs2_decode), Export::renamed("encode", "ucs2encode", 1, ucs2_encode)] };

fn ucs2_decode(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let points = points_of(&args.get_or_undefined(0).to_string(cx)?);
    Ok(JsArray::from_iter(points.into_iter().map(JsValue::from), cx).into())
}

fn ucs2_encode(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = args.get_or_undefined(0).to_object(cx)?;
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut units = Vec::new();
    for index in 0..length {
        let point = list.get(index, cx)?.to_u32(cx)?;
        match char::from_u32(point) {
            Some(c) => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            None => units.push(point as u16),
        }
    }
    Ok(JsString::from(units.as_slice()).into())
}

fn points_of(text: &JsString) -> Vec<u32> {
    text.code_points().map(|point| point.as_u32()).collect()
}

fn text_of(points: &[u32]) -> String {
    points.iter().map(|point| char::from_u32(*point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Works on each label of a domain; what stands before an `@` is no domain.
fn map_labels(domain: &str, label: impl Fn(&str) -> JsResult<String>) -> JsResult<String> {
    let (user, host) = domain.split_once('@').map_or(("", domain), |(user, host)| (&domain[..=user.len()], host));
    let labels: JsResult<Vec<String>> = host.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).map(label).collect();
    Ok(format!("{user}{}", labels?.join(".")))
}

fn overflow() -> JsError {
    errors::plain(Base::Range, "Overflow: input needs wider integers to process")
}

fn invalid() -> JsError {
    errors::plain(Base::Range, "Invalid input")
}

// The parameters of RFC 3492, section 5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

fn decode(input: &str) -> JsResult<Vec<u32>> {
    let (basic, extended) = match input.rfind('-') {
        Some(at) if at > 0 => (&input[..at], &input[at + 1..]),
        _ => ("", input),
    };
    if !basic.is_ascii() {
        return Err(errors::plain(Base::Range, "Illegal input >= 0x80 (not a basic code point)"));
    }
    let mut output: Vec<u32> = basic.chars().map(u32::from).collect();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    let mut rest = extended.chars().peekable();
    while rest.peek().is_some() {
        let before = i;
        let (mut weight, mut k) = (1_u32, BASE);
        loop {
            let digit = match rest.next() {
                Some(c @ '0'..='9') => u32::from(c) - u32::from('0') + 26,
                Some(c) if c.is_ascii_alphabetic() => u32::from(c.to_ascii_lowercase()) - u32::from('a'),
                _ => return Err(invalid()),
            };
            i = digit.checked_mul(weight).and_then(|step| i.checked_add(step)).ok_or_else(overflow)?;
            let t = threshold(k, bias);
            if digit < t {
                break;
            }
            weight = weight.checked_mul(BASE - t).ok_or_else(overflow)?;
            k += BASE;
        }
        let count = output.len() as u32 + 1;
        bias = adapt(i - before, count, before == 0);
        n = n.checked_add(i / count).filter(|n| *n <= 0x10_ffff).ok_or_else(overflow)?;
        i %= count;
        output.insert(i as usize, n);
        i += 1;
    }
    Ok(output)
}

fn encode(input: &[u32]) -> JsResult<String> {
    let mut output: String = input.iter().filter(|point| **point < INITIAL_N).filter_map(|point| char::from_u32(*point)).collect();
    let basic = output.len() as u32;
    let mut handled = basic;
    if basic > 0 {
        output.push('-');
    }
    let (mut n, mut delta, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    while (handled as usize) < input.len() {
        let Some(next) = input.iter().copied().filter(|point| *point >= n).min() else { break };
        delta = (next - n).checked_mul(handled + 1).and_then(|step| delta.checked_add(step)).ok_or_else(overflow)?;
        n = next;
        for &point in input {
            if point < n {
                delta = delta.checked_add(1).ok_or_else(overflow)?;
            }
            if point == n {
                let (mut q, mut k) = (delta, BASE);
                loop {
                    let t = threshold(k, bias);
                    if q < t {
                        break;
                    }
                    output.push(digit(t + (q - t) % (BASE - t)));
                    q = (q - t) / (BASE - t);
                    k += BASE;
                }
                output.push(digit(q));
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1).ok_or_else(overflow)?;
        n += 1;
    }
    Ok(output)
}

fn digit(value: u32) -> char {
    char::from(if value < 26 { b'a' + value as u8 } else { b'0' + (value as u8 - 26) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_go_there_and_back() {
        for (text, code) in [("mañana", "maana-pta"), ("bücher", "bcher-kva"), ("☃-⌘", "--dqo34k"), ("", "")] {
            let points: Vec<u32> = text.chars().map(u32::from).collect();
            assert_eq!(encode(&points).ok().as_deref(), Some(code));
            assert_eq!(decode(code).ok(), Some(points));
        }
    }
}
