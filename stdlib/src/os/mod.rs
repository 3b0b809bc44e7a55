//! Node's `os`: what is known of the machine, through the door.
//!
//! Differs from Node: nothing known.

mod constants;

use std::{net::IpAddr, os::unix::ffi::OsStrExt};

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsSymbol, JsValue, js_string, native_function::NativeFunctionPointer, object::builtins::JsArray, property::PropertyDescriptor};
use coil_engine::{
    Host,
    coil_sys::SysError,
    errors::{self, Base},
    table::{self, Export, NativeModule},
    validate,
};

/// `require('os')`
pub static MODULE: NativeModule = NativeModule {
    name: "os",
    exports: &[
        Export::build("arch", |cx| primitive("arch", arch, cx)),
        Export::build("availableParallelism", |cx| primitive("", available_parallelism, cx)),
        Export::function("cpus", 0, cpus),
        Export::build("endianness", |cx| primitive("endianness", endianness, cx)),
        Export::build("freemem", |cx| primitive("", |_, _, cx| Ok((Host::of(cx).sys().os().freemem() as f64).into()), cx)),
        Export::function("getPriority", 1, get_priority),
        Export::build("homedir", |cx| primitive("wrappedFn", homedir, cx)),
        Export::build("hostname", |cx| primitive("wrappedFn", |_, _, cx| Ok(js_string!(Host::of(cx).sys().os().hostname()).into()), cx)),
        Export::function("loadavg", 0, loadavg),
        Export::function("networkInterfaces", 0, network_interfaces),
        Export::build("platform", |cx| primitive("platform", |_, _, cx| Ok(js_string!(Host::of(cx).sys().os().platform()).into()), cx)),
        Export::build("release", |cx| primitive("getOSRelease", |_, _, cx| Ok(js_string!(Host::of(cx).sys().os().uname().release).into()), cx)),
        Export::function("setPriority", 2, set_priority),
        Export::build("tmpdir", |cx| primitive("tmpdir", tmpdir, cx)),
        Export::build("totalmem", |cx| primitive("", |_, _, cx| Ok((Host::of(cx).sys().os().totalmem() as f64).into()), cx)),
        Export::build("type", |cx| primitive("getOSType", |_, _, cx| Ok(js_string!(Host::of(cx).sys().os().uname().sysname).into()), cx)),
        Export::function("userInfo", 1, user_info),
        Export::build("uptime", |cx| primitive("wrappedFn", |_, _, cx| Ok(Host::of(cx).sys().os().uptime().into()), cx)),
        Export::build("version", |cx| primitive("getOSVersion", |_, _, cx| Ok(js_string!(Host::of(cx).sys().os().uname().version).into()), cx)),
        Export::build("machine", |cx| primitive("getMachine", |_, _, cx| Ok(js_string!(Host::of(cx).sys().os().uname().machine).into()), cx)),
        Export::build("constants", constants::object).read_only().permanent(),
        Export::string("EOL", "\n").read_only(),
        Export::string("devNull", "/dev/null").read_only(),
    ],
};

/// A function that also gives its result where a primitive is wanted: `${os.hostname}`.
fn primitive(name: &'static str, call: NativeFunctionPointer, cx: &mut Context) -> JsResult<JsValue> {
    let function = table::function(call, js_string!(name), 0, cx);
    let convert = table::function(call, js_string!(), 0, cx);
    let descriptor = PropertyDescriptor::builder().value(convert).writable(true).enumerable(true).configurable(true);
    function.define_property_or_throw(JsSymbol::to_primitive(), descriptor, cx)?;
    Ok(function.into())
}

fn arch(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(js_string!(Host::of(cx).sys().os().arch()).into())
}

fn available_parallelism(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).sys().os().available_parallelism().into())
}

fn endianness(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(if cfg!(target_endian = "big") { js_string!("BE") } else { js_string!("LE") }.into())
}

fn homedir(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let home = Host::of(cx).sys().os().homedir().map_err(|error| system_error(&error, cx))?;
    Ok(js_string!(home.to_string_lossy().as_ref()).into())
}

fn tmpdir(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let dir = Host::of(cx).sys().os().tmpdir();
    Ok(js_string!(dir.to_string_lossy().as_ref()).into())
}

fn loadavg(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let load = Host::of(cx).sys().os().loadavg();
    Ok(JsArray::from_iter(load.map(JsValue::from), cx).into())
}

