//! The argument forms that `listen` and `connect` share, and looking up names.

use core::net::IpAddr;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
};
use coil_engine::{
    Host,
    coil_loop::Outcome,
    coil_sys::{
        SysError, errno,
        net::{Family, LookupHints},
    },
    op::thrown_value,
    table, validate,
};

use super::errors;
use crate::events;

/// Node's `normalizeArgs`: `(options, cb)`, `(path, cb)`, `(port, host, cb)` become options and a callback.
pub fn normalize(args: &[JsValue], cx: &mut Context) -> JsResult<(JsObject, Option<JsFunction>)> {
    let first = args.get_or_undefined(0);
    if let Some(array) = first.as_object().filter(JsObject::is_array)
        && array.has_own_property(normalized_symbol(cx), cx)?
    {
        let options = array.get(0, cx)?.to_object(cx)?;
        return Ok((options, array.get(1, cx)?.as_function()));
    }
    let callback = args.last().and_then(JsValue::as_function);
    if args.is_empty() {
        return Ok((JsObject::with_object_proto(cx.intrinsics()), None));
    }
    if let Some(options) = first.as_object().filter(|options| !options.is_callable() || args.len() > 1) {
        return Ok((options, callback));
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    if first.is_object() {
        return Ok((options, callback));
    }
    if is_pipe_name(first) {
        options.create_data_property_or_throw(js_string!("path"), first.clone(), cx)?;
    } else {
        options.create_data_property_or_throw(js_string!("port"), first.clone(), cx)?;
        if let Some(host) = args.get(1).filter(|host| host.is_string()) {
            options.create_data_property_or_throw(js_string!("host"), host.clone(), cx)?;
        }
    }
    Ok((options, callback))
}

fn normalized_symbol(cx: &mut Context) -> boa_engine::JsSymbol {
    Host::of(cx).named_symbol("normalizedArgs", cx)
}

/// `net._normalizeArgs`
pub fn normalize_args(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = args.get_or_undefined(0).to_object(cx)?;
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    let args: Vec<JsValue> = (0..length).map(|at| list.get(at, cx)).collect::<JsResult<_>>()?;
    let (options, callback) = normalize(&args, cx)?;
    normalized_array([options.into(), callback.map_or_else(JsValue::null, Into::into)], cx)
}

/// What `net._normalizeArgs` gives: options and callback, marked so that they are taken as they are.
pub fn normalized_array(pair: [JsValue; 2], cx: &mut Context) -> JsResult<JsValue> {
    let array = JsArray::from_values(pair.to_vec(), cx);
    array.set(normalized_symbol(cx), true, true, cx)?;
    Ok(array.into())
}

/// A string that is no number names a unix socket.
pub fn is_pipe_name(value: &JsValue) -> bool {
    value.as_string().is_some_and(|text| {
        let number = text.to_number();
        number.is_nan() || number < 0.0
    })
}

/// An aborted `signal` closes the server.
pub fn abort_closes_server(server: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let signal = options.get(js_string!("signal"), cx)?;
    let Some(signal) = validate::abort_signal(&signal, "options.signal", cx)? else { return Ok(()) };
    let server_of_tick = server.clone();
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        Host::of(cx).next_tick_native(move |cx| events::method(&server_of_tick, "close", &[], cx).map(drop));
        return Ok(());
    }
    let aborted = table::closure(
        "onAborted",
        0,
        server.clone(),
        |_this, _args, server, cx| {
            events::method(server, "close", &[], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&signal, "addEventListener", &[js_string!("abort").into(), aborted.clone().into()], cx)?;
    let closed = table::closure(
        "",
        0,
        (signal, aborted),
        |_this, _args, (signal, aborted), cx| {
            events::method(signal, "removeEventListener", &[js_string!("abort").into(), aborted.clone().into()], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(server, js_string!("close"), closed, cx)
}

/// The addresses of a name, in the system's order; an address is its own. `then` runs in a later turn, inside one entry.
pub fn look_up_all(host: String, cx: &mut Context, then: impl FnOnce(Result<Vec<IpAddr>, JsValue>, &mut Context) -> JsResult<()> + 'static) {
    look_up(host, Family::Any, LookupHints::default(), cx, then);
}

/// The same for one family and with hints.
pub fn look_up(host: String, family: Family, hints: LookupHints, cx: &mut Context, then: impl FnOnce(Result<Vec<IpAddr>, JsValue>, &mut Context) -> JsResult<()> + 'static) {
    if let Ok(ip) = host.parse::<IpAddr>() {
        Host::of(cx).next_tick_native(move |cx| then(Ok(vec![ip]), cx));
        return;
    }
    Host::of(cx).offload(
        "getaddrinfo",
        move |sys| sys.net().lookup(&host, family, hints),
        move |outcome, cx| {
            Host::of(cx).enter_with(cx, |cx| {
                let found = match outcome {
                    Outcome::Done(found) => found,
                    Outcome::Cancelled => Err(SysError::new(errno::ECANCELED, "getaddrinfo")),
                };
                let found = match found {
                    Ok(found) => Ok(found),
                    Err(error) => Err(match errors::look_up(&error, cx) {
                        Ok(error) => error.into(),
                        Err(error) => thrown_value(error, cx),
                    }),
                };
                then(found, cx)
            });
        },
    );
}
