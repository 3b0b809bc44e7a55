//! `module.SourceMap` and `module.findSourceMap`: version 3 of <https://tc39.es/ecma426/>, maps of sections too.
//!
//! Differs from Node: the map of a file that was not loaded is found too.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    launch::Launch,
    table::Export,
    validate,
};
use rustc_hash::FxHashMap;

use crate::{
    files::{Files, dirname, resolve},
    urls::{base64, path_of_url, percent_decode, url_of_path},
};

/// `SourceMap`
pub(crate) static SOURCE_MAP: Class = Class {
    name: "SourceMap",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("payload", |this, _args, cx| {
            let map = of(this)?;
            copied(&read(&map, |map| map.payload.clone()), cx)
        }),
        Export::getter("lineLengths", |this, _args, cx| {
            let map = of(this)?;
            copied(&read(&map, |map| map.line_lengths.clone()), cx)
        }),
        Export::function("findEntry", 2, find_entry),
        Export::function("findOrigin", 2, find_origin),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct Map {
    payload: JsValue,
    line_lengths: JsValue,
    #[unsafe_ignore_trace]
    entries: Vec<Entry>,
}

/// Where a piece of the generated text comes from. All counted from 0.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    line: f64,
    column: f64,
    origin: Option<Origin>,
}

/// A place in a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origin {
    /// The source's URL, or what else the map calls it.
    pub source: Option<JsString>,
    /// Counted from 0.
    pub line: f64,
    /// Counted from 0.
    pub column: f64,
    /// What stands there is called in the source.
    pub name: Option<JsString>,
}

fn of(this: &JsValue) -> JsResult<JsObject> {
    let found = this.as_object().filter(|object| object.is::<Map>());
    found.ok_or_else(|| errors::plain(Base::Type, "Cannot read private member #mappings from an object whose class did not declare it"))
}

/// Looks at a map that [`of`] has found.
fn read<R: Default>(map: &JsObject, look: impl FnOnce(&Map) -> R) -> R {
    map.downcast_ref::<Map>().map(|map| look(&map)).unwrap_or_default()
}

/// A copy to any depth, of what JSON holds.
fn copied(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = value.as_object() else { return Ok(value.clone()) };
    let copy = if object.is_array() { boa_engine::object::builtins::JsArray::from_iter([], cx).into() } else { JsObject::with_object_proto(cx.intrinsics()) };
    for key in object.own_property_keys(cx)? {
        if object.own_property(&key, cx)?.is_some_and(|own| own.enumerable() == Some(true)) {
            let value = object.get(key.clone(), cx)?;
            let value = copied(&value, cx)?;
            copy.create_data_property_or_throw(key, value, cx)?;
        }
    }
    Ok(copy.into())
}

/// `new SourceMap(payload[, { lineLengths }])`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&SOURCE_MAP, cx)?;
    let payload = validate::object(args.get_or_undefined(0), "payload", cx)?;
    let line_lengths = match args.get_or_undefined(1) {
        options if options.is_undefined() => JsValue::undefined(),
        options => options.to_object(cx)?.get(js_string!("lineLengths"), cx)?,
    };
    let line_lengths = if line_lengths.as_object().is_some_and(|lengths| lengths.is_array()) { line_lengths } else { JsValue::undefined() };
    Ok(make(prototype, &payload, &line_lengths, cx)?.into())
}

fn make(prototype: JsObject, payload: &JsObject, line_lengths: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let payload = copied(&payload.clone().into(), cx)?.to_object(cx)?;
    let mut entries = Vec::new();
    let sections = payload.get(js_string!("sections"), cx)?;
    if sections.to_boolean() {
        let sections = sections.to_object(cx)?;
        let count = sections.get(js_string!("length"), cx)?.to_length(cx)?;
        for index in 0..count {
            let section = sections.get(index, cx)?.to_object(cx)?;
            let offset = section.get(js_string!("offset"), cx)?.to_object(cx)?;
            let line = offset.get(js_string!("line"), cx)?.to_number(cx)?;
            let column = offset.get(js_string!("column"), cx)?.to_number(cx)?;
            let map = section.get(js_string!("map"), cx)?.to_object(cx)?;
            read_mappings(&map, (line, column), &mut entries, cx)?;
        }
    } else {
        read_mappings(&payload, (0.0, 0.0), &mut entries, cx)?;
    }
    entries.sort_by(|a, b| (a.line, a.column).partial_cmp(&(b.line, b.column)).unwrap_or(std::cmp::Ordering::Equal));
    let line_lengths = copied(line_lengths, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Map { payload: payload.into(), line_lengths, entries }))
}

