//! `class Worker`: what the parent sees of a thread.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    thread::JoinHandle,
};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, builtins::promise::ResolvingFunctions, js_string, object::builtins::JsPromise};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::Hold,
    errors, table,
    table::{Export, Symbol},
};
use rustc_hash::FxHashMap;

use super::{
    failure::Failure,
    options, stdio,
    thread::{Birth, Ended, TERMINATED, Thread},
};
use crate::{
    events::{self, EVENT_EMITTER},
    messaging::{
        self,
        line::Line,
        mailbox::{Letter, pair},
    },
    perf_hooks, process, stream,
    structured_clone::{self, Message},
};

/// `worker_threads.Worker`
pub(super) static WORKER: Class = Class {
    name: "Worker",
    length: 1,
    extends: Parent::Class(&EVENT_EMITTER),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Export::function("postMessage", 0, post_message),
        Export::function("terminate", 0, terminate),
        Export::function("ref", 0, |this, _args, cx| set_ref(this, true, cx)),
        Export::function("unref", 0, |this, _args, cx| set_ref(this, false, cx)),
        Export::getter("threadId", |this, _args, cx| {
            let worker = of(this, cx)?;
            Ok(if worker.exited.get() { JsValue::from(-1) } else { JsValue::from(worker.id as f64) })
        }),
        Export::getter("threadName", |this, _args, cx| {
            let worker = of(this, cx)?;
            Ok(if worker.exited.get() { JsValue::null() } else { js_string!(worker.name.as_str()).into() })
        }),
        Export::getter("stdin", |this, _args, cx| Ok(of(this, cx)?.stdin.borrow().clone().map_or_else(JsValue::null, JsValue::from))),
        Export::getter("stdout", |this, _args, cx| output(this, 0, cx)),
        Export::getter("stderr", |this, _args, cx| output(this, 1, cx)),
        Export::getter("resourceLimits", |this, _args, cx| {
            let worker = of(this, cx)?;
            if worker.exited.get() {
                return Ok(JsObject::with_object_proto(cx.intrinsics()).into());
            }
            options::limits_object(&worker.limits, cx)
        }),
        Export::function("getHeapSnapshot", 1, |_this, _args, cx| Err(errors::method_not_implemented("worker.getHeapSnapshot()", cx))),
        Export::function("getHeapStatistics", 0, heap_statistics),
        Export::function("cpuUsage", 1, cpu_usage),
        Export::function("startCpuProfile", 0, |_this, _args, cx| Err(errors::method_not_implemented("worker.startCpuProfile()", cx))),
        Export::function("startHeapProfile", 0, |_this, _args, cx| Err(errors::method_not_implemented("worker.startHeapProfile()", cx))),
        Export::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, |this, _args, cx| terminate(this, &[], cx)),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Data(#[unsafe_ignore_trace] Rc<Worker>);

struct Worker {
    id: u64,
    name: String,
    thread: Arc<Thread>,
    line: Rc<Line>,
    hold: RefCell<Option<Hold>>,
    exited: Cell<bool>,
    limits: [f64; 4],
    stdin: RefCell<Option<JsObject>>,
    /// The readable sides of its standard output and error, made when somebody asks.
    outputs: [RefCell<Option<JsObject>>; 2],
    /// Whether they are only for who asks, or also go to our own.
    own_outputs: [bool; 2],
    joined: RefCell<Option<JoinHandle<()>>>,
    /// Questions the thread has not answered yet.
    asked: RefCell<Vec<(u64, ResolvingFunctions)>>,
}

/// The workers of a host that have not exited, by the number of their thread.
#[derive(Default)]
struct Workers(RefCell<FxHashMap<u64, JsObject>>);

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Rc<Worker>> {
    let slot = Slot::<Data>::of(this, "Worker", cx)?;
    let worker = slot.borrow().data().0.clone();
    Ok(worker)
}

fn find(id: u64, cx: &mut Context) -> Option<(JsObject, Rc<Worker>)> {
    let object = Host::of(cx).state::<Workers>().0.borrow().get(&id).cloned()?;
    let worker = of(&object.clone().into(), cx).ok()?;
    Some((object, worker))
}

/// Whether any worker of this host runs.
pub(super) fn any(cx: &Context) -> bool {
    !Host::of(cx).state::<Workers>().0.borrow().is_empty()
}

/// `new Worker(filename, options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    if let Err(error) = host.sys().policy().check_worker() {
        return Err(errors::system(&error, cx));
    }
    let object = this.to_object(cx)?;
    events::init_emitter(&object, &JsValue::undefined(), cx)?;
    let options = options::read(args, cx)?;
    let (own, other) = pair();
    let id = super::thread::next_id();
    let thread = Arc::<Thread>::default();
    let data = boa_engine::object::builtins::JsArray::from_iter([options.data, super::environment::value(cx)], cx);
    let data = structured_clone::serialize(&data.into(), &options.transfer, cx)?;
    super::post::register_main(cx);
    super::post::register(id, thread.clone());
    let birth = Birth {
        sys: options.sys,
        program: options.program,
        argv: options.argv,
        exec_argv: options.exec_argv,
        exec_path: host.state::<coil_engine::launch::Launch>().exec_path.borrow().clone(),
        argv0: host.state::<coil_engine::launch::Launch>().argv0.borrow().clone(),
        id,
        name: options.name.clone(),
        thread: thread.clone(),
        parent: host.event_loop().remote(),
        port: other,
        data,
        stdin: options.stdin,
        limits: options.limits,
    };
    let listener = object.clone();
    let line = Line::open(own, move |letter, cx| received(&listener, letter, cx), cx);
    line.start();
    let stdin = if options.stdin { Some(stdio::writable(thread.clone(), cx)?) } else { None };
    let worker = Rc::new(Worker {
        id,
        name: options.name,
        thread,
        line,
        hold: RefCell::new(Some(host.event_loop().hold_as("Worker"))),
        exited: Cell::new(false),
        limits: options.limits,
        stdin: RefCell::new(stdin),
        outputs: Default::default(),
        own_outputs: [options.stdout, options.stderr],
        joined: RefCell::new(None),
        asked: RefCell::default(),
    });
    Slot::set(&object, Data(worker.clone()), cx)?;
    let utilization = table::closure("bound eventLoopUtilization", 2, object.clone(), event_loop_utilization, cx);
    let performance = JsObject::with_object_proto(cx.intrinsics());
    performance.create_data_property_or_throw(js_string!("eventLoopUtilization"), utilization, cx)?;
    object.create_data_property_or_throw(js_string!("performance"), performance, cx)?;
    host.state::<Workers>().0.borrow_mut().insert(id, object.clone());
    if host.async_hooks().is_some() {
        let origin = host.origin();
        let handle = JsObject::with_object_proto(cx.intrinsics());
        let has_ref = table::closure(
            "hasRef",
            0,
            object.clone(),
            |_this, _args, worker, cx| {
                let worker = of(&worker.clone().into(), cx)?;
                let reffed = worker.hold.borrow().as_ref().map(Hold::has_ref);
                Ok(reffed.map_or_else(JsValue::undefined, JsValue::from))
            },
            cx,
        );
        handle.create_data_property_or_throw(js_string!("hasRef"), has_ref, cx)?;
        host.announce(&origin, "WORKER", &handle.into(), cx);
    }
    match start(birth, cx) {
        Ok(joined) => *worker.joined.borrow_mut() = Some(joined),
        Err(error) => {
            host.state::<Workers>().0.borrow_mut().remove(&id);
            drop(worker.hold.borrow_mut().take());
            return Err(error);
        }
    }
    let announced = object.clone();
    host.next_tick_native(move |cx| process::emit("worker", &[announced.into()], cx).map(drop));
    crate::diagnostics_channel::announce("worker_threads", &[("worker", &object.into())], cx)?;
    Ok(JsValue::undefined())
}

