//! Records as scripts see them.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, bytes, js_string,
    object::builtins::{JsArray, JsArrayBuffer},
};

use super::message::{Data, Record, kind};
use crate::buffer;

/// What a question of this kind gives; `None` where the answer has no such record.
pub fn to_js(kind: u16, records: &[Record], with_ttl: bool, cx: &mut Context) -> JsResult<Option<JsValue>> {
    if kind == kind::SOA {
        let found = records.iter().find(|record| kind_of(&record.data) == Some(kind::SOA));
        return found.map(|record| value(record, false, cx)).transpose();
    }
    let mut values = Vec::new();
    if kind == kind::ANY {
        for wanted in ANY_ORDER {
            for record in records.iter().filter(|record| kind_of(&record.data) == Some(*wanted)) {
                values.push(typed(record, cx)?);
            }
        }
    } else {
        for record in records.iter().filter(|record| kind_of(&record.data) == Some(kind)) {
            values.push(value(record, with_ttl, cx)?);
        }
    }
    if values.is_empty() {
        return Ok(None);
    }
    Ok(Some(JsArray::from_values(values, cx).into()))
}

/// The order in which `resolveAny` gathers them.
const ANY_ORDER: &[u16] = &[kind::A, kind::CNAME, kind::AAAA, kind::MX, kind::NS, kind::TXT, kind::SRV, kind::PTR, kind::NAPTR, kind::SOA, kind::TLSA, kind::CAA];

fn kind_of(data: &Data) -> Option<u16> {
    Some(match data {
        Data::Address(ip) if ip.is_ipv4() => kind::A,
        Data::Address(_) => kind::AAAA,
        Data::Cname(_) => kind::CNAME,
        Data::Ns(_) => kind::NS,
        Data::Ptr(_) => kind::PTR,
        Data::Mx { .. } => kind::MX,
        Data::Txt(_) => kind::TXT,
        Data::Srv { .. } => kind::SRV,
        Data::Naptr { .. } => kind::NAPTR,
        Data::Soa { .. } => kind::SOA,
        Data::Tlsa { .. } => kind::TLSA,
        Data::Caa { .. } => kind::CAA,
        Data::Other => return None,
    })
}

fn type_name(data: &Data) -> &'static str {
    match kind_of(data) {
        Some(kind::A) => "A",
        Some(kind::AAAA) => "AAAA",
        Some(kind::CNAME) => "CNAME",
        Some(kind::NS) => "NS",
        Some(kind::PTR) => "PTR",
        Some(kind::MX) => "MX",
        Some(kind::TXT) => "TXT",
        Some(kind::SRV) => "SRV",
        Some(kind::NAPTR) => "NAPTR",
        Some(kind::SOA) => "SOA",
        Some(kind::TLSA) => "TLSA",
        Some(kind::CAA) => "CAA",
        _ => "",
    }
}

fn text(text: &str) -> JsValue {
    js_string!(text).into()
}

fn latin1(bytes: &[u8], cx: &mut Context) -> JsResult<JsValue> {
    buffer::bytes_to_string(bytes, buffer::Encoding::Latin1, cx).map(JsValue::from)
}

fn object(entries: Vec<(JsString, JsValue)>, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in entries {
        object.create_data_property_or_throw(key, value, cx)?;
    }
    Ok(object)
}

/// A record in a list of its own kind.
fn value(record: &Record, with_ttl: bool, cx: &mut Context) -> JsResult<JsValue> {
    let made = match &record.data {
        Data::Address(ip) if with_ttl => vec![(js_string!("address"), text(&ip.to_string())), (js_string!("ttl"), record.ttl.into())],
        Data::Address(ip) => return Ok(text(&ip.to_string())),
        Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => return Ok(text(name)),
        Data::Mx { priority, exchange } => vec![(js_string!("exchange"), text(exchange)), (js_string!("priority"), (*priority).into()), (js_string!("type"), text("MX"))],
        Data::Txt(parts) => {
            let parts: Vec<JsValue> = parts.iter().map(|part| latin1(part, cx)).collect::<JsResult<_>>()?;
            return Ok(JsArray::from_values(parts, cx).into());
        }
        Data::Srv { priority, weight, port, name } => {
            let numbers = [("port", *port), ("priority", *priority), ("weight", *weight)];
            let numbers = numbers.into_iter().map(|(key, number)| (js_string!(key), number.into()));
            std::iter::once((js_string!("name"), text(name))).chain(numbers).chain([(js_string!("type"), text("SRV"))]).collect()
        }
        Data::Naptr { order, preference, flags, service, regexp, replacement } => vec![
            (js_string!("flags"), latin1(flags, cx)?),
            (js_string!("service"), latin1(service, cx)?),
            (js_string!("regexp"), latin1(regexp, cx)?),
            (js_string!("replacement"), text(replacement)),
            (js_string!("order"), (*order).into()),
            (js_string!("preference"), (*preference).into()),
            // Node has the key, and no value for it.
            (js_string!("type"), JsValue::undefined()),
        ],
        Data::Soa { nsname, hostmaster, numbers } => {
            let mut entries = vec![(js_string!("nsname"), text(nsname)), (js_string!("hostmaster"), text(hostmaster))];
            for (key, number) in ["serial", "refresh", "retry", "expire", "minttl"].into_iter().zip(numbers) {
                entries.push((js_string!(key), (*number).into()));
            }
            entries.push((js_string!("type"), JsValue::undefined()));
            entries
        }
        Data::Tlsa { usage, selector, matching, data } => vec![
            (js_string!("certUsage"), (*usage).into()),
            (js_string!("selector"), (*selector).into()),
            (js_string!("match"), (*matching).into()),
            (js_string!("data"), JsArrayBuffer::adopt(bytes::copied(data), cx)?.into()),
        ],
        Data::Caa { critical, property, value } => {
            let property = buffer::bytes_to_string(property, buffer::Encoding::Latin1, cx)?;
            vec![(js_string!("critical"), (*critical).into()), (js_string!("type"), text("CAA")), (property, latin1(value, cx)?)]
        }
        Data::Other => return Ok(JsValue::undefined()),
    };
    Ok(object(made, cx)?.into())
}

/// A record among others: with its type.
fn typed(record: &Record, cx: &mut Context) -> JsResult<JsValue> {
    let made = match &record.data {
        Data::Cname(name) | Data::Ns(name) | Data::Ptr(name) => object(vec![(js_string!("value"), text(name))], cx)?,
        Data::Txt(_) => {
            let entries = value(record, false, cx)?;
            object(vec![(js_string!("entries"), entries)], cx)?
        }
        _ => value(record, true, cx)?.to_object(cx)?,
    };
    made.create_data_property_or_throw(js_string!("type"), js_string!(type_name(&record.data)), cx)?;
    Ok(made.into())
}
