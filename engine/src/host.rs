//! What a context may ask of its host: the loop, the door to the machine, and the one way from the loop into JavaScript.
//!
//! The [`Host`] is the context's job executor, so finding it from a native function costs nanoseconds. It owns the two queues
//! that stand between callbacks, in Node's order: all next-ticks, then all microtasks, again until both are empty, then
//! what became of rejected promises.

use std::{
    any::{Any, TypeId},
    cell::{Cell, OnceCell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    job::{Job, JobExecutor, NativeAsyncJob, PromiseJob},
    js_string,
    limits::{Meter, Stop},
    object::{FunctionObjectBuilder, builtins::JsFunction},
};
use boa_gc::{Finalize, Trace};
use coil_loop::EventLoop;
use coil_sys::Sys;
use rustc_hash::FxHashMap;

use crate::{
    async_context::{AsyncFrame, AsyncHooks, AsyncOrigin, DomainHooks},
    class::{Class, Instantiated},
    errors::Base,
    rejections::Rejections,
    table::NativeModule,
    waits::{self, Waits},
};

mod enter;

/// The host of one context.
pub struct Host {
    event_loop: Rc<EventLoop<Context>>,
    sys: Sys,
    started_ns: u64,
    milestones: RefCell<Vec<(&'static str, u64)>>,
    builtins: &'static [&'static NativeModule],
    ticks: RefCell<VecDeque<Tick>>,
    /// What stack traces show as the caller of a tick.
    ticks_frame: OnceCell<JsObject>,
    microtasks: RefCell<VecDeque<PromiseJob>>,
    waiting: RefCell<VecDeque<Job>>,
    /// Of finalization registries: run when the collector has run.
    cleanups: RefCell<Vec<NativeAsyncJob>>,
    pub(crate) waits: Waits,
    collected: Rc<Cell<bool>>,
    depth: Cell<u32>,
    draining: Cell<bool>,
    pub(crate) rejections: Rejections,
    pub(crate) async_frame: RefCell<Option<Rc<AsyncFrame>>>,
    pub(crate) async_ids: Cell<(u64, u64)>,
    pub(crate) last_async_id: Cell<u64>,
    pub(crate) async_resource: RefCell<Option<JsObject>>,
    pub(crate) async_hooks: Cell<Option<&'static AsyncHooks>>,
    pub(crate) domains: Cell<Option<&'static DomainHooks>>,
    modules: RefCell<FxHashMap<*const NativeModule, JsObject>>,
    classes: RefCell<FxHashMap<*const Class, (&'static Class, Instantiated)>>,
    interned: RefCell<FxHashMap<(*const u8, usize), JsString>>,
    symbols: RefCell<FxHashMap<&'static str, JsSymbol>>,
    registered: RefCell<FxHashMap<&'static str, JsSymbol>>,
    slot_symbols: RefCell<FxHashMap<TypeId, JsSymbol>>,
    states: RefCell<FxHashMap<TypeId, Rc<dyn Any>>>,
    pub(crate) coded_prototypes: RefCell<FxHashMap<Base, JsObject>>,
    inspect: Cell<Option<Inspect>>,
    uncaught: RefCell<Option<UncaughtHandler>>,
    exit_mode: ExitMode,
    exit_code: Cell<Option<i32>>,
    stopped: Cell<Option<Stop>>,
    at_exit: RefCell<Vec<Box<dyn FnOnce()>>>,
    sync_io_traced: Cell<bool>,
}

/// Shows a value in an error's message.
pub type Inspect = fn(&JsValue, &mut Context) -> String;

/// Decides what becomes of an error nobody caught. It runs with the queues untouched.
pub type UncaughtHandler = Rc<dyn Fn(JsError, Origin, &mut Context)>;

/// Under which name an object keeps a function, where that is what it does.
pub type MethodName = fn(&JsObject, &JsObject) -> Option<&'static str>;

#[derive(Default)]
struct MethodNames(RefCell<Vec<MethodName>>);

/// Where an uncaught error came from: the second argument of `uncaughtException` listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Thrown by a callback or the main script.
    Exception,
    /// A rejected promise that nobody handled.
    Rejection,
}

/// What [`Host::exit`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ExitMode {
    /// Ends the process: the command line.
    #[default]
    Process,
    /// Ends only this runtime: embedding and worker threads.
    Return,
}

