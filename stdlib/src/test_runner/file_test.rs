//! One test file in a process of its own, as a node of the tree that runs files.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsPromise},
};
use coil_engine::{Host, launch::Launch, table};

use super::{
    child::{self, Piece},
    events::Data,
    failure::{self, Failure},
    session::Session,
    tree::{Carried, Kind, Options, Test},
};
use crate::events;

/// What the file's process has told so far.
#[derive(Default)]
pub(super) struct Report {
    waiting: RefCell<Vec<(String, JsObject)>>,
    raw: RefCell<Vec<u8>>,
    stderr: RefCell<String>,
    children: Cell<u32>,
    pub(super) failed: Cell<bool>,
}

/// What the processes of one run have in common.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) cwd: String,
    /// Flags before the file.
    pub(super) flags: Vec<String>,
    /// Arguments after it.
    pub(super) argv: Vec<String>,
    pub(super) env: Option<JsObject>,
    pub(super) signal: JsValue,
    pub(super) workers: u32,
    pub(super) next_worker: Rc<Cell<u32>>,
}

/// Adds the node of one file to the root and starts it.
pub(super) fn start(root: &Rc<Test>, path: &str, common: &Common, cx: &mut Context) -> JsResult<JsPromise> {
    let given = JsObject::with_null_proto();
    given.create_data_property_or_throw(js_string!("signal"), common.signal.clone(), cx)?;
    let absolute = crate::path::absolute(&common.cwd, path);
    let place = super::events::Place { line: 1, column: 1, file: absolute };
    let node: Rc<RefCell<Option<Rc<Test>>>> = Rc::default();
    let body = table::closure(
        "",
        1,
        Carried((node.clone(), common.clone(), path.to_owned())),
        |_this, _args, carried, cx| {
            let (node, common, path) = &carried.0;
            let node = node.borrow().clone();
            match node {
                Some(test) => Ok(spawn(&test, path, common, cx)?.into()),
                None => Ok(JsValue::undefined()),
            }
        },
        cx,
    );
    let options = Options { name: js_string!(path).into(), body: body.into(), given: Some(given), place: Some(place), keyword: None };
    let test = root.create_subtest(Kind::File, options, cx)?;
    *node.borrow_mut() = Some(test.clone());
    test.start(cx)
}

