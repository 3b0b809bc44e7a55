//! Running a node of the tree: hooks before, the body against its clock, hooks after, then the verdict.

use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{Host, op::thrown_value, table};

use super::{
    context,
    failure::{self, Failure},
    tree::{Carried, HookKind, Kind, Test, now_ns},
};
use crate::coroutine::{self, Co, run};

/// What a body or a hook is called with: its receiver and its arguments.
#[derive(Clone)]
pub(super) struct RunArgs {
    pub(super) this: JsValue,
    pub(super) args: Vec<JsValue>,
}

/// Runs a test, a suite or the root; the promise never rejects.
pub(super) fn run(test: &Rc<Test>, cx: &mut Context) -> JsResult<JsPromise> {
    let frame = Some(test.frame(cx));
    let test = test.clone();
    Host::of(cx).with_frame(frame, cx, |cx| match test.kind {
        Kind::Suite => coroutine::spawn(cx, |co| run_suite(co, test)),
        _ => coroutine::spawn(cx, |co| async move {
            let made = run!(co, [test] | cx | context::run_args(&test, cx))?;
            run_test(co, test, made).await
        }),
    })
}

/// Runs a hook with the arguments of the node it is run for; one that runs once gives the promise of its only run.
pub(super) fn start_hook(hook: &Rc<Test>, args: RunArgs, cx: &mut Context) -> JsResult<JsPromise> {
    let once = matches!(hook.kind, Kind::Hook(HookKind::Before | HookKind::After));
    if once && let Some(ran) = hook.once.borrow().clone() {
        return Ok(ran);
    }
    if hook.error.borrow().is_some() {
        hook.passed.set(false);
        *hook.error.borrow_mut() = None;
        let controller = crate::event_target::create_controller(cx)?;
        *hook.controller.borrow_mut() = controller;
    }
    hook.started_ns.set(None);
    hook.ended_ns.set(None);
    let frame = Some(hook.frame(cx));
    let running = hook.clone();
    let promise = Host::of(cx).with_frame(frame, cx, |cx| coroutine::spawn(cx, |co| run_test(co, running, args)))?;
    if once {
        *hook.once.borrow_mut() = Some(promise.clone());
    }
    Ok(promise)
}

/// Runs the hooks of one kind in turn; the failure of one is the failure of all.
async fn run_hooks(co: &Co, test: &Rc<Test>, kind: HookKind, args: &RunArgs) -> JsResult<()> {
    let hooks = test.hooks.of(kind).borrow().clone();
    for hook in hooks {
        let promise = run!(co, [hook, args] | cx | start_hook(&hook, args, cx))?;
        co.wait(promise).await?;
        let error = hook.error.borrow().clone();
        if let Some(error) = error {
            return Err(run!(co, [error] | cx | hook_failure(kind, error, cx))?);
        }
    }
    Ok(())
}

fn hook_failure(kind: HookKind, error: JsValue, cx: &mut Context) -> JsResult<boa_engine::JsError> {
    let cause = if failure::is_failure(&error, cx)? { failure::cause(&error, cx)? } else { error };
    let wrapped = failure::text(&format!("failed running {} hook", kind.name()), Failure::Hook, cx)?;
    failure::set_cause(&wrapped, cause, cx)?;
    Ok(boa_engine::JsError::from_opaque(wrapped))
}

/// What ends a test from outside: its time is up, or its signal aborts.
#[derive(Clone)]
struct Stop {
    promise: JsPromise,
    timer: Option<coil_engine::coil_loop::TimerId>,
    signal: JsObject,
    listener: JsFunction,
}

impl Stop {
    fn start(test: &Rc<Test>, cx: &mut Context) -> JsResult<Self> {
        let (promise, settle) = JsPromise::new_pending(cx);
        let signal = test.signal(cx)?;
        let listener = settle.resolve.clone();
        crate::events::on_abort(&signal, &listener, cx)?;
        let timer = test.timeout_ms.is_finite().then(|| {
            let host = Host::of(cx);
            let ms = test.timeout_ms;
            let reject = settle.reject.clone();
            let frame = host.async_frame();
            let id = host.event_loop().timer(
                ms.max(1.0) as u64,
                Box::new(move |cx: &mut Context| {
                    let host = Host::of(cx);
                    host.with_frame(frame, cx, |cx| {
                        Host::of(cx).enter_with(cx, |cx| {
                            let shown = JsValue::from(ms).display().to_string();
                            let error = failure::text(&format!("test timed out after {shown}ms"), Failure::TestTimeout, cx)?;
                            reject.call(&JsValue::undefined(), &[error], cx).map(drop)
                        });
                    });
                }),
            );
            host.event_loop().timer_ref(id, false);
            id
        });
        Ok(Self { promise, timer, signal, listener })
    }

