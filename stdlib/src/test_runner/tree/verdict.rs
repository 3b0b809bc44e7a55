//! How a node of the tree ends: what it is found to be, and when it is told of.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    super::{
        events::Directive,
        failure::{self, Failure},
        file_test, mock, run, snapshot,
    },
    HookKind, Kind, NS_PER_MS, Test, now_ns,
};
use crate::event_target::{abort_with, default_reason, is_aborted, signal_of};

impl Test {
    /// The failure of this test; only the first counts.
    pub(in super::super) fn fail(&self, error: JsValue, cx: &mut Context) -> JsResult<()> {
        if self.error.borrow().is_some() {
            return Ok(());
        }
        let mut error = error;
        let mut passed = false;
        if let Some(expected) = &self.expect_failure {
            passed = true;
            if !expected.matches.is_undefined() {
                let checked = failure::cause_of_test_code(&error, cx)?.unwrap_or_else(|| error.clone());
                if let Err(mismatch) = crate::assert::matches_expected(&checked, &expected.matches, cx) {
                    let mismatch = coil_engine::op::thrown_value(mismatch, cx);
                    error = failure::text("The test failed, but the error did not match the expected validation", Failure::TestCode, cx)?;
                    failure::set_cause(&error, mismatch, cx)?;
                    passed = false;
                }
            }
        }
        self.passed.set(passed);
        *self.error.borrow_mut() = Some(error);
        Ok(())
    }

    /// It came to its end without an error.
    pub(in super::super) fn pass(&self, cx: &mut Context) -> JsResult<()> {
        if self.error.borrow().is_some() {
            return Ok(());
        }
        if self.expect_failure.is_some() && !self.skipped.get() {
            self.passed.set(false);
            let error = failure::text("test was expected to fail but passed", Failure::Expected, cx)?;
            *self.error.borrow_mut() = Some(error);
            return Ok(());
        }
        self.passed.set(true);
        Ok(())
    }

    pub(in super::super) fn skip(&self, message: JsValue) {
        self.skipped.set(true);
        *self.message.borrow_mut() = message;
    }

    pub(in super::super) fn mark_todo(&self, message: JsValue) {
        self.todo.set(true);
        *self.message.borrow_mut() = message;
    }

    pub(in super::super) fn diagnostic(&self, message: JsValue) {
        self.diagnostics.borrow_mut().push(message);
    }

    /// Ends it from outside, unless it has ended.
    pub(in super::super) fn cancel(&self, error: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
        if self.ended_ns.get().is_some() || self.error.borrow().is_some() {
            return Ok(());
        }
        let error = match error {
            Some(error) => error,
            None => failure::text("test did not finish before its parent and was cancelled", Failure::CancelledByParent, cx)?,
        };
        self.fail(error, cx)?;
        self.cancelled.set(true);
        self.abort(cx)
    }

    /// Aborts its signal.
    pub(in super::super) fn abort(&self, cx: &mut Context) -> JsResult<()> {
        let controller = self.controller.borrow().clone();
        let reason = default_reason(cx)?;
        abort_with(&controller, &reason, cx)
    }

    /// `t.signal`
    pub(in super::super) fn signal(&self, cx: &mut Context) -> JsResult<JsObject> {
        let controller = self.controller.borrow().clone();
        signal_of(&controller, cx)
    }

    pub(super) fn abort_by_signal(&self, cx: &mut Context) -> JsResult<()> {
        let reason = match &self.outer_signal {
            Some(signal) => signal.get(js_string!("reason"), cx)?,
            None => JsValue::undefined(),
        };
        let error = match reason.as_object() {
            Some(error) => error,
            None => failure::abort_error("The test was aborted", cx)?,
        };
        error.set(js_string!("failureType"), js_string!("testAborted"), false, cx)?;
        self.cancel(Some(error.into()), cx)
    }

    /// Whether it must not start; then it is cancelled.
    pub(in super::super) fn should_abort(&self, cx: &mut Context) -> JsResult<bool> {
        let mut aborted = is_aborted(&self.signal(cx)?, cx)?;
        if let Some(signal) = &self.outer_signal {
            aborted |= signal.get(js_string!("aborted"), cx)?.to_boolean();
        }
        if aborted {
            self.abort_by_signal(cx)?;
        }
        Ok(aborted)
    }

    // The end.

    /// What follows a run: unfinished subtests are cancelled, results are told as far as it is their turn.
    pub(in super::super) fn close(self: &Rc<Self>, pending_error: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
        if let Kind::Hook(kind) = self.kind {
            return self.post_hook(kind, cx);
        }
        let now = now_ns(cx);
        let ended = self.ended_ns.get().unwrap_or(now);
        self.ended_ns.set(Some(ended));
        self.started_ns.set(Some(self.started_ns.get().unwrap_or(ended)));
        self.pending.borrow_mut().clear();
        let mut failed = 0;
        let subtests = self.subtests.borrow().clone();
        for subtest in &subtests {
            if !subtest.finished.get() {
                subtest.cancel(pending_error.clone(), cx)?;
                subtest.close(pending_error.clone(), cx)?;
            }
            if !subtest.passed.get() && !subtest.todo.get() {
                failed += 1;
            }
        }
        if (self.passed.get() || self.parent.is_none()) && failed > 0 {
            let message = format!("{failed} subtest{} failed", if failed > 1 { "s" } else { "" });
            let error = failure::text(&message, Failure::SubtestsFailed, cx)?;
            self.fail(error, cx)?;
        }
        if let Some(mock) = self.mock.get() {
            mock::reset(mock, cx)?;
        }
        let Some(parent) = self.parent.clone() else { return self.report_root(cx) };
        if !self.filtered.get() {
            if self.test_number.get() == 0 {
                parent.output_count.set(parent.output_count.get() + 1);
                self.test_number.set(parent.output_count.get());
            }
            self.emit(|session, cx| session.complete(self, cx), cx)?;
            parent.active.set(parent.active.get().saturating_sub(1));
        }
        parent.ready.borrow_mut().insert(self.child_number, self.clone());
        if parent.unfinished.get() > 0 {
            parent.unfinished.set(parent.unfinished.get() - 1);
            if parent.unfinished.get() == 0 {
                let settle = parent.subtests_done.borrow().as_ref().map(|(_, settle)| settle.resolve.clone());
                if let Some(resolve) = settle {
                    resolve.call(&JsValue::undefined(), &[], cx)?;
                }
            }
        }
        parent.tell_ready(false, cx)?;
        run::start_pending(&parent, cx)
    }