/// What a host is made of.
pub struct HostOptions {
    /// The reactor.
    pub event_loop: Rc<EventLoop<Context>>,
    /// The door to the machine.
    pub sys: Sys,
    /// Every built-in module, for `require` and `import`.
    pub builtins: &'static [&'static NativeModule],
    /// What `process.exit` ends.
    pub exit_mode: ExitMode,
}

static PROCESS_STARTED_NS: std::sync::OnceLock<u64> = std::sync::OnceLock::new();

/// The time by the monotonic clock, noted for the first runtime.
fn started(sys: &Sys) -> u64 {
    let now = sys.clock().monotonic_ns();
    PROCESS_STARTED_NS.get_or_init(|| now);
    now
}

/// What a process ends with where a limit ended it: see `docs/internals/limits.md`.
pub fn exit_status(stop: Stop) -> i32 {
    match stop {
        Stop::Exit => 0,
        Stop::Interrupted => 121,
        Stop::Fuel => 122,
        Stop::Memory => 123,
        // As `timeout` of coreutils.
        Stop::Time => 124,
    }
}

/// One entry of the next-tick queue.
struct Tick {
    work: TickWork,
    origin: AsyncOrigin,
    /// What the hooks were shown of it.
    resource: Option<JsObject>,
}

enum TickWork {
    Call(JsFunction, JsValue, Vec<JsValue>),
    Native(Box<dyn FnOnce(&mut Context) -> JsResult<()>>),
}

impl Host {
    /// A host that is not yet any context's: [`crate::context::build`] joins them.
    pub fn new(options: HostOptions) -> Rc<Self> {
        Rc::new(Self {
            event_loop: options.event_loop,
            milestones: RefCell::default(),
            started_ns: started(&options.sys),
            sys: options.sys,
            builtins: options.builtins,
            ticks: RefCell::default(),
            ticks_frame: OnceCell::new(),
            microtasks: RefCell::default(),
            waiting: RefCell::default(),
            cleanups: RefCell::default(),
            waits: Waits::default(),
            collected: Rc::default(),
            depth: Cell::new(0),
            draining: Cell::new(false),
            rejections: Rejections::default(),
            async_frame: RefCell::default(),
            // 1 is the main script.
            async_ids: Cell::new((1, 0)),
            last_async_id: Cell::new(1),
            async_resource: RefCell::default(),
            async_hooks: Cell::new(None),
            domains: Cell::new(None),
            modules: RefCell::default(),
            classes: RefCell::default(),
            interned: RefCell::default(),
            symbols: RefCell::default(),
            registered: RefCell::default(),
            slot_symbols: RefCell::default(),
            states: RefCell::default(),
            coded_prototypes: RefCell::default(),
            inspect: Cell::new(None),
            uncaught: RefCell::default(),
            exit_mode: options.exit_mode,
            exit_code: Cell::new(None),
            stopped: Cell::new(None),
            at_exit: RefCell::default(),
            sync_io_traced: Cell::new(false),
        })
    }

    /// The host of a context. Costs nanoseconds.
    pub fn of(cx: &Context) -> Rc<Self> {
        cx.downcast_job_executor::<Self>().expect("every coil context is built with its host")
    }

    /// The reactor.
    pub fn event_loop(&self) -> &Rc<EventLoop<Context>> {
        &self.event_loop
    }

    /// The door to the machine.
    pub fn sys(&self) -> &Sys {
        &self.sys
    }

    /// Nanoseconds since this host was made: `process.uptime`, `performance.now`.
    pub fn uptime_ns(&self) -> u64 {
        self.sys.clock().monotonic_ns().saturating_sub(self.started_ns)
    }