/// The texts of an array; absent ones are none.
fn texts(map: &JsObject, key: &'static str, needed: bool, cx: &mut Context) -> JsResult<Vec<Option<JsString>>> {
    let list = map.get(js_string!(key), cx)?;
    let Some(list) = list.as_object() else {
        if needed && list.is_null_or_undefined() {
            return Err(errors::plain(Base::Type, format!("Cannot read properties of {} (reading 'length')", list.display())));
        }
        return Ok(Vec::new());
    };
    let count = list.get(js_string!("length"), cx)?.to_length(cx)?.min(LIST_MAX);
    (0..count).map(|index| Ok(list.get(index, cx)?.as_string())).collect()
}

/// Fields of a whole segment: column, source, its line, its column, name.
const FIELDS: usize = 5;

/// Sources and names of one map: no tool writes more.
const LIST_MAX: u64 = 1 << 24;

/// The entries of a map whose text begins at `start`.
fn read_mappings(map: &JsObject, start: (f64, f64), entries: &mut Vec<Entry>, cx: &mut Context) -> JsResult<()> {
    let sources = texts(map, "sources", true, cx)?;
    let names = texts(map, "names", false, cx)?;
    let mappings = map.get(js_string!("mappings"), cx)?;
    if mappings.is_undefined() {
        return Err(errors::plain(Base::Type, "Cannot read properties of undefined (reading 'length')"));
    }
    let mappings = mappings.to_string(cx)?.to_std_string_lossy();
    let (mut line, mut column) = start;
    let (mut source, mut source_line, mut source_column, mut name) = (0_i64, 0_i64, 0_i64, 0_i64);
    for (index, text) in mappings.split(';').enumerate() {
        if index > 0 {
            line += 1.0;
            column = 0.0;
        }
        for segment in text.split(',').filter(|segment| !segment.is_empty()) {
            let mut fields = vlq(segment);
            // As in Node, fields that the last segment of all leaves out are zeros.
            if segment.as_ptr() as usize + segment.len() == mappings.as_ptr() as usize + mappings.len() {
                fields.resize(fields.len().max(FIELDS), 0);
            }
            column += fields.first().copied().unwrap_or(0) as f64;
            let origin = match fields.as_slice() {
                [_, source_delta, line_delta, column_delta, rest @ ..] => {
                    source = source.saturating_add(*source_delta);
                    source_line = source_line.saturating_add(*line_delta);
                    source_column = source_column.saturating_add(*column_delta);
                    let named = rest.first().map(|delta| {
                        name = name.saturating_add(*delta);
                        name
                    });
                    let at = |list: &[Option<JsString>], index: i64| usize::try_from(index).ok().and_then(|index| list.get(index).cloned().flatten());
                    Some(Origin { source: at(&sources, source), line: source_line as f64, column: source_column as f64, name: named.and_then(|index| at(&names, index)) })
                }
                _ => None,
            };
            entries.push(Entry { line, column, origin });
        }
    }
    Ok(())
}

/// The numbers of a segment: groups of five bits in base 64, the low ones first, the sign lowest.
fn vlq(segment: &str) -> Vec<i64> {
    let (mut numbers, mut number, mut shift) = (Vec::new(), 0_i64, 0_u32);
    for byte in segment.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        if shift < 60 {
            number |= i64::from(digit & 31) << shift;
        }
        shift += 5;
        if digit & 32 == 0 {
            // A negative zero is the least number of 32 bits, as in Node.
            let value = (number >> 1) as i32;
            numbers.push(if number & 1 == 1 { i64::from(value.wrapping_neg() | i32::MIN) } else { i64::from(value) });
            (number, shift) = (0, 0);
        }
    }
    numbers
}

/// The last entry at or before a place. A place that is no number is behind all.
fn entry_at(map: &Map, line: f64, column: f64) -> Option<Entry> {
    let after = map.entries.partition_point(|entry| !(line < entry.line || line == entry.line && column < entry.column));
    after.checked_sub(1).and_then(|index| map.entries.get(index).cloned())
}

fn number(args: &[JsValue], index: usize, cx: &mut Context) -> JsResult<f64> {
    args.get_or_undefined(index).to_number(cx)
}

