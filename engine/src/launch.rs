//! How this runtime was started: what `process` shows of the command line, and the flags built-ins obey.

use std::cell::{Cell, RefCell};

/// Set by whoever builds the runtime before the first script runs; read by built-ins through `host.state::<Launch>()`.
#[derive(Default)]
pub struct Launch {
    /// `process.argv`, with the executable first.
    pub argv: RefCell<Vec<String>>,
    /// `process.execArgv`
    pub exec_argv: RefCell<Vec<String>>,
    /// `process.argv0`: as the shell gave it.
    pub argv0: RefCell<String>,
    /// `process.execPath`
    pub exec_path: RefCell<String>,
    /// `process._eval`, with `-e` and `-p`.
    pub eval: RefCell<Option<String>>,
    /// `--no-warnings`
    pub no_warnings: Cell<bool>,
    /// `--disable-warning=CODE`
    pub disabled_warnings: RefCell<Vec<String>>,
    /// `--redirect-warnings=FILE`: warnings go there instead of standard error.
    pub redirect_warnings: RefCell<String>,
    /// `--max-http-header-size`, in bytes.
    pub max_http_header_size: Cell<Option<u32>>,
    /// `--trace-warnings`
    pub trace_warnings: Cell<bool>,
    /// `--trace-deprecation`
    pub trace_deprecation: Cell<bool>,
    /// `--throw-deprecation`
    pub throw_deprecation: Cell<bool>,
    /// `--no-deprecation`
    pub no_deprecation: Cell<bool>,
    /// `--pending-deprecation`
    pub pending_deprecation: Cell<bool>,
    /// `--trace-uncaught`
    pub trace_uncaught: Cell<bool>,
    /// `--unhandled-rejections=MODE`
    pub unhandled_rejections: Cell<UnhandledRejections>,
    /// `--abort-on-uncaught-exception`
    pub abort_on_uncaught: Cell<bool>,
    /// `--expose-gc`
    pub expose_gc: Cell<bool>,
    /// `--preserve-symlinks`
    pub preserve_symlinks: Cell<bool>,
}

/// What a rejected promise nobody handled does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UnhandledRejections {
    /// Emits `unhandledRejection`; without a listener it is an uncaught error.
    #[default]
    Throw,
    /// Is an uncaught error, then emits.
    Strict,
    /// Warns, whether or not there is a listener.
    Warn,
    /// Emits; without a listener it warns and the exit code is 1.
    WarnWithErrorCode,
    /// Only emits.
    None,
}
