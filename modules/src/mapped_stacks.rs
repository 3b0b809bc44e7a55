//! Stacks in terms of the sources that a program was made from, while source maps are on (`--enable-source-maps`,
//! `module.setSourceMapsSupport`, `process.setSourceMapsEnabled`).
//!
//! The engine asks `Error.prepareStackTrace` for the text of a stack; the first time that maps are turned on, its own one is replaced
//! by the one here. A program that sets its own is asked instead, as in Node.
//!
//! <https://nodejs.org/api/cli.html#--enable-source-maps>
//!
//! Differs from Node: code that was given to `eval` has no name by `//# sourceURL`, so its map is not found.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsNativeError, JsObject, JsResult, JsValue, js_string, property::PropertyDescriptor, stack::Location};
use coil_engine::{Host, launch::Launch, table};

use crate::{
    files::Files,
    source_map::{self, Origin},
    urls::path_of_url,
};

/// The `Error.prepareStackTrace` of the engine, once ours stands in its place.
#[derive(Default)]
struct Replaced(RefCell<Option<JsObject>>);

/// What both functions are called.
const NAME: &str = "ErrorPrepareStackTrace";

/// Lets a host map the stacks of its errors: `use_source_maps` comes here from now on.
pub fn install(host: &Host) {
    let launch = host.state::<Launch>();
    launch.source_maps_changed.set(Some(changed));
    launch.mapped_place.set(Some(place));
}

/// Source maps were turned on or off.
fn changed(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    if !host.state::<Launch>().source_maps.get() || host.state::<Replaced>().0.borrow().is_some() {
        return Ok(());
    }
    let constructor = cx.intrinsics().constructors().error().constructor();
    let key = js_string!("prepareStackTrace");
    let found = constructor.own_property(&key.clone().into(), cx)?.and_then(|own| own.value().and_then(JsValue::as_object));
    // A program's own one stays. It has another name than the engine's.
    let Some(found) = found else { return Ok(()) };
    if found.get(js_string!("name"), cx)?.as_string().is_none_or(|name| name != NAME) {
        return Ok(());
    }
    let ours = table::function(prepare, js_string!(NAME), 2, cx);
    *host.state::<Replaced>().0.borrow_mut() = Some(found);
    constructor.define_property_or_throw(key, PropertyDescriptor::builder().value(ours), cx).map(drop)
}

/// `Error.prepareStackTrace(error, callSites)`
fn prepare(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let engines = host.state::<Replaced>().0.borrow().clone();
    let Some(engines) = engines else { return Ok(JsValue::undefined()) };
    let sites = args.get_or_undefined(1).as_object().filter(|_| host.state::<Launch>().source_maps.get());
    let Some(sites) = sites else { return engines.call(this, args, cx) };
    let header = engines.call(this, &[args.get_or_undefined(0).clone()], cx)?;
    let mut text = header.to_string(cx)?.to_std_string_lossy();
    let count = sites.get(js_string!("length"), cx)?.to_length(cx)?;
    for index in 0..count {
        let site = sites.get(index, cx)?;
        let caller = sites.get(index + 1, cx)?;
        text += "\n    at ";
        text += &match frame(&site, &caller, cx)? {
            Some(frame) => frame,
            None => site.to_string(cx)?.to_std_string_lossy(),
        };
    }
    Ok(js_string!(text).into())
}

/// A frame in terms of its source; nothing where no map tells it.
fn frame(site: &JsValue, caller: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    let Some(site) = site.as_object() else { return Ok(None) };
    let Some((file, line, column)) = site_place(&site, "getFileName", "getLineNumber", "getColumnNumber", cx)? else { return Ok(None) };
    let Some(map) = source_map::of_file(&file, cx)? else { return Ok(None) };
    let Some(Origin { source: Some(source), line, column, .. }) = source_map::origin_at(&map, line - 1.0, column - 1.0) else { return Ok(None) };
    let name = match enclosing_name(&map, &site, cx)? {
        Some(name) => Some(name),
        None => name_at_caller(&map, &file, caller, cx)?,
    };
    let name = match name {
        Some(name) => name,
        None => function_name(&site, cx)?.unwrap_or_else(|| "<anonymous>".to_owned()),
    };
    let is_constructor = ask(&site, "isConstructor", cx)?.to_boolean();
    let prefix = match (ask(&site, "isAsync", cx)?.to_boolean(), is_constructor) {
        (true, _) => "async ",
        (false, true) => "new ",
        (false, false) => "",
    };
    // What a constructor makes has no type yet.
    let receiver = text(&ask(&site, "getTypeName", cx)?).filter(|name| !is_constructor && name != "global").map_or_else(String::new, |name| name + ".");
    let source = shown_source(&source.to_std_string_lossy());
    Ok(Some(format!("{prefix}{receiver}{name} ({source}:{}:{})", line + 1.0, column + 1.0)))
}

