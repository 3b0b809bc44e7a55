//! Node's `tty`: terminals to write to and to read from.
//!
//! ```js
//! const tty = require('tty');
//! if (tty.isatty(1)) new tty.WriteStream(1).cursorTo(0);
//! ```
//!
//! Follows <https://nodejs.org/api/tty.html>.
//!
//! Differs from Node: the streams are no `net.Socket`s, and closing one leaves its descriptor open.

use std::collections::HashMap;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors::{self, Base},
    table::{self, Export, Member, NativeModule},
    validate,
};

use crate::{events, readline::cursor, stdio, util::colors};

/// `require('tty')`
pub static MODULE: NativeModule = NativeModule { name: "tty", exports: &[Export::function("isatty", 1, isatty), Export::class(&READ_STREAM), Export::class(&WRITE_STREAM)] };

/// `tty.ReadStream`
pub(crate) static READ_STREAM: Class = Class {
    name: "ReadStream",
    length: 2,
    extends: Parent::Class(&stdio::READ_STREAM),
    kind: Kind::Legacy,
    init: construct_reader,
    prototype: &[Member::renamed("setRawMode", "", 1, set_raw_mode)],
    statics: &[],
};

/// `tty.WriteStream`
pub(crate) static WRITE_STREAM: Class = Class {
    name: "WriteStream",
    length: 1,
    extends: Parent::Class(&stdio::WRITE_STREAM),
    kind: Kind::Legacy,
    init: construct_writer,
    prototype: &[
        Member::boolean("isTTY", true),
        Member::function("getColorDepth", 0, color_depth),
        Member::function("hasColors", 2, has_colors),
        Member::renamed("_refreshSize", "", 0, refresh_size),
        Member::renamed("cursorTo", "", 3, |this, args, cx| on_stream(cursor::cursor_to, this, args, cx)),
        Member::renamed("moveCursor", "", 3, |this, args, cx| on_stream(cursor::move_cursor, this, args, cx)),
        Member::renamed("clearLine", "", 2, |this, args, cx| on_stream(cursor::clear_line, this, args, cx)),
        Member::renamed("clearScreenDown", "", 1, |this, args, cx| on_stream(cursor::clear_screen_down, this, args, cx)),
        Member::renamed("getWindowSize", "", 0, window_size),
    ],
    statics: &[],
};

/// `tty.isatty(fd)`
fn isatty(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(number_of(args.get_or_undefined(0)).is_some_and(|fd| Host::of(cx).sys().stdio().is_tty(fd)).into())
}

/// A whole number that may be a descriptor's.
fn number_of(fd: &JsValue) -> Option<i32> {
    fd.as_number().filter(|fd| fd.fract() == 0.0 && (0.0..=f64::from(i32::MAX)).contains(fd)).map(|fd| fd as i32)
}

/// The descriptor of a terminal.
fn terminal(fd: &JsValue, cx: &mut Context) -> JsResult<i32> {
    let Some(number) = number_of(fd) else {
        let shown = fd.as_string().map_or_else(|| errors::inspect_brief(fd, cx), |text| text.to_std_string_lossy());
        return Err(errors::coded(Base::Range, "ERR_INVALID_FD", format!("\"fd\" must be a positive integer: {shown}"), cx));
    };
    if Host::of(cx).sys().stdio().is_tty(number) { Ok(number) } else { Err(no_terminal(cx)?) }
}

