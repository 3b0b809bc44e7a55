//! `process.permission`, and who is told of what it denies.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    notices::Notices,
    table::{self, Export},
    validate,
};

use crate::diagnostics_channel;

/// `process.permission`, while a policy is on.
pub(super) fn define(process: &JsObject, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    if !host.sys().policy().enabled {
        return Ok(());
    }
    host.state::<Notices>().hear_of_denials(publish);
    let permission = JsObject::with_object_proto(cx.intrinsics());
    table::define_all(&permission, &[Export::function("has", 2, has)], true, cx)?;
    process.create_data_property_or_throw(js_string!("permission"), permission, cx).map(drop)
}

/// `process.permission.has(scope[, reference])`
fn has(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let scope = validate::string(args.get_or_undefined(0), "scope", cx)?.to_std_string_lossy();
    let reference = args.get_or_undefined(1);
    let reference = if reference.is_null_or_undefined() { None } else { Some(validate::string(reference, "reference", cx)?.to_std_string_lossy()) };
    let granted = Host::of(cx).sys().has_permission(&scope, reference.as_ref().map(std::path::Path::new));
    if let (false, Some((_, permission, _))) = (granted, SCOPES.iter().find(|(known, ..)| *known == scope)) {
        publish(permission, reference.as_deref().unwrap_or_default(), cx);
    }
    Ok(granted.into())
}

/// Scopes, what errors call the permission, and the channel that tells of its denial.
const SCOPES: &[(&str, &str, &str)] = &[
    ("fs", "FileSystem", "fs"),
    ("fs.read", "FileSystemRead", "fs"),
    ("fs.write", "FileSystemWrite", "fs"),
    ("net", "Net", "net"),
    ("child", "ChildProcess", "child"),
    ("worker", "WorkerThreads", "worker"),
    ("wasi", "WASI", "wasi"),
    ("addon", "Addon", "addon"),
    ("inspector", "Inspector", "inspector"),
];

/// Tells the subscribers of `node:permission-model:fs` and its kin.
fn publish(permission: &str, resource: &str, cx: &mut Context) {
    let Some((_, permission, channel)) = SCOPES.iter().find(|(_, known, _)| *known == permission) else { return };
    // Nobody can have subscribed before the module was loaded.
    if Host::of(cx).instance_of_builtin("diagnostics_channel").is_none() {
        return;
    }
    let name = js_string!(format!("node:permission-model:{channel}")).into();
    let Ok(channel) = diagnostics_channel::channel(&name, cx) else { return };
    if !diagnostics_channel::has_subscribers(&channel) {
        return;
    }
    let message = JsObject::with_null_proto();
    for (key, value) in [("permission", *permission), ("resource", resource)] {
        // A new object takes any property.
        let _ = message.create_data_property_or_throw(js_string!(key), js_string!(value), cx);
    }
    diagnostics_channel::publish(&channel, &message.into(), cx);
}
