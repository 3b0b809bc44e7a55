//! The history of a session in a file, one command a line, the newest first.

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{Host, errors, table};

use super::server::{self, with};
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
        let size = get(&options, "size", cx)?;
        if size.is_number() {
            put(&server, "historySize", size, cx)?;
        }
        let once = get(&options, "removeHistoryDuplicates", cx)?;
        if !once.is_undefined() {
            put(&server, "removeHistoryDuplicates", once.to_boolean(), cx)?;
        }
    }
    let callback = server::callback(&callback, "callback", cx)?;
    let file = match file.as_string() {
        Some(file) => Some(file.to_std_string_lossy().trim().to_owned()),
        None if file.is_null_or_undefined() => at_home(cx)?,
        None => Some(String::new()),
    };
    let trouble = match file.as_deref() {
        None => Some("\nError: Could not get the home directory.\nREPL session history will not be persisted.\n"),
        Some("") => None,
        Some(file) => match load(&server, file, cx) {
            Ok(()) => None,
            Err(error) if error.as_engine().is_some() => return Err(error),
            Err(_) => Some("\nError: Could not open history file.\nREPL session history will not be persisted.\n"),
        },
    };
    if trouble.is_some() || file.is_some_and(|file| file.is_empty()) {
        with(&server, cx, |session| session.explains_history.set(true))?;
    }
    if let Some(trouble) = trouble {
        server::write(&server, trouble, cx)?;
        events::method(&server, "_refreshLine", &[], cx)?;
    }
    Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::null(), server.into()]);
    Ok(JsValue::undefined())
}

/// The file where none is named: in the home directory, as `os` tells it; nothing where it cannot.
fn at_home(cx: &mut Context) -> JsResult<Option<String>> {
    let os = table::instantiate(&crate::os::MODULE, cx)?;
    match events::method(&os, "homedir", &[], cx) {
        Ok(home) => Ok(home.as_string().map(|home| format!("{}/.node_repl_history", home.to_std_string_lossy()))),
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(_) => Ok(None),
    }
}

/// The first look into a history that is not kept says why it is empty.
pub(super) fn explain(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    if !with(server, cx, |session| session.explains_history.take())? {
        return Ok(());
    }
    let history = get(server, "history", cx)?.to_object(cx)?;
    if get(&history, "length", cx)?.to_number(cx)? > 0.0 {
        return Ok(());
    }
    let why = "\nPersistent history support disabled. Set the NODE_REPL_HISTORY environment\nvariable to a valid, user-writable path to enable.\n";
    server::write(server, why, cx)?;
    events::method(server, "_refreshLine", &[], cx).map(drop)
}

fn load(server: &JsObject, file: &str, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let text = match host.sys().fs().read_file(file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        // A new file; where it cannot be made, there is no history.
        Err(error) if error.code() == "ENOENT" => {
            let made = host.sys().fs().write_file(file, b"", coil_engine::coil_sys::fs::flags::WRITE, 0o600, false);
            made.map_err(|error| errors::system(&error, cx))?;
            String::new()
        }
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