    /// When the first runtime of this process started, on the monotonic clock: before those of its worker threads.
    pub fn process_started_ns(&self) -> u64 {
        PROCESS_STARTED_NS.get().copied().unwrap_or(self.started_ns)
    }

    /// Notes that the runtime has come so far, the first time it does: `performance.nodeTiming`.
    pub fn note(&self, milestone: &'static str) {
        let mut milestones = self.milestones.borrow_mut();
        if !milestones.iter().any(|(known, _)| *known == milestone) {
            milestones.push((milestone, self.uptime_ns()));
        }
    }

    /// When [`Host::note`] noted it, in nanoseconds since this host was made.
    pub fn noted_ns(&self, milestone: &str) -> Option<u64> {
        self.milestones.borrow().iter().find(|(known, _)| *known == milestone).map(|(_, at)| *at)
    }

    /// The working directory as text; `/` when it is gone.
    pub fn cwd(&self) -> String {
        self.sys.cwd().map_or_else(|_| "/".to_owned(), |cwd| cwd.to_string_lossy().into_owned())
    }

    /// An environment variable as text.
    pub fn env(&self, name: &str) -> Option<String> {
        self.sys.env().get(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// The built-in module `name` (without `node:`).
    pub fn builtin(&self, name: &str) -> Option<&'static NativeModule> {
        self.builtins.iter().find(|module| module.name == name).copied()
    }

    /// All built-in modules.
    pub fn builtins(&self) -> &'static [&'static NativeModule] {
        self.builtins
    }

    /// Queues a call for the next-tick queue.
    pub fn next_tick(&self, f: JsFunction, this: JsValue, args: Vec<JsValue>) {
        self.ticks.borrow_mut().push_back(Tick { work: TickWork::Call(f, this, args), origin: self.origin(), resource: None });
    }

    /// Queues a call whose resource the hooks have been told of.
    pub fn next_tick_of(&self, f: JsFunction, args: Vec<JsValue>, origin: AsyncOrigin, resource: JsObject) {
        self.ticks.borrow_mut().push_back(Tick { work: TickWork::Call(f, JsValue::undefined(), args), origin, resource: Some(resource) });
    }

    /// Queues native work for the next-tick queue; an error it gives is uncaught.
    pub fn next_tick_native(&self, work: impl FnOnce(&mut Context) -> JsResult<()> + 'static) {
        self.ticks.borrow_mut().push_back(Tick { work: TickWork::Native(Box::new(work)), origin: self.origin(), resource: None });
    }

    /// [`Host::next_tick_native`], with the hooks of `async_hooks` told of it, if there are any.
    pub fn next_tick_told(&self, cx: &mut Context, work: impl FnOnce(&mut Context) -> JsResult<()> + 'static) {
        let origin = self.origin();
        let resource = self.async_hooks.get().map(|_| {
            let resource = JsObject::with_object_proto(cx.intrinsics());
            self.announce(&origin, "TickObject", &resource.clone().into(), cx);
            resource
        });
        self.ticks.borrow_mut().push_back(Tick { work: TickWork::Native(Box::new(work)), origin, resource });
    }

    /// Whether `--trace-sync-io` holds, and the loop has turned once.
    pub fn traces_sync_io(&self) -> bool {
        self.sync_io_traced.get() && self.event_loop.metrics().start_ns.is_some()
    }

    /// From now on blocking calls are told of.
    pub fn set_traces_sync_io(&self) {
        self.sync_io_traced.set(true);
    }

    /// Tells of one on standard error: where the loop stood still.
    pub fn trace_sync_io(&self, name: &str, cx: &mut Context) {
        let error = JsNativeError::error().into_opaque(cx);
        let stack = error.get(js_string!("stack"), cx).ok().and_then(|stack| stack.as_string());
        let stack = stack.map(|stack| stack.to_std_string_lossy()).unwrap_or_default();
        let frames: String = stack.lines().skip(1).filter(|line| !line.ends_with("(<anonymous>)")).map(|line| format!("{line}\n")).collect();
        let text = format!("(node:{}) WARNING: Detected use of sync API\n    at {name} (node:fs)\n{frames}", self.sys.process().pid());
        // Standard error may be closed: then nobody is told.
        let _ = self.sys.fs().write(2, text.as_bytes(), None);
    }

