//! The tree of tests: what one test, suite or hook knows, and how a subtest joins it. How it ends is in [`verdict`].

mod verdict;

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::promise::ResolvingFunctions,
    js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Trace};
use coil_engine::{Host, async_context::AsyncFrame, errors, table, validate};

use super::{
    context,
    events::Place,
    failure::{self, Failure},
    file_test,
    plan::Plan,
    run,
    session::Session,
};
pub(super) use crate::carried::Carried;
use crate::event_target::create_controller;

/// What a node of the tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The root: the file.
    Root,
    /// `test`, `it`
    Test,
    /// `describe`, `suite`
    Suite,
    /// A test file in a process of its own.
    File,
    /// `before` and its kin.
    Hook(HookKind),
}

/// When a hook runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HookKind {
    Before,
    After,
    BeforeEach,
    AfterEach,
}

impl HookKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::BeforeEach => "beforeEach",
            Self::AfterEach => "afterEach",
        }
    }
}

/// The hooks of one node; the `each` ones with those of its ancestors once it runs.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) before: RefCell<Vec<Rc<Test>>>,
    pub(super) after: RefCell<Vec<Rc<Test>>>,
    pub(super) before_each: RefCell<Vec<Rc<Test>>>,
    pub(super) after_each: RefCell<Vec<Rc<Test>>>,
    own_after_each: Cell<usize>,
}

impl Hooks {
    pub(super) fn of(&self, kind: HookKind) -> &RefCell<Vec<Rc<Test>>> {
        match kind {
            HookKind::Before => &self.before,
            HookKind::After => &self.after,
            HookKind::BeforeEach => &self.before_each,
            HookKind::AfterEach => &self.after_each,
        }
    }
}

/// What `expectFailure` asks for.
#[derive(Clone)]
pub(super) struct ExpectFailure {
    label: JsValue,
    matches: JsValue,
}

/// One node.
pub(super) struct Test {
    pub(super) kind: Kind,
    pub(super) name: JsString,
    /// None for the root and for hooks.
    pub(super) parent: Option<Rc<Self>>,
    /// The node a hook belongs to.
    pub(super) owner: Option<Rc<Self>>,
    pub(super) session: Rc<Session>,
    pub(super) nesting: u32,
    child_number: usize,
    pub(super) place: Option<Place>,
    pub(super) entry_file: Option<String>,
    pub(super) body: RefCell<Option<JsFunction>>,
    concurrency: f64,
    /// Milliseconds; infinite where there is none.
    pub(super) timeout_ms: f64,
    only: JsValue,
    pub(super) run_only_subtests: Cell<bool>,
    has_only_tests: Cell<bool>,
    filtered_by_name: Cell<bool>,
    pub(super) filtered: Cell<bool>,
    pub(super) skipped: Cell<bool>,
    pub(super) todo: Cell<bool>,
    message: RefCell<JsValue>,
    expect_failure: Option<ExpectFailure>,
    pub(super) expected_plan: JsValue,
    pub(super) plan: RefCell<Option<Rc<Plan>>>,
    pub(super) error: RefCell<Option<JsValue>>,
    pub(super) passed: Cell<bool>,
    cancelled: Cell<bool>,
    pub(super) finished: Cell<bool>,
    pub(super) build_finished: Cell<bool>,
    reported_start: Cell<bool>,
    reported: Cell<bool>,
    pub(super) started_ns: Cell<Option<u64>>,
    pub(super) ended_ns: Cell<Option<u64>>,
    test_number: Cell<usize>,
    output_count: Cell<usize>,
    pub(super) subtests: RefCell<Vec<Rc<Self>>>,
    pub(super) pending: RefCell<VecDeque<(Rc<Self>, ResolvingFunctions)>>,
    ready: RefCell<BTreeMap<usize, Rc<Self>>>,
    unfinished: Cell<usize>,
    pub(super) active: Cell<usize>,
    waiting_on: Cell<usize>,
    /// Settles when no started subtest is unfinished.
    pub(super) subtests_done: RefCell<Option<(JsPromise, ResolvingFunctions)>>,
    pub(super) hooks: Hooks,
    /// A `before` or `after` hook runs once, and so does a root: this is its run.
    pub(super) once: RefCell<Option<JsPromise>>,
    diagnostics: RefCell<Vec<JsValue>>,
    pub(super) controller: RefCell<JsObject>,
    pub(super) outer_signal: Option<JsObject>,
    pub(super) mock: OnceCell<JsObject>,
    /// What a file's process tells.
    pub(super) report: Option<file_test::Report>,
    /// The promise of a suite's function.
    pub(super) build: RefCell<Option<JsPromise>>,
    /// The object that stands for this node in the async context.
    holder: OnceCell<JsObject>,
}