/// ERR_TTY_INIT_FAILED
fn no_terminal(cx: &mut Context) -> JsResult<JsError> {
    const CODE: &str = "ERR_TTY_INIT_FAILED";
    const EINVAL: i32 = -22;
    let message = "TTY initialization failed: uv_tty_init returned EINVAL (invalid argument)";
    let object = errors::coded_object(Base::Error, CODE, message, cx)?;
    errors::rename(&object, "SystemError", message, cx)?;
    errors::head_stack(&object, &format!("SystemError [{CODE}]"), message, cx)?;
    let info = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [("errno", JsValue::from(EINVAL)), ("code", js_string!("EINVAL").into()), ("message", js_string!("invalid argument").into()), ("syscall", js_string!("uv_tty_init").into())] {
        info.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    for (key, value) in [("info", JsValue::from(info)), ("errno", EINVAL.into()), ("syscall", js_string!("uv_tty_init").into())] {
        object.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(JsError::from_opaque(object.into()))
}

/// `tty.ReadStream(fd)`
fn construct_reader(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !READ_STREAM.is_instance(this, cx)? {
        return Ok(READ_STREAM.construct(args, cx)?.into());
    }
    let fd = terminal(args.get_or_undefined(0), cx)?;
    let object = this.to_object(cx)?;
    stdio::init_input(&object, fd, cx)?;
    object.set(js_string!("isRaw"), false, true, cx)?;
    object.set(js_string!("isTTY"), true, true, cx)?;
    Ok(JsValue::undefined())
}

/// `tty.WriteStream(fd)`
fn construct_writer(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !WRITE_STREAM.is_instance(this, cx)? {
        return Ok(WRITE_STREAM.construct(args, cx)?.into());
    }
    let fd = terminal(args.get_or_undefined(0), cx)?;
    let object = this.to_object(cx)?;
    stdio::init_output(&object, fd, cx)?;
    if let Ok((columns, rows)) = Host::of(cx).sys().stdio().window_size(fd) {
        object.set(js_string!("columns"), columns, true, cx)?;
        object.set(js_string!("rows"), rows, true, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Has a stream know when its window changes.
pub(crate) fn follow_size(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let refresh = table::closure("refreshOnSigWinch", 0, stream.clone(), |_this, _args, stream, cx| events::method(stream, "_refreshSize", &[], cx), cx);
    let process = crate::process::object(cx)?;
    events::on(&process, js_string!("SIGWINCH"), refresh, cx)
}

/// `readStream.setRawMode(mode)`
fn set_raw_mode(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fd = stdio::input_fd(this, cx)?;
    let raw = args.get_or_undefined(0).to_boolean();
    let object = this.to_object(cx)?;
    match Host::of(cx).sys().stdio().set_raw_mode(fd, raw) {
        Ok(()) => drop(object.set(js_string!("isRaw"), raw, false, cx)?),
        Err(error) => {
            let error = errors::system_object(&error, cx)?;
            events::emit(&object, js_string!("error"), &[error.into()], cx)?;
        }
    }
    Ok(this.clone())
}

/// `writeStream._refreshSize()`
fn refresh_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let fd = stdio::output_fd(this, cx)?;
    let object = this.to_object(cx)?;
    let (columns, rows) = match Host::of(cx).sys().stdio().window_size(fd) {
        Ok((columns, rows)) => (JsValue::from(columns), JsValue::from(rows)),
        Err(error) => {
            let error = errors::system_object(&error, cx)?;
            events::emit(&object, js_string!("error"), &[error.into()], cx)?;
            return Ok(JsValue::undefined());
        }
    };
    let before = (object.get(js_string!("columns"), cx)?, object.get(js_string!("rows"), cx)?);
    if !(before.0.strict_equals(&columns) && before.1.strict_equals(&rows)) {
        object.set(js_string!("columns"), columns, true, cx)?;
        object.set(js_string!("rows"), rows, true, cx)?;
        events::emit(&object, js_string!("resize"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `writeStream.getWindowSize()`
fn window_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let size = [object.get(js_string!("columns"), cx)?, object.get(js_string!("rows"), cx)?];
    Ok(JsArray::from_iter(size, cx).into())
}

/// A function of `readline` for this stream.
fn on_stream(call: boa_engine::native_function::NativeFunctionPointer, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut all = vec![this.clone()];
    all.extend_from_slice(args);
    call(&JsValue::undefined(), &all, cx)
}

/// `writeStream.getColorDepth([env])`
fn color_depth(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    depth(args.get_or_undefined(0), cx).map(|depth| i32::from(depth).into())
}

/// `writeStream.hasColors([count][, env])`
fn has_colors(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (mut count, mut env) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if env.is_undefined() && (count.is_undefined() || count.is_object() && !count.is_callable()) {
        env = std::mem::replace(&mut count, COLORS.into());
    }
    let count = validate::integer(&count, "count", 2.0, validate::SAFE_INTEGER_MAX, cx)?;
    Ok((count <= 2f64.powi(i32::from(depth(&env, cx)?))).into())
}

/// What is asked for where no number is named.
const COLORS: i32 = 16;

/// Bits of colour by an object of variables; by the environment without one.
fn depth(env: &JsValue, cx: &mut Context) -> JsResult<u8> {
    if env.is_undefined() {
        let host = Host::of(cx);
        return Ok(colors::color_depth(&|name| host.sys().env().get(name).map(|value| value.to_string_lossy().into_owned())));
    }
    let env = env.to_object(cx)?;
    let mut variables = HashMap::new();
    for key in env.own_property_keys(cx)? {
        let value = env.get(key.clone(), cx)?;
        if !value.is_undefined() {
            variables.insert(key.to_string(), value.to_string(cx)?.to_std_string_lossy());
        }
    }
    Ok(colors::color_depth(&|name| variables.get(name).cloned()))
}
