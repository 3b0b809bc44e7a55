//! `readable.map`, `filter`, `toArray` and their kin.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use coil_engine::{
    errors,
    table::{self, Export},
    validate,
};

use super::{
    destroy,
    end_of_stream::{self, Options as EndOptions},
    from::from,
    readable::READABLE,
    writable_state::Callback,
};
use crate::{
    coroutine::{self, Co, Exit, Generating, Iteration, run},
    event_target, events,
};

pub(super) const DROP: Export = Export::function("drop", 1, drop_method).enumerable(false);
pub(super) const FILTER: Export = Export::function("filter", 2, filter_method).enumerable(false);
pub(super) const FLAT_MAP: Export = Export::function("flatMap", 2, flat_map_method).enumerable(false);
pub(super) const MAP: Export = Export::function("map", 2, map_method).enumerable(false);
pub(super) const TAKE: Export = Export::function("take", 1, take_method).enumerable(false);
pub(super) const EVERY: Export = Export::function("every", 1, every_method).enumerable(false);
pub(super) const FOR_EACH: Export = Export::function("forEach", 2, for_each_method).enumerable(false);
pub(super) const REDUCE: Export = Export::function("reduce", 3, reduce_method).enumerable(false);
pub(super) const TO_ARRAY: Export = Export::function("toArray", 1, to_array_method).enumerable(false);
pub(super) const SOME: Export = Export::function("some", 1, some_method).enumerable(false);
pub(super) const FIND: Export = Export::function("find", 2, find_method).enumerable(false);

/// What is done with each value.
#[derive(Clone)]
enum Mapper {
    /// The function's result stands for the value.
    Map(JsFunction),
    /// The value stays where the function's result is true, or false.
    Filter(JsFunction, bool),
    /// The function is only called.
    ForEach(JsFunction),
}

/// What came of one value.
#[derive(Clone)]
enum Item {
    /// A promise of the result.
    Promise(JsPromise),
    /// A promise of whether the value stays.
    Kept(JsPromise, JsValue, bool),
    /// A promise of a result that nobody wants.
    Ignored(JsPromise),
    End,
}

impl Item {
    fn promise(&self) -> Option<&JsPromise> {
        match self {
            Self::Promise(promise) | Self::Kept(promise, ..) | Self::Ignored(promise) => Some(promise),
            Self::End => None,
        }
    }
}

struct MapOptions {
    signal: Option<JsObject>,
    concurrency: f64,
    high_water_mark: f64,
}

/// Options common to all: an object, whose signal is one.
fn options_of(given: &JsValue, cx: &mut Context) -> JsResult<(Option<JsObject>, Option<JsObject>)> {
    if given.is_null_or_undefined() {
        return Ok((None, None));
    }
    let options = validate::object(given, "options", cx)?;
    let signal = options.get(js_string!("signal"), cx)?;
    let signal = if signal.is_null() { None } else { validate::abort_signal(&signal, "options.signal", cx)? };
    Ok((Some(options), signal))
}

fn map_options(given: &JsValue, cx: &mut Context) -> JsResult<MapOptions> {
    let (options, signal) = options_of(given, cx)?;
    let mut concurrency = 1.0;
    let mut high_water_mark = None;
    if let Some(options) = &options {
        let asked = options.get(js_string!("concurrency"), cx)?;
        if !asked.is_null_or_undefined() {
            concurrency = asked.to_number(cx)?.floor();
        }
        let asked = options.get(js_string!("highWaterMark"), cx)?;
        if !asked.is_null_or_undefined() {
            high_water_mark = Some(asked.to_number(cx)?.floor());
        }
    }
    let high_water_mark = high_water_mark.unwrap_or(concurrency - 1.0);
    validate::integer(&concurrency.into(), "options.concurrency", 1.0, validate::SAFE_INTEGER_MAX, cx)?;
    validate::integer(&high_water_mark.into(), "options.highWaterMark", 0.0, validate::SAFE_INTEGER_MAX, cx)?;
    Ok(MapOptions { signal, concurrency, high_water_mark: high_water_mark + concurrency })
}

/// What the two halves of `map` share: one reads and calls, the other gives the results in order.
struct Mapping {
    stream: JsValue,
    mapper: Mapper,
    options: MapOptions,
    queue: RefCell<VecDeque<Item>>,
    next: RefCell<Option<JsFunction>>,
    resume: RefCell<Option<JsFunction>>,
    done: Cell<bool>,
    running: Cell<f64>,
}

