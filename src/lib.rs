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
pub mod limits;
mod package_script;
pub mod run;
mod trace;
mod worker;

use std::{cell::RefCell, fmt, panic::AssertUnwindSafe, rc::Rc, sync::Arc, time::Duration};

pub use boa_engine::{Context, JsResult, JsValue};
use boa_engine::{JsError, NativeFunction, js_string, limits::Meter, object::FunctionObjectBuilder};
use coil_engine::{ExitMode, Host, HostOptions, launch::Launch, table::NativeModule};
use coil_loop::EventLoop;
pub use coil_sys::{Policy, Sys};
pub use limits::{InterruptHandle, Limit, Outcome, Usage};

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
    meter: Meter,
    started: std::time::Instant,
    broken: RefCell<Option<String>>,
}

/// Says how a runtime is made.
#[derive(Default)]
pub struct Builder {
    sys: Option<Sys>,
    args: Vec<String>,
    exit_mode: Option<ExitMode>,
    pool_size: Option<usize>,
    observer: Option<Rc<dyn coil_loop::Observer>>,
    limits: limits::Limits,
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

    /// How long the runtime may live, from now on, running or waiting. Then it ends: see [`Runtime::outcome`].
    ///
    /// A script is stopped within milliseconds wherever it is. A native function that blocks (a synchronous read of a pipe) is not.
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.limits.time = Some(time);
        self
    }

    /// How much its scripts may do, in units of a loop's turn or a call: the same scripts use the same in every run.
    pub fn fuel(mut self, units: u64) -> Self {
        self.limits.fuel = Some(units);
        self
    }

    /// Bytes its heap may take: strings, arrays and array buffers included. Above them an allocation throws a `RangeError`; a script
    /// that goes on all the same is stopped an eighth (16 MiB at least) above.
    ///
    /// The figures are the whole process's, and the program's allocator must be a
    /// [`CountingAllocator`](boa_engine::limits::CountingAllocator); [`Builder::build`] fails otherwise.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.limits.memory = Some(bytes);
        self
    }

    /// Makes the runtime. Scripts want a deep stack: see [`with_stack`].
    pub fn build(self) -> Result<Runtime, Error> {
        let sys = self.sys.unwrap_or_else(Sys::real);
        let meter = Meter::new();
        let governs = meter.enter();
        let env_size = sys.env().get("UV_THREADPOOL_SIZE").and_then(|size| size.to_string_lossy().parse().ok());
        let options = coil_loop::Options { pool_size: self.pool_size.or(env_size).unwrap_or(POOL_SIZE).clamp(1, POOL_SIZE_MAX), clock: Rc::new(LoopClock(sys.clone())), observer: self.observer };
        let event_loop = EventLoop::new(options).map_err(|error| Error::plain(format!("cannot make the event loop: {error}")))?;
        let host = Host::new(HostOptions { event_loop, sys, builtins: &BUILTINS, exit_mode: self.exit_mode.unwrap_or(ExitMode::Return) });
        let mut cx = coil_engine::context::build(&host, Rc::new(coil_modules::Loader), coil_stdlib::GLOBALS)?;
        coil_stdlib::install(&host, &mut cx)?;
        host.state::<coil_stdlib::worker_threads::Runner>().0.set(Some(worker::RUN));
        let launch = host.state::<Launch>();
        launch.import.set(Some(coil_modules::esm::import_namespace));
        coil_modules::mapped_stacks::install(&host);
        let exec_path = host.sys().process().exec_path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        *launch.argv.borrow_mut() = std::iter::once(exec_path.clone()).chain(self.args).collect();
        *launch.argv0.borrow_mut() = "coil".to_owned();
        *launch.exec_path.borrow_mut() = exec_path;
        drop(governs);
        self.limits.set(&meter, &host)?;
        Ok(Runtime { cx, host, meter, started: std::time::Instant::now(), broken: RefCell::default() })
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
        let value = self.guarded(|runtime| {
            let value = coil_engine::source::nameless_script(text, &mut runtime.cx).and_then(|script| script.evaluate(&mut runtime.cx)).map_err(|error| {
                if let Some(stop) = error.stop() {
                    runtime.host.stop(stop);
                }
                Error::of(error, &mut runtime.cx)
            });
            runtime.host.clone().drain(&mut runtime.cx);
            value
        });
        value.unwrap_or_else(|message| Err(Error::plain(message)))
    }

    /// Runs a file as the program, and the loop until nothing is left to do. Gives the exit code.
    ///
    /// Errors nobody catches are printed as Node prints them and give code 1; what a limit gives stands in `docs/internals/limits.md`.
    pub fn run_file(&mut self, path: &str) -> i32 {
        self.enter(|cx| coil_modules::run_main(path, cx));
        self.run()
    }

    /// Runs the loop until nothing is left to do, then emits `beforeExit` and `exit`. Gives the exit code.
    pub fn run(&mut self) -> i32 {
        let code = self.guarded(|runtime| coil_stdlib::process::run_to_end(coil_modules::pending_main, &mut runtime.cx));
        match (code, self.host.stopped()) {
            (Err(_), _) => limits::BROKEN_STATUS,
            (Ok(_), Some(stop)) => coil_engine::exit_status(stop),
            (Ok(code), None) => code,
        }
    }

    /// Calls JavaScript, then drains next-ticks and microtasks, under this runtime's limits. An error is uncaught, as in a callback of
    /// the loop.
    pub fn enter<T>(&mut self, body: impl FnOnce(&mut Context) -> JsResult<T>) -> Option<T> {
        self.guarded(|runtime| runtime.host.clone().enter_with(&mut runtime.cx, body)).ok().flatten()
    }

    /// Turns the loop until a promise settles, or nothing is left that could settle it.
    pub(crate) fn wait_for(&mut self, promise: &boa_engine::object::builtins::JsPromise) {
        let host = self.host.clone();
        while matches!(promise.state(), boa_engine::builtins::promise::PromiseState::Pending) && host.exit_code().is_none() {
            let goes_on = self.guarded(|runtime| host.event_loop().turn(coil_loop::Mode::Once, &mut runtime.cx));
            if !goes_on.unwrap_or(false) {
                return;
            }
        }
    }

    /// Every way in: the meter governs, and a panic ends this runtime instead of the program.
    fn guarded<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> Result<T, String> {
        if let Some(message) = self.broken.borrow().clone() {
            return Err(message);
        }
        let _governs = self.meter.enter();
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| body(self)));
        // What stopped a promise's job is told to nobody.
        if let (Some(stop), None) = (self.meter.stopped(), self.host.stopped()) {
            self.host.stop(stop);
        }
        result.map_err(|panic| {
            let message = limits::panic_text(&*panic);
            self.host.exit_after_panic(limits::BROKEN_STATUS);
            *self.broken.borrow_mut() = Some(message.clone());
            message
        })
    }

    /// What became of the runtime so far: whether a limit or a bug ended it, and what it used.
    pub fn outcome(&self) -> Outcome {
        if let Some(message) = self.broken.borrow().clone() {
            return Outcome::Broken { message };
        }
        match self.host.stopped().and_then(Limit::of) {
            Some(limit) => Outcome::Stopped { limit, usage: self.usage() },
            None => Outcome::Running { exit_code: self.host.exit_code(), usage: self.usage() },
        }
    }

    /// What the runtime has used.
    pub fn usage(&self) -> Usage {
        Usage { fuel: self.meter.used(), time: self.started.elapsed(), memory_peak: self.meter.memory_peak() }
    }

    /// Stops the runtime from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle::new(&self.meter, &self.host)
    }

    /// The meter behind the limits, to fill up fuel or set other limits while the runtime lives.
    pub fn meter(&self) -> &Meter {
        &self.meter
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
pub struct Error {
    text: String,
    limit: Option<Limit>,
}

impl Error {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), limit: None }
    }

    /// The limit that stopped the script, if that is what failed.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    fn of(error: JsError, cx: &mut Context) -> Self {
        if let Some(stop) = error.stop() {
            return Self { text: error.to_string(), limit: Limit::of(stop) };
        }
        let value = coil_engine::op::thrown_value(error, cx);
        Self::plain(coil_stdlib::show(&value, cx))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

impl From<JsError> for Error {
    fn from(error: JsError) -> Self {
        Self { limit: error.stop().and_then(Limit::of), text: error.to_string() }
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
