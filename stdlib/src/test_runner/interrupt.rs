//! SIGINT and SIGTERM while `--test` runs: what was running is named, and the run ends as one that failed.

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::table;

use super::{
    events::Data,
    tree::{Carried, Test},
};
use crate::{events, process};

/// From now on the signals end the run of `root`.
pub(super) fn listen(root: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
    let process = process::object(cx)?;
    let stop = table::closure("", 1, Carried(root.clone()), |_, _, root, cx| stop(&root.0, cx).map(|()| JsValue::undefined()), cx);
    for signal in ["SIGINT", "SIGTERM"] {
        events::on(&process, js_string!(signal), stop.clone(), cx)?;
    }
    Ok(())
}

fn stop(root: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
    let mut running = Vec::new();
    collect(root, &mut running);
    let mut shown = Vec::new();
    for test in &running {
        let data = Data::new().put("name", test.name.clone(), cx)?.put("nesting", test.nesting, cx)?.place(test.place.as_ref(), cx)?.done();
        shown.push(data.into());
    }
    let shown = JsArray::from_iter(shown, cx);
    let data = Data::new().put("tests", shown, cx)?.done();
    root.session.forward("test:interrupted", data, cx)?;
    root.close(None, cx)?;
    let process = process::object(cx)?;
    events::method(&process, "exit", &[1.into()], cx).map(drop)
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