impl Mapping {
    fn wake(place: &RefCell<Option<JsFunction>>, cx: &mut Context) -> JsResult<()> {
        let resolve = place.borrow_mut().take();
        match resolve {
            Some(resolve) => resolve.call(&JsValue::undefined(), &[], cx).map(drop),
            None => Ok(()),
        }
    }

    fn is_full(&self) -> bool {
        self.queue.borrow().len() as f64 >= self.options.high_water_mark || self.running.get() >= self.options.concurrency
    }

    fn maybe_resume(&self, cx: &mut Context) -> JsResult<()> {
        if self.done.get() || self.is_full() {
            return Ok(());
        }
        Self::wake(&self.resume, cx)
    }

    fn processed(&self, failed: bool, cx: &mut Context) -> JsResult<()> {
        if failed {
            self.done.set(true);
        }
        self.running.set(self.running.get() - 1.0);
        self.maybe_resume(cx)
    }

    /// Calls the function on a value and queues what comes of it.
    fn take(self: &Rc<Self>, value: JsValue, signal_option: &JsValue, cx: &mut Context) -> JsResult<()> {
        let (function, kept) = match &self.mapper {
            Mapper::Map(function) | Mapper::ForEach(function) => (function, None),
            Mapper::Filter(function, wanted) => (function, Some(*wanted)),
        };
        let result = function.call(&JsValue::undefined(), &[value.clone(), signal_option.clone()], cx);
        let promise = match result.and_then(|value| JsPromise::resolve(value, cx)) {
            Ok(promise) => promise,
            Err(error) if error.as_engine().is_some() => return Err(error),
            Err(error) => JsPromise::reject(error, cx)?,
        };
        let item = match (&self.mapper, kept) {
            (_, Some(wanted)) => Item::Kept(promise, value, wanted),
            (Mapper::ForEach(_), _) => Item::Ignored(promise),
            _ => Item::Promise(promise),
        };
        self.queue_item(item, cx)
    }

    fn queue_item(self: &Rc<Self>, item: Item, cx: &mut Context) -> JsResult<()> {
        self.running.set(self.running.get() + 1.0);
        if let Some(promise) = item.promise() {
            self.watch(promise, cx)?;
        }
        self.queue.borrow_mut().push_back(item);
        Self::wake(&self.next, cx)
    }

    fn watch(self: &Rc<Self>, promise: &JsPromise, cx: &mut Context) -> JsResult<()> {
        let (mapping, promise) = (self.clone(), promise.clone());
        coroutine::spawn(cx, |co| async move {
            let failed = co.wait(promise).await.is_err();
            run!(co, [mapping] | cx | mapping.processed(failed, cx))?;
            Ok(JsValue::undefined())
        })
        .map(drop)
    }
}

/// Waits until `place` is woken.
async fn sleep(co: &Co, mapping: &Rc<Mapping>, place: fn(&Mapping) -> &RefCell<Option<JsFunction>>) -> JsResult<()> {
    let promise = run!(
        co,
        [mapping] | cx | {
            let (promise, settle) = JsPromise::new_pending(cx);
            *place(&mapping).borrow_mut() = Some(settle.resolve.clone());
            promise
        }
    );
    co.wait(promise).await.map(drop)
}

fn abort_error(cx: &mut Context) -> JsError {
    errors::abort(None, None, cx)
}

async fn check_signal(co: &Co, signal: &Option<JsObject>) -> JsResult<()> {
    let Some(signal) = signal.clone() else { return Ok(()) };
    co.run(move |cx| if event_target::is_aborted(&signal, cx)? { Err(abort_error(cx)) } else { Ok(()) }).await
}

/// The generator behind `map`, `filter` and `forEach`.
fn mapped(stream: &JsValue, mapper: Mapper, options: MapOptions, cx: &mut Context) -> JsResult<JsObject> {
    let mapping =
        Rc::new(Mapping { stream: stream.clone(), mapper, options, queue: RefCell::default(), next: RefCell::default(), resume: RefCell::default(), done: Cell::new(false), running: Cell::new(0.0) });
    coroutine::generator(cx, |co| async move {
        // What the functions get aborts with the signal given.
        let signal = run!(
            co,
            [mapping] | cx | {
                let sources: Vec<JsObject> = mapping.options.signal.iter().cloned().collect();
                event_target::any_signal(&sources, cx)
            }
        )?;
        let reader = mapping.clone();
        let readers_signal = signal.clone();
        run!(co, [reader, readers_signal] | cx | coroutine::spawn(cx, |co| read_all(co, reader, readers_signal)))?;
        let result = give_all(&co, &mapping, &signal).await;
        mapping.done.set(true);
        run!(co, [mapping] | cx | Mapping::wake(&mapping.resume, cx))?;
        result.map(|()| JsValue::undefined())
    })
}

