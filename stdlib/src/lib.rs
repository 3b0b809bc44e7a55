//! Node's modules and globals, one folder each, all alike: a static table in `mod.rs`, listed once here.

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::{
    Host,
    notices::Notices,
    table::{Export, NativeModule},
};

pub mod assert;
pub mod async_hooks;
pub mod blob;
pub mod buffer;
mod carried;
pub mod child_process;
pub mod cluster;
pub mod console;
pub mod constants;
mod coroutine;
pub mod crypto;
pub mod dgram;
pub mod diagnostics_channel;
pub mod dns;
pub mod dom_exception;
pub mod domain;
pub mod encoding;
pub mod event_target;
pub mod events;
pub mod fetch;
pub mod fs;
pub mod http;
pub mod http2;
pub mod https;
mod inspector;
pub mod intl;
mod launch_flags;
mod messaging;
pub mod navigator;
pub mod net;
pub mod os;
pub mod path;
pub mod perf_hooks;
pub mod process;
pub mod punycode;
pub mod querystring;
pub mod readline;
pub mod repl;
mod reserved_words;
mod signals;
mod stdio;
pub mod stream;
pub mod string_decoder;
pub mod structured_clone;
mod stubs;
pub mod test_runner;
pub mod timers;
pub mod tls;
pub mod tty;
pub mod url;
pub mod util;
pub mod v8;
pub mod vm;
pub mod watch;
pub mod web_streams;
#[cfg(feature = "wasm")]
mod webassembly;
pub(crate) mod websocket;
pub mod worker_threads;
pub mod zlib;

/// Every built-in module that `require` and `import` find.
pub static MODULES: &[&NativeModule] = &[
    &assert::MODULE,
    &assert::STRICT,
    &async_hooks::MODULE,
    &buffer::MODULE,
    &child_process::MODULE,
    &cluster::MODULE,
    &console::MODULE,
    &dgram::MODULE,
    &diagnostics_channel::MODULE,
    &dns::MODULE,
    &dns::PROMISES,
    &domain::MODULE,
    &events::MODULE,
    &fs::MODULE,
    &fs::PROMISES,
    &http::MODULE,
    &http::underscored::AGENT,
    &http::underscored::CLIENT,
    &http::underscored::COMMON,
    &http::underscored::INCOMING,
    &http::underscored::OUTGOING,
    &http::underscored::SERVER,
    &net::MODULE,
    &os::MODULE,
    &path::MODULE,
    &path::POSIX,
    &path::WIN32,
    &process::MODULE,
    &punycode::MODULE,
    &stream::MODULE,
    &stream::CONSUMERS,
    &stream::STREAM_DUPLEX,
    &stream::STREAM_PASSTHROUGH,
    &stream::STREAM_READABLE,
    &stream::STREAM_TRANSFORM,
    &stream::STREAM_WRITABLE,
    &stream::PROMISES,
    &stream::LEGACY_DUPLEX,
    &stream::LEGACY_PASS_THROUGH,
    &stream::LEGACY_READABLE,
    &stream::LEGACY_TRANSFORM,
    &stream::LEGACY_WRITABLE,
    &querystring::MODULE,
    &readline::MODULE,
    &readline::PROMISES,
    &string_decoder::MODULE,
    &timers::MODULE,
    &timers::PROMISES,
    &url::MODULE,
    &util::MODULE,
    &SYS,
    &constants::MODULE,
    &perf_hooks::MODULE,
    &tty::MODULE,
    &vm::MODULE,
    &worker_threads::MODULE,
    &util::TYPES,
    &crypto::CRYPTO,
    &http2::MODULE,
    &https::MODULE,
    &stubs::INSPECTOR,
    &stubs::INSPECTOR_PROMISES,
    &repl::MODULE,
    &stubs::SEA,
    &stubs::SQLITE,
    &web_streams::MODULE,
    &test_runner::MODULE,
    &test_runner::REPORTERS,
    &tls::MODULE,
    &stubs::TRACE_EVENTS,
    &stubs::WASI,
    &zlib::MODULE,
    &v8::MODULE,
    &tls::COMMON,
    &tls::WRAP,
    &stubs::STREAM_WRAP,
];

/// `require('sys')`: `util` under its oldest name.
static SYS: NativeModule = NativeModule { name: "sys", exports: &[Export::module("=", &util::MODULE)] };

