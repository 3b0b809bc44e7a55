//! What `process` tells of time, memory, and who runs it.

use boa_engine::{Context, JsArgs, JsBigInt, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    coil_loop::{Active, Kind},
    coil_sys::{self, SysError},
    errors::{self, Base},
    table::{self, Export},
    validate,
};

use crate::net::conn;

fn thrown<T>(result: Result<T, SysError>, cx: &mut Context) -> JsResult<T> {
    result.map_err(|error| errors::system(&error, cx))
}

pub(super) fn uptime(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok((Host::of(cx).uptime_ns() as f64 / NS_PER_S as f64).into())
}

/// `process.hrtime([previous])`, with `hrtime.bigint`.
pub(super) fn hrtime_function(cx: &mut Context) -> JsResult<JsValue> {
    let hrtime = table::function(hrtime, js_string!("hrtime"), 1, cx);
    table::define_all(&hrtime, &[Export::function("bigint", 0, hrtime_bigint)], true, cx)?;
    Ok(hrtime.into())
}

fn hrtime(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let now = Host::of(cx).sys().clock().monotonic_ns();
    let (mut seconds, mut nanoseconds) = ((now / NS_PER_S) as f64, (now % NS_PER_S) as f64);
    let previous = args.get_or_undefined(0);
    if !previous.is_undefined() {
        let previous = validate::array(previous, "time", 0, cx)?;
        let length = previous.get(js_string!("length"), cx)?.to_length(cx)?;
        if length != 2 {
            return Err(errors::out_of_range("time", "2", &JsValue::from(length as f64), cx));
        }
        seconds -= previous.get(0, cx)?.to_number(cx)?;
        nanoseconds -= previous.get(1, cx)?.to_number(cx)?;
        if nanoseconds < 0.0 {
            seconds -= 1.0;
            nanoseconds += NS_PER_S as f64;
        }
    }
    Ok(JsArray::from_iter([seconds.into(), nanoseconds.into()], cx).into())
}

fn hrtime_bigint(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsBigInt::from(Host::of(cx).sys().clock().monotonic_ns()).into())
}

const NS_PER_S: u64 = 1_000_000_000;

/// `process.memoryUsage()`, with `memoryUsage.rss`.
pub(super) fn memory_usage_function(cx: &mut Context) -> JsResult<JsValue> {
    let usage = table::function(memory_usage, js_string!("memoryUsage"), 0, cx);
    table::define_all(&usage, &[Export::function("rss", 0, rss)], true, cx)?;
    Ok(usage.into())
}

fn rss(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rss = Host::of(cx).sys().process().rss();
    Ok((thrown(rss, cx)? as f64).into())
}