    fn end(&self, cx: &mut Context) -> JsResult<()> {
        if let Some(timer) = self.timer {
            Host::of(cx).event_loop().timer_cancel(timer);
        }
        crate::events::off_abort(&self.signal, &self.listener, cx)
    }

    fn race(&self, with: JsPromise, cx: &mut Context) -> JsResult<JsPromise> {
        let (promise, settle) = JsPromise::new_pending(cx);
        for one in [with, self.promise.clone()] {
            one.then(Some(settle.resolve.clone()), Some(settle.reject.clone()), cx)?;
        }
        Ok(promise)
    }
}

/// Whether one of the parent's lists of hooks has any.
fn parent_has(test: &Test, kind: HookKind) -> Option<Rc<Test>> {
    test.parent.clone().filter(|parent| !parent.hooks.of(kind).borrow().is_empty())
}

async fn run_test(co: Co, test: Rc<Test>, args: RunArgs) -> JsResult<JsValue> {
    if test.filtered.get() {
        return run_filtered(co, test).await;
    }
    if let Some(parent) = &test.parent {
        parent.active.set(parent.active.get() + 1);
        test.inherit_hooks();
    }
    let aborted = run!(
        co,
        [test] | cx | {
            if test.started_ns.get().is_none() {
                test.started_ns.set(Some(now_ns(cx)));
            }
            let aborted = test.should_abort(cx)?;
            if aborted {
                test.close(None, cx)?;
            } else if test.expected_plan.to_boolean() && test.plan.borrow().is_none() {
                context::set_plan(&test, &test.expected_plan, &JsValue::undefined(), cx)?;
            }
            Ok::<_, boa_engine::JsError>(aborted)
        }
    )?;
    if aborted {
        return Ok(JsValue::undefined());
    }
    let skipped_before = test.skipped.get();
    let mut stop = None;
    let mut after_each_done = false;
    let result = body(&co, &test, &args, &mut stop).await;
    let result = match result {
        Ok(()) => {
            after_each_done = true;
            match after_each(&co, &test, &args, skipped_before).await {
                Ok(()) => run_hooks(&co, &test, HookKind::After, &args).await,
                failed => failed,
            }
        }
        failed => failed,
    };
    if let Err(error) = result {
        if error.as_engine().is_some() {
            return Err(error);
        }
        run!(
            co,
            [test] | cx | {
                let error = thrown_value(error, cx);
                if !failure::is_failure(&error, cx)? {
                    let error = failure::of(error, Failure::TestCode, cx)?;
                    return test.fail(error, cx);
                }
                if failure::kind_of(&error, cx)?.as_deref() == Some(Failure::TestTimeout.name()) { test.cancel(Some(error), cx) } else { test.fail(error, cx) }
            }
        )?;
        // It fails already: what its hooks throw now adds nothing.
        if !after_each_done {
            let _ = after_each(&co, &test, &args, skipped_before).await;
        }
        let _ = run_hooks(&co, &test, HookKind::After, &args).await;
    }
    run!(
        co,
        [test, stop] | cx | {
            if let Some(stop) = stop {
                stop.end(cx)?;
            }
            if test.parent.is_some() {
                test.abort(cx)?;
            }
            if test.parent.is_some() || test.owner.is_some() {
                return test.close(None, cx);
            }
            test.session.root_ran(&test, cx)
        }
    )?;
    Ok(JsValue::undefined())
}

async fn after_each(co: &Co, test: &Rc<Test>, args: &RunArgs, skipped_before: bool) -> JsResult<()> {
    match parent_has(test, HookKind::AfterEach) {
        Some(parent) if !skipped_before => run_hooks(co, &parent, HookKind::AfterEach, args).await,
        _ => Ok(()),
    }
}

