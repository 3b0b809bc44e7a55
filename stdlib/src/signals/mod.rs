//! Signals as events of `process`: a listener for `SIGINT` starts to watch it, the last one's removal stops.
//!
//! ```js
//! process.on('SIGTERM', () => process.exit(0));
//! ```

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_loop::SignalId,
    coil_sys::{SysError, signals},
    errors, table,
};
use rustc_hash::FxHashMap;

/// The watched signals by number.
#[derive(Default)]
struct Watched(RefCell<FxHashMap<i32, SignalId>>);

/// Makes `process` follow its signal listeners.
pub(crate) fn watch(process: &JsObject, cx: &mut Context) -> JsResult<()> {
    let start = table::function(start, js_string!("startListeningIfSignal"), 1, cx);
    let stop = table::function(stop, js_string!("stopListeningIfSignal"), 1, cx);
    crate::events::on(process, js_string!("newListener"), start, cx)?;
    crate::events::on(process, js_string!("removeListener"), stop, cx)
}

fn number_of(event: &JsValue) -> Option<(i32, &'static str)> {
    let name = event.as_string()?.to_std_string_escaped();
    if !name.starts_with("SIG") {
        return None;
    }
    let number = signals::number_of(&name)?;
    Some((number, signals::name_of(number)?))
}

fn start(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some((number, name)) = number_of(args.get_or_undefined(0)) else { return Ok(JsValue::undefined()) };
    let host = Host::of(cx);
    let watched = host.state::<Watched>();
    if watched.0.borrow().contains_key(&number) {
        return Ok(JsValue::undefined());
    }
    let started = host.event_loop().signal(number, move |cx| {
        let host = Host::of(cx);
        host.enter_with(cx, |cx| crate::process::emit(name, &[js_string!(name).into(), number.into()], cx));
    });
    match started {
        Ok(id) => {
            watched.0.borrow_mut().insert(number, id);
            Ok(JsValue::undefined())
        }
        Err(error) => {
            let error = SysError::new(error.raw_os_error().unwrap_or(EINVAL), "uv_signal_start");
            Err(errors::system(&error, cx))
        }
    }
}

fn stop(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some((number, name)) = number_of(args.get_or_undefined(0)) else { return Ok(JsValue::undefined()) };
    let process = crate::process::object(cx)?;
    if crate::events::listener_count(&process, js_string!(name), cx)? > 0 {
        return Ok(JsValue::undefined());
    }
    let host = Host::of(cx);
    let id = host.state::<Watched>().0.borrow_mut().remove(&number);
    if let Some(id) = id {
        host.event_loop().signal_remove(id);
    }
    Ok(JsValue::undefined())
}

const EINVAL: i32 = 22;