fn memory_usage(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rss = Host::of(cx).sys().process().rss();
    let rss = thrown(rss, cx)? as f64;
    let heap = coil_engine::heap::statistics();
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [("rss", rss), ("heapTotal", heap.total as f64), ("heapUsed", heap.used as f64), ("external", heap.external as f64), ("arrayBuffers", heap.external as f64)] {
        object.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(object.into())
}

pub(super) fn constrained_memory(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok((Host::of(cx).sys().os().constrained_memory() as f64).into())
}

pub(super) fn available_memory(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok((Host::of(cx).sys().os().available_memory() as f64).into())
}

pub(super) fn cpu_usage(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let time = Host::of(cx).sys().process().cpu_usage();
    cpu_difference(args.get_or_undefined(0), time.user_us as f64, time.system_us as f64, cx)
}

pub(super) fn thread_cpu_usage(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let time = Host::of(cx).sys().process().thread_cpu_usage();
    cpu_difference(args.get_or_undefined(0), time.user_us as f64, time.system_us as f64, cx)
}

fn cpu_difference(previous: &JsValue, mut user: f64, mut system: f64, cx: &mut Context) -> JsResult<JsValue> {
    if previous.to_boolean() {
        let previous = validate::object(previous, "prevValue", cx)?;
        for (key, total) in [("user", &mut user), ("system", &mut system)] {
            let value = previous.get(js_string!(key), cx)?;
            let name = format!("prevValue.{key}");
            let number = validate::number(&value, &name, cx)?;
            if !(0.0..=validate::SAFE_INTEGER_MAX).contains(&number) {
                let shown = errors::inspect_brief(&value, cx);
                let message = format!("The property '{name}' is invalid. Received {shown}");
                return Err(errors::coded(Base::Range, "ERR_INVALID_ARG_VALUE", message, cx));
            }
            *total -= number;
        }
    }
    let object = JsObject::with_object_proto(cx.intrinsics());
    object.create_data_property_or_throw(js_string!("user"), user, cx)?;
    object.create_data_property_or_throw(js_string!("system"), system, cx)?;
    Ok(object.into())
}

pub(super) fn resource_usage(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let usage = Host::of(cx).sys().process().resource_usage();
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [
        ("userCPUTime", usage.cpu.user_us),
        ("systemCPUTime", usage.cpu.system_us),
        ("maxRSS", usage.max_rss),
        ("sharedMemorySize", 0),
        ("unsharedDataSize", 0),
        ("unsharedStackSize", 0),
        ("minorPageFault", usage.minor_page_fault),
        ("majorPageFault", usage.major_page_fault),
        ("swappedOut", usage.swapped_out),
        ("fsRead", usage.fs_read),
        ("fsWrite", usage.fs_write),
        ("ipcSent", 0),
        ("ipcReceived", 0),
        ("signalsCount", usage.signals_count),
        ("voluntaryContextSwitches", usage.voluntary_context_switches),
        ("involuntaryContextSwitches", usage.involuntary_context_switches),
    ] {
        object.create_data_property_or_throw(js_string!(key), value as f64, cx)?;
    }
    Ok(object.into())
}

/// `process.getActiveResourcesInfo()`: what keeps the loop alive, by Node's names.
pub(super) fn active_resources(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    // Connections are counted while they are open, whether or not they wait for anything.
    let is_conn = |active: &Active| active.kind == Kind::Source && [conn::TCP_LABEL, conn::PIPE_LABEL].contains(&active.label);
    let active = host.event_loop().active();
    let conns = host.state::<conn::Open>().conns.all();
    let names = active.iter().filter(|active| !is_conn(active)).filter_map(|active| node_name(*active));
    let names = names.chain(conns.iter().filter_map(|conn| conn.active_label()));
    // The timer whose callback this is is not over yet.
    let running = host.async_resource().filter(crate::timers::is_running).map(|_| "Timeout");
    let names: Vec<JsValue> = names.chain(running).map(|name| js_string!(name).into()).collect();
    Ok(JsArray::from_iter(names, cx).into())
}

/// `process._getActiveRequests()`: as many objects as operations run.
pub(super) fn active_requests(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let count = Host::of(cx).event_loop().active().iter().filter(|active| active.kind == Kind::Work).count();
    let requests: Vec<JsValue> = (0..count).map(|_| JsObject::with_object_proto(cx.intrinsics()).into()).collect();
    Ok(JsArray::from_iter(requests, cx).into())
}

/// `process._getActiveHandles()`: open sockets and servers.
pub(super) fn active_handles(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let open = Host::of(cx).state::<conn::Open>();
    let conns = open.conns.all().into_iter().filter(|conn| conn.active_label().is_some()).filter_map(|conn| conn.object());
    let listeners = open.listeners.all().into_iter().filter_map(|listener| listener.object());
    let handles: Vec<JsValue> = conns.chain(listeners).map(JsValue::from).collect();
    Ok(JsArray::from_iter(handles, cx).into())
}

/// Node's name for what keeps the loop alive; sources carry theirs as label.
fn node_name(active: Active) -> Option<&'static str> {
    match active.kind {
        Kind::Timer => Some("Timeout"),
        Kind::Immediate => Some("Immediate"),
        Kind::Source | Kind::Hold => Some(active.label),
        Kind::Work => Some("FSReqCallback"),
        Kind::Signal => Some("SignalWrap"),
        Kind::Pending | Kind::Closing | Kind::Remote => None,
    }
}