async fn read_all(co: Co, mapping: Rc<Mapping>, signal: JsObject) -> JsResult<JsValue> {
    let result: JsResult<()> = async {
        let signal_option = run!(
            co,
            [signal] | cx | {
                let option = JsObject::with_object_proto(cx.intrinsics());
                option.create_data_property_or_throw(js_string!("signal"), signal, cx)?;
                Ok::<_, JsError>(JsValue::from(option))
            }
        )?;
        let values = Iteration::start(&co, mapping.stream.clone()).await?;
        while let Some(value) = values.next(&co).await? {
            if mapping.done.get() {
                return values.close(&co).await;
            }
            if let Err(error) = check_signal(&co, &Some(signal.clone())).await {
                let _ = values.close(&co).await;
                return Err(error);
            }
            run!(co, [mapping, signal_option] | cx | mapping.take(value, &signal_option, cx))?;
            if !mapping.done.get() && mapping.is_full() {
                sleep(&co, &mapping, |mapping| &mapping.resume).await?;
            }
        }
        mapping.queue.borrow_mut().push_back(Item::End);
        Ok(())
    }
    .await;
    if let Err(error) = result {
        run!(
            co,
            [mapping] | cx | {
                let error = destroy::caught(error, cx)?;
                let promise = JsPromise::reject(JsError::from_opaque(error), cx)?;
                mapping.watch(&promise, cx)?;
                mapping.queue.borrow_mut().push_back(Item::Promise(promise));
                Ok::<_, JsError>(())
            }
        )?;
    }
    mapping.done.set(true);
    run!(co, [mapping] | cx | Mapping::wake(&mapping.next, cx))?;
    Ok(JsValue::undefined())
}

async fn give_all(co: &Generating, mapping: &Rc<Mapping>, signal: &JsObject) -> Result<(), Exit> {
    let signal = Some(signal.clone());
    loop {
        loop {
            let Some(item) = mapping.queue.borrow().front().cloned() else { break };
            let value = match item {
                Item::End => return Ok(()),
                Item::Promise(promise) => Some(co.wait(promise).await?),
                Item::Ignored(promise) => {
                    co.wait(promise).await?;
                    None
                }
                Item::Kept(promise, value, wanted) => (co.wait(promise).await?.to_boolean() == wanted).then_some(value),
            };
            check_signal(co, &signal).await?;
            if let Some(value) = value {
                co.give(value).await?;
            }
            mapping.queue.borrow_mut().pop_front();
            run!(co, [mapping] | cx | mapping.maybe_resume(cx))?;
        }
        sleep(co, mapping, |mapping| &mapping.next).await?;
    }
}

/// A generator as a Readable.
fn as_readable(generator: JsObject, cx: &mut Context) -> JsResult<JsValue> {
    from(&READABLE, &generator.into(), &JsValue::undefined(), cx).map(JsValue::from)
}

fn rejected(error: JsError, cx: &mut Context) -> JsResult<JsValue> {
    if error.as_engine().is_some() {
        return Err(error);
    }
    JsPromise::reject(error, cx).map(JsValue::from)
}

fn map_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    let function = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let options = map_options(args.get_or_undefined(1), cx)?;
    let generator = mapped(this, Mapper::Map(function), options, cx)?;
    as_readable(generator, cx)
}

fn filtered(this: &JsValue, args: &[JsValue], wanted: bool, cx: &mut Context) -> JsResult<JsObject> {
    let function = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let options = map_options(args.get_or_undefined(1), cx)?;
    mapped(this, Mapper::Filter(function, wanted), options, cx)
}

fn filter_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    let generator = filtered(this, args, true, cx)?;
    as_readable(generator, cx)
}

/// The first value of a generator, which is then left.
fn first<T>(generator: JsObject, then: T, cx: &mut Context) -> JsResult<JsValue>
where
    T: Fn(Option<JsValue>) -> JsValue + 'static,
{
    coroutine::spawn(cx, |co| async move {
        let values = Iteration::start(&co, generator.into()).await?;
        let found = values.next(&co).await?;
        if found.is_some() {
            values.close(&co).await?;
        }
        Ok(then(found))
    })
    .map(JsValue::from)
}

fn some_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    match filtered(this, args, true, cx) {
        Ok(generator) => first(generator, |found| found.is_some().into(), cx),
        Err(error) => rejected(error, cx),
    }
}