/// Compilers shorten names: the map may know the one that the function around the place had.
fn enclosing_name(map: &JsObject, site: &JsObject, cx: &mut Context) -> JsResult<Option<String>> {
    let Some((_, line, column)) = site_place(site, "getFileName", "getEnclosingLineNumber", "getEnclosingColumnNumber", cx)? else { return Ok(None) };
    Ok(source_map::origin_at(map, line - 1.0, column - 1.0).and_then(|origin| origin.name).map(|name| name.to_std_string_lossy()))
}

/// The name by which the caller calls it, where the caller is in the same file.
fn name_at_caller(map: &JsObject, file: &str, caller: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    let Some(caller) = caller.as_object() else { return Ok(None) };
    let place = site_place(&caller, "getFileName", "getLineNumber", "getColumnNumber", cx)?;
    let Some((_, line, column)) = place.filter(|(called_from, ..)| called_from == file) else { return Ok(None) };
    Ok(source_map::origin_at(map, line - 1.0, column - 1.0).and_then(|origin| origin.name).map(|name| name.to_std_string_lossy()))
}

fn function_name(site: &JsObject, cx: &mut Context) -> JsResult<Option<String>> {
    for question in ["getFunctionName", "getMethodName"] {
        if let Some(name) = text(&ask(site, question, cx)?).filter(|name| !name.is_empty()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// What three questions to a call site say: a file, a line and a column, both counted from 1.
fn site_place(site: &JsObject, file: &'static str, line: &'static str, column: &'static str, cx: &mut Context) -> JsResult<Option<(String, f64, f64)>> {
    let (file, line, column) = (ask(site, file, cx)?, ask(site, line, cx)?, ask(site, column, cx)?);
    Ok(text(&file).zip(line.as_number()).zip(column.as_number()).map(|((file, line), column)| (file, line, column)))
}

/// Calls a method of a call site; what a script gave for one may lack it.
fn ask(site: &JsObject, method: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let method = site.get(js_string!(method), cx)?;
    let Some(method) = method.as_callable() else { return Err(JsNativeError::typ().with_message("callSite is not a CallSite").into()) };
    method.call(&site.clone().into(), &[], cx)
}

fn text(value: &JsValue) -> Option<String> {
    value.as_string().map(|text| text.to_std_string_lossy())
}

/// A source as stacks show it: a file by its path.
fn shown_source(source: &str) -> String {
    if source.starts_with("file:") { path_of_url(source) } else { None }.unwrap_or_else(|| source.to_owned())
}

/// Where an error was thrown, in terms of the source, with that line of it; nothing where no map or no source tells it.
fn place(thrown: &Location, cx: &mut Context) -> Option<Location> {
    if !Host::of(cx).state::<Launch>().source_maps.get() {
        return None;
    }
    let map = source_map::of_file(thrown.file.as_deref()?, cx).ok()??;
    let origin = source_map::origin_at(&map, f64::from(thrown.line) - 1.0, f64::from(thrown.column) - 1.0)?;
    let source = origin.source?.to_std_string_lossy();
    let content = source_map::source_content(&map, &source, cx).or_else(|| Files::text(&path_of_url(&source)?, Host::of(cx).sys()).ok())?;
    let line = content.lines().nth(origin.line as usize).filter(|line| !line.is_empty())?;
    Some(Location { file: Some(shown_source(&source)), line: origin.line as u32 + 1, column: origin.column as u32 + 1, length: 1, source_line: Some(line.to_owned()) })
}