/// `process.kill(pid[, signal])`
pub(super) fn kill(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let number = given.to_number(cx)?;
    if number.is_nan() || number.fract() != 0.0 || given.is_null() || number.abs() > f64::from(i32::MAX) {
        return Err(errors::invalid_arg_type("pid", "number", given, cx));
    }
    let signal = args.get_or_undefined(1);
    let signal = match signal.as_string() {
        Some(name) => {
            let name = name.to_std_string_escaped();
            coil_sys::signals::number_of(&name).ok_or_else(|| errors::unknown_signal(&name, cx))?
        }
        None if signal.is_undefined() => SIGTERM,
        None => match signal.as_number() {
            Some(number) if number.fract() == 0.0 => number as i32,
            _ => {
                let shown = crate::show(signal, cx);
                return Err(errors::unknown_signal(&shown, cx));
            }
        },
    };
    let process = super::object(cx)?;
    let own = process.get(js_string!("_kill"), cx)?;
    if let Some(replaced) = own.as_object().filter(|own| own.is_callable() && !own.is_native_function(raw_kill)) {
        // A script watches what would be sent.
        let errno = replaced.call(&process.into(), &[given.clone(), signal.into()], cx)?;
        if errno.to_boolean() {
            let error = SysError::new(-errno.to_i32(cx)?, "kill");
            return Err(boa_engine::JsError::from_opaque(crate::net::errors::errno(&error, cx)?.into()));
        }
        return Ok(true.into());
    }
    match Host::of(cx).sys().process().kill(number as i32, signal) {
        Ok(()) => Ok(true.into()),
        Err(error) => Err(boa_engine::JsError::from_opaque(crate::net::errors::errno(&error, cx)?.into())),
    }
}

const SIGTERM: i32 = 15;

/// `process._kill(pid, signal)`: gives an errno instead of throwing.
pub(super) fn raw_kill(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (pid, signal) = (args.get_or_undefined(0).to_i32(cx)?, args.get_or_undefined(1).to_i32(cx)?);
    let result = Host::of(cx).sys().process().kill(pid, signal);
    Ok(result.map_or_else(|error| -error.errno, |()| 0).into())
}

/// `process.umask([mask])`
pub(super) fn umask(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if !given.is_undefined() && crate::worker_threads::is_worker(cx) {
        return Err(errors::worker_unsupported_operation("Setting process.umask()", cx));
    }
    let mask = match given.as_string() {
        _ if given.is_undefined() => None,
        Some(text) => {
            let text = text.to_std_string_escaped();
            match u32::from_str_radix(&text, 8) {
                Ok(mask) => Some(mask),
                Err(_) => return Err(errors::invalid_arg_value("mask", given, "must be a 32-bit unsigned integer or an octal string", cx)),
            }
        }
        None => Some(validate::uint32(given, "mask", false, cx)?),
    };
    let before = Host::of(cx).sys().process().umask(mask);
    Ok(before.into())
}

pub(super) fn groups(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let groups = Host::of(cx).sys().process().groups();
    let groups: Vec<JsValue> = thrown(groups, cx)?.into_iter().map(JsValue::from).collect();
    Ok(JsArray::from_iter(groups, cx).into())
}

/// A user or group as a number, or a name that is looked up.
fn id_of(value: &JsValue, group: bool, cx: &mut Context) -> JsResult<u32> {
    id_named(value, "id", group, cx)
}

fn check_id(value: &JsValue, argument: &str, cx: &mut Context) -> JsResult<()> {
    if value.is_number() {
        return validate::uint32(value, argument, false, cx).map(drop);
    }
    if value.is_string() { Ok(()) } else { Err(errors::invalid_arg_type(argument, "number|string", value, cx)) }
}