/// `sourceMap.findEntry(lineOffset, columnOffset)`
fn find_entry(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let map = of(this)?;
    let (line, column) = (number(args, 0, cx)?, number(args, 1, cx)?);
    let found = read(&map, |map| entry_at(map, line, column));
    let object = JsObject::with_object_proto(cx.intrinsics());
    let Some(Entry { line, column, origin }) = found else { return Ok(object.into()) };
    let text = |text: Option<JsString>| text.map_or_else(JsValue::undefined, JsValue::from);
    let mut put = |key: &'static str, value: JsValue| object.create_data_property_or_throw(js_string!(key), value, cx).map(drop);
    put("generatedLine", line.into())?;
    put("generatedColumn", column.into())?;
    let (source, line, column, name) = match origin {
        Some(origin) => (text(origin.source), origin.line.into(), origin.column.into(), text(origin.name)),
        None => Default::default(),
    };
    put("originalSource", source)?;
    put("originalLine", line)?;
    put("originalColumn", column)?;
    put("name", name)?;
    Ok(object.into())
}

/// `sourceMap.findOrigin(lineNumber, columnNumber)`: counted from 1.
fn find_origin(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let map = of(this)?;
    let (line, column) = (number(args, 0, cx)?, number(args, 1, cx)?);
    let found = read(&map, |map| entry_at(map, line - 1.0, column - 1.0));
    let object = JsObject::with_object_proto(cx.intrinsics());
    let Some(Entry { line: from_line, column: from_column, origin: Some(Origin { source: Some(source), line: to_line, column: to_column, name }) }) = found else {
        return Ok(object.into());
    };
    let mut put = |key: &'static str, value: JsValue| object.create_data_property_or_throw(js_string!(key), value, cx).map(drop);
    put("name", name.map_or_else(JsValue::undefined, JsValue::from))?;
    put("fileName", source.into())?;
    put("lineNumber", (to_line + line - from_line).into())?;
    put("columnNumber", (to_column + column - from_column).into())?;
    Ok(object.into())
}

/// Maps that were found, by file; nothing for a file that has none.
#[derive(Default)]
struct Found(RefCell<FxHashMap<String, Option<JsObject>>>);

/// `module.findSourceMap(path)`: only while source maps are on.
pub(crate) fn find(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(asked) = args.get_or_undefined(0).as_string() else { return Ok(JsValue::undefined()) };
    let found = of_file(&asked.to_std_string_lossy(), cx)?;
    Ok(found.map_or_else(JsValue::undefined, JsValue::from))
}

/// The map of a file, by its path or URL, while source maps are on.
pub(crate) fn of_file(asked: &str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let host = Host::of(cx);
    let launch = host.state::<Launch>();
    if !launch.source_maps.get() {
        return Ok(None);
    }
    let path = if asked.starts_with("file:") { path_of_url(asked) } else { Some(asked.to_owned()).filter(|path| path.starts_with('/')) };
    let Some(path) = path else { return Ok(None) };
    if !launch.source_maps_of_packages.get() && path.contains("/node_modules/") {
        return Ok(None);
    }
    if let Some(found) = host.state::<Found>().0.borrow().get(&path).cloned() {
        return Ok(found);
    }
    let noted = host.state::<Loaded>().0.borrow().get(&path).cloned();
    let noted = noted.or_else(|| Files::text(&path, host.sys()).ok().map(|text| Comment::of(&text)));
    let Some(comment) = noted else { return Ok(None) };
    let map = read_comment(&comment, &path, cx)?;
    host.state::<Found>().0.borrow_mut().insert(path, map.clone());
    Ok(map)
}

/// What the last comment of a loaded text says of its map, by file. Loaders may have made the text: the file says nothing of it then.
#[derive(Default)]
struct Loaded(RefCell<FxHashMap<String, Comment>>);

/// What a text says of its map.
#[derive(Clone)]
struct Comment {
    /// What follows `sourceMappingURL=`.
    url: Option<String>,
    /// Code units of each line.
    line_lengths: Vec<usize>,
}

impl Comment {
    fn of(text: &str) -> Self {
        let url = mapping_url(text).map(str::to_owned);
        let lines = if url.is_some() { text.strip_suffix('\n').unwrap_or(text).split('\n').map(|line| line.encode_utf16().count()).collect() } else { Vec::new() };
        Self { url, line_lengths: lines }
    }
}