fn every_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    match filtered(this, args, false, cx) {
        Ok(generator) => first(generator, |found| found.is_none().into(), cx),
        Err(error) => rejected(error, cx),
    }
}

fn find_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    match filtered(this, args, true, cx) {
        Ok(generator) => first(generator, Option::unwrap_or_default, cx),
        Err(error) => rejected(error, cx),
    }
}

fn for_each_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    let generator = (|| {
        let function = validate::function(args.get_or_undefined(0), "fn", cx)?;
        let options = map_options(args.get_or_undefined(1), cx)?;
        mapped(this, Mapper::ForEach(function), options, cx)
    })();
    let generator = match generator {
        Ok(generator) => generator,
        Err(error) => return rejected(error, cx),
    };
    coroutine::spawn(cx, |co| async move {
        let values = Iteration::start(&co, generator.into()).await?;
        while values.next(&co).await?.is_some() {}
        Ok(JsValue::undefined())
    })
    .map(JsValue::from)
}

fn to_array_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    let (_, signal) = match options_of(args.get_or_undefined(0), cx) {
        Ok(options) => options,
        Err(error) => return rejected(error, cx),
    };
    let stream = this.clone();
    coroutine::spawn(cx, |co| async move {
        let mut result = Vec::new();
        let values = Iteration::start(&co, stream).await?;
        while let Some(value) = values.next(&co).await? {
            if let Some(signal) = &signal {
                let aborted = run!(
                    co,
                    [signal] | cx | {
                        if !event_target::is_aborted(&signal, cx)? {
                            return Ok(None);
                        }
                        let reason = event_target::reason(&signal, cx)?;
                        Ok::<_, JsError>(Some(errors::abort(None, Some(reason), cx)))
                    }
                )?;
                if let Some(error) = aborted {
                    let _ = values.close(&co).await;
                    return Err(error);
                }
            }
            result.push(value);
        }
        Ok(run!(co, [] | cx | JsArray::from_iter(result, cx)).into())
    })
    .map(JsValue::from)
}

fn flat_map_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    let function = validate::function(args.get_or_undefined(0), "fn", cx)?;
    let options = map_options(args.get_or_undefined(1), cx)?;
    let values = mapped(this, Mapper::Map(function), options, cx)?;
    let generator = coroutine::generator(cx, |co| async move {
        let outer = Iteration::start(&co, values.into()).await?;
        while let Some(value) = outer.next(&co).await? {
            let given = give_each(&co, value).await;
            if given.is_err() {
                let _ = outer.close(&co).await;
                given?;
            }
        }
        Ok(JsValue::undefined())
    })?;
    as_readable(generator, cx)
}

/// `yield* iterable`
async fn give_each(co: &Generating, iterable: JsValue) -> Result<(), Exit> {
    let inner = Iteration::start(co, iterable).await?;
    while let Some(value) = inner.next(co).await? {
        if let Err(exit) = co.give(value).await {
            let _ = inner.close(co).await;
            return Err(exit);
        }
    }
    Ok(())
}

/// A count: nothing and what is no number count as 0.
fn count_of(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    let number = value.to_number(cx)?;
    if number.is_nan() {
        return Ok(0.0);
    }
    if number < 0.0 {
        return Err(errors::out_of_range("number", ">= 0", &number.into(), cx));
    }
    Ok(number)
}

fn counted(this: &JsValue, args: &[JsValue], takes: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (_, signal) = options_of(args.get_or_undefined(1), cx)?;
    let mut left = count_of(args.get_or_undefined(0), cx)?;
    let stream = this.clone();
    let generator = coroutine::generator(cx, |co| async move {
        check_signal(&co, &signal).await?;
        let values = Iteration::start(&co, stream).await?;
        while let Some(value) = values.next(&co).await? {
            let result: Result<bool, Exit> = async {
                check_signal(&co, &signal).await?;
                let before = left;
                left -= 1.0;
                if (before > 0.0) == takes {
                    co.give(value).await?;
                }
                Ok(takes && left <= 0.0)
            }
            .await;
            match result {
                Ok(false) => {}
                Ok(true) => {
                    // No further item is asked for.
                    values.close(&co).await?;
                    break;
                }
                Err(exit) => {
                    let _ = values.close(&co).await;
                    return Err(exit);
                }
            }
        }
        Ok(JsValue::undefined())
    })?;
    as_readable(generator, cx)
}

fn drop_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    counted(this, args, false, cx)
}

