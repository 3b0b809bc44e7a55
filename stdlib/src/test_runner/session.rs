//! What belongs to a whole tree: its configuration, its counters, who is told, and how the process's events reach it.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{
    Host,
    launch::{Launch, TestFlags},
    table,
};

use super::{
    events::{Data, Place},
    failure::{self, Failure},
    filter::NameFilter,
    global_setup,
    reporters::{self, Sink},
    run,
    tree::{self, Carried, Kind, Test, now_ns},
};
use crate::{
    coroutine::{self, run as co_run},
    events,
};

/// How a tree runs.
#[derive(Default, Clone)]
pub(super) struct Config {
    pub(super) timeout_ms: Option<f64>,
    pub(super) only: bool,
    pub(super) filters_by_only: bool,
    pub(super) names: Vec<NameFilter>,
    pub(super) skipped_names: Vec<NameFilter>,
    pub(super) force_exit: bool,
    /// There is another run after this one.
    pub(super) watches: bool,
}

impl Config {
    pub(super) fn filters_by_name(&self) -> bool {
        !self.names.is_empty() || !self.skipped_names.is_empty()
    }

    /// Whether a test of this name is left out.
    pub(super) fn filters_out(&self, with_ancestors: &str, name: &str, cx: &mut Context) -> JsResult<bool> {
        let matches = |filters: &[NameFilter], cx: &mut Context| -> JsResult<bool> {
            for filter in filters {
                if filter.is_match(with_ancestors.trim_start(), cx)? || filter.is_match(name, cx)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        Ok((!self.names.is_empty() && !matches(&self.names, cx)?) || matches(&self.skipped_names, cx)?)
    }
}

/// What is counted.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) tests: Cell<u64>,
    pub(super) failed: Cell<u64>,
    pub(super) passed: Cell<u64>,
    pub(super) cancelled: Cell<u64>,
    pub(super) skipped: Cell<u64>,
    pub(super) todo: Cell<u64>,
    pub(super) top_level: Cell<u64>,
    pub(super) suites: Cell<u64>,
}

/// One tree's session.
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) counters: Counters,
    pub(super) success: Cell<bool>,
    /// Suites are still being built: nothing starts.
    pub(super) building: Cell<bool>,
    ready: RefCell<Option<(JsPromise, ResolvingFunctions)>>,
    builds: RefCell<Vec<JsPromise>>,
    /// Files are still being loaded: nothing starts.
    gated: Cell<bool>,
    pub(super) sinks: RefCell<Vec<Sink>>,
    listeners: RefCell<Vec<(&'static str, JsFunction)>>,
    /// It runs the program's own file: its failures are the exit code.
    is_global: bool,
    /// The module of `--test-global-setup`, where this tree is to load it before its first test.
    global_setup: Option<String>,
    /// What runs after the last test.
    pub(super) tear_down: RefCell<Option<JsFunction>>,
    ended: RefCell<Vec<ResolvingFunctions>>,
    is_ended: Cell<bool>,
}

/// The tree of the running file.
#[derive(Default)]
struct Global(OnceCell<Rc<Test>>);

/// The file's root, made at the first use of the module.
pub(super) fn global_root(cx: &mut Context) -> JsResult<Rc<Test>> {
    let global = Host::of(cx).state::<Global>();
    if let Some(root) = global.0.get() {
        return Ok(root.clone());
    }
    let launch = Host::of(cx).state::<Launch>();
    let flags: TestFlags = launch.test.borrow().clone();
    let config = Config {
        timeout_ms: flags.timeout_ms,
        only: flags.only,
        filters_by_only: flags.only,
        names: NameFilter::list(&flags.name_patterns, "--test-name-pattern", cx)?,
        skipped_names: NameFilter::list(&flags.skip_patterns, "--test-skip-pattern", cx)?,
        force_exit: flags.force_exit,
        watches: false,
    };
    // A file that is run in a process of its own has it behind it.
    let global_setup = flags.global_setup.clone().filter(|_| Host::of(cx).env("NODE_TEST_CONTEXT").is_none());
    let session = Session::new(config, true, global_setup);
    let entry = launch.argv.borrow().get(1).cloned();
    let root = Test::root(&session, entry, cx)?;
    root.started_ns.set(Some(now_ns(cx)));
    let root = global.0.get_or_init(|| root).clone();
    reporters::set_up(&session, &flags, cx)?;
    session.listen(&root, cx)?;
    warn_of_coverage(cx)?;
    Ok(root)
}