/// Notes what a text says of its map, while source maps are on. `file` is the path or URL that it is compiled under.
pub(crate) fn note(text: &str, file: &str, cx: &Context) {
    let host = Host::of(cx);
    if !host.state::<Launch>().source_maps.get() {
        return;
    }
    if let Some(path) = if file.starts_with("file:") { path_of_url(file) } else { Some(file.to_owned()) } {
        host.state::<Found>().0.borrow_mut().remove(&path);
        host.state::<Loaded>().0.borrow_mut().insert(path, Comment::of(text));
    }
}

/// The map that a text's comment names.
fn read_comment(comment: &Comment, path: &str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let host = Host::of(cx);
    let Some((json, base)) = comment.url.as_deref().and_then(|url| map_at(url, path, &host)) else { return Ok(None) };
    let Ok(payload) = boa_engine::json::parse_text(&js_string!(json), cx) else { return Ok(None) };
    let Some(payload) = payload.as_object() else { return Ok(None) };
    absolute_sources(&payload, &base, cx)?;
    let lengths = boa_engine::object::builtins::JsArray::from_iter(comment.line_lengths.iter().map(|length| JsValue::from(*length)), cx);
    let prototype = SOURCE_MAP.prototype(cx)?;
    make(prototype, &payload, &lengths.into(), cx).map(Some)
}

/// Where a place of the generated text, counted from 0, comes from.
pub(crate) fn origin_at(map: &JsObject, line: f64, column: f64) -> Option<Origin> {
    read(map, |map| entry_at(map, line, column))?.origin
}

/// The text of a source that the map holds itself.
pub(crate) fn source_content(map: &JsObject, source: &str, cx: &mut Context) -> Option<String> {
    let payload = read(map, |map| map.payload.clone()).as_object()?;
    let sources = texts(&payload, "sources", false, cx).ok()?;
    let index = sources.iter().position(|name| name.as_ref().is_some_and(|name| name == source))?;
    let contents = texts(&payload, "sourcesContent", false, cx).ok()?;
    contents.get(index)?.as_ref().map(JsString::to_std_string_lossy)
}

/// What the last comment of a text says that its map is at.
fn mapping_url(text: &str) -> Option<&str> {
    let line = text.lines().rev().find_map(|line| {
        let comment = line.trim().strip_prefix("//# ").or_else(|| line.trim().strip_prefix("//@ ")).or_else(|| line.trim().strip_prefix("/*# "))?;
        comment.trim().strip_prefix("sourceMappingURL=")
    })?;
    line.split_whitespace().next()
}

/// The map at a URL that the file at `path` names, and the file that its sources are relative to.
fn map_at(url: &str, path: &str, host: &Host) -> Option<(String, String)> {
    if let Some(data) = url.strip_prefix("data:") {
        let (kind, data) = data.split_once(',')?;
        if !kind.starts_with("application/json") {
            return None;
        }
        let json = if kind.ends_with(";base64") { String::from_utf8(base64(data)).ok()? } else { percent_decode(data) };
        return Some((json, path.to_owned()));
    }
    let file = match url.strip_prefix("file:") {
        Some(_) => path_of_url(url)?,
        None => resolve(dirname(path), &percent_decode(url)),
    };
    let json = Files::text(&file, host.sys()).ok()?;
    Some((json, file))
}

/// Sources as URLs of files.
fn absolute_sources(payload: &JsObject, file: &str, cx: &mut Context) -> JsResult<()> {
    let root = payload.get(js_string!("sourceRoot"), cx)?.as_string().map(|root| root.to_std_string_lossy()).unwrap_or_default();
    let sources = texts(payload, "sources", false, cx)?;
    let sources: Vec<JsValue> = sources
        .into_iter()
        .map(|source| {
            let source = format!("{root}{}", source.map(|source| source.to_std_string_lossy()).unwrap_or_default());
            let url = if source.contains("://") { source } else { url_of_path(&resolve(dirname(file), &source)) };
            js_string!(url).into()
        })
        .collect();
    let sources = boa_engine::object::builtins::JsArray::from_iter(sources, cx);
    payload.create_data_property_or_throw(js_string!("sources"), sources, cx)?;
    payload.create_data_property_or_throw(js_string!("sourceRoot"), js_string!(), cx).map(drop)
}

#[cfg(test)]
mod tests {
    use super::vlq;

    #[test]
    fn segments_are_numbers() {
        assert_eq!(vlq("AAgBC"), [0, 0, 16, 1]);
        assert_eq!(vlq("D"), [-1]);
    }
}
