//! `class Headers`.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey, string::JsStr};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::{Export, Symbol},
};

use super::{
    pairs::{self, PairList},
    webidl,
};
use crate::http::text;

/// The class; `globalThis.Headers`.
pub static HEADERS: Class = Class {
    name: "Headers",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::function("append", 2, append).enumerable(true),
        Export::function("delete", 1, delete).enumerable(true),
        Export::function("get", 1, get).enumerable(true),
        Export::function("has", 1, has).enumerable(true),
        Export::function("set", 2, set).enumerable(true),
        Export::function("getSetCookie", 0, get_set_cookie).enumerable(true),
        Export::all(Data::METHODS),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::symbol_alias(Symbol::Iterator, "entries"),
        Export::tag("Headers"),
    ],
    statics: &[],
};

const SET_COOKIE: &str = "set-cookie";

/// A field.
#[derive(Clone)]
struct Field {
    /// As it was given first.
    name: String,
    lower: String,
    value: JsString,
}

/// Fields in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct HeaderList(Vec<Field>);

impl HeaderList {
    /// Adds a field whose name and value are sound.
    pub(super) fn append(&mut self, name: String, value: JsString) {
        let lower = name.to_ascii_lowercase();
        // Later fields of one name take the first one's spelling.
        let name = self.0.iter().find(|field| field.lower == lower).map_or(name, |field| field.name.clone());
        self.0.push(Field { name, lower, value });
    }

    /// Whether there is a field; `lower` is in lower case.
    pub(super) fn contains(&self, lower: &str) -> bool {
        self.0.iter().any(|field| field.lower == lower)
    }

    /// The values of a name, joined; `lower` is in lower case.
    pub(super) fn get(&self, lower: &str) -> Option<JsString> {
        let mut values = self.0.iter().filter(|field| field.lower == lower).map(|field| &field.value);
        let first = values.next()?.clone();
        let rest: Vec<&JsString> = values.collect();
        if rest.is_empty() {
            return Some(first);
        }
        let separator = js_string!(if lower == "cookie" { "; " } else { ", " });
        let mut parts: Vec<JsStr<'_>> = vec![first.as_str()];
        for value in rest {
            parts.extend([separator.as_str(), value.as_str()]);
        }
        Some(JsString::concat_array(&parts))
    }

    /// Takes all fields of a name away.
    pub(super) fn remove(&mut self, lower: &str) {
        self.0.retain(|field| field.lower != lower);
    }

    fn set(&mut self, name: String, value: JsString) {
        let lower = name.to_ascii_lowercase();
        match self.0.iter().position(|field| field.lower == lower) {
            Some(index) => {
                self.0[index].value = value;
                let mut at = 0;
                self.0.retain(|field| {
                    at += 1;
                    field.lower != lower || at == index + 1
                });
            }
            None => self.0.push(Field { name, lower, value }),
        }
    }

    /// Names and values, as they came.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &JsString)> {
        self.0.iter().map(|field| (field.name.as_str(), &field.value))
    }

    /// "Sort and combine" of the standard: one pair for each name, but for cookies.
    fn sorted(&self) -> Vec<(String, JsString)> {
        let mut names: Vec<&str> = self.0.iter().map(|field| field.lower.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let mut pairs = Vec::with_capacity(names.len());
        for name in names {
            if name == SET_COOKIE {
                pairs.extend(self.0.iter().filter(|field| field.lower == name).map(|field| (name.to_owned(), field.value.clone())));
            } else if let Some(value) = self.get(name) {
                pairs.push((name.to_owned(), value));
            }
        }
        pairs
    }
}

/// What a Headers object holds.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Data {
    #[unsafe_ignore_trace]
    list: RefCell<HeaderList>,
    #[unsafe_ignore_trace]
    immutable: bool,
    /// The pairs in the order in which iterators give them, until the list changes.
    #[unsafe_ignore_trace]
    sorted: RefCell<Option<Vec<(String, JsString)>>>,
}

impl Data {
    fn new(list: HeaderList, immutable: bool) -> Self {
        Self { list: list.into(), immutable, sorted: RefCell::default() }
    }

    fn sorted_pair(&self, index: usize) -> Option<(String, JsString)> {
        let mut sorted = self.sorted.borrow_mut();
        sorted.get_or_insert_with(|| self.list.borrow().sorted()).get(index).cloned()
    }
}

