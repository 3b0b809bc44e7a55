//! The history of a session in a file, one command a line, the newest first.

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{Host, errors, op::thrown_value, table};

use super::server;
use crate::{
    events,
    readline::interface::{get, put},
};

#[derive(Trace, Finalize)]
struct Kept {
    server: JsObject,
    #[unsafe_ignore_trace]
    file: String,
}

/// `server.setupHistory(file, callback)`
pub(super) fn set_up(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let (mut file, mut callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if file.is_callable() {
        callback = std::mem::take(&mut file);
    }
    if let Some(options) = file.as_object() {
        let done = get(&options, "onHistoryFileLoaded", cx)?;
        if done.is_callable() {
            callback = done;
        }
        file = get(&options, "filePath", cx)?;
    }
    let callback = server::callback(&callback, "callback", cx)?;
    let file = file.as_string().map(|file| file.to_std_string_lossy()).unwrap_or_default();
    let result = if file.trim().is_empty() { Ok(()) } else { load(&server, &file, cx) };
    let args = match result {
        Ok(()) => vec![JsValue::null(), server.into()],
        Err(error) => vec![thrown_value(error, cx)],
    };
    Host::of(cx).next_tick(callback, JsValue::undefined(), args);
    Ok(JsValue::undefined())
}

fn load(server: &JsObject, file: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let text = match host.sys().fs().read_file(file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.code() == "ENOENT" => String::new(),
        Err(error) => return Err(errors::system(&error, cx)),
    };
    let size = get(server, "historySize", cx)?.as_number().unwrap_or(0.0) as usize;
    let lines: Vec<JsValue> = text.lines().filter(|line| !line.is_empty()).take(size).map(|line| js_string!(line).into()).collect();
    let history = JsArray::from_iter(lines, cx);
    put(server, "history", history, cx)?;
    let kept = Kept { server: server.clone(), file: file.to_owned() };
    let save = table::closure("", 0, kept, |_, _, kept, cx| save(kept, cx), cx);
    events::on(server, js_string!("line"), save, cx)
}

fn save(kept: &Kept, cx: &mut Context) -> JsResult<JsValue> {
    let history = get(&kept.server, "history", cx)?.to_object(cx)?;
    let mut text = String::new();
    for line in events::elements(&history, cx)? {
        text += &line.to_string(cx)?.to_std_string_lossy();
        text.push('\n');
    }
    // A history that cannot be kept is no reason to stop.
    let _ = Host::of(cx).sys().fs().write_file(kept.file.as_str(), text.as_bytes(), coil_engine::coil_sys::fs::flags::WRITE, 0o600, false);
    events::emit(&kept.server, js_string!("flushHistory"), &[], cx)?;
    Ok(JsValue::undefined())
}
