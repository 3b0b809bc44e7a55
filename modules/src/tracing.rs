//! The tracing channels of the module system, once `diagnostics_channel` is loaded: `module.require` and `module.import`
//! (<https://nodejs.org/api/diagnostics_channel.html#built-in-channels>).

use std::cell::RefCell;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{Host, op::thrown_value, table, validate};

use crate::cjs;

/// The channels that were asked for, by name.
#[derive(Default)]
struct Channels(RefCell<Vec<(&'static str, JsObject)>>);

/// The channel of that name, where somebody listens.
fn listened(name: &'static str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let host = Host::of(cx);
    let Some(channels) = host.instance_of_builtin("diagnostics_channel") else { return Ok(None) };
    let state = host.state::<Channels>();
    let known = state.0.borrow().iter().find(|(known, _)| *known == name).map(|(_, channel)| channel.clone());
    let channel = match known {
        Some(channel) => channel,
        None => {
            let make = channels.get(js_string!("tracingChannel"), cx)?;
            let make = validate::function(&make, "tracingChannel", cx)?;
            let channel = make.call(&channels.into(), &[js_string!(name).into()], cx)?.to_object(cx)?;
            state.0.borrow_mut().push((name, channel.clone()));
            channel
        }
    };
    Ok(channel.get(js_string!("hasSubscribers"), cx)?.to_boolean().then_some(channel))
}

fn method(channel: &JsObject, name: &'static str, cx: &mut Context) -> JsResult<JsFunction> {
    let found = channel.get(js_string!(name), cx)?;
    validate::function(&found, name, cx)
}

/// `Module._load`, between the events of `tracing:module.require` if anybody listens.
pub(crate) fn load(request: &JsString, module: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let parent = JsValue::from(module.clone());
    let Some(channel) = listened("module.require", cx)? else { return cjs::load(request, &parent, false, cx) };
    let message = JsObject::with_null_proto();
    let filename = module.get(js_string!("filename"), cx)?;
    message.create_data_property_or_throw(js_string!("parentFilename"), filename, cx)?;
    message.create_data_property_or_throw(js_string!("id"), request.clone(), cx)?;
    let call = table::closure(
        "wrapModuleLoad",
        0,
        (JsValue::from(request.clone()), parent),
        |_this, _args, (request, parent), cx| {
            let request = request.to_string(cx)?;
            cjs::load(&request, parent, false, cx)
        },
        cx,
    );
    method(&channel, "traceSync", cx)?.call(&channel.into(), &[call.into(), message.into()], cx)
}

/// An `import()` that somebody listens to: what settles the promise that stands for it.
pub(crate) struct Import(ResolvingFunctions);

/// `import(specifier)` in the module or script at `parent` begins.
pub(crate) fn import_begins(specifier: &str, parent: &str, cx: &mut Context) -> JsResult<Option<Import>> {
    let Some(channel) = listened("module.import", cx)? else { return Ok(None) };
    let message = JsObject::with_null_proto();
    message.create_data_property_or_throw(js_string!("parentURL"), js_string!(parent), cx)?;
    message.create_data_property_or_throw(js_string!("url"), js_string!(specifier), cx)?;
    let (promise, settle) = JsPromise::new_pending(cx);
    let call = table::closure("", 0, JsValue::from(promise), |_this, _args, promise, _cx| Ok(promise.clone()), cx);
    let traced = method(&channel, "tracePromise", cx)?.call(&channel.into(), &[call.into(), message.into()], cx)?;
    // The program's own promise is another: this one counts as handled.
    let ignored = table::function(|_, _, _| Ok(JsValue::undefined()), js_string!(), 0, cx);
    JsPromise::resolve(traced, cx)?.catch(ignored, cx)?;
    Ok(Some(Import(settle)))
}

/// The import gave `namespace`.
pub(crate) fn import_succeeded(import: &Import, namespace: JsValue, cx: &mut Context) -> JsResult<()> {
    import.0.resolve.call(&JsValue::undefined(), &[namespace], cx).map(drop)
}

/// The import failed; gives the error to throw.
pub(crate) fn import_failed(import: Option<&Import>, error: JsError, cx: &mut Context) -> JsError {
    let Some(import) = import else { return error };
    let reason = thrown_value(error, cx);
    match import.0.reject.call(&JsValue::undefined(), std::slice::from_ref(&reason), cx) {
        Ok(_) => JsError::from_opaque(reason),
        Err(failed) => failed,
    }
}