fn start(birth: Birth, cx: &mut Context) -> JsResult<JoinHandle<()>> {
    let host = Host::of(cx);
    let Some(run) = host.state::<super::Runner>().0.get() else {
        return Err(errors::method_not_implemented("worker_threads.Worker()", cx));
    };
    let (id, parent) = (birth.id, birth.parent.clone());
    let name: String = birth.name.chars().filter(|c| *c != '\0').collect();
    let spawned = std::thread::Builder::new().name(name).stack_size(STACK_BYTES).spawn(move || {
        let ended = (run.live)(birth);
        parent.post(move |cx| exited(id, ended, cx));
    });
    spawned.map_err(|error| errors::coded(errors::Base::Error, "ERR_WORKER_INIT_FAILED", format!("Worker initialization failure: {error}"), cx))
}

/// Address space, not memory: as for the main thread's JavaScript.
const STACK_BYTES: usize = 256 << 20;

/// The worker runs.
pub(super) fn online(id: u64, cx: &mut Context) {
    if let Some((object, _)) = find(id, cx) {
        let host = Host::of(cx);
        host.enter_with(cx, |cx| events::emit(&object, js_string!("online"), &[], cx));
    }
}

/// A message, as an event of the worker.
fn received(object: &JsObject, letter: Letter, cx: &mut Context) -> JsResult<()> {
    let Letter::Message(message) = letter else { return Ok(()) };
    let (event, value) = match structured_clone::deserialize(message, cx) {
        Ok(value) => ("message", value),
        Err(error) if error.as_engine().is_some() => return Err(error),
        Err(error) => ("messageerror", coil_engine::op::thrown_value(error, cx)),
    };
    events::emit(object, js_string!(event), &[value], cx).map(drop)
}