/// From the hooks before to the verdict.
async fn body(co: &Co, test: &Rc<Test>, args: &RunArgs, stop: &mut Option<Stop>) -> JsResult<()> {
    if let Some(parent) = parent_has(test, HookKind::Before) {
        let of_parent = run!(co, [parent] | cx | context::run_args(&parent, cx))?;
        run_hooks(co, &parent, HookKind::Before, &of_parent).await?;
    }
    if let Some(parent) = parent_has(test, HookKind::BeforeEach)
        && !test.skipped.get()
    {
        run_hooks(co, &parent, HookKind::BeforeEach, args).await?;
    }
    let stopped = run!(co, [test] | cx | Stop::start(&test, cx))?;
    *stop = Some(stopped.clone());
    let called = run!(co, [test, args] | cx | call_body(&test, &args, cx))?;
    let race = run!(co, [stopped] | cx | stopped.race(called, cx))?;
    co.wait(race).await?;
    run!(co, [test] | cx | test.should_abort(cx))?;
    let subtests = test.subtests_done.borrow().as_ref().map(|(promise, _)| promise.clone());
    if let Some(subtests) = subtests.filter(|_| test.parent.is_some()) {
        let race = run!(co, [stopped] | cx | stopped.race(subtests, cx))?;
        co.wait(race).await?;
    }
    let plan = test.plan.borrow().clone();
    if let Some(plan) = plan {
        let more = run!(co, [] | cx | plan.check(cx))?;
        if let Some(more) = more {
            let race = run!(co, [stopped] | cx | stopped.race(more, cx))?;
            co.wait(race).await?;
        }
    }
    run!(co, [test] | cx | test.pass(cx))
}

/// Calls the body: the promise of its result, or of its `done`.
fn call_body(test: &Rc<Test>, args: &RunArgs, cx: &mut Context) -> JsResult<JsPromise> {
    let body = test.body.borrow().clone();
    let Some(body) = body else { return JsPromise::resolve(JsValue::undefined(), cx) };
    let length = body.get(js_string!("length"), cx)?.to_number(cx)?;
    if length != args.args.len() as f64 + 1.0 {
        let result = body.call(&args.this, &args.args, cx)?;
        return JsPromise::resolve(result, cx);
    }
    let (promise, settle) = JsPromise::new_pending(cx);
    let calls = Rc::new(std::cell::Cell::new(0u32));
    let done = table::closure(
        "cb",
        1,
        Carried((calls, settle.resolve, settle.reject)),
        |_this, args, carried, cx| {
            let (calls, resolve, reject) = &carried.0;
            calls.set(calls.get() + 1);
            if calls.get() == 2 {
                return Err(failure::thrown("callback invoked multiple times", Failure::MultipleCallback, cx));
            }
            let error = args.first().cloned().unwrap_or_default();
            match calls.get() {
                1 if error.to_boolean() => reject.call(&JsValue::undefined(), &[error], cx),
                1 => resolve.call(&JsValue::undefined(), &[], cx),
                _ => Ok(JsValue::undefined()),
            }
        },
        cx,
    );
    let mut all = args.args.clone();
    all.push(done.into());
    let result = body.call(&args.this, &all, cx)?;
    if result.as_object().is_some_and(|object| JsPromise::from_object(object).is_ok()) {
        let error = failure::text("passed a callback but also returned a Promise", Failure::CallbackAndPromise, cx)?;
        test.fail(error, cx)?;
        return JsPromise::resolve(result, cx);
    }
    Ok(promise)
}

/// Calls a suite's function, which registers its tests.
pub(super) fn build_suite(test: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
    let frame = Some(test.frame(cx));
    let suite = test.clone();
    let promise = Host::of(cx).with_frame(frame, cx, |cx| {
        coroutine::spawn(cx, |co| async move {
            let called = run!(
                co,
                [suite] | cx | {
                    let args = context::run_args(&suite, cx)?;
                    let body = suite.body.borrow_mut().take();
                    match body {
                        Some(body) => body.call(&args.this, &args.args, cx),
                        None => Ok(JsValue::undefined()),
                    }
                }
            );
            let result = match called {
                Ok(value) => co.wait(value).await,
                failed => failed,
            };
            if let Err(error) = result {
                if error.as_engine().is_some() {
                    return Err(error);
                }
                run!(
                    co,
                    [suite] | cx | {
                        let error = failure::of(thrown_value(error, cx), Failure::TestCode, cx)?;
                        suite.fail(error, cx)
                    }
                )?;
            }
            suite.build_finished.set(true);
            Ok(JsValue::undefined())
        })
    })?;
    *test.build.borrow_mut() = Some(promise);
    Ok(())
}