fn take_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    counted(this, args, true, cx)
}

fn reduce_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    refuse_new(cx)?;
    let checked = (|| {
        let reducer = validate::function(args.get_or_undefined(0), "reducer", cx)?;
        Ok((reducer, options_of(args.get_or_undefined(2), cx)?.1))
    })();
    let (reducer, signal) = match checked {
        Ok(checked) => checked,
        Err(error) => return rejected(error, cx),
    };
    let stream = this.to_object(cx)?;
    let mut result = args.get(1).cloned();
    coroutine::spawn(cx, |co| async move {
        let aborted = match &signal {
            Some(signal) => run!(co, [signal] | cx | event_target::is_aborted(&signal, cx))?,
            None => false,
        };
        if aborted && let Some(signal) = &signal {
            return destroyed_by(&co, &stream, signal).await;
        }
        let controller = run!(co, [] | cx | event_target::create_controller(cx))?;
        let own = run!(co, [controller] | cx | event_target::signal_of(&controller, cx))?;
        if let Some(signal) = &signal {
            run!(
                co,
                [signal, controller] | cx | {
                    let follow = table::closure(
                        "",
                        0,
                        controller,
                        |_this, _args, controller, cx| {
                            let reason = event_target::default_reason(cx)?;
                            event_target::abort_with(controller, &reason, cx)?;
                            Ok(JsValue::undefined())
                        },
                        cx,
                    );
                    events::on_abort(&signal, &follow, cx)
                }
            )?;
        }
        let reduced: JsResult<()> = async {
            let values = Iteration::start(&co, stream.clone().into()).await?;
            while let Some(value) = values.next(&co).await? {
                let step: JsResult<JsValue> = async {
                    check_signal(&co, &signal).await?;
                    let Some(before) = result.take() else { return Ok(value) };
                    let next = run!(
                        co,
                        [reducer, own] | cx | {
                            let option = JsObject::with_object_proto(cx.intrinsics());
                            option.create_data_property_or_throw(js_string!("signal"), own, cx)?;
                            reducer.call(&JsValue::undefined(), &[before, value, option.into()], cx)
                        }
                    )?;
                    co.wait(next).await
                }
                .await;
                match step {
                    Ok(value) => result = Some(value),
                    Err(error) => {
                        let _ = values.close(&co).await;
                        return Err(error);
                    }
                }
            }
            if result.is_none() {
                return Err(run!(
                    co,
                    [] | cx | {
                        let text = "Reduce of an empty stream requires an initial value";
                        errors::coded(errors::Base::Type, "ERR_MISSING_ARGS", text, cx)
                    }
                ));
            }
            Ok(())
        }
        .await;
        run!(
            co,
            [controller] | cx | {
                let reason = event_target::default_reason(cx)?;
                event_target::abort_with(&controller, &reason, cx)
            }
        )?;
        reduced?;
        Ok(result.unwrap_or_default())
    })
    .map(JsValue::from)
}

/// The signal had aborted before the start: the stream is destroyed, and the error thrown when that is done.
async fn destroyed_by(co: &Co, stream: &JsObject, signal: &JsObject) -> JsResult<JsValue> {
    let (promise, error) = run!(
        co,
        [stream, signal] | cx | {
            let reason = event_target::reason(&signal, cx)?;
            let error: JsValue = errors::abort_object(None, Some(reason), cx)?.into();
            // It is thrown here; nobody else needs to handle it.
            let ignore = table::closure("", 0, (), |_this, _args, (), _cx| Ok(JsValue::undefined()), cx);
            events::once(&stream, js_string!("error"), ignore, cx)?;
            destroy::call(&stream, &error, cx)?;
            let (promise, settle) = JsPromise::new_pending(cx);
            let over = table::closure(
                "",
                1,
                settle,
                |_this, args, settle, cx| {
                    let error = args.get_or_undefined(0);
                    let settle = if error.to_boolean() { &settle.reject } else { &settle.resolve };
                    settle.call(&JsValue::undefined(), std::slice::from_ref(error), cx)
                },
                cx,
            );
            end_of_stream::wait(&stream.into(), EndOptions::default(), Callback::Function(over), cx)?;
            Ok::<_, JsError>((promise, error))
        }
    )?;
    co.wait(promise).await?;
    Err(JsError::from_opaque(error))
}

/// These are functions with a `prototype` that `new` does not take.
fn refuse_new(cx: &mut Context) -> JsResult<()> {
    if cx.new_target().is_some() { Err(errors::illegal_constructor(cx)) } else { Ok(()) }
}