/// The worker has written to a standard stream.
pub(super) fn written(id: u64, fd: i32, bytes: Vec<u8>, cx: &mut Context) {
    let Some((_, worker)) = find(id, cx) else { return };
    let index = usize::from(fd == 2);
    let host = Host::of(cx);
    host.enter_with(cx, |cx| {
        if !worker.own_outputs[index] {
            let ours = process::object(cx)?.get(if index == 0 { js_string!("stdout") } else { js_string!("stderr") }, cx)?;
            let chunk = crate::buffer::from_slice(&bytes, cx)?;
            if let Some(ours) = ours.as_object() {
                events::method(&ours, "write", &[chunk.into()], cx)?;
            }
        }
        let made = worker.outputs[index].borrow().clone();
        let stream = match made {
            Some(stream) => stream,
            // Kept for who asks later.
            None if worker.own_outputs[index] => make_output(&worker, index, cx)?,
            None => return Ok(()),
        };
        stream::push(&stream, Some(bytes.into()), cx).map(drop)
    });
}

fn make_output(worker: &Worker, index: usize, cx: &mut Context) -> JsResult<JsObject> {
    let stream = stdio::readable(cx)?;
    *worker.outputs[index].borrow_mut() = Some(stream.clone());
    Ok(stream)
}

/// `worker.stdout`, `worker.stderr`
fn output(this: &JsValue, index: usize, cx: &mut Context) -> JsResult<JsValue> {
    let worker = of(this, cx)?;
    let made = worker.outputs[index].borrow().clone();
    let stream = match made {
        Some(stream) => stream,
        None => {
            let stream = make_output(&worker, index, cx)?;
            if worker.exited.get() {
                stream::push(&stream, None, cx)?;
            }
            stream
        }
    };
    Ok(stream.into())
}

/// An error of the worker that nobody caught there.
pub(super) fn failed(id: u64, failure: Failure, cx: &mut Context) {
    let Some((object, worker)) = find(id, cx) else { return };
    worker.line.drain(cx);
    let host = Host::of(cx);
    host.enter_with(cx, |cx| {
        let error = match failure.revive(cx)? {
            Some(error) => error,
            None => {
                let error = errors::worker_unserializable_error(cx);
                coil_engine::op::thrown_value(error, cx)
            }
        };
        events::emit(&object, js_string!("error"), &[error], cx)
    });
}

