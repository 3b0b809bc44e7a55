//! Async functions and async generators written in Rust.
//!
//! A body is a Rust `async` block. It never holds the context: what needs one is a closure for [`Co::run`], which runs at once; `await` is
//! [`Co::wait`], `yield` is [`Generating::give`]. The ticks are those of a JavaScript function of the same shape.
//!
//! ```ignore
//! let promise = coroutine::spawn(cx, |co| async move {
//!     let mut chunks = Iteration::start(&co, iterable).await?;
//!     while let Some(chunk) = chunks.next(&co).await? {
//!         run!(co, [target] |cx| events::method(&target, "write", &[chunk], cx))?;
//!     }
//!     Ok(JsValue::undefined())
//! })?;
//! ```
//!
//! What a body holds is alive as long as it waits: nothing here is traced.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Poll, Waker},
};

use boa_engine::{Context, JsError, JsObject, JsResult, JsSymbol, JsValue, builtins::promise::ResolvingFunctions, js_string, object::builtins::JsPromise};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    op::thrown_value,
    table::{self, Export},
};

use crate::events;

/// Runs a closure of a context inside a body, with clones of what stands in the brackets.
macro_rules! run {
    ($co:expr, [$($held:ident),* $(,)?] |$cx:ident| $body:expr) => {{
        $(let $held = $held.clone();)*
        $co.run(move |$cx: &mut boa_engine::Context| $body).await
    }};
}
pub(crate) use run;

/// A body's line to whoever drives it.
#[derive(Clone)]
pub(crate) struct Co {
    line: Rc<Line>,
}

#[derive(Default)]
struct Line {
    request: RefCell<Option<Request>>,
    answer: RefCell<Option<Result<JsValue, JsValue>>>,
    resumed: RefCell<Option<Resume>>,
}

enum Request {
    Run(Box<dyn FnOnce(&mut Context)>),
    Wait(JsValue),
    Give(JsValue),
}

impl Co {
    /// Runs `body` with the context, now.
    pub(crate) async fn run<T: 'static>(&self, body: impl FnOnce(&mut Context) -> T + 'static) -> T {
        let result = Rc::new(Cell::new(None));
        let place = result.clone();
        self.ask(Request::Run(Box::new(move |cx| place.set(Some(body(cx)))))).await;
        result.take().expect("the driver runs what it is asked to before it polls again")
    }

    /// `await value`
    pub(crate) async fn wait(&self, value: impl Into<JsValue>) -> JsResult<JsValue> {
        self.ask(Request::Wait(value.into())).await;
        match self.line.answer.borrow_mut().take() {
            Some(Ok(value)) => Ok(value),
            Some(Err(reason)) => Err(JsError::from_opaque(reason)),
            None => Ok(JsValue::undefined()),
        }
    }

    fn ask(&self, request: Request) -> impl Future<Output = ()> {
        *self.line.request.borrow_mut() = Some(request);
        let mut asked = false;
        std::future::poll_fn(move |_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending })
    }
}

type Body = Pin<Box<dyn Future<Output = Result<JsValue, Exit>>>>;

/// One running body.
struct Task {
    body: RefCell<Option<Body>>,
    line: Rc<Line>,
    end: End,
}

/// Who learns of yields and of the end.
enum End {
    Function(ResolvingFunctions),
    Generator(RefCell<Option<Rc<Generator>>>),
}

/// How a body ends before its end.
pub(crate) enum Exit {
    /// It throws.
    Error(JsError),
    /// A consumer called `return(value)` at a yield: the body cleans up and goes.
    Return(JsValue),
}

impl From<JsError> for Exit {
    fn from(error: JsError) -> Self {
        Self::Error(error)
    }
}

/// An async function: runs until its first wait, and gives the promise of its result.
pub(crate) fn spawn<F>(cx: &mut Context, body: impl FnOnce(Co) -> F) -> JsResult<JsPromise>
where
    F: Future<Output = JsResult<JsValue>> + 'static,
{
    let (promise, settle) = JsPromise::new_pending(cx);
    let line = Rc::new(Line::default());
    let future = body(Co { line: line.clone() });
    let body: Body = Box::pin(async move { future.await.map_err(Exit::Error) });
    let task = Rc::new(Task { body: RefCell::new(Some(body)), line, end: End::Function(settle) });
    drive(&task, cx)?;
    Ok(promise)
}