/// A Headers object of these fields.
pub(super) fn object(list: HeaderList, immutable: bool, cx: &mut Context) -> JsResult<JsObject> {
    Ok(JsObject::from_proto_and_data(HEADERS.prototype(cx)?, Data::new(list, immutable)).upcast())
}

/// A copy of an object's fields; none where it is no Headers.
pub(super) fn list_of(object: &JsObject) -> Option<HeaderList> {
    object.downcast_ref::<Data>().map(|data| data.list.borrow().clone())
}

/// Changes an object's fields.
pub(super) fn change(object: &JsObject, change: impl FnOnce(&mut HeaderList)) {
    if let Some(data) = object.downcast_ref::<Data>() {
        data.sorted.replace(None);
        change(&mut data.list.borrow_mut());
    }
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&HEADERS, cx)?;
    let init = args.get_or_undefined(0);
    let list = if init.is_undefined() { HeaderList::default() } else { read_init(init, "Headers constructor", "init", cx)? };
    Ok(JsObject::from_proto_and_data(prototype, Data::new(list, false)).upcast().into())
}

/// HeadersInit: pairs, a record, or another Headers.
pub(super) fn read_init(init: &JsValue, what: &str, argument: &str, cx: &mut Context) -> JsResult<HeaderList> {
    let Some(object) = init.as_object() else {
        let expected = "sequence<sequence<ByteString>>, record<ByteString, ByteString>";
        return Err(webidl::type_error(format!("{what}: Argument 1 could not be converted to one of: {expected}.")));
    };
    if let Some(list) = list_of(&object) {
        return Ok(list);
    }
    let mut list = HeaderList::default();
    if object.get(JsSymbol::iterator(), cx)?.is_callable() {
        for (index, pair) in sequence(init, cx)?.into_iter().enumerate() {
            let iterable = match pair.as_object() {
                Some(pair) => pair.get(JsSymbol::iterator(), cx)?.is_callable(),
                None => false,
            };
            if !iterable {
                return Err(webidl::type_error(format!("{what}: {argument}[{index}] ({}) is not iterable.", webidl::named(&pair, cx))));
            }
            let mut parts = Vec::new();
            for part in sequence(&pair, cx)? {
                parts.push(webidl::byte_string(&part, cx)?);
            }
            let [name, value] = parts.as_slice() else {
                return Err(webidl::type_error(format!("{what}: expected name/value pair to be length 2, found {}.", parts.len())));
            };
            add(&mut list, name, value, "Headers.append")?;
        }
        return Ok(list);
    }
    let record = JsObject::with_null_proto();
    record.copy_data_properties::<JsString>(init, Vec::new(), cx)?;
    for key in record.own_property_keys(cx)? {
        if let PropertyKey::Symbol(symbol) = &key {
            return Err(webidl::type_error(format!("{what}: Key {} in {argument} is a symbol, which cannot be converted to a ByteString.", symbol.descriptive_string().to_std_string_lossy())));
        }
        let name = webidl::byte_string(&key.clone().into(), cx)?;
        let value = record.get(key, cx)?;
        let value = webidl::byte_string(&value, cx)?;
        add(&mut list, &name, &value, "Headers.append")?;
    }
    Ok(list)
}

fn sequence(iterable: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let mut values = Vec::new();
    crate::url::for_each_of(iterable, cx, |value, _| {
        values.push(value);
        Ok(())
    })?;
    Ok(values)
}

/// A value without the white space around it.
fn normalized(value: &JsString) -> JsString {
    let is_space = |unit: u16| matches!(unit, 0x09 | 0x0A | 0x0D | 0x20);
    let len = value.len();
    let start = value.iter().take_while(|unit| is_space(*unit)).count();
    if start == len {
        return JsString::default();
    }
    let mut end = len;
    while value.get(end - 1..end).is_some_and(|last| last.iter().all(is_space)) {
        end -= 1;
    }
    if (start, end) == (0, len) { value.clone() } else { value.get(start..end).unwrap_or_default() }
}

/// Checks a field and gives its name, and its value without the white space around it.
fn checked(name: &JsString, value: &JsString, what: &str) -> JsResult<(String, JsString)> {
    let value = normalized(value);
    if !text::is_token(name) {
        return Err(invalid_name(name, what));
    }
    let sound = value.iter().all(|unit| !matches!(unit, 0 | 0x0A | 0x0D));
    if !sound {
        return Err(webidl::type_error(format!("{what}: \"{}\" is an invalid header value.", value.to_std_string_lossy())));
    }
    Ok((name.to_std_string_lossy(), value))
}

