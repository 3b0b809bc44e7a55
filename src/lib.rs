//! coil: a Node-compatible JavaScript runtime in pure Rust, as a library.
//!
//! ```
//! use coil::{JsValue, Runtime};
//!
//! let mut runtime = Runtime::builder().build()?;
//! runtime.function("double", 1, |args, cx| {
//!     let number = args.first().cloned().unwrap_or_default().to_number(cx)?;
//!     Ok(JsValue::from(number * 2.0))
//! })?;
//! let value = runtime.eval("setTimeout(() => { globalThis.answer = double(21) }, 5); 'scheduled'")?;
//! assert_eq!(runtime.show(&value), "scheduled");
//! assert_eq!(runtime.run(), 0);
//! let answer = runtime.eval("answer")?;
//! assert_eq!(answer, JsValue::from(42));
//! # Ok::<(), coil::Error>(())
//! ```
//!
//! The command line is built on this; `docs/ARCHITECTURE.md` shows the house.

pub mod flags;
pub mod run;
mod trace;
mod worker;

use std::{fmt, rc::Rc, sync::Arc};

pub use boa_engine::{Context, JsResult, JsValue};
use boa_engine::{JsError, NativeFunction, Source, js_string, object::FunctionObjectBuilder};
use coil_engine::{ExitMode, Host, HostOptions, launch::Launch, table::NativeModule};
use coil_loop::EventLoop;
pub use coil_sys::{Policy, Sys};

/// Every built-in module, in the order of `module.builtinModules`.
static BUILTINS: std::sync::LazyLock<Vec<&'static NativeModule>> = std::sync::LazyLock::new(|| {
    let mut modules: Vec<&'static NativeModule> = coil_stdlib::MODULES.to_vec();
    modules.push(&coil_modules::MODULE);
    modules.sort_by_key(|module| module.name);
    modules
});

/// A runtime: one context, one loop, one door. It stays on the thread that built it.
pub struct Runtime {
    cx: Context,
    host: Rc<Host>,
}

/// Says how a runtime is made.
#[derive(Default)]
pub struct Builder {
    sys: Option<Sys>,
    args: Vec<String>,
    exit_mode: Option<ExitMode>,
    pool_size: Option<usize>,
    observer: Option<Rc<dyn coil_loop::Observer>>,
}

impl Builder {
    /// The door to the machine: its policy, working directory, environment, clock and random source. The real one by default.
    pub fn sys(mut self, sys: Sys) -> Self {
        self.sys = Some(sys);
        self
    }

    /// What follows the executable and the script in `process.argv`.
    pub fn args(mut self, args: impl IntoIterator<Item = String>) -> Self {
        self.args = args.into_iter().collect();
        self
    }

    /// Whether `process.exit` ends the process (the command line) or only this runtime (the default).
    pub fn exit_mode(mut self, mode: ExitMode) -> Self {
        self.exit_mode = Some(mode);
        self
    }

    /// Threads of the worker pool, 1 to 1024; 4, or UV_THREADPOOL_SIZE, by default.
    pub fn pool_size(mut self, threads: usize) -> Self {
        self.pool_size = Some(threads);
        self
    }

    /// Who is told what the loop does.
    pub fn observer(mut self, observer: Rc<dyn coil_loop::Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Makes the runtime. Scripts want a deep stack: see [`with_stack`].
    pub fn build(self) -> Result<Runtime, Error> {
        let sys = self.sys.unwrap_or_else(Sys::real);
        let env_size = sys.env().get("UV_THREADPOOL_SIZE").and_then(|size| size.to_string_lossy().parse().ok());
        let options = coil_loop::Options { pool_size: self.pool_size.or(env_size).unwrap_or(POOL_SIZE).clamp(1, POOL_SIZE_MAX), clock: Rc::new(LoopClock(sys.clone())), observer: self.observer };
        let event_loop = EventLoop::new(options).map_err(|error| Error(format!("cannot make the event loop: {error}")))?;
        let host = Host::new(HostOptions { event_loop, sys, builtins: &BUILTINS, exit_mode: self.exit_mode.unwrap_or(ExitMode::Return) });
        let mut cx = coil_engine::context::build(&host, Rc::new(coil_modules::Loader), coil_stdlib::GLOBALS)?;
        coil_stdlib::install(&host, &mut cx)?;
        host.state::<coil_stdlib::worker_threads::Runner>().0.set(Some(worker::RUN));
        let launch = host.state::<Launch>();
        let exec_path = host.sys().process().exec_path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        *launch.argv.borrow_mut() = std::iter::once(exec_path.clone()).chain(self.args).collect();
        *launch.argv0.borrow_mut() = "coil".to_owned();
        *launch.exec_path.borrow_mut() = exec_path;
        Ok(Runtime { cx, host })
    }
}

impl Runtime {
    /// Starts describing a runtime.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Offers a host function to scripts as a global. An error it returns is thrown.
    pub fn function(&mut self, name: &str, length: usize, f: impl Fn(&[JsValue], &mut Context) -> JsResult<JsValue> + Copy + 'static) -> Result<(), Error> {
        let native = NativeFunction::from_copy_closure(move |_this, args, cx| f(args, cx));
        let function = FunctionObjectBuilder::new(self.cx.realm(), native).name(js_string!(name)).length(length).constructor(false).build();
        self.cx.global_object().set(js_string!(name), function, true, &mut self.cx)?;
        Ok(())
    }