async fn run_suite(co: Co, test: Rc<Test>) -> JsResult<JsValue> {
    if test.filtered.get() {
        return run_filtered(co, test).await;
    }
    test.inherit_hooks();
    let args = run!(co, [test] | cx | context::run_args(&test, cx))?;
    if let Some(parent) = &test.parent {
        parent.active.set(parent.active.get() + 1);
    }
    let built = test.build.borrow().clone();
    if let Some(built) = built {
        co.wait(built).await?;
    }
    let aborted = run!(
        co,
        [test] | cx | {
            test.started_ns.set(Some(now_ns(cx)));
            let aborted = test.should_abort(cx)?;
            if aborted {
                test.subtests.borrow_mut().clear();
                test.close(None, cx)?;
            }
            Ok::<_, boa_engine::JsError>(aborted)
        }
    )?;
    if aborted {
        return Ok(JsValue::undefined());
    }
    let mut stop = None;
    let result = suite_body(&co, &test, &args, &mut stop).await;
    if let Err(error) = result {
        if error.as_engine().is_some() {
            return Err(error);
        }
        let _ = run_hooks(&co, &test, HookKind::After, &args).await;
        run!(
            co,
            [test] | cx | {
                let mut error = thrown_value(error, cx);
                if !failure::is_failure(&error, cx)? {
                    error = failure::of(error, Failure::TestCode, cx)?;
                }
                test.fail(error, cx)
            }
        )?;
    }
    run!(
        co,
        [test, stop] | cx | {
            if let Some(stop) = stop {
                stop.end(cx)?;
            }
            test.close(None, cx)
        }
    )?;
    Ok(JsValue::undefined())
}

async fn suite_body(co: &Co, test: &Rc<Test>, args: &RunArgs, stop: &mut Option<Stop>) -> JsResult<()> {
    if let Some(parent) = parent_has(test, HookKind::Before) {
        let of_parent = run!(co, [parent] | cx | context::run_args(&parent, cx))?;
        run_hooks(co, &parent, HookKind::Before, &of_parent).await?;
    }
    run_hooks(co, test, HookKind::Before, args).await?;
    let stopped = run!(co, [test] | cx | Stop::start(&test, cx))?;
    *stop = Some(stopped.clone());
    let skip = test.skipped.get() || test.error.borrow().is_some();
    let race = run!(
        co,
        [test, stopped] | cx | {
            let subtests = if skip { Vec::new() } else { test.subtests.borrow().clone() };
            let mut running = Vec::with_capacity(subtests.len());
            for subtest in subtests {
                running.push(subtest.start(cx)?);
            }
            let all = JsPromise::all(running, cx)?;
            stopped.race(all, cx)
        }
    )?;
    co.wait(race).await?;
    run_hooks(co, test, HookKind::After, args).await?;
    run!(co, [test] | cx | test.pass(cx))
}

/// Runs what waits in a node's queue, as far as its concurrency goes.
pub(super) fn start_pending(parent: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
    let parent = parent.clone();
    // A test that waits belongs to its parent, not to the test that has just ended.
    coroutine::spawn(cx, |co| async move {
        loop {
            if !parent.has_concurrency() {
                break;
            }
            let next = parent.pending.borrow_mut().pop_front();
            let Some((test, settle)) = next else { break };
            let running = run!(
                co,
                [test] | cx | {
                    test.emit(|session, cx| session.enqueue(&test, "test:dequeue", cx), cx)?;
                    run(&test, cx)
                }
            )?;
            co.wait(running).await?;
            run!(co, [] | cx | settle.resolve.call(&JsValue::undefined(), &[], cx))?;
        }
        Ok(JsValue::undefined())
    })
    .map(drop)
}

/// One that is filtered out passes without a word.
async fn run_filtered(co: Co, test: Rc<Test>) -> JsResult<JsValue> {
    run!(
        co,
        [test] | cx | {
            test.pass(cx)?;
            test.subtests.borrow_mut().clear();
            Ok::<_, boa_engine::JsError>(())
        }
    )?;
    co.wait(JsValue::undefined()).await?;
    run!(co, [test] | cx | test.close(None, cx))?;
    Ok(JsValue::undefined())
}