/// The node in an async frame.
#[derive(Trace, Finalize, boa_engine::JsData)]
#[boa_gc(unsafe_no_drop)]
struct Holder(#[unsafe_ignore_trace] Rc<Test>);

/// The key of the current test in async frames; storages count from 1.
const FRAME_KEY: u64 = u64::MAX - 8;

/// The test whose code is running, or what it started.
pub(super) fn current(cx: &Context) -> Option<Rc<Test>> {
    let frame = Host::of(cx).async_frame()?;
    let holder = frame.get(FRAME_KEY)?.as_object()?;
    let found = holder.downcast_ref::<Holder>().map(|holder| holder.0.clone());
    found
}

/// What makes a node, read from the arguments.
pub(super) struct Options {
    pub(super) name: JsValue,
    pub(super) body: JsValue,
    pub(super) given: Option<JsObject>,
    pub(super) place: Option<Place>,
    /// `test.skip`, `test.todo`, `test.only`, `test.expectFailure`
    pub(super) keyword: Option<&'static str>,
}

impl Options {
    /// `(name, options, fn)`, each of which may be missing.
    pub(super) fn of(args: &[JsValue], place: Option<Place>, keyword: Option<&'static str>) -> Self {
        let arg = |index: usize| args.get(index).cloned().unwrap_or_default();
        let is_options = |value: &JsValue| value.as_object().filter(|object| !object.is_callable());
        let (name, mut options, mut body) = (arg(0), arg(1), arg(2));
        if name.is_callable() {
            body = name.clone();
        } else if name.is_object() {
            body = std::mem::replace(&mut options, name.clone());
        } else if options.is_callable() {
            body = options.clone();
        }
        Self { name, body, given: is_options(&options), place, keyword }
    }

    fn read(&self, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
        if self.keyword == Some(key) {
            return Ok(true.into());
        }
        match &self.given {
            Some(given) => given.get(JsString::from(key), cx),
            None => Ok(JsValue::undefined()),
        }
    }
}

fn is_set(value: &JsValue) -> bool {
    !value.is_undefined() && value.as_boolean() != Some(false)
}

impl Test {
    /// The root of a tree.
    pub(super) fn root(session: &Rc<Session>, entry_file: Option<String>, cx: &mut Context) -> JsResult<Rc<Self>> {
        let place = entry_file.clone().map(|file| Place { line: 1, column: 1, file });
        let options = Options { name: js_string!("<root>").into(), body: JsValue::undefined(), given: None, place, keyword: None };
        let root = Self::create(Kind::Root, None, None, session, options, cx)?;
        Ok(root)
    }

    /// The root of a tree that runs files.
    pub(super) fn root_with(session: &Rc<Session>, given: Option<JsObject>, cx: &mut Context) -> JsResult<Rc<Self>> {
        let options = Options { name: js_string!("<root>").into(), body: JsValue::undefined(), given, place: None, keyword: None };
        Self::create(Kind::Root, None, None, session, options, cx)
    }

    /// Makes a node, with its options checked in Node's order.
    pub(super) fn create(kind: Kind, parent: Option<&Rc<Self>>, owner: Option<&Rc<Self>>, session: &Rc<Session>, options: Options, cx: &mut Context) -> JsResult<Rc<Self>> {
        let only = options.read("only", cx)?;
        let concurrency_given = options.read("concurrency", cx)?;
        let timeout_given = options.read("timeout", cx)?;
        let todo = options.read("todo", cx)?;
        let skip = options.read("skip", cx)?;
        let signal = options.read("signal", cx)?;
        let plan = options.read("plan", cx)?;
        let expect = options.read("expectFailure", cx)?;
        let mut name = options.name.clone();
        if let Some(given) = options.given.as_ref().filter(|_| !matches!(kind, Kind::Hook(_)))
            && given.has_own_property(js_string!("name"), cx)?
        {
            name = given.get(js_string!("name"), cx)?;
        }
        let mut body = options.body.clone();
        if let Some(given) = options.given.as_ref().filter(|_| !matches!(kind, Kind::Hook(_)))
            && given.has_own_property(js_string!("fn"), cx)?
        {
            body = given.get(js_string!("fn"), cx)?;
        }
        let mut body = body.as_function();
        let name = match name.as_string() {
            Some(name) if !name.is_empty() => name,
            _ => {
                let named = match &body {
                    Some(body) => body.get(js_string!("name"), cx)?.as_string(),
                    None => None,
                };
                named.filter(|name| !name.is_empty()).unwrap_or(js_string!("<anonymous>"))
            }
        };
        let nesting = parent.map_or(0, |parent| if parent.parent.is_none() { parent.nesting } else { parent.nesting + 1 });
        let mut concurrency = parent.map_or(1.0, |parent| parent.concurrency);
        if let Some(number) = concurrency_given.as_number() {
            validate::uint32(&concurrency_given, "options.concurrency", true, cx)?;
            concurrency = number;
        } else if let Some(many) = concurrency_given.as_boolean() {
            concurrency = match (many, kind) {
                (false, _) => 1.0,
                (true, Kind::Root) => f64::from(super::run_files::parallelism()),
                (true, _) => f64::INFINITY,
            };
        } else if !concurrency_given.is_null_or_undefined() {
            return Err(errors::invalid_arg_type("options.concurrency", "boolean|number", &concurrency_given, cx));
        }
        let config = &session.config;
        let mut timeout_ms = parent.map_or(f64::INFINITY, |parent| parent.timeout_ms);
        if timeout_given.is_null_or_undefined() {
            if let Some(limit) = config.timeout_ms.filter(|limit| limit.is_finite()) {
                timeout_ms = limit;
            }
            if matches!(kind, Kind::Suite | Kind::File) {
                timeout_ms = f64::INFINITY;
            }
        } else if timeout_given.as_number() == Some(f64::INFINITY) {
            // Stays what the parent says.
        } else {
            timeout_ms = validate::number_within(&timeout_given, "options.timeout", Some(0.0), Some(TIMEOUT_MAX_MS), cx)?;
        }
        let mut diagnostics = Vec::new();
        if let Some(parent) = parent {
            if config.filters_by_only {
                if only.to_boolean() {
                    parent.run_only_subtests.set(true);
                    if parent.parent.is_none() || parent.started_ns.get().is_none() {
                        let mut at = Some(parent.clone());
                        while let Some(test) = at {
                            if test.has_only_tests.replace(true) {
                                break;
                            }
                            at = test.parent.clone();
                        }
                    }
                } else if only.as_boolean() == Some(false) {
                    body = None;
                }
            } else if only.to_boolean() || parent.run_only_subtests.get() {
                diagnostics.push(js_string!("'only' and 'runOnly' require the --test-only command-line option.").into());
            }
        }
        if skip.to_boolean() {
            body = None;
        }
        let outer_signal = validate::abort_signal(&signal, "options.signal", cx)?;
        let expect_failure = match parse_expect_failure(&expect, cx)? {
            Some(expect) => Some(expect),
            None => parent.and_then(|parent| parent.expect_failure.clone()),
        };
        let message = if skip.is_string() {
            skip.clone()
        } else if todo.is_string() {
            todo.clone()
        } else {
            JsValue::null()
        };
        let test = Rc::new(Self {
            kind,
            name,
            parent: parent.cloned(),
            owner: owner.cloned(),
            session: session.clone(),
            nesting,
            child_number: parent.map_or(0, |parent| parent.subtests.borrow().len() + 1),
            entry_file: match parent {
                Some(parent) => parent.entry_file.clone(),
                None => options.place.as_ref().map(|place| place.file.clone()),
            },
            place: options.place,
            body: RefCell::new(body),
            concurrency,
            timeout_ms,
            only,
            run_only_subtests: Cell::new(kind == Kind::Root && config.only),
            has_only_tests: Cell::new(false),
            filtered_by_name: Cell::new(false),
            filtered: Cell::new(false),
            skipped: Cell::new(is_set(&skip)),
            todo: Cell::new(is_set(&todo) || parent.is_some_and(|parent| parent.todo.get())),
            message: RefCell::new(message),
            expect_failure,
            expected_plan: plan,
            plan: RefCell::default(),
            error: RefCell::default(),
            passed: Cell::new(false),
            cancelled: Cell::new(false),
            finished: Cell::new(false),
            build_finished: Cell::new(false),
            reported_start: Cell::new(false),
            reported: Cell::new(false),
            started_ns: Cell::new(None),
            ended_ns: Cell::new(None),
            test_number: Cell::new(0),
            output_count: Cell::new(0),
            subtests: RefCell::default(),
            pending: RefCell::default(),
            ready: RefCell::default(),
            unfinished: Cell::new(0),
            active: Cell::new(0),
            waiting_on: Cell::new(0),
            subtests_done: RefCell::default(),
            hooks: Hooks::default(),
            once: RefCell::default(),
            diagnostics: RefCell::new(diagnostics),
            controller: RefCell::new(create_controller(cx)?),
            outer_signal,
            mock: OnceCell::new(),
            report: (kind == Kind::File).then(file_test::Report::default),
            build: RefCell::default(),
            holder: OnceCell::new(),
        });
        // One that has aborted is noticed when the test would start.
        if let Some(signal) = test.outer_signal.clone()
            && !signal.get(js_string!("aborted"), cx)?.to_boolean()
        {
            let listener = table::closure("", 0, Carried(test.clone()), |_this, _args, carried, cx| carried.0.abort_by_signal(cx).map(|()| JsValue::undefined()), cx);
            crate::events::on_abort(&signal, &listener, cx)?;
        }
        if !matches!(kind, Kind::Root | Kind::File | Kind::Hook(_)) {
            test.note_name_filter(cx)?;
        }
        if kind == Kind::Suite {
            run::build_suite(&test, cx)?;
        }
        Ok(test)
    }

    fn note_name_filter(&self, cx: &mut Context) -> JsResult<()> {
        let config = &self.session.config;
        if !config.filters_by_name() {
            return Ok(());
        }
        let filtered = config.filters_out(&self.name_with_ancestors(), &self.name.to_std_string_lossy(), cx)?;
        self.filtered_by_name.set(filtered);
        if !filtered {
            let mut at = self.parent.clone();
            while let Some(test) = at.filter(|test| test.filtered_by_name.get()) {
                test.filtered_by_name.set(false);
                at = test.parent.clone();
            }
        }
        Ok(())
    }

    fn name_with_ancestors(&self) -> String {
        match &self.parent {
            Some(parent) => format!("{} {}", parent.name_with_ancestors(), self.name.to_std_string_lossy()),
            None => String::new(),
        }
    }

    /// The names from the file's top to here, joined by ` > `.
    pub(super) fn full_name(&self) -> String {
        match &self.parent {
            Some(parent) if parent.parent.is_some() => format!("{} > {}", parent.full_name(), self.name.to_std_string_lossy()),
            _ => self.name.to_std_string_lossy(),
        }
    }

    /// The root of this tree.
    pub(super) fn tree_root(self: &Rc<Self>) -> Rc<Self> {
        let mut at = self.clone();
        while let Some(parent) = at.parent.clone() {
            at = parent;
        }
        at
    }

    /// Makes a subtest and takes it in; one that comes after the end goes to the root, as a failure.
    pub(super) fn create_subtest(self: &Rc<Self>, kind: Kind, options: Options, cx: &mut Context) -> JsResult<Rc<Self>> {
        let too_late = self.finished.get() || self.build_finished.get();
        let parent = if too_late { self.tree_root() } else { self.clone() };
        let test = Self::create(kind, Some(&parent), None, &self.session, options, cx)?;
        if parent.waiting_on.get() == 0 {
            parent.waiting_on.set(test.child_number);
            *parent.subtests_done.borrow_mut() = Some(JsPromise::new_pending(cx));
        }
        if too_late {
            let error = failure::text("test could not be started because its parent finished", Failure::ParentAlreadyFinished, cx)?;
            test.fail(error, cx)?;
        }
        parent.subtests.borrow_mut().push(test.clone());
        Ok(test)
    }

    /// Adds a hook.
    pub(super) fn create_hook(self: &Rc<Self>, kind: HookKind, body: JsValue, options: Options, cx: &mut Context) -> JsResult<()> {
        let options = Options { body, ..options };
        let hook = Self::create(Kind::Hook(kind), None, Some(self), &self.session, options, cx)?;
        if kind == HookKind::Before && self.started_ns.get().is_some() {
            let args = context::run_args(self, cx)?;
            let ran = run::start_hook(&hook, args, cx)?;
            let carried = (self.clone(), hook.clone());
            let check = table::closure(
                "",
                0,
                Carried(carried),
                |_this, _args, carried, cx| {
                    let (test, hook) = &carried.0;
                    let error = hook.error.borrow().clone();
                    if let Some(error) = error {
                        test.fail(error, cx)?;
                    }
                    Ok(JsValue::undefined())
                },
                cx,
            );
            ran.then(Some(check), None, cx)?;
        }
        let mut hooks = self.hooks.of(kind).borrow_mut();
        let count = hooks.len();
        if kind == HookKind::AfterEach {
            let own = self.hooks.own_after_each.get();
            hooks.insert(own.min(count), hook);
            self.hooks.own_after_each.set(own + 1);
        } else {
            hooks.push(hook);
        }
        Ok(())
    }

    /// Takes over the `each` hooks of the parent.
    pub(super) fn inherit_hooks(&self) {
        let Some(parent) = &self.parent else { return };
        let before: Vec<_> = parent.hooks.before_each.borrow().clone();
        self.hooks.before_each.borrow_mut().splice(0..0, before);
        let after: Vec<_> = parent.hooks.after_each.borrow().clone();
        self.hooks.after_each.borrow_mut().extend(after);
    }

    /// The async frame of this test's code.
    pub(super) fn frame(self: &Rc<Self>, cx: &Context) -> Rc<AsyncFrame> {
        let holder = self.holder.get_or_init(|| JsObject::from_proto_and_data(None, Holder(self.clone()))).clone();
        let before = Host::of(cx).async_frame();
        Rc::new(before.as_deref().cloned().unwrap_or_default().with(FRAME_KEY, Some(holder.into())))
    }

    // Starting.

    /// Starts it, or puts it into the parent's queue; the promise of its end.
    pub(super) fn start(self: &Rc<Self>, cx: &mut Context) -> JsResult<JsPromise> {
        self.apply_filters();
        let parent = self.parent.clone().unwrap_or_else(|| self.clone());
        if !self.filtered.get() {
            parent.output_count.set(parent.output_count.get() + 1);
            self.test_number.set(parent.output_count.get());
        }
        parent.unfinished.set(parent.unfinished.get() + 1);
        self.emit(|session, cx| session.enqueue(self, "test:enqueue", cx), cx)?;
        if self.session.building.get() || !parent.has_concurrency() {
            let (promise, settle) = JsPromise::new_pending(cx);
            parent.pending.borrow_mut().push_back((self.clone(), settle));
            return Ok(promise);
        }
        self.emit(|session, cx| session.enqueue(self, "test:dequeue", cx), cx)?;
        run::run(self, cx)
    }

    /// Tells the reporters, unless this test is filtered out.
    pub(super) fn emit(&self, tell: impl FnOnce(&Session, &mut Context) -> JsResult<()>, cx: &mut Context) -> JsResult<()> {
        if self.filtered.get() { Ok(()) } else { tell(&self.session, cx) }
    }

    fn apply_filters(&self) {
        if self.error.borrow().is_some() {
            return;
        }
        if self.filtered_by_name.get() {
            self.filtered.set(true);
            return;
        }
        let Some(parent) = &self.parent else { return };
        if self.session.config.filters_by_only && !self.only.to_boolean() && !self.has_only_tests.get() {
            let out = parent.run_only_subtests.get() || parent.has_only_tests.get() || self.only.as_boolean() == Some(false);
            self.filtered.set(out);
        }
    }

    /// Whether one more subtest may run now.
    pub(super) fn has_concurrency(&self) -> bool {
        self.concurrency > self.active.get() as f64
    }
}

fn parse_expect_failure(value: &JsValue, cx: &mut Context) -> JsResult<Option<ExpectFailure>> {
    let undefined = JsValue::undefined;
    if !is_set(value) {
        return Ok(None);
    }
    if value.is_string() {
        return Ok(Some(ExpectFailure { label: value.clone(), matches: undefined() }));
    }
    let Some(object) = value.as_object() else { return Ok(Some(ExpectFailure { label: undefined(), matches: undefined() })) };
    if object.is_callable() || object.regexp_parts().is_some() {
        return Ok(Some(ExpectFailure { label: undefined(), matches: value.clone() }));
    }
    let keys = object.own_property_keys(cx)?;
    let names: Vec<String> = keys.iter().filter_map(|key| if let boa_engine::property::PropertyKey::String(name) = key { Some(name.to_std_string_lossy()) } else { None }).collect();
    if names.is_empty() {
        return Err(errors::invalid_arg_value("options.expectFailure", value, "must not be an empty object", cx));
    }
    if names.iter().all(|name| name == "match" || name == "label") {
        return Ok(Some(ExpectFailure { label: object.get(js_string!("label"), cx)?, matches: object.get(js_string!("match"), cx)? }));
    }
    Ok(Some(ExpectFailure { label: undefined(), matches: value.clone() }))
}

pub(super) fn now_ns(cx: &Context) -> u64 {
    Host::of(cx).sys().clock().monotonic_ns()
}

const NS_PER_MS: f64 = 1_000_000.0;
/// The longest delay of a timer.
const TIMEOUT_MAX_MS: f64 = 2_147_483_647.0;
