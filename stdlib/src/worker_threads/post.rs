//! `postMessageToThread`: a message to any thread of the process, as a `workerMessage` event there.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use boa_engine::{Context, JsArgs, JsResult, JsValue, builtins::promise::ResolvingFunctions, js_string, object::builtins::JsPromise};
use coil_engine::{Host, coil_loop::Hold, errors, op::thrown_value, validate};
use rustc_hash::FxHashMap;

use super::{
    thread::{Thread, inside},
    worker,
};
use crate::{messaging::transfer_list, process, structured_clone};

/// All threads, by number: reachable from the moment they are made.
static THREADS: Mutex<BTreeMap<u64, Arc<Thread>>> = Mutex::new(BTreeMap::new());

pub(super) fn register(id: u64, thread: Arc<Thread>) {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner).insert(id, thread);
}

pub(super) fn forget(id: u64) {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
}

/// Who waits for an answer.
#[derive(Default)]
struct Waiting {
    last: std::cell::Cell<u64>,
    calls: std::cell::RefCell<FxHashMap<u64, ResolvingFunctions>>,
    holds: std::cell::RefCell<FxHashMap<u64, Hold>>,
}

enum Answer {
    Heard,
    Unheard,
    Failed,
}

/// `postMessageToThread(threadId, value, transferList, timeout)`
pub(super) fn post_message_to_thread(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(cx);
    if let Err(error) = post(args, &settle, cx) {
        let reason = thrown_value(error, cx);
        settle.reject.call(&JsValue::undefined(), &[reason], cx)?;
    }
    Ok(promise.into())
}

fn post(args: &[JsValue], settle: &ResolvingFunctions, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let (target, value) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let (mut list, mut timeout) = (args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    if list.is_number() {
        timeout = std::mem::take(&mut list);
    }
    let timeout = if timeout.is_undefined() { None } else { Some(validate::number_within(&timeout, "timeout", Some(0.0), None, cx)?) };
    let own = inside(cx).map_or(0, |inside| inside.id);
    if target.as_number() == Some(own as f64) {
        return Err(errors::worker_messaging("ERR_WORKER_MESSAGING_SAME_THREAD", "Cannot sent a message to the same thread", cx));
    }
    let transfer = transfer_list(&list, cx)?;
    let message = structured_clone::serialize(value, &transfer, cx)?;
    let thread = target.as_number().and_then(|id| THREADS.lock().unwrap_or_else(PoisonError::into_inner).get(&(id as u64)).cloned());
    let Some(thread) = thread else { return Err(unheard(cx)) };
    let waiting = host.state::<Waiting>();
    let call = waiting.last.get() + 1;
    waiting.last.set(call);
    waiting.calls.borrow_mut().insert(call, settle.clone());
    let back = host.event_loop().remote();
    thread.post(move |cx| {
        let answer = tell(message, own, cx);
        back.post(move |cx| answered(call, answer, cx));
    });
    // Whoever waits for an answer is not to be left alone.
    let hold = host.event_loop().hold_as("MessagePort");
    waiting.holds.borrow_mut().insert(call, hold);
    if let Some(timeout) = timeout {
        let id = host.event_loop().timer(
            timeout as u64,
            Box::new(move |cx: &mut Context| {
                let settle = Host::of(cx).state::<Waiting>().calls.borrow_mut().remove(&call);
                drop(Host::of(cx).state::<Waiting>().holds.borrow_mut().remove(&call));
                if let Some(settle) = settle {
                    let host = Host::of(cx);
                    host.enter_with(cx, |cx| {
                        let error = errors::worker_messaging("ERR_WORKER_MESSAGING_TIMEOUT", "Sending a message to another thread timed out", cx);
                        let reason = thrown_value(error, cx);
                        settle.reject.call(&JsValue::undefined(), &[reason], cx)
                    });
                }
            }),
        );
        // The call itself keeps the loop alive.
        host.event_loop().timer_ref(id, false);
    }
    Ok(())
}

fn unheard(cx: &mut Context) -> boa_engine::JsError {
    errors::worker_messaging("ERR_WORKER_MESSAGING_FAILED", "Cannot find the destination thread or listener", cx)
}

fn tell(message: structured_clone::Message, from: u64, cx: &mut Context) -> Answer {
    let host = Host::of(cx);
    let told = host.enter_with(cx, |cx| {
        let heard = match process::made(cx) {
            Some(process) => crate::events::listener_count(&process, js_string!("workerMessage"), cx)? > 0,
            None => false,
        };
        if !heard {
            return Ok(Answer::Unheard);
        }
        let value = structured_clone::deserialize(message, cx)?;
        Ok(match process::emit("workerMessage", &[value, (from as f64).into()], cx) {
            Ok(_) => Answer::Heard,
            Err(_) => Answer::Failed,
        })
    });
    told.unwrap_or(Answer::Failed)
}

fn answered(call: u64, answer: Answer, cx: &mut Context) {
    let host = Host::of(cx);
    let settle = host.state::<Waiting>().calls.borrow_mut().remove(&call);
    drop(host.state::<Waiting>().holds.borrow_mut().remove(&call));
    let Some(settle) = settle else { return };
    host.enter_with(cx, |cx| {
        let error = match answer {
            Answer::Heard => return settle.resolve.call(&JsValue::undefined(), &[], cx),
            Answer::Unheard => unheard(cx),
            Answer::Failed => errors::worker_messaging("ERR_WORKER_MESSAGING_ERRORED", "The destination thread threw an error while processing the message", cx),
        };
        let reason = thrown_value(error, cx);
        settle.reject.call(&JsValue::undefined(), &[reason], cx)
    });
}

/// The main thread can be written to as soon as a worker exists.
pub(super) fn register_main(cx: &Context) {
    if inside(cx).is_none() && !worker::any(cx) {
        let main = Arc::<Thread>::default();
        main.joined(Host::of(cx).event_loop());
        register(0, main);
    }
}
