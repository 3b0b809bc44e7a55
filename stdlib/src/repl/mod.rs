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
//! simple declarations; names that `let`, `const` and `class` declare are not completed, as in a Node without its inspector.

mod commands;
mod complete;
mod context;
mod evaluate;
mod expression;
mod failure;
mod files;
mod history;
mod server;
mod standalone;
mod typing;

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    table::{self, Export, NativeModule, Symbol},
};

pub use self::standalone::{offer_modules, run as run_session};
use crate::{process, util::inspect};

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
        Export::accessor(
            "builtinModules",
            |_, _, cx| {
                process::deprecate_for_applications("DEP0191", "repl.builtinModules is deprecated. Check module.builtinModules instead", cx)?;
                builtin_modules(cx).map(JsValue::from)
            },
            set_builtin_modules,
        )
        .enumerable(false),
        Export::accessor(
            "_builtinLibs",
            |_, _, cx| {
                process::deprecate_for_applications("DEP0142", "repl._builtinLibs is deprecated. Check module.builtinModules instead", cx)?;
                builtin_modules(cx).map(JsValue::from)
            },
            set_builtin_modules,
        )
        .enumerable(false),
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

/// The list of built-in modules; a program may change it, and what is completed with it.
#[derive(Default)]
struct Libraries(RefCell<Option<JsObject>>);

fn builtin_modules(cx: &mut Context) -> JsResult<JsObject> {
    let state = Host::of(cx).state::<Libraries>();
    if let Some(list) = &*state.0.borrow() {
        return Ok(list.clone());
    }
    let names: Vec<JsValue> = LIBRARIES.iter().map(|name| js_string!(*name).into()).collect();
    let list: JsObject = JsArray::from_iter(names, cx).into();
    *state.0.borrow_mut() = Some(list.clone());
    Ok(list)
}

fn set_builtin_modules(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    *Host::of(cx).state::<Libraries>().0.borrow_mut() = args.get_or_undefined(0).as_object();
    Ok(JsValue::undefined())
}

/// `repl.writer`: a function with its `options`, which may be changed.
fn writer(cx: &mut Context) -> JsResult<JsValue> {
    let defaults = inspect::installed_options(cx)?.to_object(cx)?;
    defaults.set(js_string!("showProxy"), true, true, cx)?;
    writer_with(&defaults, cx).map(JsValue::from)
}

/// A writer of its own: `options`, which may be changed, are those of `from`, with colours.
fn coloured_writer(from: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.copy_data_properties::<JsString>(from, Vec::new(), cx)?;
    options.set(js_string!("colors"), true, true, cx)?;
    writer_with(&options, cx)
}

fn writer_with(options: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let holder = JsObject::with_null_proto();
    let write = table::closure(
        "writer",
        1,
        holder.clone(),
        |_, args, holder, cx| {
            let writer = holder.get(js_string!("writer"), cx)?.to_object(cx)?;
            let options = writer.get(js_string!("options"), cx)?;
            shown(args.get_or_undefined(0), &options, cx).map(JsValue::from)
        },
        cx,
    );
    holder.set(js_string!("writer"), write.clone(), true, cx)?;
    write.set(js_string!("options"), options.clone(), true, cx)?;
    Ok(write.into())
}

/// `util.inspect(value, options)`
fn shown(value: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    let mut merged = inspect::installed_options(cx)?;
    if let Some(options) = options.as_object() {
        merged = merged.merged(&options, cx)?;
    }
    inspect::inspect(value, &merged, cx)
}