/// Starts the process; the promise of its end.
fn spawn(test: &Rc<Test>, path: &str, common: &Common, cx: &mut Context) -> JsResult<JsPromise> {
    let (promise, settle) = JsPromise::new_pending(cx);
    let env = JsObject::with_null_proto();
    let source = match &common.env {
        Some(env) => env.clone(),
        None => crate::process::object(cx)?.get(js_string!("env"), cx)?.to_object(cx)?,
    };
    env.create_data_property_or_throw(js_string!("NODE_TEST_CONTEXT"), js_string!("child-v8"), cx)?;
    for key in source.own_property_keys(cx)? {
        let value = source.get(key.clone(), cx)?;
        env.create_data_property_or_throw(key, value, cx)?;
    }
    let worker = common.next_worker.get();
    common.next_worker.set(worker + 1);
    env.create_data_property_or_throw(js_string!("NODE_TEST_WORKER_ID"), js_string!((worker % common.workers + 1).to_string()), cx)?;
    let args: Vec<JsValue> = common.flags.iter().map(String::as_str).chain([path]).chain(common.argv.iter().map(String::as_str)).map(|arg| js_string!(arg).into()).collect();
    let args = JsArray::from_iter(args, cx);
    let options = JsObject::with_null_proto();
    let signal = test.signal(cx)?;
    for (key, value) in [("signal", JsValue::from(signal)), ("env", env.into()), ("cwd", js_string!(common.cwd.as_str()).into())] {
        options.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    let exec_path = Host::of(cx).state::<Launch>().exec_path.borrow().clone();
    let module = table::instantiate(&crate::child_process::MODULE, cx)?;
    let process = events::method(&module, "spawn", &[js_string!(exec_path).into(), args.into(), options.into()], cx)?.to_object(cx)?;
    for (name, is_out) in [("stdout", true), ("stderr", false)] {
        let Some(stream) = process.get(JsString::from(name), cx)?.as_object() else { continue };
        let data = table::closure(
            "",
            1,
            Carried((test.clone(), is_out)),
            |_this, args, carried, cx| {
                let (test, is_out) = &carried.0;
                let bytes = crate::buffer::with_bytes(args.get_or_undefined(0), <[u8]>::to_vec).unwrap_or_default();
                if *is_out {
                    take_stdout(test, &bytes, false, cx)?
                } else {
                    take_stderr(test, &bytes, false, cx)?
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::on(&stream, js_string!("data"), data, cx)?;
    }
    let error: Rc<RefCell<Option<JsValue>>> = Rc::default();
    let failed = table::closure(
        "",
        1,
        Carried(error.clone()),
        |_this, args, error, _cx| {
            *error.0.borrow_mut() = Some(args.get_or_undefined(0).clone());
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&process, js_string!("error"), failed, cx)?;
    let closed = table::closure(
        "",
        2,
        Carried((test.clone(), error, settle.resolve, settle.reject)),
        |_this, args, carried, cx| {
            let (test, error, resolve, reject) = &carried.0;
            take_stdout(test, &[], true, cx)?;
            take_stderr(test, &[], true, cx)?;
            let (code, signal) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
            let given = error.borrow().clone();
            if given.is_none() && code.as_number() == Some(0.0) && signal.is_null() {
                return resolve.call(&JsValue::undefined(), &[], cx);
            }
            let reason = match given {
                Some(error) => error,
                None => exit_failure(test, code, signal, cx)?,
            };
            reject.call(&JsValue::undefined(), &[reason], cx)
        },
        cx,
    );
    events::on(&process, js_string!("close"), closed, cx)?;
    Ok(promise)
}

fn exit_failure(test: &Test, code: JsValue, signal: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let failed = test.report.as_ref().is_some_and(|report| report.failed.get());
    let error = failure::text("test failed", if failed { Failure::SubtestsFailed } else { Failure::TestCode }, cx)?;
    if let Some(object) = error.as_object() {
        object.create_data_property_or_throw(js_string!("exitCode"), code, cx)?;
        object.create_data_property_or_throw(js_string!("signal"), signal, cx)?;
        object.set(js_string!("stack"), JsValue::undefined(), false, cx)?;
    }
    Ok(error)
}

fn take_stdout(test: &Rc<Test>, bytes: &[u8], ended: bool, cx: &mut Context) -> JsResult<()> {
    let Some(report) = &test.report else { return Ok(()) };
    report.raw.borrow_mut().extend_from_slice(bytes);
    let pieces = child::pieces(&mut report.raw.borrow_mut(), ended);
    for piece in pieces {
        match piece {
            Piece::Text(text) => add_text(test, "test:stdout", &text, cx)?,
            Piece::Event(text) => {
                if let Some((kind, data)) = child::parse(&text, cx)? {
                    add(test, kind, data, cx)?;
                }
            }
        }
    }
    Ok(())
}

fn take_stderr(test: &Rc<Test>, bytes: &[u8], ended: bool, cx: &mut Context) -> JsResult<()> {
    let Some(report) = &test.report else { return Ok(()) };
    report.stderr.borrow_mut().push_str(&String::from_utf8_lossy(bytes));
    loop {
        let line = {
            let mut text = report.stderr.borrow_mut();
            match text.find('\n') {
                Some(at) => text.drain(..=at).collect::<String>(),
                None if ended && !text.is_empty() => std::mem::take(&mut *text) + "\n",
                None => break,
            }
        };
        add_text(test, "test:stderr", &line, cx)?;
    }
    Ok(())
}

fn add_text(test: &Rc<Test>, kind: &str, text: &str, cx: &mut Context) -> JsResult<()> {
    let data = Data::new().put("file", test.name.clone(), cx)?.put("message", js_string!(text), cx)?.done();
    add(test, kind.to_owned(), data, cx)
}

/// Tells of an event now if it is this file's turn, else later.
fn add(test: &Rc<Test>, kind: String, data: JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(report) = &test.report else { return Ok(()) };
    if kind == "test:pass" || kind == "test:fail" {
        report.children.set(report.children.get() + 1);
        let nesting = data.get(js_string!("nesting"), cx)?.as_number().unwrap_or(0.0);
        if nesting == 0.0 && kind == "test:fail" && !is_todo(&data, cx)? {
            report.failed.set(true);
        }
    }
    if !test.has_its_turn() {
        report.waiting.borrow_mut().push((kind, data));
        return Ok(());
    }
    drain(test, cx)?;
    handle(test, &kind, data, cx)
}

fn is_todo(data: &JsObject, cx: &mut Context) -> JsResult<bool> {
    data.has_own_property(js_string!("todo"), cx)
}

/// Tells of what waited.
pub(super) fn drain(test: &Rc<Test>, cx: &mut Context) -> JsResult<()> {
    let Some(report) = &test.report else { return Ok(()) };
    let waiting = report.waiting.take();
    for (kind, data) in waiting {
        handle(test, &kind, data, cx)?;
    }
    Ok(())
}

/// Whether the file's own verdict says nothing that its tests have not said.
pub(super) fn is_silent(test: &Test, cx: &mut Context) -> JsResult<bool> {
    let Some(report) = &test.report else { return Ok(false) };
    if report.children.get() == 0 {
        return Ok(false);
    }
    let error = test.error.borrow().clone();
    match error {
        None => Ok(true),
        Some(error) => Ok(failure::kind_of(&error, cx)?.as_deref() == Some(Failure::SubtestsFailed.name())),
    }
}

const COUNTS: &[&str] = &["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];
/// Failures that count as cancelled.
const CANCELLED: &[&str] = &["cancelledByParent", "testAborted", "testTimeoutFailure"];

fn handle(test: &Rc<Test>, kind: &str, data: JsObject, cx: &mut Context) -> JsResult<()> {
    let is_top = data.get(js_string!("nesting"), cx)?.as_number() == Some(0.0);
    if is_top && kind == "test:plan" && is_silent(test, cx)? {
        return Ok(());
    }
    if is_top && kind == "test:diagnostic" {
        let message = data.get(js_string!("message"), cx)?.to_string(cx)?.to_std_string_lossy();
        if message.split_once(' ').is_some_and(|(name, rest)| COUNTS.contains(&name) && !rest.contains(' ')) {
            return Ok(());
        }
    }
    let session: &Session = &test.session;
    if kind == "test:pass" || kind == "test:fail" {
        if is_top {
            let number = session.counters.top_level.get() + 1;
            data.set(js_string!("testNumber"), number as f64, false, cx)?;
        }
        let details = data.get(js_string!("details"), cx)?.to_object(cx)?;
        let error = details.get(js_string!("error"), cx)?;
        let failure = failure::kind_of(&error, cx)?;
        let is_suite = details.get(js_string!("type"), cx)?.as_string().is_some_and(|kind| kind == "suite");
        let skipped = data.has_own_property(js_string!("skip"), cx)?;
        let todo = is_todo(&data, cx)?;
        let cancelled = failure.is_some_and(|kind| CANCELLED.contains(&kind.as_str()));
        session.count(is_top, is_suite, kind == "test:pass", skipped, todo, cancelled);
    }
    let Some(kind) = KINDS.iter().copied().find(|known| *known == kind) else { return Ok(()) };
    session.forward(kind, data, cx)
}

/// Events that a file's process may send.
const KINDS: &[&str] =
    &["test:enqueue", "test:dequeue", "test:start", "test:pass", "test:fail", "test:complete", "test:plan", "test:diagnostic", "test:stdout", "test:stderr", "test:summary", "test:coverage"];
