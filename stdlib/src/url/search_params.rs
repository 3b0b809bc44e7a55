//! `class URLSearchParams`: a list of names and values, live on the URL it came from.

use ::url::form_urlencoded;
use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsSymbol, JsValue, js_string, object::builtins::JsArray, property::PropertyKey};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::{Export, Symbol},
    validate,
};

use super::{
    iterator::{self, Shows},
    usv_string, whatwg,
};

/// `URLSearchParams`
pub(super) static URL_SEARCH_PARAMS: Class = Class {
    name: "URLSearchParams",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("size", |this, _args, cx| Ok(JsValue::from(read(this, cx, Vec::len)?))).enumerable(true),
        Export::function("append", 2, append).enumerable(true),
        Export::function("delete", 1, delete).enumerable(true),
        Export::function("get", 1, get).enumerable(true),
        Export::function("getAll", 1, get_all).enumerable(true),
        Export::function("has", 1, has).enumerable(true),
        Export::function("set", 2, set).enumerable(true),
        Export::function("sort", 0, sort).enumerable(true),
        Export::function("entries", 0, |this, _args, cx| iterate(this, Shows::Entries, cx)).enumerable(true),
        Export::function("forEach", 1, for_each).enumerable(true),
        Export::function("keys", 0, |this, _args, cx| iterate(this, Shows::Keys, cx)).enumerable(true),
        Export::function("values", 0, |this, _args, cx| iterate(this, Shows::Values, cx)).enumerable(true),
        Export::function("toString", 0, to_string).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("URLSearchParams"),
        Export::symbol_alias(Symbol::Iterator, "entries"),
    ],
    statics: &[],
};

/// A name and its value.
pub(super) type Pair = (String, String);

#[derive(Trace, Finalize, JsData)]
struct Record {
    #[unsafe_ignore_trace]
    pairs: std::cell::RefCell<Vec<Pair>>,
    url: GcRefCell<Option<JsObject>>,
}

/// The parameters of a URL.
pub(super) fn of_url(query: &str, url: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let record = Record { pairs: parse(query).into(), url: GcRefCell::new(Some(url.clone())) };
    Ok(JsObject::from_proto_and_data(URL_SEARCH_PARAMS.prototype(cx)?, record))
}

/// Whether an object is one of these.
pub(super) fn is_search_params(object: &JsObject) -> bool {
    object.is::<Record>()
}

/// The URL's query was set.
pub(super) fn replace(params: &JsObject, query: &str) {
    if let Some(record) = params.downcast_ref::<Record>() {
        record.pairs.replace(parse(query));
    }
}

/// What stands at `index` now, and how many there are.
pub(super) fn pair_at(params: &JsObject, index: usize) -> Option<Pair> {
    params.downcast_ref::<Record>().and_then(|record| record.pairs.borrow().get(index).cloned())
}

pub(super) fn parse(query: &str) -> Vec<Pair> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pairs = initial(args.get_or_undefined(0), cx)?;
    let prototype = instance_prototype(&URL_SEARCH_PARAMS, cx)?;
    let record = Record { pairs: pairs.into(), url: GcRefCell::new(None) };
    Ok(JsObject::from_proto_and_data(prototype, record).into())
}

fn initial(init: &JsValue, cx: &mut Context) -> JsResult<Vec<Pair>> {
    if init.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let Some(object) = init.as_object() else {
        let text = usv_string(init, cx)?;
        return Ok(parse(text.strip_prefix('?').unwrap_or(&text)));
    };
    let method = object.get(JsSymbol::iterator(), cx)?;
    let own = URL_SEARCH_PARAMS.prototype(cx)?.get(JsSymbol::iterator(), cx)?;
    if object.is::<Record>() && method == own {
        return read(init, cx, Clone::clone);
    }
    if method.is_null_or_undefined() {
        return from_record(&object, cx);
    }
    if !method.is_callable() {
        return Err(errors::coded(Base::Type, "ERR_ARG_NOT_ITERABLE", "Query pairs must be iterable", cx));
    }
    let mut pairs = Vec::new();
    iterator::each(init, cx, |pair, cx| {
        let pair = tuple(&pair, cx)?;
        pairs.push(pair);
        Ok(())
    })?;
    Ok(pairs)
}

