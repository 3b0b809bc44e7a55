//! `process.execve`: this process becomes another program.

use boa_engine::{Context, JsArgs, JsResult, JsValue, property::PropertyKey};
use coil_engine::{Host, coil_sys::child::Command, errors, validate};

use crate::buffer::{self, Encoding};

/// `process.execve(execPath[, args[, env]])`: does not come back. What fails past the checks ends the process.
pub(super) fn execve(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if crate::worker_threads::is_worker(cx) {
        return Err(errors::worker_unsupported_operation("Calling process.execve", cx));
    }
    let file = validate::string(args.get_or_undefined(0), "execPath", cx)?;
    let given = args.get_or_undefined(1);
    let list = if given.is_undefined() {
        Vec::new()
    } else {
        validate::array(given, "args", 0, cx)?;
        crate::http::elements(given, cx)?.unwrap_or_default()
    };
    let os = |text: &boa_engine::JsString| -> std::ffi::OsString { std::os::unix::ffi::OsStringExt::from_vec(buffer::string_to_bytes(text, Encoding::Utf8)) };
    let mut command = Command::new(os(&file));
    for (at, arg) in list.iter().enumerate() {
        match arg.as_string().filter(|text| !has_null(text)) {
            Some(text) => command.args.push(os(&text)),
            None => return Err(errors::invalid_arg_value(&format!("args[{at}]"), arg, "must be a string without null bytes", cx)),
        }
    }
    let env = match args.get_or_undefined(2) {
        env if env.is_undefined() => super::object(cx)?.get(boa_engine::js_string!("env"), cx)?,
        env => env.clone(),
    };
    let variables = validate::object(&env, "env", cx)?;
    for key in variables.own_property_keys(cx)? {
        if matches!(key, PropertyKey::Symbol(_)) {
            continue;
        }
        let value = variables.get(key.clone(), cx)?;
        let name = JsValue::from(key).to_string(cx)?;
        match value.as_string().filter(|text| !has_null(text) && !has_null(&name)) {
            Some(text) => command.env.push(coil_engine::coil_sys::child::pair(&os(&name), &os(&text))),
            None => return Err(errors::invalid_arg_value("env", &env, "must be an object with string keys and values without null bytes", cx)),
        }
    }
    let host = Host::of(cx);
    let shown = file.to_std_string_lossy();
    if let Err(error) = host.sys().policy().check_child_process(&shown, "execve") {
        return Err(errors::system(&error, cx));
    }
    host.run_at_exit();
    let error = host.sys().process().become_program(command);
    let text = format!("process.execve failed with error code {}\n    at execve (node:internal/process/per_thread)\n", error.code());
    super::stdio::write_fd(2, text.as_bytes(), cx);
    host.sys().process().abort()
}

fn has_null(text: &boa_engine::JsString) -> bool {
    text.iter().any(|unit| unit == 0)
}
