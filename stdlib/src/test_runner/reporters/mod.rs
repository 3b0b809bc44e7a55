//! Reporters: what is told of a run becomes text. Each is one type here, and one export of `node:test/reporters`.

mod dot;
mod junit;
mod native;
mod spec;
mod tap;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{Host, errors, launch::TestFlags, table};

pub use self::native::REPORTERS;
use super::{session::Session, stream};
use crate::events;

/// Makes text of events.
pub(super) trait Reporter {
    /// What comes first.
    fn begin(&mut self) -> String {
        String::new()
    }

    /// What one event gives.
    fn event(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<String>;

    /// The same, in the pieces in which a reader of the reporter's stream gets it.
    fn pieces(&mut self, kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<Vec<String>> {
        Ok(vec![self.event(kind, data, cx)?])
    }

    /// What comes last.
    fn end(&mut self, _cx: &mut Context) -> JsResult<String> {
        Ok(String::new())
    }
}

/// `lcov`: what was covered, which nobody has counted.
struct Lcov;

impl Reporter for Lcov {
    fn event(&mut self, _kind: &str, _data: &JsObject, _cx: &mut Context) -> JsResult<String> {
        Ok(String::new())
    }
}

/// Who is told of a run.
#[derive(Clone)]
pub(super) enum Sink {
    /// One of our reporters, written to a stream.
    Text { reporter: Rc<RefCell<Box<dyn Reporter>>>, to: JsObject, closes: bool, begun: Rc<Cell<bool>>, waiting: Rc<RefCell<String>> },
    /// A stream of events.
    Events(JsObject),
    /// The process that runs this file.
    Parent,
}

impl Sink {
    pub(super) fn event(&self, kind: &'static str, data: &JsObject, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Text { reporter, to, begun, waiting, .. } => {
                let mut text = if begun.replace(true) { String::new() } else { reporter.borrow_mut().begin() };
                text += &reporter.borrow_mut().event(kind, data, cx)?;
                write_soon(to, waiting, &text, cx);
                Ok(())
            }
            Self::Events(target) => stream::push(target, kind, data, cx),
            Self::Parent => super::child::send(kind, data, cx),
        }
    }

    /// The end of a run after which there is another.
    pub(super) fn pause(&self, cx: &mut Context) -> JsResult<()> {
        let Self::Text { reporter, to, waiting, .. } = self else { return Ok(()) };
        let text = waiting.take() + &reporter.borrow_mut().end(cx)?;
        write(to, &text, cx)
    }

    pub(super) fn end(&self, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Text { reporter, to, closes, waiting, .. } => {
                let text = waiting.take() + &reporter.borrow_mut().end(cx)?;
                write(to, &text, cx)?;
                if *closes {
                    events::method(to, "end", &[], cx)?;
                }
                Ok(())
            }
            Self::Events(target) => stream::end(target, cx),
            Self::Parent => Ok(()),
        }
    }
}

impl Sink {
    /// Where this writes to a file of its own: the promise of its end.
    pub(super) fn closed(&self, cx: &mut Context) -> JsResult<Option<JsPromise>> {
        let Self::Text { to, closes: true, .. } = self else { return Ok(None) };
        let (promise, settle) = JsPromise::new_pending(cx);
        events::once(to, js_string!("close"), settle.resolve, cx)?;
        Ok(Some(promise))
    }
}

/// Writes once what runs has run: what tests print themselves comes first, as where reporters are streams.
fn write_soon(to: &JsObject, waiting: &Rc<RefCell<String>>, text: &str, cx: &mut Context) {
    if text.is_empty() {
        return;
    }
    let before = {
        let mut waiting = waiting.borrow_mut();
        let before = waiting.len();
        waiting.push_str(text);
        before
    };
    if before == 0 {
        let (to, waiting) = (to.clone(), waiting.clone());
        Host::of(cx).next_tick_native(move |cx| write(&to, &waiting.take(), cx));
    }
}

fn write(to: &JsObject, text: &str, cx: &mut Context) -> JsResult<()> {
    if text.is_empty() {
        return Ok(());
    }
    events::method(to, "write", &[js_string!(text).into()], cx).map(drop)
}

/// One of ours by name.
pub(super) fn named(name: &str, cx: &mut Context) -> JsResult<Option<Box<dyn Reporter>>> {
    Ok(Some(match name {
        "spec" => Box::new(spec::Spec::new(cx)?),
        "tap" => Box::new(tap::Tap),
        "dot" => Box::new(dot::Dot::new(cx)?),
        "junit" => Box::new(junit::Junit::new(cx)),
        "lcov" => Box::new(Lcov),
        _ => return Ok(None),
    }))
}

