//! `node:path`, `node:path/posix`, `node:path/win32`: both flavours on every system.
//!
//! [`posix`] and [`win32`] are plain functions over code units; this file reads arguments and makes strings.
//!
//! Differs from Node: `win32.resolve` knows no working directory per drive (`=C:` in the environment).

pub mod glob;
pub mod posix;
#[cfg(test)]
mod properties;
pub mod units;
pub mod win32;

use std::{cell::OnceCell, ops::Range};

use boa_engine::{Context, HostTemplate, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, string::JsStrVariant};
use coil_engine::{
    Host, errors,
    table::{Export, NativeModule, instantiate},
    validate,
};

use self::units::{IsSeparator, Parts, Unit, extension, last_component, over_units, without_suffix};

/// A path of this system from the root, seen from `cwd`.
pub(crate) fn absolute(cwd: &str, path: &str) -> String {
    let parts = if path.starts_with('/') { vec![path.as_bytes()] } else { vec![cwd.as_bytes(), path.as_bytes()] };
    String::from_utf8_lossy(&posix::resolve(&parts)).into_owned()
}

/// `require('path')`: the flavour of this system.
pub static MODULE: NativeModule = NativeModule { name: "path", exports: &[Export::build("=", |cx| Ok(instantiate(if cfg!(windows) { &WIN32 } else { &POSIX }, cx)?.into()))] };

/// `require('path/posix')`
pub static POSIX: NativeModule = NativeModule {
    name: "path/posix",
    exports: &[
        Export::function("resolve", 0, posix_resolve).method(),
        Export::function("normalize", 1, posix_normalize).method(),
        Export::function("isAbsolute", 1, posix_is_absolute).method(),
        Export::function("join", 0, posix_join).method(),
        Export::function("relative", 2, posix_relative).method(),
        Export::function("toNamespacedPath", 1, |_, args, _| Ok(args.get_or_undefined(0).clone())).method(),
        Export::function("dirname", 1, posix_dirname).method(),
        Export::function("basename", 2, posix_basename).method(),
        Export::function("extname", 1, posix_extname).method(),
        Export::renamed("format", "bound _format", 1, |_, args, cx| format(args, "/", cx)).method(),
        Export::function("parse", 1, posix_parse).method(),
        Export::function("matchesGlob", 2, |_, args, cx| matches_glob(args, false, cx)).method(),
        Export::string("sep", "/"),
        Export::string("delimiter", ":"),
        Export::module("win32", &WIN32),
        Export::module("posix", &POSIX),
        Export::alias("_makeLong", "toNamespacedPath"),
    ],
};

/// `require('path/win32')`
pub static WIN32: NativeModule = NativeModule {
    name: "path/win32",
    exports: &[
        Export::function("resolve", 0, win32_resolve).method(),
        Export::function("normalize", 1, win32_normalize).method(),
        Export::function("isAbsolute", 1, win32_is_absolute).method(),
        Export::function("join", 0, win32_join).method(),
        Export::function("relative", 2, win32_relative).method(),
        Export::function("toNamespacedPath", 1, win32_to_namespaced_path).method(),
        Export::function("dirname", 1, win32_dirname).method(),
        Export::function("basename", 2, win32_basename).method(),
        Export::function("extname", 1, win32_extname).method(),
        Export::renamed("format", "bound _format", 1, |_, args, cx| format(args, "\\", cx)).method(),
        Export::function("parse", 1, win32_parse).method(),
        Export::function("matchesGlob", 2, |_, args, cx| matches_glob(args, true, cx)).method(),
        Export::string("sep", "\\"),
        Export::string("delimiter", ";"),
        Export::module("win32", &WIN32),
        Export::module("posix", &POSIX),
        Export::alias("_makeLong", "toNamespacedPath"),
    ],
};

/// Hands the code units of several strings to one of two instances of the same function: Latin-1 where all are.
fn over_all(texts: &[JsString], latin1: fn(&[&[u8]]) -> Vec<u8>, utf16: fn(&[&[u16]]) -> Vec<u16>) -> JsString {
    let narrow: Option<Vec<&[u8]>> = texts
        .iter()
        .map(|text| match text.variant() {
            JsStrVariant::Latin1(units) => Some(units),
            JsStrVariant::Utf16(_) => None,
        })
        .collect();
    match narrow {
        Some(pieces) => u8::text(&latin1(&pieces)),
        None => {
            let wide: Vec<Vec<u16>> = texts.iter().map(JsString::to_vec).collect();
            u16::text(&utf16(&wide.iter().map(Vec::as_slice).collect::<Vec<_>>()))
        }
    }
}

fn part(text: &JsString, range: Range<usize>) -> JsString {
    if range == (0..text.len()) { text.clone() } else { text.get(range).unwrap_or_default() }
}

/// The path argument of most functions.
fn path_argument(args: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    validate::string(args.get_or_undefined(0), "path", cx)
}