fn tuple(pair: &JsValue, cx: &mut Context) -> JsResult<Pair> {
    let message = "Each query pair must be an iterable [name, value] tuple";
    let iterable = match pair.as_object() {
        Some(object) => object.get(JsSymbol::iterator(), cx)?.is_callable(),
        None => false,
    };
    if !iterable {
        return Err(errors::coded(Base::Type, "ERR_INVALID_TUPLE", message, cx));
    }
    let mut parts = Vec::new();
    iterator::each(pair, cx, |part, _cx| {
        parts.push(part);
        Ok(())
    })?;
    let [name, value] = parts.as_slice() else {
        return Err(errors::coded(Base::Type, "ERR_INVALID_TUPLE", message, cx));
    };
    Ok((usv_string(name, cx)?, usv_string(value, cx)?))
}

/// Own enumerable properties; two keys that differ in lone surrogates only are one, at the first one's place.
fn from_record(object: &JsObject, cx: &mut Context) -> JsResult<Vec<Pair>> {
    let mut pairs: Vec<Pair> = Vec::new();
    for key in object.own_property_keys(cx)? {
        if object.own_property(&key, cx)?.is_none_or(|property| property.enumerable() != Some(true)) {
            continue;
        }
        let name = usv_string(&key_value(&key), cx)?;
        let value = object.get(key, cx)?;
        let value = usv_string(&value, cx)?;
        match pairs.iter_mut().find(|(found, _)| *found == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    Ok(pairs)
}

fn key_value(key: &PropertyKey) -> JsValue {
    JsValue::from(key)
}

fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let found = this.as_object().filter(|object| object.is::<Record>());
    found.ok_or_else(|| errors::invalid_this("URLSearchParams", cx))
}

fn read<T: Default>(this: &JsValue, cx: &mut Context, look: impl FnOnce(&Vec<Pair>) -> T) -> JsResult<T> {
    let object = receiver(this, cx)?;
    Ok(object.downcast_ref::<Record>().map(|record| look(&record.pairs.borrow())).unwrap_or_default())
}

/// Changes the list, and the URL it belongs to.
fn change(this: &JsValue, cx: &mut Context, change: impl FnOnce(&mut Vec<Pair>)) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let changed = object.downcast_ref::<Record>().and_then(|record| {
        let mut pairs = record.pairs.borrow_mut();
        change(&mut pairs);
        record.url.borrow().clone().map(|url| (url, serialize(&pairs)))
    });
    if let Some((url, query)) = changed {
        whatwg::set_query(&url, &query);
    }
    Ok(JsValue::undefined())
}

pub(super) fn serialize(pairs: &[Pair]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The arguments a method needs, after its receiver was checked.
fn arguments<const N: usize>(this: &JsValue, args: &[JsValue], names: [&str; N], cx: &mut Context) -> JsResult<[String; N]> {
    receiver(this, cx)?;
    if args.len() < N {
        return Err(errors::missing_args(&names, cx));
    }
    let mut texts = [const { String::new() }; N];
    for (text, arg) in texts.iter_mut().zip(args) {
        *text = usv_string(arg, cx)?;
    }
    Ok(texts)
}

fn append(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [name, value] = arguments(this, args, ["name", "value"], cx)?;
    change(this, cx, |pairs| pairs.push((name, value)))
}

fn optional_value(args: &[JsValue], cx: &mut Context) -> JsResult<Option<String>> {
    match args.get_or_undefined(1) {
        value if value.is_undefined() => Ok(None),
        value => usv_string(value, cx).map(Some),
    }
}

fn delete(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [name] = arguments(this, args, ["name"], cx)?;
    let value = optional_value(args, cx)?;
    change(this, cx, |pairs| {
        pairs.retain(|(found, with)| *found != name || value.as_ref().is_some_and(|value| value != with));
    })
}

fn get(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [name] = arguments(this, args, ["name"], cx)?;
    let value = read(this, cx, |pairs| pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| value.clone()))?;
    Ok(value.map_or_else(JsValue::null, |value| js_string!(value).into()))
}

fn get_all(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [name] = arguments(this, args, ["name"], cx)?;
    let values = read(this, cx, |pairs| pairs.iter().filter(|(found, _)| *found == name).map(|(_, value)| JsValue::from(js_string!(value.as_str()))).collect::<Vec<_>>())?;
    Ok(JsArray::from_iter(values, cx).into())
}

fn has(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [name] = arguments(this, args, ["name"], cx)?;
    let value = optional_value(args, cx)?;
    let has = read(this, cx, |pairs| pairs.iter().any(|(found, with)| *found == name && value.as_ref().is_none_or(|value| value == with)))?;
    Ok(has.into())
}

