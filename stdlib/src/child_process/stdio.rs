//! The `stdio` option.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors as engine_errors;

use super::{arguments, errors};
use crate::{
    buffer,
    net::handle::{self, Inner},
};

/// One descriptor of a child, as the option has it.
pub enum Entry {
    Ignore,
    /// A pipe to us; the child reads from descriptor 0 and writes to the others.
    Pipe,
    /// The channel of `child.send`.
    Ipc,
    /// The descriptor of this number.
    Fd(i32),
    /// What a socket of ours is connected to.
    Wrap {
        inner: Inner,
        stream: JsObject,
    },
    /// With `spawnSync`: a value in the place of a stream.
    Value,
}

/// The entries, with what in them is wrong for the kind of call.
pub fn read(option: &JsValue, sync: bool, cx: &mut Context) -> JsResult<Vec<Entry>> {
    let list = match option.as_string() {
        Some(_) => words(option, cx)?,
        None => match option.as_object() {
            Some(array) if array.is_array() => arguments::elements(option, cx)?,
            _ => return Err(engine_errors::invalid_arg_value("stdio", option, "is invalid", cx)),
        },
    };
    let mut entries = Vec::with_capacity(list.len().max(3));
    let mut has_ipc = false;
    for at in 0..list.len().max(3) {
        let value = list.get(at).cloned().unwrap_or_default();
        let entry = entry(&value, at, sync, cx)?;
        if matches!(entry, Entry::Ipc) {
            if sync {
                return Err(errors::ipc_sync_fork(cx));
            }
            if std::mem::replace(&mut has_ipc, true) {
                return Err(errors::ipc_one_pipe(cx));
            }
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// `stdioStringToArray`
pub fn words(option: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let word = option.as_string().map(|word| word.to_std_string_lossy()).unwrap_or_default();
    match word.as_str() {
        "ignore" | "overlapped" | "pipe" => Ok(vec![option.clone(); 3]),
        "inherit" => Ok(vec![0.into(), 1.into(), 2.into()]),
        _ => Err(engine_errors::invalid_arg_value("stdio", option, "is invalid", cx)),
    }
}

fn entry(value: &JsValue, at: usize, sync: bool, cx: &mut Context) -> JsResult<Entry> {
    if value.is_null_or_undefined() {
        return Ok(if at < 3 { Entry::Pipe } else { Entry::Ignore });
    }
    if let Some(word) = value.as_string() {
        match word.to_std_string_lossy().as_str() {
            "ignore" => return Ok(Entry::Ignore),
            "pipe" | "overlapped" => return Ok(Entry::Pipe),
            "ipc" => return Ok(Entry::Ipc),
            "inherit" => return Ok(Entry::Fd(at as i32)),
            _ if sync => return Ok(Entry::Value),
            _ => return Err(errors::invalid_sync_fork_input(value, cx)),
        }
    }
    if let Some(number) = value.as_number() {
        return Ok(if number < 0.0 { Entry::Pipe } else { Entry::Fd(number as i32) });
    }
    if let Some(object) = value.as_object() {
        // A handle's own `fd` is no descriptor that the script has opened.
        if let Some(inner) = handle::inner_of(value) {
            return Ok(Entry::Wrap { inner, stream: object });
        }
        let fd = object.get(js_string!("fd"), cx)?;
        if let Some(number) = fd.as_number().filter(|&number| number >= 0.0) {
            return Ok(Entry::Fd(number as i32));
        }
        let candidates = [object.get(js_string!("handle"), cx)?, object.get(js_string!("_handle"), cx)?];
        if let Some(inner) = candidates.iter().find_map(handle::inner_of) {
            return Ok(Entry::Wrap { inner, stream: object });
        }
    }
    if buffer::is_view(value) {
        return if sync { Ok(Entry::Value) } else { Err(errors::invalid_sync_fork_input(value, cx)) };
    }
    Err(engine_errors::invalid_arg_value("stdio", value, "is invalid", cx))
}