fn id_named(value: &JsValue, argument: &str, group: bool, cx: &mut Context) -> JsResult<u32> {
    check_id(value, argument, cx)?;
    let Some(name) = value.as_string() else {
        return validate::uint32(value, argument, false, cx);
    };
    let name = name.to_std_string_escaped();
    let found = lookup(&name, group, cx);
    found.ok_or_else(|| super::unknown_credential(if group { "Group" } else { "User" }, &name, cx))
}

/// The name of a user.
fn name_of(id: u32, cx: &Context) -> Option<String> {
    let bytes = Host::of(cx).sys().fs().read_file("/etc/passwd").ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    })
}

/// Node's `ErrnoException` of its C++ side: `EPERM, Operation not permitted`, with the number as the system has it.
fn refused<T>(result: Result<T, SysError>, cx: &mut Context) -> JsResult<T> {
    result.map_err(|error| {
        let mut text = error.description().to_owned();
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let properties = [("errno", JsValue::from(error.errno)), ("code", js_string!(error.code()).into()), ("syscall", js_string!(error.syscall).into())];
        match crate::net::errors::plain_with(&format!("{}, {text}", error.code()), &properties, cx) {
            Ok(object) => boa_engine::JsError::from_opaque(object.into()),
            Err(error) => error,
        }
    })
}

/// The id of a name in the system's files of users or groups.
fn lookup(name: &str, group: bool, cx: &Context) -> Option<u32> {
    let path = if group { "/etc/group" } else { "/etc/passwd" };
    let bytes = Host::of(cx).sys().fs().read_file(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

pub(super) fn set_uid(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = id_of(args.get_or_undefined(0), false, cx)?;
    let result = Host::of(cx).sys().process().set_uid(id);
    refused(result, cx).map(|()| JsValue::undefined())
}

pub(super) fn set_euid(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = id_of(args.get_or_undefined(0), false, cx)?;
    let result = Host::of(cx).sys().process().set_euid(id);
    refused(result, cx).map(|()| JsValue::undefined())
}

pub(super) fn set_gid(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = id_of(args.get_or_undefined(0), true, cx)?;
    let result = Host::of(cx).sys().process().set_gid(id);
    refused(result, cx).map(|()| JsValue::undefined())
}

pub(super) fn set_egid(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = id_of(args.get_or_undefined(0), true, cx)?;
    let result = Host::of(cx).sys().process().set_egid(id);
    refused(result, cx).map(|()| JsValue::undefined())
}

pub(super) fn set_groups(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = validate::array(args.get_or_undefined(0), "groups", 0, cx)?;
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut ids = Vec::new();
    for index in 0..length {
        let value = list.get(index, cx)?;
        check_id(&value, &format!("groups[{index}]"), cx)?;
        ids.push(value);
    }
    let ids = ids.iter().map(|value| id_of(value, true, cx)).collect::<JsResult<Vec<u32>>>()?;
    let result = Host::of(cx).sys().process().set_groups(&ids);
    refused(result, cx).map(|()| JsValue::undefined())
}

pub(super) fn init_groups(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (user, group) = (args.get_or_undefined(0), args.get_or_undefined(1));
    check_id(user, "user", cx)?;
    check_id(group, "extraGroup", cx)?;
    let group = id_of(group, true, cx)?;
    let user = match user.as_string() {
        Some(name) => name.to_std_string_escaped(),
        None => {
            let id = user.to_u32(cx)?;
            name_of(id, cx).ok_or_else(|| super::unknown_credential("User", &id.to_string(), cx))?
        }
    };
    if lookup(&user, false, cx).is_none() {
        return Err(super::unknown_credential("User", &user, cx));
    }
    let result = Host::of(cx).sys().process().init_groups(&user, group);
    refused(result, cx).map(|()| JsValue::undefined())
}
