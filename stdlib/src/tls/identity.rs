//! `tls.checkServerIdentity`: whether a certificate is for a host (RFC 6125, as far as Node goes), and `convertALPNProtocols`.

use core::net::{IpAddr, Ipv6Addr};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors as engine_errors;

use super::{errors, field, set};
use crate::buffer;

/// `tls.checkServerIdentity(hostname, cert)`: `undefined`, or the error.
pub(super) fn check_server_identity(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (host, certificate) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let object = certificate.to_object(cx)?;
    let subject = field(&object, "subject", cx)?;
    let alt_names = field(&object, "subjectaltname", cx)?;
    let (mut dns_names, mut addresses) = (Vec::new(), Vec::new());
    // The dot of the root zone says nothing.
    let wanted = host.to_string(cx)?.to_std_string_escaped();
    if alt_names.to_boolean() {
        let text = alt_names.to_string(cx)?.to_std_string_escaped();
        for name in split_alt_names(&text, cx)? {
            if let Some(name) = name.strip_prefix("DNS:") {
                dns_names.push(name.to_owned());
            } else if let Some(address) = name.strip_prefix("IP Address:") {
                // What is no address is shown as nothing.
                addresses.push(canonical(address).unwrap_or_default());
            }
        }
    }
    let shown = without_root(&wanted);
    let reason = if let Ok(address) = wanted.parse::<IpAddr>() {
        if addresses.contains(&address.to_string()) { None } else { Some(format!("IP: {wanted} is not in the cert's list: {}", addresses.join(", "))) }
    } else if !dns_names.is_empty() || subject.as_object().is_some_and(|subject| field(&subject, "CN", cx).is_ok_and(|name| name.to_boolean())) {
        let parts: Vec<String> = shown.split('.').map(str::to_ascii_lowercase).collect();
        if dns_names.is_empty() {
            let common = field(&subject.to_object(cx)?, "CN", cx)?;
            let names = match crate::http::elements(&common, cx)? {
                Some(names) => names,
                None => vec![common.clone()],
            };
            let mut matches = false;
            for name in names {
                matches |= name_matches(&parts, &name.to_string(cx)?.to_std_string_escaped(), true);
            }
            if matches { None } else { Some(format!("Host: {shown}. is not cert's CN: {}", common.to_string(cx)?.to_std_string_escaped())) }
        } else if dns_names.iter().any(|name| name_matches(&parts, name, true)) {
            None
        } else {
            Some(format!("Host: {shown}. is not in the cert's altnames: {}", alt_names.to_string(cx)?.to_std_string_escaped()))
        }
    } else {
        Some("Cert does not contain a DNS name".to_owned())
    };
    match reason {
        Some(reason) => Ok(errors::cert_altname_invalid(&reason, host, certificate, cx)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn canonical(address: &str) -> Option<String> {
    if let Ok(address) = address.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    // OpenSSL writes all eight groups of an IPv6 address.
    let groups: Option<Vec<u16>> = address.split(':').map(|group| u16::from_str_radix(group, 16).ok()).collect();
    let groups = <[u16; 8]>::try_from(groups?).ok()?;
    Some(Ipv6Addr::from(groups).to_string())
}

/// Commas divide, but not within the JSON strings that unusual names are.
fn split_alt_names(text: &str, cx: &mut Context) -> JsResult<Vec<String>> {
    let mut names = Vec::new();
    let mut current = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest.find([',', '"']).unwrap_or(rest.len());
        current.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('"') {
            let Some(len) = quoted_len(rest) else { return Err(errors::cert_altname_format(cx)) };
            let Ok(value) = JsValue::from_json_text(&rest[..len], cx) else { return Err(errors::cert_altname_format(cx)) };
            current.push_str(&value);
            rest = &rest[len..];
        } else if !rest.is_empty() {
            names.push(std::mem::take(&mut current));
            rest = rest.strip_prefix(", ").unwrap_or(&rest[1..]);
        }
    }
    names.push(current);
    Ok(names)
}

/// How long the JSON string is that `text` begins with.
fn quoted_len(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Reads a JSON string.
trait FromJsonText {
    fn from_json_text(text: &str, cx: &mut Context) -> JsResult<String>;
}

impl FromJsonText for JsValue {
    fn from_json_text(text: &str, cx: &mut Context) -> JsResult<String> {
        let json = cx.intrinsics().objects().json();
        let value = crate::events::method(&json, "parse", &[js_string!(text).into()], cx)?;
        Ok(value.to_string(cx)?.to_std_string_escaped())
    }
}

fn name_matches(host_parts: &[String], pattern: &str, wildcards: bool) -> bool {
    if pattern.is_empty() {
        return false;
    }
    let pattern = without_root(pattern).to_ascii_lowercase();
    let parts: Vec<&str> = pattern.split('.').collect();
    if host_parts.len() != parts.len() || parts.iter().any(|part| part.is_empty()) {
        return false;
    }
    // Names in the zone of a resolver may have underscores; nothing outside ASCII is meant here.
    if parts.iter().any(|part| !part.bytes().all(|byte| (0x21..=0x7e).contains(&byte))) {
        return false;
    }
    if host_parts.iter().zip(&parts).skip(1).any(|(host, part)| host != part) {
        return false;
    }
    let (host, part) = (host_parts[0].as_str(), parts[0]);
    let stars: Vec<&str> = part.split('*').collect();
    // A wildcard in a name for international characters would match what nobody reads there.
    if stars.len() == 1 || part.contains("xn--") {
        return host == part;
    }
    if !wildcards || stars.len() > 2 || parts.len() <= 2 {
        return false;
    }
    let (prefix, suffix) = (stars[0], stars[1]);
    host.len() >= prefix.len() + suffix.len() && host.starts_with(prefix) && host.ends_with(suffix)
}

/// `tls.convertALPNProtocols(protocols, out)`
pub(super) fn convert_alpn_protocols(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let protocols = args.get_or_undefined(0);
    if let Some(bytes) = alpn_bytes(protocols, cx)? {
        let out = args.get_or_undefined(1).to_object(cx)?;
        let bytes = buffer::from_slice(&bytes, cx)?;
        set(&out, "ALPNProtocols", bytes, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Names with their lengths before them, as they are sent.
fn alpn_bytes(protocols: &JsValue, cx: &mut Context) -> JsResult<Option<Vec<u8>>> {
    if let Some(names) = crate::http::elements(protocols, cx)? {
        let mut bytes = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let name = name.to_string(cx)?.to_std_string_lossy().into_bytes();
            if name.len() > 255 {
                let what = format!("The byte length of the protocol at index {at} exceeds the maximum length.");
                return Err(engine_errors::coded(engine_errors::Base::Range, "ERR_OUT_OF_RANGE", format!("{what} It must be <= 255. Received {}", name.len()), cx));
            }
            bytes.push(name.len() as u8);
            bytes.extend_from_slice(&name);
        }
        return Ok(Some(bytes));
    }
    Ok(if buffer::is_view(protocols) { buffer::bytes_of(protocols) } else { None })
}

/// The names that an `ALPNProtocols` option means.
pub(super) fn alpn_names(protocols: &JsValue, cx: &mut Context) -> JsResult<Vec<Vec<u8>>> {
    let bytes = alpn_bytes(protocols, cx)?.unwrap_or_default();
    let mut names = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((&len, tail)) = rest.split_first() {
        let Some((name, after)) = tail.split_at_checked(usize::from(len)) else { break };
        names.push(name.to_vec());
        rest = after;
    }
    Ok(names)
}

/// Whether `host` is an address.
pub(super) fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

/// `{ ...first, ...second }`
pub(super) fn merged(first: Option<&JsObject>, second: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_object_proto(cx.intrinsics());
    for source in [first, second].into_iter().flatten() {
        for (key, value) in crate::http::own_entries(source, cx)? {
            copy.create_data_property_or_throw(key, value, cx)?;
        }
    }
    Ok(copy)
}
