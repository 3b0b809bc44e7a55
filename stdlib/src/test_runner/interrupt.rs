//! SIGINT and SIGTERM while `--test` runs: what was running is named, and the run ends as one that failed.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{Host, table};

use super::{events::Data, global_setup, tree::Test};
use crate::{
    coroutine::{self, run},
    events, process,
};

/// The run that a signal ends.
#[derive(Default)]
struct Current(RefCell<Option<Rc<Test>>>);

/// From now on the signals end the run of `root`, and no other.
pub(super) fn listen(root: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
    let current = Host::of(cx).state::<Current>();
    if current.0.borrow_mut().replace(root.clone()).is_some() {
        return Ok(());
    }
    let process = process::object(cx)?;
    let stop = table::closure("", 1, (), |_, _, (), cx| stop(cx).map(|()| JsValue::undefined()), cx);
    for signal in ["SIGINT", "SIGTERM"] {
        events::on(&process, js_string!(signal), stop.clone(), cx)?;
    }
    Ok(())
}

fn stop(cx: &mut Context) -> JsResult<()> {
    let Some(root) = Host::of(cx).state::<Current>().0.borrow().clone() else { return Ok(()) };
    let mut running = Vec::new();
    collect(&root, &mut running);
    let mut shown = Vec::new();
    for test in &running {
        let data = Data::new().put("name", test.name.clone(), cx)?.put("nesting", test.nesting, cx)?.place(test.place.as_ref(), cx)?.done();
        shown.push(data.into());
    }
    if !shown.is_empty() {
        let shown = JsArray::from_iter(shown, cx);
        let data = Data::new().put("tests", shown, cx)?.done();
        root.session.forward("test:interrupted", data, cx)?;
    }
    root.close(None, cx)?;
    coroutine::spawn(cx, |co| async move {
        let tear_down = root.session.tear_down.borrow_mut().take();
        global_setup::call(&co, tear_down).await?;
        run!(
            co,
            [] | cx | {
                let process = process::object(cx)?;
                events::method(&process, "exit", &[1.into()], cx)
            }
        )
    })
    .map(drop)
}

/// The tests that have started and not ended, without those whose subtests are running.
fn collect(test: &Rc<Test>, running: &mut Vec<Rc<Test>>) {
    let before = running.len();
    for subtest in test.subtests.borrow().iter().filter(|subtest| subtest.started_ns.get().is_some() && subtest.ended_ns.get().is_none()) {
        collect(subtest, running);
    }
    if running.len() == before && test.parent.is_some() {
        running.push(test.clone());
    }
}

/// `Interrupted while running: a, b` of such an event.
pub(super) fn text(data: &boa_engine::JsObject, cx: &mut Context) -> JsResult<String> {
    let tests = data.get(js_string!("tests"), cx)?.to_object(cx)?;
    let mut names = Vec::new();
    for test in events::elements(&tests, cx)? {
        let name = test.to_object(cx)?.get(js_string!("name"), cx)?;
        names.push(name.to_string(cx)?.to_std_string_lossy());
    }
    Ok(format!("Interrupted while running: {}", names.join(", ")))
}