/// Every property of the global object that is not the engine's own.
pub static GLOBALS: &[Export] = &[
    Export::build("global", |cx| Ok(cx.global_object().into())).enumerable(true),
    Export::tag("global"),
    Export::build("console", console::global_value).enumerable(false),
    buffer::GLOBAL,
    Export::build("URL", url::url_constructor).enumerable(false),
    Export::build("URLSearchParams", url::search_params_constructor).enumerable(false),
    Export::lazy("URLPattern", url::pattern::class).enumerable(false),
    Export::lazy("Intl", intl::namespace).enumerable(false),
    Export::lazy("DOMException", dom_exception::constructor).enumerable(false),
    Export::lazy("TextDecoder", encoding::text_decoder).enumerable(false),
    Export::lazy("TextEncoder", encoding::text_encoder).enumerable(false),
    Export::lazy("Blob", blob::constructor).enumerable(false),
    Export::lazy("File", blob::file_constructor).enumerable(false),
    structured_clone::GLOBAL,
    Export::lazy("atob", encoding::atob).enumerable(true),
    Export::lazy("btoa", encoding::btoa).enumerable(true),
    event_target::ABORT_CONTROLLER_GLOBAL,
    event_target::ABORT_SIGNAL_GLOBAL,
    Export::class(&messaging::BROADCAST_CHANNEL).enumerable(false),
    Export::class(&messaging::MESSAGE_CHANNEL).enumerable(false),
    Export::class(&messaging::MESSAGE_PORT).enumerable(false),
    Export::class(&messaging::MESSAGE_EVENT).enumerable(false),
    Export::class(&messaging::CLOSE_EVENT).enumerable(false),
    Export::class(&messaging::ERROR_EVENT).enumerable(false),
    Export::class(&websocket::WEB_SOCKET).enumerable(false),
    #[cfg(feature = "wasm")]
    webassembly::GLOBAL,
    event_target::CUSTOM_EVENT_GLOBAL,
    event_target::EVENT_GLOBAL,
    event_target::EVENT_TARGET_GLOBAL,
    Export::lazy("Navigator", navigator::constructor).enumerable(false),
    Export::lazy("navigator", navigator::navigator).enumerable(true),
    Export::lazy("performance", perf_hooks::performance).enumerable(true),
    Export::all(perf_hooks::GLOBALS),
    Export::all(stubs::web::OF_MODULES),
    Export::all(fetch::GLOBALS),
    Export::all(stubs::web::CRYPTO),
    process::GLOBAL,
    timers::CLEAR_IMMEDIATE,
    timers::SET_IMMEDIATE,
    timers::CLEAR_INTERVAL,
    timers::CLEAR_TIMEOUT,
    timers::SET_INTERVAL,
    timers::SET_TIMEOUT,
    timers::QUEUE_MICROTASK,
];

/// Joins a new host to its built-ins: uncaught errors, warnings and messages follow Node's rules from now on.
pub fn install(host: &Host, cx: &mut Context) -> JsResult<()> {
    host.note("environment");
    process::install(host);
    #[cfg(feature = "wasm")]
    webassembly::install(host);
    intl::install(cx)?;
    host.state::<Notices>().hear_of_builtins(deprecated_module);
    host.state::<coil_engine::launch::Launch>().warn_now.set(Some(process::emit_warning_now));
    host.set_inspect(util::inspect_for_messages);
    host.name_methods(timers::method_name);
    Ok(())
}

/// Warns of modules whose time is over.
fn deprecated_module(name: &str, cx: &mut Context) -> JsResult<()> {
    let (code, message) = match name {
        "sys" => ("DEP0025", "sys is deprecated. Use `node:util` instead."),
        "punycode" => return process::deprecate_for_applications("DEP0040", "The `punycode` module is deprecated. Please use a userland alternative instead.", cx),
        "_stream_wrap" => ("DEP0125", "The _stream_wrap module is deprecated. Use `node:stream` instead."),
        "_tls_common" => ("DEP0192", "The _tls_common module is deprecated. Use `node:tls` instead."),
        "_tls_wrap" => ("DEP0192", "The _tls_wrap module is deprecated. Use `node:tls` instead."),
        _ => return Ok(()),
    };
    process::emit_once(code, message, "DeprecationWarning", cx)
}

/// A value as `util.inspect` shows it; where showing it throws, as the engine does.
pub fn show(value: &JsValue, cx: &mut Context) -> String {
    match util::inspect::inspect(value, &util::inspect::Options::default(), cx) {
        Ok(text) => text.to_std_string_lossy(),
        Err(_) => value.display().to_string(),
    }
}
