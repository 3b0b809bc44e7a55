//! What a primary and its workers tell each other: messages `NODE_CLUSTER` with a number, some of which are answered by that number.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, table};
use rustc_hash::FxHashMap;

use crate::{
    child_process::arguments::{get, put},
    events,
};

/// What is done with an answer: the message, and the handle that came with it.
pub type Reply = Box<dyn FnOnce(&JsObject, &JsValue, &mut Context) -> JsResult<()>>;

#[derive(Default)]
struct Asked {
    next: Cell<u32>,
    replies: RefCell<FxHashMap<u32, Reply>>,
}

/// Sends `message` to a process; whether it could.
pub fn send(process: &JsObject, message: &JsObject, handle: JsValue, reply: Option<Reply>, cx: &mut Context) -> JsResult<bool> {
    if !get(process, "connected", cx)?.to_boolean() {
        return Ok(false);
    }
    let asked = Host::of(cx).state::<Asked>();
    let number = asked.next.get();
    asked.next.set(number.wrapping_add(1));
    let whole = JsObject::with_object_proto(cx.intrinsics());
    put(&whole, "cmd", js_string!("NODE_CLUSTER"), cx)?;
    for (name, value) in crate::http::own_entries(message, cx)? {
        whole.create_data_property_or_throw(name, value, cx)?;
    }
    put(&whole, "seq", number, cx)?;
    if let Some(reply) = reply {
        asked.replies.borrow_mut().insert(number, reply);
    }
    Ok(events::method(process, "send", &[whole.into(), handle], cx)?.to_boolean())
}

/// A message of one field more than `act`.
pub fn act(name: &str, cx: &mut Context) -> JsResult<JsObject> {
    let message = JsObject::with_object_proto(cx.intrinsics());
    put(&message, "act", js_string!(name), cx)?;
    Ok(message)
}

/// Who gets messages that are no answers: the worker, the message, its handle.
pub type Take = fn(&JsObject, &JsObject, &JsValue, &mut Context) -> JsResult<()>;

/// Listens to the messages of a process for `worker`.
pub fn listen(process: &JsObject, worker: &JsObject, take: Take, cx: &mut Context) -> JsResult<()> {
    let listener = table::closure(
        "onInternalMessage",
        2,
        (worker.clone(), Taker(take)),
        |_this, args, (worker, take), cx| {
            let Some(message) = args.get_or_undefined(0).as_object() else { return Ok(JsValue::undefined()) };
            let cmd = get(&message, "cmd", cx)?;
            if !cmd.strict_equals(&js_string!("NODE_CLUSTER").into()) {
                return Ok(JsValue::undefined());
            }
            let number = get(&message, "ack", cx)?.as_number();
            let reply = number.and_then(|number| Host::of(cx).state::<Asked>().replies.borrow_mut().remove(&(number as u32)));
            match reply {
                Some(reply) => reply(&message, args.get_or_undefined(1), cx)?,
                None => (take.0)(worker, &message, args.get_or_undefined(1), cx)?,
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(process, js_string!("internalMessage"), listener, cx)
}

#[derive(Clone, Copy, boa_engine::Trace, boa_engine::Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Taker(#[unsafe_ignore_trace] Take);
