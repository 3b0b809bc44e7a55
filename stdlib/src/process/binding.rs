//! `process.binding(name)`: the few tables of Node's internals that programs still read.
//!
//! <https://nodejs.org/api/deprecations.html#dep0111-processbinding>

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    Host, coil_sys,
    errors::{self, Base},
    table::{self, Export, NativeModule},
};

use crate::{child_process, util::system_errors};

/// `process.binding(name)`: the same object at every call.
pub(super) fn binding(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if Host::of(cx).sys().policy().enabled {
        return Err(denied(cx)?);
    }
    let name = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let module = match name.as_str() {
        "config" => &CONFIG,
        "constants" => &CONSTANTS,
        "natives" => &NATIVES,
        "spawn_sync" => &child_process::sync::BINDING,
        "util" => &UTIL,
        "uv" => &UV,
        known if KNOWN.contains(&known) => return Err(errors::method_not_implemented("process.binding()", cx)),
        _ => return Err(errors::plain(Base::Error, format!("No such module: {name}"))),
    };
    table::instantiate(module, cx).map(JsValue::from)
}

fn denied(cx: &mut Context) -> JsResult<boa_engine::JsError> {
    let error = errors::coded(Base::Error, "ERR_ACCESS_DENIED", "process.binding", cx);
    if let Some(object) = error.as_opaque().and_then(JsValue::as_object) {
        for key in ["permission", "resource"] {
            object.create_data_property_or_throw(js_string!(key), js_string!(), cx)?;
        }
    }
    Ok(error)
}

static CONFIG: NativeModule = NativeModule {
    name: "process.binding.config",
    exports: &[
        Export::boolean("isDebugBuild", false),
        Export::boolean("openSSLIsBoringSSL", false),
        Export::boolean("hasOpenSSL", true),
        Export::boolean("fipsMode", true),
        Export::boolean("hasIntl", true),
        Export::boolean("hasTracing", false),
        Export::boolean("hasNodeOptions", true),
        Export::boolean("hasInspector", false),
        Export::boolean("noBrowserGlobals", false),
        Export::int("bits", 64),
    ],
};

static CONSTANTS: NativeModule = NativeModule {
    name: "process.binding.constants",
    exports: &[
        Export::build("os", |cx| constants_of("os", cx)),
        Export::build("fs", |cx| constants_of("fs", cx)),
        Export::build("crypto", |cx| constants_of("crypto", cx)),
        Export::build("zlib", |cx| constants_of("zlib", cx)),
    ],
};

fn constants_of(module: &str, cx: &mut Context) -> JsResult<JsValue> {
    export_of(module, "constants", cx)
}

/// What a built-in module exports under `key`; undefined where this runtime was made without the module.
fn export_of(module: &str, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let Some(module) = Host::of(cx).builtin(module) else { return Ok(JsValue::undefined()) };
    table::instantiate(module, cx)?.get(js_string!(key), cx)
}

/// The built-in modules by name. Node has the text of each there; ours are not JavaScript, and their texts are empty.
static NATIVES: NativeModule = NativeModule { name: "process.binding.natives", exports: &[Export::build("=", natives)] };

fn natives(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    let mut names: Vec<&str> = Host::of(cx).builtins().iter().map(|module| module.name).collect();
    names.sort_unstable();
    for name in names {
        object.create_data_property_or_throw(js_string!(name), js_string!(), cx)?;
    }
    Ok(object.into())
}

static UTIL: NativeModule = NativeModule { name: "process.binding.util", exports: &[Export::build("=", util)] };

fn util(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for name in TESTS {
        let test = export_of("util/types", name, cx)?;
        object.create_data_property_or_throw(js_string!(*name), test, cx)?;
    }
    Ok(object.into())
}

/// Of `util.types`, those that Node still shows here.
const TESTS: &[&str] = &[
    "isArrayBuffer",
    "isAsyncFunction",
    "isDataView",
    "isDate",
    "isExternal",
    "isMap",
    "isMapIterator",
    "isNativeError",
    "isPromise",
    "isRegExp",
    "isSet",
    "isSetIterator",
    "isAnyArrayBuffer",
    "isArrayBufferView",
    "isTypedArray",
    "isUint8Array",
];

static UV: NativeModule = NativeModule { name: "process.binding.uv", exports: &[Export::build("=", uv)] };

fn uv(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    table::define_all(&object, &[Export::function("errname", 0, system_errors::name)], true, cx)?;
    for error in coil_sys::errno::ERRNO {
        object.create_data_property_or_throw(JsString::from(format!("UV_{}", error.name)), -error.number, cx)?;
    }
    table::define_all(&object, &[Export::function("getErrorMap", 0, system_errors::map), Export::function("getErrorMessage", 0, system_errors::message)], true, cx)?;
    Ok(object.into())
}

/// What else Node has under `process.binding`.
const KNOWN: &[&str] = &[
    "async_wrap",
    "buffer",
    "cares_wrap",
    "contextify",
    "crypto",
    "fs",
    "fs_event_wrap",
    "http_parser",
    "icu",
    "inspector",
    "js_stream",
    "os",
    "pipe_wrap",
    "process_wrap",
    "signal_wrap",
    "stream_wrap",
    "tcp_wrap",
    "tls_wrap",
    "tty_wrap",
    "udp_wrap",
    "url",
    "v8",
    "zlib",
];