/// The thread has come to its end.
fn exited(id: u64, ended: Ended, cx: &mut Context) {
    let Some((object, worker)) = find(id, cx) else { return };
    let host = Host::of(cx);
    while worker.line.has_waiting() && host.exit_code().is_none() {
        worker.line.drain(cx);
    }
    if let Some(joined) = worker.joined.borrow_mut().take() {
        // It has nothing left to do but to end; a panic was its own affair and is told by its exit code.
        let _ = joined.join();
    }
    host.state::<Workers>().0.borrow_mut().remove(&id);
    super::post::forget(id);
    drop(worker.line.take(cx));
    worker.exited.set(true);
    let asked = worker.asked.take();
    host.enter_with(cx, |cx| {
        for output in &worker.outputs {
            let output = output.borrow().clone();
            if let Some(output) = output {
                stream::push(&output, None, cx)?;
            }
        }
        for (_, settle) in asked {
            let error = errors::worker_not_running(cx);
            let error = coil_engine::op::thrown_value(error, cx);
            settle.reject.call(&JsValue::undefined(), &[error], cx)?;
        }
        let code = match ended {
            Ended::Code(code) => code,
            Ended::OutOfMemory => {
                let error = errors::worker_out_of_memory("JS heap out of memory", cx);
                let error = coil_engine::op::thrown_value(error, cx);
                events::emit(&object, js_string!("error"), &[error], cx)?;
                TERMINATED
            }
        };
        events::emit(&object, js_string!("exit"), &[code.into()], cx)
    });
    drop(worker.hold.borrow_mut().take());
}

/// Ends every worker of this host and waits for it.
pub(super) fn stop_all(cx: &mut Context) {
    let workers: Vec<JsObject> = Host::of(cx).state::<Workers>().0.borrow_mut().drain().map(|(_, worker)| worker).collect();
    let workers: Vec<Rc<Worker>> = workers.into_iter().filter_map(|object| of(&object.into(), cx).ok()).collect();
    for worker in &workers {
        worker.thread.stop();
    }
    for worker in workers {
        if let Some(joined) = worker.joined.borrow_mut().take() {
            let _ = joined.join();
        }
    }
}

/// `worker.performance.eventLoopUtilization([earlier[, later]])`: nothing before the worker runs and after it has ended.
fn event_loop_utilization(_this: &JsValue, args: &[JsValue], worker: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let worker = of(&worker.clone().into(), cx)?;
    let now_ns = Host::of(cx).event_loop().now_ns();
    let usage = if worker.exited.get() { None } else { worker.thread.usage() };
    let times = usage.and_then(|usage| Some((usage.start_ns()?, usage.idle_ns(now_ns))));
    perf_hooks::utilization(times, args, cx)
}

/// `worker.postMessage(value, transferList)`
fn post_message(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let worker = of(this, cx)?;
    if worker.exited.get() {
        return Ok(JsValue::undefined());
    }
    let Some(value) = args.first() else {
        return Err(errors::coded(errors::Base::Type, "ERR_MISSING_ARGS", "Not enough arguments to MessagePort.postMessage", cx));
    };
    let transfer = messaging::transfer_list(args.get_or_undefined(1), cx)?;
    let message: Message = structured_clone::serialize(value, &transfer, cx)?;
    worker.line.send(message);
    Ok(JsValue::undefined())
}

/// `worker.terminate()`: a promise of the exit code.
fn terminate(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let worker = of(this, cx)?;
    set_ref(this, true, cx)?;
    let (promise, settle) = JsPromise::new_pending(cx);
    let object = this.to_object(cx)?;
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        let message = "Passing a callback to worker.terminate() is deprecated. It returns a Promise instead.";
        process::emit_warning(message, "DeprecationWarning", Some("DEP0132"), cx)?;
        if worker.exited.get() {
            callback.call(&JsValue::undefined(), &[JsValue::null()], cx)?;
        } else {
            let told = table::closure("", 1, callback, |_this, args, callback, cx| callback.call(&JsValue::undefined(), &[JsValue::null(), args.get_or_undefined(0).clone()], cx), cx);
            events::once(&object, js_string!("exit"), told, cx)?;
        }
    }
    if worker.exited.get() {
        settle.resolve.call(&JsValue::undefined(), &[], cx)?;
        return Ok(promise.into());
    }
    let resolve = table::closure("", 1, settle.resolve.clone(), |_this, args, resolve, cx| resolve.call(&JsValue::undefined(), args, cx), cx);
    events::once(&object, js_string!("exit"), resolve, cx)?;
    worker.thread.stop();
    Ok(promise.into())
}