/// Polls a body until it waits, yields or ends.
fn drive(task: &Rc<Task>, cx: &mut Context) -> JsResult<()> {
    let Some(mut body) = task.body.borrow_mut().take() else { return Ok(()) };
    let mut waker = std::task::Context::from_waker(Waker::noop());
    loop {
        match body.as_mut().poll(&mut waker) {
            Poll::Ready(result) => {
                drop(body);
                return finish(task, result, cx);
            }
            Poll::Pending => {
                let request = task.line.request.borrow_mut().take();
                match request {
                    Some(Request::Run(work)) => work(cx),
                    Some(Request::Wait(value)) => {
                        *task.body.borrow_mut() = Some(body);
                        return wait_for(task, value, cx);
                    }
                    Some(Request::Give(value)) => {
                        *task.body.borrow_mut() = Some(body);
                        let End::Generator(place) = &task.end else { return Ok(()) };
                        // Taken out first: the generator writes this place again.
                        let generator = place.borrow().clone();
                        return match generator {
                            Some(generator) => generator.yielded(value, cx),
                            None => Ok(()),
                        };
                    }
                    // A future of another runtime: it would never be woken.
                    None => return Err(errors::plain(errors::Base::Error, "a native async body waits for nothing")),
                }
            }
        }
    }
}

