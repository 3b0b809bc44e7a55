//! The errors only child processes have, with Node's codes and words.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    coil_sys::errno,
    errors::{Base, coded},
};

use crate::net::errors::plain_with;

/// ERR_CHILD_PROCESS_IPC_REQUIRED
pub fn ipc_required(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_CHILD_PROCESS_IPC_REQUIRED", format!("Forked processes must have an IPC channel, missing value 'ipc' in {name}"), cx)
}

/// ERR_CHILD_PROCESS_STDIO_MAXBUFFER
pub fn stdio_max_buffer(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_CHILD_PROCESS_STDIO_MAXBUFFER", format!("{name} maxBuffer length exceeded"), cx)
}

/// ERR_INVALID_SYNC_FORK_INPUT
pub fn invalid_sync_fork_input(value: &JsValue, cx: &mut Context) -> JsError {
    let shown = crate::show(value, cx);
    let message = format!("Asynchronous forks do not support Buffer, TypedArray, DataView or string input: {shown}");
    coded(Base::Type, "ERR_INVALID_SYNC_FORK_INPUT", message, cx)
}

/// ERR_IPC_ONE_PIPE
pub fn ipc_one_pipe(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_IPC_ONE_PIPE", "Child process can have only one IPC pipe", cx)
}

/// ERR_IPC_SYNC_FORK
pub fn ipc_sync_fork(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_IPC_SYNC_FORK", "IPC cannot be used with synchronous forks", cx)
}

/// Node's `ErrnoException(-number, syscall)`: `spawn nope ENOENT`.
pub fn errno_exception(number: i32, syscall: &str, cx: &mut Context) -> JsResult<JsObject> {
    let code = errno::name_of(number);
    let properties = [("errno", JsValue::from(-number)), ("code", js_string!(code).into()), ("syscall", js_string!(syscall).into())];
    plain_with(&format!("{syscall} {code}"), &properties, cx)
}

/// The same with what was to be started: `path` and `spawnargs`.
pub fn spawn_failed(number: i32, syscall: &str, file: &JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
    let error = errno_exception(number, syscall, cx)?;
    if file.to_boolean() {
        error.create_data_property_or_throw(js_string!("path"), file.clone(), cx)?;
    }
    let args = JsArray::from_iter(args.into_iter().skip(1), cx);
    error.create_data_property_or_throw(js_string!("spawnargs"), args, cx)?;
    Ok(error)
}

/// An object as something to throw.
pub fn thrown(object: JsObject) -> JsError {
    JsError::from_opaque(object.into())
}

/// ERR_CHILD_CLOSED_BEFORE_REPLY
pub fn child_closed_before_reply(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_CHILD_CLOSED_BEFORE_REPLY", "Child closed before reply received", cx)
}

/// ERR_IPC_CHANNEL_CLOSED
pub fn ipc_channel_closed(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_IPC_CHANNEL_CLOSED", "Channel closed", cx)
}

/// ERR_IPC_DISCONNECTED
pub fn ipc_disconnected(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_IPC_DISCONNECTED", "IPC channel is already disconnected", cx)
}