fn set_ref(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let worker = of(this, cx)?;
    if let Some(hold) = &*worker.hold.borrow() {
        hold.set_ref(reffed);
    }
    Ok(JsValue::undefined())
}

/// Asks the thread something that its own loop answers.
fn ask(this: &JsValue, answer: fn(&mut Context) -> Message, cx: &mut Context) -> JsResult<JsValue> {
    let worker = of(this, cx)?;
    let (promise, settle) = JsPromise::new_pending(cx);
    if worker.exited.get() {
        let error = errors::worker_not_running(cx);
        let error = coil_engine::op::thrown_value(error, cx);
        settle.reject.call(&JsValue::undefined(), &[error], cx)?;
        return Ok(promise.into());
    }
    let number = worker.asked.borrow().last().map_or(0, |(number, _)| number + 1);
    worker.asked.borrow_mut().push((number, settle));
    let (id, back) = (worker.id, Host::of(cx).event_loop().remote());
    worker.thread.post(move |cx| {
        let message = answer(cx);
        back.post(move |cx| answered(id, number, message, cx));
    });
    Ok(promise.into())
}

fn answered(id: u64, number: u64, message: Message, cx: &mut Context) {
    let Some((_, worker)) = find(id, cx) else { return };
    let settle = {
        let mut asked = worker.asked.borrow_mut();
        let at = asked.iter().position(|(found, _)| *found == number);
        at.map(|at| asked.remove(at).1)
    };
    let Some(settle) = settle else { return };
    let host = Host::of(cx);
    host.enter_with(cx, |cx| {
        let value = structured_clone::deserialize(message, cx)?;
        settle.resolve.call(&JsValue::undefined(), &[value], cx)
    });
}

/// Calls `object[name](...args)` there and packs what it gives.
fn packed(object: JsResult<JsValue>, name: &'static str, args: &[JsValue], cx: &mut Context) -> Message {
    let called = object.and_then(|object| {
        let object = object.to_object(cx)?;
        let value = events::method(&object, name, args, cx)?;
        structured_clone::serialize(&value, &[], cx)
    });
    called.unwrap_or_default()
}

/// `worker.cpuUsage(previous)`
fn cpu_usage(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = if args.get_or_undefined(0).to_boolean() { args[0].clone() } else { JsValue::undefined() };
    let given = &given;
    let mut before = [0.0; 2];
    if !given.is_undefined() {
        let previous = coil_engine::validate::object(given, "prev", cx)?;
        for (slot, name) in before.iter_mut().zip(["user", "system"]) {
            let value = previous.get(js_string!(name), cx)?;
            let number = coil_engine::validate::number(&value, &format!("prev.{name}"), cx)?;
            if !(0.0..=coil_engine::validate::SAFE_INTEGER_MAX).contains(&number) {
                return Err(errors::out_of_range(&format!("prev.{name}"), ">= 0 && <= 2 ** 53 - 1", &value, cx));
            }
            *slot = number;
        }
    }
    let promise = ask(
        this,
        |cx| {
            let process = process::object(cx).map(JsValue::from);
            packed(process, "threadCpuUsage", &[], cx)
        },
        cx,
    )?;
    if given.is_undefined() {
        return Ok(promise);
    }
    let difference = table::closure(
        "",
        1,
        (before[0], before[1]),
        |_this, args, before, cx| {
            let usage = args.get_or_undefined(0).to_object(cx)?;
            for (name, before) in [("user", before.0), ("system", before.1)] {
                let now = usage.get(js_string!(name), cx)?.to_number(cx)?;
                usage.set(js_string!(name), now - before, true, cx)?;
            }
            Ok(usage.into())
        },
        cx,
    );
    let promise = JsPromise::from_object(promise.to_object(cx)?)?;
    promise.then(Some(difference), None, cx).map(JsValue::from)
}

/// `worker.getHeapStatistics()`
fn heap_statistics(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    ask(
        this,
        |cx| {
            let v8 = match Host::of(cx).builtin("v8") {
                Some(module) => table::instantiate(module, cx).map(JsValue::from),
                None => Ok(JsValue::undefined()),
            };
            packed(v8, "getHeapStatistics", &[], cx)
        },
        cx,
    )
}