    /// Evaluates a script and drains next-ticks and microtasks; timers and I/O wait for [`Runtime::run`].
    pub fn eval(&mut self, text: &str) -> Result<JsValue, Error> {
        let value = self.cx.eval(Source::from_bytes(text)).map_err(|error| Error::of(error, &mut self.cx));
        self.host.clone().drain(&mut self.cx);
        value
    }

    /// Runs a file as the program, and the loop until nothing is left to do. Gives the exit code.
    ///
    /// Errors nobody catches are printed as Node prints them and give code 1.
    pub fn run_file(&mut self, path: &str) -> i32 {
        let host = self.host.clone();
        host.enter_with(&mut self.cx, |cx| coil_modules::run_main(path, cx));
        self.run()
    }

    /// Runs the loop until nothing is left to do, then emits `beforeExit` and `exit`. Gives the exit code.
    pub fn run(&mut self) -> i32 {
        coil_stdlib::process::run_to_end(coil_modules::main_is_pending, &mut self.cx)
    }

    /// A value as `console.log` shows it.
    pub fn show(&mut self, value: &JsValue) -> String {
        match value.as_string() {
            Some(text) => text.to_std_string_lossy(),
            None => coil_stdlib::show(value, &mut self.cx),
        }
    }

    /// The engine's context, for everything else.
    pub fn context(&mut self) -> &mut Context {
        &mut self.cx
    }

    /// The host behind the context.
    pub fn host(&self) -> &Rc<Host> {
        &self.host
    }
}

/// Node's default for UV_THREADPOOL_SIZE.
const POOL_SIZE: usize = 4;
/// libuv's greatest.
const POOL_SIZE_MAX: usize = 1024;

/// Why a runtime or a script failed: the text an uncaught error would show.
#[derive(Debug, Clone)]
pub struct Error(String);

impl Error {
    fn of(error: JsError, cx: &mut Context) -> Self {
        let value = coil_engine::op::thrown_value(error, cx);
        Self(coil_stdlib::show(&value, cx))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<JsError> for Error {
    fn from(error: JsError) -> Self {
        Self(error.to_string())
    }
}

/// The loop's time is the door's, so that a virtual or frozen clock holds for both.
struct LoopClock(Sys);

impl coil_loop::Clock for LoopClock {
    fn now_ns(&self) -> u64 {
        self.0.clock().monotonic_ns()
    }

    fn virtual_skip(&self, until_ns: u64) -> bool {
        let clock = self.0.clock();
        if clock.is_virtual() {
            clock.advance(until_ns.saturating_sub(clock.monotonic_ns()));
        }
        clock.is_virtual()
    }
}

/// Runs `body` on a thread with the stack that JavaScript wants, and waits for it.
///
/// The parser and the engine's built-ins recurse; the memory is only touched where they do.
pub fn with_stack<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().name("javascript".into()).stack_size(STACK_BYTES).spawn(body);
    let joined = thread.map(std::thread::JoinHandle::join);
    match joined {
        Ok(Ok(value)) => value,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => {
            let error = Arc::new(error);
            panic!("no thread for JavaScript: {error}")
        }
    }
}

/// Address space, not memory: 256 MiB holds the parser's deepest nesting.
const STACK_BYTES: usize = 256 << 20;
