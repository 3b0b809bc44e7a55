//! `class URL`.

use std::cell::RefCell;

use ::url::{Url, quirks};
use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, Symbol},
};

use super::{context, invalid_legacy_url, invalid_url, parser, search_params, usv_string};
use crate::blob::{self, Blob};

/// `URL`
pub(crate) static URL: Class = Class {
    name: "URL",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("toString", 0, href).enumerable(true),
        Export::accessor("href", href, set_href).enumerable(true),
        Export::getter("origin", |this, _args, _cx| read(this, quirks::origin)).enumerable(true),
        Export::accessor("protocol", |this, _args, _cx| read(this, |url| quirks::protocol(url).to_owned()), |this, args, cx| write(this, args, parser::set_protocol, cx)).enumerable(true),
        Export::accessor(
            "username",
            |this, _args, _cx| read(this, |url| quirks::username(url).to_owned()),
            |this, args, cx| write(this, args, |url, text| quirks::set_username(url, text).unwrap_or(()), cx),
        )
        .enumerable(true),
        Export::accessor(
            "password",
            |this, _args, _cx| read(this, |url| quirks::password(url).to_owned()),
            |this, args, cx| write(this, args, |url, text| quirks::set_password(url, text).unwrap_or(()), cx),
        )
        .enumerable(true),
        Export::accessor("host", |this, _args, _cx| read(this, |url| quirks::host(url).to_owned()), |this, args, cx| write(this, args, parser::set_host, cx)).enumerable(true),
        Export::accessor("hostname", |this, _args, _cx| read(this, |url| quirks::hostname(url).to_owned()), |this, args, cx| write(this, args, parser::set_hostname, cx)).enumerable(true),
        Export::accessor("port", |this, _args, _cx| read(this, |url| quirks::port(url).to_owned()), |this, args, cx| write(this, args, |url, text| quirks::set_port(url, text).unwrap_or(()), cx))
            .enumerable(true),
        Export::accessor("pathname", |this, _args, _cx| read(this, |url| quirks::pathname(url).to_owned()), |this, args, cx| write(this, args, parser::set_pathname, cx)).enumerable(true),
        Export::accessor("search", search, set_search).enumerable(true),
        Export::getter("searchParams", search_params_of).enumerable(true),
        Export::accessor("hash", |this, _args, _cx| read(this, |url| quirks::hash(url).to_owned()), |this, args, cx| write(this, args, quirks::set_hash, cx)).enumerable(true),
        Export::function("toJSON", 0, href).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("URL"),
    ],
    statics: &[
        Export::function("parse", 1, parse).enumerable(true),
        Export::function("canParse", 1, can_parse).enumerable(true),
        Export::function("createObjectURL", 1, create_object_url).enumerable(true),
        Export::function("revokeObjectURL", 1, revoke_object_url).enumerable(true),
    ],
};

/// The state of a URL. `params` is the one object that `searchParams` gives, once asked for.
#[derive(Trace, Finalize, JsData)]
struct Record {
    #[unsafe_ignore_trace]
    url: RefCell<Url>,
    params: boa_gc::GcRefCell<Option<JsObject>>,
}

/// Whether an object is one of these.
pub(super) fn is_url(object: &JsObject) -> bool {
    object.is::<Record>()
}

/// A new URL object.
pub(super) fn from_parsed(url: Url, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = URL.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Record::new(url)))
}

/// Changes the query of the URL that a URLSearchParams belongs to.
pub(super) fn set_query(url: &JsObject, query: &str) {
    if let Some(record) = url.downcast_ref::<Record>() {
        record.url.borrow_mut().set_query((!query.is_empty()).then_some(query));
    }
}

impl Record {
    fn new(url: Url) -> Self {
        Self { url: RefCell::new(url), params: boa_gc::GcRefCell::new(None) }
    }
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (input, base) = parse_arguments(args, cx)?;
    let url = parse_with(&input, base.as_deref()).ok_or_else(|| invalid_url(&input, base.as_deref(), cx))?;
    let prototype = instance_prototype(&URL, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Record::new(url)).into())
}

fn parse_arguments(args: &[JsValue], cx: &mut Context) -> JsResult<(String, Option<String>)> {
    let Some(input) = args.first() else {
        return Err(errors::missing_args(&["url"], cx));
    };
    let input = usv_string(input, cx)?;
    let base = match args.get_or_undefined(1) {
        base if base.is_undefined() => None,
        base => Some(usv_string(base, cx)?),
    };
    Ok((input, base))
}

fn parse_with(input: &str, base: Option<&str>) -> Option<Url> {
    match base {
        Some(base) => parser::join(&parser::parse(base)?, input),
        None => parser::parse(input),
    }
}

fn parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (input, base) = parse_arguments(args, cx)?;
    match parse_with(&input, base.as_deref()) {
        Some(url) => from_parsed(url, cx).map(JsValue::from),
        None => Ok(JsValue::null()),
    }
}

