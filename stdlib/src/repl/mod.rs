//! `node:repl`: read a command, evaluate it, print what came of it, again.
//!
//! ```js
//! const server = repl.start({ prompt: 'app> ' });
//! server.context.answer = 42;
//! ```
//!
//! Follows <https://nodejs.org/api/repl.html>.
//!
//! Differs from Node: no previews, no reverse search, no colours of input; `await` at the top level of a command works in expressions and in
//! simple declarations; errors of timers that a command starts end the program unless the session is the program itself.

mod commands;
mod complete;
mod evaluate;
mod history;
mod server;
mod standalone;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    class::{Class, Kind, Parent},
    table::{self, Export, NativeModule, Symbol},
};

pub use self::standalone::run as run_session;
use crate::util::inspect;

/// `require('repl')`
pub static MODULE: NativeModule = NativeModule {
    name: "repl",
    exports: &[
        Export::function("start", 6, |_, args, cx| Ok(server::REPL_SERVER.construct(args, cx)?.into())),
        Export::build("writer", writer),
        Export::class(&server::REPL_SERVER),
        Export::symbol_value("REPL_MODE_SLOPPY", SLOPPY),
        Export::symbol_value("REPL_MODE_STRICT", STRICT),
        Export::class(&RECOVERABLE),
        Export::function("isValidSyntax", 1, evaluate::is_valid_syntax),
        Export::build("builtinModules", builtin_modules).enumerable(false),
        Export::build("_builtinLibs", builtin_modules).enumerable(false),
    ],
};

const SLOPPY: Symbol = Symbol::Private("repl-sloppy");
const STRICT: Symbol = Symbol::Private("repl-strict");

/// `Recoverable`: the error of a command that is not complete yet.
static RECOVERABLE: Class = Class {
    name: "Recoverable",
    length: 1,
    extends: Parent::Constructor(|cx| Ok(cx.intrinsics().constructors().syntax_error().constructor())),
    kind: Kind::Legacy,
    init: |this, args, cx| {
        this.to_object(cx)?.set(js_string!("err"), args.get_or_undefined(0).clone(), true, cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[],
    statics: &[],
};

/// The names that are offered as globals and completed.
const LIBRARIES: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

fn builtin_modules(cx: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = LIBRARIES.iter().map(|name| js_string!(*name).into()).collect();
    Ok(JsArray::from_iter(names, cx).into())
}

/// `repl.writer`: a function with its `options`, which may be changed.
fn writer(cx: &mut Context) -> JsResult<JsValue> {
    let writer: JsObject = table::function(write_value, js_string!("writer"), 1, cx).into();
    let defaults = inspect::installed_options(cx)?.to_object(cx)?;
    defaults.set(js_string!("showProxy"), true, true, cx)?;
    writer.set(js_string!("options"), defaults, true, cx)?;
    Ok(writer.into())
}

fn write_value(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let writer = table::instantiate(&MODULE, cx)?.get(js_string!("writer"), cx)?.to_object(cx)?;
    let options = writer.get(js_string!("options"), cx)?;
    shown(args.get_or_undefined(0), &options, cx).map(JsValue::from)
}

/// `util.inspect(value, options)`
fn shown(value: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<boa_engine::JsString> {
    let mut merged = inspect::installed_options(cx)?;
    if let Some(options) = options.as_object() {
        merged = merged.merged(&options, cx)?;
    }
    inspect::inspect(value, &merged, cx)
}