fn set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [name, value] = arguments(this, args, ["name", "value"], cx)?;
    change(this, cx, |pairs| {
        let Some(first) = pairs.iter().position(|(found, _)| *found == name) else {
            pairs.push((name, value));
            return;
        };
        let mut at = 0;
        pairs.retain(|(found, _)| {
            at += 1;
            at - 1 <= first || *found != name
        });
        pairs[first].1 = value;
    })
}

fn sort(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    change(this, cx, |pairs| pairs.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16())))
}

fn iterate(this: &JsValue, shows: Shows, cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    iterator::over(object, shows, cx)
}

fn for_each(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    let callback = validate::function(args.get_or_undefined(0), "callback", cx)?;
    let mut index = 0;
    while let Some((name, value)) = pair_at(&object, index) {
        callback.call(args.get_or_undefined(1), &[js_string!(value).into(), js_string!(name).into(), this.clone()], cx)?;
        index += 1;
    }
    Ok(JsValue::undefined())
}

fn to_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = read(this, cx, |pairs| serialize(pairs))?;
    Ok(js_string!(text).into())
}

/// `[util.inspect.custom](depth, options, inspect)`
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return styled(args, "[Object]", cx);
    }
    let depth = inner_depth(args);
    let mut shown = Vec::new();
    let mut width = 0;
    let mut index = 0;
    while let Some((name, value)) = pair_at(&object, index) {
        let name = call_inspect(&js_string!(name).into(), args, depth.clone(), cx)?;
        let value = call_inspect(&js_string!(value).into(), args, depth.clone(), cx)?;
        let text = format!("{name} => {value}");
        width += plain_width(&text) + 2;
        shown.push(text);
        index += 1;
    }
    let name = errors::constructor_name(&object, cx).unwrap_or_else(|| "URLSearchParams".to_owned());
    let line_max = match args.get_or_undefined(1).as_object() {
        Some(options) => options.get(js_string!("breakLength"), cx)?.as_number().unwrap_or(f64::INFINITY),
        None => f64::INFINITY,
    };
    let text = if shown.is_empty() {
        format!("{name} {{}}")
    } else if width as f64 - 2.0 > line_max {
        format!("{name} {{\n  {} }}", shown.join(",\n  "))
    } else {
        format!("{name} {{ {} }}", shown.join(", "))
    };
    Ok(js_string!(text).into())
}

/// `options.stylize(text, 'special')`
pub(super) fn styled(args: &[JsValue], text: &str, cx: &mut Context) -> JsResult<JsValue> {
    let stylize = match args.get_or_undefined(1).as_object() {
        Some(options) => options.get(js_string!("stylize"), cx)?.as_function(),
        None => None,
    };
    match stylize {
        Some(stylize) => stylize.call(args.get_or_undefined(1), &[js_string!(text).into(), js_string!("special").into()], cx),
        None => Ok(js_string!(text).into()),
    }
}

/// What is left of the depth inside.
pub(super) fn inner_depth(args: &[JsValue]) -> Option<JsValue> {
    args.get_or_undefined(0).as_number().map(|depth| (depth - 1.0).into())
}

/// Calls the `inspect` an inspector was called with, with its options and another depth.
pub(super) fn call_inspect(value: &JsValue, args: &[JsValue], depth: Option<JsValue>, cx: &mut Context) -> JsResult<String> {
    let Some(inspect) = args.get_or_undefined(2).as_function() else {
        return Ok(crate::show(value, cx));
    };
    let mut options = args.get_or_undefined(1).clone();
    if let (Some(given), Some(depth)) = (options.as_object(), depth) {
        let copy = JsObject::with_object_proto(cx.intrinsics());
        for key in given.own_property_keys(cx)? {
            let value = given.get(key.clone(), cx)?;
            copy.create_data_property_or_throw(key, value, cx)?;
        }
        copy.create_data_property_or_throw(js_string!("depth"), depth, cx)?;
        options = copy.into();
    }
    Ok(inspect.call(&JsValue::undefined(), &[value.clone(), options], cx)?.to_string(cx)?.to_std_string_lossy())
}

/// The length without colours.
fn plain_width(text: &str) -> usize {
    let mut width = 0;
    let mut escaped = false;
    for unit in text.encode_utf16() {
        match unit {
            0x1b => escaped = true,
            _ if escaped => escaped = unit != u16::from(b'm'),
            _ => width += 1,
        }
    }
    width
}