fn record(entries: impl IntoIterator<Item = (&'static str, JsValue)>, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in entries {
        object.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(object)
}

fn cpus(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut all = Vec::new();
    let host = Host::of(cx);
    for cpu in host.sys().os().cpus() {
        let ms = |time: u64| JsValue::from(time as f64);
        let times = [("user", ms(cpu.user_ms)), ("nice", ms(cpu.nice_ms)), ("sys", ms(cpu.sys_ms)), ("idle", ms(cpu.idle_ms)), ("irq", ms(cpu.irq_ms))];
        let times = record(times, cx)?;
        let entry = [("model", js_string!(cpu.model).into()), ("speed", ms(cpu.speed_mhz)), ("times", times.into())];
        all.push(JsValue::from(record(entry, cx)?));
    }
    Ok(JsArray::from_iter(all, cx).into())
}

fn network_interfaces(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = Host::of(cx).sys().os().network_interfaces().map_err(|error| system_error(&error, cx))?;
    let all = JsObject::with_object_proto(cx.intrinsics());
    for interface in found {
        let address = interface.address.to_string();
        let bits = prefix_bits(interface.netmask);
        let cidr = bits.map_or_else(JsValue::null, |bits| js_string!(format!("{address}/{bits}")).into());
        let family = if interface.address.is_ipv4() { "IPv4" } else { "IPv6" };
        let entry = [
            ("address", js_string!(address).into()),
            ("netmask", js_string!(interface.netmask.to_string()).into()),
            ("family", js_string!(family).into()),
            ("mac", js_string!(interface.mac).into()),
            ("internal", interface.internal.into()),
            ("cidr", cidr),
        ];
        let entry = record(entry, cx)?;
        if interface.address.is_ipv6() {
            entry.create_data_property_or_throw(js_string!("scopeid"), interface.scope_id, cx)?;
        }
        let key = js_string!(interface.name);
        match all.get(key.clone(), cx)?.as_object() {
            Some(list) => {
                let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
                list.create_data_property_or_throw(length, entry, cx)?;
            }
            None => {
                let list = JsArray::from_iter([entry.into()], cx);
                all.create_data_property_or_throw(key, list, cx)?;
            }
        }
    }
    Ok(all.into())
}

/// How many bits a netmask has; nothing when they do not stand together.
fn prefix_bits(mask: IpAddr) -> Option<u32> {
    let (bits, ones, width) = match mask {
        IpAddr::V4(mask) => (u128::from(u32::from(mask)) << 96, u32::from(mask).count_ones(), 32),
        IpAddr::V6(mask) => (u128::from(mask), u128::from(mask).count_ones(), 128),
    };
    (ones <= width && bits.leading_ones() == ones).then_some(ones)
}

fn pid_argument(value: &JsValue, cx: &mut Context) -> JsResult<i32> {
    validate::int32(value, "pid", i32::MIN, i32::MAX, cx)
}

fn get_priority(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pid = match args.get_or_undefined(0) {
        pid if pid.is_undefined() => 0,
        pid => pid_argument(pid, cx)?,
    };
    let pid = known(pid, "uv_os_getpriority", cx)?;
    let priority = Host::of(cx).sys().os().priority(pid).map_err(|error| system_error(&error, cx))?;
    Ok(priority.into())
}

/// `os.setPriority([pid, ]priority)`
fn set_priority(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (pid, priority) = match args.get_or_undefined(1) {
        priority if priority.is_undefined() => (&JsValue::from(0), args.get_or_undefined(0)),
        priority => (args.get_or_undefined(0), priority),
    };
    let pid = pid_argument(pid, cx)?;
    let priority = validate::int32(priority, "priority", -20, 19, cx)?;
    let pid = known(pid, "uv_os_setpriority", cx)?;
    Host::of(cx).sys().os().set_priority(pid, priority).map_err(|error| system_error(&error, cx))?;
    Ok(JsValue::undefined())
}

/// No process has a negative number.
fn known(pid: i32, syscall: &'static str, cx: &mut Context) -> JsResult<u32> {
    /// ESRCH, the same on every system.
    const ESRCH: i32 = 3;
    u32::try_from(pid).map_err(|_| system_error(&SysError::new(ESRCH, syscall), cx))
}

/// `os.userInfo(options)`
fn user_info(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = match args.get_or_undefined(0).as_object() {
        Some(options) => {
            let encoding = options.get(js_string!("encoding"), cx)?;
            encoding.as_string().is_some_and(|encoding| encoding == "buffer")
        }
        None => false,
    };
    let info = Host::of(cx).sys().os().user_info().map_err(|error| system_error(&error, cx))?;
    let text = |text: &std::ffi::OsStr, cx: &mut Context| -> JsResult<JsValue> {
        if bytes { crate::buffer::from_slice(text.as_bytes(), cx).map(JsValue::from) } else { Ok(js_string!(text.to_string_lossy().as_ref()).into()) }
    };
    let object = JsObject::with_null_proto();
    let shell = match &info.shell {
        Some(shell) => text(shell, cx)?,
        None => JsValue::null(),
    };
    let entries = [("uid", info.uid.into()), ("gid", info.gid.into()), ("username", text(&info.username, cx)?), ("homedir", text(info.homedir.as_os_str(), cx)?), ("shell", shell)];
    for (key, value) in entries {
        object.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(object.into())
}

/// ERR_SYSTEM_ERROR: how `os` reports what the system refused, with the details in `info`.
fn system_error(error: &SysError, cx: &mut Context) -> JsError {
    let whole = error.message();
    let (code, described) = (error.code(), whole.split_once(": ").map_or("", |(_, rest)| rest));
    let described = described.split(", ").next().unwrap_or_default().to_owned();
    let message = format!("A system error occurred: {} returned {code} ({described})", error.syscall);
    let made = errors::coded_object(Base::Error, "ERR_SYSTEM_ERROR", &message, cx).and_then(|object| {
        errors::rename(&object, "SystemError", &message, cx)?;
        let stack = object.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy();
        let stack = stack.replacen("SystemError:", "SystemError [ERR_SYSTEM_ERROR]:", 1);
        let hidden = PropertyDescriptor::builder().value(js_string!(stack)).writable(true).enumerable(false).configurable(true);
        object.define_property_or_throw(js_string!("stack"), hidden, cx)?;
        let info = [("errno", JsValue::from(-error.errno)), ("code", js_string!(code).into()), ("message", js_string!(described).into()), ("syscall", js_string!(error.syscall).into())];
        let info = record(info, cx)?;
        object.create_data_property_or_throw(js_string!("info"), info, cx)?;
        object.create_data_property_or_throw(js_string!("errno"), -error.errno, cx)?;
        object.create_data_property_or_throw(js_string!("syscall"), js_string!(error.syscall), cx)?;
        Ok(object)
    });
    made.map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}