    /// Whether next-ticks, microtasks or unreported rejections wait.
    pub fn has_queued(&self) -> bool {
        !self.ticks.borrow().is_empty() || !self.microtasks.borrow().is_empty() || !self.waiting.borrow().is_empty() || self.rejections.pending()
    }

    /// Runs next-ticks, then microtasks, until both queues are empty, then reports rejections nobody handled.
    pub fn drain(&self, cx: &mut Context) {
        if self.draining.replace(true) {
            return;
        }
        'queues: loop {
            while let Some(tick) = self.pop_tick() {
                if !self.run_tick(tick, cx) {
                    self.drain_later();
                    break 'queues;
                }
            }
            self.run_microtasks(cx);
            if self.exit_code.get().is_some() {
                break;
            }
            if self.ticks.borrow().is_empty() && !Rejections::process(self, cx) && !self.has_queued() {
                break;
            }
        }
        self.notice_stop();
        self.draining.set(false);
        if self.collected.replace(false) {
            let id = self.event_loop.immediate(Box::new(|cx: &mut Context| Self::of(cx).clean_up(cx)));
            self.event_loop.immediate_ref(id, false);
        }
    }

    /// Runs the callbacks of finalization registries whose targets are gone.
    fn clean_up(&self, cx: &mut Context) {
        for job in self.cleanups.take() {
            self.enter_with(cx, |cx| poll_now(job, cx));
        }
    }

    /// [`Host::drain`] within a drain: for native code that waits for a promise before it returns.
    pub fn drain_within(&self, cx: &mut Context) {
        loop {
            while let Some(tick) = self.pop_tick() {
                self.run_tick(tick, cx);
            }
            self.run_microtasks(cx);
            if self.exit_code.get().is_some() || self.ticks.borrow().is_empty() {
                return;
            }
        }
    }

    fn pop_tick(&self) -> Option<Tick> {
        if self.exit_code.get().is_some() {
            return None;
        }
        self.ticks.borrow_mut().pop_front()
    }

    /// The function that programs see at the end of a tick's stack trace, by Node's name and at Node's place.
    fn ticks_frame(&self, cx: &Context) -> JsObject {
        let make = || {
            let function = NativeFunction::from_fn_ptr(|_, _, _| Ok(JsValue::undefined()));
            let function = FunctionObjectBuilder::new(cx.realm(), function).name(js_string!("process.processTicksAndRejections"));
            function.location("node:internal/process/task_queues:90:21").build().into()
        };
        self.ticks_frame.get_or_init(make).clone()
    }

    /// Whether the tick threw nothing.
    fn run_tick(&self, tick: Tick, cx: &mut Context) -> bool {
        let Tick { work, origin, resource } = tick;
        let told = resource.is_some();
        let mut well = true;
        self.in_origin(&origin, resource, cx, |cx| {
            let result = cx.within(&self.ticks_frame(cx), &JsValue::undefined(), |cx| match work {
                TickWork::Call(f, this, args) => f.call(&this, &args, cx).map(|_| ()),
                TickWork::Native(work) => work(cx),
            });
            // In its domain still.
            if let Err(error) = result {
                self.report(error, Origin::Exception, cx);
                well = false;
            }
        });
        if told {
            self.renounce(origin.id, cx);
        }
        well
    }

    /// Runs the microtask queue until it is empty.
    pub fn run_microtasks(&self, cx: &mut Context) {
        if let Err(error) = self.run_microtasks_in_time(cx) {
            self.report(error, Origin::Exception, cx);
            self.run_microtasks(cx);
        }
    }

    /// Runs `body`; where it fails, the microtasks that it queued are dropped: they were of a queue that nobody runs again.
    pub fn with_own_microtasks<T>(&self, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> JsResult<T> {
        let before = self.microtasks.borrow().len();
        let result = body(cx);
        if result.as_ref().is_err_and(|error| error.stop() == Some(Stop::Time)) {
            self.microtasks.borrow_mut().truncate(before);
        }
        result
    }

    /// [`Host::run_microtasks`], which a limit of time ends: the caller knows whether it is the runtime's.
    pub fn run_microtasks_in_time(&self, cx: &mut Context) -> JsResult<()> {
        let mut ran = false;
        while self.exit_code.get().is_none() {
            let Some(job) = self.microtasks.borrow_mut().pop_front() else {
                // Module loads are ready at once, and what they settle may be all that is left to do. What one settles is told before
                // the next begins.
                let Some(job) = self.waiting.borrow_mut().pop_front() else { break };
                self.run_waiting_job(job, cx);
                continue;
            };
            ran = true;
            // The engine turns a throwing handler into a rejection; what is left is a limit or a failing queueMicrotask.
            if let Err(error) = job.call(cx) {
                if error.stop() == Some(Stop::Time) {
                    return Err(error);
                }
                self.report(error, Origin::Exception, cx);
            }
        }
        if ran {
            cx.clear_kept_objects();
        }
        Ok(())
    }

    /// [`Host::run_waiting`] of the jobs that `begin` queues and of theirs: those that waited before go on waiting.
    pub fn run_waiting_of<T>(&self, cx: &mut Context, begin: impl FnOnce(&mut Context) -> T) -> T {
        let before = std::mem::take(&mut *self.waiting.borrow_mut());
        let begun = begin(cx);
        self.run_waiting(cx);
        let mut waiting = self.waiting.borrow_mut();
        let since = std::mem::replace(&mut *waiting, before);
        waiting.extend(since);
        begun
    }

    /// Jobs whose future must be polled: module loads, which are ready at once.
    pub fn run_waiting(&self, cx: &mut Context) {
        while let Some(job) = { self.waiting.borrow_mut().pop_front() } {
            self.run_waiting_job(job, cx);
        }
    }

    fn run_waiting_job(&self, job: Job, cx: &mut Context) {
        let result = match job {
            Job::AsyncJob(job) => poll_now(job, cx),
            Job::GenericJob(job) => job.call(cx).map(|_| ()),
            _ => Ok(()),
        };
        if let Err(error) = result {
            self.report(error, Origin::Exception, cx);
        }
    }

    /// Hands an error nobody caught to the handler.
    pub fn report(&self, error: JsError, origin: Origin, cx: &mut Context) {
        if self.exit_code.get().is_some() {
            return;
        }
        match error.stop() {
            None => {}
            Some(Stop::Exit) => return,
            Some(stop) => {
                self.stop(stop);
                return;
            }
        }
        let handler = self.uncaught.borrow().clone();
        match handler {
            Some(handler) => handler(error, origin, cx),
            None => {
                self.exit(1);
            }
        }
    }

    /// Sets what becomes of errors nobody caught. Without a handler the runtime ends with status 1.
    pub fn set_uncaught(&self, handler: UncaughtHandler) {
        *self.uncaught.borrow_mut() = Some(handler);
    }

    /// Ends this runtime with `code`. The error returned cannot be caught by a script: return it from the native function at once.
    pub fn exit(&self, code: i32) -> JsError {
        self.exit_code.set(Some(code));
        self.event_loop.stop();
        if self.exit_mode == ExitMode::Process {
            self.run_at_exit();
            self.sys.process().exit(code);
        }
        Stop::Exit.into()
    }

    /// Ends this runtime because a limit was reached: no listener and nothing else of the script runs any more.
    ///
    /// Gives the error to return. What becomes of a process is the command line's to say: see [`Host::stopped`].
    pub fn stop(&self, stop: Stop) -> JsError {
        let error = Meter::current().stop(stop);
        self.stopped.set(self.stopped.get().or(error.stop()));
        self.exit_code.set(Some(exit_status(stop)));
        self.event_loop.stop();
        error
    }

    /// Ends this runtime after a bug: nothing runs in it any more, not even what was to run at its end.
    pub fn exit_after_panic(&self, code: i32) {
        self.exit_code.set(Some(code));
        self.event_loop.stop();
    }

    /// The limit that ended this runtime.
    pub fn stopped(&self) -> Option<Stop> {
        self.stopped.get()
    }

    /// The code [`Host::exit`] was called with.
    pub fn exit_code(&self) -> Option<i32> {
        self.exit_code.get()
    }

    /// What `process.exit` ends.
    pub fn exit_mode(&self) -> ExitMode {
        self.exit_mode
    }

    /// Runs `work` just before the process ends, last registered first: to flush what is buffered.
    pub fn at_exit(&self, work: impl FnOnce() + 'static) {
        self.at_exit.borrow_mut().push(Box::new(work));
    }

    /// Runs what [`Host::at_exit`] registered.
    pub fn run_at_exit(&self) {
        while let Some(work) = { self.at_exit.borrow_mut().pop() } {
            work();
        }
    }

    /// Runs the loop until nothing is alive. Queues are drained first.
    pub fn run(&self, cx: &mut Context) {
        self.drain(cx);
        // From here on nothing runs that the loop has not called.
        self.async_ids.set((0, 0));
        if self.exit_code.get().is_none() {
            self.event_loop.run_with(cx, |_| self.notice_stop());
            while self.exit_code.get().is_none() && waits::settle(self, cx) {
                self.event_loop.run_with(cx, |_| self.notice_stop());
            }
            self.note("loopExit");
        }
    }

    /// State of a built-in module for this host, made by `Default` at its first use.
    pub fn state<T: Default + 'static>(&self) -> Rc<T> {
        if let Some(found) = self.states.borrow().get(&TypeId::of::<T>()) {
            return found.clone().downcast().expect("keyed by its type");
        }
        let made = Rc::new(T::default());
        self.states.borrow_mut().insert(TypeId::of::<T>(), made.clone());
        made
    }

    /// Lets stack traces show functions that native objects keep as their methods.
    pub fn name_methods(&self, names: MethodName) {
        self.state::<MethodNames>().0.borrow_mut().push(names);
    }

    pub(crate) fn method_name(&self, this: &JsObject, function: &JsObject) -> Option<&'static str> {
        self.state::<MethodNames>().0.borrow().iter().find_map(|names| names(this, function))
    }

    /// A `static` string as a JavaScript string, made once.
    pub fn intern(&self, text: &'static str) -> JsString {
        let key = (text.as_ptr(), text.len());
        if let Some(found) = self.interned.borrow().get(&key) {
            return found.clone();
        }
        let made = js_string!(text);
        self.interned.borrow_mut().insert(key, made.clone());
        made
    }

    /// `Symbol.for(key)`.
    pub fn registered_symbol(&self, key: &'static str, cx: &mut Context) -> JsSymbol {
        if let Some(found) = self.registered.borrow().get(key) {
            return found.clone();
        }
        let constructor = cx.intrinsics().constructors().symbol().constructor();
        let made = constructor
            .get(js_string!("for"), cx)
            .ok()
            .and_then(|f| f.as_callable())
            .and_then(|f| f.call(&JsValue::undefined(), &[js_string!(key).into()], cx).ok())
            .and_then(|symbol| symbol.as_symbol());
        // A script may have deleted Symbol.for; then ours is private.
        let made = made.unwrap_or_else(|| new_symbol(key));
        self.registered.borrow_mut().insert(key, made.clone());
        made
    }

    /// A symbol of ours, one per host and description.
    pub fn named_symbol(&self, description: &'static str, _cx: &mut Context) -> JsSymbol {
        self.symbols.borrow_mut().entry(description).or_insert_with(|| new_symbol(description)).clone()
    }

    pub(crate) fn slot_symbol<T: 'static>(&self) -> JsSymbol {
        self.slot_symbols.borrow_mut().entry(TypeId::of::<T>()).or_insert_with(|| new_symbol("coil.slot")).clone()
    }

    /// The exports of the built-in module `name`, if a script or another module has asked for it: never makes it.
    pub fn instance_of_builtin(&self, name: &str) -> Option<JsObject> {
        self.module_instance(self.builtin(name)?)
    }

    /// Whether a symbol is one of ours that scripts should not be shown: a slot, or one of Node's internal symbols.
    pub fn is_internal_symbol(&self, symbol: &JsSymbol) -> bool {
        self.slot_symbols.borrow().values().chain(self.symbols.borrow().values()).any(|ours| ours == symbol)
    }

    /// The class whose constructor this function is, as far as it has been instantiated.
    pub fn class_of_constructor(&self, constructor: &JsObject) -> Option<&'static Class> {
        let classes = self.classes.borrow();
        classes.values().find(|(_, made)| JsObject::equals(&made.constructor, constructor)).map(|(class, _)| *class)
    }

    pub(crate) fn module_instance(&self, module: &'static NativeModule) -> Option<JsObject> {
        self.modules.borrow().get(&std::ptr::from_ref(module)).cloned()
    }

    pub(crate) fn set_module_instance(&self, module: &'static NativeModule, exports: JsObject) {
        self.modules.borrow_mut().insert(module, exports);
    }

    pub(crate) fn class_instance(&self, class: &'static Class) -> Option<Instantiated> {
        self.classes.borrow().get(&std::ptr::from_ref(class)).map(|(_, made)| made.clone())
    }

    pub(crate) fn set_class_instance(&self, class: &'static Class, made: Instantiated) {
        self.classes.borrow_mut().insert(class, (class, made));
    }

    /// How error messages show a value; `util` sets its `inspect` here.
    pub fn set_inspect(&self, inspect: Inspect) {
        self.inspect.set(Some(inspect));
    }

    pub(crate) fn inspect_hook(&self) -> Option<Inspect> {
        self.inspect.get()
    }
}