/// A handle on a task that a JavaScript function can carry.
#[derive(Clone, Trace, Finalize)]
struct Held(#[unsafe_ignore_trace] Rc<Task>);

fn wait_for(task: &Rc<Task>, value: JsValue, cx: &mut Context) -> JsResult<()> {
    let promise = match JsPromise::resolve(value, cx) {
        Ok(promise) => promise,
        Err(error) => JsPromise::reject(error, cx)?,
    };
    let fulfilled = table::closure("", 1, Held(task.clone()), |_this, args, held, cx| resume(held, Ok(args.first().cloned().unwrap_or_default()), cx), cx);
    let rejected = table::closure("", 1, Held(task.clone()), |_this, args, held, cx| resume(held, Err(args.first().cloned().unwrap_or_default()), cx), cx);
    promise.then(Some(fulfilled), Some(rejected), cx).map(drop)
}

fn resume(held: &Held, answer: Result<JsValue, JsValue>, cx: &mut Context) -> JsResult<JsValue> {
    *held.0.line.answer.borrow_mut() = Some(answer);
    drive(&held.0, cx)?;
    Ok(JsValue::undefined())
}

fn finish(task: &Rc<Task>, result: Result<JsValue, Exit>, cx: &mut Context) -> JsResult<()> {
    let result = match result {
        Ok(value) | Err(Exit::Return(value)) => Ok(value),
        Err(Exit::Error(error)) if error.as_engine().is_some() => return Err(error),
        Err(Exit::Error(error)) => Err(thrown_value(error, cx)),
    };
    match &task.end {
        End::Function(settle) => {
            let (function, value) = match result {
                Ok(value) => (&settle.resolve, value),
                Err(reason) => (&settle.reject, reason),
            };
            function.call(&JsValue::undefined(), &[value], cx).map(drop)
        }
        End::Generator(place) => {
            let generator = place.borrow_mut().take();
            match generator {
                Some(generator) => generator.ended(result, cx),
                None => Ok(()),
            }
        }
    }
}

// Generators.

/// What a generator's consumer wants.
enum Resume {
    Next(JsValue),
    Return(JsValue),
    Throw(JsValue),
}

/// The line of a generator's body: it can yield.
#[derive(Clone)]
pub(crate) struct Generating {
    co: Co,
}

impl std::ops::Deref for Generating {
    type Target = Co;

    fn deref(&self) -> &Co {
        &self.co
    }
}

impl Generating {
    /// `yield value`
    pub(crate) async fn give(&self, value: JsValue) -> Result<JsValue, Exit> {
        let value = self.wait(value).await?;
        self.ask(Request::Give(value)).await;
        let resumed = self.co.line.resumed.borrow_mut().take();
        match resumed {
            Some(Resume::Next(value)) => Ok(value),
            Some(Resume::Throw(reason)) => Err(JsError::from_opaque(reason).into()),
            Some(Resume::Return(value)) => Err(Exit::Return(self.wait(value).await?)),
            None => Ok(JsValue::undefined()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Suspended,
    Running,
    /// Waits for the value of a `return` that came before the start or after the end.
    Returning,
    Done,
}

struct Generator {
    stage: Cell<Stage>,
    task: Rc<Task>,
    queue: RefCell<VecDeque<(Resume, ResolvingFunctions)>>,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct GeneratorData(#[unsafe_ignore_trace] Rc<Generator>);

static ASYNC_GENERATOR: Class = Class {
    name: "AsyncGenerator",
    length: 0,
    extends: Parent::Prototype(|cx| Ok(cx.intrinsics().objects().iterator_prototypes().async_iterator())),
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::function("next", 1, |this, args, cx| enqueue(this, Resume::Next(args.first().cloned().unwrap_or_default()), cx)),
        Export::function("return", 1, |this, args, cx| enqueue(this, Resume::Return(args.first().cloned().unwrap_or_default()), cx)),
        Export::function("throw", 1, |this, args, cx| enqueue(this, Resume::Throw(args.first().cloned().unwrap_or_default()), cx)),
        Export::tag("AsyncGenerator"),
    ],
    statics: &[],
};

/// An async generator: its body starts with the first `next`.
pub(crate) fn generator<F>(cx: &mut Context, body: impl FnOnce(Generating) -> F) -> JsResult<JsObject>
where
    F: Future<Output = Result<JsValue, Exit>> + 'static,
{
    let line = Rc::new(Line::default());
    let body: Body = Box::pin(body(Generating { co: Co { line: line.clone() } }));
    let task = Rc::new(Task { body: RefCell::new(Some(body)), line, end: End::Generator(RefCell::new(None)) });
    let generator = Rc::new(Generator { stage: Cell::new(Stage::Start), task, queue: RefCell::default() });
    let prototype = ASYNC_GENERATOR.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, GeneratorData(generator)))
}

fn enqueue(this: &JsValue, resume: Resume, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(cx);
    let generator = this.as_object().and_then(|object| object.downcast_ref::<GeneratorData>().map(|data| data.0.clone()));
    let Some(generator) = generator else {
        let error = errors::plain(errors::Base::Type, "next method called on incompatible receiver").into_opaque(cx)?;
        settle.reject.call(&JsValue::undefined(), &[error], cx)?;
        return Ok(promise.into());
    };
    generator.queue.borrow_mut().push_back((resume, settle));
    if matches!(generator.stage.get(), Stage::Start | Stage::Suspended | Stage::Done) {
        generator.go_on(cx)?;
    }
    Ok(promise.into())
}

impl Generator {
    /// Serves the first request, if there is one.
    fn go_on(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        loop {
            let Some(wanted) = self.queue.borrow().front().map(|(resume, _)| match resume {
                Resume::Next(value) => Resume::Next(value.clone()),
                Resume::Return(value) => Resume::Return(value.clone()),
                Resume::Throw(value) => Resume::Throw(value.clone()),
            }) else {
                return Ok(());
            };
            if self.stage.get() == Stage::Start && !matches!(wanted, Resume::Next(_)) {
                // It never starts.
                self.stage.set(Stage::Done);
                *self.task.body.borrow_mut() = None;
            }
            match (self.stage.get(), wanted) {
                (Stage::Done, Resume::Next(_)) => self.settle(Ok(JsValue::undefined()), true, cx)?,
                (Stage::Done, Resume::Throw(reason)) => self.settle(Err(reason), true, cx)?,
                (Stage::Done, Resume::Return(value)) => {
                    self.stage.set(Stage::Returning);
                    return self.await_return(value, cx);
                }
                (Stage::Start | Stage::Suspended, wanted) => {
                    let started = self.stage.replace(Stage::Running) == Stage::Suspended;
                    if let End::Generator(place) = &self.task.end {
                        *place.borrow_mut() = Some(self.clone());
                    }
                    if started {
                        *self.task.line.resumed.borrow_mut() = Some(wanted);
                    }
                    return drive(&self.task, cx);
                }
                (Stage::Running | Stage::Returning, _) => return Ok(()),
            }
        }
    }

    fn settle(&self, result: Result<JsValue, JsValue>, done: bool, cx: &mut Context) -> JsResult<()> {
        let Some((_, settle)) = self.queue.borrow_mut().pop_front() else { return Ok(()) };
        match result {
            Ok(value) => {
                let result = iter_result(value, done, cx)?;
                settle.resolve.call(&JsValue::undefined(), &[result], cx)?;
            }
            Err(reason) => {
                settle.reject.call(&JsValue::undefined(), &[reason], cx)?;
            }
        }
        Ok(())
    }

    fn yielded(self: &Rc<Self>, value: JsValue, cx: &mut Context) -> JsResult<()> {
        self.stage.set(Stage::Suspended);
        if let End::Generator(place) = &self.task.end {
            *place.borrow_mut() = None;
        }
        self.settle(Ok(value), false, cx)?;
        self.go_on(cx)
    }

    fn ended(self: &Rc<Self>, result: Result<JsValue, JsValue>, cx: &mut Context) -> JsResult<()> {
        self.stage.set(Stage::Done);
        self.settle(result, true, cx)?;
        self.go_on(cx)
    }

    fn await_return(self: &Rc<Self>, value: JsValue, cx: &mut Context) -> JsResult<()> {
        let generator = self.clone();
        spawn(cx, |co| async move {
            let result = match co.wait(value).await {
                Ok(value) => Ok(value),
                Err(error) => Err(run!(co, [] | cx | thrown_value(error, cx))),
            };
            run!(
                co,
                [generator] | cx | {
                    generator.stage.set(Stage::Done);
                    generator.settle(result, true, cx)?;
                    generator.go_on(cx)
                }
            )?;
            Ok(JsValue::undefined())
        })
        .map(drop)
    }
}

/// `{ value, done }`
pub(crate) fn iter_result(value: JsValue, done: bool, cx: &mut Context) -> JsResult<JsValue> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("value"), value, cx)?;
    result.create_data_property_or_throw(js_string!("done"), done, cx)?;
    Ok(result.into())
}

/// `for await (const value of iterable)`: call [`Iteration::close`] where the loop is left early.
pub(crate) struct Iteration {
    iterator: JsObject,
    next: JsValue,
    /// An iterator of a plain iterable: its values are waited for.
    plain: bool,
}

impl Iteration {
    /// Asks for the iterator.
    pub(crate) async fn start(co: &Co, iterable: JsValue) -> JsResult<Self> {
        co.run(move |cx| Self::open(&iterable, cx)).await
    }

    fn open(iterable: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let object = iterable.to_object(cx)?;
        let mut method = object.get(JsSymbol::async_iterator(), cx)?;
        let plain = method.is_null_or_undefined();
        if plain {
            method = object.get(JsSymbol::iterator(), cx)?;
        }
        let Some(function) = method.as_function() else {
            return Err(errors::plain(errors::Base::Type, format!("{} is not async iterable", iterable.display())));
        };
        let iterator = function.call(iterable, &[], cx)?;
        let Some(iterator) = iterator.as_object() else {
            return Err(errors::plain(errors::Base::Type, "Result of the Symbol.asyncIterator method is not an object"));
        };
        let next = iterator.get(js_string!("next"), cx)?;
        Ok(Self { iterator, next, plain })
    }

    /// The next value; `None` at the end.
    pub(crate) async fn next(&self, co: &Co) -> JsResult<Option<JsValue>> {
        let (iterator, next) = (self.iterator.clone(), self.next.clone());
        let mut step = co.run(move |cx| events::call(&iterator, &next, "iterator.next", &[], cx)).await?;
        if !self.plain {
            step = co.wait(step).await?;
        }
        let (done, value) = co
            .run(move |cx| {
                let Some(step) = step.as_object() else {
                    return Err(errors::plain(errors::Base::Type, format!("Iterator result {} is not an object", step.display())));
                };
                let done = step.get(js_string!("done"), cx)?.to_boolean();
                Ok((done, step.get(js_string!("value"), cx)?))
            })
            .await?;
        if !self.plain {
            return Ok((!done).then_some(value));
        }
        // The iterator behind the async one that the language makes: the value first, then its result.
        let value = match co.wait(value).await {
            Ok(value) => value,
            Err(error) => {
                if !done {
                    let _ = self.close(co).await;
                }
                return Err(error);
            }
        };
        co.wait(JsValue::undefined()).await?;
        Ok((!done).then_some(value))
    }

    /// Leaves the loop early: `return()` of the iterator, waited for.
    pub(crate) async fn close(&self, co: &Co) -> JsResult<()> {
        let iterator = self.iterator.clone();
        let returned = co
            .run(move |cx| {
                let method = iterator.get(js_string!("return"), cx)?;
                if method.is_null_or_undefined() {
                    return Ok(None);
                }
                events::call(&iterator, &method, "iterator.return", &[], cx).map(Some)
            })
            .await?;
        if let Some(returned) = returned {
            co.wait(returned).await?;
        }
        Ok(())
    }
}
