//! `TestContext` and `SuiteContext`: what a test's and a suite's function get.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind as ClassKind, Parent},
    errors,
    table::Export,
};

use super::{
    asserts,
    events::Place,
    failure::{self, Failure},
    plan::Plan,
    run::RunArgs,
    tree::{HookKind, Kind, Options, Test},
};

/// `class TestContext`
static TEST_CONTEXT: Class = Class {
    name: "TestContext",
    length: 1,
    extends: Parent::None,
    kind: ClassKind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        SIGNAL,
        NAME,
        FILE_PATH,
        FULL_NAME,
        Export::getter("error", |this, _args, cx| Ok(test_of(this, cx)?.error.borrow().clone().unwrap_or_else(JsValue::null))),
        Export::getter("passed", |this, _args, cx| Ok(test_of(this, cx)?.passed.get().into())),
        Export::getter("attempt", |_this, _args, _cx| Ok(0.into())),
        Export::getter("workerId", |_this, _args, cx| Ok(Host::of(cx).env("NODE_TEST_WORKER_ID").and_then(|id| id.parse::<u32>().ok()).map_or_else(JsValue::undefined, JsValue::from))),
        Export::function("diagnostic", 1, |this, args, cx| {
            test_of(this, cx)?.diagnostic(args.get_or_undefined(0).clone());
            Ok(JsValue::undefined())
        }),
        Export::function("plan", 1, |this, args, cx| {
            let test = test_of(this, cx)?;
            set_plan(&test, args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
            Ok(JsValue::undefined())
        }),
        Export::getter("assert", assert),
        Export::getter("mock", mock),
        Export::function("runOnly", 1, |this, args, cx| {
            test_of(this, cx)?.run_only_subtests.set(args.get_or_undefined(0).to_boolean());
            Ok(JsValue::undefined())
        }),
        Export::function("skip", 1, |this, args, cx| {
            test_of(this, cx)?.skip(args.get_or_undefined(0).clone());
            Ok(JsValue::undefined())
        }),
        Export::function("todo", 1, |this, args, cx| {
            test_of(this, cx)?.mark_todo(args.get_or_undefined(0).clone());
            Ok(JsValue::undefined())
        }),
        Export::function("test", 3, subtest),
        Export::function("before", 2, |this, args, cx| hook(this, HookKind::Before, args, cx)),
        Export::function("after", 2, |this, args, cx| hook(this, HookKind::After, args, cx)),
        Export::function("beforeEach", 2, |this, args, cx| hook(this, HookKind::BeforeEach, args, cx)),
        Export::function("afterEach", 2, |this, args, cx| hook(this, HookKind::AfterEach, args, cx)),
        Export::function("waitFor", 1, super::wait_for::wait_for),
    ],
    statics: &[],
};

/// `class SuiteContext`
static SUITE_CONTEXT: Class = Class {
    name: "SuiteContext",
    length: 1,
    extends: Parent::None,
    kind: ClassKind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[SIGNAL, NAME, FILE_PATH, FULL_NAME],
    statics: &[],
};

// What both contexts tell of their test.
const SIGNAL: Export = Export::getter("signal", |this, _args, cx| Ok(test_of(this, cx)?.signal(cx)?.into()));
const NAME: Export = Export::getter("name", |this, _args, cx| Ok(test_of(this, cx)?.name.clone().into()));
const FILE_PATH: Export = Export::getter("filePath", file_path);
const FULL_NAME: Export = Export::getter("fullName", |this, _args, cx| Ok(js_string!(test_of(this, cx)?.full_name()).into()));

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Data {
    #[unsafe_ignore_trace]
    test: Rc<Test>,
    assert: GcRefCell<Option<JsObject>>,
}

/// What the functions of a node are called with.
pub(super) fn run_args(test: &Rc<Test>, cx: &mut Context) -> JsResult<RunArgs> {
    let class = if test.kind == Kind::Suite { &SUITE_CONTEXT } else { &TEST_CONTEXT };
    let prototype = class.prototype(cx)?;
    let context: JsValue = JsObject::from_proto_and_data(prototype, Data { test: test.clone(), assert: GcRefCell::new(None) }).into();
    Ok(RunArgs { this: context.clone(), args: vec![context] })
}

pub(super) fn test_of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Test>> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Data>().map(|data| data.test.clone()));
    found.ok_or_else(|| errors::invalid_this("TestContext", cx))
}

fn file_path(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(test_of(this, cx)?.entry_file.as_deref().map_or_else(JsValue::undefined, |file| js_string!(file).into()))
}

/// `t.plan(count, options)`
pub(super) fn set_plan(test: &Test, count: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<()> {
    if test.plan.borrow().is_some() {
        return Err(failure::thrown("cannot set plan more than once", Failure::TestCode, cx));
    }
    let plan = Plan::new(count, options, cx)?;
    *test.plan.borrow_mut() = Some(plan);
    Ok(())
}

fn assert(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let test = test_of(this, cx)?;
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    let made = object.downcast_ref::<Data>().and_then(|data| data.assert.borrow().clone());
    if let Some(made) = made {
        return Ok(made.into());
    }
    let plan = test.plan.borrow().clone();
    let made = asserts::of_context(this, &test, plan, cx)?;
    if let Some(data) = object.downcast_ref::<Data>() {
        *data.assert.borrow_mut() = Some(made.clone());
    }
    Ok(made.into())
}

fn mock(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let test = test_of(this, cx)?;
    if let Some(made) = test.mock.get() {
        return Ok(made.clone().into());
    }
    let made = super::mock::create(cx)?;
    Ok(test.mock.get_or_init(|| made).clone().into())
}

/// `t.test(name, options, fn)`
fn subtest(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let test = test_of(this, cx)?;
    let place = Place::of_caller(cx);
    let plan = test.plan.borrow().clone();
    if let Some(plan) = plan {
        plan.count(cx)?;
    }
    let subtest = test.create_subtest(Kind::Test, Options::of(args, place, None), cx)?;
    Ok(subtest.start(cx)?.into())
}

fn hook(this: &JsValue, kind: HookKind, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let test = test_of(this, cx)?;
    add_hook(&test, kind, args, cx)
}

/// `before(fn, options)` and its kin.
pub(super) fn add_hook(test: &Rc<Test>, kind: HookKind, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let place = Place::of_caller(cx);
    let given = args.get_or_undefined(1).as_object();
    let options = Options { name: JsValue::undefined(), body: JsValue::undefined(), given, place, keyword: None };
    test.create_hook(kind, args.get_or_undefined(0).clone(), options, cx)?;
    Ok(JsValue::undefined())
}