impl JobExecutor for Host {
    fn enqueue_job(self: Rc<Self>, job: Job, _cx: &mut Context) {
        match job {
            Job::PromiseJob(job) => self.microtasks.borrow_mut().push_back(job),
            Job::TimeoutJob(job) => {
                let delay = job.timeout().as_millis();
                let timer = self.event_loop.timer(
                    delay,
                    Box::new(move |cx: &mut Context| {
                        if !job.cancelled() {
                            Host::of(cx).enter_with(cx, |cx| job.call(cx));
                        }
                    }),
                );
                // The engine's own timers (`Atomics.waitAsync`) do not keep a program running, as in Node.
                self.event_loop.timer_ref(timer, false);
            }
            Job::FinalizationRegistryCleanupJob(job) => {
                let mut cleanups = self.cleanups.borrow_mut();
                if cleanups.is_empty() {
                    watch_collector(&self.collected);
                }
                cleanups.push(job);
            }
            job => self.waiting.borrow_mut().push_back(job),
        }
    }

    fn run_jobs(self: Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.run_waiting(cx);
        self.drain(cx);
        Ok(())
    }
}

/// Polls a job's future, which the module loader makes ready at once; one that waits is dropped.
fn poll_now(job: NativeAsyncJob, cx: &mut Context) -> JsResult<()> {
    let cell = RefCell::new(cx);
    let mut future = std::pin::pin!(job.call(&cell));
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    match std::future::Future::poll(future.as_mut(), &mut task) {
        std::task::Poll::Ready(result) => result.map(|_| ()),
        std::task::Poll::Pending => Ok(()),
    }
}

/// Sets the flag when the collector has run: an object that nobody holds is what it finds first.
fn watch_collector(collected: &Rc<Cell<bool>>) {
    collected.set(false);
    drop(boa_gc::Gc::new(Canary(collected.clone())));
}

#[derive(Trace)]
struct Canary(#[unsafe_ignore_trace] Rc<Cell<bool>>);

impl Finalize for Canary {
    fn finalize(&self) {
        self.0.set(true);
    }
}

fn new_symbol(description: &str) -> JsSymbol {
    JsSymbol::new(Some(js_string!(description))).expect("fewer than 2**64 symbols are made")
}