/// Who asks for coverage is told that there is none.
pub(super) fn warn_of_coverage(cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let asked = host.state::<Launch>().exec_argv.borrow().iter().any(|flag| flag == "--experimental-test-coverage");
    if !asked || host.env("NODE_TEST_CONTEXT").is_some() {
        return Ok(());
    }
    crate::process::emit_warning("The engine does not count what runs, so coverage could not be collected.", "Warning", None, cx)
}

/// The parent of what is registered now.
pub(super) fn current_parent(cx: &mut Context) -> JsResult<Rc<Test>> {
    match tree::current(cx) {
        Some(test) => Ok(test),
        None => global_root(cx),
    }
}

/// The tests that run under `run({ isolation: 'none' })` find their root here.
pub(super) fn start_when_built(test: &Rc<Test>, cx: &mut Context) -> JsResult<JsPromise> {
    let session = test.session.clone();
    if !session.building.get() {
        return test.start(cx);
    }
    if let Some(build) = test.build.borrow().clone() {
        session.builds.borrow_mut().push(build);
    }
    let ready = session.ready(cx)?;
    let test = test.clone();
    coroutine::spawn(cx, |co| async move {
        co.wait(ready).await?;
        let done = co_run!(co, [test] | cx | test.start(cx))?;
        co.wait(done).await
    })
}

impl Session {
    pub(super) fn new(config: Config, is_global: bool, global_setup: Option<String>) -> Rc<Self> {
        Rc::new(Self {
            config,
            counters: Counters::default(),
            success: Cell::new(true),
            building: Cell::new(true),
            ready: RefCell::default(),
            builds: RefCell::default(),
            gated: Cell::new(false),
            sinks: RefCell::default(),
            listeners: RefCell::default(),
            is_global,
            global_setup,
            tear_down: RefCell::default(),
            ended: RefCell::default(),
            is_ended: Cell::new(false),
        })
    }

    /// The session of the run that follows `before`.
    pub(super) fn after(before: &Self) -> Rc<Self> {
        let session = Self::new(before.config.clone(), before.is_global, None);
        *session.sinks.borrow_mut() = before.sinks.borrow().clone();
        *session.tear_down.borrow_mut() = before.tear_down.take();
        session
    }

    /// Settles once every suite that was registered with the first tests is built.
    fn ready(self: &Rc<Self>, cx: &mut Context) -> JsResult<JsPromise> {
        if let Some((promise, _)) = &*self.ready.borrow() {
            return Ok(promise.clone());
        }
        let (promise, settle) = JsPromise::new_pending(cx);
        *self.ready.borrow_mut() = Some((promise.clone(), settle.clone()));
        if !self.gated.get() {
            self.await_builds(settle, cx)?;
        }
        Ok(promise)
    }

    /// Counts one verdict.
    pub(super) fn count(&self, is_top: bool, is_suite: bool, passed: bool, skipped: bool, todo: bool, cancelled: bool) {
        let counters = &self.counters;
        let add = |cell: &Cell<u64>| cell.set(cell.get() + 1);
        if is_top {
            add(&counters.top_level);
        }
        if is_suite {
            // As in Node a suite by itself fails no run.
            add(&counters.suites);
            return;
        }
        if skipped {
            add(&counters.skipped);
        } else if todo {
            add(&counters.todo);
        } else if cancelled {
            add(&counters.cancelled);
            self.success.set(false);
        } else if !passed {
            add(&counters.failed);
            self.success.set(false);
        } else {
            add(&counters.passed);
        }
        add(&counters.tests);
    }

    /// Holds the first tests back until [`Session::open_gate`].
    pub(super) fn gate(&self, yes: bool) {
        self.gated.set(yes);
    }

    /// All files are loaded: the tests may start.
    pub(super) fn open_gate(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.gated.set(false);
        let waiting = self.ready.borrow().as_ref().map(|(_, settle)| settle.clone());
        match waiting {
            Some(settle) => self.await_builds(settle, cx),
            None => {
                self.building.set(false);
                Ok(())
            }
        }
    }

