//! The session that a program without a file is.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, table};

use super::server::{self, REPL_SERVER, with};
use crate::{events, process, readline::interface::put};

/// Starts a session on the standard streams: its commands are those of the program's global scope.
///
/// # Errors
///
/// Where standard input or output cannot be had.
pub fn run(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let text = format!("Welcome to Node.js {}.\nType \".help\" for more information.\n", process::VERSION);
    process::write_fd(1, text.as_bytes(), cx);
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "useGlobal", true, cx)?;
    put(&options, "ignoreUndefined", false, cx)?;
    let server = REPL_SERVER.construct(&[options.into()], cx)?;
    with(&server, cx, |session| session.standalone.set(true))?;
    let leave = table::closure(
        "",
        0,
        (),
        |_, _, (), cx| {
            let process = process::object(cx)?;
            events::method(&process, "exit", &[], cx)
        },
        cx,
    );
    events::on(&server, js_string!("exit"), leave, cx)?;
    catch(&server, cx)?;
    let file = match host.env("NODE_REPL_HISTORY") {
        Some(file) => file,
        None => host.env("HOME").map(|home| format!("{home}/.node_repl_history")).unwrap_or_default(),
    };
    let terminal = crate::readline::interface::get(&server, "terminal", cx)?.to_boolean();
    if terminal && !file.is_empty() {
        let done = table::closure("", 2, (), |_, _, (), _| Ok(JsValue::undefined()), cx);
        events::method(&server, "setupHistory", &[js_string!(file).into(), done.into()], cx)?;
    }
    Ok(())
}

/// Errors of what the commands started are shown as theirs.
fn catch(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    let process = process::object(cx)?;
    let caught = table::closure(
        "",
        1,
        server.clone(),
        |_, args, server, cx| {
            server::show_error(server, args.first().unwrap_or(&JsValue::undefined()), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&process, "setUncaughtExceptionCaptureCallback", &[caught.into()], cx).map(drop)
}
