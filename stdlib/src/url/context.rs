//! Where the parts of a URL begin and end in its text: what inspecting it with `showHidden` shows.

use ::url::{Position, Url};
use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::Export,
};

/// `URLContext`
static URL_CONTEXT: Class = Class {
    name: "URLContext",
    length: 0,
    extends: Parent::None,
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("hasPort", |this, _, cx| present(this, "port", cx)),
        Export::getter("hasSearch", |this, _, cx| present(this, "search_start", cx)),
        Export::getter("hasHash", |this, _, cx| present(this, "hash_start", cx)),
    ],
    statics: &[],
};

/// In the place of what a URL does not have.
const OMITTED: u32 = u32::MAX;

fn present(this: &JsValue, part: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let value = this.to_object(cx)?.get(js_string!(part), cx)?;
    Ok((value.as_number() != Some(f64::from(OMITTED))).into())
}

/// The context of one URL.
pub(super) fn of(url: &Url, cx: &mut Context) -> JsResult<JsObject> {
    let until = |position: Position| url[..position].len() as u32;
    let protocol_end = url.scheme().len() as u32 + 1;
    let (username_end, host_start, host_end) = if url.has_host() {
        let host = until(Position::BeforeHost);
        // The sign between user and host counts as the host's.
        let credentials = !url.username().is_empty() || url.password().is_some();
        (until(Position::AfterUsername), if credentials { host - 1 } else { host }, until(Position::AfterHost))
    } else if url.as_str()[protocol_end as usize..].starts_with("//") {
        (protocol_end + 2, protocol_end + 2, protocol_end + 2)
    } else {
        (protocol_end, protocol_end, protocol_end)
    };
    let scheme_type = match url.scheme() {
        "http" => 0,
        "https" => 2,
        "ws" => 3,
        "ftp" => 4,
        "wss" => 5,
        "file" => 6,
        _ => 1,
    };
    let context = JsObject::from_proto_and_data(URL_CONTEXT.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject);
    context.create_data_property_or_throw(js_string!("href"), js_string!(url.as_str()), cx)?;
    let rows = [
        ("protocol_end", protocol_end),
        ("username_end", username_end),
        ("host_start", host_start),
        ("host_end", host_end),
        ("pathname_start", until(Position::BeforePath)),
        ("search_start", url.query().map_or(OMITTED, |_| until(Position::AfterPath))),
        ("hash_start", url.fragment().map_or(OMITTED, |_| until(Position::AfterQuery))),
        ("port", url.port().map_or(OMITTED, u32::from)),
        ("scheme_type", scheme_type),
    ];
    for (name, value) in rows {
        context.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    Ok(context)
}