    /// A root's `after` hook that fails is told as a failure of its own.
    fn post_hook(&self, kind: HookKind, cx: &mut Context) -> JsResult<()> {
        let error = self.error.borrow().clone();
        let (Some(error), Some(owner)) = (error, &self.owner) else { return Ok(()) };
        if owner.kind != Kind::Root || kind != HookKind::After {
            return Ok(());
        }
        if failure::is_failure(&error, cx)? {
            failure::set_kind(&error, Failure::Hook, cx)?;
        }
        if self.ended_ns.get().is_none() {
            self.ended_ns.set(Some(now_ns(cx)));
        }
        let number = owner.subtests.borrow().len() + 1;
        owner.session.hook_failed(self, number, error, cx)
    }

    fn tell_ready(self: &Rc<Self>, may_send: bool, cx: &mut Context) -> JsResult<()> {
        let start = self.waiting_on.get();
        let end = start + self.ready.borrow().len();
        let mut may_send = may_send;
        for number in start..end {
            let subtest = self.ready.borrow().get(&number).cloned();
            let Some(subtest) = subtest else { return Ok(()) };
            may_send = may_send || self.has_its_turn();
            if !may_send {
                return Ok(());
            }
            subtest.finalize(cx)?;
            self.ready.borrow_mut().remove(&number);
        }
        Ok(())
    }

    pub(in super::super) fn has_its_turn(&self) -> bool {
        match &self.parent {
            Some(parent) => parent.waiting_on.get() == self.child_number && parent.has_its_turn(),
            None => true,
        }
    }

    /// Tells this test's results and those of its subtests: it is its turn, and all have ended.
    fn finalize(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.tell_ready(true, cx)?;
        self.report(cx)?;
        self.finished.set(true);
        let Some(parent) = self.parent.clone() else { return Ok(()) };
        parent.waiting_on.set(parent.waiting_on.get() + 1);
        if parent.parent.is_none() && parent.waiting_on.get() > parent.subtests.borrow().len() {
            // All is done, though handles may keep the loop alive: the file's after hooks can close them now.
            let ran = run::run(&parent, cx)?;
            *parent.once.borrow_mut() = Some(ran);
        }
        Ok(())
    }

    fn report(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        if self.filtered.get() {
            return Ok(());
        }
        if self.kind == Kind::File {
            file_test::drain(self, cx)?;
            if file_test::is_silent(self, cx)? {
                return Ok(());
            }
        }
        self.count();
        if self.output_count.get() > 0 {
            let nesting = self.subtests.borrow().first().map_or(0, |test| test.nesting);
            self.session.plan(nesting, self.place.as_ref(), self.output_count.get(), cx)?;
        } else {
            self.report_started(cx)?;
        }
        self.session.result(self, cx)?;
        let diagnostics = self.diagnostics.borrow().clone();
        for message in diagnostics {
            self.session.diagnostic(self.nesting, self.place.as_ref(), message, cx)?;
        }
        Ok(())
    }

    pub(in super::super) fn report_started(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let Some(parent) = self.parent.clone() else { return Ok(()) };
        if self.reported_start.replace(true) {
            return Ok(());
        }
        parent.report_started(cx)?;
        self.emit(|session, cx| session.start(self, cx), cx)
    }

    fn count(&self) {
        let is_top = self.parent.as_ref().is_some_and(|parent| parent.parent.is_none());
        self.session.count(is_top, self.kind == Kind::Suite, self.passed.get(), self.skipped.get(), self.todo.get(), self.cancelled.get());
    }

    fn report_root(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        if self.reported.replace(true) {
            return Ok(());
        }
        snapshot::write_files(cx)?;
        let diagnostics = self.diagnostics.borrow().clone();
        self.session.end(self.place.as_ref(), diagnostics, self.duration_ms(), cx)
    }

    /// Milliseconds between start and end.
    pub(in super::super) fn duration_ms(&self) -> f64 {
        let (start, end) = (self.started_ns.get().unwrap_or(0), self.ended_ns.get().unwrap_or(0));
        end.saturating_sub(start) as f64 / NS_PER_MS
    }

    pub(in super::super) fn number(&self) -> usize {
        self.test_number.get()
    }

    /// What is said beside the verdict.
    pub(in super::super) fn directive(&self) -> Directive {
        let message = self.message.borrow().clone();
        let or_true = |message: JsValue| if message.is_null_or_undefined() { true.into() } else { message };
        if self.skipped.get() {
            Directive::Some("skip", or_true(message))
        } else if self.todo.get() {
            Directive::Some("todo", or_true(message))
        } else if let Some(expected) = &self.expect_failure {
            Directive::Some("expectFailure", or_true(expected.label.clone()))
        } else {
            Directive::None
        }
    }
}