fn invalid_name(name: &JsString, what: &str) -> boa_engine::JsError {
    webidl::type_error(format!("{what}: \"{}\" is an invalid header name.", name.to_std_string_lossy()))
}

fn add(list: &mut HeaderList, name: &JsString, value: &JsString, what: &str) -> JsResult<()> {
    let (name, value) = checked(name, value, what)?;
    list.append(name, value);
    Ok(())
}

/// The receiver of a method.
fn this_headers(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    match this.as_object().filter(JsObject::is::<Data>) {
        Some(object) => Ok(object),
        None => Err(webidl::illegal_invocation(cx)),
    }
}

fn read<T>(object: &JsObject, read: impl FnOnce(&HeaderList) -> T, cx: &mut Context) -> JsResult<T> {
    match object.downcast_ref::<Data>() {
        Some(data) => Ok(read(&data.list.borrow())),
        None => Err(webidl::illegal_invocation(cx)),
    }
}

/// The first argument as a name in lower case.
fn name_argument(args: &[JsValue], what: &str, cx: &mut Context) -> JsResult<JsString> {
    webidl::require(args, 1, what)?;
    webidl::byte_string(&args[0], cx)
}

fn known_name(name: &JsString, what: &str) -> JsResult<String> {
    if !text::is_token(name) {
        return Err(invalid_name(name, what));
    }
    Ok(name.to_std_string_lossy().to_ascii_lowercase())
}

fn refuse_immutable(object: &JsObject) -> JsResult<()> {
    match object.downcast_ref::<Data>() {
        Some(data) if data.immutable => Err(webidl::type_error("immutable")),
        _ => Ok(()),
    }
}

fn append(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    put(this, args, "Headers.append", HeaderList::append, cx)
}

fn set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    put(this, args, "Headers.set", HeaderList::set, cx)
}

fn put(this: &JsValue, args: &[JsValue], what: &str, put: fn(&mut HeaderList, String, JsString), cx: &mut Context) -> JsResult<JsValue> {
    let object = this_headers(this, cx)?;
    webidl::require(args, 2, what)?;
    let name = webidl::byte_string(&args[0], cx)?;
    let value = webidl::byte_string(&args[1], cx)?;
    let (name, value) = checked(&name, &value, what)?;
    refuse_immutable(&object)?;
    change(&object, |list| put(list, name, value));
    Ok(JsValue::undefined())
}

fn delete(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this_headers(this, cx)?;
    let name = name_argument(args, "Headers.delete", cx)?;
    let name = known_name(&name, "Headers.delete")?;
    refuse_immutable(&object)?;
    change(&object, |list| list.remove(&name));
    Ok(JsValue::undefined())
}

fn get(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this_headers(this, cx)?;
    let name = name_argument(args, "Headers.get", cx)?;
    let name = known_name(&name, "Headers.get")?;
    let found = read(&object, |list| list.get(&name), cx)?;
    Ok(found.map_or_else(JsValue::null, JsValue::from))
}

fn has(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this_headers(this, cx)?;
    let name = name_argument(args, "Headers.has", cx)?;
    let name = known_name(&name, "Headers.has")?;
    read(&object, |list| list.contains(&name), cx).map(JsValue::from)
}

fn get_set_cookie(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this_headers(this, cx)?;
    let cookies: Vec<JsValue> = read(&object, |list| list.0.iter().filter(|field| field.lower == SET_COOKIE).map(|field| field.value.clone().into()).collect(), cx)?;
    Ok(boa_engine::object::builtins::JsArray::from_iter(cookies, cx).into())
}

impl PairList for Data {
    const NAME: &'static str = "Headers";

    fn iterator() -> &'static Class {
        &pairs::HEADERS_ITERATOR
    }

    fn receiver(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
        this_headers(this, cx)
    }

    fn pair_at(object: &JsObject, index: usize, cx: &mut Context) -> JsResult<Option<(JsValue, JsValue)>> {
        let pair = match object.downcast_ref::<Data>() {
            Some(data) => data.sorted_pair(index),
            None => return Err(webidl::illegal_invocation(cx)),
        };
        Ok(pair.map(|(name, value)| (js_string!(name).into(), value.into())))
    }
}

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this_headers(this, cx)?;
    let list = read(&object, Clone::clone, cx)?;
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for field in &list.0 {
        if let Some(value) = list.get(&field.lower) {
            shown.create_data_property_or_throw(js_string!(field.name.as_str()), value, cx)?;
        }
    }
    webidl::inspect_as(this, &shown, args, cx)
}
