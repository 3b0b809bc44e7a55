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
    /// `--disable-proto`: `delete` or `throw`.
    pub disable_proto: RefCell<Option<String>>,
    /// `--enable-source-maps`
    pub source_maps: Cell<bool>,
    /// The same for the files of packages.
    pub source_maps_of_packages: Cell<bool>,
    /// The same for texts that a script compiles.
    pub source_maps_of_generated_code: Cell<bool>,
    /// `--no-warnings`
    pub no_warnings: Cell<bool>,
    /// `--disable-warning=CODE`
    pub disabled_warnings: RefCell<Vec<String>>,
    /// `--redirect-warnings=FILE`: warnings go there instead of standard error.
    pub redirect_warnings: RefCell<String>,
    /// `--disallow-code-generation-from-strings`: no `eval`, no `new Function`.
    pub no_code_from_strings: Cell<bool>,
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
    /// `--trace-exit`: where a script ends the process is told.
    pub trace_exit: Cell<bool>,
    /// `--trace-uncaught`
    pub trace_uncaught: Cell<bool>,
    /// `--unhandled-rejections=MODE`
    pub unhandled_rejections: Cell<UnhandledRejections>,
    /// `--abort-on-uncaught-exception`
    pub abort_on_uncaught: Cell<bool>,
    /// `--expose-gc`
    pub expose_gc: Cell<bool>,
    /// What becomes of TypeScript.
    pub type_script: Cell<TypeScript>,
    /// `--jitless`: as in Node, where there is no WebAssembly then, TypeScript is refused.
    pub jitless: Cell<bool>,
    /// `--experimental-vm-modules`
    pub vm_modules: Cell<bool>,
    /// `--experimental-import-meta-resolve`: `import.meta.resolve` takes another parent.
    pub import_meta_resolve: Cell<bool>,
    /// `--no-experimental-require-module`
    pub refuses_esm: Cell<bool>,
    /// The flags of `node:test`.
    pub test: RefCell<TestFlags>,
    /// `import(specifier)` as from a file in the working directory: the promise of the namespace. Set by whoever knows modules.
    pub import: Cell<Option<ImportModule>>,
    /// Told when source maps are turned on or off. Set by whoever knows modules.
    pub source_maps_changed: Cell<Option<fn(&mut boa_engine::Context) -> boa_engine::JsResult<()>>>,
    /// A place in terms of the source that it was made from, while source maps are on. Set by whoever knows modules.
    pub mapped_place: Cell<Option<MapPlace>>,
    /// Emits a warning at once. Set by whoever knows warnings.
    pub warn_now: Cell<Option<fn(&str, &mut boa_engine::Context) -> boa_engine::JsResult<()>>>,
    /// Who is told of each file that `require` and `import` load.
    pub loaded: Cell<Option<FileLoaded>>,
}

/// Hears of a file that is loaded, by its path.
pub type FileLoaded = fn(&str, &mut boa_engine::Context) -> boa_engine::JsResult<()>;

/// Finds the place in the source that a place in a generated file was made from.
pub type MapPlace = fn(&boa_engine::stack::Location, &mut boa_engine::Context) -> Option<boa_engine::stack::Location>;

/// Which files' source maps are used.
#[derive(Clone, Copy, Default)]
pub struct SourceMaps {
    /// Those of the program.
    pub enabled: bool,
    /// Those of packages.
    pub node_modules: bool,
    /// Those of texts that a script compiles.
    pub generated_code: bool,
}

/// Turns source maps on or off.
///
/// # Errors
///
/// What defining `Error.prepareStackTrace` throws.
pub fn use_source_maps(maps: SourceMaps, cx: &mut boa_engine::Context) -> boa_engine::JsResult<()> {
    let launch = crate::Host::of(cx).state::<Launch>();
    launch.source_maps.set(maps.enabled);
    launch.source_maps_of_packages.set(maps.node_modules);
    launch.source_maps_of_generated_code.set(maps.generated_code);
    launch.source_maps_changed.get().map_or(Ok(()), |tell| tell(cx))
}

/// Imports a module from native code.
pub type ImportModule = fn(&str, &mut boa_engine::Context) -> boa_engine::JsResult<boa_engine::object::builtins::JsPromise>;

/// The flags of `node:test`.
#[derive(Clone, Default)]
pub struct TestFlags {
    /// `--test`: the program is the test runner.
    pub runs: bool,
    /// `--test-reporter`
    pub reporters: Vec<String>,
    /// `--test-reporter-destination`
    pub destinations: Vec<String>,
    /// `--test-name-pattern`
    pub name_patterns: Vec<String>,
    /// `--test-skip-pattern`
    pub skip_patterns: Vec<String>,
    /// `--test-only`
    pub only: bool,
    /// `--test-timeout`, in milliseconds
    pub timeout_ms: Option<f64>,
    /// `--test-concurrency`
    pub concurrency: Option<f64>,
    /// `--test-force-exit`
    pub force_exit: bool,
    /// `--test-update-snapshots`
    pub update_snapshots: bool,
    /// `--test-isolation`
    pub isolation: Option<String>,
    /// `--test-shard`
    pub shard: Option<String>,
    /// `--test-global-setup`
    pub global_setup: Option<String>,
    /// What `--require` and `--import` name and the runner loads itself, where the files run in its process.
    pub requires: Vec<String>,
    pub imports: Vec<String>,
}

/// What becomes of TypeScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TypeScript {
    /// Types are stripped.
    #[default]
    Strip,
    /// `--experimental-transform-types`: enums and the like are rewritten too.
    Transform,
    /// `--no-strip-types`: there is no TypeScript.
    Off,
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
