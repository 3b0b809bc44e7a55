//! `node:test`: tests, suites, hooks, mocks, snapshots, and what tells of them.
//!
//! ```js
//! const { test, describe, it } = require('node:test');
//! test('adds', (t) => { t.assert.strictEqual(1 + 1, 2); });
//! describe('a list', () => { it('is empty at first', () => {}); });
//! ```
//!
//! A program that uses it runs its tests and prints them by `spec` (<https://nodejs.org/api/test.html>). A test is a node of a tree
//! ([`tree`]), runs as an async function ([`run`]), and is told of in order through its [`session`] to the [`reporters`].
//!
//! Differs from Node: no coverage (`lcov` gives nothing), no watch mode of `run()`, no reruns of what failed; stacks have no
//! frames of the runner.

mod asserts;
mod child;
mod context;
mod events;
mod failure;
mod file_test;
mod files;
mod filter;
mod global_setup;
mod interrupt;
mod mock;
mod plan;
mod reporters;
mod run;
mod run_files;
mod session;
mod snapshot;
mod stream;
mod tree;
mod wait_for;
mod watch;

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::{
    errors,
    table::{self, Export, NativeModule},
};

pub use self::reporters::REPORTERS;
use self::{
    events::Place,
    tree::{HookKind, Kind, Options},
};

/// `require('node:test')`
pub static MODULE: NativeModule = NativeModule {
    name: "test",
    exports: &[
        Export::renamed("=", "test", 3, |_this, args, cx| register(Kind::Test, args, None, cx)),
        Export::renamed("expectFailure", "", 3, |_this, args, cx| register(Kind::Test, args, Some("expectFailure"), cx)),
        Export::renamed("skip", "", 3, |_this, args, cx| register(Kind::Test, args, Some("skip"), cx)),
        Export::renamed("todo", "", 3, |_this, args, cx| register(Kind::Test, args, Some("todo"), cx)),
        Export::renamed("only", "", 3, |_this, args, cx| register(Kind::Test, args, Some("only"), cx)),
        Export::renamed("after", "", 2, |_this, args, cx| hook(HookKind::After, args, cx)),
        Export::renamed("afterEach", "", 2, |_this, args, cx| hook(HookKind::AfterEach, args, cx)),
        Export::renamed("before", "", 2, |_this, args, cx| hook(HookKind::Before, args, cx)),
        Export::renamed("beforeEach", "", 2, |_this, args, cx| hook(HookKind::BeforeEach, args, cx)),
        Export::module("describe", &SUITE),
        Export::build("it", itself),
        Export::function("run", 0, run_files::run),
        Export::module("suite", &SUITE),
        Export::build("test", itself),
        Export::getter("mock", |_this, _args, cx| global_mock(cx)),
        Export::getter("snapshot", |_this, _args, cx| Ok(table::instantiate(&SNAPSHOT, cx)?.into())),
        Export::getter("assert", |_this, _args, cx| Ok(table::instantiate(&ASSERT, cx)?.into())),
    ],
};

static SUITE: NativeModule = NativeModule {
    name: "test.suite",
    exports: &[
        Export::renamed("=", "test", 3, |_this, args, cx| register(Kind::Suite, args, None, cx)),
        Export::renamed("expectFailure", "", 3, |_this, args, cx| register(Kind::Suite, args, Some("expectFailure"), cx)),
        Export::renamed("skip", "", 3, |_this, args, cx| register(Kind::Suite, args, Some("skip"), cx)),
        Export::renamed("todo", "", 3, |_this, args, cx| register(Kind::Suite, args, Some("todo"), cx)),
        Export::renamed("only", "", 3, |_this, args, cx| register(Kind::Suite, args, Some("only"), cx)),
    ],
};

static SNAPSHOT: NativeModule = NativeModule {
    name: "test.snapshot",
    exports: &[Export::function("setDefaultSnapshotSerializers", 1, snapshot::set_serializers), Export::function("setResolveSnapshotPath", 1, snapshot::set_resolve)],
};

static ASSERT: NativeModule = NativeModule { name: "test.assert", exports: &[Export::function("register", 2, asserts::register)] };

/// The tracker that belongs to no test.
#[derive(Default)]
struct GlobalMock(std::cell::OnceCell<boa_engine::JsObject>);

fn global_mock(cx: &mut Context) -> JsResult<JsValue> {
    let state = coil_engine::Host::of(cx).state::<GlobalMock>();
    if let Some(made) = state.0.get() {
        return Ok(made.clone().into());
    }
    let made = mock::create(cx)?;
    Ok(state.0.get_or_init(|| made).clone().into())
}

/// `--test`: runs the test files that the command line names.
pub fn run_command(cx: &mut Context) -> JsResult<()> {
    run_files::run_command(cx)
}

fn itself(cx: &mut Context) -> JsResult<JsValue> {
    Ok(table::instantiate(&MODULE, cx)?.into())
}

/// `test(name, options, fn)` and its kin: a child of what is running, or of the file.
fn register(kind: Kind, args: &[JsValue], keyword: Option<&'static str>, cx: &mut Context) -> JsResult<JsValue> {
    let place = Place::of_caller(cx);
    let parent = session::current_parent(cx)?;
    let test = parent.create_subtest(kind, Options::of(args, place, keyword), cx)?;
    if parent.kind == Kind::Suite {
        return Ok(boa_engine::object::builtins::JsPromise::resolve(JsValue::undefined(), cx)?.into());
    }
    Ok(session::start_when_built(&test, cx)?.into())
}

fn hook(kind: HookKind, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let parent = session::current_parent(cx)?;
    context::add_hook(&parent, kind, args, cx)
}

/// `import(specifier)`: the promise of the module's namespace.
fn load_module(specifier: &str, cx: &mut Context) -> JsResult<boa_engine::object::builtins::JsPromise> {
    let import = coil_engine::Host::of(cx).state::<coil_engine::launch::Launch>().import.get();
    match import {
        Some(import) => import(specifier, cx),
        None => Err(errors::method_not_implemented("import()", cx)),
    }
}