    /// Settles once the suites that are known are built.
    fn await_builds(self: &Rc<Self>, settle: ResolvingFunctions, cx: &mut Context) -> JsResult<()> {
        let session = self.clone();
        coroutine::spawn(cx, |co| async move {
            for _ in 0..BOOTSTRAP_TICKS {
                co.wait(JsValue::undefined()).await?;
            }
            loop {
                let build = session.builds.borrow_mut().pop();
                let Some(build) = build else { break };
                co.wait(build).await?;
            }
            if let Some(path) = session.global_setup.clone() {
                match global_setup::set_up(&co, &path).await {
                    Ok(tear_down) => *session.tear_down.borrow_mut() = tear_down,
                    Err(error) => {
                        co_run!(co, [] | cx | global_setup::give_up(error, cx))?;
                        return Ok(JsValue::undefined());
                    }
                }
            }
            session.building.set(false);
            co_run!(co, [] | cx | settle.resolve.call(&JsValue::undefined(), &[], cx))
        })
        .map(drop)
    }

    /// Joins the process's events.
    pub(super) fn listen(self: &Rc<Self>, root: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
        let process = crate::process::object(cx)?;
        let carried = Carried(root.clone());
        let exception = table::closure("", 1, carried.clone(), |_this, args, root, cx| stray(&root.0, args.get_or_undefined(0), Failure::UncaughtException, cx), cx);
        let rejection = table::closure("", 1, carried.clone(), |_this, args, root, cx| stray(&root.0, args.get_or_undefined(0), Failure::UnhandledRejection, cx), cx);
        let exit = table::closure("", 0, carried, |_this, _args, root, cx| before_exit(&root.0, cx), cx);
        for (event, listener) in [("uncaughtException", exception), ("unhandledRejection", rejection), ("beforeExit", exit)] {
            events::on(&process, js_string!(event), listener.clone(), cx)?;
            self.listeners.borrow_mut().push((event, listener));
        }
        Ok(())
    }

    fn unlisten(&self, cx: &mut Context) -> JsResult<()> {
        let process = crate::process::object(cx)?;
        for (event, listener) in self.listeners.take() {
            events::remove_listener(&process, js_string!(event), listener, cx)?;
        }
        Ok(())
    }

    // Telling.

    fn tell(&self, kind: &'static str, data: JsObject, cx: &mut Context) -> JsResult<()> {
        let sinks = self.sinks.borrow().clone();
        sinks.iter().try_for_each(|sink| sink.event(kind, &data, cx))
    }

    /// An event that comes from elsewhere: a child's file.
    pub(super) fn forward(&self, kind: &'static str, data: JsObject, cx: &mut Context) -> JsResult<()> {
        self.tell(kind, data, cx)
    }

    pub(super) fn enqueue(&self, test: &Test, kind: &'static str, cx: &mut Context) -> JsResult<()> {
        if self.sinks.borrow().is_empty() {
            return Ok(());
        }
        let data = Data::new().put("nesting", test.nesting, cx)?.put("name", test.name.clone(), cx)?.put("type", js_string!(type_of(test)), cx)?;
        let data = data.place(test.place.as_ref(), cx)?.done();
        self.tell(kind, data, cx)
    }

    pub(super) fn start(&self, test: &Test, cx: &mut Context) -> JsResult<()> {
        let data = Data::new().put("nesting", test.nesting, cx)?.put("name", test.name.clone(), cx)?;
        let data = data.place(test.place.as_ref(), cx)?.done();
        self.tell("test:start", data, cx)
    }

    fn details(test: &Test, cx: &mut Context) -> JsResult<Data> {
        let mut details = Data::new().put("duration_ms", test.duration_ms(), cx)?.put("type", js_string!(type_of(test)), cx)?;
        if !test.passed.get() {
            let error = test.error.borrow().clone().unwrap_or_else(JsValue::null);
            details = details.put("error", error, cx)?;
        }
        Ok(details)
    }

    fn verdict(&self, kind: &'static str, test: &Test, details: JsObject, cx: &mut Context) -> JsResult<()> {
        let data = Data::new().put("name", test.name.clone(), cx)?.put("nesting", test.nesting, cx)?.put("testNumber", test.number(), cx)?.put("details", details, cx)?;
        let data = data.place(test.place.as_ref(), cx)?.directive(test.directive(), cx)?.done();
        self.tell(kind, data, cx)
    }