/// The working directory as a script sees it: through `process.cwd` where it was replaced.
fn cwd(cx: &mut Context) -> JsResult<JsString> {
    if let Some(process) = crate::process::made(cx) {
        let replaced = process.get(js_string!("cwd"), cx)?.as_object().filter(|cwd| !cwd.is_native_function(crate::process::cwd));
        if let Some(cwd) = replaced.filter(JsObject::is_callable) {
            return cwd.call(&process.into(), &[], cx)?.to_string(cx);
        }
    }
    match Host::of(cx).sys().cwd() {
        Ok(path) => Ok(js_string!(path.to_string_lossy().as_ref())),
        Err(error) => Err(errors::system(&error, cx)),
    }
}

// posix

fn posix_resolve(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(resolve_posix(args, cx)?.into())
}

fn resolve_posix(args: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    let mut pieces = Vec::with_capacity(args.len() + 1);
    let mut absolute = false;
    for (index, arg) in args.iter().enumerate().rev() {
        let Some(piece) = arg.as_string() else {
            return Err(errors::invalid_arg_type(&format!("paths[{index}]"), "string", arg, cx));
        };
        if !piece.is_empty() {
            absolute = over_units!(piece, units => posix::is_absolute(units));
            pieces.push(piece);
        }
        if absolute {
            break;
        }
    }
    if !absolute {
        pieces.push(cwd(cx)?);
    }
    pieces.reverse();
    Ok(over_all(&pieces, posix::resolve, posix::resolve))
}

fn posix_normalize(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    if path.is_empty() {
        return Ok(js_string!(".").into());
    }
    Ok(over_units!(path, units => Unit::text(&posix::join(&[units]))).into())
}

fn posix_is_absolute(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    Ok(over_units!(path, units => posix::is_absolute(units)).into())
}

/// The pieces of `join` that are not empty.
fn join_pieces(args: &[JsValue], cx: &mut Context) -> JsResult<Vec<JsString>> {
    let mut pieces = Vec::with_capacity(args.len());
    for arg in args {
        let piece = validate::string(arg, "path", cx)?;
        if !piece.is_empty() {
            pieces.push(piece);
        }
    }
    Ok(pieces)
}

fn posix_join(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pieces = join_pieces(args, cx)?;
    Ok(over_all(&pieces, posix::join, posix::join).into())
}

fn posix_relative(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let from = validate::string(args.get_or_undefined(0), "from", cx)?;
    let to = validate::string(args.get_or_undefined(1), "to", cx)?;
    if from == to {
        return Ok(JsString::default().into());
    }
    let from = resolve_posix(&[from.into()], cx)?;
    let to = resolve_posix(&[to.into()], cx)?;
    Ok(over_all(&[from, to], |paths| posix::relative(paths[0], paths[1]), |paths| posix::relative(paths[0], paths[1])).into())
}

fn posix_dirname(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    let range = over_units!(path, units => posix::dirname(units));
    Ok(range.map_or_else(|| js_string!("."), |range| part(&path, range)).into())
}

fn posix_basename(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    basename(args, |_| 0, posix::is_separator, posix::is_separator, cx)
}

fn posix_extname(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    let range = over_units!(path, units => ext_range(units, 0, posix::is_separator));
    Ok(part(&path, range).into())
}

fn ext_range<U: Unit>(path: &[U], start: usize, is_separator: IsSeparator<U>) -> Range<usize> {
    let Some(component) = last_component(path, start, is_separator) else { return 0..0 };
    extension(&path[component.clone()]).map_or(0..0, |at| component.start + at..component.end)
}

/// `basename(path, suffix)` of either flavour.
fn basename(args: &[JsValue], start: fn(&JsString) -> usize, narrow: IsSeparator<u8>, wide: IsSeparator<u16>, cx: &mut Context) -> JsResult<JsValue> {
    let suffix = args.get_or_undefined(1);
    let suffix = if suffix.is_undefined() { None } else { Some(validate::string(suffix, "suffix", cx)?) };
    let path = path_argument(args, cx)?;
    let start = start(&path);
    let suffix = suffix.filter(|suffix| !suffix.is_empty() && suffix.len() <= path.len());
    let range = match (path.variant(), suffix) {
        (JsStrVariant::Latin1(units), None) => last_component(units, start, narrow).unwrap_or_default(),
        (JsStrVariant::Utf16(units), None) => last_component(units, start, wide).unwrap_or_default(),
        (JsStrVariant::Latin1(units), Some(suffix)) if suffix.as_str().is_latin1() => without_suffix(units, start, suffix.as_str().as_latin1().unwrap_or_default(), narrow),
        (_, Some(suffix)) => without_suffix(&path.to_vec(), start, &suffix.to_vec(), wide),
    };
    Ok(part(&path, range).into())
}

fn posix_parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    let parts = over_units!(path, units => posix::parse(units));
    Ok(parsed(&path, parts, cx))
}