fn can_parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (input, base) = parse_arguments(args, cx)?;
    Ok(parse_with(&input, base.as_deref()).is_some().into())
}

fn create_object_url(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    super::required(args, "obj", cx)?;
    let given = args.get_or_undefined(0);
    match Blob::of(given) {
        Some(blob) => Ok(js_string!(blob::create_object_url(blob, cx)?).into()),
        None => Err(errors::invalid_arg_type("obj", "Blob", given, cx)),
    }
}

fn revoke_object_url(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    super::required(args, "url", cx)?;
    let url = usv_string(args.get_or_undefined(0), cx)?;
    blob::revoke_object_url(&url, cx);
    Ok(JsValue::undefined())
}

/// The receiver of the members that look at its class first.
fn receiver(this: &JsValue) -> JsResult<JsObject> {
    this.as_object().filter(|object| object.is::<Record>()).ok_or_else(|| errors::plain(Base::Type, "Receiver must be an instance of class URL"))
}

/// The receiver of the others: in Node they read a private member.
fn receiver_with(member: &str, this: &JsValue) -> JsResult<JsObject> {
    this.as_object().filter(|object| object.is::<Record>()).ok_or_else(|| {
        let message = format!("Cannot read private member {member} from an object whose class did not declare it");
        errors::plain(Base::Type, &message)
    })
}

fn read(this: &JsValue, part: impl FnOnce(&Url) -> String) -> JsResult<JsValue> {
    let object = receiver_with("#context", this)?;
    let text = object.downcast_ref::<Record>().map(|record| part(&record.url.borrow())).unwrap_or_default();
    Ok(js_string!(text).into())
}

fn write(this: &JsValue, args: &[JsValue], change: impl FnOnce(&mut Url, &str), cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver_with("#context", this)?;
    let text = usv_string(args.get_or_undefined(0), cx)?;
    if let Some(record) = object.downcast_ref::<Record>() {
        change(&mut record.url.borrow_mut(), &text);
    }
    Ok(JsValue::undefined())
}

fn href(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    receiver(this)?;
    read(this, |url| url.as_str().to_owned())
}

fn set_href(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver_with("#context", this)?;
    let text = usv_string(args.get_or_undefined(0), cx)?;
    let url = parser::parse(&text).ok_or_else(|| invalid_legacy_url(&text, cx))?;
    if let Some(record) = object.downcast_ref::<Record>() {
        record.url.replace(url);
    }
    refresh_params(&object);
    Ok(JsValue::undefined())
}

fn search(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    receiver(this)?;
    read(this, |url| quirks::search(url).to_owned())
}

fn set_search(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    write(this, args, quirks::set_search, cx)?;
    refresh_params(&receiver_with("#context", this)?);
    Ok(JsValue::undefined())
}

/// The parameters follow a query that was set on the URL.
fn refresh_params(object: &JsObject) {
    let found = object.downcast_ref::<Record>().and_then(|record| {
        let query = record.url.borrow().query().unwrap_or_default().to_owned();
        record.params.borrow().clone().map(|params| (params, query))
    });
    if let Some((params, query)) = found {
        search_params::replace(&params, &query);
    }
}

fn search_params_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver_with("#searchParams", this)?;
    let found = object.downcast_ref::<Record>().map(|record| (record.params.borrow().clone(), record.url.borrow().query().unwrap_or_default().to_owned()));
    let Some((made, query)) = found else {
        return Ok(JsValue::undefined());
    };
    if let Some(made) = made {
        return Ok(made.into());
    }
    let params = search_params::of_url(&query, &object, cx)?;
    if let Some(record) = object.downcast_ref::<Record>() {
        *record.params.borrow_mut() = Some(params.clone());
    }
    Ok(params.into())
}

/// `[util.inspect.custom](depth, options, inspect)`
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this)?;
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(this.clone());
    }
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for key in PARTS {
        let key = Host::of(cx).intern(key);
        let value = object.get(key.clone(), cx)?;
        shown.create_data_property_or_throw(key, value, cx)?;
    }
    let show_hidden = match args.get_or_undefined(1).as_object() {
        Some(options) => options.get(js_string!("showHidden"), cx)?.to_boolean(),
        None => false,
    };
    let url = object.downcast_ref::<Record>().map(|record| record.url.borrow().clone());
    if let (true, Some(url)) = (show_hidden, url) {
        let context = context::of(&url, cx)?;
        let key = Symbol::Private("context").to_js(cx);
        shown.create_data_property_or_throw(key, context, cx)?;
    }
    let name = errors::constructor_name(&object, cx).unwrap_or_else(|| "URL".to_owned());
    let text = search_params::call_inspect(&shown.into(), args, None, cx)?;
    Ok(js_string!(format!("{name} {text}")).into())
}

const PARTS: &[&str] = &["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"];