    pub(super) fn complete(&self, test: &Test, cx: &mut Context) -> JsResult<()> {
        let details = Self::details(test, cx)?.put("passed", test.passed.get(), cx)?.done();
        self.verdict("test:complete", test, details, cx)
    }

    pub(super) fn result(&self, test: &Test, cx: &mut Context) -> JsResult<()> {
        let details = Self::details(test, cx)?.done();
        self.verdict(if test.passed.get() { "test:pass" } else { "test:fail" }, test, details, cx)
    }

    /// The failure of the root's `after` hook.
    pub(super) fn hook_failed(&self, hook: &Test, number: usize, error: JsValue, cx: &mut Context) -> JsResult<()> {
        self.success.set(false);
        let details = Data::new().put("duration_ms", hook.duration_ms(), cx)?.put("error", error, cx)?.done();
        let file = hook.place.as_ref().map(|place| place.file.clone()).unwrap_or_default();
        let data = Data::new().put("name", JsString::from(file.as_str()), cx)?.put("nesting", 0, cx)?.put("testNumber", number, cx)?.put("details", details, cx)?;
        let data = data.place(hook.place.as_ref(), cx)?.done();
        self.tell("test:fail", data, cx)
    }

    pub(super) fn plan(&self, nesting: u32, place: Option<&Place>, count: usize, cx: &mut Context) -> JsResult<()> {
        let data = Data::new().put("nesting", nesting, cx)?.put("count", count, cx)?.place(place, cx)?.done();
        self.tell("test:plan", data, cx)
    }

    pub(super) fn diagnostic(&self, nesting: u32, place: Option<&Place>, message: JsValue, cx: &mut Context) -> JsResult<()> {
        let data = Data::new().put("nesting", nesting, cx)?.put("message", message, cx)?.put("level", js_string!("info"), cx)?.place(place, cx)?.done();
        self.tell("test:diagnostic", data, cx)
    }

    /// The end of the tree: the plan, what was counted, the summary.
    pub(super) fn end(&self, place: Option<&Place>, diagnostics: Vec<JsValue>, duration_ms: f64, cx: &mut Context) -> JsResult<()> {
        let counters = &self.counters;
        self.plan(0, place, counters.top_level.get() as usize, cx)?;
        for message in diagnostics {
            self.diagnostic(0, place, message, cx)?;
        }
        let shown = JsValue::from(duration_ms).display().to_string();
        for (name, count) in [
            ("tests", &counters.tests),
            ("suites", &counters.suites),
            ("pass", &counters.passed),
            ("fail", &counters.failed),
            ("cancelled", &counters.cancelled),
            ("skipped", &counters.skipped),
            ("todo", &counters.todo),
        ] {
            self.diagnostic(0, place, js_string!(format!("{name} {}", count.get())).into(), cx)?;
        }
        self.diagnostic(0, place, js_string!(format!("duration_ms {shown}")).into(), cx)?;
        let mut counts = Data::new();
        for (name, count) in [
            ("tests", &counters.tests),
            ("failed", &counters.failed),
            ("passed", &counters.passed),
            ("cancelled", &counters.cancelled),
            ("skipped", &counters.skipped),
            ("todo", &counters.todo),
            ("topLevel", &counters.top_level),
            ("suites", &counters.suites),
        ] {
            counts = counts.put(name, count.get() as f64, cx)?;
        }
        let file = place.map_or_else(JsValue::undefined, |place| js_string!(place.file.as_str()).into());
        let data = Data::new().put("success", self.success.get(), cx)?.put("counts", counts.done(), cx)?.put("duration_ms", duration_ms, cx)?.put("file", file, cx)?.done();
        self.tell("test:summary", data, cx)?;
        if self.is_global && !self.success.get() {
            crate::process::set_exit_code(1, cx);
        }
        let sinks = self.sinks.borrow().clone();
        for sink in sinks {
            if self.config.watches {
                sink.pause(cx)?;
            } else {
                sink.end(cx)?;
            }
        }
        self.is_ended.set(true);
        for settle in self.ended.take() {
            settle.resolve.call(&JsValue::undefined(), &[], cx)?;
        }
        Ok(())
    }