/// What `parse` gives.
fn parsed(path: &JsString, parts: Parts, cx: &mut Context) -> JsValue {
    let state = Host::of(cx).state::<ParsedTemplate>();
    let template = state.0.get_or_init(|| HostTemplate::plain(&["root", "dir", "base", "ext", "name"], cx));
    let Parts { root, dir, base, ext, name } = parts;
    template.create([root, dir, base, ext, name].map(|range| part(path, range).into()).to_vec()).into()
}

#[derive(Default)]
struct ParsedTemplate(OnceCell<HostTemplate>);

/// `format` of either flavour.
fn format(args: &[JsValue], separator: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let parts = validate::object(args.get_or_undefined(0), "pathObject", cx)?;
    let dir = parts.get(js_string!("dir"), cx)?;
    let root = parts.get(js_string!("root"), cx)?;
    let dir = if dir.to_boolean() { dir } else { root.clone() };
    let mut base = parts.get(js_string!("base"), cx)?;
    if !base.to_boolean() {
        let name = parts.get(js_string!("name"), cx)?;
        let name = if name.to_boolean() { name.to_string(cx)? } else { JsString::default() };
        let ext = parts.get(js_string!("ext"), cx)?;
        let ext = if ext.to_boolean() { ext.to_string(cx)? } else { JsString::default() };
        let dot = if ext.is_empty() || ext.code_unit_at(0) == Some(b'.'.into()) { "" } else { "." };
        base = js_string!(&name, &js_string!(dot), &ext).into();
    }
    if !dir.to_boolean() {
        return Ok(base);
    }
    let separator = if JsValue::strict_equals(&dir, &root) { "" } else { separator };
    Ok(js_string!(&dir.to_string(cx)?, &js_string!(separator), &base.to_string(cx)?).into())
}

/// `matchesGlob` of either flavour.
fn matches_glob(args: &[JsValue], windows: bool, cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    let pattern = validate::string(args.get_or_undefined(1), "pattern", cx)?;
    let options = glob::Options { windows, ..glob::Options::default() };
    Ok(glob::Glob::new(&pattern.to_std_string_lossy(), options).matches(&path.to_std_string_lossy()).into())
}

// win32

fn wide(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u16>> {
    Ok(validate::string(value, name, cx)?.to_vec())
}

fn resolve_win32(path: Vec<u16>, cx: &mut Context) -> JsResult<Vec<u16>> {
    let cwd = cwd(cx)?.to_vec();
    win32::resolve(std::iter::once(Ok(path)), &cwd)
}

fn win32_resolve(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let cwd = cwd(cx)?.to_vec();
    // From the last one on, as far as needed: arguments before that are not looked at.
    let paths = args.iter().enumerate().rev().map(|(index, arg)| match arg.as_string() {
        Some(path) => Ok(path.to_vec()),
        None => Err(errors::invalid_arg_type(&format!("paths[{index}]"), "string", arg, cx)),
    });
    Ok(u16::text(&win32::resolve(paths, &cwd)?).into())
}

fn win32_normalize(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(u16::text(&win32::normalize(&wide(args.get_or_undefined(0), "path", cx)?)).into())
}

fn win32_is_absolute(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(win32::is_absolute(&wide(args.get_or_undefined(0), "path", cx)?).into())
}

fn win32_join(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pieces: Vec<Vec<u16>> = join_pieces(args, cx)?.iter().map(JsString::to_vec).collect();
    Ok(u16::text(&win32::join(&pieces)).into())
}

fn win32_relative(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let from = wide(args.get_or_undefined(0), "from", cx)?;
    let to = wide(args.get_or_undefined(1), "to", cx)?;
    if from == to {
        return Ok(JsString::default().into());
    }
    let (from, to) = (resolve_win32(from, cx)?, resolve_win32(to, cx)?);
    Ok(u16::text(&win32::relative(&from, &to)).into())
}

fn win32_to_namespaced_path(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = args.get_or_undefined(0);
    let Some(text) = path.as_string().filter(|text| !text.is_empty()) else { return Ok(path.clone()) };
    let resolved = resolve_win32(text.to_vec(), cx)?;
    Ok(win32::to_namespaced(&resolved).map_or_else(|| path.clone(), |namespaced| u16::text(&namespaced).into()))
}

fn win32_dirname(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    Ok(win32::dirname(&path.to_vec()).map_or_else(|| js_string!("."), |range| part(&path, range)).into())
}

fn win32_basename(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let narrow = |unit: u8| win32::is_separator(unit.into());
    basename(args, |path| win32::name_start(&path.to_vec()), narrow, win32::is_separator, cx)
}

fn win32_extname(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    let units = path.to_vec();
    Ok(part(&path, ext_range(&units, win32::name_start(&units), win32::is_separator)).into())
}

fn win32_parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, cx)?;
    let parts = win32::parse(&path.to_vec());
    Ok(parsed(&path, parts, cx))
}
