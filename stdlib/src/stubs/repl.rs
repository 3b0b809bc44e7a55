//! `repl`: what Node exports there. Nothing of it works yet.

use super::*;

/// `require('repl')`
pub static REPL: NativeModule = NativeModule { name: "repl", exports: &[
    function!("start", 6, "repl.start()"),
    function!("writer", 1, "repl.writer()"),
    class!("REPLServer", "REPLServer", 6, "repl.REPLServer()"),
    Export::symbol_value("REPL_MODE_SLOPPY", Symbol::Private("repl-sloppy")),
    Export::symbol_value("REPL_MODE_STRICT", Symbol::Private("repl-strict")),
    class!("Recoverable", "Recoverable", 1, "repl.Recoverable()"),
    function!("isValidSyntax", 1, "repl.isValidSyntax()"),
    Export::build("builtinModules", |cx| list(&["assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector", "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process", "punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib"], cx)).enumerable(false),
    Export::build("_builtinLibs", |cx| list(&["assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns", "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector", "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process", "punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib"], cx)).enumerable(false),
] };