    /// The root's own run is over: with `--test-force-exit` the process ends now, once what was told is written.
    pub(super) fn root_ran(self: &Rc<Self>, root: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
        if !self.config.force_exit {
            return Ok(());
        }
        let mut written = Vec::new();
        for sink in self.sinks.borrow().iter() {
            written.extend(sink.closed(cx)?);
        }
        let (root, session) = (root.clone(), self.clone());
        coroutine::spawn(cx, |co| async move {
            let tear_down = session.tear_down.borrow_mut().take();
            global_setup::call(&co, tear_down).await?;
            co_run!(co, [root] | cx | root.close(None, cx))?;
            for closed in written {
                co.wait(closed).await?;
            }
            co_run!(
                co,
                [] | cx | {
                    let process = crate::process::object(cx)?;
                    events::method(&process, "exit", &[], cx)
                }
            )
        })
        .map(drop)
    }
}

fn type_of(test: &Test) -> &'static str {
    match test.kind {
        Kind::Suite => "suite",
        Kind::Hook(_) => "hook",
        Kind::Test | Kind::Root | Kind::File => "test",
    }
}

/// An error nobody caught: the failure of the test that it came from, else a note.
fn stray(root: &Rc<Test>, error: &JsValue, kind: Failure, cx: &mut Context) -> JsResult<JsValue> {
    let event = kind.name();
    let test = tree::current(cx);
    match test {
        Some(test) if !test.finished.get() && !matches!(test.kind, Kind::Hook(_)) => {
            let failure = failure::of(error.clone(), kind, cx)?;
            test.fail(failure, cx)?;
            test.abort(cx)?;
        }
        test => {
            let shown = error.to_string(cx)?.to_std_string_lossy();
            let message = match test {
                Some(test) => {
                    let name = match test.kind {
                        Kind::Hook(hook) => format!("Test hook \"{}\"", hook.name()),
                        _ => format!("Test \"{}\"", test.name.to_std_string_lossy()),
                    };
                    let place = test.place.as_ref().map(|place| format!(" at {}:{}:{}", relative(&place.file, cx), place.line, place.column)).unwrap_or_default();
                    format!(
                        "Error: {name}{place} generated asynchronous activity after the test ended. This activity created the error \"{shown}\" and would have caused the test to fail, but instead triggered an {event} event."
                    )
                }
                None => format!(
                    "Error: A resource generated asynchronous activity after the test ended. This activity created the error \"{shown}\" which triggered an {event} event, caught by the test runner."
                ),
            };
            root.diagnostic(js_string!(message).into());
            root.session.success.set(false);
            crate::process::set_exit_code(1, cx);
        }
    }
    Ok(JsValue::undefined())
}

/// A path as seen from the working directory.
pub(super) fn relative(file: &str, cx: &mut Context) -> String {
    let cwd = Host::of(cx).cwd();
    let bytes = crate::path::posix::relative(cwd.as_bytes(), file.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The loop has nothing left: hooks of a file without tests, then the verdict.
fn before_exit(root: &Rc<Test>, cx: &mut Context) -> JsResult<JsValue> {
    let root = root.clone();
    coroutine::spawn(cx, |co| async move {
        let has_hooks = !root.hooks.before.borrow().is_empty() || !root.hooks.after.borrow().is_empty();
        if root.subtests.borrow().is_empty() && has_hooks {
            let ran = co_run!(co, [root] | cx | run::run(&root, cx))?;
            co.wait(ran).await?;
        }
        let subtests = root.subtests_done.borrow().as_ref().map(|(promise, _)| promise.clone());
        if let Some(subtests) = subtests {
            // A test that waits for what nobody brings keeps the process alive, as in Node.
            let hold = co_run!(co, [] | cx | Host::of(cx).event_loop().hold_as("node:test"));
            co.wait(subtests).await?;
            drop(hold);
        }
        let tear_down = root.session.tear_down.borrow_mut().take();
        global_setup::call(&co, tear_down).await?;
        co_run!(
            co,
            [root] | cx | {
                let error = failure::text("Promise resolution is still pending but the event loop has already resolved", Failure::CancelledByParent, cx)?;
                root.close(Some(error), cx)?;
                root.session.unlisten(cx)
            }
        )?;
        Ok(JsValue::undefined())
    })
    .map(JsValue::from)
}

/// Turns of the microtask queue before the first test: reporters are being set up in Node.
pub(super) const BOOTSTRAP_TICKS: usize = 3;