/// Joins the reporters that the command line asks for.
pub(super) fn set_up(session: &Rc<Session>, flags: &TestFlags, cx: &mut Context) -> JsResult<()> {
    let (mut names, mut destinations) = (flags.reporters.clone(), flags.destinations.clone());
    match Host::of(cx).env("NODE_TEST_CONTEXT").as_deref() {
        Some("child-v8") => {
            session.sinks.borrow_mut().push(super::child::sink());
            return Ok(());
        }
        Some("child") => {
            names = vec!["tap".to_owned()];
            destinations = vec!["stdout".to_owned()];
        }
        _ => {}
    }
    if names.is_empty() && destinations.is_empty() {
        names.push("spec".to_owned());
    }
    if names.len() == 1 && destinations.is_empty() {
        destinations.push("stdout".to_owned());
    }
    if names.len() != destinations.len() {
        let list: Vec<JsValue> = names.iter().map(|name| js_string!(name.as_str()).into()).collect();
        let list = boa_engine::object::builtins::JsArray::from_iter(list, cx).into();
        return Err(errors::invalid_arg_value("--test-reporter", &list, "must match the number of specified '--test-reporter-destination'", cx));
    }
    for (name, destination) in names.iter().zip(&destinations) {
        let (to, closes) = destination_stream(destination, cx)?;
        if let Some(reporter) = named(name, cx)? {
            session.sinks.borrow_mut().push(Sink::Text { reporter: Rc::new(RefCell::new(reporter)), to, closes, begun: Rc::default(), waiting: Rc::default() });
        } else {
            let events = stream::create(cx)?;
            custom(name, &events, &to, cx)?;
            session.sinks.borrow_mut().push(Sink::Events(events));
        }
    }
    Ok(())
}

fn destination_stream(name: &str, cx: &mut Context) -> JsResult<(JsObject, bool)> {
    let process = crate::process::object(cx)?;
    let standard = match name {
        "stdout" | "stderr" => Some(process.get(JsString::from(name), cx)?),
        _ => None,
    };
    match standard {
        Some(stream) => Ok((stream.to_object(cx)?, false)),
        None => {
            let fs = table::instantiate(&crate::fs::MODULE, cx)?;
            let made = events::method(&fs, "createWriteStream", &[js_string!(name).into()], cx)?;
            Ok((made.to_object(cx)?, true))
        }
    }
}

/// A reporter of the user's: a function over the events, a stream, or a class of streams.
fn custom(name: &str, events: &JsObject, to: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mut specifier = name.to_owned();
    if specifier.starts_with('.') || specifier.starts_with('/') {
        specifier = {
            let cwd = Host::of(cx).cwd();
            String::from_utf8_lossy(&crate::path::posix::resolve(&[cwd.as_bytes(), specifier.as_bytes()])).into_owned()
        };
    }
    let loaded = super::load_module(&specifier, cx)?;
    let (events, to, shown) = (events.clone(), to.clone(), name.to_owned());
    crate::coroutine::spawn(cx, |co| async move {
        let module = co.wait(loaded).await?;
        crate::coroutine::run!(co, [events, to, shown] | cx | join_custom(&module, &shown, &events, &to, cx))?;
        Ok(JsValue::undefined())
    })
    .map(drop)
}

fn join_custom(module: &JsValue, name: &str, source: &JsObject, to: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mut reporter = module.clone();
    for _ in 0..2 {
        if let Some(object) = reporter.as_object() {
            let default = object.get(js_string!("default"), cx)?;
            if default.to_boolean() {
                reporter = default;
            }
        }
    }
    if let Some(object) = reporter.as_object()
        && let Some(prototype) = object.get(js_string!("prototype"), cx)?.as_object()
        && prototype.has_own_property(js_string!("constructor"), cx)?
    {
        reporter = object.construct(&[], None, cx)?.into();
    }
    if !reporter.to_boolean() {
        return Err(errors::invalid_arg_value("Reporter", &js_string!(name).into(), "is not a valid reporter", cx));
    }
    let streams = table::instantiate(&crate::stream::MODULE, cx)?;
    let composed = events::method(&streams, "compose", &[source.clone().into(), reporter], cx)?.to_object(cx)?;
    events::method(&composed, "pipe", &[to.clone().into()], cx).map(drop)
}
