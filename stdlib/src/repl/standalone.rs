//! The session that a program without a file is.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, table};

use super::server::{REPL_SERVER, Starting};
use crate::{events, process, readline::interface::put};

/// Gives the global scope back its `require` and `module`, where a text that ran in it has set its own.
///
/// # Errors
///
/// None but those of the engine.
pub fn offer_modules(cx: &mut Context) -> JsResult<()> {
    let global = cx.global_object();
    super::context::offer_modules(&global, cx)
}

/// Lines of history that are kept, unless told otherwise.
const HISTORY_SIZE: f64 = 1000.0;

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
    put(&options, "breakEvalOnSigint", true, cx)?;
    let size = host.env("NODE_REPL_HISTORY_SIZE").and_then(|size| size.trim().parse::<f64>().ok()).filter(|size| *size > 0.0);
    put(&options, "historySize", size.unwrap_or(HISTORY_SIZE), cx)?;
    host.state::<Starting>().0.set(true);
    let server = REPL_SERVER.construct(&[options.into()], cx)?;
    let module = table::instantiate(&super::MODULE, cx)?;
    put(&module, "repl", server.clone(), cx)?;
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
    let file = host.env("NODE_REPL_HISTORY").map_or_else(JsValue::undefined, |file| js_string!(file).into());
    let terminal = crate::readline::interface::get(&server, "terminal", cx)?.to_boolean();
    if terminal {
        let done = table::closure("", 2, (), |_, _, (), _| Ok(JsValue::undefined()), cx);
        events::method(&server, "setupHistory", &[file, done.into()], cx)?;
    }
    Ok(())
}
