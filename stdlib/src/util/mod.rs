//! Node's `util`.

pub(crate) mod inspect;

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use coil_engine::{errors, table::{Export, NativeModule}};

pub use inspect::inspect_for_messages;

/// `require('util')`
pub static MODULE: NativeModule = NativeModule {
    name: "util",
    exports: &[
        Export::function("format", 0, format),
        Export::function("formatWithOptions", 1, format_with_options),
        Export::build("inspect", |cx| Ok(inspect::inspect_function(cx)?.into())),
    ],
};

fn format(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(inspect::format(args, cx)?.into())
}

/// `util.formatWithOptions(inspectOptions, ...args)`
fn format_with_options(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let Some(options) = given.as_object().filter(|options| !options.is_callable()) else {
        return Err(errors::invalid_arg_type("inspectOptions", "Object", given, cx));
    };
    Ok(inspect::format_with_options(Some(&options), args.get(1..).unwrap_or_default(), cx)?.into())
}

/// `file:` URL of a path, as far as stack frames need it.
pub(crate) fn file_href(path: &str) -> String {
    let mut href = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.!~*'();:@&=+$,[]".contains(&byte) {
            href.push(char::from(byte));
        } else {
            href.push_str(&format!("%{byte:02X}"));
        }
    }
    href
}
